//! The audit log: verifying its chain, and reading it newest first. [`verify`] recomputes every hash and every digest and
//! names the first act, table and rows that were changed; anything but an empty answer means the book was altered
//! outside the program or the disk damaged it.

use rusqlite::Connection;

use super::check::{self, Finding, Findings};
use super::error::Result;
use super::value::TABLES;

/// Checks the chain of acts and the digests of the rows they wrote. Reads every posted row once.
pub fn verify(conn: &Connection) -> Result<Vec<Finding>> {
    check::snapshot(conn, |conn| {
        let mut found = Findings::default();
        check::chain(conn, &mut found, 1, i64::MAX)?;
        check::digests(conn, &mut found)?;
        Ok(found.finish())
    })
}

/// Acts looked at in one step of [`verify_step`].
const STEP: i64 = 20_000;

/// How many steps verifying the chain up to an act takes.
pub fn verify_steps(upto: i64) -> i64 {
    upto.max(0) / STEP + 2 + TABLES.len() as i64
}

/// One of the steps of verifying the chain up to an act, from 0: so that a screen can go on between them and say how far
/// it is. All of them together find what [`verify`] finds.
pub fn verify_step(conn: &Connection, upto: i64, step: i64) -> Result<Vec<Finding>> {
    check::snapshot(conn, |conn| {
        let mut found = Findings::default();
        let links = upto.max(0) / STEP + 1;
        match usize::try_from(step - links) {
            // Each stretch begins with the last act of the one before, so that the link between them is looked at.
            Err(_) => check::chain(conn, &mut found, (step * STEP).max(1), (step + 1) * STEP)?,
            Ok(place) => match TABLES.get(place) {
                Some(table) => check::one_table(conn, &mut found, table)?,
                None => check::loose(conn, &mut found)?,
            },
        }
        Ok(found.finish())
    })
}

/// The last act and its hash: what is written down elsewhere so that a shortened log is noticed.
pub fn head(conn: &Connection) -> Result<(i64, String)> {
    let mut statement = conn.prepare_cached("SELECT id, hash FROM act ORDER BY id DESC LIMIT 1")?;
    let mut rows = statement.query([])?;
    match rows.next()? {
        Some(row) => Ok((row.get(0)?, super::schema::hex(&row.get::<_, Vec<u8>>(1)?))),
        None => Ok((0, String::new())),
    }
}

/// Which book this is, whoever holds a copy of it: `o2c/` and the start of the hash of its first act.
pub fn origin(conn: &Connection) -> Result<String> {
    let first = hash_of(conn, 1)?.map_or_else(String::new, |hash| super::schema::hex(&hash[..8]));
    Ok(format!("o2c/{first}"))
}

/// The hash of an act; `None` when the log does not reach it.
pub fn hash_of(conn: &Connection, act: i64) -> Result<Option<[u8; 32]>> {
    let mut statement = conn.prepare_cached("SELECT hash FROM act WHERE id = $1")?;
    let mut rows = statement.query([act])?;
    Ok(match rows.next()? {
        Some(row) => row.get::<_, Vec<u8>>(0)?.try_into().ok(),
        None => None,
    })
}

/// The last restore among the acts up to this one: its number, the day it was recorded and whose it was.
pub fn restored(conn: &Connection, upto: i64) -> Result<Option<(i64, String, String)>> {
    let mut statement = conn.prepare_cached(
        "SELECT a.id, substr(a.recorded_at, 1, 10), p.name FROM act a JOIN person p ON p.id = a.person_id
         WHERE a.kind = 'restore' AND a.id <= $1 ORDER BY a.id DESC LIMIT 1",
    )?;
    let mut rows = statement.query([upto])?;
    Ok(match rows.next()? {
        Some(row) => Some((row.get(0)?, row.get(1)?, row.get(2)?)),
        None => None,
    })
}

/// Which acts of the log are wanted. Everything left empty takes all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Only acts of this login.
    pub login: Option<String>,
    /// Only acts of this kind, as the log shows it: `write off`.
    pub kind: Option<String>,
    /// Only acts on this customer.
    pub customer: Option<i64>,
    /// Only acts recorded at or after this instant or day, ISO text in UTC.
    pub from: Option<String>,
    /// Only acts recorded before this instant or day, ISO text in UTC.
    pub before: Option<String>,
    /// Only acts older than this one: the last act of the page before.
    pub below: Option<i64>,
}

/// One act of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its number.
    pub act: i64,
    /// When it was recorded, UTC.
    pub at: String,
    /// Login of who performed it.
    pub login: String,
    /// Its kind.
    pub kind: String,
    /// The customer it concerned.
    pub customer: Option<i64>,
    /// What happened, in words.
    pub summary: String,
    /// Where it came from: `tui`, `cli`, `import`, `demo`.
    pub source: String,
    /// The act it took back.
    pub undoes: Option<i64>,
    /// The act that took it back.
    pub undone_by: Option<i64>,
    /// How it was known who acted: `trust`, `forced`, `sudo`, `demo`; empty in acts of format 1.
    pub identity: String,
    /// The other end of the connection.
    pub origin: String,
    /// Its hash in the chain, hexadecimal.
    pub hash: String,
}

/// A page of the log, newest first. For the next page, give the last act's number as [`Wanted::below`].
pub fn log(conn: &Connection, wanted: &Wanted, limit: i64) -> Result<Vec<Entry>> {
    let mut statement = conn.prepare_cached(
        "SELECT a.id, a.recorded_at, coalesce(p.login, '?'), a.kind, a.customer_id, a.summary, a.source, a.undoes, u.id, \
         coalesce(s.identity, ''), coalesce(s.origin, ''), a.hash \
         FROM act a LEFT JOIN person p ON p.id = a.person_id LEFT JOIN act u ON u.undoes = a.id \
         LEFT JOIN session s ON s.id = a.session_id \
         WHERE a.id < $1 AND ($2 IS NULL OR p.login = $2) AND ($3 IS NULL OR a.kind = $3) \
         AND ($4 IS NULL OR a.customer_id = $4) AND ($5 IS NULL OR a.recorded_at >= $5) \
         AND ($6 IS NULL OR a.recorded_at < $6) ORDER BY a.id DESC LIMIT $7",
    )?;
    let below = wanted.below.unwrap_or(i64::MAX);
    let values =
        rusqlite::params![below, wanted.login, wanted.kind, wanted.customer, wanted.from, wanted.before, limit.max(0)];
    let rows = statement.query_map(values, |row| {
        Ok(Entry {
            act: row.get(0)?,
            at: row.get(1)?,
            login: row.get(2)?,
            kind: row.get(3)?,
            customer: row.get(4)?,
            summary: row.get(5)?,
            source: row.get(6)?,
            undoes: row.get(7)?,
            undone_by: row.get(8)?,
            identity: row.get(9)?,
            origin: row.get(10)?,
            hash: super::schema::hex(row.get_ref(11)?.as_blob()?),
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}
