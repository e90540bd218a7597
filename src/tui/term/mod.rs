//! The impure shell around the application: the terminal, the clock, signals, the clipboard, and the loop that waits
//! for messages, handles all that are waiting, and draws once. Start with [`run`].

mod clipboard;
mod encode;
mod guard;
pub mod input;
pub mod paint;
mod save;
mod scroll;
mod watch;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::time::{Duration, Instant};

use super::app::{App, Effect, Ending, Job, Msg, Slot, Work, start, update};
use super::ui::glyphs::{ASCII, Glyphs, UNICODE};
use super::ui::theme::Theme;
use crate::acts::import::Wish;
pub use guard::last_words;
use paint::Painter;

/// Why the workstation could not start or had to end, as one sentence with its code.
#[derive(Debug, thiserror::Error)]
pub enum TermError {
    /// There is nobody at a terminal.
    #[error("[TTY-01] {0}")]
    NoTerminal(String),
    /// The terminal could not be set up or written to.
    #[error("[TTY-02] The terminal could not be used: {0}. Nothing is lost; start o2c again.")]
    Io(#[from] std::io::Error),
}

/// Who answers questions, performs acts and keeps small values. Nothing here may wait: results come back as messages
/// through the sender the backend was made with.
pub trait Backend {
    /// Runs a question; its result comes back as [`Msg::Answer`] with the same slot and ticket. A newer question in the
    /// same slot replaces an older one.
    fn ask(&mut self, slot: Slot, ticket: u64, job: Job);
    /// Nobody waits for the answer to this slot's question any more.
    fn forget(&mut self, _slot: &Slot) {}
    /// Performs a piece of work; its outcome comes back as [`Msg::Performed`] with the same origin.
    fn perform(&mut self, origin: Slot, work: Work);
    /// Runs the matching rules; how far it is comes back as [`Msg::Progress`], its end as [`Msg::Ran`] with the same
    /// origin.
    fn rules(&mut self, _origin: Slot, _post: bool, _stop: Arc<AtomicBool>) {}
    /// Takes an account to work on; whoever has it already comes back as [`Msg::Taken`] with the same origin.
    fn take(&mut self, _origin: Slot, _customer: i64) {}
    /// Gives back what was taken.
    fn give_back(&mut self) {}
    /// Sends the letters of a dunning run that are not out yet; how far it is comes back as [`Msg::Progress`], its end as
    /// [`Msg::LettersOut`].
    fn letters(&mut self, _run: i64, _despite: String, _stop: Arc<AtomicBool>) {}
    /// Hands the mails that wait to the server, or only looks; how far it is comes back as [`Msg::Progress`], its end as
    /// [`Msg::MailsOut`] with the same origin.
    fn mails(&mut self, _origin: Slot, _post: bool, _stop: Arc<AtomicBool>) {}
    /// Reads a file of the bank; what was read comes back as [`Msg::Answer`] with the same slot and ticket.
    fn file(&mut self, _slot: Slot, _ticket: u64, _wish: Wish) {}
    /// Keeps a small value of this user; an empty one forgets the key.
    fn remember(&mut self, key: &str, value: &str);
    /// Told once the first frame is on the terminal: the time for whatever nobody should wait for.
    fn shown(&mut self) {}
    /// Told last, after everything else, how the session ended.
    fn ended(&mut self, _how: Ending) {}
}

/// How the terminal is used.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The wheel moves the cursor. Off by default, so that the terminal's own selection works.
    pub mouse: bool,
    /// The date was given by the user; midnight changes nothing.
    pub pinned_date: bool,
    /// Where a report is written if the program fails; none is written without it.
    pub reports: Option<PathBuf>,
    /// The login opens the workstation and gives no verbs.
    pub only_workstation: bool,
}

/// Colours and box lines, from what the user asked for and what the locale can show. Who calls has weighed NO_COLOR, which
/// beats any theme, against `--color`.
pub fn look(theme: Option<Theme>, never_colour: bool, ascii: bool) -> (Theme, &'static Glyphs) {
    let set = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let locale = set("LC_ALL").or_else(|| set("LC_CTYPE")).or_else(|| set("LANG")).unwrap_or_default().to_uppercase();
    let utf8 = locale.contains("UTF-8") || locale.contains("UTF8");
    (if never_colour { Theme::Mono } else { theme.unwrap_or_default() }, if ascii || !utf8 { &ASCII } else { &UNICODE })
}

