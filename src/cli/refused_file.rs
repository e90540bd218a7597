//! The file of refused rows: a place for it that overwrites nothing, kept before the book is written, and the rows as
//! they stood with the reason beside each.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

use super::out;
use super::stop::Stop;
use crate::acts::import::Refused;
use crate::formats::encoding::decode;
use crate::formats::mapping::Mapping;
use crate::formats::report::{RefusedRow, Summary};
use crate::formats::split::Splitter;
use crate::formats::write;

/// A file made for refused rows. Dropped without rows, it goes away again.
pub(super) struct Reserved {
    path: PathBuf,
    file: Option<File>,
}

impl Reserved {
    /// Makes the file: where the person said, else `ledger.refused.csv` beside `ledger.csv`, numbered when taken.
    pub fn beside(source: &Path, wanted: Option<&Path>) -> Result<Self, Stop> {
        let make = |path: &Path| File::options().write(true).create_new(true).open(path);
        if let Some(path) = wanted {
            return match make(path) {
                Ok(file) => Ok(Reserved { path: path.to_owned(), file: Some(file) }),
                Err(error) => Err(cannot(path, &error)),
            };
        }
        let stem = source.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        let stem = stem.strip_suffix(".refused").unwrap_or(&stem).to_owned();
        let mut last = None;
        for number in 1..1_000 {
            let tail = if number == 1 { String::new() } else { format!("-{number}") };
            let path = source.with_file_name(format!("{stem}.refused{tail}.csv"));
            match make(&path) {
                Ok(file) => return Ok(Reserved { path, file: Some(file) }),
                Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => last = Some((path, error)),
                Err(error) => return Err(cannot(&path, &error)),
            }
        }
        let (path, error) = last.unwrap_or_else(|| (source.to_owned(), std::io::ErrorKind::AlreadyExists.into()));
        Err(cannot(&path, &error))
    }

    /// Writes the refused rows, if there are any, and says where they are.
    pub fn fill(mut self, summary: &Summary) -> Result<(), Stop> {
        if summary.refused.is_empty() {
            return Ok(());
        }
        let Some(mut file) = self.file.take() else { return Ok(()) };
        let bytes = write::refused_file(summary);
        file.write_all(&bytes).and_then(|()| file.sync_all()).map_err(|error| cannot(&self.path, &error))?;
        out::say(&format!("Refused rows: {}. Correct them there and import that file.", self.path.display()))
    }
}

impl Drop for Reserved {
    fn drop(&mut self) {
        if self.file.take().is_some() {
            // An empty file that stays behind does no harm.
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

fn cannot(path: &Path, error: &std::io::Error) -> Stop {
    let sentence = format!(
        "Refused rows cannot be written to {}: {error}. Nothing was imported; say where with --refused-to FILE.",
        path.display()
    );
    Stop::trouble("FIL-03", sentence)
}

/// The file rows came from.
pub(super) struct Source<'a> {
    /// Its bytes.
    pub bytes: &'a [u8],
    /// How it was read.
    pub mapping: &'a Mapping,
}

impl Source<'_> {
    /// Adds rows that the book refused to those that could not be read, each with its line as it stood.
    pub fn add_refused(&self, summary: &mut Summary, refused: &[Refused]) -> Result<(), Stop> {
        if refused.is_empty() {
            return Ok(());
        }
        let decoded = decode(self.bytes, self.mapping.encoding)?;
        let separator = if summary.separator.is_ascii() { summary.separator as u8 } else { b',' };
        let mut record = Splitter::new(&decoded.text, separator);
        let mut sorted: Vec<&Refused> = refused.iter().collect();
        sorted.sort_by_key(|row| row.line);
        for row in sorted {
            while record.line < row.line && record.advance()? {}
            let raw_line = if record.line == row.line { record.raw().to_owned() } else { String::new() };
            summary.refused.push(RefusedRow {
                line: row.line,
                column: row.column.to_owned(),
                value: String::new(),
                code: row.code,
                reason: row.reason.clone(),
                raw_line,
            });
        }
        summary.refused.sort_by_key(|row| row.line);
        Ok(())
    }
}
