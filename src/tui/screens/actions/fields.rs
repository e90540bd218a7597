//! The fields the forms of the work keys share: a day and an amount in shorthand, each saying back what it understood.

use chrono::NaiveDate;

use super::Piece;
use crate::domain::money::{Currency, Money};
use crate::language::amounts::{AmountContext, read_amount};
use crate::language::dates::{DateContext, Lean, echo_date, read_date};
use crate::tui::app::Ctx;
use crate::tui::app::overlay::{Field, Kind};
use crate::tui::ui::text::amount_with_currency;

/// The day a text means, or why it is none that can be used: ahead looks forward only, money looks back.
pub(super) fn day(text: &str, dates: &DateContext<'_>) -> Result<NaiveDate, String> {
    let date = read_date(text, dates).map_err(|error| error.to_string())?;
    match dates.lean {
        Lean::Forward if date < dates.today => {
            Err(format!("{} is in the past; use fri, +3b or 20", date.format("%-d %b %Y")))
        }
        Lean::Back if date > dates.today => {
            Err(format!("{} has not come yet; money is posted when it is here", date.format("%-d %b %Y")))
        }
        _ => Ok(date),
    }
}

/// A day that may be left empty.
pub(super) fn maybe_day(text: &str, dates: &DateContext<'_>) -> Result<Option<NaiveDate>, String> {
    if text.trim().is_empty() { Ok(None) } else { day(text, dates).map(Some) }
}

/// A field for a day.
pub(super) fn day_field(label: &str, filled: &str, ctx: &Ctx, lean: Lean) -> Field {
    let dates = ctx.dating(lean);
    Field::new(label, Kind::Date, filled, move |text| day(text, &dates).map(|date| echo_date(date, &dates)))
}

/// A field for a follow-up day that may be left empty.
pub(super) fn maybe_day_field(label: &str, filled: &str, ctx: &Ctx) -> Field {
    let dates = ctx.dating(Lean::Forward);
    Field::new(label, Kind::Date, filled, move |text| {
        let date = maybe_day(text, &dates)?;
        Ok(date.map_or("no follow-up".to_owned(), |date| echo_date(date, &dates)))
    })
}

/// How an amount of this currency is read, against what is open.
pub(in crate::tui::screens) fn amounts(ctx: &Ctx, currency: Currency, open: i64) -> AmountContext {
    AmountContext { currency, style: Some(ctx.numbers), open: Some(open) }
}

/// The amount a text means, above zero.
pub(in crate::tui::screens) fn amount(text: &str, context: &AmountContext) -> Result<i64, String> {
    let minor = read_amount(text, context).map_err(|error| error.to_string())?.minor;
    if minor > 0 { Ok(minor) } else { Err("the amount must be more than 0".to_owned()) }
}

/// A field for an amount, filled with all of what is open.
pub(super) fn amount_field(label: &str, context: AmountContext) -> Field {
    Field::new(label, Kind::Amount, "all", move |text| {
        let minor = amount(text, &context)?;
        let shown = amount_with_currency(Money::new(minor, context.currency), context.style.unwrap_or_default());
        let note = read_amount(text, &context).ok().and_then(|typed| typed.note);
        Ok(note.map_or(shown.clone(), |note| format!("{shown}; {note}")))
    })
}

/// A field that must not be empty.
pub(in crate::tui::screens) fn needed(label: &str, filled: &str, why: &'static str) -> Field {
    Field::new(
        label,
        Kind::Text,
        filled,
        move |text| {
            if text.trim().is_empty() { Err(why.to_owned()) } else { Ok(String::new()) }
        },
    )
}

/// Shares an amount out over items in their order, each getting at most what `most` allows.
pub(super) fn spread(items: &[Piece], amount: i64, most: impl Fn(&Piece) -> i64) -> Vec<(i64, i64)> {
    let mut left = amount;
    let mut out = Vec::new();
    for piece in items {
        let part = most(piece).min(left);
        if part > 0 {
            out.push((piece.item, part));
            left -= part;
        }
    }
    out
}

/// `INV-1, INV-2, INV-3 and 4 more`.
pub(super) fn numbers(items: &[Piece]) -> String {
    let shown: Vec<&str> = items.iter().take(3).map(|piece| piece.number.as_str()).collect();
    let more = items.len().saturating_sub(3);
    if more > 0 { format!("{} and {more} more", shown.join(", ")) } else { shown.join(", ") }
}
