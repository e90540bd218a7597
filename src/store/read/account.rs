//! One customer in full: who to call, what is open, how it pays, what was said, what is expected when. The deck, the
//! account screen and `customer show` read this.

use chrono::{Duration, NaiveDate};

use super::accounts::{Account, accounts, damaged};
use super::came::{self, Came};
use super::items::{self, ItemRow};
use super::payment::{Step, steps_of_document};
use super::plans::{PlanRow, of_customer};
use super::reliability::{Reliability, judged, reliability};
use super::requests::setting;
use super::window::{Sort, Want};
use super::{unrated, worklist};
use crate::domain::document::DocumentKind;
use crate::domain::money::{Currency, Money};
use crate::domain::{prediction, promise};
use crate::language::filter::Filter;
use crate::store::Reader;
use crate::store::date::{iso, read};
use crate::store::error::Result;
use crate::store::lookup::{currency, kind};
use crate::store::people::CustomerData;

/// One line of a customer's history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// The act that wrote it.
    pub act: i64,
    /// When it counts.
    pub on: NaiveDate,
    /// `call`, `invoice`, `payment`, `promise`, `dispute`, `note`, …
    pub kind: String,
    /// What happened.
    pub text: String,
    /// Amount, where there is one.
    pub amount: Option<(i64, Currency)>,
    /// Who did it.
    pub who: String,
    /// Of a receipt out of the bank: by which rule, on what evidence and how sure.
    pub why: Vec<String>,
}

/// A paid invoice, for the payment history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paid {
    /// Number.
    pub number: String,
    /// Document date.
    pub date: NaiveDate,
    /// Due date.
    pub due: NaiveDate,
    /// When it was closed.
    pub closed_on: NaiveDate,
    /// Minor units.
    pub amount: i64,
    /// Currency.
    pub currency: Currency,
}

impl Paid {
    /// Days from document date to closing.
    pub fn days(&self) -> i64 {
        (self.closed_on - self.date).num_days()
    }
    /// Days past due at closing, negative when early.
    pub fn late(&self) -> i64 {
        (self.closed_on - self.due).num_days()
    }
}

/// One customer in full.
#[derive(Debug, Clone)]
pub struct Full {
    /// What is open, as in the lists.
    pub account: Account,
    /// What is open without a rate, in its own currencies: in no amount of `account` in the book's currency.
    pub unrated: Vec<Money>,
    /// Master data.
    pub data: CustomerData,
    /// Version of the master data.
    pub version: i64,
    /// The language to write in: the customer's own, else the company's; empty where neither is known.
    pub language: String,
    /// How many days ahead a promise may be without a second person.
    pub horizon: i64,
    /// Open items, oldest due first; credits among them.
    pub items: Vec<ItemRow>,
    /// How many open items there are in all (`items` holds at most 200).
    pub items_total: u64,
    /// Expected payment day of each of `items`, where it can be told.
    pub expected: Vec<Option<NaiveDate>>,
    /// The last invoices that were closed, newest first, at most 24.
    pub paid: Vec<Paid>,
    /// Recency-weighted median of days late, over those.
    pub usual_delay: Option<i64>,
    /// How far its word could be relied on in the last year, by currency.
    pub word: Vec<Reliability>,
    /// Why it is not on today's list and from when on that changes; `None` where it is.
    pub off_list: Option<String>,
    /// What came from it and waits for somebody.
    pub came: Came,
    /// History, newest first, at most 200 lines.
    pub timeline: Vec<Event>,
}

/// One customer in full, in one consistent view of the book.
pub fn full(reader: &Reader, today: NaiveDate, id: i64) -> Result<Option<Full>> {
    let all = accounts(reader, today)?;
    let Some(account) = all.get(id).map(|account| account.account(reader)).transpose()? else { return Ok(None) };
    reader.snapshot(|| {
        let (data, version) = master(reader, id)?;
        let horizon = setting(reader, promise::HORIZON)?.and_then(|days| days.parse().ok());
        let came = came::waiting(reader)?.of(id, &data.name);
        let question = items::Question {
            today,
            filter: Filter::all(),
            sort: Sort { column: "due", descending: false },
            customer: Some(id),
        };
        let window = items::items(reader, &question, Want::Start)?;
        let paid = paid(reader, id)?;
        let history: Vec<(i64, i64)> =
            paid.iter().map(|invoice| (invoice.late(), (today - invoice.closed_on).num_days().max(0))).collect();
        let usual_delay = prediction::weighted_median(&history, 180);
        let expected = window.rows.iter().map(|row| expected(row, usual_delay, today)).collect();
        let language = match data.language.is_empty() {
            true => setting(reader, "language")?.unwrap_or_default(),
            false => data.language.clone(),
        };
        let unrated = if account.no_rate { unrated::open(reader, id)? } else { Vec::new() };
        Ok(Some(Full {
            account,
            unrated,
            data,
            version,
            language,
            horizon: horizon.unwrap_or(promise::HORIZON_DAYS),
            items: window.rows,
            items_total: window.total,
            expected,
            paid,
            usual_delay,
            word: reliability(&judged(reader, today, id)?),
            off_list: why_not(reader, today, id)?,
            came,
            timeline: timeline(reader, id, today)?,
        }))
    })
}

