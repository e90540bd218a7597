//! Authority and evidence by verbs: three people and approvals, months, settings; the log with before and after, sealed
//! heads held against a book that was altered or cut, samples.

use super::rig::Rig;

/// A book of Tess with Mara, who collects, and Ben, who controls; one invoice of 30,000.00.
fn company() -> Rig {
    let rig = Rig::new("EUR");
    rig.run(&["customer", "set", "C1", "--name", "Nordwind", "--currency", "EUR", "--email", "ap@n.example"]).done();
    rig.run(&["user", "add", "mara", "--name", "Mara Lind", "--role", "collector"]).done();
    rig.run(&["user", "add", "ben", "--name", "Ben Okafor", "--role", "controller"]).done();
    let args = ["post", "invoice", "INV-1", "--customer", "C1", "--amount", "30000.00", "--date", "2026-02-10"];
    rig.run(&args).done();
    rig
}

fn json(text: &str) -> serde_json::Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

#[test]
fn what_is_beyond_a_limit_is_approved_by_another() {
    let rig = company();
    rig.run(&["user", "limit", "tess", "write-off", "1000"]).done();
    let asked = rig.run(&["write-off", "INV-1", "--amount", "1000.01", "--reason", "insolvent"]).done();
    assert!(asked.starts_with("Sent for approval as A-1, not posted: Posted write-off"), "{asked}");
    let listed = json(&rig.run(&["approvals", "--json"]).done());
    assert_eq!(listed["rows"][0]["number"], "A-1");
    assert_eq!(listed["rows"][0]["amount"], "1000.01");
    let one = rig.run(&["approvals", "A-1"]).done();
    assert!(one.contains("open amount") && one.contains("30,000.00 EUR") && one.contains("28,999.99 EUR"), "{one}");
    rig.run(&["approve", "A-1"]).refused(1, &["[AUT-03]", "somebody else must approve"]);
    rig.run(&["--as", "mara", "approve", "A-1"]).refused(1, &["[AUT-01]"]);
    rig.run(&["--as", "ben", "approve", "A-1", "--hash", "00"]).refused(1, &["[AUT-04]"]);
    let done = rig.run(&["--as", "ben", "approve", "A-1", "--text", "seen"]).done();
    assert!(done.contains("Approved A-1 of tess: Posted write-off"), "{done}");
    let all = rig.run(&["approvals", "--all"]).done();
    assert!(all.contains("approved") && all.contains("o2c approvals A-1"), "{all}");
    assert!(!rig.run(&["approvals"]).done().contains("o2c approvals A-"), "none waits, so none is to be looked at");
    let items = json(&rig.run(&["items", "--json"]).done());
    assert_eq!(items["rows"][0]["open"], "28999.99");
    rig.run(&["check"]).done();
}

