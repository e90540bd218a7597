//! `o2c dunning`: runs from draft to release, holds, and why an item is dunned or not. Sending is in `dunning_send`.

use std::collections::HashMap;

use chrono::NaiveDate;
use serde_json::{Value, json};

use super::admin;
use super::args::Change;
use super::dunning_args::{Dunning as Verb, Hold, Pick};
use super::dunning_send;
use super::dunning_waive;
use super::names;
use super::out::{self, Cell, Form, Listing};
use super::session::Session;
use super::stop::Stop;
use crate::acts::dunning::{Dunning, Review};
use crate::acts::{Act, Request};
use crate::domain::dunning::Outcome;
use crate::domain::money::{Currency, Money, NumberStyle};
use crate::domain::text::counted;
use crate::store::Reader;
use crate::store::dunning::load::{self, Wanted};
use crate::store::dunning::runs::{self, Line, Run, letters_of, seal};
use crate::store::dunning::standing;
use crate::store::read::refer;
use crate::store::read::runs::every;

/// Answers the verb.
pub(super) fn run(session: &Session, verb: &Verb) -> Result<(), Stop> {
    let (change, act) = match verb {
        Verb::Draft { segment, change } => (change, Dunning::DraftRun { segment: segment.clone() }),
        Verb::List { form } => return list(session, form.form()),
        Verb::Show { run, form } => return show(session, run, form.form()),
        Verb::Why { customer, on, form } => return why(session, customer, *on, form.form()),
        Verb::Send(given) => return dunning_send::run(session, given),
        Verb::Waive(given) => return dunning_waive::run(session, given),
        Verb::Drop(pick) => (&pick.change, review(session, pick, Review::Drop)?),
        Verb::Lower { level, pick } => (&pick.change, review(session, pick, Review::Lower { level: *level })?),
        Verb::Keep(pick) => (&pick.change, review(session, pick, Review::Keep)?),
        Verb::Hold(given) => (&given.change, hold(session, given)?),
        Verb::Lift { hold, reason, change } => (change, Dunning::LiftHold { hold: *hold, reason: reason.clone() }),
        Verb::Approve { run, change } => {
            let reader = session.reader()?;
            let run = named(&reader, run)?;
            let seen = seal(&runs::lines_of(&reader, run.id)?);
            (change, Dunning::ApproveRun { run: run.id, seen })
        }
        Verb::Cancel { run, reason, change } => {
            let run = named(&session.reader()?, run)?.id;
            (change, Dunning::CancelRun { run, reason: reason.clone() })
        }
    };
    perform(session, change, act)
}

fn perform(session: &Session, change: &Change, act: Dunning) -> Result<(), Stop> {
    session.may_write()?;
    let key = session.key(change.making.act_key.as_deref());
    admin::report(session, change, &Request { key, act: Act::Dunning(act), expect: Vec::new() })
}

/// The run with this number.
pub(super) fn named(reader: &Reader, number: &str) -> Result<Run, Stop> {
    let all = runs::runs(reader)?;
    all.into_iter().find(|run| run.number.eq_ignore_ascii_case(number.trim())).ok_or_else(|| {
        Stop::refused("ACT-04", format!("There is no run {number}. Nothing was changed; look with `o2c dunning list`."))
    })
}

fn review(session: &Session, pick: &Pick, what: Review) -> Result<Dunning, Stop> {
    let reader = session.reader()?;
    let run = named(&reader, &pick.run)?;
    let lines = runs::lines_of(&reader, run.id)?;
    let wanted = |line: &&Line| {
        pick.customer.as_deref().is_some_and(|number| line.account == number.trim())
            || pick.items.iter().any(|number| line.document == number.trim())
    };
    let ids: Vec<i64> = lines.iter().filter(wanted).map(|line| line.id).collect();
    let missing = pick.items.iter().find(|number| !lines.iter().any(|line| line.document == number.trim()));
    if let Some(missing) = missing {
        let sentence = format!("{} has no line about {missing}. Nothing was changed.", run.number);
        return Err(Stop::refused("DUN-04", sentence));
    }
    if ids.is_empty() {
        let sentence = format!("{} has no line of this customer. Nothing was changed.", run.number);
        return Err(Stop::refused("DUN-04", sentence));
    }
    Ok(Dunning::ReviewLines { lines: ids, what, reason: pick.reason.clone() })
}

fn hold(session: &Session, given: &Hold) -> Result<Dunning, Stop> {
    let reader = session.reader()?;
    let customer = names::customer(&reader, &given.customer)?.id;
    let item = match &given.item {
        Some(number) => Some(names::debits(&reader, number)?[0].id),
        None => None,
    };
    Ok(Dunning::PlaceHold {
        customer,
        item,
        kind: given.kind.clone(),
        from: given.from.unwrap_or(session.today),
        until: given.until,
        reason: given.reason.clone(),
    })
}

fn list(session: &Session, form: Form) -> Result<(), Stop> {
    let runs = every(&session.reader()?)?;
    let total = runs.len() as u64;
    let rows = runs.into_iter().map(|row| {
        let (run, letters) = (row.run, row.letters);
        vec![
            Cell::Text(run.number),
            Cell::date(Some(run.on)),
            Cell::Text(run.state),
            Cell::Number(run.lines),
            Cell::Number(i64::try_from(letters).unwrap_or(i64::MAX)),
            Cell::Number(run.letters),
            Cell::Text(run.segment),
            Cell::Text(run.by),
            Cell::Text(run.said),
        ]
    });
    let columns = &["run", "date", "state", "lines", "letters", "sent", "segment", "by", "said"];
    Listing { columns, rows: rows.collect(), total, foot: Vec::new() }.print(form)
}

