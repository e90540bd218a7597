//! The rules of receivables as pure functions: values in, values out. No clock, no SQL, no terminal, no files,
//! no floating point. Everything here can be read and tested by somebody who knows finance and no Rust.
pub mod account;
pub mod aging;
pub mod allocation;
pub mod authority;
pub mod calendar;
pub mod controls;
pub mod credit;
pub mod discount;
pub mod dispute;
pub mod dunning;
pub mod fx;
pub mod invoice;
pub mod item;
pub mod kpi;
pub mod late;
pub mod money;
pub mod posting;
pub mod power;
pub mod prediction;
pub mod promise;
pub mod provision;
pub mod reference;
pub mod terms;
pub mod terms_text;
pub mod text;
pub mod worklist;
