//! Rows of what of a document is tax, rate by rate, and of discounts that are on the net amount alone.

use rusqlite::{Connection, OptionalExtension};

use super::error::{Result, StoreError};
use super::tx::Tx;
use super::value::{T, V};
use crate::domain::tax::{self, TaxPart};

impl Tx<'_> {
    /// Keeps what of a document is tax. The parts have its sign and add up to it; a document without any has no tax.
    pub(super) fn add_tax(&mut self, document: i64, amount: i64, parts: &[TaxPart]) -> Result<()> {
        if parts.is_empty() {
            return Ok(());
        }
        if tax::gross(parts) != amount {
            let sentence = "Net amounts and tax do not add up to the document. Nothing was posted.";
            return Err(StoreError::refused("CHK-M14", sentence));
        }
        for part in parts {
            let rate = part.rate.normalize().to_string();
            self.insert(T::DocumentTax, &[V::I(document), V::T(&rate), V::I(part.net), V::I(part.tax)], &[])?;
        }
        Ok(())
    }

    /// What of a document is tax; empty for one without.
    pub fn tax_of(&self, document: i64) -> Result<Vec<TaxPart>> {
        tax_of(self.conn, document)
    }

    /// Says that the discount of an item is on its net amount and leaves the tax as it is.
    pub fn add_discount_net(&mut self, item: i64, net: i64) -> Result<()> {
        self.insert(T::DiscountNet, &[V::I(item), V::I(net)], &[])?;
        Ok(())
    }

    /// The net amount the discount of an item is on; `None` where it is on the whole and takes its tax along.
    pub fn discount_net(&self, item: i64) -> Result<Option<i64>> {
        let mut statement = self.conn.prepare_cached("SELECT net FROM discount_net WHERE item_id = $1")?;
        Ok(statement.query_row([item], |row| row.get(0)).optional()?)
    }
}

/// What of a document is tax, in the order it was given.
pub(super) fn tax_of(conn: &Connection, document: i64) -> Result<Vec<TaxPart>> {
    let mut statement =
        conn.prepare_cached("SELECT rate, net, tax FROM document_tax WHERE document_id = $1 ORDER BY id")?;
    let rows = statement.query_map([document], |row| {
        let rate: String = row.get(0)?;
        Ok(TaxPart { rate: rate.parse().unwrap_or_default(), net: row.get(1)?, tax: row.get(2)? })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}
