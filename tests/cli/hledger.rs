//! An independent answer: the journal of a demo book, read by hledger where it is installed, gives the same receivable
//! balance per customer and in total as the aging, at three dates.

use std::collections::BTreeMap;
use std::process::Command;

use chrono::{Duration, NaiveDate};

use super::rig::{Rig, minor};

type Balances = BTreeMap<(String, String), i64>;

fn by_hledger(rig: &Rig, as_of: NaiveDate) -> Balances {
    let before = (as_of + Duration::days(1)).to_string();
    let args =
        ["bal", "assets:receivable", "--depth", "3", "-N", "--flat", "-O", "csv", "--layout", "bare", "-e", &before];
    let output = Command::new("hledger").arg("-f").arg(rig.path("book.journal")).args(args).output().expect("hledger");
    assert!(output.status.success(), "{output:?}");
    let text = String::from_utf8(output.stdout).expect("text");
    let rows = text.lines().skip(1).map(|line| line.split(',').map(|cell| cell.trim_matches('"')).collect::<Vec<_>>());
    rows.map(|row| {
        let customer = row[0].strip_prefix("assets:receivable:").expect("a customer's account");
        ((customer.to_owned(), row[1].to_owned()), minor(row[2]))
    })
    .filter(|(_, balance)| *balance != 0)
    .collect()
}

fn by_aging(rig: &Rig, as_of: NaiveDate) -> Balances {
    let csv = rig.run(&["aging", "--as-of", &as_of.to_string(), "--csv"]).done();
    let rows = csv.lines().skip(1).map(|line| line.split(',').collect::<Vec<_>>());
    // Names may hold commas; the number is before and everything else behind them.
    rows.map(|row| ((row[2].to_owned(), row[row.len() - 10].to_owned()), minor(row[row.len() - 1])))
        .filter(|(_, balance)| *balance != 0)
        .collect()
}

#[test]
fn hledger_and_the_aging_agree_for_every_customer() {
    if Command::new("hledger").arg("--version").output().is_err() {
        eprintln!("skipped: hledger_and_the_aging_agree_for_every_customer, hledger is not installed");
        return;
    }
    let rig = Rig::bare();
    rig.run(&["demo", "--out", "book.db", "--customers", "25", "--invoices", "500"]).done();
    rig.run(&["export", "journal", "--format", "hledger", "--out", "book.journal"]).done();
    for as_of in ["2024-12-31", "2025-09-30", "2026-03-31"] {
        let as_of = as_of.parse().expect("a date");
        let (theirs, ours) = (by_hledger(&rig, as_of), by_aging(&rig, as_of));
        assert!(ours.len() > 3, "{ours:?}");
        assert_eq!(theirs, ours, "as of {as_of}");
    }
}
