//! One case over several items: each item keeps a dispute of its own, they are opened, shown and decided together, and
//! every such act is taken back.

use super::book::{Book, day, document, invoice};
use super::rules::there_and_back;
use o2c::acts::Act;
use o2c::acts::case::{Case, Share};
use o2c::domain::case::{Outcome, Priority};
use o2c::domain::document::DocumentKind as Kind;
use o2c::domain::money::Currency;
use o2c::language::dates::DateOrder;
use o2c::language::filter::{self, Filter};
use o2c::store::Reader;
use o2c::store::read::disputes::{Question, dispute, disputes};
use o2c::store::read::window::{Sort, Want};

fn case(case: Case) -> Act {
    Act::Case(Box::new(case))
}

fn several(items: &[(i64, i64)]) -> Act {
    case(Case::OpenSeveral { items: items.to_vec(), reason: "price".into(), text: "old price list".into() })
}

fn all(parts: &[(i64, i64, i64)], outcome: Outcome) -> Act {
    let parts = parts.iter().map(|&(dispute, version, amount)| Share { dispute, version, amount }).collect();
    let (cause, text) = ("price master data".into(), "they are right".into());
    case(Case::DecideAll { parts, outcome, rest: false, cause, on: Some(day("2026-03-20")), text })
}

fn company() -> Book {
    let mut book = Book::new();
    for number in ["INV-1", "INV-2", "INV-3"] {
        book.done(invoice(number, 1, 10_000));
    }
    book.done(invoice("INV-4", 2, 10_000));
    book
}

fn found(book: &Book, text: &str, sort: &'static str) -> Vec<String> {
    let reader = Reader::open(&book.place()).expect("a reader");
    let style = o2c::domain::money::NumberStyle::Point;
    let context = filter::Context { today: book.today, style, date_order: DateOrder::default() };
    let filter = if text.is_empty() { Filter::all() } else { filter::parse(text, &context).expect("a filter") };
    let question = Question { today: book.today, filter, sort: Sort { column: sort, descending: false } };
    let rows = disputes(&reader, &question, Want::Start).expect("asked").window.rows;
    rows.iter().map(|row| row.number.to_string()).collect()
}

#[test]
fn a_case_over_several_items_is_opened_added_to_decided_and_taken_back() {
    let mut book = company();
    there_and_back(&mut book, several(&[(1, 4_000), (2, 10_000)]));
    let done = book.done(several(&[(1, 4_000), (2, 10_000)]));
    assert!(done.summary.contains("Opened D-3 over 2 items: 140.00 EUR disputed by Nordwind AG, price (D-3 and D-4)"));
    let add = |version| Case::AddItem { dispute: 3, version, item: 3, amount: 500, text: "this one too".into() };
    there_and_back(&mut book, case(add(1)));
    book.done(case(add(3)));
    for outcome in [Outcome::Credit, Outcome::Collect, Outcome::WriteOff, Outcome::ChargeBack, Outcome::Repay] {
        let version = |id: i64| book.number(&format!("SELECT version FROM dispute WHERE id = {id}"));
        let parts = [(3, version(3), 4_000), (4, version(4), 10_000), (6, version(6), 500)];
        there_and_back(&mut book, all(&parts, outcome));
    }
    // What is held back is the sum of the items' own disputes, until each is decided.
    assert_eq!(book.number("SELECT sum(disputed) FROM item WHERE customer_id = 1"), 14_500);
    let reader = Reader::open(&book.place()).expect("a reader");
    let shown = dispute(&reader, book.today, 4).expect("asked").expect("a case");
    let items: Vec<(&str, &str, i64)> =
        shown.more.group.iter().map(|one| (&*one.number, &*one.document, one.held)).collect();
    assert_eq!(items, [("D-3", "INV-1", 4_000), ("D-4", "INV-2", 10_000), ("D-6", "INV-3", 500)]);
    assert_eq!(&*shown.row.case, "D-3");
    assert_eq!(found(&book, "case:d-3 is:open", "number"), ["D-3", "D-4", "D-6"]);
    drop(reader);
    // One item of it is decided by itself; the rest as a whole.
    let one = Case::Decide {
        dispute: 4,
        version: book.number("SELECT version FROM dispute WHERE id = 4"),
        outcome: Outcome::Credit,
        amount: 2_000,
        rest: true,
        cause: "price master data".into(),
        on: None,
        text: "the half".into(),
    };
    book.done(case(one));
    let version = |id: i64| book.number(&format!("SELECT version FROM dispute WHERE id = {id}"));
    let rest = [(3, version(3), 4_000), (6, version(6), 500)];
    let done = book.done(all(&rest, Outcome::Credit));
    assert!(done.summary.contains("Decided D-3 as a whole: D-3: 40.00 EUR credited with"), "{}", done.summary);
    assert_eq!(book.number("SELECT count(*) FROM dispute WHERE state NOT IN ('closed', 'void')"), 0);
    assert_eq!(book.number("SELECT sum(open) FROM item WHERE customer_id = 1 AND open > 0"), 30_000 - 6_500);
    book.assert_sound();
}

