//! Imported customers and invoices, each written row by row: what is known, what contradicts the book, what is new.
//! Texts are cleaned on the way in; what cleaning changed is kept raw beside the row.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use super::Failure;
use super::import::{Seen, Work};
use super::imported_credits::Credits;
use super::master::put;
use super::money::{in_base, instalments, keep_discount, shown};
use super::people::sensitive_fields;
use super::perform::Context;
use crate::domain::dispute::{Reason, State};
use crate::domain::document::DocumentKind;
use crate::domain::terms::Terms;
use crate::domain::text;
use crate::formats::canonical::{self, CustomerRow, InvoiceRow};
use crate::store::Tx;
use crate::store::ledger::{Item, NewAllocation, NewDocument, NewItem};
use crate::store::people::CustomerData;
use crate::store::work::NewStep;

/// A text as it may be kept; `None` in place of the raw bytes when it was clean already.
pub(super) fn clean(raw: &str) -> (String, Option<Vec<u8>>) {
    if text::looks_safe(raw) {
        return (raw.to_owned(), None);
    }
    (text::clean(raw).text.into_string(), Some(raw.as_bytes().to_vec()))
}

fn keep_raw(
    tx: &mut Tx<'_>,
    work: &mut Work,
    name: &str,
    row: i64,
    field: &str,
    raw: Option<Vec<u8>>,
) -> Result<(), Failure> {
    if let Some(bytes) = raw {
        tx.add_raw_text(name, row, field, &bytes)?;
        work.notice(format!(
            "[TXT-02] The {field} of a {name} held hidden or control characters; they were taken out."
        ));
    }
    Ok(())
}

pub(super) fn step(work: &mut Work, done: usize, total: usize) {
    if done.is_multiple_of(4096)
        && let Some(progress) = work.progress.as_mut()
    {
        progress(done as u64, total as u64);
    }
}

pub(super) fn customers(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    rows: Vec<CustomerRow>,
    work: &mut Work,
) -> Result<(), Failure> {
    let total = rows.len();
    let in_company = tx.people()?.iter().any(|other| other.active && other.id != context.person.id);
    for (place, row) in rows.into_iter().enumerate() {
        step(work, place, total);
        let (number, _) = clean(&row.id);
        let (name, raw) = clean(&row.name);
        if number.trim().is_empty() || name.trim().is_empty() {
            work.refuse(row.line, "id", "TXT-05", "The customer has no number or no name.");
            continue;
        }
        let text = |value: &Option<String>| value.as_deref().map(|raw| clean(raw).0).unwrap_or_default();
        let terms = text(&row.terms);
        if !terms.is_empty()
            && let Err(error) = Terms::parse(&terms)
        {
            work.refuse(row.line, "terms", "TRM-01", format!("{error}."));
            continue;
        }
        let data = CustomerData {
            number: number.clone(),
            name,
            group: text(&row.group),
            country: text(&row.country),
            currency: row.currency.map(|currency| currency.code().to_owned()).unwrap_or_default(),
            terms,
            credit_limit: row.credit_limit,
            email: text(&row.email),
            phone: text(&row.phone),
            contact: String::new(),
            language: text(&row.language),
            owner: text(&row.owner),
            risk: 50,
            blocked: false,
            bank_account: String::new(),
        };
        let known = tx.customer_by_number(&number)?;
        let data = match &known {
            Some(present) => CustomerData {
                contact: present.data.contact.clone(),
                risk: present.data.risk,
                blocked: present.data.blocked,
                bank_account: present.data.bank_account.clone(),
                ..data
            },
            None => data,
        };
        if known.as_ref().is_some_and(|present| present.data == data) {
            work.known += 1;
            continue;
        }
        if in_company
            && let Some(present) = &known
            && let Some(reason) = takes_two(&present.data, &data)
        {
            work.refuse(row.line, "id", "AUT-13", reason);
            continue;
        }
        let (id, _) = put(tx, known.map(|present| present.id), &data)?;
        keep_raw(tx, work, "customer", id, "name", raw)?;
        work.taken += 1;
    }
    Ok(())
}

/// Why a known customer is not changed by a file.
fn takes_two(before: &CustomerData, after: &CustomerData) -> Option<String> {
    let fields = sensitive_fields(Some(before), after);
    (!fields.is_empty()).then(|| {
        let fields = fields.join(" and ");
        format!("The {fields} of a known customer is changed by two people, never by a file; use o2c customer set.")
    })
}

/// Customers by number while invoices are read; unknown ones are made from the invoice.
struct Customers {
    ids: HashMap<String, i64>,
    terms: HashMap<i64, String>,
}

