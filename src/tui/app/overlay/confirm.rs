//! One line to confirm a reversible change to many items: `Set owner jk on 12 accounts, 84,300.00 EUR?`

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::{Overlay, Reply};
use crate::tui::app::ctx::{Ctx, Millis};
use crate::tui::app::effect::Effect;
use crate::tui::app::key::{Code, Key};
use crate::tui::ui::theme::Role;
use crate::tui::ui::width::{Align, fit};
use crate::tui::ui::{layout, paint};

/// A question answered by Enter or Esc.
pub struct Confirm {
    question: String,
    yes: Option<Box<dyn FnOnce() -> Vec<Effect>>>,
}

impl Confirm {
    /// Asks the question and does `yes` on Enter.
    pub fn new(question: impl Into<String>, yes: impl FnOnce() -> Vec<Effect> + 'static) -> Confirm {
        Confirm { question: question.into(), yes: Some(Box::new(yes)) }
    }
}

impl Overlay for Confirm {
    fn key(&mut self, key: Key, _at: Millis, _ctx: &Ctx) -> Reply {
        match key.code {
            Code::Enter => Reply::Close(self.yes.take().map_or(Vec::new(), |yes| yes())),
            Code::Esc | Code::Char('n' | 'q') => Reply::Close(Vec::new()),
            _ => Reply::Stay,
        }
    }

    fn view(&self, buf: &mut Buffer, body: Rect, ctx: &Ctx) -> Option<Position> {
        let [_, line] = layout::above(body, 1);
        let text = format!(" {}  Enter/Esc", self.question);
        let text = fit(&text, usize::from(line.width), Align::Left, ctx.glyphs);
        paint::text(buf, line, line.x, line.y, &text, ctx.style(Role::Select), ctx.glyphs);
        None
    }

    fn hint(&self) -> String {
        "Enter do it  Esc leave".to_owned()
    }
}
