//! The items list: open items (or all, where the filter asks for closed ones) in keyset windows, each row with its latest
//! promise and its open dispute. What is behind one item is in `single`.

use std::rc::Rc;

use chrono::NaiveDate;
use rusqlite::types::Value as Bound;
use rusqlite::{Row, params_from_iter};

use super::accounts::{damaged, leeway, payments};
use super::window::{SIZE, Sort, Want, Window};
use crate::domain::document::DocumentKind;
use crate::domain::money::{Currency, Money};
use crate::domain::plan;
use crate::domain::promise::{Promise, State};
use crate::language::filter::Filter;
use crate::store::Reader;
use crate::store::date::read;
use crate::store::error::Result;
use crate::store::filter_sql::{Condition, compile, mentions_closed};
use crate::store::lookup::{currency, kind};
use crate::store::plans::{Stored, on_item};

mod single;
#[cfg(test)]
mod tests;

pub use single::{Set, by_number, one, set_against};

/// An item in the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemRow {
    /// Its id.
    pub id: i64,
    /// Number of its document.
    pub number: String,
    /// Kind of its document.
    pub kind: DocumentKind,
    /// Which instalment it is, from 1.
    pub part: i64,
    /// The customer.
    pub customer: i64,
    /// Its name.
    pub name: String,
    /// Document date.
    pub date: NaiveDate,
    /// Due date.
    pub due: NaiveDate,
    /// Currency.
    pub currency: Currency,
    /// Signed minor units as posted.
    pub amount: i64,
    /// Still open, same sign.
    pub open: i64,
    /// The part in dispute.
    pub disputed: i64,
    /// From when on nothing is open; `None` while something is.
    pub closed_on: Option<NaiveDate>,
    /// The latest promise on it, if any: day, amount, state.
    pub promise: Option<(NaiveDate, i64, State)>,
    /// Number of the open dispute on it.
    pub dispute: Option<String>,
    /// Number of the payment plan in good standing that holds what is open of it, whole.
    pub plan: Option<String>,
}

impl ItemRow {
    /// Days past due on a day, 0 when not late or a credit.
    pub fn days(&self, today: NaiveDate) -> i64 {
        if self.open > 0 { (today - self.due).num_days().max(0) } else { 0 }
    }

    /// The state in words: what a collector should know first.
    pub fn state(&self, today: NaiveDate) -> String {
        match (&self.dispute, &self.promise) {
            _ if self.open == 0 => "paid".to_owned(),
            (Some(number), _) => format!("dispute {number}"),
            // What was agreed on last counts: an earlier promise broke, and the plan took its place.
            _ if self.plan.is_some() => format!("plan {}", self.plan.as_deref().unwrap_or_default()),
            (_, Some((on, _, State::Open))) => format!("promise {}", on.format("%-d %b")),
            (_, Some((_, _, State::Broken | State::PartlyKept))) => "promise broken".to_owned(),
            _ if self.kind == DocumentKind::Receipt => "unapplied".to_owned(),
            _ if self.open < 0 => "open credit".to_owned(),
            _ if self.open != self.amount => "part paid".to_owned(),
            _ if self.due < today => "overdue".to_owned(),
            _ => "not due".to_owned(),
        }
    }
}

/// What a list of items adds up to, per currency.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Totals {
    /// How many items.
    pub items: u64,
    /// Open amounts by currency.
    pub open: Vec<(Currency, i64)>,
}

/// Which list is wanted.
#[derive(Debug, Clone)]
pub struct Question {
    /// The day.
    pub today: NaiveDate,
    /// Who passes.
    pub filter: Filter,
    /// The order: `due` (natural), `number`, `amount`, `open`, `name`.
    pub sort: Sort,
    /// One customer only.
    pub customer: Option<i64>,
}

const COLUMNS: &str = "i.id, i.number, i.kind, i.part, i.customer_id, c.name, i.document_date, i.due_date, i.currency, \
     i.amount, i.open, i.disputed, i.closed_on";
