//! Whom to contact next: a score made of parts that people can see and add up, a phrase that says why, and a first
//! step. The parts follow the default formula of the domain reference, section 8; events add their own points. How many
//! points there are for what is said by a [`Strategy`].

mod ahead;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::money::{self, Currency, NumberStyle};
use super::strategy::{Rate, Strategy};
use ahead::{lapsing_soon, stepped, worse_soon};

/// What is known about a customer on the day of the list. Amounts in base minor units.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Facts {
    /// Due and overdue, less disputed parts and amounts under a promise that can still be kept.
    pub to_collect: i64,
    /// Some of what is due and overdue has no rate to the base currency: it is to be collected and not in `to_collect`.
    pub no_rate: bool,
    /// The amount that earns all points for size.
    pub reference: i64,
    /// The base currency of the amounts.
    pub currency: Currency,
    /// Days past due of the oldest item to collect.
    pub oldest_days: i64,
    /// The date of the latest promise broken in the last 90 days.
    pub broken_promise: Option<NaiveDate>,
    /// The day of a promise that has come; money still counts.
    pub promise_due: Option<NaiveDate>,
    /// The first day a payment plan has been in default.
    pub plan_default: Option<NaiveDate>,
    /// The date of an instalment that is due and not paid.
    pub instalment_due: Option<NaiveDate>,
    /// Days since somebody spoke to the customer; `None` when nobody ever did.
    pub days_since_contact: Option<i64>,
    /// The highest level of a reminder of what is past due; 0 for none, and where the strategy does not ask.
    pub level: i64,
    /// Risk from 0 (good) to 100 (bad).
    pub risk: i64,
    /// Exposure in thousandths of the credit limit; `None` without a limit.
    pub limit_use_permille: Option<i64>,
    /// A follow-up date set earlier has come.
    pub snooze_due: bool,
    /// A dispute was answered and the customer does not know yet.
    pub dispute_answered: bool,
    /// A dispute was rejected, so its amount is to be collected.
    pub dispute_rejected: bool,
    /// Unapplied money of the customer, above zero.
    pub unapplied: i64,
    /// The next item falling due: days from today and amount.
    pub next_due: Option<(i64, i64)>,
    /// Days until an item past due falls into a worse bucket, and which; where the strategy asks.
    pub worse: Option<(i64, &'static str)>,
    /// Days until a cash discount of an open item ends; where the strategy asks.
    pub lapsing: Option<i64>,
}

/// A visible part of the score.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Part {
    /// Whole points.
    pub points: i64,
    /// What they are for, in a few words.
    pub reason: String,
    /// The kind of reason, in one word: `amount`, `age`, `risk`, `broken`, `silence`; `event` for all else.
    #[serde(skip)]
    pub kind: &'static str,
}

/// The step that promises most.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum NextStep {
    /// Talk to somebody.
    Call,
    /// Write a reminder.
    Email,
    /// Look whether promised money came.
    Check,
    /// Match money that is already here.
    Apply,
    /// Tell the customer the answer to a dispute.
    Reply,
    /// Nothing to do today.
    Wait,
}

impl NextStep {
    /// The word on the screen.
    pub fn word(self) -> &'static str {
        match self {
            NextStep::Call => "call",
            NextStep::Email => "e-mail",
            NextStep::Check => "check",
            NextStep::Apply => "apply",
            NextStep::Reply => "reply",
            NextStep::Wait => "wait",
        }
    }
}

/// A customer's place on the list.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Scored {
    /// The parts with points, most first. They add up to `total`.
    pub parts: Vec<Part>,
    /// The score: about 0 to 100, more when events come together.
    pub total: i64,
    /// One short phrase: the event that calls for action, else the heaviest part.
    pub why: String,
    /// What to do first.
    pub next: NextStep,
}

/// The five parts of the default formula, unrounded: `40 x c(past_due / reference)`, `25 x c(oldest / 90)`,
/// `15 x risk / 100`, `10` for a broken promise, `10 x c(days since contact / 14)`; c clamps to 0..1. The points are
/// those of the built-in strategy.
pub fn formula(
    past_due: Decimal,
    reference: Decimal,
    oldest_days: i64,
    risk: Decimal,
    broken: bool,
    days_since_contact: Option<i64>,
) -> [Decimal; 5] {
    weighed(&Strategy::default(), (past_due, reference), oldest_days, risk, broken, days_since_contact)
}

