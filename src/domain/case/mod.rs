//! What becomes of a disputed amount: parts kept apart by what settled them, so that what was claimed is always explained
//! (behaviour 5D), the decisions that lead there, and the causes behind them.

pub mod clock;
pub mod mention;
pub mod pareto;

use serde::{Deserialize, Serialize};

/// What became of a part of a claim.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub enum Effect {
    /// A credit note was given for it.
    Credited,
    /// It was accepted as a trade promotion.
    Promotion,
    /// It was written off.
    WrittenOff,
    /// It was charged back with a debit note of its own.
    ChargedBack,
    /// The customer paid it after all.
    Paid,
    /// It was refused and is collected as usual.
    Collected,
    /// The customer promised to repay it.
    Repaid,
    /// Another case took it over.
    Moved,
    /// It was settled before the book kept how.
    Earlier,
}

impl Effect {
    /// Every effect, in the order a case lists them.
    pub const ALL: [Effect; 9] = [
        Effect::Credited,
        Effect::Promotion,
        Effect::WrittenOff,
        Effect::ChargedBack,
        Effect::Paid,
        Effect::Collected,
        Effect::Repaid,
        Effect::Moved,
        Effect::Earlier,
    ];

    /// The word in the book and on the screen.
    pub fn word(self) -> &'static str {
        match self {
            Effect::Credited => "credited",
            Effect::Promotion => "promotion",
            Effect::WrittenOff => "written off",
            Effect::ChargedBack => "charged back",
            Effect::Paid => "paid",
            Effect::Collected => "collected",
            Effect::Repaid => "repaid",
            Effect::Moved => "moved",
            Effect::Earlier => "earlier",
        }
    }

    /// Reads [`Effect::word`].
    pub fn parse(text: &str) -> Option<Effect> {
        Effect::ALL.into_iter().find(|effect| effect.word() == text)
    }

    /// Whether the customer was right about this part, so that it is given up.
    pub fn is_given(self) -> bool {
        matches!(self, Effect::Credited | Effect::Promotion | Effect::WrittenOff | Effect::Earlier)
    }

    /// Whether this part stays owed or was paid: the customer was not right about it.
    pub fn is_won(self) -> bool {
        matches!(self, Effect::ChargedBack | Effect::Paid | Effect::Collected | Effect::Repaid)
    }
}

/// How soon a case is worked on.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Priority {
    /// Before others.
    High,
    /// As it comes; what a case has of which nothing else is said.
    Normal,
    /// After others.
    Low,
}

impl Priority {
    /// Every priority, most pressing first.
    pub const ALL: [Priority; 3] = [Priority::High, Priority::Normal, Priority::Low];

    /// The word in the book and on the screen.
    pub fn word(self) -> &'static str {
        match self {
            Priority::High => "high",
            Priority::Normal => "normal",
            Priority::Low => "low",
        }
    }

    /// Reads [`Priority::word`], in any case.
    pub fn parse(text: &str) -> Option<Priority> {
        Priority::ALL.into_iter().find(|priority| priority.word().eq_ignore_ascii_case(text.trim()))
    }
}

/// The amounts of a case in minor units, kept apart.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Amounts {
    /// What was disputed when the case was opened.
    pub claimed: i64,
    parts: [i64; 9],
}

impl Amounts {
    /// A case with nothing settled.
    pub fn new(claimed: i64) -> Amounts {
        Amounts { claimed, parts: [0; 9] }
    }

    /// A case that was closed before the book kept what became of its parts: what was accepted was credited.
    pub fn before(claimed: i64, accepted: i64) -> Amounts {
        let mut amounts = Amounts::new(claimed);
        amounts.add(Effect::Credited, accepted);
        amounts.add(Effect::Collected, claimed - accepted);
        amounts
    }

    /// Adds to what became of it; less than zero where an effect is taken back.
    pub fn add(&mut self, effect: Effect, amount: i64) {
        self.parts[effect as usize] += amount;
    }

    /// What of it became of `effect`.
    pub fn of(&self, effect: Effect) -> i64 {
        self.parts[effect as usize]
    }

    /// What is still open: `claimed - credited - promotion - written off - charged back - paid - collected - repaid - moved -
    /// earlier`.
    pub fn open(&self) -> i64 {
        self.claimed - self.parts.iter().sum::<i64>()
    }

