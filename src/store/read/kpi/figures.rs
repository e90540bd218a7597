//! The figures of one day from the sums at its dates: numbers 1 to 15 of the domain's section on KPIs but 13, and the
//! counts and amounts beside them, in the order of their meanings.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::series::Series;
use crate::domain::calendar::{add_days, add_months, days_between, month_end, month_start};
use crate::domain::kpi::{self, Kpi, Unit};
use crate::domain::money::{self, Currency};
use crate::store::kept::Measure;
use crate::store::read::accounts::Sums;

/// Days of the period that DSO and its relatives look back.
const QUARTER: i64 = 90;
/// Months the count-back walks before it gives up.
const WALK: i32 = 12;

/// The same place in the month so many months before: month ends stay month ends.
fn back(date: NaiveDate, months: i32) -> NaiveDate {
    if date == month_end(date) { month_end(add_months(month_start(date), -months)) } else { add_months(date, -months) }
}

/// The last day of the month so many months before this one.
fn end_before(date: NaiveDate, months: i32) -> NaiveDate {
    month_end(add_months(month_start(date), -months))
}

/// Every date the figures of a day need sums at.
pub(super) fn dates_for(day: NaiveDate) -> Vec<NaiveDate> {
    let mut dates = vec![day, add_days(day, -QUARTER), back(day, 12)];
    dates.extend((1..=5).map(|months| back(day, months)));
    dates.extend((1..=WALK + 1).map(|months| end_before(day, months)));
    dates
}

/// A number that was counted rather than calculated; `None` is "not available".
pub(super) fn counted(name: &'static str, label: &'static str, count: Option<i64>) -> Kpi {
    plain(name, label, Unit::Count, count.map(Decimal::from))
}

fn plain(name: &'static str, label: &'static str, unit: Unit, value: Option<Decimal>) -> Kpi {
    let shown = value.map_or_else(|| "n/a".to_owned(), kpi::show);
    let inputs = value.map(|value| (label, value)).into_iter().collect();
    Kpi { name, value, unit, inputs, arithmetic: format!("{name} = {label} = {shown}") }
}

/// What is open by bucket at a date, in the book's currency, credits apart.
pub(super) fn aging(series: &Series, day: NaiveDate) -> Sums {
    let steps = [Measure::Debits, Measure::Over0, Measure::Over30, Measure::Over60, Measure::Over90, Measure::Over120];
    let at = |measure| series.at(measure, day);
    let mut sums = Sums { credits: at(Measure::Credits), unapplied: at(Measure::Unapplied), ..Sums::default() };
    for (place, bucket) in sums.buckets.iter_mut().enumerate() {
        *bucket = at(steps[place]) - steps.get(place + 1).map_or(0, |next| at(*next));
    }
    sums
}

/// One day's figures in the making.
pub(super) struct Sheet<'a> {
    pub series: &'a Series,
    pub base: Currency,
    pub rates: &'a [(Currency, Decimal)],
    pub day: NaiveDate,
}

