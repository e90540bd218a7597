//! Runs as the book has them: their lines with what a person did to them, and their state. A state is the last step of a
//! run, never a column.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use rusqlite::{Connection, OptionalExtension, Row, params};
use sha2::{Digest, Sha256};

use crate::domain::money::Currency;
use crate::store::date::read;
use crate::store::error::{Result, StoreError};
use crate::store::lookup::currency;
use crate::store::schema::hex;
use crate::store::{Reader, Tx};

/// A run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// Its id.
    pub id: i64,
    /// Its number, `M-3`.
    pub number: String,
    /// Its day.
    pub on: NaiveDate,
    /// The segment it is of; empty for the company.
    pub segment: String,
    /// Lines it was drafted with.
    pub lines: i64,
    /// What was not dunned: reason and count, as JSON.
    pub left_out: String,
    /// `draft`, `approved`, `sending`, `sent`, `cancelled`, `superseded`.
    pub state: String,
    /// What its last step says.
    pub said: String,
    /// Login of who drafted it.
    pub by: String,
    /// Letters sent.
    pub letters: i64,
}

impl Run {
    /// Whether it may still be reviewed.
    pub fn is_draft(&self) -> bool {
        self.state == "draft"
    }

    /// Whether it still waits for something.
    pub fn is_open(&self) -> bool {
        matches!(self.state.as_str(), "draft" | "approved" | "sending")
    }
}

/// A line of a run, with what a person made of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Its id.
    pub id: i64,
    /// Whose item it is.
    pub customer: i64,
    /// The customer's number.
    pub account: String,
    /// The customer's name.
    pub name: String,
    /// The item.
    pub item: i64,
    /// Number of its document.
    pub document: String,
    /// When it was due.
    pub due: NaiveDate,
    /// Row of the policy's version.
    pub policy: i64,
    /// The level proposed.
    pub proposed: u32,
    /// Its currency.
    pub currency: Currency,
    /// What is asked for.
    pub asked: i64,
    /// Why.
    pub why: String,
    /// `drop`, `hold`, `lower`; empty where nobody touched it.
    pub review: String,
    /// Why, as the person said.
    pub reason: String,
    /// The level it is lowered to.
    lowered: u32,
    /// The letter it went out in.
    pub letter: Option<String>,
}

impl Line {
    /// The level it goes out with; `None` when it was dropped.
    pub fn level(&self) -> Option<u32> {
        match self.review.as_str() {
            "drop" | "hold" => None,
            "lower" => Some(self.lowered),
            _ => Some(self.proposed),
        }
    }

    /// What tells its letter from the others of the run: customer, policy, level, currency.
    pub fn letter_key(&self) -> Option<Key> {
        let level = self.level()?;
        Some(Key { customer: self.customer, policy: self.policy, level, currency: self.currency })
    }
}

/// One letter of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    /// To whom.
    pub customer: i64,
    /// Row of the policy's version.
    pub policy: i64,
    /// The level.
    pub level: u32,
    /// The currency.
    pub currency: Currency,
}

/// The letters of lines, each once, in order of customers.
pub fn letters_of(lines: &[Line]) -> Vec<Key> {
    let mut keys: Vec<Key> = lines.iter().filter_map(Line::letter_key).collect();
    keys.sort_unstable();
    keys.dedup();
    keys
}

/// What is approved of a run: SHA-256 over its lines at the levels they go out with.
pub fn seal(lines: &[Line]) -> String {
    let mut hasher = Sha256::new();
    for line in lines {
        hasher.update(line.id.to_le_bytes());
        hasher.update(line.level().unwrap_or(0).to_le_bytes());
    }
    hex(&hasher.finalize())
}

const RUN: &str = "SELECT r.id, r.number, r.run_date, r.segment, r.lines, r.left_out, coalesce(s.what, 'draft'), \
     coalesce(s.text, ''), coalesce(p.login, ''), (SELECT count(*) FROM letter t WHERE t.run_id = r.id) \
     FROM dunning_run r LEFT JOIN dunning_step s ON s.id = (SELECT max(id) FROM dunning_step WHERE run_id = r.id) \
     LEFT JOIN act a ON a.id = r.act_id LEFT JOIN person p ON p.id = a.person_id";

