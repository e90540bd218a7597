//! Acts of dunning: policies and who is under which, holds, and a run from its draft to its last letter. A run is drafted
//! from what [`crate::domain::dunning::decide`] says, reviewed and released by people, and sent letter by letter: each is
//! one act, so that a run that was cut off goes on where it stopped.

pub mod dispatch;
mod policies;
pub mod preview;
mod runs;
mod send;
mod takeback;
pub mod waive;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::Failure;
use super::perform::{Context, Written};
use crate::domain::authority::Right;
use crate::domain::dunning::{Policy, Scope};
use crate::store::Tx;
use crate::store::dunning::runs::{Key, seal};

/// One change of dunning.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Dunning {
    /// Writes a policy, or its next version.
    SetPolicy {
        /// The policy.
        policy: Box<Policy>,
        /// The version the person saw; 0 for a new one.
        version: i64,
    },
    /// Gives a policy to a scope.
    AssignPolicy {
        /// To what.
        scope: Scope,
        /// Its name, `none` for no letters; empty takes back what the scope had.
        policy: String,
    },
    /// Keeps letters from a customer, or about one of its items.
    PlaceHold {
        /// Whose.
        customer: i64,
        /// The item; `None` holds the customer.
        item: Option<i64>,
        /// `manual`, `insolvency`, `legal`, `internal`.
        kind: String,
        /// First day.
        from: NaiveDate,
        /// Last day; `None` until it is lifted.
        until: Option<NaiveDate>,
        /// Why.
        reason: String,
    },
    /// Lifts a hold.
    LiftHold {
        /// Which.
        hold: i64,
        /// Why.
        reason: String,
    },
    /// Drafts a run of today.
    DraftRun {
        /// Only customers of this segment; empty for all.
        segment: String,
    },
    /// Drafts the run of the day for the policies that say so; refused where one of the day is there, or one waits that
    /// somebody worked on.
    DraftDaily,
    /// Changes lines of a drafted run.
    ReviewLines {
        /// Which lines, all of one run.
        lines: Vec<i64>,
        /// What becomes of them.
        what: Review,
        /// Why.
        reason: String,
    },
    /// Releases a run for sending.
    ApproveRun {
        /// Which run.
        run: i64,
        /// What was looked at: [`seal`] over its lines.
        seen: String,
    },
    /// Opens the gate: the run may be sent from here on.
    StartRun {
        /// Which run.
        run: i64,
        /// How many letters the person says it has.
        letters: i64,
        /// Why it is sent although something speaks against it; empty where nothing does.
        despite: String,
    },
    /// Sends one letter of a run.
    SendLetter {
        /// Which run.
        run: i64,
        /// To whom.
        customer: i64,
        /// Row of the policy's version.
        policy: i64,
        /// The level.
        level: u32,
        /// The currency.
        currency: crate::domain::money::Currency,
    },
    /// Notes that every letter of a run is out.
    FinishRun {
        /// Which run.
        run: i64,
    },
    /// Ends a run before anything of it was sent.
    CancelRun {
        /// Which run.
        run: i64,
        /// Why.
        reason: String,
    },
}

/// What becomes of lines of a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Review {
    /// They are left out of this run.
    Drop,
    /// They are left out, and their items held.
    Hold {
        /// Last day of the hold.
        until: Option<NaiveDate>,
    },
    /// They go out with a lower level.
    Lower {
        /// Which.
        level: u32,
    },
    /// They go out as they were drafted; a hold that left them out is lifted.
    Keep,
}

impl Dunning {
    /// The kind as the log shows it.
    pub fn kind(&self) -> &'static str {
        match self {
            Dunning::SetPolicy { .. } => "set policy",
            Dunning::AssignPolicy { .. } => "assign policy",
            Dunning::PlaceHold { .. } => "hold",
            Dunning::LiftHold { .. } => "lift hold",
            Dunning::DraftRun { .. } | Dunning::DraftDaily => "draft run",
            Dunning::ReviewLines { .. } => "review run",
            Dunning::ApproveRun { .. } => "release run",
            Dunning::StartRun { .. } => "start run",
            Dunning::SendLetter { .. } => "letter",
            Dunning::FinishRun { .. } => "finish run",
            Dunning::CancelRun { .. } => "cancel run",
        }
    }

    /// The right needed to perform it.
    pub fn right(&self) -> Right {
        match self {
            Dunning::SetPolicy { .. } | Dunning::AssignPolicy { .. } => Right::Settings,
            _ => Right::Collect,
        }
    }
}

