//! Every customer with what is open, as of one day: the base of the worklist, the customers list and aging by customer.
//! Made once for a day and kept until the book changes; 20,000 customers with 100,000 open items take tens of
//! milliseconds.

use std::rc::Rc;
use std::sync::Arc;

use chrono::{Duration, NaiveDate};
use rust_decimal::Decimal;

use crate::domain::document::DocumentKind;
use crate::domain::money::{self, Currency};
use crate::domain::promise::{Leeway, Promise, State};
use crate::store::date::{iso, read};
use crate::store::error::Result;
use crate::store::kept::Map;
use crate::store::lookup::currency as stored_currency;
use crate::store::{Reader, StoreError};

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

/// A customer with what is open.
#[derive(Debug, Clone)]
pub struct Account {
    /// Its id.
    pub id: i64,
    /// Its number.
    pub number: Arc<str>,
    /// Its name.
    pub name: Arc<str>,
    /// Name and number as searches compare them.
    pub folded: Box<str>,
    /// Login of the owner.
    pub owner: Arc<str>,
    /// Country code.
    pub country: Arc<str>,
    /// The currency the customer is billed in.
    pub currency: Currency,
    /// Payment terms.
    pub terms: Arc<str>,
    /// Credit limit in minor units of `currency`.
    pub limit: Option<i64>,
    /// Risk, 0 good to 100 bad.
    pub risk: i64,
    /// Blocked for deliveries.
    pub blocked: bool,
    /// Day of the last call or e-mail.
    pub last_contact: Option<NaiveDate>,
    /// Follow-up date.
    pub next_on: Option<NaiveDate>,
    /// What to do then.
    pub next_what: Box<str>,
    /// Day it was set aside.
    pub done_on: Option<NaiveDate>,
    /// Sums in each currency with something open; empty where that is the book's alone, see [`Account::in_currencies`].
    sums: Vec<(Currency, Sums)>,
    /// The book's currency.
    book: Currency,
    /// Sums in the book's currency; items without a rate are left out.
    pub base: Sums,
    /// True when some item has no rate, so that `base` is not all.
    pub no_rate: bool,
    /// Due date of the oldest open debit.
    pub oldest_due: Option<NaiveDate>,
    /// Next due date from today on with the amount falling due, book's currency.
    pub next_due: Option<(NaiveDate, i64)>,
    /// Amount under promises that can still be kept, book's currency.
    pub promised: i64,
    /// Of it: overdue amount that is under such a promise.
    pub promised_overdue: i64,
    /// Of the disputed amount: past due, book's currency.
    pub disputed_overdue: i64,
    /// A promise is due today.
    pub promise_due: Option<NaiveDate>,
    /// The latest promise broken in the last 90 days.
    pub promise_broken: Option<NaiveDate>,
    /// A dispute was rejected in the last 14 days and nobody spoke to the customer since.
    pub dispute_rejected: bool,
    /// Number of open disputes.
    pub disputes: i64,
    /// Days from document date to closing, weighted by amount, over everything paid.
    pub days_to_pay: Option<i64>,
    /// Days past due at closing, weighted by amount, negative when early.
    pub days_late: Option<i64>,
}

impl Account {
    /// Days past due of the oldest open debit on a day; 0 when nothing is late.
    pub fn oldest_days(&self, today: NaiveDate) -> i64 {
        self.oldest_due.map_or(0, |due| (today - due).num_days().max(0))
    }

    /// Overdue, less what is disputed or under a promise that can still be kept: what is to be collected now.
    pub fn to_collect(&self) -> i64 {
        (self.base.overdue() - self.promised_overdue - self.disputed_overdue).max(0)
    }

    /// What is open in each currency.
    pub fn in_currencies(&self) -> impl Iterator<Item = (Currency, Sums)> {
        let only = (self.sums.is_empty() && self.base != Sums::default()).then_some((self.book, self.base));
        only.into_iter().chain(self.sums.iter().copied())
    }

