//! Three years of invoices with what became of each: seasons and growth in the number, the customer's habit in the
//! payments, now and then a credit or a dispute. Nothing is written here; payments after today are still to come.

use chrono::{Datelike, NaiveDate};

use super::clients::{Client, Habit};
use super::dice::Dice;
use crate::domain::calendar::{add_days, add_months, month_start};
use crate::domain::dispute::Reason;

/// A dispute in an invoice's history.
#[derive(Debug, Clone)]
pub(super) struct Case {
    /// When it was opened.
    pub opened: NaiveDate,
    /// When it was decided; `None` while open.
    pub decided: Option<NaiveDate>,
    /// Minor units disputed.
    pub amount: i64,
    /// Of these accepted.
    pub accepted: i64,
    /// Why.
    pub reason: Reason,
}

/// One invoice and what became of it.
#[derive(Debug, Clone)]
pub(super) struct Bill {
    /// Place of its customer in the list.
    pub client: usize,
    /// Document date.
    pub date: NaiveDate,
    /// When all of it is due.
    pub due: NaiveDate,
    /// Minor units.
    pub amount: i64,
    /// Terms of its own.
    pub terms: Option<&'static str>,
    /// Payments with their days, also those still to come.
    pub payments: Vec<(NaiveDate, i64)>,
    /// A part credited by hand.
    pub credit: Option<(NaiveDate, i64)>,
    /// A small rest written off.
    pub rest: Option<(NaiveDate, i64)>,
    /// A dispute.
    pub case: Option<Box<Case>>,
    /// Told step by step, not only as settled.
    pub told: bool,
}

impl Bill {
    /// The number of the invoice at this place.
    pub fn number(place: usize) -> String {
        format!("INV-{}", 20_001 + place)
    }

    /// What is open on the morning of `day` if all goes as planned.
    pub fn open_on(&self, day: NaiveDate) -> i64 {
        let paid: i64 = self.payments.iter().filter(|(on, _)| *on < day).map(|(_, amount)| amount).sum();
        let credited = self.credit.into_iter().chain(self.rest).filter(|(on, _)| *on < day).map(|(_, amount)| amount);
        let accepted =
            self.case.iter().filter(|case| case.decided.is_some_and(|on| on < day)).map(|case| case.accepted);
        self.amount - paid - credited.sum::<i64>() - accepted.sum::<i64>()
    }
}

/// How much of the history is told step by step.
#[derive(Debug, Clone, Copy)]
pub(super) struct Telling {
    /// Today.
    pub today: NaiveDate,
    /// From when on calls, promises and disputes are written.
    pub from: NaiveDate,
    /// Of a thousand invoices since then, how many.
    pub per_mille: u64,
}

/// Sales by month, January first: strong before Christmas, weak in August.
const SEASON: [u64; 12] = [92, 88, 102, 98, 96, 104, 90, 68, 104, 109, 119, 136];

/// Months of history, the present one included.
const MONTHS: i32 = 36;

/// First day of the history.
pub(super) fn start(today: NaiveDate) -> NaiveDate {
    add_months(month_start(today), 1 - MONTHS)
}

/// The next working day, the day itself if it is one.
pub(super) fn working(day: NaiveDate) -> NaiveDate {
    match day.weekday().num_days_from_monday() {
        5 => add_days(day, 2),
        6 => add_days(day, 1),
        _ => day,
    }
}

/// The last working day, the day itself if it is one.
pub(super) fn worked(day: NaiveDate) -> NaiveDate {
    match day.weekday().num_days_from_monday() {
        5 => add_days(day, -1),
        6 => add_days(day, -2),
        _ => day,
    }
}

/// The dates of `count` invoices from the start of the history to yesterday, in order.
fn dates(count: usize, seed: u64, today: NaiveDate) -> Vec<NaiveDate> {
    let first = start(today);
    let mut dice = Dice::new(seed, 2);
    let mut weights = Vec::new();
    let mut day = first;
    let mut sum = 0u64;
    while day < today {
        // Growth of about a sixth a year; few invoices are written on Mondays, many at the end of a month.
        let month = SEASON[day.month0() as usize] * (100 + 4 * weights.len() as u64 / 90);
        let week = [70, 100, 105, 110, 115, 0, 0][day.weekday().num_days_from_monday() as usize];
        let end = if add_days(day, 4).month() == day.month() { 100 } else { 150 };
        sum += month * week * end + 1;
        weights.push((sum, day));
        day = add_days(day, 1);
    }
    let mut dates: Vec<NaiveDate> = (0..count)
        .map(|_| {
            let throw = dice.below(sum.max(1));
            let place = weights.partition_point(|(upto, _)| *upto <= throw);
            weights.get(place).map_or(first, |(_, day)| *day)
        })
        .collect();
    dates.sort_unstable();
    dates
}

