//! Rules of what stands in no posted row: settings are those an act made (P1), series are those the book numbers by
//! (N1). Left out on purpose: the notice of an upgrade, the mark of a
//! check that found something, `workspace`, which holds what screens remember, and
//! `lease`, which ends by itself.

use rusqlite::Connection;

use super::{Finding, Findings, REBUILD, RESTORE, ask_three};
use crate::domain::text;
use crate::store::error::Result;
use crate::store::schema::{FORMAT, MIN_READER};

/// Series the book numbers by.
const SERIES: [&str; 14] = [
    "dispute",
    "receipt",
    "write-off",
    "credit note",
    "request",
    "discount",
    "difference",
    "refund",
    "run",
    "letter",
    "charge",
    "charge back",
    "inquiry",
    "plan",
];

pub(super) fn check(conn: &Connection, found: &mut Findings) -> Result<()> {
    first_act(conn, found)?;
    unknown(conn, found)?;
    let reader = if MIN_READER < FORMAT { MIN_READER.to_string() } else { String::new() };
    let is: String =
        conn.query_row("SELECT coalesce(max(value), '') FROM meta WHERE key = 'min_reader'", [], |row| row.get(0))?;
    if is != reader {
        found.add(Finding::new("P1", "setting min_reader", format!("\"{is}\""), format!("\"{reader}\""), REBUILD));
    }
    Ok(())
}

/// Company, currency and the mark of a demo as the first act says.
fn first_act(conn: &Connection, found: &mut Findings) -> Result<()> {
    let mut statement = conn.prepare(
        "SELECT payload ->> '$.open-book.company', payload ->> '$.open-book.currency', \
         CASE source WHEN 'demo' THEN payload ->> '$.open-book.login' END FROM act WHERE id = 1",
    )?;
    let mut rows = statement.query([])?;
    let Some(row) = rows.next()? else { return Ok(()) };
    let company: Option<String> = row.get(0)?;
    let company = company.map(|raw| text::clean(&raw).text.into_string().trim().to_owned());
    for (key, must) in [("company", company), ("currency", row.get(1)?), ("demo", row.get(2)?)] {
        let is: Option<String> =
            conn.query_row("SELECT max(value) FROM meta WHERE key = $1", [key], |row| row.get(0))?;
        if is != must {
            let shown =
                |value: Option<String>| value.map_or("nothing".to_owned(), |v| text::clean(&v).text.into_string());
            found.add(Finding::new("P1", format!("setting {key}"), shown(is), shown(must), RESTORE));
        }
    }
    Ok(())
}

/// Rows of which nothing is the reason.
fn unknown(conn: &Connection, found: &mut Findings) -> Result<()> {
    ask_three(
        conn,
        found,
        "P1",
        RESTORE,
        "SELECT 'setting ' || key, 'made by no act', 'made by an act' FROM meta \
         WHERE key NOT IN ('company', 'currency', 'demo', 'maintenance', 'min_reader', 'stopped') \
         AND key NOT IN (SELECT key FROM setting_change)",
    )?;
    let names: Vec<String> = SERIES.iter().map(|name| format!("'{name}'")).collect();
    ask_three(
        conn,
        found,
        "N1",
        RESTORE,
        &format!(
            "SELECT 'series ' || name, 'next ' || next, 'one the book numbers by' FROM series WHERE name NOT IN ({})",
            names.join(", ")
        ),
    )?;
    ask_three(
        conn,
        found,
        "N3",
        RESTORE,
        "SELECT 'series request', d.most, s.next - 1 FROM (SELECT count(*) AS most FROM request) d, \
         (SELECT coalesce(max(next), 1) AS next FROM series WHERE name = 'request') s WHERE d.most <> s.next - 1",
    )
}
