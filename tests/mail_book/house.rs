//! A company whose customers owe for long, under a policy that writes by mail, then on paper, then calls.

use std::cell::Cell;
use std::time::Duration;

use chrono::{DateTime, NaiveDate, NaiveDateTime, TimeDelta, Utc};
use o2c::acts::dunning::Dunning;
use o2c::acts::mail::Mail;
use o2c::acts::mail::pass::Pass;
use o2c::acts::{self, Act, Actor, Done, Failure, Mode, Request, Stamp};
use o2c::domain::document::DocumentKind;
use o2c::domain::dunning::{Channel, Level, Policy, Scope};
use o2c::domain::money::Currency;
use o2c::mail::outbox::{Report, work};
use o2c::mail::smtp::{Line, Privacy, Server as Settings};
use o2c::store::dunning::runs::{self, letters_of, seal};
use o2c::store::people::CustomerData;
use o2c::store::{BookPath, Connection, Writer, check};

use super::server::Server;

pub const DAY: &str = "2026-03-31";

pub fn day(text: &str) -> NaiveDate {
    text.parse().expect("a date")
}

/// Half past ten of the day, UTC.
pub fn morning() -> DateTime<Utc> {
    "2026-03-31T10:30:00Z".parse().expect("an instant")
}

pub struct House {
    pub book: Writer,
    pub now: Cell<DateTime<Utc>>,
}

pub fn actor() -> Actor {
    Actor::new("tess", "test")
}

pub fn settings(server: &Server) -> Settings {
    Settings {
        host: "127.0.0.1".to_owned(),
        port: server.address.port(),
        privacy: Privacy::Plain,
        login: None,
        authority: None,
        patience: Duration::from_secs(5),
        hello: "books.nordwind.example".to_owned(),
    }
}

pub fn policy(channels: &[Channel]) -> Policy {
    let level = Level { number: 1, wait_days: 3, payment_days: 10, channels: channels.to_vec(), ..Level::default() };
    Policy { name: "standard".into(), language: "en".into(), levels: vec![level], ..Policy::default() }
}

/// A book at this place with one customer for each address, each owing one invoice of 100.00 EUR that is late.
pub fn make(place: &BookPath, addresses: &[&str]) -> House {
    let book = Writer::make(place).expect("a book");
    let open = Act::OpenBook {
        company: "Nordwind GmbH".into(),
        currency: Currency::EUR,
        login: "tess".into(),
        name: "Tess".into(),
    };
    let stamp = Stamp { now: morning(), today: day(DAY) };
    acts::init(&book, &actor(), stamp, &Request::new(open)).expect("a company");
    let house = House { book, now: Cell::new(morning()) };
    house.set("mail-sender", "accounts@nordwind.example");
    for (place, address) in addresses.iter().enumerate() {
        let number = format!("K{}", place + 1);
        let data = CustomerData {
            number: number.clone(),
            name: format!("Kunde {number}"),
            currency: "EUR".into(),
            terms: "30".into(),
            email: (*address).into(),
            language: "en".into(),
            ..CustomerData::default()
        };
        house.done(Act::SetCustomer { customer: None, version: 0, data });
        house.done(Act::PostDocument {
            kind: DocumentKind::Invoice,
            number: format!("INV-{}", 20_001 + place),
            customer: place as i64 + 1,
            date: day("2026-02-01"),
            terms: String::new(),
            due: Some(day("2026-03-03")),
            currency: Currency::EUR,
            amount: 10_000,
            reference: String::new(),
            order: String::new(),
            tax: Vec::new(),
        });
    }
    let dunning = |act| house.done(Act::Dunning(act));
    let order = [Channel::Mail, Channel::Letter, Channel::Phone];
    dunning(Dunning::SetPolicy { policy: Box::new(policy(&order)), version: 0 });
    dunning(Dunning::AssignPolicy { scope: Scope::Company, policy: "standard".into() });
    house
}

/// The same in memory.
pub fn in_memory(addresses: &[&str]) -> House {
    let folder = tempfile::tempdir().expect("a folder");
    let house = make(&BookPath::new(folder.path().join("book.db")), addresses);
    // The folder goes with the process.
    std::mem::forget(folder);
    house
}

