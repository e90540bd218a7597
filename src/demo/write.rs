//! Writes the planned history into a new book, day after day: rates, nightly files, what people did. Beyond
//! [`DAILY_MAX`] invoices the mass comes in one file, as from a migration, and only part of it is told step by step.

use std::iter::Peekable;
use std::sync::mpsc::Sender;
use std::vec::IntoIter;

use chrono::{Datelike, NaiveDate};

use super::clients::{self, Client};
use super::desk::Desk;
use super::dice::Dice;
use super::files::{self, Bank};
use super::history::{self, Bill, Telling};
use super::letters::Letters;
use super::scribe::{Scribe, file};
use super::stage::{self, Loose};
use super::story::{Event, Story};
use super::{Plan, user};
use crate::acts::import::Rows;
use crate::acts::{Act, Failure};
use crate::domain::calendar::add_days;
use crate::domain::limits::LimitKind;
use crate::domain::money::Currency;
use crate::formats::canonical::InvoiceRow;
use crate::store::BookPath;
use crate::store::open::{self, Book};

/// Up to so many invoices the whole history comes in nightly files.
const DAILY_MAX: usize = 20_000;

/// Customers set up one by one, with contact and risk; further ones come in a file.
const BY_HAND: usize = 500;

/// Invoices of a large book whose history is told step by step.
const TOLD_MAX: u64 = 1_500;

/// Where progress goes.
type Told = Sender<(u64, u64)>;

/// Everything planned before the first row is written.
struct Planned {
    telling: Telling,
    large: bool,
    clients: Vec<Client>,
    bills: Vec<Bill>,
    notes: Vec<Loose>,
    loose: Vec<Loose>,
    events: Vec<Event>,
}

/// Makes the file and writes the book of `plan`.
pub(super) fn book(book: &BookPath, plan: &Plan, told: Told) -> Result<(), Failure> {
    let (Ok(euro), Ok(dollar)) = (Currency::parse("EUR"), Currency::parse("USD")) else {
        return Err(Failure::refused("DEM-03", "The demo's currencies are not known."));
    };
    let connection = open::make_in_haste(book)?;
    let written = fill(&connection, plan, (euro, dollar), &told);
    drop(connection);
    // Half a demo is of no use to anyone.
    written.inspect_err(|_| open::unmake(book))
}

fn fill(connection: &Book, plan: &Plan, (euro, dollar): (Currency, Currency), told: &Told) -> Result<(), Failure> {
    let planned = planned(plan, euro);
    let first = history::start(plan.today);
    let mut scribe = Scribe::new(connection, plan.seed, add_days(first, -1), plan.today);
    found(&mut scribe, &planned, euro)?;
    let mut letters = Letters::begin(&mut scribe, plan, &planned.telling)?;
    let mut rates = Rates { dice: Dice::new(plan.seed, 7), level: 921, currency: dollar };
    let clients = planned.clients.clone();
    let mut desk = Desk::new(&clients, plan.today);
    if planned.large {
        at_once(&mut scribe, planned, (&mut rates, &mut letters, &mut desk), first, told)?;
    } else {
        by_day(&mut scribe, planned, (&mut rates, &mut letters, &mut desk), first, told)?;
    }
    super::bank::arrives(&mut scribe, plan.seed, plan.today, euro)?;
    super::mail::answers(&mut scribe, &letters.left, plan.today)?;
    letters.draft_of_today(&mut scribe)?;
    desk.last(&mut scribe)?;
    super::waiting::ask(&mut scribe)?;
    Ok(open::settle_down(connection)?)
}

fn planned(plan: &Plan, base: Currency) -> Planned {
    let today = plan.today;
    let large = plan.size.invoices > DAILY_MAX;
    let days = if large { 120 } else { 390 };
    let told = (plan.size.invoices / 8).max(1) as u64;
    let per_mille = if large { (TOLD_MAX * 1_000 / told).max(1) } else { 1_000 };
    let telling = Telling { today, from: add_days(today, -days), per_mille };
    let mut clients = clients::make(plan.size.customers.max(1), plan.seed, today, base);
    let mut bills = history::make(plan.size.invoices.max(1), plan.seed, &clients, &telling);
    let loose = stage::unapplied(&mut bills, &telling, plan.seed);
    limits(&mut clients, &bills, today, plan.seed);
    let mut story =
        Story { clients: &clients, bills: &mut bills, telling, dice: Dice::new(plan.seed, 6), events: Vec::new() };
    let notes = story.credit_notes();
    story.open_disputes();
    story.faults();
    story.chase_all();
    story.last_days();
    let mut events = story.events;
    events.sort_by_key(|event| event.day);
    Planned { telling, large, clients, bills, notes, loose, events }
}

