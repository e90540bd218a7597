//! How long questions to a book take, as calls of the binary with process start, against the barest SQL that answers
//! the same question in a process of its own. Runs alternate, so that a busy machine slows both; what counts is the
//! median of the ratios of pairs, and how a time grows with the book. Run `cargo bench --bench book`.
//!
//! `O2C_BENCH_SIZES` (invoices, comma separated), `O2C_BENCH_PAIRS` and the first free argument (part of a question's
//! name) choose what is run. Books are made once by `o2c demo` and kept under the target folder.

#[path = "support/mod.rs"]
mod support;

use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags};
use std::io::{BufWriter, Write};
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};
use support::{TODAY, ask, book_of, median, millis, number, program};

/// One question: how the binary is asked, and the barest SQL that computes the same rows from the ledger.
struct Question {
    name: &'static str,
    verb: &'static [&'static str],
    /// One statement, or nothing where no fair counterpart exists: then only growth is shown.
    sql: Option<&'static str>,
    /// Pairs at most.
    pairs: usize,
}

const fn question(name: &'static str, verb: &'static [&'static str], sql: Option<&'static str>) -> Question {
    Question { name, verb, sql, pairs: usize::MAX }
}

/// Open items by currency and bucket: thirty days each, counted back from the day of the books.
const AGING: &str = "SELECT currency, CASE WHEN due_date >= '2026-03-16' THEN 0 WHEN due_date >= '2026-02-14' THEN 1 WHEN due_date >= '2026-01-15' THEN 2 \
     WHEN due_date >= '2025-12-16' THEN 3 WHEN due_date >= '2025-11-16' THEN 4 ELSE 5 END AS bucket, \
     SUM(open), COUNT(*) FROM item WHERE open <> 0 GROUP BY currency, bucket";
/// The same by document date.
const AGING_BY_DOCUMENT: &str = "SELECT currency, CASE WHEN document_date >= '2026-03-16' THEN 0 WHEN document_date >= '2026-02-14' THEN 1 WHEN document_date >= '2026-01-15' THEN 2 \
     WHEN document_date >= '2025-12-16' THEN 3 WHEN document_date >= '2025-11-16' THEN 4 ELSE 5 END AS bucket, \
     SUM(open), COUNT(*) FROM item WHERE open <> 0 GROUP BY currency, bucket";
/// Items open on a past day are those closed after it, less what was allocated to or from them until then.
const AGING_THEN: &str = "SELECT currency, CASE WHEN due_date >= '2025-03-31' THEN 0 WHEN due_date >= '2025-03-01' THEN 1 WHEN due_date >= '2025-01-30' THEN 2 \
     WHEN due_date >= '2024-12-31' THEN 3 WHEN due_date >= '2024-12-01' THEN 4 ELSE 5 END AS bucket, \
     SUM(amount - (SELECT coalesce(SUM(a.amount), 0) FROM allocation a \
                   WHERE a.debit_item = i.id AND a.effective <= '2025-03-31') \
                + (SELECT coalesce(SUM(a.amount), 0) FROM allocation a \
                   WHERE a.credit_item = i.id AND a.effective <= '2025-03-31')), COUNT(*) \
     FROM item i WHERE closed_on > '2025-03-31' AND document_date <= '2025-03-31' GROUP BY currency, bucket";
const AGING_OF_ONE: &str = "SELECT currency, CASE WHEN due_date >= '2026-03-16' THEN 0 WHEN due_date >= '2026-02-14' THEN 1 WHEN due_date >= '2026-01-15' THEN 2 \
     WHEN due_date >= '2025-12-16' THEN 3 WHEN due_date >= '2025-11-16' THEN 4 ELSE 5 END AS bucket, \
     SUM(open), COUNT(*) FROM item WHERE open <> 0 AND customer_id = 1 GROUP BY currency, bucket";
const ITEMS: &str = "SELECT id, document_id, customer_id, due_date, currency, amount, open FROM item \
     WHERE open <> 0 ORDER BY due_date, id LIMIT 50";
const DISPUTES: &str = "SELECT d.id, d.number, d.customer_id, d.amount, d.reason, d.state, d.owner, i.open \
     FROM dispute d JOIN item i ON i.id = d.item_id WHERE d.decided_on IS NULL ORDER BY d.opened_on, d.id LIMIT 50";

/// What is to be collected, most first: the rows a worklist is ranked from.
const WORKLIST: &str = "SELECT c.id, c.number, c.name, c.owner, o.overdue, o.due FROM (SELECT customer_id, SUM(open_base) AS overdue, \
     MIN(due_date) AS due FROM item WHERE open <> 0 AND due_date < '2026-03-16' GROUP BY customer_id) o \
     JOIN customer c ON c.id = o.customer_id ORDER BY o.overdue DESC LIMIT 50";
/// Customers by any part of their name, most open first.
const SEARCH: &str = "SELECT c.id, c.number, c.name, c.owner, c.risk, c.credit_limit, SUM(i.open_base) AS open, MIN(i.due_date) FROM customer c \
     LEFT JOIN item i ON i.customer_id = c.id AND i.open <> 0 WHERE c.folded LIKE '%mar%' \
     GROUP BY c.id ORDER BY open DESC LIMIT 50";

/// The questions, as a person would ask them.
const QUESTIONS: [Question; 11] = [
    question("aging today", &["aging", "--json"], Some(AGING)),
    question("aging by document", &["aging", "--by", "document", "--json"], Some(AGING_BY_DOCUMENT)),
    question("aging a year ago", &["aging", "--as-of", "2025-03-31", "--json"], Some(AGING_THEN)),
    question("aging of one customer", &["aging", "--customer", "10010", "--json"], Some(AGING_OF_ONE)),
    question("worklist, top 50", &["worklist", "--limit", "50", "--json"], Some(WORKLIST)),
    question("customers by name", &["customers", "--where", "mar", "--limit", "50", "--json"], Some(SEARCH)),
    question("open items, first 50", &["items", "--limit", "50", "--json"], Some(ITEMS)),
    question("disputes, first 50", &["disputes", "--limit", "50", "--json"], Some(DISPUTES)),
    question("kpis of 24 months", &["kpi", "--months", "24", "--json"], None),
    question("quick check", &["check", "--quick"], None),
    // Twice at most: it reads every row of the book.
    Question { pairs: 1, ..question("check", &["check"], Some("PRAGMA integrity_check")) },
];

/// One run of a process.
struct Run {
    wall: Duration,
    /// Largest resident set seen, in KiB; 0 where the system does not tell.
    peak: u64,
}

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).filter(|arg| arg != "--bench").collect();
    if let [flag, book, name] = args.as_slice()
        && flag == "--reference"
    {
        return reference(Path::new(book), name);
    }
    let wanted = args.first().map_or("", String::as_str);
    let pairs = ask("O2C_BENCH_PAIRS", "11").parse().unwrap_or(11);
    let mut smallest: Vec<(&str, Duration)> = Vec::new();
    for invoices in support::sizes() {
        let book = book_of(invoices);
        println!("\n{} invoices, {} pairs, medians\n", number(invoices), pairs);
        println!(
            "{:<24} {:>10} {:>10} {:>7} {:>8} {:>9}",
            "question", "o2c ms", "SQL ms", "ratio", "growth", "peak MiB"
        );
        for question in QUESTIONS.iter().filter(|question| question.name.contains(wanted)) {
            measure(question, &book, pairs, &mut smallest);
        }
    }
    ExitCode::SUCCESS
}

