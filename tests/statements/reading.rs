//! The process that reads a file: its answer, its limits, and that whatever becomes of it is one sentence and nothing in
//! the book.

use std::io::Write;
use std::process::{Command, Stdio};

use super::rig::Rig;

/// A statement of `count` movements.
pub fn long(count: u32) -> String {
    let mut text = String::from(":20:S\n:25:DE89370400440532013000\n:28C:7/1\n:60F:C260301EUR0,00\n");
    for n in 0..count {
        text += &format!(":61:2603020302C1,00NTRFR{n}//B{n}\n:86:Invoice INV-{n}\n");
    }
    text + &format!(":62F:C260302EUR{count},00\n-\n")
}

/// A book with the account of [`long`].
pub fn book() -> Rig {
    let rig = Rig::new("EUR");
    rig.run(&["bank", "add", "Main", "--account", "DE89 3704 0044 0532 0130 00", "--currency", "EUR"]).done();
    rig
}

#[track_caller]
fn nothing_in(rig: &Rig) {
    assert_eq!(rig.run(&["bank", "entries", "--json"]).done(), "{\"total\":0,\"rows\":[]}\n");
    assert_eq!(rig.run(&["bank", "statements", "--csv"]).done().lines().count(), 1);
}

#[test]
fn a_reader_that_needs_more_than_it_may_is_stopped() {
    let rig = book();
    rig.file("long.sta", long(20_000));
    let limited = |option: &str, most: &str| rig.run(&["import", "statement", "long.sta", option, most]);
    limited("--reader-memory", "24").refused(1, &["[IMP-15]", "more than 24 MB", "nothing was imported"]);
    limited("--reader-memory", "1").refused(1, &["[IMP-15]", "more than 1 MB", "nothing was imported"]);
    limited("--reader-seconds", "0").refused(1, &["[IMP-15]", "more than 0 s", "nothing was imported"]);
    nothing_in(&rig);
    // The usual limits are no obstacle, and cannot be raised.
    assert!(limited("--reader-memory", "999999999").done().contains("20000 taken"));
}

/// Runs the reader by itself.
fn reader(limits: [&str; 2], input: &[u8]) -> (Option<i32>, Vec<u8>) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_o2c"));
    command.arg("__read-bank").args(limits);
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("the reader starts");
    // It may end before it has taken everything.
    let _ = child.stdin.take().expect("a pipe").write_all(input);
    let output = child.wait_with_output().expect("an end");
    (output.status.code(), output.stdout)
}

#[test]
fn a_reader_that_is_asked_nonsense_answers_nothing() {
    for input in [&b""[..], b"\0\0\0\x02{}", b"\xff\xff\xff\xff", b"GET / HTTP/1.0\r\n\r\n"] {
        let (code, answer) = reader(["256", "5"], input);
        assert_eq!((code, answer.len()), (Some(3), 0), "{input:?}");
    }
    assert_eq!(reader(["many", "5"], b"").0, Some(2));
}

#[test]
fn a_refusal_of_the_reader_names_file_and_place() {
    let rig = book();
    rig.file("cut.sta", ":20:S\n:25:DE89370400440532013000\n:28C:7/1\n:60F:C260301EUR0,00\n:61:260302");
    rig.run(&["import", "statement", "cut.sta"]).refused(1, &["[IMP-12] cut.sta: Line 5"]);
    rig.file("picture.png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR");
    rig.run(&["import", "statement", "picture.png"]).refused(1, &["[IMP-11] picture.png:"]);
    rig.run(&["import", "statement", "none.sta"]).refused(3, &["[FIL-05]", "none.sta"]);
    rig.file("empty.sta", "");
    rig.run(&["import", "statement", "empty.sta"]).refused(1, &["[FIL-01]", "empty"]);
    nothing_in(&rig);
}
