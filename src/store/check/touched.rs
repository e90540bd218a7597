//! The rules of money (M1, M4 to M7, M12) on the customers that the newest acts touched: what a quick check looks at. How
//! far back it goes follows from the rows those acts wrote, so that it takes as long after an import as before one.

use rusqlite::Connection;

use super::load::{self, each};
use super::{Findings, RESTORE, kept, money};
use crate::domain::account::Account;
use crate::store::error::Result;
use crate::store::kept::Map;

/// Rows that the newest acts looked at may have written.
const ROWS: i64 = 20_000;

/// The most acts, and the most customers, that are looked at.
const ACTS: i64 = 1_000;
const CUSTOMERS: usize = 1_000;

pub(super) fn check(conn: &Connection, found: &mut Findings) -> Result<()> {
    let first = first_act(conn)?;
    let customers = customers(conn, first)?;
    if customers.is_empty() {
        return Ok(());
    }
    let customers = customers.iter().map(i64::to_string).collect::<Vec<_>>().join(", ");
    let books = load::some(conn, found, &customers)?;
    for (id, document) in books.documents.iter() {
        money::items_of(id, document, found);
    }
    for (id, item) in books.items.iter() {
        money::item(id, item, found);
    }
    kept::standing(conn, &books, found, &format!("WHERE customer_id IN ({customers})"))?;
    entries(conn, found, first)
}

/// The first of the newest acts that are looked at.
fn first_act(conn: &Connection) -> Result<i64> {
    let last: i64 = conn.query_row("SELECT coalesce(max(id), 0) FROM act", [], |row| row.get(0))?;
    let (mut first, mut rows) = (last + 1, 0);
    let mut statement =
        conn.prepare("SELECT coalesce(sum(last_id - first_id + 1), 0) FROM act_digest WHERE act_id = $1")?;
    while first > 1 && first > last + 1 - ACTS {
        rows += statement.query_row([first - 1], |row| row.get::<_, i64>(0))?;
        if rows > ROWS {
            break;
        }
        first -= 1;
    }
    Ok(first)
}

/// The customers of what these acts wrote, those touched last first.
fn customers(conn: &Connection, first: i64) -> Result<Vec<i64>> {
    let of = |table: &str| {
        format!(
            "SELECT t.customer_id, g.act_id FROM act_digest g CROSS JOIN {table} t ON t.id BETWEEN g.first_id AND g.last_id \
             WHERE g.act_id >= {first} AND g.name = '{table}'"
        )
    };
    let text = format!(
        "SELECT customer_id FROM ({} UNION ALL {} UNION ALL {} UNION ALL SELECT customer_id, id FROM act \
         WHERE id >= {first} AND customer_id IS NOT NULL) GROUP BY customer_id ORDER BY max(act_id) DESC LIMIT {CUSTOMERS}",
        of("document"),
        of("item"),
        of("allocation"),
    );
    let mut statement = conn.prepare(&text)?;
    let rows = statement.query_map([], |row| row.get(0))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Every document of these acts against what it and later ones posted to the control account for it (M1).
fn entries(conn: &Connection, found: &mut Findings, first: i64) -> Result<()> {
    let control: Map<i64, bool> =
        Account::ALL.into_iter().map(|account| (account.number(), account.is_control())).collect();
    let side = |number: i64| i64::from(control.get(&number).copied().unwrap_or(false));
    let mut posted: Map<i64, i64> = Map::default();
    let text = format!(
        "SELECT p.document_id, p.debit, p.credit, p.amount FROM act_digest g CROSS JOIN posting p \
         ON p.id BETWEEN g.first_id AND g.last_id \
         WHERE g.act_id >= {first} AND g.name = 'posting' AND p.document_id IS NOT NULL"
    );
    each(conn, &text, |row| {
        let sign = side(row.get(1)?) - side(row.get(2)?);
        *posted.entry(row.get(0)?).or_default() += sign * row.get::<_, i64>(3)?;
        Ok(())
    })?;
    let text = format!(
        "SELECT d.id, d.amount FROM act_digest g CROSS JOIN document d ON d.id BETWEEN g.first_id AND g.last_id \
         WHERE g.act_id >= {first} AND g.name = 'document'"
    );
    each(conn, &text, |row| {
        let (id, amount): (i64, i64) = (row.get(0)?, row.get(1)?);
        let is = posted.get(&id).copied().unwrap_or(0);
        found.differs("M1", || format!("document {id} entry in the control account"), is, amount, RESTORE);
        Ok(())
    })
}
