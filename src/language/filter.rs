//! The filter language: `over>30 open>=10k (promise:broken or dispute:open) -risk:a "north wind"`. One text narrows a
//! list on the screen, in a saved view and on the command line. [`parse`] gives a tree; [`Filter::matches`] applies it
//! to a row at hand, the store compiles the same tree to SQL with bound parameters.
//!
//! ```text
//! query := or ;  or := and ("or" and)* ;  and := not (["and"] not)*
//! not   := ["-"] atom ;  atom := "(" query ")" | term | word | "\"...\""
//! term  := field op value ;  op := ":" | "=" | "!=" | ">" | ">=" | "<" | "<="
//! value := amount | days | date | range | word ;  range := a ".." b, either end may be missing
//! ```

mod ast;
mod complete;
mod eval;
mod lexer;
mod parser;
mod print;
mod values;

pub use ast::{FLAGS, Field, Filter, Kind, Op, Value};
pub use complete::{Unfinished, unfinished};
pub use eval::Fields;
pub use parser::parse;

use chrono::NaiveDate;

use super::dates::DateOrder;
use crate::domain::money::NumberStyle;

/// What a filter is read against.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Context {
    /// The day `today`, `fri` and `+7d` count from.
    pub today: NaiveDate,
    /// The number style of the book, for amounts.
    pub style: NumberStyle,
    /// The order of day and month in the book.
    pub date_order: DateOrder,
}

/// Why a filter could not be read: the place, a sentence, and one text that would have been accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message} (at character {}, for example {example})", .at + 1)]
pub struct FilterError {
    /// Where it begins, in characters from the start, the first being 0.
    pub at: usize,
    /// How many characters are meant, at least 1.
    pub width: usize,
    /// What is wrong, as one sentence.
    pub message: String,
    /// A filter that can be read, to learn from.
    pub example: String,
}

impl FilterError {
    /// The line to show under the typed text: spaces, a caret under every wrong character, then the sentence.
    pub fn caret(&self) -> String {
        format!("{}{} {}", " ".repeat(self.at), "^".repeat(self.width), self.message)
    }
}

#[cfg(test)]
mod tests;
