//! A night of cash at size: a million open items, a hundred thousand payments, in memory as the engine keeps them. Seconds
//! and the peak of resident memory, beside a bare hash join of the references, which only finds what is written clean.
//! Run `cargo bench --bench matching`; `O2C_BENCH_ITEMS`, `O2C_BENCH_CUSTOMERS`, `O2C_BENCH_PAYMENTS` and
//! `O2C_BENCH_SEED` change the size. The time is the engine's alone: making payments and checking them is not counted.

#[path = "../tests/matching/damage.rs"]
mod damage;
#[path = "../tests/matching/maker.rs"]
mod maker;
#[path = "../tests/matching/oracle.rs"]
mod oracle;
#[path = "../tests/matching/score.rs"]
mod score;
#[path = "../tests/matching/traps.rs"]
mod traps;
#[path = "../tests/matching/world.rs"]
mod world;

use maker::Maker;
use std::collections::HashMap;
use std::time::{Duration, Instant};
use world::World;

fn size(name: &str, default: usize) -> usize {
    std::env::var(name).ok().and_then(|text| text.replace('_', "").parse().ok()).unwrap_or(default)
}

/// The most memory this process ever had, in MiB.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM")).unwrap_or_default();
    line.split_whitespace().nth(1).and_then(|kib| kib.parse::<u64>().ok()).unwrap_or(0) / 1024
}

fn main() {
    let (items, customers) = (size("O2C_BENCH_ITEMS", 1_000_000), size("O2C_BENCH_CUSTOMERS", 20_000));
    let (payments, seed) = (size("O2C_BENCH_PAYMENTS", 100_000), size("O2C_BENCH_SEED", 1) as u64);
    let mut world = World::new(items, customers);
    if std::env::args().any(|word| word == "floor") {
        return floor(&world, seed, payments);
    }
    println!("{items} open items, {customers} customers, {payments} payments");
    println!("the made-up book itself: peak {} MiB", peak());
    let start = Instant::now();
    let mut book = world.book();
    println!("book built in {:.2} s, peak {} MiB", start.elapsed().as_secs_f64(), peak());
    let board = score::run(&mut world, &mut book, seed, payments);
    let seconds = board.time.as_secs_f64();
    let (each, slow) = (seconds * 1e6 / payments as f64, board.slowest.as_secs_f64() * 1e3);
    println!("explained and applied in {seconds:.2} s ({each:.0} us each, slowest {slow:.2} ms), peak {} MiB", peak());
    println!("{board}");
    println!("wrong {}, straight through {}.{} %", board.wrong(), board.straight() / 10, board.straight() % 10);
    board.examples.iter().for_each(|example| println!("{example}"));
    let own = std::env::current_exe().expect("this program");
    let done = std::process::Command::new(own).arg("floor").status().expect("the floor runs");
    assert!(done.success(), "the floor failed");
    assert_eq!(board.wrong(), 0, "applied by itself and wrong");
    assert!(board.straight() >= 900, "straight through less than 90 %");
}

/// The bare join: words with digits looked up in a hash table of numbers, amounts compared.
fn floor(world: &World, seed: u64, payments: usize) {
    let start = Instant::now();
    let mut numbers: HashMap<String, (usize, i64)> = HashMap::with_capacity(world.items);
    for place in 0..world.items {
        numbers.insert(world.number(place), (place, world.open(place)));
    }
    let built = start.elapsed();
    let kinds = score::kinds();
    let mut maker = Maker::new(world, seed);
    let (mut time, mut hits) = (Duration::ZERO, 0);
    for number in 0..payments {
        let Some(case) = kinds[number % kinds.len()].1(&mut maker) else { continue };
        let start = Instant::now();
        let words = case.payment.text.split(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | '/'));
        let found: Vec<(usize, i64)> = words.filter_map(|word| numbers.get(word).copied()).collect();
        let sum: i64 = found.iter().map(|found| found.1).sum();
        hits += u32::from(!found.is_empty() && sum == case.payment.amount);
        time += start.elapsed();
    }
    let (built, seconds) = (built.as_secs_f64(), time.as_secs_f64());
    println!("floor: table in {built:.2} s, join in {seconds:.2} s, {hits} found, peak {} MiB", peak());
}
