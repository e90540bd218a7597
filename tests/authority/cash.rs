//! Money and second people: refunds, our own bank accounts, discounts and differences beyond what the company accepts; and
//! money of a closed month, which is posted on the first open day.

use o2c::acts::Act;
use o2c::acts::payments::Line;
use o2c::domain::bank::EntryKind;
use o2c::domain::document::DocumentKind as Kind;
use o2c::domain::limits::LimitKind;

use super::book::{Company, account, apply, day, document, euro, statement};

/// Two of cash, an approver, an invoice of 10,000, payments of 9,000 and 500 that wait.
fn company() -> Company {
    let company = Company::of(&["cash", "refunds", "approver", "controller", "closer"]);
    company.add("cash2", &["cash"]);
    company.invoice("INV-1", 10_000);
    assert_eq!(company.outcome("controller", account()), "asked");
    assert_eq!(company.number("SELECT count(*) FROM bank_account"), 0, "not before two people agree");
    assert_eq!(company.approve_code("controller"), "AUT-03", "maker is never checker");
    assert_eq!(company.approve_code("cash"), "AUT-01");
    assert_eq!(company.approve_code("approver"), "AUT-01", "it takes the right to settings, as the request says");
    assert_eq!(company.approve_code("anna"), "done");
    let entries =
        [(euro(9_000), EntryKind::Receipt, day("2026-02-20")), (euro(500), EntryKind::Receipt, company.today)];
    company.done("cash", statement("first", &entries));
    company
}

fn line(paid: i64) -> Line {
    Line { item: 1, paid, ..Line::default() }
}

#[test]
fn money_goes_out_with_a_second_person_who_reads_how_much() {
    let company = company();
    company.done("cash", apply(2, euro(500), line(euro(300))));
    let credit = company.number("SELECT id FROM item WHERE kind = 4 AND open < 0");
    let refund = || Act::Refund { credit, amount: euro(200), date: company.today, reason: "paid twice".into() };
    assert_eq!(company.outcome("refunds", refund()), "asked");
    assert_eq!(company.number("SELECT count(*) FROM document WHERE kind = 6"), 0);
    let change = company.newest().change;
    assert!(change.contains("200.00 EUR"), "the approver sees nothing of it: {change:?}");
    assert_eq!((company.approve_code("refunds"), company.approve_code("cash2")), ("AUT-03".into(), "AUT-01".into()));
    assert_eq!(company.approve_code("approver"), "done");
    assert_eq!(company.open(credit), 0);
    // What was asked for twice is not sent twice.
    assert_eq!(company.outcome("refunds", refund()), "AMT-06");
    company.assert_sound();
}

#[test]
fn a_request_for_money_used_meanwhile_is_void() {
    let company = company();
    company.done("cash", apply(2, euro(500), line(euro(300))));
    let credit = company.number("SELECT id FROM item WHERE kind = 4 AND open < 0");
    let refund = Act::Refund { credit, amount: euro(200), date: company.today, reason: "paid twice".into() };
    assert_eq!(company.outcome("refunds", refund), "asked");
    company.done("cash2", Act::Apply { credit, applied: vec![(1, euro(50))], effective: company.today });
    named_in(&refusal(&company, "approver"), "CASH2");
    company.assert_sound();
}

#[test]
fn granted_beyond_policy_and_limit_waits_and_is_applied_when_approved() {
    let company = company();
    let granted = |discount, difference| apply(1, euro(9_000), Line { discount, difference, ..line(euro(9_000)) });
    assert_eq!(company.outcome("cash", granted(euro(500), 1)), "asked", "cash has no limit of its own");
    assert_eq!(company.number("SELECT left FROM bank_payment WHERE id = 1"), euro(9_000), "nothing is posted yet");
    let change = company.newest().change;
    assert!(change.contains("500.00 EUR"), "the approver sees nothing of it: {change:?}");
    assert_eq!(company.approve_code("cash2"), "AUT-01");
    assert_eq!(company.approve_code("approver"), "done");
    assert_eq!(company.open(1), euro(500) - 1);
    assert_eq!(company.outcome("cash", granted(euro(500), 1)), "ACT-03");
    company.assert_sound();
}

