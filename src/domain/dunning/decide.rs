//! The decision: of every open item of a customer, whether a letter is due, at which level and why; or why not, and from
//! which day on that changes. Pure: the same facts give the same decision, so a draft, a letter and the answer to "why
//! not" never disagree.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::amounts::arrears;
use super::facts::{Customer, Item, Origin};
use super::policy::{Credits, Level, Mode, Paid, Policy};
use super::reason::Reason;
use crate::domain::calendar::add_days;
use crate::domain::money::Currency;

/// What is decided of an item.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Outcome {
    /// It is in a letter of this level.
    Dun(u32),
    /// It is left alone.
    Leave,
}

/// An item with what is decided of it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Verdict {
    /// The item.
    pub item: i64,
    /// Its currency.
    pub currency: Currency,
    /// What may be asked for, minor units.
    pub asked: i64,
    /// Place of its policy among those given; `None` under no policy.
    pub policy: Option<usize>,
    /// Dunned or left.
    pub outcome: Outcome,
    /// Why.
    pub why: Reason,
    /// The day on which that changes, where the calendar alone changes it.
    pub changes_on: Option<NaiveDate>,
}

impl Verdict {
    /// The level it is dunned at.
    pub fn level(&self) -> Option<u32> {
        match self.outcome {
            Outcome::Dun(level) => Some(level),
            Outcome::Leave => None,
        }
    }
}

/// One letter that is due: a customer, a policy, a level, a currency.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Group {
    /// Place of the policy among those given.
    pub policy: usize,
    /// Its level.
    pub level: u32,
    /// Its currency.
    pub currency: Currency,
    /// Its items.
    pub items: Vec<i64>,
    /// What they add up to, minor units; credits are not taken off.
    pub asked: i64,
}

/// What is decided of a customer: one verdict an item, in the order of the items given.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Decision {
    /// The verdicts.
    pub verdicts: Vec<Verdict>,
    /// Credits taken off what letters ask for, by item, minor units. Each credit counts once.
    netted: BTreeMap<i64, i64>,
}

impl Decision {
    /// What of the customer's credits is taken off for an item that is dunned, minor units; 0 where its policy takes none off.
    pub fn credit_off(&self, item: i64) -> i64 {
        self.netted.get(&item).copied().unwrap_or(0)
    }

    /// The letters that are due, highest level first.
    pub fn groups(&self) -> Vec<Group> {
        let mut groups: BTreeMap<_, Group> = BTreeMap::new();
        for verdict in &self.verdicts {
            let (Outcome::Dun(level), Some(policy)) = (verdict.outcome, verdict.policy) else { continue };
            let key = (std::cmp::Reverse(level), verdict.currency, policy);
            let empty = Group { policy, level, currency: verdict.currency, items: Vec::new(), asked: 0 };
            let group = groups.entry(key).or_insert(empty);
            group.items.push(verdict.item);
            group.asked += verdict.asked;
        }
        groups.into_values().collect()
    }
}

/// Decides about every item of a customer on a day. `policy_of` gives the place of an item's policy in `policies`.
pub fn decide(
    customer: &Customer,
    policies: &[Policy],
    policy_of: impl Fn(&Item) -> Option<usize>,
    today: NaiveDate,
) -> Decision {
    let mut verdicts: Vec<Verdict> = Vec::with_capacity(customer.items.len());
    for item in &customer.items {
        let place = policy_of(item);
        let policy = place.and_then(|place| policies.get(place));
        let (outcome, why, changes_on) = match policy {
            Some(policy) => alone(customer, item, policy, today),
            None if item.open < 0 => (Outcome::Leave, Reason::Credit, None),
            None => (Outcome::Leave, Reason::NoPolicy, None),
        };
        let (currency, asked) = (item.currency, item.asked());
        verdicts.push(Verdict { item: item.id, currency, asked, policy: place, outcome, why, changes_on });
    }
    for (place, policy) in policies.iter().enumerate() {
        if verdicts.iter().any(|one| one.policy == Some(place) && one.outcome != Outcome::Leave) {
            together(customer, &mut verdicts, (place, policy), today);
        }
    }
    let mut decision = Decision { verdicts, netted: BTreeMap::new() };
    net(customer, policies, &mut decision);
    decision
}

