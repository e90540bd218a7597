//! The acts: every change to the book as data, and the one function that performs it.
//!
//! [`Act`] names what may change. [`perform`] runs one: who acts and may they, is this the same request again, does the
//! book still look as the person saw it, the family's rule, rows and postings, the audit row, commit. Families are one
//! file each: [`master`], [`money`], [`collect`], [`cases`], [`import`], [`undo`].

pub mod cases;
pub mod clock;
pub mod collect;
pub mod import;
mod imported;
mod imported_receipts;
pub mod master;
pub mod money;
mod perform;
pub mod undo;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::domain::authority::Right;
use crate::domain::document::DocumentKind;
use crate::domain::money::Currency;
use crate::store::people::CustomerData;

pub use perform::{Actor, Mode, Stamp, init, perform};

/// One change to the book.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Act {
    /// Makes an empty book this company's; its first person becomes administrator.
    OpenBook {
        /// Name of the company.
        company: String,
        /// The book's currency.
        currency: Currency,
        /// Login of the first person.
        login: String,
        /// Name of the first person.
        name: String,
    },
    /// Adds a person with roles.
    AddPerson {
        /// Login name, unique.
        login: String,
        /// Full name.
        name: String,
        /// Names of roles.
        roles: Vec<String>,
    },
    /// Gives or takes a role.
    ChangeRole {
        /// Whose.
        login: String,
        /// Name of the role.
        role: String,
        /// True gives it, false takes it.
        held: bool,
    },
    /// Enters the rate of a currency to the book's, from a day on.
    SetRate {
        /// The foreign currency.
        currency: Currency,
        /// First day it counts for.
        from: NaiveDate,
        /// Units of the book's currency for one of the foreign, as a decimal.
        rate: String,
    },
    /// Sets the target of a KPI.
    SetTarget {
        /// Its short name, `dso`.
        kpi: String,
        /// The target as a decimal.
        value: String,
    },
    /// Adds a customer, or changes its master data.
    SetCustomer {
        /// The customer to change; `None` adds one.
        customer: Option<i64>,
        /// The version the person saw.
        version: i64,
        /// The data from now on.
        data: CustomerData,
    },
    /// Gives customers to an owner.
    SetOwner {
        /// Which customers.
        customers: Vec<i64>,
        /// Login of the new owner.
        owner: String,
    },
    /// Blocks or releases a customer for new deliveries.
    SetBlocked {
        /// Which customer.
        customer: i64,
        /// True blocks.
        blocked: bool,
        /// Why.
        reason: String,
    },
    /// Posts an invoice, credit note or debit note.
    PostDocument {
        /// What it is.
        kind: DocumentKind,
        /// Its number.
        number: String,
        /// Whose it is.
        customer: i64,
        /// Document date.
        date: NaiveDate,
        /// Payment terms; the customer's when empty.
        terms: String,
        /// Due date; overrides the terms.
        due: Option<NaiveDate>,
        /// Currency.
        currency: Currency,
        /// Minor units, above zero whatever the kind.
        amount: i64,
        /// The customer's reference.
        reference: String,
        /// Order number.
        order: String,
    },
    /// Posts money that arrived, and applies it to items.
    PostReceipt {
        /// Whose it is.
        customer: i64,
        /// The bank's or payer's reference; numbered by the book when empty.
        reference: String,
        /// Value date.
        date: NaiveDate,
        /// Currency.
        currency: Currency,
        /// Minor units.
        amount: i64,
        /// How it came: `transfer`, `card`.
        method: String,
        /// What the payer wrote.
        text: String,
        /// Items and the minor units applied to each.
        applied: Vec<(i64, i64)>,
    },
    /// Applies an open credit (receipt or credit note) to items.
    Apply {
        /// The credit item.
        credit: i64,
        /// Items and the minor units applied to each.
        applied: Vec<(i64, i64)>,
        /// From when it counts.
        effective: NaiveDate,
    },
    /// Takes an allocation back: the items are open again, with their original due dates.
    Unapply {
        /// The allocation.
        allocation: i64,
        /// From when it counts.
        effective: NaiveDate,
        /// Why.
        reason: String,
    },
    /// Credits a part of an open item.
    Credit {
        /// The item.
        item: i64,
        /// Minor units.
        amount: i64,
        /// Document date of the credit note.
        date: NaiveDate,
        /// Why.
        reason: String,
    },
    /// Writes off a part of an open item.
    WriteOff {
        /// The item.
        item: i64,
        /// Minor units.
        amount: i64,
        /// When it counts.
        date: NaiveDate,
        /// Why.
        reason: String,
    },
    /// Logs a call with what came of it.
    LogCall {
        /// Who was called.
        customer: i64,
        /// What came of it.
        outcome: String,
        /// What was said.
        text: String,
        /// When to call again.
        next_on: Option<NaiveDate>,
    },
    /// Writes e-mail drafts to customers.
    DraftEmail {
        /// To whom.
        customers: Vec<i64>,
        /// The text; may be empty for the standard reminder.
        text: String,
        /// When to look again.
        next_on: Option<NaiveDate>,
    },
    /// Writes a note on a customer.
    Note {
        /// Whose timeline it goes to.
        customer: i64,
        /// What was written.
        text: String,
    },
    /// Sets the follow-up date of customers.
    FollowUp {
        /// Which customers.
        customers: Vec<i64>,
        /// When to look again.
        on: NaiveDate,
        /// What to do then.
        what: String,
    },
    /// Sets customers aside for the day.
    Done {
        /// Which customers.
        customers: Vec<i64>,
    },
    /// Records a promise to pay items on a day.
    Promise {
        /// Items and the minor units promised on each.
        items: Vec<(i64, i64)>,
        /// The day.
        on: NaiveDate,
        /// Who said what.
        text: String,
    },
    /// Withdraws a promise.
    Withdraw {
        /// Which promise.
        promise: i64,
    },
    /// Opens a dispute on a part of an item.
    OpenDispute {
        /// The item.
        item: i64,
        /// Minor units disputed.
        amount: i64,
        /// Reason, a word of the reasons list.
        reason: String,
        /// What the customer says.
        text: String,
    },
    /// Gives a dispute an owner and a department.
    AssignDispute {
        /// Which dispute.
        dispute: i64,
        /// The version the person saw.
        version: i64,
        /// Login of the owner.
        owner: String,
        /// Department that has to act.
        department: String,
    },
    /// Writes a note on a dispute.
    NoteDispute {
        /// Which dispute.
        dispute: i64,
        /// The version the person saw.
        version: i64,
        /// What was written.
        text: String,
    },
    /// Decides a dispute: all, a part, or nothing of it is credited.
    ResolveDispute {
        /// Which dispute.
        dispute: i64,
        /// The version the person saw.
        version: i64,
        /// Minor units accepted: the disputed amount is valid, 0 is invalid.
        accepted: i64,
        /// Why.
        text: String,
    },
    /// Takes a whole file in. The rows travel beside the act; its payload names the file.
    Import(import::Import),
    /// Takes an act back by compensating ones.
    Undo {
        /// Number of the act in the log.
        act: i64,
    },
}

