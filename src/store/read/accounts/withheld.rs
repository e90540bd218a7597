//! What of the open items need not be collected now beside what is disputed: planned and still in time, promised and
//! still in time, on hold, or asked for by a letter whose day of payment has not passed. An amount is held back once,
//! whatever speaks for it, and never more than is open and not in dispute.

use std::collections::{HashMap, HashSet};

use chrono::{Duration, NaiveDate};

use super::events::Events;
use super::load::{Loading, among};
use super::{damaged, in_proportion, leeway, payments};
use crate::domain::calendar::add_days;
use crate::domain::plan;
use crate::domain::promise::{Promise, State};
use crate::store::Reader;
use crate::store::date::{iso, read};
use crate::store::dunning::load::recent_runs;
use crate::store::error::Result;
use crate::store::mail::NEVER_LEFT;
use crate::store::plans::{Which, plans_of};

/// Reads it for all customers, or only these, after their open items. `asked` is what letters ask for.
pub(super) fn withheld(
    reader: &Reader,
    all: &mut Loading,
    only: Option<&[i64]>,
    (asked, events): (&[(usize, Open)], &mut Events),
) -> Result<()> {
    let mut held = Held::default();
    plans(reader, all, only, (&mut held, events))?;
    promises(reader, all, &among("p.customer_id", only), (&mut held, events))?;
    holds(reader, all, &among("h.customer_id", only), &mut held)?;
    for (place, of) in asked {
        let figures = all.figures(*place);
        figures.asked_overdue += held.back(*of, of.open, &mut figures.unrated);
    }
    Ok(())
}

/// What is open of an item.
#[derive(Clone, Copy)]
pub(super) struct Open {
    pub item: i64,
    pub open: i64,
    /// In the book's currency; `None` where there is no rate.
    pub base: Option<i64>,
    pub disputed: i64,
}

/// How much of each item is held back already, minor units of its currency.
#[derive(Default)]
struct Held(HashMap<i64, i64>);

impl Held {
    /// Whether all of an item that could be collected is held back already.
    fn whole(&self, of: Open) -> bool {
        self.0.get(&of.item).is_some_and(|held| *held > 0 && *held >= of.open - of.disputed)
    }

    /// Holds back up to an amount of an item; gives what is more than before, in the book's currency. A part in dispute
    /// is not collected anyway. An item without a rate that is held back as a whole is counted off those to be collected.
    fn back(&mut self, of: Open, amount: i64, unrated: &mut u16) -> i64 {
        let before = self.0.entry(of.item).or_default();
        let all = of.open - of.disputed;
        let after = amount.min(all).max(*before);
        if of.base.is_none() && after == all && after > *before {
            *unrated = unrated.saturating_sub(1);
        }
        // As the difference of two parts, so that all parts of an item together are the item, to the cent.
        let part = |held: i64| in_proportion(of.disputed + held, of.open, of.base.unwrap_or(0));
        let more = part(after) - part(*before);
        *before = after;
        more
    }
}

/// Plans that were not ended by hand: what they keep from being collected now, and which are in default.
fn plans(
    reader: &Reader,
    all: &mut Loading,
    only: Option<&[i64]>,
    (back, events): (&mut Held, &mut Events),
) -> Result<()> {
    let today = all.today();
    let mut bases = reader.conn.prepare_cached("SELECT open, open_base, disputed FROM item WHERE id = $1")?;
    for stored in plans_of(reader, Which::Live(only))? {
        let Some(place) = all.place(stored.customer) else { continue };
        let figures = all.figures(place);
        let now = stored.plan.standing(today);
        match now.state {
            plan::State::Default => {
                figures.plan_default = figures.plan_default.max(now.default_since);
                events.on_day(place, now.default_since);
            }
            plan::State::Good if now.due > 0 => {
                let earliest = figures.instalment_due.into_iter().chain(now.due_since).min();
                figures.instalment_due = earliest;
                events.on_day(place, now.due_since);
            }
            _ => {}
        }
        for ((item, due), held) in stored.items.iter().zip(&now.held_of).filter(|(_, held)| **held > 0) {
            let of = bases.query_row([item], |row| {
                Ok(Open { item: *item, open: row.get(0)?, base: row.get(1)?, disputed: row.get(2)? })
            })?;
            let unrated = if *due < today { &mut figures.unrated } else { &mut 0 };
            let part = back.back(of, *held, unrated);
            figures.promised += part;
            if *due < today {
                figures.promised_overdue += part;
            }
        }
    }
    Ok(())
}

