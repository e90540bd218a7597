//! The matrix: every role against every act, at amounts around its limit, in open and closed months, with what was seen
//! still so and changed since; and every role as the approver of what others and itself asked for. What must come out is
//! written down here by hand, not asked of the program.

use chrono::NaiveDate;
use o2c::acts::arrange::Arrange;
use o2c::acts::bank_rules::RuleChange;
use o2c::acts::dunning::{Dunning, Review};
use o2c::acts::mail::{Choice, Mail, Proposed, Received};
use o2c::acts::payments::{Line, Run, SentBack, Settled};
use o2c::acts::{self, Act, Actor, Failure, Mode, Request};
use o2c::domain::bank::EntryKind;
use o2c::domain::document::DocumentKind as Kind;
use o2c::domain::dunning::{Level, Policy, Scope};
use o2c::domain::limits::LimitKind;
use o2c::domain::money::Currency;
use o2c::domain::plan::monthly;
use o2c::store::people::CustomerData;
use o2c::store::schema::hex;
use sha2::{Digest, Sha256};

use super::book::{Company, account, apply, customer, day, document, euro, role, statement, write_off};
use super::{more, variants};

const ROLES: [&str; 14] = [
    "administrator",
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
    "closer",
    "auditor",
    "viewer",
];

/// What one cell of the matrix varies.
#[derive(Clone, Copy)]
pub struct Case {
    pub amount: i64,
    pub date: NaiveDate,
    pub stale: bool,
    /// The request that waits, and its hash.
    pub asked: (i64, &'static str),
    /// An act of Anna that can be taken back.
    pub noted: i64,
}

/// What an act comes to for somebody who may do it.
#[derive(Clone, Copy, PartialEq)]
pub enum Comes {
    /// It is done.
    Done,
    /// It always waits for a second person.
    Waits,
    /// Done up to the limit of the role in whole euro, beyond it waits.
    Limited,
}

pub struct Kinded {
    pub name: &'static str,
    pub may: &'static [&'static str],
    pub comes: Comes,
    /// The date of the case matters.
    pub dated: bool,
    /// It names the version that was seen.
    pub versioned: bool,
    /// What all others are refused with.
    pub otherwise: &'static str,
    pub act: Deed,
}

/// How the act of a case is made.
pub enum Deed {
    Plain(fn(Case) -> Act),
    Dunning(fn(Case) -> Dunning),
}

impl Kinded {
    fn act(&self, case: Case) -> Act {
        match self.act {
            Deed::Plain(act) => act(case),
            Deed::Dunning(act) => Act::Dunning(act(case)),
        }
    }
}

