//! Whether what a mailed reminder asks for still holds when the mail is about to leave: a mail may wait for hours behind
//! quiet times, a cap or a server that is down, and the customer may have paid, promised or disputed meanwhile.

use chrono::NaiveDate;
use rusqlite::{Connection, OptionalExtension, params};

use crate::store::Reader;
use crate::store::date::iso;
use crate::store::error::Result;

/// What became of an item since a letter about it was written, in words; the first that holds.
const SINCE: [&str; 6] = [
    "was paid or credited",
    "is disputed",
    "was promised",
    "was put in a payment plan",
    "was held back from letters",
    "has unapplied money beside it",
];

/// What became of a letter's items since it was written, for who prints it later.
pub fn changed_since(reader: &Reader, letter: i64, today: NaiveDate) -> Result<Option<String>> {
    overtaken(&reader.conn, 0, Some(letter), today)
}

/// Why the reminder in a mail should not leave as it was written: the first of its items that changed, and how. Changes
/// from before somebody last decided that the mail goes all the same (`again`) do not count, nor do holds and promises that
/// have run out by `today`. `None` for other mails.
pub fn overtaken(conn: &Connection, mail: i64, letter: Option<i64>, today: NaiveDate) -> Result<Option<String>> {
    let Some(letter) = letter else { return Ok(None) };
    if let Some(day) = too_late(conn, mail, letter, today)? {
        return Ok(Some(format!("the day by which it asks for payment, {day}, has passed")));
    }
    let since: i64 = conn
        .prepare_cached(
            "SELECT max(act_id, coalesce((SELECT max(s.act_id) FROM mail_step s WHERE s.mail_id = $1 AND s.what = 'again'), 0)) \
             FROM letter WHERE id = $2",
        )?
        .query_row(params![mail, letter], |row| row.get(0))
        .optional()?
        .unwrap_or(i64::MAX);
    let mut statement = conn.prepare_cached(
        "SELECT d.number, \
           (SELECT coalesce(sum(a.amount), 0) FROM allocation a WHERE a.debit_item = n.item_id AND a.act_id > $1) > 0, \
           EXISTS (SELECT 1 FROM dispute q WHERE q.item_id = n.item_id AND q.act_id > $1 AND q.decided_on IS NULL), \
           EXISTS (SELECT 1 FROM promise p WHERE p.item_id = n.item_id AND p.act_id > $1 AND p.ended_on IS NULL \
             AND p.promised_on >= $2), \
           EXISTS (SELECT 1 FROM plan_item x JOIN plan p ON p.id = x.plan_id \
             WHERE x.item_id = n.item_id AND x.act_id > $1 AND p.ended_on IS NULL), \
           EXISTS (SELECT 1 FROM dunning_hold h WHERE h.customer_id = i.customer_id AND h.act_id > $1 \
             AND (h.item_id IS NULL OR h.item_id = n.item_id) AND (h.until_date IS NULL OR h.until_date >= $2) \
             AND NOT EXISTS (SELECT 1 FROM dunning_hold_end e WHERE e.hold_id = h.id)), \
           EXISTS (SELECT 1 FROM item c WHERE c.customer_id = i.customer_id AND c.currency = i.currency AND c.open < 0 \
             AND c.act_id > $1) \
         FROM letter_line n JOIN item i ON i.id = n.item_id JOIN document d ON d.id = i.document_id \
         WHERE n.letter_id = $3 ORDER BY n.id",
    )?;
    let mut rows = statement.query(params![since, iso(today).as_str(), letter])?;
    while let Some(row) = rows.next()? {
        for (place, words) in SINCE.iter().enumerate() {
            if row.get(place + 1)? {
                let number: String = row.get(0)?;
                return Ok(Some(format!("{number} {words} since it was written")));
            }
        }
    }
    Ok(None)
}

/// The day by which a letter asks for payment, where it has passed and nobody decided that the mail goes all the same.
fn too_late(conn: &Connection, mail: i64, letter: i64, today: NaiveDate) -> Result<Option<String>> {
    let mut statement = conn.prepare_cached(
        "SELECT pay_by FROM letter WHERE id = $1 AND pay_by < $2 \
         AND NOT EXISTS (SELECT 1 FROM mail_step s WHERE s.mail_id = $3 AND s.what = 'again')",
    )?;
    Ok(statement.query_row(params![letter, iso(today).as_str(), mail], |row| row.get(0)).optional()?)
}
