//! What a person can take back or do again next: undo and redo walk the log, they keep no list of their own.

use chrono::{DateTime, Utc};
use rusqlite::OptionalExtension;

use crate::store::Connection;
use crate::store::error::Result;

/// Acts that can only be answered by another act, never taken back.
pub(super) const FINAL: [&str; 38] = [
    "open book",
    "add person",
    "set rate",
    "set target",
    "import",
    "unapply",
    "withdraw promise",
    "department",
    "let in",
    "shut out",
    "set limit",
    "delegate",
    "end delegation",
    "set setting",
    "review cash",
    "close month",
    "reopen month",
    "reject",
    "recall",
    "denied",
    "sign in",
    "sign out",
    "migrate",
    "restore",
    "mail",
    "settle mail",
    "mail in",
    "set policy",
    "assign policy",
    "draft run",
    "release run",
    "start run",
    "letter",
    "finish run",
    "cancel run",
    "set strategy",
    "add bank account",
    "return payment",
];

/// Acts that say who was there and what was refused, and change no figure: nothing to take back, and redo looks past them.
const PRESENCE: &str = "'sign in', 'sign out', 'denied'";

/// How far back undo looks.
const REACH: i64 = 500;

struct Past {
    id: i64,
    /// It takes an act back.
    takes_back: bool,
    /// It does again what was taken back.
    redoes: bool,
    undone: bool,
    lasting: bool,
}

fn past(conn: &Connection, person: i64) -> Result<Vec<Past>> {
    let lasting: Vec<String> = FINAL.iter().map(|kind| format!("'{kind}'")).collect();
    let lasting = lasting.join(", ");
    let text = format!(
        "SELECT a.id, a.undoes IS NOT NULL, coalesce(b.kind = 'undo' AND c.kind <> 'undo', 0), \
         EXISTS (SELECT 1 FROM act u WHERE u.undoes = a.id), a.kind IN ({lasting}) OR (a.kind = 'ask' AND \
         NOT EXISTS (SELECT 1 FROM request r WHERE r.act_id = a.id AND r.state = 'waiting')) FROM act a \
         LEFT JOIN act b ON b.id = a.undoes LEFT JOIN act c ON c.id = b.undoes \
         WHERE a.person_id = $1 AND a.kind NOT IN ({PRESENCE}) ORDER BY a.id DESC LIMIT {REACH}"
    );
    let mut statement = conn.prepare_cached(&text)?;
    let rows = statement
        .query_map([person], |row| {
            let redoes: bool = row.get(2)?;
            Ok(Past {
                id: row.get(0)?,
                takes_back: row.get::<_, bool>(1)? && !redoes,
                redoes,
                undone: row.get(3)?,
                lasting: row.get(4)?,
            })
        })?
        .collect::<rusqlite::Result<_>>()?;
    Ok(rows)
}

/// The latest act of a person that can be taken back.
pub fn to_undo(conn: &Connection, person: i64) -> Result<Option<i64>> {
    let past = past(conn, person)?;
    Ok(past.iter().find(|act| !act.takes_back && !act.undone && !act.lasting).map(|act| act.id))
}

/// The latest undo of a person that can be undone: only while nothing new was done since.
pub fn to_redo(conn: &Connection, person: i64) -> Result<Option<i64>> {
    let past = past(conn, person)?;
    let since = past.iter().take_while(|act| act.takes_back || act.redoes);
    Ok(since.filter(|act| act.takes_back && !act.undone).map(|act| act.id).next())
}

/// When the last act was recorded; `None` for a book without acts and for a demo book, whose acts were never performed.
pub fn last_recorded(conn: &Connection) -> Result<Option<DateTime<Utc>>> {
    let found: Option<String> = conn
        .prepare_cached(
            "SELECT recorded_at FROM act WHERE NOT EXISTS (SELECT 1 FROM meta WHERE key = 'demo') ORDER BY id DESC LIMIT 1",
        )?
        .query_row([], |row| row.get(0))
        .optional()?;
    Ok(found.and_then(|text| text.parse().ok()))
}

/// What was sent under a key, as JSON.
pub fn payload_by_key(conn: &Connection, key: &[u8; 16]) -> Result<Option<String>> {
    let mut statement = conn.prepare_cached("SELECT payload FROM act WHERE key = $1")?;
    Ok(statement.query_row([&key[..]], |row| row.get(0)).optional()?)
}

/// The act with this key, looked up in a fresh connection after a failure at the commit: its number and what it said.
pub fn by_key(conn: &Connection, key: &[u8; 16]) -> Result<Option<(i64, String)>> {
    let found = conn
        .prepare_cached("SELECT id, summary FROM act WHERE key = $1")?
        .query_row([&key[..]], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    Ok(found)
}
