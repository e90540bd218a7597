//! Bad input of collections through the real program: each is one clear sentence, and every row of the book is what it
//! was before.

use std::fmt::Write;

use crate::rig::Rig;

const POLICY: &str = "name = \"standard\"\n[[level]]\nnumber = 1\nwait_days = 3\nchannels = [\"mail\"]\n";

/// Two customers who can be written to, with an invoice of 100.00 each that is late, under a policy; a case of 40.00.
fn company() -> Rig {
    let rig = Rig::new("EUR");
    rig.file("c.csv", "id,name,currency,email\nC1,Kunde,EUR,a@acme.com\nC2,Hafen,EUR,b@acme.com\n");
    rig.run(&["import", "customers", "c.csv"]).done();
    let rows = "INV-1,C1,2026-01-20,2026-02-20,100.00,EUR\nINV-2,C2,2026-01-20,2026-02-20,100.00,EUR\n";
    rig.file("i.csv", format!("number,customer,document_date,due_date,amount,currency\n{rows}"));
    rig.run(&["import", "invoices", "i.csv"]).done();
    rig.file("standard.toml", POLICY);
    rig.run(&["policy", "import", "standard.toml"]).done();
    rig.run(&["policy", "assign", "standard", "--company"]).done();
    rig.run(&["dispute", "open", "INV-1", "--amount", "40", "--reason", "price"]).done();
    rig
}

/// Every row of every table but these, as text.
fn rows(rig: &Rig, but: &[&str]) -> String {
    let conn = rusqlite::Connection::open(rig.path("book.db")).expect("the book");
    let mut tables = conn.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name").expect("tables");
    let names = tables.query_map([], |row| row.get::<_, String>(0)).expect("names");
    let mut out = String::new();
    for name in names.map(|name| name.expect("a name")).filter(|name| !but.contains(&name.as_str())) {
        let mut statement = conn.prepare(&format!("SELECT * FROM {name}")).expect("a table");
        let columns = statement.column_count();
        let mut found = statement.query([]).expect("rows");
        while let Some(row) = found.next().expect("a row") {
            let values: Vec<_> = (0..columns).map(|at| row.get_ref(at).expect("a value")).collect();
            let _ = writeln!(out, "{name} {values:?}");
        }
    }
    out
}

/// Must be refused in one sentence, with nothing changed.
#[track_caller]
fn refused(rig: &Rig, args: &[&str], code: i32, texts: &[&str]) {
    let (before, files) = (rows(rig, &[]), rig.files());
    rig.run(args).refused(code, texts);
    assert_eq!(rows(rig, &[]), before, "{args:?} left something behind");
    assert_eq!(rig.files(), files);
    assert_eq!(rig.run(&["check"]).done(), "");
}

#[test]
fn the_rows_compared_notice_a_note() {
    let rig = company();
    let before = rows(&rig, &[]);
    rig.run(&["note", "C1", "x"]).done();
    assert_ne!(rows(&rig, &[]), before);
}

#[test]
fn a_template_with_an_unknown_field() {
    let rig = company();
    rig.file("reminder-1.en.txt", "Subject: Reminder\n\nDear {{ customer.nickname }},\n");
    let texts = ["line 3", "nickname", "Nothing was changed"];
    refused(&rig, &["template", "set", "reminder-1.en.txt"], 1, &texts);
    rig.run(&["template", "check", "reminder-1.en.txt"]).refused(1, &["line 3", "nickname"]);
}

#[test]
fn an_address_with_a_line_break() {
    let rig = company();
    let texts = ["[MAIL-01]", "contains a line break", "Nothing was changed"];
    for address in ["a@acme.com\nBcc: eve@example.com", "a@acme.com\r\n\r\nDear", "a@acme\u{2028}.com"] {
        refused(&rig, &["customer", "set", "C1", "--email", address], 1, &texts);
    }
    let texts = ["[MAIL-02]", "is not an address", "Nothing was changed"];
    refused(&rig, &["customer", "set", "C1", "--email", "a@acme.com Bcc: eve@example.com"], 1, &texts);
    let texts = ["[MAIL-02]", "not exactly one address", "Nothing was changed"];
    refused(&rig, &["setting", "mail-sender", "us@acme.com\nBcc: eve@example.com"], 1, &texts);

    // In a file it is a row that is refused, by line and column, and then no row is taken.
    rig.file(
        "bad.csv",
        "id,name,currency,email\nC3,Neu,EUR,c@acme.com\nC1,Kunde,EUR,\"a@acme.com\nBcc: eve@example.com\"\n",
    );
    let before = rows(&rig, &[]);
    let said = rig.run(&["import", "customers", "bad.csv"]);
    assert!(said.out.contains("Refused line 3, column email: [MAIL-01]"), "{said:?}");
    said.refused(1, &["[IMP-07] 1 of the rows", "Nothing was imported"]);
    assert_eq!(rows(&rig, &[]), before);

    // Several addresses in a file stay what they were, and no mail goes there; nobody gives them by hand.
    rig.file("two.csv", "id,name,currency,email\nC4,Vier,EUR,\"a@acme.com, b@acme.com\"\n");
    rig.run(&["import", "customers", "two.csv"]).done();
    rig.run(&["customer", "set", "C4", "--name", "Vier GmbH"]).done();
    let texts = ["[MAIL-02]", "more than one e-mail address", "Nothing was changed; give the one letters go to"];
    refused(&rig, &["customer", "set", "C1", "--email", "a@acme.com, b@acme.com"], 1, &texts);
}

