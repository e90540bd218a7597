//! Work keys that move money or reach the outside: each ends in a review with before, change and after, and the focus
//! on Cancel.

use super::cases::{seen, with_item};
use super::fields::{amount, amount_field, amounts, day, day_field, needed, spread};
use super::{BLOCK, CREDIT, PAYMENT, Piece, Subject, WRITE_OFF};
use crate::acts::{Act, ActKey, Expect, Request};
use crate::domain::money::{Currency, Money};
use crate::language::amounts::AmountContext;
use crate::language::dates::{Lean, long_date};
use crate::store::read::accounts::Account;
use crate::tui::app::overlay::{Field, Form, Item, Menu, Review};
use crate::tui::app::{CmdId, Ctx, Effect};
use crate::tui::ui::text::{self, amount_with_currency};

/// From this many items on, the review wants the number typed.
const MANY: usize = 10;

/// What a review shows, part by part.
pub(in crate::tui::screens) struct Reviewed {
    pub title: String,
    pub before: Vec<String>,
    pub change: Vec<String>,
    pub after: Vec<String>,
    /// From [`MANY`] items on, their number has to be typed.
    pub items: usize,
}

/// The review of an act, which is tried meanwhile, and performed on `y`.
pub(in crate::tui::screens) fn review(
    lines: Reviewed,
    name: CmdId,
    key: ActKey,
    act: Act,
    expect: Vec<Expect>,
) -> Vec<Effect> {
    let request = Request { key, act, expect };
    let tried = Effect::try_out(request.clone());
    let go = move || vec![Effect::perform(name, request)];
    let review = Review::new(lines.title, &lines.before, &lines.change, &lines.after, go).trying(key);
    let review = match u32::try_from(lines.items) {
        Ok(count) if lines.items > MANY => review.typed_count(count),
        _ => review,
    };
    vec![Effect::Overlay(Box::new(review)), tried]
}

fn shown(ctx: &Ctx, minor: i64, currency: Currency) -> String {
    amount_with_currency(Money::new(minor, currency), ctx.numbers)
}

/// The items one credit pays exactly: one item alone, else all that is overdue, else all that is open.
fn exact(credit: &Piece, debits: &[Piece], ctx: &Ctx) -> Option<Vec<Piece>> {
    let money = -credit.open;
    let own: Vec<Piece> = debits.iter().filter(|piece| piece.currency == credit.currency).cloned().collect();
    let alone: Vec<Piece> = own.iter().filter(|piece| piece.open == money).cloned().collect();
    if let [only] = &alone[..] {
        return Some(vec![only.clone()]);
    }
    let overdue: Vec<Piece> = own.iter().filter(|piece| piece.due < ctx.today).cloned().collect();
    let adds_up = |items: &Vec<Piece>| items.len() > 1 && items.iter().map(|piece| piece.open).sum::<i64>() == money;
    [overdue, own].into_iter().find(adds_up)
}

pub(super) fn payment(subject: &Subject, ctx: &Ctx) -> Vec<Effect> {
    let debits: Vec<Piece> = subject.debits().cloned().collect();
    let credits: Vec<Piece> = subject.items.iter().filter(|piece| piece.open < 0).cloned().collect();
    if let Some((credit, items)) = credits.iter().find_map(|credit| exact(credit, &debits, ctx).map(|to| (credit, to)))
    {
        return apply(subject, credit, &items, ctx);
    }
    if credits.is_empty() || debits.is_empty() {
        return receipt(subject, debits, ctx);
    }
    let line = |credit: &Piece| {
        Item::new(
            format!("Apply {}", credit.number),
            format!("{}, oldest item first", shown(ctx, -credit.open, credit.currency)),
        )
    };
    let rows = credits.iter().map(line).chain([Item::new("Post a receipt", "money that just arrived")]).collect();
    let (subject, ctx_then) = (subject.clone(), ctx.clone());
    let choose = move |index: usize| match credits.get(index) {
        Some(credit) => apply(&subject, credit, &debits, &ctx_then),
        None => receipt(&subject, debits.clone(), &ctx_then),
    };
    vec![Effect::Overlay(Box::new(Menu::new("Payment", rows, choose)))]
}