/// The formula with the points of a strategy.
fn weighed(
    strategy: &Strategy,
    (past_due, reference): (Decimal, Decimal),
    oldest_days: i64,
    risk: Decimal,
    broken: bool,
    days_since_contact: Option<i64>,
) -> [Decimal; 5] {
    // Multiplied first, so that a half stays a half: the quick total rounds the same.
    let part = |points: i64, value: Decimal, whole: Decimal| match whole > Decimal::ZERO {
        true => Decimal::from(points) * value.clamp(Decimal::ZERO, whole) / whole,
        false => Decimal::from(points) * value.clamp(Decimal::ZERO, Decimal::ONE),
    };
    let of = |rate: Rate, value: i64| part(rate.points, Decimal::from(value), Decimal::from(rate.full));
    let silence = strategy.silence;
    [
        part(strategy.amount.points, past_due, reference),
        of(strategy.age, oldest_days),
        part(strategy.risk, risk, Decimal::ONE_HUNDRED),
        Decimal::from(strategy.broken) * Decimal::from(u8::from(broken)),
        days_since_contact.map_or(Decimal::from(silence.points), |days| of(silence, days)),
    ]
}

/// Scores a customer; `None` when there is nothing to collect and nothing happened, so that the list stays short.
pub fn score(facts: &Facts, strategy: &Strategy) -> Option<Scored> {
    let mut parts = Vec::new();
    if counts(facts, strategy) {
        parts.extend(formula_parts(facts, strategy));
        parts.extend(level_part(facts, strategy.level));
        parts.extend(facts.no_rate.then(|| Part { points: NO_RATE_POINTS, reason: NO_RATE.to_owned(), kind: EVENT }));
    }
    parts.extend(event_parts(facts, strategy));
    if parts.is_empty() {
        return None;
    }
    parts.sort_by_key(|part| -part.points);
    let total = parts.iter().map(|part| part.points).sum();
    let why = event_phrase(facts).unwrap_or_else(|| parts[0].reason.clone());
    Some(Scored { parts, total, why, next: next_step(facts, strategy) })
}

/// The total of [`score`] alone, in whole-number arithmetic: what a list of many thousand customers is sorted by. `None`
/// exactly when `score` is.
pub fn total(facts: &Facts, strategy: &Strategy) -> Option<i64> {
    let part = |points: i64, value: i64, whole: i64| {
        let (value, whole) = (i128::from(value.clamp(0, whole.max(0))), i128::from(whole.max(1)));
        // Half away from zero: the values are never negative here.
        ((i128::from(points) * value * 2 + whole) / (whole * 2)) as i64
    };
    let mut total = 0;
    if counts(facts, strategy) {
        let size = strategy.amount.points;
        total += match stepped(facts, strategy)[0] {
            Some(step) => step.map_or(0, |step| step.points),
            None if facts.reference > 0 => part(size, facts.to_collect, facts.reference),
            None if facts.to_collect > 0 => size,
            None => 0,
        };
        total += match stepped(facts, strategy)[1] {
            Some(step) => step.map_or(0, |step| step.points),
            None => part(strategy.age.points, facts.oldest_days, strategy.age.full),
        };
        total += part(strategy.risk, facts.risk, 100);
        total += if facts.broken_promise.is_some() { strategy.broken } else { 0 };
        let silence = strategy.silence;
        total += facts.days_since_contact.map_or(silence.points, |days| part(silence.points, days, silence.full));
        total += part(strategy.level.points, facts.level, strategy.level.full);
        total += if facts.no_rate { NO_RATE_POINTS } else { 0 };
    }
    let happened = [
        facts.promise_due.is_some(),
        facts.instalment_due.is_some(),
        facts.plan_default.is_some(),
        facts.dispute_rejected,
        facts.dispute_answered,
        facts.snooze_due,
        facts.unapplied > 0,
        facts.next_due.is_some_and(|(days, due)| days <= strategy.soon_days && due >= facts.reference),
        facts.limit_use_permille.is_some_and(|used| used > 1000),
        worse_soon(facts, strategy).is_some(),
        lapsing_soon(facts, strategy).is_some(),
    ];
    total += happened.iter().zip(strategy.events.all()).filter(|event| *event.0).map(|event| event.1).sum::<i64>();
    Some(total).filter(|total| *total > 0)
}

