//! The service clock of a case: by when its department must have answered and decided, in working days, not counting the
//! days on which the customer had to answer.

use chrono::NaiveDate;

use crate::domain::calendar::{Holidays, add_days, add_working_days, is_working_day};
use crate::domain::department;

/// Working days a department has.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Standard {
    /// To the first answer, from the day the case came to it.
    pub answer: i64,
    /// To the decision, from the day the case was opened.
    pub decide: i64,
}

/// What holds where the company set nothing else.
pub const USUAL: Standard = Standard { answer: 2, decide: 14 };

/// The most working days a clock stands still for the customer, all pauses together.
pub const PAUSE_MOST: i64 = 20;

/// The standard of a department, from the company's setting: `invoicing 2/10; order processing 3/15; * 2/14`.
pub fn standard(setting: &str, department: &str) -> Standard {
    let mut found = USUAL;
    for (name, standard) in read(setting).unwrap_or_default() {
        if department::current(&name) == department::current(department) {
            return standard;
        }
        if name == "*" {
            found = standard;
        }
    }
    found
}

/// Reads the company's setting; `Err` says what cannot be read.
pub fn read(setting: &str) -> Result<Vec<(String, Standard)>, String> {
    let one = |part: &str| -> Option<(String, Standard)> {
        let (name, days) = part.trim().rsplit_once(' ')?;
        let (answer, decide) = days.split_once('/')?;
        let days = |text: &str| text.parse::<i64>().ok().filter(|days| (0..=250).contains(days));
        let name = name.trim().to_lowercase();
        (name == "*" || department::parse(&name).is_some()).then_some(())?;
        Some((name, Standard { answer: days(answer)?, decide: days(decide)? }))
    };
    let parts = setting.split(';').filter(|part| !part.trim().is_empty());
    parts.map(|part| one(part).ok_or_else(|| part.trim().to_owned())).collect()
}

/// Something that happened to a case.
#[derive(Clone, Copy, Debug)]
pub struct Event<'a> {
    /// When.
    pub on: NaiveDate,
    /// What, the word of the step.
    pub what: &'a str,
    /// Where the case stood after it.
    pub state: &'a str,
    /// The department after it.
    pub department: &'a str,
}

/// How a case stands against its standard.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Clock {
    /// The last day for the first answer.
    pub answer_by: NaiveDate,
    /// When it was given.
    pub answered_on: Option<NaiveDate>,
    /// The last day for the decision; later, the case is escalated.
    pub decide_by: NaiveDate,
    /// Working days that did not count.
    pub paused: i64,
    /// Whether it stands still today.
    pub stands: bool,
    /// When the case was closed.
    pub closed_on: Option<NaiveDate>,
}

impl Clock {
    /// Whether the decision was, or is by `today`, later than it must be.
    pub fn is_late(&self, today: NaiveDate) -> bool {
        !self.stands && self.closed_on.unwrap_or(today) > self.decide_by
    }

    /// Whether the first answer was, or is by `today`, later than it must be.
    pub fn is_unanswered(&self, today: NaiveDate) -> bool {
        !self.stands && self.answered_on.or(self.closed_on).unwrap_or(today) > self.answer_by
    }

    /// Whether somebody above has to look: open and past the day of the decision.
    pub fn is_escalated(&self, today: NaiveDate) -> bool {
        self.closed_on.is_none() && self.is_late(today)
    }

    /// Days to the decision; below zero when late.
    pub fn days_left(&self, today: NaiveDate) -> i64 {
        (self.decide_by - today).num_days()
    }
}

/// Steps that answer the customer or bring the case on; writing down who owns it does not.
const ANSWERS: [&str; 6] = ["note", "waits", "clarified", "resolved", "charged back", "answered"];

