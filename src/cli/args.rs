//! The arguments: what every verb shares, and the verbs. Help texts are here and nowhere else; every verb shows an
//! example.

use std::path::PathBuf;

use chrono::NaiveDate;
use clap::{Args as ClapArgs, CommandFactory, Parser, Subcommand, ValueEnum};

use super::act_args as acts;
use super::audit_args::Audit;
use super::authority_args::{Approvals, Decide, Month, SettingArgs, User};
use super::bank_args::Bank;
use super::cash_args::Cash;
pub use super::change_args::{Change, Making};
use super::check::Check;
use super::credit::CreditArgs;
use super::daily_args::Daily;
use super::dunning_args::{Dunning, Policy};
pub use super::import_args::{BankFile, Decimal, Import, Order, What};
use super::letter_args::Letter;
use super::mail_args::Mail;
use super::out::Form;
use super::plan_args::{Activities, Plans, PromisesArgs, Strategy};
use super::read_args::{Aging, Customer, Export, ItemsArgs, Kpi, ListArgs};
use super::small_args::{Completions, Rate, Target};
use super::template_args::Template;
use super::upkeep;
use crate::domain::money::Currency;

/// Order-to-cash workstation for the terminal: receivables, aging, disputes, promises and KPIs in one book.
#[derive(Debug, Parser)]
#[command(
    name = "o2c",
    version,
    max_term_width = 100,
    after_help = "Examples:\n  o2c demo\n  o2c init --company \"Nordwind GmbH\" --currency EUR\n  o2c import invoices ledger.csv --currency EUR\n  o2c aging --as-of 2026-03-31"
)]
pub struct Args {
    /// What every verb shares.
    #[command(flatten)]
    pub global: Global,
    /// What to do; without it the workstation opens.
    #[command(subcommand)]
    pub verb: Option<Verb>,
}

impl Args {
    /// What the process was given. Whoever only opens the workstation names no verb: describing all of them would cost
    /// each session two MiB that it keeps, and some milliseconds before its first screen.
    ///
    /// # Errors
    /// What clap has to say: a wrong use, or help or version where they were asked for.
    pub fn given() -> Result<Args, clap::Error> {
        match Alone::try_parse() {
            Ok(alone) => Ok(Args { global: alone.global, verb: None }),
            Err(_) => Args::try_parse(),
        }
    }
}

/// The arguments without a verb. Everything else, help and version too, is left to [`Args`].
#[derive(Debug, Parser)]
#[command(disable_help_flag = true, disable_version_flag = true)]
struct Alone {
    #[command(flatten)]
    global: Global,
}

/// The clap command, for completions and the man page.
pub fn command() -> clap::Command {
    Args::command()
}

/// What every verb shares.
#[derive(Debug, Clone, Default, ClapArgs)]
#[command(next_help_heading = "Everywhere")]
pub struct Global {
    /// The book's file [default: books.db in the data folder of the user]
    #[arg(long, global = true, value_name = "FILE", env = "O2C_BOOK", hide_env_values = true)]
    pub book: Option<PathBuf>,
    /// Work as this person of the book [default: the login name of the user]
    #[arg(long = "as", global = true, value_name = "LOGIN")]
    pub user: Option<String>,
    /// The business day, instead of the calendar's
    #[arg(long, global = true, value_name = "DATE", value_parser = iso_date)]
    pub today: Option<NaiveDate>,
    /// Refuse everything that would change the book
    #[arg(long, global = true)]
    pub read_only: bool,
    /// Cover the workstation's screen after so many minutes without a key (90s for seconds, 0 never)
    #[arg(long, global = true, value_name = "MIN", value_parser = minutes)]
    pub idle_lock: Option<u64>,
    /// Colours of the workstation
    #[arg(long, global = true, value_enum, default_value_t = Color::Auto)]
    pub color: Color,
    /// Theme of the workstation: palette, mono, or one of your own
    #[arg(long, global = true, value_name = "NAME")]
    pub theme: Option<String>,
    /// Draw the workstation with ASCII characters only
    #[arg(long, global = true)]
    pub ascii: bool,
    /// Let the workstation take the mouse
    #[arg(long, global = true)]
    pub mouse: bool,
}

