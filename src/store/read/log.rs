//! The log of acts, newest first, in windows by number, so that millions cost no more than one screen; and one act
//! in full. A filter reads the log once for a state of the book and keeps the numbers that pass.

use std::borrow::Cow;

use chrono::NaiveDate;
use rusqlite::{OptionalExtension, Row};
use rust_decimal::Decimal;

use super::window::{SIZE, Want, Window};
use crate::language::filter::{Field, Fields, Filter};
use crate::language::fold::fold;
use crate::store::Reader;
use crate::store::date::read;
use crate::store::error::Result;
use crate::store::schema::hex;

/// An act in the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActLine {
    /// Its number.
    pub id: i64,
    /// When it was recorded, UTC text: `2026-03-16T12:00:00.000Z`.
    pub at: String,
    /// Login of who did it.
    pub login: String,
    /// Name of who did it.
    pub who: String,
    /// Kind: `promise`, `post receipt`.
    pub kind: String,
    /// The customer, when it is about one: id, number, name.
    pub customer: Option<(i64, String, String)>,
    /// What happened, in a sentence.
    pub summary: String,
    /// The act it takes back.
    pub undoes: Option<i64>,
    /// The act that took it back.
    pub undone_by: Option<i64>,
    /// `tui`, `cli`, `import`, `demo`.
    pub source: String,
    /// The session it belongs to; 0 where none is known.
    pub session: i64,
    /// How the login of that session was known: `trust`, `forced`, `sudo`, `demo`.
    pub identity: String,
    /// The other end of the connection, where there was one.
    pub origin: String,
}

impl ActLine {
    /// The day it was recorded, UTC.
    pub fn day(&self) -> NaiveDate {
        read(self.at.get(..10).unwrap_or_default())
    }

    /// Hour and minute it was recorded, UTC.
    pub fn time(&self) -> &str {
        self.at.get(11..16).unwrap_or_default()
    }

    /// Why it cannot be taken back, as far as its kind tells; `None` when it may be.
    pub fn final_because(&self) -> Option<String> {
        if let Some(by) = self.undone_by {
            return Some(format!("it was taken back by act {by}"));
        }
        super::history::FINAL.contains(&self.kind.as_str()).then(|| format!("\"{}\" cannot be taken back", self.kind))
    }
}

/// An act in full.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActDetail {
    /// Its line in the log.
    pub line: ActLine,
    /// The act as data, JSON.
    pub payload: String,
    /// Identity of the request, hexadecimal.
    pub key: String,
    /// Its place in the audit chain, hexadecimal.
    pub hash: String,
    /// The place before it.
    pub prev: String,
    /// Rows it wrote: name of the table and how many.
    pub rows: Vec<(String, i64)>,
}

const SELECT: &str = "SELECT a.id, a.recorded_at, coalesce(p.login, ''), coalesce(p.name, ''), a.kind, a.customer_id, \
     c.number, c.name, a.summary, a.undoes, u.id, a.source, coalesce(a.session_id, 0), coalesce(s.identity, ''), \
     coalesce(s.origin, '') FROM act a LEFT JOIN person p ON p.id = a.person_id \
     LEFT JOIN customer c ON c.id = a.customer_id LEFT JOIN act u ON u.undoes = a.id \
     LEFT JOIN session s ON s.id = a.session_id";

fn line(row: &Row<'_>) -> rusqlite::Result<ActLine> {
    let customer: Option<i64> = row.get(5)?;
    let customer = match customer {
        Some(id) => Some((
            id,
            row.get::<_, Option<String>>(6)?.unwrap_or_default(),
            row.get::<_, Option<String>>(7)?.unwrap_or_default(),
        )),
        None => None,
    };
    Ok(ActLine {
        id: row.get(0)?,
        at: row.get(1)?,
        login: row.get(2)?,
        who: row.get(3)?,
        kind: row.get(4)?,
        customer,
        summary: row.get(8)?,
        undoes: row.get(9)?,
        undone_by: row.get(10)?,
        source: row.get(11)?,
        session: row.get(12)?,
        identity: row.get(13)?,
        origin: row.get(14)?,
    })
}