impl House {
    pub fn stamp(&self) -> Stamp {
        Stamp { now: self.now.get(), today: day(DAY) }
    }

    pub fn tried(&self, act: Act) -> Result<Done, Failure> {
        acts::perform(&self.book, &actor(), self.stamp(), &Request::new(act), Mode::Post)
    }

    pub fn done(&self, act: Act) -> Done {
        self.tried(act.clone()).unwrap_or_else(|error| panic!("{act:?}: {error}"))
    }

    pub fn mail(&self, act: Mail) -> Done {
        self.done(Act::Mail(act))
    }

    pub fn set(&self, key: &str, value: &str) {
        self.done(Act::SetSetting { key: key.into(), value: value.into() });
    }

    /// Drafts, releases and starts a run about everybody.
    pub fn start_run(&self) {
        self.done(Act::Dunning(Dunning::DraftRun { segment: String::new() }));
        let run = runs::all(&self.book).expect("runs")[0].id;
        let lines = runs::lines(&self.book, run, None).expect("lines");
        self.done(Act::Dunning(Dunning::ApproveRun { run, seen: seal(&lines) }));
        let letters = letters_of(&lines).len() as i64;
        self.done(Act::Dunning(Dunning::StartRun { run, letters, despite: "no bank".into() }));
    }

    /// Sends every letter of the started run that is not out, each under a key of its own.
    pub fn write_letters(conn: &Connection, stamp: Stamp) -> Result<(), Failure> {
        let run = runs::all(conn)?[0].id;
        for key in letters_of(&runs::lines(conn, run, None)?) {
            let act = Act::Dunning(Dunning::SendLetter {
                run,
                customer: key.customer,
                policy: key.policy,
                level: key.level,
                currency: key.currency,
            });
            let name = acts::ActKey::named(&format!("letter {run} {}", key.customer));
            acts::perform(conn, &actor(), stamp, &Request { key: name, act, expect: Vec::new() }, Mode::Post)?;
        }
        Ok(())
    }

    /// A run from its draft to its last letter.
    pub fn queue(&self) {
        self.start_run();
        House::write_letters(&self.book, self.stamp()).expect("letters");
    }

    /// One pass; the clock stands. Gives what it did and which mails it held, with why.
    pub fn pass(&self, server: &Server) -> (Report, Vec<String>) {
        send(&self.book, self.now.get(), server, "pass").expect("a pass")
    }

    pub fn later(&self, minutes: i64) {
        self.now.set(self.now.get() + TimeDelta::minutes(minutes));
    }

    pub fn assert_sound(&self) {
        let found = check::full(&self.book).expect("it can be checked");
        assert!(found.is_empty(), "{found:#?}");
    }

    pub fn texts(&self, sql: &str) -> Vec<String> {
        texts(&self.book, sql)
    }

    /// State and last words of each mail.
    pub fn states(&self) -> Vec<String> {
        self.texts("SELECT state FROM mail ORDER BY id")
    }
}

/// One pass at an instant.
pub fn send(
    conn: &Connection,
    now: DateTime<Utc>,
    server: &Server,
    name: &str,
) -> Result<(Report, Vec<String>), Failure> {
    let actor = actor();
    let clock = || -> (DateTime<Utc>, NaiveDateTime) { (now, now.naive_utc()) };
    let lease = TimeDelta::minutes(10);
    let mut pass = Pass::begin(conn, &actor, (&clock, now.date_naive()), name.to_owned(), lease, usize::MAX)?;
    pass.lapse()?;
    let report = work(&mut pass, &mut Line::new(settings(server)), || true)?;
    let held = pass.held.iter().map(|(mail, why)| format!("{}: {why}", mail.receiver)).collect();
    Ok((report, held))
}

pub fn texts(conn: &Connection, sql: &str) -> Vec<String> {
    let mut statement = conn.prepare(sql).expect("a question");
    let rows = statement.query_map([], |row| row.get::<_, String>(0)).expect("rows");
    rows.collect::<Result<_, _>>().expect("rows")
}
