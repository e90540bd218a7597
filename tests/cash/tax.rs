//! Cash discounts and tax through the real acts: the golden vectors of the three regimes, posted, paid by the rules and
//! taken back to the cent; credits, returns and imported invoices with tax; and damage to any of it, which must be named.

use std::collections::BTreeMap;

use o2c::acts::Act;
use o2c::acts::import::{Beside, Import, Rows, Work};
use o2c::domain::bank::EntryKind;
use o2c::domain::discount::{TaxMode, early_payment};
use o2c::domain::document::DocumentKind;
use o2c::domain::money::Currency;
use o2c::domain::tax::TaxPart;
use o2c::formats::canonical::{DocumentKind as RowKind, InvoiceRow, StatedTax};
use o2c::store::check;
use o2c::store::people::CustomerData;
use rusqlite::config::DbConfig;
use rust_decimal::Decimal;
use serde_json::Value;

use super::book::{Company, application, day, entry, paid, statement};
use super::ran;

const TAX: i64 = 2200;
const GRANTED: i64 = 4300;

/// A company whose third customer pays with 10 % discount within 10 days, under a regime.
fn under(mode: &str) -> Company {
    let mut company = Company::new();
    if mode != "included" {
        company.act(Act::SetSetting { key: "discount-tax".into(), value: mode.into() });
    }
    let data = CustomerData {
        number: "K3".into(),
        name: "Zehn Prozent".into(),
        currency: "EUR".into(),
        terms: "10/10 net 30".into(),
        bank_account: "ACCZEHN".into(),
        ..CustomerData::default()
    };
    company.act(Act::SetCustomer { customer: None, version: 0, data });
    company
}

fn taxed(company: &mut Company, number: &str, date: &str, tax: Vec<TaxPart>) -> i64 {
    let amount = o2c::domain::tax::gross(&tax);
    company.act(Act::PostDocument {
        kind: DocumentKind::Invoice,
        number: number.into(),
        customer: 3,
        date: day(date),
        terms: String::new(),
        due: None,
        currency: Currency::EUR,
        amount,
        reference: String::new(),
        order: String::new(),
        tax,
    });
    amount
}

fn part(rate: i64, net: i64, tax: i64) -> TaxPart {
    TaxPart { rate: Decimal::from(rate), net, tax }
}

fn cents(value: &Value) -> i64 {
    let value: Decimal = value.as_str().expect("an amount").parse().expect("an amount");
    o2c::domain::money::to_minor(value, 2).expect("in bounds")
}

/// What every account holds, by code, and what is open.
fn standing(company: &Company) -> (BTreeMap<i64, i64>, i64) {
    let accounts = [1010, 1090, 1200, 1210, TAX, 4000, GRANTED, 6100];
    let held = accounts.map(|code| (code, company.account(code)));
    (held.into_iter().collect(), company.number("SELECT sum(open) FROM item"))
}

