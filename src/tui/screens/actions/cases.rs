//! Work keys about what customers say of their items: they will pay on a day, or will not pay and why.

use chrono::NaiveDate;

use super::fields::{amount, amount_field, amounts, day, numbers, spread};
use super::{DISPUTE, PROMISE, Piece, Subject};
use crate::acts::arrange::Arrange;
use crate::acts::case::Case;
use crate::acts::{Act, Expect, Request};
use crate::domain::calendar;
use crate::domain::dispute::Reason;
use crate::domain::money::{Currency, Money, NumberStyle};
use crate::domain::plan::{self, GRACE_DAYS, Instalment};
use crate::domain::promise::{METHODS, Said};
use crate::language::amounts::AmountContext;
use crate::language::dates::{DateContext, Lean, echo_date};
use crate::language::schedule::{ScheduleContext, read_schedule};
use crate::tui::app::overlay::{Field, Form, Item, Kind, Menu};
use crate::tui::app::{Ctx, Effect};
use crate::tui::ui::text::{self, amount_with_currency};

/// What the person saw of these items.
pub(super) fn seen<'a>(items: impl IntoIterator<Item = &'a Piece>) -> Vec<Expect> {
    items.into_iter().map(|piece| Expect::Open { item: piece.item, open: piece.open }).collect()
}

/// The items a promise covers: the chosen ones, else the overdue ones, else all; of one currency, since a promise has
/// one. Also how many were left out for their currency.
fn promised(subject: &Subject, ctx: &Ctx) -> (Vec<Piece>, usize) {
    let free: Vec<&Piece> = subject.debits().filter(|piece| piece.free() > 0).collect();
    let any_overdue = free.iter().any(|piece| piece.due < ctx.today);
    let wanted = |piece: &&&Piece| subject.chosen || !any_overdue || piece.due < ctx.today;
    let all: Vec<Piece> = free.iter().filter(wanted).map(|piece| (*piece).clone()).collect();
    let Some(currency) = all.first().map(|piece| piece.currency) else { return (Vec::new(), 0) };
    let count = all.len();
    let same: Vec<Piece> = all.into_iter().filter(|piece| piece.currency == currency).collect();
    let left = count - same.len();
    (same, left)
}

pub(super) fn promise(subject: &Subject, ctx: &Ctx) -> Vec<Effect> {
    let (items, left_out) = promised(subject, ctx);
    let Some(first) = items.first() else {
        let sentence = format!("promise: {} has nothing open that is not disputed", subject.name);
        return vec![Effect::Warn(sentence)];
    };
    let (key, dates, style) = (ctx.act_key(), ctx.dating(Lean::Forward), ctx.numbers);
    let total: i64 = items.iter().map(Piece::free).sum();
    let context = amounts(ctx, first.currency, total);
    let other = (left_out > 0).then(|| format!("{left_out} items in another currency need a promise of their own"));
    let methods: Vec<&str> = ["-"].into_iter().chain(METHODS).collect();
    let (named, shown) = (subject.name.clone(), items.clone());
    let name = format!("promise by.{}", subject.customers.first().copied().unwrap_or(0));
    let said = {
        let (today, horizon, currency) = (ctx.today, subject.horizon, first.currency);
        move |values: &[String], minor: i64| match said_when(
            values.get(3).map_or("", String::as_str),
            minor,
            &context,
            &dates,
        ) {
            Ok(When::Plan(list)) => Some(plan_words(&list, currency, style)),
            Ok(When::Day(on)) => horizon
                .filter(|days| (on - today).num_days() > *days)
                .map(|days| format!("more than {days} days ahead: a second person decides")),
            Err(_) => None,
        }
    };
    let save = move |values: &[String]| {
        let minor = amount(&values[4], &context).map_err(|why| (4, why))?;
        let (expect, parts, text) = (seen(&items), spread(&items, minor, Piece::free), values[2].clone());
        let said = said_by(&values[0], &values[1]);
        let act = match said_when(&values[3], minor, &context, &dates).map_err(|why| (3, why))? {
            When::Day(on) if said == Said::default() => Act::Promise { items: parts, on, text },
            When::Day(on) => Act::Arrange(Arrange::PromiseBy { items: parts, on, text, said }),
            When::Plan(instalments) => Act::Arrange(Arrange::ProposePlan {
                items: parts,
                instalments,
                grace_days: GRACE_DAYS,
                text,
                replaces: None,
            }),
        };
        Ok(vec![Effect::perform(PROMISE.id, Request { key, act, expect })])
    };
    let form = Form::new(&format!("Promise of {}", subject.name), save)
        .field(Field::choice("by method", &methods, "-"))
        .field(Field::text("with whom", ""))
        .field(Field::text("said", ""))
        .field(when_field("pays on", "+3b", total, context, ctx))
        .field(amount_field("amount", context))
        .start(3)
        .foot(move |values| {
            let minor = values.get(4).and_then(|typed| amount(typed, &context).ok()).unwrap_or(total);
            let [covers, replaces] = covered(&shown, minor, &named, style);
            [said(values, minor), Some(covers), Some(replaces), other.clone()]
                .into_iter()
                .flatten()
                .filter(|line| !line.is_empty())
                .collect()
        })
        .draft(name);
    vec![Effect::Overlay(Box::new(form))]
}