/// Credit limits beside what is open at the end.
fn limits(clients: &mut [Client], bills: &[Bill], today: NaiveDate, seed: u64) {
    let mut dice = Dice::new(seed, 4);
    let mut open = vec![0i64; clients.len()];
    for bill in bills {
        open[bill.client] += bill.open_on(today);
    }
    for (client, open) in clients.iter_mut().zip(open) {
        client.data.credit_limit = Some(client.limit_for(open, &mut dice));
    }
}

/// Company, people, targets and customers.
fn found(scribe: &mut Scribe<'_>, planned: &Planned, base: Currency) -> Result<(), Failure> {
    let company = "Meridian Trading Ltd (demo)".to_owned();
    scribe.open(Act::OpenBook { company, currency: base, login: user().to_owned(), name: "Anna Berg".to_owned() })?;
    for (kpi, value) in TARGETS {
        scribe.act(user(), Act::SetTarget { kpi: kpi.to_owned(), value: value.to_owned() })?;
    }
    for client in planned.clients.iter().take(BY_HAND) {
        scribe.act(user(), Act::SetCustomer { customer: None, version: 0, data: client.data.clone() })?;
    }
    // With their credit limits, which a file brings only while nobody else is there.
    let rest = planned.clients.iter().enumerate().skip(BY_HAND);
    let rows = rest.map(|(place, client)| files::customer(place, client)).collect();
    scribe.import("customers", "customers.csv".to_owned(), Rows::Customers(rows))?;
    let bank_account = ("bank-account".to_owned(), "DE89370400440532013000".to_owned());
    scribe.act(user(), Act::SetSetting { key: bank_account.0, value: bank_account.1 })?;
    for (login, name, role, department) in PEOPLE {
        let (login, name, roles) = (login.to_owned(), name.to_owned(), vec![role.to_owned()]);
        scribe.act(user(), Act::AddPerson { login, name, roles, department: department.to_owned() })?;
    }
    // Large customers are beyond a controller's usual limit.
    for login in [user(), "eve"] {
        let amount = Some(100_000_000);
        scribe.act(user(), Act::SetLimit { login: login.to_owned(), kind: LimitKind::Approval, amount })?;
    }
    let sender = super::mail::SENDER.to_owned();
    scribe.act(user(), Act::SetSetting { key: "mail-sender".to_owned(), value: sender })?;
    super::bank::account(scribe, base)
}

/// Who works beside the person who opens the demo.
const PEOPLE: [(&str, &str, &str, &str); 4] = [
    ("ben", "Ben Okafor", "collector", "collections"),
    ("chloe", "Chloe Martin", "disputes", "disputes"),
    ("dev", "Dev Patel", "cash", "collections"),
    ("eve", "Eve Novak", "controller", "analytics"),
];

/// Targets by the short names of the figures.
const TARGETS: [(&str, &str); 8] = [
    ("dso", "70"),
    ("best possible dso", "45"),
    ("past due", "35"),
    ("over 90 days", "5"),
    ("cei", "80"),
    ("promises kept", "75"),
    ("dispute rate", "3"),
    ("unapplied cash", "2"),
];

/// The dollar in euros, a new rate each month.
struct Rates {
    dice: Dice,
    level: i64,
    currency: Currency,
}

impl Rates {
    fn enter(&mut self, scribe: &mut Scribe<'_>, from: NaiveDate) -> Result<(), Failure> {
        self.level = (self.level + self.dice.between(-14, 14)).clamp(845, 975);
        let rate = format!("0.{:03}{}", self.level, self.dice.below(10));
        scribe.act(user(), Act::SetRate { currency: self.currency, from, rate }).map(drop)
    }
}

/// Nights on which files come: monthly long ago, then weekly, in the last months before every working day.
fn has_files(day: NaiveDate, telling: &Telling) -> bool {
    let weekday = day.weekday().num_days_from_monday();
    day == telling.today
        || if day < telling.from {
            day.day() == 1
        } else if day < add_days(telling.today, -100) {
            weekday == 0
        } else {
            weekday < 5
        }
}

