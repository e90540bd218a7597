//! One pass over many rows. Where a question reads every open item, most of its time goes into looking at columns; here
//! a column is one look at its type and one at its value, and a text is not copied to get an end it does not need.

use std::ffi::CStr;
use std::os::raw::{c_int, c_void};

use rusqlite::{Connection, ffi};

use super::error::Result;
use super::read::accounts::damaged;

/// A statement that is run once from its first row to its last.
pub(super) struct Scan<'c> {
    conn: &'c Connection,
    statement: *mut ffi::sqlite3_stmt,
}

impl<'c> Scan<'c> {
    /// Prepares a statement; `values` are bound to its parameters in their order.
    pub(super) fn new(conn: &'c Connection, text: &str, values: &[&str]) -> Result<Scan<'c>> {
        let mut scan = Scan { conn, statement: std::ptr::null_mut() };
        let length = c_int::try_from(text.len()).unwrap_or(c_int::MAX);
        // SAFETY: the connection lives longer than the scan and is used by this thread alone; the length is the text's.
        let code = unsafe {
            let (handle, text) = (conn.handle(), text.as_ptr().cast());
            ffi::sqlite3_prepare_v3(handle, text, length, 0, &raw mut scan.statement, std::ptr::null_mut())
        };
        scan.check(code, ffi::SQLITE_OK)?;
        for (value, place) in values.iter().zip(1..) {
            let length = c_int::try_from(value.len()).unwrap_or(c_int::MAX);
            // SAFETY: the statement was prepared above; SQLITE_TRANSIENT makes SQLite keep a copy of the bytes.
            let code = unsafe {
                ffi::sqlite3_bind_text(scan.statement, place, value.as_ptr().cast(), length, ffi::SQLITE_TRANSIENT())
            };
            scan.check(code, ffi::SQLITE_OK)?;
        }
        Ok(scan)
    }

    /// Goes to the next row; false after the last.
    pub(super) fn next(&mut self) -> Result<bool> {
        // SAFETY: the statement is live until the scan is dropped.
        let code = unsafe { ffi::sqlite3_step(self.statement) };
        if code == ffi::SQLITE_DONE {
            return Ok(false);
        }
        self.check(code, ffi::SQLITE_ROW)?;
        Ok(true)
    }

    fn check(&self, code: c_int, wanted: c_int) -> Result<()> {
        if code == wanted {
            return Ok(());
        }
        // SAFETY: the message belongs to the connection and is copied before anything else is asked of it.
        let message = unsafe { CStr::from_ptr(ffi::sqlite3_errmsg(self.conn.handle())) };
        let message = message.to_string_lossy().into_owned();
        Err(rusqlite::Error::SqliteFailure(ffi::Error::new(code), Some(message)).into())
    }

    fn kind(&self, column: c_int) -> c_int {
        // SAFETY: as in `next`; a column that does not exist is NULL to SQLite.
        unsafe { ffi::sqlite3_column_type(self.statement, column) }
    }

    /// A whole number that may be missing.
    pub(super) fn maybe_int(&self, column: c_int) -> Result<Option<i64>> {
        match self.kind(column) {
            // SAFETY: as in `next`.
            ffi::SQLITE_INTEGER => Ok(Some(unsafe { ffi::sqlite3_column_int64(self.statement, column) })),
            ffi::SQLITE_NULL => Ok(None),
            _ => Err(damaged()),
        }
    }

    /// A whole number.
    pub(super) fn int(&self, column: c_int) -> Result<i64> {
        self.maybe_int(column)?.ok_or_else(damaged)
    }

    /// The bytes of a text that may be missing.
    pub(super) fn maybe_bytes(&self, column: c_int) -> Result<Option<&[u8]>> {
        match self.kind(column) {
            ffi::SQLITE_TEXT => {}
            ffi::SQLITE_NULL => return Ok(None),
            _ => return Err(damaged()),
        }
        // SAFETY: the bytes stay where they are until the next step, which needs the scan for itself; asked as a blob, a
        // text is handed out as it is stored, and without any byte there may be no place.
        unsafe {
            let from: *const c_void = ffi::sqlite3_column_blob(self.statement, column);
            let length = usize::try_from(ffi::sqlite3_column_bytes(self.statement, column)).unwrap_or(0);
            let none = from.is_null() || length == 0;
            Ok(Some(if none { &[] } else { std::slice::from_raw_parts(from.cast(), length) }))
        }
    }

    /// The bytes of a text.
    pub(super) fn bytes(&self, column: c_int) -> Result<&[u8]> {
        self.maybe_bytes(column)?.ok_or_else(damaged)
    }

    /// A text that may be missing.
    pub(super) fn maybe_text(&self, column: c_int) -> Result<Option<&str>> {
        let bytes = self.maybe_bytes(column)?;
        bytes.map(std::str::from_utf8).transpose().map_err(|_| damaged())
    }

    /// A text.
    pub(super) fn text(&self, column: c_int) -> Result<&str> {
        self.maybe_text(column)?.ok_or_else(damaged)
    }
}

impl Drop for Scan<'_> {
    fn drop(&mut self) {
        // SAFETY: finalized once; a statement that could not be prepared is null, which SQLite ignores.
        unsafe {
            ffi::sqlite3_finalize(self.statement);
        }
    }
}
