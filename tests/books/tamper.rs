//! A check that finds nothing in a sound book is worth something only if it finds damage: a book is altered behind the
//! program's back in every way the tables allow, and the check must name the rule.

use super::book::{Book, customer, day, document, invoice, receipt};
use o2c::acts::Act;
use o2c::domain::document::DocumentKind as Kind;
use o2c::domain::money::Currency;
use o2c::store::{audit, check};
use rusqlite::Connection;

/// A book with rows in every table that can be damaged.
fn busy() -> Book {
    let mut book = Book::new();
    book.done(invoice("INV-1", 1, 10_000));
    book.done(document(Kind::Invoice, "INV-2", 2, day("2026-03-02"), None, Currency::USD, 5_000));
    book.done(receipt(1, "", day("2026-03-04"), Currency::EUR, 6_000, vec![(1, 6_000)]));
    book.done(receipt(2, "", day("2026-03-05"), Currency::USD, 5_000, vec![(2, 5_000)]));
    book.done(Act::Unapply { allocation: 1, effective: day("2026-03-06"), reason: "wrong".into() });
    book.done(Act::OpenDispute { item: 1, amount: 2_000, reason: "price".into(), text: "Too dear".into() });
    book.done(Act::OpenDispute { item: 1, amount: 1_000, reason: "tax".into(), text: "No tax".into() });
    book.done(Act::ResolveDispute { dispute: 2, version: 1, accepted: 400, text: "agreed".into() });
    book.done(Act::Promise { items: vec![(1, 500)], on: day("2026-03-12"), text: "Mrs Voss".into() });
    book.done(Act::Withdraw { promise: 1 });
    book.done(Act::LogCall {
        customer: 1,
        outcome: "reached".into(),
        text: "Pays".into(),
        next_on: Some(day("2026-03-09")),
    });
    book.done(Act::SetCustomer { customer: Some(3), version: 1, data: customer("K3", "Zimmer AG") });
    book.assert_sound();
    book
}

/// Takes every guard away, alters, and puts the guards back, as somebody with the file could.
fn alter(raw: &Connection, sql: &str) {
    let mut statement = raw.prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").expect("guards");
    let guards: Vec<(String, String)> = statement
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
        .expect("rows")
        .collect::<Result<_, _>>()
        .expect("rows");
    let drops: String = guards.iter().map(|(name, _)| format!("DROP TRIGGER {name};")).collect();
    let makes: String = guards.iter().map(|(_, sql)| format!("{sql};")).collect();
    let all = format!("PRAGMA foreign_keys = OFF; PRAGMA ignore_check_constraints = ON; {drops} {sql}; {makes}");
    raw.execute_batch(&all).unwrap_or_else(|error| panic!("{sql}: {error}"));
    assert!(raw.changes() > 0 || sql.contains("TRIGGER") || sql.contains("PRAGMA"), "{sql} changed nothing");
}

