//! Taking an act back by compensating ones: allocations are reversed, documents get a counter-document, activities and
//! promises are taken back, disputes and master data return to the step before. Nothing is deleted.

use super::arrange::{self, Arrange};
use super::bank_rules::RuleChange;
use super::dunning::Dunning;
use super::mail::Mail;
use super::perform::{Context, Written};
use super::{Act, Failure, approval, bank_rules, case, dunning, mail, master, money, people, tax};
use crate::domain::account::Account;
use crate::domain::document::DocumentKind;
use crate::store::Tx;
use crate::store::cases::Part;
use crate::store::ledger::{NewAllocation, NewDocument, NewItem};
use crate::store::lookup::{Document, Logged};
use crate::store::payments::NewPaymentStep;
use crate::store::work::{NewActivity, NewStep};
use chrono::NaiveDate;

/// Steps of a case that follow from clearing its item.
const CLEARED: [&str; 3] = ["paid", "credited", "written off"];

pub(super) fn handle(tx: &mut Tx<'_>, context: &Context<'_>, act: i64) -> Result<Written, Failure> {
    let logged = tx
        .logged(act)?
        .ok_or_else(|| Failure::refused("ACT-04", format!("There is no act {act} in the log. Nothing was changed.")))?;
    if let Some(by) = logged.undone_by {
        let sentence = format!("Act {act} ({}) was taken back by act {by}. Nothing was changed.", logged.summary);
        return Err(Failure::refused("ACT-08", sentence));
    }
    let (original, is_done) = bottom(tx, &logged)?;
    if !is_done {
        return redo(tx, context, &logged, original);
    }
    match original {
        Act::LogCall { .. } | Act::DraftEmail { .. } | Act::Note { .. } | Act::FollowUp { .. } | Act::Done { .. } => {
            activities(tx, context, act)?;
        }
        Act::Promise { .. } => promises(tx, context, act)?,
        Act::Arrange(ref arranged) if !matches!(arranged, Arrange::SetStrategy { .. }) => {
            promises(tx, context, act)?;
            customers(tx, act)?;
            activities(tx, context, act)?;
            arrange::undo(tx, context, arranged, act)?;
        }
        Act::PostDocument { .. }
        | Act::PostReceipt { .. }
        | Act::Apply { .. }
        | Act::Credit { .. }
        | Act::WriteOff { .. }
        | Act::Refund { .. } => postings(tx, context, act)?,
        Act::ApplyPayment(_) | Act::ApplyRun(_) | Act::SettlePayment { .. } | Act::RefundPayment(_) => {
            disputes(tx, context, act)?;
            payments(tx, context, act)?;
        }
        Act::SetCustomer { .. } | Act::SetOwner { .. } | Act::SetBlocked { .. } => customers(tx, act)?,
        Act::OpenDispute { .. } | Act::AssignDispute { .. } | Act::NoteDispute { .. } | Act::ResolveDispute { .. } => {
            disputes(tx, context, act)?;
        }
        Act::Case(_) => cases(tx, context, act)?,
        Act::ChangeRole { login, role, held, accept } => {
            people::handle(tx, context, &Act::ChangeRole { login, role, held: !held, accept })?;
        }
        Act::Dunning(dunning) if dunning::take_back(tx, context, act, &dunning)? => {}
        Act::SetBankRule(change) => drop(bank_rules::set(tx, &RuleChange { held: !change.held, ..change })?),
        Act::Mail(Mail::Write(_)) => {
            mail::write::take_back(tx, act)?;
            activities(tx, context, act)?;
        }
        Act::Mail(Mail::Accept { .. } | Mail::Dismiss { .. }) => {
            accepted(tx, context, act)?;
        }
        Act::Ask { .. } => {
            let request = tx.request_of_act(act)?.map_or(0, |request| request.id);
            let written = approval::recall(tx, context, request)?;
            return Ok(Written { undoes: Some(act), ..written });
        }
        other => {
            let sentence =
                format!("\"{}\" cannot be taken back. Nothing was changed{}.", logged.summary, instead(&other));
            return Err(Failure::refused("ACT-10", sentence));
        }
    }
    Ok(Written {
        summary: format!("Undid: {}", logged.summary.strip_prefix("Redid: ").unwrap_or(&logged.summary)),
        customer: logged.customer,
        undoes: Some(act),
        undoable: true,
    })
}

