//! How Today looks: the list with three lines on the selected customer, or with panes beside and below it where there
//! is room; why a customer is listed; and what is said when nobody is.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::deck_view;
use super::today::Today;
use crate::domain::money::Money;
use crate::domain::worklist::{EVENT, KINDS};
use crate::store::read::account::Full;
use crate::store::read::worklist::{WorkRow, Worklist, grade};
use crate::tui::app::Ctx;
use crate::tui::ui::layout::{self, Class, class};
use crate::tui::ui::table::{Cell, Column};
use crate::tui::ui::theme::Role;
use crate::tui::ui::width::wrap;
use crate::tui::ui::{paint, text};

/// The columns of the list.
pub(super) const COLUMNS: &[Column] = &[
    Column::number("priority", "PRI", 'p', 0, 4),
    Column::words("name", "CUSTOMER", 'c', 0, 18, 34),
    Column::number("overdue", "OVERDUE", 'o', 0, 13).in_base(),
    Column::number("days", "DAYS", 'd', 0, 5),
    Column::words("why", "WHY", 'y', 1, 18, 44),
    Column::words("next", "NEXT", 'n', 2, 6, 6),
    Column::words("owner", "OWNER", 'w', 3, 8, 14),
];

/// Draws the screen at the size it has.
pub(super) fn draw(today: &Today, buf: &mut Buffer, area: Rect, ctx: &Ctx, focused: bool) {
    match class(ctx.size.0, ctx.size.1) {
        _ if ctx.zoom => list(today, buf, area, ctx, focused),
        Class::Tiny | Class::S => {
            let [upper, peek] = layout::above(area, 4);
            list(today, buf, upper, ctx, focused);
            self::peek(today, buf, peek, ctx);
        }
        size => {
            let [left, right] = layout::beside(area, 62);
            let below = if size >= Class::L { area.height * 2 / 5 } else { 0 };
            let ([rows, items], [detail, timeline]) = (layout::above(left, below), layout::above(right, below));
            let note = format!(
                "sort:{} {}",
                today.listing.grid.sort.column,
                if today.listing.grid.sort.descending { "v" } else { "^" }
            );
            let inside = paint::frame(buf, rows, "Worklist", &note, focused, ctx.theme, ctx.glyphs);
            list(today, buf, inside, ctx, focused);
            panes(today, buf, [detail, items, timeline], ctx);
        }
    }
}

fn list(today: &Today, buf: &mut Buffer, area: Rect, ctx: &Ctx, focused: bool) {
    if today.listing.list.is_loaded() && today.listing.list.total() == 0 {
        let lines = empty(&today.sums, &today.listing.filter, ctx);
        let inside = Rect { x: area.x + 1.min(area.width), width: area.width.saturating_sub(2), ..area };
        return paint::lines(buf, inside, &lines, ctx.style(Role::Text), ctx.glyphs);
    }
    today.listing.draw(buf, area, ctx, focused, Vec::new(), |listed| cells(&listed.row, ctx));
}

fn cells(row: &WorkRow, ctx: &Ctx) -> Vec<Cell> {
    let late = if row.days > 0 { Role::Late } else { Role::Text };
    vec![
        row.score.to_string().into(),
        row.name.to_string().into(),
        overdue(row, ctx).into(),
        Cell::new(text::days(row.days), late),
        row.worked_by.as_deref().filter(|by| **by != *ctx.user).map_or_else(
            || row.why.to_string().into(),
            |by| Cell::new(format!("{by} is at it: {}", row.why), Role::Dim),
        ),
        row.next_word().into(),
        row.owner.to_string().into(),
    ]
}

/// What is overdue: in the book's currency, else where that has no rate in its own. `+` says that more is without a rate.
fn overdue(row: &WorkRow, ctx: &Ctx) -> String {
    let base = text::amount(Money::new(row.overdue, ctx.base), ctx.numbers);
    match &row.unrated[..] {
        [] => base,
        [only] if row.overdue == 0 => {
            let exact = text::amount_with_currency(*only, ctx.numbers);
            // The column has room for the exact amount of most; of a large one the cents go.
            if exact.len() > 13 { format!("{} {}", text::whole(*only, ctx.numbers), only.currency) } else { exact }
        }
        [..] if row.overdue == 0 => "no rate".to_owned(),
        _ => format!("{base}+"),
    }
}

/// Three lines on the customer under the cursor.
fn peek(today: &Today, buf: &mut Buffer, area: Rect, ctx: &Ctx) {
    let rule = ctx.glyphs.horizontal.repeat(usize::from(area.width));
    paint::text(buf, area, area.x, area.y, &rule, ctx.style(Role::Dim), ctx.glyphs);
    let Some(listed) = today.listing.list.selected() else { return };
    let inside = Rect { x: area.x + 1.min(area.width), y: area.y + 1, width: area.width.saturating_sub(2), ..area };
    let inside = Rect { height: area.height.saturating_sub(1), ..inside };
    let row = &listed.row;
    let full = today.known();
    let say = |fact: fn(&Full, &Ctx) -> String| full.map_or(String::new(), |full| fact(full, ctx));
    let points = |kind: &'static str| {
        let sum: i64 = row.parts.iter().filter(|part| part.kind == kind).map(|part| part.points).sum();
        (kind, sum.to_string(), 2)
    };
    let mut why = vec![("why", row.score.to_string(), 3)];
    why.extend(KINDS.into_iter().chain([EVENT]).map(points));
    let lines = [
        vec![
            ("open", say(|full, ctx| deck_view::shown(full, full.account.base.net(), ctx)), 17),
            ("limit", say(deck_view::limit_short), 16),
            ("waits", say(|full, ctx| deck_view::waits(&full.came, ctx).unwrap_or_else(|| "-".to_owned())), 32),
        ],
        why,
        vec![("last", say(deck_view::last_said), 74)],
    ];
    paint::facts(buf, inside, &lines, ctx.theme, ctx.glyphs);
}

