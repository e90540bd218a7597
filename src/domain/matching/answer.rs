//! What the engine answers about one payment: who paid, which explanations there are with their arithmetic, whether the
//! first may be applied by itself, and, where not, why a person must decide.

use serde::{Deserialize, Serialize};

use super::super::dispute::Reason;
use super::policy::{Keep, Rule};

/// A customer who may have paid.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Payer {
    /// The customer.
    pub customer: i64,
    /// How sure, in per mille.
    pub score: u16,
    /// What says so, strongest first.
    pub evidence: Vec<Evidence>,
}

/// One fact that speaks for a payer or an explanation.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Evidence {
    /// The payer's account is the customer's, or was confirmed as such before.
    Account,
    /// Our customer number was given.
    CustomerNumber,
    /// A document of this customer was named.
    DocumentOfCustomer,
    /// The payer's name is the customer's.
    Name,
    /// The payer's name resembles the customer's.
    NameLike,
    /// Another member of this group paid, and documents of this customer were named.
    Group(String),
    /// The number of an item was named: as written, and how it was read.
    Number {
        /// As written.
        written: String,
        /// The document's number.
        number: String,
        /// How the one was taken for the other.
        read: Reading,
    },
    /// The order or another reference of an item was named.
    Order {
        /// As written.
        written: String,
    },
}

/// How a written reference was taken for a document's number.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reading {
    /// The same letters and digits; prefix, zeros, signs and line breaks aside.
    Exact,
    /// Within a range or a list of endings.
    Listed,
    /// Inside a reference with check digits.
    Checked,
    /// Letters taken for digits that look like them.
    LooksLike,
    /// One slip away.
    Slip,
}

/// What of a receipt goes to one item. `amount + discount + written_off` moves the item towards zero and is never
/// more than was open. Credits have negative amounts.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Share {
    /// The item.
    pub item: i64,
    /// Minor units of the receipt; negative where a credit note is used up.
    pub amount: i64,
    /// The discount granted.
    pub discount: i64,
    /// The small difference written off.
    pub written_off: i64,
}

impl Share {
    /// What the item is relieved of.
    pub fn relieved(&self) -> i64 {
        self.amount + self.discount + self.written_off
    }
}

/// What an advice deducts of one item: it stays open by that, in dispute.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Deduction {
    /// The item.
    pub item: i64,
    /// Minor units.
    pub amount: i64,
    /// The reason of the dispute.
    pub why: Reason,
    /// The payer's code or words.
    pub written: String,
}

/// What the difference between receipt and items would be posted as.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Difference {
    /// There is none.
    None,
    /// Written off to payment differences.
    WrittenOff,
    /// Left open: a discount taken that was not earned.
    UnearnedDiscount,
    /// Left open: a short payment, a deduction once its reason is known.
    Deduction,
    /// More than the items: stays on the receipt.
    Rest,
}

impl Difference {
    /// The words on the screen.
    pub fn words(self) -> &'static str {
        match self {
            Difference::None => "no difference",
            Difference::WrittenOff => "written off to payment differences",
            Difference::UnearnedDiscount => "left open as unearned discount",
            Difference::Deduction => "left open as a deduction",
            Difference::Rest => "left unapplied on the receipt",
        }
    }
}

/// Why an explanation is not applied by itself.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Objection {
    /// As good an explanation exists.
    Tie,
    /// Account, customer number, name and documents point to different customers.
    PayerConflict,
    /// The payer is not known for sure.
    PayerUnsure,
    /// The text names a document this explanation does not pay.
    NamesAnother(String),
    /// A document named was paid already.
    AlreadyPaid(String),
    /// The difference is beyond tolerance, in minor units: above zero is short.
    BeyondTolerance(i64),
    /// A discount was taken this many days late.
    LateDiscount(i64),
    /// An item with a disputed part.
    Disputed,
    /// What the advice says of paid, discount and deduction is not what the items and the receipt come to.
    AdviceDiffers,
    /// A likeness of number or amount, and nothing confirms it.
    Unconfirmed,
    /// So many items can be combined that the sum may be chance.
    Chance,
    /// The search was stopped after this many combinations.
    Stopped(u32),
    /// Less sure than the policy asks for.
    BelowThreshold,
    /// A number was read as another, and too few paid documents are known to rule out one of them.
    ShortHistory,
    /// The book given does not hold every customer and item.
    PartOfBook,
}