/// How the condition of a list of open items begins.
const OPEN: &str = "i.open <> 0";
/// The index of open items: all that a condition on them asks, but for how much of an item there was at first.
const INDEX: &str = "item_open";

fn item(row: &Row<'_>) -> rusqlite::Result<ItemRow> {
    let closed = read(row.get_ref(12)?.as_str()?);
    Ok(ItemRow {
        id: row.get(0)?,
        number: row.get(1)?,
        kind: kind(row.get(2)?),
        part: row.get(3)?,
        customer: row.get(4)?,
        name: row.get(5)?,
        date: read(row.get_ref(6)?.as_str()?),
        due: read(row.get_ref(7)?.as_str()?),
        currency: currency(row.get_ref(8)?.as_str()?),
        amount: row.get(9)?,
        open: row.get(10)?,
        disputed: row.get(11)?,
        closed_on: (closed != crate::store::date::never()).then_some(closed),
        promise: None,
        dispute: None,
        plan: None,
    })
}

/// What a list is ordered by, before the item itself. Amounts are only comparable within a currency, so each currency
/// stands by itself.
fn columns(sort: Sort) -> &'static [&'static str] {
    match sort.column {
        "number" => &["i.number"],
        "amount" => &["i.currency", "i.amount"],
        "open" => &["i.currency", "i.open"],
        "name" => &["c.folded"],
        "date" => &["i.document_date"],
        _ => &["i.due_date"],
    }
}

/// `ORDER BY` of a list, forwards or backwards.
fn in_order(sort: Sort, backwards: bool) -> String {
    let order = if sort.descending != backwards { "DESC" } else { "ASC" };
    let columns = columns(sort).iter().chain(&["i.id"]).map(|column| format!("{column} {order}"));
    format!("ORDER BY {}", columns.collect::<Vec<_>>().join(", "))
}

/// Holds for rows beyond the item bound at `place`: `>` after it in ascending order.
fn beyond(sort: Sort, sign: &str, place: usize) -> String {
    let columns = columns(sort);
    let anchors =
        columns.iter().map(|column| format!("(SELECT {column} FROM item i{} WHERE i.id = ${place})", joins(column)));
    let anchors = anchors.collect::<Vec<_>>().join(", ");
    format!("({}, i.id) {sign} ({anchors}, ${place})", columns.join(", "))
}

fn condition(reader: &Reader, question: &Question) -> Result<Condition> {
    let mut condition = compile(&question.filter, question.today, &currencies(reader)?, 1);
    let closed = mentions_closed(&question.filter);
    if !closed {
        condition.text = format!("{OPEN} AND {}", condition.text);
    }
    if let Some(customer) = question.customer {
        // Only open items are found by their customer; closed ones are found through their documents.
        let column = if closed { "d.customer_id" } else { "i.customer_id" };
        condition.values.push(Bound::Integer(customer));
        condition.text = format!("{} AND {column} = ${}", condition.text, condition.values.len());
    }
    Ok(condition)
}

fn currencies(reader: &Reader) -> Result<Vec<Currency>> {
    struct Known(Vec<Currency>);
    let known = reader.shared("", || {
        let mut statement = reader.conn.prepare_cached("SELECT DISTINCT currency FROM standing")?;
        let codes = statement
            .query_map([], |row| Ok(currency(row.get_ref(0)?.as_str()?)))?
            .collect::<rusqlite::Result<Vec<_>>>()?;
        Ok(Known(codes))
    })?;
    Ok(known.0.clone())
}

/// The asked list.
pub fn items(reader: &Reader, question: &Question, want: Want<i64>) -> Result<Window<ItemRow>> {
    reader.snapshot(|| {
        let condition = condition(reader, question)?;
        let total = counted(reader, question, &condition)?;
        let mut window = piece(reader, question, &condition, want, total)?;
        for row in &mut window.rows {
            complete(reader, question.today, row)?;
        }
        Ok(window)
    })
}

