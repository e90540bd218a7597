//! A dunning policy as people write it: levels with their waits, minimum amounts, fees, channels and effects. A version
//! of it never changes; a letter names the version it was decided by.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::amounts::Minimum;
use super::facts::{Item, Origin};
use crate::domain::calendar;
use crate::domain::late::Profile;
use crate::domain::money::{self, Currency};

/// Minor units by currency; a currency that is not named has 0.
pub type Amounts = BTreeMap<Currency, i64>;

/// How the level of an item follows from what was sent before.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    /// One level after the other, each item for itself.
    #[default]
    Sequential,
    /// The highest level an item's age reaches, whatever was sent.
    Highest,
    /// The same, and every item of a customer's letter takes the highest of them.
    HighestPerCustomer,
    /// The customer has the level: one letter for everything overdue, and the next waits from the customer's last.
    Customer,
}

/// What open credit notes and unapplied money do to a letter.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Credits {
    /// Taken off what the letter asks for; a letter of nothing is not sent.
    #[default]
    Net,
    /// Listed on the letter, not taken off.
    List,
    /// Left out.
    None,
}

/// What becomes of a fee or interest item once what it was charged for is paid.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Paid {
    /// It stays an item like any other.
    #[default]
    Keep,
    /// It is dunned no more, and may be credited.
    Waive,
    /// It waits for a person.
    Ask,
}

/// What a wait is counted from.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WaitFrom {
    /// The due date.
    #[default]
    DueDate,
    /// The due date, then on to the end of that month.
    MonthEnd,
    /// The letter of the level before.
    LastLetter,
}

/// How a letter goes out, the first that is possible.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Channel {
    /// Electronic mail.
    Mail,
    /// Paper.
    Letter,
    /// A call somebody is asked to make.
    Phone,
}

/// What a sent letter starts. Nothing of it is done by itself: somebody is asked to.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Effect {
    /// Look at the account once the new term has passed.
    Task,
    /// Decide on a credit hold.
    Hold,
    /// Decide on stopping orders.
    StopOrders,
    /// Decide on an agency.
    Agency,
    /// Decide on legal steps.
    Legal,
}

/// What a fee is charged for.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FeePer {
    /// Each item that reaches the level.
    #[default]
    Item,
    /// Each letter with an item that newly reaches the level.
    Letter,
}

/// Interest for late payment: a profile of rates, and whether it is posted with a letter or only told.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Interest {
    /// Rates and how days are counted, as they were when the version was written.
    pub profile: Profile,
    /// Posted as an item of its own; else the letter says what has accrued.
    pub post: bool,
}

/// One level.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Level {
    /// 1, 2, 3 …
    pub number: u32,
    /// Days of the wait; below 0 is a courtesy notice before the due date.
    pub wait_days: i64,
    /// What they are counted from.
    pub wait_from: WaitFrom,
    /// The least amount worth a letter of this level.
    pub min_amount: Amounts,
    /// The least share of all the customer has open, percent.
    pub min_percent: Decimal,
    /// Fixed fee.
    pub fee: Amounts,
    /// Fee as percent of what is asked for.
    pub fee_percent: Decimal,
    /// What the fee is charged for.
    pub fee_per: FeePer,
    /// Channels, first choice first.
    pub channels: Vec<Channel>,
    /// Name of the template; `reminder` with the level's number where it is empty.
    pub template: String,
    /// Days from the letter to the day it asks payment by.
    pub payment_days: i64,
    /// What it starts.
    pub effects: Vec<Effect>,
    /// A run with such a letter is released by two people.
    pub approval: bool,
}

impl Level {
    /// The least amount and share for a currency.
    pub fn minimum(&self, currency: Currency) -> Minimum {
        Minimum { amount: self.min_amount.get(&currency).copied().unwrap_or(0), percent: self.min_percent }
    }

    /// The fee on an amount asked for, minor units.
    pub fn fee_on(&self, asked: i64, currency: Currency) -> i64 {
        let share = Decimal::from(asked) * self.fee_percent / Decimal::ONE_HUNDRED;
        self.fee.get(&currency).copied().unwrap_or(0) + money::to_minor(share, 0).unwrap_or(0)
    }

