//! Setting a credit against debit items: by the references named, oldest first, or by exact amount. Nothing is ever
//! allocated beyond what is open or what was received; ambiguous matches are suggestions for a person.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::money;

/// A debit item that may be settled. Amounts in minor units of one currency.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct OpenDebit {
    /// The item.
    pub id: i64,
    /// What is open, above zero.
    pub open: i64,
    /// The disputed part of it; automatic allocation leaves it alone.
    pub disputed: i64,
    /// The due date.
    pub due: NaiveDate,
}

impl OpenDebit {
    /// What automatic allocation may settle: the open amount without its disputed part.
    pub fn collectible(&self) -> i64 {
        (self.open - self.disputed.max(0)).clamp(0, self.open.max(0))
    }
}

/// A part of the credit set against one item.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Share {
    /// The debit item.
    pub item: i64,
    /// Minor units, above zero.
    pub amount: i64,
}

/// A proposed allocation. Shares and remainder add up to the credit.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Proposal {
    /// The shares in the order they were taken.
    pub shares: Vec<Share>,
    /// What of the credit stays unapplied.
    pub remainder: i64,
}

impl Proposal {
    /// Takes up to `wanted` from the rest for an item.
    fn take(&mut self, item: i64, wanted: i64) {
        let amount = wanted.min(self.remainder);
        if amount > 0 {
            self.shares.push(Share { item, amount });
            self.remainder -= amount;
        }
    }
}

/// Oldest first: by due date, then item. Without `partial` an item the rest does not cover in full ends the run and
/// the rest stays on account.
pub fn oldest_first(credit: i64, debits: &[OpenDebit], partial: bool) -> Proposal {
    let mut ordered: Vec<&OpenDebit> = debits.iter().collect();
    ordered.sort_by_key(|debit| (debit.due, debit.id));
    let mut proposal = Proposal { shares: Vec::new(), remainder: credit.max(0) };
    for debit in ordered {
        if !partial && debit.collectible() > proposal.remainder {
            break;
        }
        proposal.take(debit.id, debit.collectible());
    }
    proposal
}

/// By the items the customer named, in that order, each with the amount named or all that is open. A person named
/// them, so disputed parts are settled too; never more than is open, never more than the credit.
pub fn by_reference(credit: i64, named: &[(i64, Option<i64>)], debits: &[OpenDebit]) -> Proposal {
    let mut proposal = Proposal { shares: Vec::new(), remainder: credit.max(0) };
    for &(item, amount) in named {
        let Some(debit) = debits.iter().find(|debit| debit.id == item) else { continue };
        let taken: i64 = proposal.shares.iter().filter(|share| share.item == item).map(|share| share.amount).sum();
        let left = debit.open - taken;
        proposal.take(item, amount.unwrap_or(left).min(left));
    }
    proposal
}

/// The items whose open amount equals the credit, earliest due date first, then lowest id. More than one is ambiguous
/// and must be put to a person.
pub fn exact(credit: i64, debits: &[OpenDebit]) -> Vec<i64> {
    let mut hits: Vec<&OpenDebit> = debits.iter().filter(|debit| debit.open == credit && credit > 0).collect();
    hits.sort_by_key(|debit| (debit.due, debit.id));
    hits.into_iter().map(|debit| debit.id).collect()
}

/// What a search for items that together equal the credit found.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Combination {
    /// No set of items adds up.
    None,
    /// Exactly one does.
    Unique(Vec<i64>),
    /// Several do, smallest sets first: a suggestion for a person, never a posting.
    Ambiguous(Vec<Vec<i64>>),
    /// The search was stopped because there are too many items to try.
    GaveUp,
}

/// How many partial sums a combination search may look at.
const COMBINATION_STEPS: u32 = 200_000;

