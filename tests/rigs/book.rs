//! The book itself as a workload: acts of every family, through the one function that performs them, with what must
//! hold of a book afterwards. The acts are in `book/script.rs`, `book/cash.rs` and
//! `book/dunning.rs`.

mod arrange;
mod cash;
mod dunning;
mod mail;
mod script;

use super::procs::{REAL, Shift};
use super::sweep::Workload;
use chrono::{DateTime, NaiveDate, Utc};
use o2c::acts::payments::Application;
use o2c::acts::{self, Act, ActKey, Actor, Mode, Request, Stamp};
use o2c::domain::money::Currency;
use o2c::store::open::{self, Access};
use o2c::store::{BookPath, StoreError, check};
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

/// An act with the key it is known by and whose it is.
pub struct Step {
    key: ActKey,
    login: &'static str,
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
            let act = script::customer(&format!("K{customer}"), "Hafen Handel AG");
            perform(&conn, &Step { key, login: "anna", act })?;
        }
        let (name, number) = ("Main".into(), cash::MAIN.into());
        let act = Act::AddBankAccount { name, number, currency: Currency::EUR };
        perform(&conn, &Step { key: ActKey::named("account"), login: "anna", act })
    }

    fn open(&self, path: &str, vfs: &str) -> Result<Connection, String> {
        let conn = open::open(&place(path, vfs), Access::Write).map_err(|e| e.to_string())?;
        if let Some(synchronous) = self.synchronous {
            conn.pragma_update(None, "synchronous", synchronous).map_err(said)?;
        }
        if vfs != REAL {
            // Small, so that checkpoints fall among the acts and not only at closing time.
            conn.pragma_update(None, "wal_autocheckpoint", 40).map_err(said)?;
        }
        Ok(conn)
    }

    fn acts(&self) -> Vec<Step> {
        let named = |(number, (login, act))| Step { key: ActKey::named(&format!("step {number}")), login, act };
        script::acts().into_iter().enumerate().map(named).collect()
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
        let act = match n % 6 {
            3 => cash::statement(&format!("W{worker}-{n}")),
            4 => apply(customer, &format!("W{worker}-{}", n - 1)),
            5 => undo(&format!("worker {worker} act {}", n - 1)),
            0 => Act::Note { customer, text: format!("Worker {worker}, note {n}") },
            1 => script::invoice(&format!("W{worker}-{n}"), customer, 10_000 + n.cast_signed()),
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
        Step { key, login: "anna", act }
    }
}

fn place(path: &str, vfs: &str) -> BookPath {
    if vfs == REAL {
        return BookPath::new(path);
    }
    // A disk lives as long as the process, so its name may too.
    BookPath::with_vfs(path, Box::leak(vfs.to_string().into_boxed_str()))
}

/// A worker's payment applied to nothing yet; which one it is, is found by its text when the act is performed.
fn apply(customer: i64, text: &str) -> Act {
    let (left, evidence) = (1_000, text.to_owned());
    Act::ApplyPayment(Box::new(Application { left, customer, evidence, ..Application::default() }))
}

/// Takes a worker's act back, found by its key when the undo is performed.
fn undo(key: &str) -> Act {
    Act::SetSetting { key: UNDO.into(), value: key.into() }
}

/// Stands for the undo of an act whose number nobody knows beforehand.
const UNDO: &str = "undo of key";

/// Puts into an act what only the book knows.
fn resolve(conn: &Connection, act: &mut Act) -> Result<(), String> {
    match act {
        Act::Dunning(act) => dunning::resolve(conn, act)?,
        // Who approves has looked at the request, and says by its hash at which.
        Act::Approve { request, hash, .. } => {
            let seen = "SELECT lower(hex(payload_hash)) FROM request WHERE id = $1";
            *hash = conn.query_row(seen, [*request], |row| row.get(0)).map_err(said)?;
        }
        Act::ApplyPayment(application) if application.payment == 0 => {
            let by_text = "SELECT id FROM bank_payment WHERE text = $1";
            application.payment = conn.query_row(by_text, [&application.evidence], |row| row.get(0)).map_err(said)?;
        }
        Act::SetSetting { key, value } if key == UNDO => {
            let by_key = "SELECT id FROM act WHERE key = $1";
            let number = conn.query_row(by_key, [&ActKey::named(value).0[..]], |row| row.get(0)).map_err(said)?;
            *act = Act::Undo { act: number };
        }
        _ => {}
    }
    Ok(())
}

fn perform(conn: &Connection, step: &Step) -> Result<(), String> {
    let mut act = step.act.clone();
    script::load(&mut act);
    resolve(conn, &mut act)?;
    let request = Request { key: step.key, act, expect: Vec::new() };
    acts::perform(conn, &Actor::new(step.login, "test"), stamp(), &request, Mode::Post)
        .map(drop)
        .map_err(|e| e.to_string())
}

/// An error of the rig's own questions, in the words of the program.
fn said(error: rusqlite::Error) -> String {
    StoreError::from(error).to_string()
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
