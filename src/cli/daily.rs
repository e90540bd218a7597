//! `o2c daily`: everything that is due, in one go and safe to run again: promises and holds judged as of today, mails that
//! came in, the cash rules, cases past their day or too small to go on with, fees that are waived, a run drafted by the policies which say so, mails that wait. One line a step: what it did, or why not.

use serde_json::json;

use super::daily_args::Daily;
use super::daily_desk::{cases, cash};
use super::daily_small::small;
use super::dunning_waive::fees;
use super::mail::gathered;
use super::mail_in;
use super::mail_out;
use super::out::{self, Form};
use super::session::Session;
use super::stop::{Stop, TROUBLE};
use crate::acts::dunning::Dunning;
use crate::acts::{self, Act, ActKey, Failure, Mode, Request};
use crate::domain::promise::State;
use crate::language::filter::Filter;
use crate::store::dunning::load;
use crate::store::dunning::runs;
use crate::store::mail as kept;
use crate::store::read::promises::{self, Question};
use crate::store::read::window::{Sort, Want};

/// One step, as it is told.
pub(super) struct Told {
    step: &'static str,
    /// `done`, `nothing`, `not done`.
    state: &'static str,
    said: String,
}

impl Told {
    pub(super) fn new(step: &'static str, state: &'static str, said: impl Into<String>) -> Told {
        Told { step, state, said: said.into() }
    }

    fn failed(step: &'static str, stop: &Stop) -> Told {
        Told::new(step, "not done", stop.sentence.clone())
    }
}

