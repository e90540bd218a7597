//! Arguments of the verbs that change one thing: calls, promises, disputes, postings, undo.

use chrono::NaiveDate;
use clap::{Args, Subcommand, ValueEnum};

use super::args::{Change, currency, iso_date};
use super::case_args::Case;
use crate::domain::money::Currency;

/// Arguments of `call`.
#[derive(Debug, Args)]
pub struct Call {
    /// Number of the customer
    pub customer: String,
    /// What came of it: no answer, reached, left message, promised, plan, disputes, says paid, wants copy, cannot pay,
    /// refuses, call back, wrong contact
    #[arg(long)]
    pub outcome: String,
    /// What was said
    #[arg(long, default_value = "")]
    pub text: String,
    /// When to go on: 2026-04-02, fri, +1b [default: by the outcome]
    #[arg(long, value_name = "DATE")]
    pub next: Option<String>,
    /// How the change is made
    #[command(flatten)]
    pub change: Change,
}

/// Arguments of `note`.
#[derive(Debug, Args)]
pub struct Note {
    /// Number of the customer
    pub customer: String,
    /// What is to be remembered
    pub text: String,
    /// How the change is made
    #[command(flatten)]
    pub change: Change,
}

/// Arguments of `promise`.
#[derive(Debug, Args)]
pub struct Promise {
    /// Numbers of the invoices promised
    #[arg(required = true)]
    pub items: Vec<String>,
    /// The day: 2026-04-02, fri, +1w
    #[arg(long, value_name = "DATE")]
    pub on: String,
    /// The amount, oldest due first [default: all that is open]
    #[arg(long)]
    pub amount: Option<String>,
    /// What was said
    #[arg(long, default_value = "")]
    pub text: String,
    /// How they will pay: transfer, direct debit, card, cheque, cash, set-off
    #[arg(long, default_value = "")]
    pub method: String,
    /// Who said so
    #[arg(long, default_value = "")]
    pub contact: String,
    /// How it was said: call, e-mail, portal, visit, letter
    #[arg(long, default_value = "")]
    pub source: String,
    /// How the change is made
    #[command(flatten)]
    pub change: Change,
}

/// Arguments of `withdraw`.
#[derive(Debug, Args)]
pub struct Withdraw {
    /// Number of the invoice
    pub item: String,
    /// How the change is made
    #[command(flatten)]
    pub change: Change,
}

/// Arguments of `follow-up`.
#[derive(Debug, Args)]
pub struct FollowUp {
    /// Numbers of the customers
    #[arg(required = true)]
    pub customers: Vec<String>,
    /// When to look again: 2026-04-02, fri, +1w
    #[arg(long, value_name = "DATE")]
    pub on: String,
    /// What to do then
    #[arg(long, default_value = "")]
    pub what: String,
    /// How the change is made
    #[command(flatten)]
    pub change: Change,
}

/// Arguments of `owner`.
#[derive(Debug, Args)]
pub struct Owner {
    /// Numbers of the customers
    #[arg(required = true)]
    pub customers: Vec<String>,
    /// Login of the new owner
    #[arg(long, value_name = "LOGIN")]
    pub to: String,
    /// How the change is made
    #[command(flatten)]
    pub change: Change,
}

/// Arguments of `done`.
#[derive(Debug, Args)]
pub struct Done {
    /// Numbers of the customers
    #[arg(required = true)]
    pub customers: Vec<String>,
    /// How the change is made
    #[command(flatten)]
    pub change: Change,
}

/// Arguments of `email-draft`.
#[derive(Debug, Args)]
pub struct EmailDraft {
    /// Numbers of the customers
    #[arg(required = true)]
    pub customers: Vec<String>,
    /// The text [default: the standard reminder]
    #[arg(long, default_value = "")]
    pub text: String,
    /// When to look again
    #[arg(long, value_name = "DATE")]
    pub next: Option<String>,
    /// How the change is made
    #[command(flatten)]
    pub change: Change,
}

