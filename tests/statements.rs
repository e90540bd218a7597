//! Bank statements on their way into the book: what a file comes to as rows, the process that reads it, the verbs, and
//! that nothing is ever booked twice. Files made by others are tried where `O2C_BANK_FILES` names their folder.

#[path = "statements/book.rs"]
mod book;
#[path = "statements/conversion.rs"]
mod conversion;
#[path = "statements/reading.rs"]
mod reading;
#[path = "statements/real.rs"]
mod real;
#[allow(dead_code, reason = "the rig of the verbs has more than statements need")]
#[path = "cli/rig.rs"]
mod rig;
