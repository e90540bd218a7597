//! Who was signed in: a session begins behind the first frame and ends with how it was left, one that was cut off is
//! told of at the next start, a screen left alone is covered, and a session that may only read opens nothing to write.

use std::process::Command;

use crate::rigs::pty::{Launch, Signal, Terminal};
use crate::stage::{PROGRAM, Stage, TODAY, ready};

/// Sessions of the workstation, newest first.
fn sessions(stage: &Stage) -> Vec<serde_json::Value> {
    let said = stage.verb(&["sessions", "--json", "--limit", "5"]);
    let answer: serde_json::Value = serde_json::from_str(&said).expect("JSON");
    let rows = answer["rows"].as_array().cloned().expect("rows");
    rows.into_iter().filter(|row| row["source"] == "tui").collect()
}

/// Waits until the sign-in of a running session is in the book.
fn signed_in(stage: &Stage, terminal: &mut Terminal, count: usize) {
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(10);
    while sessions(stage).len() < count {
        assert!(std::time::Instant::now() < deadline, "{}", terminal.text());
        terminal.wait_quiet();
    }
}

#[test]
fn a_session_is_in_the_book_and_out_of_the_way() {
    let stage = Stage::new();
    let mut terminal = stage.open();
    signed_in(&stage, &mut terminal, 1);
    assert_eq!(sessions(&stage)[0]["ended"], "open");
    // Neither redo (ACT-11) nor undo nor the log meets the sign-in.
    terminal.press("C-r").wait_for("There is nothing to redo");
    terminal.press("n").wait_for("Note").type_text("first").press("Enter").wait_for("u undoes");
    terminal.press("u").wait_for("Undid: Note").press("C-r").wait_for("Redid: Note");
    terminal.press("g l").wait_for("> Log").wait_for("Redid: Note");
    assert!(!terminal.text().contains("signed in"), "{}", terminal.text());
    terminal.press("/").wait_quiet().type_text("reason:sign").press("Enter").wait_for("signed in");
    terminal.press(":q Enter");
    terminal.wait_exit();
    let row = &sessions(&stage)[0];
    assert_eq!((&row["ended"], &row["login"], &row["identity"]), (&"left".into(), &"anna".into(), &"demo".into()));
    assert_eq!(row["acts"], 3, "{row}");
    let log = stage.verb(&["log", "--limit", "4", "--csv"]);
    assert!(log.contains("Redid: Note") && !log.contains("sign"), "{log}");
    for kind in ["reason:\"sign in\"", "reason:\"sign out\""] {
        assert_eq!(stage.verb(&["log", "--where", kind, "--csv"]).lines().count(), 2, "{kind}");
    }
    assert_eq!(stage.verb(&["check"]), "");
}

#[test]
fn the_next_session_says_what_became_of_one_that_was_cut_off() {
    let stage = Stage::new();
    let mut terminal = stage.open();
    signed_in(&stage, &mut terminal, 1);
    terminal.press("n").wait_for("Note").type_text("half a thought").wait_for("half a thought");
    terminal.signal(Signal::TERM);
    terminal.wait_exit();
    assert_eq!(sessions(&stage)[0]["ended"], "cut off");
    let mut again = stage.open();
    again.wait_for("[SES-01] Your last session was cut off at").wait_for("its draft is kept");
    again.press("Esc").wait_gone("SES-01").press("n").wait_for("half a thought");
    again.press("Enter").wait_for("u undoes").press("q q");
    again.wait_exit();
    let mut third = stage.open();
    signed_in(&stage, &mut third, 3);
    assert!(!third.wait_quiet().text().contains("SES-01"), "{}", third.text());
}

#[test]
fn a_screen_left_alone_is_covered_and_opens_as_it_was() {
    let stage = Stage::new();
    let mut terminal = stage.launch().args(["--idle-lock", "1s"]).start();
    terminal.wait_for("[SES-03] Locked").wait_for("Enter goes on");
    assert!(!terminal.text().contains("overdue") && !terminal.text().contains("[Today]"), "{}", terminal.text());
    terminal.press("j q x").wait_for("[SES-03]");
    terminal.press("Enter").wait_for("[Today]").press("q q");
    assert!(terminal.wait_exit().success());
    assert_eq!(sessions(&stage)[0]["ended"], "left");
}

#[test]
fn a_session_that_may_only_read_opens_nothing_to_write() {
    let stage = Stage::new();
    // The write-ahead files are there from now on.
    stage.verb(&["note", "10054", "before"]);
    let files = ["demo.db", "demo.db-wal"].map(|name| stage.book().with_file_name(name));
    let bytes = || files.clone().map(|file| std::fs::read(file).expect("a file of the book"));
    let before = bytes();
    let mut terminal = ready(stage.launch().args(["--read-only"]).start());
    for place in ["g c", "g a", "g d", "g l", "g t"] {
        terminal.press(place).wait_quiet();
    }
    assert_eq!(open_books(&terminal), 1, "one connection, for questions");
    terminal.press(":q Enter");
    terminal.wait_exit();
    for verb in ["aging", "worklist", "customers", "items", "log", "sessions", "kpi", "check"] {
        stage.verb(&["--read-only", verb]);
    }
    assert!(bytes() == before, "the book's files changed");
    // Without --read-only the same count sees the second connection.
    let mut terminal = stage.open();
    signed_in(&stage, &mut terminal, 1);
    assert_eq!(open_books(&terminal), 2);
}

/// How often the program has the book's file open.
fn open_books(terminal: &Terminal) -> usize {
    let id = terminal.process_id().expect("a running program");
    let open = std::fs::read_dir(format!("/proc/{id}/fd")).expect("its files").flatten();
    open.filter(|file| std::fs::read_link(file.path()).is_ok_and(|path| path.ends_with("demo.db"))).count()
}

