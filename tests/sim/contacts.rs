//! The model's arrangements beside plans: contacts with what came of them and a next step, strategies by version, and the
//! hand-over of a person's accounts.

use chrono::{Datelike, NaiveDate, Weekday};
use o2c::acts::arrange::Arrange;
use o2c::store::people::CustomerData;

use crate::model::{Activity, Code, Ctx, State, Wrong, Wrote, empty};

/// How a customer may be contacted; all but letters are a contact with the customer.
const KINDS: [&str; 7] = ["call", "e-mail", "letter", "visit", "meeting", "portal", "agency"];

/// What may come of it, and in how many working days to go on.
const OUTCOMES: [(&str, u32); 12] = [
    ("no answer", 1),
    ("reached", 5),
    ("left message", 2),
    ("promised", 3),
    ("plan", 2),
    ("disputes", 2),
    ("says paid", 2),
    ("wants copy", 1),
    ("cannot pay", 3),
    ("refuses", 1),
    ("call back", 1),
    ("wrong contact", 1),
];

/// In how many working days to go on after an outcome; none for a word that is no outcome.
pub fn days_of(outcome: &str) -> Option<u32> {
    OUTCOMES.iter().find(|known| known.0 == outcome).map(|known| known.1)
}

/// So many days that are no weekend after a day.
pub fn working_days_after(day: NaiveDate, days: u32) -> NaiveDate {
    let works = |day: &NaiveDate| !matches!(day.weekday(), Weekday::Sat | Weekday::Sun);
    day.iter_days().skip(1).filter(works).nth(days as usize - 1).expect("days go on")
}

impl State {
    pub fn arrange_act(&mut self, ctx: Ctx<'_>, act: &Arrange) -> Result<Wrote, Code> {
        match act {
            Arrange::ProposePlan { .. } => self.propose(ctx, act),
            Arrange::WithdrawPlan { plan, reason } => self.withdraw_plan(ctx, *plan, reason),
            Arrange::PromiseBy { items, on, .. } => self.promise(ctx, items, *on),
            Arrange::SetStrategy { strategy, version } => {
                if empty(&strategy.name) {
                    return Err("TXT-05");
                }
                if strategy.amount.full <= 0 {
                    return Err("STR-01");
                }
                let known = self.strategies.entry(strategy.name.clone()).or_insert(0);
                if *known != *version && ctx.wrong != Some(Wrong::StaleVersions) {
                    return Err("ACT-03");
                }
                *known += 1;
                Ok(Wrote::default())
            }
            Arrange::Contact { customer, kind, outcome, next_on, .. } => {
                let (Some(kind), true) = (KINDS.into_iter().find(|known| known == kind), days_of(outcome).is_some())
                else {
                    return Err("ACT-09");
                };
                self.activity(ctx, &[*customer], kind, Some(*next_on))
            }
            Arrange::HandOver { from, to, note } => self.hand_over(ctx, from, to, note),
        }
    }

    fn hand_over(&mut self, ctx: Ctx<'_>, from: &str, to: &str, note: &str) -> Result<Wrote, Code> {
        if empty(note) || empty(to) {
            return Err("TXT-05");
        }
        if from == to {
            return Err("ACT-09");
        }
        if !self.people.iter().any(|person| person.login == to && person.active) {
            return Err("ACT-04");
        }
        let mut wrote = Wrote::default();
        for at in 0..self.customers.len() {
            if self.customers[at].data().owner != from {
                continue;
            }
            let data = CustomerData { owner: to.to_owned(), ..self.customers[at].data().clone() };
            wrote.versions.push(self.put(Some(at), data));
            wrote.activities.push(self.activities.len());
            self.activities.push(Activity { customer: at, kind: "note", on: ctx.today, next_on: None, live: true });
        }
        if wrote.versions.is_empty() { Err("ACT-09") } else { Ok(wrote) }
    }
}
