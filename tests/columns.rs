//! Every column of every table is watched: one value is changed behind the program's back, in a book that has rows
//! everywhere, and the full check must say so. Tables and columns are listed from the book itself, so that a new one is
//! tried from its first day. `O2C_LONG` tries every row instead of three of each table.

mod rigs;

use chrono::Utc;
use o2c::acts::{Actor, Stamp, note_denial, sessions};
use o2c::store::check;
use rigs::book::BOOK;
use rigs::sweep::Workload;
use rigs::vfs::Disk;
use rusqlite::Connection;
use rusqlite::config::DbConfig;
use rusqlite::types::Value;
use std::collections::BTreeSet;

/// What nothing watches, and why that is right: table, column or `*`, rows, reason.
const EXEMPT: &[(&str, &str, &str, &str)] = &[
    ("workspace", "*", "1", "what a person's screens remember is no business and is in no chain"),
    ("lease", "*", "1", "who works on an account is true for minutes, is no business and is in no chain"),
    (
        "bank_payment",
        "why",
        "1",
        "why the rules left a payment is for the next look at it, and is said anew by each run",
    ),
    ("meta", "value", "key = 'maintenance'", "the words of a notice that an upgrade puts up and takes down"),
];

/// `disk` is the name of the disk it is on: two tests on one would be two people at one book.
fn main_book(disk: &str) -> Connection {
    let disk = Disk::register(disk);
    BOOK.create("book.o2c", disk.name()).expect("a book");
    let mut book = BOOK.open("book.o2c", disk.name()).expect("it opens");
    for act in BOOK.acts() {
        BOOK.run(&mut book, &act).expect("an act");
    }
    let (actor, now) = (Actor::new("anna", "tui"), Utc::now());
    let stamp = Stamp { now, today: now.date_naive() };
    let session = sessions::sign_in(&book, &actor, stamp).expect("signed in");
    sessions::sign_out(&book, &actor, stamp, session, sessions::Ending::Left).expect("signed out");
    note_denial(&book, &Actor::new("eve", "tui"), stamp, "sign in", "SES-04", "Not set up.").expect("noted");
    book.execute_batch("INSERT INTO workspace VALUES (1, 'place', 'items over>30')").expect("a row");
    book
}

/// One value of a row other than this one, as likely to be taken for a good one as can be made.
fn others(value: &Value, seed: usize) -> Vec<Value> {
    match value {
        Value::Null => {
            vec![Value::Integer(1), Value::Integer(2), Value::Text("2026-03-01".into()), Value::Blob(vec![1; 32])]
        }
        Value::Integer(number) => {
            let near = if seed.is_multiple_of(2) { number + 1 } else { number - 1 };
            vec![
                Value::Integer(near),
                Value::Integer(number ^ 1),
                Value::Integer(number ^ 2),
                Value::Integer(number ^ 64),
                Value::Null,
            ]
        }
        Value::Text(text) => {
            // One bit of one letter, wherever it still is a text; then shorter, longer and none.
            let turned = |at: usize, bit: u8| {
                let mut bytes = text.clone().into_bytes();
                *bytes.get_mut(at)? ^= bit;
                String::from_utf8(bytes).ok()
            };
            let at = if text.is_empty() { 0 } else { seed % text.len() };
            let mut texts: Vec<String> =
                [turned(at, 4), turned(text.len().saturating_sub(1), 1), turned(0, 32)].into_iter().flatten().collect();
            texts.extend([format!("{text} "), text.chars().skip(1).collect()]);
            texts.retain(|other| other != text);
            texts.into_iter().map(Value::Text).chain([Value::Null]).collect()
        }
        Value::Blob(bytes) => {
            let mut turned = bytes.clone();
            if let Some(byte) = turned.get_mut(seed % bytes.len().max(1)) {
                *byte ^= 16;
            }
            vec![Value::Blob(turned)]
        }
        Value::Real(number) => panic!("a book holds no {number}"),
    }
}

