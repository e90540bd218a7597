//! Bytes of foreign files to rows the book understands, and rows back to bytes. No clock, no SQL.
//!
//! A delimited table goes through [`encoding`] (bytes to text), [`split`] (text to fields), [`dialect`] (separator
//! and header), [`mapping`] (which column is what), [`number`] and [`date`], and comes out as the rows of
//! [`canonical`]; [`table`] is the loop that does it, [`report`] what it says besides, [`write`](mod@write) the way
//! back. [`policy`] reads a dunning policy.

pub mod bank;
pub mod canonical;
mod cells;
mod context;
pub mod date;
pub mod dialect;
pub mod encoding;
pub mod mapping;
mod mapping_toml;
pub mod note;
pub mod number;
pub mod policy;
mod policy_interest;
pub mod report;
mod rows;
pub mod sniff;
pub mod split;
pub mod strategy;
pub mod table;
pub mod tally;
pub mod write;