#[test]
fn a_case_is_of_one_customer_and_one_currency_and_nothing_is_half_opened() {
    let mut book = company();
    book.done(document(Kind::Invoice, "INV-5", 1, day("2026-03-02"), None, Currency::USD, 10_000));
    assert_eq!(book.refused(several(&[(1, 100), (4, 100)])), "DIS-10", "another customer");
    assert_eq!(book.refused(several(&[(1, 100), (5, 100)])), "DIS-10", "another currency");
    assert_eq!(book.refused(several(&[])), "DIS-10");
    assert_eq!(book.refused(several(&[(1, 100), (2, 10_001)])), "AMT-06");
    assert_eq!(book.number("SELECT count(*) FROM dispute"), 0);
    book.done(several(&[(1, 100), (2, 100)]));
    book.done(Act::OpenDispute { item: 3, amount: 100, reason: "price".into(), text: String::new() });
    assert_eq!(book.refused(all(&[(1, 1, 100), (3, 1, 100)], Outcome::Credit)), "DIS-10", "not one case");
    assert_eq!(book.refused(all(&[(3, 1, 100)], Outcome::Credit)), "DIS-10", "no case over several");
    assert_eq!(book.refused(all(&[(1, 1, 100), (2, 9, 100)], Outcome::Credit)), "ACT-03");
    let add = Case::AddItem { dispute: 1, version: 1, item: 4, amount: 100, text: String::new() };
    assert_eq!(book.refused(case(add)), "DIS-10");
    assert_eq!(book.number("SELECT count(*) FROM dispute_effect"), 0);
    book.assert_sound();
}

#[test]
fn deciding_as_a_whole_counts_as_much_as_all_of_it_against_a_limit() {
    let mut book = company();
    book.done(invoice("INV-8", 1, 2_000_000));
    book.done(invoice("INV-9", 1, 2_000_000));
    book.done(several(&[(5, 2_000_000), (6, 2_000_000)]));
    // Each is within what Anna may do alone; both are not.
    let done = book.done(all(&[(1, 1, 2_000_000), (2, 1, 2_000_000)], Outcome::Credit));
    assert!(done.asked, "{}", done.summary);
    assert_eq!(book.number("SELECT count(*) FROM document WHERE kind = 2"), 0);
    let reader = Reader::open(&book.place()).expect("a reader");
    let waits = dispute(&reader, book.today, 2).expect("asked").expect("a case").more.waits;
    assert_eq!(waits.len(), 1, "it is shown with every item it is about");
}

#[test]
fn who_works_on_a_case_who_decides_it_and_how_soon_are_its_own() {
    let mut book = company();
    book.done(Act::OpenDispute { item: 1, amount: 100, reason: "price".into(), text: String::new() });
    book.done(Act::OpenDispute { item: 2, amount: 100, reason: "price".into(), text: String::new() });
    let fact = |version, field: &str, value: &str| {
        case(Case::Fact { dispute: 1, version, field: field.into(), value: value.into() })
    };
    for (version, field, value) in [(1, "processor", "carl"), (3, "coordinator", "anna"), (5, "priority", "High")] {
        there_and_back(&mut book, fact(version, field, value));
    }
    for (version, field, value) in [(7, "processor", "carl"), (8, "coordinator", "anna"), (9, "priority", "high")] {
        book.done(fact(version, field, value));
    }
    assert_eq!(book.refused(fact(10, "processor", "nobody here")), "DIS-06");
    assert_eq!(book.refused(fact(10, "priority", "at once")), "DIS-06");
    assert_eq!(book.refused(fact(10, "priority", "high")), "DIS-02", "it is that already");
    for text in ["processor:carl", "coordinator:anna", "priority:high"] {
        assert_eq!(found(&book, text, "number"), ["D-1"], "{text}");
    }
    assert_eq!(found(&book, "priority:normal", "number"), ["D-2"]);
    assert_eq!(found(&book, "", "priority"), ["D-1", "D-2"]);
    let reader = Reader::open(&book.place()).expect("a reader");
    let shown = dispute(&reader, book.today, 1).expect("asked").expect("a case");
    assert_eq!(shown.row.priority, Priority::High);
    let said: Vec<&str> = shown.steps.iter().map(|step| step.text.as_str()).collect();
    assert!(said.contains(&"processor: carl") && said.contains(&"priority: high"), "the log says so: {said:?}");
    drop(reader);
    book.done(fact(10, "processor", "-"));
    assert_eq!(found(&book, "processor:carl", "number"), Vec::<String>::new());
    book.assert_sound();
}

/// Behaviour 5D rule 8: the queue is by value at risk for each day left to dispute it; each case has its own last day.
#[test]
fn the_queue_is_by_what_can_be_lost_soonest() {
    let mut book = company();
    for (item, amount) in [(1, 9_000), (2, 3_000), (3, 6_000)] {
        book.done(Act::OpenDispute { item, amount, reason: "price".into(), text: String::new() });
    }
    let last =
        |dispute, value: &str| case(Case::Fact { dispute, version: 1, field: "last day".into(), value: value.into() });
    // 90.00 in 5 days, 30.00 with no last day, 60.00 in 90 days.
    book.done(last(1, "2026-03-07"));
    book.done(last(3, "2026-05-31"));
    assert_eq!(found(&book, "", "risk"), ["D-1", "D-2", "D-3"]);
    assert_eq!(found(&book, "", "amount"), ["D-2", "D-3", "D-1"]);
    assert_eq!(found(&book, "", "last"), ["D-1", "D-3", "D-2"], "the other orders stay");
}