/// Whether the preconditions of the strategy are met, so that what is to collect earns points.
fn counts(facts: &Facts, strategy: &Strategy) -> bool {
    let minimum = strategy.minimum.saturating_mul(10i64.pow(facts.currency.digits()));
    (facts.to_collect > minimum || facts.no_rate) && facts.oldest_days >= strategy.min_days
}

/// Kinds of the formula's parts, in its order.
pub const KINDS: [&str; 5] = ["amount", "age", "risk", "broken", "silence"];
/// Kind of the points of an event.
pub const EVENT: &str = "event";
/// Why a customer is listed whose overdue items have no rate to the book's currency.
pub const NO_RATE: &str = "No rate";
/// The points for it, under every strategy: how much is owed cannot be weighed, so it must not weigh nothing.
const NO_RATE_POINTS: i64 = 10;

/// The formula's parts as whole points with their reasons; parts without points are left out.
fn formula_parts(facts: &Facts, strategy: &Strategy) -> Vec<Part> {
    let points = weighed(
        strategy,
        (Decimal::from(facts.to_collect), Decimal::from(facts.reference)),
        facts.oldest_days,
        Decimal::from(facts.risk),
        facts.broken_promise.is_some(),
        facts.days_since_contact,
    );
    let reasons = [
        format!("{} to collect", amount(facts.to_collect, facts.currency)),
        format!("Oldest {} days past due", facts.oldest_days),
        format!("Risk {}", facts.risk),
        facts.broken_promise.map(broken_phrase).unwrap_or_default(),
        facts.days_since_contact.map_or("Never contacted".to_owned(), |days| format!("No contact for {days} days")),
    ];
    let mut whole = points.map(|exact| money::to_minor(exact, 0).unwrap_or(0));
    let mut reasons = reasons;
    for (place, step) in stepped(facts, strategy).into_iter().enumerate() {
        let Some(step) = step else { continue };
        whole[place] = step.map_or(0, |step| step.points);
        if let Some(step) = step {
            reasons[place] += &format!(", the step from {}", money::grouped(step.from, 0, NumberStyle::Point));
        }
    }
    let parts = whole.into_iter().zip(reasons).zip(KINDS).filter(|((points, _), _)| *points > 0);
    parts.map(|((points, reason), kind)| Part { points, reason, kind }).collect()
}

/// Points for the level of the last reminder, as a whole number.
fn level_part(facts: &Facts, rate: Rate) -> Option<Part> {
    let (value, full) = (Decimal::from(facts.level.clamp(0, rate.full.max(0))), Decimal::from(rate.full.max(1)));
    let points = money::to_minor(Decimal::from(rate.points) * value / full, 0).unwrap_or(0);
    (points > 0).then(|| Part { points, reason: format!("Reminder of level {}", facts.level), kind: EVENT })
}

/// Points of events, which list a customer even when nothing is overdue.
fn event_parts(facts: &Facts, strategy: &Strategy) -> Vec<Part> {
    let over_limit = facts.limit_use_permille.filter(|used| *used > 1000);
    let soon = large_due_soon(facts, strategy);
    let events = [
        (facts.promise_due.is_some(), facts.promise_due.map(due_phrase).unwrap_or_default()),
        (facts.instalment_due.is_some(), facts.instalment_due.map(instalment_phrase).unwrap_or_default()),
        (facts.plan_default.is_some(), facts.plan_default.map(default_phrase).unwrap_or_default()),
        (facts.dispute_rejected, "Dispute rejected".to_owned()),
        (facts.dispute_answered, "Dispute answered".to_owned()),
        (facts.snooze_due, "Follow-up due".to_owned()),
        (facts.unapplied > 0, format!("{} unapplied", amount(facts.unapplied, facts.currency))),
        (soon.is_some(), soon.unwrap_or_default()),
        (over_limit.is_some(), format!("Credit use {} %", (over_limit.unwrap_or(0) + 5) / 10)),
        (worse_soon(facts, strategy).is_some(), worse_soon(facts, strategy).unwrap_or_default()),
        (lapsing_soon(facts, strategy).is_some(), lapsing_soon(facts, strategy).unwrap_or_default()),
    ];
    let earned =
        events.into_iter().zip(strategy.events.all()).filter(|((happened, _), points)| *happened && *points > 0);
    earned.map(|((_, reason), points)| Part { points, reason, kind: EVENT }).collect()
}

