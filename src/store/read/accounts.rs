//! Every customer with what is open, as of one day: the base of the worklist, the customers list and aging by customer.
//! Made once for a day and kept until the book changes; 20,000 customers with 100,000 open items take tens of
//! milliseconds.

use std::borrow::Cow;
use std::ops::Deref;
use std::rc::Rc;

use chrono::{Duration, NaiveDate};
use rust_decimal::Decimal;

use crate::domain::money::{self, Currency};
use crate::domain::promise::Leeway;
use crate::store::date::{iso, read};
use crate::store::error::Result;
use crate::store::kept::Map;
use crate::store::{Reader, StoreError};

mod events;
mod load;
mod withheld;

/// Number of buckets: not due, and five past due.
pub const BUCKETS: usize = 6;

/// Labels of the buckets by due date.
pub const LABELS: [&str; BUCKETS] = ["not due", "1-30", "31-60", "61-90", "91-120", "120+"];

/// What a customer has open in one currency, or in the book's currency over all.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sums {
    /// Open debits by bucket.
    pub buckets: [i64; BUCKETS],
    /// Open credit notes, negative.
    pub credits: i64,
    /// Receipts not applied, negative.
    pub unapplied: i64,
    /// Of the debits: in dispute.
    pub disputed: i64,
    /// Number of open debit items.
    pub items: i64,
}

impl Sums {
    /// Open debits.
    pub fn debits(&self) -> i64 {
        self.buckets.iter().sum()
    }
    /// Debits past due.
    pub fn overdue(&self) -> i64 {
        self.buckets[1..].iter().sum()
    }
    /// Everything together: the customer's balance.
    pub fn net(&self) -> i64 {
        self.debits() + self.credits + self.unapplied
    }
    /// Adds another customer's or currency's sums.
    pub fn add(&mut self, other: &Sums) {
        for (bucket, amount) in self.buckets.iter_mut().zip(other.buckets) {
            *bucket += amount;
        }
        self.credits += other.credits;
        self.unapplied += other.unapplied;
        self.disputed += other.disputed;
        self.items += other.items;
    }
}

/// The figures of a customer: what lists are sorted and filtered by, beside its texts.
#[derive(Debug, Clone, Copy)]
pub struct Figures {
    /// Its id.
    pub id: i64,
    /// The currency the customer is billed in.
    pub currency: Currency,
    /// Credit limit in minor units of `currency`.
    pub limit: Option<i64>,
    /// Open in `currency`, credits taken off: what counts against the limit.
    pub in_own: i64,
    /// Risk, 0 good to 100 bad.
    pub risk: u8,
    /// Blocked for deliveries.
    pub blocked: bool,
    /// Day of the last call or e-mail.
    pub last_contact: Option<NaiveDate>,
    /// Follow-up date.
    pub next_on: Option<NaiveDate>,
    /// Day it was set aside.
    pub done_on: Option<NaiveDate>,
    /// Sums in the book's currency; items without a rate are left out.
    pub base: Sums,
    /// True when some item has no rate, so that `base` is not all.
    pub no_rate: bool,
    /// Due date of the oldest open debit.
    pub oldest_due: Option<NaiveDate>,
    /// Next due date from today on with the amount falling due, book's currency.
    pub next_due: Option<(NaiveDate, i64)>,
    /// Amount under promises that can still be kept and plans in good standing, book's currency.
    pub promised: i64,
    /// Of it: overdue amount.
    pub promised_overdue: i64,
    /// Of the disputed amount: past due, book's currency.
    pub disputed_overdue: i64,
    /// Of what is neither disputed nor promised: overdue and on hold, book's currency.
    pub held_overdue: i64,
    /// Of the rest: overdue and asked for by a letter whose day of payment has not passed, book's currency.
    pub asked_overdue: i64,
    /// A promise is due today.
    pub promise_due: Option<NaiveDate>,
    /// The date of an instalment of a plan that is due and not paid.
    pub instalment_due: Option<NaiveDate>,
    /// Since when a payment plan is in default.
    pub plan_default: Option<NaiveDate>,
    /// The latest promise broken in the last 90 days.
    pub promise_broken: Option<NaiveDate>,
    /// A dispute was rejected in the last 14 days and nobody spoke to the customer since.
    pub dispute_rejected: bool,
    /// A dispute was granted in the last 14 days and nobody spoke to the customer since.
    pub dispute_answered: bool,
    /// The last day something happened that brings the account back whatever was set before: a promise broken, a plan in
    /// default, an instalment due, a dispute rejected.
    pub event_on: Option<NaiveDate>,
    /// Such a thing happened after its follow-up date was set or it was set aside.
    pub called_back: bool,
    /// Number of open disputes.
    pub disputes: u16,
}

