//! Runs a workload into every crash and every I/O fault of a simulated disk, and counts what was lost.
//! The workload says how to open a book, what to do to it and what must hold; this file knows no SQL and no acts.

use super::vfs::{Disk, Fault, Files, Lasting};
use std::ops::Range;

/// Where the book lives on the simulated disk.
pub const BOOK: &str = "book.o2c";
/// Acts between two openings of the book.
const SEQUENCE: usize = 6;
/// How many findings are kept word for word; all are counted.
const QUOTED: usize = 12;

/// What is tried: acts on a book that lives on a simulated disk.
pub trait Workload: Sync {
    /// An open book; dropping it closes it.
    type Book;
    /// One change, with the key by which it is known to have happened.
    type Act: Sync;

    /// Makes an empty book at `path` of the disk `vfs`.
    fn create(&self, path: &str, vfs: &str) -> Result<(), String>;
    /// Opens the book, recovering it if need be.
    fn open(&self, path: &str, vfs: &str) -> Result<Self::Book, String>;
    /// All acts, in the order they are done. Each must be possible after those before it.
    fn acts(&self) -> Vec<Self::Act>;
    /// Does an act; `Ok` acknowledges it. An act already done is acknowledged and does nothing.
    fn run(&self, book: &mut Self::Book, act: &Self::Act) -> Result<(), String>;
    /// Does an act again whose outcome was not acknowledged. The same key, so the same call unless a workload says.
    fn retry(&self, book: &mut Self::Book, act: &Self::Act) -> Result<(), String> {
        self.run(book, act)
    }
    /// How often the act is in the book.
    fn count(&self, book: &mut Self::Book, act: &Self::Act) -> Result<u64, String>;
    /// Everything wrong with the book; a sound book has no findings.
    fn check(&self, book: &mut Self::Book) -> Result<Vec<String>, String>;
}

/// What a sweep saw.
#[derive(Debug, Default)]
pub struct Tally {
    /// Crashes or faults tried.
    pub points: u64,
    /// Different places in the workload where they struck.
    pub places: u64,
    /// Acts acknowledged before the crash.
    pub acked: u64,
    /// Acknowledged acts that were gone afterwards.
    pub lost: u64,
    /// Acts not acknowledged that were there all the same: allowed, and the reason why keys exist.
    pub unacknowledged: u64,
    /// Broken invariants, books that did not open, acts done twice or not retriable.
    pub findings: u64,
    /// The first few of what was lost or found, each with the point that shows it again.
    pub quoted: Vec<String>,
}

impl Tally {
    /// Fails with the quoted findings unless nothing was lost and nothing found.
    pub fn assert_sound(&self) {
        assert!(self.points > 0 && self.acked > 0, "the sweep did nothing: {self:?}");
        assert!(
            self.lost == 0 && self.findings == 0,
            "{} acknowledged acts lost, {} findings at {} points:\n{}",
            self.lost,
            self.findings,
            self.points,
            self.quoted.join("\n")
        );
    }

    fn add(&mut self, other: Tally) {
        self.points += other.points;
        self.acked += other.acked;
        self.lost += other.lost;
        self.unacknowledged += other.unacknowledged;
        self.findings += other.findings;
        self.quoted.extend(other.quoted);
        self.quoted.truncate(QUOTED);
    }

    fn found(&mut self, point: &Point, what: &str) {
        self.findings += 1;
        self.quote(point, what);
    }

    fn quote(&mut self, point: &Point, what: &str) {
        if self.quoted.len() < QUOTED {
            self.quoted.push(format!("  {point:?}: {what}"));
        }
    }
}

/// The number of points to try: `O2C_CRASH_POINTS`, or `default`.
pub fn points(default: u64) -> u64 {
    let asked = std::env::var("O2C_CRASH_POINTS").ok().and_then(|text| text.trim().parse().ok());
    asked.unwrap_or(default)
}

/// Cuts the power at `points` places spread over every change the workload makes to the disk.
pub fn power<W: Workload>(name: &str, workload: &W, points: u64) -> Tally {
    let stretches = rehearse(&Disk::register(&format!("{name}-rehearsal")), workload);
    let places: u64 = stretches.iter().map(|stretch| stretch.changes).sum();
    let point = |k: u64| {
        let (stretch, at) = locate(&stretches, k * places / points, |stretch| stretch.changes);
        Point { stretch, at, strike: Strike::Power { seed: k } }
    };
    sweep(name, workload, &stretches, points, places, &point)
}

