//! Payment plans as lists show them: what was agreed, what was paid on each instalment, and what needs somebody first:
//! plans in default, then what is due today, then the day each next instalment comes.

use std::borrow::Cow;
use std::rc::Rc;

use chrono::{Datelike, NaiveDate};
use rust_decimal::Decimal;

use super::window::{Sort, Want, Window, slice};
use crate::domain::money::{self, Currency, Money, NumberStyle};
use crate::domain::plan::{Came, Standing, State};
use crate::language::filter::{Field, Fields, Filter};
use crate::language::fold::fold;
use crate::store::Reader;
use crate::store::error::Result;
use crate::store::plans::{Stored, Which, plans_of};

/// A plan in the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanRow {
    /// The plan.
    pub stored: Stored,
    /// How it stands on the day of the list.
    pub standing: Standing,
    /// Number of the plan it replaced.
    pub replaces: Option<String>,
    /// The customer's number.
    pub account: String,
    /// The customer's name.
    pub name: String,
    /// Login of the customer's owner.
    pub owner: String,
    /// Numbers of the documents, in the order of the items.
    pub documents: Vec<String>,
    words: String,
}

impl PlanRow {
    /// Minor units with the plan's currency.
    pub fn money(&self, minor: i64) -> Money {
        Money::new(minor, self.stored.currency)
    }

    /// The day somebody has to look at it: in default since, due since, next instalment.
    pub fn day(&self) -> Option<NaiveDate> {
        let now = &self.standing;
        now.default_since.or(now.due_since).or(now.next.map(|next| next.0))
    }

    /// The state in a word; `due` where an instalment of one in good standing is due and not paid.
    pub fn word(&self) -> &'static str {
        if self.standing.state == State::Good && self.standing.due > 0 { "due" } else { self.standing.state.word() }
    }

    /// Why it stands as it stands, in a sentence part.
    pub fn why(&self) -> String {
        let now = &self.standing;
        let shown = |minor: i64| format!("{} {}", self.money(minor).grouped(NumberStyle::Point), self.stored.currency);
        match now.state {
            State::Default => {
                let since = now.default_since.map_or(String::new(), |since| format!(" since {}", short(since)));
                let of = |came| now.rows.iter().find(|row| row.came == came);
                let of = match (of(Came::Missed), of(Came::Late)) {
                    (Some(row), _) => {
                        format!(", {} of the instalment of {} missing", shown(row.amount - row.paid), short(row.on))
                    }
                    (None, Some(row)) => format!(", the instalment of {} came late", short(row.on)),
                    (None, None) => String::new(),
                };
                format!("in default{since}{of}")
            }
            State::Good if now.due > 0 => format!(
                "{} due and not paid; in default on {} unless it comes",
                shown(now.due),
                now.breaks_on.map_or(String::new(), short)
            ),
            State::Good => {
                let next =
                    now.next.map_or(String::new(), |(on, amount)| format!("; next {} on {}", shown(amount), short(on)));
                let begun = now.rows.iter().any(|row| row.paid > 0);
                let so_far = if begun { "every instalment so far is paid" } else { "no instalment is due yet" };
                format!("{so_far}{next}")
            }
            State::Completed => "nothing of it is left to pay".to_owned(),
            State::Replaced => "another plan took its place".to_owned(),
            State::Withdrawn => "it was withdrawn".to_owned(),
        }
    }
}

/// A day inside a sentence that has to fit a line.
fn short(on: NaiveDate) -> String {
    on.format("%-d %b %y").to_string()
}

/// Which list is wanted.
#[derive(Debug, Clone)]
pub struct Question {
    /// The day.
    pub today: NaiveDate,
    /// Who passes.
    pub filter: Filter,
    /// The order; `state` is the natural one.
    pub sort: Sort,
}

struct Listed(Vec<PlanRow>);

/// What plans add up to in one currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sum {
    /// The currency.
    pub currency: Currency,
    /// Left to pay by plans in good standing.
    pub good: i64,
    /// Of it due and not paid.
    pub due: i64,
    /// Left to pay of plans in default.
    pub default: i64,
}

/// The list with what it adds up to.
#[derive(Debug, Clone, Default)]
pub struct Plans {
    /// The wanted rows.
    pub window: Window<PlanRow>,
    /// By currency over all rows that pass.
    pub sums: Vec<Sum>,
}

/// The asked list.
pub fn plans(reader: &Reader, question: &Question, want: Want<i64>) -> Result<Plans> {
    let all = listed(reader, question.today)?;
    let mut rows: Vec<&PlanRow> = all.0.iter().filter(|row| passes(question, row)).collect();
    order(&mut rows, question.sort);
    let sums = sums(&rows);
    let window = slice(&rows, want, |row| row.stored.id);
    let rows = window.rows.into_iter().cloned().collect();
    Ok(Plans { window: Window { first: window.first, rows, total: window.total }, sums })
}

/// Every plan that passes with what is left of it, for marking all.
pub fn ids(reader: &Reader, question: &Question) -> Result<Vec<(i64, Money)>> {
    let all = listed(reader, question.today)?;
    let rows = all.0.iter().filter(|row| passes(question, row));
    Ok(rows.map(|row| (row.stored.id, row.money(row.standing.left))).collect())
}

/// One plan by its number, whatever the case of its letters.
pub fn numbered(reader: &Reader, today: NaiveDate, number: &str) -> Result<Option<PlanRow>> {
    let all = listed(reader, today)?;
    Ok(all.0.iter().find(|row| row.stored.number.eq_ignore_ascii_case(number.trim())).cloned())
}

