//! Rust source as tests look at it: each line split into code, comment and the text of its string literals, whether it
//! belongs to a test module, and where functions begin and end. A scanner, not a parser: it relies on rustfmt's layout.

use std::path::{Path, PathBuf};

/// One line, taken apart.
#[derive(Debug, Default, Clone)]
pub struct Line {
    /// The line without comments; string literals are empty (`""`).
    pub code: String,
    /// What the string literals on this line say, or their part of it.
    pub strings: String,
    /// What its comments say.
    pub comment: String,
    /// Whether it is inside a test module at the end of the file.
    pub test: bool,
}

/// A file of the project.
pub struct Source {
    /// Path from the root of the project, with `/`.
    pub path: String,
    /// The text as it is.
    pub text: String,
    /// The lines taken apart.
    pub lines: Vec<Line>,
}

/// A function and how long it is.
pub struct Function {
    pub name: String,
    /// Counted from 1.
    pub first_line: usize,
    pub length: usize,
}

impl Source {
    /// Reads and splits one file.
    pub fn read(root: &Path, path: &Path) -> Source {
        let text = std::fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        let relative = path.strip_prefix(root).unwrap_or(path);
        let parts: Vec<_> = relative.components().map(|part| part.as_os_str().to_string_lossy()).collect();
        let path = parts.join("/");
        let mut lines = split(&text);
        let whole = path.starts_with("tests/") || path.ends_with("tests.rs") || path.contains("/tests/");
        let module = (0..lines.len().saturating_sub(1))
            .find(|&i| lines[i].code.trim() == "#[cfg(test)]" && lines[i + 1].code.trim_start().starts_with("mod "));
        let from = if whole { 0 } else { module.unwrap_or(lines.len()) };
        // A `mod tests;` kept in its own file ends at once; one with a body runs to the end of the file.
        let in_place = whole || lines.get(from + 1).is_some_and(|line| line.code.trim_end().ends_with('{'));
        for line in lines.iter_mut().skip(from).filter(|_| in_place) {
            line.test = true;
        }
        Source { path, text, lines }
    }

    /// The lines outside test modules, numbered from 1.
    pub fn shipped(&self) -> impl Iterator<Item = (usize, &Line)> {
        self.lines.iter().enumerate().filter(|(_, line)| !line.test).map(|(index, line)| (index + 1, line))
    }

    /// The text of every string literal outside test modules, with the line it begins on.
    pub fn literals(&self) -> Vec<(usize, String)> {
        let mut literals = Vec::new();
        let mut open: Option<(usize, String)> = None;
        for (number, line) in self.shipped() {
            let mut pieces = line.strings.split('\n');
            let last = pieces.next_back().unwrap_or_default();
            for piece in pieces {
                let (start, before) = open.take().unwrap_or((number, String::new()));
                literals.push((start, before + piece));
            }
            if let Some((_, text)) = &mut open {
                text.push_str(last);
                text.push(' ');
            } else if !last.is_empty() {
                open = Some((number, format!("{last} ")));
            }
        }
        literals
    }

    /// Functions by their first and last line: the closing brace stands under the `fn`.
    pub fn functions(&self) -> Vec<Function> {
        let mut functions = Vec::new();
        for (index, line) in self.lines.iter().enumerate() {
            let indent = line.code.len() - line.code.trim_start().len();
            let Some(name) = function_name(line.code.trim_start()) else { continue };
            let closing = format!("{}}}", " ".repeat(indent));
            let body = &self.lines[index..];
            let length = body.iter().position(|line| {
                let code = line.code.trim_end();
                code == closing || (code.len() - code.trim_start().len() == indent && code.ends_with(['}', ';']))
            });
            let length = length.map_or(1, |offset| offset + 1);
            functions.push(Function { name: name.to_string(), first_line: index + 1, length });
        }
        functions
    }
}

impl Source {
    /// Every path of this crate that shipped code names, from `crate::` or `super::`, with the line it is on. Braces are
    /// taken apart: `crate::{a, b::{c, d}}` names `a`, `b::c` and `b::d`.
    pub fn crate_paths(&self) -> Vec<(usize, String)> {
        let code: String = self.lines.iter().filter(|line| !line.test).map(|line| format!("{}\n", line.code)).collect();
        let line = |at: usize| code[..at].matches('\n').count() + 1;
        let starts = |word: &'static str| {
            let code = &code;
            let inside =
                |at: usize| code[..at].ends_with(|c: char| c.is_alphanumeric() || matches!(c, '_' | '$' | ':'));
            code.match_indices(word).filter(move |(at, _)| !inside(*at)).map(|(at, _)| at)
        };
        let mut named = Vec::new();
        for at in starts("crate::") {
            named.extend(paths_at(&code[at + 7..]).into_iter().map(|path| (line(at), path)));
        }
        for at in starts("super::") {
            let mut module = self.module();
            let mut rest = &code[at..];
            while let Some(after) = rest.strip_prefix("super::") {
                module.pop();
                rest = after;
            }
            let prefix = module.iter().map(|part| format!("{part}::")).collect::<String>();
            named.extend(paths_at(rest).into_iter().map(|path| (line(at), format!("{prefix}{path}"))));
        }
        named
    }

    /// The module this file is, from the root of the crate.
    fn module(&self) -> Vec<String> {
        let path = self.path.trim_start_matches("src/").trim_end_matches(".rs");
        path.split('/').filter(|part| !matches!(*part, "mod" | "lib")).map(str::to_string).collect()
    }
}