/// What can be done where an act cannot be taken back, as the end of a sentence.
fn instead(act: &Act) -> &'static str {
    match act {
        Act::Import(import) => match import.kind.as_str() {
            "statement" => {
                "; settle a payment that is none (o2c cash settle PAYMENT --what elsewhere), and take the right file in \
                 with --accept-gap"
            }
            "invoices" => "; credit an invoice that is wrong (o2c credit)",
            "receipts" => "; send back or unapply a receipt that is wrong (o2c refund, o2c unapply)",
            _ => "; change what is wrong by hand",
        },
        Act::AddPerson { .. } => "; shut the person out (o2c user shut-out)",
        Act::SetActive { active: false, .. } => "; let the person in again (o2c user shut-out --in)",
        Act::SetActive { .. } => "; shut the person out again (o2c user shut-out)",
        _ => "",
    }
}

/// The act at the bottom of a chain of undos and approvals, and whether `logged` left it done: an undo of an undo does
/// it again.
pub(super) fn bottom(tx: &Tx<'_>, logged: &Logged) -> Result<(Act, bool), Failure> {
    let (mut payload, mut is_done) = (logged.payload.clone(), true);
    loop {
        let act: Act = serde_json::from_str(&payload).map_err(|_| {
            Failure::refused("ACT-05", format!("Act {} cannot be read back. Nothing was changed.", logged.id))
        })?;
        if let Act::Approve { request, .. } = &act
            && let Some(request) = tx.request(*request)?
        {
            payload = request.payload;
            continue;
        }
        let Act::Undo { act: before } = act else { return Ok((act, is_done)) };
        let Some(earlier) = tx.logged(before)? else {
            return Err(Failure::refused("ACT-10", "What was undone cannot be read back. Nothing was changed."));
        };
        payload = earlier.payload;
        is_done = !is_done;
    }
}

/// Taking an undo back performs what it undid once more.
fn redo(tx: &mut Tx<'_>, context: &Context<'_>, undo: &Logged, act: Act) -> Result<Written, Failure> {
    if let Act::ApplyRun(_) = act {
        let sentence = "What the rules found then is not kept. Nothing was posted; let them look again: o2c cash run.";
        return Err(Failure::refused("ACT-10", sentence));
    }
    let act = at_present_version(tx, act)?;
    // A posted number is never given twice: what was posted under it stays in the book, with what took it back.
    let taken = match &act {
        Act::PostDocument { kind, number, .. } => tx.document(*kind, number.trim())?,
        Act::PostReceipt { reference, .. } if !reference.trim().is_empty() => {
            tx.document(DocumentKind::Receipt, reference.trim())?
        }
        _ => None,
    };
    if let Some(taken) = taken {
        let sentence = format!(
            "{} {} was taken back, and its number stays with it. Nothing was posted; enter it again under another number.",
            taken.kind.name(),
            taken.number
        );
        return Err(Failure::refused("ACT-07", sentence));
    }
    let written = super::perform::handle(tx, context, &act)?;
    Ok(Written { summary: format!("Redid: {}", written.summary), undoes: Some(undo.id), ..written })
}

/// A redone edit is of the version as it is now: the undo itself made a new one.
pub(super) fn at_present_version(tx: &Tx<'_>, act: Act) -> Result<Act, Failure> {
    let now = |dispute: i64| tx.dispute(dispute).map(|case| case.version);
    Ok(match act {
        Act::AssignDispute { dispute, owner, department, .. } => {
            Act::AssignDispute { dispute, version: now(dispute)?, owner, department }
        }
        Act::NoteDispute { dispute, text, .. } => Act::NoteDispute { dispute, version: now(dispute)?, text },
        Act::ResolveDispute { dispute, accepted, text, .. } => {
            Act::ResolveDispute { dispute, version: now(dispute)?, accepted, text }
        }
        Act::SetCustomer { customer: Some(id), data, .. } => {
            Act::SetCustomer { customer: Some(id), version: tx.customer(id)?.version, data }
        }
        Act::Dunning(Dunning::LiftHold { hold, reason }) => {
            Act::Dunning(Dunning::LiftHold { hold: tx.placed_again(hold)?.unwrap_or(hold), reason })
        }
        Act::Case(case) => Act::Case(Box::new(case.at_present(tx)?)),
        other => other,
    })
}

