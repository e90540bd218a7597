//! Working days as the date shorthand needs them: Saturday and Sunday are free everywhere, holidays come from a
//! question the caller answers for the customer's country. Counting is bounded, so a wrong calendar cannot hang.

use chrono::{Datelike, Days, NaiveDate, Weekday};

/// Answers with a holiday's name when the day is one. Weekends need not be answered.
pub type Holidays<'a> = &'a dyn Fn(NaiveDate) -> Option<String>;

/// The longest stretch looked through for a working day, in days: twenty years.
const FARTHEST: u32 = 7_305;

/// No holidays at all: weekends remain free. For places where no country's calendar is known.
pub fn no_holidays(_: NaiveDate) -> Option<String> {
    None
}

/// Why nobody works on that day: the holiday's name, or the name of the weekend day. `None` on a working day.
pub fn free_day(date: NaiveDate, holidays: Holidays<'_>) -> Option<String> {
    holidays(date).or_else(|| match date.weekday() {
        Weekday::Sat => Some("Saturday".to_owned()),
        Weekday::Sun => Some("Sunday".to_owned()),
        _ => None,
    })
}

/// The day `count` working days after `from` (before it when negative). Zero gives `from` itself. `None` beyond the
/// calendar or when no working day is found within twenty years.
pub fn add_working_days(from: NaiveDate, count: i32, holidays: Holidays<'_>) -> Option<NaiveDate> {
    let mut date = from;
    let mut left = count.unsigned_abs();
    for _ in 0..FARTHEST {
        if left == 0 {
            return Some(date);
        }
        date = step(date, count > 0)?;
        if free_day(date, holidays).is_none() {
            left -= 1;
        }
    }
    None
}

/// The last working day before `date`.
pub fn previous_working_day(date: NaiveDate, holidays: Holidays<'_>) -> Option<NaiveDate> {
    add_working_days(date, -1, holidays)
}

/// Working days strictly between two dates, in either order. `None` when they are more than twenty years apart.
pub fn working_days_between(one: NaiveDate, other: NaiveDate, holidays: Holidays<'_>) -> Option<u32> {
    let (mut day, last) = (one.min(other), one.max(other));
    if (last - day).num_days() > i64::from(FARTHEST) {
        return None;
    }
    let mut count = 0;
    while let Some(next) = step(day, true).filter(|next| *next < last) {
        day = next;
        count += u32::from(free_day(day, holidays).is_none());
    }
    Some(count)
}

fn step(date: NaiveDate, forward: bool) -> Option<NaiveDate> {
    if forward { date.checked_add_days(Days::new(1)) } else { date.checked_sub_days(Days::new(1)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn weekends_and_holidays_are_stepped_over() {
        let easter = |date: NaiveDate| (date == day("2026-04-03")).then(|| "Good Friday".to_owned());
        assert_eq!(add_working_days(day("2026-03-13"), 1, &no_holidays), Some(day("2026-03-16")));
        assert_eq!(add_working_days(day("2026-04-02"), 1, &easter), Some(day("2026-04-06")));
        assert_eq!(previous_working_day(day("2026-04-05"), &easter), Some(day("2026-04-02")));
        assert_eq!(free_day(day("2026-04-03"), &easter).as_deref(), Some("Good Friday"));
        assert_eq!(working_days_between(day("2026-03-16"), day("2026-03-20"), &no_holidays), Some(3));
    }

    #[test]
    fn a_calendar_without_working_days_ends() {
        assert_eq!(add_working_days(day("2026-03-13"), 1, &|_| Some("strike".to_owned())), None);
    }
}