#[test]
fn a_request_about_a_payment_settled_meanwhile_is_void() {
    let company = company();
    let granted = apply(1, euro(9_000), Line { discount: euro(600), ..line(euro(9_000)) });
    assert_eq!(company.outcome("cash", granted), "asked");
    company.done("cash2", apply(1, euro(9_000), line(euro(100))));
    named_in(&refusal(&company, "approver"), "CASH2");
    company.assert_sound();
}

#[test]
fn a_request_about_items_paid_meanwhile_says_by_whom() {
    let company = company();
    let granted = apply(1, euro(9_000), Line { discount: euro(600), ..line(euro(9_000)) });
    assert_eq!(company.outcome("cash", granted), "asked");
    company.done("cash2", apply(2, euro(500), line(euro(300))));
    let request = company.newest().id;
    named_in(&refusal(&company, "approver"), "CASH2");
    // What was to be used beside the payment counts as well.
    company.done("cash", Act::Recall { request });
    company.invoice("INV-2", 100);
    let credit = company.number("SELECT id FROM item WHERE kind = 4 AND open < 0");
    let paid = euro(9_000) + 1;
    let Act::ApplyPayment(mut beside) = apply(1, euro(9_000), Line { discount: euro(600), ..line(paid) }) else {
        panic!("an application")
    };
    beside.credits = vec![(credit, 1)];
    assert_eq!(company.outcome("cash", Act::ApplyPayment(beside)), "asked");
    let other = company.number("SELECT max(id) FROM item");
    company.done("cash2", Act::Apply { credit, applied: vec![(other, euro(10))], effective: company.today });
    named_in(&refusal(&company, "approver"), "CASH2");
    company.assert_sound();
}

/// Why a request that waits is not approved.
fn refusal(company: &Company, login: &str) -> String {
    company.approve(login).expect_err("it is void").to_string()
}

/// The sentence of a void request says who moved its ground.
#[track_caller]
fn named_in(said: &str, who: &str) {
    assert!(said.contains("[AUT-04]") && said.contains(&format!("void. {who} at ")), "{said}");
}

#[test]
fn differences_of_a_week_count_together() {
    let company = company();
    let limit = Act::SetLimit { login: "anna".into(), kind: LimitKind::WriteOff, amount: Some(euro(500)) };
    company.done("anna", limit);
    let part = |payment, left, paid| apply(payment, left, Line { difference: euro(300), ..line(paid) });
    assert_eq!(company.outcome("anna", part(2, euro(500), euro(500))), "done");
    assert_eq!(company.outcome("anna", part(1, euro(9_000), euro(100))), "asked", "300 and 300 are above 500");
    company.assert_sound();
}

#[test]
fn money_of_a_closed_month_is_posted_on_the_first_open_day() {
    let company = company();
    company.done("anna", document(Kind::Invoice, "FEB-1", euro(100), day("2026-02-10")));
    company.done("closer", Act::ClosePeriod { period: "2026-02".into() });
    company.done("cash", statement("late", &[(euro(70), EntryKind::Receipt, day("2026-02-26"))]));
    company.done("cash", apply(1, euro(9_000), line(euro(9_000))));
    let dates = "SELECT count(*) FROM posting p WHERE date < '2026-03-01' AND act_id > \
                 (SELECT max(id) FROM act WHERE kind = 'close month')";
    assert_eq!(company.number(dates), 0, "posted into a closed month");
    let booked = "SELECT count(*) FROM document WHERE kind = 4 AND document_date = '2026-03-01'";
    assert_eq!(company.number(booked), 1, "its value day is in February");
    let undo = company.number("SELECT max(id) FROM act");
    company.done("cash", Act::Undo { act: undo });
    company.assert_sound();
    let refused = Act::Refund { credit: 1, amount: 1, date: day("2026-02-27"), reason: "late".into() };
    assert_eq!(company.outcome("refunds", refused), "AMT-06", "an invoice is nothing to send back");
}
