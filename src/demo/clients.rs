//! The demo's customers: master data and the habit each pays by. A habit is what makes aging, worklist and figures
//! worth looking at; the share of each is fixed, so that every book of some size has all of them.

use chrono::NaiveDate;

use super::dice::Dice;
use super::names::CULTURES;
use crate::domain::calendar::{add_days, days_between};
use crate::domain::money::Currency;
use crate::domain::terms::Terms;
use crate::store::people::CustomerData;

/// How a customer pays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Habit {
    /// On the day, give or take.
    Punctual,
    /// About so many days late, every time.
    Late(i64),
    /// Early or very late; nobody knows.
    Erratic,
    /// Later every month.
    Worsening,
    /// Half now, half weeks later.
    PartPayer,
    /// Finds something wrong with one invoice in five.
    Disputer,
    /// Promises, and does not pay on the day.
    Breaker,
    /// Pays nothing from this day on.
    Stopped(NaiveDate),
}

/// A customer with what is needed to make its history.
#[derive(Debug, Clone)]
pub(super) struct Client {
    /// Master data.
    pub data: CustomerData,
    /// Currency of its invoices.
    pub currency: Currency,
    /// Its terms, read.
    pub terms: Terms,
    /// How it pays.
    pub habit: Habit,
    /// Share of all invoices, relative to the others.
    pub weight: u64,
    /// A usual invoice, minor units.
    pub usual: i64,
    /// Pays only on this day of the week, Monday 0.
    pub run: Option<u32>,
}

const TERMS: [&str; 10] =
    ["net 30", "net 30", "net 14", "2/10 net 30", "net 30", "net 60", "30 eom", "net 45", "net 60", "30 eom"];

/// One round of habits; `Stopped` gets its day from today.
fn habit(place: usize, today: NaiveDate) -> Habit {
    match place % 30 {
        1 | 14 => Habit::Late(12),
        2 | 21 => Habit::Breaker,
        3 | 18 => Habit::Disputer,
        5 | 23 => Habit::PartPayer,
        6 | 25 => Habit::Worsening,
        7 | 16 => Habit::Erratic,
        9 | 28 => Habit::Late(28),
        11 => Habit::Late(45),
        12 => Habit::Stopped(add_days(today, -150 - 7 * (place as i64 % 13))),
        4 | 19 | 27 => Habit::Late(18),
        10 | 22 => Habit::Late(7),
        _ => Habit::Punctual,
    }
}

fn risk(habit: Habit, dice: &mut Dice) -> i64 {
    match habit {
        Habit::Punctual => dice.between(4, 24),
        Habit::Late(days) => dice.between(20, 34) + days / 2,
        Habit::Erratic => dice.between(42, 60),
        Habit::Worsening => dice.between(60, 82),
        Habit::PartPayer => dice.between(45, 63),
        Habit::Disputer => dice.between(34, 52),
        Habit::Breaker => dice.between(68, 88),
        Habit::Stopped(_) => dice.between(86, 98),
    }
}

/// Makes the customers. Their credit limits follow later, from what they owe.
pub(super) fn make(count: usize, seed: u64, today: NaiveDate, base: Currency) -> Vec<Client> {
    let mut dice = Dice::new(seed, 1);
    let shift = dice.below(CULTURES.len() as u64) as usize;
    let mut used = [0usize; CULTURES.len()];
    (0..count).map(|place| one(place, shift, &mut used, &mut dice, today, base)).collect()
}

fn one(place: usize, shift: usize, used: &mut [usize], dice: &mut Dice, today: NaiveDate, base: Currency) -> Client {
    // The first of a country that stands in the list more than once counts its names.
    let culture = CULTURES[(place + shift) % CULTURES.len()];
    let first = CULTURES.iter().position(|other| other.country == culture.country).unwrap_or(0);
    let (name, domain) = culture.name(used[first]);
    used[first] += 1;
    let habit = habit(place, today);
    let text = *dice.pick(&TERMS);
    let usual = match dice.below(100) {
        0..50 => dice.between(400, 2_000),
        50..88 => dice.between(2_000, 9_000),
        _ => dice.between(9_000, 32_000),
    };
    let run = dice.chance(550).then(|| dice.below(5) as u32);
    let data = CustomerData {
        number: (10_001 + place).to_string(),
        name,
        group: String::new(),
        country: culture.country.to_owned(),
        currency: culture.currency.to_owned(),
        terms: text.to_owned(),
        credit_limit: None,
        email: format!("ap@{domain}.example"),
        phone: format!("{}{:03}", culture.dial, 100 + dice.below(900)),
        contact: (*dice.pick(culture.contacts)).to_owned(),
        language: culture.language.to_owned(),
        owner: if dice.chance(550) { "anna" } else { "ben" }.to_owned(),
        risk: risk(habit, dice),
        blocked: false,
        bank_account: String::new(),
        address: format!("PO Box {}; {}", 1_001 + place, culture.towns[place % culture.towns.len()]),
    };
    Client {
        data,
        currency: Currency::parse(culture.currency).unwrap_or(base),
        terms: Terms::parse(text).unwrap_or_else(|_| Terms::net(30)),
        habit,
        weight: if dice.chance(150) { 260 } else { 40 + dice.below(70) },
        usual: usual * 100,
        run,
    }
}

impl Client {
    /// Days from the due date to the money, for an invoice due on `due`; `None` when it is not paid at all.
    pub fn delay(&self, due: NaiveDate, today: NaiveDate, dice: &mut Dice) -> Option<i64> {
        let usual = match self.habit {
            Habit::Punctual => dice.between(-4, 6),
            Habit::Late(days) => days + dice.between(-6, 8),
            Habit::Erratic => dice.between(-6, 62),
            Habit::Worsening => {
                let age = days_between(due, today).max(0);
                (900 - age.min(900)) / 13 + dice.between(-5, 9)
            }
            Habit::PartPayer => dice.between(3, 14),
            Habit::Disputer => dice.between(4, 18),
            Habit::Breaker => dice.between(26, 74),
            Habit::Stopped(from) => {
                let days = dice.between(10, 30);
                return (add_days(due, days) < from).then_some(days);
            }
        };
        // Now and then one is forgotten, whoever the customer is.
        Some(if dice.chance(30) { usual + dice.between(50, 190) } else { usual })
    }

    /// A credit limit beside `open` minor units: mostly with room, for some exceeded.
    pub fn limit_for(&self, open: i64, dice: &mut Dice) -> i64 {
        let tight = matches!(self.habit, Habit::Stopped(_) | Habit::Worsening) || dice.chance(60);
        let wanted = if tight { open * dice.between(62, 94) / 100 } else { open * dice.between(135, 320) / 100 };
        let floor = if tight { 100_000 } else { self.usual * 3 };
        // Limits are round: thousands up to a hundred thousand, then five thousands.
        let step = if wanted > 10_000_000 { 500_000 } else { 100_000 };
        (wanted.max(floor) / step).max(1) * step
    }
}
