//! Cuts a remittance text into runs of letters and digits with the sign before each, and says which are amounts and
//! dates, so that these are not taken for documents.

use chrono::Datelike;

use super::super::{money, text};
use super::extract::is_currency;
use super::payment::Payment;

/// What stands between two runs; the strongest where there are several.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Sign {
    Start,
    Space,
    Break,
    Dot,
    Glue,
    Slash,
    Dash,
    Comma,
}

/// A run of letters and digits.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Run {
    pub start: usize,
    pub end: usize,
    pub before: Sign,
    /// How many of its characters are digits.
    pub digits: usize,
    /// Whether all are.
    pub plain: bool,
    /// Whether it stands in a list: after a comma or a word for "and".
    pub listed: bool,
    /// Whether it belongs to an amount of money.
    pub amount: bool,
    /// Whether it belongs to a date.
    pub date: bool,
}

/// The folded text and its runs. The payment says which amount is its own, and which dates are near.
pub(super) fn read(written: &str, payment: &Payment) -> (String, Vec<Run>) {
    let text = if written.is_ascii() { written.to_ascii_lowercase() } else { text::fold(written) };
    let mut runs: Vec<Run> = Vec::new();
    let mut sign = Sign::Start;
    let mut open = false;
    for (at, letter) in text.char_indices() {
        if letter.is_alphanumeric() {
            if !open {
                let run = Run {
                    start: at,
                    end: at,
                    before: sign,
                    digits: 0,
                    plain: true,
                    listed: false,
                    amount: false,
                    date: false,
                };
                runs.push(run);
                open = true;
            }
            if let Some(run) = runs.last_mut() {
                run.end = at + letter.len_utf8();
                run.digits += usize::from(letter.is_ascii_digit());
                run.plain &= letter.is_ascii_digit();
            }
            sign = Sign::Start;
            continue;
        }
        open = false;
        sign = sign.max(sign_of(letter));
    }
    mark_lists(&text, &mut runs);
    mark_dates(&text, &mut runs, payment.date.year());
    mark_amounts(&text, &mut runs, &money::plain(payment.amount, payment.currency.digits()));
    (text, runs)
}

fn sign_of(letter: char) -> Sign {
    match letter {
        '\n' | '\r' => Sign::Break,
        '-' | '–' | '—' | '−' | '‐' => Sign::Dash,
        '/' | '\\' => Sign::Slash,
        '.' | '\'' | '’' => Sign::Dot,
        '_' | '#' | ':' => Sign::Glue,
        ',' | ';' | '&' | '+' | '|' => Sign::Comma,
        c if c.is_whitespace() => Sign::Space,
        _ => Sign::Comma,
    }
}

/// The words for "and" in the languages of the bank texts seen.
fn means_and(word: &str) -> bool {
    matches!(word, "and" | "und" | "u" | "et" | "e" | "y" | "en" | "og" | "och" | "ja" | "i" | "a")
}

/// The words for "to" in a range.
pub(super) fn means_until(word: &str) -> bool {
    matches!(word, "to" | "bis" | "thru" | "through" | "till" | "until" | "tot" | "til" | "au" | "al")
}

/// Whether a word before a number says that it is a customer's.
pub(super) fn means_customer(word: &str) -> bool {
    let words = [
        "customer",
        "cust",
        "custno",
        "customerno",
        "client",
        "account",
        "acct",
        "acc",
        "kunde",
        "kd",
        "kdnr",
        "kdn",
        "kundennr",
        "kundennummer",
        "debitor",
        "deb",
        "debnr",
        "klant",
        "klantnr",
        "klantnummer",
        "kund",
        "kundnr",
        "kundenr",
        "asiakas",
        "cliente",
        "codice",
    ];
    words.contains(&word)
}

fn mark_lists(text: &str, runs: &mut [Run]) {
    let mut and = false;
    for run in runs {
        let word = text.get(run.start..run.end).unwrap_or("");
        run.listed = and || matches!(run.before, Sign::Comma | Sign::Slash);
        and = run.digits == 0 && means_and(word);
    }
}

