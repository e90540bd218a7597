//! Arguments of `o2c bank`: accounts, statements, entries.

use clap::{Args as ClapArgs, Subcommand, ValueEnum};

use super::args::{Change, FormArgs, currency};
use crate::domain::bank::EntryKind;
use crate::domain::money::Currency;

/// Verbs of `bank`.
#[derive(Debug, Subcommand)]
pub enum Bank {
    /// Add a bank account of the company, whose statements can then be imported
    #[command(
        after_help = "Example:\n  o2c bank add \"Main account\" --account \"DE89 3704 0044 0532 0130 00\" --currency EUR"
    )]
    Add {
        /// What people call it
        name: String,
        /// IBAN, or the bank's own number as its files write it
        #[arg(long, value_name = "NUMBER")]
        account: String,
        /// The account's currency [default: the book's]
        #[arg(long, value_name = "CUR", value_parser = currency)]
        currency: Option<Currency>,
        /// How the change is made
        #[command(flatten)]
        change: Change,
    },
    /// The accounts: last statement, balance by the book, entries not settled
    #[command(after_help = "Example:\n  o2c bank list --json")]
    List {
        /// Text, JSON or CSV
        #[command(flatten)]
        form: FormArgs,
    },
    /// The statements and advices taken in, the last one first
    #[command(after_help = "Example:\n  o2c bank statements --account \"Main account\" --limit 10")]
    Statements {
        /// Which, how
        #[command(flatten)]
        list: BankList,
    },
    /// The entries with what became of each, the last one first
    #[command(after_help = "Example:\n  o2c bank entries --account \"Main account\" --waiting --limit 50")]
    Entries {
        /// Only those with something not settled
        #[arg(long)]
        waiting: bool,
        /// Only those of one kind
        #[arg(long, value_enum)]
        kind: Option<KindArg>,
        /// Which, how
        #[command(flatten)]
        list: BankList,
    },
}

/// Which rows of the bank are listed, and how.
#[derive(Debug, ClapArgs)]
pub struct BankList {
    /// Of one account only
    #[arg(long, value_name = "NAME|NUMBER")]
    pub account: Option<String>,
    /// At most so many rows [default: all]
    #[arg(long, value_name = "N")]
    pub limit: Option<u64>,
    /// Text, JSON or CSV
    #[command(flatten)]
    pub form: FormArgs,
}

/// A kind of entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum KindArg {
    /// Money from somebody else.
    Receipt,
    /// Money to somebody else.
    Payment,
    /// What the bank takes for its services.
    Charge,
    /// Interest, either way.
    Interest,
    /// Between own accounts.
    Transfer,
    /// Money that goes back.
    Return,
    /// Nothing the codes say.
    Other,
}

impl KindArg {
    /// The kind.
    pub fn kind(self) -> EntryKind {
        match self {
            KindArg::Receipt => EntryKind::Receipt,
            KindArg::Payment => EntryKind::Payment,
            KindArg::Charge => EntryKind::Charge,
            KindArg::Interest => EntryKind::Interest,
            KindArg::Transfer => EntryKind::Transfer,
            KindArg::Return => EntryKind::Return,
            KindArg::Other => EntryKind::Other,
        }
    }
}
