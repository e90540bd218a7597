//! Payments that pay no item: settled as something else, taken back by the bank ([`returned`]), sent back by us; and what
//! a payer is known by.

mod returned;

use chrono::NaiveDate;

use super::master::{line, maybe_line};
use super::money::{self, positive, set_against, shown, take_back};
use super::payments::{self, Application, SentBack, Settled, seen};
use super::perform::{Context, Written};
use super::{Failure, undo};
use crate::domain::account::Account;
use crate::domain::document::DocumentKind;
use crate::store::Tx;
use crate::store::ledger::{Item, NewDocument, NewItem};
use crate::store::lookup::Document;
use crate::store::payments::{NewPaymentStep, Payment};
pub(super) use returned::taken_back;

pub(super) fn settle(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    (payment, left): (i64, i64),
    what: &Settled,
    text: &str,
) -> Result<Written, Failure> {
    let mut payment = seen(tx, payment, left)?;
    let text = maybe_line(text);
    let on = payment.value.min(context.today);
    if let Settled::Against(other) = what {
        return against(tx, context, &mut payment, *other, &text);
    }
    settle_as(tx, &mut payment, what, on, "by hand", &text)?;
    let says = what.words();
    let tail = if text.is_empty() { String::new() } else { format!(": {text}") };
    Ok(Written::of(None, format!("Settled {} as {says}{tail}", shown(left, payment.currency))))
}

/// The bank took money back that nobody had applied: both payments are settled by each other.
fn against(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    payment: &mut Payment,
    other: i64,
    text: &str,
) -> Result<Written, Failure> {
    let mut other = tx.payment(other)?;
    let (taken, unit) = (-payment.left, payment.currency);
    if taken <= 0 || other.left < taken || other.currency != unit || other.entry.is_none() {
        let sentence = format!(
            "{} cannot be taken back of payment {}, of which {} wait. Nothing was posted; choose the payment the bank took \
             back.",
            shown(taken, unit),
            other.id,
            shown(other.left, other.currency)
        );
        return Err(Failure::refused("BNK-09", sentence));
    }
    let tail = if text.is_empty() { String::new() } else { format!(": {text}") };
    let on = payment.value.max(other.value).min(context.today);
    let (first, second) = (payment.id, other.id);
    let said = format!("taken back by the bank in payment {first}{tail}");
    settle_part(tx, (&mut other, taken), &Settled::Elsewhere, on, "by hand", &said)?;
    let said = format!("takes payment {second} back{tail}");
    settle_part(tx, (payment, -taken), &Settled::Elsewhere, on, "by hand", &said)?;
    let what = format!("Settled {} by payment {second}, which the bank took back{tail}", shown(-taken, unit));
    Ok(Written::of(None, what))
}

/// Books all that is left of a payment as something that pays no item.
pub(super) fn settle_as(
    tx: &mut Tx<'_>,
    payment: &mut Payment,
    what: &Settled,
    on: NaiveDate,
    rule: &str,
    evidence: &str,
) -> Result<(), Failure> {
    let left = payment.left;
    settle_part(tx, (payment, left), what, on, rule, evidence)
}

/// Books so much of a payment as something that pays no item.
fn settle_part(
    tx: &mut Tx<'_>,
    (payment, amount): (&mut Payment, i64),
    what: &Settled,
    on: NaiveDate,
    rule: &str,
    evidence: &str,
) -> Result<(), Failure> {
    let (word, side, document) = match what {
        Settled::Charge => ("charge", Account::BankCharges, None),
        Settled::Transfer => ("transfer", Account::Elsewhere, None),
        Settled::Elsewhere | Settled::Against(_) => ("elsewhere", Account::Elsewhere, None),
        Settled::Known(document) => ("known", Account::Bank, Some(*document)),
    };
    if let Some(document) = document {
        let known = tx.document_by_id(document)?;
        let fits = matches!(known.kind, DocumentKind::Receipt | DocumentKind::Refund)
            && -known.amount == amount
            && known.currency == payment.currency;
        if !fits || tx.step_of_document(document)?.is_some() || tx.is_countered(&known)? {
            let sentence = format!(
                "{} is no receipt or refund of {} that waits for its statement. Nothing was posted.",
                known.number,
                shown(amount, payment.currency)
            );
            return Err(Failure::refused("BNK-08", sentence));
        }
    }
    let on = tx.open_day(on);
    match document {
        Some(document) => tx.book_known(payment, amount, document, on)?,
        None => tx.book_settled(payment, amount, side, on)?,
    }
    let step = NewPaymentStep {
        what: word,
        amount,
        document,
        entry: None,
        on,
        rule,
        confidence: 1_000,
        evidence,
        takes_back: None,
    };
    tx.add_payment_step(payment, &step)?;
    Ok(())
}

/// Takes back what a receipt paid, and the discounts and differences granted with it: in a batch those posted just before
/// it, the others being of other receipts. Gives what is open again.
fn reopen(tx: &mut Tx<'_>, receipt: &Document, date: NaiveDate) -> Result<i64, Failure> {
    // A batch of an older program posted them after their receipt: only those on the same items are of this one.
    let items: Vec<i64> = tx.items_paid_by(receipt.id)?;
    let mut reopened = 0;
    for document in granted_with(tx, receipt, &items)?.iter().chain([receipt]) {
        reopened += annul(tx, document, date)?;
    }
    Ok(reopened)
}

