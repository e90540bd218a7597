//! Who was signed in when, from where, how that was known and how it ended; and what is said to somebody whose last
//! session was cut off.

use std::borrow::Cow;

use chrono::{DateTime, NaiveDate, Utc};
use rusqlite::OptionalExtension;
use rust_decimal::Decimal;

use crate::language::filter::{Field, Fields, Filter};
use crate::language::fold::fold;
use crate::store::date::read;
use crate::store::error::Result;
use crate::store::{Connection, Reader};

/// A session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionRow {
    /// Its id.
    pub id: i64,
    /// The login as it was known.
    pub login: String,
    /// Name of the person.
    pub name: String,
    /// `tui`, `cli`, `import`, `demo`.
    pub source: String,
    /// How the login was known: `trust`, `forced`, `sudo`, `demo`.
    pub identity: String,
    /// The other end of the connection and the key used, where there was one.
    pub origin: String,
    /// When it began, UTC text.
    pub started_at: String,
    /// When it ended; `None` while it goes on, and for sessions of verbs, which have no end of their own.
    pub ended_at: Option<String>,
    /// How it ended: `left`, `cut off`, `locked`, `shut out`, `failed`, `restored`.
    pub how: Option<String>,
    /// The process it runs in, while it goes on.
    pub process: Option<String>,
    /// It has no end, but its process is no longer there.
    pub gone: bool,
    /// Acts performed in it, signing in and out not counted.
    pub acts: i64,
}

impl SessionRow {
    /// How it ended; `open` for a workstation still in use, `gone` for one whose process was killed or went with its
    /// machine, empty for verbs, whose sessions are a day's.
    pub fn state(&self) -> &str {
        let open = match (self.source.as_str(), self.gone) {
            ("tui", true) => "gone",
            ("tui", false) => "open",
            _ => "",
        };
        self.how.as_deref().unwrap_or(open)
    }
}

/// Every session that passes the filter, newest first. Fields: `owner:` is the login, `name:` the person, `state:` how
/// it ended or `open`, `reason:` how the login was known, `days` its age; words are looked for in all of it. `is_gone`
/// says whether the process of a note is no longer there.
pub fn sessions(
    reader: &Reader,
    today: NaiveDate,
    filter: &Filter,
    is_gone: impl Fn(&str) -> bool,
) -> Result<Vec<SessionRow>> {
    let mut statement = reader.conn.prepare_cached(
        "SELECT s.id, s.login, coalesce(p.name, ''), s.source, s.identity, s.origin, s.started_at, a.recorded_at, e.how, \
         coalesce(c.acts, 0), w.value FROM session s LEFT JOIN person p ON p.id = s.person_id \
         LEFT JOIN workspace w ON w.person_id = s.person_id AND w.key = 'process.' || s.id \
         LEFT JOIN session_end e ON e.session_id = s.id LEFT JOIN act a ON a.id = e.act_id \
         LEFT JOIN (SELECT session_id, count(*) AS acts FROM act WHERE kind NOT IN ('sign in', 'sign out') \
         GROUP BY session_id) c ON c.session_id = s.id ORDER BY s.id DESC",
    )?;
    let mut rows = statement.query([])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let how: Option<String> = row.get(8)?;
        let process: Option<String> = row.get::<_, Option<String>>(10)?.filter(|_| how.is_none());
        let session = SessionRow {
            id: row.get(0)?,
            login: row.get(1)?,
            name: row.get(2)?,
            source: row.get(3)?,
            identity: row.get(4)?,
            origin: row.get(5)?,
            started_at: row.get(6)?,
            ended_at: row.get(7)?,
            gone: process.as_deref().is_some_and(&is_gone),
            how,
            process,
            acts: row.get(9)?,
        };
        if filter.matches(&View { row: &session, today }) {
            found.push(session);
        }
    }
    Ok(found)
}

/// Under which key a person's workspace names the process of a session.
pub fn process_key(session: i64) -> String {
    format!("process.{session}")
}

/// When the session of the workstation before this one was cut off; `None` when it ended otherwise or there was none.
pub fn cut_off_before(conn: &Connection, person: i64, session: i64) -> Result<Option<DateTime<Utc>>> {
    let found: Option<(String, String)> = conn
        .prepare_cached(
            "SELECT e.how, a.recorded_at FROM session s JOIN session_end e ON e.session_id = s.id \
             JOIN act a ON a.id = e.act_id WHERE s.person_id = $1 AND s.id < $2 AND s.source = 'tui' \
             ORDER BY s.id DESC LIMIT 1",
        )?
        .query_row([person, session], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    Ok(found.filter(|(how, _)| how == "cut off").and_then(|(_, at)| at.parse().ok()))
}

/// A session as the filter language sees it.
struct View<'a> {
    row: &'a SessionRow,
    today: NaiveDate,
}

impl View<'_> {
    fn day(&self) -> NaiveDate {
        read(self.row.started_at.get(..10).unwrap_or_default())
    }
}

impl Fields for View<'_> {
    fn text(&self, field: Field) -> Option<Cow<'_, str>> {
        Some(Cow::Borrowed(match field {
            Field::Owner => &self.row.login,
            Field::Name => &self.row.name,
            Field::State => self.row.state(),
            Field::Reason => &self.row.identity,
            _ => return None,
        }))
    }

    fn amount(&self, _field: Field) -> Option<Decimal> {
        None
    }

    fn days(&self, field: Field) -> Option<i64> {
        (field == Field::Days || field == Field::Last).then(|| (self.today - self.day()).num_days())
    }

    fn date(&self, field: Field) -> Option<NaiveDate> {
        (field == Field::Due).then(|| self.day())
    }

    fn flag(&self, name: &str) -> Option<bool> {
        (name == "open").then(|| self.row.state() == "open")
    }

    fn words(&self) -> Cow<'_, str> {
        let row = self.row;
        let all = [&row.login, &row.name, &row.source, &row.identity, &row.origin, row.state()];
        Cow::Owned(fold(&all.join(" ")))
    }
}
