//! The model's disputes: how a case is opened, decided part by part, split, put aside and confirmed, what
//! becomes of its amount (claimed = open + every effect), facts and tasks by mention.

use std::rc::Rc;

use o2c::acts::Act;
use o2c::acts::case::Case;
use o2c::domain::authority::Right;
use o2c::domain::case::Outcome;
use o2c::domain::document::DocumentKind as Kind;

use crate::ledger::{self, Part};
use crate::model::{Code, Ctx, State, Step, Wrong, Wrote, empty, place};

/// Something known of a case; the last that stands counts.
#[derive(Clone, Debug)]
pub struct Fact {
    pub case: usize,
    pub field: String,
    pub value: String,
    pub act: i64,
}

/// What somebody was asked to do by a mention.
#[derive(Clone, Debug)]
pub struct Task {
    pub person: usize,
    pub by: usize,
    pub act: i64,
    /// Acts that said it is done.
    pub ends: Vec<i64>,
}

/// What a decision's cause may be.
pub const CAUSES: [&str; 12] = [
    "price master data",
    "order entry",
    "picking and packing",
    "carrier",
    "product",
    "invoicing",
    "tax set-up",
    "terms or discount",
    "promotion set-up",
    "our payment posting",
    "customer's mistake",
    "no cause found",
];

/// The right an act on a case takes: what settles takes more than what is only worked on.
pub fn right(act: &Case) -> Right {
    match act {
        Case::Decide { .. } | Case::DecideAll { .. } | Case::Reopen { .. } | Case::Confirm { .. } => {
            Right::ResolveDispute
        }
        Case::TaskDone { .. } => Right::Read,
        _ => Right::Dispute,
    }
}

/// The disputes and amounts that a decision gives up to the customer; what is charged back or collected is not.
pub fn given_up(act: &Case) -> Vec<(i64, i64)> {
    let (outcome, parts) = match act {
        Case::Decide { outcome, dispute, amount, .. } => (outcome, vec![(*dispute, *amount)]),
        Case::DecideAll { outcome, parts, .. } => {
            (outcome, parts.iter().map(|part| (part.dispute, part.amount)).collect())
        }
        _ => return Vec::new(),
    };
    let given = matches!(outcome, Outcome::Credit | Outcome::Promotion | Outcome::WriteOff);
    parts.into_iter().filter(|(_, amount)| given && *amount > 0).collect()
}

/// Who has to answer.
pub fn department_of(reason: &str) -> Result<&'static str, Code> {
    match reason {
        "price" => Ok("invoicing"),
        "tax" => Ok("invoicing"),
        "unknown" => Ok("disputes"),
        _ => Err("DIS-01"),
    }
}

/// What mostly is behind a reason: who closes a case and says nothing else means it.
fn usual_cause(reason: &str) -> &'static str {
    match reason {
        "price" => "price master data",
        "tax" => "tax set-up",
        _ => "no cause found",
    }
}

fn positive(amount: i64) -> Result<(), Code> {
    match amount {
        ..=0 => Err("AMT-05"),
        10_000_000_000_000.. => Err("AMT-02"),
        _ => Ok(()),
    }
}

