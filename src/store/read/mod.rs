//! Questions the screens and verbs ask, one file each. Every one takes a [`Reader`](super::Reader) and returns plain
//! values; lists come in windows, so that cost follows what is open and what is shown, never the length of history.

pub mod account;
pub mod accounts;
pub mod aging;
pub mod aging_items;
pub mod approvals;
pub mod bank;
pub mod bank_rules;
pub mod book;
pub mod candidates;
pub mod cash;
pub mod changes;
pub mod customers;
pub mod disputes;
pub mod evidence;
pub mod export;
pub mod exposure;
pub mod glimpse;
pub mod history;
pub mod items;
pub mod kpi;
pub mod log;
pub mod matching;
pub mod months;
pub mod payment;
pub mod promises;
pub mod reach;
pub mod refer;
pub mod requests;
pub mod roster;
pub mod sessions;
pub mod statements;
pub mod window;
pub mod worklist;
