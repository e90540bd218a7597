//! A letter that went out, made again from its rows: everything a template needs, with the customer's data of the day it
//! was written.

use chrono::NaiveDate;
use rusqlite::{Connection, OptionalExtension};

use super::load::policy_row;
use crate::domain::dunning::{Credits, Letter, LetterLine};
use crate::domain::item::days_past_due;
use crate::store::Reader;
use crate::store::date::read;
use crate::store::error::{Result, StoreError};
use crate::store::lookup::{currency, kind};
use crate::store::mail::NEVER_LEFT;
use crate::store::people::CustomerData;

/// The letter with this id.
pub fn letter(conn: &Connection, id: i64) -> Result<Letter> {
    let found = conn
        .prepare_cached(
            "SELECT t.number, r.number, t.letter_date, t.level, t.language, t.currency, t.credits, t.pay_by, t.policy_id, \
             f.number, n.number, v.data FROM letter t JOIN dunning_run r ON r.id = t.run_id \
             LEFT JOIN document f ON f.id = t.fee_document LEFT JOIN document n ON n.id = t.interest_document \
             LEFT JOIN customer_version v ON v.customer_id = t.customer_id AND v.version = t.customer_version \
             WHERE t.id = $1",
        )?
        .query_row([id], |row| {
            let data: String = row.get(11)?;
            let of = serde_json::from_str::<CustomerData>(&data).unwrap_or_default();
            let letter = Letter {
                id,
                number: row.get(0)?,
                run: row.get(1)?,
                date: read(row.get_ref(2)?.as_str()?),
                level: row.get(3)?,
                template: String::new(),
                language: row.get(4)?,
                channels: Vec::new(),
                company: String::new(),
                company_address: String::new(),
                house_language: String::new(),
                bank_account: String::new(),
                sender: String::new(),
                phone: String::new(),
                footer: String::new(),
                customer_number: of.number,
                customer_name: of.name,
                contact: of.contact,
                address: of.address,
                email: of.email,
                country: of.country,
                currency: currency(row.get_ref(5)?.as_str()?),
                lines: Vec::new(),
                credits: row.get(6)?,
                credits_as: Credits::None,
                pay_by: read(row.get_ref(7)?.as_str()?),
                fee_document: row.get(9)?,
                interest_document: row.get(10)?,
                interest_basis: String::new(),
            };
            Ok((letter, row.get::<_, i64>(8)?))
        })
        .optional()?;
    let Some((mut letter, policy)) = found else {
        return Err(StoreError::refused("ACT-04", format!("There is no letter {id}.")));
    };
    if let Some(row) = policy_row(conn, policy)? {
        letter.credits_as = row.policy.credits;
        letter.interest_basis = row.policy.interest.as_ref().map(|one| one.profile.basis.clone()).unwrap_or_default();
        if let Some(level) = row.policy.level(letter.level) {
            (letter.template, letter.channels) = (level.template.clone(), level.channels.clone());
        }
        if letter.template.is_empty() && is_first(conn, id)? {
            FIRST.clone_into(&mut letter.template);
        }
    }
    let mut setting = conn.prepare_cached("SELECT coalesce((SELECT value FROM meta WHERE key = $1), '')")?;
    let mut of = |key: &str| -> Result<String> { Ok(setting.query_row([key], |row| row.get(0))?) };
    (letter.company, letter.bank_account) = (of("company")?, of("bank-account")?);
    (letter.company_address, letter.house_language) = (of("company-address")?, of("language")?);
    (letter.sender, letter.phone, letter.footer) = (of("mail-sender")?, of("phone")?, of("letter-footer")?);
    letter.lines = lines(conn, id, letter.date)?;
    Ok(letter)
}

/// The template of a letter that is the first about all of its items, whatever level they reached at once: it must not
/// speak of reminders nobody got.
pub(super) const FIRST: &str = "reminder-1";

/// Whether no item of a letter was in one before.
fn is_first(conn: &Connection, letter: i64) -> Result<bool> {
    let text = format!(
        "SELECT NOT EXISTS (SELECT 1 FROM letter_line l JOIN letter_line p ON p.item_id = l.item_id \
         JOIN letter t ON t.id = p.letter_id WHERE l.letter_id = $1 AND t.id < $1 AND NOT {NEVER_LEFT})"
    );
    Ok(conn.prepare_cached(&text)?.query_row([letter], |row| row.get(0))?)
}

fn lines(conn: &Connection, letter: i64, on: NaiveDate) -> Result<Vec<LetterLine>> {
    let mut statement = conn.prepare_cached(
        "SELECT l.item_id, d.number, d.reference, d.document_date, i.due_date, i.amount, l.open, l.disputed, l.fee, \
         l.interest, d.kind FROM letter_line l JOIN item i ON i.id = l.item_id JOIN document d ON d.id = i.document_id \
         WHERE l.letter_id = $1 ORDER BY i.due_date, l.id",
    )?;
    let rows = statement.query_map([letter], |row| {
        let due = read(row.get_ref(4)?.as_str()?);
        let (open, disputed): (i64, i64) = (row.get(6)?, row.get(7)?);
        Ok(LetterLine {
            item: row.get(0)?,
            document: row.get(1)?,
            kind: kind(row.get(10)?),
            reference: row.get(2)?,
            date: read(row.get_ref(3)?.as_str()?),
            due,
            days: days_past_due(due, on),
            amount: row.get(5)?,
            open,
            disputed,
            asked: (open - disputed).max(0),
            fee: row.get(8)?,
            interest: row.get(9)?,
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// A letter that went out, for verbs and screens.
pub fn letter_of(reader: &Reader, id: i64) -> Result<Letter> {
    letter(&reader.conn, id)
}
