//! What a case says beside its steps: amounts kept apart, its clock, facts, the documents it led to, files, tasks, what
//! waits for approval; inquiries and tasks on their own; reasons and causes by what they cost.

use std::collections::{BTreeSet, HashMap};

use chrono::{Duration, NaiveDate};
use rust_decimal::Decimal;

use super::case_group::{Member, group};
use super::dispute_rows;
use super::disputes::DisputeRow;
use crate::domain::case::clock::{self, Clock, Event};
use crate::domain::case::pareto::{Bar, Told, pareto};
use crate::domain::case::{Amounts, Effect, Priority};
use crate::domain::money::{self, Currency};
use crate::language::fold::fold;
use crate::store::Reader;
use crate::store::cases::STANDS;
use crate::store::date::{iso, read};
use crate::store::error::Result;
use crate::store::mail::holidays;

/// Days the paretos look back.
pub const PARETO_DAYS: i64 = 365;

/// A part of a claim with what proves it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartRow {
    /// When.
    pub on: NaiveDate,
    /// What became of it.
    pub effect: Effect,
    /// Minor units; below zero where it was taken back.
    pub amount: i64,
    /// Number of the document that took it off the item, empty where none did.
    pub document: String,
    /// Number of the debit note or the case it led to, or the day of the promise.
    pub other: String,
}

/// A file that belongs to a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileRow {
    /// Its name.
    pub name: String,
    /// Where it was when it was attached.
    pub path: String,
    /// Bytes.
    pub size: i64,
    /// SHA-256, hexadecimal.
    pub sha256: String,
    /// What it shows.
    pub note: String,
}

/// What somebody was asked to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaskRow {
    /// Its id.
    pub id: i64,
    /// Number of the dispute or inquiry.
    pub number: Box<str>,
    /// The customer's number.
    pub account: Box<str>,
    /// The customer's name.
    pub customer: Box<str>,
    /// Login of who was asked.
    pub person: Box<str>,
    /// Name of who asked.
    pub by: Box<str>,
    /// The note that asked.
    pub text: Box<str>,
    /// When.
    pub on: NaiveDate,
    /// When it was done.
    pub done: Option<NaiveDate>,
}

/// What is known of a case beside its row and steps.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct More {
    /// Facts by field, the last of each.
    pub facts: Vec<(String, String)>,
    /// What became of the claim, oldest first.
    pub parts: Vec<PartRow>,
    /// Its files.
    pub files: Vec<FileRow>,
    /// Its tasks, oldest first.
    pub tasks: Vec<TaskRow>,
    /// Requests about it that wait for a second person: number and what would happen.
    pub waits: Vec<(String, String)>,
    /// Every item of the case, itself among them, oldest first; empty where it is one by itself.
    pub group: Vec<Member>,
}

impl More {
    /// A fact, empty where it is not known.
    pub fn fact(&self, field: &str) -> &str {
        self.facts.iter().find(|(known, _)| known == field).map_or("", |(_, value)| value)
    }
}

/// An inquiry as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InquiryRow {
    /// Its id.
    pub id: i64,
    /// Public number, `Q-3`.
    pub number: Box<str>,
    /// The customer's number.
    pub account: Box<str>,
    /// The customer's name.
    pub name: Box<str>,
    /// The item it is about.
    pub item: Option<i64>,
    /// What it is about.
    pub about: Box<str>,
    /// Reason.
    pub reason: Box<str>,
    /// How it came, and who asked.
    pub from: String,
    /// When.
    pub opened_on: NaiveDate,
    /// `open`, `answered`, `promoted`, `void`.
    pub state: Box<str>,
    /// Login of the owner.
    pub owner: Box<str>,
    /// Department that has to act.
    pub department: Box<str>,
    /// Counts its steps.
    pub version: i64,
    /// What was said last and stands.
    pub said: Box<str>,
    /// Everything that was done with it, oldest first: day, step, words.
    pub steps: Vec<(NaiveDate, Box<str>, Box<str>)>,
    /// By when it must be answered.
    pub clock: Clock,
}

fn each(reader: &Reader, text: &str, mut f: impl FnMut(&rusqlite::Row<'_>) -> rusqlite::Result<()>) -> Result<()> {
    let mut statement = reader.conn.prepare_cached(text)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        f(row)?;
    }
    Ok(())
}

