//! A run until it is released: drafted from today's decisions, reviewed line by line, approved or cancelled.

use std::collections::BTreeMap;

use super::super::Failure;
use super::super::master::line;
use super::super::money::shown;
use super::super::perform::{Context, Written};
use super::{Review, policies, takeback};
use crate::domain::dunning::{Outcome, Reason};
use crate::domain::money::Currency;
use crate::domain::text::counted;
use crate::store::Tx;
use crate::store::dunning::NewLine;
use crate::store::dunning::load::{Rules, Wanted, of_segment};
use crate::store::dunning::runs::{Line, Run, letters_of, seal};

/// What lines ask for, by currency.
pub(super) fn sums(lines: &[Line]) -> BTreeMap<Currency, i64> {
    let mut sums = BTreeMap::new();
    for line in lines.iter().filter(|line| line.level().is_some()) {
        *sums.entry(line.currency).or_insert(0) += line.asked;
    }
    sums
}

fn no_undo(summary: String) -> Written {
    Written { undoable: false, ..Written::of(None, summary) }
}

pub(super) fn draft(tx: &mut Tx<'_>, context: &Context<'_>, segment: &str, daily: bool) -> Result<Written, Failure> {
    let segment = if segment.trim().is_empty() { String::new() } else { line(segment, "The segment")? };
    let rules = tx.dunning_rules()?;
    if rules.assignments.iter().all(|one| one.policy.is_empty()) {
        let sentence =
            "Nobody is under a dunning policy. Nothing was drafted; begin with o2c policy import (g y shows them).";
        return Err(Failure::refused("DUN-01", sentence));
    }
    if daily {
        daily_due(tx, context, &rules)?;
    }
    let earlier = waiting(tx, context, &segment)?;
    let customers = tx.dunning_facts(Wanted { customer: None, today: context.today, run: 0 })?;
    let customers = of_segment(customers, &segment)
        .map_err(|why| Failure::refused("POL-03", format!("{why}. Nothing was drafted.")))?;
    let mut lines: Vec<NewLine> = Vec::new();
    let mut left: BTreeMap<&'static str, u64> = BTreeMap::new();
    for customer in &customers {
        for verdict in rules.decide(customer, context.today).verdicts {
            match (verdict.outcome, verdict.policy) {
                (Outcome::Dun(_), Some(place)) if daily && !rules.policies[place].daily => {
                    *left.entry("not drafted daily").or_default() += 1;
                }
                (Outcome::Dun(level), Some(place)) => lines.push(NewLine {
                    customer: customer.id,
                    item: verdict.item,
                    policy: rules.rows[place].id,
                    level,
                    currency: verdict.currency,
                    asked: verdict.asked,
                    why: verdict.why.sentence(),
                }),
                _ if verdict.why == Reason::Credit => {}
                _ => *left.entry(verdict.why.word()).or_default() += 1,
            }
        }
    }
    let why: Vec<String> = left.iter().map(|(why, count)| format!("{count} {why}")).collect();
    if lines.is_empty() {
        let why = if why.is_empty() { "nothing is open".to_owned() } else { why.join(", ") };
        return Err(Failure::refused("DUN-02", format!("No letter is due: {why}. Nothing was drafted.")));
    }
    let left_out = serde_json::to_string(&left).unwrap_or_default();
    let mut replaced = String::new();
    for run in earlier {
        let state = if run.is_draft() { "a draft" } else { "released" };
        replaced.push_str(&format!("; in place of {}, which was {state} and is not sent any more", run.number));
        // What somebody decided of its lines is not carried over: the day, and with it the reason, may have passed.
        let touched: Vec<String> = (tx.dunning_lines(run.id, None)?.into_iter())
            .filter(|line| matches!(line.review.as_str(), "drop" | "lower"))
            .map(|line| line.document)
            .collect();
        if !touched.is_empty() {
            replaced.push_str(&format!("; reviewed there and now as drafted: {}", touched.join(", ")));
        }
        tx.add_run_step(run.id, "superseded", context.today, context.person.id, "drafted anew")?;
    }
    let (run, number) = tx.add_run(context.today, &segment, &lines, &left_out)?;
    let lines = tx.dunning_lines(run, None)?;
    let asked: Vec<String> = sums(&lines).into_iter().map(|(currency, sum)| shown(sum, currency)).collect();
    let letters = letters_of(&lines).len();
    let (letters, items) = (counted(letters as u64, "letter"), counted(lines.len() as u64, "item"));
    let about = format!("{letters} about {items}, {}", asked.join(", "));
    Ok(no_undo(format!("Drafted {number}: {about}{replaced}")))
}

