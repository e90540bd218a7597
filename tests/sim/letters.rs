//! The model's reminders: who is due a letter at which level, a run from its draft to its last letter, holds. One policy
//! is in force, written down here by hand: sequential levels, a grace, least amounts, fees once for an item and level.

use chrono::{Days, NaiveDate};
use o2c::acts::dunning::{Dunning, Review};
use o2c::domain::document::DocumentKind as Kind;
use o2c::domain::money::Currency;
use sha2::{Digest, Sha256};

use crate::model::{Activity, Code, Ctx, State, Wrong, Wrote, empty, place};
use crate::post::Way;
use crate::worth::Offs;

/// Days of grace of the policy.
const GRACE: u64 = 2;
/// What may stay open without a letter, in euro cents.
const TOLERANCE: i64 = 100;
/// The least worth a letter of the first level, in euro cents.
pub const LEAST: i64 = 500;

/// One line of a run.
#[derive(Clone, Debug)]
pub struct Line {
    pub run: usize,
    pub customer: i64,
    pub item: usize,
    pub level: u32,
    pub currency: Currency,
    pub asked: i64,
    /// What people made of it: the act, the word, the level it was lowered to.
    pub reviews: Vec<(i64, &'static str, u32)>,
}

impl Line {
    /// The level it goes out with; `None` where it was left out.
    pub fn goes(&self) -> Option<u32> {
        match self.reviews.last() {
            Some((_, "drop" | "hold", _)) => None,
            Some((_, "lower", level)) => Some(*level),
            _ => Some(self.level),
        }
    }
}

/// One letter of a run: customer, level and currency.
pub type Key = (i64, u32, Currency);

#[derive(Clone, Debug)]
pub struct Letter {
    pub run: usize,
    pub key: Key,
    pub on: NaiveDate,
    /// Items with the fee each bore.
    pub lines: Vec<(usize, i64)>,
    pub fee_item: Option<usize>,
    pub ways: Vec<Way>,
    /// Somebody gave its mail up, and it took no other way: it counts for nothing.
    pub given_up: bool,
}

#[derive(Clone, Debug)]
pub struct Hold {
    pub customer: i64,
    pub item: Option<usize>,
    pub from: NaiveDate,
    pub until: Option<NaiveDate>,
    pub kind: String,
    pub reason: String,
    pub act: i64,
    pub ended: bool,
}

/// Runs, their lines, letters and holds.
#[derive(Clone, Default)]
pub struct Desk {
    pub runs: Vec<&'static str>,
    pub lines: Vec<Line>,
    pub letters: Vec<Letter>,
    pub holds: Vec<Hold>,
}

impl Desk {
    pub fn lines_of(&self, run: usize) -> impl Iterator<Item = &Line> {
        self.lines.iter().filter(move |line| line.run == run)
    }

    /// The letters a run has.
    pub fn letters_of(&self, run: usize) -> Vec<Key> {
        let keys = self.lines_of(run).filter_map(|line| Some((line.customer, line.goes()?, line.currency)));
        let mut keys: Vec<Key> = keys.collect();
        keys.sort_unstable();
        keys.dedup();
        keys
    }

    /// What somebody looked at when releasing a run.
    pub fn seal(&self, run: usize) -> String {
        let mut lines: Vec<(i64, usize)> = Vec::new();
        for (at, line) in self.lines.iter().enumerate().filter(|(_, line)| line.run == run) {
            lines.push((line.customer, at));
        }
        lines.sort_unstable();
        let mut hasher = Sha256::new();
        for (_, at) in lines {
            hasher.update((at as i64 + 1).to_le_bytes());
            hasher.update(self.lines[at].goes().unwrap_or(0).to_le_bytes());
        }
        hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// Whether a letter of it is of the level that two people let out.
    pub fn by_two(&self, run: i64) -> bool {
        usize::try_from(run - 1).is_ok_and(|run| self.letters_of(run).iter().any(|key| key.1 == 3))
    }

    /// Letters an item was in, those of one run left out.
    fn sent(&self, item: usize, but: Option<usize>) -> impl Iterator<Item = &Letter> {
        let of = move |letter: &&Letter| {
            Some(letter.run) != but && !letter.given_up && letter.lines.iter().any(|line| line.0 == item)
        };
        self.letters.iter().filter(of)
    }
}

impl State {
    /// Items of a customer that a letter is due for, with the level and what may be asked for. Letters of the run that is
    /// being sent count for nothing yet.
    fn due(&self, customer: i64, today: NaiveDate, but: Option<usize>) -> Vec<(usize, u32, i64)> {
        self.dunned(customer, today, but).0
    }

