//! The gate before letters go out: asked at each start of sending, and money nobody decided of keeps it shut.

use o2c::acts::dunning::Dunning;
use o2c::acts::dunning::dispatch::{self, Sent};
use o2c::acts::{Act, Actor, Failure, Mode, run};
use o2c::domain::bank::EntryKind;
use o2c::domain::document::DocumentKind as Kind;
use o2c::domain::money::Currency;
use o2c::store::dunning::gate::gate;
use o2c::store::dunning::runs::letters_of;

use crate::book::{Company, account, customer, day, euro, statement};
use crate::runs::{desk, standard};

/// Two customers with a late invoice each, and a run that waits to be sent.
fn released() -> (Company, i64) {
    let company = desk();
    company.under(&standard());
    company.done("anna", Act::SetCustomer { customer: None, version: 0, data: customer("K2") });
    let second = Act::PostDocument {
        kind: Kind::Invoice,
        number: "INV-2".into(),
        customer: 2,
        date: day("2026-03-01"),
        terms: String::new(),
        due: None,
        currency: Currency::EUR,
        amount: euro(70),
        reference: String::new(),
        order: String::new(),
        tax: Vec::new(),
    };
    company.done("anna", second);
    let run = company.draft().expect("a run");
    company.release(run);
    (company, run)
}

fn begin(company: &Company, run: i64, despite: &str) -> Result<String, String> {
    let letters = letters_of(&company.lines(run)).len() as i64;
    let start = Dunning::StartRun { run, letters, despite: despite.into() };
    company.dunning("anna", start).map(|done| done.summary).map_err(|refused| refused.to_string())
}

/// Sends up to so many letters of a begun run.
fn go_on(company: &Company, run: i64, despite: &str, most: u64) -> Result<Sent, Failure> {
    let anna = Actor::new("anna", "test");
    dispatch::send_rest(&company.conn, &anna, company.stamp(), (run, despite), &mut |done, _| done < most)
}

fn against(company: &Company) -> Vec<String> {
    gate(&company.conn, company.today).expect("asked").against
}

fn receipt(company: &Company, number: &str, amount: i64) {
    let (reference, method, text) = (number.to_owned(), String::new(), String::new());
    let (customer, date, currency, applied) = (1, company.today, Currency::EUR, Vec::new());
    company.done("anna", Act::PostReceipt { customer, reference, date, currency, amount, method, text, applied });
}

#[test]
fn the_gate_is_asked_again_of_a_run_that_was_cut_off() {
    let (mut company, run) = released();
    begin(&company, run, "").expect("nothing speaks against it");
    assert_eq!(go_on(&company, run, "", 1).expect("begun").sent, 1, "cut off after the first");
    company.done("anna", account());
    company.later(3);
    let refused = go_on(&company, run, "", 9).expect_err("no statement of the new account").to_string();
    assert!(refused.contains("DUN-06") && refused.contains("No statement of Main"), "{refused}");
    assert_eq!(company.number("SELECT count(*) FROM letter"), 1, "nothing went out");
    let sent = go_on(&company, run, "the bank sends them tomorrow", 9).expect("on purpose");
    assert_eq!((sent.sent, sent.stopped), (1, false));
    let why = "SELECT count(*) FROM act WHERE summary LIKE 'Goes on with M-1, the bank sends them tomorrow; against it: No \
               statement of Main%'";
    assert_eq!(company.number(why), 1, "the log keeps why");
    company.assert_sound();
}

#[test]
fn what_was_accepted_when_a_run_was_begun_is_accepted_for_that_day() {
    let (mut company, run) = released();
    company.done("anna", account());
    begin(&company, run, "the bank is late").expect("on purpose");
    assert_eq!(go_on(&company, run, "", 1).expect("accepted just now").sent, 1);
    let again = begin(&company, run, "once more").expect_err("nothing new speaks against it");
    assert!(again.contains("DUN-04"), "{again}");
    company.later(1);
    assert!(go_on(&company, run, "", 9).is_err(), "another day, asked again");
    company.assert_sound();
}

#[test]
fn money_nobody_decided_of_keeps_the_gate_shut_until_somebody_looked_at_it() {
    let (company, run) = released();
    assert_eq!(against(&company), Vec::<String>::new());
    receipt(&company, "R-77", euro(40));
    assert_eq!(against(&company), ["Something of the receipt R-77 is unapplied"]);
    let refused = begin(&company, run, "").expect_err("unapplied cash");
    assert!(refused.contains("DUN-06") && refused.contains("cash-reviewed"), "{refused}");
    let reviewed = |words: &str| Act::SetSetting { key: "cash-reviewed".into(), value: words.into() };
    company.done("anna", reviewed("R-77 is an advance"));
    assert_eq!(against(&company), Vec::<String>::new());
    receipt(&company, "R-78", euro(5));
    assert_eq!(against(&company).len(), 1, "later money is looked at again");
    company.done("anna", reviewed("R-77 is an advance"));
    let began = begin(&company, run, "").expect("reviewed");
    assert!(began.contains("2 letters, without bank data"), "{began}");
    company.assert_sound();
}

#[test]
fn whoever_applies_cash_says_that_it_was_looked_at() {
    let company = Company::of(&["cash", "collector"]);
    let words = || Act::SetSetting { key: "cash-reviewed".into(), value: "all asked about".into() };
    assert_eq!(company.outcome("collector", words()), "AUT-02");
    assert_eq!(company.outcome("cash", words()), "done");
    assert_eq!(company.outcome("cash", words()), "done", "the same words are another review");
    assert_eq!(company.number("SELECT count(*) FROM act WHERE kind = 'review cash'"), 2);
    let other = Act::SetSetting { key: "phone".into(), value: "1".into() };
    assert_eq!(company.outcome("cash", other), "AUT-02", "no other setting");
    company.assert_sound();
}

#[test]
fn payments_the_rules_left_are_not_looked_at_because_the_rules_ran() {
    let (company, _) = released();
    company.done("anna", account());
    company.done("anna", statement("s1", &[(euro(33), EntryKind::Receipt, company.today)]));
    assert_eq!(against(&company), ["1 payment was not looked at; run o2c cash run (g b, A)"]);
    let anna = Actor::new("anna", "test");
    run::run(&company.conn, &anna, company.stamp(), Mode::Post, &mut |_, _| true).expect("the rules");
    assert_eq!(against(&company), ["The rules left 1 payment that nobody decided of (o2c cash list, g b)"]);
    let words = Act::SetSetting { key: "cash-reviewed".into(), value: "asked the bank who paid 33".into() };
    company.done("anna", words);
    assert_eq!(against(&company), Vec::<String>::new());
    company.assert_sound();
}
