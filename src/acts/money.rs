//! Acts that post: documents, receipts, allocations, credits and write-offs. Each checks its amounts against what is
//! open now and leaves items, control account and kept figures in step through the ledger.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::master::{line, maybe_line};
use super::perform::{Context, Written};
use super::{Act, Failure, settled, tax};
use crate::domain::account::Account;
use crate::domain::discount::TaxMode;
use crate::domain::document::DocumentKind;
use crate::domain::money::{self, Currency, Money, NumberStyle};
use crate::domain::tax::{TaxPart, net as net_of};
use crate::domain::terms::Terms;
use crate::store::Tx;
use crate::store::ledger::{Item, NewAllocation, NewDocument, NewItem};
use crate::store::payments::PROMOTION;
use crate::store::people::Customer;

pub(super) fn handle(tx: &mut Tx<'_>, context: &Context<'_>, act: &Act) -> Result<Written, Failure> {
    match act {
        Act::PostDocument { .. } => post_document(tx, context, act),
        Act::PostReceipt { .. } => post_receipt(tx, context, act),
        Act::Apply { credit, applied, effective } => apply(tx, *credit, applied, *effective),
        Act::Unapply { allocation, effective, reason } => unapply(tx, *allocation, *effective, reason),
        Act::Credit { item, amount, date, reason } => {
            reduce(tx, context, DocumentKind::CreditNote, *item, *amount, *date, reason)
        }
        Act::WriteOff { item, amount, date, reason } => {
            reduce(tx, context, DocumentKind::WriteOff, *item, *amount, *date, reason)
        }
        _ => Err(Failure::refused("ACT-06", "This is not a posting. Nothing was posted.")),
    }
}

/// `1,234.50 EUR`, as every message shows amounts.
pub(super) fn shown(minor: i64, currency: Currency) -> String {
    format!("{} {currency}", Money::new(minor, currency).grouped(NumberStyle::Point))
}

/// Refuses an amount that is not above zero or beyond the limit.
pub(super) fn positive(amount: i64, what: &str) -> Result<(), Failure> {
    if amount <= 0 {
        return Err(Failure::refused("AMT-05", format!("{what} must be more than 0. Nothing was posted.")));
    }
    if amount > money::AMOUNT_MAX {
        let sentence = format!("{what} is larger than the limit of 99,999,999,999.99. Nothing was posted.");
        return Err(Failure::refused("AMT-02", sentence));
    }
    Ok(())
}

/// An amount in the book's currency at the rate of a day; `None` where no rate was entered.
pub(super) fn in_base(
    tx: &Tx<'_>,
    base: Currency,
    amount: i64,
    currency: Currency,
    date: NaiveDate,
) -> Result<Option<i64>, Failure> {
    if currency == base {
        return Ok(Some(amount));
    }
    let rate = tx.rate(currency, date)?.and_then(|text| text.parse::<Decimal>().ok());
    Ok(rate.and_then(|rate| money::convert(amount, currency, base, rate)))
}

/// The instalments of a document: dates and amounts by its terms, each with its part of the base amount.
pub(super) fn instalments(
    terms: &Terms,
    due: Option<NaiveDate>,
    amount: i64,
    base: Option<i64>,
    date: NaiveDate,
) -> Vec<NewItem> {
    if let Some(due) = due {
        return vec![NewItem { due, amount, base }];
    }
    let parts = terms.schedule(amount, date);
    let mut left = base;
    let count = parts.len();
    let mut items = Vec::with_capacity(count);
    for (place, (due, part)) in parts.into_iter().enumerate() {
        let share = match base {
            Some(base) if place + 1 < count && amount != 0 => {
                let share = money::to_minor(Decimal::from(base) * Decimal::from(part) / Decimal::from(amount), 0);
                Some(share.unwrap_or(0))
            }
            _ => left,
        };
        left = left.zip(share).map(|(left, share)| left - share);
        items.push(NewItem { due, amount: part, base: share });
    }
    items
}

/// The terms of a document: its own when given, else the customer's, else due at once.
fn terms_for(customer: &Customer, own: &str) -> Result<Terms, Failure> {
    let text = if own.trim().is_empty() { customer.data.terms.as_str() } else { own };
    if text.trim().is_empty() {
        return Ok(Terms::net(0));
    }
    Terms::parse(text).map_err(|error| Failure::refused("TRM-01", format!("{error}. Nothing was posted.")))
}

