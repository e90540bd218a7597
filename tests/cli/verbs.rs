//! The verbs one after the other, as a script would use them: exit codes, JSON, keys that make a change happen once.

use super::rig::Rig;

/// A book with one customer and three invoices.
fn book() -> Rig {
    let rig = Rig::new("EUR");
    let file =
        rig.file("c.csv", "id,name,currency,terms,owner\nC1,Nordwind,EUR,30 days,tess\nC2,\"Aal; (Smith)\",JPY,,\n");
    rig.run(&["import", "customers", &file]).done();
    for (number, amount) in [("INV-1", "100.00"), ("INV-2", "250.50")] {
        let args = ["post", "invoice", number, "--customer", "C1", "--amount", amount, "--date", "2026-01-10"];
        rig.run(&args).done();
    }
    let args = ["post", "invoice", "J-1", "--customer", "C2", "--amount", "5000", "--due", "2026-04-10"];
    rig.run(&args).done();
    rig
}

fn json(text: &str) -> serde_json::Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

#[test]
fn a_case_closed_without_a_word_has_the_cause_its_reason_mostly_has() {
    let rig = book();
    for (invoice, reason) in [("INV-1", "tax"), ("INV-2", "price")] {
        rig.run(&["dispute", "open", invoice, "--amount", "50", "--reason", reason]).done();
    }
    rig.run(&["dispute", "resolve", "D-1", "--accepted", "none"]).done();
    rig.run(&["dispute", "set", "D-2", "cause", "carrier"]).done();
    rig.run(&["dispute", "decide", "D-2", "--outcome", "collect"]).done();
    for (number, cause) in [("D-1", "tax set-up"), ("D-2", "carrier")] {
        let case = json(&rig.run(&["dispute", "show", number, "--json"]).done());
        assert_eq!((case["state"].as_str(), case["cause"].as_str()), (Some("closed"), Some(cause)));
    }
}

#[test]
fn a_day_of_work_by_verbs() {
    let rig = book();
    let says = |args: &[&str], text: &str| {
        let said = rig.run(args).done();
        assert!(said.contains(text), "{args:?}: {said}");
    };
    says(&["call", "C1", "--outcome", "no answer", "--next", "+1b"], "Call (no answer): Nordwind, again on 2026-04-01");
    says(&["note", "C1", "pays on the 15th"], "Note: Nordwind");
    says(&["promise", "INV-1", "INV-2", "--on", "fri", "--amount", "120"], "Promise 120.00 EUR Nordwind");
    says(&["follow-up", "C1", "--on", "2026-04-07", "--what", "ask"], "Follow-up on 2026-04-07: Nordwind");
    says(&["owner", "C1", "C2", "--to", "mara"], "Owner mara: 2 customers");
    says(&["email-draft", "C1"], "E-mail draft: Nordwind");
    says(&["dispute", "open", "INV-2", "--amount", "50", "--reason", "price"], "Opened D-1: 50.00 EUR");
    says(&["dispute", "assign", "D-1", "--to", "mara", "--department", "invoicing"], "Assigned D-1 to mara, invoicing");
    says(&["dispute", "note", "D-1", "checked"], "Note on D-1");
    says(
        &["dispute", "resolve", "D-1", "--accepted", "30", "--cause", "price master data"],
        "Decided D-1: 30.00 EUR credited with C-1, 20.00 EUR collected again",
    );
    says(&["credit", "INV-2", "--amount", "10%", "--reason", "goodwill"], "22.05 EUR");
    says(&["write-off", "INV-2", "--amount", "0.45", "--reason", "small"], "0.45 EUR");
    says(
        &["post", "receipt", "--customer", "C1", "--amount", "300", "--apply", "INV-1", "--apply", "INV-2:150"],
        "50.00 EUR unapplied",
    );
    says(&["apply", "R-1", "INV-2:20"], "Applied 20.00 EUR to 1 item");
    says(&["unapply", "R-1", "INV-1", "--reason", "wrong invoice"], "Took back 100.00 EUR");
    says(&["block", "C1", "--reason", "late"], "Blocked Nordwind");
    says(&["block", "C1", "--release"], "Released Nordwind");
    says(&["done", "C1"], "Done for today: Nordwind");
    says(&["log", "--limit", "1"], "Done for today: Nordwind");
    let log = json(&rig.run(&["log", "--limit", "1", "--json"]).done());
    let act = log["rows"][0]["act"].to_string();
    says(&["undo", &act], "Undid: Done for today");
    says(&["undo"], "Undid: Released Nordwind");
    says(&["promise", "INV-1", "--on", "+2w"], "Promise 100.00 EUR Nordwind for Tue 14 Apr 2026");
    says(&["withdraw", "INV-1"], "Withdrew the promise of 100.00 EUR by Nordwind");
    says(&["customer", "set", "C1", "--limit", "5000", "--risk", "70"], "Changed customer C1 Nordwind");
    says(&["customer", "set", "C3", "--name", "Dritte AG"], "Added customer C3 Dritte AG");
    says(&["customer", "show", "C1"], "limit 5,000.00");
    says(&["aging", "--customer", "C1"], "ties to the ledger");
    says(&["customer", "show", "C1"], "Nordwind");
    says(&["kpi"], "dso");
    says(&["audit", "verify"], "The chain of");
    assert_eq!(rig.run(&["check"]).done(), "");
    assert_eq!(rig.run(&["check", "--quick"]).done(), "");
}