impl Customers {
    fn find(&mut self, tx: &mut Tx<'_>, work: &mut Work, row: &InvoiceRow, currency: &str) -> Result<i64, Failure> {
        if let Some(id) = self.ids.get(row.customer.as_str()) {
            return Ok(*id);
        }
        let (number, _) = clean(&row.customer);
        if let Some(id) = self.ids.get(number.as_str()) {
            return Ok(*id);
        }
        // A name of nothing but hidden characters is none.
        let named = row.customer_name.as_deref().map(clean).filter(|(name, _)| !name.trim().is_empty());
        let (name, raw) = named.unwrap_or_else(|| (number.clone(), None));
        let data = CustomerData {
            number: number.clone(),
            name,
            currency: currency.to_owned(),
            risk: 50,
            ..CustomerData::default()
        };
        let (id, _) = put(tx, None, &data)?;
        keep_raw(tx, work, "customer", id, "name", raw)?;
        work.customers += 1;
        self.ids.insert(number, id);
        Ok(id)
    }

    fn terms(&mut self, tx: &Tx<'_>, id: i64) -> Result<String, Failure> {
        if let Some(terms) = self.terms.get(&id) {
            return Ok(terms.clone());
        }
        let terms = tx.customer(id)?.data.terms;
        self.terms.insert(id, terms.clone());
        Ok(terms)
    }
}

fn kind_of(kind: canonical::DocumentKind) -> DocumentKind {
    match kind {
        canonical::DocumentKind::Invoice => DocumentKind::Invoice,
        canonical::DocumentKind::CreditNote => DocumentKind::CreditNote,
        canonical::DocumentKind::DebitNote => DocumentKind::DebitNote,
    }
}

/// What two rows with one number must share to be the same document.
fn fingerprint(row: &InvoiceRow) -> u64 {
    let mut hasher = DefaultHasher::new();
    (&row.customer, row.document_date, row.amount, row.currency, row.kind).hash(&mut hasher);
    hasher.finish()
}

pub(super) fn invoices(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    rows: Vec<InvoiceRow>,
    work: &mut Work,
) -> Result<(), Failure> {
    if rows.len() > 1_000 {
        tx.start_bulk()?;
    }
    let mut customers = Customers { ids: tx.customer_numbers()?, terms: HashMap::new() };
    let mut seen = Seen::with_capacity(rows.len());
    let mut credits = Credits::new(tx, context)?;
    let total = rows.len();
    for (place, row) in rows.into_iter().enumerate() {
        step(work, place, total);
        let kind = kind_of(row.kind);
        let (number, raw) = clean(&row.number);
        if is_known(tx, work, &row, kind, &number, &mut seen)? || is_closed(tx, work, &row)? {
            continue;
        }
        if kind == DocumentKind::CreditNote {
            let whose = clean(&row.customer).0;
            let id = customers.ids.get(&whose).copied();
            if !credits.take(tx, context, work, &row, (&whose, id))? {
                continue;
            }
        }
        let customer = customers.find(tx, work, &row, row.currency.code())?;
        let due = match due_of(tx, &row, kind, customer, &mut customers) {
            Ok(due) => due,
            Err(Failure::Refused { code, sentence }) => {
                work.refuse(row.line, "due_date", code, sentence);
                continue;
            }
            Err(unknown) => return Err(unknown),
        };
        let document = write_invoice(tx, context, work, &row, kind, &number, customer, &due)?;
        keep_raw(tx, work, "document", document, "number", raw)?;
        work.taken += 1;
    }
    credits.end(tx)
}

/// True when the row would post into a closed month, which is refused before its first row is written.
fn is_closed(tx: &Tx<'_>, work: &mut Work, row: &InvoiceRow) -> Result<bool, Failure> {
    let days = [("document_date", Some(row.document_date)), ("settled_date", row.settled_date)];
    for (column, day) in days {
        if let Some(day) = day
            && let Some(closed) = tx.closed(day)?
        {
            work.refuse(row.line, column, "DAT-02", format!("{closed}."));
            return Ok(true);
        }
    }
    Ok(false)
}

