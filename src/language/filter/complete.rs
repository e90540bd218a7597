//! What is being typed at the end of a filter, for completing it: the name of a field, or the value of one. It knows
//! the signs and quotes of the language and nothing of the book; the values come from the caller.

use super::lexer::ends_run;
use super::{Field, Op};

/// The word at the end of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unfinished {
    /// Bytes before what a completion replaces.
    pub from: usize,
    /// The field whose value it is; `None` for a word of its own, which may become the name of a field.
    pub field: Option<Field>,
    /// What of it is typed, without quotes.
    pub typed: String,
}

/// The word being typed at the end of `text`, empty after a blank. `None` after a sign that no field stands before.
pub fn unfinished(text: &str) -> Option<Unfinished> {
    let start = word_start(text);
    let word = &text[start..];
    let start = start + usize::from(word.starts_with('-'));
    let word = &text[start..];
    let letters = word.find(|c: char| !c.is_alphabetic()).unwrap_or(word.len());
    let (name, rest) = word.split_at(letters);
    let sign = Op::ALL.into_iter().map(Op::sign).find(|sign| rest.starts_with(sign));
    let Some(sign) = sign else {
        return Some(Unfinished { from: start, field: None, typed: unquoted(word) });
    };
    let after = &rest[sign.len()..];
    // `:=` and its like are read as the sign after the colon.
    let second = Op::ALL.into_iter().map(Op::sign).find(|other| sign == ":" && after.starts_with(other));
    let value = &after[second.map_or(0, str::len)..];
    let field = Field::find(name)?;
    Some(Unfinished { from: text.len() - value.len(), field: Some(field), typed: unquoted(value) })
}

/// Where the last word begins: after the last blank or parenthesis that is not between quotes.
fn word_start(text: &str) -> usize {
    let (mut start, mut quoted, mut escaped) = (0, false, false);
    for (place, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            c if !quoted && ends_run(c) => start = place + c.len_utf8(),
            _ => {}
        }
    }
    start
}

fn unquoted(word: &str) -> String {
    let Some(inside) = word.strip_prefix('"') else { return word.to_owned() };
    let inside = inside.strip_suffix('"').unwrap_or(inside);
    let mut out = String::with_capacity(inside.len());
    let mut signs = inside.chars();
    while let Some(c) = signs.next() {
        out.push(if c == '\\' { signs.next().unwrap_or(c) } else { c });
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Option<(&str, Option<Field>, String)> {
        unfinished(text).map(|found| (&text[..found.from], found.field, found.typed))
    }

    #[test]
    fn the_word_at_the_end_is_a_name_or_a_value() {
        assert_eq!(at(""), Some(("", None, String::new())));
        assert_eq!(at("over>30 ow"), Some(("over>30 ", None, "ow".into())));
        assert_eq!(at("owner:ma"), Some(("owner:", Some(Field::Owner), "ma".into())));
        assert_eq!(at("(x or -customer:"), Some(("(x or -customer:", Some(Field::Name), String::new())));
        assert_eq!(at("-cur!=u"), Some(("-cur!=", Some(Field::Currency), "u".into())));
        assert_eq!(at("cur:=u"), Some(("cur:=", Some(Field::Currency), "u".into())));
        assert_eq!(at("owner:me "), Some(("owner:me ", None, String::new())));
        assert_eq!(at("nosuch:x"), None);
    }

    #[test]
    fn quotes_hold_a_value_together_and_are_taken_off() {
        assert_eq!(at("name:\"north wi"), Some(("name:", Some(Field::Name), "north wi".into())));
        assert_eq!(
            at("name:\"a \\\"b\" reason:\"bi"),
            Some(("name:\"a \\\"b\" reason:", Some(Field::Reason), "bi".into()))
        );
        assert_eq!(at("\"north wi"), Some(("", None, "north wi".into())));
    }
}
