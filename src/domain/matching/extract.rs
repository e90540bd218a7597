//! Finds in what the payer wrote everything that may be the number of a document: across signs and line breaks, in
//! ranges and lists of endings, inside references with check digits. Nothing is looked up here; too many mentions are
//! better than one too few, because only those the book knows come to count.

use super::super::money::Currency;
use super::answer::Reading;
use super::checked;
use super::keys::{self, Key};
use super::payment::Payment;
use super::runs::{self, Run, Sign};

/// The most runs of letters and digits one number is put together from.
const RUNS: usize = 4;

/// The most documents a range may stand for.
const RANGE: u64 = 60;

/// The most mentions taken from one payment.
const MENTIONS: usize = 400;

/// Something written that may name a document.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Mention {
    /// As written, for the screen.
    pub written: String,
    /// What to look up.
    pub key: Key,
    /// Letters that look like digits read as digits, where there are such.
    pub looks: Option<Key>,
    /// The place it stands in: the field and its first and last run.
    pub place: Place,
    /// How many digits it has.
    pub digits: usize,
    /// How it is read when it is found.
    pub read: Reading,
    /// Whether it was put together over spaces or line breaks.
    pub joined: bool,
    /// Whether it is a date as well; then only a document of the payer's own counts.
    pub date: bool,
    /// Whether a date is in it; then no slip is assumed.
    pub dated: bool,
    /// Whether the word before says that it is a customer's number.
    pub customer: bool,
    /// The line of the advice it stands in.
    pub line: Option<usize>,
    /// The customer's number that stood before it in a reference with check digits; empty where none did.
    pub issued_to: String,
    /// The last number of a range that starts here.
    pub until: Option<u64>,
}

/// Where something is written.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) struct Place {
    pub field: usize,
    pub first: usize,
    pub last: usize,
}

impl Place {
    /// Whether both cover the same text.
    pub fn meets(&self, other: &Place) -> bool {
        self.field == other.field && self.first <= other.last && other.first <= self.last
    }
}

/// Everything that may be a document's number, and what else looks like one.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Extract {
    pub mentions: Vec<Mention>,
    /// Runs of at least four digits that are no date and no amount: unknown documents unless they turn out known.
    pub numbers: Vec<(Place, String)>,
}

/// Reads all of a payment.
pub(super) fn read(payment: &Payment) -> Extract {
    let mut extract = Extract::default();
    let structured = payment.references.iter().map(|text| (text.as_str(), None, true));
    let lines = payment.lines.iter().enumerate().map(|(line, advice)| (advice.reference.as_str(), Some(line), true));
    let free = std::iter::once((payment.text.as_str(), None, false));
    for (field, (text, line, structured)) in structured.chain(lines).chain(free).enumerate() {
        let runs = runs::read(text, payment);
        let reader = Reader { text: runs.0, runs: runs.1, field, line };
        reader.read(&mut extract);
        reader.checked(structured, &payment.country, &mut extract.mentions);
    }
    extract.mentions.truncate(MENTIONS);
    extract
}

/// One field of a payment while it is read.
struct Reader {
    text: String,
    runs: Vec<Run>,
    field: usize,
    line: Option<usize>,
}

impl Reader {
    fn read(&self, extract: &mut Extract) {
        let mut base: Option<Mention> = None;
        for first in 0..self.runs.len() {
            let run = &self.runs[first];
            if run.digits == 0 && self.line.is_none() {
                continue;
            }
            if let Some(ending) = base.as_ref().and_then(|base| self.ending(base, first)) {
                extract.mentions.push(ending);
            }
            if !run.amount {
                let before = extract.mentions.len();
                self.spans(first, &mut extract.mentions);
                let single = extract.mentions.get(before).filter(|mention| mention.digits >= 4).cloned();
                if let Some(range) = single.as_ref().and_then(|single| self.range(single, first)) {
                    extract.mentions.push(range);
                }
                let longest = extract.mentions[before..].iter().rfind(|mention| !mention.joined && mention.digits >= 3);
                base = longest.cloned().or(base);
            }
            let known = run.amount || run.date;
            if !known && (4..=12).contains(&run.digits) {
                let place = Place { field: self.field, first, last: first };
                extract.numbers.push((place, self.slice(first, first).to_uppercase()));
            }
        }
    }

