//! `o2c letter`: one letter to a customer as text, HTML or PDF. Nothing is sent and nothing changes in the book.

use super::letter_args::Letter as Verb;
use super::session::Session;
use super::stop::Stop;
use super::{out, paper};
use crate::acts::mail::write;
use crate::documents::html;
use crate::documents::paper::Sheet;

/// Answers the verb.
pub(super) fn run(session: &Session, verb: &Verb) -> Result<(), Stop> {
    let reader = session.reader()?;
    let (what, of) = match verb {
        Verb::Statement(of) => ("statement", of),
        Verb::Invoice(of) => ("copy", of),
        Verb::Promise(of) => ("promise", of),
        Verb::Plan(of) => ("plan", of),
        Verb::Dispute(of) => ("dispute", of),
    };
    let letter = write::letter(&reader, session.today, what, &of.number)?;
    let page = write::page(&reader, &letter, of.language.as_deref())?;
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