fn shown(minor: i64, currency: Currency) -> String {
    format!("{} {currency}", Money::new(minor, currency).grouped(NumberStyle::Point))
}

fn show(session: &Session, number: &str, form: Form) -> Result<(), Stop> {
    let reader = session.reader()?;
    let run = named(&reader, number)?;
    let lines = runs::lines_of(&reader, run.id)?;
    let left: HashMap<String, u64> = serde_json::from_str(&run.left_out).unwrap_or_default();
    let gone = standing::gone_of(&reader, &run, &lines, session.today)?;
    if form == Form::Json {
        let rows: Vec<Value> = lines.iter().map(|line| line_json(line, gone.lines.get(&line.id))).collect();
        let answer = json!({
            "run": run.number, "date": run.on, "state": run.state, "segment": run.segment, "by": run.by,
            "said": run.said, "letters": letters_of(&lines).len(), "sent": run.letters, "left_out": left,
            "no_longer_needed": gone.letters,
            "lines": rows,
        });
        return out::say(&answer.to_string());
    }
    let letters = counted(letters_of(&lines).len() as u64, "letter");
    let of_them = standing::no_longer(gone.letters, &run.state);
    let mut foot = vec![format!("{} of {} is {}: {letters}{of_them}.", run.number, run.on, run.state)];
    foot.extend(crate::store::read::runs::detail(&reader, run.id, session.today)?.interest);
    let mut left: Vec<_> = left.into_iter().collect();
    left.sort();
    if !left.is_empty() {
        let all: Vec<String> = left.iter().map(|(why, count)| format!("{count} {why}")).collect();
        foot.push(format!("Not dunned: {}. `o2c dunning why CUSTOMER` says why.", all.join(", ")));
    }
    let total = lines.len() as u64;
    let rows = lines.into_iter().map(|line| {
        let level = line.level().map_or_else(|| line.review.clone(), |level| level.to_string());
        let why = match gone.lines.get(&line.id) {
            Some(gone) => format!("not any more: {gone}"),
            None if line.review.is_empty() => line.why.clone(),
            None => format!("{}: {}", line.review, line.reason),
        };
        vec![
            Cell::Text(line.account),
            Cell::Text(line.name),
            Cell::Text(line.document),
            Cell::date(Some(line.due)),
            Cell::Text(level),
            Cell::Amount(line.asked, line.currency),
            Cell::Text(line.currency.code().to_owned()),
            Cell::Text(line.letter.unwrap_or_default()),
            Cell::Text(why),
        ]
    });
    let columns = &["customer", "name", "document", "due", "level", "asked", "currency", "letter", "why"];
    Listing { columns, rows: rows.collect(), total, foot }.print(form)
}

fn line_json(line: &Line, gone: Option<&String>) -> Value {
    json!({
        "customer": line.account, "document": line.document, "due": line.due, "proposed": line.proposed,
        "level": line.level(), "asked": Money::new(line.asked, line.currency).plain(),
        "currency": line.currency.code(), "why": line.why, "review": line.review, "reason": line.reason,
        "letter": line.letter, "no_longer": gone,
    })
}

fn why(session: &Session, number: &str, on: Option<NaiveDate>, form: Form) -> Result<(), Stop> {
    let reader = session.reader()?;
    let known = names::customer(&reader, number)?;
    let today = on.unwrap_or(session.today);
    let rules = load::rules_of(&reader)?;
    let facts = load::facts_of(&reader, Wanted { customer: Some(known.id), today, run: 0 })?.pop().unwrap_or_default();
    let decision = rules.decide(&facts, today);
    let mut rows = Vec::new();
    for (item, verdict) in facts.items.iter().zip(&decision.verdicts) {
        let policy = verdict.policy.map_or("", |place| rules.policies[place].name.as_str());
        let document = refer::document_number(&reader, item.document)?;
        let level = match verdict.outcome {
            Outcome::Dun(level) => Some(level),
            Outcome::Leave => None,
        };
        rows.push((document, item, verdict, policy, level));
    }
    if form == Form::Json {
        let items: Vec<Value> = rows
            .iter()
            .map(|(document, item, verdict, policy, level)| {
                json!({
                    "document": document, "due": item.due, "currency": item.currency.code(),
                    "open": Money::new(item.open, item.currency).plain(),
                    "asked": Money::new(verdict.asked, item.currency).plain(), "policy": policy, "level": level,
                    "sent_level": item.level(), "reason": verdict.why.word(), "why": verdict.why.sentence(),
                    "changes_on": verdict.changes_on,
                })
            })
            .collect();
        let holds: Vec<Value> = facts
            .holds
            .iter()
            .map(|hold| json!({"hold": hold.id, "kind": hold.kind, "from": hold.from, "until": hold.until, "reason": hold.reason}))
            .collect();
        let answer = json!({"customer": known.number, "as_of": today, "last_contact": facts.last_contact, "holds": holds, "items": items});
        return out::say(&answer.to_string());
    }
    out::say(&format!("{} {} on {today}:", known.number, known.name))?;
    for (document, item, verdict, _, level) in rows {
        let what = level.map_or("not dunned".to_owned(), |level| format!("level {level}"));
        let change = verdict.changes_on.map_or(String::new(), |on| format!("; changes on {on}"));
        let (open, why) = (shown(item.open, item.currency), verdict.why.sentence());
        // A level says of itself since when it is due.
        let said = if why.starts_with(&what) { why } else { format!("{what}, {why}") };
        out::say(&format!("  {document}, {open}, due {}: {said}{change}", item.due))?;
    }
    for hold in &facts.holds {
        let until = hold.until.map_or("until lifted".to_owned(), |until| format!("until {until}"));
        out::say(&format!("  Hold {} ({}) from {} {until}: {}", hold.id, hold.kind, hold.from, hold.reason))?;
    }
    Ok(())
}