/// `columns` of every row of a list: a count of open items needs neither their documents nor their customers. Open items
/// are read through the index that holds all that is asked of them: another one, of due dates or amounts, may pass fewer
/// items, but leads to the row of each. Only a document asked for by its number is found through its own.
fn whole(columns: &str, condition: &Condition) -> String {
    let text = &condition.text;
    format!("SELECT {columns} FROM item i{}{} WHERE {text}", index(text), joins(text))
}

/// The index a list of open items is looked through by, whatever it is narrowed to.
fn index(text: &str) -> String {
    let open = text.starts_with(OPEN) && !text.contains("d.number =");
    if open { format!(" INDEXED BY {INDEX}") } else { String::new() }
}

/// What a list with the columns of an [`ItemRow`] is read from.
fn from(condition: &Condition) -> String {
    format!("item i{}", joins(&format!("{COLUMNS} {}", condition.text)))
}

/// The tables that a text asks beside the item.
fn joins(text: &str) -> String {
    let document = if text.contains("d.") { " JOIN document d ON d.id = i.document_id" } else { "" };
    let customer = if text.contains("c.") { " JOIN customer c ON c.id = i.customer_id" } else { "" };
    format!("{document}{customer}")
}

/// How many rows a list has. Those of one customer are few, and looking at a customer must not forget what a longer list
/// adds up to.
fn counted(reader: &Reader, question: &Question, condition: &Condition) -> Result<u64> {
    if question.customer.is_none() {
        return Ok(added_up(reader, condition)?.items);
    }
    let text = whole("count(*)", condition);
    let mut statement = reader.conn.prepare_cached(&text)?;
    let count: i64 = statement.query_row(params_from_iter(&condition.values), |row| row.get(0))?;
    Ok(count.unsigned_abs())
}

/// What the whole list adds up to.
pub fn totals(reader: &Reader, question: &Question) -> Result<Totals> {
    let condition = condition(reader, question)?;
    match question.customer {
        None => Ok(added_up(reader, &condition)?.as_ref().clone()),
        Some(_) => sum(reader, &condition),
    }
}

/// What a list over all customers adds up to: once for each state of the book, not for every window of it.
fn added_up(reader: &Reader, condition: &Condition) -> Result<Rc<Totals>> {
    reader.shared(&format!("{} {:?}", condition.text, condition.values), || sum(reader, condition))
}

/// Grouped by SQLite, all rows would be sorted in memory first.
fn sum(reader: &Reader, condition: &Condition) -> Result<Totals> {
    let text = whole("i.currency, i.open", condition);
    let mut statement = reader.conn.prepare_cached(&text)?;
    let mut rows = statement.query(params_from_iter(&condition.values))?;
    let mut totals = Totals::default();
    let mut at = 0;
    while let Some(row) = rows.next()? {
        let code = row.get_ref(0)?.as_str().map_err(|_| damaged())?;
        if totals.open.get(at).is_none_or(|(known, _)| known.code() != code) {
            let new = currency(code);
            at = totals.open.iter().position(|(known, _)| *known == new).unwrap_or(totals.open.len());
            if at == totals.open.len() {
                totals.open.push((new, 0));
            }
        }
        totals.items += 1;
        totals.open[at].1 += row.get::<_, i64>(1)?;
    }
    totals.open.sort_by_key(|(currency, _)| *currency);
    Ok(totals)
}

