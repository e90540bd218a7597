//! The reader itself: gives up what it does not need before it sees a byte of the file, reads, answers, ends. It knows no
//! book, opens no file, and its limits are the system's: when it asks for more, it is stopped.

use std::io::{Read, Write};
use std::process::ExitCode;

use rustix::process::{Resource, Rlimit, setrlimit};

use super::wire::{self, Ask};
use crate::formats::bank::booking::{self, Booked};
use crate::formats::bank::{Options, Refusal};
use crate::formats::mapping::{self, Mapping};

/// The code to end with where the program was started as a reader. Looked at before anything else.
pub fn asked() -> Option<ExitCode> {
    let mut given = std::env::args_os().skip(1);
    if given.next()? != super::VERB {
        return None;
    }
    let mut number = || given.next().and_then(|text| text.to_str()?.parse::<u64>().ok());
    let (Some(memory), Some(seconds)) = (number(), number()) else { return Some(ExitCode::from(2)) };
    let done = confine(memory, seconds).and_then(|()| serve());
    Some(if done.is_ok() { ExitCode::SUCCESS } else { ExitCode::from(3) })
}

/// Closes what was inherited and sets the limits.
fn confine(memory: u64, seconds: u64) -> std::io::Result<()> {
    close_inherited();
    let limit = |resource, most| setrlimit(resource, Rlimit { current: Some(most), maximum: Some(most) });
    limit(Resource::Core, 0)?;
    limit(Resource::Fsize, 0)?;
    // The three descriptors there are; none can be opened beside them.
    limit(Resource::Nofile, 3)?;
    limit(Resource::Cpu, seconds.max(1))?;
    limit(Resource::As, memory.saturating_mul(1 << 20))?;
    #[cfg(target_os = "linux")]
    rustix::thread::set_no_new_privs(true)?;
    Ok(())
}

/// Closes every descriptor but the three standard ones.
fn close_inherited() {
    let listed = std::fs::read_dir("/proc/self/fd").or_else(|_| std::fs::read_dir("/dev/fd"));
    let numbers = listed.into_iter().flatten().flatten().filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    let open: Vec<i32> = numbers.filter(|number| *number > 2).collect();
    for number in open {
        // SAFETY: nothing in this process has been opened yet but the folder just read. Its own descriptor is closed by
        // now and no longer valid; what is, came from whoever started the process, and nothing here uses it.
        unsafe {
            if rustix::io::fcntl_getfd(std::os::fd::BorrowedFd::borrow_raw(number)).is_ok() {
                rustix::io::close(number);
            }
        }
    }
}

/// Reads the question and the file from standard input and answers on standard output.
fn serve() -> std::io::Result<()> {
    let mut stdin = std::io::stdin().lock();
    let (ask, length) = wire::asked(&mut stdin)?;
    let mut bytes = Vec::with_capacity(length);
    stdin.read_to_end(&mut bytes)?;
    let mut out = std::io::BufWriter::with_capacity(1 << 16, std::io::stdout().lock());
    match rows(&bytes, &ask) {
        Ok(rows) => wire::send(&mut out, rows)?,
        Err((code, sentence)) => wire::refuse(&mut out, code, sentence)?,
    }
    out.flush()
}

/// The rows of a file, or why there are none: code and sentence.
pub(super) fn rows(bytes: &[u8], ask: &Ask) -> Result<Vec<Booked>, (String, String)> {
    let mapping = match &ask.mapping {
        None => None,
        Some((name, None)) => mapping::builtin(name),
        Some((name, Some(text))) => Some(Mapping::parse(name, text).map_err(plain)?),
    };
    let options = Options { currency: ask.currency, mapping: mapping.as_ref(), ..Options::new(ask.today) };
    let options = Options { date_order: ask.date_order(), ..options };
    booking::read(bytes, &options, &ask.accounts).map_err(plain)
}

fn plain(refused: Refusal) -> (String, String) {
    (refused.code.to_owned(), refused.sentence)
}
