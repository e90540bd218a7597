//! Closed months: nothing is posted into one, opening one takes two people, and what the books said of it stays provable.

use super::book::{Company, customer, day, document, euro, role, write_off};
use o2c::acts::Act;
use o2c::domain::document::DocumentKind as Kind;
use o2c::domain::money::Currency;
use o2c::store::check;

fn close(month: &str) -> Act {
    Act::ClosePeriod { period: month.into() }
}

fn reopen(month: &str) -> Act {
    Act::ReopenPeriod { period: month.into(), reason: "late freight invoice".into() }
}

fn receipt(amount: i64, date: &str, item: i64) -> Act {
    Act::PostReceipt {
        customer: 1,
        reference: String::new(),
        date: day(date),
        currency: Currency::EUR,
        amount,
        method: "transfer".into(),
        text: String::new(),
        applied: vec![(item, amount)],
    }
}

#[test]
fn nothing_is_posted_into_a_closed_month() {
    let company = Company::of(&["closer"]);
    company.done("anna", document(Kind::Invoice, "FEB-1", euro(100), day("2026-02-10")));
    assert_eq!(company.outcome("closer", close("2026-03")), "DAT-04", "not over yet");
    company.done("closer", close("2026-02"));
    assert_eq!(company.outcome("closer", close("2026-02")), "DAT-04");
    assert_eq!(company.outcome("closer", close("2026-01")), "DAT-04", "closed with it");
    let item = company.number("SELECT max(id) FROM item");
    for act in [
        document(Kind::Invoice, "FEB-2", euro(1), day("2026-02-28")),
        document(Kind::Invoice, "JAN-1", euro(1), day("2026-01-31")),
        receipt(euro(1), "2026-02-20", item),
        write_off(item, 1, day("2026-02-28")),
    ] {
        let shown = format!("{act:?}");
        assert_eq!(company.outcome("anna", act), "DAT-02", "{shown}");
    }
    let refused = company.act("anna", write_off(item, 1, day("2026-02-28"))).expect_err("closed").to_string();
    assert!(refused.contains("February 2026 is closed by CLOSER on 2026-03-16"), "{refused}");
    company.done("anna", receipt(euro(40), "2026-03-01", item));
    let paid = company.number("SELECT max(id) FROM act");
    company.done("anna", Act::Undo { act: paid });
    company.assert_sound();
}

#[test]
fn a_month_is_opened_again_by_two_people_from_the_last() {
    let mut company = Company::of(&["closer", "controller"]);
    company.today = day("2026-04-10");
    company.done("anna", document(Kind::Invoice, "FEB-1", euro(100), day("2026-02-10")));
    company.done("closer", close("2026-02"));
    company.done("closer", close("2026-03"));
    assert_eq!(company.outcome("closer", reopen("2026-02")), "DAT-04", "the last first");
    assert_eq!(company.outcome("closer", reopen("2026-03")), "asked");
    assert_eq!(company.approve_code("closer"), "AUT-03");
    assert_eq!(company.approve_code("controller"), "done");
    assert_eq!(company.outcome("anna", document(Kind::Invoice, "MAR-1", euro(1), day("2026-03-31"))), "done");
    assert_eq!(company.outcome("anna", document(Kind::Invoice, "FEB-2", euro(1), day("2026-02-28"))), "DAT-02");
    company.done("closer", close("2026-03"));
    company.assert_sound();
}

#[test]
fn what_was_closed_is_reproduced_and_a_late_posting_is_named() {
    let company = Company::of(&["closer"]);
    company.done("anna", document(Kind::Invoice, "FEB-1", euro(100), day("2026-02-10")));
    company.done("closer", close("2026-02"));
    company.done("anna", document(Kind::Invoice, "MAR-1", euro(100), day("2026-03-01")));
    company.assert_sound();
    company
        .conn
        .execute_batch(
            "DROP TRIGGER posting_fixed; \
             UPDATE posting SET date = '2026-02-11' WHERE id = (SELECT max(id) FROM posting)",
        )
        .expect("altered");
    let codes = |company: &Company| -> Vec<&'static str> {
        check::full(&company.conn).expect("checked").iter().map(|finding| finding.code).collect()
    };
    assert!(codes(&company).contains(&"P2"), "{:?}", codes(&company));
    company
        .conn
        .execute_batch("UPDATE posting SET amount = amount + 1 WHERE id = (SELECT min(id) FROM posting)")
        .expect("altered");
    assert!(codes(&company).contains(&"P3"), "{:?}", codes(&company));
}

#[test]
fn taking_back_an_application_of_a_closed_month_takes_two() {
    let company = Company::of(&["closer", "supervisor", "cash"]);
    company.done("anna", document(Kind::Invoice, "FEB-1", euro(100), day("2026-02-10")));
    let item = company.number("SELECT max(id) FROM item");
    company.done("cash", receipt(euro(60), "2026-02-12", item));
    let unapply = || Act::Unapply { allocation: 1, effective: company.today, reason: "wrong payer".into() };
    company.done("closer", close("2026-02"));
    assert_eq!(company.outcome("cash", unapply()), "asked");
    assert_eq!(company.open(item), euro(40));
    assert_eq!(company.approve_code("supervisor"), "done");
    assert_eq!(company.open(item), euro(100));
    company.assert_sound();
    let _ = (customer("K9"), role("cash", "viewer", true));
}
