//! What reading a file reports besides its rows: why a file or a row was refused, what looks suspicious, what was
//! assumed. Every sentence names the line, the column and the reason.

use std::fmt;

use chrono::NaiveDate;

use crate::domain::money::Currency;

/// How many suspicious dates are kept by name; the rest is only counted.
pub const SUSPICIONS_KEPT: usize = 10_000;

/// Why no row of a file was read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("[{code}] {sentence}")]
pub struct FileRefused {
    /// Catalogue code such as `TXT-01`.
    pub code: &'static str,
    /// What is wrong, where, and what to do next.
    pub sentence: String,
    /// The line the trouble is on, where there is one.
    pub line: Option<u64>,
}

impl FileRefused {
    /// A refusal without a line.
    pub fn new(code: &'static str, sentence: impl Into<String>) -> Self {
        FileRefused { code, sentence: sentence.into(), line: None }
    }

    /// A refusal at a line; the sentence names it too.
    pub fn at(code: &'static str, line: u64, sentence: impl Into<String>) -> Self {
        FileRefused { code, sentence: sentence.into(), line: Some(line) }
    }
}

/// One row that could not be read; the others may still be taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusedRow {
    /// Line of the file, counted from 1.
    pub line: u64,
    /// The column as the file names it; empty when the whole line is meant.
    pub column: String,
    /// The text that was not understood.
    pub value: String,
    /// Catalogue code such as `AMT-01`.
    pub code: &'static str,
    /// The reason as one sentence, without code and line.
    pub reason: String,
    /// The line exactly as it stood in the file, without its line break.
    pub raw_line: String,
}

impl fmt::Display for RefusedRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.column.is_empty() {
            write!(f, "line {}: [{}] {}", self.line, self.code, self.reason)
        } else {
            write!(f, "line {}, column {}: [{}] {}", self.line, self.column, self.code, self.reason)
        }
    }
}

/// A row that was read but whose date deserves a look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suspicion {
    /// Line of the file, counted from 1.
    pub line: u64,
    /// The column as the file names it.
    pub column: String,
    /// What looks wrong, as one sentence.
    pub what: String,
}

impl fmt::Display for Suspicion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}: {}", self.line, self.column, self.what)
    }
}

/// Which of two numbers in `03/04/2026` is the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DateOrder {
    /// `31/12/2026`
    DayFirst,
    /// `12/31/2026`
    MonthFirst,
}

impl DateOrder {
    /// Reads `dmy` or `mdy`, the words of `--date-order`.
    pub fn parse(text: &str) -> Option<Self> {
        match text.trim().to_ascii_lowercase().as_str() {
            "dmy" => Some(DateOrder::DayFirst),
            "mdy" => Some(DateOrder::MonthFirst),
            _ => None,
        }
    }
}

/// What the reader is told beside the file and its mapping.
pub struct ReadOptions<'a> {
    /// The currency of rows that name none (`--currency`).
    pub currency: Option<Currency>,
    /// The day of the import, against which dates far ahead are judged.
    pub today: NaiveDate,
    /// The order of days and months where the file leaves it open (`--date-order`).
    pub date_order: Option<DateOrder>,
    /// Called now and then with the number of bytes done; the total is the length of the decoded text, close to the
    /// length of the file.
    pub progress: &'a mut dyn FnMut(u64),
}

/// What a whole file came to, beside the rows that went to the caller one by one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Summary {
    /// Rows handed over.
    pub taken: u64,
    /// Rows that were left out by a rule of the mapping (totals, blank lines, repeated headers).
    pub skipped: u64,
    /// Rows that could not be read.
    pub refused: Vec<RefusedRow>,
    /// Rows that were read but look odd; at most [`SUSPICIONS_KEPT`].
    pub suspicious: Vec<Suspicion>,
    /// How many rows looked odd altogether.
    pub suspicious_total: u64,
    /// What was assumed or ignored, one sentence each.
    pub notices: Vec<String>,
    /// The header's names as the file has them.
    pub header: Vec<String>,
    /// The separator in use.
    pub separator: char,
    /// Everything up to and including the header line, as text, without its last line break: the head of a file of
    /// refused rows.
    pub head: String,
}

/// A whole file read into memory: its rows and its [`Summary`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Read<R> {
    /// The rows, in the order of the file.
    pub rows: Vec<R>,
    /// Everything else.
    pub summary: Summary,
}
