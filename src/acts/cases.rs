//! Acts on disputes: open, assign, note, resolve. Every one names the version of the case the person saw, so that two
//! people on one case lose nothing: the second is told who changed what.

use super::case::{self, Settled};
use super::master::{line, maybe_line};
use super::money::{positive, reduce, shown};
use super::perform::{Context, Written};
use super::{Act, Failure, people};
use crate::domain::case::Effect;
use crate::domain::dispute::{Reason, State};
use crate::domain::document::DocumentKind;
use crate::store::Tx;
use crate::store::cases::Part;
use crate::store::work::{Dispute, NewStep};

pub(super) fn handle(tx: &mut Tx<'_>, context: &Context<'_>, act: &Act) -> Result<Written, Failure> {
    match act {
        Act::OpenDispute { item, amount, reason, text } => {
            let opened = open(tx, context, *item, *amount, reason, text)?;
            case::asked_of_new(tx, context, text, opened)
        }
        Act::AssignDispute { dispute, version, owner, department } => {
            let case = case::open_at(tx, *dispute, *version)?;
            case::of_own_queue(context, &case)?;
            let (owner, department) = (maybe_line(owner), people::queue(department)?);
            let department = if department.is_empty() { case.department.clone() } else { department.to_owned() };
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
            let case = case::open_at(tx, *dispute, *version)?;
            let text = line(text, "The note")?;
            tx.change_dispute(&case, &NewStep { what: "note", ..same(context, &case, &text) })?;
            let asked = case::mention(tx, context, &text, Some(case.id), None)?;
            written(tx, &case, format!("Note on {}{asked}", case.number))
        }
        Act::ResolveDispute { dispute, version, accepted, text } => {
            let case = case::open_at(tx, *dispute, *version)?;
            case::of_own_queue(context, &case)?;
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

/// The reason somebody means.
pub(super) fn reason(text: &str) -> Result<Reason, Failure> {
    Reason::parse(text).ok_or_else(|| {
        let words: Vec<&str> = Reason::ALL.iter().map(|reason| reason.word()).collect();
        Failure::refused("DIS-01", format!("\"{text}\" is not a reason. Reasons are {}.", words.join(", ")))
    })
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
    let reason = self::reason(reason)?;
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

/// What a payer deducted of an item is in dispute: what is so already stays in its case, the rest opens one of its own.
pub(super) fn deducted(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    (item, amount): (i64, i64),
    reason: &str,
    payer: &str,
) -> Result<String, Failure> {
    let found = tx.item(item)?;
    let known = (amount - (found.open - found.disputed).max(0)).clamp(0, found.disputed);
    let before: Vec<String> = tx.open_cases(item)?.into_iter().map(|case| case.number).collect();
    let mut said = Vec::new();
    if amount > known {
        let text = format!("deducted by the payer, {payer}");
        said.push(open(tx, context, item, amount - known, reason, &text)?.summary);
    }
    if known > 0 {
        self::reason(reason)?;
        said.push(format!("{} deducted stays in {}", shown(known, found.currency), before.join(", ")));
    }
    Ok(said.join("; "))
}

/// Decides a whole case. What is accepted is credited at once; the rest is collected again from today.
fn resolve(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    case: &Dispute,
    accepted: i64,
    text: &str,
) -> Result<Written, Failure> {
    let held = tx.held_by(case)?;
    if !(0..=held).contains(&accepted) {
        let sentence = format!("Between 0 and {} can be accepted. Nothing was changed.", shown(held, case.currency));
        return Err(Failure::refused("AMT-06", sentence));
    }
    let text = maybe_line(text);
    let credited = accepted.min(tx.item(case.item)?.open.max(0));
    let outcome = match accepted {
        0 => "invalid, collected again",
        all if all == held => "valid",
        _ => "partly valid",
    };
    let mut parts = Vec::new();
    if credited > 0 {
        let reason = format!("{} {outcome}", case.number);
        reduce(tx, context, DocumentKind::CreditNote, case.item, credited, context.today, &reason)?;
        parts.push(case::posted(tx, Part::of(case.id, Effect::Credited, credited))?);
    }
    parts.push(Part::of(case.id, Effect::Earlier, accepted - credited));
    parts.push(Part::of(case.id, Effect::Collected, held - accepted));
    parts.retain(|part| part.amount > 0);
    // Closing asks for what went wrong; who said nothing else means what mostly is behind the reason.
    if tx.fact(case.id, "cause")?.is_empty() {
        let usual = Reason::parse(&case.reason).unwrap_or_default().likely_cause();
        tx.add_fact(case.id, "cause", usual)?;
    }
    let settled = Settled { what: "resolved", state: State::Closed.word(), parts: &parts, text: &text };
    case::settle(tx, context, case, &settled)?;
    let tail = if credited > 0 { format!(", {} credited", shown(credited, case.currency)) } else { String::new() };
    let asked = case::mention(tx, context, &text, Some(case.id), None)?;
    written(tx, case, format!("Resolved {}: {outcome}{tail}{asked}", case.number))
}
