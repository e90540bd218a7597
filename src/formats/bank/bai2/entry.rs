//! Record 16: type code and amount, funds type with its extra fields, two references, text; and what the code says of
//! the direction.

use chrono::NaiveDate;

use super::super::amount::{self, Amount, Decimals, Unit};
use super::super::facts::{Facts, RefKind, is_placeholder};
use super::super::statement::{Entry, Statement};
use super::super::{Refusal, date, shown};
use super::record::{Fields, Record};

/// Takes a funds type with its extra fields; the value date where it names one.
pub(super) fn funds(record: &Record<'_>, fields: &mut Fields<'_>) -> Result<Option<NaiveDate>, Refusal> {
    let kind = fields.next().unwrap_or("").trim();
    let more = match kind {
        "" | "0" | "1" | "2" | "Z" => 0,
        "S" => 3,
        "V" => {
            let text = fields.next().unwrap_or("").trim();
            fields.next();
            if text.is_empty() {
                return Ok(None);
            }
            let found = if text.len() == 8 { date::packed(text) } else { date::short(text) };
            let refused = || record.refuse("DAT-01", &format!("{} does not exist as a day", shown(text)));
            return found.map(Some).ok_or_else(refused);
        }
        "D" => {
            let text = fields.next().unwrap_or("").trim();
            let count: Option<usize> = text.parse().ok().filter(|count| *count <= 99);
            let refused = || record.refuse("IMP-12", &format!("funds type D has {} parts", shown(text)));
            2 * count.ok_or_else(refused)?
        }
        other => return Err(record.refuse("IMP-12", &format!("{} is no funds type", shown(other)))),
    };
    for _ in 0..more {
        fields.next();
    }
    Ok(None)
}

/// Whether a type code takes money out; `None` for codes that move none.
fn takes(code: u32) -> Option<bool> {
    match code {
        100..=399 | 700..=759 | 920..=959 => Some(false),
        400..=699 | 760..=799 | 960..=999 => Some(true),
        _ => None,
    }
}

/// Reads a record 16: its amount as written, and the entry unless the code moves no money.
pub(super) fn read(
    record: &Record<'_>,
    number: u64,
    unit: Unit,
    day: Option<NaiveDate>,
    out: &mut Statement,
) -> Result<(i64, Option<Entry>), Refusal> {
    let refuse = |code, what: String| record.refuse(code, &format!("(entry {number}) {what}"));
    let mut fields = record.fields();
    let code = fields.next().unwrap_or("").trim();
    let Some(kind) = code.parse().ok().filter(|_| code.len() == 3 && code.is_ascii()) else {
        return Err(refuse("IMP-12", format!("{} is no type code", shown(code))));
    };
    let text = fields.next().unwrap_or("").trim();
    let minor = match text {
        "" => 0,
        text => amount::read(text, unit, Decimals::Implied)
            .map_err(|(code, why)| refuse(code, format!("{} {why}", shown(text))))?,
    };
    let value = funds(record, &mut fields)?;
    let (bank, own) = (fields.next().unwrap_or(""), fields.next().unwrap_or(""));
    let Some(out_going) = takes(kind) else {
        out.notice(record.place.line, format!("Entry {number}: type {code} moves no money and was left out."));
        return Ok((minor, None));
    };
    let mut entry = Entry::new(number, record.place, Amount::new(if out_going { -minor } else { minor }, unit));
    (entry.booked, entry.value) = (day, value);
    entry.code.bai = Some(code.to_owned());
    entry.facts.add_reference(RefKind::Servicer, bank);
    entry.facts.add_reference(RefKind::Owner, own);
    for line in fields.text() {
        take_text(line.trim().trim_end_matches('/').trim_end(), out_going, &mut entry.facts);
    }
    entry.listed = 1;
    Ok((minor, Some(entry)))
}

/// A line of text; some banks put named facts there, one a line.
fn take_text(line: &str, out_going: bool, facts: &mut Facts) {
    let Some((key, value)) = line.split_once(':').filter(|(key, _)| key.len() == 4) else {
        if !is_placeholder(line) {
            facts.lines.push(line.to_owned());
        }
        return;
    };
    let value = value.trim();
    let owned = || Some(value.to_owned()).filter(|text| !text.is_empty());
    // The other side of money out is the creditor, of money in the debtor.
    match (key, out_going) {
        ("EREF", _) => facts.add_reference(RefKind::EndToEnd, value),
        ("CREF", _) => facts.add_reference(RefKind::Clearing, value),
        ("CHKN", _) => facts.add_reference(RefKind::Cheque, value),
        ("IDNM", _) => facts.add_reference(RefKind::Other, value),
        ("REMI", _) => facts.lines.extend(owned().filter(|text| !is_placeholder(text))),
        ("CRNM", true) | ("DBNM", false) => facts.party.name = owned(),
        ("CACT", true) | ("DACT", false) => facts.party.account = owned(),
        ("CABA" | "CBIC", true) | ("DABA" | "DBIC", false) => facts.party.bank = owned(),
        ("CRNM" | "DBNM" | "CACT" | "DACT" | "CABA" | "DABA" | "CBIC" | "DBIC", _) => {}
        _ => facts.lines.push(line.to_owned()),
    }
}
