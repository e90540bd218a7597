//! `o2c policy try`: the book's own history under another policy beside the present ones. Nothing is written; both are
//! replayed from the same day with the same rules that draft a run, so that the two are told apart by the policy alone.

use std::collections::BTreeMap;
use std::path::Path;

use chrono::NaiveDate;
use serde_json::json;

use super::args::FormArgs;
use super::out::{self, Form};
use super::policy::read;
use super::session::Session;
use super::stop::Stop;
use crate::domain::calendar::add_days;
use crate::domain::dunning::{FeePer, Outcome, Sent};
use crate::domain::money::{Currency, Money, NumberStyle};
use crate::store::dunning::history::{History, Replayed, history};
use crate::store::dunning::load::{Rules, rules_of};

/// Days between two runs of a replay that are allowed.
const MOST_RUNS: i64 = 2_000;

/// What a replay came to.
#[derive(Default)]
struct Came {
    runs: u64,
    letters: BTreeMap<u32, u64>,
    fees: BTreeMap<Currency, i64>,
    /// Items left alone because of it, counted once for each.
    avoided: BTreeMap<&'static str, std::collections::BTreeSet<i64>>,
}

/// Answers the verb.
pub(super) fn run(
    session: &Session,
    file: &Path,
    (from, every): (NaiveDate, i64),
    form: &FormArgs,
) -> Result<(), Stop> {
    if from > session.today || (session.today - from).num_days() / every.max(1) > MOST_RUNS {
        let sentence = format!("--from must be a day before today, at most {MOST_RUNS} runs ago. Nothing was tried.");
        return Err(Stop::refused("DAT-04", sentence));
    }
    let policy = read(session, file)?;
    let reader = session.reader()?;
    let past = history(&reader, from)?;
    let present = rules_of(&reader)?;
    let days: Vec<NaiveDate> =
        (0..).map(|step| add_days(from, step * every.max(1))).take_while(|day| *day <= session.today).collect();
    let name = policy.name.clone();
    let other = replay(&past, &present.clone().with(policy), &days);
    let now = replay(&past, &present, &days);
    if form.form() == Form::Json {
        let answer = json!({
            "from": from, "until": session.today, "every_days": every, "policy": name,
            "present": in_json(&now), "tried": in_json(&other),
        });
        return out::say(&answer.to_string());
    }
    out::say(&format!("{} runs from {from} to {}, present policies beside {name}:", days.len(), session.today))?;
    let levels: std::collections::BTreeSet<u32> = now.letters.keys().chain(other.letters.keys()).copied().collect();
    for level in levels {
        let of = |came: &Came| came.letters.get(&level).copied().unwrap_or(0);
        out::say(&format!("  letters of level {level}: {} beside {}", of(&now), of(&other)))?;
    }
    for word in ["disputed", "promised", "held", "contacted"] {
        let of = |came: &Came| came.avoided.get(word).map_or(0, |items| items.len());
        out::say(&format!("  items not asked for, {word}: {} beside {}", of(&now), of(&other)))?;
    }
    let fees = |came: &Came| {
        let all: Vec<String> = came
            .fees
            .iter()
            .map(|(currency, sum)| format!("{} {currency}", Money::new(*sum, *currency).grouped(NumberStyle::Point)))
            .collect();
        if all.is_empty() { "none".to_owned() } else { all.join(", ") }
    };
    out::say(&format!("  fees: {} beside {}", fees(&now), fees(&other)))
}

fn in_json(came: &Came) -> serde_json::Value {
    let fees: BTreeMap<String, String> =
        came.fees.iter().map(|(currency, sum)| (currency.to_string(), Money::new(*sum, *currency).plain())).collect();
    let avoided: BTreeMap<&str, usize> = came.avoided.iter().map(|(word, items)| (*word, items.len())).collect();
    json!({"runs_with_letters": came.runs, "letters": came.letters, "fees": fees, "not_asked_for": avoided})
}

/// Drafts and sends a run on each of the days, in thought.
fn replay(past: &History, rules: &Rules, days: &[NaiveDate]) -> Came {
    let (mut came, mut replayed) = (Came::default(), Replayed::default());
    for day in days {
        let mut any = false;
        for customer in past.on(*day, &replayed) {
            let decision = rules.decide(&customer, *day);
            for verdict in decision.verdicts.iter().filter(|one| one.outcome == Outcome::Leave) {
                came.avoided.entry(verdict.why.word()).or_default().insert(verdict.item);
            }
            for group in decision.groups() {
                any = true;
                let policy = &rules.policies[group.policy];
                *came.letters.entry(group.level).or_default() += 1;
                replayed.last.insert(customer.id, *day);
                let Some(level) = policy.level(group.level) else { continue };
                let mut of_letter = level.fee_per == FeePer::Letter;
                for item in customer.items.iter().filter(|item| group.items.contains(&item.id)) {
                    let fee = match level.fee_per {
                        _ if item.level() >= group.level => 0,
                        FeePer::Item => level.fee_on(item.asked(), group.currency),
                        FeePer::Letter if std::mem::take(&mut of_letter) => level.fee_on(group.asked, group.currency),
                        FeePer::Letter => 0,
                    };
                    *came.fees.entry(group.currency).or_default() += fee;
                    let sent = Sent { level: group.level, on: *day, policy: policy.name.clone(), fee: fee > 0 };
                    replayed.sent.entry(item.id).or_default().push(sent);
                }
            }
        }
        came.runs += u64::from(any);
    }
    came.fees.retain(|_, sum| *sum != 0);
    came
}
