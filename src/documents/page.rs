//! A page: the subject and the blocks of a letter, before it is text, HTML or paper. Tables carry their cells already in
//! the form of the language, so that every output shows the same figures.

use unicode_width::UnicodeWidthStr;

use crate::domain::money::Currency;

/// Columns of the text form; longer lines are wrapped between words.
const WIDTH: usize = 76;

/// A letter with its words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// Language code of the template it was made from.
    pub language: String,
    /// One line.
    pub subject: String,
    /// What stands under one another.
    pub blocks: Vec<Block>,
}

/// A piece of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Block {
    /// Lines that belong together.
    Paragraph(Vec<String>),
    /// Rows under headings.
    Table(Table),
    /// Labels and what they stand for.
    Facts(Vec<(String, String)>),
}

/// Rows under headings.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Table {
    /// Headings; whether the column is of figures, which stand to the right.
    pub heads: Vec<(String, bool)>,
    /// Rows of as many cells.
    pub rows: Vec<Vec<String>>,
    /// How many of the rows, at the end, are sums.
    pub sums: usize,
    /// What is carried from page to page, where it goes on over several.
    pub carry: Option<Carry>,
}

/// Amounts of a column, to be added up as far as a page goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Carry {
    /// The column.
    pub column: usize,
    /// Minor units and currency of each row.
    pub amounts: Vec<(i64, Currency)>,
}

impl Page {
    /// The page as plain text, without its subject; ends in a line break.
    pub fn text(&self) -> String {
        let mut out = String::new();
        for block in &self.blocks {
            if !out.is_empty() {
                out.push('\n');
            }
            match block {
                Block::Paragraph(lines) => lines.iter().for_each(|line| wrap(line, &mut out)),
                Block::Table(table) => table.text(&mut out),
                Block::Facts(facts) => {
                    let widest = facts.iter().map(|(label, _)| label.width()).max().unwrap_or(0);
                    for (label, value) in facts {
                        let gap = " ".repeat(widest.saturating_sub(label.width()));
                        out.push_str(&format!("{label}:{gap} {value}\n"));
                    }
                }
            }
        }
        out
    }
}

/// Adds a line, broken between words where it is longer than [`WIDTH`].
fn wrap(line: &str, out: &mut String) {
    let mut used = 0;
    for word in line.split(' ') {
        let width = word.width();
        if used > 0 && used + 1 + width > WIDTH {
            out.push('\n');
            used = 0;
        } else if used > 0 {
            out.push(' ');
            used += 1;
        }
        out.push_str(word);
        used += width;
    }
    out.push('\n');
}

impl Table {
    fn text(&self, out: &mut String) {
        let titles: Vec<String> = self.heads.iter().map(|(title, _)| title.clone()).collect();
        let cells = |row: &[String], place: usize| row.get(place).map_or(0, |cell| cell.width());
        let widths: Vec<usize> = (0..titles.len())
            .map(|place| self.rows.iter().map(|row| cells(row, place)).max().unwrap_or(0).max(cells(&titles, place)))
            .collect();
        let rule = "-".repeat(widths.iter().sum::<usize>() + 2 * widths.len().saturating_sub(1));
        self.line(&titles, &widths, out);
        out.push_str(&rule);
        out.push('\n');
        for (place, row) in self.rows.iter().enumerate() {
            if self.sums > 0 && place + self.sums == self.rows.len() && place > 0 {
                out.push_str(&rule);
                out.push('\n');
            }
            self.line(row, &widths, out);
        }
    }

    fn line(&self, row: &[String], widths: &[usize], out: &mut String) {
        let mut line = String::new();
        for (place, width) in widths.iter().enumerate() {
            let cell = row.get(place).map_or("", String::as_str);
            let gap = " ".repeat(width.saturating_sub(cell.width()));
            let right = self.heads.get(place).is_some_and(|(_, right)| *right);
            line.push_str(if place == 0 { "" } else { "  " });
            line.push_str(&if right { format!("{gap}{cell}") } else { format!("{cell}{gap}") });
        }
        out.push_str(line.trim_end());
        out.push('\n');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up_and_sums_stand_under_a_rule() {
        let cell = |text: &str| text.to_owned();
        let table = Table {
            heads: vec![(cell("Fällig"), false), (cell("Offen"), true)],
            rows: vec![
                vec![cell("01.03.2026"), cell("1.234,50")],
                vec![cell("02.03.2026"), cell("5,00")],
                vec![cell("Summe"), cell("1.239,50")],
            ],
            sums: 1,
            carry: None,
        };
        let long = "word ".repeat(30);
        let page = Page {
            language: cell("de"),
            subject: cell("x"),
            blocks: vec![Block::Table(table), Block::Paragraph(vec![long.trim().to_owned()])],
        };
        let text = page.text();
        let table = "Fällig         Offen\n--------------------\n01.03.2026  1.234,50\n02.03.2026      5,00\n\
                     --------------------\nSumme       1.239,50\n\n";
        assert!(text.starts_with(table), "{text}");
        assert!(text.lines().all(|line| line.width() <= WIDTH), "{text}");
        assert_eq!(text[table.len()..].split_whitespace().count(), 30);
    }
}
