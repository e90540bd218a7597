//! What dunning is decided from, read in one pass a table: open items with their promises, disputes and letters, holds,
//! last contacts, policies and who is under which. The same for a whole run, for one customer, and inside an act.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::charges::charges;
use crate::domain::calendar::add_days;
use crate::domain::dunning::{
    Assignment, Customer, Decision, Hold, Item, Origin, Policy, Scope, Segment, Sent, choose, decide,
};
use crate::domain::money::Currency;
use crate::domain::promise::{Promise, State};
use crate::store::date::{iso, read};
use crate::store::error::{Result, StoreError};
use crate::store::lookup::currency;
use crate::store::mail::{NEVER_LEFT, WAITS_TO_LEAVE};
use crate::store::plans::{Which, plans};
use crate::store::read::accounts::{cash_on, leeway};
use crate::store::read::worklist::grade;
use crate::store::work::CONTACTED;
use crate::store::{Reader, Tx};

/// A version of a policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyRow {
    /// Its row.
    pub id: i64,
    /// The version, from 1.
    pub version: i64,
    /// The policy.
    pub policy: Policy,
}

/// The policies in force and who is under which.
#[derive(Debug, Clone, Default)]
pub struct Rules {
    /// The newest version of each policy, by name.
    pub rows: Vec<PolicyRow>,
    /// The same policies alone, in the same places.
    pub policies: Vec<Policy>,
    /// The last assignment of each scope, in the order they were made.
    pub assignments: Vec<Assignment>,
    /// Invoices with an assignment of their own.
    own: HashSet<i64>,
}

impl Rules {
    fn place(&self, name: &str) -> Option<usize> {
        self.policies.iter().position(|policy| policy.name == name)
    }

    /// Puts another policy in the place of the one of its name, or gives the company it where there is none.
    pub fn with(mut self, policy: Policy) -> Rules {
        match self.place(&policy.name) {
            Some(place) => self.policies[place] = policy,
            None => {
                self.assignments.retain(|one| one.scope != Scope::Company);
                self.assignments.push(Assignment { scope: Scope::Company, policy: policy.name.clone() });
                self.policies.push(policy);
            }
        }
        self
    }

    /// Decides about a customer on a day.
    pub fn decide(&self, customer: &Customer, today: NaiveDate) -> Decision {
        let wide = choose(&self.assignments, customer, 0).and_then(|name| self.place(name));
        let of = |item: &Item| match self.own.contains(&item.document) {
            true => choose(&self.assignments, customer, item.document).and_then(|name| self.place(name)),
            false => wide,
        };
        decide(customer, &self.policies, of, today)
    }
}

/// The policies in force.
pub fn rules(conn: &Connection) -> Result<Rules> {
    let mut statement = conn.prepare_cached(
        "SELECT p.id, p.version, p.data FROM policy_version p WHERE NOT EXISTS \
         (SELECT 1 FROM policy_version q WHERE q.name = p.name AND q.version > p.version) ORDER BY p.name",
    )?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get::<_, String>(2)?)))?;
    let rows = rows.map(|row| row.map_err(Into::into).and_then(policy)).collect::<Result<Vec<_>>>()?;
    let policies: Vec<Policy> = rows.iter().map(|row| row.policy.clone()).collect();
    let assignments = assignments(conn)?;
    let documents = assignments.iter().filter_map(|one| match one.scope {
        Scope::Invoice(id) => Some(id),
        _ => None,
    });
    let own = documents.collect();
    Ok(Rules { rows, policies, assignments, own })
}

fn policy((id, version, data): (i64, i64, String)) -> Result<PolicyRow> {
    let policy = serde_json::from_str(&data).map_err(|_| {
        StoreError::refused("DB-15", format!("Version {version} of a policy (row {id}) cannot be read back."))
    })?;
    Ok(PolicyRow { id, version, policy })
}

/// A version of a policy by its row.
pub fn policy_row(conn: &Connection, id: i64) -> Result<Option<PolicyRow>> {
    let found = conn
        .prepare_cached("SELECT id, version, data FROM policy_version WHERE id = $1")?
        .query_row([id], |row| Ok((row.get(0)?, row.get(1)?, row.get::<_, String>(2)?)))
        .optional()?;
    found.map(policy).transpose()
}