#[test]
fn people_conflicts_months_and_settings_by_verbs() {
    let rig = company();
    rig.run(&["user", "role", "mara", "cash"]).done();
    rig.run(&["user", "role", "mara", "controller"]).refused(1, &["[AUT-08]", "\"post receipts\" and \"write off\""]);
    rig.run(&["user", "department", "mara", "collections"]).done();
    rig.run(&["user", "department", "mara", "sales"]).refused(1, &["[AUT-05]", "order processing"]);
    let list = json(&rig.run(&["user", "list", "--json"]).done());
    assert_eq!((&list["rows"][0]["login"], &list["rows"][0]["approval"]), (&"ben".into(), &"25000.00".into()));
    let conflicts = rig.run(&["user", "conflicts", "--csv"]).done();
    assert!(conflicts.contains("tess,duties that meet,") && conflicts.contains("tess,done alone,"), "{conflicts}");
    rig.run(&["user", "shut-out", "mara"]).done();
    rig.run(&["--as", "mara", "note", "C1", "x"]).refused(1, &["[SES-04]", "may no longer work"]);
    rig.run(&["--as", "ben", "user", "delegate", "tess", "--until", "2099-04-30"]).done();
    assert!(rig.run(&["user", "list"]).done().contains("tess approves for ben"));
    rig.run(&["month", "close", "2026-02"]).done();
    let late = ["post", "invoice", "INV-2", "--customer", "C1", "--amount", "1", "--date", "2026-02-11"];
    rig.run(&late).refused(1, &["[DAT-02]", "February 2026 is closed by tess"]);
    let csv = rig.file(
        "late.csv",
        "number,customer,document_date,due_date,amount,currency\nL-1,C1,2026-02-12,2026-03-12,5.00,EUR\n",
    );
    let said = rig.run(&["import", "invoices", &csv]);
    let all = format!("{}{}", said.out, said.err);
    assert!(
        said.code == 1 && all.contains("Refused line 2, column document_date: [DAT-02] February 2026 is closed"),
        "{all}"
    );
    rig.run(&["import", "invoices", &csv, "--skip-refused"]).refused(1, &["Nothing was imported"]);
    let money = rig.file(
        "money.csv",
        "reference,customer,date,amount,currency\nT-1,C1,2026-02-12,5.00,EUR\nT-2,C1,2026-03-12,5.00,EUR\n",
    );
    rig.run(&["import", "receipts", &money, "--skip-refused"]).done();
    rig.run(&["check"]).done();
    assert!(rig.run(&["month", "reopen", "2026-02", "--reason", "late"]).done().starts_with("Sent for approval"));
    rig.run(&["--as", "ben", "approve", "A-1"]).done();
    rig.run(&late).done();
    rig.run(&["setting", "bank-account", "DE89 3704 0044 0532 0130 01"]).refused(1, &["[REF-01]"]);
    // Quiet hours and days off are taken away as they were given.
    for (key, value) in [("mail-quiet-from", "20:00"), ("holidays", "2026-12-25")] {
        rig.run(&["setting", key, "none"]).refused(1, &["[AUT-07]", "is not set"]);
        rig.run(&["setting", key, value]).done();
        assert!(rig.run(&["setting", key, "none"]).done().contains("is not set any more"));
        rig.run(&["setting", key, ""]).refused(1, &["[AUT-07]"]);
    }
    assert!(rig.run(&["setting", "bank-account", "DE89 3704 0044 0532 0130 00"]).done().starts_with("Sent for"));
    rig.run(&["--as", "ben", "approve", "A-2"]).done();
    assert!(rig.run(&["setting"]).done().contains("DE89370400440532013000"));
    rig.run(&["check"]).done();
}

#[test]
fn a_file_does_not_change_what_two_people_change() {
    let rig = company();
    let file =
        rig.file("c.csv", "id,name,currency,email\nC1,Nordwind,EUR,thief@elsewhere.example\nC9,Neu,EUR,a@n.example\n");
    let said = rig.run(&["import", "customers", &file]);
    let all = format!("{}{}", said.out, said.err);
    assert!(said.code == 1 && all.contains("AUT-13") && all.contains("e-mail of a known customer"), "{said:?}");
    rig.run(&["import", "customers", &file, "--skip-refused"]).done();
    let shown = json(&rig.run(&["customer", "show", "C1", "--json"]).done());
    assert_eq!(shown["email"], "ap@n.example");
}

#[test]
fn the_log_says_what_was_and_what_is() {
    let rig = company();
    rig.run(&["customer", "set", "C1", "--phone", "+49 40 1"]).done();
    rig.run(&["credit", "INV-1", "--amount", "100", "--reason", "damaged"]).done();
    let log = json(&rig.run(&["audit", "log", "--changes", "--limit", "2", "--json"]).done());
    let credit = log["rows"][0]["changes"].as_str().unwrap_or_default();
    assert!(credit.contains("open amount of INV-1: 30,000.00 EUR -> 29,900.00 EUR"), "{credit}");
    assert_eq!(log["rows"][1]["changes"], "phone of C1: +49 40 1");
    assert_eq!(log["rows"][1]["identity"], "trust");
    let act = log["rows"][0]["act"].to_string();
    assert!(rig.run(&["audit", "show", &act]).done().contains("29,900.00 EUR"));
    let drawn = |seed: &str| rig.run(&["audit", "sample", "--count", "3", "--seed", seed, "--csv"]).done();
    assert_eq!(drawn("q1"), drawn("q1"));
    assert_eq!(drawn("q1").lines().count(), 4);
    assert!((0..9).any(|seed| drawn(&seed.to_string()) != drawn("q1")), "another seed draws others");
}

