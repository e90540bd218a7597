//! What can be done about a payment: apply what is marked, settle it as something that pays no item, give back what the
//! bank took. Each ends in a review with before, change and after, and the focus on Cancel.

use super::actions::{Reviewed, amount, amounts, review};
use super::cash_deck::CashDeck;
use super::cash_draft::{Discount, Draft};
use super::cash_refund as refund;
use chrono::NaiveDate;

use crate::acts::Act;
use crate::acts::payments::Settled;
use crate::domain::dispute::Reason;
use crate::domain::money::{Currency, Money};
use crate::store::read::cash::CashRow;
use crate::store::read::matching::Beside;
use crate::store::read::payment::{CHARGED, Known, beside_it, may_return, returnable};
use crate::store::read::statements::{CHANGED, PROPOSED};
use crate::tui::app::overlay::{Field, Form, Item, Kind, Menu};
use crate::tui::app::{Answer, Ctx, Effect};
use crate::tui::ui::text::{self, amount_with_currency};

/// Most customers offered for a name.
pub(super) const OFFERED: usize = 12;

fn shown(minor: i64, currency: Currency, ctx: &Ctx) -> String {
    amount_with_currency(Money::new(minor, currency), ctx.numbers)
}

/// Why a command cannot run now, as the end of a sentence.
pub(super) fn guard(deck: &CashDeck, id: &str) -> Result<(), String> {
    if matches!(id, "cash.next" | "cash.previous") {
        return Ok(());
    }
    let Some(row) = deck.row() else { return Err("no payment waits here".to_owned()) };
    if deck.case().is_none() {
        return Err("the payment is being read".to_owned());
    }
    let pays = ["apply", "mark", "rest", "discount", "short", "difference", "keep", "part", "learn", "find", "payer"];
    match id.trim_start_matches("cash.") {
        id if row.left < 0 && (pays.contains(&id) || id == "explanation") => {
            Err("this money went out; B says what the bank took back, x what else it is".to_owned())
        }
        "refund" => refund::guard(deck),
        "return" if !may_return(row) => Err("this money came in; B is for what the bank takes back".to_owned()),
        _ => Ok(()),
    }
}

/// `d`: the earned discount at once, one that is late after a question.
pub(super) fn discount(draft: &mut Draft, ctx: &Ctx) -> Vec<Effect> {
    match draft.discount() {
        Err(why) => vec![Effect::Warn(why)],
        Ok(Discount::Taken) => {
            draft.grant(0);
            Vec::new()
        }
        Ok(Discount::Earned(earned)) => {
            draft.grant(earned);
            Vec::new()
        }
        Ok(Discount::Unearned(short)) => {
            let Some(item) = draft.item().cloned() else { return Vec::new() };
            let ended = match item.discount_until {
                Some(last) => format!("its discount ended on {}", text::day(last)),
                None => "its terms give no discount".to_owned(),
            };
            let context = amounts(ctx, item.currency, item.open);
            let filled = if short > 0 { Money::new(short, item.currency).grouped(ctx.numbers) } else { String::new() };
            let (own, ctx_then) = (context, ctx.clone());
            let save = move |values: &[String]| {
                let granted = amount(&values[0], &own).map_err(|why| (0, why))?;
                Ok(vec![Effect::tell("granted", granted)])
            };
            let form = Form::new(&format!("Discount on {} not earned", item.number), save)
                .field(Field::new("amount", Kind::Amount, &filled, move |text| {
                    amount(text, &context).map(|minor| shown(minor, context.currency, &ctx_then))
                }))
                .foot(move |_| vec![format!("{ended}; what is granted beyond it counts as a write-off")]);
            vec![Effect::Overlay(Box::new(form))]
        }
    }
}

/// `s`: why the payer took something off.
pub(super) fn short(deck: &CashDeck, ctx: &Ctx) -> Vec<Effect> {
    let (item, short) = match deck.draft.short() {
        Ok(found) => found,
        Err(why) => return vec![Effect::Warn(why)],
    };
    let reasons: Vec<&str> = Reason::ALL.iter().map(|reason| reason.word()).collect();
    let said = deck.case().and_then(|case| {
        let line = case.payment.remittance.iter().find(|line| line.number == item.number)?;
        Reason::parse(&line.reason)
    });
    let title = format!("{} of {} is disputed", shown(short, item.currency, ctx), item.number);
    let form = Form::new(&title, |values: &[String]| Ok(vec![Effect::tell("reason", values[0].clone())]))
        .field(Field::choice("reason", &reasons, said.map_or("", Reason::word)))
        .foot(|_| vec!["a letter jumps to the next reason that begins with it".to_owned()]);
    vec![Effect::Overlay(Box::new(form))]
}