/// The vectors as acts: invoices of `net` and `tax_pct`, one payment of what they come to early, found by the rules.
#[test]
fn the_vectors_of_the_three_regimes_hold_through_the_book() {
    let vectors: Vec<Value> = serde_json::from_str(include_str!("../golden/terms.json")).expect("vectors");
    let mut tried = 0;
    for vector in vectors.iter().filter(|vector| vector["rule"] == "epd" || vector["rule"] == "epd_batch") {
        let (inputs, id) = (&vector["inputs"], vector["id"].as_str().expect("an id"));
        let word = inputs["mode"].as_str().expect("a mode");
        let mode = TaxMode::parse(word).expect("a mode");
        let decimal = |value: &Value| value.as_str().expect("a number").parse::<Decimal>().expect("a number");
        let percent = decimal(&inputs["disc_pct"]);
        let one = serde_json::json!([{"date": "2019-01-01", "net": inputs["net"], "tax_pct": inputs["tax_pct"]}]);
        let rows = if vector["rule"] == "epd" { &one } else { &inputs["invoices"] };
        let mut company = under(word);
        let (mut total, mut text) = (0, String::new());
        for (place, row) in rows.as_array().expect("invoices").iter().enumerate() {
            let (net, rate) = (cents(&row["net"]), decimal(&row["tax_pct"]));
            let tax = early_payment(net, rate, 0, percent, mode).total - net;
            let date = if row["date"] == "2019-01-01" { "2026-03-10" } else { "2025-03-10" };
            let number = format!("ZP-10{place}");
            total += taxed(&mut company, &number, date, vec![TaxPart { rate, net, tax }]);
            text = format!("{text} {number}");
        }
        let expected = &vector["expected"];
        let whole = if vector["rule"] == "epd" { &expected["invoice_total"] } else { &expected["ar"] };
        assert_eq!(total, cents(whole), "{id}");
        let cash = cents(if vector["rule"] == "epd" { &expected["pay_early"] } else { &expected["cash"] });
        let money = vec![entry("2026-03-12", cash, EntryKind::Receipt, 1, vec![paid(cash, "Zehn", &text)])];
        company.take_in("a.xml", vec![statement("2026/1", 0, money)], false);
        let before = standing(&company);
        let tally = ran(&mut company);
        assert_eq!(tally.applied, 1, "{id}: {tally:?}");
        assert_eq!(company.number("SELECT count(*) FROM item WHERE customer_id = 3 AND open <> 0"), 0, "{id}");
        let off_tax = company.account(TAX) - before.0[&TAX];
        let granted = company.account(GRANTED);
        assert_eq!(granted + off_tax, total - cash, "{id}");
        match mode {
            TaxMode::Included => {
                let rate_tax = expected.get("disc_tax").map_or(0, cents);
                assert_eq!((granted, off_tax), (total - cash - rate_tax, rate_tax), "{id}");
            }
            _ => assert_eq!(off_tax, 0, "{id}: the tax stays"),
        }
        let evidence = company.text("SELECT evidence FROM payment_step WHERE payment_id = 1");
        let says = if mode == TaxMode::Included { "off tax" } else { "the tax stays" };
        let on_taxed = company.number(
            "SELECT count(*) FROM allocation a JOIN item k ON k.id = a.credit_item AND k.kind = 7 \
             JOIN item i ON i.id = a.debit_item JOIN document_tax t ON t.document_id = i.document_id WHERE t.tax <> 0",
        );
        assert_eq!(evidence.contains(says), on_taxed > 0, "{id}: {evidence}");
        let run = company.number("SELECT max(id) FROM act");
        company.act(Act::Undo { act: run });
        assert_eq!(standing(&company), before, "{id}: taken back to the cent");
        tried += 1;
    }
    assert_eq!(tried, 5, "T17a and T18a to T18d");
}

/// 1,725.00 with 225.00 tax, 1,552.50 paid: the journal J06.
fn paid_early() -> (Company, (BTreeMap<i64, i64>, i64)) {
    let mut company = under("included");
    taxed(&mut company, "ZP-1", "2026-03-10", vec![part(15, 150_000, 22_500)]);
    let money = vec![entry("2026-03-12", 155_250, EntryKind::Receipt, 1, vec![paid(155_250, "Zehn", "ZP-1")])];
    company.take_in("a.xml", vec![statement("2026/1", 0, money)], false);
    let before = standing(&company);
    company.act(Act::ApplyPayment(Box::new(application(1, 155_250, 3, &[(4, 155_250, 17_250, 0, 0, "")]))));
    assert_eq!((company.account(GRANTED), company.account(TAX)), (15_000, -20_250));
    assert_eq!(company.open("ZP-1"), 0);
    (company, before)
}

#[test]
fn unapplying_a_payment_takes_its_discount_back_with_the_tax() {
    let (mut company, before) = paid_early();
    let allocation = company.number(
        "SELECT a.id FROM allocation a JOIN item i ON i.id = a.credit_item WHERE i.kind = 4 AND a.debit_item = 4",
    );
    let done = company.act(Act::Unapply { allocation, effective: day("2026-03-16"), reason: "wrong customer".into() });
    assert!(done.summary.contains("and 172.50 EUR granted with it"), "{}", done.summary);
    assert_eq!(company.open("ZP-1"), 172_500);
    assert_eq!((company.account(GRANTED), company.account(TAX)), (0, before.0[&TAX]));
    assert_eq!(company.account(1210), -155_250, "the money stays with the customer");
}

#[test]
fn a_returned_payment_takes_its_discount_back_with_the_tax() {
    let (mut company, before) = paid_early();
    let back = vec![entry("2026-03-14", -155_250, EntryKind::Return, 2, vec![])];
    company.take_in("b.xml", vec![statement("2026/2", 155_250, back)], false);
    let receipt = company.number("SELECT id FROM document WHERE kind = 4");
    company.act(Act::ReturnPayment { payment: 2, receipt, reason: "account closed".into() });
    assert_eq!((company.open("ZP-1"), company.account(GRANTED), company.account(TAX)), (172_500, 0, before.0[&TAX]));
}

