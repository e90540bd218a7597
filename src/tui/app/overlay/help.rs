//! The keys of this screen, its lists and everywhere: a list that can be filtered, and that runs what is chosen.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::{Offer, Overlay, Reply};
use crate::tui::app::command::Call;
use crate::tui::app::ctx::{Ctx, Millis};
use crate::tui::app::effect::Effect;
use crate::tui::app::field::TextField;
use crate::tui::app::key::{Code, Key};
use crate::tui::ui::paint;
use crate::tui::ui::theme::Role;
use crate::tui::ui::width::{Align, fit};

/// The list of keys.
pub struct Help {
    field: TextField,
    offers: Vec<Offer>,
    at: usize,
}

/// What the four tiers mean, shown above the list.
const TIERS: &str = "lower case looks or u undoes it; upper case moves money after a review";

impl Help {
    /// A list of these commands, in this order.
    pub fn new(offers: Vec<Offer>) -> Help {
        Help { field: TextField::default(), offers, at: 0 }
    }

    fn shown(&self) -> Vec<&Offer> {
        let wanted = self.field.text().to_lowercase();
        let matches = |offer: &&Offer| {
            let Offer { command, .. } = offer;
            let keys = command.key_labels().join(" ");
            let all = format!("{} {} {} {} {keys}", command.id, command.title, command.help, command.words);
            wanted.split(' ').all(|word| all.to_lowercase().contains(word))
        };
        self.offers.iter().filter(matches).collect()
    }
}

impl Overlay for Help {
    fn key(&mut self, key: Key, _at: Millis, _ctx: &Ctx) -> Reply {
        let last = self.shown().len().saturating_sub(1);
        match key.code {
            Code::Esc => return Reply::Close(Vec::new()),
            Code::Char('?') => return Reply::Close(Vec::new()),
            Code::Down => self.at = (self.at + 1).min(last),
            Code::Up => self.at = self.at.saturating_sub(1),
            Code::PageDown => self.at = (self.at + 10).min(last),
            Code::PageUp => self.at = self.at.saturating_sub(10),
            Code::Enter => {
                let chosen = self.shown().get(self.at).map(|offer| (offer.command, offer.reason.clone()));
                return match chosen {
                    Some((command, None)) => Reply::Run(Call::new(command.id)),
                    Some((command, Some(reason))) => {
                        Reply::Live(vec![Effect::Warn(format!("{}: {reason}", command.title))])
                    }
                    None => Reply::Stay,
                };
            }
            _ => {
                if self.field.key(key) {
                    self.at = 0;
                }
            }
        }
        Reply::Stay
    }

    fn paste(&mut self, text: &str, _ctx: &Ctx) -> Option<Reply> {
        self.field.insert(text);
        self.at = 0;
        Some(Reply::Stay)
    }

    fn view(&self, buf: &mut Buffer, body: Rect, ctx: &Ctx) -> Option<Position> {
        let area = Rect { width: body.width.min(100), ..body };
        paint::clear(buf, area);
        let inside = paint::frame(buf, area, "Keys here", "type to filter  Esc leaves", true, ctx.theme, ctx.glyphs);
        paint::text(buf, inside, inside.x, inside.y, " /", ctx.style(Role::Accent), ctx.glyphs);
        let line = Rect { x: inside.x + 2.min(inside.width), width: inside.width.saturating_sub(2), ..inside };
        if self.field.text().is_empty() {
            let note = Rect { x: line.x + 2.min(line.width), width: line.width.saturating_sub(2), ..line };
            paint::text(buf, note, note.x, note.y, TIERS, ctx.style(Role::Dim), ctx.glyphs);
        }
        let cursor = self.field.draw(buf, line, ctx.style(Role::Text), ctx.glyphs);
        let shown = self.shown();
        let rows = usize::from(inside.height.saturating_sub(1));
        let top = (self.at + 1).saturating_sub(rows.max(1));
        for (offset, offer) in shown.iter().skip(top).take(rows).enumerate() {
            let y = inside.y + 1 + u16::try_from(offset).unwrap_or(0);
            draw_offer(buf, Rect { y, height: 1, ..inside }, offer, top + offset == self.at, ctx);
        }
        cursor
    }

    fn hint(&self) -> String {
        "type to filter  Up/Down choose  Enter run  Esc leave".to_owned()
    }
}

/// One command in one line: keys, title, help, or the reason why not.
pub(super) fn draw_offer(buf: &mut Buffer, area: Rect, offer: &Offer, here: bool, ctx: &Ctx) {
    let keys = fit(&offer.command.key_labels().join(", "), 12, Align::Left, ctx.glyphs);
    let name = if offer.command.takes.is_empty() {
        offer.command.title.to_owned()
    } else {
        format!("{} {}", offer.command.title, offer.command.takes)
    };
    let name = fit(&name, 18, Align::Left, ctx.glyphs);
    let help = match &offer.reason {
        Some(reason) => format!("not now: {reason}"),
        None => offer.command.help.to_owned(),
    };
    let pointer = if here { ctx.glyphs.cursor } else { " " };
    let text = fit(&format!("{pointer} {keys} {name} {help}"), usize::from(area.width), Align::Left, ctx.glyphs);
    let role = match (here, &offer.reason) {
        (true, _) => Role::Select,
        (false, Some(_)) => Role::Dim,
        (false, None) => Role::Text,
    };
    paint::text(buf, area, area.x, area.y, &text, ctx.style(role), ctx.glyphs);
}
