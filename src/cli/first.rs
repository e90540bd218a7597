//! `o2c` without a verb: the workstation on the book, or, where there is none yet, the question what to open and what
//! follows from the answer. A file to take in is looked at before a book is made for it.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use super::args::{BankFile, Decimal, Demo, Import, Init, Making, Order, What};
use super::session::Session;
use super::stop::Stop;
use super::{admin, demo, ended, import, start_tui, terms};
use crate::domain::money::Currency;
use crate::store::{BookPath, open};
use crate::tui;
use crate::tui::screens::welcome::{Choice, Ledger};

/// Opens the workstation, after making a book where there is none and the person wants one.
pub(super) fn start(session: Session) -> Result<ExitCode, Stop> {
    let book = session.book()?;
    if !book.exists() && session.known.only_workstation() {
        let sentence = "The book of this server is not in its place. Nothing is shown; try again in some minutes, then tell \
                        the administrator.";
        return Err(Stop::trouble("DB-05", sentence));
    }
    // On a shared server nobody makes a book from the first screen, and nowhere one beside what another left.
    if session.global.read_only || session.known.enforced() || book.exists() || book.is_left_over() {
        return start_tui(&session);
    }
    let mut refused = None;
    loop {
        match tui::session::welcome(&terms(&session)?, refused.take()).map_err(ended)? {
            None => return Ok(ExitCode::SUCCESS),
            Some(Choice::Demo { tutor }) => {
                return demo::run(session, &Demo { out: None, customers: None, invoices: None, tutor, seed: 1 });
            }
            Some(Choice::New { company, currency }) => {
                make(&session, company, currency)?;
                return start_tui(&session);
            }
            // What was typed is not lost: the form comes back with what is wrong.
            Some(Choice::Import(ledger)) => match begin_with(&session, &book, &ledger) {
                Ok(()) => return start_tui(&session),
                Err(stop) => {
                    stop.print();
                    refused = Some((ledger, stop.sentence));
                }
            },
        }
    }
}

/// Makes a book with the ledger in it, or none at all.
fn begin_with(session: &Session, book: &BookPath, ledger: &Ledger) -> Result<(), Stop> {
    let file = at_home(&ledger.file);
    drop(crate::statements::load(&file)?);
    make(session, ledger.company.clone(), ledger.currency)?;
    take_in(session, &file, ledger).inspect_err(|_| open::unmake(book))
}

fn make(session: &Session, company: String, currency: Currency) -> Result<(), Stop> {
    admin::init(session, &Init { company, currency, name: None, change: Making::default() })
}

/// Imports the file into the new book. What the form has no field for is said as the command that has it.
fn take_in(session: &Session, file: &Path, ledger: &Ledger) -> Result<(), Stop> {
    let wanted = Import {
        what: What::Invoices,
        files: vec![file.to_owned()],
        map: None,
        currency: Some(ledger.currency),
        date_order: ledger.day_first.map(|day| if day { Order::Dmy } else { Order::Mdy }),
        encoding: None,
        decimal: ledger.comma.map(|comma| if comma { Decimal::Comma } else { Decimal::Point }),
        skip_refused: false,
        refused_to: None,
        bank: BankFile::default(),
        change: Making::default(),
    };
    import::take(session, &wanted).map_err(|import::Untaken { stop, first }| {
        // The form has a field for what the file leaves open, and for another file.
        if ["[DAT-03]", "[IMP-11]"].iter().any(|code| stop.sentence.starts_with(code)) {
            return stop;
        }
        if let Some(first) = first {
            return Stop { sentence: format!("{first} {}", stop.sentence), ..stop };
        }
        let command = format!("o2c import invoices {} --currency {}", quoted(file), ledger.currency);
        let more = "--map FILE.toml for columns of your own, or --skip-refused to take the good rows";
        Stop {
            sentence: format!("{} Or start an empty book (Esc, n) and then: {command} with {more}.", stop.sentence),
            ..stop
        }
    })
}

/// A path as typed, with `~` for the person's home.
fn at_home(typed: &str) -> PathBuf {
    let home = std::env::var_os("HOME").filter(|home| !home.is_empty());
    match (typed.trim().strip_prefix("~/"), home) {
        (Some(rest), Some(home)) => Path::new(&home).join(rest),
        _ => PathBuf::from(typed.trim()),
    }
}

/// A path as it can be pasted into a shell.
fn quoted(path: &Path) -> String {
    let text = path.display().to_string();
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-+,=@%".contains(c);
    if !text.is_empty() && text.chars().all(plain) { text } else { format!("'{}'", text.replace('\'', "'\\''")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_can_be_pasted() {
        assert_eq!(quoted(Path::new("/tmp/open-items.csv")), "/tmp/open-items.csv");
        assert_eq!(quoted(Path::new("it's here.csv")), "'it'\\''s here.csv'");
    }
}
