//! What an act changed, before and after, told from the rows it wrote and those that stood before them. Long lists, as
//! imports write them, are cut and counted.

use rusqlite::{Connection, OptionalExtension, Row};

use crate::domain::document::DocumentKind;
use crate::domain::money::{Currency, Money, NumberStyle};
use crate::store::Reader;
use crate::store::error::Result;
use crate::store::lookup::{currency as stored, kind as kind_of};
use crate::store::people::{CustomerData, differences};

/// One thing an act changes or changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// What: `e-mail`, `open amount of INV-1`.
    pub what: String,
    /// As it was; empty where there was nothing.
    pub before: String,
    /// As it is after.
    pub after: String,
}

/// The most lines shown of one table.
const MOST: i64 = 30;

/// Reads lines of what, before and after, separated by tabs.
pub(super) fn parse(text: &str) -> Vec<Change> {
    let line = |line: &str| {
        let mut parts = line.split('\t').map(str::to_owned);
        Some(Change { what: parts.next()?, before: parts.next()?, after: parts.next()? })
    };
    text.lines().filter_map(line).collect()
}

/// What an act changed. For a request it is what is asked for.
pub fn of(reader: &Reader, act: i64) -> Result<Vec<Change>> {
    let conn = &reader.conn;
    let asked: Option<String> = conn
        .prepare_cached("SELECT change FROM request WHERE act_id = $1")?
        .query_row([act], |row| row.get(0))
        .optional()?;
    if let Some(text) = asked {
        return Ok(parse(&text));
    }
    let mut changes = Vec::new();
    for (name, first, last) in ranges(conn, act)? {
        match name.as_str() {
            "customer_version" => customers(conn, first, last, &mut changes)?,
            "item" => items(conn, first, last, &mut changes)?,
            "allocation" => allocations(conn, act, first, last, &mut changes)?,
            "dispute_step" => steps(conn, first, last, &mut changes)?,
            other => {
                if let Some(question) = QUESTIONS.iter().find(|question| question.0 == other) {
                    asked_for(conn, question.1, first, last, &mut changes)?;
                }
            }
        }
        if last - first >= MOST {
            changes.push(Change {
                what: format!("{} more {name} rows", last - first + 1 - MOST),
                before: String::new(),
                after: "not listed here".into(),
            });
        }
    }
    Ok(changes)
}

