//! A copy of the prepared book with two sessions on it, and what the book says of its things, without the numbers that
//! depend on who came first.

use std::path::PathBuf;

use chrono::{DateTime, NaiveDate, Utc};
use o2c::acts::dunning::Dunning;
use o2c::acts::payments::Line;
use o2c::acts::{self, Act, Actor, Done, Failure, Mode, Request, Stamp};
use o2c::domain::bank::EntryKind;
use o2c::domain::document::DocumentKind as Kind;
use o2c::domain::dunning::{Credits, Level, Policy, Scope};
use o2c::domain::money::Currency;
use o2c::store::dunning::runs::{lines, seal};
use o2c::store::open::{self, Access};
use o2c::store::people::CustomerData;
use o2c::store::{BookPath, Connection, backup, check};
use rusqlite::types::Value;

use crate::acts::Shown;
use crate::book::{Company, account, apply, customer, day, document, euro, statement, write_off};
use crate::stage::{self, BY_HAND, DRAFTED};

/// The book every pair starts from, as a closed file.
pub struct Template {
    folder: tempfile::TempDir,
    today: NaiveDate,
    acts: i64,
}

const TWICE: [&str; 10] = [
    "controller",
    "supervisor",
    "approver",
    "collector",
    "cash",
    "refunds",
    "disputes",
    "biller",
    "credit",
    "customers",
];

impl Template {
    /// Two people of each role, an invoice and one in dispute, money partly applied, a promise, a request that waits, a
    /// blocked customer, January closed, payments of a bank statement.
    pub fn new() -> Template {
        let company = Company::of(&["administrator"]);
        for role in TWICE.iter().chain(&["closer"]) {
            company.add(&format!("{role}1"), &[role]);
            company.add(&format!("{role}2"), &[role]);
        }
        let january = day("2026-01-10");
        company.done("biller1", document(Kind::Invoice, "INV-1", euro(40_000), day("2026-03-02")));
        company.done("biller1", document(Kind::Invoice, "INV-2", euro(500), january));
        company.done(
            "cash1",
            Act::PostReceipt {
                customer: 1,
                reference: "TRX".into(),
                date: january,
                currency: Currency::EUR,
                amount: euro(300),
                method: String::new(),
                text: String::new(),
                applied: Vec::new(),
            },
        );
        company.done("cash1", Act::Apply { credit: 3, applied: vec![(2, euro(100))], effective: day("2026-03-03") });
        let text = || "as agreed".to_owned();
        company
            .done("collector1", Act::OpenDispute { item: 2, amount: euro(200), reason: "price".into(), text: text() });
        company.done("collector1", Act::Promise { items: vec![(1, euro(900))], on: day("2026-03-30"), text: text() });
        company.done("collector1", Act::Note { customer: 1, text: text() });
        stage::cases(&company);
        company.done("controller1", write_off(1, euro(26_000), day("2026-03-16")));
        company.done("credit1", Act::SetBlocked { customer: 1, blocked: true, reason: text() });
        let (from, until) = (day("2026-03-16"), day("2026-03-20"));
        company.done("supervisor1", Act::Delegate { to: "collector1".into(), from, until });
        company.done("closer1", Act::ClosePeriod { period: "2026-01".into() });
        // Payment 1 waits and is of February, 2 was applied, and 3 takes it back.
        company.done("controller1", account());
        company.approve("controller2").expect("confirmed");
        company.done("biller1", document(Kind::Invoice, "INV-3", euro(60), day("2026-03-02")));
        let (of_february, on) = (day("2026-02-20"), day("2026-03-12"));
        let receipt = EntryKind::Receipt;
        let entries = [(euro(90), receipt, of_february), (euro(60), receipt, on), (-euro(62), EntryKind::Return, on)];
        company.done("cash1", statement("first", &entries));
        let item = company.number("SELECT max(id) FROM item");
        company.done("cash1", apply(2, euro(60), Line { item, paid: euro(60), ..Line::default() }));
        reminders(&company);
        stage::set(&company);
        let folder = tempfile::tempdir().expect("a folder");
        let from = BookPath::new(company.conn.path().expect("a file"));
        let acts = company.number("SELECT max(id) FROM act");
        let template = Template { folder, today: company.today, acts };
        let copied = backup::copy(&from, &template.file(), Utc::now()).expect("a copy");
        assert!(copied.found.is_empty(), "{:?}", copied.found);
        let whole = Connection::open(template.file()).expect("it opens");
        // A copy has no log of its own.
        whole.pragma_update(None, "journal_mode", "wal").expect("a log");
        company.assert_sound();
        template
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("book.o2c")
    }
}