impl Sheet<'_> {
    fn units(&self, minor: i64) -> Decimal {
        money::to_decimal(minor, self.base.digits())
    }

    fn at(&self, measure: Measure) -> Decimal {
        self.units(self.series.at(measure, self.day))
    }

    fn since(&self, measure: Measure, from: NaiveDate) -> Decimal {
        self.units(self.series.between(measure, from, self.day))
    }

    fn days_since(&self, from: NaiveDate) -> Decimal {
        Decimal::from(days_between(from, self.day))
    }

    /// Receivables at a date: open debits less open credit notes and receipts not applied.
    fn receivables(&self, date: NaiveDate) -> Decimal {
        let parts = [Measure::Debits, Measure::Credits, Measure::Unapplied];
        self.units(parts.iter().map(|part| self.series.at(*part, date)).sum())
    }

    /// All figures, in the order of the meanings.
    pub(super) fn figures(&self) -> Vec<Kpi> {
        let (debits, late) = (self.at(Measure::Debits), self.at(Measure::Over0));
        let (receivables, quarter) = (self.receivables(self.day), add_days(self.day, -QUARTER));
        let (sales, days) = (self.since(Measure::Sales, quarter), Decimal::from(QUARTER));
        let dso = kpi::dso(receivables, sales, days);
        let best = kpi::best_possible_dso(debits - late, sales, days);
        let delinquent = kpi::average_days_delinquent(&dso, &best);
        let (year, month, start) = (back(self.day, 12), back(self.day, 1), end_before(self.day, 1));
        let year_sales = self.since(Measure::Sales, year);
        let turnover = kpi::turnover(year_sales, self.receivables(year), receivables);
        let period = kpi::collection_period(&turnover, self.days_since(year));
        let effective = kpi::collection_effectiveness(
            self.receivables(month),
            self.since(Measure::Sales, month),
            1,
            receivables,
            debits - late,
        );
        let issued = |from| self.series.count(Measure::Sales, from, self.day);
        let disputed = Decimal::from(self.series.count(Measure::DisputesOpened, quarter, self.day));
        let paid = self.series.count(Measure::Closed, start, self.day);
        vec![
            dso,
            kpi::past_due_share(debits - late, late),
            kpi::over_90_share(self.at(Measure::Over90), debits),
            effective,
            self.money("Cash in, month to date", "receipts", Measure::Receipts, start),
            best,
            delinquent,
            kpi::count_back_dso(receivables, &self.months()).kpi,
            self.rolling(receivables),
            self.sales_weighted(debits, late),
            kpi::days_to_pay(&self.closed(Measure::ClosedDays, quarter)),
            kpi::days_late(&self.closed(Measure::ClosedLate, quarter)),
            turnover,
            period,
            kpi::current_share(debits - late, late),
            kpi::bad_debt_gross(self.since(Measure::WriteOffs, year), year_sales),
            kpi::dispute_rate(disputed, Decimal::from(issued(quarter))),
            counted("Invoices issued", "issued, month to date", Some(issued(start))),
            counted("Items paid", "closed, month to date", Some(paid)),
            counted("Open items", "open items", None),
            self.unapplied(),
            plain("Receivables", "open debits less credits and cash", Unit::Money, Some(receivables)),
            plain("Open debit items", "open debits", Unit::Money, Some(debits)),
        ]
    }

    fn money(&self, name: &'static str, label: &'static str, measure: Measure, from: NaiveDate) -> Kpi {
        plain(name, label, Unit::Money, Some(self.since(measure, from)))
    }

    fn unapplied(&self) -> Kpi {
        plain("Unapplied cash", "receipts not applied", Unit::Money, Some(-self.at(Measure::Unapplied)))
    }

    /// Sales and days by calendar month, newest first; the month of the day only up to the day.
    fn months(&self) -> Vec<(Decimal, Decimal)> {
        let mut to = self.day;
        let mut out = Vec::new();
        for months in 1..=WALK + 1 {
            let from = end_before(self.day, months);
            let sales = self.units(self.series.between(Measure::Sales, from, to));
            out.push((sales, Decimal::from(days_between(from, to))));
            to = from;
        }
        out
    }

    /// Periods of one month each, newest first: sales and days.
    fn periods(&self, count: i32) -> (Vec<Decimal>, Vec<Decimal>) {
        let edges: Vec<NaiveDate> = (0..=count).map(|months| back(self.day, months)).collect();
        let sales = edges.windows(2).map(|pair| self.units(self.series.between(Measure::Sales, pair[1], pair[0])));
        (sales.collect(), edges.windows(2).map(|pair| Decimal::from(days_between(pair[1], pair[0]))).collect())
    }

    fn rolling(&self, receivables: Decimal) -> Kpi {
        let (sales, days) = self.periods(3);
        kpi::rolling_dso(receivables, &sales, &days)
    }

    /// What is not due against the sales of the last month, 1 to 30 days late against those of the month before, and
    /// so on; the last bucket is everything more than 90 days late.
    fn sales_weighted(&self, debits: Decimal, late: Decimal) -> Kpi {
        let steps = [late, self.at(Measure::Over30), self.at(Measure::Over60), self.at(Measure::Over90)];
        let buckets = [debits - steps[0], steps[0] - steps[1], steps[1] - steps[2], steps[2] - steps[3], steps[3]];
        kpi::sales_weighted_dso(&buckets, &self.periods(5).0, Decimal::from(30))
    }

    /// Amounts closed since `from` with their mean days, a row for each currency, in the book's currency.
    fn closed(&self, days: Measure, from: NaiveDate) -> Vec<(Decimal, Decimal)> {
        let weighted = self.series.amounts(days, from, self.day);
        let mut rows = Vec::new();
        for (currency, amount) in self.series.amounts(Measure::Closed, from, self.day) {
            let rate = self.rates.iter().find(|(known, _)| *known == currency);
            let days = weighted.iter().find(|(known, _)| *known == currency);
            if let (Some((_, rate)), Some((_, days)), true) = (rate, days, amount > 0) {
                let mean = Decimal::from(*days) / Decimal::from(amount);
                rows.push((money::to_decimal(amount, currency.digits()) * rate, mean));
            }
        }
        rows
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn month_ends_go_back_to_month_ends() {
        let date = |text: &str| text.parse::<NaiveDate>().unwrap();
        assert_eq!(back(date("2026-02-28"), 3), date("2025-11-30"));
        assert_eq!(back(date("2026-03-16"), 3), date("2025-12-16"));
        assert_eq!(end_before(date("2026-03-16"), 1), date("2026-02-28"));
    }
}
