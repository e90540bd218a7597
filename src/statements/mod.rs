//! Files of the bank on their way to an act: found, read in a process of their own, put in the order of their days. What
//! comes out is rows; nothing here knows the book. The verb and the workstation both begin here.

pub mod reader;

use std::io::Read;
use std::path::Path;

use sha2::{Digest, Sha256};

use crate::domain::bank::{Source, StatementRow};
use crate::formats::bank::Limits as Most;
use crate::formats::bank::booking::Booked;
use reader::{Ask, Limits};

/// Why a file is not taken: nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// Catalogue code.
    pub code: String,
    /// What is wrong, where, and what to do.
    pub sentence: String,
    /// The disk or the system failed rather than the file.
    pub trouble: bool,
}

impl Refused {
    /// The file is refused.
    pub fn new(code: impl Into<String>, sentence: impl Into<String>) -> Refused {
        Refused { code: code.into(), sentence: sentence.into(), trouble: false }
    }

    /// Of this file: its name before the sentence.
    fn of(self, name: &str) -> Refused {
        Refused { sentence: format!("{name}: {}", self.sentence), ..self }
    }
}

impl std::fmt::Display for Refused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "[{}] {}", self.code, self.sentence)
    }
}

/// One file of the bank, read.
#[derive(Debug)]
pub struct File {
    /// Its name, without its folder.
    pub name: String,
    /// SHA-256 of its bytes.
    pub sha256: [u8; 32],
    /// Its statements and advices, in the order in which they join on.
    pub booked: Vec<Booked>,
}

/// The name of a file, without its folder.
pub fn name_of(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

/// The bytes of a regular file; anything else could wait or never end.
///
/// # Errors
/// FIL-05 where it cannot be read, FIL-01 where it is no file or empty.
pub fn load(path: &Path) -> Result<Vec<u8>, Refused> {
    let shown = path.display();
    let cannot = |error: std::io::Error| Refused {
        trouble: true,
        ..Refused::new("FIL-05", format!("{shown} cannot be read: {error}."))
    };
    let found = path.metadata().map_err(cannot)?;
    if !found.is_file() {
        return Err(Refused::new("FIL-01", format!("{shown} is not a regular file. Nothing was imported.")));
    }
    if found.len() == 0 {
        return Err(Refused::new("FIL-01", format!("{shown} is empty. Nothing was imported.")));
    }
    let mut bytes = Vec::with_capacity(usize::try_from(found.len()).unwrap_or(0));
    std::fs::File::open(path).and_then(|mut file| file.read_to_end(&mut bytes)).map_err(cannot)?;
    Ok(bytes)
}

/// Reads one file; `limit` makes what its reader may use less.
///
/// # Errors
/// XML-02 where it is too large, BNK-05 where it names no account and none was given, and whatever its reader says.
pub fn open(path: &Path, ask: &Ask, limit: impl Fn(Limits) -> Limits) -> Result<File, Refused> {
    let name = name_of(path);
    let size = path.metadata().map_or(0, |found| found.len());
    if size > Most::USUAL.bytes as u64 {
        let most = Most::USUAL.bytes >> 20;
        let what = format!("{name}: The file has {} MB (limit {most} MB). Nothing was imported.", size >> 20);
        return Err(Refused::new("XML-02", what));
    }
    let bytes = load(path)?;
    let mut booked = reader::read(&bytes, ask, limit(Limits::of(bytes.len()))).map_err(|refused| refused.of(&name))?;
    if let Some(found) = booked.iter().find(|found| found.row.account.is_empty()) {
        let sentence = format!(
            "{name}: The file names no account (line {}). Nothing was imported; say whose it is with --account.",
            found.row.line
        );
        return Err(Refused::new("BNK-05", sentence));
    }
    in_order(&mut booked);
    Ok(File { name, sha256: Sha256::digest(&bytes).into(), booked })
}

/// The statements of a file by their days, unless their balances say that they stand in order.
fn in_order(booked: &mut [Booked]) {
    let joins = |(a, b): (&StatementRow, &StatementRow)| {
        let meets = a.closing.zip(b.opening).is_none_or(|(closing, opening)| closing.amount == opening.amount);
        (&a.account, a.currency) != (&b.account, b.currency) || meets
    };
    let in_order = booked.windows(2).all(|pair| joins((&pair[0].row, &pair[1].row)));
    if !in_order {
        booked.sort_by_key(|booked| (booked.row.from, booked.row.to));
    }
}

/// Where a file stands among the others: by its days, then its number, statements before reports and advices of the same.
pub fn order(file: &File) -> impl Ord + use<> {
    let rows = || file.booked.iter().map(|booked| &booked.row);
    let first = rows().next();
    let digits = |row: &StatementRow| row.number.split(|sign: char| !sign.is_ascii_digit()).next()?.parse::<u64>().ok();
    (
        rows().map(|row| row.from).min(),
        rows().map(|row| row.to).min(),
        first.map(|row| match row.source {
            Source::Statement => 0,
            Source::Report => 1,
            Source::Advice => 2,
        }),
        first.map(|row| row.account.clone()),
        first.and_then(digits),
        file.name.clone(),
    )
}
