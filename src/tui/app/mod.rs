//! The application without its terminal: a message comes in, state changes, effects go out. Start with [`Screen`],
//! then [`Command`], then [`update`]; overlays and lists are used by screens.

pub mod command;
pub mod ctx;
pub mod effect;
pub mod field;
pub mod key;
pub mod list;
pub mod overlay;
pub mod place;
pub mod screen;

pub use command::{Call, CmdId, Command, Scope, Tier};
pub use ctx::{Ctx, Millis};
pub use effect::{Answer, Effect, Job, Msg, Slot, Value, Work};
pub use key::{Code, Key};
pub use list::{Handled, ListState, Row, Sort, Want, Window};
pub use overlay::{Overlay, Reply};
pub use place::Place;
pub use screen::{Bookmark, FilterError, Panes, Screen, Status};
