//! What the words of a verb refer to: a customer by its number, items by their document, a dispute by its number. Exact
//! matches only: a change must never land on something that merely looks alike.

use rusqlite::{OptionalExtension, Row};

use crate::domain::dispute::Reason;
use crate::domain::document::DocumentKind;
use crate::domain::money::Currency;
use crate::store::Reader;
use crate::store::cases::STANDS;
use crate::store::date::read;
use crate::store::error::Result;
use crate::store::lookup::{currency, kind};

/// A customer as verbs name it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CustomerRef {
    /// Its id.
    pub id: i64,
    /// Its number.
    pub number: String,
    /// Its name.
    pub name: String,
    /// The currency it is billed in, where one is set.
    pub currency: Option<Currency>,
}

/// One instalment of a document as verbs name it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemRef {
    /// Its id.
    pub id: i64,
    /// Kind of its document.
    pub kind: DocumentKind,
    /// Number of its document.
    pub number: String,
    /// Which instalment, from 1.
    pub part: i64,
    /// Whose it is.
    pub customer: i64,
    /// When it is due.
    pub due: chrono::NaiveDate,
    /// Currency of the amounts.
    pub currency: Currency,
    /// What is open, minor units; negative for credits.
    pub open: i64,
    /// The part of it in dispute.
    pub disputed: i64,
}

/// The currency of an item.
pub fn item_currency(reader: &Reader, item: i64) -> Result<Currency> {
    let mut statement = reader.conn.prepare_cached("SELECT currency FROM item WHERE id = $1")?;
    Ok(statement.query_row([item], |row| Ok(currency(row.get_ref(0)?.as_str()?)))?)
}

/// A dispute as verbs name it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DisputeRef {
    /// Its id.
    pub id: i64,
    /// Counts its changes.
    pub version: i64,
    /// Disputed amount, minor units.
    pub amount: i64,
    /// What of it is still in dispute; 0 where it is closed.
    pub held: i64,
    /// Currency of the amount.
    pub currency: Currency,
    /// What is noted as its cause, else what mostly is behind its reason.
    pub cause: String,
}

/// The customer with this number.
pub fn customer(reader: &Reader, number: &str) -> Result<Option<CustomerRef>> {
    let found = reader
        .conn
        .prepare_cached("SELECT id, number, name, currency FROM customer WHERE number = $1")?
        .query_row([number], customer_ref)
        .optional()?;
    Ok(found)
}

fn customer_ref(row: &Row<'_>) -> rusqlite::Result<CustomerRef> {
    let code: String = row.get(3)?;
    let currency = Currency::parse(&code).ok();
    Ok(CustomerRef { id: row.get(0)?, number: row.get(1)?, name: row.get(2)?, currency })
}

/// The customers that are written to at this address, at most ten; none for an empty one.
pub fn customers_by_email(reader: &Reader, address: &str) -> Result<Vec<CustomerRef>> {
    if address.is_empty() {
        return Ok(Vec::new());
    }
    let found = reader
        .conn
        .prepare_cached(
            "SELECT id, number, name, currency FROM customer WHERE lower(email) = $1 AND email <> '' ORDER BY id LIMIT 10",
        )?
        .query_map([address.to_ascii_lowercase()], customer_ref)?
        .collect::<rusqlite::Result<_>>()?;
    Ok(found)
}

const ITEM: &str = "SELECT i.id, i.kind, d.number, i.part, i.customer_id, i.due_date, i.currency, i.open, i.disputed \
     FROM document d JOIN item i ON i.document_id = d.id";

/// The items of every document with this number, earliest due first.
pub fn items(reader: &Reader, number: &str) -> Result<Vec<ItemRef>> {
    let text = format!("{ITEM} WHERE d.number = $1 ORDER BY i.due_date, i.id");
    let rows = reader.conn.prepare_cached(&text)?.query_map([number], item)?.collect::<rusqlite::Result<_>>()?;
    Ok(rows)
}

