//! Arguments of the verbs of authority: people, roles and limits, requests for approval, months, settings.

use clap::{Args as ClapArgs, Subcommand};

use super::args::{Change, FormArgs, Making};
use crate::domain::limits::LimitKind;

/// Verbs of `user`.
#[derive(Debug, Subcommand)]
pub enum User {
    /// Add a person
    #[command(
        after_help = "Example:\n  o2c user add nina --name \"Nina Lind\" --role collector --department collections"
    )]
    Add {
        /// The login name
        login: String,
        /// The full name [default: the login]
        #[arg(long)]
        name: Option<String>,
        /// A role; repeat for several
        #[arg(long = "role", value_name = "ROLE")]
        roles: Vec<String>,
        /// The department: order processing, invoicing, collections, disputes, analytics
        #[arg(long, default_value = "")]
        department: String,
        /// How the change is made
        #[command(flatten)]
        change: Change,
    },
    /// Give a role, or take it with --take
    #[command(after_help = "Example:\n  o2c user role mara controller\n  o2c user role mara controller --take\n  \
                            o2c user role adam administrator --take --owner \"left the company\"")]
    Role {
        /// The login name
        login: String,
        /// The role
        role: String,
        /// Take the role instead of giving it
        #[arg(long)]
        take: bool,
        /// Why one person may hold duties that must not meet
        #[arg(long, value_name = "WHY", default_value = "")]
        accept_conflict: String,
        /// For whoever owns the book's file, while every other administrator is shut out: why it is done without one
        #[arg(long, value_name = "WHY")]
        owner: Option<String>,
        /// How the change is made
        #[command(flatten)]
        change: Change,
    },
    /// Set up to how much a person may do alone
    #[command(after_help = "Example:\n  o2c user limit mara write-off 250\n  o2c user limit ben approval --by-role")]
    Limit {
        /// The login name
        login: String,
        /// credit-note, write-off, dispute, release or approval
        #[arg(value_parser = limit_kind)]
        kind: LimitKind,
        /// The amount in the book's currency
        #[arg(required_unless_present = "by_role", conflicts_with = "by_role")]
        amount: Option<String>,
        /// Leave it to the roles
        #[arg(long)]
        by_role: bool,
        /// How the change is made
        #[command(flatten)]
        change: Change,
    },
    /// Move a person to a department
    #[command(after_help = "Example:\n  o2c user department mara collections")]
    Department {
        /// The login name
        login: String,
        /// The department; empty for none
        department: String,
        /// How the change is made
        #[command(flatten)]
        change: Change,
    },
    /// Shut a person out, or let one in again with --in
    #[command(after_help = "Example:\n  o2c user shut-out mara\n  o2c user shut-out mara --in")]
    ShutOut {
        /// The login name
        login: String,
        /// Let the person in again
        #[arg(long = "in")]
        back: bool,
        /// For whoever owns the book's file, while every other administrator is shut out: why it is done without one
        #[arg(long, value_name = "WHY", requires = "back")]
        owner: Option<String>,
        /// How the change is made
        #[command(flatten)]
        change: Change,
    },
    /// Lend your authority to approve to somebody
    #[command(after_help = "Example:\n  o2c user delegate ben --until +2w")]
    Delegate {
        /// Who may use it
        login: String,
        /// The first day, by the clock whatever --today says [default: today]
        #[arg(long, value_name = "DATE")]
        from: Option<String>,
        /// The last day
        #[arg(long, value_name = "DATE")]
        until: String,
        /// How the change is made
        #[command(flatten)]
        change: Change,
    },
    /// End a delegation before its last day
    #[command(after_help = "Example:\n  o2c user end-delegation 1")]
    EndDelegation {
        /// Its number, as `user list` shows it
        delegation: i64,
        /// How the change is made
        #[command(flatten)]
        change: Change,
    },
    /// Everybody with roles, limits and department
    #[command(after_help = "Example:\n  o2c user list --json")]
    List {
        /// Text, JSON or CSV
        #[command(flatten)]
        form: FormArgs,
    },
    /// Duties that meet in one person though they must not, and what was done without a second person
    #[command(after_help = "Example:\n  o2c user conflicts --csv")]
    Conflicts {
        /// Text, JSON or CSV
        #[command(flatten)]
        form: FormArgs,
    },
}

/// Arguments of `approvals`.
#[derive(Debug, ClapArgs)]
pub struct Approvals {
    /// One request, with what it changes
    pub number: Option<String>,
    /// Also those that were decided
    #[arg(long)]
    pub all: bool,
    /// Text, JSON or CSV
    #[command(flatten)]
    pub form: FormArgs,
}

/// Arguments of `approve`, `reject` and `recall`.
#[derive(Debug, ClapArgs)]
pub struct Decide {
    /// The request, A-1
    pub number: String,
    /// What you say with it; a rejection needs it
    #[arg(long, visible_alias = "reason", default_value = "")]
    pub text: String,
    /// Refuse unless this is the hash of what is asked for, as `approvals A-1` shows it
    #[arg(long)]
    pub hash: Option<String>,
    /// How the change is made
    #[command(flatten)]
    pub change: Change,
}

/// Verbs of `month`.
#[derive(Debug, Subcommand)]
pub enum Month {
    /// Close a month: nothing can be posted into it any more
    #[command(after_help = "Example:\n  o2c month close 2026-03")]
    Close {
        /// The month
        month: String,
        /// How the change is made
        #[command(flatten)]
        change: Change,
    },
    /// Open the last closed month again, by two people
    #[command(after_help = "Example:\n  o2c month reopen 2026-03 --reason \"late invoice of the freight forwarder\"")]
    Reopen {
        /// The month
        month: String,
        /// Why
        #[arg(long)]
        reason: String,
        /// How the change is made
        #[command(flatten)]
        change: Change,
    },
    /// Every closing and reopening
    #[command(after_help = "Example:\n  o2c month list")]
    List {
        /// Text, JSON or CSV
        #[command(flatten)]
        form: FormArgs,
    },
}

/// Arguments of `setting`.
#[derive(Debug, ClapArgs)]
pub struct SettingArgs {
    /// Which: bank-account, mail-sender, letter-footer, phone; all are listed without it
    pub key: Option<String>,
    /// Its new value
    pub value: Option<String>,
    /// Text, JSON or CSV
    #[command(flatten)]
    pub form: FormArgs,
    /// How the change is made
    #[command(flatten)]
    pub making: Making,
}

fn limit_kind(text: &str) -> Result<LimitKind, String> {
    let names = || LimitKind::ALL.map(LimitKind::name).join(", ");
    LimitKind::parse(text).ok_or_else(|| format!("limits are of {}", names()))
}
