//! Dates in shorthand: `fri`, `+2w`, `20`, `20/3`, `eom`, `due+5`. [`read_date`] gives one date or one sentence saying
//! why not, never a guess between two readings; [`echo_date`] says back what was understood.

mod written;

use chrono::{Datelike, Days, Months, NaiveDate, Weekday};
use serde::{Deserialize, Serialize};

use super::calendar::{Holidays, add_working_days, free_day, previous_working_day, working_days_between};

/// In which order a book writes day, month and year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DateOrder {
    /// `20/3/2026`
    #[default]
    Dmy,
    /// `3/20/2026`
    Mdy,
    /// `2026/3/20`
    Ymd,
}

impl DateOrder {
    /// Every order with its word and an example of the twentieth of March.
    pub const ALL: [(DateOrder, &'static str, &'static str); 3] = [
        (DateOrder::Dmy, "dmy", "20/3 is 20 March"),
        (DateOrder::Mdy, "mdy", "3/20 is 20 March"),
        (DateOrder::Ymd, "ymd", "26/3/20 is 20 March"),
    ];

    /// The order of that word: `dmy`, `mdy` or `ymd`.
    pub fn named(word: &str) -> Option<DateOrder> {
        let found = DateOrder::ALL.iter().find(|(_, name, _)| name.eq_ignore_ascii_case(word.trim()));
        found.map(|(order, _, _)| *order)
    }
}

/// Where an incomplete date is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lean {
    /// Today or later: promises, follow-ups. A weekday is the next one after today.
    Forward,
    /// Today or earlier: payment dates. A weekday is the last one before today.
    Back,
    /// The nearest year, this month, the next weekday: filters, which look both ways.
    Near,
}

/// What a date is read against.
#[derive(Clone, Copy)]
pub struct DateContext<'a> {
    /// The business day of the session.
    pub today: NaiveDate,
    /// Order of day and month in this book.
    pub order: DateOrder,
    /// Where incomplete dates are looked for.
    pub lean: Lean,
    /// The due date of the invoice at hand, for `due+5`.
    pub due: Option<NaiveDate>,
    /// The customer's calendar, for `+3b`.
    pub holidays: Holidays<'a>,
}

/// Why a text is not a date: one sentence with what was read and what would be accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{sentence}")]
pub struct DateError {
    /// The catalogue code, `DAT-01`.
    pub code: &'static str,
    /// The sentence.
    pub sentence: String,
}

impl DateError {
    pub(crate) fn new(sentence: impl Into<String>) -> Self {
        DateError { code: "DAT-01", sentence: sentence.into() }
    }
}

/// The longest text that can be a date.
const LONGEST: usize = 40;

/// Reads one date in shorthand or in full. See the module's first lines for the forms; upper and lower case are alike.
pub fn read_date(text: &str, context: &DateContext<'_>) -> Result<NaiveDate, DateError> {
    let typed = text.trim();
    if typed.is_empty() {
        return Err(DateError::new("A date is missing; use 20/3, fri, +7d or 2026-03-20."));
    }
    if typed.chars().count() > LONGEST {
        return Err(DateError::new("This is too long for a date; use 20/3, fri, +7d or 2026-03-20."));
    }
    let lower = typed.to_lowercase();
    let date = match anchored(&lower, typed, context) {
        Some(result) => result?,
        None => written::read(&lower, typed, context)?,
    };
    if (1900..=2199).contains(&date.year()) {
        return Ok(date);
    }
    Err(DateError::new(format!("\"{typed}\" is the year {}; dates from 1900 to 2199 are kept.", date.year())))
}

/// Words and offsets: `today`, `fri`, `eom`, `due`, each alone or followed by an offset; or an offset from today.
/// `None` when the text is not of this kind.
fn anchored(lower: &str, typed: &str, context: &DateContext<'_>) -> Option<Result<NaiveDate, DateError>> {
    let word_end = lower.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(lower.len());
    let (word, rest) = (&lower[..word_end], lower[word_end..].trim());
    let anchor = match word {
        "" if rest.starts_with(['+', '-']) => context.today,
        "" => return None,
        "due" => match context.due {
            Some(due) => due,
            None => {
                return Some(Err(DateError::new(format!(
                    "\"{typed}\" needs an invoice with a due date, and there is none here; use 20/3, fri or +7d."
                ))));
            }
        },
        _ => named_day(word, context)?,
    };
    if rest.is_empty() {
        return Some(Ok(anchor));
    }
    // `mar-20` and the like are no offsets; they never get here because no month is a named day.
    Some(offset(rest, anchor, context).ok_or_else(|| {
        DateError::new(format!(
            "\"{typed}\" is not an offset that can be used; write +7d, +2w, +1m or +3b (working days), at most 9999."
        ))
    }))
}