struct Passing(Vec<i64>);

/// Acts that say who was signed in and what was refused: they change no figure.
const PRESENCE: &str = "('sign in', 'sign out', 'denied')";
/// No kind of act.
const NONE: &str = "('')";

/// The wanted piece of the log, newest first. Fields of the filter: `owner:` is who did it, `name:` and `no:` the
/// customer, `due:` the day, `days` the age of the entry, `reason:` its kind, `tag:` where it came from (`tui`, `forced`,
/// `s12` for session 12, an address); words are looked for in the sentence, the customer and the kind. Who was signed in
/// and what was refused is left out, unless the filter asks by kind (`reason:sign`).
pub fn log(reader: &Reader, today: NaiveDate, filter: &Filter, want: Want<i64>) -> Result<Window<ActLine>> {
    let left_out = if asks_kind(filter) { NONE } else { PRESENCE };
    listed(reader, today, filter, want, left_out)
}

/// The same with nothing left out, for an auditor.
pub fn everything(reader: &Reader, today: NaiveDate, filter: &Filter, want: Want<i64>) -> Result<Window<ActLine>> {
    listed(reader, today, filter, want, NONE)
}

/// The wanted piece without the kinds that are left out.
fn listed(
    reader: &Reader,
    today: NaiveDate,
    filter: &Filter,
    want: Want<i64>,
    left_out: &'static str,
) -> Result<Window<ActLine>> {
    reader.snapshot(|| {
        if filter.is_all() {
            return whole(reader, want, left_out);
        }
        let parameters = format!("{today} {left_out} {filter}");
        let passing = reader.shared(&parameters, || passing(reader, today, filter, left_out))?;
        let ids = super::window::slice(&passing.0, want, |id| *id);
        let mut rows = Vec::with_capacity(ids.rows.len());
        for id in ids.rows {
            rows.extend(one(reader, id)?);
        }
        Ok(Window { first: ids.first, rows, total: ids.total })
    })
}

/// Numbers of acts have no gaps and the few that are left out have an index, so that an act's place is counted without
/// reading the log.
fn whole(reader: &Reader, want: Want<i64>, left_out: &str) -> Result<Window<ActLine>> {
    let last: i64 =
        reader.conn.prepare_cached("SELECT coalesce(max(id), 0) FROM act")?.query_row([], |row| row.get(0))?;
    let size = SIZE as i64;
    let shown = |id: i64| shown_above(reader, last, id, left_out);
    let total = shown(0)?;
    let around = |place: i64| (place - size / 2, size);
    let at = |place: u64| around(i64::try_from(place).unwrap_or(i64::MAX).min(total));
    let (first, many) = match want {
        Want::Start => (0, size),
        Want::After(id, _) => (shown(id - 1)?, size),
        Want::Before(id, _) => {
            let place = shown(id)?;
            ((place - size).max(0), place.min(size))
        }
        Want::End => (total - size, size),
        Want::At(place) => at(place),
        Want::Around(id, _) if (1..=last).contains(&id) => around(shown(id)?),
        Want::Around(_, place) => at(place),
    };
    let first = first.clamp(0, total);
    let newest = at_place(reader, last, first, left_out)?;
    let text = format!("{SELECT} WHERE a.id <= $1 AND a.kind NOT IN {left_out} ORDER BY a.id DESC LIMIT $2");
    let mut statement = reader.conn.prepare_cached(&text)?;
    let rows = statement.query_map([newest, many], line)?.collect::<rusqlite::Result<_>>()?;
    Ok(Window { first: first as u64, rows, total: total as u64 })
}

/// How many acts after this one the log shows.
fn shown_above(reader: &Reader, last: i64, id: i64, left_out: &str) -> Result<i64> {
    let text = format!("SELECT count(*) FROM act WHERE kind IN {left_out} AND id > $1");
    let hidden: i64 = reader.conn.prepare_cached(&text)?.query_row([id], |row| row.get(0))?;
    Ok((last - id).max(0) - hidden)
}