    /// Exposure in thousandths of the credit limit. `None` without a limit; compares in the customer's currency.
    pub fn limit_use(&self) -> Option<i64> {
        let limit = self.limit?;
        let own = self.in_currencies().find(|(currency, _)| *currency == self.currency);
        let exposure = own.map_or(0, |(_, sums)| sums.net()).max(0);
        match (limit, exposure) {
            (0, 0) => Some(0),
            (0, _) => Some(9_999),
            _ => Some((i128::from(exposure) * 1_000 / i128::from(limit)).min(9_999) as i64),
        }
    }
}

/// All customers on one day.
pub struct Accounts {
    /// The day.
    pub today: NaiveDate,
    /// By id, which is also the order they were made in.
    pub list: Vec<Account>,
    /// Place of a customer in `list`.
    place: Map<i64, u32>,
}

impl Accounts {
    /// One customer.
    pub fn get(&self, id: i64) -> Option<&Account> {
        self.list.get(*self.place.get(&id)? as usize)
    }
}

/// All customers as of `today`, shared by the questions of this session until the book changes.
pub fn accounts(reader: &Reader, today: NaiveDate) -> Result<Rc<Accounts>> {
    reader.shared(&today.to_string(), || reader.snapshot(|| load(reader, today)))
}

fn load(reader: &Reader, today: NaiveDate) -> Result<Accounts> {
    let mut all =
        Accounts { today, list: customers(reader, super::book::header(reader)?.currency)?, place: Map::default() };
    all.place = all.list.iter().enumerate().map(|(place, account)| (account.id, place as u32)).collect();
    open_items(reader, &mut all)?;
    behaviour(reader, &mut all)?;
    promises(reader, &mut all)?;
    disputes(reader, &mut all)?;
    Ok(all)
}

/// Gives equal texts one place in memory.
#[derive(Default)]
struct Words(std::collections::HashMap<Box<str>, Arc<str>>);

impl Words {
    fn get(&mut self, text: &str) -> Arc<str> {
        if let Some(word) = self.0.get(text) {
            return word.clone();
        }
        let word: Arc<str> = text.into();
        self.0.insert(text.into(), word.clone());
        word
    }
}

fn customers(reader: &Reader, book: Currency) -> Result<Vec<Account>> {
    let mut statement = reader.conn.prepare_cached(
        "SELECT id, number, name, folded, owner, country, currency, terms, credit_limit, risk, blocked, last_contact, \
         next_on, next_what, done_on FROM customer ORDER BY id",
    )?;
    let mut words = Words::default();
    let mut rows = statement.query([])?;
    let count: i64 = reader.conn.prepare_cached("SELECT count(*) FROM customer")?.query_row([], |row| row.get(0))?;
    let mut list = Vec::with_capacity(usize::try_from(count).unwrap_or(0));
    let day = |text: Option<&str>| text.map(read);
    while let Some(row) = rows.next()? {
        let text = |place| -> Result<&str> { row.get_ref(place)?.as_str().map_err(|_| damaged()) };
        let maybe = |place| -> Result<Option<&str>> { row.get_ref(place)?.as_str_or_null().map_err(|_| damaged()) };
        list.push(Account {
            id: row.get(0)?,
            number: text(1)?.into(),
            name: text(2)?.into(),
            folded: text(3)?.into(),
            owner: words.get(text(4)?),
            country: words.get(text(5)?),
            currency: stored_currency(text(6)?),
            terms: words.get(text(7)?),
            limit: row.get(8)?,
            risk: row.get(9)?,
            blocked: row.get::<_, i64>(10)? == 1,
            last_contact: day(maybe(11)?),
            next_on: day(maybe(12)?),
            next_what: text(13)?.into(),
            done_on: day(maybe(14)?),
            sums: Vec::new(),
            book,
            base: Sums::default(),
            no_rate: false,
            oldest_due: None,
            next_due: None,
            promised: 0,
            promised_overdue: 0,
            disputed_overdue: 0,
            promise_due: None,
            promise_broken: None,
            dispute_rejected: false,
            disputes: 0,
            days_to_pay: None,
            days_late: None,
        });
    }
    Ok(list)
}

