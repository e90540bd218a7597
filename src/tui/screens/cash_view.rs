//! How a payment is drawn: what the bank said and who it may be, the customer's open items with what is marked, and the
//! running difference. Narrow terminals stack the three, wide ones put the first beside the others.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::cash;
use super::cash_deck::{CashDeck, on};
use super::cash_draft::Draft;
use crate::domain::matching::{Evidence, Explanation};
use crate::domain::money::Money;
use crate::store::read::cash::CashRow;
use crate::store::read::matching::Beside;
use crate::store::read::payment::Case;
use crate::tui::app::Ctx;
use crate::tui::ui::layout::{self, Class, class};
use crate::tui::ui::paint;
use crate::tui::ui::table::{Cell, Column, Line, Table, rows_in};
use crate::tui::ui::text::{self, amount_with_currency};
use crate::tui::ui::theme::Role;
use crate::tui::ui::width::wrap;

const ITEMS: &[Column] = &[
    Column::words("number", "ITEM", 'n', 0, 10, 18),
    Column::words("due", "DUE", 'd', 2, 9, 9),
    Column::number("open", "OPEN", 'o', 0, 12),
    Column::number("pays", "PAYS", 'p', 0, 12),
    Column::number("discount", "DISCOUNT", 'c', 3, 9),
    Column::number("stays", "STAYS", 's', 1, 11),
    Column::words("note", "NOTE", 't', 0, 10, 40),
];

/// Draws the deck at the size it has.
pub(super) fn draw(deck: &CashDeck, buf: &mut Buffer, area: Rect, ctx: &Ctx, focused: bool) {
    let (theme, glyphs, style) = (ctx.theme, ctx.glyphs, ctx.style(Role::Text));
    let Some(row) = deck.row() else {
        let lines = [
            String::new(),
            format!("{} payments handled in this round.", deck.walk.handled()),
            "Esc goes back and shows what still waits; u takes the last act back.".to_owned(),
        ];
        return paint::lines(buf, indented(area), &lines, style, glyphs);
    };
    let head = format!("{}  {}  {}", cash::payer(row), on(row), row.kind.word());
    let left = format!("{}  {}", money(row.left, row, ctx), deck.walk.progress());
    if class(ctx.size.0, ctx.size.1) <= Class::S {
        let inside = indented(area);
        let line = Rect { height: 1.min(inside.height), ..inside };
        paint::two_sides(buf, line, &head, &left, ctx.style(Role::Strong), glyphs);
        let upper = Rect { y: inside.y + line.height, height: inside.height - line.height, ..inside };
        let lines = deck.case().map_or(Vec::new(), |case| [said(case, ctx), who(deck, case)].concat());
        let known = u16::try_from(lines.len()).unwrap_or(0).min(upper.height / 2);
        paint::lines(buf, Rect { height: known, ..upper }, &lines, style, glyphs);
        let lower = Rect { x: area.x, y: upper.y + known, width: area.width, height: upper.height - known };
        let [items, foot] = layout::above(rule(buf, lower, ctx), 3);
        table(deck, buf, items, ctx, focused);
        let inside = indented(rule(buf, foot, ctx));
        paint::lines(buf, inside, &running(&deck.draft, row, ctx), ctx.style(Role::Strong), glyphs);
        return;
    }
    let [left_side, right] = layout::beside(area, 38);
    let inside = indented(paint::frame(buf, left_side, &head, &left, false, theme, glyphs));
    if let Some(case) = deck.case() {
        let width = usize::from(inside.width).max(1);
        let lines = [said(case, ctx), remittance(case, ctx), who(deck, case), known(case), steps(case)];
        let lines: Vec<String> = lines.concat().iter().flat_map(|line| wrap(line, width)).collect();
        paint::lines(buf, inside, &lines, style, glyphs);
    }
    let [items, foot] = layout::above(right, 4);
    let title = deck.customer().map_or("Whose payment?".to_owned(), |(number, name)| format!("{name} {number}"));
    let note = format!("{} open", deck.draft.items.len());
    let inside = paint::frame(buf, items, &title, &note, focused, theme, glyphs);
    table(deck, buf, inside, ctx, focused);
    let inside = indented(paint::frame(buf, foot, "Difference", "P reviews", false, theme, glyphs));
    paint::lines(buf, inside, &running(&deck.draft, row, ctx), ctx.style(Role::Strong), glyphs);
}