/// What somebody with the file could change, and the rule that must say so.
const DAMAGES: &[(&str, &str)] = &[
    ("UPDATE item SET open = open - 1 WHERE id = 1", "M5"),
    ("UPDATE item SET open = open + 1 WHERE id = 3", "M6"),
    ("UPDATE item SET open_base = 7 WHERE id = 1", "M5"),
    ("UPDATE item SET closed_on = '2026-03-07' WHERE id = 2", "M12"),
    ("UPDATE item SET disputed = 0 WHERE id = 1", "M12"),
    ("UPDATE item SET number = 'R-0' WHERE id = 1", "M12"),
    ("UPDATE item SET due_date = '2026-09-09' WHERE id = 1", "P1"),
    ("UPDATE item SET due_date = '2026-09-09' WHERE id = 1", "M8"),
    ("UPDATE item SET due_date = '2026-01-01' WHERE id = 1", "M13"),
    ("UPDATE document SET amount = amount + 100 WHERE id = 1", "M4"),
    ("UPDATE document SET amount = amount + 100 WHERE id = 1", "M1"),
    ("UPDATE document SET text = 'other' WHERE id = 1", "P1"),
    ("UPDATE document SET number = 'R-7' WHERE number = 'R-1'", "N1"),
    ("UPDATE document SET currency = 'QQQ' WHERE id = 1", "M3"),
    ("UPDATE document SET reference = 'a' || char(27) || '[2J' WHERE id = 1", "T1"),
    ("UPDATE customer SET name = 'Acme' || char(8238) || 'x' WHERE id = 1", "T1"),
    ("UPDATE allocation SET amount = amount - 1 WHERE id = 2", "M5"),
    ("UPDATE allocation SET reverses = NULL WHERE reverses IS NOT NULL", "P4"),
    ("UPDATE allocation SET customer_id = 3 WHERE id = 2", "M5"),
    ("UPDATE posting SET amount = amount + 1 WHERE id = 1", "M8"),
    ("UPDATE posting SET amount = amount + 1 WHERE id = 1", "M7"),
    ("UPDATE posting SET customer_id = 3 WHERE id = 1", "M7"),
    ("UPDATE posting SET debit = 9999 WHERE id = 1", "M1"),
    ("DELETE FROM posting WHERE id = 1", "P1"),
    ("DELETE FROM activity", "M12"),
    ("UPDATE daily SET amount = amount + 1 WHERE measure = 7", "M13"),
    ("UPDATE daily SET items = items + 1 WHERE measure = 16", "M8"),
    ("UPDATE daily SET base = base + 1 WHERE measure = 2", "M8"),
    ("DELETE FROM daily WHERE measure = 13", "M8"),
    ("UPDATE standing SET disputed = 1", "M7"),
    ("UPDATE standing SET oldest_due = '2026-01-01' WHERE customer_id = 1", "M7"),
    ("UPDATE standing SET paid_days = paid_days + 1 WHERE customer_id = 2", "M7"),
    ("DELETE FROM standing", "M7"),
    ("UPDATE dispute SET state = 'closed' WHERE id = 1", "M12"),
    ("UPDATE dispute SET decided_on = NULL WHERE id = 2", "M12"),
    ("UPDATE dispute SET number = 'D-9' WHERE id = 2", "N3"),
    ("UPDATE dispute_step SET text = 'never said' WHERE id = 1", "P1"),
    ("UPDATE promise SET ended_on = NULL", "M12"),
    ("UPDATE promise SET amount = 0", "P1"),
    ("UPDATE customer SET credit_limit = 1 WHERE id = 1", "M12"),
    ("UPDATE customer SET folded = 'x' WHERE id = 1", "M12"),
    ("UPDATE customer SET next_on = NULL WHERE id = 1", "M12"),
    ("UPDATE customer_version SET data = replace(data, 'Nordwind', 'Sudwind') WHERE id = 1", "P1"),
    ("UPDATE series SET next = next + 1 WHERE name = 'receipt'", "N1"),
    ("UPDATE series SET next = next + 1 WHERE name = 'dispute'", "N3"),
    ("UPDATE act SET summary = 'nothing happened' WHERE id = 9", "A1"),
    ("UPDATE act SET person_id = 2 WHERE id = 9", "A1"),
    ("UPDATE act SET recorded_at = '2026-01-01T00:00:00.000Z' WHERE id = 9", "A5"),
    ("UPDATE act SET hash = zeroblob(32) WHERE id = 9", "A1"),
    ("DELETE FROM act WHERE id = 9", "A2"),
    ("DELETE FROM act_digest WHERE act_id = 9 AND part = 0", "A1"),
    ("DELETE FROM act_digest WHERE act_id = 9 AND name = 'document'", "P1"),
    ("UPDATE act_digest SET last_id = last_id + 1 WHERE act_id = 9 AND name = 'document'", "P1"),
    (
        "INSERT INTO posting SELECT id + 900, act_id, customer_id, document_id, NULL, date, debit, credit, currency, 1, NULL FROM posting WHERE id = 1",
        "P1",
    ),
    ("INSERT INTO role_change VALUES (90, 2, 3, 'controller', 1)", "P1"),
    ("UPDATE meta SET value = 'USD' WHERE key = 'currency'", "P1"),
    ("UPDATE meta SET value = 'Nordwind Inc' WHERE key = 'company'", "P1"),
    ("INSERT INTO meta VALUES ('bank-acount', 'DE02120300000000202051')", "P1"),
    ("INSERT INTO series VALUES ('refund', 7)", "N1"),
    ("UPDATE item SET document_id = 77 WHERE id = 1", "S2"),
    ("DROP TRIGGER posting_stays; CREATE TRIGGER posting_stays BEFORE DELETE ON posting BEGIN SELECT 1; END", "S3"),
    ("PRAGMA user_version = 99", "S3"),
    ("UPDATE session SET origin = '10.0.0.9' WHERE id = 1", "P1"),
    ("UPDATE act SET session_id = NULL WHERE id = 9", "A1"),
];

