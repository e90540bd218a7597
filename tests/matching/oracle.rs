//! Decides by brute force, without the engine, whether a payment has exactly one explanation: from what the maker of
//! the payment wrote (who is said to pay, which references stand in it) every customer and every set of items is tried.

use super::world::{Item, World, plain, today};

/// What a payment says, as its maker knows it.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    pub account: String,
    pub customer: Option<usize>,
    pub name: String,
    pub refs: Vec<Written>,
    pub amount: i64,
}

/// One reference as written; an ending of a list is given in full, as a reader completes it.
#[derive(Clone, Debug)]
pub enum Written {
    Number(String),
    Order(String),
    Range(String, String),
}

/// The sets of items that explain the payment, by the first kind of explanation that fits.
pub fn explanations(world: &World, facts: &Facts) -> Vec<Vec<usize>> {
    let Some(payers) = payers(world, facts) else { return Vec::new() };
    let mut found: Vec<Vec<usize>> = Vec::new();
    if facts.refs.is_empty() {
        // Amounts alone explain nothing unless the payer is one.
        if let [payer] = payers[..] {
            found = by_amount(world, payer, facts.amount);
        }
    } else {
        for payer in payers {
            found.extend(by_refs(world, payer, facts));
        }
    }
    found.sort();
    found.dedup();
    found
}

/// Everybody whom all that is said fits; with nothing said, the owners of the references.
fn payers(world: &World, facts: &Facts) -> Option<Vec<usize>> {
    let mut sets: Vec<Vec<usize>> = Vec::new();
    if !facts.account.is_empty() {
        sets.extend(world.by_account.get(&facts.account).cloned());
    }
    sets.extend(facts.customer.map(|customer| vec![customer]));
    if sets.is_empty() && !facts.name.is_empty() {
        sets.extend(world.by_name.get(&plain(&facts.name)).cloned());
    }
    let owners: Vec<usize> = facts.refs.iter().flat_map(|written| owners(world, written)).collect();
    let mut all = sets.pop().unwrap_or_else(|| owners.clone());
    all.retain(|customer| sets.iter().all(|set| set.contains(customer)));
    all.sort_unstable();
    all.dedup();
    // A reference that is somebody else's contradicts, whatever else fits.
    let strange = owners.iter().any(|owner| !all.contains(owner));
    (!strange).then_some(all)
}

fn owners(world: &World, written: &Written) -> Vec<usize> {
    let place = |text: &str| world.place_of(value(text)?).filter(|place| series_fits(world, *place, text));
    match written {
        Written::Number(text) | Written::Range(text, _) => {
            place(text).filter(|place| *place < world.items).map(|place| world.customer_of(place)).into_iter().collect()
        }
        Written::Order(_) => Vec::new(),
    }
}

/// The number written, letters that look like digits aside.
fn value(text: &str) -> Option<u64> {
    digits(text).parse().ok()
}

fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

fn series_fits(world: &World, place: usize, text: &str) -> bool {
    let letters: String = text.chars().take_while(|letter| letter.is_ascii_alphabetic()).collect();
    !["INV", "CN", "SO"].contains(&letters.as_str()) || world.number(place).starts_with(&letters)
}

fn open_items(world: &World, customer: usize) -> Vec<(Item, i64)> {
    let all = world.of(customer).map(|place| (world.item(place), world.open(place)));
    all.filter(|(item, open)| *open != 0 && !item.dollars).collect()
}

/// Sets of items the references stand for, whose sum is the amount.
fn by_refs(world: &World, customer: usize, facts: &Facts) -> Vec<Vec<usize>> {
    let open = open_items(world, customer);
    let mut ways: Vec<(Vec<usize>, bool)> = vec![(Vec::new(), true)];
    for written in &facts.refs {
        let meanings = meanings(world, &open, written);
        let each = |(set, exact): &(Vec<usize>, bool)| {
            let set = set.clone();
            let exact = *exact;
            meanings
                .iter()
                .map(move |(more, sure)| (set.iter().chain(more).copied().collect(), exact && *sure))
                .collect()
        };
        ways = ways.iter().flat_map(|way| -> Vec<(Vec<usize>, bool)> { each(way) }).take(5000).collect();
    }
    for (set, _) in &mut ways {
        set.sort_unstable();
        set.dedup();
    }
    let of = |set: &[usize]| -> Vec<(Item, i64)> {
        open.iter().filter(|(item, _)| set.contains(&item.place)).cloned().collect()
    };
    let exact: Vec<Vec<usize>> = ways
        .iter()
        .filter(|(set, _)| !set.is_empty() && sums(&of(set)).contains(&facts.amount))
        .map(|w| w.0.clone())
        .collect();
    if !exact.is_empty() {
        return exact;
    }
    // One credit that makes up the difference.
    let certain: Vec<&Vec<usize>> =
        ways.iter().filter(|(set, sure)| *sure && !set.is_empty()).map(|way| &way.0).collect();
    if let ([named], 1..=14) = (&certain[..], open.len()) {
        let mut netted = Vec::new();
        for mask in 1..1_u32 << open.len() {
            let more: Vec<usize> =
                (0..open.len()).filter(|at| mask >> at & 1 == 1).map(|at| open[at].0.place).collect();
            if more.iter().any(|place| named.contains(place)) {
                continue;
            }
            let mut set: Vec<usize> = named.iter().copied().chain(more).collect();
            if of(&set).iter().map(|(_, open)| open).sum::<i64>() == facts.amount {
                set.sort_unstable();
                netted.push(set);
            }
        }
        if !netted.is_empty() {
            return netted;
        }
    }
    // Nearly the amount counts where nothing else has it exactly and nothing was read with good will.
    if open.iter().any(|one| sums(std::slice::from_ref(one)).contains(&facts.amount)) {
        return Vec::new();
    }
    let near = |set: &[usize]| {
        let items = of(set);
        let sum: i64 = items.iter().map(|(_, open)| open).sum();
        let limit = 500.min((sum.abs() * 5 + 500) / 1000);
        sums(&items).iter().any(|sum| (sum - facts.amount).abs() <= limit)
    };
    ways.into_iter().filter(|(set, sure)| *sure && !set.is_empty() && near(set)).map(|way| way.0).collect()
}