impl Act {
    /// The kind as the log shows it.
    pub fn kind(&self) -> &'static str {
        match self {
            Act::OpenBook { .. } => "open book",
            Act::AddPerson { .. } => "add person",
            Act::ChangeRole { .. } => "change role",
            Act::SetRate { .. } => "set rate",
            Act::SetTarget { .. } => "set target",
            Act::SetCustomer { .. } => "set customer",
            Act::SetOwner { .. } => "set owner",
            Act::SetBlocked { .. } => "credit block",
            Act::PostDocument { .. } => "post document",
            Act::PostReceipt { .. } => "post receipt",
            Act::Apply { .. } => "apply",
            Act::Unapply { .. } => "unapply",
            Act::Credit { .. } => "credit",
            Act::WriteOff { .. } => "write off",
            Act::LogCall { .. } => "call",
            Act::DraftEmail { .. } => "e-mail draft",
            Act::Note { .. } => "note",
            Act::FollowUp { .. } => "follow-up",
            Act::Done { .. } => "done",
            Act::Promise { .. } => "promise",
            Act::Withdraw { .. } => "withdraw promise",
            Act::OpenDispute { .. } => "open dispute",
            Act::AssignDispute { .. } => "assign dispute",
            Act::NoteDispute { .. } => "note dispute",
            Act::ResolveDispute { .. } => "resolve dispute",
            Act::Import(_) => "import",
            Act::Undo { .. } => "undo",
        }
    }

    /// The right needed to perform it.
    pub fn right(&self) -> Right {
        match self {
            Act::OpenBook { .. } | Act::AddPerson { .. } | Act::ChangeRole { .. } => Right::ManageUsers,
            Act::SetRate { .. } | Act::SetTarget { .. } => Right::Settings,
            Act::SetCustomer { .. } => Right::MasterData,
            Act::SetBlocked { .. } => Right::CreditBlock,
            Act::PostDocument { .. } | Act::Credit { .. } => Right::PostDocuments,
            Act::PostReceipt { .. } | Act::Apply { .. } | Act::Unapply { .. } => Right::ApplyCash,
            Act::WriteOff { .. } => Right::WriteOff,
            Act::SetOwner { .. }
            | Act::LogCall { .. }
            | Act::DraftEmail { .. }
            | Act::Note { .. }
            | Act::FollowUp { .. }
            | Act::Done { .. }
            | Act::Promise { .. }
            | Act::Withdraw { .. } => Right::Collect,
            Act::OpenDispute { .. } | Act::AssignDispute { .. } | Act::NoteDispute { .. } => Right::Dispute,
            Act::ResolveDispute { .. } => Right::ResolveDispute,
            Act::Import(_) => Right::Import,
            Act::Undo { .. } => Right::Undo,
        }
    }
}

