//! The real binary in a pseudo-terminal: keys in, a screen out, read by a terminal emulator this project did not write.
//! A test waits for a marker and then for quiet, never for a length of time; every failure prints the screen it saw.
//! `O2C_TEST_WAIT_MS` is how long a wait may take (10,000 unless set: slow machines need more).

use portable_pty::{Child, CommandBuilder, ExitStatus, MasterPty, PtySize, native_pty_system};
use std::ffi::{OsStr, OsString};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

pub use rustix::process::Signal;

/// No output for this long means the program has drawn what it had to.
const QUIET: Duration = Duration::from_millis(120);

/// How a program is started: its arguments, the size of its terminal, what is in its environment.
pub struct Launch {
    program: PathBuf,
    args: Vec<OsString>,
    cols: u16,
    rows: u16,
    env: Vec<(OsString, OsString)>,
    home: Option<PathBuf>,
}

impl Launch {
    /// The program at an absolute path (`env!("CARGO_BIN_EXE_o2c")`), in a terminal of 80 columns and 24 rows.
    pub fn new(program: impl Into<PathBuf>) -> Launch {
        let program = program.into();
        assert!(program.is_absolute(), "give the absolute path of {}", program.display());
        Launch { program, args: Vec::new(), cols: 80, rows: 24, env: Vec::new(), home: None }
    }

    pub fn args<A: AsRef<OsStr>>(mut self, args: impl IntoIterator<Item = A>) -> Launch {
        self.args.extend(args.into_iter().map(|arg| arg.as_ref().to_os_string()));
        self
    }

    pub fn size(mut self, cols: u16, rows: u16) -> Launch {
        (self.cols, self.rows) = (cols, rows);
        self
    }

    pub fn env(mut self, name: impl Into<OsString>, value: impl Into<OsString>) -> Launch {
        self.env.push((name.into(), value.into()));
        self
    }

    /// Keeps the home directory (settings, drafts) in `home` instead of a new one removed at the end.
    pub fn home(mut self, home: &Path) -> Launch {
        self.home = Some(home.to_path_buf());
        self
    }

    /// Starts the program.
    pub fn start(self) -> Terminal {
        let temporary = self.home.is_none().then(|| tempfile::tempdir().expect("a temporary home"));
        let home = self.home.clone().or_else(|| temporary.as_ref().map(|dir| dir.path().to_path_buf()));
        let home = home.expect("one of the two is there");
        let size = pty_size(self.cols, self.rows);
        let pair = native_pty_system().openpty(size).expect("the system gives a pseudo-terminal");
        let child = pair.slave.spawn_command(self.command(&home)).expect("the program starts");
        drop(pair.slave);
        let reader = pair.master.try_clone_reader().expect("the terminal can be read");
        let writer = pair.master.take_writer().expect("the terminal can be written");
        let shared = Arc::new(Shared::new(self.cols, self.rows));
        let to = Arc::clone(&shared);
        std::thread::spawn(move || pump(reader, &to));
        let now = Instant::now();
        let mark = Mark { at: now, bytes: 0, reads: 0 };
        Terminal { master: pair.master, writer, child, shared, touched: now, mark, _home: temporary }
    }

    /// The program with nothing of this process's environment but the search path.
    fn command(&self, home: &Path) -> CommandBuilder {
        let mut command = CommandBuilder::new(&self.program);
        command.args(&self.args);
        command.env_clear();
        command.cwd(home);
        for (name, folder) in [
            ("HOME", ""),
            ("XDG_CONFIG_HOME", "config"),
            ("XDG_DATA_HOME", "data"),
            ("XDG_STATE_HOME", "state"),
            ("XDG_CACHE_HOME", "cache"),
            ("XDG_RUNTIME_DIR", "run"),
            ("TMPDIR", "tmp"),
        ] {
            let path = home.join(folder);
            std::fs::create_dir_all(&path).expect("folders in the home");
            command.env(name, path);
        }
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command.env("TERM", "xterm-256color");
        command.env("LANG", "C.UTF-8");
        command.env("USER", "tester");
        for (name, value) in &self.env {
            command.env(name, value);
        }
        command
    }
}

