//! Reads every customer with what is open: the customers and the index of open items side by side, both in the order of
//! customers, so that only finished customers are kept, packed.

use std::collections::{HashMap, HashSet};

use chrono::{Duration, NaiveDate};

use super::events::{Events, disputes};
use super::packed::{self, Head};
use super::withheld::{Open, asked, withheld};
use super::{Accounts, BUCKETS, Figures, Kept, Sums, Who, damaged, in_proportion};
use crate::domain::money::Currency;
use crate::store::Reader;
use crate::store::date::{iso, never, read};
use crate::store::error::Result;
use crate::store::lookup::currency as stored_currency;
use crate::store::scan::Scan;

/// Customers with their open items, while the rest is added: what is promised, disputed, on hold. That is of few of them,
/// whose figures stand apart until all of it is there.
pub(super) struct Loading {
    accounts: Accounts,
    /// By the place of the customer.
    changed: HashMap<usize, Figures>,
}

impl Loading {
    /// The day.
    pub fn today(&self) -> NaiveDate {
        self.accounts.today
    }

    /// Where a customer stands.
    pub fn place(&self, id: i64) -> Option<usize> {
        self.accounts.place(id)
    }

    /// The figures of the customer at a place that there is, to change them.
    pub fn figures(&mut self, place: usize) -> &mut Figures {
        let all = &self.accounts;
        self.changed.entry(place).or_insert_with(|| Who { all, kept: &all.list[place] }.one().figures)
    }

    /// Packs those that were changed again, each in its place.
    fn done(self) -> Accounts {
        let Loading { accounts: mut all, changed } = self;
        let mut packed = Vec::with_capacity(all.packed.len() + changed.len() * 8);
        for at in 0..all.list.len() {
            let end = all.list.get(at + 1).map_or(all.packed.len(), |next| next.at as usize);
            let bytes = &all.packed[all.list[at].at as usize..end];
            all.list[at].at = place(packed.len());
            match changed.get(&at) {
                Some(figures) => packed::again(bytes, figures, all.today, &mut packed),
                None => packed.extend_from_slice(bytes),
            }
        }
        packed.shrink_to_fit();
        all.packed = packed;
        all.text.shrink_to_fit();
        all
    }
}

/// All customers on a day, or only these.
pub(super) fn load(reader: &Reader, today: NaiveDate, only: Option<&[i64]>) -> Result<Accounts> {
    let mut all = Accounts {
        today,
        list: Vec::new(),
        packed: Vec::new(),
        text: String::new(),
        owners: Vec::new(),
        currencies: vec![super::super::book::header(reader)?.currency],
        again: 0,
    };
    let count = match only {
        Some(ids) => ids.len() as u64,
        None => super::super::customers::count(reader)?,
    };
    all.list.reserve_exact(usize::try_from(count).unwrap_or(0));
    let asked = customers(reader, &mut all, only)?;
    let mut all = Loading { accounts: all, changed: HashMap::new() };
    let mut events = Events::default();
    withheld(reader, &mut all, only, (&asked, &mut events))?;
    disputes(reader, &mut all, &among("customer_id", only), &mut events)?;
    events.call_back(reader, &mut all)?;
    Ok(all.done())
}

/// Reads some customers again, after acts that changed no others. False where all should be read: a new customer, or
/// so many before that what they left behind takes room.
pub(super) fn follow(reader: &Reader, all: &mut Accounts, customers: &[i64]) -> Result<bool> {
    all.again += customers.len();
    if all.again > all.list.len() / 4 || customers.iter().any(|id| all.place(*id).is_none()) {
        return Ok(false);
    }
    let new = load(reader, all.today, Some(customers))?;
    for one in new.iter() {
        let Some(at) = all.place(one.id) else { return Ok(false) };
        let head = one.who.head();
        let text = place(all.text.len());
        all.text.push_str(one.who.text(0, 1 + head.lengths.iter().sum::<usize>()));
        let known = all.owners.iter().position(|owner| **owner == *one.owner());
        let owner = known.unwrap_or_else(|| {
            all.owners.push(one.owner().into());
            all.owners.len() - 1
        });
        let mut placed = |currency: Currency| {
            let known = all.currencies.iter().position(|known| *known == currency);
            known.unwrap_or_else(|| {
                all.currencies.push(currency);
                all.currencies.len() - 1
            })
        };
        let currency = placed(one.currency);
        let foreign: Vec<(usize, Sums)> = one.foreign().map(|(currency, sums)| (placed(currency), sums)).collect();
        all.list[at] = Kept { id: one.id, at: place(all.packed.len()), text };
        packed::pack(&Head { owner, currency, ..head }, &one, &foreign, all.today, &mut all.packed);
    }
    Ok(true)
}

