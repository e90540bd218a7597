//! Strategies of the worklist as the book has them: versions that never change, the newest of each name counting, and
//! which customer is under which.

use chrono::NaiveDate;
use rusqlite::Connection;

use super::Reader;
use super::date::iso;
use super::error::{Result, StoreError};
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
        Ok(Strategies { all, places, everybody, levels })
    }

    /// The strategy of a customer.
    pub fn of(&self, customer: i64) -> &Strategy {
        let place = self.places.get(&customer).copied().unwrap_or(self.everybody);
        &self.all[place]
    }

    /// The highest level of a reminder of what a customer has past due, where a strategy asks for it; else 0.
    pub fn level(&self, customer: i64) -> i64 {
        self.levels.get(&customer).copied().unwrap_or(0)
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
    let mut statement = reader.conn.prepare_cached(
        "SELECT customer_id, coalesce((SELECT max(l.level) FROM letter_line l WHERE l.item_id = item.id), 0) FROM item \
         WHERE open <> 0 AND kind IN (1, 3, 6) AND due_date < $1 ORDER BY customer_id, currency, due_date",
    )?;
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