/// The rows an act wrote, by table, in the order of the tables.
fn ranges(conn: &Connection, act: i64) -> Result<Vec<(String, i64, i64)>> {
    let mut statement = conn.prepare_cached(
        "SELECT name, min(first_id), max(last_id) FROM act_digest WHERE act_id = $1 GROUP BY name ORDER BY min(part)",
    )?;
    let rows = statement.query_map([act], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Questions that answer what, before and after for the rows of one table.
const QUESTIONS: [(&str, &str); 11] = [
    ("person", "SELECT 'person ' || login, '', name FROM person WHERE id BETWEEN $1 AND $2 LIMIT $3"),
    (
        "role_change",
        "SELECT 'role ' || r.role || ' of ' || p.login, CASE r.held WHEN 1 THEN 'not held' ELSE 'held' END, \
         CASE r.held WHEN 1 THEN 'held' ELSE 'not held' END FROM role_change r JOIN person p ON p.id = r.person_id \
         WHERE r.id BETWEEN $1 AND $2 LIMIT $3",
    ),
    (
        "person_change",
        "SELECT c.field || ' of ' || p.login, coalesce((SELECT b.value FROM person_change b \
         WHERE b.person_id = c.person_id AND b.field = c.field AND b.id < c.id ORDER BY b.id DESC LIMIT 1), ''), c.value \
         FROM person_change c JOIN person p ON p.id = c.person_id WHERE c.id BETWEEN $1 AND $2 LIMIT $3",
    ),
    (
        "limit_change",
        "SELECT 'limit of ' || p.login || ', ' || c.kind || ' (minor units)', coalesce((SELECT b.amount FROM limit_change b \
         WHERE b.person_id = c.person_id AND b.kind = c.kind AND b.id < c.id ORDER BY b.id DESC LIMIT 1), 'by role'), \
         coalesce(c.amount, 'by role') FROM limit_change c JOIN person p ON p.id = c.person_id \
         WHERE c.id BETWEEN $1 AND $2 LIMIT $3",
    ),
    (
        "setting_change",
        "SELECT c.key, coalesce((SELECT b.value FROM setting_change b WHERE b.key = c.key AND b.id < c.id \
         ORDER BY b.id DESC LIMIT 1), ''), c.value FROM setting_change c WHERE c.id BETWEEN $1 AND $2 LIMIT $3",
    ),
    (
        "rate",
        "SELECT 'rate of ' || c.currency || ' from ' || c.from_date, coalesce((SELECT b.rate FROM rate b \
         WHERE b.currency = c.currency AND b.id < c.id ORDER BY b.id DESC LIMIT 1), ''), c.rate FROM rate c \
         WHERE c.id BETWEEN $1 AND $2 LIMIT $3",
    ),
    (
        "target",
        "SELECT 'target of ' || c.kpi, coalesce((SELECT b.value FROM target b WHERE b.kpi = c.kpi AND b.id < c.id \
         ORDER BY b.id DESC LIMIT 1), ''), c.value FROM target c WHERE c.id BETWEEN $1 AND $2 LIMIT $3",
    ),
    (
        "period_step",
        "SELECT 'month ' || period, CASE what WHEN 'closed' THEN 'open' ELSE 'closed' END, \
         CASE what WHEN 'closed' THEN 'closed' ELSE 'open' END FROM period_step WHERE id BETWEEN $1 AND $2 LIMIT $3",
    ),
    (
        "activity",
        "SELECT kind, '', concat_ws(' ', nullif(outcome, ''), nullif(text, ''), 'next ' || next_on, nullif(next_what, '')) \
         FROM activity WHERE id BETWEEN $1 AND $2 LIMIT $3",
    ),
    (
        "promise_end",
        "SELECT 'promise of ' || p.promised_on, 'stands', e.why FROM promise_end e JOIN promise p ON p.id = e.promise_id \
         WHERE e.id BETWEEN $1 AND $2 LIMIT $3",
    ),
    ("denial", "SELECT 'refused ' || kind, '', sentence FROM denial WHERE id BETWEEN $1 AND $2 LIMIT $3"),
];

fn asked_for(conn: &Connection, question: &str, first: i64, last: i64, out: &mut Vec<Change>) -> Result<()> {
    let mut statement = conn.prepare_cached(question)?;
    let mut rows = statement.query([first, last, MOST])?;
    while let Some(row) = rows.next()? {
        out.push(Change { what: word(row, 0)?, before: word(row, 1)?, after: word(row, 2)? });
    }
    Ok(())
}

/// A value of any kind as text.
fn word(row: &Row<'_>, place: usize) -> Result<String> {
    use rusqlite::types::ValueRef;
    Ok(match row.get_ref(place)? {
        ValueRef::Integer(number) => number.to_string(),
        ValueRef::Text(text) => String::from_utf8_lossy(text).into_owned(),
        _ => String::new(),
    })
}

fn shown(minor: i64, currency: Currency) -> String {
    format!("{} {currency}", Money::new(minor, currency).grouped(NumberStyle::Point))
}

fn customers(conn: &Connection, first: i64, last: i64, out: &mut Vec<Change>) -> Result<()> {
    let mut statement = conn.prepare_cached(
        "SELECT v.data, b.data FROM customer_version v LEFT JOIN customer_version b \
         ON b.customer_id = v.customer_id AND b.version = v.version - 1 WHERE v.id BETWEEN $1 AND $2 ORDER BY v.id LIMIT $3",
    )?;
    let mut rows = statement.query([first, last, MOST])?;
    while let Some(row) = rows.next()? {
        let after: CustomerData = serde_json::from_str(&row.get::<_, String>(0)?).unwrap_or_default();
        let before: Option<CustomerData> =
            row.get::<_, Option<String>>(1)?.and_then(|text| serde_json::from_str(&text).ok());
        for (what, one, other) in differences(before.as_ref(), &after) {
            out.push(Change { what: format!("{what} of {}", after.number), before: one, after: other });
        }
    }
    Ok(())
}

fn items(conn: &Connection, first: i64, last: i64, out: &mut Vec<Change>) -> Result<()> {
    let mut statement = conn.prepare_cached(
        "SELECT d.number, i.kind, i.amount, i.currency, i.due_date FROM item i JOIN document d ON d.id = i.document_id \
         WHERE i.id BETWEEN $1 AND $2 ORDER BY i.id LIMIT $3",
    )?;
    let mut rows = statement.query([first, last, MOST])?;
    while let Some(row) = rows.next()? {
        let (number, kind): (String, DocumentKind) = (row.get(0)?, kind_of(row.get(1)?));
        let currency = stored(&row.get::<_, String>(3)?);
        let due: String = row.get(4)?;
        let after = format!("{} due {due}", shown(row.get(2)?, currency));
        out.push(Change { what: format!("{} {number}", kind.name()), before: String::new(), after });
    }
    Ok(())
}

/// What was open of each item an allocation of the act touched, before the act and after it.
fn allocations(conn: &Connection, act: i64, first: i64, last: i64, out: &mut Vec<Change>) -> Result<()> {
    let mut statement = conn.prepare_cached(
        "SELECT d.number, i.currency, i.amount - (CASE WHEN i.amount > 0 THEN 1 ELSE -1 END) * \
           coalesce((SELECT sum(b.amount) FROM allocation b WHERE (b.debit_item = i.id OR b.credit_item = i.id) \
             AND b.act_id < $1), 0), \
         i.amount - (CASE WHEN i.amount > 0 THEN 1 ELSE -1 END) * \
           coalesce((SELECT sum(b.amount) FROM allocation b WHERE (b.debit_item = i.id OR b.credit_item = i.id) \
             AND b.act_id <= $1), 0) \
         FROM item i JOIN document d ON d.id = i.document_id WHERE i.act_id < $1 AND i.id IN \
         (SELECT debit_item FROM allocation WHERE id BETWEEN $2 AND $3 \
          UNION SELECT credit_item FROM allocation WHERE id BETWEEN $2 AND $3) ORDER BY i.id LIMIT $4",
    )?;
    let mut rows = statement.query([act, first, last, MOST])?;
    while let Some(row) = rows.next()? {
        let currency = stored(&row.get::<_, String>(1)?);
        out.push(Change {
            what: format!("open amount of {}", row.get::<_, String>(0)?),
            before: shown(row.get(2)?, currency),
            after: shown(row.get(3)?, currency),
        });
    }
    Ok(())
}

fn steps(conn: &Connection, first: i64, last: i64, out: &mut Vec<Change>) -> Result<()> {
    let mut statement = conn.prepare_cached(
        "SELECT d.number, s.state, s.owner, s.department, s.accepted, b.state, b.owner, b.department, b.accepted, s.text, \
         d.currency FROM dispute_step s JOIN dispute d ON d.id = s.dispute_id LEFT JOIN dispute_step b \
         ON b.dispute_id = s.dispute_id AND b.version = s.version - 1 WHERE s.id BETWEEN $1 AND $2 ORDER BY s.id LIMIT $3",
    )?;
    let mut rows = statement.query([first, last, MOST])?;
    while let Some(row) = rows.next()? {
        let number: String = row.get(0)?;
        for (place, what) in ["state", "owner", "department"].into_iter().enumerate() {
            let (after, before) = (word(row, 1 + place)?, word(row, 5 + place)?);
            if after != before {
                out.push(Change { what: format!("{what} of {number}"), before, after });
            }
        }
        let currency = stored(&row.get::<_, String>(10)?);
        let (after, before): (i64, Option<i64>) = (row.get(4)?, row.get(8)?);
        if after != before.unwrap_or(0) {
            let before = shown(before.unwrap_or(0), currency);
            out.push(Change { what: format!("accepted of {number}"), before, after: shown(after, currency) });
        }
        let text: String = row.get(9)?;
        if !text.is_empty() {
            out.push(Change { what: format!("said on {number}"), before: String::new(), after: text });
        }
    }
    Ok(())
}