#[test]
fn an_unearned_discount_moves_no_tax_until_somebody_decides() {
    for mode in ["included", "excluded"] {
        let mut company = under(mode);
        taxed(&mut company, "ZP-1", "2026-02-10", vec![part(15, 150_000, 22_500)]);
        let cash = if mode == "included" { 155_250 } else { 157_500 };
        let money = vec![entry("2026-03-12", cash, EntryKind::Receipt, 1, vec![paid(cash, "Zehn", "ZP-1")])];
        company.take_in("a.xml", vec![statement("2026/1", 0, money)], false);
        assert_eq!(ran(&mut company).applied, 0);
        let short = 172_500 - cash;
        let lines = [(4, cash, 0, 0, short, "unearned discount")];
        company.act(Act::ApplyPayment(Box::new(application(1, cash, 3, &lines))));
        assert_eq!((company.open("ZP-1"), company.account(TAX), company.account(GRANTED)), (short, -22_500, 0));
        // Accepted after all: a credit note takes tax along whatever the regime, as it corrects the invoice.
        company.act(Act::ResolveDispute { dispute: 1, version: 1, accepted: short, text: "goodwill".into() });
        assert_eq!(company.account(TAX), if mode == "included" { -20_250 } else { -22_500 + 1_957 }, "{mode}");
    }
}

#[test]
fn a_credit_note_on_an_item_takes_its_share_of_every_rate() {
    let mut company = under("included");
    taxed(&mut company, "ZP-1", "2026-03-10", vec![part(19, 10_000, 1_900), part(7, 10_000, 700)]);
    let credit = Act::Credit { item: 4, amount: 2_260, date: day("2026-03-12"), reason: "broken".into() };
    let done = company.act(credit);
    assert_eq!(company.account(TAX), -2_600 + 260);
    let rows = "SELECT group_concat(rate || ' ' || net || ' ' || tax, '; ') FROM document_tax WHERE net < 0";
    assert_eq!(company.text(rows), "19 -1000 -190; 7 -1000 -70");
    company.act(Act::Undo { act: done.act });
    assert_eq!(company.account(TAX), -2_600);
}

#[test]
fn tax_that_does_not_add_up_is_refused() {
    let mut company = under("included");
    let post = |tax: Vec<TaxPart>, number: &str| Act::PostDocument {
        kind: DocumentKind::CreditNote,
        number: number.into(),
        customer: 3,
        date: day("2026-03-10"),
        terms: String::new(),
        due: None,
        currency: Currency::EUR,
        amount: 11_900,
        reference: String::new(),
        order: String::new(),
        tax,
    };
    company.refused(post(vec![part(19, 10_000, 1_901)], "CN-1"), "TAX-01");
    company.refused(post(vec![part(119, 10_000, 1_900)], "CN-1"), "TAX-02");
    company.refused(post(vec![part(19, 5_000, 950), part(19, 5_000, 950)], "CN-1"), "TAX-02");
    company.act(post(vec![part(19, 10_000, 1_900)], "CN-1"));
    assert_eq!(company.account(TAX), 1_900, "a credit note reduces the tax owed");
}

fn row(line: u64, amount: i64, tax: StatedTax) -> InvoiceRow {
    InvoiceRow {
        line,
        number: format!("IMP-{line}"),
        customer: "K3".into(),
        customer_name: None,
        document_date: day("2026-03-02"),
        due_date: None,
        terms: None,
        terms_base: None,
        amount,
        currency: Currency::EUR,
        kind: if line == 9 { RowKind::CreditNote } else { RowKind::Invoice },
        reference: None,
        order: None,
        settled_date: None,
        settled_amount: None,
        disputed: false,
        tax: Some(Box::new(tax)),
    }
}

fn import(company: &mut Company, rows: Vec<InvoiceRow>) -> Beside {
    let beside = Beside::default();
    *beside.0.lock().unwrap() = Work { rows: Rows::Invoices(rows), ..Work::default() };
    company.act(Act::Import(Import {
        kind: "invoices".into(),
        name: "i.csv".into(),
        sha256: "sum".into(),
        mapping: String::new(),
        skip_refused: true,
        unreadable: 0,
        accept_gap: false,
        beside: beside.clone(),
    }));
    beside
}

