//! What may stand at the end of what is being typed: names of fields, the values a field has in this book or on this
//! screen, numbers of customers, documents and cases. At most a screenful, found by an index or in memory.

use super::accounts::{LABELS, accounts};
use crate::domain::case::CAUSES;
use crate::domain::department::DEPARTMENTS;
use crate::domain::dispute::Reason;
use crate::domain::money::Currency;
use crate::language::filter::{FLAGS, Field, Filter, Kind, Op, Value, unfinished};
use crate::language::fold::fold;
use crate::store::Reader;
use crate::store::error::Result;
use crate::store::read::book;
use chrono::NaiveDate;

/// Completions offered at most.
pub const MOST: usize = 40;

/// What is being typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// A filter of this screen.
    Filter(&'static str),
    /// A customer, by number or name.
    Customer,
    /// A customer or a document.
    Number,
    /// A dispute or an inquiry.
    Case,
    /// A payment plan.
    Plan,
    /// A dunning run.
    Run,
}

/// One way to go on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Completion {
    /// What replaces the unfinished word, quoted where that is needed.
    pub text: String,
    /// What it is, for the person who chooses.
    pub note: String,
}

/// All ways to go on with a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Completions {
    /// Bytes of the text that stay.
    pub from: usize,
    /// In the order offered.
    pub found: Vec<Completion>,
}

/// How what is typed may go on, as of a day.
pub fn complete(reader: &Reader, today: NaiveDate, wanted: Wanted, text: &str) -> Result<Completions> {
    if let Wanted::Filter(screen) = wanted {
        let Some(last) = unfinished(text) else { return Ok(Completions { from: text.len(), found: Vec::new() }) };
        let found = match last.field {
            None => fields(&last.typed),
            Some(field) => values(reader, today, field, screen, &last.typed)?,
        };
        return Ok(Completions { from: last.from, found });
    }
    let typed = text.trim_start();
    let mut found = match wanted {
        Wanted::Customer | Wanted::Number => {
            customers(reader, today, typed, |number, name| (number.into(), name.into()))?
        }
        _ => Vec::new(),
    };
    if !typed.is_empty() || !matches!(wanted, Wanted::Number) {
        found.extend(numbers(reader, wanted, typed)?);
    }
    found.truncate(MOST);
    Ok(Completions { from: text.len() - typed.len(), found })
}

/// Names of fields with their sign: the amounts, days and dates want an order, the others `:`.
fn fields(typed: &str) -> Vec<Completion> {
    let typed = typed.to_lowercase();
    let mut found = Vec::new();
    for field in Field::ALL {
        let names = [field.name()].into_iter().chain(field.aliases().iter().copied());
        let Some(name) = names.into_iter().find(|name| name.starts_with(&typed)) else { continue };
        let sign = match field.kind() {
            Kind::Amount | Kind::Days => ">",
            _ => ":",
        };
        found.push(Completion { text: format!("{name}{sign}"), note: field.example().to_owned() });
    }
    found
}

fn values(reader: &Reader, today: NaiveDate, field: Field, screen: &str, typed: &str) -> Result<Vec<Completion>> {
    let words: Vec<String> = match field {
        Field::Name => {
            return customers(reader, today, typed, |number, name| (written(name), number.to_owned()));
        }
        Field::Number => {
            return customers(reader, today, typed, |number, name| (written(number), name.to_owned()));
        }
        Field::Owner => return owners(reader, today, typed),
        Field::Invoice => {
            let found = numbers(reader, Wanted::Number, typed)?.into_iter();
            return Ok(found.map(|one| Completion { text: written(&one.text), ..one }).collect());
        }
        Field::Currency => currencies(reader, today)?,
        Field::Reason if matches!(screen, "log" | "audit" | "approvals") => Vec::new(),
        Field::Reason => Reason::ALL.into_iter().map(|reason| reason.word().to_owned()).collect(),
        Field::State => words(states(screen)),
        Field::Promise => words(&["open", "kept", "partly kept", "broken", "withdrawn"]),
        Field::Dispute => words(&["open", "resolved"]),
        Field::Risk => words(&["A", "B", "C", "D", "E"]),
        Field::Bucket => words(&LABELS),
        Field::Department => words(&DEPARTMENTS),
        Field::Cause => words(&CAUSES),
        Field::Is | Field::Has => FLAGS.iter().map(|(name, _)| (*name).to_owned()).collect(),
        _ => Vec::new(),
    };
    let wanted = fold(typed);
    let matching = words.iter().filter(|word| begins(&fold(word), &wanted));
    Ok(matching.map(|word| Completion { text: written(word), note: String::new() }).collect())
}

fn words(all: &[&str]) -> Vec<String> {
    all.iter().map(|word| (*word).to_owned()).collect()
}

