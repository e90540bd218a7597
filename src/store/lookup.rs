//! Single rows looked up inside a write transaction: what an act needs to know before it changes anything.

use rusqlite::{OptionalExtension, Row};

use super::date::read;
use super::error::{Result, StoreError};
use super::ledger::Item;
use super::tx::Tx;
use crate::domain::document::DocumentKind;
use crate::domain::money::Currency;

const ITEM: &str = "SELECT i.id, i.document_id, i.kind, i.customer_id, i.document_date, i.due_date, i.currency, \
     i.amount, i.base, i.open, i.open_base, i.closed_on, i.disputed FROM item i";

const DOCUMENT: &str = "SELECT id, kind, number, customer_id, document_date, currency, amount, base, act_id, reference \
     FROM document";

/// A stored currency code.
pub(super) fn currency(code: &str) -> Currency {
    Currency::parse(code).unwrap_or(Currency::EUR)
}

/// A stored document kind.
pub(super) fn kind(code: i64) -> DocumentKind {
    DocumentKind::from_code(code).unwrap_or(DocumentKind::Invoice)
}

fn item(row: &Row<'_>) -> rusqlite::Result<Item> {
    let text = |place| row.get_ref(place).and_then(|value| Ok(value.as_str()?));
    Ok(Item {
        id: row.get(0)?,
        document: row.get(1)?,
        kind: kind(row.get(2)?),
        customer: row.get(3)?,
        date: read(text(4)?),
        due: read(text(5)?),
        currency: currency(text(6)?),
        amount: row.get(7)?,
        base: row.get(8)?,
        open: row.get(9)?,
        open_base: row.get(10)?,
        closed_on: read(text(11)?),
        disputed: row.get(12)?,
    })
}

/// A posted document.
#[derive(Debug, Clone)]
pub struct Document {
    /// Its id.
    pub id: i64,
    /// What it is.
    pub kind: DocumentKind,
    /// Its number.
    pub number: String,
    /// Whose it is.
    pub customer: i64,
    /// Document date.
    pub date: chrono::NaiveDate,
    /// Currency.
    pub currency: Currency,
    /// Signed minor units.
    pub amount: i64,
    /// In the book's currency.
    pub base: Option<i64>,
    /// The act that posted it.
    pub act: i64,
    /// The customer's or the bank's reference.
    pub reference: String,
}

/// An allocation as posted.
#[derive(Debug, Clone)]
pub struct Allocation {
    /// Its id.
    pub id: i64,
    /// The item it settles.
    pub debit_item: i64,
    /// The item it uses.
    pub credit_item: i64,
    /// Minor units; negative for a reversal.
    pub amount: i64,
    /// What it relieved of the debit item in the book's currency.
    pub debit_base: Option<i64>,
    /// What it relieved of the credit item in the book's currency.
    pub credit_base: Option<i64>,
    /// From when it counts.
    pub effective: chrono::NaiveDate,
    /// True when it sets a document against its counter-document.
    pub is_counter: bool,
}

/// An act as the log holds it.
#[derive(Debug, Clone)]
pub struct Logged {
    /// Its number.
    pub id: i64,
    /// Who performed it.
    pub person: i64,
    /// Its kind.
    pub kind: String,
    /// The act as JSON.
    pub payload: String,
    /// The customer it concerned.
    pub customer: Option<i64>,
    /// What it said.
    pub summary: String,
    /// The act that took it back, if any.
    pub undone_by: Option<i64>,
    /// The act it took back, if any.
    pub undoes: Option<i64>,
}

