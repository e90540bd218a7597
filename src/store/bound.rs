//! The values a row is written with and their one byte encoding for digests.

use rusqlite::ToSql;
use rusqlite::types::{ToSqlOutput, Value, ValueRef};

/// One value bound to a column.
#[derive(Clone, Copy, Debug)]
pub enum V<'a> {
    /// A whole number: an id, a count, minor units.
    I(i64),
    /// Text, dates and instants included.
    T(&'a str),
    /// Raw bytes.
    B(&'a [u8]),
    /// Nothing.
    N,
}

impl<'a> V<'a> {
    /// A number that may be absent.
    pub fn maybe(number: Option<i64>) -> V<'a> {
        number.map_or(V::N, V::I)
    }

    /// Text that may be absent.
    pub fn text(text: Option<&'a str>) -> V<'a> {
        text.map_or(V::N, V::T)
    }
}

impl ToSql for V<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(match *self {
            V::I(number) => ToSqlOutput::Owned(Value::Integer(number)),
            V::T(text) => ToSqlOutput::Borrowed(ValueRef::Text(text.as_bytes())),
            V::B(bytes) => ToSqlOutput::Borrowed(ValueRef::Blob(bytes)),
            V::N => ToSqlOutput::Owned(Value::Null),
        })
    }
}

impl V<'_> {
    /// The same value as SQLite would hand it back.
    pub fn as_ref(&self) -> ValueRef<'_> {
        match *self {
            V::I(number) => ValueRef::Integer(number),
            V::T(text) => ValueRef::Text(text.as_bytes()),
            V::B(bytes) => ValueRef::Blob(bytes),
            V::N => ValueRef::Null,
        }
    }
}