/// Columns and rows of the terminal; 80x24 where it does not say.
pub fn size() -> (u16, u16) {
    crossterm::terminal::size().unwrap_or((80, 24))
}

/// Refuses, with what to do instead, when there is no terminal to draw on. `verbs` says whether this login could give
/// one: over SSH it opens the workstation and nothing else.
pub fn check(verbs: bool) -> Result<(), TermError> {
    use std::io::IsTerminal;
    let instead = match verbs {
        true => "For scripts use the verbs, for example: o2c aging --json",
        false => "This login only opens the workstation; sign in from a terminal, with ssh -t where a script does it.",
    };
    if !std::io::stdin().is_terminal() || !std::io::stdout().is_terminal() {
        let sentence = format!("The workstation needs an interactive terminal of at least 60x16. {instead}");
        return Err(TermError::NoTerminal(sentence));
    }
    match std::env::var("TERM") {
        Ok(term) if !term.is_empty() && term != "dumb" => Ok(()),
        _ => Err(TermError::NoTerminal(format!("TERM names no terminal that can be drawn on. {instead}"))),
    }
}

/// Runs the workstation until it ends. `connect` gets the sender through which answers come back and makes the backend;
/// the terminal is as it was before when this returns, whatever happened.
pub fn run(
    app: &mut App,
    options: &Options,
    connect: impl FnOnce(Sender<Msg>) -> Box<dyn Backend>,
) -> Result<(), TermError> {
    check(!options.only_workstation)?;
    let began = Instant::now();
    let (sender, receiver) = mpsc::channel();
    app.ctx.size = size();
    guard::catch_panics(options.reports.clone());
    // Signals are caught before the terminal is changed, so that none of them can leave it changed.
    let repaint = watch::signals(sender.clone())?;
    let _guard = guard::Guard::enter(options.mouse)?;
    watch::input(sender.clone(), began);
    let mut shell = Shell { app, backend: connect(sender), painter: Painter::new()?, began, mouse: options.mouse };
    let result = match shell.run(&receiver, &repaint, options.pinned_date) {
        // Nobody is there to be told; what can be kept is kept, and that is an orderly end.
        Err(TermError::Io(error)) if gone(&error) => {
            for effect in update(shell.app, Msg::Quit, shell.now()) {
                if let Effect::Remember { key, value } = effect {
                    shell.backend.remember(&key, &value);
                }
            }
            Ok(())
        }
        result => result,
    };
    shell.backend.ended(if result.is_ok() { shell.app.ending() } else { Ending::Failed });
    result
}

/// Whether an error means that the terminal went away.
fn gone(error: &std::io::Error) -> bool {
    let lost = [rustix::io::Errno::IO, rustix::io::Errno::PIPE, rustix::io::Errno::NXIO, rustix::io::Errno::BADF];
    error.raw_os_error().is_some_and(|code| lost.iter().any(|known| known.raw_os_error() == code))
}

struct Shell<'a> {
    app: &'a mut App,
    backend: Box<dyn Backend>,
    painter: Painter,
    began: Instant,
    mouse: bool,
}

/// How long a frame waits for answers to what the last keys asked, so that old rows are not first wiped and then
/// replaced: less than anybody sees, and typing goes on meanwhile.
const LINGER: Duration = Duration::from_millis(8);
/// The same where another screen is to be shown: half of it is nothing to read, and would be sent twice.
const CHANGE_LINGER: Duration = Duration::from_millis(100);
/// The same for the first frame.
const FIRST_LINGER: Duration = Duration::from_millis(25);

