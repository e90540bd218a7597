//! Files people name: only one that ends is read. A pipe, a device or a folder could wait for ever or never end.

use std::path::Path;

use super::stop::Stop;

/// The bytes of a regular file; refused for anything else. `undone` says what was not done: `Nothing was changed.`
pub(super) fn size(file: &Path, undone: &str) -> Result<u64, Stop> {
    let shown = file.display();
    let found = std::fs::metadata(file)
        .map_err(|error| Stop::refused("FIL-01", format!("{shown} cannot be read: {error}. {undone}")))?;
    if found.is_file() {
        return Ok(found.len());
    }
    Err(Stop::refused("FIL-01", format!("{shown} is not a regular file. {undone}")))
}
