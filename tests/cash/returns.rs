//! What the bank takes back: weeks later, of money that became two receipts, a part of a receipt only.

use o2c::acts::Act;
use o2c::acts::payments::Application;
use o2c::domain::bank::EntryKind;
use o2c::language::filter::Filter;
use o2c::store::read::promises::{Question, promises};
use o2c::store::read::window::{Sort, Want};
use o2c::store::{BookPath, Reader};

use crate::book::{Company, application, day, entry, paid, statement};

/// A payment of a hundred thousand, and what the bank took back of it, in the same file.
fn company(money: i64, back: &[i64]) -> Company {
    let mut company = Company::new();
    let mut entries = vec![entry("2026-03-12", money, EntryKind::Receipt, 1, vec![paid(money, "Bergmann", "INV-3")])];
    for (mark, amount) in (2..).zip(back) {
        entries.push(entry("2026-03-15", -amount, EntryKind::Return, mark, vec![]));
    }
    company.take_in("a.xml", vec![statement("2026/1", 500_000, entries)], false);
    company
}

fn receipt(company: &Company, place: i64) -> i64 {
    company.number(&format!(
        "SELECT id FROM document WHERE kind = 4 AND reverses IS NULL ORDER BY id LIMIT 1 OFFSET {place}"
    ))
}

fn back(payment: i64, receipt: i64) -> Act {
    Act::ReturnPayment { payment, receipt, reason: "no cover".into() }
}

#[test]
fn a_direct_debit_that_comes_back_weeks_later_breaks_the_promise_it_kept() {
    let mut company = Company::new();
    company.today = day("2026-02-24");
    company.act(Act::Promise { items: vec![(3, 30_000)], on: day("2026-03-02"), text: String::new() });
    company.today = day("2026-03-16");
    let entries = vec![entry("2026-02-27", 30_000, EntryKind::Receipt, 1, vec![paid(30_000, "Bergmann", "INV-3")])];
    company.take_in("a.xml", vec![statement("2026/1", 0, entries)], false);
    company.act(Act::ApplyPayment(Box::new(application(1, 30_000, 2, &[(3, 30_000, 0, 0, 0, "")]))));
    let states = |company: &Company, on: &str| {
        let reader = Reader::open(&BookPath::new(company.path())).unwrap();
        let sort = Sort { column: "date", descending: false };
        let question = Question { today: day(on), filter: Filter::all(), sort };
        let found = promises(&reader, &question, Want::Start).unwrap();
        found.window.rows.iter().map(|row| row.state.word()).collect::<Vec<_>>()
    };
    assert_eq!(states(&company, "2026-03-16"), ["kept"]);
    let entries = vec![entry("2026-03-13", -30_000, EntryKind::Return, 2, vec![])];
    company.take_in("b.xml", vec![statement("2026/2", 30_000, entries)], false);
    let of = receipt(&company, 0);
    company.act(back(2, of));
    assert_eq!((states(&company, "2026-03-16"), company.open("INV-3")), (vec!["broken"], 30_000));
    // On a day before the bank took it back nobody could know.
    assert_eq!(states(&company, "2026-03-12"), ["kept"]);
    company.sound();
}

#[test]
fn money_that_became_two_receipts_comes_back_as_both_and_is_no_charge() {
    let mut company = company(60_000, &[60_000]);
    let half = Application { amount: 30_000, ..application(1, 60_000, 2, &[(3, 30_000, 0, 0, 0, "")]) };
    company.act(Act::ApplyPayment(Box::new(half)));
    company.act(Act::ApplyPayment(Box::new(application(1, 30_000, 1, &[(1, 30_000, 0, 0, 0, "")]))));
    let of = receipt(&company, 0);
    let done = company.act(back(2, of));
    assert!(done.summary.ends_with("-300.00 EUR wait: return the other receipt of it"), "{}", done.summary);
    assert_eq!((company.left(2), company.account(6200)), (-30_000, 0));
    let other = receipt(&company, 1);
    company.act(back(2, other));
    assert_eq!((company.left(2), company.open("INV-3"), company.open("INV-1")), (0, 30_000, 100_000));
    company.sound();
}

#[test]
fn a_small_rest_is_the_banks_charge_and_a_large_one_waits() {
    for (taken, waits) in [(30_500, 0), (90_000, -60_000)] {
        let mut company = company(30_000, &[taken]);
        company.act(Act::ApplyPayment(Box::new(application(1, 30_000, 2, &[(3, 30_000, 0, 0, 0, "")]))));
        let of = receipt(&company, 0);
        company.act(back(2, of));
        assert_eq!((company.left(2), company.open("INV-3")), (waits, 30_000));
        company.sound();
    }
}

#[test]
fn a_part_of_a_receipt_that_comes_back_opens_that_part() {
    let mut company = company(130_000, &[10_000, 40_000, 80_000, 1]);
    company.act(Act::ApplyPayment(Box::new(application(
        1,
        130_000,
        1,
        &[(1, 100_000, 0, 0, 0, ""), (2, 30_000, 0, 0, 0, "")],
    ))));
    let before = company.open("INV-2");
    let of = receipt(&company, 0);
    let done = company.act(back(2, of));
    assert!(
        done.summary.starts_with("Returned 100.00 EUR of Hafen Handel AG: 100.00 EUR open again"),
        "{}",
        done.summary
    );
    assert_eq!((company.left(2), company.open("INV-1"), company.open("INV-2")), (0, 0, before + 10_000));
    company.sound();
    // The next part goes on where the first one ended, over two items.
    company.act(back(3, of));
    assert_eq!((company.open("INV-1"), company.open("INV-2")), (20_000, before + 30_000));
    company.act(back(4, of));
    assert_eq!((company.open("INV-1"), company.open("INV-2")), (100_000, before + 30_000));
    // Nothing of it is left to take back.
    company.refused(back(5, of), "BNK-09");
    company.sound();
}

#[test]
fn money_taken_back_before_anybody_applied_it_is_settled_by_the_payment_it_was() {
    let mut company = company(29_000, &[29_000, 30_000]);
    let against = |payment, left, of| Act::SettlePayment {
        payment,
        left,
        what: o2c::acts::payments::Settled::Against(of),
        text: String::new(),
    };
    company.refused(against(3, -30_000, 1), "BNK-09");
    company.refused(against(1, 29_000, 2), "BNK-09");
    let done = company.act(against(2, -29_000, 1));
    assert_eq!(done.summary, "Settled -290.00 EUR by payment 1, which the bank took back");
    assert_eq!((company.left(1), company.left(2), company.account(1095), company.open("INV-3")), (0, 0, 0, 30_000));
    company.sound();
    company.act(Act::Undo { act: done.act });
    assert_eq!((company.left(1), company.left(2)), (29_000, -29_000));
    company.sound();
}
