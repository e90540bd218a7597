//! A session of the workstation: the book's two threads behind the application's questions and acts, what this person's
//! screens remember, and the first screen.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::Sender;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use chrono::{DateTime, Local, NaiveDate, Utc};

use super::app::{App, Ctx, Job, Msg, Slot, Work, standing};
use super::bank_file;
pub use super::bank_file::Files;
use super::presence::Presence;
use super::screens;
use super::screens::welcome::{self, Choice, Ledger, Welcome};
use super::sending;
use super::term::{self, Backend, Options, TermError};
use super::ui::theme::Theme;
use crate::acts::import::Wish;
use crate::acts::sessions::Ending;
use crate::acts::{self, Act, Actor, Done, Failure, Mode, Request, Stamp};
use crate::domain::money::{Currency, NumberStyle};
use crate::mail::server::Place;
use crate::store::leases;
use crate::store::read::{book, history};
use crate::store::threads::{News, ReaderThread, WriterThread};
use crate::store::{BookPath, NOT_KNOWN, Reader, StoreError, Writer};

/// How a session is started.
#[derive(Debug, Clone)]
pub struct Start {
    /// The book.
    pub book: BookPath,
    /// Who works, how that is known and from where.
    pub actor: Actor,
    /// Milliseconds without a key after which the screen is covered; never without.
    pub idle_lock: Option<u64>,
    /// The day to work on, where it was given; otherwise the calendar's.
    pub today: Option<NaiveDate>,
    /// Nothing may be changed.
    pub read_only: bool,
    /// The theme, where one was chosen.
    pub theme: Option<Theme>,
    /// No colours, whatever the theme.
    pub never_colour: bool,
    /// The ASCII set of signs.
    pub ascii: bool,
    /// The wheel moves the cursor.
    pub mouse: bool,
    /// Where a report goes if the program fails.
    pub reports: Option<PathBuf>,
    /// Begin with the tutor.
    pub tutor: bool,
    /// Whether verbs can be given where the session comes from.
    pub verbs: bool,
    /// Which file says what mail server is used.
    pub mail: Place,
    /// Which file a name typed on the screen stands for.
    pub files: Files,
}