/// What an application changes, line by line: before, change and after of each item.
fn item_lines(items: &[Piece], applied: &[(i64, i64)], ctx: &Ctx) -> [Vec<String>; 3] {
    let mut lines = [Vec::new(), Vec::new(), Vec::new()];
    for (id, part) in applied {
        let Some(piece) = items.iter().find(|piece| piece.item == *id) else { continue };
        let (number, currency) = (&piece.number, piece.currency);
        lines[0].push(format!("{number} open {}, due {}", shown(ctx, piece.open, currency), text::day(piece.due)));
        lines[1].push(format!("apply {} to {number}", shown(ctx, *part, currency)));
        let paid = if piece.open == *part { ", paid" } else { "" };
        lines[2].push(format!("{number} open {}{paid}", shown(ctx, piece.open - part, currency)));
    }
    lines
}

fn apply(subject: &Subject, credit: &Piece, items: &[Piece], ctx: &Ctx) -> Vec<Effect> {
    let own: Vec<Piece> = items.iter().filter(|piece| piece.currency == credit.currency).cloned().collect();
    let applied = spread(&own, -credit.open, |piece| piece.open);
    if applied.is_empty() {
        let sentence = format!("payment: nothing in {} is open to apply {} to", credit.currency, credit.number);
        return vec![Effect::Warn(sentence)];
    }
    let used: i64 = applied.iter().map(|(_, part)| part).sum();
    let [mut before, change, mut after] = item_lines(&own, &applied, ctx);
    before.insert(0, format!("{} unapplied {}", credit.number, shown(ctx, -credit.open, credit.currency)));
    after.insert(0, format!("{} unapplied {}", credit.number, shown(ctx, -credit.open - used, credit.currency)));
    let touched = own.iter().filter(|piece| applied.iter().any(|(id, _)| *id == piece.item));
    let expect = seen(touched.chain([credit]));
    let title = format!("Apply {} of {}", credit.number, subject.name);
    let lines = Reviewed { title, before, change, after, items: applied.len() };
    let act = Act::Apply { credit: credit.item, applied, effective: ctx.today };
    review(lines, PAYMENT.id, ctx.act_key(), act, expect)
}

/// A receipt that is not in the book yet: how much and when, then the review.
fn receipt(subject: &Subject, debits: Vec<Piece>, ctx: &Ctx) -> Vec<Effect> {
    let Some(customer) = subject.one() else { return Vec::new() };
    let currency = debits.first().map_or(ctx.base, |piece| piece.currency);
    let own: Vec<Piece> = debits.into_iter().filter(|piece| piece.currency == currency).collect();
    let open: i64 = own.iter().map(|piece| piece.open).sum();
    // Without anything open there is no limit to compare with.
    let context = AmountContext { open: (open > 0).then_some(open), ..amounts(ctx, currency, open) };
    let (key, ctx_then, subject_then) = (ctx.act_key(), ctx.clone(), subject.clone());
    let save = move |values: &[String]| {
        let ctx = &ctx_then;
        let amount = amount(&values[1], &context).map_err(|why| (1, why))?;
        let date = day(&values[2], &ctx.dating(Lean::Back)).map_err(|why| (2, why))?;
        let applied = spread(&own, amount, |piece| piece.open);
        let used: i64 = applied.iter().map(|(_, part)| part).sum();
        let [mut before, mut change, mut after] = item_lines(&own, &applied, ctx);
        if before.is_empty() {
            before.push("nothing is open in this currency".to_owned());
        }
        change.insert(0, format!("receive {} on {}", shown(ctx, amount, currency), long_date(date)));
        after.push(format!("unapplied {}", shown(ctx, amount - used, currency)));
        let expect = seen(own.iter().filter(|piece| applied.iter().any(|(id, _)| *id == piece.item)));
        let title = format!("Receipt from {}", subject_then.name);
        let lines = Reviewed { title, before, change, after, items: applied.len() };
        let (reference, method, text) = (values[0].clone(), "transfer".to_owned(), String::new());
        let act = Act::PostReceipt { customer, reference, date, currency, amount, method, text, applied };
        Ok(review(lines, PAYMENT.id, key, act, expect))
    };
    let form = Form::new(&format!("Receipt from {}", subject.name), save)
        .field(Field::text("reference", ""))
        .field(amount_field("amount", context))
        .field(day_field("value date", "t", ctx, Lean::Back))
        .start(1)
        .foot(|_| {
            let lines = [
                "oldest item first; without a reference the book numbers it",
                "more than is open: with a + behind it the rest stays unapplied",
            ];
            lines.map(str::to_owned).to_vec()
        })
        .draft(format!("payment.{customer}"));
    vec![Effect::Overlay(Box::new(form))]
}

