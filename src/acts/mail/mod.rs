//! Acts of mail: each step of a mail on its way, what a person settles, mails that come in, and what becomes of what they
//! propose. A mail is written by the act of its letter (`queue`); [`pass`] works the waiting ones through, so that one
//! act writes down what became of a mail and leases the next. Nothing a customer writes changes the book by itself.

mod answers;
mod carry;
pub mod incoming;
pub mod pass;
pub(super) mod queue;
pub mod write;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::perform::{Context, Written};
use super::{Act, Failure};
use crate::domain::authority::Right;
use crate::domain::money::Currency;
use crate::store::Tx;

/// One change of mail.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mail {
    /// Writes down what became of the mail leased before, and leases another.
    Carry {
        /// Who hands over: a word of the process, the same for its whole pass.
        sender: String,
        /// The mail leased before, and what became of it.
        done: Option<(i64, Ended)>,
        /// The mail to lease.
        lease: Option<i64>,
        /// Until when it is leased.
        until: DateTime<Utc>,
    },
    /// Writes down that nobody will say any more what became of mails: their leases ran out.
    Lapse {
        /// Which.
        mails: Vec<i64>,
    },
    /// Says what a person knows of a mail, or wants of it.
    Settle {
        /// Which.
        mail: i64,
        /// What.
        how: Settled,
        /// Why.
        reason: String,
    },
    /// Writes a mail that goes with no reminder.
    Write(Box<write::Outgoing>),
    /// Takes in a mail that came.
    Receive(Box<Received>),
    /// Does what an answer proposes.
    Accept {
        /// Which proposal.
        proposal: i64,
        /// What the person says beside it.
        choice: Choice,
    },
    /// Leaves a proposal alone.
    Dismiss {
        /// Which proposal.
        proposal: i64,
        /// Why.
        reason: String,
    },
}

/// What became of a mail that was leased.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ended {
    /// The server took it.
    Sent(String),
    /// The server refuses it for good.
    Failed(String),
    /// Not now: it is tried again later.
    Later(String),
    /// Nothing was handed over: it waits as before.
    Back(String),
    /// It was handed over and no answer came.
    Unknown(String),
}

/// What a person settles of a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Settled {
    /// It did arrive.
    Sent,
    /// It is to be sent again.
    Again,
    /// It is not sent any more.
    GivenUp,
}

/// A mail that came, read and looked up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Received {
    /// SHA-256 of the whole of it, hexadecimal.
    pub fingerprint: String,
    /// Its own Message-ID; may be empty.
    pub message_id: String,
    /// Whose it is, where that is known.
    pub customer: Option<i64>,
    /// The mail of ours it answers or returns.
    pub mail: Option<i64>,
    /// What told whose it is.
    pub found_by: String,
    /// `written`, `automatic`, `returned`, `delayed`.
    pub sort: String,
    /// The server's status of a mail that came back; may be empty.
    pub status: String,
    /// Address of the writer.
    pub sender: String,
    /// Name of the writer.
    pub name: String,
    /// One line.
    pub subject: String,
    /// The day it was written, as it says.
    pub on: Option<NaiveDate>,
    /// Its own words.
    pub words: Vec<String>,
    /// Names of attached files.
    pub attached: Vec<String>,
    /// What it proposes.
    pub proposals: Vec<Proposed>,
}

/// What an answer proposes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proposed {
    /// `paid`, `promise`, `dispute`, `query`.
    pub meaning: String,
    /// The day it names.
    pub on: Option<NaiveDate>,
    /// The amount it names, minor units and currency.
    pub amount: Option<(i64, Currency)>,
    /// Numbers of open documents it names.
    pub documents: Vec<String>,
    /// The words that decided it.
    pub phrase: String,
    /// The sentence they stand in.
    pub sentence: String,
}

/// What a person says when accepting a proposal, where it says otherwise or nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// Whose it is, where the answer does not tell.
    pub customer: Option<i64>,
    /// The day: of a promise, or to look again.
    pub on: Option<NaiveDate>,
    /// How much, minor units of the items' currency.
    pub amount: Option<i64>,
    /// Numbers of documents; empty for those of the answer.
    pub documents: Vec<String>,
    /// Reason of a dispute; empty for `unknown`.
    pub reason: String,
}

impl Mail {
    /// The kind as the log shows it.
    pub fn kind(&self) -> &'static str {
        match self {
            Mail::Carry { .. } | Mail::Lapse { .. } => "mail",
            Mail::Settle { .. } => "settle mail",
            Mail::Write(_) => "write mail",
            Mail::Receive(_) => "mail in",
            Mail::Accept { .. } => "accept proposal",
            Mail::Dismiss { .. } => "dismiss proposal",
        }
    }
}

/// The text of a mail of ours as people read it.
pub fn shown(message: &[u8]) -> Vec<String> {
    crate::mail::read::shown(message)
}

pub(super) fn handle(tx: &mut Tx<'_>, context: &Context<'_>, act: &Mail) -> Result<Written, Failure> {
    match act {
        Mail::Carry { sender, done, lease, until } => carry::carry(tx, context, sender, done.as_ref(), *lease, *until),
        Mail::Lapse { mails } => carry::lapse(tx, mails),
        Mail::Settle { mail, how, reason } => carry::settle(tx, *mail, *how, reason),
        Mail::Write(outgoing) => write::write(tx, context, outgoing),
        Mail::Receive(received) => answers::receive(tx, context, received),
        Mail::Accept { proposal, choice } => answers::accept(tx, context, *proposal, choice),
        Mail::Dismiss { proposal, reason } => answers::dismiss(tx, *proposal, reason),
    }
}

/// The right an act of mail takes: accepting takes what the act it proposes takes.
pub(super) fn right(tx: &Tx<'_>, act: &Mail) -> Result<Right, Failure> {
    Ok(match act {
        Mail::Accept { proposal, .. } if tx.proposal(*proposal)?.meaning == "dispute" => Right::Dispute,
        _ => Right::Collect,
    })
}

/// The act that accepting a proposal performs; `None` for other acts.
pub(super) fn inner(tx: &Tx<'_>, context: &Context<'_>, act: &Mail) -> Result<Option<Act>, Failure> {
    match act {
        Mail::Accept { proposal, choice } => answers::proposed(tx, context, *proposal, choice).map(Some),
        _ => Ok(None),
    }
}

/// Opens the proposals again that an act decided.
pub(super) fn take_back(tx: &mut Tx<'_>, act: i64) -> Result<(), Failure> {
    for proposal in tx.proposals_of_act(act)? {
        tx.add_proposal_step(proposal, "open", "taken back")?;
    }
    Ok(())
}
