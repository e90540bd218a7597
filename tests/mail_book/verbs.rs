//! The verbs themselves: the day's work done twice, a sender that is killed while it sends, and the day's work killed at
//! each of its steps and between them.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use super::server::{Mood, Server};

const CUSTOMERS: usize = 30;

fn on(day: &str, folder: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_o2c"));
    command.current_dir(folder).env("USER", "tess").env("O2C_BOOK", folder.join("book.db"));
    command.env("O2C_MAIL", folder.join("mail.toml")).args(["--today", day]).args(args);
    command
}

fn o2c(folder: &Path, args: &[&str]) -> Command {
    on("2026-03-31", folder, args)
}

fn said(folder: &Path, args: &[&str]) -> Output {
    o2c(folder, args).output().expect("the program starts")
}

fn done(folder: &Path, args: &[&str]) -> String {
    let output = said(folder, args);
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{args:?}: {text}{}", String::from_utf8_lossy(&output.stderr));
    text
}

fn start(folder: &Path, server: &Server) {
    let mut customers = String::from("id,name,currency,email\n");
    let mut invoices = String::from("number,customer,document_date,due_date,amount,currency\n");
    for n in 0..CUSTOMERS {
        customers += &format!("C{n},Kunde {n},EUR,slow{n}@acme.com\n");
        invoices += &format!("INV-{},C{n},2026-02-01,2026-03-03,100.00,EUR\n", 30_000 + n);
    }
    std::fs::write(folder.join("customers.csv"), customers).expect("a file");
    std::fs::write(folder.join("invoices.csv"), invoices).expect("a file");
    let policy = "name = \"standard\"\ndaily = true\n[[level]]\nnumber = 1\nwait_days = 3\n";
    std::fs::write(folder.join("policy.toml"), policy).expect("a file");
    std::fs::create_dir(folder.join("inbox")).expect("a folder");
    let settings = format!(
        "host = \"127.0.0.1\"\nport = {}\ntls = \"none\"\npatience_seconds = 5\ninbox = \"{}\"\n",
        server.address.port(),
        folder.join("inbox").display()
    );
    std::fs::write(folder.join("mail.toml"), settings).expect("a file");
    done(folder, &["init", "--company", "Nordwind GmbH", "--currency", "EUR"]);
    done(folder, &["import", "customers", "customers.csv"]);
    done(folder, &["import", "invoices", "invoices.csv"]);
    done(folder, &["setting", "mail-sender", "accounts@nordwind.example"]);
    done(folder, &["policy", "import", "policy.toml"]);
    done(folder, &["policy", "assign", "standard", "--company"]);
}

/// State and receiver of each mail.
fn mails(folder: &Path) -> Vec<(String, String)> {
    let text = done(folder, &["mail", "list", "--limit", "1000", "--json"]);
    let list: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    let word = |row: &serde_json::Value, key: &str| row[key].as_str().expect("text").to_owned();
    list["rows"].as_array().expect("rows").iter().map(|row| (word(row, "state"), word(row, "to"))).collect()
}

