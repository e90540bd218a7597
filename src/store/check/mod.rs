//! `o2c check`: does the book still say what it must? Every rule reads, none repairs. Rows are read once, in one
//! snapshot, and everything kept beside them is computed again; what differs is one [`Finding`] a line.

mod authority;
mod bank;
mod cases;
mod dunning;
mod kept;
mod load;
mod mail;
mod money;
mod numbers;
mod periods;
mod plans;
mod replay;
mod rows;
mod settings;
mod state;
mod storage;
mod sums;
mod tax;
mod texts;
mod touched;

use std::fmt;

use rusqlite::Connection;

use super::error::Result;
use super::open::BookPath;

pub(super) use rows::{chain, digests, loose, one_table};

/// The most findings listed of one kind; the rest are counted.
const LISTED: usize = 20;

/// Letters of the rules whose findings stop the book: storage, money, the log, and what was posted.
const STOPPING: [&str; 4] = ["S", "M", "A", "P"];

/// One thing that is not as it must be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Code of the rule, such as `M8`.
    pub code: &'static str,
    /// What it is about: `control account EUR`.
    pub object: String,
    /// What is.
    pub is: String,
    /// What must be.
    pub must: String,
    /// What to do.
    pub todo: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}: {}; must be {} -> {}", self.code, self.object, self.is, self.must, self.todo)
    }
}

/// Page cache while everything is checked, as SQLite counts it: minus KiB, here 256 MiB at most.
const CACHE_KIB: i64 = -262_144;

/// Page cache for reading tables from end to end: 16 MiB.
const SCAN_KIB: i64 = -16_384;

/// What to do about damage to rows that were posted.
const RESTORE: &str = "stop posting, keep the file and restore the last good backup";
/// What to do about figures that can be computed again from posted rows.
const REBUILD: &str = "stop posting and tell the administrator; the posted rows are the truth";

impl Finding {
    /// A finding: code of the rule, what it is about, what is, what must be, what to do.
    pub fn new(
        code: &'static str,
        object: impl Into<String>,
        is: impl Into<String>,
        must: impl Into<String>,
        todo: &str,
    ) -> Self {
        Finding { code, object: object.into(), is: is.into(), must: must.into(), todo: todo.to_owned() }
    }

    /// Whether nothing may be posted until somebody has looked at it. That a seal is late (A7) is a matter of the timer.
    pub fn stops(&self) -> bool {
        self.code != "A7" && STOPPING.iter().any(|letter| self.code.starts_with(letter))
    }
}

/// Findings as they are gathered: a rule broken by every row lists the first and counts the rest.
#[derive(Default)]
pub(super) struct Findings {
    list: Vec<Finding>,
    seen: Vec<(&'static str, String, usize)>,
}

impl Findings {
    pub(super) fn add(&mut self, finding: Finding) {
        let sort = finding.object.split(' ').next().unwrap_or_default().to_owned();
        let count = match self.seen.iter_mut().find(|(code, known, _)| *code == finding.code && *known == sort) {
            Some((_, _, count)) => {
                *count += 1;
                *count
            }
            None => {
                self.seen.push((finding.code, sort, 1));
                1
            }
        };
        if count <= LISTED {
            self.list.push(finding);
        }
    }

    /// Notes a difference between two numbers.
    pub(super) fn differs(
        &mut self,
        code: &'static str,
        object: impl FnOnce() -> String,
        is: i64,
        must: i64,
        todo: &str,
    ) {
        if is != must {
            self.add(Finding::new(code, object(), is.to_string(), must.to_string(), todo));
        }
    }

