//! One item: found by its id or by its document's number, and what was set against it.

use chrono::NaiveDate;

use super::{COLUMNS, ItemRow, complete, item};
use crate::domain::document::DocumentKind;
use crate::store::Reader;
use crate::store::date::read;
use crate::store::error::Result;
use crate::store::lookup::kind;

/// Items with their documents, whose numbers are in an index.
const DOCUMENTS: &str = "item i JOIN document d ON d.id = i.document_id JOIN customer c ON c.id = i.customer_id";

/// One item by its id.
pub fn one(reader: &Reader, today: NaiveDate, id: i64) -> Result<Option<ItemRow>> {
    let text = format!("SELECT {COLUMNS} FROM {DOCUMENTS} WHERE i.id = $1");
    let found = reader.conn.prepare_cached(&text)?.query_map([id], item)?.next().transpose()?;
    let Some(mut row) = found else { return Ok(None) };
    complete(reader, today, &mut row)?;
    Ok(Some(row))
}

/// Items whose document number is the text, or ends with it; exact ones first, at most `limit`.
pub fn by_number(reader: &Reader, today: NaiveDate, text: &str, limit: usize) -> Result<Vec<ItemRow>> {
    let query = format!("SELECT {COLUMNS} FROM {DOCUMENTS} WHERE d.number = $1 ORDER BY i.kind, i.part LIMIT {limit}");
    let mut rows: Vec<ItemRow> =
        reader.conn.prepare_cached(&query)?.query_map([text.trim()], item)?.collect::<rusqlite::Result<_>>()?;
    if rows.is_empty() {
        let query = format!(
            "SELECT {COLUMNS} FROM {DOCUMENTS} WHERE d.id IN (SELECT id FROM document WHERE kind IN (1, 2, 3) \
             AND number LIKE $1 ESCAPE '\\' ORDER BY id DESC LIMIT {limit}) ORDER BY d.id DESC, i.part"
        );
        let escaped = text.trim().replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
        rows = reader
            .conn
            .prepare_cached(&query)?
            .query_map([format!("%{escaped}")], item)?
            .collect::<rusqlite::Result<_>>()?;
    }
    for row in &mut rows {
        complete(reader, today, row)?;
    }
    Ok(rows)
}

/// What was set against an item: the other document, the amount, from when, by which rule, and whether it was taken
/// back since.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Set {
    /// The allocation.
    pub id: i64,
    /// Kind of the document on the other side.
    pub kind: DocumentKind,
    /// Its number.
    pub number: String,
    /// Minor units; negative for a reversal.
    pub amount: i64,
    /// From when it counts.
    pub effective: NaiveDate,
    /// Which rule made it.
    pub rule: String,
    /// True when a later row takes it back.
    pub taken_back: bool,
}

/// Everything set against an item, oldest first.
pub fn set_against(reader: &Reader, id: i64) -> Result<Vec<Set>> {
    let mut statement = reader.conn.prepare_cached(
        "SELECT a.id, d.kind, d.number, a.amount, a.effective, a.rule, \
         EXISTS (SELECT 1 FROM allocation r WHERE r.reverses = a.id) FROM allocation a \
         JOIN item o ON o.id = CASE WHEN a.debit_item = $1 THEN a.credit_item ELSE a.debit_item END \
         JOIN document d ON d.id = o.document_id WHERE a.debit_item = $1 OR a.credit_item = $1 ORDER BY a.effective, a.id",
    )?;
    let rows = statement
        .query_map([id], |row| {
            Ok(Set {
                id: row.get(0)?,
                kind: kind(row.get(1)?),
                number: row.get(2)?,
                amount: row.get(3)?,
                effective: read(row.get_ref(4)?.as_str()?),
                rule: row.get(5)?,
                taken_back: row.get::<_, i64>(6)? == 1,
            })
        })?
        .collect::<rusqlite::Result<_>>()?;
    Ok(rows)
}
