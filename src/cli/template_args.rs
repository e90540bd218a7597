//! Arguments of `o2c template`: what the letters say.

use std::path::PathBuf;

use clap::Subcommand;

use super::args::{Change, FormArgs};

/// Verbs of `template`.
#[derive(Debug, Subcommand)]
pub enum Template {
    /// The templates, with the languages each is there in
    #[command(after_help = "Example:\n  o2c template list --json")]
    List {
        /// Text, JSON or CSV
        #[command(flatten)]
        form: FormArgs,
    },
    /// The fields a template may name
    #[command(after_help = "Example:\n  o2c template fields")]
    Fields {
        /// Text, JSON or CSV
        #[command(flatten)]
        form: FormArgs,
    },
    /// Print the text of a template
    #[command(after_help = "Example:\n  o2c template show reminder-1 --language de")]
    Show {
        /// Its name
        name: String,
        /// Language code [default: en]
        #[arg(long, value_name = "CODE", default_value = "en")]
        language: String,
    },
    /// Write a template to a new file, to be edited
    #[command(after_help = "Example:\n  o2c template export reminder-1 --language de --out reminder-1.de.txt")]
    Export {
        /// Its name
        name: String,
        /// Language code [default: en]
        #[arg(long, value_name = "CODE", default_value = "en")]
        language: String,
        /// The new file [default: NAME.CODE.txt]
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    /// Say whether an edited template can be used, and where not
    #[command(after_help = "Example:\n  o2c template check reminder-1.de.txt")]
    Check {
        /// The file, named NAME.CODE.txt
        file: PathBuf,
    },
    /// Use an edited template from now on; a second person confirms it
    #[command(after_help = "Example:\n  o2c template set reminder-1.de.txt")]
    Set {
        /// The file, named NAME.CODE.txt
        file: PathBuf,
        /// How the change is made
        #[command(flatten)]
        change: Change,
    },
    /// Use the program's own template again; a second person confirms it
    #[command(after_help = "Example:\n  o2c template reset reminder-1 --language de")]
    Reset {
        /// Its name
        name: String,
        /// Language code
        #[arg(long, value_name = "CODE")]
        language: String,
        /// How the change is made
        #[command(flatten)]
        change: Change,
    },
    /// Show the letter a template makes for a customer; nothing is sent
    #[command(
        after_help = "Examples:\n  o2c template preview reminder-2 --customer 10023\n  o2c template preview statement --customer 10023 --language fr --html > statement.html\n  o2c template preview reminder-1 --customer 10023 --pdf letter.pdf"
    )]
    Preview {
        /// Its name
        name: String,
        /// Number of the customer; without it a made-up one
        #[arg(long, value_name = "NUMBER")]
        customer: Option<String>,
        /// Language code [default: the customer's]
        #[arg(long, value_name = "CODE")]
        language: Option<String>,
        /// An edited template instead of the one in use
        #[arg(long, value_name = "FILE")]
        file: Option<PathBuf>,
        /// As HTML
        #[arg(long)]
        html: bool,
        /// As PDF, into this file
        #[arg(long, value_name = "FILE", conflicts_with = "html")]
        pdf: Option<PathBuf>,
        /// A TrueType font for the PDF [default: the setting letter-font, else Helvetica]
        #[arg(long, value_name = "FILE", requires = "pdf")]
        font: Option<PathBuf>,
    },
}
