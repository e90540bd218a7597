//! `o2c dunning send`: opens the gate, sends letter after letter, each as one act under a key of its own, and writes each
//! as a file named by its number. Cut off anywhere, the same command goes on: what is out stays out, once.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::dunning::named;
use super::dunning_args::Send;
use super::out;
use super::progress::Progress;
use super::session::Session;
use super::stop::{REFUSED, Stop};
use crate::acts::dunning::Dunning;
use crate::acts::{self, Act, ActKey, Actor, Failure, Mode, Request, Stamp, templates};
use crate::documents::form::Form;
use crate::documents::letter::Kind;
use crate::documents::template::Template;
use crate::documents::{library, reminder};
use crate::domain::dunning::Letter;
use crate::store::Connection;
use crate::store::dunning::letters;
use crate::store::dunning::runs::{self, Key, Run};

/// What came of sending.
#[derive(Default)]
struct Tally {
    sent: u64,
    idle: u64,
    written: u64,
    stopped: bool,
}

/// Answers the verb.
pub(super) fn run(session: &Session, given: &Send) -> Result<(), Stop> {
    session.may_write()?;
    let folder = session.output(&given.out)?;
    std::fs::create_dir_all(&folder)?;
    let reader = session.reader()?;
    let run = named(&reader, &given.run)?;
    let all = runs::letters_of(&runs::lines_of(&reader, run.id)?);
    drop(reader);
    if run.state == "approved" && given.letters.is_none() {
        let sentence = format!(
            "How many letters {} has must be typed: --letters COUNT, as `o2c dunning show {}` says. Nothing was sent.",
            run.number, run.number
        );
        return Err(Stop::refused("DUN-05", sentence));
    }
    let stop = Arc::new(AtomicBool::new(false));
    for signal in [signal_hook::consts::SIGINT, signal_hook::consts::SIGTERM] {
        // Where it cannot be caught the program ends at once, which leaves letters whole as well.
        drop(signal_hook::flag::register(signal, stop.clone()));
    }
    let mut tally = session.with_writer(|conn, actor, stamp| {
        let post = |text: String, act: Dunning| post(conn, actor, stamp, &text, act);
        if run.state != "sending" && run.state != "sent" {
            let (letters, despite) = (given.letters.unwrap_or(0), given.despite.clone());
            post(format!("start {}", run.number), Dunning::StartRun { run: run.id, letters, despite })?;
        }
        let mut tally = Tally::default();
        if run.state != "sent" {
            letters_out(&all, &run, &stop, &mut tally, &post)?;
            if !tally.stopped {
                post(format!("finish {}", run.number), Dunning::FinishRun { run: run.id })?;
            }
        }
        Ok(tally)
    })?;
    let reader = session.reader()?;
    let edited = templates::edited(&reader)?;
    for (_, id, number) in runs::sent_of(&reader, run.id)? {
        let path = folder.join(format!("{number}.txt"));
        if !path.exists() {
            put(&path, &page(&letters::letter_of(&reader, id)?, &edited)?)?;
            tally.written += 1;
        }
    }
    let idle = if tally.idle > 0 { format!(", {} no longer needed", tally.idle) } else { String::new() };
    let Tally { sent, written, .. } = tally;
    out::say(&format!("Sent {sent} letters of {}{idle}; wrote {written} files", run.number))?;
    if tally.stopped {
        out::say("Stopped. What was sent stays; send it again to go on.")?;
        return Err(Stop::quietly(REFUSED));
    }
    Ok(())
}

/// Sends the letters that are not out yet.
fn letters_out(
    all: &[Key],
    run: &Run,
    stop: &AtomicBool,
    tally: &mut Tally,
    post: &impl Fn(String, Dunning) -> Result<bool, Failure>,
) -> Result<(), Failure> {
    let mut progress = Progress::new("Sending letters");
    for (place, key) in all.iter().enumerate() {
        if stop.load(Ordering::Relaxed) {
            tally.stopped = true;
            break;
        }
        progress.step(place as u64, all.len() as u64);
        let Key { customer, policy, level, currency } = *key;
        let name = format!("letter {} {customer} {policy} {level} {currency}", run.number);
        match post(name, Dunning::SendLetter { run: run.id, customer, policy, level, currency }) {
            Ok(new) => tally.sent += u64::from(new),
            Err(Failure::Refused { code: "DUN-08", .. }) => tally.idle += 1,
            Err(other) => return Err(other),
        }
    }
    Ok(())
}

/// Performs one step under a key made from its name; false when it was done before.
fn post(conn: &Connection, actor: &Actor, stamp: Stamp, name: &str, act: Dunning) -> Result<bool, Failure> {
    let request = Request { key: ActKey::named(name), act: Act::Dunning(act), expect: Vec::new() };
    acts::perform(conn, actor, stamp, &request, Mode::Post).map(|done| !done.again)
}

/// Writes a file whole or not at all.
fn put(path: &Path, text: &str) -> Result<(), Stop> {
    let beside = path.with_extension("part");
    std::fs::write(&beside, text)?;
    std::fs::File::open(&beside)?.sync_all()?;
    std::fs::rename(&beside, path)?;
    Ok(())
}

/// The letter as its template and its customer's language make it: its own template where the policy names one that
/// there is, else that of its level; as edited in the book, else the program's own.
fn page(letter: &Letter, edited: &[library::Edited]) -> Result<String, Stop> {
    let contents = reminder::contents(letter);
    let name = library::name(&letter.template).unwrap_or_else(|| library::name_for(Kind::Reminder, letter.level));
    let found = library::find(name, &letter.language, "en", edited);
    let page = Template::read(&found.text, &found.language)?.render(&contents)?;
    let head = [letter.customer_name.as_str(), letter.contact.as_str()].into_iter().filter(|line| !line.is_empty());
    let head: String = head.map(|line| format!("{line}\n")).collect();
    let date = Form::of(&found.language).date(letter.date);
    Ok(format!("{head}\n{}, {date}\n\n{}\n\n{}", letter.number, page.subject, page.text()))
}