/// A running program and the terminal it draws on. Dropping it ends the program.
pub struct Terminal {
    master: Box<dyn MasterPty + Send>,
    writer: Box<dyn Write + Send>,
    child: Box<dyn Child + Send + Sync>,
    shared: Arc<Shared>,
    /// When the test last did something to the program: its answer may still be on the way.
    touched: Instant,
    mark: Mark,
    _home: Option<tempfile::TempDir>,
}

/// What came out of the program since the last mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Output {
    /// Bytes written to the terminal.
    pub bytes: usize,
    /// Writes they came in, as far as the reader saw them apart.
    pub reads: usize,
    /// From the mark to the last of them; nothing if there were none.
    pub took: Option<Duration>,
}

#[derive(Clone, Copy)]
struct Mark {
    at: Instant,
    bytes: usize,
    reads: usize,
}

impl Terminal {
    /// Sends keys, separated by blanks: `g t`, `Enter`, `Esc`, `Tab`, `Up`, `PageDown`, `F5`, `C-c`; anything else is
    /// typed letter by letter, so `12500 Enter` types an amount. A blank to be typed is `Space`.
    pub fn press(&mut self, keys: &str) -> &mut Terminal {
        for key in keys.split_whitespace() {
            self.send(&key_bytes(key));
        }
        self
    }

    /// Sends text as it is, letter by letter as a person would.
    pub fn type_text(&mut self, text: &str) -> &mut Terminal {
        self.send(text.as_bytes());
        self
    }

    /// Pastes text the way a terminal does for a program that asked for bracketed paste.
    pub fn paste(&mut self, text: &str) -> &mut Terminal {
        self.send(format!("\x1b[200~{text}\x1b[201~").as_bytes());
        self
    }

    fn send(&mut self, bytes: &[u8]) {
        self.touched = Instant::now();
        let sent = self.writer.write_all(bytes).and_then(|()| self.writer.flush());
        if let Err(error) = sent {
            self.fail(&format!("the program does not take keys: {error}"));
        }
    }

    /// Waits until `marker` is on the screen and the screen is at rest.
    #[track_caller]
    pub fn wait_for(&mut self, marker: &str) -> &mut Terminal {
        self.wait_until(&format!("{marker:?} on the screen"), |screen| screen.contents().contains(marker))
    }

    /// Waits until `marker` is gone from the screen and the screen is at rest.
    #[track_caller]
    pub fn wait_gone(&mut self, marker: &str) -> &mut Terminal {
        self.wait_until(&format!("{marker:?} gone from the screen"), |screen| !screen.contents().contains(marker))
    }

    /// Waits until the screen is at rest.
    #[track_caller]
    pub fn wait_quiet(&mut self) -> &mut Terminal {
        self.wait_until("a screen at rest", |_| true)
    }

    /// Waits until `holds` is true of a screen at rest; `what` says in words what was waited for.
    #[track_caller]
    pub fn wait_until(&mut self, what: &str, holds: impl Fn(&vt100::Screen) -> bool) -> &mut Terminal {
        let deadline = Instant::now() + patience();
        let mut seen = self.shared.lock();
        loop {
            let quiet = seen.last.max(self.touched).elapsed();
            let rested = quiet >= QUIET || seen.ended;
            if rested && holds(seen.parser.screen()) {
                break;
            }
            if Instant::now() >= deadline || seen.ended {
                let ended = seen.ended;
                drop(seen);
                self.fail(&format!("waited for {what}{}", if ended { "; the program has ended" } else { "" }));
            }
            let nap = if rested { QUIET } else { QUIET - quiet };
            let pause = nap.max(Duration::from_millis(1));
            seen = self.shared.news.wait_timeout(seen, pause).map_or_else(|e| e.into_inner().0, |(seen, _)| seen);
        }
        drop(seen);
        self
    }

