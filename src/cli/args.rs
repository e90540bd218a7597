//! The arguments: what every verb shares, and the verbs. Help texts are here and nowhere else; every verb shows an
//! example.

use std::path::PathBuf;

use chrono::NaiveDate;
use clap::{Args as ClapArgs, CommandFactory, Parser, Subcommand, ValueEnum};

use super::out::Form;
use crate::domain::money::Currency;

/// Order-to-cash workstation for the terminal: receivables, aging, disputes, promises and KPIs in one book.
#[derive(Debug, Parser)]
#[command(
    name = "o2c",
    version,
    max_term_width = 100,
    after_help = "Examples:\n  o2c demo\n  o2c init --company \"Nordwind GmbH\" --currency EUR\n  o2c import invoices ledger.csv --currency EUR\n  o2c aging --as-of 2026-03-31"
)]
pub struct Args {
    /// What every verb shares.
    #[command(flatten)]
    pub global: Global,
    /// What to do; without it the workstation opens.
    #[command(subcommand)]
    pub verb: Option<Verb>,
}

/// The clap command, for completions and the man page.
pub fn command() -> clap::Command {
    Args::command()
}

/// What every verb shares.
#[derive(Debug, Clone, Default, ClapArgs)]
#[command(next_help_heading = "Everywhere")]
pub struct Global {
    /// The book's file [default: books.db in the data folder of the user]
    #[arg(long, global = true, value_name = "FILE", env = "O2C_BOOK", hide_env_values = true)]
    pub book: Option<PathBuf>,
    /// Work as this person of the book [default: the login name of the user]
    #[arg(long = "as", global = true, value_name = "LOGIN")]
    pub user: Option<String>,
    /// The business day, instead of the calendar's
    #[arg(long, global = true, value_name = "DATE", value_parser = iso_date)]
    pub today: Option<NaiveDate>,
    /// Refuse everything that would change the book
    #[arg(long, global = true)]
    pub read_only: bool,
    /// Colours of the workstation
    #[arg(long, global = true, value_enum, default_value_t = Color::Auto)]
    pub color: Color,
    /// Draw the workstation with ASCII characters only
    #[arg(long, global = true)]
    pub ascii: bool,
    /// Let the workstation take the mouse
    #[arg(long, global = true)]
    pub mouse: bool,
}

/// When the workstation uses colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum Color {
    /// As the terminal and `NO_COLOR` say.
    #[default]
    Auto,
    /// Never.
    Never,
    /// Always.
    Always,
}

/// The verbs.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Make a new book for a company
    #[command(after_help = "Example:\n  o2c --book books.db init --company \"Nordwind GmbH\" --currency EUR")]
    Init(Init),
    /// Take customers, invoices or receipts in from a file
    #[command(after_help = IMPORT_HELP)]
    Import(Import),
    /// Open items by age, for any day, tied to the ledger
    #[command(
        after_help = "Examples:\n  o2c aging --as-of 2026-03-31 --by due --credits separate\n  o2c aging --known-at 2026-04-02T18:00:00Z --json"
    )]
    Aging(Aging),
    /// People who may work in the book
    #[command(subcommand, after_help = "Example:\n  o2c user add mara --name \"Mara Lind\" --role collector")]
    User(User),
    /// Enter the rate of a currency to the book's
    #[command(after_help = "Example:\n  o2c rate USD 0.92 --from 2026-01-01")]
    Rate(Rate),
    /// Set the target of a KPI
    #[command(after_help = "Example:\n  o2c target dso 44")]
    Target(Target),
    /// Print completions for a shell
    #[command(after_help = "Example:\n  o2c completions bash > ~/.local/share/bash-completion/completions/o2c")]
    Completions(Completions),
    /// Print the manual page
    #[command(after_help = "Example:\n  o2c man | man -l -")]
    Man,
}

const IMPORT_HELP: &str = "\
Examples:
  o2c import invoices ledger.csv --currency EUR --dry-run
  o2c import invoices open.csv --map sap-bsid --skip-refused
  o2c import receipts bank.csv --map my-bank.toml

The layout is recognised by its columns; --map names a built-in mapping or a TOML file. All rows are taken or none;
with --skip-refused the refused ones go to a file that can be corrected and imported again. The same file twice
changes nothing.";

/// Arguments of `init`.
#[derive(Debug, ClapArgs)]
pub struct Init {
    /// The company whose book it is
    #[arg(long)]
    pub company: String,
    /// The book's currency, as three letters
    #[arg(long, value_parser = currency)]
    pub currency: Currency,
    /// Your full name [default: the login]
    #[arg(long)]
    pub name: Option<String>,
}

/// Which table a file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum What {
    /// Master data.
    Customers,
    /// Invoices, credit notes, debit notes.
    Invoices,
    /// Money that arrived.
    Receipts,
}

/// The order of day and month in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Order {
    /// Day first.
    Dmy,
    /// Month first.
    Mdy,
}