    /// The same, with what credits take off for each item.
    fn dunned(&self, customer: i64, today: NaiveDate, but: Option<usize>) -> (Vec<(usize, u32, i64)>, Offs) {
        let open: Vec<(usize, i64)> = (0..self.money.items.len())
            .filter(|at| self.money.items[*at].customer == customer)
            .map(|at| (at, self.money.open(at)))
            .filter(|(_, open)| *open != 0)
            .collect();
        let mut due: Vec<(usize, u32, i64)> = Vec::new();
        // What was reminded before and waits for its next letter, or for a person.
        let mut waiting: Vec<(usize, i64)> = Vec::new();
        for (item, open) in &open {
            let known = &self.money.items[*item];
            let tolerated = if known.currency == Currency::EUR { TOLERANCE } else { 0 };
            let asked = open - known.disputed;
            if *open <= tolerated || asked <= 0 || self.is_held(customer, *item, today) || self.is_covered(*item, today)
            {
                continue;
            }
            let level = self.desk.sent(*item, but).map(|letter| letter.key.1).max().unwrap_or(0);
            let last = self.desk.sent(*item, but).last().map(|letter| letter.on);
            // Nobody was told of what a letter charged that never left.
            if self.desk.letters.iter().any(|letter| letter.fee_item == Some(*item) && letter.given_up) {
                continue;
            }
            // A letter that has not left is not followed by another.
            if self.desk.sent(*item, but).last().is_some_and(|letter| self.is_in_outbox(letter)) {
                waiting.push((*item, asked));
                continue;
            }
            let since = match (level, last) {
                (0, _) => known.due + Days::new(3),
                (1, Some(last)) => last + Days::new(4),
                (2, Some(last)) => last + Days::new(5),
                _ => {
                    waiting.push((*item, asked));
                    continue;
                }
            };
            if since.max(known.due + Days::new(GRACE + 1)) <= today {
                due.push((*item, level + 1, asked));
            } else if level > 0 {
                waiting.push((*item, asked));
            }
        }
        let letters = self.desk.letters.iter().filter(|letter| Some(letter.run) != but && letter.key.0 == customer);
        let letters = letters.filter(|letter| !letter.given_up);
        // What was only drafted reached nobody.
        let spoke = ["call", "e-mail", "visit", "meeting", "portal", "agency"];
        let own = self.activities.iter().filter(|one| one.customer as i64 == customer - 1 && one.live);
        let called = own.filter(|one| spoke.contains(&one.kind)).map(|one| one.on).max();
        let contact = letters.map(|letter| letter.on).max().max(called);
        if contact.is_some_and(|contact| contact >= today) {
            return (Vec::new(), Offs::new());
        }
        due.sort_by_key(|one| (self.money.items[one.0].currency, self.money.items[one.0].due, one.0));
        let offs = self.worth_a_letter(&open, &waiting, &mut due);
        (due, offs)
    }

    fn is_held(&self, customer: i64, item: usize, today: NaiveDate) -> bool {
        let holds = |hold: &Hold| {
            let of = hold.customer == customer && hold.item.is_none_or(|held| held == item);
            of && !hold.ended && hold.from <= today && hold.until.is_none_or(|until| today <= until)
        };
        self.desk.holds.iter().any(holds)
    }

    /// A promise that can still be kept, or a plan whose next instalment is not late.
    fn is_covered(&self, item: usize, today: NaiveDate) -> bool {
        let mut promises = self.promises.iter().filter(|promise| promise.item == item);
        promises.any(|promise| self.promise_stands(promise, today) == "open") || self.is_planned(item, today)
    }

