//! How the board of key figures is drawn: the table at every size, and as many panes around it as there is room for.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use super::kpis::{KpiRow, Late};
use super::promises::outcome_lines;
use crate::domain::kpi::Unit;
use crate::domain::money::{self, Money};
use crate::store::read::accounts::LABELS;
use crate::store::read::kpi::{Better, Board, Figure, Standing, meaning};
use crate::store::read::promises::Outcome;
use crate::tui::app::{Ctx, ListState};
use crate::tui::ui::layout::{self, Class, class};
use crate::tui::ui::table::{Cell, Column, Line, Table, rows_in};
use crate::tui::ui::theme::Role;
use crate::tui::ui::width::{Align, fit, wrap};
use crate::tui::ui::{bars, paint, spark, text};

const COLUMNS: &[Column] = &[
    Column::words("measure", "MEASURE", 'm', 0, 29, 32),
    Column::number("now", "NOW", 'n', 0, 12),
    Column::number("target", "TARGET", 't', 1, 9),
    Column::number("change", "CHANGE", 'v', 2, 9),
    Column::words("trend", "12 MONTHS", 'h', 3, 12, 12),
    Column::words("words", "READS AS", 'r', 4, 20, 60),
];

/// What is drawn.
pub(super) struct Shown<'a> {
    pub list: &'a ListState<KpiRow>,
    pub board: Option<&'a Board>,
    pub overdue: &'a [Late],
    pub outcomes: &'a [Outcome],
    pub kept: &'a str,
}

/// A value with its unit's digits: one for days and percent, two for times, whole units for money and counts.
pub(super) fn value(value: Option<Decimal>, unit: Unit, ctx: &Ctx) -> String {
    let Some(value) = value else { return "n/a".to_owned() };
    let digits = match unit {
        Unit::Days | Unit::Percent => 1,
        Unit::Times => 2,
        Unit::Money | Unit::Count => 0,
    };
    let shown = money::to_minor(value, digits)
        .map_or_else(|| "-".to_owned(), |minor| money::grouped(minor, digits, ctx.numbers));
    if unit == Unit::Percent { format!("{shown}%") } else { shown }
}

/// The name with its unit: `DSO, days`, `Cash in, month to date, EUR`.
fn name(figure: &Figure, ctx: &Ctx) -> String {
    match figure.kpi.unit {
        Unit::Days => format!("{}, days", figure.kpi.name),
        Unit::Money => format!("{}, {}", figure.kpi.name, ctx.base),
        _ => figure.kpi.name.to_owned(),
    }
}

fn cells(figure: &Figure, ctx: &Ctx) -> Vec<Cell> {
    let unit = figure.kpi.unit;
    let change = figure.change().map_or_else(String::new, |change| {
        // Percentages change by points, which must not read as a percentage of themselves.
        let shown = value(Some(change), if unit == Unit::Percent { Unit::Days } else { unit }, ctx);
        if change > Decimal::ZERO { format!("+{shown}") } else { shown }
    });
    let role = match (figure.change(), figure.better) {
        (Some(change), Better::Up) if change < Decimal::ZERO => Role::Warn,
        (Some(change), Better::Down) if change > Decimal::ZERO => Role::Warn,
        _ => Role::Text,
    };
    let now = match figure.standing() {
        Standing::Missed => Role::Late,
        Standing::Met => Role::Good,
        Standing::Open => Role::Text,
    };
    let points: Vec<Option<i64>> =
        figure.trend.iter().map(|point| point.and_then(|point| money::to_minor(point, 2))).collect();
    let target = figure.target.map_or_else(|| "-".to_owned(), |target| value(Some(target), unit, ctx));
    vec![
        name(figure, ctx).into(),
        Cell::new(value(figure.kpi.value, unit, ctx), now),
        target.into(),
        Cell::new(change, role),
        spark::spark(&points, ctx.glyphs).into(),
        figure.words().into(),
    ]
}

