//! Copies of a book: one state of it however much is written meanwhile, refused when they are not what was written, and
//! a restored book that says what it was restored from.

use crate::rigs::book::BOOK;
use crate::rigs::fixture::{self, said};
use crate::rigs::procs::{REAL, Shift};
use crate::rigs::sweep::Workload;
use chrono::{DateTime, Utc};
use o2c::acts::upkeep::{self, Restored, Restoring};
use o2c::acts::{Actor, Failure, Mode, Stamp};
use o2c::formats::{
    self,
    note::{Head, SealKey},
};
use o2c::store::manifest::{Manifest, beside};
use o2c::store::open::{self, Access};
use o2c::store::{BookPath, Connection, audit, backup, check};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

fn stamp() -> Stamp {
    let now = DateTime::parse_from_rfc3339("2026-12-01T09:00:00Z").expect("an instant").with_timezone(&Utc);
    Stamp { now, today: now.date_naive() }
}

/// A folder with a book in use and a copy of it.
struct Rig {
    folder: tempfile::TempDir,
    book: Connection,
}

impl Rig {
    fn new() -> Rig {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("books.db");
        let path = path.to_str().expect("UTF-8");
        BOOK.create(path, REAL).expect("a book");
        let mut book = BOOK.open(path, REAL).expect("it opens");
        for act in BOOK.acts() {
            BOOK.run(&mut book, &act).expect("an act");
        }
        Rig { folder, book }
    }

