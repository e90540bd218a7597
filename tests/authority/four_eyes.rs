//! Four eyes: an act beyond one's authority waits, exactly what was asked for is done when a second person approves, and
//! nothing else.

use super::book::{Company, customer, day, euro, role, write_off};
use o2c::acts::{self, Act, Actor, Failure, Mode, Request, Stamp};
use o2c::domain::document::DocumentKind;
use o2c::domain::limits::LimitKind;
use o2c::domain::money::Currency;
use o2c::store::people::CustomerData;
use o2c::store::schema::hex;

/// bcgov/entity#11184: nobody approves a write-off of their own.
#[test]
fn an_act_beyond_the_limit_waits_until_a_second_person_approves_it() {
    let company = Company::of(&["controller", "supervisor", "approver"]);
    let item = company.invoice("INV-1", 40_000);
    let asked = company.done("controller", write_off(item, euro(30_000), company.today));
    assert!(asked.asked && asked.summary.starts_with("Sent for approval as A-1, not posted:"), "{}", asked.summary);
    assert_eq!(company.open(item), euro(40_000), "nothing is posted yet");
    assert_eq!(company.approve_code("controller"), "AUT-03", "maker is never checker");
    assert_eq!(company.approve_code("supervisor"), "AUT-01", "beyond the supervisor's own limit");
    let done = company.approve("approver").expect("approved");
    assert!(done.summary.starts_with("Approved A-1 of CONTROLLER: Posted write-off"), "{}", done.summary);
    assert_eq!(company.open(item), euro(10_000));
    assert_eq!(company.approve_code("approver"), "AUT-11", "once");
    company.assert_sound();
    let denied = company.number("SELECT count(*) FROM denial");
    assert_eq!(denied, 2, "both refusals for want of authority are in the log");
}

#[test]
fn who_approves_what_they_may_not_do_is_not_told_that_it_can_be_undone() {
    let company = Company::of(&["controller", "approver"]);
    let item = company.invoice("INV-1", 80_000);
    company.done("controller", write_off(item, euro(30_000), company.today));
    let done = company.approve("approver").expect("approved");
    assert!(!done.undoable, "{}", done.summary);
    assert_eq!(company.outcome("approver", Act::Undo { act: done.act }), "AUT-02");
    // Whoever may write off as well is told.
    company.done("anna", role("approver", "controller", true));
    company.done("controller", write_off(item, euro(30_000), company.today));
    let done = company.approve("approver").expect("approved");
    assert!(done.undoable);
    company.done("approver", Act::Undo { act: done.act });
    company.assert_sound();
}

#[test]
fn a_limit_for_what_somebody_may_not_do_names_the_roles_that_may() {
    let company = Company::of(&["collector", "approver"]);
    let act = Act::SetLimit { login: "collector".into(), kind: LimitKind::WriteOff, amount: Some(euro(500)) };
    let Err(Failure::Refused { code: "AUT-07", sentence }) = company.act("anna", act) else { panic!("taken") };
    assert!(sentence.contains("controller") && sentence.contains("o2c user role collector "), "{sentence}");
}

#[test]
fn the_limit_itself_is_within_it_and_a_cent_more_is_not() {
    let company = Company::of(&["controller", "approver"]);
    for (amount, must) in [(euro(25_000), "done"), (euro(25_000) + 1, "asked")] {
        let number = format!("INV-{amount}");
        let item = company.invoice(&number, 30_000);

        assert_eq!(company.outcome("controller", write_off(item, amount, company.today)), must, "{amount}");
        // The next amount is not to count with this one.
        let last = company.number("SELECT max(id) FROM act WHERE kind IN ('write off', 'ask')");
        company.done("controller", Act::Undo { act: last });
    }
    company.assert_sound();
}

#[test]
fn amounts_split_over_a_week_count_together() {
    let mut company = Company::of(&["controller", "approver"]);
    let limit = Act::SetLimit { login: "controller".into(), kind: LimitKind::WriteOff, amount: Some(euro(500)) };
    company.done("anna", limit);
    let (one, two, three) = (company.invoice("A", 450), company.invoice("B", 450), company.invoice("C", 450));
    assert_eq!(company.outcome("controller", write_off(one, euro(450), company.today)), "done");
    company.today = day("2026-03-18");
    assert_eq!(company.outcome("controller", write_off(two, euro(450), company.today)), "asked");
    assert_eq!(company.newest().amount, Some(euro(900)));
    let early = write_off(two, euro(450), day("2025-01-01"));
    assert_eq!(company.outcome("controller", early), "asked", "an early date does not help");
    company.today = day("2026-03-23");
    assert_eq!(company.outcome("controller", write_off(three, euro(450), company.today)), "done", "the eighth day");
    company.assert_sound();
}

