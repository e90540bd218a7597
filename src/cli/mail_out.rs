//! `o2c mail send`, `list`, `show`, `settle`: what waits, what became of it, and what a person knows of it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use chrono::{Local, Utc};
use serde_json::{Value, json};

use super::admin;
use super::args::Change;
use super::mail_args::{How, Send, State};
use super::names;
use super::out::{self, Cell, Form, Listing};
use super::progress::Progress;
use super::session::Session;
use super::stop::{REFUSED, Stop, TROUBLE};
use crate::acts::Act;
use crate::acts::mail::pass::{self, Passed};
use crate::acts::mail::{Mail as Deed, Settled};
use crate::mail::read;
use crate::mail::smtp::Server;
use crate::store::mail::{self as kept, MailRow};

/// Hands what waits to the server, or with `None` only says what would leave.
pub(super) fn pass(session: &Session, server: Option<Server>, most: usize) -> Result<Passed, Stop> {
    let stop = Arc::new(AtomicBool::new(false));
    for signal in [signal_hook::consts::SIGINT, signal_hook::consts::SIGTERM] {
        // Where it cannot be caught the program ends at once, which leaves one mail unknown.
        drop(signal_hook::flag::register(signal, stop.clone()));
    }
    let clock = || (Utc::now(), Local::now().naive_local());
    let passed = session.with_writer(|conn, actor, _| {
        let Some(server) = server else {
            return Ok(Passed { lapsed: 0, ..pass::outlook(conn, (&clock, session.today), most)? });
        };
        let mut progress = Progress::new("Sending mails");
        let mut watch = |done, total| {
            progress.step(done, total);
            !stop.load(Ordering::Relaxed)
        };
        pass::send(conn, actor, (&clock, session.today), server, most, &mut watch)
    })?;
    Ok(passed)
}

/// As JSON.
fn as_json(passed: &Passed) -> Value {
    let pairs = |list: &[(String, String)]| -> Vec<Value> {
        list.iter().map(|(to, why)| json!({"to": to, "why": why})).collect()
    };
    let held: Vec<Value> =
        passed.held.iter().map(|(mail, why)| json!({"mail": mail.id, "to": mail.receiver, "why": why})).collect();
    let leaving: Vec<Value> = passed.leaving.iter().map(|mail| json!({"mail": mail.id, "to": mail.receiver})).collect();
    let report = &passed.report;
    json!({
        "sent": report.sent, "failed": pairs(&report.refused), "later": pairs(&report.later),
        "unknown": pairs(&report.unknown), "lapsed": passed.lapsed, "held": held, "would_leave": leaving,
        "unreachable": report.unreachable, "stopped": passed.stopped,
    })
}

/// The exit code: 3 where something is not known or the server cannot be used, 1 where something was refused.
pub(super) fn code(passed: &Passed) -> u8 {
    let report = &passed.report;
    if !report.unknown.is_empty() || report.unreachable.is_some() || passed.lapsed > 0 {
        TROUBLE
    } else if !report.refused.is_empty() || passed.stopped {
        REFUSED
    } else {
        0
    }
}

/// `o2c mail send`.
pub(super) fn send(session: &Session, given: &Send) -> Result<(), Stop> {
    if !given.dry_run {
        session.may_write()?;
    }
    let most = given.limit.unwrap_or(usize::MAX);
    let count =
        |state: &str| -> Result<u64, Stop> { Ok(kept::mails(&session.reader()?, session.today, (state, None), 0)?.1) };
    let waits = count("waiting")? + count("leased")? > 0;
    // Without anything to send no server is needed.
    let server =
        if given.dry_run || !waits { None } else { Some(session.mail_server().load(given.server.as_deref())?) };
    let passed = pass(session, server, most)?;
    if given.form.form() == Form::Json {
        out::say(&as_json(&passed).to_string())?;
    } else if given.dry_run {
        for mail in &passed.leaving {
            out::say(&format!("mail {} to {} would leave", mail.id, mail.receiver))?;
        }
        for (mail, why) in &passed.held {
            out::say(&format!("mail {} to {} waits: {why}", mail.id, mail.receiver))?;
        }
        out::say(&format!("{} would leave, {} wait. Nothing was sent.", passed.leaving.len(), passed.held.len()))?;
    } else if !waits {
        out::say("Nothing waits to be sent.")?;
    } else {
        out::say(&passed.words())?;
        for (to, why) in passed.report.refused.iter().chain(&passed.report.later).chain(&passed.report.unknown) {
            out::say(&format!("  {to}: {why}"))?;
        }
        if passed.stopped {
            out::say("Stopped. What was sent stays; send again to go on.")?;
        }
    }
    match code(&passed) {
        0 => Ok(()),
        code => Err(Stop::quietly(code)),
    }
}

