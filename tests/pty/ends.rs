//! Every way out gives the terminal back, and nothing is started where there is no terminal.

use std::io::Read;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use portable_pty::{CommandBuilder, PtySize, native_pty_system};

use crate::rigs::pty::Signal;
use crate::stage::{PROGRAM, Stage, TODAY, ready, restored};

#[test]
fn leaving_gives_the_terminal_back() {
    let stage = Stage::new();
    for keys in ["q q", ":q Enter", "C-c C-c"] {
        let mut terminal = stage.open();
        assert!(terminal.screen().alternate_screen(), "{keys}");
        terminal.press(keys);
        let status = terminal.wait_exit();
        assert!(status.success(), "{keys}: {status:?}");
        restored(&terminal);
    }
}

#[test]
fn one_q_asks_and_stays() {
    let stage = Stage::new();
    let mut terminal = stage.open();
    terminal.press("q").wait_for("q again quits").press("j");
    assert!(terminal.wait_quiet().running());
}

#[test]
fn a_signal_ends_it_and_keeps_the_draft() {
    for signal in [Signal::TERM, Signal::HUP] {
        let stage = Stage::new();
        let mut terminal = stage.open();
        terminal.press("n").wait_for("Note").type_text("half a thought").wait_for("half a thought");
        let asked = Instant::now();
        terminal.signal(signal);
        terminal.wait_exit();
        assert!(asked.elapsed() < Duration::from_secs(2), "{signal:?} took {:?}", asked.elapsed());
        restored(&terminal);
        let mut again = ready(stage.launch().start());
        again.press("n").wait_for("half a thought");
    }
}

#[test]
fn a_fault_gives_the_terminal_back_and_its_report_holds_nothing_of_the_book() {
    // What the fault says holds what a customer is called, as the message of a cut text would.
    let named = "Grün & Söhne 12,500.00";
    for key in ["F12", "F11"] {
        let stage = Stage::new();
        let home = tempfile::tempdir().expect("a home");
        let mut terminal = ready(stage.launch().home(home.path()).env("O2C_FAULT", named).start());
        assert!(!terminal.cooked(), "{key}: it was never taken");
        terminal.press("n").wait_for("Note").press("Esc").wait_gone("Note").press(key);
        assert_eq!(terminal.wait_exit().exit_code(), 101, "{key}: {}", terminal.text());
        restored(&terminal);
        assert!(terminal.cooked(), "{key}: what is typed is not seen");
        let text = terminal.text();
        for said in ["o2c stopped because of a fault in the program", "A report is in", "send it with what you were"] {
            assert!(text.contains(said), "{key}, {said}: {text}");
        }
        let folder = home.path().join("data/o2c");
        let reports: Vec<_> = std::fs::read_dir(&folder).expect("a folder of reports").flatten().collect();
        assert_eq!(reports.len(), 1, "{key}: {reports:?}");
        let name = reports[0].file_name().to_string_lossy().into_owned();
        assert!(text.replace(['\n', '\r'], "").contains(&name), "{key}: {name} is not named: {text}");
        let report = std::fs::read_to_string(reports[0].path()).expect("a report");
        assert!(report.contains("panicked at src/tui/term/"), "{key}: {report}");
        assert!(
            report.contains("asked for") && !report.contains("Grün") && !report.contains("12,500"),
            "{key}: {report}"
        );
        // The book is whole, and the next session finds it as it was.
        assert_eq!(stage.verb(&["check", "--quick"]), "");
        ready(stage.launch().start());
    }
}

#[test]
fn a_lost_line_ends_it_without_spinning() {
    let stage = Stage::new();
    let size = PtySize { rows: 24, cols: 80, ..PtySize::default() };
    let pair = native_pty_system().openpty(size).expect("a pseudo-terminal");
    let mut command = CommandBuilder::new(PROGRAM);
    command.args(["--today", TODAY, "--book"]);
    command.arg(stage.book());
    command.env("TERM", "xterm-256color");
    let mut child = pair.slave.spawn_command(command).expect("the program starts");
    drop(pair.slave);
    let mut reader = pair.master.try_clone_reader().expect("it can be read");
    let (mut seen, mut buffer) = (Vec::new(), [0; 4096]);
    while !String::from_utf8_lossy(&seen).contains("Today") {
        let read = reader.read(&mut buffer).expect("the program draws");
        seen.extend_from_slice(&buffer[..read]);
    }
    // Nobody holds the other end any more.
    drop((reader, pair.master));
    let deadline = Instant::now() + Duration::from_secs(3);
    while child.try_wait().expect("it can be waited for").is_none() {
        if Instant::now() >= deadline {
            let _ = child.kill();
            panic!("the program lives on without a terminal");
        }
        std::thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn without_a_terminal_it_says_what_to_do_instead() {
    let stage = Stage::new();
    let mut command = Command::new(PROGRAM);
    command.args(["--book"]).arg(stage.book()).stdin(Stdio::null());
    let said = command.output().expect("the program starts");
    let sentence = String::from_utf8_lossy(&said.stderr).into_owned();
    assert_eq!(said.status.code(), Some(2), "{sentence}");
    assert!(sentence.contains("[TTY-01]") && sentence.contains("o2c aging --json"), "{sentence}");
    assert!(said.stdout.is_empty() && !sentence.contains('\x1b'), "{sentence}");
}

#[test]
fn a_dumb_terminal_is_refused_in_a_sentence() {
    let stage = Stage::new();
    let mut terminal = stage.launch().env("TERM", "dumb").start();
    assert_eq!(terminal.wait_exit().exit_code(), 2);
    assert!(terminal.text().contains("[TTY-01] TERM names no terminal"), "{}", terminal.text());
    assert!(!terminal.raw().contains(&0x1b), "control codes were sent");
}

#[test]
fn reading_only_refuses_every_change_and_writes_nothing() {
    let stage = Stage::new();
    let before = std::fs::read(stage.book()).expect("the book");
    let mut terminal = ready(stage.launch().args(["--read-only"]).start());
    assert!(terminal.line(0).contains("READ-ONLY"), "{}", terminal.text());
    for key in ["n", "c", "P", "x", "u"] {
        terminal.press(key).wait_for("open for reading only").press("Esc").wait_gone("open for reading only");
    }
    terminal.press("g c").wait_for("[Customers]").press("q q q");
    terminal.wait_exit();
    restored(&terminal);
    assert!(std::fs::read(stage.book()).expect("the book") == before, "the book's file changed");
}

#[test]
fn a_viewer_is_told_which_right_is_missing() {
    let stage = Stage::new();
    stage.verb(&["user", "add", "vera", "--name", "Vera Holt", "--role", "viewer"]);
    let mut terminal = ready(stage.launch().args(["--as", "vera"]).start());
    terminal.press("c").wait_for("needs the right to log calls");
    terminal.press("Esc").wait_quiet().press("W").wait_for("needs the right to write items off");
    terminal
        .press("Esc")
        .wait_quiet()
        .press("?")
        .type_text("promise")
        .wait_for("not now: needs the right to log calls");
}
