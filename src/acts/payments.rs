//! What a payment of the bank is and what it pays: applied to items with discount and differences, settled as something
//! else, taken back by the bank, sent back by us. Each says for ever by which rule and on what evidence.

use std::sync::{Arc, Mutex};

use serde::{Deserialize, Serialize};

use super::perform::{Context, Written};
use super::{Act, Failure};
use crate::store::Tx;

/// What is paid of one item, in minor units of its currency.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Line {
    /// The open item, a debit.
    pub item: i64,
    /// Paid, by the payment or by the credits beside it.
    pub paid: i64,
    /// Cash discount granted.
    pub discount: i64,
    /// Difference accepted: posted, and gone from the item.
    pub difference: i64,
    /// What the payer refused to pay: a dispute is opened on it, the item stays open by it.
    pub deducted: i64,
    /// Why, for a difference (`bank charges` has its own account) or a deduction (a reason of disputes).
    pub reason: String,
}

/// A payment applied: whose it is, what it pays, and why that is believed.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Application {
    /// The payment.
    pub payment: i64,
    /// What of it was not settled when the person or rule looked, minor units.
    pub left: i64,
    /// Whose it is.
    pub customer: i64,
    /// What it pays.
    pub lines: Vec<Line>,
    /// Open credits (credit notes, earlier receipts) used beside it: item and minor units, above zero.
    pub credits: Vec<(i64, i64)>,
    /// True when what is left over is kept on account by decision; otherwise it is unapplied.
    pub on_account: bool,
    /// The rule: `by hand`, or one of the ladder.
    pub rule: String,
    /// How sure the rule is, per mille.
    pub confidence: i64,
    /// On what it rests, one sentence.
    pub evidence: String,
    /// Keep in mind that the payer's account and name are this customer's.
    pub learn: bool,
}

/// What a payment is that pays no item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Settled {
    /// A charge of the bank.
    Charge,
    /// Moved between own accounts.
    Transfer,
    /// No matter of receivables; booked in the general ledger.
    Elsewhere,
    /// A receipt or refund that was entered by hand already, a document.
    Known(i64),
}

/// Applications that travel beside the act, and how it went.
#[derive(Debug, Default)]
pub struct Batch {
    /// What the rules found.
    pub applications: Vec<Application>,
    /// Why payments were left, by payment: kept for the queue.
    pub left: Vec<(i64, String)>,
    /// Payments applied.
    pub applied: u64,
    /// Payments whose items changed meanwhile; left for the next run.
    pub stale: u64,
}

/// A batch beside its act.
#[derive(Clone, Default)]
pub struct Beside(pub Arc<Mutex<Batch>>);

impl std::fmt::Debug for Beside {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("applications")
    }
}

impl PartialEq for Beside {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

/// One batch of a run.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Run {
    /// How many applications it was given.
    pub given: u64,
    /// First payment of the batch, for the log.
    pub first: i64,
    /// Last payment of the batch.
    pub last: i64,
    /// The applications.
    #[serde(skip)]
    pub beside: Beside,
}

pub(super) fn handle(_: &mut Tx<'_>, _: &Context<'_>, _: &Act) -> Result<Written, Failure> {
    Err(Failure::refused("ACT-06", "Not yet."))
}
