//! What the matching rules are asked with in a run: the open items and customers of the whole book, and payments as the
//! bank told them. One payment for the screen is in [`candidates`](super::candidates).

use std::collections::HashMap;

use chrono::NaiveDate;
use rusqlite::{Connection, OptionalExtension, Row, params};

use crate::domain::cash::{CUSTOMERS, DEDUCTION_REASONS, KEYS, Policies};
use crate::domain::deduction;
use crate::domain::document::DocumentKind;
use crate::domain::matching::{Builder, Customer, OpenItem, Payment, Policy, RemittanceLine};
use crate::domain::money::Currency;
use crate::domain::reference::is_iban;
use crate::domain::terms::Discount;
use crate::store::date::read;
use crate::store::error::Result;
use crate::store::lookup::{currency, kind};
use crate::store::requests::{refund_waits, refunds_asked};
use crate::store::{Reader, open};

pub use super::candidates::{Beside, Candidates, beside, candidates};

/// What the company accepts of differences, and of single customers, as its settings say.
pub fn policies(conn: &Connection) -> Result<Policies> {
    let mut values = HashMap::new();
    let mut statement = conn.prepare_cached("SELECT value FROM meta WHERE key = $1")?;
    for key in ["currency", CUSTOMERS].into_iter().chain(KEYS) {
        let value: Option<String> = statement.query_row([key], |row| row.get(0)).optional()?;
        values.extend(value.map(|value| (key, value)));
    }
    let base = values.get("currency").map_or(Currency::EUR, |code| currency(code));
    Ok(Policies::read(base, |key| values.get(key).cloned()))
}

/// A payment that waits for the rules.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Waiting {
    /// The payment.
    pub id: i64,
    /// What of it is not settled.
    pub left: i64,
    /// Why it is not to be applied without a person however well it is explained: it looks like an earlier payment, or a
    /// refund of it was asked for. Empty for none.
    pub doubt: String,
    /// Why the rules left it before.
    pub why: String,
    /// The payer's end-to-end id, until it is known whether it names something of ours.
    end_to_end: String,
    /// As the engine reads it.
    pub payment: Payment,
}

/// Mark before a payer's name where it stands for an account: payments without an account are known by a confirmed name.
pub(super) const BY_NAME: &str = "PAYER NAME ";

/// Every payment that waits for the rules and may pay an item, after `after`, at most `count` of them, oldest first.
pub fn waiting(conn: &Connection, after: i64, count: i64) -> Result<Vec<Waiting>> {
    payments(
        conn,
        "p.id > $1 AND p.left > 0 AND p.of_entry IS NOT NULL AND p.kind IN ('receipt', 'other') ORDER BY p.id LIMIT $2",
        after,
        count,
    )
}

/// How many payments wait for the rules.
pub fn count_waiting(conn: &Connection) -> Result<u64> {
    let text = "SELECT count(*) FROM bank_payment WHERE left <> 0 AND left > 0 AND of_entry IS NOT NULL AND kind IN ('receipt', 'other')";
    Ok(conn.query_row(text, [], |row| row.get::<_, i64>(0))?.unsigned_abs())
}

pub(super) fn payments(conn: &Connection, condition: &str, value: i64, count: i64) -> Result<Vec<Waiting>> {
    let text = format!(
        "SELECT p.id, p.left, e.resembles IS NOT NULL, p.currency, p.value_on, p.payer_account, p.payer, p.structured, \
           p.end_to_end, p.text, p.why, b.number FROM bank_payment p LEFT JOIN bank_entry e ON e.id = p.of_entry \
         JOIN bank_statement s ON s.id = p.statement_id JOIN bank_account b ON b.id = s.bank_account_id \
         WHERE {condition}"
    );
    let mut statement = conn.prepare_cached(&text)?;
    let mut found: Vec<Waiting> = statement
        .query_map(params![value, count], |row| {
            let left: i64 = row.get(1)?;
            let unit = currency(row.get_ref(3)?.as_str()?);
            let mut payment = Payment::new(left, unit, read(row.get_ref(4)?.as_str()?));
            payment.account = row.get(5)?;
            payment.name = row.get(6)?;
            payment.country = country(&payment.account, row.get_ref(11)?.as_str()?);
            if payment.account.is_empty() && !payment.name.is_empty() {
                payment.account = format!("{BY_NAME}{}", payment.name);
            }
            let reference: String = row.get(7)?;
            if !reference.is_empty() {
                payment.references.push(reference);
            }
            payment.text = row.get(9)?;
            Ok(Waiting {
                id: row.get(0)?,
                left,
                doubt: if row.get(2)? { "looks like an entry taken in before".to_owned() } else { String::new() },
                why: row.get(10)?,
                end_to_end: row.get(8)?,
                payment,
            })
        })?
        .collect::<rusqlite::Result<_>>()?;
    let mut numbered = conn.prepare_cached("SELECT 1 FROM customer WHERE number = $1")?;
    let mut document = conn.prepare_cached("SELECT 1 FROM document WHERE number = $1")?;
    let asked = refunds_asked(conn)?;
    let own_codes = meanings(conn)?;
    for one in &mut found {
        let resembles = !one.doubt.is_empty();
        if let Some(alike) = alike(conn, one.id, (one.payment.date, resembles))? {
            one.doubt = alike;
        }
        if let Some(number) = asked.get(&one.id) {
            one.doubt = refund_waits(number);
        }
        // An end-to-end id is the payer's own number, unless it is one of ours.
        let own = std::mem::take(&mut one.end_to_end);
        if !own.is_empty() && (document.exists([&own])? || numbered.exists([&own])?) {
            one.payment.references.push(own);
        }
        one.payment.lines = remittance(conn, one.id, &own_codes)?;
        // A reference field that holds our number for a customer says who pays, not what for.
        for at in (0..one.payment.references.len()).rev() {
            if numbered.exists([&one.payment.references[at]])? {
                one.payment.customer_number = one.payment.references.remove(at);
            }
        }
    }
    Ok(found)
}

