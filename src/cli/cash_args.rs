//! Arguments of `cash`: the rules' run, and what a person does with one payment.

use clap::{Args, Subcommand, ValueEnum};

use super::args::{Change, FormArgs};
use super::read_args::ListArgs;

/// The verbs of `cash`.
#[derive(Debug, Subcommand)]
pub enum Cash {
    /// Let the rules apply what has exactly one explanation; what they leave says why
    #[command(after_help = "Example:\n  o2c cash run --dry-run && o2c cash run")]
    Run {
        /// Say what would be applied, and apply nothing
        #[arg(long)]
        dry_run: bool,
        /// Text or JSON
        #[command(flatten)]
        form: FormArgs,
    },
    /// Payments that wait for a person or the rules, the biggest first
    #[command(after_help = "Example:\n  o2c cash list --where \"open>1k\" --csv")]
    List(ListArgs),
    /// One payment: what the bank said, who it may be, what it may pay, best first
    #[command(after_help = "Example:\n  o2c cash show 1")]
    Show {
        /// The payment
        payment: i64,
        /// Text or JSON
        #[command(flatten)]
        form: FormArgs,
    },
    /// Say whose a payment is and what it pays
    #[command(
        after_help = "Examples:\n  o2c cash apply 1 --customer 10023 --to INV-20448 --to INV-20450:500 --learn\n  o2c cash apply 2 --customer 10023 --to INV-20448:290 --deduct INV-20448:10 --reason quantity"
    )]
    Apply(Apply),
    /// Say what a payment is that pays no item
    #[command(after_help = "Example:\n  o2c cash settle 1 --what elsewhere --text \"tax refund\"")]
    Settle {
        /// The payment
        payment: i64,
        /// What it is
        #[arg(long, value_enum)]
        what: What,
        /// The receipt or refund entered by hand, for `known`
        #[arg(long, value_name = "NUMBER")]
        document: Option<String>,
        /// The payment it takes back, which waits too, for `against`
        #[arg(long, value_name = "PAYMENT")]
        of: Option<i64>,
        /// A remark
        #[arg(long, default_value = "")]
        text: String,
        /// How the change is made
        #[command(flatten)]
        change: Change,
    },
    /// The bank took a receipt back: its items are open again
    #[command(after_help = "Example:\n  o2c cash return 3 R-17 --reason \"insufficient funds\"")]
    Return {
        /// The payment that went out
        payment: i64,
        /// Number of the receipt it takes back
        receipt: String,
        /// Why, as the bank says
        #[arg(long, default_value = "")]
        reason: String,
        /// How the change is made
        #[command(flatten)]
        change: Change,
    },
    /// Send unapplied money back to the customer; a second person approves it
    #[command(
        after_help = "Examples:\n  o2c cash refund R-17 --amount 50 --reason \"paid twice\"\n  o2c cash refund --payment 1 --customer 10023 --reason \"not ours\""
    )]
    Refund {
        /// Number of the receipt or credit note
        #[arg(required_unless_present = "payment", conflicts_with = "payment")]
        credit: Option<String>,
        /// A payment of the queue instead, which pays nothing
        #[arg(long, requires = "customer")]
        payment: Option<i64>,
        /// Number of the customer whose payment it is
        #[arg(long, requires = "payment")]
        customer: Option<String>,
        /// How much [default: all that is open]
        #[arg(long)]
        amount: Option<String>,
        /// Why
        #[arg(long)]
        reason: String,
        /// How the change is made
        #[command(flatten)]
        change: Change,
    },
    /// Keep in mind, or forget, that an account or a name is a customer's
    #[command(
        after_help = "Example:\n  o2c cash payer 10023 --account DE89370400440532013000\n  o2c cash payer 10023 --name \"Nordwind Holding\" --forget"
    )]
    Payer {
        /// Number of the customer
        customer: String,
        /// An account it pays from
        #[arg(long, conflicts_with = "name", required_unless_present = "name")]
        account: Option<String>,
        /// A name it pays under
        #[arg(long)]
        name: Option<String>,
        /// Forget it
        #[arg(long)]
        forget: bool,
        /// How the change is made
        #[command(flatten)]
        change: Change,
    },
}

/// Arguments of `cash apply`.
#[derive(Debug, Args)]
pub struct Apply {
    /// The payment
    pub payment: i64,
    /// Other payments that pay together with it, whole
    #[arg(long = "with", value_name = "PAYMENT")]
    pub with: Vec<i64>,
    /// Number of the customer whose it is
    #[arg(long)]
    pub customer: String,
    /// What it pays: INVOICE or INVOICE:AMOUNT
    #[arg(long = "to", value_name = "INVOICE[:AMOUNT]")]
    pub to: Vec<String>,
    /// Cash discount granted
    #[arg(long, value_name = "INVOICE:AMOUNT")]
    pub discount: Vec<String>,
    /// Difference accepted: posted, and gone from the invoice
    #[arg(long, value_name = "INVOICE:AMOUNT")]
    pub difference: Vec<String>,
    /// What the payer refused to pay: opens a dispute
    #[arg(long, value_name = "INVOICE:AMOUNT")]
    pub deduct: Vec<String>,
    /// Why, for differences and deductions
    #[arg(long, default_value = "")]
    pub reason: String,
    /// Credit notes and earlier receipts used beside it
    #[arg(long = "use", value_name = "CREDIT[:AMOUNT]")]
    pub credits: Vec<String>,
    /// Only this part of the payment is the customer's
    #[arg(long, value_name = "AMOUNT")]
    pub part: Option<String>,
    /// Keep what is left over on account
    #[arg(long)]
    pub on_account: bool,
    /// Keep in mind that the payer is this customer
    #[arg(long)]
    pub learn: bool,
    /// How the change is made
    #[command(flatten)]
    pub change: Change,
}

/// What a payment is that pays no item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum What {
    /// A charge of the bank.
    Charge,
    /// A transfer between own accounts.
    Transfer,
    /// No matter of receivables.
    Elsewhere,
    /// Money the bank took back before it was applied.
    Against,
    /// A receipt or refund entered by hand before.
    Known,
}
