//! Damage to the rows of the bank, made behind the program's back in every way the tables allow: the check must name the
//! rule.

use super::book::{Company, application, entry, paid, statement};
use o2c::acts::Act;
use o2c::acts::payments::Settled;
use o2c::domain::bank::EntryKind;
use o2c::store::{audit, check};
use rusqlite::config::DbConfig;

/// Rows in every table that can be damaged, some of a closed month.
fn busy() -> Company {
    let mut company = Company::new();
    let mut named = paid(150_000, "Hafen", "INV-1 INV-2");
    named.raw = vec![("text", b"INV-1\x1b INV-2".to_vec())];
    named.remittance = vec![o2c::domain::bank::RemittanceRow { number: "INV-1".into(), ..Default::default() }];
    let entries = vec![
        entry("2026-02-27", 150_000, EntryKind::Receipt, 1, vec![named]),
        entry("2026-02-27", -1_500, EntryKind::Charge, 2, vec![]),
        entry(
            "2026-03-13",
            29_000,
            EntryKind::Receipt,
            3,
            vec![paid(20_000, "Bergmann", "INV-3"), paid(9_000, "B", "")],
        ),
    ];
    company.take_in("a.xml", vec![statement("2026/1", 500_000, entries)], false);
    let lines = [(1, 100_000, 0, 0, 0, ""), (2, 48_000, 1_000, 500, 0, "bank charges")];
    let mut whole = application(1, 150_000, 1, &lines);
    whole.learn = true;
    company.act(Act::ApplyPayment(Box::new(whole)));
    let settle = Act::SettlePayment { payment: 4, left: 9_000, what: Settled::Elsewhere, text: "tax".into() };
    let done = company.act(settle);
    company.act(Act::Undo { act: done.act });
    company.act(Act::ClosePeriod { period: "2026-02".into() });
    company
}

/// What somebody with the file could change, and the rule that must say so.
const DAMAGES: &[(&str, &str)] = &[
    ("UPDATE bank_account SET number = 'DE02120300000000202051'", "P1"),
    ("UPDATE bank_statement SET closing = closing + 1", "M9"),
    ("UPDATE bank_statement SET balance = balance - 1", "M9"),
    ("UPDATE bank_statement SET gap = gap + 1, balance = balance + 1, closing = closing + 1", "M10"),
    ("UPDATE bank_statement SET entries = entries + 1", "M9"),
    ("UPDATE bank_statement SET source = 'advice'", "M9"),
    ("DELETE FROM bank_statement", "M10"),
    ("DELETE FROM bank_entry WHERE id = 2", "M9"),
    ("DELETE FROM bank_entry WHERE id = 2", "M10"),
    ("UPDATE bank_entry SET amount = amount + 1 WHERE id = 1", "M9"),
    ("UPDATE bank_entry SET amount = amount + 1 WHERE id = 1", "M10"),
    ("UPDATE bank_entry SET entry_key = zeroblob(16) WHERE id = 1", "P1"),
    ("UPDATE bank_entry SET booked_on = '2026-03-01' WHERE id = 1", "P1"),
    ("UPDATE bank_payment SET left = 100 WHERE id = 1", "M10"),
    ("UPDATE bank_payment SET left = 0 WHERE id = 3", "M10"),
    ("UPDATE bank_payment SET of_entry = NULL WHERE id = 3", "M10"),
    ("UPDATE bank_payment SET of_entry = 1 WHERE id = 3", "M10"),
    ("UPDATE bank_payment SET entry_id = NULL, of_entry = NULL WHERE id = 3", "M10"),
    ("UPDATE bank_payment SET amount = amount + 1, left = left + 1 WHERE id = 3", "M10"),
    ("UPDATE bank_payment SET payer = 'Eve' WHERE id = 1", "P1"),
    ("UPDATE bank_payment SET text = 'a' || char(27) || '[2J' WHERE id = 1", "P1"),
    ("DELETE FROM bank_payment WHERE id = 3", "M10"),
    ("UPDATE remittance SET number = 'INV-2'", "P1"),
    ("UPDATE payment_step SET amount = amount - 1 WHERE what = 'receipt'", "M10"),
    ("UPDATE payment_step SET document_id = NULL WHERE what = 'receipt'", "M10"),
    ("UPDATE payment_step SET document_id = 1 WHERE what = 'receipt'", "M10"),
    ("DELETE FROM payment_step WHERE what = 'receipt'", "M10"),
    ("DELETE FROM payment_step WHERE what = 'undone'", "M10"),
    ("UPDATE payment_step SET takes_back = NULL WHERE what = 'undone'", "P4"),
    ("UPDATE payment_step SET what = 'elsewhere' WHERE what = 'undone'", "P4"),
    ("UPDATE payment_step SET takes_back = 1 WHERE what = 'undone'", "P4"),
    ("UPDATE payment_step SET payment_id = 3 WHERE what = 'undone'", "P4"),
    ("UPDATE payment_step SET evidence = 'she said so' WHERE id = 1", "P1"),
    ("UPDATE payment_step SET confidence = 1 WHERE id = 1", "P1"),
    ("UPDATE payment_step SET rule = 'invoice number' WHERE what = 'receipt'", "P1"),
    ("UPDATE item_discount SET percent = '20' WHERE item_id = 1", "P1"),
    ("UPDATE item_discount SET until_date = '2027-01-01' WHERE item_id = 1", "P1"),
    ("UPDATE alias_change SET customer_id = 2", "P1"),
    ("UPDATE alias_change SET held = 0", "P1"),
    ("UPDATE raw_text SET bytes = x'00'", "P1"),
    ("UPDATE posting SET amount = amount + 1 WHERE id = (SELECT max(id) FROM posting WHERE debit = 1010)", "M10"),
    ("UPDATE posting SET debit = 1095 WHERE id = (SELECT max(id) FROM posting WHERE debit = 1010)", "M10"),
    ("UPDATE posting SET credit = 1095 WHERE credit = 1090 AND debit = 1010", "M10"),
    ("UPDATE posting SET amount = amount + 1 WHERE debit = 1010 AND date < '2026-03-01'", "M10"),
    ("UPDATE posting SET date = '2026-02-27' WHERE id = (SELECT max(id) FROM posting)", "P3"),
    ("UPDATE posting SET amount = amount + 1 WHERE credit = 1200 AND date < '2026-03-01'", "P3"),
];

