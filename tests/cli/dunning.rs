//! Reminders by their verbs: a policy from its file to letters as files, what stops a run, and a run killed on its way.

use crate::rig::Rig;

const POLICY: &str = "name = \"standard\"\ngrace_days = 3\n\n[[level]]\nnumber = 1\nwait_days = 3\nfee = { EUR = \"5.00\" }\n\n[[level]]\nnumber = 2\nwait_days = 7\nwait_from = \"last letter\"\n";

/// So many customers with an invoice each, due in February; a policy for the company.
fn company(customers: usize) -> Rig {
    let rig = Rig::new("EUR");
    let rows: String = (1..=customers).map(|n| format!("C{n},Kunde {n},EUR\n")).collect();
    rig.file("customers.csv", format!("id,name,currency\n{rows}"));
    rig.run(&["import", "customers", "customers.csv"]).done();
    let rows: String = (1..=customers).map(|n| format!("INV-{n},C{n},2026-01-20,2026-02-20,100.00,EUR\n")).collect();
    rig.file("invoices.csv", format!("number,customer,document_date,due_date,amount,currency\n{rows}"));
    rig.run(&["import", "invoices", "invoices.csv"]).done();
    rig.file("standard.toml", POLICY);
    rig.run(&["policy", "import", "standard.toml"]).done();
    rig.run(&["policy", "assign", "standard", "--company"]).done();
    rig
}

fn json(text: &str) -> serde_json::Value {
    serde_json::from_str(text).expect("JSON")
}

#[test]
fn a_policy_becomes_letters() {
    let rig = company(3);
    assert!(rig.run(&["policy", "list"]).done().contains("standard"));
    let exported = rig.run(&["policy", "export", "standard"]).done();
    rig.file("again.toml", exported);
    assert!(rig.run(&["policy", "import", "again.toml"]).done().contains("like this already"));

    // With weekly runs from 2 March: level 1 at once, level 2 a week later, then nothing, with half the levels as many.
    rig.file("gentle.toml", "name = \"gentle\"\n[[level]]\nnumber = 1\nwait_days = 3\n");
    let tried = json(&rig.run(&["policy", "try", "gentle.toml", "--from", "2026-03-02", "--json"]).done());
    assert_eq!(tried["present"]["letters"], serde_json::json!({"1": 3, "2": 3}));
    assert_eq!(tried["present"]["fees"]["EUR"], "15.00");
    assert_eq!(tried["tried"]["letters"], serde_json::json!({"1": 3}));

    rig.run(&["dunning", "hold", "C2", "--until", "2026-04-15", "--reason", "waits for our answer"]).done();
    let said = rig.run(&["dunning", "draft"]).done();
    assert!(said.contains("Drafted M-1: 2 letters about 2 items, 200.00 EUR"), "{said}");
    let run = json(&rig.run(&["dunning", "show", "M-1", "--json"]).done());
    assert_eq!((run["letters"].as_i64(), run["left_out"]["held"].as_i64()), (Some(2), Some(1)));
    let why = json(&rig.run(&["dunning", "why", "C2", "--json"]).done());
    assert_eq!(
        (why["items"][0]["reason"].as_str(), why["items"][0]["changes_on"].as_str()),
        (Some("held"), Some("2026-04-16"))
    );

    rig.run(&["dunning", "drop", "M-1", "--item", "INV-3", "--reason", "called yesterday"]).done();
    rig.run(&["dunning", "approve", "M-1"]).done();
    rig.run(&["dunning", "send", "M-1", "--out", "letters"]).refused(1, &["DUN-05", "--letters"]);
    rig.run(&["dunning", "send", "M-1", "--out", "letters", "--letters", "7"])
        .refused(1, &["DUN-05", "1 letters, not 7"]);
    let said = rig.run(&["dunning", "send", "M-1", "--out", "letters", "--letters", "1"]).done();
    assert!(said.contains("Sent 1 letters of M-1; wrote 1 files"), "{said}");
    let letter = rig.read("letters/L-1.txt").replace('\u{a0}', " ");
    assert!(letter.contains("INV-1") && letter.contains("Please pay EUR 105.00 by 10 April 2026"), "{letter}");
    let again = rig.run(&["dunning", "send", "M-1", "--out", "letters"]).done();
    assert!(again.contains("Sent 0 letters of M-1; wrote 0 files"), "{again}");
    assert_eq!(rig.run(&["check"]).done(), "");
}

#[test]
fn a_policy_with_faults_names_every_one() {
    let rig = Rig::new("EUR");
    rig.file(
        "bad.toml",
        "name = \"a\"\ngrase = 1\n[[level]]\nnumber = 1\nwait_days = 3\n[[level]]\nnumber = 3\nwait_days = 9\n",
    );
    rig.run(&["policy", "import", "bad.toml"]).refused(
        1,
        &[
            "POL-01",
            "line 2, column 1: unknown key \"grase\"",
            "line 6, column 1: level 3 leaves a gap",
            "Nothing was changed",
        ],
    );
    rig.run(&["dunning", "draft"]).refused(1, &["DUN-01", "o2c policy import"]);
    rig.run(&["dunning", "show", "M-9"]).refused(1, &["ACT-04", "no run M-9"]);
}

/// The program is killed while it sends, again and again; the run ends with every letter once, in the book and as a file.
#[test]
fn a_run_killed_on_its_way_ends_with_every_letter_once() {
    let rig = company(60);
    rig.run(&["dunning", "draft"]).done();
    rig.run(&["dunning", "approve", "M-1"]).done();
    let send = ["dunning", "send", "M-1", "--out", "letters", "--letters", "60"];
    for wait in [40, 60, 80, 100, 120, 150] {
        let mut child = rig.start(&send);
        std::thread::sleep(std::time::Duration::from_millis(wait));
        child.kill().expect("killed");
        child.wait().expect("gone");
        assert_eq!(rig.run(&["check"]).done(), "", "sound after a kill at {wait} ms");
    }
    rig.run(&send).done();
    let run = json(&rig.run(&["dunning", "show", "M-1", "--json"]).done());
    assert_eq!((run["state"].as_str(), run["sent"].as_i64()), (Some("sent"), Some(60)));
    let files = std::fs::read_dir(rig.path("letters")).expect("the folder");
    let whole =
        files.filter(|file| file.as_ref().is_ok_and(|file| file.path().extension().is_some_and(|kind| kind == "txt")));
    assert_eq!(whole.count(), 60);
    assert_eq!(rig.run(&["check"]).done(), "");
}