fn clocks(reader: &Reader) -> Result<String> {
    let mut statement = reader.conn.prepare_cached("SELECT value FROM meta WHERE key = 'dispute-clocks'")?;
    let mut rows = statement.query([])?;
    Ok(match rows.next()? {
        Some(row) => row.get(0)?,
        None => String::new(),
    })
}

/// Adds amounts, clock and facts to cases in the order of their ids; `only` where it is one.
pub(super) fn complete(reader: &Reader, rows: &mut [DisputeRow], today: NaiveDate, only: Option<i64>) -> Result<()> {
    let of = |column: &str| only.map_or("1".to_owned(), |id| format!("{column} = {id}"));
    let mut settled: HashMap<i64, Vec<(Effect, i64)>> = HashMap::new();
    let text = format!(
        "SELECT dispute_id, what, sum(amount) FROM dispute_effect WHERE {} GROUP BY dispute_id, what",
        of("dispute_id")
    );
    each(reader, &text, |row| {
        let effect = Effect::parse(row.get_ref(1)?.as_str()?).unwrap_or(Effect::Earlier);
        settled.entry(row.get(0)?).or_default().push((effect, row.get(2)?));
        Ok(())
    })?;
    for row in &mut *rows {
        row.amounts = match settled.get(&row.id) {
            Some(parts) => {
                let mut amounts = Amounts::new(row.amount);
                parts.iter().for_each(|(effect, amount)| amounts.add(*effect, *amount));
                amounts
            }
            None if row.open || &*row.state == "void" => Amounts::new(row.amount),
            None => Amounts::before(row.amount, row.accepted),
        };
    }
    let at = |rows: &[DisputeRow], id: i64| rows.binary_search_by_key(&id, |row| row.id).ok();
    let text = format!(
        "SELECT x.dispute_id, x.field, x.value FROM dispute_fact x WHERE {} AND {STANDS} ORDER BY x.id",
        of("x.dispute_id")
    );
    each(reader, &text, |fact| {
        let Some(place) = at(rows, fact.get(0)?) else { return Ok(()) };
        let (row, value) = (&mut rows[place], fact.get_ref(2)?.as_str()?);
        match fact.get_ref(1)?.as_str()? {
            "cause" => row.cause = value.into(),
            "last day" => row.last_day = value.parse().ok(),
            "confirmed" => row.confirmed = true,
            "processor" => row.processor = value.into(),
            "coordinator" => row.coordinator = value.into(),
            "priority" => row.priority = Priority::parse(value).unwrap_or(Priority::Normal),
            "case" => {
                row.case = value.into();
                // Whoever types the number of a case finds every item of it.
                row.words = format!("{} {}", row.words, fold(value)).into();
            }
            _ => {}
        }
        Ok(())
    })?;
    let (setting, days_off) = (clocks(reader)?, holidays(&reader.conn)?);
    let text = format!(
        "SELECT dispute_id, on_date, what, state, department FROM dispute_step WHERE {} ORDER BY dispute_id, version",
        of("dispute_id")
    );
    let mut steps: Vec<(i64, NaiveDate, String, String, String)> = Vec::new();
    each(reader, &text, |row| {
        steps.push((row.get(0)?, read(row.get_ref(1)?.as_str()?), row.get(2)?, row.get(3)?, row.get(4)?));
        Ok(())
    })?;
    for of_case in steps.chunk_by(|one, other| one.0 == other.0) {
        let Some(place) = at(rows, of_case[0].0) else { continue };
        let row = &mut rows[place];
        let events: Vec<Event<'_>> =
            of_case.iter().map(|(_, on, what, state, department)| Event { on: *on, what, state, department }).collect();
        row.clock = clock::run(&events, clock::standard(&setting, &row.department), today, &days_off);
        row.late_by = if row.clock.stands { 0 } else { -row.clock.days_left(today) };
    }
    weigh(reader, rows, today)
}

/// Says of each case what is at risk a day, in the book's currency.
fn weigh(reader: &Reader, rows: &mut [DisputeRow], today: NaiveDate) -> Result<()> {
    let mut rates: HashMap<Box<str>, Decimal> = HashMap::new();
    for code in rows.iter().map(|row| row.currency.code()).collect::<BTreeSet<_>>() {
        rates.extend(rate(reader, code, today)?.map(|rate| (code.into(), rate)));
    }
    dispute_rows::weigh(rows, today, &rates);
    Ok(())
}