    /// Given up to the customer.
    pub fn given(&self) -> i64 {
        self.sum(Effect::is_given)
    }

    /// Not given up: charged back, paid, collected or repaid.
    pub fn won(&self) -> i64 {
        self.sum(Effect::is_won)
    }

    fn sum(&self, which: fn(Effect) -> bool) -> i64 {
        Effect::ALL.into_iter().filter(|effect| which(*effect)).map(|effect| self.of(effect)).sum()
    }
}

/// What a decision does with a part of a claim.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// A credit note for it.
    Credit,
    /// Accepted as a trade promotion, booked to its own account.
    Promotion,
    /// Written off: not worth the argument.
    WriteOff,
    /// Taken off the item and charged back with a debit note, due at once.
    ChargeBack,
    /// The customer promises to repay it on a day.
    Repay,
    /// Refused: collected again from today.
    Collect,
}

impl Outcome {
    /// Every outcome in the order people choose from.
    pub const ALL: [Outcome; 6] =
        [Outcome::Credit, Outcome::Promotion, Outcome::WriteOff, Outcome::ChargeBack, Outcome::Repay, Outcome::Collect];

    /// The word on the screen and on the command line.
    pub fn word(self) -> &'static str {
        match self {
            Outcome::Credit => "credit",
            Outcome::Promotion => "promotion",
            Outcome::WriteOff => "write-off",
            Outcome::ChargeBack => "charge-back",
            Outcome::Repay => "repay",
            Outcome::Collect => "collect",
        }
    }

    /// Reads [`Outcome::word`].
    pub fn parse(text: &str) -> Option<Outcome> {
        Outcome::ALL.into_iter().find(|outcome| outcome.word() == text.trim())
    }

    /// What becomes of the part.
    pub fn effect(self) -> Effect {
        match self {
            Outcome::Credit => Effect::Credited,
            Outcome::Promotion => Effect::Promotion,
            Outcome::WriteOff => Effect::WrittenOff,
            Outcome::ChargeBack => Effect::ChargedBack,
            Outcome::Repay => Effect::Repaid,
            Outcome::Collect => Effect::Collected,
        }
    }
}

/// What really went wrong, which closing a case demands to be said: the reason is the customer's word, the cause is ours.
pub const CAUSES: [&str; 12] = [
    "price master data",
    "order entry",
    "picking and packing",
    "carrier",
    "product",
    "invoicing",
    "tax set-up",
    "terms or discount",
    "promotion set-up",
    "our payment posting",
    "customer's mistake",
    "no cause found",
];

/// The cause somebody means: its word, or the only one that begins with the text.
pub fn cause(text: &str) -> Option<&'static str> {
    let text = text.trim().to_lowercase();
    let mut found = CAUSES.into_iter().filter(|cause| !text.is_empty() && cause.starts_with(&text));
    match (CAUSES.into_iter().find(|cause| *cause == text), found.next(), found.next()) {
        (Some(exact), ..) => Some(exact),
        (None, Some(only), None) => Some(only),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_of_a_claim_is_in_one_place() {
        let mut amounts = Amounts::new(1_000);
        for (place, effect) in Effect::ALL.into_iter().enumerate() {
            amounts.add(effect, 10 + place as i64);
        }
        assert_eq!(amounts.open(), 1_000 - (10..19).sum::<i64>());
        assert_eq!(amounts.given(), 10 + 11 + 12 + 18);
        assert_eq!(amounts.won(), 13 + 14 + 15 + 16);
        assert_eq!(amounts.open() + amounts.given() + amounts.won() + amounts.of(Effect::Moved), amounts.claimed);
        assert_eq!(Amounts::before(100, 40).open(), 0);
    }

    #[test]
    fn words_read_back_and_causes_may_be_cut_short() {
        for effect in Effect::ALL {
            assert_eq!(Effect::parse(effect.word()), Some(effect));
        }
        for outcome in Outcome::ALL {
            assert_eq!(Outcome::parse(outcome.word()), Some(outcome));
        }
        assert_eq!(cause("Carrier"), Some("carrier"));
        assert_eq!(cause("pic"), Some("picking and packing"));
        assert_eq!(cause("pr"), None, "price, product or promotion");
        assert_eq!(cause(""), None);
    }
}
