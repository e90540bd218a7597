//! A seeded, believable book: the same customers, habits and invoices for the same seed, date and size. The history is
//! made first (`history`), then what people did about it (`story`, `stage`), then both are written as acts of the days
//! they happened on (`scribe`, `write`).

mod bank;
mod clients;
mod desk;
mod dice;
mod files;
mod history;
mod letters;
mod mail;
mod names;
mod scribe;
mod stage;
mod story;
mod waiting;
mod words;
mod write;

use std::sync::mpsc;

use chrono::NaiveDate;

use crate::acts::Failure;
use crate::store::BookPath;

/// How large a demo book is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    /// Customers, at least 1.
    pub customers: usize,
    /// Invoices over three years, at least 1.
    pub invoices: usize,
}

impl Default for Size {
    fn default() -> Self {
        Size { customers: 60, invoices: 2_400 }
    }
}

/// What decides every row of a demo book.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Plan {
    /// How large it is.
    pub size: Size,
    /// Which of many books of that size.
    pub seed: u64,
    /// The day its history ends; invoices and receipts reach the day before.
    pub today: NaiveDate,
}

impl Plan {
    /// The usual demo on a day: 60 customers, 2,400 invoices, seed 1.
    pub fn on(today: NaiveDate) -> Self {
        Plan { size: Size::default(), seed: 1, today }
    }
}

/// Login of the person who opens the demo: Anna Berg, administrator and controller.
pub fn user() -> &'static str {
    "anna"
}

/// Makes the book file and writes the demo into it; refuses where something is already. `progress` hears invoices
/// written and invoices in all.
pub fn make(book: &BookPath, plan: &Plan, progress: &mut dyn FnMut(u64, u64)) -> Result<(), Failure> {
    let (told, heard) = mpsc::channel();
    let (book, plan) = (book.clone(), *plan);
    // The book is written beside the caller, so that progress inside one long act can be shown.
    let writer = std::thread::spawn(move || write::book(&book, &plan, told));
    for (done, total) in heard {
        progress(done, total);
    }
    writer.join().unwrap_or_else(|_| Err(Failure::refused("DEM-02", "Writing the demo stopped half way; try again.")))
}