fn by_day(
    scribe: &mut Scribe<'_>,
    planned: Planned,
    (rates, letters, desk): (&mut Rates, &mut Letters, &mut Desk<'_>),
    first: NaiveDate,
    told: &Told,
) -> Result<(), Failure> {
    let Planned { telling, clients, bills, notes, loose, events, .. } = planned;
    let total = bills.len() as u64;
    let mut bank = Bank::new(&bills, &loose, telling.today, |_| true);
    let mut invoices = invoice_rows(&bills, &notes, &clients, |_| None).into_iter().peekable();
    let mut events = events.into_iter().peekable();
    let mut day = first;
    let mut done = 0;
    while day <= telling.today {
        scribe.turn_to(day);
        if day.day() == 1 {
            rates.enter(scribe, day)?;
        }
        if has_files(day, &telling) {
            let mut rows = Vec::new();
            while let Some(row) = invoices.next_if(|row| row.document_date < day) {
                rows.push(row);
            }
            done += rows.len() as u64;
            scribe.import("invoices", file("invoices", day), Rows::Invoices(rows))?;
            scribe.import("receipts", file("bank", day), Rows::Receipts(bank.before(day, &clients)))?;
            // Nobody listening any more is no reason to stop.
            let _ = told.send((done.min(total), total));
        }
        people(scribe, &mut events, day, &clients)?;
        desk.day(scribe, day)?;
        letters.day(scribe, day)?;
        day = add_days(day, 1);
    }
    Ok(())
}

/// What people did up to the end of `day`.
fn people(
    scribe: &mut Scribe<'_>,
    events: &mut Peekable<IntoIter<Event>>,
    day: NaiveDate,
    clients: &[Client],
) -> Result<(), Failure> {
    while let Some(event) = events.next_if(|event| event.day <= day) {
        scribe.tell(event, clients)?;
    }
    Ok(())
}

fn at_once(
    scribe: &mut Scribe<'_>,
    planned: Planned,
    (rates, letters, desk): (&mut Rates, &mut Letters, &mut Desk<'_>),
    first: NaiveDate,
    told: &Told,
) -> Result<(), Failure> {
    let Planned { telling, clients, bills, notes, loose, events, .. } = planned;
    let total = bills.len() as u64;
    let mut month = first;
    while month <= telling.today {
        scribe.turn_to(month);
        rates.enter(scribe, month)?;
        month = crate::domain::calendar::add_months(month, 1);
    }
    let rows = invoice_rows(&bills, &notes, &clients, |bill| settled(bill, telling.today));
    let mut bank = Bank::new(&bills, &loose, telling.today, |bill| bill.told);
    drop(bills);
    scribe.turn_to(add_days(telling.today, -1));
    scribe.watch(told.clone());
    scribe.import("invoices", "migration.csv".to_owned(), Rows::Invoices(rows))?;
    let mut events = events.into_iter().peekable();
    let mut day = telling.from;
    while day <= telling.today {
        scribe.turn_to(day);
        if has_files(day, &telling) {
            scribe.import("receipts", file("bank", day), Rows::Receipts(bank.before(day, &clients)))?;
        }
        people(scribe, &mut events, day, &clients)?;
        desk.day(scribe, day)?;
        letters.day(scribe, day)?;
        day = add_days(day, 1);
    }
    let _ = told.send((total, total));
    Ok(())
}

/// The payment of an invoice that a migrated ledger calls settled. What is told step by step is not among them.
fn settled(bill: &Bill, today: NaiveDate) -> Option<(NaiveDate, i64)> {
    let paid = bill.payments.iter().filter(|(day, _)| !bill.told && *day < today);
    let (last, sum) = paid.fold((None, 0), |(_, sum), (day, amount)| (Some(*day), sum + amount));
    last.map(|day| (day, sum))
}

/// Invoices and credit notes by date.
fn invoice_rows(
    bills: &[Bill],
    notes: &[Loose],
    clients: &[Client],
    settled: impl Fn(&Bill) -> Option<(NaiveDate, i64)>,
) -> Vec<InvoiceRow> {
    let mut rows = Vec::with_capacity(bills.len() + notes.len());
    let mut notes = notes.iter().enumerate().peekable();
    for (place, bill) in bills.iter().enumerate() {
        while let Some((place, note)) = notes.next_if(|(_, note)| note.day < bill.date) {
            rows.push(files::credit_note(place, note, &clients[note.client]));
        }
        rows.push(files::invoice(place, bill, &clients[bill.client], settled(bill)));
    }
    rows.extend(notes.map(|(place, note)| files::credit_note(place, note, &clients[note.client])));
    rows
}
