//! The templates that come with the program, by name and language, and which one a letter gets: an edited one before a
//! shipped one, the customer's language before the company's, English last.

use super::letter::Kind;
use super::scan::TemplateError;
use super::template::Template;
use super::words;

/// A template: what it is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Name {
    /// Its name in the book and on the command line.
    pub name: &'static str,
    /// What it is for, in words.
    pub words: &'static str,
    /// The kind of letter.
    pub kind: Kind,
    /// The level of a reminder from which on it is used; 0 otherwise.
    pub level: u32,
}

const fn named(name: &'static str, kind: Kind, level: u32, words: &'static str) -> Name {
    Name { name, words, kind, level }
}

/// Every template there is.
pub const NAMES: [Name; 8] = [
    named("reminder-1", Kind::Reminder, 1, "first reminder, friendly"),
    named("reminder-2", Kind::Reminder, 2, "second reminder, with a day to pay by"),
    named("reminder-3", Kind::Reminder, 3, "last reminder before other steps"),
    named("statement", Kind::Statement, 0, "statement of account"),
    named("promise", Kind::Promise, 0, "confirmation of a promise to pay"),
    named("plan", Kind::Plan, 0, "confirmation of a payment plan"),
    named("dispute", Kind::Dispute, 0, "answer to a dispute"),
    named("invoice", Kind::Invoice, 0, "with the copy of an invoice"),
];

/// The shipped texts: name, language, text.
macro_rules! shipped {
    ($($name:literal: $($language:literal)*;)*) => {
        &[$($(($name, $language, include_str!(concat!("templates/", $name, ".", $language, ".txt"))),)*)*]
    };
}

#[rustfmt::skip] // one template a line
const SHIPPED: &[(&str, &str, &str)] = shipped! {
    "reminder-1": "en" "de" "fr" "es";
    "reminder-2": "en" "de" "fr" "es";
    "reminder-3": "en" "de" "fr" "es";
    "statement": "en" "de" "fr" "es";
    "promise": "en" "de" "fr" "es";
    "plan": "en" "de" "fr" "es";
    "dispute": "en" "de" "fr" "es";
    "invoice": "en" "de" "fr" "es";
};

/// A template somebody changed, as the book keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edited {
    /// One of [`NAMES`].
    pub name: String,
    /// Language code: `de`, `de-CH`, `nl`.
    pub language: String,
    /// Its text.
    pub text: String,
}

/// The name by what people call it.
pub fn name(text: &str) -> Option<&'static Name> {
    NAMES.iter().find(|one| one.name == text.trim())
}

/// The name for a letter: of a reminder the highest level that is not above its own.
pub fn name_for(kind: Kind, level: u32) -> &'static Name {
    let of_kind = || NAMES.iter().filter(|name| name.kind == kind);
    let reached = of_kind().filter(|name| name.level <= level).max_by_key(|name| name.level);
    reached.or_else(|| of_kind().min_by_key(|name| name.level)).unwrap_or(&NAMES[0])
}

/// The shipped text of a template in a language.
pub fn shipped(name: &str, language: &str) -> Option<&'static str> {
    SHIPPED.iter().find(|(one, code, _)| *one == name && *code == language).map(|(_, _, text)| *text)
}

/// Languages a template is shipped in.
pub fn languages(name: &str) -> impl Iterator<Item = &'static str> {
    SHIPPED.iter().filter(move |(one, _, _)| *one == name).map(|(_, code, _)| *code)
}

/// Where the text of a letter comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The language code it is in.
    pub language: String,
    /// Its text.
    pub text: String,
    /// Whether somebody changed it.
    pub edited: bool,
}