#[test]
fn every_kind_of_damage_to_money_from_the_bank_is_named() {
    let company = busy();
    let raw = &company.conn;
    raw.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, false).unwrap();
    raw.execute_batch("PRAGMA foreign_keys = OFF; PRAGMA ignore_check_constraints = ON").unwrap();
    let mut wrong = Vec::new();
    for (sql, code) in DAMAGES {
        raw.execute_batch("SAVEPOINT one").unwrap();
        match raw.execute(sql, []) {
            Ok(0) => wrong.push(format!("{sql}: nothing to change")),
            Err(error) => wrong.push(format!("{sql}: {error}")),
            Ok(_) => {
                let found = check::full(raw).unwrap();
                if !found.iter().any(|finding| finding.code == *code) {
                    let said: Vec<_> = found.iter().map(ToString::to_string).collect();
                    wrong.push(format!("{sql}: no {code} in {said:#?}"));
                }
            }
        }
        raw.execute_batch("ROLLBACK TO one; RELEASE one").unwrap();
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    println!("damage to money from the bank: {} kinds, all named", DAMAGES.len());
}

/// Tables of the bank whose texts people read, and the columns that are no evidence: kept for speed or for the queue.
const READ: [(&str, &[&str]); 7] = [
    ("bank_account", &[]),
    ("bank_statement", &[]),
    ("bank_entry", &[]),
    ("bank_payment", &["why"]),
    ("remittance", &[]),
    ("payment_step", &[]),
    ("alias_change", &[]),
];

#[test]
fn a_changed_text_of_the_bank_is_named_by_check_and_by_the_audit() {
    let company = busy();
    let raw = &company.conn;
    raw.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, false).unwrap();
    raw.execute_batch("PRAGMA foreign_keys = OFF; PRAGMA ignore_check_constraints = ON").unwrap();
    let (mut wrong, mut tried) = (Vec::new(), 0);
    for (table, kept) in READ {
        let mut statement =
            raw.prepare(&format!("SELECT name FROM pragma_table_info('{table}') WHERE type = 'TEXT'")).unwrap();
        let columns: Vec<String> = statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
        assert!(!columns.is_empty(), "{table}");
        for column in columns {
            raw.execute_batch("SAVEPOINT one").unwrap();
            // One letter more, which nobody would see; then what a terminal would obey.
            let change = |tail: &str| {
                let text = format!("UPDATE {table} SET {column} = coalesce({column}, '') || {tail} WHERE id = 1");
                assert_eq!(raw.execute(&text, []).unwrap(), 1, "{text}");
            };
            change("'x'");
            let named = audit::verify(raw).unwrap();
            if !kept.contains(&&*column) && !named.iter().any(|found| found.object.contains(&format!("{table} rows"))) {
                wrong.push(format!("{table} {column}: the audit says {named:?}"));
            }
            // Days, currencies and words of a list are parsed before anybody sees them.
            let listed = column.ends_with("_on") || column.ends_with("_date") || column == "currency";
            let word = column == "source" || (column == "kind" && ["bank_entry", "bank_payment"].contains(&table));
            if !listed && !word {
                if !kept.contains(&&*column) && !check::full(raw).unwrap().iter().any(|found| found.code == "P1") {
                    wrong.push(format!("{table} {column}: the check does not say that it was changed"));
                }
                change("char(27) || '[2J'");
                let object = format!("{table} 1 {column}");
                let found = check::full(raw).unwrap();
                if !found.iter().any(|found| found.code == "T1" && found.object == object) {
                    wrong.push(format!("{object}: no T1 in {found:?}"));
                }
                if let Some(harmful) = found.iter().map(ToString::to_string).find(|said| said.contains('\u{1b}')) {
                    wrong.push(format!("{object}: the finding itself is harmful: {harmful:?}"));
                }
            }
            raw.execute_batch("ROLLBACK TO one; RELEASE one").unwrap();
            tried += 1;
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    println!("changed texts of the bank: {tried} columns, all named");
}
