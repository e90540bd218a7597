//! Ways round a limit or a second person that are closed: by rates, by amounts without one, by splitting over requests, by
//! lifting a hold from another side, by files, and by calling a customer's money something else.

use std::sync::{Arc, Mutex};

use o2c::acts::import::{Beside, Import, Rows, Work};
use o2c::acts::payments::Settled;
use o2c::acts::{Act, Failure};
use o2c::domain::bank::EntryKind;
use o2c::domain::document::DocumentKind as Kind;
use o2c::domain::money::Currency;
use o2c::formats::canonical::{CustomerRow, DocumentKind as RowKind, InvoiceRow};
use o2c::store::people::CustomerData;

use super::book::{Company, account, customer, day, document, euro, statement, write_off};
use super::props::rule;

fn rate(currency: Currency, rate: &str) -> Act {
    Act::SetRate { currency, from: day("2026-01-01"), rate: rate.into() }
}

fn foreign(kind: Kind, number: &str, amount: i64, currency: Currency) -> Act {
    match document(kind, number, amount, day("2026-03-02")) {
        Act::PostDocument { kind, number, customer, date, terms, due, amount, reference, order, tax, .. } => {
            Act::PostDocument { kind, number, customer, date, terms, due, currency, amount, reference, order, tax }
        }
        other => other,
    }
}

fn refusal(result: Result<impl std::fmt::Debug, Failure>) -> (&'static str, String) {
    match result {
        Err(Failure::Refused { code, sentence }) => (code, sentence),
        other => panic!("not refused: {other:?}"),
    }
}

#[test]
fn a_rate_that_limits_are_judged_by_is_entered_by_two_people() {
    let company = Company::of(&["controller", "approver"]);
    assert_eq!(company.outcome("controller", rate(Currency::USD, "0.0001")), "asked");
    assert_eq!(company.newest().change, "1 USD from 2026-01-01\tnone\t0.0001 EUR");
    assert_eq!(company.number("SELECT count(*) FROM rate"), 0, "nothing is judged by it yet");
    assert_eq!(company.approve_code("controller"), "AUT-03");
    assert_eq!(company.approve_code("approver"), "AUT-01", "it takes the right to settings");
    assert_eq!(company.approve_code("anna"), "done");
    // One that was entered meanwhile makes another request void.
    assert_eq!(company.outcome("controller", rate(Currency::USD, "0.91")), "asked");
    let first = company.newest();
    assert_eq!(company.outcome("anna", rate(Currency::USD, "0.92")), "asked");
    assert_eq!(company.approve_code("controller"), "done");
    let late = Act::Approve { request: first.id, hash: o2c::store::schema::hex(&first.hash), text: String::new() };
    assert_eq!(company.outcome("anna", late), "AUT-04");
    company.assert_sound();
    // Who is alone enters rates as before, and it is noted.
    let alone = Company::of_one();
    assert_eq!(alone.outcome("anna", rate(Currency::USD, "0.91")), "done");
    assert_eq!(alone.number("SELECT count(*) FROM lone_act"), 1);
}

#[test]
fn an_amount_without_a_rate_is_approved_only_without_a_limit() {
    let company = Company::of(&["controller", "supervisor", "approver", "credit"]);
    company.done("anna", foreign(Kind::Invoice, "INV-1", euro(1_000_000), Currency::USD));
    let item = company.number("SELECT max(id) FROM item");
    assert_eq!(company.outcome("controller", write_off(item, euro(900_000), company.today)), "asked");
    let (code, sentence) = refusal(company.approve("supervisor"));
    assert_eq!(code, "AUT-01");
    assert!(sentence.contains("without a limit") && sentence.contains("no rate"), "{sentence}");
    assert_eq!(company.approve_code("approver"), "done");
    // Saying no takes the right, not the amount.
    assert_eq!(company.outcome("controller", write_off(item, euro(90_000), company.today)), "asked");
    let request = company.newest().id;
    assert_eq!(company.outcome("supervisor", Act::Reject { request, text: "ask the customer".into() }), "done");
    // A credit limit in such a currency is no smaller.
    let data = CustomerData { currency: "USD".into(), ..customer("K2") };
    company.done("anna", Act::SetCustomer { customer: None, version: 0, data: data.clone() });
    let data = CustomerData { credit_limit: Some(euro(900_000)), ..data };
    assert_eq!(company.outcome("credit", Act::SetCustomer { customer: Some(2), version: 1, data }), "asked");
    assert_eq!(company.approve_code("supervisor"), "AUT-01");
    assert_eq!(company.approve_code("approver"), "done");
    company.assert_sound();
}

