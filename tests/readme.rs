//! Keeps the README true: every line of its `sh` blocks that follow `<!-- run -->` is run with the built program, in
//! order, in an empty folder of its own.

use std::path::Path;
use std::process::Command;

/// The mark before a block that is run.
const RUN: &str = "<!-- run -->";

/// The blocks that are run, each as its lines with their numbers in the README.
fn blocks(readme: &str) -> Vec<Vec<(usize, &str)>> {
    let mut blocks = Vec::new();
    let mut lines = readme.lines().enumerate().map(|(index, line)| (index + 1, line));
    while let Some((at, line)) = lines.next() {
        if line.trim() != RUN {
            continue;
        }
        assert_eq!(lines.next().map(|(_, line)| line), Some("```sh"), "README.md:{at}: no sh block follows the mark");
        let block = lines.by_ref().take_while(|(_, line)| *line != "```").filter(|(_, line)| !line.trim().is_empty());
        blocks.push(block.collect());
    }
    blocks
}

/// Runs one line of a shell in `folder`, where `o2c` is the built program and nothing of the person's own is found.
/// Gives what it printed.
#[track_caller]
fn run(folder: &Path, number: usize, line: &str) -> String {
    let program = Path::new(env!("CARGO_BIN_EXE_o2c"));
    let own = program.parent().expect("a folder of the program").to_path_buf();
    let path = std::env::var_os("PATH").unwrap_or_default();
    let path = std::env::join_paths(std::iter::once(own).chain(std::env::split_paths(&path))).expect("a search path");
    let mut shell = Command::new("sh");
    shell.args(["-c", line]).current_dir(folder).env("PATH", path).env("HOME", folder).env("USER", "nora");
    for name in ["O2C_BOOK", "XDG_DATA_HOME"] {
        shell.env_remove(name);
    }
    let output = shell.output().expect("a shell");
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "README.md:{number}: {line}\n{}\n{out}{err}", output.status);
    out.into_owned()
}

#[test]
fn the_commands_of_the_readme_do_what_it_says() {
    let readme = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let readme = std::fs::read_to_string(readme).expect("a readable README.md");
    let blocks = blocks(&readme);
    assert!(blocks.len() >= 2, "README.md marks {} blocks with {RUN}", blocks.len());
    for block in blocks {
        let folder = tempfile::tempdir().expect("a folder");
        for (number, line) in block {
            let said = run(folder.path(), number, line);
            let verb = |name: &str| line.starts_with("o2c ") && line.split(' ').any(|word| word == name);
            match () {
                () if verb("check") => assert_eq!(said, "", "README.md:{number}: a sound book has no findings"),
                () if verb("--dry-run") => assert!(said.contains("Nothing was changed."), "README.md:{number}: {said}"),
                () if verb("--json") => {
                    let said: serde_json::Value = serde_json::from_str(&said).expect("JSON");
                    assert_eq!(said["currencies"][0]["difference"], "0.00", "README.md:{number}");
                }
                () if verb("aging") => assert!(said.contains("ties to the ledger"), "README.md:{number}: {said}"),
                () => {}
            }
        }
    }
}

#[test]
fn the_pictures_and_files_of_the_readme_exist() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let readme = std::fs::read_to_string(root.join("README.md")).expect("a readable README.md");
    let targets = readme.split("](").skip(1).filter_map(|rest| rest.split_once(')')).map(|(target, _)| target);
    let missing: Vec<&str> = targets
        .filter(|target| !target.contains("://") && !target.starts_with("screenshots/"))
        // A link may lead to a heading of its file.
        .filter(|target| !root.join(target.split('#').next().unwrap_or(target)).exists())
        .collect();
    assert_eq!(missing, Vec::<&str>::new());
}

/// The text of a file of the repository.
fn file(name: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(name)).expect("a readable file")
}

#[test]
fn the_units_of_the_readme_are_those_that_are_installed() {
    let readme = file("README.md");
    for name in ["o2c-backup.service", "o2c-backup.timer"] {
        let unit = file(&format!("packaging/systemd/{name}"));
        assert!(readme.contains(unit.trim()), "README.md shows another {name} than packaging/systemd/{name}");
    }
}