    pub(super) fn finish(mut self) -> Vec<Finding> {
        for (code, sort, count) in self.seen.iter().filter(|(_, _, count)| *count > LISTED) {
            let more = format!("{} more like it", count - LISTED);
            self.list.push(Finding::new(code, sort.clone(), more, "none", REBUILD));
        }
        self.list
    }
}

/// Adds a finding for every row of a question; `f` makes it from the row.
pub(super) fn ask(
    conn: &Connection,
    found: &mut Findings,
    text: &str,
    f: impl Fn(&rusqlite::Row<'_>) -> rusqlite::Result<Finding>,
) -> Result<()> {
    let mut statement = conn.prepare(text)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        found.add(f(row)?);
    }
    Ok(())
}

/// Adds a finding for every row of a question that answers object, what is and what must be.
pub(super) fn ask_three(
    conn: &Connection,
    found: &mut Findings,
    code: &'static str,
    todo: &str,
    text: &str,
) -> Result<()> {
    ask(conn, found, text, |row| {
        let shown = |place| -> rusqlite::Result<String> {
            use rusqlite::types::ValueRef;
            Ok(match row.get_ref(place)? {
                ValueRef::Null => "nothing".to_owned(),
                ValueRef::Integer(number) => number.to_string(),
                ValueRef::Real(number) => number.to_string(),
                ValueRef::Text(text) => crate::domain::text::clean(&String::from_utf8_lossy(text)).text.into_string(),
                ValueRef::Blob(bytes) => super::schema::hex(bytes),
            })
        };
        Ok(Finding::new(code, shown(0)?, shown(1)?, shown(2)?, todo))
    })
}

/// Acts whose links a session looks at when it starts.
const NEWEST: i64 = 1_000;

/// What a session checks when it starts, in less than the time of a key: the marks and definitions of the format, the
/// log it is kept with, and the links of the newest acts.
pub fn start(conn: &Connection) -> Result<Vec<Finding>> {
    snapshot(conn, |conn| {
        let mut found = Findings::default();
        by_group("format", &mut found, |found| storage::format(conn, found))?;
        by_group("log", &mut found, |found| rows::chain(conn, found, rows::newest(conn, NEWEST)?, i64::MAX))?;
        Ok(found.finish())
    })
}

/// What a session checks, and the pages of the file, whether the kept sums agree with each other, and the rules of money
/// on the customers the newest acts touched. Reads little of the book but its pages.
pub fn quick(conn: &Connection) -> Result<Vec<Finding>> {
    snapshot(conn, |conn| {
        let mut found = Findings::default();
        by_group("format", &mut found, |found| storage::format(conn, found))?;
        by_group("pages", &mut found, |found| storage::pages(conn, found, "quick_check"))?;
        by_group("log", &mut found, |found| rows::chain(conn, found, rows::newest(conn, NEWEST)?, i64::MAX))?;
        by_group("sums", &mut found, |found| kept::agree(conn, found))?;
        by_group("customers", &mut found, |found| touched::check(conn, found))?;
        Ok(found.finish())
    })
}

/// Checks everything, and puts what every act posted into an empty ledger, looking at it after each.
pub fn deep(conn: &Connection) -> Result<Vec<Finding>> {
    snapshot(conn, |conn| {
        let mut found = full(conn)?;
        let mut more = Findings::default();
        by_group("the replay", &mut more, |found| replay::check(conn, found))?;
        found.extend(more.finish());
        Ok(found)
    })
}

/// Checks everything. Reads every row of the book once, in one snapshot; writers are not held up.
pub fn full(conn: &Connection) -> Result<Vec<Finding>> {
    // Every index is compared with its table row by row, which without room to keep pages reads them again and again.
    let usual: i64 = conn.pragma_query_value(None, "cache_size", |row| row.get(0))?;
    conn.pragma_update(None, "cache_size", CACHE_KIB)?;
    let result = everything(conn);
    conn.pragma_update(None, "cache_size", usual)?;
    result
}

fn everything(conn: &Connection) -> Result<Vec<Finding>> {
    snapshot(conn, |conn| {
        let mut found = Findings::default();
        by_group("format", &mut found, |found| storage::format(conn, found))?;
        by_group("pages", &mut found, |found| storage::pages(conn, found, "integrity_check"))?;
        by_group("references", &mut found, |found| storage::references(conn, found))?;
        // From here on tables are read from end to end, and their rows need the memory.
        conn.execute_batch(&format!("PRAGMA cache_size = {SCAN_KIB}; PRAGMA shrink_memory"))?;
        by_group("numbers", &mut found, |found| numbers::check(conn, found))?;
        by_group("money", &mut found, |found| {
            let books = load::load(conn, found)?;
            money::check(&books, found);
            money::reversals(conn, found)?;
            tax::check(conn, &books, found)?;
            kept::check(conn, &books, found)
        })?;
        by_group("bank accounts", &mut found, |found| bank::check(conn, found))?;
        by_group("letters", &mut found, |found| dunning::check(conn, found))?;
        by_group("cases", &mut found, |found| cases::check(conn, found))?;
        by_group("mail", &mut found, |found| mail::check(conn, found))?;
        by_group("states", &mut found, |found| state::check(conn, found))?;
        by_group("plans", &mut found, |found| plans::check(conn, found))?;
        by_group("authority", &mut found, |found| {
            authority::check(conn, found)?;
            authority::sessions(conn, found)
        })?;
        by_group("settings", &mut found, |found| settings::check(conn, found))?;
        by_group("months", &mut found, |found| periods::check(conn, found))?;
        by_group("log", &mut found, |found| {
            rows::chain(conn, found, 1, i64::MAX)?;
            rows::digests(conn, found)?;
            rows::times(conn, found)
        })?;
        by_group("texts", &mut found, |found| texts::check(conn, found))?;
        Ok(found.finish())
    })
}

/// Asks one group of rules. Where damage stops it (a page that cannot be read, a value that cannot be what it is), that
/// is a finding, and the other groups are asked all the same: what they find says which rows were damaged.
fn by_group(name: &str, found: &mut Findings, rules: impl FnOnce(&mut Findings) -> Result<()>) -> Result<()> {
    match rules(found) {
        Err(error) if ["DB-04", "DB-15"].contains(&error.code) => {
            found.add(Finding::new("S1", format!("rules of {name}"), "stopped by damage", "asked to the end", RESTORE));
            Ok(())
        }
        other => other,
    }
}

/// Pages and references of a book of an older format, and whether its definitions have the fingerprint they must.
pub(super) fn storage_of(conn: &Connection, fingerprint: Option<&str>) -> Result<Vec<Finding>> {
    snapshot(conn, |conn| {
        let mut found = Findings::default();
        by_group("pages", &mut found, |found| storage::pages(conn, found, "integrity_check"))?;
        by_group("references", &mut found, |found| storage::references(conn, found))?;
        by_group("format", &mut found, |found| {
            let is = super::schema::fingerprint(conn)?;
            let must = fingerprint.unwrap_or("none, as no o2c wrote this format");
            if is != must {
                found.add(Finding::new("S3", "fingerprint of the format", &is[..16], &must[..16], RESTORE));
            }
            Ok(())
        })?;
        Ok(found.finish())
    })
}

/// Checks the file itself: regular, one name, readable and writable by its owner only, who is whoever runs the program.
pub fn file(book: &BookPath) -> Vec<Finding> {
    let mut found = Findings::default();
    storage::file(book, &mut found);
    found.finish()
}

/// Asks every question of one state of the book.
pub(super) fn snapshot<R>(conn: &Connection, work: impl FnOnce(&Connection) -> Result<R>) -> Result<R> {
    if !conn.is_autocommit() {
        return work(conn);
    }
    let whole = conn.unchecked_transaction()?; // read snapshot
    let result = work(&whole);
    whole.rollback()?;
    result
}