/// Which country's references a payment may carry: that of the payer's account, else that of ours.
fn country(payer: &str, own: &str) -> String {
    let of = [payer, own].into_iter().find(|account| is_iban(account));
    of.and_then(|account| account.get(..2)).unwrap_or_default().to_owned()
}

/// Days within which the same payer's same amount with the same reference is perhaps one payment reported twice.
const TWICE_DAYS: i64 = 14;

/// An earlier payment that this one looks like, in words: of another entry, with payer, amount, currency and reference
/// in common and at most [`TWICE_DAYS`] apart; else, where its entry resembles another, one of that. A payment the bank
/// took back is expected to come again. `value` is its value date.
pub(super) fn alike(conn: &Connection, payment: i64, (value, resembles): (NaiveDate, bool)) -> Result<Option<String>> {
    let days = |count| crate::store::date::iso(value + chrono::Duration::days(count));
    let (from, to) = (days(-TWICE_DAYS), days(TWICE_DAYS));
    let mut twin = conn.prepare_cached(
        "SELECT q.id, q.value_on FROM bank_payment p JOIN bank_payment q ON q.amount = p.amount AND q.currency = p.currency \
         WHERE p.id = $1 AND q.value_on BETWEEN $2 AND $3 AND q.id < p.id AND q.of_entry <> p.of_entry \
         AND (q.payer_account = p.payer_account AND q.payer_account <> '' \
           OR q.payer = p.payer AND q.payer <> '' AND (q.payer_account = '' OR p.payer_account = '')) \
         AND (q.structured = p.structured AND q.structured <> '' \
           OR q.text = p.text AND q.text <> '' AND q.structured = '' AND p.structured = '') \
         AND NOT EXISTS (SELECT 1 FROM payment_step s WHERE s.payment_id = q.id AND s.what = 'split') \
         AND NOT EXISTS (SELECT 1 FROM payment_step s JOIN payment_step r ON r.document_id = s.document_id \
           AND r.what = 'return' WHERE s.payment_id = q.id) ORDER BY q.id LIMIT 1",
    )?;
    let found = twin.query_row(params![payment, from.as_str(), to.as_str()], like).optional()?;
    if found.is_some() || !resembles {
        return Ok(found);
    }
    let mut resembled = conn.prepare_cached(
        "SELECT q.id, q.value_on FROM bank_payment p JOIN bank_entry e ON e.id = p.of_entry \
         JOIN bank_payment q ON q.of_entry = e.resembles WHERE p.id = $1 ORDER BY q.id LIMIT 1",
    )?;
    Ok(resembled.query_row([payment], like).optional()?)
}

fn like(row: &Row<'_>) -> rusqlite::Result<String> {
    let on = read(row.get_ref(1)?.as_str()?);
    Ok(format!("looks like payment {} of {}", row.get::<_, i64>(0)?, on.format("%-d %b %Y")))
}

/// The company's own list of what payers mean by their codes.
fn meanings(conn: &Connection) -> Result<deduction::Own> {
    let mut statement = conn.prepare_cached("SELECT value FROM meta WHERE key = $1")?;
    let text: Option<String> = statement.query_row([DEDUCTION_REASONS], |row| row.get(0)).optional()?;
    Ok(text.and_then(|text| deduction::read(&text).ok()).unwrap_or_default())
}

