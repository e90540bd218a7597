//! Promises to pay with what became of each, derived from the receipts applied. The list holds the promises of the last
//! twelve months; those taken back by undo are only in the log.

use std::borrow::Cow;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::rc::Rc;

use chrono::{Datelike, Duration, NaiveDate};
use rust_decimal::Decimal;

use super::accounts::{leeway, payments};
use super::window::{Sort, Want, Window, slice};
use crate::domain::kpi::{self, Kpi};
use crate::domain::money::{self, Currency, Money};
use crate::domain::promise::{Promise, State};
use crate::language::filter::{Field, Fields, Filter};
use crate::language::fold::fold;
use crate::store::Reader;
use crate::store::date::{iso, read};
use crate::store::error::Result;
use crate::store::lookup::currency as stored_currency;

/// Promised dates further back than this many days are not in the list.
pub const LISTED_DAYS: i64 = 365;
/// Days the totals look back.
pub const TALLY_DAYS: i64 = 30;

/// A promise in the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PromiseRow {
    /// Its id.
    pub id: i64,
    /// The customer.
    pub customer: i64,
    /// The customer's number.
    pub account: Box<str>,
    /// The customer's name.
    pub name: Box<str>,
    /// Login of the customer's owner.
    pub owner: Box<str>,
    /// The item it is about.
    pub item: i64,
    /// Number of the item's document.
    pub document: Box<str>,
    /// Promised, minor units.
    pub amount: i64,
    /// Its currency.
    pub currency: Currency,
    /// When it was made.
    pub made_on: NaiveDate,
    /// The day promised.
    pub promised_on: NaiveDate,
    /// One more than the promises on the item that were not kept before it.
    pub level: i64,
    /// Who said what.
    pub text: Box<str>,
    /// How they will pay; empty where it was not said.
    pub method: Box<str>,
    /// Who said so; empty where it was not said.
    pub contact: Box<str>,
    /// How it was said; empty where it was not said.
    pub source: Box<str>,
    /// What became of it.
    pub state: State,
    /// When it was ended by hand.
    pub ended_on: Option<NaiveDate>,
    /// Why: `withdrawn`, `renewed`; empty when it was not.
    pub ended_why: Box<str>,
    /// What receipts paid in its time, minor units, at most the amount.
    pub kept: i64,
    /// The last day on which money keeps it.
    pub until: NaiveDate,
    words: Box<str>,
}

impl PromiseRow {
    /// The state in a word: `open`, `kept`, `partly kept`, `broken`, `withdrawn`, `renewed`.
    pub fn word(&self) -> &str {
        if self.state == State::Withdrawn && !self.ended_why.is_empty() { &self.ended_why } else { self.state.word() }
    }

    /// Still to come, minor units; 0 unless open.
    pub fn expected(&self) -> i64 {
        if self.state == State::Open { self.amount - self.kept } else { 0 }
    }
}

/// A count and its amount.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// How many promises.
    pub count: u32,
    /// Minor units promised.
    pub amount: i64,
}

impl Tally {
    fn add(&mut self, amount: i64) {
        self.count += 1;
        self.amount += amount;
    }
}

/// What promises in one currency came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outcome {
    /// The currency.
    pub currency: Currency,
    /// Made in the last 30 days.
    pub made: Tally,
    /// Promised for the last 30 days and kept.
    pub kept: Tally,
    /// Promised for the last 30 days and kept in part.
    pub partly: Tally,
    /// Promised for the last 30 days and broken.
    pub broken: Tally,
    /// Open now, whenever they were made.
    pub open: Tally,
    /// Of the open ones: promised for the next seven days.
    pub this_week: Tally,
}

/// The list with what it adds up to.
#[derive(Debug, Clone, Default)]
pub struct Promises {
    /// The wanted rows.
    pub window: Window<PromiseRow>,
    /// By currency over all rows that pass the filter.
    pub outcomes: Vec<Outcome>,
}

impl Promises {
    /// Share of promises kept, by count over all currencies (18). Promises still open do not count.
    pub fn kept_share(&self) -> Kpi {
        let count = |part: fn(&Outcome) -> Tally| self.outcomes.iter().map(|outcome| part(outcome).count).sum();
        kpi::promises_kept(count(|o| o.kept), count(|o| o.partly), count(|o| o.broken))
    }
}

/// Which list is wanted.
#[derive(Debug, Clone)]
pub struct Question {
    /// The day.
    pub today: NaiveDate,
    /// Who passes.
    pub filter: Filter,
    /// The order; `date` is the natural one.
    pub sort: Sort,
}