/// The paths written at the start of `text`, with braces taken apart.
fn paths_at(text: &str) -> Vec<String> {
    let end = text.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == ':')).unwrap_or(text.len());
    let (head, rest) = text.split_at(end);
    if !rest.starts_with('{') {
        return vec![head.trim_end_matches(':').to_string()];
    }
    let mut depth = 0;
    let mut start = 1;
    let mut items = Vec::new();
    for (at, letter) in rest.char_indices() {
        depth += i32::from(letter == '{') - i32::from(letter == '}');
        if (letter == ',' && depth == 1) || depth == 0 {
            items.push(rest[start..at].trim());
            start = at + 1;
        }
        if depth == 0 {
            break;
        }
    }
    let filled = items.into_iter().filter(|item| !item.is_empty());
    filled.flat_map(paths_at).map(|path| format!("{head}{path}")).collect()
}

/// All files under a folder whose names end so, sorted; none when the folder is not there.
pub fn files(folder: &Path, endings: &[&str]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let Ok(entries) = std::fs::read_dir(folder) else { return found };
    for path in entries.filter_map(|entry| Some(entry.ok()?.path())) {
        if path.is_dir() {
            found.extend(files(&path, endings));
        } else if endings.iter().any(|ending| path.to_string_lossy().ends_with(ending)) {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// Whether `word` stands in `text` with nothing of a word on either side.
pub fn has_word(text: &str, word: &str) -> bool {
    let part = |letter: char| letter.is_alphanumeric() || letter == '_';
    text.match_indices(word).any(|(at, _)| {
        let before = text[..at].chars().next_back().is_some_and(part);
        let after = text[at + word.len()..].chars().next().is_some_and(part);
        let (starts, ends) = (word.starts_with(part), word.ends_with(part));
        let runs_on = (starts && before) || (ends && after);
        !runs_on
    })
}

/// The name after `fn`, when the line begins a function.
fn function_name(code: &str) -> Option<&str> {
    let mut rest = code;
    for word in ["pub(crate) ", "pub(super) ", "pub ", "const ", "async ", "unsafe ", "extern \"\" "] {
        rest = rest.strip_prefix(word).unwrap_or(rest);
    }
    let name = rest.strip_prefix("fn ")?;
    name.split(['(', '<']).next()
}

/// What the scanner is inside of at the end of a line.
#[derive(Clone, Copy, PartialEq)]
enum Inside {
    Code,
    /// Block comments nest.
    Comment(usize),
    Text,
    /// A raw string with so many `#`.
    Raw(usize),
}

fn split(text: &str) -> Vec<Line> {
    let mut inside = Inside::Code;
    text.lines()
        .map(|line| {
            let mut parts = Line::default();
            let mut rest = line;
            while !rest.is_empty() {
                rest = step(rest, &mut inside, &mut parts);
            }
            parts
        })
        .collect()
}

/// Takes the next piece of a line and gives what is left of it.
fn step<'a>(rest: &'a str, inside: &mut Inside, parts: &mut Line) -> &'a str {
    let first = rest.chars().next().map_or(0, char::len_utf8);
    match *inside {
        Inside::Code => code_step(rest, first, inside, parts),
        Inside::Comment(depth) => {
            let (taken, now) = match rest {
                _ if rest.starts_with("*/") && depth == 1 => (2, Inside::Code),
                _ if rest.starts_with("*/") => (2, Inside::Comment(depth - 1)),
                _ if rest.starts_with("/*") => (2, Inside::Comment(depth + 1)),
                _ => (first, *inside),
            };
            parts.comment.push_str(&rest[..taken]);
            *inside = now;
            &rest[taken..]
        }
        Inside::Text if rest.starts_with('\\') => {
            let escaped = rest[1..].chars().next().map_or(0, char::len_utf8);
            parts.strings.push_str(&rest[..1 + escaped]);
            &rest[1 + escaped..]
        }
        Inside::Text | Inside::Raw(_) => {
            let hashes = if let Inside::Raw(hashes) = *inside { hashes } else { 0 };
            let end = format!("\"{}", "#".repeat(hashes));
            if let Some(after) = rest.strip_prefix(&end) {
                *inside = Inside::Code;
                parts.code.push('"');
                parts.strings.push('\n');
                return after;
            }
            parts.strings.push_str(&rest[..first]);
            &rest[first..]
        }
    }
}

fn code_step<'a>(rest: &'a str, first: usize, inside: &mut Inside, parts: &mut Line) -> &'a str {
    if rest.starts_with("//") {
        parts.comment.push_str(rest);
        return "";
    }
    if let Some(after) = rest.strip_prefix("/*") {
        *inside = Inside::Comment(1);
        return after;
    }
    if let Some(after) = rest.strip_prefix('"') {
        *inside = Inside::Text;
        parts.code.push('"');
        return after;
    }
    if let Some(quote) = char_literal(rest) {
        parts.code.push_str("' '");
        return &rest[quote..];
    }
    let word_before = parts.code.chars().next_back().is_some_and(|c| c.is_alphanumeric() || c == '_');
    let raw = rest.strip_prefix('r').or_else(|| rest.strip_prefix("br")).filter(|_| !word_before);
    if let Some(after) = raw {
        let hashes = after.chars().take_while(|c| *c == '#').count();
        if after[hashes..].starts_with('"') {
            *inside = Inside::Raw(hashes);
            parts.code.push('"');
            return &after[hashes + 1..];
        }
    }
    parts.code.push_str(&rest[..first]);
    &rest[first..]
}

/// The length of a character literal at the start of `rest`; a lifetime is none.
fn char_literal(rest: &str) -> Option<usize> {
    let body = rest.strip_prefix('\'')?;
    if body.starts_with('\\') {
        return body[2..].find('\'').map(|end| end + 4);
    }
    let letter = body.chars().next()?.len_utf8();
    body[letter..].starts_with('\'').then_some(letter + 2)
}
