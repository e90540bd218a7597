//! Rules of mail (E): a mail's state is its last step, and each step follows one it may follow, by the same hands (E1); a
//! mail is its letter's, holds what it says, and the letter leaves by it unless it failed (E2); answers and proposals are
//! of one customer, and a proposal's state is its last step (E3).

use rusqlite::Connection;

use super::{Findings, REBUILD, RESTORE, ask_three};
use crate::store::error::Result;

/// The state a step leaves a mail in.
const AFTER: &str = "CASE s.what WHEN 'again' THEN 'waiting' WHEN 'sent by hand' THEN 'sent' WHEN 'returned' THEN 'failed' ELSE s.what END";

pub(super) fn check(conn: &Connection, found: &mut Findings) -> Result<()> {
    states(conn, found)?;
    order(conn, found)?;
    letters(conn, found)?;
    answers(conn, found)
}

fn states(conn: &Connection, found: &mut Findings) -> Result<()> {
    let text = format!(
        "SELECT 'mail ' || m.id, concat_ws(' ', m.state, m.due_at), coalesce(concat_ws(' ', {AFTER}, s.at), 'waiting') FROM mail m \
         LEFT JOIN mail_step s ON s.id = (SELECT max(id) FROM mail_step WHERE mail_id = m.id) \
         WHERE (m.state, m.due_at) IS NOT (coalesce({AFTER}, 'waiting'), coalesce(s.at, ''))"
    );
    ask_three(conn, found, "E1", REBUILD, &text)
}

/// Nothing is sent that was not leased, nothing is leased twice at once, and what was sent or given up stays so.
fn order(conn: &Connection, found: &mut Findings) -> Result<()> {
    let text = format!(
        "WITH all_steps AS (SELECT s.id, s.mail_id, s.what, s.who, \
             coalesce(lag({AFTER}) OVER one, 'waiting') AS before, coalesce(lag(s.who) OVER one, '') AS hands \
           FROM mail_step s WINDOW one AS (PARTITION BY s.mail_id ORDER BY s.id)) \
         SELECT 'mail ' || mail_id || ' step ' || id, what || ' after ' || before, 'a step that may follow it' FROM all_steps \
         WHERE NOT CASE what \
           WHEN 'leased' THEN before = 'waiting' AND who <> '' \
           WHEN 'sent' THEN before IN ('leased', 'unknown') AND who = hands \
           WHEN 'failed' THEN (before IN ('leased', 'unknown') AND who = hands) OR (before = 'waiting' AND who = '') \
           WHEN 'waiting' THEN before IN ('leased', 'unknown') AND who = hands \
           WHEN 'unknown' THEN before = 'leased' AND who = hands \
           WHEN 'returned' THEN before IN ('sent', 'unknown', 'given up') \
           WHEN 'sent by hand' THEN before = 'unknown' \
           WHEN 'again' THEN before IN ('unknown', 'failed', 'given up', 'waiting') \
           WHEN 'given up' THEN before IN ('unknown', 'failed', 'waiting') ELSE 0 END"
    );
    ask_three(conn, found, "E1", RESTORE, &text)
}

fn letters(conn: &Connection, found: &mut Findings) -> Result<()> {
    ask_three(
        conn,
        found,
        "E2",
        RESTORE,
        "SELECT 'mail ' || o.mail_id || ' about', concat_ws(' ', o.what, m.letter_id), 'a mail of the same act without a letter' \
         FROM mail_about o LEFT JOIN mail m ON m.id = o.mail_id WHERE m.id IS NULL OR m.letter_id IS NOT NULL OR m.act_id <> o.act_id",
    )?;
    ask_three(
        conn,
        found,
        "E2",
        RESTORE,
        "SELECT 'mail ' || m.id, 'of customer ' || m.customer_id, 'of customer ' || t.customer_id FROM mail m \
         JOIN letter t ON t.id = m.letter_id WHERE t.customer_id <> m.customer_id OR t.act_id <> m.act_id",
    )?;
    ask_three(
        conn,
        found,
        "E2",
        RESTORE,
        "SELECT 'mail ' || id, 'a message that does not say ' || message_id, 'its own id and receiver' FROM mail \
         WHERE instr(message, CAST('Message-ID: <' || message_id || '>' AS BLOB)) = 0 \
           OR instr(message, CAST(receiver AS BLOB)) = 0 OR instr(message, CAST(sender AS BLOB)) = 0",
    )?;
    ask_three(
        conn,
        found,
        "E2",
        RESTORE,
        "WITH way AS (SELECT w.letter_id, w.way FROM letter_way w WHERE w.id = (SELECT max(id) FROM letter_way v \
             WHERE v.letter_id = w.letter_id)) \
         SELECT 'letter ' || t.number, 'by ' || coalesce(way.way, 'no way') || ', its mail ' || coalesce(m.state, 'not there'), \
           'by mail exactly while its mail has not failed' FROM letter t \
         LEFT JOIN way ON way.letter_id = t.id LEFT JOIN mail m ON m.letter_id = t.id \
         WHERE (m.state IN ('waiting', 'leased', 'sent', 'unknown') AND way.way IS NOT 'mail') \
           OR (coalesce(m.state, 'failed') = 'failed' AND way.way = 'mail') \
           OR way.way NOT IN ('mail', 'letter', 'phone')",
    )
}

fn answers(conn: &Connection, found: &mut Findings) -> Result<()> {
    ask_three(
        conn,
        found,
        "E3",
        RESTORE,
        "SELECT 'answer ' || a.id, 'of customer ' || a.customer_id, 'of customer ' || m.customer_id FROM answer a \
         JOIN mail m ON m.id = a.mail_id WHERE a.customer_id IS NOT m.customer_id",
    )?;
    ask_three(
        conn,
        found,
        "E3",
        RESTORE,
        "SELECT 'proposal ' || p.id, concat_ws(' ', p.meaning, 'of customer', p.customer_id), 'what its answer may propose' \
         FROM proposal p LEFT JOIN answer a ON a.id = p.answer_id WHERE p.customer_id IS NOT a.customer_id \
           OR a.act_id <> p.act_id OR a.sort <> 'written' OR p.meaning NOT IN ('paid', 'promise', 'dispute', 'query')",
    )?;
    ask_three(
        conn,
        found,
        "E3",
        REBUILD,
        "SELECT 'proposal ' || p.id, p.state, coalesce(s.what, 'open') FROM proposal p LEFT JOIN proposal_step s ON s.id = \
           (SELECT max(id) FROM proposal_step WHERE proposal_id = p.id) WHERE p.state <> coalesce(s.what, 'open')",
    )?;
    ask_three(
        conn,
        found,
        "E3",
        RESTORE,
        "SELECT 'proposal ' || proposal_id || ' step ' || id, what, 'a step that may follow' FROM (SELECT id, proposal_id, what, \
           coalesce(lag(what) OVER (PARTITION BY proposal_id ORDER BY id), 'open') AS before FROM proposal_step) \
         WHERE NOT CASE what WHEN 'open' THEN before <> 'open' WHEN 'accepted' THEN before = 'open' \
           WHEN 'dismissed' THEN before = 'open' ELSE 0 END",
    )
}
