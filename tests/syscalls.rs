//! The real binary with a system call of its failing or killing it: `strace` injects one fault at every call of every
//! kind the act makes. Afterwards the book is sound, what was acknowledged is there, what was said not to be posted is
//! not, and asking again makes it exactly once. Skipped by name where there is no strace; `O2C_LONG` tries all of it.

mod rigs;

use o2c::acts::ActKey;
use o2c::store::open::{self, Access};
use o2c::store::{BookPath, check};
use std::path::Path;
use std::process::{Command, Output};

const PROGRAM: &str = env!("CARGO_BIN_EXE_o2c");

/// Which calls fail, and how.
const FAULTS: [(&str, &str); 14] = [
    ("pwrite64", "signal=KILL"),
    ("pwrite64", "error=EIO"),
    ("pwrite64", "error=ENOSPC"),
    ("pwrite64", "error=EDQUOT"),
    ("fsync,fdatasync", "signal=KILL"),
    ("fsync,fdatasync", "error=EIO"),
    ("fsync,fdatasync", "error=ENOSPC"),
    ("openat", "error=EMFILE"),
    ("openat", "error=EROFS"),
    ("ftruncate", "error=EIO"),
    ("fcntl", "error=ENOLCK"),
    ("fcntl", "error=EINTR"),
    ("mmap", "error=ENOMEM"),
    ("pread64", "error=EIO"),
];

const KEY: &str = "the call of Monday";

fn act(book: &Path) -> Command {
    let mut command = Command::new(PROGRAM);
    command.env("USER", "tess").env_remove("O2C_BOOK").arg("--book").arg(book);
    command.args(["--today", "2026-03-31", "note", "C1", "pays on the 15th", "--act-key", KEY]);
    command
}

/// The act under strace with one fault; gives what it said and whether the fault struck.
fn disturbed(book: &Path, calls: &str, fault: &str, at: u32) -> (Output, bool) {
    let log = book.with_extension("strace");
    let plain = act(book);
    let mut command = Command::new("strace");
    command.args(["-f", "-qq", "-o"]).arg(&log).args(["-e", &format!("trace={calls}")]);
    command.args(["-e", &format!("inject={calls}:{fault}:when={at}")]).arg(plain.get_program()).args(plain.get_args());
    command.env("USER", "tess").env_remove("O2C_BOOK");
    let output = command.output().expect("strace starts");
    let log = std::fs::read_to_string(&log).unwrap_or_default();
    (output, log.contains("(INJECTED)") || log.contains("killed by SIGKILL"))
}

fn prepared(folder: &Path) -> std::path::PathBuf {
    let book = folder.join("whole.db");
    let rows = folder.join("rows.csv");
    std::fs::write(
        &rows,
        "number,customer,document_date,due_date,amount,currency\n1,C1,2026-01-05,2026-02-05,10.00,EUR\n",
    )
    .expect("a file");
    for args in [
        vec!["init", "--company", "Nord", "--currency", "EUR"],
        vec!["import", "invoices", rows.to_str().expect("UTF-8")],
    ] {
        let mut command = Command::new(PROGRAM);
        command.env("USER", "tess").env_remove("O2C_BOOK").arg("--book").arg(&book).args(["--today", "2026-03-31"]);
        assert!(command.args(args).output().expect("it starts").status.success());
    }
    book
}

/// How often the act is in the book, if the book is sound.
fn examined(book: &Path) -> Result<u64, String> {
    let conn = open::open(&BookPath::new(book), Access::Read).map_err(|error| error.to_string())?;
    let found = check::full(&conn).map_err(|error| error.to_string())?;
    if let Some(first) = found.first() {
        return Err(first.to_string());
    }
    let key = ActKey::named(KEY);
    conn.query_row("SELECT count(*) FROM act WHERE key = $1", [&key.0[..]], |row| row.get::<_, i64>(0))
        .map(i64::unsigned_abs)
        .map_err(|error| error.to_string())
}

fn verdict(book: &Path, output: &Output) -> Result<(), String> {
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    // Before `main` there is only the language's own start, which gives up in its own words.
    if said.contains("panicked") && !said.contains("failed to allocate an alternative stack") {
        return Err(format!("panicked: {said}"));
    }
    let there = examined(book)?;
    match (output.status.code(), there) {
        (Some(0), 1) | (None, 0 | 1) => {}
        (Some(_), 0) => {}
        (Some(_), 1) if !said.contains("Nothing was") => {}
        (code, there) => return Err(format!("is there {there} times, exit {code:?}, said {said}")),
    }
    // Before the book is opened the loader and the reading of arguments may fail in their own words.
    let own = said.is_empty()
        || said.lines().any(|line| line.starts_with("o2c: ["))
        || said.contains("shared librar")
        || said.contains("alternative stack");
    if output.status.code().is_some_and(|code| code != 0) && !own {
        return Err(format!("says {said}"));
    }
    let again = act(book).output().expect("it starts");
    if !again.status.success() || examined(book)? != 1 {
        return Err(format!("cannot be done again: {}", String::from_utf8_lossy(&again.stderr)));
    }
    Ok(())
}

#[test]
fn any_system_call_may_fail() {
    let folder = tempfile::tempdir().expect("a folder");
    let whole = prepared(folder.path());
    let probe =
        Command::new("strace").args(["-qq", "-e", "trace=none", "-e", "inject=fsync:error=EIO", "true"]).output();
    if !probe.is_ok_and(|output| output.status.success()) {
        println!("skipped: any_system_call_may_fail, there is no strace that may trace here");
        return;
    }
    let bytes = std::fs::read(&whole).expect("the book");
    let long = std::env::var_os("O2C_LONG").is_some();
    let (mut struck, mut failed, mut found) = (0, 0, Vec::new());
    for (calls, fault) in FAULTS {
        // Every call of its kind in the long run; the first few and then sparsely otherwise.
        let mut at = 1;
        loop {
            let book = folder.path().join("books.db");
            for tail in ["", "-wal", "-shm"] {
                let _ = std::fs::remove_file(folder.path().join(format!("books.db{tail}")));
            }
            std::fs::write(&book, &bytes).expect("a copy");
            let (output, hit) = disturbed(&book, calls, fault, at);
            if !hit || at > 120 {
                break;
            }
            struck += 1;
            failed += u32::from(!output.status.success());
            if let Err(what) = verdict(&book, &output) {
                found.push(format!("{calls} {fault} at {at}: {what}"));
            }
            at += if long { 1 } else { 7 };
        }
    }
    println!("system calls: {struck} faults injected, {failed} runs failed or killed, findings {}", found.len());
    assert_eq!(found, Vec::<String>::new());
    assert!(struck > 30 && failed > 10, "hardly any fault struck: {struck}, {failed}");
}
