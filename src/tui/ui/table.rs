//! A table from plain data: columns that give way by priority, numbers to the right, a frozen first column with the
//! rest scrolled by `h` and `l`, one reversed row for the cursor with its cell colours dropped, marks in the gutter.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::glyphs::Glyphs;
use super::paint;
use super::theme::{Role, Theme};
use super::width::{Align, cells, clean, fit};
use crate::domain::money::Currency;

/// A column.
#[derive(Debug, Clone, Copy)]
pub struct Column {
    /// Identity, for sorting and the checklist of columns.
    pub id: &'static str,
    /// Heading, in capitals.
    pub title: &'static str,
    /// The letter after `s` and `f` that means this column.
    pub letter: char,
    /// 0 never gives way; the highest number goes first when there is no room.
    pub priority: u8,
    /// Fewest cells it can be read in.
    pub min: u16,
    /// Cells beyond which it does not grow.
    pub max: u16,
    /// Side its text stands on.
    pub align: Align,
    /// Amounts in the book's currency without a sign: the heading names it.
    pub base: bool,
}

impl Column {
    /// A column of words that grows from `min` to `max` cells.
    pub const fn words(
        id: &'static str,
        title: &'static str,
        letter: char,
        priority: u8,
        min: u16,
        max: u16,
    ) -> Column {
        Column { id, title, letter, priority, min, max, align: Align::Left, base: false }
    }

    /// A column of numbers of a fixed width.
    pub const fn number(id: &'static str, title: &'static str, letter: char, priority: u8, width: u16) -> Column {
        Column { id, title, letter, priority, min: width, max: width, align: Align::Right, base: false }
    }

    /// The same with amounts in the book's currency.
    pub const fn in_base(self) -> Column {
        Column { base: true, ..self }
    }
}

/// What stands in one column of one row.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cell {
    /// The text, uncut.
    pub text: String,
    /// How it looks when the row is not under the cursor.
    pub role: Role,
}

impl From<String> for Cell {
    fn from(text: String) -> Cell {
        Cell { text, role: Role::Text }
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Cell {
        text.to_owned().into()
    }
}

impl Cell {
    /// Text with a role.
    pub fn new(text: impl Into<String>, role: Role) -> Cell {
        Cell { text: text.into(), role }
    }
}

/// One visible row.
#[derive(Debug, Clone, Default)]
pub struct Line {
    /// One cell per column, in the order of the columns.
    pub cells: Vec<Cell>,
    /// Marked by the user.
    pub marked: bool,
    /// Changed under the user since it was shown; drawn with `~`.
    pub stale: bool,
}

/// A table about to be drawn. Give it only the visible rows.
pub struct Table<'a> {
    /// The columns to show, in order; the first stays when the others scroll.
    pub columns: &'a [Column],
    /// The visible rows.
    pub lines: &'a [Line],
    /// Index of the cursor's row among them.
    pub cursor: Option<usize>,
    /// Whether the pane has the focus.
    pub focused: bool,
    /// Sorted by this column, and whether largest first.
    pub sort: Option<(&'static str, bool)>,
    /// Columns scrolled away after the first.
    pub scroll: usize,
    /// A last line under the rows, for totals; empty for none.
    pub total: &'a [Cell],
    /// Roles to styles.
    pub theme: Theme,
    /// Signs.
    pub glyphs: &'static Glyphs,
    /// The book's currency, for headings of amounts in it.
    pub base: Currency,
}

/// From this width on the cursor's whole row is highlighted.
const LIT_WHOLE: u16 = 110;
/// Below it, so many cells are.
const LIT_NARROW: u16 = 14;
/// Cells left of the first column: cursor, mark, blank.
pub const GUTTER: u16 = 3;

/// How many rows a table can show in an area of this height: one line is the heading, one the total if there is one.
pub fn rows_in(area: Rect, with_total: bool) -> u16 {
    area.height.saturating_sub(1 + u16::from(with_total))
}

/// The columns that fit in `width` cells, with the width each gets, in order. Columns give way by priority, then the
/// rest shares what is left over up to each one's largest width.
pub fn fit_columns(columns: &[Column], width: u16) -> Vec<(usize, u16)> {
    let mut kept: Vec<usize> = (0..columns.len()).collect();
    let need = |kept: &[usize]| -> u32 {
        kept.iter().map(|index| u32::from(columns[*index].min) + 1).sum::<u32>().saturating_sub(1)
    };
    while need(&kept) > u32::from(width) {
        let last = (0..kept.len())
            .filter(|at| columns[kept[*at]].priority > 0)
            .max_by_key(|at| (columns[kept[*at]].priority, *at));
        match last {
            Some(at) => drop(kept.remove(at)),
            None => break,
        }
    }
    let mut out: Vec<(usize, u16)> = kept.iter().map(|index| (*index, columns[*index].min)).collect();
    let mut rest = u32::from(width).saturating_sub(need(&kept));
    while rest > 0 {
        let Some(grower) =
            out.iter_mut().filter(|(index, wide)| *wide < columns[*index].max).min_by_key(|(_, wide)| *wide)
        else {
            break;
        };
        grower.1 += 1;
        rest -= 1;
    }
    out
}

impl Table<'_> {
    /// Draws heading, rows and total into the area.
    pub fn draw(&self, buf: &mut Buffer, area: Rect) {
        let area = area.intersection(buf.area);
        if area.is_empty() {
            return;
        }
        let (shown, more) = self.scrolled(area.width.saturating_sub(GUTTER));
        self.draw_heading(buf, area, &shown, more);
        let rows = rows_in(area, !self.total.is_empty());
        for (index, line) in self.lines.iter().take(usize::from(rows)).enumerate() {
            let y = area.y + 1 + u16::try_from(index).unwrap_or(0);
            self.draw_line(buf, area, y, &shown, line, self.cursor == Some(index));
        }
        if !self.total.is_empty() && area.height > 1 {
            let below = area.y + 1 + rows.min(u16::try_from(self.lines.len()).unwrap_or(rows));
            let line = Line { cells: self.total.to_vec(), ..Line::default() };
            self.draw_line(buf, area, below.min(area.bottom() - 1), &shown, &line, false);
        }
    }

