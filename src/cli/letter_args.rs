//! Arguments of `o2c letter`: one letter, as it would go out.

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// Verbs of `letter`.
#[derive(Debug, Subcommand)]
pub enum Letter {
    /// A statement of account: what is open for a customer today
    #[command(after_help = "Example:\n  o2c letter statement 10023 --pdf statement.pdf")]
    Statement(Of),
    /// The copy of an invoice, a debit note or a credit note
    #[command(after_help = "Example:\n  o2c letter invoice INV-20448 --pdf copy.pdf")]
    Invoice(Of),
    /// The confirmation of what a customer promised to pay
    #[command(after_help = "Example:\n  o2c letter promise 10023 --html")]
    Promise(Of),
    /// The confirmation of a payment plan
    #[command(after_help = "Example:\n  o2c letter plan PP-1 --pdf plan.pdf")]
    Plan(Of),
    /// The answer to a dispute that was decided
    #[command(after_help = "Example:\n  o2c letter dispute D-1 --pdf answer.pdf")]
    Dispute(Of),
}

/// What a letter is about, and how it is wanted.
#[derive(Debug, Args)]
pub struct Of {
    /// Number of the customer, the document, the plan or the dispute
    pub number: String,
    /// Language code [default: the customer's, else the setting language]
    #[arg(long, value_name = "CODE")]
    pub language: Option<String>,
    /// As plain text; also without it
    #[arg(long, group = "form")]
    pub text: bool,
    /// As HTML
    #[arg(long, group = "form")]
    pub html: bool,
    /// As PDF, into this file
    #[arg(long, value_name = "FILE", group = "form")]
    pub pdf: Option<PathBuf>,
    /// A TrueType font for the PDF [default: the setting letter-font, else Helvetica]
    #[arg(long, value_name = "FILE", requires = "pdf")]
    pub font: Option<PathBuf>,
}
