//! The same reads and acts as verbs: text, JSON or CSV out, one sentence on anything refused.
//!
//! [`main`] reads the arguments (`args`), opens the book (`session`) and runs one verb; everything a verb prints
//! goes through `out`. Exit codes: 0 done, 1 findings or refusal, 2 usage, 3 the disk failed or it is not known what
//! happened.

mod act_args;
mod activities;
mod acts;
mod admin;
mod aging;
mod args;
mod audit;
mod audit_args;
mod authority;
mod authority_args;
mod bank;
mod bank_args;
mod bank_rules;
mod case_args;
mod cases;
mod cash;
mod cash_args;
mod change_args;
mod check;
mod check_copies;
mod credit;
mod customer;
mod daily;
mod daily_args;
mod daily_desk;
mod daily_small;
mod demo;
mod dunning;
mod dunning_args;
mod dunning_send;
mod dunning_waive;
mod export;
mod first;
mod given_file;
mod identity;
mod import;
mod import_args;
mod letter;
mod letter_args;
mod lists;
mod mail;
mod mail_args;
mod mail_in;
mod mail_out;
mod names;
mod out;
mod paper;
mod plan_args;
mod plans;
mod policy;
mod policy_compare;
mod policy_try;
mod progress;
mod read_args;
mod refused_file;
mod reports;
mod session;
mod signed;
mod small_args;
mod statements;
mod statements_report;
mod stop;
mod strategy;
mod template;
mod template_args;
mod text_file;
mod theme;
mod upkeep;
mod views;

use std::process::ExitCode;

use args::{Args, Verb};
use read_args::Customer;
use session::Session;
use stop::Stop;

use crate::domain::text;
use crate::tui;
use crate::tui::session::{SessionError, Start};
use crate::tui::term::TermError;

pub use args::{Color, Global, command};

/// Runs the program on the arguments of the process. The first call of `main`: it may change the environment.
pub fn main() -> ExitCode {
    if let Some(code) = crate::statements::reader::child::asked() {
        return code;
    }
    let known = match identity::establish() {
        Ok(known) => known,
        Err(stop) => {
            stop.print();
            return ExitCode::from(stop.code);
        }
    };
    let args = Args::given();
    if let Some(command) = &known.requested {
        // Not to stdout: what asked may be a file transfer, which would take any text for its protocol.
        if let Ok(args) = args {
            signed::refuse_command(&Session::new(args.global, known.clone()), command);
        }
        eprintln!(
            "o2c: [SES-05] This login opens the workstation and runs no command. Nothing was run; sign in without one."
        );
        return ExitCode::from(stop::USAGE);
    }
    let args = match args {
        Ok(args) => args,
        Err(error) => {
            // Help and version are asked for and go to stdout; everything else is a wrong use.
            let code = if error.use_stderr() { 2 } else { 0 };
            if std::env::args_os().all(|given| given.to_str().is_some_and(|text| text.chars().all(text::is_shown))) {
                let _ = error.print();
            } else {
                // What was given is quoted in the answer, and may be a name from anywhere.
                error.to_string().lines().for_each(|line| eprintln!("{}", out::safe(line)));
            }
            return ExitCode::from(code);
        }
    };
    match run(args, known) {
        Ok(code) => code,
        Err(stop) => {
            stop.print();
            ExitCode::from(stop.code)
        }
    }
}

