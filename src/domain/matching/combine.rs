//! Which of some amounts add up to a sum, credits included: every set, within a bounded number of steps, and a measure
//! of how easily such a set arises by chance.

/// What a search found.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Found {
    /// The sets, as places among the amounts; the search ends at [`SETS`].
    pub sets: Vec<Vec<usize>>,
    /// How many combinations were tried.
    pub tried: u32,
    /// Whether it was stopped before everything was tried.
    pub stopped: bool,
}

/// After so many sets more would tell a person nothing.
const SETS: usize = 6;

/// All sets of `amounts` that add up to `sum`, oldest (first) items preferred, with at most `steps` combinations tried.
pub(super) fn search(sum: i64, amounts: &[i64], steps: u32) -> Found {
    // What the rest can still add or take away bounds the search; large amounts first make it tight.
    let mut order: Vec<usize> = (0..amounts.len()).filter(|place| amounts[*place] != 0).collect();
    order.sort_by_key(|place| (std::cmp::Reverse(amounts[*place].unsigned_abs()), *place));
    let mut up = vec![0_i64; order.len() + 1];
    let mut down = vec![0_i64; order.len() + 1];
    for (at, place) in order.iter().enumerate().rev() {
        up[at] = up[at + 1].saturating_add(amounts[*place].max(0));
        down[at] = down[at + 1].saturating_add(amounts[*place].min(0));
    }
    let mut search = Search { amounts, order, up, down, steps, found: Found::default() };
    search.go(0, sum, &mut Vec::new());
    let mut found = search.found;
    found.sets.iter_mut().for_each(|set| set.sort_unstable());
    found.sets.sort_by(|a, b| a.len().cmp(&b.len()).then_with(|| a.cmp(b)));
    found
}

struct Search<'a> {
    amounts: &'a [i64],
    order: Vec<usize>,
    up: Vec<i64>,
    down: Vec<i64>,
    steps: u32,
    found: Found,
}

impl Search<'_> {
    fn go(&mut self, at: usize, rest: i64, taken: &mut Vec<usize>) {
        if self.found.stopped || self.found.sets.len() >= SETS || rest > self.up[at] || rest < self.down[at] {
            return;
        }
        if self.found.tried == self.steps {
            self.found.stopped = true;
            return;
        }
        self.found.tried += 1;
        let Some(place) = self.order.get(at).copied() else {
            if rest == 0 && !taken.is_empty() {
                self.found.sets.push(taken.clone());
            }
            return;
        };
        taken.push(place);
        self.go(at + 1, rest.saturating_sub(self.amounts[place]), taken);
        taken.pop();
        self.go(at + 1, rest, taken);
    }
}

/// How many times finer the amounts are than the sets of up to `size` of them are many: below some thousands a set that
/// fits may be chance. Amounts in whole hundreds are coarse, so the sum is measured in their greatest common divisor.
pub(super) fn rarity(sum: i64, amounts: &[i64], size: usize) -> u64 {
    let unit = amounts.iter().fold(sum.unsigned_abs(), |unit, amount| gcd(unit, amount.unsigned_abs())).max(1);
    let (mut sets, mut choose) = (0_u64, 1_u64);
    for taken in 1..=size as u64 {
        choose = choose.saturating_mul((amounts.len() as u64 + 1).saturating_sub(taken)) / taken;
        sets = sets.saturating_add(choose);
    }
    sum.unsigned_abs() / unit / sets.max(1)
}

fn gcd(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { gcd(b, a % b) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_set_is_found_with_credits() {
        let amounts = [10_000, 25_000, 40_000, 7_500, -2_600];
        assert_eq!(search(32_500, &amounts, 1000).sets, [vec![1, 3]]);
        assert_eq!(search(22_400, &amounts, 1000).sets, [vec![1, 4]]);
        assert_eq!(search(1, &amounts, 1000).sets, [] as [Vec<usize>; 0]);
        assert_eq!(search(300, &[100, 200, 300], 1000).sets, [vec![2], vec![0, 1]]);
        let found = search(3, &[1; 30], 10);
        assert!(found.stopped && found.tried == 10);
    }

    #[test]
    fn round_amounts_are_coarse() {
        assert!(rarity(500_000, &[100_000, 200_000, 300_000], 2) < 10);
        assert!(rarity(512_345, &[112_311, 200_017, 399_934], 2) > 10_000);
        assert_eq!(rarity(1, &[], 0), 1);
    }
}
