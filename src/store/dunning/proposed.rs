//! A letter of a run that is not out yet, as it would be written today: the same plain values a sent letter is made
//! from, so that both are shown through the same template. Interest is worked out when it is sent, not here.

use chrono::NaiveDate;

use super::load::{Wanted, customers, policy_row};
use super::runs::{Key, by_id, lines};
use crate::domain::calendar::add_days;
use crate::domain::document::DocumentKind;
use crate::domain::dunning::{Credits, Customer, FeePer, Letter, LetterLine, Level, Origin, Policy};
use crate::domain::item::days_past_due;
use crate::store::Reader;
use crate::store::date::read;
use crate::store::error::Result;
use crate::store::lookup::kind;

/// What a line of a letter takes from its document.
struct Of {
    number: String,
    reference: String,
    date: NaiveDate,
    amount: i64,
    kind: DocumentKind,
}

/// The letter of a run with this key; `None` where nothing is left of it.
pub fn letter(reader: &Reader, run: i64, key: Key, today: NaiveDate) -> Result<Option<Letter>> {
    reader.snapshot(|| made(reader, run, key, today))
}

fn made(reader: &Reader, run: i64, key: Key, today: NaiveDate) -> Result<Option<Letter>> {
    let conn = &reader.conn;
    let known = by_id(conn, run)?;
    let Some(row) = policy_row(conn, key.policy)? else { return Ok(None) };
    let Some(level) = row.policy.level(key.level) else { return Ok(None) };
    let Some(facts) = customers(conn, Wanted { customer: Some(key.customer), today, run })?.pop() else {
        return Ok(None);
    };
    let wanted: Vec<i64> = lines(conn, run, Some(key.customer))?
        .iter()
        .filter(|line| line.letter_key() == Some(key))
        .map(|line| line.item)
        .collect();
    let rows = priced(reader, (&facts, &wanted), (&row.policy, level, key), today)?;
    if rows.is_empty() {
        return Ok(None);
    }
    let mut setting = conn.prepare_cached("SELECT coalesce((SELECT value FROM meta WHERE key = $1), '')")?;
    let mut of = |name: &str| -> Result<String> { Ok(setting.query_row([name], |row| row.get(0))?) };
    let mut person = conn.prepare_cached(
        "SELECT number, name, contact, email, country, language, address FROM customer WHERE id = $1",
    )?;
    let [account, name, contact, email, country, language, address]: [String; 7] = person
        .query_row([key.customer], |row| {
            Ok([row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?, row.get(5)?, row.get(6)?])
        })?;
    let held = facts.items.iter().filter(|item| item.currency == key.currency && item.open < 0);
    let credits: i64 = held.map(|item| -item.open).sum();
    Ok(Some(Letter {
        id: 0,
        number: "(not sent yet)".to_owned(),
        run: known.number,
        date: today,
        level: key.level,
        template: level.template.clone(),
        language: if language.is_empty() { row.policy.language.clone() } else { language },
        channels: level.channels.clone(),
        company: of("company")?,
        company_address: of("company-address")?,
        house_language: of("language")?,
        bank_account: of("bank-account")?,
        sender: of("mail-sender")?,
        phone: of("phone")?,
        footer: of("letter-footer")?,
        customer_number: account,
        customer_name: name,
        contact,
        email,
        address,
        country,
        currency: key.currency,
        lines: rows,
        credits: if row.policy.credits == Credits::None { 0 } else { credits },
        credits_as: row.policy.credits,
        pay_by: add_days(today, level.payment_days),
        fee_document: None,
        interest_document: None,
        interest_basis: String::new(),
    }))
}

/// The lines about the wanted items, with the fees the level charges, the oldest due date first.
fn priced(
    reader: &Reader,
    (facts, wanted): (&Customer, &[i64]),
    (policy, level, key): (&Policy, &Level, Key),
    today: NaiveDate,
) -> Result<Vec<LetterLine>> {
    let net: i64 = facts.items.iter().filter(|item| item.currency == key.currency).map(|item| item.open).sum();
    let items: Vec<_> = facts.items.iter().filter(|item| wanted.contains(&item.id) && item.asked() > 0).collect();
    let mut whole = (level.fee_per == FeePer::Letter).then(|| items.iter().map(|item| item.asked()).sum::<i64>());
    let mut rows = Vec::with_capacity(items.len());
    for item in items {
        let new = item.origin == Origin::Trade && item.level() < key.level && net > 0;
        let compensation = if new { policy.compensation(item, today) } else { 0 };
        let fee = match level.fee_per {
            _ if !new => 0,
            FeePer::Item => level.fee_on(item.asked(), key.currency),
            FeePer::Letter => whole.take().map_or(0, |asked| level.fee_on(asked, key.currency)),
        };
        let of = document(reader, item.id)?;
        rows.push(LetterLine {
            item: item.id,
            document: of.number,
            kind: of.kind,
            reference: of.reference,
            date: of.date,
            due: item.due,
            days: days_past_due(item.due, today),
            amount: of.amount,
            open: item.open,
            disputed: item.disputed,
            asked: item.asked(),
            fee: fee + compensation,
            interest: 0,
        });
    }
    rows.sort_by_key(|line| (line.due, line.item));
    Ok(rows)
}

fn document(reader: &Reader, item: i64) -> Result<Of> {
    let mut statement = reader.conn.prepare_cached(
        "SELECT d.number, d.reference, d.document_date, i.amount, d.kind FROM item i JOIN document d ON d.id = i.document_id \
         WHERE i.id = $1",
    )?;
    Ok(statement.query_row([item], |row| {
        Ok(Of {
            number: row.get(0)?,
            reference: row.get(1)?,
            date: read(row.get_ref(2)?.as_str()?),
            amount: row.get(3)?,
            kind: kind(row.get(4)?),
        })
    })?)
}
