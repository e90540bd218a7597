//! One line of text being typed, edited by whole graphemes, with the editing keys every field shares.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;
use unicode_segmentation::UnicodeSegmentation;

use super::key::{Code, Key};
use crate::tui::ui::glyphs::Glyphs;
use crate::tui::ui::paint;
use crate::tui::ui::width::{cells, clean};

/// Text with a place to type at.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TextField {
    text: String,
    /// Bytes before the place to type at; always at a grapheme boundary.
    at: usize,
}

impl TextField {
    /// A field holding this text, ready to type at its end.
    pub fn new(text: &str) -> TextField {
        let text = clean(text);
        TextField { at: text.len(), text }
    }

    /// What it holds.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Replaces what it holds.
    pub fn set(&mut self, text: &str) {
        *self = TextField::new(text);
    }

    /// Types or pastes text: line breaks become spaces, anything a terminal would obey is dropped.
    pub fn insert(&mut self, text: &str) {
        let spaced: String = text.trim_end_matches(['\r', '\n']).replace("\r\n", " ").replace(['\n', '\r', '\t'], " ");
        let text: String = clean(&spaced).chars().take(4_000).collect();
        self.text.insert_str(self.at, &text);
        self.at += text.len();
        // A combining mark joins the letter before it, so the place may have to move on to the grapheme's end.
        self.at = self.boundaries().into_iter().find(|place| *place >= self.at).unwrap_or(self.text.len());
    }

    /// What stands before the place to type at.
    pub fn before(&self) -> &str {
        &self.text[..self.at]
    }

    /// Puts other text in the place of what stands between so many bytes and the place to type at.
    pub fn replace(&mut self, from: usize, text: &str) {
        if from <= self.at && self.text.is_char_boundary(from) {
            self.text.drain(from..self.at);
            self.at = from;
            self.insert(text);
        }
    }

    /// Bytes before the place to type at.
    pub fn at(&self) -> usize {
        self.at
    }

    /// Graphemes before the place to type at.
    pub fn column(&self) -> usize {
        self.text[..self.at].graphemes(true).count()
    }

    /// Graphemes in all.
    pub fn columns(&self) -> usize {
        self.text.graphemes(true).count()
    }

    /// Goes to the place after so many graphemes, or to the end.
    pub fn go(&mut self, column: usize) {
        self.at = self.boundaries().get(column).copied().unwrap_or(self.text.len());
    }

    /// Cuts off what follows the place to type at.
    pub fn split_off(&mut self) -> TextField {
        TextField::new(&self.text.split_off(self.at))
    }

    /// Puts another's text behind its own; the place to type at is between the two.
    pub fn append(&mut self, other: &TextField) {
        self.at = self.text.len();
        self.text.push_str(&other.text);
    }

    fn boundaries(&self) -> Vec<usize> {
        self.text.grapheme_indices(true).map(|(place, _)| place).chain([self.text.len()]).collect()
    }

    fn left(&self) -> usize {
        self.boundaries().into_iter().take_while(|place| *place < self.at).last().unwrap_or(0)
    }

    fn right(&self) -> usize {
        self.boundaries().into_iter().find(|place| *place > self.at).unwrap_or(self.text.len())
    }

    /// Handles an editing key; false when the key is not one.
    pub fn key(&mut self, key: Key) -> bool {
        if let Some(c) = key.typed() {
            self.insert(c.encode_utf8(&mut [0; 4]));
            return true;
        }
        match (key.code, key.ctrl) {
            (Code::Backspace, _) => {
                let from = self.left();
                self.text.drain(from..self.at);
                self.at = from;
            }
            (Code::Delete, _) => {
                let to = self.right();
                self.text.drain(self.at..to);
            }
            (Code::Left, _) => self.at = self.left(),
            (Code::Right, _) => self.at = self.right(),
            (Code::Home, _) | (Code::Char('a'), true) => self.at = 0,
            (Code::End, _) | (Code::Char('e'), true) => self.at = self.text.len(),
            (Code::Char('u'), true) => {
                self.text.drain(..self.at);
                self.at = 0;
            }
            (Code::Char('w'), true) => {
                let before = self.text[..self.at].trim_end();
                let from = before.rfind(' ').map_or(0, |place| place + 1);
                self.text.drain(from..self.at);
                self.at = from;
            }
            _ => return false,
        }
        true
    }

    /// Draws the text on the first line of the area, scrolled so that the place to type at is inside, and says where
    /// that place is.
    pub fn draw(&self, buf: &mut Buffer, area: Rect, style: Style, glyphs: &Glyphs) -> Option<Position> {
        let area = area.intersection(buf.area);
        if area.is_empty() {
            return None;
        }
        let room = usize::from(area.width.saturating_sub(1));
        let mut from = 0;
        while cells(&self.text[from..self.at]) > room {
            from += self.text[from..].graphemes(true).next().map_or(1, str::len);
        }
        paint::text(buf, area, area.x, area.y, &self.text[from..], style, glyphs);
        let x = area.x + u16::try_from(cells(&self.text[from..self.at])).unwrap_or(0).min(area.width - 1);
        Some(Position { x, y: area.y })
    }
}

#[cfg(test)]
mod tests {
    use super::super::key::script;
    use super::*;

    fn typed(start: &str, keys: &str) -> String {
        let mut field = TextField::new(start);
        for key in script(keys) {
            field.key(key);
        }
        field.text().to_owned()
    }

    #[test]
    fn editing_works_by_grapheme_and_word() {
        assert_eq!(typed("abc", "<BS><BS>x"), "ax");
        assert_eq!(typed("e\u{301}o", "<Left><BS>"), "o");
        assert_eq!(typed("one two three", "<C-w><C-w>"), "one ");
        assert_eq!(typed("one", "<C-u>two"), "two");
        assert_eq!(typed("bc", "<C-a>a<C-e>d<Home><Del>"), "bcd");
    }

    #[test]
    fn pasted_lines_become_one() {
        let mut field = TextField::new("");
        field.insert("a\r\nb\u{1b}c\n");
        assert_eq!(field.text(), "a b?c");
    }
}