/// Why a session could not be started or ended badly.
#[derive(Debug, thiserror::Error)]
pub enum SessionError {
    /// The book refused.
    #[error("{0}")]
    Store(#[from] StoreError),
    /// The person is not set up.
    #[error("[SES-04] {0}")]
    Person(String),
    /// The terminal.
    #[error("{0}")]
    Term(#[from] TermError),
}

/// Tells the C library to give memory back: a session is one of fifty and mostly waits. One heap for all threads instead
/// of one each, and what one large answer needed for a moment goes back to the system with it.
fn keep_small() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    {
        use std::os::raw::c_int;
        unsafe extern "C" {
            safe fn mallopt(parameter: c_int, value: c_int) -> c_int;
        }
        const TRIM_THRESHOLD: c_int = -1;
        const MMAP_THRESHOLD: c_int = -3;
        const ARENA_MAX: c_int = -8;
        for (parameter, value) in [(ARENA_MAX, 1), (MMAP_THRESHOLD, 256 << 10), (TRIM_THRESHOLD, 256 << 10)] {
            // A setting it does not know changes nothing.
            mallopt(parameter, value);
        }
    }
}

/// Runs the workstation on a book until the person leaves it.
pub fn run(start: &Start) -> Result<(), SessionError> {
    term::check(start.verbs)?;
    keep_small();
    let mut seed = [0; 16];
    seed.copy_from_slice(&acts::ActKey::random().0);
    let (mut ctx, memory, person) = surroundings(start, seed)?;
    ctx.size = term::size();
    let first = screens::first(&ctx)
        .ok_or_else(|| StoreError::refused("TTY-02", "This program was built without screens; use its verbs."))?;
    let mut app = App::new(ctx, screens::PLACES, memory, first);
    app.resume();
    app.lock_after(start.idle_lock);
    if start.tutor {
        app.begin_tutor();
    }
    let options = Options {
        mouse: start.mouse,
        pinned_date: start.today.is_some(),
        reports: start.reports.clone(),
        only_workstation: !start.verbs,
    };
    let mut failed = None;
    let result = term::run(&mut app, &options, |sender| match Desk::open(start, person, sender) {
        Ok(desk) => Box::new(desk),
        Err(error) => {
            failed = Some(error);
            Box::new(Nothing)
        }
    });
    match failed {
        Some(error) => Err(error.into()),
        None if app.ending() == Ending::ShutOut => Err(SessionError::Person(
            "You may no longer work in this book, and the session was ended. What you posted stands; ask an administrator."
                .to_owned(),
        )),
        None => Ok(result?),
    }
}

/// Runs the question of the first run, for which there is no book yet; `None` when it was left without an answer. With a
/// ledger that was not taken it goes on where that was asked for.
pub fn welcome(start: &Start, refused: Option<(Ledger, String)>) -> Result<Option<Choice>, SessionError> {
    let today = start.today.unwrap_or_else(|| Local::now().date_naive());
    let (theme, glyphs) = term::look(start.theme, start.never_colour, start.ascii);
    let ctx = Ctx { theme, glyphs, ..Ctx::new(today, &start.actor.login, "no book yet", Currency::EUR) };
    let welcome = refused.map_or_else(Welcome::new, |(ledger, why)| Welcome::again(ledger, why));
    let mut app = App::new(ctx, &[], BTreeMap::new(), Box::new(welcome));
    let options = Options {
        mouse: start.mouse,
        pinned_date: start.today.is_some(),
        reports: start.reports.clone(),
        only_workstation: !start.verbs,
    };
    term::run(&mut app, &options, |_| Box::new(Nothing))?;
    Ok(welcome::choice(&app))
}

/// What every screen may know, what the person's screens remember, and the person's id.
fn surroundings(start: &Start, seed: [u8; 16]) -> Result<(Ctx, BTreeMap<String, String>, i64), SessionError> {
    let reader = Reader::open(&start.book)?;
    let header = book::header(&reader)?;
    let login = &start.actor.login;
    let person = book::person(&reader, login)?;
    let gone = person.as_ref().filter(|person| !person.active).map(|person| person.name.clone());
    let person = person.filter(|person| person.active).ok_or_else(|| {
        let sentence = match gone {
            Some(name) => format!("{name} may no longer work in this book. Nothing is shown; ask an administrator."),
            None => format!(
                "\"{login}\" is not set up for this book. Nothing is shown; ask an administrator: o2c user add {login}."
            ),
        };
        if !start.read_only {
            note_denied(start, &sentence);
        }
        SessionError::Person(sentence)
    })?;
    let today = start.today.unwrap_or_else(|| Local::now().date_naive());
    let (theme, glyphs) = term::look(start.theme, start.never_colour, start.ascii);
    let ctx = Ctx {
        numbers: NumberStyle::Point,
        read_only: start.read_only,
        rights: Some(standing::rights_of(&person.roles)),
        demo: header.demo,
        identity: start.actor.identity,
        theme,
        glyphs,
        seed,
        ..Ctx::new(today, &person.login, &header.company, header.currency)
    };
    let memory = book::remembered(&reader, person.id, "")?.into_iter().collect();
    Ok((ctx, memory, person.id))
}

/// Notes in the book that somebody was turned away, where it can be written; being turned away does not depend on it.
fn note_denied(start: &Start, sentence: &str) {
    if let Ok(writer) = Writer::open(&start.book) {
        drop(acts::note_denial(&writer, &start.actor, stamp(start.today), "sign in", "SES-04", sentence));
    }
}

/// The book behind the screens.
struct Desk {
    reader: ReaderThread<Slot>,
    writer: WriterThread,
    sender: Sender<Msg>,
    presence: Presence,
    person: i64,
    today: Option<NaiveDate>,
    book: BookPath,
    read_only: bool,
    mail: Place,
    files: Files,
    /// Stops the work behind the screens that was begun last.
    stop: Arc<AtomicBool>,
    /// Hands mails over.
    postman: Option<JoinHandle<()>>,
}

/// How long the end of a session waits for the mail in hand: cut off, it would be unknown for ever.
const LAST_MAIL: Duration = Duration::from_secs(10);

impl Desk {
    fn open(start: &Start, person: i64, sender: Sender<Msg>) -> Result<Desk, StoreError> {
        let (news, read_only) = (sender.clone(), start.read_only);
        let writer = WriterThread::start(&start.book);
        let presence = Presence::new(start.actor.clone(), person, start.today);
        let (door, me) = (writer.side_door(), presence.clone());
        let reader = ReaderThread::start(&start.book, move |told| {
            if told == News::OnlyReads(None) && !read_only {
                me.sign_in(&door, news.clone());
            }
            // A message nobody waits for any more means that the session is ending.
            drop(news.send(Msg::News(told)));
        })?;
        Ok(Desk {
            reader,
            writer,
            sender,
            presence,
            person,
            today: start.today,
            book: start.book.clone(),
            read_only: start.read_only,
            mail: start.mail.clone(),
            files: start.files.clone(),
            stop: Arc::default(),
            postman: None,
        })
    }
}

impl Backend for Desk {
    fn ask(&mut self, slot: Slot, ticket: u64, job: Job) {
        let sender = self.sender.clone();
        self.reader.ask(slot, move |reader| {
            let result = job(reader);
            if !matches!(&result, Err(error) if error.fault == crate::store::Fault::Interrupted) {
                drop(sender.send(Msg::Answer { slot, ticket, result }));
            }
        });
    }

