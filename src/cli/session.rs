//! What every verb needs: where the book is, who acts, which day it is, and the one way to perform an act.

use std::path::PathBuf;

use chrono::{Local, NaiveDate, Utc};

use super::args::Global;
use super::stop::Stop;
use crate::acts::{self, ActKey, Actor, Done, Failure, Mode, Request, Stamp};
use crate::language::dates::{self, DateContext, DateOrder, Lean};
use crate::store::open::{Access, open};
use crate::store::read::{book, history};
use crate::store::{BookPath, Reader, Writer};

/// The arguments that every verb shares, and what follows from them.
pub(super) struct Session {
    /// As given.
    pub global: Global,
    /// The company's calendar day.
    pub today: NaiveDate,
}

impl Session {
    /// Takes the arguments over.
    pub fn new(global: Global) -> Self {
        let today = global.today.unwrap_or_else(|| Local::now().date_naive());
        Session { global, today }
    }

    /// Where the book is: `--book` or `$O2C_BOOK`, else `books.db` in the person's data folder.
    pub fn place(&self) -> Result<PathBuf, Stop> {
        let given = self.global.book.clone();
        given.or_else(|| Some(self.folder()?.join("books.db"))).ok_or_else(|| {
            Stop::usage("There is no data folder for this user; say where the book is with --book FILE.")
        })
    }

    /// The book.
    pub fn book(&self) -> Result<BookPath, Stop> {
        Ok(BookPath::new(self.place()?))
    }

    /// The data folder of the person at the terminal.
    pub fn folder(&self) -> Option<PathBuf> {
        directories::ProjectDirs::from("", "", "o2c").map(|folders| folders.data_dir().to_owned())
    }

    /// The book for questions.
    pub fn reader(&self) -> Result<Reader, Stop> {
        Ok(Reader::open(&self.book()?)?)
    }

    /// Refuses a verb that changes the book when the session may only read.
    pub fn may_write(&self) -> Result<(), Stop> {
        if self.global.read_only {
            return Err(Stop::refused("AUT-08", "This session is read-only (--read-only). Nothing was changed."));
        }
        Ok(())
    }

    /// The login name acts are performed under: `--as`, else the person of a demo book, else the user's own.
    pub fn login(&self, reader: Option<&Reader>) -> Result<String, Stop> {
        if let Some(login) = &self.global.user {
            return Ok(login.clone());
        }
        if let Some(reader) = reader
            && book::header(reader)?.demo
        {
            return Ok(crate::demo::user().to_owned());
        }
        Ok(own_login())
    }

    /// When an act is performed.
    pub fn stamp(&self) -> Stamp {
        Stamp { now: Utc::now(), today: self.today }
    }

    /// Performs an act on the session's book. When the disk fails at the commit, the book is opened again and the act
    /// looked up, so that the answer is never a guess.
    pub fn perform(&self, request: &Request, mode: Mode) -> Result<Done, Failure> {
        let book = self.book().map_err(|stop| Failure::refused("DB-05", stop.sentence))?;
        let login = {
            let reader = Reader::open(&book)?;
            self.login(Some(&reader)).map_err(|stop| Failure::refused("SES-04", stop.sentence))?
        };
        let actor = Actor::new(login, "cli");
        let outcome = {
            let writer = Writer::open(&book)?;
            if self.global.today.is_none() {
                acts::clock::check(&writer, Utc::now())?;
            }
            acts::perform(&writer, &actor, self.stamp(), request, mode)
        };
        match outcome {
            Err(Failure::Unknown(sentence)) => self.look_up(&book, request, &sentence),
            other => other,
        }
    }

    /// The act with this key, if it was performed before: its number and what it said.
    pub fn performed(&self, key: &ActKey) -> Result<Option<(i64, String)>, Stop> {
        Ok(history::by_key(&open(&self.book()?, Access::Read)?, &key.0)?)
    }

    fn look_up(&self, book: &BookPath, request: &Request, sentence: &str) -> Result<Done, Failure> {
        let found = open(book, Access::Read).and_then(|conn| history::by_key(&conn, &request.key.0));
        match found {
            Ok(Some((act, summary))) => Ok(Done { act, summary, undoable: true, again: false, asked: false }),
            Ok(None) => Err(Failure::refused(
                "DB-04",
                format!("{sentence} The book was opened again: the act is not in it. Nothing was changed."),
            )),
            Err(error) => Err(Failure::Unknown(format!(
                "{sentence} Whether the act was written is not known, and the book cannot be read ({error}). Look for \
                 it with `o2c audit log` before you repeat it; its key is {}.",
                request.key.hex()
            ))),
        }
    }

    /// The key of an act: what the caller chose, else a new one.
    pub fn key(&self, given: Option<&str>) -> ActKey {
        given.map_or_else(ActKey::random, ActKey::named)
    }

    /// A date as people type it, looked for from today on or back from it.
    pub fn date(&self, text: &str, lean: Lean) -> Result<NaiveDate, Stop> {
        let holidays = crate::language::calendar::no_holidays;
        let context = DateContext { today: self.today, order: DateOrder::Dmy, lean, due: None, holidays: &holidays };
        dates::read_date(text, &context).map_err(Stop::usage)
    }
}

/// The login name of the person at the terminal: from the environment, else from the system's list of users.
fn own_login() -> String {
    let named = ["USER", "LOGNAME"].iter().filter_map(|name| std::env::var(name).ok());
    if let Some(login) = named.map(|name| name.trim().to_owned()).find(|name| !name.is_empty()) {
        return login;
    }
    let id = rustix::process::getuid().as_raw().to_string();
    let users = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
    let name = users.lines().find_map(|line| {
        let mut fields = line.split(':');
        let (name, number) = (fields.next()?, fields.nth(1)?);
        (number == id).then(|| name.to_owned())
    });
    name.unwrap_or_else(|| format!("user-{id}"))
}