/// Runs of which a letter may still give time to pay on a day: not ended, or not longer ago than the longest time that a
/// level of any policy gave.
pub(in crate::store) fn recent_runs(conn: &Connection, today: NaiveDate) -> Result<Vec<i64>> {
    let any: bool = conn.prepare_cached("SELECT EXISTS (SELECT 1 FROM letter)")?.query_row([], |row| row.get(0))?;
    if !any {
        return Ok(Vec::new());
    }
    let mut statement = conn.prepare_cached("SELECT id, version, data FROM policy_version")?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get::<_, String>(2)?)))?;
    let mut longest = 0;
    for row in rows {
        longest = policy(row?)?.policy.levels.iter().map(|level| level.payment_days).fold(longest, i64::max);
    }
    let mut statement = conn.prepare_cached(
        "SELECT r.id FROM dunning_run r WHERE NOT EXISTS (SELECT 1 FROM dunning_step s WHERE s.run_id = r.id \
         AND s.what IN ('sent', 'cancelled', 'superseded') AND s.on_date < $1) ORDER BY r.id",
    )?;
    let rows = statement.query_map([iso(add_days(today, -longest)).as_str()], |row| row.get(0))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

fn assignments(conn: &Connection) -> Result<Vec<Assignment>> {
    let mut statement = conn
        .prepare_cached("SELECT scope, segment, customer_id, document_id, policy FROM policy_assignment ORDER BY id")?;
    let rows = statement.query_map([], |row| {
        let scope = match row.get_ref(0)?.as_str()? {
            "segment" => Scope::Segment(row.get(1)?),
            "customer" => Scope::Customer(row.get::<_, Option<i64>>(2)?.unwrap_or(0)),
            "invoice" => Scope::Invoice(row.get::<_, Option<i64>>(3)?.unwrap_or(0)),
            _ => Scope::Company,
        };
        Ok(Assignment { scope, policy: row.get(4)? })
    })?;
    let mut last: Vec<Assignment> = Vec::new();
    for row in rows {
        let row = row?;
        last.retain(|known| known.scope != row.scope);
        last.push(row);
    }
    Ok(last)
}

/// Whose facts are wanted, as of which day.
#[derive(Debug, Clone, Copy)]
pub struct Wanted {
    /// One customer, or all with something open.
    pub customer: Option<i64>,
    /// The day.
    pub today: NaiveDate,
    /// Letters of this run count for nothing yet: it is being sent, and each is decided as if it were the first.
    pub run: i64,
}

/// Customers with something open and what is decided from.
pub fn customers(conn: &Connection, wanted: Wanted) -> Result<Vec<Customer>> {
    let mut list = items(conn, wanted)?;
    let places: HashMap<i64, usize> = list.iter().enumerate().map(|(place, one)| (one.id, place)).collect();
    traits(conn, wanted, &mut list, &places)?;
    contacts(conn, wanted, &mut list, &places)?;
    letters(conn, wanted, &mut list, &places)?;
    promises(conn, wanted, &mut list, &places)?;
    planned(conn, wanted, &mut list, &places)?;
    charges(conn, wanted, &mut list, &places)?;
    holds(conn, wanted, &mut list, &places)?;
    by_hand(conn, &mut list)?;
    Ok(list)
}

/// Every customer with what segments ask for, whether or not anything of it is open.
pub fn everyone(conn: &Connection) -> Result<Vec<Customer>> {
    let mut statement = conn.prepare_cached("SELECT id FROM customer ORDER BY id")?;
    let ids: Vec<i64> = statement.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
    let mut list: Vec<Customer> = ids.into_iter().map(|id| Customer { id, ..Customer::default() }).collect();
    let places: HashMap<i64, usize> = list.iter().enumerate().map(|(place, one)| (one.id, place)).collect();
    traits(conn, Wanted { customer: None, today: NaiveDate::MAX, run: 0 }, &mut list, &places)?;
    Ok(list)
}

