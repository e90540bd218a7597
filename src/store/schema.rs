//! The format of the book: its marks in the file header, the text that makes it, and the fingerprint by which a book
//! whose tables, indexes or triggers were changed is known.

use rusqlite::Connection;
use sha2::{Digest, Sha256};

use super::error::{Result, StoreError};
use super::value::TABLES;

/// Mark in the file header that says "this is an o2c book" (the letters `o2c1`).
pub const APPLICATION_ID: i64 = 0x6f32_6331;
/// The format this program reads and writes.
pub const FORMAT: i64 = 7;
/// The oldest format whose programs may read a book of this one. Said in `meta` only where that is an older one.
pub const MIN_READER: i64 = 7;
/// The oldest SQLite that is safe for many processes on one file in WAL mode.
pub const SQLITE_MIN: i32 = 3_051_003;

const TEXT: &str = include_str!("schema.sql");

/// Indexes that may be dropped before a bulk import into an empty book and are made again after it.
pub const BULK_INDEXES: [&str; 10] = [
    "document_customer",
    "item_document",
    "item_open",
    "item_open_due",
    "item_open_amount",
    "item_closed",
    "allocation_debit",
    "allocation_credit",
    "allocation_effective",
    "document_number",
];

/// Columns of an audit row that never change; `customer_id`, `summary`, `undoes` and `source` are covered by its hash.
const ACT_POSTED: [&str; 9] =
    ["id", "key", "person_id", "kind", "payload", "recorded_at", "prev", "hash", "session_id"];

/// Makes every table, index and guard in an empty database, inside the caller's transaction.
pub fn create(conn: &Connection) -> Result<()> {
    conn.execute_batch(TEXT)?;
    guard(conn)?;
    conn.pragma_update(None, "application_id", APPLICATION_ID)?;
    mark(conn)
}

/// Says which format the book has, and which older programs may read it.
pub(super) fn mark(conn: &Connection) -> Result<()> {
    if MIN_READER < FORMAT {
        conn.execute(
            "INSERT INTO meta (key, value) VALUES ('min_reader', $1) \
             ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            [MIN_READER.to_string()],
        )?;
    }
    Ok(conn.pragma_update(None, "user_version", FORMAT)?)
}

fn guard(conn: &Connection) -> Result<()> {
    for table in &TABLES {
        conn.execute_batch(&guards(table.name, table.posted))?;
    }
    conn.execute_batch(&guards("act_digest", &["act_id", "part", "name", "first_id", "last_id", "digest"]))?;
    Ok(conn.execute_batch(&guards("act", &ACT_POSTED))?)
}

/// Makes the guards of this format in place of those of an older one.
pub(super) fn renew_guards(conn: &Connection) -> Result<()> {
    let names: Vec<String> = conn
        .prepare("SELECT name FROM sqlite_schema WHERE type = 'trigger'")?
        .query_map([], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    for name in names {
        conn.execute_batch(&format!("DROP TRIGGER \"{}\"", name.replace('"', "\"\"")))?;
    }
    guard(conn)
}

/// Posted columns never change and posted rows never go: guards against our own mistakes, not against an attacker.
fn guards(name: &str, posted: &[&str]) -> String {
    let columns = posted.join(", ");
    format!(
        "CREATE TRIGGER {name}_stays BEFORE DELETE ON {name} \
         BEGIN SELECT RAISE(ABORT, 'rows of {name} are never deleted'); END; \
         CREATE TRIGGER {name}_fixed BEFORE UPDATE OF {columns} ON {name} \
         BEGIN SELECT RAISE(ABORT, 'posted columns of {name} never change'); END;"
    )
}

/// SHA-256 over every definition in the schema, in name order.
pub fn fingerprint(conn: &Connection) -> Result<String> {
    let mut statement = conn.prepare(
        "SELECT type, name, coalesce(sql, '') FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%' ORDER BY name",
    )?;
    let mut rows = statement.query([])?;
    let mut hasher = Sha256::new();
    while let Some(row) = rows.next()? {
        for column in 0..3 {
            let text: String = row.get(column)?;
            hasher.update(bare(&text).as_bytes());
            hasher.update(b"\0");
        }
    }
    Ok(hex(&hasher.finalize()))
}

/// A definition without comments, layout and the quotes a renamed table gets: a column that a migration added is written
/// on the line of the one before.
pub(super) fn bare(definition: &str) -> String {
    let definition = definition.replace('"', "");
    let lines = definition.lines().map(|line| line.split("--").next().unwrap_or_default());
    let mut out = String::with_capacity(definition.len());
    for word in lines.flat_map(str::split_whitespace) {
        let joins = out.ends_with(['(', ',']) || word.starts_with([')', ',']);
        if !out.is_empty() && !joins {
            out.push(' ');
        }
        out.push_str(word);
    }
    out
}

/// The fingerprint a book of this format must have.
pub fn expected_fingerprint() -> Result<String> {
    let conn = Connection::open_in_memory()?;
    create(&conn)?;
    fingerprint(&conn)
}

/// The statement that makes one of [`BULK_INDEXES`], read from the schema text.
pub fn index_statement(name: &str) -> Result<&'static str> {
    TEXT.split(';')
        .map(str::trim)
        .map(|statement| statement.rsplit_once("\n\n").map_or(statement, |(_, last)| last))
        .find(|statement| statement.contains(&format!("INDEX {name} ")))
        .ok_or_else(|| StoreError::refused("DB-16", format!("The format of this program has no index {name}.")))
}

/// Bytes as lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut out, byte| {
        let _ = write!(out, "{byte:02x}");
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_bulk_index_is_made_again_as_it_was() {
        let conn = Connection::open_in_memory().unwrap();
        create(&conn).unwrap();
        let before = fingerprint(&conn).unwrap();
        for index in BULK_INDEXES {
            conn.execute_batch(&format!("DROP INDEX {index}")).unwrap();
        }
        assert_ne!(fingerprint(&conn).unwrap(), before);
        for index in BULK_INDEXES {
            conn.execute_batch(index_statement(index).unwrap()).unwrap();
        }
        assert_eq!(fingerprint(&conn).unwrap(), before);
    }

    #[test]
    fn posted_rows_can_be_neither_changed_nor_deleted() {
        let conn = Connection::open_in_memory().unwrap();
        create(&conn).unwrap();
        conn.execute_batch("INSERT INTO person VALUES (1, 1, 'eve', 'Eve')").unwrap();
        assert!(conn.execute_batch("UPDATE person SET name = 'Mallory'").is_err());
        assert!(conn.execute_batch("DELETE FROM person").is_err());
    }
}
