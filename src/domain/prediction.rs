//! When an item will probably be paid: a plain, explainable baseline from the customer's own history, and the figures
//! that judge it (domain reference, section 11). No prediction blocks or reminds anybody by itself.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::calendar::{self, Holidays, Roll};
use super::kpi::stats;
use super::money;
use super::power;

/// Days after which a payment weighs half in the median.
pub const HALF_LIFE_DAYS: i64 = 180;

/// How many items of a customer weigh as much as the segment's experience.
pub const SHRINK_ITEMS: u32 = 5;

/// The recency-weighted median of days late: rows are (days late, days since paid), weights `0.5 ^ (age / half_life)`;
/// the smallest value at which half the weight is reached. `None` without rows.
pub fn weighted_median(rows: &[(i64, i64)], half_life: i64) -> Option<i64> {
    let mut weighted: Vec<(i64, Decimal)> =
        rows.iter().map(|(late, age)| (*late, power::half_life_weight(*age, half_life))).collect();
    weighted.sort_by_key(|row| row.0);
    let half = weighted.iter().map(|row| row.1).sum::<Decimal>() / Decimal::TWO;
    let mut reached = Decimal::ZERO;
    weighted
        .iter()
        .find(|row| {
            reached += row.1;
            reached >= half
        })
        .map(|row| row.0)
}

/// Draws a customer's figure towards the segment's when the history is thin: `(n x customer + k x segment) / (n + k)`.
pub fn shrink(items: u32, customer: Decimal, segment: Decimal, strength: u32) -> Decimal {
    let (n, k) = (Decimal::from(items), Decimal::from(strength));
    (n * customer + k * segment).checked_div(n + k).unwrap_or(segment)
}

/// Days late to expect of a customer: the weighted median of the history, drawn towards the segment's median, in whole
/// days. Without history it is the segment's.
pub fn days_late(history: &[(i64, i64)], segment: i64) -> i64 {
    let own = weighted_median(history, HALF_LIFE_DAYS).unwrap_or(segment);
    let items = u32::try_from(history.len()).unwrap_or(u32::MAX);
    let estimate = shrink(items, Decimal::from(own), Decimal::from(segment), SHRINK_ITEMS);
    money::to_minor(estimate, 0).unwrap_or(segment)
}

/// The day to expect the money: the open promise if there is one, else the due date plus the days late of the
/// customer; not before `today`, moved to a working day.
pub fn expected_payment(
    due: NaiveDate,
    days_late: i64,
    promised: Option<NaiveDate>,
    today: NaiveDate,
    holidays: &Holidays,
) -> NaiveDate {
    let expected = promised.unwrap_or_else(|| calendar::add_days(due, days_late));
    calendar::roll(expected.max(today), Roll::Following, holidays)
}

/// How wrong predictions were, in days; positive bias is too late.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Errors {
    /// Mean absolute error.
    pub mean: Decimal,
    /// Median absolute error.
    pub median: Decimal,
    /// Mean of predicted less actual.
    pub bias: Decimal,
    /// Percent of predictions at most five days off.
    pub within_5: Decimal,
}

/// Judges predictions against what happened; `None` without any.
pub fn errors(predicted: &[i64], actual: &[i64]) -> Option<Errors> {
    let signed: Vec<i64> = predicted.iter().zip(actual).map(|(p, a)| p - a).collect();
    let absolute = stats::decimals(&signed.iter().map(|error| error.abs()).collect::<Vec<_>>());
    let near = signed.iter().filter(|error| error.abs() <= 5).count();
    let share = Decimal::from(near * 100).checked_div(Decimal::from(signed.len()))?;
    Some(Errors {
        mean: stats::mean(&absolute)?,
        median: stats::median(&absolute)?,
        bias: stats::mean(&stats::decimals(&signed))?,
        within_5: share,
    })
}

/// Where an item belongs when history is split at a cut-off.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fold {
    /// Issued and paid before the cut-off.
    Train,
    /// Issued on or after it.
    Test,
    /// Issued before and paid after: its outcome was not known, using it would leak.
    Dropped,
}

/// Splits by time, never at random.
pub fn fold(issued: NaiveDate, paid: Option<NaiveDate>, cut_off: NaiveDate) -> Fold {
    if issued >= cut_off {
        Fold::Test
    } else if paid.is_some_and(|paid| paid < cut_off) {
        Fold::Train
    } else {
        Fold::Dropped
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thin_history_leans_on_the_segment_and_a_promise_wins() {
        assert_eq!(days_late(&[], 7), 7);
        assert_eq!(days_late(&[(12, 10), (12, 20), (12, 30)], 4), 7);
        let date = |text: &str| -> NaiveDate { text.parse().unwrap() };
        let none = Holidays::new();
        let expected = expected_payment(date("2026-03-01"), 10, None, date("2026-03-01"), &none);
        assert_eq!(expected, date("2026-03-11"));
        let promised = expected_payment(date("2026-03-01"), 10, Some(date("2026-03-14")), date("2026-03-01"), &none);
        assert_eq!(promised, date("2026-03-16"), "14 March is a Saturday");
    }
}
