//! Payment plans: agreed, replaced, withdrawn, and put back in force when that is undone. How a plan stands is never
//! written: it follows from the allocations.

use chrono::NaiveDate;

use super::super::Failure;
use super::super::master::{line, maybe_line};
use super::super::money::{positive, shown};
use super::super::perform::{Context, Written};
use crate::domain::plan::{self, Instalment, MOST_GRACE};
use crate::domain::promise::State;
use crate::store::Tx;
use crate::store::plans::{NewPlan, Stored};

/// A plan as it is asked for.
pub(super) struct Terms<'a> {
    pub items: &'a [(i64, i64)],
    pub instalments: &'a [Instalment],
    pub grace_days: i64,
    pub text: &'a str,
    pub replaces: Option<i64>,
}

pub(super) fn propose(tx: &mut Tx<'_>, context: &Context<'_>, terms: &Terms<'_>) -> Result<Written, Failure> {
    let text = maybe_line(terms.text);
    if !(0..=MOST_GRACE).contains(&terms.grace_days) {
        let sentence = format!("The grace is 0 to {MOST_GRACE} days, not {}. Nothing was changed.", terms.grace_days);
        return Err(Failure::refused("PLN-01", sentence));
    }
    let before = match terms.replaces {
        Some(id) => Some(standing_now(tx, context.today, id, "replaced")?),
        None => None,
    };
    let mut planned = 0i64;
    let mut first = None;
    for (place, (id, amount)) in terms.items.iter().enumerate() {
        let item = tx.item(*id)?;
        positive(*amount, "What is planned of an item")?;
        let free = item.open - item.disputed;
        if *amount > free {
            let sentence = format!(
                "{} has {} open and not disputed; {} of it cannot be planned. Nothing was changed.",
                tx.document_by_id(item.document)?.number,
                shown(free.max(0), item.currency),
                shown(*amount, item.currency)
            );
            return Err(Failure::refused("AMT-06", sentence));
        }
        if first.is_some_and(|known| known != (item.customer, item.currency)) {
            let sentence = "A plan is about items of one customer in one currency; make one for each. Nothing was \
                            changed.";
            return Err(Failure::refused("AMT-09", sentence));
        }
        if terms.items[..place].iter().any(|(earlier, _)| earlier == id) {
            return Err(Failure::refused("ACT-09", "An item stands in the plan twice. Nothing was changed."));
        }
        not_planned(tx, context.today, *id, terms.replaces)?;
        planned += amount;
        first = Some((item.customer, item.currency));
    }
    let Some((customer, currency)) = first else {
        return Err(Failure::refused("ACT-09", "No item was chosen. Nothing was changed."));
    };
    if before.as_ref().is_some_and(|before| before.customer != customer) {
        return Err(Failure::refused("ACT-09", "The plan to replace is another customer's. Nothing was changed."));
    }
    if let Some(fault) = plan::fault(terms.instalments, planned, context.today) {
        let sum = terms.instalments.iter().map(|one| one.amount).fold(0i64, i64::saturating_add);
        let sums = if sum == planned {
            String::new()
        } else {
            format!(" ({} in instalments, {} planned)", shown(sum, currency), shown(planned, currency))
        };
        return Err(Failure::refused(
            "PLN-01",
            format!("The plan cannot be agreed: {fault}{sums}. Nothing was changed."),
        ));
    }
    if let Some(before) = &before {
        tx.step_plan(before.id, "replaced", context.today, "")?;
    }
    for (item, _) in terms.items {
        for (promise, _) in tx.judged_promises(*item, context.today)?.iter().filter(|one| one.1 == State::Open) {
            tx.end_promise(promise.id, context.today, "planned")?;
        }
    }
    let number = tx.next_plan_number()?;
    tx.add_plan(&NewPlan {
        number: &number,
        customer,
        currency,
        made_on: context.today,
        grace_days: terms.grace_days,
        replaces: terms.replaces,
        text: &text,
        items: terms.items,
        instalments: terms.instalments,
    })?;
    let name = tx.customer(customer)?.data.name;
    let (count, first, last) =
        (terms.instalments.len(), terms.instalments[0].on, terms.instalments[terms.instalments.len() - 1].on);
    let over =
        if count == 1 { format!("on {first}") } else { format!("in {count} instalments from {first} to {last}") };
    let place = before.map_or(String::new(), |before| format!(", in place of {}", before.number));
    Ok(Written::of(Some(customer), format!("Plan {number} of {name}: {} {over}{place}", shown(planned, currency))))
}

/// A plan that still stands, or why it cannot be changed so.
fn standing_now(tx: &Tx<'_>, today: NaiveDate, id: i64, what: &str) -> Result<Stored, Failure> {
    let known = tx.plan(id)?;
    if known.ended_on.is_some() {
        let sentence =
            format!("{} was {} already; it cannot be {what}. Nothing was changed.", known.number, known.ended_why);
        return Err(Failure::refused("ACT-08", sentence));
    }
    if !known.plan.standing(today).state.is_live() {
        let sentence = format!("{} is completed; it cannot be {what}. Nothing was changed.", known.number);
        return Err(Failure::refused("ACT-08", sentence));
    }
    Ok(known)
}

/// Refuses an item that another plan is about, of which something is left.
fn not_planned(tx: &Tx<'_>, today: NaiveDate, item: i64, but: Option<i64>) -> Result<(), Failure> {
    for known in tx.plans_of_item(item)? {
        if Some(known.id) != but && known.plan.standing(today).state.is_live() {
            let sentence = format!(
                "An item is in the plan {} already. Nothing was changed; replace or withdraw that plan (g n, then p or x).",
                known.number
            );
            return Err(Failure::refused("PLN-02", sentence));
        }
    }
    Ok(())
}

pub(super) fn withdraw(tx: &mut Tx<'_>, context: &Context<'_>, plan: i64, reason: &str) -> Result<Written, Failure> {
    let reason = line(reason, "The reason")?;
    let known = standing_now(tx, context.today, plan, "withdrawn")?;
    tx.step_plan(plan, "withdrawn", context.today, &reason)?;
    let name = tx.customer(known.customer)?.data.name;
    let left = shown(known.plan.standing(context.today).left, known.currency);
    let summary = format!("Withdrew the plan {} of {name}, {left} left: {reason}", known.number);
    Ok(Written::of(Some(known.customer), summary))
}

/// Takes the plan an act made back, and puts the one it replaced in force again.
pub(super) fn undo_proposal(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    act: i64,
    replaced: Option<i64>,
) -> Result<(), Failure> {
    for (first, last) in tx.ids_of_act("plan", act)? {
        for id in first..=last {
            let known = tx.plan(id)?;
            if known.ended_on.is_some() {
                let sentence =
                    format!("{} was {} since. Nothing was changed; undo that first.", known.number, known.ended_why);
                return Err(Failure::refused("ACT-10", sentence));
            }
            tx.step_plan(id, "undone", context.today, "")?;
        }
    }
    match replaced {
        Some(before) => restore(tx, context, before, "replaced"),
        None => Ok(()),
    }
}

/// Puts a plan that was ended so in force again.
pub(super) fn restore(tx: &mut Tx<'_>, context: &Context<'_>, plan: i64, ended: &str) -> Result<(), Failure> {
    let known = tx.plan(plan)?;
    if known.ended_why != ended {
        let sentence = format!("{} is not {ended} any more. Nothing was changed.", known.number);
        return Err(Failure::refused("ACT-10", sentence));
    }
    for (item, _) in &known.items {
        not_planned(tx, context.today, *item, None)?;
    }
    Ok(tx.step_plan(plan, "restored", context.today, "")?)
}
