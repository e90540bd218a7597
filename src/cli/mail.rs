//! `o2c mail`: its verbs, whether the mail server can be used, and what mails that came in would propose.

use std::io::Read;
use std::path::{Path, PathBuf};

use serde_json::json;

use super::admin;
use super::mail_args::Mail;
use super::out::{self, Cell, Listing};
use super::session::Session;
use super::stop::Stop;
use super::{mail_in, mail_out};
use crate::acts::{self, Act, letters};
use crate::domain::money::Currency;
use crate::mail::read::{self, Sort};
use crate::mail::reply::{Known, Proposal, proposals};
use crate::mail::smtp::Line;
use crate::store::Reader;
use crate::store::read::refer::{self, CustomerRef};

/// The most mails of one folder looked at in one go.
const MOST: usize = 10_000;

/// Answers the verb.
pub(super) fn run(session: &Session, verb: &Mail) -> Result<(), Stop> {
    match verb {
        Mail::Send(given) => mail_out::send(session, given),
        Mail::Write { what, number, language, change } => {
            let about = (what.word(), number.as_str());
            let made = acts::mail::write::prepare(&session.reader()?, session.today, about, language.as_deref())?;
            admin::perform(session, change, Act::Mail(acts::mail::Mail::Write(Box::new(made))))
        }
        Mail::List { state, customer, limit, form } => {
            mail_out::list(session, *state, customer.as_deref(), *limit, form.form())
        }
        Mail::Show { mail, form } => mail_out::show(session, *mail, form.form()),
        Mail::Settle { mail, how, reason, change } => mail_out::settle(session, *mail, *how, reason, change),
        Mail::Import { from, dry_run, form } => mail_in::import(session, from, *dry_run, form.form()),
        Mail::Proposals { all, form } => mail_in::proposals(session, *all, form.form()),
        Mail::Accept(given) => mail_in::accept(session, given),
        Mail::Dismiss { proposal, reason, change } => {
            let act = acts::mail::Mail::Dismiss { proposal: *proposal, reason: reason.clone() };
            admin::perform(session, change, Act::Mail(act))
        }
        Mail::Test { server, json } => test(session, server.as_deref(), *json),
        Mail::Read { from, form } => {
            let reader = session.reader()?;
            let mut rows = Vec::new();
            let mut foot = Vec::new();
            for file in files(session, from)? {
                match one(session, &reader, &file) {
                    Ok(of_file) => rows.extend(of_file),
                    // One mail that cannot be read does not hide the others.
                    Err(stop) if stop.code == super::stop::REFUSED => {
                        foot.push(format!("{}: {}", name(&file), stop.sentence))
                    }
                    Err(stop) => return Err(stop),
                }
            }
            let columns =
                &["file", "from", "customer", "proposal", "on", "amount", "currency", "documents", "sentence"];
            let refused = !foot.is_empty();
            Listing { columns, total: rows.len() as u64, rows, foot: Vec::new() }.print(form.form())?;
            // Beside the list, so that what reads it as JSON or CSV reads nothing else.
            foot.iter().for_each(|line| eprintln!("{}", out::safe(line)));
            if refused { Err(Stop::quietly(super::stop::REFUSED)) } else { Ok(()) }
        }
    }
}

/// Reaches the mail server and signs in; nothing is sent.
fn test(session: &Session, server: Option<&Path>, json: bool) -> Result<(), Stop> {
    let server = session.mail_server().load(server)?;
    let (host, port) = (server.host.clone(), server.port);
    let mut line = Line::new(server);
    line.open().map_err(|why| {
        Stop::refused("MAIL-04", format!("The mail server cannot be used ({why}). Nothing was sent."))
    })?;
    line.close();
    if json {
        return out::say(&json!({"host": host, "port": port, "reached": true}).to_string());
    }
    out::say(&format!("{host}:{port} was reached and lets letters in. Nothing was sent."))
}

