//! Plans, contacts, the team and strategies by their verbs, as text and as JSON, on 31 March 2026.

use crate::rig::Rig;
use serde_json::{Value, json};

fn company() -> Rig {
    let rig = Rig::new("EUR");
    rig.file("customers.csv", "id,name,country,currency\nC1,Nordwind,DE,EUR\nC2,Hafen Handel,FR,EUR\n");
    rig.run(&["import", "customers", "customers.csv"]).done();
    rig.file(
        "invoices.csv",
        "number,customer,document_date,due_date,amount,currency\nINV-1,C1,2026-01-20,2026-02-20,900.00,EUR\n\
         INV-2,C1,2026-01-20,2026-02-20,600.00,EUR\nINV-3,C2,2026-01-20,2026-02-20,50.00,EUR\n",
    );
    rig.run(&["import", "invoices", "invoices.csv"]).done();
    rig
}

/// Runs a verb on the day of the rig, unless it names one.
fn said(rig: &Rig, args: &[&str]) -> crate::rig::Said {
    if args.contains(&"--today") { rig.run_by_the_clock(args) } else { rig.run(args) }
}

fn answer(rig: &Rig, args: &[&str]) -> Value {
    let text = said(rig, args).done();
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{args:?}: {error}: {text}"))
}

#[test]
fn a_plan_from_proposal_to_default_and_replacement() {
    let rig = company();
    let propose = ["plans", "propose", "INV-1", "INV-2", "--rates", "3", "--from", "2026-04-01"];
    rig.run(&[&propose[..], &["--dry-run"]].concat()).done();
    let text = rig.run(&propose).done();
    assert!(text.contains("Plan PP-1 of Nordwind: 1,500.00 EUR in 3 instalments from 2026-04-01"), "{text}");
    rig.run(&propose).refused(1, &["PLN-02", "PP-1", "Nothing was changed"]);
    let off = answer(&rig, &["worklist", "--why", "C1", "--json"]);
    assert_eq!(off["listed"], false);
    assert!(off["why_not"].as_str().is_some_and(|why| why.contains("payment plan in good standing")), "{off}");
    let why = answer(&rig, &["dunning", "why", "C1", "--json"]);
    // Nothing is dunned without a policy; with one the plan is the reason.
    assert_eq!(why["items"].as_array().map(Vec::len), Some(2));

    said(
        &rig,
        &["--today", "2026-04-02", "post", "receipt", "--customer", "C1", "--amount", "500", "--apply", "INV-1:500"],
    )
    .done();
    let shown = answer(&rig, &["--today", "2026-05-06", "plans", "show", "PP-1", "--json"]);
    assert_eq!((shown["state"].as_str(), shown["due"].as_str()), (Some("good standing"), Some("500.00")));
    assert_eq!((shown["breaks_on"].as_str(), shown["paid"].as_str()), (Some("2026-05-07"), Some("500.00")));
    let shown = answer(&rig, &["--today", "2026-05-07", "plans", "show", "pp-1", "--json"]);
    assert_eq!((shown["state"].as_str(), shown["default_since"].as_str()), (Some("default"), Some("2026-05-07")));
    assert_eq!(shown["instalments"][1]["state"], "missed");
    let list = answer(&rig, &["--today", "2026-05-07", "plans", "list", "--where", "state:default", "--json"]);
    assert_eq!((list["total"].as_i64(), list["rows"][0]["left"].as_str()), (Some(1), Some("1000.00")));
    // The one missed, and not the one that was paid.
    let text = said(&rig, &["--today", "2026-05-07", "plans", "list"]).done();
    assert!(text.contains("in default since 7 May 26, 500.00 EUR of the instalment of 1 May 26 missing"), "{text}");
    let listed = answer(&rig, &["--today", "2026-05-07", "worklist", "--why", "C1", "--json"]);
    let parts = listed["parts"].as_array().expect("parts");
    assert!(parts.contains(&json!({"points": 15, "reason": "Plan in default since 7 May"})), "{listed}");

    let word = answer(&rig, &["--today", "2026-05-07", "promises", "kept", "C1", "--json"]);
    let sum = &word["currencies"][0];
    assert_eq!((sum["promised"].as_str(), sum["came_in_time"].as_str()), (Some("1000.00"), Some("500.00")));
    assert_eq!((sum["percent"].as_str(), sum["kept"].as_i64()), (Some("50"), Some(1)));

    let schedule = "2026-06-01 400; 2026-07-01 rest";
    let replace = ["--today", "2026-05-07", "plans", "replace", "PP-1", "--schedule", schedule];
    assert!(said(&rig, &replace).done().contains("Plan PP-2 of Nordwind: 1,000.00 EUR"));
    rig.run(&["plans", "withdraw", "PP-1", "--reason", "x"]).refused(1, &["ACT-08", "replaced"]);
    said(&rig, &["--today", "2026-05-08", "plans", "withdraw", "PP-2", "--reason", "they pay at once"]).done();
    assert!(rig.run(&["plans", "list"]).done().contains("withdrawn"));
    assert_eq!(rig.run(&["check"]).done(), "");
}

