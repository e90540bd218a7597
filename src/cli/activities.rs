//! `o2c activities`: the log of contacts with what comes next, the next account to work on, the load of the team, and
//! the hand-over of a person's accounts.

use chrono::Utc;
use serde_json::json;

use super::lists::filter;
use super::names;
use super::out::{self, Cell, Form, Listing};
use super::plan_args::Activities;
use super::plans::perform;
use super::session::Session;
use super::stop::Stop;
use crate::acts::arrange::Arrange;
use crate::domain::money::{Money, NumberStyle};
use crate::domain::outcome::Outcome;
use crate::language::dates::Lean;
use crate::language::filter::Filter;
use crate::store::leases;
use crate::store::read::window::{Sort, Want};
use crate::store::read::worklist::{Question, WorkRow, why_not, worklist};
use crate::store::read::{book, customers, team};

/// Answers the verb.
pub(super) fn run(session: &Session, verb: &Activities) -> Result<(), Stop> {
    match verb {
        Activities::List { customer, by, limit, form } => {
            let reader = session.reader()?;
            let customer = customer.as_deref().map(|number| names::customer(&reader, number)).transpose()?;
            let all = team::contacts(&reader, customer.map(|known| known.id), by.as_deref(), *limit)?;
            listed(all).print(form.form())
        }
        Activities::Log { customer, kind, outcome, text, next, what, change } => {
            let customer = names::customer(&session.reader()?, customer)?.id;
            let next_on = match next {
                Some(text) => session.date(text, Lean::Forward)?,
                // A word that is no outcome is refused by the act, whatever the day.
                None => Outcome::parse(outcome).map_or(session.today, |came| came.next_on(session.today)),
            };
            let (kind, outcome, text, next_what) = (kind.clone(), outcome.clone(), text.clone(), what.clone());
            let act = Arrange::Contact { customer, kind, outcome, text, next_on, next_what };
            perform(session, change, (act, Vec::new()))
        }
        Activities::Next { filter, look, form } => next(session, filter.as_deref(), *look, form.form()),
        Activities::Load { form } => load(session, form.form()),
        Activities::HandOver { from, to, note, change } => {
            let act = Arrange::HandOver { from: from.clone(), to: to.clone(), note: note.clone() };
            perform(session, change, (act, Vec::new()))
        }
    }
}

fn listed(all: Vec<team::Contact>) -> Listing<'static> {
    let total = all.len() as u64;
    let rows = all.into_iter().map(|one| {
        vec![
            Cell::Date(one.on),
            Cell::Text(one.account),
            Cell::Text(one.name),
            Cell::Text(one.by),
            Cell::Text(one.kind),
            Cell::Text(one.outcome),
            Cell::date(one.next_on),
            Cell::Text(one.next_what),
            Cell::Text(one.text),
        ]
    });
    let columns = &["on", "customer", "name", "by", "kind", "outcome", "next_on", "next_what", "text"];
    Listing { columns, rows: rows.collect(), total, foot: Vec::new() }
}

fn next(session: &Session, text: Option<&str>, look: bool, form: Form) -> Result<(), Stop> {
    let reader = session.reader()?;
    let base = book::header(&reader)?.currency;
    let sort = Sort { column: "priority", descending: true };
    let question = Question { today: session.today, base, filter: filter(session, &reader, text)?, sort, all: false };
    let login = session.login(Some(&reader))?;
    let person = book::person(&reader, &login)?.map_or(0, |person| person.id);
    let mut want = Want::Start;
    loop {
        let window = worklist(&reader, &question, want)?.window;
        let place = window.first + window.rows.len() as u64;
        for row in &window.rows {
            if row.worked_by.as_ref().is_some_and(|by| **by != *login) && look {
                continue;
            }
            // Looking takes nothing; what somebody took in the meantime is passed over.
            if !look {
                session.may_write()?;
                let writer = crate::store::Writer::open(&session.book()?)?;
                if leases::take(&writer, row.customer, person, Utc::now())?.is_some() {
                    continue;
                }
            }
            let number = customers::number(&reader, row.customer)?.unwrap_or_default();
            return told(row, &number, base, form);
        }
        match window.rows.last() {
            Some(last) if place < window.total => want = Want::After(last.customer, place),
            _ => break,
        }
    }
    Err(Stop::refused("WRK-01", "Nobody is left on the list whom no one works on. Nothing was taken."))
}

