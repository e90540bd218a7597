//! Rules of bank accounts: statements join on and their balances hold (M9), the ledger has what statements and payments
//! say (M10), payments add up to their entry and are used up by their steps alone (M10), each step is the document it says.

use rusqlite::Connection;

use super::{Finding, Findings, REBUILD, RESTORE, ask_three};
use crate::domain::account::Account;
use crate::store::error::Result;

pub(super) fn check(conn: &Connection, found: &mut Findings) -> Result<()> {
    statements(conn, found)?;
    ledger(conn, found)?;
    payments(conn, found)?;
    steps(conn, found)
}

/// The balance after every statement is the sum of all gaps and entries up to it, and where the bank names a closing
/// balance, it is that.
fn statements(conn: &Connection, found: &mut Findings) -> Result<()> {
    let mut statement = conn.prepare(
        "SELECT s.id, s.bank_account_id, s.gap, s.balance, s.closing, s.entries, count(e.id), coalesce(sum(e.amount), 0), \
           s.source FROM bank_statement s LEFT JOIN bank_entry e ON e.statement_id = s.id \
         GROUP BY s.id ORDER BY s.bank_account_id, s.id",
    )?;
    let mut rows = statement.query([])?;
    let (mut account, mut balance) = (0, 0);
    while let Some(row) = rows.next()? {
        let (id, of): (i64, i64) = (row.get(0)?, row.get(1)?);
        if of != account {
            (account, balance) = (of, 0);
        }
        let advice = row.get::<_, String>(8)? != "statement";
        let (count, net): (i64, i64) = (row.get(6)?, row.get(7)?);
        balance += row.get::<_, i64>(2)? + net;
        let object = |what: &str| format!("statement {id} {what}");
        found.differs("M9", || object("balance"), row.get(3)?, balance, RESTORE);
        if advice {
            found.differs("M9", || object("entries booked"), count, 0, RESTORE);
            continue;
        }
        found.differs("M9", || object("entries"), count, row.get(5)?, RESTORE);
        if let Some(closing) = row.get::<_, Option<i64>>(4)? {
            found.differs("M9", || object("closing balance"), balance, closing, RESTORE);
        }
    }
    Ok(())
}

/// Per currency: the bank accounts in the ledger are gaps and entries, the money not applied yet is what payments have
/// left.
fn ledger(conn: &Connection, found: &mut Findings) -> Result<()> {
    let of = |account: Account| {
        format!(
            "SELECT currency, sum(CASE WHEN debit = {0} THEN amount ELSE -amount END) AS is_now FROM posting \
             WHERE debit = {0} OR credit = {0} GROUP BY currency",
            account.number()
        )
    };
    let accounts = format!(
        "WITH posted AS ({}), moved AS (SELECT currency, sum(amount) AS must FROM \
           (SELECT currency, amount FROM bank_entry UNION ALL SELECT a.currency, s.gap FROM bank_statement s \
            JOIN bank_account a ON a.id = s.bank_account_id) GROUP BY currency) \
         SELECT 'bank accounts ' || currency, coalesce(is_now, 0), must FROM moved LEFT JOIN posted USING (currency) \
         WHERE coalesce(is_now, 0) <> must \
         UNION ALL SELECT 'bank accounts ' || currency, is_now, 0 FROM posted \
         WHERE is_now <> 0 AND currency NOT IN (SELECT currency FROM moved)",
        of(Account::BankAccounts)
    );
    ask_three(conn, found, "M10", RESTORE, &accounts)?;
    let waiting = format!(
        "WITH posted AS ({}), waits AS (SELECT currency, sum(left) AS must FROM bank_payment \
           WHERE of_entry IS NOT NULL GROUP BY currency) \
         SELECT 'unidentified cash ' || currency, coalesce(-is_now, 0), must FROM waits LEFT JOIN posted USING (currency) \
         WHERE coalesce(-is_now, 0) <> must",
        of(Account::Unidentified)
    );
    ask_three(conn, found, "M10", RESTORE, &waiting)
}

/// The payments of an entry add up to it, what one has left is its amount less its steps, and where it belongs is said by
/// its own row or by one step.
fn payments(conn: &Connection, found: &mut Findings) -> Result<()> {
    ask_three(
        conn,
        found,
        "M10",
        RESTORE,
        "SELECT 'entry ' || e.id || ' payments', coalesce(sum(p.amount), 0), e.amount FROM bank_entry e \
         LEFT JOIN bank_payment p ON p.of_entry = e.id AND NOT EXISTS \
           (SELECT 1 FROM payment_step s WHERE s.payment_id = p.id AND s.what = 'split') \
         GROUP BY e.id HAVING coalesce(sum(p.amount), 0) <> e.amount",
    )?;
    ask_three(
        conn,
        found,
        "M10",
        REBUILD,
        "SELECT 'payment ' || p.id || ' left', p.left, p.amount - coalesce(sum(s.amount), 0) FROM bank_payment p \
         LEFT JOIN payment_step s ON s.payment_id = p.id \
         GROUP BY p.id HAVING p.left <> p.amount - coalesce(sum(s.amount), 0)",
    )?;
    ask_three(
        conn,
        found,
        "M10",
        REBUILD,
        "SELECT 'payment ' || p.id || ' entry', p.of_entry, coalesce(p.entry_id, max(s.entry_id)) FROM bank_payment p \
         LEFT JOIN payment_step s ON s.payment_id = p.id AND s.what = 'joined' \
         GROUP BY p.id HAVING p.of_entry IS NOT coalesce(p.entry_id, max(s.entry_id))",
    )
}

/// A receipt is as large as its step says, and a step is taken back once and whole.
fn steps(conn: &Connection, found: &mut Findings) -> Result<()> {
    ask_three(
        conn,
        found,
        "M10",
        RESTORE,
        "SELECT 'payment step ' || s.id || ' document', s.amount, -d.amount FROM payment_step s \
         LEFT JOIN document d ON d.id = s.document_id WHERE s.what IN ('receipt', 'on account', 'known', 'return') \
         AND (d.id IS NULL OR (s.what <> 'return' AND s.amount <> -d.amount) OR (s.what = 'return' AND s.amount <> d.amount))",
    )?;
    let mut statement = conn.prepare(
        "SELECT t.id FROM payment_step t LEFT JOIN payment_step s ON s.id = t.takes_back \
         WHERE (t.takes_back IS NOT NULL) <> (t.what = 'undone') \
           OR (t.takes_back IS NOT NULL AND (s.id IS NULL OR s.payment_id <> t.payment_id OR s.amount <> -t.amount))",
    )?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let object = format!("payment step {}", row.get::<_, i64>(0)?);
        found.add(Finding::new("P4", object, "takes nothing back", "the exact negative of a step", RESTORE));
    }
    Ok(())
}