/// What items cost together: in full, or less the discounts they earned.
fn sums(items: &[(Item, i64)]) -> Vec<i64> {
    let gross: i64 = items.iter().map(|(_, open)| open).sum();
    let earned: i64 = items.iter().filter(|(item, open)| *open == item.amount).map(|(item, _)| item.earned()).sum();
    if earned == 0 { vec![gross] } else { vec![gross, gross - earned] }
}

/// The items a reference may stand for, and whether it is certain.
fn meanings(world: &World, open: &[(Item, i64)], written: &Written) -> Vec<(Vec<usize>, bool)> {
    let place = |item: &(Item, i64)| item.0.place;
    match written {
        Written::Order(order) => {
            let all: Vec<usize> =
                open.iter().filter(|(item, _)| value(&item.order) == value(order)).map(place).collect();
            let single = all.iter().map(|one| (vec![*one], true));
            let together = (all.len() > 1).then(|| (all.clone(), true));
            single.chain(together).collect()
        }
        Written::Range(from, to) => {
            let (Some(from), Some(to)) = (value(from), value(to)) else { return Vec::new() };
            let inside = |item: &&(Item, i64)| (from..=to).contains(&world.serial(item.0.place));
            vec![(open.iter().filter(inside).map(place).collect(), true)]
        }
        Written::Number(text) => {
            let looked: String = text.replace(['O', 'o'], "0").replace(['I', 'l'], "1");
            let looked = looked.trim_start_matches("1NV");
            for (text, sure) in [(text.as_str(), true), (looked, false)] {
                if let Some(found) = value(text).and_then(|value| world.place_of(value)) {
                    let own = open.iter().filter(|item| item.0.place == found && series_fits(world, found, text));
                    return own.map(|item| (vec![item.0.place], sure)).collect();
                }
            }
            let near = open.iter().filter(|item| {
                let number = digits(&item.0.number);
                let written = digits(text);
                slips(&number, &written) == 1
                    || slips(number.trim_start_matches('0'), written.trim_start_matches('0')) == 1
            });
            near.map(|item| (vec![item.0.place], false)).collect()
        }
    }
}

/// The number of slips between two texts: substitutions, insertions, deletions, exchanges of neighbours.
fn slips(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut table = vec![vec![0; b.len() + 1]; a.len() + 1];
    for i in 0..=a.len() {
        for j in 0..=b.len() {
            table[i][j] = match (i, j) {
                (0, other) | (other, 0) => other,
                _ => {
                    let same = usize::from(a[i - 1] != b[j - 1]);
                    let mut best = (table[i - 1][j - 1] + same).min(table[i - 1][j] + 1).min(table[i][j - 1] + 1);
                    if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                        best = best.min(table[i - 2][j - 2] + 1);
                    }
                    best
                }
            };
        }
    }
    table[a.len()][b.len()]
}

/// Sets of one customer's items that cost the amount: one item, else all, else past due, else of one term, else of one
/// month, else any set of few.
fn by_amount(world: &World, customer: usize, amount: i64) -> Vec<Vec<usize>> {
    let open = open_items(world, customer);
    let places = |items: &[(Item, i64)]| items.iter().map(|(item, _)| item.place).collect::<Vec<_>>();
    let fits = |items: &[(Item, i64)]| sums(items).contains(&amount);
    let mut levels: Vec<Vec<Vec<(Item, i64)>>> = vec![open.iter().map(|one| vec![one.clone()]).collect()];
    let due = |items: &[(Item, i64)]| -> Vec<(Item, i64)> {
        items.iter().filter(|(item, open)| *open < 0 || item.due < today()).cloned().collect()
    };
    levels.push(vec![open.clone()]);
    levels.push(vec![due(&open)]);
    let debits: Vec<(Item, i64)> = due(&open).into_iter().filter(|(_, open)| *open > 0).collect();
    levels.push(vec![debits]);
    let month = |item: &Item| item.document_date.format("%Y%m").to_string();
    let mut months: Vec<String> = open.iter().map(|(item, _)| month(item)).collect();
    months.sort();
    months.dedup();
    let of_month = |wanted: &String| open.iter().filter(|(item, _)| month(item) == *wanted).cloned().collect();
    levels.push(months.iter().map(of_month).collect());
    for level in levels {
        let found: Vec<Vec<usize>> =
            level.iter().filter(|set| !set.is_empty() && fits(set)).map(|s| places(s)).collect();
        if !found.is_empty() {
            return found;
        }
    }
    if open.len() > 14 {
        return Vec::new();
    }
    let subset = |mask: u32| -> Vec<(Item, i64)> {
        open.iter().enumerate().filter(|(at, _)| mask >> at & 1 == 1).map(|(_, one)| one.clone()).collect()
    };
    let sum = |mask: u32| (0..open.len()).filter(|at| mask >> at & 1 == 1).map(|at| open[at].1).sum::<i64>();
    (1..1_u32 << open.len()).filter(|mask| sum(*mask) == amount).map(|mask| places(&subset(mask))).collect()
}