fn post_document(tx: &mut Tx<'_>, context: &Context<'_>, act: &Act) -> Result<Written, Failure> {
    let Act::PostDocument { kind, number, customer, date, terms, due, currency, amount, reference, order, tax: taxed } =
        act
    else {
        return Err(Failure::refused("ACT-06", "This is not a document. Nothing was posted."));
    };
    // The others come about by acts of their own, with their own limits and second persons.
    if !matches!(kind, DocumentKind::Invoice | DocumentKind::CreditNote | DocumentKind::DebitNote) {
        let sentence = format!("A {} is not posted as a document. Nothing was posted.", kind.name());
        return Err(Failure::refused("ACT-06", sentence));
    }
    positive(*amount, "The amount")?;
    let number = line(number, "The number")?;
    if let Some(known) = tx.document(*kind, &number)? {
        let sentence = format!(
            "{} {number} is in the book already ({} of {}). Nothing was posted.",
            kind.name(),
            shown(known.amount.abs(), known.currency),
            known.date
        );
        return Err(Failure::refused("ACT-07", sentence));
    }
    let customer = tx.customer(*customer)?;
    let due = if kind.is_debit() { *due } else { Some(due.unwrap_or(*date)) };
    if due.is_some_and(|due| due < *date) {
        let sentence = format!("{number} would be due before its date {date}. Nothing was posted.");
        return Err(Failure::refused("DAT-03", sentence));
    }
    let terms = terms_for(&customer, terms)?;
    let signed = if kind.is_debit() { *amount } else { -*amount };
    let taxed = tax::given(tx, taxed, *amount, &terms)?;
    let taxed = tax::signed(&taxed, (*amount, *currency), kind.is_debit())?;
    let base = in_base(tx, context.base, signed, *currency, *date)?;
    let parts = instalments(&terms, due, signed, base, *date);
    let (reference, order) = (maybe_line(reference), maybe_line(order));
    let new = NewDocument {
        kind: *kind,
        number: &number,
        customer: customer.id,
        date: *date,
        currency: *currency,
        amount: signed,
        base,
        reference: &reference,
        order: &order,
        text: "",
        reverses: None,
        side: None,
        tax: &taxed,
    };
    let (_, items) = tx.post_document(&new, &parts)?;
    keep_discount(tx, &items, &terms, (*date, &taxed))?;
    let warning =
        if kind.is_debit() { credit_warning(tx, context, &customer, *currency, signed)? } else { String::new() };
    let what =
        format!("Posted {} {number}, {}, {}{warning}", kind.name(), shown(*amount, *currency), customer.data.name);
    Ok(Written::of(Some(customer.id), what))
}

/// Keeps the cash discount of terms with the item it can be taken on: the only instalment of an open debit. What it is a
/// percentage of, and whether it takes tax along, is settled with the invoice.
pub(super) fn keep_discount(
    tx: &mut Tx<'_>,
    items: &[Item],
    terms: &Terms,
    (from, taxed): (NaiveDate, &[TaxPart]),
) -> Result<(), Failure> {
    if let ([item], Some(discount)) = (items, terms.discount)
        && item.open > 0
    {
        tx.add_discount(item.id, discount.percent, discount.until(from))?;
        let net = net_of(taxed);
        if net > 0 && net < item.amount && tax::mode(tx)? != TaxMode::Included {
            tx.add_discount_net(item.id, net)?;
        }
    }
    Ok(())
}

/// What the invoice checkpoint says of a customer: goods that left are billed whatever it owes, but it is told.
fn credit_warning(
    tx: &Tx<'_>,
    context: &Context<'_>,
    customer: &Customer,
    currency: Currency,
    amount: i64,
) -> Result<String, Failure> {
    let own = Currency::parse(&customer.data.currency).unwrap_or(context.base);
    let mut warnings = Vec::new();
    if customer.data.blocked {
        warnings.push("the customer is blocked".to_owned());
    }
    if currency == own
        && let Some(limit) = customer.data.credit_limit
        && let owed = tx.owed(customer.id, own)? + amount
        && owed > limit
    {
        warnings.push(format!("{} over the credit limit", shown(owed - limit, own)));
    }
    Ok(if warnings.is_empty() { String::new() } else { format!("; {}", warnings.join(", ")) })
}

