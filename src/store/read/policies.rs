//! Dunning policies as people look them up: the newest version of each with who is under it, and every version with who
//! wrote it and what it changed.

use std::collections::BTreeMap;

use serde_json::Value;

use super::refer;
use crate::domain::dunning::{Policy, Scope};
use crate::domain::money::{self, Currency};
use crate::store::Reader;
use crate::store::dunning::load::{PolicyRow, policy_row, rules};
use crate::store::error::Result;

/// A policy in the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyLine {
    /// Row of its newest version; 0 for the policy under which nothing is dunned.
    pub id: i64,
    /// The newest version; 0 for none.
    pub version: i64,
    /// The policy.
    pub policy: Policy,
    /// Who is under it, in words: `company`, `segment country:DE`.
    pub scopes: Vec<String>,
    /// Letters that went out by any version of it.
    pub letters: i64,
}

/// A version of a policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// Its number.
    pub version: i64,
    /// Who wrote it.
    pub by: String,
    /// When, as the log has it.
    pub at: String,
    /// What it changed, in words; empty for the first.
    pub changes: Vec<String>,
}

fn whose(reader: &Reader, scope: &Scope) -> Result<String> {
    Ok(match scope {
        Scope::Company => "company".to_owned(),
        Scope::Segment(text) => format!("segment {text}"),
        Scope::Customer(id) => format!("customer {}", refer::customer_number(reader, *id)?),
        Scope::Invoice(id) => format!("invoice {}", refer::document_number(reader, *id)?),
    })
}

/// Every policy, by name; the one of no letters last, where somebody is under it.
pub fn policies(reader: &Reader) -> Result<Vec<PolicyLine>> {
    reader.snapshot(|| {
        let rules = rules(&reader.conn)?;
        let mut statement = reader.conn.prepare_cached(
            "SELECT count(*) FROM letter t JOIN policy_version p ON p.id = t.policy_id WHERE p.name = $1",
        )?;
        let none = Policy { name: Policy::NONE.to_owned(), ..Policy::default() };
        let rows = rules.rows.iter().cloned().chain([PolicyRow { id: 0, version: 0, policy: none }]);
        let mut lines = Vec::new();
        for PolicyRow { id, version, policy } in rows {
            let mut scopes = Vec::new();
            for one in rules.assignments.iter().filter(|one| one.policy == policy.name) {
                scopes.push(whose(reader, &one.scope)?);
            }
            if version > 0 || !scopes.is_empty() {
                let letters = statement.query_row([&policy.name], |row| row.get(0))?;
                lines.push(PolicyLine { id, version, policy, scopes, letters });
            }
        }
        Ok(lines)
    })
}

/// Every version of a policy, the newest first, with what each changed.
pub fn versions(reader: &Reader, name: &str) -> Result<Vec<Version>> {
    reader.snapshot(|| {
        let mut statement = reader.conn.prepare_cached(
            "SELECT v.id, v.version, coalesce(p.name, ''), coalesce(a.recorded_at, '') FROM policy_version v \
             LEFT JOIN act a ON a.id = v.act_id LEFT JOIN person p ON p.id = a.person_id WHERE v.name = $1 ORDER BY v.version",
        )?;
        let rows = statement.query_map([name], |row| {
            Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?, row.get::<_, String>(2)?, row.get::<_, String>(3)?))
        })?;
        let rows: Vec<_> = rows.collect::<rusqlite::Result<_>>()?;
        let mut versions = Vec::new();
        let mut before: Option<Policy> = None;
        for (id, version, by, at) in rows {
            let Some(row) = policy_row(&reader.conn, id)? else { continue };
            let changes = before.as_ref().map_or_else(Vec::new, |before| changes(before, &row.policy));
            versions.push(Version { version, by, at, changes });
            before = Some(row.policy);
        }
        versions.reverse();
        Ok(versions)
    })
}

