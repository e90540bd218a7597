//! Cash that others misapply: each thread's own figures as acts on a book, which stays sound.

use o2c::acts::Act;
use o2c::acts::payments::{Application, Line};
use o2c::domain::bank::EntryKind;
use o2c::domain::document::DocumentKind as Kind;
use o2c::domain::money::Currency;
use o2c::store::read::aging::{Question, aging};
use o2c::store::read::aging_items::{Cell, items_behind};

use crate::book::{Company, account, application, apply, day, document, euro, statement};

/// Anna alone with an invoice of so many cents due on 15 March, and a payment of others on the 16th.
fn billed(amount: i64, paid: i64) -> Company {
    let mut company = Company::of_one();
    company.today = day("2026-03-01");
    company.done("anna", document(Kind::Invoice, "INV-1", amount, day("2026-03-01")));
    company.done("anna", account());
    company.today = day("2026-03-16");
    company.done("anna", statement("S1", &[(paid, EntryKind::Receipt, day("2026-03-16"))]));
    company
}

fn line(item: i64, paid: i64) -> Line {
    Line { item, paid, ..Line::default() }
}

fn of_account(company: &Company, code: i64) -> i64 {
    company.number(&format!(
        "SELECT coalesce(sum(CASE WHEN debit = {code} THEN amount WHEN credit = {code} THEN -amount END), 0) FROM posting"
    ))
}

/// The open amount of the only receipt.
fn unapplied(company: &Company) -> i64 {
    company.number("SELECT coalesce(sum(open), 0) FROM item WHERE kind = 4")
}

/// ledgersmb/LedgerSMB#8858, ledgersmb/LedgerSMB#2367: an overpayment is the same receipt with an amount left, which
/// pays later invoices until it is used up, and every invoice says so.
#[test]
fn an_overpayment_is_the_receipt_with_an_amount_left() {
    let mut company = Company::of_one();
    company.done("anna", document(Kind::Invoice, "INV-1", euro(100), day("2026-03-01")));
    company.received("2026-03-16", euro(250), &[(1, euro(100))]);
    assert_eq!(unapplied(&company), euro(-150));
    for (n, left) in [(2, -50), (3, 0)] {
        company.done("anna", document(Kind::Invoice, &format!("INV-{n}"), euro(100), day("2026-03-16")));
        let item = company.number("SELECT max(id) FROM item");
        let amount = euro(100).min(-unapplied(&company));
        company.done("anna", Act::Apply { credit: 2, applied: vec![(item, amount)], effective: company.today });
        assert_eq!(unapplied(&company), euro(left));
        let from = format!("SELECT sum(amount) FROM allocation WHERE debit_item = {item} AND credit_item = 2");
        assert_eq!(company.number(&from), amount, "the invoice says what it took of the receipt");
    }
    // Nothing is left, so nothing can be taken: never below zero, never twice.
    let more = Act::Apply { credit: 2, applied: vec![(4, 1)], effective: company.today };
    assert_eq!(company.outcome("anna", more), "AMT-06");
    assert_eq!(company.number("SELECT count(*) FROM document WHERE kind = 4"), 1);
    company.assert_sound();
}

/// frappe/erpnext#29595: an amount is set off in the currency of the document, so a rate leaves nothing over.
#[test]
fn an_amount_is_set_off_in_its_own_currency() {
    let mut company = Company::of_one();
    let zwl = Currency::parse("ZWL").expect("a currency");
    company.done("anna", Act::SetRate { currency: zwl, from: day("2025-01-01"), rate: "0.004761905".into() });
    company.today = day("2026-03-01");
    let mut act = document(Kind::Invoice, "INV-1", 116_025_000, company.today);
    if let Act::PostDocument { currency, .. } = &mut act {
        *currency = zwl;
    }
    company.done("anna", act);
    let (reference, method, text) = (String::new(), String::new(), String::new());
    let (date, amount, applied) = (company.today, 116_025_000, vec![(1, 116_025_000)]);
    let receipt = Act::PostReceipt { customer: 1, reference, date, currency: zwl, amount, method, text, applied };
    company.done("anna", receipt);
    assert_eq!((company.open(1), unapplied(&company)), (0, 0));
    assert_eq!(company.number("SELECT sum(coalesce(open_base, 0)) FROM item"), 0, "nor in the book's currency");
    company.assert_sound();
}

