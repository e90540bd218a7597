//! From the cells of one row to a customer, an invoice or a receipt: what must be there, how signs and kinds meet,
//! which dates look odd.

use super::canonical::{CustomerRow, DocumentKind, InvoiceRow, ReceiptRow, StatedTax};
use super::cells::{Cells, SignPlan};
use super::context::{Context, Outcome, Trouble, missing, row};
use super::mapping::KindRule;
use crate::domain::money::Currency;
use crate::domain::tax;

/// Places of the invoice columns in [`super::canonical::Table::fields`].
pub(super) mod invoice {
    pub const NUMBER: usize = 0;
    pub const CUSTOMER: usize = 1;
    pub const CUSTOMER_NAME: usize = 2;
    pub const DOCUMENT_DATE: usize = 3;
    pub const DUE_DATE: usize = 4;
    pub const TERMS: usize = 5;
    pub const TERMS_BASE: usize = 6;
    pub const AMOUNT: usize = 7;
    pub const CURRENCY: usize = 8;
    pub const KIND: usize = 9;
    pub const REFERENCE: usize = 10;
    pub const ORDER: usize = 11;
    pub const SETTLED_DATE: usize = 12;
    pub const SETTLED_AMOUNT: usize = 13;
    pub const DISPUTED: usize = 14;
    pub const NET: usize = 15;
    pub const TAX: usize = 16;
    pub const TAX_RATE: usize = 17;
    pub const STATUS: usize = 18;
}

/// Places of the receipt columns.
pub(super) mod receipt {
    pub const REFERENCE: usize = 0;
    pub const CUSTOMER: usize = 1;
    pub const DATE: usize = 2;
    pub const AMOUNT: usize = 3;
    pub const CURRENCY: usize = 4;
    pub const METHOD: usize = 5;
    pub const TEXT: usize = 6;
    pub const ALLOCATIONS: usize = 7;
}

/// Places of the customer columns.
pub(super) mod customer {
    pub const ID: usize = 0;
    pub const NAME: usize = 1;
    pub const GROUP: usize = 2;
    pub const COUNTRY: usize = 3;
    pub const CURRENCY: usize = 4;
    pub const TERMS: usize = 5;
    pub const CREDIT_LIMIT: usize = 6;
    pub const EMAIL: usize = 7;
    pub const PHONE: usize = 8;
    pub const LANGUAGE: usize = 9;
    pub const OWNER: usize = 10;
    pub const ADDRESS: usize = 11;
}

pub(super) fn read_invoice(cells: &Cells<'_>, context: &mut Context) -> Outcome<InvoiceRow> {
    use invoice::*;
    let needed = |field| cells.id(field).ok_or_else(|| missing(cells, field));
    let Some(named) = kind(cells, context)? else { return Ok(None) };
    let money = context.currency(cells, CURRENCY)?;
    let (amount, kind) = directed(cells, context, money, named)?;
    let number = needed(NUMBER)?;
    shortened(cells, NUMBER, &number)?;
    let customer = needed(CUSTOMER)?;
    shortened(cells, CUSTOMER, &customer)?;
    let document_date = context.needed_date(cells, DOCUMENT_DATE)?;
    let due_date = context.date(cells, DUE_DATE)?;
    let settled_date = context.date(cells, SETTLED_DATE)?;
    let read = InvoiceRow {
        line: cells.line,
        number,
        customer,
        customer_name: cells.text(CUSTOMER_NAME),
        document_date,
        due_date,
        terms: cells.text(TERMS),
        terms_base: context.date(cells, TERMS_BASE)?,
        amount,
        currency: money.0,
        kind,
        reference: cells.id(REFERENCE),
        order: cells.id(ORDER),
        settled_date,
        settled_amount: settled_amount(cells, context, money, amount, settled_date.is_some())?,
        disputed: yes_or_no(cells, DISPUTED)?,
        tax: stated_tax(cells, context, money)?,
    };
    watch_invoice(cells, context, &read);
    Ok(Some(read))
}

/// What the row says of the tax in its amount.
fn stated_tax(cells: &Cells<'_>, context: &Context, money: (Currency, u32)) -> Result<Option<Box<StatedTax>>, Trouble> {
    use invoice::{NET, TAX, TAX_RATE};
    if ![NET, TAX, TAX_RATE].into_iter().any(|field| cells.plan().has(field)) {
        return Ok(None);
    }
    let (net, of_it) = (context.amount(cells, NET, money)?, context.amount(cells, TAX, money)?);
    let rate = match cells.get(TAX_RATE) {
        None => None,
        Some(text) => {
            let rate = tax::rate(&text);
            Some(rate.map_err(|why| row(cells.refuse(TAX_RATE, &text, "TAX-02", format!("{why}."))))?)
        }
    };
    let stated = StatedTax { net: net.map(i64::abs), tax: of_it.map(i64::abs), rate };
    Ok((stated != StatedTax::default()).then(|| Box::new(stated)))
}