/// A policy of one level without a minimum, whatever credits there are.
pub fn policy(wait_days: i64) -> Policy {
    let level = Level { number: 1, wait_days, ..Level::default() };
    Policy {
        name: "standard".into(),
        language: "en".into(),
        credits: Credits::List,
        daily: true,
        levels: vec![level],
        ..Policy::default()
    }
}

/// Run 1 of the company is being sent: a letter about the second invoice.
fn reminders(company: &Company) {
    let done = |login, act| company.done(login, Act::Dunning(act));
    done("controller1", Dunning::SetPolicy { policy: Box::new(policy(1)), version: 0 });
    done("controller1", Dunning::AssignPolicy { scope: Scope::Company, policy: "standard".into() });
    done("collector1", Dunning::DraftRun { segment: "currency:EUR".into() });
    let all = lines(&company.conn, 1, None).expect("lines");
    done("collector1", Dunning::ApproveRun { run: 1, seen: seal(&all) });
    done("collector1", Dunning::StartRun { run: 1, letters: 1, despite: "as agreed".into() });
}

/// Two sessions on one copy of the book.
pub struct Desk {
    seats: [Connection; 2],
    today: NaiveDate,
    /// The last act of the prepared book.
    before: i64,
    _folder: tempfile::TempDir,
}

impl Desk {
    pub fn of(template: &Template) -> Desk {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("book.o2c");
        std::fs::copy(template.file(), &file).expect("a copy");
        let seats = [(), ()].map(|()| {
            let conn = open::open(&BookPath::new(&file), Access::Write).expect("it opens");
            conn.execute_batch("PRAGMA synchronous = OFF").expect("fast");
            conn
        });
        let desk = Desk { seats, today: template.today, before: template.acts, _folder: folder };
        // Both have read the book, so that both have something to be stale with.
        for seat in &desk.seats {
            let _: i64 = seat.query_row("SELECT sum(open) FROM item", [], |row| row.get(0)).expect("items");
        }
        desk
    }

    pub fn send(&self, seat: usize, login: &str, request: &Request) -> Result<Done, Failure> {
        let noon = self.today.and_hms_opt(12, 0, 0).expect("noon");
        let stamp = Stamp { now: DateTime::<Utc>::from_naive_utc_and_offset(noon, Utc), today: self.today };
        acts::perform(&self.seats[seat], &Actor::new(login, "test"), stamp, request, Mode::Post)
    }

    fn number(&self, sql: &str) -> i64 {
        self.seats[1].query_row(sql, [], |row| row.get(0)).unwrap_or_else(|error| panic!("{sql}: {error}"))
    }

    fn text(&self, sql: &str) -> String {
        self.seats[1].query_row(sql, [], |row| row.get(0)).unwrap_or_else(|error| panic!("{sql}: {error}"))
    }

    /// The full name of somebody.
    pub fn name(&self, login: &str) -> String {
        self.text(&format!("SELECT name FROM person WHERE login = '{login}'"))
    }

    /// What a screen shows now.
    pub fn shown(&self) -> Shown {
        let drafted = lines(&self.seats[1], DRAFTED, None).expect("lines");
        let last = |kind: &str| {
            self.number(&format!("SELECT max(id) FROM act WHERE kind = '{kind}' AND id <= {}", self.before))
        };
        let data: String =
            self.text("SELECT data FROM customer_version WHERE customer_id = 1 ORDER BY id DESC LIMIT 1");
        let data: CustomerData = serde_json::from_str(&data).unwrap_or_else(|_| customer("K1"));
        Shown {
            open: [1, 2, 3].map(|item| self.number(&format!("SELECT open FROM item WHERE id = {item}"))),
            disputed: [1, 2].map(|item| self.number(&format!("SELECT disputed FROM item WHERE id = {item}"))),
            dispute: self.number("SELECT version FROM dispute WHERE id = 1"),
            closed: self.number("SELECT version FROM dispute WHERE id = 2"),
            inquiry: self.number("SELECT max(version) FROM inquiry_step WHERE inquiry_id = 1"),
            draft: seal(&drafted),
            lines: drafted.iter().map(|line| line.id).collect(),
            customer: self.number("SELECT version FROM customer WHERE id = 1"),
            data,
            asked: self.number("SELECT min(id) FROM request WHERE kind = 'write off'"),
            request: self.text("SELECT lower(hex(payload_hash)) FROM request WHERE kind = 'write off' ORDER BY id"),
            waiting: self.text("SELECT state FROM request WHERE kind = 'write off' ORDER BY id") == "waiting",
            applied: self.number("SELECT min(id) FROM act WHERE kind = 'apply'"),
            noted: self.number("SELECT min(id) FROM act WHERE kind = 'note'"),
            left: self.number("SELECT left FROM bank_payment WHERE id = 1"),
            paid: self.number("SELECT min(id) FROM act WHERE kind = 'apply payment'"),
            paid_by: self.number("SELECT document_id FROM payment_step WHERE payment_id = 2 AND takes_back IS NULL"),
            by_hand: self.number(&format!("SELECT id FROM document WHERE number = '{BY_HAND}'")),
            decided: last("resolve dispute"),
            planned: last("payment plan"),
            accepted: last("accept proposal"),
        }
    }

