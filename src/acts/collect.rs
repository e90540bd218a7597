//! Acts of the daily loop: calls, e-mail drafts, notes, follow-up dates, setting aside, promises. None of them moves
//! money; all of them can be taken back.

use chrono::NaiveDate;

use super::master::{line, maybe_line, named, single};
use super::money::{positive, shown};
use super::perform::{Context, Written};
use super::{Act, Failure};
use crate::domain::case::mention::mentions;
use crate::domain::outcome::Outcome;
use crate::domain::plan;
use crate::domain::promise::{self, State};
use crate::store::Tx;
use crate::store::work::NewActivity;

pub(super) fn handle(tx: &mut Tx<'_>, context: &Context<'_>, act: &Act) -> Result<Written, Failure> {
    match act {
        Act::LogCall { customer, outcome, text, next_on } => {
            let came = outcome_of(outcome)?;
            let next_on = Some(next_on.unwrap_or_else(|| came.next_on(context.today)));
            let entry = Entry { kind: "call", outcome: came.words(), text, next_on, what: came.next() };
            log(tx, context, &[*customer], &entry, &format!("Call ({})", came.words()))
        }
        Act::DraftEmail { customers, text, next_on } => {
            let entry = Entry { kind: "e-mail", outcome: "draft", text, next_on: *next_on, what: "check answer" };
            log(tx, context, customers, &entry, "E-mail draft")
        }
        Act::Note { customer, text } => {
            let text = line(text, "The note")?;
            let entry = Entry { kind: "note", outcome: "", text: &text, next_on: None, what: "" };
            let noted = log(tx, context, &[*customer], &entry, "Note")?;
            nobody_asked(tx, *customer, &text, noted)
        }
        Act::FollowUp { customers, on, what } => {
            let entry = Entry { kind: "follow-up", outcome: "", text: "", next_on: Some(*on), what };
            log(tx, context, customers, &entry, &format!("Follow-up on {on}"))
        }
        Act::Done { customers } => {
            let entry = Entry { kind: "done", outcome: "", text: "", next_on: None, what: "" };
            log(tx, context, customers, &entry, "Done for today")
        }
        Act::Promise { items, on, text } => record(tx, context, items, *on, text),
        Act::Withdraw { promise } => withdraw(tx, context, *promise),
        _ => Err(Failure::refused("ACT-06", "This is not collections work. Nothing was changed.")),
    }
}

/// What came of a contact, by its word; refused with the words there are.
pub(super) fn outcome_of(outcome: &str) -> Result<Outcome, Failure> {
    Outcome::parse(outcome).ok_or_else(|| {
        let words: Vec<&str> = Outcome::ALL.iter().map(|one| one.words()).collect();
        let sentence = format!("\"{outcome}\" is no outcome; they are {}. Nothing was changed.", words.join(", "));
        Failure::refused("ACT-09", sentence)
    })
}

struct Entry<'a> {
    kind: &'a str,
    outcome: &'a str,
    text: &'a str,
    next_on: Option<NaiveDate>,
    what: &'a str,
}

fn log(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    customers: &[i64],
    entry: &Entry<'_>,
    title: &str,
) -> Result<Written, Failure> {
    if customers.is_empty() {
        return Err(Failure::refused("ACT-09", "No customer was chosen. Nothing was changed."));
    }
    if entry.next_on.is_some_and(|next| next < context.today) {
        return Err(Failure::refused("DAT-04", "The follow-up date is in the past. Nothing was changed."));
    }
    let (text, what) = (maybe_line(entry.text), maybe_line(entry.what));
    let mut name = String::new();
    for customer in customers {
        name = tx.customer(*customer)?.data.name;
        tx.add_activity(&NewActivity {
            customer: *customer,
            person: context.person.id,
            kind: entry.kind,
            outcome: entry.outcome,
            text: &text,
            on: context.today,
            next_on: entry.next_on,
            next_what: &what,
            takes_back: None,
        })?;
    }
    let next = entry.next_on.filter(|_| entry.kind != "follow-up");
    let tail = next.map_or(String::new(), |next| format!(", again on {next}"));
    Ok(Written::of(single(customers), format!("{title}: {}{tail}", named(customers, &name))))
}

/// A note on a customer makes no task, which belongs to a case or an inquiry: says so where it mentions somebody.
fn nobody_asked(tx: &Tx<'_>, customer: i64, text: &str, noted: Written) -> Result<Written, Failure> {
    let mut meant = Vec::new();
    for login in mentions(text) {
        meant.extend(tx.person(login)?.filter(|person| person.active).map(|person| person.login));
    }
    if meant.is_empty() {
        return Ok(noted);
    }
    let number = tx.customer(customer)?.data.number;
    let (whom, summary) = (meant.join(" and "), &noted.summary);
    let summary = format!(
        "{summary}; {whom} was not asked: a task belongs to a case or an inquiry (o2c dispute inquire {number} --text ...)"
    );
    Ok(Written { summary, ..noted })
}