    fn forget(&mut self, slot: &Slot) {
        self.reader.forget(slot);
    }

    fn perform(&mut self, origin: Slot, work: Work) {
        let (sender, presence, person, book) =
            (self.sender.clone(), self.presence.clone(), self.person, self.book.clone());
        let (stamp, pinned) = (stamp(self.today), self.today.is_some());
        if self.read_only {
            let result = Err(Failure::refused("AUT-14", "The book is open for reading only. Nothing was changed."));
            drop(sender.send(Msg::Performed { origin, result }));
            return;
        }
        if let Work::Try(request) = work {
            return self.writer.perform(move |writer| {
                let result = writer
                    .map_err(Failure::from)
                    .and_then(|writer| acts::perform(writer, &presence.actor(), stamp, &request, Mode::DryRun));
                drop(sender.send(Msg::Tried { key: request.key, result }));
            });
        }
        self.writer.perform(move |writer| {
            let result = writer.map_err(Failure::from).and_then(|writer| {
                bank_file::progress_of(&work, &sender);
                if !pinned {
                    acts::clock::check(writer, stamp.now)?;
                }
                presence.catch_up(writer);
                carry_out(writer, &presence.actor(), person, stamp, work, &book)
            });
            drop(sender.send(Msg::Performed { origin, result }));
        });
    }

    fn rules(&mut self, origin: Slot, post: bool, stop: Arc<AtomicBool>) {
        self.stop = stop.clone();
        let (sender, presence, today) = (self.sender.clone(), self.presence.clone(), self.today);
        self.writer.perform(move |writer| {
            let mut watch = |done, total| {
                drop(sender.send(Msg::Progress { done, total }));
                !stop.load(Ordering::Relaxed)
            };
            let result = writer.map_err(Failure::from).and_then(|writer| {
                let stamp = stamp(today);
                if today.is_none() {
                    acts::clock::check(writer, stamp.now)?;
                }
                match post {
                    true => acts::run::run(writer, &presence.actor(), stamp, Mode::Post, &mut watch),
                    false => acts::run::survey(writer, &mut watch),
                }
            });
            drop(sender.send(Msg::Ran { origin, post, result }));
        });
    }

    fn take(&mut self, origin: Slot, customer: i64) {
        let (person, sender) = (self.person, self.sender.clone());
        self.writer.perform(move |writer| {
            // A book that cannot be written says so at the next act; nobody loses work by it.
            if let Ok(writer) = writer
                && let Ok(Some(by)) = leases::take(writer, customer, person, Utc::now())
            {
                drop(sender.send(Msg::Taken { origin, by }));
            }
        });
    }

    fn give_back(&mut self) {
        let person = self.person;
        self.writer.perform(move |writer| {
            if let Ok(writer) = writer {
                // What is not given back ends by itself.
                drop(leases::give_back(writer, person));
            }
        });
    }

    fn letters(&mut self, run: i64, despite: String, stop: Arc<AtomicBool>) {
        self.stop = stop.clone();
        let (sender, presence, today) = (self.sender.clone(), self.presence.clone(), self.today);
        self.writer.perform(move |writer| {
            let mut watch = |done, total| {
                drop(sender.send(Msg::Progress { done, total }));
                !stop.load(Ordering::Relaxed)
            };
            let result = writer.map_err(Failure::from).and_then(|writer| {
                if today.is_none() {
                    acts::clock::check(writer, stamp(today).now)?;
                }
                acts::dunning::dispatch::send_rest(writer, &presence.actor(), stamp(today), (run, &despite), &mut watch)
            });
            drop(sender.send(Msg::LettersOut(result)));
        });
    }