/// frappe/erpnext#54947: what the rate moved between invoice and payment is booked by itself, and nothing is left over.
#[test]
fn a_moved_rate_is_a_gain_and_leaves_nothing() {
    let mut company = Company::of_one();
    let rate = |from: &str, rate: &str| Act::SetRate { currency: Currency::USD, from: day(from), rate: rate.into() };
    company.done("anna", rate("2025-01-01", "531"));
    company.done("anna", rate("2026-03-10", "600"));
    company.today = day("2026-03-01");
    let mut act = document(Kind::Invoice, "INV-1", 11_000, company.today);
    if let Act::PostDocument { currency, .. } = &mut act {
        *currency = Currency::USD;
    }
    company.done("anna", act);
    company.today = day("2026-03-16");
    let (reference, method, text) = (String::new(), String::new(), String::new());
    let (date, amount, currency, applied) = (company.today, 11_000, Currency::USD, vec![(1, 11_000)]);
    let receipt = Act::PostReceipt { customer: 1, reference, date, currency, amount, method, text, applied };
    company.done("anna", receipt);
    assert_eq!((company.open(1), unapplied(&company)), (0, 0));
    let gain =
        "SELECT -sum(CASE WHEN debit = 6400 THEN base ELSE -base END) FROM posting WHERE 6400 IN (debit, credit)";
    assert_eq!(company.number(gain), 759_000);
    company.assert_sound();
}

/// frappe/erpnext#36393: a second payment of an invoice that is paid is booked, and waits.
#[test]
fn a_second_payment_of_a_paid_invoice_is_booked() {
    let company = billed(euro(100), euro(100));
    company.done("anna", apply(1, euro(100), line(1, euro(100))));
    let again = statement("S2", &[(euro(100), EntryKind::Receipt, day("2026-03-17"))]);
    company.done("anna", again);
    assert_eq!(company.number("SELECT count(*) FROM bank_payment WHERE left = 10000"), 1);
    assert_eq!(company.outcome("anna", apply(2, euro(100), line(1, euro(100)))), "AMT-06");
    // Kept for the customer, as money of his that is open.
    let kept = Application { on_account: true, ..application(2, euro(100), line(1, 0)) };
    let kept = Application { lines: Vec::new(), ..kept };
    company.done("anna", Act::ApplyPayment(Box::new(kept)));
    assert_eq!(unapplied(&company), euro(-100));
    company.assert_sound();
}

/// metasfresh/metasfresh#13845: a discount is granted once for an item.
#[test]
fn a_discount_is_granted_once() {
    let mut company = Company::of_one();
    let mut act = document(Kind::Invoice, "INV-1", euro(100), day("2026-03-10"));
    if let Act::PostDocument { terms, .. } = &mut act {
        *terms = "2/10 net 30".into();
    }
    company.done("anna", act);
    company.done("anna", account());
    company.today = day("2026-03-16");
    let receipts = [(euro(49), EntryKind::Receipt, company.today), (euro(49), EntryKind::Receipt, company.today)];
    company.done("anna", statement("S1", &receipts));
    let with = |payment, discount| apply(payment, euro(49), Line { discount, ..line(1, euro(49)) });
    company.done("anna", with(1, 100));
    assert_eq!(company.outcome("anna", with(2, euro(2))), "AMT-06", "no more than is open");
    company.done("anna", with(2, 100));
    assert_eq!((company.open(1), of_account(&company, 4300)), (0, euro(2)));
    company.assert_sound();
}

/// frappe/erpnext#38333: what is short is written off in the same step, to its account.
#[test]
fn what_is_short_is_written_off_with_the_payment() {
    let company = billed(480_000, 476_666);
    let short = Line { difference: 3_334, ..line(1, 476_666) };
    let done = company.done("anna", apply(1, 476_666, short));
    assert_eq!((company.open(1), of_account(&company, 6100)), (0, 3_334), "{}", done.summary);
    company.assert_sound();
    company.done("anna", Act::Undo { act: done.act });
    assert_eq!((company.open(1), of_account(&company, 6100)), (480_000, 0));
    company.assert_sound();
}