fn money(minor: i64, row: &CashRow, ctx: &Ctx) -> String {
    amount_with_currency(Money::new(minor, row.currency), ctx.numbers)
}

/// Without the first and last column.
fn indented(area: Rect) -> Rect {
    Rect { x: area.x + 1.min(area.width), width: area.width.saturating_sub(2), ..area }
}

/// A line over the top of the area; gives what is below it.
fn rule(buf: &mut Buffer, area: Rect, ctx: &Ctx) -> Rect {
    let line = ctx.glyphs.horizontal.repeat(usize::from(area.width));
    paint::text(buf, area, area.x, area.y, &line, ctx.style(Role::Dim), ctx.glyphs);
    let top = 1.min(area.height);
    Rect { y: area.y + top, height: area.height - top, ..area }
}

/// What the bank said, without empty lines.
fn said(case: &Case, ctx: &Ctx) -> Vec<String> {
    let (payment, row) = (&case.payment, &case.payment.row);
    let named = |label: &str, value: &str| if value.is_empty() { String::new() } else { format!("{label} {value}") };
    let join = |parts: &[String]| parts.iter().filter(|part| !part.is_empty()).cloned().collect::<Vec<_>>().join("  ");
    let whole = if row.left == row.amount { String::new() } else { format!("left of {}", money(row.amount, row, ctx)) };
    let cleaned = if payment.cleaned { "(text cleaned; the file's own is kept)" } else { "" };
    // The queue says it too, once the rules were asked.
    let alike = if row.why == payment.alike { "" } else { &payment.alike };
    let lines = [
        join(&[row.text.clone(), cleaned.to_owned()]),
        join(&[named("reference", &row.structured), named("end-to-end", &row.end_to_end)]),
        join(&[
            named("from", &payment.payer_account),
            format!("{} {} line {}", row.account, payment.statement, payment.line),
            named("bank", &payment.reference),
        ]),
        join(&[whole, named("why it waits:", &row.why), alike.to_owned()]),
    ];
    lines.into_iter().filter(|line| !line.is_empty()).collect()
}

fn remittance(case: &Case, ctx: &Ctx) -> Vec<String> {
    let row = &case.payment.row;
    let part = |label: &str, amount: Option<i64>| {
        amount
            .filter(|amount| *amount != 0)
            .map_or(String::new(), |amount| format!("  {label}{}", money(amount, row, ctx)))
    };
    let lines = case.payment.remittance.iter().map(|line| {
        let reason = if line.reason.is_empty() { String::new() } else { format!(" ({})", line.reason) };
        let amounts = [part("", line.amount), part("discount ", line.discount), part("less ", line.deduction)].concat();
        format!("  {} {}{amounts}{reason}", line.kind, line.number)
    });
    lines.collect()
}

