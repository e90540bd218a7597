//! The model's promises and payment plans: when they may be made, what ends them, and how they stand on a day. Both
//! follow from the money that came on their items and from nothing else; written from the rules of collections.

use chrono::{Datelike, Days, Months, NaiveDate, Weekday};
use o2c::acts::arrange::Arrange;
use o2c::domain::document::DocumentKind as Kind;

use crate::model::{Code, Ctx, Promise, State, Wrong, Wrote, empty, place};

/// A payment plan: parts of items, to be paid by dates.
#[derive(Clone, Debug)]
pub struct Plan {
    pub customer: i64,
    /// Items and how much of each.
    pub items: Vec<(usize, i64)>,
    pub dates: Vec<(NaiveDate, i64)>,
    pub grace: i64,
    pub made: NaiveDate,
    /// Links there were when it was made: what they did is not of the plan.
    pub before: usize,
    pub ended: Option<(NaiveDate, &'static str)>,
}

fn positive(amount: i64) -> Result<(), Code> {
    match amount {
        ..=0 => Err("AMT-05"),
        10_000_000_000_000.. => Err("AMT-02"),
        _ => Ok(()),
    }
}

impl State {
    /// Money that came on an item by a day, with the day it came; what was returned by then counts as if it had not.
    fn cash_on(&self, item: usize, by: NaiveDate) -> impl Iterator<Item = (NaiveDate, i64)> + '_ {
        let links = self.money.links.iter().filter(move |link| link.debit == item && link.effective <= by);
        links.filter(|link| self.money.items[link.credit].kind == Kind::Receipt).map(|link| {
            let came = link.reverses.map_or(link.effective, |first| self.money.links[first].effective);
            (came, link.amount)
        })
    }

