//! Mail as the book has it: messages with the steps of each, ways letters leave by, addresses that bounced. What waits is
//! read here for the pass that sends it; answers and their proposals are in [`answers`]. A state is the last step.

pub mod answers;
mod list;
mod overtaken;

use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::date::{iso, read};
use super::error::{Result, StoreError};
use super::schema::hex;
use super::tx::Tx;
use super::value::{T, V};
use super::work::CONTACTED;
use crate::domain::calendar::Holidays;
use crate::domain::dunning::Channel;

pub use list::{MailRow, StepRow, mails, one, open_mails, sent_on, steps};
pub use overtaken::{changed_since, overtaken};

/// A mail to be written.
#[derive(Debug, Clone)]
pub struct NewMail<'a> {
    /// To whom.
    pub customer: i64,
    /// The letter it is of.
    pub letter: Option<i64>,
    /// Without angle brackets.
    pub message_id: &'a str,
    /// Address of the sender.
    pub sender: &'a str,
    /// Address of the receiver.
    pub receiver: &'a str,
    /// One line.
    pub subject: &'a str,
    /// The whole message as it goes over the wire.
    pub message: &'a [u8],
}

/// A mail as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// Its id, which people name it by.
    pub id: i64,
    /// Whose it is.
    pub customer: i64,
    /// The letter it is of.
    pub letter: Option<i64>,
    /// Address of the receiver.
    pub receiver: String,
    /// `waiting`, `leased`, `sent`, `failed`, `unknown`, `given up`.
    pub state: String,
    /// The instant before which it does not leave, or until which it is leased; empty for none.
    pub due_at: String,
    /// Who leased it last; empty where nobody did.
    pub who: String,
}

/// An instant as the book stores it.
pub fn instant(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// The state after a step.
pub fn state_after(what: &str) -> &str {
    match what {
        "again" => "waiting",
        "sent by hand" => "sent",
        "returned" => "failed",
        same => same,
    }
}

/// The word of a channel in the book.
pub fn way(channel: Channel) -> &'static str {
    match channel {
        Channel::Mail => "mail",
        Channel::Letter => "letter",
        Channel::Phone => "phone",
    }
}

const MAIL: &str = "SELECT m.id, m.customer_id, m.letter_id, m.receiver, m.state, m.due_at, coalesce((SELECT s.who FROM \
     mail_step s WHERE s.mail_id = m.id AND s.who <> '' ORDER BY s.id DESC LIMIT 1), '') FROM mail m";

fn mail_of(row: &Row<'_>) -> rusqlite::Result<Mail> {
    Ok(Mail {
        id: row.get(0)?,
        customer: row.get(1)?,
        letter: row.get(2)?,
        receiver: row.get(3)?,
        state: row.get(4)?,
        due_at: row.get(5)?,
        who: row.get(6)?,
    })
}

/// SQL of whether a letter, a row of `letter` named `t`, never left: somebody gave its mail up and it took no other way. It
/// counts for no level, no contact and no time to pay.
pub(in crate::store) const NEVER_LEFT: &str = "(EXISTS (SELECT 1 FROM mail g WHERE g.letter_id = t.id AND g.state = 'given up') \
     AND (SELECT w.way FROM letter_way w WHERE w.letter_id = t.id ORDER BY w.id DESC LIMIT 1) = 'mail')";

/// SQL of whether the mail of a letter, a row of `letter` named `t`, has not left for sure.
pub(in crate::store) const WAITS_TO_LEAVE: &str = "EXISTS (SELECT 1 FROM mail g WHERE g.letter_id = t.id \
     AND g.state IN ('waiting', 'leased', 'unknown'))";

/// A setting of the company.
pub fn setting(conn: &Connection, key: &str) -> Result<Option<String>> {
    let mut statement = conn.prepare_cached("SELECT value FROM meta WHERE key = $1")?;
    Ok(statement.query_row([key], |row| row.get(0)).optional()?)
}

/// The days off of the company besides weekends: the setting `holidays`, or as books named it before, `mail-holidays`.
pub fn holidays(conn: &Connection) -> Result<Holidays> {
    let days = match setting(conn, "holidays")? {
        Some(days) => days,
        None => setting(conn, "mail-holidays")?.unwrap_or_default(),
    };
    Ok(days.split([' ', ',']).filter_map(|day| day.parse().ok()).collect())
}

/// Every mail that waits, oldest first, whether it is due or not.
pub fn waiting(conn: &Connection) -> Result<Vec<Mail>> {
    let mut statement = conn.prepare_cached(&format!("{MAIL} WHERE m.state = 'waiting' ORDER BY m.id"))?;
    Ok(statement.query_map([], mail_of)?.collect::<rusqlite::Result<_>>()?)
}

