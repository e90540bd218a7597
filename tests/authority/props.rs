//! Acts and customers that the suites of pairs and of authority both need: cases and plans, a policy that sends mails and
//! whom it writes to, steps of mails, files of rows.

use o2c::acts::Act;
use o2c::acts::arrange::Arrange;
use o2c::acts::bank_rules::RuleChange;
use o2c::acts::case::{Case, Share};
use o2c::acts::dunning::Dunning;
use o2c::acts::import::{self, Import, Rows};
use o2c::acts::mail::write::Outgoing;
use o2c::acts::mail::{Ended, Mail};
use o2c::domain::bank::EntryKind;
use o2c::domain::case::Outcome;
use o2c::domain::document::DocumentKind as Kind;
use o2c::domain::dunning::{Channel, Level, Mode, Policy, Scope};
use o2c::domain::money::Currency;
use o2c::domain::plan::monthly;
use o2c::domain::promise::Said;
use o2c::formats::canonical::{CustomerRow, DocumentKind as RowKind, InvoiceRow, ReceiptRow};
use o2c::store::people::CustomerData;

use crate::book::{Company, customer, day, euro};

pub fn case(case: Case) -> Act {
    Act::Case(Box::new(case))
}

pub fn decide(dispute: i64, version: i64, outcome: Outcome, amount: i64) -> Act {
    let (cause, text) = ("carrier".into(), "looked up".into());
    let on = (outcome == Outcome::Repay).then(|| day("2026-03-27"));
    case(Case::Decide { dispute, version, outcome, amount, rest: false, cause, on, text })
}

pub fn plan(item: i64, amount: i64, parts: u32, replaces: Option<i64>) -> Act {
    let instalments = monthly(amount, parts as _, day("2026-04-01"));
    let text = "as agreed".into();
    Act::Arrange(Arrange::ProposePlan { items: vec![(item, amount)], instalments, grace_days: 5, text, replaces })
}

/// A policy that sends mails, and by age has two levels.
pub fn mailed() -> Policy {
    let level = |number, wait_days| Level {
        number,
        wait_days,
        channels: vec![Channel::Mail, Channel::Letter],
        ..Level::default()
    };
    let levels = vec![level(1, 1), level(2, 10)];
    Policy { name: "mailed".into(), mode: Mode::Highest, language: "en".into(), levels, ..Policy::default() }
}

/// A mail of the first customer that is no reminder.
pub fn statement_by_mail() -> Act {
    Act::Mail(Mail::Write(Box::new(Outgoing {
        customer: 1,
        what: "statement".into(),
        about: "K1".into(),
        subject: "Statement of account".into(),
        text: "What is open.\n".into(),
        html: "<p>What is open.</p>".into(),
    })))
}

/// A promise with who made it and how they will pay.
pub fn promise_by() -> Act {
    let said = Said { method: "transfer".into(), contact: "Mrs Voss".into(), source: "call".into() };
    let (items, on, text) = (vec![(1, 100)], day("2026-03-20"), String::new());
    Act::Arrange(Arrange::PromiseBy { items, on, text, said })
}

/// Parts of two disputes of one case credited alike: all of `amount`, a euro of it for the second.
pub fn as_a_whole(disputes: [i64; 2], version: i64, amount: i64) -> Act {
    let part = |dispute, amount| Share { dispute, version, amount };
    case(Case::DecideAll {
        parts: vec![part(disputes[0], amount - 100), part(disputes[1], 100)],
        outcome: Outcome::Credit,
        rest: false,
        cause: "carrier".into(),
        on: None,
        text: "as agreed".into(),
    })
}

/// A case over two items.
pub fn over_two(items: [i64; 2], amount: i64) -> Act {
    let items = items.iter().map(|item| (*item, amount)).collect();
    case(Case::OpenSeveral { items, reason: "price".into(), text: String::new() })
}

/// Somebody abroad with so many invoices that are late. Gives the customer.
pub fn abroad(company: &Company, country: &str, invoices: u32) -> i64 {
    let id = 1 + company.number("SELECT max(id) FROM customer");
    let data = CustomerData { country: country.into(), terms: "1".into(), ..customer(&format!("K{id}")) };
    let data = CustomerData { name: format!("Kontor {id} AG"), email: format!("ap@k{id}.example"), ..data };
    company.done("anna", Act::SetCustomer { customer: None, version: 0, data });
    for n in 0..invoices {
        let act = Act::PostDocument {
            kind: Kind::Invoice,
            number: format!("K{id}-{n}"),
            customer: id,
            date: day("2026-02-10"),
            terms: String::new(),
            due: None,
            currency: Currency::EUR,
            amount: euro(300),
            reference: String::new(),
            order: String::new(),
            tax: Vec::new(),
        };
        company.done("anna", act);
    }
    let policy = "mailed".into();
    company.done("anna", Act::Dunning(Dunning::AssignPolicy { scope: Scope::Customer(id), policy }));
    id
}

/// A step of the sender of this house; what it leases was due an hour ago.
pub fn carry(done: Option<(i64, Ended)>, lease: Option<i64>) -> Mail {
    let until = "2026-03-16T11:00:00Z".parse().expect("an instant");
    Mail::Carry { sender: "rig".into(), done, lease, until }
}

pub fn rule(text: &str, held: bool) -> Act {
    Act::SetBankRule(RuleChange { text: text.into(), account: None, kind: EntryKind::Charge, held })
}

pub fn payer(value: &str, held: bool) -> Act {
    Act::SetAlias { customer: 1, kind: "name".into(), value: value.into(), held }
}

fn file(kind: &str, rows: Rows) -> Act {
    let work = import::Work { rows, ..import::Work::default() };
    Act::Import(Import {
        kind: kind.into(),
        name: format!("{kind}.csv"),
        sha256: format!("sha of {kind}"),
        mapping: String::new(),
        skip_refused: false,
        unreadable: 0,
        accept_gap: false,
        beside: import::Beside(std::sync::Arc::new(std::sync::Mutex::new(work))),
    })
}

pub fn customers(id: &str) -> Act {
    let row = CustomerRow {
        line: 2,
        id: id.into(),
        name: "Hafen Handel AG".into(),
        group: None,
        country: None,
        currency: None,
        terms: None,
        credit_limit: None,
        email: None,
        phone: None,
        language: None,
        owner: None,
        address: None,
    };
    file("customers", Rows::Customers(vec![row]))
}

pub fn receipts() -> Act {
    let row = ReceiptRow {
        line: 2,
        reference: "F-9".into(),
        customer: Some("K1".into()),
        date: day("2026-03-12"),
        amount: euro(30),
        currency: Currency::EUR,
        method: None,
        text: None,
        allocations: Vec::new(),
    };
    file("receipts", Rows::Receipts(vec![row]))
}

pub fn invoices() -> Act {
    let row = InvoiceRow {
        line: 2,
        number: "F-1".into(),
        customer: "K1".into(),
        customer_name: None,
        document_date: day("2026-03-02"),
        due_date: Some(day("2026-04-01")),
        terms: None,
        terms_base: None,
        amount: euro(70),
        currency: Currency::EUR,
        kind: RowKind::Invoice,
        reference: None,
        order: None,
        settled_date: None,
        settled_amount: None,
        disputed: false,
        tax: None,
    };
    file("invoices", Rows::Invoices(vec![row]))
}
