//! The model's cases over several items of a customer: opened together, added to, decided as a whole.

use o2c::acts::case::Case;

use crate::model::{Code, Ctx, State, Wrote, place};

impl State {
    pub fn work_on_several(&mut self, ctx: Ctx<'_>, act: &Case) -> Result<Wrote, Code> {
        match act {
            Case::OpenSeveral { items, reason, text } => {
                let Some((first, _)) = items.first() else { return Err("DIS-10") };
                let first = self.item(*first)?;
                let mut cases = Vec::new();
                for (item, amount) in items {
                    self.beside(first, *item)?;
                    cases.push(self.open_case(ctx, *item, *amount, reason)?);
                }
                if let [leader, _, ..] = cases[..] {
                    cases.iter().for_each(|case| self.know(ctx, *case, "case", &leader.to_string()));
                }
                self.mention(ctx, text);
                Ok(Wrote { cases, ..Wrote::default() })
            }
            Case::AddItem { dispute, version, item, amount, text } => {
                let case = self.seen(ctx, *dispute, *version)?;
                self.own_queue(ctx, case)?;
                self.beside(self.money.cases[case].item, *item)?;
                let leader = self.fact(ctx, case, "case").map(str::to_owned);
                if leader.is_none() {
                    self.know(ctx, case, "case", &case.to_string());
                }
                let reason = self.reasons[case].clone();
                let new = self.open_case(ctx, *item, *amount, &reason)?;
                self.know(ctx, new, "case", &leader.unwrap_or_else(|| case.to_string()));
                if let Some(day) = self.fact(ctx, case, "last day").map(str::to_owned) {
                    self.know(ctx, new, "last day", &day);
                }
                let mut wrote = self.same(ctx, case);
                wrote.cases.push(new);
                self.mention(ctx, text);
                Ok(wrote)
            }
            other => self.decide_all(ctx, other),
        }
    }

    /// What a decision gives up to the customer, counted on the item with the latest day.
    pub fn given_up(&self, act: &Case) -> Result<Option<(i64, i64)>, Code> {
        let (mut sum, mut latest) = (0, None);
        for (dispute, amount) in crate::cases::given_up(act) {
            let item = self.money.cases[place(dispute, self.money.cases.len())?].item;
            sum += amount;
            latest = latest.max(Some((self.money.items[item].date, item)));
        }
        Ok(latest.map(|(_, item)| (item as i64 + 1, sum)))
    }

    /// That an item is of the customer and the currency of another.
    fn beside(&self, first: usize, item: i64) -> Result<(), Code> {
        let (one, other) = (&self.money.items[first], &self.money.items[self.item(item)?]);
        if (one.customer, one.currency) == (other.customer, other.currency) { Ok(()) } else { Err("DIS-10") }
    }

    fn decide_all(&mut self, ctx: Ctx<'_>, act: &Case) -> Result<Wrote, Code> {
        let Case::DecideAll { parts, outcome, rest, cause, on, text } = act else {
            panic!("not of several: {act:?}");
        };
        let Some(first) = parts.first() else { return Err("DIS-10") };
        let first = place(first.dispute, self.money.cases.len())?;
        let leader = self.fact(ctx, first, "case").map(str::to_owned);
        let mut all = Wrote::default();
        for part in parts {
            let case = place(part.dispute, self.money.cases.len())?;
            if leader.is_none() || self.fact(ctx, case, "case") != leader.as_deref() {
                return Err("DIS-10");
            }
            let (outcome, rest, cause, on, text) = (*outcome, *rest, cause.clone(), *on, String::new());
            let (dispute, version, amount) = (part.dispute, part.version, part.amount);
            let wrote = self.decide(ctx, &Case::Decide { dispute, version, outcome, amount, rest, cause, on, text })?;
            all.cases.extend(wrote.cases);
            all.promises.extend(wrote.promises);
            all.money.items.extend(wrote.money.items);
            all.money.links.extend(wrote.money.links);
        }
        self.mention(ctx, text);
        Ok(all)
    }
}
