//! `o2c check` by its exit codes: silent and 0, findings and 1, not checked and 2; what it finds of money stops the book
//! until somebody who closes months acknowledges it, and a deep check makes a book of the newest copy.

use super::rig::{Rig, Said};

/// A book with an invoice and two people: Mara collects, Ben closes months.
fn company() -> Rig {
    let rig = Rig::new("EUR");
    rig.run(&["customer", "set", "C1", "--name", "Nordwind", "--currency", "EUR"]).done();
    rig.run(&["user", "add", "mara", "--name", "Mara Lind", "--role", "collector"]).done();
    rig.run(&["user", "add", "ben", "--name", "Ben Okafor", "--role", "closer"]).done();
    rig.run(&["post", "invoice", "INV-1", "--customer", "C1", "--amount", "300.00", "--date", "2026-02-10"]).done();
    rig
}

/// Changes the book behind the program's back.
fn alter(rig: &Rig, sql: &str) {
    let raw = rusqlite::Connection::open(rig.path("book.db")).expect("it opens");
    raw.execute_batch(sql).unwrap_or_else(|error| panic!("{sql}: {error}"));
}

fn note(rig: &Rig) -> Said {
    rig.run(&["note", "C1", "called"])
}

#[test]
fn what_cannot_be_checked_is_told_apart_from_what_is_not_sound() {
    let rig = company();
    for level in [&["check"][..], &["check", "--quick"]] {
        let said = rig.run(level);
        assert_eq!((said.code, said.out.as_str(), said.err.as_str()), (0, "", ""), "{level:?}");
    }
    rig.run_on("none.db", &["check"]).refused(2, &["[DB-05]"]);
    rig.file("text.db", "not a book");
    rig.run_on("text.db", &["check"]).refused(2, &["[DB-06]"]);
    rig.run(&["check", "--backups", "nowhere"]).refused(2, &["[FIL-01]"]);
    assert_eq!(rig.run(&["check", "--deep"]).code, 2, "it has to be said where the copies are");
    alter(&rig, "UPDATE standing SET debits = debits + 1");
    let said = rig.run(&["check", "--quick", "--json"]);
    assert!(said.code == 1 && said.out.starts_with("{\"findings\":[{\"about\":"), "{said:?}");
    let said = rig.run(&["check"]);
    let line = said.out.lines().next().unwrap_or_default();
    assert!(line.starts_with("M7 standing of customer 1 EUR, debits: 30001; must be 30000 -> "), "{said:?}");
}

#[test]
fn what_is_not_sound_stops_the_book_until_it_is_acknowledged() {
    let rig = company();
    rig.run(&["check", "--acknowledge", "nothing"]).refused(1, &["[CHK-02]"]);
    note(&rig).done();
    alter(&rig, "UPDATE standing SET debits = debits + 1");
    note(&rig).done();
    let said = rig.run(&["--read-only", "check", "--quick"]);
    assert!(said.code == 1 && said.err.is_empty(), "who may only read stops nothing: {said:?}");
    note(&rig).done();
    let said = rig.run(&["check", "--quick"]);
    assert!(said.code == 1 && said.err.contains("Posting is stopped"), "{said:?}");
    note(&rig).refused(1, &["[CHK-01]", "M8 control account EUR and 1 more", "--acknowledge"]);
    let read = rig.run(&["aging"]);
    assert!(read.code == 0 && read.err.contains("[CHK-01]"), "{read:?}");
    rig.run(&["--as", "mara", "check", "--acknowledge", "mine"]).refused(1, &["[AUT-02]", "close months"]);
    rig.run(&["check", "--acknowledge", " "]).refused(1, &["[TXT-05]"]);
    let done = rig.run(&["--as", "ben", "check", "--acknowledge", "counted by hand"]).done();
    assert!(
        done.starts_with("Acknowledged what the check found (M8 control account EUR and 1 more")
            && done.contains("counted by hand")
    );
    note(&rig).done();
    let log = rig.run(&["audit", "log", "--kind", "acknowledge check", "--csv"]).done();
    assert!(log.contains(",ben,") && log.contains("counted by hand"), "{log}");
    // The same again stops nothing; anything else does.
    assert_eq!(rig.run(&["check"]).code, 1);
    note(&rig).done();
    alter(&rig, "UPDATE standing SET debits = debits + 1");
    assert_eq!(rig.run(&["check"]).code, 1);
    note(&rig).refused(1, &["[CHK-01]"]);
    alter(&rig, "UPDATE standing SET debits = debits - 2");
    rig.run(&["--as", "ben", "check", "--acknowledge", "put right"]).done();
    assert_eq!(rig.run(&["check"]).done(), "");
}

#[test]
fn a_deep_check_makes_a_book_of_the_newest_copy() {
    let rig = company();
    rig.run(&["backup", "copies.db"]).done();
    let deep = ["check", "--deep", "--backups", "."];
    assert_eq!(rig.run(&deep).done(), "");
    assert!(rig.files().iter().all(|name| !name.contains("deep-check")), "{:?}", rig.files());
    // A copy that agrees with its manifest and is not sound: what was copied was not, and nobody looked.
    let raw = rusqlite::Connection::open(rig.path("copies.db")).expect("it opens");
    raw.execute_batch("UPDATE standing SET debits = debits + 1").expect("changed");
    drop(raw);
    let sum = sha256(&std::fs::read(rig.path("copies.db")).expect("read"));
    let mut manifest: serde_json::Value = serde_json::from_str(&rig.read("copies.db.manifest")).expect("a manifest");
    manifest["sha256"] = sum.into();
    rig.file("copies.db.manifest", manifest.to_string());
    let said = rig.run(&deep);
    assert!(said.code == 1 && said.out.contains("O5 ./copies.db: makes a book with "), "{said:?}");
    note(&rig).done();
}

fn sha256(bytes: &[u8]) -> String {
    use sha2::Digest;
    sha2::Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn a_seal_that_is_late_is_told_and_stops_nothing() {
    let rig = company();
    std::fs::create_dir(rig.path("seals")).expect("a folder");
    rig.run(&["audit", "keygen", "seal.key"]).done();
    rig.run(&["audit", "seal", "--key", "seal.key", "--out", "seals"]).done();
    let said = rig.run(&["check", "--anchors", "seals", "--anchor-hours", "0", "--json"]);
    let told: serde_json::Value = serde_json::from_str(&said.out).expect("an object");
    assert_eq!((said.code, &told["findings"][0]["rule"]), (1, &"A7".into()), "{said:?}");
    note(&rig).done();
}