    /// Starts counting output anew. Wait for quiet first.
    pub fn mark(&mut self) -> &mut Terminal {
        let seen = self.shared.lock();
        self.mark = Mark { at: Instant::now(), bytes: seen.raw.len(), reads: seen.reads };
        drop(seen);
        self
    }

    /// What was written since the mark.
    pub fn since_mark(&self) -> Output {
        let seen = self.shared.lock();
        let bytes = seen.raw.len() - self.mark.bytes;
        let took = (bytes > 0).then(|| seen.last.saturating_duration_since(self.mark.at));
        Output { bytes, reads: seen.reads - self.mark.reads, took }
    }

    /// Presses keys on a screen at rest and gives what the answer cost, once the screen rests again.
    #[track_caller]
    pub fn cost_of(&mut self, keys: &str) -> Output {
        self.wait_quiet().mark();
        self.press(keys).wait_quiet();
        self.since_mark()
    }

    /// Gives the terminal another size, as a person dragging the window.
    pub fn resize(&mut self, cols: u16, rows: u16) -> &mut Terminal {
        self.touched = Instant::now();
        self.shared.lock().parser.screen_mut().set_size(rows, cols);
        self.master.resize(pty_size(cols, rows)).expect("the terminal changes its size");
        self
    }

    /// Sends a signal to the program.
    pub fn signal(&mut self, signal: Signal) -> &mut Terminal {
        self.touched = Instant::now();
        let id = self.child.process_id().and_then(|id| i32::try_from(id).ok());
        let id = id.and_then(rustix::process::Pid::from_raw).expect("a running program has an id");
        rustix::process::kill_process(id, signal).expect("the program can be signalled");
        self
    }

