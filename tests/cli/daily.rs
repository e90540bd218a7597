//! The day's work through the real program: what the cash rules are sure of is applied before anybody is reminded, and
//! cases past their day go to a supervisor, each once.

use crate::rig::Rig;

/// Two customers with a late invoice each.
fn company() -> Rig {
    let rig = Rig::new("EUR");
    rig.file("c.csv", "id,name,currency\nC1,Hafen Handel,EUR\nC2,Kontor Sued,EUR\n");
    rig.run(&["import", "customers", "c.csv"]).done();
    let rows = "INV-20447,C1,2026-01-20,2026-02-20,100.00,EUR\nINV-20448,C2,2026-01-20,2026-02-20,100.00,EUR\n";
    rig.file("i.csv", format!("number,customer,document_date,due_date,amount,currency\n{rows}"));
    rig.run(&["import", "invoices", "i.csv"]).done();
    rig
}

#[test]
fn daily_applies_what_the_rules_are_sure_of_before_it_reminds() {
    let rig = company();
    rig.file("p.toml", "name = \"standard\"\ndaily = true\n[[level]]\nnumber = 1\nwait_days = 3\n");
    rig.run(&["policy", "import", "p.toml"]).done();
    rig.run(&["policy", "assign", "standard", "--company"]).done();
    rig.run(&["bank", "add", "Main", "--account", "DE89370400440532013000", "--currency", "EUR"]).done();
    let statement = ":20:S\n:25:DE89370400440532013000\n:28C:41/1\n:60F:C260330EUR1000,00\n\
                     :61:260331C100,00NTRFNONREF//B-1\n:86:Hafen Handel pays INV-20447\n:62F:C260331EUR1100,00\n-\n";
    rig.file("s.sta", statement);
    rig.run(&["import", "statement", "s.sta"]).done();
    let tried = rig.run(&["daily", "--dry-run"]).done();
    assert!(tried.contains("cash      done: 1 of 1 payments would be applied"), "{tried}");
    let said = rig.run(&["daily"]).done();
    assert!(said.contains("cash      done: 1 of 1 payments applied, 0 left for a person"), "{said}");
    assert!(said.contains("run       done: Drafted M-1: 1 letter about"), "the paid invoice is not dunned: {said}");
    assert!(rig.run(&["daily"]).done().contains("cash      nothing: no payment waits"));
    rig.run(&["dunning", "approve", "M-1"]).done();
    let sent = rig.run(&["dunning", "send", "M-1", "--letters", "1", "--out", "l"]).done();
    assert!(sent.contains("Sent 1 letter of M-1"), "the gate is open: {sent}");
    assert_eq!(rig.run(&["check"]).done(), "");
}

#[test]
fn daily_hands_a_case_past_its_day_to_a_supervisor_once() {
    let rig = company();
    rig.run(&["user", "add", "vera", "--name", "Vera Moor", "--role", "supervisor"]).done();
    rig.run(&["dispute", "open", "INV-20447", "--amount", "40", "--reason", "price"]).done();
    assert!(rig.run(&["daily"]).done().contains("cases     nothing: no case is newly past its day"));
    let on = |day: &str, args: &[&str]| rig.run_by_the_clock(&[&["--today", day], args].concat()).done();
    let tried = on("2026-04-10", &["daily", "--dry-run"]);
    assert!(tried.contains("cases     done: would be escalated: D-1 to vera"), "{tried}");
    let first = on("2026-04-10", &["daily"]);
    assert!(first.contains("cases     done: escalated: D-1 to vera"), "{first}");
    assert!(on("2026-04-10", &["daily"]).contains("cases     nothing"), "once");
    let queue = on("2026-04-10", &["dispute", "list", "--json"]);
    assert!(queue.contains("escalated"), "{queue}");
    let shown = on("2026-04-10", &["dispute", "show", "D-1"]);
    assert!(shown.contains("task 1 for vera, not done: past its day for the answer"), "{shown}");
    // Taken up again, it is not escalated for the same day; the day of the decision is another.
    on("2026-04-10", &["dispute", "wait", "D-1", "--for", "us", "--text", "mine"]);
    assert!(on("2026-04-11", &["daily"]).contains("cases     nothing"));
    let later = on("2026-05-20", &["daily"]);
    assert!(later.contains("cases     done: escalated: D-1 to vera"), "{later}");
    assert!(on("2026-05-21", &["daily"]).contains("cases     nothing"));
    assert_eq!(rig.run(&["check"]).done(), "");
}

/// Behaviour 5D rule 7: closed by itself only below a limit, only after the discount date, never silently.
#[test]
fn daily_writes_off_cases_too_small_to_go_on_with_and_says_so() {
    let rig = company();
    rig.run(&["dispute", "open", "INV-20447", "--amount", "4", "--reason", "freight"]).done();
    rig.run(&["dispute", "open", "INV-20448", "--amount", "40", "--reason", "price"]).done();
    let said = rig.run(&["daily"]).done();
    assert!(
        said.contains("small     nothing: no case is written off by itself (dispute-close-below is not set)"),
        "{said}"
    );
    rig.run(&["setting", "dispute-close-below", "5"]).done();
    let tried = rig.run(&["daily", "--dry-run"]).done();
    assert!(tried.contains("small     done: would be: D-1 4.00 EUR written off"), "{tried}");
    let said = rig.run(&["daily"]).done();
    assert!(said.contains("small     done: D-1 4.00 EUR written off\n"), "{said}");
    let shown = rig.run(&["dispute", "show", "D-1"]).done();
    assert!(shown.contains("4.00 EUR in dispute is no more than dispute-close-below, 5 EUR"), "{shown}");
    assert!(rig.run(&["items"]).done().contains("96.00"), "it was posted");
    assert!(rig.run(&["daily"]).done().contains("small     nothing: no case has 5 EUR or less in dispute"));
    // Who takes it back wants it open: it is left alone from then on.
    rig.run(&["undo"]).done();
    assert!(rig.run(&["dispute", "show", "D-1"]).done().contains("open 4.00"));
    assert!(rig.run(&["daily"]).done().contains("small     nothing"));
    assert_eq!(rig.run(&["check"]).done(), "");
}

#[test]
fn a_small_case_waits_for_its_discount_and_for_who_may_decide_it() {
    let rig = company();
    let terms = ["--amount", "100", "--date", "2026-03-26", "--terms", "2/10 net 30"];
    rig.run(&[&["post", "invoice", "INV-20450", "--customer", "C1"][..], &terms].concat()).done();
    rig.run(&["dispute", "open", "INV-20450", "--amount", "2", "--reason", "unearned discount"]).done();
    rig.run(&["setting", "dispute-close-below", "5"]).done();
    assert!(rig.run(&["daily"]).done().contains("small     nothing"), "its discount runs until 5 April");
    rig.run(&["user", "add", "carl", "--name", "Carl Voss", "--role", "collector"]).done();
    let said = rig.run_by_the_clock(&["--today", "2026-04-10", "--as", "carl", "daily"]).done();
    assert!(said.contains("small     not done: left to who may decide them: D-1 2.00 EUR"), "{said}");
    let said = rig.run_by_the_clock(&["--today", "2026-04-10", "daily"]).done();
    assert!(said.contains("small     done: D-1 2.00 EUR written off"), "{said}");
    assert_eq!(rig.run(&["check"]).done(), "");
}
