//! Why nothing can be posted through an open connection though the book can be read: the disk, the folder or the file may
//! not be written, it is a copy, or it has a newer format. Asked again and again by an open session, so that what is over
//! is over; the files are asked about by their names and not opened.

use std::path::{Path, PathBuf};

use rusqlite::Connection;
use rustix::fs::{Access, access};
use rustix::io::Errno;

use super::error::Result;

/// The book's disk, folder or file may not be written.
pub const READ_ONLY: &str = "[DB-03] The book may only be read: its file, folder or disk is read-only. You can go on when \
                             that is changed; ask the administrator.";
const COPY: &str = "[BAK-04] This is a copy of a book and can only be read. A book is made of it with o2c restore.";
const NEWER: &str = "[DB-07] The book has a newer format, which this o2c can only read. Use a newer o2c.";

/// Why, in one line; `None` where acts can be performed.
pub(super) fn why(conn: &Connection, is_newer: bool) -> Result<Option<&'static str>> {
    let Some(path) = conn.path().filter(|path| !path.is_empty()).map(PathBuf::from) else { return Ok(None) };
    if is_newer {
        return Ok(Some(NEWER));
    }
    let mode: String = conn.prepare_cached("PRAGMA journal_mode")?.query_row([], |row| row.get(0))?;
    if mode == "delete" {
        return Ok(Some(COPY));
    }
    Ok(is_locked(&path).then_some(READ_ONLY))
}

/// Whether the book or the log beside it may not be written, by whatever the file system says; where there is no log,
/// whether none can be made.
fn is_locked(book: &Path) -> bool {
    let mut log = book.as_os_str().to_owned();
    log.push("-wal");
    let log = PathBuf::from(log);
    let folder = book.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let denied = |path: &Path| matches!(access(path, Access::WRITE_OK), Err(Errno::ROFS | Errno::ACCESS | Errno::PERM));
    denied(book) || if log.exists() { denied(&log) } else { denied(folder) }
}
