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