/// Runs the clock over what happened, oldest first. Without an event the case is not there, and nothing is due.
pub fn run(events: &[Event<'_>], standard: Standard, today: NaiveDate, holidays: &Holidays) -> Clock {
    let opened = events.first().map_or(today, |event| event.on);
    let department = department::current(events.last().map_or("", |event| event.department));
    let arrived = events
        .iter()
        .rposition(|event| department::current(event.department) != department)
        .map_or(0, |place| place + 1);
    let came = events.get(arrived).map_or(opened, |event| event.on);
    let after = events.iter().skip(arrived.max(1));
    let answered_on = after.filter(|event| ANSWERS.contains(&event.what)).map(|event| event.on).next();
    let mut paused = 0;
    let mut since = None;
    let mut closed_on = None;
    for event in events {
        match (since, event.state == "on customer") {
            (None, true) => since = Some(event.on),
            (Some(from), false) => {
                paused += working_days(from, event.on, holidays);
                since = None;
            }
            _ => {}
        }
        closed_on = matches!(event.state, "closed" | "void").then_some(event.on);
    }
    if let Some(from) = since {
        paused += working_days(from, today, holidays);
    }
    // A customer who never answers does not stop the clock for good.
    let stands = since.is_some() && paused < PAUSE_MOST;
    let paused = paused.min(PAUSE_MOST);
    Clock {
        answer_by: add_working_days(came, standard.answer, holidays),
        answered_on,
        decide_by: add_working_days(opened, standard.decide + paused, holidays),
        paused,
        stands,
        closed_on,
    }
}

/// Working days from a day until before another; never more than a pause can count.
fn working_days(from: NaiveDate, until: NaiveDate, holidays: &Holidays) -> i64 {
    let mut count = 0;
    let mut day = from;
    while day < until && count < PAUSE_MOST {
        count += i64::from(is_working_day(day, holidays));
        day = add_days(day, 1);
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn event<'a>(on: &str, what: &'a str, state: &'a str, department: &'a str) -> Event<'a> {
        Event { on: day(on), what, state, department }
    }

    #[test]
    fn a_clock_counts_working_days_and_stands_while_the_customer_must_answer() {
        let none = Holidays::default();
        // Monday 2 March; 14 working days later is Friday 20 March.
        let opened = event("2026-03-02", "opened", "new", "sales");
        let clock = run(&[opened], USUAL, day("2026-03-20"), &none);
        assert_eq!((clock.answer_by, clock.decide_by), (day("2026-03-04"), day("2026-03-20")));
        assert!(!clock.is_late(day("2026-03-20")) && clock.is_escalated(day("2026-03-21")));
        assert!(clock.is_unanswered(day("2026-03-05")));
        // Three working days on the customer, Friday to Wednesday, move the day from Friday 20 to Wednesday 25 March.
        let waits = event("2026-03-06", "waits", "on customer", "sales");
        let back = event("2026-03-11", "note", "assigned", "sales");
        let clock = run(&[opened, waits, back], USUAL, day("2026-03-23"), &none);
        assert_eq!((clock.paused, clock.decide_by), (3, day("2026-03-25")));
        assert_eq!(clock.answered_on, Some(day("2026-03-06")));
        let clock = run(&[opened, waits], USUAL, day("2026-04-30"), &none);
        assert_eq!((clock.paused, clock.stands), (PAUSE_MOST, false), "a pause has an end");
        assert!(clock.is_late(day("2026-04-30")));
    }

    #[test]
    fn a_department_answers_from_the_day_the_case_came_to_it() {
        let none = Holidays::default();
        // Words of earlier versions stand for the departments of now, in the setting and on cases.
        let setting = "sales 1/5; * 3/10";
        let events = [
            event("2026-03-02", "opened", "new", "logistics"),
            event("2026-03-03", "note", "new", "logistics"),
            event("2026-03-09", "assigned", "assigned", "invoicing"),
        ];
        let clock = run(&events, standard(setting, "sales"), day("2026-03-10"), &none);
        assert_eq!((clock.answer_by, clock.answered_on), (day("2026-03-10"), None));
        assert_eq!(clock.decide_by, day("2026-03-09"), "the decision is due from the day it was opened");
        assert_eq!(standard(setting, "disputes"), Standard { answer: 3, decide: 10 });
        assert_eq!(standard("", "disputes"), USUAL);
        assert_eq!(read("sales two/5"), Err("sales two/5".to_owned()));
        assert_eq!(read("nonsense 2/5"), Err("nonsense 2/5".to_owned()));
    }
}
