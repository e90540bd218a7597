//! `o2c strategy`: strategies of the worklist in and out as TOML, who is under which, and today's list under another.

use std::path::Path;

use serde_json::{Value, json};

use super::args::Change;
use super::out::{self, Cell, Form, Listing};
use super::plan_args::Strategy as Verb;
use super::plans::perform;
use super::session::Session;
use super::stop::Stop;
use super::text_file;
use crate::acts::arrange::Arrange;
use crate::domain::strategy::Strategy;
use crate::formats::strategy;
use crate::language::filter::Filter;
use crate::store::read::window::Sort;
use crate::store::read::worklist::{Question, WorkRow, tried};
use crate::store::read::{book, customers};
use crate::store::strategies::{self, Strategies, strategies_of};

/// The largest strategy file that is read.
const MOST_BYTES: u64 = 1 << 20;

/// Answers the verb.
pub(super) fn run(session: &Session, verb: &Verb) -> Result<(), Stop> {
    match verb {
        Verb::List { form } => list(session, form.form()),
        Verb::Export { name } => export(session, name),
        Verb::Import { file, change } => import(session, file, change),
        Verb::Try { file, limit, form } => try_out(session, file, *limit, form.form()),
    }
}

fn list(session: &Session, form: Form) -> Result<(), Stop> {
    let reader = session.reader()?;
    let (known, in_force) = (strategies_of(&reader)?, strategies::in_force(&reader, session.today)?);
    let everybody = usize::try_from(customers::count(&reader)?).unwrap_or(usize::MAX);
    let mut rows = Vec::new();
    for (place, one) in in_force.all.iter().enumerate() {
        let version = known.get(place).map_or(0, |row| row.version);
        let state = if one.in_force { "in force" } else { "out of use" };
        let whom = if one.segment.is_empty() { "everybody" } else { &one.segment };
        let built_in = place + 1 == in_force.all.len();
        rows.push(vec![
            if built_in { "(built in)".into() } else { Cell::Text(one.name.clone()) },
            Cell::Number(version),
            if built_in { "for those of no other".into() } else { state.into() },
            whom.into(),
            Cell::Number(in_force.count(place, everybody) as i64),
        ]);
    }
    let total = rows.len() as u64;
    let foot = vec!["The narrowest segment counts; `o2c strategy export NAME` shows the points.".to_owned()];
    Listing { columns: &["strategy", "version", "state", "segment", "customers"], rows, total, foot }.print(form)
}

fn export(session: &Session, name: &str) -> Result<(), Stop> {
    let known = strategies_of(&session.reader()?)?;
    let found = known.into_iter().map(|row| row.strategy).find(|one| one.name == name);
    let found = found.or_else(|| (name == Strategy::BUILT_IN).then(Strategy::default));
    match found {
        Some(found) => strategy::write(&found).lines().try_for_each(out::say),
        None => {
            Err(Stop::refused("STR-02", format!("There is no strategy \"{name}\"; look with `o2c strategy list`.")))
        }
    }
}

fn read(session: &Session, file: &Path) -> Result<Strategy, Stop> {
    let shown = file.display();
    let text = text_file::read(&session.input(file)?, file, MOST_BYTES + 1)?;
    if text.len() as u64 > MOST_BYTES {
        return Err(Stop::refused("STR-01", format!("{shown} is too large for a strategy. Nothing was changed.")));
    }
    strategy::parse(&text).map_err(|faults| {
        let all: Vec<String> =
            faults.iter().map(|fault| format!("line {}, column {}: {}", fault.line, fault.column, fault.why)).collect();
        Stop::refused("STR-01", format!("{shown}, {}. Nothing was changed.", all.join("; ")))
    })
}

fn import(session: &Session, file: &Path, change: &Change) -> Result<(), Stop> {
    let strategy = read(session, file)?;
    let known = strategies_of(&session.reader()?)?.into_iter().find(|row| row.strategy.name == strategy.name);
    if known.as_ref().is_some_and(|row| row.strategy == strategy) && change.making.act_key.is_none() {
        return out::say(&format!("Strategy {} is like this already; nothing was changed", strategy.name));
    }
    let version = known.map_or(0, |row| row.version);
    perform(session, change, (Arrange::SetStrategy { strategy: Box::new(strategy), version }, Vec::new()))
}

fn try_out(session: &Session, file: &Path, limit: usize, form: Form) -> Result<(), Stop> {
    let strategy = read(session, file)?;
    let reader = session.reader()?;
    let base = book::header(&reader)?.currency;
    let sort = Sort { column: "priority", descending: true };
    let question = Question { today: session.today, base, filter: Filter::all(), sort, all: false };
    let present = strategies::in_force(&reader, session.today)?;
    let mut other: Vec<Strategy> = strategies_of(&reader)?.into_iter().map(|row| row.strategy).collect();
    let name = strategy.name.clone();
    match other.iter_mut().find(|one| one.name == name) {
        Some(place) => *place = strategy,
        None => other.push(strategy),
    }
    let now = tried(&reader, &question, &present)?;
    let then = tried(&reader, &question, &Strategies::new(&reader, other, session.today)?)?;
    let place = |list: &[WorkRow], customer: i64| list.iter().position(|row| row.customer == customer).map(|at| at + 1);
    let score = |list: &[WorkRow], customer: i64| list.iter().find(|row| row.customer == customer).map(|row| row.score);
    let gone = now.iter().filter(|row| place(&then, row.customer).is_none());
    let shown: Vec<&WorkRow> = then.iter().chain(gone).take(limit).collect();
    if form == Form::Json {
        let mut rows: Vec<Value> = Vec::new();
        for row in shown {
            let number = customers::number(&reader, row.customer)?;
            rows.push(json!({
                "customer": number, "name": &*row.name, "place": place(&then, row.customer),
                "score": score(&then, row.customer), "present_place": place(&now, row.customer),
                "present_score": score(&now, row.customer), "why": &*row.why,
            }));
        }
        let answer = json!({"strategy": name, "as_of": session.today, "listed": then.len(),
            "listed_at_present": now.len(), "rows": rows});
        return out::say(&answer.to_string());
    }
    let mut rows = Vec::new();
    for row in shown {
        rows.push(vec![
            Cell::number(place(&then, row.customer).map(|at| at as i64)),
            Cell::number(place(&now, row.customer).map(|at| at as i64)),
            Cell::number(score(&then, row.customer)),
            Cell::number(score(&now, row.customer)),
            Cell::Text(customers::number(&reader, row.customer)?.unwrap_or_default()),
            Cell::Text(row.name.to_string()),
            Cell::Text(row.why.to_string()),
        ]);
    }
    let total = rows.len() as u64;
    let foot = vec![format!("{} listed with {name}, {} at present. Nothing was changed.", then.len(), now.len())];
    let columns = &["place", "present_place", "score", "present_score", "customer", "name", "why"];
    Listing { columns, rows, total, foot }.print(form)
}
