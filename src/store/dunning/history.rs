//! The book's own past, for trying a policy on it: what was open, disputed, promised and held on any day, from postings,
//! cases and promises by their dates. Letters are not taken from the book; whoever replays hands its own in.

use std::collections::HashMap;

use chrono::NaiveDate;
use rusqlite::Connection;

use super::load::{Wanted, customers};
use crate::domain::calendar::add_days;
use crate::domain::dunning::{Customer, Hold, Item, Origin, Sent};
use crate::domain::money::Currency;
use crate::domain::promise::{Leeway, Promise, State};
use crate::store::Reader;
use crate::store::date::{iso, read};
use crate::store::error::Result;
use crate::store::lookup::currency;
use crate::store::read::accounts::PROMISE_LEEWAY;

/// An item with everything that ever changed what may be asked for.
#[derive(Debug, Clone)]
struct Past {
    id: i64,
    document: i64,
    currency: Currency,
    dated: NaiveDate,
    due: NaiveDate,
    amount: i64,
    /// Days and amounts by which it fell; cash among them is told apart.
    settled: Vec<(NaiveDate, i64, bool)>,
    /// Days on which a disputed amount came or went.
    disputed: Vec<(NaiveDate, i64)>,
    /// Promises with the day they were ended by hand.
    promises: Vec<(Promise, Option<NaiveDate>)>,
}

/// The customers of the book with their past since a day.
#[derive(Debug, Default)]
pub struct History {
    known: Vec<(Customer, Vec<Past>)>,
    /// Contacts by customer: calls and e-mails, in order of days.
    contacts: HashMap<i64, Vec<NaiveDate>>,
}

/// What a replay remembers of the letters it sent: by item, and the last by customer.
#[derive(Debug, Default)]
pub struct Replayed {
    /// Letters of an item.
    pub sent: HashMap<i64, Vec<Sent>>,
    /// The day of a customer's last letter.
    pub last: HashMap<i64, NaiveDate>,
}

/// Reads the past of every item that was open on `from` or later. Fees and interest that letters charged are left out:
/// another policy would have charged others.
pub fn history(reader: &Reader, from: NaiveDate) -> Result<History> {
    reader.snapshot(|| load(&reader.conn, from))
}

fn load(conn: &Connection, from: NaiveDate) -> Result<History> {
    let first = iso(from);
    let mut history = History::default();
    let mut places: HashMap<i64, (usize, usize)> = HashMap::new();
    let mut statement = conn.prepare_cached(
        "SELECT customer_id, id, document_id, currency, document_date, due_date, amount FROM item WHERE closed_on >= $1 \
         AND document_id NOT IN (SELECT fee_document FROM letter WHERE fee_document IS NOT NULL \
           UNION SELECT interest_document FROM letter WHERE interest_document IS NOT NULL) ORDER BY customer_id, due_date, id",
    )?;
    let mut rows = statement.query([first.as_str()])?;
    while let Some(row) = rows.next()? {
        let text = |place| -> rusqlite::Result<String> { row.get(place) };
        let customer: i64 = row.get(0)?;
        if history.known.last().is_none_or(|(known, _)| known.id != customer) {
            history.known.push((Customer { id: customer, ..Customer::default() }, Vec::new()));
        }
        let place = history.known.len() - 1;
        let items = &mut history.known[place].1;
        places.insert(row.get(1)?, (place, items.len()));
        items.push(Past {
            id: row.get(1)?,
            document: row.get(2)?,
            currency: currency(&text(3)?),
            dated: read(&text(4)?),
            due: read(&text(5)?),
            amount: row.get(6)?,
            settled: Vec::new(),
            disputed: Vec::new(),
            promises: Vec::new(),
        });
    }
    settled(conn, &mut history, &places)?;
    cases(conn, &mut history, &places)?;
    promises(conn, &mut history, &places)?;
    people(conn, &mut history)?;
    Ok(history)
}

type Places = HashMap<i64, (usize, usize)>;

fn settled(conn: &Connection, history: &mut History, places: &Places) -> Result<()> {
    let mut statement = conn.prepare_cached(
        "SELECT a.debit_item, a.credit_item, a.effective, a.amount, c.kind = 4 FROM allocation a \
         JOIN item c ON c.id = a.credit_item ORDER BY a.id",
    )?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let (debit, credit, day): (i64, i64, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
        let (day, amount, cash) = (read(&day), row.get(3)?, row.get(4)?);
        for item in [debit, credit] {
            if let Some((customer, place)) = places.get(&item) {
                history.known[*customer].1[*place].settled.push((day, amount, cash));
            }
        }
    }
    Ok(())
}

