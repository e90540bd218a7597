//! Payment terms as explicit steps from the base date, so that nobody has to guess what "30 days end of month" means.
//! Owns due dates, instalments and the days of a cash discount; `terms_text` reads and writes them as people do.

use chrono::{Datelike, NaiveDate};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::calendar::{self, Holidays, Roll};
use super::money;

/// One step from a date to the next. Steps run in order; none means due at once.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Step {
    /// That many days later.
    AddDays(i64),
    /// That many months later, clamped to the month's end.
    AddMonths(i32),
    /// The last day of the month reached.
    EndOfMonth,
    /// The next such day of the month, at or after the date reached; clamped in short months.
    DayOfMonth(u32),
    /// That day of a following month (proximo); invoices dated after the cut-off count as the next month's.
    Proximo {
        /// Day of the month, clamped in short months.
        day: u32,
        /// How many months on: 1 for the month following.
        months: i32,
        /// The last invoice day that still counts for its own month; 31 means no cut-off.
        cut_off: u32,
    },
}

/// A cash discount: `percent` off when paid within `days` (plus `grace`) of the base date.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Discount {
    /// Percent of the discountable amount.
    pub percent: Decimal,
    /// Days after the base date, the last one included.
    pub days: i64,
    /// Further days in which the discount is still accepted. Never moves the due date.
    pub grace: i64,
}

impl Discount {
    /// The last day on which payment earns the discount: `base + days + grace`.
    pub fn until(&self, base: NaiveDate) -> NaiveDate {
        calendar::add_days(base, self.days + self.grace)
    }
}

/// A share of the document with steps of its own.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Instalment {
    /// Percent of the total. The last instalment takes the remainder whatever its percent says.
    pub percent: Decimal,
    /// Steps from the base date, not from the instalment before.
    pub steps: Vec<Step>,
}

/// What was agreed about when to pay. A document without instalments has one due date, from `steps`.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Terms {
    /// Steps to the due date when there are no instalments.
    pub steps: Vec<Step>,
    /// The cash discount, if any.
    pub discount: Option<Discount>,
    /// The instalments; empty for a single due date.
    pub instalments: Vec<Instalment>,
}

impl Terms {
    /// Due `days` after the base date.
    pub fn net(days: i64) -> Self {
        Terms { steps: vec![Step::AddDays(days)], ..Terms::default() }
    }

    /// `count` equal instalments, the first on the base date and each a month on from it, never from a clamped date:
    /// 31 Jan, 28 Feb, 31 Mar.
    pub fn monthly(count: u32) -> Self {
        let percent = (Decimal::ONE_HUNDRED / Decimal::from(count.max(1))).round_dp(4);
        let instalments =
            (0..count as i32).map(|month| Instalment { percent, steps: vec![Step::AddMonths(month)] }).collect();
        Terms { instalments, ..Terms::default() }
    }

    /// The due dates in the order of the instalments; one date without instalments.
    pub fn due_dates(&self, base: NaiveDate) -> Vec<NaiveDate> {
        if self.instalments.is_empty() {
            return vec![walk(&self.steps, base)];
        }
        self.instalments.iter().map(|part| walk(&part.steps, base)).collect()
    }

    /// As [`Terms::due_dates`], each moved to a working day.
    pub fn due_dates_rolled(&self, base: NaiveDate, roll: Roll, holidays: &Holidays) -> Vec<NaiveDate> {
        self.due_dates(base).into_iter().map(|date| calendar::roll(date, roll, holidays)).collect()
    }

    /// The date by which all is due: the latest of [`Terms::due_dates`].
    pub fn final_due(&self, base: NaiveDate) -> NaiveDate {
        self.due_dates(base).into_iter().max().unwrap_or(base)
    }

    /// Due dates with amounts in minor units. Shares are rounded half away from zero, the last takes the remainder.
    pub fn schedule(&self, total: i64, base: NaiveDate) -> Vec<(NaiveDate, i64)> {
        self.due_dates(base).into_iter().zip(self.amounts(total)).collect()
    }

    /// The amounts of the instalments of `total` minor units; they always add up to it.
    pub fn amounts(&self, total: i64) -> Vec<i64> {
        if self.instalments.is_empty() {
            return vec![total];
        }
        let shares: Vec<Decimal> = self.instalments.iter().map(|part| part.percent).collect();
        money::split(total, &shares)
    }
}

/// Runs steps from `base`.
pub fn walk(steps: &[Step], base: NaiveDate) -> NaiveDate {
    steps.iter().fold(base, |date, step| match *step {
        Step::AddDays(days) => calendar::add_days(date, days),
        Step::AddMonths(months) => calendar::add_months(date, months),
        Step::EndOfMonth => calendar::month_end(date),
        Step::DayOfMonth(day) => {
            let here = calendar::day_of_month(date, day);
            if here >= date { here } else { calendar::day_of_month(next_month(date, 1), day) }
        }
        Step::Proximo { day, months, cut_off } => {
            let late = i32::from(date.day() > cut_off);
            calendar::day_of_month(next_month(date, months + late), day)
        }
    })
}

/// The first day of the month `months` on; stepping from a first avoids clamping the day.
fn next_month(date: NaiveDate, months: i32) -> NaiveDate {
    calendar::add_months(calendar::month_start(date), months)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn day_of_month_waits_for_the_next_such_day() {
        let steps = [Step::AddDays(31), Step::DayOfMonth(15)];
        assert_eq!(walk(&steps, date("2019-01-01")), date("2019-02-15"));
        assert_eq!(walk(&steps, date("2019-01-31")), date("2019-03-15"));
    }

    #[test]
    fn monthly_instalments_step_from_the_anchor_and_add_up() {
        let terms = Terms::monthly(3);
        let schedule = terms.schedule(10_000, date("2026-01-31"));
        let expected = [("2026-01-31", 3333), ("2026-02-28", 3333), ("2026-03-31", 3334)];
        assert_eq!(schedule, expected.map(|(day, amount)| (date(day), amount)));
    }
}
