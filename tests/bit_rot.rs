//! A book that changed on its disk is noticed: bits flipped, pages zeroed or put in each other's place. What the check
//! does not name must have changed nothing the book says. `O2C_LONG` tries ten times as many.

mod rigs;

use rigs::book::BOOK;
use rigs::fixture::said_by_acts;
use rigs::sweep::Workload;
use rigs::vfs::{Disk, Files};
use rusqlite::Connection;
use std::collections::BTreeMap;

const PLACE: &str = "book.o2c";
const PAGE: usize = 4096;

/// How one damage was noticed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Noticed {
    /// The bytes mean nothing: a free page, the unused part of a page.
    Nothing,
    /// It is no book any more, or SQLite cannot read it.
    Refused,
    /// SQLite's own check of the pages.
    Pages,
    /// Only rules of the book: digests, chain, figures computed again.
    Rules,
    /// It says something else, and nobody noticed.
    Silent,
}

struct Rot {
    disk: Disk,
    whole: Vec<u8>,
    said: String,
    tally: BTreeMap<Noticed, u64>,
    silent: Vec<String>,
}

impl Rot {
    /// A closed book with acts of every family, all in its one file.
    fn new(name: &str) -> Rot {
        let disk = Disk::register(name);
        BOOK.create(PLACE, disk.name()).expect("a book");
        let mut book = BOOK.open(PLACE, disk.name()).expect("it opens");
        for act in BOOK.acts() {
            BOOK.run(&mut book, &act).expect("an act");
        }
        remember(&book);
        assert_eq!(BOOK.check(&mut book), Ok(Vec::new()));
        let said = said_by_acts(&book);
        let gone: i64 = book.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0)).expect("written back");
        assert_eq!(gone, 0);
        drop(book);
        let whole = disk.snapshot()[PLACE].clone();
        Rot { disk, whole, said, tally: BTreeMap::new(), silent: Vec::new() }
    }

    fn pages(&self) -> usize {
        self.whole.len() / PAGE
    }

    /// Looks at the book with these bytes in its place.
    fn look(&mut self, bytes: Vec<u8>, what: impl Fn() -> String) {
        self.disk.restore(&Files::from([(PLACE.to_string(), bytes)]));
        let noticed = self.judge();
        if noticed == Noticed::Silent {
            self.silent.push(what());
        }
        *self.tally.entry(noticed).or_default() += 1;
    }

    fn judge(&self) -> Noticed {
        let Ok(mut book) = BOOK.open(PLACE, self.disk.name()) else { return Noticed::Refused };
        let Ok(found) = BOOK.check(&mut book) else { return Noticed::Refused };
        if !found.is_empty() {
            let rules = found.iter().any(|finding| !finding.starts_with("S1"));
            return if rules { Noticed::Rules } else { Noticed::Pages };
        }
        // Sound by every rule: then it says what it said. Reading it must go through too.
        match std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| said_by_acts(&book))) {
            Ok(now) if now == self.said => Noticed::Nothing,
            _ => Noticed::Silent,
        }
    }

    #[track_caller]
    fn end(self, name: &str) {
        let count = |noticed| self.tally.get(&noticed).copied().unwrap_or(0);
        let tried: u64 = self.tally.values().sum();
        let changed = tried - count(Noticed::Nothing);
        println!(
            "{name}: {tried}, changed something {changed}: refused {}, page check {}, only the book's rules {}, silent {}",
            count(Noticed::Refused),
            count(Noticed::Pages),
            count(Noticed::Rules),
            count(Noticed::Silent)
        );
        assert!(changed > tried / 20, "hardly anything was damaged, so nothing was shown");
        // The control: SQLite calls the pages of these sound, so without the book's rules they would be silent.
        assert!(count(Noticed::Rules) > 0, "nothing needed the book's own rules");
        assert_eq!(self.silent, Vec::<String>::new());
    }
}

