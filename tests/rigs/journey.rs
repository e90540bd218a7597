//! A real book in a temporary folder with the workstation on it, for journeys: keys go in, the screen and the rows of
//! the book come out. The book is filled by acts, on days of the test's choosing.

use std::cell::Cell;
use std::rc::Rc;

use chrono::{DateTime, NaiveDate, Utc};
use o2c::acts::{self, Act, ActKey, Actor, Done, Failure, Mode, Request, Stamp};
use o2c::domain::document::DocumentKind;
use o2c::domain::money::Currency;
use o2c::store::people::CustomerData;
use o2c::store::read::history;
use o2c::store::requests;
use o2c::store::schema::hex;
use o2c::store::{BookPath, Reader, Writer};
use o2c::tui::app::harness::Harness;
use o2c::tui::app::key::script;
use o2c::tui::app::{Ctx, Screen, Work};
use o2c::tui::screens::PLACES;
use o2c::tui::ui::glyphs::ASCII;

/// A book somebody works in. `me` may do everything; so may `jk`.
pub struct TestBook {
    folder: tempfile::TempDir,
    writer: Rc<Writer>,
    acts: Cell<u64>,
    sessions: Cell<u8>,
}

/// A day written as `2026-03-16`.
pub fn day(text: &str) -> NaiveDate {
    text.parse().expect("a day")
}

/// The day the journeys work on, a Monday.
pub fn today() -> NaiveDate {
    day("2026-03-16")
}

fn stamp(on: NaiveDate) -> Stamp {
    let noon = on.and_hms_opt(12, 0, 0).expect("noon");
    Stamp { now: DateTime::<Utc>::from_naive_utc_and_offset(noon, Utc), today: on }
}

fn actor() -> Actor {
    Actor::new("me", "tui")
}

fn carry_out(writer: &Writer, login: &str, work: Work) -> Result<Done, Failure> {
    let mode = if matches!(work, Work::Try(_)) { Mode::DryRun } else { Mode::Post };
    let person: i64 =
        writer.query_row("SELECT id FROM person WHERE login = $1", [login], |row| row.get(0)).expect("a person");
    let nothing = || Failure::refused("ACT-11", "There is nothing to take back.");
    let request = match work {
        Work::Act(request) | Work::Try(request) => *request,
        Work::Undo => Request::new(Act::Undo { act: history::to_undo(writer, person)?.ok_or_else(nothing)? }),
        Work::Redo => Request::new(Act::Undo { act: history::to_redo(writer, person)?.ok_or_else(nothing)? }),
    };
    acts::perform(writer, &Actor::new(login, "tui"), stamp(today()), &request, mode)
}

/// How many times a key is pressed in a script.
pub fn presses(keys: &str) -> usize {
    script(keys).len()
}

impl Default for TestBook {
    fn default() -> Self {
        TestBook::new()
    }
}

impl TestBook {
    /// An empty book of Brightwater Ltd in euro.
    pub fn new() -> TestBook {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let writer = Writer::make(&BookPath::new(folder.path().join("book.o2c"))).expect("a book");
        let open = Act::OpenBook {
            company: "Brightwater Ltd".into(),
            currency: Currency::EUR,
            login: "me".into(),
            name: "Mia Ellis".into(),
        };
        let request = Request { key: ActKey::named("open"), act: open, expect: Vec::new() };
        acts::init(&writer, &actor(), stamp(day("2025-01-02")), &request).expect("an open book");
        let book = TestBook { folder, writer: Rc::new(writer), acts: Cell::new(0), sessions: Cell::new(0) };
        let roles = vec!["controller".to_owned(), "approver".to_owned()];
        book.act(
            day("2025-01-02"),
            Act::AddPerson { login: "jk".into(), name: "Jan Kos".into(), roles, department: String::new() },
        );
        book
    }

    /// Performs an act on a day; it must go well.
    pub fn act(&self, on: NaiveDate, act: Act) -> Done {
        self.acts.set(self.acts.get() + 1);
        let key = ActKey::named(&format!("act {}", self.acts.get()));
        let request = Request { key, act: act.clone(), expect: Vec::new() };
        let done = acts::perform(&self.writer, &actor(), stamp(on), &request, Mode::Post)
            .unwrap_or_else(|failure| panic!("{act:?}: {failure}"));
        if done.asked { self.approve_last(on) } else { done }
    }

    /// Somebody performs an act on a day, or asks for it where it is beyond the own authority.
    pub fn ask(&self, login: &str, on: NaiveDate, act: Act) -> Done {
        self.acts.set(self.acts.get() + 1);
        let key = ActKey::named(&format!("act {}", self.acts.get()));
        let request = Request { key, act: act.clone(), expect: Vec::new() };
        acts::perform(&self.writer, &Actor::new(login, "tui"), stamp(on), &request, Mode::Post)
            .unwrap_or_else(|failure| panic!("{act:?}: {failure}"))
    }

    /// Changes the book behind the program's back.
    pub fn tamper(&self, sql: &str) {
        self.writer.execute_batch(sql).unwrap_or_else(|error| panic!("{sql}: {error}"));
    }

