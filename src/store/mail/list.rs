//! Mails as lists and screens show them: a row each with what its last step said, and the steps of one.

use chrono::NaiveDate;
use rusqlite::{Row, params};

use super::overtaken;
use crate::store::Reader;
use crate::store::date::read;
use crate::store::error::Result;

/// A mail in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailRow {
    /// Its id.
    pub id: i64,
    /// Whose it is.
    pub customer: i64,
    /// The customer's number.
    pub account: String,
    /// The customer's name.
    pub name: String,
    /// Number of the letter, else what it is about: `statement 10023`; empty for none.
    pub letter: String,
    /// Address of the receiver.
    pub receiver: String,
    /// One line.
    pub subject: String,
    /// `waiting`, `leased`, `sent`, `failed`, `unknown`, `given up`.
    pub state: String,
    /// The instant before which it does not leave, or until which it is leased; empty for none.
    pub due_at: String,
    /// The day it was written.
    pub queued_on: NaiveDate,
    /// When its last step was written; empty where there is none.
    pub at: String,
    /// What its last step says; empty where there is none.
    pub said: String,
    /// The letter of a run it is of.
    pub of_letter: Option<i64>,
    /// Why one that waits does not leave as it was written.
    pub overtaken: Option<String>,
    /// The way its letter leaves by now: `mail`, `letter`, `phone`; empty without a letter.
    pub way: String,
}

/// A step of a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepRow {
    /// The instant.
    pub at: String,
    /// What became of it.
    pub what: String,
    /// Not before, or leased until; empty for none.
    pub until: String,
    /// What the server or the person said.
    pub said: String,
    /// Login of who acted.
    pub by: String,
}

const ROW: &str = "SELECT m.id, m.customer_id, c.number, c.name, coalesce(t.number, concat_ws(' ', o.what, o.about)), m.receiver, m.subject, m.state, \
     m.due_at, substr(q.recorded_at, 1, 10), coalesce(a.recorded_at, ''), coalesce(s.text, ''), coalesce((SELECT w.way FROM \
     letter_way w WHERE w.letter_id = m.letter_id ORDER BY w.id DESC LIMIT 1), ''), m.letter_id \
     FROM mail m JOIN customer c ON c.id = m.customer_id JOIN act q ON q.id = m.act_id \
     LEFT JOIN letter t ON t.id = m.letter_id LEFT JOIN mail_about o ON o.mail_id = m.id \
     LEFT JOIN mail_step s ON s.id = (SELECT max(id) FROM mail_step WHERE mail_id = m.id) \
     LEFT JOIN act a ON a.id = s.act_id";

fn row(row: &Row<'_>) -> rusqlite::Result<MailRow> {
    Ok(MailRow {
        id: row.get(0)?,
        customer: row.get(1)?,
        account: row.get(2)?,
        name: row.get(3)?,
        letter: row.get(4)?,
        receiver: row.get(5)?,
        subject: row.get(6)?,
        state: row.get(7)?,
        due_at: row.get(8)?,
        queued_on: read(row.get_ref(9)?.as_str()?),
        at: row.get(10)?,
        said: row.get(11)?,
        way: row.get(12)?,
        of_letter: row.get(13)?,
        overtaken: None,
    })
}

/// Mails of a state (empty for all) and a customer (`None` for all), newest first, at most `most`; and how many there are.
/// `today` is the day by which it is judged whether one that waits would leave.
pub fn mails(
    reader: &Reader,
    today: NaiveDate,
    (state, customer): (&str, Option<i64>),
    most: u64,
) -> Result<(Vec<MailRow>, u64)> {
    let wanted = "($1 = '' OR m.state = $1) AND ($2 IS NULL OR m.customer_id = $2)";
    let text = format!("{ROW} WHERE {wanted} ORDER BY m.id DESC LIMIT $3");
    let limit = i64::try_from(most).unwrap_or(i64::MAX);
    let mut statement = reader.conn.prepare_cached(&text)?;
    let rows = statement.query_map(params![state, customer, limit], row)?.collect::<rusqlite::Result<_>>()?;
    let rows = looked_at(reader, today, rows)?;
    let total: i64 = reader.conn.query_row(
        &format!("SELECT count(*) FROM mail m WHERE {wanted}"),
        params![state, customer],
        |row| row.get(0),
    )?;
    Ok((rows, total.unsigned_abs()))
}

/// One mail; `None` where there is none of this number.
pub fn one(reader: &Reader, id: i64) -> Result<Option<MailRow>> {
    let mut statement = reader.conn.prepare_cached(&format!("{ROW} WHERE m.id = $1"))?;
    let mut rows = statement.query_map([id], row)?;
    Ok(rows.next().transpose()?)
}

/// Mails that are not done with: waiting, on their way, failed, unknown.
pub fn open_mails(reader: &Reader, today: NaiveDate) -> Result<Vec<MailRow>> {
    let mut statement = reader
        .conn
        .prepare_cached(&format!("{ROW} WHERE m.state IN ('waiting', 'leased', 'failed', 'unknown') ORDER BY m.id"))?;
    looked_at(reader, today, statement.query_map([], row)?.collect::<rusqlite::Result<_>>()?)
}

/// The same mails, with why those that wait do not leave as they were written.
fn looked_at(reader: &Reader, today: NaiveDate, mut mails: Vec<MailRow>) -> Result<Vec<MailRow>> {
    for mail in mails.iter_mut().filter(|mail| mail.state == "waiting") {
        mail.overtaken = overtaken(&reader.conn, mail.id, mail.of_letter, today)?;
    }
    Ok(mails)
}

/// The mails that were sent on a day by what the book says of the instant, the last ones first.
pub fn sent_on(reader: &Reader, day: NaiveDate, most: u64) -> Result<Vec<MailRow>> {
    let text =
        format!("{ROW} WHERE m.state = 'sent' AND substr(a.recorded_at, 1, 10) = $1 ORDER BY s.id DESC LIMIT $2");
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    let mut statement = reader.conn.prepare_cached(&text)?;
    Ok(statement.query_map(params![day.to_string(), most], row)?.collect::<rusqlite::Result<_>>()?)
}

/// The steps of a mail, oldest first.
pub fn steps(reader: &Reader, mail: i64) -> Result<Vec<StepRow>> {
    let mut statement = reader.conn.prepare_cached(
        "SELECT a.recorded_at, s.what, s.at, s.text, coalesce(p.login, '') FROM mail_step s JOIN act a ON a.id = s.act_id \
         LEFT JOIN person p ON p.id = a.person_id WHERE s.mail_id = $1 ORDER BY s.id",
    )?;
    let rows = statement.query_map([mail], |row| {
        Ok(StepRow { at: row.get(0)?, what: row.get(1)?, until: row.get(2)?, said: row.get(3)?, by: row.get(4)? })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}