/// What a person's screens remember: the one table no act writes, left out of `said_by_acts` by name.
fn remember(book: &Connection) {
    book.execute_batch("INSERT INTO workspace VALUES (1, 'place', 'items over>30')").expect("a row");
}

fn long() -> bool {
    std::env::var_os("O2C_LONG").is_some()
}

#[test]
fn flipped_bits_are_noticed() {
    let mut rot = Rot::new("flips");
    let flips = if long() { 6_000 } else { 600 };
    let mut rng = rigs::vfs::Rng::new(1);
    for _ in 0..flips {
        let bit = rng.next() as usize % (rot.whole.len() * 8);
        let mut bytes = rot.whole.clone();
        bytes[bit / 8] ^= 1 << (bit % 8);
        let (page, at) = (bit / 8 / PAGE + 1, bit / 8 % PAGE);
        rot.look(bytes, || format!("bit {} of byte {at} of page {page}", bit % 8));
    }
    rot.end("bit rot: single bits flipped");
}

/// Bits where rows are: in a book of many small tables most of a page is empty, and flips there change nothing.
#[test]
fn flipped_bits_in_rows_are_noticed() {
    let mut rot = Rot::new("row-flips");
    let used: Vec<usize> = (0..rot.whole.len()).filter(|at| rot.whole[*at] != 0).collect();
    let flips = if long() { 6_000 } else { 600 };
    let mut rng = rigs::vfs::Rng::new(2);
    for _ in 0..flips {
        let at = used[rng.next() as usize % used.len()];
        let bit = rng.next() % 8;
        let mut bytes = rot.whole.clone();
        bytes[at] ^= 1 << bit;
        rot.look(bytes, || format!("bit {bit} of byte {} of page {}", at % PAGE, at / PAGE + 1));
    }
    rot.end("bit rot: bits flipped in rows");
}

#[test]
fn lost_and_misplaced_pages_are_noticed() {
    let mut rot = Rot::new("pages");
    let step = if long() { 1 } else { 3 };
    for page in 1..rot.pages() {
        let range = |page: usize| page * PAGE..(page + 1) * PAGE;
        let mut zeroed = rot.whole.clone();
        zeroed[range(page)].fill(0);
        rot.look(zeroed, || format!("page {} zeroed", page + 1));
        let other = 1 + (page * 7 + 3) % (rot.pages() - 1);
        if other != page && page % step == 0 {
            let mut swapped = rot.whole.clone();
            swapped.copy_within(range(other), page * PAGE);
            swapped[range(other)].copy_from_slice(&rot.whole[range(page)]);
            rot.look(swapped, || format!("pages {} and {} swapped", page + 1, other + 1));
            let mut copied = rot.whole.clone();
            copied.copy_within(range(other), page * PAGE);
            rot.look(copied, || format!("page {} written over page {}", other + 1, page + 1));
        }
    }
    rot.end("bit rot: pages zeroed, swapped, misplaced");
}

/// A page as it was some acts ago, as when a write was acknowledged and lost.
#[test]
fn stale_pages_are_noticed() {
    let mut rot = Rot::new("stale");
    let disk = Disk::register("stale-before");
    BOOK.create(PLACE, disk.name()).expect("a book");
    let mut book = BOOK.open(PLACE, disk.name()).expect("it opens");
    for act in BOOK.acts().iter().take(BOOK.acts().len() / 2) {
        BOOK.run(&mut book, act).expect("an act");
    }
    book.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).expect("written back");
    drop(book);
    let before = disk.snapshot()[PLACE].clone();
    for page in 0..rot.pages().min(before.len() / PAGE) {
        let range = page * PAGE..(page + 1) * PAGE;
        let mut stale = rot.whole.clone();
        stale[range.clone()].copy_from_slice(&before[range]);
        rot.look(stale, || format!("page {} as it was before", page + 1));
    }
    rot.end("bit rot: stale pages");
}