/// The newest act with at least so many shown ones after it.
fn at_place(reader: &Reader, last: i64, place: i64, left_out: &str) -> Result<i64> {
    let (mut low, mut high) = (0, last);
    while low < high {
        let middle = high - (high - low) / 2;
        if shown_above(reader, last, middle, left_out)? >= place { low = middle } else { high = middle - 1 }
    }
    Ok(low)
}

fn passing(reader: &Reader, today: NaiveDate, filter: &Filter, left_out: &str) -> Result<Passing> {
    let text = format!("{SELECT} WHERE a.kind NOT IN {left_out} ORDER BY a.id DESC");
    let mut statement = reader.conn.prepare_cached(&text)?;
    let mut rows = statement.query([])?;
    let mut ids = Vec::new();
    while let Some(row) = rows.next()? {
        let line = line(row)?;
        let words = fold(&format!("{} {} {}", line.summary, line.kind, line.customer.as_ref().map_or("", |c| &c.2)));
        if filter.matches(&View { line: &line, today, words }) {
            ids.push(line.id);
        }
    }
    Ok(Passing(ids))
}

/// Whether the filter says which kinds of acts it wants.
fn asks_kind(filter: &Filter) -> bool {
    match filter {
        Filter::Or(parts) | Filter::And(parts) => parts.iter().any(asks_kind),
        Filter::Not(part) => asks_kind(part),
        Filter::Term { field, .. } => matches!(field, Field::Reason | Field::State),
        Filter::Word(_) => false,
    }
}

fn one(reader: &Reader, id: i64) -> Result<Option<ActLine>> {
    let mut statement = reader.conn.prepare_cached(&format!("{SELECT} WHERE a.id = $1"))?;
    Ok(statement.query_row([id], line).optional()?)
}

/// One act in full.
pub fn act(reader: &Reader, id: i64) -> Result<Option<ActDetail>> {
    reader.snapshot(|| {
        let Some(line) = one(reader, id)? else { return Ok(None) };
        let (payload, key, hash, prev): (String, Vec<u8>, Vec<u8>, Vec<u8>) = reader
            .conn
            .prepare_cached("SELECT payload, key, hash, prev FROM act WHERE id = $1")?
            .query_row([id], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))?;
        let mut statement = reader.conn.prepare_cached(
            "SELECT name, sum(last_id - first_id + 1) FROM act_digest WHERE act_id = $1 GROUP BY name ORDER BY min(part)",
        )?;
        let rows =
            statement.query_map([id], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<rusqlite::Result<_>>()?;
        Ok(Some(ActDetail { line, payload, key: hex(&key), hash: hex(&hash), prev: hex(&prev), rows }))
    })
}

/// An act as the filter language sees it.
struct View<'a> {
    line: &'a ActLine,
    today: NaiveDate,
    words: String,
}

impl Fields for View<'_> {
    fn text(&self, field: Field) -> Option<Cow<'_, str>> {
        let line = self.line;
        let customer = line.customer.as_ref();
        Some(match field {
            Field::Owner => Cow::Borrowed(&line.login),
            Field::Name => Cow::Borrowed(&customer?.2),
            Field::Number => Cow::Borrowed(&customer?.1),
            Field::Invoice => Cow::Borrowed(&line.summary),
            Field::Reason | Field::State => Cow::Borrowed(&line.kind),
            Field::Tag => Cow::Owned(format!("{} {} s{} {}", line.source, line.identity, line.session, line.origin)),
            _ => return None,
        })
    }

    fn amount(&self, _field: Field) -> Option<Decimal> {
        None
    }

    fn days(&self, field: Field) -> Option<i64> {
        (field == Field::Days || field == Field::Last).then(|| (self.today - self.line.day()).num_days())
    }

    fn date(&self, field: Field) -> Option<NaiveDate> {
        (field == Field::Due).then(|| self.line.day())
    }

    fn flag(&self, name: &str) -> Option<bool> {
        Some(match name {
            "note" => self.line.kind == "note",
            "promise" => self.line.kind == "promise",
            "dispute" => self.line.kind.contains("dispute"),
            "email" => self.line.kind == "e-mail draft",
            _ => return None,
        })
    }

    fn words(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.words)
    }
}
