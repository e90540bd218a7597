//! One history: a company, its people and their acts, crashes and restores, all from one seed. Book and model must agree
//! after every act.

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};
use o2c::acts::dunning::Dunning;
use o2c::acts::import::{Beside, Rows, Work};
use o2c::acts::payments::{self, Batch};
use o2c::acts::{self, Act, ActKey, Actor, Done, Failure, Request};
use o2c::domain::dunning::{Channel, FeePer, Level, Policy, Scope, WaitFrom};
use o2c::domain::money::Currency;
use o2c::store::migrate;
use o2c::store::people::CustomerData;

use crate::dice::Dice;
use crate::inventor::{Inventor, Seen};
use crate::model::{Logged, Model, Outcome, Wrong, Wrote};
use crate::people::{FOUNDER, Person};
use crate::rigs::vfs::{Disk, Files};
use crate::teller::ACCOUNT;
use crate::world::World;

/// What histories came to.
#[derive(Default, Clone, Debug)]
pub struct Tally {
    pub seeds: u64,
    pub acts: u64,
    pub done: u64,
    pub asked: u64,
    pub approved: u64,
    pub again: u64,
    pub refused: u64,
    pub undone: u64,
    pub imported: u64,
    /// Acts on money of the bank.
    pub bank: u64,
    pub crashes: u64,
    pub restores: u64,
    /// Requests met by an upgrade under way.
    pub upgrades: u64,
    pub checks: u64,
    /// By kind of act: performed or asked for, and refused.
    pub kinds: BTreeMap<&'static str, [u64; 2]>,
}

impl Tally {
    pub fn add(&mut self, other: &Tally) {
        self.seeds += other.seeds;
        self.acts += other.acts;
        self.done += other.done;
        self.asked += other.asked;
        self.approved += other.approved;
        self.again += other.again;
        self.refused += other.refused;
        self.undone += other.undone;
        self.imported += other.imported;
        self.bank += other.bank;
        self.crashes += other.crashes;
        self.restores += other.restores;
        self.upgrades += other.upgrades;
        self.checks += other.checks;
        for (kind, [done, refused]) in &other.kinds {
            let counts = self.kinds.entry(kind).or_default();
            *counts = [counts[0] + done, counts[1] + refused];
        }
    }
}

/// The company a history begins with, on disk and as the model has it.
pub struct Start {
    files: Files,
    model: Model,
}

pub const FIRST_DAY: &str = "2026-03-02";

/// Logins and roles of the people who join Anna, who may do everything.
const STAFF: [(&str, &str); 11] = [
    ("bob", "biller"),
    ("cash", "cash"),
    ("carl", "collector"),
    ("cora", "controller"),
    ("sue", "supervisor"),
    ("abe", "approver"),
    ("dora", "disputes"),
    ("kris", "credit"),
    ("mia", "customers"),
    ("clo", "closer"),
    ("vera", "viewer"),
];

fn first_day() -> NaiveDate {
    FIRST_DAY.parse().expect("a day")
}

fn add_person(login: &str, role: &str) -> Act {
    let (name, roles) = (login.to_uppercase(), vec![role.to_owned()]);
    Act::AddPerson { login: login.into(), name, roles, department: String::new() }
}

/// The policy that the model has written down in its own words.
fn policy() -> Policy {
    let euro = |cents: i64| BTreeMap::from([(Currency::EUR, cents)]);
    let level =
        |number, wait_days, wait_from| Level { number, wait_days, wait_from, payment_days: 7, ..Level::default() };
    let first = Level { min_amount: euro(500), channels: vec![Channel::Mail], ..level(1, 3, WaitFrom::DueDate) };
    let second =
        Level { fee: euro(500), channels: vec![Channel::Mail, Channel::Letter], ..level(2, 4, WaitFrom::LastLetter) };
    let third = Level {
        fee: euro(1_000),
        fee_per: FeePer::Letter,
        channels: vec![Channel::Letter],
        approval: true,
        ..level(3, 5, WaitFrom::LastLetter)
    };
    Policy {
        name: "mild".into(),
        grace_days: 2,
        tolerance: euro(100),
        contact_gap_days: 1,
        levels: vec![first, second, third],
        ..Policy::default()
    }
}