/// What is known of a case beside its row and steps.
pub(super) fn more(reader: &Reader, case: &DisputeRow) -> Result<More> {
    let mut more = More::default();
    let id = case.id;
    let text =
        format!("SELECT x.field, x.value FROM dispute_fact x WHERE x.dispute_id = {id} AND {STANDS} ORDER BY x.id");
    each(reader, &text, |row| {
        let (field, value): (String, String) = (row.get(0)?, row.get(1)?);
        more.facts.retain(|(known, _)| *known != field);
        more.facts.push((field, value));
        Ok(())
    })?;
    let text = format!(
        "SELECT e.on_date, e.what, e.amount, coalesce(d.number, ''), CASE e.what \
           WHEN 'charged back' THEN (SELECT o.number FROM document o WHERE o.id = e.other_id) \
           WHEN 'moved' THEN (SELECT o.number FROM dispute o WHERE o.id = e.other_id) \
           WHEN 'repaid' THEN (SELECT o.promised_on FROM promise o WHERE o.id = e.other_id) END \
         FROM dispute_effect e LEFT JOIN document d ON d.id = e.document_id WHERE e.dispute_id = {id} ORDER BY e.id"
    );
    each(reader, &text, |row| {
        more.parts.push(PartRow {
            on: read(row.get_ref(0)?.as_str()?),
            effect: Effect::parse(row.get_ref(1)?.as_str()?).unwrap_or(Effect::Earlier),
            amount: row.get(2)?,
            document: row.get(3)?,
            other: row.get::<_, Option<String>>(4)?.unwrap_or_default(),
        });
        Ok(())
    })?;
    let text = format!(
        "SELECT x.name, x.path, x.size, x.sha256, x.note FROM dispute_file x WHERE x.dispute_id = {id} AND {STANDS} ORDER BY x.id"
    );
    each(reader, &text, |row| {
        let (name, path, size) = (row.get(0)?, row.get(1)?, row.get(2)?);
        more.files.push(FileRow { name, path, size, sha256: row.get(3)?, note: row.get(4)? });
        Ok(())
    })?;
    more.tasks = tasks(reader, &format!("x.dispute_id = {id}"))?;
    if !more.fact("case").is_empty() {
        more.group = group(reader, case.customer, more.fact("case"))?;
    }
    let mut statement = reader.conn.prepare_cached(
        "SELECT number, summary, payload FROM request WHERE state = 'waiting' AND customer_id = $1 ORDER BY id",
    )?;
    let mut rows = statement.query([case.customer])?;
    while let Some(row) = rows.next()? {
        let payload: String = row.get(2)?;
        if about(&payload).contains(&id) {
            more.waits.push((row.get(0)?, row.get(1)?));
        }
    }
    Ok(more)
}

/// The disputes an act is about, from its JSON.
fn about(payload: &str) -> Vec<i64> {
    let act: serde_json::Value = serde_json::from_str(payload).unwrap_or_default();
    let first = |value: &serde_json::Value| value.as_object().and_then(|fields| fields.values().next()).cloned();
    let Some(inner) = first(&act) else { return Vec::new() };
    let inner = if act.get("case").is_some() { first(&inner).unwrap_or_default() } else { inner };
    let of = |value: &serde_json::Value| value.get("dispute").and_then(serde_json::Value::as_i64);
    let parts = inner.get("parts").and_then(serde_json::Value::as_array);
    of(&inner).into_iter().chain(parts.into_iter().flatten().filter_map(of)).collect()
}