/// Runs the pairs of one question and prints its line.
fn measure(question: &'static Question, book: &Path, pairs: usize, smallest: &mut Vec<(&str, Duration)>) {
    let (mut ours, mut bare, mut ratios, mut peak) = (Vec::new(), Vec::new(), Vec::new(), 0);
    // The first pair fills the caches of the system and is not counted.
    for pair in 0..=pairs.min(question.pairs) {
        let mut call = Command::new(program());
        call.arg("--book").arg(book).args(["--today", TODAY]).args(question.verb);
        let reference = question.sql.map(|_| timed(&mut reference_call(book, question.name)));
        let (run, reference) = match (timed(&mut call), reference.transpose()) {
            (Ok(run), Ok(reference)) => (run, reference),
            (Err(why), _) | (_, Err(why)) => return println!("{:<24} {why}", question.name),
        };
        if pair == 0 {
            continue;
        }
        if let Some(reference) = reference {
            ratios.push(run.wall.as_secs_f64() / reference.wall.as_secs_f64());
            bare.push(reference.wall);
        }
        ours.push(run.wall);
        peak = peak.max(run.peak);
    }
    let wall = median(&mut ours).unwrap_or_default();
    let first = smallest.iter().find(|(name, _)| *name == question.name).map(|(_, wall)| *wall);
    if first.is_none() {
        smallest.push((question.name, wall));
    }
    let growth = first.map_or("-".to_string(), |first| format!("{:.1}x", wall.as_secs_f64() / first.as_secs_f64()));
    ratios.sort_by(f64::total_cmp);
    let ratio = ratios.get(ratios.len() / 2).map_or("-".to_string(), |ratio| format!("{ratio:.2}"));
    let sql = median(&mut bare).map_or("-".to_string(), millis);
    let peak = peak as f64 / 1024.0;
    println!("{:<24} {:>10} {sql:>10} {ratio:>7} {growth:>8} {peak:>9.1}", question.name, millis(wall));
}