/// True when the document is in the book or came earlier in the file; a contradiction is refused.
fn is_known(
    tx: &Tx<'_>,
    work: &mut Work,
    row: &InvoiceRow,
    kind: DocumentKind,
    number: &str,
    seen: &mut Seen,
) -> Result<bool, Failure> {
    if number.trim().is_empty() {
        work.refuse(row.line, "number", "TXT-05", "The document has no number.");
        return Ok(true);
    }
    if !text::looks_safe(&row.customer) && clean(&row.customer).0.trim().is_empty() {
        work.refuse(row.line, "customer", "TXT-05", "The customer has no number.");
        return Ok(true);
    }
    if row.amount == 0 {
        work.zero += 1;
        return Ok(true);
    }
    let print = fingerprint(row);
    let key = if kind == DocumentKind::Invoice { number.to_owned() } else { format!("{number}\u{1}{}", kind.code()) };
    match seen.insert(key, print) {
        Some(before) if before == print => {
            work.known += 1;
            return Ok(true);
        }
        Some(_) => {
            let reason = format!("{} {number} stands in this file before, with other content.", kind.name());
            work.refuse(row.line, "number", "IMP-03", reason);
            return Ok(true);
        }
        None => {}
    }
    if tx.is_bulk() {
        return Ok(false);
    }
    let Some(known) = tx.document(kind, number)? else { return Ok(false) };
    let owner = tx.customer(known.customer)?;
    let same = known.amount.abs() == row.amount
        && known.currency == row.currency
        && known.date == row.document_date
        && owner.data.number == clean(&row.customer).0;
    if same {
        work.known += 1;
    } else {
        let reason = format!(
            "{} {number} is in the book already with other content: {} of {} for {}.",
            kind.name(),
            shown(known.amount.abs(), known.currency),
            known.date,
            owner.data.name
        );
        work.refuse(row.line, "number", "IMP-03", reason);
    }
    Ok(true)
}

/// The instalment dates of a row: its due date, else its terms, else the customer's, else the document date.
fn due_of(
    tx: &Tx<'_>,
    row: &InvoiceRow,
    kind: DocumentKind,
    customer: i64,
    customers: &mut Customers,
) -> Result<Due, Failure> {
    if let Some(due) = row.due_date {
        return Ok(Due::On(due));
    }
    if !kind.is_debit() {
        return Ok(Due::On(row.document_date));
    }
    let own = row.terms.clone().filter(|terms| !terms.trim().is_empty());
    let text = match own {
        Some(terms) => terms,
        None => customers.terms(tx, customer)?,
    };
    if text.trim().is_empty() {
        return Ok(Due::On(row.terms_base.unwrap_or(row.document_date)));
    }
    let terms = Terms::parse(&text).map_err(|error| Failure::refused("TRM-01", format!("{error}.")))?;
    Ok(Due::By(terms, row.terms_base.unwrap_or(row.document_date)))
}

enum Due {
    On(chrono::NaiveDate),
    By(Terms, chrono::NaiveDate),
}

#[allow(clippy::too_many_arguments)]
fn write_invoice(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    work: &mut Work,
    row: &InvoiceRow,
    kind: DocumentKind,
    number: &str,
    customer: i64,
    due: &Due,
) -> Result<i64, Failure> {
    let sign = if kind.is_debit() { 1 } else { -1 };
    let amount = sign * row.amount;
    let base = in_base(tx, context.base, amount, row.currency, row.document_date)?;
    if base.is_none() {
        work.notice(format!(
            "{} has no rate to {}; these amounts are kept in {} only.",
            row.currency, context.base, row.currency
        ));
    }
    let reference = row.reference.as_deref().map(|raw| clean(raw).0).unwrap_or_default();
    let order = row.order.as_deref().map(|raw| clean(raw).0).unwrap_or_default();
    let new = NewDocument {
        kind,
        number,
        customer,
        date: row.document_date,
        currency: row.currency,
        amount,
        base,
        reference: &reference,
        order: &order,
        text: "",
        reverses: None,
        side: None,
    };
    let parts = match due {
        Due::On(due) => vec![NewItem { due: *due, amount, base }],
        Due::By(terms, from) => instalments(terms, None, amount, base, *from),
    };
    let (document, items) = match row.settled_date {
        None => tx.post_document(&new, &parts)?,
        Some(on) => settled(tx, context, row, &new, &parts, on)?,
    };
    if let Some(text) = row.terms.as_deref().filter(|_| matches!(due, Due::On(_))) {
        // A due date beside terms: the terms still say the discount.
        keep_discount(
            tx,
            &items,
            &Terms::parse(text).unwrap_or_default(),
            row.terms_base.unwrap_or(row.document_date),
        )?;
    } else if let Due::By(terms, from) = due {
        keep_discount(tx, &items, terms, *from)?;
    }
    if row.disputed {
        dispute(tx, context, row, items)?;
    }
    Ok(document)
}

/// An invoice another system calls settled: the money came on that day and was applied to it. A settled credit note
/// was paid out.
fn settled(
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
fn dispute(tx: &mut Tx<'_>, context: &Context<'_>, row: &InvoiceRow, items: Vec<Item>) -> Result<(), Failure> {
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