/// Fails calls at `points` places spread over every call the workload makes to the disk: device errors and no space,
/// once and for ever; at every fifth another call fails while the book recovers.
pub fn faults<W: Workload>(name: &str, workload: &W, points: u64) -> Tally {
    let stretches = rehearse(&Disk::register(&format!("{name}-rehearsal")), workload);
    let places: u64 = stretches.iter().map(|stretch| stretch.calls).sum();
    let point = |k: u64| {
        let (stretch, at) = locate(&stretches, k * places / points, |stretch| stretch.calls);
        let fault = if k & 1 == 0 { Fault::Io } else { Fault::Full };
        let lasting = if k & 2 == 0 { Lasting::Once } else { Lasting::ForEver };
        let again = (k % 5 == 4).then_some(1 + k / 5 % 60);
        Point { stretch, at, strike: Strike::Fault { fault, lasting, again } }
    };
    sweep(name, workload, &stretches, points, places, &point)
}

/// A few acts between opening and closing the book, and how much they ask of the disk.
struct Stretch {
    before: Files,
    acts: Range<usize>,
    changes: u64,
    calls: u64,
}

/// One try: which stretch, at which change or call of it, and what happens there.
#[derive(Debug, Clone, Copy)]
struct Point {
    stretch: usize,
    at: u64,
    strike: Strike,
}

#[derive(Debug, Clone, Copy)]
enum Strike {
    Power { seed: u64 },
    Fault { fault: Fault, lasting: Lasting, again: Option<u64> },
}

/// Runs the whole workload once without harm, to know the book before each stretch and the length of each.
fn rehearse<W: Workload>(disk: &Disk, workload: &W) -> Vec<Stretch> {
    disk.reset();
    workload.create(BOOK, disk.name()).expect("the workload makes its book");
    let acts = workload.acts();
    let starts = (0..acts.len()).step_by(SEQUENCE);
    let stretch = |start: usize| {
        let range = start..acts.len().min(start + SEQUENCE);
        let before = disk.snapshot();
        disk.restore(&before);
        let mut book = workload.open(BOOK, disk.name()).expect("the book opens");
        for act in &acts[range.clone()] {
            workload.run(&mut book, act).expect("an undisturbed act succeeds");
        }
        assert_eq!(workload.check(&mut book), Ok(Vec::new()), "an undisturbed book is sound");
        drop(book);
        Stretch { before, acts: range, changes: disk.changes(), calls: disk.calls() }
    };
    starts.map(stretch).collect()
}

/// The stretch and the place in it (from 1) of place `index` of the whole workload.
fn locate(stretches: &[Stretch], mut index: u64, length: impl Fn(&Stretch) -> u64) -> (usize, u64) {
    for (number, stretch) in stretches.iter().enumerate() {
        if index < length(stretch) {
            return (number, index + 1);
        }
        index -= length(stretch);
    }
    unreachable!("places are counted over the same stretches")
}

/// Shares the points among the cores, each with a disk of its own.
fn sweep<W: Workload>(
    name: &str,
    workload: &W,
    stretches: &[Stretch],
    points: u64,
    places: u64,
    point: &(impl Fn(u64) -> Point + Sync),
) -> Tally {
    let workers = std::thread::available_parallelism().map_or(1, |n| n.get() as u64);
    let acts = workload.acts();
    let work = |worker: u64| {
        let disk = Disk::register(&format!("{name}-{worker}"));
        let mut tally = Tally::default();
        // Blocks of four, so that every worker sees every kind of crash.
        for k in (0..points).filter(|k| k / 4 % workers == worker) {
            let point = point(k);
            let stretch = &stretches[point.stretch];
            tally.add(Try { disk, workload, acts: &acts[stretch.acts.clone()], point }.run(&stretch.before));
        }
        tally
    };
    let mut total = Tally { places, ..Tally::default() };
    std::thread::scope(|scope| {
        let handles: Vec<_> = (0..workers).map(|worker| scope.spawn(move || work(worker))).collect();
        for handle in handles {
            total.add(handle.join().expect("no crash and no fault makes the program panic"));
        }
    });
    total
}

/// One crash or fault with everything that follows from it.
struct Try<'a, W: Workload> {
    disk: Disk,
    workload: &'a W,
    acts: &'a [W::Act],
    point: Point,
}

