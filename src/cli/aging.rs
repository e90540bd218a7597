//! `o2c aging`: the buckets of every currency with the tie to the ledger, as text, JSON, or CSV by customer.

use chrono::{DateTime, SecondsFormat, Utc};
use serde::Serialize;

use super::out::{self, Cell, Form, Listing};
use super::read_args::{Aging as Wanted, By, CreditsAt};
use super::session::Session;
use super::stop::Stop;
use crate::domain::aging::{Basis, Credits};
use crate::domain::money::Money;
use crate::store::Reader;
use crate::store::read::aging::{self, Aging, Question, Total};
use crate::store::read::{customers, refer};

/// Answers the verb.
pub(super) fn run(session: &Session, wanted: &Wanted) -> Result<(), Stop> {
    let reader = session.reader()?;
    let question = Question {
        as_of: wanted.as_of.unwrap_or(session.today),
        known_at: wanted.known_at.as_deref().map(instant).transpose()?,
        basis: match wanted.by {
            By::Due => Basis::Due,
            By::Document => Basis::Document,
        },
        credits: match wanted.credits {
            CreditsAt::Separate => Credits::Separate,
            CreditsAt::OwnDate => Credits::OwnDate,
            CreditsAt::Oldest => Credits::Oldest,
        },
        customer: wanted.customer.as_deref().map(|number| customer(&reader, number)).transpose()?,
    };
    let answer = aging::aging(&reader, &question)?;
    match wanted.form.form() {
        Form::Text => text(&answer),
        Form::Json => json(&answer),
        Form::Csv => csv(session, &reader, &answer),
    }
}

/// The customer with a number, or a refusal that names it.
pub(super) fn customer(reader: &Reader, number: &str) -> Result<i64, Stop> {
    match refer::customer(reader, number.trim())? {
        Some(found) => Ok(found.id),
        None => Err(Stop::refused("MAS-03", format!("There is no customer {number}; look with `o2c customers`."))),
    }
}

/// An instant as the book stores it. A bare day means its end; without a fraction, all of its second.
fn instant(text: &str) -> Result<String, Stop> {
    let text = text.trim();
    if super::args::iso_date(text).is_ok() {
        return Ok(format!("{text}T23:59:59.999Z"));
    }
    let zoned = if text.ends_with(['Z', 'z']) || text.get(10..).is_some_and(|rest| rest.contains(['+', '-'])) {
        text.to_owned()
    } else {
        format!("{text}Z")
    };
    let read = DateTime::parse_from_rfc3339(&zoned.replacen(' ', "T", 1)).map_err(|_| {
        Stop::usage(format!("\"{text}\" is not an instant; write 2026-03-31 or 2026-03-31T18:00:00Z for --known-at."))
    })?;
    let stored = read.with_timezone(&Utc).to_rfc3339_opts(SecondsFormat::Millis, true);
    Ok(if text.contains('.') { stored } else { stored.replace(".000Z", ".999Z") })
}

#[derive(Serialize)]
struct JsonAging {
    as_of: String,
    known_at: Option<String>,
    basis: &'static str,
    currencies: Vec<JsonCurrency>,
}

#[derive(Serialize)]
struct JsonCurrency {
    currency: String,
    buckets: Vec<JsonBucket>,
    credits: String,
    unapplied: String,
    net: String,
    control: String,
    difference: String,
}

#[derive(Serialize)]
struct JsonBucket {
    label: &'static str,
    amount: String,
    items: i64,
}

fn json(answer: &Aging) -> Result<(), Stop> {
    let currencies = answer.totals.iter().map(|total| {
        let plain = |minor: i64| Money::new(minor, total.currency).plain();
        let buckets = answer.labels.iter().enumerate();
        JsonCurrency {
            currency: total.currency.code().to_owned(),
            buckets: buckets
                .map(|(place, label)| JsonBucket {
                    label,
                    amount: plain(total.sums.buckets[place]),
                    items: total.counts[place],
                })
                .collect(),
            credits: plain(total.sums.credits),
            unapplied: plain(total.sums.unapplied),
            net: plain(total.sums.net()),
            control: plain(total.control),
            difference: plain(total.difference()),
        }
    });
    let whole = JsonAging {
        as_of: answer.question.as_of.to_string(),
        known_at: answer.question.known_at.clone(),
        basis: answer.question.basis.word(),
        currencies: currencies.collect(),
    };
    let text = serde_json::to_string(&whole).map_err(|error| Stop::trouble("FIL-05", error))?;
    out::say(&text)
}