/// Mails of a run that wait.
pub fn waiting_of(conn: &Connection, run: i64) -> Result<u64> {
    let mut statement = conn.prepare_cached(
        "SELECT count(*) FROM mail m JOIN letter l ON l.id = m.letter_id WHERE l.run_id = $1 AND m.state = 'waiting'",
    )?;
    let count: i64 = statement.query_row([run], |row| row.get(0))?;
    Ok(count.unsigned_abs())
}

/// Letters of a run that leave on paper: those without another way.
pub fn on_paper(reader: &super::Reader, run: i64) -> Result<std::collections::HashSet<i64>> {
    let mut statement = reader.conn.prepare_cached(
        "SELECT t.id FROM letter t WHERE t.run_id = $1 AND coalesce((SELECT w.way FROM letter_way w WHERE w.letter_id = t.id \
         ORDER BY w.id DESC LIMIT 1), 'letter') = 'letter'",
    )?;
    Ok(statement.query_map([run], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?)
}

/// Mails of a run's letters that wait.
pub fn waiting_of_run(reader: &super::Reader, run: i64) -> Result<i64> {
    let mut statement = reader.conn.prepare_cached(
        "SELECT count(*) FROM mail m JOIN letter t ON t.id = m.letter_id WHERE t.run_id = $1 AND m.state = 'waiting'",
    )?;
    Ok(statement.query_row([run], |row| row.get(0))?)
}

/// Letters whose mail failed since a day and that leave on paper now: their runs and numbers. Whether they were printed since
/// nobody can tell.
pub fn fallen_to_paper(reader: &super::Reader, since: NaiveDate) -> Result<Vec<(String, String)>> {
    let mut statement = reader.conn.prepare_cached(
        "SELECT r.number, t.number FROM mail m JOIN letter t ON t.id = m.letter_id JOIN dunning_run r ON r.id = t.run_id \
         JOIN letter_way w ON w.id = (SELECT max(id) FROM letter_way WHERE letter_id = t.id) JOIN act a ON a.id = w.act_id \
         WHERE m.state = 'failed' AND w.way = 'letter' AND substr(a.recorded_at, 1, 10) >= $1 ORDER BY t.id",
    )?;
    let rows = statement.query_map([iso(since).as_str()], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Mails whose lease ran out before an instant: nobody will say what became of them.
pub fn run_out(conn: &Connection, now: DateTime<Utc>) -> Result<Vec<i64>> {
    let mut statement =
        conn.prepare_cached("SELECT id FROM mail WHERE state = 'leased' AND due_at <= $1 ORDER BY id")?;
    Ok(statement.query_map([instant(now)], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?)
}

/// A mail that is leased to somebody: sender, receiver and the whole message; `None` where it is not theirs.
pub fn leased(conn: &Connection, id: i64, who: &str) -> Result<Option<(String, String, Vec<u8>)>> {
    let mut statement = conn.prepare_cached(
        "SELECT m.sender, m.receiver, m.message FROM mail m WHERE m.id = $1 AND m.state = 'leased' AND \
         (SELECT s.who FROM mail_step s WHERE s.mail_id = m.id ORDER BY s.id DESC LIMIT 1) = $2",
    )?;
    Ok(statement.query_row(params![id, who], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).optional()?)
}

fn message(conn: &Connection, id: i64) -> Result<Option<Vec<u8>>> {
    let mut statement = conn.prepare_cached("SELECT message FROM mail WHERE id = $1")?;
    Ok(statement.query_row([id], |row| row.get(0)).optional()?)
}

/// The whole message of a mail, for verbs and screens.
pub fn message_of(reader: &super::Reader, id: i64) -> Result<Option<Vec<u8>>> {
    message(&reader.conn, id)
}

/// Days on which a customer was called, met or written to, since a day: contacts by hand and mails that left. The
/// same mail as `but` does not count.
pub fn contacts(conn: &Connection, customer: i64, since: NaiveDate, but: i64) -> Result<Vec<NaiveDate>> {
    let text = format!(
        "SELECT a.on_date FROM activity a WHERE a.customer_id = $1 AND a.on_date >= $2 AND {CONTACTED} \
         UNION ALL SELECT substr(c.recorded_at, 1, 10) FROM mail m JOIN mail_step s ON s.mail_id = m.id \
           JOIN act c ON c.id = s.act_id WHERE m.customer_id = $1 AND m.id <> $3 AND s.what IN ('sent', 'unknown') \
           AND c.recorded_at >= $2"
    );
    let mut statement = conn.prepare_cached(&text)?;
    let rows =
        statement.query_map(params![customer, iso(since).as_str(), but], |row| Ok(read(row.get_ref(0)?.as_str()?)))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

impl Tx<'_> {
    /// Mails of a customer to an address, whatever its case, that wait; oldest first.
    pub fn waiting_for(&self, customer: i64, address: &str) -> Result<Vec<Mail>> {
        let text = format!(
            "{MAIL} WHERE m.state = 'waiting' AND m.customer_id = $1 AND lower(m.receiver) = lower($2) ORDER BY m.id"
        );
        let mut statement = self.conn.prepare_cached(&text)?;
        Ok(statement.query_map(params![customer, address], mail_of)?.collect::<rusqlite::Result<_>>()?)
    }

    /// Writes a mail that waits.
    pub fn add_mail(&mut self, new: &NewMail<'_>) -> Result<i64> {
        let values = [
            V::I(new.customer),
            V::maybe(new.letter),
            V::T(new.message_id),
            V::T(new.sender),
            V::T(new.receiver),
            V::T(new.subject),
            V::B(new.message),
        ];
        self.insert(T::Mail, &values, &[V::T("waiting")])
    }

    /// Says what a mail without a letter is about.
    pub fn add_mail_about(&mut self, mail: i64, what: &str, about: &str) -> Result<i64> {
        self.insert(T::MailAbout, &[V::I(mail), V::T(what), V::T(about)], &[])
    }

    /// A mail.
    pub fn mail(&self, id: i64) -> Result<Mail> {
        let text = format!("{MAIL} WHERE m.id = $1");
        let found = self.conn.prepare_cached(&text)?.query_row([id], mail_of).optional()?;
        found.ok_or_else(|| StoreError::refused("ACT-04", format!("There is no mail {id}. Nothing was changed.")))
    }

    /// Writes what became of a mail, and keeps its state. `at` is an instant, or empty.
    pub fn add_mail_step(&mut self, mail: i64, what: &str, at: &str, who: &str, text: &str) -> Result<()> {
        self.insert(T::MailStep, &[V::I(mail), V::T(what), V::T(at), V::T(who), V::T(text)], &[])?;
        self.conn.prepare_cached("UPDATE mail SET state = $1, due_at = $2 WHERE id = $3")?.execute(params![
            state_after(what),
            at,
            mail
        ])?;
        Ok(())
    }

    /// How often a mail was put back since a person last said it should go.
    pub fn mail_attempts(&self, mail: i64) -> Result<i64> {
        let mut statement = self.conn.prepare_cached(
            "SELECT count(*) FROM mail_step WHERE mail_id = $1 AND what = 'waiting' AND at <> '' AND id > coalesce((SELECT \
             max(id) FROM mail_step WHERE mail_id = $1 AND what = 'again'), 0)",
        )?;
        Ok(statement.query_row([mail], |row| row.get(0))?)
    }

    /// Writes the way a letter leaves by.
    pub fn add_letter_way(&mut self, letter: i64, channel: Channel, why: &str) -> Result<i64> {
        self.insert(T::LetterWay, &[V::I(letter), V::T(way(channel)), V::T(why)], &[])
    }

    /// The ways a letter was to leave by, oldest first.
    pub fn letter_ways(&self, letter: i64) -> Result<Vec<String>> {
        let mut statement = self.conn.prepare_cached("SELECT way FROM letter_way WHERE letter_id = $1 ORDER BY id")?;
        Ok(statement.query_map([letter], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?)
    }

    /// A letter that went out, with everything a template needs.
    pub fn letter(&self, id: i64) -> Result<crate::domain::dunning::Letter> {
        super::dunning::letters::letter(self.conn, id)
    }

    /// Writes that mail to an address of a customer comes back, or does no more.
    pub fn add_address_step(&mut self, customer: i64, address: &str, bounced: bool, why: &str) -> Result<i64> {
        let values = [V::I(customer), V::T(address), V::I(i64::from(bounced)), V::T(why)];
        self.insert(T::AddressStep, &values, &[])
    }

    /// Why mail to an address of a customer comes back; `None` where it does not.
    pub fn bounced(&self, customer: i64, address: &str) -> Result<Option<String>> {
        let mut statement = self.conn.prepare_cached(
            "SELECT bounced, why FROM address_step WHERE customer_id = $1 AND address = $2 ORDER BY id DESC LIMIT 1",
        )?;
        let found: Option<(bool, String)> = statement
            .query_row(params![customer, address.to_ascii_lowercase()], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        Ok(found.filter(|(bounced, _)| *bounced).map(|(_, why)| why))
    }

    /// What tells this book from others, for ever: the hash of its first act.
    pub fn book_mark(&self) -> Result<String> {
        let mut statement = self.conn.prepare_cached("SELECT hash FROM act WHERE id = 1")?;
        let hash: Option<Vec<u8>> = statement.query_row([], |row| row.get(0)).optional()?;
        Ok(hex(&hash.unwrap_or_default()))
    }

    /// Settings whose key begins with `prefix`.
    pub fn settings_of(&self, prefix: &str) -> Result<Vec<(String, String)>> {
        let mut statement = self
            .conn
            .prepare_cached("SELECT key, value FROM meta WHERE substr(key, 1, length($1)) = $1 ORDER BY key")?;
        Ok(statement.query_map([prefix], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<rusqlite::Result<_>>()?)
    }
}
