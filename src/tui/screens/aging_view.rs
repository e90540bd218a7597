//! How the aging screen looks: the stacked bar with its legend, the table with the cell under the cursor in brackets,
//! the line that holds it against the ledger, and on a large terminal the items of the cell and its last twelve months.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::aging::AgingScreen;
use super::aging_rows::{CELLS, amount};
use super::{aging_cell, aging_words as words};
use crate::domain::money::{Currency, Money};
use crate::store::read::accounts::Sums;
use crate::store::read::aging_items::Cell;
use crate::store::read::worklist::grade;
use crate::tui::app::Ctx;
use crate::tui::ui::layout::{self, Class};
use crate::tui::ui::table::{self, Column, Line, Table, fit_columns, rows_in};
use crate::tui::ui::theme::Role;
use crate::tui::ui::width::{Align, cells, fit};
use crate::tui::ui::{bars, paint, text};

/// All columns; widths of amounts follow the amounts.
pub(super) const COLUMNS: &[Column] = &[
    Column::words("name", "CUSTOMER", 'c', 0, 10, 30),
    Column { id: "risk", title: "RISK", letter: 'r', priority: 4, min: 4, max: 4, align: Align::Left, base: false },
    Column::words("owner", "OWNER", 'o', 4, 5, 8),
    Column::number("b0", "NOT DUE", 'n', 0, 7),
    Column::number("b1", "1-30", '1', 0, 7),
    Column::number("b2", "31-60", '3', 0, 7),
    Column::number("b3", "61-90", '6', 0, 7),
    Column::number("b4", "91-120", '9', 0, 7),
    Column::number("b5", "120+", 'x', 0, 7),
    Column::number("credits", "CREDITS", 'k', 3, 7),
    Column::number("total", "TOTAL", 't', 0, 7),
    Column { id: "shape", title: "SHAPE", letter: 'h', priority: 5, min: 11, max: 11, align: Align::Left, base: false },
];

/// Width of a table from which names get more cells.
const ROOMY: u16 = 76;
/// Cells of a name there: enough to tell it from its neighbours.
const NAME: u16 = 14;
/// The same where only so the credits have room: without them the amounts of a row do not add up to its total.
const SHORT_NAME: u16 = 11;

/// How exactly amounts are written: as exactly as there is room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Writing {
    Exact,
    Whole,
    Thousands,
    Share(i64),
}

impl Writing {
    pub(super) fn text(self, minor: i64, currency: Currency, ctx: &Ctx) -> String {
        let unit = 10i64.pow(currency.digits());
        match self {
            _ if minor == 0 => "-".to_owned(),
            Writing::Exact => Money::new(minor, currency).grouped(ctx.numbers),
            Writing::Whole => text::whole(Money::new(minor, currency), ctx.numbers),
            Writing::Thousands => text::whole(Money::new(minor / 1_000 / unit * unit, currency), ctx.numbers),
            Writing::Share(0) => "-".to_owned(),
            Writing::Share(whole) => {
                let tenths = i128::from(minor) * 1_000 / i128::from(whole);
                text::permille(i64::try_from(tenths).unwrap_or(0))
            }
        }
    }

    /// What the screen says about it.
    pub(super) fn words(self, currency: Currency) -> String {
        match self {
            Writing::Exact | Writing::Whole => currency.to_string(),
            Writing::Thousands => format!("{currency} thousands"),
            Writing::Share(_) => format!("{currency} % of debits"),
        }
    }
}

