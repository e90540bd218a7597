//! `o2c` without a verb: the workstation on the book, or, where there is none yet, the question what to open and what
//! follows from the answer. A file to take in is looked at before a book is made for it.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use super::args::{BankFile, Demo, Import, Init, Making, What};
use super::session::Session;
use super::stop::Stop;
use super::{admin, demo, ended, import, start_tui, terms};
use crate::domain::money::Currency;
use crate::tui;
use crate::tui::screens::welcome::Choice;

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
    match tui::session::welcome(&terms(&session)?).map_err(ended)? {
        None => Ok(ExitCode::SUCCESS),
        Some(Choice::Demo { tutor }) => {
            demo::run(session, &Demo { out: None, customers: None, invoices: None, tutor, seed: 1 })
        }
        Some(Choice::New { company, currency }) => {
            make(&session, company, currency)?;
            start_tui(&session)
        }
        Some(Choice::Import { file, company, currency }) => {
            let file = at_home(&file);
            drop(crate::statements::load(&file)?);
            make(&session, company, currency)?;
            take_in(&session, &file, currency)?;
            start_tui(&session)
        }
    }
}

fn make(session: &Session, company: String, currency: Currency) -> Result<(), Stop> {
    admin::init(session, &Init { company, currency, name: None, change: Making::default() })
}

/// Imports the file into the new book. What the file needs that was not asked is said as the command that has it.
fn take_in(session: &Session, file: &Path, currency: Currency) -> Result<(), Stop> {
    let wanted = Import {
        what: What::Invoices,
        files: vec![file.to_owned()],
        map: None,
        currency: Some(currency),
        date_order: None,
        encoding: None,
        decimal: None,
        skip_refused: false,
        refused_to: None,
        bank: BankFile::default(),
        change: Making::default(),
    };
    import::run(session, &wanted).map_err(|stop| {
        let book = session.global.book.as_ref().map_or(String::new(), |book| format!("--book {} ", quoted(book)));
        let command = format!("o2c {book}import invoices {} --currency {currency}", quoted(file));
        let more = "with --map FILE.toml for columns of your own, or --skip-refused to take the good rows";
        Stop {
            sentence: format!("{} The book is made and empty; try again: {command}, {more}.", stop.sentence),
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