    /// Waits for the program to end.
    #[track_caller]
    pub fn wait_exit(&mut self) -> ExitStatus {
        let deadline = Instant::now() + patience();
        loop {
            if let Some(status) = self.child.try_wait().expect("the program can be waited for") {
                self.shared.wait_end(QUIET);
                return status;
            }
            if Instant::now() >= deadline {
                self.fail("waited for the program to end");
            }
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    /// Whether the line discipline edits and echoes what is typed, as a shell expects it.
    pub fn cooked(&self) -> bool {
        const CANONICAL_AND_ECHO: u32 = 0o12;
        let modes = self.master.get_termios().expect("the terminal has modes").local_flags.bits();
        modes & CANONICAL_AND_ECHO == CANONICAL_AND_ECHO
    }

    /// Whether the program still runs.
    pub fn running(&mut self) -> bool {
        self.child.try_wait().is_ok_and(|status| status.is_none())
    }

    /// The number the system knows the program by.
    pub fn process_id(&self) -> Option<u32> {
        self.child.process_id()
    }

    /// The screen as it is now.
    pub fn screen(&self) -> vt100::Screen {
        self.shared.lock().parser.screen().clone()
    }

    /// The text of the screen, lines without their trailing blanks.
    pub fn text(&self) -> String {
        self.screen().contents()
    }

    /// The text of one line, counted from 0.
    pub fn line(&self, row: u16) -> String {
        let screen = self.screen();
        let cols = screen.size().1;
        screen.rows(0, cols).nth(usize::from(row)).unwrap_or_default()
    }

    /// Line and column where `text` stands first, in cells.
    pub fn find(&self, text: &str) -> Option<(u16, u16)> {
        let screen = self.screen();
        let (rows, cols) = screen.size();
        let starts = |row, col| screen.contents_between(row, col, row, cols).starts_with(text);
        (0..rows).flat_map(|row| (0..cols).map(move |col| (row, col))).find(|&(row, col)| starts(row, col))
    }

    /// The cell at a line and column, for its colours and styles.
    #[track_caller]
    pub fn cell(&self, row: u16, col: u16) -> vt100::Cell {
        self.screen().cell(row, col).cloned().expect("a cell inside the screen")
    }

    /// Everything the program ever wrote, as bytes: for what the emulator does not keep (modes, clipboard, titles).
    pub fn raw(&self) -> Vec<u8> {
        self.shared.lock().raw.clone()
    }

    /// Ends the test with a sentence and the screen.
    #[track_caller]
    pub fn fail(&self, why: &str) -> ! {
        panic!("{why}\n{}", framed(&self.screen()));
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        // Already ended is as good; the point is that no program outlives its test.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What the reading thread and the test both see.
struct Shared {
    seen: Mutex<Seen>,
    news: Condvar,
}

struct Seen {
    parser: vt100::Parser,
    raw: Vec<u8>,
    reads: usize,
    last: Instant,
    ended: bool,
}

impl Shared {
    fn new(cols: u16, rows: u16) -> Shared {
        let parser = vt100::Parser::new(rows, cols, 0);
        let seen = Seen { parser, raw: Vec::new(), reads: 0, last: Instant::now(), ended: false };
        Shared { seen: Mutex::new(seen), news: Condvar::new() }
    }

    fn lock(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Gives the reader a moment to take the last output of a program that has ended.
    fn wait_end(&self, limit: Duration) {
        let wait = self.news.wait_timeout_while(self.lock(), limit, |seen| !seen.ended);
        drop(wait);
    }
}

fn pump(mut reader: Box<dyn Read + Send>, to: &Shared) {
    let mut buffer = vec![0; 65_536];
    loop {
        // The end of the program is an error on Linux (EIO) and an empty read elsewhere.
        let n = reader.read(&mut buffer).unwrap_or(0);
        let mut seen = to.lock();
        if n == 0 {
            seen.ended = true;
        } else {
            seen.parser.process(&buffer[..n]);
            seen.raw.extend_from_slice(&buffer[..n]);
            seen.reads += 1;
            seen.last = Instant::now();
        }
        drop(seen);
        to.news.notify_all();
        if n == 0 {
            return;
        }
    }
}

fn patience() -> Duration {
    let millis = std::env::var("O2C_TEST_WAIT_MS").ok().and_then(|text| text.trim().parse().ok());
    Duration::from_millis(millis.unwrap_or(10_000))
}

fn pty_size(cols: u16, rows: u16) -> PtySize {
    PtySize { rows, cols, pixel_width: 0, pixel_height: 0 }
}

/// The bytes an xterm sends for a key by its name.
fn key_bytes(key: &str) -> Vec<u8> {
    let named = match key {
        "Enter" => "\r",
        "Esc" => "\x1b",
        "Tab" => "\t",
        "BackTab" => "\x1b[Z",
        "Space" => " ",
        "Backspace" => "\x7f",
        "Delete" => "\x1b[3~",
        "Up" => "\x1b[A",
        "Down" => "\x1b[B",
        "Right" => "\x1b[C",
        "Left" => "\x1b[D",
        "Home" => "\x1b[H",
        "End" => "\x1b[F",
        "PageUp" => "\x1b[5~",
        "PageDown" => "\x1b[6~",
        "F1" => "\x1bOP",
        "F5" => "\x1b[15~",
        "F11" => "\x1b[23~",
        "F12" => "\x1b[24~",
        _ => "",
    };
    if !named.is_empty() {
        return named.as_bytes().to_vec();
    }
    match key.strip_prefix("C-").map(str::as_bytes) {
        Some([letter]) if letter.is_ascii_alphabetic() => vec![letter.to_ascii_uppercase() & 0x1f],
        _ => key.as_bytes().to_vec(),
    }
}

/// The screen in a box, for the message of a failing test.
pub fn framed(screen: &vt100::Screen) -> String {
    let cols = usize::from(screen.size().1);
    let edge = format!("+{}+", "-".repeat(cols));
    let lines = screen.rows(0, screen.size().1).map(|line| format!("|{line}"));
    std::iter::once(edge.clone()).chain(lines).chain([edge]).collect::<Vec<_>>().join("\n")
}
