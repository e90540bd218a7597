//! One payment of the bank in full: what the bank said, what became of it step by step and why, the documents entered by
//! hand that may be the same money, and the receipts a return may take back.

use chrono::{Duration, NaiveDate};
use rusqlite::params;

use super::accounts::accounts;
use super::cash::{CashRow, row};
use super::matching::{self, Candidates};
use crate::domain::bank::{EntryKind, RemittanceRow};
use crate::domain::money::Currency;
use crate::domain::text::fold;
use crate::store::Reader;
use crate::store::date::{iso, read};
use crate::store::error::Result;

/// Days a document entered by hand may be away from the payment it is.
pub const HAND_DAYS: i64 = 10;
/// What a bank may charge at most with a return, in whole units; more is another return.
pub const CHARGED: i64 = 50;
/// Most receipts a return is offered.
const MOST: i64 = 20;

/// A payment in full.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payment {
    /// Its line of the queue.
    pub row: CashRow,
    /// The payer's account.
    pub payer_account: String,
    /// Number of the statement it came in.
    pub statement: String,
    /// Line of the file.
    pub line: i64,
    /// Booking date.
    pub booked: NaiveDate,
    /// The bank's codes.
    pub code: String,
    /// The bank's own reference.
    pub reference: String,
    /// Some of its texts were cleaned; what stood in the file is kept.
    pub cleaned: bool,
    /// The earlier payment it looks like, in words; empty for none.
    pub alike: String,
    /// Structured remittance lines.
    pub remittance: Vec<RemittanceRow>,
    /// What became of it so far, oldest first.
    pub steps: Vec<Step>,
}

/// What became of a part of a payment, and why that was believed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Its id.
    pub id: i64,
    /// `receipt`, `on account`, `return`, `known`, `charge`, `transfer`, `elsewhere`, `split`, `joined`.
    pub what: String,
    /// How much of it, signed minor units.
    pub amount: i64,
    /// Number of the document.
    pub document: String,
    /// Whose document.
    pub customer: String,
    /// When.
    pub on: NaiveDate,
    /// By which rule.
    pub rule: String,
    /// How sure, per mille.
    pub confidence: i64,
    /// On what it rests.
    pub evidence: String,
    /// Who did it.
    pub who: String,
    /// Taken back since, or the taking back itself.
    pub undone: bool,
}

impl Step {
    /// The sentences that explain it for ever.
    pub fn explained(&self) -> Vec<String> {
        let sure = format!("{}.{}%", self.confidence / 10, self.confidence % 10);
        let rule =
            if self.rule == "by hand" { "by hand".to_owned() } else { format!("rule \"{}\", {sure} sure", self.rule) };
        let about =
            if self.document.is_empty() { String::new() } else { format!(" {} {}", self.document, self.customer) };
        let undone = if self.undone { "; taken back" } else { "" };
        let mut lines =
            vec![format!("{}{about}: {rule}, {} on {}{undone}", self.what, self.who, self.on.format("%d %b %Y"))];
        if !self.evidence.is_empty() {
            lines.push(format!("  on the evidence: {}", self.evidence));
        }
        lines
    }
}

/// A document that may be the same money as a payment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// The document.
    pub id: i64,
    /// Its number.
    pub number: String,
    /// Whose.
    pub customer: String,
    /// Its date.
    pub date: NaiveDate,
    /// Signed minor units.
    pub amount: i64,
    /// Its currency.
    pub currency: Currency,
}

/// A payment by its id.
pub fn payment(reader: &Reader, id: i64, today: NaiveDate) -> Result<Option<Payment>> {
    reader.snapshot(|| {
        let Some(row) = row(reader, id, today)? else { return Ok(None) };
        let mut statement = reader.conn.prepare_cached(
            "SELECT p.payer_account, s.number, e.line, e.booked_on, e.code, e.reference \
             FROM bank_payment p JOIN bank_entry e ON e.id = p.of_entry JOIN bank_statement s ON s.id = e.statement_id \
             WHERE p.id = $1",
        )?;
        let cleaned = cleaned(reader, id)?;
        let alike = matching::alike(&reader.conn, id, (row.value, true))?.unwrap_or_default();
        let (remittance, steps) = (remittance(reader, id)?, steps(reader, id)?);
        let found = statement.query_row([id], |found| {
            Ok(Payment {
                row,
                payer_account: found.get(0)?,
                statement: found.get(1)?,
                line: found.get(2)?,
                booked: read(found.get_ref(3)?.as_str()?),
                code: found.get(4)?,
                reference: found.get(5)?,
                alike,
                cleaned,
                remittance,
                steps,
            })
        })?;
        Ok(Some(found))
    })
}

