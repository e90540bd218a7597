//! Calendar dates: days between, month ends, working days. Dates carry no time zone. A step past the end of the
//! calendar stops at its last day instead of failing, because no book reaches it.

use std::collections::BTreeSet;

use chrono::{Datelike, Days, Months, NaiveDate, Weekday};
use serde::{Deserialize, Serialize};

/// The public holidays of one country or company; Saturdays and Sundays need not be listed.
pub type Holidays = BTreeSet<NaiveDate>;

/// Where a date that is not a working day goes. Applied last to a due date, never to a discount date.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Roll {
    /// The next working day.
    Following,
    /// The next working day, or the one before when the next lies in another month.
    ModifiedFollowing,
    /// The working day before.
    Preceding,
}

/// Days from `from` to `to`; negative when `to` is earlier. 28 Feb to 1 Mar is 2 days in a leap year, else 1.
pub fn days_between(from: NaiveDate, to: NaiveDate) -> i64 {
    to.signed_duration_since(from).num_days()
}

/// The date `days` later (earlier when negative).
pub fn add_days(date: NaiveDate, days: i64) -> NaiveDate {
    let step = Days::new(days.unsigned_abs());
    if days < 0 {
        date.checked_sub_days(step).unwrap_or(NaiveDate::MIN)
    } else {
        date.checked_add_days(step).unwrap_or(NaiveDate::MAX)
    }
}

/// The same day `months` later, clamped to the end of a shorter month: 31 Jan + 1 month is 28 or 29 Feb.
pub fn add_months(date: NaiveDate, months: i32) -> NaiveDate {
    let step = Months::new(months.unsigned_abs());
    if months < 0 {
        date.checked_sub_months(step).unwrap_or(NaiveDate::MIN)
    } else {
        date.checked_add_months(step).unwrap_or(NaiveDate::MAX)
    }
}

/// The first day of the month of `date`.
pub fn month_start(date: NaiveDate) -> NaiveDate {
    date.with_day(1).unwrap_or(date)
}

/// The last day of the month of `date`.
pub fn month_end(date: NaiveDate) -> NaiveDate {
    add_days(add_months(month_start(date), 1), -1)
}

/// Day `day` of the month of `date`, clamped to the month's length: day 31 of February is its last day.
pub fn day_of_month(date: NaiveDate, day: u32) -> NaiveDate {
    date.with_day(day.max(1)).unwrap_or_else(|| month_end(date))
}

/// Whether people work on `date`: Monday to Friday and not a holiday.
pub fn is_working_day(date: NaiveDate, holidays: &Holidays) -> bool {
    !matches!(date.weekday(), Weekday::Sat | Weekday::Sun) && !holidays.contains(&date)
}

/// Moves `date` to a working day as `roll` says; a working day stays where it is.
pub fn roll(date: NaiveDate, roll: Roll, holidays: &Holidays) -> NaiveDate {
    match roll {
        Roll::Following => next_working_day(date, 1, holidays),
        Roll::Preceding => next_working_day(date, -1, holidays),
        Roll::ModifiedFollowing => {
            let next = next_working_day(date, 1, holidays);
            if next.month() == date.month() { next } else { next_working_day(date, -1, holidays) }
        }
    }
}

/// The date `count` working days later (earlier when negative). Zero gives the date itself.
pub fn add_working_days(date: NaiveDate, count: i64, holidays: &Holidays) -> NaiveDate {
    let step = count.signum();
    (0..count.unsigned_abs()).fold(date, |day, _| next_working_day(add_days(day, step), step, holidays))
}

/// The first working day at or after `date` in the direction of `step` (1 or -1).
fn next_working_day(date: NaiveDate, step: i64, holidays: &Holidays) -> NaiveDate {
    let mut day = date;
    while !is_working_day(day, holidays) && day != NaiveDate::MAX && day != NaiveDate::MIN {
        day = add_days(day, step);
    }
    day
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn months_are_clamped_and_ends_are_found() {
        assert_eq!(add_months(date("2024-01-31"), 1), date("2024-02-29"));
        assert_eq!(add_months(date("2024-03-31"), -1), date("2024-02-29"));
        assert_eq!(month_end(date("2023-02-10")), date("2023-02-28"));
        assert_eq!(day_of_month(date("2024-02-10"), 31), date("2024-02-29"));
    }

    #[test]
    fn working_days_step_over_weekends_and_holidays() {
        let holidays = Holidays::from([date("2026-12-25"), date("2026-12-28")]);
        assert_eq!(add_working_days(date("2026-12-24"), 1, &holidays), date("2026-12-29"));
        assert_eq!(add_working_days(date("2026-12-29"), -1, &holidays), date("2026-12-24"));
        assert_eq!(roll(date("2024-08-31"), Roll::ModifiedFollowing, &Holidays::new()), date("2024-08-30"));
    }
}
