//! Opening and making a book: what is checked before SQLite may touch the file, and the settings every connection
//! gets. Nothing else in the program opens the file: a plain read of it in this process would drop SQLite's locks.

use std::cell::Cell;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use rusqlite::config::DbConfig;
use rusqlite::limits::Limit;
use rusqlite::{Connection, OpenFlags, ffi};

use super::error::{Result, StoreError};
use super::leftover;
use super::schema::{self, APPLICATION_ID, FORMAT, SQLITE_MIN};

/// What a connection is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Access {
    /// Questions only.
    Read,
    /// Acts.
    Write,
}

/// An open book, for layers that hand it on without knowing what keeps it.
pub type Book = Connection;
/// A book's file as the file system describes it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct FileState {
    /// A plain file: no folder, link or device.
    pub regular: bool,
    /// Its permission bits.
    pub mode: u32,
    /// How many names it has.
    pub links: u64,
    /// Whose it is: the number of the account.
    pub owner: u32,
}

/// Where a book is. Not a `Path`, so that nothing but this module can open the file by accident.
#[derive(Clone, Debug)]
pub struct BookPath {
    path: PathBuf,
    vfs: Option<&'static str>,
}

impl BookPath {
    /// A book at this place in the file system.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        BookPath { path: path.into(), vfs: None }
    }

    /// A book kept by a registered SQLite file layer, as the crash tests do.
    pub fn with_vfs(path: impl Into<PathBuf>, vfs: &'static str) -> Self {
        BookPath { path: path.into(), vfs: Some(vfs) }
    }

    /// The place as people read it.
    pub fn shown(&self) -> String {
        self.path.display().to_string()
    }

    /// What the file system says of the file, without opening it; `None` when it cannot be looked at.
    pub fn state(&self) -> Option<FileState> {
        let found = self.path.symlink_metadata().ok()?;
        Some(FileState { regular: found.is_file(), mode: found.mode(), links: found.nlink(), owner: found.uid() })
    }

    /// True when something is there.
    pub fn exists(&self) -> bool {
        self.vfs.is_some() || self.path.symlink_metadata().is_ok()
    }

    /// True when nothing is there, but files that SQLite kept beside a book of this name.
    pub fn is_left_over(&self) -> bool {
        self.vfs.is_none() && leftover::is_left(&self.path)
    }
}

/// Whether this process may write there.
fn may_write(path: &std::path::Path) -> bool {
    rustix::fs::access(path, rustix::fs::Access::WRITE_OK).is_ok()
}

impl BookPath {
    /// Refuses a place where a book could not be made, without making anything.
    pub fn may_be_made(&self) -> Result<()> {
        let whole = std::path::absolute(&self.path).unwrap_or_else(|_| self.path.clone());
        let folder = whole.ancestors().skip(1).find(|folder| folder.exists());
        match folder.filter(|folder| !folder.is_dir() || !may_write(folder)) {
            None => Ok(()),
            Some(folder) => Err(StoreError::refused(
                "DB-03",
                format!("{} cannot be made: {} may not be written.", self.shown(), folder.display()),
            )),
        }
    }

    /// What keeps a file that may be read from being opened as a book: the folder, or one of the files beside it.
    fn held_by(&self) -> Option<String> {
        rustix::fs::access(&self.path, rustix::fs::Access::READ_OK).ok()?;
        let beside = |tail: &str| {
            let mut path = self.path.clone().into_os_string();
            path.push(tail);
            let path = PathBuf::from(path);
            (path.exists() && !may_write(&path)).then(|| path.display().to_string())
        };
        let whole = std::path::absolute(&self.path).ok()?;
        let folder = whole.parent().filter(|folder| !may_write(folder));
        let folder = folder.map(|folder| format!("its folder {}", folder.display()));
        folder.or_else(|| beside("-wal")).or_else(|| beside("-shm")).or_else(|| beside(""))
    }
}