#[test]
fn sealed_heads_name_a_book_that_was_cut_or_rewritten() {
    let rig = company();
    std::fs::create_dir(rig.path("anchors")).expect("a folder");
    rig.run(&["audit", "keygen", "seal.key", "--name", "nordwind"]).done();
    rig.run(&["audit", "keygen", "seal.key"]).refused(1, &["[FIL-03]", "Nothing was overwritten"]);
    // A file taken behind the program's back: its own copies cannot be worked in.
    rig.file("before.db", std::fs::read(rig.path("book.db")).expect("a book"));
    rig.run(&["note", "C1", "called"]).done();
    let sealed = rig.run(&["audit", "seal", "--key", "seal.key", "--out", "anchors"]).done();
    assert!(sealed.starts_with("Sealed "), "{sealed}");
    assert!(rig.run(&["audit", "seal", "--key", "seal.key", "--out", "anchors"]).done().contains("sealed already"));
    let verify = ["audit", "verify", "--anchors", "anchors", "--check-key", "seal.key.pub"];
    assert!(rig.run(&verify).done().contains("Held against 1 signed heads: 1 agree."));
    rig.run(&["backup", "copy.db"]).done();
    let safe = ["check", "--backups", ".", "--anchors", "anchors", "--check-key", "seal.key.pub"];
    assert_eq!(rig.run(&safe).done(), "");
    let late = rig.run(&[&safe[..], &["--backup-hours", "0", "--anchor-hours", "0"]].concat());
    assert!(late.code == 1 && late.out.contains("O1 copies in .") && late.out.contains("A7 sealed heads"), "{late:?}");
    // A copy that was changed where no rule looks, cut short, or taken away.
    let whole = std::fs::read(rig.path("copy.db")).expect("a copy");
    let mut changed = whole.clone();
    let last = changed.len() - 1;
    changed[last] ^= 1;
    for (bytes, said) in [
        (Some(&changed[..]), "its checksum is not"),
        (Some(&whole[..4_096]), "4096 bytes; must be"),
        (None, "cannot be read"),
    ] {
        match bytes {
            Some(bytes) => drop(rig.file("copy.db", bytes)),
            None => std::fs::remove_file(rig.path("copy.db")).expect("gone"),
        };
        let found = rig.run(&["check", "--backups", "."]);
        assert!(found.code == 1 && found.out.contains("O5 ") && found.out.contains(said), "{found:?}");
    }
    rig.file("copy.db", &whole);
    let none = rig.run(&["check", "--backups", "anchors"]);
    assert!(none.code == 1 && none.out.contains("none of this book"), "{none:?}");
    let cut = rig.run_on("before.db", &verify);
    assert!(cut.code == 1 && cut.out.contains("the last acts are missing"), "{cut:?}");
    // A book restored from a copy that is older than a seal is told apart from one that was rewritten.
    rig.run_on("again.db", &["restore", "before.db"]).done();
    for text in ["something else", "and more"] {
        rig.run_on("again.db", &["note", "C1", text]).done();
        let restored = rig.run_on("again.db", &verify);
        assert!(restored.code == 1 && restored.out.contains("1 of them after the copy that "), "{restored:?}");
        assert!(restored.out.contains("move this file out of the folder"), "{restored:?}");
    }
    rig.run_on("before.db", &["note", "C1", "something else"]).done();
    let rewritten = rig.run_on("before.db", &verify);
    assert!(rewritten.code == 1 && rewritten.out.contains("it was rewritten"), "{rewritten:?}");
    let other = Rig::new("EUR");
    other.file("a.note", rig.read(&format!("anchors/{}", first_note(&rig))));
    let foreign = other.run(&["audit", "verify", "--anchors", "a.note"]);
    assert!(foreign.code == 1 && foreign.out.contains("of the book o2c/"), "{foreign:?}");
    rig.run(&["audit", "keygen", "other.key", "--name", "nordwind"]).done();
    let wrong = rig.run(&["audit", "verify", "--anchors", "anchors", "--check-key", "other.key.pub"]);
    assert!(wrong.code == 1 && wrong.out.contains("no signature of the key given"), "{wrong:?}");
}

