//! The arguments of `o2c import`: what a file holds, how it is read, and what becomes of rows that are refused.

use std::path::PathBuf;

use clap::{Args as ClapArgs, ValueEnum};

use super::args::{Making, currency};
use crate::domain::money::Currency;
use crate::formats::encoding::Encoding;

/// Which table a file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum What {
    /// Master data.
    Customers,
    /// Invoices, credit notes, debit notes.
    Invoices,
    /// Money that arrived.
    Receipts,
    /// Statements and advices of the bank.
    Statement,
}

/// The order of day and month in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Order {
    /// Day first.
    Dmy,
    /// Month first.
    Mdy,
}

/// The decimal sign of amounts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Decimal {
    /// 1,234.56
    Point,
    /// 1.234,56
    Comma,
}

/// An encoding by its name.
fn encoding(text: &str) -> Result<Encoding, String> {
    Encoding::parse(&text.to_lowercase())
        .ok_or_else(|| "known are auto, utf-8, utf-16le, utf-16be, windows-1252 and latin-1".to_owned())
}

/// Arguments of `import`.
#[derive(Debug, Clone, ClapArgs)]
pub struct Import {
    /// What the file holds
    #[arg(value_enum)]
    pub what: What,
    /// The file; of bank statements any number
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// A built-in mapping or a TOML file
    #[arg(long, value_name = "NAME|FILE.toml")]
    pub map: Option<String>,
    /// Currency of rows that name none
    #[arg(long, value_name = "CUR", value_parser = currency)]
    pub currency: Option<Currency>,
    /// Order of day and month where the file leaves it open
    #[arg(long, value_enum)]
    pub date_order: Option<Order>,
    /// The file's encoding, such as windows-1252, where it has no mark and is not UTF-8
    #[arg(long, value_name = "NAME", value_parser = encoding)]
    pub encoding: Option<Encoding>,
    /// The decimal sign of its amounts
    #[arg(long, value_enum)]
    pub decimal: Option<Decimal>,
    /// Take the good rows and write the refused ones to a file
    #[arg(long)]
    pub skip_refused: bool,
    /// Where the refused rows go [default: beside the file]
    #[arg(long, value_name = "FILE")]
    pub refused_to: Option<PathBuf>,
    /// Statements: what is particular to them
    #[command(flatten)]
    pub bank: BankFile,
    /// How the change is made
    #[command(flatten)]
    pub change: Making,
}

impl Import {
    /// The only file, or the first.
    pub fn file(&self) -> &std::path::Path {
        self.files.first().map_or(std::path::Path::new(""), PathBuf::as_path)
    }
}

/// What only `import statement` takes.
#[derive(Debug, Clone, Default, ClapArgs)]
pub struct BankFile {
    /// Statements: the account of files that name none
    #[arg(long, value_name = "NAME|NUMBER")]
    pub account: Option<String>,
    /// Statements: also take one that does not join on to the last; what is between is booked as moved elsewhere
    #[arg(long)]
    pub accept_gap: bool,
    /// Statements: answer as JSON
    #[arg(long)]
    pub json: bool,
    /// Megabytes the reader of the file may use, if fewer than usual.
    #[arg(long, hide = true, value_name = "MB")]
    pub reader_memory: Option<u64>,
    /// Seconds the reader of the file may take, if fewer than usual.
    #[arg(long, hide = true, value_name = "S")]
    pub reader_seconds: Option<u64>,
}
