//! Files made by others into fresh books, where they are present (`O2C_BANK_FILES` names their folder): what is well
//! formed is taken in and its balances hold, what is not is refused in one sentence and leaves nothing.

use std::path::{Path, PathBuf};

use o2c::domain::bank::{Source, StatementRow};
use o2c::formats::bank::Options;
use o2c::formats::bank::booking::{Accounts, read};
use serde_json::Value;

use super::conversion::files;
use super::rig::{Rig, minor};

fn folder(test: &str) -> Option<PathBuf> {
    let named = std::env::var_os("O2C_BANK_FILES").map(PathBuf::from).filter(|folder| folder.is_dir());
    if named.is_none() {
        eprintln!("skipped: {test}, O2C_BANK_FILES names no folder of bank files");
    }
    named
}

/// A book with every account of these rows.
fn book(rows: &[&StatementRow]) -> Rig {
    let rig = Rig::new(rows.first().map_or("EUR", |row| row.currency.code()));
    let mut known: Vec<(&str, &str)> = Vec::new();
    for row in rows {
        let account = if row.account.is_empty() { "UNNAMED" } else { &row.account };
        let key = (account, row.currency.code());
        if !known.contains(&key) {
            let name = format!("{account} {}", key.1);
            let said = rig.run(&["bank", "add", &name, "--account", account, "--currency", key.1]);
            // Anonymised numbers that look like an IBAN and are none cannot be added.
            if said.code == 0 {
                known.push(key);
            }
        }
    }
    rig
}

/// The balance the book must have of each account: what its last statement closes with.
fn holds(name: &str, rig: &Rig, rows: &[&StatementRow]) {
    let list: Value = serde_json::from_str(&rig.run(&["bank", "list", "--json"]).done()).expect("JSON");
    for account in list["rows"].as_array().expect("rows") {
        let own = |row: &&&StatementRow| {
            (account["number"] == *row.account || row.account.is_empty()) && account["currency"] == row.currency.code()
        };
        let last = rows.iter().filter(own).rfind(|row| row.source == Source::Statement && row.closing.is_some());
        if let Some(closing) = last.and_then(|row| row.closing)
            && ["EUR", "USD", "CAD", "CHF", "SEK"].contains(&account["currency"].as_str().expect("a code"))
        {
            assert_eq!(minor(account["balance"].as_str().expect("a balance")), closing.amount, "{name}: {list}");
        }
    }
}

#[test]
fn real_files_tie_in_fresh_books_or_leave_nothing() {
    let Some(folder) = folder("real_files_tie_in_fresh_books_or_leave_nothing") else { return };
    let mut all = Vec::new();
    for kind in ["camt", "mt940", "bai2", "ofx", "misc/bankcsv", "misc/lockbox", "misc/x12"] {
        if folder.join(kind).is_dir() {
            files(&folder.join(kind), &mut all);
        }
    }
    let (mut taken, mut refused) = (0, 0);
    for path in all {
        let name = path.strip_prefix(&folder).expect("below").display().to_string();
        if one(&name, &path) { taken += 1 } else { refused += 1 }
    }
    eprintln!("{taken} files taken in, {refused} refused");
}

/// Imports one file; false where it is refused.
fn one(name: &str, path: &Path) -> bool {
    let bytes = std::fs::read(path).expect("a file");
    let options = Options::new("2026-03-31".parse().expect("a day"));
    let read = read(&bytes, &options, &Accounts::default());
    let rows: Vec<&StatementRow> = read.iter().flatten().map(|booked| &booked.row).collect();
    let rig = book(&rows);
    let shown = path.to_str().expect("a name");
    let mut args = vec!["import", "statement", shown, "--accept-gap", "--json"];
    if rows.iter().any(|row| row.account.is_empty()) {
        args.extend(["--account", "UNNAMED"]);
    }
    let said = rig.run(&args);
    if read.is_err() || said.code == 1 {
        let code = match &read {
            Err(refused) => refused.code,
            // Numbers that look like an IBAN and are none.
            Ok(_) => "BNK-01",
        };
        let file = path.file_name().and_then(|name| name.to_str()).expect("a name");
        said.refused(1, &[&format!("[{code}] {file}:")]);
        assert_eq!(rig.run(&["bank", "statements", "--csv"]).done().lines().count(), 1, "{name}");
        return false;
    }
    said.done();
    holds(name, &rig, &rows);
    let before = rig.postings();
    rig.run(&args).done();
    assert_eq!(rig.postings(), before, "{name}: the same file again changes nothing");
    assert_eq!(rig.run(&["check"]).done(), "", "{name}");
    true
}

#[test]
fn a_series_of_daily_files_joins_on() {
    let Some(folder) = folder("a_series_of_daily_files_joins_on") else { return };
    let mut all = Vec::new();
    files(&folder.join("camt/series_053_LT6258"), &mut all);
    // In no order.
    all.sort_by_key(|path| path.to_string_lossy().chars().rev().collect::<String>());
    let options = Options::new("2026-03-31".parse().expect("a day"));
    let mut rows = Vec::new();
    for path in &all {
        let bytes = std::fs::read(path).expect("a file");
        rows.extend(read(&bytes, &options, &Accounts::default()).expect("rows").into_iter().map(|booked| booked.row));
    }
    rows.sort_by_key(|row| row.from);
    let rows: Vec<&StatementRow> = rows.iter().collect();
    let rig = book(&rows);
    let mut args = vec!["import", "statement"];
    args.extend(all.iter().map(|path| path.to_str().expect("a name")));
    let said = rig.run(&args).done();
    assert!(!said.contains("Gap"), "{said}");
    holds("series", &rig, &rows);
    assert_eq!(rig.run(&["check"]).done(), "");
}
