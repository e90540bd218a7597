//! Payment plans as the book has them: their rows, and what was set against their items since they were made, from which
//! [`crate::domain::plan`] says how they stand. The same for lists, for the figures of customers, for dunning and inside
//! acts.

use chrono::NaiveDate;
use rusqlite::{Connection, Row, params};

use super::Reader;
use super::date::{iso, read};
use super::error::{Result, StoreError};
use super::lookup::currency;
use super::tx::Tx;
use super::value::{T, V};
use crate::domain::money::Currency;
use crate::domain::plan::{Ended, Flow, Instalment, Part, Plan};

/// A plan with what it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// Its id.
    pub id: i64,
    /// The act that made it.
    pub act: i64,
    /// Its number, `PP-3`.
    pub number: String,
    /// Whose it is.
    pub customer: i64,
    /// Its currency.
    pub currency: Currency,
    /// The day it was made.
    pub made_on: NaiveDate,
    /// The plan it replaced.
    pub replaces: Option<i64>,
    /// Who agreed to what.
    pub text: String,
    /// When it was ended by hand.
    pub ended_on: Option<NaiveDate>,
    /// Why: `withdrawn`, `replaced`, `undone`; empty while it was not.
    pub ended_why: String,
    /// Items in the order of the plan's parts: the item, its due date.
    pub items: Vec<(i64, NaiveDate)>,
    /// The plan with what came.
    pub plan: Plan,
}

/// Which plans are wanted.
#[derive(Debug, Clone, Copy)]
pub enum Which<'a> {
    /// One.
    Id(i64),
    /// Those of a customer.
    Customer(i64),
    /// Those that were not ended by hand, of these customers or of all.
    Live(Option<&'a [i64]>),
    /// All but those taken back by undo.
    All,
}

/// A plan about to be written.
#[derive(Debug, Clone)]
pub struct NewPlan<'a> {
    /// Its number.
    pub number: &'a str,
    /// Whose it is.
    pub customer: i64,
    /// Its currency.
    pub currency: Currency,
    /// The day it is made.
    pub made_on: NaiveDate,
    /// Days of grace.
    pub grace_days: i64,
    /// The plan it replaces.
    pub replaces: Option<i64>,
    /// Who agreed to what.
    pub text: &'a str,
    /// Items and how much of each.
    pub items: &'a [(i64, i64)],
    /// The instalments by date.
    pub instalments: &'a [Instalment],
}

/// The wanted plans, oldest first.
pub(super) fn plans(conn: &Connection, which: Which<'_>) -> Result<Vec<Stored>> {
    let condition = match which {
        Which::Id(id) => format!("id = {id}"),
        Which::Customer(id) => format!("customer_id = {id}"),
        Which::Live(None) => "ended_on IS NULL".to_owned(),
        Which::Live(Some(ids)) => {
            let ids: Vec<String> = ids.iter().map(i64::to_string).collect();
            format!("ended_on IS NULL AND customer_id IN ({})", ids.join(", "))
        }
        Which::All => "ended_why <> 'undone'".to_owned(),
    };
    let mut statement = conn.prepare_cached(&format!(
        "SELECT id, act_id, number, customer_id, currency, made_on, grace_days, replaces, text, ended_on, ended_why \
         FROM plan WHERE {condition} ORDER BY id"
    ))?;
    let mut list = statement.query_map([], stored)?.collect::<rusqlite::Result<Vec<_>>>()?;
    for one in &mut list {
        one.plan.instalments = instalments(conn, one.id)?;
        parts(conn, one)?;
    }
    Ok(list)
}

fn stored(row: &Row<'_>) -> rusqlite::Result<Stored> {
    let ended_why: String = row.get(10)?;
    let ended = match ended_why.as_str() {
        "" => None,
        "replaced" => Some(Ended::Replaced),
        _ => Some(Ended::Withdrawn),
    };
    Ok(Stored {
        id: row.get(0)?,
        act: row.get(1)?,
        number: row.get(2)?,
        customer: row.get(3)?,
        currency: currency(row.get_ref(4)?.as_str()?),
        made_on: read(row.get_ref(5)?.as_str()?),
        replaces: row.get(7)?,
        text: row.get(8)?,
        ended_on: row.get_ref(9)?.as_str_or_null()?.map(read),
        ended_why,
        items: Vec::new(),
        plan: Plan { grace_days: row.get(6)?, ended, ..Plan::default() },
    })
}

