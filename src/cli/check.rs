//! `o2c check`: every invariant of the book, as far as is asked for, and with folders given also what keeps it safe. What
//! it finds of storage, money, the log and what was posted stops the book for acts, until somebody who closes months has
//! acknowledged it.

use std::path::PathBuf;

use chrono::{DateTime, NaiveDateTime, Utc};
use clap::Args as ClapArgs;
use serde_json::{Value, json};

use super::session::Session;
use super::stop::{REFUSED, Stop, UNCHECKED};
use super::{audit, check_copies, out};
use crate::acts::{Act, ActKey, Mode, Request};
use crate::formats::note;
use crate::store::check::{self, Finding};
use crate::store::open::{Access, open};
use crate::store::{Connection, Writer, stopped};

/// Arguments of `check`.
#[derive(Debug, ClapArgs)]
pub struct Check {
    /// Only the format, the pages, the newest acts and the customers they touched
    #[arg(long)]
    pub quick: bool,
    /// Everything, every act put into an empty ledger one after the other, and the newest copy made a book and checked
    #[arg(long, conflicts_with = "quick", requires = "backups")]
    pub deep: bool,
    /// Let acts go on in a book that failed its check; for whoever may close months
    #[arg(long, value_name = "REASON", conflicts_with_all = ["quick", "deep", "backups", "anchors", "json"])]
    pub acknowledge: Option<String>,
    /// What was found as JSON: an object that says whether all holds
    #[arg(long)]
    pub json: bool,
    /// Also look at the copies of the book in this folder: the newest is recent and unchanged, none is missing
    #[arg(long, value_name = "FOLDER")]
    pub backups: Option<PathBuf>,
    /// How old that copy may be, in hours
    #[arg(long, value_name = "HOURS", default_value_t = 2)]
    pub backup_hours: i64,
    /// Also hold the chain against the sealed heads in this folder
    #[arg(long, value_name = "FOLDER")]
    pub anchors: Option<PathBuf>,
    /// The key that verifies the seals, or the file it is in
    #[arg(long, value_name = "KEY|FILE", requires = "anchors")]
    pub check_key: Option<String>,
    /// How old the newest sealed head may be, in hours
    #[arg(long, value_name = "HOURS", default_value_t = 26)]
    pub anchor_hours: i64,
}

/// A finding as scripts read it.
pub(super) fn as_json(one: &Finding) -> Value {
    json!({ "rule": one.code, "about": one.object, "is": one.is, "must_be": one.must, "to_do": one.todo })
}

/// Silent when everything holds. That it could not be checked has a code of its own.
pub(super) fn run(session: &Session, wanted: &Check) -> Result<(), Stop> {
    if let Some(reason) = &wanted.acknowledge {
        return acknowledge(session, reason);
    }
    let found = look(session, wanted).map_err(unchecked)?;
    tell(&found, wanted.json)?;
    if found.is_empty() {
        return Ok(());
    }
    if let Some(said) = mark(session, &found) {
        eprintln!("o2c: {}", out::safe(&said));
    }
    Err(Stop::quietly(REFUSED))
}

/// Why nothing could be checked, with its exit code.
pub(super) fn unchecked(stop: Stop) -> Stop {
    Stop { code: UNCHECKED, ..stop }
}

fn look(session: &Session, wanted: &Check) -> Result<Vec<Finding>, Stop> {
    let place = session.book()?;
    let conn = open(&place, Access::Read)?;
    let mut found = check::file(&place);
    found.extend(match (wanted.quick, wanted.deep) {
        (true, _) => check::quick(&conn)?,
        (_, true) => check::deep(&conn)?,
        _ => check::full(&conn)?,
    });
    let now = session.stamp().now;
    if let Some(folder) = &wanted.backups {
        found.extend(check_copies::copies(&conn, folder, wanted.backup_hours, now)?);
        found.extend(check_copies::room(&session.place()?));
        if wanted.deep {
            found.extend(check_copies::restored(&conn, folder, &session.place()?)?);
        }
    }
    if wanted.anchors.is_some() {
        found.extend(heads(&conn, wanted, now)?);
    }
    Ok(found)
}