/// The states of what a screen lists.
fn states(screen: &str) -> &'static [&'static str] {
    match screen {
        "today" | "customers" | "aging" | "deck" => &["open", "overdue", "blocked", "paid"],
        "items" | "invoices" => &["open", "overdue", "disputed", "part", "paid", "blocked"],
        "disputes" => &[
            "open",
            "resolved",
            "new",
            "assigned",
            "in clarification",
            "on customer",
            "escalated",
            "decided",
            "settling",
            "closed",
            "confirmed",
            "void",
        ],
        "promises" => &["open", "kept", "partly kept", "broken", "withdrawn", "renewed"],
        "plans" => &["due", "good standing", "default", "completed", "replaced", "withdrawn"],
        "cash" => &["receipt", "payment", "charge", "interest", "transfer", "return", "other"],
        "approvals" => &["waiting", "approved", "rejected", "withdrawn", "expired", "void"],
        "outbox" => &["unknown", "answer", "failed", "on its way", "waiting"],
        "months" => &["open", "closed", "opened again", "not over"],
        "people" => &["active", "shut out"],
        "settings" => &["set", "not set"],
        "statements" => &["statement", "report", "advice"],
        _ => &[],
    }
}

/// Whether a name begins with what is typed, or one of its words does.
fn begins(name: &str, typed: &str) -> bool {
    name.starts_with(typed) || name.match_indices(typed).any(|(at, _)| name[..at].ends_with([' ', '-', '.']))
}

/// A value as the filter language writes it.
fn written(value: &str) -> String {
    let term = Filter::Term { field: Field::Name, op: Op::Is, value: Value::Text(value.to_owned()) }.to_string();
    term.split_once(':').map_or(term.clone(), |(_, value)| value.to_owned())
}

/// Customers whose number begins with what is typed, or whose name or a word of it does; the most overdue first.
fn customers(
    reader: &Reader,
    today: NaiveDate,
    typed: &str,
    write: impl Fn(&str, &str) -> (String, String),
) -> Result<Vec<Completion>> {
    let all = accounts(reader, today)?;
    let wanted = fold(typed);
    let mut found: Vec<_> =
        all.iter().filter(|one| fold(one.number()).starts_with(&wanted) || begins(&one.folded(), &wanted)).collect();
    found.sort_by_key(|one| (std::cmp::Reverse(one.base.overdue()), one.id));
    let offered = found.into_iter().take(MOST).map(|one| write(one.number(), one.name()));
    Ok(offered.map(|(text, note)| Completion { text, note }).collect())
}

/// Everybody who has an account or may work in the book.
fn owners(reader: &Reader, today: NaiveDate, typed: &str) -> Result<Vec<Completion>> {
    let mut known: std::collections::BTreeMap<String, String> =
        book::people(reader)?.into_iter().filter(|one| one.active).map(|one| (one.login, one.name)).collect();
    let all = accounts(reader, today)?;
    for owner in all.iter().map(|one| one.owner()).filter(|owner| !owner.is_empty()) {
        if !known.contains_key(owner) {
            known.insert(owner.to_owned(), String::new());
        }
    }
    let wanted = fold(typed);
    let me = [("me".to_owned(), "whoever is at the keys".to_owned())];
    known.remove("me");
    let matching = me
        .into_iter()
        .chain(known)
        .filter(|(login, name)| fold(login).starts_with(&wanted) || begins(&fold(name), &wanted));
    Ok(matching.take(MOST).map(|(login, note)| Completion { text: written(&login), note }).collect())
}

/// Currencies customers owe in.
fn currencies(reader: &Reader, today: NaiveDate) -> Result<Vec<String>> {
    let all = accounts(reader, today)?;
    let known: std::collections::BTreeSet<Currency> =
        all.iter().flat_map(|one| one.in_currencies().map(|(currency, _)| currency)).collect();
    Ok(known.into_iter().map(|currency| currency.code().to_owned()).collect())
}

/// Numbers that begin with what is typed, as it is typed or in capitals, each kind by the index of its numbers.
fn numbers(reader: &Reader, wanted: Wanted, typed: &str) -> Result<Vec<Completion>> {
    let query = match wanted {
        Wanted::Number | Wanted::Filter(_) => {
            "SELECT d.number, c.name FROM document d JOIN customer c ON c.id = d.customer_id \
             WHERE d.number >= $1 AND d.number < $2 ORDER BY d.number LIMIT $3"
        }
        Wanted::Case => {
            "SELECT * FROM (SELECT d.number, c.name FROM dispute d JOIN customer c ON c.id = d.customer_id \
             WHERE d.number >= $1 AND d.number < $2 ORDER BY d.id DESC LIMIT $3)"
        }
        Wanted::Plan => {
            "SELECT p.number, c.name FROM plan p JOIN customer c ON c.id = p.customer_id \
             WHERE p.number >= $1 AND p.number < $2 ORDER BY p.id DESC LIMIT $3"
        }
        Wanted::Run => {
            "SELECT number, run_date FROM dunning_run WHERE number >= $1 AND number < $2 ORDER BY id DESC LIMIT $3"
        }
        Wanted::Customer => return Ok(Vec::new()),
    };
    let mut found: Vec<Completion> = Vec::new();
    let mut spellings = vec![typed.to_owned()];
    if typed.to_uppercase() != typed {
        spellings.push(typed.to_uppercase());
    }
    let mut statement = reader.conn.prepare_cached(query)?;
    for begin in spellings {
        let end = format!("{begin}\u{10ffff}");
        let most = i64::try_from(MOST).unwrap_or(i64::MAX);
        let rows = statement.query_map(rusqlite::params![begin, end, most], |row| {
            Ok(Completion { text: row.get(0)?, note: row.get(1)? })
        })?;
        for row in rows {
            let row = row?;
            if found.iter().all(|known| known.text != row.text) {
                found.push(row);
            }
        }
    }
    found.truncate(MOST);
    Ok(found)
}
