//! Why the book could not be read or written: one sentence, a catalogue code, and what it means for the caller.

use rusqlite::ErrorCode;

/// What a failure means for what was being done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Refused before or inside the transaction: nothing changed.
    Refused,
    /// Another posting held the book for longer than the deadline: nothing changed.
    Busy,
    /// The disk is full: SQLite has already rolled back.
    Full,
    /// The disk or the file failed: it is not known whether the change was written.
    Unknown,
    /// A newer question replaced this one.
    Interrupted,
}

/// The end of a sentence about an act of which nobody has looked yet whether it was written. Whoever looks takes it off.
pub const NOT_KNOWN: &str = " It is not known whether this was posted.";

/// A failure of the store, ready to be shown.
#[derive(Debug, Clone, thiserror::Error)]
#[error("[{code}] {sentence}")]
pub struct StoreError {
    /// Catalogue code such as `DB-01`.
    pub code: &'static str,
    /// What is wrong, what was not done, what to do next.
    pub sentence: String,
    /// What it means for the caller.
    pub fault: Fault,
}

impl StoreError {
    /// A refusal with its code and sentence.
    pub fn refused(code: &'static str, sentence: impl Into<String>) -> Self {
        StoreError { code, sentence: sentence.into(), fault: Fault::Refused }
    }
}

/// The result of every read and write of the book.
pub type Result<T> = std::result::Result<T, StoreError>;

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        let with = |code, sentence: &str, fault| StoreError { code, sentence: sentence.to_owned(), fault };
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
                with("DB-01", "Another posting is in progress. Yours is kept and not posted. Try again.", Fault::Busy)
            }
            Some(ErrorCode::DiskFull) => with(
                "DB-02",
                "The disk is full. Nothing was posted; reading still works. Tell the administrator.",
                Fault::Full,
            ),
            Some(ErrorCode::ReadOnly) => with(
                "DB-03",
                "The book may not be written: its file or folder is read-only. Nothing was posted; ask the administrator.",
                Fault::Refused,
            ),
            Some(ErrorCode::NotADatabase) => {
                with("DB-06", "The file is not an o2c book. It was not touched.", Fault::Refused)
            }
            Some(ErrorCode::OperationInterrupted) => {
                with("DB-14", "A newer question replaced this one.", Fault::Interrupted)
            }
            Some(ErrorCode::CannotOpen | ErrorCode::PermissionDenied) => with(
                "DB-03",
                "The book cannot be opened: you may not read and write it, its folder, or the files beside it (-wal, -shm). \
                 Nothing was changed; ask the administrator.",
                Fault::Refused,
            ),
            Some(ErrorCode::DatabaseCorrupt) => StoreError {
                code: "DB-04",
                sentence: format!("The book is damaged ({error}). Bring the last backup back with o2c restore."),
                fault: Fault::Unknown,
            },
            Some(ErrorCode::SystemIoFailure | ErrorCode::FileLockingProtocolFailed) => StoreError {
                code: "DB-04",
                sentence: format!("The disk reported an error ({error})."),
                fault: Fault::Unknown,
            },
            _ => StoreError {
                code: "DB-15",
                sentence: format!("The book refused this: {error}. Nothing was posted."),
                fault: Fault::Refused,
            },
        }
    }
}