#[test]
fn every_kind_of_damage_is_named() {
    let book = busy();
    let whole = tempfile::tempdir().expect("a folder");
    let copy = whole.path().join("copy.o2c");
    for (sql, code) in DAMAGES {
        let _ = std::fs::remove_file(&copy);
        book.raw().execute("VACUUM INTO ?1", [copy.to_str().expect("UTF-8")]).expect("a copy");
        let raw = Connection::open(&copy).expect("it opens");
        raw.pragma_update(None, "journal_mode", "wal").expect("a log");
        if sql.contains("TRIGGER") {
            raw.execute_batch(sql).expect("changed")
        } else {
            alter(&raw, sql)
        }
        let found = check::full(&raw).expect("it can be checked");
        let shown: Vec<String> = found.iter().map(ToString::to_string).collect();
        assert!(found.iter().any(|finding| finding.code == *code), "{sql}: no {code} in {shown:#?}");
        assert!(found.iter().all(|finding| !finding.todo.is_empty() && !finding.must.is_empty()), "{shown:#?}");
    }
}

#[test]
fn the_audit_names_the_first_act_and_rows_that_were_changed() {
    let book = busy();
    assert_eq!(audit::verify(&book.conn).expect("checked"), []);
    alter(&book.raw(), "UPDATE document SET amount = amount + 100 WHERE id = 2");
    let found = audit::verify(&book.conn).expect("checked");
    assert_eq!((found.len(), found[0].code), (1, "P1"));
    assert_eq!(found[0].object, "act 9 document rows 2 to 2");
    alter(&book.raw(), "UPDATE act SET payload = replace(payload, '10000', '10001') WHERE id = 8");
    let found = audit::verify(&book.conn).expect("checked");
    assert_eq!((found[0].code, found[0].object.as_str()), ("A1", "act 8"));
    let text = found[0].to_string();
    assert!(text.starts_with("A1 act 8: changed after it was posted") && text.contains(" -> "), "{text}");
}

#[test]
fn the_log_is_read_in_pages_newest_first() {
    let book = busy();
    let wanted = audit::Wanted::default();
    let first = audit::log(&book.conn, &wanted, 5).expect("a page");
    let below = first.last().map(|entry| entry.act);
    let second = audit::log(&book.conn, &audit::Wanted { below, ..wanted.clone() }, 5).expect("a page");
    assert_eq!(first[0].act, audit::head(&book.conn).expect("a head").0);
    assert!(first.iter().chain(&second).map(|entry| entry.act).is_sorted_by(|a, b| *a == b + 1));
    let receipts = audit::Wanted { kind: Some("post receipt".into()), customer: Some(2), ..wanted.clone() };
    assert_eq!(audit::log(&book.conn, &receipts, 9).expect("a page").len(), 1);
    let nobody = audit::Wanted { login: Some("carl".into()), ..wanted };
    assert_eq!(audit::log(&book.conn, &nobody, 9).expect("a page"), []);
}

#[test]
fn a_quick_check_sees_figures_that_disagree() {
    let book = busy();
    assert_eq!(check::quick(&book.conn).expect("checked"), []);
    alter(
        &book.raw(),
        "UPDATE daily SET amount = amount + 1 WHERE measure = 7 AND day = '2026-03-02' AND currency = 'EUR'",
    );
    let found = check::quick(&book.conn).expect("checked");
    assert_eq!((found.len(), found[0].code), (1, "M8"), "{found:?}");
}