/// A further condition where only some customers are wanted.
pub(super) fn among(column: &str, only: Option<&[i64]>) -> String {
    let ids = |ids: &[i64]| ids.iter().map(i64::to_string).collect::<Vec<_>>().join(", ");
    only.map_or_else(String::new, |only| format!("AND {column} IN ({})", ids(only)))
}

/// Customers and their open items, side by side. Gives those overdue items that letters ask for, with the place of their
/// customer.
fn customers(reader: &Reader, all: &mut Accounts, only: Option<&[i64]>) -> Result<Vec<(usize, Open)>> {
    let text = format!(
        "SELECT id, name, number, folded, owner, currency, credit_limit, risk, blocked, last_contact, next_on, done_on \
         FROM customer WHERE TRUE {} ORDER BY id",
        among("id", only)
    );
    let letters = asked(reader, all.today, only)?;
    let mut items = Items::of(reader, all.today, &among("customer_id", only), &letters)?;
    let mut row = Scan::new(&reader.conn, &text, &[])?;
    // Checked as a whole at the end, which is quicker than piece by piece.
    let mut texts_of_all = Vec::new();
    let mut owners: HashMap<Box<str>, usize> = HashMap::new();
    let mut now = Gathered::default();
    while row.next()? {
        let text = place(texts_of_all.len());
        let lengths = gather(&mut texts_of_all, row.bytes(1)?, row.bytes(2)?, row.bytes(3)?);
        let name = row.text(4)?;
        let owner = match owners.get(name) {
            Some(place) => *place,
            None => {
                all.owners.push(name.into());
                owners.insert(name.into(), all.owners.len() - 1);
                all.owners.len() - 1
            }
        };
        let id = row.int(0)?;
        let currency = currency_of(&mut all.currencies, row.bytes(5)?)?;
        now.clear();
        items.gather((id, all.list.len()), &mut all.currencies, &mut now)?;
        let day = |column: i32| -> Result<Option<NaiveDate>> { Ok(row.maybe_text(column)?.map(read)) };
        let own = now.sums.iter().find(|(place, _)| *place == currency);
        let figures = Figures {
            id,
            currency: all.currencies[currency],
            limit: row.maybe_int(6)?,
            in_own: own.map_or(0, |(_, sums)| sums.net()),
            risk: u8::try_from(row.int(7)?).unwrap_or(u8::MAX),
            blocked: row.int(8)? == 1,
            last_contact: day(9)?,
            next_on: day(10)?,
            done_on: day(11)?,
            base: now.base,
            no_rate: now.no_rate,
            unrated: now.unrated,
            oldest_due: (now.oldest != NEVER).then(|| day_of(now.oldest)),
            next_due: (now.next != NEVER).then(|| (day_of(now.next), now.next_amount)),
            disputed_overdue: now.disputed_overdue,
            ..Figures::NONE
        };
        // Sums in the book's currency alone are those in base and not kept twice.
        let foreign = if matches!(now.sums[..], [(0, _)]) { &[] } else { &now.sums[..] };
        let head = Head { lengths, owner, currency, foreign: foreign.len() };
        all.list.push(Kept { id, at: place(all.packed.len()), text });
        packed::pack(&head, &figures, foreign, all.today, &mut all.packed);
    }
    all.text = String::from_utf8(texts_of_all).map_err(|_| damaged())?;
    Ok(items.asked)
}

/// Adds name, number and folded text of a customer, the last only where it is not the first two in small letters, and
/// gives their lengths.
fn gather(all: &mut Vec<u8>, name: &[u8], number: &[u8], folded: &[u8]) -> [usize; 3] {
    let from = all.len();
    all.extend_from_slice(name);
    all.push(b' ');
    all.extend_from_slice(number);
    let same = all[from..].is_ascii() && all[from..].eq_ignore_ascii_case(folded);
    let folded = if same { &[] } else { folded };
    all.extend_from_slice(folded);
    [name, number, folded].map(<[u8]>::len)
}

/// The place of the currency of a code, known by it after the first time: reading a code takes longer than reading a row.
fn currency_of(known: &mut Vec<Currency>, code: &[u8]) -> Result<usize> {
    if let Some(found) = known.iter().position(|currency| currency.code().as_bytes() == code) {
        return Ok(found);
    }
    known.push(stored_currency(std::str::from_utf8(code).map_err(|_| damaged())?));
    Ok(known.len() - 1)
}