fn told(row: &WorkRow, number: &str, base: crate::domain::money::Currency, form: Form) -> Result<(), Stop> {
    let money = |minor| Money::new(minor, base);
    if form == Form::Json {
        let answer = json!({
            "customer": number, "name": &*row.name, "score": row.score, "priority": row.priority.to_string(),
            "why": &*row.why, "next": row.next_word(), "currency": base.code(),
            "overdue": money(row.overdue).plain(), "to_collect": money(row.to_collect).plain(),
            "days": row.days, "owner": &*row.owner,
        });
        return out::say(&answer.to_string());
    }
    let collect = money(row.to_collect).grouped(NumberStyle::Point);
    out::say(&format!(
        "{number} {}: {}, {collect} {base} to collect, next step {} (score {}, {})",
        row.name,
        row.why,
        row.next_word(),
        row.score,
        row.priority
    ))
}

/// `o2c worklist --why`: the parts of a customer's score, or why it is not listed and from when on that changes.
pub(super) fn why(session: &Session, number: &str, form: Form) -> Result<(), Stop> {
    let reader = session.reader()?;
    let known = names::customer(&reader, number)?;
    let base = book::header(&reader)?.currency;
    let sort = Sort { column: "priority", descending: true };
    let question = Question { today: session.today, base, filter: Filter::all(), sort, all: true };
    let window = worklist(&reader, &question, Want::Around(known.id, 0))?.window;
    let row = window.rows.iter().find(|row| row.customer == known.id);
    let off = why_not(&reader, &question, known.id)?;
    if form == Form::Json {
        let parts = row.map_or(&[][..], |row| &row.parts);
        let parts: Vec<_> = parts.iter().map(|part| json!({"points": part.points, "reason": part.reason})).collect();
        let answer = json!({
            "customer": known.number, "listed": off.is_none(), "why_not": off, "score": row.map(|row| row.score),
            "priority": row.map(|row| row.priority.to_string()), "strategy": row.map(|row| row.strategy.to_string()),
            "parts": parts,
        });
        return out::say(&answer.to_string());
    }
    if let Some(off) = &off {
        out::say(&format!("{} {} is not on today's list: {off}", known.number, known.name))?;
    }
    let Some(row) = row else { return Ok(()) };
    out::say(&format!("{} {}: score {}, {}", known.number, known.name, row.score, row.why))?;
    for part in &row.parts {
        out::say(&format!("{:>6}  {}", part.points, part.reason))?;
    }
    out::say(&format!("priority {} by the strategy {}; next step {}", row.priority, row.strategy, row.next_word()))
}

fn load(session: &Session, form: Form) -> Result<(), Stop> {
    let reader = session.reader()?;
    let base = book::header(&reader)?.currency;
    let all = team::load(&reader, session.today, base)?;
    let total = all.len() as u64;
    let number = |count: usize| Cell::Number(count as i64);
    let rows = all.into_iter().map(|one| {
        vec![
            Cell::Text(one.owner),
            number(one.accounts),
            number(one.listed),
            number(one.done),
            Cell::Amount(one.overdue, base),
            Cell::Amount(one.to_collect, base),
            Cell::Number(one.contacts),
            Cell::Text(one.at_work.join(", ")),
        ]
    });
    let columns = &["owner", "accounts", "listed", "done", "overdue", "to_collect", "contacts_7_days", "at_work"];
    let foot = vec![format!("Amounts in {base}.")];
    Listing { columns, rows: rows.collect(), total, foot }.print(form)
}