#[test]
fn what_was_approved_counts_for_who_approves_more_of_it() {
    let company = Company::of(&["biller", "supervisor", "approver"]);
    let item = company.invoice("INV-1", 40_000);
    let credit = |amount| Act::Credit { item, amount, date: company.today, reason: "price".into() };
    // Asked for together, none approved yet: each by itself is within what the supervisor may approve.
    let mut asked = Vec::new();
    for cents in 0..3 {
        // Each is of another invoice, so that none voids another.
        let item = company.invoice(&format!("INV-1{cents}"), 40_000);
        let act = Act::Credit { item, amount: euro(4_900), date: company.today, reason: "price".into() };
        assert_eq!(company.outcome("biller", act), "asked");
        asked.push(company.newest());
    }
    let approve = |login: &str, at: usize| {
        let request = &asked[at];
        let hash = o2c::store::schema::hex(&request.hash);
        company.act(login, Act::Approve { request: request.id, hash, text: String::new() })
    };
    approve("supervisor", 0).expect("within the limit");
    let (code, sentence) = refusal(approve("supervisor", 1));
    assert_eq!(code, "AUT-01");
    assert!(sentence.contains("9,800.00 EUR") && sentence.contains("last 7 days"), "{sentence}");
    approve("approver", 1).expect("any amount");
    // One after another: the request itself says what it comes to.
    assert_eq!(company.outcome("biller", credit(euro(600))), "asked");
    assert_eq!(company.newest().amount, Some(euro(600 + 2 * 4_900)));
    assert_eq!(company.approve_code("supervisor"), "AUT-01");
    // What was taken back no longer counts, and the own limit is what it was.
    assert_eq!(company.outcome("biller", credit(euro(400))), "done");
    company.assert_sound();
}

#[test]
fn a_hold_is_not_lifted_by_a_group_or_a_currency() {
    let company = Company::of(&["customers", "credit", "supervisor"]);
    let limited = CustomerData { group: "Nord".into(), credit_limit: Some(euro(1_000)), ..customer("K2") };
    let add = Act::SetCustomer { customer: None, version: 0, data: limited.clone() };
    company.done("anna", add);
    company.approve("supervisor").expect("the limit is confirmed");
    let change = |data| Act::SetCustomer { customer: Some(2), version: 1, data };
    let no_group = CustomerData { group: String::new(), ..limited.clone() };
    let yen = CustomerData { currency: "JPY".into(), ..limited };
    for data in [no_group, yen] {
        assert_eq!(company.outcome("customers", change(data.clone())), "AUT-02", "another's duty");
        assert_eq!(company.outcome("credit", change(data)), "asked");
        company.done("credit", Act::Recall { request: company.newest().id });
    }
    // Without limit and group a currency holds nothing.
    let plain = CustomerData { currency: "JPY".into(), ..customer("K1") };
    assert_eq!(company.outcome("customers", Act::SetCustomer { customer: Some(1), version: 1, data: plain }), "done");
    company.assert_sound();
}

fn file(kind: &str, rows: Rows, skip_refused: bool) -> (Act, Arc<Mutex<Work>>) {
    let work = Arc::new(Mutex::new(Work { rows, ..Work::default() }));
    let import = Import {
        kind: kind.into(),
        name: format!("{kind}.csv"),
        sha256: format!("sha of {kind} {skip_refused}"),
        mapping: String::new(),
        skip_refused,
        unreadable: 0,
        accept_gap: false,
        beside: Beside(work.clone()),
    };
    (Act::Import(import), work)
}

fn row(id: &str, name: &str, credit_limit: Option<i64>) -> CustomerRow {
    CustomerRow {
        line: 2,
        id: id.into(),
        name: name.into(),
        group: None,
        country: None,
        currency: Some(Currency::EUR),
        terms: None,
        credit_limit,
        email: None,
        phone: None,
        language: None,
        owner: None,
        address: None,
    }
}

