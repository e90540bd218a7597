//! Acts on disputes: open, assign, note, resolve. Every one names the version of the case the person saw, so that two
//! people on one case lose nothing: the second is told who changed what.

use super::master::{line, maybe_line};
use super::money::{positive, reduce, shown};
use super::perform::{Context, Written};
use super::{Act, Failure};
use crate::domain::dispute::{Reason, State};
use crate::domain::document::DocumentKind;
use crate::store::Tx;
use crate::store::work::{Dispute, NewStep};

pub(super) fn handle(tx: &mut Tx<'_>, context: &Context<'_>, act: &Act) -> Result<Written, Failure> {
    match act {
        Act::OpenDispute { item, amount, reason, text } => open(tx, context, *item, *amount, reason, text),
        Act::AssignDispute { dispute, version, owner, department } => {
            let case = seen(tx, *dispute, *version)?;
            let (owner, department) = (maybe_line(owner), maybe_line(department));
            let department = if department.is_empty() { case.department.clone() } else { department };
            let step = NewStep {
                what: "assigned",
                state: State::Assigned.word(),
                owner: &owner,
                department: &department,
                ..same(context, &case, "")
            };
            tx.change_dispute(&case, &step)?;
            written(tx, &case, format!("Assigned {} to {owner}, {department}", case.number))
        }
        Act::NoteDispute { dispute, version, text } => {
            let case = seen(tx, *dispute, *version)?;
            let text = line(text, "The note")?;
            tx.change_dispute(&case, &NewStep { what: "note", ..same(context, &case, &text) })?;
            written(tx, &case, format!("Note on {}", case.number))
        }
        Act::ResolveDispute { dispute, version, accepted, text } => {
            let case = seen(tx, *dispute, *version)?;
            resolve(tx, context, &case, *accepted, text)
        }
        _ => Err(Failure::refused("ACT-06", "This is not a dispute. Nothing was changed.")),
    }
}

fn written(tx: &Tx<'_>, case: &Dispute, summary: String) -> Result<Written, Failure> {
    let name = tx.customer(case.customer)?.data.name;
    Ok(Written::of(Some(case.customer), format!("{summary} ({name})")))
}

/// A step that changes nothing but what it says.
fn same<'a>(context: &Context<'_>, case: &'a Dispute, text: &'a str) -> NewStep<'a> {
    NewStep {
        what: "note",
        state: &case.state,
        owner: &case.owner,
        department: &case.department,
        accepted: case.accepted,
        text,
        on: context.today,
        person: context.person.id,
        decided_on: None,
    }
}

/// The case, if it is neither closed nor void and at the version the person saw.
fn seen(tx: &Tx<'_>, dispute: i64, version: i64) -> Result<Dispute, Failure> {
    let case = tx.dispute(dispute)?;
    if case.version != version {
        let sentence = format!(
            "{} changed after you opened it. {}. Yours was not written and is kept as a draft; look at it again.",
            case.number,
            tx.who(case.last_act)?
        );
        return Err(Failure::refused("ACT-03", sentence));
    }
    if case.state == State::Closed.word() || case.state == State::Void.word() {
        return Err(Failure::refused("DIS-02", format!("{} is {}. Nothing was changed.", case.number, case.state)));
    }
    Ok(case)
}

pub(super) fn open(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    item: i64,
    amount: i64,
    reason: &str,
    text: &str,
) -> Result<Written, Failure> {
    positive(amount, "The disputed amount")?;
    let reason = Reason::parse(reason).ok_or_else(|| {
        let words: Vec<&str> = Reason::ALL.iter().map(|reason| reason.word()).collect();
        Failure::refused("DIS-01", format!("\"{reason}\" is not a reason. Reasons are {}.", words.join(", ")))
    })?;
    let mut item = tx.item(item)?;
    let free = item.open - item.disputed;
    if amount > free {
        let sentence = format!(
            "The item has {} open and undisputed; {} is more. Nothing was changed.",
            shown(free.max(0), item.currency),
            shown(amount, item.currency)
        );
        return Err(Failure::refused("AMT-06", sentence));
    }
    let text = maybe_line(text);
    let step = NewStep {
        what: "opened",
        state: State::New.word(),
        owner: &context.person.login,
        department: reason.department(),
        accepted: 0,
        text: &text,
        on: context.today,
        person: context.person.id,
        decided_on: None,
    };
    let (_, number) = tx.add_dispute(&mut item, amount, reason.word(), &step)?;
    let name = tx.customer(item.customer)?.data.name;
    let what = format!("Opened {number}: {} disputed by {name}, {}", shown(amount, item.currency), reason.word());
    Ok(Written::of(Some(item.customer), what))
}

/// Decides a case. What is accepted is credited at once; the rest is collected again from today.
fn resolve(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    case: &Dispute,
    accepted: i64,
    text: &str,
) -> Result<Written, Failure> {
    if !(0..=case.amount).contains(&accepted) {
        let sentence =
            format!("Between 0 and {} can be accepted. Nothing was changed.", shown(case.amount, case.currency));
        return Err(Failure::refused("AMT-06", sentence));
    }
    let text = maybe_line(text);
    let step = NewStep {
        what: "resolved",
        state: State::Closed.word(),
        accepted,
        decided_on: Some(context.today),
        ..same(context, case, &text)
    };
    tx.change_dispute(case, &step)?;
    let mut item = tx.item(case.item)?;
    let still = (item.disputed - case.amount).max(0);
    tx.set_disputed(&mut item, still)?;
    let credited = accepted.min(item.open.max(0));
    let outcome = match accepted {
        0 => "invalid, collected again",
        all if all == case.amount => "valid",
        _ => "partly valid",
    };
    if credited > 0 {
        let reason = format!("{} {outcome}", case.number);
        reduce(tx, context, DocumentKind::CreditNote, case.item, credited, context.today, &reason)?;
    }
    let tail = if credited > 0 { format!(", {} credited", shown(credited, case.currency)) } else { String::new() };
    written(tx, case, format!("Resolved {}: {outcome}{tail}", case.number))
}