/// What everybody finds: customers, a rate, and, unless Anna is alone, colleagues and a second administrator.
fn opening(alone: bool) -> Vec<Act> {
    let customer = |number: &str, limit: Option<i64>| {
        let data = CustomerData {
            number: number.into(),
            name: format!("Customer {number}"),
            currency: "EUR".into(),
            terms: "14".into(),
            email: format!("ap@{}.example", number.to_lowercase()),
            credit_limit: limit,
            ..CustomerData::default()
        };
        Act::SetCustomer { customer: None, version: 0, data }
    };
    let account = Act::AddBankAccount { name: "Main".into(), number: ACCOUNT.into(), currency: Currency::EUR };
    let mut acts = vec![account, customer("K1", Some(500_000)), customer("K2", None), customer("K3", Some(0))];
    acts.push(Act::SetSetting { key: "mail-sender".into(), value: "dunning@kontor.example".into() });
    acts.push(Act::Dunning(Dunning::SetPolicy { policy: Box::new(policy()), version: 0 }));
    acts.push(Act::Dunning(Dunning::AssignPolicy { scope: Scope::Company, policy: "mild".into() }));
    let usd = Currency::parse("USD").expect("dollars");
    acts.push(Act::SetRate { currency: usd, from: first_day() - Days::new(90), rate: "0.9173".into() });
    if !alone {
        acts.extend(STAFF.iter().map(|(login, role)| add_person(login, role)));
        acts.push(add_person("adam", "administrator"));
    }
    acts
}

/// Opens a book and the model of it.
pub fn start(disk: Disk, alone: bool) -> Start {
    let mut world = World::new(disk);
    let open = Act::OpenBook {
        company: "Kontor Nord GmbH".into(),
        currency: Currency::EUR,
        login: "anna".into(),
        name: "Anna Berg".into(),
    };
    let stamp = world.stamp(first_day());
    acts::init(world.conn(), &Actor::new("anna", "test"), stamp, &Request::new(open.clone())).expect("open");
    let mut model = Model::default();
    let mut roles = FOUNDER.to_vec();
    roles.sort_unstable();
    let anna = Person { login: "anna".into(), roles, active: true, department: String::new(), limits: [None; 5] };
    model.state.people.push(anna);
    model.log.push(Logged { person: Some(0), act: open.into(), wrote: Wrote::default().into(), undone: false });
    for (n, act) in opening(alone).into_iter().enumerate() {
        let request = Request { key: ActKey::named(&format!("opening {n}")), act, expect: Vec::new() };
        let must = model.perform("anna", &request, first_day());
        let is = world.perform("anna", &request, first_day());
        assert_eq!((ends(&is), must), (Some(Outcome::Done), Outcome::Done), "{request:?}: {is:?}");
    }
    world.compare_all(&model).expect("book and model begin alike");
    Start { files: world.files(), model }
}

/// How an act ended; `None` where the disk failed.
fn ends(result: &Result<Done, Failure>) -> Option<Outcome> {
    Some(match result {
        Ok(done) if done.again => Outcome::Again,
        Ok(done) if done.asked => Outcome::Asked,
        Ok(_) => Outcome::Done,
        Err(Failure::Refused { code, .. }) => Outcome::Refused(code),
        Err(Failure::Unknown(_)) => return None,
    })
}

