//! Many processes on one book, and processes killed in the middle of an act. A worker is this test binary started again
//! for one test, with its number in the environment; it does acts and says which were acknowledged, a line each.

use super::sweep::Workload;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

const WORKER: &str = "O2C_TEST_WORKER";
const BOOK: &str = "O2C_TEST_BOOK";
const ACTS: &str = "O2C_TEST_ACTS";
const PAUSE: &str = "O2C_TEST_PAUSE_MS";
/// What an acknowledgement starts with: anything else on the output belongs to the test harness.
const ACKED: &str = "acknowledged";

/// The SQLite file layer of a real file.
pub const REAL: &str = "unix";

/// A workload with as many acts as a worker can do.
pub trait Shift: Workload {
    /// The `n`-th act of a worker; possible whatever the others have done.
    fn act(&self, worker: u64, n: u64) -> Self::Act;
}

/// An act a worker was told had happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Acked {
    pub worker: u64,
    pub n: u64,
    pub took: Duration,
}

/// What a worker does: call this first in the test given to `Crew::start`. In the worker it does its acts and gives
/// true, so that the test returns; in the test proper it gives false at once.
pub fn works<W: Shift>(workload: &W) -> bool {
    let Ok(worker) = std::env::var(WORKER) else { return false };
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok()).unwrap_or(0);
    let worker = worker.parse().expect("the worker's number");
    let path = std::env::var(BOOK).expect("the book of the worker");
    let mut book = workload.open(&path, REAL).expect("the worker opens the book");
    for n in 1..=number(ACTS) {
        let began = Instant::now();
        workload.run(&mut book, &workload.act(worker, n)).unwrap_or_else(|why| panic!("act {n} was refused: {why}"));
        let micros = began.elapsed().as_micros();
        // One write, so that a kill cannot cut a line that says more than it should.
        let line = format!("\n{ACKED} {worker} {n} {micros}\n");
        std::io::stdout().lock().write_all(line.as_bytes()).expect("the test listens");
        std::thread::sleep(Duration::from_millis(number(PAUSE)));
    }
    true
}

/// Workers at work.
pub struct Crew {
    workers: Vec<Child>,
}

impl Crew {
    /// Starts workers numbered from `first`, each doing `acts` acts with a pause between, in the test named `test`.
    pub fn start(test: &str, book: &Path, numbers: std::ops::Range<u64>, acts: u64, pause: Duration) -> Crew {
        let start = |number: u64| {
            let mut command = Command::new(std::env::current_exe().expect("this program has a path"));
            command.args([test, "--exact", "--nocapture", "--test-threads=1"]);
            command.env(WORKER, number.to_string()).env(BOOK, book).env(ACTS, acts.to_string());
            command.env(PAUSE, pause.as_millis().to_string());
            command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().expect("a worker starts")
        };
        Crew { workers: numbers.map(start).collect() }
    }

    /// Waits until all are done, gives what was acknowledged and whether all ended well.
    pub fn finish(mut self) -> (Vec<Acked>, bool) {
        let outputs: Vec<ChildStdout> = self.workers.iter_mut().filter_map(|worker| worker.stdout.take()).collect();
        // Read side by side: a worker whose pipe is full would wait for its turn.
        let readers: Vec<_> = outputs.into_iter().map(|out| std::thread::spawn(move || acked(out))).collect();
        let acked = readers.into_iter().flat_map(|reader| reader.join().expect("the output is read")).collect();
        // Every one is waited for, also after one that failed.
        let ends: Vec<bool> =
            self.workers.iter_mut().map(|worker| worker.wait().is_ok_and(|end| end.success())).collect();
        (acked, ends.iter().all(|well| *well))
    }

    /// Kills all of them at once, as `kill -9` does, and gives what had been acknowledged.
    pub fn kill(mut self) -> Vec<Acked> {
        for worker in &mut self.workers {
            // One that has ended by itself is fine too.
            let _ = worker.kill();
        }
        self.finish().0
    }
}

fn acked(output: ChildStdout) -> Vec<Acked> {
    let lines = BufReader::new(output).lines().map_while(Result::ok);
    let parse = |line: String| {
        let mut words = line.strip_prefix(ACKED)?.split_whitespace().map(str::parse::<u64>);
        let mut word = || words.next()?.ok();
        Some(Acked { worker: word()?, n: word()?, took: Duration::from_micros(word()?) })
    };
    lines.filter_map(parse).collect()
}

/// What is wrong with a book after workers were at it: acknowledged acts missing or double, broken invariants.
pub fn findings<W: Shift>(workload: &W, path: &Path, acked: &[Acked]) -> Vec<String> {
    let path = path.to_str().expect("a path in UTF-8");
    let examine = || -> Result<Vec<String>, String> {
        let mut book = workload.open(path, REAL)?;
        let mut findings = workload.check(&mut book)?;
        for one in acked {
            let count = workload.count(&mut book, &workload.act(one.worker, one.n))?;
            if count != 1 {
                findings.push(format!("{one:?} is there {count} times"));
            }
        }
        Ok(findings)
    };
    examine().unwrap_or_else(|why| vec![why])
}