fn item(row: &Row<'_>) -> rusqlite::Result<ItemRef> {
    Ok(ItemRef {
        id: row.get(0)?,
        kind: kind(row.get(1)?),
        number: row.get(2)?,
        part: row.get(3)?,
        customer: row.get(4)?,
        due: read(row.get_ref(5)?.as_str()?),
        currency: currency(row.get_ref(6)?.as_str()?),
        open: row.get(7)?,
        disputed: row.get(8)?,
    })
}

/// The dispute with this number, `D-118`.
pub fn dispute(reader: &Reader, number: &str) -> Result<Option<DisputeRef>> {
    let text = format!(
        "SELECT id, version, amount, currency, CASE WHEN state IN ('closed', 'void') THEN 0 ELSE amount - \
         (SELECT coalesce(sum(e.amount), 0) FROM dispute_effect e WHERE e.dispute_id = dispute.id) END, reason, \
         coalesce((SELECT x.value FROM dispute_fact x WHERE x.dispute_id = dispute.id AND x.field = 'cause' \
         AND {STANDS} ORDER BY x.id DESC LIMIT 1), '') FROM dispute WHERE number = $1"
    );
    let found = reader
        .conn
        .prepare_cached(&text)?
        .query_row([number], |row| {
            Ok(DisputeRef {
                id: row.get(0)?,
                version: row.get(1)?,
                amount: row.get(2)?,
                currency: currency(row.get_ref(3)?.as_str()?),
                held: row.get(4)?,
                cause: match row.get_ref(6)?.as_str()? {
                    "" => Reason::parse(row.get_ref(5)?.as_str()?).unwrap_or_default().likely_cause().to_owned(),
                    noted => noted.to_owned(),
                },
            })
        })
        .optional()?;
    Ok(found)
}

/// Allocations on an item that were not taken back: id, number of the credit, minor units.
pub fn allocations(reader: &Reader, debit_item: i64) -> Result<Vec<(i64, String, i64)>> {
    let rows = reader
        .conn
        .prepare_cached(
            "SELECT a.id, d.number, a.amount FROM allocation a JOIN item i ON i.id = a.credit_item \
             JOIN document d ON d.id = i.document_id WHERE a.debit_item = $1 AND a.reverses IS NULL \
             AND NOT EXISTS (SELECT 1 FROM allocation r WHERE r.reverses = a.id) ORDER BY a.id",
        )?
        .query_map([debit_item], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
        .collect::<rusqlite::Result<_>>()?;
    Ok(rows)
}

/// The last promise on an item that was neither withdrawn nor renewed.
pub fn promise(reader: &Reader, item: i64) -> Result<Option<i64>> {
    let found = reader
        .conn
        .prepare_cached("SELECT id FROM promise WHERE item_id = $1 AND ended_on IS NULL ORDER BY id DESC LIMIT 1")?
        .query_row([item], |row| row.get(0))
        .optional()?;
    Ok(found)
}

/// The receipt or refund with this number: its document.
pub fn cash_document(reader: &Reader, number: &str) -> Result<Option<i64>> {
    let text = "SELECT id FROM document WHERE number = $1 AND kind IN (4, 6)";
    Ok(reader.conn.prepare_cached(text)?.query_row([number], |row| row.get(0)).optional()?)
}

/// Number of a customer.
pub fn customer_number(reader: &Reader, id: i64) -> Result<String> {
    let mut statement = reader.conn.prepare_cached("SELECT number FROM customer WHERE id = $1")?;
    Ok(statement.query_row([id], |row| row.get(0))?)
}

/// Number of a document.
pub fn document_number(reader: &Reader, id: i64) -> Result<String> {
    let mut statement = reader.conn.prepare_cached("SELECT number FROM document WHERE id = $1")?;
    Ok(statement.query_row([id], |row| row.get(0))?)
}

/// The invoice or debit note with this number.
pub fn debit_document(reader: &Reader, number: &str) -> Result<Option<i64>> {
    let text = "SELECT id FROM document WHERE number = $1 AND kind IN (1, 3) ORDER BY kind LIMIT 1";
    Ok(reader.conn.prepare_cached(text)?.query_row([number], |row| row.get(0)).optional()?)
}
