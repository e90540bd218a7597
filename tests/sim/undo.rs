//! The model's taking back: what an act wrote is reversed, what was taken back is done again.

use std::rc::Rc;

use o2c::acts::Act;

use crate::model::{Activity, Code, Ctx, State, Step, Wrote};

impl State {
    /// The act at the bottom of a chain of undos and approvals, and whether it is done after the act `of`.
    pub fn bottom(&self, ctx: Ctx<'_>, of: i64) -> (Rc<Act>, bool) {
        let mut act = ctx.log[of as usize - 1].act.clone();
        let mut done = true;
        loop {
            act = match &*act {
                Act::Approve { request, .. } => self.requests[*request as usize - 1].act.clone(),
                Act::Undo { act } => {
                    done = !done;
                    ctx.log[*act as usize - 1].act.clone()
                }
                _ => return (act, done),
            };
        }
    }

    pub fn undo(&mut self, ctx: Ctx<'_>, act: i64) -> Result<Wrote, Code> {
        let logged = usize::try_from(act - 1).ok().and_then(|at| ctx.log.get(at)).ok_or("ACT-04")?;
        if logged.undone {
            return Err("ACT-08");
        }
        let (original, done) = self.bottom(ctx, act);
        if !done {
            if matches!(*original, Act::ApplyRun(_)) {
                return Err("ACT-10");
            }
            let original = self.at_present(&original);
            let wrote = self.handle(ctx, &original)?;
            return Ok(Wrote { undoes: Some(act), ..wrote });
        }
        let first = logged.wrote.clone();
        let mut wrote = Wrote { undoes: Some(act), ..Wrote::default() };
        match &*original {
            Act::LogCall { .. }
            | Act::DraftEmail { .. }
            | Act::Note { .. }
            | Act::FollowUp { .. }
            | Act::Done { .. } => self.take_activities_back(ctx, &first),
            Act::Promise { .. } => {
                for at in &first.promises {
                    if self.promises[*at].ended.is_some() {
                        return Err("ACT-10");
                    }
                    self.promises[*at].ended = Some((ctx.today, "undone"));
                }
            }
            Act::PostDocument { .. }
            | Act::PostReceipt { .. }
            | Act::Apply { .. }
            | Act::Credit { .. }
            | Act::WriteOff { .. }
            | Act::Refund { .. } => {
                wrote.money = self.money.reverse(&first.money, ctx.today)?;
                if self.is_on_a_statement(&first.money.items) {
                    return Err("ACT-10");
                }
            }
            Act::SetCustomer { .. } | Act::SetOwner { .. } | Act::SetBlocked { .. } => {
                wrote.versions = self.take_versions_back(&first)?;
            }
            Act::OpenDispute { .. }
            | Act::AssignDispute { .. }
            | Act::NoteDispute { .. }
            | Act::ResolveDispute { .. }
            | Act::ApplyPayment(_)
            | Act::ApplyRun(_)
            | Act::SettlePayment { .. } => {
                wrote.money = self.money.reverse(&first.money, ctx.today)?;
                for case in &first.cases {
                    self.step_back(ctx, *case, act)?;
                    wrote.cases.push(*case);
                }
                self.unsettle(ctx, act);
            }
            Act::ChangeRole { login, role, held, accept } => self.change_role(login, role, !held, accept)?,
            Act::Ask { .. } => {
                let asked = self.requests.iter().position(|request| request.of_act == act).expect("what was asked");
                self.request_act(ctx, &Act::Recall { request: asked as i64 + 1 })?;
            }
            _ => return Err("ACT-10"),
        }
        Ok(wrote)
    }

    /// A dispute as it was before its last step, or void when that opened it.
    fn step_back(&mut self, ctx: Ctx<'_>, case: usize, act: i64) -> Result<(), Code> {
        let steps = &self.steps[case];
        let present = steps.last().expect("a step").clone();
        if present.act != act {
            return Err("ACT-10");
        }
        let void = || Step { state: "void", accepted: 0, ..present.clone() };
        let before = steps.len().checked_sub(2).map_or_else(void, |at| steps[at].clone());
        let open = |step: &Step| !matches!(step.state, "closed" | "void");
        let change = i64::from(open(&before)) - i64::from(open(&present));
        let known = &mut self.money.cases[case];
        self.money.items[known.item].disputed += change * known.amount;
        known.open = open(&before);
        known.version += 1;
        known.last_act = ctx.act;
        self.steps[case].push(Step { act: ctx.act, ..before });
        Ok(())
    }

    fn take_activities_back(&mut self, ctx: Ctx<'_>, first: &Wrote) {
        for at in &first.activities {
            self.activities[*at].live = false;
            let customer = self.activities[*at].customer;
            let entry = Activity { customer, kind: "undo", on: ctx.today, next_on: None, live: false };
            self.activities.push(entry);
            self.keep_contact(customer);
        }
    }

    /// Master data goes back to the version before, unless it was changed again.
    fn take_versions_back(&mut self, first: &Wrote) -> Result<Vec<(usize, i64)>, Code> {
        let mut written = Vec::new();
        for (customer, version) in &first.versions {
            let versions = &self.customers[*customer].versions;
            if *version < 2 || versions.len() as i64 != *version {
                return Err("ACT-10");
            }
            let before = versions[*version as usize - 2].clone();
            self.customers[*customer].versions.push(before);
            written.push((*customer, *version + 1));
        }
        Ok(written)
    }

    /// A change done again is of the version as it is now.
    pub fn at_present(&self, act: &Act) -> Act {
        let mut act = act.clone();
        match &mut act {
            Act::AssignDispute { dispute, version, .. }
            | Act::NoteDispute { dispute, version, .. }
            | Act::ResolveDispute { dispute, version, .. } => {
                *version = self.money.cases[*dispute as usize - 1].version;
            }
            Act::SetCustomer { customer: Some(id), version, .. } => {
                *version = self.customers[*id as usize - 1].version();
            }
            _ => {}
        }
        act
    }
}
