//! The arithmetic of an explanation: what each item is relieved of by money, discount and write-off, so that the parts
//! always add up to the receipt and no item gets more than is open.

use super::super::discount::percent_of;
use super::super::{calendar, money};
use super::answer::{Difference, Explanation, Share};
use super::book::{Book, Row};
use super::payment::Payment;
use super::policy::{Policy, Rule};

/// One payment beside one customer's items.
pub(super) struct Desk<'a> {
    pub book: &'a Book,
    pub payment: &'a Payment,
    pub policy: &'a Policy,
    pub customer: u32,
}

impl<'a> Desk<'a> {
    /// A row by its place.
    pub fn row(&self, place: u32) -> Option<&'a Row> {
        self.book.rows.get(place as usize)
    }

    /// The rows at these places.
    pub fn rows(&self, places: &[u32]) -> impl Iterator<Item = &'a Row> {
        places.iter().filter_map(|place| self.row(*place))
    }

    /// The customer's rows with something open in the currency of the payment that existed when it was made; amounts
    /// alone cannot mean a later invoice.
    pub fn open_rows(&self) -> Vec<u32> {
        let range = self.book.rows_of(self.customer);
        let fits = |place: &u32| {
            self.row(*place).is_some_and(|row| {
                row.open != 0 && row.currency == self.payment.currency && row.document_date <= self.payment.date
            })
        };
        range.filter(fits).collect()
    }

    /// What is open at these places, in minor units.
    pub fn sum(&self, places: &[u32]) -> i64 {
        self.rows(places).fold(0, |sum: i64, row| sum.saturating_add(row.open))
    }

    /// The discount of a row not paid in part before, and by how many days the payment was late for it.
    pub fn discount(&self, row: &Row) -> Option<(i64, i64)> {
        let terms = self.book.discount(row).filter(|_| row.open > 0 && row.open == row.amount)?;
        let until = calendar::add_days(terms.until(row.document_date), self.policy.discount_grace);
        let amount = percent_of(self.book.discount_base(row), terms.percent).clamp(0, row.open - 1);
        (amount > 0).then(|| (amount, calendar::days_between(until, self.payment.date).max(0)))
    }

    /// The discount a row earned by the value date; 0 where it has none or came late.
    pub fn earned(&self, row: &Row) -> i64 {
        self.discount(row).filter(|(_, late)| *late == 0).map_or(0, |(amount, _)| amount)
    }

    /// The discounts these rows earned.
    pub fn all_earned(&self, places: &[u32]) -> i64 {
        self.rows(places).fold(0, |sum: i64, row| sum.saturating_add(self.earned(row)))
    }

    /// Settles the rows in full: a shortage is written off, largest item first, and what is over stays on the receipt.
    pub fn close(&self, rule: Rule, places: &[u32], discounted: bool) -> Explanation {
        let mut shares: Vec<Share> = Vec::with_capacity(places.len());
        for row in self.rows(places) {
            let discount = if discounted { self.earned(row) } else { 0 };
            shares.push(Share { item: row.id, amount: row.open - discount, discount, written_off: 0 });
        }
        let settled = shares.iter().fold(0, |sum: i64, share| sum.saturating_add(share.amount));
        let difference = settled.saturating_sub(self.payment.amount);
        let mut short = difference.max(0);
        let mut largest: Vec<usize> = (0..shares.len()).collect();
        largest.sort_by_key(|place| std::cmp::Reverse(shares[*place].amount));
        for place in largest {
            let part = short.min(shares[place].amount.max(0));
            shares[place].amount -= part;
            shares[place].written_off = part;
            short -= part;
        }
        let posted_as = match difference {
            0 => Difference::None,
            1.. => Difference::WrittenOff,
            _ => Difference::Rest,
        };
        self.explanation(rule, shares, difference, posted_as)
    }

    /// Settles the rows as far as the money goes, credits first, then in the order given; the rest of the last item
    /// stays open.
    pub fn fill(&self, rule: Rule, places: &[u32], posted_as: Difference) -> Explanation {
        let mut shares: Vec<Share> = Vec::with_capacity(places.len());
        let credits = self.rows(places).filter(|row| row.open < 0);
        shares.extend(credits.map(|row| Share { item: row.id, amount: row.open, discount: 0, written_off: 0 }));
        let credit: i64 = shares.iter().fold(0, |sum: i64, share| sum.saturating_sub(share.amount));
        let mut left = self.payment.amount.saturating_add(credit);
        for row in self.rows(places).filter(|row| row.open > 0) {
            let amount = row.open.min(left);
            left -= amount;
            if amount > 0 {
                shares.push(Share { item: row.id, amount, discount: 0, written_off: 0 });
            }
        }
        let difference = self.sum(places).saturating_sub(self.payment.amount);
        self.explanation(rule, shares, difference, posted_as)
    }

    /// An explanation of these shares; the rest is what of the receipt they leave.
    pub fn explanation(&self, rule: Rule, shares: Vec<Share>, difference: i64, posted_as: Difference) -> Explanation {
        let used = shares.iter().fold(0, |sum: i64, share| sum.saturating_add(share.amount));
        Explanation {
            rule,
            customer: self.book.customers.get(self.customer as usize).map_or(0, |customer| customer.id),
            shares,
            deductions: Vec::new(),
            rest: self.payment.amount.saturating_sub(used),
            difference,
            posted_as,
            confidence: 0,
            evidence: Vec::new(),
            objections: Vec::new(),
        }
    }

    /// Whether a difference from `sum` minor units is within the policy: above zero is short.
    pub fn tolerates(&self, sum: i64, difference: i64) -> bool {
        let tolerance = if difference > 0 { self.policy.short } else { self.policy.over };
        difference != 0 && tolerance.accepts(sum, difference)
    }
}

/// Whether an amount is one the engine works with.
pub(super) fn is_sound(amount: i64) -> bool {
    (1..=money::AMOUNT_MAX).contains(&amount)
}