impl Figures {
    /// Days past due of the oldest open debit on a day; 0 when nothing is late.
    pub fn oldest_days(&self, today: NaiveDate) -> i64 {
        self.oldest_due.map_or(0, |due| (today - due).num_days().max(0))
    }

    /// Overdue, less what is disputed, under a promise that can still be kept, not yet due by a plan, on hold, or asked for
    /// by a letter that still gives time: what is to be collected now.
    pub fn to_collect(&self) -> i64 {
        let later = self.promised_overdue + self.disputed_overdue + self.held_overdue + self.asked_overdue;
        (self.base.overdue() - later).max(0)
    }

    /// Exposure in thousandths of the credit limit. `None` without a limit; compares in the customer's currency.
    pub fn limit_use(&self) -> Option<i64> {
        let limit = self.limit?;
        let exposure = self.in_own.max(0);
        match (limit, exposure) {
            (0, 0) => Some(0),
            (0, _) => Some(9_999),
            _ => Some((i128::from(exposure) * 1_000 / i128::from(limit)).min(9_999) as i64),
        }
    }
}

/// A customer with what is open, as a row that is shown has it.
#[derive(Debug, Clone)]
pub struct Account {
    figures: Figures,
    /// Its number.
    pub number: Box<str>,
    /// Its name.
    pub name: Box<str>,
    /// Login of the owner.
    pub owner: Box<str>,
    /// Country code.
    pub country: Box<str>,
    /// Payment terms.
    pub terms: Box<str>,
    /// What to do on the follow-up date.
    pub next_what: Box<str>,
    /// Days from document date to closing, weighted by amount, over everything paid.
    pub days_to_pay: Option<i64>,
    /// Days past due at closing, weighted by amount, negative when early.
    pub days_late: Option<i64>,
    sums: Vec<(Currency, Sums)>,
}

impl Account {
    /// What is open in each currency.
    pub fn in_currencies(&self) -> impl Iterator<Item = (Currency, Sums)> {
        self.sums.iter().copied()
    }
}

impl Deref for Account {
    type Target = Figures;
    fn deref(&self) -> &Figures {
        &self.figures
    }
}

/// A customer as it is kept while the book does not change: its figures, and where its texts and its sums in other
/// currencies are. A book has tens of thousands of these and a session is one of fifty, so each byte counts.
struct Kept {
    figures: Figures,
    /// Where its name begins in [`Accounts::text`]. A space and its number follow, then its folded text.
    text: u32,
    /// Lengths of name, number and folded text. Without one the folded text is name and number in small letters.
    lengths: [u16; 3],
    /// Its place in [`Accounts::owners`].
    owner: u32,
    /// Its part of [`Accounts::foreign`]; empty when what is open is in the book's currency alone.
    foreign: (u32, u32),
}

/// All customers on one day.
pub struct Accounts {
    /// The day.
    pub today: NaiveDate,
    book: Currency,
    /// By id.
    list: Vec<Kept>,
    text: String,
    owners: Vec<Box<str>>,
    /// Sums in each currency of those customers who have something open in another one than the book's.
    foreign: Vec<(Currency, Sums)>,
    /// Customers read again since all were: their old texts and sums are still there.
    again: usize,
}

impl Accounts {
    /// One customer.
    pub fn get(&self, id: i64) -> Option<One<'_>> {
        self.place(id).map(|place| One { all: self, kept: &self.list[place] })
    }

    /// All of them by id.
    pub fn iter(&self) -> impl Iterator<Item = One<'_>> {
        self.list.iter().map(|kept| One { all: self, kept })
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// True when the book has no customer.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Where a customer stands: ids mostly have no gaps, so the first look is the right one.
    fn place(&self, id: i64) -> Option<usize> {
        let guess = usize::try_from(id).ok().and_then(|id| id.checked_sub(1));
        let found = guess.filter(|guess| self.list.get(*guess).is_some_and(|kept| kept.figures.id == id));
        found.or_else(|| self.list.binary_search_by_key(&id, |kept| kept.figures.id).ok())
    }
}