#[test]
fn what_changed_meanwhile_makes_a_request_void() {
    let company = Company::of(&["controller", "approver"]);
    let item = company.invoice("INV-1", 40_000);
    company.done("controller", write_off(item, euro(30_000), company.today));
    company.done("anna", write_off(item, euro(1), company.today));
    assert_eq!(company.approve_code("approver"), "AUT-04");
    assert_eq!(company.open(item), euro(39_999));
    company.done("controller", Act::Recall { request: 1 });
    assert_eq!(company.approve_code("approver"), "AUT-11");
    company.assert_sound();
}

#[test]
fn a_request_expires_and_another_hash_is_refused() {
    let mut company = Company::of(&["controller", "approver"]);
    let item = company.invoice("INV-1", 40_000);
    company.done("controller", write_off(item, euro(30_000), company.today));
    let other = Act::Approve { request: 1, hash: hex(&[7; 32]), text: String::new() };
    assert_eq!(company.outcome("approver", other), "AUT-04");
    company.today = day("2026-03-31");
    assert_eq!(company.approve_code("approver"), "AUT-12");
    company.today = day("2026-03-30");
    assert_eq!(company.approve_code("approver"), "done", "the last day counts");
    company.assert_sound();
}

#[test]
fn a_rejection_says_why_and_the_maker_can_take_a_request_back() {
    let company = Company::of(&["controller", "approver"]);
    let item = company.invoice("INV-1", 60_000);
    company.done("controller", write_off(item, euro(30_000), company.today));
    assert_eq!(company.outcome("approver", Act::Reject { request: 1, text: " ".into() }), "TXT-05");
    assert_eq!(company.outcome("controller", Act::Reject { request: 1, text: "no".into() }), "AUT-03");
    company.done("approver", Act::Reject { request: 1, text: "ask the insurer first".into() });
    let asked = company.done("controller", write_off(item, euro(30_000), company.today));
    assert_eq!(company.outcome("approver", Act::Recall { request: 2 }), "AUT-03");
    company.done("controller", Act::Undo { act: asked.act });
    assert_eq!(company.number("SELECT count(*) FROM request WHERE state = 'withdrawn'"), 1);
    assert_eq!(company.open(item), euro(60_000));
    company.assert_sound();
}

#[test]
fn the_same_key_asks_once() {
    let company = Company::of(&["controller", "approver"]);
    let item = company.invoice("INV-1", 40_000);
    let request = Request::new(write_off(item, euro(30_000), company.today));
    let send = || {
        let actor = Actor::new("controller", "test");
        acts::perform(&company.conn, &actor, company.stamp(), &request, Mode::Post).expect("asked")
    };
    let (first, again) = (send(), send());
    assert_eq!((again.act, again.again, again.asked), (first.act, true, true));
    assert_eq!(company.number("SELECT count(*) FROM request"), 1);
    let dry = acts::perform(
        &company.conn,
        &Actor::new("controller", "test"),
        company.stamp(),
        &Request::new(write_off(item, euro(30_001), company.today)),
        Mode::DryRun,
    );
    assert!(dry.expect("tried").asked);
    assert_eq!(company.number("SELECT count(*) FROM request"), 1, "a dry run asks nobody");
}

#[test]
fn an_approved_act_is_taken_back_and_a_redo_asks_again() {
    let company = Company::of(&["controller", "approver"]);
    let item = company.invoice("INV-1", 40_000);
    company.done("controller", write_off(item, euro(30_000), company.today));
    let approved = company.approve("approver").expect("approved");
    let undone = company.done("controller", Act::Undo { act: approved.act });
    assert_eq!(company.open(item), euro(40_000));
    assert_eq!(company.outcome("controller", Act::Undo { act: undone.act }), "asked", "a redo is a write-off");
    assert_eq!(company.open(item), euro(40_000));
    assert_eq!(company.approve_code("approver"), "done");
    assert_eq!(company.open(item), euro(10_000));
    company.assert_sound();
}

