//! o2c: an order-to-cash workstation for the terminal. One binary, one SQLite file (the *book*), many people at once.
//!
//! Start reading at [`acts`] (how anything changes), then [`store`] (how it is kept and asked for), then
//! `tui::app` (how a key becomes a question or an act). The layers, lowest first; a module knows only those before it:
//!
//! | layer | owns |
//! |---|---|
//! | [`domain`], [`language`] | pure rules; what people type |
//! | [`formats`] | bytes of files to rows, and back |
//! | [`store`] | SQLite: the only place with SQL |
//! | [`acts`] | every change to the book, and the one function that performs it |
//! | [`demo`] | a seeded, believable book |
//! | [`tui`], [`cli`] | the workstation; the same reads and acts as verbs |
//!
//! `tests/tidy.rs` holds these arrows, the sizes of files and the words that must not appear.

pub mod acts;
pub mod cli;
pub mod demo;
pub mod domain;
pub mod formats;
pub mod language;
pub mod store;
pub mod tui;
