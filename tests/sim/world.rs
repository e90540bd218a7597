//! The book under test on a disk that loses power, and the comparison of its rows with the model.

use std::collections::BTreeMap;
use std::fmt::Write;

use chrono::{DateTime, Duration, NaiveDate, Utc};
use o2c::acts::{self, Actor, Done, Failure, Mode, Request, Stamp};
use o2c::domain::document::DocumentKind as Kind;
use o2c::store::open::{self, Access};
use o2c::store::{BookPath, Connection, Reader, backup, check};
use rusqlite::types::ValueRef;

use crate::model::{Model, State};
use crate::rigs::vfs::{Disk, Files};

const BOOK: &str = "book.o2c";

/// A book on a simulated disk; closed only while the disk is touched.
pub struct World {
    pub disk: Disk,
    conn: Option<Connection>,
    /// Seconds since the noon of the day before: two acts are never at one instant.
    ticks: i64,
    /// Items whose posted columns were compared already.
    compared: usize,
}

fn place(disk: Disk) -> BookPath {
    BookPath::with_vfs(BOOK, disk.name())
}

impl World {
    /// An empty book.
    pub fn new(disk: Disk) -> World {
        disk.reset();
        let conn = open::make(&place(disk)).expect("a book");
        World { disk, conn: Some(conn), ticks: 0, compared: 0 }
    }

    /// A book as these files have it.
    pub fn of(disk: Disk, files: &Files) -> World {
        disk.restore(files);
        let mut world = World { disk, conn: None, ticks: 0, compared: 0 };
        world.open();
        world
    }

    fn open(&mut self) {
        let conn = open::open(&place(self.disk), Access::Write).expect("the book opens");
        // Small, so that checkpoints fall among the acts.
        conn.pragma_update(None, "wal_autocheckpoint", 60).expect("a pragma");
        // Every kind of act and of comparison comes again and again: none is prepared twice.
        conn.set_prepared_statement_cache_capacity(2_000);
        self.conn = Some(conn);
        self.compared = 0;
    }

    pub fn conn(&self) -> &Connection {
        self.conn.as_ref().expect("an open book")
    }

    /// The files of the closed book; it is open again afterwards.
    pub fn files(&mut self) -> Files {
        self.conn = None;
        let files = self.disk.snapshot();
        self.open();
        files
    }

    /// The power comes back after a crash.
    pub fn power_cycle(&mut self, seed: u64) {
        self.conn = None;
        self.disk.power_cycle(seed);
        self.open();
    }

    /// A verified copy, as `o2c backup` makes it, and a book made of it.
    pub fn backup(&mut self) -> Files {
        self.conn = None;
        let folder = tempfile::tempdir().expect("a folder");
        let copy = folder.path().join("copy.o2c");
        let copied = backup::copy(&place(self.disk), &copy, Utc::now()).expect("a copy");
        assert!(copied.found.is_empty(), "{:?}", copied.found);
        let made = folder.path().join("made.o2c");
        let source = open::connect(&BookPath::new(&copy), Access::Read).expect("the copy opens");
        backup::Draft::start(&source, &made).and_then(backup::Draft::keep).expect("a book of the copy");
        let bytes = std::fs::read(&made).expect("the book");
        self.open();
        Files::from([(BOOK.to_owned(), bytes)])
    }

    /// The book is what a backup says.
    pub fn restore(&mut self, files: &Files) {
        self.conn = None;
        self.disk.restore(files);
        self.open();
    }

    pub fn stamp(&mut self, today: NaiveDate) -> Stamp {
        self.ticks += 1;
        Stamp { now: World::at(today, self.ticks), today }
    }

    /// The instant the next act is recorded at.
    pub fn next_instant(&self, today: NaiveDate) -> DateTime<Utc> {
        World::at(today, self.ticks + 1)
    }

    fn at(today: NaiveDate, ticks: i64) -> DateTime<Utc> {
        let noon = today.and_hms_opt(12, 0, 0).expect("noon") + Duration::seconds(ticks % 3_600);
        DateTime::<Utc>::from_naive_utc_and_offset(noon, Utc)
    }

    pub fn perform(&mut self, login: &str, request: &Request, today: NaiveDate) -> Result<Done, Failure> {
        let stamp = self.stamp(today);
        acts::perform(self.conn(), &Actor::new(login, "test"), stamp, request, Mode::Post)
    }