/// The columns with the widths their amounts need, and how amounts are written so that all of them fit.
fn columns(screen: &AgingScreen, ctx: &Ctx, width: u16) -> (Vec<Column>, Writing) {
    let currency = screen.shown.currency(ctx.base);
    let share = Writing::Share(screen.arranged.total.debits());
    // How amounts are written, the least cells of a name, and whether credits have a column: thousands do not add up on
    // the screen, so names and then the credits column give way before them, and its sum is said above the table.
    let ways: &[(Writing, u16, bool)] = if screen.share {
        &[(share, NAME, true)]
    } else {
        &[
            (Writing::Exact, NAME, true),
            (Writing::Whole, NAME, true),
            (Writing::Whole, SHORT_NAME, true),
            (Writing::Whole, NAME, false),
            (Writing::Thousands, NAME, true),
        ]
    };
    let shown = screen.cells();
    let mut out = (Vec::new(), Writing::Exact);
    for (way, name, credits) in ways {
        let column = |column: Column| -> Option<Column> {
            let Some(place) = CELLS.iter().position(|(id, _)| *id == column.id) else {
                // Where there is any room a name is to be told from its neighbours; the risk gives way first.
                let wide = column.id == "name" && width >= ROOMY;
                return Some(Column { min: if wide { *name } else { column.min }, ..column });
            };
            let cell = CELLS[place].1;
            (shown.contains(&cell) && (*credits || cell != Cell::Credits)).then_some(())?;
            let (high, low) = screen.arranged.span[place];
            let title = words::heading(screen.question(), cell);
            let widest = [high, low].map(|minor| cells(&way.text(minor, currency, ctx))).into_iter().max();
            let marked = usize::from(screen.grid.sort.column == column.id);
            let wide = u16::try_from(widest.unwrap_or(0).max(cells(title) + marked)).unwrap_or(20);
            Some(Column { title, min: wide, max: wide, ..column })
        };
        out = (screen.grid.columns().into_iter().filter_map(column).collect(), *way);
        let counts = |column: &&Column| column.priority == 0 || column.id == "credits";
        let needed: u16 = out.0.iter().filter(counts).map(|column| column.min + 1).sum();
        // Cursor, mark and blank stand before the first column, the last has no gap after it.
        if needed + 2 <= width {
            break;
        }
    }
    // What gives way for want of room is left out here, so that the table does not promise more to the right.
    let fitting = fit_columns(&out.0, width.saturating_sub(3));
    (fitting.into_iter().map(|(index, _)| out.0[index]).collect(), out.1)
}

/// Draws the screen.
pub(super) fn draw(screen: &AgingScreen, buf: &mut Buffer, area: Rect, ctx: &Ctx, focused: bool) {
    let area = area.intersection(buf.area);
    if area.is_empty() {
        return;
    }
    if layout::class(area.width, area.height.saturating_add(3)) >= Class::L && !ctx.zoom {
        return draw_large(screen, buf, area, ctx, focused);
    }
    let [top, rest] = split(area, 3);
    draw_bar(screen, buf, top, area.width, ctx);
    let [middle, peek] = layout::above(rest, 3.min(rest.height.saturating_sub(3)));
    draw_table(screen, buf, middle, ctx, focused);
    draw_check(screen, buf, peek, ctx);
    draw_peek(screen, buf, peek, ctx);
}

fn split(area: Rect, top: u16) -> [Rect; 2] {
    layout::above(area, area.height.saturating_sub(top))
}

fn draw_large(screen: &AgingScreen, buf: &mut Buffer, area: Rect, ctx: &Ctx, focused: bool) {
    let [top, rest] = split(area, 5);
    let inside = paint::frame(buf, top, "Portfolio", "", false, ctx.theme, ctx.glyphs);
    draw_bar(screen, buf, padded(inside), inside.width, ctx);
    let [middle, bottom] = layout::above(rest, 16.min(rest.height / 2));
    let (from, to) = (screen.list.place() + 1, screen.list.total());
    let note = if to == 0 { String::new() } else { format!("{from} of {to}  {}", words::sorted(screen)) };
    let inside = paint::frame(buf, middle, "By customer", &note, focused, ctx.theme, ctx.glyphs);
    let [table, foot] = layout::above(inside, 2);
    draw_table(screen, buf, table, ctx, focused);
    draw_check(screen, buf, padded(foot), ctx);
    let [left, right] = layout::beside(bottom, 62);
    let title = format!("Cell: {}", words::cell_title(screen));
    let inside = paint::frame(buf, left, &title, "Enter opens", false, ctx.theme, ctx.glyphs);
    if let Some(items) = words::behind(screen) {
        aging_cell::draw_items(buf, inside, items, ctx);
    }
    let title = format!("{} over 12 months, {}", words::label(screen.question(), screen.cell()), ctx.base);
    let inside = paint::frame(buf, right, &title, "", false, ctx.theme, ctx.glyphs);
    draw_months(screen, buf, padded(inside), ctx);
}

