//! Duties kept apart and the people who keep a book: conflicts refused at granting, administrators who stay, refusals in
//! the log.

use super::book::{Company, role};
use o2c::acts::{Act, Actor};
use o2c::domain::limits::LimitKind;
use o2c::domain::money::Currency;

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
    assert_eq!(company.outcome("anna", Act::SetActive { login: "anna".into(), active: false }), "AUT-03");
    company.assert_sound();
}

/// One administrator is enough to shut another out at once, and not enough to be the only one.
#[test]
fn an_administrator_is_shut_out_at_once_and_waited_for() {
    let company = Company::of(&["collector"]);
    company.add("ada", &["administrator"]);
    let out = company.done("ada", active("anna", false));
    assert!(out.summary.contains("who stays an administrator until a second one takes the role"), "{}", out.summary);
    let note = || Act::Note { customer: 1, text: "Called".into() };
    assert_eq!(company.outcome("anna", note()), "SES-04", "from the next act on");
    // Nothing that asks for a second person goes through for want of one.
    for act in [
        role("ada", "controller", true),
        role("anna", "administrator", false),
        active("anna", true),
        Act::AddPerson {
            login: "eve".into(),
            name: "Eve".into(),
            roles: vec!["administrator".into()],
            department: String::new(),
        },
        Act::SetLimit { login: "collector".into(), kind: LimitKind::Release, amount: None },
        Act::SetRate { currency: Currency::USD, from: company.today, rate: "0.9".into() },
        Act::SetSetting { key: "bank-account".into(), value: "DE89370400440532013000".into() },
    ] {
        let shown = format!("{act:?}");
        assert!(matches!(company.outcome("ada", act).as_str(), "asked" | "AUT-08"), "{shown}");
    }
    assert_eq!(company.approve_code("ada"), "AUT-03");
    let asked = company.done("ada", active("anna", true));
    assert!(asked.asked && asked.summary.contains("o2c user role anna administrator --take"), "{}", asked.summary);
    company.assert_sound();
}

/// Where nobody else may confirm, whoever owns the file does, with a reason that is reported.
#[test]
fn the_owner_of_the_file_decides_where_every_other_administrator_is_shut_out() {
    let company = Company::of(&["collector"]);
    company.add("ada", &["administrator"]);
    let owner = |act: Act| company.act_of(Actor { owner: Some("Anna left".into()), ..Actor::new("ada", "test") }, act);
    // Not as long as the other may be asked, and for roles and letting in alone.
    assert!(owner(role("collector", "cash", true)).expect("asked").asked);
    company.done("ada", active("anna", false));
    let rate = Act::SetRate { currency: Currency::USD, from: company.today, rate: "0.9".into() };
    assert!(!matches!(owner(rate), Ok(done) if !done.asked));
    assert!(!owner(active("anna", true)).expect("let in").asked);
    company.done("ada", active("anna", false));
    assert!(!owner(role("anna", "administrator", false)).expect("taken").asked);
    let noted = "SELECT count(*) FROM lone_act WHERE why = 'decided by the owner of the book''s file: Anna left'";
    assert_eq!(company.number(noted), 2);
    // Ada is the only one now, as somebody who opened the book would be.
    assert_eq!(company.outcome("ada", role("collector", "cash", true)), "done");
    assert_eq!(company.outcome("ada", role("ada", "administrator", false)), "AUT-09");
    company.assert_sound();
}

#[test]
fn a_third_administrator_confirms_that_one_who_is_shut_out_is_none_any_more() {
    let company = Company::of(&["administrator"]);
    company.add("third", &["administrator"]);
    company.done("third", active("anna", false));
    assert_eq!(company.outcome("third", role("anna", "administrator", false)), "asked");
    assert_eq!(company.approve_code("administrator"), "done");
    // Undoing a grant is taking: the same holds for it.
    assert_eq!(company.outcome("third", role("administrator", "viewer", true)), "asked");
    company.assert_sound();
}

fn active(login: &str, active: bool) -> Act {
    Act::SetActive { login: login.into(), active }
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