/// odoo/odoo#25623: a discount for early payment is no instalment; the item ages as one.
#[test]
fn a_discount_does_not_split_an_invoice() {
    let company = Company::of_one();
    let mut act = document(Kind::Invoice, "INV-1", euro(100), day("2026-01-10"));
    if let Act::PostDocument { terms, .. } = &mut act {
        *terms = "2/10 net 30".into();
    }
    company.done("anna", act);
    let reader = company.reader();
    for on in ["2026-01-15", "2026-01-25", "2026-03-16"] {
        let rows = items_behind(&reader, &Question::on(day(on)), 1, None, Cell::All).expect("rows");
        assert_eq!(rows.iter().map(|row| (row.part, row.open)).collect::<Vec<_>>(), [(1, euro(100))], "{on}");
        assert_eq!(rows[0].due, day("2026-02-09"));
    }
}

/// OCA/account-reconcile PR#169: what may be written off is measured by what is open.
#[test]
fn a_difference_is_measured_by_what_is_open() {
    let company = billed(50_000, 45_400);
    company.done("anna", Act::Credit { item: 1, amount: 4_500, date: company.today, reason: "returned".into() });
    assert_eq!(company.open(1), 45_500);
    // The whole of what the invoice was billed with is no measure: 46.00 are short of that, 1.00 is short of what is open.
    let short = |difference| apply(1, 45_400, Line { difference, ..line(1, 45_400) });
    assert_eq!(company.outcome("anna", short(4_600)), "AMT-06");
    company.done("anna", short(100));
    assert_eq!((company.open(1), of_account(&company, 6100)), (0, 100));
    company.assert_sound();
}

/// frappe/erpnext#43101: money of a closed month pays an invoice of an open one, on a day of the open one.
#[test]
fn money_of_a_closed_month_pays_a_new_invoice() {
    let mut company = Company::of(&["controller", "approver"]);
    company.received("2026-01-20", euro(100), &[]);
    company.today = day("2026-03-05");
    for month in ["2026-01", "2026-02"] {
        company.done("anna", Act::ClosePeriod { period: month.into() });
    }
    company.done("anna", document(Kind::Invoice, "INV-1", euro(100), day("2026-03-02")));
    // Asked for on a day of the closed month: it counts from the first day on which both were there and the book was open.
    let effective = day("2026-01-20");
    company.done("anna", Act::Apply { credit: 1, applied: vec![(2, euro(100))], effective });
    assert_eq!(company.number("SELECT count(*) FROM allocation WHERE effective = '2026-03-02'"), 1);
    let open = |on: &str| {
        let found = aging(&company.reader(), &Question::on(day(on))).expect("an aging");
        found.totals.iter().map(|total| total.sums.net()).sum::<i64>()
    };
    assert_eq!([open("2026-02-28"), open("2026-03-01"), open("2026-03-02")], [euro(-100), euro(-100), 0]);
    assert_eq!((company.open(1), company.open(2)), (0, 0));
    company.assert_sound();
}

/// frappe/erpnext#13992: instalments in foreign money add up in both currencies, and none is negative.
#[test]
fn foreign_instalments_add_up_in_both_currencies() {
    let company = Company::of_one();
    company.done("anna", Act::SetRate { currency: Currency::USD, from: day("2025-01-01"), rate: "0.9137".into() });
    let mut act = document(Kind::Invoice, "INV-1", 10_001, day("2026-01-10"));
    if let Act::PostDocument { currency, terms, .. } = &mut act {
        (*currency, *terms) = (Currency::USD, "3 x monthly".into());
    }
    company.done("anna", act);
    let sums = |column: &str| company.number(&format!("SELECT sum({column}) FROM item WHERE {column} > 0"));
    assert_eq!((company.number("SELECT count(*) FROM item"), sums("amount")), (3, 10_001));
    assert_eq!(sums("base"), company.number("SELECT base FROM document"));
    let found = aging(&company.reader(), &Question::on(day("2026-03-16"))).expect("an aging");
    assert_eq!((found.lines[0].sums.net(), found.lines[0].base.net()), (10_001, sums("base")));
    company.assert_sound();
}