    /// What is inside references with check digits.
    fn checked(&self, structured: bool, country: &str, mentions: &mut Vec<Mention>) {
        for (from, to, inside) in checked::read(&self.text, structured, country) {
            let Some(first) = self.runs.iter().position(|run| run.end > from) else { continue };
            let last = self.runs.iter().rposition(|run| run.start < to).unwrap_or(first);
            mentions.push(Mention {
                written: self.slice(first, last).to_uppercase(),
                digits: inside.number.len(),
                key: Key::of(&inside.number),
                issued_to: inside.customer,
                looks: None,
                place: Place { field: self.field, first, last },
                read: Reading::Checked,
                joined: false,
                date: false,
                dated: false,
                customer: false,
                line: self.line,
                until: None,
            });
        }
    }

    /// The text from one run to another.
    fn slice(&self, first: usize, last: usize) -> &str {
        self.text.get(self.runs[first].start..self.runs[last].end).unwrap_or("")
    }

    /// The letters that stand right before a run that has none of its own.
    fn word_before(&self, first: usize) -> Option<usize> {
        let before = first.checked_sub(1)?;
        let run = &self.runs[before];
        (run.digits == 0 && run.end - run.start <= 14 && self.runs[first].before != Sign::Comma).then_some(before)
    }

    /// Every number that may start at a run, shortest first.
    fn spans(&self, first: usize, mentions: &mut Vec<Mention>) {
        let before = self.word_before(first);
        let mut joined = false;
        let mut digits = 0;
        for last in first..self.runs.len().min(first + RUNS) {
            let run = &self.runs[last];
            if last > first {
                let glued = matches!(run.before, Sign::Dash | Sign::Slash | Sign::Dot | Sign::Glue);
                let broken =
                    matches!(run.before, Sign::Space | Sign::Break) && run.plain && self.runs[last - 1].digits > 0;
                if run.amount || run.digits == 0 && !glued || !(glued || broken && digits + run.digits <= 14) {
                    break;
                }
                joined |= broken;
            }
            digits += run.digits;
            mentions.push(self.mention(before, first, last, digits, joined));
        }
    }

    fn mention(&self, before: Option<usize>, first: usize, last: usize, digits: usize, joined: bool) -> Mention {
        let span = self.slice(first, last);
        let mut key = Key::of(span);
        let mut customer = false;
        let own_letters = !key.prefix.is_empty();
        let mut start = first;
        if let (Some(word), false) = (before, own_letters) {
            let letters = self.slice(word, word);
            customer = runs::means_customer(letters);
            key.prefix = letters.to_owned();
            start = word;
        }
        let bare: String = span.chars().filter(|letter| letter.is_alphanumeric()).collect();
        let body = bare.strip_prefix(key.prefix.as_str()).unwrap_or(&bare);
        // A number that begins with a letter taken for a digit has no prefix of its own.
        let looks = keys::looks_like(&bare).or_else(|| keys::looks_like(body)).map(|read| {
            let word = before.map_or("", |word| self.slice(word, word));
            let prefix = if body.len() < bare.len() && keys::looks_like(&bare).is_none() { &key.prefix } else { word };
            Key { prefix: prefix.to_owned(), ..Key::of(&read) }
        });
        Mention {
            written: self.slice(start, last).to_uppercase(),
            key,
            looks,
            place: Place { field: self.field, first, last },
            digits,
            read: Reading::Exact,
            joined,
            date: self.runs[first..=last].iter().all(|run| run.date),
            dated: self.runs[first..=last].iter().any(|run| run.date),
            customer,
            issued_to: String::new(),
            line: self.line,
            until: None,
        }
    }

