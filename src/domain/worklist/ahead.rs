//! Points by steps, and what the list looks ahead for: an item about to fall into a worse bucket, a cash discount about to
//! end.

use super::Facts;
use crate::domain::strategy::{Step, Strategy};

/// The steps what is to collect and the age of the oldest item have reached: `None` where the strategy has no steps,
/// `Some(None)` below the first.
pub(super) fn stepped(facts: &Facts, strategy: &Strategy) -> [Option<Option<Step>>; 2] {
    let whole = facts.to_collect.max(0) / 10i64.pow(facts.currency.digits());
    let of = |steps: &[Step], value: i64| (!steps.is_empty()).then(|| Step::reached(steps, value));
    [of(&strategy.amount_steps, whole), of(&strategy.age_steps, facts.oldest_days)]
}

/// An item that falls into a worse bucket within the days the strategy looks ahead.
pub(super) fn worse_soon(facts: &Facts, strategy: &Strategy) -> Option<String> {
    let (days, bucket) = facts.worse.filter(|(days, _)| *days <= strategy.worse_days)?;
    Some(if days == 0 {
        format!("Fell into {bucket} days today")
    } else {
        format!("Falls into {bucket} days in {days} d")
    })
}

/// A cash discount that ends within the days the strategy looks ahead.
pub(super) fn lapsing_soon(facts: &Facts, strategy: &Strategy) -> Option<String> {
    let days = facts.lapsing.filter(|days| *days <= strategy.lapse_days)?;
    Some(if days == 0 { "Discount ends today".to_owned() } else { format!("Discount ends in {days} d") })
}

#[cfg(test)]
pub(super) mod tests {
    use super::super::tests::facts;
    use super::super::{Facts, score};
    use crate::domain::strategy::{Events, Step, Strategy};

    pub(in super::super) fn step(from: i64, points: i64) -> Step {
        Step { from, points }
    }

    #[test]
    fn stepped_points_a_worse_bucket_and_a_discount_about_to_end_are_seen() {
        let strategy = Strategy {
            amount_steps: vec![step(1_000, 10), step(10_000, 25)],
            age_steps: vec![step(31, 7)],
            events: Events { worse_bucket: 6, discount_lapsing: 4, ..Strategy::default().events },
            worse_days: 3,
            ..Strategy::default()
        };
        let of = |facts: Facts| -> Vec<(i64, String)> {
            score(&facts, &strategy).unwrap().parts.into_iter().map(|part| (part.points, part.reason)).collect()
        };
        let late =
            Facts { to_collect: 1_000_000, oldest_days: 58, worse: Some((3, "61-90")), lapsing: Some(0), ..facts() };
        let parts = of(late.clone());
        for (points, reason) in [
            (25, "10,000 EUR to collect, the step from 10,000"),
            (7, "Oldest 58 days past due, the step from 31"),
            (6, "Falls into 61-90 days in 3 d"),
            (4, "Discount ends today"),
        ] {
            assert!(parts.contains(&(points, reason.to_owned())), "{reason}: {parts:?}");
        }
        // One step lower, and too far ahead to count.
        let parts = of(Facts { to_collect: 999_999, worse: Some((4, "61-90")), lapsing: Some(8), ..late });
        assert!(parts.contains(&(10, "10,000 EUR to collect, the step from 1,000".to_owned())), "{parts:?}");
        assert!(!parts.iter().any(|(_, reason)| reason.contains("61-90") || reason.contains("Discount")), "{parts:?}");
        // Below the first step there are no points for it; as the strategy says, somebody is listed for what else there is.
        let parts = of(Facts { to_collect: 50_000, oldest_days: 12, ..facts() });
        assert!(
            !parts.iter().any(|(_, reason)| reason.contains("to collect") || reason.contains("Oldest")),
            "{parts:?}"
        );
    }
}
