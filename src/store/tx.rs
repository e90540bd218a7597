//! One write transaction: an act's rows, their digests, the kept figures and the audit row, all or nothing. Rows go in
//! through [`Tx::insert`], which writes and digests them in one step, so that nothing posted can miss the chain.

use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};
use rusqlite::{Connection, OptionalExtension, Statement};
use sha2::{Digest, Sha256};

use super::error::{Fault, NOT_KNOWN, Result, StoreError};
use super::kept::{Kept, Map};
use super::value::{T, TABLES, V, feed};
use super::{Reader, holder, migrate, open};

/// Rows covered by one digest.
const CHUNK_ROWS: i64 = 1_024;

struct Chunk {
    first: i64,
    last: i64,
    hasher: Sha256,
}

pub(super) struct Digested {
    pub table: usize,
    pub first: i64,
    pub last: i64,
    pub digest: [u8; 32],
}

/// The columns of an audit row that the act's handler decides.
#[derive(Debug, Clone)]
pub struct ActRow<'a> {
    /// Made-once key.
    pub key: &'a [u8; 16],
    /// Who acts.
    pub person: i64,
    /// Kind of act, as in the log: `promise`.
    pub kind: &'a str,
    /// The act as JSON.
    pub payload: &'a str,
    /// The customer it concerns, where it is one.
    pub customer: Option<i64>,
    /// What happened, in words.
    pub summary: &'a str,
    /// The act this one takes back.
    pub undoes: Option<i64>,
    /// Where it came from: `tui`, `cli`, `import`, `demo`.
    pub source: &'a str,
    /// The session it was performed in; `None` only in acts of format 1.
    pub session: Option<i64>,
}

/// Rows from which a transaction gets more room for pages, and how much, as SQLite counts it: minus KiB, here 64 MiB.
const MANY_ROWS: usize = 5_000;
const MANY_CACHE_KIB: i64 = -65_536;

/// A write transaction. Dropped without [`Tx::commit`], everything is rolled back.
pub struct Tx<'c> {
    pub(super) conn: &'c Connection,
    /// Number the act will have in the log.
    pub act: i64,
    /// When it is recorded, UTC.
    pub recorded_at: String,
    pub(super) kept: Kept,
    statements: Vec<Option<Statement<'c>>>,
    next_id: [i64; TABLES.len()],
    chunks: [Option<Chunk>; TABLES.len()],
    pub(super) digests: Vec<Digested>,
    pub(super) bulk: bool,
    /// Last allocation of items a bulk act left partly open.
    pub(super) partly: Map<i64, NaiveDate>,
    pub(super) last_part: (i64, i64),
    /// The allocation written last; 0 for none.
    pub(super) last_allocation: i64,
    /// Allocations of this act that may change a dispute.
    pub(super) touched: Vec<super::cases::Touched>,
    pub(super) next_customer: i64,
    /// Up to and including which day the months are closed.
    pub(super) closed_until: Option<NaiveDate>,
    done: bool,
    /// It was given room to keep the pages it changes.
    roomy: bool,
}

/// Takes the write lock; where another held it for too long, the refusal says who, as far as that can be known.
fn lock(conn: &Connection, begin: &str) -> Result<()> {
    conn.execute_batch(begin).map_err(|error| {
        let mut error = StoreError::from(error);
        if error.fault == Fault::Busy
            && let Some(who) = holder::words(conn)
        {
            error.sentence = format!("Another posting is in progress: {who}. Yours is kept and not posted. Try again.");
        }
        error
    })
}

impl<'c> Tx<'c> {
    /// Takes the write lock. `now` is when the act is recorded; it never goes back behind the last act.
    pub fn begin(conn: &'c Connection, now: DateTime<Utc>) -> Result<Self> {
        lock(conn, "BEGIN IMMEDIATE")?;
        Tx::begun(conn, now, |conn| {
            if open::moved(conn) {
                let sentence = "The book's file was taken away or replaced while you were working. Nothing was posted; \
                                note what you typed, it is not in the book that is there now. Start o2c again.";
                return Err(StoreError::refused("DB-20", sentence));
            }
            migrate::notice(conn)?.map_or(Ok(()), Err)
        })
    }

    /// The book as a reader sees it in one of its snapshots, for questions that only transactions answer.
    pub fn look(reader: &'c Reader) -> Result<Self> {
        let mut tx = Tx::begun(&reader.conn, DateTime::<Utc>::default(), |_| Ok(()))?;
        tx.done = true;
        Ok(tx)
    }