    /// A short number after a full one in a list: `4711, 12` is 4711 and 4712.
    fn ending(&self, base: &Mention, at: usize) -> Option<Mention> {
        let run = &self.runs[at];
        let length = run.end - run.start;
        let body = &base.key.tight;
        let listed = run.listed && run.plain && !run.amount && !run.date && length < body.len() && at > base.place.last;
        let kept = body.get(..body.len() - length.min(body.len()))?;
        if !listed || !base.key.tight.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let tight = format!("{kept}{}", self.slice(at, at));
        let key = Key { prefix: base.key.prefix.clone(), loose: tight.clone(), tight };
        let place = Place { field: self.field, first: at, last: at };
        let written = self.slice(at, at).to_owned();
        Some(Mention { written, key, looks: None, place, read: Reading::Listed, joined: false, ..base.clone() })
    }

    /// A range that starts with a number: `4711-4715`, `4711 to 15`.
    fn range(&self, from: &Mention, first: usize) -> Option<Mention> {
        let mut last = first + 1;
        let mut sign = self.runs.get(last)?.before == Sign::Dash;
        if runs::means_until(self.slice(last, last)) {
            (last, sign) = (last + 1, true);
        }
        // The second number may repeat the letters of the first.
        if sign && self.runs.get(last).is_some_and(|run| run.digits == 0 && self.slice(last, last) == from.key.prefix) {
            last += 1;
        }
        let run = self.runs.get(last).filter(|_| sign)?;
        let start: u64 = from.key.tight.parse().ok()?;
        let whole = self.slice(last, last);
        let body = whole.strip_prefix(from.key.prefix.as_str()).unwrap_or(whole);
        let end: u64 = body.parse().ok()?;
        let scale = 10_u64.checked_pow(u32::try_from(body.len()).ok()?)?;
        let end = if body.len() < from.key.tight.len() { start - start % scale + end } else { end };
        let fits = end > start && end - start <= RANGE && run.digits >= 1;
        let place = Place { last, ..from.place };
        let written = self.slice(first, last).to_uppercase();
        fits.then(|| Mention { written, place, until: Some(end), read: Reading::Listed, ..from.clone() })
    }
}

/// The currencies' names and signs beside which a number is an amount.
pub(super) fn is_currency(word: &str) -> bool {
    word.len() == 3 && Currency::parse(word).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<String> {
        let date = chrono::NaiveDate::from_ymd_opt(2026, 3, 16).unwrap_or_default();
        let payment = Payment { text: text.to_owned(), ..Payment::new(50_000, Currency::EUR, date) };
        let extract = read(&payment);
        let keys = extract.mentions.iter().map(|mention| match mention.until {
            Some(until) => format!("{}..{until}", mention.key.tight),
            None => mention.key.tight.clone(),
        });
        keys.collect()
    }

    #[track_caller]
    fn holds(text: &str, wanted: &[&str]) {
        let found = found(text);
        for one in wanted {
            assert!(found.iter().any(|key| key == one), "{text}: {found:?} lacks {one}");
        }
    }

    #[test]
    fn numbers_are_found_however_they_are_broken() {
        holds("Rechnung INV-2026-00471 vom 15.03.2026", &["202600471"]);
        holds("INV 10\n024", &["10024"]);
        holds("INV100\n24/ 10031", &["10024", "10031"]);
        holds("INV 4711, 12, 13 u. 4720", &["4711", "4712", "4713", "4720"]);
        holds("4711-4715", &["4711..4715"]);
        holds("INV-4711 to INV-4715", &["4711..4715"]);
        holds("RG 4711-15", &["4711..4715"]);
        holds("inv000123", &["123"]);
    }

    #[test]
    fn dates_and_amounts_are_no_documents() {
        let date = chrono::NaiveDate::from_ymd_opt(2026, 3, 16).unwrap_or_default();
        let text =
            "15.03.2026 2026-03-15 20260315 1.234,56 EUR 500.00 4711,20 EUR USD 98765 03/2026 15092063".to_owned();
        let extract = read(&Payment { text, ..Payment::new(50_000, Currency::EUR, date) });
        let numbers: Vec<&str> = extract.numbers.iter().map(|(_, written)| written.as_str()).collect();
        assert_eq!(numbers, ["98765", "15092063"]);
    }
}
