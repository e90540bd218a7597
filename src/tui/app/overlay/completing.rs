//! Completing a line with Tab: the ways to go on come from the book or from the overlay itself, the first is put in at
//! once, Tab and Shift-Tab walk through the others, any other key goes on typing.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::store::read::complete::{Completion, Completions};
use crate::tui::app::ctx::Ctx;
use crate::tui::app::field::TextField;
use crate::tui::ui::paint;
use crate::tui::ui::theme::Role;
use crate::tui::ui::width::{Align, cells, fit};

/// The ways to go on that are shown, and which one is in the line.
#[derive(Debug, Default)]
pub(super) struct Completing {
    /// What stood before the cursor when they were asked for.
    asked: Option<String>,
    from: usize,
    found: Vec<Completion>,
    at: usize,
}

impl Completing {
    /// Whether there is something to choose from.
    pub(super) fn is_open(&self) -> bool {
        !self.found.is_empty()
    }

    /// Closes the list; what it put into the line stays.
    pub(super) fn close(&mut self) {
        *self = Completing::default();
    }

    /// Notes what stands before the cursor; an answer to anything else comes too late.
    pub(super) fn ask(&mut self, field: &TextField) -> String {
        let text = field.before().to_owned();
        self.close();
        self.asked = Some(text.clone());
        text
    }

    /// Takes what was found for a text. True when the line is another one.
    pub(super) fn take(&mut self, field: &mut TextField, text: &str, found: Completions) -> bool {
        if self.asked.as_deref() != Some(text) || field.before() != text || found.found.is_empty() {
            return false;
        }
        (self.from, self.found, self.at) = (found.from, found.found, 0);
        self.put(field);
        if self.found.len() == 1 {
            self.close();
        }
        true
    }

    /// Puts the next or the previous way into the line.
    pub(super) fn step(&mut self, field: &mut TextField, on: bool) {
        let many = self.found.len();
        self.at = (self.at + if on { 1 } else { many - 1 }) % many;
        self.put(field);
    }

    fn put(&self, field: &mut TextField) {
        field.replace(self.from, &self.found[self.at].text);
    }

    /// Lines the list would like to have.
    pub(super) fn rows(&self) -> u16 {
        u16::try_from(self.found.len()).unwrap_or(u16::MAX)
    }

    /// How far it is, for a frame: `2 of 12`.
    pub(super) fn place(&self) -> String {
        format!("{} of {}", self.at + 1, self.found.len())
    }

    /// Draws the list, the chosen one in view.
    pub(super) fn draw(&self, buf: &mut Buffer, area: Rect, ctx: &Ctx) {
        let rows = usize::from(area.height);
        let top = (self.at + 1).saturating_sub(rows.max(1));
        let wide = self.found.iter().map(|one| cells(&one.text)).max().unwrap_or(0).min(usize::from(area.width) / 2);
        for (offset, one) in self.found.iter().skip(top).take(rows).enumerate() {
            let here = top + offset == self.at;
            let pointer = if here { ctx.glyphs.cursor } else { " " };
            let text = fit(&one.text, wide, Align::Left, ctx.glyphs);
            let line = format!("{pointer} {text}  {}", one.note);
            let line = fit(&line, usize::from(area.width), Align::Left, ctx.glyphs);
            let y = area.y + u16::try_from(offset).unwrap_or(0);
            paint::text(
                buf,
                area,
                area.x,
                y,
                &line,
                ctx.style(if here { Role::Select } else { Role::Text }),
                ctx.glyphs,
            );
        }
    }
}
