//! Tables written to files (`:copy-to FILE`): only to new ones, so that nothing of anybody's is written over.

use std::fs::OpenOptions;
use std::io::{ErrorKind, Write};
use std::path::PathBuf;

/// Writes a new file; the sentence says what was written where, or why nothing was.
pub(super) fn new_file(file: &str, text: &str, what: &str) -> Result<String, String> {
    let path = at_home(file);
    let written = OpenOptions::new().write(true).create_new(true).open(&path).and_then(|mut to| {
        to.write_all(text.as_bytes())?;
        to.sync_all()
    });
    match written {
        Ok(()) => Ok(format!("wrote {what} to {}", path.display())),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            Err(format!("[FIL-03] {} is there already; nothing was written. Choose another name.", path.display()))
        }
        Err(error) => Err(format!("[FIL-03] {} cannot be written: {error}. Choose another place.", path.display())),
    }
}

/// A path as typed, with `~` for the person's home.
fn at_home(typed: &str) -> PathBuf {
    match (typed.strip_prefix("~/"), std::env::var_os("HOME").filter(|home| !home.is_empty())) {
        (Some(rest), Some(home)) => PathBuf::from(home).join(rest),
        _ => PathBuf::from(typed),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_written_once_and_never_over_another() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("items.tsv").display().to_string();
        assert_eq!(new_file(&file, "a\t1\n", "1 row"), Ok(format!("wrote 1 row to {file}")));
        assert!(new_file(&file, "b", "1 row").unwrap_err().contains("is there already"));
        assert_eq!(std::fs::read_to_string(&file).unwrap(), "a\t1\n");
        assert!(new_file(&folder.path().join("no/where").display().to_string(), "", "").is_err());
    }
}