    pub fn assert_sound(&self, name: &str) {
        let found = check::full(&self.seats[1]).expect("checked");
        assert!(found.is_empty(), "{name}: {}", found.iter().map(|one| format!("{one}\n")).collect::<String>());
    }

    /// Everything the book says, each table sorted, without ids and numbers.
    pub fn state(&self) -> State {
        let lines = |sql: &&str| {
            let mut statement = self.seats[1].prepare_cached(sql).unwrap_or_else(|error| panic!("{sql}: {error}"));
            let columns = statement.column_count();
            let line = |row: &rusqlite::Row<'_>| -> rusqlite::Result<String> {
                let values: Result<Vec<Value>, _> = (0..columns).map(|column| row.get(column)).collect();
                Ok(format!("{:?}", values?))
            };
            let rows = statement.query_map([], line).expect("rows");
            let mut lines: Vec<String> = rows.collect::<Result<_, _>>().expect("rows");
            lines.sort_unstable();
            lines
        };
        State(TABLES.iter().map(lines).collect())
    }
}

/// How an act ended: `done`, `asked`, or a code.
pub fn ends(result: &Result<Done, Failure>) -> String {
    match result {
        Ok(done) if done.asked => "asked".into(),
        Ok(_) => "done".into(),
        Err(Failure::Refused { code, .. }) => (*code).into(),
        Err(other) => panic!("{other}"),
    }
}

/// What a book says, table by table.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct State(Vec<Vec<String>>);

impl State {
    /// The first row that only one of the two has.
    pub fn difference(&self, other: &State) -> String {
        for ((table, mine), theirs) in TABLES.iter().zip(&self.0).zip(&other.0) {
            let only = |one: &[String], other: &[String]| one.iter().find(|line| !other.contains(line)).cloned();
            if mine != theirs {
                return format!("{table}: {:?} instead of {:?}", only(mine, theirs), only(theirs, mine));
            }
        }
        "nothing".into()
    }
}