#[test]
fn one_key_changes_the_book_once() {
    let rig = book();
    let pay = ["post", "receipt", "--customer", "C1", "--amount", "100", "--apply", "INV-1", "--act-key", "pay-7"];
    let first = rig.run(&pay).done();
    let after = rig.postings();
    let second = rig.run(&pay).done();
    assert!(second.contains("with this key; nothing was changed now"), "{first} {second}");
    let set = ["customer", "set", "C1", "--phone", "+49 40 77", "--act-key", "set-7"];
    rig.run(&set).done();
    assert!(rig.run(&set).done().contains("with this key"), "the customer has another version since");
    let set = ["customer", "set", "C1", "--phone", "+49 40 78", "--act-key", "set-7"];
    rig.run(&set).refused(1, &["[ACT-02]"]);
    let other = ["note", "C1", "x", "--act-key", "pay-7"];
    rig.run(&other).refused(1, &["[ACT-02]"]);
    assert_eq!(rig.postings(), after);
}

#[test]
fn a_dry_run_changes_nothing() {
    let rig = book();
    let before = (rig.postings(), rig.run(&["audit", "log", "--csv"]).done());
    let file = rig.file("more.csv", "number,customer,document_date,amount\n7,C1,2026-01-05,10.00\n");
    for args in [
        vec!["import", "invoices", &file, "--currency", "EUR", "--dry-run"],
        vec!["credit", "INV-1", "--reason", "x", "--dry-run"],
        vec!["user", "add", "ben", "--role", "collector", "--dry-run"],
    ] {
        let said = rig.run(&args).done();
        assert!(said.contains("Would be: ") && said.contains("Nothing was changed."), "{said}");
    }
    assert_eq!((rig.postings(), rig.run(&["audit", "log", "--csv"]).done()), before);
}

#[test]
fn refusals_and_wrong_use_have_their_own_codes() {
    let rig = book();
    rig.run(&["note", "C9", "x"]).refused(1, &["[MAS-03] There is no customer C9"]);
    rig.run(&["promise", "INV-9", "--on", "fri"]).refused(1, &["[ACT-04] There is no INV-9 in the book"]);
    rig.run(&["promise", "INV-1", "--on", "2026-03-01"]).refused(1, &["[DAT-04]"]);
    rig.run(&["promise", "INV-1", "--on", "soonish"]).refused(2, &["soonish"]);
    rig.run(&["promise", "INV-1", "--on", "fri", "--amount", "900"]).refused(1, &["[AMT-06]"]);
    rig.run(&["credit", "INV-1", "--amount", "200", "--reason", "x"]).refused(1, &["[AMT-06]"]);
    rig.run(&["items", "--where", "open>>"]).refused(2, &["--where:"]);
    rig.run(&["items", "--sort", "colour"]).refused(2, &["--sort: there is no column colour"]);
    rig.run(&["--as", "eve", "note", "C1", "x"]).refused(1, &["[SES-04]", "\"eve\" is not set up"]);
    rig.run(&["--read-only", "note", "C1", "x"]).refused(1, &["[AUT-14]", "read-only"]);
    rig.run(&["init", "--company", "Other", "--currency", "EUR"]).refused(1, &["[FIL-03]", "was not overwritten"]);
    rig.run(&["user", "add", "ben", "--role", "collector"]).done();
    rig.run(&["--as", "ben", "write-off", "INV-1", "--reason", "x"]).refused(1, &["[AUT-02]"]);
    for wrong in [vec!["agin"], vec!["aging", "--as-of", "x"], vec!["import"], vec!["init", "--company", "A"]] {
        assert_eq!(rig.run(&wrong).code, 2);
    }
}