fn post_receipt(tx: &mut Tx<'_>, context: &Context<'_>, act: &Act) -> Result<Written, Failure> {
    let Act::PostReceipt { customer, reference, date, currency, amount, method, text, applied } = act else {
        return Err(Failure::refused("ACT-06", "This is not a receipt. Nothing was posted."));
    };
    positive(*amount, "A receipt")?;
    let customer = tx.customer(*customer)?;
    let number = match maybe_line(reference) {
        empty if empty.is_empty() => free_number(tx, "receipt", "R", DocumentKind::Receipt)?,
        given => given,
    };
    if tx.document(DocumentKind::Receipt, &number)?.is_some() {
        let sentence = format!("Receipt {number} is in the book already. Nothing was posted; give another reference.");
        return Err(Failure::refused("ACT-07", sentence));
    }
    let base = in_base(tx, context.base, -*amount, *currency, *date)?;
    let (method, text) = (maybe_line(method), maybe_line(text));
    let new = NewDocument {
        kind: DocumentKind::Receipt,
        number: &number,
        customer: customer.id,
        date: *date,
        currency: *currency,
        amount: -*amount,
        base,
        reference: &method,
        order: "",
        text: &text,
        reverses: None,
        side: None,
        tax: &[],
    };
    let (_, open) = post_paying(tx, &new, applied, "by hand")?;
    let rest = if open == 0 { String::new() } else { format!(", {} unapplied", shown(-open, *currency)) };
    let what = format!("Received {} from {}{rest}", shown(*amount, *currency), customer.data.name);
    Ok(Written::of(Some(customer.id), what))
}

/// The next number of one of the book's own series. A number somebody typed or imported is passed over, so that it
/// cannot stop the series.
pub(super) fn free_number(tx: &mut Tx<'_>, series: &str, letter: &str, kind: DocumentKind) -> Result<String, Failure> {
    loop {
        let number = format!("{letter}-{}", tx.take_number(series)?);
        if tx.document(kind, &number)?.is_none() {
            return Ok(number);
        }
    }
}

/// Refuses to pay `amount` of an item out of a credit that has `left`, where either has not as much or they are not the
/// same customer's.
fn fits(debit: &Item, (customer, left): (i64, i64), amount: i64) -> Result<(), Failure> {
    positive(amount, "An allocation")?;
    if debit.customer != customer {
        let sentence = "The item belongs to another customer than the credit. Nothing was posted.";
        return Err(Failure::refused("AMT-10", sentence));
    }
    if amount > debit.open || amount > left {
        let (least, what) = if debit.open < left { (debit.open, "item") } else { (left, "credit") };
        let sentence = format!(
            "The {what} has {} open; {} cannot be allocated. Nothing was posted.",
            shown(least.max(0), debit.currency),
            shown(amount, debit.currency)
        );
        return Err(Failure::refused("AMT-06", sentence));
    }
    Ok(())
}

/// Applies a credit to items one after the other. Returns what of the credit stays open.
pub(super) fn set_against(
    tx: &mut Tx<'_>,
    mut credit: Item,
    applied: &[(i64, i64)],
    effective: NaiveDate,
    rule: &str,
) -> Result<i64, Failure> {
    for (id, amount) in applied {
        let mut debit = tx.item(*id)?;
        fits(&debit, (credit.customer, -credit.open), *amount)?;
        let new = NewAllocation { amount: *amount, effective, rule, reverses: None };
        tx.allocate(&mut debit, &mut credit, &new)?;
    }
    Ok(credit.open)
}

/// Posts a credit and applies it to items at once, from its own date on. Returns its document and what of it stays open,
/// zero or less.
pub(super) fn post_paying(
    tx: &mut Tx<'_>,
    new: &NewDocument<'_>,
    applied: &[(i64, i64)],
    rule: &str,
) -> Result<(i64, i64), Failure> {
    let mut left = -new.amount;
    let mut parts: Vec<(Item, i64)> = Vec::with_capacity(applied.len());
    for (id, amount) in applied {
        if let Some((debit, part)) = parts.iter_mut().find(|(debit, _)| debit.id == *id) {
            fits(&Item { open: debit.open - *part, ..debit.clone() }, (new.customer, left), *amount)?;
            *part += amount;
        } else {
            let debit = tx.item(*id)?;
            fits(&debit, (new.customer, left), *amount)?;
            parts.push((debit, *amount));
        }
        left -= amount;
    }
    let (document, item) = tx.post_paying(new, parts, rule)?;
    Ok((document, item.open))
}

