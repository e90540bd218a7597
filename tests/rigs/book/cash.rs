//! The cash of the workload: bank accounts, statements and an advice, payments applied by hand and by the rules, settled,
//! returned and sent back, so that every table of the bank has rows. Rows travel beside their acts and are put there anew
//! each time one is performed.

use super::day;
use o2c::acts::Act;
use o2c::acts::bank_rules::RuleChange;
use o2c::acts::import::{Beside, Import, Rows, Work};
use o2c::acts::payments::{self, Application, Batch, Line, Run, Settled};
use o2c::domain::bank::{BookedBalance, EntryKind, EntryRow, PaymentRow, RemittanceRow, Source, StatementRow};
use o2c::domain::document::DocumentKind;
use o2c::domain::money::Currency;
use o2c::domain::tax::TaxPart;
use std::sync::{Arc, Mutex};

/// The account every book of the workload has from the start.
pub const MAIN: &str = "DE89370400440532013000";
const DOLLARS: &str = "US-7781";

/// The cash acts. `before` is how many acts the book has by then: items 1 to 8 and documents 1 to 8 are there.
pub fn acts(before: i64) -> Vec<Act> {
    let line = |item, paid| Line { item, paid, ..Line::default() };
    // Half an invoice from a credit, the rest paid: a discount, a charge of the payer's bank, a deduction in dispute, and
    // ten left over.
    let whole = Application {
        payment: 1,
        left: 60_000,
        customer: 1,
        lines: vec![
            Line { deducted: 10_000, reason: "price".into(), ..line(1, 90_000) },
            Line { discount: 1_000, difference: 300, reason: payments::BANK_CHARGES.into(), ..line(9, 29_000) },
        ],
        credits: vec![(5, 60_000)],
        evidence: "remittance of the payer".into(),
        learn: true,
        ..Application::default()
    };
    let kept = Application {
        payment: 5,
        left: 20_000,
        customer: 1,
        lines: vec![line(9, 19_700)],
        on_account: true,
        ..Application::default()
    };
    let alias = |held| Act::SetAlias { customer: 2, kind: "name".into(), value: "Hafen Holding".into(), held };
    let settle = |payment, left, what| Act::SettlePayment { payment, left, what, text: "by the bank's advice".into() };
    let mut acts = vec![
        Act::AddBankAccount { name: "Dollars".into(), number: DOLLARS.into(), currency: Currency::USD },
        Act::SetSetting { key: "discount-tax".into(), value: "excluded".into() },
        Act::PostDocument {
            kind: DocumentKind::Invoice,
            number: "INV-5".into(),
            customer: 1,
            date: day(10),
            terms: "2/10 net 30".into(),
            due: None,
            currency: Currency::EUR,
            amount: 50_000,
            reference: String::new(),
            order: String::new(),
            tax: vec![TaxPart { rate: 19.into(), net: 42_017, tax: 7_983 }],
        },
        statement("march.xml"),
        Act::ApplyPayment(Box::new(whole)),
        Act::Refund { credit: 12, amount: 400, date: day(16), reason: "paid twice".into() },
        // Payment 3 is applied by the rules, payment 4 left by them with a reason.
        Act::ApplyRun(Run { given: 1, first: 3, last: 3, beside: payments::Beside::default() }),
        Act::ApplyPayment(Box::new(kept)),
    ];
    let undo = Act::Undo { act: before + acts.len() as i64 };
    acts.push(undo);
    let redo = acts[7].clone();
    acts.extend([
        redo,
        statement("advice.xml"),
        statement("later.xml"),
        Act::ReturnPayment { payment: 12, receipt: RETURNED, reason: "account closed".into() },
        settle(13, -400, Settled::Known(REFUNDED)),
        settle(4, 5_000, Settled::Elsewhere),
    ]);
    let undo = Act::Undo { act: before + acts.len() as i64 };
    acts.push(undo);
    acts.extend([settle(9, 400, Settled::Charge), statement("dollars.xml"), alias(true), alias(false)]);
    let rule = RuleChange { text: "account fee".into(), account: None, kind: EntryKind::Charge, held: true };
    acts.push(Act::SetBankRule(rule));
    acts
}

/// The receipt of payment 5 that the bank takes back, and the refund the bank confirms: documents by their places.
const RETURNED: i64 = 17;
const REFUNDED: i64 = 13;

/// What a second person has to approve: the rest of what was paid too much.
pub fn refund() -> Act {
    Act::Refund { credit: 12, amount: 600, date: day(16), reason: "customer asked for it".into() }
}

pub fn statement(name: &str) -> Act {
    Act::Import(Import {
        kind: "statement".into(),
        name: name.into(),
        sha256: format!("sha of {name}"),
        mapping: String::new(),
        skip_refused: false,
        unreadable: 0,
        accept_gap: false,
        beside: Beside::default(),
    })
}

/// Puts the rows of a statement beside its import, by the file's name.
pub fn load(import: &mut Import) {
    let rows = match import.name.as_str() {
        "march.xml" => march(),
        "advice.xml" => advice(),
        "later.xml" => later(),
        "dollars.xml" => dollars(),
        other => worker(other),
    };
    let work = Work { rows: Rows::Statements(vec![rows]), ..Work::default() };
    import.beside = Beside(Arc::new(Mutex::new(work)));
}

