//! Sending what waits in the outbox from the workstation: with a connection of its own, so that nobody's acts wait for the
//! mail server.

use chrono::{DateTime, Local, NaiveDate, NaiveDateTime, Utc};

use super::session::stamp;
use crate::acts::mail::pass::{self, Passed};
use crate::acts::{self, Actor, Failure};
use crate::mail::server::Place;
use crate::store::{BookPath, Reader, Writer};

/// The instant, and the same on the company's clock.
fn clock() -> (DateTime<Utc>, NaiveDateTime) {
    (Utc::now(), Local::now().naive_local())
}

/// Hands over what waits in the outbox, one mail after the other, as long as `watch` says so.
pub(super) fn send(
    book: &BookPath,
    place: &Place,
    actor: &Actor,
    today: Option<NaiveDate>,
    watch: acts::run::Watch<'_>,
) -> Result<Passed, Failure> {
    let (writer, stamp) = (Writer::open(book)?, stamp(today));
    if today.is_none() {
        acts::clock::check(&writer, stamp.now)?;
    }
    if pass::outlook(&writer, (&clock, stamp.today), 1)?.leaving.is_empty() {
        return pass::lapse(&writer, actor, (&clock, stamp.today));
    }
    let server = place.load(None).map_err(|error| Failure::refused(error.code, error.sentence))?;
    pass::send(&writer, actor, (&clock, stamp.today), server, usize::MAX, watch)
}

/// What would be sent.
pub(super) fn look(book: &BookPath, today: Option<NaiveDate>) -> Result<Passed, Failure> {
    Ok(pass::outlook(Reader::open(book)?.connection(), (&clock, stamp(today).today), usize::MAX)?)
}