/// What a customer was reminded of before and that waits for its next letter or a person, minor units.
fn reminded(customer: &Customer, verdicts: &[Verdict], currency: Currency) -> i64 {
    let waits = |why: &Reason| matches!(why, Reason::Waits { .. } | Reason::LastLevel | Reason::InOutbox);
    let pairs = customer.items.iter().zip(verdicts).filter(|(item, _)| item.currency == currency && item.level() > 0);
    pairs.filter(|(_, verdict)| waits(&verdict.why)).map(|(_, verdict)| verdict.asked).sum()
}

/// Sets the customer's credits against what it was reminded of before and then against its letters, the highest level
/// first: money that is here pays what is oldest, and no two letters take the same off. A letter that they cover asks for
/// nothing and does not go out.
fn net(customer: &Customer, policies: &[Policy], decision: &mut Decision) {
    let mut left: BTreeMap<Currency, i64> = BTreeMap::new();
    for item in customer.items.iter().filter(|item| item.open < 0) {
        *left.entry(item.currency).or_default() -= item.open;
    }
    // What was reminded before and waits for its next letter comes first: an earlier letter took the credit off for it.
    for (currency, left) in &mut left {
        *left -= reminded(customer, &decision.verdicts, *currency).min(*left);
    }
    for group in decision.groups().into_iter().filter(|group| policies[group.policy].credits == Credits::Net) {
        let Some(left) = left.get_mut(&group.currency).filter(|left| **left > 0) else { continue };
        if group.asked <= *left {
            for verdict in decision.verdicts.iter_mut().filter(|one| group.items.contains(&one.item)) {
                (verdict.outcome, verdict.why, verdict.changes_on) = (Outcome::Leave, Reason::Covered, None);
            }
        } else {
            let mut free = *left;
            for verdict in decision.verdicts.iter().filter(|one| group.items.contains(&one.item)) {
                decision.netted.insert(verdict.item, verdict.asked.min(free));
                free -= verdict.asked.min(free);
            }
        }
        *left -= group.asked.min(*left);
    }
}

type Said = (Outcome, Reason, Option<NaiveDate>);

/// What an item says for itself, whatever its customer's other items are.
fn alone(customer: &Customer, item: &Item, policy: &Policy, today: NaiveDate) -> Said {
    let leave = |why: Reason, on: Option<NaiveDate>| (Outcome::Leave, why, on);
    if item.open < 0 {
        return leave(Reason::Credit, None);
    }
    if item.untold {
        return leave(Reason::Untold { of: item.open, currency: item.currency }, None);
    }
    match (item.origin, policy.on_principal_paid) {
        (Origin::Charge { owed }, Paid::Waive) if item.open > owed => {
            return leave(Reason::Waived { part: item.open - owed, of: item.open, currency: item.currency }, None);
        }
        (Origin::Charge { owed: 0 }, Paid::Ask) => return leave(Reason::FeeToDecide, None),
        _ => {}
    }
    if item.open <= policy.tolerated(item.currency) {
        return leave(Reason::Small, None);
    }
    if let Some(hold) = customer.holds.iter().find(|hold| hold.holds(item.id, today)) {
        let why = Reason::Held { kind: hold.kind.clone(), reason: hold.reason.clone() };
        return leave(why, hold.until.map(|until| add_days(until, 1)));
    }
    if item.asked() <= 0 {
        return leave(Reason::Disputed, None);
    }
    if let Some(until) = item.promised_until.filter(|until| today <= *until) {
        return leave(Reason::Promised, Some(add_days(until, 1)));
    }
    if let Some(breaks) = item.planned_until.filter(|breaks| today < *breaks) {
        return leave(Reason::Planned, Some(breaks));
    }
    if item.in_outbox {
        return leave(Reason::InOutbox, None);
    }
    if let Some(last) = item.last().filter(|last| last.policy != policy.name && !item.by_hand) {
        return leave(Reason::OtherPolicy { before: last.policy.clone() }, None);
    }
    match policy.mode {
        Mode::Sequential => sequential(item, policy, today),
        Mode::Highest | Mode::HighestPerCustomer => highest(item, policy, today),
        Mode::Customer if arrears(item.due, today, policy.grace_days) > 0 => {
            (Outcome::Dun(item.level().max(1)), Reason::WithCustomer { level: 1 }, None)
        }
        Mode::Customer => leave(Reason::NotLate, Some(add_days(item.due, policy.grace_days + 1))),
    }
}

