//! Credit holds: what speaks against delivering more to a customer, and what that comes to at each checkpoint of an order
//! (domain reference, section 7). All rules are looked at and every reason is told; exactly at a limit passes.

use rust_decimal::Decimal;

use super::credit::Exposure;
use super::money::{Currency, Money, NumberStyle};

/// Where in the life of an order credit is looked at.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Checkpoint {
    /// The order is written down: a warning is enough.
    Entry,
    /// The order is promised to the customer.
    Confirm,
    /// Goods leave.
    Delivery,
    /// Goods that left are billed: never stopped.
    Invoice,
}

/// What a checkpoint says.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Outcome {
    /// Nothing speaks against it.
    Pass,
    /// Something does; it goes on all the same.
    Warn,
    /// It waits until somebody releases the customer.
    Hold,
}

impl Checkpoint {
    /// Every checkpoint, in the order of an order's life.
    pub const ALL: [Checkpoint; 4] =
        [Checkpoint::Entry, Checkpoint::Confirm, Checkpoint::Delivery, Checkpoint::Invoice];

    /// The word on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Checkpoint::Entry => "entry",
            Checkpoint::Confirm => "confirm",
            Checkpoint::Delivery => "delivery",
            Checkpoint::Invoice => "invoice",
        }
    }

    /// Reads [`Checkpoint::name`], ignoring case.
    pub fn parse(text: &str) -> Option<Checkpoint> {
        Checkpoint::ALL.into_iter().find(|one| one.name().eq_ignore_ascii_case(text.trim()))
    }

    /// What the checkpoint makes of the reasons there are.
    pub fn outcome(self, reasons: &[String]) -> Outcome {
        match self {
            _ if reasons.is_empty() => Outcome::Pass,
            Checkpoint::Entry | Checkpoint::Invoice => Outcome::Warn,
            Checkpoint::Confirm | Checkpoint::Delivery => Outcome::Hold,
        }
    }
}

impl Outcome {
    /// The word in messages.
    pub fn word(self) -> &'static str {
        match self {
            Outcome::Pass => "pass",
            Outcome::Warn => "warn",
            Outcome::Hold => "hold",
        }
    }
}

/// What is known of a customer when more is to be delivered. Amounts in minor units of `currency`.
#[derive(Clone, Debug)]
pub struct Facts {
    /// Currency of the limit and the amounts.
    pub currency: Currency,
    /// What the customer could come to owe already.
    pub exposure: Exposure,
    /// The credit limit; `None` where none is set, 0 for no credit.
    pub limit: Option<i64>,
    /// Value of what is to be delivered, tax included.
    pub order: i64,
    /// Somebody blocked the customer.
    pub blocked: bool,
    /// Past due.
    pub past_due: i64,
    /// Days past due of the oldest undisputed item; below 1 means nothing is late.
    pub oldest_days: Option<i64>,
}

/// The company's rules; what is `None` is not asked.
#[derive(Clone, Debug, Default)]
pub struct Rules {
    /// Days past due an undisputed item may have.
    pub oldest_days: Option<i64>,
    /// Percent of the exposure that may be past due.
    pub past_due_share: Option<Decimal>,
}

/// Everything that speaks against it, in words, the block first.
pub fn reasons(facts: &Facts, rules: &Rules) -> Vec<String> {
    let shown = |minor| format!("{} {}", Money::new(minor, facts.currency).grouped(NumberStyle::Point), facts.currency);
    let mut reasons = Vec::new();
    if facts.blocked {
        reasons.push("the customer is blocked".to_owned());
    }
    if let Some(limit) = facts.limit
        && facts.exposure.holds(facts.order, limit)
    {
        let over = facts.exposure.total() + facts.order - limit;
        reasons.push(format!("{} over the credit limit of {}", shown(over), shown(limit)));
    }
    if let (Some(most), Some(days)) = (rules.oldest_days, facts.oldest_days)
        && days > most
    {
        reasons.push(format!("an undisputed item is {days} days past due, {most} are allowed"));
    }
    let total = facts.exposure.total();
    if let Some(most) = rules.past_due_share
        && total > 0
    {
        let share = Decimal::from(facts.past_due) * Decimal::ONE_HUNDRED / Decimal::from(total);
        if share > most {
            reasons.push(format!("{}% of what is owed is past due, {most}% is allowed", share.round()));
        }
    }
    reasons
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(order: i64) -> Facts {
        let exposure = Exposure { open_items: 4_200_000, unbilled: 800_000, orders: 1_500_000, unapplied: 500_000 };
        Facts {
            currency: Currency::EUR,
            exposure,
            limit: Some(6_500_000),
            order,
            blocked: false,
            past_due: 0,
            oldest_days: Some(30),
        }
    }

    /// Vectors R01, R02 and R06 of the domain reference.
    #[test]
    fn exactly_at_a_limit_passes() {
        let rules = Rules { oldest_days: Some(30), past_due_share: None };
        assert_eq!(reasons(&facts(500_000), &rules), Vec::<String>::new());
        let over = reasons(&facts(600_000), &rules);
        assert_eq!(over, ["1,000.00 EUR over the credit limit of 65,000.00 EUR"]);
        assert_eq!(Checkpoint::Entry.outcome(&over), Outcome::Warn);
        assert_eq!(Checkpoint::Delivery.outcome(&over), Outcome::Hold);
        assert_eq!(Checkpoint::Invoice.outcome(&over), Outcome::Warn, "goods that left are billed");
    }

    #[test]
    fn every_reason_is_told() {
        let rules = Rules { oldest_days: Some(29), past_due_share: Some(Decimal::from(10)) };
        let late = Facts { blocked: true, past_due: 1_200_000, ..facts(600_000) };
        assert_eq!(reasons(&late, &rules).len(), 4);
        assert_eq!(reasons(&Facts { limit: None, ..facts(9_000_000) }, &Rules::default()), Vec::<String>::new());
    }
}
