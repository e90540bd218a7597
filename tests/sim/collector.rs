//! What the simulated collectors arrange: promises, payment plans and their end, contacts with a next step, strategies,
//! and the hand-over of accounts.

use chrono::{Days, NaiveDate};
use o2c::acts::Act;
use o2c::acts::arrange::Arrange;
use o2c::domain::plan::Instalment;
use o2c::domain::strategy::Strategy;

use crate::inventor::{Inventor, text};

impl Inventor<'_> {
    pub fn promise(&mut self) -> Act {
        if self.dice.one_in(4) {
            return Act::Withdraw { promise: self.dice.from(1, self.model.state.promises.len() as i64 + 1) };
        }
        let mut items = Vec::new();
        for _ in 0..self.dice.from(0, 9).min(2) {
            let item = self.item(1);
            items.push((item, self.part(item)));
        }
        Act::Promise { items, on: self.later(), text: text() }
    }

    pub fn arrangement(&mut self) -> Act {
        Act::Arrange(match self.dice.from(0, 11) {
            0..=4 => self.plan(),
            5..=6 => {
                let reason = if self.dice.one_in(9) { " ".into() } else { text() };
                Arrange::WithdrawPlan { plan: self.known_plan(), reason }
            }
            7..=9 => self.contact(),
            10 => {
                let name = ["keys", "small", " "][self.dice.from(0, 8) as usize / 4].to_owned();
                let known = self.model.state.strategies.get(&name).copied().unwrap_or(0);
                let version = if self.dice.one_in(4) { known + 1 } else { known };
                let mut strategy = Strategy { name, ..Strategy::default() };
                strategy.amount.full *= i64::from(!self.dice.one_in(6));
                Arrange::SetStrategy { strategy: Box::new(strategy), version }
            }
            _ => {
                let to = ["carl", "anna", "nobody", " "][self.dice.from(0, 7).min(3) as usize].to_owned();
                let from = ["", "carl", "anna"][self.dice.from(0, 2) as usize].to_owned();
                Arrange::HandOver { from, to, note: if self.dice.one_in(9) { String::new() } else { text() } }
            }
        })
    }

    fn known_plan(&mut self) -> i64 {
        let plans = &self.model.state.plans;
        let live: Vec<usize> = (0..plans.len()).filter(|at| plans[*at].ended.is_none()).collect();
        if live.is_empty() || self.dice.one_in(6) {
            return self.dice.from(1, plans.len() as i64 + 1);
        }
        live[self.dice.from(0, live.len() as i64 - 1) as usize] as i64 + 1
    }

    /// Mostly a plan of items of one customer that adds up; sometimes it replaces another.
    fn plan(&mut self) -> Arrange {
        let replaces = if self.dice.one_in(4) { Some(self.known_plan()) } else { None };
        let money = &self.model.state.money;
        let before = replaces.and_then(|id| self.model.state.plans.get(id as usize - 1));
        let first = match before {
            Some(before) if !self.dice.one_in(8) => before.items[0].0 as i64 + 1,
            _ => self.item(1),
        };
        let like = self.model.state.item(first).map(|at| &money.items[at]);
        let mut items = vec![(first, self.part(first))];
        for _ in 0..self.dice.from(0, 2) {
            let item = self.item(1);
            let of = self.model.state.item(item).map(|at| &money.items[at]);
            let fits = matches!((&like, &of), (Ok(like), Ok(of)) if like.customer == of.customer && like.currency == of.currency);
            if (fits && items.iter().all(|known| known.0 != item)) || self.dice.one_in(25) {
                items.push((item, self.part(item)));
            }
        }
        if self.dice.one_in(40) {
            items.clear();
        }
        let planned: i64 = items.iter().map(|item| item.1).sum();
        let rates = self.dice.from(1, 4);
        let mut on = if self.dice.one_in(12) { self.today - Days::new(1) } else { self.near() };
        let mut instalments = Vec::new();
        for rate in 0..rates {
            let amount = if rate == rates - 1 { planned - planned / rates * rate } else { planned / rates };
            instalments.push(Instalment { on, amount: amount + i64::from(self.dice.one_in(40)) });
            let least = i64::from(!self.dice.one_in(20));
            on = on + Days::new(self.dice.from(least, 12) as u64);
        }
        let grace_days = if self.dice.one_in(20) { 61 } else { self.dice.from(0, 4) };
        Arrange::ProposePlan { items, instalments, grace_days, text: text(), replaces }
    }

    fn near(&mut self) -> NaiveDate {
        self.today + Days::new(self.dice.from(0, 6) as u64)
    }

    fn contact(&mut self) -> Arrange {
        let kind = ["call", "e-mail", "letter", "visit", "portal", "smoke"][self.dice.from(0, 5) as usize];
        let outcome = ["reached", "no answer", "says paid", "refuses", "joy"][self.dice.from(0, 20).min(4) as usize];
        let outcome = if self.dice.one_in(8) { outcome } else { "call back" };
        Arrange::Contact {
            customer: self.customer(),
            kind: kind.into(),
            outcome: outcome.into(),
            text: text(),
            next_on: self.later(),
            next_what: String::new(),
        }
    }
}
