//! A dunning policy as TOML, read strictly: every fault is named with its line and column, not only the first. Written
//! back it reads as the same policy.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::policy_interest;
use crate::domain::dunning::{Channel, Credits, Effect, FeePer, Level, Mode, Paid, Policy, WaitFrom};
use crate::domain::money::{self, Currency};

/// One thing wrong with a policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Line, from 1.
    pub line: usize,
    /// Column, from 1.
    pub column: usize,
    /// What is wrong.
    pub why: String,
}

pub(super) type Value<'i> = Spanned<DeValue<'i>>;

/// The faults found so far, and the text they are in.
pub(super) struct Reading<'t> {
    text: &'t str,
    faults: Vec<Fault>,
}

const KEYS: [&str; 14] = [
    "name",
    "mode",
    "grace_days",
    "min_days_account",
    "tolerance",
    "contact_gap_days",
    "credits",
    "on_principal_paid",
    "language",
    "approval",
    "daily",
    "interest",
    "level",
    "note",
];

const LEVEL_KEYS: [&str; 13] = [
    "number",
    "wait_days",
    "wait_from",
    "min_amount",
    "min_percent",
    "fee",
    "fee_percent",
    "fee_per",
    "channels",
    "template",
    "payment_days",
    "effects",
    "approval",
];

/// Reads a policy, or says everything that is wrong with it.
pub fn parse(text: &str) -> Result<Policy, Vec<Fault>> {
    let mut reading = Reading { text, faults: Vec::new() };
    let root = match DeTable::parse(text) {
        Ok(root) => root,
        Err(error) => {
            let place = error.span().map_or(0, |span| span.start);
            reading.fault(place, format!("it is not TOML: {}", error.message().replace('\n', " ")));
            return Err(reading.faults);
        }
    };
    let mut policy = Policy::default();
    let mut places = vec![0];
    for (key, value) in root.get_ref() {
        let name = key.get_ref().as_ref();
        match name {
            "name" => policy.name = reading.string(value).trim().to_owned(),
            "mode" => policy.mode = reading.word(value, Mode::default()),
            "grace_days" => policy.grace_days = reading.days(value, 0),
            "min_days_account" => policy.min_days_account = reading.days(value, 0),
            "tolerance" => policy.tolerance = reading.amounts(value),
            "contact_gap_days" => policy.contact_gap_days = reading.days(value, 0),
            "credits" => policy.credits = reading.word(value, Credits::default()),
            "on_principal_paid" => policy.on_principal_paid = reading.word(value, Paid::default()),
            "language" => policy.language = reading.string(value),
            "approval" => policy.approval = reading.flag(value),
            "daily" => policy.daily = reading.flag(value),
            "interest" => policy.interest = policy_interest::read(&mut reading, value),
            "level" => reading.levels(&mut policy, value, &mut places),
            "note" => {}
            _ => reading.unknown(key.span().start, name, &KEYS),
        }
    }
    for (level, why) in policy.faults() {
        let place = policy.levels.iter().position(|one| one.number == level).map_or(0, |place| place + 1);
        reading.fault(places.get(place).copied().unwrap_or(0), why);
    }
    reading.faults.sort_by_key(|fault| (fault.line, fault.column));
    if reading.faults.is_empty() { Ok(policy) } else { Err(reading.faults) }
}

impl<'t> Reading<'t> {
    /// Of a text, without a fault so far.
    pub(super) fn of(text: &'t str) -> Self {
        Reading { text, faults: Vec::new() }
    }

    /// The faults found.
    pub(super) fn done(self) -> Vec<Fault> {
        self.faults
    }

    /// A whole number from 0.
    pub(super) fn number(&mut self, value: &Value<'_>, most: i64) -> i64 {
        let number = value.get_ref().as_integer().and_then(|number| number.as_str().parse::<i64>().ok());
        match number.filter(|number| (0..=most).contains(number)) {
            Some(number) => number,
            None => {
                self.fault(value.span().start, format!("write a whole number from 0 to {most}"));
                0
            }
        }
    }

    pub(super) fn fault(&mut self, place: usize, why: impl Into<String>) {
        let before = self.text.get(..place).unwrap_or_default();
        let line = 1 + before.bytes().filter(|byte| *byte == b'\n').count();
        let column = 1 + before.rsplit('\n').next().unwrap_or_default().chars().count();
        self.faults.push(Fault { line, column, why: why.into() });
    }

