//! The checklist of a table's columns: Space shows or hides, J and K move, Enter applies.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::{Overlay, Reply};
use crate::tui::app::ctx::{Ctx, Millis};
use crate::tui::app::effect::Effect;
use crate::tui::app::key::{Code, Key};
use crate::tui::ui::theme::Role;
use crate::tui::ui::width::{Align, fit};
use crate::tui::ui::{layout, paint};

/// One column of the checklist: identity, heading, shown or not.
pub type Choice = (&'static str, &'static str, bool);

type Apply = Box<dyn Fn(&[Choice]) -> Vec<Effect>>;

/// The checklist. The first column always stays.
pub struct ColumnList {
    choices: Vec<Choice>,
    at: usize,
    apply: Apply,
}

impl ColumnList {
    /// A checklist that does `apply` with the columns in their new order.
    pub fn new(choices: Vec<Choice>, apply: impl Fn(&[Choice]) -> Vec<Effect> + 'static) -> ColumnList {
        ColumnList { choices, at: 0, apply: Box::new(apply) }
    }

    fn shift(&mut self, down: bool) {
        let other = if down { self.at + 1 } else { self.at.wrapping_sub(1) };
        // The frozen first column neither moves nor is passed.
        if self.at > 0 && other > 0 && other < self.choices.len() {
            self.choices.swap(self.at, other);
            self.at = other;
        }
    }
}

impl Overlay for ColumnList {
    fn key(&mut self, key: Key, _at: Millis, _ctx: &Ctx) -> Reply {
        match key.code {
            Code::Esc | Code::Char('q') => return Reply::Close(Vec::new()),
            Code::Enter => return Reply::Close((self.apply)(&self.choices)),
            Code::Char('j') | Code::Down => self.at = (self.at + 1).min(self.choices.len().saturating_sub(1)),
            Code::Char('k') | Code::Up => self.at = self.at.saturating_sub(1),
            Code::Char('J') => self.shift(true),
            Code::Char('K') => self.shift(false),
            Code::Char(' ') if self.at > 0 => {
                if let Some(choice) = self.choices.get_mut(self.at) {
                    choice.2 = !choice.2;
                }
            }
            _ => {}
        }
        Reply::Stay
    }

    fn view(&self, buf: &mut Buffer, body: Rect, ctx: &Ctx) -> Option<Position> {
        let height = u16::try_from(self.choices.len()).unwrap_or(u16::MAX).saturating_add(2);
        let area = layout::centred(body, 36, height);
        paint::clear(buf, area);
        let inside = paint::frame(buf, area, "Columns", "Esc leaves", true, ctx.theme, ctx.glyphs);
        let top = (self.at + 1).saturating_sub(usize::from(inside.height));
        for (offset, y) in (inside.y..inside.bottom()).enumerate() {
            let Some((_, title, shown)) = self.choices.get(top + offset) else { break };
            let role = if top + offset == self.at { Role::Select } else { Role::Text };
            let text = format!(" [{}] {title}", if *shown { "x" } else { " " });
            let text = fit(&text, usize::from(inside.width), Align::Left, ctx.glyphs);
            paint::text(buf, inside, inside.x, y, &text, ctx.style(role), ctx.glyphs);
        }
        None
    }

    fn hint(&self) -> String {
        "Space show/hide  J/K move  Enter apply  Esc leave".to_owned()
    }
}