/// An instant as lists show it: day and minute, UTC.
fn minute(at: &str) -> String {
    at.get(..16).unwrap_or_default().replace('T', " ")
}

/// `o2c mail list`.
pub(super) fn list(
    session: &Session,
    state: Option<State>,
    customer: Option<&str>,
    limit: u64,
    form: Form,
) -> Result<(), Stop> {
    let reader = session.reader()?;
    let customer = customer.map(|number| names::customer(&reader, number)).transpose()?.map(|known| known.id);
    let (rows, total) = kept::mails(&reader, session.today, (state.map_or("", State::word), customer), limit)?;
    let rows = rows.into_iter().map(|row| {
        vec![
            Cell::Number(row.id),
            Cell::Text(row.account.clone()),
            Cell::Text(row.name.clone()),
            Cell::Text(row.letter.clone()),
            Cell::Text(row.receiver.clone()),
            Cell::Text(row.state.clone()),
            Cell::Text(minute(&row.at)),
            Cell::Text(minute(&row.due_at)),
            Cell::Text(row.way.clone()),
            Cell::Text(row.overtaken.unwrap_or(row.said)),
        ]
    });
    let columns = &["mail", "customer", "name", "letter", "to", "state", "at", "not_before", "leaves_by", "said"];
    Listing { columns, rows: rows.collect(), total, foot: Vec::new() }.print(form)
}

/// `o2c mail show`.
pub(super) fn show(session: &Session, id: i64, form: Form) -> Result<(), Stop> {
    let reader = session.reader()?;
    let Some(row) = kept::one(&reader, id)? else {
        return Err(Stop::refused("ACT-04", format!("There is no mail {id}. Look with `o2c mail list`.")));
    };
    let steps = kept::steps(&reader, id)?;
    let message = kept::message_of(&reader, id)?.unwrap_or_default();
    if form == Form::Json {
        let steps: Vec<Value> = steps
            .iter()
            .map(
                |step| json!({"at": step.at, "what": step.what, "until": step.until, "said": step.said, "by": step.by}),
            )
            .collect();
        let MailRow { account, name, letter, receiver, subject, state, way, .. } = &row;
        let answer = json!({
            "mail": id, "customer": account, "name": name, "letter": letter, "to": receiver, "subject": subject,
            "state": state, "leaves_by": way, "steps": steps, "message": String::from_utf8_lossy(&message),
        });
        return out::say(&answer.to_string());
    }
    let letter = if row.letter.is_empty() { String::new() } else { format!(", letter {}", row.letter) };
    out::say(&format!("Mail {id} to {} ({} {}){letter}: {}", row.receiver, row.account, row.name, row.state))?;
    out::say(&format!("  {}  queued", row.queued_on))?;
    for step in steps {
        let until = if step.until.is_empty() { String::new() } else { format!(", {}", minute(&step.until)) };
        let said = if step.said.is_empty() { String::new() } else { format!(": {}", step.said) };
        out::say(&format!("  {}  {}{until} ({}){said}", minute(&step.at), step.what, step.by))?;
    }
    out::say("")?;
    out::say(&format!("Subject: {}", row.subject))?;
    out::say("")?;
    for line in read::shown(&message) {
        out::say(&line)?;
    }
    Ok(())
}

/// `o2c mail settle`.
pub(super) fn settle(session: &Session, mail: i64, how: How, reason: &str, change: &Change) -> Result<(), Stop> {
    let how = match how {
        How::Sent => Settled::Sent,
        How::Again => Settled::Again,
        How::GivenUp => Settled::GivenUp,
    };
    admin::perform(session, change, Act::Mail(Deed::Settle { mail, how, reason: reason.to_owned() }))
}
