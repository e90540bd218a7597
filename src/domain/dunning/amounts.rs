//! Reminders: which items are late enough, which level they reach, and what amount is worth a letter (domain reference
//! 5.5 and 5.6). Grace delays action; it never moves a due date and never changes aging.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::domain::{calendar, item};

/// Days in arrears after grace: `days past due - grace`. Above 0 the item may be reminded of.
pub fn arrears(due: NaiveDate, run: NaiveDate, grace: i64) -> i64 {
    item::days_past_due(due, run) - grace
}

/// Whether enough days have passed since the last run to select an account again.
pub fn interval_passed(last: NaiveDate, run: NaiveDate, interval: i64) -> bool {
    calendar::days_between(last, run) >= interval
}

/// The least amount for a level: both must be reached.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Minimum {
    /// Minor units.
    pub amount: i64,
    /// Percent of all open items of the customer.
    pub percent: Decimal,
}

impl Minimum {
    /// Whether `dunnable` of `open` minor units is worth a letter.
    pub fn is_met(&self, dunnable: i64, open: i64) -> bool {
        let share = Decimal::from(open) * self.percent / Decimal::ONE_HUNDRED;
        dunnable >= self.amount && Decimal::from(dunnable) >= share
    }
}

/// The highest level up to `reached` whose minimum is met; 0 means no letter. `minimum` gives a level's minimum.
pub fn level_after_minimum(reached: u32, dunnable: i64, open: i64, minimum: impl Fn(u32) -> Minimum) -> u32 {
    (1..=reached).rev().find(|level| minimum(*level).is_met(dunnable, open)).unwrap_or(0)
}

/// An item considered for a reminder. Amounts in minor units.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Candidate {
    /// What is open.
    pub open: i64,
    /// Its disputed part.
    pub disputed: i64,
    /// The due date.
    pub due: NaiveDate,
    /// Held back: an open promise, a plan in good standing, money on its way, a block.
    pub held: bool,
}

/// What a reminder may ask for, in minor units.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Dunnable {
    /// Overdue, undisputed and not held.
    pub collectible: i64,
    /// That less unapplied credits, at least 0.
    pub amount: i64,
    /// Whether it reaches the minimum.
    pub send: bool,
}

/// `max(0, sum of (open - disputed) over items past grace and not held - unapplied)`, sent when at least `minimum`.
pub fn dunnable(items: &[Candidate], as_of: NaiveDate, grace: i64, unapplied: i64, minimum: i64) -> Dunnable {
    let late = items.iter().filter(|item| !item.held && arrears(item.due, as_of, grace) > 0);
    let collectible: i64 = late.map(|item| (item.open - item.disputed).max(0)).sum();
    let amount = (collectible - unapplied).max(0);
    Dunnable { collectible, amount, send: amount > 0 && amount >= minimum }
}
