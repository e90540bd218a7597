//! What users of other systems complain of, by the ids of their threads: the answers of aging and cash stand here, the
//! others in the suites they belong to, and a table says which test answers which thread.

mod rigs;

#[path = "complaints/aging.rs"]
mod aging;
#[path = "authority/book.rs"]
#[allow(dead_code, reason = "other suites use the rest of it")]
mod book;
#[path = "complaints/cash.rs"]
mod cash;
#[path = "complaints/table.rs"]
mod table;