fn tasks(reader: &Reader, condition: &str) -> Result<Vec<TaskRow>> {
    let text = format!(
        "SELECT x.id, coalesce(d.number, q.number), c.number, c.name, p.login, b.name, x.text, x.on_date, \
           (SELECT max(e.on_date) FROM case_task_end e WHERE e.task_id = x.id \
              AND NOT EXISTS (SELECT 1 FROM act u WHERE u.undoes = e.act_id)) \
         FROM case_task x JOIN person p ON p.id = x.person_id JOIN person b ON b.id = x.by_person \
         LEFT JOIN dispute d ON d.id = x.dispute_id LEFT JOIN inquiry q ON q.id = x.inquiry_id \
         JOIN customer c ON c.id = coalesce(d.customer_id, q.customer_id) WHERE {condition} AND {STANDS} ORDER BY x.id"
    );
    let mut found = Vec::new();
    each(reader, &text, |row| {
        let word = |place| -> rusqlite::Result<Box<str>> { Ok(row.get_ref(place)?.as_str()?.into()) };
        found.push(TaskRow {
            id: row.get(0)?,
            number: word(1)?,
            account: word(2)?,
            customer: word(3)?,
            person: word(4)?,
            by: word(5)?,
            text: word(6)?,
            on: read(row.get_ref(7)?.as_str()?),
            done: row.get_ref(8)?.as_str_or_null()?.map(read),
        });
        Ok(())
    })?;
    Ok(found)
}

/// Tasks by mention: of one person or of everybody, those not done first, then the newest; done ones only where asked for.
pub fn tasks_of(reader: &Reader, login: Option<&str>, with_done: bool) -> Result<Vec<TaskRow>> {
    let mut found = tasks(reader, "1")?;
    found.retain(|task| login.is_none_or(|login| &*task.person == login) && (with_done || task.done.is_none()));
    found.sort_by_key(|task| (task.done.is_some(), -task.id));
    Ok(found)
}

/// Steps by which cases were escalated: the case, the department it was in, what was said.
pub fn escalated(reader: &Reader) -> Result<Vec<(i64, String, String)>> {
    let mut found = Vec::new();
    each(reader, "SELECT dispute_id, department, text FROM dispute_step WHERE what = 'escalated'", |row| {
        found.push((row.get(0)?, row.get(1)?, row.get(2)?));
        Ok(())
    })?;
    Ok(found)
}

/// Inquiries, those that must be answered first; answered and promoted ones only where asked for.
pub fn inquiries(reader: &Reader, today: NaiveDate, all: bool) -> Result<Vec<InquiryRow>> {
    let (setting, days_off) = (clocks(reader)?, holidays(&reader.conn)?);
    let mut found: Vec<InquiryRow> = Vec::new();
    let mut events: Vec<(NaiveDate, String, String, String)> = Vec::new();
    let mut stand: Vec<Box<str>> = Vec::new();
    let text = "SELECT q.id, q.number, c.number, c.name, q.item_id, q.about, q.reason, q.channel, q.contact, q.opened_on, \
                s.state, s.owner, s.department, s.version, s.text, s.on_date, s.what FROM inquiry q \
                JOIN customer c ON c.id = q.customer_id JOIN inquiry_step s ON s.inquiry_id = q.id ORDER BY q.id, s.version";
    each(reader, text, |row| {
        let word = |place| -> rusqlite::Result<Box<str>> { Ok(row.get_ref(place)?.as_str()?.into()) };
        let id: i64 = row.get(0)?;
        let said = word(14)?;
        if found.last().is_none_or(|last| last.id != id) {
            events.clear();
            stand.clear();
            let (channel, contact) = (word(7)?, word(8)?);
            let from =
                [&*channel, &*contact].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ");
            found.push(InquiryRow {
                id,
                number: word(1)?,
                account: word(2)?,
                name: word(3)?,
                item: row.get(4)?,
                about: word(5)?,
                reason: word(6)?,
                from,
                opened_on: read(row.get_ref(9)?.as_str()?),
                state: "".into(),
                owner: "".into(),
                department: "".into(),
                version: 0,
                said: "".into(),
                steps: Vec::new(),
                clock: clock::run(&[], clock::USUAL, today, &days_off),
            });
        }
        // To the clock an inquiry that is answered or promoted is a case that is closed.
        let state = match row.get_ref(10)?.as_str()? {
            "open" => "open",
            _ => "closed",
        };
        events.push((read(row.get_ref(15)?.as_str()?), row.get(16)?, state.to_owned(), row.get(12)?));
        if let Some(last) = found.last_mut() {
            (last.state, last.owner, last.department, last.version) = (word(10)?, word(11)?, word(12)?, row.get(13)?);
            let (on, what) = (read(row.get_ref(15)?.as_str()?), word(16)?);
            // What was taken back is not what was said last.
            match &*what {
                "undone" => drop(stand.pop()),
                _ => stand.push(said.clone()),
            }
            last.said = stand.iter().rev().find(|said| !said.is_empty()).cloned().unwrap_or_default();
            last.steps.push((on, what, said));
            let told: Vec<Event<'_>> =
                events.iter().map(|(on, what, state, department)| Event { on: *on, what, state, department }).collect();
            last.clock = clock::run(&told, clock::standard(&setting, &last.department), today, &days_off);
        }
        Ok(())
    })?;
    found.retain(|row| all || &*row.state == "open");
    found.sort_by_key(|row| (&*row.state != "open", row.clock.answer_by, row.id));
    Ok(found)
}