/// What an accepted proposal became is taken back, and the proposal is open again.
fn accepted(tx: &mut Tx<'_>, context: &Context<'_>, act: i64) -> Result<(), Failure> {
    promises(tx, context, act)?;
    disputes(tx, context, act)?;
    activities(tx, context, act)?;
    mail::take_back(tx, act)
}

fn activities(tx: &mut Tx<'_>, context: &Context<'_>, act: i64) -> Result<(), Failure> {
    for (first, last) in tx.ids_of_act("activity", act)? {
        for id in first..=last {
            let customer = tx.customer_of_activity(id)?;
            tx.add_activity(&NewActivity {
                customer,
                person: context.person.id,
                kind: "undo",
                outcome: "",
                text: "",
                on: context.today,
                next_on: None,
                next_what: "",
                takes_back: Some(id),
            })?;
        }
    }
    Ok(())
}

fn promises(tx: &mut Tx<'_>, context: &Context<'_>, act: i64) -> Result<(), Failure> {
    for (first, last) in tx.ids_of_act("promise", act)? {
        for id in first..=last {
            if tx.promise(id)?.ended_on.is_some() {
                let sentence = "The promise was renewed or withdrawn since. Nothing was changed; undo that first.";
                return Err(Failure::refused("ACT-10", sentence));
            }
            tx.end_promise(id, context.today, "undone")?;
        }
    }
    Ok(())
}

/// Allocations of the act are reversed, its documents get counter-documents, newest first.
fn postings(tx: &mut Tx<'_>, context: &Context<'_>, act: i64) -> Result<(), Failure> {
    for allocation in tx.allocations_of_act(act)?.iter().rev() {
        money::take_back(tx, allocation.id, context.today)?;
    }
    for document in tx.documents_of_act(act)?.iter().rev() {
        if tx.step_of_document(document.id)?.is_some_and(|step| step.what == "known") {
            let sentence = format!(
                "A statement of the bank shows {} {}. Nothing was changed; undo that first.",
                document.kind.name(),
                document.number
            );
            return Err(Failure::refused("ACT-10", sentence));
        }
        counter(tx, document, context.today)?;
    }
    Ok(())
}

/// What of payments an act settled is left again; what it booked against them goes back.
fn payments(tx: &mut Tx<'_>, context: &Context<'_>, act: i64) -> Result<(), Failure> {
    for step in tx.payment_steps_of_act(act)? {
        let mut payment = tx.payment(step.payment)?;
        let on = tx.open_day(context.today);
        let side = match step.what.as_str() {
            "charge" => Some(Account::BankCharges),
            "transfer" | "elsewhere" => Some(Account::Elsewhere),
            _ => None,
        };
        match step.document.filter(|_| step.what == "known") {
            Some(document) => tx.book_known(&payment, -step.amount, document, on)?,
            None => side.map_or(Ok(()), |side| tx.book_settled(&payment, -step.amount, side, on))?,
        }
        let back = NewPaymentStep {
            what: "undone",
            amount: -step.amount,
            document: step.document,
            entry: None,
            on,
            rule: "by hand",
            confidence: 1_000,
            evidence: "",
            takes_back: Some(step.id),
        };
        tx.add_payment_step(&mut payment, &back)?;
    }
    Ok(())
}

/// Posts the exact negative of a document on `today` and sets the two against each other.
pub(super) fn counter(tx: &mut Tx<'_>, document: &Document, today: NaiveDate) -> Result<(), Failure> {
    let items = tx.items_of(document.id)?;
    if let Some(used) = items.iter().find(|item| item.open != item.amount) {
        let sentence = format!(
            "{} {} was partly paid or applied since ({} of {} open). Nothing was changed; unapply that first.",
            document.kind.name(),
            document.number,
            money::shown(used.open.abs(), used.currency),
            money::shown(used.amount.abs(), used.currency)
        );
        return Err(Failure::refused("ACT-10", sentence));
    }
    if items.iter().any(|item| item.disputed > 0) {
        let sentence = format!("{} is in dispute. Nothing was changed; resolve that first.", document.number);
        return Err(Failure::refused("ACT-10", sentence));
    }
    let date = today.max(document.date);
    let side = tx.side_of(document)?;
    let taxed = tax::negated(&tx.tax_of(document.id)?);
    let number = format!("{}/U{}", document.number, tx.act);
    let new = NewDocument {
        kind: document.kind,
        number: &number,
        customer: document.customer,
        date,
        currency: document.currency,
        amount: -document.amount,
        base: document.base.map(|base| -base),
        reference: &document.number,
        order: "",
        text: "reversal",
        reverses: Some(document.id),
        side,
        tax: &taxed,
    };
    let parts: Vec<NewItem> = items
        .iter()
        .map(|item| NewItem { due: date, amount: -item.amount, base: item.base.map(|base| -base) })
        .collect();
    let (_, counters) = tx.post_document(&new, &parts)?;
    for (mut item, mut other) in items.into_iter().zip(counters) {
        let amount = item.amount.abs();
        let new = NewAllocation { amount, effective: date, rule: "reversal", reverses: None };
        let (debit, credit) = if item.amount > 0 { (&mut item, &mut other) } else { (&mut other, &mut item) };
        tx.allocate(debit, credit, &new)?;
    }
    Ok(())
}