    /// Asks the book what screens ask it, by a connection that only reads.
    pub fn read<T>(&mut self, ask: impl FnOnce(&Reader) -> T) -> T {
        self.conn = None;
        let answer = ask(&Reader::open(&place(self.disk)).expect("a reader"));
        self.open();
        answer
    }

    /// The number of the last act in the log.
    pub fn last(&self) -> i64 {
        self.conn().query_row("SELECT max(id) FROM act", [], |row| row.get(0)).expect("a log")
    }

    pub fn findings(&self) -> Vec<String> {
        check::full(self.conn()).expect("checked").iter().map(ToString::to_string).collect()
    }

    /// One line a row, columns between bars.
    fn rows(&self, sql: &str) -> Vec<String> {
        let mut statement = self.conn().prepare_cached(sql).unwrap_or_else(|error| panic!("{sql}: {error}"));
        let columns = statement.column_count();
        let mut rows = statement.query([]).expect("rows");
        let mut lines = Vec::new();
        while let Some(row) = rows.next().expect("a row") {
            let mut line = String::new();
            for column in 0..columns {
                let _ = match row.get_ref(column).expect("a column") {
                    ValueRef::Null => write!(line, "-"),
                    ValueRef::Integer(number) => write!(line, "{number}"),
                    ValueRef::Text(text) => write!(line, "{}", String::from_utf8_lossy(text)),
                    other => panic!("{other:?} in {sql}"),
                };
                line.push('|');
            }
            lines.push(line);
        }
        lines
    }

    pub fn same(&self, what: &str, sql: &str, must: Vec<String>) -> Result<(), String> {
        let is = self.rows(sql);
        if is == must {
            return Ok(());
        }
        let at = is.iter().zip(&must).position(|(is, must)| is != must).unwrap_or(is.len().min(must.len()));
        Err(format!("{what} {}: the book has {:?}, the model {:?}", at + 1, is.get(at), must.get(at)))
    }

    /// Compares what acts change most: after every act.
    pub fn compare(&mut self, model: &Model) -> Result<(), String> {
        if self.last() != model.last() {
            return Err(format!("the log ends at act {}, the model's at {}", self.last(), model.last()));
        }
        let state = &model.state;
        let opens = state.money.opens();
        self.compare_items(state, &opens)?;
        self.same("balance", BALANCES, balances(state, &opens))?;
        self.same("control account", CONTROL, control(state, &opens))?;
        self.same("request", "SELECT state, amount FROM request ORDER BY id", requests(state))?;
        self.same("dispute", DISPUTES, disputes(state))?;
        self.same("promise", PROMISES, promises(state))?;
        self.compare_collections(state)?;
        self.same("payment", PAYMENTS, payments(state))?;
        self.same("part of a payment", PARTS, parts(state))
    }

    /// Compares everything else: people, master data, months, and the control account as posted.
    pub fn compare_all(&mut self, model: &Model) -> Result<(), String> {
        self.compare(model)?;
        let state = &model.state;
        self.same("posted control account", POSTED, control(state, &state.money.opens()))?;
        self.same("customer", CUSTOMERS, customers(state))?;
        self.same("person", PEOPLE, people(state))?;
        self.same("limit", LIMITS, limits(state))?;
        self.same("delegation", LENT, lent(state))?;
        self.same("statement", "SELECT balance FROM bank_statement ORDER BY id", statements(state))?;
        self.same("payer", "SELECT customer_id, kind, value, held FROM alias_change ORDER BY id", aliases(state))?;
        let settings = state.settings.iter().map(|(key, value)| format!("{key}|{value}|")).collect();
        self.same("setting", SETTINGS, settings)?;
        let closed = o2c::store::periods::closed_until(self.conn()).expect("months");
        if closed == state.money.closed {
            return Ok(());
        }
        Err(format!("closed until {closed:?}, the model {:?}", state.money.closed))
    }

