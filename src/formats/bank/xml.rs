//! XML read element by element: a puller that walks the outer levels, and a small tree for one element at a time, so
//! that a file of a hundred thousand entries never stands in memory as a whole. Document types are refused, nothing is
//! expanded but the five named characters and numbered ones.

use std::borrow::Cow;

use quick_xml::Reader;
use quick_xml::events::{BytesRef, Event};

use super::statement::Place;
use super::{Limits, NOTHING, Refusal, grouped, line_of, shown};

/// What the puller meets on the level it is on.
pub(super) enum Step<'t> {
    /// An element begins; read it with [`Pull::subtree`], walk into it with [`Pull::step`], or [`Pull::skip`] it.
    Start(Tag<'t>),
    /// The element one level up ends; the place is just after it.
    End(usize),
    /// The file ends, and every element is closed.
    Eof,
}

/// A start tag.
#[derive(Clone, Copy)]
pub(super) struct Tag<'t> {
    /// Its name without prefix.
    pub name: &'t str,
    /// The tag as it stands, without `<` and `>`.
    pub raw: &'t str,
    /// Its first byte.
    pub start: usize,
}

impl<'t> Tag<'t> {
    /// The attributes as they stand: full name and value.
    pub fn attributes(&self) -> impl Iterator<Item = (&'t str, &'t str)> + use<'t> {
        let mut rest = self.raw.find(char::is_whitespace).map_or("", |place| &self.raw[place..]);
        std::iter::from_fn(move || {
            let (key, after) = rest.split_once('=')?;
            let after = after.trim_start();
            let quote = after.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
            let (value, left) = after[1..].split_once(quote)?;
            rest = left;
            Some((key.trim(), value))
        })
    }
}

/// Walks over the events of one text.
pub(super) struct Pull<'t> {
    text: &'t str,
    reader: Reader<&'t [u8]>,
    limits: Limits,
    depth: usize,
    /// Names of the open elements, for what a cut file ends in.
    open: Vec<&'t str>,
    /// The entry being read, for messages.
    pub entry: u64,
    seen: (usize, u64),
}

