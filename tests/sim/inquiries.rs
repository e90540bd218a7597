//! The model's inquiries: what a customer asks, answered or promoted to a dispute; nothing is held back for one.

use o2c::acts::case::{Case, Work};

use crate::cases::department_of;
use crate::model::{Code, Ctx, State, Step, Wrong, Wrote, empty, place};

/// A question that holds nothing back, with where it stood after each step.
#[derive(Clone, Debug)]
pub struct Inquiry {
    pub customer: i64,
    pub steps: Vec<Step>,
}

impl State {
    pub fn inquiry_act(&mut self, ctx: Ctx<'_>, act: &Case) -> Result<Wrote, Code> {
        match act {
            Case::Inquire { customer, item, reason, text, .. } => {
                self.customer(*customer)?;
                let department = department_of(reason)?.into();
                if empty(text) {
                    return Err("TXT-05");
                }
                if let Some(item) = item
                    && self.money.items[self.item(*item)?].customer != *customer
                {
                    return Err("AMT-10");
                }
                let owner = self.people[ctx.who].login.as_str().into();
                let step = Step { state: "open", owner, department, accepted: 0, act: ctx.act };
                self.inquiries.push(Inquiry { customer: *customer, steps: vec![step] });
                self.mention(ctx, text);
                Ok(Wrote { inquiries: vec![self.inquiries.len() - 1], ..Wrote::default() })
            }
            Case::Work { inquiry, version, what, text } => {
                let (at, last) = self.asked_at(ctx, *inquiry, *version)?;
                if empty(text) && !matches!(what, Work::Assign { .. }) {
                    return Err("TXT-05");
                }
                let step = match what {
                    Work::Note => last,
                    Work::Answer => Step { state: "answered", ..last },
                    Work::Assign { owner, department } => {
                        let department =
                            if empty(department) { last.department.clone() } else { department.as_str().into() };
                        Step { owner: owner.as_str().into(), department, ..last }
                    }
                };
                self.inquiries[at].steps.push(Step { act: ctx.act, ..step });
                self.mention(ctx, text);
                Ok(Wrote { inquiries: vec![at], ..Wrote::default() })
            }
            Case::Promote { inquiry, version, item, amount, reason, text } => {
                let (at, last) = self.asked_at(ctx, *inquiry, *version)?;
                if self.money.items[self.item(*item)?].customer != self.inquiries[at].customer {
                    return Err("AMT-10");
                }
                let case = self.open_case(ctx, *item, *amount, reason)?;
                self.mention(ctx, text);
                self.inquiries[at].steps.push(Step { state: "promoted", act: ctx.act, ..last });
                Ok(Wrote { cases: vec![case], inquiries: vec![at], ..Wrote::default() })
            }
            other => panic!("no inquiry: {other:?}"),
        }
    }

    /// An inquiry nobody answered or promoted yet, as the person saw it.
    fn asked_at(&self, ctx: Ctx<'_>, inquiry: i64, version: i64) -> Result<(usize, Step), Code> {
        let at = place(inquiry, self.inquiries.len())?;
        let steps = &self.inquiries[at].steps;
        if steps.len() as i64 != version && ctx.wrong != Some(Wrong::StaleVersions) {
            return Err("ACT-03");
        }
        let last = steps.last().expect("a step").clone();
        if last.state == "open" { Ok((at, last)) } else { Err("DIS-02") }
    }

    pub fn take_inquiries_back(
        &mut self,
        ctx: Ctx<'_>,
        act: i64,
        first: &Wrote,
        wrote: &mut Wrote,
    ) -> Result<(), Code> {
        for at in &first.inquiries {
            let steps = &mut self.inquiries[*at].steps;
            let last = steps.last().expect("a step").clone();
            if last.act != act {
                return Err("ACT-10");
            }
            let before = steps.len().checked_sub(2).map(|at| steps[at].clone());
            let before = before.unwrap_or(Step { state: "void", ..last });
            steps.push(Step { act: ctx.act, ..before });
            wrote.inquiries.push(*at);
        }
        Ok(())
    }
}