#[test]
fn contacts_and_the_team() {
    let rig = company();
    let said = rig.run(&["activities", "log", "C1", "--kind", "visit", "--outcome", "cannot pay"]).done();
    assert!(said.contains("Visit (cannot pay): Nordwind, offer a payment plan on 2026-04-03"), "{said}");
    rig.run(&["activities", "log", "C1", "--outcome", "delighted"]).refused(1, &["ACT-09", "says paid"]);
    rig.run(&["call", "C1", "--outcome", "banana"]).refused(1, &["ACT-09", "banana", "says paid"]);
    let log = answer(&rig, &["activities", "list", "--customer", "C1", "--json"]);
    assert_eq!((log["total"].as_i64(), log["rows"][0]["kind"].as_str()), (Some(1), Some("visit")));

    let called = rig.run(&["call", "C1", "--outcome", "says paid"]).done();
    assert!(called.contains("Call (says paid): Nordwind, again on 2026-04-02"), "a call has a next day: {called}");

    // C1 waits for its next step, so the next account is C2.
    let next = answer(&rig, &["activities", "next", "--json"]);
    assert_eq!((next["customer"].as_str(), next["to_collect"].as_str()), (Some("C2"), Some("50.00")));
    rig.run(&["user", "add", "jonas", "--name", "Jonas Weiss", "--role", "collector"]).done();
    let taken = rig.run(&["--as", "jonas", "activities", "next"]);
    taken.refused(1, &["WRK-01", "Nothing was taken"]);

    rig.run(&["owner", "C1", "C2", "--to", "mara"]).done();
    let hand = ["activities", "hand-over", "--from", "mara", "--to", "jonas", "--note", "on leave"];
    assert!(rig.run(&hand).done().contains("Handed 2 accounts of mara over to jonas"));
    let load = answer(&rig, &["activities", "load", "--json"]);
    let jonas = load["rows"].as_array().and_then(|rows| rows.iter().find(|row| row["owner"] == "jonas").cloned());
    let jonas = jonas.expect("jonas");
    assert_eq!((jonas["accounts"].as_i64(), jonas["to_collect"].as_str()), (Some(2), Some("1550.00")));
    assert_eq!(rig.run(&["check"]).done(), "");
}

