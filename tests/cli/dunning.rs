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
    assert!(said.contains("Sent 1 letter of M-1; wrote 1 file"), "{said}");
    assert!(said.contains("Without a postal address: L-1"), "{said}");
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

#[test]
fn a_draft_counts_its_letters_and_names_what_somebody_had_decided_of_the_one_before() {
    let rig = company(3);
    rig.run(&["dunning", "draft"]).done();
    rig.run(&["dunning", "drop", "M-1", "--item", "INV-3", "--reason", "called yesterday"]).done();
    let list = json(&rig.run(&["dunning", "list", "--json"]).done());
    let row = list.as_array().map_or(&list["rows"][0], |rows| &rows[0]);
    assert_eq!((row["letters"].as_i64(), row["sent"].as_i64()), (Some(2), Some(0)), "{list}");
    let said = rig.run(&["dunning", "draft"]).done();
    assert!(said.contains("in place of M-1") && said.contains("reviewed there and now as drafted: INV-3"), "{said}");
}

#[test]
fn a_fee_whose_invoice_is_paid_is_credited_by_verb_and_by_the_day_and_only_once() {
    let rig = company(2);
    rig.file("waive.toml", POLICY.replace("grace_days", "on_principal_paid = \"waive\"\ngrace_days"));
    rig.run(&["policy", "import", "waive.toml"]).done();
    rig.run(&["dunning", "draft"]).done();
    rig.run(&["dunning", "approve", "M-1"]).done();
    rig.run(&["dunning", "send", "M-1", "--letters", "2", "--out", "letters"]).done();
    assert!(rig.run(&["dunning", "waive"]).done().contains("No fee is to be waived"));
    for customer in ["C1", "C2"] {
        let invoice = format!("INV-{}:100", &customer[1..]);
        rig.run(&["post", "receipt", "--customer", customer, "--amount", "100", "--apply", &invoice]).done();
    }
    let would = json(&rig.run(&["dunning", "waive", "--dry-run", "--json"]).done());
    assert_eq!(would["waived"].as_array().map(Vec::len), Some(2));
    assert_eq!(
        (would["waived"][0]["document"].as_str(), would["waived"][0]["waived"].as_str()),
        (Some("E-1"), Some("5.00"))
    );
    let said = rig.run(&["daily"]).done();
    assert!(said.contains("fees      done: waived: E-1 5.00 EUR, E-2 5.00 EUR"), "{said}");
    assert!(rig.run(&["daily"]).done().contains("fees      nothing: no fee is to be waived"));
    // Whoever takes a credit back wants the fee: it is not credited again.
    rig.run(&["undo"]).done();
    assert!(rig.run(&["dunning", "waive"]).done().contains("No fee is to be waived"));
    let why = rig.run(&["items", "--where", "customer:C1", "--json"]).done();
    assert_eq!(json(&why)["total"], 0, "{why}");
    assert_eq!(rig.run(&["check"]).done(), "");
}

#[test]
fn a_run_says_which_of_its_letters_are_no_longer_needed() {
    let rig = company(3);
    rig.run(&["dunning", "draft"]).done();
    rig.run(&["dispute", "open", "INV-2", "--reason", "price", "--text", "too dear"]).done();
    rig.run(&["dunning", "hold", "C3", "--reason", "waits for our answer"]).done();
    let shown = rig.run(&["dunning", "show", "M-1"]).done();
    assert!(shown.contains("is draft: 3 letters, 2 of them no longer needed by now."), "{shown}");
    assert!(shown.contains("not any more: all of it is disputed"), "{shown}");
    assert!(shown.contains("not any more: on hold (manual): waits for our answer"), "{shown}");
    rig.run(&["dunning", "approve", "M-1"]).done();
    rig.run(&["dunning", "send", "M-1", "--letters", "3", "--out", "letters"]).done();
    let run = json(&rig.run(&["dunning", "show", "M-1", "--json"]).done());
    assert_eq!((run["sent"].as_i64(), run["no_longer_needed"].as_i64()), (Some(1), Some(2)), "{run}");
}

