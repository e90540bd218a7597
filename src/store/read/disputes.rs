//! The dispute queue with what it adds up to, and one case with everything that happened to it. The cases are read
//! once for a state of the book; filter, order and window are taken from them.

use std::rc::Rc;

use chrono::NaiveDate;
use rusqlite::OptionalExtension;
use rust_decimal::Decimal;

use super::cases::{self, More};
use super::dispute_rows;
use super::window::{Sort, Want, Window, slice};
use crate::domain::case::clock::{self, Clock};
use crate::domain::case::pareto::Bar;
use crate::domain::case::{Amounts, Priority};
use crate::domain::department;
use crate::domain::dispute::Reason;
use crate::domain::money::{Currency, Money};
use crate::language::filter::{Field, Filter, Op, Value};
use crate::language::fold::fold;
use crate::store::Reader;
use crate::store::date::read;
use crate::store::error::Result;
use crate::store::lookup::currency as stored_currency;

/// A dispute in the queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DisputeRow {
    /// Its id.
    pub id: i64,
    /// Public number, `D-118`.
    pub number: Box<str>,
    /// The customer.
    pub customer: i64,
    /// The customer's number.
    pub account: Box<str>,
    /// The customer's name.
    pub name: Box<str>,
    /// The disputed item.
    pub item: i64,
    /// Number of the item's document.
    pub document: Box<str>,
    /// Disputed amount, minor units.
    pub amount: i64,
    /// Its currency.
    pub currency: Currency,
    /// Why, a word of the reasons list.
    pub reason: Box<str>,
    /// When it was opened.
    pub opened_on: NaiveDate,
    /// Days since then; for a closed case, days it took.
    pub age: i64,
    /// State word.
    pub state: Box<str>,
    /// Whether the amount is still held back from collection.
    pub open: bool,
    /// Login of the owner, empty for nobody.
    pub owner: Box<str>,
    /// Department that has to act.
    pub department: Box<str>,
    /// When it was decided.
    pub decided_on: Option<NaiveDate>,
    /// Part accepted as valid, minor units.
    pub accepted: i64,
    /// Counts its changes; an edit names the one it saw.
    pub version: i64,
    /// What became of the amount.
    pub amounts: Amounts,
    /// By when it must be answered and decided.
    pub clock: Clock,
    /// What really went wrong; empty until it is known.
    pub cause: Box<str>,
    /// Number of the case it belongs to with other items; empty where it is one by itself.
    pub case: Box<str>,
    /// Login of who works on it, empty for nobody.
    pub processor: Box<str>,
    /// Login of who decides it, empty for nobody.
    pub coordinator: Box<str>,
    /// How soon it is worked on.
    pub priority: Priority,
    /// What can be lost, for each day left to dispute it, in units of the book's currency.
    pub risk: Decimal,
    /// The last day on which it can be disputed, where there is one.
    pub last_day: Option<NaiveDate>,
    /// Whether it is closed for good.
    pub confirmed: bool,
    /// Days past [`Clock::decide_by`]; 0 and less in time, and while the clock stands.
    pub late_by: i64,
    pub(super) words: Box<str>,
}

impl DisputeRow {
    /// Open past the day by which it must be decided.
    pub fn is_late(&self) -> bool {
        self.open && self.late_by > 0
    }

    /// What is in dispute: for a closed case, what was.
    pub fn stake(&self) -> i64 {
        if self.open { self.amounts.open() } else { self.amount }
    }

    /// What is noted as its cause, else what mostly is behind its reason.
    pub fn likely_cause(&self) -> &str {
        match &*self.cause {
            "" => Reason::parse(&self.reason).unwrap_or_default().likely_cause(),
            noted => noted,
        }
    }

    /// Days left to dispute it; below zero when they are over.
    pub fn days_to_dispute(&self, today: NaiveDate) -> Option<i64> {
        self.last_day.map(|day| (day - today).num_days())
    }
}

