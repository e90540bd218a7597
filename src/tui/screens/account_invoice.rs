//! The form for an invoice of a customer, for whoever bills without another system: number, day, terms and amount, then a
//! review with the due dates and what the customer owes afterwards.

use super::actions::{Reviewed, amount, amounts, review};
use crate::acts::Act;
use crate::domain::authority::Right;
use crate::domain::document::DocumentKind;
use crate::domain::money::{Currency, Money};
use crate::domain::tax::{self, TaxPart};
use crate::domain::terms::Terms;
use crate::language::amounts::AmountContext;
use crate::language::dates::{Lean, echo_date, long_date, read_date};
use crate::store::read::account::Full;
use crate::tui::app::overlay::{Field, Form, Kind};
use crate::tui::app::{Command, Ctx, Effect, Tier};
use crate::tui::ui::text::{amount_with_currency, day};

/// Post an invoice to the customer.
pub(super) const COMMAND: Command =
    Command::write("invoice.post", &["N"], "new invoice", "Post an invoice: number, day, terms, amount.", Tier::Money)
        .hint(33)
        .right(Right::PostDocuments)
        .words("bill document post")
        .verb("post");

/// What the book uses where neither the form nor the customer names terms.
fn terms(typed: &str, full: &Full) -> Result<Terms, String> {
    let text = if typed.trim().is_empty() { full.data.terms.as_str() } else { typed };
    if text.trim().is_empty() { Ok(Terms::net(0)) } else { Terms::parse(text).map_err(|error| error.to_string()) }
}

/// The rate of the tax the whole amount contains; nothing where none is given.
fn rate(typed: &str) -> Result<Vec<TaxPart>, String> {
    let part = |rate| TaxPart { rate, net: 0, tax: 0 };
    if typed.trim().is_empty() { Ok(Vec::new()) } else { tax::rate(typed).map(|rate| vec![part(rate)]) }
}

/// The days an invoice is due, in words.
fn due(terms: &Terms, date: chrono::NaiveDate) -> String {
    let days: Vec<String> = terms.due_dates(date).into_iter().map(day).collect();
    format!("due {}", days.join(", "))
}

/// What a review says of the tax.
fn contained(tax: &[TaxPart]) -> String {
    tax.first().map_or_else(String::new, |part| format!(" with {}% tax in it", part.rate))
}

/// The form, with the customer's terms and currency.
pub(super) fn form(full: &Full, ctx: &Ctx) -> Vec<Effect> {
    let (key, customer, name) = (ctx.act_key(), full.account.id, full.data.name.clone());
    let currency = Currency::parse(&full.data.currency).unwrap_or(ctx.base);
    let context = AmountContext { open: None, ..amounts(ctx, currency, 0) };
    let open = full.items.iter().filter(|row| row.currency == currency).map(|row| row.open).sum::<i64>();
    let (ctx_then, full_then) = (ctx.clone(), full.clone());
    let save = move |values: &[String]| {
        let (ctx, full) = (&ctx_then, &full_then);
        let date = read_date(&values[1], &ctx.dating(Lean::Back)).map_err(|error| (1, error.to_string()))?;
        let terms = terms(&values[2], full).map_err(|why| (2, why))?;
        let amount = amount(&values[3], &context).map_err(|why| (3, why))?;
        let tax = rate(&values[6]).map_err(|why| (6, why))?;
        let number = values[0].trim().to_owned();
        let shown = |minor: i64| amount_with_currency(Money::new(minor, currency), ctx.numbers);
        let lines = Reviewed {
            title: format!("Invoice {number} to {}", full.data.name),
            before: vec![format!("{} owes {}", full.data.name, shown(open))],
            change: vec![
                format!("invoice {number} of {}{}, {}", shown(amount), contained(&tax), long_date(date)),
                due(&terms, date),
            ],
            after: vec![format!("{} owes {}", full.data.name, shown(open.saturating_add(amount)))],
            items: 1,
        };
        let act = Act::PostDocument {
            kind: DocumentKind::Invoice,
            number,
            customer,
            date,
            terms: values[2].trim().to_owned(),
            due: None,
            currency,
            amount,
            reference: values[4].clone(),
            order: values[5].clone(),
            tax,
        };
        Ok(review(lines, COMMAND.id, key, act, Vec::new()))
    };
    let needed = |text: &str| match text.trim() {
        "" => Err("the number on the invoice".to_owned()),
        _ => Ok(String::new()),
    };
    let dates = ctx.dating(Lean::Back);
    let (full_terms, ctx_amount, context_amount) = (full.clone(), ctx.clone(), context);
    let form = Form::new(&format!("Invoice to {name}"), save)
        .field(Field::new("number", Kind::Text, "", needed))
        .field(Field::new("date", Kind::Date, "t", move |text| {
            read_date(text, &dates).map(|date| echo_date(date, &dates)).map_err(|error| error.to_string())
        }))
        .field(Field::new("terms", Kind::Text, &full.data.terms, move |text| {
            terms(text, &full_terms).map(|_| if text.trim().is_empty() { "due at once" } else { "" }.to_owned())
        }))
        .field(Field::new("amount", Kind::Amount, "", move |text| {
            let minor = amount(text, &context_amount)?;
            Ok(amount_with_currency(Money::new(minor, currency), ctx_amount.numbers))
        }))
        .field(Field::text("reference", ""))
        .field(Field::text("order", ""))
        .field(Field::new("tax %", Kind::Text, "", |text| {
            let is_taxed = !rate(text)?.is_empty();
            Ok(if is_taxed { "contained in the amount" } else { "none" }.to_owned())
        }))
        .foot(move |_| vec![format!("in {currency}, tax contained; credit notes: C on an item")])
        .draft(format!("invoice.{customer}"));
    vec![Effect::Overlay(Box::new(form))]
}