fn padded(area: Rect) -> Rect {
    Rect { x: area.x + 1.min(area.width), width: area.width.saturating_sub(2), ..area }
}

/// Bar, legend, and what is shown: day, basis, knowledge, credits, currency. `table` is the width of the table below.
fn draw_bar(screen: &AgingScreen, buf: &mut Buffer, area: Rect, table: u16, ctx: &Ctx) {
    let buckets = &screen.arranged.total.buckets;
    let mut line = Rect { height: 1.min(area.height), ..area };
    let bar = bars::stacked(buckets, usize::from(area.width), ctx.glyphs);
    paint::text(buf, line, line.x, line.y, &bar, ctx.style(Role::Text), ctx.glyphs);
    line.y += 1;
    paint::text(buf, area, line.x, line.y, &legend(screen, ctx, area.width), ctx.style(Role::Text), ctx.glyphs);
    line.y += 1;
    let (columns, writing) = columns(screen, ctx, table.saturating_sub(1));
    let mut said = words::basis(screen, ctx, writing);
    let credits = amount(&screen.arranged.total, Cell::Credits);
    if credits != 0 && columns.iter().all(|column| column.id != "credits") {
        let currency = screen.shown.currency(ctx.base);
        said = format!("{said} {}", Writing::Exact.text(credits, currency, ctx));
    }
    paint::text(buf, area, line.x, line.y, &said, ctx.style(Role::Dim), ctx.glyphs);
}

/// Filling, label and share of every bucket, with the amounts where there is room. The shares add up to 100.
fn legend(screen: &AgingScreen, ctx: &Ctx, width: u16) -> String {
    let currency = screen.shown.currency(ctx.base);
    let buckets = &screen.arranged.total.buckets;
    let shares = text::shares(buckets);
    let cell = |place: usize| Cell::Bucket(place);
    let parts = |exact: bool| {
        let part = |place: usize| {
            let filling = bars::filling(place, ctx.glyphs);
            let label = words::label(screen.question(), cell(place));
            let amount =
                if exact { format!(" {}", Writing::Exact.text(buckets[place], currency, ctx)) } else { String::new() };
            format!("{filling} {label}{amount} {}%", shares[place])
        };
        let known = screen.cells();
        (0..buckets.len()).filter(|place| known.contains(&cell(*place))).map(part).collect::<Vec<_>>()
    };
    let long = parts(true).join("   ");
    if cells(&long) <= usize::from(width) { long } else { parts(false).join(" ") }
}

/// A row's cells for these columns.
fn line_of(
    sums: &Sums,
    columns: &[Column],
    first: [table::Cell; 3],
    writing: Writing,
    ctx: &Ctx,
    currency: Currency,
) -> Vec<table::Cell> {
    let mut row: Vec<table::Cell> = first.into();
    for (_, cell) in CELLS {
        let minor = amount(sums, cell);
        let late = matches!(cell, Cell::Bucket(4..)) && minor > 0;
        row.push(table::Cell::new(writing.text(minor, currency, ctx), if late { Role::Late } else { Role::Text }));
    }
    row.push(bars::stacked(&sums.buckets, 11, ctx.glyphs).into());
    let place = |column: &Column| COLUMNS.iter().position(|known| known.id == column.id);
    columns.iter().map(|column| place(column).and_then(|place| row.get(place).cloned()).unwrap_or_default()).collect()
}

fn draw_table(screen: &AgingScreen, buf: &mut Buffer, area: Rect, ctx: &Ctx, focused: bool) {
    if area.is_empty() {
        return;
    }
    if screen.list.total() == 0 {
        return paint::lines(buf, padded(area), &words::empty(screen, ctx), ctx.style(Role::Text), ctx.glyphs);
    }
    // One cell to the right is kept for the bracket of the last column.
    let area = Rect { width: area.width.saturating_sub(1), ..area };
    let (columns, writing) = columns(screen, ctx, area.width);
    let currency = screen.shown.currency(ctx.base);
    let (rows, cursor, _) = screen.list.visible(rows_in(area, true));
    let line = |row: &super::aging_rows::AgingRow| {
        let first = [(&*row.name).into(), grade(row.risk).into(), (&*row.owner).into()];
        Line {
            cells: line_of(&row.sums, &columns, first, writing, ctx, currency),
            marked: screen.list.is_marked(row.customer),
            stale: false,
        }
    };
    let lines: Vec<Line> = rows.iter().map(line).collect();
    let first = [table::Cell::new("total", Role::Strong), "".into(), "".into()];
    let total = line_of(&screen.arranged.total, &columns, first, writing, ctx, currency);
    let table = Table {
        columns: &columns,
        lines: &lines,
        cursor,
        focused,
        sort: screen.grid.heading(),
        scroll: 0,
        total: &total,
        theme: ctx.theme,
        glyphs: ctx.glyphs,
        base: ctx.base,
    };
    table.draw(buf, area);
    if let Some(cursor) = cursor {
        draw_cell(screen, buf, area, &columns, &lines[cursor], cursor, ctx);
    }
}

