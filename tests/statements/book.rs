//! Into the book: every entry once, whichever file it comes in; sums that hold; all or nothing.

use std::path::Path;

use serde_json::Value;

use super::reading::{book, long};
use super::rig::{Rig, Said};

/// A sample's text.
fn sample(name: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bank").join(name)).expect("a sample")
}

fn json(said: Said) -> Value {
    serde_json::from_str(&said.done()).expect("JSON")
}

/// A statement: number, opening, entries as day, amount and reference, closing.
fn statement(number: u32, opening: &str, entries: &[(&str, &str, &str)], closing: &str, day: &str) -> String {
    let lines = entries.iter().map(|(day, amount, text)| format!(":61:{day}{amount}NTRF{text}//{text}\n:86:{text}\n"));
    let lines: String = lines.collect();
    let head = format!(":20:S\n:25:DE89370400440532013000\n:28C:{number}/1\n:60F:C260301EUR{opening}\n");
    format!("{head}{lines}:62F:C{day}EUR{closing}\n-\n")
}

const ONE: (&str, &str, &str) = ("260302", "C10,00", "ONE");
const TWO: (&str, &str, &str) = ("260302", "D4,00", "TWO");
const THREE: (&str, &str, &str) = ("260303", "C7,50", "THREE");

#[test]
fn a_file_twice_and_its_entries_in_another_file_are_booked_once() {
    let rig = book();
    rig.file("a.sta", statement(1, "100,00", &[ONE, TWO], "106,00", "260302"));
    let said = rig.run(&["import", "statement", "a.sta"]).done();
    assert!(said.contains("Main: MT940 1"), "{said}");
    assert!(said.contains("100.00 and entries of 6.00 make 106.00 EUR; 2 taken, 0 known already"), "{said}");
    assert!(said.contains("1 receipt, 1 payment"), "{said}");
    assert!(said.ends_with("1 payment waits: o2c cash list\n"), "{said}");
    let before = rig.postings();
    let said = rig.run(&["import", "statement", "a.sta"]).done();
    assert!(said.contains("already imported") && said.contains("Nothing was imported"), "{said}");
    // The same entries again in a file with one more.
    rig.file("b.sta", statement(2, "100,00", &[ONE, TWO, THREE], "113,50", "260303"));
    let said = json(rig.run(&["import", "statement", "b.sta", "--dry-run", "--json"]));
    assert_eq!((&said["dry_run"], &said["files"][0]["statements"][0]["entries"]), (&true.into(), &3.into()));
    assert_eq!(rig.postings(), before, "a rehearsal changes nothing");
    let said = json(rig.run(&["import", "statement", "b.sta", "--json"]));
    let taken = &said["files"][0]["statements"][0];
    assert_eq!((&taken["taken"], &taken["known"], &taken["gap"]), (&1.into(), &2.into(), &"0.00".into()), "{said}");
    assert_eq!((&taken["balance"], &said["payments_waiting"]), (&"113.50".into(), &2.into()), "{said}");
    rig.run(&["check"]).done();
}

#[test]
fn files_are_taken_in_by_their_dates() {
    let rig = book();
    rig.file("z-first.sta", statement(1, "0,00", &[ONE], "10,00", "260302"));
    rig.file("a-second.sta", statement(2, "10,00", &[THREE], "17,50", "260303"));
    let said = rig.run(&["import", "statement", "a-second.sta", "z-first.sta"]).done();
    let place = |name: &str| said.find(name).unwrap_or_else(|| panic!("{name}: {said}"));
    assert!(place("from z-first.sta") < place("from a-second.sta"), "{said}");
    let list = json(rig.run(&["bank", "list", "--json"]));
    let row = &list["rows"][0];
    assert_eq!((&row["balance"], &row["until"]), (&"17.50".into(), &"2026-03-03".into()), "{list}");
    assert_eq!((&row["entries_not_settled"], &row["not_settled"]), (&2.into(), &"17.50".into()), "{list}");
}

