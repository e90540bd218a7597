//! Dates written with numbers or month names: `20`, `20/3`, `20.3.2026`, `2026-03-20`, `20mar`, `mar 20 2026`. The
//! missing year or month is filled in by the lean of the field; a date that does not exist is refused with the reason.

use chrono::{Datelike, NaiveDate};

use super::{DateContext, DateError, DateOrder, Lean, last_of_month};

/// English month names; three letters are enough.
const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

/// Reads a date made of numbers, or of numbers and one month name. `typed` is the text as it stands in messages.
pub(super) fn read(lower: &str, typed: &str, context: &DateContext<'_>) -> Result<NaiveDate, DateError> {
    let parts = parts(lower).ok_or_else(|| unknown(typed))?;
    match parts.as_slice() {
        [Part::Number(day)] => bare_day(day, typed, context),
        [Part::Number(one), Part::Number(two)] => {
            let (day, month) = if context.order == DateOrder::Dmy { (one, two) } else { (two, one) };
            without_year(small(day, typed)?, small(month, typed)?, typed, context)
        }
        [Part::Number(one), Part::Number(two), Part::Number(three)] => full([one, two, three], typed, context.order),
        [Part::Number(day), Part::Month(month)] | [Part::Month(month), Part::Number(day)] => {
            without_year(small(day, typed)?, *month, typed, context)
        }
        [Part::Number(year), Part::Month(month), Part::Number(day)] if year.len() == 4 => {
            exact(self::year(year, typed)?, *month, small(day, typed)?, typed)
        }
        [Part::Number(day), Part::Month(month), Part::Number(year)]
        | [Part::Month(month), Part::Number(day), Part::Number(year)] => {
            exact(self::year(year, typed)?, *month, small(day, typed)?, typed)
        }
        _ => Err(unknown(typed)),
    }
}

enum Part<'a> {
    Number(&'a str),
    Month(u32),
}

/// Splits at `/ . - ,` and spaces, and where digits meet letters. `None` when something else stands in the text or a
/// word is no month.
fn parts(lower: &str) -> Option<Vec<Part<'_>>> {
    let mut parts = Vec::new();
    let separator = |c: char| c.is_whitespace() || matches!(c, '/' | '.' | '-' | ',');
    for piece in lower.split(separator).filter(|piece| !piece.is_empty()) {
        let mut rest = piece;
        while let Some(first) = rest.chars().next() {
            let digits = first.is_ascii_digit();
            let end = rest.find(|c: char| c.is_ascii_digit() != digits).unwrap_or(rest.len());
            let (run, tail) = rest.split_at(end);
            parts.push(if digits { Part::Number(run) } else { Part::Month(month(run)?) });
            rest = tail;
        }
    }
    (parts.len() <= 3).then_some(parts)
}

fn month(word: &str) -> Option<u32> {
    if word.len() < 3 {
        return None;
    }
    MONTHS.iter().position(|name| name.starts_with(word)).and_then(|place| u32::try_from(place + 1).ok())
}

/// `20`: a day of the month, this month or the one the field leans to.
fn bare_day(digits: &str, typed: &str, context: &DateContext<'_>) -> Result<NaiveDate, DateError> {
    if digits.len() > 2 {
        return Err(DateError::new(format!("\"{typed}\" is not a day of the month; write 20, 20/3 or 2026-03-20.")));
    }
    let day = small(digits, typed)?;
    let today = context.today;
    let this_month = (today.year(), today.month());
    let other = match context.lean {
        Lean::Forward if day < today.day() => last_of_month(this_month.0, this_month.1).and_then(|d| d.succ_opt()),
        Lean::Back if day > today.day() => today.with_day(1).and_then(|first| first.pred_opt()),
        _ => None,
    };
    let (year, month) = other.map_or(this_month, |date| (date.year(), date.month()));
    exact(year, month, day, typed)
}