impl Tx<'_> {
    /// One open or closed item.
    pub fn item(&self, id: i64) -> Result<Item> {
        let text = format!("{ITEM} WHERE i.id = $1");
        let found = self.conn.prepare_cached(&text)?.query_row([id], item).optional()?;
        found.ok_or_else(|| StoreError::refused("ACT-04", format!("There is no open item {id}. Nothing was posted.")))
    }

    /// The items of one document, in order of their parts.
    pub fn items_of(&self, document: i64) -> Result<Vec<Item>> {
        let text = format!("{ITEM} WHERE i.document_id = $1 ORDER BY i.part");
        let mut statement = self.conn.prepare_cached(&text)?;
        let rows = statement.query_map([document], item)?.collect::<rusqlite::Result<_>>()?;
        Ok(rows)
    }

    /// A posted document by its kind and number.
    pub fn document(&self, kind: DocumentKind, number: &str) -> Result<Option<Document>> {
        let found = self
            .conn
            .prepare_cached(&format!("{DOCUMENT} WHERE number = $1 AND kind = $2"))?
            .query_row(rusqlite::params![number, kind.code()], document)
            .optional()?;
        Ok(found)
    }

    /// A posted document.
    pub fn document_by_id(&self, id: i64) -> Result<Document> {
        let text = format!("{DOCUMENT} WHERE id = $1");
        let found = self.conn.prepare_cached(&text)?.query_row([id], document).optional()?;
        found.ok_or_else(|| StoreError::refused("ACT-04", format!("There is no document {id}. Nothing was posted.")))
    }

    /// The documents posted by an act.
    pub fn documents_of_act(&self, act: i64) -> Result<Vec<Document>> {
        self.rows_of_act("document", act, |tx, first, last| {
            let mut statement =
                tx.conn.prepare_cached(&format!("{DOCUMENT} WHERE id BETWEEN $1 AND $2 ORDER BY id"))?;
            let rows = statement.query_map([first, last], document)?.collect::<rusqlite::Result<Vec<_>>>()?;
            Ok(rows)
        })
    }

    /// The allocations made by an act.
    pub fn allocations_of_act(&self, act: i64) -> Result<Vec<Allocation>> {
        self.rows_of_act("allocation", act, |tx, first, last| {
            let mut statement =
                tx.conn.prepare_cached(&format!("{ALLOCATION} WHERE id BETWEEN $1 AND $2 ORDER BY id"))?;
            let rows = statement.query_map([first, last], allocation)?.collect::<rusqlite::Result<Vec<_>>>()?;
            Ok(rows)
        })
    }

    /// Allocations on an item that were not taken back.
    pub fn live_allocations(&self, item: i64) -> Result<Vec<Allocation>> {
        let text = format!(
            "{ALLOCATION} a WHERE (a.debit_item = $1 OR a.credit_item = $1) AND a.reverses IS NULL \
             AND NOT EXISTS (SELECT 1 FROM allocation r WHERE r.reverses = a.id) ORDER BY a.id"
        );
        let mut statement = self.conn.prepare_cached(&text)?;
        let rows = statement.query_map([item], allocation)?.collect::<rusqlite::Result<_>>()?;
        Ok(rows)
    }

    /// One allocation.
    pub fn allocation(&self, id: i64) -> Result<Allocation> {
        let text = format!("{ALLOCATION} WHERE id = $1");
        let found = self.conn.prepare_cached(&text)?.query_row([id], allocation).optional()?;
        found.ok_or_else(|| StoreError::refused("ACT-04", format!("There is no allocation {id}. Nothing was posted.")))
    }

    /// The customer of an activity.
    pub fn customer_of_activity(&self, activity: i64) -> Result<i64> {
        self.number("SELECT customer_id FROM activity WHERE id = $1", activity)
    }

    /// The customer and version of a row of master data.
    pub fn version_row(&self, row: i64) -> Result<(i64, i64)> {
        let customer = self.number("SELECT customer_id FROM customer_version WHERE id = $1", row)?;
        let version = self.number("SELECT version FROM customer_version WHERE id = $1", row)?;
        Ok((customer, version))
    }

    /// The act that wrote a customer's present master data.
    pub fn last_act_on_customer(&self, customer: i64) -> Result<i64> {
        let text = "SELECT act_id FROM customer_version WHERE customer_id = $1 ORDER BY version DESC LIMIT 1";
        self.number(text, customer)
    }

    /// The dispute a step belongs to.
    pub fn dispute_of_step(&self, step: i64) -> Result<super::work::Dispute> {
        let dispute = self.number("SELECT dispute_id FROM dispute_step WHERE id = $1", step)?;
        self.dispute(dispute)
    }

    fn number(&self, text: &str, id: i64) -> Result<i64> {
        Ok(self.conn.prepare_cached(text)?.query_row([id], |row| row.get(0))?)
    }

    /// Ids of all customers by number.
    pub fn customer_numbers(&self) -> Result<std::collections::HashMap<String, i64>> {
        let mut statement = self.conn.prepare_cached("SELECT number, id FROM customer")?;
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<rusqlite::Result<_>>()?;
        Ok(rows)
    }

    /// Number and name of every customer, oldest first.
    pub fn customer_names(&self) -> Result<Vec<(String, String)>> {
        let mut statement = self.conn.prepare_cached("SELECT number, name FROM customer ORDER BY id")?;
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<rusqlite::Result<_>>()?;
        Ok(rows)
    }

    /// The import of a file with this fingerprint and kind: its act, and how many rows were taken and refused.
    pub fn import_of(&self, sha256: &str, kind: &str) -> Result<Option<(i64, i64, i64)>> {
        let found = self
            .conn
            .prepare_cached(
                "SELECT act_id, taken, refused FROM import_file WHERE sha256 = $1 AND kind = $2 ORDER BY id DESC LIMIT 1",
            )?
            .query_row([sha256, kind], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
            .optional()?;
        Ok(found)
    }

    /// True when an allocation was taken back.
    pub fn is_reversed(&self, allocation: i64) -> Result<bool> {
        let found: i64 = self
            .conn
            .prepare_cached("SELECT count(*) FROM allocation WHERE reverses = $1")?
            .query_row([allocation], |row| row.get(0))?;
        Ok(found > 0)
    }

    /// Ids of the rows an act wrote to a table, from its digests.
    pub fn ids_of_act(&self, name: &str, act: i64) -> Result<Vec<(i64, i64)>> {
        let mut statement = self
            .conn
            .prepare_cached("SELECT first_id, last_id FROM act_digest WHERE act_id = $1 AND name = $2 ORDER BY part")?;
        let rows = statement
            .query_map(rusqlite::params![act, name], |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect::<rusqlite::Result<_>>()?;
        Ok(rows)
    }

    fn rows_of_act<R>(&self, name: &str, act: i64, load: impl Fn(&Self, i64, i64) -> Result<Vec<R>>) -> Result<Vec<R>> {
        let mut out = Vec::new();
        for (first, last) in self.ids_of_act(name, act)? {
            out.extend(load(self, first, last)?);
        }
        Ok(out)
    }

    /// When an act was recorded, UTC.
    pub fn recorded(&self, act: i64) -> Result<Option<String>> {
        let mut statement = self.conn.prepare_cached("SELECT recorded_at FROM act WHERE id = $1")?;
        Ok(statement.query_row([act], |row| row.get(0)).optional()?)
    }

    /// An act of the log.
    pub fn logged(&self, act: i64) -> Result<Option<Logged>> {
        let found = self
            .conn
            .prepare_cached(
                "SELECT a.id, a.person_id, a.kind, a.payload, a.customer_id, a.summary, u.id, a.undoes FROM act a \
                 LEFT JOIN act u ON u.undoes = a.id WHERE a.id = $1",
            )?
            .query_row([act], |row| {
                Ok(Logged {
                    id: row.get(0)?,
                    person: row.get(1)?,
                    kind: row.get(2)?,
                    payload: row.get(3)?,
                    customer: row.get(4)?,
                    summary: row.get(5)?,
                    undone_by: row.get(6)?,
                    undoes: row.get(7)?,
                })
            })
            .optional()?;
        Ok(found)
    }

    /// Who performed an act and when: for telling one person what another changed.
    pub fn who(&self, act: i64) -> Result<String> {
        let (name, at, summary): (String, String, String) = self
            .conn
            .prepare_cached(
                "SELECT coalesce(p.name, '?'), a.recorded_at, a.summary FROM act a \
                 LEFT JOIN person p ON p.id = a.person_id WHERE a.id = $1",
            )?
            .query_row([act], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
        let minute = at.get(..16).unwrap_or(&at).replace('T', " ");
        Ok(format!("{name} at {minute} UTC: {summary}"))
    }

    /// The last act that touched an item's open amount.
    pub fn last_act_on_item(&self, item: i64) -> Result<Option<i64>> {
        let found: Option<i64> = self
            .conn
            .prepare_cached(
                "SELECT max(act_id) FROM (SELECT act_id FROM allocation WHERE debit_item = $1 \
                 UNION ALL SELECT act_id FROM allocation WHERE credit_item = $1)",
            )?
            .query_row([item], |row| row.get(0))?;
        Ok(found)
    }

    /// The rate of a currency to the book's on a date: the last one entered for the latest day not after it.
    pub fn rate(&self, currency: Currency, date: chrono::NaiveDate) -> Result<Option<String>> {
        let found = self
            .conn
            .prepare_cached(
                "SELECT rate FROM rate WHERE currency = $1 AND from_date <= $2 ORDER BY from_date DESC, id DESC LIMIT 1",
            )?
            .query_row(rusqlite::params![currency.code(), super::date::iso(date).as_str()], |row| row.get(0))
            .optional()?;
        Ok(found)
    }

    /// How many open items in a currency were posted without a rate.
    pub fn open_without_rate(&self, currency: Currency) -> Result<i64> {
        let sql = "SELECT count(*) FROM item WHERE currency = $1 AND open <> 0 AND open_base IS NULL";
        Ok(self.conn.prepare_cached(sql)?.query_row([currency.code()], |row| row.get(0))?)
    }

    /// A setting of the book.
    pub fn setting(&self, key: &str) -> Result<Option<String>> {
        let found = self
            .conn
            .prepare_cached("SELECT value FROM meta WHERE key = $1")?
            .query_row([key], |row| row.get(0))
            .optional()?;
        Ok(found)
    }

    /// Writes a setting of the book.
    pub fn set_setting(&self, key: &str, value: &str) -> Result<()> {
        self.conn
            .prepare_cached(
                "INSERT INTO meta (key, value) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            )?
            .execute([key, value])?;
        Ok(())
    }
}

const ALLOCATION: &str = "SELECT id, debit_item, credit_item, amount, debit_base, credit_base, effective, \
     rule = 'reversal' AND reverses IS NULL FROM allocation";

fn allocation(row: &Row<'_>) -> rusqlite::Result<Allocation> {
    Ok(Allocation {
        id: row.get(0)?,
        debit_item: row.get(1)?,
        credit_item: row.get(2)?,
        amount: row.get(3)?,
        debit_base: row.get(4)?,
        credit_base: row.get(5)?,
        effective: read(row.get_ref(6)?.as_str()?),
        is_counter: row.get(7)?,
    })
}

fn document(row: &Row<'_>) -> rusqlite::Result<Document> {
    Ok(Document {
        id: row.get(0)?,
        kind: kind(row.get(1)?),
        number: row.get(2)?,
        customer: row.get(3)?,
        date: read(row.get_ref(4)?.as_str()?),
        currency: currency(row.get_ref(5)?.as_str()?),
        amount: row.get(6)?,
        base: row.get(7)?,
        act: row.get(8)?,
        reference: row.get(9)?,
    })
}
