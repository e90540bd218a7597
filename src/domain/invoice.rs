//! Invoice arithmetic: line amounts, tax per category and document, totals as EN 16931 sums them, cash rounding, gaps
//! in a number series, and tax relief on bad debts (domain reference, sections 6.5 and 9). Money in minor units.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::calendar;
use super::discount::percent_of;
use super::money;

/// A line's net amount: `quantity x price / base quantity`, rounded to `digits` decimals. `None` for a base of 0.
pub fn line_net(quantity: Decimal, price: Decimal, base_quantity: Decimal, digits: u32) -> Option<i64> {
    money::to_minor(quantity.checked_mul(price)?.checked_div(base_quantity)?, digits)
}

/// The taxable amount of one category and rate.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TaxBase {
    /// Minor units.
    pub amount: i64,
    /// Percent.
    pub rate: Decimal,
}

impl TaxBase {
    /// The tax of this category: rounded once, on the document, not by line.
    pub fn tax(&self) -> i64 {
        percent_of(self.amount, self.rate)
    }
}

/// What a document adds up from.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Parts {
    /// The sum of line nets.
    pub lines: i64,
    /// Allowances on the document.
    pub allowances: i64,
    /// Charges on the document.
    pub charges: i64,
    /// Tax bases by category and rate.
    pub tax: Vec<TaxBase>,
    /// Paid before.
    pub prepaid: i64,
    /// Rounding of the amount due.
    pub rounding: i64,
}

/// The totals of a document, by the rules BR-CO-13 to BR-CO-17, exact to the minor unit.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Totals {
    /// `lines - allowances + charges`.
    pub net: i64,
    /// The sum of tax by category.
    pub tax: i64,
    /// `net + tax`.
    pub gross: i64,
    /// `gross - prepaid + rounding`.
    pub payable: i64,
}

/// Adds up a document.
pub fn totals(parts: &Parts) -> Totals {
    let net = parts.lines - parts.allowances + parts.charges;
    let tax = parts.tax.iter().map(TaxBase::tax).sum();
    Totals { net, tax, gross: net + tax, payable: net + tax - parts.prepaid + parts.rounding }
}

/// Tax rounded on each line and added, as some regimes allow.
pub fn tax_per_line(lines: &[i64], rate: Decimal) -> i64 {
    lines.iter().map(|line| percent_of(*line, rate)).sum()
}

/// Rounds an amount payable in cash to a multiple of `step` minor units, half away from zero. The rounding to show is
/// the result less the amount.
pub fn cash_rounded(amount: i64, step: i64) -> i64 {
    let steps = Decimal::from(amount).checked_div(Decimal::from(step));
    steps.and_then(|steps| money::to_minor(steps, 0)).map_or(amount, |steps| steps * step)
}

/// Numbers missing between the first and last issued that were not voided either.
pub fn gaps(issued: &[i64], voided: &[i64]) -> Vec<i64> {
    let known: BTreeSet<i64> = issued.iter().chain(voided).copied().collect();
    let pairs = known.iter().zip(known.iter().skip(1));
    pairs.flat_map(|(before, after)| before + 1..*after).collect()
}

/// Tax relief on a bad debt: the tax contained in the gross amount, `outstanding x fraction`; 20 % tax is one sixth.
pub fn bad_debt_relief(outstanding: i64, numerator: i64, denominator: i64) -> i64 {
    let share = (Decimal::from(outstanding) * Decimal::from(numerator)).checked_div(Decimal::from(denominator));
    share.and_then(|share| money::to_minor(share, 0)).unwrap_or(0)
}

/// When relief may be claimed in the United Kingdom: from six months to four years and six months after the later of
/// due date and supply.
pub fn relief_window(due: NaiveDate, supply: NaiveDate) -> (NaiveDate, NaiveDate) {
    let start = due.max(supply);
    (calendar::add_months(start, 6), calendar::add_months(start, 54))
}

/// How far a line of an order is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct OrderLine {
    /// Quantity ordered.
    pub ordered: Decimal,
    /// Quantity delivered.
    pub delivered: Decimal,
    /// Quantity billed.
    pub billed: Decimal,
}

impl OrderLine {
    /// Percent of the order; 100 when nothing was ordered.
    pub fn percent(&self, done: Decimal) -> Decimal {
        (done * Decimal::ONE_HUNDRED).checked_div(self.ordered).unwrap_or(Decimal::ONE_HUNDRED)
    }

    /// Delivered and not billed.
    pub fn to_bill(&self) -> Decimal {
        (self.delivered - self.billed).max(Decimal::ZERO)
    }

    /// Ordered and not delivered.
    pub fn backorder(&self) -> Decimal {
        (self.ordered - self.delivered).max(Decimal::ZERO)
    }

    /// The state both percentages imply, in words.
    pub fn state(&self) -> &'static str {
        match (self.delivered >= self.ordered, self.billed >= self.ordered) {
            (true, true) => "completed",
            (true, false) => "to bill",
            (false, true) => "to deliver",
            (false, false) => "to deliver and bill",
        }
    }
}
