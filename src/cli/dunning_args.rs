//! Arguments of `policy` and `dunning`: policies and who is under which, holds, and runs from draft to letter.

use std::path::PathBuf;

use chrono::NaiveDate;
use clap::{Args, Subcommand};

use super::args::{Change, FormArgs, iso_date};
use super::paper::Paper;

/// The verbs of `policy`.
#[derive(Debug, Subcommand)]
pub enum Policy {
    /// Policies with their versions, and who is under which
    #[command(after_help = "Example:\n  o2c policy list --json")]
    List {
        /// Text or JSON
        #[command(flatten)]
        form: FormArgs,
    },
    /// A policy as TOML
    #[command(after_help = "Example:\n  o2c policy export standard > standard.toml")]
    Export {
        /// Its name
        name: String,
    },
    /// Take a policy in from TOML: a new one, or the next version; every fault is named
    #[command(after_help = "Example:\n  o2c policy import standard.toml && o2c policy assign standard --company")]
    Import {
        /// The file
        file: PathBuf,
        /// How the change is made
        #[command(flatten)]
        change: Change,
    },
    /// Replay the book's history under another policy, beside the present and the recorded runs; nothing is written
    #[command(after_help = "Example:\n  o2c policy try gentle.toml --from 2026-01-01")]
    Try {
        /// The file; a policy of a known name takes its place, another one the company's
        file: PathBuf,
        /// The first run
        #[arg(long, value_name = "DATE", value_parser = iso_date)]
        from: NaiveDate,
        /// Days between runs [default: the days of the recorded runs, else 7]
        #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(i64).range(1..=366))]
        every: Option<i64>,
        /// Text or JSON
        #[command(flatten)]
        form: FormArgs,
    },
    /// Every version of a policy: who wrote it, when, and what it changed
    #[command(after_help = "Example:\n  o2c policy versions standard")]
    Versions {
        /// Its name
        name: String,
        /// Text or JSON
        #[command(flatten)]
        form: FormArgs,
    },
    /// A policy on trial for a share of a segment, beside the others of it as control
    #[command(after_help = "Example:\n  o2c policy assign gentle --segment share:30 && o2c policy compare --json")]
    Compare {
        /// First day looked at [default: the day the share was drawn, half a year ago at the earliest]
        #[arg(long, value_name = "DATE", value_parser = iso_date)]
        from: Option<NaiveDate>,
        /// Text or JSON
        #[command(flatten)]
        form: FormArgs,
    },
    /// Say who is under a policy; the narrowest counts: invoice, customer, segment, company
    #[command(
        after_help = "Examples:\n  o2c policy assign standard --company\n  o2c policy assign gentle --segment \"country:DE share:20\"\n  o2c policy assign none --customer 10023"
    )]
    Assign(Assign),
}

/// Arguments of `policy assign`.
#[derive(Debug, Args)]
pub struct Assign {
    /// Name of the policy; none for no letters
    pub name: String,
    /// Everybody
    #[arg(long, group = "scope", required_unless_present_any = ["segment", "customer", "invoice"])]
    pub company: bool,
    /// Customers with these, such as "country:DE risk:C"; share:20 draws 20 percent of them
    #[arg(long, group = "scope", value_name = "CONDITIONS")]
    pub segment: Option<String>,
    /// One customer
    #[arg(long, group = "scope", value_name = "NUMBER")]
    pub customer: Option<String>,
    /// One invoice
    #[arg(long, group = "scope", value_name = "NUMBER")]
    pub invoice: Option<String>,
    /// Take back what was assigned there
    #[arg(long)]
    pub back: bool,
    /// How the change is made
    #[command(flatten)]
    pub change: Change,
}