/// Only the customers of a segment; all for an empty one.
pub fn of_segment(mut list: Vec<Customer>, segment: &str) -> std::result::Result<Vec<Customer>, String> {
    if !segment.is_empty() {
        let segment = Segment::parse(segment)?;
        list.retain(|customer| segment.has(customer));
    }
    Ok(list)
}

/// A condition on a column where one customer is wanted: the parameter of this place is the customer, or null.
pub(super) fn only(wanted: Wanted, column: &str, place: u8) -> String {
    if wanted.customer.is_some() { format!("{column} = ${place}") } else { format!("${place} IS NULL") }
}

fn items(conn: &Connection, wanted: Wanted) -> Result<Vec<Customer>> {
    let text = format!(
        "SELECT customer_id, id, document_id, currency, due_date, open, disputed FROM item \
         WHERE open <> 0 AND {} ORDER BY customer_id, currency, due_date, id",
        only(wanted, "customer_id", 1)
    );
    let mut statement = conn.prepare_cached(&text)?;
    let mut rows = statement.query([wanted.customer])?;
    let mut list: Vec<Customer> = Vec::new();
    while let Some(row) = rows.next()? {
        let id: i64 = row.get(0)?;
        if list.last().is_none_or(|last| last.id != id) {
            list.push(Customer { id, ..Customer::default() });
        }
        let item = Item {
            id: row.get(1)?,
            document: row.get(2)?,
            currency: money(row, 3)?,
            due: day(row, 4)?,
            open: row.get(5)?,
            disputed: row.get(6)?,
            promised_until: None,
            planned_until: None,
            origin: Origin::Trade,
            sent: Vec::new(),
            in_outbox: false,
            untold: false,
            by_hand: false,
        };
        if let Some(last) = list.last_mut() {
            last.items.push(item);
        }
    }
    Ok(list)
}

fn day(row: &Row<'_>, place: usize) -> rusqlite::Result<NaiveDate> {
    Ok(read(row.get_ref(place)?.as_str()?))
}

fn maybe_day(row: &Row<'_>, place: usize) -> rusqlite::Result<Option<NaiveDate>> {
    Ok(row.get_ref(place)?.as_str_or_null()?.map(read))
}

fn money(row: &Row<'_>, place: usize) -> rusqlite::Result<Currency> {
    Ok(currency(row.get_ref(place)?.as_str()?))
}

pub(super) type Places = HashMap<i64, usize>;

pub(super) fn item_of<'a>(list: &'a mut [Customer], places: &Places, customer: i64, item: i64) -> Option<&'a mut Item> {
    list[*places.get(&customer)?].items.iter_mut().find(|one| one.id == item)
}

fn traits(conn: &Connection, wanted: Wanted, list: &mut [Customer], places: &Places) -> Result<()> {
    let text = format!(
        "SELECT id, number, country, currency, group_name, language, owner, risk FROM customer WHERE {}",
        only(wanted, "id", 1)
    );
    let mut statement = conn.prepare_cached(&text)?;
    let mut rows = statement.query([wanted.customer])?;
    while let Some(row) = rows.next()? {
        let Some(place) = places.get(&row.get(0)?) else { continue };
        let customer = &mut list[*place];
        customer.number = row.get(1)?;
        customer.traits = vec![
            ("customer", customer.number.clone()),
            ("country", row.get(2)?),
            ("currency", row.get(3)?),
            ("group", row.get(4)?),
            ("language", row.get(5)?),
            ("owner", row.get(6)?),
            ("risk", grade(row.get::<_, i64>(7)?).to_owned()),
        ];
    }
    Ok(())
}

/// When each was last spoken or written to by hand.
fn contacts(conn: &Connection, wanted: Wanted, list: &mut [Customer], places: &Places) -> Result<()> {
    let text = format!(
        "SELECT a.customer_id, max(a.on_date) FROM activity a WHERE {CONTACTED} AND {} GROUP BY a.customer_id",
        only(wanted, "a.customer_id", 1)
    );
    let mut statement = conn.prepare_cached(&text)?;
    let mut rows = statement.query([wanted.customer])?;
    while let Some(row) = rows.next()? {
        if let Some(place) = places.get(&row.get(0)?) {
            list[*place].last_contact = maybe_day(row, 1)?;
        }
    }
    Ok(())
}

