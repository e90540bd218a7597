//! The two coded lines of MT940: balances (`:60F:` and its like) and movements (`:61:`), read sign by sign because no
//! two banks fill them alike.

use chrono::NaiveDate;

use super::super::amount::{self, Amount, Decimals, Unit};
use super::super::facts::{Exchange, RefKind};
use super::super::statement::{Balance, BalanceKind, Entry, Status};
use super::super::{Refusal, shown};
use super::{Field, date};
use crate::formats::bank::facts::Charge;

/// A balance and what was odd about it.
pub(super) struct ReadBalance {
    pub balance: Balance,
    pub notice: Option<String>,
}

/// Reads `C100318EUR380115,12`; the currency may be missing where the statement has one already.
pub(super) fn balance(field: &Field<'_>, unit: Option<Unit>) -> Result<ReadBalance, Refusal> {
    let text: String = field.first().split_whitespace().collect();
    let whole = || shown(&text);
    let (mark, rest) = text.split_at_checked(1).unwrap_or(("", ""));
    let debit = match mark {
        "C" => false,
        "D" => true,
        _ => return Err(field.refuse("IMP-12", &format!("{} begins with neither C nor D", whole()))),
    };
    let (day, rest) = rest.split_at_checked(6).unwrap_or((rest, ""));
    let Some((day, moved)) = date::short_or_last(day) else {
        return Err(field.refuse("DAT-01", &format!("{} is no day", shown(day))));
    };
    let (code, number) = rest.split_at_checked(3).unwrap_or(("", rest));
    let lettered = !code.is_empty() && code.bytes().all(|byte| byte.is_ascii_alphabetic());
    let (unit, number) = match (lettered, unit) {
        (true, _) => {
            let unit = Unit::parse(code);
            (unit.ok_or_else(|| field.refuse("CUR-01", &format!("{} is not a currency", shown(code))))?, number)
        }
        (false, Some(unit)) => (unit, rest),
        (false, None) => return Err(field.refuse("CUR-01", &format!("{} names no currency", whole()))),
    };
    let minor = amount::read(number, unit, Decimals::Either)
        .map_err(|(code, why)| field.refuse(code, &format!("{} {why}", shown(number))))?;
    let kind = match field.tag {
        "60F" => BalanceKind::OpeningBooked,
        "60M" => BalanceKind::InterimOpening,
        "62F" => BalanceKind::ClosingBooked,
        "62M" => BalanceKind::InterimClosing,
        "64" => BalanceKind::ClosingAvailable,
        _ => BalanceKind::ForwardAvailable,
    };
    let amount = Amount::new(if debit { -minor } else { minor }, unit);
    let notice = moved.then(|| format!("The day of {} does not exist; it was read as {day}.", whole()));
    Ok(ReadBalance { balance: Balance { kind, code: field.tag.to_owned(), amount, date: Some(day) }, notice })
}

/// What is left of a line while it is taken apart.
struct Rest<'t>(&'t str);

impl<'t> Rest<'t> {
    /// Takes the next `count` bytes if they fit.
    fn take(&mut self, count: usize, fits: impl Fn(&str) -> bool) -> Option<&'t str> {
        let (head, tail) = self.0.split_at_checked(count)?;
        if !fits(head) {
            return None;
        }
        self.0 = tail;
        Some(head)
    }

    /// Takes as long as signs fit.
    fn run(&mut self, fits: impl Fn(char) -> bool) -> &'t str {
        let end = self.0.find(|sign| !fits(sign)).unwrap_or(self.0.len());
        let (head, tail) = self.0.split_at(end);
        self.0 = tail;
        head
    }
}

