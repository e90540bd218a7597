//! Invoices that another system calls settled or disputed: the receipt and its allocation, or the case, that its row stands
//! for.

use super::Failure;
use super::money::in_base;
use super::perform::Context;
use crate::domain::dispute::{Reason, State};
use crate::domain::document::DocumentKind;
use crate::formats::canonical::InvoiceRow;
use crate::store::Tx;
use crate::store::ledger::{Item, NewAllocation, NewDocument, NewItem};
use crate::store::work::NewStep;

/// An invoice another system calls settled: the money came on that day and was applied to it. A settled credit note
/// was paid out.
pub(super) fn settled(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    row: &InvoiceRow,
    new: &NewDocument<'_>,
    parts: &[NewItem],
    on: chrono::NaiveDate,
) -> Result<(i64, Vec<Item>), Failure> {
    let paid = row.settled_amount.unwrap_or(row.amount);
    if paid <= 0 {
        return Ok(tx.post_document(new, parts)?);
    }
    let money = if new.amount > 0 { -paid } else { paid };
    let kind = if new.amount > 0 { DocumentKind::Receipt } else { DocumentKind::Refund };
    let number = format!("{}-{}", if money < 0 { "PAY" } else { "REF" }, new.number);
    let base = match (new.base, paid == row.amount) {
        // Without a rate of the day itself the settlement is taken at the booking rate: no exchange difference.
        (Some(base), true) => Some(-base),
        _ => in_base(tx, context.base, money, row.currency, on)?,
    };
    let other = NewDocument {
        kind,
        number: &number,
        date: on,
        amount: money,
        base,
        reference: "settled in the imported ledger",
        order: "",
        tax: &[],
        ..new.clone()
    };
    if let ([part], true) = (parts, new.amount > 0) {
        let (document, item) = tx.post_settled(new, *part, &other)?;
        return Ok((document, vec![item]));
    }
    let (document, mut items) = tx.post_document(new, parts)?;
    let (_, others) = tx.post_document(&other, &[NewItem { due: on, amount: money, base }])?;
    for mut opposite in others {
        for item in &mut items {
            let amount = item.open.abs().min(opposite.open.abs());
            if amount > 0 {
                let allocation = NewAllocation { amount, effective: on, rule: "settled", reverses: None };
                let (debit, credit) =
                    if item.amount > 0 { (&mut *item, &mut opposite) } else { (&mut opposite, &mut *item) };
                tx.allocate(debit, credit, &allocation)?;
            }
        }
    }
    Ok((document, items))
}

/// A row marked as disputed: an open case on what is open, or a closed one where it was settled since.
pub(super) fn dispute(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    row: &InvoiceRow,
    items: Vec<Item>,
) -> Result<(), Failure> {
    for mut item in items {
        let open = item.open > 0;
        let amount = if open { item.open } else { item.amount };
        if amount <= 0 {
            continue;
        }
        let opened = row.due_date.unwrap_or(row.document_date).max(row.document_date);
        let step = NewStep {
            what: "opened",
            state: State::New.word(),
            owner: "",
            department: Reason::Unknown.department(),
            accepted: 0,
            text: "marked as disputed in the imported ledger",
            on: opened,
            person: context.person.id,
            decided_on: None,
        };
        let (id, _) = tx.add_dispute(&mut item, amount, Reason::Unknown.word(), &step)?;
        if !open {
            let on = row.settled_date.unwrap_or(opened).max(opened);
            let case = tx.dispute(id)?;
            let closed = NewStep {
                what: "resolved",
                state: State::Closed.word(),
                text: "settled in the imported ledger",
                on,
                decided_on: Some(on),
                ..step
            };
            tx.change_dispute(&case, &closed)?;
            tx.set_disputed(&mut item, 0)?;
        }
    }
    Ok(())
}
