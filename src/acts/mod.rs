//! The acts: every change to the book as data, and the one function that performs it.
//!
//! [`Act`] names what may change. [`perform`] runs one: who acts and may they, is this the same request again, does the
//! book still look as the person saw it, the family's rule, rows and postings, the audit row, commit. Families are one
//! file each. What a person may not do alone a second person decides ([`approval`]).

pub mod approval;
pub mod arrange;
mod authorise;
pub mod bank;
pub mod bank_rules;
pub mod case;
pub mod cases;
pub mod cash_cap;
mod cash_policy;
pub mod clock;
pub mod collect;
pub mod dunning;
pub mod import;
mod imported;
mod imported_credits;
mod imported_receipts;
mod imported_settled;
mod interim;
mod kinds;
pub mod letters;
pub mod mail;
pub mod master;
pub mod money;
pub mod overview;
pub mod payments;
pub mod people;
mod perform;
pub mod periods;
mod premises;
mod request;
pub mod run;
pub mod sessions;
pub mod settings;
mod settled;
pub mod tax;
pub mod templates;
pub mod undo;
pub mod upkeep;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::domain::money::Currency;

pub use perform::{Actor, Mode, Stamp, init, init_before, note_denial, perform};
pub use request::{ActKey, Done, Expect, Failure, Request};

/// One change to the book.
#[expect(clippy::large_enum_variant, reason = "acts are made one at a time and live as long as their transaction")]
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
        /// The department worked in; may be empty.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        department: String,
    },
    /// Gives or takes a role.
    ChangeRole {
        /// Whose.
        login: String,
        /// Name of the role.
        role: String,
        /// True gives it, false takes it.
        held: bool,
        /// Why duties that must not meet may do so here; empty where none do.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        accept: String,
    },
    /// Moves a person to a department.
    SetDepartment {
        /// Whose.
        login: String,
        /// The department; empty for none.
        department: String,
    },
    /// Shuts a person out, or lets one in again.
    SetActive {
        /// Whose.
        login: String,
        /// True lets in, false shuts out.
        active: bool,
    },
    /// Sets up to how much a person may do a kind of act alone.
    SetLimit {
        /// Whose.
        login: String,
        /// Of what.
        kind: crate::domain::limits::LimitKind,
        /// Minor units of the book's currency; `None` leaves it to the roles.
        amount: Option<i64>,
    },
    /// Lends the own authority to approve.
    Delegate {
        /// Login of who may use it.
        to: String,
        /// First day.
        from: NaiveDate,
        /// Last day.
        until: NaiveDate,
    },
    /// Ends a delegation before its last day.
    EndDelegation {
        /// Which delegation.
        delegation: i64,
    },
    /// Sets a setting of the company.
    SetSetting {
        /// Which, a key of [`settings::SETTINGS`].
        key: String,
        /// Its value.
        value: String,
    },
    /// Closes a month: nothing can be posted into it or before it any more.
    ClosePeriod {
        /// The month, `2026-03`.
        period: String,
    },
    /// Opens the last closed month again.
    ReopenPeriod {
        /// The month.
        period: String,
        /// Why.
        reason: String,
    },
    /// Asks for an act beyond the own authority. Written by [`perform`] in place of the act.
    Ask {
        /// What is asked for.
        act: Box<Act>,
    },
    /// Approves a request, which performs what was asked for.
    Approve {
        /// Which request.
        request: i64,
        /// SHA-256 of what was looked at, hexadecimal.
        hash: String,
        /// A remark; may be empty.
        text: String,
    },
    /// Rejects a request.
    Reject {
        /// Which request.
        request: i64,
        /// Why.
        text: String,
    },
    /// Takes an own request back.
    Recall {
        /// Which request.
        request: i64,
    },
    /// Notes what was refused for want of authority. Written by [`perform`] after the refusal.
    Denied {
        /// Kind of the act refused.
        kind: String,
        /// Code of the refusal.
        code: String,
        /// The refusal.
        sentence: String,
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
        data: crate::store::people::CustomerData,
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
        kind: crate::domain::document::DocumentKind,
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
        /// What of it is tax: parts that add up to the amount, or one rate for all of it (`tax::given`).
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        tax: Vec<crate::domain::tax::TaxPart>,
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
        /// What came of it: one of [`crate::domain::outcome::Outcome`].
        outcome: String,
        /// What was said.
        text: String,
        /// When to go on; `None` for the day the outcome asks for.
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
    /// Works on a case: decides, splits, reopens, attaches, asks.
    Case(Box<case::Case>),
    /// Adds a bank account of the company, whose statements can then be taken in.
    AddBankAccount {
        /// What people call it: `Main account`.
        name: String,
        /// IBAN or the bank's own number.
        number: String,
        /// Its currency.
        currency: Currency,
    },
    /// Puts a rule in force for entries the bank's codes do not settle, or takes it out.
    SetBankRule(bank_rules::RuleChange),
    /// Applies a payment the bank reported: whose it is and what it pays.
    ApplyPayment(Box<payments::Application>),
    /// Applies, one after the other, the payments that have exactly one explanation. The rows travel beside the act.
    ApplyRun(payments::Run),
    /// Says what a payment is that pays no item.
    SettlePayment {
        /// Which payment.
        payment: i64,
        /// What of it was not settled when the person looked, minor units.
        left: i64,
        /// What it is.
        what: payments::Settled,
        /// A remark; may be empty.
        text: String,
    },
    /// The bank took a receipt back: its items are open again, with their original due dates.
    ReturnPayment {
        /// The payment that takes it back, below zero.
        payment: i64,
        /// The receipt it takes back, a document.
        receipt: i64,
        /// Why, as the bank says.
        reason: String,
    },
    /// Sends unapplied money back to a customer.
    Refund {
        /// The receipt or credit note, an open credit item.
        credit: i64,
        /// Minor units.
        amount: i64,
        /// When.
        date: NaiveDate,
        /// Why.
        reason: String,
    },
    /// Sends a payment of the bank back to the customer whose it is, without applying it.
    RefundPayment(payments::SentBack),
    /// Keeps in mind, or no longer, that an account or name is a customer's.
    SetAlias {
        /// Whose.
        customer: i64,
        /// `account` or `name`.
        kind: String,
        /// The account, without spaces, or the name.
        value: String,
        /// False forgets it.
        held: bool,
    },
    /// Payment plans, strategies, contacts, hand-over.
    Arrange(arrange::Arrange),
    /// Changes a dunning policy, a hold or a run, or sends a letter.
    Dunning(dunning::Dunning),
    /// A step of a mail on its way, a mail that came in, or what becomes of what it proposes.
    Mail(mail::Mail),
    /// Takes a whole file in. The rows travel beside the act; its payload names the file.
    Import(import::Import),
    /// Brings the book up to a newer format. Performed by [`upkeep::upgrade`] only.
    Migrate {
        /// The format before.
        from: i64,
        /// The format after.
        to: i64,
    },
    /// Notes in a book made from a copy what it was made from. Performed by [`upkeep::restore`] only.
    Restore(upkeep::Copied),
    /// Takes an act back by compensating ones.
    Undo {
        /// Number of the act in the log.
        act: i64,
    },
    /// Begins a session of the workstation; only [`sessions::sign_in`] writes it.
    SignIn,
    /// Ends a session; only [`sessions::sign_out`] writes it.
    SignOut {
        /// Which session.
        session: i64,
        /// How it ended.
        how: sessions::Ending,
    },
}
