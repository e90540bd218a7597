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
use packed::Head;

mod events;
mod figures;
mod load;
mod packed;
mod withheld;

pub use figures::{Figures, Sums};

/// Number of buckets: not due, and five past due.
pub const BUCKETS: usize = 6;

/// Labels of the buckets by due date.
pub const LABELS: [&str; BUCKETS] = ["not due", "1-30", "31-60", "61-90", "91-120", "120+"];

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

/// Where a customer is kept while the book does not change. A book has tens of thousands of these and a session is one of
/// fifty, so each byte counts.
#[derive(Clone, Copy)]
struct Kept {
    /// Its id.
    id: i64,
    /// Where it begins in [`Accounts::packed`].
    at: u32,
    /// Where its name begins in [`Accounts::text`]. A space and its number follow, then its folded text.
    text: u32,
}

/// All customers on one day.
pub struct Accounts {
    /// The day.
    pub today: NaiveDate,
    /// By id.
    list: Vec<Kept>,
    packed: Vec<u8>,
    text: String,
    owners: Vec<Box<str>>,
    /// The book's currency first.
    currencies: Vec<Currency>,
    /// Customers read again since all were: what they were before is still there.
    again: usize,
}

impl Accounts {
    /// One customer.
    pub fn get(&self, id: i64) -> Option<One<'_>> {
        self.place(id).map(|place| Who { all: self, kept: &self.list[place] }.one())
    }

    /// All of them by id.
    pub fn iter(&self) -> impl Iterator<Item = One<'_>> {
        self.list.iter().map(|kept| Who { all: self, kept }.one())
    }

    /// The currency at a place; whatever is not there would be the book's.
    fn currency(&self, at: usize) -> Currency {
        self.currencies.get(at).or(self.currencies.first()).copied().unwrap_or(Currency::EUR)
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
        let found = guess.filter(|guess| self.list.get(*guess).is_some_and(|kept| kept.id == id));
        found.or_else(|| self.list.binary_search_by_key(&id, |kept| kept.id).ok())
    }
}

/// Which of [`Accounts`], with its texts: what a list of all of them is put in order with.
#[derive(Clone, Copy)]
pub struct Who<'a> {
    all: &'a Accounts,
    kept: &'a Kept,
}

/// One of [`Accounts`], with its figures and its texts.
#[derive(Clone, Copy)]
pub struct One<'a> {
    /// Which it is.
    pub who: Who<'a>,
    figures: Figures,
    /// Of how many currencies there are sums of its own, and those, packed.
    foreign: (usize, &'a [u8]),
}

impl<'a> Who<'a> {
    /// Its bytes, from its head on.
    fn bytes(self) -> &'a [u8] {
        self.all.packed.get(self.kept.at as usize..).unwrap_or_default()
    }

    fn head(self) -> Head {
        packed::head(&mut self.bytes())
    }

    /// It with its figures.
    pub fn one(self) -> One<'a> {
        let mut bytes = self.bytes();
        let head = packed::head(&mut bytes);
        let figures = packed::figures(&mut bytes, self.all.today, self.kept.id, self.all.currency(head.currency));
        One { who: self, figures, foreign: (head.foreign, bytes) }
    }

    /// Its id.
    pub fn id(self) -> i64 {
        self.kept.id
    }

    /// A part of the text, so far from its beginning.
    fn text(self, from: usize, length: usize) -> &'a str {
        let from = self.kept.text as usize + from;
        self.all.text.get(from..from + length).unwrap_or_default()
    }

    /// Its number.
    pub fn number(self) -> &'a str {
        let [name, number, _] = self.head().lengths;
        self.text(name + 1, number)
    }

    /// Its name.
    pub fn name(self) -> &'a str {
        self.text(0, self.head().lengths[0])
    }

    /// Name and number as searches compare them.
    pub fn folded(self) -> Cow<'a, str> {
        let [name, number, folded] = self.head().lengths;
        let both = name + 1 + number;
        match folded {
            0 => Cow::Owned(self.text(0, both).to_ascii_lowercase()),
            _ => Cow::Borrowed(self.text(both, folded)),
        }
    }

    /// Login of the owner.
    pub fn owner(self) -> &'a str {
        self.all.owners.get(self.head().owner).map_or("", |owner| owner)
    }
}

impl<'a> One<'a> {
    /// Its number.
    pub fn number(&self) -> &'a str {
        self.who.number()
    }

    /// Its name.
    pub fn name(&self) -> &'a str {
        self.who.name()
    }

    /// Name and number as searches compare them.
    pub fn folded(&self) -> Cow<'a, str> {
        self.who.folded()
    }

    /// Login of the owner.
    pub fn owner(&self) -> &'a str {
        self.who.owner()
    }

    /// What is open in one currency.
    pub fn in_currency(&self, wanted: Currency) -> Option<Sums> {
        self.in_currencies().find(|(currency, _)| *currency == wanted).map(|(_, sums)| sums)
    }

    /// What is open in each currency.
    pub fn in_currencies(&self) -> impl Iterator<Item = (Currency, Sums)> + use<'a> {
        let (base, all) = (self.figures.base, self.who.all);
        let only = (self.foreign.0 == 0 && base != Sums::default()).then_some((all.currency(0), base));
        only.into_iter().chain(self.foreign())
    }

    /// Its sums in each currency, where they are not those in the book's alone.
    fn foreign(&self) -> impl Iterator<Item = (Currency, Sums)> + use<'a> {
        let ((count, mut bytes), all) = (self.foreign, self.who.all);
        let foreign = std::iter::repeat_with(move || packed::sums(&mut bytes)).take(count);
        foreign.map(|(currency, sums)| (all.currency(currency), sums))
    }

    /// Whether a debit is open, with a rate or without.
    pub fn owes(&self) -> bool {
        self.base.debits() > 0 || self.no_rate && self.in_currencies().any(|(_, sums)| sums.debits() > 0)
    }

    /// The row of this customer, with what only rows that are shown need: terms, follow-up, how it pays.
    pub fn account(&self, reader: &Reader) -> Result<Account> {
        let mut statement = reader.conn.prepare_cached(
            "SELECT country, terms, next_what, coalesce(sum(paid_amount), 0), coalesce(sum(paid_days), 0), \
             coalesce(sum(late_days), 0) FROM customer LEFT JOIN standing ON customer_id = id WHERE id = $1",
        )?;
        Ok(statement.query_row([self.id], |row| {
            let paid = row.get(3)?;
            Ok(Account {
                figures: self.figures,
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
        &self.figures
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
