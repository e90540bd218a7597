//! Acts on cases in full: decide a part, split, reopen, wait, void, confirm, facts, files, inquiries, tasks. Opening,
//! assigning and noting are older and live in [`super::cases`]; whatever clears a disputed item from elsewhere is
//! followed here (`follow`), so that what a case says is always what its documents say.

mod decide;
mod desk;
mod follow;
mod group;
mod inquiries;
mod tasks;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::Failure;
use super::perform::{Context, Written};
use crate::domain::authority::Right;
use crate::domain::case::Outcome;
use crate::domain::department;
use crate::domain::dispute::State;
use crate::store::Tx;
use crate::store::work::{Dispute, NewStep};

/// The setting that says up to how much `o2c daily` writes the rest of a case off; nothing is where it is not set.
pub const CLOSE_BELOW: &str = "dispute-close-below";

pub(super) use decide::{Settled, posted, settle};
pub(super) use follow::follow;
pub(super) use inquiries::undo as undo_inquiries;
pub(super) use tasks::{asked_of_new, mention};

/// One change of a case.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Case {
    /// Decides a part of what is in dispute.
    Decide {
        /// Which dispute.
        dispute: i64,
        /// The version the person saw.
        version: i64,
        /// What becomes of the part.
        outcome: Outcome,
        /// Minor units of the part.
        amount: i64,
        /// Whether the rest is collected; else it stays in dispute.
        rest: bool,
        /// What really went wrong, one of [`crate::domain::case::CAUSES`].
        cause: String,
        /// The day the customer repays on.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        on: Option<NaiveDate>,
        /// Why.
        text: String,
    },
    /// Opens one case over several items of a customer: a dispute on each, shown and decided together.
    OpenSeveral {
        /// Items and the minor units disputed of each.
        items: Vec<(i64, i64)>,
        /// Reason, a word of the reasons list.
        reason: String,
        /// What the customer says.
        text: String,
    },
    /// Adds an item to a case.
    AddItem {
        /// Which dispute of the case.
        dispute: i64,
        /// The version the person saw.
        version: i64,
        /// The item.
        item: i64,
        /// Minor units disputed of it.
        amount: i64,
        /// What the customer says.
        text: String,
    },
    /// Decides parts of several disputes of one case alike.
    DecideAll {
        /// The disputes, each at the version the person saw, and the part decided of each.
        parts: Vec<Share>,
        /// What becomes of the parts.
        outcome: Outcome,
        /// Whether the rest of each is collected; else it stays in dispute.
        rest: bool,
        /// What really went wrong, one of [`crate::domain::case::CAUSES`].
        cause: String,
        /// The day the customer repays on.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        on: Option<NaiveDate>,
        /// Why.
        text: String,
    },
    /// Moves a part to a case of its own.
    Split {
        /// Which dispute.
        dispute: i64,
        /// The version the person saw.
        version: i64,
        /// Minor units of the part.
        amount: i64,
        /// The reason of the new case.
        reason: String,
        /// What the new case is about.
        text: String,
    },
    /// Disputes again what was decided to be collected or repaid.
    Reopen {
        /// Which dispute.
        dispute: i64,
        /// The version the person saw.
        version: i64,
        /// Why.
        text: String,
    },
    /// Says who is to act: the customer (the clock stands), somebody to clarify, a supervisor because it is late, or its
    /// owner again.
    Wait {
        /// Which dispute.
        dispute: i64,
        /// The version the person saw.
        version: i64,
        /// `customer`, `clarification`, `supervisor` or `us`.
        on: String,
        /// What is waited for.
        text: String,
    },
    /// Takes a case out that was opened by mistake; nothing of it may be settled.
    Void {
        /// Which dispute.
        dispute: i64,
        /// The version the person saw.
        version: i64,
        /// Why.
        text: String,
    },
    /// Agrees to a closed case: reversing what closed it opens it no more.
    Confirm {
        /// Which dispute.
        dispute: i64,
        /// The version the person saw.
        version: i64,
    },
    /// Notes something known of a case.
    Fact {
        /// Which dispute.
        dispute: i64,
        /// The version the person saw.
        version: i64,
        /// One of `desk::FIELDS`: `last day`, `contact`, `processor`, `priority` ...
        field: String,
        /// Its value.
        value: String,
    },
    /// Notes a file with a case; the file stays where it is.
    Attach {
        /// Which dispute.
        dispute: i64,
        /// The version the person saw.
        version: i64,
        /// The file's name.
        name: String,
        /// Where it is.
        path: String,
        /// Bytes.
        size: i64,
        /// SHA-256, hexadecimal.
        sha256: String,
        /// What it shows.
        note: String,
    },
    /// Opens an inquiry: a question that holds nothing back.
    Inquire {
        /// Whose.
        customer: i64,
        /// The item it is about, where it is about one.
        item: Option<i64>,
        /// The order, payment or matter it is about.
        about: String,
        /// Reason, a word of the reasons list.
        reason: String,
        /// How it came: `call`, `e-mail`, `portal`.
        channel: String,
        /// Who asked.
        contact: String,
        /// What was asked.
        text: String,
    },
    /// Works on an inquiry.
    Work {
        /// Which inquiry.
        inquiry: i64,
        /// The version the person saw.
        version: i64,
        /// What is done.
        what: Work,
        /// What was said.
        text: String,
    },
    /// Makes a dispute of an inquiry.
    Promote {
        /// Which inquiry.
        inquiry: i64,
        /// The version the person saw.
        version: i64,
        /// The item in dispute.
        item: i64,
        /// Minor units disputed.
        amount: i64,
        /// Reason, a word of the reasons list.
        reason: String,
        /// What the customer says.
        text: String,
    },
    /// Notes that a task is done.
    TaskDone {
        /// Which task.
        task: i64,
    },
}

