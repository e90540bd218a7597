//! Payment plans: parts of items paid by instalments. How a plan stands follows from the plan and the money that came
//! on its items since it was made: nothing about it is kept by hand. In good standing it keeps its items from reminders
//! and from "to collect"; an instalment missed beyond the grace puts it in default, and everything comes back.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::calendar::{add_days, add_months};
use super::money;

/// The most instalments a plan may have.
pub const MOST: usize = 60;
/// Days after an instalment's date in which it still counts, where nothing else is said.
pub const GRACE_DAYS: i64 = 5;
/// The most days of grace a plan may have.
pub const MOST_GRACE: i64 = 60;

/// One instalment as agreed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Instalment {
    /// The day it is to be paid.
    pub on: NaiveDate,
    /// Minor units.
    pub amount: i64,
}

/// Something set against an item since the plan was made.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Flow {
    /// When it counts.
    pub on: NaiveDate,
    /// Minor units; a reversal is negative.
    pub amount: i64,
    /// Money that came, and not a credit note, discount or write-off.
    pub cash: bool,
}

/// A part of an item that a plan is about.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Part {
    /// How much of it is planned, minor units.
    pub amount: i64,
    /// What was open when the plan was made; at least `amount`.
    pub open: i64,
    /// What was set against it since.
    pub flows: Vec<Flow>,
}

/// A plan as made.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Plan {
    /// Days after an instalment's date in which it still counts.
    pub grace_days: i64,
    /// The instalments by date. They add up to the parts.
    pub instalments: Vec<Instalment>,
    /// The items.
    pub parts: Vec<Part>,
    /// How it was ended by hand, where it was.
    pub ended: Option<Ended>,
}

/// How a plan was ended by hand.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Ended {
    /// Another plan took its place.
    Replaced,
    /// It was taken back.
    Withdrawn,
}

/// How a plan stands.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum State {
    /// An instalment was missed beyond the grace and something is left.
    Default,
    /// Every instalment was paid in time so far.
    Good,
    /// Nothing of it is left to pay.
    Completed,
    /// Another plan took its place.
    Replaced,
    /// It was taken back.
    Withdrawn,
}

impl State {
    /// The word on the screen.
    pub fn word(self) -> &'static str {
        match self {
            State::Good => "good standing",
            State::Default => "default",
            State::Completed => "completed",
            State::Replaced => "replaced",
            State::Withdrawn => "withdrawn",
        }
    }

    /// Whether something is still expected of it.
    pub fn is_live(self) -> bool {
        matches!(self, State::Good | State::Default)
    }
}

/// What became of one instalment.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Came {
    /// Paid in time.
    Paid,
    /// Paid, later than the grace allowed.
    Late,
    /// Its date has come and its grace has not passed.
    Due,
    /// Not all of it came in time.
    Missed,
    /// Its date is to come.
    Later,
}

impl Came {
    /// The word on the screen.
    pub fn word(self) -> &'static str {
        match self {
            Came::Paid => "paid",
            Came::Late => "paid late",
            Came::Due => "due",
            Came::Missed => "missed",
            Came::Later => "to come",
        }
    }
}

/// One instalment with what was paid on it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Row {
    /// The day agreed.
    pub on: NaiveDate,
    /// The last day that counts.
    pub until: NaiveDate,
    /// Minor units agreed.
    pub agreed: i64,
    /// What of it is left to be paid at all after credits: they shorten a plan from its end.
    pub amount: i64,
    /// What was paid on it: money goes to the earliest instalment first.
    pub paid: i64,
    /// What became of it.
    pub came: Came,
}

/// How a plan stands on a day.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Standing {
    /// The state.
    pub state: State,
    /// Instalments with what was paid on each.
    pub rows: Vec<Row>,
    /// Minor units paid.
    pub paid: i64,
    /// Minor units still to be paid by it.
    pub left: i64,
    /// Minor units whose day has come and that were not paid.
    pub due: i64,
    /// The day of the earliest instalment that is due and not paid.
    pub due_since: Option<NaiveDate>,
    /// The first day it was in default: the day after the grace of the first instalment missed.
    pub default_since: Option<NaiveDate>,
    /// The next instalment not paid in full: the day the calendar alone puts the plan in default, unless it is paid.
    pub breaks_on: Option<NaiveDate>,
    /// The next instalment to come: day and amount.
    pub next: Option<(NaiveDate, i64)>,
    /// What is left of each part, in the order of the parts.
    pub left_of: Vec<i64>,
    /// What of each part need not be collected now: nothing unless in good standing.
    pub held_of: Vec<i64>,
}

