//! The application without its terminal: a message comes in, state changes, effects go out. Start with [`Screen`],
//! then [`Command`], then [`update()`]; overlays and lists are what screens are made with.
//!
//! How a screen is put together: it keeps a [`ListState`] of its read model's rows (which implement [`Row`]) and a
//! [`Grid`] of columns. `run` hands the call to the list, then to the grid, then looks at its own commands. Every
//! window is asked for in one slot (`Effect::ask("rows", move |reader| …)`) and given to the list in `answer`;
//! `refresh` asks for `list.reload()`, a new filter or order calls `list.reset()` and asks for the start. A form is
//! an `Effect::Overlay(Box::new(Form::new(…)))` whose saving gives an `Effect::perform`; its act key is made with
//! [`Ctx::act_key`] when the form opens. `view` asks the list for the rows that are visible and gives them to a
//! [`Table`](crate::tui::ui::table::Table).

pub mod behind;
pub mod command;
pub mod ctx;
pub mod effect;
pub mod field;
mod global;
pub mod grid;
pub mod harness;
pub mod key;
pub mod list;
mod lock;
pub mod overlay;
pub mod place;
mod resolve;
pub mod screen;
pub mod standing;
mod state;
pub mod tables;
mod tutor;
mod update;
mod view;
pub mod views;
pub mod window;

#[cfg(test)]
mod journeys;

pub use crate::acts::sessions::Ending;
pub use command::{Call, CmdId, Command, Scope, Tier};
pub use ctx::{Ctx, Doing, Millis, Running};
pub use effect::{AHEAD, Answer, Effect, Job, Msg, Slot, Value, Work};
pub use grid::{Grid, Gridded};
pub use key::{Code, Key};
pub use list::{Handled, ListState, Row, Sort, Want, Window};
pub use lock::CUT;
pub use overlay::{Overlay, Reply};
pub use place::Place;
pub use resolve::LARGEST_COUNT;
pub use screen::{Bookmark, FilterError, Panes, Screen, Status};
pub use state::{App, DATE_ORDER, Toast};
pub use update::{start, update};
pub use view::{draw, view};
pub use views::{SavedView, VIEWS};