/// The day a word stands for, `due` excepted.
fn named_day(word: &str, context: &DateContext<'_>) -> Option<NaiveDate> {
    let today = context.today;
    match word {
        "t" | "today" => Some(today),
        "tom" | "tomorrow" => today.checked_add_days(Days::new(1)),
        "yes" | "yesterday" => today.checked_sub_days(Days::new(1)),
        "eow" => today.checked_add_days(Days::new(u64::from(6 - today.weekday().num_days_from_monday()))),
        "eom" => last_of_month(today.year(), today.month()),
        "eoq" => last_of_month(today.year(), today.month0() / 3 * 3 + 3),
        "eoy" => last_of_month(today.year(), 12),
        _ => {
            let weekday = weekday(word)?;
            let forward = context.lean != Lean::Back;
            let (from, to) = if forward { (today.weekday(), weekday) } else { (weekday, today.weekday()) };
            // Strictly after or before today: the same weekday is a week away.
            let days = match (7 + to.num_days_from_monday() - from.num_days_from_monday()) % 7 {
                0 => 7,
                days => u64::from(days),
            };
            if forward { today.checked_add_days(Days::new(days)) } else { today.checked_sub_days(Days::new(days)) }
        }
    }
}

/// A weekday by its English name or at least its first three letters.
fn weekday(word: &str) -> Option<Weekday> {
    const NAMES: [(&str, Weekday); 7] = [
        ("monday", Weekday::Mon),
        ("tuesday", Weekday::Tue),
        ("wednesday", Weekday::Wed),
        ("thursday", Weekday::Thu),
        ("friday", Weekday::Fri),
        ("saturday", Weekday::Sat),
        ("sunday", Weekday::Sun),
    ];
    NAMES.iter().find(|(name, _)| word.len() >= 3 && name.starts_with(word)).map(|(_, day)| *day)
}

/// `+7d`, `-2w`, `+1m`, `+1y`, `+3b`; without a letter, days. At most four digits.
fn offset(text: &str, from: NaiveDate, context: &DateContext<'_>) -> Option<NaiveDate> {
    let (back, rest) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+')?),
    };
    let rest = rest.trim();
    let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    if digits == 0 || digits > 4 {
        return None;
    }
    let count: u32 = rest[..digits].parse().ok()?;
    let by_days =
        |days: u64| if back { from.checked_sub_days(Days::new(days)) } else { from.checked_add_days(Days::new(days)) };
    let by_months = |months: u32| {
        let months = Months::new(months);
        if back { from.checked_sub_months(months) } else { from.checked_add_months(months) }
    };
    match rest[digits..].trim() {
        "" | "d" => by_days(u64::from(count)),
        "w" => by_days(u64::from(count) * 7),
        "m" => by_months(count),
        "y" => by_months(count * 12),
        "b" => {
            let count = i32::try_from(count).ok()?;
            add_working_days(from, if back { -count } else { count }, context.holidays)
        }
        _ => None,
    }
}

/// The last day of a month.
pub(crate) fn last_of_month(year: i32, month: u32) -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt(year, month, 1)?.checked_add_months(Months::new(1))?.pred_opt()
}

/// A date as every screen shows it: `Fri 20 Mar 2026`.
pub fn long_date(date: NaiveDate) -> String {
    date.format("%a %-d %b %Y").to_string()
}

/// What was understood: weekday, date, distance from today, and the working days strictly between, as in
/// `Fri 20 Mar 2026, +4d, 3 working days between`. On a free day `!` follows with the reason and the last working day
/// before it: `Sun 22 Mar 2026, +6d, 4 working days between ! Sunday; Fri 20 Mar is the working day before`.
pub fn echo_date(date: NaiveDate, context: &DateContext<'_>) -> String {
    let distance = (date - context.today).num_days();
    let mut out = match distance {
        0 => format!("{}, today", long_date(date)),
        _ => format!("{}, {distance:+}d", long_date(date)),
    };
    match working_days_between(context.today, date, context.holidays) {
        Some(1) => out.push_str(", 1 working day between"),
        Some(days) if days > 0 => out.push_str(&format!(", {days} working days between")),
        _ => {}
    }
    if let Some(reason) = free_day(date, context.holidays) {
        out.push_str(&format!(" ! {reason}"));
        if let Some(before) = previous_working_day(date, context.holidays) {
            out.push_str(&format!("; {} is the working day before", before.format("%a %-d %b")));
        }
    }
    out
}

#[cfg(test)]
mod tests;