/// Makes an empty book file, readable and writable by its owner only. Refuses to write over anything, and beside what is
/// left over from another book of the name.
pub fn create_file(book: &BookPath) -> Result<()> {
    if book.vfs.is_some() {
        return Ok(());
    }
    if !book.exists() {
        leftover::refuse(&book.path)?;
    }
    if let Some(folder) = book.path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder).map_err(|error| {
            StoreError::refused("DB-03", format!("The folder {} cannot be made: {error}.", folder.display()))
        })?;
    }
    let made = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&book.path);
    made.map(drop).map_err(|error| match error.kind() {
        std::io::ErrorKind::AlreadyExists => StoreError::refused(
            "FIL-03",
            format!("{} already exists and was not overwritten. Choose another name.", book.shown()),
        ),
        _ => StoreError::refused("DB-03", format!("{} cannot be made: {error}.", book.shown())),
    })
}

/// Opens a book, checks that it is one of this format, and sets the connection up. A book of a newer format is opened
/// for questions where it says that this program may read it.
pub fn open(book: &BookPath, access: Access) -> Result<Connection> {
    let conn = connect(book, access)?;
    let format = format_of(&conn, book)?;
    if format < FORMAT {
        let sentence = format!(
            "{} has format {format} and needs the upgrade to {FORMAT}: an administrator runs o2c migrate (a copy is made \
             first). Not opened.",
            book.shown()
        );
        return Err(StoreError::refused("DB-08", sentence));
    }
    if format > FORMAT && !(access == Access::Read && readable(&conn)) {
        let sentence =
            format!("{} has format {format}, this program reads {FORMAT}. Not opened; use a newer o2c.", book.shown());
        return Err(StoreError::refused("DB-07", sentence));
    }
    if access == Access::Write && pragma::<String>(&conn, "journal_mode", book)? != "wal" {
        let sentence = format!(
            "{} is a copy, not a book to work in. Nothing was changed; make a book of it: o2c --book NEW restore FILE.",
            book.shown()
        );
        return Err(StoreError::refused("BAK-04", sentence));
    }
    Ok(conn)
}

/// The format of a file that is a book.
pub(super) fn format_of(conn: &Connection, book: &BookPath) -> Result<i64> {
    let mark: i64 = pragma(conn, "application_id", book)?;
    if mark != APPLICATION_ID {
        let sentence = format!("{} is not an o2c book. It was not touched.", book.shown());
        return Err(StoreError::refused("DB-06", sentence));
    }
    pragma(conn, "user_version", book)
}

/// Whether a book of a newer format says that programs of this one may read it.
fn readable(conn: &Connection) -> bool {
    let oldest = conn.query_row("SELECT value FROM meta WHERE key = 'min_reader'", [], |row| row.get::<_, String>(0));
    oldest.is_ok_and(|text| text.parse::<i64>().is_ok_and(|oldest| oldest <= FORMAT))
}

fn pragma<V: rusqlite::types::FromSql>(conn: &Connection, name: &str, book: &BookPath) -> Result<V> {
    conn.pragma_query_value(None, name, |row| row.get(0)).map_err(|error| named(book, error))
}

/// Says which file an error of SQLite is about.
fn named(book: &BookPath, error: rusqlite::Error) -> StoreError {
    let mut error = StoreError::from(error);
    if error.code == "DB-06" {
        error.sentence = format!("{} is not an o2c book. It was not touched.", book.shown());
    } else if let (Some(what), "DB-03") = (book.held_by(), error.code) {
        error.sentence = format!(
            "{shown} may be read here, but {what} may not be written, and a book keeps a log beside it even for those who \
             only read: this looks like a copy somebody put here. Nothing was changed; copy it into a folder of your own \
             (cp {shown} FOLDER) and open that one, or ask the administrator for the right to write.",
            shown = book.shown()
        );
    } else if matches!(error.code, "DB-03" | "DB-04" | "DB-15") {
        error.sentence = format!("{}: {}", book.shown(), error.sentence);
    }
    error
}