/// Day and month: the year is the one that fits the lean of the field.
fn without_year(day: u32, month: u32, typed: &str, context: &DateContext<'_>) -> Result<NaiveDate, DateError> {
    if month > 12 && (1..=12).contains(&day) {
        let reading = if context.order == DateOrder::Dmy { "day/month" } else { "month/day" };
        return Err(DateError::new(format!(
            "\"{typed}\" read as {reading} has no month {month}; write {} or {month}{}.",
            if context.order == DateOrder::Dmy { format!("{month}/{day}") } else { format!("{day}/{month}") },
            short_month(day),
        )));
    }
    let today = context.today;
    let this_year = today.year();
    let in_year = |year: i32| NaiveDate::from_ymd_opt(year, month, day);
    let year = match context.lean {
        Lean::Forward if (month, day) < (today.month(), today.day()) => this_year + 1,
        Lean::Back if (month, day) > (today.month(), today.day()) => this_year - 1,
        Lean::Near => (this_year - 1..=this_year + 1)
            .filter(|year| in_year(*year).is_some())
            .min_by_key(|year| in_year(*year).map_or(i64::MAX, |date| (date - today).num_days().abs()))
            .unwrap_or(this_year),
        _ => this_year,
    };
    exact(year, month, day, typed)
}

/// Three numbers: year first when it has four digits, else year last in the order of the book.
fn full(numbers: [&str; 3], typed: &str, order: DateOrder) -> Result<NaiveDate, DateError> {
    let [one, two, three] = numbers;
    if one.len() == 4 {
        return exact(year(one, typed)?, small(two, typed)?, small(three, typed)?, typed);
    }
    let year = year(three, typed)?;
    let (one, two) = (small(one, typed)?, small(two, typed)?);
    match order {
        DateOrder::Dmy => exact(year, two, one, typed),
        DateOrder::Mdy => exact(year, one, two, typed),
        DateOrder::Ymd => match (NaiveDate::from_ymd_opt(year, two, one), NaiveDate::from_ymd_opt(year, one, two)) {
            (Some(first), Some(second)) if first != second => Err(DateError::new(format!(
                "\"{typed}\" can mean {} or {}; write {first} or {second}.",
                first.format("%-d %b %Y"),
                second.format("%-d %b %Y")
            ))),
            (Some(date), _) | (None, Some(date)) => Ok(date),
            (None, None) => exact(year, two, one, typed),
        },
    }
}

fn exact(year: i32, month: u32, day: u32, typed: &str) -> Result<NaiveDate, DateError> {
    if let Some(date) = NaiveDate::from_ymd_opt(year, month, day) {
        return Ok(date);
    }
    let Some(last) = last_of_month(year, month) else {
        return Err(DateError::new(format!("\"{typed}\" does not exist: there is no month {month}.")));
    };
    Err(DateError::new(format!(
        "\"{typed}\" does not exist: {} {year} has days 1 to {}.",
        short_month(month),
        last.day()
    )))
}

fn short_month(month: u32) -> &'static str {
    let index = usize::try_from(month).unwrap_or(0).wrapping_sub(1);
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"].get(index).unwrap_or(&"?")
}

fn small(digits: &str, typed: &str) -> Result<u32, DateError> {
    let number = if digits.len() <= 2 { digits.parse().ok() } else { None };
    number.ok_or_else(|| unknown(typed))
}

fn year(digits: &str, typed: &str) -> Result<i32, DateError> {
    match digits.len() {
        4 => digits.parse().map_err(|_| unknown(typed)),
        2 => Err(DateError::new(format!("\"{typed}\" has a year of two digits; write it in full, as in 20{digits}."))),
        _ => Err(unknown(typed)),
    }
}

fn unknown(typed: &str) -> DateError {
    DateError::new(format!("\"{typed}\" is not a date; use 20/3, 20mar, fri, +7d, eom or 2026-03-20."))
}
