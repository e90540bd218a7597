//! A progress line on stderr for work of more than a second: at most two updates a second, and only where a person
//! watches.

use std::io::Write;
use std::time::{Duration, Instant};

/// A line that shows how far something is.
pub(super) struct Progress {
    what: &'static str,
    started: Instant,
    last: Option<Instant>,
    watched: bool,
}

impl Progress {
    /// Nothing is shown yet.
    pub fn new(what: &'static str) -> Self {
        Progress { what, started: Instant::now(), last: None, watched: super::out::watched() }
    }

    /// So much of so much is done.
    pub fn step(&mut self, done: u64, total: u64) {
        let quiet = self.last.map_or(self.started.elapsed() < Duration::from_secs(1), |last| {
            last.elapsed() < Duration::from_millis(500)
        });
        if !self.watched || quiet || total == 0 {
            return;
        }
        self.last = Some(Instant::now());
        let percent = done.min(total) * 100 / total;
        let full = (percent / 5) as usize;
        let bar = format!("{}{}", "#".repeat(full), ".".repeat(20 - full));
        let mut stderr = std::io::stderr().lock();
        let _ = write!(stderr, "\r{} [{bar}] {percent:>3} %", self.what);
        let _ = stderr.flush();
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if self.last.is_some() {
            let blank = " ".repeat(self.what.len() + 30);
            let mut stderr = std::io::stderr().lock();
            let _ = write!(stderr, "\r{blank}\r");
            let _ = stderr.flush();
        }
    }
}
