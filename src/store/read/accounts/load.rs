//! Reads every customer with what is open, in one pass over the customers and one over the index of open items.

use std::collections::{HashMap, HashSet};

use chrono::{Duration, NaiveDate};

use super::events::{Events, disputes};
use super::withheld::{Open, asked, withheld};
use super::{Accounts, BUCKETS, Figures, Kept, Sums, damaged, in_proportion};
use crate::domain::money::Currency;
use crate::store::Reader;
use crate::store::date::{iso, never, read};
use crate::store::error::Result;
use crate::store::lookup::currency as stored_currency;
use crate::store::scan::Scan;

impl Accounts {
    /// Where the texts of a customer end.
    fn end_of(&self, kept: &Kept) -> usize {
        kept.text as usize + 1 + kept.lengths.iter().map(|length| usize::from(*length)).sum::<usize>()
    }
}

/// All customers on a day, or only these.
pub(super) fn load(reader: &Reader, today: NaiveDate, only: Option<&[i64]>) -> Result<Accounts> {
    let book = super::super::book::header(reader)?.currency;
    let mut all = Accounts {
        today,
        book,
        list: Vec::new(),
        text: String::new(),
        owners: Vec::new(),
        foreign: Vec::new(),
        again: 0,
    };
    let count = match only {
        Some(ids) => ids.len() as u64,
        None => super::super::customers::count(reader)?,
    };
    all.list.reserve_exact(usize::try_from(count).unwrap_or(0));
    customers(reader, &mut all, &among("id", only))?;
    let asked = open_items(reader, &mut all, &among("customer_id", only), &asked(reader, today, only)?)?;
    let mut events = Events::default();
    withheld(reader, &mut all, only, (&asked, &mut events))?;
    disputes(reader, &mut all, &among("customer_id", only), &mut events)?;
    events.call_back(reader, &mut all)?;
    all.text.shrink_to_fit();
    all.foreign.shrink_to_fit();
    Ok(all)
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
        let (text, end) = (place(all.text.len()), new.end_of(one.kept));
        all.text.push_str(new.text.get(one.kept.text as usize..end).unwrap_or_default());
        let known = all.owners.iter().position(|owner| **owner == *one.owner());
        let owner = known.unwrap_or_else(|| {
            all.owners.push(one.owner().into());
            all.owners.len() - 1
        });
        let from = place(all.foreign.len());
        let (first, last) = (one.kept.foreign.0 as usize, one.kept.foreign.1 as usize);
        all.foreign.extend_from_slice(&new.foreign[first..last]);
        let foreign = (from, place(all.foreign.len()));
        let lengths = one.kept.lengths;
        all.list[at] = Kept { figures: one.kept.figures, text, lengths, owner: place(owner), foreign };
    }
    Ok(true)
}

/// A further condition where only some customers are wanted.
pub(super) fn among(column: &str, only: Option<&[i64]>) -> String {
    let ids = |ids: &[i64]| ids.iter().map(i64::to_string).collect::<Vec<_>>().join(", ");
    only.map_or_else(String::new, |only| format!("AND {column} IN ({})", ids(only)))
}

fn customers(reader: &Reader, all: &mut Accounts, only: &str) -> Result<()> {
    let text = format!(
        "SELECT id, name, number, folded, owner, currency, credit_limit, risk, blocked, last_contact, next_on, done_on \
         FROM customer WHERE TRUE {only} ORDER BY id"
    );
    let mut row = Scan::new(&reader.conn, &text, &[])?;
    // Checked as a whole at the end, which is quicker than piece by piece.
    let mut texts_of_all = Vec::new();
    let mut owners: HashMap<Box<str>, u32> = HashMap::new();
    let mut currencies = vec![all.book];
    while row.next()? {
        let text = place(texts_of_all.len());
        let lengths = gather(&mut texts_of_all, row.bytes(1)?, row.bytes(2)?, row.bytes(3)?);
        let name = row.text(4)?;
        let owner = match owners.get(name) {
            Some(place) => *place,
            None => {
                let new = place(all.owners.len());
                all.owners.push(name.into());
                owners.insert(name.into(), new);
                new
            }
        };
        let currency = currency_of(&mut currencies, row.bytes(5)?)?;
        let day = |column: i32| -> Result<Option<NaiveDate>> { Ok(row.maybe_text(column)?.map(read)) };
        let figures = Figures {
            id: row.int(0)?,
            currency,
            limit: row.maybe_int(6)?,
            in_own: 0,
            risk: u8::try_from(row.int(7)?).unwrap_or(u8::MAX),
            blocked: row.int(8)? == 1,
            last_contact: day(9)?,
            next_on: day(10)?,
            done_on: day(11)?,
            base: Sums::default(),
            no_rate: false,
            oldest_due: None,
            next_due: None,
            promised: 0,
            promised_overdue: 0,
            disputed_overdue: 0,
            held_overdue: 0,
            asked_overdue: 0,
            promise_due: None,
            instalment_due: None,
            plan_default: None,
            promise_broken: None,
            dispute_rejected: false,
            dispute_answered: false,
            event_on: None,
            called_back: false,
            disputes: 0,
        };
        all.list.push(Kept { figures, text, lengths, owner, foreign: (0, 0) });
    }
    all.text = String::from_utf8(texts_of_all).map_err(|_| damaged())?;
    Ok(())
}

