//! Strategies of the worklist as the book has them: versions that never change, the newest of each name counting, and
//! which customer is under which.

use chrono::{Duration, NaiveDate};
use rusqlite::Connection;

use super::Reader;
use super::date::{iso, read};
use super::error::{Result, StoreError};
use super::mail::NEVER_LEFT;
use super::tx::Tx;
use super::value::{T, V};
use crate::domain::dunning::Customer;
use crate::domain::strategy::Strategy;
use crate::store::kept::Map;
use crate::store::read::worklist::grade;

/// The newest version of a strategy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StrategyRow {
    /// The version, from 1.
    pub version: i64,
    /// The strategy.
    pub strategy: Strategy,
}

fn strategies(conn: &Connection) -> Result<Vec<StrategyRow>> {
    let mut statement = conn.prepare_cached(
        "SELECT s.version, s.data FROM strategy_version s WHERE NOT EXISTS \
         (SELECT 1 FROM strategy_version n WHERE n.name = s.name AND n.version > s.version) ORDER BY s.name",
    )?;
    let rows = statement.query_map([], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?)))?;
    let mut all = Vec::new();
    for row in rows {
        let (version, data) = row?;
        let strategy = serde_json::from_str(&data).map_err(|_| {
            StoreError::refused("DB-15", format!("Version {version} of a strategy cannot be read back. Run o2c check."))
        })?;
        all.push(StrategyRow { version, strategy });
    }
    Ok(all)
}

/// The strategies of the book, by name.
pub fn strategies_of(reader: &Reader) -> Result<Vec<StrategyRow>> {
    strategies(&reader.conn)
}

/// Strategies with who is under which.
#[derive(Debug, Clone)]
pub struct Strategies {
    /// Those of the book; the last is the built-in one, for customers of none.
    pub all: Vec<Strategy>,
    /// Place of each customer's, where it is not the one for everybody.
    places: Map<i64, usize>,
    /// Place of the one for everybody.
    everybody: usize,
    /// The highest level of a reminder of what each customer has past due; empty where no strategy asks for it.
    levels: Map<i64, i64>,
    /// Days until an item of a customer falls into a worse bucket, and which; as far ahead as strategies ask.
    worse: Map<i64, (i64, &'static str)>,
    /// Days until a cash discount of a customer ends; as far ahead as strategies ask.
    lapsing: Map<i64, i64>,
}

/// What strategies ask of a customer beside its figures.
#[derive(Debug, Clone, Copy, Default)]
pub struct Asked {
    /// The highest level of a reminder of what is past due; else 0.
    pub level: i64,
    /// Days until an item falls into a worse bucket, and which.
    pub worse: Option<(i64, &'static str)>,
    /// Days until a cash discount ends.
    pub lapsing: Option<i64>,
}

impl Strategies {
    /// These strategies in place of the book's, on a day.
    pub fn new(reader: &Reader, mut all: Vec<Strategy>, today: NaiveDate) -> Result<Strategies> {
        let none = |_: &crate::domain::dunning::Segment| false;
        all.push(Strategy::default());
        // The built-in one is for those no other is for.
        let everybody = Strategy::choose(&all[..all.len() - 1], none).unwrap_or(all.len() - 1);
        let mut places = Map::default();
        if all.iter().any(|one| one.in_force && !one.segment.is_empty()) {
            let mut statement = reader.conn.prepare_cached(
                "SELECT id, number, country, currency, group_name, language, owner, risk FROM customer",
            )?;
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                let names = ["country", "currency", "group", "language", "owner"];
                let mut traits = Vec::with_capacity(names.len() + 1);
                for (place, name) in names.into_iter().enumerate() {
                    traits.push((name, row.get(place + 2)?));
                }
                traits.push(("risk", grade(row.get::<_, i64>(7)?).to_owned()));
                let customer = Customer { id: row.get(0)?, number: row.get(1)?, traits, ..Customer::default() };
                let place = Strategy::choose(&all[..all.len() - 1], |segment| segment.has(&customer));
                if let Some(place) = place.filter(|place| *place != everybody) {
                    places.insert(customer.id, place);
                }
            }
        }
        let asked = all.iter().any(|one| one.in_force && one.level.points > 0);
        let levels = if asked { levels(reader, today)? } else { Map::default() };
        let ahead = |points: fn(&Strategy) -> i64, days: fn(&Strategy) -> i64| {
            all.iter().filter(|one| one.in_force && points(one) > 0).map(days).max()
        };
        let worse = match ahead(|one| one.events.worse_bucket, |one| one.worse_days) {
            Some(days) => worse(reader, today, days)?,
            None => Map::default(),
        };
        let lapsing = match ahead(|one| one.events.discount_lapsing, |one| one.lapse_days) {
            Some(days) => lapsing(reader, today, days)?,
            None => Map::default(),
        };
        Ok(Strategies { all, places, everybody, levels, worse, lapsing })
    }

