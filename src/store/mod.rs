//! The book on disk: the only place with SQL and the only place that knows rusqlite.
//!
//! [`open`] makes and opens books; [`Tx`] is one write transaction, with [`ledger`], [`work`] and [`people`] writing its
//! rows and [`lookup`] reading what an act must know. [`check`] and [`audit`] say whether it is all still true. Questions of screens and verbs are under `read`, one file each,
//! asked through a [`Reader`].

pub mod audit;
pub mod authority;
pub mod backup;
pub mod bank;
pub mod bank_rules;
mod bound;
mod case_tables;
pub mod cases;
pub mod changed;
pub mod check;
mod closing;
mod date;
pub mod dunning;
pub mod error;
mod feed;
mod filter_sql;
mod flush;
mod guard;
mod holder;
pub mod kept;
pub mod leases;
pub mod ledger;
mod leftover;
pub mod lookup;
pub mod mail;
mod mail_tables;
pub mod manifest;
pub mod migrate;
mod only_reads;
pub mod open;
mod paying;
pub mod payments;
pub mod people;
pub mod periods;
pub mod plans;
pub mod process;
pub mod read;
mod reader;
pub mod requests;
mod scan;
pub mod schema;
pub mod sessions;
pub mod stopped;
pub mod strategies;
mod tax;
pub mod threads;
mod tx;
mod value;
pub mod work;

pub use error::{Fault, NOT_KNOWN, StoreError};
pub use only_reads::READ_ONLY;
pub use open::BookPath;
pub use reader::{Reader, Writer};
pub use rusqlite::Connection;
pub use tx::{ActRow, Tx};
