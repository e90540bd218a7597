//! Where everything of a letter stands: the window of the envelope, the facts beside it, the subject, blocks one under
//! another and over pages, page numbers. Points from the top left corner of an A4 page.

use super::face::{self, Face};
use super::{Sheet, Unset};
use crate::documents::form::Form;
use crate::documents::page::Block;

/// Width of the page.
pub(super) const WIDE: f32 = mm(210.0);
/// Height of the page.
pub(super) const HIGH: f32 = mm(297.0);
/// Where lines begin.
pub(super) const LEFT: f32 = mm(25.0);
/// Where lines end.
pub(super) const RIGHT: f32 = mm(190.0);
/// Where the last line stands.
pub(super) const BOTTOM: f32 = mm(270.0);
/// Where the first line of a further page stands.
const NEXT: f32 = mm(34.0);
/// Size of what is read.
const SIZE: f32 = 10.0;
/// From line to line.
const LEAD: f32 = 13.5;
/// Free room between blocks.
const GAP: f32 = 8.0;
/// The most lines the window shows.
const WINDOW: usize = 8;

/// Points of a length in millimetres.
pub(super) const fn mm(length: f32) -> f32 {
    length * 72.0 / 25.4
}

/// Something on a page; places are points from the top left corner.
#[derive(Debug, Clone, PartialEq)]
pub enum Mark {
    /// A text on one line.
    Text {
        /// Where it begins.
        x: f32,
        /// Its base line.
        y: f32,
        /// Points.
        size: f32,
        /// Whether it is bold.
        bold: bool,
        /// What it says.
        text: String,
    },
    /// A straight line.
    Rule {
        /// Where it begins.
        x: f32,
        /// How far down.
        y: f32,
        /// Where it ends.
        to: f32,
    },
}

/// A letter that was set.
#[derive(Debug)]
pub struct Laid<'a> {
    /// The letter.
    pub sheet: &'a Sheet,
    /// The marks of each of its pages.
    pub pages: Vec<Vec<Mark>>,
}

/// Sets a letter; refused where the font lacks a character of it.
pub fn set<'a>(sheet: &'a Sheet, face: &Face<'_>) -> Result<Laid<'a>, Unset> {
    let mut paper = Paper { face, form: Form::of(&sheet.page.language), sheet, pages: vec![Vec::new()], y: 0.0 };
    paper.head()?;
    paper.subject();
    for block in &sheet.page.blocks {
        match block {
            Block::Paragraph(lines) => paper.paragraph(lines),
            Block::Table(table) => paper.table(table),
            Block::Facts(facts) => paper.facts(facts),
        }
        paper.y += GAP;
    }
    paper.numbers();
    let customer = || format!("{} {}", sheet.customer, sheet.name);
    for mark in paper.pages.iter().flatten() {
        let Mark::Text { text, .. } = mark else { continue };
        if let Some(character) = text.chars().find(|c| face::is_joined(*c) || !face.has(*c)) {
            return Err(Unset::Lacks { customer: customer(), character, joined: face::is_joined(character) });
        }
    }
    Ok(Laid { sheet, pages: paper.pages })
}

/// The pages of a letter as far as they are set.
pub(super) struct Paper<'a> {
    pub(super) face: &'a Face<'a>,
    pub(super) form: Form,
    sheet: &'a Sheet,
    pages: Vec<Vec<Mark>>,
    /// The base line of the line set last, or the edge above the next one.
    pub(super) y: f32,
}

