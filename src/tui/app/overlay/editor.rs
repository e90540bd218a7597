//! Text of many lines being edited over a screen: letters' templates, dunning policies. It is saved only once it has no
//! fault; a fault is named with its line, and the place to type at goes there. Leaving keeps what was typed as a draft.

use std::cell::Cell;

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use unicode_segmentation::UnicodeSegmentation;

use super::rows::{broken, row_of};
use super::{Overlay, Reply, TextBox};
use crate::acts::overview::TextFault;
use crate::tui::app::ctx::{Ctx, Millis};
use crate::tui::app::effect::Effect;
use crate::tui::app::field::TextField;
use crate::tui::app::key::{Code, Key};
use crate::tui::ui::theme::Role;
use crate::tui::ui::width::{cells, wrap};
use crate::tui::ui::{layout, paint};

/// How many steps can be taken back.
const STEPS: usize = 200;
/// More than any template or policy has; what is pasted beyond is left out.
const MOST_LINES: usize = 5_000;
/// Cells of the line numbers and the blank after them.
const GUTTER: u16 = 5;

type Save = Box<dyn Fn(&str) -> Result<Vec<Effect>, TextFault>>;
type Look = (String, Box<dyn Fn(&str) -> Vec<String>>);

/// The lines as they were, and the line typed in.
type Step = (Vec<TextField>, usize);

/// The editor.
pub struct Editor {
    title: String,
    draft: String,
    first: String,
    lines: Vec<TextField>,
    row: usize,
    top: usize,
    /// Rows and cells the box has room for, as it was drawn last.
    room: Cell<(usize, usize)>,
    earlier: Vec<Step>,
    /// The last key typed into the line, so that one step takes back a word and not a letter.
    typing: bool,
    /// The lines cut last, and whether the last key cut one, so that the next joins them.
    cut: Vec<String>,
    cutting: bool,
    fault: Option<TextFault>,
    save: Save,
    look: Option<Look>,
}

impl Editor {
    /// A text to edit, kept as a draft under this name when it is left. `save` checks it and says what happens.
    pub fn new(
        title: impl Into<String>,
        draft: impl Into<String>,
        text: &str,
        save: impl Fn(&str) -> Result<Vec<Effect>, TextFault> + 'static,
    ) -> Editor {
        let lines = lines_of(text);
        Editor {
            title: title.into(),
            draft: draft.into(),
            first: joined(&lines),
            lines,
            row: 0,
            top: 0,
            room: Cell::new((10, 70)),
            earlier: Vec::new(),
            typing: false,
            cut: Vec::new(),
            cutting: false,
            fault: None,
            save: Box::new(save),
            look: None,
        }
    }

    /// What `Ctrl-P` shows of the text as it is, under this title.
    pub fn looking(self, title: impl Into<String>, look: impl Fn(&str) -> Vec<String> + 'static) -> Editor {
        Editor { look: Some((title.into(), Box::new(look))), ..self }
    }

    fn text(&self) -> String {
        joined(&self.lines)
    }

    fn line(&mut self) -> &mut TextField {
        &mut self.lines[self.row]
    }

    /// Moves to another line, keeping the place in it where it can be kept.
    fn step_to(&mut self, row: usize) {
        let column = self.lines[self.row].column();
        self.row = row.min(self.lines.len() - 1);
        self.line().go(column);
        self.typing = false;
    }

    /// Moves by one row as it is seen, staying below or above the same place.
    fn walk(&mut self, down: bool) {
        let width = self.room.get().1;
        let line = &self.lines[self.row];
        let rows = broken(line.text(), width);
        let part = row_of(&rows, line.at());
        let x = cells(&line.text()[rows[part].start..line.at()]);
        let target = match (down, part) {
            (true, part) if part + 1 < rows.len() => (self.row, part + 1),
            (true, _) if self.row + 1 < self.lines.len() => (self.row + 1, 0),
            (false, 1..) => (self.row, part - 1),
            (false, 0) if self.row > 0 => (self.row - 1, usize::MAX),
            _ => return,
        };
        let text = self.lines[target.0].text();
        let rows = broken(text, width);
        let part = target.1.min(rows.len() - 1);
        // The end of a row that goes on is the beginning of the next one.
        let last = if part + 1 < rows.len() { rows[part].end - 1 } else { rows[part].end };
        let (mut at, mut used) = (rows[part].start, 0);
        for sign in text[rows[part].clone()].graphemes(true) {
            used += cells(sign);
            if used > x || at + sign.len() > last {
                break;
            }
            at += sign.len();
        }
        let column = text[..at].graphemes(true).count();
        self.row = target.0;
        self.line().go(column);
    }

    /// Keeps what is there for [`Editor::take_back`].
    fn keep(&mut self) {
        if self.earlier.len() == STEPS {
            self.earlier.remove(0);
        }
        self.earlier.push((self.lines.clone(), self.row));
        // What was wrong may be right by now, and stands on another line.
        self.fault = None;
    }

    fn take_back(&mut self) {
        if let Some((lines, row)) = self.earlier.pop() {
            (self.lines, self.row) = (lines, row);
        }
    }

