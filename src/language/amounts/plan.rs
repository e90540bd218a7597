//! Payment plans in one line: `6.3k x3 2w` is three instalments of 6,300.00, one every two weeks; `all x3 1m` shares
//! the open balance, the last instalment taking the remainder.

use chrono::{Days, Months, NaiveDate};
use rust_decimal::Decimal;

use super::{AmountContext, AmountError, read_amount, too_large, within_open};
use crate::domain::money::{self, AMOUNT_MAX};

/// The most instalments a plan may have.
const MOST: u32 = 60;

/// The time between two instalments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Every {
    /// So many days.
    Days(u32),
    /// So many months, the day of the month kept where the month has it.
    Months(u32),
}

impl Every {
    /// The date of the instalment `place` (0 is the first), counted from the first date so that month ends do not
    /// drift. `None` beyond the calendar.
    pub fn date(self, first: NaiveDate, place: u32) -> Option<NaiveDate> {
        match self {
            Every::Days(days) => first.checked_add_days(Days::new(u64::from(days) * u64::from(place))),
            Every::Months(months) => first.checked_add_months(Months::new(months.checked_mul(place)?)),
        }
    }
}

/// A plan that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// The instalments in order, in minor units of the context's currency.
    pub amounts: Vec<i64>,
    /// The time between them.
    pub every: Every,
    /// What should be said beside the field.
    pub note: Option<String>,
}

/// Reads `AMOUNT xCOUNT PERIOD`, the period in days, weeks or months (`10d`, `2w`, `1m`). The amount is that of each
/// instalment; `all` and percentages are shared out instead. Together they may not exceed the open balance, unless
/// the amount ends in `+`.
pub fn read_plan(text: &str, context: &AmountContext) -> Result<Plan, AmountError> {
    let typed = text.trim();
    let wrong = || {
        let shown: String = typed.chars().take(40).collect();
        AmountError::new(
            "AMT-01",
            format!("\"{shown}\" is not a plan; write amount, times and period, as in 6.3k x3 2w."),
        )
    };
    let mut words: Vec<&str> = typed.split_whitespace().collect();
    let (period, times) = (words.pop().ok_or_else(wrong)?, words.pop().ok_or_else(wrong)?);
    let amount = words.join(" ");
    let count = times.strip_prefix(['x', 'X']).and_then(small).ok_or_else(wrong)?;
    let every = period_of(&period.to_ascii_lowercase()).ok_or_else(wrong)?;
    if count == 0 || count > MOST {
        return Err(AmountError::new("AMT-01", format!("A plan has 1 to {MOST} instalments; \"{times}\" was read.")));
    }
    let body = amount.trim_end_matches('+').to_ascii_lowercase();
    if body == "all" || body == "*" || body.ends_with('%') {
        let shared = read_amount(&amount, context)?;
        let weights = vec![Decimal::ONE; count as usize];
        return Ok(Plan { amounts: money::split(shared.minor, &weights), every, note: shared.note });
    }
    // The limit is on all instalments together, so each is read without it.
    let each = read_amount(amount.trim_end_matches('+'), &AmountContext { open: None, ..*context })?;
    let total = each.minor.checked_mul(i64::from(count)).filter(|total| total.unsigned_abs() <= AMOUNT_MAX as u64);
    let total = super::Typed { minor: total.ok_or_else(|| too_large(typed))?, note: None };
    let note = within_open(total, amount.ends_with('+'), context)?.note;
    Ok(Plan { amounts: vec![each.minor; count as usize], every, note })
}

fn period_of(text: &str) -> Option<Every> {
    let (digits, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let count = small(digits).filter(|count| *count > 0)?;
    match unit {
        "d" => Some(Every::Days(count)),
        "w" => Some(Every::Days(count * 7)),
        "m" => Some(Every::Months(count)),
        _ => None,
    }
}

/// Up to three digits.
fn small(digits: &str) -> Option<u32> {
    let fits = (1..=3).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
    if fits { digits.parse().ok() } else { None }
}
