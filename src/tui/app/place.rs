//! The registry of places: what can be reached by `g` and a letter or by name in the palette. A new screen costs its
//! file and one row here.

use super::command::Command;
use super::ctx::Ctx;
use super::screen::Screen;

/// A screen that can be gone to by name.
pub struct Place {
    /// Its command; the identity is the place's name (`customers`), the keys are `g` and a letter, the scope is global.
    pub command: Command,
    /// Its name among the tabs of the header; `None` for places that are reached but not shown there.
    pub tab: Option<&'static str>,
    /// Opens it with what followed its name in the palette, empty for nothing. `None` when that names nothing.
    pub open: fn(&str, &Ctx) -> Option<Box<dyn Screen>>,
}