/// Days to pay beyond which a due date is looked at: longer terms are rare, day and month swapped are not.
const LONGEST_TERMS: i64 = 180;

/// Names the dates of an invoice that look odd; the row is taken all the same.
fn watch_invoice(cells: &Cells<'_>, context: &mut Context, read: &InvoiceRow) {
    let document = read.document_date;
    context.watch(cells, invoice::DOCUMENT_DATE, document);
    context.watch_past(cells, invoice::DOCUMENT_DATE, document);
    if let Some(due) = read.due_date {
        if due < document {
            let what = format!("{due} is before the document date {document}.");
            context.suspect(cells, invoice::DUE_DATE, what);
        } else if (due - document).num_days() > LONGEST_TERMS && due <= context.far {
            let what = format!("{due} is {} days after the document date.", (due - document).num_days());
            context.suspect(cells, invoice::DUE_DATE, what);
        } else {
            context.watch(cells, invoice::DUE_DATE, due);
        }
    }
    if let Some(settled) = read.settled_date {
        if settled < document {
            let what = format!("{settled} is before the document date {document}.");
            context.suspect(cells, invoice::SETTLED_DATE, what);
        } else {
            context.watch(cells, invoice::SETTLED_DATE, settled);
            context.watch_past(cells, invoice::SETTLED_DATE, settled);
        }
    } else if let Some(status) = cells.get(invoice::STATUS).filter(|status| says_paid(status)) {
        let what =
            format!("\"{status}\", but no day it was settled on: taken as open; fill the date or post the receipt.");
        context.suspect(cells, invoice::STATUS, what);
    }
}

/// Whether another system calls a document with this status paid.
fn says_paid(status: &str) -> bool {
    const PAID: [&str; 16] = [
        "paid",
        "fully paid",
        "paid in full",
        "settled",
        "cleared",
        "closed",
        "bezahlt",
        "beglichen",
        "ausgeglichen",
        "payé",
        "payée",
        "réglé",
        "réglée",
        "pagado",
        "pagada",
        "saldado",
    ];
    let status = status.trim().to_lowercase();
    PAID.contains(&status.as_str())
}

/// The kind a row names: `None` for rows the mapping leaves out, `Some(None)` when it names none.
#[allow(clippy::option_option, reason = "left out and unnamed are two different answers")]
fn kind(cells: &Cells<'_>, context: &mut Context) -> Result<Option<Option<DocumentKind>>, Trouble> {
    let Some(code) = cells.get(invoice::KIND) else { return Ok(Some(None)) };
    let kinds = &cells.plan().mapping().kinds;
    let rule = kinds.iter().find(|(known, _)| known.eq_ignore_ascii_case(&code));
    match rule.map(|(_, rule)| *rule) {
        Some(KindRule::Is(kind)) => return Ok(Some(Some(kind))),
        Some(KindRule::LeaveOut) => {
            *context.left_out.entry(code.into_owned()).or_default() += 1;
            return Ok(None);
        }
        None => {}
    }
    if let Some(kind) = DocumentKind::parse(&code) {
        return Ok(Some(Some(kind)));
    }
    match kinds.iter().find(|(known, _)| known == "*").map(|(_, rule)| *rule) {
        Some(KindRule::Is(kind)) => Ok(Some(Some(kind))),
        Some(KindRule::LeaveOut) => Ok(None),
        None => {
            let reason = format!("\"{code}\" is no kind of document here; add it under [kinds] in the mapping.");
            Err(row(cells.refuse(invoice::KIND, &code, "KND-01", reason)))
        }
    }
}

