//! The clock acts are recorded by. A clock that was set back would put new acts before old ones in the eyes of everyone
//! who looks at a day, so a session posts nothing by it until it is right again.

use chrono::{DateTime, Duration, Utc};

use super::Failure;
use crate::store::Connection;
use crate::store::read::history;

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

/// `40 s`, `58 min`, `3 h`, `12 days`.
fn span(time: Duration) -> String {
    match (time.num_days(), time.num_hours(), time.num_minutes()) {
        (2.., ..) => format!("{} days", time.num_days()),
        (_, 2.., _) => format!("{} h", time.num_hours()),
        (.., 2..) => format!("{} min", time.num_minutes()),
        _ => format!("{} s", time.num_seconds()),
    }
}