/// Who it may be and what the rules make of it.
fn who(deck: &CashDeck, case: &Case) -> Vec<String> {
    if case.payment.row.left < 0 {
        return vec!["money that went out: B the bank took a receipt back, x what else it is".to_owned()];
    }
    let all = case.customers();
    let place = all.iter().position(|customer| Some(customer.0) == deck.draft.customer);
    let others = match (all.len(), place) {
        (0 | 1, Some(_)) => String::new(),
        (count, Some(place)) => format!("  ({} of {count}, c next)", place + 1),
        (0, None) => String::new(),
        (count, None) => format!("  (c shows {count} others)"),
    };
    let score = case.found.as_ref().and_then(|found| {
        let payer = found.answer.payers.iter().find(|payer| Some(payer.customer) == deck.draft.customer)?;
        Some(format!("  {}% {}", payer.score / 10, payer.evidence.iter().map(words).collect::<Vec<_>>().join(", ")))
    });
    let first = match deck.customer() {
        Some((number, name)) => format!("{number} {name}{}{others}", score.unwrap_or("  chosen by hand".to_owned())),
        None => "nobody is known by this payer: f finds the customer, x says it is none".to_owned(),
    };
    let mut lines = vec![first];
    if let Some(explanation) = explanation(deck, case) {
        let changed = if deck.draft.touched { "changed from: " } else { "" };
        let sure = explanation.confidence / 10;
        lines.push(format!("{changed}{}  {sure}%", explanation.sentence()));
        let against: Vec<String> = explanation.objections.iter().map(|objection| objection.words()).collect();
        if !against.is_empty() {
            lines.push(format!("but {}", against.join("; ")));
        }
    } else if let Some(answer) = case.found.as_ref().map(|found| &found.answer) {
        if !answer.other_currency.is_empty() {
            lines.push("it names a document in another currency; money pays items of its own currency only".to_owned());
        } else if let (Some(count), true) = (answer.stopped, answer.explanations.is_empty()) {
            lines.push(format!("nothing explains it as far as looked: stopped after {count} combinations"));
        }
    }
    lines
}

/// The explanation the draft began with.
fn explanation<'a>(deck: &CashDeck, case: &'a Case) -> Option<&'a Explanation> {
    case.found.as_ref()?.answer.explanations.get(deck.draft.explanation?)
}

fn words(evidence: &Evidence) -> String {
    match evidence {
        Evidence::Account => "account known".to_owned(),
        Evidence::CustomerNumber => "customer number given".to_owned(),
        Evidence::DocumentOfCustomer => "document named".to_owned(),
        Evidence::Name => "name".to_owned(),
        Evidence::NameLike => "name resembles".to_owned(),
        Evidence::Group(name) => format!("for group {name}"),
        Evidence::Number { written, .. } | Evidence::Order { written } => format!("{written} named"),
    }
}

fn known(case: &Case) -> Vec<String> {
    let line = |known: &crate::store::read::payment::Known| {
        format!("{} of {} for as much was entered by hand: x says it is the same", known.number, text::day(known.date))
    };
    case.known.iter().map(line).collect()
}

fn steps(case: &Case) -> Vec<String> {
    case.payment.steps.iter().flat_map(|step| step.explained()).collect()
}

fn table(deck: &CashDeck, buf: &mut Buffer, area: Rect, ctx: &Ctx, focused: bool) {
    let (draft, height) = (&deck.draft, usize::from(rows_in(area, false)));
    if draft.items.is_empty() {
        let hint = match (deck.case().is_some(), draft.customer) {
            (false, _) => "loading the payment",
            (_, None) => "no customer yet",
            _ => "nothing is open in this currency; o keeps the money on account",
        };
        paint::text(buf, area, area.x + 1, area.y, hint, ctx.style(Role::Dim), ctx.glyphs);
        return;
    }
    let top = (draft.at + 1).saturating_sub(height.max(1));
    let shown = draft.items.iter().skip(top).take(height);
    let lines: Vec<Line> = shown
        .map(|item| Line { cells: cells(item, draft, ctx), marked: draft.mark(item.id).is_some(), stale: false })
        .collect();
    let table = Table {
        columns: ITEMS,
        lines: &lines,
        cursor: Some(draft.at - top).filter(|at| *at < lines.len()),
        focused,
        sort: None,
        scroll: 0,
        total: &[],
        theme: ctx.theme,
        glyphs: ctx.glyphs,
        base: ctx.base,
    };
    table.draw(buf, area);
}