fn remittance(conn: &Connection, payment: i64, own: &deduction::Own) -> Result<Vec<RemittanceLine>> {
    let mut statement = conn.prepare_cached(
        "SELECT number, amount, discount, deduction, reason FROM remittance WHERE payment_id = $1 ORDER BY id",
    )?;
    let rows = statement
        .query_map([payment], |row| {
            let reason: String = row.get(4)?;
            Ok(RemittanceLine {
                why: deduction::reason(&reason, own),
                reference: row.get(0)?,
                paid: row.get(1)?,
                discount: row.get::<_, Option<i64>>(2)?.unwrap_or(0).abs(),
                deduction: row.get::<_, Option<i64>>(3)?.unwrap_or(0).abs(),
                reason,
            })
        })?
        .collect::<rusqlite::Result<_>>()?;
    Ok(rows)
}

/// Page cache of a run, as SQLite counts it: minus KiB, here 176 MiB at most. Payments meet items all over the book.
const CACHE_KIB: i64 = -180_224;

/// The same of the connection that looks ahead: for every payment it asks what was paid like it.
const AHEAD_KIB: i64 = -24_576;

/// Gives a connection room to keep the pages a run comes back to, and lets its log grow to 256 MiB before the book is
/// written from it: a page changed by many batches is then written once.
pub fn room_for_a_run(conn: &Connection) -> Result<()> {
    conn.pragma_update(None, "wal_autocheckpoint", 65_536)?;
    Ok(conn.pragma_update(None, "cache_size", CACHE_KIB)?)
}

/// Gives the connection that looks ahead of a run room for what it asks again and again.
pub fn room_ahead(conn: &Connection) -> Result<()> {
    Ok(conn.pragma_update(None, "cache_size", AHEAD_KIB)?)
}

/// Takes the room back, and writes the book from its log as far as nobody reads it.
pub fn room_as_usual(conn: &Connection) -> Result<()> {
    conn.pragma_update(None, "cache_size", open::WRITER_CACHE_KIB)?;
    conn.pragma_update(None, "wal_autocheckpoint", open::AUTOCHECKPOINT)?;
    conn.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()))?;
    Ok(())
}

/// A builder with every customer, the accounts and names each is known by, and every open item of the book.
pub fn whole(conn: &Connection) -> Result<Builder> {
    let (policies, (customers, groups)) = (policies(conn)?, customers(conn)?);
    let own = policies.each().filter_map(|(number, policy)| {
        let known = customers.iter().find(|customer| customer.number == number)?;
        Some((known.id, policy))
    });
    let own: Vec<(i64, Policy)> = own.collect();
    let mut builder = Builder::new(policies.company(), customers);
    own.into_iter().for_each(|(id, policy)| builder.policy(id, policy));
    groups.iter().for_each(|(id, name)| builder.group(*id, name));
    // Written so that the items are read in the order of their rows: by an index every document would be a page.
    items(conn, &mut builder, "i.open + 0 <> 0 AND $1 = 0", 0)?;
    let mut paid = conn.prepare(
        "SELECT d.number FROM item i JOIN document d ON d.id = i.document_id \
         WHERE i.open = 0 AND i.kind IN (1, 3) AND d.reverses IS NULL",
    )?;
    for_each(&mut paid, [], |row| {
        builder.paid(row.get_ref(0)?.as_str()?);
        Ok(())
    })?;
    Ok(builder)
}

