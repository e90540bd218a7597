//! Credit: what a customer could come to owe, whether an order fits the limit, and a risk score whose components are
//! all visible (domain reference, section 7). Amounts in minor units of one currency.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::{calendar, item};

/// The parts of a customer's exposure.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Exposure {
    /// Open receivables.
    pub open_items: i64,
    /// Shipped and not billed.
    pub unbilled: i64,
    /// Ordered and not shipped.
    pub orders: i64,
    /// Unapplied and on-account money, above zero; it reduces the exposure.
    pub unapplied: i64,
}

impl Exposure {
    /// `open items + unbilled + orders - unapplied`.
    pub fn total(&self) -> i64 {
        self.open_items + self.unbilled + self.orders - self.unapplied
    }

    /// What is left of the limit; negative when over.
    pub fn headroom(&self, limit: i64) -> i64 {
        limit - self.total()
    }

    /// Exposure in percent of the limit; `None` without a limit or for a limit of 0.
    pub fn utilisation(&self, limit: i64) -> Option<Decimal> {
        (limit > 0).then(|| Decimal::from(self.total()) * Decimal::ONE_HUNDRED / Decimal::from(limit))
    }

    /// Whether an order of that amount must be held; exactly at the limit passes.
    pub fn holds(&self, order: i64, limit: i64) -> bool {
        self.total() + order > limit
    }
}

/// The part of an order that still counts: `total x (100 - percent billed) / 100`, in the unit of `total`.
pub fn unbilled_part(total: Decimal, percent_billed: Decimal) -> Decimal {
    total * (Decimal::ONE_HUNDRED - percent_billed).max(Decimal::ZERO) / Decimal::ONE_HUNDRED
}

/// The sum of orders, in minor units, due within the horizon of `days` from `as_of`.
pub fn orders_within(orders: &[(i64, NaiveDate)], as_of: NaiveDate, days: i64) -> i64 {
    let last = calendar::add_days(as_of, days);
    orders.iter().filter(|order| order.1 <= last).map(|order| order.0).sum()
}

/// Days past due of the oldest item that counts: open and not disputed. Below 1 means nothing is late.
pub fn oldest_days(items: impl IntoIterator<Item = (NaiveDate, bool)>, as_of: NaiveDate) -> Option<i64> {
    items.into_iter().filter(|one| !one.1).map(|one| item::days_past_due(one.0, as_of)).max()
}

/// What the risk score looks at. Shares are 0 to 1.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct RiskFacts {
    /// Weighted average days late of the last six months.
    pub late_6m: Decimal,
    /// Past due of all receivables.
    pub past_due_share: Decimal,
    /// More than 60 days past due of all receivables.
    pub over_60_share: Decimal,
    /// Exposure of the limit; 1 is all of it.
    pub utilisation: Decimal,
    /// Promises broken of those judged.
    pub broken_rate: Decimal,
    /// Weighted average days late of the last three months.
    pub late_3m: Decimal,
    /// Weighted average days late of the last twelve months.
    pub late_12m: Decimal,
}

/// A component of the risk score.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RiskPart {
    /// What it measures.
    pub label: &'static str,
    /// The most it can give.
    pub weight: i64,
    /// What it gives.
    pub points: Decimal,
}

/// The risk score's components: `30 c(late 6m / 60) + 20 c(past due) + 15 c(2 x over 60) + 15 c((use - 0.5) / 0.5) +
/// 10 c(broken) + 10 c((late 3m - late 12m) / 30)`; c clamps to 0..1. Their sum is 0 (good) to 100 (bad).
pub fn risk_parts(facts: &RiskFacts) -> [RiskPart; 6] {
    let half = Decimal::new(5, 1);
    let part = |label, weight: i64, share: Decimal| RiskPart {
        label,
        weight,
        points: Decimal::from(weight) * share.clamp(Decimal::ZERO, Decimal::ONE),
    };
    [
        part("days late, 6 months", 30, facts.late_6m / Decimal::from(60)),
        part("past due", 20, facts.past_due_share),
        part("more than 60 days late", 15, facts.over_60_share * Decimal::TWO),
        part("credit use", 15, (facts.utilisation - half) / half),
        part("broken promises", 10, facts.broken_rate),
        part("getting later", 10, (facts.late_3m - facts.late_12m) / Decimal::from(30)),
    ]
}

/// The sum of [`risk_parts`].
pub fn risk_score(facts: &RiskFacts) -> Decimal {
    risk_parts(facts).iter().map(|part| part.points).sum()
}

/// The band of a score: A below 20, B below 40, C below 60, D below 80, E from there.
pub fn risk_band(score: Decimal) -> char {
    let bands = [(20, 'A'), (40, 'B'), (60, 'C'), (80, 'D')];
    bands.into_iter().find(|band| score < Decimal::from(band.0)).map_or('E', |band| band.1)
}

/// Altman's Z'' from four ratios of financial statements: `6.56 X1 + 3.26 X2 + 6.72 X3 + 1.05 X4`.
pub fn altman_z(ratios: [Decimal; 4]) -> Decimal {
    [656, 326, 672, 105].into_iter().zip(ratios).map(|(weight, ratio)| Decimal::new(weight, 2) * ratio).sum()
}

/// The zone of Z'': above 2.6 safe, below 1.1 distress, between them grey.
pub fn altman_zone(z: Decimal) -> &'static str {
    if z > Decimal::new(26, 1) {
        "safe"
    } else if z < Decimal::new(11, 1) {
        "distress"
    } else {
        "grey"
    }
}