/// Promises that can still be kept, and those broken in the last 90 days.
fn promises(reader: &Reader, all: &mut Loading, only: &str, (back, events): (&mut Held, &mut Events)) -> Result<()> {
    let (today, leeway) = (all.today(), leeway(&reader.conn)?);
    let from = iso(today - Duration::days(90));
    let mut statement = reader.conn.prepare(&format!(
        "SELECT p.customer_id, p.item_id, p.amount, p.made_on, p.promised_on, i.open, i.open_base, i.due_date, \
         EXISTS (SELECT 1 FROM allocation a WHERE a.debit_item = p.item_id AND a.effective > p.made_on), i.disputed \
         FROM promise p JOIN item i ON i.id = p.item_id WHERE p.ended_on IS NULL AND p.promised_on >= $1 {only}",
    ))?;
    let mut rows = statement.query([from.as_str()])?;
    while let Some(row) = rows.next()? {
        let customer: i64 = row.get(0)?;
        let Some(place) = all.place(customer) else { continue };
        let day = |column| -> Result<NaiveDate> { Ok(read(row.get_ref(column)?.as_str().map_err(|_| damaged())?)) };
        let promise = Promise { made: Some(day(3)?), amount: row.get(2)?, date: day(4)?, withdrawn: false };
        let of = Open { item: row.get(1)?, open: row.get(5)?, base: row.get(6)?, disputed: row.get(9)? };
        // Most items have nothing set against them since, which the index alone says.
        let paid = if row.get(8)? { payments(reader, of.item, today)? } else { Vec::new() };
        let state = promise.state(&paid, &leeway, today);
        let account = all.figures(place);
        match state {
            State::Open => {
                let overdue = day(7)? < today;
                let unrated = if overdue { &mut account.unrated } else { &mut 0 };
                let part = back.back(of, promise.amount, unrated);
                account.promised += part;
                if overdue {
                    account.promised_overdue += part;
                }
                if promise.date <= today {
                    account.promise_due = Some(promise.date);
                }
            }
            // A plan that holds all of the item took the place of the promise.
            State::Broken | State::PartlyKept if back.whole(of) => {}
            State::Broken | State::PartlyKept => {
                account.promise_broken = account.promise_broken.max(Some(promise.date));
                // It broke when its time was over, or when money that had come in time went back after that.
                let over = add_days(promise.until(&leeway), 1);
                let back = paid.iter().filter(|flow| flow.1 < 0).map(|flow| flow.0).max();
                if of.open > of.disputed {
                    events.on_day(place, back.max(Some(over)));
                }
            }
            State::Kept | State::Withdrawn => {}
        }
    }
    Ok(())
}

/// Overdue items that are on hold today, each by itself or with all of its customer. The holds lead: they are few.
fn holds(reader: &Reader, all: &mut Loading, only: &str, held: &mut Held) -> Result<()> {
    let today = iso(all.today());
    let mut statement = reader.conn.prepare(&format!(
        "SELECT h.customer_id, h.item_id FROM dunning_hold h WHERE h.from_date <= $1 \
         AND (h.until_date IS NULL OR h.until_date >= $1) \
         AND NOT EXISTS (SELECT 1 FROM dunning_hold_end e WHERE e.hold_id = h.id) {only}"
    ))?;
    let stand: Vec<(i64, Option<i64>)> = statement
        .query_map([today.as_str()], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<rusqlite::Result<_>>()?;
    const OVERDUE: &str = "SELECT id, open, open_base, disputed FROM item WHERE open <> 0 AND kind IN (1, 3, 6)";
    let mut of_one = reader.conn.prepare_cached(&format!("{OVERDUE} AND id = $1 AND due_date < $2"))?;
    let mut of_all = reader.conn.prepare_cached(&format!("{OVERDUE} AND customer_id = $1 AND due_date < $2"))?;
    for (customer, item) in stand {
        let Some(place) = all.place(customer) else { continue };
        let statement = if item.is_some() { &mut of_one } else { &mut of_all };
        let mut rows = statement.query(rusqlite::params![item.unwrap_or(customer), today.as_str()])?;
        while let Some(row) = rows.next()? {
            let of = Open { item: row.get(0)?, open: row.get(1)?, base: row.get(2)?, disputed: row.get(3)? };
            let figures = all.figures(place);
            figures.held_overdue += held.back(of, of.open, &mut figures.unrated);
        }
    }
    Ok(())
}

/// Items in letters whose day of payment has not passed. A letter that went to the call list asks by the call, which is
/// still to be made. Read before the open items, of which it picks; runs that ended longer ago than any letter gives time
/// are not looked at.
pub(super) fn asked(reader: &Reader, today: NaiveDate, only: Option<&[i64]>) -> Result<HashSet<i64>> {
    let today = iso(today);
    let condition = |of: &str| {
        format!(
            "SELECT l.item_id FROM letter t JOIN letter_line l ON l.letter_id = t.id WHERE t.pay_by >= $1 AND {of} \
             AND coalesce((SELECT w.way FROM letter_way w WHERE w.letter_id = t.id ORDER BY w.id DESC LIMIT 1), '') \
             <> 'phone' AND NOT {NEVER_LEFT}"
        )
    };
    let item = |row: &rusqlite::Row<'_>| row.get(0);
    if only.is_some() {
        let text = condition(&format!("TRUE {}", among("t.customer_id", only)));
        let mut statement = reader.conn.prepare(&text)?;
        let found = statement.query_map([today.as_str()], item)?.collect::<rusqlite::Result<_>>()?;
        return Ok(found);
    }
    let mut found = HashSet::new();
    let mut statement = reader.conn.prepare(&condition("t.run_id = $2"))?;
    for run in recent_runs(&reader.conn, read(today.as_str()))? {
        let rows = statement.query_map(rusqlite::params![today.as_str(), run], item)?;
        found.extend(rows.collect::<rusqlite::Result<Vec<i64>>>()?);
    }
    Ok(found)
}