/// A plan in one line: `3 x 5,184.47 from 01 Jan 27, last 5,184.46 EUR on 01 Mar 27`.
fn plan_words(list: &[Instalment], currency: Currency, style: NumberStyle) -> String {
    let (first, last) = (&list[0], &list[list.len() - 1]);
    let each = Money::new(first.amount, currency).grouped(style);
    let rest = amount_with_currency(Money::new(last.amount, currency), style);
    format!("{} x {each} from {}, last {rest} on {}", list.len(), text::day(first.on), text::day(last.on))
}

/// How they will pay and who said so, as typed.
fn said_by(method: &str, contact: &str) -> Said {
    let method = if method == "-" { "" } else { method };
    Said { method: method.to_owned(), contact: contact.trim().to_owned(), source: String::new() }
}

/// What a promise of an amount covers, and which promises it takes the place of: every item has one at most.
fn covered(items: &[Piece], minor: i64, of: &str, style: NumberStyle) -> [String; 2] {
    let parts = spread(items, minor, Piece::free);
    let piece = |id: i64| items.iter().find(|piece| piece.item == id);
    let touched: Vec<Piece> = parts.iter().filter_map(|(id, _)| piece(*id)).cloned().collect();
    let Some(currency) = touched.first().map(|piece| piece.currency) else { return Default::default() };
    let shown = |minor: i64| amount_with_currency(Money::new(minor, currency), style);
    let whole: i64 = touched.iter().map(Piece::free).sum();
    let covers = match whole - parts.iter().map(|(_, part)| part).sum::<i64>() {
        0 => format!("covers {} of {of}, {}", numbers(&touched), shown(whole)),
        left => format!("covers {}; {} of the last not promised", numbers(&touched), shown(left)),
    };
    let before: Vec<(&Piece, (NaiveDate, i64))> =
        touched.iter().filter_map(|piece| Some((piece, piece.promised?))).collect();
    let replaces = before.first().map_or(String::new(), |(first, (on, _))| {
        let sum = shown(before.iter().map(|(_, (_, amount))| amount).sum());
        let more = if before.len() > 1 { format!(" and {} more", before.len() - 1) } else { String::new() };
        format!("replaces {sum} promised: {} for {}{more}", first.number, text::day(*on))
    });
    [covers, replaces]
}

/// When payment was promised: on a day, or by instalments.
pub(in crate::tui::screens) enum When {
    /// On this day.
    Day(NaiveDate),
    /// By these instalments: a plan.
    Plan(Vec<Instalment>),
}