struct Column {
    table: String,
    name: String,
    /// What a row is found by.
    key: Vec<String>,
}

fn columns(book: &Connection) -> Vec<Column> {
    let sql = "SELECT t.name, c.name, (SELECT group_concat(k.name) FROM pragma_table_info(t.name) k WHERE k.pk > 0) \
               FROM pragma_table_list t JOIN pragma_table_info(t.name) c \
               WHERE t.schema = 'main' AND t.type = 'table' AND t.name NOT LIKE 'sqlite_%' ORDER BY t.name, c.cid";
    let mut statement = book.prepare(sql).expect("columns");
    let rows = statement.query_map([], |row| {
        let key: String = row.get(2)?;
        Ok(Column { table: row.get(0)?, name: row.get(1)?, key: key.split(',').map(str::to_owned).collect() })
    });
    rows.expect("columns").collect::<Result<_, _>>().expect("columns")
}

/// The keys of rows of a table: three of them, or all.
fn keys(book: &Connection, column: &Column) -> Vec<Vec<Value>> {
    let exempt: Vec<_> = EXEMPT
        .iter()
        .filter(|(table, name, _, _)| *table == column.table && (*name == "*" || *name == column.name))
        .map(|(_, _, rows, _)| format!("NOT ({rows})"))
        .collect();
    let rows = if exempt.is_empty() { "1".to_owned() } else { exempt.join(" AND ") };
    // Rows with a value first, so that a column most rows leave empty is tried with and without.
    let (table, name, key) = (&column.table, &column.name, column.key.join(", "));
    let sql = format!("SELECT {key} FROM {table} WHERE {rows} ORDER BY {name} IS NULL, {key}");
    let mut statement = book.prepare(&sql).expect("keys");
    let count = statement.column_count();
    let all: Vec<Vec<Value>> = statement
        .query_map([], |row| (0..count).map(|place| row.get(place)).collect())
        .expect("keys")
        .collect::<Result<_, _>>()
        .expect("keys");
    if long() || all.len() < 4 {
        return all;
    }
    [0, all.len() / 2, all.len() - 1].map(|place| all[place].clone()).to_vec()
}

fn long() -> bool {
    std::env::var_os("O2C_LONG").is_some()
}

#[test]
fn a_changed_value_of_any_column_is_named() {
    let book = main_book("columns");
    assert_eq!(check::full(&book).expect("checked"), []);
    book.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, false).expect("no guards");
    book.pragma_update(None, "foreign_keys", false).expect("no references");
    let (mut tried, mut silent, mut seen) = (0, Vec::new(), BTreeSet::new());
    for column in columns(&book) {
        let place: Vec<_> = column.key.iter().enumerate().map(|(n, key)| format!("{key} IS ?{}", n + 1)).collect();
        let (place, last) = (place.join(" AND "), column.key.len() + 1);
        let read = format!("SELECT {} FROM {} WHERE {place}", column.name, column.table);
        let write = format!("UPDATE {} SET {} = ?{last} WHERE {place}", column.table, column.name);
        let keys = keys(&book, &column);
        for (row, key) in keys.iter().enumerate() {
            let value: Value =
                book.query_row(&read, rusqlite::params_from_iter(key), |row| row.get(0)).expect("a value");
            let others = others(&value, tried + row);
            let mut left = if long() { others.len() } else { 2 };
            for other in others.iter().cycle().skip(row).take(others.len()) {
                if left == 0 {
                    break;
                }
                book.execute_batch("SAVEPOINT one").expect("a savepoint");
                let values = key.iter().chain([other]);
                // What the table itself refuses cannot be there.
                if let Ok(1) = book.execute(&write, rusqlite::params_from_iter(values)) {
                    (tried, left) = (tried + 1, left - 1);
                    seen.insert(format!("{}.{}", column.table, column.name));
                    let what = || format!("{}.{} of {key:?}: {value:?} became {other:?}", column.table, column.name);
                    match check::full(&book) {
                        Ok(found) if found.is_empty() => silent.push(what()),
                        Ok(_) => {}
                        Err(error) => silent.push(format!("{}: {error}", what())),
                    }
                }
                book.execute_batch("ROLLBACK TO one; RELEASE one").expect("as it was");
            }
        }
        let exempt = EXEMPT.iter().any(|(table, name, rows, _)| {
            *table == column.table && (*name == "*" || *name == column.name) && *rows == "1"
        });
        let name = format!("{}.{}", column.table, column.name);
        assert!(exempt || seen.contains(&name), "{name} was never changed: give the book of the test such a row");
    }
    println!("columns: {} columns, {tried} changes, {} silent", seen.len(), silent.len());
    assert_eq!(silent, Vec::<String>::new());
}

