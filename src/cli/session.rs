//! What every verb needs: where the book is, who acts, which day it is, and the one way to perform an act.

use std::cell::{Cell, OnceCell};
use std::path::{Path, PathBuf};

use chrono::{Local, NaiveDate, Utc};

use super::args::Global;
use super::identity::Known;
use super::stop::Stop;
use crate::acts::{self, ActKey, Actor, Done, Failure, Mode, Request, Stamp};
use crate::domain::authority::Identity;
use crate::language::dates::{self, DateContext, DateOrder, Lean};
use crate::mail::server::Place;
use crate::store::open::{Access, open};
use crate::store::read::{book, history};
use crate::store::{BookPath, NOT_KNOWN, Reader, Writer, stopped};
use crate::tui::session::Files;

/// The arguments that every verb shares, and what follows from them.
pub(super) struct Session {
    /// As given.
    pub global: Global,
    /// Who is there, and how that is known.
    pub known: Known,
    /// The company's calendar day.
    pub today: NaiveDate,
    /// The book failed its check, which is said at the end of what was asked for.
    pub stopped: Cell<bool>,
    /// Why the owner of the book's file decides, where that was said.
    owner: OnceCell<String>,
}

impl Session {
    /// Takes the arguments over.
    pub fn new(global: Global, known: Known) -> Self {
        let today = global.today.unwrap_or_else(|| Local::now().date_naive());
        Session { global, known, today, stopped: Cell::new(false), owner: OnceCell::new() }
    }

