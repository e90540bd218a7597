//! Bad input: one clear sentence each, and nothing half done.

use super::rig::Rig;

const HEAD: &str = "number,customer,document_date,due_date,amount,currency\n";
const GOOD: &str = "1,C1,2026-01-05,2026-02-05,10.00,EUR\n";

/// Imports a file that must be refused, and looks whether anything changed.
#[track_caller]
fn refused(file: impl AsRef<[u8]>, texts: &[&str]) {
    let rig = Rig::new("EUR");
    let name = rig.file("bad.csv", file);
    let (before, files) = (rig.run(&["export", "items"]).done(), rig.files());
    rig.run(&["import", "invoices", &name]).refused(1, texts);
    assert_eq!(rig.run(&["export", "items"]).done(), before);
    assert_eq!(rig.run(&["customers", "--csv"]).done().lines().count(), 1);
    assert_eq!(rig.files(), files);
    rig.run(&["check"]).done();
}

#[test]
fn a_file_cut_in_the_middle_of_a_line() {
    refused(
        format!("{HEAD}{GOOD}2,C1,2026-0"),
        &["[CSV-01]", "bad.csv: The file ends in the middle of line 3", "Nothing was imported"],
    );
    refused(
        format!("{HEAD}{GOOD}2,\"C1,2026-01-05,2026-02-05,10.00,EUR\n"),
        &["[CSV-01]", "ends in the middle of line 3, inside a quote"],
    );
}

#[test]
fn an_order_of_dates_that_is_open_or_wrong() {
    refused(
        format!("{HEAD}1,C1,03/04/2026,04/05/2026,10.00,EUR\n"),
        &["[DAT-03]", "give --date-order dmy or --date-order mdy"],
    );
    refused(
        format!("{HEAD}1,C1,03/04/2026,25/05/2026,10.00,EUR\n2,C1,05/31/2026,06/30/2026,1.00,EUR\n"),
        &["[DAT-03]", "Line 2 has 25/05/2026 and line 3 has 05/31/2026", "no --date-order fits both"],
    );
    let rig = Rig::new("EUR");
    let name = rig.file("day.csv", format!("{HEAD}1,C1,31/12/2025,03/02/2026,10.00,EUR\n"));
    rig.run(&["import", "invoices", &name, "--date-order", "mdy"]).refused(1, &["[IMP-07]", "1 of the rows"]);
    rig.run(&["import", "invoices", &name, "--date-order", "dmy"]).done();
    assert!(rig.run(&["items", "--csv"]).done().contains(",2025-12-31,2026-02-03,"));
}

