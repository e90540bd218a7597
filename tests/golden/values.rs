//! Reading the inputs of a vector and comparing an answer with what is expected.

use chrono::NaiveDate;
use o2c::domain::money;
use rust_decimal::Decimal;
use serde_json::{Map, Value, json};

/// The inputs of a vector. Readers panic with the name of what is missing: vectors are not user input.
pub struct In<'a>(pub &'a Value);

impl<'a> In<'a> {
    pub fn raw(&self, key: &str) -> &'a Value {
        self.0.get(key).unwrap_or_else(|| panic!("input {key} is missing in {}", self.0))
    }
    pub fn has(&self, key: &str) -> bool {
        self.0.get(key).is_some_and(|value| !value.is_null())
    }
    pub fn text(&self, key: &str) -> &'a str {
        self.raw(key).as_str().unwrap_or_else(|| panic!("input {key} is not text"))
    }
    pub fn dec(&self, key: &str) -> Decimal {
        dec(self.raw(key))
    }
    /// Minor units of an amount with two decimals; a missing one is 0.
    pub fn cents(&self, key: &str) -> i64 {
        self.0.get(key).map_or(0, cents)
    }
    pub fn int(&self, key: &str) -> i64 {
        self.raw(key).as_i64().unwrap_or_else(|| panic!("input {key} is not a whole number"))
    }
    pub fn date(&self, key: &str) -> NaiveDate {
        date(self.raw(key))
    }
    pub fn flag(&self, key: &str) -> bool {
        self.0.get(key).and_then(Value::as_bool).unwrap_or(false)
    }
    pub fn list(&self, key: &str) -> &'a [Value] {
        self.raw(key).as_array().unwrap_or_else(|| panic!("input {key} is not a list"))
    }
    pub fn decs(&self, key: &str) -> Vec<Decimal> {
        self.list(key).iter().map(dec).collect()
    }
    pub fn ints(&self, key: &str) -> Vec<i64> {
        self.list(key).iter().map(|value| value.as_i64().expect("whole number")).collect()
    }
    pub fn dates(&self, key: &str) -> Vec<NaiveDate> {
        self.list(key).iter().map(date).collect()
    }
    pub fn rows(&self, key: &str) -> Vec<In<'a>> {
        self.list(key).iter().map(In).collect()
    }
    /// Rows of two decimals.
    pub fn pairs(&self, key: &str) -> Vec<(Decimal, Decimal)> {
        self.list(key).iter().map(|row| (dec(&row[0]), dec(&row[1]))).collect()
    }
}

pub fn dec(value: &Value) -> Decimal {
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    text.parse().unwrap_or_else(|_| panic!("{value} is not a number"))
}

pub fn cents(value: &Value) -> i64 {
    money::to_minor(dec(value), 2).expect("fits")
}

pub fn date(value: &Value) -> NaiveDate {
    value.as_str().and_then(|text| text.parse().ok()).unwrap_or_else(|| panic!("{value} is not a date"))
}

/// Minor units with two decimals as the vectors write them.
pub fn money_out(minor: i64) -> Value {
    json!(money::plain(minor, 2))
}

pub fn option_out(value: Option<Decimal>) -> Value {
    value.map_or(Value::Null, |value| json!(value.to_string()))
}

/// Every expected value against the answer's: numbers within the tolerance, whatever their type; everything else
/// exactly. The answer may say more than is expected. Returns the first difference.
pub fn compare(path: &str, expected: &Value, actual: &Value, tolerance: Decimal) -> Result<(), String> {
    let differ = || Err(format!("{path}: expected {expected}, got {actual}"));
    match (expected, actual) {
        (Value::Object(wanted), Value::Object(got)) => compare_objects(path, wanted, got, tolerance),
        (Value::Array(wanted), Value::Array(got)) if wanted.len() == got.len() => wanted
            .iter()
            .zip(got)
            .enumerate()
            .try_for_each(|(place, (w, g))| compare(&format!("{path}[{place}]"), w, g, tolerance)),
        _ if expected == actual => Ok(()),
        _ => match (number(expected), number(actual)) {
            (Some(wanted), Some(got)) if (wanted - got).abs() <= tolerance => Ok(()),
            _ => differ(),
        },
    }
}

fn compare_objects(
    path: &str,
    wanted: &Map<String, Value>,
    got: &Map<String, Value>,
    tolerance: Decimal,
) -> Result<(), String> {
    wanted.iter().try_for_each(|(key, value)| {
        let got = got.get(key).ok_or_else(|| format!("{path}.{key}: no answer"))?;
        compare(&format!("{path}.{key}"), value, got, tolerance)
    })
}

fn number(value: &Value) -> Option<Decimal> {
    match value {
        Value::String(text) => text.parse().ok(),
        Value::Number(number) => number.to_string().parse().ok(),
        _ => None,
    }
}
