//! What the benches share: the books they run on, and figures as people read them.
#![allow(dead_code, reason = "each bench uses its own part")]

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// The day all books are made for and all questions are asked on.
pub const TODAY: &str = "2026-03-16";
/// Invoices a customer has on average.
const PER_CUSTOMER: u64 = 50;

/// The binary built with this bench.
pub fn program() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_o2c"))
}

/// An environment variable, or its default.
pub fn ask(name: &str, default: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| default.to_string())
}

/// The sizes to run, in invoices.
pub fn sizes() -> Vec<u64> {
    let text = ask("O2C_BENCH_SIZES", "10000,100000");
    text.split(',').filter_map(|size| size.trim().replace('_', "").parse().ok()).collect()
}

/// The book of a size, made now if it is not there yet.
pub fn book_of(invoices: u64) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("books");
    std::fs::create_dir_all(&folder).expect("a folder for the books");
    let book = folder.join(format!("{invoices}.o2c"));
    if book.exists() {
        return book;
    }
    println!("making a book of {} invoices", number(invoices));
    let fresh = folder.join(format!("{invoices}.fresh.o2c"));
    for ending in ["", "-wal", "-shm"] {
        let _ = std::fs::remove_file(folder.join(format!("{invoices}.fresh.o2c{ending}")));
    }
    let mut command = Command::new(program());
    command.args(["demo", "--seed", "1", "--today", TODAY, "--out"]).arg(&fresh);
    command.args(["--invoices", &invoices.to_string()]);
    command.args(["--customers", &(invoices / PER_CUSTOMER).max(1).to_string()]);
    let made = command.status().expect("the binary starts");
    assert!(made.success() && fresh.exists(), "`o2c demo --out` made no book ({made})");
    std::fs::rename(&fresh, &book).expect("the finished book gets its name");
    book
}

/// The middle value; nothing of nothing.
pub fn median(times: &mut [Duration]) -> Option<Duration> {
    percentile(times, 50)
}

/// The value that so many percent do not exceed; nothing of nothing.
pub fn percentile(times: &mut [Duration], percent: usize) -> Option<Duration> {
    times.sort();
    times.get((times.len() * percent / 100).min(times.len().saturating_sub(1))).copied()
}

/// Milliseconds with one or two decimals.
pub fn millis(time: Duration) -> String {
    let millis = time.as_secs_f64() * 1000.0;
    if millis < 10.0 { format!("{millis:.2}") } else { format!("{millis:.1}") }
}

/// A count with its thousands apart.
pub fn number(n: u64) -> String {
    let digits = n.to_string();
    let groups: Vec<&str> = digits.as_bytes().rchunks(3).rev().filter_map(|g| std::str::from_utf8(g).ok()).collect();
    groups.join(",")
}