impl State {
    pub fn case_act(&mut self, ctx: Ctx<'_>, act: &Act) -> Result<Wrote, Code> {
        match act {
            Act::OpenDispute { item, amount, reason, text } => {
                let case = self.open_case(ctx, *item, *amount, reason)?;
                self.mention(ctx, text);
                Ok(Wrote { cases: vec![case], ..Wrote::default() })
            }
            Act::AssignDispute { dispute, version, owner, department } => {
                let case = self.seen(ctx, *dispute, *version)?;
                self.own_queue(ctx, case)?;
                let last = self.last_step(case);
                let department =
                    if empty(department) { last.department.clone() } else { Rc::from(department.as_str()) };
                Ok(self.step(ctx, case, Step { state: "assigned", owner: owner.as_str().into(), department, ..last }))
            }
            Act::NoteDispute { dispute, version, text } => {
                let case = self.seen(ctx, *dispute, *version)?;
                if empty(text) {
                    return Err("TXT-05");
                }
                self.mention(ctx, text);
                Ok(self.same(ctx, case))
            }
            Act::ResolveDispute { dispute, version, accepted, text } => {
                let case = self.seen(ctx, *dispute, *version)?;
                self.own_queue(ctx, case)?;
                let present = self.money.cases[case].version;
                let money = self.money.resolve(ctx.act, *dispute, present, *accepted, ctx.today)?;
                if self.fact(ctx, case, "cause").is_none() {
                    self.know(ctx, case, "cause", usual_cause(&self.reasons[case].clone()));
                }
                let last = self.last_step(case);
                let accepted = last.accepted + *accepted;
                self.steps[case].push(Step { state: "closed", accepted, act: ctx.act, ..last });
                self.mention(ctx, text);
                Ok(Wrote { cases: vec![case], money, ..Wrote::default() })
            }
            other => panic!("not of disputes: {other:?}"),
        }
    }

    pub fn work_on_case(&mut self, ctx: Ctx<'_>, act: &Case) -> Result<Wrote, Code> {
        match act {
            Case::Decide { .. } => self.decide(ctx, act),
            Case::OpenSeveral { .. } | Case::AddItem { .. } | Case::DecideAll { .. } => self.work_on_several(ctx, act),
            Case::Split { dispute, version, amount, reason, text } => {
                let case = self.seen(ctx, *dispute, *version)?;
                self.own_queue(ctx, case)?;
                positive(*amount)?;
                if *amount >= self.money.cases[case].held() {
                    return Err("AMT-06");
                }
                let state = self.last_step(case).state;
                self.settle_parts(ctx, case, &[(*amount, "moved", None)], state);
                let item = self.money.cases[case].item as i64 + 1;
                let new = self.open_case(ctx, item, *amount, reason)?;
                self.mention(ctx, text);
                if let Some(day) = self.fact(ctx, case, "last day").map(str::to_owned) {
                    self.know(ctx, new, "last day", &day);
                }
                Ok(Wrote { cases: vec![case, new], ..Wrote::default() })
            }
            Case::Reopen { dispute, version, text } => self.reopen(ctx, (*dispute, *version), text),
            Case::Inquire { .. } | Case::Work { .. } | Case::Promote { .. } => self.inquiry_act(ctx, act),
            Case::TaskDone { task } => self.task_done(ctx, *task),
            Case::Confirm { dispute, version } => self.confirm(ctx, (*dispute, *version)),
            other => self.desk_act(ctx, other),
        }
    }

    /// Work that settles nothing.
    fn desk_act(&mut self, ctx: Ctx<'_>, act: &Case) -> Result<Wrote, Code> {
        match act {
            Case::Wait { dispute, version, on, text } => {
                let case = self.seen(ctx, *dispute, *version)?;
                let state = match on.as_str() {
                    "customer" => "on customer",
                    "clarification" => "in clarification",
                    "us" => "assigned",
                    "supervisor" => "escalated",
                    _ => return Err("DIS-06"),
                };
                let last = self.last_step(case);
                if last.state == state {
                    return Err("DIS-02");
                }
                self.mention(ctx, text);
                Ok(self.step(ctx, case, Step { state, ..last }))
            }
            Case::Void { dispute, version, text } => {
                let case = self.seen(ctx, *dispute, *version)?;
                self.own_queue(ctx, case)?;
                if empty(text) {
                    return Err("TXT-05");
                }
                let known = &mut self.money.cases[case];
                let held = known.held();
                if held != known.amount {
                    return Err("DIS-05");
                }
                known.open = false;
                self.money.items[known.item].disputed -= held;
                self.mention(ctx, text);
                let last = self.last_step(case);
                Ok(self.step(ctx, case, Step { state: "void", ..last }))
            }
            Case::Fact { dispute, version, field, value } => {
                let case = self.changing(ctx, *dispute, *version)?;
                let good = match field.as_str() {
                    "cause" => CAUSES.contains(&value.as_str()),
                    "last day" => value.parse::<chrono::NaiveDate>().is_ok(),
                    _ => false,
                };
                if !good {
                    return Err("DIS-06");
                }
                self.know(ctx, case, field, value);
                Ok(self.same(ctx, case))
            }
            Case::Attach { dispute, version, name, path, size, sha256, note } => {
                let case = self.changing(ctx, *dispute, *version)?;
                if empty(name) || empty(path) {
                    return Err("TXT-05");
                }
                if sha256.len() != 64 || *size < 0 {
                    return Err("DIS-06");
                }
                self.mention(ctx, note);
                Ok(self.same(ctx, case))
            }
            other => panic!("not of the desk: {other:?}"),
        }
    }

