//! Bank files are read by a process of their own: the program starts itself with a hidden verb, hands it the bytes and
//! gets rows back. Whatever a file does to the reader, memory or time beyond its limits or a crash, is one sentence here
//! and nothing in the book. Where no process can be started, the file is read in this one.

pub mod child;
mod wire;

use std::io::{BufReader, Read, Write};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

use super::Refused;
use crate::formats::bank::booking::Booked;
pub use wire::Ask;
use wire::{Answer, Garbled};

/// The hidden verb that makes the program a reader.
pub const VERB: &str = "__read-bank";

/// What the reader may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Megabytes of address space.
    pub memory: u64,
    /// Seconds, of the processor as by the clock.
    pub seconds: u64,
}

impl Limits {
    /// Enough for a file of so many bytes: measured, a camt file needs two to three times its length.
    pub fn of(bytes: usize) -> Self {
        let megabytes = (bytes >> 20) as u64;
        Limits { memory: 512 + 8 * megabytes, seconds: 60 + 2 * megabytes }
    }

    /// The same, less where less is asked for.
    pub fn at_most(self, memory: Option<u64>, seconds: Option<u64>) -> Self {
        Limits {
            memory: self.memory.min(memory.unwrap_or(u64::MAX)),
            seconds: self.seconds.min(seconds.unwrap_or(u64::MAX)),
        }
    }
}

/// Bytes the reader may answer with for a file of so many: a movement of thirty bytes becomes a row of several hundred.
fn most_of(bytes: usize) -> u64 {
    (64 << 20) + 64 * bytes as u64
}

/// Reads a file in a process of its own.
pub fn read(bytes: &[u8], ask: &Ask, limits: Limits) -> Result<Vec<Booked>, Refused> {
    match start(limits) {
        Ok(reader) => converse(reader, bytes, ask, limits),
        Err(_) => child::rows(bytes, ask).map_err(|(code, sentence)| Refused::new(code, sentence)),
    }
}

/// This program again, also where its file was replaced meanwhile.
fn start(limits: Limits) -> std::io::Result<Child> {
    let own = if cfg!(target_os = "linux") { "/proc/self/exe".into() } else { std::env::current_exe()? };
    let mut command = Command::new(own);
    command.arg(VERB).arg(limits.memory.to_string()).arg(limits.seconds.to_string()).env_clear();
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command.spawn()
}

/// Hands the file over and takes the answer, within the limits.
fn converse(mut reader: Child, bytes: &[u8], ask: &Ask, limits: Limits) -> Result<Vec<Booked>, Refused> {
    let (Some(mut to), Some(from), Some(says)) = (reader.stdin.take(), reader.stdout.take(), reader.stderr.take())
    else {
        end(&mut reader);
        return Err(broken("The reader could not be spoken to"));
    };
    let pid = rustix::process::Pid::from_child(&reader);
    let (ended, end_of) = channel::<()>();
    let (answer, late, said) = std::thread::scope(|scope| {
        // A reader that stops in the middle closes the pipe; why, its answer and its end tell.
        scope.spawn(move || wire::ask(&mut to, ask, bytes).and_then(|()| to.flush()).ok());
        let watch = scope.spawn(move || watch(&end_of, limits.seconds, pid));
        let said = scope.spawn(move || {
            let mut said = Vec::new();
            says.take(4096).read_to_end(&mut said).map(|_| said).unwrap_or_default()
        });
        let answer = wire::answer(&mut BufReader::with_capacity(1 << 20, from), most_of(bytes.len()));
        if answer.is_err() {
            // Nobody listens any more: it must not go on writing.
            let _ = rustix::process::kill_process(pid, rustix::process::Signal::KILL);
        }
        drop(ended);
        (answer, watch.join().unwrap_or(false), said.join().unwrap_or_default())
    });
    let status = reader.wait();
    match answer {
        Ok(Answer::Rows(rows)) => Ok(rows),
        Ok(Answer::Refused { code, sentence }) => Err(Refused::new(code, sentence)),
        Err(garbled) => Err(broken(&why(garbled, late, status.ok(), &said, limits))),
    }
}

/// Ends the reader when its time is up; true when it had to.
fn watch(end: &Receiver<()>, seconds: u64, pid: rustix::process::Pid) -> bool {
    let late = end.recv_timeout(Duration::from_secs(seconds)) == Err(RecvTimeoutError::Timeout);
    if late {
        let _ = rustix::process::kill_process(pid, rustix::process::Signal::KILL);
    }
    late
}

fn end(reader: &mut Child) {
    let _ = reader.kill();
    let _ = reader.wait();
}

/// What became of a reader that gave no answer.
fn why(garbled: Garbled, late: bool, status: Option<ExitStatus>, said: &[u8], limits: Limits) -> String {
    let memory = said.windows(17).any(|words| words == b"memory allocation");
    let signal = status.and_then(signal_of);
    match (garbled, signal) {
        _ if late => format!("The reader needed more than {} s and was stopped", limits.seconds),
        _ if memory => format!("The reader needed more than {} MB and was stopped", limits.memory),
        (Garbled::TooLong, _) => "The reader answered with more than any such file can hold and was stopped".to_owned(),
        (_, Some(24)) => format!("The reader needed more than {} s and was stopped", limits.seconds),
        // Too little to begin with: not even the program's own parts fit.
        (Garbled::Ended, Some(6 | 9 | 11)) => {
            format!("The reader crashed, or needed more than {} MB, and was stopped", limits.memory)
        }
        (Garbled::Ended, _) => "The reader stopped before it was done".to_owned(),
        (Garbled::Wrong, _) => "The reader answered with something that is no answer".to_owned(),
    }
}

fn broken(what: &str) -> Refused {
    Refused::new("IMP-15", format!("The file could not be read. {what}; nothing was imported."))
}

#[cfg(unix)]
fn signal_of(status: ExitStatus) -> Option<i32> {
    std::os::unix::process::ExitStatusExt::signal(&status)
}
