//! Interest by dated rates: a profile says which rates count from when, how much comes on top, whether a debt keeps the
//! rate it started with, and how days are counted. Profiles are data that a user must verify; none is on by itself.

use chrono::{Datelike, NaiveDate};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::{Compensation, RateMode, half_year, rounded};
use crate::domain::calendar::{add_days, days_between};

/// How days are counted.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DayCount {
    /// Actual days over 365, leap years too.
    #[default]
    Act365,
    /// Actual days over 360.
    Act360,
    /// Months of 30 days, years of 360.
    Thirty360,
}

impl DayCount {
    /// Days from a day to a later one, and the days of a year they are over.
    fn days(self, from: NaiveDate, to: NaiveDate) -> (i64, i64) {
        match self {
            DayCount::Act365 => (days_between(from, to), 365),
            DayCount::Act360 => (days_between(from, to), 360),
            DayCount::Thirty360 => {
                let day = |date: NaiveDate| i64::from(date.day().min(30));
                let months = i64::from(to.year() - from.year()) * 12 + i64::from(to.month()) - i64::from(from.month());
                (months * 30 + day(to) - day(from), 360)
            }
        }
    }
}

/// A profile of interest for late payment.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Profile {
    /// Its name: `eu`, `uk`, `contract`.
    pub name: String,
    /// Where it rests, for the letter and for whoever verifies it.
    pub basis: String,
    /// Reference rates in percent a year, by the first day they count.
    pub rates: Vec<(NaiveDate, Decimal)>,
    /// Points on top.
    pub margin: Decimal,
    /// Whether a debt keeps the rate of its first day.
    pub mode: RateMode,
    /// How days are counted.
    pub day_count: DayCount,
    /// Days after the due date without interest; it then runs from the day after them.
    pub after_days: i64,
    /// Less than this, in minor units, is not charged.
    pub least: i64,
    /// The fixed sum charged beside it, once for an item; none in policies of earlier versions.
    #[serde(default, skip_serializing_if = "Compensation::is_none")]
    pub compensation: Compensation,
}

impl Profile {
    /// The rate of a day, margin included; `None` before the first.
    pub fn rate_on(&self, day: NaiveDate) -> Option<Decimal> {
        let known = self.rates.iter().filter(|(from, _)| *from <= day).max_by_key(|(from, _)| *from);
        known.map(|(_, rate)| rate + self.margin)
    }

    /// The day of the newest rate where a later one should be known by `today`: reference rates change with the half-year.
    /// `None` while it is of this half-year, and of a profile with a single rate, which is one that was agreed.
    pub fn out_of_date(&self, today: NaiveDate) -> Option<NaiveDate> {
        let newest = self.rates.iter().map(|(from, _)| *from).max()?;
        (self.rates.len() > 1 && half_year(newest) < half_year(today)).then_some(newest)
    }

    /// Interest on an item up to a day, that day included, minor units; rounded once. `paid` are the days and amounts by
    /// which the principal fell (or, below 0, rose again). `None` where no rate is known for a day that counts.
    pub fn accrued(&self, principal: i64, due: NaiveDate, paid: &[(NaiveDate, i64)], until: NaiveDate) -> Option<i64> {
        let first = add_days(due, self.after_days);
        if until <= first {
            return Some(0);
        }
        let start = add_days(first, 1);
        let mut cuts: Vec<NaiveDate> = paid.iter().map(|(day, _)| *day).collect();
        if self.mode == RateMode::Floating {
            cuts.extend(self.rates.iter().map(|(from, _)| add_days(*from, -1)));
        }
        cuts.retain(|day| *day > first && *day < until);
        cuts.push(until);
        cuts.sort_unstable();
        cuts.dedup();
        let (mut from, mut total) = (first, Decimal::ZERO);
        for to in cuts {
            let settled: i64 = paid.iter().filter(|(day, _)| *day <= from).map(|(_, amount)| amount).sum();
            let day = if self.mode == RateMode::Floating { add_days(from, 1) } else { start };
            let (days, year) = self.day_count.days(from, to);
            let open = (principal - settled).max(0);
            if open > 0 {
                let yearly = Decimal::from(open) * self.rate_on(day)? / Decimal::ONE_HUNDRED;
                total += (yearly * Decimal::from(days)).checked_div(Decimal::from(year)).unwrap_or_default();
            }
            from = to;
        }
        let total = rounded(total);
        Some(if total < self.least { 0 } else { total })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn a_profile_is_out_of_date_from_the_half_year_after_its_newest_rate() {
        let mut eu = profile(RateMode::Floating);
        assert_eq!(eu.out_of_date(date("2026-06-30")), None);
        assert_eq!(eu.out_of_date(date("2026-07-01")), Some(date("2026-01-01")));
        eu.rates.truncate(1);
        assert_eq!(eu.out_of_date(date("2030-01-01")), None, "a rate that was agreed stays");
    }

    fn profile(mode: RateMode) -> Profile {
        let rate = |day: &str, hundredths| (date(day), Decimal::new(hundredths, 2));
        Profile {
            name: "eu".into(),
            basis: String::new(),
            rates: vec![rate("2025-01-01", 315), rate("2025-07-01", 215), rate("2026-01-01", 215)],
            margin: Decimal::from(8),
            mode,
            day_count: DayCount::Act365,
            after_days: 0,
            least: 0,
            compensation: Compensation::None,
        }
    }

    /// Vectors L07, L08 and L12 of the domain reference.
    #[test]
    fn published_examples_come_out_of_dated_rates() {
        let of = |mode| profile(mode).accrued(1_000_000, date("2025-05-31"), &[], date("2025-08-15"));
        assert_eq!((of(RateMode::Floating), of(RateMode::FixedAtStart)), (Some(21_956), Some(23_216)));
        let paid = [(date("2026-02-20"), 400_000), (date("2026-03-15"), 600_000)];
        let due = date("2026-01-31");
        assert_eq!(profile(RateMode::Floating).accrued(1_000_000, due, &paid, date("2026-06-01")), Some(9_399));
        assert_eq!(profile(RateMode::Floating).accrued(1_000_000, date("2024-05-31"), &[], date("2024-08-15")), None);
    }

    #[test]
    fn days_are_counted_as_the_profile_says() {
        let year = |count: DayCount| count.days(date("2024-01-31"), date("2025-01-31"));
        assert_eq!(year(DayCount::Act365), (366, 365));
        assert_eq!(year(DayCount::Act360), (366, 360));
        assert_eq!(year(DayCount::Thirty360), (360, 360));
    }
}
