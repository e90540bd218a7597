//! Money of a payment sent back by key: how much and why, the review, and that a second person approves it before
//! anything goes out.

use super::actions::{Reviewed, amount, amounts, review};
use super::cash_deck::CashDeck;
use crate::acts::Act;
use crate::acts::payments::SentBack;
use crate::domain::money::Money;
use crate::tui::app::overlay::{Field, Form, Kind};
use crate::tui::app::{CmdId, Ctx, Effect};
use crate::tui::ui::text::{self, amount_with_currency};

/// Name of the command.
pub(super) const ID: CmdId = "cash.refund";

/// Why nothing can be sent back now.
pub(super) fn guard(deck: &CashDeck) -> Result<(), String> {
    // The line of the queue is as it was when the queue was read; the payment itself was read again since.
    let Some(row) = deck.case().map(|case| &case.payment.row) else {
        return Err("the payment is being read".to_owned());
    };
    match (row.left > 0, &*row.refund, deck.draft.customer) {
        (false, _, _) => Err("this money went out".to_owned()),
        (_, "", Some(_)) => Ok(()),
        (_, "", None) => Err("to whom? f finds the customer".to_owned()),
        (_, number, _) => Err(format!("a refund of it was asked for as {number}; g a shows it")),
    }
}

/// The form, and the review after it.
pub(super) fn form(deck: &CashDeck, ctx: &Ctx) -> Vec<Effect> {
    let (Some(row), Some(customer), Some((number, name))) = (deck.row().cloned(), deck.draft.customer, deck.customer())
    else {
        return Vec::new();
    };
    let context = amounts(ctx, row.currency, row.left);
    let (own, key, ctx_then, payment) = (context, ctx.act_key(), ctx.clone(), row.id);
    let shown = {
        let (numbers, currency) = (ctx.numbers, row.currency);
        move |minor| amount_with_currency(Money::new(minor, currency), numbers)
    };
    let (title, part) = (format!("Refund to {name}"), format!("of {} not settled", shown(row.left)));
    let echo = shown;
    let save = move |values: &[String]| {
        let back = amount(&values[0], &own).map_err(|why| (0, why))?;
        if back > row.left {
            return Err((0, format!("{} are not settled; more cannot go back", shown(row.left))));
        }
        let reason = values[1].trim().to_owned();
        if reason.is_empty() {
            return Err((1, "say why; the second person reads it".to_owned()));
        }
        let before =
            vec![format!("payment {} of {}, not settled {}", row.payer, text::day(row.value), shown(row.left))];
        let change = vec![
            format!("send {} back to {name} ({number}), by {}: {reason}", shown(back), ctx_then.user),
            "a second person approves it; until then nothing is posted".to_owned(),
        ];
        let after = vec![format!("once approved, {} of the payment wait", shown(row.left - back))];
        let reviewed = Reviewed { title: format!("Refund to {name}"), before, change, after, items: 1 };
        let (left, date) = (row.left, ctx_then.today);
        let act = Act::RefundPayment(SentBack { payment: row.id, left, customer, amount: back, date, reason });
        Ok(review(reviewed, ID, key, act, Vec::new()))
    };
    let form = Form::new(&title, save)
        .field(Field::new("amount", Kind::Amount, "all", move |text| {
            amount(text, &context).map(|minor| format!("{} {part}", echo(minor)))
        }))
        .field(Field::text("reason", ""))
        .start(1)
        .foot(|_| vec!["a second person approves it before any money goes out".to_owned()])
        .draft(format!("refund.{payment}"));
    vec![Effect::Overlay(Box::new(form))]
}
