//! Provision for expected losses: the matrix of rates by aging band, rates from run-off, specific reserves and the
//! movement of the allowance (domain reference, section 4). Money in minor units, rates in percent.

use rust_decimal::Decimal;

use super::discount::percent_of;

/// Expected loss of each band: `balance x rate`, rounded to the minor unit. Credit items must be left out.
pub fn matrix(balances: &[i64], rates: &[Decimal]) -> Vec<i64> {
    balances.iter().zip(rates).map(|(balance, rate)| percent_of(*balance, *rate)).collect()
}

/// Loss rates in percent by run-off of a cohort: `finally lost / what entered the band`; unrounded. The first band is
/// entered by all sales, each further one by what was still unpaid. A band nobody entered has no rate.
pub fn run_off_rates(sales: Decimal, unpaid_after: &[Decimal], lost: Decimal) -> Vec<Option<Decimal>> {
    let entering = std::iter::once(&sales).chain(unpaid_after);
    entering.map(|entered| (lost * Decimal::ONE_HUNDRED).checked_div(*entered)).collect()
}

/// Historical rates adjusted for the outlook; never above 100 %.
pub fn scaled_rates(rates: &[Decimal], factor: Decimal) -> Vec<Decimal> {
    rates.iter().map(|rate| (rate * factor).min(Decimal::ONE_HUNDRED)).collect()
}

/// The expense that brings the allowance to its target: `target - (opening - write-offs + recoveries)`.
pub fn period_expense(target: i64, opening: i64, write_offs: i64, recoveries: i64) -> i64 {
    target - roll_forward(opening, 0, write_offs, recoveries)
}

/// The closing allowance: `opening + charge - write-offs + recoveries`.
pub fn roll_forward(opening: i64, charge: i64, write_offs: i64, recoveries: i64) -> i64 {
    opening + charge - write_offs + recoveries
}