impl Plan {
    /// All of it, minor units.
    pub fn total(&self) -> i64 {
        self.instalments.iter().map(|one| one.amount).sum()
    }

    /// What was paid on each part and what is left of it by a day.
    fn at(&self, day: NaiveDate) -> Vec<(i64, i64)> {
        let of = |part: &Part| {
            let sum = |cash| -> i64 {
                let counts = |flow: &&Flow| flow.cash == cash && flow.on <= day;
                part.flows.iter().filter(counts).map(|flow| flow.amount).sum()
            };
            let cash = sum(true);
            let paid = cash.clamp(0, part.amount);
            let open = part.open - cash - sum(false);
            (paid, (part.amount - paid).min(open).max(0))
        };
        self.parts.iter().map(of).collect()
    }

    /// Whether so much was paid by a day, or all that was a debt of it then.
    fn is_covered(&self, sum: i64, day: NaiveDate) -> bool {
        let then = self.at(day);
        let paid: i64 = then.iter().map(|(paid, _)| paid).sum();
        let left: i64 = then.iter().map(|(_, left)| left).sum();
        paid >= sum.min(paid + left)
    }

    /// Since when an instalment is missed, up to which so much was to be paid by `until`: the day after, where it was not
    /// paid then, and otherwise the day on which the money went back that is missing today.
    fn missed(&self, sum: i64, until: NaiveDate, today: NaiveDate) -> Option<NaiveDate> {
        if !self.is_covered(sum, until) {
            return Some(add_days(until, 1));
        }
        if self.is_covered(sum, today) {
            return None;
        }
        let flows = self.parts.iter().flat_map(|part| &part.flows).map(|flow| flow.on);
        let mut days: Vec<NaiveDate> = flows.filter(|day| *day > until && *day <= today).collect();
        days.sort_unstable_by(|one, other| other.cmp(one));
        days.into_iter().take_while(|day| !self.is_covered(sum, *day)).last()
    }

    /// How it stands on a day.
    pub fn standing(&self, today: NaiveDate) -> Standing {
        let now = self.at(today);
        let paid: i64 = now.iter().map(|(paid, _)| paid).sum();
        let left: i64 = now.iter().map(|(_, left)| left).sum();
        // What is still a debt of the plan: credits took the rest off its end.
        let owed = paid + left;
        let mut rows = Vec::with_capacity(self.instalments.len());
        let (mut sum, mut default_since) = (0, None);
        for one in &self.instalments {
            let (before, until) = (sum.min(owed), add_days(one.on, self.grace_days));
            sum += one.amount;
            let amount = sum.min(owed) - before;
            let got = (paid - before).clamp(0, amount);
            let missed = if until >= today { None } else { self.missed(sum, until, today) };
            let in_time = missed.is_none();
            default_since = default_since.or(missed);
            let came = match (got >= amount, in_time) {
                (true, true) if amount == 0 && one.on > today => Came::Later,
                (true, true) => Came::Paid,
                (true, false) => Came::Late,
                (false, false) => Came::Missed,
                (false, true) if one.on <= today => Came::Due,
                (false, true) => Came::Later,
            };
            rows.push(Row { on: one.on, until, agreed: one.amount, amount, paid: got, came });
        }
        let state = match self.ended {
            Some(Ended::Replaced) => State::Replaced,
            Some(Ended::Withdrawn) => State::Withdrawn,
            None if left <= 0 => State::Completed,
            None if default_since.is_some() => State::Default,
            None => State::Good,
        };
        let unpaid = |row: &&Row| row.paid < row.amount;
        let due: i64 = rows.iter().filter(|row| row.on <= today).map(|row| row.amount - row.paid).sum();
        let next = rows.iter().find(|row| row.on > today && row.paid < row.amount);
        let left_of: Vec<i64> = now.iter().map(|(_, left)| *left).collect();
        Standing {
            held_of: if state == State::Good { held(&left_of, due) } else { vec![0; left_of.len()] },
            due_since: rows.iter().find(|row| row.on <= today && row.paid < row.amount).map(|row| row.on),
            breaks_on: rows.iter().find(unpaid).map(|row| add_days(row.until, 1)).filter(|_| state == State::Good),
            next: next.map(|row| (row.on, row.amount - row.paid)),
            state,
            rows,
            paid,
            left,
            due,
            default_since: default_since.filter(|_| state != State::Good),
            left_of,
        }
    }
}

