//! What is left of a run's letter on a day: the items it may still ask for, and the credits it takes off. A letter that is
//! looked at and one that goes out are made from the same.

use chrono::NaiveDate;
use rusqlite::Connection;

use super::load::{Wanted, customers, rules};
use super::runs::{Key, lines};
use crate::domain::dunning::{Credits, Customer, Item, Verdict};
use crate::store::Tx;
use crate::store::error::Result;

/// What a letter may ask for now.
#[derive(Debug, Clone, Default)]
pub struct Standing {
    /// To whom, with everything that is open.
    pub customer: Customer,
    /// Its items; none where nothing is left to ask for.
    pub items: Vec<Item>,
    /// Credits it takes off, minor units.
    pub netted: i64,
}

impl Standing {
    /// The credits of the letter, as its policy has them: taken off, listed, or none. Minor units.
    pub fn credits(&self, as_of: Credits, key: Key) -> i64 {
        match as_of {
            Credits::None => 0,
            Credits::Net => self.netted,
            Credits::List => {
                let held = self.customer.items.iter().filter(|item| item.currency == key.currency && item.open < 0);
                held.map(|item| -item.open).sum()
            }
        }
    }
}

/// The items of a letter as they stand: those of the run that are still dunned, and that no other run reminded at the level
/// it proposed or a higher one meanwhile. A person may have lowered that level, even to one that was sent before.
pub(super) fn standing(conn: &Connection, run: i64, key: Key, today: NaiveDate) -> Result<Standing> {
    let wanted = Wanted { customer: Some(key.customer), today, run };
    let Some(customer) = customers(conn, wanted)?.pop() else { return Ok(Standing::default()) };
    let lines = lines(conn, run, Some(key.customer))?;
    let decision = rules(conn)?.decide(&customer, today);
    let of = |item: &Item| {
        let mut own = lines.iter().filter(|line| line.item == item.id && line.letter_key() == Some(key));
        own.any(|line| item.level() < line.proposed)
    };
    let due: Vec<(&Item, &Verdict)> = (customer.items.iter().zip(&decision.verdicts))
        .filter(|(item, verdict)| of(item) && verdict.level().is_some_and(|level| level >= key.level))
        .collect();
    // A letter that was lowered takes off what those of its items would have.
    let mut own: Vec<(usize, u32)> =
        due.iter().filter_map(|(_, verdict)| Some((verdict.policy?, verdict.level()?))).collect();
    own.sort_unstable();
    own.dedup();
    let asked: i64 = due.iter().map(|(item, _)| item.asked()).sum();
    let off: i64 = own.into_iter().map(|(policy, level)| decision.credit_off(policy, level, key.currency)).sum();
    let items = due.into_iter().map(|(item, _)| item.clone()).collect();
    Ok(Standing { customer, items, netted: off.min(asked) })
}

impl Tx<'_> {
    /// What is left of a run's letter.
    pub fn letter_standing(&self, run: i64, key: Key, today: NaiveDate) -> Result<Standing> {
        standing(self.conn, run, key, today)
    }
}