    fn compare_items(&mut self, state: &State, opens: &[i64]) -> Result<(), String> {
        let items = &state.money.items;
        let mut statement = self.conn().prepare_cached("SELECT open, disputed FROM item ORDER BY id").expect("items");
        let mut rows = statement.query([]).expect("rows");
        let mut count = 0;
        while let Some(row) = rows.next().expect("a row") {
            let found: (i64, i64) = (row.get(0).expect("open"), row.get(1).expect("disputed"));
            let must = items.get(count).map(|item| (opens[count], item.disputed));
            count += 1;
            if must != Some(found) {
                return Err(format!("item {count}: open and disputed {found:?}, the model {must:?}"));
            }
        }
        if count != items.len() {
            return Err(format!("{count} items, the model {}", items.len()));
        }
        drop(rows);
        drop(statement);
        if self.compared < count {
            let new = &items[self.compared..];
            let must = new.iter().map(|item| {
                let (kind, code) = (item.kind.code(), item.currency.code());
                format!("{kind}|{}|{}|{}|{code}|{}|", item.customer, item.date, item.due, item.amount)
            });
            let sql = "SELECT kind, customer_id, document_date, due_date, currency, amount FROM item WHERE id > ";
            let sql = format!("{sql}{} ORDER BY id", self.compared);
            self.same("new item", &sql, must.collect())?;
            self.compared = count;
        }
        Ok(())
    }
}

const BALANCES: &str = "SELECT customer_id, currency, debits, credits, unapplied, disputed FROM standing \
    WHERE debits <> 0 OR credits <> 0 OR unapplied <> 0 OR disputed <> 0 ORDER BY 1, 2";
const CONTROL: &str = "SELECT currency, sum(amount) FROM daily WHERE measure = 2 GROUP BY currency \
    HAVING sum(amount) <> 0 ORDER BY 1";
const POSTED: &str = "SELECT currency, sum(amount * ((debit IN (1200, 1210, 1220)) - (credit IN (1200, 1210, 1220)))) \
    FROM posting GROUP BY currency HAVING 2 <> 0 AND \
    sum(amount * ((debit IN (1200, 1210, 1220)) - (credit IN (1200, 1210, 1220)))) <> 0 ORDER BY 1";
const DISPUTES: &str = "SELECT item_id, amount, state, owner, department, accepted, version FROM dispute ORDER BY id";
const PROMISES: &str =
    "SELECT item_id, amount, made_on, promised_on, level, ended_on, ended_why FROM promise ORDER BY id";
const PAYMENTS: &str = "SELECT amount, left FROM bank_payment ORDER BY id";
const PARTS: &str = "SELECT payment_id, what, amount, document_id, takes_back FROM payment_step ORDER BY id";
const CUSTOMERS: &str = "SELECT version, number, name, terms, credit_limit, email, phone, owner, blocked, bank_account, \
    last_contact, next_on, done_on FROM customer ORDER BY id";
const PEOPLE: &str = "SELECT p.login, coalesce((SELECT value FROM person_change c WHERE c.person_id = p.id AND \
    field = 'active' ORDER BY id DESC LIMIT 1), '1'), \
    coalesce((SELECT group_concat(role, ' ') FROM (SELECT role FROM role_change r WHERE r.person_id = p.id AND held = 1 \
    AND NOT EXISTS (SELECT 1 FROM role_change l WHERE l.person_id = p.id AND l.role = r.role AND l.id > r.id) \
    ORDER BY role)), '') FROM person p ORDER BY p.id";
const LIMITS: &str = "SELECT person_id, kind, amount FROM limit_change l WHERE amount IS NOT NULL AND NOT EXISTS \
    (SELECT 1 FROM limit_change n WHERE n.person_id = l.person_id AND n.kind = l.kind AND n.id > l.id) ORDER BY 1, 2";
const LENT: &str = "SELECT person_id, to_person, from_date, until_date, e.id IS NOT NULL FROM delegation d \
    LEFT JOIN delegation_end e ON e.delegation_id = d.id ORDER BY d.id";
const SETTINGS: &str = "SELECT key, value FROM meta WHERE key IN ('bank-account', 'mail-sender', 'letter-footer', \
    'phone') ORDER BY key";

pub fn maybe<T: ToString>(value: Option<T>) -> String {
    value.map_or_else(|| "-".into(), |value| value.to_string())
}

fn balances(state: &State, opens: &[i64]) -> Vec<String> {
    let mut sums: BTreeMap<(i64, &str), [i64; 4]> = BTreeMap::new();
    for (item, open) in state.money.items.iter().zip(opens) {
        let sum = sums.entry((item.customer, item.currency.code())).or_default();
        let family = match item.kind {
            Kind::Invoice | Kind::DebitNote | Kind::Refund => 0,
            Kind::CreditNote | Kind::WriteOff | Kind::Discount | Kind::Difference => 1,
            Kind::Receipt => 2,
        };
        sum[family] += open;
        sum[3] += item.disputed;
    }
    let owed = sums.into_iter().filter(|(_, sums)| *sums != [0; 4]);
    owed.map(|((customer, code), [a, b, c, d])| format!("{customer}|{code}|{a}|{b}|{c}|{d}|")).collect()
}