/// The panes about the customer under the cursor: what it is, and where there is room its items and history.
fn panes(today: &Today, buf: &mut Buffer, [detail, items, timeline]: [Rect; 3], ctx: &Ctx) {
    let Some(listed) = today.listing.list.selected() else { return };
    let row = &listed.row;
    let full = today.known();
    let risk = full.map_or(String::new(), |full| format!("risk {}", grade(full.account.risk)));
    let inside = framed(buf, detail, &row.name, &risk, ctx);
    let mut lines = full.map_or(Vec::new(), |full| deck_view::facts(full, ctx));
    lines.push(String::new());
    lines.extend(why(row));
    let width = usize::from(inside.width).max(1);
    let lines: Vec<String> = lines.iter().flat_map(|line| wrap(line, width)).collect();
    paint::lines(buf, inside, &lines, ctx.style(Role::Text), ctx.glyphs);
    let Some(full) = full.filter(|_| items.height > 2) else { return };
    let inside = paint::frame(buf, items, &format!("Open items of {}", row.name), "", false, ctx.theme, ctx.glyphs);
    deck_view::items_of(buf, inside, full, ctx);
    let inside = framed(buf, timeline, "Timeline", "n note", ctx);
    deck_view::timeline(buf, inside, full, ctx);
}

fn framed(buf: &mut Buffer, area: Rect, title: &str, note: &str, ctx: &Ctx) -> Rect {
    let inside = paint::frame(buf, area, title, note, false, ctx.theme, ctx.glyphs);
    Rect { x: inside.x + 1.min(inside.width), width: inside.width.saturating_sub(2), ..inside }
}

/// Why a customer stands where it stands: the parts, which add up to the score.
pub(super) fn why(row: &WorkRow) -> Vec<String> {
    let mut lines = vec![format!("WHY {}: {}", row.score, row.why)];
    lines.extend(row.parts.iter().map(|part| format!("{:>4}  {}", part.points, part.reason)));
    lines.push(format!("{:>4}  in all; next step: {}", row.score, row.next_word()));
    if let Some(first) = row.came.first() {
        lines.push(format!("      {first}: what came from it waits (g x answers, g b cash)"));
    }
    lines.push(format!("      priority {} by the strategy {}", row.priority, row.strategy));
    if let Some(by) = &row.worked_by {
        lines.push(format!("      {by} works on it now"));
    }
    lines
}

/// How the overdue amount is reached, item by item.
pub(super) fn arithmetic(row: &WorkRow, full: Option<&Full>, ctx: &Ctx) -> Option<Vec<String>> {
    let amount = |minor: i64| text::amount_with_currency(Money::new(minor, ctx.base), ctx.numbers);
    let mut lines = vec!["Overdue is what is open on items past their due date, in the book's currency.".to_owned()];
    lines.extend(full.map_or(Vec::new(), |full| deck_view::overdue_items(full, ctx)));
    lines.push(format!("overdue     {}", amount(row.overdue)));
    for sum in &row.unrated {
        lines.push(format!(
            "            {}: without a rate, in none of these",
            text::amount_with_currency(*sum, ctx.numbers)
        ));
    }
    lines.push(format!(
        "to collect  {}: overdue, not disputed, promised, planned, on hold or in a letter in time",
        amount(row.to_collect)
    ));
    lines.push(format!("open        {}: credits taken off", amount(row.open)));
    lines.extend(full.map_or(Vec::new(), |full| deck_view::word(full, ctx)));
    Some(lines)
}

/// What an empty list says: what would put somebody on it, and what comes next.
fn empty(sums: &Worklist, filter: &str, ctx: &Ctx) -> Vec<String> {
    let mut lines = vec![String::new()];
    let waiting = sums.hidden.saturating_sub(sums.done);
    if !filter.is_empty() {
        lines.push(format!("Nobody on today's list matches {filter}"));
        lines.push("/ and Esc clears the filter.".to_owned());
    } else if sums.hidden > 0 {
        lines.push(format!("{} of {} done. Nobody is left to contact today.", sums.hidden, sums.hidden));
        if waiting > 0 {
            lines.push(format!("{} set aside, {waiting} waiting for their follow-up day.", sums.done));
        }
        lines.push("a shows them; u takes the last act back.".to_owned());
    } else {
        lines.push("Nothing to collect today.".to_owned());
        lines.push("Overdue items, promises due and follow-up days put customers here.".to_owned());
        if sums.upcoming.is_none() {
            lines
                .push("o2c import invoices FILE takes a ledger in; --dry-run shows first what it would be.".to_owned());
        }
    }
    if let Some((name, due, amount)) = &sums.upcoming {
        let amount = text::amount_with_currency(Money::new(*amount, ctx.base), ctx.numbers);
        lines.push(String::new());
        lines.push(format!("Next: {name} {amount} due {}", text::weekday(*due)));
    }
    lines
}
