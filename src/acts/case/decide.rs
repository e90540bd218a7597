//! Deciding parts of a case: each outcome posts what it needs and leaves a row that names it; splitting and reopening.

use super::super::cases;
use super::super::master::{line, maybe_line};
use super::super::money::{self, positive, shown};
use super::super::perform::{Context, Written};
use super::super::{Act, Failure, collect};
use super::{Case, asked_of_new, at_version, mention, of_own_queue, open_at, written};
use crate::domain::case::{self, Effect, Outcome};
use crate::domain::dispute::State;
use crate::domain::document::DocumentKind;
use crate::store::Tx;
use crate::store::cases::Part;
use crate::store::ledger::{NewDocument, NewItem};
use crate::store::work::{Dispute, NewStep};

/// What settles parts of a case, or takes that back.
pub(in crate::acts) struct Settled<'a> {
    /// The word of the step.
    pub what: &'a str,
    /// Where the case stands when something is left open.
    pub state: &'a str,
    /// What became of which part.
    pub parts: &'a [Part],
    /// What was said.
    pub text: &'a str,
}

/// Writes parts of a case and a step, and holds back of the item what is left. Closed when nothing is.
pub(in crate::acts) fn settle(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    case: &Dispute,
    settled: &Settled<'_>,
) -> Result<i64, Failure> {
    let before = tx.held_by(case)?;
    let mut given = 0;
    for part in settled.parts {
        tx.add_part(part, context.today)?;
        given += if part.effect.is_given() { part.amount } else { 0 };
    }
    let open = Dispute { state: State::Assigned.word().to_owned(), ..case.clone() };
    let left = tx.held_by(&open)?;
    let closed = left == 0;
    let step = NewStep {
        what: settled.what,
        state: if closed { State::Closed.word() } else { settled.state },
        owner: &case.owner,
        department: &case.department,
        accepted: case.accepted + given,
        text: settled.text,
        on: context.today,
        person: context.person.id,
        decided_on: closed.then_some(context.today),
    };
    tx.change_dispute(case, &step)?;
    let mut item = tx.item(case.item)?;
    let disputed = (item.disputed - before + left).max(0);
    tx.set_disputed(&mut item, disputed)?;
    Ok(left)
}

/// The document and the allocation of what was just posted against an item.
pub(in crate::acts) fn posted(tx: &Tx<'_>, part: Part) -> Result<Part, Failure> {
    let Some(allocation) = tx.last_allocation() else { return Ok(part) };
    let document = tx.item(tx.allocation(allocation)?.credit_item)?.document;
    Ok(Part { allocation: Some(allocation), document: Some(document), ..part })
}

pub(super) fn decide(tx: &mut Tx<'_>, context: &Context<'_>, act: &Case) -> Result<Written, Failure> {
    let (case, said) = part(tx, context, act)?;
    let Case::Decide { text, .. } = act else { return written(tx, &case, said) };
    let asked = mention(tx, context, &maybe_line(text), Some(case.id), None)?;
    written(tx, &case, format!("Decided {said}{asked}"))
}

