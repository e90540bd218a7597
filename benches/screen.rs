//! What a key costs in the workstation: the binary in a pseudo-terminal on a book, from the key to the last byte of its
//! answer, and how many bytes that answer has. Run `cargo bench --bench screen`; `O2C_BENCH_SIZES` and
//! `O2C_BENCH_REPEATS` choose the books and how often each key is pressed.

#[path = "../tests/rigs/mod.rs"]
mod rigs;
#[path = "support/mod.rs"]
mod support;

use rigs::pty::{Launch, Terminal};
use std::path::Path;
use std::time::{Duration, Instant};
use support::{TODAY, ask, book_of, millis, number, percentile, program};

/// Something a person does over and over: keys that lead there, then the key measured.
struct Gesture {
    name: &'static str,
    before: &'static str,
    key: &'static str,
}

const GESTURES: [Gesture; 9] = [
    Gesture { name: "move down", before: "g c", key: "j" },
    Gesture { name: "page down", before: "g c", key: "PageDown" },
    Gesture { name: "to the end", before: "g c", key: "G" },
    Gesture { name: "open a customer", before: "g c", key: "Enter" },
    Gesture { name: "today", before: "g c", key: "g t" },
    Gesture { name: "customers", before: "g t", key: "g c" },
    Gesture { name: "aging", before: "g c", key: "g a" },
    Gesture { name: "disputes", before: "g c", key: "g d" },
    Gesture { name: "kpis", before: "g c", key: "g k" },
];

fn main() {
    let repeats = ask("O2C_BENCH_REPEATS", "21").parse().unwrap_or(21);
    for invoices in support::sizes() {
        let book = book_of(invoices);
        println!("\n{} invoices, 80x24, {repeats} times each\n", number(invoices));
        let (mut terminal, first) = open(&book);
        println!("{:<20} {:>10}", "first screen ms", millis(first));
        println!("{:<20} {:>10} {:>10} {:>8}", "key", "p50 ms", "p99 ms", "bytes");
        for gesture in &GESTURES {
            measure(&mut terminal, gesture, repeats);
        }
        terminal.wait_quiet().mark();
        std::thread::sleep(Duration::from_secs(5));
        println!("{:<20} {:>30}", "bytes in 5 s of rest", terminal.since_mark().bytes);
        println!("{:<20} {:>30.1}", "resident MiB", resident(&terminal));
        terminal.press("q");
    }
}

/// Starts the workstation and gives the time to its first screen at rest, less the rest.
fn open(book: &Path) -> (Terminal, Duration) {
    let start = Instant::now();
    let args = [Path::new("--book"), book, Path::new("--today"), Path::new(TODAY)];
    let mut terminal = Launch::new(program()).args(args).start();
    let began = start.elapsed();
    terminal.wait_until("the first screen", |screen| screen.contents().lines().count() > 4);
    let drawn = terminal.since_mark().took.unwrap_or_default();
    (terminal, began + drawn)
}

fn measure(terminal: &mut Terminal, gesture: &Gesture, repeats: usize) {
    let mut times = Vec::new();
    let mut bytes = Vec::new();
    for _ in 0..repeats {
        // Back to a known place, also out of anything the measured key opened.
        terminal.press("Esc").wait_quiet();
        for key in gesture.before.split(' ') {
            terminal.press(key);
        }
        let output = terminal.cost_of(gesture.key);
        times.extend(output.took);
        bytes.push(output.bytes);
    }
    bytes.sort_unstable();
    let show = |time: Option<Duration>| time.map_or("-".to_string(), millis);
    let (p50, p99) = (percentile(&mut times, 50), percentile(&mut times, 99));
    println!("{:<20} {:>10} {:>10} {:>8}", gesture.name, show(p50), show(p99), bytes[bytes.len() / 2]);
}

/// Resident memory of the program, in MiB.
fn resident(terminal: &Terminal) -> f64 {
    let id = terminal.process_id().unwrap_or_default();
    let text = std::fs::read_to_string(Path::new("/proc").join(id.to_string()).join("status")).unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.split_whitespace().next()?.parse::<f64>().ok()).unwrap_or_default() / 1024.0
}