/// Starts an act on the payment.
pub(super) fn run(deck: &CashDeck, id: &'static str, ctx: &Ctx) -> Vec<Effect> {
    match id {
        "cash.apply" => apply(deck, ctx),
        "cash.settle" => settle(deck, ctx),
        refund::ID => refund::form(deck, ctx),
        "cash.return" => match deck.row().cloned() {
            Some(row) => vec![Effect::ask("receipts", move |reader| returnable(reader, &row))],
            None => Vec::new(),
        },
        "cash.join" => match deck.row().cloned() {
            Some(row) => vec![Effect::ask("beside it", move |reader| beside_it(reader, &row))],
            None => Vec::new(),
        },
        _ => Vec::new(),
    }
}

/// What is done about one marked item, in words.
fn change(item: &Beside, draft: &Draft, ctx: &Ctx) -> Option<(String, String, String)> {
    let mark = draft.mark(item.id)?;
    let shown = |minor| shown(minor, item.currency, ctx);
    let before = format!("{} open {}, due {}", item.number, shown(item.open), text::day(item.due));
    if item.open < 0 {
        let change = format!("use {} of {}", shown(mark.paid), item.number);
        return Some((before, change, format!("{} open {}", item.number, shown(item.open + mark.paid))));
    }
    let mut change = format!("pay {} of {}", shown(mark.paid), item.number);
    let why = if mark.reason.is_empty() { "payment difference" } else { &mark.reason };
    for (amount, what) in [
        (mark.discount, "discount".to_owned()),
        (mark.difference, format!("written off ({why})")),
        (mark.deducted, format!("disputed ({why})")),
    ] {
        if amount != 0 {
            change.push_str(&format!(", {} {what}", shown(amount)));
        }
    }
    let open = item.open - mark.paid - mark.discount - mark.difference;
    let paid = if open == 0 { ", paid" } else { "" };
    Some((before, change, format!("{} open {}{paid}", item.number, shown(open))))
}

/// What becomes of disputes on the marked items, and which credits of the customer stay unused.
fn left_behind(draft: &Draft, ctx: &Ctx) -> Vec<String> {
    let mut out = Vec::new();
    for item in &draft.items {
        let shown = |minor| shown(minor, item.currency, ctx);
        match draft.mark(item.id) {
            None if item.open < 0 => out.push(format!("{} {} stays unused", item.number, shown(-item.open))),
            Some(mark) if item.disputed > 0 => {
                let open = item.open - mark.paid - mark.discount - mark.difference;
                let over = item.disputed - open;
                if open <= 0 {
                    out.push(format!("the dispute of {} on {} ends: paid", shown(item.disputed), item.number));
                } else if over > 0 {
                    out.push(format!(
                        "{} of the {} disputed on {} are paid",
                        shown(over),
                        shown(item.disputed),
                        item.number
                    ));
                }
            }
            _ => {}
        }
    }
    out
}

/// The sentence kept with what is applied by hand: what the rules proposed, if that is what was taken.
fn evidence(deck: &CashDeck) -> (String, i64) {
    let explanation = deck.draft.explanation.and_then(|place| {
        let found = deck.case()?.found.as_ref()?;
        found.answer.explanations.get(place)
    });
    match explanation {
        Some(explanation) if !deck.draft.touched => {
            (format!("{PROPOSED}{}", explanation.sentence()), i64::from(explanation.confidence))
        }
        Some(explanation) => (format!("{CHANGED}{}", explanation.sentence()), 1_000),
        None => ("chosen by hand".to_owned(), 1_000),
    }
}