impl Paper<'_> {
    pub(super) fn put(&mut self, x: f32, y: f32, size: f32, bold: bool, text: &str) {
        let text = Face::settled(text);
        if let Some(page) = self.pages.last_mut().filter(|_| !text.trim().is_empty()) {
            page.push(Mark::Text { x, y, size, bold, text });
        }
    }

    /// A text that ends at `x`.
    pub(super) fn put_right(&mut self, x: f32, y: f32, size: f32, bold: bool, text: &str) {
        let width = self.width(text, bold, size);
        self.put(x - width, y, size, bold, text);
    }

    pub(super) fn rule(&mut self, x: f32, y: f32, to: f32) {
        if let Some(page) = self.pages.last_mut() {
            page.push(Mark::Rule { x, y, to });
        }
    }

    pub(super) fn width(&self, text: &str, bold: bool, size: f32) -> f32 {
        self.face.width(&Face::settled(text), bold, size)
    }

    /// A text in lines of at most `room`, broken at blanks, inside a word only where it is wider itself.
    pub(super) fn broken(&self, text: &str, bold: bool, size: f32, room: f32) -> Vec<String> {
        let text = Face::settled(text);
        let mut lines: Vec<String> = Vec::new();
        let mut line = String::new();
        for word in text.split(' ').filter(|word| !word.is_empty()) {
            let joined = if line.is_empty() { word.to_owned() } else { format!("{line} {word}") };
            if self.face.width(&joined, bold, size) <= room {
                line = joined;
                continue;
            }
            if !line.is_empty() {
                lines.push(std::mem::take(&mut line));
            }
            for c in word.chars() {
                line.push(c);
                if line.chars().nth(1).is_some() && self.face.width(&line, bold, size) > room {
                    line.pop();
                    lines.push(std::mem::replace(&mut line, c.to_string()));
                }
            }
        }
        if !line.is_empty() || lines.is_empty() {
            lines.push(line);
        }
        lines
    }

    /// What stands above the subject: who writes, the window, the facts beside it, the marks to fold by.
    fn head(&mut self) -> Result<(), Unset> {
        let sheet = self.sheet;
        let (name, address) = sheet.sender.split_first().map_or(("", &[][..]), |(name, rest)| (name.as_str(), rest));
        for (place, line) in self.broken(name, true, 14.0, RIGHT - LEFT).into_iter().take(2).enumerate() {
            self.put(LEFT, mm(22.0) + 16.0 * place as f32, 14.0, true, &line);
        }
        if !address.is_empty() {
            self.put(LEFT, mm(28.0), 8.5, false, &address.join(", "));
        }
        // The window: the sender in small letters over whom it goes to.
        let back = std::iter::once(name).chain(address.iter().map(String::as_str)).collect::<Vec<_>>().join(" · ");
        let wide = self.width(&back, false, 7.0);
        let size = if wide > mm(80.0) { (7.0 * mm(80.0) / wide).max(3.5) } else { 7.0 };
        self.put(LEFT, mm(60.5), size, false, &back);
        self.rule(LEFT, mm(61.7), mm(105.0));
        let mut lines = self.broken(&sheet.name, false, SIZE, mm(80.0));
        for line in &sheet.address {
            lines.extend(self.broken(line, false, SIZE, mm(80.0)));
        }
        if lines.len() > WINDOW {
            return Err(Unset::Address { customer: format!("{} {}", sheet.customer, sheet.name) });
        }
        let step = if lines.len() > 5 { mm(26.0) / lines.len() as f32 } else { mm(4.8) };
        for (place, line) in lines.iter().enumerate() {
            self.put(LEFT, mm(66.5) + step * place as f32, SIZE, false, line);
        }
        self.beside();
        for (y, long) in [(105.0, 4.0), (148.5, 6.0), (210.0, 4.0)] {
            self.rule(mm(4.0), mm(y), mm(4.0 + long));
        }
        Ok(())
    }

    /// The facts to the right of the window.
    fn beside(&mut self) {
        let (sheet, words) = (self.sheet, self.form.words);
        let date = self.form.date(sheet.date);
        let facts = [
            (words.letter, sheet.number.as_str()),
            (words.date, date.as_str()),
            (words.customer, sheet.customer.as_str()),
            (words.phone, sheet.reach[0].as_str()),
            (words.email, sheet.reach[1].as_str()),
        ];
        let (x, mut y) = (mm(125.0), mm(53.0));
        for (label, value) in facts.into_iter().filter(|(_, value)| !value.is_empty()) {
            self.put(x, y, 8.5, false, label);
            let (from, room) = (x + mm(21.0), RIGHT - x - mm(21.0));
            for line in self.broken(value, false, 8.5, room) {
                self.put(from, y, 8.5, false, &line);
                y += 11.5;
            }
        }
    }

    fn subject(&mut self) {
        self.y = mm(103.0);
        let lines = self.broken(&self.sheet.page.subject, true, 11.0, RIGHT - LEFT);
        for (place, line) in lines.iter().enumerate() {
            self.y += if place > 0 { 14.5 } else { 0.0 };
            let y = self.y;
            self.put(LEFT, y, 11.0, true, line);
        }
        self.y += LEAD;
    }

    /// Moves down by a line, onto a new page where `high` would not fit on this one.
    pub(super) fn down(&mut self, step: f32, high: f32) {
        if self.y + high > BOTTOM {
            self.turn();
        }
        self.y += step;
    }

    /// A new page, with whose it is above.
    pub(super) fn turn(&mut self) {
        self.pages.push(Vec::new());
        let sheet = self.sheet;
        let parts = [sheet.number.clone(), self.form.date(sheet.date), format!("{} {}", sheet.customer, sheet.name)];
        let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        let line = self.broken(&parts.join(" · "), false, 8.5, RIGHT - LEFT).swap_remove(0);
        self.put(LEFT, mm(20.0), 8.5, false, &line);
        self.rule(LEFT, mm(22.0), RIGHT);
        self.y = NEXT - LEAD;
    }

    fn paragraph(&mut self, lines: &[String]) {
        let lines: Vec<String> = lines.iter().flat_map(|line| self.broken(line, false, SIZE, RIGHT - LEFT)).collect();
        for (place, line) in lines.iter().enumerate() {
            // The first lines stay together, and so do the last two.
            let left = lines.len() - place;
            let together = if place == 0 { left.min(3) } else { left.min(2) };
            let high = if place == 0 || left == 2 { LEAD * together as f32 } else { LEAD };
            self.down(LEAD, high);
            let y = self.y;
            self.put(LEFT, y, SIZE, false, line);
        }
    }

    fn facts(&mut self, facts: &[(String, String)]) {
        let wide = facts.iter().map(|(label, _)| self.width(label, false, SIZE)).fold(0.0, f32::max);
        let from = LEFT + (wide + 14.0).min(mm(60.0));
        let mut high = LEAD * facts.len() as f32;
        for (label, value) in facts {
            for (place, line) in self.broken(value, true, SIZE, RIGHT - from).iter().enumerate() {
                self.down(LEAD, high.max(LEAD));
                let y = self.y;
                if place == 0 {
                    self.put(LEFT, y, SIZE, false, label);
                }
                self.put(from, y, SIZE, true, line);
                high -= LEAD;
            }
        }
    }

    /// The number of each page.
    fn numbers(&mut self) {
        let (words, pages) = (self.form.words, self.pages.len());
        for place in 0..pages {
            let text = format!("{} {} {} {pages}", words.page, place + 1, words.of);
            let x = RIGHT - self.width(&text, false, 8.5);
            self.pages[place].push(Mark::Text { x, y: mm(284.0), size: 8.5, bold: false, text });
        }
    }
}