/// Makes the invoices of all customers, by date.
pub(super) fn make(count: usize, seed: u64, clients: &[Client], telling: &Telling) -> Vec<Bill> {
    let mut sum = 0;
    let shares: Vec<u64> = clients
        .iter()
        .map(|client| {
            sum += client.weight;
            sum
        })
        .collect();
    let mut dice = Dice::new(seed, 3);
    dates(count, seed, telling.today)
        .into_iter()
        .map(|date| {
            let throw = dice.below(sum);
            let client = shares.partition_point(|upto| *upto <= throw).min(clients.len() - 1);
            bill(client, &clients[client], date, telling, &mut dice)
        })
        .collect()
}

fn amount(usual: i64, dice: &mut Dice) -> i64 {
    let share = 35 + dice.between(0, 90) + dice.between(0, 90) * dice.between(0, 100) / 60;
    let amount = usual * share / 100;
    match dice.below(4) {
        // Round prices are common, cents are too.
        0 => (amount / 5_000).max(1) * 5_000,
        1 => (amount / 100).max(1) * 100,
        _ => (amount + dice.between(-50, 49)).max(995),
    }
}

fn bill(place: usize, client: &Client, date: NaiveDate, telling: &Telling, dice: &mut Dice) -> Bill {
    let amount = amount(client.usual, dice);
    let terms = (amount > 1_500_000 && dice.chance(120)).then_some("3 x monthly");
    let due = match terms {
        Some(_) => add_months(date, 2),
        None => client.terms.final_due(date),
    };
    let told = date >= telling.from && dice.chance(telling.per_mille);
    let mut bill = Bill {
        client: place,
        date,
        due,
        amount,
        terms,
        payments: Vec::new(),
        credit: None,
        rest: None,
        case: None,
        told,
    };
    let mut owed = amount;
    let mut earliest = date;
    if told && terms.is_none() {
        earliest = faults(&mut bill, client, telling.today, dice);
        owed -= bill.credit.map_or(0, |(_, part)| part) + bill.case.as_ref().map_or(0, |case| case.accepted);
    }
    if owed > 0
        && let Some(days) = client.delay(due, telling.today, dice)
    {
        pay(&mut bill, client, owed, add_days(due, days).max(earliest), dice);
    }
    bill
}

/// Something wrong with the invoice: a dispute, or a part credited without one. Returns the day before which no money
/// comes.
fn faults(bill: &mut Bill, client: &Client, today: NaiveDate, dice: &mut Dice) -> NaiveDate {
    let often = if client.habit == Habit::Disputer { 210 } else { 24 };
    if dice.chance(often) {
        let opened = working(add_days(bill.due, dice.between(-6, 14)).max(add_days(bill.date, 10)));
        let decided = working(add_days(opened, dice.between(9, 44)));
        if decided < today {
            let amount = if dice.chance(250) { bill.amount } else { bill.amount * dice.between(8, 60) / 100 };
            let accepted = match dice.below(10) {
                0..4 => amount,
                4..7 => amount * dice.between(25, 75) / 100,
                _ => 0,
            };
            let reason = Reason::ALL[dice.below(12) as usize];
            bill.case = Some(Box::new(Case { opened, decided: Some(decided), amount, accepted, reason }));
            return add_days(decided, 2);
        }
    } else if dice.chance(16) {
        let on = working(add_days(bill.date, dice.between(9, 16)));
        if on < today {
            bill.credit = Some((on, bill.amount * dice.between(4, 18) / 100));
            return add_days(on, 1);
        }
    }
    bill.date
}

/// The day money arrives that was meant for `day`: a working day, for some customers that of their payment run.
fn arrives(client: &Client, day: NaiveDate) -> NaiveDate {
    let Some(run) = client.run else { return working(day) };
    let ahead = (run + 7 - day.weekday().num_days_from_monday()) % 7;
    add_days(day, i64::from(ahead))
}

fn pay(bill: &mut Bill, client: &Client, owed: i64, on: NaiveDate, dice: &mut Dice) {
    let on = arrives(client, on.max(add_days(bill.date, 1)));
    let parts = if client.habit == Habit::PartPayer { 650 } else { 22 };
    if dice.chance(parts) && owed > 20_000 {
        // People who pay a part pay a round one.
        let first = (owed * dice.between(35, 70) / 100 / 10_000).max(1) * 10_000;
        bill.payments.push((on, first));
        bill.payments.push((arrives(client, add_days(on, dice.between(18, 58))), owed - first));
    } else if bill.told && dice.chance(12) && owed > 40_000 {
        // A bank keeps its charges; somebody writes the rest off.
        let charge = dice.between(5, 28) * 100;
        bill.payments.push((on, owed - charge));
        bill.rest = Some((working(add_days(on, dice.between(12, 30))), charge));
    } else {
        bill.payments.push((on, owed));
    }
}