pub const fn plain(name: &'static str, may: &'static [&'static str], act: fn(Case) -> Act) -> Kinded {
    Kinded { name, may, comes: Comes::Done, dated: false, versioned: false, otherwise: "AUT-02", act: Deed::Plain(act) }
}

/// An act of dunning, as a kind of the matrix.
pub fn dunning(name: &'static str, may: &'static [&'static str], act: fn(Case) -> Dunning) -> Kinded {
    Kinded {
        name,
        may,
        comes: Comes::Done,
        dated: false,
        versioned: false,
        otherwise: "AUT-02",
        act: Deed::Dunning(act),
    }
}

const SETTINGS: &[&str] = &["administrator", "controller"];
pub const COLLECT: &[&str] = &["controller", "supervisor", "collector", "cash", "disputes", "credit"];
pub const DISPUTE: &[&str] = &["controller", "supervisor", "collector", "disputes", "biller"];

pub fn version(case: Case) -> i64 {
    if case.stale { 7 } else { 1 }
}

/// What is left of payment 1, as it was seen.
pub fn left(case: Case) -> i64 {
    if case.stale { 7 } else { euro(900) }
}

fn changed(case: Case, data: CustomerData) -> Act {
    Act::SetCustomer { customer: Some(1), version: version(case), data }
}

pub fn text() -> String {
    "because".into()
}

#[rustfmt::skip]
fn acts() -> Vec<Kinded> {
    vec![
        Kinded { dated: true, ..plain("post invoice", &["biller"], |c| document(Kind::Invoice, "N-1", c.amount, c.date)) },
        Kinded { dated: true, comes: Comes::Limited, ..plain("post credit note", &["biller"], |c| document(Kind::CreditNote, "N-2", c.amount, c.date)) },
        Kinded { dated: true, comes: Comes::Limited, ..plain("credit", &["biller"], |c| Act::Credit { item: 1, amount: c.amount, date: c.date, reason: text() }) },
        Kinded { dated: true, comes: Comes::Limited, ..plain("write off", &["controller"], |c| write_off(1, c.amount, c.date)) },
        Kinded { versioned: true, comes: Comes::Limited, ..plain("resolve dispute", &["controller", "supervisor", "disputes"], |c| Act::ResolveDispute { dispute: 1, version: version(c), accepted: c.amount, text: text() }) },
        Kinded { dated: true, ..plain("post receipt", &["cash"], |c| Act::PostReceipt { customer: 1, reference: String::new(), date: c.date, currency: Currency::EUR, amount: c.amount, method: text(), text: text(), applied: Vec::new() }) },
        Kinded { dated: true, ..plain("apply", &["cash"], |c| Act::Apply { credit: 3, applied: vec![(1, 100)], effective: c.date }) },
        plain("unapply", &["cash"], |c| Act::Unapply { allocation: 1, effective: c.date, reason: text() }),
        Kinded { versioned: true, ..plain("change a phone number", &["customers"], |c| changed(c, CustomerData { phone: "1".into(), ..customer("K1") })) },
        Kinded { versioned: true, comes: Comes::Waits, ..plain("change an e-mail", &["customers"], |c| changed(c, CustomerData { email: "x@y.example".into(), ..customer("K1") })) },
        Kinded { versioned: true, comes: Comes::Waits, ..plain("change a bank account", &["customers"], |c| changed(c, CustomerData { bank_account: "DE89370400440532013000".into(), ..customer("K1") })) },
        Kinded { versioned: true, comes: Comes::Waits, ..plain("set a credit limit", &["controller", "credit"], |c| changed(c, CustomerData { credit_limit: Some(c.amount), ..customer("K1") })) },
        plain("block", &["controller", "credit"], |_| Act::SetBlocked { customer: 1, blocked: true, reason: text() }),
        plain("note", COLLECT, |_| Act::Note { customer: 1, text: text() }),
        plain("call", COLLECT, |_| Act::LogCall { customer: 1, outcome: "reached".into(), text: text(), next_on: None }),
        plain("e-mail draft", COLLECT, |_| Act::DraftEmail { customers: vec![1], text: text(), next_on: None }),
        plain("follow-up", COLLECT, |_| Act::FollowUp { customers: vec![1], on: day("2026-03-20"), what: text() }),
        plain("done", COLLECT, |_| Act::Done { customers: vec![1] }),
        plain("owner", &["controller", "supervisor"], |_| Act::SetOwner { customers: vec![1], owner: "anna".into() }),
        plain("promise", COLLECT, |_| Act::Promise { items: vec![(1, 100)], on: day("2026-03-20"), text: text() }),
        plain("withdraw", COLLECT, |_| Act::Withdraw { promise: 1 }),
        plain("open dispute", DISPUTE, |_| Act::OpenDispute { item: 1, amount: 100, reason: "price".into(), text: text() }),
        Kinded { versioned: true, ..plain("note dispute", DISPUTE, |c| Act::NoteDispute { dispute: 1, version: version(c), text: text() }) },
        Kinded { versioned: true, ..plain("assign dispute", DISPUTE, |c| Act::AssignDispute { dispute: 1, version: version(c), owner: "cash".into(), department: "invoicing".into() }) },
        Kinded { comes: Comes::Waits, ..plain("rate", &["administrator", "controller"], |c| Act::SetRate { currency: Currency::USD, from: c.date, rate: "0.9".into() }) },
        plain("target", &["administrator", "controller"], |_| Act::SetTarget { kpi: "dso".into(), value: "44".into() }),
        plain("phone of the company", &["administrator", "controller"], |_| Act::SetSetting { key: "phone".into(), value: "+49 40 1".into() }),
        Kinded { comes: Comes::Waits, ..plain("our bank account", &["administrator", "controller"], |_| Act::SetSetting { key: "bank-account".into(), value: "DE89370400440532013000".into() }) },
        Kinded { comes: Comes::Waits, ..plain("add person", &["administrator"], |_| Act::AddPerson { login: "new".into(), name: text(), roles: vec!["cash".into()], department: String::new() }) },
        Kinded { comes: Comes::Waits, ..plain("give role", &["administrator"], |_| role("viewer", "collector", true)) },
        plain("take role", &["administrator"], |_| role("cash", "cash", false)),
        Kinded { comes: Comes::Waits, ..plain("limit", &["administrator"], |c| Act::SetLimit { login: "biller".into(), kind: LimitKind::CreditNote, amount: Some(c.amount) }) },
        plain("department", &["administrator"], |_| Act::SetDepartment { login: "cash".into(), department: "collections".into() }),
        plain("shut out", &["administrator"], |_| Act::SetActive { login: "cash".into(), active: false }),
        plain("delegate", &["controller", "supervisor", "approver"], |_| Act::Delegate { to: "anna".into(), from: day("2026-03-16"), until: day("2026-03-20") }),
        Kinded { comes: Comes::Waits, ..plain("add bank account", &["administrator", "controller"], |_| Act::AddBankAccount { name: "New".into(), number: "DE89370400440532013000".into(), currency: Currency::EUR }) },
        // Money of a closed month is posted on the first open day, so the date refuses nothing.
        plain("statement", &["cash"], |c| statement("new", &[(100, EntryKind::Receipt, c.date)])),
        Kinded { versioned: true, ..plain("apply payment", &["cash"], |c| apply(1, left(c), Line { item: 1, paid: 100, ..Line::default() })) },
        // Who handles cash grants nothing beyond what the company accepts anyway, unless a limit is given.
        Kinded { versioned: true, comes: Comes::Waits, ..plain("difference", &["cash"], |c| apply(1, left(c), Line { item: 1, paid: 100, difference: c.amount, ..Line::default() })) },
        Kinded { versioned: true, comes: Comes::Waits, ..plain("charges of the payer's bank", &["cash"], |c| apply(1, left(c), Line { item: 1, paid: 100, difference: c.amount, reason: "bank charges".into(), ..Line::default() })) },
        Kinded { versioned: true, comes: Comes::Waits, ..plain("unearned discount", &["cash"], |c| apply(1, left(c), Line { item: 1, paid: 100, discount: c.amount, ..Line::default() })) },
        Kinded { versioned: true, comes: Comes::Waits, ..plain("half discount, half difference", &["cash"], |c| apply(1, left(c), Line { item: 1, discount: c.amount / 2, difference: c.amount - c.amount / 2, ..Line::default() })) },
        Kinded { versioned: true, ..plain("deduction", &["cash"], |c| apply(1, left(c), Line { item: 1, paid: 100, deducted: c.amount.min(euro(900)), reason: "price".into(), ..Line::default() })) },
        plain("apply run", &["cash"], |_| Act::ApplyRun(Run::default())),
        Kinded { versioned: true, comes: Comes::Waits, ..plain("settle payment", &["cash"], |c| Act::SettlePayment { payment: 1, left: left(c), what: Settled::Elsewhere, text: text() }) },
        plain("return payment", &["cash"], |_| Act::ReturnPayment { payment: 3, receipt: 4, reason: text() }),
        Kinded { dated: true, comes: Comes::Waits, ..plain("refund", &["refunds"], |c| Act::Refund { credit: 3, amount: c.amount, date: c.date, reason: text() }) },
        Kinded { versioned: true, comes: Comes::Waits, ..plain("refund of a payment", &["refunds"], |c| Act::RefundPayment(SentBack { payment: 1, left: left(c), customer: 1, amount: c.amount, date: c.date, reason: text() })) },
        Kinded { comes: Comes::Waits, ..plain("bank rule", &["cash"], |_| Act::SetBankRule(RuleChange { text: "account fee".into(), account: None, kind: EntryKind::Charge, held: true })) },
        plain("payer", &["cash"], |_| Act::SetAlias { customer: 1, kind: "name".into(), value: "Wind".into(), held: true }),
    ]
    .into_iter()
    .chain(letters())
    .chain(arranged())
    .chain(more::cases())
    .chain(more::outgoing())
    .chain(more::choices())
    .collect()
}

/// Policies, runs, letters and mail; months.
#[rustfmt::skip]
fn letters() -> Vec<Kinded> {
    vec![
        dunning("set policy", SETTINGS, |_| Dunning::SetPolicy { policy: Box::new(policy("gentle")), version: 0 }),
        dunning("assign policy", SETTINGS, |_| Dunning::AssignPolicy { scope: Scope::Customer(1), policy: "none".into() }),
        dunning("hold", COLLECT, |_| hold(None)),
        dunning("lift hold", COLLECT, |_| Dunning::LiftHold { hold: 1, reason: text() }),
        dunning("draft run", COLLECT, |_| Dunning::DraftRun { segment: String::new() }),
        dunning("review run", COLLECT, |_| Dunning::ReviewLines { lines: vec![1], what: Review::Drop, reason: text() }),
        dunning("release run", COLLECT, |_| Dunning::ApproveRun { run: 1, seen: seen(1) }),
        dunning("start run", COLLECT, |_| Dunning::StartRun { run: 2, letters: 1, despite: text() }),
        dunning("letter", COLLECT, |_| Dunning::SendLetter { run: 3, customer: 1, policy: 1, level: 1, currency: Currency::EUR }),
        dunning("cancel run", COLLECT, |_| Dunning::CancelRun { run: 2, reason: text() }),
        plain("mail in", COLLECT, |_| Act::Mail(answer("ef", "query"))),
        plain("accept an answer", COLLECT, |_| Act::Mail(Mail::Accept { proposal: 1, choice: Choice::default() })),
        plain("accept a dispute", DISPUTE, |_| Act::Mail(Mail::Accept { proposal: 2, choice: Choice { amount: Some(1), documents: vec!["INV-1".into()], ..Choice::default() } })),
        plain("dismiss an answer", COLLECT, |_| Act::Mail(Mail::Dismiss { proposal: 1, reason: text() })),
        Kinded { comes: Comes::Waits, ..dunning("release run of two", COLLECT, |_| Dunning::ApproveRun { run: 4, seen: seen(4) }) },
        plain("close month", &["controller", "closer"], |_| Act::ClosePeriod { period: "2026-02".into() }),
        Kinded { comes: Comes::Waits, ..plain("reopen month", &["controller", "closer"], |_| Act::ReopenPeriod { period: "2026-01".into(), reason: text() }) },
    ]
}

/// Plans, contacts, hand-over, strategies.
#[rustfmt::skip]
fn arranged() -> Vec<Kinded> {
    vec![
        plain("payment plan", COLLECT, |_| Act::Arrange(Arrange::ProposePlan { items: vec![(2, 100)], instalments: monthly(100, 2, day("2026-04-01")), grace_days: 5, text: text(), replaces: None })),
        plain("contact", COLLECT, |_| Act::Arrange(Arrange::Contact { customer: 1, kind: "visit".into(), outcome: "reached".into(), text: text(), next_on: day("2026-03-20"), next_what: String::new() })),
        plain("hand over", &["controller", "supervisor"], |_| Act::Arrange(Arrange::HandOver { from: String::new(), to: "anna".into(), note: text() })),
        plain("set strategy", SETTINGS, |_| Act::Arrange(Arrange::SetStrategy { strategy: Box::default(), version: 0 })),
    ]
}

fn limit_of(role: &str) -> i64 {
    match role {
        "controller" => euro(25_000),
        "supervisor" => euro(5_000),
        _ => euro(500),
    }
}

/// Everybody, two invoices of January, a receipt partly applied in March, a dispute, a promise, payments of a bank
/// statement; January is closed.
fn company() -> Company {
    let company = Company::of(&ROLES);
    let january = day("2026-01-10");
    company.done("anna", document(Kind::Invoice, "INV-1", euro(90_000), january));
    company.done("anna", document(Kind::Invoice, "INV-2", euro(90_000), january));
    let money = Act::PostReceipt {
        customer: 1,
        reference: "TRX".into(),
        date: january,
        currency: Currency::EUR,
        amount: euro(900),
        method: text(),
        text: text(),
        applied: Vec::new(),
    };
    company.done("anna", money);
    company.done("anna", Act::Apply { credit: 3, applied: vec![(2, 100)], effective: company.today });
    let open = Act::OpenDispute { item: 2, amount: euro(60_000), reason: "price".into(), text: text() };
    company.done("anna", open);
    company.done("anna", Act::Promise { items: vec![(2, 100)], on: day("2026-03-30"), text: text() });
    // Payment 1 waits, 2 became document 4, which 3 takes back.
    company.done("anna", account());
    company.approve("controller").expect("confirmed");
    let paid = |amount, kind| (amount, kind, january);
    let entries = [paid(euro(900), EntryKind::Receipt), paid(100, EntryKind::Receipt), paid(-100, EntryKind::Return)];
    company.done("anna", statement("first", &entries));
    company.done("anna", apply(2, 100, Line { item: 2, paid: 100, ..Line::default() }));
    company.done("anna", Act::ClosePeriod { period: "2026-01".into() });
    more::before_letters(&company);
    reminders(&company);
    more::after_letters(&company);
    company
}

fn policy(name: &str) -> Policy {
    let level = Level { number: 1, wait_days: 3, ..Level::default() };
    Policy { name: name.into(), language: "en".into(), levels: vec![level], ..Policy::default() }
}

fn hold(item: Option<i64>) -> Dunning {
    let (kind, from, reason) = ("manual".into(), day("2026-03-16"), text());
    Dunning::PlaceHold { customer: 1, item, kind, from, until: None, reason }
}

/// What is looked at of the run whose only line is this one, at level 1.
fn seen(line: i64) -> String {
    let mut hasher = Sha256::new();
    hasher.update(line.to_le_bytes());
    hasher.update(1u32.to_le_bytes());
    hex(&hasher.finalize())
}

/// A mail of customer 1 that says something.
fn answer(fingerprint: &str, meaning: &str) -> Mail {
    let proposal = Proposed {
        meaning: meaning.into(),
        on: None,
        amount: None,
        documents: Vec::new(),
        phrase: text(),
        sentence: text(),
    };
    Mail::Receive(Box::new(Received {
        fingerprint: fingerprint.repeat(32),
        message_id: text(),
        customer: Some(1),
        mail: None,
        found_by: text(),
        sort: "written".into(),
        status: String::new(),
        sender: text(),
        name: text(),
        subject: text(),
        on: None,
        words: vec![text()],
        attached: Vec::new(),
        proposals: vec![proposal],
    }))
}

/// Runs about the first invoice: 1 is a draft, 2 is released, 3 is being sent, 4 is a draft that two people release.
fn reminders(company: &Company) {
    let done = |act| company.done("anna", Act::Dunning(act));
    for (fingerprint, meaning) in [("ab", "query"), ("cd", "dispute")] {
        company.done("anna", Act::Mail(answer(fingerprint, meaning)));
    }
    done(Dunning::SetPolicy { policy: Box::new(policy("standard")), version: 0 });
    done(Dunning::SetPolicy { policy: Box::new(Policy { approval: true, ..policy("strict") }), version: 0 });
    done(Dunning::AssignPolicy { scope: Scope::Company, policy: "standard".into() });
    done(hold(Some(2)));
    for segment in ["currency:EUR", "currency:eur", "share:100"] {
        done(Dunning::DraftRun { segment: segment.into() });
    }
    for run in [2, 3] {
        done(Dunning::ApproveRun { run, seen: seen(run) });
    }
    done(Dunning::StartRun { run: 3, letters: 1, despite: text() });
    done(Dunning::AssignPolicy { scope: Scope::Company, policy: "strict".into() });
    done(Dunning::DraftRun { segment: "share:100 currency:EUR".into() });
    done(Dunning::AssignPolicy { scope: Scope::Company, policy: "standard".into() });
}

fn tried(company: &Company, login: &str, act: Act, mode: Mode) -> String {
    let request = Request::new(act);
    match acts::perform(&company.conn, &Actor::new(login, "test"), company.stamp(), &request, mode) {
        Ok(done) if done.asked => "asked".into(),
        Ok(_) => "done".into(),
        Err(Failure::Refused { code, .. }) => code.into(),
        Err(other) => panic!("{other}"),
    }
}

fn must(kind: &Kinded, role: &str, case: Case, closed: bool) -> &'static str {
    if !kind.may.contains(&role) {
        return kind.otherwise;
    }
    if kind.versioned && case.stale {
        return "ACT-03";
    }
    if kind.dated && closed {
        return "DAT-02";
    }
    match kind.comes {
        Comes::Waits => "asked",
        Comes::Limited if case.amount > limit_of(role) => "asked",
        _ => "done",
    }
}

#[test]
fn only_the_listed_combinations_succeed_and_every_denial_is_in_the_log() {
    let company = company();
    let asked = company.newest();
    let asked = (asked.id, &*hex(&asked.hash).leak());
    let noted = company.done("anna", Act::Note { customer: 1, text: text() }).act;
    let case = |amount, date, stale| Case { amount, date, stale, asked, noted };
    let every: Vec<_> = acts().iter().map(|kind| kind.act(case(1, company.today, false))).collect();
    assert_eq!(variants::missing(&every), [""; 0], "the matrix has not these acts");
    let (mut cases, mut denied) = (0, company.number("SELECT count(*) FROM denial"));
    for kind in acts() {
        for role in ROLES {
            let limit = limit_of(role);
            for amount in [limit - 1, limit, limit + 1] {
                for (date, closed) in [(company.today, false), (day("2026-01-20"), true)] {
                    for stale in [false, true] {
                        let case = case(amount, date, stale);
                        let wanted = must(&kind, role, case, closed);
                        let is = tried(&company, role, kind.act(case), Mode::DryRun);
                        let shown = format!("{role}: {} of {amount} on {date}, stale {stale}", kind.name);
                        assert_eq!(is, wanted, "{shown}");
                        cases += 1;
                    }
                }
            }
            if !kind.may.contains(&role) {
                let case = case(1, company.today, false);
                assert_eq!(tried(&company, role, kind.act(case), Mode::Post), kind.otherwise);
                denied += i64::from(kind.otherwise.starts_with("AUT"));
                assert_eq!(company.number("SELECT count(*) FROM denial"), denied, "{role}: {}", kind.name);
            }
        }
    }
    company.assert_sound();
    println!("authority matrix: {cases} combinations, {denied} denials in the log");
}

#[test]
fn only_authority_over_the_amount_approves_and_never_the_own_request() {
    let company = company();
    let none = Act::SetLimit { login: "anna".into(), kind: LimitKind::WriteOff, amount: Some(0) };
    company.done("anna", none);
    company.approve("administrator").expect("confirmed");
    let mut cases = 0;
    for amount in [euro(500), euro(500) + 1, euro(5_000), euro(5_000) + 1, euro(25_000), euro(25_000) + 1] {
        company.done("anna", write_off(1, amount, company.today));
        let asked = company.newest();
        let approve = || Act::Approve { request: asked.id, hash: hex(&asked.hash), text: String::new() };
        for role in ROLES {
            let most = match role {
                "approver" => i64::MAX,
                "controller" => euro(25_000),
                "supervisor" => euro(5_000),
                _ => 0,
            };
            let wanted = if amount <= most { "done" } else { "AUT-01" };
            assert_eq!(tried(&company, role, approve(), Mode::DryRun), wanted, "{role} approves {amount}");
            cases += 1;
        }
        assert_eq!(tried(&company, "anna", approve(), Mode::DryRun), "AUT-03");
        company.done("anna", Act::Recall { request: asked.id });
    }
    company.done("controller", write_off(1, euro(25_000) + 1, company.today));
    let asked = company.newest();
    let approve = Act::Approve { request: asked.id, hash: hex(&asked.hash), text: String::new() };
    assert_eq!(tried(&company, "controller", approve, Mode::DryRun), "AUT-03");
    company.assert_sound();
    println!("approval matrix: {cases} combinations");
}