    /// Where the book is: `--book` or `$O2C_BOOK`, else the one of the machine's settings, else `books.db` in the
    /// person's data folder.
    pub fn place(&self) -> Result<PathBuf, Stop> {
        let given = self.global.book.clone().or_else(|| self.known.config.book.clone());
        if given.is_none() && self.known.enforced() {
            let sentence = format!("{} names no book (book = \"/...\"). Not started.", super::identity::SETTINGS);
            return Err(Stop::refused("CFG-01", sentence));
        }
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

    /// Which file says what mail server is used.
    pub fn mail_server(&self) -> Place {
        Place { folder: self.folder(), enforced: self.known.enforced() }
    }

    /// Where a report goes if the program fails: beside the book where the person has no folder of their own.
    pub fn reports(&self) -> Option<PathBuf> {
        if self.known.enforced() { Some(self.place().ok()?.parent()?.to_owned()) } else { self.folder() }
    }

    /// The book for questions. Where identity is enforced, only for somebody who is set up in it.
    pub fn reader(&self) -> Result<Reader, Stop> {
        let reader = Reader::open(&self.book()?)?.with_clock(Utc::now);
        if self.known.enforced() {
            self.admit(&reader)?;
        }
        if reader.banner().is_ok_and(|banner| banner == Some(stopped::BANNER)) {
            self.stopped.set(true);
        }
        Ok(reader)
    }

    /// Refuses somebody the book does not know, and notes it.
    fn admit(&self, reader: &Reader) -> Result<(), Stop> {
        let login = self.login(Some(reader))?;
        let sentence = match book::person(reader, &login)? {
            Some(person) if person.active => return Ok(()),
            Some(person) => {
                format!("{} may no longer work in this book. Nothing is shown; ask an administrator.", person.name)
            }
            None => format!(
                "The login \"{login}\" is not set up for this book. Nothing is shown; ask an administrator to add it."
            ),
        };
        self.note_denied(&login, "sign in", "SES-04", &sentence);
        Err(Stop::refused("SES-04", sentence))
    }

    /// The same for the verbs that look after the book, which the machine itself may run for nobody.
    pub fn admit_service(&self) -> Result<(), Stop> {
        let given = self.known.login(self.global.user.as_deref())?;
        if !self.known.enforced() || (given.is_none() && self.known.is_service()) {
            return Ok(());
        }
        self.reader().map(drop)
    }

    /// Notes in the book that somebody was refused, where it can be written; the refusal does not depend on it.
    pub fn note_denied(&self, login: &str, kind: &str, code: &str, sentence: &str) {
        if self.global.read_only {
            return;
        }
        if let Ok(writer) = self.book().map_err(drop).and_then(|book| Writer::open(&book).map_err(drop)) {
            let actor = self.known.actor(login, "cli");
            drop(acts::note_denial(&writer, &actor, self.stamp(), kind, code, sentence));
        }
    }

    /// A file this person may read from.
    pub fn input(&self, given: &Path) -> Result<PathBuf, Stop> {
        self.known.input(self.known.login(self.global.user.as_deref())?.as_deref(), given)
    }

    /// Which file a name typed on the screen stands for: the same as on the command line.
    pub fn files(&self) -> Result<Files, Stop> {
        let (known, login) = (self.known.clone(), self.known.login(self.global.user.as_deref())?);
        Ok(Files::new(move |given| known.input(login.as_deref(), given).map_err(|stop| stop.sentence)))
    }

    /// A file this person may write to.
    pub fn output(&self, given: &Path) -> Result<PathBuf, Stop> {
        self.known.output(self.known.login(self.global.user.as_deref())?.as_deref(), given)
    }

    /// Refuses a verb that changes the book when the session may only read.
    pub fn may_write(&self) -> Result<(), Stop> {
        if self.global.read_only {
            return Err(Stop::refused("AUT-14", "This session is read-only (--read-only). Nothing was changed."));
        }
        Ok(())
    }

    /// Who acts by way of `source`, and how that is known.
    pub fn actor(&self, reader: Option<&Reader>, source: &'static str) -> Result<Actor, Stop> {
        let mut actor = self.known.actor(&self.login(reader)?, source);
        if actor.identity == Identity::Trust
            && let Some(reader) = reader
            && book::header(reader)?.demo
        {
            actor.identity = Identity::Demo;
        }
        Ok(actor)
    }

    /// The login name acts are performed under: who the connection or `sudo` says it is; where nobody does, `--as`, else
    /// the person of a demo book, else the user's own.
    pub fn login(&self, reader: Option<&Reader>) -> Result<String, Stop> {
        if let Some(login) = self.known.login(self.global.user.as_deref())? {
            return Ok(login);
        }
        if self.known.enforced() {
            return Err(self.known.nobody());
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

    /// Lets `work` write to the book as the person at the terminal.
    pub fn with_writer<R>(
        &self,
        work: impl FnOnce(&crate::store::Connection, &Actor, Stamp) -> Result<R, Failure>,
    ) -> Result<R, Failure> {
        let book = self.book().map_err(|stop| Failure::refused("DB-05", stop.sentence))?;
        let actor = {
            let reader = Reader::open(&book)?;
            self.actor(Some(&reader), "cli").map_err(|stop| Failure::refused("SES-04", stop.sentence))?
        };
        let writer = Writer::open(&book)?;
        if self.global.today.is_none() {
            acts::clock::check(&writer, Utc::now())?;
        }
        work(&writer, &actor, self.stamp())
    }

    /// Performs an act on the session's book. When the disk fails at the commit, the book is opened again and the act
    /// looked up, so that the answer is never a guess.
    pub fn perform(&self, request: &Request, mode: Mode) -> Result<Done, Failure> {
        let book = self.book().map_err(|stop| Failure::refused("DB-05", stop.sentence))?;
        let actor = {
            let reader = Reader::open(&book)?;
            self.actor(Some(&reader), "cli").map_err(|stop| Failure::refused("SES-04", stop.sentence))?
        };
        let outcome = {
            let writer = Writer::open(&book)?;
            if self.global.today.is_none() {
                acts::clock::check(&writer, Utc::now())?;
            }
            let actor = Actor { owner: self.owner.get().cloned(), ..actor };
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
        let sentence = sentence.trim_end_matches(NOT_KNOWN);
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

    /// Notes why the owner of the book's file decides in the place of a second administrator. Verbs are given by nobody
    /// else where identity is enforced; where it is not, whoever opens the file is its owner.
    pub fn decide_as_owner(&self, why: Option<&String>) {
        if let Some(why) = why {
            self.owner.get_or_init(|| why.clone());
        }
    }

    /// The key of an act: what the caller chose, else a new one.
    pub fn key(&self, given: Option<&str>) -> ActKey {
        given.map_or_else(ActKey::random, ActKey::named)
    }

    /// A date as people type it, looked for from today on or back from it.
    pub fn date(&self, text: &str, lean: Lean) -> Result<NaiveDate, Stop> {
        let holidays = crate::language::calendar::no_holidays;
        dates::read_date(text, &self.dating(lean, &holidays)).map_err(Stop::usage)
    }

    /// The calendar day by the clock, whatever day was given.
    pub fn clock() -> NaiveDate {
        Local::now().date_naive()
    }

    /// A date as people type it, looked for from the clock's day on.
    pub fn date_by_the_clock(&self, text: &str) -> Result<NaiveDate, Stop> {
        let holidays = crate::language::calendar::no_holidays;
        let context = DateContext { today: Session::clock(), ..self.dating(Lean::Forward, &holidays) };
        dates::read_date(text, &context).map_err(Stop::usage)
    }

    /// What dates that people type are read against.
    pub fn dating<'a>(&self, lean: Lean, holidays: crate::language::calendar::Holidays<'a>) -> DateContext<'a> {
        DateContext { today: self.today, order: DateOrder::Dmy, lean, due: None, holidays }
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
