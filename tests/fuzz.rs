//! The fuzz targets on stable Rust: the committed corpus, and seeded changes of it, on every core. Counts what it ran;
//! `O2C_LONG` runs more than a hundred times as much, `O2C_FUZZ_ROUNDS` as many of each as it says, `O2C_FUZZ_TARGET` only
//! the target it names. A finding prints the bytes; they become a file of the corpus.

#[path = "../fuzz/targets.rs"]
mod targets;

mod rigs;

use rigs::vfs::Rng;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// What makes a text turn into another kind of text.
const PIECES: [&str; 36] = [
    "\u{1b}[2J",
    "\u{9b}31m",
    "\u{202e}",
    "\u{200b}",
    "\r\n",
    "\0",
    "\"",
    ",",
    ";",
    "=",
    "-",
    "+",
    "@",
    "'",
    "9999999999999",
    "1e9",
    "NaN",
    "٣",
    "\u{301}\u{301}\u{301}\u{301}\u{301}",
    "%",
    "<!DOCTYPE a [<!ENTITY b \"c\">]>",
    ":61:",
    "29.02.",
    "\u{e0041}",
    "[[level]]\n",
    " = [",
    " = { ",
    "}}",
    "{% for x in y %}",
    "\\",
    "\t",
    "0x7fffffffffffffff",
    "-9223372036854775808",
    " x60 31d",
    "%\u{fffd}",
    "=?utf-8?q?=00?=",
];

/// Samples of other suites and of the program that are seeds too.
const SEEDS: [(&str, &str); 16] = [
    ("bank", "tests/bank"),
    ("camt", "tests/bank/camt052.xml"),
    ("camt", "tests/bank/camt053.xml"),
    ("camt", "tests/bank/camt054.xml"),
    ("mt940", "tests/bank/mt940.sta"),
    ("mt940", "tests/bank/mt942.sta"),
    ("bai2", "tests/bank/bai2.txt"),
    ("ofx", "tests/bank/ofx102.ofx"),
    ("ofx", "tests/bank/ofx211.ofx"),
    ("nacha", "tests/bank/ctx.ach"),
    ("x12", "tests/bank/x12_820.txt"),
    ("lockbox", "tests/bank/lockbox.txt"),
    ("bank_table", "tests/bank/bank.csv"),
    ("policy", "src/demo/policies"),
    ("mapping", "src/formats/mappings"),
    ("template", "src/documents/templates"),
];

fn changed(seed: &[u8], other: &[u8], rng: &mut Rng) -> Vec<u8> {
    let mut bytes = seed.to_vec();
    for _ in 0..1 + rng.next() % 4 {
        let at = rng.next() as usize % (bytes.len() + 1);
        let until = (at + rng.next() as usize % 9).min(bytes.len());
        match rng.next() % 7 {
            0 => drop(bytes.splice(at..at, PIECES[rng.next() as usize % PIECES.len()].bytes())),
            1 => drop(bytes.drain(at..until)),
            2 => drop(bytes.splice(at..until, seed.iter().rev().take(6).copied())),
            3 => bytes.truncate(at),
            4 => {
                let from = rng.next() as usize % (other.len() + 1);
                drop(bytes.splice(at..until, other[from..].iter().take(24).copied()));
            }
            5 if at < bytes.len() => bytes[at] = rng.next().to_le_bytes()[2],
            _ => bytes.insert(at, rng.next().to_le_bytes()[1]),
        }
    }
    bytes
}

/// Inputs a worker takes at a time, of a target that costs 1.
const PIECE: usize = 2_000;

fn seeds(name: &str) -> Vec<Vec<u8>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let own = root.join("fuzz/corpus").join(name);
    let named = SEEDS.iter().filter(|(of, _)| *of == name).map(|(_, place)| root.join(place));
    let mut files = Vec::new();
    for place in std::iter::once(own).filter(|own| own.is_dir()).chain(named) {
        if place.is_file() {
            files.push(place);
            continue;
        }
        let listed = std::fs::read_dir(&place).unwrap_or_else(|error| panic!("{}: {error}", place.display()));
        files.extend(listed.map(|entry| entry.expect("a file").path()).filter(|path| path.is_file()));
    }
    files.sort();
    assert!(!files.is_empty(), "{name} has no corpus");
    let whole = files.iter().map(|file| std::fs::read(file).expect("a seed"));
    std::iter::once(Vec::new()).chain(whole).collect()
}

#[test]
fn nothing_from_outside_brings_a_reader_down() {
    let asked = std::env::var("O2C_FUZZ_ROUNDS").ok().and_then(|text| text.trim().parse().ok());
    let rounds: usize = asked.unwrap_or(if std::env::var_os("O2C_LONG").is_some() { 100_000 } else { 600 });
    let only = std::env::var("O2C_FUZZ_TARGET").ok();
    let targets: Vec<_> =
        targets::TARGETS.into_iter().filter(|(name, ..)| only.as_ref().is_none_or(|only| only == name)).collect();
    let all: Vec<Vec<Vec<u8>>> = targets.iter().map(|(name, ..)| seeds(name)).collect();
    // Target and piece: each is the same whoever takes it when.
    let pieces: Vec<(usize, usize)> = (0..targets.len())
        .flat_map(|target| (0..rounds.div_ceil(PIECE)).map(move |piece| (piece, target)))
        .map(|(piece, target)| (target, piece))
        .collect();
    let (next, ran) = (AtomicUsize::new(0), Mutex::new(BTreeMap::<&str, (u64, Duration)>::new()));
    let work = || {
        while let Some(&(place, piece)) = pieces.get(next.fetch_add(1, Ordering::Relaxed)) {
            let ((name, target, cost), seeds, began) = (targets[place], &all[place], Instant::now());
            let mut rng = Rng::new((place as u64) << 32 | piece as u64);
            let (from, until) = (piece * PIECE / cost, ((piece + 1) * PIECE).min(rounds) / cost);
            for round in from..until {
                let seed = &seeds[round % seeds.len()];
                let other = &seeds[rng.next() as usize % seeds.len()];
                let bytes = if round < seeds.len() { seed.clone() } else { changed(seed, other, &mut rng) };
                if std::panic::catch_unwind(|| target(&bytes)).is_err() {
                    panic!("{name} fails on {:?}", String::from_utf8_lossy(&bytes));
                }
            }
            let mut ran = ran.lock().expect("a tally");
            let of = ran.entry(name).or_default();
            *of = (of.0 + (until - from) as u64, of.1 + began.elapsed());
        }
    };
    std::thread::scope(|scope| {
        let workers = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let handles: Vec<_> = (0..workers).map(|_| scope.spawn(work)).collect();
        for handle in handles {
            handle.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        }
    });
    let ran = ran.into_inner().expect("a tally");
    for (name, (inputs, time)) in &ran {
        println!("fuzz: {name} {inputs} inputs, {:.0} a second a core", *inputs as f64 / time.as_secs_f64());
    }
    println!("fuzz: {} targets, {} inputs, failures 0", ran.len(), ran.values().map(|of| of.0).sum::<u64>());
}