#[test]
fn names_terms_addresses_limits_and_accounts_are_changed_by_two_people() {
    let company = Company::of(&["customers", "credit", "supervisor"]);
    let version = |company: &Company| company.number("SELECT version FROM customer WHERE id = 1");
    let change =
        |company: &Company, data: CustomerData| Act::SetCustomer { customer: Some(1), version: version(company), data };
    let plain = customer("K1");
    let phone = CustomerData { phone: "+49 40 1".into(), ..plain.clone() };
    assert_eq!(company.outcome("customers", change(&company, phone.clone())), "done");
    for data in [
        CustomerData { name: "Nordwind SE".into(), ..phone.clone() },
        CustomerData { terms: "60".into(), ..phone.clone() },
        CustomerData { email: "ceo@elsewhere.example".into(), ..phone.clone() },
        CustomerData { bank_account: "DE89 3704 0044 0532 0130 00".into(), ..phone.clone() },
    ] {
        let before = version(&company);
        assert_eq!(company.outcome("customers", change(&company, data)), "asked");
        assert_eq!(version(&company), before, "the old value keeps working");
        assert!(company.newest().change.contains('\t'), "before and after");
        company.done("customers", Act::Recall { request: company.newest().id });
    }
    let limit = CustomerData { credit_limit: Some(euro(4_000)), ..phone.clone() };
    assert_eq!(company.outcome("customers", change(&company, limit.clone())), "AUT-02", "another's duty");
    assert_eq!(company.outcome("credit", change(&company, limit)), "asked");
    assert_eq!(company.newest().change, "credit limit\tnone\t4,000.00 EUR");
    assert_eq!(company.approve_code("supervisor"), "done");
    let more = CustomerData { credit_limit: Some(euro(6_000)), ..phone };
    assert_eq!(company.outcome("credit", change(&company, more)), "asked");
    assert_eq!(company.approve_code("supervisor"), "AUT-01", "a limit is judged by what it becomes");
    let present = CustomerData { credit_limit: Some(euro(4_000)), phone: "+49 40 1".into(), ..customer("K1") };
    let typo = CustomerData { bank_account: "DE89 3704 0044 0532 0130 01".into(), ..present };
    assert_eq!(company.outcome("customers", change(&company, typo)), "REF-01");
    company.assert_sound();
}

#[test]
fn one_person_alone_works_on_and_it_is_noted() {
    let company = Company::of_one();
    let item = company.invoice("INV-1", 40_000);
    assert_eq!(company.outcome("anna", write_off(item, euro(30_000), company.today)), "done");
    assert_eq!(company.number("SELECT count(*) FROM lone_act"), 1);
    company.add("viewer", &["viewer"]);
    assert_eq!(company.outcome("anna", write_off(item, euro(26_000), company.today)), "AMT-06");
    assert_eq!(company.outcome("anna", write_off(item, euro(9_000), company.today)), "asked", "no longer alone");
    company.assert_sound();
}

#[test]
fn lent_authority_ends_with_its_day_and_never_serves_the_lender() {
    let mut company = Company::of(&["controller", "approver", "supervisor"]);
    let item = company.invoice("INV-1", 90_000);
    let until = day("2026-03-18");
    let lend = |from| Act::Delegate { to: "supervisor".into(), from, until };
    assert_eq!(company.outcome("viewer", lend(company.today)), "SES-04");
    company.done("approver", lend(company.today));
    company.done("controller", write_off(item, euro(30_000), company.today));
    assert_eq!(company.approve_code("supervisor"), "done");
    assert_eq!(company.number("SELECT authority_of FROM request_step WHERE what = 'approved'"), 3);
    company.done("controller", write_off(item, euro(30_000), company.today));
    company.today = day("2026-03-19");
    assert_eq!(company.approve_code("supervisor"), "AUT-01", "the delegation is over");
    let until = day("2026-03-25");
    let lend = |from| Act::Delegate { to: "supervisor".into(), from, until };
    company.done("approver", lend(company.today));
    assert_eq!(company.outcome("controller", Act::EndDelegation { delegation: 2 }), "AUT-02");
    company.done("approver", Act::EndDelegation { delegation: 2 });
    assert_eq!(company.approve_code("supervisor"), "AUT-01");
    let own = Act::Delegate { to: "approver".into(), from: until, until };
    assert_eq!(company.outcome("approver", own), "AUT-03");
    company.assert_sound();
    // What the lender asked for is not approved with the lender's own authority.
    company.done("anna", role("approver", "customers", true));
    company.done("approver", lend(until));
    let data = CustomerData { email: "new@nordwind.example".into(), ..customer("K1") };
    company.done("anna", role("supervisor", "viewer", true));
    company.done("anna", role("supervisor", "supervisor", false));
    assert_eq!(company.outcome("approver", Act::SetCustomer { customer: Some(1), version: 1, data }), "asked");
    assert_eq!(company.approve_code("supervisor"), "AUT-01");
}