/// Puts what the rules found beside the act.
pub fn found(run: &mut Run) {
    let application = Application {
        payment: 3,
        left: 7_900,
        customer: 2,
        lines: vec![Line { item: 3, paid: 7_900, ..Line::default() }],
        rule: "invoice number".into(),
        confidence: 990,
        evidence: "INV-3 named".into(),
        ..Application::default()
    };
    let batch =
        Batch { applications: vec![application], left: vec![(4, "payer not known".into())], ..Batch::default() };
    run.beside = payments::Beside(Arc::new(Mutex::new(batch)));
}

fn entry(amount: i64, kind: EntryKind, mark: u8, payments: Vec<PaymentRow>) -> EntryRow {
    EntryRow {
        line: u64::from(mark),
        booked: day(13),
        value: day(13),
        currency: Currency::EUR,
        amount,
        kind,
        code: "PMNT/RCDT".into(),
        reference: format!("B{mark}"),
        key: [mark; 16],
        content: Some([mark; 16]),
        likeness: [mark; 16],
        payments: if payments.is_empty() { vec![paid(amount, "")] } else { payments },
    }
}

fn paid(amount: i64, text: &str) -> PaymentRow {
    PaymentRow {
        amount,
        payer: "Hafen Handel AG".into(),
        payer_account: "DE02120300000000202051".into(),
        structured: "RF18539007547034".into(),
        end_to_end: format!("E2E {amount}"),
        text: text.into(),
        ..PaymentRow::default()
    }
}

fn booked(number: &str, opening: i64, entries: Vec<EntryRow>) -> StatementRow {
    let net: i64 = entries.iter().map(|entry| entry.amount).sum();
    StatementRow {
        line: 1,
        source: Source::Statement,
        format: "camt.053.001.08".into(),
        number: number.into(),
        account: MAIN.into(),
        currency: Currency::EUR,
        from: day(12),
        to: day(13),
        opening: Some(BookedBalance { amount: opening, on: day(12) }),
        closing: Some(BookedBalance { amount: opening + net, on: day(13) }),
        entries,
        left_out: 0,
        notices: Vec::new(),
    }
}

/// Payments 1 to 6.
fn march() -> StatementRow {
    let named = PaymentRow {
        remittance: vec![RemittanceRow {
            kind: "invoice".into(),
            number: "INV-1".into(),
            amount: Some(90_000),
            discount: Some(0),
            deduction: Some(10_000),
            reason: "price".into(),
        }],
        raw: vec![("text", b"INV-1 INV-5\x1b[2J".to_vec())],
        ..paid(60_000, "INV-1 INV-5")
    };
    let entries = vec![
        entry(60_000, EntryKind::Receipt, 1, vec![named]),
        entry(-1_500, EntryKind::Charge, 2, Vec::new()),
        entry(7_900, EntryKind::Receipt, 3, vec![paid(7_900, "INV-3")]),
        entry(5_000, EntryKind::Receipt, 4, vec![paid(5_000, "no idea")]),
        entry(20_000, EntryKind::Receipt, 5, vec![paid(20_000, "INV-5 rest")]),
        entry(3_000, EntryKind::Receipt, 6, vec![paid(3_000, "collective")]),
    ];
    booked("2026/1", 500_000, entries)
}

/// Payments 7 and 8 instead of the lump 6; 9 and 10 announced and booked later, 11 never.
fn advice() -> StatementRow {
    let parts = |amounts: &[i64]| amounts.iter().map(|amount| paid(*amount, "part")).collect();
    let entries = vec![
        entry(3_000, EntryKind::Receipt, 6, parts(&[1_000, 2_000])),
        entry(900, EntryKind::Receipt, 7, parts(&[400, 500])),
        entry(50, EntryKind::Receipt, 8, Vec::new()),
    ];
    let mut row = booked("advice", 0, entries);
    (row.source, row.opening, row.closing) = (Source::Advice, None, None);
    row
}

/// Payments 12 to 14: one taken back by the bank with a charge, a refund gone out, one that resembles another.
fn later() -> StatementRow {
    let mut like = entry(10, EntryKind::Receipt, 11, Vec::new());
    (like.likeness, like.content) = ([1; 16], None);
    let entries = vec![
        entry(900, EntryKind::Receipt, 7, Vec::new()),
        entry(-20_500, EntryKind::Return, 9, Vec::new()),
        entry(-400, EntryKind::Payment, 10, Vec::new()),
        like,
    ];
    let net = march().net();
    StatementRow { to: day(14), ..booked("2026/2", 500_000 + net, entries) }
}

/// Payment 15: no rate of the currency is known yet.
fn dollars() -> StatementRow {
    let entry = EntryRow { currency: Currency::USD, ..entry(100, EntryKind::Receipt, 12, Vec::new()) };
    let row = booked("1", 0, vec![entry]);
    StatementRow { account: DOLLARS.into(), currency: Currency::USD, opening: None, closing: None, ..row }
}

/// One payment of a worker, told from all others by the file's name. Without balances, so that files join in any order.
fn worker(name: &str) -> StatementRow {
    let mut mark = [0; 16];
    for (place, byte) in name.bytes().enumerate() {
        mark[place % 16] ^= byte.rotate_left(u32::try_from(place / 16).unwrap_or(0));
    }
    let one = entry(1_000, EntryKind::Receipt, 0, vec![paid(1_000, name)]);
    let one = EntryRow { key: mark, content: None, likeness: mark, ..one };
    StatementRow { opening: None, closing: None, ..booked(name, 0, vec![one]) }
}
