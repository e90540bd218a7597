//! Policies, who is under which, and holds. A version never changes: what a run decided by stays readable for ever.

use chrono::NaiveDate;

use super::super::Failure;
use super::super::master::line;
use super::super::perform::{Context, Written};
use crate::domain::dunning::{Policy, Scope, Segment};
use crate::store::Tx;
use crate::store::dunning::NewHold;

/// The kinds of hold a person places.
pub const HOLD_KINDS: [&str; 4] = ["manual", "insolvency", "legal", "internal"];

/// The newest version of a policy; 0 where there is none.
pub(super) fn version(tx: &Tx<'_>, name: &str) -> Result<i64, Failure> {
    let rules = tx.dunning_rules()?;
    Ok(rules.rows.iter().find(|row| row.policy.name == name).map_or(0, |row| row.version))
}

pub(super) fn set(tx: &mut Tx<'_>, policy: &Policy, seen: i64) -> Result<Written, Failure> {
    let name = line(&policy.name, "The policy's name")?;
    if let Some((_, fault)) = policy.faults().first() {
        return Err(Failure::refused("POL-01", format!("Policy {name}: {fault}. Nothing was changed.")));
    }
    let now = version(tx, &name)?;
    if now != seen && seen == 0 {
        let sentence =
            format!("There is a policy {name} already, at version {now}. Nothing was changed; choose another name.");
        return Err(Failure::refused("ACT-03", sentence));
    }
    if now != seen {
        let who = match tx.policy_act(&name)? {
            Some(act) => tx.who(act)?,
            None => "Somebody".to_owned(),
        };
        let sentence = format!(
            "The policy {name} is at version {now}, you saw version {seen}. {who}. Yours was not kept; look at it again."
        );
        return Err(Failure::refused("ACT-03", sentence));
    }
    let data = serde_json::to_string(policy)
        .map_err(|error| Failure::refused("ACT-05", format!("The policy cannot be written down: {error}.")))?;
    tx.add_policy_version(&name, now + 1, &data)?;
    let levels = policy.levels.len();
    let summary = format!("Policy {name} version {}: {levels} levels", now + 1);
    Ok(Written { undoable: false, ..Written::of(None, summary) })
}

pub(super) fn assign(tx: &mut Tx<'_>, scope: &Scope, policy: &str) -> Result<Written, Failure> {
    let rules = tx.dunning_rules()?;
    let known = policy.is_empty() || policy == Policy::NONE || rules.policies.iter().any(|one| one.name == policy);
    if !known {
        let names: Vec<&str> = rules.policies.iter().map(|one| one.name.as_str()).chain([Policy::NONE]).collect();
        let sentence =
            format!("There is no policy \"{policy}\". Policies are {}. Nothing was changed.", names.join(", "));
        return Err(Failure::refused("POL-02", sentence));
    }
    let (whose, customer) = match scope {
        Scope::Company => ("the company".to_owned(), None),
        Scope::Segment(text) => {
            Segment::parse(text).map_err(|why| Failure::refused("POL-03", format!("{why}. Nothing was changed.")))?;
            (line(text, "The segment")?, None)
        }
        Scope::Customer(id) => (tx.customer(*id)?.data.name, Some(*id)),
        Scope::Invoice(id) => {
            let document = tx.document_by_id(*id)?;
            (document.number, Some(document.customer))
        }
    };
    tx.add_assignment(scope, policy)?;
    let summary = if policy.is_empty() {
        format!("Took the policy of {whose} back")
    } else {
        format!("Policy {policy} for {whose}")
    };
    Ok(Written { undoable: false, ..Written::of(customer, summary) })
}

/// A hold as it is asked for.
pub(super) struct Hold<'a> {
    pub customer: i64,
    pub item: Option<i64>,
    pub kind: &'a str,
    pub from: NaiveDate,
    pub until: Option<NaiveDate>,
    pub reason: &'a str,
}

pub(super) fn hold(tx: &mut Tx<'_>, context: &Context<'_>, hold: &Hold<'_>) -> Result<Written, Failure> {
    let reason = line(hold.reason, "The reason")?;
    if !HOLD_KINDS.contains(&hold.kind) {
        let sentence =
            format!("\"{}\" is no kind of hold; they are {}. Nothing was changed.", hold.kind, HOLD_KINDS.join(", "));
        return Err(Failure::refused("ACT-09", sentence));
    }
    if hold.until.is_some_and(|until| until < hold.from.max(context.today)) {
        let sentence = "The hold would end before it begins. Nothing was changed; give a later day.";
        return Err(Failure::refused("DAT-04", sentence));
    }
    let customer = tx.customer(hold.customer)?;
    let mut what = customer.data.name;
    if let Some(item) = hold.item {
        let item = tx.item(item)?;
        if item.customer != hold.customer {
            return Err(Failure::refused("ACT-09", "The item is another customer's. Nothing was changed."));
        }
        let number = tx.document_by_id(item.document)?.number;
        what = format!("{number} of {what}");
    }
    let (kind, from, until) = (hold.kind, hold.from, hold.until);
    tx.add_hold(&NewHold { customer: hold.customer, item: hold.item, kind, from, until, reason: &reason })?;
    let until = until.map_or("until it is lifted".to_owned(), |until| format!("until {until}"));
    let summary = format!("No letters about {what} {until} ({kind}): {reason}");
    Ok(Written::of(Some(hold.customer), summary))
}

pub(super) fn lift(tx: &mut Tx<'_>, context: &Context<'_>, hold: i64, reason: &str) -> Result<Written, Failure> {
    let reason = line(reason, "The reason")?;
    let Some((customer, placed)) = tx.hold_stands(hold)? else {
        let sentence = format!("There is no hold {hold} that could be lifted. Nothing was changed.");
        return Err(Failure::refused("ACT-04", sentence));
    };
    tx.end_hold(hold, context.today, &reason)?;
    let name = tx.customer(customer)?.data.name;
    Ok(Written::of(Some(customer), format!("Lifted the hold of {name} ({placed}): {reason}")))
}