/// Texts are kept by the act that cleaned them, which is that of the payment.
fn cleaned(reader: &Reader, id: i64) -> Result<bool> {
    let mut statement = reader
        .conn
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM raw_text WHERE name = 'bank_payment' AND row_id = $1)")?;
    Ok(statement.query_row([id], |row| row.get(0))?)
}

fn remittance(reader: &Reader, id: i64) -> Result<Vec<RemittanceRow>> {
    let mut statement = reader.conn.prepare_cached(
        "SELECT kind, number, amount, discount, deduction, reason FROM remittance WHERE payment_id = $1 ORDER BY id",
    )?;
    let rows = statement.query_map([id], |row| {
        Ok(RemittanceRow {
            kind: row.get(0)?,
            number: row.get(1)?,
            amount: row.get(2)?,
            discount: row.get(3)?,
            deduction: row.get(4)?,
            reason: row.get(5)?,
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// What became of a payment, oldest first.
pub fn steps(reader: &Reader, payment: i64) -> Result<Vec<Step>> {
    steps_where(reader, "s.payment_id = $1", payment)
}

/// The steps that are about a document, oldest first: for a receipt, the payment it was and why it was applied so.
pub fn steps_of_document(reader: &Reader, document: i64) -> Result<Vec<Step>> {
    steps_where(reader, "s.document_id = $1", document)
}

fn steps_where(reader: &Reader, condition: &str, id: i64) -> Result<Vec<Step>> {
    let mut statement = reader.conn.prepare_cached(&format!(
        "SELECT s.id, s.what, s.amount, coalesce(d.number, ''), coalesce(c.name, ''), s.on_date, s.rule, s.confidence, \
         s.evidence, coalesce(w.name, ''), s.takes_back IS NOT NULL \
         OR EXISTS (SELECT 1 FROM payment_step t WHERE t.takes_back = s.id) \
         FROM payment_step s LEFT JOIN document d ON d.id = s.document_id LEFT JOIN customer c ON c.id = d.customer_id \
         LEFT JOIN act a ON a.id = s.act_id LEFT JOIN person w ON w.id = a.person_id \
         WHERE {condition} ORDER BY s.id",
    ))?;
    let rows = statement.query_map([id], |row| {
        Ok(Step {
            id: row.get(0)?,
            what: row.get(1)?,
            amount: row.get(2)?,
            document: row.get(3)?,
            customer: row.get(4)?,
            on: read(row.get_ref(5)?.as_str()?),
            rule: row.get(6)?,
            confidence: row.get(7)?,
            evidence: row.get(8)?,
            who: row.get(9)?,
            undone: row.get(10)?,
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

const DOCUMENTS: &str = "SELECT d.id, d.number, c.name, d.document_date, d.amount, d.currency FROM document d \
     JOIN customer c ON c.id = d.customer_id";

fn known(row: &rusqlite::Row<'_>) -> rusqlite::Result<Known> {
    Ok(Known {
        id: row.get(0)?,
        number: row.get(1)?,
        customer: row.get(2)?,
        date: read(row.get_ref(3)?.as_str()?),
        amount: row.get(4)?,
        currency: crate::store::lookup::currency(row.get_ref(5)?.as_str()?),
    })
}

/// Receipts (refunds, where money went out) of a customer entered by hand that may be the payment: as much, at most
/// [`HAND_DAYS`] days away, and no statement has confirmed them.
pub fn entered_by_hand(reader: &Reader, of: &CashRow, customer: i64) -> Result<Vec<Known>> {
    let text = format!(
        "{DOCUMENTS} WHERE d.customer_id = $1 AND d.document_date BETWEEN $2 AND $3 AND d.kind = $4 AND d.amount = $5 \
         AND d.currency = $6 AND d.reverses IS NULL \
         AND NOT EXISTS (SELECT 1 FROM payment_step s WHERE s.document_id = d.id) \
         AND NOT EXISTS (SELECT 1 FROM document r WHERE r.customer_id = $1 AND r.reverses = d.id) \
         ORDER BY d.document_date DESC, d.id DESC LIMIT $7"
    );
    let mut statement = reader.conn.prepare_cached(&text)?;
    let (from, to) = (iso(of.value - Duration::days(HAND_DAYS)), iso(of.value + Duration::days(HAND_DAYS)));
    let kind = if of.left > 0 { 4 } else { 6 };
    let bound = params![customer, from.as_str(), to.as_str(), kind, -of.left, of.currency.code(), MOST];
    let rows = statement.query_map(bound, known)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Refunds that may be a payment that went out, whoever they were for.
pub fn refunds(reader: &Reader, of: &CashRow) -> Result<Vec<Known>> {
    let text = format!(
        "{DOCUMENTS} WHERE d.kind = 6 AND d.amount = $1 AND d.currency = $2 AND d.reverses IS NULL \
         AND NOT EXISTS (SELECT 1 FROM payment_step s WHERE s.document_id = d.id) ORDER BY d.id DESC LIMIT $3"
    );
    let mut statement = reader.conn.prepare_cached(&text)?;
    let rows = statement.query_map(params![-of.left, of.currency.code(), MOST], known)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// The receipts a return may take back: as much, or less by what a bank charges for it, the same amount first; then those
/// the same payer's money became, the newest first, since a bank may take back a part, or what became several. Looks through the receipts of the book, so it is asked only when somebody wants to know.
pub fn returnable(reader: &Reader, of: &CashRow) -> Result<Vec<Known>> {
    let text = format!(
        "{DOCUMENTS} WHERE d.kind = 4 AND d.amount BETWEEN $1 AND $1 + $2 AND d.amount < 0 AND d.currency = $3 \
         AND d.reverses IS NULL AND d.document_date <= $4 \
         AND NOT EXISTS (SELECT 1 FROM document r WHERE r.customer_id = d.customer_id AND r.reverses = d.id) \
         ORDER BY d.amount, d.id DESC LIMIT $5"
    );
    let mut statement = reader.conn.prepare_cached(&text)?;
    let charged = CHARGED * 10i64.pow(of.currency.digits());
    let until = iso(of.value);
    let bound = params![of.left, charged, of.currency.code(), until.as_str(), MOST];
    let mut found: Vec<Known> = statement.query_map(bound, known)?.collect::<rusqlite::Result<_>>()?;
    if of.account.is_empty() && of.payer.is_empty() {
        return Ok(found);
    }
    let text = format!(
        "{DOCUMENTS} JOIN payment_step s ON s.document_id = d.id JOIN bank_payment p ON p.id = s.payment_id \
         WHERE d.kind = 4 AND d.amount < 0 AND d.currency = $1 AND d.reverses IS NULL AND d.document_date <= $2 \
         AND p.amount > 0 AND s.takes_back IS NULL AND ((p.payer_account <> '' AND p.payer_account = $3) \
         OR (p.payer <> '' AND p.payer = $4)) \
         AND NOT EXISTS (SELECT 1 FROM document r WHERE r.customer_id = d.customer_id AND r.reverses = d.id) \
         ORDER BY d.id DESC LIMIT $5"
    );
    let mut statement = reader.conn.prepare_cached(&text)?;
    let bound = params![of.currency.code(), until.as_str(), of.account, of.payer, MOST];
    for receipt in statement.query_map(bound, known)? {
        let receipt = receipt?;
        if found.iter().all(|other| other.id != receipt.id) {
            found.push(receipt);
        }
    }
    Ok(found)
}

/// Other payments of the same payer, in the same currency, that wait too: id, value date and what of it is not settled,
/// the newest first.
pub fn beside_it(reader: &Reader, of: &CashRow) -> Result<Vec<(i64, NaiveDate, i64)>> {
    let mut statement = reader.conn.prepare_cached(
        "SELECT p.id, p.value_on, p.left FROM bank_payment p WHERE p.left <> 0 AND p.left > 0 AND p.of_entry IS NOT NULL \
         AND p.kind IN ('receipt', 'other') AND p.currency = $1 AND p.id <> $2 \
         AND ((p.payer_account <> '' AND p.payer_account = (SELECT payer_account FROM bank_payment WHERE id = $2)) \
         OR (p.payer <> '' AND p.payer = $3)) ORDER BY p.value_on DESC, p.id LIMIT $4",
    )?;
    let bound = params![of.currency.code(), of.id, of.payer, MOST];
    let rows = statement.query_map(bound, |row| Ok((row.get(0)?, read(row.get_ref(1)?.as_str()?), row.get(2)?)))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Payments that wait over just what this one took out, the newest first.
fn taken_back(reader: &Reader, of: &CashRow) -> Result<Vec<(i64, NaiveDate, i64)>> {
    let mut statement = reader.conn.prepare_cached(
        "SELECT p.id, p.value_on, p.left FROM bank_payment p WHERE p.left = $1 AND p.of_entry IS NOT NULL \
         AND p.kind IN ('receipt', 'other') AND p.currency = $2 AND p.value_on <= $3 ORDER BY p.value_on DESC, p.id LIMIT $4",
    )?;
    let value = iso(of.value);
    let bound = params![-of.left, of.currency.code(), value.as_str(), MOST];
    let rows = statement.query_map(bound, |row| Ok((row.get(0)?, read(row.get_ref(1)?.as_str()?), row.get(2)?)))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Whether the payment is one the bank sent as a return, or may be.
pub fn may_return(row: &CashRow) -> bool {
    row.left < 0 && matches!(row.kind, EntryKind::Return | EntryKind::Payment | EntryKind::Other)
}

/// Customers somebody may mean by a number or a part of a name: id, number and name, the best first, at most `most`.
pub fn named(reader: &Reader, today: NaiveDate, text: &str, most: usize) -> Result<Vec<(i64, String, String)>> {
    let all = accounts(reader, today)?;
    let text = text.trim();
    let wanted = fold(text);
    let mut found: Vec<(u8, i64, String, String)> = Vec::new();
    for account in all.iter() {
        let rank = match account.folded() {
            _ if account.number() == text => 0,
            name if name.starts_with(&wanted) => 1,
            name if name.contains(&wanted) => 2,
            _ => continue,
        };
        found.push((rank, account.id, account.number().to_owned(), account.name().to_owned()));
    }
    found.sort_by(|a, b| (a.0, &a.3, a.1).cmp(&(b.0, &b.3, b.1)));
    if found.first().is_some_and(|best| best.0 == 0) {
        found.truncate(1);
    }
    found.truncate(most);
    Ok(found.into_iter().map(|(_, id, number, name)| (id, number, name)).collect())
}

/// All that is shown of a payment when somebody decides about it.
#[derive(Debug, Clone)]
pub struct Case {
    /// The payment.
    pub payment: Payment,
    /// Who and what it may be; nothing for money that went out.
    pub found: Option<Candidates>,
    /// Documents entered by hand that may be the same money: of the likeliest payers, or any refund.
    pub known: Vec<Known>,
    /// Of money that went out: payments that wait over the same amount, which it may take back, as [`beside_it`] gives them.
    pub against: Vec<(i64, NaiveDate, i64)>,
}

impl Case {
    /// Customers it may be of, the likeliest first: id, number and name. Documents that were named say more of who paid
    /// than a name does, and a name more than an amount.
    pub fn customers(&self) -> Vec<(i64, &str, &str)> {
        let Some(found) = &self.found else { return Vec::new() };
        let (named, guessed): (Vec<_>, Vec<_>) =
            found.answer.explanations.iter().partition(|explanation| explanation.rule.is_by_reference());
        let mut others: Vec<(u16, i64)> =
            found.answer.payers.iter().map(|payer| (payer.score, payer.customer)).collect();
        for explanation in guessed {
            // What explains it counts for no less than its payer does.
            let score =
                others.iter().find(|(_, customer)| *customer == explanation.customer).map_or(0, |known| known.0);
            others.push((score.max(explanation.confidence), explanation.customer));
        }
        others.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
        let named = named.iter().map(|explanation| explanation.customer);
        let mut out: Vec<(i64, &str, &str)> = Vec::new();
        for id in named.chain(others.into_iter().map(|(_, customer)| customer)) {
            let known = found.customers.iter().find(|customer| customer.0 == id);
            if let Some((id, number, name)) = known.filter(|_| out.iter().all(|other| other.0 != id)) {
                out.push((*id, number, name));
            }
        }
        out
    }
}

/// Reads all about a payment that waits.
pub fn case(reader: &Reader, id: i64, today: NaiveDate) -> Result<Option<Case>> {
    reader.snapshot(|| {
        let Some(payment) = payment(reader, id, today)? else { return Ok(None) };
        if payment.row.left <= 0 {
            let known = if payment.row.left < 0 { refunds(reader, &payment.row)? } else { Vec::new() };
            let against = if payment.row.left < 0 { taken_back(reader, &payment.row)? } else { Vec::new() };
            return Ok(Some(Case { payment, found: None, known, against }));
        }
        let found = matching::candidates(reader, id)?;
        let mut case = Case { payment, found, known: Vec::new(), against: Vec::new() };
        for customer in case.customers().iter().map(|customer| customer.0).collect::<Vec<_>>() {
            case.known.extend(entered_by_hand(reader, &case.payment.row, customer)?);
        }
        Ok(Some(case))
    })
}
