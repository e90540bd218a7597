//! Policies and customers as the tests of decisions write them down.

use chrono::NaiveDate;
use o2c::domain::dunning::{Customer, Decision, Hold, Item, Level, Origin, Outcome, Policy, Sent, WaitFrom, decide};
use o2c::domain::money::Currency;

pub fn day(text: &str) -> NaiveDate {
    text.parse().expect("a date")
}

/// A level so many days after the due date.
pub fn level(number: u32, wait_days: i64) -> Level {
    Level { number, wait_days, payment_days: 10, ..Level::default() }
}

/// A level so many days after the letter before.
pub fn after_letter(number: u32, wait_days: i64) -> Level {
    Level { wait_from: WaitFrom::LastLetter, ..level(number, wait_days) }
}

pub fn policy(levels: Vec<Level>) -> Policy {
    Policy { name: "standard".into(), language: "en".into(), levels, ..Policy::default() }
}

pub fn item(id: i64, due: &str, open: i64) -> Item {
    Item {
        id,
        document: id,
        currency: Currency::EUR,
        due: day(due),
        open,
        disputed: 0,
        promised_until: None,
        planned_until: None,
        origin: Origin::Trade,
        sent: Vec::new(),
        in_outbox: false,
        untold: false,
        by_hand: false,
    }
}

/// The same item after a letter.
pub fn sent(item: Item, level: u32, on: &str) -> Item {
    let mut item = item;
    item.sent.push(Sent { level, on: day(on), policy: "standard".into(), fee: false });
    item
}

pub fn owing(items: Vec<Item>) -> Customer {
    Customer { id: 1, number: "10023".into(), items, ..Customer::default() }
}

pub fn hold(item: Option<i64>, until: Option<&str>) -> Hold {
    let (kind, reason) = ("manual".to_owned(), "waits for our answer".to_owned());
    Hold { id: 1, item, kind, from: day("2026-01-01"), until: until.map(day), reason }
}

pub fn on(customer: &Customer, policy: &Policy, today: &str) -> Decision {
    decide(customer, std::slice::from_ref(policy), |_| Some(0), day(today))
}

/// The level of each item, 0 where it is left alone.
pub fn levels(customer: &Customer, policy: &Policy, today: &str) -> Vec<u32> {
    let level = |outcome| match outcome {
        Outcome::Dun(level) => level,
        Outcome::Leave => 0,
    };
    on(customer, policy, today).verdicts.into_iter().map(|verdict| level(verdict.outcome)).collect()
}

/// The reason of each item, in a word.
pub fn words(customer: &Customer, policy: &Policy, today: &str) -> Vec<&'static str> {
    on(customer, policy, today).verdicts.into_iter().map(|verdict| verdict.why.word()).collect()
}
