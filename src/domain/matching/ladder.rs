//! The ladder of rules for one payment and one customer: each rule gives the explanations it finds, the first that
//! gives any decides, and whatever speaks against applying one by itself is written beside it.

use super::answer::{Difference, Evidence, Explanation, Objection, Reading};
use super::book::Field;
use super::named::{Named, Naming};
use super::payer::Candidate;
use super::policy::Rule;
use super::shares::Desk;
use super::{balance, combine};

/// The most ways of reading what was named that are followed.
const WAYS: usize = 256;

/// How much finer than the number of possible sets the amounts must be before a set is more than chance.
const RARITY: u64 = 2000;

/// One way of reading everything that was named: the rows, and how surely they were read.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Way {
    rows: Vec<u32>,
    /// Per mille, the worst of all.
    sure: u64,
    assumed: bool,
    evidence: Vec<Evidence>,
}

/// The rules of one customer.
pub(super) struct Ladder<'a> {
    pub desk: Desk<'a>,
    pub naming: &'a Naming,
    pub payer: &'a Candidate,
    pub conflict: bool,
}

/// What the ladder found.
#[derive(Debug, Default)]
pub(super) struct Climb {
    pub explanations: Vec<Explanation>,
    pub stopped: Option<u32>,
}

impl Ladder<'_> {
    /// Tries the rules in order. The first explanation alone may be without objections.
    pub fn climb(&self) -> Climb {
        let ways = self.ways();
        let open = self.desk.open_rows();
        let mut climb = Climb::default();
        let mut explained = false;
        // What another member of the group paid is told by what was named, never by amounts alone.
        let allowed = |rule: &Rule| self.desk.policy.allows(*rule) && (!self.for_another() || rule.is_by_reference());
        for rule in Rule::ALL.into_iter().filter(allowed) {
            let mut found = self.by_rule(rule, &ways, &open, &mut climb);
            found.retain(|new| !climb.explanations.iter().any(|old| old.shares == new.shares && old.rest == new.rest));
            let tied = found.len() > 1 || explained;
            for mut explanation in found {
                if tied {
                    explanation.objections.push(Objection::Tie);
                }
                explained = true;
                climb.explanations.push(explanation);
            }
            if climb.explanations.first().is_some_and(|first| first.objections.is_empty()) {
                return climb;
            }
        }
        self.propose(&ways, &open, &mut climb);
        climb
    }

    /// Whether another member of the customer's group paid.
    fn for_another(&self) -> bool {
        !self.payer.paid_by.is_empty()
    }

    /// Whether one of those who paid has an item of their own with just this amount.
    fn own_item_fits(&self) -> bool {
        let rows = self.payer.paid_by.iter().flat_map(|place| self.desk.book.rows_of(*place));
        let mut rows = rows.filter_map(|place| self.desk.row(place));
        rows.any(|row| row.open == self.desk.payment.amount && row.currency == self.desk.payment.currency)
    }

    fn by_rule(&self, rule: Rule, ways: &[Way], open: &[u32], climb: &mut Climb) -> Vec<Explanation> {
        match rule {
            Rule::Named => {
                let mut found = self.named(ways);
                found.extend(self.advised().filter(|advised| advised.objections.is_empty()));
                found
            }
            Rule::OneItem => self.one_item(open),
            Rule::NamedWithin => self.named_within(ways),
            Rule::Combination if climb.explanations.is_empty() => self.combination(open, climb),
            Rule::Combination => Vec::new(),
            Rule::OldestFirst => self.oldest_first(open, climb),
            Rule::WholeAccount | Rule::PastDue | Rule::PastDueOfTerm | Rule::Month => {
                let sets = balance::sets(&self.desk, rule, open);
                let fits = sets.into_iter().flat_map(|set| self.exact(rule, &set));
                fits.map(|(explanation, set)| self.grouped(explanation, &set, open)).collect()
            }
        }
    }

    /// Weighs an explanation by a balance. An item left out that has the amount of one taken in makes another set with
    /// the same sum, which nothing tells from this one.
    fn grouped(&self, explanation: Explanation, set: &[u32], open: &[u32]) -> Explanation {
        let mut explanation = self.weigh(explanation, set, None);
        let amounts: Vec<i64> = self.desk.rows(set).map(|row| row.open).collect();
        let left_out = open.iter().filter(|place| !set.contains(place)).filter_map(|place| self.desk.row(*place));
        if left_out.map(|row| row.open).any(|amount| amounts.contains(&amount)) {
            explanation.objections.push(Objection::Tie);
        }
        explanation
    }

    /// The explanations of a set whose sum is the receipt: without discount, or with every discount it earned.
    fn exact(&self, rule: Rule, set: &[u32]) -> Vec<(Explanation, Vec<u32>)> {
        let sum = self.desk.sum(set);
        let earned = self.desk.all_earned(set);
        let discounts = rule.is_by_reference() || rule == Rule::OneItem || self.desk.policy.balance.discounts;
        let mut found = Vec::new();
        if sum == self.desk.payment.amount {
            found.push((self.desk.close(rule, set, false), set.to_vec()));
        } else if discounts && earned > 0 && sum - earned == self.desk.payment.amount {
            found.push((self.desk.close(rule, set, true), set.to_vec()));
        }
        found
    }

    /// Every way of reading what was named, likeliest first.
    pub(super) fn ways(&self) -> Vec<Way> {
        let mut ways = vec![Way { sure: 1000, ..Way::default() }];
        for named in &self.naming.named {
            let wide = ways.len() * (named.readings.len() + usize::from(named.optional)) > WAYS;
            let mut next = Vec::new();
            for way in &ways {
                let readings = named.readings.iter().take(if wide { 1 } else { named.readings.len() });
                next.extend(readings.map(|(rows, read)| self.with(way, named, rows, *read)));
                if named.optional && !wide {
                    next.push(way.clone());
                }
            }
            ways = next;
        }
        ways.retain(|way| !way.rows.is_empty());
        let mut kept: Vec<Way> = Vec::with_capacity(ways.len());
        for way in ways {
            if !kept.iter().any(|known| known.rows == way.rows) {
                kept.push(way);
            }
        }
        kept
    }

    /// A way with one more thing that was named.
    fn with(&self, way: &Way, named: &Named, rows: &[u32], read: Reading) -> Way {
        let mut way = way.clone();
        way.rows.extend(rows);
        way.rows.sort_unstable();
        way.rows.dedup();
        let digits = named.written.chars().filter(char::is_ascii_digit).count().max(1) as u64;
        let sure = match read {
            Reading::Exact | Reading::Checked => 1000,
            Reading::Listed => 980,
            Reading::LooksLike => 930,
            Reading::Slip => 1000 - 1000 / digits,
        };
        way.sure = way.sure.min(if named.order { sure.min(970) } else { sure });
        way.assumed |= matches!(read, Reading::Slip | Reading::LooksLike);
        let evidence = if named.order {
            Evidence::Order { written: named.written.clone() }
        } else {
            let row = rows.first().and_then(|place| self.desk.row(*place));
            let number = row.map_or("", |row| self.desk.book.written(row, Field::Number)).to_owned();
            Evidence::Number { written: named.written.clone(), number, read }
        };
        if !way.evidence.contains(&evidence) {
            way.evidence.push(evidence);
        }
        way
    }

    /// a. What was named adds up, with or without the discount it earned.
    fn named(&self, ways: &[Way]) -> Vec<Explanation> {
        let fits =
            ways.iter().flat_map(|way| self.exact(Rule::Named, &way.rows).into_iter().map(move |fit| (way, fit)));
        fits.map(|(way, (explanation, set))| self.weigh(explanation, &set, Some(way))).collect()
    }

    /// b. One item has the amount, before or after the discount it earned.
    fn one_item(&self, open: &[u32]) -> Vec<Explanation> {
        let debits = open.iter().filter(|place| self.desk.row(**place).is_some_and(|row| row.open > 0));
        let fits = debits.flat_map(|place| self.exact(Rule::OneItem, &[*place]));
        fits.map(|(explanation, set)| self.weigh(explanation, &set, None)).collect()
    }

    /// c. What was named adds up within tolerance. A number that was read with good will is not enough here.
    fn named_within(&self, ways: &[Way]) -> Vec<Explanation> {
        let mut found = Vec::new();
        for way in ways.iter().filter(|way| !way.assumed) {
            let sum = self.desk.sum(&way.rows);
            let earned = self.desk.all_earned(&way.rows);
            let gaps = [(sum - self.desk.payment.amount, false), (sum - earned - self.desk.payment.amount, true)];
            let near = gaps.into_iter().filter(|(gap, _)| self.desk.tolerates(sum, *gap));
            if let Some((_, discounted)) = near.min_by_key(|(gap, discounted)| (gap.abs(), *discounted)) {
                let explanation = self.desk.close(Rule::NamedWithin, &way.rows, discounted);
                let mut explanation = self.weigh(explanation, &way.rows, Some(way));
                if self.another_fits(way, &[sum, sum - earned]) {
                    explanation.objections.push(Objection::Tie);
                }
                found.push(explanation);
            }
        }
        found
    }

    /// Whether one more open item, such as a credit, or another in the place of one that was named makes a sum exact: the
    /// payer may have meant that, and a slip may turn one number into another that exists.
    fn another_fits(&self, way: &Way, sums: &[i64]) -> bool {
        let range = self.desk.book.rows_of(self.desk.customer);
        let others = range.filter(|place| !way.rows.contains(place)).filter_map(|place| self.desk.row(place));
        let mut others = others.filter(|row| row.open != 0 && row.currency == self.desk.payment.currency);
        others.any(|other| {
            let gaps = || sums.iter().map(|sum| self.desk.payment.amount - sum);
            let swapped = self.desk.rows(&way.rows).any(|named| gaps().any(|gap| other.open - named.open == gap));
            swapped || gaps().any(|gap| other.open == gap)
        })
    }

    /// h. Some open items add up, among them all that were named.
    fn combination(&self, open: &[u32], climb: &mut Climb) -> Vec<Explanation> {
        let certain = |named: &&Named| !named.optional;
        if self.naming.named.iter().filter(certain).any(|named| named.readings.len() > 1) {
            return Vec::new();
        }
        let required: Vec<u32> =
            self.naming.named.iter().filter(certain).flat_map(|named| named.readings[0].0.iter().copied()).collect();
        let limit = self.desk.policy.combination_items;
        let disputed = |place: &u32| self.desk.row(*place).is_some_and(|row| row.disputed > 0);
        let all: Vec<u32> =
            open.iter().copied().filter(|place| !required.contains(place) && !disputed(place)).collect();
        let free = &all[..all.len().min(limit)];
        let amounts: Vec<i64> = self.desk.rows(free).map(|row| row.open).collect();
        let target = self.desk.payment.amount.saturating_sub(self.desk.sum(&required));
        let found = combine::search(target, &amounts, self.desk.policy.combinations);
        climb.stopped = found.stopped.then_some(found.tried);
        let mut explanations = Vec::new();
        for places in &found.sets {
            let mut set: Vec<u32> = places.iter().filter_map(|place| free.get(*place).copied()).collect();
            let rarity = combine::rarity(self.desk.payment.amount, &amounts, set.len());
            set.extend(&required);
            set.sort_unstable();
            // One item alone is rule b's, which may be switched off.
            if set.len() < 2 {
                continue;
            }
            let mut explanation = self.weigh(self.desk.close(Rule::Combination, &set, false), &set, None);
            if found.stopped {
                explanation.objections.push(Objection::Stopped(found.tried));
            }
            if rarity < RARITY || free.len() < all.len() {
                explanation.objections.push(Objection::Chance);
            }
            explanations.push(explanation);
        }
        explanations
    }

    /// i. Oldest first, the last item in part, where the customer's policy says so and nothing was named.
    fn oldest_first(&self, open: &[u32], climb: &Climb) -> Vec<Explanation> {
        if !climb.explanations.is_empty() {
            return Vec::new();
        }
        let undisputed = |place: &u32| self.desk.row(*place).is_some_and(|row| row.open > 0 && row.disputed == 0);
        let set: Vec<u32> = open.iter().copied().filter(undisputed).collect();
        let mut explanation = self.desk.fill(Rule::OldestFirst, &set, Difference::None);
        let paid: Vec<u32> = set.into_iter().take(explanation.shares.len()).collect();
        explanation.difference = 0 - explanation.rest;
        if explanation.rest > 0 {
            explanation.posted_as = Difference::Rest;
        }
        if paid.is_empty() { Vec::new() } else { vec![self.weigh(explanation, &paid, None)] }
    }

    /// What a person may want to do where no rule explains the payment: what was named, with the difference it leaves,
    /// and items of nearly the amount.
    fn propose(&self, ways: &[Way], open: &[u32], climb: &mut Climb) {
        let known = |climb: &Climb, explanation: &Explanation| {
            climb.explanations.iter().any(|old| old.shares == explanation.shares && old.rest == explanation.rest)
        };
        // The arithmetic of the payer's own advice comes first, where it does not settle everything by itself.
        if let Some(advised) = self.advised()
            && !known(climb, &advised)
        {
            climb.explanations.push(advised);
        }
        for way in ways.iter().take(3) {
            let (explanation, objection) = self.differing(way);
            let mut explanation = self.weigh(explanation, &way.rows, Some(way));
            explanation.confidence = explanation.confidence.min(700);
            explanation.objections.push(objection);
            if way.assumed {
                explanation.objections.push(Objection::Unconfirmed);
            }
            if !known(climb, &explanation) {
                climb.explanations.push(explanation);
            }
        }
        if !climb.explanations.is_empty() || self.for_another() {
            return;
        }
        let near = |place: &&u32| {
            let open = self.desk.row(**place).map_or(0, |row| row.open);
            open > 0 && self.desk.tolerates(open, open - self.desk.payment.amount)
        };
        for place in open.iter().filter(near).take(3) {
            let mut explanation = self.weigh(self.desk.close(Rule::OneItem, &[*place], false), &[*place], None);
            explanation.confidence = explanation.confidence.min(500);
            explanation.objections.push(Objection::Unconfirmed);
            climb.explanations.push(explanation);
        }
    }

    /// What was named, with a difference beyond tolerance or a discount taken late.
    fn differing(&self, way: &Way) -> (Explanation, Objection) {
        let sum = self.desk.sum(&way.rows);
        let gap = sum - self.desk.payment.amount;
        let taken: Vec<(i64, i64)> = self.desk.rows(&way.rows).filter_map(|row| self.desk.discount(row)).collect();
        let late = taken.iter().map(|(_, days)| *days).max().unwrap_or(0);
        let unearned = late > 0 && taken.iter().map(|(amount, _)| *amount).sum::<i64>() == gap;
        let (posted_as, objection) = match gap {
            _ if unearned => (Difference::UnearnedDiscount, Objection::LateDiscount(late)),
            1.. => (Difference::Deduction, Objection::BeyondTolerance(gap)),
            0 => (Difference::None, Objection::BeyondTolerance(0)),
            _ => (Difference::Rest, Objection::BeyondTolerance(gap)),
        };
        (self.desk.fill(Rule::NamedWithin, &way.rows, posted_as), objection)
    }

    /// Says how sure an explanation is, what speaks for it and what against applying it without a person.
    pub(super) fn weigh(&self, mut explanation: Explanation, set: &[u32], way: Option<&Way>) -> Explanation {
        let base: u64 = match explanation.rule {
            Rule::Named if explanation.discount() == 0 => 1000,
            Rule::Named => 990,
            Rule::NamedWithin => 970,
            Rule::OneItem | Rule::WholeAccount => 960,
            Rule::PastDue | Rule::PastDueOfTerm | Rule::Month => 940,
            Rule::Combination | Rule::OldestFirst => 920,
        };
        let sure = way.map_or(1000, |way| way.sure);
        explanation.confidence = (base * u64::from(self.payer.score) * sure / 1_000_000).min(1000) as u16;
        explanation.evidence = way.map_or_else(Vec::new, |way| way.evidence.clone());
        explanation.evidence.extend(self.payer.evidence.iter().cloned());
        explanation.objections = self.objections(&explanation, set);
        explanation
    }

    fn objections(&self, explanation: &Explanation, set: &[u32]) -> Vec<Objection> {
        let mut objections = Vec::new();
        let named = &self.naming;
        if self.conflict {
            objections.push(Objection::PayerConflict);
        } else if !self.payer.sure || self.payer.score < self.desk.policy.customer {
            objections.push(Objection::PayerUnsure);
        }
        if self.for_another() {
            // For another only what stands there as it is printed, and only where it cannot be the payer's own.
            let read =
                |one: &Evidence| matches!(one, Evidence::Number { read: Reading::Slip | Reading::LooksLike, .. });
            if explanation.rule != Rule::Named || explanation.evidence.iter().any(read) {
                objections.push(Objection::Unconfirmed);
            }
            if self.own_item_fits() {
                objections.push(Objection::Tie);
            }
        }
        let by_reference = explanation.rule.is_by_reference();
        // With its account and its own documents named, a bare number that is somebody else's is chance.
        let doubts = |prefixed: bool| !by_reference || prefixed || !self.payer.strong;
        let foreign = named.foreign.iter().filter(|(_, prefixed)| doubts(*prefixed));
        objections.extend(foreign.map(|(written, _)| Objection::NamesAnother(written.clone())));
        let settled = named.settled.iter().filter(|(_, prefixed)| !by_reference || *prefixed && !self.payer.strong);
        objections.extend(settled.map(|(written, _)| Objection::AlreadyPaid(written.clone())));
        if !by_reference {
            let inside = |one: &Named| one.readings.iter().any(|(rows, _)| rows.iter().all(|row| set.contains(row)));
            let outside = named.named.iter().filter(|one| !inside(one)).map(|one| &one.written);
            let other = named.other_currency.iter().map(|(_, written)| written);
            let all = outside.chain(&named.unknown).chain(other);
            objections.extend(all.map(|written| Objection::NamesAnother(written.clone())));
            if self.desk.rows(set).any(|row| row.disputed > 0) {
                objections.push(Objection::Disputed);
            }
        }
        // Where only the number says who paid, only the exact amount confirms the number.
        let said = [Evidence::Account, Evidence::CustomerNumber, Evidence::Name];
        if explanation.rule == Rule::NamedWithin && !self.payer.evidence.iter().any(|one| said.contains(one)) {
            objections.push(Objection::Unconfirmed);
        }
        if explanation.confidence < self.desk.policy.automatic {
            objections.push(Objection::BelowThreshold);
        }
        // What was paid may be one slip away as well; who knows too little of it cannot tell.
        let slipped = |one: &Evidence| matches!(one, Evidence::Number { read: Reading::Slip | Reading::LooksLike, .. });
        if !self.desk.book.knows_paid() && explanation.evidence.iter().any(slipped) {
            objections.push(Objection::ShortHistory);
        }
        if !self.desk.book.whole {
            objections.push(Objection::PartOfBook);
        }
        objections.dedup();
        objections
    }
}
