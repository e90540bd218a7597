//! `o2c dunning send`: opens the gate, sends letter after letter, each as one act under a key of its own, and writes each
//! as a file named by its number. Cut off anywhere, the same command goes on: what is out stays out, once.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::json;

use super::dunning::named;
use super::dunning_args::Send;
use super::out;
use super::progress::Progress;
use super::session::Session;
use super::stop::{REFUSED, Stop};
use crate::acts::dunning::Dunning;
use crate::acts::dunning::dispatch::{self, Sent};
use crate::acts::templates;
use crate::documents::library::Edited;
use crate::documents::reminder;
use crate::domain::text::counted;
use crate::store::dunning::runs::Run;
use crate::store::dunning::{gate, letters, runs};
use crate::store::mail;

/// Answers the verb.
pub(super) fn run(session: &Session, given: &Send) -> Result<(), Stop> {
    session.may_write()?;
    let folder = given.out.as_deref().map(|folder| session.output(folder)).transpose()?;
    folder.as_ref().map(std::fs::create_dir_all).transpose()?;
    let paper = given.paper.ready(session)?;
    let reader = session.reader()?;
    let run = named(&reader, &given.run)?;
    drop(reader);
    if run.state == "approved" && given.letters.is_none() {
        return Err(not_counted(&run.number));
    }
    let stop = Arc::new(AtomicBool::new(false));
    for signal in [signal_hook::consts::SIGINT, signal_hook::consts::SIGTERM] {
        // Where it cannot be caught the program ends at once, which leaves letters whole as well.
        drop(signal_hook::flag::register(signal, stop.clone()));
    }
    let tally = sent(session, given, &run, &stop)?;
    let reader = session.reader()?;
    let edited = templates::edited(&reader)?;
    let Files { written, nowhere, changed, foreign } = files(session, &run, folder.as_deref(), &edited)?;
    let idle = if tally.idle > 0 { format!(", {} no longer needed", tally.idle) } else { String::new() };
    let sent = tally.sent;
    let by_mail = mail::waiting_of_run(&reader, run.id)?;
    let mails = if by_mail > 0 { format!("; {by_mail} by mail wait for o2c mail send") } else { String::new() };
    let gate = gate::gate_of(&reader, session.today)?;
    if !given.json && !gate.remark.is_empty() {
        out::say(&format!("Mind that {}", gate.remark))?;
    }
    if !given.json {
        let (sent, files) = (counted(sent, "letter"), counted(written, "file"));
        out::say(&format!("Sent {sent} of {}{idle}; wrote {files}{mails}", run.number))?;
        if run.state == "sent" && written > 0 {
            let sentence = "was sent before: if these letters were posted then, do not post them again";
            out::say(&format!("Mind that {} {sentence}", run.number))?;
            changed.iter().try_for_each(|one| out::say(&format!("Mind {one}")))?;
        }
        if !nowhere.is_empty() {
            let whose = nowhere.join(", ");
            out::say(&format!(
                "Without a postal address: {whose}; give it with o2c customer set --address, then post them."
            ))?;
        }
    }
    let whole = paper.map_or(Ok(true), |paper| paper.of_run(&reader, &run, &edited))?;
    if given.json {
        let answer = json!({
            "run": run.number, "sent": sent, "no_longer_needed": tally.idle, "files": written,
            "wait_for_mail": by_mail, "no_address": nowhere, "remark": gate.remark, "stopped": tally.stopped,
        });
        out::say(&answer.to_string())?;
    } else if tally.stopped {
        out::say("Stopped. What was sent stays; send it again to go on.")?;
    }
    if tally.stopped || !whole {
        return Err(Stop::quietly(REFUSED));
    }
    if !foreign.is_empty() {
        let sentence = format!(
            "{} {} there with another text and {} not written over. What was sent stays; give another folder with --out.",
            foreign.join(", "),
            if foreign.len() == 1 { "is" } else { "are" },
            if foreign.len() == 1 { "was" } else { "were" },
        );
        return Err(Stop::refused("FIL-03", sentence));
    }
    Ok(())
}

/// Begins the run where nobody has, and sends what is left of it.
fn sent(session: &Session, given: &Send, run: &Run, stop: &AtomicBool) -> Result<Sent, Stop> {
    let tally = session.with_writer(|conn, actor, stamp| {
        if run.state != "sending" && run.state != "sent" {
            let (letters, despite) = (given.letters.unwrap_or(0), given.despite.clone());
            let act = Dunning::StartRun { run: run.id, letters, despite };
            dispatch::begin(conn, actor, stamp, run.id, act)?;
        }
        if run.state == "sent" {
            return Ok(Sent::default());
        }
        let mut progress = Progress::new("Sending letters");
        dispatch::send_rest(conn, actor, stamp, (run.id, &given.despite), &mut |done, total| {
            progress.step(done, total);
            !stop.load(Ordering::Relaxed)
        })
    })?;
    Ok(tally)
}

/// Files of a run's letters that go by post.
#[derive(Default)]
struct Files {
    /// How many were written now.
    written: u64,
    /// Numbers of letters without a postal address.
    nowhere: Vec<String>,
    /// Letters of a run sent before of which something changed since, with what.
    changed: Vec<String>,
    /// Files that were there with another text, and were left as they are.
    foreign: Vec<String>,
}

/// Writes the letters of a run that go by post, each once.
fn files(session: &Session, run: &Run, folder: Option<&Path>, edited: &[Edited]) -> Result<Files, Stop> {
    let reader = &session.reader()?;
    let mut files = Files::default();
    let on_paper = mail::on_paper(reader, run.id)?;
    for (_, id, number) in runs::sent_of(reader, run.id)?.into_iter().filter(|(_, id, _)| on_paper.contains(id)) {
        let letter = letters::letter_of(reader, id)?;
        if run.state == "sent"
            && let Some(why) = mail::changed_since(reader, id, session.today)?
        {
            files.changed.push(format!("{number}: {why}"));
        }
        if let Some(path) = folder.map(|folder| folder.join(format!("{number}.txt"))) {
            let text = reminder::text(&letter, edited)?;
            if !path.exists() {
                put(&path, &text)?;
                files.written += 1;
            } else if std::fs::read_to_string(&path).map_or(true, |there| there != text) {
                files.foreign.push(format!("{number}.txt"));
            }
        }
        if letter.address.trim().is_empty() {
            files.nowhere.push(number);
        }
    }
    Ok(files)
}

/// The refusal where nobody said how many letters go out.
fn not_counted(run: &str) -> Stop {
    let sentence = format!(
        "How many letters {run} has must be typed: --letters COUNT, as `o2c dunning show {run}` says. Nothing was sent."
    );
    Stop::refused("DUN-05", sentence)
}

/// Writes a file whole or not at all.
pub(super) fn put(path: &Path, bytes: impl AsRef<[u8]>) -> Result<(), Stop> {
    // Of this process alone: two may write the same letter at once.
    let beside = path.with_extension(format!("part-{}", std::process::id()));
    std::fs::write(&beside, bytes)?;
    std::fs::File::open(&beside)?.sync_all()?;
    std::fs::rename(&beside, path)?;
    Ok(())
}
