//! Arguments of `o2c mail`: what waits to be sent, mails that came in, and the mail server.

use std::path::PathBuf;

use chrono::NaiveDate;
use clap::{Args, Subcommand, ValueEnum};

use super::args::{Change, FormArgs, iso_date};

/// A letter that is no reminder.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum What {
    /// What is open for a customer today
    Statement,
    /// What a customer promised to pay
    Promise,
    /// A payment plan as agreed
    Plan,
    /// How a dispute was decided
    Dispute,
    /// The copy of an invoice, debit note or credit note
    Copy,
}

impl What {
    /// The word in the book.
    pub fn word(self) -> &'static str {
        match self {
            What::Statement => "statement",
            What::Promise => "promise",
            What::Plan => "plan",
            What::Dispute => "dispute",
            What::Copy => "copy",
        }
    }
}

/// Verbs of `mail`.
#[derive(Debug, Subcommand)]
pub enum Mail {
    /// Hand the mails that wait to the mail server, one by one; none goes out twice, and what is not known is never repeated
    #[command(after_help = "Examples:\n  o2c mail send\n  o2c mail send --limit 50 --dry-run")]
    Send(Send),
    /// Write a letter that is no reminder as a mail, which waits like those of reminders; o2c letter shows it beforehand
    #[command(
        after_help = "Examples:\n  o2c mail write statement 10023\n  o2c mail write dispute D-1 --language de --dry-run"
    )]
    Write {
        /// What it is
        #[arg(value_enum)]
        what: What,
        /// Number of the customer (statement, promise), the plan, the dispute or the document (copy)
        number: String,
        /// Language code [default: the customer's, else the setting language]
        #[arg(long, value_name = "CODE")]
        language: Option<String>,
        /// How the change is made
        #[command(flatten)]
        change: Change,
    },
    /// Mails, newest first
    #[command(after_help = "Example:\n  o2c mail list --state unknown --json")]
    List {
        /// Only those in this state
        #[arg(long, value_enum)]
        state: Option<State>,
        /// Only those of this customer
        #[arg(long, value_name = "NUMBER")]
        customer: Option<String>,
        /// The most rows
        #[arg(long, default_value_t = 100)]
        limit: u64,
        /// Text, JSON or CSV
        #[command(flatten)]
        form: FormArgs,
    },
    /// One mail: what became of it, and its message
    #[command(after_help = "Example:\n  o2c mail show 1")]
    Show {
        /// Its number
        mail: i64,
        /// Text or JSON
        #[command(flatten)]
        form: FormArgs,
    },
    /// Say what you know of a mail that failed or is unknown: it arrived, send it again, give it up
    #[command(after_help = "Example:\n  o2c mail settle 1 again --reason \"the server has no trace of it\"")]
    Settle {
        /// Its number
        mail: i64,
        /// What is to be
        #[arg(value_enum)]
        how: How,
        /// Why
        #[arg(long)]
        reason: String,
        /// How the change is made
        #[command(flatten)]
        change: Change,
    },
    /// Take mails in: each once, for the customer whose it is; what they say stands as proposals
    #[command(after_help = "Examples:\n  o2c mail import answer.eml\n  o2c mail import /var/mail/accounts/Maildir")]
    Import {
        /// Files of one mail each, maildirs, or folders of .eml files
        #[arg(required = true, value_name = "FILE|FOLDER")]
        from: Vec<PathBuf>,
        /// Say what would be taken in, and take nothing
        #[arg(long)]
        dry_run: bool,
        /// Text, JSON or CSV
        #[command(flatten)]
        form: FormArgs,
    },
    /// What answers of customers propose and nobody has decided
    #[command(after_help = "Example:\n  o2c mail proposals --json")]
    Proposals {
        /// Those decided as well
        #[arg(long)]
        all: bool,
        /// Text, JSON or CSV
        #[command(flatten)]
        form: FormArgs,
    },
    /// Do what an answer proposes: record the promise, open the dispute, look for the payment, answer
    #[command(after_help = "Examples:\n  o2c mail accept 1\n  o2c mail accept 2 --item INV-20448 --reason price")]
    Accept(Accept),
    /// Leave a proposal alone
    #[command(after_help = "Example:\n  o2c mail dismiss 1 --reason \"said the same on the telephone\"")]
    Dismiss {
        /// Its number
        proposal: i64,
        /// Why
        #[arg(long)]
        reason: String,
        /// How the change is made
        #[command(flatten)]
        change: Change,
    },
    /// Reach the mail server and sign in; nothing is sent
    #[command(after_help = "Example:\n  o2c mail test --server mail.toml")]
    Test {
        /// The file that says which server [default: $O2C_MAIL, else mail.toml of the machine or the user]
        #[arg(long, value_name = "FILE", env = "O2C_MAIL", hide_env_values = true)]
        server: Option<PathBuf>,
        /// Answer as JSON
        #[arg(long)]
        json: bool,
    },
    /// Say what mails of customers would propose: paid, promise, dispute, query; nothing is changed
    #[command(after_help = "Examples:\n  o2c mail read answer.eml\n  o2c mail read Maildir --json")]
    Read {
        /// Files of one mail each, maildirs, or folders of .eml files
        #[arg(required = true, value_name = "FILE|MAILDIR")]
        from: Vec<PathBuf>,
        /// Text, JSON or CSV
        #[command(flatten)]
        form: FormArgs,
    },
}

/// Arguments of `mail send`.
#[derive(Debug, Args)]
pub struct Send {
    /// The most mails handed over now
    #[arg(long, value_name = "COUNT")]
    pub limit: Option<usize>,
    /// Say which would leave and why others would not; nothing is sent
    #[arg(long)]
    pub dry_run: bool,
    /// The file that says which server [default: $O2C_MAIL, else mail.toml of the machine or the user]
    #[arg(long, value_name = "FILE", env = "O2C_MAIL", hide_env_values = true)]
    pub server: Option<PathBuf>,
    /// Text or JSON
    #[command(flatten)]
    pub form: FormArgs,
}

/// Arguments of `mail accept`.
#[derive(Debug, Args)]
pub struct Accept {
    /// Number of the proposal
    pub proposal: i64,
    /// Whose it is, where the answer does not tell
    #[arg(long, value_name = "NUMBER")]
    pub customer: Option<String>,
    /// The day of a promise, or to look again
    #[arg(long, value_name = "DATE", value_parser = iso_date)]
    pub on: Option<NaiveDate>,
    /// How much, where the answer says otherwise or nothing
    #[arg(long)]
    pub amount: Option<String>,
    /// The invoice it is about; repeat for several
    #[arg(long = "item", value_name = "NUMBER")]
    pub items: Vec<String>,
    /// Reason of a dispute
    #[arg(long, default_value = "")]
    pub reason: String,
    /// How the change is made
    #[command(flatten)]
    pub change: Change,
}

/// States of a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum State {
    /// It leaves with the next pass that may take it
    Waiting,
    /// It is being handed over
    Leased,
    /// The server took it
    Sent,
    /// It was refused or came back
    Failed,
    /// It was handed over and no answer came
    Unknown,
    /// A person gave it up
    GivenUp,
}

impl State {
    /// The word in the book.
    pub fn word(self) -> &'static str {
        match self {
            State::Waiting => "waiting",
            State::Leased => "leased",
            State::Sent => "sent",
            State::Failed => "failed",
            State::Unknown => "unknown",
            State::GivenUp => "given up",
        }
    }
}

/// What a person settles.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum How {
    /// It did arrive
    Sent,
    /// Send it again
    Again,
    /// Send it no more
    GivenUp,
}