/// One of [`Accounts`], with its texts.
#[derive(Clone, Copy)]
pub struct One<'a> {
    all: &'a Accounts,
    kept: &'a Kept,
}

impl<'a> One<'a> {
    /// A part of the text, so far from its beginning.
    fn text(self, from: usize, length: usize) -> &'a str {
        let from = self.kept.text as usize + from;
        self.all.text.get(from..from + length).unwrap_or_default()
    }

    /// Its number.
    pub fn number(self) -> &'a str {
        let [name, number, _] = self.kept.lengths.map(usize::from);
        self.text(name + 1, number)
    }

    /// Its name.
    pub fn name(self) -> &'a str {
        self.text(0, self.kept.lengths[0].into())
    }

    /// Name and number as searches compare them.
    pub fn folded(self) -> Cow<'a, str> {
        let [name, number, folded] = self.kept.lengths.map(usize::from);
        let both = name + 1 + number;
        match folded {
            0 => Cow::Owned(self.text(0, both).to_ascii_lowercase()),
            _ => Cow::Borrowed(self.text(both, folded)),
        }
    }

    /// Login of the owner.
    pub fn owner(self) -> &'a str {
        self.all.owners.get(self.kept.owner as usize).map_or("", |owner| owner)
    }

    /// Its figures, for as long as all of them are there.
    pub fn figures(self) -> &'a Figures {
        &self.kept.figures
    }

    /// What is open in one currency.
    pub fn in_currency(self, wanted: Currency) -> Option<&'a Sums> {
        let (from, to) = (self.kept.foreign.0 as usize, self.kept.foreign.1 as usize);
        let found = self.all.foreign[from..to].iter().find(|(currency, _)| *currency == wanted);
        let base = &self.kept.figures.base;
        let only = from == to && wanted == self.all.book && *base != Sums::default();
        found.map(|(_, sums)| sums).or_else(|| only.then_some(base))
    }

    /// What is open in each currency.
    pub fn in_currencies(self) -> impl Iterator<Item = (Currency, Sums)> + 'a {
        let (from, to) = (self.kept.foreign.0 as usize, self.kept.foreign.1 as usize);
        let base = self.kept.figures.base;
        let only = (from == to && base != Sums::default()).then_some((self.all.book, base));
        only.into_iter().chain(self.all.foreign[from..to].iter().copied())
    }

    /// The row of this customer, with what only rows that are shown need: terms, follow-up, how it pays.
    pub fn account(self, reader: &Reader) -> Result<Account> {
        let mut statement = reader.conn.prepare_cached(
            "SELECT country, terms, next_what, coalesce(sum(paid_amount), 0), coalesce(sum(paid_days), 0), \
             coalesce(sum(late_days), 0) FROM customer LEFT JOIN standing ON customer_id = id WHERE id = $1",
        )?;
        Ok(statement.query_row([self.id], |row| {
            let paid = row.get(3)?;
            Ok(Account {
                figures: self.kept.figures,
                number: self.number().into(),
                name: self.name().into(),
                owner: self.owner().into(),
                country: row.get(0)?,
                terms: row.get(1)?,
                next_what: row.get(2)?,
                days_to_pay: mean(row.get(4)?, paid),
                days_late: mean(row.get(5)?, paid),
                sums: self.in_currencies().collect(),
            })
        })?)
    }
}

impl Deref for One<'_> {
    type Target = Figures;
    fn deref(&self) -> &Figures {
        &self.kept.figures
    }
}

/// All customers as of `today`, shared by the questions of this session until the book changes.
pub fn accounts(reader: &Reader, today: NaiveDate) -> Result<Rc<Accounts>> {
    let follow = |all: &mut Accounts, customers: &[i64]| load::follow(reader, all, customers);
    let make = || load::load(reader, today, None);
    // What the company takes for a kept promise changes every account at once.
    let parameters = format!("{today} {:?}", leeway(&reader.conn)?);
    reader.snapshot(|| reader.to_the_end(|| reader.followed(&parameters, follow, make)))
}

