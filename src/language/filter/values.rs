//! The right-hand side of a term: what a field can be compared with, read by the kind of the field, and the example
//! that teaches it.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::{Context, FLAGS, Field, Kind, Op, Value};
use crate::language::calendar::no_holidays;
use crate::language::dates::{DateContext, Lean, read_date};
use crate::language::fuzzy;
use crate::language::numbers::{NumberProblem, read_number};

/// Reads a value for `field`, its quotes already taken off. The error is one sentence; the caller knows the place.
pub(super) fn read(field: Field, op: Op, text: &str, context: &Context) -> Result<Value, String> {
    match field.kind() {
        Kind::Contained | Kind::Exact if op.orders() => {
            Err(format!("{} is a text and has no order; use : or = or !=.", field.name()))
        }
        Kind::Contained | Kind::Exact => Ok(Value::Text(text.to_owned())),
        Kind::Flag if op.orders() => Err(format!("{} asks yes or no and has no order; use :.", field.name())),
        Kind::Flag => flag(field, text),
        Kind::Amount | Kind::Days | Kind::Date => match text.split_once("..") {
            Some((from, to)) => range(field, op, from, to, context),
            None => one(field, text, context),
        },
    }
}

fn range(field: Field, op: Op, from: &str, to: &str, context: &Context) -> Result<Value, String> {
    if op.orders() {
        return Err(format!("A range already has its ends; write {}:{from}..{to}.", field.name()));
    }
    if from.is_empty() && to.is_empty() {
        return Err("A range needs at least one end.".to_owned());
    }
    let end = |text: &str| if text.is_empty() { Ok(None) } else { one(field, text, context).map(Some) };
    let (from, to) = (end(from)?, end(to)?);
    let backwards = match (&from, &to) {
        (Some(Value::Amount(a)), Some(Value::Amount(b))) => a > b,
        (Some(Value::Days(a)), Some(Value::Days(b))) => a > b,
        (Some(Value::Date(a)), Some(Value::Date(b))) => a > b,
        _ => false,
    };
    if backwards {
        return Err("The range ends before it begins; exchange its ends.".to_owned());
    }
    Ok(Value::Range(from.map(Box::new), to.map(Box::new)))
}

fn one(field: Field, text: &str, context: &Context) -> Result<Value, String> {
    match field.kind() {
        Kind::Amount => amount(text, context).map(Value::Amount),
        Kind::Days => days(text).map(Value::Days),
        _ => date(text, context).map(Value::Date),
    }
}

/// An amount in the style of the book. What the style does not allow but can only mean one thing is read as that, so
/// that a printed filter can be read in any book.
fn amount(text: &str, context: &Context) -> Result<Decimal, String> {
    let (negative, body) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let number = match read_number(body, Some(context.style)) {
        Err(NumberProblem::Grouping) => read_number(body, None),
        other => other,
    };
    match number {
        Ok(number) if negative => Ok(-number.value),
        Ok(number) => Ok(number.value),
        Err(NumberProblem::TooLarge) => Err(format!("{text} is larger than any amount in a book.")),
        Err(_) => Err(format!("\"{text}\" is not an amount; use 10k, 1.5m or 10000.")),
    }
}

/// Days, or weeks with `w`.
fn days(text: &str) -> Result<i64, String> {
    let lower = text.to_ascii_lowercase();
    let (digits, times) = match lower.strip_suffix('w') {
        Some(weeks) => (weeks, 7),
        None => (lower.strip_suffix('d').unwrap_or(&lower), 1),
    };
    let plain = digits.strip_prefix('-').unwrap_or(digits);
    let well_formed = (1..=5).contains(&plain.len()) && plain.bytes().all(|b| b.is_ascii_digit());
    let count = if well_formed { digits.parse::<i64>().ok() } else { None };
    count.map(|count| count * times).ok_or_else(|| format!("\"{text}\" is not a number of days; use 30 or 2w."))
}

fn date(text: &str, context: &Context) -> Result<NaiveDate, String> {
    let dates = DateContext {
        today: context.today,
        order: context.date_order,
        lean: Lean::Near,
        due: None,
        holidays: &no_holidays,
    };
    read_date(text, &dates).map_err(|error| error.sentence)
}

fn flag(field: Field, text: &str) -> Result<Value, String> {
    let same = |name: &str| name.eq_ignore_ascii_case(text);
    if let Some((name, _)) = FLAGS.iter().find(|(name, others)| same(name) || others.iter().any(|other| same(other))) {
        return Ok(Value::Flag(name));
    }
    let hint = fuzzy::hint(text, FLAGS.iter().map(|(name, _)| *name));
    let known: Vec<&str> = FLAGS.iter().map(|(name, _)| *name).collect();
    let help = if hint.is_empty() { format!(" Known are {}.", known.join(", ")) } else { hint };
    Err(format!("\"{text}\" is nothing {}: can ask for.{help}", field.name()))
}
