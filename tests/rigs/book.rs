//! The book itself as a workload: two dozen acts of every family, through the one function that performs them, with
//! what must hold of a book afterwards.

use super::procs::{REAL, Shift};
use super::sweep::Workload;
use chrono::{DateTime, NaiveDate, Utc};
use o2c::acts::{self, Act, ActKey, Actor, Mode, Request, Stamp};
use o2c::domain::document::DocumentKind;
use o2c::domain::money::Currency;
use o2c::store::open::{self, Access};
use o2c::store::people::CustomerData;
use o2c::store::{BookPath, check};
use rusqlite::Connection;

/// A book of one company with one person who may do everything.
pub struct Book {
    synchronous: Option<&'static str>,
}

/// The book as the program opens it.
pub const BOOK: Book = Book { synchronous: None };

impl Book {
    /// The book under a choice of `synchronous` the program would not make: to see that the tests notice.
    pub const fn unsafely(synchronous: &'static str) -> Book {
        Book { synchronous: Some(synchronous) }
    }
}

/// An act with the key it is known by.
pub struct Step {
    key: ActKey,
    act: Act,
}

impl Workload for Book {
    type Book = Connection;
    type Act = Step;

    fn create(&self, path: &str, vfs: &str) -> Result<(), String> {
        let conn = open::make(&place(path, vfs)).map_err(|e| e.to_string())?;
        let company = Act::OpenBook {
            company: "Kontor Nord GmbH".into(),
            currency: Currency::EUR,
            login: "anna".into(),
            name: "Anna Berg".into(),
        };
        let request = Request { key: ActKey::named("open"), act: company, expect: Vec::new() };
        acts::init(&conn, &actor(), stamp(), &request).map_err(|e| e.to_string())?;
        // So that workers of `Shift` have somebody to act on; the steps below make their own.
        for customer in 0..2 {
            let key = ActKey::named(&format!("customer {customer}"));
            perform(&conn, &Step { key, act: customer_act(&format!("K{customer}"), "Hafen Handel AG") })?;
        }
        Ok(())
    }

    fn open(&self, path: &str, vfs: &str) -> Result<Connection, String> {
        let conn = open::open(&place(path, vfs), Access::Write).map_err(|e| e.to_string())?;
        if let Some(synchronous) = self.synchronous {
            conn.pragma_update(None, "synchronous", synchronous).map_err(|e| e.to_string())?;
        }
        if vfs != REAL {
            // Small, so that checkpoints fall among the acts and not only at closing time.
            conn.pragma_update(None, "wal_autocheckpoint", 40).map_err(|e| e.to_string())?;
        }
        Ok(conn)
    }

    fn acts(&self) -> Vec<Step> {
        let named = |(number, act)| Step { key: ActKey::named(&format!("step {number}")), act };
        [master_and_documents(), collections(), cash_and_cases(), corrections()]
            .concat()
            .into_iter()
            .enumerate()
            .map(named)
            .collect()
    }

    fn run(&self, book: &mut Connection, step: &Step) -> Result<(), String> {
        perform(book, step)
    }

    fn count(&self, book: &mut Connection, step: &Step) -> Result<u64, String> {
        let sql = "SELECT COUNT(*) FROM act WHERE key = $1";
        let count = book.query_row(sql, [&step.key.0[..]], |row| row.get::<_, i64>(0));
        count.map(i64::unsigned_abs).map_err(|e| e.to_string())
    }

    fn check(&self, book: &mut Connection) -> Result<Vec<String>, String> {
        let findings = check::full(book).map_err(|e| e.to_string())?;
        Ok(findings.iter().map(ToString::to_string).collect())
    }
}

impl Shift for Book {
    fn act(&self, worker: u64, n: u64) -> Step {
        let key = ActKey::named(&format!("worker {worker} act {n}"));
        let customer = 1 + (worker % 2).cast_signed();
        let act = match n % 3 {
            0 => Act::Note { customer, text: format!("Worker {worker}, note {n}") },
            1 => invoice(&format!("W{worker}-{n}"), customer, 10_000 + n.cast_signed()),
            _ => Act::PostReceipt {
                customer,
                reference: format!("R{worker}-{n}"),
                date: today(),
                currency: Currency::EUR,
                amount: 5_000,
                method: "transfer".into(),
                text: String::new(),
                applied: Vec::new(),
            },
        };
        Step { key, act }
    }
}