/// The cases opened in the last year by reason and by cause, in the book's currency; those of a currency without a rate
/// are left out.
pub(super) fn paretos(reader: &Reader, rows: &[&DisputeRow], today: NaiveDate) -> Result<(Vec<Bar>, Vec<Bar>)> {
    let base: String =
        reader
            .conn
            .query_row("SELECT coalesce(max(value), 'EUR') FROM meta WHERE key = 'currency'", [], |row| row.get(0))?;
    let base = Currency::parse(&base).unwrap_or(Currency::EUR);
    let mut rates: HashMap<&str, Option<Decimal>> = HashMap::new();
    let since = today - Duration::days(PARETO_DAYS);
    let mut told: Vec<(&DisputeRow, [i64; 3])> = Vec::new();
    for row in rows.iter().filter(|row| row.opened_on > since && row.opened_on <= today && &*row.state != "void") {
        let code = row.currency.code();
        if code != base.code() && !rates.contains_key(code) {
            rates.insert(code, rate(reader, code, today)?);
        }
        let amounts = [row.amount - row.amounts.of(Effect::Moved), row.amounts.won(), row.amounts.given()];
        let in_base = |minor: i64| match rates.get(code) {
            None => Some(minor),
            Some(rate) => money::convert(minor, row.currency, base, (*rate)?),
        };
        if let [Some(claimed), Some(won), Some(given)] = amounts.map(in_base) {
            told.push((row, [claimed, won, given]));
        }
    }
    let by = |word: fn(&DisputeRow) -> &str| {
        pareto(told.iter().map(|(row, [claimed, won, given])| Told {
            word: word(row),
            claimed: *claimed,
            won: *won,
            given: *given,
        }))
    };
    Ok((by(|row| &row.reason), by(|row| if row.cause.is_empty() { "not said yet" } else { &row.cause })))
}

/// Open cases with no more in dispute than `most` of the book's currency, and no cash discount of their item running any
/// more; of a currency without a rate none.
pub fn small(reader: &Reader, rows: &[DisputeRow], today: NaiveDate, most: Decimal) -> Result<Vec<DisputeRow>> {
    let mut running = BTreeSet::new();
    let text = format!("SELECT item_id FROM item_discount WHERE until_date >= '{}'", iso(today).as_str());
    each(reader, &text, |row| {
        running.insert(row.get::<_, i64>(0)?);
        Ok(())
    })?;
    let mut found = Vec::new();
    for row in rows.iter().filter(|row| row.open && row.stake() > 0 && !running.contains(&row.item)) {
        let stake = money::to_decimal(row.stake(), row.currency.digits());
        if rate(reader, row.currency.code(), today)?.is_some_and(|rate| stake * rate <= most) {
            found.push(row.clone());
        }
    }
    Ok(found)
}

/// Units of the book's currency for one of another.
fn rate(reader: &Reader, code: &str, today: NaiveDate) -> Result<Option<Decimal>> {
    let mut base = reader.conn.prepare_cached("SELECT 1 FROM meta WHERE key = 'currency' AND value = $1")?;
    if base.exists([code])? {
        return Ok(Some(Decimal::ONE));
    }
    let mut statement = reader.conn.prepare_cached(
        "SELECT rate FROM rate WHERE currency = $1 AND from_date <= $2 ORDER BY from_date DESC, id DESC LIMIT 1",
    )?;
    let mut rows = statement.query([code, iso(today).as_str()])?;
    Ok(match rows.next()? {
        Some(row) => row.get::<_, String>(0)?.parse().ok(),
        None => None,
    })
}
