//! Duties kept apart and the people who keep a book: conflicts refused at granting, administrators who stay, refusals in
//! the log.

use super::book::{Company, role};
use o2c::acts::Act;
use o2c::domain::limits::LimitKind;

fn accepted(login: &str, name: &str, why: &str) -> Act {
    Act::ChangeRole { login: login.into(), role: name.into(), held: true, accept: why.into() }
}

#[test]
fn duties_that_must_not_meet_are_refused_at_granting() {
    let company = Company::of(&["cash", "controller"]);
    for name in ["controller", "biller", "customers", "administrator", "refunds"] {
        assert_eq!(company.outcome("anna", role("cash", name, true)), "AUT-08", "cash and {name}");
    }
    company.add("refunds", &["refunds"]);
    for name in ["cash", "biller", "customers", "administrator"] {
        assert_eq!(company.outcome("anna", role("refunds", name, true)), "AUT-08", "refunds and {name}");
    }

    assert_eq!(company.outcome("anna", role("cash", "collector", true)), "done");
    let both = Act::AddPerson {
        login: "zoe".into(),
        name: "Zoe".into(),
        roles: vec!["cash".into(), "controller".into()],
        department: String::new(),
    };
    assert_eq!(company.outcome("anna", both), "AUT-08");
    let refused = company.act("anna", role("cash", "controller", true)).expect_err("refused").to_string();
    assert!(refused.contains("\"post receipts\" and \"write off\""), "{refused}");
    assert_eq!(company.outcome("anna", accepted("cash", "controller", "two of us only")), "done");
    assert!(company.number("SELECT count(*) FROM lone_act WHERE why LIKE '%nobody else may manage users'") > 0);
    company.add("manager", &["administrator"]);
    for name in ["approver", "supervisor", "credit", "refunds"] {
        assert_eq!(company.outcome("anna", role("manager", name, true)), "AUT-08", "administrator and {name}");
    }
    company.assert_sound();
}

#[test]
fn with_two_administrators_the_second_confirms_every_grant() {
    let company = Company::of(&["administrator", "collector"]);
    assert_eq!(company.outcome("anna", role("collector", "supervisor", true)), "asked");
    assert_eq!(company.approve_code("collector"), "AUT-01");
    assert_eq!(company.approve_code("anna"), "AUT-03");
    assert_eq!(company.approve_code("administrator"), "done");
    assert_eq!(company.outcome("administrator", role("administrator", "viewer", true)), "asked", "own grants too");
    assert_eq!(company.outcome("anna", role("collector", "supervisor", false)), "done", "taking needs one");
    let last = company.number("SELECT max(id) FROM act");
    assert_eq!(company.outcome("anna", Act::Undo { act: last }), "asked", "giving back is giving");
    company.assert_sound();
}

#[test]
fn nobody_is_the_second_person_for_what_they_gain_themselves() {
    let company = Company::of(&["administrator", "collector"]);
    assert_eq!(company.outcome("anna", role("administrator", "auditor", true)), "asked");
    assert_eq!(company.approve_code("administrator"), "AUT-03", "it would be theirs");
    company.done("anna", Act::Recall { request: company.newest().id });
    // With two administrators whoever gains asks, and the other approves.
    assert_eq!(company.outcome("administrator", role("administrator", "auditor", true)), "asked");
    assert_eq!(company.approve_code("anna"), "done");
    let limit = Act::SetLimit { login: "anna".into(), kind: LimitKind::WriteOff, amount: Some(100) };
    assert_eq!(company.outcome("administrator", limit), "asked");
    assert_eq!(company.approve_code("anna"), "AUT-03");
    company.assert_sound();
}

#[test]
fn the_last_administrators_stay() {
    let company = Company::of(&["collector"]);
    assert_eq!(company.outcome("anna", role("anna", "administrator", false)), "AUT-09");
    company.add("second", &["administrator"]);
    assert_eq!(company.outcome("anna", role("second", "administrator", false)), "AUT-09");
    assert_eq!(company.outcome("anna", Act::SetActive { login: "second".into(), active: false }), "AUT-09");
    assert_eq!(company.outcome("anna", Act::SetActive { login: "anna".into(), active: false }), "AUT-03");
    company.assert_sound();
}

#[test]
fn a_role_counts_from_the_next_act_on_and_a_refusal_is_in_the_log() {
    let company = Company::of(&["viewer"]);
    let note = || Act::Note { customer: 1, text: "Called".into() };
    assert_eq!(company.outcome("viewer", note()), "AUT-02");
    company.done("anna", role("viewer", "collector", true));
    assert_eq!(company.outcome("viewer", note()), "done");
    company.done("anna", role("viewer", "collector", false));
    assert_eq!(company.outcome("viewer", note()), "AUT-02");
    company.done("anna", Act::SetActive { login: "viewer".into(), active: false });
    assert_eq!(company.outcome("viewer", note()), "SES-04");
    assert_eq!(company.outcome("nobody", note()), "SES-04");
    let denied = "SELECT count(*) FROM act a JOIN denial d ON d.act_id = a.id WHERE a.kind = 'denied' AND d.login = ";
    assert_eq!(company.number(&format!("{denied}'viewer'")), 3);
    assert_eq!(company.number(&format!("{denied}'nobody'")), 1);
    company.assert_sound();
}