    /// The first day of the level for an item due on `due`; `None` while it waits for a letter that was not sent.
    pub fn from(&self, due: NaiveDate, last_letter: Option<NaiveDate>) -> Option<NaiveDate> {
        match self.wait_from {
            WaitFrom::DueDate => Some(calendar::add_days(due, self.wait_days)),
            WaitFrom::MonthEnd => Some(calendar::month_end(calendar::add_days(due, self.wait_days))),
            WaitFrom::LastLetter => Some(calendar::add_days(last_letter?, self.wait_days)),
        }
    }

    /// Whether it is a notice before the due date.
    pub fn is_courtesy(&self) -> bool {
        self.wait_days < 0 && self.wait_from == WaitFrom::DueDate
    }
}

/// A policy, one version of it.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Policy {
    /// Its name, the same in every version.
    pub name: String,
    /// How levels follow each other.
    pub mode: Mode,
    /// Days past due before an item counts as late.
    pub grace_days: i64,
    /// Days the latest item of a customer must be in arrears before any letter.
    pub min_days_account: i64,
    /// What may stay open without a letter.
    pub tolerance: Amounts,
    /// Days between any contact of a customer and a letter.
    pub contact_gap_days: i64,
    /// What open credits do.
    pub credits: Credits,
    /// What becomes of fees once the principal is paid.
    pub on_principal_paid: Paid,
    /// Language of letters where the customer's has no template.
    pub language: String,
    /// Every run is released by two people.
    pub approval: bool,
    /// `o2c daily` drafts its letters into a run, once a day; a person releases it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub daily: bool,
    /// Interest for late payment; most policies have none.
    pub interest: Option<Interest>,
    /// Levels in order of their numbers.
    pub levels: Vec<Level>,
}

impl Policy {
    /// The name of the policy under which nothing is dunned.
    pub const NONE: &'static str = "none";

    /// A level by its number.
    pub fn level(&self, number: u32) -> Option<&Level> {
        self.levels.iter().find(|level| level.number == number)
    }

    /// The fixed sum charged for an item by a letter of a day, minor units: once, with the first letter after it was due.
    pub fn compensation(&self, item: &Item, day: NaiveDate) -> i64 {
        let Some(interest) = &self.interest else { return 0 };
        let late = item.origin == Origin::Trade && day > item.due;
        if !late || item.sent.iter().any(|sent| sent.on > item.due) {
            return 0;
        }
        interest.profile.compensation.on(item.asked(), item.currency)
    }

    /// What may stay open in a currency.
    pub fn tolerated(&self, currency: Currency) -> i64 {
        self.tolerance.get(&currency).copied().unwrap_or(0)
    }

    /// What is wrong with it as a whole, each with the level it is about: 0 is the policy itself.
    pub fn faults(&self) -> Vec<(u32, String)> {
        let mut faults = Vec::new();
        if self.name.trim().is_empty() || self.name == Policy::NONE {
            faults.push((0, "a policy needs a name, and \"none\" is the one under which nothing is dunned".to_owned()));
        }
        if self.levels.is_empty() {
            faults.push((0, "a policy has at least one [[level]]".to_owned()));
        }
        for (place, level) in self.levels.iter().enumerate() {
            let must = place as u32 + 1;
            if level.number != must {
                let before =
                    if place == 0 { "the first level is 1".to_owned() } else { format!("level {must} is missing") };
                faults.push((level.number, format!("level {} leaves a gap: {before}", level.number)));
                break;
            }
            if place == 0 && level.wait_from == WaitFrom::LastLetter {
                faults.push((1, "the first level has no letter before it to wait from".to_owned()));
            }
            if level.wait_from == WaitFrom::LastLetter && level.wait_days < 1 {
                faults.push((must, "a wait from the last letter is at least one day".to_owned()));
            }
        }
        faults
    }
}