#[test]
fn a_quick_check_looks_at_the_customers_that_were_touched() {
    let book = busy();
    for (sql, code) in [
        ("UPDATE document SET amount = amount + 100 WHERE id = 1", "M4"),
        ("UPDATE document SET amount = amount + 100 WHERE id = 1", "M1"),
        ("UPDATE item SET closed_on = '2026-03-07' WHERE id = 2", "M12"),
        ("UPDATE standing SET paid_days = paid_days + 1 WHERE customer_id = 2", "M7"),
        ("UPDATE item SET open = open - 1 WHERE id = 1", "M5"),
        ("UPDATE item SET open = open + 1 WHERE id = 3", "M6"),
    ] {
        let raw = copy_of(&book, sql);
        let found = check::quick(&raw.1).expect("checked");
        assert!(found.iter().any(|finding| finding.code == code), "{sql}: no {code} in {found:?}");
    }
}

#[test]
fn a_session_sees_a_changed_format_and_a_changed_act_before_it_starts() {
    let book = busy();
    assert_eq!(check::start(&book.conn).expect("checked"), []);
    for (sql, code) in [
        ("DROP TRIGGER item_fixed", "S3"),
        ("PRAGMA user_version = 5", "S3"),
        ("UPDATE act SET summary = 'other' WHERE id = 7", "A1"),
    ] {
        let raw = copy_of(&book, sql);
        let found = check::start(&raw.1).expect("checked");
        assert!(found.iter().any(|finding| finding.code == code), "{sql}: no {code} in {found:?}");
    }
}

#[test]
fn a_replay_sees_what_did_not_hold_in_between() {
    let book = busy();
    assert_eq!(check::deep(&book.conn).expect("checked"), []);
    // The entry of the second invoice, as if it had been posted an act later: at the end everything adds up.
    let sql = "UPDATE posting SET act_id = act_id + 1 WHERE id = (SELECT min(id) FROM posting WHERE customer_id = 2)";
    let (_folder, raw) = copy_of(&book, sql);
    let of_money = |found: Vec<check::Finding>| -> Vec<String> {
        found.iter().filter(|one| one.code.starts_with('M')).map(ToString::to_string).collect()
    };
    assert_eq!(of_money(check::full(&raw).expect("checked")), [] as [String; 0]);
    let found = of_money(check::deep(&raw).expect("checked"));
    assert!(found.len() == 1 && found[0].starts_with("M7 customer 2 balance USD after act "), "{found:?}");
}

/// A copy of the book, altered behind the program's back, with the folder it is in.
fn copy_of(book: &Book, sql: &str) -> (tempfile::TempDir, Connection) {
    let folder = tempfile::tempdir().expect("a folder");
    let copy = folder.path().join("copy.o2c");
    book.raw().execute("VACUUM INTO ?1", [copy.to_str().expect("UTF-8")]).expect("a copy");
    let raw = Connection::open(&copy).expect("it opens");
    raw.pragma_update(None, "journal_mode", "wal").expect("a log");
    if sql.starts_with("UPDATE") {
        alter(&raw, sql)
    } else {
        raw.execute_batch(sql).expect("changed")
    }
    (folder, raw)
}

#[test]
fn a_file_open_to_others_or_with_two_names_is_named() {
    use std::os::unix::fs::PermissionsExt;
    let book = busy();
    assert_eq!(check::file(&book.place()), []);
    let (path, folder) = (book.place().shown(), tempfile::tempdir().expect("a folder"));
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).expect("a mode");
    std::fs::hard_link(&path, std::path::Path::new(&path).with_extension("second")).expect("a name");
    let found: Vec<_> = check::file(&book.place()).into_iter().map(|finding| (finding.code, finding.is)).collect();
    assert_eq!(found, [("S5", "mode 0644".to_owned()), ("S5", "2 names".to_owned())]);
    drop(folder);
}