#[test]
fn lists_come_as_text_json_and_csv() {
    let rig = book();
    let answer = json(&rig.run(&["items", "--sort", "-due", "--json"]).done());
    assert_eq!(answer["total"], 3);
    assert_eq!(answer["rows"][0]["number"], "J-1");
    assert_eq!((&answer["rows"][0]["amount"], &answer["rows"][1]["amount"]), (&"5000".into(), &"250.50".into()));
    assert_eq!(
        json(&rig.run(&["items", "--customer", "C1", "--limit", "1", "--json"]).done())["rows"]
            .as_array()
            .map(Vec::len),
        Some(1)
    );
    let csv = rig.run(&["customers", "--sort", "number", "--csv"]).done();
    assert!(csv.starts_with("number,name,open,overdue,") && csv.contains("\nC1,Nordwind,350.50,350.50,"), "{csv}");
    for verb in ["worklist", "customers", "items", "receipts", "disputes", "promises", "log", "kpi", "aging"] {
        json(&rig.run(&[verb, "--json"]).done());
        assert!(!rig.run(&[verb, "--csv"]).done().contains("\u{1b}"));
        assert_eq!(rig.run(&[verb, "--json", "--csv"]).code, 2);
    }
    let aging = json(&rig.run(&["aging", "--as-of", "2026-02-10", "--known-at", "2026-02-10", "--json"]).done());
    assert_eq!(
        (&aging["known_at"], aging["currencies"].as_array().map(Vec::len)),
        (&"2026-02-10T23:59:59.999Z".into(), Some(0))
    );
    let aging = json(&rig.run(&["aging", "--by", "document", "--credits", "oldest", "--json"]).done());
    assert_eq!((&aging["basis"], &aging["as_of"]), (&"document".into(), &"2026-03-31".into()));
    let yen = &aging["currencies"][1];
    assert_eq!((&yen["currency"], &yen["net"], &yen["difference"]), (&"JPY".into(), &"5000".into(), &"0".into()));
}

#[test]
fn every_verb_has_help_with_an_example_and_the_shell_is_served() {
    let rig = Rig::bare();
    let help = rig.run(&["--help"]).done();
    let verbs: Vec<&str> = help
        .lines()
        .skip_while(|line| *line != "Commands:")
        .skip(1)
        .take_while(|line| !line.is_empty())
        .filter_map(|line| line.split_whitespace().next())
        .filter(|verb| *verb != "help")
        .collect();
    assert!(verbs.len() > 30, "{verbs:?}");
    for verb in &verbs {
        let help = rig.run(&[verb, "--help"]).done();
        assert!(help.contains("Example") && help.contains(&format!("o2c {verb}")) || *verb == "restore", "{help}");
    }
    for shell in ["bash", "zsh", "fish"] {
        assert!(rig.run(&["completions", shell]).done().contains("worklist"));
    }
    let man = rig.run(&["man"]).done();
    assert!(man.contains(".SH KEYS") && man.contains(".SS Today"), "{man}");
    assert!(man.starts_with(".ie") || man.contains(".TH o2c"), "{man}");
    assert!(rig.run(&["man", "import"]).done().contains("import"));
    rig.run(&["man", "nonsense"]).refused(2, &["There is no verb nonsense"]);
    assert!(rig.files().is_empty());
}

#[test]
fn a_copy_is_a_book_and_nothing_is_overwritten() {
    let rig = book();
    let said = rig.run(&["backup", "copy.db"]).done();
    assert!(said.contains("verified the copy: ") && said.contains("Its manifest is copy.db.manifest."), "{said}");
    rig.run(&["backup", "copy.db"]).refused(1, &["[FIL-03]"]);
    let said = rig.run_on("new.db", &["restore", "--dry-run", "copy.db"]).done();
    assert!(said.starts_with("Could make new.db from copy.db") && said.contains("Nothing was kept."), "{said}");
    let said = rig.run_on("new.db", &["restore", "copy.db", "--of", "book.db"]).done();
    assert!(said.starts_with("Made new.db from copy.db and verified it: "), "{said}");
    assert!(said.contains("The copy was made ") && said.contains(" and is as it was."), "{said}");
    rig.run_on("new.db", &["restore", "copy.db"]).refused(1, &["[FIL-03]"]);
    rig.run_on("copy.db", &["note", "C1", "x"]).refused(1, &["[BAK-04]", "copy.db is a copy, not a book to work in"]);
    assert_eq!(rig.run_on("new.db", &["export", "postings"]).done(), rig.postings());
    for book in ["new.db", "copy.db"] {
        assert_eq!(rig.run_on(book, &["check"]).done(), "");
    }
    rig.run_on("other.db", &["restore", "c.csv"]).refused(1, &["c.csv"]);
    let none = rig.file("none.txt", "no note\n");
    rig.run_on("other.db", &["restore", "copy.db", "--anchors", &none]).refused(1, &["[BAK-05]", "none.txt"]);
    let all = ["book.db", "c.csv", "copy.db", "copy.db.manifest", "new.db", "none.txt"];
    assert_eq!(rig.files(), all);
    assert!(
        rig.run(&["migrate"]).done().contains(&format!("book.db has format {} already.", o2c::store::schema::FORMAT))
    );
}