    pub(super) fn unknown(&mut self, place: usize, key: &str, known: &[&str]) {
        self.fault(place, format!("unknown key \"{key}\"; known are {}", known.join(", ")));
    }

    fn levels(&mut self, policy: &mut Policy, value: &Value<'_>, places: &mut Vec<usize>) {
        let Some(list) = value.get_ref().as_array() else {
            return self.fault(value.span().start, "levels are written as [[level]], one after the other");
        };
        for one in list {
            places.push(one.span().start);
            let level = self.level(one);
            policy.levels.push(level);
        }
    }

    fn level(&mut self, value: &Value<'_>) -> Level {
        let mut level = Level { channels: vec![Channel::Mail, Channel::Letter], payment_days: 10, ..Level::default() };
        let Some(table) = value.get_ref().as_table() else {
            self.fault(value.span().start, "a level is a table");
            return level;
        };
        for key in ["number", "wait_days"] {
            if !table.contains_key(key) {
                self.fault(value.span().start, format!("a level needs {key}"));
            }
        }
        for (key, value) in table {
            match key.get_ref().as_ref() {
                "number" => level.number = self.days(value, 1) as u32,
                "wait_days" => level.wait_days = self.days(value, -3_650),
                "wait_from" => level.wait_from = self.word(value, WaitFrom::default()),
                "min_amount" => level.min_amount = self.amounts(value),
                "min_percent" => level.min_percent = self.percent(value),
                "fee" => level.fee = self.amounts(value),
                "fee_percent" => level.fee_percent = self.percent(value),
                "fee_per" => level.fee_per = self.word(value, FeePer::default()),
                "channels" => level.channels = self.words::<Channel>(value),
                "template" => level.template = self.string(value),
                "payment_days" => level.payment_days = self.days(value, 0),
                "effects" => level.effects = self.words::<Effect>(value),
                "approval" => level.approval = self.flag(value),
                name => self.unknown(key.span().start, name, &LEVEL_KEYS),
            }
        }
        level
    }

    pub(super) fn string(&mut self, value: &Value<'_>) -> String {
        if value.get_ref().as_str().is_none() {
            self.fault(value.span().start, "write it in quotes");
        }
        value.get_ref().as_str().unwrap_or_default().to_owned()
    }

    pub(super) fn flag(&mut self, value: &Value<'_>) -> bool {
        if value.get_ref().as_bool().is_none() {
            self.fault(value.span().start, "write true or false");
        }
        value.get_ref().as_bool().unwrap_or(false)
    }

    pub(super) fn days(&mut self, value: &Value<'_>, least: i64) -> i64 {
        let number = value.get_ref().as_integer().and_then(|number| number.as_str().parse::<i64>().ok());
        match number.filter(|number| (least..=3_650).contains(number)) {
            Some(number) => number,
            None => {
                self.fault(value.span().start, format!("write a whole number from {least} to 3650"));
                0
            }
        }
    }

    pub(super) fn percent(&mut self, value: &Value<'_>) -> Decimal {
        let number = value.get_ref().as_str().and_then(|text| text.parse::<Decimal>().ok());
        match number.filter(|number| !number.is_sign_negative() && *number <= Decimal::ONE_HUNDRED) {
            Some(number) => number,
            None => {
                self.fault(value.span().start, "write a percentage from 0 to 100 in quotes, such as \"2.5\"");
                Decimal::ZERO
            }
        }
    }

    pub(super) fn date(&mut self, place: usize, text: &str) -> Option<NaiveDate> {
        let date = text.parse().ok();
        if date.is_none() {
            self.fault(place, format!("\"{text}\" is not a date such as 2026-07-01"));
        }
        date
    }

    fn amounts(&mut self, value: &Value<'_>) -> BTreeMap<Currency, i64> {
        let mut amounts = BTreeMap::new();
        let Some(table) = value.get_ref().as_table() else {
            self.fault(value.span().start, "write amounts by currency: { EUR = \"25.00\" }");
            return amounts;
        };
        for (key, value) in table {
            let place = value.span().start;
            let Ok(currency) = Currency::parse(key.get_ref()) else {
                self.fault(key.span().start, format!("there is no currency \"{}\"", key.get_ref()));
                continue;
            };
            let text = value.get_ref().as_str().unwrap_or_default();
            match money::parse_plain(text, currency) {
                Ok(amount) if amount >= 0 => drop(amounts.insert(currency, amount)),
                _ => self.fault(place, format!("write an amount of {currency} from 0 in quotes, such as \"25.00\"")),
            }
        }
        amounts
    }