/// A part of one dispute of a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Share {
    /// Which dispute.
    pub dispute: i64,
    /// The version the person saw.
    pub version: i64,
    /// Minor units of the part.
    pub amount: i64,
}

/// What a decision is about, of one dispute or several.
pub(super) struct Decision {
    pub(super) parts: Vec<Share>,
    pub(super) outcome: Outcome,
    pub(super) rest: bool,
    pub(super) on: Option<NaiveDate>,
}

/// What is done to an inquiry.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Work {
    /// A note.
    Note,
    /// The customer was answered.
    Answer,
    /// Somebody else has to act.
    Assign {
        /// Login of the owner.
        owner: String,
        /// Department; the present one when empty.
        department: String,
    },
}

impl Case {
    /// The kind as the log shows it.
    pub fn kind(&self) -> &'static str {
        match self {
            Case::Decide { outcome: Outcome::ChargeBack, .. }
            | Case::DecideAll { outcome: Outcome::ChargeBack, .. } => "charge back",
            Case::Decide { .. } | Case::DecideAll { .. } => "resolve dispute",
            Case::OpenSeveral { .. } => "open dispute",
            Case::AddItem { .. } => "add to dispute",
            Case::Split { .. } => "split dispute",
            Case::Reopen { .. } => "reopen dispute",
            Case::Wait { .. } => "dispute waits",
            Case::Void { .. } => "void dispute",
            Case::Confirm { .. } => "confirm dispute",
            Case::Fact { .. } => "dispute fact",
            Case::Attach { .. } => "attach file",
            Case::Inquire { .. } => "inquiry",
            Case::Work { .. } => "work on inquiry",
            Case::Promote { .. } => "promote inquiry",
            Case::TaskDone { .. } => "task done",
        }
    }

    /// The right it takes.
    pub fn right(&self) -> Right {
        match self {
            Case::Decide { .. } | Case::DecideAll { .. } | Case::Reopen { .. } | Case::Confirm { .. } => {
                Right::ResolveDispute
            }
            // Whoever was asked may say that it is done; that it is them is asked with the task at hand.
            Case::TaskDone { .. } => Right::Read,
            _ => Right::Dispute,
        }
    }

    /// What it decides, where it decides something.
    pub(super) fn decision(&self) -> Option<Decision> {
        match self {
            Case::Decide { dispute, version, outcome, amount, rest, on, .. } => {
                let parts = vec![Share { dispute: *dispute, version: *version, amount: *amount }];
                Some(Decision { parts, outcome: *outcome, rest: *rest, on: *on })
            }
            Case::DecideAll { parts, outcome, rest, on, .. } => {
                Some(Decision { parts: parts.clone(), outcome: *outcome, rest: *rest, on: *on })
            }
            _ => None,
        }
    }

    /// The disputes it changes.
    pub fn disputes(&self) -> Vec<i64> {
        match self {
            Case::DecideAll { parts, .. } => parts.iter().map(|part| part.dispute).collect(),
            Case::Decide { dispute, .. }
            | Case::AddItem { dispute, .. }
            | Case::Split { dispute, .. }
            | Case::Reopen { dispute, .. }
            | Case::Wait { dispute, .. }
            | Case::Void { dispute, .. }
            | Case::Confirm { dispute, .. }
            | Case::Fact { dispute, .. }
            | Case::Attach { dispute, .. } => vec![*dispute],
            _ => Vec::new(),
        }
    }

    /// The same act of the version as it is now, for doing again what was taken back.
    pub(super) fn at_present(mut self, tx: &Tx<'_>) -> Result<Case, Failure> {
        match &mut self {
            Case::DecideAll { parts, .. } => {
                for part in parts {
                    part.version = tx.dispute(part.dispute)?.version;
                }
            }
            Case::Decide { dispute, version, .. }
            | Case::AddItem { dispute, version, .. }
            | Case::Split { dispute, version, .. }
            | Case::Reopen { dispute, version, .. }
            | Case::Wait { dispute, version, .. }
            | Case::Void { dispute, version, .. }
            | Case::Confirm { dispute, version }
            | Case::Fact { dispute, version, .. }
            | Case::Attach { dispute, version, .. } => *version = tx.dispute(*dispute)?.version,
            Case::Work { inquiry, version, .. } | Case::Promote { inquiry, version, .. } => {
                *version = tx.inquiry(*inquiry)?.version;
            }
            Case::Inquire { .. } | Case::TaskDone { .. } | Case::OpenSeveral { .. } => {}
        }
        Ok(self)
    }
}