#[test]
fn the_journal_balances_and_declares_what_it_uses() {
    let rig = book();
    rig.run(&["post", "receipt", "--customer", "C1", "--amount", "90", "--apply", "INV-1:60"]).done();
    let journal = rig.run(&["export", "journal", "--format", "hledger"]).done();
    assert!(journal.contains("commodity JPY 1000.\n") && journal.contains("account assets:receivable:C1:trade\n"));
    let csv = rig.run(&["export", "journal"]).done();
    let rows = csv.lines().skip(1).map(|line| line.split(',').collect::<Vec<_>>());
    let of = |account: &str| -> i64 {
        let rows = rows.clone().filter(|row| row[3].starts_with(account) && row[7] == "EUR");
        rows.map(|row| super::rig::minor(row[8])).sum()
    };
    assert_eq!((of("assets:receivable:C1"), of("assets:receivable:C1:unapplied"), of("")), (26_050, -3_000, 0));
    let hledger = |args: &[&str]| {
        let file = rig.file("book.journal", &journal);
        std::process::Command::new("hledger").arg("-f").arg(rig.path(&file)).args(args).output()
    };
    match hledger(&["check", "--strict"]) {
        Ok(output) => assert!(output.status.success(), "{output:?}"),
        Err(_) => {
            eprintln!("skipped: the_journal_balances_and_declares_what_it_uses by hledger, which is not installed")
        }
    }
    rig.run(&["export", "items", "--format", "hledger"]).refused(2, &["Only the journal"]);
}

#[test]
fn a_demo_book_is_the_same_for_the_same_seed() {
    let rig = Rig::bare();
    let make = |name: &str, seed: &str| {
        let args = ["demo", "--out", name, "--customers", "6", "--invoices", "60", "--seed", seed];
        rig.run(&args).done();
        rig.run_on(name, &["export", "postings"]).done()
    };
    let one = make("one.db", "1");
    assert_eq!(one, make("two.db", "1"));
    assert_ne!(one, make("three.db", "2"));
    rig.run(&["demo", "--out", "one.db"]).refused(1, &["[FIL-03]"]);
    // Verbs on a demo book work as its person without being told.
    let number = rig.run_on("one.db", &["customers", "--limit", "1", "--csv"]).done();
    let number = number.lines().nth(1).and_then(|line| line.split(',').next()).expect("a customer").to_owned();
    rig.run_on("one.db", &["note", &number, "hello"]).done();
}

/// Keeps a view as the workstation does.
fn keep(rig: &Rig, key: &str, text: &str) {
    let book = rusqlite::Connection::open(rig.path("book.db")).expect("a book");
    let sql = "INSERT INTO workspace (person_id, key, value) SELECT id, $1, $2 FROM person WHERE login = 'tess'";
    assert_eq!(book.execute(sql, [key, text]).expect("a view"), 1);
}

