//! Writes the demo: turns days of the simulated past into acts, each with its own instant, person and key. The clock is
//! the story's, never the machine's, so that the same plan is the same book to the byte.

use std::collections::BTreeMap;
use std::sync::mpsc::Sender;

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};

use super::clients::Client;
use super::history::Bill;
use super::story::{Event, What};
use crate::acts::import::{Beside, Import, Progress, Rows, Work};
use crate::acts::{self, Act, ActKey, Actor, Done, Failure, Mode, Request, Stamp};
use crate::domain::calendar::add_days;
use crate::domain::document::DocumentKind;
use crate::domain::promise::RENEWALS;
use crate::store::Tx;
use crate::store::open::Book;
use crate::store::requests;
use crate::store::schema::hex;

/// Who approves in the demo.
const APPROVER: &str = "eve";

/// The hand that writes.
pub(super) struct Scribe<'c> {
    book: &'c Book,
    seed: u64,
    acts: u64,
    day: NaiveDate,
    minute: u64,
    told: Option<Sender<(u64, u64)>>,
    /// From this day on, what needs a second person still waits.
    waits_from: NaiveDate,
    /// Disputes by invoice: number in the book, version.
    cases: BTreeMap<usize, (i64, i64)>,
}

impl<'c> Scribe<'c> {
    /// Starts on `day` of a story that ends on `today`.
    pub fn new(book: &'c Book, seed: u64, day: NaiveDate, today: NaiveDate) -> Self {
        let waits_from = add_days(today, -6);
        Scribe { book, seed, acts: 0, day, minute: 0, told: None, waits_from, cases: BTreeMap::new() }
    }

    /// Turns the calendar to `day`: nightly files come first, people from eight on.
    pub fn turn_to(&mut self, day: NaiveDate) {
        if day != self.day {
            (self.day, self.minute) = (day, 0);
        }
    }

    /// The instant it is in the story.
    pub fn instant(&self) -> DateTime<Utc> {
        let minute = self.minute % (23 * 60);
        let time = NaiveTime::from_hms_opt((minute / 60) as u32, (minute % 60) as u32, (self.acts % 60) as u32);
        self.day.and_time(time.unwrap_or_default()).and_utc()
    }

    fn request(&mut self, act: Act) -> (Stamp, Request) {
        self.acts += 1;
        self.minute += 1;
        let key = ActKey::named(&format!("demo {} {}", self.seed, self.acts));
        (Stamp { now: self.instant(), today: self.day }, Request { key, act, expect: Vec::new() })
    }

    /// Opens the book.
    pub fn open(&mut self, act: Act) -> Result<Done, Failure> {
        let (stamp, request) = self.request(act);
        acts::init(self.book, &actor(super::user()), stamp, &request)
    }

    /// Performs one act of a person; what it needs a second person for, that person approves.
    pub fn act(&mut self, login: &str, act: Act) -> Result<Done, Failure> {
        let (stamp, request) = self.request(act);
        let done = acts::perform(self.book, &actor(login), stamp, &request, Mode::Post)?;
        if !done.asked || self.day >= self.waits_from {
            return Ok(done);
        }
        let Some(asked) = requests::newest(self.book)? else { return Ok(done) };
        let approver = if login == APPROVER { super::user() } else { APPROVER };
        let act = Act::Approve { request: asked.id, hash: hex(&asked.hash), text: String::new() };
        let (stamp, request) = self.request(act);
        acts::perform(self.book, &actor(approver), stamp, &request, Mode::Post)
    }

