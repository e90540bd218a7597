//! Rules of closed months: months are closed in order (N1), nothing was posted into one while it was closed (P2), and
//! what the books said of it at its closing is what they still say (P3).

use chrono::NaiveDate;
use rusqlite::Connection;

use super::{Finding, Findings, RESTORE};
use crate::store::date::{iso, read};
use crate::store::error::Result;
use crate::store::periods::{self, Step};

pub(super) fn check(conn: &Connection, found: &mut Findings) -> Result<()> {
    let steps = periods::steps(conn)?;
    if steps.is_empty() {
        return Ok(());
    }
    in_order(&steps, found);
    let spans = spans(&steps);
    nothing_since(conn, &spans, found)?;
    snapshots(conn, &steps, found)
}

fn in_order(steps: &[Step], found: &mut Findings) {
    let mut until: Option<NaiveDate> = None;
    for step in steps {
        let fits = match (step.what.as_str(), until) {
            ("closed", None) => true,
            ("closed", Some(until)) => until.succ_opt() == Some(step.period.first()),
            ("reopened", Some(until)) => until == step.period.last(),
            _ => false,
        };
        if !fits {
            let object = format!("month {}", step.period);
            found.add(Finding::new("N1", object, format!("{} out of order", step.what), "in order", RESTORE));
        }
        until = if step.what == "closed" { Some(step.period.last()) } else { step.period.first().pred_opt() };
    }
}

/// Between which acts which days were closed: after the first act, before the second, up to the day.
fn spans(steps: &[Step]) -> Vec<(i64, i64, NaiveDate)> {
    let mut spans = Vec::new();
    for (place, step) in steps.iter().enumerate() {
        let end = steps.get(place + 1).map_or(i64::MAX, |next| next.act);
        let until = if step.what == "closed" { Some(step.period.last()) } else { step.period.first().pred_opt() };
        if let Some(until) = until {
            spans.push((step.act, end, until));
        }
    }
    spans
}

fn nothing_since(conn: &Connection, spans: &[(i64, i64, NaiveDate)], found: &mut Findings) -> Result<()> {
    let Some(last) = spans.iter().map(|span| span.2).max() else { return Ok(()) };
    let mut statement = conn.prepare("SELECT id, act_id, date FROM posting WHERE date <= $1 AND act_id > $2")?;
    let first = spans.first().map_or(0, |span| span.0);
    let mut rows = statement.query(rusqlite::params![iso(last).as_str(), first])?;
    while let Some(row) = rows.next()? {
        let (id, act): (i64, i64) = (row.get(0)?, row.get(1)?);
        let date = read(&row.get::<_, String>(2)?);
        if spans.iter().any(|(from, to, until)| act > *from && act < *to && date <= *until) {
            let is = format!("of {date}, posted by act {act} after that month was closed");
            found.add(Finding::new("P2", format!("posting {id}"), is, "in an open month", RESTORE));
        }
    }
    Ok(())
}

fn snapshots(conn: &Connection, steps: &[Step], found: &mut Findings) -> Result<()> {
    for (place, step) in steps.iter().enumerate() {
        let stands = step.what == "closed" && !steps[place + 1..].iter().any(|later| later.period == step.period);
        if !stands {
            continue;
        }
        let now = periods::snapshot(conn, step.period, step.act)?;
        if now.digest != step.digest || now.text != step.snapshot {
            let object = format!("month {}", step.period);
            let must = format!("{} as at its closing", step.snapshot);
            found.add(Finding::new("P3", object, format!("{} now", now.text), must, RESTORE));
        }
    }
    Ok(())
}
