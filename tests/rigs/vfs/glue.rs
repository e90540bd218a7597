//! The callbacks through which SQLite reaches a simulated disk. All `unsafe` of the rig is here; each callback turns
//! pointers into slices and names, asks the model, and turns the answer into a result code.
//!
//! What the `SAFETY` comments rely on: SQLite passes the VFS pointer given to `register`, whose application data is
//! the leaked model; it passes file handles of `szOsFile` bytes that `open` filled before any other callback sees
//! them; buffers are as long as the length beside them; and calls for one handle come one at a time.

use super::disk::{Call, Fault, Model, Verdict};
use rusqlite::ffi::*;
use std::ffi::{CStr, CString, c_char, c_int, c_void};
use std::mem::ManuallyDrop;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// What SQLite keeps for each open file: its own header first, then which disk and which file.
#[repr(C)]
struct Handle {
    header: sqlite3_file,
    model: &'static Mutex<Model>,
    name: ManuallyDrop<String>,
    remove_on_close: bool,
    /// Whether the write-ahead log stays when the last connection closes; asked and set by `file_control`.
    persist_wal: bool,
}

static METHODS: sqlite3_io_methods = sqlite3_io_methods {
    iVersion: 2,
    xClose: Some(close),
    xRead: Some(read),
    xWrite: Some(write),
    xTruncate: Some(truncate),
    xSync: Some(sync),
    xFileSize: Some(file_size),
    xLock: Some(lock),
    xUnlock: Some(unlock),
    xCheckReservedLock: Some(check_reserved_lock),
    xFileControl: Some(file_control),
    xSectorSize: Some(sector_size),
    xDeviceCharacteristics: Some(device_characteristics),
    xShmMap: Some(shm_map),
    xShmLock: Some(shm_lock),
    xShmBarrier: Some(shm_barrier),
    xShmUnmap: Some(shm_unmap),
    xFetch: None,
    xUnfetch: None,
};

/// Tells SQLite of a disk. The VFS is never unregistered: a disk lives as long as the process.
pub fn register(name: &str, model: &'static Mutex<Model>, default: bool) {
    let name = CString::new(name).expect("a disk name without NUL");
    // SAFETY: all-zero is a valid `sqlite3_vfs` (null pointers and absent callbacks).
    let mut vfs: sqlite3_vfs = unsafe { std::mem::zeroed() };
    vfs.iVersion = 2;
    vfs.szOsFile = c_int::try_from(size_of::<Handle>()).expect("a handle is small");
    vfs.mxPathname = 512;
    vfs.zName = name.into_raw();
    vfs.pAppData = std::ptr::from_ref(model).cast_mut().cast();
    vfs.xOpen = Some(open);
    vfs.xDelete = Some(delete);
    vfs.xAccess = Some(access);
    vfs.xFullPathname = Some(full_pathname);
    vfs.xRandomness = Some(randomness);
    vfs.xSleep = Some(sleep);
    vfs.xCurrentTime = Some(current_time);
    vfs.xCurrentTimeInt64 = Some(current_time_int64);
    vfs.xGetLastError = Some(last_error);
    // SAFETY: the structure and its name are leaked, so they outlive every connection.
    let code = unsafe { sqlite3_vfs_register(Box::into_raw(Box::new(vfs)), c_int::from(default)) };
    assert_eq!(code, SQLITE_OK, "SQLite refused the simulated disk");
}

fn locked(model: &'static Mutex<Model>) -> MutexGuard<'static, Model> {
    model.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The disk and the file name of a handle.
unsafe fn opened<'a>(file: *mut sqlite3_file) -> (MutexGuard<'static, Model>, &'a str) {
    // SAFETY: a handle `open` filled; the name lives until `close`.
    let handle = unsafe { &*file.cast::<Handle>() };
    (locked(handle.model), handle.name.as_str())
}

unsafe fn disk(vfs: *mut sqlite3_vfs) -> MutexGuard<'static, Model> {
    // SAFETY: our own VFS; the application data is the leaked model.
    locked(unsafe { &*(*vfs).pAppData.cast::<Mutex<Model>>() })
}

