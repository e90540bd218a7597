//! A book in a folder of its own, with the people and customers every test starts from.

use chrono::{DateTime, NaiveDate, Utc};
use o2c::acts::{self, Act, ActKey, Actor, Done, Failure, Mode, Request, Stamp};
use o2c::domain::document::DocumentKind;
use o2c::domain::money::Currency;
use o2c::store::open;
use o2c::store::people::CustomerData;
use o2c::store::{BookPath, check};
use rusqlite::Connection;

/// A temporary book.
pub struct Book {
    folder: tempfile::TempDir,
    pub conn: Connection,
    pub today: NaiveDate,
}

pub fn day(text: &str) -> NaiveDate {
    text.parse().expect("a date")
}

impl Book {
    /// A book with Anna (everything), Carl (collector) and Vera (viewer), three customers and a rate for USD.
    pub fn new() -> Book {
        let folder = tempfile::tempdir().expect("a folder");
        let place = BookPath::new(folder.path().join("book.o2c"));
        let conn = open::make(&place).expect("a book");
        conn.execute_batch("PRAGMA synchronous = OFF").expect("fast");
        let mut book = Book { folder, conn, today: day("2026-03-02") };
        let open = Act::OpenBook {
            company: "Kontor Nord GmbH".into(),
            currency: Currency::EUR,
            login: "anna".into(),
            name: "Anna Berg".into(),
        };
        acts::init(&book.conn, &book.actor("anna"), book.stamp(), &Request::new(open)).expect("it opens");
        for (login, name, role) in [("carl", "Carl Voss", "collector"), ("vera", "Vera Lind", "viewer")] {
            book.done(Act::AddPerson {
                login: login.into(),
                name: name.into(),
                roles: vec![role.into()],
                department: String::new(),
            });
        }
        for (number, name) in [("K1", "Nordwind AG"), ("K2", "Hafen Handel KG"), ("K3", "Zimmer & Söhne")] {
            book.done(Act::SetCustomer { customer: None, version: 0, data: customer(number, name) });
        }
        book.done(Act::SetRate { currency: Currency::USD, from: day("2026-01-01"), rate: "0.9173".into() });
        book
    }

    pub fn place(&self) -> BookPath {
        BookPath::new(self.folder.path().join("book.o2c"))
    }

    /// A connection that may do what the program's own never does.
    pub fn raw(&self) -> Connection {
        Connection::open(self.folder.path().join("book.o2c")).expect("it opens")
    }

    pub fn actor(&self, login: &str) -> Actor {
        Actor::new(login, "test")
    }

    pub fn stamp(&self) -> Stamp {
        let noon = self.today.and_hms_opt(12, 0, 0).expect("noon");
        Stamp { now: DateTime::<Utc>::from_naive_utc_and_offset(noon, Utc), today: self.today }
    }

    pub fn send(&self, login: &str, request: &Request) -> Result<Done, Failure> {
        acts::perform(&self.conn, &self.actor(login), self.stamp(), request, Mode::Post)
    }

    pub fn perform(&self, act: Act) -> Result<Done, Failure> {
        self.send("anna", &Request::new(act))
    }

    pub fn done(&mut self, act: Act) -> Done {
        let shown = format!("{act:?}");
        self.perform(act).unwrap_or_else(|failure| panic!("{shown}: {failure}"))
    }

    /// The code an act is refused with.
    pub fn refused(&self, act: Act) -> &'static str {
        code(self.perform(act))
    }

    pub fn number(&self, sql: &str) -> i64 {
        self.conn.query_row(sql, [], |row| row.get(0)).unwrap_or_else(|error| panic!("{sql}: {error}"))
    }

    pub fn findings(&self) -> Vec<String> {
        check::full(&self.conn).expect("it can be checked").iter().map(ToString::to_string).collect()
    }

    #[track_caller]
    pub fn assert_sound(&self) {
        assert_eq!(self.findings(), Vec::<String>::new());
    }
}

/// The code of a refusal.
pub fn code(outcome: Result<Done, Failure>) -> &'static str {
    match outcome {
        Err(Failure::Refused { code, sentence }) => {
            assert!(sentence.ends_with('.'), "not a sentence: {sentence}");
            code
        }
        other => panic!("not refused: {other:?}"),
    }
}

pub fn customer(number: &str, name: &str) -> CustomerData {
    CustomerData {
        number: number.into(),
        name: name.into(),
        currency: "EUR".into(),
        terms: "14".into(),
        ..CustomerData::default()
    }
}

pub fn document(
    kind: DocumentKind,
    number: &str,
    customer: i64,
    date: NaiveDate,
    due: Option<NaiveDate>,
    currency: Currency,
    amount: i64,
) -> Act {
    let number = number.into();
    Act::PostDocument {
        kind,
        number,
        customer,
        date,
        terms: String::new(),
        due,
        currency,
        amount,
        reference: "PO 7".into(),
        order: String::new(),
        tax: Vec::new(),
    }
}

pub fn invoice(number: &str, customer: i64, amount: i64) -> Act {
    document(DocumentKind::Invoice, number, customer, day("2026-03-02"), Some(day("2026-03-16")), Currency::EUR, amount)
}

pub fn receipt(
    customer: i64,
    reference: &str,
    date: NaiveDate,
    currency: Currency,
    amount: i64,
    applied: Vec<(i64, i64)>,
) -> Act {
    let (reference, method, text) = (reference.into(), "transfer".into(), String::new());
    Act::PostReceipt { customer, reference, date, currency, amount, method, text, applied }
}

/// A request with a key of its own name.
pub fn keyed(name: &str, act: Act) -> Request {
    Request { key: ActKey::named(name), act, expect: Vec::new() }
}
