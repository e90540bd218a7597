//! Bank statements on their way into the book: what a file comes to as rows, the process that reads it, the verbs, and
//! that nothing is ever booked twice. Files made by others are tried where `O2C_BANK_FILES` names their folder.

#[path = "statements/conversion.rs"]
mod conversion;
