//! One customer in lines and tables, for the deck and for the panes of Today: what is owed and how late, how it pays,
//! who spoke to it last, its open items, its history.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::deck::Deck;
use super::promises;
use crate::domain::money::Money;
use crate::domain::text::counted;
use crate::store::read::account::{Event, Full};
use crate::store::read::came::Came;
use crate::store::read::items::ItemRow;
use crate::store::read::worklist::{WorkRow, grade};
use crate::tui::app::Ctx;
use crate::tui::ui::layout::{self, Class, class};
use crate::tui::ui::paint;
use crate::tui::ui::table::{Cell, Column, Line, Table, rows_in};
use crate::tui::ui::text::{self, amount_with_currency};
use crate::tui::ui::theme::Role;
use crate::tui::ui::width::{cells as cells_of, wrap};

/// The points of the priority by what they are for, each kind once: `amount 40 + event 20`.
fn by_kind(row: &WorkRow) -> String {
    let mut sums: Vec<(&str, i64)> = Vec::new();
    for part in &row.parts {
        match sums.iter_mut().find(|(kind, _)| *kind == part.kind) {
            Some((_, sum)) => *sum += part.points,
            None => sums.push((part.kind, part.points)),
        }
    }
    let parts: Vec<String> = sums.into_iter().map(|(kind, points)| format!("{kind} {points}")).collect();
    parts.join(" + ")
}

/// Draws the deck at the size it has.
pub(super) fn draw(deck: &Deck, buf: &mut Buffer, area: Rect, ctx: &Ctx, focused: bool) {
    let Some(row) = deck.row() else {
        return paint::lines(buf, indented(area), &finished(deck), ctx.style(Role::Text), ctx.glyphs);
    };
    let (head, facts) = match deck.full() {
        Some(full) => (heading(full), self::facts(full, ctx)),
        None => (row.name.to_string(), Vec::new()),
    };
    let parts: Vec<String> = row.parts.iter().map(|part| format!("{} {}", part.reason, part.points)).collect();
    let why = format!("why {} = {}  next: {}", row.score, parts.join(" + "), row.next_word());
    let walk = format!("{}  J next K before", deck.walk.progress());
    let room = usize::from(area.width).saturating_sub(cells_of(&head) + 4);
    let walk = if cells_of(&walk) > room { deck.walk.progress() } else { walk };
    if class(ctx.size.0, ctx.size.1) <= Class::S {
        let [upper, lower] = layout::above(area, area.height.saturating_sub(6));
        let inside = indented(upper);
        let line = Rect { height: 1.min(inside.height), ..inside };
        paint::two_sides(buf, line, &head, &walk, ctx.style(Role::Strong), ctx.glyphs);
        let rest = Rect { y: inside.y + line.height, height: inside.height - line.height, ..inside };
        let why = format!("why {} = {}  next: {}", row.score, by_kind(row), row.next_word());
        let lines: Vec<String> = std::iter::once(why).chain(facts).collect();
        paint::lines(buf, rest, &lines, ctx.style(Role::Text), ctx.glyphs);
        // Where there is little room the items come first: they are what is talked about.
        let past = lower.height.saturating_sub(9).max(lower.height / 3).min(6);
        let [upper, history] = layout::above(lower, past);
        let items = rule(buf, upper, ctx);
        items_with_cursor(deck, buf, items, ctx, focused);
        if let (Some(full), inside) = (deck.full(), rule(buf, history, ctx)) {
            timeline(buf, indented(inside), full, ctx);
        }
        return;
    }
    let [upper, lower] = layout::above(area, area.height.saturating_sub(10));
    let inside = indented(paint::frame(buf, upper, &head, &walk, true, ctx.theme, ctx.glyphs));
    let why = wrap(&why, usize::from(inside.width).max(1));
    let lines: Vec<String> = facts.into_iter().chain(why).collect();
    paint::lines(buf, inside, &lines, ctx.style(Role::Text), ctx.glyphs);
    let [items, history] = layout::beside(lower, 62);
    let note = deck.full().map_or(String::new(), |full| format!("{} open", full.items_total));
    let inside = paint::frame(buf, items, "Open items", &note, focused, ctx.theme, ctx.glyphs);
    items_with_cursor(deck, buf, inside, ctx, focused);
    let inside = indented(paint::frame(buf, history, "Timeline", "n note", false, ctx.theme, ctx.glyphs));
    if let Some(full) = deck.full() {
        timeline(buf, inside, full, ctx);
    }
}

