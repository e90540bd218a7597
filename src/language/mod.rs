//! What people type: the filter language, dates and amounts in shorthand. Pure text to values, with the position of
//! whatever could not be understood.
pub mod amounts;
pub mod calendar;
pub mod dates;
pub mod filter;
pub mod fold;
pub mod fuzzy;
pub mod numbers;
pub mod schedule;