#[test]
fn a_strategy_is_tried_before_it_is_taken_in() {
    let rig = company();
    let text = rig.run(&["strategy", "export", "standard"]).done();
    let careful = text.replace("\"standard\"", "\"careful\"").replace("minimum = 0", "minimum = 100");
    rig.file("careful.toml", &careful);
    let tried = answer(&rig, &["strategy", "try", "careful.toml", "--json"]);
    assert_eq!((tried["listed_at_present"].as_i64(), tried["listed"].as_i64()), (Some(2), Some(1)));
    rig.run(&["strategy", "import", "careful.toml"]).done();
    assert!(rig.run(&["strategy", "import", "careful.toml"]).done().contains("like this already"));
    let off = answer(&rig, &["worklist", "--why", "C2", "--json"]);
    let why = off["why_not"].as_str().unwrap_or_default().to_owned();
    assert!(why.contains("50.00 EUR to collect is not above the 100.00 EUR of the strategy careful"), "{why}");

    // For one country only, with days past due as a condition: the reason names the day it changes.
    let late = careful.replace("segment = \"\"", "segment = \"country:FR\"").replace("minimum = 100", "minimum = 0");
    rig.file("careful.toml", late.replace("min_days = 0", "min_days = 60"));
    rig.run(&["strategy", "import", "careful.toml"]).done();
    let off = answer(&rig, &["worklist", "--why", "C2", "--json"]);
    let why = off["why_not"].as_str().unwrap_or_default().to_owned();
    assert!(why.contains("lists from 60 days past due; that is Tue 21 Apr 2026"), "{why}");
    assert_eq!(answer(&rig, &["worklist", "--json"])["rows"][0]["strategy"], "standard");
    let list = rig.run(&["strategy", "list"]).done();
    assert!(list.contains("country:FR") && list.contains("(built in)"), "{list}");
    rig.file("bad.toml", "name = \"x\"\nsegment = \"planet:Mars\"\n");
    rig.run(&["strategy", "import", "bad.toml"]).refused(1, &["STR-01", "line 2", "planet"]);
    assert_eq!(rig.run(&["check"]).done(), "");
}

#[test]
fn nobody_logs_a_contact_with_an_account_another_works_on_unless_they_may_take_it_over() {
    let rig = company();
    let add = |login: &str, name: &str, role: &str| {
        rig.run(&["user", "add", login, "--name", name, "--role", role]).done();
    };
    add("jonas", "Jonas Weiss", "collector");
    add("mara", "Mara Lind", "collector");
    let next = answer(&rig, &["--as", "mara", "activities", "next", "--json"]);
    assert_eq!(next["customer"], "C1");
    let list = answer(&rig, &["worklist", "--json"]);
    assert_eq!(list["rows"][0]["worked_by"], "mara");
    let log = ["--as", "jonas", "activities", "log", "C1", "--outcome", "reached"];
    rig.run(&log).refused(1, &["WRK-02", "Mara Lind works on Nordwind until", "Nothing was changed"]);
    rig.run(&["--as", "jonas", "call", "C1", "--outcome", "reached"]).refused(1, &["WRK-02"]);
    rig.run(&["--as", "jonas", "email-draft", "C1"]).refused(1, &["WRK-02"]);
    for other in [
        vec!["promise", "INV-1", "--on", "+3b"],
        vec!["plans", "propose", "INV-1", "--rates", "3"],
        vec!["follow-up", "C1", "--on", "+3b"],
        vec!["done", "C1"],
    ] {
        rig.run(&[vec!["--as", "jonas"], other].concat()).refused(1, &["WRK-02", "Mara Lind works on Nordwind until"]);
    }
    rig.run(&["--as", "jonas", "note", "C1", "their office moves"]).done();
    let other = answer(&rig, &["--as", "jonas", "activities", "next", "--json"]);
    assert_eq!(other["customer"], "C2", "what another works on is passed over");

    // Who made the book is its controller, and may take an account over.
    let over = rig.run(&["call", "C1", "--outcome", "reached"]).done();
    assert!(over.contains("taken over from Mara Lind"), "{over}");
    rig.run(&["--as", "mara", "call", "C1", "--outcome", "reached"]).refused(1, &["WRK-02", "until"]);
    rig.run(&["--as", "jonas", "call", "C2", "--outcome", "reached"]).done();
    assert_eq!(rig.run(&["check"]).done(), "");
}
