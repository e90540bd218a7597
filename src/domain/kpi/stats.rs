//! Mean, median, nearest-rank percentile and weighted mean, exact in decimals. An empty list has none of them.

use rust_decimal::Decimal;

use super::divide;

/// The arithmetic mean.
pub fn mean(values: &[Decimal]) -> Option<Decimal> {
    divide(values.iter().sum(), Decimal::from(values.len()))
}

/// The middle value; the mean of both middle values of an even count.
pub fn median(values: &[Decimal]) -> Option<Decimal> {
    let mut sorted = values.to_vec();
    sorted.sort();
    let upper = *sorted.get(sorted.len() / 2)?;
    let lower = sorted[(sorted.len() - 1) / 2];
    Some((lower + upper) / Decimal::TWO)
}

/// The nearest-rank percentile: the value at place `ceil(percent / 100 x n)` of the sorted list, counted from 1.
pub fn percentile(values: &[Decimal], percent: usize) -> Option<Decimal> {
    let mut sorted = values.to_vec();
    sorted.sort();
    let place = (percent * sorted.len()).div_ceil(100).max(1);
    sorted.get(place - 1).copied()
}

/// `sum(weight x value) / sum(weight)` over rows of weight and value.
pub fn weighted_mean(rows: &[(Decimal, Decimal)]) -> Option<Decimal> {
    let weights: Decimal = rows.iter().map(|row| row.0).sum();
    divide(rows.iter().map(|row| row.0 * row.1).sum(), weights)
}

/// The decimals of whole numbers, for lists of days and counts.
pub fn decimals(values: &[i64]) -> Vec<Decimal> {
    values.iter().copied().map(Decimal::from).collect()
}
