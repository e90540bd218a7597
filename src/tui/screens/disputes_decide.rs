//! Deciding a case by keys: a menu of what can become of it, a form with the part, the cause and the words, and a review of
//! the money act before it goes; splitting a part off.

use super::disputes_acts::{needed, sent};
use super::disputes_whole as whole;
use crate::acts::case::Case as Deed;
use crate::acts::{Act, Expect, Request};
use crate::domain::case::{CAUSES, Outcome};
use crate::domain::dispute::Reason;
use crate::domain::money::Money;
use crate::language::amounts::{AmountContext, read_amount};
use crate::language::dates::{Lean, read_date};
use crate::store::read::disputes::{Case, DisputeRow};
use crate::tui::app::overlay::{Field, Form, Item, Kind, Menu, Review};
use crate::tui::app::{Ctx, Effect};
use crate::tui::ui::text::{amount_with_currency, day};

/// A way to decide: its words, what becomes of the part, whether a part is asked for, whether the rest is collected.
struct Way {
    word: &'static str,
    outcome: Outcome,
    asks: bool,
    rest: bool,
}

const WAYS: [Way; 7] = [
    Way { word: "valid", outcome: Outcome::Credit, asks: false, rest: false },
    Way { word: "partly valid", outcome: Outcome::Credit, asks: true, rest: true },
    Way { word: "invalid", outcome: Outcome::Collect, asks: false, rest: false },
    Way { word: "promotion", outcome: Outcome::Promotion, asks: true, rest: false },
    Way { word: "write-off", outcome: Outcome::WriteOff, asks: true, rest: false },
    Way { word: "charge back", outcome: Outcome::ChargeBack, asks: true, rest: false },
    Way { word: "repay", outcome: Outcome::Repay, asks: true, rest: false },
];

/// The ways to decide, each leading through its form to the review.
pub(super) fn resolve(row: &DisputeRow, case: &Case, ctx: &Ctx) -> Vec<Effect> {
    let all = amount_with_currency(Money::new(row.stake(), row.currency), ctx.numbers);
    let items = vec![
        Item::new("valid", format!("{all} is credited")),
        Item::new("partly", format!("a part of {all} is credited, the rest collected again")),
        Item::new("invalid", format!("nothing is credited, {all} is collected again")),
        Item::new("trade promotion", "accepted as a promotion, booked to its own account"),
        Item::new("write-off", "not worth the argument"),
        Item::new("charge back", "taken off the item, billed anew with a debit note, due today"),
        Item::new("repay", "the customer promises to repay it on a day"),
    ];
    let mut items = items;
    items.extend(whole::items(case, ctx));
    let (row, case, ctx_then) = (row.clone(), case.clone(), ctx.clone());
    let title = format!("Decide {}", row.number);
    let menu = Menu::new(&title, items, move |index| match index.checked_sub(WAYS.len()) {
        Some(way) => vec![whole::form(&case, way, &ctx_then)],
        None => vec![form(&row, case.item_open, index, &ctx_then)],
    });
    vec![Effect::Overlay(Box::new(menu))]
}

fn form(row: &DisputeRow, item_open: i64, index: usize, ctx: &Ctx) -> Effect {
    let way = &WAYS[index.min(WAYS.len() - 1)];
    let stake = row.stake();
    let context = AmountContext { currency: row.currency, style: Some(ctx.numbers), open: Some(stake) };
    // The whole of it is another choice of the menu where the rest is collected.
    let most = if way.rest { stake - 1 } else { stake };
    let part = move |text: &str| -> Result<i64, String> {
        let minor = read_amount(text, &context).map_err(|error| error.to_string())?.minor;
        if (1..=most).contains(&minor) { Ok(minor) } else { Err("more than 0 and less than all of it".to_owned()) }
    };
    let (style, currency, rest) = (ctx.numbers, row.currency, way.rest);
    let said = move |minor: i64| amount_with_currency(Money::new(minor, currency), style);
    let echo = move |text: &str| {
        let minor = part(text)?;
        Ok(match (rest, stake - minor) {
            (true, left) => format!("{} credited, {} collected again", said(minor), said(left)),
            (false, 0) => format!("all of it, {}", said(minor)),
            (false, left) => format!("{}, {} stays in dispute", said(minor), said(left)),
        })
    };
    let dating = ctx.dating(Lean::Forward);
    let day = move |text: &str| read_date(text, &dating).map_err(|error| error.to_string());
    let day_echo = { move |text: &str| day(text).map(|day| day.to_string()) };
    let likely = row.likely_cause();
    let cause = Field::choice("cause", &CAUSES, likely);
    let draft = format!("dispute {}.{}", way.word, row.id);
    let name = draft.clone();
    let (key, row_then, ctx_then) = (ctx.act_key(), row.clone(), ctx.clone());
    let save = move |values: &[String]| {
        let way = &WAYS[index.min(WAYS.len() - 1)];
        let amount = if way.asks { part(&values[2]).map_err(|why| (2, why))? } else { stake };
        let on = match way.outcome {
            Outcome::Repay => Some(day(&values[3]).map_err(|why| (3, why))?),
            _ => None,
        };
        let act = Deed::Decide {
            dispute: row_then.id,
            version: row_then.version,
            outcome: way.outcome,
            amount,
            rest: way.rest,
            cause: values[1].clone(),
            on,
            text: values[0].clone(),
        };
        let expect = vec![Expect::Open { item: row_then.item, open: item_open }];
        let request = Request { key, act: Act::Case(Box::new(act)), expect };
        let tried = Effect::try_out(request.clone());
        let words = [way.word, values[0].as_str(), values[1].as_str()];
        let review = review(&row_then, item_open, way, amount, words, &ctx_then, request).trying(key);
        Ok(vec![sent(&draft, values), Effect::Overlay(Box::new(review)), tried])
    };
    let mut form = Form::new(&format!("{} is {}", row.number, way.word), save).field(needed("because")).field(cause);
    if way.asks {
        let filled = if way.rest { String::new() } else { Money::new(stake, row.currency).plain() };
        form = form.field(Field::new("amount", Kind::Amount, &filled, echo));
    }
    if way.outcome == Outcome::Repay {
        form = form.field(Field::new("repaid on", Kind::Date, "", day_echo));
    }
    Effect::Overlay(Box::new(form.draft(name)))
}

