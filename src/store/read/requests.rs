//! Requests for approval as people see them: who asks for what, why it needs a second person, what changes, and what
//! became of it. Waiting ones first, oldest first; then the decided ones, newest first.

use chrono::NaiveDate;

use super::changes::{self, Change};
use crate::domain::limits::Size;
use crate::domain::money::Money;
use crate::store::Reader;
use crate::store::authority::{self, Delegation};
use crate::store::date::read;
use crate::store::error::Result;
use crate::store::lookup::currency;
use crate::store::people;
use crate::store::schema::hex;

/// A request for approval.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Its id.
    pub id: i64,
    /// Its number, `A-12`.
    pub number: String,
    /// Login of who asks.
    pub login: String,
    /// Name of who asks.
    pub name: String,
    /// Kind of the act: `write off`.
    pub kind: String,
    /// What would happen.
    pub summary: String,
    /// The customer it concerns, by name; empty where it is none.
    pub customer: String,
    /// Its number; empty where it is none.
    pub account: String,
    /// Minor units of the book's currency that count against limits.
    pub amount: Option<i64>,
    /// It is beyond a limit.
    pub limited: bool,
    /// What the act itself is about, minor units and currency; `None` where that is no amount.
    pub own: Option<Money>,
    /// Why it needs a second person.
    pub why: String,
    /// What the second person must be allowed to do, in words.
    pub needs: String,
    /// When it was asked.
    pub asked_on: NaiveDate,
    /// The last day on which it can be approved.
    pub expires_on: NaiveDate,
    /// `waiting`, `expired`, `approved`, `rejected`, `withdrawn`.
    pub state: String,
    /// Who decided; empty while nobody has.
    pub decided_by: String,
    /// When it was decided.
    pub decided_on: Option<NaiveDate>,
    /// What was said with the decision.
    pub said: String,
    /// SHA-256 of what was asked for, hexadecimal: what an approval names.
    pub hash: String,
    /// What changes.
    pub changes: Vec<Change>,
}

impl Row {
    /// What the limit of whoever approves it must cover.
    pub fn size(&self) -> Size {
        Size::of(self.limited, self.amount)
    }

    /// Whether somebody can still decide it.
    pub fn waits(&self) -> bool {
        self.state == "waiting"
    }
}

/// Amount and currency of the act a request asks for, by the acts that have one.
const OWN: &str = "CAST(coalesce(r.payload ->> '$.credit.amount', r.payload ->> '$.write-off.amount', \
     r.payload ->> '$.refund.amount', r.payload ->> '$.post-document.amount', r.payload ->> '$.resolve-dispute.accepted') \
     AS INTEGER), coalesce(r.payload ->> '$.post-document.currency', (SELECT i.currency FROM item i WHERE i.id = \
     coalesce(r.payload ->> '$.credit.item', r.payload ->> '$.write-off.item', r.payload ->> '$.refund.credit')), \
     (SELECT d.currency FROM dispute d WHERE d.id = r.payload ->> '$.resolve-dispute.dispute'))";

/// Every request on a day: waiting ones first.
pub fn all(reader: &Reader, today: NaiveDate) -> Result<Vec<Row>> {
    rows(reader, today, "")
}

/// The requests nobody has decided: those that wait and those that expired.
pub fn undecided(reader: &Reader, today: NaiveDate) -> Result<Vec<Row>> {
    rows(reader, today, "WHERE r.state = 'waiting'")
}

