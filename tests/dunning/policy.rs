//! Policies as TOML: what is written reads back, and everything that is wrong is named with its place.

use o2c::domain::dunning::{Channel, Effect, FeePer, Mode, Policy, WaitFrom};
use o2c::domain::late::RateMode;
use o2c::domain::money::Currency;
use o2c::formats::policy::{parse, write};

const STANDARD: &str = r#"
name = "standard"
mode = "sequential"
grace_days = 3
contact_gap_days = 5
tolerance = { EUR = "1.00", JPY = "100" }
credits = "list"
approval = true

[interest]
profile = "uk"
post = true
rates = { 2026-01-01 = "3.75" }

[[level]]
number = 1
wait_days = 3
min_amount = { EUR = "25.00" }

[[level]]
number = 2
wait_days = 14
wait_from = "last letter"
fee = { EUR = "5.00" }
fee_per = "letter"
channels = ["letter"]
effects = ["task", "hold"]
"#;

#[test]
fn a_policy_reads_and_reads_back_as_it_was_written() {
    let policy = parse(STANDARD).expect("a policy");
    assert_eq!((policy.mode, policy.grace_days, policy.approval), (Mode::Sequential, 3, true));
    assert_eq!(policy.tolerance[&Currency::EUR], 100);
    assert_eq!(policy.levels[1].wait_from, WaitFrom::LastLetter);
    assert_eq!((policy.levels[1].fee[&Currency::EUR], policy.levels[1].fee_per), (500, FeePer::Letter));
    assert_eq!(policy.levels[1].channels, [Channel::Letter]);
    assert_eq!(policy.levels[1].effects, [Effect::Task, Effect::Hold]);
    let interest = policy.interest.as_ref().expect("interest");
    assert_eq!((interest.profile.mode, interest.profile.rates.len()), (RateMode::FixedAtStart, 4));
    assert_eq!(parse(&write(&policy)).expect("written"), policy);
    let json = serde_json::to_string(&policy).expect("JSON");
    assert_eq!(serde_json::from_str::<Policy>(&json).expect("from JSON"), policy);
}

#[test]
fn a_policy_without_interest_charges_none() {
    let policy = parse("name = \"a\"\n[[level]]\nnumber = 1\nwait_days = 3\n").expect("a policy");
    assert_eq!(policy.interest, None);
}

#[test]
fn every_fault_is_named_with_its_line_and_column() {
    let text = "name = \"a\"\ngrase_days = 3\nmode = \"fast\"\ntolerance = { EUR = 1, XYZ = \"1\" }\n\n[[level]]\nnumber = 1\nwait_days = 3\nfee = { EUR = \"-1\" }\n\n[[level]]\nnumber = 3\nwait_days = \"x\"\n";
    let faults = parse(text).expect_err("faults");
    let found: Vec<String> =
        faults.iter().map(|fault| format!("{}:{} {}", fault.line, fault.column, fault.why)).collect();
    let must = [
        "2:1 unknown key \"grase_days\"",
        "3:8 write",
        "4:21 write an amount of EUR",
        "4:24 there is no currency \"XYZ\"",
        "9:15 write an amount of EUR",
        "11:1 level 3 leaves a gap: level 2 is missing",
        "13:13 write a whole number",
    ];
    assert_eq!(found.len(), must.len(), "{found:#?}");
    for (is, must) in found.iter().zip(must) {
        assert!(is.starts_with(must), "{is} must begin with {must}");
    }
}

#[test]
fn what_makes_no_sense_is_refused() {
    for (text, why) in [
        ("name = \"a\"\n", "at least one [[level]]"),
        ("name = \"none\"\n[[level]]\nnumber = 1\nwait_days = 1\n", "a policy needs a name"),
        ("name = \"a\"\n[[level]]\nnumber = 2\nwait_days = 1\n", "the first level is 1"),
        ("name = \"a\"\n[[level]]\nnumber = 1\nwait_days = 1\nwait_from = \"last letter\"\n", "no letter before it"),
        ("name = \"a\"\n[interest]\nprofile = \"us\"\n[[level]]\nnumber = 1\nwait_days = 1\n", "no profile \"us\""),
        ("name = ", "it is not TOML"),
    ] {
        let faults = parse(text).expect_err(text);
        assert!(faults.iter().any(|fault| fault.why.contains(why)), "{text}: {faults:?}");
    }
}
