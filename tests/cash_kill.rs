//! Kills the program while it takes a statement in and while the rules apply it. Afterwards every payment is untouched
//! or wholly applied, the check finds nothing, and the same two commands bring the book to where an undisturbed run
//! brought it: every receipt exactly once. `O2C_LONG=1` kills more often.

use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use rusqlite::Connection;

/// Payments on the statement: two batches of the rules.
const PAYMENTS: usize = 5_500;

fn o2c(folder: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_o2c"));
    command.current_dir(folder).env("USER", "tess").env("O2C_BOOK", folder.join("book.db"));
    command.args(["--today", "2026-03-31"]).args(args);
    command
}

fn said(folder: &Path, args: &[&str]) -> Output {
    o2c(folder, args).output().expect("the program starts")
}

fn done(folder: &Path, args: &[&str]) {
    let output = said(folder, args);
    assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
}

/// A book of open invoices, and a statement on which each is paid.
fn start(folder: &Path) {
    let mut invoices = String::from("number,customer,document_date,due_date,amount,currency\n");
    let mut statement = String::from(":20:S\n:25:DE89370400440532013000\n:28C:41/1\n:60F:C260301EUR1000,00\n");
    let mut cents = 100_000;
    for place in 0..PAYMENTS {
        let (whole, part) = (10 + place, place % 100);
        cents += (whole * 100 + part) as i64;
        invoices += &format!("INV-{},C{},2026-02-01,2026-03-03,{whole}.{part:02},EUR\n", 70_000 + place, place % 40);
        statement += &format!(":61:260302C{whole},{part:02}NTRFNONREF//B-{place}\n:86:INV-{}\n", 70_000 + place);
    }
    statement += &format!(":62F:C260302EUR{},{:02}\n-\n", cents / 100, cents % 100);
    std::fs::write(folder.join("invoices.csv"), invoices).expect("a file");
    std::fs::write(folder.join("march.sta"), statement).expect("a file");
    done(folder, &["init", "--company", "Nordwind GmbH", "--currency", "EUR"]);
    done(folder, &["import", "invoices", "invoices.csv"]);
    done(folder, &["bank", "add", "Main", "--account", "DE89370400440532013000", "--currency", "EUR"]);
}

/// What became of the money: open items, payments left, receipts with their amounts.
fn state(folder: &Path) -> Vec<(String, i64, i64)> {
    let conn = Connection::open(folder.join("book.db")).expect("the book");
    let text = "SELECT 'item ' || d.number, i.open, i.amount FROM item i JOIN document d ON d.id = i.document_id \
                WHERE d.kind = 1 UNION ALL SELECT 'payment ' || p.text, p.left, p.amount FROM bank_payment p \
                UNION ALL SELECT 'receipts', count(*), coalesce(sum(amount), 0) FROM document WHERE kind = 4 ORDER BY 1";
    let mut statement = conn.prepare(text).expect("a question");
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).expect("rows");
    rows.collect::<Result<_, _>>().expect("rows")
}

/// Starts the program, and kills it after so long if it is still running.
fn killed(folder: &Path, args: &[&str], after: Duration) -> bool {
    let mut child = o2c(folder, args).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the program starts");
    std::thread::sleep(after);
    let running = child.try_wait().expect("a child").is_none();
    child.kill().ok();
    child.wait().expect("a child");
    running
}

/// After a kill: sound, and no payment in between.
fn whole(folder: &Path) {
    let check = said(folder, &["check"]);
    assert!(check.status.success() && check.stdout.is_empty(), "{}", String::from_utf8_lossy(&check.stdout));
    for (name, left, amount) in state(folder) {
        assert!(name == "receipts" || left == 0 || left == amount, "{name} is half applied: {left} of {amount}");
    }
}

#[test]
fn a_killed_import_or_run_leaves_payments_whole_and_is_finished_by_the_next() {
    let long = std::env::var_os("O2C_LONG").is_some();
    let made = tempfile::tempdir().expect("a folder");
    start(made.path());
    let copy = || {
        let folder = tempfile::tempdir().expect("a folder");
        for name in ["book.db", "march.sta"] {
            std::fs::copy(made.path().join(name), folder.path().join(name)).expect("a copy");
        }
        folder
    };
    let import = ["import", "statement", "march.sta"];
    let undisturbed = copy();
    let clock = std::time::Instant::now();
    done(undisturbed.path(), &import);
    let (taken, clock) = (clock.elapsed(), std::time::Instant::now());
    done(undisturbed.path(), &["cash", "run"]);
    let ran = clock.elapsed();
    let must = state(undisturbed.path());
    let applied = must.iter().filter(|(name, left, _)| name.starts_with("payment") && *left == 0).count();
    assert_eq!(applied, PAYMENTS, "each payment names its invoice");
    let points = if long { 40 } else { 3 };
    let mut kills = 0;
    for point in 0..points {
        let folder = copy();
        let folder = folder.path();
        kills += usize::from(killed(folder, &import, taken * (2 * point + 1) / (2 * points)));
        whole(folder);
        // It is in already where the kill came after the commit.
        let again = said(folder, &import);
        assert!(again.status.success() || String::from_utf8_lossy(&again.stderr).contains("[IMP-0"), "{again:?}");
        kills += usize::from(killed(folder, &["cash", "run"], ran * (2 * point + 1) / (2 * points)));
        whole(folder);
        done(folder, &["cash", "run"]);
        assert_eq!(state(folder), must, "point {point}");
        whole(folder);
    }
    assert!(kills > 0, "nothing was killed while it ran");
    println!("{kills} kills of {}", 2 * points);
}
