//! The acts of the workload, in their order: every family, by three people, so that every table has rows. Numbers of
//! items, cases and requests count on this order.

use super::{arrange, cash, day, dunning, mail};
use o2c::acts::Act;
use o2c::acts::case::Case;
use o2c::acts::import::{Beside, Import, Rows, Work};
use o2c::domain::case::Outcome;
use o2c::domain::document::DocumentKind;
use o2c::domain::limits::LimitKind;
use o2c::domain::money::Currency;
use o2c::formats::canonical::{DocumentKind as RowKind, InvoiceRow};
use o2c::store::people::CustomerData;
use std::sync::{Arc, Mutex};

/// Acts of a book before its first step: it was opened, got two customers and a bank account.
const BEFORE: i64 = 4;

/// Every act with the login of whose it is.
pub fn acts() -> Vec<(&'static str, Act)> {
    let alone = [master_and_documents(), collections(), cash_and_cases(), corrections(), vec![mail::sender()]].concat();
    let money = cash::acts(BEFORE + alone.len() as i64);
    let so_far = [alone, money, people(), cases(), files(), dunning::acts(), mail::acts()].concat();
    let arranged = arrange::acts(BEFORE + so_far.len() as i64 + 1);
    let anna = [so_far, arranged].concat();
    let mut all: Vec<_> = anna.into_iter().map(|act| ("anna", act)).collect();
    all.extend(four_eyes());
    all
}

pub fn customer(number: &str, name: &str) -> Act {
    let data = CustomerData {
        number: number.into(),
        name: name.into(),
        currency: "EUR".into(),
        terms: "30".into(),
        owner: "anna".into(),
        email: "billing@hafen.example".into(),
        ..CustomerData::default()
    };
    Act::SetCustomer { customer: None, version: 0, data }
}

pub fn invoice(number: &str, customer: i64, amount: i64) -> Act {
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
        tax: Vec::new(),
    }
}

/// Puts beside an act what travels beside it; it is used up when the act is performed.
pub fn load(act: &mut Act) {
    let import = match act {
        Act::ApplyRun(run) => return cash::found(run),
        Act::Import(import) if import.kind == "statement" => return cash::load(import),
        Act::Import(import) => import,
        _ => return,
    };
    let rows = vec![row(2, "OLD\u{202e}-1", 40_000, false), row(3, "OLD-2", 60_000, true)];
    let work = Work { rows: Rows::Invoices(rows), ..Work::default() };
    import.beside = Beside(Arc::new(Mutex::new(work)));
}

/// An invoice of another system: with a text that has to be cleaned, one settled.
fn row(line: u64, number: &str, amount: i64, settled: bool) -> InvoiceRow {
    InvoiceRow {
        line,
        number: number.into(),
        customer: "K0".into(),
        customer_name: None,
        document_date: day(3),
        due_date: Some(day(13)),
        terms: None,
        terms_base: None,
        amount,
        currency: Currency::USD,
        kind: RowKind::Invoice,
        reference: Some("PO 7".into()),
        order: None,
        settled_date: settled.then(|| day(12)),
        settled_amount: None,
        disputed: !settled,
        tax: None,
    }
}

/// Customers 1 to 2 are there, these add 3; items 1 to 4 are the invoices.
fn master_and_documents() -> Vec<Act> {
    vec![
        customer("K9", "Nordwind Logistik"),
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
        // The note of `collections`: eight steps before it.
        Act::Undo { act: BEFORE + 9 },
    ]
}

fn people() -> Vec<Act> {
    let add = |login: &str, name: &str, role: &str| Act::AddPerson {
        login: login.into(),
        name: name.into(),
        roles: vec![role.into()],
        department: "collections".into(),
    };
    vec![
        Act::SetRate { currency: Currency::USD, from: day(1), rate: "0.9173".into() },
        add("carl", "Carl Voss", "controller"),
        add("dora", "Dora Lind", "approver"),
        Act::ChangeRole { login: "carl".into(), role: "auditor".into(), held: true, accept: String::new() },
        Act::SetDepartment { login: "carl".into(), department: "invoicing".into() },
        Act::SetLimit { login: "carl".into(), kind: LimitKind::WriteOff, amount: Some(10_000) },
        Act::Delegate { to: "carl".into(), from: day(16), until: day(20) },
        Act::EndDelegation { delegation: 1 },
        Act::SetSetting { key: "phone".into(), value: "+49 30 5550".into() },
        Act::OpenDispute { item: 4, amount: 20_000, reason: "price".into(), text: "Old price list".into() },
        Act::AssignDispute { dispute: 3, version: 1, owner: "carl".into(), department: "invoicing".into() },
    ]
}

/// The dispute of `people` worked on in every way that leaves a row of its own.
fn cases() -> Vec<Act> {
    let case = |case| Act::Case(Box::new(case));
    let decide = |version, outcome, amount| {
        case(Case::Decide {
            dispute: 3,
            version,
            outcome,
            amount,
            rest: false,
            cause: "picking and packing".into(),
            on: Some(day(20)),
            text: "Looked up".into(),
        })
    };
    vec![
        case(Case::Fact { dispute: 3, version: 2, field: "last day".into(), value: "2026-04-30".into() }),
        case(Case::Attach {
            dispute: 3,
            version: 3,
            name: "list.pdf".into(),
            path: "files/list.pdf".into(),
            size: 4_711,
            sha256: "ab".repeat(32),
            note: "The old price list".into(),
        }),
        decide(4, Outcome::Credit, 1_000),
        case(Case::Split { dispute: 3, version: 5, amount: 5_000, reason: "tax".into(), text: "The rate".into() }),
        decide(6, Outcome::ChargeBack, 2_000),
        decide(7, Outcome::Repay, 1_500),
        decide(8, Outcome::Promotion, 500),
        Act::NoteDispute { dispute: 4, version: 1, text: "@carl look at the rate".into() },
        case(Case::TaskDone { task: 1 }),
        case(Case::Inquire {
            customer: 3,
            item: Some(4),
            about: String::new(),
            reason: "freight".into(),
            channel: "call".into(),
            contact: "Mrs Voss".into(),
            text: "Who pays the pallets?".into(),
        }),
        case(Case::Promote {
            inquiry: 1,
            version: 1,
            item: 4,
            amount: 300,
            reason: "freight".into(),
            text: "Not agreed".into(),
        }),
    ]
}

fn files() -> Vec<Act> {
    vec![
        Act::Import(Import {
            kind: "invoices".into(),
            name: "old.csv".into(),
            sha256: "0c".repeat(32),
            mapping: String::new(),
            skip_refused: false,
            unreadable: 0,
            accept_gap: false,
            beside: Beside::default(),
        }),
        Act::ClosePeriod { period: "2026-02".into() },
    ]
}

/// Carl asks for more than his limit: Dora approves one, rejects one; one waits. She approves what Anna sends back.
fn four_eyes() -> Vec<(&'static str, Act)> {
    let write_off = |amount| Act::WriteOff { item: 4, amount, date: day(16), reason: "insolvent".into() };
    vec![
        ("carl", write_off(20_000)),
        ("dora", Act::Approve { request: 1, hash: String::new(), text: "as agreed".into() }),
        ("carl", write_off(30_000)),
        ("dora", Act::Reject { request: 2, text: "not yet".into() }),
        ("carl", write_off(40_000)),
        ("anna", cash::refund()),
        ("dora", Act::Approve { request: 4, hash: String::new(), text: "checked with the customer".into() }),
    ]
}