/// A large item falling due within days: worth a friendly word before it is late.
fn large_due_soon(facts: &Facts, strategy: &Strategy) -> Option<String> {
    let (days, due) = facts.next_due.filter(|(days, due)| *days <= strategy.soon_days && *due >= facts.reference)?;
    Some(format!("{} due in {days} days", amount(due, facts.currency)))
}

/// The most pressing event, if any: people act on events before amounts.
fn event_phrase(facts: &Facts) -> Option<String> {
    let fixed = |happened: bool, words: &str| happened.then(|| words.to_owned());
    let due = facts.to_collect > 0 || facts.no_rate;
    let broken = facts.broken_promise.filter(|_| due).map(broken_phrase);
    let default = facts.plan_default.filter(|_| due).map(default_phrase);
    default
        .or(broken)
        .or_else(|| fixed(facts.dispute_rejected, "Dispute rejected"))
        .or_else(|| facts.promise_due.map(due_phrase))
        .or_else(|| facts.instalment_due.map(instalment_phrase))
        .or_else(|| fixed(facts.dispute_answered, "Dispute answered"))
        .or_else(|| fixed(facts.snooze_due, "Follow-up due"))
        .or_else(|| fixed(facts.no_rate, NO_RATE))
}

/// The first step: what we owe the customer or can do alone comes before asking for money.
fn next_step(facts: &Facts, strategy: &Strategy) -> NextStep {
    let nothing = facts.to_collect <= 0 && !facts.no_rate;
    if facts.dispute_answered {
        NextStep::Reply
    } else if facts.promise_due.is_some() || facts.instalment_due.is_some() {
        NextStep::Check
    } else if facts.unapplied > 0 {
        NextStep::Apply
    } else if facts.dispute_rejected
        || ((facts.broken_promise.is_some() || facts.plan_default.is_some()) && !nothing)
        || facts.snooze_due
    {
        NextStep::Call
    } else if nothing && large_due_soon(facts, strategy).is_some() {
        NextStep::Email
    } else if nothing || facts.days_since_contact.is_some_and(|days| days < strategy.quiet_days) {
        NextStep::Wait
    } else if facts.oldest_days >= strategy.call_days {
        NextStep::Call
    } else {
        NextStep::Email
    }
}

/// `Promise broken 13 Mar`.
fn broken_phrase(date: NaiveDate) -> String {
    format!("Promise broken {}", date.format("%-d %b"))
}

/// `Plan in default since 13 Mar`.
fn default_phrase(date: NaiveDate) -> String {
    format!("Plan in default since {}", date.format("%-d %b"))
}

/// `Instalment of 13 Mar is due`.
/// Its day may be past: money counts for some days more.
fn due_phrase(date: NaiveDate) -> String {
    format!("Promise due {}", date.format("%-d %b"))
}

fn instalment_phrase(date: NaiveDate) -> String {
    format!("Instalment of {} is due", date.format("%-d %b"))
}

