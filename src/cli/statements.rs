//! `o2c import statement`: files read in a process of their own, put in the order of their dates, each taken in as one
//! act, and a report of what came of every statement in them.

use std::path::Path;

use sha2::{Digest, Sha256};

use super::args::{Import as Wanted, Order};
use super::bank;
use super::import::{named_mapping, within, writing};
use super::session::Session;
use super::statements_report::Report;
use super::stop::Stop;
use crate::acts::import::{StatementFile, Work};
use crate::acts::{Act, ActKey, Done, Failure, Mode, Request};
use crate::domain::bank::StatementRow;
use crate::domain::bank_words::Told;
use crate::formats::bank::booking::Accounts;
use crate::statements::reader::{Ask, Limits};
use crate::statements::{self, File};
use crate::store::read::bank as read;
use crate::store::schema::hex;

/// What performing the act of a file came to.
enum Outcome {
    Done(Done),
    /// The book has it already: the sentence that says so.
    Known(String),
}

/// Answers the verb.
pub(super) fn run(session: &Session, wanted: &Wanted) -> Result<(), Stop> {
    session.may_write()?;
    let reader = session.reader()?;
    if wanted.encoding.is_some() || wanted.decimal.is_some() {
        return Err(Stop::usage(
            "A bank says its encoding and its decimal sign; those of a table stand in its mapping (--map).",
        ));
    }
    if wanted.skip_refused || wanted.refused_to.is_some() {
        return Err(Stop::usage(
            "A statement is taken whole or not at all: --skip-refused and --refused-to are for rows.",
        ));
    }
    let accounts = read::accounts(&reader)?;
    let unnamed = match &wanted.bank.account {
        Some(name) => {
            let id = bank::find(&reader, name)?;
            accounts.iter().find(|account| account.id == id).map(|account| account.number.clone())
        }
        None => None,
    };
    // No question to the book stays open while files are read.
    drop(reader);
    let known = accounts.into_iter().map(|account| account.number).collect();
    let wanted = &within(session, wanted)?;
    let ask = ask(session, wanted, Accounts { known, unnamed })?;
    let mut files = Vec::new();
    for path in &wanted.files {
        let least = |limits: Limits| limits.at_most(wanted.bank.reader_memory, wanted.bank.reader_seconds);
        files.push(statements::open(path, &ask, least)?);
    }
    files.sort_by_cached_key(statements::order);
    let mut report = Report::new(wanted.bank.json, wanted.change.dry_run);
    let done = match wanted.change.dry_run {
        true => rehearse(session, wanted, files, &mut report),
        false => post(session, wanted, files, &mut report),
    };
    let waiting = read::receipts_waiting(&session.reader()?)?;
    report.end(waiting, done.is_ok())?;
    done
}

fn ask(session: &Session, wanted: &Wanted, accounts: Accounts) -> Result<Ask, Stop> {
    let mapping = match &wanted.map {
        Some(name) => {
            let (mapping, text) = named_mapping(name)?;
            Some((if text.is_some() { mapping.name } else { name.clone() }, text))
        }
        None => None,
    };
    let day_first = wanted.date_order.map(|order| order == Order::Dmy);
    Ok(Ask { accounts, currency: wanted.currency, today: session.today, mapping, day_first })
}

/// A refusal with the file's name before its sentence.
fn of_file(name: &str, stop: Stop) -> Stop {
    let sentence = match stop.sentence.split_once("] ") {
        Some((code, sentence)) => format!("{code}] {name}: {sentence}"),
        None => format!("{name}: {}", stop.sentence),
    };
    Stop { sentence, ..stop }
}