    fn confirm(&mut self, ctx: Ctx<'_>, (dispute, version): (i64, i64)) -> Result<Wrote, Code> {
        let case = self.at_version(ctx, dispute, version)?;
        self.own_queue(ctx, case)?;
        if self.last_step(case).state != "closed" {
            return Err("DIS-02");
        }
        if self.fact(ctx, case, "confirmed").is_some() {
            return Err("DIS-04");
        }
        if self.fact(ctx, case, "cause").is_none() {
            return Err("DIS-03");
        }
        self.know(ctx, case, "confirmed", &ctx.today.to_string());
        Ok(self.same(ctx, case))
    }

    fn task_done(&mut self, ctx: Ctx<'_>, task: i64) -> Result<Wrote, Code> {
        let at = place(task, self.tasks.len())?;
        let task = &mut self.tasks[at];
        let stands = |act: &i64| !ctx.log.get(*act as usize - 1).is_some_and(|logged| logged.undone);
        if !stands(&task.act) {
            return Err("ACT-04");
        }
        if ctx.who != task.person && ctx.who != task.by {
            return Err("DIS-08");
        }
        if task.ends.iter().any(stands) {
            return Err("DIS-02");
        }
        task.ends.push(ctx.act);
        Ok(Wrote::default())
    }

    pub fn open_case(&mut self, ctx: Ctx<'_>, item: i64, amount: i64, reason: &str) -> Result<usize, Code> {
        positive(amount)?;
        let department = department_of(reason)?.into();
        let at = self.item(item)?;
        if amount > self.money.open(at) - self.money.items[at].disputed {
            return Err("AMT-06");
        }
        self.money.items[at].disputed += amount;
        let (parts, frozen, version) = (Vec::new(), false, 1);
        let case = ledger::Case { item: at, amount, version, open: true, last_act: ctx.act, parts, frozen };
        self.money.cases.push(case);
        let owner = self.people[ctx.who].login.as_str().into();
        self.reasons.push(reason.to_owned());
        self.steps.push(vec![Step { state: "new", owner, department, accepted: 0, act: ctx.act }]);
        Ok(self.steps.len() - 1)
    }