#[test]
fn a_file_that_is_no_table_is_named_with_what_to_do() {
    let sheet = "Save the sheet as CSV (UTF-8)";
    refused(b"PK\x03\x04\x14\0\x06\0\x08\0[Content_Types].xml\xEE\xFF", &["[IMP-11]", "a workbook", sheet]);
    refused(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", &["[IMP-11]", "an old workbook", sheet]);
    refused(b"%PDF-1.4\n%\xE2\xE3", &["[IMP-11]", "a PDF"]);
    let ubl = "<Invoice xmlns=\"urn:oasis:names:specification:ubl:schema:xsd:Invoice-2\"/>";
    refused(ubl, &["[IMP-11]", "an e-invoice in XML"]);
    let camt = "<?xml version=\"1.0\"?><Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.02\"/>";
    refused(camt, &["[IMP-11]", "o2c import statement"]);
}

#[test]
fn a_dry_run_says_what_the_file_comes_to() {
    let rig = Rig::new("EUR");
    let rows = "A,C1,2026-01-05,2026-02-05,100.00,EUR\nB,C1,2026-03-05,2026-04-05,-30.00,EUR\nC,C2,2025-12-31,2026-01-31,7.00,USD\n";
    let name = rig.file("ledger.csv", format!("{HEAD}{rows}"));
    for way in [&["--dry-run"][..], &[]] {
        let args: Vec<&str> = ["import", "invoices", &name].into_iter().chain(way.iter().copied()).collect();
        let said = rig.run(&args).done();
        assert!(said.contains("Read: EUR 1 invoice 100.00, 1 credit note -30.00; together 70.00."), "{said}");
        assert!(said.contains("Read: USD 1 invoice 7.00."), "{said}");
        let days = "Its days: dated 2025-12-31 to 2026-03-05, due 2026-01-31 to 2026-04-05.";
        assert!(said.contains(days), "{said}");
    }
}

#[test]
fn the_sums_of_a_file_say_what_of_it_is_not_taken() {
    let rig = Rig::new("EUR");
    let first = rig.file("first.csv", format!("{HEAD}{GOOD}"));
    rig.run(&["import", "invoices", &first]).done();
    let rows = format!("{HEAD}{GOOD}2,C1,2026-01-05,2026-02-05,5.00,EUR\n3,C1,2026-01-05,2026-02-05,abc,EUR\n");
    let name = rig.file("more.csv", rows);
    let said = rig.run(&["import", "invoices", &name, "--skip-refused", "--dry-run"]).done();
    assert!(said.contains("Read: EUR 2 invoices 15.00."), "{said}");
    assert!(said.contains("1 row could not be read and is in none of these sums."), "{said}");
    assert!(said.contains("In these sums are also rows that are not taken: 1 known already."), "{said}");
}

#[test]
fn an_amount_with_two_readings() {
    let rig = Rig::new("EUR");
    let name = rig.file("open.csv", format!("{HEAD}1,C1,2026-01-05,2026-02-05,1.250,EUR\n"));
    let said = rig.run(&["import", "invoices", &name]);
    assert!(said.out.contains("Refused line 2, column amount: [AMT-04]"), "{said:?}");
    said.refused(1, &["[IMP-07]", "Nothing was imported"]);
    assert_eq!(rig.run(&["aging", "--json"]).done().matches("\"currency\"").count(), 0);
}

#[test]
fn a_name_with_escape_sequences_is_shown_harmless_and_kept_out() {
    let rig = Rig::new("EUR");
    let file = "number,customer,customer_name,document_date,due_date,amount,currency\n\
                1,C1,\"Evil\u{1b}[2J\u{1b}]0;pwned\u{7} \u{202e}GmbH\",2026-01-05,2026-02-05,10.00,EUR\n\
                2\u{1b}[31m,C1\u{200b},x,2026-01-05,2026-02-05,1e5,EUR\n";
    let name = rig.file("evil.csv", file);
    let said = rig.run(&["import", "invoices", &name, "--skip-refused"]).done();
    assert!(!said.contains(['\u{1b}', '\u{7}', '\u{202e}', '\u{200b}']), "{said}");
    assert!(said.contains("[TXT-02]"), "{said}");
    for args in [vec!["customers"], vec!["items", "--json"], vec!["export", "journal"], vec!["worklist", "--all"]] {
        let shown = rig.run(&args).done();
        assert!(shown.contains("Evil") || args[0] == "export", "{shown}");
        assert!(!shown.contains(['\u{1b}', '\u{7}', '\u{202e}']), "{shown}");
    }
}

#[test]
fn files_that_are_no_files() {
    let rig = Rig::new("EUR");
    std::fs::create_dir(rig.path("folder")).expect("a folder");
    rig.run(&["import", "invoices", "folder"]).refused(1, &["[FIL-01]", "folder is not a regular file"]);
    let fifo = std::process::Command::new("mkfifo").arg(rig.path("pipe")).status();
    if fifo.is_ok_and(|status| status.success()) {
        rig.run(&["import", "invoices", "pipe"]).refused(1, &["[FIL-01]", "pipe is not a regular file"]);
    }
    let name = rig.file("empty.csv", "");
    rig.run(&["import", "invoices", &name]).refused(1, &["[FIL-01]", "empty.csv is empty"]);
    std::os::unix::fs::symlink(rig.path("empty.csv"), rig.path("link.csv")).expect("a link");
    for what in ["invoices", "customers", "receipts", "statement"] {
        rig.run(&["import", what, "link.csv"]).refused(1, &["[FIL-01]", "link.csv is a link", "name the file itself"]);
        rig.run(&["import", what, "/dev/zero"]).refused(1, &["[FIL-01]", "/dev/zero is not a regular file"]);
    }
    rig.run(&["import", "invoices", "missing.csv"]).refused(3, &["[FIL-05]", "missing.csv cannot be read"]);
    let name = rig.file("odd.csv", "a,b,c\n1,2,3\n");
    rig.run(&["import", "invoices", &name]).refused(1, &["[MAP-02]", "odd.csv"]);
    rig.run(&["import", "invoices", &name, "--map", "nonsense"]).refused(2, &["Built-in mappings are canonical"]);
    let map = rig.file("my.toml", "kind = \"invoices\"\nnonsense = 1\n");
    rig.run(&["import", "invoices", &name, "--map", &map]).refused(1, &["[MAP-01]", "my.toml"]);
}

#[test]
fn books_that_cannot_be_opened() {
    let rig = Rig::bare();
    rig.run(&["aging"]).refused(3, &["[DB-05]", "There is no book at book.db", "o2c init"]);
    let text = rig.file("text.db", "this is no book, whatever its name may be; it is much too short and is only text");
    rig.run_on(&text, &["aging"]).refused(1, &["[DB-06]", "text.db is not an o2c book. It was not touched."]);
    assert_eq!(rig.files(), ["text.db"]);
}

/// SQLite goes by names: what it kept beside one book would be mixed into the next, or emptied with the acts in it.
#[test]
fn nothing_is_made_beside_what_another_book_left() {
    let rig = Rig::new("EUR");
    rig.run(&["backup", "copy.db"]).done();
    // A book in use, so that its last act stands in the log alone; the log is where a moved book left it.
    let held = rusqlite::Connection::open(rig.path("book.db")).expect("the book");
    held.query_row("SELECT count(*) FROM act", [], |_| Ok(())).expect("in use");
    rig.run(&["bank", "add", "Main", "--account", "DE89370400440532013000", "--currency", "EUR"]).done();
    let book = std::fs::read(rig.path("book.db")).expect("the book");
    let died = ["moved.db-wal", "moved.db-shm"];
    for name in died {
        std::fs::copy(rig.path(&name.replace("moved", "book")), rig.path(name)).expect("left");
    }
    drop(held);
    let before: Vec<_> = died.iter().map(|name| std::fs::read(rig.path(name)).expect("what was left")).collect();
    let names = died.join(" and ");
    let left =
        format!("[DB-21] {names} lie left over from another book of the name moved.db. Nothing was made; move them");
    let init = ["init", "--company", "Nordwind", "--currency", "EUR"];
    rig.run_on("moved.db", &init).refused(1, &[&left, "away together with that book"]);
    rig.run_on("moved.db", &["restore", "copy.db"]).refused(1, &[&left]);
    rig.run_on("moved.db", &["restore", "copy.db", "--dry-run"]).refused(1, &[&left]);
    rig.run(&["demo", "--out", "moved.db"]).refused(1, &[&left]);
    rig.run(&["backup", "moved.db"]).refused(1, &[&left]);
    for args in [vec!["aging"], vec!["note", "C1", "x"]] {
        let there =
            format!("[DB-21] There is no book at moved.db, but {names} lie there: the book was moved away without");
        rig.run_on("moved.db", &args).refused(1, &[&there, "put the book back beside them"]);
    }
    let after: Vec<_> = died.iter().map(|name| std::fs::read(rig.path(name)).expect("what was left")).collect();
    assert!(before == after && !rig.path("moved.db").exists() && !rig.path("moved.db.partial").exists());
    // What it says to do works: the last act is there again, and the name is free.
    rig.file("moved.db", book);
    let log = rig.run_on("moved.db", &["audit", "log"]).done();
    assert!(log.contains("Added the bank account Main"), "{log}");
    for name in died {
        std::fs::remove_file(rig.path(name)).expect("moved away");
    }
    std::fs::remove_file(rig.path("moved.db")).expect("moved away");
    rig.run_on("moved.db", &["restore", "copy.db"]).done();
    rig.run_on("moved.db", &["check"]).done();
    rig.run_on("new.db", &["restore", "none.db"])
        .refused(3, &["[DB-05] There is no copy at none.db. Nothing was made"]);
}

#[test]
fn a_book_from_a_newer_version() {
    let rig = Rig::new("EUR");
    // The format stands in bytes 60 to 63 of the file's header.
    let mut bytes = std::fs::read(rig.path("book.db")).expect("a book");
    bytes[60..64].copy_from_slice(&99_u32.to_be_bytes());
    rig.file("newer.db", &bytes);
    for args in [vec!["aging"], vec!["note", "C1", "x"], vec!["import", "invoices", "newer.db"]] {
        rig.run_on("newer.db", &args).refused(1, &["[DB-07]", "newer.db has format 99", "use a newer o2c"]);
    }
    assert_eq!(std::fs::read(rig.path("newer.db")).expect("a book"), bytes);
}

#[test]
fn a_folder_that_may_not_be_written() {
    let place = std::path::Path::new("/proc/book.db");
    if !place.parent().is_some_and(std::path::Path::is_dir) {
        eprintln!("skipped: a_folder_that_may_not_be_written needs /proc");
        return;
    }
    let rig = Rig::bare();
    let init = ["init", "--company", "Nordwind", "--currency", "EUR"];
    rig.run_on("/proc/book.db", &init).refused(3, &["[DB-03]", "/proc/book.db cannot be made"]);
    let rig = Rig::new("EUR");
    rig.run(&["export", "items", "--out", "/proc/items.csv"]).refused(3, &["[FIL-05]", "/proc/items.csv"]);
    rig.run(&["backup", "/proc/copy.db"]).refused(3, &["[DB-03]"]);
}

#[test]
fn refused_rows_are_corrected_and_imported_again() {
    let rig = Rig::new("EUR");
    let file = format!("{HEAD}{GOOD}2,C2,2026-02-30,2026-03-05,20.00,EUR\n3,C1,2026-01-06,2026-02-06,30.00,EUR\n");
    let name = rig.file("ledger.csv", &file);
    let said = rig.run(&["import", "invoices", &name]);
    assert!(said.out.contains("Refused line 3, column document_date: [DAT-01] 2026-02-30 does not exist."), "{said:?}");
    said.refused(1, &["[IMP-07] 1 of the rows of ledger.csv cannot be taken", "--skip-refused"]);
    assert_eq!(rig.files(), ["book.db", "ledger.csv"]);

    let said = rig.run(&["import", "invoices", &name, "--skip-refused"]).done();
    assert!(said.contains("Rows: 2 taken, 0 already known, 1 refused, 1 new customers."), "{said}");
    assert!(said.contains("Refused rows: ledger.refused.csv."), "{said}");
    let bad = rig.read("ledger.refused.csv");
    assert!(
        bad.starts_with("\u{feff}number,customer,document_date,due_date,amount,currency,o2c_reason\n2,C2,"),
        "{bad}"
    );
    rig.file("ledger.refused.csv", bad.replace("2026-02-30", "2026-02-28"));
    let said = rig.run(&["import", "invoices", "ledger.refused.csv"]).done();
    assert!(said.contains("Rows: 1 taken, 0 already known, 0 refused"), "{said}");

    // The book's own refusals go the same way, with the line as it stood.
    let twice =
        rig.file("more.csv", format!("{HEAD}1,C1,2026-01-05,2026-02-05,11.00,EUR\n9,C1,2026-01-05,,9.00,EUR\n"));
    let said = rig.run(&["import", "invoices", &twice, "--skip-refused", "--refused-to", "left.csv"]).done();
    assert!(said.contains("Refused line 2, column number: [IMP-03] invoice 1 is in the book already"), "{said}");
    assert!(rig.read("left.csv").contains("\n1,C1,2026-01-05,2026-02-05,11.00,EUR,"));
    rig.run(&["check"]).done();
}