impl Shown<'_> {
    /// Draws everything there is room for.
    pub(super) fn draw(&self, buf: &mut Buffer, area: Rect, ctx: &Ctx, focused: bool) {
        let (columns, rows) = ctx.size;
        match class(columns, rows) {
            _ if ctx.zoom => self.table(buf, area, ctx, focused),
            Class::Tiny | Class::S => self.small(buf, area, ctx, focused),
            Class::M => self.framed(buf, area, ctx, focused, 0),
            Class::L | Class::Xl => self.framed(buf, area, ctx, focused, 11),
        }
    }

    fn table(&self, buf: &mut Buffer, area: Rect, ctx: &Ctx, focused: bool) {
        let (rows, cursor, _) = self.list.visible(rows_in(area, false));
        let lines: Vec<Line> = rows.iter().map(|row| Line { cells: cells(&row.0, ctx), ..Line::default() }).collect();
        let table = Table {
            columns: COLUMNS,
            lines: &lines,
            cursor,
            focused,
            sort: None,
            scroll: self.list.scroll,
            total: &[],
            theme: ctx.theme,
            glyphs: ctx.glyphs,
            base: ctx.base,
        };
        table.draw(buf, area);
    }

    /// One pane: the table, aging beside the largest overdue, and the arithmetic of the figure under the cursor.
    fn small(&self, buf: &mut Buffer, area: Rect, ctx: &Ctx, focused: bool) {
        // Every measure has a line if it can; then the words of the formula go, = has them.
        let middle = if area.height >= 20 { 7 } else { 0 };
        let wanted = u16::try_from(self.list.total() + 1).unwrap_or(u16::MAX);
        let roomy = area.height >= wanted.saturating_add(middle + 3);
        let [upper, sums] = layout::above(
            area,
            if area.height < 12 {
                0
            } else if roomy {
                3
            } else {
                2
            },
        );
        let [table, aging] = layout::above(upper, middle);
        self.table(buf, table, ctx, focused);
        let rule = ctx.glyphs.horizontal.repeat(usize::from(area.width));
        for part in [aging, sums] {
            paint::text(buf, part, part.x, part.y, &rule, ctx.style(Role::Dim), ctx.glyphs);
        }
        let below = |part: Rect| Rect {
            x: part.x + 1,
            y: part.y + 1,
            width: part.width.saturating_sub(1),
            height: part.height.saturating_sub(1),
        };
        if aging.height > 0 {
            let [left, right] = layout::beside(below(aging), 55);
            let title = format!(" AGING, {}, credits not set off ", ctx.base);
            self.titled(buf, left, &title, &self.aging_lines(left.width.saturating_sub(2), false, ctx), ctx);
            let title = format!(" TOP OVERDUE, {} ", ctx.base);
            self.titled(buf, right, &title, &self.overdue_lines(right.width, false, ctx), ctx);
        }
        let width = usize::from(sums.width.saturating_sub(1)).max(1);
        let formula = self.formula().into_iter().skip(usize::from(!roomy));
        let lines: Vec<String> = formula.flat_map(|line| wrap(&line, width)).collect();
        paint::lines(buf, below(sums), &lines, ctx.style(Role::Text), ctx.glyphs);
    }

    /// Lines with their title on the rule above them.
    fn titled(&self, buf: &mut Buffer, area: Rect, title: &str, lines: &[String], ctx: &Ctx) {
        paint::text(buf, buf.area, area.x, area.y.saturating_sub(1), title, ctx.style(Role::Dim), ctx.glyphs);
        paint::lines(buf, area, lines, ctx.style(Role::Text), ctx.glyphs);
    }

    /// Panes: measures above, trend and aging below them, and with `bottom` lines the overdue and the promises.
    fn framed(&self, buf: &mut Buffer, area: Rect, ctx: &Ctx, focused: bool, bottom: u16) {
        let (theme, glyphs, style) = (ctx.theme, ctx.glyphs, ctx.style(Role::Text));
        let [upper, lower] = layout::above(area, bottom);
        let [measures, middle] = layout::above(upper, (upper.height / 2).min(13));
        let day = self.board.map_or_else(String::new, |board| format!("as of {}", text::day(board.as_of)));
        let inside = paint::frame(buf, measures, "Measures", &day, focused, theme, glyphs);
        let [table, sums] = layout::above(inside, 2);
        self.table(buf, table, ctx, focused);
        let sums = Rect { x: sums.x + 1, width: sums.width.saturating_sub(1), ..sums };
        paint::lines(buf, sums, &self.formula(), ctx.style(Role::Dim), glyphs);
        let [left, right] = layout::beside(middle, 50);
        self.trend(buf, left, ctx);
        let title = format!("Aging, {} by due date, credits not set off", ctx.base);
        let inside = padded(paint::frame(buf, right, &title, "", false, theme, glyphs));
        paint::lines(buf, inside, &self.aging_lines(inside.width, true, ctx), style, glyphs);
        let [left, right] = layout::beside(lower, 50);
        let title = format!("Top overdue, {}", ctx.base);
        let inside = padded(paint::frame(buf, left, &title, "", false, theme, glyphs));
        paint::lines(buf, inside, &self.overdue_lines(inside.width, true, ctx), style, glyphs);
        let inside = padded(paint::frame(buf, right, "Promises, last 30 days", "", false, theme, glyphs));
        paint::lines(buf, inside, &outcome_lines(self.outcomes, self.kept, ctx), style, glyphs);
    }

    /// The formula of the figure under the cursor, in words and in numbers.
    fn formula(&self) -> Vec<String> {
        let Some(row) = self.list.selected() else { return Vec::new() };
        let words = meaning(row.0.key).map_or("", |said| said.formula);
        vec![format!("{} = {words}", row.0.kpi.name), row.0.kpi.arithmetic.clone()]
    }

    fn aging_lines(&self, width: u16, with_total: bool, ctx: &Ctx) -> Vec<String> {
        let Some(board) = self.board else { return Vec::new() };
        let sums = &board.aging;
        let whole = |minor| text::whole(Money::new(minor, ctx.base), ctx.numbers);
        let bar = usize::from(width).saturating_sub(8 + 2 + 14);
        let line = |label: &str, minor: i64| {
            let bar = bars::share(minor, sums.debits(), bar, ctx.glyphs);
            format!("{label:<8}{bar} {:>14}", whole(minor))
        };
        let mut out: Vec<String> = LABELS.iter().zip(sums.buckets).map(|(label, minor)| line(label, minor)).collect();
        if with_total {
            let net = |label: &str, minor: i64| {
                format!("{label:<24}{:>width$}", whole(minor), width = usize::from(width).saturating_sub(25))
            };
            out.push(net("total", sums.debits()));
            out.push(net("credit notes", sums.credits));
            out.push(net("receipts not applied", sums.unapplied));
            out.push(net("receivables", sums.net()));
        }
        out
    }

    fn overdue_lines(&self, width: u16, with_bar: bool, ctx: &Ctx) -> Vec<String> {
        let most = self.overdue.first().map_or(0, |late| late.1);
        let bar = if with_bar { usize::from(width) / 4 } else { 0 };
        let label = usize::from(width).saturating_sub(bar + 16 + if with_bar { 4 } else { 0 });
        let line = |(place, (name, overdue)): (usize, &Late)| {
            let amount = text::amount(Money::new(*overdue, ctx.base), ctx.numbers);
            let name = fit(&crate::tui::ui::width::clean(name), label, Align::Left, ctx.glyphs);
            let share = bars::share(*overdue, most, bar, ctx.glyphs);
            if with_bar {
                format!("{:>2} {name} {share}{amount:>16}", place + 1)
            } else {
                format!("{name}{amount:>15}")
            }
        };
        if self.overdue.is_empty() {
            return vec!["nothing is overdue".to_owned()];
        }
        self.overdue.iter().enumerate().map(line).collect()
    }

    /// The figure under the cursor as bars, one a month, with the values beside the axis.
    fn trend(&self, buf: &mut Buffer, area: Rect, ctx: &Ctx) {
        let (Some(row), Some(board)) = (self.list.selected(), self.board) else {
            paint::frame(buf, area, "Trend", "", false, ctx.theme, ctx.glyphs);
            return;
        };
        let figure = &row.0;
        let unit = figure.kpi.unit;
        let target =
            figure.target.map_or_else(String::new, |target| format!("target {}", value(Some(target), unit, ctx)));
        let title = format!("{}, 12 months", name(figure, ctx));
        let inside = paint::frame(buf, area, &title, &target, false, ctx.theme, ctx.glyphs);
        let height = usize::from(inside.height).saturating_sub(1);
        let lines = chart(figure, board, (usize::from(inside.width), height), ctx);
        paint::lines(buf, inside, &lines, ctx.style(Role::Text), ctx.glyphs);
    }
}

