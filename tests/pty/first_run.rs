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
    let rows = "INV-1,C-1,Kestrel Ltd,2026-01-10,2026-02-09,1250.00,EUR\n";
    std::fs::write(home.path().join("ledger.csv"), format!("{HEADER}{rows}")).expect("a file");
    let mut terminal = welcome(home.path());
    terminal.press("i").wait_for("Import").type_text("ledger.csv").press("Enter").type_text("Brightwater");
    terminal.press("Enter Enter").wait_for("[Today]").press("g c").wait_for("Kestrel Ltd");
}

#[test]
fn a_file_that_cannot_be_read_is_named_with_the_command_to_repeat() {
    let home = tempfile::tempdir().expect("a home");
    std::fs::write(home.path().join("odd.csv"), "alpha,beta\n1,2\n").expect("a file");
    let mut terminal = welcome(home.path());
    terminal.press("i").wait_for("Import").type_text("odd.csv").press("Enter").type_text("Brightwater");
    terminal.press("Enter Enter");
    assert_eq!(terminal.wait_exit().exit_code(), 1);
    let said = terminal.text().replace('\n', "");
    assert!(said.contains("o2c import invoices odd.csv --currency EUR"), "{said}");
    let empty = tempfile::tempdir().expect("a home");
    let mut terminal = welcome(empty.path());
    terminal.press("i").wait_for("Import").type_text("nowhere.csv").press("Enter").type_text("Brightwater");
    terminal.press("Enter Enter");
    assert_eq!(terminal.wait_exit().exit_code(), 3);
    assert!(terminal.text().contains("nowhere.csv cannot be read") && !books(empty.path()), "{}", terminal.text());
}
