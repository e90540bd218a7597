//! Imported receipts, row by row: each is posted and set against the invoices it names, or refused before its first row
//! is written.

use std::collections::HashMap;

use super::Failure;
use super::import::{Odd, Work};
use super::imported::{clean, step};
use super::money::{in_base, shown};
use super::perform::Context;
use crate::domain::document::DocumentKind;
use crate::formats::canonical::ReceiptRow;
use crate::store::Tx;
use crate::store::ledger::NewDocument;
use crate::store::lookup::Document;

pub(super) fn receipts(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    rows: Vec<ReceiptRow>,
    work: &mut Work,
) -> Result<(), Failure> {
    let ids = tx.customer_numbers()?;
    let total = rows.len();
    for (place, row) in rows.into_iter().enumerate() {
        step(work, place, total);
        match receipt(tx, context, &ids, &row, &mut work.odd) {
            Ok(true) => work.taken += 1,
            Ok(false) => work.known += 1,
            Err(Failure::Refused { code, sentence }) => {
                work.refuse(row.line, column_of(code, &sentence), code, sentence);
            }
            Err(unknown) => return Err(unknown),
        }
    }
    Ok(())
}

/// The column a refusal is about.
fn column_of(code: &str, sentence: &str) -> &'static str {
    match code {
        "IMP-05" if sentence.starts_with("Customer ") => "customer",
        "IMP-05" | "AMT-06" | "AMT-10" if sentence.contains("nvoice ") => "allocations",
        "DAT-02" => "date",
        "AMT-05" => "amount",
        _ => "reference",
    }
}

/// Writes one receipt. Everything that could refuse it is looked at before its first row is written.
fn receipt(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    ids: &HashMap<String, i64>,
    row: &ReceiptRow,
    odd: &mut Vec<Odd>,
) -> Result<bool, Failure> {
    let (number, _) = clean(&row.reference);
    if number.trim().is_empty() {
        return Err(Failure::refused("TXT-05", "The receipt has no reference."));
    }
    super::money::positive(row.amount, "A receipt")?;
    if is_known(tx, ids, row, &number)? {
        return Ok(false);
    }
    if let Some(closed) = tx.closed(row.date)? {
        return Err(Failure::refused("DAT-02", format!("{closed}.")));
    }
    let mut customer = match &row.customer {
        None => None,
        Some(raw) => Some(
            ids.get(&clean(raw).0)
                .copied()
                .ok_or_else(|| Failure::refused("IMP-05", format!("Customer {} is not in the book.", clean(raw).0)))?,
        ),
    };
    let mut shares: Vec<(i64, i64)> = Vec::new();
    let mut later = Vec::new();
    for (invoice, amount) in &row.allocations {
        let invoice = clean(invoice).0;
        let document = paid(tx, &invoice)?
            .ok_or_else(|| Failure::refused("IMP-05", format!("Invoice {invoice} is not in the book.")))?;
        if *customer.get_or_insert(document.customer) != document.customer || document.currency != row.currency {
            let reason = format!("Invoice {invoice} belongs to another customer or currency than the receipt.");
            return Err(Failure::refused("AMT-10", reason));
        }
        if row.date < document.date {
            let what = format!("{} is before {}, the date of {invoice}, which it pays.", row.date, document.date);
            later.push(Odd { line: row.line, column: "date", what });
        }
        spread(tx, document.id, &invoice, *amount, &mut shares)?;
    }
    let customer = customer.ok_or_else(|| {
        Failure::refused("IMP-05", "The receipt names neither a customer nor an invoice; the payer is not known.")
    })?;
    let base = in_base(tx, context.base, -row.amount, row.currency, row.date)?;
    let text = row.text.as_deref().map(|raw| clean(raw).0).unwrap_or_default();
    let method = row.method.as_deref().map(|raw| clean(raw).0).unwrap_or_default();
    let new = NewDocument {
        kind: DocumentKind::Receipt,
        number: &number,
        customer,
        date: row.date,
        currency: row.currency,
        amount: -row.amount,
        base,
        reference: &method,
        order: "",
        text: &text,
        reverses: None,
        side: None,
        tax: &[],
    };
    super::money::post_paying(tx, &new, &shares, "named")?;
    odd.append(&mut later);
    Ok(true)
}

/// True when the receipt is in the book; a contradiction is refused.
fn is_known(tx: &Tx<'_>, ids: &HashMap<String, i64>, row: &ReceiptRow, number: &str) -> Result<bool, Failure> {
    let Some(known) = tx.document(DocumentKind::Receipt, number)? else { return Ok(false) };
    // Two customers may write the same words on the same day: that is no repetition.
    let payer = payer(tx, ids, row)?.unwrap_or(known.customer);
    let same = (-known.amount, known.currency, known.date, known.customer);
    if same == (row.amount, row.currency, row.date, payer) {
        return Ok(true);
    }
    let reason = format!(
        "Receipt {number} is in the book already with other content: {} of {} from {}.",
        shown(-known.amount, known.currency),
        known.date,
        tx.customer(known.customer)?.data.name
    );
    Err(Failure::refused("IMP-03", reason))
}

/// Whose receipt a row is, as far as the book knows: the customer it names, else that of the first invoice it pays.
fn payer(tx: &Tx<'_>, ids: &HashMap<String, i64>, row: &ReceiptRow) -> Result<Option<i64>, Failure> {
    if let Some(raw) = &row.customer {
        // An unknown customer is nobody's number.
        return Ok(Some(ids.get(&clean(raw).0).copied().unwrap_or(0)));
    }
    let Some((invoice, _)) = row.allocations.first() else { return Ok(None) };
    Ok(paid(tx, &clean(invoice).0)?.map(|document| document.customer))
}

/// The document of this number that can be paid.
fn paid(tx: &Tx<'_>, number: &str) -> Result<Option<Document>, Failure> {
    match tx.document(DocumentKind::Invoice, number)? {
        None => Ok(tx.document(DocumentKind::DebitNote, number)?),
        found => Ok(found),
    }
}

/// Spreads what is paid on a document over its instalments, earliest due first.
fn spread(tx: &Tx<'_>, document: i64, invoice: &str, amount: i64, shares: &mut Vec<(i64, i64)>) -> Result<(), Failure> {
    let mut rest = amount;
    for item in tx.items_of(document)? {
        let taken: i64 = shares.iter().filter(|(id, _)| *id == item.id).map(|(_, part)| part).sum();
        let part = rest.min(item.open - taken);
        if part > 0 {
            shares.push((item.id, part));
            rest -= part;
        }
    }
    if rest > 0 {
        let reason = format!("Invoice {invoice} has less open than the receipt pays on it.");
        return Err(Failure::refused("AMT-06", reason));
    }
    Ok(())
}