/// One window by keyset: rows on one side of an anchor, never a count of rows to skip.
fn piece(
    reader: &Reader,
    question: &Question,
    condition: &Condition,
    want: Want<i64>,
    total: u64,
) -> Result<Window<ItemRow>> {
    match want {
        Want::Start => Ok(Window { first: 0, rows: run(reader, question, condition, None, false, SIZE)?, total }),
        Want::After(id, place) => {
            Ok(Window { first: place, rows: run(reader, question, condition, Some(id), false, SIZE)?, total })
        }
        Want::Before(id, place) => {
            let rows = run(reader, question, condition, Some(id), true, SIZE)?;
            Ok(Window { first: place.saturating_sub(rows.len() as u64), rows, total })
        }
        Want::End => {
            let rows = run(reader, question, condition, None, true, SIZE)?;
            Ok(Window { first: total.saturating_sub(rows.len() as u64), rows, total })
        }
        Want::At(place) => {
            let from = place.saturating_sub(SIZE as u64 / 2);
            match anchor(reader, question, condition, from)? {
                Some(id) => {
                    let rows = run(reader, question, condition, Some(id), false, SIZE)?;
                    Ok(Window { first: from, rows, total })
                }
                None => piece(reader, question, condition, Want::Start, total),
            }
        }
        Want::Around(id, at) => {
            let before = run(reader, question, condition, Some(id), true, SIZE / 2)?;
            if before.is_empty() && !holds(reader, condition, id)? {
                return piece(reader, question, condition, Want::At(at), total);
            }
            let first = rank(reader, question, condition, before.first().map_or(id, |row| row.id))?;
            let rows = match before.first() {
                Some(row) if first > 0 => {
                    let mut rows = vec![row.clone()];
                    rows.extend(run(reader, question, condition, Some(row.id), false, SIZE)?);
                    rows
                }
                _ => run(reader, question, condition, None, false, SIZE)?,
            };
            Ok(Window { first, rows, total })
        }
    }
}

