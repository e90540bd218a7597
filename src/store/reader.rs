//! The two connections of a session as its threads see them. A [`Reader`] answers questions and keeps what several
//! questions share until the book changes; a [`Writer`] is what acts are performed on.

use std::any::{Any, TypeId};
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::ops::Deref;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use chrono::{DateTime, Utc};
use rusqlite::{Connection, InterruptHandle};

use super::error::Result;
use super::open::{Access, BookPath, open};
use super::schema::FORMAT;

struct Kept {
    version: i64,
    act: i64,
    parameters: String,
    value: Rc<dyn Any>,
}

/// Stops the question that is running, from another thread, unless it makes what other questions need as well.
pub struct Stop {
    interrupt: InterruptHandle,
    needed: Arc<AtomicBool>,
}

impl Stop {
    /// Stops it; the answer is then an error of its own kind.
    pub fn stop(&self) {
        if !self.needed.load(Ordering::Relaxed) {
            self.interrupt.interrupt();
        }
    }

    /// Stops it whatever it makes, at the end of the session.
    pub fn end(&self) {
        self.interrupt.interrupt();
    }
}

/// A read-only connection to the book with the caches of one session. Lives on the reader thread.
pub struct Reader {
    pub(super) conn: Connection,
    kept: RefCell<HashMap<TypeId, Kept>>,
    /// The newest act that was looked at, and the newest of those that were more than a coming or going.
    acts: Cell<Option<(i64, i64)>>,
    /// The book is of a newer format, and only read.
    newer: bool,
    /// What is being read just now is needed by other questions too.
    needed: Arc<AtomicBool>,
    /// What time it is, where the session says so.
    clock: Option<fn() -> DateTime<Utc>>,
}

impl Reader {
    /// Opens a book for questions.
    pub fn open(book: &BookPath) -> Result<Self> {
        let conn = open(book, Access::Read)?;
        let newer = conn.pragma_query_value(None, "user_version", |row| row.get::<_, i64>(0))? > FORMAT;
        Ok(Reader::on(conn, newer))
    }

    /// An empty book in memory, for trying screens without a file.
    pub fn in_memory() -> Result<Self> {
        let conn = Connection::open_in_memory()?;
        super::schema::create(&conn)?;
        Ok(Reader::on(conn, false))
    }

    fn on(conn: Connection, newer: bool) -> Reader {
        let (kept, acts) = (RefCell::new(HashMap::new()), Cell::new(None));
        Reader { conn, kept, acts, newer, needed: Arc::default(), clock: None }
    }

    /// The same, told what time it is: for what ends by the clock and not by the day, which is who works on what now.
    pub fn with_clock(self, clock: fn() -> DateTime<Utc>) -> Reader {
        Reader { clock: Some(clock), ..self }
    }

    /// What time it is, where it was told.
    pub(super) fn now(&self) -> Option<DateTime<Utc>> {
        self.clock.map(|clock| clock())
    }

    /// The connection, for questions that acts ask in the same words.
    pub fn connection(&self) -> &Connection {
        &self.conn
    }

    /// What stops the question that is running.
    pub fn stop(&self) -> Stop {
        Stop { interrupt: self.conn.get_interrupt_handle(), needed: self.needed.clone() }
    }

    /// Reads what other questions need too, so that nobody who stops waiting for this one makes them start over.
    pub(super) fn to_the_end<R>(&self, read: impl FnOnce() -> R) -> R {
        self.needed.store(true, Ordering::Relaxed);
        let result = read();
        self.needed.store(false, Ordering::Relaxed);
        result
    }

    /// The act with this key: its number and what it said.
    pub fn by_key(&self, key: &[u8; 16]) -> Result<Option<(i64, String)>> {
        super::read::history::by_key(&self.conn, key)
    }

    /// A number that changes whenever another connection has committed something.
    pub fn version(&self) -> Result<i64> {
        Ok(self.conn.prepare_cached("PRAGMA data_version")?.query_row([], |row| row.get(0))?)
    }