/// When the workstation uses colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum Color {
    /// As the terminal and `NO_COLOR` say.
    #[default]
    Auto,
    /// Never.
    Never,
    /// Always.
    Always,
}

/// The verbs.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Open the workstation on a demo book, or write one to a file
    #[command(
        after_help = "Examples:\n  o2c demo\n  o2c demo --out demo.db --customers 2000 --invoices 100000 --seed 7"
    )]
    Demo(Demo),
    /// Make a new book for a company
    #[command(after_help = "Example:\n  o2c --book books.db init --company \"Nordwind GmbH\" --currency EUR")]
    Init(Init),
    /// Take customers, invoices, receipts or bank statements in from files
    #[command(after_help = IMPORT_HELP)]
    Import(Box<Import>),
    /// Bank accounts of the company, their statements and entries
    #[command(
        subcommand,
        after_help = "Examples:\n  o2c bank add \"Sterling\" --account \"GB29 NWBK 6016 1331 9268 19\" --currency GBP\n  o2c bank list"
    )]
    Bank(Bank),
    /// Open items by age, for any day, tied to the ledger
    #[command(
        after_help = "Examples:\n  o2c aging --as-of 2026-03-31 --by due --credits separate\n  o2c aging --known-at 2026-04-02T18:00:00Z --json"
    )]
    Aging(Aging),
    /// Customers with something to do today, most pressing first
    #[command(
        after_help = "Example:\n  o2c worklist --where \"owner:me over>60\" --limit 20\n  o2c worklist --why 10023"
    )]
    Worklist {
        /// Also customers set aside or waiting for a follow-up date
        #[arg(long)]
        all: bool,
        /// Why one customer is on the list, part by part, or why not and from when on that changes
        #[arg(long, value_name = "NUMBER", conflicts_with = "all")]
        why: Option<String>,
        /// Which rows, how
        #[command(flatten)]
        list: ListArgs,
    },
    /// Customers with what is open
    #[command(after_help = "Example:\n  o2c customers --where \"open>=10k\" --sort -overdue --csv")]
    Customers(ListArgs),
    /// One customer
    #[command(subcommand, after_help = "Example:\n  o2c customer show 10023")]
    Customer(Customer),
    /// What an order would meet at the credit checkpoints; a hold exits with 1
    #[command(after_help = "Example:\n  o2c credit-check 10023 --order 4500 --at delivery")]
    CreditCheck(CreditArgs),
    /// Open items, or closed ones where the filter asks for them
    #[command(after_help = "Example:\n  o2c items --where \"over>30\" --sort -open --json")]
    Items(ItemsArgs),
    /// Receipts with something unapplied, or all where the filter asks for closed ones
    #[command(after_help = "Example:\n  o2c receipts --customer 10023")]
    Receipts(ItemsArgs),
    /// Disputes, most at risk for each day left first
    #[command(after_help = "Example:\n  o2c disputes --where \"state:open reason:price\" --json")]
    Disputes(ListArgs),
    /// Promises of the last twelve months and what became of them
    #[command(after_help = "Examples:\n  o2c promises --where \"promise:broken\"\n  o2c promises kept 10023")]
    Promises(PromisesArgs),
    /// Payment plans: agreed, shown, replaced, withdrawn
    #[command(
        subcommand,
        after_help = "Examples:\n  o2c plans propose INV-20448 --rates 3 --from 2026-04-01\n  o2c plans list"
    )]
    Plans(Plans),
    /// Contacts and what comes next, the next account to work on, the load of the team
    #[command(subcommand, after_help = "Examples:\n  o2c activities next\n  o2c activities load")]
    Activities(Activities),
    /// Strategies of the worklist as TOML: points, thresholds and preconditions by segment
    #[command(subcommand, after_help = "Example:\n  o2c strategy export standard > standard.toml")]
    Strategy(Strategy),
    /// Acts, newest first
    #[command(after_help = "Example:\n  o2c log --where \"owner:me\" --limit 20")]
    Log(ListArgs),
    /// Views saved in the workstation: screen, filter, sort and columns under a name
    #[command(after_help = "Example:\n  o2c views\n  o2c customers --view month-end --csv")]
    Views(FormArgs),
    /// Who was signed in when, from where, how that was known, newest first
    #[command(after_help = "Example:\n  o2c sessions --where \"owner:mara state:cut\" --limit 20")]
    Sessions(ListArgs),
    /// Key figures with targets, trend and arithmetic
    #[command(after_help = "Example:\n  o2c kpi --as-of 2026-03-31 --months 12 --json")]
    Kpi(Kpi),
    /// Check every invariant of the book: silent when it is sound, else one line a finding
    #[command(
        after_help = "Exit code 0: sound; 1: something was found; 2: it could not be checked.\n\nExamples:\n  o2c check --quick && echo sound\n  o2c check --backups /backups --anchors /mnt/auditor --check-key nordwind.pub\n  o2c check --deep --backups /backups\n  o2c check --acknowledge \"the disk was replaced, the copy of Monday is in use\""
    )]
    Check(Check),
    /// Read or verify the chain of acts
    #[command(subcommand, after_help = "Examples:\n  o2c audit verify\n  o2c audit log --login mara --changes")]
    Audit(Audit),
    /// Write whole tables for other programs
    #[command(
        after_help = "Examples:\n  o2c export journal --format hledger --out book.journal\n  o2c export items > items.csv"
    )]
    Export(Export),
    /// Copy the book while others work in it, and verify the copy
    #[command(after_help = "Example:\n  o2c backup /backups/books-2026-03-31.db")]
    Backup(upkeep::Backup),
    /// Make a book from a verified copy; nothing is overwritten
    #[command(
        after_help = "Examples:\n  o2c --book books.db restore /backups/books-2026-03-31.db\n  o2c --book drill.db restore --dry-run /backups/books-2026-03-31.db"
    )]
    Restore(upkeep::Restore),
    /// Bring a book of an older format up to this program's, after a copy was made
    #[command(after_help = "Example:\n  o2c migrate --dry-run && o2c migrate")]
    Migrate(Making),
    /// Log a call
    #[command(after_help = "Example:\n  o2c call 10023 --outcome \"no answer\" --next +1b")]
    Call(acts::Call),
    /// Write a note on a customer
    #[command(after_help = "Example:\n  o2c note 10023 \"pays on the 15th\"")]
    Note(acts::Note),
    /// Record a promise to pay
    #[command(after_help = "Example:\n  o2c promise INV-20448 INV-20450 --on fri --amount 1200")]
    Promise(acts::Promise),
    /// Withdraw the promise on an invoice
    #[command(after_help = "Example:\n  o2c withdraw INV-20448")]
    Withdraw(acts::Withdraw),
    /// Set the follow-up date of customers
    #[command(after_help = "Example:\n  o2c follow-up 10023 10044 --on +1w --what \"ask for remittance\"")]
    FollowUp(acts::FollowUp),
    /// Give customers to an owner
    #[command(after_help = "Example:\n  o2c owner 10023 10044 --to mara")]
    Owner(acts::Owner),
    /// Set customers aside for today
    #[command(after_help = "Example:\n  o2c done 10023")]
    Done(acts::Done),
    /// Write e-mail drafts to customers
    #[command(after_help = "Example:\n  o2c email-draft 10023 10044 --next +3b")]
    EmailDraft(acts::EmailDraft),
    /// Open, assign, annotate, resolve disputes
    #[command(subcommand, after_help = "Example:\n  o2c dispute open INV-20448 --amount 150 --reason price")]
    Dispute(acts::Dispute),
    /// Credit an invoice, or a part of it
    #[command(after_help = "Example:\n  o2c credit INV-20448 --amount 50 --reason \"damaged goods\"")]
    Credit(acts::Reduce),
    /// Write an invoice off, or a part of it
    #[command(after_help = "Example:\n  o2c write-off INV-20448 --amount 0.40 --reason \"small balance\"")]
    WriteOff(acts::Reduce),
    /// Post an invoice or a receipt
    #[command(subcommand, after_help = "Example:\n  o2c post invoice INV-20501 --customer 10023 --amount 1250.00")]
    Post(acts::Post),
    /// Apply a receipt or credit note to invoices
    #[command(after_help = "Example:\n  o2c apply R-17 INV-20448:500 INV-20450")]
    Apply(acts::Apply),
    /// Take an application back
    #[command(after_help = "Example:\n  o2c unapply R-17 INV-20448 --reason \"wrong invoice\"")]
    Unapply(acts::Unapply),
    /// Payments of the bank: whose they are and what they pay
    #[command(subcommand, after_help = "Examples:\n  o2c cash run\n  o2c cash show 1")]
    Cash(Cash),
    /// Dunning policies as TOML, and who is under which
    #[command(subcommand, after_help = "Example:\n  o2c policy import standard.toml")]
    Policy(Policy),
    /// Reminders: drafted, reviewed, released and sent; and why not
    #[command(subcommand, after_help = "Examples:\n  o2c dunning draft\n  o2c dunning why 10023")]
    Dunning(Dunning),
    /// The mail server, and what customers answer
    #[command(subcommand, after_help = "Examples:\n  o2c mail test\n  o2c mail read answer.eml")]
    Mail(Mail),
    /// One letter to a customer as text, HTML or PDF; nothing is sent
    #[command(subcommand, after_help = "Example:\n  o2c letter statement 10023 --pdf statement.pdf")]
    Letter(Letter),
    /// Everything due today: mail, holds, promises, a run; safe to run twice
    #[command(after_help = "Examples:\n  o2c daily --dry-run\n  o2c daily --json")]
    Daily(Daily),
    /// What letters say: the templates, and the letters they make
    #[command(subcommand, after_help = "Example:\n  o2c template preview reminder-1 --customer 10023")]
    Template(Template),
    /// Block a customer for deliveries, or release it
    #[command(after_help = "Example:\n  o2c block 10023 --reason \"over limit\"\n  o2c block 10023 --release")]
    Block(acts::Block),
    /// Take an act back: your last one, or one by its number in the log
    #[command(after_help = "Example:\n  o2c undo 12 --dry-run")]
    Undo(acts::Undo),
    /// People who may work in the book, and how far
    #[command(subcommand, after_help = "Example:\n  o2c user add nina --name \"Nina Lind\" --role collector")]
    User(User),
    /// What waits for a second person
    #[command(after_help = "Examples:\n  o2c approvals\n  o2c approvals A-1")]
    Approvals(Approvals),
    /// Approve a request: what was asked for is done
    #[command(after_help = "Example:\n  o2c approve A-1 --text \"seen the credit report\"")]
    Approve(Decide),
    /// Reject a request
    #[command(after_help = "Example:\n  o2c reject A-1 --reason \"ask the customer first\"")]
    Reject(Decide),
    /// Take a request of your own back
    #[command(after_help = "Example:\n  o2c recall A-1")]
    Recall(Decide),
    /// Close months, or open them again
    #[command(subcommand, after_help = "Example:\n  o2c month close 2026-03")]
    Month(Month),
    /// The company's settings, or one set anew
    #[command(after_help = "Examples:\n  o2c setting\n  o2c setting bank-account \"DE89 3704 0044 0532 0130 00\"")]
    Setting(SettingArgs),
    /// Enter the rate of a currency to the book's
    #[command(after_help = "Example:\n  o2c rate USD 0.92 --from 2026-01-01")]
    Rate(Rate),
    /// Set the target of a KPI
    #[command(after_help = "Example:\n  o2c target dso 44")]
    Target(Target),
    /// Print completions for a shell
    #[command(after_help = "Example:\n  o2c completions bash > ~/.local/share/bash-completion/completions/o2c")]
    Completions(Completions),
    /// Print the manual page
    #[command(after_help = "Examples:\n  o2c man | man -l -\n  o2c man import | man -l -")]
    Man {
        /// The page of one verb
        verb: Option<String>,
    },
}

