//! Promises to pay. The state follows from the promise and the money that came: only cash counts, inside the window
//! from the day after the promise was made to the promised date plus the days of tolerance (reference section 8).

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::calendar::{self, Holidays, Roll};

/// The setting of how many days ahead may be promised without a second person.
pub const HORIZON: &str = "promise-horizon-days";
/// Days ahead a promise may be for without a second person, where the company says nothing else.
pub const HORIZON_DAYS: i64 = 90;

/// How many promises on an item may fail or be renewed before the next takes a second person, where the company says
/// nothing else.
pub const RENEWALS: i64 = 3;

/// How a customer may say they will pay.
pub const METHODS: [&str; 6] = ["transfer", "direct debit", "card", "cheque", "cash", "set-off"];

/// How a promise may have been made.
pub const SOURCES: [&str; 5] = ["call", "e-mail", "portal", "visit", "letter"];

/// What was said of a promise beside its day and amount; what was not said is empty.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Said {
    /// How they will pay: one of [`METHODS`].
    pub method: String,
    /// Who said so.
    pub contact: String,
    /// How it was said: one of [`SOURCES`].
    pub source: String,
}

/// What became of a promise.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum State {
    /// The window has not passed and not all has come.
    Open,
    /// All came in time; may be so before the date.
    Kept,
    /// Something came in time, not all.
    PartlyKept,
    /// Nothing came in time.
    Broken,
    /// Taken back before it was judged.
    Withdrawn,
}

impl State {
    /// The word on the screen.
    pub fn word(self) -> &'static str {
        match self {
            State::Open => "open",
            State::Kept => "kept",
            State::PartlyKept => "partly kept",
            State::Broken => "broken",
            State::Withdrawn => "withdrawn",
        }
    }
}

/// A promise as made.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Promise {
    /// The day it was made; money of that day or before does not count. `None` counts all money.
    pub made: Option<NaiveDate>,
    /// Minor units promised.
    pub amount: i64,
    /// The day promised.
    pub date: NaiveDate,
    /// Whether it was taken back.
    pub withdrawn: bool,
}

/// How exact a promise must be met.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Leeway {
    /// Days after the promised date that still count.
    pub days: i64,
    /// Minor units that may be missing.
    pub amount: i64,
    /// The days off besides weekends: a window that would end on a day nobody works ends on the next working day, since
    /// no bank books before it. `None` counts calendar days only.
    pub days_off: Option<Holidays>,
}

impl Leeway {
    /// The earliest promised day whose window has not passed on `today`.
    pub fn earliest_open(&self, today: NaiveDate) -> NaiveDate {
        let before = calendar::add_days(today, -1);
        let worked = self.days_off.as_ref().map_or(before, |off| calendar::roll(before, Roll::Preceding, off));
        calendar::add_days(worked, 1 - self.days)
    }
}

impl Promise {
    /// The last day money counts.
    pub fn until(&self, leeway: &Leeway) -> NaiveDate {
        let last = calendar::add_days(self.date, leeway.days);
        leeway.days_off.as_ref().map_or(last, |days_off| calendar::roll(last, Roll::Following, days_off))
    }

    /// Minor units that came inside the window by `as_of`; `payments` are (effective date, amount), a returned
    /// payment negative.
    pub fn paid(&self, payments: &[(NaiveDate, i64)], leeway: &Leeway, as_of: NaiveDate) -> i64 {
        let last = self.until(leeway).min(as_of);
        let counts = |day: NaiveDate| day <= last && self.made.is_none_or(|made| day > made);
        payments.iter().filter(|payment| counts(payment.0)).map(|payment| payment.1).sum()
    }

    /// The state at `as_of`: kept once paid is at least promised less the leeway, open until the window has passed,
    /// then partly kept or broken.
    pub fn state(&self, payments: &[(NaiveDate, i64)], leeway: &Leeway, as_of: NaiveDate) -> State {
        let paid = self.paid(payments, leeway, as_of);
        if self.withdrawn {
            State::Withdrawn
        } else if paid >= self.amount - leeway.amount {
            State::Kept
        } else if as_of <= self.until(leeway) {
            State::Open
        } else if paid > 0 {
            State::PartlyKept
        } else {
            State::Broken
        }
    }
}

/// The level of each promise of an item, oldest first: one more than the promises before it that were not kept.
/// Withdrawn ones count as not kept; a promise for the rest after a kept one stays at its level.
pub fn levels(history: &[State]) -> Vec<u32> {
    let mut level = 1;
    let mut levels = Vec::with_capacity(history.len());
    for state in history {
        levels.push(level);
        if *state != State::Kept {
            level += 1;
        }
    }
    levels
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn money_of_the_day_it_was_made_does_not_count_and_a_return_breaks_it() {
        let made = Some(date("2026-06-01"));
        let promise = Promise { made, amount: 1000, date: date("2026-06-10"), withdrawn: false };
        let leeway = &Leeway { days: 2, ..Leeway::default() };
        let early = [(date("2026-06-01"), 1000)];
        assert_eq!(promise.state(&early, leeway, date("2026-06-12")), State::Open);
        assert_eq!(promise.state(&early, leeway, date("2026-06-13")), State::Broken);
        let returned = [(date("2026-06-05"), 1000), (date("2026-06-09"), -1000)];
        assert_eq!(promise.state(&returned, leeway, date("2026-06-05")), State::Kept);
        assert_eq!(promise.state(&returned, leeway, date("2026-06-13")), State::Broken);
    }

    #[test]
    fn a_window_that_ends_on_a_weekend_or_a_holiday_ends_on_the_next_working_day() {
        // Promised for Friday with two days of tolerance: Sunday, so Monday, and Tuesday where Monday is a holiday.
        let promise = Promise { made: None, amount: 1000, date: date("2026-06-05"), withdrawn: false };
        let monday = [(date("2026-06-08"), 1000)];
        let state = |days_off| promise.state(&monday, &Leeway { days: 2, amount: 0, days_off }, date("2026-06-10"));
        assert_eq!(state(None), State::Broken);
        assert_eq!(state(Some(Holidays::new())), State::Kept);
        let leeway = Leeway { days: 2, amount: 0, days_off: Some(Holidays::from([date("2026-06-08")])) };
        assert_eq!(promise.until(&leeway), date("2026-06-09"));
        for day in (0..40).map(|more| calendar::add_days(date("2026-06-01"), more)) {
            let first = leeway.earliest_open(day);
            let open = |promised| Promise { date: promised, ..promise }.until(&leeway) >= day;
            assert!(open(first) && !open(calendar::add_days(first, -1)), "{day}: {first}");
        }
    }

    #[test]
    fn every_promise_not_kept_raises_the_next() {
        assert_eq!(levels(&[State::Broken, State::Withdrawn, State::Kept, State::Open]), [1, 2, 3, 3]);
    }
}