#[test]
fn a_file_brings_no_credit_limit_in_a_company() {
    let rows = || vec![row("K8", "Ostwind AG", Some(euro(500_000))), row("K9", "Westwind AG", None)];
    let company = Company::of(&["customers", "credit"]);
    let (act, work) = file("customers", Rows::Customers(rows()), true);
    company.done("customers", act);
    let work = work.lock().expect("the work");
    let refused: Vec<_> = work.refused.iter().map(|row| (row.line, row.code)).collect();
    assert_eq!((work.taken, &refused[..]), (1, &[(2, "AUT-13")][..]));
    assert_eq!(company.number("SELECT count(*) FROM customer WHERE credit_limit IS NOT NULL"), 0);
    company.assert_sound();
    // One person alone brings it all.
    let alone = Company::of_one();
    alone.done("anna", file("customers", Rows::Customers(rows()), false).0);
    assert_eq!(alone.number("SELECT count(*) FROM customer WHERE credit_limit IS NOT NULL"), 1);
    alone.assert_sound();
}

#[test]
fn a_file_with_a_name_that_looks_like_another_says_so_by_its_line() {
    let alone = Company::of_one();
    let line = |line, row| CustomerRow { line, ..row };
    let rows = vec![
        line(2, row("K7", "Acme GmbH", None)),
        line(3, row("K8", "Acm\u{435} GmbH", None)),
        line(4, row("K9", "Nordw\u{456}nd AG", None)),
        line(5, row("K10", "Acne\u{202e} GmbH", None)),
        line(6, row("K11", "Acme GmbH", None)),
    ];
    let (act, work) = file("customers", Rows::Customers(rows), false);
    alone.done("anna", act);
    let notices = work.lock().expect("the work").notices.clone();
    let must = [
        "[TXT-04] Line 3: K8 Acm\u{435} GmbH looks like K7 Acme GmbH; is it another customer?",
        "[TXT-04] Line 4: K9 Nordw\u{456}nd AG looks like K1 Nordwind AG; is it another customer?",
        "[TXT-02] Line 5: the name of a customer held hidden or control characters; they were taken out.",
    ];
    assert_eq!(notices, must);
    alone.assert_sound();
}

#[test]
fn who_may_not_post_receipts_brings_none_by_a_file_of_invoices() {
    let invoice = |settled| InvoiceRow {
        line: 2,
        number: "F-1".into(),
        customer: "K1".into(),
        customer_name: None,
        document_date: day("2026-03-02"),
        due_date: Some(day("2026-04-01")),
        terms: None,
        terms_base: None,
        amount: euro(70),
        currency: Currency::EUR,
        kind: RowKind::Invoice,
        reference: None,
        order: None,
        settled_date: settled,
        settled_amount: None,
        disputed: false,
        tax: None,
    };
    let rows = |settled| file("invoices", Rows::Invoices(vec![invoice(settled)]), false).0;
    let company = Company::of(&["biller"]);
    assert_eq!(company.outcome("biller", rows(Some(day("2026-03-09")))), "AUT-02");
    assert_eq!(company.number("SELECT count(*) FROM document"), 0);
    assert_eq!(company.outcome("biller", rows(None)), "done");
    assert_eq!(
        company.outcome("anna", rows(Some(day("2026-03-09")))),
        "IMP-01",
        "whoever may both is not stopped by it"
    );
    company.assert_sound();
}

#[test]
fn money_that_came_in_is_called_something_else_by_two_people() {
    let company = Company::of(&["cash", "approver"]);
    company.done("anna", account());
    let entries = [(euro(900), EntryKind::Receipt, company.today), (-euro(40), EntryKind::Other, company.today)];
    company.done("cash", statement("first", &entries));
    let settle = |payment, left, what| Act::SettlePayment { payment, left, what, text: "by the advice".into() };
    for what in [Settled::Charge, Settled::Transfer, Settled::Elsewhere] {
        assert_eq!(company.outcome("cash", settle(1, euro(900), what)), "asked");
        assert_eq!(company.number("SELECT left FROM bank_payment WHERE id = 1"), euro(900));
        let change = company.newest().change;
        assert!(change.contains("900.00 EUR") && change.contains("Nordwind"), "the approver sees nothing: {change:?}");
    }
    assert_eq!(company.approve_code("cash"), "AUT-03");
    assert_eq!(company.approve_code("approver"), "done");
    assert_eq!(company.number("SELECT left FROM bank_payment WHERE id = 1"), 0);
    // Rules say the same of every file to come.
    assert_eq!(company.outcome("cash", rule("hafen*", true)), "asked");
    assert_eq!(company.number("SELECT count(*) FROM bank_rule_change"), 0);
    assert!(company.newest().change.contains("hafen*"), "{}", company.newest().change);
    assert_eq!(company.approve_code("approver"), "done");
    assert_eq!(company.outcome("cash", rule("hafen*", false)), "asked");
    company.assert_sound();
}