impl<W: Workload> Try<'_, W> {
    fn run(&self, before: &Files) -> Tally {
        self.disk.restore(before);
        match self.point.strike {
            Strike::Power { .. } => self.disk.crash_at(self.point.at),
            Strike::Fault { fault, lasting, .. } => self.disk.fail_at(self.point.at, fault, lasting),
        }
        let (acked, refused) = self.until_refused();
        match self.point.strike {
            Strike::Power { seed } => {
                self.disk.power_cycle(seed);
                self.crash_while_recovering(seed);
            }
            Strike::Fault { again, .. } => {
                self.disk.heal();
                self.fail_while_recovering(again);
            }
        }
        let mut tally = Tally { points: 1, acked: acked as u64, ..Tally::default() };
        // Whatever went wrong is said with the catalogue code of a failing disk, never in the words of a library.
        let power = matches!(self.point.strike, Strike::Power { .. });
        if let Some(why) = refused.as_ref().filter(|why| !power && !why.starts_with("[DB-0")) {
            tally.found(&self.point, &format!("says {why}"));
        }
        if let Err(why) = self.examine(acked, &mut tally) {
            tally.found(&self.point, &why);
        }
        // "Nothing was posted" is a promise: who reads it enters the act again.
        let once = matches!(self.point.strike, Strike::Fault { again: None, .. });
        if let Some(why) = refused.filter(|why| once && tally.unacknowledged > 0 && why.contains("Nothing was")) {
            tally.found(&self.point, &format!("was written and says {why}"));
        }
        tally
    }

    /// Acts in order until one is not acknowledged; closing the book is part of it. Gives how many were, and why the
    /// next was not.
    fn until_refused(&self) -> (usize, Option<String>) {
        let mut book = match self.workload.open(BOOK, self.disk.name()) {
            Ok(book) => book,
            Err(why) => return (0, Some(why)),
        };
        for (done, act) in self.acts.iter().enumerate() {
            if let Err(why) = self.workload.run(&mut book, act) {
                return (done, Some(why));
            }
        }
        (self.acts.len(), None)
    }

    /// The disk was repaired and fails once more while the book is opened, checked and written to.
    fn fail_while_recovering(&self, again: Option<u64>) {
        let Some(at) = again else { return };
        self.disk.fail_at(self.disk.calls() + at, Fault::Io, Lasting::Once);
        if let Ok(mut book) = self.workload.open(BOOK, self.disk.name()) {
            // Whether these go through is not asked here: what they leave behind is.
            drop(self.workload.check(&mut book));
            drop(self.acts.first().map(|act| self.workload.retry(&mut book, act)));
        }
        self.disk.heal();
    }

    /// At every eighth point the power fails again while the book recovers from the first time.
    fn crash_while_recovering(&self, seed: u64) {
        if seed % 8 != 7 {
            return;
        }
        self.disk.crash_at(1 + seed / 8 % 6);
        drop(self.workload.open(BOOK, self.disk.name()));
        self.disk.power_cycle(seed / 8);
    }

    /// After the restart: nothing acknowledged is gone, nothing is half there, and a retry makes everything exact.
    fn examine(&self, acked: usize, tally: &mut Tally) -> Result<(), String> {
        let mut book = self.workload.open(BOOK, self.disk.name()).map_err(|why| format!("does not open: {why}"))?;
        for finding in self.workload.check(&mut book)? {
            tally.found(&self.point, &finding);
        }
        for (index, act) in self.acts.iter().enumerate() {
            match (self.workload.count(&mut book, act)?, index < acked) {
                (0, true) => {
                    tally.lost += 1;
                    tally.quote(&self.point, &format!("act {index} was acknowledged and is gone"));
                }
                (1, true) | (0, false) => {}
                (1, false) if index == acked => tally.unacknowledged += 1,
                (n, _) => tally.found(&self.point, &format!("act {index} is there {n} times, {acked} acknowledged")),
            }
        }
        for (index, act) in self.acts.iter().enumerate() {
            self.workload.retry(&mut book, act).map_err(|why| format!("act {index} cannot be retried: {why}"))?;
            let n = self.workload.count(&mut book, act)?;
            if n != 1 {
                tally.found(&self.point, &format!("act {index} is there {n} times after its retry"));
            }
        }
        for finding in self.workload.check(&mut book)? {
            tally.found(&self.point, &format!("after the retry: {finding}"));
        }
        Ok(())
    }
}