/// An amount with its currency, without decimals: the list is for choosing, not for adding.
fn amount(minor: i64, currency: Currency) -> String {
    let digits = currency.digits();
    let whole = money::to_minor(money::to_decimal(minor, digits), 0).unwrap_or(minor);
    format!("{} {currency}", money::grouped(whole, 0, NumberStyle::Point))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::strategy::{Events, Step};

    pub(super) fn step(from: i64, points: i64) -> Step {
        Step { from, points }
    }

    pub(super) fn facts() -> Facts {
        Facts {
            to_collect: 0,
            no_rate: false,
            reference: 5_000_000,
            currency: Currency::EUR,
            oldest_days: 0,
            broken_promise: None,
            promise_due: None,
            plan_default: None,
            instalment_due: None,
            days_since_contact: None,
            level: 0,
            risk: 50,
            limit_use_permille: None,
            snooze_due: false,
            dispute_answered: false,
            dispute_rejected: false,
            unapplied: 0,
            next_due: None,
            worse: None,
            lapsing: None,
        }
    }

    #[test]
    fn the_quick_total_is_the_total_of_the_parts() {
        let mut dice = 88_172_645_463_325_252_u64;
        let mut roll = |sides: u64| {
            dice ^= dice << 13;
            dice ^= dice >> 7;
            dice ^= dice << 17;
            (dice % sides) as i64
        };
        for _ in 0..5_000 {
            let facts = Facts {
                to_collect: roll(6_000_000) - 100_000,
                no_rate: roll(7) == 0,
                reference: if roll(9) == 0 { 0 } else { 2_500_000 },
                oldest_days: roll(200),
                risk: roll(101),
                level: roll(5),
                broken_promise: (roll(4) == 0).then(|| "2026-03-13".parse().unwrap()),
                promise_due: (roll(5) == 0).then(|| "2026-03-13".parse().unwrap()),
                plan_default: (roll(5) == 0).then(|| "2026-03-13".parse().unwrap()),
                instalment_due: (roll(5) == 0).then(|| "2026-03-13".parse().unwrap()),
                days_since_contact: (roll(4) > 0).then(|| roll(40)),
                limit_use_permille: (roll(2) == 0).then(|| roll(2_000)),
                snooze_due: roll(6) == 0,
                dispute_rejected: roll(9) == 0,
                unapplied: roll(3) * 500,
                next_due: (roll(2) == 0).then(|| (roll(10), roll(9_000_000))),
                worse: (roll(2) == 0).then(|| (roll(12), "31-60")),
                lapsing: (roll(2) == 0).then(|| roll(12)),
                ..facts()
            };
            let strategy = Strategy {
                minimum: roll(3) * 5_000,
                min_days: roll(3) * 20,
                broken: roll(20),
                silence: Rate { points: roll(30), full: 1 + roll(30) },
                level: Rate { points: roll(20), full: 1 + roll(4) },
                amount_steps: if roll(2) == 0 {
                    vec![step(0, 3), step(1_000, 9), step(40_000, 20)]
                } else {
                    Vec::new()
                },
                age_steps: if roll(2) == 0 { vec![step(31, 5), step(61, 30)] } else { Vec::new() },
                events: Events {
                    unapplied: roll(2) * 5,
                    worse_bucket: roll(3) * 4,
                    discount_lapsing: roll(3) * 2,
                    ..Strategy::default().events
                },
                ..Strategy::default()
            };
            let scored = score(&facts, &strategy).map(|scored| scored.total);
            assert_eq!(total(&facts, &strategy), scored, "{facts:?} {strategy:?}");
        }
    }

    #[test]
    fn customers_with_nothing_to_do_are_not_listed() {
        assert_eq!(score(&facts(), &Strategy::default()), None);
    }

    #[test]
    fn the_parts_add_up_and_the_phrase_names_the_event() {
        let broken = Facts {
            to_collect: 1_234_500,
            oldest_days: 45,
            broken_promise: "2026-03-13".parse().ok(),
            days_since_contact: Some(7),
            ..facts()
        };
        let scored = score(&broken, &Strategy::default()).unwrap();
        assert_eq!(scored.total, scored.parts.iter().map(|part| part.points).sum::<i64>());
        assert_eq!((scored.why.as_str(), scored.next), ("Promise broken 13 Mar", NextStep::Call));
        assert!(scored.parts.iter().any(|part| part.reason == "12,345 EUR to collect" && part.points == 10));
    }

    #[test]
    fn fresh_contact_means_wait_and_money_here_is_applied_first() {
        let fresh = Facts { to_collect: 100, oldest_days: 40, days_since_contact: Some(1), ..facts() };
        assert_eq!(score(&fresh, &Strategy::default()).unwrap().next, NextStep::Wait);
        let unapplied = Facts { unapplied: 100, ..fresh };
        assert_eq!(score(&unapplied, &Strategy::default()).unwrap().next, NextStep::Apply);
    }
}