struct Listed(Vec<PromiseRow>);

/// The asked list.
pub fn promises(reader: &Reader, question: &Question, want: Want<i64>) -> Result<Promises> {
    let all = listed(reader, question.today)?;
    let passes = |row: &&PromiseRow| question.filter.is_all() || question.filter.matches(*row);
    let mut rows: Vec<&PromiseRow> = all.0.iter().filter(passes).collect();
    let outcomes = outcomes(&rows, question.today);
    order(&mut rows, question.sort, question.today);
    let window = slice(&rows, want, |row| row.id);
    let window = Window { first: window.first, rows: window.rows.into_iter().cloned().collect(), total: window.total };
    Ok(Promises { window, outcomes })
}

/// Every promise that passes with its amount, for marking all.
pub fn ids(reader: &Reader, question: &Question) -> Result<Vec<(i64, Money)>> {
    let all = listed(reader, question.today)?;
    let passes = |row: &&PromiseRow| question.filter.is_all() || question.filter.matches(*row);
    Ok(all.0.iter().filter(passes).map(|row| (row.id, Money::new(row.amount, row.currency))).collect())
}

fn outcomes(rows: &[&PromiseRow], today: NaiveDate) -> Vec<Outcome> {
    let mut out: Vec<Outcome> = Vec::new();
    for row in rows {
        let place = out.iter().position(|known| known.currency == row.currency).unwrap_or_else(|| {
            let none = Tally::default();
            let currency = row.currency;
            out.push(Outcome {
                currency,
                made: none,
                kept: none,
                partly: none,
                broken: none,
                open: none,
                this_week: none,
            });
            out.len() - 1
        });
        let outcome = &mut out[place];
        if (0..TALLY_DAYS).contains(&(today - row.made_on).num_days()) {
            outcome.made.add(row.amount);
        }
        let recent = (today - row.promised_on).num_days() < TALLY_DAYS;
        match row.state {
            State::Open => {
                outcome.open.add(row.amount);
                if (row.promised_on - today).num_days() < 7 {
                    outcome.this_week.add(row.amount);
                }
            }
            State::Kept if recent => outcome.kept.add(row.amount),
            State::PartlyKept if recent => outcome.partly.add(row.amount),
            State::Broken if recent => outcome.broken.add(row.amount),
            _ => {}
        }
    }
    out.sort_by_key(|outcome| outcome.currency);
    out
}

/// What needs somebody first: due today or waiting in its tolerance, then what was broken or kept in part of late, then
/// those to come, the next day first, then the rest, the latest day first.
fn rank(row: &PromiseRow, today: NaiveDate) -> (u8, i64) {
    let day = i64::from(row.promised_on.num_days_from_ce());
    match row.state {
        State::Open if row.promised_on <= today => (0, day),
        State::Broken | State::PartlyKept if (today - row.promised_on).num_days() <= TALLY_DAYS => (1, -day),
        State::Open => (2, day),
        State::Broken | State::PartlyKept => (3, -day),
        State::Kept => (4, -day),
        State::Withdrawn => (5, -day),
    }
}

fn order(rows: &mut [&PromiseRow], sort: Sort, today: NaiveDate) {
    rows.sort_by(|a, b| {
        let natural = match sort.column {
            "name" => a.name.cmp(&b.name),
            "document" => a.document.cmp(&b.document),
            "amount" => a.amount.cmp(&b.amount),
            "made" => a.made_on.cmp(&b.made_on),
            "kept" => a.kept.cmp(&b.kept),
            "level" => a.level.cmp(&b.level),
            "owner" => a.owner.cmp(&b.owner),
            "state" => rank(a, today).cmp(&rank(b, today)),
            _ => a.promised_on.cmp(&b.promised_on),
        };
        let directed = if sort.descending { natural.reverse() } else { natural };
        directed.then(a.id.cmp(&b.id))
    });
}

fn listed(reader: &Reader, today: NaiveDate) -> Result<Rc<Listed>> {
    reader.shared(&today.to_string(), || reader.snapshot(|| load(reader, today)))
}

