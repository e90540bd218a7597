//! What the company accepts when payments differ from what they pay: tolerance and grace, read from its settings, and how
//! much of what a person grants goes beyond.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::Failure;
use super::money::in_base;
use super::payments::Line;
use super::perform::Context;
use crate::domain::allocation::Tolerance;
use crate::domain::discount::percent_of;
use crate::domain::money::{self, Currency};
use crate::domain::terms::Terms;
use crate::store::Tx;
use crate::store::ledger::Item;

/// What differences of payments are accepted, in the book's currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CashPolicy {
    /// How much an item may be short or over.
    pub tolerance: Tolerance,
    /// Days after a discount's last day in which it is granted.
    pub grace: i64,
    /// Whether oldest items are paid where nothing else explains a payment.
    pub oldest_first: bool,
}

/// Reads the policy from settings: `setting` gives the value of a key.
pub fn policy(base: Currency, mut setting: impl FnMut(&str) -> Option<String>) -> CashPolicy {
    let mut decimal = |key: &str| setting(key).and_then(|text| text.parse::<Decimal>().ok()).unwrap_or_default();
    let absolute = money::to_minor(decimal("cash-tolerance"), base.digits()).unwrap_or(0);
    let percent = decimal("cash-tolerance-percent");
    let grace = decimal("discount-grace-days").try_into().unwrap_or(0);
    let oldest_first = decimal("oldest-first") > Decimal::ZERO;
    CashPolicy { tolerance: Tolerance { absolute, percent }, grace, oldest_first }
}

/// How much of what a line grants goes beyond the policy: the discount an item has not earned, and a difference out of
/// tolerance.
pub(super) fn beyond(
    tx: &Tx<'_>,
    context: &Context<'_>,
    (item, line): (&Item, &Line),
    paid_on: NaiveDate,
) -> Result<i64, Failure> {
    let mut settings = Vec::new();
    for key in ["cash-tolerance", "cash-tolerance-percent", "discount-grace-days", "oldest-first"] {
        settings.push((key, tx.setting(key)?));
    }
    let policy = policy(context.base, |key| settings.iter().find(|(known, _)| *known == key)?.1.clone());
    let earned = earned_discount(tx, item, line, &policy, paid_on)?;
    let unearned = (line.discount - earned).max(0);
    let within = in_base(tx, context.base, line.difference, item.currency, context.today)?.is_some_and(|difference| {
        let whole = in_base(tx, context.base, item.amount, item.currency, context.today).ok().flatten().unwrap_or(0);
        policy.tolerance.accepts(whole, difference)
    });
    Ok(unearned + if within { 0 } else { line.difference })
}

/// The discount the customer's terms give on an item that is paid whole for the first time on a day.
fn earned_discount(
    tx: &Tx<'_>,
    item: &Item,
    line: &Line,
    policy: &CashPolicy,
    paid_on: NaiveDate,
) -> Result<i64, Failure> {
    let terms = Terms::parse(&tx.customer(item.customer)?.data.terms).unwrap_or_default();
    let Some(discount) = terms.discount else { return Ok(0) };
    let last = discount.until(item.date) + chrono::Duration::days(policy.grace);
    let whole = line.paid + line.discount + line.difference + line.deducted >= item.open && item.open == item.amount;
    Ok(if whole && paid_on <= last { percent_of(item.amount, discount.percent) } else { 0 })
}
