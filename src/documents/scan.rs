//! What a template may do, checked before anything is rendered: every field exists, in every branch; nothing calculates,
//! assigns, includes or repeats, so that no template can grow without bound; no account number stands in it.

use super::iban;
use super::schema::{self, FIELDS, Field, LOOP, Shape};

/// The longest template, in bytes.
pub const LONGEST: usize = 64 * 1024;

/// Filters a template may use: what each does is in `values`.
pub const FILTERS: [&str; 4] = ["length", "lower", "trim", "upper"];

/// How deep `for` and `if` may stand in one another.
const DEEPEST: usize = 16;

/// Why a template is not taken, or made no page.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("[{code}] {sentence}")]
pub struct TemplateError {
    /// Catalogue code.
    pub code: &'static str,
    /// The line of the template, from 1, where there is one.
    pub line: Option<usize>,
    /// What is wrong, where, and what to do instead.
    pub sentence: String,
}

impl TemplateError {
    /// An error in a line; the sentence names it.
    pub fn at(code: &'static str, line: usize, sentence: impl Into<String>) -> Self {
        TemplateError { code, line: Some(line), sentence: sentence.into() }
    }
}

type Checked<T = ()> = Result<T, TemplateError>;

/// Checks a whole template.
pub fn check(source: &str) -> Checked {
    if source.len() > LONGEST {
        let sentence = format!("The template is too long: {} KB of at most {}.", source.len() / 1024, LONGEST / 1024);
        return Err(TemplateError { code: "TPL-01", line: None, sentence });
    }
    let mut scan = Scan { rest: source, line: 1, open: Vec::new() };
    let mut words = String::new();
    while let Some(tag) = scan.next_tag(&mut words)? {
        match tag.mark {
            Mark::Value => scan.expression(&tag.tokens, tag.line, true)?,
            Mark::Statement => scan.statement(&tag.tokens, tag.line)?,
        }
        for token in &tag.tokens {
            if let Token::Text(text) = token {
                words.push_str(text);
            }
        }
    }
    if let Some(open) = scan.open.last() {
        let sentence =
            format!("The \"{}\" of line {} is never closed; end it with {{% end{0} %}}.", open.word, open.line);
        return Err(TemplateError::at("TPL-02", open.line, sentence));
    }
    // Both as it stands and as it reads once the tags are gone: half an account number may stand on either side of one.
    match iban::line_of(source).or_else(|| iban::line_of(&words)) {
        None => Ok(()),
        Some(line) => {
            let sentence = format!(
                "An account number stands in line {line}; account numbers come only from the settings, as {{{{ company.iban }}}}."
            );
            Err(TemplateError::at("TPL-03", line, sentence))
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mark {
    Value,
    Statement,
}

/// A piece inside a tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Token<'a> {
    Word(&'a str),
    Number,
    Text(&'a str),
    Sign(&'a str),
}

struct Tag<'a> {
    mark: Mark,
    tokens: Vec<Token<'a>>,
    line: usize,
}

/// A `for` or `if` that is not closed yet.
struct Open {
    word: &'static str,
    line: usize,
    /// The name a `for` gives its row, and what the row has.
    row: Option<(String, &'static [Field])>,
    /// Whether its `else` was seen.
    ended: bool,
}

struct Scan<'a> {
    rest: &'a str,
    line: usize,
    open: Vec<Open>,
}

impl<'a> Scan<'a> {
    fn step(&mut self, bytes: usize) -> &'a str {
        let (taken, rest) = self.rest.split_at(bytes);
        self.line += taken.matches('\n').count();
        self.rest = rest;
        taken
    }

    /// The next tag; the text before it goes to `words`.
    fn next_tag(&mut self, words: &mut String) -> Checked<Option<Tag<'a>>> {
        loop {
            let Some(at) = self.rest.find('{') else {
                words.push_str(self.step(self.rest.len()));
                return Ok(None);
            };
            words.push_str(self.step(at));
            let line = self.line;
            let mark = match self.rest.as_bytes().get(1) {
                Some(b'{') => Mark::Value,
                Some(b'%') => Mark::Statement,
                Some(b'#') => {
                    let end = self.rest.find("#}").ok_or_else(|| never(line, "{#", "#}"))?;
                    self.step(end + 2);
                    continue;
                }
                _ => {
                    words.push_str(self.step(1));
                    continue;
                }
            };
            self.step(2);
            if self.rest.starts_with(['-', '+']) {
                self.step(1);
            }
            let tokens = self.tokens(mark, line)?;
            return Ok(Some(Tag { mark, tokens, line }));
        }
    }

    /// The pieces up to the end of the tag.
    fn tokens(&mut self, mark: Mark, line: usize) -> Checked<Vec<Token<'a>>> {
        let (begin, end) = if mark == Mark::Value { ("{{", "}}") } else { ("{%", "%}") };
        let mut tokens = Vec::new();
        loop {
            let blank = self.rest.len() - self.rest.trim_start().len();
            self.step(blank);
            if self.rest.starts_with(end) {
                self.step(2);
                return Ok(tokens);
            }
            if self.rest.len() > 2 && self.rest.starts_with(['-', '+']) && self.rest[1..].starts_with(end) {
                self.step(3);
                return Ok(tokens);
            }
            let Some(first) = self.rest.chars().next() else { return Err(never(line, begin, end)) };
            tokens.push(self.token(first, begin, end)?);
        }
    }

    fn token(&mut self, first: char, begin: &str, end: &str) -> Checked<Token<'a>> {
        let line = self.line;
        let while_in = |rest: &str, of: fn(char) -> bool| rest.find(|c| !of(c)).unwrap_or(rest.len());
        match first {
            '"' | '\'' => {
                self.step(1);
                let close = self.rest.find(first).ok_or_else(|| never(line, begin, end))?;
                let text = self.step(close);
                self.step(1);
                if text.contains('\\') {
                    return Err(refused(line, "A text in a tag has no backslashes; write the sign itself."));
                }
                Ok(Token::Text(text))
            }
            '0'..='9' => {
                let length = while_in(self.rest, |c| c.is_ascii_digit());
                self.step(length);
                Ok(Token::Number)
            }
            c if c.is_alphabetic() || c == '_' => {
                let length = while_in(self.rest, |c| c.is_alphanumeric() || c == '_');
                Ok(Token::Word(self.step(length)))
            }
            other => {
                const SIGNS: [&str; 11] = ["==", "!=", "<=", ">=", "<", ">", ".", ",", "(", ")", "|"];
                match SIGNS.iter().find(|sign| self.rest.starts_with(**sign)) {
                    Some(sign) => Ok(Token::Sign(self.step(sign.len()))),
                    None => {
                        let sentence =
                            format!("\"{other}\" in line {line}: templates do not calculate; amounts come ready.");
                        Err(TemplateError::at("TPL-02", line, sentence))
                    }
                }
            }
        }
    }

    fn statement(&mut self, tokens: &[Token<'_>], line: usize) -> Checked {
        let (word, rest) = match tokens.split_first() {
            Some((Token::Word(word), rest)) => (*word, rest),
            _ => return Err(refused(line, "An empty {% %}; it holds if, elif, else, endif, for or endfor.")),
        };
        let bare =
            || if rest.is_empty() { Ok(()) } else { Err(refused(line, &format!("Nothing may follow \"{word}\"."))) };
        match word {
            "if" => {
                self.condition(rest, line)?;
                self.begin("if", line, None)
            }
            "elif" => match self.open.last() {
                Some(open) if open.word == "if" && !open.ended => self.condition(rest, line),
                _ => Err(refused(line, "An elif without its if.")),
            },
            "else" => match self.open.last_mut() {
                Some(open) if !open.ended => {
                    // After the else of a `for` there is no row any more.
                    (open.ended, open.row) = (true, None);
                    bare()
                }
                _ => Err(refused(line, "An else without its if or for.")),
            },
            "endif" | "endfor" => match self.open.pop() {
                Some(open) if word.ends_with(open.word) => bare(),
                _ => Err(refused(line, &format!("An {word} without its {}.", &word[3..]))),
            },
            "for" => {
                let [Token::Word(name), Token::Word("in"), path @ ..] = rest else {
                    return Err(refused(line, "A for is written {% for item in items %}."));
                };
                let (shape, used) = self.path(path, line)?;
                match shape {
                    Shape::List(fields) if used == path.len() => {
                        self.begin("for", line, Some(((*name).to_owned(), fields)))
                    }
                    _ => Err(refused(line, "A for goes through a list as it is: items, totals or plan.")),
                }
            }
            other => {
                let known = "if, elif, else, endif, for and endfor";
                Err(refused(line, &format!("\"{other}\" is nothing a template can do; there are {known}.")))
            }
        }
    }

    fn begin(&mut self, word: &'static str, line: usize, row: Option<(String, &'static [Field])>) -> Checked {
        if self.open.len() == DEEPEST {
            return Err(refused(line, "Too many if and for inside one another."));
        }
        self.open.push(Open { word, line, row, ended: false });
        Ok(())
    }

    fn condition(&self, tokens: &[Token<'_>], line: usize) -> Checked {
        if tokens.is_empty() {
            return Err(refused(line, "An if without a condition."));
        }
        self.expression(tokens, line, false)
    }

    /// Checks every name of an expression. What is printed must be a value.
    fn expression(&self, tokens: &[Token<'_>], line: usize, printed: bool) -> Checked {
        let mut at = 0;
        while at < tokens.len() {
            let Token::Word(word) = tokens[at] else {
                at += 1;
                continue;
            };
            if at > 0 && tokens[at - 1] == Token::Sign("|") {
                if !FILTERS.contains(&word) {
                    let sentence =
                        format!("Unknown filter \"{word}\" in line {line}; there are {}.", FILTERS.join(", "));
                    return Err(TemplateError::at("TPL-01", line, sentence));
                }
                at += 1;
            } else if ["and", "or", "not", "in", "if", "else", "true", "false", "none"].contains(&word) {
                at += 1;
            } else {
                let (shape, used) = self.path(&tokens[at..], line)?;
                at += used;
                let next = tokens.get(at);
                if next == Some(&Token::Sign("(")) {
                    return Err(refused(line, &format!("\"{word}\" is a field; it takes no brackets.")));
                }
                if printed && shape != Shape::Value && next != Some(&Token::Sign("|")) {
                    let sentence = match shape {
                        Shape::List(_) => {
                            format!("\"{word}\" is a list; go through it with {{% for row in {word} %}}.")
                        }
                        _ => format!("\"{word}\" is a group; name one of its fields, as {word}.name."),
                    };
                    return Err(refused(line, &sentence));
                }
            }
        }
        Ok(())
    }

    /// The shape of the path the tokens begin with, and how many of them it takes.
    fn path(&self, tokens: &[Token<'_>], line: usize) -> Checked<(Shape, usize)> {
        let Some(Token::Word(first)) = tokens.first() else {
            return Err(refused(line, "A field was expected."));
        };
        let rows = self.open.iter().rev().filter_map(|open| open.row.as_ref());
        let row = rows.clone().find(|(name, _)| name == first).map(|(_, fields)| Shape::Group(fields));
        let in_loop = *first == "loop" && rows.clone().next().is_some();
        let known = || FIELDS.iter().find(|field| field.name == *first).map(|field| field.shape);
        let shape = row.or(in_loop.then_some(Shape::Group(LOOP))).or_else(known);
        let Some(mut shape) = shape else {
            let mut names: Vec<&str> = schema::names(FIELDS).collect();
            names.extend(rows.map(|(name, _)| name.as_str()));
            return Err(unknown(first, line, names.into_iter()));
        };
        let mut used = 1;
        while let [Token::Sign("."), Token::Word(name), ..] = &tokens[used..] {
            let Shape::Group(fields) = shape else {
                return Err(refused(line, &format!("\"{name}\" is asked of what has no fields.")));
            };
            let field = fields.iter().find(|field| field.name == *name);
            shape = field.ok_or_else(|| unknown(name, line, schema::names(fields)))?.shape;
            used += 2;
        }
        Ok((shape, used))
    }
}

fn never(line: usize, begin: &str, end: &str) -> TemplateError {
    TemplateError::at("TPL-02", line, format!("The \"{begin}\" of line {line} is never closed; end it with {end}."))
}

/// A refusal of something in a line.
fn refused(line: usize, what: &str) -> TemplateError {
    let what = what.trim_end_matches('.');
    TemplateError::at("TPL-02", line, format!("Line {line}: {what}."))
}

fn unknown<'n>(name: &str, line: usize, names: impl Iterator<Item = &'n str>) -> TemplateError {
    let hint = schema::nearest(name, names).map(|near| format!("; did you mean {near}?"));
    let hint = hint.unwrap_or_else(|| "; o2c template fields lists what there is.".to_owned());
    let shown = crate::domain::text::clean(name).text;
    TemplateError::at("TPL-01", line, format!("Unknown field \"{shown}\" in line {line}{hint}"))
}
