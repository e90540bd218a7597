//! `o2c check --deep`: the rows that acts posted, put one act after the other into an empty ledger. What held at the end
//! must have held after every act: no item open beyond its amount or below nothing (M5, M6), every customer's items what
//! the control account said (M7), rows only of acts that are there, in their order (A2), and at the end what is kept.
//!
//! The acts themselves cannot be performed again. The log says what was asked for, but not all of what was done: rows of
//! a file, a statement or a run of the rules travel beside the act and only their checksum and number are in it; the
//! company's day an act was done on is not in it; and acts of older programs followed the rules of their day. The rows
//! an act posted are all there, each under a digest that its act's hash covers, and they are what is replayed.

use std::iter::Peekable;

use rusqlite::{Connection, Row, Statement};

use super::load::family;
use super::{Finding, Findings, REBUILD, RESTORE};
use crate::domain::account::Account;
use crate::store::error::Result;
use crate::store::kept::{Map, Measure};
use crate::store::lookup::kind;

/// A row an act posted, as far as the ledger needs it: its act, numbers, and its currency where it has one.
struct Posted {
    act: i64,
    numbers: [i64; 5],
    currency: String,
}

/// A customer in a currency.
type Key = (i64, String);

/// An item as the acts so far leave it.
struct Item {
    key: Key,
    amount: i64,
    open: i64,
    code: &'static str,
}

/// The ledger as the acts so far leave it.
#[derive(Default)]
struct Ledger {
    items: Map<i64, Item>,
    /// Open items and control account by customer and currency.
    balances: Map<Key, (i64, i64)>,
    /// What the act in hand changed.
    items_touched: Vec<i64>,
    touched: Vec<Key>,
}

/// Puts the rows of every act into an empty ledger, and looks at it after each.
pub(super) fn check(conn: &Connection, found: &mut Findings) -> Result<()> {
    let control: Map<i64, bool> =
        Account::ALL.into_iter().map(|account| (account.number(), account.is_control())).collect();
    let side = |number: i64| i64::from(control.get(&number).copied().unwrap_or(false));
    let mut items = conn.prepare("SELECT act_id, id, customer_id, amount, kind, 0, currency FROM item ORDER BY id")?;
    let mut allocations =
        conn.prepare("SELECT act_id, id, debit_item, credit_item, amount, 0, '' FROM allocation ORDER BY id")?;
    let mut postings =
        conn.prepare("SELECT act_id, id, customer_id, amount, debit, credit, currency FROM posting ORDER BY id")?;
    let (mut items, mut allocations, mut postings) =
        (ahead(&mut items)?, ahead(&mut allocations)?, ahead(&mut postings)?);
    let mut ledger = Ledger::default();
    let mut acts = conn.prepare("SELECT id FROM act ORDER BY id")?;
    let mut acts = acts.query([])?;
    while let Some(row) = acts.next()? {
        let act: i64 = row.get(0)?;
        while let Some(row) = of(&mut items, act)? {
            ledger.post(row);
        }
        while let Some(row) = of(&mut allocations, act)? {
            ledger.allocate(&row);
        }
        while let Some(row) = of(&mut postings, act)? {
            let sign = side(row.numbers[3]) - side(row.numbers[4]);
            ledger.book(row, sign);
        }
        ledger.holds(act, found);
    }
    for (name, left) in [("item", items.next()), ("allocation", allocations.next()), ("posting", postings.next())] {
        if let Some(row) = left.transpose()? {
            let is = format!("of act {}, which is not there or was before the rows above it", row.act);
            let object = format!("{name} {}", row.numbers[0]);
            found.add(Finding::new("A2", object, is, "in the order of the acts", RESTORE));
        }
    }
    ledger.as_kept(conn, found)
}

/// The rows of a statement, one looked at ahead.
fn ahead<'s>(
    statement: &'s mut Statement<'_>,
) -> Result<Peekable<impl Iterator<Item = rusqlite::Result<Posted>> + use<'s>>> {
    let read = |row: &Row<'_>| {
        let numbers = [row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?, row.get(5)?];
        Ok(Posted { act: row.get(0)?, numbers, currency: row.get(6)? })
    };
    Ok(statement.query_map([], read)?.peekable())
}

/// The next row, where it is of this act.
fn of(rows: &mut Peekable<impl Iterator<Item = rusqlite::Result<Posted>>>, act: i64) -> Result<Option<Posted>> {
    Ok(rows.next_if(|row| row.as_ref().map_or(true, |row| row.act == act)).transpose()?)
}

impl Ledger {
    fn post(&mut self, row: Posted) {
        let [id, customer, amount, sort, _] = row.numbers;
        let key = (customer, row.currency);
        let code = if family(kind(sort)) == Measure::Unapplied { "M6" } else { "M5" };
        self.balances.entry(key.clone()).or_default().0 += amount;
        self.touched.push(key.clone());
        self.items.insert(id, Item { key, amount, open: amount, code });
    }

    fn allocate(&mut self, row: &Posted) {
        let [_, debit, credit, amount, _] = row.numbers;
        for (id, change) in [(debit, -amount), (credit, amount)] {
            // An item that is not there is a broken reference, and reported as one.
            let Some(item) = self.items.get_mut(&id) else { continue };
            item.open += change;
            self.balances.entry(item.key.clone()).or_default().0 += change;
            self.touched.push(item.key.clone());
            self.items_touched.push(id);
        }
    }

    fn book(&mut self, row: Posted, sign: i64) {
        let [_, customer, amount, ..] = row.numbers;
        if sign != 0 {
            let key = (customer, row.currency);
            self.balances.entry(key.clone()).or_default().1 += sign * amount;
            self.touched.push(key);
        }
    }

    /// What must hold after the act in hand.
    fn holds(&mut self, act: i64, found: &mut Findings) {
        for id in std::mem::take(&mut self.items_touched) {
            let Some(item) = self.items.get(&id) else { continue };
            if item.open * item.amount.signum() < 0 || item.open.abs() > item.amount.abs() {
                let (is, must) = (format!("{} open", item.open), format!("between 0 and {}", item.amount));
                found.add(Finding::new(item.code, format!("item {id} after act {act}"), is, must, RESTORE));
            }
        }
        let mut touched = std::mem::take(&mut self.touched);
        touched.sort_unstable();
        touched.dedup();
        for key in touched {
            let (items, control) = self.balances.get(&key).copied().unwrap_or_default();
            let object = || format!("customer {} balance {} after act {act}", key.0, key.1);
            found.differs("M7", object, control, items, RESTORE);
        }
    }

    /// What is kept of items and customers is what the replay ends with.
    fn as_kept(&self, conn: &Connection, found: &mut Findings) -> Result<()> {
        super::load::each(conn, "SELECT id, open FROM item ORDER BY id", |row| {
            let (id, open): (i64, i64) = (row.get(0)?, row.get(1)?);
            let replayed = self.items.get(&id).map_or(0, |item| item.open);
            found.differs("M5", || format!("item {id} open, replayed"), open, replayed, REBUILD);
            Ok(())
        })?;
        super::load::each(conn, "SELECT customer_id, currency, debits + credits + unapplied FROM standing", |row| {
            let key: Key = (row.get(0)?, row.get(1)?);
            let replayed = self.balances.get(&key).map_or(0, |sums| sums.0);
            let object = || format!("standing of customer {} {}, replayed", key.0, key.1);
            found.differs("M7", object, row.get(2)?, replayed, REBUILD);
            Ok(())
        })
    }
}
