//! Arguments of `o2c mail`: the mail server, and mails that came in.

use std::path::PathBuf;

use clap::Subcommand;

use super::args::FormArgs;

/// Verbs of `mail`.
#[derive(Debug, Subcommand)]
pub enum Mail {
    /// Reach the mail server and sign in; nothing is sent
    #[command(after_help = "Example:\n  o2c mail test --server mail.toml")]
    Test {
        /// The file that says which server [default: $O2C_MAIL, else mail.toml of the machine or the user]
        #[arg(long, value_name = "FILE", env = "O2C_MAIL", hide_env_values = true)]
        server: Option<PathBuf>,
    },
    /// Say what mails of customers would propose: paid, promise, dispute, query; nothing is changed
    #[command(after_help = "Examples:\n  o2c mail read answer.eml\n  o2c mail read Maildir --json")]
    Read {
        /// Files of one mail each, or maildirs
        #[arg(required = true, value_name = "FILE|MAILDIR")]
        from: Vec<PathBuf>,
        /// Text, JSON or CSV
        #[command(flatten)]
        form: FormArgs,
    },
}