/// What of each part is not asked for now: what is due by the plan is asked of the first parts, the oldest.
fn held(left: &[i64], due: i64) -> Vec<i64> {
    let mut ask = due;
    let mut out = Vec::with_capacity(left.len());
    for part in left {
        let asked = ask.clamp(0, *part);
        ask -= asked;
        out.push(part - asked);
    }
    out
}

/// So many equal rates, one a month on the day of the first, where the month has it; the last takes the remainder.
pub fn monthly(total: i64, rates: usize, first: NaiveDate) -> Vec<Instalment> {
    let amounts = money::split(total, &vec![rust_decimal::Decimal::ONE; rates]);
    let on = |place: usize| add_months(first, i32::try_from(place).unwrap_or(i32::MAX));
    amounts.into_iter().enumerate().map(|(place, amount)| Instalment { on: on(place), amount }).collect()
}

/// What is wrong with a schedule, as a sentence part; `None` where it can be agreed.
pub fn fault(instalments: &[Instalment], planned: i64, today: NaiveDate) -> Option<String> {
    if instalments.is_empty() || instalments.len() > MOST {
        return Some(format!("a plan has 1 to {MOST} instalments, not {}", instalments.len()));
    }
    if let Some(one) = instalments.iter().find(|one| one.amount <= 0) {
        return Some(format!("the instalment of {} must be more than 0", one.on));
    }
    if let Some(pair) = instalments.windows(2).find(|pair| pair[0].on >= pair[1].on) {
        return Some(format!("the instalment of {} must come before that of {}", pair[0].on, pair[1].on));
    }
    let (first, last) = (instalments[0].on, instalments[instalments.len() - 1].on);
    if first < today {
        return Some(format!("{first} is in the past; a plan looks forward"));
    }
    if last > add_months(today, 120) {
        return Some(format!("{last} is more than ten years away"));
    }
    let sum = instalments.iter().try_fold(0i64, |sum, one| sum.checked_add(one.amount));
    (sum != Some(planned)).then(|| "the instalments do not add up to what is planned".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    /// Three times 1,000.00 from 1 April over an item of 3,000.00, five days of grace.
    fn plan(flows: &[(&str, i64, bool)]) -> Plan {
        let flows = flows.iter().map(|(on, amount, cash)| Flow { on: day(on), amount: *amount, cash: *cash }).collect();
        Plan {
            grace_days: 5,
            instalments: monthly(300_000, 3, day("2026-04-01")),
            parts: vec![Part { amount: 300_000, open: 300_000, flows }],
            ended: None,
        }
    }

    #[test]
    fn rates_fall_on_the_day_of_the_first_and_the_last_takes_the_remainder() {
        let rates = monthly(100_000, 3, day("2026-01-31"));
        let shown: Vec<(String, i64)> = rates.iter().map(|one| (one.on.to_string(), one.amount)).collect();
        let must = [("2026-01-31", 33_333), ("2026-02-28", 33_333), ("2026-03-31", 33_334)];
        assert_eq!(shown, must.map(|(on, amount)| (on.to_owned(), amount)));
        assert_eq!(fault(&rates, 100_000, day("2026-01-31")), None);
    }

    #[test]
    fn an_instalment_is_missed_the_day_after_its_grace_and_not_before() {
        let plan = plan(&[]);
        let on = |text| plan.standing(day(text));
        assert_eq!((on("2026-03-31").due, on("2026-03-31").state), (0, State::Good));
        assert_eq!((on("2026-04-01").due, on("2026-04-01").held_of[0]), (100_000, 200_000));
        assert_eq!((on("2026-04-06").state, on("2026-04-06").breaks_on), (State::Good, Some(day("2026-04-07"))));
        let broken = on("2026-04-07");
        assert_eq!((broken.state, broken.default_since), (State::Default, Some(day("2026-04-07"))));
        assert_eq!(broken.held_of, [0], "everything comes back");
    }

    #[test]
    fn late_money_counts_as_paid_and_does_not_mend_a_default() {
        let late = plan(&[("2026-04-09", 100_000, true)]).standing(day("2026-04-10"));
        assert_eq!((late.state, late.paid, late.rows[0].came), (State::Default, 100_000, Came::Late));
        let all = plan(&[("2026-04-09", 300_000, true)]).standing(day("2026-04-10"));
        assert_eq!((all.state, all.left), (State::Completed, 0));
    }

    #[test]
    fn a_returned_payment_puts_the_plan_in_default_and_a_backdated_receipt_mends_it() {
        let returned = [("2026-04-03", 100_000, true), ("2026-04-05", -100_000, true)];
        assert_eq!(plan(&returned[..1]).standing(day("2026-04-20")).state, State::Good);
        assert_eq!(plan(&returned).standing(day("2026-04-20")).state, State::Default);
        let mended = [returned[0], returned[1], ("2026-04-06", 100_000, true)];
        assert_eq!(plan(&mended).standing(day("2026-04-20")).state, State::Good);
    }

    #[test]
    fn money_that_goes_back_after_the_grace_misses_its_instalment_on_that_day() {
        let returned = [("2026-04-03", 100_000, true), ("2026-04-15", -100_000, true)];
        assert_eq!(plan(&returned).standing(day("2026-04-14")).state, State::Good);
        let now = plan(&returned).standing(day("2026-04-20"));
        assert_eq!((now.state, now.default_since), (State::Default, Some(day("2026-04-15"))));
        assert_eq!((now.rows[0].came, now.held_of.clone()), (Came::Missed, vec![0]));
        // Taken off by mistake and set against it again: what counts is that it is paid.
        let mended = [returned[0], returned[1], ("2026-04-16", 100_000, true)];
        assert_eq!(plan(&mended).standing(day("2026-04-20")).state, State::Good);
    }

    #[test]
    fn a_credit_shortens_the_plan_from_its_end() {
        let credited = plan(&[("2026-04-02", 150_000, false)]).standing(day("2026-04-03"));
        let amounts: Vec<i64> = credited.rows.iter().map(|row| row.amount).collect();
        assert_eq!((amounts, credited.left, credited.due), (vec![100_000, 50_000, 0], 150_000, 100_000));
        let all = plan(&[("2026-04-02", 300_000, false)]).standing(day("2026-04-30"));
        assert_eq!((all.state, all.paid), (State::Completed, 0));
    }

    #[test]
    fn paying_ahead_keeps_the_plan_in_good_standing() {
        let ahead = plan(&[("2026-03-20", 250_000, true)]);
        let june = ahead.standing(day("2026-06-02"));
        assert_eq!((june.state, june.due, june.left), (State::Good, 50_000, 50_000));
        assert_eq!(ahead.standing(day("2026-06-07")).state, State::Default);
    }

    #[test]
    fn what_is_paid_beyond_the_planned_part_is_not_of_the_plan() {
        let flows = vec![Flow { on: day("2026-03-20"), amount: 400, cash: true }];
        let parts = vec![Part { amount: 300, open: 1_000, flows }, Part { amount: 300, open: 300, flows: Vec::new() }];
        let plan = Plan { grace_days: 0, instalments: monthly(600, 2, day("2026-04-01")), parts, ended: None };
        let now = plan.standing(day("2026-03-21"));
        assert_eq!((now.paid, now.left, now.left_of), (300, 300, vec![0, 300]));
    }

    #[test]
    fn a_schedule_that_cannot_be_agreed_says_why() {
        let good = monthly(300, 3, day("2026-04-01"));
        let said = |list: &[Instalment], planned| fault(list, planned, day("2026-03-16")).unwrap_or_default();
        assert!(said(&good, 301).contains("do not add up"));
        assert!(said(&[], 0).contains("1 to 60"));
        assert!(said(&[good[1], good[0]], 200).contains("must come before"));
        assert!(fault(&good, 300, day("2026-04-02")).unwrap().contains("in the past"));
        assert!(said(&[Instalment { amount: 0, ..good[0] }], 0).contains("more than 0"));
    }
}
