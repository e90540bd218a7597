//! Acts that arrange how collecting goes on: payment plans, strategies of the worklist, contacts of every kind, and the
//! hand-over of a person's accounts. Promises with who said what belong to it too. None of
//! them moves money.

pub(super) mod claim;
mod contacts;
mod plans;
mod promises;
mod strategies;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::Failure;
use super::perform::{Context, Written};
use crate::domain::authority::Right;
use crate::domain::plan::Instalment;
use crate::domain::promise::Said;
use crate::domain::strategy::Strategy;
use crate::store::Tx;

/// One such change.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Arrange {
    /// Agrees a payment plan with a customer.
    ProposePlan {
        /// Items of one customer and currency, and the minor units planned of each.
        items: Vec<(i64, i64)>,
        /// What is to be paid when, by date.
        instalments: Vec<Instalment>,
        /// Days after an instalment's date in which it still counts.
        grace_days: i64,
        /// Who agreed to what.
        text: String,
        /// The plan whose place it takes.
        replaces: Option<i64>,
    },
    /// Records a promise to pay items on a day, with how they will pay and who said so.
    PromiseBy {
        /// Items and the minor units promised on each.
        items: Vec<(i64, i64)>,
        /// The day.
        on: NaiveDate,
        /// What was said.
        text: String,
        /// By which method, by whom, over which way.
        said: Said,
    },
    /// Takes a payment plan back: its items are to be collected as if there were none.
    WithdrawPlan {
        /// Which plan.
        plan: i64,
        /// Why.
        reason: String,
    },
    /// Writes a strategy of the worklist, or its next version.
    SetStrategy {
        /// The strategy.
        strategy: Box<Strategy>,
        /// The version the person saw; 0 for a new one.
        version: i64,
    },
    /// Logs a contact with what came of it and what is to be done next.
    Contact {
        /// With whom.
        customer: i64,
        /// How: one of [`crate::domain::outcome::KINDS`].
        kind: String,
        /// What came of it: one of [`crate::domain::outcome::Outcome`].
        outcome: String,
        /// What was said.
        text: String,
        /// When to go on.
        next_on: NaiveDate,
        /// What to do then; empty for what the outcome asks for.
        next_what: String,
    },
    /// Gives all customers of one owner to another, with a note on each.
    HandOver {
        /// Login of the owner so far.
        from: String,
        /// Login of the new owner.
        to: String,
        /// What the new owner should know.
        note: String,
    },
}

impl Arrange {
    /// The kind as the log shows it.
    pub fn kind(&self) -> &'static str {
        match self {
            Arrange::ProposePlan { replaces: Some(_), .. } => "replace plan",
            Arrange::ProposePlan { .. } => "payment plan",
            Arrange::PromiseBy { .. } => "promise",
            Arrange::WithdrawPlan { .. } => "withdraw plan",
            Arrange::SetStrategy { .. } => "set strategy",
            Arrange::Contact { .. } => "contact",
            Arrange::HandOver { .. } => "hand over",
        }
    }

    /// The right needed to perform it.
    pub fn right(&self) -> Right {
        match self {
            Arrange::SetStrategy { .. } => Right::Settings,
            _ => Right::Collect,
        }
    }
}

pub(super) fn handle(tx: &mut Tx<'_>, context: &Context<'_>, act: &Arrange) -> Result<Written, Failure> {
    match act {
        Arrange::ProposePlan { items, instalments, grace_days, text, replaces } => {
            let terms = plans::Terms { items, instalments, grace_days: *grace_days, text, replaces: *replaces };
            plans::propose(tx, context, &terms)
        }
        Arrange::PromiseBy { items, on, text, said } => promises::record(tx, context, items, (*on, text), said),
        Arrange::WithdrawPlan { plan, reason } => plans::withdraw(tx, context, *plan, reason),
        Arrange::SetStrategy { strategy, version } => strategies::set(tx, strategy, *version),
        Arrange::Contact { .. } => contacts::log(tx, context, act),
        Arrange::HandOver { from, to, note } => contacts::hand_over(tx, context, (from, to), note),
    }
}

/// Takes what plans an act made or ended back. Its activities and master data are taken back as those of other acts.
pub(super) fn undo(tx: &mut Tx<'_>, context: &Context<'_>, act: &Arrange, number: i64) -> Result<(), Failure> {
    match act {
        Arrange::ProposePlan { replaces, .. } => plans::undo_proposal(tx, context, number, *replaces),
        Arrange::WithdrawPlan { plan, .. } => plans::restore(tx, context, *plan, "withdrawn"),
        _ => Ok(()),
    }
}