    pub fn dunning_act(&mut self, ctx: Ctx<'_>, act: &Dunning) -> Result<Wrote, Code> {
        match act {
            Dunning::SetPolicy { .. } | Dunning::AssignPolicy { .. } => {}
            Dunning::PlaceHold { customer, item, kind, from, until, reason } => {
                if empty(reason) {
                    return Err("TXT-05");
                }
                if !["manual", "insolvency", "legal", "internal"].contains(&kind.as_str()) {
                    return Err("ACT-09");
                }
                self.hold(ctx, (*customer, *item), (*from, *until), (kind, reason))?;
            }
            Dunning::LiftHold { hold, reason } => {
                if empty(reason) {
                    return Err("TXT-05");
                }
                let at = place(*hold, self.desk.holds.len())?;
                if self.desk.holds[at].ended {
                    return Err("ACT-04");
                }
                self.desk.holds[at].ended = true;
            }
            Dunning::DraftDaily => return Err("DUN-09"),
            Dunning::DraftRun { .. } => self.draft(ctx)?,
            Dunning::ReviewLines { lines, what, reason } => {
                if empty(reason) {
                    return Err("TXT-05");
                }
                let first = lines.first().and_then(|id| place(*id, self.desk.lines.len()).ok()).ok_or("ACT-09")?;
                let run = self.desk.lines[first].run;
                self.in_state(run as i64 + 1, "draft")?;
                for id in lines {
                    let at = place(*id, self.desk.lines.len()).map_err(|_| "ACT-09")?;
                    if self.desk.lines[at].run != run {
                        return Err("ACT-09");
                    }
                    self.review(ctx, at, what, reason)?;
                }
            }
            other => return self.run_act(ctx, other),
        }
        Ok(Wrote::default())
    }

    /// A run on its way from its release to its last letter.
    fn run_act(&mut self, ctx: Ctx<'_>, act: &Dunning) -> Result<Wrote, Code> {
        match act {
            Dunning::ApproveRun { run, seen } => {
                let at = self.in_state(*run, "draft")?;
                if self.desk.seal(at) != *seen {
                    return Err("DUN-05");
                }
                if self.desk.letters_of(at).is_empty() {
                    return Err("DUN-04");
                }
                self.desk.runs[at] = "approved";
            }
            Dunning::StartRun { run, letters, .. } => {
                let at = self.in_state(*run, "approved")?;
                if self.desk.runs[at + 1..].iter().any(|later| ["sending", "sent"].contains(later)) {
                    return Err("DUN-03");
                }
                if self.desk.letters_of(at).len() as i64 != *letters {
                    return Err("DUN-05");
                }
                self.desk.runs[at] = "sending";
            }
            Dunning::SendLetter { run, customer, policy, level, currency } => {
                let at = self.in_state(*run, "sending")?;
                let key = (*customer, *level, *currency);
                let same = |letter: &Letter| letter.run == at && letter.key == key && *policy == 1;
                if self.desk.letters.iter().any(same) && ctx.wrong != Some(Wrong::LetterTwice) {
                    return Err("DUN-07");
                }
                if *policy != 1 || !(1..=3).contains(level) {
                    return Err("ACT-04");
                }
                return self.send(ctx, at, key);
            }
            Dunning::FinishRun { run } => {
                let at = self.in_state(*run, "sending")?;
                let sent = |key: &Key| self.desk.letters.iter().any(|letter| letter.run == at && letter.key == *key);
                let left = |key: &Key| !sent(key) && !self.still_due(ctx, at, *key).is_empty();
                if self.desk.letters_of(at).iter().any(left) {
                    return Err("DUN-04");
                }
                self.desk.runs[at] = "sent";
            }
            Dunning::CancelRun { run, reason } => {
                let at = place(*run, self.desk.runs.len())?;
                if empty(reason) {
                    return Err("TXT-05");
                }
                let open = ["draft", "approved", "sending"].contains(&self.desk.runs[at]);
                if !open || self.desk.letters.iter().any(|letter| letter.run == at) {
                    return Err("DUN-04");
                }
                self.desk.runs[at] = "cancelled";
            }
            other => panic!("not of a run: {other:?}"),
        }
        Ok(Wrote::default())
    }

