//! Bad input of collections by keyboard: each is one clear sentence where it was typed or below, and every row of the book is
//! what it was before. The same through the real binary stands with the verbs.

mod rigs;

use std::fmt::Write;

use o2c::acts::Act;
use o2c::acts::dunning::Dunning;
use o2c::domain::dunning::{Level, Policy, Scope};
use o2c::tui::app::Msg;
use o2c::tui::app::harness::Harness;
use rigs::journey::{TestBook, day};

/// A customer with an invoice of 1,000.00 that is late, under a policy.
fn world() -> TestBook {
    let book = TestBook::new();
    let nordwind = book.customer("10041", "Nordwind Logistik GmbH", 30_000, 50);
    book.invoice(nordwind, "INV-1", "2026-02-10", 100_000);
    let level = Level { number: 1, wait_days: 3, payment_days: 10, ..Level::default() };
    let policy = Policy { name: "standard".into(), language: "en".into(), levels: vec![level], ..Policy::default() };
    let dunning = |act| book.act(day("2026-02-01"), Act::Dunning(act));
    dunning(Dunning::SetPolicy { policy: Box::new(policy), version: 0 });
    dunning(Dunning::AssignPolicy { scope: Scope::Company, policy: "standard".into() });
    book
}

/// Every row of every table as text.
fn rows(book: &TestBook) -> String {
    let conn = rusqlite::Connection::open(book.path()).expect("the book");
    let mut tables = conn.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name").expect("tables");
    let names = tables.query_map([], |row| row.get::<_, String>(0)).expect("names");
    let mut out = String::new();
    for name in names.map(|name| name.expect("a name")) {
        let mut statement = conn.prepare(&format!("SELECT * FROM {name}")).expect("a table");
        let columns = statement.column_count();
        let mut found = statement.query([]).expect("rows");
        while let Some(row) = found.next().expect("a row") {
            let values: Vec<_> = (0..columns).map(|at| row.get_ref(at).expect("a value")).collect();
            let _ = writeln!(out, "{name} {values:?}");
        }
    }
    out
}

/// Does something that must be refused with these words on the screen, and looks whether anything changed.
#[track_caller]
fn refused(book: &TestBook, h: &mut Harness, what: impl FnOnce(&mut Harness), words: &str) {
    let before = rows(book);
    what(h);
    let shown = h.screen();
    assert!(shown.iter().any(|line| line.contains(words)), "\"{words}\": {} {shown:#?}", h.said());
    assert_eq!(rows(book), before, "something was left behind");
    h.keys("<Esc><Esc><Esc>");
    book.assert_sound();
}

fn paste(h: &mut Harness, text: &str) {
    h.send(Msg::Paste(text.to_owned(), 0));
}

#[test]
fn an_address_with_a_line_break() {
    let book = world();
    let mut h = book.open("today");
    h.keys("go10041<Enter>E");
    assert!(h.shows("e-mail"), "{:#?}", h.screen());
    let pasted = |h: &mut Harness| {
        h.keys("<Tab><Tab><C-u>");
        paste(h, "a@acme.com\nBcc: eve@example.com");
        h.keys("<Enter>");
    };
    refused(&book, &mut h, pasted, "is not an address of the");
    // Nor does it get past the form by going on from another field.
    h.keys("go10041<Enter>E<Tab><Tab><C-u>");
    let around = |h: &mut Harness| {
        paste(h, "a@acme.com\nBcc: eve@example.com");
        h.keys("<Tab><Tab><Tab><Tab><Enter><Enter>");
    };
    refused(&book, &mut h, around, "is not an address of the");
    assert_eq!(book.text("SELECT email FROM customer"), "ap@10041.example");
}

#[test]
fn a_run_older_than_the_last() {
    let book = world();
    book.act(day("2026-03-20"), Act::Dunning(Dunning::DraftRun { segment: String::new() }));
    let mut h = book.open("runs");
    refused(
        &book,
        &mut h,
        |h| {
            h.keys("ny");
        },
        "[DUN-03]",
    );
    assert_eq!(book.number("SELECT count(*) FROM dunning_run"), 1);
}

#[test]
fn a_case_over_more_than_its_item() {
    let book = world();
    let mut h = book.open("today");
    for keys in ["d<C-u>1000.01<Enter>", "d<C-u>1.2k<Enter>"] {
        refused(
            &book,
            &mut h,
            |h| {
                h.keys(keys);
            },
            "more than the 1,000.00 open",
        );
    }
    // What only a receipt may be, more than is open, the act refuses.
    refused(
        &book,
        &mut h,
        |h| {
            h.keys("d<C-u>1000.01+<Enter>p<Enter>");
        },
        "AMT-06",
    );
    let open = Act::OpenDispute { item: 1, amount: 40_000, reason: "price".into(), text: String::new() };
    book.act(day("2026-03-16"), open);
    h.keys("gd");
    let partly = |h: &mut Harness| {
        h.keys("xj<Enter>dear<Enter><Enter>400.01<Enter>");
    };
    refused(&book, &mut h, partly, "more than the 400.00 open");
    h.keys("gd");
    refused(
        &book,
        &mut h,
        |h| {
            h.keys("p400<Enter>");
        },
        "more than 0 and less than all of it",
    );
}
