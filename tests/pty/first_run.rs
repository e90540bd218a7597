//! A first run without a book: the question, and each of its answers.

use std::path::Path;

use crate::rigs::pty::{Launch, Terminal};
use crate::stage::{PROGRAM, TODAY, restored};

const HEADER: &str = "number,customer,customer_name,document_date,due_date,amount,currency\n";

fn welcome(home: &Path) -> Terminal {
    let mut terminal = Launch::new(PROGRAM).args(["--today", TODAY]).home(home).start();
    terminal.wait_for("There is no book here yet");
    terminal
}

/// The first run with a file of one row named in the form of the import, its last field to come.
fn importing(home: &Path, row: &str) -> Terminal {
    std::fs::write(home.join("ledger.csv"), format!("{HEADER}{row}\n")).expect("a file");
    let mut terminal = welcome(home);
    terminal.press("i").wait_for("Import").type_text("ledger.csv").press("Enter").type_text("Brightwater");
    terminal
}

fn books(home: &Path) -> bool {
    home.join("data/o2c/books.db").exists()
}

#[test]
fn leaving_makes_nothing() {
    let home = tempfile::tempdir().expect("a home");
    let mut terminal = welcome(home.path());
    terminal.press("j k j q q");
    assert!(terminal.wait_exit().success());
    restored(&terminal);
    assert!(!books(home.path()));
}

#[test]
fn the_demo_opens_and_leaves_nothing_behind() {
    let home = tempfile::tempdir().expect("a home");
    let mut terminal = welcome(home.path());
    terminal.press("Enter").wait_for("DEMO").wait_for("[Today]");
    terminal.press("q q");
    assert!(terminal.wait_exit().success());
    restored(&terminal);
    assert!(!books(home.path()));
    assert_eq!(std::fs::read_dir(home.path().join("tmp")).expect("a folder").count(), 0, "the demo is removed");
}

#[test]
fn a_new_book_is_made_and_opened_and_the_next_run_asks_no_more() {
    let home = tempfile::tempdir().expect("a home");
    let mut terminal = welcome(home.path());
    terminal.press("n").wait_for("New book").type_text("Brightwater").press("Enter");
    terminal.press("C-u").type_text("usd").press("Enter").wait_for("[Today]");
    assert!(books(home.path()), "{}", terminal.text());
    terminal.press("q q");
    assert!(terminal.wait_exit().success());
    let mut again = Launch::new(PROGRAM).args(["--today", TODAY]).size(180, 50).home(home.path()).start();
    again.wait_for("[Today]").wait_for("USD");
}

#[test]
fn a_ledger_is_taken_in_and_shown() {
    let home = tempfile::tempdir().expect("a home");
    let mut terminal = importing(home.path(), "INV-1,C-1,Kestrel Ltd,2026-01-10,2026-02-09,1250.00,EUR");
    terminal.press("Enter Enter").wait_for("[Today]").press("g c").wait_for("Kestrel Ltd");
}

#[test]
fn a_ledger_that_cannot_be_taken_leaves_no_book_and_is_asked_for_again() {
    let home = tempfile::tempdir().expect("a home");
    std::fs::write(home.path().join("odd.csv"), "alpha,beta\n1,2\n").expect("a file");
    let mut terminal = welcome(home.path());
    terminal.press("i").wait_for("Import").type_text("nowhere.csv").press("Enter").type_text("Brightwater");
    terminal.press("Enter Enter").wait_for("no book was made").wait_for("nowhere.csv cannot be read");
    assert!(!books(home.path()), "{}", terminal.text());
    // What was typed stands there; only the file is another one.
    terminal.press("C-u").type_text("odd.csv").press("Enter Enter Enter Enter Enter");
    terminal.wait_for("o2c import invoices odd.csv").wait_for("Brightwater");
    assert!(!books(home.path()), "{}", terminal.text());
    terminal.press("Esc").wait_gone("Brightwater").press("q q");
    assert!(terminal.wait_exit().success());
    restored(&terminal);
}

#[test]
fn dates_of_two_readings_are_asked_about_where_the_file_was_named() {
    let home = tempfile::tempdir().expect("a home");
    let mut terminal = importing(home.path(), "INV-1,C-1,Kestrel Ltd,03/04/2026,05/06/2026,1250.00,EUR");
    terminal.press("Enter Enter").wait_for("03/04/2026 in line 2").wait_for("no book was made");
    assert!(!books(home.path()), "{}", terminal.text());
    terminal.press("Right Right Enter Enter").wait_for("[Today]").press("g i").wait_for("06 May 26");
}

#[test]
fn an_amount_of_two_readings_is_named_and_the_form_has_the_answer() {
    let home = tempfile::tempdir().expect("a home");
    let mut terminal = importing(home.path(), "INV-1,C-1,Kestrel Ltd,2026-02-01,2026-03-03,1.250,EUR");
    terminal.press("Enter Enter").wait_for("no book was made").wait_for("line 2, column amount");
    assert!(!books(home.path()), "{}", terminal.text());
    terminal.press("Right Enter").wait_for("[Today]").press("g c").wait_for("1,250.00");
}
