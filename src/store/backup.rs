//! Copies of a book: taken while others work in it, verified, and never over anything. A copy has no write-ahead log of
//! its own, so that it can be read from any medium, and a manifest beside it that says what it must be.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use chrono::{DateTime, SecondsFormat, Utc};
use rusqlite::backup::Backup;
use rusqlite::{Connection, OpenFlags};

use super::check::{self, Finding};
use super::error::{Result, StoreError};
use super::leftover;
use super::manifest::{self, Manifest};
use super::migrate;
use super::open::{Access, BookPath, connect, create_file, open};
use super::schema::FORMAT;

/// A copy that was made, or not: with findings there is none.
#[derive(Debug)]
pub struct Copied {
    /// What the manifest says of it.
    pub manifest: Manifest,
    /// What its check found.
    pub found: Vec<Finding>,
}

/// Copies a book to a new file, checks every rule on the copy, and writes the manifest beside it. Until it is sound it
/// is called `….partial`. A book of an older format is copied too; of it the pages and definitions are checked.
pub fn copy(from: &BookPath, to: &Path, now: DateTime<Utc>) -> Result<Copied> {
    let (source, format) = migrate::open_any(from, Access::Read)?;
    let partial = Partial::new(to)?;
    let book = BookPath::new(&partial.0);
    create_file(&book)?;
    fill(&source, &partial.0)?;
    let (mut manifest, found) = {
        let conn = connect(&book, Access::Read)?;
        let mut found = if format == FORMAT { check::full(&conn)? } else { migrate::examine(&conn, format)? };
        // A copy has no log on purpose, and its manifest, which says so to later checks, is not there yet.
        found.retain(|finding| (finding.code, finding.object.as_str()) != ("S4", "journal"));
        (Manifest::of(&conn, now.to_rfc3339_opts(SecondsFormat::Secs, true))?, found)
    };
    if found.is_empty() {
        manifest.seal(&partial.0, to).map_err(|error| disk(to, &error))?;
        write_new(&manifest::beside(to), &manifest.text()?).map_err(|error| disk(&manifest::beside(to), &error))?;
        partial.keep(to)?;
    }
    Ok(Copied { manifest, found })
}

/// Copies every page in one step, so that it is one state of the book whatever others write meanwhile, and takes the
/// write-ahead log off the copy.
fn fill(source: &Connection, to: &Path) -> Result<()> {
    let target = pages(source, to)?;
    let mode: String = target.query_row("PRAGMA journal_mode = DELETE", [], |row| row.get(0))?;
    if mode != "delete" {
        let sentence =
            format!("The copy {} kept a write-ahead log ({mode}). It was not kept; try again.", to.display());
        return Err(StoreError::refused("DB-03", sentence));
    }
    target.close().map_err(|(_, error)| error.into())
}

fn pages(source: &Connection, to: &Path) -> Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_NOFOLLOW;
    let mut target = Connection::open_with_flags(to, flags)?;
    target.execute_batch("PRAGMA synchronous = FULL")?;
    // Named, so that the copying borrows the target no longer than this line.
    let step = Backup::new(source, &mut target)?.step(-1);
    match step? {
        rusqlite::backup::StepResult::Done => Ok(target),
        _ => Err(StoreError {
            code: "DB-01",
            sentence: "The book was held by another posting. No copy was made; try again.".to_owned(),
            fault: super::Fault::Busy,
        }),
    }
}

/// A book made from another on its way to its name; dropped before [`Draft::keep`] it goes away.
pub struct Draft {
    partial: Partial,
    to: PathBuf,
}

impl Draft {
    /// Starts a book at `to` with the pages of `source`, in a file of its own that is called `….partial` until it is
    /// kept. Works for older formats too.
    pub fn start(source: &Connection, to: &Path) -> Result<Draft> {
        let partial = Partial::new(to)?;
        create_file(&BookPath::new(&partial.0))?;
        let target = pages(source, &partial.0)?;
        let mode: String = target.query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0))?;
        if mode != "wal" {
            let sentence = format!("{} cannot keep a write-ahead log (mode {mode}); use a local disk.", to.display());
            return Err(StoreError::refused("DB-11", sentence));
        }
        target.close().map_err(|(_, error)| StoreError::from(error))?;
        Ok(Draft { partial, to: to.to_owned() })
    }

    /// Where it is until it is kept.
    pub fn book(&self) -> BookPath {
        BookPath::new(&self.partial.0)
    }

    /// Gives it its name, without replacing anything. Its connections must be closed.
    pub fn keep(self) -> Result<()> {
        {
            let conn = open(&self.book(), Access::Write)?;
            let busy: i64 = conn.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))?;
            if busy != 0 {
                let sentence = format!("{} is in use and could not be finished. Nothing was kept.", self.to.display());
                return Err(StoreError::refused("DB-01", sentence));
            }
        }
        self.partial.keep(&self.to)
    }
}

fn disk(path: &Path, error: &io::Error) -> StoreError {
    StoreError::refused("DB-03", format!("The copy {} cannot be written: {error}.", path.display()))
}

/// Writes a small file whole or not at all. The manifest of a copy that was never kept may be replaced.
fn write_new(path: &Path, text: &str) -> io::Result<()> {
    let mut name: OsString = path.as_os_str().to_owned();
    name.push(".partial");
    let mut file = File::create(&name)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    std::fs::rename(&name, path)
}

/// A copy on its way; dropped before it is kept, it goes away.
struct Partial(PathBuf);

impl Partial {
    fn new(to: &Path) -> Result<Self> {
        if to.symlink_metadata().is_ok() {
            let sentence = format!("{} already exists and was not overwritten. Choose another name.", to.display());
            return Err(StoreError::refused("FIL-03", sentence));
        }
        leftover::refuse(to)?;
        let mut name: OsString = to.as_os_str().to_owned();
        name.push(".partial");
        let path = PathBuf::from(name);
        if path.symlink_metadata().is_ok() {
            let sentence = format!(
                "{} is left from a copy that did not end, or is being written now. Remove it when no copy runs.",
                path.display()
            );
            return Err(StoreError::refused("FIL-03", sentence));
        }
        Ok(Partial(path))
    }

    /// Makes it durable and gives it its name, without replacing anything.
    fn keep(self, to: &Path) -> Result<()> {
        let folder = to.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        File::open(&self.0).and_then(|file| file.sync_all()).map_err(|error| disk(to, &error))?;
        let (here, flags) = (rustix::fs::CWD, rustix::fs::RenameFlags::NOREPLACE);
        rustix::fs::renameat_with(here, &self.0, here, to, flags).map_err(|error| disk(to, &error.into()))?;
        File::open(folder).and_then(|folder| folder.sync_all()).map_err(|error| disk(to, &error))
    }
}

impl Drop for Partial {
    fn drop(&mut self) {
        for tail in ["", "-wal", "-shm", "-journal"] {
            let mut name = self.0.as_os_str().to_owned();
            name.push(tail);
            // After a kept copy there is nothing left to remove.
            let _ = std::fs::remove_file(name);
        }
    }
}
