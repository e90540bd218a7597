//! Which process a session runs in, noted beside the session so that one that was killed, and could write no end, is not
//! taken for open. What cannot be known leaves the session open.

use std::io::ErrorKind;

/// This process in one line: the start of the machine, the set of process numbers, the number, and when it started.
pub fn own() -> Option<String> {
    let boot = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?;
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    Some(format!("{} {} {} {}", boot.trim(), numbers()?, std::process::id(), started(&stat)?))
}

/// Whether the process of a note is no longer there: it ended, its number is another's now, or the machine was started
/// again. A process counted elsewhere cannot be looked for.
pub fn is_gone(note: &str) -> bool {
    let [boot, numbered, process, start] = note.split(' ').collect::<Vec<_>>()[..] else { return false };
    if std::fs::read_to_string("/proc/sys/kernel/random/boot_id").is_ok_and(|now| now.trim() != boot) {
        return true;
    }
    if numbers().as_deref() != Some(numbered) || process.parse::<u32>().is_err() {
        return false;
    }
    match std::fs::read_to_string(format!("/proc/{process}/stat")) {
        Ok(stat) => started(&stat).is_some_and(|now| now != start),
        Err(error) => error.kind() == ErrorKind::NotFound && std::path::Path::new("/proc/self").exists(),
    }
}

/// The number of the process a note is of.
pub fn number(note: &str) -> Option<&str> {
    note.split(' ').nth(2)
}

fn numbers() -> Option<String> {
    let link = std::fs::read_link("/proc/self/ns/pid").ok()?;
    Some(link.to_str()?.replace(' ', ""))
}

/// When a process started, by its line in `/proc`; its name stands in brackets and may hold anything.
fn started(stat: &str) -> Option<&str> {
    stat.rsplit_once(") ")?.1.split(' ').nth(19)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_that_ended_is_gone_and_this_one_is_not() {
        let own = own().unwrap();
        assert!(!is_gone(&own), "{own}");
        assert_eq!(number(&own), Some(std::process::id().to_string().as_str()));
        let [boot, numbers, process, start] = own.split(' ').collect::<Vec<_>>()[..] else { panic!("{own}") };
        let mut child = std::process::Command::new("true").spawn().unwrap();
        let ended = child.id();
        child.wait().unwrap();
        assert!(is_gone(&format!("{boot} {numbers} {ended} {start}")));
        assert!(is_gone(&format!("{boot} {numbers} {process} 1")), "the number of an older process");
        assert!(is_gone(&format!("another-start {numbers} {process} {start}")));
        for unknown in ["", "x", &format!("{boot} pid:[1] {ended} {start}"), &format!("{boot} {numbers} x {start}")] {
            assert!(!is_gone(unknown), "{unknown}");
        }
    }
}
