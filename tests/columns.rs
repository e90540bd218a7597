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
    (
        "bank_payment",
        "why",
        "1",
        "why the rules left a payment is for the next look at it, and is said anew by each run",
    ),
    ("meta", "value", "key = 'maintenance'", "the words of a notice that an upgrade puts up and takes down"),
];

fn main_book() -> Connection {
    let disk = Disk::register("columns");
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
    let book = main_book();
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
