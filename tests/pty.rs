//! The built program in a real terminal over a demo book: how it starts and ends, what it sends, how it lives with
//! other programs on the same book, and what a first run does.

mod rigs;

#[path = "pty/budget.rs"]
mod budget;
#[path = "pty/ends.rs"]
mod ends;
#[path = "pty/first_run.rs"]
mod first_run;
#[path = "pty/sessions.rs"]
mod sessions;
#[path = "pty/stage.rs"]
mod stage;
#[path = "pty/stalled.rs"]
mod stalled;
#[path = "pty/storms.rs"]
mod storms;
#[path = "pty/together.rs"]
mod together;
