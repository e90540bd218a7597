//! o2c: an order-to-cash workstation for the terminal. One binary, one SQLite file (the *book*), many people at once.
//!
//! Start reading at [`acts`] (how anything changes), then [`store`] (how it is kept and asked for), then
//! [`tui::app`] (how a key becomes a question or an act). The layers, lowest first; a module knows only those before it:
//!
//! | layer | owns |
//! |---|---|
//! | [`domain`], [`language`] | pure rules; what people type |
//! | [`formats`] | bytes of files to rows, and back |
//! | [`statements`] | files of the bank, read in a process of their own |
//! | [`documents`] | letters: what they contain, templates people edit, pages as text and HTML |
//! | [`mail`] | messages, handing them to a mail server, working an outbox, reading answers |
//! | [`store`] | SQLite: the only place with SQL |
//! | [`acts`] | every change to the book, and the one function that performs it |
//! | [`demo`] | a seeded, believable book |
//! | [`tui`], [`cli`] | the workstation; the same reads and acts as verbs |
//!
//! # Where to begin
//!
//! | to | begin at |
//! |---|---|
//! | add a screen | its file under `tui/screens`, one row in [`tui::screens::PLACES`], its keys in [`tui::screens::TABLES`] |
//! | add a key or a command | the `COMMANDS` of its screen, or [`tui::app::tables`] where every screen has it |
//! | add a change to the book | a variant of [`acts::Act`] and its arm in `acts/perform.rs`; a verb in `cli/act_args.rs` |
//! | add a question | a read model in `store/read`; the SQL stays there |
//! | complete a value with Tab | its source in `store/read/complete.rs`; for a command also `tui/app/overlay/palette.rs` |
//! | add a key figure | its formula in [`domain::kpi`], its words in `store/read/kpi/meaning.rs` |
//! | read another system's file | a TOML file in `formats/mappings` and a row in [`formats::mapping`] |
//! | add an invariant | `store/check`; then a way to break it in `tests/books/tamper.rs` |
//!
//! # What holds everywhere
//!
//! Money is whole minor units and a currency, rates are decimals; no floats below the screen. Nothing changes the book
//! except an act: it asks who may, writes its rows, its log line and the chain's next link in one transaction, and can be
//! asked twice with the same key. Open amounts, ages and states are derived from postings as of a date; the few figures
//! kept for speed are computed again by `o2c check`. Rules, screens and read models touch no clock, file or terminal:
//! the day, the book and the keys are handed to them.
//!
//! `tests/tidy.rs` holds these arrows, the sizes of files, the words that must not appear and the README's key table
//! (`O2C_WRITE=1 cargo test --test tidy` writes it); `tests/readme.rs` runs the README's commands.

pub mod acts;
pub mod cli;
pub mod demo;
pub mod documents;
pub mod domain;
pub mod formats;
pub mod language;
pub mod mail;
pub mod statements;
pub mod store;
pub mod tui;