/// The discounts and differences granted on these items with a receipt that stand: in a batch those posted just before it, the others
/// being of other receipts.
fn granted_with(tx: &Tx<'_>, receipt: &Document, items: &[i64]) -> Result<Vec<Document>, Failure> {
    let together = tx.documents_of_act(receipt.act)?;
    let receipt_of = |granted: &Document| {
        together.iter().find(|other| other.kind == DocumentKind::Receipt && other.id > granted.id).map(|other| other.id)
    };
    let mut granted = Vec::new();
    for document in &together {
        let is_granted = matches!(document.kind, DocumentKind::Discount | DocumentKind::Difference);
        if is_granted
            && receipt_of(document).is_none_or(|id| id == receipt.id)
            && tx.items_paid_by(document.id)?.iter().any(|item| items.contains(item))
            && !tx.is_countered(document)?
        {
            granted.push(document.clone());
        }
    }
    Ok(granted)
}

/// Takes back what a document still pays, and the document. Gives what is open again.
fn annul(tx: &mut Tx<'_>, document: &Document, date: NaiveDate) -> Result<i64, Failure> {
    let mut reopened = 0;
    for part in tx.items_of(document.id)? {
        for allocation in tx.live_allocations(part.id)? {
            let (_, amount) = take_back(tx, allocation.id, date)?;
            reopened += amount;
        }
    }
    undo::counter(tx, document, date)?;
    Ok(reopened)
}

/// What falls with an allocation that was just taken back: a discount or difference stands for its item alone, and those
/// granted with a receipt were granted because it paid. Gives what is open again by them.
pub(super) fn withdraw(tx: &mut Tx<'_>, allocation: i64, date: NaiveDate) -> Result<i64, Failure> {
    let known = tx.allocation(allocation)?;
    let credit = tx.document_by_id(tx.item(known.credit_item)?.document)?;
    let falls = match credit.kind {
        DocumentKind::Discount | DocumentKind::Difference => vec![credit],
        DocumentKind::Receipt => granted_with(tx, &credit, &[known.debit_item])?,
        _ => Vec::new(),
    };
    let mut reopened = 0;
    for document in falls {
        if !tx.is_countered(&document)? {
            reopened += annul(tx, &document, date)?;
        }
    }
    Ok(reopened)
}

/// Sends unapplied money back. It stands in `Bank` until the statement shows it.
pub(super) fn refund(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    credit: i64,
    (amount, date): (i64, NaiveDate),
    reason: &str,
) -> Result<Written, Failure> {
    positive(amount, "A refund")?;
    let reason = line(reason, "The reason")?;
    let credit = tx.item(credit)?;
    let customer = tx.customer(credit.customer)?;
    let currency = credit.currency;
    let number = post_refund(tx, context, credit, (amount, date), &reason)?.1;
    let what = format!("Posted refund {number}, {}, {}: {reason}", shown(amount, currency), customer.data.name);
    Ok(Written::of(Some(customer.id), what))
}

/// Posts a refund and uses up unapplied money with it. Gives the document and its number.
fn post_refund(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    credit: Item,
    (amount, date): (i64, NaiveDate),
    reason: &str,
) -> Result<(i64, String), Failure> {
    if credit.amount > 0 || -credit.open < amount {
        let sentence = format!(
            "There are {} unapplied on it; {} cannot be sent back. Nothing was posted.",
            shown((-credit.open).max(0), credit.currency),
            shown(amount, credit.currency)
        );
        return Err(Failure::refused("AMT-06", sentence));
    }
    let number = money::free_number(tx, "refund", "B", DocumentKind::Refund)?;
    let date = date.max(credit.date);
    let base = money::in_base(tx, context.base, amount, credit.currency, date)?;
    let new = NewDocument {
        kind: DocumentKind::Refund,
        number: &number,
        customer: credit.customer,
        date,
        currency: credit.currency,
        amount,
        base,
        reference: "",
        order: "",
        text: reason,
        reverses: None,
        side: None,
        tax: &[],
    };
    let (document, items) = tx.post_document(&new, &[NewItem { due: date, amount, base }])?;
    set_against(tx, credit, &[(items[0].id, amount)], date, "refund")?;
    Ok((document, number))
}

/// Sends money of a payment back that pays nothing: the receipt it becomes is at once used up by the refund.
pub(super) fn refund_payment(tx: &mut Tx<'_>, context: &Context<'_>, back: &SentBack) -> Result<Written, Failure> {
    positive(back.amount, "A refund")?;
    let kept = Application {
        payment: back.payment,
        left: back.left,
        customer: back.customer,
        amount: back.amount,
        on_account: true,
        rule: "by hand".to_owned(),
        confidence: 1_000,
        evidence: format!("to be sent back: {}", line(&back.reason, "The reason")?),
        ..Application::default()
    };
    let receipt = payments::apply(tx, context, &kept)?.document;
    let credit = tx.items_of(receipt)?.first().map_or(0, |item| item.id);
    refund(tx, context, credit, (back.amount, back.date), &back.reason)
}

pub(super) fn alias(tx: &mut Tx<'_>, customer: i64, kind: &str, value: &str, held: bool) -> Result<Written, Failure> {
    let customer = tx.customer(customer)?;
    let value = match kind {
        "account" => super::bank::account_number(&maybe_line(value)),
        "name" => maybe_line(value),
        _ => return Err(Failure::refused("ACT-06", "A payer is known by account or name. Nothing was changed.")),
    };
    if value.is_empty() || tx.has_alias(customer.id, kind, &value)? == held {
        let sentence = format!("{} is so already. Nothing was changed.", customer.data.name);
        return Err(Failure::refused("AUT-07", sentence));
    }
    tx.change_alias(customer.id, kind, &value, held)?;
    let verb = if held { "Payments are now known as those of" } else { "Payments are no longer known as those of" };
    let what = format!("{verb} {}: {kind} {value}", customer.data.name);
    Ok(Written { undoable: false, ..Written::of(Some(customer.id), what) })
}
