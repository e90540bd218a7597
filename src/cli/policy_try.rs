//! `o2c policy try`: the book's own history under another policy, beside the present ones and beside the runs that were
//! recorded. Nothing is written; all are decided by the rules that draft a run, so that the policy alone tells them apart.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use chrono::NaiveDate;
use serde_json::{Value, json};

use super::args::FormArgs;
use super::out::{self, Form};
use super::policy::{old_rates, read};
use super::session::Session;
use super::stop::Stop;
use crate::domain::calendar::add_days;
use crate::domain::dunning::Scope;
use crate::domain::money::{self, Currency, Money, NumberStyle};
use crate::store::dunning::history::{Moment, history};
use crate::store::dunning::load::rules_of;
use crate::store::dunning::replay::{self, Came, EFFECT_DAYS, Run};
use rust_decimal::Decimal;

/// Runs of a replay that are allowed.
const MOST_RUNS: i64 = 2_000;

/// Days between runs where the book has none of its own and nothing else is said.
const WEEK: i64 = 7;

/// How letters of a level worked so far: asked, and what came of it.
type Effect = BTreeMap<(u32, Currency), (i64, i64)>;

/// Answers the verb.
pub(super) fn run(
    session: &Session,
    file: &Path,
    (from, every): (NaiveDate, Option<i64>),
    form: &FormArgs,
) -> Result<(), Stop> {
    if from > session.today || (session.today - from).num_days() / every.unwrap_or(WEEK).max(1) > MOST_RUNS {
        let sentence = format!("--from must be a day before today, at most {MOST_RUNS} runs ago. Nothing was tried.");
        return Err(Stop::refused("DAT-04", sentence));
    }
    let policy = read(session, file)?;
    let reader = session.reader()?;
    let past = history(&reader, from)?;
    let present = rules_of(&reader)?;
    let own = replay::recorded_runs(&reader, from)?;
    let (runs, days) = match (every, own.is_empty()) {
        (None, false) => (own, "on the days of the recorded ones".to_owned()),
        (every, _) => {
            let every = every.unwrap_or(WEEK).max(1);
            let days = (0..).map(|step| add_days(from, step * every)).take_while(|day| *day <= session.today);
            let run = |day| Run { at: Moment { day, act: None }, segment: String::new() };
            (days.map(run).collect(), format!("every {every} days"))
        }
    };
    let company = present.assignments.iter().find(|one| one.scope == Scope::Company).map_or("", |one| &one.policy);
    // Letters that went out before would have been letters of the policy that is tried.
    let name = policy.name.clone();
    let old: Vec<String> =
        present.policies.iter().chain([&policy]).filter_map(|one| old_rates(one, session.today)).collect();
    let known = present.policies.iter().any(|one| one.name == name);
    let renamed = (!known).then(|| (company.to_owned(), name.clone()));
    let tried = replay::replay(&past, &present.clone().with(policy), &runs, renamed);
    let now = replay::replay(&past, &present, &runs, None);
    let recorded = replay::recorded(&reader, from)?;
    let effect = replay::effect(&reader, session.today)?;
    let table = Table { columns: [("recorded", &recorded), ("present", &now), (&name, &tried)], effect: &effect };
    if form.form() == Form::Json {
        let answer = json!({
            "from": from, "until": session.today, "runs": runs.len(), "days": days, "policy": name,
            "recorded": table.in_json(&recorded), "present": table.in_json(&now), "tried": table.in_json(&tried),
            "present_is_recorded": now.letters == recorded.letters, "old_rates": old,
        });
        return out::say(&answer.to_string());
    }
    let present =
        if company.is_empty() { "the present policies".to_owned() } else { format!("{company} and others present") };
    out::say(&format!("{} runs from {from} to {}, {days}: {present} beside {name}.", runs.len(), session.today))?;
    table.lines().iter().chain(&old).try_for_each(|line| out::say(line))?;
    if now.letters == recorded.letters && !recorded.letters.is_empty() {
        return out::say("The present policies give the recorded letters again, one for one.");
    }
    Ok(())
}

