//! How many items were open at each date of the board, and how old they were: what the daily sums cannot tell. Two
//! passes in index order over what was open since the first date and what was allocated after it; asked apart from the
//! board and once for each state of the book, so that nothing else on the screen waits for it.

use std::rc::Rc;

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::{Figure, computed, figures, meaning, targets};
use crate::domain::kpi::{self, Kpi};
use crate::domain::money::{self, Currency};
use crate::store::Reader;
use crate::store::date::{iso, read};
use crate::store::error::Result;
use crate::store::scan::Scan;

/// One currency at one date: minor units open, and those times the day number of their documents.
#[derive(Debug, Clone, Copy, Default)]
struct Open {
    amount: i64,
    days: i128,
}

/// What begins to count at a date and what stops before it, to be summed up once.
struct Lines {
    dates: Vec<NaiveDate>,
    counts: Vec<i64>,
    open: Vec<(Currency, Vec<Open>)>,
}

impl Lines {
    fn new(dates: &[NaiveDate]) -> Lines {
        Lines { dates: dates.to_vec(), counts: vec![0; dates.len() + 1], open: Vec::new() }
    }

    /// The first date that is not before this day.
    fn from(&self, day: &str) -> usize {
        let day = read(day);
        self.dates.partition_point(|date| *date < day)
    }

    fn currency(&mut self, code: &str) -> &mut Vec<Open> {
        let place = self.open.iter().position(|(known, _)| known.code() == code);
        let place = place.unwrap_or_else(|| {
            self.open.push((crate::store::lookup::currency(code), vec![Open::default(); self.dates.len() + 1]));
            self.open.len() - 1
        });
        &mut self.open[place].1
    }

    /// An amount of a document that is open from its own day until the day before `until`.
    fn amount(&mut self, code: &str, document: &str, until: usize, amount: i64) {
        let from = self.from(document);
        if from >= until || amount == 0 {
            return;
        }
        let days = i128::from(amount) * i128::from(read(document).to_epoch_days());
        let line = self.currency(code);
        line[from].amount += amount;
        line[from].days += days;
        line[until].amount -= amount;
        line[until].days -= days;
    }

    fn sum_up(&mut self) {
        for place in 1..self.counts.len() {
            self.counts[place] += self.counts[place - 1];
        }
        for (_, line) in &mut self.open {
            for place in 1..line.len() {
                line[place].amount += line[place - 1].amount;
                line[place].days += line[place - 1].days;
            }
        }
    }
}

fn lines(reader: &Reader, dates: &[NaiveDate]) -> Result<Lines> {
    let mut lines = Lines::new(dates);
    let Some(first) = dates.first() else { return Ok(lines) };
    let first = iso(*first);
    let last = dates.len();
    let items = "SELECT closed_on, document_date, currency, open FROM item WHERE closed_on > $1 AND kind IN (1, 3, 6)";
    let mut row = Scan::new(&reader.conn, items, &[first.as_str()])?;
    while row.next()? {
        let (closed, document, code, open) = (row.text(0)?, row.text(1)?, row.text(2)?, row.int(3)?);
        let (from, until) = (lines.from(document), lines.from(closed).min(last));
        if from < until {
            lines.counts[from] += 1;
            lines.counts[until] -= 1;
        }
        lines.amount(code, document, last, open);
    }
    // What was allocated after a date was open at it.
    let after = "SELECT a.effective, a.amount, i.document_date, i.currency FROM allocation a \
                 JOIN item i ON i.id = a.debit_item WHERE a.effective > $1 AND i.kind IN (1, 3, 6)";
    let mut row = Scan::new(&reader.conn, after, &[first.as_str()])?;
    while row.next()? {
        let (effective, amount, document, code) = (row.text(0)?, row.int(1)?, row.text(2)?, row.text(3)?);
        let until = lines.from(effective).min(last);
        lines.amount(code, document, until, amount);
    }
    lines.sum_up();
    Ok(lines)
}

/// "Open items" and "Age of open items" as of a day with their trend over the board's dates: as many as were open at
/// each of them, weighted by what of them was open then.
pub fn open_history(reader: &Reader, as_of: NaiveDate, months: u32, base: Currency) -> Result<[Figure; 2]> {
    struct History([Figure; 2]);
    let computed = computed(reader, as_of, months, base)?;
    let known: Rc<History> = reader.shared(&format!("{as_of} {months} {base}"), || {
        reader.snapshot(|| {
            let dates = &computed.board.dates;
            let lines = lines(reader, dates)?;
            let targets = targets(reader)?;
            let count = |place: usize| figures::counted("Open items", "open items", Some(lines.counts[place]));
            let age = |place: usize| age(&lines, place, dates[place], &computed.rates);
            let figure = |key: &'static str, at: &dyn Fn(usize) -> Kpi| -> Option<Figure> {
                let said = meaning(key)?;
                let target = targets.iter().rev().find(|(known, _)| known == key).map(|(_, value)| *value);
                let trend = (0..dates.len()).map(|place| at(place).value).collect();
                let kpi = at(dates.len().checked_sub(1)?);
                let (better, note) = (said.better, said.excludes);
                Some(Figure { key, kpi, target, trend, better, note, month_gone: None })
            };
            let found = figure("open", &count).zip(figure("open-age", &age));
            let (open, age) = found.ok_or_else(crate::store::read::accounts::damaged)?;
            Ok(History([open, age]))
        })
    })?;
    Ok(known.0.clone())
}

fn age(lines: &Lines, place: usize, date: NaiveDate, rates: &[(Currency, Decimal)]) -> Kpi {
    let mut rows = Vec::new();
    for (currency, line) in &lines.open {
        let open = line[place];
        let rate = rates.iter().find(|(known, _)| known == currency);
        if let Some((_, rate)) = rate.filter(|_| open.amount > 0) {
            let amount = money::to_decimal(open.amount, currency.digits()) * rate;
            let mean = Decimal::from(open.days) / Decimal::from(open.amount);
            rows.push((amount, Decimal::from(date.to_epoch_days()) - mean));
        }
    }
    kpi::weighted_days("Age of open items", &rows)
}