/// What somebody with the file could make of rows of cases, plans, letters, mails and authority, and the rule that must
/// say so besides the digests. Rules of money and numbers are broken in `tests/books/tamper.rs`, those of the bank in
/// `tests/cash/damage.rs`.
const RULES: [(&str, &str); 42] = [
    ("UPDATE role_change SET role = 'viewer' WHERE person_id = 1", "A3"),
    ("UPDATE role_change SET role = 'viewer' WHERE person_id = (SELECT id FROM person WHERE login = 'dora')", "A4"),
    ("UPDATE request_step SET person_id = (SELECT person_id FROM request WHERE id = request_id)", "A4"),
    ("UPDATE request_step SET payload_hash = zeroblob(32) WHERE id = 1", "A4"),
    ("UPDATE request SET payload = payload || ' ' WHERE id = 1", "A4"),
    ("UPDATE dispute_effect SET amount = amount + 1 WHERE id = (SELECT min(id) FROM dispute_effect)", "C1"),
    ("UPDATE dispute SET accepted = accepted + 1 WHERE id IN (SELECT dispute_id FROM dispute_effect)", "C1"),
    ("UPDATE dispute_effect SET allocation_id = NULL WHERE what = 'credited'", "C1"),
    ("UPDATE dispute_effect SET document_id = 1 WHERE what = 'charged back'", "C1"),
    ("UPDATE dispute_effect SET other_id = 9999 WHERE what = 'charged back'", "C1"),
    ("UPDATE dispute_effect SET other_id = 1 WHERE what = 'moved'", "C1"),
    ("UPDATE dispute_effect SET other_id = 9999 WHERE what = 'repaid'", "C1"),
    ("DELETE FROM inquiry_step WHERE version = 1", "C1"),
    ("UPDATE inquiry_step SET dispute_id = NULL WHERE what = 'promoted'", "C1"),
    ("UPDATE letter SET asked = asked + 1", "D1"),
    ("UPDATE letter_line SET open = open + 1", "D1"),
    ("UPDATE letter_line SET disputed = disputed + 1", "D1"),
    ("UPDATE letter SET fee_document = NULL WHERE fee > 0", "D2"),
    ("UPDATE letter SET interest_document = 1", "D2"),
    ("DELETE FROM dunning_step WHERE what = 'sending'", "D3"),
    ("UPDATE letter SET number = 'L-9'", "D3"),
    ("UPDATE dunning_run SET lines = lines + 1 WHERE id = 1", "D3"),
    ("UPDATE letter_line SET level = level + 1", "D3"),
    ("UPDATE mail SET state = 'waiting'", "E1"),
    ("DELETE FROM mail_step WHERE what = 'leased'", "E1"),
    ("UPDATE mail_step SET who = 'another' WHERE what = 'sent'", "E1"),
    ("UPDATE mail SET customer_id = customer_id + 1", "E2"),
    ("UPDATE mail SET receiver = 'x@y.example'", "E2"),
    ("UPDATE letter_way SET way = 'fax'", "E2"),
    ("UPDATE answer SET customer_id = 3 WHERE mail_id IS NOT NULL", "E3"),
    ("UPDATE proposal SET meaning = 'refund' WHERE id = 1", "E3"),
    ("UPDATE proposal SET state = 'open' WHERE id = 1", "E3"),
    ("UPDATE proposal_step SET what = 'open' WHERE id = 1", "E3"),
    ("UPDATE instalment SET amount = amount + 1 WHERE id = 1", "I1"),
    ("UPDATE instalment SET due_date = '2026-01-01' WHERE part = 2", "I1"),
    ("UPDATE plan SET currency = 'USD'", "I1"),
    ("UPDATE plan_item SET amount = amount * 100; UPDATE instalment SET amount = amount * 100", "I2"),
    ("UPDATE plan SET ended_on = NULL, ended_why = ''; DELETE FROM plan_step", "I2"),
    ("UPDATE plan SET ended_why = 'replaced' WHERE id = 1", "I3"),
    ("UPDATE strategy_version SET version = 7", "I3"),
    ("UPDATE posting SET amount = -amount WHERE id = 1", "M2"),
    ("UPDATE import_file SET sha256 = 'one', kind = 'statement', refused = 0", "N6"),
];