fn apply(deck: &CashDeck, ctx: &Ctx) -> Vec<Effect> {
    let (draft, Some(row)) = (&deck.draft, deck.row()) else { return Vec::new() };
    if let Some(why) = draft.unfit() {
        return vec![Effect::Warn(format!("apply: {why}"))];
    }
    let (sentence, confidence) = evidence(deck);
    let (Some(application), Some((number, name))) = (draft.application(row.id, &sentence, confidence), deck.customer())
    else {
        return Vec::new();
    };
    let shown = |minor| shown(minor, row.currency, ctx);
    let lines: Vec<_> = draft.items.iter().filter_map(|item| change(item, draft, ctx)).collect();
    let items = lines.len();
    let mut parts = [
        vec![format!("payment {} of {}, not settled {}", row.payer, text::day(row.value), shown(draft.left))],
        Vec::new(),
        Vec::new(),
    ];
    for (before, change, after) in lines {
        parts[0].push(before);
        parts[1].push(change);
        parts[2].push(after);
    }
    parts[2].extend(left_behind(draft, ctx));
    let rest = draft.rest();
    parts[1].insert(
        0,
        format!(
            "receipt {} from {name} ({number}), by {}",
            shown(draft.left - if draft.part { rest } else { 0 }),
            ctx.user
        ),
    );
    if !draft.with.is_empty() {
        let count = draft.with.len();
        let more = if count == 1 { "1 more payment".to_owned() } else { format!("{count} more payments") };
        parts[1].insert(1, format!("{more} of this payer, {}, in the same act", shown(draft.joined())));
    }
    if rest > 0 {
        parts[2].push(match (draft.part, draft.on_account) {
            (true, _) => format!("{} of the payment still waits", shown(rest)),
            (_, true) => format!("{} kept on account", shown(rest)),
            _ => format!("{} unapplied on the receipt", shown(rest)),
        });
    }
    if draft.learn {
        parts[2].push(format!("the payer is known as {name} from now on"));
    }
    let total = format!("payment {} = items {} + rest {}", shown(draft.left), shown(draft.taken()), shown(rest));
    parts[2].push(total);
    let [before, change, after] = parts;
    let title = format!("Apply {} of {name}", shown(draft.left));
    let reviewed = Reviewed { title, before, change, after, items };
    review(reviewed, "cash.apply", ctx.act_key(), Act::ApplyPayment(Box::new(application)), draft.seen())
}

/// `x`: what it is instead.
fn settle(deck: &CashDeck, ctx: &Ctx) -> Vec<Effect> {
    let (Some(row), Some(case)) = (deck.row().cloned(), deck.case()) else { return Vec::new() };
    let known: Vec<Known> = case.known.iter().filter(|known| -known.amount == row.left).cloned().collect();
    let against = case.against.clone();
    let taken = against.iter().map(|(id, on, _)| {
        Item::new(format!("It takes the payment of {} back", text::day(*on)), format!("payment {id}, which waits"))
    });
    let mut rows: Vec<Item> = known
        .iter()
        .map(|known| {
            let note = format!("{} {}, entered by hand", text::day(known.date), known.customer);
            Item::new(format!("It is {}", known.number), note)
        })
        .chain(taken)
        .collect();
    rows.extend([
        Item::new("A charge of the bank", "an expense"),
        Item::new("A transfer", "between own accounts"),
        Item::new("Elsewhere", "booked in the general ledger, no matter of receivables"),
    ]);
    let ctx_then = ctx.clone();
    let choose = move |index: usize| {
        let (what, says) = match known.get(index) {
            Some(known) => (Settled::Known(known.id), format!("{} entered by hand before", known.number)),
            None if index < known.len() + against.len() => {
                let (id, on, _) = against[index - known.len()];
                (Settled::Against(id), format!("what the bank took back of payment {id} of {}", text::day(on)))
            }
            None => match index - known.len() - against.len() {
                0 => (Settled::Charge, "a charge of the bank".to_owned()),
                1 => (Settled::Transfer, "a transfer between own accounts".to_owned()),
                _ => (Settled::Elsewhere, "no matter of receivables".to_owned()),
            },
        };
        settled(&row, what, &says, &ctx_then)
    };
    vec![Effect::Overlay(Box::new(Menu::new("It pays no item", rows, choose)))]
}