/// Decides a part of one dispute. Returns the dispute as it was and what became of it: `D-5: 40.00 EUR credited with G-1`.
pub(super) fn part(tx: &mut Tx<'_>, context: &Context<'_>, act: &Case) -> Result<(Dispute, String), Failure> {
    let Case::Decide { dispute, version, outcome, amount, rest, cause, on, text } = act else {
        return Err(Failure::refused("ACT-06", "This decides nothing. Nothing was changed."));
    };
    let case = open_at(tx, *dispute, *version)?;
    of_own_queue(context, &case)?;
    let Some(cause) = case::cause(cause) else {
        let sentence = format!(
            "What went wrong must be said to decide a case: \"{}\" is none of {}. Nothing was changed.",
            maybe_line(cause),
            case::CAUSES.join(", ")
        );
        return Err(Failure::refused("DIS-03", sentence));
    };
    positive(*amount, "The amount decided")?;
    let held = tx.held_by(&case)?;
    if *amount > held {
        let sentence = format!(
            "{} has {} in dispute; {} is more. Nothing was changed.",
            case.number,
            shown(held, case.currency),
            shown(*amount, case.currency)
        );
        return Err(Failure::refused("AMT-06", sentence));
    }
    if *outcome == Outcome::Repay && on.is_none() {
        let sentence = "Say by when the customer repays it: a promise has a day. Nothing was changed.";
        return Err(Failure::refused("DAT-04", sentence));
    }
    let text = maybe_line(text);
    let (part, said) = carry_out(tx, context, &case, *outcome, *amount, *on)?;
    let mut parts = vec![part];
    // What another system or an older format left in dispute beyond what is open is settled already.
    if part.amount < *amount {
        parts.push(Part::of(case.id, Effect::Earlier, *amount - part.amount));
    }
    let collected = if *rest { held - amount } else { 0 };
    if collected > 0 {
        parts.push(Part::of(case.id, Effect::Collected, collected));
    }
    parts.retain(|part| part.amount > 0);
    tx.add_fact(case.id, "cause", cause)?;
    let what = if *outcome == Outcome::ChargeBack { "charged back" } else { "resolved" };
    let settled = Settled { what, state: State::Decided.word(), parts: &parts, text: &text };
    let left = settle(tx, context, &case, &settled)?;
    let mut summary = format!("{}: {said}", case.number);
    if collected > 0 {
        summary += &format!(", {} collected again", shown(collected, case.currency));
    }
    if left > 0 {
        summary += &format!(", {} still in dispute", shown(left, case.currency));
    }
    Ok((case, summary))
}

/// Posts what an outcome needs. Returns the part it settles and what happened in words.
fn carry_out(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    case: &Dispute,
    outcome: Outcome,
    amount: i64,
    on: Option<chrono::NaiveDate>,
) -> Result<(Part, String), Failure> {
    let item = tx.item(case.item)?;
    let taken = amount.min(item.open.max(0));
    let part = Part::of(case.id, outcome.effect(), amount);
    let sum = shown(amount, case.currency);
    let kind = match outcome {
        Outcome::Collect => return Ok((part, format!("{sum} refused, collected again"))),
        Outcome::Repay => {
            let day = on.unwrap_or(context.today);
            let text = format!("repays {}", case.number);
            let act = Act::Promise { items: vec![(case.item, taken)], on: day, text };
            collect::handle(tx, context, &act)?;
            let promise = tx.promises_of(case.item)?.last().map(|promise| promise.id);
            return Ok((Part { other: promise, ..part }, format!("{sum} to be repaid on {day}")));
        }
        Outcome::Credit | Outcome::ChargeBack => DocumentKind::CreditNote,
        Outcome::WriteOff => DocumentKind::WriteOff,
        Outcome::Promotion => DocumentKind::Difference,
    };
    if taken == 0 {
        return Ok((Part { amount: 0, effect: Effect::Earlier, ..part }, "nothing is open any more".to_owned()));
    }
    let reason = match outcome {
        Outcome::Promotion => format!("{} promotion", case.number),
        Outcome::ChargeBack => format!("{} charged back", case.number),
        _ => format!("{} {}", case.number, outcome.effect().word()),
    };
    money::reduce(tx, context, kind, case.item, taken, context.today, &reason)?;
    let mut part = posted(tx, Part { amount: taken, ..part })?;
    let number = part.document.map(|id| tx.document_by_id(id)).transpose()?.map(|document| document.number);
    let number = number.unwrap_or_default();
    let mut said = format!("{} {} with {number}", shown(taken, case.currency), outcome.effect().word());
    if outcome == Outcome::ChargeBack {
        let (debit, its) = charge_back(tx, context, case, taken)?;
        part.other = Some(debit);
        said += &format!(" and {its}, due today");
    }
    Ok((part, said))
}

/// A debit note for what was deducted, due at once. Returns its document and number.
fn charge_back(tx: &mut Tx<'_>, context: &Context<'_>, case: &Dispute, amount: i64) -> Result<(i64, String), Failure> {
    let number = money::free_number(tx, "charge back", "G", DocumentKind::DebitNote)?;
    let date = context.today.max(tx.item(case.item)?.date);
    let base = money::in_base(tx, context.base, amount, case.currency, date)?;
    let text = format!("charge back of {}", case.number);
    let new = NewDocument {
        kind: DocumentKind::DebitNote,
        number: &number,
        customer: case.customer,
        date,
        currency: case.currency,
        amount,
        base,
        reference: &case.number,
        order: "",
        text: &text,
        reverses: None,
        side: None,
        tax: &[],
    };
    let (document, _) = tx.post_document(&new, &[NewItem { due: date, amount, base }])?;
    Ok((document, number))
}