    fn in_state(&self, run: i64, state: &str) -> Result<usize, Code> {
        let at = place(run, self.desk.runs.len())?;
        if self.desk.runs[at] == state { Ok(at) } else { Err("DUN-04") }
    }

    fn hold(
        &mut self,
        ctx: Ctx<'_>,
        (customer, item): (i64, Option<i64>),
        (from, until): (NaiveDate, Option<NaiveDate>),
        (kind, reason): (&str, &str),
    ) -> Result<(), Code> {
        if until.is_some_and(|until| until < from.max(ctx.today)) {
            return Err("DAT-04");
        }
        self.customer(customer)?;
        let item = item.map(|item| self.item(item)).transpose()?;
        if item.is_some_and(|item| self.money.items[item].customer != customer) {
            return Err("ACT-09");
        }
        let (kind, reason) = (kind.to_owned(), reason.trim().to_owned());
        self.desk.holds.push(Hold { customer, item, from, until, kind, reason, act: ctx.act, ended: false });
        Ok(())
    }

    fn draft(&mut self, ctx: Ctx<'_>) -> Result<(), Code> {
        if self.desk.runs.contains(&"sending") {
            return Err("DUN-04");
        }
        let run = self.desk.runs.len();
        let mut lines = Vec::new();
        for customer in 1..=self.customers.len() as i64 {
            for (item, level, asked) in self.due(customer, ctx.today, None) {
                let currency = self.money.items[item].currency;
                lines.push(Line { run, customer, item, level, currency, asked, reviews: Vec::new() });
            }
        }
        if lines.is_empty() {
            return Err("DUN-02");
        }
        self.desk.lines.extend(lines);
        for state in &mut self.desk.runs {
            if ["draft", "approved"].contains(state) {
                *state = "superseded";
            }
        }
        self.desk.runs.push("draft");
        Ok(())
    }

    fn review(&mut self, ctx: Ctx<'_>, at: usize, what: &Review, reason: &str) -> Result<(), Code> {
        let line = self.desk.lines[at].clone();
        let before = line.reviews.last().map_or("", |review| review.1);
        let review = match what {
            Review::Drop => ("drop", 0),
            Review::Hold { until } => {
                let about = (line.customer, Some(line.item as i64 + 1));
                self.hold(ctx, about, (ctx.today, *until), ("manual", reason))?;
                ("hold", 0)
            }
            Review::Keep if ["", "keep"].contains(&before) => return Err("DUN-04"),
            Review::Keep => {
                if before == "hold" {
                    let of = |hold: &&mut Hold| hold.item == Some(line.item);
                    self.desk.holds.iter_mut().filter(of).for_each(|hold| hold.ended = true);
                }
                ("keep", 0)
            }
            Review::Lower { level } if (1..line.level).contains(level) => ("lower", *level),
            Review::Lower { .. } => return Err("DUN-04"),
        };
        self.desk.lines[at].reviews.push((ctx.act, review.0, review.1));
        Ok(())
    }

    /// Items of a letter that are still to be asked for.
    fn still_due(&self, ctx: Ctx<'_>, run: usize, key: Key) -> Vec<(usize, i64)> {
        if self.customer(key.0).is_err() {
            return Vec::new();
        }
        let of = |item: usize| {
            let before = self.desk.sent(item, Some(run)).map(|letter| letter.key.1).max().unwrap_or(0);
            let mine = |line: &Line| line.item == item && line.customer == key.0 && line.currency == key.2;
            self.desk.lines_of(run).any(|line| mine(line) && line.goes() == Some(key.1) && before < line.level)
        };
        let (due, offs) = self.dunned(key.0, ctx.today, Some(run));
        let items: Vec<(usize, i64)> =
            due.into_iter().filter(|one| of(one.0) && one.1 >= key.1).map(|one| (one.0, one.2)).collect();
        let off: i64 = items.iter().filter_map(|one| offs.get(&one.0)).sum();
        // What was lowered may be a letter of its own, all of it covered.
        if off >= items.iter().map(|one| one.1).sum() { Vec::new() } else { items }
    }