fn cells(item: &Beside, draft: &Draft, ctx: &Ctx) -> Vec<Cell> {
    let amount = |minor| text::amount(Money::new(minor, item.currency), ctx.numbers);
    let mark = draft.mark(item.id).cloned().unwrap_or_default();
    let late = item.open > 0 && item.due < ctx.today;
    let sign = if item.open < 0 { -1 } else { 1 };
    let mut note = Vec::new();
    if mark.deducted > 0 {
        note.push(format!("{} disputed: {}", amount(mark.deducted), mark.reason));
    }
    if mark.difference > 0 {
        let why = if mark.reason.is_empty() { "written off" } else { &mark.reason };
        note.push(format!("{} {why}", amount(mark.difference)));
    }
    if item.open < 0 {
        note.push(item.kind.name().to_owned());
    } else if item.disputed > 0 {
        note.push("disputed".to_owned());
    } else if item.discount > 0 && mark.discount == 0 {
        note.push(format!("d {} earned", amount(item.discount)));
    }
    let stays = item.open - sign * (mark.paid + mark.discount + mark.difference);
    vec![
        (&*item.number).into(),
        Cell::new(text::day(item.due), if late { Role::Late } else { Role::Text }),
        amount(item.open).into(),
        amount(sign * mark.paid).into(),
        amount(mark.discount).into(),
        amount(stays).into(),
        note.join("; ").into(),
    ]
}

/// `left 290.00 - marked 300.00 = 10.00 short`, and what the keys decided about the rest.
fn running(draft: &Draft, row: &CashRow, ctx: &Ctx) -> Vec<String> {
    if row.left < 0 {
        return Vec::new();
    }
    let plain = |minor: i64| Money::new(minor, row.currency).grouped(ctx.numbers);
    let rest = draft.rest();
    let says = match rest {
        0 => "nothing left".to_owned(),
        short if short < 0 => format!("{} short: s disputes, d discount, w writes off, = pays in part", plain(-short)),
        rest if draft.part => format!("{} stays in the queue", plain(rest)),
        rest if draft.on_account => format!("{} kept on account", plain(rest)),
        rest => format!("{} unapplied (o keeps it on account)", plain(rest)),
    };
    let with = match draft.with.len() {
        0 => String::new(),
        count => format!("  with {count} more"),
    };
    let granted = if draft.granted() == 0 { String::new() } else { format!("  granted {}", plain(draft.granted())) };
    let learn = if draft.learn { "learn payer: yes" } else { "learn payer: no" };
    let stays = match draft.stays() {
        0 => String::new(),
        stays => format!("  items stay open by {}: s disputes it", plain(stays)),
    };
    vec![
        format!("left {}{with} - marked {} = {says}", plain(draft.left), plain(draft.taken())),
        format!("{learn}{granted}{stays}"),
    ]
}

/// Why the payment waits and what speaks for each reading of it, for `w`.
pub(super) fn why(deck: &CashDeck, case: &Case, ctx: &Ctx) -> Vec<String> {
    let mut lines = said(case, ctx);
    lines.extend(remittance(case, ctx));
    lines.extend(who(deck, case));
    if let Some(found) = &case.found {
        let more = found.answer.explanations.len().saturating_sub(1);
        if more > 0 {
            lines.push(format!("{more} other readings; e shows the next"));
        }
    }
    lines.extend(known(case));
    lines.extend(steps(case));
    lines
}

/// How the difference is reached, for `=`.
pub(super) fn arithmetic(draft: &Draft, row: &CashRow, ctx: &Ctx) -> Vec<String> {
    let mut lines = vec![format!("left of the payment          {}", money(draft.left, row, ctx))];
    for item in &draft.items {
        let Some(mark) = draft.mark(item.id) else { continue };
        let sign = if item.open < 0 { "+ uses" } else { "- pays" };
        lines.push(format!("{sign} {:<20}  {}", item.number, money(mark.paid, row, ctx)));
    }
    lines.push(format!("= {}", money(draft.rest(), row, ctx)));
    lines.push("Discounts, differences and disputed amounts are no money of the payment.".to_owned());
    lines
}
