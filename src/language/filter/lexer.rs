//! A cursor over the characters of a filter. It knows words, quoted texts and signs, and where each began, so that
//! every refusal can point.

use super::{FilterError, Op};

/// The text of a filter and how far it has been read.
pub(super) struct Cursor {
    chars: Vec<char>,
    at: usize,
}

impl Cursor {
    pub(super) fn new(text: &str) -> Self {
        Cursor { chars: text.chars().collect(), at: 0 }
    }

    /// Characters read so far.
    pub(super) fn at(&self) -> usize {
        self.at
    }

    pub(super) fn len(&self) -> usize {
        self.chars.len()
    }

    pub(super) fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }

    /// Goes back to a place seen before.
    pub(super) fn rewind(&mut self, at: usize) {
        self.at = at;
    }

    pub(super) fn skip_blank(&mut self) {
        while self.peek().is_some_and(char::is_whitespace) {
            self.at += 1;
        }
    }

    /// Takes one character if it is the next one.
    pub(super) fn take(&mut self, wanted: char) -> bool {
        let there = self.peek() == Some(wanted);
        self.at += usize::from(there);
        there
    }

    /// The run up to the next blank, parenthesis or quote; may be empty.
    pub(super) fn run(&mut self) -> String {
        let from = self.at;
        while self.peek().is_some_and(|c| !ends_run(c)) {
            self.at += 1;
        }
        self.chars[from..self.at].iter().collect()
    }

    /// The letters that come next; may be none.
    pub(super) fn letters(&mut self) -> String {
        let from = self.at;
        while self.peek().is_some_and(char::is_alphabetic) {
            self.at += 1;
        }
        self.chars[from..self.at].iter().collect()
    }

    /// A comparison sign, if one comes next. `:>` and its like are read as the sign after the colon.
    pub(super) fn op(&mut self) -> Option<Op> {
        let first = self.one_op()?;
        if first == Op::Is {
            return Some(self.one_op().unwrap_or(first));
        }
        Some(first)
    }

    fn one_op(&mut self) -> Option<Op> {
        let op = Op::ALL.into_iter().find(|op| {
            let sign = op.sign();
            sign.chars().enumerate().all(|(place, c)| self.chars.get(self.at + place) == Some(&c))
        })?;
        self.at += op.sign().len();
        Some(op)
    }

    /// A text in quotes, the opening quote being next. `\"` and `\\` stand for the sign after the backslash.
    pub(super) fn quoted(&mut self) -> Result<String, FilterError> {
        let from = self.at;
        self.at += 1;
        let mut text = String::new();
        while let Some(c) = self.peek() {
            self.at += 1;
            match c {
                '"' => return Ok(text),
                '\\' if matches!(self.peek(), Some('"' | '\\')) => {
                    text.extend(self.peek());
                    self.at += 1;
                }
                c => text.push(c),
            }
        }
        Err(FilterError {
            at: from,
            width: 1,
            message: "The quote opened here is never closed.".into(),
            example: "\"north wind\"".into(),
        })
    }
}

/// Whether a run of characters ends before this one.
pub(super) fn ends_run(c: char) -> bool {
    c.is_whitespace() || matches!(c, '(' | ')' | '"')
}