    fn put(&mut self, text: &str) {
        self.keep();
        let room = MOST_LINES.saturating_sub(self.lines.len());
        for (place, part) in text.replace("\r\n", "\n").replace('\r', "\n").split('\n').take(room + 1).enumerate() {
            if place > 0 {
                self.break_line();
            }
            self.line().insert(&part.replace('\t', "    "));
        }
    }

    fn break_line(&mut self) {
        let mut rest = self.line().split_off();
        rest.go(0);
        self.row += 1;
        self.lines.insert(self.row, rest);
    }

    /// Joins a line with the one below it; the place to type at is between them.
    fn join(&mut self, row: usize) {
        let below = self.lines.remove(row + 1);
        self.row = row;
        self.line().append(&below);
    }

    fn save(&mut self) -> Reply {
        match (self.save)(&self.text()) {
            Ok(effects) => Reply::Close(effects),
            Err(fault) => {
                if fault.line > 0 {
                    self.row = (fault.line - 1).min(self.lines.len() - 1);
                    self.line().go(fault.column.saturating_sub(1));
                }
                self.fault = Some(fault);
                Reply::Stay
            }
        }
    }

    /// Puts the lines that were cut last above the one typed in.
    fn put_back(&mut self) {
        if self.lines.len() + self.cut.len() > MOST_LINES {
            return;
        }
        self.keep();
        let (row, count) = (self.row, self.cut.len());
        self.lines.splice(row..row, self.cut.iter().map(|line| TextField::new(line)));
        self.row = row + count;
        self.line().go(0);
    }

    /// Keys that move between lines, or change more than one.
    fn between(&mut self, key: Key) -> bool {
        let (row, last, page) = (self.row, self.lines.len() - 1, self.room.get().0.max(2) - 1);
        let column = self.lines[row].column();
        let joins = std::mem::take(&mut self.cutting);
        match (key.code, key.ctrl) {
            (Code::Up, _) => self.walk(false),
            (Code::Down, _) => self.walk(true),
            (Code::PageUp, _) => self.step_to(row.saturating_sub(page)),
            (Code::PageDown, _) => self.step_to(row + page),
            (Code::Home, true) => {
                self.row = 0;
                self.line().go(0);
            }
            (Code::End, true) => {
                self.row = last;
                self.line().go(usize::MAX);
            }
            (Code::Left, _) if column == 0 && row > 0 => {
                self.row -= 1;
                self.line().go(usize::MAX);
            }
            (Code::Right, _) if row < last && column == self.lines[row].columns() => {
                self.row += 1;
                self.line().go(0);
            }
            (Code::Enter, _) if self.lines.len() < MOST_LINES => {
                self.keep();
                self.break_line();
            }
            (Code::Backspace, _) if column == 0 && row > 0 => {
                self.keep();
                self.join(row - 1);
            }
            (Code::Delete, _) if row < last && column == self.lines[row].columns() => {
                self.keep();
                self.join(row);
            }
            (Code::Char('k'), true) => {
                self.keep();
                let line = self.lines.remove(row).text().to_owned();
                if !joins {
                    self.cut.clear();
                }
                self.cut.push(line);
                self.cutting = true;
                if self.lines.is_empty() {
                    self.lines.push(TextField::new(""));
                }
                self.row = row.min(self.lines.len() - 1);
                self.line().go(0);
            }
            (Code::Char('y'), true) if !self.cut.is_empty() => self.put_back(),
            (Code::Char('z'), true) => self.take_back(),
            _ => return false,
        }
        self.typing = false;
        true
    }

    /// How many lines stand above the box, and how many rows of the first in it, so that the place to type at is inside.
    fn scrolled(&self, height: usize, width: usize) -> (usize, usize) {
        let rows = |place: usize| broken(self.lines[place].text(), width);
        let mut needed = row_of(&rows(self.row), self.lines[self.row].at()) + 1;
        let above = needed.saturating_sub(height);
        let mut top = self.row;
        while top > self.top.min(self.row) {
            needed += rows(top - 1).len();
            if needed > height {
                break;
            }
            top -= 1;
        }
        (top, above)
    }

    /// Keeps the lines above the box as they are, where the place to type at allows it.
    fn follow(&mut self) {
        let (height, width) = self.room.get();
        self.top = self.scrolled(height.max(1), width).0;
    }
}

fn lines_of(text: &str) -> Vec<TextField> {
    let line = |text: &str| {
        let mut line = TextField::new(text);
        line.go(0);
        line
    };
    text.replace("\r\n", "\n").replace('\t', "    ").split('\n').map(line).collect()
}

fn joined(lines: &[TextField]) -> String {
    lines.iter().map(TextField::text).collect::<Vec<_>>().join("\n")
}

