//! A company of several people for the suites of authority: Anna opened the book, the others have one role each.

use chrono::{DateTime, NaiveDate, Utc};
use o2c::acts::import::{Beside, Import, Rows, Work};
use o2c::acts::payments::{Application, Line};
use o2c::acts::{self, Act, Actor, Done, Failure, Mode, Request, Stamp};
use o2c::domain::bank::{EntryKind, EntryRow, PaymentRow, Source, StatementRow};
use o2c::domain::document::DocumentKind;
use o2c::domain::money::Currency;
use o2c::store::people::CustomerData;
use o2c::store::requests::{self, Request as Asked};
use o2c::store::schema::hex;
use o2c::store::{BookPath, Connection, check, open};

pub struct Company {
    _folder: tempfile::TempDir,
    pub conn: Connection,
    pub today: NaiveDate,
}

pub fn day(text: &str) -> NaiveDate {
    text.parse().expect("a date")
}

pub fn euro(whole: i64) -> i64 {
    whole * 100
}

impl Company {
    /// Anna alone with one customer.
    pub fn of_one() -> Company {
        let folder = tempfile::tempdir().expect("a folder");
        let conn = open::make(&BookPath::new(folder.path().join("book.o2c"))).expect("a book");
        conn.execute_batch("PRAGMA synchronous = OFF").expect("fast");
        let company = Company { _folder: folder, conn, today: day("2026-03-16") };
        let open = Act::OpenBook {
            company: "Kontor Nord GmbH".into(),
            currency: Currency::EUR,
            login: "anna".into(),
            name: "Anna Berg".into(),
        };
        acts::init(&company.conn, &Actor::new("anna", "test"), company.stamp(), &Request::new(open)).expect("open");
        company.done("anna", Act::SetCustomer { customer: None, version: 0, data: customer("K1") });
        company
    }

    /// Anna and one person for each of these roles, whose login is the role.
    pub fn of(roles: &[&str]) -> Company {
        let company = Company::of_one();
        for role in roles {
            company.add(role, &[role]);
        }
        company
    }

    /// Adds a person; what a second administrator must confirm is confirmed.
    pub fn add(&self, login: &str, roles: &[&str]) {
        let roles = roles.iter().map(|role| (*role).to_owned()).collect();
        let act = Act::AddPerson { login: login.into(), name: login.to_uppercase(), roles, department: String::new() };
        if self.done("anna", act).asked {
            self.approve("administrator").expect("confirmed");
        }
    }

    pub fn stamp(&self) -> Stamp {
        let noon = self.today.and_hms_opt(12, 0, 0).expect("noon");
        Stamp { now: DateTime::<Utc>::from_naive_utc_and_offset(noon, Utc), today: self.today }
    }

    pub fn act(&self, login: &str, act: Act) -> Result<Done, Failure> {
        acts::perform(&self.conn, &Actor::new(login, "test"), self.stamp(), &Request::new(act), Mode::Post)
    }

    /// An act of somebody of whom more is known than the login.
    pub fn act_of(&self, actor: Actor, act: Act) -> Result<Done, Failure> {
        acts::perform(&self.conn, &actor, self.stamp(), &Request::new(act), Mode::Post)
    }

    pub fn done(&self, login: &str, act: Act) -> Done {
        let shown = format!("{act:?}");
        self.act(login, act).unwrap_or_else(|failure| panic!("{login} {shown}: {failure}"))
    }

    /// What an act comes to: `done`, `asked`, or the code of the refusal.
    pub fn outcome(&self, login: &str, act: Act) -> String {
        match self.act(login, act) {
            Ok(done) if done.asked => "asked".into(),
            Ok(_) => "done".into(),
            Err(Failure::Refused { code, .. }) => code.into(),
            Err(other) => panic!("{other}"),
        }
    }

    /// An invoice of so many euro to the first customer; gives its item.
    pub fn invoice(&self, number: &str, whole: i64) -> i64 {
        self.done("anna", document(DocumentKind::Invoice, number, euro(whole), self.today));
        self.number("SELECT max(id) FROM item")
    }

    pub fn newest(&self) -> Asked {
        requests::newest(&self.conn).expect("read").expect("a request")
    }

