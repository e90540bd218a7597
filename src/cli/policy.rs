//! `o2c policy`: dunning policies in and out as TOML, and who is under which.

use super::admin;
use super::args::Change;
use super::dunning_args::{Assign, Policy};
use super::names;
use super::out::{self, Cell, Form, Listing};
use super::policy_compare;
use super::policy_try;
use super::session::Session;
use super::stop::Stop;
use super::text_file;
use crate::acts::dunning::Dunning;
use crate::acts::{Act, Request};
use crate::domain::dunning::{self, Scope};
use crate::formats::policy;
use crate::store::Reader;
use crate::store::dunning::load;
use crate::store::read::refer;

/// The largest policy file that is read.
const MOST_BYTES: u64 = 1 << 20;

/// Answers the verb.
pub(super) fn run(session: &Session, verb: &Policy) -> Result<(), Stop> {
    match verb {
        Policy::List { form } => list(session, form.form()),
        Policy::Export { name } => export(session, name),
        Policy::Import { file, change } => import(session, file, change),
        Policy::Try { file, from, every, form } => policy_try::run(session, file, (*from, *every), form),
        Policy::Versions { name, form } => policy_compare::versions(session, name, form.form()),
        Policy::Compare { from, form } => policy_compare::compare(session, *from, form.form()),
        Policy::Assign(given) => assign(session, given),
    }
}

fn perform(session: &Session, change: &Change, act: Dunning) -> Result<(), Stop> {
    session.may_write()?;
    let key = session.key(change.making.act_key.as_deref());
    admin::report(session, change, &Request { key, act: Act::Dunning(act), expect: Vec::new() })
}

fn list(session: &Session, form: Form) -> Result<(), Stop> {
    let reader = session.reader()?;
    let rules = load::rules_of(&reader)?;
    let whose = |scope: &Scope| -> Result<String, Stop> {
        Ok(match scope {
            Scope::Company => "company".to_owned(),
            Scope::Segment(text) => format!("segment {text}"),
            Scope::Customer(id) => format!("customer {}", refer::customer_number(&reader, *id)?),
            Scope::Invoice(id) => format!("invoice {}", refer::document_number(&reader, *id)?),
        })
    };
    let mut rows = Vec::new();
    for row in &rules.rows {
        let mut scopes = Vec::new();
        for one in rules.assignments.iter().filter(|one| one.policy == row.policy.name) {
            scopes.push(whose(&one.scope)?);
        }
        let (levels, version) = (row.policy.levels.len() as i64, row.version);
        let name = Cell::Text(row.policy.name.clone());
        rows.push(vec![name, Cell::Number(version), Cell::Number(levels), Cell::Text(scopes.join("; "))]);
    }
    for one in rules.assignments.iter().filter(|one| one.policy == dunning::Policy::NONE) {
        rows.push(vec!["none".into(), Cell::Number(0), Cell::Number(0), Cell::Text(whose(&one.scope)?)]);
    }
    let total = rows.len() as u64;
    let foot = rules.policies.iter().filter_map(|policy| old_rates(policy, session.today)).collect();
    Listing { columns: &["policy", "version", "levels", "for"], rows, total, foot }.print(form)
}

/// That the rates of a policy's interest end before the present half-year, where they do.
pub(super) fn old_rates(policy: &dunning::Policy, today: chrono::NaiveDate) -> Option<String> {
    let profile = &policy.interest.as_ref()?.profile;
    let newest = profile.out_of_date(today)?;
    Some(format!(
        "{}: the newest rate of profile {} is of {newest}, and rates change with the half-year. Look it up, give it as \
         [interest] rates = {{ DATE = \"RATE\" }} and take the policy in again.",
        policy.name, profile.name
    ))
}

fn export(session: &Session, name: &str) -> Result<(), Stop> {
    let rules = load::rules_of(&session.reader()?)?;
    match rules.policies.iter().find(|policy| policy.name == name) {
        Some(found) => policy::write(found).lines().try_for_each(out::say),
        None => Err(Stop::refused("POL-02", format!("There is no policy \"{name}\"; look with `o2c policy list`."))),
    }
}

/// Reads a policy from a file; the refusal names every fault.
pub(super) fn read(session: &Session, file: &std::path::Path) -> Result<dunning::Policy, Stop> {
    let shown = file.display();
    let text = text_file::read(&session.input(file)?, file, MOST_BYTES + 1)?;
    if text.len() as u64 > MOST_BYTES {
        return Err(Stop::refused("POL-01", format!("{shown} is too large for a policy. Nothing was changed.")));
    }
    policy::parse(&text).map_err(|faults| {
        let all: Vec<String> =
            faults.iter().map(|fault| format!("line {}, column {}: {}", fault.line, fault.column, fault.why)).collect();
        Stop::refused("POL-01", format!("{shown}, {}. Nothing was changed.", all.join("; ")))
    })
}

fn import(session: &Session, file: &std::path::Path, change: &Change) -> Result<(), Stop> {
    let policy = read(session, file)?;
    let rules = load::rules_of(&session.reader()?)?;
    let known = rules.rows.iter().find(|row| row.policy.name == policy.name);
    if known.is_some_and(|row| row.policy == policy) && change.making.act_key.is_none() {
        return out::say(&format!("Policy {} is like this already; nothing was changed", policy.name));
    }
    let version = known.map_or(0, |row| row.version);
    perform(session, change, Dunning::SetPolicy { policy: Box::new(policy), version })
}

fn assign(session: &Session, given: &Assign) -> Result<(), Stop> {
    let reader = session.reader()?;
    let scope = match (&given.segment, &given.customer, &given.invoice) {
        (Some(text), ..) => Scope::Segment(text.split_whitespace().collect::<Vec<_>>().join(" ")),
        (_, Some(number), _) => Scope::Customer(names::customer(&reader, number)?.id),
        (.., Some(number)) => Scope::Invoice(invoice(&reader, number)?),
        _ => Scope::Company,
    };
    let policy = if given.back { String::new() } else { given.name.clone() };
    perform(session, &given.change, Dunning::AssignPolicy { scope, policy })
}

fn invoice(reader: &Reader, number: &str) -> Result<i64, Stop> {
    refer::debit_document(reader, number.trim())?.ok_or_else(|| {
        Stop::refused("ACT-04", format!("There is no invoice {number} in the book. Nothing was changed."))
    })
}