/// Every id of the list with its open amount, for marking all of it.
pub fn ids(reader: &Reader, question: &Question) -> Result<Vec<(i64, Money)>> {
    let condition = condition(reader, question)?;
    let from = from(&condition);
    let text = format!("SELECT i.id, i.open, i.currency FROM {from} WHERE {} ORDER BY i.id", condition.text);
    let mut statement = reader.conn.prepare_cached(&text)?;
    let rows = statement.query_map(params_from_iter(&condition.values), |row| {
        Ok((row.get(0)?, Money::new(row.get(1)?, currency(row.get_ref(2)?.as_str()?))))
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Values and order of one question, with the anchor's key as further values.
fn run(
    reader: &Reader,
    question: &Question,
    condition: &Condition,
    after: Option<i64>,
    backwards: bool,
    limit: usize,
) -> Result<Vec<ItemRow>> {
    let sign = if question.sort.descending != backwards { "<" } else { ">" };
    let mut values = condition.values.clone();
    let side = match after {
        Some(id) => {
            values.push(Bound::Integer(id));
            format!("AND {}", beyond(question.sort, sign, values.len()))
        }
        None => String::new(),
    };
    let order = in_order(question.sort, backwards);
    let from = from(condition);
    let text = if searched(condition) {
        // What few of many items pass is looked for in the index alone; only the items of this window are read.
        let asked = format!("{} {side} {order} LIMIT {limit}", condition.text);
        let found = keys("i.id", condition, &asked);
        format!("SELECT {COLUMNS} FROM {from} WHERE i.id IN ({found}) {order}")
    } else {
        format!("SELECT {COLUMNS} FROM {from} WHERE {} {side} {order} LIMIT {limit}", condition.text)
    };
    let mut statement = reader.conn.prepare_cached(&text)?;
    let rows = statement.query_map(params_from_iter(&values), item)?;
    let mut rows: Vec<ItemRow> = rows.collect::<rusqlite::Result<_>>()?;
    if backwards {
        rows.reverse();
    }
    Ok(rows)
}

/// True for a list of open items that is narrowed by a text: walked in its order, every item of the book would be read
/// before the few that pass are found.
fn searched(condition: &Condition) -> bool {
    condition.text.starts_with(OPEN) && condition.text.contains("lower(i.number) LIKE")
}

/// `columns` of what passes `asked`, a condition of the list with what else is asked, without the row of each item.
fn keys(columns: &str, condition: &Condition, asked: &str) -> String {
    let index = if searched(condition) { index(&condition.text) } else { String::new() };
    format!("SELECT {columns} FROM item i{index}{} WHERE {asked}", joins(asked))
}

/// The item just before a place, found by walking keys only.
fn anchor(reader: &Reader, question: &Question, condition: &Condition, place: u64) -> Result<Option<i64>> {
    if place == 0 {
        return Ok(None);
    }
    let order = in_order(question.sort, false);
    let text = keys("i.id", condition, &format!("{} {order}", condition.text));
    let mut statement = reader.conn.prepare_cached(&text)?;
    let mut rows = statement.query(params_from_iter(&condition.values))?;
    let mut last = None;
    for _ in 0..place {
        match rows.next()? {
            Some(row) => last = Some(row.get(0)?),
            None => break,
        }
    }
    Ok(last)
}

fn holds(reader: &Reader, condition: &Condition, id: i64) -> Result<bool> {
    let mut values = condition.values.clone();
    values.push(Bound::Integer(id));
    let from = from(condition);
    let text = format!("SELECT count(*) FROM {from} WHERE {} AND i.id = ${}", condition.text, values.len());
    let found: i64 = reader.conn.prepare_cached(&text)?.query_row(params_from_iter(&values), |row| row.get(0))?;
    Ok(found > 0)
}

/// How many rows come before an item.
fn rank(reader: &Reader, question: &Question, condition: &Condition, id: i64) -> Result<u64> {
    let sign = if question.sort.descending { ">" } else { "<" };
    let mut values = condition.values.clone();
    values.push(Bound::Integer(id));
    let before = beyond(question.sort, sign, values.len());
    let text = keys("count(*)", condition, &format!("{} AND {before}", condition.text));
    let found: i64 = reader.conn.prepare_cached(&text)?.query_row(params_from_iter(&values), |row| row.get(0))?;
    Ok(found.unsigned_abs())
}

/// Whether a plan in good standing keeps all that is open and not disputed of an item from being collected now.
fn keeps(stored: &Stored, row: &ItemRow, today: NaiveDate) -> bool {
    let now = stored.plan.standing(today);
    let mut held = stored.items.iter().zip(&now.held_of);
    now.state == plan::State::Good && held.any(|((item, _), held)| *item == row.id && *held >= row.open - row.disputed)
}

/// Fills in the latest promise, the plan and the open dispute of a row that is shown.
pub(super) fn complete(reader: &Reader, today: NaiveDate, row: &mut ItemRow) -> Result<()> {
    let mut promises = reader.conn.prepare_cached(
        "SELECT amount, made_on, promised_on FROM promise WHERE item_id = $1 AND ended_on IS NULL ORDER BY id DESC LIMIT 1",
    )?;
    let mut found = promises.query([row.id])?;
    if let Some(promise) = found.next()? {
        let text = |place| -> Result<&str> { promise.get_ref(place)?.as_str().map_err(|_| damaged()) };
        let promised =
            Promise { made: Some(read(text(1)?)), amount: promise.get(0)?, date: read(text(2)?), withdrawn: false };
        let state = promised.state(&payments(reader, row.id, today)?, &leeway(&reader.conn)?, today);
        row.promise = Some((promised.date, promised.amount, state));
    }
    if row.open > row.disputed {
        row.plan =
            on_item(reader, row.id)?.into_iter().find(|stored| keeps(stored, row, today)).map(|stored| stored.number);
    }
    if row.disputed > 0 {
        let mut disputes = reader.conn.prepare_cached(
            "SELECT number FROM dispute WHERE item_id = $1 AND state NOT IN ('closed', 'void', 'confirmed') \
             ORDER BY id DESC LIMIT 1",
        )?;
        let mut found = disputes.query([row.id])?;
        row.dispute = found.next()?.map(|dispute| dispute.get(0)).transpose()?;
    }
    Ok(())
}