/// One event that matters.
enum Piece<'t> {
    Start(Tag<'t>),
    End,
    Text(Cow<'t, str>),
    Eof,
}

impl<'t> Pull<'t> {
    pub fn new(text: &'t str, limits: Limits) -> Self {
        let mut reader = Reader::from_str(text);
        reader.config_mut().expand_empty_elements = true;
        Pull { text, reader, limits, depth: 0, open: Vec::new(), entry: 0, seen: (0, 1) }
    }

    /// The line of a byte at or after the last one asked for.
    pub fn line(&mut self, byte: usize) -> u64 {
        let (from, line) = self.seen;
        if byte < from {
            return line_of(self.text, byte);
        }
        let more = self.text.as_bytes()[from..byte].iter().filter(|byte| **byte == b'\n').count() as u64;
        self.seen = (byte, line + more);
        line + more
    }

    /// Where the reader stands.
    pub fn position(&self) -> usize {
        usize::try_from(self.reader.buffer_position()).unwrap_or(self.text.len()).min(self.text.len())
    }

    /// The place from a byte to where the reader stands.
    pub fn place(&mut self, start: usize) -> Place {
        Place { start, end: self.position(), line: self.line(start) }
    }

    /// The next thing on this level; text between elements is passed over.
    pub fn step(&mut self) -> Result<Step<'t>, Refusal> {
        loop {
            match self.piece()? {
                Piece::Start(tag) => return Ok(Step::Start(tag)),
                Piece::End => return Ok(Step::End(self.position())),
                Piece::Eof => return Ok(Step::Eof),
                Piece::Text(text) if self.depth == 0 && text.chars().any(|sign| !is_blank(sign)) => {
                    let what = format!("there is text outside the document: {}", shown(&text));
                    return Err(self.ill(self.position(), &what));
                }
                Piece::Text(_) => {}
            }
        }
    }

    /// Passes over an element that just began.
    pub fn skip(&mut self) -> Result<(), Refusal> {
        let mut inner = 1;
        while inner > 0 {
            match self.piece()? {
                Piece::Start(_) => inner += 1,
                Piece::End => inner -= 1,
                Piece::Text(_) => {}
                Piece::Eof => return Err(self.cut()),
            }
        }
        Ok(())
    }

    /// Reads an element that just began into `tree`, whatever was in it before.
    pub fn subtree(&mut self, tag: Tag<'t>, tree: &mut Tree<'t>) -> Result<(), Refusal> {
        tree.nodes.clear();
        tree.nodes.push(Node::new(tag));
        let mut path: Vec<(u32, u32)> = vec![(0, NONE)];
        while let Some((at, last)) = path.last().copied() {
            match self.piece()? {
                Piece::Start(tag) => {
                    let new = u32::try_from(tree.nodes.len()).map_err(|_| self.large("one element"))?;
                    tree.nodes.push(Node::new(tag));
                    match last {
                        NONE => tree.nodes[at as usize].first = new,
                        last => tree.nodes[last as usize].next = new,
                    }
                    if let Some(top) = path.last_mut() {
                        top.1 = new;
                    }
                    path.push((new, NONE));
                }
                Piece::End => {
                    path.pop();
                }
                Piece::Text(text) => {
                    let node = &mut tree.nodes[at as usize];
                    // Blanks between elements say nothing.
                    if (node.text.is_empty() || node.first != NONE) && text.trim().is_empty() {
                        continue;
                    }
                    if node.text.is_empty() {
                        node.text = text;
                    } else {
                        node.text.to_mut().push_str(&text);
                    }
                    if node.text.len() > self.limits.text {
                        return Err(self.large("one text"));
                    }
                }
                Piece::Eof => return Err(self.cut()),
            }
        }
        Ok(())
    }

    /// The next event that matters.
    fn piece(&mut self) -> Result<Piece<'t>, Refusal> {
        loop {
            let start = self.position();
            let event = self.reader.read_event().map_err(|error| error.to_string());
            let text = match event {
                Ok(Event::Start(tag)) => return self.opened(start, tag.name().0.len()).map(Piece::Start),
                Ok(Event::End(_)) => {
                    self.depth = self.depth.saturating_sub(1);
                    self.open.pop();
                    return Ok(Piece::End);
                }
                Ok(Event::Text(text)) => text.into_inner(),
                Ok(Event::CData(text)) => text.into_inner(),
                Ok(Event::GeneralRef(name)) => self.named(start, &name)?,
                Ok(Event::DocType(_)) => return Err(self.doctype(start)),
                Ok(Event::Eof) if self.depth > 0 => return Err(self.cut()),
                Ok(Event::Eof) => return Ok(Piece::Eof),
                Ok(Event::Empty(_) | Event::Comment(_) | Event::PI(_) | Event::Decl(_)) => continue,
                Err(error) => return Err(self.broken(start, &error)),
            };
            if text.len() > self.limits.text {
                return Err(self.large("one text"));
            }
            return Ok(Piece::Text(text));
        }
    }

    fn opened(&mut self, start: usize, name_len: usize) -> Result<Tag<'t>, Refusal> {
        self.depth += 1;
        if self.depth > self.limits.depth {
            let (line, levels, limit) = (self.line(start), self.depth, self.limits.depth);
            let what = format!("Too deep at line {line}: {levels} levels (limit {limit}). {NOTHING}");
            return Err(Refusal::at("XML-02", line, what));
        }
        let raw = self.text.get(start + 1..self.position().saturating_sub(1)).unwrap_or("");
        let full = raw.get(..name_len).unwrap_or(raw);
        let name = full.rsplit_once(':').map_or(full, |(_, local)| local);
        self.open.push(name);
        Ok(Tag { name, raw, start })
    }

    /// What `&name;` stands for.
    fn named(&mut self, start: usize, name: &BytesRef<'t>) -> Result<Cow<'t, str>, Refusal> {
        let sign = match &**name {
            "amp" => '&',
            "lt" => '<',
            "gt" => '>',
            "quot" => '"',
            "apos" => '\'',
            other => match name.resolve_char_ref() {
                Ok(Some(sign)) => sign,
                _ => return Err(self.ill(start, &format!("&{}; is not known", shown(other).trim_matches('"')))),
            },
        };
        Ok(Cow::Owned(sign.to_string()))
    }

    fn doctype(&mut self, start: usize) -> Refusal {
        let line = self.line(start);
        let what = format!(
            "The file contains a DOCTYPE at line {line}, bank files never do. Refused without reading further. {NOTHING}"
        );
        Refusal::at("XML-01", line, what)
    }

    fn large(&mut self, what: &str) -> Refusal {
        let byte = self.position();
        let line = self.line(byte);
        Refusal::at("XML-02", line, format!("Too large at line {line} (byte {}): {what}. {NOTHING}", grouped(byte)))
    }

    /// Markup the reader cannot go on from: at the very end of the file it was cut off, elsewhere it is wrong.
    fn broken(&mut self, start: usize, error: &str) -> Refusal {
        let rest = self.text.get(start + 1..).unwrap_or("");
        if !rest.contains(['<', '>']) { self.cut() } else { self.ill(start, &shown(error)) }
    }

    fn ill(&mut self, byte: usize, what: &str) -> Refusal {
        let line = self.line(byte.min(self.text.len()));
        let what = format!("The file is not well formed at line {line} (byte {}): {what}. {NOTHING}", grouped(byte));
        Refusal::at("XML-03", line, what)
    }

    /// The file ends too early.
    fn cut(&mut self) -> Refusal {
        let byte = self.text.len();
        let line = self.line(byte);
        let inside = match (self.open.contains(&"Ntry"), self.open.last()) {
            (true, _) => format!("entry {}", self.entry),
            (false, Some(name)) => format!("element {}", shown(name).trim_matches('"')),
            (false, None) => "a tag".to_owned(),
        };
        let byte = grouped(byte);
        let what = format!(
            "The file ends in the middle of {inside} (byte {byte}). Probably an incomplete download. {NOTHING}"
        );
        Refusal::at("XML-03", line, what)
    }
}