/// Number and traits of one customer, whether or not anything of it is open.
pub(super) fn traits_of(conn: &Connection, wanted: Wanted) -> Result<(String, Vec<(&'static str, String)>)> {
    let id = wanted.customer.unwrap_or(0);
    let mut list = vec![Customer { id, ..Customer::default() }];
    traits(conn, wanted, &mut list, &HashMap::from([(id, 0)]))?;
    Ok(list.pop().map(|one| (one.number, one.traits)).unwrap_or_default())
}

fn letters(conn: &Connection, wanted: Wanted, list: &mut [Customer], places: &Places) -> Result<()> {
    let text = format!(
        "SELECT t.customer_id, l.item_id, l.level, t.letter_date, p.name, l.fee > 0, {WAITS_TO_LEAVE} FROM letter t \
         JOIN letter_line l ON l.letter_id = t.id JOIN policy_version p ON p.id = t.policy_id \
         JOIN item i ON i.id = l.item_id WHERE i.open <> 0 AND t.run_id <> $1 AND {} AND NOT {NEVER_LEFT} ORDER BY l.id",
        only(wanted, "t.customer_id", 2)
    );
    let mut statement = conn.prepare_cached(&text)?;
    let mut rows = statement.query(params![wanted.run, wanted.customer])?;
    while let Some(row) = rows.next()? {
        let Some(item) = item_of(list, places, row.get(0)?, row.get(1)?) else { continue };
        item.sent.push(Sent { level: row.get(2)?, on: day(row, 3)?, policy: row.get(4)?, fee: row.get(5)? });
        item.in_outbox = row.get(6)?;
    }
    let text = format!(
        "SELECT t.customer_id, max(t.letter_date) FROM letter t WHERE t.run_id <> $1 AND {} AND NOT {NEVER_LEFT} \
         GROUP BY t.customer_id",
        only(wanted, "t.customer_id", 2)
    );
    let mut statement = conn.prepare_cached(&text)?;
    let mut rows = statement.query(params![wanted.run, wanted.customer])?;
    while let Some(row) = rows.next()? {
        if let Some(place) = places.get(&row.get(0)?) {
            let on = maybe_day(row, 1)?;
            list[*place].last_contact = list[*place].last_contact.max(on);
        }
    }
    Ok(())
}

fn promises(conn: &Connection, wanted: Wanted, list: &mut [Customer], places: &Places) -> Result<()> {
    let text = format!(
        "SELECT p.customer_id, p.item_id, p.amount, p.made_on, p.promised_on FROM promise p JOIN item i ON i.id = p.item_id \
         WHERE p.promised_on >= $1 AND p.ended_on IS NULL AND i.open <> 0 AND {} ORDER BY p.id",
        only(wanted, "p.customer_id", 2)
    );
    let mut statement = conn.prepare_cached(&text)?;
    let leeway = leeway(conn)?;
    let first = iso(leeway.earliest_open(wanted.today));
    let mut rows = statement.query(params![first.as_str(), wanted.customer])?;
    while let Some(row) = rows.next()? {
        let (customer, id): (i64, i64) = (row.get(0)?, row.get(1)?);
        let promise = Promise { made: Some(day(row, 3)?), amount: row.get(2)?, date: day(row, 4)?, withdrawn: false };
        if promise.state(&cash_on(conn, id, wanted.today)?, &leeway, wanted.today) == State::Open
            && let Some(item) = item_of(list, places, customer, id)
        {
            item.promised_until = item.promised_until.max(Some(promise.until(&leeway)));
        }
    }
    Ok(())
}

/// Items in a plan in good standing, until the calendar alone would put it in default.
fn planned(conn: &Connection, wanted: Wanted, list: &mut [Customer], places: &Places) -> Result<()> {
    let only = wanted.customer.map(|customer| [customer]);
    for stored in plans(conn, Which::Live(only.as_ref().map(|ids| &ids[..])))? {
        let now = stored.plan.standing(wanted.today);
        let Some(breaks) = now.breaks_on else { continue };
        for ((item, _), _) in stored.items.iter().zip(&now.left_of).filter(|(_, left)| **left > 0) {
            if let Some(item) = item_of(list, places, stored.customer, *item) {
                item.planned_until = item.planned_until.max(Some(breaks));
            }
        }
    }
    Ok(())
}

/// Marks the items whose document somebody gave a policy of its own.
fn by_hand(conn: &Connection, list: &mut [Customer]) -> Result<()> {
    let own = decided_by_hand(conn)?;
    if own.is_empty() {
        return Ok(());
    }
    for item in list.iter_mut().flat_map(|customer| &mut customer.items) {
        item.by_hand = own.contains(&item.document);
    }
    Ok(())
}

/// Documents that were ever given a policy of their own.
pub(super) fn decided_by_hand(conn: &Connection) -> Result<HashSet<i64>> {
    let mut statement = conn.prepare_cached("SELECT document_id FROM policy_assignment WHERE scope = 'invoice'")?;
    let rows = statement.query_map([], |row| row.get(0))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

fn holds(conn: &Connection, wanted: Wanted, list: &mut [Customer], places: &Places) -> Result<()> {
    let text = format!(
        "SELECT h.customer_id, h.id, h.item_id, h.kind, h.from_date, h.until_date, h.reason FROM dunning_hold h \
         WHERE NOT EXISTS (SELECT 1 FROM dunning_hold_end e WHERE e.hold_id = h.id) AND {} ORDER BY h.id",
        only(wanted, "h.customer_id", 1)
    );
    let mut statement = conn.prepare_cached(&text)?;
    let mut rows = statement.query([wanted.customer])?;
    while let Some(row) = rows.next()? {
        let Some(place) = places.get(&row.get(0)?) else { continue };
        list[*place].holds.push(Hold {
            id: row.get(1)?,
            item: row.get(2)?,
            kind: row.get(3)?,
            from: day(row, 4)?,
            until: maybe_day(row, 5)?,
            reason: row.get(6)?,
        });
    }
    Ok(())
}

impl Tx<'_> {
    /// As [`rules`], inside an act.
    pub fn dunning_rules(&self) -> Result<Rules> {
        rules(self.conn)
    }

    /// As [`customers`], inside an act.
    pub fn dunning_facts(&self, wanted: Wanted) -> Result<Vec<Customer>> {
        customers(self.conn, wanted)
    }

    /// The act that wrote the newest version of a policy.
    pub fn policy_act(&self, name: &str) -> Result<Option<i64>> {
        let text = "SELECT act_id FROM policy_version WHERE name = $1 ORDER BY version DESC LIMIT 1";
        Ok(self.conn.prepare_cached(text)?.query_row([name], |row| row.get(0)).optional()?)
    }

    /// A version of a policy by its row.
    pub fn policy_row(&self, id: i64) -> Result<Option<PolicyRow>> {
        policy_row(self.conn, id)
    }
}

/// The policies in force, for verbs and screens.
pub fn rules_of(reader: &Reader) -> Result<Rules> {
    rules(&reader.conn)
}

/// What is decided from, for verbs and screens.
pub fn facts_of(reader: &Reader, wanted: Wanted) -> Result<Vec<Customer>> {
    customers(&reader.conn, wanted)
}

/// Holds that ended by the calendar on a day, and were not lifted before.
pub fn holds_ended(reader: &Reader, day: NaiveDate) -> Result<i64> {
    let mut statement = reader.conn.prepare_cached(
        "SELECT count(*) FROM dunning_hold h WHERE h.until_date = $1 \
         AND NOT EXISTS (SELECT 1 FROM dunning_hold_end e WHERE e.hold_id = h.id)",
    )?;
    Ok(statement.query_row([iso(day).as_str()], |row| row.get(0))?)
}