/// The same request with its rows put back: a file is read again before it is sent again.
fn copied(request: &Request) -> Request {
    let mut copy = request.clone();
    if let Act::Import(import) = &mut copy.act {
        let rows = match &import.beside.0.lock().expect("rows").rows {
            Rows::Invoices(rows) => Rows::Invoices(rows.clone()),
            Rows::Receipts(rows) => Rows::Receipts(rows.clone()),
            Rows::Statements(rows) => Rows::Statements(rows.clone()),
            _ => Rows::None,
        };
        import.beside = Beside(std::sync::Arc::new(std::sync::Mutex::new(Work { rows, ..Work::default() })));
    }
    if let Act::ApplyRun(run) = &mut copy.act {
        let applications = run.beside.0.lock().expect("a batch").applications.clone();
        let batch = Batch { applications, ..Batch::default() };
        run.beside = payments::Beside(std::sync::Arc::new(std::sync::Mutex::new(batch)));
    }
    copy
}

/// A history under way.
struct Run {
    dice: Dice,
    world: World,
    model: Model,
    today: NaiveDate,
    users: Vec<String>,
    screens: Vec<Seen>,
    sent: Vec<Request>,
    saved: Option<(Files, Model)>,
    armed: bool,
    tally: Tally,
}

/// Runs one history; what does not agree is said in the error.
pub fn history(disk: Disk, start: &Start, seed: u64, acts: u64, wrong: Option<Wrong>) -> Result<Tally, String> {
    let mut dice = Dice(seed);
    let mut model = start.model.clone();
    model.wrong = wrong;
    let mut users: Vec<String> = model.state.people.iter().map(|person| person.login.clone()).collect();
    while users.len() > 8 || (users.len() > 1 && dice.one_in(6)) {
        users.remove(dice.from(0, users.len() as i64 - 1) as usize);
    }
    let screens = vec![Seen::of(&model.state); 3];
    let mut run = Run {
        dice,
        world: World::of(disk, &start.files),
        model,
        today: first_day(),
        users,
        screens,
        sent: Vec::new(),
        saved: None,
        armed: false,
        tally: Tally { seeds: 1, ..Tally::default() },
    };
    for n in 0..acts {
        run.step(seed, n).map_err(|why| format!("seed {seed}, act {n} of {acts}: {why}"))?;
    }
    run.look("at the end")?;
    Ok(run.tally)
}

impl Run {
    fn step(&mut self, seed: u64, n: u64) -> Result<(), String> {
        if self.dice.one_in(4) {
            self.today = self.today + Days::new(self.dice.from(1, 3) as u64);
        }
        if self.dice.one_in(3) {
            let screen = self.dice.from(0, 2) as usize;
            self.screens[screen] = Seen::of(&self.model.state);
        }
        if !self.armed && self.dice.one_in(60) {
            self.world.disk.crash_at(self.world.disk.changes() + self.dice.from(1, 40) as u64);
            self.armed = true;
        }
        let screen = self.dice.from(0, 2) as usize;
        let fresh = if self.dice.one_in(2) { Some(Seen::of(&self.model.state)) } else { None };
        let seen = fresh.as_ref().unwrap_or(&self.screens[screen]);
        let (model, today) = (&self.model, self.today);
        let mut inventor = Inventor { dice: &mut self.dice, model, seen, today, n };
        let request = inventor.request(&self.sent);
        let login = inventor.who(&self.users, &request.act);
        if seed.is_multiple_of(3) && n % 50 == 49 && !self.armed {
            self.meet_an_upgrade(&login, &request)?;
        }
        self.send(&login, &request).map_err(|why| format!("{login} {:?}: {why}", request.act))?;
        self.sent.push(request);
        if let Some(Act::AddPerson { login, .. }) = self.model.log.last().map(|logged| &*logged.act)
            && self.users.len() < 8
        {
            self.users.push(login.clone());
        }
        self.keep(seed, n)?;
        if n % 75 == 74 { self.look("at a look") } else { Ok(()) }
    }

