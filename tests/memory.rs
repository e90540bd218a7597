//! SQLite runs out of memory at any request it makes, once or for ever: the act is refused or done, never half done, and
//! when memory is back the same request makes it exactly once. A program of its own, because the allocator is set for a
//! whole process. `O2C_LONG` tries sixty times as many, `O2C_MEMORY_POINTS` as many as it says.

mod rigs;

use rigs::book::BOOK;
use rigs::sweep::Workload;
use rigs::vfs::Disk;
use rusqlite::ffi;
use std::any::Any;
use std::os::raw::{c_int, c_void};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

const PLACE: &str = "book.o2c";
/// How the words begin that stand for a program that ended.
const ENDED: &str = "ended";

static REQUESTS: AtomicU64 = AtomicU64::new(0);
static FAIL_AT: AtomicU64 = AtomicU64::new(u64::MAX);
static FOR_EVER: AtomicBool = AtomicBool::new(false);
static STRUCK: AtomicBool = AtomicBool::new(false);
static USUAL: OnceLock<(Allocate, Resize)> = OnceLock::new();

type Allocate = unsafe extern "C" fn(c_int) -> *mut c_void;
type Resize = unsafe extern "C" fn(*mut c_void, c_int) -> *mut c_void;

/// Counts a request, and says whether it is refused.
fn refused() -> bool {
    let n = REQUESTS.fetch_add(1, Ordering::Relaxed) + 1;
    let at = FAIL_AT.load(Ordering::Relaxed);
    let refused = n == at || (n > at && FOR_EVER.load(Ordering::Relaxed));
    if refused {
        STRUCK.store(true, Ordering::Relaxed);
    }
    refused
}

unsafe extern "C" fn allocate(bytes: c_int) -> *mut c_void {
    match USUAL.get().map(|usual| usual.0) {
        // SAFETY: SQLite's own allocator, asked as SQLite asks.
        Some(usual) if !refused() => unsafe { usual(bytes) },
        _ => std::ptr::null_mut(),
    }
}

unsafe extern "C" fn resize(old: *mut c_void, bytes: c_int) -> *mut c_void {
    match USUAL.get().map(|usual| usual.1) {
        // SAFETY: as above; `old` came from the same allocator.
        Some(usual) if !refused() => unsafe { usual(old, bytes) },
        _ => std::ptr::null_mut(),
    }
}

/// Puts the counting allocator before SQLite's own. Must come before SQLite is used at all.
fn install() {
    // SAFETY: all-zero is a valid structure of absent callbacks, filled by SQLite; the wrapped one is leaked.
    unsafe {
        let mut usual: ffi::sqlite3_mem_methods = std::mem::zeroed();
        assert_eq!(ffi::sqlite3_config(ffi::SQLITE_CONFIG_GETMALLOC, &raw mut usual), ffi::SQLITE_OK);
        let mut ours = usual;
        ours.xMalloc = Some(allocate);
        ours.xRealloc = Some(resize);
        let both = usual.xMalloc.zip(usual.xRealloc).expect("SQLite has an allocator");
        assert!(USUAL.set(both).is_ok());
        // Without the small-memory cache every request comes through.
        assert_eq!(ffi::sqlite3_config(ffi::SQLITE_CONFIG_LOOKASIDE, 0 as c_int, 0 as c_int), ffi::SQLITE_OK);
        let ours = Box::leak(Box::new(ours));
        assert_eq!(ffi::sqlite3_config(ffi::SQLITE_CONFIG_MALLOC, std::ptr::from_mut(ours)), ffi::SQLITE_OK);
    }
}

fn fail_at(n: u64, for_ever: bool) {
    REQUESTS.store(0, Ordering::Relaxed);
    STRUCK.store(false, Ordering::Relaxed);
    FOR_EVER.store(for_ever, Ordering::Relaxed);
    FAIL_AT.store(n, Ordering::Relaxed);
}

