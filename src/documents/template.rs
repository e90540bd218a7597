//! One template: its text checked, its letters made. A template never sees more than `values` gives it, works with
//! bounded fuel and makes at most 256 KB; what it cannot do is refused before (`scan`).

use std::fmt;
use std::io;

use minijinja::{Environment, Error, ErrorKind, UndefinedBehavior};

use super::form::Form;
use super::letter::Letter;
use super::page::{Block, Page};
use super::scan::{self, TemplateError};
use super::{iban, sample, values};

/// The most a template may make of one letter, in bytes.
pub const MOST: usize = 256 * 1024;

/// Steps a template may take for one letter; the longest shipped one takes some hundreds.
const FUEL: u64 = 2_000_000;

/// What the first line begins with.
const SUBJECT: &str = "Subject:";

/// A checked template.
pub struct Template {
    language: String,
    engine: Environment<'static>,
}

impl fmt::Debug for Template {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Template").field("language", &self.language).finish_non_exhaustive()
    }
}

impl Template {
    /// Checks a template's text and takes it. `language` is the code whose words and forms its letters have.
    pub fn read(source: &str, language: &str) -> Result<Template, TemplateError> {
        let source = source.strip_prefix('\u{feff}').unwrap_or(source).replace("\r\n", "\n");
        if let Some(c) =
            source.chars().find(|c| ('\u{e000}'..='\u{f8ff}').contains(c) || (c.is_control() && !"\n\t".contains(*c)))
        {
            let line = 1 + source.split(c).next().unwrap_or_default().matches('\n').count();
            let sentence = format!("Line {line} holds the sign U+{:04X}, which no letter shows.", u32::from(c));
            return Err(TemplateError::at("TPL-02", line, sentence));
        }
        scan::check(&source)?;
        if !source.starts_with(SUBJECT) {
            let sentence = format!("The first line is the subject: \"{SUBJECT} Invoices past due\".");
            return Err(TemplateError::at("TPL-02", 1, sentence));
        }
        let template = Template { language: language.to_owned(), engine: engine(source)? };
        // Tried on letters with everything and with next to nothing: what fails there is said now, not at the run.
        for letter in sample::all(language) {
            let page = template.render(&letter)?;
            let allowed = letter.company.iban.as_str();
            let text = page.text().replace(&values_of(allowed), "");
            if iban::stands_in(&text) {
                let sentence = "The letter would name an account number that is not the one of the settings.";
                return Err(TemplateError { code: "TPL-03", line: None, sentence: sentence.to_owned() });
            }
        }
        Ok(template)
    }

    /// The language code of its words.
    pub fn language(&self) -> &str {
        &self.language
    }

    /// Makes the page of one letter.
    pub fn render(&self, letter: &Letter) -> Result<Page, TemplateError> {
        let form = Form::of(&self.language);
        let mut out = Capped(Vec::new());
        let template = self.engine.get_template(NAME).map_err(|error| refused(&error))?;
        template.render_captured_to(values::context(letter, &form), &mut out).map_err(|error| refused(&error))?;
        let text = String::from_utf8(out.0).unwrap_or_default();
        let (first, body) = text.split_once('\n').unwrap_or((&text, ""));
        let subject = values::line(first.trim_start_matches(SUBJECT));
        if subject.is_empty() {
            return Err(TemplateError::at("TPL-02", 1, "The subject is empty."));
        }
        Ok(Page { language: self.language.clone(), subject, blocks: blocks(body, letter, &form) })
    }
}

/// The account number of a sample as letters show it.
fn values_of(iban: &str) -> String {
    let letters: Vec<char> = iban.chars().collect();
    letters.chunks(4).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
}

const NAME: &str = "letter";

fn engine(source: String) -> Result<Environment<'static>, TemplateError> {
    let mut engine = Environment::empty();
    engine.set_undefined_behavior(UndefinedBehavior::Strict);
    engine.set_fuel(Some(FUEL));
    engine.add_filter("upper", |text: &str| text.to_uppercase());
    engine.add_filter("lower", |text: &str| text.to_lowercase());
    engine.add_filter("trim", |text: &str| text.trim().to_owned());
    engine.add_filter("length", |value: minijinja::Value| value.len().unwrap_or(0));
    engine.add_template_owned(NAME, without_tag_lines(&source)).map_err(|error| refused(&error))?;
    Ok(engine)
}

/// A line that holds only a statement leaves no line behind: its break moves into the tag, where it means nothing and the
/// lines are still counted.
fn without_tag_lines(source: &str) -> String {
    let mut out = String::with_capacity(source.len());
    for line in source.split_inclusive('\n') {
        let tag = line.trim();
        let alone =
            tag.starts_with("{%") && tag.ends_with("%}") && tag.matches("{%").count() == 1 && line.ends_with('\n');
        match tag.strip_suffix("%}").filter(|_| alone) {
            // A tag that takes the blanks after it keeps doing so.
            Some(inner) => match inner.strip_suffix('-') {
                Some(inner) => out.push_str(&format!("{inner}\n-%}}")),
                None => out.push_str(&format!("{inner}\n%}}")),
            },
            None => out.push_str(line),
        }
    }
    out
}

/// Paragraphs and tables of what a template made.
fn blocks(body: &str, letter: &Letter, form: &Form) -> Vec<Block> {
    let mut blocks = Vec::new();
    for (text, mark) in values::pieces(body) {
        let mut lines: Vec<String> = Vec::new();
        for line in text.lines().map(str::trim).chain([""]) {
            if !line.is_empty() {
                lines.push(line.to_owned());
            } else if !lines.is_empty() {
                blocks.push(Block::Paragraph(std::mem::take(&mut lines)));
            }
        }
        blocks.extend(mark.and_then(|mark| values::block(mark, letter, form)));
    }
    blocks
}

/// Output that stops at [`MOST`].
struct Capped(Vec<u8>);

impl io::Write for Capped {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0.len() + bytes.len() > MOST {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What the engine says, in our words.
fn refused(error: &Error) -> TemplateError {
    let place = error.line().map_or_else(String::new, |line| format!(" in line {line}"));
    let (code, sentence) = match error.kind() {
        ErrorKind::OutOfFuel => {
            ("TPL-04", format!("The template goes round too often{place}; its loops are too deep."))
        }
        ErrorKind::WriteFailure => ("TPL-04", format!("The letter is longer than {} KB.", MOST / 1024)),
        ErrorKind::UndefinedError => ("TPL-01", format!("Unknown field{place}.")),
        _ => {
            let why = error.detail().map_or_else(|| error.kind().to_string(), str::to_owned);
            ("TPL-02", format!("The template cannot be read{place}: {why}."))
        }
    };
    TemplateError { code, line: error.line(), sentence }
}