unsafe fn text(name: *const c_char) -> String {
    // SAFETY: SQLite passes NUL-terminated names.
    unsafe { CStr::from_ptr(name) }.to_string_lossy().into_owned()
}

/// The code for a call that must not go ahead.
fn refusal(verdict: Verdict, io: c_int) -> c_int {
    if verdict == Verdict::Fail(Fault::Full) { SQLITE_FULL } else { io }
}

unsafe extern "C" fn open(
    vfs: *mut sqlite3_vfs,
    name: sqlite3_filename,
    file: *mut sqlite3_file,
    flags: c_int,
    out_flags: *mut c_int,
) -> c_int {
    // SAFETY: SQLite gives room for a handle; without methods it will not call `close` when this fails.
    unsafe { (*file).pMethods = std::ptr::null() };
    // SAFETY: see `disk`.
    let mut model = unsafe { disk(vfs) };
    let verdict = model.begin(Call::Open);
    if verdict != Verdict::Proceed {
        return SQLITE_CANTOPEN;
    }
    // SAFETY: see `text`.
    let name = if name.is_null() { model.temporary_name() } else { unsafe { text(name) } };
    if flags & SQLITE_OPEN_CREATE == 0 && !model.exists(&name) {
        return SQLITE_CANTOPEN;
    }
    model.open(&name);
    // SAFETY: `file` has room for a `Handle`, and the model behind the application data is leaked.
    unsafe {
        file.cast::<Handle>().write(Handle {
            header: sqlite3_file { pMethods: &METHODS },
            model: &*(*vfs).pAppData.cast::<Mutex<Model>>(),
            name: ManuallyDrop::new(name),
            remove_on_close: flags & SQLITE_OPEN_DELETEONCLOSE != 0,
            persist_wal: false,
        });
        if !out_flags.is_null() {
            *out_flags = flags;
        }
    }
    SQLITE_OK
}

unsafe extern "C" fn close(file: *mut sqlite3_file) -> c_int {
    // SAFETY: the last call for this handle; its name is taken exactly once.
    let (model, name, remove) = unsafe {
        let handle = &mut *file.cast::<Handle>();
        (handle.model, ManuallyDrop::take(&mut handle.name), handle.remove_on_close)
    };
    let mut model = locked(model);
    model.close(&name);
    if remove && !model.crashed {
        model.delete(&name, true);
    }
    SQLITE_OK
}

unsafe extern "C" fn read(file: *mut sqlite3_file, buffer: *mut c_void, length: c_int, at: sqlite3_int64) -> c_int {
    // SAFETY: see `opened`.
    let (mut model, name) = unsafe { opened(file) };
    let verdict = model.begin(Call::Read);
    if verdict != Verdict::Proceed {
        return SQLITE_IOERR_READ;
    }
    // SAFETY: the buffer is `length` bytes long.
    let out = unsafe { std::slice::from_raw_parts_mut(buffer.cast::<u8>(), length as usize) };
    if model.read(name, at as usize, out) < out.len() { SQLITE_IOERR_SHORT_READ } else { SQLITE_OK }
}

unsafe extern "C" fn write(file: *mut sqlite3_file, buffer: *const c_void, length: c_int, at: sqlite3_int64) -> c_int {
    // SAFETY: see `opened`; the buffer is `length` bytes long.
    let (mut model, name) = unsafe { opened(file) };
    let bytes = unsafe { std::slice::from_raw_parts(buffer.cast::<u8>(), length as usize) };
    let verdict = model.begin(Call::Write);
    match verdict {
        Verdict::Dead => return SQLITE_IOERR_WRITE,
        Verdict::Fail(_) => model.write(name, at as usize, &bytes[..bytes.len() / 2]),
        Verdict::Proceed | Verdict::Dying => model.write(name, at as usize, bytes),
    }
    if verdict == Verdict::Proceed { SQLITE_OK } else { refusal(verdict, SQLITE_IOERR_WRITE) }
}

