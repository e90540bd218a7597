//! A copy of a small demo book for every test, and the program on it: in a terminal or as a verb.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

use crate::rigs::pty::{Launch, Terminal};

/// The program.
pub const PROGRAM: &str = env!("CARGO_BIN_EXE_o2c");
/// The day every test works on.
pub const TODAY: &str = "2026-03-16";

/// The book all tests copy, written once a run.
fn master() -> &'static Path {
    static MASTER: OnceLock<PathBuf> = OnceLock::new();
    MASTER.get_or_init(|| {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("pty-demo");
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).expect("a folder");
        let book = folder.join("demo.db");
        let mut command = Command::new(PROGRAM);
        command.args(["--today", TODAY, "demo", "--customers", "60", "--invoices", "900", "--out"]).arg(&book);
        let said = command.output().expect("the program starts");
        assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
        book
    })
}

/// A folder with a copy of the book, gone after the test.
pub struct Stage {
    folder: tempfile::TempDir,
}

impl Stage {
    /// With a copy of the demo book.
    pub fn new() -> Stage {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::copy(master(), folder.path().join("demo.db")).expect("a copy of the book");
        Stage { folder }
    }

    /// The book.
    pub fn book(&self) -> PathBuf {
        self.folder.path().join("demo.db")
    }

    /// The workstation on the book, not yet started.
    pub fn launch(&self) -> Launch {
        let book = self.book();
        Launch::new(PROGRAM).args(["--today", TODAY, "--book"]).args([book.as_os_str()])
    }

    /// The workstation at 80x24 with the first screen drawn.
    pub fn open(&self) -> Terminal {
        ready(self.launch().start())
    }

    /// Runs a verb of a second process on the book.
    #[track_caller]
    pub fn verb(&self, args: &[&str]) -> String {
        let mut command = Command::new(PROGRAM);
        command.args(["--today", TODAY, "--book"]).arg(self.book()).args(args);
        let said: Output = command.output().expect("the program starts");
        assert!(said.status.success(), "{args:?}: {}", String::from_utf8_lossy(&said.stderr));
        String::from_utf8_lossy(&said.stdout).into_owned()
    }
}

/// Waits until the first screen is there with its rows.
pub fn ready(mut terminal: Terminal) -> Terminal {
    terminal.wait_for("[Today]").wait_until("rows on Today", |screen| screen.contents().contains("call"));
    terminal
}

/// The terminal was given back: alternate screen left, cursor shown, paste brackets off, plain text.
#[track_caller]
pub fn restored(terminal: &Terminal) {
    let raw = terminal.raw();
    let text = String::from_utf8_lossy(&raw).into_owned();
    let last = |code: &str| text.rfind(code);
    assert!(last("\x1b[?1049l") > last("\x1b[?1049h"), "the alternate screen was not left");
    assert!(last("\x1b[?25h") > last("\x1b[?25l"), "the cursor is hidden");
    assert!(last("\x1b[?2004l") > last("\x1b[?2004h"), "paste brackets are still on");
    let screen = terminal.screen();
    assert!(!screen.alternate_screen() && !screen.hide_cursor() && !screen.bracketed_paste());
}
