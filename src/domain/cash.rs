//! What the company accepts when payments differ from what they pay, as its settings say it, and the matching policy that
//! follows from it.

use rust_decimal::Decimal;

use super::allocation::Tolerance;
use super::matching::Policy;
use super::money::{self, Currency};

/// What differences of payments are accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CashPolicy {
    /// How much an item may be short or over; minor units of the book's currency.
    pub tolerance: Tolerance,
    /// Days after a discount's last day in which it is granted.
    pub grace: i64,
    /// Whether oldest items are paid where nothing else explains a payment.
    pub oldest_first: bool,
}

/// The setting with what payers mean by the codes of their deductions.
pub const DEDUCTION_REASONS: &str = "deduction-reasons";

/// The settings it is read from.
pub const KEYS: [&str; 4] = ["cash-tolerance", "cash-tolerance-percent", "discount-grace-days", "oldest-first"];

impl CashPolicy {
    /// Reads it: `setting` gives the value of a key of [`KEYS`]. What is not set accepts nothing.
    pub fn read(base: Currency, setting: impl Fn(&str) -> Option<String>) -> CashPolicy {
        let decimal = |key: &str| setting(key).and_then(|text| text.parse::<Decimal>().ok()).unwrap_or_default();
        let [absolute, percent, grace, oldest] = KEYS.map(decimal);
        let absolute = money::to_minor(absolute, base.digits()).unwrap_or(0);
        let grace = grace.try_into().unwrap_or(0);
        CashPolicy { tolerance: Tolerance { absolute, percent }, grace, oldest_first: oldest > Decimal::ZERO }
    }

    /// The policy the matching rules run under.
    pub fn matching(&self) -> Policy {
        Policy {
            short: self.tolerance,
            over: self.tolerance,
            discount_grace: self.grace,
            oldest_first: self.oldest_first,
            ..Policy::default()
        }
    }
}
