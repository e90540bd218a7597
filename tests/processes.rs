//! Processes killed in the middle of an act lose nothing acknowledged, and many processes on one book do not get in each
//! other's way. `O2C_LONG` makes both long. Run in the release build for figures worth reading.

mod rigs;

use rigs::book::BOOK;
use rigs::procs::{self, Acked, Crew, REAL};
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
