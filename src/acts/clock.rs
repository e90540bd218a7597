//! The clock acts are recorded by. A clock that was set back would put new acts before old ones in the eyes of everyone
//! who looks at a day, so a session posts nothing by it until it is right again. Authority that is lent or asked for
//! for a time ends by this clock, whatever business day is given.

use chrono::{DateTime, Duration, Local, NaiveDate, Utc};

use super::Failure;
use crate::store::read::history;
use crate::store::{Connection, Tx};

/// Clocks of several computers differ by this much without anything being wrong.
const TOLERANCE: Duration = Duration::seconds(2);

/// Refuses to post while `now` is more than two seconds behind the last act of the book. Not asked for when the business
/// day was given by hand, and never of a demo book, whose past is made up.
pub fn check(conn: &Connection, now: DateTime<Utc>) -> Result<(), Failure> {
    let Some(last) = history::last_recorded(conn)? else { return Ok(()) };
    let behind = last - now;
    if behind <= TOLERANCE {
        return Ok(());
    }
    let sentence = format!(
        "The clock of this computer is {} behind the last act, recorded on {} UTC. Nothing was changed; set the clock \
         right, or give the day with --today.",
        span(behind),
        last.format("%Y-%m-%d %H:%M:%S")
    );
    Err(Failure::refused("CLK-01", sentence))
}

/// The calendar day here at which the act in hand is recorded; never before the day of the last act, so that a clock set
/// back brings nothing back either. `None` where that cannot be read.
pub(super) fn day(tx: &Tx<'_>) -> Option<NaiveDate> {
    day_of(&tx.recorded_at)
}

/// The calendar day here of an instant of the log.
pub(super) fn day_of(recorded_at: &str) -> Option<NaiveDate> {
    Some(DateTime::parse_from_rfc3339(recorded_at).ok()?.with_timezone(&Local).date_naive())
}

/// `40 s`, `58 min`, `3 h`, `12 days`.
fn span(time: Duration) -> String {
    match (time.num_days(), time.num_hours(), time.num_minutes()) {
        (2.., ..) => format!("{} days", time.num_days()),
        (_, 2.., _) => format!("{} h", time.num_hours()),
        (.., 2..) => format!("{} min", time.num_minutes()),
        _ => format!("{} s", time.num_seconds()),
    }
}
