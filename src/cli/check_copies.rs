//! What keeps a book safe, as `o2c check` looks at it: how old the newest copy is (O1), whether the copies are still what
//! was written (O5) and the newest makes a sound book of the same acts, room on the disk (O2), the log beside it (O3).

use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};

use super::stop::Stop;
use crate::store::backup::Draft;
use crate::store::check::{self, Finding};
use crate::store::manifest::{self, Manifest};
use crate::store::open::Access;
use crate::store::schema::{FORMAT, hex};
use crate::store::{BookPath, Connection, audit, migrate};

/// The log beside the book is written into it long before it has this many bytes.
const LOG_MOST: u64 = 64 << 20;
/// The least free room on the disk.
const ROOM_LEAST: u64 = 1 << 30;

/// The copies of this book that a folder says there are: when each was made, oldest first.
fn known(conn: &Connection, folder: &Path) -> Result<Vec<(DateTime<Utc>, PathBuf, Manifest)>, Stop> {
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
    Ok(known)
}

/// The copies of this book in a folder: every one that was made is there and as long as it was, and the newest is recent
/// and still what was written.
pub(super) fn copies(conn: &Connection, folder: &Path, hours: i64, now: DateTime<Utc>) -> Result<Vec<Finding>, Stop> {
    let known = known(conn, folder)?;
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
pub(super) fn room(book: &Path) -> Vec<Finding> {
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

/// Makes a book of the newest copy beside the book, as a restore would, checks every rule on it and throws it away. Its
/// acts must be those of the book. A copy that is not what was written is named by [`copies`].
pub(super) fn restored(conn: &Connection, folder: &Path, book: &Path) -> Result<Vec<Finding>, Stop> {
    let Some((_, newest, _)) = known(conn, folder)?.pop() else { return Ok(Vec::new()) };
    if Manifest::verified(&newest).is_err() {
        return Ok(Vec::new());
    }
    let object = newest.display().to_string();
    let (source, format) = migrate::open_any(&BookPath::new(&newest), Access::Read)?;
    let (acts, head) = audit::head(&source)?;
    let mut found = Vec::new();
    if audit::hash_of(conn, acts)?.is_none_or(|hash| hex(&hash) != head) {
        let must = "an act of this book, with the same hash";
        let todo = "find out which of the two was rewritten, by the sealed heads";
        found.push(Finding::new(
            "A6",
            object.as_str(),
            format!("ends with act {acts}, hash {}", head.get(..16).unwrap_or_default()),
            must,
            todo,
        ));
    }
    let mut place = book.as_os_str().to_owned();
    place.push(".deep-check");
    let draft = Draft::start(&source, Path::new(&place))?;
    drop(source);
    let (restored, _) = migrate::open_any(&draft.book(), Access::Write)?;
    let wrong = if format == FORMAT { check::full(&restored)? } else { migrate::examine(&restored, format)? };
    if let Some(first) = wrong.first() {
        let is = format!(
            "makes a book with {} findings, the first {} {}: {}",
            wrong.len(),
            first.code,
            first.object,
            first.is
        );
        found.push(Finding::new("O5", object, is, "a book without", "keep other copies, and find out since when"));
    }
    Ok(found)
}
