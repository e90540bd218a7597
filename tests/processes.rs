//! Processes killed in the middle of an act lose nothing acknowledged, and many processes on one book do not get in each
//! other's way. `O2C_LONG` makes both long. Run in the release build for figures worth reading.

mod rigs;

use o2c::store::open::{self, Access};
use o2c::store::{BookPath, backup};
use rigs::book::BOOK;
use rigs::procs::{self, Acked, Crew, REAL, Shift};
use rigs::sweep::Workload;
use std::path::PathBuf;
use std::time::{Duration, Instant};

fn long() -> bool {
    std::env::var_os("O2C_LONG").is_some()
}

/// A new book in a folder of its own.
fn new_book() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("book.o2c");
    BOOK.create(path.to_str().expect("a path in UTF-8"), REAL).expect("a book");
    (folder, path)
}

#[test]
fn killed_processes_lose_nothing_acknowledged() {
    if procs::works(&BOOK) {
        return;
    }
    let (_folder, path) = new_book();
    let rounds = if long() { 400 } else { 100 };
    let mut acked: Vec<Acked> = Vec::new();
    for round in 0..rounds {
        // One writer, then several at once.
        let workers = if round % 2 == 0 { 1 } else { 4 };
        let first = round * 10;
        let name = "killed_processes_lose_nothing_acknowledged";
        let crew = Crew::start(name, &path, first..first + workers, 10_000, Duration::ZERO);
        // Spread over the start, the first acts and the steady state.
        std::thread::sleep(Duration::from_millis(4 + round * 13 % 47));
        let fresh = crew.kill();
        assert_eq!(procs::findings(&BOOK, &path, &fresh), Vec::<String>::new(), "after round {round}");
        acked.extend(fresh);
    }
    assert_eq!(procs::findings(&BOOK, &path, &acked), Vec::<String>::new(), "after all rounds");
    println!("kill -9: {rounds} rounds, acts acknowledged {}, lost 0", acked.len());
    assert!(acked.len() as u64 > rounds, "only {} acts in {rounds} rounds", acked.len());
}

#[test]
fn eight_processes_do_not_get_in_each_others_way() {
    if procs::works(&BOOK) {
        return;
    }
    let (_folder, path) = new_book();
    let acts = if long() { 300 } else { 30 };
    let began = Instant::now();
    let name = "eight_processes_do_not_get_in_each_others_way";
    let (acked, well) = Crew::start(name, &path, 0..8, acts, Duration::from_millis(30)).finish();
    assert!(well, "a worker was refused");
    assert_eq!(acked.len() as u64, 8 * acts);
    assert_eq!(procs::findings(&BOOK, &path, &acked), Vec::<String>::new());
    let mut times: Vec<Duration> = acked.iter().map(|one| one.took).collect();
    times.sort();
    let (p50, p99, max) = (times[times.len() / 2], times[times.len() * 99 / 100], times[times.len() - 1]);
    println!("{} acts in {:?}: p50 {p50:?}, p99 {p99:?}, longest {max:?}", times.len(), began.elapsed());
    assert!(max < Duration::from_secs(5), "somebody waited {max:?}");
}

#[test]
fn copies_and_a_long_reader_stand_between_killed_writers() {
    if procs::works(&BOOK) {
        return;
    }
    let (folder, path) = new_book();
    let name = "copies_and_a_long_reader_stand_between_killed_writers";
    // One who opened a list at the beginning and never moved: one state of the book all along.
    let reader = open::open(&BookPath::new(&path), Access::Read).expect("it opens");
    reader.execute_batch("BEGIN").expect("a view");
    let acts = |conn: &o2c::store::Connection| -> i64 {
        conn.query_row("SELECT count(*) FROM act", [], |row| row.get(0)).expect("a count")
    };
    let seen = acts(&reader);
    // The log keeps every act of all rounds for the long reader, and each round lasts as long as the copy of what all
    // the earlier ones wrote: the acts of a round are bounded, or a quick machine would fill its disk.
    let rounds = if long() { 40 } else { 5 };
    let (mut acked, mut copies, mut last) = (Vec::new(), 0, 0);
    for round in 0..rounds {
        let crew = Crew::start(name, &path, round * 10..round * 10 + 4, 150, Duration::from_millis(10));
        std::thread::sleep(Duration::from_millis(120 + round * 37 % 200));
        let copy = folder.path().join(format!("copy-{round}.db"));
        let made = backup::copy(&BookPath::new(&path), &copy, chrono::Utc::now()).expect("a copy among writers");
        assert_eq!(made.found, [], "copy {round}");
        assert!(made.manifest.acts >= last, "a copy goes back");
        (last, copies) = (made.manifest.acts, copies + 1);
        for made in [copy.clone(), copy.with_extension("db.manifest")] {
            std::fs::remove_file(made).expect("a copy and its manifest");
        }
        acked.extend(crew.kill());
    }
    assert_eq!(procs::findings(&BOOK, &path, &acked), Vec::<String>::new(), "after all rounds");
    assert_eq!(acts(&reader), seen, "the long reader's view moved");
    reader.execute_batch("COMMIT").expect("the view ends");
    assert!(acts(&reader) >= seen + i64::try_from(acked.len()).expect("a count"));
    // While somebody reads one state the log keeps everything since; once nobody does, the next who writes makes it small.
    drop(reader);
    let mut book = BOOK.open(path.to_str().expect("a path in UTF-8"), REAL).expect("it opens");
    BOOK.run(&mut book, &BOOK.act(90_000, 1)).expect("an act");
    drop(book);
    let log = std::fs::metadata(path.with_extension("o2c-wal")).map_or(0, |log| log.len());
    println!(
        "chaos: {} acts acknowledged by writers killed {rounds} times, lost 0, copies {copies}, unsound 0",
        acked.len()
    );
    assert!(log < 64 << 20, "the log grew to {log} bytes");
    assert!(acked.len() > 20 && copies == rounds);
}
