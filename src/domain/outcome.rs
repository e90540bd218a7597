//! What may come of a contact, what is to be done next because of it, and when: every contact ends with a next step and
//! its day, so that nobody falls off the list.

use chrono::NaiveDate;

use super::calendar::{Holidays, add_working_days};

/// How a customer is contacted.
pub const KINDS: [&str; 7] = ["call", "e-mail", "letter", "visit", "meeting", "portal", "agency"];

/// What came of a contact.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Outcome {
    /// Nobody answered.
    NoAnswer,
    /// Somebody was spoken to, and nothing else came of it.
    Reached,
    /// A message was left.
    LeftMessage,
    /// Payment was promised.
    Promised,
    /// Payment by instalments was agreed or asked for.
    Plan,
    /// The claim is disputed.
    Disputes,
    /// They say it is paid.
    SaysPaid,
    /// They want a copy or a statement.
    WantsCopy,
    /// They cannot pay.
    CannotPay,
    /// They will not pay.
    Refuses,
    /// They want to be called at another time.
    CallBack,
    /// The number or the person is wrong.
    WrongContact,
}

impl Outcome {
    /// All of them, the usual one first.
    pub const ALL: [Outcome; 12] = [
        Outcome::NoAnswer,
        Outcome::Reached,
        Outcome::LeftMessage,
        Outcome::Promised,
        Outcome::Plan,
        Outcome::Disputes,
        Outcome::SaysPaid,
        Outcome::WantsCopy,
        Outcome::CannotPay,
        Outcome::Refuses,
        Outcome::CallBack,
        Outcome::WrongContact,
    ];

    /// The words on the screen and in the book.
    pub fn words(self) -> &'static str {
        match self {
            Outcome::NoAnswer => "no answer",
            Outcome::Reached => "reached",
            Outcome::LeftMessage => "left message",
            Outcome::Promised => "promised",
            Outcome::Plan => "plan",
            Outcome::Disputes => "disputes",
            Outcome::SaysPaid => "says paid",
            Outcome::WantsCopy => "wants copy",
            Outcome::CannotPay => "cannot pay",
            Outcome::Refuses => "refuses",
            Outcome::CallBack => "call back",
            Outcome::WrongContact => "wrong contact",
        }
    }

    /// Reads [`Outcome::words`].
    pub fn parse(words: &str) -> Option<Outcome> {
        Outcome::ALL.into_iter().find(|one| one.words().eq_ignore_ascii_case(words.trim()))
    }

    /// What is done next because of it.
    pub fn next(self) -> &'static str {
        match self {
            Outcome::NoAnswer | Outcome::LeftMessage => "call again",
            Outcome::Reached | Outcome::CallBack => "call back",
            Outcome::Promised => "check whether the money came",
            Outcome::Plan => "record the payment plan",
            Outcome::Disputes => "record the dispute",
            Outcome::SaysPaid => "search for the payment, ask for its date and reference",
            Outcome::WantsCopy => "send the copy",
            Outcome::CannotPay => "offer a payment plan",
            Outcome::Refuses => "decide on the next step with the team lead",
            Outcome::WrongContact => "find the right contact",
        }
    }

    /// In how many working days.
    pub fn days(self) -> i64 {
        match self {
            Outcome::NoAnswer | Outcome::CallBack | Outcome::WantsCopy | Outcome::Refuses | Outcome::WrongContact => 1,
            Outcome::LeftMessage | Outcome::SaysPaid | Outcome::Plan | Outcome::Disputes => 2,
            Outcome::Promised | Outcome::CannotPay => 3,
            Outcome::Reached => 5,
        }
    }

    /// The day of the next step, where nobody says another.
    pub fn next_on(self, today: NaiveDate) -> NaiveDate {
        add_working_days(today, self.days(), &Holidays::new())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_outcome_has_a_next_step_and_a_day_to_come() {
        let friday: NaiveDate = "2026-03-13".parse().unwrap();
        for outcome in Outcome::ALL {
            assert_eq!(Outcome::parse(outcome.words()), Some(outcome));
            assert!(!outcome.next().is_empty() && outcome.next_on(friday) > friday, "{outcome:?}");
        }
        assert_eq!(Outcome::NoAnswer.next_on(friday).to_string(), "2026-03-16", "not on a Saturday");
    }
}
