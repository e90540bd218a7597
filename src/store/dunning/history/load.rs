//! Reads the past a replay decides from, in one pass a table.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::NaiveDate;
use rusqlite::{Connection, params};

use super::{Charged, Fall, Held, History, Past, Whose};
use crate::domain::dunning::{Customer, Hold, Sent};
use crate::domain::promise::Promise;
use crate::store::date::{iso, read};
use crate::store::dunning::charges::{Charge, Levels};
use crate::store::dunning::load::{Wanted, customers, decided_by_hand};
use crate::store::error::Result;
use crate::store::lookup::currency;
use crate::store::mail::NEVER_LEFT;
use crate::store::plans::{Which, plans};
use crate::store::read::accounts::leeway;
use crate::store::work::CONTACTED;

/// Where an item stands: customer and place.
type Places = HashMap<i64, (usize, usize)>;

fn item<'a>(history: &'a mut History, places: &Places, id: i64) -> Option<&'a mut Past> {
    let (customer, place) = places.get(&id)?;
    history.known.get_mut(*customer)?.items.get_mut(*place)
}

pub(super) fn all(conn: &Connection, from: NaiveDate) -> Result<History> {
    let mut history = History { from: Some(from), plans: plans(conn, Which::All)?, ..History::default() };
    let places = items(conn, from, &mut history)?;
    settled(conn, &mut history, &places)?;
    cases(conn, &mut history, &places)?;
    promises(conn, &mut history, &places)?;
    letters(conn, from, &mut history, &places)?;
    people(conn, &mut history)?;
    Ok(history)
}

/// Items open on the day or later, and those that were only known to be paid later.
fn items(conn: &Connection, from: NaiveDate, history: &mut History) -> Result<Places> {
    let first = iso(from);
    let known: i64 =
        conn.query_row("SELECT coalesce(max(id), 0) FROM act WHERE recorded_at < $1", [first.as_str()], |row| {
            row.get(0)
        })?;
    let (mut places, leeway) = (Places::new(), Arc::new(leeway(conn)?));
    let mut statement = conn.prepare_cached(
        "SELECT customer_id, id, document_id, currency, document_date, due_date, amount, act_id FROM item \
         WHERE closed_on >= $1 OR id IN (SELECT debit_item FROM allocation WHERE act_id > $2) \
           OR id IN (SELECT credit_item FROM allocation WHERE act_id > $2) \
         ORDER BY customer_id, currency, due_date, id",
    )?;
    let mut rows = statement.query(params![first.as_str(), known])?;
    while let Some(row) = rows.next()? {
        let text = |place| -> rusqlite::Result<String> { row.get(place) };
        let customer: i64 = row.get(0)?;
        if history.known.last().is_none_or(|last| last.customer.id != customer) {
            let customer = Customer { id: customer, ..Customer::default() };
            history.known.push(Whose { customer, ..Whose::default() });
        }
        let place = history.known.len() - 1;
        let items = &mut history.known[place].items;
        places.insert(row.get(1)?, (place, items.len()));
        items.push(Past {
            id: row.get(1)?,
            act: row.get(7)?,
            document: row.get(2)?,
            currency: currency(&text(3)?),
            dated: read(&text(4)?),
            due: read(&text(5)?),
            amount: row.get(6)?,
            settled: Vec::new(),
            disputed: Vec::new(),
            promises: Vec::new(),
            leeway: leeway.clone(),
            charged: None,
            by_hand: false,
            sent: Vec::new(),
        });
    }
    Ok(places)
}

fn settled(conn: &Connection, history: &mut History, places: &Places) -> Result<()> {
    let mut statement = conn.prepare_cached(
        "SELECT a.debit_item, a.credit_item, a.effective, a.amount, c.kind = 4, a.act_id, \
         coalesce(o.effective, a.effective) FROM allocation a JOIN item c ON c.id = a.credit_item \
         LEFT JOIN allocation o ON o.id = a.reverses ORDER BY a.id",
    )?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let (debit, credit): (i64, i64) = (row.get(0)?, row.get(1)?);
        if !places.contains_key(&debit) && !places.contains_key(&credit) {
            continue;
        }
        let (day, counts): (String, String) = (row.get(2)?, row.get(6)?);
        let (day, counts) = (read(&day), read(&counts));
        let fall = Fall { act: row.get(5)?, day, counts, amount: row.get(3)?, cash: row.get(4)? };
        for id in [debit, credit] {
            if let Some(past) = item(history, places, id) {
                past.settled.push(fall);
            }
        }
    }
    Ok(())
}

/// What a case holds back at each of its steps: its amount less what became of it until then.
fn cases(conn: &Connection, history: &mut History, places: &Places) -> Result<()> {
    let mut statement = conn.prepare_cached(
        "SELECT d.item_id, s.dispute_id, s.on_date, CASE WHEN s.state IN ('closed', 'void') THEN 0 ELSE d.amount - \
         (SELECT coalesce(sum(e.amount), 0) FROM dispute_effect e WHERE e.dispute_id = d.id AND e.act_id <= s.act_id) END, \
         s.act_id FROM dispute_step s JOIN dispute d ON d.id = s.dispute_id ORDER BY s.dispute_id, s.version",
    )?;
    let mut rows = statement.query([])?;
    let (mut case, mut held) = (0, 0);
    while let Some(row) = rows.next()? {
        let (of_item, of, day): (i64, i64, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
        if of != case {
            (case, held) = (of, 0);
        }
        let now: i64 = row.get(3)?;
        if now != held
            && let Some(past) = item(history, places, of_item)
        {
            past.disputed.push((row.get(4)?, read(&day), now - held));
        }
        held = now;
    }
    Ok(())
}

fn promises(conn: &Connection, history: &mut History, places: &Places) -> Result<()> {
    let mut statement = conn.prepare_cached(
        "SELECT item_id, amount, made_on, promised_on, ended_on, act_id FROM promise WHERE ended_why <> 'undone' ORDER BY id",
    )?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let Some(past) = item(history, places, row.get(0)?) else { continue };
        let (made, on): (String, String) = (row.get(2)?, row.get(3)?);
        let ended: Option<String> = row.get(4)?;
        let promise = Promise { made: Some(read(&made)), amount: row.get(1)?, date: read(&on), withdrawn: false };
        past.promises.push((row.get(5)?, promise, ended.map(|day| read(&day))));
    }
    Ok(())
}