    /// Approves the newest request.
    pub fn approve(&self, login: &str) -> Result<Done, Failure> {
        let asked = self.newest();
        self.act(login, Act::Approve { request: asked.id, hash: hex(&asked.hash), text: String::new() })
    }

    pub fn approve_code(&self, login: &str) -> String {
        match self.approve(login) {
            Ok(_) => "done".into(),
            Err(Failure::Refused { code, .. }) => code.into(),
            Err(other) => panic!("{other}"),
        }
    }

    pub fn number(&self, sql: &str) -> i64 {
        self.conn.query_row(sql, [], |row| row.get(0)).unwrap_or_else(|error| panic!("{sql}: {error}"))
    }

    pub fn open(&self, item: i64) -> i64 {
        self.number(&format!("SELECT open FROM item WHERE id = {item}"))
    }

    pub fn assert_sound(&self) {
        let found = check::full(&self.conn).expect("checked");
        assert!(found.is_empty(), "{}", found.iter().map(|finding| format!("{finding}\n")).collect::<String>());
    }
}

pub fn customer(number: &str) -> CustomerData {
    CustomerData {
        number: number.into(),
        name: "Nordwind AG".into(),
        currency: "EUR".into(),
        terms: "14".into(),
        email: "ap@nordwind.example".into(),
        ..CustomerData::default()
    }
}

pub fn document(kind: DocumentKind, number: &str, amount: i64, date: NaiveDate) -> Act {
    Act::PostDocument {
        kind,
        number: number.into(),
        customer: 1,
        date,
        terms: String::new(),
        due: None,
        currency: Currency::EUR,
        amount,
        reference: String::new(),
        order: String::new(),
        tax: Vec::new(),
    }
}

pub fn write_off(item: i64, amount: i64, date: NaiveDate) -> Act {
    Act::WriteOff { item, amount, date, reason: "insolvent".into() }
}

pub fn role(login: &str, role: &str, held: bool) -> Act {
    Act::ChangeRole { login: login.into(), role: role.into(), held, accept: String::new() }
}

/// The account whose statements are taken in.
pub const ACCOUNT: &str = "DE02120300000000202051";

pub fn account() -> Act {
    Act::AddBankAccount { name: "Main".into(), number: ACCOUNT.into(), currency: Currency::EUR }
}

/// A statement without balances: each entry is one payment, told from all others by its place in the file and the
/// file's name.
pub fn statement(name: &str, entries: &[(i64, EntryKind, NaiveDate)]) -> Act {
    let entry = |(place, &(amount, kind, on)): (usize, &(i64, EntryKind, NaiveDate))| {
        let mut key = [place as u8; 16];
        key.iter_mut().zip(name.bytes()).for_each(|(byte, letter)| *byte ^= letter);
        EntryRow {
            line: 1 + place as u64,
            booked: on,
            value: on,
            currency: Currency::EUR,
            amount,
            kind,
            code: String::new(),
            reference: format!("{name} {place}"),
            key,
            content: None,
            likeness: key,
            payments: vec![PaymentRow { amount, payer: "Nordwind AG".into(), ..PaymentRow::default() }],
        }
    };
    let row = StatementRow {
        line: 1,
        source: Source::Statement,
        format: "mt940".into(),
        number: name.into(),
        account: ACCOUNT.into(),
        currency: Currency::EUR,
        from: entries.iter().map(|entry| entry.2).min().unwrap_or_default(),
        to: entries.iter().map(|entry| entry.2).max().unwrap_or_default(),
        opening: None,
        closing: None,
        entries: entries.iter().enumerate().map(entry).collect(),
        left_out: 0,
        notices: Vec::new(),
    };
    let work = Work { rows: Rows::Statements(vec![row]), ..Work::default() };
    Act::Import(Import {
        kind: "statement".into(),
        name: name.into(),
        sha256: format!("sha of {name}"),
        mapping: String::new(),
        skip_refused: false,
        unreadable: 0,
        accept_gap: false,
        beside: Beside(std::sync::Arc::new(std::sync::Mutex::new(work))),
    })
}

/// A payment of the first customer applied to one item.
pub fn application(payment: i64, left: i64, line: Line) -> Application {
    Application { payment, left, customer: 1, lines: vec![line], ..Application::default() }
}

pub fn apply(payment: i64, left: i64, line: Line) -> Act {
    Act::ApplyPayment(Box::new(application(payment, left, line)))
}