/// Opens the file with every safety setting, without asking what is in it.
pub fn connect(book: &BookPath, access: Access) -> Result<Connection> {
    if rusqlite::version_number() < SQLITE_MIN {
        let sentence =
            format!("Built with SQLite {}, which can lose data with several users. Refused.", rusqlite::version());
        return Err(StoreError::refused("DB-13", sentence));
    }
    if book.vfs.is_none() {
        inspect(book)?;
    }
    let writable = access == Access::Write;
    // A reader of a WAL book also maps its index, so it opens read-write and is held to questions by query_only.
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_NOFOLLOW;
    let opened = match book.vfs {
        Some(vfs) => Connection::open_with_flags_and_vfs(&book.path, flags | OpenFlags::SQLITE_OPEN_CREATE, vfs),
        None => Connection::open_with_flags(&book.path, flags),
    };
    let mut conn = match opened {
        Ok(conn) => conn,
        Err(_) if !writable => Connection::open_with_flags(
            &book.path,
            OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_NOFOLLOW,
        )
        .map_err(|error| named(book, error))?,
        Err(error) => return Err(named(book, error)),
    };
    if book.vfs.is_none() && has_foreign_log(&conn, book) {
        let sentence = format!(
            "Beside {shown} lies {shown}-wal, the log of another book: a copy was put in the place of a book that had not \
             been closed. Nothing was read or written; end every session, move {shown}-wal and {shown}-shm away (keep \
             them: they hold the last acts of the other book) and make a book of the copy: o2c --book NEW restore {shown}.",
            shown = book.shown()
        );
        return Err(StoreError::refused("DB-21", sentence));
    }
    settle(&mut conn, access).map_err(|error| named(book, error))?;
    Ok(conn)
}

/// Pages of the log after which a commit writes them to the book.
pub(super) const AUTOCHECKPOINT: i64 = 1_000;

/// What a connection that writes keeps of the book, in SQLite's unit: KiB, negative.
pub(super) const WRITER_CACHE_KIB: i64 = -8_192;

/// Whether a log with something in it lies beside a file that keeps none. SQLite goes by the log's name alone and would
/// mix it into the file. A book says in its first page that it keeps a log from before the log is made until after it is
/// gone; copies that `o2c backup` made say that they keep none. A copy of a book's own file made some other way says what
/// the book says, and nothing in either file tells that the two do not belong together.
fn has_foreign_log(conn: &Connection, book: &BookPath) -> bool {
    let mut log = book.path.clone().into_os_string();
    log.push("-wal");
    if !std::fs::symlink_metadata(log).is_ok_and(|found| found.len() > 0) {
        return false;
    }
    const HEAD: usize = 20;
    let mut head = [0u8; HEAD];
    let mut file: *mut ffi::sqlite3_file = std::ptr::null_mut();
    // SAFETY: the handle is live for the call and the name is a C string literal; SQLite stores a pointer to the file it
    // opened for this connection, whose methods stay valid while the connection is open. It is read through SQLite because
    // a file of our own on it would drop this process's locks when closed.
    let read = unsafe {
        ffi::sqlite3_file_control(
            conn.handle(),
            c"main".as_ptr(),
            ffi::SQLITE_FCNTL_FILE_POINTER,
            (&raw mut file).cast::<std::os::raw::c_void>(),
        );
        let methods = if file.is_null() { std::ptr::null() } else { (*file).pMethods };
        match if methods.is_null() { None } else { (*methods).xRead } {
            Some(read) => read(file, head.as_mut_ptr().cast::<std::os::raw::c_void>(), HEAD as std::os::raw::c_int, 0),
            None => ffi::SQLITE_MISUSE,
        }
    };
    read == ffi::SQLITE_OK && head.starts_with(b"SQLite format 3\0") && head[18..20] == [1, 1]
}

