//! Somebody who stands in the way: a session stopped while it shows a list, and a process stopped in the middle of
//! writing. The first holds nobody up; the second is waited for as long as is stated, and named.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::rigs::pty::Signal;
use crate::stage::{PROGRAM, Stage, TODAY, ready};

/// As long as `o2c` says it waits for another posting.
const LOCK_WAIT: Duration = Duration::from_secs(5);

#[test]
fn a_stopped_session_holds_nobody_up() {
    let stage = Stage::new();
    let mut terminal = stage.open();
    terminal.press("g c").wait_for("[Customers]");
    terminal.signal(Signal::STOP);
    for note in ["first", "second", "third"] {
        stage.verb(&["note", "10054", note]);
    }
    assert_eq!(stage.verb(&["check"]), "");
    terminal.signal(Signal::CONT);
    terminal.press("g l").wait_for("> Log").wait_for("Note: Grünmoos");
    terminal.press(":q Enter");
    terminal.wait_exit();
}

/// An import by Anna, stopped while it holds the book.
struct Stopped(Child);

impl Stopped {
    fn import(stage: &Stage, folder: &Path) -> Stopped {
        let rows: String = (1..20_000).map(|n| format!("BIG-{n},10054,2026-03-02,2026-04-02,100.00\n")).collect();
        let file = folder.join("big.csv");
        std::fs::write(&file, format!("number,customer,document_date,due_date,amount\n{rows}")).expect("a file");
        let mut command = Command::new(PROGRAM);
        command.args(["--today", TODAY, "--as", "anna", "--book"]).arg(stage.book());
        command.args(["import", "invoices", "--currency", "EUR"]).arg(&file);
        let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program starts");
        let stopped = Stopped(child);
        let deadline = Instant::now() + Duration::from_secs(60);
        while !stopped.holds() {
            assert!(Instant::now() < deadline, "the import never wrote");
            std::thread::sleep(Duration::from_millis(2));
        }
        stopped.send(Signal::STOP);
        assert!(stopped.holds(), "the import was faster than the signal");
        stopped
    }

    /// Whether the kernel says that the process holds the lock of writers.
    fn holds(&self) -> bool {
        let locks = std::fs::read_to_string("/proc/locks").expect("the kernel's list of locks");
        let process = format!(" {} ", self.0.id());
        locks.lines().any(|line| line.contains(" WRITE") && line.contains(&process) && line.ends_with(" 120 120"))
    }

    fn send(&self, signal: Signal) {
        let process = rustix::process::Pid::from_raw(self.0.id().cast_signed()).expect("a process");
        rustix::process::kill_process(process, signal).expect("a signal");
    }
}

impl Drop for Stopped {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn a_process_stopped_while_it_writes_is_waited_for_and_named() {
    let stage = Stage::new();
    let folder = tempfile::tempdir().expect("a folder");
    let mut terminal = ready(stage.launch().args(["--as", "ben"]).start());
    let mut import = Stopped::import(&stage, folder.path());
    let who = format!("Anna Berg (process {}, o2c import), which was stopped", import.0.id());

    let began = Instant::now();
    let mut note = Command::new(PROGRAM);
    note.args(["--today", TODAY, "--as", "ben", "--book"]).arg(stage.book()).args([
        "note",
        "10054",
        "called the site office",
    ]);
    let refused = note.output().expect("the program starts");
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert_eq!(refused.status.code(), Some(1), "{said}");
    assert!(said.starts_with(&format!("o2c: [DB-01] Another posting is in progress: {who}")), "{said}");
    assert!(began.elapsed() >= LOCK_WAIT, "refused after {:?}", began.elapsed());

    // Reading goes on, on the screen and by verb; what is typed is kept, and goes through once the book is free.
    assert!(stage.verb(&["customers", "--limit", "1"]).contains("10"));
    terminal.press("n").wait_for("Note").type_text("half a thought").press("Enter").wait_for("DB-01");
    terminal.press("Esc").wait_quiet().press("g c").wait_for("[Customers]");
    import.send(Signal::CONT);
    assert!(import.0.wait().expect("it ends").success());
    stage.verb(&["note", "10054", "called the site office"]);
    terminal.press("g t").wait_for("[Today]").press("n").wait_for("continuing the draft").press("Enter");
    terminal.wait_for("u undoes");
    assert_eq!(stage.verb(&["check"]), "");
}