/// One thing that happened to a dispute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Number of the act in the log.
    pub act: i64,
    /// Version after it.
    pub version: i64,
    /// When.
    pub on: NaiveDate,
    /// Name of who did it.
    pub who: String,
    /// `opened`, `assigned`, `note`, `resolved`, `undone`.
    pub what: String,
    /// State after it.
    pub state: String,
    /// Owner after it.
    pub owner: String,
    /// Department after it.
    pub department: String,
    /// Accepted amount after it, minor units.
    pub accepted: i64,
    /// What was said.
    pub text: String,
}

/// One dispute with its steps, oldest first, and the item it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    /// The case as it stands.
    pub row: DisputeRow,
    /// What happened, oldest first.
    pub steps: Vec<Step>,
    /// Open on the item, minor units.
    pub item_open: i64,
    /// The item as posted, minor units.
    pub item_amount: i64,
    /// Due date of the item.
    pub due: NaiveDate,
    /// Everything else that is known of it.
    pub more: More,
}

/// What one reason adds up to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ByReason {
    /// The reason.
    pub reason: Box<str>,
    /// Open cases.
    pub count: u64,
    /// Amounts, one for each currency.
    pub amounts: Vec<Money>,
}

/// The queue with what it adds up to. Sums are of all rows that pass the filter.
#[derive(Debug, Clone, Default)]
pub struct Disputes {
    /// The wanted rows.
    pub window: Window<DisputeRow>,
    /// Amounts of the open cases, one for each currency.
    pub amounts: Vec<Money>,
    /// Open cases.
    pub open: u64,
    /// Open cases past the day of their decision: escalated.
    pub late: u64,
    /// Open cases whose first answer is late.
    pub unanswered: u64,
    /// Open cases that wait for the customer.
    pub waiting: u64,
    /// What can be lost, by the days left to dispute it: over, up to 7, up to 30, later, no last day.
    pub at_risk: [Vec<Money>; 5],
    /// Cases of the last 365 days by reason, in the book's currency.
    pub pareto: Vec<Bar>,
    /// The same by cause.
    pub causes: Vec<Bar>,
    /// Age of the oldest open case.
    pub oldest: i64,
    /// Open cases by reason, most cases first.
    pub reasons: Vec<ByReason>,
    /// Cases closed in the last 90 days: valid, partly valid, invalid.
    pub closed: [u64; 3],
    /// Median days those took.
    pub median: Option<Decimal>,
}

/// Which queue is wanted.
#[derive(Debug, Clone)]
pub struct Question {
    /// The day.
    pub today: NaiveDate,
    /// Who passes: `dept:invoicing`, `cause:carrier`, `due<=fri`, `is:late`. `state:open` and `state:resolved` mean any open and any closed state.
    pub filter: Filter,
    /// The order; `risk` ascending is the natural one.
    pub sort: Sort,
}

struct Cases(Vec<DisputeRow>);

/// The asked queue.
pub fn disputes(reader: &Reader, question: &Question, want: Want<i64>) -> Result<Disputes> {
    let all = cases(reader, question.today)?;
    let filter = open_states(question.filter.clone());
    let passes = |row: &&DisputeRow| filter.is_all() || filter.matches(*row);
    let mut rows: Vec<&DisputeRow> = all.0.iter().filter(passes).collect();
    let mut out = totals(&rows, question.today);
    (out.pareto, out.causes) = cases::paretos(reader, &rows, question.today)?;
    dispute_rows::order(&mut rows, question.sort);
    let window = slice(&rows, want, |row| row.id);
    out.window = Window { first: window.first, rows: window.rows.into_iter().cloned().collect(), total: window.total };
    Ok(out)
}

/// Every case with its clock, oldest first.
pub fn all(reader: &Reader, today: NaiveDate) -> Result<Vec<DisputeRow>> {
    Ok(cases(reader, today)?.0.clone())
}

