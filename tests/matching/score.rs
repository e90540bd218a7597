//! Runs payments through the engine one after the other, as a night's statement is, and counts by kind what it applied
//! by itself, whether that was right, and how much of what could be applied was.

use super::damage::{self, Kind};
use super::maker::{Case, Maker};
use super::oracle;
use super::traps;
use super::world::World;
use o2c::domain::matching::{Book, Explanation, explain};
use std::fmt;
use std::time::{Duration, Instant};

/// The counts of one kind.
#[derive(Clone, Copy, Debug, Default)]
pub struct Count {
    pub payments: u32,
    pub unique: u32,
    pub applied: u32,
    pub right: u32,
    pub wrong: u32,
    /// Applied among the unique ones.
    pub straight: u32,
}

/// The counts of all kinds.
#[derive(Debug, Default)]
pub struct Board {
    pub rows: Vec<(&'static str, Count)>,
    /// A few payments applied wrongly, or left although they have one explanation.
    pub examples: Vec<String>,
    /// What the engine took for all of them, and for the slowest.
    pub time: Duration,
    pub slowest: Duration,
}

impl Board {
    fn sum(&self) -> Count {
        self.rows.iter().fold(Count::default(), |sum, (_, row)| Count {
            payments: sum.payments + row.payments,
            unique: sum.unique + row.unique,
            applied: sum.applied + row.applied,
            right: sum.right + row.right,
            wrong: sum.wrong + row.wrong,
            straight: sum.straight + row.straight,
        })
    }

    pub fn wrong(&self) -> u32 {
        self.sum().wrong
    }

    /// How much of what has one explanation was applied by itself, in per mille.
    pub fn straight(&self) -> u32 {
        let sum = self.sum();
        sum.straight * 1000 / sum.unique.max(1)
    }
}

impl fmt::Display for Board {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let titles = ["payments", "unique", "applied", "right", "wrong", "straight"];
        writeln!(f, "{:<32}{}", "kind", titles.map(|title| format!("{title:>10}")).concat())?;
        let sum = ("all", self.sum());
        for (name, row) in self.rows.iter().chain([&sum]) {
            let numbers = [row.payments, row.unique, row.applied, row.right, row.wrong];
            let straight = row.straight.checked_mul(1000).and_then(|part| part.checked_div(row.unique));
            let straight = straight.map_or("-".into(), |mille| format!("{}.{} %", mille / 10, mille % 10));
            writeln!(f, "{name:<32}{}{straight:>10}", numbers.map(|number| format!("{number:>10}")).concat())?;
        }
        Ok(())
    }
}

/// Every kind of payment.
pub fn kinds() -> Vec<Kind> {
    [&damage::WRITING[..], &damage::OTHERS, &traps::AMOUNTS, &traps::TRAPS].concat()
}

/// Makes, explains and applies so many payments, the kinds in turn.
pub fn run(world: &mut World, book: &mut Book, seed: u64, payments: usize) -> Board {
    let kinds = kinds();
    let rows = kinds.iter().map(|kind| (kind.0, Count::default())).collect();
    let mut board = Board { rows, ..Board::default() };
    let mut memory = Maker::new(world, seed).rest();
    for number in 0..payments {
        let kind = number % kinds.len();
        let mut maker = Maker::resume(world, memory);
        let case = kinds[kind].1(&mut maker);
        memory = maker.rest();
        let Some(case) = case else { continue };
        let start = Instant::now();
        let answer = explain(book, &case.payment);
        let best = answer.automatic().cloned();
        best.iter().for_each(|best| book.apply(best));
        let took = start.elapsed();
        board.time += took;
        board.slowest = board.slowest.max(took);
        let unique = oracle::explanations(world, &case.facts).len() == 1;
        let row = &mut board.rows[kind].1;
        row.payments += 1;
        row.unique += u32::from(unique);
        if let Some(best) = &best {
            row.applied += 1;
            row.straight += u32::from(unique);
            let right = is_right(world, &case, best);
            row.right += u32::from(right);
            row.wrong += u32::from(!right);
            settle(world, best);
            if !right {
                board.examples.push(format!("{}: {case:?}\n{best:?}\n", kinds[kind].0));
            }
        } else if unique && board.examples.len() < 40 && std::env::var("O2C_SHOW").is_ok_and(|v| v == kinds[kind].0) {
            println!("{case:#?} {answer:#?}");
            board.examples.push(String::new());
        }
    }
    board
}

/// Whether exactly the items meant are settled, each in full.
fn is_right(world: &World, case: &Case, best: &Explanation) -> bool {
    let Some((customer, items)) = &case.truth else { return false };
    let mut places: Vec<usize> = best.shares.iter().map(|share| share.item as usize - 1).collect();
    places.sort_unstable();
    let full = best.shares.iter().all(|share| share.relieved() == world.open(share.item as usize - 1));
    best.customer == *customer as i64 + 1 && places == *items && full
}

/// The made-up book after an application.
fn settle(world: &mut World, best: &Explanation) {
    for share in &best.shares {
        *world.applied.entry(share.item as usize - 1).or_default() += share.relieved();
    }
}
