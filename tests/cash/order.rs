//! Acts on money in an order nobody planned: what was undone is not confirmed by a statement, what a statement confirmed
//! is not undone behind it, and nothing is taken back twice.

use super::book::{Company, application, day, entry, paid, statement};
use o2c::acts::Act;
use o2c::acts::payments::Settled;
use o2c::domain::bank::EntryKind;
use o2c::domain::money::Currency;

/// A payment of 290.00, and, taken back by the bank, 290.00.
fn company() -> Company {
    let mut company = Company::new();
    let entries = vec![
        entry("2026-03-12", 29_000, EntryKind::Receipt, 1, vec![paid(29_000, "Bergmann", "INV-3")]),
        entry("2026-03-15", -29_000, EntryKind::Return, 2, vec![]),
        entry("2026-03-15", -29_000, EntryKind::Return, 3, vec![]),
    ];
    company.take_in("a.xml", vec![statement("2026/1", 500_000, entries)], false);
    company
}

fn by_hand(company: &mut Company) -> (i64, i64) {
    let act = Act::PostReceipt {
        customer: 2,
        reference: "HAND-1".into(),
        date: day("2026-03-12"),
        currency: Currency::EUR,
        amount: 29_000,
        method: "transfer".into(),
        text: String::new(),
        applied: vec![(3, 29_000)],
    };
    let act = company.act(act).act;
    (act, company.number("SELECT id FROM document WHERE number = 'HAND-1'"))
}

fn known(document: i64) -> Act {
    Act::SettlePayment { payment: 1, left: 29_000, what: Settled::Known(document), text: String::new() }
}

#[test]
fn a_receipt_that_was_undone_is_not_what_the_statement_shows() {
    let mut company = company();
    let (act, document) = by_hand(&mut company);
    company.act(Act::Undo { act });
    company.refused(known(document), "BNK-08");
}

#[test]
fn what_the_statement_confirmed_is_not_undone_behind_it() {
    let mut company = company();
    let (act, document) = by_hand(&mut company);
    let settled = company.act(known(document));
    let said = company.refused(Act::Undo { act }, "ACT-10");
    assert!(said.contains("statement"), "{said}");
    company.act(Act::Undo { act: settled.act });
    company.act(Act::Undo { act });
    assert_eq!((company.open("INV-3"), company.account(1000), company.left(1)), (30_000, 0, 29_000));
}

#[test]
fn a_refund_the_statement_confirmed_is_not_undone_behind_it() {
    let mut company = company();
    company.act(Act::ApplyPayment(Box::new(application(1, 29_000, 2, &[]))));
    let credit = company.number("SELECT id FROM item WHERE kind = 4 AND open < 0");
    let act = Act::Refund { credit, amount: 29_000, date: day("2026-03-16"), reason: "paid twice".into() };
    let refunded = company.act(act);
    let document = company.number("SELECT id FROM document WHERE kind = 6");
    let confirm = Act::SettlePayment { payment: 2, left: -29_000, what: Settled::Known(document), text: String::new() };
    company.act(confirm);
    company.refused(Act::Undo { act: refunded.act }, "ACT-10");
}

#[test]
fn a_receipt_is_taken_back_once() {
    let mut company = company();
    let done = company.act(Act::ApplyPayment(Box::new(application(1, 29_000, 2, &[(3, 29_000, 0, 0, 0, "")]))));
    let receipt = company.number("SELECT id FROM document WHERE kind = 4");
    let back = |payment| Act::ReturnPayment { payment, receipt, reason: String::new() };
    company.act(back(2));
    company.refused(back(2), "BNK-09");
    company.refused(back(3), "BNK-09");
    company.refused(Act::Undo { act: done.act }, "ACT-08");
    assert_eq!((company.open("INV-3"), company.left(2), company.left(3)), (30_000, 0, -29_000));
    // One that was undone is no receipt to take back.
    let mut company = self::company();
    let done = company.act(Act::ApplyPayment(Box::new(application(1, 29_000, 2, &[]))));
    company.act(Act::Undo { act: done.act });
    company.refused(back(2), "BNK-09");
}

#[test]
fn a_receipt_entered_by_hand_is_taken_back_out_of_its_own_account() {
    let mut company = company();
    let (_, document) = by_hand(&mut company);
    let back = Act::ReturnPayment { payment: 2, receipt: document, reason: "insufficient funds".into() };
    // The bank took back what it has shown before: that is said first.
    company.refused(back.clone(), "BNK-09");
    company.act(known(document));
    company.act(back);
    assert_eq!((company.open("INV-3"), company.left(2), company.account(1000)), (30_000, 0, 0));
}

/// What an account holds in the book's currency; debits positive.
fn base(company: &Company, code: i64) -> i64 {
    company.number(&format!(
        "SELECT coalesce(sum(CASE WHEN debit = {code} THEN base WHEN credit = {code} THEN -base END), 0) FROM posting"
    ))
}

/// The worked example of a partial settlement (10,000 at 0.90, 4,000 paid at 0.93): the money is worth 120 more on the
/// day the bank shows it than on the day it was entered by hand.
#[test]
fn a_receipt_in_another_currency_leaves_nothing_on_the_account_of_what_was_entered_by_hand() {
    let dollar = Currency::parse("USD").unwrap();
    let mut company = Company::new();
    for (from, rate) in [("2026-01-01", "0.90"), ("2026-03-12", "0.93"), ("2026-03-15", "0.95")] {
        company.act(Act::SetRate { currency: dollar, from: day(from), rate: rate.into() });
    }
    company.act(Act::AddBankAccount { name: "Dollars".into(), number: "US-1".into(), currency: dollar });
    company.act(Act::PostReceipt {
        customer: 2,
        reference: "HAND-1".into(),
        date: day("2026-03-10"),
        currency: dollar,
        amount: 400_000,
        method: "transfer".into(),
        text: String::new(),
        applied: Vec::new(),
    });
    let document = company.number("SELECT id FROM document WHERE number = 'HAND-1'");
    assert_eq!((base(&company, 1000), base(&company, 6400)), (360_000, 0));
    let in_dollars = |mut entry: o2c::domain::bank::EntryRow| {
        entry.currency = dollar;
        entry
    };
    let entries = vec![
        in_dollars(entry("2026-03-12", 400_000, EntryKind::Receipt, 1, vec![paid(400_000, "Bergmann", "")])),
        in_dollars(entry("2026-03-15", -400_000, EntryKind::Return, 2, vec![])),
    ];
    let mut of_dollars = statement("2026/1", 0, entries);
    (of_dollars.account, of_dollars.currency) = ("US-1".into(), dollar);
    company.take_in("usd.xml", vec![of_dollars], false);
    let confirm = Act::SettlePayment { payment: 1, left: 400_000, what: Settled::Known(document), text: String::new() };
    let settled = company.act(confirm.clone());
    // What the return of the 15th stands at stays unidentified: 4,000 at 0.95.
    assert_eq!((base(&company, 1000), base(&company, 6400), base(&company, 1090)), (0, -12_000, 380_000));
    company.act(Act::Undo { act: settled.act });
    assert_eq!((base(&company, 1000), base(&company, 6400)), (360_000, 0));
    company.act(confirm);
    company.act(Act::ReturnPayment { payment: 2, receipt: document, reason: "insufficient funds".into() });
    // In at 0.93, out at 0.95: the two days lose 80, the 120 were never ours.
    assert_eq!((base(&company, 1000), base(&company, 6400), base(&company, 1090)), (0, 8_000, 0));
    company.sound();
}
