//! Texts people write and hand in by name: templates, policies, strategies. Only a regular file is read, and not more of
//! it than such a text may have.

use std::io::Read;
use std::path::Path;

use super::given_file;
use super::stop::Stop;

/// The text of a file, as far as so many bytes; `shown` is its name as it was given.
pub(super) fn read(path: &Path, shown: &Path, most: u64) -> Result<String, Stop> {
    let shown = shown.display();
    let cannot = |error: std::io::Error| {
        Stop::trouble("FIL-01", format!("{shown} cannot be read: {error}. Nothing was changed."))
    };
    given_file::size(path, "Nothing was changed.")?;
    let mut bytes = Vec::new();
    std::fs::File::open(path).and_then(|file| file.take(most).read_to_end(&mut bytes)).map_err(cannot)?;
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        let line = 1 + error.as_bytes()[..at].iter().filter(|byte| **byte == b'\n').count();
        let sentence = format!("Line {line} of {shown} is not UTF-8. Nothing was changed; save it as UTF-8.");
        Stop::refused("TXT-01", sentence)
    })
}
