//! EDI X12 820, payment order and remittance advice: one statement for each transaction set, with one entry for the
//! payment and one structured remittance for each RMR. Also read from the addenda of a NACHA entry.

use super::amount::{self, Amount, Decimals, Unit};
use super::date;
use super::facts::{Adjustment, Document, Facts, RefKind, Structured, is_placeholder};
use super::statement::{Entry, Kind, Place, Statement};
use super::{NOTHING, Options, Refusal, Sink, grouped, shown};

/// One segment: its elements and where it stands.
pub(super) struct Segment<'t> {
    elements: Vec<&'t str>,
    place: Place,
}

impl<'t> Segment<'t> {
    fn name(&self) -> &'t str {
        self.elements.first().copied().unwrap_or("")
    }

    /// Element `at`, from 1; empty where it is missing.
    fn get(&self, at: usize) -> &'t str {
        self.elements.get(at).copied().unwrap_or("").trim()
    }

    fn refuse(&self, code: &'static str, what: &str) -> Refusal {
        let (line, name) = (self.place.line, self.name());
        let byte = grouped(self.place.start + 1);
        Refusal::at(code, line, format!("Line {line} (byte {byte}), segment {}: {what}. {NOTHING}", shown(name)))
    }

    fn amount(&self, at: usize, unit: Unit) -> Result<Option<Amount>, Refusal> {
        let text = self.get(at);
        if text.is_empty() {
            return Ok(None);
        }
        let minor = amount::read(text, unit, Decimals::Point);
        let minor = minor.map_err(|(code, why)| self.refuse(code, &format!("{} {why}", shown(text))))?;
        Ok(Some(Amount::new(minor, unit)))
    }
}

/// Cuts a text into segments; `element` and `end` separate them.
pub(super) fn segments(text: &str, element: char, end: char) -> Vec<Segment<'_>> {
    let (mut start, mut line) = (0, 1);
    let mut out = Vec::new();
    for part in text.split(end) {
        let lead = part.len() - part.trim_start().len();
        let from = start + lead;
        line += part[..lead].bytes().filter(|byte| *byte == b'\n').count() as u64;
        let body = part.trim();
        if !body.is_empty() {
            let place = Place { start: from, end: from + body.len(), line };
            out.push(Segment { elements: body.split(element).collect(), place });
        }
        line += part[lead..].bytes().filter(|byte| *byte == b'\n').count() as u64 + u64::from(end == '\n');
        start += part.len() + end.len_utf8();
    }
    out
}

/// Reads the text of one file.
pub(super) fn read(text: &str, options: &Options<'_>, sink: &mut dyn Sink) -> Result<(), Refusal> {
    let begin = text.find("ISA").unwrap_or(0);
    let cut = || {
        let what = format!("The file ends in the middle of its envelope (byte {}). {NOTHING}", grouped(text.len()));
        Refusal::at("IMP-14", 1, what)
    };
    let element = text[begin..].chars().nth(3).ok_or_else(cut)?;
    // Sixteen elements; the last is one sign, and the sign after it ends every segment. Widths are not to be relied on.
    let (last, _) = text[begin..].match_indices(element).nth(15).ok_or_else(cut)?;
    let mut tail = text[begin + last + element.len_utf8()..].chars();
    let end = tail.nth(1).ok_or_else(cut)?;
    let end = if end == '\r' { '\n' } else { end };
    if end.is_ascii_alphanumeric() || element.is_ascii_alphanumeric() {
        let what = format!("Line 1: the envelope (ISA) does not say what separates its parts. {NOTHING}");
        return Err(Refusal::at("IMP-12", 1, what));
    }
    let all = segments(&text[begin..], element, end);
    let mut set: Option<Set> = None;
    let mut closed = false;
    for segment in &all {
        match (segment.name(), &mut set) {
            ("ST", None) if segment.get(1) == "820" => set = Some(Set::new(segment, Kind::Advice)),
            ("ST", None) => {}
            ("ST", Some(_)) => return Err(segment.refuse("IMP-14", "the set before did not end (SE)")),
            ("SE", Some(_)) => {
                if let Some(done) = set.take() {
                    done.finish(segment, sink)?;
                }
            }
            // A control number that is only the beginning of its own is where the file was cut.
            ("IEA", _) => {
                let (number, whole) = (segment.get(2), all.first().map_or("", |first| first.get(13)));
                closed = number == whole || (!number.is_empty() && !whole.starts_with(number));
            }
            (_, Some(open)) => open.take(segment, options)?,
            _ => {}
        }
    }
    let last = all.last().map_or(1, |segment| segment.place.line);
    if set.is_some() || !closed {
        let what = format!(
            "The file ends in the middle of its message (byte {}, line {last}). Probably an incomplete download. {NOTHING}",
            grouped(text.len())
        );
        return Err(Refusal::at("IMP-14", last, what));
    }
    Ok(())
}

