//! From an older format of the book to this one: one SQL file a format, and a function where rows must move. A book is
//! only ever brought up by `o2c migrate`, whose transaction `run` is; while it lasts the book carries a notice that
//! acts are refused on.

use rusqlite::{Connection, OptionalExtension};

use super::check::{self, Finding};
use super::error::{Result, StoreError};
use super::open::{Access, BookPath, connect, format_of};
use super::schema::{self, FORMAT};
use super::stopped;

/// The way from one format to the next.
struct Step {
    /// The format it starts from.
    from: i64,
    /// The fingerprint a book of that format has: nothing else is touched.
    fingerprint: &'static str,
    /// Tables, columns and indexes of the next format.
    sql: &'static str,
    /// Moves rows, where SQL cannot; runs after `sql` in the same transaction.
    rows: Option<fn(&Connection) -> Result<()>>,
}

/// Every step, oldest first. A new format costs its SQL file, one row here, and `FORMAT`.
static STEPS: [Step; 6] = [
    Step {
        from: 1,
        fingerprint: "d1fc2be3df03a5a0967df9dbb83c578c23dfac096907af8c2acc524a20922ea4",
        sql: include_str!("migrations/2.sql"),
        rows: None,
    },
    Step {
        from: 2,
        fingerprint: "2e2f2a34eb17297a78a3505bde996a20bc73547f209c4c48590f05ae47d34e06",
        sql: include_str!("migrations/3.sql"),
        rows: None,
    },
    Step {
        from: 3,
        fingerprint: "d78179e9401393dddc2e1b346b0b352857b9668e3afc3a7b82c2e987d7f69f90",
        sql: include_str!("migrations/4.sql"),
        rows: None,
    },
    Step {
        from: 4,
        fingerprint: "af73b996e8d51257270f1c71ac8136a18f358805707fe76d4f0402b04546a298",
        sql: include_str!("migrations/5.sql"),
        rows: None,
    },
    Step {
        from: 5,
        fingerprint: "b1d8700cd764d2fb11f81a2a505658063d66a53fb56efbcc577ce771d8802481",
        sql: include_str!("migrations/6.sql"),
        rows: None,
    },
    Step {
        from: 6,
        fingerprint: "7ec38c3a3f740b3311e0015a38b5298d3f340aed2f1d4b27e94cf99e5a28447b",
        sql: include_str!("migrations/7.sql"),
        rows: None,
    },
];

/// Whether a login of a book of any format has the role of administrator; `None` for one that it does not know.
pub fn administers(conn: &Connection, login: &str) -> Result<Option<bool>> {
    let text = "SELECT coalesce((SELECT r.held FROM role_change r WHERE r.person_id = p.id AND r.role = 'administrator' \
                ORDER BY r.id DESC LIMIT 1), 0) FROM person p WHERE p.login = $1";
    Ok(conn.query_row(text, [login], |row| row.get(0)).optional()?)
}

/// Key of the notice in `meta`.
const NOTICE: &str = "maintenance";

/// Opens a book of this format or an older one, to bring it up. Gives its format.
pub fn open_any(book: &BookPath, access: Access) -> Result<(Connection, i64)> {
    let conn = connect(book, access)?;
    let format = format_of(&conn, book)?;
    if format > FORMAT {
        let sentence = format!(
            "{} has format {format}, which cannot be turned back into {FORMAT}. Use a newer o2c, or restore a backup of \
             that time; the acts after it would be missing.",
            book.shown()
        );
        return Err(StoreError::refused("DB-10", sentence));
    }
    if format < STEPS[0].from {
        let sentence = format!("{} has format {format}, which no o2c has written. It was not touched.", book.shown());
        return Err(StoreError::refused("DB-06", sentence));
    }
    Ok((conn, format))
}