fn review(
    row: &DisputeRow,
    open: i64,
    way: &Way,
    amount: i64,
    [word, text, cause]: [&str; 3],
    ctx: &Ctx,
    request: Request,
) -> Review {
    let said = |minor: i64| amount_with_currency(Money::new(minor, row.currency), ctx.numbers);
    // Never more than is open is taken off: the rest of the item may have been paid meanwhile.
    let taken = amount.min(open.max(0));
    let (stake, doc, today) = (row.stake(), &row.document, ctx.today);
    let before = [
        format!("{} {}, {doc}: {} disputed, {}", row.number, row.name, said(stake), row.reason),
        format!("open on {doc}: {}", said(open)),
    ];
    let off = !matches!(way.outcome, Outcome::Collect | Outcome::Repay);
    let mut change = vec![format!("{word}: {text}"), format!("caused by: {cause}")];
    change.push(match way.outcome {
        Outcome::Credit if taken == 0 => "no credit note".to_owned(),
        Outcome::Credit => format!("credit note of {} on {doc}, dated {}", said(taken), day(today)),
        Outcome::Promotion => format!("{} of {doc} booked to trade promotions", said(taken)),
        Outcome::WriteOff => format!("{} of {doc} written off", said(taken)),
        Outcome::ChargeBack => format!("credit note of {} on {doc} and a debit note over it, due today", said(taken)),
        Outcome::Repay => format!("a promise of {} on {doc}", said(taken)),
        Outcome::Collect => "no credit note".to_owned(),
    });
    let left = if way.rest { 0 } else { stake - amount };
    change.push(if left == 0 { format!("{} is closed", row.number) } else { format!("{} goes on", row.number) });
    let after_open = if off { open - taken } else { open };
    let collected = match way.outcome {
        Outcome::Collect | Outcome::Repay => amount + if way.rest { stake - amount } else { 0 },
        _ if way.rest => stake - amount,
        _ => 0,
    };
    let collected = collected.min(after_open).max(0);
    let again = match (left, collected) {
        (0, 0) => "nothing of the disputed amount is left to collect".to_owned(),
        (0, sum) => format!("{} is collected again from today, {}", said(sum), day(today)),
        (left, _) => format!("{} stays in dispute", said(left)),
    };
    let after = [format!("open on {doc}: {}", said(after_open)), again];
    let title = format!("Decide {}: {word}", row.number);
    Review::new(title, &before, &change, &after, move || vec![Effect::perform("dispute.resolve", request)])
}

/// A part gets a case of its own.
pub(super) fn split(row: DisputeRow, ctx: &Ctx) -> Vec<Effect> {
    let (stake, currency, style) = (row.stake(), row.currency, ctx.numbers);
    let context = AmountContext { currency, style: Some(style), open: Some(stake) };
    let part = move |text: &str| -> Result<i64, String> {
        let minor = read_amount(text, &context).map_err(|error| error.to_string())?.minor;
        if (1..stake).contains(&minor) { Ok(minor) } else { Err("more than 0 and less than all of it".to_owned()) }
    };
    let echo = move |text: &str| {
        let left = stake - part(text)?;
        Ok(format!("{} stays in this case", amount_with_currency(Money::new(left, currency), style)))
    };
    let reasons: Vec<&str> = Reason::ALL.iter().map(|reason| reason.word()).collect();
    let reason = Field::choice("reason of the part", &reasons, &row.reason);
    let (key, draft) = (ctx.act_key(), format!("dispute split.{}", row.id));
    let (title, name) = (format!("Split {}, {}", row.number, row.name), draft.clone());
    let save = move |values: &[String]| {
        let amount = part(&values[0]).map_err(|why| (0, why))?;
        let (dispute, version, reason, text) = (row.id, row.version, values[1].clone(), values[2].clone());
        let act = Act::Case(Box::new(Deed::Split { dispute, version, amount, reason, text }));
        Ok(vec![sent(&draft, values), Effect::perform("dispute.split", Request { key, act, expect: Vec::new() })])
    };
    let form = Form::new(&title, save).field(Field::new("amount", Kind::Amount, "", echo)).field(reason);
    vec![Effect::Overlay(Box::new(form.field(Field::text("about", "")).draft(name)))]
}
