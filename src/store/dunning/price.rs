//! What a letter about items asks for and charges, item by item: the fee of its level, the compensation the law gives and
//! interest for late payment. The same for a letter that is looked at and for one that goes out.

use chrono::NaiveDate;
use rusqlite::{Connection, params};

use super::NewLetterLine;
use crate::domain::dunning::{Customer, FeePer, Interest, Item, Level, Origin, Policy};
use crate::store::Tx;
use crate::store::date::{iso, read};
use crate::store::error::Result;
use crate::store::mail::NEVER_LEFT;

/// The lines of a letter of a level about items of a customer. A fee is charged once for an item and level, never for a
/// fee, and not to a customer who is owed more than it owes.
pub(super) fn priced(
    conn: &Connection,
    customer: &Customer,
    items: &[Item],
    (policy, level): (&Policy, &Level),
    today: NaiveDate,
) -> Result<Vec<NewLetterLine>> {
    let mut lines = Vec::with_capacity(items.len());
    let free = level.fee_per == FeePer::Letter;
    let trade = items.iter().filter(|item| item.origin == Origin::Trade);
    let mut of_letter = free.then(|| trade.map(Item::asked).sum::<i64>());
    for item in items {
        let net: i64 = customer.items.iter().filter(|one| one.currency == item.currency).map(|one| one.open).sum();
        let new = item.origin == Origin::Trade && item.level() < level.number && net > 0;
        let mut fee = 0;
        if new && !fee_charged(conn, item.id, level.number)? {
            fee = policy.compensation(item, today);
            fee += match of_letter.take() {
                Some(asked) => level.fee_on(asked, item.currency),
                None if free => 0,
                None => level.fee_on(item.asked(), item.currency),
            };
        }
        let interest = match &policy.interest {
            Some(interest) if item.origin == Origin::Trade => accrued(conn, item.id, interest, today)?,
            _ => 0,
        };
        lines.push(NewLetterLine { item: item.id, open: item.open, disputed: item.disputed, fee, interest });
    }
    Ok(lines)
}

/// Interest on an item up to a day, less what earlier letters posted.
fn accrued(conn: &Connection, item: i64, interest: &Interest, today: NaiveDate) -> Result<i64> {
    let mut statement = conn.prepare_cached("SELECT amount, due_date FROM item WHERE id = $1")?;
    let (amount, due): (i64, NaiveDate) =
        statement.query_row([item], |row| Ok((row.get(0)?, read(row.get_ref(1)?.as_str()?))))?;
    let mut statement = conn.prepare_cached(
        "SELECT effective, amount FROM allocation WHERE debit_item = $1 AND effective <= $2 ORDER BY effective",
    )?;
    let fall = |row: &rusqlite::Row<'_>| Ok((read(row.get_ref(0)?.as_str()?), row.get(1)?));
    let paid: Vec<(NaiveDate, i64)> =
        statement.query_map(params![item, iso(today).as_str()], fall)?.collect::<rusqlite::Result<_>>()?;
    let accrued = interest.profile.accrued(amount, due, &paid, today).unwrap_or(0);
    let before = if interest.post { posted(conn, item)? } else { 0 };
    Ok((accrued - before).max(0))
}

/// Interest on an item that earlier letters posted. What a letter charged that never left is credited again.
fn posted(conn: &Connection, item: i64) -> Result<i64> {
    let text = format!(
        "SELECT coalesce(sum(l.interest), 0) FROM letter_line l JOIN letter t ON t.id = l.letter_id \
         WHERE l.item_id = $1 AND t.interest_document IS NOT NULL AND NOT {NEVER_LEFT}"
    );
    Ok(conn.prepare_cached(&text)?.query_row([item], |row| row.get(0))?)
}

/// Whether a fee was charged for an item at a level.
fn fee_charged(conn: &Connection, item: i64, level: u32) -> Result<bool> {
    let mut statement =
        conn.prepare_cached("SELECT EXISTS (SELECT 1 FROM letter_line WHERE item_id = $1 AND level = $2 AND fee > 0)")?;
    Ok(statement.query_row([item, i64::from(level)], |row| row.get(0))?)
}

impl Tx<'_> {
    /// The lines of a letter of a level about items of a customer, with what they charge.
    pub fn letter_lines(
        &self,
        customer: &Customer,
        items: &[Item],
        by: (&Policy, &Level),
        today: NaiveDate,
    ) -> Result<Vec<NewLetterLine>> {
        priced(self.conn, customer, items, by, today)
    }
}
