//! The tags and values of OFX, be it SGML or XML: a tag with text after it is a value, a tag with another tag after it
//! is open, and the ends that SGML leaves out are not missed.

use std::borrow::Cow;

use super::super::statement::Place;
use super::super::{Limits, NOTHING, Refusal, grouped};

/// What stands next in the file.
pub(super) enum Token<'t> {
    /// A tag without text after it.
    Open { name: &'t str, place: Place },
    /// A tag with text: its characters as meant, and as written.
    Value { name: &'t str, value: Cow<'t, str>, raw: &'t str, place: Place },
    /// An end tag.
    Close { name: &'t str, place: Place },
}

/// Walks over the tags of a text.
pub(super) struct Tags<'t> {
    text: &'t str,
    at: usize,
    line: u64,
    limits: Limits,
}

/// The version in the header: `102`, `211`; empty where there is none.
pub(super) fn version(text: &str) -> &str {
    let head = text.get(..text.find("<OFX").unwrap_or(0)).unwrap_or("");
    let after = |key: &str| head.find(key).map(|at| &head[at + key.len()..]);
    let told = after("VERSION:").or_else(|| after("OFXHEADER=\"200\" VERSION=\"")).or_else(|| after(" VERSION=\""));
    let told = told.unwrap_or("").trim_start();
    told.get(..told.find(|sign: char| !sign.is_ascii_digit()).unwrap_or(told.len())).unwrap_or("")
}

impl<'t> Tags<'t> {
    /// Starts at `<OFX>`; refused when there is none.
    pub fn new(text: &'t str, limits: Limits) -> Result<Self, Refusal> {
        if text.contains("<!DOCTYPE") || text.contains("<!ENTITY") {
            let at = text.find("<!").unwrap_or(0);
            let line = super::super::line_of(text, at);
            let what = format!(
                "The file contains a DOCTYPE at line {line}, bank files never do. Refused without reading further. {NOTHING}"
            );
            return Err(Refusal::at("XML-01", line, what));
        }
        match text.find("<OFX>").or_else(|| text.find("<ofx>")) {
            Some(at) => Ok(Tags { text, at, line: super::super::line_of(text, at), limits }),
            None => {
                let what = format!("The file ends before <OFX> (byte {}). {NOTHING}", grouped(text.len()));
                Err(Refusal::new("IMP-14", what))
            }
        }
    }

    /// The line reached.
    pub fn line(&self) -> u64 {
        self.line
    }

    fn advance(&mut self, to: usize) {
        let passed = &self.text.as_bytes()[self.at..to];
        self.line += passed.iter().filter(|byte| **byte == b'\n').count() as u64;
        self.at = to;
    }

    /// The next tag; `None` at the end.
    pub fn next(&mut self) -> Result<Option<Token<'t>>, Refusal> {
        loop {
            let rest = &self.text[self.at..];
            let Some(open) = rest.find('<') else {
                self.advance(self.text.len());
                return Ok(None);
            };
            self.advance(self.at + open);
            let (start, line) = (self.at, self.line);
            let rest = &self.text[start + 1..];
            if rest.starts_with(['?', '!']) {
                let end = if rest.starts_with("!--") { rest.find("-->").map(|at| at + 2) } else { rest.find('>') };
                self.advance(end.map_or(self.text.len(), |end| start + 2 + end));
                continue;
            }
            let Some(close) = rest.find(['>', '<', '\n']).filter(|at| rest.as_bytes()[*at] == b'>') else {
                if rest.contains('>') {
                    // A `<` that begins no tag is text.
                    self.advance(start + 1);
                    continue;
                }
                let what = format!(
                    "The file ends in the middle of a tag (byte {}, line {line}). Probably an incomplete download. {NOTHING}",
                    grouped(self.text.len())
                );
                return Err(Refusal::at("IMP-14", line, what));
            };
            let name = rest[..close].trim();
            self.advance(start + close + 2);
            let place = Place { start, end: self.at, line };
            if let Some(name) = name.strip_prefix('/') {
                return Ok(Some(Token::Close { name: name.trim(), place }));
            }
            if let Some(name) = name.strip_suffix('/') {
                return Ok(Some(Token::Value { name: name.trim(), value: Cow::Borrowed(""), raw: "", place }));
            }
            return self.after(name, place).map(Some);
        }
    }

    /// What a tag holds: text, or at once its own end, or more tags.
    fn after(&mut self, name: &'t str, place: Place) -> Result<Token<'t>, Refusal> {
        let rest = &self.text[self.at..];
        let end = next_tag(rest);
        let raw = rest[..end].trim();
        if raw.len() > self.limits.text {
            let what = format!("Too large at line {}: one text (byte {}). {NOTHING}", place.line, grouped(self.at));
            return Err(Refusal::at("XML-02", place.line, what));
        }
        let own_end = rest[end..].strip_prefix("</").and_then(|tail| tail.strip_prefix(name));
        let closed = own_end.is_some_and(|tail| tail.trim_start().starts_with('>'));
        // Text right inside a tag that holds tags is nobody's value.
        let holder = super::HOLDERS.contains(&name);
        if holder || (raw.is_empty() && !closed) {
            return Ok(Token::Open { name, place });
        }
        self.advance(self.at + end);
        Ok(Token::Value { name, value: unescape(raw), raw, place: Place { end: self.at, ..place } })
    }
}

/// Where the next tag begins: a `<` with a letter or slash behind.
fn next_tag(text: &str) -> usize {
    let begins = |at: &usize| {
        let next = text.as_bytes().get(at + 1);
        next.is_some_and(|byte| byte.is_ascii_alphabetic() || matches!(byte, b'/' | b'!' | b'?'))
    };
    text.match_indices('<').map(|(at, _)| at).find(begins).unwrap_or(text.len())
}

/// The five named characters; an `&` that names nothing is one.
fn unescape(raw: &str) -> Cow<'_, str> {
    if !raw.contains('&') {
        return Cow::Borrowed(raw);
    }
    let mut out = raw.to_owned();
    for (name, sign) in
        [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&apos;", "'"), ("&nbsp;", " "), ("&amp;", "&")]
    {
        out = out.replace(name, sign);
    }
    Cow::Owned(out)
}