/// When an item will probably be paid: a promise that still stands, else its due date and the customer's usual delay
/// (spec domain section 11); an item later than that is expected a week from now. Disputed items and credits: unknown.
fn expected(row: &ItemRow, usual_delay: Option<i64>, today: NaiveDate) -> Option<NaiveDate> {
    use crate::domain::promise::State;
    if row.open <= 0 || row.disputed >= row.open {
        return None;
    }
    if let Some((on, _, State::Open)) = row.promise {
        return Some(on);
    }
    let usual = row.due + Duration::days(usual_delay?.clamp(-30, 720));
    Some(if usual < today { today + Duration::days(7) } else { usual })
}

fn master(reader: &Reader, id: i64) -> Result<(CustomerData, i64)> {
    let (text, version): (String, i64) = reader
        .conn
        .prepare_cached(
            "SELECT data, version FROM customer_version WHERE customer_id = $1 ORDER BY version DESC LIMIT 1",
        )?
        .query_row([id], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let data = serde_json::from_str(&text).map_err(|_| damaged())?;
    Ok((data, version))
}

fn paid(reader: &Reader, id: i64) -> Result<Vec<Paid>> {
    let mut statement = reader.conn.prepare_cached(
        "SELECT d.number, i.document_date, i.due_date, i.closed_on, i.amount, i.currency FROM document d \
         JOIN item i ON i.document_id = d.id WHERE d.customer_id = $1 AND d.kind IN (1, 3) AND i.open = 0 \
         AND d.reverses IS NULL ORDER BY d.document_date DESC, d.id DESC LIMIT 24",
    )?;
    let rows = statement
        .query_map([id], |row| {
            Ok(Paid {
                number: row.get(0)?,
                date: read(row.get_ref(1)?.as_str()?),
                due: read(row.get_ref(2)?.as_str()?),
                closed_on: read(row.get_ref(3)?.as_str()?),
                amount: row.get(4)?,
                currency: currency(row.get_ref(5)?.as_str()?),
            })
        })?
        .collect::<rusqlite::Result<_>>()?;
    Ok(rows)
}

/// Documents, activities, promises and dispute steps of a customer, newest first; before them what waits for a second
/// person, so that nobody asks twice.
fn timeline(reader: &Reader, id: i64, today: NaiveDate) -> Result<Vec<Event>> {
    let mut events = documents(reader, id)?;
    events.extend(activities(reader, id)?);
    events.extend(promises(reader, id)?);
    events.extend(plans(reader, id, today)?);
    events.extend(dispute_steps(reader, id)?);
    events.sort_by(|a, b| b.on.cmp(&a.on).then(b.act.cmp(&a.act)));
    events.splice(0..0, waiting(reader, id, today)?);
    events.truncate(200);
    Ok(events)
}

/// Requests about the customer that wait for a second person, newest first.
fn waiting(reader: &Reader, id: i64, today: NaiveDate) -> Result<Vec<Event>> {
    let mut statement = reader.conn.prepare_cached(
        "SELECT r.act_id, r.asked_on, r.number, r.summary, p.name FROM request r JOIN person p ON p.id = r.person_id \
         WHERE r.state = 'waiting' AND r.customer_id = $1 AND r.expires_on >= $2 ORDER BY r.id DESC LIMIT 20",
    )?;
    let rows = statement
        .query_map(rusqlite::params![id, iso(today).as_str()], |row| {
            let (number, summary): (String, String) = (row.get(2)?, row.get(3)?);
            Ok(Event {
                act: row.get(0)?,
                on: read(row.get_ref(1)?.as_str()?),
                kind: "waits".to_owned(),
                text: format!("{number} for approval, not posted: {summary}"),
                amount: None,
                who: row.get(4)?,
                why: Vec::new(),
            })
        })?
        .collect::<rusqlite::Result<_>>()?;
    Ok(rows)
}

fn documents(reader: &Reader, id: i64) -> Result<Vec<Event>> {
    let mut statement = reader.conn.prepare_cached(
        "SELECT act_id, document_date, kind, number, amount, currency, text, id FROM document WHERE customer_id = $1 \
         ORDER BY document_date DESC, id DESC LIMIT 100",
    )?;
    let mut ids = Vec::new();
    let mut rows: Vec<Event> = statement
        .query_map([id], |row| {
            let kind = kind(row.get(2)?);
            let number: String = row.get(3)?;
            let text: String = row.get(6)?;
            let amount: i64 = row.get(4)?;
            let text = if text.is_empty() { number } else { format!("{number}: {text}") };
            let word = if kind == DocumentKind::Receipt { "payment" } else { kind.name() };
            ids.push((kind, row.get::<_, i64>(7)?));
            Ok(Event {
                act: row.get(0)?,
                on: read(row.get_ref(1)?.as_str()?),
                kind: word.to_owned(),
                text,
                amount: Some((amount.abs(), currency(row.get_ref(5)?.as_str()?))),
                who: String::new(),
                why: Vec::new(),
            })
        })?
        .collect::<rusqlite::Result<_>>()?;
    for (event, (_, id)) in rows.iter_mut().zip(ids).filter(|(_, (kind, _))| *kind == DocumentKind::Receipt) {
        event.why = steps_of_document(reader, id)?.iter().flat_map(Step::explained).collect();
    }
    Ok(rows)
}

fn activities(reader: &Reader, id: i64) -> Result<Vec<Event>> {
    let mut statement = reader.conn.prepare_cached(
        "SELECT a.act_id, a.on_date, a.kind, a.outcome, a.text, a.next_on, coalesce(p.name, '') FROM activity a \
         LEFT JOIN person p ON p.id = a.person_id WHERE a.customer_id = $1 AND a.takes_back IS NULL \
         AND NOT EXISTS (SELECT 1 FROM activity t WHERE t.takes_back = a.id) ORDER BY a.on_date DESC, a.id DESC LIMIT 100",
    )?;
    let rows = statement
        .query_map([id], |row| {
            let (outcome, text): (String, String) = (row.get(3)?, row.get(4)?);
            let next: Option<String> = row.get(5)?;
            let mut parts: Vec<String> = [outcome, text].into_iter().filter(|part| !part.is_empty()).collect();
            if let Some(next) = next {
                parts.push(format!("next {next}"));
            }
            Ok(Event {
                act: row.get(0)?,
                on: read(row.get_ref(1)?.as_str()?),
                kind: row.get(2)?,
                text: parts.join(": "),
                amount: None,
                who: row.get(6)?,
                why: Vec::new(),
            })
        })?
        .collect::<rusqlite::Result<_>>()?;
    Ok(rows)
}

fn promises(reader: &Reader, id: i64) -> Result<Vec<Event>> {
    let mut statement = reader.conn.prepare_cached(
        "SELECT p.act_id, p.made_on, p.promised_on, p.amount, p.currency, p.text, p.ended_why, d.number FROM promise p \
         JOIN item i ON i.id = p.item_id JOIN document d ON d.id = i.document_id \
         WHERE p.customer_id = $1 ORDER BY p.id DESC LIMIT 50",
    )?;
    let rows = statement
        .query_map([id], |row| {
            let (on, text, why, number): (String, String, String, String) =
                (row.get(2)?, row.get(5)?, row.get(6)?, row.get(7)?);
            let mut line = format!("{number} for {on}");
            for part in [text, why] {
                if !part.is_empty() {
                    line = format!("{line}, {part}");
                }
            }
            Ok(Event {
                act: row.get(0)?,
                on: read(row.get_ref(1)?.as_str()?),
                kind: "promise".to_owned(),
                text: line,
                amount: Some((row.get(3)?, currency(row.get_ref(4)?.as_str()?))),
                who: String::new(),
                why: Vec::new(),
            })
        })?
        .collect::<rusqlite::Result<_>>()?;
    Ok(rows)
}

fn plans(reader: &Reader, id: i64, today: NaiveDate) -> Result<Vec<Event>> {
    let event = |row: PlanRow| Event {
        act: row.stored.act,
        on: row.stored.made_on,
        kind: "plan".to_owned(),
        text: format!("{} in {} instalments: {}", row.stored.number, row.standing.rows.len(), row.why()),
        amount: Some((row.stored.plan.total(), row.stored.currency)),
        who: String::new(),
        why: Vec::new(),
    };
    Ok(of_customer(reader, today, id)?.into_iter().map(event).collect())
}

/// Why a customer is not on today's list.
fn why_not(reader: &Reader, today: NaiveDate, id: i64) -> Result<Option<String>> {
    let base = super::book::header(reader)?.currency;
    let sort = Sort { column: "priority", descending: true };
    worklist::why_not(reader, &worklist::Question { today, base, filter: Filter::all(), sort, all: false }, id)
}

fn dispute_steps(reader: &Reader, id: i64) -> Result<Vec<Event>> {
    let mut statement = reader.conn.prepare_cached(
        "SELECT s.act_id, s.on_date, d.number, s.what, s.text, d.amount, d.currency, d.reason, coalesce(p.name, '') \
         FROM dispute d JOIN dispute_step s ON s.dispute_id = d.id LEFT JOIN person p ON p.id = s.person_id \
         WHERE d.customer_id = $1 ORDER BY s.id DESC LIMIT 50",
    )?;
    let rows = statement
        .query_map([id], |row| {
            let (number, what, text, reason): (String, String, String, String) =
                (row.get(2)?, row.get(3)?, row.get(4)?, row.get(7)?);
            let line = format!("{number} {what}, {reason}");
            Ok(Event {
                act: row.get(0)?,
                on: read(row.get_ref(1)?.as_str()?),
                kind: "dispute".to_owned(),
                text: if text.is_empty() { line } else { format!("{line}: {text}") },
                amount: Some((row.get(5)?, currency(row.get_ref(6)?.as_str()?))),
                who: row.get(8)?,
                why: Vec::new(),
            })
        })?
        .collect::<rusqlite::Result<_>>()?;
    Ok(rows)
}