    /// In a thread and a connection of its own: the server may take its time, and nobody's acts wait for it.
    fn mails(&mut self, origin: Slot, post: bool, stop: Arc<AtomicBool>) {
        let (sender, actor, today) = (self.sender.clone(), self.presence.actor(), self.today);
        let (book, place) = (self.book.clone(), self.mail.clone());
        if post {
            self.stop = stop.clone();
        }
        let thread = std::thread::spawn(move || {
            let mut watch = |done, total| {
                drop(sender.send(Msg::Progress { done, total }));
                !stop.load(Ordering::Relaxed)
            };
            let result = match post {
                true => sending::send(&book, &place, &actor, today, &mut watch),
                false => sending::look(&book, today),
            };
            drop(sender.send(Msg::MailsOut { origin, post, result }));
        });
        if post {
            self.postman = Some(thread);
        }
    }

    /// In a thread of its own: a reader may take its time.
    fn file(&mut self, slot: Slot, ticket: u64, wish: Wish) {
        let (sender, files, today) = (self.sender.clone(), self.files.clone(), stamp(self.today).today);
        std::thread::spawn(move || {
            let read = bank_file::read(&wish, &files, today);
            drop(sender.send(Msg::Answer { slot, ticket, result: Ok(Box::new(read)) }));
        });
    }

    fn remember(&mut self, key: &str, value: &str) {
        if self.read_only {
            return;
        }
        let (person, key, value) = (self.person, key.to_owned(), value.to_owned());
        self.writer.perform(move |writer| {
            if let Ok(writer) = writer {
                // A place or a draft that cannot be kept is not worth a message over the person's work.
                drop(book::remember(writer, person, &key, &value));
            }
        });
    }

    fn shown(&mut self) {
        if !self.read_only {
            term::last_words(self.presence.last_words(&self.book));
            self.presence.sign_in(&self.writer.side_door(), self.sender.clone());
        }
    }

    fn ended(&mut self, how: Ending) {
        // Nobody waits for a run at the end: what it has applied stays, and the next one goes on.
        self.stop.store(true, Ordering::Relaxed);
        let asked = Instant::now();
        while self.postman.as_ref().is_some_and(|postman| !postman.is_finished()) && asked.elapsed() < LAST_MAIL {
            std::thread::sleep(Duration::from_millis(20));
        }
        if !self.read_only {
            self.give_back();
            self.presence.sign_out(&self.writer, how);
        }
    }
}

/// When acts of this session are performed: now, on the day that was given.
pub fn stamp(today: Option<NaiveDate>) -> Stamp {
    let now = Utc::now();
    let day = today.unwrap_or_else(|| DateTime::<Local>::from(now).date_naive());
    Stamp { now, today: day }
}

fn carry_out(
    writer: &Writer,
    actor: &Actor,
    person: i64,
    stamp: Stamp,
    work: Work,
    book: &BookPath,
) -> Result<Done, Failure> {
    let request = match work {
        Work::Act(request) | Work::Try(request) => *request,
        Work::Undo => match history::to_undo(writer, person)? {
            Some(act) => Request::new(Act::Undo { act }),
            None => return Err(Failure::refused("ACT-11", "There is nothing of yours to undo.")),
        },
        Work::Redo => match history::to_redo(writer, person)? {
            Some(act) => Request::new(Act::Undo { act }),
            None => return Err(Failure::refused("ACT-11", "There is nothing to redo.")),
        },
    };
    match acts::perform(writer, actor, stamp, &request, Mode::Post) {
        Err(Failure::Unknown(what)) => Err(settle_unknown(book, &request, what.trim_end_matches(NOT_KNOWN))),
        result => result,
    }
}

/// After a failure of the disk at the commit: looks the key up in a fresh connection and says what is true.
pub fn settle_unknown(book: &BookPath, request: &Request, what: &str) -> Failure {
    let found = Reader::open(book).and_then(|reader| reader.by_key(&request.key.0));
    let sentence = match found {
        Ok(Some((act, summary))) => format!("{what} It was written as act {act}: {summary}. Do not enter it again."),
        Ok(None) => format!("{what} It was not written; you can repeat it."),
        Err(_) => format!(
            "{what} It is not known whether it was written, and the book cannot be asked now. Do not enter it again; \
             key {}.",
            request.key.hex()
        ),
    };
    Failure::Unknown(sentence)
}

/// Where there is no book: on the first run, or when it could not be opened after the terminal was set up.
struct Nothing;

impl Backend for Nothing {
    fn ask(&mut self, _slot: Slot, _ticket: u64, _job: Job) {}
    fn perform(&mut self, _origin: Slot, _work: Work) {}
    fn remember(&mut self, _key: &str, _value: &str) {}
}