/// Opens the book and does the acts until one is refused.
fn work(disk: Disk, acts: &[rigs::book::Step]) -> (usize, Option<String>) {
    let mut book = match BOOK.open(PLACE, disk.name()) {
        Ok(book) => book,
        Err(why) => return (0, Some(why)),
    };
    for (done, act) in acts.iter().enumerate() {
        // rusqlite panics where SQLite has no memory left to hand a text over. The program ends there, and its act with it.
        let ran = catch_unwind(AssertUnwindSafe(|| BOOK.run(&mut book, act)));
        match ran.unwrap_or_else(|panic| Err(end_of_program(panic))) {
            Ok(_) => {}
            Err(why) => return (done, Some(why)),
        }
    }
    (acts.len(), None)
}

/// The words of the one panic that may be met; any other is a fault of ours and goes on.
fn end_of_program(panic: Box<dyn Any + Send>) -> String {
    match panic.downcast_ref::<String>().map(String::as_str).or(panic.downcast_ref::<&str>().copied()) {
        Some(words) if words.contains("column type with NULL data") => format!("{ENDED}: {words}"),
        _ => resume_unwind(panic),
    }
}

#[test]
fn out_of_memory_anywhere_leaves_acts_done_or_not_done() {
    install();
    let disk = Disk::register("memory");
    BOOK.create(PLACE, disk.name()).expect("a book");
    let before = disk.snapshot();
    let acts = BOOK.acts();
    fail_at(u64::MAX, false);
    disk.restore(&before);
    assert_eq!(work(disk, &acts), (acts.len(), None));
    let requests = REQUESTS.load(Ordering::Relaxed);
    assert!(requests > 1_000, "only {requests} requests: the allocator is not in place");

    let asked = std::env::var("O2C_MEMORY_POINTS").ok().and_then(|text| text.trim().parse().ok());
    let points = asked.unwrap_or(if std::env::var_os("O2C_LONG").is_some() { 12_000 } else { 200 });
    let (mut struck, mut acked, mut found) = (0u64, 0u64, Vec::new());
    for k in 0..points {
        let (at, for_ever) = (1 + k * requests / points, k % 2 == 1);
        disk.restore(&before);
        fail_at(at, for_ever);
        let (done, why) = work(disk, &acts);
        struck += u64::from(STRUCK.load(Ordering::Relaxed));
        acked += done as u64;
        fail_at(u64::MAX, false);
        if let Err(what) = examine(disk, &acts, done, why.as_deref()) {
            found.push(format!("request {at}, for ever {for_ever}: {what}"));
        }
    }
    println!(
        "out of memory: {struck} of {requests} requests refused, acts acknowledged {acked}, findings {}",
        found.len()
    );
    found.truncate(12);
    assert_eq!(found, Vec::<String>::new());
    assert!(struck > points * 9 / 10, "only {struck} struck");
}

fn examine(disk: Disk, acts: &[rigs::book::Step], done: usize, why: Option<&str>) -> Result<(), String> {
    let mut book = BOOK.open(PLACE, disk.name()).map_err(|why| format!("does not open: {why}"))?;
    let findings = BOOK.check(&mut book)?;
    if !findings.is_empty() {
        return Err(findings.join("; "));
    }
    for (index, act) in acts.iter().enumerate() {
        let there = BOOK.count(&mut book, act)?;
        let promised = why.is_some_and(|why| why.contains("Nothing was"));
        match (there, index < done) {
            (1, true) | (0, false) => {}
            (1, false) if index == done && !promised => {}
            _ => return Err(format!("act {index} is there {there} times, {done} acknowledged, said {why:?}")),
        }
    }
    // A program that ended is held to what a killed one is held to: nothing half done, and every act possible again.
    if let Some(why) = why.filter(|why| !why.starts_with("[DB-") && !why.starts_with(ENDED)) {
        return Err(format!("says {why}"));
    }
    for (index, act) in acts.iter().enumerate() {
        BOOK.retry(&mut book, act).map_err(|why| format!("act {index} cannot be retried: {why}"))?;
        if BOOK.count(&mut book, act)? != 1 {
            return Err(format!("act {index} is not there once after its retry"));
        }
    }
    Ok(())
}
