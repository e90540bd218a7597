//! What comes in and what goes out. A [`Msg`] is everything that can happen to the workstation; an [`Effect`] is
//! everything a screen, an overlay or the application can wish for. The application carries out the inward ones
//! itself; only the outward ones leave `update`.

use std::any::Any;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use chrono::NaiveDate;

use super::command::Call;
use super::ctx::Millis;
use super::key::Key;
use super::overlay::Overlay;
use super::screen::Screen;
use crate::acts;
use crate::store::leases::Lease;
use crate::store::read::complete::Wanted;
use crate::store::threads::News;
use crate::store::{Reader, StoreError};

/// An answer on its way: any value a read returned.
pub type Value = Box<dyn Any + Send>;

/// A question as data: run on the reader thread, its value sent back.
pub type Job = Box<dyn FnOnce(&Reader) -> Result<Value, StoreError> + Send>;

/// Under this name a part asks for what is not shown yet: no frame waits for the answer.
pub const AHEAD: &str = "ahead";

/// Where an answer belongs: which opened screen, which of its panes, which question. The newest question of a slot
/// wins; answers to older ones are dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Slot {
    /// Number of the opened screen, given by the application.
    pub screen: u32,
    /// 0 for the screen itself, else the pane counted from 1.
    pub pane: u8,
    /// The screen's own name for the question: `rows`, `totals`.
    pub name: &'static str,
}

/// Something that happened.
pub enum Msg {
    /// A key was pressed.
    Key(Key, Millis),
    /// Text was pasted, or arrived so fast that nobody typed it.
    Paste(String, Millis),
    /// The terminal has another size: columns, rows.
    Resize(u16, u16),
    /// A question was answered.
    Answer {
        /// Where it belongs.
        slot: Slot,
        /// Which asking of that slot it answers.
        ticket: u64,
        /// The value, or why there is none.
        result: Result<Value, StoreError>,
    },
    /// An act was performed or refused.
    Performed {
        /// Who asked for it, and under which name.
        origin: Slot,
        /// What was done, or why not.
        result: Result<acts::Done, acts::Failure>,
    },
    /// Something outside went well or wrong, in a sentence.
    Said(Result<String, String>),
    /// An act was tried without being written.
    Tried {
        /// Its key: which review asked.
        key: acts::ActKey,
        /// What would be done, or why not.
        result: Result<acts::Done, acts::Failure>,
    },
    /// How far the work behind the screens is.
    Progress {
        /// Payments, letters or mails that are through.
        done: u64,
        /// Those that waited when it began.
        total: u64,
    },
    /// A run of the matching rules ended, or a look at what one would do.
    Ran {
        /// Who asked for it, and under which name.
        origin: Slot,
        /// Whether it posted.
        post: bool,
        /// What it did or would do, or why not.
        result: Result<acts::run::Tally, acts::Failure>,
    },
    /// An account that was to be taken is worked on by somebody else.
    Taken {
        /// Who asked for it, and under which name.
        origin: Slot,
        /// Who has it.
        by: Lease,
    },
    /// The sending of a dunning run ended or was stopped.
    LettersOut(Result<acts::dunning::dispatch::Sent, acts::Failure>),
    /// The sending of mails ended or was stopped, or a look at what would leave.
    MailsOut {
        /// Who asked for it, and under which name.
        origin: Slot,
        /// Whether it sent.
        post: bool,
        /// What became of them, or why not.
        result: Result<acts::mail::pass::Passed, acts::Failure>,
    },
    /// Another session wrote to the book, or the book cannot be worked in any more.
    News(News),
    /// The calendar day is another one.
    Today(NaiveDate),
    /// Nobody has pressed a key for as long as the session may stay open.
    Idle,
    /// Something about the session itself is to be told.
    Notice(String),
    /// The workstation must end: signal, hang-up.
    Quit,
}

