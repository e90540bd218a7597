//! Who may speak to a customer now. Contacts, and what is agreed in one, are refused while another works on the account,
//! so that two people never call the same customer; whoever decides who works on what takes it over instead.

use chrono::{DateTime, Utc};

use super::super::perform::Context;
use super::super::{Act, Failure};
use super::Arrange;
use crate::domain::authority::Right;
use crate::store::Tx;

/// Whose accounts an act works on: those of its contact, promise, plan or follow-up. Notes, disputes and answers taken in
/// are nobody's call and work on none.
fn worked_on(tx: &Tx<'_>, act: &Act) -> Result<Vec<i64>, Failure> {
    let items = match act {
        Act::LogCall { customer, .. } | Act::Arrange(Arrange::Contact { customer, .. }) => return Ok(vec![*customer]),
        Act::DraftEmail { customers, .. } | Act::FollowUp { customers, .. } | Act::Done { customers } => {
            return Ok(customers.clone());
        }
        Act::Promise { items, .. }
        | Act::Arrange(Arrange::PromiseBy { items, .. } | Arrange::ProposePlan { items, .. }) => items,
        _ => return Ok(Vec::new()),
    };
    let mut customers =
        items.iter().map(|(item, _)| Ok(tx.item(*item)?.customer)).collect::<Result<Vec<_>, Failure>>()?;
    customers.dedup();
    Ok(customers)
}

/// Refuses an act on an account that another works on at this instant. Returns what to add to the act's summary where the
/// account was taken over.
pub(in crate::acts) fn claim(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    now: DateTime<Utc>,
    act: &Act,
) -> Result<String, Failure> {
    let mut over = String::new();
    for customer in worked_on(tx, act)? {
        let Some(by) = tx.held_by_another(customer, context.person.id, now)? else { continue };
        if context.person.held().iter().any(|role| role.has(Right::Undo)) {
            tx.take_over(customer, context.person.id)?;
            over = format!(", taken over from {}", by.name);
            continue;
        }
        let sentence = format!(
            "{} works on {} until {} UTC and may be calling them. Nothing was changed; take another account with o2c \
             activities next, or ask {} to leave it.",
            by.name,
            tx.customer(customer)?.data.name,
            by.until.get(11..16).unwrap_or(&by.until),
            by.login
        );
        return Err(Failure::refused("WRK-02", sentence));
    }
    Ok(over)
}
