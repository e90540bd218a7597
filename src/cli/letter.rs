//! `o2c letter`: one letter to a customer as text, HTML or PDF. Nothing is sent and nothing changes in the book.

use super::letter_args::{Letter as Verb, Of};
use super::session::Session;
use super::stop::Stop;
use super::{names, out, paper};
use crate::acts::{letters, templates};
use crate::documents::letter::{Kind, Letter};
use crate::documents::paper::Sheet;
use crate::documents::template::Template;
use crate::documents::{html, library};
use crate::store::Reader;

/// Answers the verb.
pub(super) fn run(session: &Session, verb: &Verb) -> Result<(), Stop> {
    let reader = session.reader()?;
    let (letter, of) = match verb {
        Verb::Statement(of) => (statement(session, &reader, of)?, of),
        Verb::Invoice(of) => {
            let found = letters::of_document(&reader, session.today, of.number.trim())?;
            let missing = || Stop::refused("ACT-04", format!("There is no document {} in the book.", of.number));
            (found.ok_or_else(missing)?, of)
        }
        Verb::Promise(of) => {
            let id = names::customer(&reader, &of.number)?.id;
            let found = letters::of_promise(&reader, session.today, id)?.filter(|letter| letter.promise.is_some());
            let missing =
                || Stop::refused("TPL-06", format!("Customer {} has promised nothing that is open.", of.number));
            (found.ok_or_else(missing)?, of)
        }
        Verb::Plan(of) => {
            let found = letters::of_plan(&reader, session.today, of.number.trim())?;
            let missing = || Stop::refused("ACT-04", format!("There is no payment plan {} in the book.", of.number));
            (found.ok_or_else(missing)?, of)
        }
        Verb::Dispute(of) => {
            let id = names::dispute(&reader, &of.number)?.id;
            let missing =
                || Stop::refused("TPL-06", format!("{} is not decided yet; there is nothing to answer.", of.number));
            (letters::of_dispute(&reader, session.today, id)?.ok_or_else(missing)?, of)
        }
    };
    let name = library::name_for(letter.kind, 0);
    let house = letters::house_language(&reader)?;
    let language = of.language.as_deref().unwrap_or(&letter.language);
    let found = library::find(name, language, &house, &templates::edited(&reader)?);
    let page = Template::read(&found.text, &found.language)?.render(&letter)?;
    if let Some(file) = &of.pdf {
        return paper::one(session, file, of.font.as_deref(), &Sheet::new(&letter, page));
    }
    if of.html {
        return html::html(&page).lines().try_for_each(out::say);
    }
    out::say(&format!("Subject: {}", page.subject))?;
    out::say("")?;
    page.text().lines().try_for_each(out::say)
}

fn statement(session: &Session, reader: &Reader, of: &Of) -> Result<Letter, Stop> {
    let id = names::customer(reader, &of.number)?.id;
    let found = letters::letter(reader, session.today, id, Kind::Statement, 0)?;
    found.ok_or_else(|| Stop::refused("MAS-03", format!("There is no customer {}.", of.number)))
}
