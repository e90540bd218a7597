//! Cash discounts: when one is earned, what it is worth under the three tax regimes, and what it costs as a yearly rate
//! (domain reference, section 2).

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::money;
use super::power;

/// How a discount and the tax of the invoice meet.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum TaxMode {
    /// Tax is reduced when the discount is taken (most of Europe).
    Included,
    /// Discount on the net amount only, tax unchanged (sales-tax style).
    Excluded,
    /// Tax on the discounted base from the start, whether or not it is taken (Belgium).
    Mixed,
}

impl TaxMode {
    /// Every mode.
    pub const ALL: [TaxMode; 3] = [TaxMode::Included, TaxMode::Excluded, TaxMode::Mixed];

    /// The word in the settings.
    pub fn word(self) -> &'static str {
        match self {
            TaxMode::Included => "included",
            TaxMode::Excluded => "excluded",
            TaxMode::Mixed => "mixed",
        }
    }

    /// The mode of a word.
    pub fn parse(text: &str) -> Option<Self> {
        TaxMode::ALL.into_iter().find(|mode| mode.word() == text)
    }
}

/// An invoice with and without its discount, in minor units.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct EarlyPayment {
    /// The invoice total.
    pub total: i64,
    /// What settles it in time.
    pub pay_early: i64,
    /// The part of the discount that reduces the net amount.
    pub net_discount: i64,
    /// The part that reduces the tax.
    pub tax_discount: i64,
}

impl EarlyPayment {
    /// The whole discount.
    pub fn discount(&self) -> i64 {
        self.total - self.pay_early
    }
}

/// Minor units times a percentage, rounded half away from zero.
pub fn percent_of(amount: i64, percent: Decimal) -> i64 {
    money::to_minor(Decimal::from(amount) * percent / Decimal::ONE_HUNDRED, 0).unwrap_or(0)
}

/// Works out an invoice of `net` minor units taxed at `tax` percent plus `fixed_tax` minor units, with `discount`
/// percent for early payment.
pub fn early_payment(net: i64, tax: Decimal, fixed_tax: i64, discount: Decimal, mode: TaxMode) -> EarlyPayment {
    let kept = Decimal::ONE_HUNDRED - discount;
    let net_discount = percent_of(net, discount);
    let taxed = match mode {
        TaxMode::Mixed => Decimal::from(net) * kept / Decimal::ONE_HUNDRED,
        TaxMode::Included | TaxMode::Excluded => Decimal::from(net),
    };
    let total = net + money::to_minor(taxed * tax / Decimal::ONE_HUNDRED, 0).unwrap_or(0) + fixed_tax;
    let pay_early = match mode {
        TaxMode::Included => percent_of(total, kept),
        TaxMode::Excluded | TaxMode::Mixed => total - net_discount,
    };
    EarlyPayment { total, pay_early, net_discount, tax_discount: total - pay_early - net_discount }
}

/// A part payment that takes its discount pro rata, in minor units.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PartDiscount {
    /// What the item is relieved of: `paid / (1 - d)`, never more than was open.
    pub credited: i64,
    /// The discount in it.
    pub discount: i64,
    /// What stays open.
    pub remaining: i64,
}

/// Discount pro rata on a part payment of `paid` on an item of `amount`. The stricter policy is none unless paid in
/// full.
pub fn part_discount(amount: i64, percent: Decimal, paid: i64) -> PartDiscount {
    let kept = Decimal::ONE_HUNDRED - percent;
    let gross = (Decimal::from(paid) * Decimal::ONE_HUNDRED).checked_div(kept);
    let credited = gross.and_then(|gross| money::to_minor(gross, 0)).unwrap_or(paid).min(amount);
    PartDiscount { credited, discount: (credited - paid).max(0), remaining: amount - credited }
}

/// What forgoing a discount costs as a yearly rate in percent.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct YearlyRate {
    /// `d / (1 - d) x 365 / (net days - discount days)`.
    pub simple: Decimal,
    /// `(1 + d / (1 - d)) ^ (365 / (net days - discount days)) - 1`.
    pub effective: Decimal,
}

/// The yearly rate of `percent` for paying `net_days - discount_days` earlier; `None` when that is not earlier.
pub fn yearly_rate(percent: Decimal, discount_days: i64, net_days: i64) -> Option<YearlyRate> {
    let days = net_days - discount_days;
    let kept = Decimal::ONE_HUNDRED - percent;
    if days <= 0 || kept <= Decimal::ZERO {
        return None;
    }
    let gain = percent / kept;
    let periods = Decimal::from(365) / Decimal::from(days);
    let effective = (power::power(Decimal::ONE + gain, periods)? - Decimal::ONE) * Decimal::ONE_HUNDRED;
    Some(YearlyRate { simple: gain * periods * Decimal::ONE_HUNDRED, effective })
}
