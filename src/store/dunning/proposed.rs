//! A letter of a run that is not out yet, as it would be written today: the same plain values a sent letter is made
//! from, so that both are shown through the same template.

use chrono::NaiveDate;
use rusqlite::Connection;

use super::NewLetterLine;
use super::letters::FIRST;
use super::load::policy_row;
use super::price::priced;
use super::runs::{Key, by_id};
use super::standing::standing;
use crate::domain::calendar::add_days;
use crate::domain::dunning::{Letter, LetterLine};
use crate::domain::item::days_past_due;
use crate::store::Reader;
use crate::store::date::read;
use crate::store::error::Result;
use crate::store::lookup::kind;

/// The letter of a run with this key; `None` where nothing is left of it.
pub fn letter(reader: &Reader, run: i64, key: Key, today: NaiveDate) -> Result<Option<Letter>> {
    reader.snapshot(|| made(reader, run, key, today))
}

fn made(reader: &Reader, run: i64, key: Key, today: NaiveDate) -> Result<Option<Letter>> {
    let conn = &reader.conn;
    let known = by_id(conn, run)?;
    let Some(row) = policy_row(conn, key.policy)? else { return Ok(None) };
    let Some(level) = row.policy.level(key.level) else { return Ok(None) };
    let left = standing(conn, run, key, today)?;
    if left.items.is_empty() {
        return Ok(None);
    }
    let lines = priced(conn, &left.customer, &left.items, (&row.policy, level), today)?;
    let rows = lines.iter().map(|line| shown(conn, line, today)).collect::<Result<Vec<_>>>()?;
    let mut setting = conn.prepare_cached("SELECT coalesce((SELECT value FROM meta WHERE key = $1), '')")?;
    let mut of = |name: &str| -> Result<String> { Ok(setting.query_row([name], |row| row.get(0))?) };
    let mut person = conn.prepare_cached(
        "SELECT number, name, contact, email, country, language, address FROM customer WHERE id = $1",
    )?;
    let [account, name, contact, email, country, language, address]: [String; 7] = person
        .query_row([key.customer], |row| {
            Ok([row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?, row.get(5)?, row.get(6)?])
        })?;
    let posts = row.policy.interest.as_ref().is_some_and(|interest| interest.post);
    let charges = posts && lines.iter().any(|line| line.interest > 0);
    Ok(Some(Letter {
        id: 0,
        number: "(not sent yet)".to_owned(),
        run: known.number,
        date: today,
        level: key.level,
        template: match left.items.iter().all(|item| item.level() == 0) && level.template.is_empty() {
            true => FIRST.to_owned(),
            false => level.template.clone(),
        },
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
        credits: left.credits(row.policy.credits, key),
        credits_as: row.policy.credits,
        pay_by: add_days(today, level.payment_days),
        fee_document: None,
        // It has no number before it is posted.
        interest_document: charges.then(|| "(not sent yet)".to_owned()),
        interest_basis: row.policy.interest.as_ref().map(|one| one.profile.basis.clone()).unwrap_or_default(),
    }))
}

/// A line with what its document says.
fn shown(conn: &Connection, line: &NewLetterLine, today: NaiveDate) -> Result<LetterLine> {
    let mut statement = conn.prepare_cached(
        "SELECT d.number, d.reference, d.document_date, i.amount, d.kind, i.due_date FROM item i \
         JOIN document d ON d.id = i.document_id WHERE i.id = $1",
    )?;
    Ok(statement.query_row([line.item], |row| {
        let due = read(row.get_ref(5)?.as_str()?);
        Ok(LetterLine {
            item: line.item,
            document: row.get(0)?,
            kind: kind(row.get(4)?),
            reference: row.get(1)?,
            date: read(row.get_ref(2)?.as_str()?),
            due,
            days: days_past_due(due, today),
            amount: row.get(3)?,
            open: line.open,
            disputed: line.disputed,
            asked: (line.open - line.disputed).max(0),
            fee: line.fee,
            interest: line.interest,
        })
    })?)
}