const TABLES: [&str; 40] = [
    "SELECT kind, customer_id, document_date, due_date, currency, amount, open, disputed, closed_on FROM item",
    "SELECT kind, customer_id, document_date, currency, amount, text FROM document",
    "SELECT a.amount, a.effective, a.rule, d.amount, c.amount FROM allocation a JOIN item d ON d.id = a.debit_item \
     JOIN item c ON c.id = a.credit_item",
    "SELECT date, debit, credit, currency, sum(amount), sum(base), count(*) FROM posting GROUP BY 1, 2, 3, 4",
    "SELECT measure, currency, day, amount, base, items FROM daily WHERE amount <> 0 OR items <> 0",
    "SELECT customer_id, currency, debits, credits, unapplied, disputed, items, oldest_due, paid FROM standing",
    "SELECT customer_id, person_id > 0, kind, outcome, text, next_on, takes_back IS NULL FROM activity",
    "SELECT number, name, email, phone, owner, credit_limit, blocked, last_contact, next_on, done_on, version \
     FROM customer",
    "SELECT item_id, amount, promised_on, level, ended_why FROM promise",
    "SELECT number, customer_id, currency, grace_days, ended_why FROM plan",
    "SELECT name, version, data FROM strategy_version",
    "SELECT item_id, amount, state, owner, department, accepted, version FROM dispute",
    "SELECT kind, state, person_id FROM request",
    "SELECT p.login, r.role, r.held FROM role_change r JOIN person p ON p.id = r.person_id",
    "SELECT p.login, c.field, c.value FROM person_change c JOIN person p ON p.id = c.person_id",
    "SELECT person_id, kind, amount FROM limit_change",
    "SELECT d.person_id, to_person, from_date, until_date, e.id IS NOT NULL FROM delegation d LEFT JOIN delegation_end e \
     ON e.delegation_id = d.id",
    "SELECT period, what, snapshot FROM period_step",
    "SELECT currency, from_date, rate FROM rate UNION ALL SELECT kpi, '', value FROM target",
    "SELECT name, number, currency FROM bank_account",
    "SELECT of_entry IS NULL, value_on, amount, left FROM bank_payment",
    "SELECT p.amount, s.what, s.amount, s.on_date, s.rule, s.takes_back IS NULL FROM payment_step s \
     JOIN bank_payment p ON p.id = s.payment_id",
    "SELECT customer_id, kind, value, held FROM alias_change UNION ALL SELECT 0, number, format, entries FROM bank_statement",
    "SELECT p.name, p.version, p.data FROM policy_version p UNION ALL SELECT scope, customer_id, policy FROM policy_assignment",
    "SELECT h.customer_id, h.item_id, h.until_date, e.id IS NOT NULL FROM dunning_hold h LEFT JOIN dunning_hold_end e \
     ON e.hold_id = h.id",
    "SELECT l.item_id, l.level, l.open, l.disputed, l.fee, t.asked, t.credits FROM letter_line l JOIN letter t \
     ON t.id = l.letter_id UNION ALL SELECT r.segment, r.lines, r.left_out, s.what, l.item_id, l.asked, l.why FROM dunning_run r \
     JOIN dunning_line l ON l.run_id = r.id LEFT JOIN dunning_step s ON s.run_id = r.id",
    "SELECT p.number, l.item_id, l.amount, i.part, i.due_date, i.amount FROM plan p JOIN plan_item l ON l.plan_id = p.id \
     JOIN instalment i ON i.plan_id = p.id",
    "SELECT plan_id, what, on_date, text FROM plan_step WHERE plan_id = 1",
    "SELECT d.item_id, s.what, s.state, s.owner, s.department, s.accepted, s.person_id FROM dispute_step s \
     JOIN dispute d ON d.id = s.dispute_id",
    "SELECT d.item_id, d.amount, f.field, CASE f.field WHEN 'split from' THEN '' ELSE f.value END FROM dispute_fact f \
     JOIN dispute d ON d.id = f.dispute_id",
    "SELECT d.item_id, d.amount, e.what, e.amount, e.document_id > 0, e.allocation_id > 0, e.other_id > 0, \
     e.takes_back IS NULL FROM dispute_effect e JOIN dispute d ON d.id = e.dispute_id",
    "SELECT d.item_id, f.name, f.size, f.note FROM dispute_file f JOIN dispute d ON d.id = f.dispute_id",
    "SELECT q.customer_id, q.item_id, q.about, q.reason, s.version, s.what, s.state, s.owner, s.department, s.text, \
     s.dispute_id > 0 FROM inquiry q JOIN inquiry_step s ON s.inquiry_id = q.id",
    "SELECT t.person_id, t.by_person, t.text, e.person_id > 0 FROM case_task t LEFT JOIN case_task_end e ON e.task_id = t.id",
    "SELECT m.customer_id, m.receiver, m.state, m.due_at FROM mail m UNION ALL SELECT mail_id, what, who, text FROM mail_step",
    "SELECT t.customer_id, w.way, w.why FROM letter_way w JOIN letter t ON t.id = w.letter_id UNION ALL \
     SELECT customer_id, address, bounced FROM address_step",
    "SELECT fingerprint, customer_id, mail_id, sort FROM answer UNION ALL \
     SELECT p.meaning, p.customer_id, s.what, p.state FROM proposal p LEFT JOIN proposal_step s ON s.proposal_id = p.id",
    "SELECT l.item_id, v.what, v.level, v.reason FROM dunning_review v JOIN dunning_line l ON l.id = v.line_id",
    "SELECT r.segment, s.what, s.text FROM dunning_step s JOIN dunning_run r ON r.id = s.run_id",
    "SELECT key, value FROM meta WHERE key NOT LIKE 'last%'",
];