unsafe extern "C" fn truncate(file: *mut sqlite3_file, size: sqlite3_int64) -> c_int {
    // SAFETY: see `opened`.
    let (mut model, name) = unsafe { opened(file) };
    let verdict = model.begin(Call::Truncate);
    if matches!(verdict, Verdict::Proceed | Verdict::Dying) {
        model.truncate(name, size as usize);
    }
    if verdict == Verdict::Proceed { SQLITE_OK } else { SQLITE_IOERR_TRUNCATE }
}

unsafe extern "C" fn sync(file: *mut sqlite3_file, _flags: c_int) -> c_int {
    // SAFETY: see `opened`.
    let (mut model, name) = unsafe { opened(file) };
    if model.begin(Call::Sync) != Verdict::Proceed {
        return SQLITE_IOERR_FSYNC;
    }
    model.sync(name);
    SQLITE_OK
}

unsafe extern "C" fn file_size(file: *mut sqlite3_file, size: *mut sqlite3_int64) -> c_int {
    // SAFETY: see `opened`.
    let (mut model, name) = unsafe { opened(file) };
    if model.begin(Call::Size) != Verdict::Proceed {
        return SQLITE_IOERR_FSTAT;
    }
    // SAFETY: `size` points to where SQLite wants the answer.
    unsafe { *size = model.len(name) as sqlite3_int64 };
    SQLITE_OK
}

unsafe extern "C" fn lock(file: *mut sqlite3_file, _level: c_int) -> c_int {
    // SAFETY: see `opened`.
    let (mut model, _) = unsafe { opened(file) };
    if model.begin(Call::Lock) == Verdict::Proceed { SQLITE_OK } else { SQLITE_IOERR_LOCK }
}

unsafe extern "C" fn unlock(_file: *mut sqlite3_file, _level: c_int) -> c_int {
    SQLITE_OK
}

unsafe extern "C" fn check_reserved_lock(_file: *mut sqlite3_file, reserved: *mut c_int) -> c_int {
    // SAFETY: `reserved` points to where SQLite wants the answer.
    unsafe { *reserved = 0 };
    SQLITE_OK
}

/// Knows only whether to keep the log: a book asks for it, and closing takes another path then.
unsafe extern "C" fn file_control(file: *mut sqlite3_file, op: c_int, arg: *mut c_void) -> c_int {
    if op != SQLITE_FCNTL_PERSIST_WAL {
        return SQLITE_NOTFOUND;
    }
    // SAFETY: a handle `open` filled; for this operation the argument is an int: below 0 asks, else it sets.
    unsafe {
        let (handle, value) = (&mut *file.cast::<Handle>(), &mut *arg.cast::<c_int>());
        if *value < 0 {
            *value = c_int::from(handle.persist_wal);
        } else {
            handle.persist_wal = *value != 0;
        }
    }
    SQLITE_OK
}

unsafe extern "C" fn sector_size(_file: *mut sqlite3_file) -> c_int {
    super::disk::SECTOR as c_int
}

/// Promises nothing, so that SQLite protects neighbouring sectors itself.
unsafe extern "C" fn device_characteristics(_file: *mut sqlite3_file) -> c_int {
    0
}

unsafe extern "C" fn shm_map(
    file: *mut sqlite3_file,
    region: c_int,
    size: c_int,
    extend: c_int,
    out: *mut *mut c_void,
) -> c_int {
    // SAFETY: see `opened`.
    let (mut model, name) = unsafe { opened(file) };
    if model.begin(Call::Map) != Verdict::Proceed {
        return SQLITE_IOERR_SHMMAP;
    }
    let mapped = model.map(name, region as usize, size as usize, extend != 0);
    // SAFETY: `out` points to where SQLite wants the address; regions stay put until `shm_unmap` or a power cycle,
    // and a power cycle is refused while a file is open.
    unsafe { *out = mapped.map_or(std::ptr::null_mut(), <*mut u64>::cast) };
    SQLITE_OK
}

