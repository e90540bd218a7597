//! Rules of payment plans and strategies (I): instalments add up to what is planned, by date, of items of the plan's
//! customer (I1); no more was planned of an item than was open, and no item stands in two plans that something is left
//! of (I2); numbers without a gap, kept endings as the steps say, versions of strategies one after the other (I3).

use std::collections::HashMap;

use rusqlite::Connection;

use super::{Finding, Findings, REBUILD, RESTORE, ask_three};
use crate::domain::strategy::Strategy;
use crate::store::error::Result;
use crate::store::plans::{Which, plans};

pub(super) fn check(conn: &Connection, found: &mut Findings) -> Result<()> {
    sums(conn, found)?;
    opened(conn, found)?;
    kept(conn, found)?;
    strategies(conn, found)
}

fn sums(conn: &Connection, found: &mut Findings) -> Result<()> {
    ask_three(
        conn,
        found,
        "I1",
        RESTORE,
        "SELECT 'plan ' || number, 'instalments of ' || due, 'instalments of ' || planned FROM \
           (SELECT p.number, (SELECT coalesce(sum(amount), 0) FROM instalment WHERE plan_id = p.id) AS due, \
             (SELECT coalesce(sum(amount), 0) FROM plan_item WHERE plan_id = p.id) AS planned FROM plan p) \
         WHERE due <> planned OR planned <= 0",
    )?;
    ask_three(
        conn,
        found,
        "I1",
        RESTORE,
        "SELECT 'plan ' || p.number || ' instalment ' || i.part, 'on ' || i.due_date, 'after the one before' \
         FROM instalment i JOIN plan p ON p.id = i.plan_id \
         LEFT JOIN instalment b ON b.plan_id = i.plan_id AND b.part = i.part - 1 \
         WHERE i.due_date < p.made_on OR (i.part > 1 AND (b.id IS NULL OR b.due_date >= i.due_date))",
    )?;
    ask_three(
        conn,
        found,
        "I1",
        RESTORE,
        "SELECT 'plan ' || p.number || ' item ' || i.id, concat_ws(' ', i.customer_id, i.currency), \
           concat_ws(' ', p.customer_id, p.currency) FROM plan p JOIN plan_item l ON l.plan_id = p.id \
         JOIN item i ON i.id = l.item_id WHERE (i.customer_id, i.currency) IS NOT (p.customer_id, p.currency)",
    )
}

/// What was open of an item when it was planned, from the allocations recorded before; and every item in one plan at
/// a time.
fn opened(conn: &Connection, found: &mut Findings) -> Result<()> {
    ask_three(
        conn,
        found,
        "I2",
        RESTORE,
        "SELECT 'plan ' || number || ' item ' || item_id, amount || ' planned', 'at most ' || was_open FROM \
           (SELECT p.number, l.item_id, l.amount, i.amount - (SELECT coalesce(sum(a.amount), 0) FROM allocation a \
             WHERE a.debit_item = i.id AND a.act_id < p.act_id) AS was_open FROM plan p \
            JOIN plan_item l ON l.plan_id = p.id JOIN item i ON i.id = l.item_id) WHERE amount > was_open",
    )?;
    let mut first: HashMap<i64, String> = HashMap::new();
    for stored in plans(conn, Which::Live(None))? {
        // As of the end of time a plan is completed or not, and nothing else matters here.
        if stored.plan.standing(crate::store::date::never()).left <= 0 {
            continue;
        }
        for (item, _) in stored.items {
            if let Some(other) = first.insert(item, stored.number.clone()) {
                // A completed plan comes to life again when its money is returned; that is nobody's mistake.
                let later: i64 = conn.query_row(
                    "SELECT count(*) FROM allocation a JOIN plan p ON a.act_id > p.act_id \
                     WHERE a.debit_item = $1 AND p.number = $2 AND a.reverses IS NOT NULL",
                    rusqlite::params![item, stored.number],
                    |row| row.get(0),
                )?;
                if later == 0 {
                    let (object, is) = (format!("item {item}"), format!("in the plans {other} and {}", stored.number));
                    found.add(Finding::new("I2", object, is, "in one", RESTORE));
                }
            }
        }
    }
    Ok(())
}

fn kept(conn: &Connection, found: &mut Findings) -> Result<()> {
    ask_three(
        conn,
        found,
        "I3",
        REBUILD,
        "SELECT 'plan ' || p.number || ' ending', concat_ws(' ', coalesce(p.ended_on, 'in force'), p.ended_why), \
           CASE WHEN coalesce(s.what, 'restored') = 'restored' THEN 'in force' ELSE s.on_date || ' ' || s.what END \
         FROM plan p LEFT JOIN plan_step s ON s.id = (SELECT max(id) FROM plan_step WHERE plan_id = p.id) \
         WHERE (p.ended_on, p.ended_why) IS NOT (CASE WHEN coalesce(s.what, 'restored') = 'restored' THEN NULL ELSE s.on_date END, \
           CASE WHEN coalesce(s.what, 'restored') = 'restored' THEN '' ELSE s.what END)",
    )?;
    ask_three(
        conn,
        found,
        "I3",
        RESTORE,
        "SELECT 'plan_step ' || id, what, 'withdrawn, replaced, undone or restored' FROM plan_step \
         WHERE what NOT IN ('withdrawn', 'replaced', 'undone', 'restored')",
    )?;
    ask_three(
        conn,
        found,
        "N1",
        RESTORE,
        "SELECT 'plan ' || id, number, 'PP-' || place FROM \
           (SELECT id, number, row_number() OVER (ORDER BY id) AS place FROM plan) WHERE number <> 'PP-' || place",
    )?;
    ask_three(
        conn,
        found,
        "N3",
        RESTORE,
        "SELECT 'series plan', d.most, s.next - 1 FROM (SELECT count(*) AS most FROM plan) d, \
         (SELECT coalesce(max(next), 1) AS next FROM series WHERE name = 'plan') s WHERE d.most <> s.next - 1",
    )
}

fn strategies(conn: &Connection, found: &mut Findings) -> Result<()> {
    ask_three(
        conn,
        found,
        "I3",
        RESTORE,
        "SELECT 'strategy ' || name, 'version ' || version, 'version ' || place FROM \
           (SELECT name, version, row_number() OVER (PARTITION BY name ORDER BY id) AS place FROM strategy_version) \
         WHERE version <> place",
    )?;
    let mut statement = conn.prepare("SELECT id, name, data FROM strategy_version ORDER BY id")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let (id, name, data): (i64, String, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
        let read: Option<Strategy> = serde_json::from_str(&data).ok();
        if read.is_none_or(|strategy| strategy.name != name || !strategy.faults().is_empty()) {
            found.add(Finding::new(
                "I3",
                format!("strategy_version {id}"),
                "not a strategy of its name",
                "one",
                RESTORE,
            ));
        }
    }
    Ok(())
}
