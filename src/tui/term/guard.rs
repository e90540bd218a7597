//! The terminal taken and given back. There is one [`restore`], called from the normal end, from a panic in any
//! thread, and when a signal or a lost line leaves no time for anything else; calling it twice does nothing.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use crossterm::event::{EnableBracketedPaste, EnableMouseCapture};
use crossterm::terminal::EnterAlternateScreen;

static TAKEN: AtomicBool = AtomicBool::new(false);

/// End a synchronized update, no paste brackets, no mouse, plain text, cursor shown, main screen. Written as bytes with
/// one system call and no lock, so that it works in the middle of a panic.
const LEAVE: &[u8] = b"\x1b[?2026l\x1b[?2004l\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1006l\x1b[0m\x1b[?25h\x1b[?1049l";

/// Gives the terminal back as it was. Safe to call from anywhere, any number of times.
pub fn restore() {
    if TAKEN.swap(false, Ordering::SeqCst) {
        let _ = crossterm::terminal::disable_raw_mode();
        let mut rest = LEAVE;
        while !rest.is_empty() {
            match rustix::io::write(rustix::stdio::stdout(), rest) {
                Ok(written) if written > 0 => rest = &rest[written..],
                Err(rustix::io::Errno::INTR) => {}
                _ => break,
            }
        }
    }
}

fn take(mouse: bool) -> io::Result<()> {
    crossterm::terminal::enable_raw_mode()?;
    TAKEN.store(true, Ordering::SeqCst);
    let mut out = io::stdout();
    crossterm::execute!(out, EnterAlternateScreen, EnableBracketedPaste)?;
    if mouse {
        crossterm::execute!(out, EnableMouseCapture)?;
    }
    out.flush()
}

/// Holds the terminal until dropped.
pub struct Guard;

impl Guard {
    /// Takes the terminal: raw mode, alternate screen, bracketed paste.
    pub fn enter(mouse: bool) -> io::Result<Guard> {
        let guard = Guard;
        take(mouse)?;
        Ok(guard)
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        restore();
    }
}

/// Gives the terminal to the shell, stops, and takes the terminal again when continued.
pub fn suspend(mouse: bool) -> io::Result<()> {
    restore();
    rustix::process::kill_current_process_group(rustix::process::Signal::TSTP)?;
    take(mouse)
}

/// Takes the terminal again after the process was stopped and continued from outside.
pub fn resume(mouse: bool) -> io::Result<()> {
    take(mouse)
}

/// What is still to be done when the program fails.
static LAST_WORDS: Mutex<Option<Box<dyn FnOnce() + Send>>> = Mutex::new(None);

/// Sets what is done once when the program fails, after the terminal was given back. It must end by itself.
pub fn last_words(words: Box<dyn FnOnce() + Send>) {
    *LAST_WORDS.lock().unwrap_or_else(PoisonError::into_inner) = Some(words);
}

/// On a panic in any thread: the terminal back first, then the message, then the end. Every finished change is a
/// committed transaction, so nothing is lost but what was being typed.
pub fn catch_panics(reports: Option<PathBuf>) {
    std::panic::set_hook(Box::new(move |info| {
        restore();
        let mut told = format!(
            "{info}\no2c stopped because of a fault in the program. Every change that was confirmed is in the book.\n"
        );
        if let Some(file) = reports.as_deref().and_then(|folder| report(folder, &described(info))) {
            told += &format!("A report is in {}; send it with what you were doing.\n", file.display());
        }
        // The terminal may be what went away; failing to say so must not be a second fault.
        let _ = io::stderr().write_all(told.as_bytes());
        // A failure inside the last words finds nothing left to be done.
        let words = LAST_WORDS.try_lock().ok().and_then(|mut words| words.take());
        if let Some(words) = words {
            words();
        }
        std::process::exit(101);
    }));
}

/// What a report says of a fault: where, in which thread, and as much of its message as cannot hold what is in the book.
/// Messages put together while the program runs quote what they are about, so they end before the first quote or colon.
fn described(info: &std::panic::PanicHookInfo<'_>) -> String {
    let place = info.location().map_or_else(|| "an unknown place".to_owned(), ToString::to_string);
    let message = match (info.payload().downcast_ref::<&'static str>(), info.payload().downcast_ref::<String>()) {
        (Some(fixed), _) => (*fixed).to_owned(),
        (None, Some(made)) => {
            let end = made.find(['"', '\'', '`', ':', '\n']).unwrap_or(made.len());
            format!("{} (cut off: it may hold what is in the book)", made[..end].trim_end())
        }
        (None, None) => "no message".to_owned(),
    };
    let thread = std::thread::current().name().unwrap_or("without a name").to_owned();
    format!("thread {thread} panicked at {place}:\n{message}")
}

/// In debug builds `O2C_FAULT` in the environment makes F12 a fault on the screen and F11 one in another thread, so that
/// a test of the real program sees what a fault leaves behind. What the variable holds stands in its message.
#[cfg(debug_assertions)]
pub(super) fn fault_asked_for(msg: &crate::tui::app::Msg) {
    use crate::tui::app::{Code, Msg};
    let (Msg::Key(key, _), Ok(about)) = (msg, std::env::var("O2C_FAULT")) else { return };
    match key.code {
        Code::F(12) => panic!("a fault was asked for: \"{about}\""),
        Code::F(11) => drop(std::thread::spawn(move || panic!("a fault was asked for: \"{about}\"")).join()),
        _ => {}
    }
}

fn report(folder: &Path, what: &str) -> Option<PathBuf> {
    std::fs::create_dir_all(folder).ok()?;
    let file = folder.join(format!("o2c-{}.txt", chrono::Local::now().format("%Y%m%d-%H%M%S")));
    std::fs::write(&file, format!("o2c {}\n{what}\n", env!("CARGO_PKG_VERSION"))).ok()?;
    Some(file)
}