/// Marks dates: whole ones, and a month with its year. Only years near the payment's, because a number of eight digits
/// is often a document that looks like a date far away.
fn mark_dates(text: &str, runs: &mut [Run], now: i32) {
    let number = |run: &Run| text.get(run.start..run.end)?.parse::<i32>().ok().filter(|_| run.plain);
    let is_date = |year: i32, month: i32, day: i32| {
        (now - 3..=now + 1).contains(&year) && (1..=12).contains(&month) && (1..=31).contains(&day)
    };
    for at in 0..runs.len() {
        if let (8, Some(number)) = (runs[at].digits, number(&runs[at])) {
            let (front, middle, back) = (number / 10_000, number / 100 % 100, number % 100);
            let (day, month, year) = (number / 1_000_000, number / 10_000 % 100, number % 10_000);
            runs[at].date |= is_date(front, middle, back) || is_date(year, month, day);
        }
        if let (4, Some(year), Some(before)) = (runs[at].digits, number(&runs[at]), at.checked_sub(1)) {
            let month = number(&runs[before]).filter(|_| runs[before].digits <= 2);
            let word = text.get(runs[before].start..runs[before].end).unwrap_or("");
            let month = month.unwrap_or_else(|| i32::from(means_month(word)));
            if is_date(year, month, 1) {
                runs[before..=at].iter_mut().for_each(|run| run.date = true);
            }
        }
        let Some([a, b, c]) = runs.get(at..at + 3) else { continue };
        let same = b.before == c.before && matches!(b.before, Sign::Dot | Sign::Dash | Sign::Slash);
        let near = b.start - a.end == 1 && c.start - b.end == 1;
        let (Some(x), Some(y), Some(z)) = (number(a), number(b), number(c)) else { continue };
        let year_first = a.digits == 4 && b.digits == 2 && c.digits == 2;
        let year_last =
            c.digits == 4 && a.digits <= 2 && b.digits <= 2 || c.digits == 2 && a.digits == 2 && b.digits == 2;
        let full = if c.digits == 2 { 2000 + z } else { z };
        let fits = year_first && is_date(x, y, z) || year_last && (is_date(full, y, x) || is_date(full, x, y));
        if same && near && fits {
            runs[at..at + 3].iter_mut().for_each(|run| run.date = true);
        }
    }
}

/// Whether a word begins as the months' names do.
fn means_month(word: &str) -> bool {
    let begins = [
        "jan", "feb", "mar", "maer", "mrz", "apr", "mai", "may", "maj", "jun", "jul", "aug", "sep", "okt", "oct",
        "nov", "dez", "dec", "q",
    ];
    word.len() <= 9 && begins.iter().any(|begin| word.starts_with(begin))
}

fn mark_amounts(text: &str, runs: &mut [Run], receipt: &str) {
    for at in 0..runs.len() {
        let money_beside = [at.checked_sub(1), Some(at + 1)]
            .into_iter()
            .flatten()
            .any(|place| runs.get(place).and_then(|run| text.get(run.start..run.end)).is_some_and(is_currency));
        let glued = |place: usize| {
            let (run, last) = (runs.get(place)?, runs.get(place - 1)?);
            let sign = text.get(last.end..run.start)?;
            (run.plain && matches!(sign, "." | "," | "'")).then_some(run.digits)
        };
        if !runs[at].plain || at > 0 && glued(at).is_some() {
            continue;
        }
        // 1.234,56: groups of three, then two decimals.
        let mut end = at;
        while glued(end + 1) == Some(3) && runs[at].digits <= 3 {
            end += 1;
        }
        let grouped = end > at;
        let decimals = glued(end + 1) == Some(2) && glued(end + 2).is_none();
        end += usize::from(decimals);
        let written = text.get(runs[at].start..runs[end].end).unwrap_or("");
        let dotted = decimals && text.get(runs[end - 1].end..runs[end].start) == Some(".");
        let last_beside = runs.get(end + 1).and_then(|run| text.get(run.start..run.end)).is_some_and(is_currency);
        let is_receipt = written.replace(',', ".") == receipt;
        let short = decimals && runs[at].digits <= 3;
        if decimals && (grouped || dotted || short || money_beside || last_beside || is_receipt)
            || grouped && last_beside
        {
            runs[at..=end].iter_mut().for_each(|run| run.amount = true);
        }
    }
}