/// Verbs of `dispute`.
#[derive(Debug, Subcommand)]
pub enum Dispute {
    /// Open a dispute on an invoice, or one case over several of a customer
    #[command(
        after_help = "Examples:\n  o2c dispute open INV-20448 --amount 150 --reason price --text \"agreed 95 each\"\n  o2c dispute open --item INV-20448:150 --item INV-20449 --reason price"
    )]
    Open {
        /// Numbers of the invoices; with :AMOUNT where not all that is open is disputed
        #[arg(value_name = "ITEM")]
        items: Vec<String>,
        /// The same, one by one
        #[arg(long = "item", value_name = "ITEM")]
        more: Vec<String>,
        /// Disputed amount of the one invoice [default: all that is open and undisputed]
        #[arg(long)]
        amount: Option<String>,
        /// Why
        #[arg(long)]
        reason: String,
        /// What the customer says
        #[arg(long, default_value = "")]
        text: String,
        /// How the change is made
        #[command(flatten)]
        change: Change,
    },
    /// Give a dispute an owner
    #[command(after_help = "Example:\n  o2c dispute assign D-1 --to mara --department invoicing")]
    Assign {
        /// Number of the dispute
        dispute: String,
        /// Login of the owner
        #[arg(long, value_name = "LOGIN")]
        to: String,
        /// Department that has to act [default: as it is]
        #[arg(long, default_value = "")]
        department: String,
        /// How the change is made
        #[command(flatten)]
        change: Change,
    },
    /// Write a note on a dispute
    #[command(after_help = "Example:\n  o2c dispute note D-1 \"proof of delivery asked for\"")]
    Note {
        /// Number of the dispute
        dispute: String,
        /// The note
        text: String,
        /// How the change is made
        #[command(flatten)]
        change: Change,
    },
    /// Everything else about a case.
    #[command(flatten)]
    More(Case),
    /// Decide a whole dispute: what is accepted is credited, the rest collected
    #[command(
        after_help = "Example:\n  o2c dispute resolve D-1 --accepted 100 --cause carrier --text \"two of three short\""
    )]
    Resolve {
        /// Number of the dispute
        dispute: String,
        /// Accepted amount, or `all`, or `none`
        #[arg(long)]
        accepted: String,
        /// What really went wrong [default: what is noted, else what mostly is behind the reason]
        #[arg(long)]
        cause: Option<String>,
        /// Why
        #[arg(long, default_value = "")]
        text: String,
        /// How the change is made
        #[command(flatten)]
        change: Change,
    },
}

/// Arguments of `credit` and `write-off`.
#[derive(Debug, Args)]
pub struct Reduce {
    /// Number of the invoice
    pub item: String,
    /// The amount [default: all that is open]
    #[arg(long)]
    pub amount: Option<String>,
    /// Why
    #[arg(long)]
    pub reason: String,
    /// When it counts [default: today]
    #[arg(long, value_name = "DATE", value_parser = iso_date)]
    pub date: Option<NaiveDate>,
    /// How the change is made
    #[command(flatten)]
    pub change: Change,
}

/// What kind of document is posted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum PostKind {
    /// An invoice.
    #[default]
    Invoice,
    /// A credit note.
    CreditNote,
    /// A debit note.
    DebitNote,
}

/// Verbs of `post`.
#[derive(Debug, Subcommand)]
pub enum Post {
    /// Post an invoice, credit note or debit note
    #[command(
        after_help = "Example:\n  o2c post invoice INV-20501 --customer 10023 --amount 1250.00 --terms \"30 days\""
    )]
    Invoice(PostInvoice),
    /// Post money that arrived
    #[command(
        after_help = "Example:\n  o2c post receipt --customer 10023 --amount 900 --apply INV-20448:500 --apply INV-20450"
    )]
    Receipt(PostReceipt),
}

/// Arguments of `post invoice`.
#[derive(Debug, Args)]
pub struct PostInvoice {
    /// Its number
    pub number: String,
    /// Number of the customer
    #[arg(long)]
    pub customer: String,
    /// The amount
    #[arg(long)]
    pub amount: String,
    /// What it is
    #[arg(long, value_enum, default_value_t = PostKind::Invoice)]
    pub kind: PostKind,
    /// Document date [default: today]
    #[arg(long, value_name = "DATE", value_parser = iso_date)]
    pub date: Option<NaiveDate>,
    /// Due date [default: by the terms]
    #[arg(long, value_name = "DATE", value_parser = iso_date)]
    pub due: Option<NaiveDate>,
    /// Payment terms [default: the customer's]
    #[arg(long, default_value = "")]
    pub terms: String,
    /// Currency [default: the customer's]
    #[arg(long, value_parser = currency)]
    pub currency: Option<Currency>,
    /// The customer's reference
    #[arg(long, default_value = "")]
    pub reference: String,
    /// Order number
    #[arg(long, default_value = "")]
    pub order: String,
    /// Tax in the amount: a rate in percent, or RATE:NET:TAX, once for each rate
    #[arg(long, value_name = "TAX")]
    pub tax: Vec<String>,
    /// How the change is made
    #[command(flatten)]
    pub change: Change,
}

