//! The months of the book: which are closed, by whom and since when, which can be closed or opened next, and what was
//! invoiced, received and written off in each, in the book's currency.

use std::borrow::Cow;
use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate};
use rust_decimal::Decimal;

use super::requests;
use super::window::{Want, Window, slice};
use crate::domain::period::Period;
use crate::language::filter::{Field, Fields, Filter};
use crate::store::Reader;
use crate::store::error::Result;
use crate::store::kept::Measure;
use crate::store::periods::{self, Step};

/// A month of the book.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Month {
    /// Which.
    pub period: Period,
    /// Nothing can be posted into it.
    pub closed: bool,
    /// The last closing or opening of this very month, where there was one.
    pub step: Option<Step>,
    /// How often it was closed or opened again.
    pub steps: usize,
    /// Why it cannot be closed now; `None` when it can.
    pub no_closing: Option<String>,
    /// Why it cannot be opened again now; `None` when it can.
    pub no_opening: Option<String>,
    /// Invoiced less credited, minor units of the book's currency.
    pub sales: i64,
    /// Received, minor units of the book's currency.
    pub receipts: i64,
    /// Written off, minor units of the book's currency.
    pub write_offs: i64,
    /// Requests that wait for a second person, on any month.
    pub waiting: usize,
    /// Days since its last day; below zero for a month that is not over.
    pub age: i64,
}

impl Month {
    /// The number of the month, growing with time.
    pub fn id(&self) -> i64 {
        let first = self.period.first();
        i64::from(first.year()) * 12 + i64::from(first.month0())
    }

    /// `closed`, `open`, `opened again`, `not over`.
    pub fn word(&self) -> &'static str {
        match (self.closed, &self.step) {
            (true, _) => "closed",
            (false, Some(step)) if step.what == "reopened" => "opened again",
            (false, _) if self.age <= 0 => "not over",
            (false, _) => "open",
        }
    }
}

/// The months that pass, newest first.
pub fn months(reader: &Reader, today: NaiveDate, filter: &Filter, want: Want<i64>) -> Result<Window<Month>> {
    let rows = reader.snapshot(|| all(reader, today))?;
    let rows: Vec<Month> = rows.into_iter().filter(|row| filter.is_all() || filter.matches(row)).collect();
    Ok(slice(&rows, want, Month::id))
}

fn all(reader: &Reader, today: NaiveDate) -> Result<Vec<Month>> {
    let (steps, until) = (periods::steps(&reader.conn)?, periods::closed_until(&reader.conn)?);
    let sums = [Measure::Sales, Measure::Receipts, Measure::WriteOffs].map(|measure| by_month(reader, measure));
    let [sales, receipts, write_offs] = sums;
    let (sales, receipts, write_offs) = (sales?, receipts?, write_offs?);
    let waiting = requests::undecided(reader, today)?.iter().filter(|row| row.waits()).count();
    let known = sales.keys().chain(receipts.keys()).chain(write_offs.keys()).copied();
    let present = Period::of(today);
    let first = known.chain(steps.iter().map(|step| step.period)).min().unwrap_or(present);
    let mut rows = Vec::new();
    let mut period = first;
    while period <= present {
        let own: Vec<&Step> = steps.iter().filter(|step| step.period == period).collect();
        let sum = |sums: &BTreeMap<Period, i64>| sums.get(&period).copied().unwrap_or(0);
        rows.push(Month {
            period,
            closed: until.is_some_and(|until| period.last() <= until),
            step: own.last().map(|step| (*step).clone()),
            steps: own.len(),
            no_closing: no_closing(period, until, today),
            no_opening: no_opening(period, until),
            sales: sum(&sales),
            receipts: sum(&receipts),
            write_offs: sum(&write_offs),
            waiting,
            age: (today - period.last()).num_days(),
        });
        period = period.next();
    }
    rows.reverse();
    Ok(rows)
}

fn by_month(reader: &Reader, measure: Measure) -> Result<BTreeMap<Period, i64>> {
    let mut statement =
        reader.conn.prepare_cached("SELECT substr(day, 1, 7), sum(base) FROM daily WHERE measure = $1 GROUP BY 1")?;
    let mut rows = statement.query([measure as i64])?;
    let mut out = BTreeMap::new();
    while let Some(row) = rows.next()? {
        let month: String = row.get(0)?;
        if let Some(period) = Period::parse(&month) {
            out.insert(period, row.get(1)?);
        }
    }
    Ok(out)
}

/// The same rule the act has: over, not closed yet, and the next in order once months are closed.
fn no_closing(period: Period, until: Option<NaiveDate>, today: NaiveDate) -> Option<String> {
    if period.last() >= today {
        return Some(format!("{period} is not over yet; it can be closed from {} on", period.next().first()));
    }
    let until = until?;
    if period.last() <= until {
        return Some(format!("{period} is closed already"));
    }
    let next = Period::of(until).next();
    (period != next).then(|| format!("{next} comes first; months are closed in order"))
}

fn no_opening(period: Period, until: Option<NaiveDate>) -> Option<String> {
    match until {
        Some(until) if period.last() == until => None,
        Some(until) if period.last() < until => {
            Some(format!("{} was closed after it; months are opened from the last", Period::of(until)))
        }
        _ => Some(format!("{period} is not closed")),
    }
}

impl Fields for Month {
    fn text(&self, field: Field) -> Option<Cow<'_, str>> {
        Some(match field {
            Field::Name | Field::Number => Cow::Owned(self.period.to_string()),
            Field::State => Cow::Borrowed(self.word()),
            Field::Owner => Cow::Borrowed(&self.step.as_ref()?.by),
            _ => return None,
        })
    }

    fn amount(&self, _field: Field) -> Option<Decimal> {
        None
    }

    fn days(&self, field: Field) -> Option<i64> {
        (field == Field::Days).then_some(self.age)
    }

    fn date(&self, field: Field) -> Option<NaiveDate> {
        (field == Field::Due).then(|| self.period.last())
    }

    fn flag(&self, name: &str) -> Option<bool> {
        match name {
            "open" => Some(!self.closed),
            "closed" => Some(self.closed),
            _ => None,
        }
    }

    fn words(&self) -> Cow<'_, str> {
        Cow::Owned(self.period.to_string())
    }
}