/// A made-once key of an act: performing the same key twice changes the book once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ActKey(pub [u8; 16]);

impl ActKey {
    /// A new random key.
    pub fn random() -> Self {
        let mut bytes = [0; 16];
        if getrandom::fill(&mut bytes).is_err() {
            // Without a source of randomness the instant is still unique to this process.
            let nanos = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |d| d.as_nanos());
            bytes.copy_from_slice(&(nanos ^ (u128::from(std::process::id()) << 96)).to_le_bytes());
        }
        ActKey(bytes)
    }

    /// The key as 32 hexadecimal characters.
    pub fn hex(&self) -> String {
        crate::store::schema::hex(&self.0)
    }

    /// A key made from any text of the caller's: the same text is the same key.
    pub fn named(text: &str) -> Self {
        use sha2::{Digest, Sha256};
        let digest = Sha256::digest(text.as_bytes());
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&digest[..16]);
        ActKey(bytes)
    }
}

/// What the person saw of something before changing it; the act is refused when it is no longer so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expect {
    /// An item had this much open.
    Open {
        /// The item.
        item: i64,
        /// Minor units.
        open: i64,
    },
}

/// An act on its way to the book.
#[derive(Debug, Clone)]
pub struct Request {
    /// Identity of this request, made when its form was opened.
    pub key: ActKey,
    /// What is to change.
    pub act: Act,
    /// What the person saw.
    pub expect: Vec<Expect>,
}

impl Request {
    /// A request with a new key and nothing expected.
    pub fn new(act: Act) -> Self {
        Request { key: ActKey::random(), act, expect: Vec::new() }
    }
}

/// What an act did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Done {
    /// Number of the act in the log.
    pub act: i64,
    /// What happened, in a finance person's words: `Promise 12,500.00 EUR Nordwind for Fri 20 Mar`.
    pub summary: String,
    /// Whether it can be taken back.
    pub undoable: bool,
    /// True when the same request had been performed before and nothing was changed now.
    pub again: bool,
}

/// Why an act did not happen, or that it is not known whether it did.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Failure {
    /// Nothing changed; the sentence says why and what to do.
    #[error("[{code}] {sentence}")]
    Refused {
        /// Catalogue code such as `AUT-01`.
        code: &'static str,
        /// What is wrong, what was not done, what to do next.
        sentence: String,
    },
    /// The disk failed at the commit: look the key up before repeating.
    #[error("[DB-04] {0}")]
    Unknown(String),
}

impl Failure {
    /// A refusal with its code and sentence.
    pub fn refused(code: &'static str, sentence: impl Into<String>) -> Self {
        Failure::Refused { code, sentence: sentence.into() }
    }
}

impl From<crate::store::StoreError> for Failure {
    fn from(error: crate::store::StoreError) -> Self {
        match error.fault {
            crate::store::Fault::Unknown => Failure::Unknown(error.sentence),
            _ => Failure::Refused { code: error.code, sentence: error.sentence },
        }
    }
}
