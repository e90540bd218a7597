//! The files SQLite keeps beside a book (`-wal`, `-shm`, `-journal`), found where the book itself is not: it was moved away
//! without them, or is being moved just now. SQLite goes by their names alone: it would mix them into the next book of the
//! name or empty them, and the last acts of the other book are in them. So nothing is made beside them.

use std::path::{Path, PathBuf};

use super::error::{Result, StoreError};

const TAILS: [&str; 3] = ["-wal", "-shm", "-journal"];

/// Those that lie beside this name, as people read them.
fn beside(path: &Path) -> Vec<String> {
    let named = |tail: &&str| {
        let mut name = path.as_os_str().to_owned();
        name.push(tail);
        PathBuf::from(name)
    };
    let there = TAILS.iter().map(named).filter(|name| name.symlink_metadata().is_ok());
    there.map(|name| name.display().to_string()).collect()
}

/// Whether any lies beside a name that is no file's.
pub(super) fn is_left(path: &Path) -> bool {
    path.symlink_metadata().is_err() && !beside(path).is_empty()
}

/// Refuses to make a book or a copy under a name beside which any lies.
pub(super) fn refuse(path: &Path) -> Result<()> {
    let names = beside(path);
    if names.is_empty() {
        return Ok(());
    }
    let sentence = format!(
        "{} left over from another book of the name {}. Nothing was made; move {} away together with that book, whose last \
         acts may be there, or choose another name.",
        lie(&names),
        path.display(),
        if names.len() == 1 { "it" } else { "them" }
    );
    Err(StoreError::refused("DB-21", sentence))
}

/// Why a book that is not there cannot be opened.
pub(super) fn no_book(path: &Path) -> StoreError {
    let (shown, names) = (path.display(), beside(path));
    if names.is_empty() {
        let sentence = format!("There is no book at {shown}. Make one with `o2c init`, or try `o2c demo`.");
        return StoreError::refused("DB-05", sentence);
    }
    let sentence = format!(
        "There is no book at {shown}, but {} there: the book was moved away without {them}, or is being moved just now. \
         Nothing was read or made; put the book back beside {them}, or move {them} after it: its last acts may be there.",
        lie(&names),
        them = if names.len() == 1 { "it" } else { "them" }
    );
    StoreError::refused("DB-21", sentence)
}

fn lie(names: &[String]) -> String {
    match names {
        [one] => format!("{one} lies"),
        [first @ .., last] => format!("{} and {last} lie", first.join(", ")),
        [] => String::new(),
    }
}