/// Rules nothing that the tables take can break.
const UNBREAKABLE: [(&str, &str); 4] = [
    ("M11", "the tables are strict: they take no number that is not whole"),
    ("N5", "the table itself takes a key once"),
    ("S4", "the journal of a book that is open, and strict tables: the definitions are held by S3"),
    ("S6", "the program is built with its own SQLite"),
];

#[test]
fn every_rule_names_what_breaks_it() {
    let book = main_book("rules");
    book.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, false).expect("no guards");
    book.execute_batch("PRAGMA foreign_keys = OFF; PRAGMA ignore_check_constraints = ON").expect("no rules");
    let mut unnamed = Vec::new();
    for (sql, code) in RULES {
        book.execute_batch("SAVEPOINT one").expect("a savepoint");
        book.execute_batch(sql).unwrap_or_else(|error| panic!("{sql}: {error}"));
        let found = check::full(&book).expect("it can be checked");
        if !found.iter().any(|finding| finding.code == code) {
            unnamed
                .push(format!("{sql}: no {code} in {:?}", found.iter().map(|one| one.code).collect::<BTreeSet<_>>()));
        }
        book.execute_batch("ROLLBACK TO one; RELEASE one").expect("as it was");
    }
    assert_eq!(unnamed, Vec::<String>::new());
    assert_eq!(check::full(&book).expect("checked"), []);
}

/// A rule of the check that no test breaks could be one that finds nothing.
#[test]
fn every_rule_of_the_check_is_broken_by_a_test() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let named = |folder: &str| -> BTreeSet<String> {
        let files = rigs::source::files(&root.join(folder), &[".rs"]);
        files.iter().flat_map(|file| rules_in(&std::fs::read_to_string(file).unwrap_or_default())).collect()
    };
    let all = named("src/store/check");
    let broken = named("tests");
    let missing: Vec<_> = all.difference(&broken).collect();
    assert!(all.len() > 30 && missing.is_empty(), "no test breaks {missing:?}");
    let gone: Vec<_> = UNBREAKABLE.iter().filter(|(code, _)| !all.contains(*code)).collect();
    assert!(gone.is_empty(), "no rule any more: {gone:?}");
}

/// Codes of rules such as `M12`, in quotes of their own.
fn rules_in(text: &str) -> Vec<String> {
    let words = text.split('"').map(str::as_bytes).filter(|word| {
        matches!(word, [letter, number @ ..] if letter.is_ascii_uppercase() && (1..=2).contains(&number.len())
            && number.iter().all(u8::is_ascii_digit))
    });
    words.map(|word| String::from_utf8_lossy(word).into_owned()).collect()
}