fn digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Reads a `:61:` line with the line after it: `2104010402CR100,00NTRFREF//BANKREF`.
pub(super) fn movement(field: &Field<'_>, number: u64, unit: Unit) -> Result<(Entry, Vec<String>), Refusal> {
    let (joined, more) = join(field);
    let mut rest = Rest(joined.trim_start());
    let mut notices = Vec::new();
    let refuse = |code, what: String| field.refuse(code, &format!("(entry {number}) {what}"));
    let (value, booked) = days(&mut rest, &mut notices, number)
        .map_err(|text| refuse("DAT-01", format!("{} is no day", shown(&text))))?;
    let reversal = rest.take(1, |mark| mark == "R").is_some();
    let expected = !reversal && rest.take(1, |mark| mark == "E").is_some();
    let Some(mark) = rest.take(1, |mark| matches!(mark, "C" | "D")) else {
        return Err(refuse("IMP-12", format!("{} is neither credit (C) nor debit (D)", shown(rest.0))));
    };
    // The third letter of the currency; with blanks around where banks put them.
    rest.run(|sign| sign == ' ');
    rest.take(1, |funds| funds.bytes().all(|byte| byte.is_ascii_alphabetic()));
    rest.run(|sign| sign == ' ');
    let at = joined.len() - rest.0.len();
    let text = rest.run(|sign| sign.is_ascii_digit() || matches!(sign, ',' | '.'));
    if !text.is_empty() && !text.contains([',', '.']) {
        // The format always writes the comma, `100,` too. Without it this may be the beginning of a longer amount.
        let what = format!("(entry {number}) the amount {} has no decimal comma, perhaps it is cut off", shown(text));
        return Err(field.refuse_at("AMT-01", at, &what));
    }
    let minor = amount::read(text, unit, Decimals::Either)
        .map_err(|(code, why)| refuse(code, format!("{} {why}", shown(text))))?;
    // A reversal of a credit takes money away.
    let out = (mark == "D") != reversal;
    let mut entry = Entry::new(number, field.place, Amount::new(if out { -minor } else { minor }, unit));
    (entry.value, entry.booked, entry.reversal) = (Some(value), booked, reversal);
    if expected {
        entry.status = Status::Pending;
    }
    rest.run(|sign| sign == ' ');
    if rest.0.is_empty() {
        let what = format!("(entry {number}) nothing follows the amount, perhaps it is cut off");
        return Err(field.refuse_at("IMP-12", joined.len(), &what));
    }
    if let Some(swift) = rest.take(4, |swift| swift.starts_with(|sign: char| sign.is_ascii_uppercase())) {
        entry.code.swift = Some(swift.trim_end().to_owned());
    } else {
        notices.push(format!("Entry {number}: {} is no transaction type.", shown(rest.0)));
    }
    let (own, bank) = rest.0.split_once("//").map_or((rest.0, ""), |(own, bank)| (own, bank));
    entry.facts.add_reference(RefKind::Owner, own);
    entry.facts.add_reference(RefKind::Servicer, bank);
    for line in more {
        supplement(line.trim(), &mut entry);
    }
    entry.listed = 1;
    Ok((entry, notices))
}

/// The line itself and those after it. A reference broken over two lines is put together again.
fn join<'f>(field: &'f Field<'_>) -> (String, &'f [&'f str]) {
    let first = field.lines.first().copied().unwrap_or("");
    let more = field.lines.get(1..).unwrap_or(&[]);
    match more.first() {
        // The amount, or the reference before its `//`, goes on in the next line.
        Some(next) if !first.contains("//") && next.contains("//") && !next.starts_with('/') => {
            (format!("{}{}", first.trim_end(), next.trim()), &more[1..])
        }
        Some(next)
            if !first.contains(',')
                && next.trim_start().starts_with(|sign: char| sign.is_ascii_digit())
                && first.trim_end().len() <= 14 =>
        {
            (format!("{}{}", first.trim_end(), next.trim()), &more[1..])
        }
        _ => (first.to_owned(), more),
    }
}

/// Value date and booking date.
fn days(rest: &mut Rest<'_>, notices: &mut Vec<String>, number: u64) -> Result<(NaiveDate, Option<NaiveDate>), String> {
    let start = rest.0.chars().take(6).collect::<String>();
    let day = rest.take(6, digits).ok_or_else(|| start.clone())?;
    let Some((value, moved)) = date::short_or_last(day) else { return Err(start) };
    if moved {
        notices.push(format!("Entry {number}: {day} does not exist as a day; it was read as {value}."));
    }
    let Some(text) = rest.take(4, |text| digits(text) || text.trim().is_empty()) else { return Ok((value, None)) };
    if text.trim().is_empty() {
        return Ok((value, None));
    }
    let booked = date::near(text, value);
    if booked.is_none() {
        notices.push(format!("Entry {number}: the booking date {text} does not exist and was left out."));
    }
    Ok((value, booked))
}

/// The line after a movement: original amount and charges, or more text.
fn supplement(line: &str, entry: &mut Entry) {
    if line.is_empty() {
        return;
    }
    let coded = |key: &str| {
        let (_, after) = line.split_once(key)?;
        let text = after.split('/').next()?;
        let (code, number) = text.split_at_checked(3)?;
        let unit = Unit::parse(code)?;
        Some(Amount::new(amount::read(number, unit, Decimals::Either).ok()?, unit))
    };
    let original = coded("/OCMT/");
    if let Some(original) = original.filter(|original| *original != entry.amount) {
        let signed = if entry.amount.minor < 0 { original.turned() } else { original };
        entry.facts.exchange = Some(Exchange { original: Some(signed), ..Exchange::default() });
    }
    if let Some(charge) = coded("/CHGS/") {
        entry.facts.charges.push(Charge { amount: charge.turned(), included: None, kind: None });
    }
    let text = entry.facts.text.take();
    entry.facts.text = Some(text.map_or_else(|| line.to_owned(), |text| format!("{text} {line}")));
}