    fn at(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn copy(&self, name: &str) -> Manifest {
        let made = backup::copy(&BookPath::new(self.at("books.db")), &self.at(name), stamp().now).expect("a copy");
        assert_eq!(made.found, []);
        made.manifest
    }

    fn restore(&self, from: &str) -> Result<Restored, Failure> {
        self.restore_with(from, None, &[], Mode::Post)
    }

    fn restore_with(
        &self,
        from: &str,
        of: Option<&BookPath>,
        anchors: &[Head],
        mode: Mode,
    ) -> Result<Restored, Failure> {
        let (from, to) = (self.at(from), self.at("restored.db"));
        upkeep::restore(&Restoring { from: &from, to: &to, of, anchors }, &Actor::new("anna", "cli"), stamp(), mode)
    }

    /// Must be refused with this code, and leave nothing behind.
    #[track_caller]
    fn refused(&self, from: &str, code: &str, words: &str) {
        let failure = self.restore(from).map(|_| ()).expect_err("it is refused");
        let text = failure.to_string();
        assert!(text.contains(&format!("[{code}]")) && text.contains(words), "{from}: {text}");
        self.nothing_restored();
    }

    #[track_caller]
    fn nothing_restored(&self) {
        let names: Vec<_> = std::fs::read_dir(self.folder.path()).expect("a folder").flatten().collect();
        let left = names.iter().any(|entry| entry.file_name().to_string_lossy().starts_with("restored"));
        assert!(!left, "something was left of it: {names:?}");
    }
}

fn raw(path: &Path) -> Connection {
    Connection::open(path).expect("it opens")
}

#[test]
fn a_copy_is_the_book_and_becomes_a_book_again() {
    let rig = Rig::new();
    let manifest = rig.copy("copy.db");
    assert_eq!(said(&raw(&rig.at("copy.db"))), said(&rig.book));
    assert_eq!((manifest.company.as_str(), manifest.currency.as_str()), ("Kontor Nord GmbH", "EUR"));
    let (acts, head) = audit::head(&rig.book).expect("a head");
    assert_eq!((manifest.acts, &manifest.head), (acts, &head));
    assert_eq!(Manifest::verified(&rig.at("copy.db")).expect("as written"), Some(manifest.clone()));
    for tail in ["-wal", "-shm", ".partial", "-journal"] {
        assert!(!rig.at(&format!("copy.db{tail}")).exists(), "a copy is one file and its manifest");
    }
    // A copy is read like a book, and is not worked in.
    let copy = BookPath::new(rig.at("copy.db"));
    assert_eq!(check::full(&open::open(&copy, Access::Read).expect("read")).expect("checked"), []);
    assert_eq!(open::open(&copy, Access::Write).map(drop).expect_err("not written").code, "BAK-04");
    let again = backup::copy(&BookPath::new(rig.at("books.db")), &rig.at("copy.db"), stamp().now);
    assert_eq!(again.map(drop).expect_err("not overwritten").code, "FIL-03");

    let made = rig.restore("copy.db").expect("a book");
    assert_eq!((made.acts, made.missing, made.from_format), (acts, 0, None));
    let restored = open::open(&BookPath::new(rig.at("restored.db")), Access::Write).expect("it opens");
    assert_eq!(check::full(&restored).expect("checked"), []);
    let last = &audit::log(&restored, &audit::Wanted::default(), 1).expect("a log")[0];
    assert_eq!((last.act, last.kind.as_str()), (acts + 1, "restore"));
    assert_eq!(last.summary, format!("Restored the book from copy.db, as of act {acts}"));
    let failure = rig.restore("copy.db").map(|_| ()).expect_err("nothing is overwritten");
    assert!(failure.to_string().contains("[FIL-03]"), "{failure}");
}

#[test]
fn a_drill_leaves_nothing() {
    let rig = Rig::new();
    rig.copy("copy.db");
    let made = rig.restore_with("copy.db", None, &[], Mode::DryRun).expect("a drill");
    assert_eq!(made.acts, audit::head(&rig.book).expect("a head").0);
    rig.nothing_restored();
}

#[test]
fn a_copy_is_one_state_of_the_book_while_others_write() {
    let rig = Rig::new();
    let (place, done) = (rig.at("books.db"), AtomicBool::new(false));
    let rounds = if std::env::var_os("O2C_LONG").is_some() { 20 } else { 4 };
    std::thread::scope(|scope| {
        let writers: Vec<_> = (0..2)
            .map(|worker| {
                let (place, done) = (place.clone(), &done);
                scope.spawn(move || {
                    let mut book = BOOK.open(place.to_str().expect("UTF-8"), REAL).expect("it opens");
                    // Bounded, so that a copy that fails does not leave them at it.
                    let on = |n: &u64| *n < 3_000 && !done.load(Ordering::Relaxed);
                    let acts = (0..).take_while(on).map(|n| BOOK.run(&mut book, &BOOK.act(worker, n)));
                    acts.map(|act| act.expect("an act goes on")).count()
                })
            })
            .collect();
        let mut acts = Vec::new();
        for round in 0..rounds {
            acts.push(rig.copy(&format!("copy-{round}.db")).acts);
        }
        done.store(true, Ordering::Relaxed);
        let written: usize = writers.into_iter().map(|writer| writer.join().expect("a writer")).sum();
        assert!(acts.is_sorted() && acts[0] < acts[rounds - 1], "nobody wrote meanwhile: {acts:?}");
        println!("backup: copies {rounds} while {written} acts were written, unsound 0");
    });
    // The chain of a copy is the beginning of the book's.
    for round in 0..rounds {
        let manifest = Manifest::verified(&rig.at(&format!("copy-{round}.db"))).expect("sound").expect("there");
        let hash = audit::hash_of(&rig.book, manifest.acts).expect("asked").expect("an act");
        assert_eq!(o2c::store::schema::hex(&hash), manifest.head);
    }
}

#[test]
fn damaged_copies_are_refused_and_leave_nothing() {
    let rig = Rig::new();
    let manifest = rig.copy("copy.db");
    let whole = std::fs::read(rig.at("copy.db")).expect("a copy");
    let paper = std::fs::read(beside(&rig.at("copy.db"))).expect("a manifest");
    let put = |bytes: &[u8], paper: Option<&[u8]>| {
        std::fs::write(rig.at("bad.db"), bytes).expect("a file");
        let _ = std::fs::remove_file(beside(&rig.at("bad.db")));
        if let Some(paper) = paper {
            std::fs::write(beside(&rig.at("bad.db")), paper).expect("a file");
        }
    };
    let mut flipped = whole.clone();
    flipped[whole.len() / 2] ^= 4;
    put(&flipped, Some(&paper));
    rig.refused("bad.db", "BAK-02", "checksum");
    put(&whole[..whole.len() - 4096], Some(&paper));
    rig.refused("bad.db", "BAK-02", "bytes, its manifest says");
    put(&whole, Some(b"{}"));
    rig.refused("bad.db", "BAK-02", "manifest");
    put(&whole, Some(&paper[..paper.len() / 2]));
    rig.refused("bad.db", "BAK-02", "manifest");
    // Without a manifest the check alone must see it.
    put(&whole[..whole.len() / 2], None);
    rig.refused("bad.db", "BAK-02", "damaged");
    put(&whole[..100], None);
    rig.refused("bad.db", "BAK-02", "cannot be read");
    put(b"", None);
    rig.refused("bad.db", "DB-06", "not an o2c book");
    put(b"a note about the book", None);
    rig.refused("bad.db", "DB-06", "not an o2c book");

    let mut caught = 0;
    let pages = whole.len() / 4096;
    for page in 0..pages {
        let mut zeroed = whole.clone();
        zeroed[page * 4096..(page + 1) * 4096].fill(0);
        put(&zeroed, None);
        match rig.restore("bad.db") {
            Err(failure) => {
                assert!(["BAK-02", "DB-06"].iter().any(|code| failure.to_string().contains(code)), "{failure}")
            }
            Ok(_) => panic!("a copy without page {} was restored", page + 1),
        }
        rig.nothing_restored();
        caught += 1;
    }
    println!("restore: damaged copies {}, restored 0", caught + 8);
    assert_eq!(manifest.bytes, whole.len() as u64);
    // The negative control: the same file, put back, is taken.
    put(&whole, Some(&paper));
    assert!(rig.restore("bad.db").is_ok());
}

#[test]
fn foreign_older_and_newer_copies() {
    let rig = Rig::new();
    rig.copy("copy.db");
    let own = BookPath::new(rig.at("books.db"));
    let other = Rig::new();
    let refused = other.restore_with("books.db", Some(&own), &[], Mode::Post);
    // The same company opened twice by the same script has another first act only in its key; here even that is equal.
    assert!(refused.is_ok(), "the twin of a book is the same book: {refused:?}");

    fixture::format_1(&rig.at("older.db"));
    let failure = rig.restore_with("older.db", Some(&own), &[], Mode::Post).map(|_| ()).expect_err("other books");
    assert!(failure.to_string().contains("[BAK-03]"), "{failure}");
    assert!(failure.to_string().contains("Meridian Trading Ltd (demo), not Kontor Nord GmbH"), "{failure}");
    let made = rig.restore("older.db").expect("an older copy is brought up");
    assert_eq!((made.from_format, made.acts, made.manifest), (Some(1), fixture::ACTS_1, None));
    let restored = open::open(&BookPath::new(rig.at("restored.db")), Access::Write).expect("it opens");
    assert_eq!(check::full(&restored).expect("checked"), []);
    let kinds: Vec<String> =
        audit::log(&restored, &audit::Wanted::default(), 2).expect("a log").into_iter().map(|e| e.kind).collect();
    assert_eq!(kinds, ["restore", "migrate"]);
    drop(restored);

    let newer = Rig::new();
    raw(&newer.at("books.db")).pragma_update(None, "user_version", 99).expect("newer");
    drop(newer.book);
    let to = newer.folder.path().join("restored.db");
    let from = newer.folder.path().join("books.db");
    let wanted = Restoring { from: &from, to: &to, of: None, anchors: &[] };
    let failure = upkeep::restore(&wanted, &Actor::new("anna", "cli"), stamp(), Mode::Post).map(|_| ());
    assert!(failure.expect_err("newer").to_string().contains("[DB-10]"));
    assert!(!to.exists());
}

#[test]
fn only_an_administrator_restores() {
    let rig = Rig::new();
    fixture::format_1(&rig.at("copy.db"));
    let (from, to) = (rig.at("copy.db"), rig.at("restored.db"));
    for (login, code) in [("ben", "AUT-02"), ("mallory", "SES-04")] {
        let wanted = Restoring { from: &from, to: &to, of: None, anchors: &[] };
        let failure = upkeep::restore(&wanted, &Actor::new(login, "cli"), stamp(), Mode::Post).map(|_| ());
        assert!(failure.expect_err("no right").to_string().contains(code));
        rig.nothing_restored();
    }
}

/// A note as the book's auditor keeps it.
fn note(acts: i64, hash: [u8; 32]) -> Head {
    let key = SealKey::new("auditor", [7; 32]).expect("a key");
    let head = Head { origin: "o2c/kontor".into(), acts, hash, more: Vec::new() };
    formats::note::read(&key.seal(&head)).expect("a note")
}

#[test]
fn anchors_tell_what_a_copy_lacks_and_whether_it_is_the_same_chain() {
    let mut rig = Rig::new();
    let manifest = rig.copy("copy.db");
    for n in 1..=5 {
        BOOK.run(&mut rig.book, &BOOK.act(1, n)).expect("an act");
    }
    let (acts, _) = audit::head(&rig.book).expect("a head");
    let hash = |act: i64| audit::hash_of(&rig.book, act).expect("asked").expect("an act");
    let anchors = [note(acts, hash(acts)), note(3, hash(3))];
    let made = rig.restore_with("copy.db", None, &anchors, Mode::DryRun).expect("a drill");
    assert_eq!((made.acts, made.missing), (manifest.acts, 5));
    let wrong = [note(3, hash(4))];
    let failure = rig.restore_with("copy.db", None, &wrong, Mode::Post).map(|_| ()).expect_err("another chain");
    assert!(failure.to_string().contains("[BAK-05]") && failure.to_string().contains("act 3"), "{failure}");
    rig.nothing_restored();
}

/// Whoever was in the book when the copy was made is in that book and not in the one made of the copy.
#[test]
fn sessions_that_were_open_are_ended_in_a_book_made_of_the_copy() {
    let rig = Rig::new();
    let actor = Actor::new("anna", "tui");
    let open = o2c::acts::sessions::sign_in(&rig.book, &actor, stamp()).expect("signed in");
    rig.copy("copy.db");
    rig.restore("copy.db").expect("a book");
    let states = |name: &str| -> Vec<(i64, String)> {
        let reader = o2c::store::Reader::open(&BookPath::new(rig.at(name))).expect("it opens");
        let filter = o2c::language::filter::Filter::all();
        let all = o2c::store::read::sessions::sessions(&reader, stamp().today, &filter, |_| false).expect("read");
        let of_screen = all.iter().filter(|row| row.source == "tui");
        of_screen.map(|row| (row.id, row.state().to_owned())).collect()
    };
    assert_eq!(states("books.db"), [(open, "open".to_owned())]);
    assert_eq!(states("restored.db"), [(open, "restored".to_owned())]);
    let made = open::open(&BookPath::new(rig.at("restored.db")), Access::Read).expect("it opens");
    assert_eq!(check::full(&made).expect("checked"), []);
}

/// A book that was in use when its process died, so that its log is not empty, in a folder of its own.
fn cut_off(rig: &Rig, name: &str) -> PathBuf {
    let book = rig.at(name);
    for tail in ["", "-wal"] {
        let from = rig.at(&format!("books.db{tail}"));
        std::fs::copy(from, format!("{}{tail}", book.display())).expect("copied while nobody writes");
    }
    let log = std::fs::metadata(format!("{}-wal", book.display())).expect("a log");
    assert!(log.len() > 0, "the log of a process that died holds its last acts");
    book
}

#[test]
fn a_copy_put_over_a_book_whose_log_was_left_is_refused_and_not_touched() {
    let rig = Rig::new();
    rig.copy("copy.db");
    let book = cut_off(&rig, "died.db");
    // As it is, it opens with every act.
    let acts =
        |conn: &Connection| conn.query_row("SELECT count(*) FROM act", [], |row| row.get::<_, i64>(0)).expect("acts");
    let before = open::open(&BookPath::new(&book), Access::Read).map(|conn| acts(&conn)).expect("it opens");
    assert_eq!(before, acts(&rig.book));
    let book = cut_off(&rig, "over.db");
    std::fs::copy(rig.at("copy.db"), &book).expect("as `cp` does");
    let (bytes, log) = (std::fs::read(&book).expect("bytes"), std::fs::read(rig.at("over.db-wal")).expect("bytes"));
    for access in [Access::Read, Access::Write] {
        let error = open::open(&BookPath::new(&book), access).map(drop).expect_err("the log is another book's");
        assert_eq!(error.code, "DB-21", "{}", error.sentence);
        for part in ["over.db-wal", "Nothing was read or written", "restore"] {
            assert!(error.sentence.contains(part), "{}", error.sentence);
        }
    }
    assert!(
        bytes == std::fs::read(&book).expect("bytes") && log == std::fs::read(rig.at("over.db-wal")).expect("bytes")
    );
    // What the sentence says to do works.
    std::fs::rename(rig.at("over.db-wal"), rig.at("kept-wal")).expect("moved away");
    let _ = std::fs::remove_file(rig.at("over.db-shm"));
    let restored = rig.restore("over.db");
    assert!(
        restored.is_ok() || matches!(&restored, Err(Failure::Refused { code, .. }) if code.starts_with("BAK")),
        "{restored:?}"
    );
    open::open(&BookPath::new(&book), Access::Read).expect("a copy is read like a book");
}

/// A file of the same book from another day, copied without its log, tells nothing of it: what SQLite makes of the two
/// is for the check to name.
#[test]
fn an_older_file_of_the_book_under_a_later_log_is_named_by_the_check() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("books.db");
    let text = path.to_str().expect("UTF-8");
    BOOK.create(text, REAL).expect("a book");
    let mut book = BOOK.open(text, REAL).expect("it opens");
    let all = BOOK.acts();
    let (early, late) = all.split_at(all.len() / 2);
    early.iter().for_each(|act| BOOK.run(&mut book, act).expect("an act"));
    book.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).expect("all in the file");
    let old = std::fs::read(&path).expect("bytes");
    late.iter().for_each(|act| BOOK.run(&mut book, act).expect("an act"));
    book.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).expect("all in the file");
    // The last act stands in the log alone.
    let act = o2c::acts::Act::Note { customer: 1, text: "after the checkpoint".into() };
    o2c::acts::perform(&book, &Actor::new("anna", "cli"), stamp(), &o2c::acts::Request::new(act), Mode::Post)
        .expect("a note");
    let mixed = folder.path().join("mixed.db");
    std::fs::write(&mixed, old).expect("the older file");
    std::fs::copy(folder.path().join("books.db-wal"), folder.path().join("mixed.db-wal")).expect("the later log");
    let conn = match open::open(&BookPath::new(&mixed), Access::Read) {
        Ok(conn) => conn,
        Err(refused) => return println!("refused at once: {}", refused.sentence),
    };
    let found = check::full(&conn);
    assert!(!found.as_ref().is_ok_and(Vec::is_empty), "a mixture of two states of the book passes every rule");
}