/// These customers alone, for whoever cannot wait for all of them.
pub(super) fn only(reader: &Reader, today: NaiveDate, ids: &[i64]) -> Result<Accounts> {
    reader.snapshot(|| load::load(reader, today, Some(ids)))
}

/// Days to pay of every customer that ever paid, for sorting by them.
pub(super) fn days_to_pay(reader: &Reader) -> Result<Map<i64, i64>> {
    let mut statement = reader
        .conn
        .prepare_cached("SELECT customer_id, sum(paid_amount), sum(paid_days) FROM standing GROUP BY customer_id")?;
    let mut rows = statement.query([])?;
    let mut out = Map::default();
    while let Some(row) = rows.next()? {
        if let Some(days) = mean(row.get(2)?, row.get(1)?) {
            out.insert(row.get(0)?, days);
        }
    }
    Ok(out)
}

/// A mean weighted by amount, rounded half away from zero; none of nothing.
fn mean(sum: i64, amount: i64) -> Option<i64> {
    if amount <= 0 {
        return None;
    }
    let doubled = i128::from(sum) * 2 + i128::from(amount) * i128::from(sum.signum());
    i64::try_from(doubled / (i128::from(amount) * 2)).ok()
}

pub(in crate::store) fn damaged() -> StoreError {
    StoreError::refused("DB-19", "A column of the book holds something it must not. Run o2c check.")
}

/// First due date of each bucket, as ISO text: later text is a younger bucket.
pub(super) struct Bounds([String; BUCKETS - 1]);

impl Bounds {
    pub(super) fn new(as_of: NaiveDate) -> Self {
        Bounds([0, 30, 60, 90, 120].map(|days| iso(as_of - Duration::days(days)).as_str().to_owned()))
    }

    /// The bucket of a due date: 0 when it is not before the as-of date.
    pub(super) fn bucket(&self, due: &str) -> usize {
        self.0.iter().position(|bound| due >= bound.as_str()).unwrap_or(BUCKETS - 1)
    }
}

/// How much of a base amount belongs to a part of the open amount.
pub(super) fn in_proportion(part: i64, open: i64, base: i64) -> i64 {
    if part == 0 {
        return 0;
    }
    if part == open || open == 0 {
        return base;
    }
    money::to_minor(Decimal::from(base) * Decimal::from(part) / Decimal::from(open), 0).unwrap_or(0)
}

/// Days a promise may be late and still count, where the company says nothing else.
const PROMISE_DAYS: i64 = 2;

/// How exact a promise must be met: the settings `promise-days` and `holidays`.
pub(in crate::store) fn leeway(conn: &rusqlite::Connection) -> Result<Leeway> {
    let days = crate::store::mail::setting(conn, "promise-days")?.and_then(|days| days.parse().ok());
    let days_off = Some(crate::store::mail::holidays(conn)?);
    Ok(Leeway { days: days.unwrap_or(PROMISE_DAYS).clamp(0, 365), amount: 0, days_off })
}

/// What receipts paid on an item by a day, by the day it counts for. What was taken back since is negative and counts for
/// the day of what it takes back: money that a bank returns weeks later never came.
pub(super) fn payments(reader: &Reader, item: i64, today: NaiveDate) -> Result<Vec<(NaiveDate, i64)>> {
    cash_on(&reader.conn, item, today)
}

/// As [`payments`], inside an act too.
pub(in crate::store) fn cash_on(
    conn: &rusqlite::Connection,
    item: i64,
    today: NaiveDate,
) -> Result<Vec<(NaiveDate, i64)>> {
    let mut statement = conn.prepare_cached(
        "SELECT coalesce(o.effective, a.effective), a.amount FROM allocation a JOIN item c ON c.id = a.credit_item \
         LEFT JOIN allocation o ON o.id = a.reverses \
         WHERE a.debit_item = $1 AND c.kind = 4 AND a.effective <= $2 ORDER BY 1",
    )?;
    let day = iso(today);
    let rows = statement
        .query_map(rusqlite::params![item, day.as_str()], |row| Ok((read(row.get_ref(0)?.as_str()?), row.get(1)?)))?
        .collect::<rusqlite::Result<_>>()?;
    Ok(rows)
}