const IMPORT_HELP: &str = "\
Examples:
  o2c import invoices ledger.csv --currency EUR --dry-run
  o2c import invoices open.csv --map sap-bsid --skip-refused
  o2c import receipts bank.csv --map my-bank.toml
  o2c import statement 2026-03-*.xml --dry-run

The layout is recognised by its columns; --map names a built-in mapping or a TOML file. All rows are taken or none;
with --skip-refused the refused ones go to a file that can be corrected and imported again. The same file twice
changes nothing.

Bank statements: camt.053, camt.054, MT940, BAI2, OFX, QFX, NACHA, X12 820, lockbox, or a table with --map; which, is
seen from the file. Files are taken in by their dates, whatever the order they are given in. Every entry is booked once,
in whichever files it stands; a statement that does not add up or join on to the last is held.";

/// Arguments of `init`.
#[derive(Debug, ClapArgs)]
pub struct Init {
    /// The company whose book it is
    #[arg(long)]
    pub company: String,
    /// The book's currency, as three letters
    #[arg(long, value_parser = currency)]
    pub currency: Currency,
    /// Your full name [default: the login]
    #[arg(long)]
    pub name: Option<String>,
    /// How it is made
    #[command(flatten)]
    pub change: Making,
}

/// How a reading verb answers.
#[derive(Debug, Clone, Copy, Default, ClapArgs)]
pub struct FormArgs {
    /// Answer as JSON
    #[arg(long, conflicts_with = "csv")]
    json: bool,
    /// Answer as CSV
    #[arg(long)]
    csv: bool,
}

