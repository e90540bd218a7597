//! The fuzz targets on stable Rust: the committed corpus, and seeded changes of it. Counts what it ran; `O2C_LONG` runs
//! more than a hundred times as much, `O2C_FUZZ_ROUNDS` as many of each as it says. A finding prints the bytes; they
//! become a file of the corpus.

#[path = "../fuzz/targets.rs"]
mod targets;

mod rigs;

use rigs::vfs::Rng;
use std::path::Path;

/// What makes a text turn into another kind of text.
const PIECES: [&str; 24] = [
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
];

fn changed(seed: &[u8], rng: &mut Rng) -> Vec<u8> {
    let mut bytes = seed.to_vec();
    for _ in 0..1 + rng.next() % 4 {
        let at = rng.next() as usize % (bytes.len() + 1);
        let until = (at + rng.next() as usize % 9).min(bytes.len());
        match rng.next() % 6 {
            0 => drop(bytes.splice(at..at, PIECES[rng.next() as usize % PIECES.len()].bytes())),
            1 => drop(bytes.drain(at..until)),
            2 => drop(bytes.splice(at..until, seed.iter().rev().take(6).copied())),
            3 => bytes.truncate(at),
            4 if at < bytes.len() => bytes[at] = rng.next().to_le_bytes()[2],
            _ => bytes.insert(at, rng.next().to_le_bytes()[1]),
        }
    }
    bytes
}

#[test]
fn nothing_from_outside_brings_a_reader_down() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus");
    let asked = std::env::var("O2C_FUZZ_ROUNDS").ok().and_then(|text| text.trim().parse().ok());
    let rounds: usize = asked.unwrap_or(if std::env::var_os("O2C_LONG").is_some() { 100_000 } else { 600 });
    let mut total = 0u64;
    for (name, target, cost) in targets::TARGETS {
        let mut seeds = vec![Vec::new()];
        for entry in std::fs::read_dir(corpus.join(name)).expect("a corpus").flatten() {
            seeds.push(std::fs::read(entry.path()).expect("a seed"));
        }
        assert!(seeds.len() > 1, "{name} has no corpus");
        let mut rng = Rng::new(name.len() as u64);
        for round in 0..rounds / cost {
            let seed = &seeds[round % seeds.len()];
            let bytes = if round < seeds.len() { seed.clone() } else { changed(seed, &mut rng) };
            if std::panic::catch_unwind(|| target(&bytes)).is_err() {
                panic!("{name} fails on {:?}", String::from_utf8_lossy(&bytes));
            }
            total += 1;
        }
    }
    println!("fuzz: {} targets, {total} inputs, failures 0", targets::TARGETS.len());
}