fn settle(conn: &mut Connection, access: Access) -> rusqlite::Result<()> {
    for (setting, on) in [
        (DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true),
        (DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false),
        (DbConfig::SQLITE_DBCONFIG_DQS_DDL, false),
        (DbConfig::SQLITE_DBCONFIG_DQS_DML, false),
        (DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, true),
        // A statement kept for its next values would otherwise be planned anew for each of them.
        (DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true),
    ] {
        conn.set_db_config(setting, on)?;
    }
    conn.busy_handler(Some(wait_a_little))?;
    conn.set_prepared_statement_cache_capacity(128);
    conn.execute_batch(&format!(
        "PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA recursive_triggers = ON; \
         PRAGMA cell_size_check = ON; PRAGMA mmap_size = 0; PRAGMA temp_store = MEMORY; \
         PRAGMA secure_delete = ON; PRAGMA wal_autocheckpoint = {AUTOCHECKPOINT}; \
         PRAGMA journal_size_limit = 67108864; PRAGMA cache_size = {WRITER_CACHE_KIB};",
    ))?;
    conn.set_limit(Limit::SQLITE_LIMIT_LENGTH, 8 << 20)?;
    conn.set_limit(Limit::SQLITE_LIMIT_SQL_LENGTH, 100_000)?;
    conn.set_limit(Limit::SQLITE_LIMIT_ATTACHED, 0)?;
    conn.set_limit(Limit::SQLITE_LIMIT_VARIABLE_NUMBER, 1_000)?;
    conn.set_limit(Limit::SQLITE_LIMIT_TRIGGER_DEPTH, 10)?;
    conn.set_limit(Limit::SQLITE_LIMIT_WORKER_THREADS, 0)?;
    if access == Access::Read {
        // A session is one of fifty on the server; the system's own cache holds the pages they share.
        conn.execute_batch("PRAGMA query_only = ON; PRAGMA cache_size = -512")?;
        // What one screen asks again and again is less than this; what all screens ever asked is more.
        conn.set_prepared_statement_cache_capacity(48);
        // Closing the last connection would otherwise write the book from its log, and take the log away.
        conn.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
        super::guard::hold_to_reading(conn)?;
    } else {
        keep_wal(conn);
    }
    Ok(())
}

/// A second connection to the book of `conn`, to read beside it; `None` where the book is no plain file of this machine.
pub fn again(conn: &Connection) -> Option<Result<Connection>> {
    let book = BookPath::new(conn.path().filter(|path| !path.is_empty())?);
    book.state().filter(|state| state.regular)?;
    Some(open(&book, Access::Read))
}

/// Keeps the write-ahead file when the last connection closes: on a full disk a reader can then still open the book.
fn keep_wal(conn: &Connection) {
    let mut on: std::os::raw::c_int = 1;
    // SAFETY: the handle is live for the call, the name is a C string literal, and SQLite reads and writes one int.
    unsafe {
        ffi::sqlite3_file_control(
            conn.handle(),
            c"main".as_ptr(),
            ffi::SQLITE_FCNTL_PERSIST_WAL,
            (&raw mut on).cast::<std::os::raw::c_void>(),
        );
    }
}

/// Whether the book's file is no longer under the name it was opened by: taken away, or another put in its place. What is
/// written then is lost to everybody else.
pub(super) fn moved(conn: &Connection) -> bool {
    let mut moved: std::os::raw::c_int = 0;
    // SAFETY: as above; a file layer that cannot tell leaves the int alone.
    unsafe {
        ffi::sqlite3_file_control(
            conn.handle(),
            c"main".as_ptr(),
            ffi::SQLITE_FCNTL_HAS_MOVED,
            (&raw mut moved).cast::<std::os::raw::c_void>(),
        );
    }
    moved != 0
}

/// Turns a fresh, empty file into a book of this format.
pub fn make(book: &BookPath) -> Result<Connection> {
    create_file(book)?;
    fill(book).inspect_err(|_| unmake(book))
}

