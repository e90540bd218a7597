//! `o2c check`: every invariant of the book, and with folders given also what keeps it safe: how old the last copy and the
//! last sealed head are (O1, A6, A7), whether the copies are still what was written (O5), the disk has room (O2) and the log
//! beside the book is short (O3).

use std::path::{Path, PathBuf};

use chrono::{DateTime, NaiveDateTime, Utc};
use clap::Args as ClapArgs;
use serde_json::{Value, json};

use super::audit;
use super::out;
use super::session::Session;
use super::stop::{REFUSED, Stop};
use crate::formats::note;
use crate::store::check::{self, Finding};
use crate::store::manifest::Manifest;
use crate::store::open::{Access, open};
use crate::store::{Connection, manifest};

/// Arguments of `check`.
#[derive(Debug, ClapArgs)]
pub struct Check {
    /// Only what a session checks when it starts
    #[arg(long)]
    pub quick: bool,
    /// What was found as JSON: an object that says whether all holds
    #[arg(long, conflicts_with = "anchors")]
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

/// The log beside the book is written into it long before it has this many bytes.
const LOG_MOST: u64 = 64 << 20;
/// The least free room on the disk.
const ROOM_LEAST: u64 = 1 << 30;

/// A finding as scripts read it.
pub(super) fn as_json(one: &Finding) -> Value {
    json!({ "rule": one.code, "about": one.object, "is": one.is, "must_be": one.must, "to_do": one.todo })
}

/// Silent when everything holds.
pub(super) fn run(session: &Session, wanted: &Check) -> Result<(), Stop> {
    let place = session.book()?;
    let conn = open(&place, Access::Read)?;
    let mut found = check::file(&place);
    found.extend(if wanted.quick { check::quick(&conn)? } else { check::full(&conn)? });
    let now = session.stamp().now;
    if let Some(folder) = &wanted.backups {
        found.extend(copies(&conn, folder, wanted.backup_hours, now)?);
        found.extend(room(&session.place()?));
    }
    if wanted.json {
        let findings = found.iter().map(as_json);
        let answer = json!({ "sound": found.is_empty(), "findings": findings.collect::<Vec<_>>() });
        out::say(&answer.to_string())?;
    }
    for finding in found.iter().filter(|_| !wanted.json) {
        out::say(&finding.to_string())?;
    }
    let mut sound = found.is_empty();
    if let Some(folder) = &wanted.anchors {
        sound &= heads(&conn, folder, wanted, now)?;
    }
    if sound { Ok(()) } else { Err(Stop::quietly(REFUSED)) }
}

/// The copies of this book in a folder: every one that was made is there and as long as it was, and the newest is recent
/// and still what was written.
fn copies(conn: &Connection, folder: &Path, hours: i64, now: DateTime<Utc>) -> Result<Vec<Finding>, Stop> {
    let book = manifest::identity(conn)?;
    let listed = std::fs::read_dir(folder)
        .map_err(|error| Stop::refused("FIL-01", format!("{} cannot be read: {error}.", folder.display())))?;
    let mut known: Vec<(DateTime<Utc>, PathBuf, Manifest)> = listed
        .filter_map(|file| {
            let path = file.ok()?.path();
            let manifest: Manifest = serde_json::from_str(&std::fs::read_to_string(&path).ok()?).ok()?;
            let made_at = manifest.made_at.parse().ok()?;
            (manifest.book == book).then(|| (made_at, path.with_extension(""), manifest))
        })
        .collect();
    known.sort_by_key(|(made_at, ..)| *made_at);
    let object = format!("copies in {}", folder.display());
    let must = format!("one not older than {hours} h");
    let todo = "run o2c backup and look why the timer did not";
    let Some((made_at, newest, manifest)) = known.last() else {
        return Ok(vec![Finding::new("O1", object, "none of this book".to_owned(), must, todo)]);
    };
    let mut found = Vec::new();
    if (now - *made_at).num_hours() >= hours {
        let is = format!("the newest is {} of {}", manifest.file, manifest.made_at);
        found.push(Finding::new("O1", object, is, must, todo));
    }
    let gone = "keep other copies; take its manifest away when you know why";
    for (_, copy, manifest) in &known {
        let is = match copy.metadata() {
            Ok(file) if file.len() == manifest.bytes => continue,
            Ok(file) => format!("{} bytes", file.len()),
            Err(error) => format!("cannot be read ({error})"),
        };
        found.push(Finding::new("O5", copy.display().to_string(), is, format!("{} bytes", manifest.bytes), gone));
    }
    if found.iter().all(|finding| finding.object != newest.display().to_string())
        && let Err(error) = Manifest::verified(newest)
    {
        let must = format!("sha256 {}", manifest.sha256);
        found.push(Finding::new("O5", newest.display().to_string(), error.sentence, must, gone));
    }
    Ok(found)
}

/// Room on the disk of the book, and the length of the log beside it.
fn room(book: &Path) -> Vec<Finding> {
    let mut found = Vec::new();
    let size = |path: &Path| path.metadata().map_or(0, |file| file.len());
    let mut log = book.as_os_str().to_owned();
    log.push("-wal");
    let log = size(Path::new(&log));
    if log > LOG_MOST {
        let is = format!("{} MiB", log >> 20);
        let todo = "end sessions that hold it open; o2c sessions shows them";
        found.push(Finding::new("O3", "log beside the book", is, format!("at most {} MiB", LOG_MOST >> 20), todo));
    }
    let least = ROOM_LEAST.max(2 * size(book));
    if let Ok(disk) = rustix::fs::statvfs(book)
        && disk.f_bavail.saturating_mul(disk.f_frsize) < least
    {
        let is = format!("{} MiB free", disk.f_bavail.saturating_mul(disk.f_frsize) >> 20);
        found.push(Finding::new(
            "O2",
            "disk of the book",
            is,
            format!("{} MiB", least >> 20),
            "make room before it is full",
        ));
    }
    found
}

/// The sealed heads: each agrees with the chain, and the newest is recent.
fn heads(conn: &Connection, folder: &Path, wanted: &Check, now: DateTime<Utc>) -> Result<bool, Stop> {
    let key = wanted.check_key.as_deref().map(audit::check_key).transpose()?;
    let (_, wrong) = audit::anchors(conn, folder, key.as_ref())?;
    let sealed = audit::sealed_heads(folder)?
        .into_iter()
        .filter_map(|file| std::fs::read_to_string(file).ok())
        .filter_map(|text| {
            let head = note::read(&text).ok()?;
            let at = head.more.iter().find_map(|line| line.strip_prefix("sealed "))?.to_owned();
            Some(NaiveDateTime::parse_from_str(&at, "%Y-%m-%dT%H:%M:%SZ").ok()?.and_utc())
        });
    let newest = sealed.max();
    let recent = newest.is_some_and(|at| (now - at).num_hours() < wanted.anchor_hours);
    if !recent {
        let is = newest
            .map_or("none says when".to_owned(), |at| format!("the newest is of {}", at.format("%Y-%m-%d %H:%M UTC")));
        let (object, must) =
            (format!("sealed heads in {}", folder.display()), format!("one not older than {} h", wanted.anchor_hours));
        out::say(
            &Finding::new("A7", object, is, must, "run o2c audit seal and look why the timer did not").to_string(),
        )?;
    }
    Ok(wrong == 0 && recent)
}
