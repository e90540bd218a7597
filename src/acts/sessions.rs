//! Signing in and out of the workstation as acts. They change no business figure, need no right beyond being known to
//! the book, and can be neither undone nor asked for by any form.

use serde::{Deserialize, Serialize};

use super::perform::{Actor, Stamp, somebody, written_down};
use super::{Act, ActKey, Failure};
use crate::store::sessions::NewSession;
use crate::store::{ActRow, Connection, Tx};

/// How a session ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ending {
    /// The person left.
    Left,
    /// The line was lost or the process was told to end.
    CutOff,
    /// It was left from the lock, after nobody had pressed a key.
    Locked,
    /// An administrator shut the person out while it was open.
    ShutOut,
    /// The program failed.
    Failed,
}

impl Ending {
    /// The words in the book.
    pub fn words(self) -> &'static str {
        match self {
            Ending::Left => "left",
            Ending::CutOff => "cut off",
            Ending::Locked => "locked",
            Ending::ShutOut => "shut out",
            Ending::Failed => "failed",
        }
    }
}

/// Begins a session of the workstation and gives its id. Acts performed in it name it ([`Actor::session`]).
pub fn sign_in(conn: &Connection, actor: &Actor, stamp: Stamp) -> Result<i64, Failure> {
    let mut tx = Tx::begin(conn, stamp.now)?;
    let person = somebody(&tx, &actor.login)?;
    let session = tx.add_session(&NewSession {
        person: person.id,
        login: &actor.login,
        identity: actor.identity.word(),
        source: actor.source,
        origin: &actor.origin,
    })?;
    let from = if actor.origin.is_empty() { String::new() } else { format!(" from {}", actor.origin) };
    let summary = format!("{} signed in{from} ({})", person.name, actor.identity.word());
    write(tx, &Act::SignIn, actor, person.id, session, &summary)?;
    Ok(session)
}

/// Ends a session.
pub fn sign_out(conn: &Connection, actor: &Actor, stamp: Stamp, session: i64, how: Ending) -> Result<(), Failure> {
    let mut tx = Tx::begin(conn, stamp.now)?;
    // Somebody shut out meanwhile still leaves.
    let Some(person) = tx.person(&actor.login)? else { return Ok(()) };
    tx.end_session(session, how.words())?;
    let summary = format!("{}'s session {session} ended: {}", person.name, how.words());
    write(tx, &Act::SignOut { session, how }, actor, person.id, session, &summary)
}

fn write(tx: Tx<'_>, act: &Act, actor: &Actor, person: i64, session: i64, summary: &str) -> Result<(), Failure> {
    let payload = written_down(act)?;
    let row = ActRow {
        key: &ActKey::random().0,
        person,
        kind: act.kind(),
        payload: &payload,
        customer: None,
        summary,
        undoes: None,
        source: actor.source,
        session: Some(session),
    };
    tx.commit(&row)?;
    Ok(())
}