/// Hands every row to `f`.
pub(super) fn for_each(
    statement: &mut rusqlite::Statement<'_>,
    values: impl rusqlite::Params,
    mut f: impl FnMut(&Row<'_>) -> rusqlite::Result<()>,
) -> Result<()> {
    let mut rows = statement.query(values)?;
    while let Some(row) = rows.next()? {
        f(row)?;
    }
    Ok(())
}

/// Customers with the names of their groups.
type Grouped = Vec<(i64, String)>;

fn customers(conn: &Connection) -> Result<(Vec<Customer>, Grouped)> {
    let (mut all, mut groups) = (Vec::new(), Grouped::new());
    let mut statement = conn.prepare("SELECT id, number, name, bank_account, group_name FROM customer ORDER BY id")?;
    for_each(&mut statement, [], |row| {
        let id: i64 = row.get(0)?;
        let own: String = row.get(3)?;
        let accounts = if own.is_empty() { Vec::new() } else { vec![own] };
        all.push(Customer { id, number: row.get(1)?, name: row.get(2)?, accounts });
        let group: String = row.get(4)?;
        if !group.is_empty() {
            groups.push((id, group));
        }
        Ok(())
    })?;
    let mut aliases = conn.prepare(
        "SELECT a.customer_id, a.kind, a.value FROM alias_change a WHERE a.held = 1 AND NOT EXISTS \
         (SELECT 1 FROM alias_change b WHERE b.kind = a.kind AND b.value = a.value AND b.customer_id = a.customer_id \
          AND b.id > a.id)",
    )?;
    for_each(&mut aliases, [], |row| {
        let id: i64 = row.get(0)?;
        let Ok(place) = all.binary_search_by_key(&id, |customer| customer.id) else { return Ok(()) };
        let value: String = row.get(2)?;
        let by_name = row.get_ref(1)?.as_str()? == "name";
        all[place].accounts.push(if by_name { format!("{BY_NAME}{value}") } else { value });
        Ok(())
    })?;
    Ok((all, groups))
}

pub(super) fn items(conn: &Connection, builder: &mut Builder, condition: &str, value: i64) -> Result<()> {
    let text = format!(
        "SELECT i.id, i.document_id, i.customer_id, i.kind, d.number, d.order_number, d.reference, i.document_date, \
           i.due_date, i.currency, i.amount, i.open, i.disputed, g.percent, g.until_date, n.net FROM item i \
         JOIN document d ON d.id = i.document_id LEFT JOIN item_discount g ON g.item_id = i.id \
         LEFT JOIN discount_net n ON n.item_id = g.item_id WHERE {condition}"
    );
    let mut statement = conn.prepare_cached(&text)?;
    for_each(&mut statement, [value], |row| {
        let customer: i64 = row.get(2)?;
        let (date, due) = (read(row.get_ref(7)?.as_str()?), read(row.get_ref(8)?.as_str()?));
        let discount = billed(row, 13, date)?;
        let kind = kind(row.get(3)?);
        if let Some(net) = row.get(15)? {
            builder.discount_on(row.get(0)?, net);
        }
        builder.item(&OpenItem {
            id: row.get(0)?,
            document: row.get(1)?,
            customer,
            kind,
            number: row.get_ref(4)?.as_str()?,
            order: row.get_ref(5)?.as_str()?,
            // The reference of a receipt is the way it came.
            reference: if kind == DocumentKind::Receipt { "" } else { row.get_ref(6)?.as_str()? },
            document_date: date,
            due,
            currency: currency(row.get_ref(9)?.as_str()?),
            amount: row.get(10)?,
            open: row.get(11)?,
            disputed: row.get(12)?,
            discount,
            // Items do not keep the words of their terms; so many days to pay are one term.
            terms: u32::try_from((due - date).num_days()).unwrap_or(0),
            charge: false,
        });
        Ok(())
    })
}

/// The discount an item was billed with, from two columns: percent and last day.
pub(super) fn billed(row: &Row<'_>, place: usize, date: NaiveDate) -> rusqlite::Result<Option<Discount>> {
    let (percent, until): (Option<String>, Option<String>) = (row.get(place)?, row.get(place + 1)?);
    Ok(percent.zip(until).and_then(|(percent, until)| {
        let days = (read(&until) - date).num_days();
        Some(Discount { percent: percent.parse().ok()?, days, grace: 0 })
    }))
}

/// A receipt of this customer, amount and time that was entered by hand and waits for its statement: id and number.
pub fn by_hand(conn: &Connection, customer: i64, of: &Payment) -> Result<Option<(i64, String)>> {
    let days = |count| crate::store::date::iso(of.date + chrono::Duration::days(count));
    let (from, to) = (days(-10), days(10));
    Ok(conn
        .prepare_cached(
            "SELECT d.id, d.number FROM document d WHERE d.customer_id = $1 AND d.document_date BETWEEN $2 AND $3 \
             AND d.kind = 4 AND d.amount = $4 AND d.currency = $5 AND d.reverses IS NULL \
             AND NOT EXISTS (SELECT 1 FROM payment_step s WHERE s.document_id = d.id) LIMIT 1",
        )?
        .query_row(params![customer, from.as_str(), to.as_str(), -of.amount, of.currency.code()], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .optional()?)
}

/// What of a payment is not settled, and its currency; `None` where there is no such payment.
pub fn left_of(reader: &Reader, payment: i64) -> Result<Option<(i64, Currency)>> {
    let text = "SELECT left, currency FROM bank_payment WHERE id = $1";
    Ok(reader
        .conn
        .prepare_cached(text)?
        .query_row([payment], |row| Ok((row.get(0)?, currency(row.get_ref(1)?.as_str()?))))
        .optional()?)
}

/// What the bank said of a payment, as names and texts; empty where it said nothing.
pub fn said(reader: &Reader, payment: i64) -> Result<Vec<(&'static str, String)>> {
    let names = ["value date", "payer", "payer account", "reference", "end to end", "text", "left because"];
    let text =
        "SELECT value_on, payer, payer_account, structured, end_to_end, text, why FROM bank_payment WHERE id = $1";
    let found = reader.conn.prepare_cached(text)?.query_row([payment], |row| {
        names.iter().enumerate().map(|(place, name)| Ok((*name, row.get(place)?))).collect::<rusqlite::Result<_>>()
    });
    Ok(found.optional()?.unwrap_or_default())
}
