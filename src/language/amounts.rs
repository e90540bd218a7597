//! Amounts in shorthand: `1.2k`, `all`, `50%`, `1200-50`, `=6300*3`, and plans such as `6.3k x3 2w`. Always exact: what
//! would have to be rounded is refused, what has two readings is refused with both.

mod expression;
mod plan;

pub use plan::{Every, Plan, read_plan};

use rust_decimal::Decimal;

use super::numbers::NumberProblem;
use crate::domain::money::{self, AMOUNT_MAX, Currency, NumberStyle};

/// What an amount is read against.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AmountContext {
    /// The currency the amount is in; its digits set how many decimals are allowed.
    pub currency: Currency,
    /// The number style of the book; `None` when it is not known, which refuses what has two readings.
    pub style: Option<NumberStyle>,
    /// The open balance of the marked items in minor units, for `all`, `50%` and the limit; `None` when there is none.
    pub open: Option<i64>,
}

/// An amount that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Typed {
    /// Minor units of the context's currency. Zero and negative amounts are left to the act to judge.
    pub minor: i64,
    /// What should be said beside the field: where an odd cent goes, what stays unapplied.
    pub note: Option<String>,
}

/// Why an amount was refused: one sentence with what was read and what would be accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{sentence}")]
pub struct AmountError {
    /// The catalogue code: `AMT-01` not an amount, `AMT-02` too large, `AMT-03` too many decimals, `AMT-04` two
    /// readings, `AMT-06` over the open balance.
    pub code: &'static str,
    /// The sentence.
    pub sentence: String,
}

impl AmountError {
    fn new(code: &'static str, sentence: impl Into<String>) -> Self {
        AmountError { code, sentence: sentence.into() }
    }
}

/// The longest text that can be an amount.
const LONGEST: usize = 60;

impl AmountContext {
    /// Minor units as the messages show them, in the style of the book.
    fn show(&self, minor: i64) -> String {
        money::grouped(minor, self.currency.digits(), self.style.unwrap_or_default())
    }

    fn open_for(&self, typed: &str) -> Result<i64, AmountError> {
        self.open.ok_or_else(|| {
            AmountError::new(
                "AMT-01",
                format!("\"{typed}\" needs an open balance, and there is none here; type digits."),
            )
        })
    }
}

/// Reads one amount: digits in the style of the book, `k` and `m`, `all` or `*`, a percentage of the open balance,
/// sums and products, the currency's own code before or after. A trailing `+` confirms that what exceeds the open
/// balance stays as unapplied cash.
pub fn read_amount(text: &str, context: &AmountContext) -> Result<Typed, AmountError> {
    let typed = text.trim();
    if typed.is_empty() {
        return Err(AmountError::new("AMT-01", "An amount is missing; use 1250, 1.2k or all."));
    }
    if typed.chars().count() > LONGEST {
        return Err(AmountError::new("AMT-01", "This is too long for an amount; use 1250, 1.2k or all."));
    }
    let typed = without_currency(typed, context.currency)?;
    let (typed, confirmed) = match typed.strip_suffix('+') {
        Some(rest) => (rest.trim_end(), true),
        None => (typed, false),
    };
    let read = if typed == "*" {
        Typed { minor: context.open_for(typed)?, note: None }
    } else if let Some(share) = typed.strip_suffix('%') {
        percentage(share.trim_end(), typed, context)?
    } else {
        let sum = typed.strip_prefix('=').unwrap_or(typed);
        Typed { minor: exact(expression::read(sum, typed, context)?, typed, context)?, note: None }
    };
    within_open(read, confirmed, context)
}

/// Takes off the currency's own code, before or after; another currency's code is refused.
fn without_currency(typed: &str, currency: Currency) -> Result<&str, AmountError> {
    let letters_end = typed.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(typed.len());
    let letters_start = typed.rfind(|c: char| !c.is_ascii_alphabetic()).map_or(typed.len(), |at| at + 1);
    for (code, rest) in [
        (&typed[..letters_end], &typed[letters_end..]),
        (typed.get(letters_start..).unwrap_or(""), typed.get(..letters_start).unwrap_or(typed)),
    ] {
        if code.len() != 3 || code.eq_ignore_ascii_case("all") {
            continue;
        }
        if code.eq_ignore_ascii_case(currency.code()) {
            return Ok(rest.trim());
        }
        if Currency::parse(code).is_ok() {
            let sentence = format!("\"{typed}\" is in another currency; an amount in {currency} is needed here.");
            return Err(AmountError::new("AMT-01", sentence));
        }
    }
    Ok(typed)
}

