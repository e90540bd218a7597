//! The mark a check leaves on a book that is not sound: acts are refused on it until somebody who closes months has
//! acknowledged what was found. It is a row of `meta`, like the notice of an upgrade; the acknowledgement is a setting an
//! act wrote, which also remembers what was acknowledged, so that the next check does not stop the book for it again.

use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension};
use sha2::{Digest, Sha256};

use super::check::Finding;
use super::error::{Result, StoreError};
use super::schema::hex;
use super::tx::Tx;

/// Key of the mark in `meta`: what was found, one line each after the line that says when and how many.
pub(super) const MARK: &str = "stopped";
/// The setting that holds the last acknowledgement.
pub const ACKNOWLEDGED: &str = "check-acknowledged";
/// The most findings that are kept with the mark.
const KEPT: usize = 1_000;

/// What stands at the head of every session of a stopped book.
pub const BANNER: &str = "[CHK-01] The book fails its check: nothing is posted until somebody who closes months acknowledges it (o2c check).";

/// Marks the book if any of these findings stops it and was not acknowledged. True when acts are refused from now on.
pub fn mark(conn: &Connection, findings: &[Finding], now: DateTime<Utc>) -> Result<bool> {
    let grave: Vec<&Finding> = findings.iter().filter(|finding| finding.stops()).collect();
    if grave.is_empty() {
        return Ok(false);
    }
    conn.execute_batch("BEGIN IMMEDIATE")?;
    let marked = write(conn, &grave, now);
    conn.execute_batch(if marked.is_ok() { "COMMIT" } else { "ROLLBACK" })?;
    marked
}

fn write(conn: &Connection, grave: &[&Finding], now: DateTime<Utc>) -> Result<bool> {
    let known: Vec<String> = conn
        .prepare("SELECT value FROM setting_change WHERE key = $1")?
        .query_map([ACKNOWLEDGED], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    let new: Vec<&&Finding> =
        grave.iter().filter(|finding| !known.iter().any(|text| text.contains(&print(finding)))).collect();
    let Some(first) = new.first() else { return Ok(false) };
    let more = if new.len() == 1 { String::new() } else { format!(" and {} more", new.len() - 1) };
    let head = format!("{}\t{} {}{more}", now.format("%Y-%m-%d %H:%M UTC"), first.code, first.object);
    let prints: Vec<String> = new.iter().take(KEPT).map(|finding| print(finding)).collect();
    conn.execute(
        "INSERT INTO meta (key, value) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        [MARK, &format!("{head}\t{}", prints.join(" "))],
    )?;
    Ok(true)
}

/// What tells a finding from others, in few letters: rule, object and what is.
fn print(finding: &Finding) -> String {
    let mut hasher = Sha256::new();
    for part in [finding.code, &finding.object, &finding.is] {
        hasher.update(part.as_bytes());
        hasher.update([0]);
    }
    hex(&hasher.finalize()[..6])
}

/// The mark of a book.
struct Mark {
    since: String,
    what: String,
    prints: String,
}

fn read(conn: &Connection) -> Result<Option<Mark>> {
    let text: Option<String> =
        conn.prepare_cached("SELECT value FROM meta WHERE key = $1")?.query_row([MARK], |row| row.get(0)).optional()?;
    Ok(text.map(|text| {
        let mut parts = text.splitn(3, '\t').map(str::to_owned);
        let mut next = || parts.next().unwrap_or_default();
        Mark { since: next(), what: next(), prints: next() }
    }))
}

/// Whether acts are refused.
pub fn is_stopped(conn: &Connection) -> Result<bool> {
    Ok(read(conn)?.is_some())
}

/// Takes the mark off a book that was checked whole and is sound, as one made from a copy is.
pub(super) fn lift(conn: &Connection) -> Result<()> {
    conn.execute("DELETE FROM meta WHERE key = $1", [MARK])?;
    Ok(())
}

impl Tx<'_> {
    /// Why nothing may be posted; `None` on all good days.
    pub fn stopped(&self) -> Result<Option<StoreError>> {
        Ok(read(self.conn)?.map(|mark| {
            let sentence = format!(
                "The book failed its check ({}, {}) and posting is stopped. Nothing was posted; reading still works. Run \
                 o2c check; somebody who closes months lets it go on: o2c check --acknowledge \"REASON\".",
                mark.what, mark.since
            );
            StoreError::refused("CHK-01", sentence)
        }))
    }

    /// Lets acts go on: writes down why and what of, and takes the mark away. Gives what was found, in words; `None`
    /// where nothing was.
    pub fn acknowledge(&mut self, reason: &str) -> Result<Option<String>> {
        let Some(mark) = read(self.conn)? else { return Ok(None) };
        self.change_setting(ACKNOWLEDGED, &format!("{reason} ({}, {}; {})", mark.what, mark.since, mark.prints))?;
        lift(self.conn)?;
        Ok(Some(mark.what))
    }
}
