//! What is written down beside a copy of a book: whose it is, up to which act, how much of everything, and the SHA-256
//! of the file, by which a copy that changed on its medium is known.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OptionalExtension};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::error::{Result, StoreError};
use super::schema::hex;
use super::value::TABLES;

/// The manifest of a copy, as JSON beside it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// Name of the copy's file when it was made.
    pub file: String,
    /// When it was made, UTC.
    pub made_at: String,
    /// The version of the program that made it.
    pub program: String,
    /// The format of the book.
    pub format: i64,
    /// Hash of the first act: the same for every copy of one book, and for no other.
    pub book: String,
    /// Name of the company.
    pub company: String,
    /// The book's currency.
    pub currency: String,
    /// Acts in it.
    pub acts: i64,
    /// Hash of the last act.
    pub head: String,
    /// Rows of each table.
    pub rows: BTreeMap<String, i64>,
    /// Size in bytes.
    pub bytes: u64,
    /// SHA-256 of the file.
    pub sha256: String,
}

/// The name of the manifest of a copy.
pub fn beside(copy: &Path) -> PathBuf {
    let mut name: OsString = copy.as_os_str().to_owned();
    name.push(".manifest");
    PathBuf::from(name)
}

impl Manifest {
    /// What can be said of an open book. Size and hash of the file are `seal`'s.
    pub fn of(conn: &Connection, made_at: String) -> Result<Manifest> {
        let setting = |key: &str| -> Result<String> {
            let mut statement = conn.prepare("SELECT value FROM meta WHERE key = $1")?;
            Ok(statement.query_row([key], |row| row.get(0)).optional()?.unwrap_or_default())
        };
        let (acts, head) = super::audit::head(conn)?;
        let mut rows = BTreeMap::new();
        for table in &TABLES {
            // Books of older formats have fewer tables.
            let there: i64 =
                conn.query_row("SELECT count(*) FROM sqlite_schema WHERE name = $1", [table.name], |row| row.get(0))?;
            if there > 0 {
                let text = format!("SELECT count(*) FROM {}", table.name);
                rows.insert(table.name.to_owned(), conn.query_row(&text, [], |row| row.get(0))?);
            }
        }
        Ok(Manifest {
            file: String::new(),
            made_at,
            program: env!("CARGO_PKG_VERSION").to_owned(),
            format: conn.pragma_query_value(None, "user_version", |row| row.get(0))?,
            book: identity(conn)?,
            company: setting("company")?,
            currency: setting("currency")?,
            acts,
            head,
            rows,
            bytes: 0,
            sha256: String::new(),
        })
    }

    /// Adds size and hash of the finished file `path`, which will be called `name`. No connection may have it open.
    pub(super) fn seal(&mut self, path: &Path, name: &Path) -> io::Result<()> {
        (self.bytes, self.sha256) = fingerprint(path)?;
        self.file = name.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        Ok(())
    }

    /// As written to the file.
    pub(super) fn text(&self) -> Result<String> {
        serde_json::to_string_pretty(self)
            .map(|text| text + "\n")
            .map_err(|error| StoreError::refused("DB-15", format!("The manifest cannot be written: {error}.")))
    }

    /// Reads the manifest beside a copy and compares the file with it. `None` where there is no manifest.
    pub fn verified(copy: &Path) -> Result<Option<Manifest>> {
        let place = beside(copy);
        let text = match std::fs::read_to_string(&place) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(damaged(copy, &format!("its manifest cannot be read ({error})"))),
        };
        let manifest: Manifest = serde_json::from_str(&text).map_err(|_| {
            damaged(copy, "its manifest is not one; without it the copy would be judged by its check alone")
        })?;
        let (bytes, sha256) =
            fingerprint(copy).map_err(|error| damaged(copy, &format!("it cannot be read to the end ({error})")))?;
        if bytes != manifest.bytes {
            let what = format!("it has {bytes} bytes, its manifest says {}", manifest.bytes);
            return Err(damaged(copy, &what));
        }
        if sha256 != manifest.sha256 {
            return Err(damaged(copy, "its checksum is not the one its manifest says"));
        }
        Ok(Some(manifest))
    }
}

/// The refusal of a copy that is not what was written.
pub fn damaged(copy: &Path, what: &str) -> StoreError {
    StoreError::refused(
        "BAK-02",
        format!("The copy {} is damaged: {what}. Nothing was made of it; take another copy.", copy.display()),
    )
}

/// Hash of the first act of a book; empty where it has none.
pub fn identity(conn: &Connection) -> Result<String> {
    let first: Option<Vec<u8>> =
        conn.query_row("SELECT hash FROM act WHERE id = 1", [], |row| row.get(0)).optional()?;
    Ok(first.map(|hash| hex(&hash)).unwrap_or_default())
}

/// A file as a case notes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Noted {
    /// Its name.
    pub name: String,
    /// Where it is, from the root.
    pub path: String,
    /// Bytes.
    pub size: i64,
    /// SHA-256, hexadecimal.
    pub sha256: String,
}

/// Looks at a file that is to be noted, or says why it cannot be.
pub fn note(file: &str) -> std::result::Result<Noted, String> {
    let place = Path::new(file);
    let unreadable = |error: io::Error| format!("{file} cannot be read ({error})");
    // A pipe or a device would never end.
    if !std::fs::metadata(place).map_err(unreadable)?.is_file() {
        return Err(format!("{file} is not a file"));
    }
    let (size, sha256) = fingerprint(place).map_err(unreadable)?;
    let path = std::path::absolute(place).map_err(unreadable)?.display().to_string();
    let name = place.file_name().map_or_else(|| file.to_owned(), |name| name.to_string_lossy().into_owned());
    Ok(Noted { name, path, size: i64::try_from(size).unwrap_or(i64::MAX), sha256 })
}

/// Bytes and SHA-256, hexadecimal, of a file.
pub fn fingerprint(path: &Path) -> io::Result<(u64, String)> {
    let mut file = File::open(path)?;
    let (mut hasher, mut bytes, mut piece) = (Sha256::new(), 0, vec![0; 1 << 16]);
    loop {
        let read = file.read(&mut piece)?;
        if read == 0 {
            return Ok((bytes, hex(&hasher.finalize())));
        }
        hasher.update(&piece[..read]);
        bytes += read as u64;
    }
}