    /// What became of a promise by a day: only money after the day it was made counts, and two days after its date, and no bank books
    /// on a weekend.
    pub fn promise_stands(&self, promise: &Promise, today: NaiveDate) -> &'static str {
        if promise.ended.is_some() {
            return "withdrawn";
        }
        let after = promise.on + Days::new(2);
        let last = after
            + Days::new(match after.weekday() {
                Weekday::Sat => 2,
                Weekday::Sun => 1,
                _ => 0,
            });
        let in_time = |day: NaiveDate| day > promise.made && day <= last && day <= today;
        let came: i64 =
            self.cash_on(promise.item, today).filter(|(day, _)| in_time(*day)).map(|(_, amount)| amount).sum();
        match came {
            _ if came >= promise.amount => "kept",
            _ if today <= last => "open",
            1.. => "partly kept",
            _ => "broken",
        }
    }

    pub fn promise(&mut self, ctx: Ctx<'_>, items: &[(i64, i64)], on: NaiveDate) -> Result<Wrote, Code> {
        if on < ctx.today {
            return Err("DAT-04");
        }
        let mut wrote = Wrote::default();
        let mut first = None;
        for (id, amount) in items {
            let item = self.item(*id)?;
            let currency = self.money.items[item].currency;
            positive(*amount)?;
            if *amount > self.money.open(item) {
                return Err("AMT-06");
            }
            if *first.get_or_insert(currency) != currency {
                return Err("AMT-09");
            }
            if self.plans_of(item).any(|plan| self.plan_stands(plan, ctx.today) == "good standing") {
                return Err("PLN-02");
            }
            let mut level = 1;
            for at in 0..self.promises.len() {
                let earlier = &self.promises[at];
                if earlier.item != item || matches!(earlier.ended, Some((_, "undone" | "planned"))) {
                    continue;
                }
                let stands = self.promise_stands(earlier, ctx.today);
                level += i64::from(stands != "kept");
                if stands == "open" {
                    self.promises[at].ended = Some((ctx.today, "renewed"));
                }
            }
            wrote.promises.push(self.promises.len());
            self.promises.push(Promise { item, amount: *amount, made: ctx.today, on, level, ended: None });
        }
        if first.is_none() { Err("ACT-09") } else { Ok(wrote) }
    }

    /// How many promises on an item were not kept before the next; one taken back by undo or by a plan does not count.
    pub fn failed_before(&self, item: usize, today: NaiveDate) -> usize {
        let counts =
            |earlier: &&Promise| earlier.item == item && !matches!(earlier.ended, Some((_, "undone" | "planned")));
        let of_item = self.promises.iter().filter(counts);
        of_item.filter(|earlier| self.promise_stands(earlier, today) != "kept").count()
    }

    pub fn withdraw_promise(&mut self, ctx: Ctx<'_>, promise: i64) -> Result<Wrote, Code> {
        let at = place(promise, self.promises.len())?;
        if self.promises[at].ended.is_some() || self.promise_stands(&self.promises[at], ctx.today) != "open" {
            return Err("ACT-08");
        }
        self.promises[at].ended = Some((ctx.today, "withdrawn"));
        Ok(Wrote::default())
    }

    /// Plans of an item that nobody ended.
    fn plans_of(&self, item: usize) -> impl Iterator<Item = &Plan> {
        let of = move |plan: &&Plan| plan.ended.is_none() && plan.items.iter().any(|part| part.0 == item);
        self.plans.iter().filter(of)
    }

    /// What was paid of a plan by a day, and what is still to be paid by it: of each item no more than is planned, and
    /// no more than is open of it.
    fn paid_and_left(&self, plan: &Plan, day: NaiveDate) -> (i64, i64) {
        let (mut paid, mut left) = (0, 0);
        for (item, planned) in &plan.items {
            let (mut open, mut cash) = (self.money.items[*item].amount, 0);
            for (at, link) in self.money.links.iter().enumerate().filter(|(_, link)| link.debit == *item) {
                if at < plan.before {
                    open -= link.amount;
                } else if link.reverses.is_none_or(|first| first >= plan.before) && link.effective <= day {
                    open -= link.amount;
                    cash += if self.money.items[link.credit].kind == Kind::Receipt { link.amount } else { 0 };
                }
            }
            let of_plan = cash.max(0).min(*planned);
            paid += of_plan;
            left += open.min(planned - of_plan).max(0);
        }
        (paid, left)
    }

    /// How a plan stands: nobody keeps it, it follows. An instalment is missed when by the end of its grace less was
    /// paid than was agreed up to then, and something was left to pay.
    pub fn plan_stands(&self, plan: &Plan, today: NaiveDate) -> &'static str {
        match plan.ended {
            Some((_, "replaced")) => return "replaced",
            Some(_) => return "withdrawn",
            None => {}
        }
        if self.paid_and_left(plan, today).1 == 0 {
            return "completed";
        }
        let mut agreed = 0;
        for (on, amount) in &plan.dates {
            agreed += amount;
            let end = *on + Days::new(plan.grace as u64);
            // Missing then, or missing now because the money went back.
            let is_missing = |day: NaiveDate| {
                let (paid, left) = self.paid_and_left(plan, day);
                paid < agreed && left > 0
            };
            if end < today && (is_missing(end) || is_missing(today)) {
                return "default";
            }
        }
        "good standing"
    }

    /// Whether a plan in good standing covers an item: something of it is left, and the next instalment is not late.
    pub fn is_planned(&self, item: usize, today: NaiveDate) -> bool {
        self.plans_of(item).any(|plan| {
            let part = plan.items.iter().position(|part| part.0 == item).expect("a part");
            let of_item = Plan { items: vec![plan.items[part]], ..plan.clone() };
            let (paid, left) = self.paid_and_left(plan, today);
            let mut sum = 0;
            let next = plan.dates.iter().find(|(_, amount)| {
                sum += amount;
                paid < sum.min(paid + left)
            });
            let late = next.is_none_or(|(on, _)| *on + Days::new(plan.grace as u64) < today);
            self.plan_stands(plan, today) == "good standing" && self.paid_and_left(&of_item, today).1 > 0 && !late
        })
    }

    fn is_live(&self, plan: &Plan, today: NaiveDate) -> bool {
        ["good standing", "default"].contains(&self.plan_stands(plan, today))
    }

    /// A plan that can still be replaced or withdrawn.
    fn standing_plan(&self, ctx: Ctx<'_>, id: i64) -> Result<usize, Code> {
        let at = place(id, self.plans.len())?;
        if self.is_live(&self.plans[at], ctx.today) { Ok(at) } else { Err("ACT-08") }
    }

    pub fn propose(&mut self, ctx: Ctx<'_>, act: &Arrange) -> Result<Wrote, Code> {
        let Arrange::ProposePlan { items, instalments, grace_days, replaces, .. } = act else {
            panic!("no plan: {act:?}");
        };
        if !(0..=60).contains(grace_days) {
            return Err("PLN-01");
        }
        let before = replaces.map(|id| self.standing_plan(ctx, id)).transpose()?;
        let mut parts: Vec<(usize, i64)> = Vec::new();
        for (id, amount) in items {
            let at = self.item(*id)?;
            let item = &self.money.items[at];
            positive(*amount)?;
            if *amount > self.money.open(at) - item.disputed {
                return Err("AMT-06");
            }
            if let Some((first, _)) = parts.first()
                && (self.money.items[*first].customer, self.money.items[*first].currency)
                    != (item.customer, item.currency)
            {
                return Err("AMT-09");
            }
            if parts.iter().any(|part| part.0 == at) {
                return Err("ACT-09");
            }
            let other = |plan: &Plan| before.is_none_or(|before| !std::ptr::eq(plan, &raw const self.plans[before]));
            if self.plans_of(at).any(|plan| other(plan) && self.is_live(plan, ctx.today)) {
                return Err("PLN-02");
            }
            parts.push((at, *amount));
        }
        let Some((first, _)) = parts.first() else { return Err("ACT-09") };
        let customer = self.money.items[*first].customer;
        if before.is_some_and(|before| self.plans[before].customer != customer) {
            return Err("ACT-09");
        }
        let dates: Vec<(NaiveDate, i64)> = instalments.iter().map(|one| (one.on, one.amount)).collect();
        let planned: i64 = parts.iter().map(|part| part.1).sum();
        let counted = (1..=60).contains(&dates.len()) && dates.iter().all(|one| one.1 > 0);
        let in_order = dates.is_sorted_by(|one, next| one.0 < next.0);
        let in_time = dates.iter().all(|one| one.0 >= ctx.today && one.0 <= ctx.today + Months::new(120));
        let adds_up = dates.iter().map(|one| one.1).sum::<i64>() == planned || ctx.wrong == Some(Wrong::PlanSums);
        if !(counted && in_order && in_time && adds_up) {
            return Err("PLN-01");
        }
        if let Some(before) = before {
            self.plans[before].ended = Some((ctx.today, "replaced"));
        }
        for at in 0..self.promises.len() {
            let promise = &self.promises[at];
            let planned = parts.iter().any(|part| part.0 == promise.item);
            if planned && self.promise_stands(promise, ctx.today) == "open" {
                self.promises[at].ended = Some((ctx.today, "planned"));
            }
        }
        let wrote = Wrote { plans: vec![self.plans.len()], ..Wrote::default() };
        let links = self.money.links.len();
        self.plans.push(Plan {
            customer,
            items: parts,
            dates,
            grace: *grace_days,
            made: ctx.today,
            before: links,
            ended: None,
        });
        Ok(wrote)
    }

    pub fn withdraw_plan(&mut self, ctx: Ctx<'_>, plan: i64, reason: &str) -> Result<Wrote, Code> {
        if empty(reason) {
            return Err("TXT-05");
        }
        let at = self.standing_plan(ctx, plan)?;
        self.plans[at].ended = Some((ctx.today, "withdrawn"));
        Ok(Wrote::default())
    }

    /// The plans an act made are taken back, and the one whose place they took is in force again.
    pub fn take_plans_back(&mut self, ctx: Ctx<'_>, act: &Arrange, first: &Wrote) -> Result<(), Code> {
        for at in &first.plans {
            if self.plans[*at].ended.is_some() {
                return Err("ACT-10");
            }
            self.plans[*at].ended = Some((ctx.today, "undone"));
        }
        match act {
            Arrange::ProposePlan { replaces: Some(before), .. } => self.restore_plan(ctx, *before, "replaced"),
            Arrange::WithdrawPlan { plan, .. } => self.restore_plan(ctx, *plan, "withdrawn"),
            _ => Ok(()),
        }
    }

    fn restore_plan(&mut self, ctx: Ctx<'_>, plan: i64, ended: &str) -> Result<(), Code> {
        let at = place(plan, self.plans.len())?;
        if self.plans[at].ended.is_none_or(|end| end.1 != ended) {
            return Err("ACT-10");
        }
        let taken = |item: usize| self.plans_of(item).any(|other| self.is_live(other, ctx.today));
        if self.plans[at].items.iter().any(|part| taken(part.0)) {
            return Err("PLN-02");
        }
        self.plans[at].ended = None;
        Ok(())
    }
}
