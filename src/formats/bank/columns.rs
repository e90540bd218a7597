//! Records of fixed columns: NACHA and lockbox. A column is a character, so that a name with an accent does not move
//! what stands behind it.

use super::amount::{self, Decimals, Unit};
use super::statement::Place;
use super::{NOTHING, Refusal, shown};

/// One line of fixed columns.
#[derive(Clone, Copy)]
pub(super) struct Row<'t> {
    text: &'t str,
    pub place: Place,
}

impl<'t> Row<'t> {
    /// Its first character.
    pub fn kind(&self) -> &'t str {
        self.get(0, 1)
    }

    /// Columns from `from` to before `to`, from 0; shorter or empty where the line ends before.
    pub fn get(&self, from: usize, to: usize) -> &'t str {
        let text = self.text;
        if text.is_ascii() {
            return text.get(from.min(text.len())..to.min(text.len())).unwrap_or("");
        }
        let at = |column: usize| text.char_indices().nth(column).map_or(text.len(), |(byte, _)| byte);
        &text[at(from)..at(to)]
    }

    /// The same without blanks around.
    pub fn trimmed(&self, from: usize, to: usize) -> &'t str {
        self.get(from, to).trim()
    }

    /// The same, owned; `None` where it is blank.
    pub fn own(&self, from: usize, to: usize) -> Option<String> {
        Some(self.trimmed(from, to).to_owned()).filter(|text| !text.is_empty())
    }

    /// A refusal that names the line and columns.
    pub fn refuse(&self, code: &'static str, what: &str) -> Refusal {
        let line = self.place.line;
        Refusal::at(code, line, format!("Line {line}, record {}: {what}. {NOTHING}", shown(self.kind())))
    }

    /// An amount without decimal sign.
    pub fn amount(&self, from: usize, to: usize, unit: Unit) -> Result<i64, Refusal> {
        let text = self.trimmed(from, to);
        amount::read(text, unit, Decimals::Implied).map_err(|(code, why)| {
            let (first, last) = (from + 1, to);
            self.refuse(code, &format!("{} in columns {first} to {last} {why}", shown(text)))
        })
    }

    /// A count or control total; `None` where it is blank or filled with nines.
    pub fn control(&self, from: usize, to: usize) -> Result<Option<i128>, Refusal> {
        let text = self.trimmed(from, to);
        if text.is_empty() || (text.len() == to - from && text.len() > 4 && text.bytes().all(|byte| byte == b'9')) {
            return Ok(None);
        }
        let digits = text.bytes().all(|byte| byte.is_ascii_digit());
        let value = text.parse().ok().filter(|_| digits);
        value.map(Some).ok_or_else(|| {
            self.refuse("AMT-01", &format!("{} in columns {} to {to} is no number", shown(text), from + 1))
        })
    }
}

/// The rows of a text: its lines, or pieces of `width` characters where there are no line ends.
pub(super) fn rows(text: &str, width: usize) -> Vec<Row<'_>> {
    let body = text.trim_end_matches(['\n', '\r', '\u{1A}', '\0']);
    if !body.contains(['\n', '\r']) && body.chars().count() > width {
        return pieces(body, width);
    }
    let mut out = Vec::new();
    let (mut start, mut line) = (0, 0);
    for part in text.split_inclusive('\n') {
        line += 1;
        let clean = part.trim_end_matches(['\n', '\r', '\u{1A}', '\0']);
        if !clean.trim().is_empty() {
            out.push(Row { text: clean, place: Place { start, end: start + clean.len(), line } });
        }
        start += part.len();
    }
    out
}

fn pieces(body: &str, width: usize) -> Vec<Row<'_>> {
    let mut out = Vec::new();
    let mut start = 0;
    while start < body.len() {
        let end = body[start..].char_indices().nth(width).map_or(body.len(), |(byte, _)| start + byte);
        let line = out.len() as u64 + 1;
        let row = Row { text: &body[start..end], place: Place { start, end, line } };
        if !row.text.trim().is_empty() {
            out.push(row);
        }
        start = end;
    }
    out
}
