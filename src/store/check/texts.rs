//! The rule of texts (T1): what is kept can be shown on one line of any terminal. Plain short texts are passed over
//! inside SQLite; only the others are looked at closely.

use rusqlite::Connection;

use super::{Finding, Findings};
use crate::domain::text;
use crate::store::error::Result;

/// Tables with the columns people read, and whether their texts may be longer than a typed line.
const TEXTS: [(&str, &[&str], bool); 28] = [
    ("document", &["number", "reference", "order_number", "text"], false),
    (
        "customer",
        &["number", "name", "group_name", "email", "phone", "contact", "owner", "next_what", "address"],
        false,
    ),
    ("activity", &["outcome", "text", "next_what"], false),
    ("promise", &["text"], false),
    ("dispute", &["number", "reason", "owner", "department"], false),
    ("dispute_step", &["text", "owner", "department"], false),
    ("dispute_fact", &["field", "value"], false),
    ("dispute_file", &["name", "path", "note"], false),
    ("inquiry", &["number", "about", "reason", "channel", "contact"], false),
    ("inquiry_step", &["text", "owner", "department"], false),
    ("case_task", &["text"], false),
    ("person", &["login", "name"], false),
    ("import_file", &["name"], false),
    ("target", &["kpi"], false),
    ("act", &["summary"], true),
    ("bank_account", &["name", "number"], false),
    ("bank_statement", &["format", "number"], false),
    ("bank_entry", &["code", "reference"], false),
    ("bank_payment", &["payer", "payer_account", "structured", "end_to_end"], false),
    ("bank_payment", &["text", "why"], true),
    ("remittance", &["kind", "number", "reason"], false),
    ("payment_step", &["what", "rule", "evidence"], true),
    ("alias_change", &["kind", "value"], false),
    ("mail", &["message_id", "sender", "receiver"], false),
    ("mail", &["subject"], true),
    ("mail_step", &["text"], true),
    ("answer", &["sender", "name", "subject", "found_by"], true),
    ("proposal", &["documents", "sentence"], true),
];

pub(super) fn check(conn: &Connection, found: &mut Findings) -> Result<()> {
    for (table, columns, long) in TEXTS {
        for column in columns {
            one(conn, found, table, column, long)?;
        }
    }
    Ok(())
}

fn one(conn: &Connection, found: &mut Findings, table: &str, column: &str, long: bool) -> Result<()> {
    let mut statement = conn.prepare(&format!(
        "SELECT id, CAST({column} AS BLOB) FROM {table} WHERE {column} GLOB '*[^ -~]*' OR length({column}) > 200 \
         OR instr(CAST({column} AS BLOB), x'00') > 0"
    ))?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let bytes: Vec<u8> = row.get(1)?;
        let object = || format!("{table} {} {column}", row.get::<_, i64>(0).unwrap_or(0));
        let todo = "correct the text; do not copy it to a terminal";
        let Ok(raw) = std::str::from_utf8(&bytes) else {
            found.add(Finding::new("T1", object(), "not UTF-8", "UTF-8", todo));
            continue;
        };
        let mut seen = text::clean(raw).found;
        seen.cut = seen.cut && !long;
        if seen.any() {
            found.add(Finding::new(
                "T1",
                object(),
                format!("holds {}", seen.words()),
                "one line that can be shown",
                todo,
            ));
        }
    }
    Ok(())
}