    /// Takes the write lock and brings the book up from an older format; what is committed is both. Refused when the
    /// book has another last act than `head`, which is what was copied before.
    pub fn begin_upgrade(conn: &'c Connection, now: DateTime<Utc>, from: i64, head: i64) -> Result<Self> {
        lock(conn, "PRAGMA foreign_keys = OFF; BEGIN IMMEDIATE")?;
        Tx::begun(conn, now, |conn| {
            let format: i64 = conn.pragma_query_value(None, "user_version", |row| row.get(0))?;
            let last: i64 = conn.query_row("SELECT coalesce(max(id), 0) FROM act", [], |row| row.get(0))?;
            if (format, last) != (from, head) {
                let sentence = "Somebody wrote to the book while its copy was made. Nothing was changed; run it again.";
                return Err(StoreError::refused("DB-19", sentence));
            }
            migrate::run(conn, from)
        })
    }

    /// A transaction whose lock is taken; `first` comes before anything else in it.
    fn begun(conn: &'c Connection, now: DateTime<Utc>, first: impl Fn(&Connection) -> Result<()>) -> Result<Self> {
        let mut tx = Tx {
            conn,
            act: 1,
            recorded_at: String::new(),
            kept: Kept::default(),
            statements: TABLES.iter().map(|_| None).collect(),
            next_id: [0; TABLES.len()],
            chunks: std::array::from_fn(|_| None),
            digests: Vec::new(),
            bulk: false,
            partly: Map::default(),
            last_part: (0, 0),
            last_allocation: 0,
            touched: Vec::new(),
            next_customer: 0,
            closed_until: None,
            done: false,
            roomy: false,
        };
        first(conn)?;
        tx.closed_until = super::periods::closed_until(conn)?;
        let stamp = now.to_rfc3339_opts(SecondsFormat::Millis, true);
        let last = conn
            .prepare_cached("SELECT id, recorded_at FROM act ORDER BY id DESC LIMIT 1")?
            .query_row([], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?)))
            .optional()?;
        tx.recorded_at = stamp;
        if let Some((id, recorded_at)) = last {
            tx.act = id + 1;
            if recorded_at > tx.recorded_at {
                tx.recorded_at = recorded_at;
            }
        }
        Ok(tx)
    }

    /// Gives it room to keep the pages that so many rows change: what does not fit is written to the log and read again,
    /// each page many times where indexes are met in no order.
    pub fn room_for(&mut self, rows: usize) -> Result<()> {
        if rows > MANY_ROWS && !self.roomy {
            self.conn.pragma_update(None, "cache_size", MANY_CACHE_KIB)?;
            self.roomy = true;
        }
        Ok(())
    }

    /// Takes the room back. What came of the transaction stands, whether or not that can be said just now.
    fn as_usual(&mut self) {
        if std::mem::take(&mut self.roomy) {
            let _ = self.conn.pragma_update(None, "cache_size", open::WRITER_CACHE_KIB);
        }
    }

    /// The day the act is recorded.
    pub fn recorded_on(&self) -> Option<NaiveDate> {
        self.recorded_at.get(..10).and_then(|day| day.parse().ok())
    }

    /// The id the next row of a table gets.
    pub fn next_id(&mut self, table: T) -> Result<i64> {
        let place = table as usize;
        if self.next_id[place] == 0 {
            let name = TABLES[place].name;
            let last: i64 = self
                .conn
                .prepare_cached(&format!("SELECT coalesce(max(id), 0) FROM {name}"))?
                .query_row([], |row| row.get(0))?;
            self.next_id[place] = last + 1;
        }
        Ok(self.next_id[place])
    }

    /// Writes one row: id and act are set here, `posted` are the columns after them, `kept` the kept ones.
    pub fn insert(&mut self, table: T, posted: &[V<'_>], kept: &[V<'_>]) -> Result<i64> {
        self.within()?;
        let id = self.next_id(table)?;
        let place = table as usize;
        let act = self.act;
        if self.statements[place].is_none() {
            self.statements[place] = Some(self.conn.prepare(&insert_text(place))?);
        }
        if let Some(statement) = self.statements[place].as_mut() {
            let values = [V::I(id), V::I(act)];
            for (index, value) in values.iter().chain(posted).chain(kept).enumerate() {
                statement.raw_bind_parameter(index + 1, value)?;
            }
            statement.raw_execute()?;
        }
        self.digest(place, id, posted);
        self.next_id[place] = id + 1;
        Ok(id)
    }

    /// Refuses to write where the transaction is over: SQLite takes it back by itself when memory or the disk fails a
    /// statement, and what came after would stand alone.
    fn within(&self) -> Result<()> {
        match self.conn.is_autocommit() {
            false => Ok(()),
            true => Err(StoreError::refused("DB-15", "The book took the act back before its end. Nothing was posted.")),
        }
    }

    fn digest(&mut self, place: usize, id: i64, posted: &[V<'_>]) {
        let chunk = self.chunks[place].get_or_insert_with(|| Chunk { first: id, last: id, hasher: Sha256::new() });
        feed(&mut chunk.hasher, V::I(id).as_ref());
        feed(&mut chunk.hasher, V::I(self.act).as_ref());
        for value in posted {
            feed(&mut chunk.hasher, value.as_ref());
        }
        chunk.last = id;
        if chunk.last - chunk.first + 1 >= CHUNK_ROWS {
            self.close_chunk(place);
        }
    }

    fn close_chunk(&mut self, place: usize) {
        if let Some(chunk) = self.chunks[place].take() {
            let digest = chunk.hasher.finalize().into();
            self.digests.push(Digested { table: place, first: chunk.first, last: chunk.last, digest });
        }
    }

    /// Takes the next number of a gap-free series, starting at 1.
    pub fn take_number(&mut self, series: &str) -> Result<i64> {
        let next: i64 = self
            .conn
            .prepare_cached(
                "INSERT INTO series (name, next) VALUES ($1, 2) \
                 ON CONFLICT (name) DO UPDATE SET next = next + 1 RETURNING next",
            )?
            .query_row([series], |row| row.get(0))?;
        Ok(next - 1)
    }

    /// The act with this key, if it was performed before: its number, its payload and what it said.
    pub fn known(&self, key: &[u8; 16]) -> Result<Option<(i64, String, String)>> {
        let found = self
            .conn
            .prepare_cached("SELECT id, payload, summary FROM act WHERE key = $1")?
            .query_row([&key[..]], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
            .optional()?;
        Ok(found)
    }

    /// Writes the kept figures, the digests and the audit row, and commits. Returns the number of the act.
    pub fn commit(mut self, row: &ActRow<'_>) -> Result<i64> {
        self.seal(row)?;
        let committed = self.conn.execute_batch("COMMIT").map_err(StoreError::from);
        match committed {
            Ok(()) => {
                self.done = true;
                self.as_usual();
                Ok(self.act)
            }
            Err(error) if matches!(error.fault, Fault::Full | Fault::Unknown) => self.settle(error, row.key),
            Err(error) => Err(error),
        }
    }

    /// A commit the disk failed at may stand whole in the log, where the next to open the book finds it and takes it for
    /// done. So something harmless is committed in its place: when that goes through it is known what became of the act.
    fn settle(mut self, error: StoreError, key: &[u8; 16]) -> Result<i64> {
        self.statements.clear();
        self.done = true;
        let (conn, act) = (self.conn, self.act);
        if !conn.is_autocommit() {
            conn.execute_batch("ROLLBACK")?;
        }
        match written_over(conn, key) {
            Ok(true) => Ok(act),
            Ok(false) if error.fault == Fault::Full => Err(error),
            Ok(false) => {
                let sentence = format!("{} Nothing was posted; it can be done again.", error.sentence);
                Err(StoreError { fault: Fault::Refused, sentence, ..error })
            }
            Err(_) if error.fault == Fault::Full => {
                let sentence = format!("The disk is full. Reading still works.{NOT_KNOWN}");
                Err(StoreError { fault: Fault::Unknown, sentence, ..error })
            }
            Err(_) => Err(error),
        }
    }

    /// Does everything but commit, then rolls back: what `--dry-run` shows is what would have been written.
    pub fn rehearse(mut self, row: &ActRow<'_>) -> Result<i64> {
        self.seal(row)?;
        Ok(self.act)
    }

    fn seal(&mut self, row: &ActRow<'_>) -> Result<()> {
        self.within()?;
        self.statements.clear();
        self.statements.resize_with(TABLES.len(), || None);
        self.flush_kept()?;
        self.assert_sound()?;
        for place in 0..TABLES.len() {
            self.close_chunk(place);
        }
        let prev = self.last_hash()?;
        let hash = self.chain_hash(row, &prev);
        self.conn
            .prepare_cached(
                "INSERT INTO act (id, key, person_id, kind, payload, recorded_at, customer_id, summary, undoes, \
                 source, prev, hash, session_id) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
            )?
            .execute(rusqlite::params![
                self.act,
                &row.key[..],
                row.person,
                row.kind,
                row.payload,
                self.recorded_at,
                row.customer,
                row.summary,
                row.undoes,
                row.source,
                prev,
                &hash[..],
                row.session,
            ])?;
        let mut insert = self.conn.prepare_cached(
            "INSERT INTO act_digest (act_id, part, name, first_id, last_id, digest) VALUES ($1, $2, $3, $4, $5, $6)",
        )?;
        for (part, digested) in self.digests.iter().enumerate() {
            insert.execute(rusqlite::params![
                self.act,
                part as i64,
                TABLES[digested.table].name,
                digested.first,
                digested.last,
                &digested.digest[..],
            ])?;
        }
        Ok(())
    }

    fn last_hash(&self) -> Result<Vec<u8>> {
        if self.act == 1 {
            return Ok(vec![0; 32]);
        }
        let hash = self
            .conn
            .prepare_cached("SELECT hash FROM act WHERE id = $1")?
            .query_row([self.act - 1], |row| row.get(0))?;
        Ok(hash)
    }

    fn chain_hash(&self, row: &ActRow<'_>, prev: &[u8]) -> [u8; 32] {
        let mut hasher = chain_start(prev, self.act, &self.recorded_at, row);
        for digested in &self.digests {
            chain_digest(&mut hasher, TABLES[digested.table].name, digested.first, digested.last, &digested.digest);
        }
        hasher.finalize().into()
    }
}

impl Drop for Tx<'_> {
    fn drop(&mut self) {
        if !self.done && !self.conn.is_autocommit() {
            self.statements.clear();
            // Nothing can be done about a failed rollback: SQLite rolls back when the connection closes.
            let _ = self.conn.execute_batch("ROLLBACK");
        }
        self.as_usual();
    }
}

