//! What is behind one cell of an aging: the items of a customer in a bucket, with what was open on the asked day and as
//! known at the asked instant. Every item falls into the bucket [`aging`](super::aging::aging) counts it in.

use chrono::NaiveDate;

use super::accounts::{Bounds, damaged, in_proportion};
use super::aging::{Question, is_now, last_act};
use crate::domain::aging::{Basis, Credits};
use crate::domain::document::DocumentKind;
use crate::domain::money::Currency;
use crate::store::Reader;
use crate::store::date::{Iso, iso, read};
use crate::store::error::Result;
use crate::store::lookup::{currency as stored_currency, kind};

/// One column of an aging.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cell {
    /// A bucket, 0 being what is not due.
    Bucket(usize),
    /// Credit notes and unapplied receipts.
    Credits,
    /// Everything.
    All,
}

/// An item behind a cell, as it was open then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Behind {
    /// The item.
    pub id: i64,
    /// Number of its document.
    pub number: String,
    /// Kind of its document.
    pub kind: DocumentKind,
    /// Which instalment, from 1.
    pub part: i64,
    /// Document date.
    pub date: NaiveDate,
    /// Due date.
    pub due: NaiveDate,
    /// Its currency.
    pub currency: Currency,
    /// Signed minor units as posted.
    pub amount: i64,
    /// Open on the asked day, same sign.
    pub open: i64,
    /// The same in the book's currency at the booking rate; `None` without a rate.
    pub base: Option<i64>,
    /// The part in dispute, in `currency`.
    pub disputed: i64,
    /// Age in days by the asked basis, negative when not due yet.
    pub age: i64,
    /// Its bucket, 0 for not due.
    pub bucket: usize,
}

const COLUMNS: &str = "i.id, d.number, i.kind, i.part, i.document_date, i.due_date, i.currency, i.amount, i.base, i.open, \
     i.open_base, i.disputed";

/// The items of a customer in a cell, oldest first; in one currency, or in all of them. Credits set against the oldest
/// debits are not taken off here: items show what was open of each.
pub fn items_behind(
    reader: &Reader,
    question: &Question,
    customer: i64,
    currency: Option<Currency>,
    cell: Cell,
) -> Result<Vec<Behind>> {
    reader.snapshot(|| {
        let as_known = AsKnown::of(reader, question)?;
        let mut found = rows(reader, question, customer, &as_known)?;
        for row in &mut found {
            as_known.put_back(reader, row)?;
        }
        found.retain(|row| row.open != 0 && currency.is_none_or(|only| only == row.currency));
        found.retain(|row| in_cell(row, question, cell));
        let basis = question.basis;
        found.sort_by_key(|row| (if basis == Basis::Due { row.due } else { row.date }, row.id));
        Ok(found)
    })
}

fn in_cell(row: &Behind, question: &Question, cell: Cell) -> bool {
    let aged = row.kind.is_debit() || question.credits == Credits::OwnDate;
    match cell {
        Cell::Bucket(bucket) => aged && row.bucket == bucket,
        Cell::Credits => !aged,
        Cell::All => true,
    }
}

/// From where the open amount of a day is reached: what is open now, or what was posted.
enum AsKnown {
    /// Nothing happened after the day: what is open now was open then.
    Now,
    /// What was set off after this day has to be put back.
    Past(Iso),
    /// What was set off up to this day, as far as it was written by this act, has to be taken off.
    Act(Iso, i64),
}

impl AsKnown {
    fn of(reader: &Reader, question: &Question) -> Result<AsKnown> {
        Ok(match last_act(reader, question)? {
            Some(act) => AsKnown::Act(iso(question.as_of), act),
            None if is_now(reader, question.as_of)? => AsKnown::Now,
            None => AsKnown::Past(iso(question.as_of)),
        })
    }

