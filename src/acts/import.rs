//! Taking a whole file in as one act: customers, invoices (with the receipts of those another system calls settled) or
//! receipts. Rows already in the book are known, rows that contradict it are refused; all or nothing, unless the person
//! chose to leave the refused ones out.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use serde::{Deserialize, Serialize};

use super::perform::{Context, Written};
use super::{Failure, bank, imported, imported_receipts};
use crate::domain::bank::StatementRow;
use crate::formats::canonical::{CustomerRow, InvoiceRow, ReceiptRow, Table};
use crate::store::Tx;

/// The rows of a file, read.
#[derive(Debug, Default)]
pub enum Rows {
    /// Nothing.
    #[default]
    None,
    /// Master data.
    Customers(Vec<CustomerRow>),
    /// Invoices, credit notes, debit notes.
    Invoices(Vec<InvoiceRow>),
    /// Money.
    Receipts(Vec<ReceiptRow>),
    /// Statements and advices of bank accounts, in the order of the file.
    Statements(Vec<StatementRow>),
}

impl Rows {
    /// How many.
    pub fn len(&self) -> usize {
        match self {
            Rows::None => 0,
            Rows::Customers(rows) => rows.len(),
            Rows::Invoices(rows) => rows.len(),
            Rows::Receipts(rows) => rows.len(),
            Rows::Statements(rows) => rows.iter().map(|statement| statement.entries.len()).sum(),
        }
    }

    /// True when there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// A row the book refuses, by its line in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// Line of the file, from 1.
    pub line: u64,
    /// The column the reason is about.
    pub column: &'static str,
    /// Catalogue code.
    pub code: &'static str,
    /// One sentence.
    pub reason: String,
}

/// A row that was taken although one of its dates deserves a look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Odd {
    /// Line of the file, from 1.
    pub line: u64,
    /// The column the date stands in.
    pub column: &'static str,
    /// What looks wrong, as one sentence.
    pub what: String,
}

/// Called with rows done and rows in all.
pub type Progress = Box<dyn FnMut(u64, u64) + Send>;

/// What goes in and comes out beside the act.
#[derive(Default)]
pub struct Work {
    /// The rows to take in.
    pub rows: Rows,
    /// Told about progress.
    pub progress: Option<Progress>,
    /// Rows written.
    pub taken: u64,
    /// Rows the book had already.
    pub known: u64,
    /// Rows with an amount of 0, which post nothing and are left out.
    pub zero: u64,
    /// Customers made because an invoice named them.
    pub customers: u64,
    /// Rows the book refuses.
    pub refused: Vec<Refused>,
    /// Dates that look wrong beside what the book knows.
    pub odd: Vec<Odd>,
    /// What a person should look at: names that differ, currencies without a rate.
    pub notices: Vec<String>,
}

impl Work {
    /// Notes a refused row.
    pub(super) fn refuse(&mut self, line: u64, column: &'static str, code: &'static str, reason: impl Into<String>) {
        self.refused.push(Refused { line, column, code, reason: reason.into() });
    }

    /// Notes something once.
    pub(super) fn notice(&mut self, text: String) {
        if !self.notices.contains(&text) && self.notices.len() < 200 {
            self.notices.push(text);
        }
    }
}

/// Rows and results that travel beside an act, never inside its payload.
#[derive(Clone, Default)]
pub struct Beside(pub Arc<Mutex<Work>>);

impl std::fmt::Debug for Beside {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("rows")
    }
}

impl PartialEq for Beside {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

/// The act: which file, and how its refused rows are treated.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Import {
    /// `customers`, `invoices`, `receipts`, `statement`.
    pub kind: String,
    /// The file's name, without its folder.
    pub name: String,
    /// SHA-256 of its bytes.
    pub sha256: String,
    /// The mapping used.
    pub mapping: String,
    /// Leave refused rows out instead of refusing the file.
    pub skip_refused: bool,
    /// Rows refused while reading.
    pub unreadable: u64,
    /// Take a statement in that does not join on to the one before.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub accept_gap: bool,
    /// The rows.
    #[serde(skip)]
    pub beside: Beside,
}