pub(super) fn handle(tx: &mut Tx<'_>, context: &Context<'_>, act: &Case) -> Result<Written, Failure> {
    match act {
        Case::Decide { .. } => decide::decide(tx, context, act),
        Case::DecideAll { .. } => group::decide_all(tx, context, act),
        Case::OpenSeveral { items, reason, text } => group::open(tx, context, items, reason, text),
        Case::AddItem { .. } => group::add(tx, context, act),
        Case::Split { .. } => decide::split(tx, context, act),
        Case::Reopen { dispute, version, text } => decide::reopen(tx, context, (*dispute, *version), text),
        Case::Wait { .. } | Case::Void { .. } | Case::Confirm { .. } | Case::Fact { .. } | Case::Attach { .. } => {
            desk::handle(tx, context, act)
        }
        Case::Inquire { .. } | Case::Work { .. } | Case::Promote { .. } => inquiries::handle(tx, context, act),
        Case::TaskDone { task } => tasks::done(tx, context, *task),
    }
}

/// The case at the version the person saw, open or not.
pub(super) fn at_version(tx: &Tx<'_>, dispute: i64, version: i64) -> Result<Dispute, Failure> {
    let case = tx.dispute(dispute)?;
    if case.version == version {
        return Ok(case);
    }
    let sentence = format!(
        "{} changed after you opened it. {}. Yours was not written and is kept as a draft; look at it again.",
        case.number,
        tx.who(case.last_act)?
    );
    Err(Failure::refused("ACT-03", sentence))
}

/// The case, if more may be said of it: one that is confirmed or void never changes (rule 5D).
pub(super) fn changing_at(tx: &Tx<'_>, dispute: i64, version: i64) -> Result<Dispute, Failure> {
    let case = at_version(tx, dispute, version)?;
    let what = match case.state == State::Void.word() {
        true => "void",
        false if tx.fact(case.id, "confirmed")?.is_empty() => return Ok(case),
        false => "confirmed",
    };
    let sentence = format!("{} is {what} and changes no more. Nothing was changed.", case.number);
    Err(Failure::refused("DIS-04", sentence))
}

/// The case, if it is neither closed nor void and at the version the person saw.
pub(super) fn open_at(tx: &Tx<'_>, dispute: i64, version: i64) -> Result<Dispute, Failure> {
    let case = at_version(tx, dispute, version)?;
    if !case.is_open() {
        return Err(Failure::refused("DIS-02", format!("{} is {}. Nothing was changed.", case.number, case.state)));
    }
    Ok(case)
}

/// A step that changes nothing but what it says.
pub(super) fn same<'a>(context: &Context<'_>, case: &'a Dispute, what: &'a str, text: &'a str) -> NewStep<'a> {
    NewStep {
        what,
        state: &case.state,
        owner: &case.owner,
        department: &case.department,
        accepted: case.accepted,
        text,
        on: context.today,
        person: context.person.id,
        decided_on: case.decided_on,
    }
}

/// Whether a person of this department may decide a case of that one, split it, hand it over or take it out: those of a
/// department do so with what waits in its own queue; disputes, collections and people of no department with all.
pub fn may_decide(own: &str, department: &str) -> bool {
    ["", "disputes", "collections"].contains(&own) || department::current(own) == department::current(department)
}

pub(super) fn of_own_queue(context: &Context<'_>, case: &Dispute) -> Result<(), Failure> {
    if may_decide(&context.person.department, &case.department) {
        return Ok(());
    }
    let sentence = format!(
        "{} waits for {}; you work in {}. Nothing was changed; somebody there, of disputes or \
         of collections decides it or hands it over.",
        case.number, case.department, context.person.department
    );
    Err(Failure::refused("DIS-07", sentence))
}

fn written(tx: &Tx<'_>, case: &Dispute, summary: String) -> Result<Written, Failure> {
    let name = tx.customer(case.customer)?.data.name;
    Ok(Written::of(Some(case.customer), format!("{summary} ({name})")))
}