/// Commits the mark of the format as it is, over what a failed commit left in the log. True when the act is there.
fn written_over(conn: &Connection, key: &[u8; 16]) -> Result<bool> {
    conn.execute_batch("BEGIN IMMEDIATE")?;
    let write = || -> Result<bool> {
        let there: i64 = conn.query_row("SELECT count(*) FROM act WHERE key = $1", [&key[..]], |row| row.get(0))?;
        let format: i64 = conn.pragma_query_value(None, "user_version", |row| row.get(0))?;
        conn.pragma_update(None, "user_version", format)?;
        conn.execute_batch("COMMIT")?;
        Ok(there > 0)
    };
    write().inspect_err(|_| {
        if !conn.is_autocommit() {
            // What is open now goes with the connection at the latest.
            let _ = conn.execute_batch("ROLLBACK");
        }
    })
}

fn insert_text(place: usize) -> String {
    let table = &TABLES[place];
    let columns: Vec<&str> = table.posted.iter().chain(table.kept).copied().collect();
    let marks: Vec<String> = (1..=columns.len()).map(|index| format!("${index}")).collect();
    format!("INSERT INTO {} ({}) VALUES ({})", table.name, columns.join(", "), marks.join(", "))
}

/// Starts the hash of an audit row: the previous hash and every column, in a fixed order. The session comes last, where
/// there is one, so that acts of format 1 keep the hash they were written with.
pub(super) fn chain_start(prev: &[u8], act: i64, recorded_at: &str, row: &ActRow<'_>) -> Sha256 {
    let mut hasher = Sha256::new();
    for value in [
        V::B(prev),
        V::I(act),
        V::B(row.key),
        V::I(row.person),
        V::T(row.kind),
        V::T(row.payload),
        V::T(recorded_at),
        V::maybe(row.customer),
        V::T(row.summary),
        V::maybe(row.undoes),
        V::T(row.source),
    ] {
        feed(&mut hasher, value.as_ref());
    }
    if let Some(session) = row.session {
        feed(&mut hasher, V::I(session).as_ref());
    }
    hasher
}

/// Adds the digest of some rows to the hash of their act.
pub(super) fn chain_digest(hasher: &mut Sha256, name: &str, first: i64, last: i64, digest: &[u8]) {
    for value in [V::T(name), V::I(first), V::I(last), V::B(digest)] {
        feed(hasher, value.as_ref());
    }
}