/// `state:open` and `state:resolved` as the flags they mean, anywhere in a filter.
pub(super) fn open_states(filter: Filter) -> Filter {
    let every = |parts: Vec<Filter>| parts.into_iter().map(open_states).collect();
    match filter {
        Filter::Or(parts) => Filter::Or(every(parts)),
        Filter::And(parts) => Filter::And(every(parts)),
        Filter::Not(part) => Filter::Not(Box::new(open_states(*part))),
        Filter::Term { field: Field::State | Field::Dispute, op: op @ (Op::Is | Op::Equal | Op::NotEqual), value } => {
            let flag = match &value {
                Value::Text(text) if text.eq_ignore_ascii_case("open") => Some("open"),
                Value::Text(text) if text.eq_ignore_ascii_case("resolved") => Some("closed"),
                _ => None,
            };
            match flag {
                Some(flag) => Filter::Term { field: Field::Is, op, value: Value::Flag(flag) },
                None => Filter::Term { field: Field::State, op, value },
            }
        }
        // A word of earlier versions means the department it stands for, which is what cases are compared by.
        Filter::Term { field: Field::Department, op, value: Value::Text(text) } => {
            Filter::Term { field: Field::Department, op, value: Value::Text(department::current(&text).into()) }
        }
        other => other,
    }
}

fn totals(rows: &[&DisputeRow], today: NaiveDate) -> Disputes {
    let mut out = Disputes::default();
    let mut took = Vec::new();
    for row in rows {
        if row.open {
            out.open += 1;
            out.late += u64::from(row.is_late());
            out.unanswered += u64::from(row.clock.is_unanswered(today));
            out.waiting += u64::from(&*row.state == "on customer");
            out.oldest = out.oldest.max(row.age);
            add(&mut out.amounts, row.stake(), row.currency);
            let band = match row.days_to_dispute(today) {
                None => 4,
                Some(..0) => 0,
                Some(0..=7) => 1,
                Some(8..=30) => 2,
                Some(_) => 3,
            };
            add(&mut out.at_risk[band], row.stake(), row.currency);
            let place = out.reasons.iter().position(|reason| reason.reason == row.reason).unwrap_or_else(|| {
                out.reasons.push(ByReason { reason: row.reason.clone(), count: 0, amounts: Vec::new() });
                out.reasons.len() - 1
            });
            out.reasons[place].count += 1;
            add(&mut out.reasons[place].amounts, row.stake(), row.currency);
        } else if let Some(decided) = row.decided_on.filter(|day| (today - *day).num_days() <= 90) {
            let place = match row.accepted {
                0 => 2,
                all if all == row.amount => 0,
                _ => 1,
            };
            out.closed[place] += 1;
            took.push((decided - row.opened_on).num_days());
        }
    }
    out.reasons.sort_by(|a, b| b.count.cmp(&a.count).then(a.reason.cmp(&b.reason)));
    out.median = crate::domain::kpi::stats::median(&crate::domain::kpi::stats::decimals(&took));
    out
}

/// Adds to the sum of a currency.
pub(super) fn add(sums: &mut Vec<Money>, minor: i64, currency: Currency) {
    match sums.iter_mut().find(|sum| sum.currency == currency) {
        Some(sum) => sum.minor += minor,
        None => sums.push(Money::new(minor, currency)),
    }
}

const SELECT: &str = "SELECT d.id, d.number, d.customer_id, c.number, c.name, d.item_id, t.number, d.amount, d.currency, \
     d.reason, d.opened_on, d.state, d.owner, d.department, d.decided_on, d.accepted, d.version \
     FROM dispute d JOIN customer c ON c.id = d.customer_id JOIN item i ON i.id = d.item_id \
     JOIN document t ON t.id = i.document_id";

fn cases(reader: &Reader, today: NaiveDate) -> Result<Rc<Cases>> {
    reader.shared(&today.to_string(), || {
        let mut statement = reader.conn.prepare_cached(&format!("{SELECT} ORDER BY d.id"))?;
        let mut rows: Vec<DisputeRow> =
            statement.query_map([], |row| one(row, today))?.collect::<rusqlite::Result<_>>()?;
        cases::complete(reader, &mut rows, today, None)?;
        Ok(Cases(rows))
    })
}

