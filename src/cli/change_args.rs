//! Arguments of verbs that change the book.

use clap::Args as ClapArgs;

/// How a change is made, where the verb has answers of its own.
#[derive(Debug, Clone, Default, ClapArgs)]
pub struct Making {
    /// Do everything, then take it back, and say what would be
    #[arg(long)]
    pub dry_run: bool,
    /// A key of your own: the same key changes the book once
    #[arg(long, value_name = "KEY")]
    pub act_key: Option<String>,
}

/// What every changing verb shares.
#[derive(Debug, Clone, Default, ClapArgs)]
pub struct Change {
    /// How it is made
    #[command(flatten)]
    pub making: Making,
    /// Answer as JSON: the act, what it did, and whether it waits for a second person
    #[arg(long)]
    pub json: bool,
}
