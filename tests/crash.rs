//! The book survives power loss at any write and an error from any call: nothing acknowledged is lost, nothing is half
//! done, a retry makes it exactly once. A small table of money stands for the book; settings known to be unsafe run
//! beside it and must lose something, or the suite itself is blind. `O2C_CRASH_POINTS` sets how many crashes are tried.

mod rigs;

use rigs::sweep::{self, Workload};
use rigs::vfs::{Disk, Fault, Lasting};
use rusqlite::{Connection, OpenFlags, TransactionBehavior, params};

/// Accounts whose balances are kept beside the transfers they come from, under a choice of `synchronous`.
struct Ledger {
    synchronous: &'static str,
}

/// One transfer, known by its key.
struct Transfer {
    key: i64,
    from: i64,
    to: i64,
    amount: i64,
}

const ACCOUNTS: i64 = 8;

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
            let book = Connection::open_with_flags_and_vfs(path, OpenFlags::default(), vfs)?;
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

#[test]
fn power_loss_anywhere_loses_nothing_acknowledged() {
    let tally = sweep::power("full", &Ledger { synchronous: "FULL" }, sweep::points(6_000));
    tally.assert_sound();
    assert!(tally.places > 200, "crashes at only {} places", tally.places);
}

#[test]
fn the_suite_sees_what_unsafe_settings_lose() {
    let points = sweep::points(6_000).min(6_000) / 4;
    let normal = sweep::power("normal", &Ledger { synchronous: "NORMAL" }, points);
    assert!(normal.lost > 0, "NORMAL lost nothing, so this suite cannot see a loss: {normal:?}");
    let off = sweep::power("off", &Ledger { synchronous: "OFF" }, points);
    assert!(off.lost + off.findings > 0, "OFF did no harm, so this suite cannot see harm: {off:?}");
}

#[test]
fn an_error_from_any_call_leaves_the_outcome_known_or_retriable() {
    let tally = sweep::faults("faults", &Ledger { synchronous: "FULL" }, sweep::points(6_000) / 2);
    tally.assert_sound();
    assert!(tally.unacknowledged > 0, "no failed act was there after all: the fault at the commit was never tried");
}

#[test]
fn the_disk_keeps_what_was_synced_and_only_that() {
    let disk = Disk::register("synced");
    let ledger = Ledger { synchronous: "FULL" };
    ledger.create(sweep::BOOK, disk.name()).expect("a book");
    let before = disk.snapshot();
    disk.power_cycle(0);
    let same = disk.snapshot().get(sweep::BOOK) == before.get(sweep::BOOK);
    assert!(same, "a closed book is all synced");

    disk.restore(&before);
    let mut book = ledger.open(sweep::BOOK, disk.name()).expect("it opens");
    disk.fail_at(1, Fault::Full, Lasting::ForEver);
    let refused = ledger.run(&mut book, &ledger.acts()[0]).expect_err("no space");
    assert!(refused.contains("full"), "{refused}");
    assert!(disk.failed());
}