/// The text for a customer's language: `de-CH`, then `de`, then the same for the company's language, then English; in each
/// an edited one before a shipped one.
pub fn find(name: &Name, language: &str, company: &str, edited: &[Edited]) -> Found {
    let (own, house) = (words::code(language), words::code(company));
    for code in [own.clone(), words::base(&own), house.clone(), words::base(&house), "en".to_owned()] {
        if let Some(edited) = edited.iter().find(|one| one.name == name.name && one.language == code) {
            return Found { language: code, text: edited.text.clone(), edited: true };
        }
        if let Some(text) = shipped(name.name, &code) {
            // The words are the region's own even where its template is the language's.
            let code = if words::base(&own) == code && !own.is_empty() { own } else { code };
            return Found { language: code, text: text.to_owned(), edited: false };
        }
    }
    Found { language: "en".to_owned(), text: String::new(), edited: false }
}

/// Checks a text for its place: the name and the language must be known.
pub fn check(name: &str, language: &str, text: &str) -> Result<Template, TemplateError> {
    let fault = |sentence: String| TemplateError { code: "TPL-05", line: None, sentence };
    if self::name(name).is_none() {
        let names: Vec<&str> = NAMES.iter().map(|name| name.name).collect();
        return Err(fault(format!("There is no template \"{name}\"; there are {}.", names.join(", "))));
    }
    let code = words::code(language);
    if !(2..=3).contains(&words::base(&code).len()) || code != language {
        return Err(fault(format!("\"{language}\" is not a language code; write en, de or de-CH.")));
    }
    Template::read(text, language)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::documents::sample;
    use crate::documents::{html, iban};

    #[test]
    fn every_shipped_template_reads_and_makes_its_letter_in_every_language() {
        for name in &NAMES {
            assert_eq!(languages(name.name).count(), words::ALL.len(), "{}", name.name);
            for code in languages(name.name) {
                let template = check(name.name, code, shipped(name.name, code).unwrap()).unwrap();
                // A reminder of nothing is never made.
                for letter in sample::all(code).into_iter().filter(|letter| name.level == 0 || !letter.items.is_empty())
                {
                    let page = template.render(&letter).unwrap();
                    let (text, html) = (page.text(), html::html(&page));
                    assert!(!text.contains("  \n") && !text.contains("\n\n\n"), "{} {code}:\n{text}", name.name);
                    assert!(text.contains(&letter.company.name) && html.contains("</html>"), "{} {code}", name.name);
                    assert!(!iban::stands_in(&text) || text.contains("DE89 3704"), "{text}");
                    // Signs that would betray a hole: a comma after nothing, empty brackets, two blanks in a sentence.
                    for hole in [" ,", "()", " .", "None", "undefined"] {
                        assert!(!text.contains(hole), "{} {code} has {hole:?}:\n{text}", name.name);
                    }
                }
            }
        }
    }

    #[test]
    fn a_customer_gets_the_nearest_language() {
        let statement = name("statement").unwrap();
        let edited = [
            Edited { name: "statement".into(), language: "nl".into(), text: "Subject: Overzicht\n".into() },
            Edited { name: "statement".into(), language: "de".into(), text: "Subject: Eigener\n".into() },
        ];
        let found = |language, company| {
            let found = find(statement, language, company, &edited);
            (found.language, found.edited)
        };
        assert_eq!(found("fr-CA", "de"), ("fr-CA".to_owned(), false));
        assert_eq!(found("nl-BE", "de"), ("nl".to_owned(), true));
        assert_eq!(found("de-AT", "en"), ("de".to_owned(), true));
        assert_eq!(found("pl", "es"), ("es".to_owned(), false));
        assert_eq!(found("", ""), ("en".to_owned(), false));
        assert_eq!(found("pl", "pt"), ("en".to_owned(), false));
    }

    #[test]
    fn a_reminder_beyond_the_last_template_gets_the_last() {
        assert_eq!(name_for(Kind::Reminder, 9).name, "reminder-3");
        assert_eq!(name_for(Kind::Reminder, 0).name, "reminder-1");
        assert_eq!(name_for(Kind::Plan, 0).name, "plan");
    }
}