#[test]
fn a_saved_view_gives_a_list_its_filter_its_order_and_its_columns() {
    let rig = book();
    assert!(rig.run(&["views"]).done().contains("No view is saved yet"));
    keep(&rig, "view.items.big", "-open open,number,!name,!date,due,!amount,!days,!state\nopen>=200");
    keep(&rig, "view.customers.ours", "name owner,name,!number,!open,!overdue,dtp,limit\nowner:tess");
    let listed = json(&rig.run(&["views", "--json"]).done());
    assert_eq!(listed["total"], 2);
    assert_eq!(listed["rows"][1]["name"], "big");
    assert_eq!(listed["rows"][1]["columns"], "open,number,due");
    let csv = rig.run(&["items", "--view", "big", "--csv"]).done();
    let lines: Vec<&str> = csv.lines().collect();
    assert_eq!(lines[0], "number,part,currency,open,due");
    assert_eq!(lines.len(), 3, "{csv}");
    assert!(lines[1].starts_with("J-1,") && lines[2].starts_with("INV-2,"), "the largest first: {csv}");
    // What is given on the line comes on top.
    let csv = rig.run(&["items", "--view", "big", "--where", "cur:eur", "--sort", "number", "--csv"]).done();
    assert_eq!(csv.lines().count(), 2, "{csv}");
    let csv = rig.run(&["customers", "--view", "ours", "--csv"]).done();
    assert!(csv.starts_with("number,owner,name,days_to_pay"), "{csv}");
    assert!(csv.contains("Nordwind") && !csv.contains("Aal"), "{csv}");
    rig.run(&["customers", "--view", "big"]).refused(2, &["no view is called big", "customers are ours", "o2c views"]);
    rig.run(&["promises", "--view", "big"]).refused(2, &["none is saved on the screen promises yet", "z s"]);
    rig.run(&["sessions", "--view", "big"]).refused(2, &["no screen shows this list"]);
}

#[test]
fn a_book_is_tried_out_before_it_is_made_and_made_once_for_a_key() {
    let rig = Rig::bare();
    let init = |more: &[&str]| {
        let args = ["init", "--company", "Nordwind GmbH", "--currency", "EUR"];
        rig.run(&[&args[..], more].concat())
    };
    let said = init(&["--dry-run"]).done();
    assert!(said.starts_with("Would be: ") && said.contains("Nothing was made"), "{said}");
    assert!(!rig.path("book.db").exists() && !rig.path("book.db-wal").exists());
    let said =
        rig.run_on("no/such/folder/book.db", &["init", "--company", "A", "--currency", "EUR", "--dry-run"]).done();
    assert!(said.contains("Would be") && !rig.path("no").exists(), "{said}");
    init(&["--act-key", "first"]).done();
    let said = init(&["--act-key", "first"]).done();
    assert!(said.contains("act 1 with this key") && said.contains("nothing was made now"), "{said}");
    init(&["--act-key", "second"]).refused(1, &["FIL-03", "already exists"]);
    init(&["--dry-run"]).refused(1, &["FIL-03", "already exists"]);
    let other = ["init", "--company", "Another", "--currency", "EUR", "--act-key", "first"];
    rig.run(&other).refused(1, &["ACT-02", "other content"]);
    let acts = json(&rig.run(&["audit", "log", "--json"]).done());
    assert_eq!(acts["total"], 1);
}

#[test]
fn a_verified_chain_answers_in_json() {
    let rig = book();
    rig.run(&["audit", "keygen", "seal.key"]).done();
    std::fs::create_dir(rig.path("heads")).expect("a folder");
    rig.run(&["audit", "seal", "--key", "seal.key", "--out", "heads"]).done();
    let args = ["audit", "verify", "--json", "--anchors", "heads", "--check-key", "seal.key.pub"];
    let told = json(&rig.run(&args).done());
    assert_eq!((told["whole"].as_bool(), told["acts"].as_i64()), (Some(true), Some(5)), "{told}");
    assert_eq!((told["anchors"]["compared"].as_i64(), told["findings"].as_array().map(Vec::len)), (Some(1), Some(0)));
    assert_eq!(told["anchors"]["signatures_verified"], true);
    let last = told["last_hash"].as_str().expect("a hash").to_owned();
    let told = json(&rig.run(&["audit", "verify", "--json", "--head", &last[..16]]).done());
    assert_eq!((told["head_known"].as_bool(), told["anchors"].is_null()), (Some(true), true));
    let said = rig.run(&["audit", "verify", "--json", "--head", "0123456789abcdef"]);
    assert_eq!((said.code, json(&said.out)["whole"].as_bool()), (1, Some(false)));
    let book = rusqlite::Connection::open(rig.path("book.db")).expect("a book");
    book.execute_batch("DROP TRIGGER act_fixed; UPDATE act SET summary = 'another' WHERE id = 3").expect("a change");
    drop(book);
    let said = rig.run(&args);
    let told = json(&said.out);
    assert_eq!((said.code, told["whole"].as_bool()), (1, Some(false)), "{told}");
    assert!(told["findings"][0]["rule"].is_string() && told["findings"][0]["to_do"].is_string(), "{told}");
}
