//! What the aging screen asks people: the day, the day of knowledge, the currency, the place of credits. Every answer
//! comes back to the screen under its name.

use chrono::NaiveDate;

use super::aging_rows::Shown;
use crate::domain::aging::Credits;
use crate::language::dates::{DateContext, Lean, read_date};
use crate::store::read::aging::Aging;
use crate::tui::app::overlay::{Field, Form, Item, Kind, Menu};
use crate::tui::app::{Call, Ctx, Effect};
use crate::tui::ui::text;

/// Reads a day; `dates` looks for incomplete ones in the past, where balances are looked for.
fn day(text: &str, dates: &DateContext<'_>) -> Result<NaiveDate, String> {
    read_date(text, dates).map_err(|error| error.sentence)
}

/// Asks for the day of the balances, or takes it from the palette.
pub(super) fn as_of(call: &Call, now: NaiveDate, ctx: &Ctx) -> Vec<Effect> {
    let (today, dates) = (ctx.today, ctx.dating(Lean::Back));
    if !call.args.trim().is_empty() {
        return match day(&call.args, &dates) {
            Ok(day) => vec![Effect::tell("as-of", day)],
            Err(sentence) => vec![Effect::Warn(sentence)],
        };
    }
    let echo = move |text: &str| {
        let day = day(text, &dates)?;
        let ahead = if day > today { "; a day ahead, as if nothing more were paid" } else { "" };
        Ok(format!("{}{ahead}", text::date_echo(day, today)))
    };
    let save = move |values: &[String]| {
        let day = day(&values[0], &dates).map_err(|sentence| (0, sentence))?;
        Ok(vec![Effect::tell("as-of", day)])
    };
    let form = Form::new("Aging as of", save)
        .field(Field::new("day", Kind::Date, &now.to_string(), echo))
        .foot(|_| vec!["balances and ages of that day; today comes back with t".to_owned()]);
    vec![Effect::Overlay(Box::new(form))]
}

/// Asks for the day of knowledge, or takes it from the palette. Empty is now.
pub(super) fn known_at(call: &Call, now: Option<&str>, ctx: &Ctx) -> Vec<Effect> {
    let dates = ctx.dating(Lean::Back);
    let read = move |text: &str| -> Result<Option<NaiveDate>, String> {
        match text.trim() {
            "" | "now" => Ok(None),
            text => day(text, &dates).map(Some),
        }
    };
    if !call.args.trim().is_empty() {
        return match read(&call.args) {
            Ok(day) => vec![Effect::tell("known-at", day)],
            Err(sentence) => vec![Effect::Warn(sentence)],
        };
    }
    let echo = move |text: &str| match read(text)? {
        None => Ok("everything recorded until now".to_owned()),
        Some(day) => Ok(format!("what was recorded by the end of {} (UTC)", text::weekday(day))),
    };
    let save = move |values: &[String]| {
        let day = read(&values[0]).map_err(|sentence| (0, sentence))?;
        Ok(vec![Effect::tell("known-at", day)])
    };
    let form = Form::new("As known at", save)
        .field(Field::new("end of", Kind::Date, now.unwrap_or(""), echo))
        .foot(|_| vec!["leaves out what was entered later, even with an earlier date; empty is now".to_owned()]);
    vec![Effect::Overlay(Box::new(form))]
}

/// Offers everything in the book's currency, and each currency alone.
pub(super) fn money(aging: Option<&Aging>, shown: Shown, ctx: &Ctx) -> Vec<Effect> {
    let totals = aging.map_or(&[][..], |aging| &aging.totals);
    let mut choices = vec![Shown::Base];
    let mut items = vec![Item::new(format!("all in {}", ctx.base), "at the rates the items were booked at")];
    for total in totals {
        let net = crate::domain::money::Money::new(total.sums.net(), total.currency);
        choices.push(Shown::Only(total.currency));
        items.push(Item::new(format!("{} only", total.currency), text::amount_with_currency(net, ctx.numbers)));
    }
    let at = choices.iter().position(|choice| *choice == shown).unwrap_or(0);
    let menu = Menu::new("Currency", items, move |index| {
        vec![Effect::tell("money", choices.get(index).copied().unwrap_or(Shown::Base))]
    });
    vec![Effect::Overlay(Box::new(menu.starting_at(at)))]
}

const PRESENTATIONS: [(Credits, &str, &str); 3] = [
    (Credits::Separate, "in a column of their own", "nothing in the buckets is netted"),
    (Credits::OwnDate, "in the bucket of their own date", "a bucket may be below zero"),
    (Credits::Oldest, "against the oldest debits", "flatters old buckets; not for provisions"),
];

/// Offers the three places credits can be shown in.
pub(super) fn credits(now: Credits) -> Vec<Effect> {
    let items = PRESENTATIONS.iter().map(|(_, label, note)| Item::new(*label, *note)).collect();
    let at = PRESENTATIONS.iter().position(|(credits, ..)| *credits == now).unwrap_or(0);
    let menu = Menu::new("Credits are shown", items, |index| {
        PRESENTATIONS.get(index).map(|(credits, ..)| vec![Effect::tell("credits", *credits)]).unwrap_or_default()
    });
    vec![Effect::Overlay(Box::new(menu.starting_at(at)))]
}