#[test]
fn a_folder_that_cannot_be_written_can_be_read() {
    if !rustix::process::geteuid().is_root() || !std::path::Path::new("/usr/bin/setpriv").exists() {
        println!("skipped: reading as another account needs root and setpriv");
        return;
    }
    let stage = Stage::new();
    stage.verb(&["note", "10054", "before"]);
    let folder = stage.book().parent().expect("a folder").to_path_buf();
    let program = folder.join("o2c");
    std::fs::copy(PROGRAM, &program).expect("a copy of the program");
    let opened = Command::new("chmod").args(["-R", "go+rX"]).arg(&folder).status().expect("chmod");
    assert!(opened.success());
    let other = ["--reuid", "65534", "--regid", "65534", "--clear-groups", "--"];
    let args = |more: &[&str]| {
        let mut all: Vec<String> = other.iter().map(|word| (*word).to_owned()).collect();
        all.push(program.display().to_string());
        all.extend(["--today", TODAY, "--as", "anna", "--book"].map(str::to_owned));
        all.push(stage.book().display().to_string());
        all.extend(more.iter().map(|word| (*word).to_owned()));
        all
    };
    for more in [&["--read-only"][..], &[]] {
        let mut terminal = ready(Launch::new("/usr/bin/setpriv").args(args(more)).start());
        terminal.press("g c").wait_for("[Customers]").press("g l").wait_for("Note: Gr");
        if more.is_empty() {
            // The header says so from the first, and a key that would change something says why it does not.
            assert!(terminal.line(0).contains("READ-ONLY"), "{}", terminal.text());
            terminal.press("g t").wait_for("[Today]").press("n").wait_for("[DB-03] The book may only be read");
            terminal.press("Esc").wait_gone("[DB-03]");
        }
        terminal.press(":q Enter");
        assert!(terminal.wait_exit().success(), "{}", terminal.text());
    }
    for verb in ["aging", "worklist", "log"] {
        let said = Command::new("/usr/bin/setpriv").args(args(&["--read-only", verb])).output().expect("it starts");
        assert!(said.status.success(), "{verb}: {said:?}");
    }
    assert!(sessions(&stage).is_empty());
    // What could only be read is made writable under an open session: it goes on, and is in the log from now on.
    let mut terminal = ready(Launch::new("/usr/bin/setpriv").args(args(&[])).start());
    terminal.wait_for("READ-ONLY").press("Esc").wait_gone("[DB-03]");
    let given = Command::new("chown").args(["-R", "65534:65534"]).arg(&folder).status().expect("chown");
    assert!(given.success());
    terminal.wait_for("the book can be written again").wait_gone("READ-ONLY");
    terminal.press("g t").wait_for("[Today]").press("n").wait_for("Note").type_text("x").press("Enter");
    terminal.wait_for("u undoes").press(":q Enter");
    assert!(terminal.wait_exit().success(), "{}", terminal.text());
    let kept = Command::new("chown").args(["-R", "0:0"]).arg(&folder).status().expect("chown");
    assert!(kept.success());
    let all = sessions(&stage);
    assert!(all.len() == 1 && all[0]["ended"] == "left" && all[0]["acts"] == 1, "{all:?}");
}

/// A session that was killed writes no end; its process is looked for.
#[test]
fn a_session_whose_process_is_gone_is_not_open() {
    let stage = Stage::new();
    let mut terminal = stage.open();
    signed_in(&stage, &mut terminal, 1);
    let id = terminal.process_id().expect("a running program");
    let open = sessions(&stage);
    assert_eq!((&open[0]["ended"], &open[0]["process"]), (&"open".into(), &id.to_string().into()), "{open:?}");
    let killed = Command::new("kill").args(["-9", &id.to_string()]).status().expect("kill");
    assert!(killed.success());
    terminal.wait_exit();
    assert_eq!(sessions(&stage)[0]["ended"], "gone");
    let none = stage.verb(&["sessions", "--where", "state:open", "--json"]);
    assert!(!none.contains("\"open\""), "{none}");
}

#[test]
fn where_nobody_is_checked_the_header_says_so_in_the_room_there_is() {
    let folder = tempfile::tempdir().expect("a folder");
    let book = folder.path().join("books.db");
    let init = ["init", "--company", "Nordwind GmbH", "--currency", "EUR"];
    let made =
        Command::new(PROGRAM).args(["--as", "tess", "--book"]).arg(&book).args(init).output().expect("it starts");
    assert!(made.status.success(), "{made:?}");
    let start = |login: &str| {
        let place = book.display().to_string();
        Launch::new(PROGRAM).args(["--today", TODAY, "--as", login, "--book"]).args([place]).start()
    };
    let mut terminal = start("tess");
    terminal.wait_for("trust mode: nobody checks who you are").wait_for("TRUST");
    let header = terminal.line(0);
    assert!(header.contains("[Today]") && header.contains("TRUST  EUR"), "{header}");
    terminal.press("q q");
    terminal.wait_exit();
    let mut stranger = start("nobody");
    assert!(!stranger.wait_exit().success());
    let shown = stranger.text();
    assert!(shown.contains("[SES-04] \"nobody\" is not set up"), "{shown}");
    let log = ["log", "--where", "reason:denied", "--csv"];
    let noted =
        Command::new(PROGRAM).args(["--as", "tess", "--book"]).arg(&book).args(log).output().expect("it starts");
    let noted = String::from_utf8_lossy(&noted.stdout).into_owned();
    assert!(noted.contains("Refused nobody: sign in (SES-04)"), "{noted}");
}