/// The first day of a level for an item: its wait, and the grace unless it is a notice before the due date.
fn since(item: &Item, policy: &Policy, level: &Level, last: Option<NaiveDate>) -> Option<NaiveDate> {
    let from = level.from(item.due, last)?;
    let late = add_days(item.due, policy.grace_days + 1);
    Some(if level.is_courtesy() { from } else { from.max(late) })
}

fn sequential(item: &Item, policy: &Policy, today: NaiveDate) -> Said {
    let next = item.level() + 1;
    let Some(level) = policy.level(next) else { return (Outcome::Leave, Reason::LastLevel, None) };
    reached(item, policy, level, today)
}

/// Whether a level is reached, for an item by itself.
fn reached(item: &Item, policy: &Policy, level: &Level, today: NaiveDate) -> Said {
    match since(item, policy, level, item.last().map(|last| last.on)) {
        Some(since) if since <= today => {
            (Outcome::Dun(level.number), Reason::Reached { level: level.number, since }, None)
        }
        on if item.level() == 0 && arrears(item.due, today, policy.grace_days) <= 0 => {
            (Outcome::Leave, Reason::NotLate, on)
        }
        on => (Outcome::Leave, Reason::Waits { level: level.number }, on),
    }
}

fn highest(item: &Item, policy: &Policy, today: NaiveDate) -> Said {
    let sent = item.level();
    let above: Vec<&Level> = policy.levels.iter().filter(|level| level.number > sent).collect();
    let Some(next) = above.first() else { return (Outcome::Leave, Reason::LastLevel, None) };
    let found = above.iter().rev().map(|level| reached(item, policy, level, today));
    found.into_iter().find(|said| said.0 != Outcome::Leave).unwrap_or_else(|| reached(item, policy, next, today))
}

/// What the items of a customer under one policy mean for each other.
fn together(customer: &Customer, verdicts: &mut [Verdict], (place, policy): (usize, &Policy), today: NaiveDate) {
    let dunned = |verdict: &Verdict| verdict.policy == Some(place) && verdict.outcome != Outcome::Leave;
    let leave = |verdicts: &mut [Verdict], currency: Option<Currency>, why: &Reason, on: Option<NaiveDate>| {
        let of = |one: &Verdict| dunned(one) && currency.is_none_or(|currency| one.currency == currency);
        for verdict in verdicts.iter_mut().filter(|one| of(one)) {
            (verdict.outcome, verdict.why, verdict.changes_on) = (Outcome::Leave, why.clone(), on);
        }
    };
    if let Some(last) = customer.last_contact
        && let next = add_days(last, policy.contact_gap_days)
        && today < next
    {
        leave(verdicts, None, &Reason::Contacted { on: last }, Some(next));
        return;
    }
    // What waits for its next level is in arrears all the same.
    let counts = |one: &Verdict| {
        dunned(one) || (one.policy == Some(place) && matches!(one.why, Reason::Waits { .. } | Reason::LastLevel))
    };
    let late = customer.items.iter().zip(verdicts.iter()).filter(|(_, verdict)| counts(verdict));
    let most = late.map(|(item, _)| arrears(item.due, today, policy.grace_days)).max().unwrap_or(0);
    if most > 0 && most < policy.min_days_account {
        let on = Some(add_days(today, policy.min_days_account - most));
        leave(verdicts, None, &Reason::AccountNotLate { days: policy.min_days_account }, on);
        return;
    }
    let mut currencies: Vec<Currency> = verdicts.iter().filter(|one| dunned(one)).map(|one| one.currency).collect();
    currencies.sort_unstable();
    currencies.dedup();
    for currency in currencies {
        if policy.mode == Mode::Customer
            && let Err((why, on)) = of_customer(customer, verdicts, (place, policy), (currency, today))
        {
            leave(verdicts, Some(currency), &why, on);
        }
        if policy.mode == Mode::HighestPerCustomer {
            of_highest(verdicts, place, currency);
        }
        let of = |one: &&Verdict| dunned(one) && one.currency == currency;
        let asked: i64 = verdicts.iter().filter(of).map(|one| one.asked).sum();
        let held = customer.items.iter().filter(|item| item.currency == currency && item.open < 0);
        let credits: i64 = held.map(|item| -item.open).sum();
        let free = (credits - reminded(customer, verdicts, currency)).max(0);
        let net = if policy.credits == Credits::Net { asked - free } else { asked };
        // What credits cover goes out in no letter, however little it is.
        if net > 0 {
            step_down(customer, verdicts, (place, policy), (currency, net));
        }
    }
}