/// A cell of air at the left and right of a pane.
fn padded(area: Rect) -> Rect {
    Rect { x: area.x + 1, width: area.width.saturating_sub(2), ..area }
}

/// Bars of `height` lines over a line of months. The lowest bar is one line high, so the scale does not start at 0; the
/// values beside the axis say where it does.
fn chart(figure: &Figure, board: &Board, (width, height): (usize, usize), ctx: &Ctx) -> Vec<String> {
    let known = || figure.trend.iter().flatten().copied();
    let (Some(low), Some(high)) = (known().min(), known().max()) else {
        return vec!["no values in this time".to_owned()];
    };
    if height < 2 {
        return Vec::new();
    }
    let steps = Decimal::from(height - 1);
    // Three cells and a blank for a month where there is room, else as many as there are.
    let bar = (width.saturating_sub(15) / figure.trend.len().max(1)).clamp(2, 4) - 1;
    let level = |point: &Decimal| {
        let span = high - low;
        let share = if span.is_zero() { Decimal::ONE } else { (*point - low) * steps / span };
        1 + share.round().to_usize().unwrap_or(0)
    };
    let mut out = Vec::new();
    for line in (1..=height).rev() {
        let mark = low + (high - low) * Decimal::from(line - 1) / steps;
        let mut text = format!("{:>12} {}", value(Some(mark), figure.kpi.unit, ctx), ctx.glyphs.vertical);
        for point in &figure.trend {
            let filled = point.as_ref().is_some_and(|point| level(point) >= line);
            text.push_str(&format!(" {}", if filled { ctx.glyphs.bar[0].repeat(bar) } else { " ".repeat(bar) }));
        }
        out.push(text);
    }
    let months: Vec<String> =
        board.dates.iter().map(|date| date.format("%b").to_string().chars().take(bar).collect()).collect();
    out.push(format!("{:>12}   {}", "month end", months.join(" ")));
    out
}
