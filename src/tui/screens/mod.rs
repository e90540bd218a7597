//! The screens, one file each, and the registry of places. A new screen costs its file and one row here.

use super::app::Place;

#[cfg(test)]
pub(crate) mod sample;

/// Every place that can be reached by `g` and a letter or by name.
pub static PLACES: &[Place] = &[];
