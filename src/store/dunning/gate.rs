//! The gate before letters go out (capabilities, send gate): whether the bank's data is fresh, and whether somebody looked at the
//! money nothing was decided of. Money nobody decided of is a payment the rules could not apply, or a receipt with
//! something unapplied that is not kept on account.

use chrono::NaiveDate;
use rusqlite::{Connection, OptionalExtension, params};

use crate::domain::document::DocumentKind;
use crate::store::date::iso;
use crate::store::error::Result;
use crate::store::{Reader, Tx};

/// Days a bank statement may be old when letters go out, where the company says nothing else.
const BANK_DAYS: i64 = 3;

/// The setting that says that everything unapplied up to now was looked at.
pub const REVIEWED: &str = "cash-reviewed";

/// Receipts named in one sentence; more are counted.
const NAMED: usize = 3;

/// What the gate found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Gate {
    /// What speaks against sending anything today, a sentence each without its full stop.
    pub against: Vec<String>,
    /// What whoever sends should know and what holds nothing back; empty for nothing.
    pub remark: String,
}

/// Asks the gate as of a day.
pub fn gate(conn: &Connection, today: NaiveDate) -> Result<Gate> {
    let mut gate = Gate::default();
    let kept = conn.prepare_cached("SELECT value FROM meta WHERE key = 'dunning-bank-days'")?;
    let kept: Option<String> = { kept }.query_row([], |row| row.get(0)).optional()?;
    let days = kept.and_then(|days| days.parse().ok()).unwrap_or(BANK_DAYS);
    let accounts = statements(conn, iso(today - chrono::Duration::days(days)).as_str(), &mut gate.against)?;
    if accounts == 0 {
        gate.remark = "the book has no bank account, so no statement vouches for what is still open".to_owned();
    }
    let mut statement = conn.prepare_cached("SELECT coalesce(max(act_id), 0) FROM setting_change WHERE key = $1")?;
    let reviewed: i64 = statement.query_row([REVIEWED], |row| row.get(0))?;
    payments(conn, reviewed, &mut gate.against)?;
    receipts(conn, reviewed, &mut gate.against)?;
    Ok(gate)
}

/// Accounts whose last statement is older than it may be. Returns how many accounts there are.
fn statements(conn: &Connection, oldest: &str, against: &mut Vec<String>) -> Result<usize> {
    let mut statement = conn.prepare_cached(
        "SELECT a.name, (SELECT max(s.to_date) FROM bank_statement s WHERE s.bank_account_id = a.id AND s.source = 'statement') \
         FROM bank_account a ORDER BY a.id",
    )?;
    let mut rows = statement.query([])?;
    let mut accounts = 0;
    while let Some(row) = rows.next()? {
        accounts += 1;
        let (name, last): (String, Option<String>) = (row.get(0)?, row.get(1)?);
        match last {
            Some(last) if last.as_str() >= oldest => {}
            Some(last) => against.push(format!("The last statement of {name} ends on {last}")),
            None => against.push(format!("No statement of {name} was taken in")),
        }
    }
    Ok(accounts)
}

/// Payments of the bank the rules did not see, and those they left that came in after the last review.
fn payments(conn: &Connection, reviewed: i64, against: &mut Vec<String>) -> Result<()> {
    let mut statement = conn.prepare_cached(
        "SELECT coalesce(sum(why = ''), 0), coalesce(sum(why <> '' AND act_id > $1), 0) FROM bank_payment \
         WHERE left <> 0 AND left > 0 AND of_entry IS NOT NULL AND kind = 'receipt'",
    )?;
    let (unseen, left): (i64, i64) = statement.query_row([reviewed], |row| Ok((row.get(0)?, row.get(1)?)))?;
    match unseen {
        0 => {}
        1 => against.push("1 payment was not looked at; run o2c cash run (g b, A)".to_owned()),
        _ => against.push(format!("{unseen} payments were not looked at; run o2c cash run (g b, A)")),
    }
    match left {
        0 => {}
        1 => against.push("The rules left 1 payment that nobody decided of (o2c cash list, g b)".to_owned()),
        _ => against.push(format!("The rules left {left} payments that nobody decided of (o2c cash list, g b)")),
    }
    Ok(())
}

/// Receipts of which something is unapplied and not kept on account by decision, posted after the last review.
fn receipts(conn: &Connection, reviewed: i64, against: &mut Vec<String>) -> Result<()> {
    let mut statement = conn.prepare_cached(
        "SELECT d.number FROM item i JOIN document d ON d.id = i.document_id \
         WHERE i.open <> 0 AND i.open < 0 AND i.kind = $1 AND i.act_id > $2 \
         AND NOT EXISTS (SELECT 1 FROM payment_step s WHERE s.document_id = d.id AND s.what = 'on account') \
         ORDER BY i.id",
    )?;
    let rows = statement.query_map(params![DocumentKind::Receipt.code(), reviewed], |row| row.get(0))?;
    let numbers: Vec<String> = rows.collect::<rusqlite::Result<_>>()?;
    let more = numbers.len().saturating_sub(NAMED);
    let named = numbers.iter().take(NAMED).cloned().collect::<Vec<_>>().join(", ");
    match (numbers.len(), more) {
        (0, _) => {}
        (1, _) => against.push(format!("Something of the receipt {named} is unapplied")),
        (count, 0) => against.push(format!("Something of {count} receipts is unapplied: {named}")),
        (count, _) => against.push(format!("Something of {count} receipts is unapplied: {named} and {more} more")),
    }
    Ok(())
}

/// What the run was begun in spite of on this day, in the words of the gate; empty where nothing spoke against it, or where
/// it was begun on another day.
pub fn accepted(conn: &Connection, run: i64, today: NaiveDate) -> Result<String> {
    let text = "SELECT text FROM dunning_step WHERE run_id = $1 AND what = 'sending' AND on_date = $2";
    let mut statement = conn.prepare_cached(text)?;
    let said: Option<String> = statement.query_row(params![run, iso(today).as_str()], |row| row.get(0)).optional()?;
    Ok(said.unwrap_or_default())
}

/// What of it nobody accepted when the run was begun today.
pub fn unaccepted(conn: &Connection, run: i64, today: NaiveDate) -> Result<Vec<String>> {
    let accepted = accepted(conn, run, today)?;
    let against = gate(conn, today)?.against;
    Ok(against.into_iter().filter(|one| !accepted.contains(one.as_str())).collect())
}

impl Tx<'_> {
    /// What the gate says today.
    pub fn send_gate(&self, today: NaiveDate) -> Result<Gate> {
        gate(self.conn, today)
    }

    /// What speaks against going on with a run that was begun.
    pub fn gate_unaccepted(&self, run: i64, today: NaiveDate) -> Result<Vec<String>> {
        unaccepted(self.conn, run, today)
    }
}

/// What the gate says today, for verbs and screens.
pub fn gate_of(reader: &Reader, today: NaiveDate) -> Result<Gate> {
    gate(&reader.conn, today)
}

/// What speaks against going on with a run that was begun, for verbs and screens.
pub fn unaccepted_of(reader: &Reader, run: i64, today: NaiveDate) -> Result<Vec<String>> {
    unaccepted(&reader.conn, run, today)
}