/// What differs between two versions, a line each: `level 2 wait days: 14, before 10`.
pub fn changes(before: &Policy, after: &Policy) -> Vec<String> {
    let flat = |policy: &Policy| {
        let mut out = BTreeMap::new();
        flatten("", &serde_json::to_value(policy).unwrap_or_default(), &mut out);
        out
    };
    // A level that is only on one side is one change, whatever it has.
    let both = before.levels.len().min(after.levels.len());
    let level = |(policy, place, what): (&Policy, usize, &str)| {
        let level = &policy.levels[place];
        let from = serde_json::to_value(level.wait_from).ok();
        let from = from.as_ref().and_then(Value::as_str).unwrap_or_default().replace('-', " ");
        format!("level {} {what}: {} days from {from}", level.number, level.wait_days)
    };
    let added = (both..after.levels.len()).map(|place| (after, place, "is added"));
    let gone = (both..before.levels.len()).map(|place| (before, place, "is taken out"));
    let levels: Vec<String> = added.chain(gone).map(level).collect();
    let alike = |policy: &Policy| Policy { levels: policy.levels[..both].to_vec(), ..policy.clone() };
    let (old, new) = (flat(&alike(before)), flat(&alike(after)));
    let mut keys: Vec<&String> = old.keys().chain(new.keys()).collect();
    keys.sort();
    keys.dedup();
    let line = |key: &&String| match (old.get(*key), new.get(*key)) {
        (old, new) if old == new => None,
        (None, Some(new)) => Some(format!("{key}: {new}, before nothing")),
        (Some(old), None) => Some(format!("{key}: nothing, before {old}")),
        (old, new) => Some(format!("{key}: {}, before {}", new.map_or("", |new| new), old.map_or("", |old| old))),
    };
    keys.iter().filter_map(line).chain(levels).collect()
}

/// Leaves of a value by the words that lead to them; levels go by their number.
fn flatten(before: &str, value: &Value, out: &mut BTreeMap<String, String>) {
    let joined = |name: &str| format!("{before} {}", name.replace('_', " ")).trim().to_owned();
    match value {
        Value::Object(map) => map.iter().for_each(|(name, value)| {
            let name = if name == "levels" { "level" } else { name };
            flatten(&joined(name), value, out);
        }),
        Value::Array(list) if list.iter().any(Value::is_object) => {
            list.iter().enumerate().for_each(|(place, value)| flatten(&joined(&(place + 1).to_string()), value, out));
        }
        Value::Array(list) => {
            let words: Vec<String> = list.iter().map(word).collect();
            drop(out.insert(before.to_owned(), words.join(", ")));
        }
        Value::Null => {}
        Value::String(text) => drop(out.insert(before.to_owned(), text.clone())),
        other => {
            // An amount stands under its currency.
            let currency = before.rsplit(' ').next().and_then(|word| Currency::parse(word).ok());
            let amount = other.as_i64().zip(currency);
            let shown = amount.map(|(minor, currency)| money::plain(minor, currency.digits()));
            drop(out.insert(before.to_owned(), shown.unwrap_or_else(|| other.to_string())));
        }
    }
}

/// A value of a list in words; a pair, such as a rate with its first day, side by side.
fn word(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(pair) => pair.iter().map(word).collect::<Vec<_>>().join(" "),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::dunning::Level;

    #[test]
    fn what_a_version_changes_is_told_field_by_field() {
        let level = |number, wait_days| Level { number, wait_days, ..Level::default() };
        let before = Policy { name: "a".into(), grace_days: 3, levels: vec![level(1, 7)], ..Policy::default() };
        let mut after = Policy { levels: vec![level(1, 10), level(2, 14)], ..before.clone() };
        let told = changes(&before, &after);
        assert!(told.contains(&"level 1 wait days: 10, before 7".to_owned()), "{told:?}");
        assert_eq!(told.last().map(String::as_str), Some("level 2 is added: 14 days from due date"), "{told:?}");
        assert_eq!(
            changes(&after, &before).last().map(String::as_str),
            Some("level 2 is taken out: 14 days from due date")
        );
        after = before.clone();
        assert_eq!(changes(&before, &after), Vec::<String>::new());
        // A rate stands with its first day.
        let mut rates = BTreeMap::new();
        flatten("rates", &serde_json::json!([["2026-01-01", "10.15"], ["2026-07-01", "10"]]), &mut rates);
        assert_eq!(rates.get("rates").map(String::as_str), Some("2026-01-01 10.15, 2026-07-01 10"));
    }
}