fn rows(reader: &Reader, today: NaiveDate, condition: &str) -> Result<Vec<Row>> {
    let mut statement = reader.conn.prepare_cached(&format!(
        "SELECT r.id, r.number, p.login, p.name, r.kind, r.summary, coalesce(c.name, ''), r.amount, r.why, r.needs, \
         r.asked_on, r.expires_on, r.state, coalesce(q.name, ''), s.on_date, coalesce(s.text, ''), r.payload_hash, \
         r.change, coalesce(c.number, ''), {OWN}, r.limit_kind IS NOT NULL FROM request r JOIN person p ON p.id = r.person_id LEFT JOIN customer c ON c.id = r.customer_id \
         LEFT JOIN request_step s ON s.request_id = r.id LEFT JOIN person q ON q.id = s.person_id {condition} \
         ORDER BY r.state <> 'waiting', CASE r.state WHEN 'waiting' THEN r.id ELSE -r.id END",
    ))?;
    let rows = statement.query_map([], |row| {
        let (expires_on, state): (NaiveDate, String) = (read(row.get_ref(11)?.as_str()?), row.get(12)?);
        let decided: Option<String> = row.get(14)?;
        Ok(Row {
            id: row.get(0)?,
            number: row.get(1)?,
            login: row.get(2)?,
            name: row.get(3)?,
            kind: row.get(4)?,
            summary: row.get(5)?,
            customer: row.get(6)?,
            account: row.get(18)?,
            amount: row.get(7)?,
            limited: row.get(21)?,
            own: match (row.get::<_, Option<i64>>(19)?, row.get::<_, Option<String>>(20)?) {
                (Some(minor), Some(code)) => Some(Money::new(minor, currency(&code))),
                _ => None,
            },
            why: row.get(8)?,
            needs: row.get(9)?,
            asked_on: read(row.get_ref(10)?.as_str()?),
            expires_on,
            state: if state == "waiting" && today > expires_on { "expired".to_owned() } else { state },
            decided_by: row.get(13)?,
            decided_on: decided.as_deref().map(read),
            said: row.get(15)?,
            hash: hex(row.get_ref(16)?.as_blob()?),
            changes: changes::parse(row.get_ref(17)?.as_str()?),
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// The request with this number.
pub fn by_number(reader: &Reader, today: NaiveDate, number: &str) -> Result<Option<Row>> {
    Ok(all(reader, today)?.into_iter().find(|row| row.number.eq_ignore_ascii_case(number)))
}

/// Approval authority lent to somebody, as people see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lent {
    /// The delegation.
    pub delegation: Delegation,
    /// Login of whose authority it is.
    pub from: String,
    /// Login of who may use it.
    pub to: String,
}

/// Every delegation, newest first.
pub fn delegations(reader: &Reader) -> Result<Vec<Lent>> {
    let login = |id: i64| -> Result<String> {
        Ok(people::person_by_id(&reader.conn, id)?.map_or_else(|| "?".to_owned(), |person| person.login))
    };
    let lent = authority::delegations(&reader.conn)?;
    lent.into_iter().map(|one| Ok(Lent { from: login(one.person)?, to: login(one.to)?, delegation: one })).collect()
}

/// The limit set for a person, in minor units of the book's currency; `None` where the roles decide.
pub fn own_limit(reader: &Reader, person: i64, kind: crate::domain::limits::LimitKind) -> Result<Option<i64>> {
    authority::own_limit(&reader.conn, person, kind)
}

/// An act done without the second person it asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alone {
    /// The act.
    pub act: i64,
    /// When it was recorded, UTC text.
    pub at: String,
    /// Login of who did it.
    pub login: String,
    /// What happened.
    pub summary: String,
    /// Why it asks for a second person, and why there was none.
    pub why: String,
}

/// What was done without the second person it asks for, oldest first.
pub fn alone(reader: &Reader) -> Result<Vec<Alone>> {
    let mut statement = reader.conn.prepare_cached(
        "SELECT a.id, a.recorded_at, p.login, a.summary, l.why FROM lone_act l JOIN act a ON a.id = l.act_id \
         JOIN person p ON p.id = a.person_id ORDER BY a.id",
    )?;
    let rows = statement.query_map([], |row| {
        Ok(Alone { act: row.get(0)?, at: row.get(1)?, login: row.get(2)?, summary: row.get(3)?, why: row.get(4)? })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Every month closed or opened again, oldest first.
pub fn periods(reader: &Reader) -> Result<Vec<crate::store::periods::Step>> {
    crate::store::periods::steps(&reader.conn)
}

/// The settings of the company that acts change, with their values.
pub fn setting(reader: &Reader, key: &str) -> Result<Option<String>> {
    use rusqlite::OptionalExtension;
    let mut statement = reader.conn.prepare_cached("SELECT value FROM meta WHERE key = $1")?;
    Ok(statement.query_row([key], |row| row.get(0)).optional()?)
}

/// The settings whose keys begin alike, by key.
pub fn settings_of(reader: &Reader, prefix: &str) -> Result<Vec<(String, String)>> {
    let mut statement =
        reader.conn.prepare_cached("SELECT key, value FROM meta WHERE substr(key, 1, length($1)) = $1 ORDER BY key")?;
    let rows = statement.query_map([prefix], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<rusqlite::Result<_>>()?;
    Ok(rows)
}