/// The amount without sign and the kind of document it makes: a credit is a credit note whatever the row calls it.
fn directed(
    cells: &Cells<'_>,
    context: &mut Context,
    money: (Currency, u32),
    named: Option<DocumentKind>,
) -> Result<(i64, DocumentKind), Trouble> {
    use DocumentKind::{CreditNote, DebitNote, Invoice};
    let named = named.unwrap_or(Invoice);
    let (signed, sided) = match &cells.plan().sign {
        SignPlan::Own => (needed_amount(cells, context, money)?, false),
        SignPlan::Flag { column, debit, credit } => {
            let amount = needed_amount(cells, context, money)?;
            let code = cells.column(*column);
            let is = |codes: &[String]| codes.iter().any(|known| known.eq_ignore_ascii_case(&code));
            if is(credit) {
                // Some exports sign a credit besides: the flag says the same.
                (-amount.abs(), true)
            } else if is(debit) && amount >= 0 {
                (amount, true)
            } else if is(debit) {
                let name = cells.plan().column_name(*column);
                let reason = format!("the amount is below 0 and \"{code}\" in column {name} says debit; which is it?");
                return Err(row(cells.refuse(invoice::AMOUNT, &code, "SGN-01", reason)));
            } else {
                let name = cells.plan().column_name(*column);
                let reason = format!("\"{code}\" in column {name} says neither debit nor credit; check the mapping.");
                return Err(row(cells.refuse(invoice::AMOUNT, &code, "SGN-01", reason)));
            }
        }
        SignPlan::TwoColumns { debit, credit } => {
            let (debit, credit) =
                (context.column_amount(cells, *debit, money)?, context.column_amount(cells, *credit, money)?);
            if debit.is_none() && credit.is_none() {
                return Err(missing(cells, invoice::AMOUNT));
            }
            (debit.unwrap_or(0) - credit.unwrap_or(0), true)
        }
    };
    let kind = match (named, signed < 0, sided) {
        (CreditNote, false, true) if signed > 0 => DebitNote,
        (CreditNote, _, _) | (_, true, _) => CreditNote,
        (other, false, _) => other,
    };
    context.turned += u64::from(!sided && signed < 0 && named != CreditNote);
    Ok((signed.abs(), kind))
}

fn needed_amount(cells: &Cells<'_>, context: &Context, money: (Currency, u32)) -> Result<i64, Trouble> {
    context.amount(cells, invoice::AMOUNT, money)?.ok_or_else(|| missing(cells, invoice::AMOUNT))
}

fn settled_amount(
    cells: &Cells<'_>,
    context: &Context,
    money: (Currency, u32),
    amount: i64,
    settled: bool,
) -> Result<Option<i64>, Trouble> {
    let field = invoice::SETTLED_AMOUNT;
    let found = context.amount(cells, field, money)?.map(i64::abs).filter(|minor| *minor != 0);
    let value = || cells.text(field).unwrap_or_default();
    match found {
        Some(_) if !settled => {
            let reason = "There is a settled amount but no settled date; fill the date.".to_owned();
            Err(row(cells.refuse(field, &value(), "ROW-01", reason)))
        }
        Some(minor) if minor > amount => {
            let reason = format!("{} was settled but the document is smaller; check both.", value());
            Err(row(cells.refuse(field, &value(), "AMT-06", reason)))
        }
        other => Ok(other),
    }
}

/// An id such as `1.93057E+09` lost its digits in a spreadsheet.
fn shortened(cells: &Cells<'_>, field: usize, id: &str) -> Result<(), Trouble> {
    let number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    if !id.as_bytes().contains(&b'+') {
        return Ok(());
    }
    match id.split_once("E+") {
        Some((digits, power)) if number(digits) && number(power) => {
            let reason = format!("{id} was shortened by a spreadsheet and its digits are lost; export the file again.");
            Err(row(cells.refuse(field, id, "ROW-02", reason)))
        }
        _ => Ok(()),
    }
}

fn yes_or_no(cells: &Cells<'_>, field: usize) -> Result<bool, Trouble> {
    let Some(text) = cells.get(field) else { return Ok(false) };
    let is = |words: &[&str]| words.iter().any(|word| word.eq_ignore_ascii_case(&text));
    if is(&["no", "n", "false", "0", "0.0"]) {
        Ok(false)
    } else if is(&["yes", "y", "true", "1", "1.0", "x"]) {
        Ok(true)
    } else {
        Err(row(cells.refuse(field, &text, "ROW-03", format!("\"{text}\" is neither yes nor no."))))
    }
}

pub(super) fn read_receipt(cells: &Cells<'_>, context: &mut Context) -> Outcome<ReceiptRow> {
    use receipt::*;
    let money = context.currency(cells, CURRENCY)?;
    let amount = match &cells.plan().sign {
        SignPlan::TwoColumns { debit, credit } => {
            let paid = context.column_amount(cells, *credit, money)?;
            let back = context.column_amount(cells, *debit, money)?;
            paid.or(back).map(|_| paid.unwrap_or(0) - back.unwrap_or(0))
        }
        SignPlan::Own | SignPlan::Flag { .. } => context.amount(cells, AMOUNT, money)?,
    };
    let amount = amount.ok_or_else(|| missing(cells, AMOUNT))?;
    if amount <= 0 {
        let reason = "A receipt must be more than 0; money going out is a refund.".to_owned();
        return Err(row(cells.refuse(AMOUNT, &cells.text(AMOUNT).unwrap_or_default(), "AMT-05", reason)));
    }
    let reference = cells.id(REFERENCE).ok_or_else(|| missing(cells, REFERENCE))?;
    shortened(cells, REFERENCE, &reference)?;
    let date = context.needed_date(cells, DATE)?;
    let read = ReceiptRow {
        line: cells.line,
        reference,
        customer: cells.id(CUSTOMER),
        date,
        amount,
        currency: money.0,
        method: cells.text(METHOD),
        text: cells.text(TEXT),
        allocations: allocations(cells, context, money, amount)?,
    };
    context.watch(cells, DATE, date);
    context.watch_past(cells, DATE, date);
    Ok(Some(read))
}

