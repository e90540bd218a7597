//! The rules of receivables as pure functions: values in, values out. No clock, no SQL, no terminal, no files,
//! no floating point. Everything here can be read and tested by somebody who knows finance and no Rust.
pub mod aging;
pub mod calendar;
pub mod item;
pub mod money;
pub mod terms;
pub mod terms_text;