#[test]
fn the_sudo_way_is_whole_and_names_nobody_by_hand() {
    let readme = file("README.md");
    let blocks = readme.split("```sh\n").skip(1).filter_map(|rest| rest.split("```").next());
    let block = blocks.into_iter().find(|block| block.contains("install.sh sudo ")).expect("a block of the sudo way");
    for step in ["adduser", "o2c-users", " init ", " user add mara ", " user add ivo ", "authorized_keys"] {
        assert!(block.contains(step), "{step}: {block}");
    }
    assert!(!block.contains("--as"), "sudo says who it is: {block}");
}

#[test]
fn installing_without_systemd_says_what_was_skipped() {
    let script = file("packaging/install.sh");
    let tail = &script[script.find("if [ -d /run/systemd/system ]").expect("the step of systemd")..];
    let tail = tail.replace("/run/systemd/system", "/nowhere");
    let output =
        Command::new("sh").args(["-euc", &format!("here=packaging; mode=forced; {tail}")]).output().expect("sh");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success() && said.contains("skipped") && said.contains("timers") && said.contains("sshd"),
        "{said}"
    );
}

/// Every gate names a command that is there: suites with a file of their own, filters that choose a test of theirs, scripts.
#[test]
fn every_gate_has_a_command_that_exists() {
    let readme = file("README.md");
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let sources = |suite: &str| {
        let mut text = file(&format!("tests/{suite}.rs"));
        for part in std::fs::read_dir(root.join("tests").join(suite)).into_iter().flatten().flatten() {
            text += &std::fs::read_to_string(part.path()).unwrap_or_default();
        }
        text
    };
    for number in 1..=12 {
        let start = format!("| G{number} ");
        let row = readme.lines().find(|line| line.starts_with(&start)).unwrap_or_else(|| panic!("no gate {number}"));
        let commands: Vec<&str> =
            row.split('`').skip(1).step_by(2).filter(|code| code.contains("cargo test")).collect();
        assert!(
            !commands.is_empty() || (row.contains("`.ci/advisories`") && root.join(".ci/advisories").exists()),
            "{row}"
        );
        for command in commands {
            let words: Vec<&str> = command.split_whitespace().collect();
            let suites: Vec<&str> = words.windows(2).filter(|pair| pair[0] == "--test").map(|pair| pair[1]).collect();
            assert!(
                !suites.is_empty() && suites.iter().all(|suite| root.join(format!("tests/{suite}.rs")).exists()),
                "{row}"
            );
            let last = words.last().copied().unwrap_or_default();
            let is_filter = !last.starts_with('-') && !suites.contains(&last);
            let chosen = |suite: &&str| sources(suite).lines().any(|line| line.contains("fn ") && line.contains(last));
            assert!(!is_filter || suites.iter().any(chosen), "no test of {suites:?} has {last} in its name");
            let settings = words.iter().filter_map(|word| word.split_once('=')).map(|(name, _)| name);
            for name in settings {
                let read = |suite: &&str| {
                    let rigs: String = std::fs::read_dir(root.join("tests/rigs"))
                        .into_iter()
                        .flatten()
                        .flatten()
                        .filter_map(|part| std::fs::read_to_string(part.path()).ok())
                        .collect();
                    sources(suite).contains(name) || rigs.contains(name)
                };
                assert!(suites.iter().any(read), "{name} is read by none of {suites:?}");
            }
        }
    }
}

