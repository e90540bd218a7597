//! Arguments of the verbs about arrangements: payment plans, contacts and the team, strategies of the worklist.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::args::{Change, FormArgs};
use super::read_args::ListArgs;

/// The verbs of `plans`.
#[derive(Debug, Subcommand)]
pub enum Plans {
    /// Plans with how they stand, those in default first
    #[command(after_help = "Example:\n  o2c plans list --where \"state:default\" --json")]
    List(ListArgs),
    /// One plan with its instalments and what was paid on each
    #[command(after_help = "Example:\n  o2c plans show PP-1 --json")]
    Show {
        /// Its number
        plan: String,
        /// Text or JSON
        #[command(flatten)]
        form: FormArgs,
    },
    /// Agree a plan over invoices of one customer
    #[command(
        after_help = "Examples:\n  o2c plans propose INV-20448 INV-20450 --rates 3 --from 2026-04-01\n  o2c plans propose INV-20448:900 --schedule \"2026-04-01 400; 2026-05-04 500\""
    )]
    Propose(Terms),
    /// Put another plan in the place of one, without penalty
    #[command(after_help = "Example:\n  o2c plans replace PP-1 --rates 6 --from 2026-05-01")]
    Replace {
        /// Number of the plan replaced
        plan: String,
        /// The new one; without invoices it is about what is left of the old one
        #[command(flatten)]
        terms: Terms,
    },
    /// Take a plan back: its invoices are collected as if there were none
    #[command(after_help = "Example:\n  o2c plans withdraw PP-1 --reason \"they pay at once\"")]
    Withdraw {
        /// Its number
        plan: String,
        /// Why
        #[arg(long)]
        reason: String,
        /// How the change is made
        #[command(flatten)]
        change: Change,
    },
}

/// What a plan says.
#[derive(Debug, Args)]
pub struct Terms {
    /// Numbers of invoices, each with what is planned of it after a colon [default: all that is open]
    pub items: Vec<String>,
    /// So many equal rates, one a month; the last takes the remainder
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=60), conflicts_with = "schedule")]
    pub rates: Option<u32>,
    /// The day of the first rate: 2026-04-02, fri, +1w
    #[arg(long, value_name = "DATE", requires = "rates")]
    pub from: Option<String>,
    /// Dates and amounts, or rates: "2026-04-01 400; 2026-05-04 rest", "500 x3 2w from 1/4"
    #[arg(long, value_name = "LIST", required_unless_present = "rates")]
    pub schedule: Option<String>,
    /// Days after an instalment's date in which it still counts
    #[arg(long, value_name = "DAYS", default_value_t = crate::domain::plan::GRACE_DAYS)]
    pub grace: i64,
    /// Who agreed to what
    #[arg(long, default_value = "")]
    pub text: String,
    /// How the change is made
    #[command(flatten)]
    pub change: Change,
}

/// The verbs of `promises`.
#[derive(Debug, Subcommand)]
pub enum Promises {
    /// Promises of the last twelve months and what became of them
    #[command(after_help = "Example:\n  o2c promises list --where \"promise:broken\"")]
    List(ListArgs),
    /// How far a customer's word can be relied on, in money, with every promise it is reckoned from
    #[command(after_help = "Example:\n  o2c promises kept 10023 --json")]
    Kept {
        /// Number of the customer
        customer: String,
        /// Text, JSON or CSV
        #[command(flatten)]
        form: FormArgs,
    },
}

/// Arguments of `promises`.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct PromisesArgs {
    /// What of promises
    #[command(subcommand)]
    pub verb: Option<Promises>,
    /// Which rows, how
    #[command(flatten)]
    pub list: ListArgs,
}

