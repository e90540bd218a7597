//! Policies and templates as texts people take out, edit and take in again, for screens: the TOML of a policy, the list
//! of templates with what was edited and what waits for a second person, and a template tried on a made-up letter.

use chrono::NaiveDate;

use super::templates;
use crate::documents::library::{self, NAMES, Name};
use crate::documents::scan::TemplateError;
use crate::documents::{sample, template, words};
use crate::domain::dunning::Policy;
use crate::formats::policy;
use crate::store::read::requests::undecided;
use crate::store::{Reader, StoreError};

/// What is wrong with a text that is edited.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextFault {
    /// Line, from 1; 0 where it is of the whole.
    pub line: usize,
    /// Place in the line, from 1; 0 where it is of the whole line.
    pub column: usize,
    /// What is wrong, in a sentence.
    pub sentence: String,
}

/// Reads an edited policy, or names its first fault and how many more there are.
pub fn policy_of(text: &str) -> Result<Policy, TextFault> {
    policy::parse(text).map_err(|faults| {
        let more = match faults.len().saturating_sub(1) {
            0 => String::new(),
            1 => "; 1 more fault further down".to_owned(),
            more => format!("; {more} more faults further down"),
        };
        let first = faults.first().map_or((0, 0, String::new()), |one| (one.line, one.column, one.why.clone()));
        TextFault { line: first.0, column: first.1, sentence: format!("{}{more}", first.2) }
    })
}

/// Checks an edited template as the act does.
pub fn check_template(name: &str, language: &str, text: &str) -> Result<(), TextFault> {
    let fault = |error: TemplateError| {
        let line = error.line.unwrap_or(0);
        TextFault { line, column: 0, sentence: error.sentence }
    };
    library::check(name, language, text).map(drop).map_err(fault)
}

/// A policy as TOML that reads as the same policy.
pub fn toml(policy: &Policy) -> String {
    policy::write(policy)
}

/// A template in one language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplateLine {
    /// Its name, `reminder-1`.
    pub name: &'static str,
    /// What it is for.
    pub words: &'static str,
    /// Language code.
    pub language: String,
    /// The language in English.
    pub spoken: String,
    /// Somebody changed it; else it is the program's own.
    pub edited: bool,
    /// Lines of its text.
    pub lines: usize,
    /// The request that waits to change it.
    pub waiting: Option<String>,
    /// Its text.
    pub text: String,
}

/// Every template in every language it is shipped or edited in.
pub fn template_lines(reader: &Reader, today: NaiveDate) -> Result<Vec<TemplateLine>, StoreError> {
    let edited = templates::edited(reader)?;
    let requests = undecided(reader, today)?;
    let mut lines = Vec::new();
    for Name { name, words, .. } in &NAMES {
        let mut codes: Vec<String> = library::languages(name).map(str::to_owned).collect();
        codes.extend(edited.iter().filter(|one| one.name == *name).map(|one| one.language.clone()));
        codes.sort();
        codes.dedup();
        for language in codes {
            let own = edited.iter().find(|one| one.name == *name && one.language == language);
            let text = own.map(|own| own.text.clone());
            let text = text.or_else(|| library::shipped(name, &language).map(str::to_owned)).unwrap_or_default();
            let place = format!("{name}.{language}");
            let waiting = requests.iter().find(|row| row.waits() && row.summary.contains(&place));
            lines.push(TemplateLine {
                name,
                words,
                spoken: words::of(&language).name.to_owned(),
                edited: own.is_some(),
                lines: text.lines().count(),
                waiting: waiting.map(|row| row.number.clone()),
                language,
                text,
            });
        }
    }
    Ok(lines)
}

/// The template tried on a made-up letter with everything a letter can have; what is wrong with it where it cannot.
pub fn sampled(name: &str, language: &str, text: &str) -> Vec<String> {
    let Some(name) = library::name(name) else { return Vec::new() };
    let mut letter = sample::letter(name.kind, language);
    letter.level = name.level;
    let page = template::Template::read(text, language).and_then(|template| template.render(&letter));
    match page {
        Ok(page) => {
            let mut lines = vec![format!("Subject: {}", page.subject), String::new()];
            lines.extend(page.text().lines().map(str::to_owned));
            lines
        }
        Err(error) => vec![format!("It cannot be used: {error}")],
    }
}