#[test]
fn a_policy_with_a_gap_in_its_levels() {
    let rig = company();
    rig.file(
        "gap.toml",
        "name = \"standard\"\n[[level]]\nnumber = 1\nwait_days = 3\n[[level]]\nnumber = 3\nwait_days = 9\n",
    );
    let texts =
        ["[POL-01]", "gap.toml, line 5, column 1", "level 3 leaves a gap: level 2 is missing", "Nothing was changed"];
    refused(&rig, &["policy", "import", "gap.toml"], 1, &texts);
    let tried = ["policy", "try", "gap.toml", "--from", "2026-01-01"];
    refused(&rig, &tried, 1, &["[POL-01]", "level 3 leaves a gap"]);
    refused(
        &rig,
        &["policy", "import", "missing.toml"],
        1,
        &["[FIL-01]", "missing.toml cannot be read", "Nothing was changed"],
    );
    refused(&rig, &["strategy", "import", "missing.toml"], 1, &["[FIL-01]", "missing.toml cannot be read"]);
    std::fs::create_dir(rig.path("folder.toml")).expect("a folder");
    refused(&rig, &["policy", "import", "folder.toml"], 1, &["[FIL-01]", "folder.toml is not a regular file"]);
}

#[test]
fn a_run_older_than_the_last() {
    let rig = company();
    rig.run(&["dunning", "draft"]).done();
    let before = rows(&rig, &[]);
    let texts = ["[DUN-03]", "M-1 is of 2026-03-31", "Nothing was drafted"];
    rig.run_by_the_clock(&["--today", "2026-03-20", "dunning", "draft"]).refused(1, &texts);
    assert_eq!(rows(&rig, &[]), before);
}

#[test]
fn a_case_over_more_than_its_item() {
    let rig = company();
    let over = |amount| ["dispute", "open", "INV-1", "--amount", amount, "--reason", "price"];
    // 60.00 are not in dispute yet.
    for amount in ["100.01", "60.01"] {
        refused(&rig, &over(amount), 1, &["[AMT-06]", "more than the", "Nothing was changed"]);
    }
    for outcome in ["credit", "write-off", "charge-back", "promotion", "collect"] {
        let decide = ["dispute", "decide", "D-1", "--outcome", outcome, "--amount", "40.01", "--cause", "carrier"];
        refused(&rig, &[&decide[..], &["--text", "x"]].concat(), 1, &["[AMT-06]", "40.00", "Nothing was changed"]);
    }
    refused(&rig, &["dispute", "split", "D-1", "--amount", "40", "--reason", "tax"], 1, &["[AMT-06]", "40.00 EUR"]);
    rig.run(&over("60")).done();
    refused(&rig, &over("0.01"), 1, &["Nothing was changed"]);
}

/// Port 9 of this computer: nobody listens there.
const NOWHERE: &str = "host = \"127.0.0.1\"\nport = 9\ntls = \"none\"\npatience_seconds = 2\n";

#[test]
fn a_mailbox_that_cannot_be_reached() {
    let rig = company();
    rig.file("mail.toml", NOWHERE);
    rig.run(&["setting", "mail-sender", "us@nordwind.example"]).done();
    rig.run(&["dunning", "draft"]).done();
    rig.run(&["dunning", "approve", "M-1"]).done();
    rig.run(&["dunning", "send", "M-1", "--letters", "2", "--despite", "no bank", "--out", "l"]).done();
    let texts = ["[MAIL-04]", "127.0.0.1:9", "Nothing was sent"];
    refused(&rig, &["mail", "test", "--server", "mail.toml"], 1, &texts);

    // The letters wait as they did; only what was tried is written down.
    let but = ["act", "act_digest", "mail", "mail_step", "sqlite_sequence"];
    let before = rows(&rig, &but);
    for verb in [vec!["mail", "send"], vec!["daily"]] {
        let said = rig.run(&[&verb[..], &["--server", "mail.toml"]].concat());
        assert_eq!(said.code, 3, "{said:?}");
        let lines: Vec<&str> = said.out.lines().filter(|line| line.contains("[MAIL-04]")).collect();
        assert_eq!(lines.len(), 1, "one sentence: {said:?}");
        assert!(lines[0].contains("0 sent.") && lines[0].contains("127.0.0.1:9") && said.err.is_empty(), "{said:?}");
    }
    assert_eq!(rows(&rig, &but), before);
    let mails = rig.run(&["mail", "list", "--json"]).done();
    let mails: serde_json::Value = serde_json::from_str(&mails).expect("JSON");
    let states: Vec<&str> =
        mails["rows"].as_array().expect("rows").iter().filter_map(|row| row["state"].as_str()).collect();
    assert_eq!(states, ["waiting", "waiting"]);
    let inbox = format!("{NOWHERE}inbox = \"{}\"\n", rig.path("nowhere").display());
    rig.file("inbox.toml", inbox);
    let said = rig.run(&["daily", "--server", "inbox.toml"]);
    assert!(
        said.out.lines().any(|line| line.starts_with("mail in   not done: ") && line.contains("1 not read")),
        "{said:?}"
    );
    assert!(said.out.lines().count() == 10 && said.code != 0, "the other steps go on: {said:?}");
    assert_eq!(rig.run(&["check"]).done(), "");
}