impl Objection {
    /// One sentence without its full stop, for the screen.
    pub fn words(&self) -> String {
        match self {
            Objection::Tie => "another explanation is as good".to_owned(),
            Objection::PayerConflict => "payer and documents named belong to different customers".to_owned(),
            Objection::PayerUnsure => "the payer is not known for sure".to_owned(),
            Objection::NamesAnother(written) => format!("the text names {written}, which this does not pay"),
            Objection::AlreadyPaid(written) => format!("{written} was paid already"),
            Objection::BeyondTolerance(_) => "the difference is beyond tolerance".to_owned(),
            Objection::LateDiscount(days) => format!("discount taken {days} days late"),
            Objection::Disputed => "an item is disputed".to_owned(),
            Objection::AdviceDiffers => "the advice does not add up to items and receipt".to_owned(),
            Objection::Unconfirmed => "a likeness only, nothing confirms it".to_owned(),
            Objection::Chance => "with so many items the sum may be chance".to_owned(),
            Objection::Stopped(count) => format!("stopped after {count} combinations"),
            Objection::BelowThreshold => "less sure than the policy asks for".to_owned(),
            Objection::ShortHistory => "a number was read as another, and few paid documents are known".to_owned(),
            Objection::PartOfBook => "only a part of the book was searched".to_owned(),
        }
    }
}

/// One way to explain a receipt. The amounts of the shares and the rest add up to the receipt.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Explanation {
    /// The rule it comes from.
    pub rule: Rule,
    /// Whose items.
    pub customer: i64,
    /// What goes where, in the order of due dates.
    pub shares: Vec<Share>,
    /// What the advice deducts, and why.
    pub deductions: Vec<Deduction>,
    /// What stays on the receipt.
    pub rest: i64,
    /// Open amounts less discounts less the receipt, in minor units: above zero is short, below is over.
    pub difference: i64,
    /// What the difference would be posted as.
    pub posted_as: Difference,
    /// How sure, in per mille.
    pub confidence: u16,
    /// What speaks for it.
    pub evidence: Vec<Evidence>,
    /// What speaks against applying it by itself; empty where the engine would.
    pub objections: Vec<Objection>,
}

impl Explanation {
    /// The discounts granted.
    pub fn discount(&self) -> i64 {
        self.shares.iter().map(|share| share.discount).sum()
    }

    /// One sentence for the screen, without its full stop: `INV-4711 named; sum equals the receipt`.
    pub fn sentence(&self) -> String {
        let named = self.evidence.iter().filter_map(|evidence| match evidence {
            Evidence::Number { number, read: Reading::Exact | Reading::Listed | Reading::Checked, .. } => {
                Some(format!("{number} named"))
            }
            Evidence::Number { written, number, .. } => Some(format!("{written} read as {number}")),
            Evidence::Order { written } => Some(format!("{written} named")),
            _ => None,
        });
        let mut named: Vec<String> = named.collect();
        if named.len() > 3 {
            let more = named.len() - 2;
            named.truncate(2);
            named.push(format!("{more} more"));
        }
        let what = match self.rule {
            _ if !named.is_empty() => named.join(", "),
            Rule::Named | Rule::NamedWithin => "documents named".to_owned(),
            Rule::OneItem => "one open item".to_owned(),
            Rule::WholeAccount => "all open items".to_owned(),
            Rule::PastDue => "everything past due".to_owned(),
            Rule::PastDueOfTerm => "everything past due of one payment term".to_owned(),
            Rule::Month => "everything invoiced in one month or up to its end".to_owned(),
            Rule::Combination => format!("{} open items", self.shares.len()),
            Rule::OldestFirst => "oldest first".to_owned(),
        };
        let sum = match self.posted_as {
            _ if self.rule == Rule::OldestFirst => "as agreed with the customer",
            Difference::None if self.discount() > 0 => "sum less discount equals the receipt",
            Difference::None => "sum equals the receipt",
            Difference::WrittenOff => "receipt is short within tolerance",
            Difference::UnearnedDiscount => "receipt is short by a discount taken late",
            Difference::Deduction if !self.deductions.is_empty() => "sum less what the advice deducts is the receipt",
            Difference::Deduction => "receipt is short",
            Difference::Rest => "receipt is more than the sum",
        };
        format!("{what}; {sum}")
    }
}

/// What becomes of money that is not applied (rule j).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Left {
    /// The payer is known; nobody decided yet, or it is kept as agreed.
    Kept(Keep),
    /// The payer is not known.
    Unidentified,
}

/// The engine's answer about one payment.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Answer {
    /// Who may have paid, surest first.
    pub payers: Vec<Payer>,
    /// The payer, where one is known for sure.
    pub payer: Option<i64>,
    /// Explanations, best first.
    pub explanations: Vec<Explanation>,
    /// What becomes of the money where no explanation is applied.
    pub left: Left,
    /// Documents named in another currency; they are matched by hand.
    pub other_currency: Vec<i64>,
    /// How many combinations were tried before the search was stopped; `None` where it ended by itself.
    pub stopped: Option<u32>,
}

impl Answer {
    /// The one explanation that may be applied without a person.
    pub fn automatic(&self) -> Option<&Explanation> {
        self.explanations.first().filter(|explanation| explanation.objections.is_empty())
    }
}
