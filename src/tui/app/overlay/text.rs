//! A box of text to read: why a row is here, how a number was reached, a long explanation.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::{Overlay, Reply};
use crate::tui::app::ctx::{Ctx, Millis};
use crate::tui::app::key::{Code, Key};
use crate::tui::ui::theme::Role;
use crate::tui::ui::width::{cells, wrap};
use crate::tui::ui::{layout, paint};

/// Lines of text under a title.
pub struct TextBox {
    title: String,
    lines: Vec<String>,
    top: usize,
}

impl TextBox {
    /// A box with these lines; long ones are broken at the width of the box.
    pub fn new(title: impl Into<String>, lines: Vec<String>) -> TextBox {
        TextBox { title: title.into(), lines, top: 0 }
    }
}

impl Overlay for TextBox {
    fn key(&mut self, key: Key, _at: Millis, _ctx: &Ctx) -> Reply {
        let last = self.lines.len().saturating_sub(1);
        match key.code {
            Code::Esc | Code::Enter | Code::Char('q' | 'w' | '=' | '?') => return Reply::Close(Vec::new()),
            Code::Char('j') | Code::Down => self.top = (self.top + 1).min(last),
            Code::Char('k') | Code::Up => self.top = self.top.saturating_sub(1),
            Code::PageDown | Code::Char(' ') => self.top = (self.top + 10).min(last),
            Code::PageUp => self.top = self.top.saturating_sub(10),
            _ => {}
        }
        Reply::Stay
    }

    fn view(&self, buf: &mut Buffer, body: Rect, ctx: &Ctx) -> Option<Position> {
        let widest = self.lines.iter().map(|line| cells(line)).chain([cells(&self.title) + 20]).max().unwrap_or(0);
        let width = u16::try_from(widest).unwrap_or(u16::MAX).saturating_add(4).min(100).min(body.width);
        let inner = usize::from(width.saturating_sub(4)).max(1);
        let lines: Vec<String> = self.lines.iter().flat_map(|line| wrap(line, inner)).collect();
        let height = u16::try_from(lines.len()).unwrap_or(u16::MAX).saturating_add(2);
        let area = layout::centred(body, width, height);
        paint::clear(buf, area);
        let inside = paint::frame(buf, area, &self.title, "Esc leaves", true, ctx.theme, ctx.glyphs);
        let inside = Rect { x: inside.x + 1, width: inside.width.saturating_sub(2), ..inside };
        let top = self.top.min(lines.len().saturating_sub(usize::from(inside.height)));
        paint::lines(buf, inside, &lines[top..], ctx.style(Role::Text), ctx.glyphs);
        None
    }

    fn hint(&self) -> String {
        "j/k scroll  Esc leave".to_owned()
    }
}