/// Two who send the same run at once share its letters; neither is told of the other's key or file.
#[test]
fn a_run_sent_twice_at_once_is_sent_once() {
    let rig = company(60);
    rig.run(&["dunning", "draft"]).done();
    rig.run(&["dunning", "approve", "M-1"]).done();
    let send =
        |why: &str| rig.start(&["dunning", "send", "M-1", "--letters", "60", "--out", "letters", "--despite", why]);
    let both = [send("seen by anna"), send("seen by ben"), send("seen by carl")];
    for one in both {
        let out = one.wait_with_output().expect("it ends");
        assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    }
    let run = json(&rig.run(&["dunning", "show", "M-1", "--json"]).done());
    assert_eq!((run["sent"].as_i64(), run["state"].as_str()), (Some(60), Some("sent")));
    let files = std::fs::read_dir(rig.path("letters")).expect("a folder").count();
    assert_eq!(files, 60, "every letter, and nothing half written beside them");
    assert_eq!(rig.run(&["check"]).done(), "");
}

/// A letter of another book, or one somebody changed, is not taken for the one that was sent.
#[test]
fn a_file_that_is_no_letter_of_the_run_is_named_and_left_alone() {
    let rig = company(2);
    rig.run(&["dunning", "draft"]).done();
    rig.run(&["dunning", "approve", "M-1"]).done();
    std::fs::create_dir(rig.path("letters")).expect("a folder");
    rig.file("letters/L-1.txt", "of another book");
    let send = ["dunning", "send", "M-1", "--letters", "2", "--out", "letters"];
    let said = rig.run(&send);
    assert!(said.out.contains("Sent 2 letters of M-1; wrote 1 file"), "{said:?}");
    said.refused(1, &["FIL-03", "L-1.txt is there with another text", "--out"]);
    assert_eq!(rig.read("letters/L-1.txt"), "of another book");
    rig.run(&["dunning", "send", "M-1", "--out", "others"]).done();
    assert!(rig.read("others/L-1.txt").contains("INV-1"));
}

#[test]
fn one_customer_is_reminded_by_a_run_of_its_own() {
    let rig = company(3);
    let said = rig.run(&["dunning", "draft", "--segment", "customer:C2"]).done();
    assert!(said.contains("Drafted M-1: 1 letter about 1 item, 100.00 EUR"), "{said}");
}

/// What was only drafted reached nobody, so it keeps no letter back; an e-mail that was sent does.
#[test]
fn a_drafted_email_holds_no_reminder_back_and_a_sent_one_does() {
    let rig = company(1);
    let gap = POLICY.replace("grace_days", "contact_gap_days = 3\ngrace_days");
    rig.file("gap.toml", gap);
    rig.run(&["policy", "import", "gap.toml"]).done();
    rig.run(&["email-draft", "C1", "--next", "+3b"]).done();
    rig.run(&["dunning", "draft", "--dry-run"]).done();
    rig.run(&["activities", "log", "C1", "--kind", "e-mail", "--outcome", "reached"]).done();
    rig.run(&["dunning", "draft", "--dry-run"]).refused(1, &["DUN-02", "1 contacted"]);
}

#[test]
fn a_run_older_than_the_last_and_a_template_with_an_unknown_field_are_refused_whole() {
    let rig = company(2);
    rig.run(&["dunning", "draft"]).done();
    let earlier = ["--today", "2026-03-20", "dunning", "draft"];
    rig.run_by_the_clock(&earlier)
        .refused(1, &["[DUN-03]", "M-1 is of 2026-03-31", "out of turn", "Nothing was drafted"]);
    assert!(rig.run(&["dunning", "list"]).done().lines().count() == 2, "one run and the head");
    rig.file("reminder-1.en.txt", "Subject: Reminder\n\nDear {{ customer.nickname }},\n");
    rig.run(&["template", "set", "reminder-1.en.txt"]).refused(1, &["line 3", "nickname", "Nothing was changed"]);
    assert!(!rig.run(&["template", "show", "reminder-1", "--language", "en"]).done().contains("nickname"));
    assert!(rig.run(&["dunning", "keep", "M-1", "--item", "INV-1", "--reason", "no"]).err.contains("was not left out"));
}