/// The verbs of `dunning`.
#[derive(Debug, Subcommand)]
pub enum Dunning {
    /// Draft a run of today: who is reminded, at which level, and why nobody else is
    #[command(after_help = "Example:\n  o2c dunning draft && o2c dunning show M-1")]
    Draft {
        /// Only customers with these, such as "country:DE"
        #[arg(long, default_value = "", value_name = "CONDITIONS")]
        segment: String,
        /// How the change is made
        #[command(flatten)]
        change: Change,
    },
    /// Runs, newest first
    #[command(after_help = "Example:\n  o2c dunning list --json")]
    List {
        /// Text or JSON
        #[command(flatten)]
        form: FormArgs,
    },
    /// A run with its lines and what was left out
    #[command(after_help = "Example:\n  o2c dunning show M-1 --json")]
    Show {
        /// Its number
        run: String,
        /// Text, JSON or CSV
        #[command(flatten)]
        form: FormArgs,
    },
    /// Leave lines out of a drafted run
    #[command(after_help = "Example:\n  o2c dunning drop M-1 --item INV-20448 --reason \"called yesterday\"")]
    Drop(Pick),
    /// Send lines of a drafted run with a lower level
    #[command(after_help = "Example:\n  o2c dunning lower M-1 --customer 10023 --level 1 --reason \"good payer\"")]
    Lower {
        /// The level
        #[arg(long)]
        level: u32,
        /// Which lines
        #[command(flatten)]
        pick: Pick,
    },
    /// Send lines as they were drafted, after they were left out or lowered; lifts the hold that left them out
    #[command(after_help = "Example:\n  o2c dunning keep M-1 --item INV-20448 --reason \"not paid after all\"")]
    Keep(Pick),
    /// Keep letters from a customer, or about one invoice, until a day or until it is lifted
    #[command(after_help = "Example:\n  o2c dunning hold 10023 --until 2026-04-30 --reason \"waits for our answer\"")]
    Hold(Hold),
    /// Lift a hold
    #[command(after_help = "Example:\n  o2c dunning lift 1 --reason \"answered\"")]
    Lift {
        /// Its number, as `dunning why` shows it
        hold: i64,
        /// Why
        #[arg(long)]
        reason: String,
        /// How the change is made
        #[command(flatten)]
        change: Change,
    },
    /// Release a run for sending; a second person where its policy asks for one
    #[command(after_help = "Example:\n  o2c dunning approve M-1")]
    Approve {
        /// Its number
        run: String,
        /// How the change is made
        #[command(flatten)]
        change: Change,
    },
    /// Send a released run, or go on with one that was cut off; no letter goes out twice
    #[command(after_help = "Example:\n  o2c dunning send M-1 --letters 42 --out letters")]
    Send(Send),
    /// Credit the fees that policies waive because what they were charged for is paid
    #[command(after_help = "Example:\n  o2c dunning waive --dry-run")]
    Waive(Waive),
    /// End a run of which nothing was sent
    #[command(after_help = "Example:\n  o2c dunning cancel M-1 --reason \"drafted too early\"")]
    Cancel {
        /// Its number
        run: String,
        /// Why
        #[arg(long)]
        reason: String,
        /// How the change is made
        #[command(flatten)]
        change: Change,
    },
    /// Why each item of a customer is dunned or not, and from when on that changes
    #[command(after_help = "Example:\n  o2c dunning why 10023 --on 2026-05-01")]
    Why {
        /// The customer's number
        customer: String,
        /// As it would be on this day
        #[arg(long, value_name = "DATE", value_parser = iso_date)]
        on: Option<NaiveDate>,
        /// Text or JSON
        #[command(flatten)]
        form: FormArgs,
    },
}

/// Arguments of `dunning waive`.
#[derive(Debug, Args)]
pub struct Waive {
    /// Do everything, then take it back, and say what would be
    #[arg(long)]
    pub dry_run: bool,
    /// Text or JSON
    #[command(flatten)]
    pub form: FormArgs,
}

/// Lines of a run.
#[derive(Debug, Args)]
pub struct Pick {
    /// Number of the run
    pub run: String,
    /// Invoices; repeat for several
    #[arg(long = "item", value_name = "NUMBER", required_unless_present = "customer")]
    pub items: Vec<String>,
    /// All lines of this customer
    #[arg(long, value_name = "NUMBER")]
    pub customer: Option<String>,
    /// Why
    #[arg(long)]
    pub reason: String,
    /// How the change is made
    #[command(flatten)]
    pub change: Change,
}

/// Arguments of `dunning hold`.
#[derive(Debug, Args)]
pub struct Hold {
    /// The customer's number
    pub customer: String,
    /// One invoice only
    #[arg(long, value_name = "NUMBER")]
    pub item: Option<String>,
    /// First day [default: today]
    #[arg(long, value_name = "DATE", value_parser = iso_date)]
    pub from: Option<NaiveDate>,
    /// Last day [default: until it is lifted]
    #[arg(long, value_name = "DATE", value_parser = iso_date)]
    pub until: Option<NaiveDate>,
    /// manual, insolvency, legal, internal
    #[arg(long, default_value = "manual")]
    pub kind: String,
    /// Why
    #[arg(long)]
    pub reason: String,
    /// How the change is made
    #[command(flatten)]
    pub change: Change,
}

/// Arguments of `dunning send`.
#[derive(Debug, Args)]
pub struct Send {
    /// Number of the run
    pub run: String,
    /// How many letters it has, typed to show that it was looked at
    #[arg(long, value_name = "COUNT")]
    pub letters: Option<i64>,
    /// Folder the letters are written into, one text file each
    #[arg(long, value_name = "FOLDER", required_unless_present = "paper")]
    pub out: Option<PathBuf>,
    /// The letters that go by post, as one PDF
    #[command(flatten)]
    pub paper: Paper,
    /// Send although bank data is old or payments were not looked at, and say why
    #[arg(long, default_value = "", value_name = "REASON")]
    pub despite: String,
    /// Answer as JSON
    #[arg(long)]
    pub json: bool,
}
