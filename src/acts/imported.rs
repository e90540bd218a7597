//! Imported customers and invoices, each written row by row: what is known, what contradicts the book, what is new.
//! Texts are cleaned on the way in; what cleaning changed is kept raw beside the row.

use std::borrow::Cow;
use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use super::Failure;
use super::import::{Seen, Work};
use super::imported_credits::Credits;
use super::imported_settled::{dispute, settled};
use super::master::{address, put};
use super::money::{in_base, instalments, keep_discount, shown};
use super::people::sensitive_fields;
use super::perform::Context;
use crate::domain::document::DocumentKind;
use crate::domain::email;
use crate::domain::lookalike::skeleton;
use crate::domain::tax::TaxPart;
use crate::domain::terms::Terms;
use crate::domain::text;
use crate::formats::canonical::{self, CustomerRow, InvoiceRow};
use crate::store::Tx;
use crate::store::ledger::{NewDocument, NewItem};
use crate::store::people::CustomerData;

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
    (row, line): (i64, u64),
    field: &str,
    raw: Option<Vec<u8>>,
) -> Result<(), Failure> {
    if let Some(bytes) = raw {
        tx.add_raw_text(name, row, field, &bytes)?;
        work.notice(format!(
            "[TXT-02] Line {line}: the {field} of a {name} held hidden or control characters; they were taken out."
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

/// What a file says of a known customer, with what no file says kept as it is. A file without addresses takes none away.
fn beside(present: &CustomerData, data: CustomerData, with_address: bool) -> CustomerData {
    CustomerData {
        contact: present.contact.clone(),
        risk: present.risk,
        blocked: present.blocked,
        bank_account: present.bank_account.clone(),
        address: if with_address { data.address } else { present.address.clone() },
        ..data
    }
}

fn text(value: &Option<String>) -> String {
    value.as_deref().map(|raw| clean(raw).0).unwrap_or_default()
}

/// What a row says of a customer beside its number, name and terms; of a new one nothing else is known.
fn of_row(row: &CustomerRow) -> CustomerData {
    CustomerData {
        group: text(&row.group),
        country: text(&row.country),
        currency: row.currency.map(|currency| currency.code().to_owned()).unwrap_or_default(),
        credit_limit: row.credit_limit,
        email: text(&row.email),
        phone: text(&row.phone),
        language: text(&row.language),
        owner: text(&row.owner),
        risk: 50,
        address: address(&text(&row.address)),
        ..CustomerData::default()
    }
}

pub(super) fn customers(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    rows: Vec<CustomerRow>,
    work: &mut Work,
) -> Result<(), Failure> {
    let total = rows.len();
    let mut looks = Looks::default();
    let in_company = tx.people()?.iter().any(|other| other.active && other.id != context.person.id);
    for (place, row) in rows.into_iter().enumerate() {
        step(work, place, total);
        let (number, _) = clean(&row.id);
        let (name, raw) = clean(&row.name);
        if number.trim().is_empty() || name.trim().is_empty() {
            work.refuse(row.line, "id", "TXT-05", "The customer has no number or no name.");
            continue;
        }
        if let Some((code, why)) = row.email.as_deref().and_then(email::fault) {
            work.refuse(row.line, "email", code, format!("{why}."));
            continue;
        }
        let terms = text(&row.terms);
        if !terms.is_empty()
            && let Err(error) = Terms::parse(&terms)
        {
            work.refuse(row.line, "terms", "TRM-01", format!("{error}."));
            continue;
        }
        let data = CustomerData { number: number.clone(), name, terms, ..of_row(&row) };
        let known = tx.customer_by_number(&number)?;
        let data = known.as_ref().map_or(data.clone(), |present| beside(&present.data, data, row.address.is_some()));
        if known.as_ref().is_some_and(|present| present.data == data) {
            work.known += 1;
            continue;
        }
        if in_company && let Some(reason) = takes_two(known.as_ref().map(|present| &present.data), &data) {
            work.refuse(row.line, "id", "AUT-13", reason);
            continue;
        }
        if known.is_none() {
            looks.compare(tx, work, row.line, &data)?;
        }
        let (id, _) = put(tx, known.map(|present| present.id), &data)?;
        keep_raw(tx, work, "customer", (id, row.line), "name", raw)?;
        work.taken += 1;
    }
    Ok(())
}

/// Why a customer is not added or changed by a file.
fn takes_two(before: Option<&CustomerData>, after: &CustomerData) -> Option<String> {
    let fields = sensitive_fields(before, after);
    (!fields.is_empty()).then(|| {
        let fields = fields.join(" and ");
        match before {
            Some(_) => format!(
                "The {fields} of a known customer is changed by two people, never by a file; use o2c customer set."
            ),
            None => format!(
                "The {fields} of a customer is set by two people, never by a file; leave it out here and use o2c \
                 customer set."
            ),
        }
    })
}

/// Customers by number while invoices are read; unknown ones are made from the invoice.
struct Customers {
    ids: HashMap<String, i64>,
    terms: HashMap<i64, String>,
    looks: Looks,
}

/// What the names of customers look like: number and name of the first of each look.
#[derive(Default)]
struct Looks {
    seen: Option<HashMap<String, (String, String)>>,
}

impl Looks {
    /// Notes a new customer whose name is written with other letters than that of another and looks the same.
    fn compare(&mut self, tx: &Tx<'_>, work: &mut Work, line: u64, data: &CustomerData) -> Result<(), Failure> {
        if self.seen.is_none() {
            let names = tx.customer_names()?.into_iter();
            let looks = names.map(|(number, name)| (skeleton(&name), (number, name)));
            self.seen = Some(looks.rev().collect());
        }
        let seen = self.seen.get_or_insert_default();
        let (number, name) =
            seen.entry(skeleton(&data.name)).or_insert_with(|| (data.number.clone(), data.name.clone()));
        if *name != data.name {
            work.notice(format!(
                "[TXT-04] Line {line}: {} {} looks like {number} {name}; is it another customer?",
                data.number, data.name
            ));
        }
        Ok(())
    }
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
        self.looks.compare(tx, work, row.line, &data)?;
        let (id, _) = put(tx, None, &data)?;
        keep_raw(tx, work, "customer", (id, row.line), "name", raw)?;
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
    let mut customers = Customers { ids: tx.customer_numbers()?, terms: HashMap::new(), looks: Looks::default() };
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
        let taxed = match taxed(tx, &row, &due) {
            Ok(parts) => parts.into_iter().map(|part| if kind.is_debit() { part } else { part.negated() }).collect(),
            Err(Failure::Refused { code, sentence }) => {
                work.refuse(row.line, "tax", code, sentence);
                continue;
            }
            Err(unknown) => return Err(unknown),
        };
        let taxed: Vec<TaxPart> = taxed;
        let document = write_invoice(tx, context, work, &row, kind, &number, customer, (&due, &taxed))?;
        keep_raw(tx, work, "document", (document, row.line), "number", raw)?;
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

impl Due {
    /// The terms of the row; beside a due date they still say the discount.
    fn terms<'t>(&'t self, row: &InvoiceRow) -> Option<Cow<'t, Terms>> {
        match self {
            Due::On(_) => row.terms.as_deref().map(|text| Cow::Owned(Terms::parse(text).unwrap_or_default())),
            Due::By(terms, _) => Some(Cow::Borrowed(terms)),
        }
    }
}

/// What of the row's amount is tax.
fn taxed(tx: &Tx<'_>, row: &InvoiceRow, due: &Due) -> Result<Vec<TaxPart>, Failure> {
    let Some(stated) = &row.tax else { return Ok(Vec::new()) };
    super::tax::stated(tx, (row.amount, row.currency), stated, due.terms(row).as_deref())
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
    (due, taxed): (&Due, &[TaxPart]),
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
        tax: taxed,
    };
    let parts = match due {
        Due::On(due) => vec![NewItem { due: *due, amount, base }],
        Due::By(terms, from) => instalments(terms, None, amount, base, *from),
    };
    let (document, items) = match row.settled_date {
        None => tx.post_document(&new, &parts)?,
        Some(on) => settled(tx, context, row, &new, &parts, on)?,
    };
    if let Some(terms) = due.terms(row) {
        let from = if let Due::By(_, from) = due { *from } else { row.terms_base.unwrap_or(row.document_date) };
        keep_discount(tx, &items, &terms, (from, taxed))?;
    }
    if row.disputed {
        dispute(tx, context, row, items)?;
    }
    Ok(document)
}
