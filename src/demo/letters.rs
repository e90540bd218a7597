//! Dunning in the demo's story: a policy for everybody and another on trial for a share of the customers, a run every
//! second Monday of the last months, sent by the same acts people use, and a draft of today that waits for review.

use chrono::{Datelike, NaiveDate};

use super::Plan;
use super::history::Telling;
use super::mail::{self, Left};
use super::scribe::Scribe;
use crate::acts::dunning::{Dunning, Review, waive};
use crate::acts::{Act, Done, Failure};
use crate::domain::calendar::add_days;
use crate::domain::dunning::Scope;
use crate::formats::policy;
use crate::store::dunning::load::Wanted;
use crate::store::dunning::runs::{Key, Line, letters_of, seal};

/// Who writes letters.
const WRITER: &str = "ben";

/// Days between two runs, and how many runs there were.
const EVERY: i64 = 14;
const RUNS: i64 = 12;
/// The same for a large book, whose runs are of few customers only.
const RUNS_OF_LARGE: i64 = 2;
/// Customers that a large book's runs look at, about.
const LOOKED_AT: usize = 100;
/// Of a hundred customers, how many are under the policy on trial.
const ON_TRIAL: &str = "share:40";

/// What is still to be written of the story of letters.
#[derive(Debug, Clone)]
pub(super) struct Letters {
    /// Days of runs, the last one first.
    days: Vec<NaiveDate>,
    /// Only customers of this segment; empty for all.
    segment: String,
    /// Somebody was held already.
    held: bool,
    /// Mails of the last run that left.
    pub left: Vec<Left>,
}

fn dunning(scribe: &mut Scribe<'_>, act: Dunning) -> Result<Done, Failure> {
    scribe.act(WRITER, Act::Dunning(act))
}

impl Letters {
    /// Takes the policies in, on the first day of the story.
    pub fn begin(scribe: &mut Scribe<'_>, plan: &Plan, telling: &Telling) -> Result<Letters, Failure> {
        for text in [include_str!("policies/standard.toml"), include_str!("policies/patient.toml")] {
            let policy = policy::parse(text).map_err(|faults| {
                let why = faults.first().map_or_else(String::new, |fault| fault.why.clone());
                Failure::refused("DEM-04", format!("A policy of the demo cannot be read: {why}."))
            })?;
            let act = Act::Dunning(Dunning::SetPolicy { policy: Box::new(policy), version: 0 });
            scribe.act(super::user(), act)?;
        }
        let company = (Scope::Company, "standard");
        for (scope, policy) in [company, (Scope::Segment(ON_TRIAL.to_owned()), "patient")] {
            scribe.act(super::user(), Act::Dunning(Dunning::AssignPolicy { scope, policy: policy.to_owned() }))?;
        }
        let large = telling.per_mille < 1_000 || plan.size.customers > 10 * LOOKED_AT;
        let (runs, segment) = match large {
            false => (RUNS, String::new()),
            true => (RUNS_OF_LARGE, format!("share:{}", (100 * LOOKED_AT / plan.size.customers.max(1)).clamp(1, 100))),
        };
        let monday = add_days(plan.today, -7 - i64::from(plan.today.weekday().num_days_from_monday()));
        let days = (0..runs).map(|back| add_days(monday, -back * EVERY)).filter(|day| *day >= telling.from).collect();
        Ok(Letters { days, segment, held: false, left: Vec::new() })
    }

    /// Does what is to be done about letters at the end of a day.
    pub fn day(&mut self, scribe: &mut Scribe<'_>, day: NaiveDate) -> Result<(), Failure> {
        if self.days.last() != Some(&day) {
            return Ok(());
        }
        self.days.pop();
        scribe.at_hour(16);
        waive(scribe, day)?;
        if self.days.is_empty() && !self.held {
            self.held = hold(scribe, day)?;
        }
        let Some((run, number)) = self.drafted(scribe)? else { return Ok(()) };
        let lines = scribe.look(|tx| Ok(tx.dunning_lines(run, None)?))?;
        dunning(scribe, Dunning::ApproveRun { run, seen: seal(&lines) })?;
        let keys = letters_of(&lines);
        let (letters, despite) = (keys.len() as i64, format!("the receipts up to yesterday are in the book; {number}"));
        dunning(scribe, Dunning::StartRun { run, letters, despite })?;
        for Key { customer, policy, level, currency } in keys {
            dunning(scribe, Dunning::SendLetter { run, customer, policy, level, currency })?;
        }
        dunning(scribe, Dunning::FinishRun { run })?;
        self.left = mail::leave(scribe, self.days.is_empty())?;
        Ok(())
    }

    /// Drafts a run; `None` where no letter is due.
    fn drafted(&self, scribe: &mut Scribe<'_>) -> Result<Option<(i64, String)>, Failure> {
        match dunning(scribe, Dunning::DraftRun { segment: self.segment.clone() }) {
            Ok(_) => scribe.look(|tx| Ok(tx.dunning_runs()?.into_iter().next().map(|run| (run.id, run.number)))),
            Err(Failure::Refused { code: "DUN-02", .. }) => Ok(None),
            Err(failure) => Err(failure),
        }
    }

    /// The draft of the last day, with one line left out already; the rest waits for whoever opens the demo.
    pub fn draft_of_today(&self, scribe: &mut Scribe<'_>) -> Result<(), Failure> {
        scribe.at_hour(8);
        let Some((run, _)) = self.drafted(scribe)? else { return Ok(()) };
        let lines = scribe.look(|tx| Ok(tx.dunning_lines(run, None)?))?;
        let Some(Line { id, .. }) = lines.get(lines.len() / 2).filter(|_| lines.len() > 2) else { return Ok(()) };
        let reason = "a call is arranged for tomorrow".to_owned();
        dunning(scribe, Dunning::ReviewLines { lines: vec![*id], what: Review::Drop, reason }).map(drop)
    }
}

/// Fees whose invoices were paid are credited, as the policy says.
fn waive(scribe: &mut Scribe<'_>, day: NaiveDate) -> Result<(), Failure> {
    for one in scribe.look(|tx| Ok(tx.dunning_waivers(day)?))? {
        scribe.act(super::user(), waive::request(&one, day).act)?;
    }
    Ok(())
}

/// One customer with a letter behind it gets no further one until our answer is out.
fn hold(scribe: &mut Scribe<'_>, day: NaiveDate) -> Result<bool, Failure> {
    let facts = scribe.look(|tx| Ok(tx.dunning_facts(Wanted { customer: None, today: day, run: 0 })?))?;
    let reminded = facts.iter().find(|customer| customer.items.iter().any(|item| item.level() == 1));
    let Some(customer) = reminded else { return Ok(false) };
    let (kind, reason) = ("manual".to_owned(), "waits for our answer about the freight".to_owned());
    let until = Some(add_days(day, 21));
    let act = Dunning::PlaceHold { customer: customer.id, item: None, kind, from: day, until, reason };
    dunning(scribe, act).map(|_| true)
}