    /// Brings a row, read with its open or posted amount, to what was open then.
    fn put_back(&self, reader: &Reader, row: &mut Behind) -> Result<()> {
        let (day, act, span) = match self {
            AsKnown::Now => return Ok(()),
            AsKnown::Past(day) => (day, i64::MAX, ">"),
            AsKnown::Act(day, act) => (day, *act, "<="),
        };
        let set_off = |side: &str| -> Result<(i64, i64)> {
            let text = format!(
                "SELECT coalesce(sum(amount), 0), coalesce(sum({side}_base), 0) FROM allocation \
                 WHERE {side}_item = $1 AND effective {span} $2 AND act_id <= $3"
            );
            let mut statement = reader.conn.prepare_cached(&text)?;
            let values = rusqlite::params![row.id, day.as_str(), act];
            Ok(statement.query_row(values, |row| Ok((row.get(0)?, row.get(1)?)))?)
        };
        let (debit, credit) = (set_off("debit")?, set_off("credit")?);
        // An allocation lowers a debit and raises a credit; putting it back does the opposite.
        let sign = if matches!(self, AsKnown::Past(_)) { 1 } else { -1 };
        row.open += sign * (debit.0 - credit.0);
        row.base = row.base.map(|base| base + sign * (debit.1 - credit.1));
        row.disputed = if matches!(self, AsKnown::Past(_)) { row.disputed.min(row.open.max(0)) } else { 0 };
        Ok(())
    }
}

fn rows(reader: &Reader, question: &Question, customer: i64, as_known: &AsKnown) -> Result<Vec<Behind>> {
    let from = "document d JOIN item i ON i.document_id = d.id WHERE d.customer_id = $1 AND d.document_date <= $2";
    let (from, day, act) = match as_known {
        AsKnown::Now => {
            let open = "item i JOIN document d ON d.id = i.document_id WHERE i.customer_id = $1 AND i.open <> 0 \
                        AND $2 = $2 AND $3 = $3";
            (open.to_owned(), iso(question.as_of), 0)
        }
        AsKnown::Past(day) => (format!("{from} AND i.closed_on > $2 AND $3 = $3"), *day, 0),
        AsKnown::Act(day, act) => (format!("{from} AND i.act_id <= $3"), *day, *act),
    };
    let posted = matches!(as_known, AsKnown::Act(..));
    let mut statement = reader.conn.prepare_cached(&format!("SELECT {COLUMNS} FROM {from}"))?;
    let mut rows = statement.query(rusqlite::params![customer, day.as_str(), act])?;
    let place = Place::new(question);
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let text = |column| -> Result<&str> { row.get_ref(column)?.as_str().map_err(|_| damaged()) };
        let (date, due) = (text(4)?, text(5)?);
        let (age, bucket) = place.of(date, due);
        found.push(Behind {
            id: row.get(0)?,
            number: row.get(1)?,
            kind: kind(row.get(2)?),
            part: row.get(3)?,
            date: read(date),
            due: read(due),
            currency: stored_currency(text(6)?),
            amount: row.get(7)?,
            open: row.get(if posted { 7 } else { 9 })?,
            base: row.get(if posted { 8 } else { 10 })?,
            disputed: row.get(11)?,
            age,
            bucket,
        });
    }
    Ok(found)
}

/// Where an item's dates put it.
struct Place {
    as_of: NaiveDate,
    by_document: bool,
    bounds: Bounds,
}

impl Place {
    fn new(question: &Question) -> Place {
        let by_document = question.basis == Basis::Document;
        Place { as_of: question.as_of, by_document, bounds: Bounds::new(question.as_of) }
    }

    fn of(&self, date: &str, due: &str) -> (i64, usize) {
        let day = if self.by_document { date } else { due };
        let bucket = match self.bounds.bucket(day) {
            0 if self.by_document => 1,
            bucket => bucket,
        };
        ((self.as_of - read(day)).num_days(), bucket)
    }
}

/// What items are together in the book's currency, and their disputed part in it. Items without a rate count as 0.
pub fn in_base(items: &[Behind]) -> (i64, i64) {
    let disputed = |item: &Behind| in_proportion(item.disputed, item.open, item.base.unwrap_or(0));
    (items.iter().filter_map(|item| item.base).sum(), items.iter().map(disputed).sum())
}