/// What the writer is asked to do.
#[derive(Debug, Clone)]
pub enum Work {
    /// Perform this act.
    Act(Box<acts::Request>),
    /// Try this act without writing anything; the answer comes as [`Msg::Tried`].
    Try(Box<acts::Request>),
    /// Undo the user's latest act that can be undone.
    Undo,
    /// Redo what was undone last.
    Redo,
}

/// Something wished for.
pub enum Effect {
    /// Ask the book. Build it with [`Effect::ask`]; outward.
    Ask {
        /// Where the answer belongs.
        slot: Slot,
        /// Stamped by the application.
        ticket: u64,
        /// The question.
        job: Job,
    },
    /// Nobody waits for this question any more: its screen was left. Made by the application; outward.
    Forget(Slot),
    /// Change the book. Build it with [`Effect::perform`]; outward.
    Perform {
        /// Who is told about the outcome.
        origin: Slot,
        /// What to do.
        work: Work,
    },
    /// Run the matching rules over what waits. Build it with [`Effect::rules`]; outward.
    Rules {
        /// Who is told about the outcome.
        origin: Slot,
        /// True applies; false only says what would be applied, to [`Screen::answer`] as a tally.
        post: bool,
        /// Set to stop it between two batches.
        stop: Arc<AtomicBool>,
    },
    /// Stop what goes on behind the screens. What is done stays.
    Stop,
    /// Send the letters of a started dunning run that are not out yet; outward.
    Letters {
        /// The run.
        run: i64,
        /// Its number, for the status line.
        number: String,
        /// Why it goes on although something speaks against it that was not accepted when it was begun.
        despite: String,
        /// Set to stop it between two letters.
        stop: Arc<AtomicBool>,
    },
    /// Hand the mails that wait to the server. Build it with [`Effect::mails`]; outward.
    Mails {
        /// Who is told about the outcome.
        origin: Slot,
        /// True sends; false only says what would leave, to [`Screen::answer`] as a pass.
        post: bool,
        /// Set to stop it between two mails.
        stop: Arc<AtomicBool>,
    },
    /// Read a file of the bank for a review. Build it with [`Effect::file`]; outward. Answered like a question, with a
    /// `Result<StatementFile, String>`.
    File {
        /// Where the answer belongs.
        slot: Slot,
        /// Stamped by the application.
        ticket: u64,
        /// Which file.
        wish: acts::import::Wish,
    },
    /// Put text on the terminal's clipboard; outward. The message says `what` was sent.
    Copy {
        /// The text itself.
        text: String,
        /// For the message: `12 rows`.
        what: String,
    },
    /// Write text to a new file; outward. The message that follows says whether it was.
    Save {
        /// The path as typed.
        file: String,
        /// What goes into it.
        text: String,
        /// For the message: `12 rows`.
        what: String,
    },
    /// Take an account to work on, so that nobody else does; outward. Build it with [`Effect::take`]. Whoever has it
    /// already is told to the screen, as a [`Lease`].
    Take {
        /// Who is told.
        origin: Slot,
        /// The account.
        customer: i64,
    },
    /// Give back what was taken. Made by the application; outward.
    GiveBack,
    /// Keep a small value of this user across sessions (drafts, views, marks, last place); outward. An empty value
    /// forgets the key.
    Remember {
        /// Its name, such as `view.month-end`.
        key: String,
        /// Its value.
        value: String,
    },
    /// End the workstation; outward.
    Quit,
    /// Give the terminal back to the shell until resumed; outward.
    Suspend,
    /// Paint everything again; outward.
    Redraw,
    /// Open a screen on top.
    Open(Box<dyn Screen>),
    /// Open a place of the registry, with what follows its name (`customer`, `nordwind`).
    Go(&'static str, String),
    /// Leave the screen.
    Back,
    /// Put an overlay on top; what it wishes for counts as wished for by the screen that opened it.
    Overlay(Box<dyn Overlay>),
    /// Run a command as if its key had been pressed.
    Run(Call),
    /// Give the screen a value under a name, through [`Screen::answer`]: the way forms and menus report back.
    Tell(Slot, Value),
    /// Ask how what is being typed may go on; told to the overlay on top, through [`Overlay::completed`].
    Complete {
        /// What is being typed.
        wanted: Wanted,
        /// The line up to the cursor.
        text: String,
        /// Bytes of it that are not part of that: the command in front.
        from: usize,
    },
    /// Filter the screen by this text, through [`Screen::set_filter`].
    Filter(Slot, String),
    /// Say that something went well.
    Say(String),
    /// Say that something went wrong; stays until Esc.
    Warn(String),
}

impl Effect {
    /// A question under the screen's own name for it. The answer arrives in [`Screen::answer`] under the same name.
    pub fn ask<T: Any + Send>(
        name: &'static str,
        job: impl FnOnce(&Reader) -> Result<T, StoreError> + Send + 'static,
    ) -> Effect {
        let job: Job = Box::new(move |reader| job(reader).map(|value| Box::new(value) as Value));
        Effect::Ask { slot: Slot { name, ..Slot::default() }, ticket: 0, job }
    }