/// Credit memo and write-off: which item, how much, why, then the review.
pub(super) fn reduce(id: CmdId, subject: &Subject, ctx: &Ctx) -> Vec<Effect> {
    let items = subject.debits().cloned().collect();
    let (key, ctx_then) = (ctx.act_key(), ctx.clone());
    let (title, verb) = if id == WRITE_OFF.id { ("Write off", "write off") } else { ("Credit", "credit") };
    let of = subject.name.clone();
    with_item((title, &subject.name), items, ctx, move |piece| {
        let context = amounts(&ctx_then, piece.currency, piece.open);
        let (ctx, piece_then) = (ctx_then.clone(), piece.clone());
        let save = move |values: &[String]| {
            let amount = amount(&values[0], &context).map_err(|why| (0, why))?;
            let (piece, reason) = (&piece_then, values[1].clone());
            let open = |minor: i64| vec![format!("{} open {}", piece.number, shown(&ctx, minor, piece.currency))];
            let change = vec![format!("{verb} {}: {reason}", shown(&ctx, amount, piece.currency))];
            let title = format!("{title} on {}", piece.number);
            let (before, after) = (open(piece.open), open(piece.open - amount));
            let lines = Reviewed { title, before, change, after, items: 1 };
            let (item, date) = (piece.item, ctx.today);
            let act = if id == CREDIT.id {
                Act::Credit { item, amount, date, reason }
            } else {
                Act::WriteOff { item, amount, date, reason }
            };
            Ok(review(lines, id, key, act, seen([piece])))
        };
        let form = Form::new(&format!("{title} on {} of {of}", piece.number), save)
            .field(amount_field("amount", context))
            .field(needed("reason", "", "say why; it stays in the log"))
            .draft(format!("{}.{}", verb.replace(' ', "-"), piece.item));
        vec![Effect::Overlay(Box::new(form))]
    })
}

/// Blocks a customer that is free and releases one that is blocked.
pub(super) fn block(account: &Account, ctx: &Ctx) -> Vec<Effect> {
    let (key, customer, name, ctx_then) = (ctx.act_key(), account.id, account.name.to_string(), ctx.clone());
    let blocked = !account.blocked;
    let (overdue, days) = (account.base.overdue(), account.oldest_days(ctx.today));
    let mut state = vec![format!("overdue {}, oldest {}", shown(ctx, overdue, ctx.base), text::days(days))];
    if let (Some(limit), Some(used)) = (account.limit, account.limit_use()) {
        state.push(format!("limit {}, used {}", shown(ctx, limit, account.currency), text::permille(used)));
    }
    let filled = match (blocked, overdue > 0) {
        (true, true) => format!("overdue {}, oldest {}", shown(ctx, overdue, ctx.base), text::days(days)),
        (true, false) => "over the credit limit".to_owned(),
        (false, _) => "released after review".to_owned(),
    };
    let (title, verb) =
        if blocked { (format!("Block {name}"), "block") } else { (format!("Release {name}"), "release") };
    let heading = title.clone();
    let save = move |values: &[String]| {
        let word = |blocked: bool| format!("deliveries {}", if blocked { "blocked" } else { "allowed" });
        let before = [vec![word(!blocked)], state.clone()].concat();
        let reason = values[0].clone();
        let change = vec![format!("{verb} new deliveries, by {}: {reason}", ctx_then.user)];
        let lines = Reviewed { title: title.clone(), before, change, after: vec![word(blocked)], items: 1 };
        Ok(review(lines, BLOCK.id, key, Act::SetBlocked { customer, blocked, reason }, Vec::new()))
    };
    let form = Form::new(&heading, save).field(needed("reason", &filled, "say why; it stays in the log"));
    vec![Effect::Overlay(Box::new(form))]
}
