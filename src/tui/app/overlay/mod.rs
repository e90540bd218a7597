//! What lies over a screen for a moment: help, palette, filter line, forms, questions, text. An overlay takes every
//! key until it closes; each says in its border how to leave it.

mod columns;
mod completing;
mod confirm;
mod editor;
mod filter;
mod form;
mod help;
mod menu;
mod palette;
mod review;
mod rows;
mod text;

pub use columns::{Choice, ColumnList};
pub use confirm::Confirm;
pub use editor::Editor;
pub use filter::FilterLine;
pub use form::{Field, Form, Kind};
pub use help::Help;
pub use menu::{Item, Menu};
pub use palette::Palette;
pub use review::{Review, TYPE_AHEAD};
pub use text::TextBox;

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::command::{Call, Command};
use super::ctx::{Ctx, Millis};
use super::effect::Effect;
use super::key::Key;

/// A command as help and palette offer it.
#[derive(Debug, Clone)]
pub struct Offer {
    /// The command's row.
    pub command: Command,
    /// Where it belongs, for grouping: the screen's title, `Lists`, `Everywhere`.
    pub group: String,
    /// Why it cannot run now; `None` when it can.
    pub reason: Option<String>,
}

/// What an overlay does with a key.
pub enum Reply {
    /// Stays as it is.
    Stay,
    /// Stays, and wishes for these.
    Live(Vec<Effect>),
    /// Closes, then these happen.
    Close(Vec<Effect>),
    /// Closes, then the command runs.
    Run(Call),
}

/// Something over the screen that takes all keys.
pub trait Overlay {
    /// Handles a key pressed at that time.
    fn key(&mut self, key: Key, at: Millis, ctx: &Ctx) -> Reply;

    /// Takes pasted text; `None` when it has no field to put it in.
    fn paste(&mut self, _text: &str, _ctx: &Ctx) -> Option<Reply> {
        None
    }

    /// Draws itself somewhere in the body and says where the terminal's cursor belongs.
    fn view(&self, buf: &mut Buffer, body: Rect, ctx: &Ctx) -> Option<Position>;

    /// The hint line while it is open.
    fn hint(&self) -> String {
        "Enter accept  Esc leave".to_owned()
    }

    /// Told when it opens, so that keys typed earlier can be dropped.
    fn opened(&mut self, _at: Millis) {}

    /// Told what came of its latest filter text.
    fn filter_result(&mut self, _result: Result<(), super::screen::FilterError>) {}

    /// Told how the text it asked about may go on.
    fn completed(&mut self, _text: &str, _found: crate::store::read::complete::Completions) -> Reply {
        Reply::Stay
    }

    /// Told what an act that is being reviewed would come to.
    fn tried(&mut self, _key: &crate::acts::ActKey, _result: &Result<crate::acts::Done, crate::acts::Failure>) {}

    /// Whether its draft is only given up inside it: too much was typed for a second Esc to drop.
    fn keeps_draft(&self) -> bool {
        false
    }

    /// Whether it is the review of what was typed before.
    fn is_review(&self) -> bool {
        false
    }

    /// Name and content of what has been typed so far, if it is worth keeping when the overlay is left.
    fn draft(&self) -> Option<(String, String)> {
        None
    }

    /// Name under which it keeps drafts, empty for none.
    fn draft_name(&self) -> &str {
        ""
    }

    /// Continues from a draft.
    fn restore(&mut self, _draft: &str) {}
}
