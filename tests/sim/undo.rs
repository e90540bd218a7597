//! The model's taking back: what an act wrote is reversed, what was taken back is done again.

use std::rc::Rc;

use o2c::acts::Act;
use o2c::acts::arrange::Arrange;
use o2c::acts::dunning::Dunning;
use o2c::acts::mail::Mail;

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
            Act::Promise { .. } => self.take_promises_back(ctx, &first)?,
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
            Act::Dunning(_) | Act::Mail(_) | Act::Case(_) | Act::Arrange(_) => {
                self.take_work_back(ctx, &original, act, &mut wrote)?
            }
            Act::ChangeRole { login, role, held, accept } => self.change_role(login, role, !held, accept)?,
            Act::Ask { .. } => {
                let asked = self.requests.iter().position(|request| request.of_act == act).expect("what was asked");
                self.request_act(ctx, &Act::Recall { request: asked as i64 + 1 })?;
            }
            _ => return Err("ACT-10"),
        }
        if wrote.cases.iter().any(|case| self.money.is_beyond_open(*case)) {
            return Err("ACT-10");
        }
        Ok(wrote)
    }

    /// What an act of collections wrote, of the kinds that can be taken back.
    fn take_work_back(&mut self, ctx: Ctx<'_>, original: &Act, act: i64, wrote: &mut Wrote) -> Result<(), Code> {
        let first = ctx.log[act as usize - 1].wrote.clone();
        match original {
            Act::Dunning(dunning) => self.take_dunning_back(ctx, act, dunning)?,
            Act::Mail(Mail::Accept { .. } | Mail::Dismiss { .. }) => {
                self.take_promises_back(ctx, &first)?;
                for case in &first.cases {
                    self.step_back(ctx, *case, act)?;
                    wrote.cases.push(*case);
                }
                self.take_activities_back(ctx, &first);
                self.take_proposals_back(&first);
            }
            Act::Case(_) => {
                wrote.money = self.money.reverse(&first.money, ctx.today)?;
                for case in &first.cases {
                    self.step_back(ctx, *case, act)?;
                    wrote.cases.push(*case);
                }
                self.take_promises_back(ctx, &first)?;
                self.take_inquiries_back(ctx, act, &first, wrote)?;
            }
            Act::Arrange(arranged) if !matches!(arranged, Arrange::SetStrategy { .. }) => {
                wrote.versions = self.take_versions_back(&first)?;
                self.take_activities_back(ctx, &first);
                self.take_plans_back(ctx, arranged, &first)?;
            }
            _ => return Err("ACT-10"),
        }
        Ok(())
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
        self.money.step_back(case, !matches!(before.state, "closed" | "void"), act);
        let known = &mut self.money.cases[case];
        known.version += 1;
        known.last_act = ctx.act;
        self.steps[case].push(Step { act: ctx.act, ..before });
        Ok(())
    }

    pub fn take_promises_back(&mut self, ctx: Ctx<'_>, first: &Wrote) -> Result<(), Code> {
        for at in &first.promises {
            if self.promises[*at].ended.is_some() {
                return Err("ACT-10");
            }
            self.promises[*at].ended = Some((ctx.today, "undone"));
        }
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
            Act::Case(case) => self.case_at_present(case),
            Act::Dunning(Dunning::LiftHold { hold, .. }) => *hold = self.same_hold(*hold),
            Act::SetCustomer { customer: Some(id), version, .. } => {
                *version = self.customers[*id as usize - 1].version();
            }
            _ => {}
        }
        act
    }
}
