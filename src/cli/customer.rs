//! `o2c customer show`: one customer with what is open, how it pays and what was said.

use serde_json::{Value, json};

use super::out::{self, Cell, Form, Listing};
use super::read_args::CustomerShow;
use super::session::Session;
use super::stop::Stop;
use crate::domain::money::{Currency, Money, NumberStyle};
use crate::store::read::account::{self, Full};
use crate::store::read::book;

/// Lines of the history that the text form shows.
const HISTORY: usize = 20;

/// Answers the verb.
pub(super) fn show(session: &Session, show: &CustomerShow) -> Result<(), Stop> {
    let reader = session.reader()?;
    let base = book::header(&reader)?.currency;
    let id = super::aging::customer(&reader, &show.number)?;
    let Some(full) = account::full(&reader, session.today, id)? else {
        return Err(Stop::refused("MAS-03", format!("There is no customer {}.", show.number)));
    };
    match show.form.form() {
        Form::Json => out::say(&whole(session, &full, base).to_string()),
        form => text(session, &full, base, form),
    }
}

fn plain(minor: i64, currency: Currency) -> String {
    Money::new(minor, currency).plain()
}

fn whole(session: &Session, full: &Full, base: Currency) -> Value {
    let (account, data) = (&full.account, &full.data);
    let items: Vec<Value> = full
        .items
        .iter()
        .zip(&full.expected)
        .map(|(item, expected)| {
            json!({
                "number": item.number,
                "kind": item.kind.name(),
                "date": item.date.to_string(),
                "due": item.due.to_string(),
                "currency": item.currency.code(),
                "amount": plain(item.amount, item.currency),
                "open": plain(item.open, item.currency),
                "days": item.days(session.today),
                "state": item.state(session.today),
                "expected": expected.map(|day| day.to_string()),
            })
        })
        .collect();
    let history: Vec<Value> = full
        .timeline
        .iter()
        .map(|event| json!({ "on": event.on.to_string(), "kind": event.kind, "text": event.text, "who": event.who }))
        .collect();
    json!({
        "number": data.number,
        "name": data.name,
        "group": data.group,
        "country": data.country,
        "currency": data.currency,
        "terms": data.terms,
        "owner": data.owner,
        "contact": data.contact,
        "email": data.email,
        "address": data.address,
        "phone": data.phone,
        "risk": data.risk,
        "blocked": data.blocked,
        "credit_limit": data.credit_limit.map(|limit| plain(limit, account.currency)),
        "base": base.code(),
        "no_rate": full.unrated.iter().map(|sum| json!({ "currency": sum.currency.code(), "open": sum.plain() })).collect::<Vec<_>>(),
        "open": plain(account.base.net(), base),
        "overdue": plain(account.base.overdue(), base),
        "disputed": plain(account.base.disputed, base),
        "promised": plain(account.promised, base),
        "unapplied": plain(account.base.unapplied, base),
        "days_to_pay": account.days_to_pay,
        "usual_delay": full.usual_delay,
        "items": items,
        "history": history,
    })
}

fn text(session: &Session, full: &Full, base: Currency, form: Form) -> Result<(), Stop> {
    let (account, data) = (&full.account, &full.data);
    if form == Form::Text {
        let shown = |minor: i64, currency: Currency| Money::new(minor, currency).grouped(NumberStyle::Point);
        let limit = data
            .credit_limit
            .map_or("none".to_owned(), |limit| format!("{} {}", shown(limit, account.currency), account.currency));
        let days = account.days_to_pay.map_or("not known".to_owned(), |days| format!("{days} days"));
        let without: Vec<String> =
            full.unrated.iter().map(|sum| format!("{} {}", shown(sum.minor, sum.currency), sum.currency)).collect();
        let without = if without.is_empty() {
            String::new()
        } else {
            format!("; without a rate and in none of these amounts: {} open", without.join(", "))
        };
        let blocked = if data.blocked { ", blocked for deliveries" } else { "" };
        for line in [
            format!("{} {}{blocked}", data.number, data.name),
            format!(
                "Contact {} {} {}; owner {}; terms {}",
                data.contact, data.phone, data.email, data.owner, data.terms
            ),
            format!(
                "Open {} {base}, overdue {}, disputed {}, promised {}, unapplied {}; limit {limit}; pays in {days}{without}",
                shown(account.base.net(), base),
                shown(account.base.overdue(), base),
                shown(account.base.disputed, base),
                shown(account.promised, base),
                shown(account.base.unapplied, base),
            ),
            String::new(),
        ] {
            out::say(&line)?;
        }
    }
    let rows = full.items.iter().zip(&full.expected).map(|(item, expected)| {
        vec![
            Cell::Text(item.number.clone()),
            item.kind.name().into(),
            Cell::Date(item.date),
            Cell::Date(item.due),
            item.currency.code().into(),
            Cell::Amount(item.amount, item.currency),
            Cell::Amount(item.open, item.currency),
            Cell::Number(item.days(session.today)),
            Cell::Text(item.state(session.today)),
            Cell::date(*expected),
        ]
    });
    let columns = &["number", "kind", "date", "due", "currency", "amount", "open", "days", "state", "expected"];
    let history = full.timeline.iter().take(HISTORY);
    let foot: Vec<String> = std::iter::once(String::new())
        .chain(history.map(|event| {
            let who = if event.who.is_empty() { String::new() } else { format!(" ({})", event.who) };
            format!("{} {}: {}{who}", event.on, event.kind, event.text)
        }))
        .collect();
    Listing { columns, rows: rows.collect(), total: full.items_total, foot }.print(form)
}