fn one(row: &rusqlite::Row<'_>, today: NaiveDate) -> rusqlite::Result<DisputeRow> {
    let text = |place| -> rusqlite::Result<Box<str>> { Ok(row.get_ref(place)?.as_str()?.into()) };
    let (number, account, name, document) = (text(1)?, text(3)?, text(4)?, text(6)?);
    let opened_on = read(row.get_ref(10)?.as_str()?);
    let state = text(11)?;
    let open = !matches!(&*state, "closed" | "confirmed" | "void");
    let decided_on = row.get_ref(14)?.as_str_or_null()?.map(read);
    let until = decided_on.filter(|_| !open).unwrap_or(today);
    let amount = row.get(7)?;
    Ok(DisputeRow {
        id: row.get(0)?,
        customer: row.get(2)?,
        item: row.get(5)?,
        amount,
        amounts: Amounts::new(amount),
        clock: clock::run(&[], clock::USUAL, today, &Default::default()),
        cause: "".into(),
        case: "".into(),
        processor: "".into(),
        coordinator: "".into(),
        priority: Priority::Normal,
        risk: Decimal::ZERO,
        last_day: None,
        confirmed: false,
        late_by: 0,
        currency: stored_currency(row.get_ref(8)?.as_str()?),
        reason: text(9)?,
        age: (until - opened_on).num_days().max(0),
        opened_on,
        open,
        owner: text(12)?,
        department: text(13)?,
        decided_on,
        accepted: row.get(15)?,
        version: row.get(16)?,
        words: fold(&format!("{name} {account} {number} {document}")).into(),
        number,
        account,
        name,
        document,
        state,
    })
}

/// One dispute with its steps.
pub fn dispute(reader: &Reader, today: NaiveDate, id: i64) -> Result<Option<Case>> {
    reader.snapshot(|| {
        let row = reader
            .conn
            .prepare_cached(&format!("{SELECT} WHERE d.id = $1"))?
            .query_row([id], |row| one(row, today))
            .optional()?;
        let Some(mut row) = row else { return Ok(None) };
        cases::complete(reader, std::slice::from_mut(&mut row), today, Some(id))?;
        let (item_open, item_amount, due) = reader
            .conn
            .prepare_cached("SELECT open, amount, due_date FROM item WHERE id = $1")?
            .query_row([row.item], |item| Ok((item.get(0)?, item.get(1)?, read(item.get_ref(2)?.as_str()?))))?;
        let more = cases::more(reader, &row)?;
        Ok(Some(Case { steps: steps(reader, id)?, row, item_open, item_amount, due, more }))
    })
}

fn steps(reader: &Reader, dispute: i64) -> Result<Vec<Step>> {
    let mut statement = reader.conn.prepare_cached(
        "SELECT s.act_id, s.version, s.on_date, coalesce(p.name, ''), s.what, s.state, s.owner, s.department, \
         s.accepted, s.text FROM dispute_step s LEFT JOIN person p ON p.id = s.person_id \
         WHERE s.dispute_id = $1 ORDER BY s.version",
    )?;
    let rows = statement
        .query_map([dispute], |row| {
            Ok(Step {
                act: row.get(0)?,
                version: row.get(1)?,
                on: read(row.get_ref(2)?.as_str()?),
                who: row.get(3)?,
                what: row.get(4)?,
                state: row.get(5)?,
                owner: row.get(6)?,
                department: row.get(7)?,
                accepted: row.get(8)?,
                text: row.get(9)?,
            })
        })?
        .collect::<rusqlite::Result<_>>()?;
    Ok(rows)
}

/// The dispute somebody means by its number.
pub fn find(reader: &Reader, number: &str) -> Result<Option<i64>> {
    let mut statement = reader.conn.prepare_cached("SELECT id FROM dispute WHERE number = $1")?;
    Ok(statement.query_row([number.trim().to_uppercase()], |row| row.get(0)).optional()?)
}
