//! What the bank takes back: a receipt whole, with the discounts granted for it, or a part of one; and whether what is then
//! left of the payment is the bank's charge or belongs to another receipt.

use chrono::NaiveDate;

use super::super::Failure;
use super::super::master::maybe_line;
use super::super::money::{set_against, shown, take_back};
use super::super::payments::Settled;
use super::super::perform::{Context, Written};
use super::{post_refund, reopen, settle_as, settle_part};
use crate::domain::document::DocumentKind;
use crate::store::Tx;
use crate::store::lookup::Document;
use crate::store::payments::{NewPaymentStep, Payment};
use crate::store::read::payment::CHARGED;
use crate::store::work::NewActivity;

/// The bank took a receipt back: what it paid is open again with its original due dates. Taken back whole, the discounts
/// given with it are withdrawn. A small rest is the bank's charge; what another receipt of the same money may be stays.
pub(in crate::acts) fn taken_back(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    payment: i64,
    receipt: i64,
    reason: &str,
) -> Result<Written, Failure> {
    let mut payment = tx.payment(payment)?;
    let known = tx.document_by_id(receipt)?;
    let reason = maybe_line(reason);
    let amount = known.amount.abs();
    // What went back to the customer, or to the bank before, cannot be taken back again.
    let part = if payment.left <= -amount { amount } else { (-payment.left).min(amount - sent_back(tx, &known)?) };
    let stands = known.kind == DocumentKind::Receipt && known.amount < 0 && known.currency == payment.currency;
    let step = tx.step_of_document(known.id)?.filter(|_| stands && part > 0 && payment.entry.is_some());
    let Some(step) = (if tx.is_countered(&known)? { None } else { step }) else {
        let sentence = format!(
            "{} of {} cannot be what {} takes back. Nothing was posted; choose the receipt it returns.",
            known.number,
            shown(amount, known.currency),
            shown(payment.left, payment.currency)
        );
        return Err(Failure::refused("BNK-09", sentence));
    };
    let date = tx.open_day(payment.value.max(known.date));
    let reopened = if part == amount {
        whole(tx, &mut payment, &known, &reason, date)?
    } else {
        in_part(tx, context, &mut payment, (&known, part), &reason, date)?
    };
    let others = other_receipts(tx, &known, step.payment)?;
    let small = -payment.left <= CHARGED * 10i64.pow(payment.currency.digits());
    let rest = match payment.left {
        0 => String::new(),
        _ if small && !others => {
            settle_as(tx, &mut payment, &Settled::Charge, date, "by hand", "charged with the return")?;
            String::new()
        }
        left => format!("; {} wait: return the other receipt of it", shown(left, payment.currency)),
    };
    let customer = tx.customer(known.customer)?;
    let of = if part == amount { String::new() } else { format!("{} of ", shown(part, known.currency)) };
    let says =
        format!("Bank returned {of}{} ({})", known.number, if reason.is_empty() { "no reason" } else { &reason });
    tx.add_activity(&NewActivity {
        customer: customer.id,
        person: context.person.id,
        kind: "note",
        outcome: "",
        text: &says,
        on: context.today,
        next_on: None,
        next_what: "",
        takes_back: None,
    })?;
    let what = format!(
        "Returned {} of {}: {} open again{rest}",
        shown(part, known.currency),
        customer.data.name,
        shown(reopened, known.currency)
    );
    Ok(Written { undoable: false, ..Written::of(Some(customer.id), what) })
}

/// Takes a receipt back whole. Gives what is open again.
fn whole(
    tx: &mut Tx<'_>,
    payment: &mut Payment,
    known: &Document,
    reason: &str,
    date: NaiveDate,
) -> Result<i64, Failure> {
    let amount = known.amount.abs();
    let by_hand = tx.step_of_document(known.id)?.is_some_and(|step| step.what == "known");
    let reopened = reopen(tx, known, date)?;
    if let (Some(now), Some(then)) = (payment.share(-amount), known.base)
        && now != then
    {
        tx.book_exchange(known.currency, then - now, date)?;
    }
    // A receipt entered by hand stands in `Bank` with its statement; its counter-document goes there too.
    if by_hand {
        tx.book_returned(payment, -amount, known.id, date)?;
    }
    let step = NewPaymentStep {
        what: "return",
        amount: -amount,
        document: Some(known.id),
        entry: None,
        on: date,
        rule: "by hand",
        confidence: 1_000,
        evidence: reason,
        takes_back: None,
    };
    tx.add_payment_step(payment, &step)?;
    Ok(reopened)
}

/// Takes a part of a receipt back: what it paid last is open again first, and the money leaves as a refund that this
/// payment is. Gives what is open again.
fn in_part(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    payment: &mut Payment,
    (known, part): (&Document, i64),
    reason: &str,
    date: NaiveDate,
) -> Result<i64, Failure> {
    let credit = tx.items_of(known.id)?.into_iter().next().ok_or_else(|| Failure::refused("ACT-04", "No receipt."))?;
    let (mut missing, mut reopened) = (part - (-credit.open).max(0), 0);
    for allocation in tx.live_allocations(credit.id)?.into_iter().rev() {
        if missing <= 0 {
            break;
        }
        let debit = tx.item(allocation.debit_item)?;
        if tx.document_by_id(debit.document)?.kind == DocumentKind::Refund {
            continue;
        }
        let (debit, freed) = take_back(tx, allocation.id, date)?;
        let again = (freed - missing).max(0);
        if again > 0 {
            let credit = tx.item(credit.id)?;
            set_against(tx, credit, &[(debit.id, again)], date.max(allocation.effective), "by hand")?;
        }
        reopened += freed - again;
        missing -= freed - again;
    }
    let credit = tx.item(credit.id)?;
    let text = if reason.is_empty() { "taken back by the bank" } else { reason };
    let (document, _) = post_refund(tx, context, credit, (part, date), text)?;
    let evidence = format!("part of {} taken back: {text}", known.number);
    settle_part(tx, (payment, -part), &Settled::Known(document), date, "by hand", &evidence)?;
    Ok(reopened)
}

/// What of a receipt went back already, by refunds that stand against it.
fn sent_back(tx: &Tx<'_>, receipt: &Document) -> Result<i64, Failure> {
    let mut sum = 0;
    for item in tx.items_of(receipt.id)? {
        for allocation in tx.live_allocations(item.id)? {
            let debit = tx.item(allocation.debit_item)?;
            if tx.document_by_id(debit.document)?.kind == DocumentKind::Refund {
                sum += allocation.amount;
            }
        }
    }
    Ok(sum)
}

/// Whether the money a receipt came with became another receipt too, which stands.
fn other_receipts(tx: &Tx<'_>, known: &Document, payment: i64) -> Result<bool, Failure> {
    for document in tx.receipts_of_payment(payment)? {
        if document != known.id && !tx.is_countered(&tx.document_by_id(document)?)? {
            return Ok(true);
        }
    }
    Ok(false)
}