impl FormArgs {
    /// The chosen form.
    pub(super) fn form(self) -> Form {
        match (self.json, self.csv) {
            (true, _) => Form::Json,
            (_, true) => Form::Csv,
            _ => Form::Text,
        }
    }
}

/// Arguments of `demo`.
#[derive(Debug, ClapArgs)]
pub struct Demo {
    /// Write the book here instead of opening it
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// How many customers [default: 60]
    #[arg(long, value_name = "N")]
    pub customers: Option<usize>,
    /// How many invoices over three years [default: 2400]
    #[arg(long, value_name = "N")]
    pub invoices: Option<usize>,
    /// Begin with the tutor: the daily loop in short lessons
    #[arg(long)]
    pub tutor: bool,
    /// Which of many books: the same seed and day give the same book
    #[arg(long, value_name = "S", default_value_t = 1)]
    pub seed: u64,
}

/// Reads `2026-03-31`.
pub(super) fn iso_date(text: &str) -> Result<NaiveDate, String> {
    NaiveDate::parse_from_str(text, "%Y-%m-%d")
        .ok()
        .filter(|date| (1900..=2199).contains(&chrono::Datelike::year(date)))
        .ok_or_else(|| "a date is written 2026-03-31, from 1900 to 2199".to_owned())
}

/// Reads minutes, or seconds with an `s`, as milliseconds.
fn minutes(text: &str) -> Result<u64, String> {
    let (digits, unit) = text.strip_suffix('s').map_or((text, 60_000), |digits| (digits, 1_000));
    let number = digits.parse::<u64>().ok().filter(|number| *number <= 86_400);
    number.map(|number| number * unit).ok_or_else(|| "minutes are written 15, seconds 90s".to_owned())
}

/// Reads a currency code.
pub(super) fn currency(text: &str) -> Result<Currency, String> {
    Currency::parse(&text.to_uppercase()).map_err(|error| error.to_string())
}
