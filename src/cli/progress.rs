//! A progress line on stderr for work of more than a second: two updates a second, and only where a person watches. It is
//! drawn by a thread of its own, so that it goes on through steps that cannot say how far they are: making indexes,
//! handing everything to the disk. There the seconds count on.

use std::io::Write;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// Nothing is shown of work that takes no longer.
const QUIET: Duration = Duration::from_secs(1);
/// Between two updates.
const BEAT: Duration = Duration::from_millis(500);

/// How far it is.
struct State {
    what: &'static str,
    done: u64,
    total: u64,
    ended: bool,
}

type Shared = Arc<(Mutex<State>, Condvar)>;

/// A line that shows how far something is, until it is dropped.
pub(super) struct Progress {
    shared: Shared,
    drawing: Option<JoinHandle<()>>,
}

impl Progress {
    /// Nothing is shown yet.
    pub fn new(what: &'static str) -> Self {
        let watched = super::out::watched();
        Progress::to(what, watched.then(|| (std::io::stderr(), QUIET, BEAT)))
    }

    fn to(what: &'static str, watcher: Option<(impl Write + Send + 'static, Duration, Duration)>) -> Self {
        let shared: Shared = Arc::new((Mutex::new(State { what, done: 0, total: 0, ended: false }), Condvar::new()));
        let seen = shared.clone();
        // Where no thread can be had there is no line; the work goes on.
        let drawing = watcher.and_then(|(out, quiet, beat)| {
            std::thread::Builder::new().name("progress".to_owned()).spawn(move || draw(&seen, out, quiet, beat)).ok()
        });
        Progress { shared, drawing }
    }

    fn change(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.shared.0.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// So much of so much is done.
    pub fn step(&mut self, done: u64, total: u64) {
        self.change(|state| (state.done, state.total) = (done, total));
    }

    /// From now on it is something else, of which nobody knows how far it is.
    pub fn stage(&mut self, what: &'static str) {
        self.change(|state| (state.what, state.done, state.total) = (what, 0, 0));
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.change(|state| state.ended = true);
        self.shared.1.notify_all();
        if let Some(drawing) = self.drawing.take() {
            // A line that failed is nothing to fail for.
            drop(drawing.join());
        }
    }
}

/// Draws the line every beat from the end of the quiet time on, and wipes it at the end.
fn draw(shared: &Shared, mut out: impl Write, quiet: Duration, beat: Duration) {
    let started = Instant::now();
    let (mut wait, mut widest) = (quiet, 0);
    loop {
        let state = shared.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (state, _) =
            shared.1.wait_timeout_while(state, wait, |state| !state.ended).unwrap_or_else(PoisonError::into_inner);
        if state.ended {
            break;
        }
        let line = line(&state, started.elapsed());
        drop(state);
        wait = beat;
        let blank = " ".repeat(usize::saturating_sub(widest, line.len()));
        widest = widest.max(line.len());
        let _ = write!(out, "\r{line}{blank}");
        let _ = out.flush();
    }
    if widest > 0 {
        let _ = write!(out, "\r{}\r", " ".repeat(widest));
        let _ = out.flush();
    }
}

fn line(state: &State, elapsed: Duration) -> String {
    let State { what, done, total, .. } = state;
    if *total == 0 {
        return format!("{what}, {} s", elapsed.as_secs());
    }
    let percent = done.min(total) * 100 / total;
    let full = (percent / 5) as usize;
    let bar = format!("{}{}", "#".repeat(full), ".".repeat(20 - full));
    format!("{what} [{bar}] {percent:>3} %, {} s", elapsed.as_secs())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Clone, Default)]
    struct Sink(Arc<Mutex<Vec<u8>>>);

    impl Write for Sink {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    impl Sink {
        fn text(&self) -> String {
            String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
        }

        /// Waits until this was drawn.
        fn shows(&self, text: &str) {
            let until = Instant::now() + Duration::from_secs(20);
            while !self.text().contains(text) {
                assert!(Instant::now() < until, "{text}: {:?}", self.text());
                std::thread::sleep(Duration::from_millis(2));
            }
        }
    }

    #[test]
    fn the_line_goes_on_while_nothing_is_said_and_is_wiped_at_the_end() {
        let sink = Sink::default();
        let beat = Duration::from_millis(5);
        let mut line = Progress::to("Writing", Some((sink.clone(), beat, beat)));
        line.step(1, 2);
        sink.shows("Writing [##########..........]  50 %, 0 s");
        line.stage("Making indexes and committing");
        sink.shows("Making indexes and committing, 0 s");
        // Nobody says anything more, and it is drawn again all the same.
        let drawn = sink.text().matches("committing").count();
        let until = Instant::now() + Duration::from_secs(20);
        while sink.text().matches("committing").count() < drawn + 3 {
            assert!(Instant::now() < until, "{:?}", sink.text());
            std::thread::sleep(Duration::from_millis(2));
        }
        drop(line);
        let text = sink.text();
        assert!(text.ends_with(" \r") && text.trim_end().len() < text.len() - 20, "wiped: {text:?}");
    }

    #[test]
    fn short_work_says_nothing() {
        let sink = Sink::default();
        let mut line = Progress::to("Reading", Some((sink.clone(), Duration::from_secs(60), BEAT)));
        line.step(1, 2);
        drop(line);
        assert_eq!(sink.text(), "");
    }
}