/// The cell under the cursor, between brackets, so that it is seen without colour.
fn draw_cell(
    screen: &AgingScreen,
    buf: &mut Buffer,
    area: Rect,
    columns: &[Column],
    line: &Line,
    cursor: usize,
    ctx: &Ctx,
) {
    let Some((id, _)) = CELLS.iter().find(|(_, cell)| *cell == screen.cell()) else { return };
    let y = area.y + 1 + u16::try_from(cursor).unwrap_or(0);
    // The first column starts after cursor, mark and blank.
    let mut x = area.x.saturating_add(3);
    for (index, wide) in fit_columns(columns, area.width.saturating_sub(3)) {
        if columns[index].id == *id {
            let value = line.cells.get(index).map_or("", |cell| cell.text.as_str());
            let value = format!("[{}]", fit(value, usize::from(wide), Align::Right, ctx.glyphs));
            let wider = Rect { width: area.width.saturating_add(1), ..area };
            paint::text(buf, wider, x.saturating_sub(1), y, &value, ctx.style(Role::Strong), ctx.glyphs);
        }
        x = x.saturating_add(wide + 1);
    }
}

/// The line that holds the total against the ledger, and what the totals leave out.
fn draw_check(screen: &AgingScreen, buf: &mut Buffer, area: Rect, ctx: &Ctx) {
    let (check, role) = words::check(screen, ctx);
    paint::text(buf, area, area.x, area.y, &format!(" {check}"), ctx.style(role), ctx.glyphs);
    let (note, role) = words::excluded(screen, ctx);
    paint::text(buf, area, area.x, area.y + 1, &format!(" {note}"), ctx.style(role), ctx.glyphs);
}

fn draw_peek(screen: &AgingScreen, buf: &mut Buffer, area: Rect, ctx: &Ctx) {
    if area.height >= 3 {
        let line =
            Rect { x: area.x + 1.min(area.width), y: area.y + 2, width: area.width.saturating_sub(1), height: 1 };
        paint::facts(buf, line, &[words::peek(screen, ctx)], ctx.theme, ctx.glyphs);
    }
}

/// One bar a month, the amount beside it. The daily sums they come from age by due date.
fn draw_months(screen: &AgingScreen, buf: &mut Buffer, area: Rect, ctx: &Ctx) {
    let values: Vec<i64> = screen.months.iter().map(|(_, sums)| amount(sums, screen.cell())).collect();
    let most = values.iter().map(|value| value.abs()).max().unwrap_or(0);
    let texts: Vec<String> =
        values.iter().map(|value| text::whole(Money::new(*value, ctx.base), ctx.numbers)).collect();
    let wide = texts.iter().map(|text| cells(text)).max().unwrap_or(0);
    let room = usize::from(area.width).saturating_sub(wide + 8);
    for (((day, _), value), (said, y)) in screen.months.iter().zip(&values).zip(texts.iter().zip(area.y..area.bottom()))
    {
        let bar = bars::share(value.abs(), most, room, ctx.glyphs);
        let line = format!("{} {bar} {}", day.format("%b %y"), fit(said, wide, Align::Right, ctx.glyphs));
        paint::text(buf, area, area.x, y, &line, ctx.style(Role::Text), ctx.glyphs);
    }
    let below = area.y + u16::try_from(screen.months.len() + 1).unwrap_or(u16::MAX);
    let said = "month ends by due date; last bar: this day";
    paint::text(buf, area, area.x, below, said, ctx.style(Role::Dim), ctx.glyphs);
}