unsafe extern "C" fn shm_lock(_file: *mut sqlite3_file, _offset: c_int, _n: c_int, _flags: c_int) -> c_int {
    SQLITE_OK
}

unsafe extern "C" fn shm_barrier(_file: *mut sqlite3_file) {
    std::sync::atomic::fence(std::sync::atomic::Ordering::SeqCst);
}

unsafe extern "C" fn shm_unmap(file: *mut sqlite3_file, delete: c_int) -> c_int {
    // SAFETY: see `opened`.
    let (mut model, name) = unsafe { opened(file) };
    if delete != 0 {
        model.unmap(name);
    }
    SQLITE_OK
}

unsafe extern "C" fn delete(vfs: *mut sqlite3_vfs, name: *const c_char, sync_directory: c_int) -> c_int {
    // SAFETY: see `disk` and `text`.
    let (mut model, name) = unsafe { (disk(vfs), text(name)) };
    let verdict = model.begin(Call::Delete);
    match verdict {
        Verdict::Proceed if !model.exists(&name) => return SQLITE_IOERR_DELETE_NOENT,
        Verdict::Proceed => model.delete(&name, sync_directory != 0),
        Verdict::Dying => model.delete(&name, false),
        Verdict::Dead | Verdict::Fail(_) => {}
    }
    if verdict == Verdict::Proceed { SQLITE_OK } else { SQLITE_IOERR_DELETE }
}

unsafe extern "C" fn access(vfs: *mut sqlite3_vfs, name: *const c_char, _flags: c_int, found: *mut c_int) -> c_int {
    // SAFETY: see `disk` and `text`.
    let (mut model, name) = unsafe { (disk(vfs), text(name)) };
    if model.begin(Call::Access) != Verdict::Proceed {
        return SQLITE_IOERR_ACCESS;
    }
    // SAFETY: `found` points to where SQLite wants the answer.
    unsafe { *found = c_int::from(model.exists(&name)) };
    SQLITE_OK
}

/// Names are taken as they are: there are no directories and no links on this disk.
unsafe extern "C" fn full_pathname(_: *mut sqlite3_vfs, name: *const c_char, room: c_int, out: *mut c_char) -> c_int {
    // SAFETY: a NUL-terminated name, and `room` bytes to put it in.
    unsafe {
        let bytes = CStr::from_ptr(name).to_bytes_with_nul();
        if bytes.len() > room as usize {
            return SQLITE_CANTOPEN;
        }
        std::ptr::copy_nonoverlapping(bytes.as_ptr().cast(), out, bytes.len());
    }
    SQLITE_OK
}

/// Always the same bytes, so that a run can be repeated.
unsafe extern "C" fn randomness(_vfs: *mut sqlite3_vfs, length: c_int, out: *mut c_char) -> c_int {
    // SAFETY: the buffer is `length` bytes long.
    unsafe { std::slice::from_raw_parts_mut(out.cast::<u8>(), length as usize) }.fill(7);
    length
}

unsafe extern "C" fn sleep(_vfs: *mut sqlite3_vfs, microseconds: c_int) -> c_int {
    microseconds
}

/// Noon of 16 March 2026 as a Julian day in milliseconds: this disk's clock stands still.
const NOON: sqlite3_int64 = 2_461_116 * 86_400_000;

unsafe extern "C" fn current_time(_vfs: *mut sqlite3_vfs, now: *mut f64) -> c_int {
    // SAFETY: `now` points to where SQLite wants the answer.
    unsafe { *now = NOON as f64 / 86_400_000.0 };
    SQLITE_OK
}

unsafe extern "C" fn current_time_int64(_vfs: *mut sqlite3_vfs, now: *mut sqlite3_int64) -> c_int {
    // SAFETY: `now` points to where SQLite wants the answer.
    unsafe { *now = NOON };
    SQLITE_OK
}

unsafe extern "C" fn last_error(_vfs: *mut sqlite3_vfs, _length: c_int, _out: *mut c_char) -> c_int {
    0
}
