//! Applying a filter to rows at hand, and finding the term to blame when nothing is left. The store's SQL must agree
//! with what is written here; a row without a value fails every comparison but `!=` and the empty text.

use std::borrow::Cow;

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::{Field, Filter, Kind, Op, Value};
use crate::language::fold::fold;

/// A row that can be filtered. `None` means the row has no such value.
pub trait Fields {
    /// The text of a text field, as shown; it is folded here.
    fn text(&self, field: Field) -> Option<Cow<'_, str>>;
    /// An amount in whole units of the row's currency.
    fn amount(&self, field: Field) -> Option<Decimal>;
    /// A number of days.
    fn days(&self, field: Field) -> Option<i64>;
    /// A date.
    fn date(&self, field: Field) -> Option<NaiveDate>;
    /// Whether the row has the flag, one of [`super::FLAGS`]. `None` counts as no.
    fn flag(&self, name: &str) -> Option<bool>;
    /// Everything bare words are looked for in, already folded ([`fold`]): name, number, invoices.
    fn words(&self) -> Cow<'_, str>;
}

impl Filter {
    /// Whether the row passes.
    pub fn matches(&self, row: &dyn Fields) -> bool {
        match self {
            Filter::Or(parts) => parts.iter().any(|part| part.matches(row)),
            Filter::And(parts) => parts.iter().all(|part| part.matches(row)),
            Filter::Not(part) => !part.matches(row),
            Filter::Term { field, op, value } => term(*field, *op, value, row),
            Filter::Word(word) => row.words().contains(&fold(word)),
        }
    }

    /// The part that removed everything, as text, for an empty list: the one without which most rows would be left,
    /// or else the one that fewest rows pass. `None` when a row passes, or there are no rows, or nothing was asked.
    pub fn blame<'a>(&self, rows: impl Iterator<Item = &'a dyn Fields>) -> Option<String> {
        let parts = self.conjuncts();
        let mut passed = vec![0usize; parts.len()];
        let mut only_failure = vec![0usize; parts.len()];
        let mut any = false;
        for row in rows {
            any = true;
            let (mut failures, mut last) = (0, 0);
            for (place, part) in parts.iter().enumerate() {
                if part.matches(row) {
                    passed[place] += 1;
                } else {
                    failures += 1;
                    last = place;
                }
            }
            match failures {
                0 => return None,
                1 => only_failure[last] += 1,
                _ => {}
            }
        }
        if !any {
            return None;
        }
        let guilty = (0..parts.len()).min_by_key(|place| (std::cmp::Reverse(only_failure[*place]), passed[*place]))?;
        Some(parts[guilty].to_string())
    }
}

fn term(field: Field, op: Op, value: &Value, row: &dyn Fields) -> bool {
    let op_is_not = op == Op::NotEqual;
    let positive = if op_is_not { Op::Equal } else { op };
    let holds = match field.kind() {
        Kind::Contained | Kind::Exact => text(field, positive, value, row),
        Kind::Flag => matches!(value, Value::Flag(name) if row.flag(name).unwrap_or(false)),
        Kind::Amount => row.amount(field).is_some_and(|amount| compare(&Value::Amount(amount), positive, value)),
        Kind::Days => row.days(field).is_some_and(|days| compare(&Value::Days(days), positive, value)),
        Kind::Date => row.date(field).is_some_and(|date| compare(&Value::Date(date), positive, value)),
    };
    holds != op_is_not
}

fn text(field: Field, op: Op, value: &Value, row: &dyn Fields) -> bool {
    let Value::Text(wanted) = value else { return false };
    let wanted = fold(wanted);
    let held = row.text(field).map(|held| fold(&held)).unwrap_or_default();
    if wanted.is_empty() || held.is_empty() {
        return wanted == held;
    }
    let contains = op == Op::Is && field.kind() == Kind::Contained;
    if contains { held.contains(&wanted) } else { held == wanted }
}

fn compare(held: &Value, op: Op, wanted: &Value) -> bool {
    if let Value::Range(from, to) = wanted {
        let above = from.as_ref().is_none_or(|from| compare(held, Op::AtLeast, from));
        return above && to.as_ref().is_none_or(|to| compare(held, Op::AtMost, to));
    }
    let order = match (held, wanted) {
        (Value::Amount(a), Value::Amount(b)) => a.cmp(b),
        (Value::Days(a), Value::Days(b)) => a.cmp(b),
        (Value::Date(a), Value::Date(b)) => a.cmp(b),
        _ => return false,
    };
    match op {
        Op::Is | Op::Equal => order.is_eq(),
        Op::NotEqual => order.is_ne(),
        Op::More => order.is_gt(),
        Op::AtLeast => order.is_ge(),
        Op::Less => order.is_lt(),
        Op::AtMost => order.is_le(),
    }
}