fn cases(conn: &Connection, history: &mut History, places: &Places) -> Result<()> {
    let mut statement = conn.prepare_cached(
        "SELECT d.item_id, s.dispute_id, s.on_date, d.amount, s.state IN ('closed', 'void') FROM dispute_step s \
         JOIN dispute d ON d.id = s.dispute_id ORDER BY s.dispute_id, s.version",
    )?;
    let mut rows = statement.query([])?;
    let (mut case, mut open) = (0, false);
    while let Some(row) = rows.next()? {
        let (item, of, day): (i64, i64, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
        if of != case {
            (case, open) = (of, false);
        }
        let now = !row.get::<_, bool>(4)?;
        if now != open
            && let Some((customer, place)) = places.get(&item)
        {
            let amount: i64 = row.get(3)?;
            history.known[*customer].1[*place].disputed.push((read(&day), if now { amount } else { -amount }));
        }
        open = now;
    }
    Ok(())
}

fn promises(conn: &Connection, history: &mut History, places: &Places) -> Result<()> {
    let mut statement = conn.prepare_cached(
        "SELECT item_id, amount, made_on, promised_on, ended_on FROM promise WHERE ended_why <> 'undone' ORDER BY id",
    )?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let Some((customer, place)) = places.get(&row.get(0)?) else { continue };
        let (made, on): (String, String) = (row.get(2)?, row.get(3)?);
        let ended: Option<String> = row.get(4)?;
        let promise = Promise { made: Some(read(&made)), amount: row.get(1)?, date: read(&on), withdrawn: false };
        history.known[*customer].1[*place].promises.push((promise, ended.map(|day| read(&day))));
    }
    Ok(())
}

/// Who customers are, what holds there were, and when they were spoken to.
fn people(conn: &Connection, history: &mut History) -> Result<()> {
    let today = NaiveDate::MAX;
    let now = customers(conn, Wanted { customer: None, today, run: 0 })?;
    let mut now: HashMap<i64, Customer> = now.into_iter().map(|one| (one.id, one)).collect();
    for (customer, _) in &mut history.known {
        if let Some(known) = now.remove(&customer.id) {
            (customer.number, customer.traits) = (known.number, known.traits);
        } else {
            let mut statement = conn.prepare_cached("SELECT number FROM customer WHERE id = $1")?;
            customer.number = statement.query_row([customer.id], |row| row.get(0))?;
        }
    }
    let places: HashMap<i64, usize> =
        history.known.iter().enumerate().map(|(place, (one, _))| (one.id, place)).collect();
    let mut statement = conn.prepare_cached(
        "SELECT h.customer_id, h.id, h.item_id, h.kind, h.from_date, \
         coalesce(min(h.until_date, coalesce(e.on_date, h.until_date)), h.until_date, e.on_date), h.reason \
         FROM dunning_hold h LEFT JOIN dunning_hold_end e ON e.hold_id = h.id ORDER BY h.id",
    )?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let Some(place) = places.get(&row.get(0)?) else { continue };
        let (from, until): (String, Option<String>) = (row.get(4)?, row.get(5)?);
        history.known[*place].0.holds.push(Hold {
            id: row.get(1)?,
            item: row.get(2)?,
            kind: row.get(3)?,
            from: read(&from),
            until: until.map(|day| read(&day)),
            reason: row.get(6)?,
        });
    }
    let mut statement = conn.prepare_cached(
        "SELECT customer_id, on_date FROM activity WHERE kind IN ('call', 'e-mail') ORDER BY customer_id, on_date",
    )?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let day: String = row.get(1)?;
        history.contacts.entry(row.get(0)?).or_default().push(read(&day));
    }
    Ok(())
}

impl Past {
    fn open(&self, day: NaiveDate) -> i64 {
        let settled: i64 = self.settled.iter().filter(|one| one.0 <= day).map(|one| one.1).sum();
        if self.amount < 0 { self.amount + settled } else { self.amount - settled }
    }

    fn promised(&self, day: NaiveDate, leeway: Leeway) -> Option<NaiveDate> {
        let cash = || self.settled.iter().filter(|one| one.2).map(|one| (one.0, one.1)).collect::<Vec<_>>();
        let open = self.promises.iter().filter(|(promise, ended)| {
            promise.made.is_none_or(|made| made <= day)
                && ended.is_none_or(|ended| ended > day)
                && day <= add_days(promise.date, leeway.days)
                && promise.state(&cash(), leeway, day) == State::Open
        });
        open.map(|(promise, _)| promise.until(leeway)).max()
    }
}

impl History {
    /// The customers with something open on a day, as they stood then, with the letters a replay has sent.
    pub fn on(&self, day: NaiveDate, replayed: &Replayed) -> Vec<Customer> {
        let customer = |(known, items): &(Customer, Vec<Past>)| {
            let items: Vec<Item> = items
                .iter()
                .filter(|past| past.dated <= day)
                .filter_map(|past| {
                    let open = past.open(day);
                    let disputed: i64 = past.disputed.iter().filter(|one| one.0 <= day).map(|one| one.1).sum();
                    (open != 0).then(|| Item {
                        id: past.id,
                        document: past.document,
                        currency: past.currency,
                        due: past.due,
                        open,
                        disputed: disputed.clamp(0, open.max(0)),
                        promised_until: past.promised(day, PROMISE_LEEWAY),
                        origin: Origin::Trade,
                        sent: replayed.sent.get(&past.id).cloned().unwrap_or_default(),
                    })
                })
                .collect();
            let contacts = self.contacts.get(&known.id);
            let contact = contacts.and_then(|days| days.iter().rev().find(|on| **on <= day)).copied();
            let last_contact = contact.max(replayed.last.get(&known.id).copied());
            (!items.is_empty()).then(|| Customer { last_contact, items, ..known.clone() })
        };
        self.known.iter().filter_map(customer).collect()
    }
}