    pub fn decide(&mut self, ctx: Ctx<'_>, act: &Case) -> Result<Wrote, Code> {
        let Case::Decide { dispute, version, outcome, amount, rest, cause, on, text } = act else {
            panic!("decides nothing: {act:?}");
        };
        let case = self.seen(ctx, *dispute, *version)?;
        self.own_queue(ctx, case)?;
        if !CAUSES.contains(&cause.as_str()) {
            return Err("DIS-03");
        }
        positive(*amount)?;
        let (held, item) = (self.money.cases[case].held(), self.money.cases[case].item);
        if *amount > held && ctx.wrong != Some(Wrong::DecidedMore) {
            return Err("AMT-06");
        }
        if *outcome == Outcome::Repay && on.is_none() {
            return Err("DAT-04");
        }
        let taken = (*amount).min(self.money.open(item).max(0));
        let mut wrote = Wrote { cases: vec![case], ..Wrote::default() };
        let mut parts = Vec::new();
        match (outcome, on) {
            (Outcome::Collect, _) => parts.push((*amount, "collected", None)),
            (Outcome::Repay, on) => {
                wrote.promises = self.promise(ctx, &[(item as i64 + 1, taken)], on.expect("a day"))?.promises;
                parts.push((*amount, "repaid", None));
            }
            _ => {
                let (kind, effect) = match outcome {
                    Outcome::WriteOff => (Kind::WriteOff, "written off"),
                    Outcome::Promotion => (Kind::Difference, "promotion"),
                    Outcome::ChargeBack => (Kind::CreditNote, "charged back"),
                    _ => (Kind::CreditNote, "credited"),
                };
                if taken > 0 {
                    wrote.money = self.money.reduce(kind, item as i64 + 1, taken, ctx.today)?;
                    parts.push((taken, effect, wrote.money.links.last().copied()));
                }
                parts.push((*amount - taken, "earlier", None));
                if taken > 0 && *outcome == Outcome::ChargeBack {
                    self.numbered(Kind::DebitNote, 6, "G");
                    let of = self.money.items[item].clone();
                    let day = ctx.today.max(of.date);
                    let debit = self.money.item(Kind::DebitNote, of.customer, day, day, of.currency, taken);
                    wrote.money.items.push(debit);
                }
            }
        }
        if *rest {
            parts.push((held - *amount, "collected", None));
        }
        self.know(ctx, case, "cause", cause);
        self.settle_parts(ctx, case, &parts, "decided");
        self.mention(ctx, text);
        Ok(wrote)
    }

    fn reopen(&mut self, ctx: Ctx<'_>, (dispute, version): (i64, i64), text: &str) -> Result<Wrote, Code> {
        let case = self.at_version(ctx, dispute, version)?;
        self.own_queue(ctx, case)?;
        if empty(text) {
            return Err("TXT-05");
        }
        if self.last_step(case).state != "closed" {
            return Err("DIS-02");
        }
        if self.fact(ctx, case, "confirmed").is_some() {
            return Err("DIS-04");
        }
        // What was neither credited nor paid can be disputed again, as far as it is open and not disputed elsewhere.
        let known = &self.money.cases[case];
        let mut room = (self.money.open(known.item) - self.money.items[known.item].disputed).max(0);
        let mut parts = Vec::new();
        for effect in ["collected", "repaid"] {
            let live = known.parts.iter().filter(|part| part.live && part.effect == effect);
            let again = live.map(|part| part.amount).sum::<i64>().min(room);
            room -= again;
            if again > 0 {
                parts.push((-again, effect, None));
            }
        }
        if parts.is_empty() {
            return Err("DIS-05");
        }
        self.settle_parts(ctx, case, &parts, "assigned");
        self.mention(ctx, text);
        Ok(Wrote { cases: vec![case], ..Wrote::default() })
    }

