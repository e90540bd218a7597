//! Settings of the company as the book holds them: the value of each, and who changed it last. Which settings there are
//! is the caller's to say.

use std::borrow::Cow;

use chrono::NaiveDate;
use rusqlite::OptionalExtension;
use rust_decimal::Decimal;

use super::window::{Sort, Want, Window, slice};
use crate::language::filter::{Field, Fields, Filter};
use crate::language::fold::fold;
use crate::store::Reader;
use crate::store::date::read;
use crate::store::error::Result;

/// A setting with its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettingRow {
    /// Its place in the list asked for, from 1.
    pub id: i64,
    /// Its key.
    pub key: &'static str,
    /// What it is, in words.
    pub words: &'static str,
    /// Changed by two people.
    pub sensitive: bool,
    /// Its value; empty where nobody set it.
    pub value: String,
    /// Login of who changed it last; empty where nobody did.
    pub by: String,
    /// When it was changed last.
    pub on: Option<NaiveDate>,
    folded: Box<str>,
}

/// Which list is wanted.
#[derive(Debug, Clone)]
pub struct Question {
    /// The settings there are: key, words, whether two people change it.
    pub known: Vec<(&'static str, &'static str, bool)>,
    /// Who passes.
    pub filter: Filter,
    /// The order; `key` is the natural one.
    pub sort: Sort,
}

/// The asked list.
pub fn settings(reader: &Reader, question: &Question, want: Want<i64>) -> Result<Window<SettingRow>> {
    Ok(slice(&passing(reader, question)?, want, |row| row.id))
}

/// All that pass, for marking all.
pub fn ids(reader: &Reader, question: &Question) -> Result<Vec<i64>> {
    Ok(passing(reader, question)?.iter().map(|row| row.id).collect())
}

fn passing(reader: &Reader, question: &Question) -> Result<Vec<SettingRow>> {
    let mut statement = reader.conn.prepare_cached(
        "SELECT s.value, p.login, a.recorded_at FROM setting_change s JOIN act a ON a.id = s.act_id \
         LEFT JOIN person p ON p.id = a.person_id WHERE s.key = $1 ORDER BY s.id DESC LIMIT 1",
    )?;
    let mut rows = Vec::new();
    for (id, (key, words, sensitive)) in (1..).zip(question.known.iter().copied()) {
        let found: Option<(String, Option<String>, String)> =
            statement.query_row([key], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).optional()?;
        let (value, by, at) = found.unwrap_or_default();
        let by = by.unwrap_or_default();
        let folded = fold(&format!("{key} {words} {value} {by}")).into();
        let on = at.get(..10).map(read);
        rows.push(SettingRow { id, key, words, sensitive, value, by, on, folded });
    }
    rows.retain(|row| question.filter.is_all() || question.filter.matches(row));
    let sort = question.sort;
    rows.sort_by(|a, b| {
        let natural = match sort.column {
            "value" => a.value.cmp(&b.value),
            "by" => a.by.cmp(&b.by),
            "on" => a.on.cmp(&b.on),
            "two" => b.sensitive.cmp(&a.sensitive),
            _ => a.key.cmp(b.key),
        };
        let directed = if sort.descending { natural.reverse() } else { natural };
        directed.then(a.key.cmp(b.key))
    });
    Ok(rows)
}

impl Fields for SettingRow {
    fn text(&self, field: Field) -> Option<Cow<'_, str>> {
        Some(match field {
            Field::Name | Field::Number => Cow::Borrowed(self.key),
            Field::Owner => Cow::Borrowed(&*self.by),
            Field::State => Cow::Borrowed(if self.value.is_empty() { "not set" } else { "set" }),
            _ => return None,
        })
    }

    fn amount(&self, _field: Field) -> Option<Decimal> {
        None
    }

    fn days(&self, _field: Field) -> Option<i64> {
        None
    }

    fn date(&self, field: Field) -> Option<NaiveDate> {
        self.on.filter(|_| field == Field::Last)
    }

    fn flag(&self, _name: &str) -> Option<bool> {
        None
    }

    fn words(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.folded)
    }
}