#[test]
fn the_days_work_is_done_once_however_often_it_is_asked_for() {
    let server = Server::start(Mood::Kind);
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    start(folder, &server);
    // An empty folder is no folder of mails, which keeps nothing else from being done.
    let mail = "From: a@b.com\r\nMessage-ID: <1@b.com>\r\nSubject: Re\r\n\r\nINV-30003 has been paid on 28 March.\r\n";
    std::fs::write(folder.join("inbox/1.eml"), mail).expect("a file");
    let tried = done(folder, &["daily", "--dry-run"]);
    assert!(tried.contains("run       done: would be: Drafted M-1: 30 letters"), "{tried}");
    assert!(tried.contains("1 mails would be taken in"), "{tried}");
    let first = done(folder, &["daily"]);
    assert!(first.contains("run       done: Drafted M-1: 30 letters"), "{first}");
    assert!(first.contains("mail in   done: 1 mails taken in, 0 known already, 1 proposals."), "{first}");
    let second = done(folder, &["daily", "--json"]);
    let second: serde_json::Value = serde_json::from_str(&second).expect("JSON");
    let states: Vec<&str> =
        second["steps"].as_array().expect("steps").iter().map(|step| step["state"].as_str().expect("text")).collect();
    assert_eq!(states, ["nothing"; 10], "{second}");
    done(folder, &["dunning", "approve", "M-1"]);
    let send = ["dunning", "send", "M-1", "--letters", "30", "--despite", "no bank", "--out", "letters"];
    assert!(done(folder, &send).contains("30 by mail wait for o2c mail send"));
    // Cut off three times, at whatever it was doing.
    let mut left = 0;
    for after in [150, 260, 410] {
        let mut child =
            o2c(folder, &["mail", "send"]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("it starts");
        std::thread::sleep(Duration::from_millis(after));
        child.kill().ok();
        child.wait().expect("a child");
        left += 1;
        assert_eq!(done(folder, &["check"]), "");
    }
    let last = said(folder, &["daily"]);
    let last = String::from_utf8_lossy(&last.stdout).into_owned();
    assert!(last.contains("mail out "), "{last}");
    let mails = mails(folder);
    assert_eq!(mails.len(), CUSTOMERS);
    let mut on_its_way = 0;
    for (state, to) in &mails {
        let times = server.taken().iter().filter(|taken| taken.to == *to).count();
        match state.as_str() {
            "sent" => assert_eq!(times, 1, "{to}"),
            // The sender was killed with it: the lease runs out, and a person says what became of it.
            "leased" => {
                on_its_way += 1;
                assert!(times <= 1, "{to} has it {times} times");
            }
            other => panic!("{to} is {other}: {last}"),
        }
    }
    assert!(on_its_way <= left, "{on_its_way} of {left}");
    let before = server.taken().len();
    done(folder, &["mail", "send"]);
    assert_eq!(server.taken().len(), before);
    assert_eq!(done(folder, &["check"]), "");
}

/// Customers with a letter that waits, with an invoice that gets late today, and with an answer in the folder.
const WAITING: usize = 9;
const LATE: usize = 4;
const ANSWERS: usize = 5;

/// A day with something to do at every step: letters of yesterday's run wait, a run of today is due, answers came in.
fn full_day(folder: &Path) {
    let (mut customers, mut invoices) = ("id,name,currency,email\n".to_owned(), String::new());
    for n in 0..WAITING + LATE {
        let due = if n < WAITING { "2026-03-03" } else { "2026-03-28" };
        customers += &format!("C{n},Kunde {n},EUR,k{n}@acme.com\n");
        invoices += &format!("INV-{},C{n},2026-02-01,{due},100.00,EUR\n", 40_000 + n);
    }
    std::fs::write(folder.join("customers.csv"), customers).expect("a file");
    let head = "number,customer,document_date,due_date,amount,currency\n";
    std::fs::write(folder.join("invoices.csv"), format!("{head}{invoices}")).expect("a file");
    let policy = "name = \"standard\"\ndaily = true\n[[level]]\nnumber = 1\nwait_days = 3\n";
    std::fs::write(folder.join("policy.toml"), policy).expect("a file");
    std::fs::create_dir(folder.join("inbox")).expect("a folder");
    for n in 0..ANSWERS {
        let mail = format!(
            "From: k{n}@acme.com\r\nMessage-ID: <{n}@acme.com>\r\nSubject: Re\r\n\r\nINV-{} has been paid on 28 March.\r\n",
            40_000 + n
        );
        std::fs::write(folder.join(format!("inbox/{n}.eml")), mail).expect("a file");
    }
    done(folder, &["init", "--company", "Nordwind GmbH", "--currency", "EUR"]);
    done(folder, &["import", "customers", "customers.csv"]);
    done(folder, &["import", "invoices", "invoices.csv"]);
    done(folder, &["setting", "mail-sender", "accounts@nordwind.example"]);
    done(folder, &["policy", "import", "policy.toml"]);
    done(folder, &["policy", "assign", "standard", "--company"]);
    for args in [
        vec!["dunning", "draft"],
        vec!["dunning", "approve", "M-1"],
        vec!["dunning", "send", "M-1", "--letters", "9", "--despite", "no bank", "--out", "letters"],
    ] {
        let output = on("2026-03-30", folder, &args).output().expect("the program starts");
        assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    }
}

/// A copy of the day with a mail server of its own.
fn copy_of(made: &Path) -> (tempfile::TempDir, Server) {
    let (folder, server) = (tempfile::tempdir().expect("a folder"), Server::start(Mood::Kind));
    std::fs::copy(made.join("book.db"), folder.path().join("book.db")).expect("a copy");
    std::fs::create_dir(folder.path().join("inbox")).expect("a folder");
    for n in 0..ANSWERS {
        let name = format!("inbox/{n}.eml");
        std::fs::copy(made.join(&name), folder.path().join(&name)).expect("a copy");
    }
    let inbox = folder.path().join("inbox");
    let settings = format!(
        "host = \"127.0.0.1\"\nport = {}\ntls = \"none\"\npatience_seconds = 5\ninbox = \"{}\"\n",
        server.address.port(),
        inbox.display()
    );
    std::fs::write(folder.path().join("mail.toml"), settings).expect("a file");
    (folder, server)
}

/// When the day's work is killed: after so many lines of what it says, or after so long.
#[derive(Debug, Clone, Copy)]
enum Kill {
    After(usize),
    In(Duration),
}

fn killed(folder: &Path, kill: Kill) {
    let mut child = o2c(folder, &["daily"]).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("it starts");
    match kill {
        Kill::After(lines) => {
            let out = BufReader::new(child.stdout.take().expect("its words"));
            assert_eq!(out.lines().take(lines).count(), lines);
        }
        Kill::In(time) => std::thread::sleep(time),
    }
    child.kill().ok();
    child.wait().expect("a child");
}

/// What a whole day brings about: the answers with their proposals, the run of the day, the letters by state.
fn brought_about(folder: &Path) -> (usize, Vec<String>, BTreeMap<String, usize>) {
    let json = |args: &[&str]| -> serde_json::Value { serde_json::from_str(&done(folder, args)).expect("JSON") };
    let proposals = json(&["mail", "proposals", "--json"])["rows"].as_array().map_or(0, Vec::len);
    let runs = json(&["dunning", "list", "--json"]);
    let run = |row: &serde_json::Value| format!("{} {} {}", row["run"], row["date"], row["state"]).replace('"', "");
    let runs = runs["rows"].as_array().expect("runs").iter().map(run).collect();
    let mut states = BTreeMap::new();
    for (state, _) in mails(folder) {
        *states.entry(state).or_insert(0) += 1;
    }
    (proposals, runs, states)
}

#[test]
fn a_day_killed_anywhere_is_finished_by_the_next_without_a_double() {
    let made = tempfile::tempdir().expect("a folder");
    full_day(made.path());
    let (whole, server) = copy_of(made.path());
    let clock = std::time::Instant::now();
    let said = done(whole.path(), &["daily"]);
    let took = clock.elapsed();
    let must = brought_about(whole.path());
    assert_eq!(
        (must.0, must.1.len(), must.2.clone()),
        (ANSWERS, 2, BTreeMap::from([("sent".to_owned(), WAITING)])),
        "{said}"
    );
    assert_eq!(server.taken().len(), WAITING);
    let again = done(whole.path(), &["daily"]);
    assert!(again.lines().all(|line| line.contains(" nothing: ")), "{again}");
    assert_eq!((brought_about(whole.path()), server.taken().len()), (must.clone(), WAITING));

    let between: u32 = if std::env::var_os("O2C_LONG").is_some() { 40 } else { 4 };
    let steps = (1..=6).map(Kill::After);
    let points = steps.chain((0..between).map(|point| Kill::In(took * (2 * point + 1) / (2 * between))));
    for kill in points {
        let (folder, server) = copy_of(made.path());
        let folder = folder.path();
        killed(folder, kill);
        assert_eq!(done(folder, &["check"]), "", "{kill:?}");
        let next = said_of(folder);
        let (proposals, runs, states) = brought_about(folder);
        assert_eq!((proposals, &runs), (must.0, &must.1), "{kill:?}: {next}");
        // The mail it was at when it was killed is nobody's to repeat; every other one is out, and out once.
        let leased = states.get("leased").copied().unwrap_or(0);
        assert!(leased <= 1 && states.get("sent").copied().unwrap_or(0) + leased == WAITING, "{kill:?}: {states:?}");
        for (state, to) in mails(folder) {
            let times = server.taken().iter().filter(|taken| taken.to == to).count();
            assert!(times == 1 || (state == "leased" && times == 0), "{kill:?}: {to} is {state}, {times} times");
        }
        let before = server.taken().len();
        said_of(folder);
        assert_eq!(server.taken().len(), before, "{kill:?}: the third time sends nothing");
        assert_eq!(brought_about(folder).1, must.1);
        assert_eq!(done(folder, &["check"]), "", "{kill:?}");
    }
}

/// What the day's work says, whatever its exit code.
fn said_of(folder: &Path) -> String {
    String::from_utf8_lossy(&said(folder, &["daily"]).stdout).into_owned()
}