/// One act a file.
fn post(session: &Session, wanted: &Wanted, files: Vec<File>, report: &mut Report) -> Result<(), Stop> {
    let (many, mut before) = (files.len() > 1, 0);
    for file in files {
        let rows: Vec<StatementRow> = file.booked.into_iter().map(|booked| booked.row).collect();
        let sha256 = hex(&file.sha256);
        let key = match &wanted.change.act_key {
            Some(key) if many => ActKey::named(&format!("{key} {sha256}")),
            key => session.key(key.as_deref()),
        };
        let told: Vec<Told> = rows.iter().map(Told::of).collect();
        let (outcome, work) = perform(session, wanted, (&file.name, sha256), key, rows, Mode::Post);
        let outcome = outcome.map_err(|stop| match before {
            0 => of_file(&file.name, stop),
            1 => also(of_file(&file.name, stop), "The file before it was imported."),
            count => also(of_file(&file.name, stop), &format!("The {count} files before it were imported.")),
        })?;
        match outcome {
            Outcome::Done(done) => {
                let reader = session.reader()?;
                let lines = read::taken_by(&reader, done.act)?;
                report.taken(&reader, &file.name, told, lines, &work)?;
                report.say(&match done.again {
                    true => format!("{} (act {} with this key; nothing was imported now)", done.summary, done.act),
                    false => format!("{} (act {})", done.summary, done.act),
                })?;
                before += usize::from(!done.again);
            }
            Outcome::Known(sentence) => report.known(&file.name, told, &work, &sentence)?,
        }
    }
    Ok(())
}

fn also(stop: Stop, what: &str) -> Stop {
    Stop { sentence: format!("{} {what}", stop.sentence), ..stop }
}

/// All files as one act that is taken back, so that each meets what those before it leave.
fn rehearse(session: &Session, wanted: &Wanted, files: Vec<File>, report: &mut Report) -> Result<(), Stop> {
    let names: Vec<String> = files.iter().map(|file| file.name.clone()).collect();
    let mut hash = Sha256::new();
    files.iter().for_each(|file| hash.update(file.sha256));
    // One file is known by its own bytes.
    let sha256 = match files.as_slice() {
        [only] => hex(&only.sha256),
        _ => hex(&hash.finalize()),
    };
    let mut rows = Vec::new();
    for file in files {
        report.shown(&file.name, &file.booked)?;
        rows.extend(file.booked.into_iter().map(|booked| booked.row));
    }
    let key = session.key(wanted.change.act_key.as_deref());
    let name = names.join(", ");
    let (outcome, work) = perform(session, wanted, (&name, sha256), key, rows, Mode::DryRun);
    report.notes(&work)?;
    match outcome.map_err(|stop| if names.len() == 1 { of_file(&name, stop) } else { stop })? {
        Outcome::Done(done) => {
            report.say(&format!("Would be: {}, {} known already. Nothing was changed.", done.summary, work.known))
        }
        Outcome::Known(sentence) => report.say(&sentence),
    }
}

/// Performs the act of these rows; what the book has already is no failure.
fn perform(
    session: &Session,
    wanted: &Wanted,
    (name, sha256): (&str, String),
    key: ActKey,
    rows: Vec<StatementRow>,
    mode: Mode,
) -> (Result<Outcome, Stop>, Work) {
    let format = rows.first().map(|row| row.format.clone()).unwrap_or_default();
    let mapping = wanted.map.as_deref().map_or(format, |map| statements::name_of(Path::new(map)));
    let file = StatementFile { name: name.to_owned(), sha256, mapping, rows };
    let import = file.import(wanted.bank.accept_gap, Some(writing()));
    let beside = import.beside.clone();
    let done = session.perform(&Request { key, act: Act::Import(import), expect: Vec::new() }, mode);
    let mut work = beside.0.lock().map(|mut work| std::mem::take(&mut *work)).unwrap_or_default();
    work.progress = None;
    let outcome = match done {
        Ok(done) => Ok(Outcome::Done(done)),
        Err(Failure::Refused { code: "IMP-01" | "IMP-02", sentence }) => Ok(Outcome::Known(sentence)),
        Err(failure) => Err(failure.into()),
    };
    (outcome, work)
}