fn one(row: &Row<'_>) -> rusqlite::Result<Run> {
    Ok(Run {
        id: row.get(0)?,
        number: row.get(1)?,
        on: read(row.get_ref(2)?.as_str()?),
        segment: row.get(3)?,
        lines: row.get(4)?,
        left_out: row.get(5)?,
        state: row.get(6)?,
        said: row.get(7)?,
        by: row.get(8)?,
        letters: row.get(9)?,
    })
}

/// Every run, newest first.
pub fn all(conn: &Connection) -> Result<Vec<Run>> {
    let mut statement = conn.prepare_cached(&format!("{RUN} ORDER BY r.id DESC"))?;
    Ok(statement.query_map([], one)?.collect::<rusqlite::Result<_>>()?)
}

/// The run with this id.
pub fn by_id(conn: &Connection, id: i64) -> Result<Run> {
    let found = conn.prepare_cached(&format!("{RUN} WHERE r.id = $1"))?.query_row([id], one).optional()?;
    found.ok_or_else(|| StoreError::refused("ACT-04", format!("There is no run {id}. Nothing was changed.")))
}

/// The lines of a run in order, of one customer or all.
pub fn lines(conn: &Connection, run: i64, customer: Option<i64>) -> Result<Vec<Line>> {
    let only = if customer.is_some() { "l.customer_id = $2" } else { "$2 IS NULL" };
    let mut statement = conn.prepare_cached(&format!(
        "SELECT l.id, l.customer_id, c.number, c.name, l.item_id, d.number, i.due_date, l.policy_id, l.level, l.currency, \
         l.asked, l.why, coalesce(v.what, ''), coalesce(v.reason, ''), coalesce(v.level, 0), \
         (SELECT t.number FROM letter_line w JOIN letter t ON t.id = w.letter_id WHERE w.item_id = l.item_id \
            AND t.run_id = l.run_id) \
         FROM dunning_line l JOIN customer c ON c.id = l.customer_id JOIN item i ON i.id = l.item_id \
         JOIN document d ON d.id = i.document_id \
         LEFT JOIN dunning_review v ON v.id = (SELECT max(id) FROM dunning_review WHERE line_id = l.id) \
         WHERE l.run_id = $1 AND {only} ORDER BY l.customer_id, l.id"
    ))?;
    let rows = statement.query_map(params![run, customer], |row| {
        Ok(Line {
            id: row.get(0)?,
            customer: row.get(1)?,
            account: row.get(2)?,
            name: row.get(3)?,
            item: row.get(4)?,
            document: row.get(5)?,
            due: read(row.get_ref(6)?.as_str()?),
            policy: row.get(7)?,
            proposed: row.get(8)?,
            currency: currency(row.get_ref(9)?.as_str()?),
            asked: row.get(10)?,
            why: row.get(11)?,
            review: row.get(12)?,
            reason: row.get(13)?,
            lowered: row.get(14)?,
            letter: row.get(15)?,
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Letters of a run that went out: what tells them apart, id and number.
pub fn sent(conn: &Connection, run: i64) -> Result<Vec<(Key, i64, String)>> {
    let mut statement = conn.prepare_cached(
        "SELECT customer_id, policy_id, level, currency, id, number FROM letter WHERE run_id = $1 ORDER BY id",
    )?;
    let rows = statement.query_map([run], |row| {
        let key = Key {
            customer: row.get(0)?,
            policy: row.get(1)?,
            level: row.get(2)?,
            currency: currency(row.get_ref(3)?.as_str()?),
        };
        Ok((key, row.get(4)?, row.get(5)?))
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// The items of a run that letters of other runs asked for after they were due.
pub fn chased(conn: &Connection, run: i64) -> Result<BTreeSet<i64>> {
    let mut statement = conn.prepare_cached(
        "SELECT w.item_id FROM dunning_line l JOIN item i ON i.id = l.item_id JOIN letter_line w ON w.item_id = l.item_id \
         JOIN letter t ON t.id = w.letter_id WHERE l.run_id = $1 AND t.run_id <> $1 AND t.letter_date > i.due_date",
    )?;
    Ok(statement.query_map([run], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?)
}

impl Tx<'_> {
    /// A run.
    pub fn dunning_run(&self, id: i64) -> Result<Run> {
        by_id(self.conn, id)
    }

    /// Every run, newest first.
    pub fn dunning_runs(&self) -> Result<Vec<Run>> {
        all(self.conn)
    }

    /// The lines of a run, of one customer or all.
    pub fn dunning_lines(&self, run: i64, customer: Option<i64>) -> Result<Vec<Line>> {
        lines(self.conn, run, customer)
    }

    /// The run of a line.
    pub fn run_of_line(&self, line: i64) -> Result<Option<i64>> {
        let mut statement = self.conn.prepare_cached("SELECT run_id FROM dunning_line WHERE id = $1")?;
        Ok(statement.query_row([line], |row| row.get(0)).optional()?)
    }

    /// Number of a letter of a run, where it went out.
    pub fn letter_sent(&self, run: i64, key: Key) -> Result<Option<String>> {
        let text = "SELECT number FROM letter WHERE run_id = $1 AND customer_id = $2 AND level = $3 AND currency = $4 \
                    AND policy_id = $5";
        let values = params![run, key.customer, i64::from(key.level), key.currency.code(), key.policy];
        Ok(self.conn.prepare_cached(text)?.query_row(values, |row| row.get(0)).optional()?)
    }

    /// Letters of a run that went out.
    pub fn letters_sent(&self, run: i64) -> Result<Vec<(Key, i64, String)>> {
        sent(self.conn, run)
    }

    /// What a person had made of a line before an act: what, level, reason; `None` where nobody had touched it.
    pub fn review_before(&self, line: i64, act: i64) -> Result<Option<(String, u32, String)>> {
        let text = "SELECT what, level, reason FROM dunning_review WHERE line_id = $1 AND act_id < $2 ORDER BY id DESC LIMIT 1";
        let mut statement = self.conn.prepare_cached(text)?;
        Ok(statement.query_row([line, act], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).optional()?)
    }

    /// Holds that an act placed, or on one item, and that stand.
    pub fn holds_standing(&self, act: Option<i64>, item: Option<i64>) -> Result<Vec<i64>> {
        let text = "SELECT id FROM dunning_hold h WHERE (act_id = $1 OR item_id = $2) \
                    AND NOT EXISTS (SELECT 1 FROM dunning_hold_end e WHERE e.hold_id = h.id) ORDER BY id";
        let mut statement = self.conn.prepare_cached(text)?;
        Ok(statement.query_map([act, item], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?)
    }

    /// The newest hold that is not lifted, by its id.
    pub fn hold_stands(&self, hold: i64) -> Result<Option<(i64, String)>> {
        let text = "SELECT customer_id, reason FROM dunning_hold h WHERE id = $1 \
                    AND NOT EXISTS (SELECT 1 FROM dunning_hold_end e WHERE e.hold_id = h.id)";
        let mut statement = self.conn.prepare_cached(text)?;
        Ok(statement.query_row([hold], |row| Ok((row.get(0)?, row.get(1)?))).optional()?)
    }
}

/// Every run, newest first, for verbs and screens.
pub fn runs(reader: &Reader) -> Result<Vec<Run>> {
    all(&reader.conn)
}

/// The run with this number, however it is written; `None` where there is none.
pub fn named(reader: &Reader, number: &str) -> Result<Option<Run>> {
    let text = format!("{RUN} WHERE upper(r.number) = upper($1)");
    Ok(reader.conn.prepare_cached(&text)?.query_row([number.trim()], one).optional()?)
}

/// The lines of a run, for verbs and screens.
pub fn lines_of(reader: &Reader, run: i64) -> Result<Vec<Line>> {
    lines(&reader.conn, run, None)
}

/// Letters of a run that went out, for verbs and screens.
pub fn sent_of(reader: &Reader, run: i64) -> Result<Vec<(Key, i64, String)>> {
    sent(&reader.conn, run)
}
