//! A letter of a run as its reader will get it, before it is sent or after: made through the template in use, as text.

use chrono::NaiveDate;

use crate::acts::templates;
use crate::documents::reminder;
use crate::store::dunning::runs::Key;
use crate::store::dunning::{letters, proposed};
use crate::store::{Reader, StoreError};

/// The lines of the letter `key` of a run: as it went out, where `sent` is its id, else as it would go out today.
pub fn letter(
    reader: &Reader,
    run: i64,
    key: Key,
    sent: Option<i64>,
    today: NaiveDate,
) -> Result<Vec<String>, StoreError> {
    let letter = match sent {
        Some(id) => Some(letters::letter_of(reader, id)?),
        None => proposed::letter(reader, run, key, today)?,
    };
    let Some(letter) = letter else {
        let gone = "Nothing is left to ask for: it was paid, disputed or settled meanwhile. No letter would go out.";
        return Ok(vec![gone.to_owned()]);
    };
    let edited = templates::edited(reader)?;
    Ok(match reminder::text(&letter, &edited) {
        Ok(text) => text.lines().map(str::to_owned).collect(),
        Err(error) => vec![format!("The template of this letter cannot be used: {error}")],
    })
}
