//! The queue of cash application: payments on the account of which something is not settled, the biggest first, with what
//! they add up to. Payments an advice or a report of the day announced are no part of it until a statement books them.

use std::borrow::Cow;

use chrono::{Datelike, NaiveDate};
use rust_decimal::Decimal;

use super::super::requests::{refund_waits, refunds_asked};
use super::window::{Sort, Want, Window, slice};
use crate::domain::bank::EntryKind;
use crate::domain::money::{self, Currency, Money};
use crate::language::filter::{Field, Fields, Filter};
use crate::language::fold::fold;
use crate::store::Reader;
use crate::store::date::read;
use crate::store::error::Result;
use crate::store::lookup::currency as stored_currency;

/// A payment of the queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CashRow {
    /// The payment.
    pub id: i64,
    /// Value date.
    pub value: NaiveDate,
    /// Who paid, as the bank says; empty when it does not.
    pub payer: String,
    /// What of it is not settled, signed minor units.
    pub left: i64,
    /// All of it.
    pub amount: i64,
    /// Its currency.
    pub currency: Currency,
    /// What it is.
    pub kind: EntryKind,
    /// Why the rules left it; empty when they were not asked.
    pub why: String,
    /// Number of the request for a refund of it that nobody has decided; empty without one.
    pub refund: String,
    /// What people call the bank account.
    pub account: String,
    /// What the bank says about it.
    pub text: String,
    /// A creditor reference.
    pub structured: String,
    /// The payer's end-to-end id.
    pub end_to_end: String,
    today: NaiveDate,
}

/// What payments in one currency come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Waiting {
    /// The currency.
    pub currency: Currency,
    /// How many payments.
    pub count: u64,
    /// What came in, minor units.
    pub received: i64,
    /// What went out, minor units, below zero.
    pub taken: i64,
}

/// The queue with what it adds up to.
#[derive(Debug, Clone, Default)]
pub struct Queue {
    /// The wanted rows.
    pub window: Window<CashRow>,
    /// By currency over all rows that pass the filter.
    pub waiting: Vec<Waiting>,
    /// Announced payments, which are not counted.
    pub announced: u64,
}

/// Which queue is wanted.
#[derive(Debug, Clone)]
pub struct Question {
    /// The day.
    pub today: NaiveDate,
    /// The book's currency, which comes first.
    pub base: Currency,
    /// Who passes.
    pub filter: Filter,
    /// The order; `left` is the natural one.
    pub sort: Sort,
}

/// What is on a queue, in its order: kept, because a list is asked for window by window.
struct Listed {
    rows: Vec<(i64, Money)>,
    waiting: Vec<Waiting>,
    announced: u64,
}

const ROWS: &str = "SELECT p.id, p.value_on, p.payer, p.left, p.amount, p.currency, p.kind, p.why, a.name, p.text, p.structured, \
     p.end_to_end FROM bank_payment p JOIN bank_entry e ON e.id = p.of_entry \
     JOIN bank_account a ON a.id = e.bank_account_id";

/// The asked queue.
pub fn queue(reader: &Reader, question: &Question, want: Want<i64>) -> Result<Queue> {
    reader.snapshot(|| {
        let listed = reader.shared(&format!("{question:?}"), || list(reader, question))?;
        let window = slice(&listed.rows, want, |row| row.0);
        let mut statement = reader.conn.prepare_cached(&format!("{ROWS} WHERE p.id = $1"))?;
        let mut rows = Vec::with_capacity(window.rows.len());
        for (id, _) in &window.rows {
            rows.push(statement.query_row([id], |row| one(row, question.today))?);
        }
        waits_for_others(reader, rows.iter_mut())?;
        let window = Window { first: window.first, rows, total: window.total };
        Ok(Queue { window, waiting: listed.waiting.clone(), announced: listed.announced })
    })
}

/// Every payment of the queue with what is left of it, for marking all.
pub fn ids(reader: &Reader, question: &Question) -> Result<Vec<(i64, Money)>> {
    Ok(reader.shared(&format!("{question:?}"), || list(reader, question))?.rows.clone())
}

fn list(reader: &Reader, question: &Question) -> Result<Listed> {
    let rows = if question.filter.is_all() && question.sort.column == "left" {
        by_amount(reader, question)?
    } else {
        in_full(reader, question)?
    };
    let mut waiting: Vec<Waiting> = Vec::new();
    for (_, left) in &rows {
        let place = waiting.iter().position(|known| known.currency == left.currency).unwrap_or_else(|| {
            waiting.push(Waiting { currency: left.currency, count: 0, received: 0, taken: 0 });
            waiting.len() - 1
        });
        let sum = &mut waiting[place];
        sum.count += 1;
        sum.received += left.minor.max(0);
        sum.taken += left.minor.min(0);
    }
    waiting.sort_by_key(|sum| (sum.currency != question.base, sum.currency));
    let announced: i64 = reader
        .conn
        .prepare_cached("SELECT count(*) FROM bank_payment WHERE of_entry IS NULL AND left <> 0")?
        .query_row([], |row| row.get(0))?;
    Ok(Listed { rows, waiting, announced: announced.unsigned_abs() })
}

/// How many payments wait for somebody.
pub fn waiting(reader: &Reader) -> Result<usize> {
    let sql = "SELECT count(*) FROM bank_payment WHERE left <> 0 AND of_entry IS NOT NULL";
    let count: i64 = reader.conn.prepare_cached(sql)?.query_row([], |row| row.get(0))?;
    Ok(usize::try_from(count).unwrap_or(0))
}