pub(super) fn handle(tx: &mut Tx<'_>, context: &Context<'_>, act: &Dunning) -> Result<Written, Failure> {
    match act {
        Dunning::SetPolicy { policy, version } => policies::set(tx, policy, *version),
        Dunning::AssignPolicy { scope, policy } => policies::assign(tx, scope, policy),
        Dunning::PlaceHold { customer, item, kind, from, until, reason } => {
            let hold = policies::Hold { customer: *customer, item: *item, kind, from: *from, until: *until, reason };
            policies::hold(tx, context, &hold)
        }
        Dunning::LiftHold { hold, reason } => policies::lift(tx, context, *hold, reason),
        Dunning::DraftRun { segment } => runs::draft(tx, context, segment, false),
        Dunning::DraftDaily => runs::draft(tx, context, "", true),
        Dunning::ReviewLines { lines, what, reason } => runs::review(tx, context, lines, what, reason),
        Dunning::ApproveRun { run, seen } => runs::approve(tx, context, *run, seen),
        Dunning::StartRun { run, letters, despite } => send::start(tx, context, *run, *letters, despite),
        Dunning::SendLetter { run, customer, policy, level, currency } => {
            let key = Key { customer: *customer, policy: *policy, level: *level, currency: *currency };
            send::letter(tx, context, *run, key)
        }
        Dunning::FinishRun { run } => send::finish(tx, context, *run),
        Dunning::CancelRun { run, reason } => runs::cancel(tx, context, *run, reason),
    }
}

pub(super) use takeback::take_back;

/// Why a second person is asked, where one is: policies where the company's settings say so, and releasing a run with a
/// policy or level that asks for it.
pub(super) fn second(tx: &Tx<'_>, act: &Dunning) -> Result<Option<(Right, String)>, Failure> {
    let by_two = || -> Result<bool, Failure> { Ok(tx.setting("dunning-policy-by-two")?.as_deref() == Some("1")) };
    Ok(match act {
        Dunning::SetPolicy { .. } | Dunning::AssignPolicy { .. } if by_two()? => {
            Some((Right::Settings, "dunning policies are changed by two people".to_owned()))
        }
        Dunning::ApproveRun { run, .. } if runs::asks_for_two(tx, *run)? => {
            Some((Right::Approve, "its policy lets a run out by two people only".to_owned()))
        }
        _ => None,
    })
}

/// What an act rests on while it waits for a second person.
pub(super) fn premises(tx: &Tx<'_>, act: &Dunning) -> Result<String, Failure> {
    Ok(match act {
        Dunning::SetPolicy { policy, .. } => {
            format!("policy {} version {}", policy.name, policies::version(tx, &policy.name)?)
        }
        Dunning::ApproveRun { run, .. } => {
            let known = tx.dunning_run(*run)?;
            format!("{} {} {}", known.number, known.state, seal(&tx.dunning_lines(*run, None)?))
        }
        _ => String::new(),
    })
}

/// What an act changes, as an approver reads it: what, before, after.
pub(super) fn change(
    tx: &Tx<'_>,
    today: NaiveDate,
    act: &Dunning,
    add: &mut dyn FnMut(&str, String, String),
) -> Result<(), Failure> {
    match act {
        Dunning::SetPolicy { policy, .. } => {
            let before = policies::version(tx, &policy.name)?;
            let word = |version: i64| if version == 0 { "none".to_owned() } else { format!("version {version}") };
            add(&format!("policy {}", policy.name), word(before), word(before + 1));
        }
        Dunning::AssignPolicy { scope, policy } => add(scope.word(), String::new(), policy.clone()),
        Dunning::ApproveRun { run, .. } => {
            let known = tx.dunning_run(*run)?;
            let lines = tx.dunning_lines(*run, None)?;
            for (currency, asked) in runs::sums(&lines) {
                let letters = crate::store::dunning::runs::letters_of(&lines).len();
                let what = format!("{} letters of {}", letters, known.number);
                add(&what, "draft".to_owned(), super::money::shown(asked, currency));
            }
            let gone = tx.dunning_gone(&known, &lines, today)?;
            for (currency, asked) in &gone.asked {
                let what = format!("no longer needed of {}", known.number);
                let letters = crate::domain::text::counted(gone.letters, "letter");
                add(&what, letters, super::money::shown(*asked, *currency));
            }
        }
        _ => {}
    }
    Ok(())
}
