//! The end of a write transaction: the gathered changes of the kept figures become rows, and the cheap invariants that
//! every act must leave true are asserted before anything is committed.

use super::date::iso;
use super::error::{Result, StoreError};
use super::kept::Measure;
use super::schema::{BULK_INDEXES, index_statement};
use super::tx::Tx;
use crate::domain::money::Currency;

impl Tx<'_> {
    /// Drops the secondary indexes when the book has no documents yet; they are made again once, at the end.
    pub fn start_bulk(&mut self) -> Result<()> {
        let documents: i64 =
            self.conn.query_row("SELECT count(*) FROM (SELECT 1 FROM document LIMIT 1)", [], |row| row.get(0))?;
        if documents > 0 || self.bulk {
            return Ok(());
        }
        for index in BULK_INDEXES {
            self.conn.execute_batch(&format!("DROP INDEX {index}"))?;
        }
        self.bulk = true;
        Ok(())
    }

    /// True while the secondary indexes are put off.
    pub fn is_bulk(&self) -> bool {
        self.bulk
    }

    pub(super) fn flush_kept(&mut self) -> Result<()> {
        if self.bulk {
            for index in BULK_INDEXES {
                self.conn.execute_batch(index_statement(index)?)?;
            }
            self.bulk = false;
        }
        self.flush_daily()?;
        self.flush_standing()
    }

    fn flush_daily(&self) -> Result<()> {
        let mut upsert = self.conn.prepare_cached(
            "INSERT INTO daily (measure, currency, day, amount, base, items) VALUES ($1, $2, $3, $4, $5, $6) \
             ON CONFLICT (measure, currency, day) DO UPDATE SET amount = amount + excluded.amount, \
             base = base + excluded.base, items = items + excluded.items",
        )?;
        let mut rows: Vec<_> = self.kept.daily.iter().collect();
        rows.sort_unstable_by_key(|(key, _)| **key);
        for ((measure, place, day), change) in rows {
            let currency: Currency = self.kept.currency(*place);
            upsert.execute(rusqlite::params![
                i64::from(*measure),
                currency.code(),
                iso(*day).as_str(),
                change.amount,
                change.base,
                change.items
            ])?;
        }
        Ok(())
    }

    fn flush_standing(&self) -> Result<()> {
        let mut upsert = self.conn.prepare_cached(
            "INSERT INTO standing (customer_id, currency, debits, credits, unapplied, disputed, items, oldest_due, \
             paid, paid_amount, paid_days, late_days) VALUES ($1, $2, $3, $4, $5, $6, $7, \
             (SELECT due_date FROM item WHERE customer_id = $1 AND currency = $2 AND open <> 0 AND kind IN (1, 3, 6) \
              ORDER BY due_date LIMIT 1), $8, $9, $10, $11) \
             ON CONFLICT (customer_id, currency) DO UPDATE SET debits = debits + excluded.debits, \
             credits = credits + excluded.credits, unapplied = unapplied + excluded.unapplied, \
             disputed = disputed + excluded.disputed, items = items + excluded.items, \
             oldest_due = excluded.oldest_due, paid = paid + excluded.paid, \
             paid_amount = paid_amount + excluded.paid_amount, paid_days = paid_days + excluded.paid_days, \
             late_days = late_days + excluded.late_days",
        )?;
        let mut rows: Vec<_> = self.kept.standing.iter().collect();
        rows.sort_unstable_by_key(|(key, _)| **key);
        for ((customer, place), change) in rows {
            upsert.execute(rusqlite::params![
                customer,
                self.kept.currency(*place).code(),
                change.debits,
                change.credits,
                change.unapplied,
                change.disputed,
                change.items,
                change.paid,
                change.paid_amount,
                change.paid_days,
                change.late_days
            ])?;
        }
        Ok(())
    }

    /// What this act did to the control account is what it did to its customers, per currency.
    pub(super) fn assert_sound(&self) -> Result<()> {
        let mut ledger: Vec<(u32, i64)> = Vec::new();
        let mut add = |place: u32, amount: i64| match ledger.iter_mut().find(|(known, _)| *known == place) {
            Some((_, sum)) => *sum += amount,
            None => ledger.push((place, amount)),
        };
        for ((measure, place, _), change) in &self.kept.daily {
            if *measure == Measure::Control as u8 {
                add(*place, change.amount);
            }
        }
        for ((_, place), change) in &self.kept.standing {
            add(*place, -(change.debits + change.credits + change.unapplied));
        }
        match ledger.iter().find(|(_, sum)| *sum != 0) {
            None => Ok(()),
            Some((place, sum)) => Err(StoreError::refused(
                "CHK-M8",
                format!(
                    "The act would leave the control account off by {sum} minor units of {}. Nothing was posted; \
                     run o2c check and tell the administrator.",
                    self.kept.currency(*place)
                ),
            )),
        }
    }
}