#[test]
fn a_file_may_say_net_or_tax_or_rate() {
    let percent = |rate: i64| Some(Decimal::from(rate));
    for (mode, by_rate) in [("included", "19 10000 1900"), ("mixed", "19 10162 1738")] {
        let mut company = under(mode);
        let rows = vec![
            row(2, 11_900, StatedTax { net: Some(10_000), ..StatedTax::default() }),
            row(3, 11_900, StatedTax { tax: Some(1_900), rate: percent(19), net: None }),
            row(4, 11_900, StatedTax { rate: percent(19), ..StatedTax::default() }),
            row(5, 11_900, StatedTax { net: Some(10_000), tax: Some(1_800), rate: None }),
            row(6, 10_000, StatedTax { rate: percent(0), ..StatedTax::default() }),
            row(9, 1_190, StatedTax { tax: Some(190), ..StatedTax::default() }),
        ];
        let beside = import(&mut company, rows);
        let work = beside.0.lock().unwrap();
        assert_eq!((work.taken, work.refused.len()), (5, 1), "{:?}", work.refused);
        assert_eq!((work.refused[0].line, work.refused[0].code), (5, "TAX-01"));
        let of = |number: &str| {
            company.text(&format!(
                "SELECT coalesce((SELECT t.rate || ' ' || t.net || ' ' || t.tax FROM document_tax t \
                 JOIN document d ON d.id = t.document_id WHERE d.number = '{number}'), 'none')"
            ))
        };
        assert_eq!(["IMP-2", "IMP-3", "IMP-4"].map(of), ["19 10000 1900", "19 10000 1900", by_rate], "{mode}");
        assert_eq!(["IMP-6", "IMP-9"].map(of), ["none", "19 -1000 -190"]);
        let on_net = company.number("SELECT count(*) FROM discount_net");
        assert_eq!(on_net, if mode == "included" { 0 } else { 3 }, "{mode}");
    }
}

/// What somebody with the file could change, and the rule that must say so.
const DAMAGES: &[(&str, &str)] = &[
    ("UPDATE document_tax SET tax = tax + 1 WHERE id = 1", "M14"),
    ("UPDATE document_tax SET net = net - 1, tax = tax + 1 WHERE id = 1", "M14"),
    ("UPDATE document_tax SET rate = '7' WHERE id = 1", "P1"),
    ("UPDATE document_tax SET rate = '007' WHERE id = 1", "M14"),
    ("UPDATE document_tax SET document_id = 1 WHERE id = 1", "M14"),
    ("DELETE FROM document_tax WHERE net < 0", "M14"),
    ("DELETE FROM document_tax WHERE document_id IN (SELECT id FROM document WHERE reverses IS NOT NULL)", "M14"),
    ("UPDATE posting SET debit = 4300 WHERE debit = 2200", "M14"),
    ("UPDATE posting SET amount = amount + 1 WHERE credit = 2200", "M14"),
    ("UPDATE discount_net SET net = net + 1", "M14"),
    ("DELETE FROM item_discount WHERE item_id = (SELECT item_id FROM discount_net)", "M14"),
    ("INSERT INTO document_tax SELECT 900, act_id, document_id, '7', 0, 0 FROM document_tax WHERE id = 1", "P1"),
];

#[test]
fn damage_to_tax_is_named() {
    let (mut company, _) = paid_early();
    let undo = company.number("SELECT max(id) FROM act");
    company.act(Act::Undo { act: undo });
    company.act(Act::SetSetting { key: "discount-tax".into(), value: "excluded".into() });
    taxed(&mut company, "ZP-2", "2026-03-11", vec![part(15, 10_000, 1_500)]);
    let raw = &company.conn;
    raw.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, false).unwrap();
    raw.execute_batch("PRAGMA foreign_keys = OFF; PRAGMA ignore_check_constraints = ON").unwrap();
    let mut wrong = Vec::new();
    for (sql, code) in DAMAGES {
        raw.execute_batch("SAVEPOINT one").unwrap();
        let changed = raw.execute(sql, []).unwrap();
        let found = check::full(raw).unwrap();
        if changed == 0 || !found.iter().any(|finding| finding.code == *code) {
            wrong.push(format!("{sql}: changed {changed}, no {code} in {found:#?}"));
        }
        raw.execute_batch("ROLLBACK TO one; RELEASE one").unwrap();
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