/// The verbs of `activities`.
#[derive(Debug, Subcommand)]
pub enum Activities {
    /// Contacts and notes of a customer, or of everybody, newest first
    #[command(after_help = "Example:\n  o2c activities list --customer 10023 --json")]
    List {
        /// One customer only
        #[arg(long, value_name = "NUMBER")]
        customer: Option<String>,
        /// One person only
        #[arg(long, value_name = "LOGIN")]
        by: Option<String>,
        /// At most so many
        #[arg(long, value_name = "N", default_value_t = 50)]
        limit: u64,
        /// Text, JSON or CSV
        #[command(flatten)]
        form: FormArgs,
    },
    /// Log a contact with what came of it; what is to be done next follows from it
    #[command(
        after_help = "Example:\n  o2c activities log 10023 --outcome \"says paid\" --text \"by transfer on Monday\""
    )]
    Log {
        /// Number of the customer
        customer: String,
        /// How: call, e-mail, letter, visit, meeting, portal, agency
        #[arg(long, default_value = "call")]
        kind: String,
        /// What came of it: no answer, reached, left message, promised, plan, disputes, says paid, wants copy, cannot
        /// pay, refuses, call back, wrong contact
        #[arg(long)]
        outcome: String,
        /// What was said
        #[arg(long, default_value = "")]
        text: String,
        /// When to go on [default: what the outcome asks for]
        #[arg(long, value_name = "DATE")]
        next: Option<String>,
        /// What to do then [default: what the outcome asks for]
        #[arg(long, default_value = "")]
        what: String,
        /// How the change is made
        #[command(flatten)]
        change: Change,
    },
    /// The most pressing account nobody works on, taken for a quarter of an hour
    #[command(after_help = "Example:\n  o2c activities next --where \"owner:me\" --json")]
    Next {
        /// Only rows that pass this filter
        #[arg(long = "where", value_name = "FILTER")]
        filter: Option<String>,
        /// Say which it is without taking it
        #[arg(long)]
        look: bool,
        /// Text or JSON
        #[command(flatten)]
        form: FormArgs,
    },
    /// Who has how many accounts and how much to collect, and who works on what now
    #[command(after_help = "Example:\n  o2c activities load --json")]
    Load {
        /// Text, JSON or CSV
        #[command(flatten)]
        form: FormArgs,
    },
    /// Give all accounts of a person to another, with a note on each
    #[command(after_help = "Example:\n  o2c activities hand-over --from mara --to jonas --note \"on leave until May\"")]
    HandOver {
        /// Login of the owner so far; empty for accounts of nobody
        #[arg(long, value_name = "LOGIN")]
        from: String,
        /// Login of the new owner
        #[arg(long, value_name = "LOGIN")]
        to: String,
        /// What the new owner should know
        #[arg(long)]
        note: String,
        /// How the change is made
        #[command(flatten)]
        change: Change,
    },
}

/// The verbs of `strategy`.
#[derive(Debug, Subcommand)]
pub enum Strategy {
    /// Strategies with their versions, for whom they are, and how many customers are under each
    #[command(after_help = "Example:\n  o2c strategy list --json")]
    List {
        /// Text, JSON or CSV
        #[command(flatten)]
        form: FormArgs,
    },
    /// A strategy as TOML
    #[command(after_help = "Example:\n  o2c strategy export standard > careful.toml")]
    Export {
        /// Its name; standard is built in
        name: String,
    },
    /// Take a strategy in from TOML: a new one, or the next version; every fault is named
    #[command(after_help = "Example:\n  o2c strategy import careful.toml --dry-run")]
    Import {
        /// The file
        file: PathBuf,
        /// How the change is made
        #[command(flatten)]
        change: Change,
    },
    /// Today's list under another strategy beside the present ones; nothing is written
    #[command(after_help = "Example:\n  o2c strategy try careful.toml --limit 20")]
    Try {
        /// The file; a strategy of a known name takes its place
        file: PathBuf,
        /// At most so many customers
        #[arg(long, value_name = "N", default_value_t = 20)]
        limit: usize,
        /// Text or JSON
        #[command(flatten)]
        form: FormArgs,
    },
}