fn place(path: &str, vfs: &str) -> BookPath {
    if vfs == REAL {
        return BookPath::new(path);
    }
    // A disk lives as long as the process, so its name may too.
    BookPath::with_vfs(path, Box::leak(vfs.to_string().into_boxed_str()))
}

fn perform(conn: &Connection, step: &Step) -> Result<(), String> {
    let request = Request { key: step.key, act: step.act.clone(), expect: Vec::new() };
    acts::perform(conn, &actor(), stamp(), &request, Mode::Post).map(drop).map_err(|e| e.to_string())
}

fn actor() -> Actor {
    Actor::new("anna", "test")
}

fn today() -> NaiveDate {
    day(16)
}

/// A day of March 2026.
fn day(day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 3, day).expect("a day of March")
}

fn stamp() -> Stamp {
    let noon = today().and_hms_opt(12, 0, 0).expect("noon");
    Stamp { now: DateTime::<Utc>::from_naive_utc_and_offset(noon, Utc), today: today() }
}

fn customer_act(number: &str, name: &str) -> Act {
    let data = CustomerData {
        number: number.into(),
        name: name.into(),
        currency: "EUR".into(),
        terms: "30".into(),
        owner: "anna".into(),
        ..CustomerData::default()
    };
    Act::SetCustomer { customer: None, version: 0, data }
}

fn invoice(number: &str, customer: i64, amount: i64) -> Act {
    Act::PostDocument {
        kind: DocumentKind::Invoice,
        number: number.into(),
        customer,
        date: day(2),
        terms: String::new(),
        due: Some(day(12)),
        currency: Currency::EUR,
        amount,
        reference: String::new(),
        order: String::new(),
    }
}

/// Customers 1 to 2 are there, these add 3; items 1 to 4 are the invoices.
fn master_and_documents() -> Vec<Act> {
    vec![
        customer_act("K9", "Nordwind Logistik"),
        invoice("INV-1", 1, 100_000),
        invoice("INV-2", 1, 25_050),
        invoice("INV-3", 2, 7_999),
        invoice("INV-4", 3, 1_234_567),
        Act::SetTarget { kpi: "dso".into(), value: "45".into() },
    ]
}

fn collections() -> Vec<Act> {
    vec![
        Act::LogCall { customer: 1, outcome: "reached".into(), text: "Pays Friday".into(), next_on: Some(day(20)) },
        Act::Promise { items: vec![(1, 60_000), (2, 25_050)], on: day(20), text: "Mrs Voss".into() },
        Act::Note { customer: 2, text: "New contact from April".into() },
        Act::FollowUp { customers: vec![1, 2, 3], on: day(23), what: "look again".into() },
        Act::Done { customers: vec![3] },
        Act::DraftEmail { customers: vec![1, 3], text: String::new(), next_on: None },
    ]
}

fn cash_and_cases() -> Vec<Act> {
    vec![
        Act::PostReceipt {
            customer: 1,
            reference: "TRX-1".into(),
            date: day(13),
            currency: Currency::EUR,
            amount: 80_000,
            method: "transfer".into(),
            text: "INV-1 less complaint".into(),
            applied: vec![(1, 60_000)],
        },
        Act::OpenDispute {
            item: 4,
            amount: 34_567,
            reason: "damage or quality".into(),
            text: "Two pallets wet".into(),
        },
        Act::NoteDispute { dispute: 1, version: 1, text: "Photos asked for".into() },
        Act::ResolveDispute { dispute: 1, version: 2, accepted: 14_567, text: "One pallet".into() },
        Act::Apply { credit: 5, applied: vec![(2, 20_000)], effective: day(16) },
        Act::Withdraw { promise: 1 },
    ]
}

fn corrections() -> Vec<Act> {
    vec![
        Act::Unapply { allocation: 1, effective: day(16), reason: "wrong invoice".into() },
        Act::Credit { item: 2, amount: 1_050, date: day(16), reason: "rounding".into() },
        Act::WriteOff { item: 3, amount: 99, date: day(16), reason: "small difference".into() },
        Act::SetBlocked { customer: 3, blocked: true, reason: "over its limit".into() },
        Act::SetOwner { customers: vec![1, 2], owner: "anna".into() },
        // The note of `collections`: book, two customers, eight steps before it.
        Act::Undo { act: 12 },
    ]
}
