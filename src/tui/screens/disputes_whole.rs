//! Deciding a case over several items as a whole by keys: every item alike, each for all that is in dispute of it, after one
//! review of all of them.

use super::disputes_acts::{needed, sent};
use crate::acts::case::{Case as Deed, Share};
use crate::acts::{Act, Expect, Request};
use crate::domain::case::{CAUSES, Outcome};
use crate::domain::money::Money;
use crate::store::read::case_group::Member;
use crate::store::read::disputes::Case;
use crate::tui::app::overlay::{Field, Form, Item, Review};
use crate::tui::app::{Ctx, Effect};
use crate::tui::ui::text::amount_with_currency;

/// A way to decide the whole: its words, what becomes of every item, what that means.
const WAYS: [(&str, Outcome, &str); 3] = [
    ("all valid", Outcome::Credit, "credited"),
    ("all invalid", Outcome::Collect, "collected again"),
    ("all written off", Outcome::WriteOff, "written off"),
];

fn open(case: &Case) -> Vec<Member> {
    case.more.group.iter().filter(|one| one.held > 0).cloned().collect()
}

/// The choices below those of one item; none where a case is one item, or only one is open.
pub(super) fn items(case: &Case, ctx: &Ctx) -> Vec<Item> {
    let open = open(case);
    if open.len() < 2 {
        return Vec::new();
    }
    let held = open.iter().map(|one| one.held).sum();
    let all = amount_with_currency(Money::new(held, case.row.currency), ctx.numbers);
    WAYS.iter().map(|(word, _, means)| Item::new(*word, format!("{all} of {} items is {means}", open.len()))).collect()
}

/// Why, and what went wrong; then the review.
pub(super) fn form(case: &Case, way: usize, ctx: &Ctx) -> Effect {
    let (word, outcome, _) = WAYS[way.min(WAYS.len() - 1)];
    let (members, number) = (open(case), case.row.case.clone());
    let draft = format!("dispute {word}.{}", case.row.id);
    let (name, key) = (draft.clone(), ctx.act_key());
    let (case_then, ctx_then) = (case.clone(), ctx.clone());
    let save = move |values: &[String]| {
        let act = Deed::DecideAll {
            parts: members
                .iter()
                .map(|one| Share { dispute: one.id, version: one.version, amount: one.held })
                .collect(),
            outcome,
            rest: false,
            cause: values[1].clone(),
            on: None,
            text: values[0].clone(),
        };
        let expect = members.iter().map(|one| Expect::Open { item: one.item, open: one.item_open }).collect();
        let request = Request { key, act: Act::Case(Box::new(act)), expect };
        let tried = Effect::try_out(request.clone());
        let review = review(&case_then, way, [&values[0], &values[1]], &ctx_then, request).trying(key);
        Ok(vec![sent(&draft, values), Effect::Overlay(Box::new(review)), tried])
    };
    let cause = Field::choice("cause", &CAUSES, case.row.likely_cause());
    let title = format!("{number}: {word}");
    Effect::Overlay(Box::new(Form::new(&title, save).field(needed("because")).field(cause).draft(name)))
}

fn review(case: &Case, way: usize, [text, cause]: [&String; 2], ctx: &Ctx, request: Request) -> Review {
    let (word, outcome, means) = WAYS[way.min(WAYS.len() - 1)];
    let said = |minor: i64| amount_with_currency(Money::new(minor, case.row.currency), ctx.numbers);
    let members = open(case);
    let line = |one: &Member| {
        format!("{} {}: {} disputed, {} open", one.number, one.document, said(one.held), said(one.item_open))
    };
    let before: Vec<String> = members.iter().map(line).collect();
    let mut change = vec![format!("{word}: {text}"), format!("caused by: {cause}")];
    change.extend(members.iter().map(|one| format!("{} of {} is {means}", said(one.held), one.document)));
    let off = outcome != Outcome::Collect;
    let left = |one: &Member| if off { one.item_open - one.held.min(one.item_open.max(0)) } else { one.item_open };
    let mut after: Vec<String> =
        members.iter().map(|one| format!("open on {}: {}", one.document, said(left(one)))).collect();
    after.push(format!("{} is closed, {} in all", case.row.case, said(members.iter().map(|one| one.held).sum())));
    let title = format!("Decide {}: {word}", case.row.case);
    Review::new(title, &before, &change, &after, move || vec![Effect::perform("dispute.resolve", request)])
}
