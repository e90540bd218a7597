//! `o2c dunning waive`, and the step of `o2c daily` that does the same: credits the fees that policies waive, because what
//! they were charged for is paid. Beyond the limit of who has it done, a credit waits for a second person.

use serde_json::json;

use super::daily::Told;
use super::daily_args::Daily;
use super::dunning_args::Waive;
use super::out::{self, Form};
use super::session::Session;
use super::stop::Stop;
use crate::acts::dunning::waive;
use crate::acts::{self, Done, Mode};
use crate::domain::authority::Right;
use crate::domain::money::{Money, NumberStyle};
use crate::domain::text::counted;
use crate::store::dunning::charges::{Waiver, waivers};
use crate::store::read::book;

/// Answers the verb.
pub(super) fn run(session: &Session, given: &Waive) -> Result<(), Stop> {
    session.may_write()?;
    let found = open(session)?;
    let done = credited(session, &found, given.dry_run)?;
    if given.form.form() == Form::Json {
        let rows = found.iter().zip(&done).map(|(one, done)| {
            json!({
                "document": one.document, "customer": one.customer, "waived": Money::new(one.part, one.currency).plain(),
                "currency": one.currency.code(), "policy": one.policy, "act": done.act, "asked": done.asked,
            })
        });
        return out::say(&json!({"dry_run": given.dry_run, "waived": rows.collect::<Vec<_>>()}).to_string());
    }
    if found.is_empty() {
        return out::say(
            "No fee is to be waived: none is open whose invoices are paid, under a policy that waives it.",
        );
    }
    for done in &done {
        out::say(&done.summary)?;
    }
    Ok(())
}

/// The fees to be credited, but those whose credit a person took back: that is decided.
fn open(session: &Session) -> Result<Vec<Waiver>, Stop> {
    let mut found = waivers(&session.reader()?, session.today)?;
    let mut before = Vec::new();
    for one in &found {
        before.push(session.performed(&waive::request(one, session.today).key)?.is_some());
    }
    let mut before = before.into_iter();
    found.retain(|_| !before.next().unwrap_or(false));
    Ok(found)
}

fn credited(session: &Session, found: &[Waiver], dry_run: bool) -> Result<Vec<Done>, Stop> {
    let mode = if dry_run { Mode::DryRun } else { Mode::Post };
    let mut done = Vec::with_capacity(found.len());
    for one in found {
        let request = waive::request(one, session.today);
        done.push(session.with_writer(|conn, actor, stamp| acts::perform(conn, actor, stamp, &request, mode))?);
    }
    Ok(done)
}

/// The step of the day. Whoever runs it without the right to write credit notes leaves the fees to somebody who has it.
pub(super) fn fees(session: &Session, given: &Daily) -> Result<(Told, u8), Stop> {
    let reader = session.reader()?;
    let found = open(session)?;
    if found.is_empty() {
        return Ok((Told::new("fees", "nothing", "no fee is to be waived"), 0));
    }
    let person = book::person(&reader, &session.login(Some(&reader))?)?;
    let may = person.is_some_and(|one| one.held().iter().any(|role| role.has(Right::CreditNotes)));
    drop(reader);
    let count = counted(found.len() as u64, "fee");
    if !may {
        let said = format!("{count} to waive, left to somebody who may write credit notes: o2c dunning waive");
        return Ok((Told::new("fees", "nothing", said), 0));
    }
    let done = credited(session, &found, given.dry_run)?;
    let waits = done.iter().filter(|done| done.asked).count();
    let verb = if given.dry_run { "would be waived" } else { "waived" };
    let list: Vec<String> = found.iter().map(|one| format!("{} {}", one.document, shown(one))).collect();
    let tail = if waits > 0 { format!("; {waits} of them wait for a second person") } else { String::new() };
    Ok((Told::new("fees", "done", format!("{verb}: {}{tail}", list.join(", "))), 0))
}

fn shown(one: &Waiver) -> String {
    format!("{} {}", Money::new(one.part, one.currency).grouped(NumberStyle::Point), one.currency)
}
