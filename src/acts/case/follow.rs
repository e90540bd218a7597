//! What clears a disputed item from elsewhere clears its case too: a payment, credit note or write-off first settles what
//! is not in dispute, and what it takes beyond that is taken from the newest case. When it is taken back, so is that, and
//! a case that was closed by it is open again unless it was confirmed.

use super::super::Failure;
use super::super::perform::Context;
use super::{Settled, settle};
use crate::domain::case::Effect;
use crate::domain::dispute::State;
use crate::domain::document::DocumentKind;
use crate::store::Tx;
use crate::store::cases::{Part, Touched};

/// Brings the cases of this act's allocations in step. Runs once an act has done everything else.
pub(in crate::acts) fn follow(tx: &mut Tx<'_>, context: &Context<'_>) -> Result<(), Failure> {
    for touched in tx.take_touched() {
        match touched.reverses {
            Some(earlier) => taken_back(tx, context, earlier)?,
            None => cleared(tx, context, touched)?,
        }
    }
    Ok(())
}

fn cleared(tx: &mut Tx<'_>, context: &Context<'_>, touched: Touched) -> Result<(), Failure> {
    let item = tx.item(touched.debit)?;
    let mut beyond = (item.disputed - item.open.max(0)).min(touched.amount);
    if beyond <= 0 {
        return Ok(());
    }
    let credit = tx.item(touched.credit)?;
    let (effect, what) = match credit.kind {
        DocumentKind::CreditNote => (Effect::Credited, "credited"),
        DocumentKind::WriteOff | DocumentKind::Discount | DocumentKind::Difference => {
            (Effect::WrittenOff, "written off")
        }
        _ => (Effect::Paid, "paid"),
    };
    let text = tx.document_by_id(credit.document)?.number;
    for case in tx.open_cases(item.id)? {
        let amount = beyond.min(tx.held_by(&case)?);
        if amount <= 0 {
            continue;
        }
        let part = Part {
            document: Some(credit.document),
            allocation: Some(touched.allocation),
            ..Part::of(case.id, effect, amount)
        };
        settle(tx, context, &case, &Settled { what, state: &case.state, parts: &[part], text: &text })?;
        beyond -= amount;
    }
    Ok(())
}

fn taken_back(tx: &mut Tx<'_>, context: &Context<'_>, allocation: i64) -> Result<(), Failure> {
    for part in tx.parts_of_allocation(allocation)? {
        let case = tx.dispute(part.dispute)?;
        if !tx.fact(case.id, "confirmed")?.is_empty() || case.state == State::Void.word() {
            continue;
        }
        let back = Part { id: 0, amount: -part.amount, takes_back: Some(part.id), ..part };
        let state = if case.is_open() { case.state.clone() } else { tx.state_when_open(case.id)? };
        let text = match part.document {
            Some(document) => format!("{} was taken off the item", tx.document_by_id(document)?.number),
            None => String::new(),
        };
        settle(tx, context, &case, &Settled { what: "reopened", state: &state, parts: &[back], text: &text })?;
    }
    Ok(())
}
