//! The model's disputes: deciding a whole case, and what clears the item of a case and takes that back.

use chrono::NaiveDate;
use o2c::domain::document::DocumentKind as Kind;

use super::{Case, Model, Outcome, Wrote, place};

/// A part of a case that was settled, by a link where one did it.
#[derive(Clone, Debug)]
pub struct Part {
    pub amount: i64,
    pub effect: &'static str,
    pub link: Option<usize>,
    pub act: i64,
    pub live: bool,
}

impl Part {
    /// Whether it is given up, so that the customer was right about it.
    pub fn is_given(&self) -> bool {
        ["credited", "promotion", "written off", "earlier"].contains(&self.effect)
    }
}

impl Case {
    /// What it holds back.
    pub fn held(&self) -> i64 {
        let settled: i64 = self.parts.iter().filter(|part| part.live).map(|part| part.amount).sum();
        if self.open { self.amount - settled } else { 0 }
    }
}

/// What became of a case because its item was cleared, or no longer is.
#[derive(Clone, Debug)]
pub struct Followed {
    pub case: usize,
    pub given: i64,
}

impl Model {
    pub fn resolve(&mut self, act: i64, dispute: i64, version: i64, accepted: i64, today: NaiveDate) -> Outcome {
        let place = place(dispute, self.cases.len()).ok_or("ACT-04")?;
        let case = self.cases[place].clone();
        if case.version != version {
            return Err("ACT-03");
        }
        if !case.open {
            return Err("DIS-02");
        }
        let held = case.held();
        if !(0..=held).contains(&accepted) {
            return Err("AMT-06");
        }
        self.items[case.item].disputed -= held;
        let credited = accepted.min(self.open(case.item).max(0));
        let mut wrote = Wrote::default();
        if credited > 0 {
            wrote = self.reduce(Kind::CreditNote, case.item as i64 + 1, credited, today)?;
        }
        let part = |amount, link, effect| Part { amount, effect, link, act, live: true };
        let mut parts = case.parts.clone();
        parts.push(part(credited, wrote.links.last().copied(), "credited"));
        parts.push(part(held - credited, None, "collected"));
        self.cases[place] = Case { open: false, version: version + 1, last_act: act, parts, ..case };
        Ok(Wrote { case: Some(place), ..wrote })
    }

    /// What an act settled of a case is in dispute again, where the case is open after that.
    pub fn step_back(&mut self, place: usize, open: bool, undone: i64) {
        let case = &mut self.cases[place];
        let before = case.held();
        case.open = open;
        case.parts.iter_mut().filter(|part| part.act == undone).for_each(|part| part.live = false);
        self.items[case.item].disputed += case.held() - before;
    }

    /// Whether more would be in dispute of the item of a case than it has open: what was freed was paid meanwhile.
    pub fn is_beyond_open(&self, place: usize) -> bool {
        let item = self.cases[place].item;
        self.items[item].disputed > self.open(item).max(0)
    }

    /// Clearing an item first settles what is not in dispute, then its newest cases; taking that back opens them again.
    pub fn follow(&mut self, act: i64) -> Vec<Followed> {
        let mut out = Vec::new();
        while self.followed < self.links.len() {
            let at = self.followed;
            self.followed += 1;
            let link = self.links[at].clone();
            if let Some(first) = link.reverses {
                for case in 0..self.cases.len() {
                    for part in 0..self.cases[case].parts.len() {
                        let known = self.cases[case].parts[part].clone();
                        if known.live && known.link == Some(first) && !self.cases[case].frozen {
                            let before = self.cases[case].held();
                            let changed = &mut self.cases[case];

                            changed.parts[part].live = false;
                            (changed.open, changed.last_act) = (true, act);
                            changed.version += 1;
                            self.items[changed.item].disputed += changed.held() - before;
                            out.push(Followed { case, given: if known.is_given() { -known.amount } else { 0 } });
                        }
                    }
                }
                continue;
            }
            if !link.on_disputed {
                continue;
            }
            let mut beyond = (self.items[link.debit].disputed - self.open(link.debit).max(0)).min(link.amount);
            let effect = match self.items[link.credit].kind {
                Kind::CreditNote => "credited",
                Kind::WriteOff | Kind::Discount | Kind::Difference => "written off",
                _ => "paid",
            };
            for case in (0..self.cases.len()).rev().filter(|_| link.amount > 0) {
                let held = self.cases[case].held();
                let changed = &mut self.cases[case];
                let amount = beyond.min(held);
                if changed.item != link.debit || amount <= 0 {
                    continue;
                }
                let part = Part { amount, effect, link: Some(at), act, live: true };
                let given = part.is_given();
                changed.parts.push(part);
                (changed.open, changed.last_act) = (amount < held, act);
                changed.version += 1;
                self.items[link.debit].disputed -= amount;
                beyond -= amount;
                out.push(Followed { case, given: if given { amount } else { 0 } });
            }
        }
        out
    }
}