/// This program again, as the process that runs the bare SQL.
fn reference_call(book: &Path, name: &str) -> Command {
    let mut command = Command::new(std::env::current_exe().expect("this program has a path"));
    command.arg("--reference").arg(book).arg(name);
    command
}

/// Runs a process to its end, looking at its memory on the way.
fn timed(command: &mut Command) -> Result<Run, String> {
    let start = Instant::now();
    let spawned = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn();
    let mut child = spawned.map_err(|error| format!("did not start: {error}"))?;
    let status = Path::new("/proc").join(child.id().to_string()).join("status");
    let mut peak = 0;
    let ended = loop {
        peak = peak.max(resident_peak(&status));
        match child.try_wait().map_err(|error| error.to_string())? {
            Some(ended) => break ended,
            None => std::thread::sleep(Duration::from_micros(200)),
        }
    };
    let wall = start.elapsed();
    if ended.success() {
        return Ok(Run { wall, peak });
    }
    let said = child.wait_with_output().map(|output| String::from_utf8_lossy(&output.stderr).trim().to_string());
    Err(format!("failed ({ended}): {}", said.unwrap_or_default()))
}

/// `VmHWM` of a process, in KiB.
fn resident_peak(status: &Path) -> u64 {
    let text = std::fs::read_to_string(status).unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or(0)
}

/// The other side of a pair: opens the book, runs the SQL of a question, prints its rows.
fn reference(book: &Path, name: &str) -> ExitCode {
    let question = QUESTIONS.iter().find(|question| question.name == name);
    let Some(sql) = question.and_then(|question| question.sql) else { return ExitCode::FAILURE };
    let rows = || -> Result<(), Box<dyn std::error::Error>> {
        let connection = Connection::open_with_flags(book, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        let mut statement = connection.prepare(sql)?;
        let columns = statement.column_count();
        let mut out = BufWriter::new(std::io::stdout().lock());
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            for column in 0..columns {
                match row.get_ref(column)? {
                    ValueRef::Null => {}
                    ValueRef::Integer(value) => write!(out, "{value}")?,
                    ValueRef::Real(value) => write!(out, "{value}")?,
                    ValueRef::Text(bytes) | ValueRef::Blob(bytes) => out.write_all(bytes)?,
                }
                out.write_all(if column + 1 == columns { b"\n" } else { b"|" })?;
            }
        }
        Ok(())
    };
    match rows() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{name}: {error}");
            ExitCode::FAILURE
        }
    }
}
