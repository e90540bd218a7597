//! The caps on small differences accepted by tolerance: what one person may accept in a day, by hand and by the rules it
//! starts, and what one customer may be let off in a month. Counted inside the transaction that accepts more, so that two
//! sessions never share what is left of a cap.

use std::collections::HashMap;

use chrono::NaiveDate;

use super::Failure;
use super::money::{in_base, shown};
use super::payments::Line;
use super::perform::Context;
use crate::domain::{calendar, money};
use crate::store::Tx;

/// The settings: what a person may accept in a day, and what a customer may be let off in a month.
pub const PER_DAY: &str = "cash-differences-per-day";
/// See [`PER_DAY`].
pub const PER_MONTH: &str = "cash-differences-per-month";

/// What is left of the caps, in minor units of the book's currency.
pub(super) struct Cap {
    per_day: Option<i64>,
    per_month: Option<i64>,
    today: i64,
    /// By customer and month.
    by_customer: HashMap<(i64, NaiveDate), i64>,
}

impl Cap {
    /// The caps, with what this person accepted today.
    pub(super) fn read(tx: &Tx<'_>, context: &Context<'_>) -> Result<Cap, Failure> {
        let cap = |key| -> Result<Option<i64>, Failure> {
            let amount = tx.setting(key)?.and_then(|text| text.parse().ok());
            let minor = amount.and_then(|amount| money::to_minor(amount, context.base.digits()));
            Ok(minor.filter(|minor| *minor > 0))
        };
        let (per_day, per_month) = (cap(PER_DAY)?, cap(PER_MONTH)?);
        let today = if per_day.is_some() { tx.differences_today(context.person.id)? } else { 0 };
        Ok(Cap { per_day, per_month, today, by_customer: HashMap::new() })
    }

    /// Takes the differences of some lines, posted on a day, off what is left. Says why they are too much, and takes nothing then.
    pub(super) fn take(
        &mut self,
        tx: &Tx<'_>,
        context: &Context<'_>,
        (customer, on): (i64, NaiveDate),
        lines: &[Line],
    ) -> Result<Result<(), String>, Failure> {
        let mut more = 0;
        for line in lines.iter().filter(|line| line.difference > 0) {
            let item = tx.item(line.item)?;
            more += in_base(tx, context.base, line.difference, item.currency, item.date)?.unwrap_or(line.difference);
        }
        if more == 0 || (self.per_day.is_none() && self.per_month.is_none()) {
            return Ok(Ok(()));
        }
        let money = |minor| shown(minor, context.base);
        if let Some(cap) = self.per_day
            && self.today + more > cap
        {
            return Ok(Err(format!(
                "a difference of {} is above the cap of a day: {} of {} are used",
                money(more),
                money(self.today),
                money(cap)
            )));
        }
        if let Some(cap) = self.per_month {
            // Of the month the difference is posted in, so that what is let off later still counts there.
            let month = (customer, calendar::month_start(on));
            let so_far = match self.by_customer.get(&month) {
                Some(so_far) => *so_far,
                None => tx.differences_in_month(customer, on)?,
            };
            if so_far + more > cap {
                return Ok(Err(format!(
                    "a difference of {} is above the customer's cap of a month: {} of {} are used",
                    money(more),
                    money(so_far),
                    money(cap)
                )));
            }
            self.by_customer.insert(month, so_far + more);
        }
        self.today += more;
        Ok(Ok(()))
    }
}
