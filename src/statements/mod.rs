//! Files of the bank on their way to an act: found, read in a process of their own, put in the order of their days. What
//! comes out is rows; nothing here knows the book. The verb and the workstation both begin here.

pub mod reader;

use std::fs::Metadata;
use std::io::Read;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::Path;

use rustix::fs::OFlags;
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

/// The bytes of a regular file. A link, a pipe or a device is refused: it could wait, never end, or be another file by the
/// time it is read. It is opened once and looked at as it was opened, so that nobody puts another under its name between.
///
/// # Errors
/// FIL-05 where it cannot be read, FIL-01 where it is no file or empty, FIL-02 where it changed while it was read.
pub fn load(path: &Path) -> Result<Vec<u8>, Refused> {
    let shown = path.display();
    let cannot = |error: std::io::Error| Refused {
        trouble: true,
        ..Refused::new("FIL-05", format!("{shown} cannot be read: {error}."))
    };
    if path.symlink_metadata().map_err(cannot)?.is_symlink() {
        let sentence = format!(
            "{shown} is a link, which may lead elsewhere tomorrow. Nothing was imported; name the file itself."
        );
        return Err(Refused::new("FIL-01", sentence));
    }
    let no_file = || Refused::new("FIL-01", format!("{shown} is not a regular file. Nothing was imported."));
    let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK;
    let opened = std::fs::File::options().read(true).custom_flags(flags.bits().cast_signed()).open(path);
    let file = opened.map_err(|error| {
        // What was a file a moment ago, or one that nobody can open, such as a socket.
        let is_other = path.symlink_metadata().is_ok_and(|found| !found.is_file());
        if is_other { no_file() } else { cannot(error) }
    })?;
    let found = file.metadata().map_err(cannot)?;
    if !found.is_file() {
        return Err(no_file());
    }
    whole(file, &found, &shown.to_string())
}

/// Everything in an open file, if it stays as it was found.
fn whole(mut file: std::fs::File, found: &Metadata, shown: &str) -> Result<Vec<u8>, Refused> {
    let cannot = |error: std::io::Error| Refused {
        trouble: true,
        ..Refused::new("FIL-05", format!("{shown} cannot be read: {error}."))
    };
    let state = |found: &Metadata| (found.len(), found.mtime(), found.mtime_nsec());
    let before = state(found);
    if before.0 == 0 {
        return Err(Refused::new("FIL-01", format!("{shown} is empty. Nothing was imported.")));
    }
    let mut bytes = Vec::with_capacity(usize::try_from(before.0).unwrap_or(0));
    // A byte more than it had, so that one that grows for ever ends here.
    (&mut file).take(before.0 + 1).read_to_end(&mut bytes).map_err(cannot)?;
    if bytes.len() as u64 != before.0 || state(&file.metadata().map_err(cannot)?) != before {
        let sentence = format!(
            "{shown} changed while it was read. Nothing was imported; try again when whoever writes it is done."
        );
        return Err(Refused::new("FIL-02", sentence));
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_file_that_stays_as_it_is_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.csv");
        std::fs::write(&path, "a,b\n1,2\n").unwrap();
        assert_eq!(load(&path).unwrap(), b"a,b\n1,2\n");
        let (link, socket) = (folder.path().join("link.csv"), folder.path().join("socket"));
        std::os::unix::fs::symlink(&path, &link).unwrap();
        drop(std::os::unix::net::UnixListener::bind(&socket).unwrap());
        for (path, said) in [
            (link.as_path(), "is a link"),
            (socket.as_path(), "is not a regular file"),
            (Path::new("/dev/zero"), "is not a regular file"),
            (folder.path(), "is not a regular file"),
        ] {
            let refused = load(path).unwrap_err();
            assert!(refused.code == "FIL-01" && refused.sentence.contains(said), "{refused}");
        }
        // Written to between its opening and its end: what has the length it had is no proof.
        let meanwhile = |change: &dyn Fn()| {
            let file = std::fs::File::open(&path).unwrap();
            let state = file.metadata().unwrap();
            change();
            whole(file, &state, "a.csv")
        };
        let grow = || std::fs::write(&path, "a,b\n1,2\n3,4\n").unwrap();
        assert_eq!(meanwhile(&grow).unwrap_err().code, "FIL-02");
        let same_length = || std::fs::write(&path, "a,b\n1,2\n3,5\n").unwrap();
        assert_eq!(meanwhile(&same_length).unwrap_err().code, "FIL-02");
        assert!(meanwhile(&|| ()).is_ok());
    }
}