/// Arguments of `import`.
#[derive(Debug, ClapArgs)]
pub struct Import {
    /// What the file holds
    #[arg(value_enum)]
    pub what: What,
    /// The file
    pub file: PathBuf,
    /// A built-in mapping or a TOML file
    #[arg(long, value_name = "NAME|FILE.toml")]
    pub map: Option<String>,
    /// Currency of rows that name none
    #[arg(long, value_name = "CUR", value_parser = currency)]
    pub currency: Option<Currency>,
    /// Order of day and month where the file leaves it open
    #[arg(long, value_enum)]
    pub date_order: Option<Order>,
    /// Take the good rows and write the refused ones to a file
    #[arg(long)]
    pub skip_refused: bool,
    /// Where the refused rows go [default: beside the file]
    #[arg(long, value_name = "FILE")]
    pub refused_to: Option<PathBuf>,
    /// How the change is made
    #[command(flatten)]
    pub change: Change,
}

/// What every changing verb shares.
#[derive(Debug, Clone, Default, ClapArgs)]
pub struct Change {
    /// Do everything, then take it back, and say what would be
    #[arg(long)]
    pub dry_run: bool,
    /// A key of your own: the same key changes the book once
    #[arg(long, value_name = "KEY")]
    pub act_key: Option<String>,
}

/// How a reading verb answers.
#[derive(Debug, Clone, Copy, Default, ClapArgs)]
pub struct FormArgs {
    /// Answer as JSON
    #[arg(long, conflicts_with = "csv")]
    json: bool,
    /// Answer as CSV
    #[arg(long)]
    csv: bool,
}

impl FormArgs {
    /// The chosen form.
    pub(super) fn form(self) -> Form {
        match (self.json, self.csv) {
            (true, _) => Form::Json,
            (_, true) => Form::Csv,
            _ => Form::Text,
        }
    }
}

/// Which date ages an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum By {
    /// The due date.
    Due,
    /// The document date.
    Document,
}

/// Where credits are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum CreditsAt {
    /// In columns of their own.
    Separate,
    /// In the bucket of their own date.
    OwnDate,
    /// Against the oldest debits of the customer.
    Oldest,
}

/// Arguments of `aging`.
#[derive(Debug, ClapArgs)]
pub struct Aging {
    /// The day whose balances are shown [default: today]
    #[arg(long, value_name = "DATE", value_parser = iso_date)]
    pub as_of: Option<NaiveDate>,
    /// As the book was known at this instant or day, UTC [default: now]
    #[arg(long, value_name = "INSTANT")]
    pub known_at: Option<String>,
    /// The date that ages an item
    #[arg(long, value_enum, default_value_t = By::Due)]
    pub by: By,
    /// Where credits are shown
    #[arg(long, value_enum, default_value_t = CreditsAt::Separate)]
    pub credits: CreditsAt,
    /// One customer only
    #[arg(long, value_name = "NUMBER")]
    pub customer: Option<String>,
    /// Text, JSON or CSV
    #[command(flatten)]
    pub form: FormArgs,
}

/// Verbs of `user`.
#[derive(Debug, Subcommand)]
pub enum User {
    /// Add a person
    #[command(after_help = "Example:\n  o2c user add mara --name \"Mara Lind\" --role collector --role cash-applier")]
    Add {
        /// The login name
        login: String,
        /// The full name [default: the login]
        #[arg(long)]
        name: Option<String>,
        /// A role; repeat for several
        #[arg(long = "role", value_name = "ROLE")]
        roles: Vec<String>,
        /// How the change is made
        #[command(flatten)]
        change: Change,
    },
    /// Give a role, or take it with --take
    #[command(after_help = "Example:\n  o2c user role mara controller\n  o2c user role mara controller --take")]
    Role {
        /// The login name
        login: String,
        /// The role
        role: String,
        /// Take the role instead of giving it
        #[arg(long)]
        take: bool,
        /// How the change is made
        #[command(flatten)]
        change: Change,
    },
    /// Everybody with their roles
    #[command(after_help = "Example:\n  o2c user list --json")]
    List {
        /// Text, JSON or CSV
        #[command(flatten)]
        form: FormArgs,
    },
}

/// Arguments of `rate`.
#[derive(Debug, ClapArgs)]
pub struct Rate {
    /// The foreign currency
    #[arg(value_parser = currency)]
    pub currency: Currency,
    /// Units of the book's currency for one of the foreign
    pub rate: String,
    /// First day it counts for [default: today]
    #[arg(long, value_name = "DATE", value_parser = iso_date)]
    pub from: Option<NaiveDate>,
    /// How the change is made
    #[command(flatten)]
    pub change: Change,
}

/// Arguments of `target`.
#[derive(Debug, ClapArgs)]
pub struct Target {
    /// Short name of the KPI, `dso`
    pub kpi: String,
    /// The target
    pub value: String,
    /// How the change is made
    #[command(flatten)]
    pub change: Change,
}

/// Arguments of `completions`.
#[derive(Debug, ClapArgs)]
pub struct Completions {
    /// The shell
    #[arg(value_enum)]
    pub shell: clap_complete::Shell,
}

/// Reads `2026-03-31`.
pub(super) fn iso_date(text: &str) -> Result<NaiveDate, String> {
    NaiveDate::parse_from_str(text, "%Y-%m-%d")
        .ok()
        .filter(|date| (1900..=2199).contains(&chrono::Datelike::year(date)))
        .ok_or_else(|| "a date is written 2026-03-31".to_owned())
}

/// Reads a currency code.
pub(super) fn currency(text: &str) -> Result<Currency, String> {
    Currency::parse(&text.to_uppercase()).map_err(|error| error.to_string())
}
