//! The `[interest]` part of a policy: a shipped profile of rates, and what the policy says otherwise. The profiles are
//! data that nobody has verified for the user; a policy without the part charges no interest.

use rust_decimal::Decimal;
use toml::de::{DeTable, DeValue};

use super::policy::{Reading, Value};
use crate::domain::dunning::Interest;
use crate::domain::late::{Compensation, DayCount, Profile, RateMode};

/// The shipped profiles.
pub const PROFILES: [(&str, &str); 3] = [
    ("eu", include_str!("profiles/eu.toml")),
    ("uk", include_str!("profiles/uk.toml")),
    ("contract", include_str!("profiles/contract.toml")),
];

const KEYS: [&str; 9] =
    ["profile", "post", "basis", "margin", "mode", "day_count", "after_days", "rates", "compensation"];

/// Reads the part: the named profile, then what is given beside it.
pub(super) fn read(reading: &mut Reading<'_>, value: &Value<'_>) -> Option<Interest> {
    let Some(table) = value.get_ref().as_table() else {
        reading.fault(value.span().start, "interest is written as [interest]");
        return None;
    };
    let Some(named) = table.get("profile") else {
        reading.fault(value.span().start, "[interest] needs profile = \"eu\", \"uk\" or \"contract\"");
        return None;
    };
    let name = reading.string(named);
    let Some((name, text)) = PROFILES.iter().find(|(known, _)| *known == name) else {
        let known: Vec<&str> = PROFILES.iter().map(|(name, _)| *name).collect();
        reading.fault(named.span().start, format!("there is no profile \"{name}\"; known are {}", known.join(", ")));
        return None;
    };
    let mut profile = Profile {
        name: (*name).to_owned(),
        basis: String::new(),
        rates: Vec::new(),
        margin: Decimal::ZERO,
        mode: RateMode::Floating,
        day_count: DayCount::Act365,
        after_days: 0,
        least: 0,
        compensation: Compensation::None,
    };
    if let Ok(shipped) = DeTable::parse(text) {
        apply(reading, &mut profile, shipped.get_ref());
    }
    let post = apply(reading, &mut profile, table);
    profile.rates.sort_unstable();
    Some(Interest { profile, post })
}

/// Lays what a table says over a profile. Returns whether interest is posted.
fn apply(reading: &mut Reading<'_>, profile: &mut Profile, table: &DeTable<'_>) -> bool {
    let mut post = false;
    for (key, value) in table {
        match key.get_ref().as_ref() {
            "profile" => {}
            "post" => post = reading.flag(value),
            "basis" => profile.basis = reading.string(value),
            "margin" => profile.margin = reading.percent(value),
            "mode" => profile.mode = reading.word(value, RateMode::Floating),
            "day_count" => profile.day_count = reading.word(value, DayCount::default()),
            "after_days" => profile.after_days = reading.days(value, 0),
            "rates" => rates(reading, profile, value),
            "compensation" => profile.compensation = reading.word(value, Compensation::default()),
            name => reading.unknown(key.span().start, name, &KEYS),
        }
    }
    post
}

fn rates(reading: &mut Reading<'_>, profile: &mut Profile, value: &Value<'_>) {
    let DeValue::Table(table) = value.get_ref() else {
        reading.fault(value.span().start, "write rates by their first day: { 2026-07-01 = \"2.40\" }");
        return;
    };
    for (key, value) in table {
        let Some(from) = reading.date(key.span().start, key.get_ref()) else { continue };
        let rate = reading.percent(value);
        profile.rates.retain(|known| known.0 != from);
        profile.rates.push((from, rate));
    }
}

/// The part as TOML.
pub(super) fn write(interest: &Interest) -> String {
    let profile = &interest.profile;
    let word = |value: serde_json::Result<serde_json::Value>| value.unwrap_or_default().to_string();
    let mut out = format!("\n[interest]\nprofile = \"{}\"\npost = {}\n", profile.name, interest.post);
    out += &format!("basis = {}\nmargin = \"{}\"\n", toml::Value::String(profile.basis.clone()), profile.margin);
    out += &format!("mode = {}\n", word(serde_json::to_value(profile.mode)));
    out += &format!(
        "day_count = {}\nafter_days = {}\n",
        word(serde_json::to_value(profile.day_count)),
        profile.after_days
    );
    if !profile.compensation.is_none() {
        out += &format!("compensation = {}\n", word(serde_json::to_value(profile.compensation)));
    }
    let rates: Vec<String> = profile.rates.iter().map(|(from, rate)| format!("{from} = \"{rate}\"")).collect();
    out + &format!("rates = {{ {} }}\n", rates.join(", "))
}
