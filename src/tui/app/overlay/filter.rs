//! The filter line: every key filters at once; what cannot be understood is shown with a caret under it while the last
//! good result stays.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::{Overlay, Reply};
use crate::tui::app::ctx::{Ctx, Millis};
use crate::tui::app::effect::{Effect, Slot};
use crate::tui::app::field::TextField;
use crate::tui::app::key::{Code, Key};
use crate::tui::app::screen::FilterError;
use crate::tui::ui::theme::Role;
use crate::tui::ui::width::{Align, cells, fit};
use crate::tui::ui::{layout, paint};

/// The line being typed after `/`.
pub struct FilterLine {
    field: TextField,
    error: Option<FilterError>,
}

impl FilterLine {
    /// The line, continuing from the filter in force.
    pub fn new(text: &str) -> FilterLine {
        FilterLine { field: TextField::new(text), error: None }
    }

    fn live(&self) -> Reply {
        Reply::Live(vec![Effect::Filter(Slot::default(), self.field.text().to_owned())])
    }
}

impl Overlay for FilterLine {
    fn key(&mut self, key: Key, _at: Millis, _ctx: &Ctx) -> Reply {
        match key.code {
            Code::Enter if self.error.is_none() => Reply::Close(Vec::new()),
            Code::Esc => Reply::Close(vec![Effect::Filter(Slot::default(), String::new())]),
            _ => {
                let before = self.field.text().to_owned();
                self.field.key(key);
                if self.field.text() == before { Reply::Stay } else { self.live() }
            }
        }
    }

    fn paste(&mut self, text: &str, _ctx: &Ctx) -> Option<Reply> {
        self.field.insert(text);
        Some(self.live())
    }

    fn filter_result(&mut self, result: Result<(), FilterError>) {
        self.error = result.err();
    }

    fn view(&self, buf: &mut Buffer, body: Rect, ctx: &Ctx) -> Option<Position> {
        let [_, area] = layout::above(body, if self.error.is_some() { 2 } else { 1 });
        paint::clear(buf, area);
        paint::text(buf, area, area.x, area.y, " /", ctx.style(Role::Accent), ctx.glyphs);
        let line = Rect { x: area.x + 2.min(area.width), width: area.width.saturating_sub(2), ..area };
        if let Some(error) = self.error.as_ref().filter(|_| area.height > 1) {
            let before: String = self.field.text().chars().take(error.at).collect();
            let caret = format!("{}^ {}", " ".repeat(cells(&before)), error.message);
            let caret = fit(&caret, usize::from(line.width), Align::Left, ctx.glyphs);
            paint::text(buf, line, line.x, line.y + 1, &caret, ctx.style(Role::Warn), ctx.glyphs);
        }
        self.field.draw(buf, line, ctx.style(Role::Text), ctx.glyphs)
    }

    fn hint(&self) -> String {
        "Enter keep  Esc clear the filter  e.g. over>30 open>=10k owner:me -has:promise".to_owned()
    }
}
