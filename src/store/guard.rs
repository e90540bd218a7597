//! What a connection for questions may prepare at all: reading. A question that would change the book, its definitions or
//! the connection's own safety settings fails when it is prepared, whatever text became part of it. Asked for each
//! statement once, when it is prepared, so that a statement kept for its next values costs nothing more.

use rusqlite::Connection;
use rusqlite::hooks::{AuthAction, AuthContext, Authorization};

/// Settings of a connection that questions look at, or that only say how much is kept in memory.
const SETTINGS: [&str; 15] = [
    "application_id",
    "cache_size",
    "data_version",
    "foreign_key_check",
    "foreign_key_list",
    "index_info",
    "index_list",
    "integrity_check",
    "journal_mode",
    "quick_check",
    "shrink_memory",
    "table_info",
    "table_list",
    "table_xinfo",
    "user_version",
];

/// Those that may be given a value.
const WRITTEN: [&str; 11] = [
    "cache_size",
    "foreign_key_check",
    "foreign_key_list",
    "index_info",
    "index_list",
    "integrity_check",
    "quick_check",
    "shrink_memory",
    "table_info",
    "table_list",
    "table_xinfo",
];

/// Holds a connection to reading.
pub(super) fn hold_to_reading(conn: &mut Connection) -> rusqlite::Result<()> {
    conn.authorizer(Some(|asked: AuthContext<'_>| match asked.action {
        AuthAction::Select
        | AuthAction::Read { .. }
        | AuthAction::Function { .. }
        | AuthAction::Recursive
        | AuthAction::Transaction { .. }
        | AuthAction::Savepoint { .. } => Authorization::Allow,
        AuthAction::Pragma { pragma_name, pragma_value } => {
            let known: &[&str] = if pragma_value.is_some() { &WRITTEN } else { &SETTINGS };
            let is_known = known.iter().any(|known| known.eq_ignore_ascii_case(pragma_name));
            if is_known { Authorization::Allow } else { Authorization::Deny }
        }
        _ => Authorization::Deny,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_connection_for_questions_changes_nothing_whatever_it_is_told() {
        let mut conn = Connection::open_in_memory().unwrap();
        crate::store::schema::create(&conn).unwrap();
        hold_to_reading(&mut conn).unwrap();
        for text in [
            "INSERT INTO meta VALUES ('a', 'b')",
            "DELETE FROM meta",
            "UPDATE meta SET value = ''",
            "DROP TRIGGER item_fixed",
            "CREATE TABLE mine (x)",
            "CREATE TEMP TABLE mine (x)",
            "CREATE TEMP VIEW mine AS SELECT 1",
            "ATTACH 'other.db' AS other",
            "PRAGMA query_only = OFF",
            "PRAGMA writable_schema = ON",
            "PRAGMA trusted_schema = ON",
            "PRAGMA user_version = 1",
            "PRAGMA journal_mode = DELETE",
            "ALTER TABLE meta RENAME TO other",
            "VACUUM",
        ] {
            assert!(conn.execute_batch(text).is_err(), "{text}");
        }
        conn.execute_batch("BEGIN; SAVEPOINT a; RELEASE a; PRAGMA cache_size = -512; COMMIT").unwrap();
        let text = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3) \
                    SELECT count(*) FROM n, json_each('[1]') j, pragma_table_list t WHERE t.name LIKE 'meta'";
        assert_eq!(conn.query_row(text, [], |row| row.get::<_, i64>(0)).unwrap(), 3);
    }
}
