//! What must hold of a book whatever is done to it: random histories against a plain model written for this test, the
//! rules of single acts, and a check that sees every kind of damage. `O2C_SEEDS` sets how many histories are tried,
//! `O2C_SEED` tries one.

#[path = "books/book.rs"]
mod book;
#[path = "books/cases.rs"]
mod cases;
#[path = "books/currencies.rs"]
mod currencies;
#[path = "books/desk.rs"]
mod desk;
#[path = "books/dice.rs"]
mod dice;
#[path = "books/history.rs"]
mod history;
#[path = "books/model.rs"]
#[allow(dead_code, reason = "the simulation uses all of it")]
mod model;
#[path = "books/plans.rs"]
mod plans;
#[path = "books/rules.rs"]
mod rules;
#[path = "books/several.rs"]
mod several;
#[path = "books/tamper.rs"]
mod tamper;
