//! The threads that wait on the outside: keys, signals, and the line itself. When the line is lost or a signal asks to
//! end, the application gets a moment to keep its drafts; after that the process ends whatever it is doing.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex, Once, PoisonError};
use std::time::{Duration, Instant};

use signal_hook::consts::{SIGCONT, SIGHUP, SIGINT, SIGQUIT, SIGTERM};

use crate::tui::app::Msg;

/// How long an orderly end may take.
const PATIENCE: Duration = Duration::from_millis(800);

/// Set by one thread, taken by another.
#[derive(Clone, Default)]
pub struct Flag(Arc<AtomicBool>);

impl Flag {
    /// Whether it was set; it is not afterwards.
    pub fn take(&self) -> bool {
        self.0.swap(false, Ordering::SeqCst)
    }
}

/// Who is told of keys and of a lost line: the run that began last. One thread reads keys for the whole process, since
/// two of them, one left over from an earlier run, would each take a part of what is typed.
static HEARS: Mutex<Option<(Sender<Msg>, Instant)>> = Mutex::new(None);

fn hears() -> Option<(Sender<Msg>, Instant)> {
    HEARS.lock().unwrap_or_else(PoisonError::into_inner).clone()
}

/// Asks whoever is told now to end.
fn end_now(code: i32) {
    if let Some((sender, _)) = hears() {
        end(&sender, code);
    }
}

/// Asks the application to end and sees to it that the process does.
fn end(sender: &Sender<Msg>, code: i32) {
    let _ = sender.send(Msg::Quit);
    std::thread::spawn(move || {
        std::thread::sleep(PATIENCE);
        // Giving the terminal back can itself be stuck on a line that takes nothing more.
        std::thread::spawn(super::guard::restore);
        std::thread::sleep(Duration::from_millis(100));
        std::process::exit(code);
    });
}

/// Listens for the signals that end, and for being continued after a stop, which asks for a full repaint.
pub fn signals(sender: Sender<Msg>) -> io::Result<Flag> {
    let repaint = Flag::default();
    let flag = repaint.clone();
    let mut signals = signal_hook::iterator::Signals::new([SIGTERM, SIGHUP, SIGINT, SIGQUIT, SIGCONT])?;
    std::thread::Builder::new().name("signals".to_owned()).spawn(move || {
        for signal in signals.forever() {
            if signal == SIGCONT {
                flag.0.store(true, Ordering::SeqCst);
                let (columns, rows) = crossterm::terminal::size().unwrap_or((80, 24));
                let _ = sender.send(Msg::Resize(columns, rows));
            } else {
                end(&sender, 128 + signal);
            }
        }
    })?;
    Ok(repaint)
}

/// Waits for the terminal to go away. Reading keys would not notice when SIGHUP is ignored, and would then spin.
fn hang_up() {
    use rustix::event::{PollFd, PollFlags, poll};
    std::thread::spawn(move || {
        let stdin = rustix::stdio::stdin();
        loop {
            let mut fds = [PollFd::new(&stdin, PollFlags::empty())];
            match poll(&mut fds, None) {
                Ok(_) if fds[0].revents().intersects(PollFlags::HUP | PollFlags::ERR | PollFlags::NVAL) => {
                    return end_now(129);
                }
                Err(rustix::io::Errno::INTR) => {}
                _ => std::thread::sleep(Duration::from_millis(200)),
            }
        }
    });
}

/// Reads keys, pastes and sizes, with the time at which each arrived since the run `began`, and waits for the terminal
/// to go away.
pub fn input(sender: Sender<Msg>, began: Instant) {
    static READING: Once = Once::new();
    *HEARS.lock().unwrap_or_else(PoisonError::into_inner) = Some((sender, began));
    READING.call_once(|| {
        hang_up();
        std::thread::spawn(|| {
            loop {
                let Ok(event) = crossterm::event::read() else { return end_now(129) };
                let Some((sender, began)) = hears() else { return };
                let at = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
                for msg in super::input::translate(event, at) {
                    // A key between two runs is for nobody.
                    drop(sender.send(msg));
                }
            }
        });
    });
}