/// The name of a file.
pub(super) fn name(file: &Path) -> String {
    file.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// The files of one mail each: a maildir stands for what is in its `new` and `cur`, another folder for its `.eml` files,
/// oldest name first.
pub(super) fn files(session: &Session, from: &[PathBuf]) -> Result<Vec<PathBuf>, Stop> {
    let mut files = Vec::new();
    for given in from {
        files.extend(gathered(&session.input(given)?, given)?);
    }
    Ok(files)
}

/// The mails of one file or folder; `given` is how a message names it.
pub(super) fn gathered(path: &Path, given: &Path) -> Result<Vec<PathBuf>, Stop> {
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let boxes = ["new", "cur"].map(|name| path.join(name));
    let boxes: Vec<PathBuf> = boxes.into_iter().filter(|folder| folder.is_dir()).collect();
    let mut found = Vec::new();
    let plain = boxes.is_empty();
    for folder in if plain { vec![path.to_owned()] } else { boxes } {
        let entries = std::fs::read_dir(&folder).map_err(|error| cannot(&folder, &error))?;
        found.extend(entries.flatten().map(|entry| entry.path()).filter(|path| path.is_file()));
    }
    if plain {
        found.retain(|path| path.extension().is_some_and(|kind| kind.eq_ignore_ascii_case("eml")));
        if found.is_empty() {
            let sentence = format!(
                "{} is no maildir (it has neither new nor cur) and holds no .eml file. Nothing was read.",
                given.display()
            );
            return Err(Stop::refused("FIL-01", sentence));
        }
    }
    found.sort();
    if found.len() > MOST {
        let sentence = format!("{} holds {} mails; at most {MOST} are read in one go.", given.display(), found.len());
        return Err(Stop::refused("MAIL-06", sentence));
    }
    Ok(found)
}

fn cannot(path: &Path, error: &dyn std::fmt::Display) -> Stop {
    Stop::trouble("FIL-01", format!("{} cannot be read: {error}.", path.display()))
}

/// A mail as it lies in a file.
pub(super) fn bytes(file: &Path) -> Result<Vec<u8>, Stop> {
    let found = std::fs::metadata(file).map_err(|error| cannot(file, &error))?;
    if !found.is_file() {
        return Err(Stop::refused("FIL-01", format!("{} is not a regular file.", file.display())));
    }
    if found.len() > read::LARGEST {
        let sentence = format!("The mail is larger than {} MB. It was not read.", read::LARGEST >> 20);
        return Err(Stop::refused("MAIL-06", sentence));
    }
    let mut bytes = Vec::new();
    let opened = std::fs::File::open(file);
    opened.and_then(|file| file.take(read::LARGEST).read_to_end(&mut bytes)).map_err(|error| cannot(file, &error))?;
    Ok(bytes)
}

fn one(session: &Session, reader: &Reader, file: &Path) -> Result<Vec<Vec<Cell>>, Stop> {
    let mail = read::read(&bytes(file)?).map_err(|refused| Stop::refused(refused.code, refused.sentence))?;
    // Two customers with one address: whose it is, a person has to say.
    let mut named = refer::customers_by_email(reader, &mail.from)?;
    let customer = if named.len() == 1 { named.pop() } else { None };
    let row = |word: &str, proposal: Option<&Proposal>| {
        let amount = proposal.and_then(|one| one.amount);
        vec![
            Cell::Text(name(file)),
            Cell::Text(mail.from.clone()),
            Cell::Text(customer.as_ref().map_or_else(String::new, |customer| customer.number.clone())),
            Cell::Text(word.to_owned()),
            Cell::date(proposal.and_then(|one| one.on)),
            amount.map_or(Cell::Nothing, |(minor, currency)| Cell::Amount(minor, currency)),
            Cell::Text(amount.map_or_else(String::new, |(_, currency)| currency.code().to_owned())),
            Cell::Text(proposal.map_or_else(String::new, |one| one.documents.join(" "))),
            Cell::Text(proposal.map_or_else(|| mail.subject.clone(), |one| one.sentence.clone())),
        ]
    };
    Ok(match &mail.sort {
        Sort::Automatic => vec![row("automatic", None)],
        Sort::Returned(returned) if returned.for_good => vec![row("returned", None)],
        Sort::Returned(_) => vec![row("delayed", None)],
        Sort::Written => {
            let (numbers, currency) = known(session, reader, customer.as_ref())?;
            let known = Known { numbers: &numbers, currency, today: session.today };
            proposals(&mail, &known).iter().map(|one| row(one.meaning.name(), Some(one))).collect()
        }
    })
}

/// Numbers of the open documents of a customer, and its currency.
fn known(session: &Session, reader: &Reader, customer: Option<&CustomerRef>) -> Result<(Vec<String>, Currency), Stop> {
    let base = crate::store::read::book::header(reader)?.currency;
    let Some(customer) = customer else { return Ok((Vec::new(), base)) };
    let numbers = letters::open_numbers(reader, session.today, customer.id)?;
    Ok((numbers, customer.currency.unwrap_or(base)))
}
