//! Arguments of the verbs of `dispute` about a case in full: what is known of it, parts, files, inquiries, tasks.

use std::path::PathBuf;

use chrono::NaiveDate;
use clap::{Args, Subcommand};

use super::args::{Change, FormArgs, iso_date};
use super::read_args::ListArgs;

/// The verbs.
#[derive(Debug, Subcommand)]
pub enum Case {
    /// The queue; the same as `o2c disputes`
    #[command(after_help = "Example:\n  o2c dispute list --where \"is:late dept:invoicing\" --sort due")]
    List(ListArgs),
    /// One case: amounts kept apart, its clock, documents, files, tasks and history
    #[command(after_help = "Example:\n  o2c dispute show D-1 --json")]
    Show {
        /// Number of the dispute
        dispute: String,
        /// Text or JSON
        #[command(flatten)]
        form: FormArgs,
    },
    /// Decide a part: credit, promotion, write-off, charge-back, repay or collect
    #[command(
        after_help = "Examples:\n  o2c dispute decide D-1 --outcome credit --amount 100 --collect-rest --cause carrier --text \"two short\"\n  o2c dispute decide D-2 --outcome repay --on 2026-04-30 --cause \"customer's mistake\"\n  o2c dispute decide D-3 --whole --outcome credit --cause \"price master data\""
    )]
    Decide(Decide),
    /// Add an invoice to a case
    #[command(after_help = "Example:\n  o2c dispute add D-3 INV-20450:80 --text \"the same price list\"")]
    Add {
        /// Number of the dispute
        dispute: String,
        /// Number of the invoice; with :AMOUNT where not all that is open is disputed
        item: String,
        /// What the customer says
        #[arg(long, default_value = "")]
        text: String,
        /// How the change is made
        #[command(flatten)]
        change: Change,
    },
    /// Move a part to a case of its own
    #[command(after_help = "Example:\n  o2c dispute split D-1 --amount 40 --reason tax")]
    Split {
        /// Number of the dispute
        dispute: String,
        /// How much goes to the new case
        #[arg(long)]
        amount: String,
        /// The reason of the new case
        #[arg(long)]
        reason: String,
        /// What the new case is about
        #[arg(long, default_value = "")]
        text: String,
        /// How the change is made
        #[command(flatten)]
        change: Change,
    },
    /// Dispute again what was decided to be collected or repaid
    #[command(after_help = "Example:\n  o2c dispute reopen D-1 --text \"the carrier admits it\"")]
    Reopen {
        /// Number of the dispute
        dispute: String,
        /// Why
        #[arg(long)]
        text: String,
        /// How the change is made
        #[command(flatten)]
        change: Change,
    },
    /// Say who is to act: customer (the clock stands), clarification, supervisor, us
    #[command(after_help = "Example:\n  o2c dispute wait D-1 --for customer --text \"photos asked for\"")]
    Wait {
        /// Number of the dispute
        dispute: String,
        /// customer, clarification, supervisor or us
        #[arg(long = "for", value_name = "WHOM")]
        whom: String,
        /// What is waited for
        #[arg(long, default_value = "")]
        text: String,
        /// How the change is made
        #[command(flatten)]
        change: Change,
    },
    /// Take out a case that was opened by mistake
    #[command(after_help = "Example:\n  o2c dispute void D-1 --text \"wrong invoice\"")]
    Void {
        /// Number of the dispute
        dispute: String,
        /// Why
        #[arg(long)]
        text: String,
        /// How the change is made
        #[command(flatten)]
        change: Change,
    },
    /// Agree to a closed case for good
    #[command(after_help = "Example:\n  o2c dispute confirm D-1")]
    Confirm {
        /// Number of the dispute
        dispute: String,
        /// How the change is made
        #[command(flatten)]
        change: Change,
    },
    /// Note something known of a case: kind, cause, "last day", channel, contact, "customer reference", processor (who works
    /// on it), coordinator (who decides it), priority (high, normal, low)
    #[command(
        after_help = "Examples:\n  o2c dispute set D-1 \"last day\" 2026-05-31\n  o2c dispute set D-1 priority high"
    )]
    Set {
        /// Number of the dispute
        dispute: String,
        /// What
        field: String,
        /// Its value
        value: String,
        /// How the change is made
        #[command(flatten)]
        change: Change,
    },
    /// Note a file with a case by its checksum; the file stays where it is
    #[command(after_help = "Example:\n  o2c dispute attach D-1 delivery-note.pdf --note \"signed by their driver\"")]
    Attach {
        /// Number of the dispute
        dispute: String,
        /// The file
        file: PathBuf,
        /// What it shows
        #[arg(long, default_value = "")]
        note: String,
        /// How the change is made
        #[command(flatten)]
        change: Change,
    },
    /// Say whether the files of a case are still what they were
    #[command(after_help = "Example:\n  o2c dispute verify D-1")]
    Verify {
        /// Number of the dispute
        dispute: String,
        /// Text or JSON
        #[command(flatten)]
        form: FormArgs,
    },
    /// Open an inquiry: a question that holds no amount back
    #[command(
        after_help = "Example:\n  o2c dispute inquire 10023 --item INV-20448 --channel call --contact \"Mrs Voss\" --text \"which price list?\""
    )]
    Inquire(Inquire),
    /// Inquiries, those to be answered first
    #[command(after_help = "Example:\n  o2c dispute inquiries --all --json")]
    Inquiries {
        /// Answered and promoted ones too
        #[arg(long)]
        all: bool,
        /// Text or JSON
        #[command(flatten)]
        form: FormArgs,
    },
    /// Answer an inquiry, or note something on it
    #[command(after_help = "Example:\n  o2c dispute answer Q-1 \"price list of 1 March, sent again\"")]
    Answer {
        /// Number of the inquiry
        inquiry: String,
        /// What was said
        text: String,
        /// Only note it; the inquiry stays open
        #[arg(long)]
        note: bool,
        /// How the change is made
        #[command(flatten)]
        change: Change,
    },
    /// Give an inquiry to a person or a department
    #[command(
        after_help = "Example:\n  o2c dispute hand-over Q-1 --owner ben --department invoicing --text \"needs the price list\""
    )]
    HandOver {
        /// Number of the inquiry
        inquiry: String,
        /// Login of who shall answer [default: its owner]
        #[arg(long)]
        owner: Option<String>,
        /// Department that shall answer [default: as it is]
        #[arg(long, default_value = "")]
        department: String,
        /// What they should know
        #[arg(long, default_value = "")]
        text: String,
        /// How the change is made
        #[command(flatten)]
        change: Change,
    },
    /// Make a dispute of an inquiry
    #[command(after_help = "Example:\n  o2c dispute promote Q-1 --amount 150 --reason price")]
    Promote {
        /// Number of the inquiry
        inquiry: String,
        /// The invoice [default: what the inquiry is about]
        #[arg(long)]
        item: Option<String>,
        /// Disputed amount [default: all that is open and undisputed]
        #[arg(long)]
        amount: Option<String>,
        /// Why [default: the inquiry's reason]
        #[arg(long)]
        reason: Option<String>,
        /// What the customer says
        #[arg(long, default_value = "")]
        text: String,
        /// How the change is made
        #[command(flatten)]
        change: Change,
    },
    /// What people were asked to do by @login in notes
    #[command(after_help = "Examples:\n  o2c dispute tasks\n  o2c dispute tasks --of mara --all --json")]
    Tasks {
        /// Whose [default: yours]
        #[arg(long, value_name = "LOGIN")]
        of: Option<String>,
        /// Everybody's
        #[arg(long, conflicts_with = "of")]
        everybody: bool,
        /// Done ones too
        #[arg(long)]
        all: bool,
        /// Text or JSON
        #[command(flatten)]
        form: FormArgs,
    },
    /// Say that a task is done
    #[command(after_help = "Example:\n  o2c dispute done 1")]
    Done {
        /// Its number in `o2c dispute tasks`
        task: i64,
        /// How the change is made
        #[command(flatten)]
        change: Change,
    },
    /// Reasons and causes by what they cost, with the part that was won
    #[command(after_help = "Example:\n  o2c dispute pareto --where dept:invoicing --json")]
    Pareto {
        /// Only cases that pass this filter
        #[arg(long = "where", value_name = "FILTER")]
        filter: Option<String>,
        /// Text or JSON
        #[command(flatten)]
        form: FormArgs,
    },
}

