//! The model's arrangements beside plans: contacts with what came of them and a next step, strategies by version, and the
//! hand-over of a person's accounts.

use o2c::acts::arrange::Arrange;
use o2c::store::people::CustomerData;

use crate::model::{Activity, Code, Ctx, State, Wrong, Wrote, empty};

/// How a customer may be contacted; all but letters are a contact with the customer.
const KINDS: [&str; 7] = ["call", "e-mail", "letter", "visit", "meeting", "portal", "agency"];

/// What may come of it.
const OUTCOMES: [&str; 12] = [
    "no answer",
    "reached",
    "left message",
    "promised",
    "plan",
    "disputes",
    "says paid",
    "wants copy",
    "cannot pay",
    "refuses",
    "call back",
    "wrong contact",
];

impl State {
    pub fn arrange_act(&mut self, ctx: Ctx<'_>, act: &Arrange) -> Result<Wrote, Code> {
        match act {
            Arrange::ProposePlan { .. } => self.propose(ctx, act),
            Arrange::WithdrawPlan { plan, reason } => self.withdraw_plan(ctx, *plan, reason),
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
                let (Some(kind), true) =
                    (KINDS.into_iter().find(|known| known == kind), OUTCOMES.contains(&outcome.as_str()))
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