fn record(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    items: &[(i64, i64)],
    on: NaiveDate,
    text: &str,
) -> Result<Written, Failure> {
    if on < context.today {
        return Err(Failure::refused(
            "DAT-04",
            format!("{on} is in the past. A promise looks forward; nothing was changed."),
        ));
    }
    let text = maybe_line(text);
    let mut total = 0i64;
    let mut first = None;
    for (id, amount) in items {
        let item = tx.item(*id)?;
        positive(*amount, "A promise")?;
        if *amount > item.open {
            let sentence = format!(
                "The item has {} open; {} cannot be promised. Nothing was changed.",
                shown(item.open.max(0), item.currency),
                shown(*amount, item.currency)
            );
            return Err(Failure::refused("AMT-06", sentence));
        }
        if first.is_some_and(|(_, currency)| currency != item.currency) {
            let sentence = "The items are in different currencies; make one promise for each. Nothing was changed.";
            return Err(Failure::refused("AMT-09", sentence));
        }
        let planned = tx.plans_of_item(item.id)?;
        if let Some(plan) = planned.iter().find(|one| one.plan.standing(context.today).state == plan::State::Good) {
            let sentence = format!(
                "The item is in the plan {}, which is in good standing. Nothing was changed; replace or withdraw the plan (g n, then p or x).",
                plan.number
            );
            return Err(Failure::refused("PLN-02", sentence));
        }
        let level = tx.next_promise_level(item.id, context.today)?;
        // One that was kept stays kept.
        for (open, _) in tx.judged_promises(item.id, context.today)?.iter().filter(|one| one.1 == State::Open) {
            tx.end_promise(open.id, context.today, "renewed")?;
        }
        tx.add_promise(&item, *amount, context.today, on, level, &text)?;
        total += amount;
        first = first.or(Some((item.customer, item.currency)));
    }
    let Some((customer, currency)) = first else {
        return Err(Failure::refused("ACT-09", "No item was chosen. Nothing was changed."));
    };
    let name = tx.customer(customer)?.data.name;
    let count = if items.len() == 1 { String::new() } else { format!(" ({} items)", items.len()) };
    let day = on.format("%a %-d %b %Y");
    Ok(Written::of(Some(customer), format!("Promise {} {name} for {day}{count}", shown(total, currency))))
}

/// Why a promise takes a second person: further ahead than the company lets anybody promise, or once more on an item
/// whose promises were renewed or broken too often. The settings are [`HORIZON`] and [`RENEWALS`].
pub(super) fn beyond_limits(
    tx: &Tx<'_>,
    context: &Context<'_>,
    items: &[(i64, i64)],
    on: NaiveDate,
) -> Result<Option<String>, Failure> {
    let setting = |key: &str, usual: i64| -> Result<i64, Failure> {
        Ok(tx.setting(key)?.and_then(|value| value.parse().ok()).unwrap_or(usual))
    };
    let (days, most) = (setting(HORIZON, promise::HORIZON_DAYS)?, setting(RENEWALS, promise::RENEWALS)?);
    if (on - context.today).num_days() > days {
        return Ok(Some(format!("a promise for {on} is more than {days} days ahead ({HORIZON})")));
    }
    for (item, _) in items {
        let before = tx.next_promise_level(*item, context.today)? - 1;
        if before > most {
            return Ok(Some(format!(
                "{before} promises on the item were renewed or not kept, more than {most} ({RENEWALS})"
            )));
        }
    }
    Ok(None)
}

/// The setting of how many days ahead may be promised without a second person.
pub(super) const HORIZON: &str = promise::HORIZON;
/// The setting of how often a promise may be renewed without a second person.
pub(super) const RENEWALS: &str = "promise-renewals";

fn withdraw(tx: &mut Tx<'_>, context: &Context<'_>, promise: i64) -> Result<Written, Failure> {
    let promise = tx.promise(promise)?;
    if promise.ended_on.is_some() {
        return Err(Failure::refused("ACT-08", "This promise has ended already. Nothing was changed."));
    }
    let judged = tx.judged_promises(promise.item, context.today)?;
    if let Some((_, state)) = judged.iter().find(|one| one.0.id == promise.id && one.1 != State::Open) {
        let sentence = format!(
            "The promise for {} is {} by now and stays so. Nothing was changed; record a new one instead.",
            promise.promised_on,
            state.word()
        );
        return Err(Failure::refused("ACT-08", sentence));
    }
    let item = tx.item(promise.item)?;
    tx.end_promise(promise.id, context.today, "withdrawn")?;
    let name = tx.customer(item.customer)?.data.name;
    let what = format!("Withdrew the promise of {} by {name}", shown(promise.amount, item.currency));
    Ok(Written { undoable: false, ..Written::of(Some(item.customer), what) })
}
