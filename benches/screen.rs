//! What a key costs in the workstation: the binary in a pseudo-terminal on a book, from the key to the last byte of its
//! answer, how many bytes that answer has, how long the first screen takes, and the memory of every screen. Run
//! `cargo bench --bench screen`.
//!
//! `O2C_BENCH_SIZES` chooses the books, `O2C_BENCH_REPEATS` how often each key is pressed (101: the worst of a hundred
//! is then the p99), `O2C_BENCH_STARTS` how often the program is started. The first free argument is part of the names
//! of the keys to press. The same rows by bare SQL, in this process with the statements prepared, are measured beside
//! the starts.

#[path = "../tests/rigs/mod.rs"]
mod rigs;
#[path = "support/mod.rs"]
mod support;

use rigs::pty::{Launch, Terminal};
use rusqlite::{Connection, OpenFlags};
use std::path::Path;
use std::time::{Duration, Instant};
use support::{TODAY, ask, book_of, median, millis, number, percentile, program};

/// Something a person does over and over: keys that lead there once, the key measured, and keys that take it back.
struct Gesture {
    name: &'static str,
    before: &'static str,
    key: &'static str,
    back: &'static str,
}

const fn gesture(name: &'static str, before: &'static str, key: &'static str, back: &'static str) -> Gesture {
    Gesture { name, before, key, back }
}

const GESTURES: [Gesture; 29] = [
    gesture("today: move", "g t", "j", ""),
    gesture("today: page", "g t g g", "PageDown", ""),
    gesture("today: end", "g t g g", "G", "g g"),
    gesture("customers: move", "g c", "j", ""),
    gesture("customers: page", "g c g g", "PageDown", ""),
    gesture("customers: end", "g c g g", "G", "g g"),
    gesture("customers: open", "g c g g", "Enter", "Esc j"),
    gesture("customers: filter", "g c g g / m", "a", "Backspace"),
    gesture("today: filter", "Esc Esc g t g g / m", "a", "Backspace"),
    gesture("invoices: move", "Esc Esc g i", "j", ""),
    gesture("invoices: page", "g i g g", "PageDown", ""),
    gesture("invoices: end", "g i g g", "G", "g g"),
    gesture("disputes: page", "g d g g", "PageDown", "g g"),
    gesture("disputes: end", "g d g g", "G", "g g"),
    gesture("promises: page", "g p g g", "PageDown", "g g"),
    gesture("promises: end", "g p g g", "G", "g g"),
    gesture("log: page", "g l g g", "PageDown", ""),
    gesture("log: end", "g l g g", "G", "g g"),
    gesture("invoices: filter", "g i g g / o v e r > 3", "0", "Backspace"),
    gesture("aging: move", "Esc Esc g a", "j", ""),
    gesture("aging: page", "g a g g", "PageDown", ""),
    gesture("aging: end", "g a g g", "G", "g g"),
    gesture("aging: cell", "g a g g", "h", "l"),
    gesture("today", "g c", "g t", "g c"),
    gesture("customers", "g t", "g c", "g t"),
    gesture("aging", "g c", "g a", "g c"),
    gesture("invoices", "g c", "g i", "g c"),
    gesture("disputes", "g c", "g d", "g c"),
    gesture("kpis", "g c", "g k", "g c"),
];

/// Every screen once, for the memory it leaves.
const TOUR: [(&str, &str); 11] = [
    ("first screen", "Esc"),
    ("today", "g t"),
    ("customers", "g c"),
    ("customer", "Enter"),
    ("invoices", "Esc g i"),
    ("aging", "g a"),
    ("disputes", "g d"),
    ("promises", "g p"),
    ("kpis", "g k"),
    ("log", "g l"),
    ("desk", "g h"),
];

/// How much longer than a screen at rest is waited for a late answer.
const LATE: Duration = Duration::from_millis(180);

/// The barest SQL of what the first screens show: most overdue customers, buckets, disputes.
const BARE: [&str; 3] = [
    "SELECT c.name, o.overdue, o.due FROM (SELECT customer_id, SUM(open_base) AS overdue, MIN(due_date) AS due FROM item \
     WHERE open <> 0 AND due_date < '2026-03-16' GROUP BY customer_id ORDER BY 2 DESC LIMIT 50) o \
     JOIN customer c ON c.id = o.customer_id",
    "SELECT CASE WHEN due_date >= '2026-03-16' THEN 0 WHEN due_date >= '2026-02-14' THEN 1 WHEN due_date >= '2026-01-15' \
     THEN 2 WHEN due_date >= '2025-12-16' THEN 3 WHEN due_date >= '2025-11-16' THEN 4 ELSE 5 END AS bucket, \
     SUM(open_base), COUNT(*) FROM item WHERE open <> 0 GROUP BY bucket",
    "SELECT d.number, d.amount, d.reason, d.owner FROM dispute d WHERE d.decided_on IS NULL ORDER BY d.opened_on LIMIT 50",
];

fn main() {
    let repeats = ask("O2C_BENCH_REPEATS", "101").parse().unwrap_or(101);
    let starts: usize = ask("O2C_BENCH_STARTS", "21").parse().unwrap_or(21);
    let wanted = std::env::args().skip(1).find(|arg| !arg.starts_with("--")).unwrap_or_default();
    let mut smallest: Vec<(&str, Duration)> = Vec::new();
    for invoices in support::sizes() {
        let book = book_of(invoices);
        println!("\n{} invoices, 80x24, {repeats} presses\n", number(invoices));
        println!("{:<20} {:>10} {:>10} {:>8} {:>8}", "key", "p50 ms", "p99 ms", "growth", "bytes");
        let mut terminal = open(&book, (80, 24)).0;
        for gesture in GESTURES.iter().filter(|gesture| gesture.name.contains(&wanted)) {
            measure(&mut terminal, gesture, repeats, &mut smallest);
        }
        terminal.wait_quiet().mark();
        std::thread::sleep(Duration::from_secs(5));
        println!("{:<20} {:>30}", "bytes in 5 s of rest", terminal.since_mark().bytes);
        println!("{:<20} {:>30.1}", "resident MiB", resident(&terminal, "VmRSS:"));
        drop(terminal);
        if wanted.is_empty() || "start".contains(&wanted) {
            for (name, size) in [("start 80x24", (80, 24)), ("start 160x48 (Desk)", (160, 48))] {
                measure_start(&book, name, size, starts, &mut smallest);
            }
        }
        if wanted.is_empty() || "tour".contains(&wanted) {
            tour(&book);
        }
    }
}