/// What can be said of a book of an older format before it is brought up: its pages, its references, and whether its
/// definitions are those of that format. The rest is checked on the book brought up.
pub fn examine(conn: &Connection, format: i64) -> Result<Vec<Finding>> {
    check::storage_of(conn, STEPS.iter().find(|step| step.from == format).map(|step| step.fingerprint))
}

/// Brings the book up to this format, inside the caller's transaction. Foreign keys must be off outside it.
pub(super) fn run(conn: &Connection, from: i64) -> Result<()> {
    for step in STEPS.iter().filter(|step| step.from >= from) {
        conn.execute_batch(step.sql)?;
        if let Some(rows) = step.rows {
            rows(conn)?;
        }
    }
    schema::renew_guards(conn)?;
    schema::mark(conn)?;
    let broken: Option<String> =
        conn.query_row("SELECT \"table\" FROM pragma_foreign_key_check LIMIT 1", [], |row| row.get(0)).optional()?;
    if let Some(table) = broken {
        let sentence = format!("Rows of {table} would name rows that are not there. Nothing was changed.");
        return Err(StoreError::refused("DB-19", sentence));
    }
    if schema::fingerprint(conn)? != schema::expected_fingerprint()? {
        let sentence = format!("The book would not have the definitions of format {FORMAT}. Nothing was changed.");
        return Err(StoreError::refused("DB-19", sentence));
    }
    Ok(())
}

/// After the transaction of an upgrade, whatever became of it: references are watched over again.
pub fn settle(conn: &Connection) -> Result<()> {
    Ok(conn.execute_batch("PRAGMA foreign_keys = ON")?)
}

/// Puts the notice up: from now on every act is refused with it. `who` is shown: `anna, 2026-11-29 17:02 UTC`.
pub fn announce(conn: &Connection, who: &str) -> Result<()> {
    conn.execute(
        "INSERT INTO meta (key, value) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        [NOTICE, who],
    )?;
    Ok(())
}

/// Takes the notice down.
pub fn all_clear(conn: &Connection) -> Result<()> {
    conn.execute("DELETE FROM meta WHERE key = $1", [NOTICE])?;
    Ok(())
}

/// The same on a book made from a copy, with the mark of a check that did not hold: it is checked anew.
pub fn anew(conn: &Connection) -> Result<()> {
    all_clear(conn)?;
    stopped::lift(conn)
}

/// The same in one line for the head of a screen: what became of the book under an open session.
pub(super) fn banner(conn: &Connection) -> Result<Option<&'static str>> {
    if super::open::moved(conn) {
        return Ok(Some("[DB-20] The book's file was replaced: nothing is posted; start o2c again."));
    }
    Ok(match notice(conn)? {
        None if stopped::is_stopped(conn)? => Some(stopped::BANNER),
        None => None,
        Some(_) if conn.pragma_query_value(None, "user_version", |row| row.get::<_, i64>(0))? != FORMAT => {
            Some("[DB-09] The book was upgraded: nothing is posted from here; start o2c again.")
        }
        Some(_) => Some("[DB-09] The book is being upgraded: nothing is posted until it is done."),
    })
}

/// Why a session can do nothing more with the book it has open: it is being brought up, or was. `None` on most days.
pub fn notice(conn: &Connection) -> Result<Option<StoreError>> {
    let format: i64 = conn.pragma_query_value(None, "user_version", |row| row.get(0))?;
    if format != FORMAT {
        let sentence = "The book was upgraded while you were working; your draft is kept. Please start o2c again.";
        return Ok(Some(StoreError::refused("DB-09", sentence)));
    }
    let who: Option<String> = conn
        .prepare_cached("SELECT value FROM meta WHERE key = $1")?
        .query_row([NOTICE], |row| row.get(0))
        .optional()?;
    Ok(who.map(|who| {
        let sentence = format!(
            "The book is being upgraded ({who}). Nothing was posted, your entry is kept; try again when it is done. If \
             the upgrade was cut off, an administrator runs o2c migrate again."
        );
        StoreError::refused("DB-09", sentence)
    }))
}
