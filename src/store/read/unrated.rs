//! What customers owe in currencies that had no rate to the book's when it was posted. Sums in the book's currency do not
//! hold it, so lists and accounts show it beside them, in its own currency.

use chrono::NaiveDate;

use crate::domain::money::Money;
use crate::store::Reader;
use crate::store::date::iso;
use crate::store::error::Result;
use crate::store::lookup::currency;

/// Debits past due without a rate, a sum a currency.
pub fn overdue(reader: &Reader, today: NaiveDate, customer: i64) -> Result<Vec<Money>> {
    let sql = "SELECT currency, sum(open) FROM item WHERE customer_id = $1 AND open <> 0 AND open_base IS NULL \
         AND kind IN (1, 3, 6) AND due_date < $2 \
         GROUP BY currency ORDER BY currency";
    sums(reader, sql, rusqlite::params![customer, iso(today).as_str()])
}

/// Everything open without a rate, credits and unapplied money taken off, a sum a currency.
pub fn open(reader: &Reader, customer: i64) -> Result<Vec<Money>> {
    let sql = "SELECT currency, sum(open) FROM item WHERE customer_id = $1 AND open <> 0 AND open_base IS NULL \
         GROUP BY currency ORDER BY currency";
    sums(reader, sql, rusqlite::params![customer])
}

fn sums(reader: &Reader, sql: &str, params: &[&dyn rusqlite::ToSql]) -> Result<Vec<Money>> {
    let mut statement = reader.conn.prepare_cached(sql)?;
    let mut rows = statement.query(params)?;
    let mut out = Vec::new();
    while let Some(row) = rows.next()? {
        out.push(Money::new(row.get(1)?, currency(row.get_ref(0)?.as_str().map_err(|_| super::accounts::damaged())?)));
    }
    Ok(out)
}
