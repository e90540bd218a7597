//! The Desk, home of a wide terminal: customer accounts, aging buckets, dispute queue and key figures at once, one of
//! them with the focus, each opening into its own screen. Where four do not fit, the same four one at a time.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::approvals;
use super::desk_pane::Pane;
use super::desk_rows::{ACCOUNTS, AGING, DISPUTES, FIGURES, Kind};
use crate::tui::app::{Answer, Bookmark, Call, Command, Ctx, Effect, Panes, Place, Scope, Screen, Status};
use crate::tui::ui::layout::{self, Class, class};
use crate::tui::ui::paint;
use crate::tui::ui::theme::Role;

/// `g h`, and the first screen where it fits.
pub const PLACE: Place = Place {
    command: Command::look("desk", &["g h"], "desk", "Customers, aging, disputes and key figures at once.")
        .words("home dashboard overview")
        .scope(Scope::Global),
    tab: Some("Desk"),
    open: |_, _| Some(Box::new(Desk::new())),
};

const KINDS: [&Kind; 4] = [&ACCOUNTS, &AGING, &DISPUTES, &FIGURES];

/// The four panes.
pub struct Desk {
    panes: Panes,
    /// Requests that wait for this person.
    to_approve: usize,
}

impl Default for Desk {
    fn default() -> Self {
        Desk::new()
    }
}

impl Desk {
    /// The Desk with the focus on the customers.
    pub fn new() -> Desk {
        let panes = KINDS.into_iter().map(|kind| Box::new(Pane::new(kind)) as Box<dyn Screen>).collect();
        Desk { panes: Panes::new(panes), to_approve: 0 }
    }

    /// One pane with the names of all four above it.
    fn one(&self, buf: &mut Buffer, area: Rect, ctx: &Ctx, focused: bool) {
        let [names, body] = layout::above(area, area.height.saturating_sub(1));
        let here = usize::from(self.panes.focus());
        let name = |(number, kind): (usize, &&Kind)| {
            if number == here { format!("[{}]", kind.title) } else { format!(" {} ", kind.title) }
        };
        let line: String = (1..).zip(KINDS.iter()).map(name).collect();
        paint::two_sides(buf, names, &line, "Tab next pane ", ctx.style(Role::Strong), ctx.glyphs);
        if let Some(pane) = self.panes.get(self.panes.focus()) {
            pane.view(buf, body, ctx, focused);
        }
    }
}

impl Screen for Desk {
    fn id(&self) -> &'static str {
        "desk"
    }

    fn title(&self) -> String {
        "Desk".to_owned()
    }

    fn commands(&self) -> &'static [Command] {
        &[]
    }

    fn run(&mut self, _call: &Call, _ctx: &Ctx) -> Vec<Effect> {
        Vec::new()
    }

    fn refresh(&mut self, ctx: &Ctx) -> Vec<Effect> {
        vec![approvals::ask_waiting(ctx)]
    }

    fn answer(&mut self, name: &'static str, answer: Answer, _ctx: &Ctx) -> Vec<Effect> {
        if name == "to approve" {
            self.to_approve = answer.take::<usize>().unwrap_or(0);
        }
        Vec::new()
    }

    fn status(&self, _ctx: &Ctx) -> Status {
        Status { note: approvals::notice(self.to_approve), ..Status::default() }
    }

    fn view(&self, buf: &mut Buffer, area: Rect, ctx: &Ctx, focused: bool) {
        if ctx.zoom || class(ctx.size.0, ctx.size.1) < Class::L {
            return self.one(buf, area, ctx, focused);
        }
        let [left, right] = layout::beside(area, 54);
        // Seven lines of aging need less room than the figures below them.
        let ([a, c], [b, d]) =
            (layout::above(left, area.height * 2 / 5), layout::above(right, area.height.saturating_sub(13)));
        for (number, part) in (1..).zip([a, b, c, d]) {
            let Some(pane) = self.panes.get(number) else { continue };
            let here = self.panes.focus() == number;
            let note = pane.status(ctx).counts;
            let inside = paint::frame(buf, part, &pane.title(), &note, here, ctx.theme, ctx.glyphs);
            pane.view(buf, inside, ctx, focused && here);
        }
    }

    fn bookmark(&self) -> Option<Bookmark> {
        let row = self.panes.focus().to_string();
        Some(Bookmark { place: "desk".to_owned(), arg: String::new(), row })
    }

    fn go_to(&mut self, row: &str, _ctx: &Ctx) -> Vec<Effect> {
        self.panes.set_focus(row.parse().unwrap_or(1));
        Vec::new()
    }

    fn panes(&self) -> u8 {
        self.panes.len()
    }

    fn pane(&self, number: u8) -> Option<&dyn Screen> {
        self.panes.get(number)
    }

    fn pane_mut(&mut self, number: u8) -> Option<&mut (dyn Screen + 'static)> {
        self.panes.get_mut(number)
    }

    fn focus(&self) -> u8 {
        self.panes.focus()
    }

    fn set_focus(&mut self, pane: u8) {
        self.panes.set_focus(pane);
    }
}
