//! One case over several items of a customer. Each item keeps a dispute of its own, with its amount, steps and documents;
//! a fact of each names the first of them, whose number is the number of the case. So every rule of a dispute holds for
//! every item, and only opening, adding and deciding as a whole are more than one dispute's.

use super::super::Failure;
use super::super::cases;
use super::super::master::maybe_line;
use super::super::money::shown;
use super::super::perform::{Context, Written};
use super::{Case, Share, decide, mention, of_own_queue, open_at, same, written};
use crate::store::Tx;
use crate::store::work::Dispute;

/// The fact that says which case a dispute belongs to.
pub(super) const FACT: &str = "case";

/// Opens disputes on several items as one case.
pub(super) fn open(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    items: &[(i64, i64)],
    reason: &str,
    text: &str,
) -> Result<Written, Failure> {
    let Some((first, _)) = items.first() else {
        return Err(Failure::refused("DIS-10", "No item was named. Nothing was changed; say which are in dispute."));
    };
    let first = tx.item(*first)?;
    let mut opened = Vec::new();
    let mut last = None;
    for (item, amount) in items {
        let known = tx.item(*item)?;
        if (known.customer, known.currency) != (first.customer, first.currency) {
            let sentence = "A case is of one customer and one currency; these items are not. Nothing was changed; open one \
                            for each.";
            return Err(Failure::refused("DIS-10", sentence));
        }
        last = Some(cases::open(tx, context, *item, *amount, reason, text)?);
        opened.push(tx.dispute(tx.last_dispute()?)?);
    }
    let asked = mention(tx, context, &maybe_line(text), Some(opened[0].id), None)?;
    if let ([_], Some(only)) = (&opened[..], last) {
        return Ok(Written { summary: format!("{}{asked}", only.summary), ..only });
    }
    for one in &opened {
        tx.add_fact(one.id, FACT, &opened[0].number)?;
    }
    let total: i64 = opened.iter().map(|one| one.amount).sum();
    let name = tx.customer(first.customer)?.data.name;
    let summary = format!(
        "Opened {} over {} items: {} disputed by {name}, {} ({}){asked}",
        opened[0].number,
        opened.len(),
        shown(total, first.currency),
        opened[0].reason,
        numbers(&opened)
    );
    Ok(Written::of(Some(first.customer), summary))
}

/// Adds an item to a case.
pub(super) fn add(tx: &mut Tx<'_>, context: &Context<'_>, act: &Case) -> Result<Written, Failure> {
    let Case::AddItem { dispute, version, item, amount, text } = act else {
        return Err(Failure::refused("ACT-06", "This adds nothing. Nothing was changed."));
    };
    let case = open_at(tx, *dispute, *version)?;
    of_own_queue(context, &case)?;
    let known = tx.item(*item)?;
    if (known.customer, known.currency) != (case.customer, case.currency) {
        let sentence = format!(
            "{} is of another customer or currency than this item. Nothing was changed; open a case of its own.",
            case.number
        );
        return Err(Failure::refused("DIS-10", sentence));
    }
    let leader = match tx.fact(case.id, FACT)? {
        alone if alone.is_empty() => {
            tx.add_fact(case.id, FACT, &case.number)?;
            case.number.clone()
        }
        leader => leader,
    };
    let text = maybe_line(text);
    cases::open(tx, context, *item, *amount, &case.reason, &text)?;
    let new = tx.dispute(tx.last_dispute()?)?;
    tx.add_fact(new.id, FACT, &leader)?;
    let last_day = tx.fact(case.id, "last day")?;
    if !last_day.is_empty() {
        tx.add_fact(new.id, "last day", &last_day)?;
    }
    let said = format!("{} with {}", new.number, shown(*amount, new.currency));
    tx.change_dispute(&case, &same(context, &case, "added", &said))?;
    let asked = mention(tx, context, &text, Some(case.id), None)?;
    written(tx, &case, format!("Added {said} to {leader}{asked}"))
}

/// Decides parts of several disputes of one case alike, each for its own amount.
pub(super) fn decide_all(tx: &mut Tx<'_>, context: &Context<'_>, act: &Case) -> Result<Written, Failure> {
    let Case::DecideAll { parts, outcome, rest, cause, on, text } = act else {
        return Err(Failure::refused("ACT-06", "This decides nothing. Nothing was changed."));
    };
    let Some(first) = parts.first() else {
        return Err(Failure::refused("DIS-10", "Nothing of the case is open. Nothing was changed."));
    };
    let first = tx.dispute(first.dispute)?;
    let leader = tx.fact(first.id, FACT)?;
    let mut said = Vec::new();
    for Share { dispute, version, amount } in parts {
        let one = tx.dispute(*dispute)?;
        if leader.is_empty() || tx.fact(one.id, FACT)? != leader || one.customer != first.customer {
            let sentence = format!("{} and {} are not one case. Nothing was changed.", first.number, one.number);
            return Err(Failure::refused("DIS-10", sentence));
        }
        let act = Case::Decide {
            dispute: *dispute,
            version: *version,
            outcome: *outcome,
            amount: *amount,
            rest: *rest,
            cause: cause.clone(),
            on: *on,
            text: text.clone(),
        };
        said.push(decide::part(tx, context, &act)?.1);
    }
    let asked = mention(tx, context, &maybe_line(text), Some(first.id), None)?;
    written(tx, &first, format!("Decided {leader} as a whole: {}{asked}", said.join("; ")))
}

/// `D-5, D-6 and D-7`.
fn numbers(all: &[Dispute]) -> String {
    let shown: Vec<&str> = all.iter().map(|one| one.number.as_str()).collect();
    match shown.split_last() {
        Some((last, [])) => (*last).to_owned(),
        Some((last, before)) => format!("{} and {last}", before.join(", ")),
        None => String::new(),
    }
}
