//! Contacts of every kind with what comes next, and the hand-over of a person's accounts.

use super::super::Failure;
use super::super::collect::outcome_of;
use super::super::master::{line, maybe_line, put};
use super::super::perform::{Context, Written};
use super::Arrange;
use crate::domain::outcome::KINDS;
use crate::store::Tx;
use crate::store::work::NewActivity;

pub(super) fn log(tx: &mut Tx<'_>, context: &Context<'_>, act: &Arrange) -> Result<Written, Failure> {
    let Arrange::Contact { customer, kind, outcome, text, next_on, next_what } = act else {
        return Err(Failure::refused("ACT-06", "This is no contact. Nothing was changed."));
    };
    if !KINDS.contains(&kind.as_str()) {
        let sentence = format!("\"{kind}\" is no kind of contact; they are {}. Nothing was changed.", KINDS.join(", "));
        return Err(Failure::refused("ACT-09", sentence));
    }
    let came = outcome_of(outcome)?;
    if *next_on < context.today {
        return Err(Failure::refused("DAT-04", "The day of the next step is in the past. Nothing was changed."));
    }
    let (text, what) = (maybe_line(text), maybe_line(next_what));
    let what = if what.is_empty() { came.next().to_owned() } else { what };
    let name = tx.customer(*customer)?.data.name;
    tx.add_activity(&NewActivity {
        customer: *customer,
        person: context.person.id,
        kind,
        outcome: came.words(),
        text: &text,
        on: context.today,
        next_on: Some(*next_on),
        next_what: &what,
        takes_back: None,
    })?;
    let mut title = kind.clone();
    title[..1].make_ascii_uppercase();
    Ok(Written::of(Some(*customer), format!("{title} ({}): {name}, {what} on {next_on}", came.words())))
}

pub(super) fn hand_over(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    (from, to): (&str, &str),
    note: &str,
) -> Result<Written, Failure> {
    let note = line(note, "The note")?;
    let (from, to) = (maybe_line(from), line(to, "The new owner")?);
    if from == to {
        return Err(Failure::refused("ACT-09", format!("{from} has these accounts already. Nothing was changed.")));
    }
    if !tx.person(&to)?.is_some_and(|person| person.active) {
        let sentence = format!("{to} may not sign in to this book. Nothing was changed; name a person who may.");
        return Err(Failure::refused("ACT-04", sentence));
    }
    let customers = tx.customers_of_owner(&from)?;
    if customers.is_empty() {
        let who = if from.is_empty() { "Nobody's list".to_owned() } else { from };
        return Err(Failure::refused("ACT-09", format!("{who} has no accounts. Nothing was changed.")));
    }
    let whose = if from.is_empty() { "nobody" } else { &from };
    let text = format!("Handed over from {whose} to {to}: {note}");
    for id in &customers {
        let mut customer = tx.customer(*id)?;
        customer.data.owner.clone_from(&to);
        put(tx, Some(*id), &customer.data)?;
        tx.add_activity(&NewActivity {
            customer: *id,
            person: context.person.id,
            kind: "note",
            outcome: "",
            text: &text,
            on: context.today,
            next_on: None,
            next_what: "",
            takes_back: None,
        })?;
    }
    let count = customers.len();
    let accounts = if count == 1 { "account" } else { "accounts" };
    Ok(Written::of(None, format!("Handed {count} {accounts} of {whose} over to {to}: {note}")))
}
