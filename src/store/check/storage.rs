//! Storage rules: the marks and definitions of the format (S3), write-ahead log and strict tables (S4), pages (S1),
//! references (S2), the version of SQLite (S6) and the file's mode and names (S5).

use std::sync::OnceLock;

use rusqlite::Connection;

use super::{Finding, Findings, RESTORE, ask};
use crate::store::error::Result;
use crate::store::manifest;
use crate::store::open::BookPath;
use crate::store::schema::{self, APPLICATION_ID, FORMAT, SQLITE_MIN};

pub(super) fn format(conn: &Connection, found: &mut Findings) -> Result<()> {
    let number = |name: &str| conn.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
    found.differs("S3", || "application mark".into(), number("application_id")?, APPLICATION_ID, RESTORE);
    found.differs("S3", || "format".into(), number("user_version")?, FORMAT, "use the o2c that made this book");
    let (is, must) = (schema::fingerprint(conn)?, expected()?);
    if is != must {
        definitions(conn, found)?;
        found.add(Finding::new("S3", "fingerprint of the format", &is[..16], &must[..16], RESTORE));
    }
    let mode: String = conn.pragma_query_value(None, "journal_mode", |row| row.get(0))?;
    // A copy with its manifest beside it has no log on purpose.
    let copy = conn.path().is_some_and(|path| manifest::beside(path.as_ref()).exists());
    if mode != "wal" && !(copy && mode == "delete") {
        found.add(Finding::new("S4", "journal", mode, "wal", "tell the administrator"));
    }
    ask(
        conn,
        found,
        "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND strict = 0 \
         AND name NOT LIKE 'sqlite_%'",
        |row| Ok(Finding::new("S4", format!("table {}", row.get::<_, String>(0)?), "not strict", "strict", RESTORE)),
    )?;
    if rusqlite::version_number() < SQLITE_MIN {
        let must = format!("at least {SQLITE_MIN}");
        found.add(Finding::new("S6", "SQLite", rusqlite::version(), must, "use a newer o2c"));
    }
    Ok(())
}

/// The fingerprint of the format, made once in a process.
fn expected() -> Result<&'static str> {
    static MUST: OnceLock<String> = OnceLock::new();
    if let Some(must) = MUST.get() {
        return Ok(must);
    }
    let must = schema::expected_fingerprint()?;
    Ok(MUST.get_or_init(|| must))
}

/// Names what of the format is missing, added or changed.
fn definitions(conn: &Connection, found: &mut Findings) -> Result<()> {
    let listed = |conn: &Connection| -> Result<std::collections::BTreeMap<String, String>> {
        let mut statement = conn.prepare(
            "SELECT type || ' ' || name, coalesce(sql, '') FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%'",
        )?;
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<rusqlite::Result<_>>()?;
        Ok(rows)
    };
    let shipped = Connection::open_in_memory()?;
    schema::create(&shipped)?;
    let (is, must) = (listed(conn)?, listed(&shipped)?);
    for (name, text) in &must {
        match is.get(name) {
            None => found.add(Finding::new("S3", name.as_str(), "missing", "as shipped", RESTORE)),
            Some(other) if schema::bare(other) != schema::bare(text) => {
                found.add(Finding::new("S3", name.as_str(), "changed", "as shipped", RESTORE))
            }
            Some(_) => {}
        }
    }
    for name in is.keys().filter(|name| !must.contains_key(*name)) {
        found.add(Finding::new("S3", name.as_str(), "added", "not there", RESTORE));
    }
    Ok(())
}

/// The pages of the file, by SQLite's own `quick_check` or `integrity_check`.
pub(super) fn pages(conn: &Connection, found: &mut Findings, pragma: &str) -> Result<()> {
    let mut statement = conn.prepare(&format!("PRAGMA {pragma}"))?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let line: String = row.get(0)?;
        if line != "ok" {
            found.add(Finding::new("S1", "pages", line, "ok", RESTORE));
        }
    }
    Ok(())
}

/// Rows that name rows which are not there.
pub(super) fn references(conn: &Connection, found: &mut Findings) -> Result<()> {
    ask(conn, found, "SELECT \"table\", rowid, parent FROM pragma_foreign_key_check", |row| {
        let (table, id, parent): (String, Option<i64>, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
        let object = format!("{table} {}", id.map_or("without a number".to_owned(), |id| id.to_string()));
        Ok(Finding::new("S2", object, format!("names a {parent} that is not there"), "one that is", RESTORE))
    })
}

pub(super) fn file(book: &BookPath, found: &mut Findings) {
    let Some(state) = book.state() else {
        let todo = "look where the book is; nothing was checked";
        return found.add(Finding::new("S5", book.shown(), "not there or not readable", "a file", todo));
    };
    let object = format!("file {}", book.shown());
    if !state.regular {
        found.add(Finding::new("S5", object.as_str(), "not a regular file", "a regular file", RESTORE));
    }
    if state.mode & 0o077 != 0 {
        let (is, must) = (format!("mode {:04o}", state.mode & 0o7777), "0600");
        found.add(Finding::new("S5", object.as_str(), is, must, "chmod 600 the file"));
    }
    let me = rustix::process::geteuid();
    // Root may look at the books of others.
    if !me.is_root() && state.owner != me.as_raw() {
        let (is, must) = (format!("belongs to account {}", state.owner), format!("{}, who runs o2c", me.as_raw()));
        found.add(Finding::new("S5", object.as_str(), is, must, "find out who took the file over"));
    }
    if state.links > 1 {
        let is = format!("{} names", state.links);
        found.add(Finding::new("S5", object.as_str(), is, "one", "remove the other hard links"));
    }
}
