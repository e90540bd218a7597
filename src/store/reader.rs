//! The two connections of a session as its threads see them. A [`Reader`] answers questions and keeps what several
//! questions share until the book changes; a [`Writer`] is what acts are performed on.

use std::any::{Any, TypeId};
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::ops::Deref;
use std::rc::Rc;

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

/// A read-only connection to the book with the caches of one session. Lives on the reader thread.
pub struct Reader {
    pub(super) conn: Connection,
    kept: RefCell<HashMap<TypeId, Kept>>,
    /// The newest act that was looked at, and the newest of those that were more than a coming or going.
    acts: Cell<Option<(i64, i64)>>,
    /// The book is of a newer format, and only read.
    newer: bool,
}

impl Reader {
    /// Opens a book for questions.
    pub fn open(book: &BookPath) -> Result<Self> {
        let conn = open(book, Access::Read)?;
        let newer = conn.pragma_query_value(None, "user_version", |row| row.get::<_, i64>(0))? > FORMAT;
        Ok(Reader { conn, kept: RefCell::new(HashMap::new()), acts: Cell::new(None), newer })
    }

    /// An empty book in memory, for trying screens without a file.
    pub fn in_memory() -> Result<Self> {
        let conn = Connection::open_in_memory()?;
        super::schema::create(&conn)?;
        Ok(Reader { conn, kept: RefCell::new(HashMap::new()), acts: Cell::new(None), newer: false })
    }

    /// Interrupts the question that is running, from another thread.
    pub fn interrupt_handle(&self) -> InterruptHandle {
        self.conn.get_interrupt_handle()
    }

    /// The act with this key: its number and what it said.
    pub fn by_key(&self, key: &[u8; 16]) -> Result<Option<(i64, String)>> {
        super::read::history::by_key(&self.conn, key)
    }

    /// A number that changes whenever another connection has committed something.
    pub fn version(&self) -> Result<i64> {
        Ok(self.conn.pragma_query_value(None, "data_version", |row| row.get(0))?)
    }

    /// What became of the book under an open session, for the head of a screen; `None` on most days.
    pub fn banner(&self) -> Result<Option<&'static str>> {
        if self.newer { Ok(None) } else { super::migrate::banner(&self.conn) }
    }

    /// One consistent view of the book for everything `ask` reads.
    pub fn snapshot<R>(&self, ask: impl FnOnce() -> Result<R>) -> Result<R> {
        if !self.conn.is_autocommit() {
            return ask();
        }
        self.conn.execute_batch("BEGIN")?;
        let result = ask();
        self.conn.execute_batch("COMMIT")?;
        result
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
    pub(super) fn shared<V: 'static>(&self, parameters: &str, make: impl FnOnce() -> Result<V>) -> Result<Rc<V>> {
        let version = self.version()?;
        let place = TypeId::of::<V>();
        let mut act = None;
        if let Some(kept) = self.kept.borrow_mut().get_mut(&place)
            && kept.parameters == parameters
            && let Ok(value) = kept.value.clone().downcast::<V>()
        {
            if kept.version == version {
                return Ok(value);
            }
            if act.insert(self.newest_act()?) == &kept.act {
                kept.version = version;
                return Ok(value);
            }
        }
        // The old value goes first, so that there are never two of a kind.
        self.forget::<V>();
        let act = act.map_or_else(|| self.newest_act(), Ok)?;
        let value = Rc::new(make()?);
        let kept = Kept { version, act, parameters: parameters.to_owned(), value: value.clone() };
        self.kept.borrow_mut().insert(place, kept);
        Ok(value)
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
