//! A short list to choose from. Unavailable rows stay, dimmed, with their reason, so that the place of the others can
//! be learnt.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::{Overlay, Reply};
use crate::tui::app::ctx::{Ctx, Millis};
use crate::tui::app::effect::Effect;
use crate::tui::app::key::{Code, Key};
use crate::tui::ui::theme::Role;
use crate::tui::ui::width::{Align, cells, fit};
use crate::tui::ui::{layout, paint};

/// One row of a menu.
#[derive(Debug, Clone, Default)]
pub struct Item {
    /// What is chosen.
    pub label: String,
    /// A note to its right.
    pub note: String,
    /// Why it cannot be chosen, empty when it can.
    pub disabled: String,
}

impl Item {
    /// A row that can be chosen.
    pub fn new(label: impl Into<String>, note: impl Into<String>) -> Item {
        Item { label: label.into(), note: note.into(), disabled: String::new() }
    }
}

/// A menu.
pub struct Menu {
    title: String,
    items: Vec<Item>,
    at: usize,
    choose: Choice,
    /// A second thing to do with the row under the cursor: its key, what it is called, what it does.
    also: Option<(char, &'static str, Choice)>,
}

type Choice = Box<dyn Fn(usize) -> Vec<Effect>>;

impl Menu {
    /// A menu that does `choose` with the index of the chosen row.
    pub fn new(title: &str, items: Vec<Item>, choose: impl Fn(usize) -> Vec<Effect> + 'static) -> Menu {
        Menu { title: title.to_owned(), items, at: 0, choose: Box::new(choose), also: None }
    }

    /// With another key that does something else with a row.
    pub fn also(self, key: char, title: &'static str, act: impl Fn(usize) -> Vec<Effect> + 'static) -> Menu {
        Menu { also: Some((key, title, Box::new(act))), ..self }
    }

    /// With the cursor on that row.
    pub fn starting_at(self, at: usize) -> Menu {
        Menu { at: at.min(self.items.len().saturating_sub(1)), ..self }
    }
}

impl Overlay for Menu {
    fn key(&mut self, key: Key, _at: Millis, _ctx: &Ctx) -> Reply {
        match key.code {
            Code::Esc | Code::Char('q') => return Reply::Close(Vec::new()),
            Code::Char('j') | Code::Down | Code::Tab => self.at = (self.at + 1).min(self.items.len().saturating_sub(1)),
            Code::Char('k') | Code::Up | Code::BackTab => self.at = self.at.saturating_sub(1),
            Code::Enter => match self.items.get(self.at) {
                Some(item) if item.disabled.is_empty() => return Reply::Close((self.choose)(self.at)),
                Some(item) => return Reply::Live(vec![Effect::Warn(format!("{}: {}", item.label, item.disabled))]),
                None => return Reply::Close(Vec::new()),
            },
            Code::Char(c) => match &self.also {
                Some((key, _, act)) if *key == c && self.at < self.items.len() => return Reply::Close(act(self.at)),
                _ => {}
            },
            _ => {}
        }
        Reply::Stay
    }

    fn view(&self, buf: &mut Buffer, body: Rect, ctx: &Ctx) -> Option<Position> {
        let note = |item: &Item| if item.disabled.is_empty() { item.note.clone() } else { item.disabled.clone() };
        let label = self.items.iter().map(|item| cells(&item.label)).max().unwrap_or(0);
        let wide = self.items.iter().map(|item| label + 2 + cells(&note(item))).chain([cells(&self.title) + 20]).max();
        let width = u16::try_from(wide.unwrap_or(0)).unwrap_or(u16::MAX).saturating_add(5).min(100);
        let height = u16::try_from(self.items.len()).unwrap_or(u16::MAX).saturating_add(2);
        let area = layout::centred(body, width, height);
        paint::clear(buf, area);
        let inside = paint::frame(buf, area, &self.title, "Esc leaves", true, ctx.theme, ctx.glyphs);
        let top = (self.at + 1).saturating_sub(usize::from(inside.height));
        for (offset, y) in (inside.y..inside.bottom()).enumerate() {
            let Some(item) = self.items.get(top + offset) else { break };
            let here = top + offset == self.at;
            let pointer = if here { ctx.glyphs.cursor } else { " " };
            let text = format!("{pointer} {}  {}", fit(&item.label, label, Align::Left, ctx.glyphs), note(item));
            let text = fit(&text, usize::from(inside.width), Align::Left, ctx.glyphs);
            let role = match (here, item.disabled.is_empty()) {
                (true, _) => Role::Select,
                (false, true) => Role::Text,
                (false, false) => Role::Dim,
            };
            paint::text(buf, inside, inside.x, y, &text, ctx.style(role), ctx.glyphs);
        }
        None
    }

    fn hint(&self) -> String {
        let also = self.also.as_ref().map_or(String::new(), |(key, title, _)| format!("{key} {title}  "));
        format!("j/k choose  Enter accept  {also}Esc leave")
    }
}