/// Arguments of `post receipt`.
#[derive(Debug, Args)]
pub struct PostReceipt {
    /// Number of the customer
    #[arg(long)]
    pub customer: String,
    /// The amount
    #[arg(long)]
    pub amount: String,
    /// Value date [default: today]
    #[arg(long, value_name = "DATE", value_parser = iso_date)]
    pub date: Option<NaiveDate>,
    /// Currency [default: the customer's]
    #[arg(long, value_parser = currency)]
    pub currency: Option<Currency>,
    /// The bank's reference [default: numbered by the book]
    #[arg(long, default_value = "")]
    pub reference: String,
    /// How it came
    #[arg(long, default_value = "transfer")]
    pub method: String,
    /// What the payer wrote
    #[arg(long, default_value = "")]
    pub text: String,
    /// An invoice it pays, with an amount where it is not all; repeat for several
    #[arg(long, value_name = "NUMBER[:AMOUNT]")]
    pub apply: Vec<String>,
    /// How the change is made
    #[command(flatten)]
    pub change: Change,
}

/// Arguments of `apply`.
#[derive(Debug, Args)]
pub struct Apply {
    /// Number of the receipt or credit note
    pub credit: String,
    /// Invoices it pays, each with an amount where it is not all
    #[arg(required = true, value_name = "NUMBER[:AMOUNT]")]
    pub items: Vec<String>,
    /// From when it counts [default: today]
    #[arg(long, value_name = "DATE", value_parser = iso_date)]
    pub date: Option<NaiveDate>,
    /// How the change is made
    #[command(flatten)]
    pub change: Change,
}

/// Arguments of `unapply`.
#[derive(Debug, Args)]
pub struct Unapply {
    /// Number of the receipt or credit note
    pub credit: String,
    /// Number of the invoice it was applied to
    pub item: String,
    /// Why
    #[arg(long)]
    pub reason: String,
    /// From when it counts [default: today]
    #[arg(long, value_name = "DATE", value_parser = iso_date)]
    pub date: Option<NaiveDate>,
    /// How the change is made
    #[command(flatten)]
    pub change: Change,
}

/// Arguments of `block`.
#[derive(Debug, Args)]
pub struct Block {
    /// Number of the customer
    pub customer: String,
    /// Why
    #[arg(long, default_value = "")]
    pub reason: String,
    /// Release instead of blocking
    #[arg(long)]
    pub release: bool,
    /// How the change is made
    #[command(flatten)]
    pub change: Change,
}

/// Arguments of `undo`.
#[derive(Debug, Args)]
pub struct Undo {
    /// Number of the act in the log [default: your last one]
    pub act: Option<i64>,
    /// How the change is made
    #[command(flatten)]
    pub change: Change,
}

/// Arguments of `customer set`: what is not given stays as it is.
#[derive(Debug, Args)]
pub struct CustomerSet {
    /// Number of the customer; a new one adds a customer
    pub number: String,
    /// Name
    #[arg(long)]
    pub name: Option<String>,
    /// Group that shares a credit limit
    #[arg(long)]
    pub group: Option<String>,
    /// Country code
    #[arg(long)]
    pub country: Option<String>,
    /// Usual currency
    #[arg(long, value_parser = currency)]
    pub currency: Option<Currency>,
    /// Payment terms
    #[arg(long)]
    pub terms: Option<String>,
    /// Credit limit, or `none`
    #[arg(long)]
    pub limit: Option<String>,
    /// Address for letters
    #[arg(long)]
    pub email: Option<String>,
    /// Postal address, its lines parted by a semicolon: "Marktplatz 1; 50667 Köln"
    #[arg(long)]
    pub address: Option<String>,
    /// Telephone
    #[arg(long)]
    pub phone: Option<String>,
    /// Name of the contact
    #[arg(long)]
    pub contact: Option<String>,
    /// Language code
    #[arg(long)]
    pub language: Option<String>,
    /// Login of the owner
    #[arg(long)]
    pub owner: Option<String>,
    /// Risk, 0 good to 100 bad
    #[arg(long, value_parser = clap::value_parser!(i64).range(0..=100))]
    pub risk: Option<i64>,
    /// How the change is made
    #[command(flatten)]
    pub change: Change,
}
