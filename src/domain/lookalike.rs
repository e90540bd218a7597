//! Names that look the same and are not: the letters of several scripts, digits and signs that people take for one
//! another are brought to one form. After Unicode's UTS 39, with the letters that business names are made of.

use super::text::fold;

/// Pairs of what is written and what it is taken for, after folding to lower case without diacritics.
const TAKEN_FOR: [(&str, &str); 12] = [
    ("аαａ", "a"),
    ("вβ", "b"),
    ("сϲ", "c"),
    ("еεє", "e"),
    ("һнη", "h"),
    ("іιl1|ıӏ", "i"),
    ("кκ", "k"),
    ("оοσ0", "o"),
    ("рρ", "p"),
    ("ѕ5", "s"),
    ("тτ", "t"),
    ("уγу", "y"),
];

/// Single letters that stand for themselves only in one script.
const ALONE: [(char, char); 8] =
    [('х', 'x'), ('χ', 'x'), ('м', 'm'), ('ν', 'v'), ('υ', 'u'), ('ј', 'j'), ('ԁ', 'd'), ('ɡ', 'g')];

/// What a reader takes a name for: two names with one skeleton look alike.
pub fn skeleton(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    for letter in fold(name).chars().filter(|letter| letter.is_alphanumeric() || *letter == '|') {
        let taken = TAKEN_FOR.iter().find(|(written, _)| written.contains(letter)).map(|(_, taken)| *taken);
        match taken {
            Some(taken) => out.push_str(taken),
            None => out.push(ALONE.iter().find(|(written, _)| *written == letter).map_or(letter, |(_, taken)| *taken)),
        }
    }
    out.replace("rn", "m").replace("vv", "w")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_looks_alike_has_one_skeleton() {
        let acme = skeleton("Acme Ltd");
        for other in
            ["Аcme Ltd", "ACME LTD", "Acme Ltd.", "Αcme Ltd", "Acrne Ltd", "Acme  Lтd", "Ａｃｍｅ Ltd", "Acmé Ltd"]
        {
            assert_eq!(skeleton(other), acme, "{other}");
        }
        for other in ["Acne Ltd", "Acme Inc", "Ame Ltd", "Bcme Ltd"] {
            assert_ne!(skeleton(other), acme, "{other}");
        }
    }
}