pub(super) fn damaged() -> StoreError {
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

fn open_items(reader: &Reader, all: &mut Accounts) -> Result<()> {
    let bounds = Bounds::new(all.today);
    let today = iso(all.today);
    let mut statement = reader.conn.prepare_cached(
        "SELECT customer_id, currency, due_date, kind, open, disputed, open_base FROM item WHERE open <> 0 \
         ORDER BY customer_id, currency, due_date",
    )?;
    let mut rows = statement.query([])?;
    let mut last: (i64, Option<usize>) = (0, None);
    let mut gathered: Vec<(Currency, Sums)> = Vec::new();
    while let Some(row) = rows.next()? {
        let customer: i64 = row.get(0)?;
        if last.0 != customer {
            keep_sums(all, last.1, &mut gathered);
            last = (customer, all.place.get(&customer).map(|place| *place as usize));
        }
        let Some(account) = last.1.and_then(|place| all.list.get_mut(place)) else { continue };
        let code = row.get_ref(1)?.as_str().map_err(|_| damaged())?;
        let due = row.get_ref(2)?.as_str().map_err(|_| damaged())?;
        let (kind, open, disputed): (i64, i64, i64) = (row.get(3)?, row.get(4)?, row.get(5)?);
        let base: Option<i64> = row.get(6)?;
        account.no_rate |= base.is_none();
        if gathered.last().is_none_or(|(currency, _)| currency.code() != code) {
            gathered.push((stored_currency(code), Sums::default()));
        }
        let base = base.unwrap_or(0);
        let Some((_, sums)) = gathered.last_mut() else { continue };
        for (sums, amount) in [(sums, open), (&mut account.base, base)] {
            match DocumentKind::from_code(kind) {
                Some(DocumentKind::Receipt) => sums.unapplied += amount,
                Some(DocumentKind::CreditNote | DocumentKind::WriteOff) => sums.credits += amount,
                _ => {
                    sums.buckets[bounds.bucket(due)] += amount;
                    sums.disputed += in_proportion(disputed, open, amount);
                    sums.items += 1;
                }
            }
        }
        if matches!(kind, 1 | 3 | 6) {
            if due < today.as_str() {
                account.disputed_overdue += in_proportion(disputed, open, base);
                // Rows of a currency come oldest first, so only the first late one of each is looked at closely.
                if account.oldest_due.is_none_or(|oldest| due < iso(oldest).as_str()) {
                    account.oldest_due = Some(read(due));
                }
            } else if account.next_due.is_none_or(|(next, _)| due < iso(next).as_str()) {
                account.next_due = Some((read(due), base));
            } else if let Some((next, amount)) = account.next_due.as_mut()
                && iso(*next).as_str() == due
            {
                *amount += base;
            }
        }
    }
    keep_sums(all, last.1, &mut gathered);
    Ok(())
}

/// Keeps a customer's sums by currency, unless they are those of the book's currency alone: what `base` says already
/// would be a tenth of the memory of a session.
fn keep_sums(all: &mut Accounts, place: Option<usize>, gathered: &mut Vec<(Currency, Sums)>) {
    if let Some(account) = place.and_then(|place| all.list.get_mut(place))
        && !matches!(gathered[..], [(only, _)] if only == account.book)
    {
        account.sums.reserve_exact(gathered.len());
        account.sums.extend_from_slice(gathered);
    }
    gathered.clear();
}

fn behaviour(reader: &Reader, all: &mut Accounts) -> Result<()> {
    // Rows come by customer; adding up the few currencies of one here is cheaper than grouping in SQL.
    let mut statement = reader
        .conn
        .prepare_cached("SELECT customer_id, paid_amount, paid_days, late_days FROM standing ORDER BY customer_id")?;
    let mut rows = statement.query([])?;
    let mut sums = (0i64, 0i64, 0i64, 0i64);
    while let Some(row) = rows.next()? {
        let customer: i64 = row.get(0)?;
        if customer != sums.0 {
            keep_behaviour(all, sums);
            sums = (customer, 0, 0, 0);
        }
        sums.1 += row.get::<_, i64>(1)?;
        sums.2 += row.get::<_, i64>(2)?;
        sums.3 += row.get::<_, i64>(3)?;
    }
    keep_behaviour(all, sums);
    Ok(())
}

/// Keeps a customer's mean days, weighted by amount and rounded half away from zero.
fn keep_behaviour(all: &mut Accounts, (customer, amount, days, late): (i64, i64, i64, i64)) {
    let Some(account) = all.place.get(&customer).and_then(|place| all.list.get_mut(*place as usize)) else { return };
    if amount > 0 {
        let mean = |sum: i64| {
            let doubled = i128::from(sum) * 2 + i128::from(amount) * i128::from(sum.signum());
            i64::try_from(doubled / (i128::from(amount) * 2)).ok()
        };
        account.days_to_pay = mean(days);
        account.days_late = mean(late);
    }
}

/// Days a promise may be late and still count.
pub const PROMISE_LEEWAY: Leeway = Leeway { days: 2, amount: 0 };

/// Promises that can still be kept, and those broken in the last 90 days.
fn promises(reader: &Reader, all: &mut Accounts) -> Result<()> {
    let today = all.today;
    let from = iso(today - Duration::days(90));
    let mut statement = reader.conn.prepare_cached(
        "SELECT p.customer_id, p.item_id, p.amount, p.made_on, p.promised_on, i.open, i.open_base, i.due_date \
         FROM promise p JOIN item i ON i.id = p.item_id WHERE p.ended_on IS NULL AND p.promised_on >= $1",
    )?;
    let mut rows = statement.query([from.as_str()])?;
    while let Some(row) = rows.next()? {
        let customer: i64 = row.get(0)?;
        let Some(place) = all.place.get(&customer).map(|place| *place as usize) else { continue };
        let text = |place| -> Result<&str> { row.get_ref(place)?.as_str().map_err(|_| damaged()) };
        let promise =
            Promise { made: Some(read(text(3)?)), amount: row.get(2)?, date: read(text(4)?), withdrawn: false };
        let (open, open_base): (i64, Option<i64>) = (row.get(5)?, row.get(6)?);
        let state = promise.state(&payments(reader, row.get(1)?)?, PROMISE_LEEWAY, today);
        let account = &mut all.list[place];
        match state {
            State::Open => {
                let part = in_proportion(promise.amount.min(open), open, open_base.unwrap_or(0));
                account.promised += part;
                if read(text(7)?) < today {
                    account.promised_overdue += part;
                }
                if promise.date <= today {
                    account.promise_due = Some(promise.date);
                }
            }
            State::Broken | State::PartlyKept => {
                account.promise_broken = account.promise_broken.max(Some(promise.date));
            }
            State::Kept | State::Withdrawn => {}
        }
    }
    Ok(())
}

/// What receipts paid on an item, by effective date; reversals are negative.
pub(super) fn payments(reader: &Reader, item: i64) -> Result<Vec<(NaiveDate, i64)>> {
    let mut statement = reader.conn.prepare_cached(
        "SELECT a.effective, a.amount FROM allocation a JOIN item c ON c.id = a.credit_item \
         WHERE a.debit_item = $1 AND c.kind = 4 ORDER BY a.effective",
    )?;
    let rows = statement
        .query_map([item], |row| Ok((read(row.get_ref(0)?.as_str()?), row.get(1)?)))?
        .collect::<rusqlite::Result<_>>()?;
    Ok(rows)
}

fn disputes(reader: &Reader, all: &mut Accounts) -> Result<()> {
    let since = iso(all.today - Duration::days(14));
    let mut statement = reader.conn.prepare_cached(
        "SELECT customer_id, state, accepted, decided_on FROM dispute \
         WHERE state NOT IN ('closed', 'void', 'confirmed') OR decided_on >= $1",
    )?;
    let mut rows = statement.query([since.as_str()])?;
    while let Some(row) = rows.next()? {
        let customer: i64 = row.get(0)?;
        let Some(account) = all.place.get(&customer).and_then(|place| all.list.get_mut(*place as usize)) else {
            continue;
        };
        let state: String = row.get(1)?;
        if state == "closed" {
            let decided: Option<String> = row.get(3)?;
            let decided = decided.as_deref().map(read);
            let told = account.last_contact.is_some_and(|last| decided.is_some_and(|decided| last >= decided));
            account.dispute_rejected |= row.get::<_, i64>(2)? == 0 && !told;
        } else if state != "void" {
            account.disputes += 1;
        }
    }
    Ok(())
}
