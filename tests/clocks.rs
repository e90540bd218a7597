//! Time zones, summer time, leap days and clocks that go back: what the book says of a day is the same wherever the
//! computer is, and the log's order never depends on a clock.

mod rigs;

use chrono::{DateTime, Duration, NaiveDate, Utc};
use o2c::acts::{self, Act, ActKey, Actor, Mode, Request, Stamp, clock};
use o2c::store::open::{self, Access};
use o2c::store::{BookPath, Connection, check};
use rigs::book::BOOK;
use rigs::procs::REAL;
use rigs::sweep::Workload;
use std::path::Path;
use std::process::Command;

const PROGRAM: &str = env!("CARGO_BIN_EXE_o2c");

/// From the first place on earth to see a day to the last, with half hours and zones in the middle of summer time.
const ZONES: [&str; 7] = [
    "UTC",
    "Pacific/Kiritimati",
    "Pacific/Niue",
    "Europe/Berlin",
    "America/St_Johns",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
];

fn run(folder: &Path, zone: &str, args: &[&str]) -> String {
    let mut command = Command::new(PROGRAM);
    command.current_dir(folder).env("TZ", zone).env("USER", "tess").env_remove("O2C_BOOK");
    let output = command.args(["--book", "books.db"]).args(args).output().expect("it starts");
    assert!(output.status.success(), "{zone} {args:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("text")
}

/// Invoices of days that trip calendars: summer time both ways, leap days, ends of months and years.
const ROWS: &str = "number,customer,document_date,terms,amount,currency\n\
    1,C1,2028-02-29,net 30,10.00,EUR\n2,C1,2027-12-31,net 60,20.00,EUR\n3,C1,2028-01-31,30 eom,40.00,EUR\n\
    4,C1,2028-03-26,net 0,80.00,EUR\n5,C1,2027-10-31,net 1,160.00,EUR\n6,C1,2028-02-28,net 1,320.00,EUR\n\
    7,C1,2028-03-12,net 14,640.00,EUR\n8,C1,2027-11-07,net 365,1280.00,EUR\n";

#[test]
fn what_a_day_says_is_the_same_in_every_zone() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("rows.csv"), ROWS).expect("a file");
    run(folder.path(), "Pacific/Niue", &["--today", "2028-04-01", "init", "--company", "Nord", "--currency", "EUR"]);
    run(folder.path(), "Pacific/Kiritimati", &["--today", "2028-04-01", "import", "invoices", "rows.csv"]);
    let mut compared = 0;
    for day in ["2028-02-28", "2028-02-29", "2028-03-01", "2028-03-26", "2028-10-29", "2028-12-31", "2029-02-28"] {
        for args in
            [vec!["aging", "--json"], vec!["items", "--json"], vec!["worklist", "--json"], vec!["kpi", "--json"]]
        {
            let asked = [&["--today", day], &args[..]].concat();
            let first = run(folder.path(), ZONES[0], &asked);
            for zone in &ZONES[1..] {
                assert_eq!(run(folder.path(), zone, &asked), first, "{zone} {asked:?}");
                compared += 1;
            }
        }
    }
    println!("time zones: {compared} answers compared, different 0");
    // Days of age, counted here on a calendar of our own.
    let items = run(folder.path(), "Australia/Lord_Howe", &["--today", "2028-12-31", "items", "--csv"]);
    for (number, due) in
        [("1", (2028, 3, 30)), ("2", (2028, 2, 29)), ("4", (2028, 3, 26)), ("6", (2028, 2, 29)), ("8", (2028, 11, 6))]
    {
        let line = items.lines().find(|line| line.starts_with(&format!("{number},"))).expect("an item");
        let age = day_number(2028, 12, 31) - day_number(due.0, due.1, due.2);
        assert!(line.contains(&format!("{:04}-{:02}-{:02}", due.0, due.1, due.2)), "{line}");
        assert!(line.split(',').any(|cell| cell == age.to_string()), "{age} in {line}");
    }
}

/// Days since a day long ago, by the rule of the Gregorian calendar and not by a library.
fn day_number(year: i64, month: i64, day: i64) -> i64 {
    let leap = |year: i64| (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    let years: i64 = (1900..year).map(|year| if leap(year) { 366 } else { 365 }).sum();
    let lengths = [31, if leap(year) { 29 } else { 28 }, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    years + lengths[..month as usize - 1].iter().sum::<i64>() + day
}

fn at(text: &str) -> DateTime<Utc> {
    DateTime::parse_from_rfc3339(text).expect("an instant").with_timezone(&Utc)
}

fn note(conn: &Connection, now: DateTime<Utc>, n: usize) {
    let act = Act::Note { customer: 1, text: format!("note {n}") };
    let request = Request { key: ActKey::named(&format!("note {n}")), act, expect: Vec::new() };
    let stamp = Stamp { now, today: NaiveDate::from_ymd_opt(2026, 3, 29).expect("a day") };
    acts::perform(conn, &Actor::new("anna", "cli"), stamp, &request, Mode::Post).expect("a note");
}

#[test]
fn the_log_never_goes_back_whatever_the_clock_does() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("books.db");
    BOOK.create(path.to_str().expect("UTF-8"), REAL).expect("a book");
    let conn = open::open(&BookPath::new(&path), Access::Write).expect("it opens");
    // Summer time begins and ends, a second is inserted, the clock is set back an hour and ten years ahead and back.
    let clocks = [
        "2026-03-29T00:59:59.999Z",
        "2026-03-29T01:00:00Z",
        "2026-10-25T00:59:59Z",
        "2026-10-25T01:00:00Z",
        "2026-10-25T00:00:00Z",
        "2026-12-31T23:59:59.999Z",
        "2027-01-01T00:00:00Z",
        "2028-02-29T12:00:00Z",
        "2036-02-29T12:00:00Z",
        "2026-04-01T12:00:00Z",
    ];
    for (n, now) in clocks.iter().enumerate() {
        note(&conn, at(now), n);
    }
    assert_eq!(check::full(&conn).expect("checked"), []);
    let times: Vec<String> = conn
        .prepare("SELECT recorded_at FROM act ORDER BY id")
        .and_then(|mut s| s.query_map([], |row| row.get(0))?.collect())
        .expect("instants");
    assert!(times.is_sorted(), "{times:?}");
    println!("clocks: {} acts by clocks that go ahead and back, out of order 0", clocks.len());
}

#[test]
fn a_clock_that_is_behind_is_refused_by_how_far() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("books.db");
    BOOK.create(path.to_str().expect("UTF-8"), REAL).expect("a book");
    let conn = open::open(&BookPath::new(&path), Access::Write).expect("it opens");
    let last = at("2026-10-25T00:59:59Z");
    note(&conn, last, 0);
    for (behind, words) in [
        (Duration::seconds(0), None),
        (Duration::seconds(2), None),
        (Duration::seconds(3), Some("3 s behind")),
        (Duration::hours(1), Some("60 min behind")),
        (Duration::days(3650), Some("3650 days behind")),
    ] {
        let result = clock::check(&conn, last - behind);
        match words {
            None => assert!(result.is_ok(), "{behind}: {result:?}"),
            Some(words) => {
                let said = result.expect_err("refused").to_string();
                assert!(said.contains("[CLK-01]") && said.contains(words), "{said}");
            }
        }
    }
}
