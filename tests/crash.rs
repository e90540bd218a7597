//! The book survives power loss at any write and an error from any call: nothing acknowledged is lost, nothing is half
//! done, a retry makes it exactly once. Settings known to be unsafe run beside it and must lose something, or the suite
//! itself is blind. `O2C_CRASH_POINTS` sets how many crashes are tried.

mod rigs;

use rigs::book::{BOOK, Book};
use rigs::sweep::{self, Workload};
use rigs::vfs::{Disk, Fault, Lasting};

#[test]
fn power_loss_anywhere_loses_nothing_acknowledged() {
    let tally = sweep::power("full", &BOOK, sweep::points(POINTS));
    println!(
        "power loss: crash points {}, at {} places, acts acknowledged {}, lost {}",
        tally.points, tally.places, tally.acked, tally.lost
    );
    tally.assert_sound();
    assert!(tally.places > 200, "crashes at only {} places", tally.places);
}

/// Crashes tried unless `O2C_CRASH_POINTS` says otherwise: more than twice at every change to the disk.
const POINTS: u64 = 2_000;

#[test]
fn the_suite_sees_what_unsafe_settings_lose() {
    let points = sweep::points(POINTS).min(POINTS) / 8;
    let normal = sweep::power("normal", &Book::unsafely("NORMAL"), points);
    assert!(normal.lost > 0, "NORMAL lost nothing, so this suite cannot see a loss: {normal:?}");
    let off = sweep::power("off", &Book::unsafely("OFF"), points);
    assert!(off.lost + off.findings > 0, "OFF did no harm, so this suite cannot see harm: {off:?}");
}

#[test]
fn an_error_from_any_call_leaves_the_outcome_known_or_retriable() {
    let tally = sweep::faults("faults", &BOOK, sweep::points(POINTS) / 2);
    println!(
        "I/O errors: {} at {} places, acts acknowledged {}, lost {}, written though reported failed {}",
        tally.points, tally.places, tally.acked, tally.lost, tally.unacknowledged
    );
    tally.assert_sound();
    assert!(tally.unacknowledged > 0, "no failed act was there after all: the fault at the commit was never tried");
}

#[test]
fn the_disk_keeps_what_was_synced_and_only_that() {
    let disk = Disk::register("synced");
    BOOK.create(sweep::BOOK, disk.name()).expect("a book");
    let before = disk.snapshot();
    disk.power_cycle(0);
    let same = disk.snapshot().get(sweep::BOOK) == before.get(sweep::BOOK);
    assert!(same, "a closed book is all synced");

    disk.restore(&before);
    let mut book = BOOK.open(sweep::BOOK, disk.name()).expect("it opens");
    disk.fail_at(1, Fault::Full, Lasting::ForEver);
    let refused = BOOK.run(&mut book, &BOOK.acts()[0]).expect_err("no space");
    // Nothing can be written over what may stand in the log, so nothing is claimed.
    assert!(refused.contains("DB-04") && refused.contains("full"), "{refused}");
    assert!(disk.failed());
}
