//! Folding of text for comparison: lower case, no accents, no double spaces, so that `muller` finds `Müller`. The book
//! keeps folded names beside the real ones, and the filter folds what was typed in the same way.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// The text as the search compares it: compatibility forms decomposed, accents dropped, lower case, letters without a
/// decomposition written in Latin (`ß` as `ss`, `ø` as `o`), every run of white space as one space.
pub fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.nfkd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase) {
        // Lower-casing can give back a mark (`İ` becomes `i` and a dot above).
        if is_combining_mark(letter) {
            continue;
        }
        match letter {
            'ß' => out.push_str("ss"),
            'æ' => out.push_str("ae"),
            'œ' => out.push_str("oe"),
            'ø' => out.push('o'),
            'đ' | 'ð' => out.push('d'),
            'ł' => out.push('l'),
            'ı' => out.push('i'),
            'þ' => out.push_str("th"),
            c if c.is_whitespace() => {
                if !out.is_empty() && !out.ends_with(' ') {
                    out.push(' ');
                }
            }
            c => out.push(c),
        }
    }
    out.truncate(out.trim_end().len());
    out
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
    }
}
