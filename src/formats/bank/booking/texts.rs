//! Texts of bank files made fit to keep: safe to show, one space between words, and long remittances kept whole, since
//! the number of an invoice may stand at their end.

use crate::domain::text;

/// Longest names, references and numbers, in characters.
pub(super) const LINE: usize = text::MAX_CHARS;

/// Longest remittance text, in characters: every format's longest and more.
pub(super) const LONG: usize = 4_000;

/// The text with what must not be shown removed and runs of blanks made one, at most `most` characters; true where
/// more than blanks went.
pub(super) fn tidy(raw: &str, most: usize) -> (String, bool) {
    let plain = raw.len() <= most && raw.bytes().all(|byte| matches!(byte, b' '..=b'~'));
    if plain && !raw.contains("  ") && raw.trim().len() == raw.len() {
        return (raw.to_owned(), false);
    }
    let (mut out, mut changed, mut count) = (String::with_capacity(raw.len().min(4 * most)), false, 0);
    for word in raw.split_whitespace() {
        let (word, odd) = word_of(word);
        changed |= odd;
        if word.is_empty() {
            continue;
        }
        let space = usize::from(!out.is_empty());
        let length = word.chars().count();
        if count + space + length > most {
            // A single word that is too long keeps its beginning.
            if out.is_empty() {
                out.extend(word.chars().take(most));
            }
            return (out, true);
        }
        if space == 1 {
            out.push(' ');
        }
        out.push_str(&word);
        count += space + length;
    }
    (out, changed)
}

/// One word cleaned, piece by piece because cleaning works on texts of limited length.
fn word_of(word: &str) -> (String, bool) {
    if word.bytes().all(|byte| matches!(byte, b'!'..=b'~')) {
        return (word.to_owned(), false);
    }
    let letters: Vec<char> = word.chars().collect();
    let mut changed = false;
    let pieces = letters.chunks(text::MAX_CHARS).map(|piece| {
        let cleaned = text::clean(&piece.iter().collect::<String>());
        changed |= cleaned.found.any();
        cleaned.text.into_string()
    });
    (pieces.collect(), changed)
}

/// The number of an account: no blanks, upper case, safe to show.
pub(super) fn compact(number: &str) -> String {
    let solid: String = number.split_whitespace().collect();
    tidy(&solid.to_uppercase(), LINE).0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanks_go_unnoticed_and_hidden_signs_do_not() {
        assert_eq!(tidy("  INV-1 \n and  INV-2 ", LINE), ("INV-1 and INV-2".into(), false));
        assert_eq!(tidy("Müller & Söhne", LINE), ("Müller & Söhne".into(), false));
        assert_eq!(tidy("a\u{1b}[31mb \u{202e}c\u{200b}", LINE), ("ab c".into(), true));
        assert_eq!(compact("de89 3704 0044"), "DE8937040044");
    }

    #[test]
    fn a_long_remittance_is_kept_whole() {
        let long = (0..300).map(|n| format!("INV-{n:05}")).collect::<Vec<_>>().join(" ");
        assert_eq!(tidy(&long, LONG), (long.clone(), false));
        let (cut, changed) = tidy(&long, LINE);
        assert!(changed && cut.len() <= LINE && cut.ends_with("INV-00019"), "{cut}");
        assert_eq!(tidy(&"x".repeat(900), LINE), ("x".repeat(LINE), true));
    }
}
