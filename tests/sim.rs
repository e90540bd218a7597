//! What the simulation of a company found; the simulation itself comes with its model.

#[path = "authority/book.rs"]
#[allow(dead_code, reason = "the authority suite uses the rest of it")]
mod company;
#[path = "sim/regressions.rs"]
mod regressions;