/// Takes a book away that this process made a moment ago and could not finish, so that its name is free again. Its
/// connections must be closed.
pub fn unmake(book: &BookPath) {
    if book.vfs.is_some() {
        return;
    }
    for tail in ["", "-wal", "-shm"] {
        let mut path = book.path.clone().into_os_string();
        path.push(tail);
        // What cannot be removed either is no worse than before.
        let _ = std::fs::remove_file(path);
    }
}

fn fill(book: &BookPath) -> Result<Connection> {
    let conn = connect(book, Access::Write)?;
    let mode: String = conn.pragma_update_and_check(None, "journal_mode", "wal", |row| row.get(0))?;
    if mode != "wal" {
        let sentence = format!("{} cannot keep a write-ahead log (mode {mode}); use a local disk.", book.shown());
        return Err(StoreError::refused("DB-11", sentence));
    }
    conn.execute_batch("BEGIN IMMEDIATE")?;
    schema::create(&conn)?;
    conn.execute_batch("COMMIT")?;
    Ok(conn)
}

/// Makes a book that could be made again from nothing, such as the demo: nothing waits for the disk until
/// [`settle_down`]. A crash before that leaves a file to throw away.
pub fn make_in_haste(book: &BookPath) -> Result<Connection> {
    let conn = make(book)?;
    conn.execute_batch("PRAGMA synchronous = OFF")?;
    Ok(conn)
}

/// Brings a book made in haste to the disk; from now on it is as safe as any.
pub fn settle_down(conn: &Connection) -> Result<()> {
    conn.execute_batch("PRAGMA synchronous = FULL")?;
    conn.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
    Ok(())
}

const NFS: u64 = 0x6969;
const SMB: [u64; 3] = [0x517B, 0xFF53_4D42, 0xFE53_4D42];

/// What can be said about the file without opening it.
fn inspect(book: &BookPath) -> Result<()> {
    let shown = book.shown();
    let found = book.path.symlink_metadata().map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => leftover::no_book(&book.path),
        _ => StoreError::refused("DB-03", format!("{shown} cannot be looked at: {error}.")),
    })?;
    if !found.is_file() {
        return Err(StoreError::refused("FIL-01", format!("{shown} is not a regular file. It was not opened.")));
    }
    if found.nlink() > 1 {
        let sentence = format!("{shown} has a second name (hard link); two names for one book lose data. Not opened.");
        return Err(StoreError::refused("DB-11", sentence));
    }
    if found.mode() & 0o002 != 0 {
        let sentence = format!("{shown} may be written by everybody on this machine. Run chmod 600 on it first.");
        return Err(StoreError::refused("DB-03", sentence));
    }
    let kind = rustix::fs::statfs(&book.path).map(|stat| stat.f_type as u64 & 0xFFFF_FFFF).unwrap_or(0);
    if kind == NFS || SMB.contains(&kind) {
        let sentence = format!("{shown} is on a network drive, where file locks are not reliable. Refused.");
        return Err(StoreError::refused("DB-11", sentence));
    }
    Ok(())
}

thread_local! {
    static WAITING_SINCE: Cell<Option<Instant>> = const { Cell::new(None) };
    static JITTER: Cell<u64> = const { Cell::new(0x9E37_79B9_7F4A_7C15) };
}

/// How long an act waits for another one before it is refused.
pub const LOCK_WAIT: Duration = Duration::from_secs(5);

/// SQLite's own back-off lets an unlucky writer wait for seconds; short random sleeps keep the queue fair.
fn wait_a_little(tries: i32) -> bool {
    if tries == 0 {
        WAITING_SINCE.set(Some(Instant::now()));
    }
    let since = WAITING_SINCE.get().unwrap_or_else(Instant::now);
    if since.elapsed() > LOCK_WAIT {
        return false;
    }
    let mut noise = JITTER.get() ^ u64::from(std::process::id()) ^ (since.elapsed().subsec_nanos() as u64);
    noise ^= noise << 13;
    noise ^= noise >> 7;
    noise ^= noise << 17;
    JITTER.set(noise);
    std::thread::sleep(Duration::from_micros(500 + noise % 3_000));
    true
}