fn tell(found: &[Finding], json: bool) -> Result<(), Stop> {
    if json {
        let findings = found.iter().map(as_json);
        let answer = json!({ "sound": found.is_empty(), "findings": findings.collect::<Vec<_>>() });
        return out::say(&answer.to_string());
    }
    found.iter().try_for_each(|finding| out::say(&finding.to_string()))
}

/// Stops the book for acts where what was found is grave, and gives what is to be said of that. Where it cannot be written,
/// nothing else can be posted to it either.
fn mark(session: &Session, found: &[Finding]) -> Option<String> {
    if session.global.read_only || !found.iter().any(Finding::stops) {
        return None;
    }
    let marked = session.book().and_then(|book| {
        let writer = Writer::open(&book)?;
        Ok(stopped::mark(&writer, found, session.stamp().now)?)
    });
    match marked {
        Ok(false) => None,
        Ok(true) => "Posting is stopped until somebody who closes months acknowledges this: o2c check --acknowledge \
                     \"REASON\"."
            .to_owned()
            .into(),
        // A copy is no book to work in, so there is nothing to stop.
        Err(stop) if stop.sentence.starts_with("[BAK-04]") => None,
        Err(stop) => Some(format!("The book could not be marked, so posting goes on: {}", stop.sentence)),
    }
}

/// What a session checks before it starts. Findings stop the book, and every session says so at its head; a book that cannot
/// be looked at is refused where it is opened.
pub(super) fn at_start(session: &Session) {
    let look = || -> Result<Vec<Finding>, Stop> {
        let place = session.book()?;
        let conn = open(&place, Access::Read)?;
        let mut found = check::file(&place);
        found.extend(check::start(&conn)?);
        if let Some(folder) = session.known.config.seals.as_ref().filter(|folder| folder.is_dir())
            && let Some(newest) = audit::sealed_heads(folder)?.pop()
        {
            found.extend(audit::differs(&conn, &newest, &audit::read_file(&newest)?, None)?);
        }
        Ok(found)
    };
    // The screen is the workstation's by now: what there is to say is said there.
    drop(look().map(|found| mark(session, &found)));
}

fn acknowledge(session: &Session, reason: &str) -> Result<(), Stop> {
    session.may_write()?;
    let act = Act::SetSetting { key: stopped::ACKNOWLEDGED.to_owned(), value: reason.to_owned() };
    let request = Request { key: ActKey::random(), act, expect: Vec::new() };
    let done = session.perform(&request, Mode::Post)?;
    out::say(&format!("{} (act {}). Acts go on.", done.summary, done.act))
}

/// The sealed heads: each agrees with the chain, and the newest is recent.
fn heads(conn: &Connection, wanted: &Check, now: DateTime<Utc>) -> Result<Vec<Finding>, Stop> {
    let Some(folder) = &wanted.anchors else { return Ok(Vec::new()) };
    let key = wanted.check_key.as_deref().map(audit::check_key).transpose()?;
    let (_, mut found) = audit::anchors(conn, folder, key.as_ref())?;
    let sealed = audit::sealed_heads(folder)?
        .into_iter()
        .filter_map(|file| std::fs::read_to_string(file).ok())
        .filter_map(|text| {
            let head = note::read(&text).ok()?;
            let at = head.more.iter().find_map(|line| line.strip_prefix("sealed "))?.to_owned();
            Some(NaiveDateTime::parse_from_str(&at, "%Y-%m-%dT%H:%M:%SZ").ok()?.and_utc())
        });
    let newest = sealed.max();
    if newest.is_none_or(|at| (now - at).num_hours() >= wanted.anchor_hours) {
        let is = newest
            .map_or("none says when".to_owned(), |at| format!("the newest is of {}", at.format("%Y-%m-%d %H:%M UTC")));
        let (object, must) =
            (format!("sealed heads in {}", folder.display()), format!("one not older than {} h", wanted.anchor_hours));
        found.push(Finding::new("A7", object, is, must, "run o2c audit seal and look why the timer did not"));
    }
    Ok(found)
}
