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
        after_help = "Example:\n  o2c bank add \"Sterling\" --account \"GB29 NWBK 6016 1331 9268 19\" --currency GBP"
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
    /// Rules for entries the bank's codes do not settle
    #[command(after_help = "Example:\n  o2c bank rule list")]
    Rule {
        /// What is done about them
        #[command(subcommand)]
        verb: RuleVerb,
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

/// Verbs of `bank rule`.
#[derive(Debug, Subcommand)]
pub enum RuleVerb {
    /// Say what entries with a text are, from the next file on
    #[command(after_help = "Example:\n  o2c bank rule add --text \"account fee*quarter\" --kind fee")]
    Add {
        /// What the bank writes; capitals and accents make no difference, * stands for anything
        #[arg(long, value_name = "PATTERN")]
        text: String,
        /// Only on one account
        #[arg(long, value_name = "NAME|NUMBER")]
        account: Option<String>,
        /// What such an entry is
        #[arg(long, value_enum)]
        kind: RuleKind,
        /// How the change is made
        #[command(flatten)]
        change: Change,
    },
    /// The rules in force
    #[command(after_help = "Example:\n  o2c bank rule list --json")]
    List {
        /// Text, JSON or CSV
        #[command(flatten)]
        form: FormArgs,
    },
    /// Take a rule out of force; what was booked by it stays
    #[command(after_help = "Example:\n  o2c bank rule remove \"account fee*quarter\"")]
    Remove {
        /// The rule's text
        #[arg(value_name = "PATTERN")]
        text: String,
        /// The account it is of
        #[arg(long, value_name = "NAME|NUMBER")]
        account: Option<String>,
        /// How the change is made
        #[command(flatten)]
        change: Change,
    },
    /// Show which entries of the past a pattern would have met; changes nothing
    #[command(after_help = "Example:\n  o2c bank rule try \"account fee\" --limit 20")]
    Try {
        /// What the bank writes
        #[arg(value_name = "PATTERN")]
        text: String,
        /// Only on one account
        #[arg(long, value_name = "NAME|NUMBER")]
        account: Option<String>,
        /// At most so many of them, the newest first [default: 50]
        #[arg(long, value_name = "N")]
        limit: Option<u64>,
        /// Text, JSON or CSV
        #[command(flatten)]
        form: FormArgs,
    },
}

/// What a rule says an entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum RuleKind {
    /// A charge of the bank.
    #[value(alias = "charge")]
    Fee,
    /// Between own accounts.
    Transfer,
    /// Money of a customer: the matching rules look at it.
    Receipt,
    /// Interest, either way.
    Interest,
    /// Money the bank takes back.
    Return,
    /// No matter of receivables.
    Other,
}

impl RuleKind {
    /// The kind of entry.
    pub fn kind(self) -> EntryKind {
        match self {
            RuleKind::Fee => EntryKind::Charge,
            RuleKind::Transfer => EntryKind::Transfer,
            RuleKind::Receipt => EntryKind::Receipt,
            RuleKind::Interest => EntryKind::Interest,
            RuleKind::Return => EntryKind::Return,
            RuleKind::Other => EntryKind::Other,
        }
    }
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
