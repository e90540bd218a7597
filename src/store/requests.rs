//! Requests for approval: acts beyond their maker's authority, kept as they were asked for, and what became of them.

use std::collections::HashMap;

use chrono::NaiveDate;
use rusqlite::{Connection, OptionalExtension, Row};
use sha2::{Digest, Sha256};

use super::date::{iso, read};
use super::error::Result;
use super::tx::Tx;
use super::value::{T, V};
use crate::domain::limits::Size;

/// An act that waits for a second person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Its id.
    pub id: i64,
    /// The act that asked.
    pub act: i64,
    /// Public number, `A-12`.
    pub number: String,
    /// Who asked.
    pub person: i64,
    /// Kind of the act asked for, as the log shows it.
    pub kind: String,
    /// The act as JSON.
    pub payload: String,
    /// SHA-256 of the payload: what is approved.
    pub hash: Vec<u8>,
    /// What the maker saw, which must still be so.
    pub premises: String,
    /// The customer it concerns.
    pub customer: Option<i64>,
    /// The right an approver needs, as words.
    pub needs: String,
    /// Minor units of the book's currency that count against limits, where it has an amount.
    pub amount: Option<i64>,
    /// It is beyond a limit.
    pub limited: bool,
    /// What would happen, in words.
    pub summary: String,
    /// What changes: lines of `what`, before and after, separated by tabs.
    pub change: String,
    /// Why it needs a second person.
    pub why: String,
    /// When it was asked.
    pub asked_on: NaiveDate,
    /// The last day on which it can be approved.
    pub expires_on: NaiveDate,
    /// `waiting`, `approved`, `rejected`, `withdrawn`.
    pub state: String,
}

impl Request {
    /// What the limit of whoever approves it must cover.
    pub fn size(&self) -> Size {
        Size::of(self.limited, self.amount)
    }
}

/// A request about to be kept.
#[derive(Debug, Clone)]
pub struct NewRequest<'a> {
    /// Who asks.
    pub person: i64,
    /// Kind of the act.
    pub kind: &'a str,
    /// The act as JSON.
    pub payload: &'a str,
    /// What the maker saw.
    pub premises: &'a str,
    /// The customer it concerns.
    pub customer: Option<i64>,
    /// The right an approver needs.
    pub needs: &'a str,
    /// Which limit it exceeds, where it is one.
    pub limit_kind: Option<&'a str>,
    /// Minor units that count against limits.
    pub amount: Option<i64>,
    /// What would happen.
    pub summary: &'a str,
    /// What changes.
    pub change: &'a str,
    /// Why it needs a second person.
    pub why: &'a str,
    /// When it is asked.
    pub asked_on: NaiveDate,
    /// The last day on which it can be approved.
    pub expires_on: NaiveDate,
}

/// What became of a request.
#[derive(Debug, Clone)]
pub struct NewStep<'a> {
    /// `approved`, `rejected`, `withdrawn`.
    pub what: &'a str,
    /// Who decided.
    pub person: i64,
    /// Whose authority was used, where it was lent.
    pub authority_of: Option<i64>,
    /// When.
    pub on: NaiveDate,
    /// What was said.
    pub text: &'a str,
}

/// SHA-256 of an act's payload: what an approver approves.
pub fn payload_hash(payload: &str) -> [u8; 32] {
    Sha256::digest(payload.as_bytes()).into()
}

const REQUEST: &str = "SELECT id, act_id, number, person_id, kind, payload, payload_hash, premises, customer_id, needs, \
     amount, summary, change, why, asked_on, expires_on, state, limit_kind IS NOT NULL FROM request";

pub(super) fn request(row: &Row<'_>) -> rusqlite::Result<Request> {
    Ok(Request {
        id: row.get(0)?,
        act: row.get(1)?,
        number: row.get(2)?,
        person: row.get(3)?,
        kind: row.get(4)?,
        payload: row.get(5)?,
        hash: row.get(6)?,
        premises: row.get(7)?,
        customer: row.get(8)?,
        needs: row.get(9)?,
        amount: row.get(10)?,
        summary: row.get(11)?,
        change: row.get(12)?,
        why: row.get(13)?,
        asked_on: read(row.get_ref(14)?.as_str()?),
        expires_on: read(row.get_ref(15)?.as_str()?),
        state: row.get(16)?,
        limited: row.get(17)?,
    })
}

/// The request asked for last.
pub fn newest(conn: &Connection) -> Result<Option<Request>> {
    let text = format!("{REQUEST} ORDER BY id DESC LIMIT 1");
    Ok(conn.prepare_cached(&text)?.query_row([], request).optional()?)
}

