//! Lines of BAI2 put together into records: a record ends at `/`, at the end of its line, or where the next one begins
//! on the same line; an 88 goes on with the record before it.

use super::super::statement::Place;
use super::super::{NOTHING, Refusal, shown};

/// Codes a record can begin with.
const CODES: [&str; 8] = ["01", "02", "03", "16", "49", "88", "98", "99"];

/// One record with its continuations.
pub(super) struct Record<'t> {
    /// Its code, such as `16`.
    pub code: &'t str,
    /// What follows the code, and what follows the code of each 88.
    pub pieces: Vec<&'t str>,
    /// Where it stands.
    pub place: Place,
    /// How many records it is with its continuations.
    pub count: u64,
    /// On how many lines it stands.
    pub lines: u64,
}

impl<'t> Record<'t> {
    /// A refusal that names the record.
    pub fn refuse(&self, code: &'static str, what: &str) -> Refusal {
        let line = self.place.line;
        Refusal::at(code, line, format!("Line {line}: record {} {what}. {NOTHING}", self.code))
    }

    /// Its fields from the first on.
    pub fn fields(&self) -> Fields<'_> {
        Fields { pieces: &self.pieces, at: 0, rest: self.pieces.first().copied() }
    }
}

/// Takes the fields of a record one by one, over its continuations.
pub(super) struct Fields<'r> {
    pieces: &'r [&'r str],
    at: usize,
    rest: Option<&'r str>,
}

impl<'r> Fields<'r> {
    /// The next field; `None` when there is none.
    #[allow(clippy::should_implement_trait, reason = "the rest is taken as text, so that this is no plain iterator")]
    pub fn next(&mut self) -> Option<&'r str> {
        let rest = match self.rest {
            Some(rest) => rest,
            None => {
                self.at += 1;
                self.pieces.get(self.at).copied()?
            }
        };
        let (field, rest) = match rest.split_once(',') {
            Some((field, rest)) => (field, Some(rest)),
            None => (rest, None),
        };
        self.rest = rest;
        Some(field)
    }

    /// All fields of a short record.
    pub fn all(mut self) -> Vec<&'r str> {
        std::iter::from_fn(|| self.next()).collect()
    }

    /// What is left, as lines of text.
    pub fn text(self) -> impl Iterator<Item = &'r str> {
        self.rest.into_iter().chain(self.pieces.iter().skip(self.at + 1).copied())
    }
}

/// Whether a text begins with the code of a record and a comma.
fn code(text: &str) -> Option<&str> {
    let (code, rest) = text.split_at_checked(2)?;
    (CODES.contains(&code) && rest.starts_with(',')).then_some(code)
}

/// The records of a file.
pub(super) fn records(text: &str) -> Result<Vec<Record<'_>>, Refusal> {
    let mut out: Vec<Record<'_>> = Vec::new();
    let (mut start, mut number) = (0, 0u64);
    for line in text.split_inclusive('\n') {
        number += 1;
        let begin = start;
        start += line.len();
        let mut rest = line.trim_end_matches(['\n', '\r', '\u{1A}', '\0']);
        let mut fresh = true;
        while !rest.trim().is_empty() {
            rest = rest.trim_start();
            let at = begin + offset(line, rest);
            let Some(code) = code(rest) else {
                let head = rest.get(..2).unwrap_or(rest);
                if out.is_empty() {
                    let what = format!(
                        "Line {number}: the file header (record 01) is missing, found {}. {NOTHING}",
                        shown(head)
                    );
                    return Err(Refusal::at("IMP-14", number, what));
                }
                let what = format!("Line {number}: {} begins no record. {NOTHING}", shown(rest));
                return Err(Refusal::at("IMP-12", number, what));
            };
            let last = out.last().map(|record| record.code);
            let textual = code == "16" || (code == "88" && last == Some("16"));
            let (body, after) = split(rest.get(3..).unwrap_or(""), textual);
            let end = at + rest.len() - after.len();
            match (code, out.last_mut()) {
                ("88", Some(record)) => {
                    record.pieces.push(body);
                    record.count += 1;
                    record.lines += u64::from(fresh);
                    record.place.end = end;
                }
                ("88", None) => {
                    let what = format!("Line {number}: record 88 goes on with nothing. {NOTHING}");
                    return Err(Refusal::at("IMP-12", number, what));
                }
                _ => {
                    let place = Place { start: at, end, line: number };
                    out.push(Record { code, pieces: vec![body], place, count: 1, lines: u64::from(fresh) });
                }
            }
            rest = after;
            fresh = false;
        }
    }
    Ok(out)
}

fn offset(line: &str, rest: &str) -> usize {
    let trimmed = line.trim_end_matches(['\n', '\r', '\u{1A}', '\0']);
    trimmed.len() - rest.len()
}

/// The record's own text, and what stands after it on the same line.
fn split(text: &str, textual: bool) -> (&str, &str) {
    for (at, _) in text.match_indices('/') {
        let after = &text[at + 1..];
        let next = after.trim_start();
        // A slash ends a record when the next record follows it; in text it is a sign like any other.
        let gap = next.len() < after.len();
        if next.is_empty() || (gap && code(next).is_some()) || (!textual && code(next).is_some()) {
            return (&text[..at], next);
        }
    }
    (text.trim_end(), "")
}
