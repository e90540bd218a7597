//! A folder of its own with a book, the program run in it, and an aging computed without the program.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use chrono::NaiveDate;

/// What the program said.
#[derive(Debug)]
pub struct Said {
    /// Exit code.
    pub code: i32,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
}

impl Said {
    fn of(output: &Output) -> Self {
        Said {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8(output.stdout.clone()).expect("stdout is text"),
            err: String::from_utf8(output.stderr.clone()).expect("stderr is text"),
        }
    }

    /// Must have gone well; gives stdout.
    #[track_caller]
    pub fn done(self) -> String {
        assert_eq!(self.code, 0, "{self:?}");
        self.out
    }

    /// Must have been refused with one sentence that holds every one of these texts, and an exit code.
    #[track_caller]
    pub fn refused(self, code: i32, texts: &[&str]) {
        assert_eq!(self.code, code, "{self:?}");
        let lines: Vec<&str> = self.err.lines().collect();
        assert_eq!(lines.len(), 1, "one sentence: {self:?}");
        assert!(self.err.starts_with("o2c: ["), "{self:?}");
        assert!(!self.err.contains('\u{1b}') && !self.out.contains('\u{1b}'), "{self:?}");
        for text in texts {
            assert!(self.err.contains(text), "{text}: {self:?}");
        }
    }
}

/// A folder with a book in it.
pub struct Rig {
    folder: tempfile::TempDir,
}

impl Rig {
    /// An empty folder.
    pub fn bare() -> Self {
        Rig { folder: tempfile::tempdir().expect("a folder") }
    }

    /// A folder with a book of a company in this currency.
    pub fn new(currency: &str) -> Self {
        let rig = Rig::bare();
        rig.run(&["init", "--company", "Nordwind GmbH", "--currency", currency]).done();
        rig
    }

    /// A place in the folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file.
    pub fn file(&self, name: &str, bytes: impl AsRef<[u8]>) -> String {
        std::fs::write(self.path(name), bytes).expect("a file");
        name.to_owned()
    }

    /// Reads a file.
    pub fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).expect("a file of text")
    }

    /// Runs the program on the folder's book, on 2026-03-31.
    pub fn run(&self, args: &[&str]) -> Said {
        self.run_on("book.db", args)
    }

    /// Runs the program on another book of the folder.
    pub fn run_on(&self, book: &str, args: &[&str]) -> Said {
        let mut command = self.program(book);
        command.args(["--today", "2026-03-31"]).args(args);
        Said::of(&command.output().expect("the program starts"))
    }

    /// Runs the program on the day the computer's clock says.
    pub fn run_by_the_clock(&self, args: &[&str]) -> Said {
        Said::of(&self.program("book.db").args(args).output().expect("the program starts"))
    }

    /// Starts the program without waiting for its end; what it says is lost.
    #[allow(dead_code, reason = "the verbs of one suite are never left running")]
    pub fn start(&self, args: &[&str]) -> std::process::Child {
        let mut command = self.program("book.db");
        command.args(["--today", "2026-03-31"]).args(args);
        command.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null());
        command.spawn().expect("the program starts")
    }

    /// Runs a line of shell in the folder.
    pub fn run_in_shell(&self, line: &str) -> Said {
        let mut shell = Command::new("sh");
        shell.current_dir(self.folder.path()).env_remove("O2C_BOOK").env("USER", "tess").args(["-c", line]);
        Said::of(&shell.output().expect("the shell starts"))
    }

    fn program(&self, book: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_o2c"));
        command.current_dir(self.folder.path()).env_remove("O2C_BOOK").env("USER", "tess").args(["--book", book]);
        command
    }

    /// Every leg of the ledger as text: equal before and after when nothing changed.
    pub fn postings(&self) -> String {
        self.run(&["export", "postings"]).done()
    }

    /// The folder's files, sorted.
    pub fn files(&self) -> Vec<String> {
        names(self.folder.path())
    }

    /// Compares `o2c aging` with open items computed from the file, for a day.
    #[track_caller]
    pub fn compare(&self, bills: &[Bill], as_of: &str) {
        let said = self.run(&["aging", "--as-of", as_of, "--json"]).done();
        let answer: serde_json::Value = serde_json::from_str(&said).expect("JSON");
        let expected = aging(bills, as_of.parse().expect("a date"));
        let found: BTreeMap<String, Expected> = answer["currencies"]
            .as_array()
            .expect("a list")
            .iter()
            .map(|currency| {
                assert_eq!(
                    currency["difference"].as_str().map(|text| text.trim_matches(['0', '.'])),
                    Some(""),
                    "{said}"
                );
                assert_eq!(currency["net"], currency["control"], "{said}");
                let minor = |value: &serde_json::Value| minor(value.as_str().expect("a decimal string"));
                let mut found = Expected::default();
                for (place, bucket) in currency["buckets"].as_array().expect("a list").iter().enumerate() {
                    assert_eq!(bucket["label"], LABELS[place]);
                    found.buckets[place] = (minor(&bucket["amount"]), bucket["items"].as_i64().expect("a count"));
                }
                found.credits = minor(&currency["credits"]);
                found.unapplied = minor(&currency["unapplied"]);
                let net = found.buckets.iter().map(|bucket| bucket.0).sum::<i64>() + found.credits + found.unapplied;
                assert_eq!(minor(&currency["net"]), net, "{said}");
                (currency["currency"].as_str().expect("a code").to_owned(), found)
            })
            .collect();
        assert_eq!(found, expected, "as of {as_of}");
    }
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .expect("a folder")
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
        .filter(|name| !name.ends_with("-wal") && !name.ends_with("-shm"))
        .collect();
    names.sort();
    names
}

const LABELS: [&str; 6] = ["not due", "1-30", "31-60", "61-90", "91-120", "120+"];

/// A decimal with two digits or fewer as hundredths.
pub fn minor(text: &str) -> i64 {
    let (sign, digits) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    sign * (whole.parse::<i64>().expect("digits") * 100 + format!("{part:0<2}").parse::<i64>().expect("digits"))
}

/// One row of a ledger as the test reads it by itself.
#[derive(Debug, Clone)]
pub struct Bill {
    /// When it was made out.
    pub date: NaiveDate,
    /// When it is due.
    pub due: NaiveDate,
    /// Hundredths; credits negative.
    pub amount: i64,
    /// Currency.
    pub currency: String,
    /// When it was paid.
    pub settled: Option<NaiveDate>,
    /// Money rather than a document.
    pub cash: bool,
}

/// What is expected in one currency.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Expected {
    buckets: [(i64, i64); 6],
    credits: i64,
    unapplied: i64,
}

/// Aging by due date, straight from the rows.
fn aging(bills: &[Bill], as_of: NaiveDate) -> BTreeMap<String, Expected> {
    let mut all: BTreeMap<String, Expected> = BTreeMap::new();
    for bill in bills {
        if bill.date > as_of || bill.settled.is_some_and(|settled| settled <= as_of) {
            continue;
        }
        let expected = all.entry(bill.currency.clone()).or_default();
        match bill.amount {
            money if bill.cash => expected.unapplied += money,
            credit if credit < 0 => expected.credits += credit,
            debit => {
                let late = (as_of - bill.due).num_days();
                let bucket = match late {
                    ..=0 => 0,
                    1..=30 => 1,
                    31..=60 => 2,
                    61..=90 => 3,
                    91..=120 => 4,
                    _ => 5,
                };
                expected.buckets[bucket].0 += debit;
                expected.buckets[bucket].1 += 1;
            }
        }
    }
    all
}
