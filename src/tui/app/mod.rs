//! The application without its terminal: a message comes in, state changes, effects go out. Start with [`Screen`],
//! then [`Command`], then [`update()`]; overlays and lists are what screens are made with.

pub mod command;
pub mod ctx;
pub mod effect;
pub mod field;
mod global;
pub mod grid;
pub mod harness;
pub mod key;
pub mod list;
pub mod overlay;
pub mod place;
mod resolve;
pub mod screen;
mod state;
pub mod tables;
mod update;
mod view;
pub mod window;

#[cfg(test)]
mod journeys;

pub use command::{Call, CmdId, Command, Scope, Tier};
pub use ctx::{Ctx, Millis};
pub use effect::{Answer, Effect, Job, Msg, Slot, Value, Work};
pub use grid::{Grid, Gridded};
pub use key::{Code, Key};
pub use list::{Handled, ListState, Row, Sort, Want, Window};
pub use overlay::{Overlay, Reply};
pub use place::Place;
pub use resolve::LARGEST_COUNT;
pub use screen::{Bookmark, FilterError, Panes, Screen, Status};
pub use state::{App, Toast};
pub use update::{start, update};
pub use view::{draw, view};