    /// What became of the book under an open session, for the head of a screen; `None` on most days.
    pub fn banner(&self) -> Result<Option<&'static str>> {
        if self.newer {
            return Ok(None);
        }
        match super::migrate::banner(&self.conn)? {
            None => super::requests::restored_banner(&self.conn),
            banner => Ok(banner),
        }
    }

    /// Why nothing can be posted in the book though it can be read, in one line; `None` on most days.
    pub fn only_reads(&self) -> Result<Option<&'static str>> {
        super::only_reads::why(&self.conn, self.newer)
    }

    /// One consistent view of the book for everything `ask` reads.
    pub fn snapshot<R>(&self, ask: impl FnOnce() -> Result<R>) -> Result<R> {
        if !self.conn.is_autocommit() {
            return ask();
        }
        self.conn.execute_batch("BEGIN")?;
        let result = ask();
        // What should stop the question may hit its end instead; a view left open would grow old unseen.
        let ended = self.conn.execute_batch("COMMIT");
        if ended.is_err() && !self.conn.is_autocommit() {
            self.conn.execute_batch("ROLLBACK")?;
        }
        let value = result?;
        ended?;
        Ok(value)
    }

    /// A number that changes with every act on the business: what screens remember is no act, and of the acts those by
    /// which people come and go change nothing that is shared. Each look reads only the acts since the last one.
    pub fn newest_act(&self) -> Result<i64> {
        let (seen, business) = match self.acts.get() {
            Some(known) => known,
            None => {
                let newest = self
                    .conn
                    .prepare_cached("SELECT coalesce(max(id), 0) FROM act")?
                    .query_row([], |row| row.get(0))?;
                (newest, newest)
            }
        };
        let now = self
            .conn
            .prepare_cached(
                "SELECT coalesce(max(id), $1), coalesce(max(CASE WHEN kind NOT IN ('sign in', 'sign out') THEN id END), \
                 $2) FROM act WHERE id > $1",
            )?
            .query_row([seen, business], |row| Ok((row.get(0)?, row.get(1)?)))?;
        self.acts.set(Some(now));
        Ok(now.1)
    }

    /// A value several questions share: made once for these parameters, and again after another act.
    pub fn shared<V: 'static>(&self, parameters: &str, make: impl FnOnce() -> Result<V>) -> Result<Rc<V>> {
        self.followed(parameters, |_, _| Ok(false), make)
    }

    /// The same for a value that can follow acts on a few customers: `follow` brings it up to date and says whether it
    /// could; otherwise it is made again.
    pub(super) fn followed<V: 'static>(
        &self,
        parameters: &str,
        follow: impl FnOnce(&mut V, &[i64]) -> Result<bool>,
        make: impl FnOnce() -> Result<V>,
    ) -> Result<Rc<V>> {
        let version = self.version()?;
        // Taken out, so that there are never two of a kind.
        let old = self.kept.borrow_mut().remove(&TypeId::of::<V>());
        let keep = |act: i64, value: Rc<V>| {
            let kept = Kept { version, act, parameters: parameters.to_owned(), value: value.clone() };
            self.kept.borrow_mut().insert(TypeId::of::<V>(), kept);
            value
        };
        let mut newest = None;
        if let Some(old) = old.filter(|old| old.parameters == parameters)
            && let Ok(value) = old.value.downcast::<V>()
        {
            if old.version == version {
                return Ok(keep(old.act, value));
            }
            let act = *newest.insert(self.newest_act()?);
            if act == old.act {
                return Ok(keep(act, value));
            }
            if let Some(customers) = self.customers_since(old.act)?
                && let Ok(mut value) = Rc::try_unwrap(value)
                && follow(&mut value, &customers)?
            {
                return Ok(keep(act, Rc::new(value)));
            }
        }
        let act = newest.map_or_else(|| self.newest_act(), Ok)?;
        Ok(keep(act, Rc::new(make()?)))
    }

    /// The customers that the acts since this one were about; `None` when some act was about more than one or about
    /// something else, or when there were many.
    fn customers_since(&self, act: i64) -> Result<Option<Vec<i64>>> {
        const MANY: usize = 20;
        let mut statement = self.conn.prepare_cached(
            "SELECT DISTINCT customer_id FROM act WHERE id > $1 AND kind NOT IN ('sign in', 'sign out', 'denied') \
             LIMIT $2",
        )?;
        let found = statement.query_map([act, MANY as i64 + 1], |row| row.get(0))?;
        let found: Vec<Option<i64>> = found.collect::<rusqlite::Result<_>>()?;
        Ok(if found.len() > MANY { None } else { found.into_iter().collect() })
    }

    /// Whether a shared value was made already, of whatever state of the book.
    pub(super) fn holds<V: 'static>(&self) -> bool {
        self.kept.borrow().contains_key(&TypeId::of::<V>())
    }

    /// Gives a shared value back that is not needed for a while.
    pub(super) fn forget<V: 'static>(&self) {
        self.kept.borrow_mut().remove(&TypeId::of::<V>());
    }
}

/// The connection acts are performed on. Lives on the writer thread.
pub struct Writer(Connection);

impl Writer {
    /// Opens a book for acts.
    pub fn open(book: &BookPath) -> Result<Self> {
        Ok(Writer(open(book, Access::Write)?))
    }

    /// Makes a book file of this format; `acts::init` opens it for a company.
    pub fn make(book: &BookPath) -> Result<Self> {
        Ok(Writer(super::open::make(book)?))
    }
}

impl Deref for Writer {
    type Target = Connection;
    fn deref(&self) -> &Connection {
        &self.0
    }
}