    /// Jan approves what was asked for last.
    fn approve_last(&self, on: NaiveDate) -> Done {
        let last = requests::newest(&self.writer).expect("a book").expect("a request");
        let act = Act::Approve { request: last.id, hash: hex(&last.hash), text: String::new() };
        acts::perform(&self.writer, &Actor::new("jk", "tui"), stamp(on), &Request::new(act), Mode::Post)
            .unwrap_or_else(|failure| panic!("{}: {failure}", last.summary))
    }

    /// Adds a customer with a credit limit in whole euro and a risk, owned by `me`; gives its id.
    pub fn customer(&self, number: &str, name: &str, limit: i64, risk: i64) -> i64 {
        let data = CustomerData {
            number: number.into(),
            name: name.into(),
            country: "DE".into(),
            currency: "EUR".into(),
            terms: "30".into(),
            credit_limit: Some(limit * 100),
            email: format!("ap@{number}.example"),
            phone: "+49 40 555 0142".into(),
            contact: "I. Brandt".into(),
            owner: "me".into(),
            risk,
            ..CustomerData::default()
        };
        self.act(day("2025-01-02"), Act::SetCustomer { customer: None, version: 0, data });
        self.number(&format!("SELECT id FROM customer WHERE number = '{number}'"))
    }

    /// Posts an invoice in euro thirty days before its due date; gives its item.
    pub fn invoice(&self, customer: i64, number: &str, due: &str, cents: i64) -> i64 {
        self.invoice_in(Currency::EUR, customer, number, due, cents)
    }

    /// The same in any currency.
    pub fn invoice_in(&self, currency: Currency, customer: i64, number: &str, due: &str, cents: i64) -> i64 {
        let due = day(due);
        let date = due - chrono::Days::new(30);
        let act = Act::PostDocument {
            kind: DocumentKind::Invoice,
            number: number.into(),
            customer,
            date,
            terms: String::new(),
            due: Some(due),
            currency,
            amount: cents,
            reference: String::new(),
            order: String::new(),
            tax: Vec::new(),
        };
        self.act(date, act);
        self.number(&format!(
            "SELECT i.id FROM item i JOIN document d ON d.id = i.document_id WHERE d.number = '{number}'"
        ))
    }

    /// Posts a receipt in euro that is applied to nothing.
    pub fn receipt(&self, customer: i64, reference: &str, on: &str, cents: i64) {
        let act = Act::PostReceipt {
            customer,
            reference: reference.into(),
            date: day(on),
            currency: Currency::EUR,
            amount: cents,
            method: "transfer".into(),
            text: String::new(),
            applied: Vec::new(),
        };
        self.act(day(on), act);
    }

    /// One number out of the book.
    pub fn number(&self, sql: &str) -> i64 {
        self.writer.query_row(sql, [], |row| row.get(0)).unwrap_or_else(|error| panic!("{sql}: {error}"))
    }

    /// One text out of the book.
    pub fn text(&self, sql: &str) -> String {
        self.writer.query_row(sql, [], |row| row.get(0)).unwrap_or_else(|error| panic!("{sql}: {error}"))
    }

    /// Where the book is.
    pub fn path(&self) -> std::path::PathBuf {
        self.folder.path().join("book.o2c")
    }

    /// Every rule of the book holds.
    #[track_caller]
    pub fn assert_sound(&self) {
        let found = o2c::store::check::full(&self.writer).expect("it can be checked");
        assert_eq!(found.iter().map(ToString::to_string).collect::<Vec<_>>(), Vec::<String>::new());
    }

    /// The book as screens read it.
    pub fn reader(&self) -> Reader {
        Reader::open(&BookPath::new(self.folder.path().join("book.o2c"))).expect("the book")
    }

    /// What screens know around them: ASCII signs, 80x24, a seed of its own for every session.
    pub fn ctx(&self) -> Ctx {
        self.sessions.set(self.sessions.get() + 1);
        let seed = [self.sessions.get(); 16];
        Ctx { glyphs: &ASCII, seed, ..Ctx::new(today(), "me", "Brightwater Ltd", Currency::EUR) }
    }

    /// The workstation on a place of the registry.
    pub fn open(&self, place: &str) -> Harness {
        self.open_with(place, self.ctx())
    }

    /// The workstation on a place, with surroundings of the test's choosing.
    pub fn open_with(&self, place: &str, ctx: Ctx) -> Harness {
        let known = PLACES.iter().find(|known| known.command.id == place).expect("a place of the registry");
        let first = (known.open)("", &ctx).expect("a screen");
        self.start(first, ctx)
    }

    /// The workstation on any screen.
    pub fn start(&self, first: Box<dyn Screen>, ctx: Ctx) -> Harness {
        let (writer, login) = (self.writer.clone(), ctx.user.clone());
        let perform = Box::new(move |work| carry_out(&writer, &login, work));
        Harness::new(ctx, PLACES, first, self.reader(), perform)
    }
}

/// Draws the present screen at every size from 1x1 to 60x20 and at the sizes people use; drawing must never fail.
pub fn draw_at_every_size(harness: &mut Harness) {
    let small = (1..=60).flat_map(|columns| (1..=20).map(move |rows| (columns, rows)));
    let usual = [(60, 16), (80, 24), (110, 30), (140, 45), (180, 50), (240, 70)];
    for (columns, rows) in small.chain(usual) {
        harness.resize(columns, rows);
        assert_eq!(harness.screen().len(), usize::from(rows));
    }
    harness.resize(80, 24);
}
