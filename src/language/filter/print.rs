//! Tree to text. The text can be read back in any book and on any day and gives the same tree: dates are written in
//! full, amounts in the one form both number styles read alike.

use std::fmt;

use rust_decimal::Decimal;

use super::lexer::ends_run;
use super::{Filter, Op, Value};

impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Filter::Or(parts) => joined(f, parts, " or ", |part| matches!(part, Filter::Or(_))),
            Filter::And(parts) => joined(f, parts, " ", |part| matches!(part, Filter::Or(_) | Filter::And(_))),
            Filter::Not(part) if matches!(**part, Filter::Or(_) | Filter::And(_) | Filter::Not(_)) => {
                write!(f, "-({part})")
            }
            Filter::Not(part) => write!(f, "-{part}"),
            Filter::Term { field, op, value } => write!(f, "{}{}{value}", field.name(), op.sign()),
            Filter::Word(word) => text(f, word, must_quote_word(word)),
        }
    }
}

fn joined(
    f: &mut fmt::Formatter<'_>,
    parts: &[Filter],
    between: &str,
    in_parentheses: fn(&Filter) -> bool,
) -> fmt::Result {
    for (place, part) in parts.iter().enumerate() {
        if place > 0 {
            f.write_str(between)?;
        }
        if in_parentheses(part) { write!(f, "({part})")? } else { write!(f, "{part}")? }
    }
    Ok(())
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Text(value) => text(f, value, must_quote(value)),
            Value::Flag(name) => f.write_str(name),
            Value::Amount(amount) => f.write_str(&amount_text(*amount)),
            Value::Days(days) => write!(f, "{days}"),
            Value::Date(date) => write!(f, "{}", date.format("%Y-%m-%d")),
            Value::Range(from, to) => {
                if let Some(from) = from {
                    write!(f, "{from}")?;
                }
                f.write_str("..")?;
                if let Some(to) = to {
                    write!(f, "{to}")?;
                }
                Ok(())
            }
        }
    }
}

/// Digits with a point, never exactly three decimals: `1.255` might be read as thousands, `1.2550` is not.
fn amount_text(amount: Decimal) -> String {
    let mut text = amount.normalize().to_string();
    if text.split_once('.').is_some_and(|(_, decimals)| decimals.len() == 3) {
        text.push('0');
    }
    text
}

fn must_quote(value: &str) -> bool {
    let begins_like_a_sign = Op::ALL.iter().any(|op| value.starts_with(op.sign()));
    value.is_empty() || begins_like_a_sign || value.contains(ends_run)
}

/// Words also must not look like a term, a keyword or something left out.
fn must_quote_word(word: &str) -> bool {
    let keyword = word.eq_ignore_ascii_case("or") || word.eq_ignore_ascii_case("and");
    // A field's name before a sign that begins the next word would be read as a term.
    let sign = |c: char| matches!(c, ':' | '=' | '!' | '<' | '>');
    must_quote(word) || keyword || word.starts_with('-') || word.contains(sign)
}

fn text(f: &mut fmt::Formatter<'_>, value: &str, quote: bool) -> fmt::Result {
    if !quote {
        return f.write_str(value);
    }
    f.write_str("\"")?;
    for c in value.chars() {
        if matches!(c, '"' | '\\') {
            f.write_str("\\")?;
        }
        write!(f, "{c}")?;
    }
    f.write_str("\"")
}