    /// Looks something up in the book as it is now.
    pub fn look<R>(&self, at: impl FnOnce(&Tx<'_>) -> Result<R, Failure>) -> Result<R, Failure> {
        at(&Tx::begin(self.book, self.instant())?)
    }

    /// The book as it is now.
    pub fn book(&self) -> &Book {
        self.book
    }

    /// Lets it be at least so late.
    pub fn at_hour(&mut self, hour: u64) {
        self.minute = self.minute.max(hour * 60);
    }

    /// Lets somebody hear how far a long file has come.
    pub fn watch(&mut self, told: Sender<(u64, u64)>) {
        self.told = Some(told);
    }

    /// Takes rows in as the file `name` of that day.
    pub fn import(&mut self, kind: &str, name: String, rows: Rows) -> Result<(), Failure> {
        if rows.is_empty() {
            return Ok(());
        }
        let part = |half: &str| ActKey::named(&format!("demo {} {name} {half}", self.seed)).hex();
        let beside = Beside::default();
        if let Ok(mut work) = beside.0.lock() {
            let progress = self.told.take().map(|told| -> Progress {
                Box::new(move |done, total| {
                    let _ = told.send((done, total));
                })
            });
            *work = Work { rows, progress, ..Work::default() };
        }
        let sha256 = format!("{}{}", part("first"), part("second"));
        let import = Import {
            kind: kind.to_owned(),
            name,
            sha256,
            mapping: "o2c".to_owned(),
            skip_refused: false,
            unreadable: 0,
            accept_gap: false,
            beside: beside.clone(),
        };
        let login = if matches!(kind, "receipts" | "statement") { "dev" } else { "anna" };
        self.act(login, Act::Import(import)).map(drop).map_err(|failure| explained(failure, &beside))
    }

    /// The items of an invoice with what is open of each.
    fn items(&self, place: usize) -> Result<Vec<(i64, i64)>, Failure> {
        let number = Bill::number(place);
        let tx = Tx::begin(self.book, self.instant())?;
        let Some(document) = tx.document(DocumentKind::Invoice, &number)? else {
            return Err(Failure::refused("DEM-01", format!("The demo's invoice {number} is missing.")));
        };
        Ok(tx.items_of(document.id)?.into_iter().map(|item| (item.id, item.open)).collect())
    }

    /// The first item of an invoice with something open, and at most so much of it.
    fn first(&self, place: usize, amount: i64) -> Result<Option<(i64, i64)>, Failure> {
        let found = self.items(place)?.into_iter().find(|(_, open)| *open > 0);
        Ok(found.map(|(item, open)| (item, amount.min(open))))
    }

    /// Spreads a promise over the open items of its invoices; what a payment plan is about is not promised again.
    fn promised(&self, bills: &[(usize, i64)]) -> Result<Vec<(i64, i64)>, Failure> {
        let mut items = Vec::new();
        for (place, amount) in bills {
            let mut left = *amount;
            for (item, open) in self.items(*place)? {
                let part = left.min(open);
                let day = self.day;
                // Nobody is there to agree to one promise more than the company takes.
                if part > 0
                    && self.look(|tx| Ok(tx.plans_of_item(item)?))?.is_empty()
                    && self.look(|tx| Ok(tx.next_promise_level(item, day)?))? <= RENEWALS + 1
                {
                    items.push((item, part));
                    left -= part;
                }
            }
        }
        Ok(items)
    }

    /// Does what an event says.
    pub fn tell(&mut self, event: Event, clients: &[Client]) -> Result<(), Failure> {
        self.minute = self.minute.max(8 * 60) + 3 + self.acts % 8;
        let id = customer(event.client);
        let act =
            match event.what {
                What::Call(outcome, text, next_on) => {
                    Some(Act::LogCall { customer: id, outcome: outcome.to_owned(), text, next_on })
                }
                What::Email(again) => {
                    Some(Act::DraftEmail { customers: vec![id], text: String::new(), next_on: Some(again) })
                }
                What::Note(text) => Some(Act::Note { customer: id, text: text.to_owned() }),
                What::FollowUp(on, what) => Some(Act::FollowUp { customers: vec![id], on, what: what.to_owned() }),
                What::Promise(bills, on, text) => {
                    let items = self.promised(&bills)?;
                    (!items.is_empty()).then(|| Act::Promise { items, on, text: text.to_owned() })
                }
                What::Credit(place, amount, reason) => self.first(place, amount)?.map(|(item, amount)| Act::Credit {
                    item,
                    amount,
                    date: self.day,
                    reason: reason.to_owned(),
                }),
                What::WriteOff(place, amount, reason) => self
                    .first(place, amount)?
                    .map(|(item, amount)| Act::WriteOff { item, amount, date: self.day, reason: reason.to_owned() }),
                What::Block(reason) if !clients[event.client].data.blocked => {
                    Some(Act::SetBlocked { customer: id, blocked: true, reason: reason.to_owned() })
                }
                What::Block(_) => None,
                case => return self.case(event.who, case),
            };
        act.map_or(Ok(()), |act| self.act(event.who, act).map(drop))
    }

    /// Does what an event about a dispute says.
    fn case(&mut self, who: &str, what: What) -> Result<(), Failure> {
        let known = |cases: &BTreeMap<usize, (i64, i64)>, place: &usize| cases.get(place).copied();
        let (place, act) = match what {
            What::Open(place, amount, reason, text) => {
                let Some((item, amount)) = self.first(place, amount)? else { return Ok(()) };
                self.cases.insert(place, (self.cases.len() as i64 + 1, 0));
                let (reason, text) = (reason.word().to_owned(), text.to_owned());
                (place, Act::OpenDispute { item, amount, reason, text })
            }
            What::Assign(place, owner, department) => {
                let Some((dispute, version)) = known(&self.cases, &place) else { return Ok(()) };
                let (owner, department) = (owner.to_owned(), department.to_owned());
                (place, Act::AssignDispute { dispute, version, owner, department })
            }
            What::CaseNote(place, text) => {
                let Some((dispute, version)) = known(&self.cases, &place) else { return Ok(()) };
                (place, Act::NoteDispute { dispute, version, text: text.to_owned() })
            }
            What::Decide(place, accepted) => {
                let Some((dispute, version)) = known(&self.cases, &place) else { return Ok(()) };
                let text = if accepted > 0 { "checked, credit agreed" } else { "delivery and price proven" };
                (place, Act::ResolveDispute { dispute, version, accepted, text: text.to_owned() })
            }
            _ => return Ok(()),
        };
        self.act(who, act)?;
        if let Some((_, version)) = self.cases.get_mut(&place) {
            *version += 1;
        }
        Ok(())
    }
}

/// The id of the customer at a place: customers are the first rows written, in order.
pub(super) fn customer(place: usize) -> i64 {
    place as i64 + 1
}

/// The name of a nightly file.
pub(super) fn file(kind: &str, day: NaiveDate) -> String {
    format!("{kind}-{}.csv", add_days(day, -1))
}

fn actor(login: &str) -> Actor {
    Actor::new(login, "demo")
}

/// A refused file of the demo is a fault of the demo; the first refused row says which.
fn explained(failure: Failure, beside: &Beside) -> Failure {
    let first = beside.0.lock().ok().and_then(|work| work.refused.first().cloned());
    match (failure, first) {
        (Failure::Refused { code, sentence }, Some(row)) => {
            Failure::refused(code, format!("{sentence} Line {}: [{}] {}", row.line, row.code, row.reason))
        }
        (failure, _) => failure,
    }
}