fn control(state: &State, opens: &[i64]) -> Vec<String> {
    let mut sums: BTreeMap<&str, i64> = BTreeMap::new();
    for (item, open) in state.money.items.iter().zip(opens) {
        *sums.entry(item.currency.code()).or_default() += open;
    }
    sums.into_iter().filter(|(_, sum)| *sum != 0).map(|(code, sum)| format!("{code}|{sum}|")).collect()
}

fn requests(state: &State) -> Vec<String> {
    state
        .requests
        .iter()
        .map(|asked| format!("{}|{}|", asked.state, maybe(asked.amount.filter(|amount| *amount < i64::MAX))))
        .collect()
}

fn disputes(state: &State) -> Vec<String> {
    let line = |(case, steps): (&crate::ledger::Case, &Vec<crate::model::Step>)| {
        let step = steps.last().expect("a step");
        let (item, amount) = (case.item + 1, case.amount);
        format!("{item}|{amount}|{}|{}|{}|{}|{}|", step.state, step.owner, step.department, step.accepted, case.version)
    };
    state.money.cases.iter().zip(&state.steps).map(line).collect()
}

fn promises(state: &State) -> Vec<String> {
    let line = |promise: &crate::model::Promise| {
        let (ended, why) = (promise.ended.map(|end| end.0), promise.ended.map_or("", |end| end.1));
        let (item, amount) = (promise.item + 1, promise.amount);
        format!("{item}|{amount}|{}|{}|{}|{}|{why}|", promise.made, promise.on, promise.level, maybe(ended))
    };
    state.promises.iter().map(line).collect()
}

fn statements(state: &State) -> Vec<String> {
    state.bank.statements.iter().map(|balance| format!("{balance}|")).collect()
}

fn payments(state: &State) -> Vec<String> {
    state.bank.payments.iter().map(|payment| format!("{}|{}|", payment.amount, payment.left)).collect()
}

/// In these books a document has one item, so that both have one number.
fn parts(state: &State) -> Vec<String> {
    let line = |part: &crate::bank::Part| {
        let (document, back) = (maybe(part.item.map(|at| at + 1)), maybe(part.takes_back.map(|at| at + 1)));
        format!("{}|{}|{}|{document}|{back}|", part.payment + 1, part.what, part.amount)
    };
    state.bank.parts.iter().map(line).collect()
}

fn aliases(state: &State) -> Vec<String> {
    let line = |alias: &crate::bank::Alias| {
        format!("{}|{}|{}|{}|", alias.customer, alias.kind, alias.value, i64::from(alias.held))
    };
    state.bank.aliases.iter().map(line).collect()
}

fn customers(state: &State) -> Vec<String> {
    let line = |known: &crate::model::Customer| {
        let data = known.data();
        let (limit, blocked) = (maybe(data.credit_limit), i64::from(data.blocked));
        format!(
            "{}|{}|{}|{}|{limit}|{}|{}|{}|{blocked}|{}|{}|{}|{}|",
            known.version(),
            data.number,
            data.name,
            data.terms,
            data.email,
            data.phone,
            data.owner,
            data.bank_account,
            maybe(known.last_contact),
            maybe(known.next_on),
            maybe(known.done_on)
        )
    };
    state.customers.iter().map(line).collect()
}

fn people(state: &State) -> Vec<String> {
    let line = |person: &crate::people::Person| {
        format!("{}|{}|{}|", person.login, i64::from(person.active), person.roles.join(" "))
    };
    state.people.iter().map(line).collect()
}

fn limits(state: &State) -> Vec<String> {
    let mut lines = Vec::new();
    for (at, person) in state.people.iter().enumerate() {
        // In the order of their names.
        for (place, name) in [(4, "approval"), (0, "credit-note"), (2, "dispute"), (3, "release"), (1, "write-off")] {
            if let Some(amount) = person.limits[place] {
                lines.push(format!("{}|{name}|{amount}|", at + 1));
            }
        }
    }
    lines
}

fn lent(state: &State) -> Vec<String> {
    let line = |lent: &crate::model::Lent| {
        let (person, to, ended) = (lent.from_person + 1, lent.to + 1, i64::from(lent.ended));
        format!("{person}|{to}|{}|{}|{ended}|", lent.from, lent.until)
    };
    state.lent.iter().map(line).collect()
}