/// Whether the run of the day may be drafted: somebody asked for it, none of the day is there, and no earlier one waits
/// that a person has worked on, which drafting anew would throw away.
fn daily_due(tx: &Tx<'_>, context: &Context<'_>, rules: &Rules) -> Result<(), Failure> {
    let refused = |sentence: String| Err(Failure::refused("DUN-09", sentence));
    if !rules.policies.iter().any(|policy| policy.daily) {
        return refused(
            "No policy is drafted daily. Nothing was drafted; daily = true in a policy asks for it.".to_owned(),
        );
    }
    let runs = tx.dunning_runs()?;
    if let Some(today) = runs.iter().find(|run| run.segment.is_empty() && run.on == context.today) {
        return refused(format!("{} of today is there ({}). Nothing was drafted.", today.number, today.state));
    }
    for run in runs.iter().filter(|run| run.segment.is_empty() && run.is_open()) {
        let touched = !run.is_draft() || tx.dunning_lines(run.id, None)?.iter().any(|line| !line.review.is_empty());
        if touched {
            let what = if run.is_draft() { "was reviewed" } else { run.state.as_str() };
            return refused(format!("{} of {} {what} and waits. Nothing was drafted.", run.number, run.on));
        }
    }
    Ok(())
}

/// Runs of the same scope that a new draft supersedes; refused where one is being sent or a later one is there.
fn waiting(tx: &Tx<'_>, context: &Context<'_>, segment: &str) -> Result<Vec<Run>, Failure> {
    let mut runs = tx.dunning_runs()?;
    runs.retain(|run| run.segment == segment && !matches!(run.state.as_str(), "cancelled" | "superseded"));
    if let Some(later) = runs.iter().find(|run| run.on > context.today) {
        let sentence = format!(
            "{} is of {}, which is after {}: a run older than the last would send letters out of turn. Nothing was drafted.",
            later.number, later.on, context.today
        );
        return Err(Failure::refused("DUN-03", sentence));
    }
    if let Some(sending) = runs.iter().find(|run| run.state == "sending") {
        let number = &sending.number;
        let sentence =
            format!("{number} is being sent. Nothing was drafted; finish it with o2c dunning send {number} (g r, S).");
        return Err(Failure::refused("DUN-04", sentence));
    }
    runs.retain(|run| run.is_open());
    Ok(runs)
}

pub(super) fn drafted(tx: &Tx<'_>, run: i64) -> Result<Run, Failure> {
    let run = tx.dunning_run(run)?;
    if run.is_draft() {
        return Ok(run);
    }
    let sentence = format!("{} is {}, no draft any more. Nothing was changed.", run.number, run.state);
    Err(Failure::refused("DUN-04", sentence))
}

