//! The kept daily sums taken at chosen dates: one pass over the days, after which any measure at any of the dates, or
//! between two of them, is a subtraction.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use crate::domain::money::{self, Currency};
use crate::store::Reader;
use crate::store::date::iso;
use crate::store::error::Result;
use crate::store::kept::{Change, Measure};
use crate::store::lookup::currency as stored_currency;
use crate::store::scan::Scan;

/// One measure in one currency, summed up to each date.
struct Line {
    measure: i64,
    currency: Currency,
    sums: Vec<Change>,
}

/// The daily sums at chosen dates.
pub(super) struct Series {
    /// Ascending, without repetition.
    dates: Vec<NaiveDate>,
    lines: Vec<Line>,
}

impl Series {
    /// Reads every measure at these dates.
    pub(super) fn load(reader: &Reader, mut dates: Vec<NaiveDate>) -> Result<Series> {
        dates.sort_unstable();
        dates.dedup();
        let bounds: Vec<String> = dates.iter().map(|date| iso(*date).as_str().to_owned()).collect();
        let mut series = Series { lines: Vec::new(), dates };
        let Some(last) = bounds.last() else { return Ok(series) };
        let text = "SELECT measure, currency, day, amount, base, items FROM daily WHERE measure <> 2 AND day <= $1 \
                    ORDER BY measure, currency, day";
        let mut row = Scan::new(&reader.conn, text, &[last])?;
        let (mut place, mut running) = (0, Change::default());
        while row.next()? {
            let (measure, code, day) = (row.int(0)?, row.text(1)?, row.bytes(2)?);
            if series.lines.last().is_none_or(|line| line.measure != measure || line.currency.code() != code) {
                series.close(place, running);
                (place, running) = (0, Change::default());
                let sums = vec![Change::default(); bounds.len()];
                series.lines.push(Line { measure, currency: stored_currency(code), sums });
            }
            while place < bounds.len() && day > bounds[place].as_bytes() {
                series.set(place, running);
                place += 1;
            }
            running.amount += row.int(3)?;
            running.base += row.int(4)?;
            running.items += row.int(5)?;
        }
        series.close(place, running);
        Ok(series)
    }

    fn set(&mut self, place: usize, sum: Change) {
        if let Some(line) = self.lines.last_mut() {
            line.sums[place] = sum;
        }
    }

    fn close(&mut self, from: usize, sum: Change) {
        for place in from..self.dates.len() {
            self.set(place, sum);
        }
    }

    fn place(&self, date: NaiveDate) -> Option<usize> {
        self.dates.partition_point(|known| *known <= date).checked_sub(1)
    }

    fn sum(&self, measure: Measure, date: NaiveDate, part: impl Fn(&Change) -> i64) -> i64 {
        let Some(place) = self.place(date) else { return 0 };
        self.lines.iter().filter(|line| line.measure == measure as i64).map(|line| part(&line.sums[place])).sum()
    }

    /// The measure at a date, all currencies, minor units of the book's currency.
    pub(super) fn at(&self, measure: Measure, date: NaiveDate) -> i64 {
        self.sum(measure, date, |change| change.base)
    }

    /// What the measure grew by from the day after `from` to `to`, minor units of the book's currency.
    pub(super) fn between(&self, measure: Measure, from: NaiveDate, to: NaiveDate) -> i64 {
        self.at(measure, to) - self.at(measure, from)
    }

    /// How many things the measure counts from the day after `from` to `to`.
    pub(super) fn count(&self, measure: Measure, from: NaiveDate, to: NaiveDate) -> i64 {
        self.sum(measure, to, |change| change.items) - self.sum(measure, from, |change| change.items)
    }

    /// Like [`Series::between`] for each currency by itself, in its own minor units.
    pub(super) fn amounts(&self, measure: Measure, from: NaiveDate, to: NaiveDate) -> Vec<(Currency, i64)> {
        let lines = self.lines.iter().filter(|line| line.measure == measure as i64);
        let sum = |line: &Line, date| self.place(date).map_or(0, |place| line.sums[place].amount);
        lines.map(|line| (line.currency, sum(line, to) - sum(line, from))).collect()
    }

    /// Units of the book's currency for one unit of each currency, over all its sales up to a date. Used where only
    /// amounts in the currency itself are kept.
    pub(super) fn rates(&self, base: Currency, date: NaiveDate) -> Vec<(Currency, Decimal)> {
        let mut out = vec![(base, Decimal::ONE)];
        let Some(place) = self.place(date) else { return out };
        for line in self.lines.iter().filter(|line| line.measure == Measure::Sales as i64 && line.currency != base) {
            let sum = line.sums[place];
            let amount = money::to_decimal(sum.amount, line.currency.digits());
            if sum.amount > 0 && sum.base > 0 {
                out.push((line.currency, money::to_decimal(sum.base, base.digits()) / amount));
            }
        }
        out
    }

    /// Currencies that were billed without any rate to the book's.
    pub(super) fn without_rate(&self, base: Currency) -> Vec<Currency> {
        let sales = self.lines.iter().filter(|line| line.measure == Measure::Sales as i64 && line.currency != base);
        let bare = |line: &&Line| line.sums.last().is_some_and(|sum| sum.amount != 0 && sum.base == 0);
        sales.filter(bare).map(|line| line.currency).collect()
    }
}