/// `o2c daily`.
pub(super) fn run(session: &Session, given: &Daily) -> Result<(), Stop> {
    if !given.dry_run {
        session.may_write()?;
    }
    let mut told = Vec::new();
    let mut code = 0;
    // One step that cannot be done does not keep the others from being done.
    type Step = fn(&Session, &Daily) -> Result<(Told, u8), Stop>;
    let steps: [(&'static str, Step); 10] = [
        ("promises", judge_promises),
        ("holds", end_holds),
        ("mail in", take_mail),
        ("cash", cash),
        ("cases", cases),
        ("small", small),
        ("fees", fees),
        ("run", draft),
        ("mail out", send_mail),
        ("paper", paper),
    ];
    for (name, step) in steps {
        let (line, worst) = step(session, given).unwrap_or_else(|stop| (Told::failed(name, &stop), stop.code));
        code = code.max(worst);
        if given.form.form() != Form::Json {
            out::say(&format!("{:<9} {}: {}", line.step, line.state, line.said))?;
        }
        told.push(line);
    }
    if given.form.form() == Form::Json {
        let steps: Vec<_> =
            told.iter().map(|one| json!({"step": one.step, "state": one.state, "said": one.said})).collect();
        out::say(&json!({"day": session.today, "dry_run": given.dry_run, "steps": steps}).to_string())?;
    }
    if code == 0 { Ok(()) } else { Err(Stop::quietly(code)) }
}

/// What became of a promise follows from the receipts, so nothing is written: it is told how many are broken.
fn judge_promises(session: &Session, _: &Daily) -> Result<(Told, u8), Stop> {
    let reader = session.reader()?;
    let sort = Sort { column: "state", descending: false };
    let of = |today| -> Result<(usize, usize), Stop> {
        let question = Question { today, filter: Filter::all(), sort };
        let (mut open, mut broken) = (0, 0);
        let mut want = Want::Start;
        loop {
            let found = promises::promises(&reader, &question, want)?.window;
            for row in &found.rows {
                open += usize::from(row.state == State::Open);
                broken += usize::from(matches!(row.state, State::Broken | State::PartlyKept));
            }
            match found.rows.last() {
                Some(last) if found.first + (found.rows.len() as u64) < found.total => {
                    want = Want::After(last.id, found.first + found.rows.len() as u64);
                }
                _ => return Ok((open, broken)),
            }
        }
    };
    let (open, broken) = of(session.today)?;
    let before = session.today.pred_opt().map(of).transpose()?.map_or(0, |(_, broken)| broken);
    let new = broken.saturating_sub(before);
    let state = if new > 0 { "done" } else { "nothing" };
    Ok((Told::new("promises", state, format!("{new} broken since yesterday, {open} open")), 0))
}

/// A hold ends by the calendar; its items are dunned again from the next run on.
fn end_holds(session: &Session, _: &Daily) -> Result<(Told, u8), Stop> {
    let reader = session.reader()?;
    let ended = session.today.pred_opt().map(|day| load::holds_ended(&reader, day)).transpose()?.unwrap_or(0);
    let state = if ended > 0 { "done" } else { "nothing" };
    Ok((Told::new("holds", state, format!("{ended} ended yesterday; what they held may be dunned again")), 0))
}

fn draft(session: &Session, given: &Daily) -> Result<(Told, u8), Stop> {
    let key = ActKey::named(&format!("daily run {}", session.today));
    let request = Request { key, act: Act::Dunning(Dunning::DraftDaily), expect: Vec::new() };
    let mode = if given.dry_run { Mode::DryRun } else { Mode::Post };
    let done = session.with_writer(|conn, actor, stamp| match acts::perform(conn, actor, stamp, &request, mode) {
        // Nothing is due, nobody asked for it, or one is there: a day like others.
        Err(Failure::Refused { code: "DUN-01" | "DUN-02" | "DUN-03" | "DUN-04" | "DUN-09", sentence }) => {
            Ok(Err(sentence))
        }
        other => other.map(Ok),
    })?;
    Ok(match done {
        Ok(done) if done.again => (Told::new("run", "nothing", format!("drafted before today: {}", done.summary)), 0),
        Ok(done) if given.dry_run => (Told::new("run", "done", format!("would be: {}", done.summary)), 0),
        Ok(done) => (Told::new("run", "done", format!("{}; o2c dunning show, then approve", done.summary)), 0),
        Err(why) => (Told::new("run", "nothing", why), 0),
    })
}

fn take_mail(session: &Session, given: &Daily) -> Result<(Told, u8), Stop> {
    let Some(folder) = session.mail_server().inbox(given.server.as_deref())? else {
        return Ok((Told::new("mail in", "nothing", "no folder is set (inbox = \"/...\" in mail.toml)"), 0));
    };
    let taken = mail_in::take(session, &gathered(&folder, &folder)?, given.dry_run)?;
    let state = match (taken.new.is_empty(), taken.refused.is_empty()) {
        (false, _) => "done",
        (true, true) => "nothing",
        (true, false) => "not done",
    };
    Ok((Told::new("mail in", state, taken.words(given.dry_run)), u8::from(!taken.refused.is_empty())))
}

fn send_mail(session: &Session, given: &Daily) -> Result<(Told, u8), Stop> {
    let count =
        |state: &str| -> Result<u64, Stop> { Ok(kept::mails(&session.reader()?, session.today, (state, None), 0)?.1) };
    if count("waiting")? == 0 && count("leased")? == 0 {
        return Ok((Told::new("mail out", "nothing", "no mail waits"), 0));
    }
    let server = if given.dry_run { None } else { Some(session.mail_server().load(given.server.as_deref())?) };
    let passed = mail_out::pass(session, server, usize::MAX)?;
    let moved = passed.report != crate::mail::outbox::Report::default() || !passed.leaving.is_empty();
    let code = mail_out::code(&passed);
    let state = if code == TROUBLE && passed.report.sent == 0 {
        "not done"
    } else if moved {
        "done"
    } else {
        "nothing"
    };
    Ok((Told::new("mail out", state, passed.words()), code))
}

/// So many days a letter that could not be mailed is named.
const FALLEN_DAYS: u64 = 7;

/// Letters on paper are files that somebody prints: told, not written, because nobody said where to.
fn paper(session: &Session, _: &Daily) -> Result<(Told, u8), Stop> {
    let reader = session.reader()?;
    let week = session.today.checked_sub_days(chrono::Days::new(FALLEN_DAYS)).unwrap_or(session.today);
    let mut fallen = std::collections::BTreeMap::<String, Vec<String>>::new();
    for (run, letter) in kept::fallen_to_paper(&reader, week)? {
        fallen.entry(run).or_default().push(letter);
    }
    let released: Vec<String> =
        runs::runs(&reader)?.into_iter().filter(|run| run.state == "approved").map(|run| run.number).collect();
    let mut said = Vec::new();
    for (run, letters) in fallen {
        said.push(format!(
            "{} could not be mailed since {week}: unless printed already, o2c dunning send {run} --out FOLDER",
            letters.join(", ")
        ));
    }
    if !released.is_empty() {
        said.push(format!("{} released and not sent: o2c dunning send", released.join(", ")));
    }
    let state = if said.is_empty() { "nothing" } else { "done" };
    let said = if said.is_empty() { "no letter fell to paper".to_owned() } else { said.join("; ") };
    Ok((Told::new("paper", state, said), 0))
}