/// Payments of the bank of which a refund was asked for that nobody has decided: the number of each request.
pub fn refunds_asked(conn: &Connection) -> Result<HashMap<i64, String>> {
    let mut statement =
        conn.prepare_cached("SELECT number, payload FROM request WHERE state = 'waiting' AND kind = 'refund'")?;
    let mut rows = statement.query([])?;
    let mut asked = HashMap::new();
    while let Some(row) = rows.next()? {
        let payload: Option<serde_json::Value> = serde_json::from_str(&row.get::<_, String>(1)?).ok();
        let payment = payload.and_then(|act| act.get("refund-payment")?.get("payment")?.as_i64());
        if let Some(payment) = payment {
            asked.insert(payment, row.get(0)?);
        }
    }
    Ok(asked)
}

/// Why a payment of which a refund was asked for waits.
pub fn refund_waits(number: &str) -> String {
    format!("refund asked for ({number})")
}

/// The number of the request that a restored book waits for; one that was rejected is waited for in vain.
fn unconfirmed_restore(conn: &Connection) -> Result<Option<String>> {
    let found = conn
        .prepare_cached("SELECT number FROM request WHERE kind = 'restore' AND state <> 'approved'")?
        .query_row([], |row| row.get(0))
        .optional()?;
    Ok(found)
}

/// The same in one line for the head of a screen.
pub(super) fn restored_banner(conn: &Connection) -> Result<Option<&'static str>> {
    let waits = "[BAK-06] Restored; waits for a second administrator (g v), nothing is posted.";
    Ok(unconfirmed_restore(conn)?.map(|_| waits))
}

impl Tx<'_> {
    /// One request.
    pub fn request(&self, id: i64) -> Result<Option<Request>> {
        let text = format!("{REQUEST} WHERE id = $1");
        Ok(self.conn.prepare_cached(&text)?.query_row([id], request).optional()?)
    }

    /// The requests nobody has decided.
    pub fn undecided_requests(&self) -> Result<Vec<Request>> {
        let text = format!("{REQUEST} WHERE state = 'waiting'");
        Ok(self.conn.prepare_cached(&text)?.query_map([], request)?.collect::<rusqlite::Result<_>>()?)
    }

    /// The number of the request that a restored book waits for.
    pub fn unconfirmed_restore(&self) -> Result<Option<String>> {
        unconfirmed_restore(self.conn)
    }

    /// The request an act asked for or decided.
    pub fn request_of_act(&self, act: i64) -> Result<Option<Request>> {
        let text = format!(
            "{REQUEST} WHERE act_id = $1 OR id IN (SELECT request_id FROM request_step WHERE act_id = $1) LIMIT 1"
        );
        Ok(self.conn.prepare_cached(&text)?.query_row([act], request).optional()?)
    }

    /// Who decided a request, and when: `approved by Eve Novak on 2026-03-05`.
    pub fn decided(&self, request: i64) -> Result<Option<String>> {
        let found = self
            .conn
            .prepare_cached(
                "SELECT s.what, p.name, s.on_date FROM request_step s JOIN person p ON p.id = s.person_id \
                 WHERE s.request_id = $1",
            )?
            .query_row([request], |row| {
                let (what, name, on): (String, String, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
                Ok(format!("{what} by {name} on {on}"))
            })
            .optional()?;
        Ok(found)
    }

    /// Keeps a request; its number comes from the gap-free series `A-`.
    pub fn add_request(&mut self, new: &NewRequest<'_>) -> Result<String> {
        let number = format!("A-{}", self.take_number("request")?);
        let hash = payload_hash(new.payload);
        let (asked, expires) = (iso(new.asked_on), iso(new.expires_on));
        self.insert(
            T::Request,
            &[
                V::T(&number),
                V::I(new.person),
                V::T(new.kind),
                V::T(new.payload),
                V::B(&hash),
                V::T(new.premises),
                V::maybe(new.customer),
                V::T(new.needs),
                V::text(new.limit_kind),
                V::maybe(new.amount),
                V::T(new.summary),
                V::T(new.change),
                V::T(new.why),
                V::T(asked.as_str()),
                V::T(expires.as_str()),
            ],
            &[V::T("waiting")],
        )?;
        Ok(number)
    }

    /// Decides a request, once.
    pub fn decide_request(&mut self, request: &Request, step: &NewStep<'_>) -> Result<()> {
        let on = iso(step.on);
        self.insert(
            T::RequestStep,
            &[
                V::I(request.id),
                V::T(step.what),
                V::I(step.person),
                V::maybe(step.authority_of),
                V::T(on.as_str()),
                V::B(&request.hash),
                V::T(step.text),
            ],
            &[],
        )?;
        self.conn
            .prepare_cached("UPDATE request SET state = $1 WHERE id = $2")?
            .execute(rusqlite::params![step.what, request.id])?;
        Ok(())
    }
}
