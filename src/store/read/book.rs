//! The book itself: whose it is, its currency, who may work in it, what a person's screen remembers.

use chrono::NaiveDate;
use rusqlite::OptionalExtension;

use crate::domain::money::Currency;
use crate::store::date::read;
use crate::store::error::{Result, StoreError};
use crate::store::people::{self, Person};
use crate::store::{Reader, Writer};

/// What a header says of a book.
#[derive(Debug, Clone)]
pub struct Header {
    /// Name of the company.
    pub company: String,
    /// The book's currency.
    pub currency: Currency,
    /// True for a demo book.
    pub demo: bool,
    /// The last day anything was recorded, UTC.
    pub last_day: Option<NaiveDate>,
}

/// Whose book it is.
pub fn header(reader: &Reader) -> Result<Header> {
    let setting = |key: &str| -> Result<Option<String>> {
        let mut statement = reader.conn.prepare_cached("SELECT value FROM meta WHERE key = $1")?;
        Ok(statement.query_row([key], |row| row.get(0)).optional()?)
    };
    let code = setting("currency")?
        .ok_or_else(|| StoreError::refused("DB-06", "The book was never opened for a company. Run `o2c init`."))?;
    let currency = Currency::parse(&code).map_err(|error| StoreError::refused("DB-06", format!("{error}.")))?;
    let last: Option<String> = reader
        .conn
        .prepare_cached("SELECT recorded_at FROM act ORDER BY id DESC LIMIT 1")?
        .query_row([], |row| row.get(0))
        .optional()?;
    Ok(Header {
        company: setting("company")?.unwrap_or_default(),
        currency,
        demo: setting("demo")?.is_some(),
        last_day: last.and_then(|text| text.get(..10).map(read)),
    })
}

/// The person with this login and the roles held.
pub fn person(reader: &Reader, login: &str) -> Result<Option<Person>> {
    people::person(&reader.conn, login)
}

/// Everybody who may work in the book.
pub fn people(reader: &Reader) -> Result<Vec<Person>> {
    people::people(&reader.conn)
}

/// What a person's screen remembers, by key prefix.
pub fn remembered(reader: &Reader, person: i64, prefix: &str) -> Result<Vec<(String, String)>> {
    let mut statement = reader.conn.prepare_cached(
        "SELECT key, value FROM workspace WHERE person_id = $1 AND substr(key, 1, length($2)) = $2 ORDER BY key",
    )?;
    let rows = statement
        .query_map(rusqlite::params![person, prefix], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<rusqlite::Result<_>>()?;
    Ok(rows)
}

/// One thing a person's screen remembers, read where it is kept.
pub fn recall(writer: &Writer, person: i64, key: &str) -> Result<Option<String>> {
    let found = writer
        .prepare_cached("SELECT value FROM workspace WHERE person_id = $1 AND key = $2")?
        .query_row(rusqlite::params![person, key], |row| row.get(0))
        .optional()?;
    Ok(found)
}

/// Keeps what a person's screen remembers; an empty value forgets it.
pub fn remember(writer: &Writer, person: i64, key: &str, value: &str) -> Result<()> {
    if value.is_empty() {
        writer
            .prepare_cached("DELETE FROM workspace WHERE person_id = $1 AND key = $2")?
            .execute(rusqlite::params![person, key])?;
        return Ok(());
    }
    writer
        .prepare_cached(
            "INSERT INTO workspace (person_id, key, value) VALUES ($1, $2, $3) \
             ON CONFLICT (person_id, key) DO UPDATE SET value = excluded.value",
        )?
        .execute(rusqlite::params![person, key, value])?;
    Ok(())
}
