//! A table on paper: columns as wide as what they hold, figures to the right, the head again on every page, and what was
//! listed so far carried from page to page.

use super::layout::{LEFT, Paper, RIGHT};
use crate::documents::page::{Carry, Table};
use crate::domain::money::Currency;

/// Free room between columns.
const BETWEEN: f32 = 9.0;
/// Sizes of a table, the first that fits, each with the part of the page a text may take before it is broken.
const SIZES: [(f32, f32); 11] = [
    (9.0, 0.33),
    (8.5, 0.33),
    (8.0, 0.33),
    (7.5, 0.3),
    (7.0, 0.3),
    (6.5, 0.25),
    (6.0, 0.2),
    (5.5, 0.15),
    (5.0, 0.12),
    (4.5, 0.1),
    (4.0, 0.1),
];

/// A table with its places.
struct Set<'t> {
    table: &'t Table,
    size: f32,
    lead: f32,
    /// Where each column begins and ends.
    columns: Vec<(f32, f32)>,
    /// The lines of each title.
    heads: Vec<Vec<String>>,
}

impl Paper<'_> {
    pub(super) fn table(&mut self, table: &Table) {
        let set = self.measured(table);
        let rows: Vec<Vec<Vec<String>>> =
            table.rows.iter().enumerate().map(|(at, row)| self.cells(&set, at, row)).collect();
        let head = set.lead * set.heads.iter().map(Vec::len).max().unwrap_or(1) as f32 + 5.0;
        let carried = table.carry.as_ref().map_or(0.0, |carry| set.lead * carry.currencies().len() as f32 + 4.0);
        let high = |at: usize| set.lead * rows[at].iter().map(Vec::len).max().unwrap_or(1) as f32;
        let whole: f32 = (0..rows.len()).map(high).sum();
        // A short table is not parted; a long one begins with its head and a row.
        let first = if rows.len() <= 4 { whole } else { high(0) };
        if self.y + head + first + carried > super::layout::BOTTOM {
            self.turn();
        }
        self.titles(&set);
        for at in 0..rows.len() {
            let sum = table.sums > 0 && at + table.sums >= table.rows.len();
            // The row before the sums takes them along, so that no page begins with sums alone.
            let with = if at + table.sums + 1 == rows.len() { (at..rows.len()).map(high).sum() } else { high(at) };
            let room = if sum { high(at) } else { with + if at + 1 < rows.len() { carried } else { 0.0 } };
            if at > 0 && self.y + room > super::layout::BOTTOM {
                self.carry(&set, at, self.form.words.carried);
                self.turn();
                self.titles(&set);
                self.carry(&set, at, self.form.words.brought);
            }
            if sum && at > 0 && at + table.sums == rows.len() {
                self.line(&set);
            }
            self.row(&set, &rows[at], sum);
        }
    }

    /// The largest size in which the columns fit beside each other, and their places.
    fn measured<'t>(&self, table: &'t Table) -> Set<'t> {
        let room = RIGHT - LEFT - BETWEEN * table.heads.len().saturating_sub(1) as f32;
        let mut size = SIZES[0].0;
        let mut widths = Vec::new();
        for (wanted, part) in SIZES {
            size = wanted;
            let column = |place| self.column(table, place, size, room, part);
            widths = (0..table.heads.len()).map(column).collect();
            if widths.iter().sum::<f32>() <= room {
                break;
            }
        }
        // What is left over goes between the columns, so that the last ends where the lines do; not too far apart.
        let left = (room - widths.iter().sum::<f32>()).max(0.0) / widths.len().saturating_sub(1).max(1) as f32;
        let more = if table.sums == table.rows.len() { left } else { left.min(60.0) };
        let mut x = LEFT;
        let mut columns = Vec::new();
        for width in &widths {
            columns.push((x, x + width));
            x += width + BETWEEN + more;
        }
        let heads = table.heads.iter().zip(&widths);
        let heads = heads.map(|((title, _), width)| self.broken(title, true, size, width + 0.1)).collect();
        Set { table, size, lead: size * 1.4, columns, heads }
    }

    /// How wide a column wants to be: its widest cell and the longest word of its title. Texts wider than `part` of the
    /// page are broken.
    fn column(&self, table: &Table, place: usize, size: f32, room: f32, part: f32) -> f32 {
        let (title, right) = &table.heads[place];
        let words = title.split(' ').map(|word| self.width(word, true, size)).fold(0.0, f32::max);
        let sums = |at: usize| at + table.sums >= table.rows.len();
        let cells = table.rows.iter().enumerate();
        let cells = cells.map(|(at, row)| row.get(place).map_or(0.0, |cell| self.width(cell, sums(at), size)));
        let mut widest = cells.fold(0.0, f32::max);
        if table.carry.as_ref().is_some_and(|carry| carry.column == place) {
            let amounts = table.carry.iter().flat_map(|carry| carry.until(carry.amounts.len()));
            let amounts = amounts.map(|(currency, minor)| self.width(&self.form.amount(minor, currency), false, size));
            widest = amounts.fold(widest, f32::max);
        }
        let most = if *right { room } else { room * part };
        words.max(widest.min(most))
    }

    fn cells(&self, set: &Set<'_>, at: usize, row: &[String]) -> Vec<Vec<String>> {
        let bold = set.table.sums > 0 && at + set.table.sums >= set.table.rows.len();
        let cells = set.columns.iter().enumerate();
        let cells = cells.map(|(place, (from, to))| {
            let text = row.get(place).map_or("", String::as_str);
            // Figures are whole whatever their width.
            if set.table.heads[place].1 {
                vec![text.to_owned()]
            } else {
                self.broken(text, bold, set.size, to - from + 0.1)
            }
        });
        cells.collect()
    }

    fn titles(&mut self, set: &Set<'_>) {
        let lines = set.heads.iter().map(Vec::len).max().unwrap_or(1);
        for line in 0..lines {
            self.y += set.lead;
            for (place, head) in set.heads.iter().enumerate() {
                // Titles of fewer lines stand at the foot of the head.
                let Some(text) = (line + head.len()).checked_sub(lines).and_then(|at| head.get(at)) else { continue };
                self.cell(set, place, text, true);
            }
        }
        self.line(set);
    }

    fn line(&mut self, set: &Set<'_>) {
        let to = set.columns.last().map_or(RIGHT, |(_, to)| *to);
        self.y += 4.0;
        let y = self.y;
        self.rule(LEFT, y, to);
        self.y += 1.0;
    }

    fn row(&mut self, set: &Set<'_>, cells: &[Vec<String>], bold: bool) {
        for line in 0..cells.iter().map(Vec::len).max().unwrap_or(1) {
            self.y += set.lead;
            for (place, cell) in cells.iter().enumerate() {
                if let Some(text) = cell.get(line) {
                    self.cell(set, place, text, bold);
                }
            }
        }
    }

    fn cell(&mut self, set: &Set<'_>, place: usize, text: &str, bold: bool) {
        let ((from, to), y) = (set.columns[place], self.y);
        if set.table.heads[place].1 {
            self.put_right(to, y, set.size, bold, text);
        } else {
            self.put(from, y, set.size, bold, text);
        }
    }

    /// What the rows before `at` add up to, one line a currency.
    fn carry(&mut self, set: &Set<'_>, at: usize, word: &str) {
        let Some(carry) = &set.table.carry else { return };
        for (place, (currency, minor)) in carry.until(at).into_iter().enumerate() {
            self.y += set.lead;
            if place == 0 {
                let y = self.y;
                self.put(LEFT, y, set.size, true, word);
            }
            let text = self.form.amount(minor, currency);
            self.cell(set, carry.column, &text, true);
        }
    }
}

impl Carry {
    /// The currencies of the rows, in the order in which they first appear.
    fn currencies(&self) -> Vec<Currency> {
        let mut seen = Vec::new();
        for (_, currency) in &self.amounts {
            if !seen.contains(currency) {
                seen.push(*currency);
            }
        }
        seen
    }

    /// What the rows before `at` add up to, by currency.
    fn until(&self, at: usize) -> Vec<(Currency, i64)> {
        let rows = &self.amounts[..at.min(self.amounts.len())];
        let of = |currency: &Currency| {
            let amounts = rows.iter().filter(|(_, one)| one == currency).map(|(minor, _)| *minor);
            (*currency, amounts.fold(0, i64::saturating_add))
        };
        let used = |currency: &&Currency| rows.iter().any(|(_, one)| one == *currency);
        self.currencies().iter().filter(used).map(of).collect()
    }
}