#[test]
fn authority_ends_by_the_clock_whatever_day_is_given() {
    let mut company = Company::of(&["controller", "approver", "supervisor"]);
    let item = company.invoice("INV-1", 90_000);
    company.done("controller", write_off(item, euro(30_000), company.today));
    let by_hand = |company: &Company, login: &str, given: &str| {
        let asked = company.newest();
        let approve = Act::Approve { request: asked.id, hash: hex(&asked.hash), text: String::new() };
        let stamp = Stamp { today: day(given), ..company.stamp() };
        match acts::perform(&company.conn, &Actor::new(login, "test"), stamp, &Request::new(approve), Mode::Post) {
            Ok(_) => "done",
            Err(Failure::Refused { code, .. }) => code,
            Err(other) => panic!("{other}"),
        }
    };
    let lend = |from, until| Act::Delegate { to: "supervisor".into(), from: day(from), until: day(until) };
    assert_eq!(company.outcome("approver", lend("2026-03-01", "2026-03-15")), "DAT-03", "the clock is past it");
    company.done("approver", lend("2026-03-18", "2026-03-19"));
    assert_eq!(by_hand(&company, "supervisor", "2026-03-18"), "AUT-01", "a day given by hand does not begin it");
    company.today = day("2026-03-20");
    assert_eq!(by_hand(&company, "supervisor", "2026-03-19"), "AUT-01", "nor does one prolong it");
    company.today = day("2026-04-20");
    assert_eq!(by_hand(&company, "approver", "2026-03-20"), "AUT-12", "nor a request that is over");
    company.done("controller", Act::Recall { request: company.newest().id });
    company.done("controller", write_off(item, euro(30_000), company.today));
    company.done("approver", lend("2026-04-20", "2026-04-22"));
    assert_eq!(by_hand(&company, "supervisor", "2026-04-25"), "done", "nor does one end it");
    // The clock set back: the last act of the log is later.
    company.done("controller", write_off(item, euro(30_000), company.today));
    company.today = day("2026-04-23");
    company.done("controller", Act::Note { customer: 1, text: "x".into() });
    company.today = day("2026-04-21");
    assert_eq!(company.approve_code("supervisor"), "AUT-01");
    company.assert_sound();
}

#[test]
fn a_rate_of_another_day_is_no_way_under_a_limit() {
    let mut company = Company::of(&["administrator", "controller", "approver"]);
    let rate = |rate: &str, from: &str| Act::SetRate { currency: Currency::USD, from: day(from), rate: rate.into() };
    for (factor, from) in [("0.10", "2026-01-01"), ("0.90", "2026-03-10")] {
        company.done("anna", rate(factor, from));
        company.approve("administrator").expect("confirmed");
    }
    let dollars = Act::PostDocument {
        kind: DocumentKind::Invoice,
        number: "U-1".into(),
        customer: 1,
        date: day("2026-02-02"),
        terms: String::new(),
        due: None,
        currency: Currency::USD,
        amount: 4_000_000,
        reference: String::new(),
        order: String::new(),
        tax: Vec::new(),
    };
    company.done("anna", dollars);
    let item = company.number("SELECT max(id) FROM item");
    // 36,000.00 by the clock, above the controller's 25,000.00; 4,000.00 on the day given for both.
    let stamp = Stamp { today: day("2026-02-02"), ..company.stamp() };
    let act = Request::new(write_off(item, 4_000_000, day("2026-02-02")));
    let done = acts::perform(&company.conn, &Actor::new("controller", "test"), stamp, &act, Mode::Post);
    assert!(done.expect("asked for").asked);
    company.today = day("2026-03-17");
    company.assert_sound();
}

#[test]
fn a_maker_who_lost_the_right_or_was_shut_out_is_not_approved() {
    let company = Company::of(&["controller", "approver"]);
    let item = company.invoice("INV-1", 40_000);
    company.done("controller", write_off(item, euro(30_000), company.today));
    company.done("anna", role("controller", "controller", false));
    assert_eq!(company.approve_code("approver"), "AUT-02");
    company.done("anna", role("controller", "controller", true));
    company.done("anna", Act::SetActive { login: "controller".into(), active: false });
    assert_eq!(company.approve_code("approver"), "AUT-04");
    assert_eq!(company.outcome("controller", Act::Recall { request: 1 }), "SES-04");
    assert_eq!(company.open(item), euro(40_000));
    company.assert_sound();
}