/// A day, or several dates with amounts, typed or pasted, or rates such as `x3 1m from 1/4`: then it is a plan.
pub(in crate::tui::screens) fn said_when(
    text: &str,
    planned: i64,
    amounts: &AmountContext,
    dates: &DateContext<'_>,
) -> Result<When, String> {
    let times = |word: &str| word.len() > 1 && word.starts_with(['x', 'X']);
    let several = text.contains(';') || text.split_whitespace().any(times) || text.split_whitespace().count() >= 4;
    if !several {
        return day(text, dates).map(When::Day);
    }
    let amounts = AmountContext { open: Some(planned), ..*amounts };
    let first = calendar::add_months(dates.today, 1);
    let list = read_schedule(text, &ScheduleContext { dates: *dates, amounts, first })?;
    let instalments: Vec<Instalment> = list.into_iter().map(|(on, amount)| Instalment { on, amount }).collect();
    match plan::fault(&instalments, planned, dates.today) {
        Some(fault) => Err(fault),
        None => Ok(When::Plan(instalments)),
    }
}

/// A field for [`said_when`].
pub(in crate::tui::screens) fn when_field(
    label: &str,
    filled: &str,
    planned: i64,
    amounts: AmountContext,
    ctx: &Ctx,
) -> Field {
    let (dates, style) = (ctx.dating(Lean::Forward), ctx.numbers);
    Field::new(label, Kind::Date, filled, move |text| match said_when(text, planned, &amounts, &dates) {
        Ok(When::Day(date)) => Ok(echo_date(date, &dates)),
        Ok(When::Plan(list)) => {
            let (first, last) = (&list[0], &list[list.len() - 1]);
            let each = amount_with_currency(Money::new(first.amount, amounts.currency), style);
            let to = if last.amount == first.amount {
                String::new()
            } else {
                format!("{} ", Money::new(last.amount, amounts.currency).grouped(style))
            };
            Ok(format!("plan: {} x {each}, {} to {to}{}", list.len(), text::day(first.on), text::day(last.on)))
        }
        // What is planned may be another amount, in the field below: the form says so when it is saved.
        Err(why) if why.contains("do not add up") => Ok("a plan over another amount than all".to_owned()),
        Err(why) => Err(why),
    })
}

/// Goes on with the one item, or lets the person choose one first.
pub(super) fn with_item(
    (title, of): (&str, &str),
    items: Vec<Piece>,
    ctx: &Ctx,
    then: impl Fn(&Piece) -> Vec<Effect> + 'static,
) -> Vec<Effect> {
    match &items[..] {
        [] => vec![Effect::Warn(format!("{}: nothing is open here", title.to_lowercase()))],
        [only] => then(only),
        _ => {
            let shown = |piece: &Piece| {
                let open = amount_with_currency(Money::new(piece.open, piece.currency), ctx.numbers);
                Item::new(&*piece.number, format!("{open:>18}  due {}", text::day(piece.due)))
            };
            let rows = items.iter().map(shown).collect();
            let choose = move |index: usize| items.get(index).map_or(Vec::new(), &then);
            vec![Effect::Overlay(Box::new(Menu::new(&format!("{title} of {of}: which item"), rows, choose)))]
        }
    }
}

/// Items whose amounts are asked one by one; of more, all that is open is meant.
const ASKED_EACH: usize = 6;

