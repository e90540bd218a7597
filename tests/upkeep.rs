//! The book as a file: brought up from an older format through any crash, copied while others write, restored from good
//! copies and from nothing else.

mod rigs;

#[path = "upkeep/backup.rs"]
mod backup;
#[path = "upkeep/migrate.rs"]
mod migrate;
