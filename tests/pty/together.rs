//! Two sessions and a verb on one book: what one writes the other shows without a key, and two people on one dispute
//! do not lose anything.

use std::time::{Duration, Instant};

use crate::rigs::pty::Terminal;
use crate::stage::{Stage, ready};

#[track_caller]
fn shows_soon(terminal: &mut Terminal, text: &str) {
    let wrote = Instant::now();
    terminal.wait_for(text);
    assert!(wrote.elapsed() < Duration::from_millis(2_000), "{text} took {:?}", wrote.elapsed());
}

#[test]
fn what_a_verb_writes_shows_within_two_seconds_without_a_key() {
    let stage = Stage::new();
    let mut terminal = stage.open();
    terminal.press("g l").wait_for("> Log");
    stage.verb(&["note", "10054", "called the site office"]);
    shows_soon(&mut terminal, "Note: Grünmoos");
    terminal.press("g d").wait_for("[Disputes]");
    let invoice = free_invoice(&stage);
    assert!(!terminal.text().contains(&invoice), "{}", terminal.text());
    stage.verb(&["dispute", "open", &invoice, "--amount", "1", "--reason", "price"]);
    shows_soon(&mut terminal, &invoice);
}

/// An open invoice without a dispute.
fn free_invoice(stage: &Stage) -> String {
    let said = stage.verb(&["items", "--where", "open>100", "--json"]);
    let answer: serde_json::Value = serde_json::from_str(&said).expect("JSON");
    let rows = answer["rows"].as_array().expect("rows");
    let free = rows.iter().find(|row| row["disputed"] == "0.00").expect("an open invoice without a dispute");
    free["number"].as_str().expect("a number").to_owned()
}

#[test]
fn the_second_of_two_on_one_dispute_is_told_and_keeps_what_was_typed() {
    let stage = Stage::new();
    let mut anna = stage.open();
    let mut chloe = ready(stage.launch().args(["--as", "chloe"]).start());
    for terminal in [&mut anna, &mut chloe] {
        terminal.press("g d").wait_for("[Disputes]").press("n").wait_for("Note on D-");
    }
    anna.type_text("carrier asked for proof").wait_quiet();
    chloe.type_text("proof came by post").press("Enter").wait_for("u undoes");
    anna.press("Enter").wait_for("Chloe Martin").wait_for("Yours was not written");
    anna.press("Esc").wait_quiet().press("n").wait_for("continuing the draft").press("Enter").wait_for("u undoes");
    anna.press("Enter");
    for said in ["carrier asked for", "proof came by post"] {
        anna.wait_for(said);
    }
}

#[test]
fn an_open_session_says_at_its_head_what_became_of_the_book() {
    let stage = Stage::new();
    let mut terminal = stage.open();
    // An upgrade puts a notice up while it copies and checks, and takes it down.
    let book = rusqlite::Connection::open(stage.book()).expect("the book");
    o2c::store::migrate::announce(&book, "anna, 2026-03-16 12:00 UTC").expect("a notice");
    terminal.wait_for("[DB-09] The book is being upgraded: nothing is posted until it is done.");
    terminal.press("n").wait_for("Note").type_text("half a thought").press("Enter").wait_for("being upgraded (anna");
    terminal.press("Esc");
    o2c::store::migrate::all_clear(&book).expect("no notice");
    terminal.wait_gone("DB-09").wait_for("[Today]");
    // A newer format under it; then the format it was.
    book.pragma_update(None, "user_version", 99).expect("another format");
    terminal.wait_for("[DB-09] The book was upgraded: nothing is posted from here; start o2c again.");
}

#[test]
fn an_open_session_whose_book_was_replaced_by_a_restored_one_posts_nothing() {
    let stage = Stage::new();
    let mut terminal = stage.open();
    let (copy, restored) = (stage.book().with_extension("copy"), stage.book().with_extension("restored"));
    stage.verb(&["backup", copy.to_str().expect("UTF-8")]);
    let mut restore = std::process::Command::new(crate::stage::PROGRAM);
    restore.args(["--today", crate::stage::TODAY, "--book"]).arg(&restored).arg("restore").arg(&copy);
    let said = restore.output().expect("the program starts");
    assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
    std::fs::rename(&restored, stage.book()).expect("the restored book takes the place");
    terminal.wait_for("[DB-20] The book's file was replaced: nothing is posted; start o2c again.");
    terminal.press("n").wait_for("Note").type_text("half a thought").press("Enter");
    terminal.wait_for("[DB-20] The book's file was taken away or replaced");
}

#[test]
fn what_an_administrator_grants_and_takes_shows_in_a_session_that_is_open() {
    let stage = Stage::new();
    stage.verb(&["user", "add", "vera", "--name", "Vera Kranz", "--role", "viewer"]);
    let mut vera = stage.launch().args(["--as", "vera"]).start();
    vera.wait_for("[Today]").wait_quiet();
    vera.press("n").wait_for("needs the right to log calls");
    vera.press("Esc").wait_quiet();
    // The administrator works in a session of the workstation as well.
    let mut admin = stage.open();
    admin.wait_quiet();
    stage.verb(&["user", "role", "vera", "collector"]);
    shows_soon(&mut vera, "your rights were changed: you are");
    vera.press("n").wait_for("Note").press("Esc").wait_quiet();
    stage.verb(&["user", "role", "vera", "collector", "--take"]);
    shows_soon(&mut vera, "you are viewer now");
    vera.press("n").wait_for("needs the right to log calls");
    // Nobody else's keys changed.
    admin.press("n").wait_for("Note");
}

#[test]
fn a_session_ends_when_its_person_is_shut_out() {
    let stage = Stage::new();
    stage.verb(&["user", "add", "vera", "--name", "Vera Kranz", "--role", "viewer"]);
    let mut vera = stage.launch().args(["--as", "vera"]).start();
    vera.wait_for("[Today]").wait_quiet();
    stage.verb(&["user", "shut-out", "vera"]);
    assert!(!vera.wait_exit().success());
    assert!(vera.text().contains("[SES-04] You may no longer work in this book"), "{}", vera.text());
    assert!(stage.verb(&["sessions", "--json"]).contains("shut out"));
}

#[test]
fn the_rules_run_behind_the_screen_of_the_real_program() {
    let stage = Stage::new();
    let mut terminal = stage.open();
    terminal.press("g b").wait_for("waiting").press("A").wait_for("Apply by the rules").wait_quiet();
    // Keys pressed before anybody could read the review are dropped.
    std::thread::sleep(Duration::from_millis(350));
    terminal.press("y").wait_until("the outcome", |screen| screen.contents().contains("Applied "));
    let again: serde_json::Value =
        serde_json::from_str(&stage.verb(&["cash", "run", "--dry-run", "--json"])).expect("JSON");
    assert_eq!(again["applied"], 0, "all was applied by key: {again}");
    stage.verb(&["check"]);
}
