//! The filter line: every key filters at once; what cannot be understood is shown with a caret under it while the last
//! good result stays.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::completing::Completing;
use super::{Overlay, Reply};
use crate::store::read::complete::{Completions, Wanted};
use crate::tui::app::ctx::{Ctx, Millis};
use crate::tui::app::effect::{Effect, Slot};
use crate::tui::app::field::TextField;
use crate::tui::app::key::{Code, Key};
use crate::tui::app::screen::FilterError;
use crate::tui::ui::theme::Role;
use crate::tui::ui::width::{Align, cells, fit};
use crate::tui::ui::{layout, paint};

/// Ways to go on that are in view at once.
const MOST_SHOWN: u16 = 8;

/// The line being typed after `/`.
pub struct FilterLine {
    field: TextField,
    error: Option<FilterError>,
    /// The screen that is filtered, which decides what some words may be.
    screen: &'static str,
    completing: Completing,
}

impl FilterLine {
    /// The line, continuing from the filter in force on a screen.
    pub fn new(text: &str, screen: &'static str) -> FilterLine {
        FilterLine { field: TextField::new(text), error: None, screen, completing: Completing::default() }
    }

    fn live(&self) -> Reply {
        Reply::Live(vec![Effect::Filter(Slot::default(), self.field.text().to_owned())])
    }
}

impl Overlay for FilterLine {
    fn key(&mut self, key: Key, _at: Millis, _ctx: &Ctx) -> Reply {
        match key.code {
            Code::Tab | Code::BackTab if self.completing.is_open() => {
                self.completing.step(&mut self.field, key.code == Code::Tab);
                return self.live();
            }
            Code::Tab => {
                let text = self.completing.ask(&self.field);
                return Reply::Live(vec![Effect::Complete { wanted: Wanted::Filter(self.screen), text, from: 0 }]);
            }
            Code::Esc if self.completing.is_open() => {
                self.completing.close();
                return Reply::Stay;
            }
            _ => self.completing.close(),
        }
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

    fn completed(&mut self, text: &str, found: Completions) -> Reply {
        if self.completing.take(&mut self.field, text, found) { self.live() } else { Reply::Stay }
    }

    fn filter_result(&mut self, result: Result<(), FilterError>) {
        self.error = result.err();
    }

    fn view(&self, buf: &mut Buffer, body: Rect, ctx: &Ctx) -> Option<Position> {
        let own = if self.error.is_some() { 2 } else { 1 };
        let listed = if self.completing.is_open() { self.completing.rows().min(MOST_SHOWN) + 2 } else { 0 };
        let [_, area] = layout::above(body, own + listed);
        let [above, area] = layout::above(area, own);
        if listed > 0 && above.height > 2 {
            paint::clear(buf, above);
            let place = self.completing.place();
            let inside = paint::frame(buf, above, &place, "Tab next  Esc closes", true, ctx.theme, ctx.glyphs);
            self.completing.draw(buf, inside, ctx);
        }
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
        "Enter keep  Esc clear  Tab complete  e.g. over>30 open>=10k owner:me -has:promise".to_owned()
    }
}
