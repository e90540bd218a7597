//! A promise with what was said beside its day and amount: by which method they will pay, who said so, over which way. It is
//! a promise like any other; what was said are facts of it.

use chrono::NaiveDate;

use super::super::master::maybe_line;
use super::super::perform::{Context, Written};
use super::super::{Act, Failure, collect};
use crate::domain::promise::{METHODS, SOURCES, Said};
use crate::store::Tx;

pub(super) fn record(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    items: &[(i64, i64)],
    (on, text): (NaiveDate, &str),
    said: &Said,
) -> Result<Written, Failure> {
    let method = one_of("method", &said.method, &METHODS)?;
    let source = one_of("way", &said.source, &SOURCES)?;
    let contact = maybe_line(&said.contact);
    let act = Act::Promise { items: items.to_vec(), on, text: text.to_owned() };
    let mut written = collect::handle(tx, context, &act)?;
    for (item, _) in items {
        let Some(promise) = tx.promises_of(*item)?.last().map(|promise| promise.id) else { continue };
        for (field, value) in [("method", method), ("contact", &contact), ("source", source)] {
            if !value.is_empty() {
                tx.add_promise_fact(promise, field, value)?;
            }
        }
    }
    let parts = [("by ", method), ("said by ", &contact), ("over ", source)];
    let parts: Vec<String> =
        parts.iter().filter(|(_, value)| !value.is_empty()).map(|(word, value)| format!("{word}{value}")).collect();
    if !parts.is_empty() {
        written.summary += &format!(", {}", parts.join(", "));
    }
    Ok(written)
}

/// One of the words there are, or nothing.
fn one_of<'w>(what: &str, typed: &str, words: &[&'w str]) -> Result<&'w str, Failure> {
    let typed = maybe_line(typed);
    if typed.is_empty() {
        return Ok("");
    }
    words.iter().copied().find(|word| word.eq_ignore_ascii_case(&typed)).ok_or_else(|| {
        let sentence =
            format!("\"{typed}\" is no {what} of a promise; there are {}. Nothing was changed.", words.join(", "));
        Failure::refused("PRM-01", sentence)
    })
}