fn settled(row: &CashRow, what: Settled, says: &str, ctx: &Ctx) -> Vec<Effect> {
    let left = shown(row.left, row.currency, ctx);
    let before = vec![format!("payment {} of {}, not settled {left}", row.payer, text::day(row.value))];
    let change = vec![format!("settle {left} as {says}, by {}", ctx.user)];
    let after = vec!["nothing of the payment waits; no item is paid by it".to_owned()];
    let reviewed = Reviewed { title: format!("Settle {left}"), before, change, after, items: 1 };
    let act = Act::SettlePayment { payment: row.id, left: row.left, what, text: String::new() };
    review(reviewed, "cash.settle", ctx.act_key(), act, Vec::new())
}

/// `a`, once the payments beside it are known: which of them goes in, or out again.
pub(super) fn others(deck: &CashDeck, answer: Answer, ctx: &Ctx) -> Vec<Effect> {
    let (Some(found), Some(row)) = (answer.take::<Vec<(i64, NaiveDate, i64)>>(), deck.row()) else { return Vec::new() };
    if found.is_empty() {
        return vec![Effect::Say("no other payment of this payer waits".to_owned())];
    }
    let line = |(id, on, left): &(i64, NaiveDate, i64)| {
        let is_in = deck.draft.with.iter().any(|(known, _)| known == id);
        let note = if is_in { "is in: takes it out" } else { "" };
        Item::new(format!("{} of {}", shown(*left, row.currency, ctx), text::day(*on)), note)
    };
    let rows = found.iter().map(line).collect();
    let choose = move |index: usize| {
        found.get(index).map_or(Vec::new(), |(id, _, left)| vec![Effect::tell("joined", (*id, *left))])
    };
    vec![Effect::Overlay(Box::new(Menu::new("Which payment pays together with it?", rows, choose)))]
}

/// `B`, once the receipts are known: which of them the bank takes back.
pub(super) fn receipts(deck: &CashDeck, answer: Answer, ctx: &Ctx) -> Vec<Effect> {
    let (Some(found), Some(row)) = (answer.take::<Vec<Known>>(), deck.row().cloned()) else { return Vec::new() };
    if found.is_empty() {
        let sentence = format!(
            "no receipt of {} can be what the bank takes back; x says what else it is",
            shown(-row.left, row.currency, ctx)
        );
        return vec![Effect::Warn(sentence)];
    }
    let line = |known: &Known| {
        let amount = shown(-known.amount, known.currency, ctx);
        Item::new(format!("{} {}", known.number, known.customer), format!("{} {amount}", text::day(known.date)))
    };
    let rows = found.iter().map(line).collect();
    let ctx_then = ctx.clone();
    let choose = move |index: usize| found.get(index).map_or(Vec::new(), |known| returned(&row, known, &ctx_then));
    vec![Effect::Overlay(Box::new(Menu::new("Which receipt does the bank take back?", rows, choose)))]
}

fn returned(row: &CashRow, known: &Known, ctx: &Ctx) -> Vec<Effect> {
    let shown = |minor| shown(minor, row.currency, ctx);
    let before = vec![
        format!("the bank took {} on {}", shown(-row.left), text::day(row.value)),
        format!("receipt {} of {}, {}", known.number, known.customer, shown(-known.amount)),
    ];
    let more = known.amount - row.left;
    let what = if more < 0 { format!("{} of {}", shown(-row.left), known.number) } else { known.number.clone() };
    let mut change = vec![format!("take {what} back, by {}; it cannot be undone", ctx.user)];
    if more > 0 {
        change.push(format!(
            "{} more: a charge of the bank where it is at most {} and the money became no other receipt; else it waits",
            shown(more),
            shown(CHARGED * 10i64.pow(row.currency.digits()))
        ));
    }
    let after = match more {
        ..0 => vec![
            format!("what {} paid last is open again by {}, with its old due date", known.number, shown(-row.left)),
            "discounts and differences granted with it stay".to_owned(),
        ],
        _ => vec![
            format!("what {} paid is open again with its old due dates", known.number),
            "discounts and differences granted with it are withdrawn".to_owned(),
        ],
    };
    let title = format!("Return of {}", known.number);
    let reviewed = Reviewed { title, before, change, after, items: 1 };
    let act = Act::ReturnPayment { payment: row.id, receipt: known.id, reason: row.text.chars().take(140).collect() };
    review(reviewed, "cash.return", ctx.act_key(), act, Vec::new())
}