/// An import is not undone; what a wrong file brought is set right by the right one.
#[test]
fn what_a_wrong_file_brought_is_set_right() {
    let rig = book();
    rig.file("a.sta", statement(1, "0,00", &[ONE], "10,00", "260302"));
    rig.file("wrong.sta", statement(2, "10,00", &[("260303", "C1,00", "THREE")], "11,00", "260303"));
    rig.file("right.sta", statement(2, "10,00", &[THREE], "17,50", "260303"));
    rig.run(&["import", "statement", "a.sta"]).done();
    rig.run(&["import", "statement", "wrong.sta"]).done();
    let texts =
        ["[BNK-04] right.sta: Statement 2 at line 1 is another than the one of this number", "differ by -1.00 EUR"];
    rig.run(&["import", "statement", "right.sta"]).refused(1, &texts);
    rig.run(&["import", "statement", "right.sta"])
        .refused(1, &["repeat with --accept-gap and settle what only it had"]);
    let log = json(rig.run(&["log", "--json", "--where", "wrong.sta"]));
    let act = log["rows"][0]["act"].to_string();
    rig.run(&["undo", &act]).refused(1, &["[ACT-10]", "o2c cash settle PAYMENT --what elsewhere"]);
    rig.run(&["import", "statement", "right.sta", "--accept-gap"]).done();
    let waits = json(rig.run(&["cash", "list", "--json"]));
    let rows = waits["rows"].as_array().expect("rows");
    let wrong = rows.iter().find(|row| row["left"] == "1.00").expect("the payment that is none");
    rig.run(&["cash", "settle", &wrong["payment"].to_string(), "--what", "elsewhere"]).done();
    let accounts = json(rig.run(&["bank", "list", "--json"]));
    assert_eq!(accounts["rows"][0]["balance"], "17.50", "{accounts}");
    // What was taken for moved elsewhere and what was settled so cancel each other.
    let conn = rusqlite::Connection::open(rig.path("book.db")).expect("the book");
    let side = |column: &str| -> i64 {
        let elsewhere = o2c::domain::account::Account::Elsewhere.number();
        let sum = format!("SELECT coalesce(sum(amount), 0) FROM posting WHERE {column} = {elsewhere}");
        conn.query_row(&sum, [], |row| row.get(0)).expect("a sum")
    };
    assert_eq!((side("debit"), side("credit")), (100, 100));
    rig.run(&["check"]).done();
}

#[test]
fn a_gap_is_named_and_only_taken_when_somebody_says_so() {
    let rig = book();
    rig.file("a.sta", statement(1, "0,00", &[ONE], "10,00", "260302"));
    rig.file("c.sta", statement(3, "15,00", &[THREE], "22,50", "260303"));
    rig.run(&["import", "statement", "a.sta"]).done();
    let before = rig.postings();
    rig.run(&["import", "statement", "c.sta"]).refused(1, &["[BNK-04] c.sta:", "5.00", "Nothing was imported"]);
    assert_eq!(rig.postings(), before);
    let said = rig.run(&["import", "statement", "c.sta", "--accept-gap"]).done();
    assert!(said.contains("Gap before it: 5.00 EUR"), "{said}");
    rig.run(&["check"]).done();
}

#[test]
fn of_several_files_none_is_taken_when_one_cannot_be_read() {
    let rig = book();
    rig.file("a.sta", statement(1, "0,00", &[ONE], "10,00", "260302"));
    rig.file("b.sta", statement(2, "10,00", &[THREE], "17,49", "260303"));
    let texts = ["[IMP-05] b.sta:", "10.00", "7.50", "17.49", "0.01", "line 1"];
    rig.run(&["import", "statement", "a.sta", "b.sta"]).refused(1, &texts);
    assert_eq!(rig.run(&["bank", "statements", "--csv"]).done().lines().count(), 1);
}

#[test]
fn equal_entries_are_kept_and_lookalikes_told() {
    let rig = book();
    let twin = ("260302", "C10,00", "NONREF");
    rig.file("a.sta", statement(1, "0,00", &[twin, twin], "20,00", "260302"));
    let said = rig.run(&["import", "statement", "a.sta"]).done();
    assert!(said.contains("2 taken, 0 known already"), "{said}");
    // Another statement with an equal entry of the same day and no reference: perhaps the same, so it is told.
    rig.file("b.sta", statement(2, "20,00", &[twin], "30,00", "260302"));
    let said = rig.run(&["import", "statement", "b.sta"]).done();
    assert!(said.contains("looks like the entry of 2026-03-02 in statement 1"), "{said}");
    let list = json(rig.run(&["bank", "entries", "--json"]));
    assert_eq!((&list["total"], &list["rows"][0]["looks_alike"]), (&3.into(), &true.into()), "{list}");
}