/// A share of the open balance, rounded once, half away from zero; the note says so when a part of a unit was left.
fn percentage(share: &str, typed: &str, context: &AmountContext) -> Result<Typed, AmountError> {
    let open = context.open_for(typed)?;
    let share = expression::number(share, typed, context)?;
    if share > Decimal::ONE_HUNDRED {
        return Err(AmountError::new("AMT-01", format!("\"{typed}\" is more than the whole; use 1% to 100%.")));
    }
    let part = Decimal::from(open).checked_mul(share).and_then(|part| part.checked_div(Decimal::ONE_HUNDRED));
    let minor = part.and_then(|part| money::to_minor(part, 0)).ok_or_else(|| too_large(typed))?;
    let rounded = part.is_some_and(|part| part != Decimal::from(minor));
    let note = rounded.then(|| {
        format!(
            "{typed} of {} is {}, rounded; the remainder goes to the first item",
            context.show(open),
            context.show(minor)
        )
    });
    Ok(Typed { minor, note })
}

/// Minor units of a value, when the currency can hold it without rounding.
fn exact(value: Decimal, typed: &str, context: &AmountContext) -> Result<i64, AmountError> {
    let digits = context.currency.digits();
    if value.normalize().scale() > digits {
        return Err(too_many_decimals(typed, context.currency));
    }
    let minor = money::to_minor(value, digits).filter(|minor| minor.unsigned_abs() <= AMOUNT_MAX.unsigned_abs());
    minor.ok_or_else(|| too_large(typed))
}

fn within_open(mut read: Typed, confirmed: bool, context: &AmountContext) -> Result<Typed, AmountError> {
    let Some(open) = context.open else { return Ok(read) };
    let over = read.minor.saturating_sub(open.max(0));
    if over <= 0 {
        return Ok(read);
    }
    if !confirmed {
        return Err(AmountError::new(
            "AMT-06",
            format!(
                "{} is {} more than the {} open.",
                context.show(read.minor),
                context.show(over),
                context.show(open)
            ),
        ));
    }
    read.note = Some(format!("{} beyond the open balance stays as unapplied cash", context.show(over)));
    Ok(read)
}

fn too_large(typed: &str) -> AmountError {
    AmountError::new("AMT-02", format!("\"{typed}\" is larger than the limit of 99,999,999,999.99."))
}

fn too_many_decimals(typed: &str, currency: Currency) -> AmountError {
    let decimals = match currency.digits() {
        0 => "no decimals".to_owned(),
        1 => "1 decimal".to_owned(),
        digits => format!("{digits} decimals"),
    };
    // Three digits behind a sign are how thousands are written where the other sign is for decimals.
    let whole = typed.replacen(['.', ','], "", 1);
    let thousands = typed.split_once(['.', ',']).is_some_and(|(head, tail)| {
        let digits = whole.bytes().all(|byte| byte.is_ascii_digit());
        (1..=3).contains(&head.len()) && !head.starts_with('0') && tail.len() == 3 && digits
    });
    let decimal = typed.strip_suffix('0').filter(|_| currency.digits() == 2);
    let meant = match (thousands, decimal) {
        (true, Some(decimal)) => format!("; write {decimal}, or {whole} if thousands were meant"),
        (true, None) => format!("; if thousands were meant, write {whole}"),
        _ => String::new(),
    };
    AmountError::new("AMT-03", format!("{currency} has {decimals}; \"{typed}\" was not rounded{meant}."))
}

/// The sentence for a number that could not be read, with both readings where there are two.
fn number_error(part: &str, problem: NumberProblem, typed: &str, context: &AmountContext) -> AmountError {
    match problem {
        NumberProblem::NotANumber => {
            let place = if part == typed { String::new() } else { format!(" in \"{typed}\"") };
            AmountError::new(
                "AMT-01",
                format!("\"{part}\"{place} is not an amount; use digits, such as 1250, 1.2k or all."),
            )
        }
        NumberProblem::TooLarge => too_large(typed),
        NumberProblem::Ambiguous { decimal, grouped } => AmountError::new(
            "AMT-04",
            format!("\"{part}\" can mean {decimal} or {grouped}; write {} or {grouped}.", unmistakable(decimal)),
        ),
        NumberProblem::Grouping => {
            let style = context.style.unwrap_or_default();
            let (decimal, group) = (style.decimal(), style.group());
            AmountError::new(
                "AMT-04",
                format!(
                    "\"{part}\" does not fit this book, which writes 1{group}234{decimal}56; write it so or as 1234{decimal}56."
                ),
            )
        }
    }
}

/// A decimal that has one reading in every style: never exactly three decimals.
fn unmistakable(value: Decimal) -> String {
    let text = value.normalize().to_string();
    let decimals = text.split_once('.').map_or(0, |(_, decimals)| decimals.len());
    match decimals {
        0 => format!("{text}.00"),
        1 | 3 => format!("{text}0"),
        _ => text,
    }
}

#[cfg(test)]
mod tests;