/// One letter for everything overdue, at the level after the customer's. The level is that of what is still open.
fn of_customer(
    customer: &Customer,
    verdicts: &mut [Verdict],
    (place, policy): (usize, &Policy),
    (currency, today): (Currency, NaiveDate),
) -> Result<(), (Reason, Option<NaiveDate>)> {
    let of = |one: &Verdict| one.policy == Some(place) && one.outcome != Outcome::Leave && one.currency == currency;
    // An item whose last level is out is a person's; it does not keep letters about the others back.
    let ended: Vec<i64> =
        customer.items.iter().filter(|item| policy.level(item.level() + 1).is_none()).map(|item| item.id).collect();
    for verdict in verdicts.iter_mut().filter(|one| of(one) && ended.contains(&one.item)) {
        (verdict.outcome, verdict.why) = (Outcome::Leave, Reason::LastLevel);
    }
    let pairs = || customer.items.iter().zip(verdicts.iter()).filter(|(_, verdict)| of(verdict)).map(|pair| pair.0);
    let level = pairs().map(Item::level).max().unwrap_or(0) + 1;
    let all = customer.items.iter().filter(|item| item.currency == currency);
    let last = all.filter_map(|item| item.last()).map(|sent| sent.on).max();
    let Some(next) = policy.level(level) else { return Err((Reason::LastLevel, None)) };
    let oldest = pairs().map(|item| item.due).min();
    let own = oldest.and_then(|due| next.from(due, last));
    let since = own.into_iter().chain(last.map(|last| add_days(last, 1))).max();
    match since {
        Some(since) if since <= today => {}
        on => return Err((Reason::Waits { level }, on)),
    }
    for verdict in verdicts.iter_mut().filter(|one| of(one)) {
        (verdict.outcome, verdict.why) = (Outcome::Dun(level), Reason::WithCustomer { level });
    }
    Ok(())
}

/// Every item of the letter takes the highest level among them.
fn of_highest(verdicts: &mut [Verdict], place: usize, currency: Currency) {
    let level = |verdict: &Verdict| match verdict.outcome {
        Outcome::Dun(level) if verdict.policy == Some(place) && verdict.currency == currency => Some(level),
        _ => None,
    };
    let Some(top) = verdicts.iter().filter_map(level).max() else { return };
    for verdict in verdicts.iter_mut().filter(|one| level(one).is_some_and(|own| own < top)) {
        (verdict.outcome, verdict.why) = (Outcome::Dun(top), Reason::WithCustomer { level: top });
    }
}

/// A level whose minimum is not met falls back by one, until one is met or an item was dunned at it already: it then
/// stays at that level, without another letter.
fn step_down(
    customer: &Customer,
    verdicts: &mut [Verdict],
    (place, policy): (usize, &Policy),
    (currency, net): (Currency, i64),
) {
    let total: i64 = customer.items.iter().filter(|item| item.currency == currency).map(|item| item.open.max(0)).sum();
    for level in policy.levels.iter().rev() {
        let at = |one: &Verdict| {
            one.policy == Some(place) && one.currency == currency && one.outcome == Outcome::Dun(level.number)
        };
        let asked: i64 = verdicts.iter().filter(|one| at(one)).map(|one| one.asked).sum::<i64>().min(net);
        if level.minimum(currency).is_met(asked, total) {
            continue;
        }
        let lower = level.number - 1;
        for (verdict, item) in verdicts.iter_mut().zip(&customer.items).filter(|(one, _)| at(one)) {
            if lower == 0 || item.level() >= lower {
                verdict.outcome = Outcome::Leave;
                verdict.why = Reason::BelowMinimum { level: level.number, asked, currency };
            } else {
                verdict.outcome = Outcome::Dun(lower);
                verdict.why = Reason::SteppedDown { from: level.number };
            }
        }
    }
}