/// Three columns: what was recorded, what the present policies give, what the other gives.
struct Table<'a> {
    columns: [(&'a str, &'a Came); 3],
    effect: &'a Effect,
}

fn sums(sums: &BTreeMap<Currency, i64>) -> String {
    let one = |(currency, sum): (&Currency, &i64)| {
        format!("{} {currency}", Money::new(*sum, *currency).grouped(NumberStyle::Point))
    };
    if sums.is_empty() { "none".to_owned() } else { sums.iter().map(one).collect::<Vec<_>>().join(" + ") }
}

impl Table<'_> {
    /// What letters would have brought in within [`EFFECT_DAYS`], if each brought what letters of its level did so far.
    fn expected(&self, came: &Came) -> BTreeMap<Currency, i64> {
        let mut sums: BTreeMap<Currency, i64> = BTreeMap::new();
        for ((level, currency), asked) in &came.asked {
            let Some((of, paid)) = self.effect.get(&(*level, *currency)).filter(|(of, _)| *of > 0) else { continue };
            let share = Decimal::from(*asked) * Decimal::from(*paid) / Decimal::from(*of);
            *sums.entry(*currency).or_default() += money::to_minor(share, 0).unwrap_or(0);
        }
        sums
    }

    fn lines(&self) -> Vec<String> {
        let mut rows: Vec<[String; 4]> = Vec::new();
        let mut row = |name: String, of: &dyn Fn(&Came) -> String| {
            let [a, b, c] = self.columns.map(|(_, came)| of(came));
            rows.push([name, a, b, c]);
        };
        row("runs with letters".to_owned(), &|came| came.runs.to_string());
        let levels: BTreeSet<u32> = self.columns.iter().flat_map(|(_, came)| came.levels()).collect();
        for level in levels {
            row(format!("letters of level {level}"), &|came| came.of_level(level).to_string());
        }
        row("letters in all".to_owned(), &|came| came.letters.len().to_string());
        for word in ["disputed", "promised", "held", "contacted"] {
            row(format!("items not asked for, {word}"), &|came| match came.avoided.get(word) {
                _ if came.avoided.is_empty() => "-".to_owned(),
                items => items.map_or(0, BTreeSet::len).to_string(),
            });
        }
        row("fees".to_owned(), &|came| sums(&came.fees));
        row(format!("expected within {EFFECT_DAYS} days"), &|came| sums(&self.expected(came)));
        let head = ["", self.columns[0].0, self.columns[1].0, self.columns[2].0].map(str::to_owned);
        rows.insert(0, head);
        let wide = |place: usize| rows.iter().map(|row| row[place].chars().count()).max().unwrap_or(0);
        let widths = [wide(0), wide(1), wide(2), wide(3)];
        let line = |row: &[String; 4]| {
            let cells = (1..4).map(|place| format!("{:>width$}", row[place], width = widths[place]));
            format!("  {:<width$}  {}", row[0], cells.collect::<Vec<_>>().join("  "), width = widths[0])
        };
        rows.iter().map(line).collect()
    }

    fn in_json(&self, came: &Came) -> Value {
        let plain = |sums: &BTreeMap<Currency, i64>| -> BTreeMap<String, String> {
            sums.iter().map(|(currency, sum)| (currency.to_string(), Money::new(*sum, *currency).plain())).collect()
        };
        let letters: BTreeMap<String, u64> =
            came.levels().into_iter().map(|level| (level.to_string(), came.of_level(level))).collect();
        let avoided: BTreeMap<&str, usize> = came.avoided.iter().map(|(word, items)| (*word, items.len())).collect();
        json!({
            "runs_with_letters": came.runs, "letters": letters, "fees": plain(&came.fees), "not_asked_for": avoided,
            "expected": plain(&self.expected(came)), "expected_within_days": EFFECT_DAYS,
        })
    }
}