/// Without the first and last column.
fn indented(area: Rect) -> Rect {
    Rect { x: area.x + 1.min(area.width), width: area.width.saturating_sub(2), ..area }
}

/// A line over the top of the area; gives what is below it.
fn rule(buf: &mut Buffer, area: Rect, ctx: &Ctx) -> Rect {
    let line = ctx.glyphs.horizontal.repeat(usize::from(area.width));
    if area.height > 0 {
        paint::text(buf, area, area.x, area.y, &line, ctx.style(Role::Dim), ctx.glyphs);
    }
    let top = 1.min(area.height);
    Rect { y: area.y + top, height: area.height - top, ..area }
}

/// What is said when the last customer is done, or nobody is listed.
fn finished(deck: &Deck) -> Vec<String> {
    let (total, handled) = (deck.walk.total(), deck.walk.handled());
    let lines = match (deck.loaded, handled) {
        (false, _) => vec!["loading today's list".to_owned()],
        (true, 0) => vec!["Nobody is on the list. Esc goes back to Today, which says what comes next.".to_owned()],
        (true, _) => vec![
            format!("{total} of {total} done."),
            format!("{handled} handled in this round. Esc goes back to Today; u takes the last act back."),
        ],
    };
    [vec![String::new()], lines].concat()
}

/// The open items with the cursor and marks.
fn items_with_cursor(deck: &Deck, buf: &mut Buffer, area: Rect, ctx: &Ctx, focused: bool) {
    if deck.full().is_some() && deck.list.total() == 0 {
        let hint = "nothing is open; invoices and receipts appear here";
        paint::text(buf, area, area.x, area.y, hint, ctx.style(Role::Dim), ctx.glyphs);
        return;
    }
    let (rows, cursor, _) = deck.list.visible(rows_in(area, false));
    let line = |item: &super::deck::OpenItem| Line {
        cells: deck.grid.cells(cells(&item.0, ctx)),
        marked: deck.list.is_marked(item.0.id),
        stale: false,
    };
    let lines: Vec<Line> = rows.iter().map(line).collect();
    let table = Table {
        columns: &deck.grid.columns(),
        lines: &lines,
        cursor,
        focused,
        sort: deck.grid.heading(),
        scroll: deck.list.scroll,
        total: &[],
        theme: ctx.theme,
        glyphs: ctx.glyphs,
        base: ctx.base,
    };
    table.draw(buf, area);
}

/// The columns of open items.
pub(super) const ITEMS: &[Column] = &[
    Column::words("number", "INVOICE", 'i', 0, 10, 16),
    Column::words("issued", "ISSUED", 'd', 4, 9, 9),
    Column::words("due", "DUE", 'u', 1, 9, 9),
    Column::number("amount", "AMOUNT", 'a', 3, 12),
    Column::number("open", "OPEN", 'o', 0, 12),
    Column::words("currency", "CUR", 'r', 0, 3, 3),
    Column::number("days", "DAYS", 'l', 0, 5),
    Column::words("state", "STATE", 's', 0, 14, 26),
];

/// An item's cells, in the order of [`ITEMS`].
pub(super) fn cells(row: &ItemRow, ctx: &Ctx) -> Vec<Cell> {
    let days = row.days(ctx.today);
    let late = if days > 0 { Role::Late } else { Role::Text };
    let number = if row.part > 1 { format!("{}/{}", row.number, row.part) } else { row.number.clone() };
    vec![
        number.into(),
        text::day(row.date).into(),
        text::day(row.due).into(),
        Money::new(row.amount, row.currency).grouped(ctx.numbers).into(),
        Money::new(row.open, row.currency).grouped(ctx.numbers).into(),
        row.currency.code().into(),
        Cell::new(text::days(days), late),
        row.state(ctx.today).into(),
    ]
}

/// Credit limit and use: `limit 30,000 used 69%`, with `!` beyond it.
fn limit(full: &Full, ctx: &Ctx) -> String {
    let account = &full.account;
    match (account.limit, account.limit_use()) {
        (Some(limit), Some(used)) => {
            let beyond = if used > 1_000 { "!" } else { "" };
            let code = if account.currency == ctx.base { String::new() } else { format!(" {}", account.currency) };
            let limit = text::whole(Money::new(limit, account.currency), ctx.numbers);
            format!("limit {limit}{code} used {}{beyond}", text::percent(used))
        }
        _ => "no limit".to_owned(),
    }
}