/// One transaction set being read.
struct Set {
    out: Statement,
    unit: Unit,
    payment: Option<Entry>,
    facts: Facts,
    place: Place,
    segments: u64,
    /// Whose name comes next: N1*PR is the payer, N1*PE the payee.
    role: &'static str,
}

impl Set {
    fn new(segment: &Segment<'_>, kind: Kind) -> Self {
        let mut out = Statement::new(kind, "X12 820", segment.place);
        out.id = segment.get(2).to_owned();
        let place = segment.place;
        Set { out, unit: Unit::USD, payment: None, facts: Facts::default(), place, segments: 1, role: "" }
    }

    fn take(&mut self, segment: &Segment<'_>, options: &Options<'_>) -> Result<(), Refusal> {
        self.segments += 1;
        self.place.end = segment.place.end;
        match segment.name() {
            "BPR" => self.payment(segment, options),
            "CUR" => {
                let code = segment.get(2);
                let unit = Unit::parse(code);
                self.unit =
                    unit.ok_or_else(|| segment.refuse("CUR-01", &format!("{} is not a currency", shown(code))))?;
                if let Some(payment) = &mut self.payment {
                    payment.amount.unit = self.unit;
                }
                Ok(())
            }
            "TRN" => {
                self.facts.add_reference(RefKind::Clearing, segment.get(2));
                Ok(())
            }
            "N1" => {
                self.role = match segment.get(1) {
                    "PR" => "payer",
                    "PE" => "payee",
                    _ => "",
                };
                let name = Some(segment.get(2).to_owned()).filter(|name| !name.is_empty());
                match self.role {
                    "payer" => self.facts.party.name = name,
                    "payee" => self.out.account.owner = name,
                    _ => {}
                }
                Ok(())
            }
            "N3" | "N4" if self.role == "payer" => {
                let parts = segment.elements[1..].iter().map(|part| part.trim()).filter(|part| !part.is_empty());
                let line = parts.collect::<Vec<_>>().join(" ");
                self.facts.party.address.extend(Some(line).filter(|line| !line.is_empty()));
                Ok(())
            }
            _ => remittance(segment, self.unit, &mut self.facts),
        }
    }

    /// `BPR*handling*amount*C or D*method*…*date`
    fn payment(&mut self, segment: &Segment<'_>, options: &Options<'_>) -> Result<(), Refusal> {
        self.unit = options.currency.map_or(self.unit, Unit::from);
        let amount = segment.amount(2, self.unit)?;
        let amount = amount.ok_or_else(|| segment.refuse("AMT-01", "there is no amount"))?;
        // Pushed by the payer (C) or drawn by the payee (D): to the payee, who reads this, it is money coming in.
        let mut entry = Entry::new(1, self.place, amount);
        entry.listed = 1;
        entry.code.proprietary = Some(segment.get(4).to_owned()).filter(|code| !code.is_empty());
        let day = segment.get(16);
        if !day.is_empty() {
            let day = date::packed(day);
            entry.value = Some(day.ok_or_else(|| segment.refuse("DAT-01", &no_day(segment.get(16))))?);
        }
        self.facts.party.bank = Some(segment.get(7).to_owned()).filter(|bank| !bank.is_empty());
        self.facts.party.account = Some(segment.get(9).to_owned()).filter(|number| !number.is_empty());
        self.out.account.bank = Some(segment.get(13).to_owned()).filter(|bank| !bank.is_empty());
        self.out.account.set_number(segment.get(15));
        self.payment = Some(entry);
        Ok(())
    }