pub(super) fn split(tx: &mut Tx<'_>, context: &Context<'_>, act: &Case) -> Result<Written, Failure> {
    let Case::Split { dispute, version, amount, reason, text } = act else {
        return Err(Failure::refused("ACT-06", "This splits nothing. Nothing was changed."));
    };
    let case = open_at(tx, *dispute, *version)?;
    of_own_queue(context, &case)?;
    positive(*amount, "The amount split off")?;
    let held = tx.held_by(&case)?;
    if *amount >= held {
        let sentence = format!(
            "{} has {} in dispute; less than that can go to a case of its own. Nothing was changed.",
            case.number,
            shown(held, case.currency)
        );
        return Err(Failure::refused("AMT-06", sentence));
    }
    // The part leaves the old case before the new one takes it, so that it is never held twice.
    let next = tx.last_dispute()? + 1;
    let part = Part { other: Some(next), ..Part::of(case.id, Effect::Moved, *amount) };
    let note = format!("{} to D-{next}", shown(*amount, case.currency));
    let settled = Settled { what: "split", state: &case.state, parts: &[part], text: &note };
    settle(tx, context, &case, &settled)?;
    let text = match maybe_line(text) {
        empty if empty.is_empty() => format!("split off {}", case.number),
        given => given,
    };
    let opened = cases::open(tx, context, case.item, *amount, reason, &text)?;
    let opened = asked_of_new(tx, context, &text, opened)?;
    tx.add_fact(next, "split from", &case.number)?;
    let last_day = tx.fact(case.id, "last day")?;
    if !last_day.is_empty() {
        tx.add_fact(next, "last day", &last_day)?;
    }
    Ok(Written { summary: format!("Split {}: {}", case.number, opened.summary), ..opened })
}

pub(super) fn reopen(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    (dispute, version): (i64, i64),
    text: &str,
) -> Result<Written, Failure> {
    let case = at_version(tx, dispute, version)?;
    of_own_queue(context, &case)?;
    let text = line(text, "Why it is opened again")?;
    if case.state != State::Closed.word() {
        let sentence =
            format!("{} is {}; only a closed case is opened again. Nothing was changed.", case.number, case.state);
        return Err(Failure::refused("DIS-02", sentence));
    }
    if !tx.fact(case.id, "confirmed")?.is_empty() {
        let sentence = format!("{} is confirmed for good. Nothing was changed; open a new case.", case.number);
        return Err(Failure::refused("DIS-04", sentence));
    }
    let amounts = tx.amounts(&case)?;
    let mut parts = Vec::new();
    if tx.parts(case.id)?.is_empty() {
        parts.push(Part::of(case.id, Effect::Earlier, amounts.of(Effect::Credited)));
        parts.push(Part::of(case.id, Effect::Collected, amounts.of(Effect::Collected)));
        parts.retain(|part| part.amount > 0);
    }
    let item = tx.item(case.item)?;
    let mut room = (item.open - item.disputed).max(0);
    let mut again = 0;
    for effect in [Effect::Collected, Effect::Repaid] {
        let amount = amounts.of(effect).min(room);
        if amount > 0 {
            parts.push(Part::of(case.id, effect, -amount));
            (room, again) = (room - amount, again + amount);
        }
    }
    if again == 0 {
        let sentence = format!(
            "Nothing of {} is open to be disputed again: what was credited comes back when its credit note is taken off \
             the item. Nothing was changed.",
            case.number
        );
        return Err(Failure::refused("DIS-05", sentence));
    }
    let settled = Settled { what: "reopened", state: State::Assigned.word(), parts: &parts, text: &text };
    settle(tx, context, &case, &settled)?;
    let asked = mention(tx, context, &text, Some(case.id), None)?;
    written(tx, &case, format!("Opened {} again: {} in dispute{asked}", case.number, shown(again, case.currency)))
}
