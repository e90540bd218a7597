//! Copies of a book: taken while others work in it, verified, and never over anything. Restoring is the same copy the
//! other way round.

use std::ffi::OsString;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use rusqlite::backup::Backup;
use rusqlite::{Connection, OpenFlags};

use super::check::{self, Finding};
use super::error::{Result, StoreError};
use super::open::{Access, BookPath, create_file, open};

/// Copies a book to a new file and verifies the copy; until it is sound it is called `….partial`. Returns what the
/// check of the copy found: with findings there is no copy.
pub fn copy(from: &BookPath, to: &Path) -> Result<Vec<Finding>> {
    if to.symlink_metadata().is_ok() {
        let sentence = format!("{} already exists and was not overwritten. Choose another name.", to.display());
        return Err(StoreError::refused("FIL-03", sentence));
    }
    let source = open(from, Access::Read)?;
    let partial = Partial::new(to)?;
    let book = BookPath::new(&partial.0);
    create_file(&book)?;
    fill(&source, &partial.0)?;
    let found = {
        let conn = open(&book, Access::Read)?;
        check::quick(&conn)?
    };
    if found.is_empty() {
        partial.keep(to)?;
    }
    Ok(found)
}

/// Copies every page in one step: one state of the book, whatever others write meanwhile.
fn fill(source: &Connection, to: &Path) -> Result<()> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_NOFOLLOW;
    let mut target = Connection::open_with_flags(to, flags)?;
    target.execute_batch("PRAGMA synchronous = FULL")?;
    Backup::new(source, &mut target)?.step(-1)?;
    target.close().map_err(|(_, error)| error.into())
}

fn disk(path: &Path, error: &io::Error) -> StoreError {
    StoreError::refused("DB-03", format!("The copy {} cannot be written: {error}.", path.display()))
}

/// A copy on its way; dropped before it is kept, it goes away.
struct Partial(PathBuf);

impl Partial {
    fn new(to: &Path) -> Result<Self> {
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
        for tail in ["", "-wal", "-shm"] {
            let mut name = self.0.as_os_str().to_owned();
            name.push(tail);
            // After a kept copy there is nothing left to remove.
            let _ = std::fs::remove_file(name);
        }
    }
}