impl Shell<'_> {
    fn run(&mut self, receiver: &Receiver<Msg>, repaint: &watch::Flag, pinned: bool) -> Result<(), TermError> {
        let effects = start(self.app);
        self.carry_out(effects)?;
        self.linger(receiver, FIRST_LINGER, None)?;
        self.painter.draw(self.app)?;
        let mut shown = self.app.on_screen();
        self.backend.shown();
        while !self.app.ended() {
            let lock = self.app.lock_at().map(|at| self.began + Duration::from_millis(at));
            let Some(batch) = wait(receiver, pinned, lock) else { break };
            if repaint.take() {
                guard::resume(self.mouse)?;
                self.painter.forget();
            }
            if self.handle(batch)? {
                self.linger(receiver, LINGER, Some(shown))?;
            }
            if !self.app.ended() {
                self.painter.draw(self.app)?;
                shown = self.app.on_screen();
            }
        }
        Ok(())
    }

    /// Handles messages in their order; true when anything was asked.
    fn handle(&mut self, batch: Vec<Msg>) -> Result<bool, TermError> {
        let mut asked = false;
        for msg in input::fold_bursts(batch, self.app.takes_text()) {
            if let Msg::Resize(..) = msg {
                self.painter.forget();
            }
            #[cfg(debug_assertions)]
            guard::fault_asked_for(&msg);
            let now = self.now();
            let effects = update(self.app, msg, now);
            asked |= effects.iter().any(|effect| matches!(effect, Effect::Ask { .. }));
            self.carry_out(effects)?;
            if self.app.ended() {
                break;
            }
        }
        Ok(asked)
    }

    /// Handles what arrives until every question is answered or the time is over, which is longer where another screen
    /// than the one on the terminal is on top.
    fn linger(&mut self, receiver: &Receiver<Msg>, time: Duration, shown: Option<u32>) -> Result<(), TermError> {
        let began = Instant::now();
        while self.app.waiting() > 0 && !self.app.ended() {
            let same = shown.is_none_or(|shown| shown == self.app.on_screen());
            let until = began + if same { time } else { CHANGE_LINGER };
            match receiver.recv_timeout(until.saturating_duration_since(Instant::now())) {
                Ok(msg) => drop(self.handle(std::iter::once(msg).chain(receiver.try_iter()).collect())?),
                Err(_) => break,
            }
        }
        Ok(())
    }

    fn now(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    fn carry_out(&mut self, effects: Vec<Effect>) -> Result<(), TermError> {
        for effect in effects {
            match effect {
                Effect::Ask { slot, ticket, job } => self.backend.ask(slot, ticket, job),
                Effect::Forget(slot) => self.backend.forget(&slot),
                Effect::Perform { origin, work } => self.backend.perform(origin, work),
                Effect::Rules { origin, post, stop } => self.backend.rules(origin, post, stop),
                Effect::Letters { run, despite, stop, .. } => self.backend.letters(run, despite, stop),
                Effect::Mails { origin, post, stop } => self.backend.mails(origin, post, stop),
                Effect::File { slot, ticket, wish } => self.backend.file(slot, ticket, wish),
                Effect::Remember { key, value } => self.backend.remember(&key, &value),
                Effect::Take { origin, customer } => self.backend.take(origin, customer),
                Effect::GiveBack => self.backend.give_back(),
                Effect::Copy { text, .. } => self.painter.send(&clipboard::sequence(&text, clipboard::Wrap::here()))?,
                Effect::Save { file, text, what } => {
                    let said = save::new_file(&file, &text, &what);
                    let (msg, now) = (Msg::Said(said), self.now());
                    let effects = update(self.app, msg, now);
                    self.carry_out(effects)?;
                }
                Effect::Redraw => self.painter.forget(),
                Effect::Suspend => {
                    guard::suspend(self.mouse)?;
                    self.app.ctx.size = crossterm::terminal::size().unwrap_or(self.app.ctx.size);
                    self.painter.forget();
                }
                // The rest is carried out by the application and never leaves it.
                _ => {}
            }
        }
        Ok(())
    }
}

/// Waits for a message and takes all that are waiting with it. Wakes on its own only when the day may have changed, or
/// when nobody has pressed a key until `lock`.
fn wait(receiver: &Receiver<Msg>, pinned: bool, lock: Option<Instant>) -> Option<Vec<Msg>> {
    let today = chrono::Local::now().date_naive();
    let first = loop {
        let until_lock = lock.map(|at| at.saturating_duration_since(Instant::now()));
        let longest = [until_lock, (!pinned).then(until_midnight)].into_iter().flatten().min();
        let Some(longest) = longest else { break receiver.recv().ok()? };
        match receiver.recv_timeout(longest) {
            Ok(msg) => break msg,
            Err(RecvTimeoutError::Disconnected) => return None,
            Err(RecvTimeoutError::Timeout) if lock.is_some_and(|at| Instant::now() >= at) => break Msg::Idle,
            Err(RecvTimeoutError::Timeout) => {
                let now = chrono::Local::now().date_naive();
                if now != today && !pinned {
                    break Msg::Today(now);
                }
            }
        }
    };
    Some(std::iter::once(first).chain(receiver.try_iter()).collect())
}

/// Time until just after midnight, an hour at most, so that a changed clock is noticed.
fn until_midnight() -> Duration {
    use chrono::Timelike;
    let passed = u64::from(chrono::Local::now().time().num_seconds_from_midnight());
    Duration::from_secs((86_401u64.saturating_sub(passed)).clamp(1, 3_600))
}