fn pays(full: &Full) -> String {
    match full.account.days_to_pay {
        Some(days) => format!("pays in {days}d"),
        None => "no payment yet".to_owned(),
    }
}

/// The limit where there is little room: `36,000 133%!`, and `-` for none.
pub(super) fn limit_short(full: &Full, ctx: &Ctx) -> String {
    let limit = limit(full, ctx);
    limit.strip_prefix("limit ").map_or("-".to_owned(), |limit| limit.replace(" used", ""))
}

/// Name, number, risk, owner, for the first line of the deck.
pub(super) fn heading(full: &Full) -> String {
    let (account, data) = (&full.account, &full.data);
    let owner = if data.owner.is_empty() { "nobody" } else { &data.owner };
    let blocked = if account.blocked { "  BLOCKED" } else { "" };
    format!("{}  {}  risk {}  owner {owner}{blocked}", data.name, data.number, grade(account.risk))
}

/// An amount of a customer in the book's currency, which is named where the customer has to do with another one.
pub(super) fn shown(full: &Full, minor: i64, ctx: &Ctx) -> String {
    let money = Money::new(minor, ctx.base);
    let account = &full.account;
    let other = account.currency != ctx.base || account.in_currencies().any(|(currency, _)| currency != ctx.base);
    if other { amount_with_currency(money, ctx.numbers) } else { money.grouped(ctx.numbers) }
}

/// ` + 5,000.00 USD without a rate`, where something is open that sums in the book's currency leave out.
pub(super) fn without_rate(full: &Full, ctx: &Ctx) -> String {
    let sums: Vec<String> = full.unrated.iter().map(|sum| amount_with_currency(*sum, ctx.numbers)).collect();
    if sums.is_empty() { String::new() } else { format!(" + {} without a rate", sums.join(" + ")) }
}

