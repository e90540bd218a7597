//! The audit log: verifying its chain, and reading it newest first. [`verify`] recomputes every hash and every digest and
//! names the first act, table and rows that were changed; anything but an empty answer means the book was altered
//! outside the program or the disk damaged it.

use rusqlite::Connection;

use super::check::{self, Finding, Findings};
use super::error::Result;

/// Checks the chain of acts and the digests of the rows they wrote. Reads every posted row once.
pub fn verify(conn: &Connection) -> Result<Vec<Finding>> {
    check::snapshot(conn, |conn| {
        let mut found = Findings::default();
        check::chain(conn, &mut found, 1)?;
        check::digests(conn, &mut found)?;
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

/// The hash of one act; `None` where there is no such act.
pub fn hash(conn: &Connection, act: i64) -> Result<Option<Vec<u8>>> {
    let mut statement = conn.prepare_cached("SELECT hash FROM act WHERE id = $1")?;
    let mut rows = statement.query([act])?;
    Ok(rows.next()?.map(|row| row.get(0)).transpose()?)
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
}

/// A page of the log, newest first. For the next page, give the last act's number as [`Wanted::below`].
pub fn log(conn: &Connection, wanted: &Wanted, limit: i64) -> Result<Vec<Entry>> {
    let mut statement = conn.prepare_cached(
        "SELECT a.id, a.recorded_at, coalesce(p.login, '?'), a.kind, a.customer_id, a.summary, a.source, a.undoes, u.id \
         FROM act a LEFT JOIN person p ON p.id = a.person_id LEFT JOIN act u ON u.undoes = a.id \
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
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}