/// Letters before the day, and what every letter charged.
fn letters(conn: &Connection, from: NaiveDate, history: &mut History, places: &Places) -> Result<()> {
    let mut customers: HashMap<i64, usize> = HashMap::new();
    for (place, whose) in history.known.iter().enumerate() {
        customers.insert(whose.customer.id, place);
    }
    let text = format!(
        "SELECT t.customer_id, t.letter_date, t.level, t.currency, p.name, l.item_id, l.fee, l.interest, \
         t.fee_document, t.interest_document, {NEVER_LEFT}, t.policy_id FROM letter t JOIN letter_line l ON l.letter_id = t.id \
         JOIN policy_version p ON p.id = t.policy_id ORDER BY l.id"
    );
    let mut statement = conn.prepare_cached(&text)?;
    let (mut of_document, mut levels) = (HashMap::<i64, Charged>::new(), Levels::default());
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let (customer, day, id): (i64, String, i64) = (row.get(0)?, row.get(1)?, row.get(5)?);
        let (day, level, code): (NaiveDate, u32, String) = (read(&day), row.get(2)?, row.get(3)?);
        if day < from && !row.get::<_, bool>(10)? {
            if let Some(past) = item(history, places, id) {
                past.sent.push(Sent { level, on: day, policy: row.get(4)?, fee: row.get::<_, i64>(6)? > 0 });
            }
            if let Some(whose) = customers.get(&customer).and_then(|place| history.known.get_mut(*place)) {
                whose.letter = whose.letter.max(Some(day));
            }
        }
        let letter = (customer, day, level, currency(&code));
        let whole = levels.charges_whole(conn, row.get(11)?, level)?;
        let fees = row.get::<_, Option<i64>>(8)?.map(|document| (document, row.get(6), whole));
        let interest = row.get::<_, Option<i64>>(9)?.map(|document| (document, row.get(7), false));
        for (document, amount, whole) in fees.into_iter().chain(interest) {
            let of = Charge { whole, parts: Vec::new() };
            of_document.entry(document).or_insert(Charged { letter, of }).of.parts.push((id, amount?));
        }
    }
    let own = decided_by_hand(conn)?;
    for past in history.known.iter_mut().flat_map(|whose| &mut whose.items) {
        past.charged = of_document.get(&past.document).cloned();
        past.by_hand = own.contains(&past.document);
    }
    Ok(())
}

/// Who customers are, what holds there were, and when they were spoken to.
fn people(conn: &Connection, history: &mut History) -> Result<()> {
    let now = customers(conn, Wanted { customer: None, today: NaiveDate::MAX, run: 0 })?;
    let mut now: HashMap<i64, Customer> = now.into_iter().map(|one| (one.id, one)).collect();
    for Whose { customer, .. } in &mut history.known {
        if let Some(known) = now.remove(&customer.id) {
            (customer.number, customer.traits) = (known.number, known.traits);
        } else {
            let wanted = Wanted { customer: Some(customer.id), today: NaiveDate::MAX, run: 0 };
            (customer.number, customer.traits) = super::super::load::traits_of(conn, wanted)?;
        }
    }
    let places: HashMap<i64, usize> =
        history.known.iter().enumerate().map(|(place, one)| (one.customer.id, place)).collect();
    let mut statement = conn.prepare_cached(
        "SELECT h.customer_id, h.id, h.item_id, h.kind, h.from_date, h.until_date, h.reason, h.act_id, e.act_id, e.on_date \
         FROM dunning_hold h LEFT JOIN dunning_hold_end e ON e.hold_id = h.id ORDER BY h.id",
    )?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let Some(place) = places.get(&row.get(0)?) else { continue };
        let (from, until, ended): (String, Option<String>, Option<String>) = (row.get(4)?, row.get(5)?, row.get(9)?);
        let hold = Hold {
            id: row.get(1)?,
            item: row.get(2)?,
            kind: row.get(3)?,
            from: read(&from),
            until: until.map(|day| read(&day)),
            reason: row.get(6)?,
        };
        let lifted: Option<i64> = row.get(8)?;
        let lifted = lifted.zip(ended.map(|day| read(&day)));
        history.known[*place].holds.push(Held { hold, placed: row.get(7)?, lifted });
    }
    let text = format!("SELECT a.customer_id, a.act_id, a.on_date FROM activity a WHERE {CONTACTED} ORDER BY a.id");
    let mut statement = conn.prepare_cached(&text)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let Some(place) = places.get(&row.get(0)?) else { continue };
        let day: String = row.get(2)?;
        history.known[*place].contacts.push((row.get(1)?, read(&day)));
    }
    Ok(())
}