/// What came from the customer and waits: money in the queue of cash, answers in the outbox; `None` where nothing does.
pub(super) fn waits(came: &Came, ctx: &Ctx) -> Option<String> {
    let cash: Vec<String> = came.cash.iter().map(|sum| amount_with_currency(*sum, ctx.numbers)).collect();
    let cash = (!cash.is_empty()).then(|| cash.join(" + "));
    let answers = (came.answers > 0).then(|| counted(came.answers.into(), "answer"));
    let parts: Vec<String> = cash.into_iter().chain(answers).collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

/// The customer's figures, a handful of lines.
pub(super) fn facts(full: &Full, ctx: &Ctx) -> Vec<String> {
    let (account, data) = (&full.account, &full.data);
    let amount = |minor: i64| shown(full, minor, ctx);
    let days = account.oldest_days(ctx.today);
    let rate = without_rate(full, ctx);
    let waits = waits(&full.came, ctx).map_or(String::new(), |said| format!("  waits {said}"));
    let mut lines = vec![
        format!(
            "open {}{rate}  overdue {}  oldest {}{waits}",
            amount(account.base.net()),
            amount(account.base.overdue()),
            text::days(days)
        ),
        format!(
            "{}  {}  terms {}",
            limit(full, ctx),
            pays(full),
            if data.terms.is_empty() { "-" } else { &data.terms }
        ),
        format!(
            "unapplied {}  disputed {}  promised {}",
            amount(-account.base.unapplied),
            amount(account.base.disputed),
            amount(account.promised)
        ),
        format!("last: {}", last_contact(full, ctx)),
    ];
    if let Some(sum) = full.word.first() {
        let promised = text::amount_with_currency(Money::new(sum.promised, sum.currency), ctx.numbers);
        lines.push(format!("kept {} of {promised} promised in a year", promises::percent(&sum.share())));
    }
    if let Some(next) = account.next_on {
        lines.push(format!("follow-up {} {}", text::weekday(next), account.next_what));
    }
    if let Some(why) = &full.off_list {
        lines.push(format!("not on today's list: {why}"));
    }
    let contact: Vec<&str> =
        [&*data.contact, &*data.phone, &*data.email].into_iter().filter(|part| !part.is_empty()).collect();
    if !contact.is_empty() {
        lines.push(format!("contact {}", contact.join("  ")));
    }
    lines
}

/// The last call or e-mail: `Fri 06 Mar call, reached: payment run on the 13th`.
pub(super) fn last_contact(full: &Full, ctx: &Ctx) -> String {
    let spoke = |event: &&Event| matches!(event.kind.as_str(), "call" | "e-mail");
    match full.timeline.iter().find(spoke) {
        Some(event) => {
            let ago = (ctx.today - event.on).num_days();
            let ago = if ago > 0 { format!(" ({ago}d ago)") } else { " (today)".to_owned() };
            format!("{} {}{ago}, {}", event.on.format("%a %d %b"), event.kind, text::dated(&event.text))
        }
        None => "nobody ever called or wrote".to_owned(),
    }
}

/// The last call, e-mail or note where there is little room: `03 Mar call, cannot pay: no cash until May`.
pub(super) fn last_said(full: &Full, ctx: &Ctx) -> String {
    let spoke = |event: &&Event| matches!(event.kind.as_str(), "call" | "e-mail" | "note");
    full.timeline.iter().find(spoke).map_or("nobody ever called or wrote".to_owned(), |event| {
        format!("{} {}, {}", text::short_day(event.on, ctx.today), event.kind, text::dated(&event.text))
    })
}

/// How far the customer's word can be relied on, and how that is reached.
pub(super) fn word(full: &Full, ctx: &Ctx) -> Vec<String> {
    let mut lines = Vec::new();
    for sum in &full.word {
        let shown = |minor| amount_with_currency(Money::new(minor, sum.currency), ctx.numbers);
        lines.push(format!(
            "word kept   {}: {} came in time of {} promised for the last year, {} of {} promises in full",
            promises::percent(&sum.share()),
            shown(sum.came),
            shown(sum.promised),
            sum.kept,
            sum.count
        ));
    }
    lines
}

/// The overdue items, a line each, for the arithmetic of the overdue amount.
pub(super) fn overdue_items(full: &Full, ctx: &Ctx) -> Vec<String> {
    let late = full.items.iter().filter(|row| row.days(ctx.today) > 0);
    let line = |row: &ItemRow| {
        let open = amount_with_currency(Money::new(row.open, row.currency), ctx.numbers);
        format!("{:<14} due {}  {:>5}  {open:>18}", row.number, text::day(row.due), text::days(row.days(ctx.today)))
    };
    let mut lines: Vec<String> = late.map(line).collect();
    if full.items_total > full.items.len() as u64 {
        lines.push(format!("and items beyond the first {} of {}", full.items.len(), full.items_total));
    }
    lines
}

/// The open items as a table without a cursor.
pub(super) fn items_of(buf: &mut Buffer, area: Rect, full: &Full, ctx: &Ctx) {
    let rows = usize::from(rows_in(area, false));
    let lines: Vec<Line> =
        full.items.iter().take(rows).map(|row| Line { cells: cells(row, ctx), ..Line::default() }).collect();
    let table = Table {
        columns: ITEMS,
        lines: &lines,
        cursor: None,
        focused: false,
        sort: None,
        scroll: 0,
        total: &[],
        theme: ctx.theme,
        glyphs: ctx.glyphs,
        base: ctx.base,
    };
    table.draw(buf, area);
}

/// The history, newest first, a line an event.
pub(super) fn timeline(buf: &mut Buffer, area: Rect, full: &Full, ctx: &Ctx) {
    if full.timeline.is_empty() {
        let hint = "nothing happened yet; invoices, calls and notes appear here";
        paint::text(buf, area, area.x, area.y, hint, ctx.style(Role::Dim), ctx.glyphs);
    }
    for (event, y) in full.timeline.iter().zip(area.y..area.bottom()) {
        let amount = event.amount.map_or(String::new(), |(minor, currency)| {
            let code = if currency == ctx.base { String::new() } else { format!(" {currency}") };
            format!("  {}{code}", Money::new(minor, currency).grouped(ctx.numbers))
        });
        let day = text::short_day(event.on, ctx.today);
        let line = format!("{day:<9} {:<9} {}{amount}", event.kind, text::dated(&event.text));
        paint::text(buf, area, area.x, y, &line, ctx.style(Role::Text), ctx.glyphs);
    }
}