/// The plans of a customer, the newest first.
pub fn of_customer(reader: &Reader, today: NaiveDate, customer: i64) -> Result<Vec<PlanRow>> {
    let stored = plans_of(reader, Which::Customer(customer))?;
    let mut rows = stored.into_iter().filter(|one| one.ended_why != "undone");
    let mut out: Vec<PlanRow> = rows.try_fold(Vec::new(), |mut out, one| -> Result<_> {
        out.push(described(reader, today, one)?);
        Ok(out)
    })?;
    out.reverse();
    Ok(out)
}

fn listed(reader: &Reader, today: NaiveDate) -> Result<Rc<Listed>> {
    reader.shared(&today.to_string(), || {
        reader.snapshot(|| {
            let stored = plans_of(reader, Which::All)?;
            let rows = stored.into_iter().map(|one| described(reader, today, one));
            Ok(Listed(rows.collect::<Result<_>>()?))
        })
    })
}

fn described(reader: &Reader, today: NaiveDate, stored: Stored) -> Result<PlanRow> {
    let (account, name, owner): (String, String, String) = reader
        .conn
        .prepare_cached("SELECT number, name, owner FROM customer WHERE id = $1")?
        .query_row([stored.customer], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    let mut number = reader
        .conn
        .prepare_cached("SELECT d.number FROM item i JOIN document d ON d.id = i.document_id WHERE i.id = $1")?;
    let documents = stored
        .items
        .iter()
        .map(|(item, _)| number.query_row([item], |row| row.get(0)))
        .collect::<rusqlite::Result<Vec<String>>>()?;
    let replaces = match stored.replaces {
        Some(before) => Some(
            reader
                .conn
                .prepare_cached("SELECT number FROM plan WHERE id = $1")?
                .query_row([before], |row| row.get(0))?,
        ),
        None => None,
    };
    let standing = stored.plan.standing(today);
    let words = fold(&format!("{name} {} {}", stored.number, documents.join(" ")));
    Ok(PlanRow { stored, standing, replaces, account, name, owner, documents, words })
}

fn passes(question: &Question, row: &PlanRow) -> bool {
    question.filter.is_all() || question.filter.matches(row)
}

fn sums(rows: &[&PlanRow]) -> Vec<Sum> {
    let mut out: Vec<Sum> = Vec::new();
    for row in rows {
        let currency = row.stored.currency;
        let place = out.iter().position(|known| known.currency == currency).unwrap_or_else(|| {
            out.push(Sum { currency, good: 0, due: 0, default: 0 });
            out.len() - 1
        });
        match row.standing.state {
            State::Good => {
                out[place].good += row.standing.left;
                out[place].due += row.standing.due;
            }
            State::Default => out[place].default += row.standing.left,
            _ => {}
        }
    }
    out.sort_by_key(|sum| sum.currency);
    out
}

/// In default first, then what is due, then the next instalment to come; then those that ended, the newest first.
fn rank(row: &PlanRow) -> (u8, i64) {
    let day = row.day().map_or(0, |day| i64::from(day.num_days_from_ce()));
    match row.standing.state {
        State::Default => (0, day),
        State::Good if row.standing.due > 0 => (1, day),
        State::Good => (2, day),
        _ => (3, -row.stored.id),
    }
}

fn order(rows: &mut [&PlanRow], sort: Sort) {
    rows.sort_by(|a, b| {
        let natural = match sort.column {
            "name" => a.name.cmp(&b.name),
            "number" => a.stored.id.cmp(&b.stored.id),
            "total" => a.stored.plan.total().cmp(&b.stored.plan.total()),
            "left" => a.standing.left.cmp(&b.standing.left),
            "due" => a.standing.due.cmp(&b.standing.due),
            "made" => a.stored.made_on.cmp(&b.stored.made_on),
            "owner" => a.owner.cmp(&b.owner),
            "day" => a.day().cmp(&b.day()),
            _ => rank(a).cmp(&rank(b)),
        };
        let directed = if sort.descending { natural.reverse() } else { natural };
        directed.then(a.stored.id.cmp(&b.stored.id))
    });
}

impl Fields for PlanRow {
    fn text(&self, field: Field) -> Option<Cow<'_, str>> {
        let text: &str = match field {
            Field::Name => &self.name,
            Field::Number => &self.account,
            Field::Owner => &self.owner,
            Field::Invoice => return Some(Cow::Owned(self.documents.join(" "))),
            Field::State => self.word(),
            Field::Currency => self.stored.currency.code(),
            _ => return None,
        };
        Some(Cow::Borrowed(text))
    }

    fn amount(&self, field: Field) -> Option<Decimal> {
        (field == Field::Open).then(|| money::to_decimal(self.standing.left, self.stored.currency.digits()))
    }

    fn days(&self, _field: Field) -> Option<i64> {
        None
    }

    fn date(&self, field: Field) -> Option<NaiveDate> {
        if field == Field::Due { self.day() } else { None }
    }

    fn flag(&self, name: &str) -> Option<bool> {
        let live = self.standing.state.is_live();
        Some(match name {
            "open" => live,
            "closed" => !live,
            "overdue" => self.standing.state == State::Default || self.standing.due > 0,
            "owner" => !self.owner.is_empty(),
            _ => return None,
        })
    }

    fn words(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.words)
    }
}
