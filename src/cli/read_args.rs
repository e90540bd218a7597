//! Arguments of the verbs that read: aging, lists, one customer, figures, checks, exports and copies.

use std::path::PathBuf;

use chrono::NaiveDate;
use clap::{Args as ClapArgs, Subcommand, ValueEnum};

use super::act_args::CustomerSet;
use super::args::{FormArgs, iso_date};

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

/// Arguments of a list.
#[derive(Debug, ClapArgs)]
pub struct ListArgs {
    /// Only rows that pass this filter, as on the screen's `/` line
    #[arg(long = "where", value_name = "FILTER")]
    pub filter: Option<String>,
    /// Filter, sort and columns of a view saved on the screen of this list; --where narrows it further, --sort wins
    #[arg(long, value_name = "NAME")]
    pub view: Option<String>,
    /// By which column; with - in front, largest first
    #[arg(long, value_name = "COLUMN", allow_hyphen_values = true)]
    pub sort: Option<String>,
    /// At most so many rows [default: all]
    #[arg(long, value_name = "N")]
    pub limit: Option<u64>,
    /// Text, JSON or CSV
    #[command(flatten)]
    pub form: FormArgs,
}

/// Arguments of the lists of items.
#[derive(Debug, ClapArgs)]
pub struct ItemsArgs {
    /// One customer only
    #[arg(long, value_name = "NUMBER")]
    pub customer: Option<String>,
    /// Which rows, how
    #[command(flatten)]
    pub list: ListArgs,
}

/// Verbs of `customer`.
#[derive(Debug, Subcommand)]
pub enum Customer {
    /// A customer with open items, payment habits and history
    #[command(after_help = "Example:\n  o2c customer show 10023 --json")]
    Show(CustomerShow),
    /// Change the master data of a customer, or add one
    #[command(after_help = "Example:\n  o2c customer set 10023 --terms \"net 30\" --limit 50000 --owner mara")]
    Set(Box<CustomerSet>),
}

/// Arguments of `customer show`.
#[derive(Debug, ClapArgs)]
pub struct CustomerShow {
    /// Number of the customer
    pub number: String,
    /// Text, JSON or CSV (its items)
    #[command(flatten)]
    pub form: FormArgs,
}

/// Arguments of `kpi`.
#[derive(Debug, ClapArgs)]
pub struct Kpi {
    /// The day [default: today]
    #[arg(long, value_name = "DATE", value_parser = iso_date)]
    pub as_of: Option<NaiveDate>,
    /// Dates of the trend, the day itself among them
    #[arg(long, value_name = "N", default_value_t = 12, value_parser = clap::value_parser!(u32).range(1..=120))]
    pub months: u32,
    /// Text, JSON or CSV
    #[command(flatten)]
    pub form: FormArgs,
}

/// A table of the book.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Table {
    /// Every instalment, open and closed.
    Items,
    /// Every leg of the ledger.
    Postings,
    /// Master data, as `import customers` reads it.
    Customers,
    /// The journal of the sub-ledger.
    Journal,
}

/// The form of an export.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum Format {
    /// Comma-separated.
    #[default]
    Csv,
    /// As hledger reads it; the journal only.
    Hledger,
}

/// Arguments of `export`.
#[derive(Debug, ClapArgs)]
pub struct Export {
    /// What is written
    #[arg(value_enum)]
    pub table: Table,
    /// How it is written
    #[arg(long, value_enum, default_value_t = Format::Csv)]
    pub format: Format,
    /// A new file [default: stdout]
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}