fn text(answer: &Aging) -> Result<(), Stop> {
    let question = &answer.question;
    let known = question.known_at.as_deref().unwrap_or("now");
    out::say(&format!(
        "Aging by {} date as of {}, known at {known}, credits {}.",
        question.basis.word(),
        question.as_of,
        question.credits.word()
    ))?;
    if answer.totals.is_empty() {
        return out::say("Nothing is open.");
    }
    for total in &answer.totals {
        out::say("")?;
        currency(answer, total)?;
    }
    Ok(())
}

fn currency(answer: &Aging, total: &Total) -> Result<(), Stop> {
    let money = |minor: i64| Cell::Amount(minor, total.currency);
    let mut rows: Vec<Vec<Cell>> = Vec::new();
    for (place, label) in answer.labels.iter().enumerate() {
        let (amount, items) = (total.sums.buckets[place], total.counts[place]);
        if place > 0 || amount != 0 || items != 0 || answer.question.basis == Basis::Due {
            rows.push(vec![(*label).into(), money(amount), Cell::Number(items)]);
        }
    }
    for (label, amount) in
        [("credits", total.sums.credits), ("unapplied", total.sums.unapplied), ("net", total.sums.net())]
    {
        rows.push(vec![label.into(), money(amount), Cell::Nothing]);
    }
    let shown = |minor: i64| Money::new(minor, total.currency).grouped(crate::domain::money::NumberStyle::Point);
    let difference = total.difference();
    let verdict = if difference == 0 { "ties to the ledger" } else { "DOES NOT TIE; run `o2c check`" };
    let tie = format!("Control account {}, difference {}: {verdict}.", shown(total.control), shown(difference));
    out::say(&format!("Amounts in {}", total.currency))?;
    let count = rows.len() as u64;
    Listing { columns: &["bucket", "amount", "items"], rows, total: count, foot: vec![tie] }.print(Form::Text)
}

/// One row a customer and currency: adds up to the totals of the other forms.
fn csv(session: &Session, reader: &Reader, answer: &Aging) -> Result<(), Stop> {
    let mut rows = Vec::with_capacity(answer.lines.len());
    for line in &answer.lines {
        let account = customers::customer(reader, session.today, line.customer)?;
        let (number, name) =
            account.map_or((String::new(), String::new()), |found| (found.number.to_string(), found.name.to_string()));
        let mut row = vec![
            Cell::Date(answer.question.as_of),
            answer.question.basis.word().into(),
            Cell::Text(number),
            Cell::Text(name),
            line.currency.code().into(),
        ];
        let sums = &line.sums;
        let amounts = sums.buckets.iter().copied().chain([sums.credits, sums.unapplied, sums.net()]);
        row.extend(amounts.map(|minor| Cell::Amount(minor, line.currency)));
        rows.push(row);
    }
    let total = rows.len() as u64;
    let columns = &[
        "as_of",
        "basis",
        "customer",
        "name",
        "currency",
        "not_due",
        "days_1_30",
        "days_31_60",
        "days_61_90",
        "days_91_120",
        "days_over_120",
        "credits",
        "unapplied",
        "net",
    ];
    Listing { columns, rows, total, foot: Vec::new() }.print(Form::Csv)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_are_read_to_the_end_of_what_was_said() {
        assert_eq!(instant("2026-03-31").unwrap(), "2026-03-31T23:59:59.999Z");
        assert_eq!(instant("2026-03-31T12:00:00Z").unwrap(), "2026-03-31T12:00:00.999Z");
        assert_eq!(instant("2026-03-31 12:00:00").unwrap(), "2026-03-31T12:00:00.999Z");
        assert_eq!(instant("2026-03-31T14:00:00.250+02:00").unwrap(), "2026-03-31T12:00:00.250Z");
        assert!(instant("yesterday").is_err());
    }
}
