//! What a company, or one customer, allows the engine to do by itself: tolerances, which rules run, how sure it must
//! be, and what counts as the balance of an account.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::super::allocation::Tolerance;

/// The rules of the ladder, in the order they are tried.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Rule {
    /// a. The items named add up to the receipt, with or without the discount they earned.
    Named,
    /// b. One item has the amount of the receipt.
    OneItem,
    /// c. The items named add up to the receipt within tolerance.
    NamedWithin,
    /// d. All open items, credits included, add up to it.
    WholeAccount,
    /// e. Everything past due adds up to it.
    PastDue,
    /// f. Everything past due of one payment term adds up to it.
    PastDueOfTerm,
    /// g. Everything invoiced in one month, or up to the end of one as a statement of account has it, adds up to it.
    Month,
    /// h. Some open items add up to it.
    Combination,
    /// i. Oldest first, the last one in part. Only where a customer's policy asks for it.
    OldestFirst,
}

impl Rule {
    /// Every rule of the ladder, in order.
    pub const ALL: [Rule; 9] = [
        Rule::Named,
        Rule::OneItem,
        Rule::NamedWithin,
        Rule::WholeAccount,
        Rule::PastDue,
        Rule::PastDueOfTerm,
        Rule::Month,
        Rule::Combination,
        Rule::OldestFirst,
    ];

    /// The rule of a letter of the ladder, `a` to `i`.
    pub fn of_letter(letter: &str) -> Option<Rule> {
        let [letter @ b'a'..=b'i'] = letter.as_bytes() else { return None };
        Rule::ALL.get(usize::from(letter - b'a')).copied()
    }

    /// The word kept with an allocation and shown in lists.
    pub fn name(self) -> &'static str {
        match self {
            Rule::Named => "named",
            Rule::OneItem => "one item",
            Rule::NamedWithin => "named, within tolerance",
            Rule::WholeAccount => "whole account",
            Rule::PastDue => "all past due",
            Rule::PastDueOfTerm => "past due of one term",
            Rule::Month => "one month",
            Rule::Combination => "combination",
            Rule::OldestFirst => "oldest first",
        }
    }

    /// What the rule found, as people say it.
    pub fn words(self) -> &'static str {
        match self {
            Rule::Named => "the documents named add up to it",
            Rule::OneItem => "one open item has its amount",
            Rule::NamedWithin => "the documents named add up to it within tolerance",
            Rule::WholeAccount => "all open items add up to it",
            Rule::PastDue => "everything past due adds up to it",
            Rule::PastDueOfTerm => "everything past due of one payment term adds up to it",
            Rule::Month => "everything invoiced in one month, or up to its end, adds up to it",
            Rule::Combination => "some open items add up to it",
            Rule::OldestFirst => "oldest items first, as agreed",
        }
    }

    /// Whether the rule rests on documents the payer named.
    pub fn is_by_reference(self) -> bool {
        matches!(self, Rule::Named | Rule::NamedWithin)
    }
}

/// What the balance used by the rules d to g contains.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Balance {
    /// Discounts not yet expired are also tried as taken.
    pub discounts: bool,
    /// Items with a disputed part.
    pub disputed: bool,
    /// Interest and fees for late payment.
    pub charges: bool,
    /// Items not due yet (rule d only).
    pub not_due: bool,
}

/// What becomes of money no rule explains, once its payer is known.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Keep {
    /// It waits for somebody to decide.
    Unapplied,
    /// It is kept on the customer's account, as agreed with the customer.
    OnAccount,
}

/// What the engine may do for one customer. The company's own policy is the default; a customer may have another.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Policy {
    /// How much less than the open amounts still settles them; the difference is written off.
    pub short: Tolerance,
    /// How much more may arrive and be left on the receipt without a person.
    pub over: Tolerance,
    /// Days beyond the terms' own grace in which a discount is still granted.
    pub discount_grace: i64,
    /// Rules switched off.
    pub off: Vec<Rule>,
    /// Per mille below which an explanation is not shown.
    pub minimum: u16,
    /// Per mille from which a payer counts as known.
    pub customer: u16,
    /// Per mille from which an explanation may be applied by itself.
    pub automatic: u16,
    /// Whether rule i may run for this customer.
    pub oldest_first: bool,
    /// What becomes of unexplained money.
    pub keep: Keep,
    /// What the balance contains.
    pub balance: Balance,
    /// The most open items among which combinations are searched.
    pub combination_items: usize,
    /// The most combinations tried for one receipt.
    pub combinations: u32,
}

impl Default for Policy {
    fn default() -> Self {
        Policy {
            short: Tolerance { absolute: 500, percent: Decimal::new(5, 1) },
            over: Tolerance { absolute: 500, percent: Decimal::new(5, 1) },
            discount_grace: 0,
            off: Vec::new(),
            minimum: 300,
            customer: 600,
            automatic: 800,
            oldest_first: false,
            keep: Keep::Unapplied,
            balance: Balance { discounts: true, disputed: false, charges: true, not_due: true },
            combination_items: 25,
            combinations: 50_000,
        }
    }
}

impl Policy {
    /// Whether a rule runs.
    pub fn allows(&self, rule: Rule) -> bool {
        !self.off.contains(&rule) && (rule != Rule::OldestFirst || self.oldest_first)
    }
}