    fn finish(mut self, segment: &Segment<'_>, sink: &mut dyn Sink) -> Result<(), Refusal> {
        let line = self.out.place.line;
        let Some(mut entry) = self.payment else {
            return Err(segment.refuse("IMP-12", &format!("the set of line {line} has no payment (BPR)")));
        };
        let announced = segment.get(1);
        if announced.parse::<u64>() != Ok(self.segments + 1) {
            let what = format!("SE announces {} segments, there are {}.", shown(announced), self.segments + 1);
            self.out.notice(segment.place.line, what);
        }
        entry.facts = self.facts;
        entry.place = Place { end: segment.place.end, ..self.out.place };
        self.out.place = entry.place;
        let paid = entry.facts.structured.iter().filter_map(|one| one.remitted);
        let sum: i128 = paid.map(|amount| i128::from(amount.minor)).sum();
        if sum != i128::from(entry.amount.minor) && !entry.facts.structured.is_empty() {
            self.out.notice(line, "What is paid for the single documents does not add up to the payment.");
        }
        self.out.account.unit = Some(self.unit);
        self.out.add(&entry);
        sink.entry(&self.out, entry);
        sink.statement(self.out);
        Ok(())
    }
}

fn no_day(text: &str) -> String {
    format!("{} does not exist as a day", shown(text))
}

/// Takes a segment that says what a payment is for.
fn remittance(segment: &Segment<'_>, unit: Unit, facts: &mut Facts) -> Result<(), Refusal> {
    let owned = |at: usize| Some(segment.get(at).to_owned()).filter(|text| !text.is_empty());
    match segment.name() {
        "RMR" => {
            let number = segment.get(2).to_owned();
            let document = Document { kind: owned(1), number, date: None };
            facts.structured.push(Structured {
                documents: vec![document],
                remitted: segment.amount(4, unit)?,
                due: segment.amount(5, unit)?,
                discount: segment.amount(6, unit)?,
                ..Structured::default()
            });
        }
        "ADX" => {
            if let Some(amount) = segment.amount(1, unit)? {
                let adjustment = Adjustment { amount, reason: owned(2) };
                match facts.structured.last_mut() {
                    Some(last) => last.adjustments.push(adjustment),
                    None => {
                        facts.structured.push(Structured { adjustments: vec![adjustment], ..Structured::default() })
                    }
                }
            }
        }
        "DTM" => {
            // Qualifier 003 is the document's date; others are of the payment or a period.
            let day = date::packed(segment.get(2));
            if segment.get(1) == "003"
                && let Some(document) = facts.structured.last_mut().and_then(|last| last.documents.last_mut())
            {
                document.date = day;
            }
        }
        "REF" if !is_placeholder(segment.get(2)) => match facts.structured.last_mut() {
            Some(last) => {
                last.documents.push(Document { kind: owned(1), number: segment.get(2).to_owned(), date: None });
            }
            None => facts.add_reference(RefKind::Other, segment.get(2)),
        },
        "NTE" => facts.lines.extend(owned(2)),
        _ => {}
    }
    Ok(())
}

/// Reads an 820, or single RMR segments, out of the text of addenda. Nothing that is no segment is taken.
pub(super) fn from_addenda(text: &str, unit: Unit, facts: &mut Facts) -> bool {
    let element = if text.starts_with("ISA") || text.starts_with("ST") {
        let at = if text.starts_with("ISA") { 3 } else { 2 };
        text[at..].chars().next()
    } else {
        text.chars().find(|sign| matches!(sign, '*' | '\u{A6}' | '|'))
    };
    let Some(element) = element.filter(|sign| !sign.is_alphanumeric()) else { return false };
    let end = text.chars().rev().find(|sign| !sign.is_whitespace() && !sign.is_alphanumeric());
    let ends = ['\\', '~', '\n', '!', '\u{AC}'];
    let end = ends.into_iter().find(|sign| text.contains(*sign)).or(end).filter(|end| *end != element).unwrap_or('\\');
    let before = facts.structured.len();
    for segment in segments(text, element, end) {
        // A segment that cannot be read stays text: the addenda as a whole are kept beside.
        let _ = remittance(&segment, unit, facts);
    }
    facts.structured.len() > before
}
