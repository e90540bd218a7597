//! Acts on accounting periods: closing months in order, and opening them again from the last. A closing keeps what the
//! books said, and `check` computes it again.

use super::master::line;
use super::perform::{Context, Written};
use super::{Act, Failure};
use crate::domain::period::Period;
use crate::store::Tx;
use crate::store::periods::{Snapshot, said};

pub(super) fn handle(tx: &mut Tx<'_>, context: &Context<'_>, act: &Act) -> Result<Written, Failure> {
    match act {
        Act::ClosePeriod { period } => close(tx, context, period),
        Act::ReopenPeriod { period, reason } => reopen(tx, context, period, reason),
        _ => Err(Failure::refused("ACT-06", "This is not a change of periods. Nothing was changed.")),
    }
}

fn read(text: &str) -> Result<Period, Failure> {
    Period::parse(text).ok_or_else(|| {
        Failure::refused("DAT-01", format!("\"{text}\" is not a month; write it as 2026-03. Nothing was changed."))
    })
}

fn close(tx: &mut Tx<'_>, context: &Context<'_>, text: &str) -> Result<Written, Failure> {
    let period = read(text)?;
    if period.last() >= context.today {
        let sentence =
            format!("{period} is not over yet. Nothing was changed; close it from {} on.", period.next().first());
        return Err(Failure::refused("DAT-04", sentence));
    }
    if let Some(until) = tx.closed_until()? {
        if period.last() <= until {
            let sentence = format!("{period} is closed already (all months up to {until}). Nothing was changed.");
            return Err(Failure::refused("DAT-04", sentence));
        }
        let next = Period::of(until).next();
        if period != next {
            let sentence = format!("{next} is still open; months are closed in order. Nothing was changed.");
            return Err(Failure::refused("DAT-04", sentence));
        }
    }
    let snapshot = tx.period_snapshot(period)?;
    tx.add_period_step(period, "closed", context.today, context.person.id, &snapshot)?;
    let what = if snapshot.text.is_empty() { "no postings".to_owned() } else { said(&snapshot.text) };
    Ok(Written { undoable: false, ..Written::of(None, format!("Closed {period}: {what}")) })
}

fn reopen(tx: &mut Tx<'_>, context: &Context<'_>, text: &str, reason: &str) -> Result<Written, Failure> {
    let (period, reason) = (read(text)?, line(reason, "The reason")?);
    if tx.closed_until()? != Some(period.last()) {
        let sentence = match tx.closed_until()? {
            Some(until) if period.last() < until => {
                format!("{} was closed after it; months are opened from the last.", Period::of(until))
            }
            _ => format!("{period} is not closed."),
        };
        return Err(Failure::refused("DAT-04", format!("{sentence} Nothing was changed.")));
    }
    let nothing = Snapshot { text: String::new(), digest: String::new() };
    tx.add_period_step(period, "reopened", context.today, context.person.id, &nothing)?;
    Ok(Written { undoable: false, ..Written::of(None, format!("Opened {period} again: {reason}")) })
}