impl Overlay for Editor {
    fn key(&mut self, key: Key, _at: Millis, _ctx: &Ctx) -> Reply {
        match (key.code, key.ctrl) {
            (Code::Esc, _) => return Reply::Close(Vec::new()),
            (Code::Char('s'), true) | (Code::F(2), _) => return self.save(),
            (Code::Char('p'), true) => {
                let Some((title, look)) = &self.look else { return Reply::Stay };
                let shown = TextBox::new(title.clone(), look(&self.text()));
                return Reply::Live(vec![Effect::Overlay(Box::new(shown))]);
            }
            _ => {}
        }
        if !self.between(key) {
            let typed = key.typed().is_some_and(|c| c != ' ');
            let changes =
                key.typed().is_some() || !matches!(key.code, Code::Left | Code::Right | Code::Home | Code::End);
            if changes && !(typed && self.typing) {
                self.keep();
            }
            let before = self.lines[self.row].text().len();
            let known = self.line().key(key);
            if changes && (!known || before == self.lines[self.row].text().len()) && !typed {
                self.earlier.pop();
            }
            self.typing = typed;
        }
        self.follow();
        Reply::Stay
    }

    fn paste(&mut self, text: &str, _ctx: &Ctx) -> Option<Reply> {
        self.put(text);
        self.follow();
        Some(Reply::Stay)
    }

    fn view(&self, buf: &mut Buffer, body: Rect, ctx: &Ctx) -> Option<Position> {
        let area = layout::centred(body, 104.min(body.width), body.height);
        paint::clear(buf, area);
        let changed = if self.text() == self.first { "" } else { ", changed" };
        let title = format!("{}: line {} of {}{changed}", self.title, self.row + 1, self.lines.len());
        let inside = paint::frame(buf, area, &title, "Esc leaves, keeps a draft", true, ctx.theme, ctx.glyphs);
        let said: Vec<String> = self.fault.iter().flat_map(|fault| said(fault, inside.width)).collect();
        let below = u16::try_from(said.len()).unwrap_or(0).min(inside.height.saturating_sub(1));
        let height = inside.height - below;
        self.room.set((usize::from(height), usize::from(inside.width.saturating_sub(GUTTER))));
        let room =
            Rect { x: inside.x + GUTTER.min(inside.width), width: inside.width.saturating_sub(GUTTER), ..inside };
        let wrong = self.fault.as_ref().map_or(0, |fault| fault.line);
        let mut cursor = None;
        let mut y = inside.y;
        let (top, mut above) = self.scrolled(usize::from(height).max(1), usize::from(room.width));
        for (place, line) in self.lines.iter().enumerate().skip(top) {
            let rows = broken(line.text(), usize::from(room.width));
            let at = if place == self.row { row_of(&rows, line.at()) } else { usize::MAX };
            for (part, row) in rows.iter().enumerate().skip(std::mem::take(&mut above)) {
                if y >= inside.y + height {
                    break;
                }
                let (number, role) = match (part, place + 1 == wrong) {
                    (0, true) => (format!("{:>4}", place + 1), Role::Warn),
                    (0, false) => (format!("{:>4}", place + 1), Role::Dim),
                    _ => (String::new(), Role::Dim),
                };
                paint::text(buf, inside, inside.x, y, &number, ctx.style(role), ctx.glyphs);
                let style = ctx.style(if place == self.row { Role::Strong } else { Role::Text });
                paint::text(buf, room, room.x, y, &line.text()[row.clone()], style, ctx.glyphs);
                if part == at {
                    let before = u16::try_from(cells(&line.text()[row.start..line.at()])).unwrap_or(0);
                    cursor = (room.width > 0).then(|| Position { x: room.x + before.min(room.width - 1), y });
                }
                y += 1;
            }
        }
        let foot = Rect { y: inside.y + height, height: below, ..inside };
        paint::lines(buf, foot, &said, ctx.style(Role::Warn), ctx.glyphs);
        cursor
    }

    fn hint(&self) -> String {
        let look = if self.look.is_some() { "Ctrl-P preview  " } else { "" };
        format!("Ctrl-S save  {look}Ctrl-Z take back  Ctrl-K cut line  Ctrl-Y put back  Esc leave")
    }

    fn draft(&self) -> Option<(String, String)> {
        let text = self.text();
        (text != self.first).then(|| (self.draft.clone(), text))
    }

    fn draft_name(&self) -> &str {
        &self.draft
    }

    fn keeps_draft(&self) -> bool {
        true
    }

    fn restore(&mut self, draft: &str) {
        // Ctrl-Z leads back to what the book says.
        self.keep();
        self.lines = lines_of(draft);
        (self.row, self.top) = (0, 0);
        self.line().go(0);
    }
}

/// A fault as it stands below the text.
fn said(fault: &TextFault, width: u16) -> Vec<String> {
    let named = fault.sentence.contains(&format!("line {}", fault.line));
    let place = match (fault.line, fault.column) {
        (0, _) => String::new(),
        (_, 0) if named => String::new(),
        (line, 0) => format!("line {line}: "),
        (line, column) => format!("line {line}, place {column}: "),
    };
    wrap(&format!("{place}{}", fault.sentence), usize::from(width).max(1)).into_iter().take(4).collect()
}

#[cfg(test)]
#[path = "editor_tests.rs"]
mod tests;