fn load(reader: &Reader, today: NaiveDate) -> Result<Listed> {
    let from = iso(today - Duration::days(LISTED_DAYS));
    let mut statement = reader.conn.prepare_cached(
        "SELECT p.id, p.customer_id, c.number, c.name, c.owner, p.item_id, t.number, p.amount, p.currency, p.made_on, \
         p.promised_on, p.level, p.text, p.ended_on, p.ended_why, \
         EXISTS (SELECT 1 FROM allocation a WHERE a.debit_item = p.item_id), \
         (SELECT f.value FROM promise_fact f WHERE f.promise_id = p.id AND f.field = 'method' ORDER BY f.id DESC LIMIT 1), \
         (SELECT f.value FROM promise_fact f WHERE f.promise_id = p.id AND f.field = 'contact' ORDER BY f.id DESC LIMIT 1), \
         (SELECT f.value FROM promise_fact f WHERE f.promise_id = p.id AND f.field = 'source' ORDER BY f.id DESC LIMIT 1) \
         FROM promise p JOIN customer c ON c.id = p.customer_id JOIN item i ON i.id = p.item_id \
         JOIN document t ON t.id = i.document_id WHERE p.promised_on >= $1 AND p.ended_why <> 'undone' ORDER BY p.id",
    )?;
    let leeway = leeway(&reader.conn)?;
    let mut paid: HashMap<i64, Vec<(NaiveDate, i64)>> = HashMap::new();
    let mut rows = statement.query([from.as_str()])?;
    let mut list = Vec::new();
    while let Some(row) = rows.next()? {
        let mut promise = one(row)?;
        let came = match paid.entry(promise.item) {
            Entry::Occupied(known) => known.into_mut(),
            // Many items have nothing set against them, which the index alone says.
            Entry::Vacant(new) => {
                new.insert(if row.get(15)? { payments(reader, promise.item, today)? } else { Vec::new() })
            }
        };
        let made = Promise {
            made: Some(promise.made_on),
            amount: promise.amount,
            date: promise.promised_on,
            withdrawn: promise.ended_on.is_some(),
        };
        promise.state = made.state(came, &leeway, today);
        promise.kept = made.paid(came, &leeway, today).clamp(0, promise.amount);
        promise.until = made.until(&leeway);
        list.push(promise);
    }
    Ok(Listed(list))
}

fn one(row: &rusqlite::Row<'_>) -> rusqlite::Result<PromiseRow> {
    let text = |place| -> rusqlite::Result<Box<str>> { Ok(row.get_ref(place)?.as_str()?.into()) };
    let fact = |place| -> rusqlite::Result<Box<str>> { Ok(row.get_ref(place)?.as_str_or_null()?.unwrap_or("").into()) };
    let (name, account, document) = (text(3)?, text(2)?, text(6)?);
    Ok(PromiseRow {
        id: row.get(0)?,
        customer: row.get(1)?,
        owner: text(4)?,
        item: row.get(5)?,
        amount: row.get(7)?,
        currency: stored_currency(row.get_ref(8)?.as_str()?),
        made_on: read(row.get_ref(9)?.as_str()?),
        promised_on: read(row.get_ref(10)?.as_str()?),
        level: row.get(11)?,
        text: text(12)?,
        method: fact(16)?,
        contact: fact(17)?,
        source: fact(18)?,
        state: State::Open,
        ended_on: row.get_ref(13)?.as_str_or_null()?.map(read),
        ended_why: text(14)?,
        kept: 0,
        until: read(row.get_ref(10)?.as_str()?),
        words: fold(&format!("{name} {account} {document} {} {}", fact(16)?, fact(17)?)).into(),
        name,
        account,
        document,
    })
}

impl Fields for PromiseRow {
    fn text(&self, field: Field) -> Option<Cow<'_, str>> {
        let text: &str = match field {
            Field::Name => &self.name,
            Field::Number => &self.account,
            Field::Invoice => &self.document,
            Field::Owner => &self.owner,
            Field::State | Field::Promise => self.word(),
            Field::Currency => self.currency.code(),
            _ => return None,
        };
        Some(Cow::Borrowed(text))
    }

    fn amount(&self, field: Field) -> Option<Decimal> {
        (field == Field::Open).then(|| money::to_decimal(self.amount, self.currency.digits()))
    }

    fn days(&self, _field: Field) -> Option<i64> {
        None
    }

    fn date(&self, field: Field) -> Option<NaiveDate> {
        (field == Field::Due).then_some(self.promised_on)
    }

    fn flag(&self, name: &str) -> Option<bool> {
        Some(match name {
            "open" | "promise" => self.state == State::Open,
            "closed" => self.state != State::Open,
            "overdue" => matches!(self.state, State::Broken | State::PartlyKept),
            "owner" => !self.owner.is_empty(),
            _ => return None,
        })
    }

    fn words(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.words)
    }
}
