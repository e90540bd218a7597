//! Who holds the write lock of a book, when somebody waited for it in vain. The kernel says which process, and the
//! process says how it was started; nothing is opened, because closing the book's files would drop this process's own
//! locks. What cannot be known is left out.

use std::os::unix::fs::MetadataExt;
use std::path::Path;

use rusqlite::{Connection, OptionalExtension};

use crate::domain::text;

/// The byte of the `-shm` file a writer of a write-ahead log locks.
const WRITE_LOCK: u64 = 120;

/// A process that holds the write lock.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Holder {
    process: u32,
    /// Program and verb: `o2c import`.
    program: String,
    /// The login it was started with, where it was given one.
    login: Option<String>,
    stopped: bool,
}

/// Whose turn it is, as a part of a sentence: `Carol Voss (process 4711, o2c import)`. `None` when it cannot be told.
pub(super) fn words(conn: &Connection) -> Option<String> {
    let holder = Holder::find(Path::new(conn.path()?))?;
    let name = holder.login.as_ref().and_then(|login| {
        let name = conn.prepare_cached("SELECT name FROM person WHERE login = $1").ok()?;
        let mut name = name;
        name.query_row([login], |row| row.get::<_, String>(0)).optional().ok()?
    });
    let process = format!("process {}, {}", holder.process, holder.program);
    let who = name.map_or(process.clone(), |name| format!("{name} ({process})"));
    Some(if holder.stopped {
        format!("{who}, which was stopped: whoever started it goes on with it or ends it")
    } else {
        who
    })
}

impl Holder {
    fn find(book: &Path) -> Option<Holder> {
        let mut index = book.as_os_str().to_owned();
        index.push("-shm");
        let file = Path::new(&index).metadata().ok()?;
        let device = (rustix::fs::major(file.dev()), rustix::fs::minor(file.dev()));
        let locks = std::fs::read_to_string("/proc/locks").ok()?;
        let process = locks.lines().find_map(|line| writer(line, device, file.ino()))?;
        let arguments = std::fs::read(format!("/proc/{process}/cmdline")).ok()?;
        let (program, login) = started_as(&arguments)?;
        let state = std::fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
        Some(Holder { process, program, login, stopped: is_stopped(&state) })
    }
}

/// The process that holds the write lock by a line of `/proc/locks`:
/// `3: POSIX  ADVISORY  WRITE 4711 fd:01:1835 120 120`. Lines with an arrow only wait.
fn writer(line: &str, device: (u32, u32), inode: u64) -> Option<u32> {
    let mut words = line.split_whitespace().skip(1);
    if (words.next()?, words.next()?, words.next()?) != ("POSIX", "ADVISORY", "WRITE") {
        return None;
    }
    let process: u32 = words.next()?.parse().ok()?;
    let mut file = words.next()?.split(':');
    let mut hex = || u32::from_str_radix(file.next()?, 16).ok();
    let same = (hex()?, hex()?) == device && file.next()?.parse() == Ok(inode);
    let (first, last): (u64, u64) = (words.next()?.parse().ok()?, words.next()?.parse().ok()?);
    // A process of another machine's view has number 0.
    (same && process > 0 && (first..=last).contains(&WRITE_LOCK)).then_some(process)
}

/// Program and verb, and the login given, by a command line as the kernel keeps it: each argument ends in a zero byte.
fn started_as(arguments: &[u8]) -> Option<(String, Option<String>)> {
    let all: Vec<String> = arguments.split(|byte| *byte == 0).map(|one| String::from_utf8_lossy(one).into()).collect();
    let name = Path::new(all.first()?).file_name()?.to_string_lossy().into_owned();
    let (mut verb, mut login, mut rest) = (None, None, all[1..].iter());
    while let (None, Some(one)) = (&verb, rest.next()) {
        match one.as_str() {
            "--as" => login = rest.next().cloned(),
            "--book" | "--today" => drop(rest.next()),
            other if other.starts_with("--as=") => login = other.get(5..).map(str::to_owned),
            other if other.starts_with('-') || other.is_empty() => {}
            other => verb = Some(other.to_owned()),
        }
    }
    // What is no verb may be a file's name, which is nobody else's business.
    let verb = verb.filter(|verb| verb.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-'));
    let words = verb.map_or(name.clone(), |verb| format!("{name} {verb}"));
    Some((text::clean(&words).text.into_string(), login))
}

/// Whether a process is stopped, by its line in `/proc`; its name stands in brackets and may hold anything.
fn is_stopped(state: &str) -> bool {
    state.rsplit_once(") ").is_some_and(|(_, rest)| rest.starts_with(['T', 't']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_writer_is_who_holds_the_byte_of_writers_of_this_file() {
        let line = "3: POSIX  ADVISORY  WRITE 4711 fd:01:1835 120 120";
        assert_eq!(writer(line, (0xfd, 1), 1835), Some(4711));
        assert_eq!(writer(line, (0xfd, 2), 1835), None);
        assert_eq!(writer(line, (0xfd, 1), 1836), None);
        for other in [
            "3: POSIX  ADVISORY  READ 4711 fd:01:1835 120 120",
            "3: -> POSIX  ADVISORY  WRITE 4711 fd:01:1835 120 120",
            "3: POSIX  ADVISORY  WRITE 4711 fd:01:1835 128 128",
            "3: POSIX  ADVISORY  WRITE 0 fd:01:1835 120 120",
            "3: FLOCK  ADVISORY  WRITE 4711 fd:01:1835 0 EOF",
            "",
        ] {
            assert_eq!(writer(other, (0xfd, 1), 1835), None, "{other}");
        }
    }

    #[test]
    fn a_command_line_says_who_and_what() {
        let said = |line: &str| started_as(line.replace(' ', "\0").as_bytes()).unwrap_or_default();
        let is = |program: &str, login: Option<&str>| (program.to_owned(), login.map(str::to_owned));
        assert_eq!(said("/usr/bin/o2c --book b.db --as carol import invoices x.csv "), is("o2c import", Some("carol")));
        assert_eq!(said("o2c --as=bob"), is("o2c", Some("bob")));
        assert_eq!(said("o2c --ascii --today 2026-03-01"), is("o2c", None));
        assert_eq!(said("sqlite3 books.db"), is("sqlite3", None));
        assert!(is_stopped("4711 (o2c) T 1 2") && is_stopped("1 (a) b) T 1") && !is_stopped("4711 (T ) S 1 2"));
    }
}
