//! Arguments of `audit`: reading the log, verifying the chain, sealing its head, drawing a sample.

use std::path::PathBuf;

use chrono::NaiveDate;
use clap::{Args as ClapArgs, Subcommand};

use super::args::{FormArgs, iso_date};

/// Verbs of `audit`.
#[derive(Debug, Subcommand)]
pub enum Audit {
    /// The acts, newest first
    #[command(after_help = "Example:\n  o2c audit log --login mara --from 2026-03-01 --changes --limit 50")]
    Log(AuditLog),
    /// One act with what it changed, before and after
    #[command(after_help = "Example:\n  o2c audit show 12")]
    Show {
        /// Its number in the log
        act: i64,
        /// Text, JSON or CSV
        #[command(flatten)]
        form: FormArgs,
    },
    /// Compute the whole chain again, and hold it against heads sealed before
    #[command(
        after_help = "Examples:\n  o2c audit verify --json\n  o2c audit verify --anchors /mnt/auditor --check-key nordwind.pub"
    )]
    Verify(Verify),
    /// Write down the head of the chain, signed with a key outside the book
    #[command(after_help = "Example:\n  o2c audit seal --key /etc/o2c/seal.key --out /mnt/auditor")]
    Seal(Seal),
    /// Make a key for sealing: the secret into a new file, the key that verifies beside it
    #[command(after_help = "Example:\n  o2c audit keygen /etc/o2c/seal.key --name nordwind")]
    Keygen {
        /// The file of the secret key; the other one is called the same with .pub
        file: PathBuf,
        /// A name for the key, without blanks
        #[arg(long, default_value = "o2c")]
        name: String,
    },
    /// Draw acts at random for an audit; the same seed draws the same acts
    #[command(after_help = "Example:\n  o2c audit sample --from 2026-01-01 --before 2026-04-01 --count 25 --seed q1")]
    Sample(Sample),
}

/// Which acts.
#[derive(Debug, Clone, ClapArgs)]
pub struct Which {
    /// Only acts of this person
    #[arg(long)]
    pub login: Option<String>,
    /// Only acts of this kind, as the log shows it
    #[arg(long)]
    pub kind: Option<String>,
    /// Only acts on this customer
    #[arg(long, value_name = "NUMBER")]
    pub customer: Option<String>,
    /// Only acts recorded on this day or later, UTC
    #[arg(long, value_name = "DATE", value_parser = iso_date)]
    pub from: Option<NaiveDate>,
    /// Only acts recorded before this day, UTC
    #[arg(long, value_name = "DATE", value_parser = iso_date)]
    pub before: Option<NaiveDate>,
}

/// Arguments of `audit log`.
#[derive(Debug, ClapArgs)]
pub struct AuditLog {
    /// Which acts
    #[command(flatten)]
    pub which: Which,
    /// Also what each changed, before and after
    #[arg(long)]
    pub changes: bool,
    /// At most so many [default: all]
    #[arg(long, value_name = "N")]
    pub limit: Option<u64>,
    /// Text, JSON or CSV
    #[command(flatten)]
    pub form: FormArgs,
}

/// Arguments of `audit verify`.
#[derive(Debug, ClapArgs)]
pub struct Verify {
    /// A sealed head, or a folder of them
    #[arg(long, value_name = "FILE|FOLDER")]
    pub anchors: Option<PathBuf>,
    /// The key that verifies seals, or the file it is in
    #[arg(long, value_name = "KEY|FILE", requires = "anchors")]
    pub check_key: Option<String>,
    /// The first characters of a hash that was written down
    #[arg(long, value_name = "HEX")]
    pub head: Option<String>,
    /// Answer as JSON: whether it is whole, how many acts, the last hash, and what does not fit
    #[arg(long)]
    pub json: bool,
}

/// Arguments of `audit seal`.
#[derive(Debug, ClapArgs)]
pub struct Seal {
    /// The file of the secret key
    #[arg(long, value_name = "FILE")]
    pub key: PathBuf,
    /// A folder for the sealed head, each a new file [default: stdout]
    #[arg(long, value_name = "FOLDER")]
    pub out: Option<PathBuf>,
}

/// Arguments of `audit sample`.
#[derive(Debug, ClapArgs)]
pub struct Sample {
    /// Which acts are drawn from
    #[command(flatten)]
    pub which: Which,
    /// How many
    #[arg(long, value_name = "N", default_value_t = 25)]
    pub count: usize,
    /// Any text; the same one draws the same acts
    #[arg(long, default_value = "1")]
    pub seed: String,
    /// Text, JSON or CSV
    #[command(flatten)]
    pub form: FormArgs,
}
