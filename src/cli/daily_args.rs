//! Arguments of `o2c daily`.

use std::path::PathBuf;

use clap::Args;

use super::args::FormArgs;

/// Arguments of `daily`.
#[derive(Debug, Args)]
pub struct Daily {
    /// Say what would be done, and do nothing
    #[arg(long)]
    pub dry_run: bool,
    /// The file that says which mail server and which folder of mails that come in [default: $O2C_MAIL, else mail.toml of
    /// the machine or the user]
    #[arg(long, value_name = "FILE", env = "O2C_MAIL", hide_env_values = true)]
    pub server: Option<PathBuf>,
    /// Text or JSON
    #[command(flatten)]
    pub form: FormArgs,
}
