//! `o2c policy compare` and `versions`: a policy on trial beside its control group, and what each version of a policy
//! changed.

use chrono::NaiveDate;
use serde_json::{Value, json};

use super::out::{self, Cell, Form, Listing};
use super::session::Session;
use super::stop::Stop;
use crate::domain::kpi::Kpi;
use crate::store::read::trial::{Group, trials};
use crate::store::read::{book, policies};

/// Answers `policy compare`.
pub(super) fn compare(session: &Session, from: Option<NaiveDate>, form: Form) -> Result<(), Stop> {
    let reader = session.reader()?;
    let base = book::header(&reader)?.currency;
    let found = trials(&reader, session.today, from, base)?;
    if form == Form::Json {
        let one = |group: &Group| {
            let figures: Vec<Value> = group.figures.iter().map(figure).collect();
            json!({"policy": group.policy, "customers": group.customers, "figures": figures})
        };
        let all: Vec<Value> = found
            .iter()
            .map(|trial| {
                let (from, until) = (trial.since, trial.until);
                json!({
                    "segment": trial.segment, "from": from, "until": until, "currency": base.code(),
                    "trial": one(&trial.trial), "control": one(&trial.control),
                })
            })
            .collect();
        return out::say(&Value::from(all).to_string());
    }
    if found.is_empty() {
        return out::say("No policy is on trial; o2c policy assign NAME --segment share:30 begins one.");
    }
    for trial in &found {
        let (on_trial, control) = (&trial.trial, &trial.control);
        out::say(&format!(
            "{} for {} customers of {} beside {} for the other {}, from {} to {}:",
            on_trial.policy,
            on_trial.customers,
            trial.segment,
            control.policy,
            control.customers,
            trial.since,
            trial.until
        ))?;
        for (a, b) in on_trial.figures.iter().zip(&control.figures) {
            let unit = a.unit.word();
            out::say(&format!("  {:<32} {:>10} {unit} beside {} {unit}", a.name, a.shown(), b.shown()))?;
        }
    }
    Ok(())
}

fn figure(kpi: &Kpi) -> Value {
    json!({
        "name": kpi.name, "value": kpi.rounded(4).map(|value| value.to_string()), "unit": kpi.unit.word(),
        "arithmetic": kpi.arithmetic,
    })
}

/// Answers `policy versions`.
pub(super) fn versions(session: &Session, name: &str, form: Form) -> Result<(), Stop> {
    let found = policies::versions(&session.reader()?, name)?;
    if found.is_empty() {
        return Err(Stop::refused("POL-02", format!("There is no policy \"{name}\"; look with `o2c policy list`.")));
    }
    let rows = found.into_iter().map(|version| {
        let changes = if version.changes.is_empty() { "the first".to_owned() } else { version.changes.join("; ") };
        let day = version.at.get(..10).unwrap_or_default().to_owned();
        vec![Cell::Number(version.version), Cell::Text(day), Cell::Text(version.by), Cell::Text(changes)]
    });
    let rows: Vec<Vec<Cell>> = rows.collect();
    let total = rows.len() as u64;
    Listing { columns: &["version", "date", "by", "changes"], rows, total, foot: Vec::new() }.print(form)
}