#[test]
fn reports_during_the_day_book_nothing_and_unknown_accounts_are_refused() {
    let rig = book();
    rig.file("today.xml", sample("camt052.xml"));
    rig.run(&["import", "statement", "today.xml"]).refused(1, &["[BNK-01] today.xml:", "o2c bank add"]);
    rig.file("other.xml", sample("camt053.xml"));
    rig.run(&["import", "statement", "other.xml"])
        .refused(1, &["[BNK-01] other.xml:", "FI2112345600000785", "o2c bank add"]);
    rig.file("table.csv", "date,amount,currency,text\n2026-03-02,12.50,EUR,INV-1\n");
    rig.run(&["import", "statement", "table.csv"]).refused(1, &["[BNK-05] table.csv:", "--account"]);
    let said = rig.run(&["import", "statement", "table.csv", "--account", "Main"]).done();
    assert!(said.contains("entries of 12.50 EUR; 1 taken"), "{said}");
    let before = rig.postings();
    rig.run(&["bank", "add", "Finland", "--account", "FI2112345600000785", "--currency", "EUR"]).done();
    let said = rig.run(&["import", "statement", "today.xml"]).done();
    assert!(said.contains("report camt.052"), "{said}");
    assert_eq!((rig.postings(), rig.run(&["check"]).done()), (before, String::new()));
}

#[test]
fn the_same_money_in_statement_and_notification_is_booked_once() {
    let rig = Rig::new("EUR");
    rig.run(&["bank", "add", "Finland", "--account", "FI21 1234 5600 0007 85", "--currency", "EUR"]).done();
    rig.run(&["bank", "add", "Finland SEK", "--account", "FI2112345600000785", "--currency", "SEK"]).done();
    rig.file("053.xml", sample("camt053.xml"));
    rig.file("054.xml", sample("camt054.xml"));
    rig.run(&["import", "statement", "053.xml"]).done();
    let before = rig.postings();
    rig.run(&["import", "statement", "054.xml"]).done();
    assert_eq!(rig.postings(), before, "a notification books nothing");
    rig.run(&["check"]).done();
}

#[test]
fn what_became_of_an_entry_is_listed() {
    let rig = book();
    let fee = ":61:260302D2,50NCHGFEE//FEE\n:86:Account fee\n";
    let text = statement(1, "0,00", &[ONE], "7,50", "260302").replace(":62F:", &format!("{fee}:62F:"));
    rig.file("a.sta", text);
    rig.run(&["import", "statement", "a.sta"]).done();
    let list = json(rig.run(&["bank", "entries", "--account", "Main", "--json"]));
    let became = |at: usize| list["rows"][at]["became"].as_str().expect("a word").to_owned();
    assert_eq!((became(0), became(1)), ("charge".to_owned(), "waits".to_owned()), "{list}");
    let waiting = rig.run(&["bank", "entries", "--waiting", "--kind", "receipt", "--csv"]).done();
    assert!(waiting.lines().count() == 2 && waiting.contains("ONE"), "{waiting}");
    let none = rig.run(&["bank", "entries", "--account", "DE89370400440532013000", "--kind", "return", "--limit", "5"]);
    assert_eq!(none.done().lines().count(), 1);
    rig.run(&["bank", "entries", "--account", "Nobody"]).refused(1, &["[BNK-07]", "o2c bank list"]);
}

/// Killed at any moment, an import is in the book as a whole or not at all.
#[cfg(unix)]
#[test]
fn a_killed_import_leaves_nothing_or_everything() {
    let rig = book();
    rig.file("long.sta", long(3_000));
    let mut times = [40u64, 120, 260, 500, 900].into_iter();
    let taken = loop {
        let mut child = rig.start(&["import", "statement", "long.sta"]);
        let Some(wait) = times.next() else {
            break child.wait().expect("an end").success();
        };
        std::thread::sleep(std::time::Duration::from_millis(wait));
        let _ = child.kill();
        let _ = child.wait();
        let list = json(rig.run(&["bank", "statements", "--json"]));
        let entries = json(rig.run(&["bank", "entries", "--limit", "1", "--json"]));
        match list["total"].as_u64() {
            Some(0) => assert_eq!(entries["total"], 0, "{list}"),
            _ => break list["rows"][0]["entries"] == 3_000,
        }
    };
    assert!(taken);
    let list = json(rig.run(&["bank", "list", "--json"]));
    assert_eq!(list["rows"][0]["balance"], "3000.00", "{list}");
    rig.run(&["check"]).done();
}
