//! Folding of text for comparison: lower case, no accents, no double spaces, so that `muller` finds `Müller`. The book
//! keeps folded names beside the real ones, and the filter folds what was typed in the same way.

use unicode_normalization::UnicodeNormalization;

/// The text as the search compares it: compatibility forms resolved, accents dropped, lower case, letters without a
/// decomposition written in Latin (`ß` as `ss`, `ø` as `o`), every run of white space as one space.
pub fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    if text.is_ascii() {
        text.chars().for_each(|c| push(&mut out, c.to_ascii_lowercase()));
    } else {
        // Lower-casing can give back a mark (`İ` becomes `i` and a dot above), hence the second filter. Composing again
        // keeps apart what only looks decomposed, such as the voiced and plain syllables of Japanese.
        let plain = text.nfkd().filter(|c| !is_accent(*c)).flat_map(char::to_lowercase).filter(|c| !is_accent(*c));
        plain.nfc().for_each(|c| push(&mut out, c));
    }
    out.truncate(out.trim_end().len());
    out
}

fn push(out: &mut String, letter: char) {
    match letter {
        'ß' => out.push_str("ss"),
        'æ' => out.push_str("ae"),
        'œ' => out.push_str("oe"),
        'þ' => out.push_str("th"),
        'ø' => out.push('o'),
        'đ' | 'ð' => out.push('d'),
        'ł' => out.push('l'),
        'ı' => out.push('i'),
        c if c.is_whitespace() => {
            if !out.is_empty() && !out.ends_with(' ') {
                out.push(' ');
            }
        }
        c => out.push(c),
    }
}

/// Marks people leave out when they search: accents of European scripts, points of Hebrew, vowel signs of Arabic.
fn is_accent(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{591}'..='\u{5bd}' | '\u{64b}'..='\u{652}' | '\u{1ab0}'..='\u{1aff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accents_case_and_spaces_do_not_matter() {
        assert_eq!(fold("  Müller   Søn & Łódź "), "muller son & lodz");
        assert_eq!(fold("Straße"), fold("STRASSE"));
        assert_eq!(fold("İstanbul"), "istanbul");
        assert_eq!(fold("日本 ﾃｽﾄ"), "日本 テスト");
        assert_ne!(fold("が"), fold("か"));
    }
}
