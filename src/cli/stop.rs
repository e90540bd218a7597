//! Why a verb ends early: one sentence for stderr and an exit code.

use crate::acts::Failure;
use crate::formats::report::FileRefused;
use crate::mail::server::NoServer;
use crate::statements::Refused;
use crate::store::{Fault, StoreError};

/// Exit code of findings and refusals.
pub(super) const REFUSED: u8 = 1;
/// Exit code of a wrong use.
pub(super) const USAGE: u8 = 2;
/// Exit code of a check that could not look.
pub(super) const UNCHECKED: u8 = 2;
/// Exit code of a failed disk, a missing file, or an unknown outcome.
pub(super) const TROUBLE: u8 = 3;

/// The end of a verb that did not do what was asked.
#[derive(Debug)]
pub(super) struct Stop {
    /// The exit code.
    pub code: u8,
    /// One sentence with its catalogue code; empty when everything was said already.
    pub sentence: String,
}

impl Stop {
    /// Nothing was done, for a reason of the business or of the file.
    pub fn refused(code: &str, sentence: impl std::fmt::Display) -> Self {
        Stop { code: REFUSED, sentence: format!("[{code}] {sentence}") }
    }

    /// The arguments do not make sense together.
    pub fn usage(sentence: impl std::fmt::Display) -> Self {
        Stop { code: USAGE, sentence: format!("[CMD-01] {sentence}") }
    }

    /// A file or the disk failed.
    pub fn trouble(code: &str, sentence: impl std::fmt::Display) -> Self {
        Stop { code: TROUBLE, sentence: format!("[{code}] {sentence}") }
    }

    /// Ends with a code after everything was said.
    pub fn quietly(code: u8) -> Self {
        Stop { code, sentence: String::new() }
    }

    /// Writes the sentence to stderr. A closed stderr is nobody to tell.
    pub fn print(&self) {
        use std::io::Write;
        if !self.sentence.is_empty() {
            let _ = writeln!(std::io::stderr(), "o2c: {}", super::out::safe(&self.sentence));
        }
    }
}

impl From<StoreError> for Stop {
    fn from(error: StoreError) -> Self {
        let disk = matches!(error.code, "DB-02" | "DB-03" | "DB-04" | "DB-05") || error.fault == Fault::Unknown;
        Stop { code: if disk { TROUBLE } else { REFUSED }, sentence: error.to_string() }
    }
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Self {
        let disk = match &failure {
            Failure::Refused { code, .. } => matches!(*code, "DB-02" | "DB-03" | "DB-04" | "DB-05"),
            Failure::Unknown(_) => true,
        };
        Stop { code: if disk { TROUBLE } else { REFUSED }, sentence: failure.to_string() }
    }
}

impl From<FileRefused> for Stop {
    fn from(refused: FileRefused) -> Self {
        Stop { code: REFUSED, sentence: refused.to_string() }
    }
}

impl From<Refused> for Stop {
    fn from(refused: Refused) -> Self {
        Stop { code: if refused.trouble { TROUBLE } else { REFUSED }, sentence: refused.to_string() }
    }
}

impl From<NoServer> for Stop {
    fn from(error: NoServer) -> Self {
        Stop::refused(error.code, error.sentence)
    }
}

impl From<std::io::Error> for Stop {
    fn from(error: std::io::Error) -> Self {
        if error.kind() == std::io::ErrorKind::BrokenPipe {
            // The reader of a pipe, such as `head`, has seen enough.
            return Stop::quietly(0);
        }
        Stop::trouble("FIL-05", format!("The output cannot be written: {error}."))
    }
}
