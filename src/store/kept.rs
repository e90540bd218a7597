//! The figures kept beside the ledger for speed: what changed on each day (`daily`) and where each customer stands
//! (`standing`). One act gathers its changes here and writes them once, at its end.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use chrono::NaiveDate;

use crate::domain::money::Currency;

/// What a row of `daily` counts. Any figure at a date is the sum of its changes up to that date.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[repr(u8)]
pub enum Measure {
    /// Invoices and debit notes less credit notes, by document date; `items` counts invoices.
    Sales = 1,
    /// Change of the receivables control account, by posting date.
    Control = 2,
    /// Money received, positive; `items` counts receipts.
    Receipts = 3,
    /// Amounts written off, positive.
    WriteOffs = 4,
    /// Open credit notes and write-offs, negative.
    Credits = 5,
    /// Receipts not applied, negative.
    Unapplied = 6,
    /// Open invoices, debit notes and refunds, positive.
    Debits = 7,
    /// Of `Debits`: past due by at least one day.
    Over0 = 8,
    /// Of `Debits`: past due by more than 30 days.
    Over30 = 9,
    /// Of `Debits`: past due by more than 60 days.
    Over60 = 10,
    /// Of `Debits`: past due by more than 90 days.
    Over90 = 11,
    /// Of `Debits`: past due by more than 120 days.
    Over120 = 12,
    /// Amount of invoices by the date that closed them; `items` counts them.
    Closed = 13,
    /// Amount times days from document date to closing.
    ClosedDays = 14,
    /// Amount times days from due date to closing, negative when early.
    ClosedLate = 15,
    /// Disputes opened; `items` counts them.
    DisputesOpened = 16,
}

/// The measures of debit items past due, each with its number of days.
pub const OVERDUE: [(Measure, i64); 5] =
    [(Measure::Over0, 0), (Measure::Over30, 30), (Measure::Over60, 60), (Measure::Over90, 90), (Measure::Over120, 120)];

/// A change of a daily figure.
#[derive(Clone, Copy, Default, Debug, PartialEq, Eq)]
pub struct Change {
    /// Minor units of the row's currency (or minor units times days).
    pub amount: i64,
    /// Minor units of the book's currency, 0 where no rate was known.
    pub base: i64,
    /// Count.
    pub items: i64,
}

/// A change of a customer's standing in one currency.
#[derive(Clone, Copy, Default, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Open debits.
    pub debits: i64,
    /// Open credit notes, negative.
    pub credits: i64,
    /// Unapplied receipts, negative.
    pub unapplied: i64,
    /// Of the debits: in dispute.
    pub disputed: i64,
    /// Number of open debit items.
    pub items: i64,
    /// Number of closed invoices.
    pub paid: i64,
    /// Amount of closed invoices.
    pub paid_amount: i64,
    /// Amount times days from document date to closing.
    pub paid_days: i64,
    /// Amount times days past due at closing, negative when early.
    pub late_days: i64,
}

/// A small multiplicative hash: these maps are asked millions of times in one import and their keys are our own.
#[derive(Default)]
pub struct Quick(u64);

impl Hasher for Quick {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u64(u64::from(*byte));
        }
    }
    fn write_u8(&mut self, value: u8) {
        self.write_u64(u64::from(value));
    }
    fn write_i32(&mut self, value: i32) {
        self.write_u64(value as u32 as u64);
    }
    fn write_i64(&mut self, value: i64) {
        self.write_u64(value as u64);
    }
    fn write_u64(&mut self, value: u64) {
        self.0 = (self.0.rotate_left(5) ^ value).wrapping_mul(0x517c_c1b7_2722_0a95);
    }
    fn write_usize(&mut self, value: usize) {
        self.write_u64(value as u64);
    }
}

/// A map with the quick hash.
pub type Map<K, V> = HashMap<K, V, BuildHasherDefault<Quick>>;

/// The changes one act makes to the kept figures.
#[derive(Default)]
pub struct Kept {
    pub(super) daily: Map<(u8, u32, NaiveDate), Change>,
    pub(super) standing: Map<(i64, u32), Standing>,
    currencies: Vec<Currency>,
}

impl Kept {
    /// The small number a currency has in this act.
    pub(super) fn place(&mut self, currency: Currency) -> u32 {
        let found = self.currencies.iter().position(|known| *known == currency);
        found.unwrap_or_else(|| {
            self.currencies.push(currency);
            self.currencies.len() - 1
        }) as u32
    }

    /// The currency of a small number.
    pub(super) fn currency(&self, place: u32) -> Currency {
        self.currencies[place as usize]
    }

    /// Adds a change to a day's figure.
    pub fn day(&mut self, measure: Measure, place: u32, day: NaiveDate, amount: i64, base: i64, items: i64) {
        let row = self.daily.entry((measure as u8, place, day)).or_default();
        row.amount += amount;
        row.base += base;
        row.items += items;
    }

    /// The customer's changes so far, to be added to.
    pub fn customer(&mut self, customer: i64, place: u32) -> &mut Standing {
        self.standing.entry((customer, place)).or_default()
    }
}