/// One case over the marked items of a currency, with an amount of each.
fn dispute_several(items: Vec<Piece>, left_out: usize, subject: &Subject, ctx: &Ctx) -> Vec<Effect> {
    let (key, style) = (ctx.act_key(), ctx.numbers);
    let words: Vec<&str> = Reason::ALL.iter().map(|reason| reason.word()).collect();
    let each = if items.len() <= ASKED_EACH { items.len() } else { 0 };
    let contexts: Vec<AmountContext> = items.iter().map(|piece| amounts(ctx, piece.currency, piece.free())).collect();
    let of = items.first().map(|piece| piece.currency).unwrap_or(ctx.base);
    let covers = format!("one case over {} of {}", numbers(&items), subject.name);
    let other = (left_out > 0).then(|| format!("{left_out} items in another currency need a case of their own"));
    let name = format!("dispute several.{}", subject.customers.first().copied().unwrap_or(0));
    let asked = contexts.clone();
    let minors = move |values: &[String]| -> Result<Vec<i64>, (usize, String)> {
        let typed = values.iter().skip(1).take(each).zip(&asked).enumerate();
        typed.map(|(place, (text, context))| amount(text, context).map_err(|why| (place + 1, why))).collect()
    };
    let total = {
        let (minors, items) = (minors.clone(), items.clone());
        move |values: &[String]| match minors(values) {
            Ok(typed) if each > 0 => Some(typed.iter().sum()),
            Ok(_) => Some(items.iter().map(Piece::free).sum::<i64>()),
            Err(_) => None,
        }
    };
    let seen_items = items.clone();
    let save = move |values: &[String]| {
        let typed = minors(values)?;
        let amounts = seen_items.iter().enumerate();
        let parts =
            amounts.map(|(place, piece)| (piece.item, typed.get(place).copied().unwrap_or(piece.free()))).collect();
        let (reason, text) = (values[1 + each].clone(), values[0].clone());
        let act = Act::Case(Box::new(Case::OpenSeveral { items: parts, reason, text }));
        Ok(vec![Effect::perform(DISPUTE.id, Request { key, act, expect: seen(&seen_items) })])
    };
    let mut form = Form::new(&format!("Dispute on {} items", items.len()), save).field(Field::text("they say", ""));
    for (piece, context) in items.iter().zip(contexts).take(each) {
        form = form.field(amount_field(&piece.number, context));
    }
    let foot = move |values: &[String]| {
        let sum = total(values).map(|minor| amount_with_currency(Money::new(minor, of), style));
        let said = sum.map_or_else(|| covers.clone(), |sum| format!("{covers}, {sum}"));
        [Some(said), other.clone()].into_iter().flatten().collect()
    };
    vec![Effect::Overlay(Box::new(form.field(Field::choice("reason", &words, "")).start(1).foot(foot).draft(name)))]
}

pub(super) fn dispute(subject: &Subject, ctx: &Ctx) -> Vec<Effect> {
    let items: Vec<Piece> = subject.debits().filter(|piece| piece.free() > 0).cloned().collect();
    if let (true, [first, _, ..]) = (subject.chosen, &items[..]) {
        let (same, other): (Vec<Piece>, Vec<Piece>) =
            items.iter().cloned().partition(|piece| piece.currency == first.currency);
        if same.len() > 1 {
            return dispute_several(same, other.len(), subject, ctx);
        }
    }
    let (key, ctx_then) = (ctx.act_key(), ctx.clone());
    let of = subject.name.clone();
    with_item(("Dispute", &subject.name), items, ctx, move |piece| {
        let context = amounts(&ctx_then, piece.currency, piece.free());
        let words: Vec<&str> = Reason::ALL.iter().map(|reason| reason.word()).collect();
        let seen_piece = piece.clone();
        let save = move |values: &[String]| {
            let minor = amount(&values[1], &context).map_err(|why| (1, why))?;
            let (reason, said) = (values[2].clone(), values[0].clone());
            let act = Act::OpenDispute { item: seen_piece.item, amount: minor, reason, text: said };
            Ok(vec![Effect::perform(DISPUTE.id, Request { key, act, expect: seen([&seen_piece]) })])
        };
        let form = Form::new(&format!("Dispute on {} of {of}", piece.number), save)
            .field(Field::text("they say", ""))
            .field(amount_field("amount", context))
            .field(Field::choice("reason", &words, ""))
            .start(1)
            .draft(format!("dispute.{}", piece.item));
        vec![Effect::Overlay(Box::new(form))]
    })
}
