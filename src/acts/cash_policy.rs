//! How much of what a person grants when applying a payment goes beyond what the company accepts by its settings.

use chrono::NaiveDate;

use super::Failure;
use super::money::in_base;
use super::payments::Line;
use super::perform::Context;
use crate::domain::cash::{CUSTOMERS, CashPolicy, KEYS, PEOPLE, Policies, read_own};
use crate::domain::discount::percent_of;
use crate::store::Tx;
use crate::store::ledger::Item;

/// How much of what a line grants goes beyond the policy: the discount an item has not earned, and a difference out of
/// tolerance; then what of it is a difference within.
pub(super) fn beyond(
    tx: &Tx<'_>,
    context: &Context<'_>,
    (item, line): (&Item, &Line),
    paid_on: NaiveDate,
) -> Result<(i64, i64), Failure> {
    let mut settings = Vec::with_capacity(KEYS.len() + 2);
    for key in KEYS.into_iter().chain([CUSTOMERS, PEOPLE]) {
        settings.push((key, tx.setting(key)?));
    }
    let setting = |key: &str| settings.iter().find(|(known, _)| *known == key)?.1.clone();
    let policy = Policies::read(context.base, setting).of(&tx.customer(item.customer)?.data.number);
    let people = setting(PEOPLE).and_then(|text| read_own(&text).ok()).unwrap_or_default();
    // What a person may accept never is more than what is accepted of the customer.
    let theirs = people.iter().find(|own| own.who == context.person.login).or(people.iter().find(|own| own.who == "*"));
    let theirs = theirs.map(|own| policy.with(own, context.base).tolerance);
    let earned = earned_discount(tx, item, line, &policy, paid_on)?;
    let unearned = (line.discount - earned).max(0);
    // Of what is open: the rest of an item is not the item.
    let open = in_base(tx, context.base, item.open, item.currency, context.today)?.unwrap_or(0);
    let within = in_base(tx, context.base, line.difference, item.currency, context.today)?.is_some_and(|difference| {
        policy.tolerance.accepts(open, difference) && theirs.is_none_or(|own| own.accepts(open, difference))
    });
    let (out, accepted) = if within { (0, line.difference) } else { (line.difference, 0) };
    Ok((unearned + out, accepted))
}

/// The discount an item was billed with, when it is paid whole for the first time in time.
fn earned_discount(
    tx: &Tx<'_>,
    item: &Item,
    line: &Line,
    policy: &CashPolicy,
    paid_on: NaiveDate,
) -> Result<i64, Failure> {
    let Some((percent, until)) = tx.discount_of(item.id)? else { return Ok(0) };
    let last = until + chrono::Duration::days(policy.grace);
    let whole = line.paid + line.discount + line.difference + line.deducted >= item.open && item.open == item.amount;
    let base = tx.discount_net(item.id)?.unwrap_or(item.amount);
    Ok(if whole && paid_on <= last { percent_of(base, percent) } else { 0 })
}
