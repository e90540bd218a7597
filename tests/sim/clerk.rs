//! What the simulated clerks do to disputes and inquiries: decide parts, split, wait, void, confirm, open again, note what
//! is known, mention colleagues, answer and promote what customers ask.

use chrono::Days;
use o2c::acts::Act;
use o2c::acts::case::{Case, Share, Work};
use o2c::domain::case::Outcome;

use crate::cases::CAUSES;
use crate::inventor::{Inventor, text};

impl Inventor<'_> {
    pub fn case_work(&mut self) -> Act {
        let state = &self.model.state;
        let (cases, inquiries, tasks) = (&state.money.cases, &state.inquiries, state.tasks.len() as i64);
        let beyond = i64::from(self.dice.one_in(20));
        let dispute = self.dice.from(1, cases.len().max(1) as i64 + beyond);
        let at = (dispute - 1).max(0) as usize;
        let version = self.seen.cases.get(at).copied().unwrap_or(1);
        let held = cases.get(at).map_or(5, |case| case.held());
        let amount = [held, held + 1, self.dice.from(-1, held.max(1))][self.dice.from(0, 4).min(2) as usize];
        let said = if self.dice.one_in(10) { " ".into() } else { self.said() };
        let inquiry = self.dice.from(1, inquiries.len().max(1) as i64 + beyond);
        let seen = inquiries.get((inquiry - 1) as usize).map_or(1, |asked| asked.steps.len() as i64);
        let seen = seen - i64::from(self.dice.one_in(8));
        Act::Case(Box::new(match self.dice.from(0, 27) {
            22..=27 => self.several(dispute, version, said),
            0..=7 => Case::Decide {
                dispute,
                version,
                outcome: Outcome::ALL[self.dice.from(0, 5) as usize],
                amount: if self.dice.one_in(3) { held.min(40_000) } else { amount },
                rest: self.dice.one_in(3),
                cause: if self.dice.one_in(15) { "weather".into() } else { self.cause() },
                on: if self.dice.one_in(4) { None } else { Some(self.later()) },
                text: text(),
            },
            8..=9 => {
                let reason = if self.dice.one_in(15) { "mood" } else { "tax" }.into();
                Case::Split { dispute, version, amount: self.dice.from(0, held.max(1)), reason, text: text() }
            }
            10..=11 => Case::Reopen { dispute, version, text: said },
            12 => {
                let on = ["customer", "clarification", "us", "supervisor", "rain"]
                    [self.dice.from(0, 9).min(4) as usize]
                    .into();
                Case::Wait { dispute, version, on, text: said }
            }
            13 => Case::Void { dispute, version, text: said },
            14..=15 => Case::Confirm { dispute, version },
            16 => self.known(dispute, version, said),
            17..=18 => {
                let customer = self.customer();
                let item = if self.dice.one_in(2) { Some(self.item(1)) } else { None };
                let about = String::new();
                let (channel, contact) = ("call".into(), String::new());
                Case::Inquire { customer, item, about, reason: "price".into(), channel, contact, text: said }
            }
            19 => {
                let what = match self.dice.from(0, 3) {
                    0 => Work::Answer,
                    1 => Work::Assign { owner: "carl".into(), department: String::new() },
                    _ => Work::Note,
                };
                Case::Work { inquiry, version: seen, what, text: said }
            }
            20 => {
                let item = self.item(1);
                let amount = self.part(item);
                Case::Promote { inquiry, version: seen, item, amount, reason: "price".into(), text: text() }
            }
            _ => Case::TaskDone { task: self.dice.from(1, (tasks + beyond).max(1)) },
        }))
    }

    /// Something done to a case over several items.
    fn several(&mut self, dispute: i64, version: i64, text: String) -> Case {
        let item = self.item(1);
        let amount = self.part(item) / 3;
        if self.dice.one_in(3) {
            return Case::AddItem { dispute, version, item, amount, text };
        }
        if self.dice.one_in(2) {
            let (other, reason) = (self.item(1), "price".into());
            let mut items = vec![(item, amount), (other, self.part(other) / 3)];
            items.truncate(self.dice.from(1, 30).min(2) as usize);
            items.retain(|_| !self.dice.one_in(12));
            return Case::OpenSeveral { items, reason, text };
        }
        // Mostly those of one case, as they were seen.
        let state = &self.model.state;
        let near = |case: &usize| state.facts.iter().any(|fact| fact.case == *case && fact.field == "case");
        let cases: Vec<usize> = (0..state.money.cases.len()).rev().filter(near).take(2).collect();
        let outcome = Outcome::ALL[self.dice.from(0, 5) as usize];
        let share = |at: &usize| {
            let version = self.seen.cases.get(*at).copied().unwrap_or(1);
            Share { dispute: *at as i64 + 1, version, amount: state.money.cases[*at].held() }
        };
        let parts = cases.iter().map(share).collect();
        let on = if self.dice.one_in(4) { None } else { Some(self.later()) };
        Case::DecideAll { parts, outcome, rest: self.dice.one_in(3), cause: self.cause(), on, text }
    }

    /// Something noted of a case.
    fn known(&mut self, dispute: i64, version: i64, said: String) -> Case {
        match self.dice.from(0, 4) {
            0..=1 => Case::Fact { dispute, version, field: "cause".into(), value: self.cause() },
            2 => {
                let value = (self.today + Days::new(9)).to_string();
                Case::Fact { dispute, version, field: "last day".into(), value }
            }
            3 => Case::Fact { dispute, version, field: "weather".into(), value: "rain".into() },
            _ => {
                let sha256 = "0".repeat(if self.dice.one_in(4) { 63 } else { 64 });
                let (name, path) = (said, "files/a.pdf".into());
                Case::Attach { dispute, version, name, path, size: 12, sha256, note: text() }
            }
        }
    }

    fn cause(&mut self) -> String {
        CAUSES[self.dice.from(0, 11) as usize].into()
    }

    /// Something said, mostly asking a colleague.
    pub fn said(&mut self) -> String {
        let who = ["carl", "anna", "dora", "nobody"][self.dice.from(0, 3) as usize];
        if self.dice.one_in(3) { text() } else { format!("please look @{who} today") }
    }
}