    /// The columns after scrolling, with their widths, and whether there are more to the left and right.
    fn scrolled(&self, width: u16) -> (Vec<(usize, u16)>, (bool, bool)) {
        let skip = self.scroll.min(self.columns.len().saturating_sub(2));
        let order: Vec<usize> = (0..self.columns.len()).filter(|index| *index == 0 || *index > skip).collect();
        let columns: Vec<Column> = order
            .iter()
            .enumerate()
            // Once scrolled, columns fall off at the right edge instead of giving way by priority.
            .map(|(at, index)| {
                let column = self.columns[*index];
                if skip > 0 && at > 0 {
                    Column { priority: u8::try_from(at).unwrap_or(u8::MAX), ..column }
                } else {
                    column
                }
            })
            .collect();
        let shown: Vec<(usize, u16)> =
            fit_columns(&columns, width).into_iter().map(|(at, wide)| (order[at], wide)).collect();
        let right = shown.len() < order.len();
        (shown, (skip > 0, right))
    }

    fn draw_heading(&self, buf: &mut Buffer, area: Rect, shown: &[(usize, u16)], more: (bool, bool)) {
        let style = self.theme.style(Role::Dim);
        let mut x = area.x.saturating_add(GUTTER);
        for (index, wide) in shown {
            let column = &self.columns[*index];
            let mark = match self.sort {
                Some((id, descending)) if id == column.id => {
                    if descending {
                        self.glyphs.down
                    } else {
                        self.glyphs.up
                    }
                }
                _ => "",
            };
            let room = usize::from(*wide);
            let named = format!("{} {}", column.title, self.base);
            let fits = cells(&named) + if mark.is_empty() { 0 } else { 2 } <= room;
            let name = if column.base && fits { &*named } else { column.title };
            let title = if !mark.is_empty() && cells(name) + 2 <= room {
                format!("{} {mark}", name)
            } else if !mark.is_empty() {
                format!("{}{mark}", fit(name, room.saturating_sub(1).min(cells(name)), Align::Left, self.glyphs))
            } else {
                name.to_owned()
            };
            let title = fit(&title, room, column.align, self.glyphs);
            paint::text(buf, area, x, area.y, &title, style, self.glyphs);
            x = x.saturating_add(*wide + 1);
        }
        if more.0 {
            paint::text(buf, area, area.x, area.y, "<", style, self.glyphs);
        }
        if more.1 {
            paint::text(buf, area, area.right() - 1, area.y, ">", style, self.glyphs);
        }
    }

    /// Where the highlight of the cursor's row ends: the whole row where there is room; on a narrow terminal, which is
    /// often a slow line too, so much that the row is found at a glance, for both rows of a move are sent again.
    fn lit(&self, area: Rect) -> u16 {
        if area.width >= LIT_WHOLE { area.right() } else { area.right().min(area.x.saturating_add(LIT_NARROW)) }
    }

    fn draw_line(&self, buf: &mut Buffer, area: Rect, y: u16, shown: &[(usize, u16)], line: &Line, cursor: bool) {
        let selected = cursor && self.focused;
        let pointer = match (cursor, self.focused) {
            (true, true) => self.glyphs.cursor,
            (true, false) => self.glyphs.cursor_idle,
            _ => " ",
        };
        let mark = if line.stale {
            "~"
        } else if line.marked {
            self.glyphs.mark
        } else {
            " "
        };
        let base = self.theme.style(if selected { Role::Select } else { Role::Text });
        let lit = if selected { self.lit(area) } else { area.x };
        if selected {
            let blank = " ".repeat(usize::from(lit - area.x));
            paint::text(buf, area, area.x, y, &blank, base, self.glyphs);
        }
        paint::text(buf, area, area.x, y, &format!("{pointer}{mark} "), base, self.glyphs);
        let mut x = area.x.saturating_add(GUTTER);
        for (index, wide) in shown {
            if let Some(cell) = line.cells.get(*index) {
                // Reversed, a low bar would read as a high one.
                let bars = cell.text.contains(|c| ('\u{2581}'..='\u{2588}').contains(&c));
                let style = self.theme.style(cell.role);
                let text = fit(&clean(&cell.text), usize::from(*wide), self.columns[*index].align, self.glyphs);
                paint::text(buf, area, x, y, &text, style, self.glyphs);
                if x < lit && !bars {
                    // The cell's own colours would make blotches in the highlight.
                    let part = Rect { x, y, width: (*wide).min(lit - x), height: 1 };
                    buf.set_style(part.intersection(area), Style::reset().patch(base));
                }
            }
            x = x.saturating_add(*wide + 1);
        }
    }
}

#[cfg(test)]
#[path = "table_tests.rs"]
mod tests;