/// Arguments of `dispute decide`.
#[derive(Debug, Args)]
pub struct Decide {
    /// Number of the dispute
    pub dispute: String,
    /// credit, promotion, write-off, charge-back, repay or collect
    #[arg(long)]
    pub outcome: String,
    /// The part decided [default: all that is in dispute]
    #[arg(long)]
    pub amount: Option<String>,
    /// Collect the rest; else it stays in dispute
    #[arg(long)]
    pub collect_rest: bool,
    /// Decide every item of the case alike, each for all that is in dispute of it
    #[arg(long, conflicts_with_all = ["amount", "collect_rest"])]
    pub whole: bool,
    /// What really went wrong [default: what is noted, else what mostly is behind the reason]
    #[arg(long)]
    pub cause: Option<String>,
    /// The day the customer repays on
    #[arg(long, value_name = "DATE", value_parser = iso_date)]
    pub on: Option<NaiveDate>,
    /// Why
    #[arg(long, default_value = "")]
    pub text: String,
    /// How the change is made
    #[command(flatten)]
    pub change: Change,
}

/// Arguments of `dispute inquire`.
#[derive(Debug, Args)]
pub struct Inquire {
    /// Number of the customer
    pub customer: String,
    /// The invoice it is about
    #[arg(long)]
    pub item: Option<String>,
    /// The order, payment or matter it is about
    #[arg(long, default_value = "")]
    pub about: String,
    /// Reason
    #[arg(long, default_value = "unknown")]
    pub reason: String,
    /// How it came: call, e-mail, portal
    #[arg(long, default_value = "")]
    pub channel: String,
    /// Who asked
    #[arg(long, default_value = "")]
    pub contact: String,
    /// What was asked
    #[arg(long)]
    pub text: String,
    /// How the change is made
    #[command(flatten)]
    pub change: Change,
}
