//! What lies over a screen for a moment: help, palette, filter line, forms, questions, text. An overlay takes every
//! key until it closes; each says in its border how to leave it.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::command::Call;
use super::ctx::{Ctx, Millis};
use super::effect::Effect;
use super::key::Key;

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

    /// Takes pasted text; false when it has no field to put it in.
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

    /// Name and content of what has been typed so far, if it is worth keeping when the overlay is left.
    fn draft(&self) -> Option<(String, String)> {
        None
    }

    /// Continues from a draft.
    fn restore(&mut self, _draft: &str) {}
}