#[test]
fn versions_say_what_changed_and_a_trial_is_compared_with_its_control() {
    let rig = company(40);
    rig.file("second.toml", POLICY.replace("grace_days = 3", "grace_days = 5"));
    rig.run(&["policy", "import", "second.toml"]).done();
    let versions = json(&rig.run(&["policy", "versions", "standard", "--json"]).done());
    assert!(versions.to_string().contains("grace days: 5, before 3"), "{versions}");
    rig.run(&["policy", "versions", "harsh"]).refused(1, &["POL-02"]);
    assert_eq!(rig.run(&["policy", "compare", "--json"]).done().trim(), "[]");
    rig.file("gentle.toml", "name = \"gentle\"\n[[level]]\nnumber = 1\nwait_days = 30\n");
    rig.run(&["policy", "import", "gentle.toml"]).done();
    rig.run(&["policy", "assign", "gentle", "--segment", "share:50"]).done();
    let both = json(&rig.run(&["policy", "compare", "--from", "2026-01-01", "--json"]).done());
    let (trial, control) = (&both[0]["trial"], &both[0]["control"]);
    assert_eq!((trial["policy"].as_str(), control["policy"].as_str()), (Some("gentle"), Some("standard")));
    let of = |group: &serde_json::Value| group["customers"].as_i64().expect("a number");
    assert_eq!(of(trial) + of(control), 40);
    assert!((10..=30).contains(&of(trial)), "{both}");
    // Every invoice of 100 fell due on 20 February and none is paid: nothing of it was collected within 30 days.
    let collected = &trial["figures"][0];
    assert_eq!(collected["value"].as_str().map(|value| value.parse::<f64>().expect("a number")), Some(0.0), "{both}");
    let arithmetic = collected["arithmetic"].as_str().expect("words");
    assert!(arithmetic.contains(&format!("/ {}", thousands(of(trial) * 100))), "{arithmetic}");
}

/// `2,100` for 2100.
fn thousands(number: i64) -> String {
    if number < 1_000 { number.to_string() } else { format!("{},{:03}", number / 1_000, number % 1_000) }
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

#[test]
fn a_profile_of_rates_that_end_before_the_half_year_is_named() {
    let rig = Rig::new("EUR");
    let policy = "name = \"standard\"\n[interest]\nprofile = \"eu\"\n[[level]]\nnumber = 1\nwait_days = 3\n";
    rig.file("p.toml", policy);
    rig.run(&["policy", "import", "p.toml"]).done();
    let on = |day: &str, args: &[&str]| rig.run_by_the_clock(&[&["--today", day], args].concat()).done();
    let list = ["policy", "list"];
    assert!(!on("2026-12-31", &list).contains("newest rate"), "the second half of 2026 has one");
    let named = "standard: the newest rate of profile eu is of 2026-07-01";
    assert!(on("2027-01-01", &list).contains(named));
    let tried = ["policy", "try", "p.toml", "--from", "2027-01-10"];
    assert!(on("2027-02-01", &tried).contains(named));
}

#[test]
fn a_new_draft_names_the_run_it_takes_the_place_of_and_undo_passes_over_runs() {
    let rig = company(2);
    rig.run(&["note", "C1", "called"]).done();
    rig.run(&["dunning", "draft"]).done();
    rig.run(&["dunning", "approve", "M-1"]).done();
    let said = rig.run(&["dunning", "draft"]).done();
    assert!(said.contains("in place of M-1, which was released and is not sent any more"), "{said}");
    let said = rig.run(&["dunning", "draft"]).done();
    assert!(said.contains("in place of M-2, which was a draft"), "{said}");
    let said = rig.run(&["undo"]).done();
    assert!(said.contains("Undid: Note: Kunde 1"), "{said}");
}