    /// Settles parts of a case: closed once nothing of it is left in dispute.
    fn settle_parts(
        &mut self,
        ctx: Ctx<'_>,
        case: usize,
        parts: &[(i64, &'static str, Option<usize>)],
        state: &'static str,
    ) {
        let known = &mut self.money.cases[case];
        let before = known.held();
        let mut given = 0;
        for (amount, effect, link) in parts {
            let part = Part { amount: *amount, effect, link: *link, act: ctx.act, live: true };
            given += if part.is_given() { *amount } else { 0 };
            known.parts.push(part);
        }
        known.open = true;
        let left = known.held();
        known.open = left != 0;
        self.money.items[known.item].disputed += left - before;
        let last = self.last_step(case);
        let state = if left == 0 { "closed" } else { state };
        self.step(ctx, case, Step { state, accepted: last.accepted + given, ..last });
    }

    pub fn case_at_present(&self, act: &mut Case) {
        match act {
            Case::Work { inquiry, version, .. } | Case::Promote { inquiry, version, .. } => {
                *version = self.inquiries[*inquiry as usize - 1].steps.len() as i64;
            }
            Case::Decide { dispute, version, .. }
            | Case::AddItem { dispute, version, .. }
            | Case::Split { dispute, version, .. }
            | Case::Reopen { dispute, version, .. }
            | Case::Wait { dispute, version, .. }
            | Case::Void { dispute, version, .. }
            | Case::Confirm { dispute, version }
            | Case::Fact { dispute, version, .. }
            | Case::Attach { dispute, version, .. } => {
                *version = self.money.cases[*dispute as usize - 1].version;
            }
            Case::DecideAll { parts, .. } => {
                for part in parts {
                    part.version = self.money.cases[part.dispute as usize - 1].version;
                }
            }
            Case::Inquire { .. } | Case::TaskDone { .. } | Case::OpenSeveral { .. } => {}
        }
    }

    /// A task for everybody mentioned who works in the book.
    pub fn mention(&mut self, ctx: Ctx<'_>, text: &str) {
        let asked = text.split(' ').filter_map(|word| word.strip_prefix('@'));
        for login in asked {
            let person = self.people.iter().position(|person| person.login == login && person.active);
            self.tasks.extend(person.map(|person| Task { person, by: ctx.who, act: ctx.act, ends: Vec::new() }));
        }
    }

    /// What is known of a case, of acts that stand.
    pub fn fact(&self, ctx: Ctx<'_>, case: usize, field: &str) -> Option<&str> {
        let stands = |act: i64| !ctx.log.get(act as usize - 1).is_some_and(|logged| logged.undone);
        let of = |fact: &&Fact| fact.case == case && fact.field == field && stands(fact.act);
        self.facts.iter().rev().find(of).map(|fact| fact.value.as_str())
    }

    pub fn know(&mut self, ctx: Ctx<'_>, case: usize, field: &str, value: &str) {
        self.facts.push(Fact { case, field: field.to_owned(), value: value.to_owned(), act: ctx.act });
    }

    /// People of a department decide, split, hand over and take out what waits in its queue; disputes, collections and
    /// people of none all.
    pub fn own_queue(&self, ctx: Ctx<'_>, case: usize) -> Result<(), Code> {
        let own = self.people[ctx.who].department.as_str();
        let all = ["", "disputes", "collections"].contains(&own);
        if all || *self.last_step(case).department == *own { Ok(()) } else { Err("DIS-07") }
    }

    fn at_version(&self, ctx: Ctx<'_>, dispute: i64, version: i64) -> Result<usize, Code> {
        let case = place(dispute, self.money.cases.len())?;
        let fits = self.money.cases[case].version == version || ctx.wrong == Some(Wrong::StaleVersions);
        if fits { Ok(case) } else { Err("ACT-03") }
    }

    /// A case that is confirmed or void never changes.
    fn changing(&self, ctx: Ctx<'_>, dispute: i64, version: i64) -> Result<usize, Code> {
        let case = self.at_version(ctx, dispute, version)?;
        let frozen = self.last_step(case).state == "void" || self.fact(ctx, case, "confirmed").is_some();
        if frozen { Err("DIS-04") } else { Ok(case) }
    }

    pub fn seen(&self, ctx: Ctx<'_>, dispute: i64, version: i64) -> Result<usize, Code> {
        let case = self.at_version(ctx, dispute, version)?;
        if self.money.cases[case].open { Ok(case) } else { Err("DIS-02") }
    }

    fn last_step(&self, case: usize) -> Step {
        self.steps[case].last().expect("a step").clone()
    }

    /// A step that changes nothing but that it was made.
    pub fn same(&mut self, ctx: Ctx<'_>, case: usize) -> Wrote {
        let last = self.last_step(case);
        self.step(ctx, case, last)
    }

    fn step(&mut self, ctx: Ctx<'_>, case: usize, step: Step) -> Wrote {
        self.steps[case].push(Step { act: ctx.act, ..step });
        let known = &mut self.money.cases[case];
        known.version += 1;
        known.last_act = ctx.act;
        Wrote { cases: vec![case], ..Wrote::default() }
    }
}
