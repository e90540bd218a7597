//! The caps on small differences: by hand and by the rules, for a person and a day, for a customer and a month.

use o2c::acts::Act;
use o2c::acts::payments::{Application, Batch, Beside, Run};
use o2c::domain::bank::EntryKind;

use super::book::{Company, application, entry, paid, statement};
use super::ran;

fn set(company: &mut Company, key: &str, value: &str) {
    company.act(Act::SetSetting { key: key.into(), value: value.into() });
}

/// Ten invoices of 100.00, each paid 0.40 short, within tolerance.
fn short(caps: &[(&str, &str)]) -> Company {
    let mut company = Company::new();
    set(&mut company, "cash-tolerance", "0.50");
    set(&mut company, "cash-tolerance-percent", "1");
    for (key, value) in caps {
        set(&mut company, key, value);
    }
    company.act(Act::SetAlias { customer: 1, kind: "account".into(), value: "ACCHAFEN".into(), held: true });
    let mut money = Vec::new();
    for place in 0..10u8 {
        let number = format!("KL-{}", 5_000 + i64::from(place) * 37);
        company.document(o2c::domain::document::DocumentKind::Invoice, &number, 1, "2026-02-20", 10_000);
        money.push(entry("2026-03-12", 9_960, EntryKind::Receipt, place + 1, vec![paid(9_960, "Hafen", &number)]));
    }
    company.take_in("a.xml", vec![statement("2026/1", 0, money)], false);
    company
}

#[test]
fn the_rules_stop_at_the_cap_of_a_day_and_say_so() {
    let mut company = short(&[("cash-differences-per-day", "1.50")]);
    let tally = ran(&mut company);
    assert_eq!((tally.applied, company.account(6100)), (3, 120), "{tally:?}");
    let why = company.text("SELECT why FROM bank_payment WHERE left > 0 LIMIT 1");
    assert_eq!(why, "a difference of 0.40 EUR is above the cap of a day: 1.20 EUR of 1.50 EUR are used");
    assert_eq!(tally.left.get(&why), Some(&7), "{tally:?}");
    // What a run leaves another run of the day leaves too; the next day has a cap of its own.
    assert_eq!(ran(&mut company).applied, 0);
    assert_eq!(company.account(6100), 120);
    // Without the cap all of them pass.
    let mut company = short(&[("cash-differences-per-day", "0")]);
    assert_eq!((ran(&mut company).applied, company.account(6100)), (10, 400));
}

#[test]
fn what_was_taken_back_counts_no_more() {
    let mut company = short(&[("cash-differences-per-day", "1.50")]);
    ran(&mut company);
    let run = company.number("SELECT max(id) FROM act WHERE kind = 'apply run'");
    company.act(Act::Undo { act: run });
    assert_eq!(company.account(6100), 0);
    assert_eq!((ran(&mut company).applied, company.account(6100)), (3, 120));
}

#[test]
fn a_customer_is_let_off_so_much_in_a_month() {
    let mut company = short(&[("cash-differences-per-month", "0.80")]);
    let tally = ran(&mut company);
    assert_eq!((tally.applied, company.account(6100)), (2, 80), "{tally:?}");
    let why = company.text("SELECT why FROM bank_payment WHERE left > 0 LIMIT 1");
    assert!(why.contains("customer's cap of a month: 0.80 EUR of 0.80 EUR"), "{why}");
}

#[test]
fn by_hand_above_the_cap_it_counts_against_the_own_limit() {
    let mut company = short(&[("cash-differences-per-day", "0.30")]);
    let item =
        company.number("SELECT i.id FROM item i JOIN document d ON d.id = i.document_id WHERE d.number = 'KL-5000'");
    let apply = Act::ApplyPayment(Box::new(application(1, 9_960, 1, &[(item, 9_960, 0, 40, 0, "")])));
    company.act(Act::SetLimit {
        login: "anna".into(),
        kind: o2c::domain::limits::LimitKind::WriteOff,
        amount: Some(10),
    });
    company.act(Act::AddPerson {
        login: "ben".into(),
        name: "Ben".into(),
        roles: vec!["controller".into()],
        department: String::new(),
    });
    let done = company.try_act(apply).unwrap();
    assert!(done.asked, "a second person is asked: {}", done.summary);
    let why = company.text("SELECT why FROM request");
    assert!(why.contains("a difference of 0.40 EUR is above the cap of a day: 0.00 EUR of 0.30 EUR are used"), "{why}");
}

#[test]
fn a_run_that_names_no_customer_of_the_book_is_refused_by_name() {
    let mut company = short(&[]);
    let one = Application { on_account: true, ..application(1, company.left(1), 99, &[]) };
    let batch = Batch { applications: vec![one], ..Batch::default() };
    let beside = Beside(std::sync::Arc::new(std::sync::Mutex::new(batch)));
    let said = company.refused(Act::ApplyRun(Run { given: 1, first: 1, last: 1, beside }), "ACT-04");
    assert!(said.contains("no customer 99"), "{said}");
}
