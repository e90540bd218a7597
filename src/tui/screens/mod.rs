//! The screens, one file each, and the registry of places. A new screen costs its file and one row here.

use super::app::{Ctx, Place, Screen};

pub mod actions;
pub mod aging;
pub mod aging_cell;
mod aging_forms;
mod aging_rows;
mod aging_view;
mod aging_words;
pub mod deck;
mod deck_view;
pub mod today;
mod today_view;

#[cfg(test)]
pub(crate) mod sample;

/// Every place that can be reached by `g` and a letter or by name.
pub static PLACES: &[Place] = &[today::PLACE, deck::PLACE, aging::PLACE];

/// The first screen of a session: the Desk where four panes fit, else Today; `None` only where nothing is registered.
pub fn first(ctx: &Ctx) -> Option<Box<dyn Screen>> {
    let wide = ctx.size.0 >= 140 && ctx.size.1 >= 40;
    let wanted = if wide { ["desk", "today"] } else { ["today", "desk"] };
    let place = wanted.iter().find_map(|name| PLACES.iter().find(|place| place.command.id == *name));
    place.or(PLACES.first()).and_then(|place| (place.open)("", ctx))
}