    /// The strategy of a customer.
    pub fn of(&self, customer: i64) -> &Strategy {
        let place = self.places.get(&customer).copied().unwrap_or(self.everybody);
        &self.all[place]
    }

    /// What strategies ask of a customer beside its figures; nothing where none asks.
    pub fn asked(&self, customer: i64) -> Asked {
        Asked {
            level: self.levels.get(&customer).copied().unwrap_or(0),
            worse: self.worse.get(&customer).copied(),
            lapsing: self.lapsing.get(&customer).copied(),
        }
    }

    /// How many customers are under a strategy, of so many.
    pub fn count(&self, place: usize, customers: usize) -> usize {
        if place == self.everybody {
            return customers.saturating_sub(self.places.len());
        }
        self.places.values().filter(|own| **own == place).count()
    }
}

/// The highest level of a reminder of what each customer has past due. The index of open items leads, so that letters of
/// what was paid are not read.
fn levels(reader: &Reader, today: NaiveDate) -> Result<Map<i64, i64>> {
    let text = format!(
        "SELECT customer_id, coalesce((SELECT max(l.level) FROM letter_line l JOIN letter t ON t.id = l.letter_id \
         WHERE l.item_id = item.id AND NOT {NEVER_LEFT}), 0) FROM item \
         WHERE open <> 0 AND kind IN (1, 3, 6) AND due_date < $1 ORDER BY customer_id, currency, due_date"
    );
    let mut statement = reader.conn.prepare_cached(&text)?;
    let mut rows = statement.query([iso(today).as_str()])?;
    let mut levels: Map<i64, i64> = Map::default();
    while let Some(row) = rows.next()? {
        let level: i64 = row.get(1)?;
        if level > 0 {
            let known = levels.entry(row.get(0)?).or_default();
            *known = level.max(*known);
        }
    }
    Ok(levels)
}

/// Days after which an item is in the bucket of that name: the first day of each.
const BORDERS: [(i64, &str); 4] = [(31, "31-60"), (61, "61-90"), (91, "91-120"), (121, "120+")];

/// The soonest an item past due and not wholly disputed falls into a worse bucket, today included.
fn worse(reader: &Reader, today: NaiveDate, days: i64) -> Result<Map<i64, (i64, &'static str)>> {
    let mut statement = reader.conn.prepare_cached(
        "SELECT customer_id, min(due_date) FROM item WHERE open <> 0 AND due_date BETWEEN $1 AND $2 \
         AND kind IN (1, 3, 6) AND open > disputed GROUP BY customer_id",
    )?;
    let mut found: Map<i64, (i64, &'static str)> = Map::default();
    for (border, bucket) in BORDERS {
        let first = today - Duration::days(border);
        // Never so far that an item of the bucket below the one before would count.
        let last = first + Duration::days(days.min(29));
        let mut rows = statement.query([iso(first).as_str(), iso(last).as_str()])?;
        while let Some(row) = rows.next()? {
            let left = (read(&row.get::<_, String>(1)?) - first).num_days();
            let known = found.entry(row.get(0)?).or_insert((left, bucket));
            if left < known.0 {
                *known = (left, bucket);
            }
        }
    }
    Ok(found)
}

/// The soonest a cash discount of an item that is not paid yet ends, today included.
fn lapsing(reader: &Reader, today: NaiveDate, days: i64) -> Result<Map<i64, i64>> {
    let mut statement = reader.conn.prepare_cached(
        "SELECT i.customer_id, min(g.until_date) FROM item_discount g JOIN item i ON i.id = g.item_id \
         WHERE g.until_date BETWEEN $1 AND $2 AND i.open > 0 AND i.open = i.amount GROUP BY i.customer_id",
    )?;
    let last = today + Duration::days(days);
    let mut rows = statement.query([iso(today).as_str(), iso(last).as_str()])?;
    let mut found = Map::default();
    while let Some(row) = rows.next()? {
        found.insert(row.get(0)?, (read(&row.get::<_, String>(1)?) - today).num_days());
    }
    Ok(found)
}

/// The strategies in force with who is under which, on a day.
pub fn in_force(reader: &Reader, today: NaiveDate) -> Result<Strategies> {
    Strategies::new(reader, strategies(&reader.conn)?.into_iter().map(|row| row.strategy).collect(), today)
}

impl Tx<'_> {
    /// The strategies of the book, by name.
    pub fn strategies(&self) -> Result<Vec<StrategyRow>> {
        strategies(self.conn)
    }

    /// The act that wrote the newest version of a strategy.
    pub fn strategy_act(&self, name: &str) -> Result<Option<i64>> {
        let text = "SELECT max(act_id) FROM strategy_version WHERE name = $1";
        Ok(self.conn.prepare_cached(text)?.query_row([name], |row| row.get(0))?)
    }

    /// Writes a version of a strategy.
    pub fn add_strategy(&mut self, name: &str, version: i64, data: &str) -> Result<i64> {
        self.insert(T::StrategyVersion, &[V::T(name), V::I(version), V::T(data)], &[])
    }
}