/// Adds name, number and folded text of a customer, the last only where it is not the first two in small letters, and
/// gives their lengths. What is longer than 65,535 bytes would be unreadable, not wrong.
fn gather(all: &mut Vec<u8>, name: &[u8], number: &[u8], folded: &[u8]) -> [u16; 3] {
    let from = all.len();
    all.extend_from_slice(name);
    all.push(b' ');
    all.extend_from_slice(number);
    let same = all[from..].is_ascii() && all[from..].eq_ignore_ascii_case(folded);
    let folded = if same { &[] } else { folded };
    all.extend_from_slice(folded);
    [name, number, folded].map(|text| u16::try_from(text.len()).unwrap_or(u16::MAX))
}

/// The currency of a code, known by it after the first time: reading a code takes longer than reading a row.
fn currency_of(known: &mut Vec<Currency>, code: &[u8]) -> Result<Currency> {
    if let Some(found) = known.iter().find(|currency| currency.code().as_bytes() == code) {
        return Ok(*found);
    }
    let new = stored_currency(std::str::from_utf8(code).map_err(|_| damaged())?);
    known.push(new);
    Ok(new)
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
    place: Option<usize>,
    base: Sums,
    sums: Vec<(Currency, Sums)>,
    no_rate: bool,
    oldest: u32,
    next: u32,
    next_amount: i64,
    disputed_overdue: i64,
}

impl Gathered {
    fn of(place: Option<usize>, sums: Vec<(Currency, Sums)>) -> Gathered {
        Gathered {
            place,
            base: Sums::default(),
            sums,
            no_rate: false,
            oldest: NEVER,
            next: NEVER,
            next_amount: 0,
            disputed_overdue: 0,
        }
    }

    /// Keeps it with its customer. Sums in the book's currency alone are those in base and not kept twice.
    fn keep(&mut self, all: &mut Accounts) {
        let Some(kept) = self.place.and_then(|place| all.list.get_mut(place)) else { return };
        let figures = &mut kept.figures;
        figures.base = self.base;
        figures.no_rate = self.no_rate;
        figures.oldest_due = (self.oldest != NEVER).then(|| day_of(self.oldest));
        figures.next_due = (self.next != NEVER).then(|| (day_of(self.next), self.next_amount));
        figures.disputed_overdue = self.disputed_overdue;
        let own = self.sums.iter().find(|(currency, _)| *currency == figures.currency);
        figures.in_own = own.map_or(0, |(_, sums)| sums.net());
        if !matches!(self.sums[..], [(only, _)] if only == all.book) {
            let from = place(all.foreign.len());
            all.foreign.extend_from_slice(&self.sums);
            kept.foreign = (from, place(all.foreign.len()));
        }
    }
}

/// The index of open items holds every column asked for and has the customers in order. Gives those overdue that letters
/// ask for, with the place of their customer.
fn open_items(reader: &Reader, all: &mut Accounts, only: &str, letters: &HashSet<i64>) -> Result<Vec<(usize, Open)>> {
    let day = |back: i64| digits(iso(all.today - Duration::days(back)).as_str().as_bytes());
    let (today, bounds) = (day(0), [0, 30, 60, 90, 120].map(day));
    let text = format!(
        "SELECT customer_id, currency, due_date, kind, open, disputed, open_base, id FROM item WHERE open <> 0 {only} \
         ORDER BY customer_id, currency, due_date"
    );
    let mut row = Scan::new(&reader.conn, &text, &[])?;
    let mut customer = i64::MIN;
    let mut currencies = vec![all.book];
    let mut now = Gathered::of(None, Vec::new());
    let mut asked = Vec::new();
    while row.next()? {
        let id = row.int(0)?;
        if id != customer {
            now.keep(all);
            customer = id;
            let mut sums = std::mem::take(&mut now.sums);
            sums.clear();
            now = Gathered::of(all.place(id), sums);
        }
        let code = row.bytes(1)?;
        if now.sums.last().is_none_or(|(currency, _)| currency.code().as_bytes() != code) {
            now.sums.push((currency_of(&mut currencies, code)?, Sums::default()));
        }
        let due = digits(row.bytes(2)?);
        let (kind, open, disputed) = (row.int(3)?, row.int(4)?, row.int(5)?);
        let base = row.maybe_int(6)?;
        now.no_rate |= base.is_none();
        let base = base.unwrap_or(0);
        let Some((_, sums)) = now.sums.last_mut() else { continue };
        match kind {
            4 => {
                sums.unapplied += open;
                now.base.unapplied += base;
                continue;
            }
            1 | 3 | 6 => {}
            _ => {
                sums.credits += open;
                now.base.credits += base;
                continue;
            }
        }
        let bucket = bounds.iter().position(|bound| due >= *bound).unwrap_or(BUCKETS - 1);
        let disputed_base = in_proportion(disputed, open, base);
        for (sums, amount, disputed) in [(sums, open, disputed), (&mut now.base, base, disputed_base)] {
            sums.buckets[bucket] += amount;
            sums.disputed += disputed;
            sums.items += 1;
        }
        if due < today {
            if !letters.is_empty()
                && let (item, Some(place)) = (row.int(7)?, now.place)
                && letters.contains(&item)
            {
                asked.push((place, Open { item, open, base, disputed }));
            }
            now.disputed_overdue += disputed_base;
            now.oldest = now.oldest.min(due);
        } else if due < now.next {
            (now.next, now.next_amount) = (due, base);
        } else if due == now.next {
            now.next_amount += base;
        }
    }
    now.keep(all);
    Ok(asked)
}