/// A place in a text or list; what lies beyond four billion would be unreadable, not wrong.
fn place(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

/// A stored day as the number its digits are, 20260316: days compare as these do.
fn digits(day: &[u8]) -> u32 {
    if day.len() != 10 {
        return NEVER;
    }
    let digit = |place: usize| u32::from(day[place].wrapping_sub(b'0') % 10);
    [0, 1, 2, 3, 5, 6, 8, 9].into_iter().fold(0, |number, place| number * 10 + digit(place))
}

const NEVER: u32 = 99_991_231;

fn day_of(digits: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt((digits / 10_000) as i32, digits / 100 % 100, digits % 100).unwrap_or_else(never)
}

/// What the items of one customer add up to, as they come.
struct Gathered {
    base: Sums,
    /// By the place of the currency.
    sums: Vec<(usize, Sums)>,
    no_rate: bool,
    unrated: u16,
    oldest: u32,
    next: u32,
    next_amount: i64,
    disputed_overdue: i64,
}

impl Default for Gathered {
    fn default() -> Gathered {
        Gathered {
            base: Sums::default(),
            sums: Vec::new(),
            no_rate: false,
            unrated: 0,
            oldest: NEVER,
            next: NEVER,
            next_amount: 0,
            disputed_overdue: 0,
        }
    }
}

impl Gathered {
    /// Nothing yet, in the same room.
    fn clear(&mut self) {
        let mut sums = std::mem::take(&mut self.sums);
        sums.clear();
        *self = Gathered { sums, ..Gathered::default() };
    }
}

/// The open items, customer by customer. Their index holds every column asked for and has the customers in order.
struct Items<'c> {
    row: Scan<'c>,
    /// Whose the item at hand is; nobody's after the last.
    customer: Option<i64>,
    today: u32,
    bounds: [u32; BUCKETS - 1],
    letters: &'c HashSet<i64>,
    /// Those overdue that letters ask for, with the place of their customer.
    asked: Vec<(usize, Open)>,
}

impl<'c> Items<'c> {
    fn of(reader: &'c Reader, today: NaiveDate, only: &str, letters: &'c HashSet<i64>) -> Result<Items<'c>> {
        let day = |back: i64| digits(iso(today - Duration::days(back)).as_str().as_bytes());
        let text = format!(
            "SELECT customer_id, currency, due_date, kind, open, disputed, open_base, id FROM item WHERE open <> 0 {only} \
             ORDER BY customer_id, currency, due_date"
        );
        let bounds = [0, 30, 60, 90, 120].map(day);
        let row = Scan::new(&reader.conn, &text, &[])?;
        let mut items = Items { row, customer: None, today: day(0), bounds, letters, asked: Vec::new() };
        items.step()?;
        Ok(items)
    }

    fn step(&mut self) -> Result<()> {
        self.customer = if self.row.next()? { Some(self.row.int(0)?) } else { None };
        Ok(())
    }

    /// Adds up the items of the next customer; those of customers that are not there are passed over.
    fn gather(&mut self, (id, place): (i64, usize), currencies: &mut Vec<Currency>, now: &mut Gathered) -> Result<()> {
        while let Some(customer) = self.customer.filter(|customer| *customer <= id) {
            if customer == id {
                self.add(place, currencies, now)?;
            }
            self.step()?;
        }
        Ok(())
    }

    fn add(&mut self, place: usize, currencies: &mut Vec<Currency>, now: &mut Gathered) -> Result<()> {
        let row = &self.row;
        let currency = currency_of(currencies, row.bytes(1)?)?;
        if now.sums.last().is_none_or(|(known, _)| *known != currency) {
            now.sums.push((currency, Sums::default()));
        }
        let due = digits(row.bytes(2)?);
        let (kind, open, disputed) = (row.int(3)?, row.int(4)?, row.int(5)?);
        let rated = row.maybe_int(6)?;
        now.no_rate |= rated.is_none();
        let base = rated.unwrap_or(0);
        let Some((_, sums)) = now.sums.last_mut() else { return Ok(()) };
        match kind {
            4 => {
                sums.unapplied += open;
                now.base.unapplied += base;
                return Ok(());
            }
            1 | 3 | 6 => {}
            _ => {
                sums.credits += open;
                now.base.credits += base;
                return Ok(());
            }
        }
        let bucket = self.bounds.iter().position(|bound| due >= *bound).unwrap_or(BUCKETS - 1);
        let disputed_base = in_proportion(disputed, open, base);
        for (sums, amount, disputed) in [(sums, open, disputed), (&mut now.base, base, disputed_base)] {
            sums.buckets[bucket] += amount;
            sums.disputed += disputed;
            sums.items += 1;
        }
        if due < self.today {
            if !self.letters.is_empty()
                && let item = row.int(7)?
                && self.letters.contains(&item)
            {
                self.asked.push((place, Open { item, open, base: rated, disputed }));
            }
            now.unrated = now.unrated.saturating_add(u16::from(rated.is_none() && open > disputed));
            now.disputed_overdue += disputed_base;
            now.oldest = now.oldest.min(due);
        } else if due < now.next {
            (now.next, now.next_amount) = (due, base);
        } else if due == now.next {
            now.next_amount += base;
        }
        Ok(())
    }
}