/// Finds sets of at most `max_items` items whose open amounts add up to the credit.
pub fn combination(credit: i64, debits: &[OpenDebit], max_items: usize) -> Combination {
    let mut search = Search { debits, max_items, found: Vec::new(), steps: COMBINATION_STEPS };
    search.extend(0, credit, &mut Vec::new());
    search.found.sort_by_key(Vec::len);
    match search.found.len() {
        _ if search.steps == 0 => Combination::GaveUp,
        0 => Combination::None,
        1 => Combination::Unique(search.found.remove(0)),
        _ => Combination::Ambiguous(search.found),
    }
}

/// The state of a combination search.
struct Search<'a> {
    debits: &'a [OpenDebit],
    max_items: usize,
    found: Vec<Vec<i64>>,
    steps: u32,
}

impl Search<'_> {
    /// Tries every item from `from` on as the next member of the set `taken`.
    fn extend(&mut self, from: usize, rest: i64, taken: &mut Vec<i64>) {
        if rest == 0 && !taken.is_empty() {
            self.found.push(taken.clone());
            return;
        }
        if taken.len() == self.max_items {
            return;
        }
        for (place, debit) in self.debits.iter().enumerate().skip(from) {
            if self.steps == 0 {
                return;
            }
            self.steps -= 1;
            if debit.open > 0 && debit.open <= rest {
                taken.push(debit.id);
                self.extend(place + 1, rest - debit.open, taken);
                taken.pop();
            }
        }
    }
}

/// How much a payment may differ and still settle an item: the lower of an absolute and a percentage limit.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Tolerance {
    /// Minor units.
    pub absolute: i64,
    /// Percent of the item.
    pub percent: Decimal,
}

impl Tolerance {
    /// The limit for an item of `amount` minor units: `min(absolute, amount x percent)`.
    pub fn limit(&self, amount: i64) -> i64 {
        let share = Decimal::from(amount.abs()) * self.percent / Decimal::ONE_HUNDRED;
        self.absolute.min(money::to_minor(share, 0).unwrap_or(0))
    }

    /// Whether `difference` may be accepted without a person, short or over alike.
    pub fn accepts(&self, amount: i64, difference: i64) -> bool {
        difference.abs() <= self.limit(amount)
    }
}

/// What is open after a short payment kept as *partial*: item and payment both stay, linked.
pub fn partial_payment(item: i64, paid: i64) -> [i64; 2] {
    [item, -paid]
}

/// What is open after a short payment kept as *residual*: the item is cleared, a new one holds the rest.
pub fn residual_item(item: i64, paid: i64) -> i64 {
    item - paid
}

#[cfg(test)]
mod tests {
    use super::*;

    fn debit(id: i64, open: i64, disputed: i64, due: &str) -> OpenDebit {
        OpenDebit { id, open, disputed, due: due.parse().unwrap() }
    }

    #[test]
    fn automatic_allocation_leaves_disputed_parts_alone() {
        let debits = [debit(1, 100, 40, "2026-01-01"), debit(2, 100, 0, "2026-02-01")];
        let proposal = oldest_first(120, &debits, true);
        assert_eq!(proposal.shares, [Share { item: 1, amount: 60 }, Share { item: 2, amount: 60 }]);
        assert_eq!(proposal.remainder, 0);
    }

    #[test]
    fn named_items_never_take_more_than_is_open() {
        let debits = [debit(1, 100, 40, "2026-01-01")];
        let proposal = by_reference(500, &[(1, Some(70)), (1, Some(70)), (9, None)], &debits);
        assert_eq!(proposal.shares.iter().map(|share| share.amount).sum::<i64>(), 100);
        assert_eq!(proposal.remainder, 400);
    }

    #[test]
    fn equal_sums_are_ambiguous() {
        let debits = [debit(1, 30, 0, "2026-01-01"), debit(2, 70, 0, "2026-01-01"), debit(3, 100, 0, "2026-01-01")];
        assert!(matches!(combination(100, &debits, 4), Combination::Ambiguous(sets) if sets.len() == 2));
        assert_eq!(combination(5, &debits, 4), Combination::None);
    }
}