fn is_blank(sign: char) -> bool {
    sign.is_whitespace() || matches!(sign, '\0' | '\u{1A}' | '\u{FEFF}')
}

/// No node.
const NONE: u32 = u32::MAX;

/// One element of a tree.
struct Node<'t> {
    tag: Tag<'t>,
    text: Cow<'t, str>,
    first: u32,
    next: u32,
}

impl<'t> Node<'t> {
    fn new(tag: Tag<'t>) -> Self {
        Node { tag, text: Cow::Borrowed(""), first: NONE, next: NONE }
    }
}

/// One element with everything in it. Kept and filled again, so that its memory is asked for once.
#[derive(Default)]
pub(super) struct Tree<'t> {
    nodes: Vec<Node<'t>>,
}

impl<'t> Tree<'t> {
    /// The element itself; `None` only before anything was read.
    pub fn root(&self) -> Option<Element<'_, 't>> {
        (!self.nodes.is_empty()).then_some(Element { tree: self, at: 0 })
    }
}

/// An element of a [`Tree`].
#[derive(Clone, Copy)]
pub(super) struct Element<'a, 't> {
    tree: &'a Tree<'t>,
    at: u32,
}

impl<'a, 't> Element<'a, 't> {
    fn node(self) -> &'a Node<'t> {
        &self.tree.nodes[self.at as usize]
    }

    /// Name without prefix.
    pub fn name(self) -> &'t str {
        self.node().tag.name
    }

    /// Its own text without outer blanks.
    pub fn text(self) -> &'a str {
        self.node().text.trim()
    }

    /// The value of an attribute, by its name without prefix.
    pub fn attribute(self, name: &str) -> Option<&'t str> {
        let mut attributes = self.node().tag.attributes();
        attributes
            .find(|(key, _)| key.rsplit_once(':').map_or(*key, |(_, local)| local) == name)
            .map(|(_, value)| value)
    }

    /// Its children in order.
    pub fn children(self) -> impl Iterator<Item = Element<'a, 't>> + use<'a, 't> {
        let mut next = self.node().first;
        std::iter::from_fn(move || {
            let at = (next != NONE).then_some(next)?;
            let child = Element { tree: self.tree, at };
            next = child.node().next;
            Some(child)
        })
    }

    /// The first element down a path such as `Tp/CdOrPrtry`.
    pub fn at(self, path: &str) -> Option<Element<'a, 't>> {
        path.split('/').try_fold(self, |here, name| here.children().find(|child| child.name() == name))
    }

    /// The text down a path; `None` where there is none.
    pub fn get(self, path: &str) -> Option<&'a str> {
        self.at(path).map(Element::text).filter(|text| !text.is_empty())
    }

    /// The text down a path, owned.
    pub fn own(self, path: &str) -> Option<String> {
        self.get(path).map(str::to_owned)
    }

    /// The code down a path, be it `Cd` or `Prtry` in it.
    pub fn code(self, path: &str) -> Option<&'a str> {
        let here = self.at(path)?;
        here.get("Cd").or_else(|| here.get("Prtry")).or_else(|| here.get("Prtry/Id"))
    }
}