fn apply(tx: &mut Tx<'_>, credit: i64, applied: &[(i64, i64)], effective: NaiveDate) -> Result<Written, Failure> {
    let credit = tx.item(credit)?;
    if credit.amount > 0 || applied.is_empty() {
        let sentence = "Choose a receipt or credit note, and at least one item it pays. Nothing was posted.";
        return Err(Failure::refused("AMT-11", sentence));
    }
    let customer = tx.customer(credit.customer)?;
    let currency = credit.currency;
    set_against(tx, credit, applied, effective, "by hand")?;
    // Added up after every part was checked to fit, so that the sum does too.
    let total: i64 = applied.iter().map(|(_, amount)| amount).sum();
    let items = if applied.len() == 1 { "1 item".to_owned() } else { format!("{} items", applied.len()) };
    let what = format!("Applied {} to {items} of {}", shown(total, currency), customer.data.name);
    Ok(Written::of(Some(customer.id), what))
}

/// Takes one allocation back; used by the act and by undo.
pub(super) fn take_back(tx: &mut Tx<'_>, allocation: i64, effective: NaiveDate) -> Result<(Item, i64), Failure> {
    if tx.is_reversed(allocation)? {
        return Err(Failure::refused("ACT-08", "This allocation was taken back already. Nothing was posted."));
    }
    let known = tx.allocation(allocation)?;
    if known.amount < 0 {
        return Err(Failure::refused("ACT-08", "This is itself a reversal. Nothing was posted."));
    }
    if known.is_counter {
        let sentence =
            "This sets a document against its reversal, which stands. Nothing was posted; post a new document.";
        return Err(Failure::refused("ACT-08", sentence));
    }
    let mut debit = tx.item(known.debit_item)?;
    let mut credit = tx.item(known.credit_item)?;
    let new = NewAllocation {
        amount: -known.amount,
        effective: effective.max(known.effective),
        rule: "reversal",
        reverses: Some((known.id, known.debit_base, known.credit_base)),
    };
    tx.allocate(&mut debit, &mut credit, &new)?;
    Ok((debit, known.amount))
}

fn unapply(tx: &mut Tx<'_>, allocation: i64, effective: NaiveDate, reason: &str) -> Result<Written, Failure> {
    let (debit, amount) = take_back(tx, allocation, effective)?;
    let granted = settled::withdraw(tx, allocation, effective)?;
    let customer = tx.customer(debit.customer)?;
    let reason = maybe_line(reason);
    let tail = if reason.is_empty() { String::new() } else { format!(": {reason}") };
    let and = match granted {
        0 => String::new(),
        granted => format!(" and {} granted with it", shown(granted, debit.currency)),
    };
    let what = format!("Took back {} applied for {}{and}{tail}", shown(amount, debit.currency), customer.data.name);
    Ok(Written { undoable: false, ..Written::of(Some(customer.id), what) })
}

/// Credits or writes off a part of an item with a document of its own, dated and applied at once.
pub(super) fn reduce(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    kind: DocumentKind,
    item: i64,
    amount: i64,
    date: NaiveDate,
    reason: &str,
) -> Result<Written, Failure> {
    positive(amount, "The amount")?;
    let reason = line(reason, "The reason")?;
    let debit = tx.item(item)?;
    if amount > debit.open {
        let sentence = format!(
            "The item has {} open; {} is more. Nothing was posted.",
            shown(debit.open.max(0), debit.currency),
            shown(amount, debit.currency)
        );
        return Err(Failure::refused("AMT-06", sentence));
    }
    let customer = tx.customer(debit.customer)?;
    let (series, letter, reference, side) = match kind {
        DocumentKind::WriteOff => ("write-off", "W", "", None),
        DocumentKind::Difference => ("difference", "F", PROMOTION, Some(Account::Promotions)),
        _ => ("credit note", "C", "", None),
    };
    let number = free_number(tx, series, letter, kind)?;
    let date = date.max(debit.date);
    let base = in_base(tx, context.base, -amount, debit.currency, date)?;
    let taxed = match kind {
        DocumentKind::CreditNote => tax::of_credit(tx, &debit, amount)?,
        _ => Vec::new(),
    };
    let new = NewDocument {
        kind,
        number: &number,
        customer: customer.id,
        date,
        currency: debit.currency,
        amount: -amount,
        base,
        reference,
        order: "",
        text: &reason,
        reverses: None,
        side,
        tax: &taxed,
    };
    post_paying(tx, &new, &[(item, amount)], series)?;
    let what =
        format!("Posted {} {number}, {}, {}: {reason}", kind.name(), shown(amount, debit.currency), customer.data.name);
    Ok(Written::of(Some(customer.id), what))
}