fn first_note(rig: &Rig) -> String {
    let mut files = std::fs::read_dir(rig.path("anchors")).expect("a folder");
    files.next().expect("a note").expect("a note").file_name().into_string().expect("a name")
}

#[test]
fn credit_is_looked_at_where_an_order_is() {
    let rig = company();
    rig.run(&["user", "limit", "ben", "approval", "100000"]).done();
    rig.run(&["customer", "set", "C1", "--limit", "31000"]).done();
    rig.run(&["--as", "ben", "approve", "A-1"]).done();
    let check = |order: &str, at: &str| rig.run(&["credit-check", "C1", "--order", order, "--at", at, "--json"]);
    let fits = json(&check("1000", "delivery").done());
    assert_eq!((&fits["outcome"], &fits["exposure"]), (&"pass".into(), &"30000.00".into()), "exactly at the limit");
    for (at, outcome, code) in
        [("entry", "warn", 0), ("confirm", "hold", 1), ("delivery", "hold", 1), ("invoice", "warn", 0)]
    {
        let said = check("1000.01", at);
        assert_eq!((said.code, &json(&said.out)["outcome"]), (code, &outcome.into()), "{at}");
        assert_eq!(json(&said.out)["reasons"][0], "0.01 EUR over the credit limit of 31,000.00 EUR");
    }
    rig.run(&["setting", "credit-oldest-days", "20"]).done();
    rig.run(&["--as", "ben", "approve", "A-2"]).done();
    let said = check("0", "confirm");
    assert!(said.out.contains("49 days past due, 20 are allowed"), "{said:?}");
    let late = ["post", "invoice", "INV-2", "--customer", "C1", "--amount", "2000"];
    assert!(rig.run(&late).done().contains("1,000.00 EUR over the credit limit"), "billed, and told");
    rig.run(&["block", "C1", "--reason", "late"]).done();
    rig.run(&["user", "limit", "tess", "release", "500"]).done();
    assert!(rig.run(&["block", "C1", "--release"]).done().starts_with("Sent for approval"), "1,000 over its limit");
    rig.run(&["--as", "ben", "approve", "A-3"]).done();
    rig.run(&["check"]).done();
}

#[test]
fn a_restored_book_waits_for_a_second_administrator() {
    let rig = company();
    rig.run(&["user", "add", "ada", "--name", "Ada Roth", "--role", "administrator"]).done();
    rig.run(&["backup", "copy.db"]).done();
    let said = rig.run_on("new.db", &["restore", "copy.db"]).done();
    assert!(said.contains("Sent for approval as A-1, not posted: Restored the book from copy.db"), "{said}");
    rig.run_on("new.db", &["note", "C1", "x"]).refused(1, &["[BAK-06]", "o2c approve A-1"]);
    assert!(rig.run_on("new.db", &["items"]).done().contains("INV-1"), "it can be read");
    // The head of every screen says so, not only the end of a form.
    let reader = o2c::store::Reader::open(&o2c::store::BookPath::new(rig.path("new.db"))).expect("it opens");
    assert!(reader.banner().expect("read").is_some_and(|banner| banner.starts_with("[BAK-06] Restored; waits for")));
    rig.run_on("new.db", &["approve", "A-1"]).refused(1, &["[AUT-03]"]);
    rig.run_on("new.db", &["--as", "ben", "approve", "A-1"]).refused(1, &["[AUT-01]"]);
    rig.run_on("new.db", &["--as", "ada", "approve", "A-1"]).done();
    assert_eq!(reader.banner().expect("read"), None);
    drop(reader);
    rig.run_on("new.db", &["note", "C1", "x"]).done();
    rig.run_on("new.db", &["check"]).done();
}