fn customers(tx: &mut Tx<'_>, act: i64) -> Result<(), Failure> {
    for (first, last) in tx.ids_of_act("customer_version", act)? {
        for row in first..=last {
            let (customer, version) = tx.version_row(row)?;
            let present = tx.customer(customer)?;
            let before = tx.customer_version(customer, version - 1)?;
            match before {
                Some(data) if present.version == version => {
                    master::put(tx, Some(customer), &data)?;
                }
                _ => {
                    let sentence = format!("{} was changed again since. Nothing was changed.", present.data.name);
                    return Err(Failure::refused("ACT-10", sentence));
                }
            }
        }
    }
    Ok(())
}

/// Disputes, promises and inquiries an act on a case wrote.
fn cases(tx: &mut Tx<'_>, context: &Context<'_>, act: i64) -> Result<(), Failure> {
    disputes(tx, context, act)?;
    promises(tx, context, act)?;
    case::undo_inquiries(tx, context, act)
}

/// Cases an act changed return to the step before, and what it settled of them is in dispute again. What followed from
/// clearing an item is left to what follows from taking that back.
fn disputes(tx: &mut Tx<'_>, context: &Context<'_>, act: i64) -> Result<(), Failure> {
    postings(tx, context, act)?;
    let written = tx.ids_of_act("dispute_effect", act)?;
    let mut again = Vec::new();
    for (first, last) in tx.ids_of_act("dispute_step", act)? {
        for row in first..=last {
            if CLEARED.contains(&tx.step_word(row)?.as_str()) {
                continue;
            }
            let case = tx.dispute_of_step(row)?;
            if case.last_act != act {
                let sentence = format!("{} was changed again since. Nothing was changed.", case.number);
                return Err(Failure::refused("ACT-10", sentence));
            }
            let before = tx.dispute_before(&case)?;
            let void = crate::domain::dispute::State::Void.word();
            let (state, owner, department, accepted) =
                before.unwrap_or((void.to_owned(), case.owner.clone(), case.department.clone(), 0));
            let held = tx.held_by(&case)?;
            let parts = tx.parts(case.id)?;
            for part in &parts {
                let mine = written.iter().any(|(first, last)| (*first..=*last).contains(&part.id));
                let gone = parts.iter().any(|other| other.takes_back == Some(part.id));
                if mine && !gone && part.takes_back.is_none() {
                    let back = Part { id: 0, amount: -part.amount, takes_back: Some(part.id), ..*part };
                    tx.add_part(&back, context.today)?;
                }
            }
            let step = NewStep {
                what: "undone",
                state: &state,
                owner: &owner,
                department: &department,
                accepted,
                text: "",
                on: context.today,
                person: context.person.id,
                decided_on: (state == "closed").then_some(case.decided_on.unwrap_or(context.today)),
            };
            tx.change_dispute(&case, &step)?;
            let held = tx.held_by(&tx.dispute(case.id)?)? - held;
            let mut item = tx.item(case.item)?;
            let disputed = (item.disputed + held).max(0);
            tx.set_disputed(&mut item, disputed)?;
            again.extend((held > 0).then_some((item.id, case.number)));
        }
    }
    // What was freed may have been paid, or be in dispute elsewhere, by now.
    for (item, number) in again {
        let item = tx.item(item)?;
        if item.disputed > item.open.max(0) {
            let sentence = format!(
                "The item of {number} has {} open, less than would be in dispute again. Nothing was changed; open a new case.",
                money::shown(item.open.max(0), item.currency)
            );
            return Err(Failure::refused("ACT-10", sentence));
        }
    }
    Ok(())
}
