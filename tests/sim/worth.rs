//! The model's sense of what is worth a letter: minimums, and the customer's credits, each of which counts once.

use std::collections::BTreeMap;

use o2c::domain::money::Currency;

use crate::letters::LEAST;
use crate::model::State;

/// What credits take off for items, in minor units.
pub type Offs = BTreeMap<usize, i64>;

impl State {
    /// Leaves out what is not worth a letter, and what the customer's credits cover: they pay what was reminded before
    /// first, then the highest level.
    pub fn worth_a_letter(
        &self,
        open: &[(usize, i64)],
        waiting: &[(usize, i64)],
        due: &mut Vec<(usize, u32, i64)>,
    ) -> Offs {
        let mut offs = Offs::new();
        let mut currencies: Vec<Currency> = due.iter().map(|one| self.money.items[one.0].currency).collect();
        currencies.sort_unstable();
        currencies.dedup();
        for currency in currencies {
            let of = |item: usize| self.money.items[item].currency == currency;
            let asked: i64 = due.iter().filter(|one| of(one.0)).map(|one| one.2).sum();
            let credits: i64 = open.iter().filter(|(item, open)| of(*item) && *open < 0).map(|(_, open)| -open).sum();
            let reminded: i64 = waiting.iter().filter(|one| of(one.0)).map(|one| one.1).sum();
            let mut left = (credits - reminded).max(0);
            let net = asked - left;
            let first: i64 = due.iter().filter(|one| of(one.0) && one.1 == 1).map(|one| one.2).sum();
            let small = currency == Currency::EUR && first.min(net) < LEAST;
            due.retain(|one| !of(one.0) || net <= 0 || !(one.1 == 1 && small));
            // What the customer is owed pays the highest level first; a letter that it covers does not go out.
            for level in [3, 2, 1] {
                let mine = |one: &&(usize, u32, i64)| of(one.0) && one.1 == level;
                let asked: i64 = due.iter().filter(mine).map(|one| one.2).sum();
                if left > 0 && asked <= left {
                    due.retain(|one| !(of(one.0) && one.1 == level));
                }
                let mut free = left;
                for (item, _, asked) in due.iter().filter(mine) {
                    offs.insert(*item, free.min(*asked));
                    free -= free.min(*asked);
                }
                left -= asked.min(left);
            }
        }
        offs
    }
}