fn run(args: Args, known: identity::Known) -> Result<ExitCode, Stop> {
    let session = Session::new(args.global, known);
    if !matches!(args.verb, Some(Verb::Check(_) | Verb::Audit(_) | Verb::Completions(_) | Verb::Man { .. })) {
        session.known.refuse_caretaker()?;
    }
    let Some(verb) = args.verb else { return first::start(session) };
    if matches!(verb, Verb::Check(_) | Verb::Audit(_) | Verb::Backup(_)) {
        let admitted = session.admit_service();
        admitted.map_err(|stop| if matches!(verb, Verb::Check(_)) { check::unchecked(stop) } else { stop })?;
    }
    match verb {
        Verb::Demo(wanted) => return demo::run(session, &wanted),
        Verb::Init(wanted) => admin::init(&session, &wanted),
        Verb::Import(wanted) if wanted.what == args::What::Statement => statements::run(&session, &wanted),
        Verb::Import(wanted) => import::run(&session, &wanted),
        Verb::Bank(verb) => bank::run(&session, &verb),
        Verb::Aging(wanted) => aging::run(&session, &wanted),
        Verb::Worklist { why: Some(number), list, .. } => activities::why(&session, &number, list.form.form()),
        Verb::Worklist { all, list, .. } => lists::worklist(&session, &list, all),
        Verb::Customers(wanted) => lists::customers(&session, &wanted),
        Verb::Customer(Customer::Show(wanted)) => customer::show(&session, &wanted),
        Verb::CreditCheck(wanted) => credit::run(&session, &wanted),
        Verb::Items(wanted) => lists::items(&session, &wanted, false),
        Verb::Receipts(wanted) => lists::items(&session, &wanted, true),
        Verb::Dispute(act_args::Dispute::More(verb)) => cases::run(&session, &verb),
        Verb::Disputes(wanted) => reports::disputes(&session, &wanted),
        Verb::Promises(wanted) => plans::promises(&session, &wanted),
        Verb::Plans(wanted) => plans::run(&session, &wanted),
        Verb::Activities(wanted) => activities::run(&session, &wanted),
        Verb::Strategy(wanted) => strategy::run(&session, &wanted),
        Verb::Log(wanted) => reports::log(&session, &wanted),
        Verb::Views(form) => views::list(&session, form.form()),
        Verb::Sessions(wanted) => signed::sessions(&session, &wanted),
        Verb::Kpi(wanted) => reports::kpi(&session, &wanted),
        Verb::Check(wanted) => check::run(&session, &wanted),
        Verb::Audit(wanted) => audit::run(&session, &wanted),
        Verb::Export(wanted) => export::run(&session, &wanted),
        Verb::Backup(wanted) => upkeep::backup(&session, &wanted),
        Verb::Restore(wanted) => upkeep::restore(&session, &wanted),
        Verb::Migrate(wanted) => upkeep::migrate(&session, &wanted),
        Verb::User(wanted) => authority::user(&session, &wanted),
        Verb::Approvals(wanted) => authority::approvals(&session, &wanted),
        Verb::Approve(wanted) => authority::approve(&session, &wanted),
        Verb::Reject(wanted) => authority::reject(&session, &wanted),
        Verb::Recall(wanted) => authority::recall(&session, &wanted),
        Verb::Month(wanted) => authority::month(&session, &wanted),
        Verb::Setting(wanted) => authority::setting(&session, &wanted),
        Verb::Policy(wanted) => policy::run(&session, &wanted),
        Verb::Dunning(wanted) => dunning::run(&session, &wanted),
        Verb::Cash(wanted) => cash::run(&session, &wanted),
        Verb::Daily(wanted) => daily::run(&session, &wanted),
        Verb::Mail(wanted) => mail::run(&session, &wanted),
        Verb::Letter(wanted) => letter::run(&session, &wanted),
        Verb::Template(wanted) => template::run(&session, &wanted),
        Verb::Rate(wanted) => admin::rate(&session, &wanted),
        Verb::Target(wanted) => admin::target(&session, &wanted),
        Verb::Completions(wanted) => admin::completions(&wanted),
        Verb::Man { verb } => admin::man(verb.as_deref()),
        change => acts::run(&session, change),
    }?;
    if session.stopped.get() {
        eprintln!("o2c: {}", crate::store::stopped::BANNER);
    }
    Ok(ExitCode::SUCCESS)
}

/// Opens the workstation on the session's book.
fn start_tui(session: &Session) -> Result<ExitCode, Stop> {
    // Beside what else is read before the first screen. A session that may only read could stop nothing.
    let beside = Session::new(session.global.clone(), session.known.clone());
    let look = (!session.global.read_only).then(|| std::thread::spawn(move || check::at_start(&beside)));
    let terms = terms(session);
    if let Some(look) = look {
        // A fault in it has ended the program.
        drop(look.join());
    }
    let terms = terms?;
    tui::session::run(&terms).map_err(ended)?;
    Ok(ExitCode::SUCCESS)
}

/// How the workstation is started for this session.
fn terms(session: &Session) -> Result<Start, Stop> {
    let book = session.book()?;
    let reader = book.exists().then(|| session.reader()).transpose()?;
    let actor = session.actor(reader.as_ref(), "tui")?;
    let plain = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    Ok(Start {
        book,
        actor,
        idle_lock: session.known.idle_lock(session.global.idle_lock),
        today: session.global.today,
        read_only: session.global.read_only,
        theme: theme::chosen(session)?,
        never_colour: match session.global.color {
            Color::Auto => plain,
            Color::Never => true,
            Color::Always => false,
        },
        ascii: session.global.ascii,
        mouse: session.global.mouse,
        reports: session.reports(),
        tutor: false,
        verbs: !session.known.only_workstation(),
        mail: session.mail_server(),
        files: session.files()?,
    })
}

/// Why the workstation ended early, with its exit code.
fn ended(error: SessionError) -> Stop {
    match error {
        SessionError::Store(error) => error.into(),
        SessionError::Person(_) => Stop { code: stop::REFUSED, sentence: error.to_string() },
        SessionError::Term(TermError::NoTerminal(_)) => Stop { code: stop::USAGE, sentence: error.to_string() },
        SessionError::Term(_) => Stop { code: stop::TROUBLE, sentence: error.to_string() },
    }
}
