//! What cases were about and how they ended: by reason and by cause, the largest first, with the share of all up to each
//! and the part that was won.

use rust_decimal::Decimal;

/// One case, as the figures need it. Amounts are minor units of the book's currency.
#[derive(Clone, Debug)]
pub struct Told<'a> {
    /// What it is counted under.
    pub word: &'a str,
    /// What was claimed, less what moved to another case.
    pub claimed: i64,
    /// Not given up.
    pub won: i64,
    /// Given up.
    pub given: i64,
}

/// What one word adds up to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Bar {
    /// The reason or cause.
    pub word: String,
    /// Cases.
    pub cases: u64,
    /// Claimed.
    pub claimed: i64,
    /// Won of what was decided.
    pub won: i64,
    /// Decided: won and given.
    pub decided: i64,
    /// Percent of all that was claimed, of this word and those before it.
    pub running: Decimal,
}

impl Bar {
    /// Percent of the decided amount that was won; `None` where nothing was decided.
    pub fn win_rate(&self) -> Option<Decimal> {
        percent(self.won, self.decided)
    }
}

/// `part / whole x 100`, rounded half away from zero to one place.
pub fn percent(part: i64, whole: i64) -> Option<Decimal> {
    let rate = Decimal::from(part).checked_mul(Decimal::ONE_HUNDRED)?.checked_div(Decimal::from(whole))?;
    Some(rate.round_dp_with_strategy(1, rust_decimal::RoundingStrategy::MidpointAwayFromZero))
}

/// The words of some cases, the largest claimed amount first.
pub fn pareto<'a>(cases: impl IntoIterator<Item = Told<'a>>) -> Vec<Bar> {
    let mut bars: Vec<Bar> = Vec::new();
    for case in cases {
        let place = bars.iter().position(|bar| bar.word == case.word).unwrap_or_else(|| {
            let word = case.word.to_owned();
            bars.push(Bar { word, cases: 0, claimed: 0, won: 0, decided: 0, running: Decimal::ZERO });
            bars.len() - 1
        });
        let bar = &mut bars[place];
        bar.cases += 1;
        bar.claimed += case.claimed;
        bar.won += case.won;
        bar.decided += case.won + case.given;
    }
    bars.sort_by(|a, b| b.claimed.cmp(&a.claimed).then_with(|| a.word.cmp(&b.word)));
    let all: i64 = bars.iter().map(|bar| bar.claimed).sum();
    let mut sum = 0;
    for bar in &mut bars {
        sum += bar.claimed;
        bar.running = percent(sum, all).unwrap_or_default();
    }
    bars
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_comes_first_and_the_last_ends_at_all() {
        let told = |word, claimed, won, given| Told { word, claimed, won, given };
        let bars = pareto([told("price", 100, 40, 60), told("carrier", 300, 300, 0), told("price", 100, 0, 0)]);
        assert_eq!((bars[0].word.as_str(), bars[0].running), ("carrier", Decimal::from(60)));
        assert_eq!((bars[1].cases, bars[1].claimed, bars[1].running), (2, 200, Decimal::ONE_HUNDRED));
        assert_eq!(bars[1].win_rate(), Some(Decimal::from(40)));
        assert_eq!(pareto([]), []);
        assert_eq!(percent(0, 0), None);
        assert_eq!(percent(2, 3), Some("66.7".parse().unwrap()));
    }
}