/// Starts the workstation and gives the time until its first screen was complete.
fn open(book: &Path, (cols, rows): (u16, u16)) -> (Terminal, Duration) {
    let start = Instant::now();
    let args = [Path::new("--book"), book, Path::new("--today"), Path::new(TODAY)];
    let mut terminal = Launch::new(program()).args(args).size(cols, rows).start();
    let began = start.elapsed();
    terminal.wait_until("the first screen", |screen| {
        let text = screen.contents();
        text.lines().count() > 4 && !text.contains("loading")
    });
    let drawn = terminal.since_mark().took.unwrap_or_default();
    (terminal, began + drawn)
}

/// From starting the process to the last byte of the first screen, beside the bare SQL of its rows in this process.
fn measure_start(
    book: &Path,
    name: &'static str,
    size: (u16, u16),
    starts: usize,
    smallest: &mut Vec<(&'static str, Duration)>,
) {
    let (mut times, mut bare) = (Vec::new(), Vec::new());
    for start in 0..=starts {
        let took = open(book, size).1;
        let sql = bare_sql(book).unwrap_or_default();
        if start > 0 {
            times.push(took);
            bare.push(sql);
        }
    }
    let (p50, p99) = (percentile(&mut times, 50), percentile(&mut times, 99));
    let bare = median(&mut bare).unwrap_or_default();
    let growth = grown(name, p50, smallest);
    let ratio = p50.unwrap_or_default().as_secs_f64() / bare.as_secs_f64();
    println!("{name:<20} {:>10} {:>10} {growth:>8}   bare SQL {} ms, {ratio:.2} x", show(p50), show(p99), millis(bare));
}

fn bare_sql(book: &Path) -> rusqlite::Result<Duration> {
    let start = Instant::now();
    let connection = Connection::open_with_flags(book, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    for text in BARE {
        let mut statement = connection.prepare(text)?;
        let mut rows = statement.query([])?;
        while rows.next()?.is_some() {}
    }
    Ok(start.elapsed())
}

fn measure(
    terminal: &mut Terminal,
    gesture: &'static Gesture,
    repeats: usize,
    smallest: &mut Vec<(&'static str, Duration)>,
) {
    let mut times = Vec::new();
    let mut bytes = Vec::new();
    // Out of anything an earlier key opened.
    for key in ["Esc", "Esc"].into_iter().chain(gesture.before.split_whitespace()) {
        terminal.press(key);
        if key.len() > 1 {
            terminal.wait_quiet();
        }
    }
    for _ in 0..repeats {
        terminal.cost_of(gesture.key);
        // An answer that comes after the screen seemed at rest counts too: it is what was waited for.
        std::thread::sleep(LATE);
        let output = terminal.since_mark();
        times.extend(output.took);
        bytes.push(output.bytes);
        for key in gesture.back.split_whitespace() {
            terminal.press(key);
            if key == "Esc" {
                terminal.wait_quiet();
            }
        }
    }
    bytes.sort_unstable();
    let (p50, p99) = (percentile(&mut times, 50), percentile(&mut times, 99));
    let growth = grown(gesture.name, p50, smallest);
    println!("{:<20} {:>10} {:>10} {growth:>8} {:>8}", gesture.name, show(p50), show(p99), bytes[bytes.len() / 2]);
}

/// How often the time of the smallest book this is.
fn grown(name: &'static str, now: Option<Duration>, smallest: &mut Vec<(&'static str, Duration)>) -> String {
    let Some(now) = now else { return "-".to_string() };
    match smallest.iter().find(|(known, _)| *known == name) {
        Some((_, first)) => format!("{:.1}x", now.as_secs_f64() / first.as_secs_f64()),
        None => {
            smallest.push((name, now));
            "-".to_string()
        }
    }
}

fn show(time: Option<Duration>) -> String {
    time.map_or("-".to_string(), millis)
}

/// The memory of one session on its way through every screen.
fn tour(book: &Path) {
    println!("{:<20} {:>10} {:>10} {:>10}", "memory, 80x24", "MiB", "private", "most ever");
    let mut terminal = open(book, (80, 24)).0;
    for (name, keys) in TOUR {
        for key in keys.split(' ') {
            terminal.press(key).wait_quiet();
        }
        terminal.press("j").wait_quiet();
        terminal.press("PageDown").wait_quiet();
        let private = resident(&terminal, "RssAnon:");
        let (now, most) = (resident(&terminal, "VmRSS:"), resident(&terminal, "VmHWM:"));
        println!("{name:<20} {now:>10.1} {private:>10.1} {most:>10.1}");
    }
}

/// A figure of the program's memory, in MiB.
fn resident(terminal: &Terminal, field: &str) -> f64 {
    let id = terminal.process_id().unwrap_or_default();
    let text = std::fs::read_to_string(Path::new("/proc").join(id.to_string()).join("status")).unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix(field));
    line.and_then(|line| line.split_whitespace().next()?.parse::<f64>().ok()).unwrap_or_default() / 1024.0
}
