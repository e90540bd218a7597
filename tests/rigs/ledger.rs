//! A stand-in for the book: accounts whose balances are kept beside the transfers they come from, in plain SQL. It lets
//! the rigs be tried, and their blindness be tested, without a single act of the program.

use super::procs::Shift;
use super::sweep::Workload;
use rusqlite::{Connection, OpenFlags, TransactionBehavior, params};

/// Accounts whose balances are kept beside the transfers they come from, under a choice of `synchronous`.
pub struct Ledger {
    synchronous: &'static str,
}

impl Ledger {
    pub fn new(synchronous: &'static str) -> Ledger {
        Ledger { synchronous }
    }
}

/// One transfer, known by its key.
pub struct Transfer {
    key: i64,
    from: i64,
    to: i64,
    amount: i64,
}

const ACCOUNTS: i64 = 8;

impl Transfer {
    fn of(key: i64) -> Transfer {
        Transfer { key, from: key % ACCOUNTS, to: (key * 3 + 1) % ACCOUNTS, amount: 100 + key % 1_000 * 7 }
    }
}

impl Shift for Ledger {
    fn act(&self, worker: u64, n: u64) -> Transfer {
        Transfer::of((worker * 1_000_000 + n).cast_signed())
    }
}

impl Workload for Ledger {
    type Book = Connection;
    type Act = Transfer;

    fn create(&self, path: &str, vfs: &str) -> Result<(), String> {
        let book = self.open(path, vfs)?;
        book.execute_batch(
            "CREATE TABLE account (id INTEGER PRIMARY KEY, balance INTEGER NOT NULL) STRICT;
             CREATE TABLE transfer (key INTEGER PRIMARY KEY, debit INTEGER NOT NULL, credit INTEGER NOT NULL,
                                    amount INTEGER NOT NULL, text TEXT NOT NULL) STRICT;
             CREATE INDEX transfer_credit ON transfer (credit, amount);",
        )
        .map_err(|e| e.to_string())?;
        for account in 0..ACCOUNTS {
            book.execute("INSERT INTO account VALUES ($1, 0)", [account]).map_err(|e| e.to_string())?;
        }
        Ok(())
    }

    fn open(&self, path: &str, vfs: &str) -> Result<Connection, String> {
        let connect = || {
            let mut book = Connection::open_with_flags_and_vfs(path, OpenFlags::default(), vfs)?;
            book.busy_handler(Some(wait_a_little))?;
            book.pragma_update(None, "journal_mode", "WAL")?;
            book.pragma_update(None, "synchronous", self.synchronous)?;
            // Small, so that checkpoints fall among the acts and not only at closing time.
            book.pragma_update(None, "wal_autocheckpoint", 12)?;
            Ok(book)
        };
        connect().map_err(|e: rusqlite::Error| e.to_string())
    }

    fn acts(&self) -> Vec<Transfer> {
        let transfer =
            |key: i64| Transfer { key, from: key % ACCOUNTS, to: (key * 3 + 1) % ACCOUNTS, amount: 100 + key * 7 };
        (1..=24).map(transfer).collect()
    }

    fn run(&self, book: &mut Connection, act: &Transfer) -> Result<(), String> {
        let mut transfer = || {
            let tx = book.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let known: i64 = tx.query_row("SELECT COUNT(*) FROM transfer WHERE key = $1", [act.key], |r| r.get(0))?;
            if known == 0 {
                tx.execute(
                    "INSERT INTO transfer VALUES ($1, $2, $3, $4, $5)",
                    params![act.key, act.to, act.from, act.amount, "remittance advice ".repeat(40)],
                )?;
                let change = "UPDATE account SET balance = balance + $1 WHERE id = $2";
                tx.execute(change, [act.amount, act.to])?;
                tx.execute(change, [-act.amount, act.from])?;
            }
            tx.commit()
        };
        transfer().map_err(|e: rusqlite::Error| e.to_string())
    }

    fn count(&self, book: &mut Connection, act: &Transfer) -> Result<u64, String> {
        let sql = "SELECT COUNT(*) FROM transfer WHERE key = $1 AND debit = $2 AND credit = $3 AND amount = $4";
        let count = book.query_row(sql, [act.key, act.to, act.from, act.amount], |r| r.get::<_, i64>(0));
        count.map(i64::unsigned_abs).map_err(|e| e.to_string())
    }

    fn check(&self, book: &mut Connection) -> Result<Vec<String>, String> {
        let ask = |sql: &str| {
            let mut statement = book.prepare(sql)?;
            let answers = statement.query_map([], |r| r.get::<_, String>(0))?;
            answers.collect::<Result<Vec<String>, rusqlite::Error>>()
        };
        let mut findings = ask("PRAGMA integrity_check").map_err(|e| e.to_string())?;
        findings.retain(|finding| finding != "ok");
        let balances = "SELECT 'balance of account ' || a.id || ' is not the sum of its transfers' FROM account a
             WHERE a.balance <> (SELECT COALESCE(SUM(amount), 0) FROM transfer WHERE debit = a.id)
                             - (SELECT COALESCE(SUM(amount), 0) FROM transfer WHERE credit = a.id)";
        findings.extend(ask(balances).map_err(|e| e.to_string())?);
        Ok(findings)
    }
}

/// SQLite's own back-off starves unlucky writers; short uneven naps do not.
fn wait_a_little(tries: i32) -> bool {
    let uneven = u64::from(tries.unsigned_abs() ^ std::process::id()) % 7;
    std::thread::sleep(std::time::Duration::from_micros(500 + uneven * 400));
    tries < 5_000
}