/// The order most people want, out of the index of what waits alone.
fn by_amount(reader: &Reader, question: &Question) -> Result<Vec<(i64, Money)>> {
    let mut statement = reader
        .conn
        .prepare_cached("SELECT id, currency, left FROM bank_payment WHERE left <> 0 AND of_entry IS NOT NULL")?;
    let found = statement
        .query_map([], |row| Ok((row.get(0)?, Money::new(row.get(2)?, stored_currency(row.get_ref(1)?.as_str()?)))))?;
    let mut rows: Vec<(i64, Money)> = found.collect::<rusqlite::Result<_>>()?;
    let turn = |size: u64| if question.sort.descending { !size } else { size };
    rows.sort_by_key(|(id, left)| {
        (left.currency != question.base, left.currency, turn(left.minor.unsigned_abs()), *id)
    });
    Ok(rows)
}

fn in_full(reader: &Reader, question: &Question) -> Result<Vec<(i64, Money)>> {
    let mut statement = reader.conn.prepare_cached(&format!("{ROWS} WHERE p.left <> 0 AND p.of_entry IS NOT NULL"))?;
    let mut found = statement.query([])?;
    let mut rows = Vec::new();
    while let Some(row) = found.next()? {
        let row = one(row, question.today)?;
        if question.filter.is_all() || question.filter.matches(&row) {
            rows.push(row);
        }
    }
    let apart = |row: &CashRow| (row.currency != question.base, row.currency);
    let size = |row: &CashRow| row.left.unsigned_abs();
    rows.sort_by(|a, b| {
        let natural = match question.sort.column {
            "value" => a.value.cmp(&b.value),
            "age" => b.value.cmp(&a.value),
            "payer" => fold(&a.payer).cmp(&fold(&b.payer)),
            "currency" => a.currency.cmp(&b.currency),
            "kind" => a.kind.word().cmp(b.kind.word()),
            "why" => a.why.cmp(&b.why),
            "account" => a.account.cmp(&b.account),
            _ => size(a).cmp(&size(b)),
        };
        let natural = if question.sort.descending { natural.reverse() } else { natural };
        // An amount says nothing beside one in another currency.
        let first = if question.sort.column == "left" { apart(a).cmp(&apart(b)) } else { natural };
        first.then(natural).then(apart(a).cmp(&apart(b))).then(size(b).cmp(&size(a))).then(a.id.cmp(&b.id))
    });
    Ok(rows.into_iter().map(|row| (row.id, Money::new(row.left, row.currency))).collect())
}

fn one(row: &rusqlite::Row<'_>, today: NaiveDate) -> rusqlite::Result<CashRow> {
    Ok(CashRow {
        id: row.get(0)?,
        value: read(row.get_ref(1)?.as_str()?),
        payer: row.get(2)?,
        left: row.get(3)?,
        amount: row.get(4)?,
        currency: stored_currency(row.get_ref(5)?.as_str()?),
        kind: EntryKind::parse(row.get_ref(6)?.as_str()?).unwrap_or(EntryKind::Other),
        why: row.get(7)?,
        refund: String::new(),
        account: row.get(8)?,
        text: row.get(9)?,
        structured: row.get(10)?,
        end_to_end: row.get(11)?,
        today,
    })
}

/// One payment of the queue or settled, by its id.
pub fn row(reader: &Reader, id: i64, today: NaiveDate) -> Result<Option<CashRow>> {
    let mut statement = reader.conn.prepare_cached(&format!("{ROWS} WHERE p.id = $1"))?;
    let mut found = rusqlite::OptionalExtension::optional(statement.query_row([id], |row| one(row, today)))?;
    waits_for_others(reader, found.iter_mut())?;
    Ok(found)
}

/// Says of the payments of which a refund was asked for that they wait for that.
fn waits_for_others<'r>(reader: &Reader, rows: impl Iterator<Item = &'r mut CashRow>) -> Result<()> {
    let asked = refunds_asked(&reader.conn)?;
    for row in rows {
        if let Some(number) = asked.get(&row.id) {
            row.refund.clone_from(number);
            row.why = refund_waits(number);
        }
    }
    Ok(())
}

impl Fields for CashRow {
    fn text(&self, field: Field) -> Option<Cow<'_, str>> {
        let text: &str = match field {
            Field::Name => &self.payer,
            Field::Number | Field::Invoice => &self.text,
            Field::State => self.kind.word(),
            Field::Currency => self.currency.code(),
            _ => return None,
        };
        Some(Cow::Borrowed(text))
    }

    fn amount(&self, field: Field) -> Option<Decimal> {
        matches!(field, Field::Open | Field::Balance)
            .then(|| money::to_decimal(self.left.saturating_abs(), self.currency.digits()))
    }

    fn days(&self, field: Field) -> Option<i64> {
        matches!(field, Field::Days | Field::Over)
            .then(|| i64::from(self.today.num_days_from_ce() - self.value.num_days_from_ce()))
    }

    fn date(&self, field: Field) -> Option<NaiveDate> {
        (field == Field::Due).then_some(self.value)
    }

    fn flag(&self, name: &str) -> Option<bool> {
        match name {
            "open" => Some(true),
            "closed" => Some(false),
            _ => None,
        }
    }

    fn words(&self) -> Cow<'_, str> {
        let left = Money::new(self.left.saturating_abs(), self.currency).plain();
        let all = [&*self.payer, &self.text, &self.structured, &self.end_to_end, &self.account, &left, &self.why];
        Cow::Owned(fold(&all.join(" ")))
    }
}