    /// While an upgrade has its notice up everything is refused and nothing changes; afterwards it is as it was.
    fn meet_an_upgrade(&mut self, login: &str, request: &Request) -> Result<(), String> {
        migrate::announce(self.world.conn(), "adam, 2026-03-02 12:00 UTC").map_err(|error| error.to_string())?;
        let result = self.world.perform(login, &copied(request), self.today);
        migrate::all_clear(self.world.conn()).map_err(|error| error.to_string())?;
        self.tally.upgrades += 1;
        match result {
            Err(Failure::Refused { code: "DB-09", .. }) => self.world.compare(&self.model),
            other => Err(format!("during an upgrade the book says {other:?}")),
        }
    }

    /// Sends a request to both and compares; after a crash once more.
    fn send(&mut self, login: &str, request: &Request) -> Result<(), String> {
        let before = self.armed.then(|| self.model.clone());
        let again = copied(request);
        self.model.now = self.world.next_instant(self.today);
        let must = self.model.perform(login, request, self.today);
        let result = self.world.perform(login, request, self.today);
        self.tally.acts += 1;
        if self.world.disk.crashed() {
            self.tally.crashes += 1;
            self.armed = false;
            self.world.power_cycle(self.dice.next());
            let (is, before) = (self.world.last(), before.expect("the model before the crash"));
            if is != self.model.last() {
                if result.is_ok() {
                    return Err(format!("acknowledged before the crash and gone after it: {result:?}"));
                }
                self.model = before;
            }
            self.world.compare_all(&self.model).map_err(|why| format!("after a crash: {why}"))?;
            return self.send(login, &again).map_err(|why| format!("sent again after a crash: {why}"));
        }
        if ends(&result) != Some(must) {
            let is = result.map_or_else(|failure| failure.to_string(), |done| format!("{done:?}"));
            return Err(format!("the book says {is}, the model {must:?}"));
        }
        self.count(&request.act, must);
        self.world.compare(&self.model)
    }

    fn count(&mut self, act: &Act, outcome: Outcome) {
        let tally = &mut self.tally;
        tally.kinds.entry(act.kind()).or_default()[usize::from(matches!(outcome, Outcome::Refused(_)))] += 1;
        match outcome {
            Outcome::Done => {
                tally.done += 1;
                tally.undone += u64::from(matches!(act, Act::Undo { .. }));
                tally.approved += u64::from(matches!(act, Act::Approve { .. }));
                tally.imported += u64::from(matches!(act, Act::Import(_)));
                let of_the_bank = matches!(
                    act,
                    Act::ApplyPayment(_)
                        | Act::ApplyRun(_)
                        | Act::SettlePayment { .. }
                        | Act::ReturnPayment { .. }
                        | Act::Refund { .. }
                );
                tally.bank += u64::from(of_the_bank);
            }
            Outcome::Asked => tally.asked += 1,
            Outcome::Again => tally.again += 1,
            Outcome::Refused(_) => tally.refused += 1,
        }
    }

    /// Some histories make a backup and go back to it.
    fn keep(&mut self, seed: u64, n: u64) -> Result<(), String> {
        if seed % 4 != 1 || self.armed {
            return Ok(());
        }
        if self.saved.is_none() && n >= 30 {
            self.saved = Some((self.world.backup(), self.model.clone()));
        } else if n % 97 == 96
            && let Some((files, model)) = &self.saved
        {
            self.world.restore(files);
            self.model = model.clone();
            self.tally.restores += 1;
            return self.look("after a restore");
        }
        Ok(())
    }

    /// Compares everything and asks the program's own check.
    fn look(&mut self, when: &str) -> Result<(), String> {
        self.world.compare_all(&self.model).map_err(|why| format!("{when}: {why}"))?;
        self.tally.checks += 1;
        if !self.armed {
            self.world.compare_standing(&self.model, self.today).map_err(|why| format!("{when}: {why}"))?;
        }
        let found = self.world.findings();
        if found.is_empty() { Ok(()) } else { Err(format!("{when} the check finds:\n{}", found.join("\n"))) }
    }
}