    /// An act, under the screen's own name for it. The outcome is shown by the application and then given to
    /// [`Screen::performed`].
    pub fn perform(name: &'static str, request: acts::Request) -> Effect {
        Effect::Perform { origin: Slot { name, ..Slot::default() }, work: Work::Act(Box::new(request)) }
    }

    /// Takes an account to work on; who has it already is answered under this name.
    pub fn take(name: &'static str, customer: i64) -> Effect {
        Effect::Take { origin: Slot { name, ..Slot::default() }, customer }
    }

    /// Tries an act that is being reviewed: the review then says beforehand whether it needs a second person, or why it
    /// would be refused.
    pub fn try_out(request: acts::Request) -> Effect {
        Effect::Perform { origin: Slot::default(), work: Work::Try(Box::new(request)) }
    }

    /// The matching rules over everything that waits: applied, or only looked at.
    pub fn rules(name: &'static str, post: bool) -> Effect {
        Effect::Rules { origin: Slot { name, ..Slot::default() }, post, stop: Arc::default() }
    }

    /// The mails that wait: handed to the server, or only looked at.
    pub fn mails(name: &'static str, post: bool) -> Effect {
        Effect::Mails { origin: Slot { name, ..Slot::default() }, post, stop: Arc::default() }
    }

    /// A file of the bank; what was read is answered under this name.
    pub fn file(name: &'static str, wish: acts::import::Wish) -> Effect {
        Effect::File { slot: Slot { name, ..Slot::default() }, ticket: 0, wish }
    }

    /// A value for the screen itself, under a name.
    pub fn tell<T: Any + Send>(name: &'static str, value: T) -> Effect {
        Effect::Tell(Slot { name, ..Slot::default() }, Box::new(value))
    }

    /// Marks the effect as wished for by this screen and pane, unless it already says so itself.
    pub fn stamped(mut self, screen: u32, pane: u8) -> Effect {
        if let Effect::Ask { slot, .. }
        | Effect::File { slot, .. }
        | Effect::Perform { origin: slot, .. }
        | Effect::Rules { origin: slot, .. }
        | Effect::Mails { origin: slot, .. }
        | Effect::Take { origin: slot, .. }
        | Effect::Tell(slot, _)
        | Effect::Filter(slot, _) = &mut self
            && slot.screen == 0
        {
            slot.screen = screen;
            slot.pane = pane;
        }
        self
    }
}

/// A value that arrived for a screen, to be taken out as the type it was asked as.
pub struct Answer(pub Value);

impl Answer {
    /// The value as `T`, if that is what it is.
    pub fn take<T: Any>(self) -> Option<T> {
        self.0.downcast::<T>().ok().map(|value| *value)
    }
}