    /// A word of a list of words, as the policy's own type knows them.
    pub(super) fn word<T: serde::de::DeserializeOwned>(&mut self, value: &Value<'_>, default: T) -> T {
        let text = value.get_ref().as_str().unwrap_or_default().replace(' ', "-");
        match serde_json::from_value(serde_json::Value::String(text)) {
            Ok(word) => word,
            Err(error) => {
                let known = error.to_string();
                let known = known.split_once("expected ").map_or(known.as_str(), |(_, known)| known);
                self.fault(value.span().start, format!("write {}", known.replace('`', "\"")));
                default
            }
        }
    }

    fn words<T: serde::de::DeserializeOwned + Copy>(&mut self, value: &Value<'_>) -> Vec<T> {
        let Some(list) = value.get_ref().as_array() else {
            self.fault(value.span().start, "write a list: [\"mail\", \"letter\"]");
            return Vec::new();
        };
        let read = |one: &Value<'_>, this: &mut Self| {
            let before = this.faults.len();
            let word: Option<T> = this.word(one, None::<T>);
            word.filter(|_| this.faults.len() == before)
        };
        list.iter().filter_map(|one| read(one, self)).collect()
    }
}

/// The policy as TOML that reads as the same policy.
pub fn write(policy: &Policy) -> String {
    let word = |value: serde_json::Value| format!("\"{}\"", value.as_str().unwrap_or_default());
    let json = |value: &dyn erased::Word| word(value.json());
    let quoted = |text: &str| toml::Value::String(text.to_owned()).to_string();
    let mut out = format!("name = {}\nmode = {}\n", quoted(&policy.name), json(&policy.mode));
    out += &format!("grace_days = {}\nmin_days_account = {}\n", policy.grace_days, policy.min_days_account);
    out += &format!("tolerance = {}\ncontact_gap_days = {}\n", amounts(&policy.tolerance), policy.contact_gap_days);
    out += &format!("credits = {}\non_principal_paid = {}\n", json(&policy.credits), json(&policy.on_principal_paid));
    out += &format!("language = {}\napproval = {}\n", quoted(&policy.language), policy.approval);
    if policy.daily {
        out += "daily = true\n";
    }
    if let Some(interest) = &policy.interest {
        out += &policy_interest::write(interest);
    }
    for level in &policy.levels {
        out += &format!("\n[[level]]\nnumber = {}\nwait_days = {}\n", level.number, level.wait_days);
        out += &format!("wait_from = {}\n", json(&level.wait_from));
        out += &format!("min_amount = {}\nmin_percent = \"{}\"\n", amounts(&level.min_amount), level.min_percent);
        out += &format!("fee = {}\nfee_percent = \"{}\"\n", amounts(&level.fee), level.fee_percent);
        out += &format!("fee_per = {}\n", json(&level.fee_per));
        let channels: Vec<String> = level.channels.iter().map(|one| json(one)).collect();
        let effects: Vec<String> = level.effects.iter().map(|one| json(one)).collect();
        out += &format!("channels = [{}]\neffects = [{}]\n", channels.join(", "), effects.join(", "));
        if !level.template.is_empty() {
            out += &format!("template = {}\n", quoted(&level.template));
        }
        out += &format!("payment_days = {}\napproval = {}\n", level.payment_days, level.approval);
    }
    out
}

fn amounts(amounts: &BTreeMap<Currency, i64>) -> String {
    let shown =
        amounts.iter().map(|(currency, minor)| format!("{currency} = \"{}\"", money::plain(*minor, currency.digits())));
    let shown: Vec<String> = shown.collect();
    if shown.is_empty() { "{}".to_owned() } else { format!("{{ {} }}", shown.join(", ")) }
}

mod erased {
    //! A word of a list as JSON has it, whatever its type.

    /// Something that is one word.
    pub trait Word {
        /// The word.
        fn json(&self) -> serde_json::Value;
    }

    impl<T: serde::Serialize> Word for T {
        fn json(&self) -> serde_json::Value {
            serde_json::to_value(self).unwrap_or_default()
        }
    }
}
