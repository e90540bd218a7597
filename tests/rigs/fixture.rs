//! Books of older formats, as the programs of their time wrote them, and what a book says apart from how its pages lie.
//! The fixtures are packed: bytes are mostly zero, and runs of zeros are written as a count.

use rusqlite::Connection;
use rusqlite::types::ValueRef;
use sha2::{Digest, Sha256};
use std::path::Path;

/// A book of format 1 with 112 acts of every family: a demo of four customers, then acts by the command line.
pub const FORMAT_1: &[u8] = include_bytes!("../fixtures/format-1.book");
/// Acts in [`FORMAT_1`], and the hash of the last.
pub const ACTS_1: i64 = 112;
/// Hash of the last act of [`FORMAT_1`].
pub const HEAD_1: &str = "620638128fd694291c28fcfbe58c91108a700203effe6e079f3798866b43ded5";

/// A book of format 5: a demo of three customers, then two invoices with a cash discount by the command line.
#[allow(dead_code)] // of the suites that share this, one brings it up
pub const FORMAT_5: &[u8] = include_bytes!("../fixtures/format-5.book");
/// Acts in [`FORMAT_5`].
#[allow(dead_code)]
pub const ACTS_5: i64 = 123;
/// Hash of the last act of [`FORMAT_5`].
#[allow(dead_code)]
pub const HEAD_5: &str = "208a1e06b7df374d2fa52131e56b217ba025be0300d151b46b6c41b3ca0b3ce4";

/// A book of format 6: a demo of three customers, then a promise and a dispute by the command line.
#[allow(dead_code)]
pub const FORMAT_6: &[u8] = include_bytes!("../fixtures/format-6.book");
/// Acts in [`FORMAT_6`].
#[allow(dead_code)]
pub const ACTS_6: i64 = 192;
/// Hash of the last act of [`FORMAT_6`].
#[allow(dead_code)]
pub const HEAD_6: &str = "e02e2bd29fe2648b686ea9965ea535de48522c6c0d547945c4c94eb6426be40a";

/// The file of a packed book: pieces of (zeros, length, bytes), numbers of four bytes, low byte first.
pub fn unpacked(packed: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut rest = packed;
    while let Some((head, tail)) = rest.split_at_checked(8) {
        let number = |at: usize| u32::from_le_bytes(head[at..at + 4].try_into().expect("four bytes")) as usize;
        out.resize(out.len() + number(0), 0);
        out.extend_from_slice(&tail[..number(4)]);
        rest = &tail[number(4)..];
    }
    out
}

/// Writes a book of format 1 to a file.
pub fn format_1(path: &Path) {
    write(path, FORMAT_1);
}

/// Writes a packed book to a file.
pub fn write(path: &Path, packed: &[u8]) {
    use std::os::unix::fs::PermissionsExt;
    std::fs::write(path, unpacked(packed)).expect("the fixture can be written");
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).expect("it is only the owner's");
}

/// Everything the book says: SHA-256 over every row of every table, in the order of the rows. Two books that say the
/// same have the same, whatever their pages look like. The notice of an upgrade is left out: it comes and goes.
pub fn said(conn: &Connection) -> String {
    said_by(conn, "")
}

/// As [`said`], without `workspace` and without why the rules last left a payment: neither is business, and neither has
/// a digest.
pub fn said_by_acts(conn: &Connection) -> String {
    said_by(conn, "workspace")
}

fn said_by(conn: &Connection, without: &str) -> String {
    let names = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name";
    let mut statement = conn.prepare(names).expect("tables");
    let names: Vec<String> =
        statement.query_map([], |row| row.get(0)).expect("tables").collect::<Result<_, _>>().expect("names");
    let mut hasher = Sha256::new();
    for name in names.into_iter().filter(|name| name != without) {
        hasher.update(format!("\n{name}:"));
        let rows = if name == "meta" { " WHERE key <> 'maintenance'" } else { "" };
        let mut statement = conn.prepare(&format!("SELECT * FROM {name}{rows} ORDER BY 1, 2")).expect("a table");
        let hint = statement.column_names().position(|column| name == "bank_payment" && column == "why");
        let columns: Vec<usize> =
            (0..statement.column_count()).filter(|column| without.is_empty() || Some(*column) != hint).collect();
        let mut rows = statement.query([]).expect("rows");
        while let Some(row) = rows.next().expect("a row") {
            for column in columns.iter().copied() {
                match row.get_ref(column).expect("a value") {
                    ValueRef::Null => hasher.update("n"),
                    ValueRef::Integer(number) => hasher.update(format!("i{number};")),
                    ValueRef::Real(number) => hasher.update(format!("r{number};")),
                    ValueRef::Text(text) => hasher.update([format!("t{};", text.len()).as_bytes(), text].concat()),
                    ValueRef::Blob(bytes) => hasher.update([format!("b{};", bytes.len()).as_bytes(), bytes].concat()),
                }
            }
        }
    }
    o2c::store::schema::hex(&hasher.finalize())
}