fn instalments(conn: &Connection, plan: i64) -> Result<Vec<Instalment>> {
    let mut statement =
        conn.prepare_cached("SELECT due_date, amount FROM instalment WHERE plan_id = $1 ORDER BY part")?;
    let rows = statement
        .query_map([plan], |row| Ok(Instalment { on: read(row.get_ref(0)?.as_str()?), amount: row.get(1)? }))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// The items of a plan, oldest due first, with what was set against them since. What was set against an item before is
/// not of the plan, and neither is its reversal.
fn parts(conn: &Connection, one: &mut Stored) -> rusqlite::Result<()> {
    let mut statement = conn.prepare_cached(
        "SELECT p.item_id, p.amount, i.due_date, i.amount FROM plan_item p JOIN item i ON i.id = p.item_id \
         WHERE p.plan_id = $1 ORDER BY i.due_date, p.item_id",
    )?;
    let mut allocations = conn.prepare_cached(
        "SELECT a.effective, a.amount, c.kind = 4, a.act_id, coalesce(o.act_id, a.act_id) FROM allocation a \
         JOIN item c ON c.id = a.credit_item LEFT JOIN allocation o ON o.id = a.reverses \
         WHERE a.debit_item = $1 ORDER BY a.effective, a.id",
    )?;
    let mut rows = statement.query([one.id])?;
    while let Some(row) = rows.next()? {
        let item: i64 = row.get(0)?;
        one.items.push((item, read(row.get_ref(2)?.as_str()?)));
        let mut part = Part { amount: row.get(1)?, open: row.get(3)?, flows: Vec::new() };
        let mut against = allocations.query([item])?;
        while let Some(row) = against.next()? {
            let (act, root): (i64, i64) = (row.get(3)?, row.get(4)?);
            let amount: i64 = row.get(1)?;
            if act < one.act {
                part.open -= amount;
            } else if root > one.act {
                part.flows.push(Flow { on: read(row.get_ref(0)?.as_str()?), amount, cash: row.get(2)? });
            }
        }
        one.plan.parts.push(part);
    }
    Ok(())
}

/// The wanted plans, for verbs and screens.
pub fn plans_of(reader: &Reader, which: Which<'_>) -> Result<Vec<Stored>> {
    plans(&reader.conn, which)
}

/// The plans of an item that were not ended by hand.
pub fn on_item(reader: &Reader, item: i64) -> Result<Vec<Stored>> {
    of_item(&reader.conn, item)
}

fn of_item(conn: &Connection, item: i64) -> Result<Vec<Stored>> {
    let mut statement = conn.prepare_cached(
        "SELECT p.id FROM plan_item i JOIN plan p ON p.id = i.plan_id WHERE i.item_id = $1 AND p.ended_on IS NULL",
    )?;
    let ids = statement.query_map([item], |row| row.get(0))?.collect::<rusqlite::Result<Vec<i64>>>()?;
    let mut all = Vec::new();
    for id in ids {
        all.extend(plans(conn, Which::Id(id))?);
    }
    Ok(all)
}

impl Tx<'_> {
    /// The plans of an item that were not ended by hand.
    pub fn plans_of_item(&self, item: i64) -> Result<Vec<Stored>> {
        of_item(self.conn, item)
    }

    /// One plan.
    pub fn plan(&self, id: i64) -> Result<Stored> {
        let found = plans(self.conn, Which::Id(id))?.pop();
        found.ok_or_else(|| StoreError::refused("ACT-04", format!("There is no plan {id}. Nothing was changed.")))
    }

    /// The number the next plan gets.
    pub fn next_plan_number(&mut self) -> Result<String> {
        Ok(format!("PP-{}", self.take_number("plan")?))
    }

    /// Writes a plan with its items and instalments.
    pub fn add_plan(&mut self, new: &NewPlan<'_>) -> Result<i64> {
        let made = iso(new.made_on);
        let id = self.insert(
            T::Plan,
            &[
                V::T(new.number),
                V::I(new.customer),
                V::T(new.currency.code()),
                V::T(made.as_str()),
                V::I(new.grace_days),
                V::maybe(new.replaces),
                V::T(new.text),
            ],
            &[V::N, V::T("")],
        )?;
        for (item, amount) in new.items {
            self.insert(T::PlanItem, &[V::I(id), V::I(*item), V::I(*amount)], &[])?;
        }
        for (place, one) in new.instalments.iter().enumerate() {
            let on = iso(one.on);
            let part = i64::try_from(place + 1).unwrap_or(i64::MAX);
            self.insert(T::Instalment, &[V::I(id), V::I(part), V::T(on.as_str()), V::I(one.amount)], &[])?;
        }
        Ok(id)
    }

    /// Ends a plan by hand, or puts it back in force with `restored`.
    pub fn step_plan(&mut self, plan: i64, what: &str, on: NaiveDate, text: &str) -> Result<()> {
        let on = iso(on);
        self.insert(T::PlanStep, &[V::I(plan), V::T(what), V::T(on.as_str()), V::T(text)], &[])?;
        let (ended, why) = if what == "restored" { (None, "") } else { (Some(on.as_str()), what) };
        self.conn
            .prepare_cached("UPDATE plan SET ended_on = $1, ended_why = $2 WHERE id = $3")?
            .execute(params![ended, why, plan])?;
        Ok(())
    }
}