pub(super) fn review(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    ids: &[i64],
    what: &Review,
    reason: &str,
) -> Result<Written, Failure> {
    let reason = line(reason, "The reason")?;
    let Some(run) = ids.first().map(|id| tx.run_of_line(*id)).transpose()?.flatten() else {
        return Err(Failure::refused("ACT-09", "No line of a run was chosen. Nothing was changed."));
    };
    let run = drafted(tx, run)?;
    let lines = tx.dunning_lines(run.id, None)?;
    let mut customers = Vec::new();
    for id in ids {
        let Some(line) = lines.iter().find(|line| line.id == *id) else {
            return Err(Failure::refused("ACT-09", "The lines are of several runs. Nothing was changed."));
        };
        match what {
            Review::Drop => tx.add_review(*id, "drop", 0, &reason)?,
            Review::Hold { until } => {
                let hold = policies::Hold {
                    customer: line.customer,
                    item: Some(line.item),
                    kind: "manual",
                    from: context.today,
                    until: *until,
                    reason: &reason,
                };
                policies::hold(tx, context, &hold)?;
                tx.add_review(*id, "hold", 0, &reason)?
            }
            Review::Keep if line.review.is_empty() || line.review == "keep" => {
                let document = &line.document;
                let sentence = format!("{document} was not left out of {}. Nothing was changed.", run.number);
                return Err(Failure::refused("DUN-04", sentence));
            }
            Review::Keep => {
                if line.review == "hold" {
                    takeback::lift_of_item(tx, context, line, &reason)?;
                }
                tx.add_review(*id, "keep", 0, &reason)?
            }
            Review::Lower { level } if (1..line.proposed).contains(level) => {
                tx.add_review(*id, "lower", *level, &reason)?
            }
            Review::Lower { level } => {
                let (document, proposed) = (&line.document, line.proposed);
                let sentence =
                    format!("{document} is proposed at level {proposed}; {level} is not lower. Nothing was changed.");
                return Err(Failure::refused("DUN-04", sentence));
            }
        };
        customers.push(line.customer);
    }
    customers.dedup();
    let did = match what {
        Review::Drop => "Left out of".to_owned(),
        Review::Hold { until: Some(until) } => format!("Held until {until} and left out of"),
        Review::Hold { until: None } => "Held and left out of".to_owned(),
        Review::Lower { level } => format!("Lowered to level {level} in"),
        Review::Keep => "Kept as drafted in".to_owned(),
    };
    let whose = if let [only] = customers[..] { Some(only) } else { None };
    let summary = format!("{did} {}: {} items, {reason}", run.number, ids.len());
    Ok(Written::of(whose, summary))
}

/// Whether a policy or a level of a run's letters asks for a second person.
pub(super) fn asks_for_two(tx: &Tx<'_>, run: i64) -> Result<bool, Failure> {
    let mut asked: Vec<(i64, u32)> =
        letters_of(&tx.dunning_lines(run, None)?).iter().map(|key| (key.policy, key.level)).collect();
    asked.sort_unstable();
    asked.dedup();
    for (policy, level) in asked {
        if let Some(row) = tx.policy_row(policy)?
            && (row.policy.approval || row.policy.level(level).is_some_and(|level| level.approval))
        {
            return Ok(true);
        }
    }
    Ok(false)
}

pub(super) fn approve(tx: &mut Tx<'_>, context: &Context<'_>, run: i64, seen: &str) -> Result<Written, Failure> {
    let run = drafted(tx, run)?;
    let lines = tx.dunning_lines(run.id, None)?;
    if seal(&lines) != seen {
        let sentence = format!("{} was reviewed after you looked. It was not released; look at it again.", run.number);
        return Err(Failure::refused("DUN-05", sentence));
    }
    let letters = letters_of(&lines).len();
    if letters == 0 {
        let sentence = format!("Everything of {} was left out. It was not released; cancel it.", run.number);
        return Err(Failure::refused("DUN-04", sentence));
    }
    tx.add_run_step(run.id, "approved", context.today, context.person.id, "")?;
    let asked: Vec<String> = sums(&lines).into_iter().map(|(currency, sum)| shown(sum, currency)).collect();
    let letters = counted(letters as u64, "letter");
    Ok(no_undo(format!("Released {}: {letters}, {}", run.number, asked.join(", "))))
}

pub(super) fn cancel(tx: &mut Tx<'_>, context: &Context<'_>, run: i64, reason: &str) -> Result<Written, Failure> {
    let (run, reason) = (tx.dunning_run(run)?, line(reason, "The reason")?);
    if !run.is_open() || run.letters > 0 {
        let what = if run.letters > 0 { "letters of it are out" } else { run.state.as_str() };
        let sentence = format!("{} cannot be cancelled: {what}. Nothing was changed.", run.number);
        return Err(Failure::refused("DUN-04", sentence));
    }
    tx.add_run_step(run.id, "cancelled", context.today, context.person.id, &reason)?;
    Ok(no_undo(format!("Cancelled {}: {reason}", run.number)))
}
