//! The items of a case that is over several: each is a dispute of its own that names the case.

use crate::store::Reader;
use crate::store::cases::STANDS;
use crate::store::error::Result;

/// One item of a case that is over several.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// The dispute's id.
    pub id: i64,
    /// Its number.
    pub number: String,
    /// Number of the item's document.
    pub document: String,
    /// Counts its changes.
    pub version: i64,
    /// State word.
    pub state: String,
    /// What was disputed, minor units.
    pub claimed: i64,
    /// What still is; 0 where it is closed.
    pub held: i64,
    /// The item.
    pub item: i64,
    /// Open on it, minor units.
    pub item_open: i64,
}

/// Every item of a case.
pub(super) fn group(reader: &Reader, customer: i64, number: &str) -> Result<Vec<Member>> {
    let mut statement = reader.conn.prepare_cached(&format!(
        "SELECT d.id, d.number, t.number, d.version, d.state, d.amount, \
           CASE WHEN d.state IN ('closed', 'void') THEN 0 ELSE d.amount - \
             (SELECT coalesce(sum(e.amount), 0) FROM dispute_effect e WHERE e.dispute_id = d.id) END, i.id, i.open \
         FROM dispute d JOIN item i ON i.id = d.item_id JOIN document t ON t.id = i.document_id \
         WHERE d.customer_id = $1 AND EXISTS (SELECT 1 FROM dispute_fact x WHERE x.dispute_id = d.id \
           AND x.field = 'case' AND x.value = $2 AND {STANDS}) ORDER BY d.id"
    ))?;
    let rows = statement.query_map(rusqlite::params![customer, number], |row| {
        Ok(Member {
            id: row.get(0)?,
            number: row.get(1)?,
            document: row.get(2)?,
            version: row.get(3)?,
            state: row.get(4)?,
            claimed: row.get(5)?,
            held: row.get(6)?,
            item: row.get(7)?,
            item_open: row.get(8)?,
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}