/// A file of the bank that somebody names on the screen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wish {
    /// The file as typed.
    pub file: String,
    /// Numbers of the company's accounts.
    pub known: Vec<String>,
    /// Number of the account the file is of, where it names none.
    pub account: Option<String>,
    /// Name of the mapping of a table.
    pub mapping: Option<String>,
}

/// A file of the bank, read: its rows are ready for the book.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatementFile {
    /// Its name, without its folder.
    pub name: String,
    /// SHA-256 of its bytes, in hex.
    pub sha256: String,
    /// The mapping it was read by; its format where it needs none.
    pub mapping: String,
    /// Its statements and advices.
    pub rows: Vec<StatementRow>,
}

impl StatementFile {
    /// The act that takes it in; what comes out lies beside it.
    pub fn import(self, accept_gap: bool, progress: Option<Progress>) -> Import {
        let work = Work { rows: Rows::Statements(self.rows), progress, ..Work::default() };
        Import {
            kind: "statement".to_owned(),
            name: self.name.chars().take(200).collect(),
            sha256: self.sha256,
            mapping: self.mapping,
            skip_refused: false,
            unreadable: 0,
            accept_gap,
            beside: Beside(Arc::new(Mutex::new(work))),
        }
    }
}

/// The name of a kind of table in the log.
pub fn kind_of(table: Table) -> &'static str {
    table.name()
}

pub(super) fn handle(tx: &mut Tx<'_>, context: &Context<'_>, import: &Import) -> Result<Written, Failure> {
    let Ok(mut work) = import.beside.0.lock() else {
        return Err(Failure::refused("IMP-09", "The rows of the file were lost. Nothing was imported; try again."));
    };
    let work = &mut *work;
    if let Some((act, taken, 0)) = tx.import_of(&import.sha256, &import.kind)? {
        work.known = taken as u64;
        let sentence = format!("This file was already imported. {}. Nothing was imported.", tx.who(act)?);
        return Err(Failure::refused("IMP-01", sentence));
    }
    let total = work.rows.len() as u64;
    match std::mem::take(&mut work.rows) {
        Rows::None => {}
        Rows::Customers(rows) => imported::customers(tx, context, rows, work)?,
        Rows::Invoices(rows) => imported::invoices(tx, context, rows, work)?,
        Rows::Receipts(rows) => imported_receipts::receipts(tx, context, rows, work)?,
        Rows::Statements(rows) => bank::take_in(tx, context, rows, import.accept_gap, work)?,
    }
    if let Some(progress) = work.progress.as_mut() {
        progress(total, total);
    }
    work.refused.sort_by_key(|refused| refused.line);
    let refused = work.refused.len() as u64 + import.unreadable;
    if refused > 0 && !import.skip_refused {
        let sentence = format!(
            "{refused} of the rows of {} cannot be taken. Nothing was imported; correct them, or import the rest with \
             --skip-refused.",
            import.name
        );
        return Err(Failure::refused("IMP-07", sentence));
    }
    if work.taken == 0 {
        let sentence = match work.known {
            0 => format!("{} holds no rows to take. Nothing was imported.", import.name),
            known => {
                let rows = if known == 1 { "1 row is".to_owned() } else { format!("{known} rows are") };
                format!("{} holds nothing new: {rows} in the book already. Nothing was imported.", import.name)
            }
        };
        return Err(Failure::refused("IMP-02", sentence));
    }
    tx.add_import(&import.sha256, &import.name, &import.kind, work.taken as i64, refused as i64)?;
    let tail = if refused > 0 { format!(", {refused} refused") } else { String::new() };
    let what = match (import.kind.as_str(), work.taken) {
        ("statement", 1) => "bank entry",
        ("statement", _) => "bank entries",
        (kind, 1) => kind.trim_end_matches('s'),
        (kind, _) => kind,
    };
    let summary = format!("Imported {} {what} from {}{tail}", work.taken, import.name);
    Ok(Written { undoable: false, ..Written::of(None, summary) })
}

/// Numbers seen in this import with a fingerprint of their content.
pub(super) type Seen = HashMap<String, u64>;
