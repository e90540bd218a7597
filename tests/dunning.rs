//! Dunning from outside: the decision by worked examples and by what users of other systems complained of, policies as
//! TOML, and whole runs on a book, killed and resumed.

#[path = "authority/book.rs"]
#[allow(dead_code, reason = "the authority suite uses the rest of it")]
mod book;
#[path = "dunning/compensation.rs"]
mod compensation;
#[path = "dunning/complaints.rs"]
mod complaints;
#[path = "dunning/decisions.rs"]
mod decisions;
#[path = "dunning/gate.rs"]
mod gate;
#[path = "dunning/policy.rs"]
mod policy;
#[path = "dunning/replay.rs"]
mod replay;
#[path = "dunning/rows.rs"]
mod rows;
#[path = "dunning/runs.rs"]
mod runs;
#[path = "dunning/together.rs"]
mod together;
#[path = "dunning/world.rs"]
mod world;
