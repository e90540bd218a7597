//! Mentions in notes: `@mara` asks Mara to do something.

/// The logins mentioned in a text, each once, in their order. A mention begins a word, so that an e-mail address is none.
pub fn mentions(text: &str) -> Vec<&str> {
    let mut found: Vec<&str> = Vec::new();
    for (at, _) in text.match_indices('@') {
        let begins =
            text[..at].chars().next_back().is_none_or(|before| !(before.is_alphanumeric() || ".-_+".contains(before)));
        let rest = &text[at + 1..];
        let end = rest.find(|letter: char| !(letter.is_alphanumeric() || "._-".contains(letter))).unwrap_or(rest.len());
        let login = rest[..end].trim_end_matches(['.', '-', '_']);
        if begins && !login.is_empty() && !found.contains(&login) {
            found.push(login);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mention_begins_a_word_and_ends_with_it() {
        assert_eq!(mentions("@mara please ask @j.olsen, and (@tom). Again @mara"), ["mara", "j.olsen", "tom"]);
        assert_eq!(mentions("write to mara@example.com or a@b"), Vec::<&str>::new());
        assert_eq!(mentions("@ @. @-"), Vec::<&str>::new());
        assert_eq!(mentions("zu @jürgen!"), ["jürgen"]);
    }
}
