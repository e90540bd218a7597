//! What a customer owes against its credit limit, for the checkpoints of an order. Customers of one group share their
//! limits; amounts are of the customer's currency, and what is owed in others is left out and said.

use chrono::NaiveDate;
use rusqlite::OptionalExtension;

use crate::domain::credit::{Exposure, oldest_days};
use crate::domain::hold::{Facts, Rules};
use crate::domain::money::Currency;
use crate::store::Reader;
use crate::store::date::read;
use crate::store::error::Result;
use crate::store::lookup::currency as stored;

/// A customer's credit as of a day.
#[derive(Debug, Clone)]
pub struct Credit {
    /// What the rules look at, with nothing ordered yet.
    pub facts: Facts,
    /// The group that shares the limit; empty for a customer alone.
    pub group: String,
    /// How many customers share it.
    pub members: i64,
    /// Currencies in which the customer owes too and which are left out.
    pub left_out: Vec<String>,
}

/// The credit of a customer; `None` where there is no such customer.
pub fn credit(reader: &Reader, customer: i64, today: NaiveDate, base: Currency) -> Result<Option<Credit>> {
    let conn = &reader.conn;
    let found: Option<(String, String, i64)> = conn
        .prepare_cached("SELECT group_name, currency, blocked FROM customer WHERE id = $1")?
        .query_row([customer], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .optional()?;
    let Some((group, code, blocked)) = found else { return Ok(None) };
    let currency = if code.is_empty() { base } else { stored(&code) };
    let members = "(SELECT id FROM customer WHERE id = $1 OR ($2 <> '' AND group_name = $2))";
    let (limit, count): (Option<i64>, i64) = conn
        .prepare_cached(&format!("SELECT sum(credit_limit), count(*) FROM customer WHERE id IN {members}"))?
        .query_row(rusqlite::params![customer, group], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let mut exposure = Exposure::default();
    let mut left_out = Vec::new();
    let mut statement = conn.prepare_cached(&format!(
        "SELECT currency, sum(debits), sum(credits + unapplied) FROM standing WHERE customer_id IN {members} \
         GROUP BY currency HAVING sum(debits) <> 0 OR sum(credits + unapplied) <> 0"
    ))?;
    let mut rows = statement.query(rusqlite::params![customer, group])?;
    while let Some(row) = rows.next()? {
        let owed: String = row.get(0)?;
        if owed == currency.code() {
            exposure.open_items = row.get(1)?;
            exposure.unapplied = -row.get::<_, i64>(2)?;
        } else {
            left_out.push(owed);
        }
    }
    let mut statement = conn.prepare_cached(
        "SELECT due_date, open, disputed FROM item WHERE open > 0 AND customer_id IN \
         (SELECT id FROM customer WHERE id = $1 OR ($2 <> '' AND group_name = $2)) AND currency = $3",
    )?;
    let items = statement
        .query_map(rusqlite::params![customer, group, currency.code()], |row| {
            let due = read(row.get_ref(0)?.as_str()?);
            Ok((due, row.get::<_, i64>(1)?, row.get::<_, i64>(2)?))
        })?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    let facts = Facts {
        currency,
        exposure,
        limit,
        order: 0,
        blocked: blocked == 1,
        past_due: items.iter().filter(|item| item.0 < today).map(|item| item.1).sum(),
        oldest_days: oldest_days(items.iter().map(|item| (item.0, item.2 >= item.1)), today),
    };
    Ok(Some(Credit { facts, group, members: count, left_out }))
}

/// The company's credit rules, from its settings.
pub fn rules(reader: &Reader) -> Result<Rules> {
    let number = |key| -> Result<Option<String>> { super::requests::setting(reader, key) };
    Ok(Rules {
        oldest_days: number("credit-oldest-days")?.and_then(|text| text.parse().ok()),
        past_due_share: number("credit-past-due-percent")?.and_then(|text| text.parse().ok()),
    })
}