    fn send(&mut self, ctx: Ctx<'_>, run: usize, key: Key) -> Result<Wrote, Code> {
        let items = self.still_due(ctx, run, key);
        if items.is_empty() {
            return Err("DUN-08");
        }
        let (customer, level, currency) = key;
        let opens = self.money.opens();
        let whose =
            |at: &usize| self.money.items[*at].customer == customer && self.money.items[*at].currency == currency;
        let net: i64 = (0..opens.len()).filter(whose).map(|at| opens[at]).sum();
        let mut lines = Vec::new();
        let mut of_letter = false;
        for (item, _) in items {
            // Once for an item and level, never for a fee, and not where the customer is owed more than it owes.
            let charged = self.desk.letters.iter().filter(|letter| letter.key.1 == level);
            let charged = charged.flat_map(|letter| &letter.lines).any(|line| line.0 == item && line.1 > 0);
            let is_fee = self.desk.letters.iter().any(|letter| letter.fee_item == Some(item));
            let before = self.desk.sent(item, Some(run)).map(|letter| letter.key.1).max().unwrap_or(0);
            let new = !charged && !is_fee && before < level && net > 0 && currency == Currency::EUR;
            let fee = match level {
                2 if new => 500,
                3 if new && !of_letter => 1_000,
                _ => 0,
            };
            of_letter |= new;
            lines.push((item, fee));
        }
        let fee: i64 = lines.iter().map(|line| line.1).sum();
        let mut wrote = Wrote::default();
        if fee > 0 {
            self.numbered(Kind::DebitNote, 7, "E");
            let due = ctx.today + Days::new(7);
            wrote.money.items.push(self.money.item(Kind::DebitNote, customer, ctx.today, due, currency, fee));
        }
        let fee_item = wrote.money.items.first().copied();
        self.desk.letters.push(Letter { run, key, on: ctx.today, lines, fee_item, ways: Vec::new(), given_up: false });
        self.leave(self.desk.letters.len() - 1);
        let customer = customer as usize - 1;
        self.activities.push(Activity { customer, kind: "letter", on: ctx.today, next_on: None, live: true });
        Ok(wrote)
    }

    /// The hold that a lifting done again lifts: the newest that stands and is the same.
    pub fn same_hold(&self, hold: i64) -> i64 {
        let holds = &self.desk.holds;
        let Some(lifted) = place(hold, holds.len()).ok().map(|at| &holds[at]) else { return hold };
        let what = |hold: &Hold| (hold.customer, hold.item, hold.kind.clone(), hold.reason.clone());
        let same = holds.iter().rposition(|other| !other.ended && what(other) == what(lifted));
        same.map_or(hold, |at| at as i64 + 1)
    }

    /// A review or a hold is taken back; what was released or sent stays.
    pub fn take_dunning_back(&mut self, ctx: Ctx<'_>, act: i64, what: &Dunning) -> Result<(), Code> {
        match what {
            Dunning::ReviewLines { lines, .. } => {
                let places: Vec<usize> = lines.iter().map(|id| *id as usize - 1).collect();
                self.in_state(self.desk.lines[places[0]].run as i64 + 1, "draft")?;
                for at in places {
                    let reviews = &mut self.desk.lines[at].reviews;
                    let before = reviews.iter().rev().find(|review| review.0 < act).copied();
                    let (_, word, level) = before.unwrap_or((0, "keep", 0));
                    reviews.push((ctx.act, word, level));
                }
            }
            Dunning::PlaceHold { .. } => {}
            // What was lifted stays lifted; the same hold counts again from today, where it would not have ended before.
            Dunning::LiftHold { hold, .. } => {
                let lifted = self.desk.holds[*hold as usize - 1].clone();
                let from = lifted.from.max(ctx.today);
                if lifted.until.is_none_or(|until| until >= from) {
                    self.desk.holds.push(Hold { from, act: ctx.act, ended: false, ..lifted });
                }
                return Ok(());
            }
            _ => return Err("ACT-10"),
        }
        self.desk.holds.iter_mut().filter(|hold| hold.act == act).for_each(|hold| hold.ended = true);
        Ok(())
    }
}