/// Reads `INV-1:100.00;INV-2:50.00`.
fn allocations(
    cells: &Cells<'_>,
    context: &Context,
    money: (Currency, u32),
    amount: i64,
) -> Result<Vec<(String, i64)>, Trouble> {
    let field = receipt::ALLOCATIONS;
    let Some(text) = cells.get(field) else { return Ok(Vec::new()) };
    let refuse = |value: &str, code, reason| Err(row(cells.refuse(field, value, code, reason)));
    let mut parts = Vec::new();
    let mut rest = amount;
    for part in text.split(';').map(str::trim).filter(|part| !part.is_empty()) {
        let Some((number, part_amount)) = part.rsplit_once(':').filter(|(number, _)| !number.trim().is_empty()) else {
            let reason = format!("\"{part}\" is no allocation; write INV-1:100.00;INV-2:50.00.");
            return refuse(part, "ROW-04", reason);
        };
        let minor = match context.minor(part_amount.trim(), money)? {
            Ok(minor) if minor > 0 => minor,
            Ok(_) => return refuse(part, "AMT-05", "An allocation must be more than 0.".to_owned()),
            Err(error) => return refuse(part, error.code(), error.reason(part_amount.trim(), money.0)),
        };
        rest -= minor;
        if rest < 0 {
            let reason = "The allocations add up to more than the receipt.".to_owned();
            return refuse(&text, "AMT-06", reason);
        }
        parts.push((number.trim().to_owned(), minor));
    }
    Ok(parts)
}

pub(super) fn read_customer(cells: &Cells<'_>, context: &mut Context) -> Outcome<CustomerRow> {
    use customer::*;
    let id = cells.id(ID).ok_or_else(|| missing(cells, ID))?;
    shortened(cells, ID, &id)?;
    let limited = cells.get(CREDIT_LIMIT).is_some();
    let named = cells.get(CURRENCY).is_some();
    let money = if limited || named { Some(context.currency(cells, CURRENCY)?) } else { None };
    let credit_limit = match money {
        Some(money) => context.amount(cells, CREDIT_LIMIT, money)?,
        None => None,
    };
    if credit_limit.is_some_and(|limit| limit < 0) {
        let value = cells.text(CREDIT_LIMIT).unwrap_or_default();
        let reason = "A credit limit cannot be below 0.".to_owned();
        return Err(row(cells.refuse(CREDIT_LIMIT, &value, "AMT-05", reason)));
    }
    Ok(Some(CustomerRow {
        line: cells.line,
        name: cells.text(NAME).unwrap_or_else(|| id.clone()),
        id,
        group: cells.text(GROUP),
        country: cells.text(COUNTRY),
        currency: money.filter(|_| named).map(|(currency, _)| currency),
        terms: cells.text(TERMS),
        credit_limit,
        email: cells.text(EMAIL),
        phone: cells.text(PHONE),
        language: cells.text(LANGUAGE),
        owner: cells.text(OWNER),
        address: cells.text(ADDRESS),
    }))
}

#[cfg(test)]
mod tests {
    use super::super::canonical::Table;

    #[test]
    fn places_are_those_of_the_canonical_columns() {
        let invoices = Table::Invoices.fields();
        assert_eq!(invoices[super::invoice::AMOUNT], "amount");
        assert_eq!((invoices[super::invoice::DISPUTED], invoices.len()), ("disputed", 19));
        assert_eq!(invoices[super::invoice::SETTLED_DATE], "settled_date");
        let receipts = Table::Receipts.fields();
        assert_eq!((receipts[super::receipt::ALLOCATIONS], receipts.len()), ("allocations", 8));
        let customers = Table::Customers.fields();
        assert_eq!((customers[super::customer::OWNER], customers.len()), ("owner", 12));
        assert_eq!(customers[super::customer::CREDIT_LIMIT], "credit_limit");
        assert_eq!(customers[super::customer::ADDRESS], "address");
    }
}
