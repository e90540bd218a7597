//! Rules of letters (D): the sums of a letter are those of its lines, and its lines what the ledger had open when it was
//! written (D1); a fee once for an item and level, and posted as charged (D2); a letter once, of a released run, and
//! numbers without a gap (D3).

use rusqlite::Connection;

use super::{Findings, RESTORE, ask_three};
use crate::store::error::Result;

pub(super) fn check(conn: &Connection, found: &mut Findings) -> Result<()> {
    sums(conn, found)?;
    ledger(conn, found)?;
    charges(conn, found)?;
    once(conn, found)
}

fn sums(conn: &Connection, found: &mut Findings) -> Result<()> {
    ask_three(
        conn,
        found,
        "D1",
        RESTORE,
        "SELECT 'letter ' || t.number, concat_ws(' ', t.asked, t.fee, t.interest), \
           coalesce(concat_ws(' ', sum(l.open - l.disputed), sum(l.fee), sum(l.interest)), 'lines') \
         FROM letter t LEFT JOIN letter_line l ON l.letter_id = t.id GROUP BY t.id \
         HAVING (t.asked, t.fee, t.interest) IS NOT (sum(l.open - l.disputed), sum(l.fee), sum(l.interest))",
    )
}

/// What a line says was open and disputed, from the postings and cases recorded before the letter.
fn ledger(conn: &Connection, found: &mut Findings) -> Result<()> {
    ask_three(
        conn,
        found,
        "D1",
        RESTORE,
        "WITH must AS (SELECT l.id, l.letter_id, l.open, l.disputed, t.customer_id, t.currency, i.customer_id AS owes, \
             i.currency AS kept, d.number AS document, \
             i.amount - (SELECT coalesce(sum(a.amount), 0) FROM allocation a WHERE a.debit_item = i.id AND a.act_id < l.act_id) \
               AS was_open, \
             (SELECT coalesce(sum(c.amount - (SELECT coalesce(sum(e.amount), 0) FROM dispute_effect e \
                WHERE e.dispute_id = c.id AND e.act_id < l.act_id)), 0) FROM dispute c WHERE c.item_id = i.id AND c.act_id < l.act_id \
                AND (SELECT s.state FROM dispute_step s WHERE s.dispute_id = c.id AND s.act_id < l.act_id \
                     ORDER BY s.version DESC LIMIT 1) NOT IN ('closed', 'void')) AS was_disputed \
           FROM letter_line l JOIN letter t ON t.id = l.letter_id JOIN item i ON i.id = l.item_id \
           JOIN document d ON d.id = i.document_id) \
         SELECT 'letter line ' || id || ' of ' || document, concat_ws(' ', open, disputed, customer_id, currency), \
           concat_ws(' ', was_open, was_disputed, owes, kept) FROM must \
         WHERE (open, disputed, customer_id, currency) IS NOT (was_open, was_disputed, owes, kept)",
    )
}

fn charges(conn: &Connection, found: &mut Findings) -> Result<()> {
    ask_three(
        conn,
        found,
        "D2",
        RESTORE,
        "SELECT 'item ' || item_id || ' fee of level ' || level, count(*) || ' times', 'once' FROM letter_line \
         WHERE fee > 0 GROUP BY item_id, level HAVING count(*) > 1",
    )?;
    ask_three(
        conn,
        found,
        "D2",
        RESTORE,
        "SELECT 'letter ' || t.number || ' fee', coalesce(d.amount, 0), t.fee FROM letter t \
         LEFT JOIN document d ON d.id = t.fee_document \
         WHERE coalesce(d.amount, 0) <> t.fee OR (d.id IS NOT NULL AND (d.customer_id, d.currency) IS NOT (t.customer_id, t.currency))",
    )?;
    ask_three(
        conn,
        found,
        "D2",
        RESTORE,
        "SELECT 'letter ' || t.number || ' interest', d.amount, t.interest FROM letter t \
         JOIN document d ON d.id = t.interest_document \
         WHERE d.amount <> t.interest OR (d.customer_id, d.currency) IS NOT (t.customer_id, t.currency)",
    )
}

fn once(conn: &Connection, found: &mut Findings) -> Result<()> {
    ask_three(
        conn,
        found,
        "D3",
        RESTORE,
        "SELECT 'letter ' || min(number), count(*) || ' of one run, customer, level and currency', 'one' FROM letter \
         GROUP BY run_id, customer_id, level, currency, policy_id HAVING count(*) > 1",
    )?;
    ask_three(
        conn,
        found,
        "D3",
        RESTORE,
        "SELECT 'letter ' || t.number, 'of a run that was not released', 'of a released one' FROM letter t \
         WHERE NOT EXISTS (SELECT 1 FROM dunning_step s WHERE s.run_id = t.run_id AND s.what = 'sending' AND s.act_id < t.act_id)",
    )?;
    ask_three(
        conn,
        found,
        "D3",
        RESTORE,
        "SELECT 'letter ' || t.number || ' item ' || l.item_id, 'not on a line of its run', 'proposed and not dropped' \
         FROM letter_line l JOIN letter t ON t.id = l.letter_id LEFT JOIN dunning_line p ON p.run_id = t.run_id \
           AND p.item_id = l.item_id LEFT JOIN dunning_review v ON v.id = \
           (SELECT max(id) FROM dunning_review WHERE line_id = p.id) \
         WHERE p.id IS NULL OR l.level <> t.level OR \
           CASE coalesce(v.what, 'keep') WHEN 'keep' THEN p.level WHEN 'lower' THEN v.level ELSE 0 END <> t.level",
    )?;
    for (table, letter, series) in [("letter", "L", "letter"), ("dunning_run", "M", "run")] {
        let text = format!(
            "SELECT '{table} ' || id, number, '{letter}-' || place FROM \
               (SELECT id, number, row_number() OVER (ORDER BY id) AS place FROM {table}) WHERE number <> '{letter}-' || place"
        );
        ask_three(conn, found, "D3", RESTORE, &text)?;
        let next: i64 =
            conn.query_row("SELECT coalesce(max(next), 1) FROM series WHERE name = $1", [series], |row| row.get(0))?;
        let count: i64 = conn.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0))?;
        found.differs("D3", || format!("series {series}"), next - 1, count, RESTORE);
    }
    ask_three(
        conn,
        found,
        "D3",
        RESTORE,
        "SELECT 'dunning_run ' || r.number || ' lines', count(l.id), r.lines FROM dunning_run r \
         LEFT JOIN dunning_line l ON l.run_id = r.id GROUP BY r.id HAVING count(l.id) <> r.lines",
    )
}
