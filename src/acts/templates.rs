//! Templates of letters in the book: an edited one is a setting of the company that two people change, because money could
//! be led astray through it. Its text is checked before anybody is asked, and the approver reads which lines change.

use sha2::{Digest, Sha256};

use super::Failure;
use super::perform::Written;
use crate::documents::library::{self, Edited};
use crate::store::read::requests::settings_of;
use crate::store::{Reader, StoreError, Tx};

/// What the key of the setting begins with; the template's name and language follow, `template reminder-1.de`.
pub const PREFIX: &str = "template ";

/// The most lines an approver is shown; further ones are counted.
const LINES: usize = 40;

/// The key of a template's setting.
pub fn key(name: &str, language: &str) -> String {
    format!("{PREFIX}{name}.{language}")
}

/// The templates that were edited.
pub fn edited(reader: &Reader) -> Result<Vec<Edited>, StoreError> {
    Ok(parted(settings_of(reader, PREFIX)?))
}

/// The templates among settings whose keys begin with [`PREFIX`].
pub(super) fn parted(settings: Vec<(String, String)>) -> Vec<Edited> {
    let kept = settings.into_iter().filter(|(_, text)| !text.is_empty());
    let parted = kept.filter_map(|(key, text)| {
        let (name, language) = key.strip_prefix(PREFIX)?.split_once('.')?;
        Some(Edited { name: name.to_owned(), language: language.to_owned(), text })
    });
    parted.collect()
}

/// Whether somebody made a template of a language.
pub(super) fn has(tx: &Tx<'_>, language: &str) -> Result<bool, StoreError> {
    for name in &library::NAMES {
        if tx.setting(&key(name.name, language))?.is_some_and(|text| !text.is_empty()) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Sets a template, or with an empty text takes the shipped one back. `place` is name and language, `reminder-1.de`.
pub(super) fn set(tx: &mut Tx<'_>, key: &str, place: &str, text: &str) -> Result<Written, Failure> {
    let (name, language) = place.split_once('.').unwrap_or((place, ""));
    let before = tx.setting(key)?.unwrap_or_default();
    let text = text.replace("\r\n", "\n");
    if before == text || (before.is_empty() && library::shipped(name, language) == Some(text.as_str())) {
        let sentence = format!("Template {place} says this already. Nothing was changed.");
        return Err(Failure::refused("AUT-07", sentence));
    }
    let summary = if text.is_empty() {
        format!("Took template {place} back to the one of the program")
    } else {
        library::check(name, language, &text)
            .map_err(|error| Failure::refused(error.code, format!("{} Nothing was changed.", error.sentence)))?;
        format!("Set template {place} ({} lines)", text.lines().count())
    };
    tx.change_setting(key, &text)?;
    Ok(Written { undoable: false, ..Written::of(None, summary) })
}

/// A text as far as telling two apart needs it: what a request was made on.
pub(super) fn mark(text: Option<String>) -> String {
    let digest = Sha256::digest(text.unwrap_or_default());
    digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

/// The lines in which a template changes: number, before, after. What is alike before and after is left out.
pub(super) fn changed_lines(key: &str, before: &str, after: &str) -> Vec<(String, String, String)> {
    let place = key.strip_prefix(PREFIX).unwrap_or(key);
    let (name, language) = place.split_once('.').unwrap_or((place, ""));
    // Without an edited one the letter says what the program ships.
    let shipped = library::shipped(name, language).unwrap_or_default();
    let own = |text: &str| if text.is_empty() { shipped.to_owned() } else { text.replace("\r\n", "\n") };
    let (before, after) = (own(before), own(after));
    let (old, new): (Vec<&str>, Vec<&str>) = (before.lines().collect(), after.lines().collect());
    let head = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
    let most = old.len().min(new.len()) - head;
    let tail = old.iter().rev().zip(new.iter().rev()).take(most).take_while(|(a, b)| a == b).count();
    let (old, new) = (&old[head..old.len() - tail], &new[head..new.len() - tail]);
    let shown = |line: Option<&&str>| line.map_or_else(String::new, |line| line.replace('\t', " "));
    let rows = old.len().max(new.len());
    let mut lines: Vec<_> = (0..rows.min(LINES))
        .map(|at| (format!("{place} line {}", head + at + 1), shown(old.get(at)), shown(new.get(at))))
        .collect();
    if rows > LINES {
        let more = format!("{} more lines", rows - LINES);
        lines.push((format!("{place} further on"), more.clone(), more));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_approver_reads_the_lines_that_change() {
        let lines = changed_lines("template x.en", "a\nb\nc\nd", "a\nB\nc2\nc\nd");
        let lines: Vec<_> = lines.iter().map(|(what, old, new)| (what.as_str(), old.as_str(), new.as_str())).collect();
        assert_eq!(lines, [("x.en line 2", "b", "B"), ("x.en line 3", "", "c2")]);
        assert!(changed_lines("template x.en", "a\na", "a\na").is_empty());
        assert_eq!(changed_lines("template x.en", "a\na", "a\na\na").len(), 1);
        assert_eq!(changed_lines("template x.en", "a", &"b\n".repeat(100)).len(), LINES + 1);
        // Against what the program ships, where nothing was edited before.
        let shipped = library::shipped("plan", "de").expect("shipped");
        let own = shipped.replace("Ratenplan für", "Zahlungsplan für");
        let lines = changed_lines("template plan.de", "", &own);
        assert_eq!(lines.len(), 1);
        assert!(lines[0].1.starts_with("Subject: Ratenplan") && lines[0].2.starts_with("Subject: Zahlungsplan"));
    }
}
