//! The disk fails, fills up or loses power at every step of writing letters and sending them. Afterwards the book is
//! opened again and the work goes on: every letter has its mail, no mail the server took counts as waiting or failed,
//! and nothing goes out twice except what a person sends again because it was not known.

use chrono::TimeDelta;
use o2c::acts::mail::{Mail, Settled};
use o2c::acts::{self, Act, Mode, Request, Stamp};
use o2c::store::{BookPath, Writer, check};

use super::house::{DAY, House, actor, day, make, morning, send, texts};
use super::rigs::vfs::{Disk, Fault, Lasting};
use super::server::{Mood, Server};

const BOOK: &str = "book.o2c";
const ADDRESSES: [&str; 4] = ["one@acme.com", "gone@acme.com", "", "two@acme.com"];

/// How a point strikes.
#[derive(Debug, Clone, Copy)]
enum Strike {
    Power(u64),
    Fault(Fault, Lasting),
}

/// Writes the letters and sends them, as far as the disk lets it. Gives what stopped it.
fn attempt(place: &BookPath, now: chrono::DateTime<chrono::Utc>, server: &Server, name: &str) -> Result<(), String> {
    let book = Writer::open(place).map_err(|error| error.to_string())?;
    let stamp = Stamp { now, today: day(DAY) };
    House::write_letters(&book, stamp).map_err(|error| error.to_string())?;
    send(&book, now, server, name).map(drop).map_err(|error| error.to_string())
}

/// How often the server was given a letter to an address, whether it could answer or not.
fn given(server: &Server, to: &str) -> usize {
    server.taken().iter().filter(|taken| taken.to == to).count()
}

fn one(disk: &Disk, before: &super::rigs::vfs::Files, server: &Server, (at, strike): (u64, Strike)) -> bool {
    let place = BookPath::with_vfs(BOOK, disk.name());
    server.seen.lock().expect("whole").taken.clear();
    disk.restore(before);
    match strike {
        Strike::Power(_) => disk.crash_at(at),
        Strike::Fault(fault, lasting) => disk.fail_at(at, fault, lasting),
    }
    let stopped = attempt(&place, morning(), server, "first");
    let struck = disk.crashed() || disk.failed();
    match strike {
        Strike::Power(seed) => disk.power_cycle(seed),
        Strike::Fault(..) => disk.heal(),
    }
    let shown = format!("{strike:?} at {at} ({stopped:?})");
    // What the server has by now is what it has from the first attempt.
    let had: Vec<usize> = ADDRESSES.iter().map(|to| given(server, to)).collect();
    assert!(had.iter().all(|times| *times <= 1), "{shown}: {had:?}");
    let later = morning() + TimeDelta::hours(2);
    attempt(&place, later, server, "second").unwrap_or_else(|error| panic!("{shown}: {error}"));
    let book = Writer::open(&place).unwrap_or_else(|error| panic!("{shown}: {error}"));
    let found = check::full(&book).expect("it can be checked");
    assert!(found.is_empty(), "{shown}: {found:#?}");
    // Four letters, three of them by mail at first: none is lost.
    assert_eq!(texts(&book, "SELECT number FROM letter ORDER BY id"), ["L-1", "L-2", "L-3", "L-4"], "{shown}");
    let mails = texts(&book, "SELECT receiver || ' ' || state FROM mail ORDER BY id");
    assert_eq!(mails.len(), 3, "{shown}");
    for mail in &mails {
        let (to, state) = mail.split_once(' ').expect("two words");
        let times = given(server, to);
        let right = match state {
            "sent" => times == 1,
            "unknown" => times <= 1,
            "failed" => times == 0 && to == "gone@acme.com",
            _ => false,
        };
        assert!(right, "{shown}: {to} is {state} and the server has it {times} times");
    }
    // A person looks at the server's log and settles what is not known; then everything has arrived exactly once.
    let unknown = texts(&book, "SELECT id || ' ' || receiver FROM mail WHERE state = 'unknown'");
    for one in &unknown {
        let (id, to) = one.split_once(' ').expect("two words");
        let how = if given(server, to) == 1 { Settled::Sent } else { Settled::Again };
        let act = Mail::Settle { mail: id.parse().expect("a number"), how, reason: "looked at the server".into() };
        let stamp = Stamp { now: later, today: day(DAY) };
        acts::perform(&book, &actor(), stamp, &Request::new(Act::Mail(act)), Mode::Post).expect("settled");
    }
    send(&book, later, server, "third").expect("a pass");
    for to in ["one@acme.com", "two@acme.com"] {
        assert_eq!(given(server, to), 1, "{shown}: {to}");
    }
    assert_eq!(texts(&book, "SELECT state FROM mail ORDER BY id"), ["sent", "failed", "sent"], "{shown}");
    let found = check::full(&book).expect("it can be checked");
    assert!(found.is_empty(), "{shown}: {found:#?}");
    assert!(struck || stopped.is_ok(), "{shown}");
    !unknown.is_empty()
}

#[test]
fn no_letter_is_lost_and_none_goes_twice_whatever_the_disk_does() {
    let disk = Disk::register("mail");
    let server = Server::start(Mood::Kind);
    let place = BookPath::with_vfs(BOOK, disk.name());
    let house = make(&place, &ADDRESSES);
    house.start_run();
    drop(house);
    let before = disk.snapshot();
    disk.restore(&before);
    attempt(&place, morning(), &server, "rehearsal").expect("a good day");
    let (calls, changes) = (disk.calls(), disk.changes());
    let points: u64 = if std::env::var_os("O2C_LONG").is_some() { u64::MAX } else { 25 };
    let step = |all: u64| usize::try_from((all / points).max(1)).expect("small");
    let (mut tried, mut unknown) = (0, 0);
    let mut run = |at: u64, strike: Strike| {
        tried += 1;
        unknown += u64::from(one(&disk, &before, &server, (at, strike)));
    };
    for at in (1..=changes).step_by(step(changes)) {
        run(at, Strike::Power(at));
    }
    for (place, at) in (1..=calls).step_by(step(calls)).enumerate() {
        let fault = if place % 2 == 0 { Fault::Io } else { Fault::Full };
        let lasting = if place % 3 == 0 { Lasting::Once } else { Lasting::ForEver };
        run(at, Strike::Fault(fault, lasting));
    }
    // A sweep that never interrupted a handing over would prove nothing.
    assert!(unknown > 0, "no point left a mail unknown");
    println!("mail: {tried} points, {unknown} of them left mails unknown");
}