/// Copies of every hour for eighty days, thinned as the timer does: no day loses its last, however many were made at 23:00
/// or none, and what has another name stays.
#[test]
fn copies_are_thinned_by_their_names() {
    let folder = tempfile::tempdir().expect("a folder");
    let make = |name: &str| {
        for name in [name.to_owned(), format!("{name}.manifest")] {
            std::fs::write(folder.path().join(name), "x").expect("written");
        }
    };
    make("books-of-monday.db");
    let start = chrono::NaiveDate::from_ymd_opt(2026, 9, 15).and_then(|day| day.and_hms_opt(0, 0, 0)).expect("a time");
    let end = start + chrono::Duration::hours(80 * 24 - 1);
    let mut at = start;
    while at <= end {
        use chrono::{Datelike, Timelike};
        // The machine is off at 23:00 on every third day; on the fifth of a month somebody copies three times.
        let minutes: &[u32] = match (at.hour(), at.day()) {
            (23, day) if day % 3 == 0 => &[],
            (23, 5) => &[0, 20, 40],
            _ => &[0],
        };
        for minute in minutes {
            make(&format!("books-{}{minute:02}.db", at.format("%Y%m%dT%H")));
        }
        if at.hour().is_multiple_of(11) {
            thin(folder.path(), &at.format("%Y%m%dT%H%M").to_string());
        }
        at += chrono::Duration::hours(1);
    }
    thin(folder.path(), &end.format("%Y%m%dT%H%M").to_string());
    let mut left: Vec<String> = std::fs::read_dir(folder.path())
        .expect("a folder")
        .map(|file| file.expect("a file").file_name().to_string_lossy().into_owned())
        .collect();
    left.sort();
    let manifests = left.iter().filter(|name| name.ends_with(".manifest")).count();
    left.retain(|name| !name.ends_with(".manifest"));
    assert_eq!(manifests, left.len(), "each copy with its manifest");
    assert_eq!(left.pop().as_deref(), Some("books-of-monday.db"));
    let of_day =
        |day: &str| left.iter().filter(|name| name.starts_with(&format!("books-{day}T"))).cloned().collect::<Vec<_>>();
    assert_eq!(of_day("20260915"), ["books-20260915T2200.db"], "the first day of its month that has one, for good");
    assert_eq!(of_day("20261001"), ["books-20261001T2300.db"]);
    assert_eq!(of_day("20261005"), [] as [&str; 0], "older than five weeks");
    assert_eq!(of_day("20261105"), ["books-20261105T2340.db"], "three at 23 o'clock, the last is kept");
    assert_eq!(of_day("20261106"), ["books-20261106T2200.db"], "none at 23 o'clock");
    assert_eq!(of_day("20261202").len(), 24, "two days of hours");
    let days: std::collections::BTreeSet<&str> = left.iter().map(|name| &name[6..14]).collect();
    assert_eq!(days.len(), 38, "36 days, and the first days of two months before: {days:?}");
}

fn thin(folder: &Path, now: &str) {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("packaging/thin-copies.sh");
    let done = Command::new("sh").arg(script).arg(folder).arg(now).output().expect("sh runs");
    assert!(done.status.success() && done.stderr.is_empty(), "{}", String::from_utf8_lossy(&done.stderr));
}

/// An advisory is told of by the list where nothing can be asked, and fails once setting it aside is over.
#[test]
fn known_advisories_are_compared_without_a_network() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = tempfile::tempdir().expect("a folder");
    let list = folder.path().join("list");
    std::fs::write(&list, "# id package fixed until why\nRUSTSEC-1 lettre 0.11.24 2027-02-28 looked at\n")
        .expect("written");
    let lock = folder.path().join("lock");
    let run = |version: &str, today: &str| {
        std::fs::write(&lock, format!("[[package]]\nname = \"lettre\"\nversion = \"{version}\"\n")).expect("written");
        let done = Command::new("bash").arg(root.join(".ci/advisories")).args([&list, &lock]).arg(today).output();
        let done = done.expect("bash runs");
        (done.status.code(), String::from_utf8_lossy(&done.stdout).into_owned())
    };
    let (code, said) = run("0.11.9", "2027-02-28");
    assert!(code == Some(0) && said.contains("lettre 0.11.9 is below 0.11.24; set aside until 2027-02-28: looked at"));
    let (code, said) = run("0.11.23", "2027-03-01");
    assert!(code == Some(1) && said.contains("setting it aside ended on 2027-02-28"), "{said}");
    let (code, said) = run("0.11.24", "2027-03-01");
    assert!(code == Some(0) && said.contains("take its line out"), "{said}");
}
