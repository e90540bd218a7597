//! Agings that others get wrong: each thread's own figures, posted by acts on their days, and asked for afterwards.

use chrono::NaiveDate;
use o2c::acts::Act;
use o2c::acts::letters;
use o2c::demo::{self, Plan, Size};
use o2c::documents::page::Block;
use o2c::documents::{letter, library};
use o2c::domain::aging::{Bands, Basis, Credits};
use o2c::domain::document::DocumentKind as Kind;
use o2c::domain::limits::LimitKind;
use o2c::domain::money::Currency;
use o2c::store::read::accounts::accounts;
use o2c::store::read::aging::{Aging, Question, Total, aging};
use o2c::store::read::aging_items::{Cell, items_behind};
use o2c::store::{BookPath, Reader};

use crate::book::{Company, customer, day, document, euro, write_off};

impl Company {
    pub fn reader(&self) -> Reader {
        Reader::open(&BookPath::new(self.conn.path().expect("a file"))).expect("the book")
    }

    fn asked(&self, question: &Question) -> Aging {
        aging(&self.reader(), question).expect("an aging")
    }

    /// The only currency of the aging of a day.
    fn total(&self, on: &str) -> Total {
        only(self.asked(&Question::on(day(on))))
    }

    /// Posts a document on its day.
    fn posted(&mut self, kind: Kind, number: &str, on: &str, due: &str, amount: i64) {
        self.today = day(on);
        let mut act = document(kind, number, amount, day(on));
        if let Act::PostDocument { due: known, .. } = &mut act {
            *known = Some(day(due));
        }
        self.done("anna", act);
    }

    /// Receives money on a day.
    pub fn received(&mut self, on: &str, amount: i64, applied: &[(i64, i64)]) {
        self.today = day(on);
        let (reference, method, text) = (String::new(), String::new(), String::new());
        let (customer, date, currency, applied) = (1, self.today, Currency::EUR, applied.to_vec());
        self.done("anna", Act::PostReceipt { customer, reference, date, currency, amount, method, text, applied });
    }
}

/// The total of an aging in one currency, which ties to the ledger.
#[track_caller]
fn only(aging: Aging) -> Total {
    assert_eq!(aging.totals.len(), 1, "{:?}", aging.totals);
    let total = aging.totals.into_iter().next().expect("a currency");
    assert_eq!(total.difference(), 0, "{total:?}");
    total
}

/// What is open at a day, added up from items and allocations alone.
fn open_by_rows(conn: &rusqlite::Connection, currency: &str, on: NaiveDate) -> i64 {
    let sql = "SELECT coalesce(sum(moved), 0) FROM (
        SELECT amount AS moved FROM item WHERE currency = ?1 AND document_date <= ?2
        UNION ALL SELECT -a.amount FROM allocation a JOIN item i ON i.id = a.debit_item WHERE i.currency = ?1 AND a.effective <= ?2
        UNION ALL SELECT a.amount FROM allocation a JOIN item i ON i.id = a.credit_item WHERE i.currency = ?1 AND a.effective <= ?2)";
    conn.query_row(sql, [currency, &on.to_string()], |row| row.get(0)).expect("a sum")
}

/// frappe/erpnext#49262: every day of a year the items, the buckets and the control account are one amount.
#[test]
fn every_day_of_a_year_ties_out() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = BookPath::new(folder.path().join("demo.o2c"));
    let (size, today) = (Size { customers: 12, invoices: 300 }, day("2026-03-16"));
    demo::make(&path, &Plan { size, seed: 3, today }, &mut |_, _| {}).expect("a demo");
    let reader = Reader::open(&path).expect("the book");
    let conn = rusqlite::Connection::open(folder.path().join("demo.o2c")).expect("the book");
    let mut moved = 0;
    for back in 0..365 {
        let on = today - chrono::Duration::days(back);
        for total in aging(&reader, &Question::on(on)).expect("an aging").totals {
            assert_eq!(total.difference(), 0, "{on} {total:?}");
            let open = open_by_rows(&conn, total.currency.code(), on);
            assert_eq!(total.sums.net(), open, "{on} {}", total.currency);
            moved += i64::from(open != 0);
        }
    }
    assert!(moved > 365, "{moved}");
}

/// The minor units of an amount in the form of English letters; 0 of nothing.
fn minor(text: &str) -> i64 {
    let digits: String = text.chars().filter(|c| c.is_ascii_digit()).collect();
    let sign = if text.contains(['-', '\u{2212}']) { -1 } else { 1 };
    sign * digits.parse::<i64>().unwrap_or(0)
}

/// frappe/erpnext#35491: a statement of account says what is open by age, in every currency, the last span too, as the
/// panes do.
#[test]
fn a_statement_of_account_has_the_ages_of_the_pane_in_every_currency() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = BookPath::new(folder.path().join("demo.o2c"));
    let (size, today) = (Size { customers: 40, invoices: 900 }, day("2026-03-16"));
    demo::make(&path, &Plan { size, seed: 3, today }, &mut |_, _| {}).expect("a demo");
    let reader = Reader::open(&path).expect("the book");
    let template = library::shipped("statement", "en").expect("shipped");
    let template = library::check("statement", "en", template).expect("it reads");
    let (mut last, mut foreign) = (0, 0);
    for known in accounts(&reader, today).expect("accounts").iter() {
        let statement =
            letters::letter(&reader, today, known.id, letter::Kind::Statement, 0).expect("read").expect("there");
        let page = template.render(&statement).expect("a page");
        let ages = page.blocks.iter().find_map(|block| match block {
            Block::Table(table) if table.heads[0].0 == "Past due for" => Some(table),
            _ => None,
        });
        for (place, total) in statement.totals().iter().enumerate() {
            let sums = known.in_currency(total.currency).expect("sums");
            let ages = ages.expect("a table where something is open");
            let shown = |label: &str| {
                let row = ages.rows.iter().find(|row| row[0] == label);
                row.map_or(0, |row| minor(&row[place + 1]))
            };
            let labels = ["Not due", "1-30 days", "31-60 days", "61-90 days", "91-120 days", "over 120 days"];
            assert_eq!(labels.map(shown), sums.buckets, "{} {}", known.name(), total.currency);
            assert_eq!(shown("Credits and payments"), sums.credits + sums.unapplied, "{}", known.name());
            assert_eq!(shown("Total"), sums.net(), "{}", known.name());
            (last, foreign) =
                (last + i64::from(sums.buckets[5] != 0), foreign + i64::from(total.currency != Currency::EUR));
        }
    }
    assert!(last > 0 && foreign > 3, "{last} {foreign}");
}

/// odoo/odoo#77668: what is only asked for is no allocation and ages nothing.
#[test]
fn what_waits_for_approval_moves_nothing() {
    let mut company = Company::of(&["controller", "approver"]);
    company.posted(Kind::Invoice, "INV-1", "2026-01-10", "2026-02-10", euro(900));
    let limit = Act::SetLimit { login: "controller".into(), kind: LimitKind::WriteOff, amount: Some(euro(10)) };
    company.done("anna", limit);
    company.today = day("2026-03-16");
    let before = company.total("2026-03-16");
    assert_eq!(company.outcome("controller", write_off(1, euro(500), company.today)), "asked");
    assert_eq!(company.total("2026-03-16"), before);
    assert_eq!(company.number("SELECT count(*) FROM allocation"), 0);
    assert_eq!(company.approve_code("approver"), "done");
    assert_eq!(company.total("2026-03-16").sums.net(), euro(400));
    company.assert_sound();
}

/// frappe/erpnext#51596, frappe/erpnext#7407: what is not due has a bucket of its own, and never a negative age among
/// the young ones.
#[test]
fn what_is_not_due_has_its_own_bucket() {
    let mut company = Company::of_one();
    company.posted(Kind::Invoice, "INV-1", "2026-03-01", "2026-03-17", euro(10));
    company.posted(Kind::Invoice, "INV-2", "2026-03-01", "2026-03-16", euro(20));
    company.posted(Kind::Invoice, "INV-3", "2026-03-01", "2026-03-15", euro(40));
    company.posted(Kind::Invoice, "INV-4", "2026-03-01", "2027-03-01", euro(80));
    let found = company.asked(&Question::on(day("2026-03-16")));
    assert_eq!(found.labels[0], "not due");
    let total = only(found);
    assert_eq!(total.sums.buckets, [euro(110), euro(40), 0, 0, 0, 0]);
    assert_eq!((total.counts[0], total.counts[1], total.sums.net()), (3, 1, euro(150)));
}

/// frappe/erpnext#43161: the date that ages an item moves amounts between buckets and never changes the total.
#[test]
fn the_basis_never_changes_the_total() {
    let mut company = Company::of_one();
    company.posted(Kind::Invoice, "INV-1", "2025-11-01", "2026-02-20", euro(10));
    company.posted(Kind::Invoice, "INV-2", "2026-01-20", "2026-03-25", euro(20));
    company.posted(Kind::CreditNote, "CN-1", "2026-02-01", "2026-02-01", euro(5));
    let of = |basis, credits| {
        let question = Question { basis, credits, ..Question::on(day("2026-03-16")) };
        only(company.asked(&question)).sums
    };
    let due = of(Basis::Due, Credits::Separate);
    let document = of(Basis::Document, Credits::Separate);
    assert_eq!(due.buckets, [euro(20), euro(10), 0, 0, 0, 0]);
    assert_eq!(document.buckets, [0, 0, euro(20), 0, 0, euro(10)]);
    for basis in [Basis::Due, Basis::Document] {
        for credits in [Credits::Separate, Credits::OwnDate, Credits::Oldest] {
            assert_eq!(of(basis, credits).net(), euro(25), "{basis:?} {credits:?}");
        }
    }
}

/// frappe/erpnext PR#47580: the age is counted from the day of the report, by the date that is asked for.
#[test]
fn age_is_the_day_of_the_report_less_the_basis_date() {
    let mut company = Company::of_one();
    company.posted(Kind::Invoice, "INV-1", "2025-10-01", "2025-11-01", euro(10));
    let reader = company.reader();
    for (on, basis, age) in [
        ("2025-11-01", Basis::Due, 0),
        ("2025-11-11", Basis::Due, 10),
        ("2025-11-11", Basis::Document, 41),
        ("2025-10-02", Basis::Due, -30),
        ("2026-03-16", Basis::Due, 135),
    ] {
        let question = Question { basis, ..Question::on(day(on)) };
        let rows = items_behind(&reader, &question, 1, None, Cell::All).expect("items");
        assert_eq!(rows.iter().map(|row| row.age).collect::<Vec<_>>(), [age], "{on} {basis:?}");
    }
}

/// Every age lies in the band its definition gives, at each band's first and last day, by either date: in the report, in
/// what stands behind each of its cells, and on a day of the past.
#[test]
fn every_age_lies_in_the_band_of_its_definition() {
    let ages = [0i64, 1, 29, 30, 31, 59, 60, 61, 89, 90, 91, 119, 120, 121, 200];
    let mut company = Company::of_one();
    let on = day("2026-03-16");
    for (place, age) in ages.into_iter().enumerate() {
        let date = (on - chrono::Duration::days(age)).to_string();
        company.posted(Kind::Invoice, &format!("INV-{age}"), &date, &date, euro(1) << place);
    }
    for basis in [Basis::Due, Basis::Document] {
        for later in [0, 40] {
            let mut expected = [0i64; 6];
            for (place, age) in ages.into_iter().enumerate() {
                expected[Bands::default().index(age + later, basis)] += euro(1) << place;
            }
            let question = Question { basis, ..Question::on(on + chrono::Duration::days(later)) };
            assert_eq!(only(company.asked(&question)).sums.buckets, expected, "{basis:?} {later}");
            for (bucket, sum) in expected.into_iter().enumerate() {
                let rows = items_behind(&company.reader(), &question, 1, None, Cell::Bucket(bucket)).expect("items");
                assert_eq!(rows.iter().map(|row| row.open).sum::<i64>(), sum, "{basis:?} {later} {bucket}");
            }
        }
    }
}

/// OCA/account-payment#386, OCA/account-financial-reporting#707: an aging of a past day still has what was paid since.
#[test]
fn a_past_day_still_has_what_was_paid_since() {
    let mut company = Company::of_one();
    company.posted(Kind::Invoice, "INV-1", "2026-01-01", "2026-01-31", euro(100));
    company.received("2026-03-10", euro(100), &[(1, euro(100))]);
    assert_eq!(company.total("2026-02-28").sums.buckets, [0, euro(100), 0, 0, 0, 0]);
    assert_eq!(company.total("2026-03-09").sums.net(), euro(100));
    let none = company.asked(&Question::on(day("2026-03-10")));
    assert_eq!(none.totals.iter().map(|total| total.sums.net()).sum::<i64>(), 0);
    // Taken back later on: open on both sides of the days on which it counted as paid.
    company.today = day("2026-03-14");
    let reason = "returned".into();
    company.done("anna", Act::Unapply { allocation: 1, effective: company.today, reason });
    assert_eq!(company.total("2026-03-14").sums.buckets, [0, 0, euro(100), 0, 0, 0]);
    assert_eq!(company.total("2026-03-09").sums.net(), euro(100));
    company.assert_sound();
}

/// OCA/account-financial-reporting#546: five invoices and an early payment, settled together afterwards, change nothing
/// of the month before.
#[test]
fn settling_a_group_later_changes_nothing_of_an_earlier_day() {
    let mut company = Company::of_one();
    company.received("2026-02-15", euro(1_000), &[]);
    for n in 1..=5 {
        company.posted(Kind::Invoice, &format!("M-{n}"), "2026-03-15", "2026-03-15", euro(10_000));
    }
    company.posted(Kind::Invoice, "A-1", "2026-04-15", "2026-04-15", euro(100_000));
    let before = company.total("2026-04-30");
    company.received("2026-05-15", euro(49_000), &(0..5).map(|n| (2 + n, euro(9_800))).collect::<Vec<_>>());
    let applied = (0..5).map(|n| (2 + n, euro(200))).collect();
    company.done("anna", Act::Apply { credit: 1, applied, effective: day("2026-05-15") });
    let after = company.total("2026-04-30");
    assert_eq!(after, before);
    assert_eq!(after.sums.buckets, [0, euro(100_000), euro(50_000), 0, 0, 0]);
    assert_eq!((after.sums.unapplied, after.sums.net()), (euro(-1_000), euro(149_000)));
    assert_eq!(company.total("2026-05-15").sums.net(), euro(100_000));
    company.assert_sound();
}

/// OCA/account-financial-reporting#829, OCA/account-financial-reporting#656: parts are counted once, and asking twice
/// gives the same.
#[test]
fn several_parts_of_one_payment_are_counted_once_however_often_it_is_asked() {
    let mut company = Company::of_one();
    company.posted(Kind::Invoice, "INV-1", "2026-01-01", "2026-01-31", euro(100));
    company.posted(Kind::Invoice, "INV-2", "2026-01-02", "2026-02-01", euro(100));
    company.received("2026-02-10", euro(60), &[(1, euro(20)), (2, euro(20))]);
    company.done("anna", Act::Apply { credit: 3, applied: vec![(1, euro(20))], effective: day("2026-02-11") });
    company.received("2026-02-12", euro(10), &[(1, euro(10))]);
    let first = company.total("2026-02-12");
    assert_eq!((first.sums.buckets[1], first.sums.unapplied), (euro(130), 0));
    let reader = company.reader();
    let rows = items_behind(&reader, &Question::on(day("2026-02-12")), 1, None, Cell::All).expect("items");
    assert_eq!(rows.iter().map(|row| row.open).collect::<Vec<_>>(), [euro(50), euro(80)]);
    assert_eq!(company.total("2026-02-12"), first);
}

/// OCA/account-financial-reporting#1069: a credit note takes away, in every presentation and in the rows behind.
#[test]
fn a_credit_note_takes_away() {
    let mut company = Company::of_one();
    company.posted(Kind::Invoice, "INV-1", "2026-01-01", "2026-01-31", euro(100));
    company.posted(Kind::CreditNote, "CN-1", "2026-02-20", "2026-02-20", euro(30));
    for (credits, buckets, apart) in [
        (Credits::Separate, [0, 0, euro(100), 0, 0, 0], euro(-30)),
        (Credits::OwnDate, [0, euro(-30), euro(100), 0, 0, 0], 0),
        (Credits::Oldest, [0, 0, euro(70), 0, 0, 0], 0),
    ] {
        let total = only(company.asked(&Question { credits, ..Question::on(day("2026-03-16")) }));
        assert_eq!(
            (total.sums.buckets, total.sums.credits, total.sums.net()),
            (buckets, apart, euro(70)),
            "{credits:?}"
        );
    }
    let rows = items_behind(&company.reader(), &Question::on(day("2026-03-16")), 1, None, Cell::Credits).expect("rows");
    assert_eq!(rows.iter().map(|row| (row.number.as_str(), row.open)).collect::<Vec<_>>(), [("CN-1", euro(-30))]);
}

/// OCA/account-financial-reporting PR#853: what is left of a foreign item goes back to the day in both currencies.
#[test]
fn a_foreign_rest_goes_back_in_both_currencies() {
    let mut company = Company::of_one();
    let rate = |from: &str, rate: &str| Act::SetRate { currency: Currency::USD, from: day(from), rate: rate.into() };
    company.done("anna", rate("2025-01-01", "0.8"));
    company.done("anna", rate("2026-03-01", "0.9"));
    company.today = day("2026-01-10");
    let mut act = document(Kind::Invoice, "INV-1", euro(100), company.today);
    if let Act::PostDocument { currency, .. } = &mut act {
        *currency = Currency::USD;
    }
    company.done("anna", act);
    company.today = day("2026-03-10");
    let (reference, method, text) = (String::new(), String::new(), String::new());
    let (date, currency, amount, applied) = (company.today, Currency::USD, euro(75), vec![(1, euro(75))]);
    let receipt = Act::PostReceipt { customer: 1, reference, date, currency, amount, method, text, applied };
    company.done("anna", receipt);
    for (on, dollars, base) in [("2026-03-09", 100, 80), ("2026-03-10", 25, 20)] {
        let found = company.asked(&Question::on(day(on)));
        let line = found.lines[0];
        assert_eq!((line.sums.net(), line.base.net()), (euro(dollars), euro(base)), "{on}");
        only(found);
    }
    company.assert_sound();
}

/// OCA/account-financial-reporting#487: every instalment is a row of its own with its own age.
#[test]
fn every_instalment_ages_by_itself() {
    let mut company = Company::of_one();
    company.today = day("2026-01-10");
    let mut act = document(Kind::Invoice, "INV-1", euro(300), company.today);
    if let Act::PostDocument { terms, .. } = &mut act {
        *terms = "3 x monthly".into();
    }
    company.done("anna", act);
    let rows = items_behind(&company.reader(), &Question::on(day("2026-03-16")), 1, None, Cell::All).expect("rows");
    let found: Vec<_> = rows.iter().map(|row| (row.part, row.due.to_string(), row.open)).collect();
    assert_eq!(found.len(), 3);
    assert!(
        found.windows(2).all(|pair| pair[0].1 < pair[1].1) && found.iter().all(|row| row.2 == euro(100)),
        "{found:?}"
    );
    let total = company.total("2026-03-16");
    assert_eq!(total.counts.iter().sum::<i64>(), 3);
    assert!(total.sums.buckets.iter().filter(|amount| **amount > 0).count() >= 2, "{total:?}");
}

/// odoo/odoo PR#7539: what was entered later is told apart from what was so earlier.
#[test]
fn what_was_known_then_and_what_is_known_now_are_two_reports() {
    let mut company = Company::of_one();
    company.posted(Kind::Invoice, "INV-1", "2026-01-10", "2026-02-10", euro(100));
    // Entered on the 20th, dated the 5th.
    company.received("2026-03-20", euro(100), &[]);
    company.done("anna", Act::Undo { act: company.number("SELECT max(id) FROM act") });
    let (reference, method, text) = (String::new(), String::new(), String::new());
    let (date, currency, amount, applied) = (day("2026-03-05"), Currency::EUR, euro(100), vec![(1, euro(100))]);
    company.done("anna", Act::PostReceipt { customer: 1, reference, date, currency, amount, method, text, applied });
    let then = Question { known_at: Some("2026-03-19".into()), ..Question::on(day("2026-03-10")) };
    assert_eq!(only(company.asked(&then)).sums.net(), euro(100));
    let now = company.asked(&Question::on(day("2026-03-10")));
    assert_eq!(now.totals.iter().map(|total| total.sums.net()).sum::<i64>(), 0);
}

/// odoo/odoo#19781: rows, customers and totals of a past day come from one rule.
#[test]
fn rows_lines_and_totals_of_a_past_day_are_one_amount() {
    let mut company = Company::of_one();
    company.posted(Kind::Invoice, "INV-1", "2026-01-10", "2026-02-10", euro(100));
    company.posted(Kind::CreditNote, "CN-1", "2026-01-20", "2026-01-20", euro(15));
    company.received("2026-02-15", euro(40), &[(1, euro(30))]);
    company.received("2026-03-15", euro(70), &[(1, euro(70))]);
    for (on, net) in [("2026-01-15", 100), ("2026-02-14", 85), ("2026-02-15", 45), ("2026-03-15", -25)] {
        let question = Question::on(day(on));
        let found = company.asked(&question);
        let rows = items_behind(&company.reader(), &question, 1, None, Cell::All).expect("rows");
        assert_eq!(rows.iter().map(|row| row.open).sum::<i64>(), euro(net), "{on}");
        assert_eq!(found.lines[0].sums.net(), euro(net), "{on}");
        assert_eq!(only(found).control, euro(net), "{on}");
    }
}

/// moiz-lakkadkutta/Fabric-Inventory#197: receipts of June are no reason to show less in May.
#[test]
fn receipts_of_june_leave_may_as_it_was() {
    let mut company = Company::of_one();
    company.posted(Kind::Invoice, "INV-1", "2026-04-20", "2026-05-05", 11_077_500);
    company.received("2026-06-10", 11_025_000, &[(1, 11_025_000)]);
    assert_eq!(company.total("2026-05-15").sums.net(), 11_077_500);
    assert_eq!(company.total("2026-06-10").sums.net(), 52_500);
}

/// CustAging: the total is the book's of this moment, not that of a job that ran before.
#[test]
fn an_aging_has_what_was_posted_a_moment_ago() {
    let mut company = Company::of_one();
    let reader = company.reader();
    let open = |reader: &Reader| {
        let found = aging(reader, &Question::on(day("2026-03-16"))).expect("an aging");
        found.totals.iter().map(|total| total.sums.net()).sum::<i64>()
    };
    assert_eq!(open(&reader), 0);
    company.posted(Kind::Invoice, "INV-1", "2026-03-01", "2026-03-31", euro(10));
    assert_eq!(open(&reader), euro(10));
    company.received("2026-03-16", euro(4), &[(1, euro(4))]);
    assert_eq!(open(&reader), euro(6));
}

/// webshopextension.com: payments that come later leave aging and balance sheet one amount, on every day.
#[test]
fn aging_and_control_account_agree_when_payments_come_later() {
    let mut company = Company::of_one();
    company.posted(Kind::Invoice, "INV-1", "2026-01-10", "2026-01-31", euro(500));
    company.received("2026-02-20", euro(200), &[]);
    company.done("anna", Act::Apply { credit: 2, applied: vec![(1, euro(200))], effective: day("2026-03-10") });
    for on in ["2026-01-31", "2026-02-19", "2026-02-20", "2026-03-09", "2026-03-10"] {
        let total = company.total(on);
        let paid = if on < "2026-02-20" { 0 } else { 200 };
        assert_eq!((total.control, total.sums.net()), (euro(500 - paid), euro(500 - paid)), "{on}");
    }
    assert_eq!(company.total("2026-03-09").sums.unapplied, euro(-200));
}

/// ledgersmb/LedgerSMB#7177: one customer's aging has nothing of another, and all of them add up to the whole.
#[test]
fn one_account_by_itself_and_all_of_them_together() {
    let mut company = Company::of_one();
    company.done("anna", Act::SetCustomer { customer: None, version: 0, data: customer("K2") });
    company.posted(Kind::Invoice, "INV-1", "2026-01-10", "2026-02-10", euro(100));
    let mut act = document(Kind::Invoice, "INV-2", euro(7), day("2026-01-10"));
    if let Act::PostDocument { customer, .. } = &mut act {
        *customer = 2;
    }
    company.done("anna", act);
    let of = |customer| {
        let question = Question { customer, ..Question::on(day("2026-03-16")) };
        let found = company.asked(&question);
        found.lines.iter().map(|line| line.sums.net()).sum::<i64>()
    };
    assert_eq!([of(Some(1)), of(Some(2)), of(None)], [euro(100), euro(7), euro(107)]);
}

/// ledgersmb/LedgerSMB#1290: what was paid too much stands in a column of its own.
#[test]
fn what_was_paid_too_much_is_shown() {
    let mut company = Company::of_one();
    company.posted(Kind::Invoice, "INV-1", "2026-01-10", "2026-02-10", euro(100));
    company.received("2026-03-10", euro(130), &[(1, euro(100))]);
    let total = company.total("2026-03-16");
    assert_eq!((total.sums.debits(), total.sums.unapplied, total.control), (0, euro(-30), euro(-30)));
}

/// LedgerSMB Report.sql: however far ahead it is due, an item is in a bucket, and later payments are not taken off.
#[test]
fn what_is_due_far_ahead_is_in_a_bucket() {
    let mut company = Company::of_one();
    for (n, due, whole) in [
        (1, "2018-01-15", 500),
        (2, "2017-12-15", 1_000),
        (3, "2017-11-15", 2_000),
        (4, "2017-10-15", 4_000),
        (5, "2017-09-15", 8_000),
        (6, "2017-08-15", 160_000),
    ] {
        company.posted(Kind::Invoice, &format!("INV-{n}"), "2017-08-01", due, euro(whole));
    }
    company.posted(Kind::Invoice, "INV-7", "2017-08-01", "2019-08-01", euro(9));
    company.received("2018-01-20", euro(500), &[(1, euro(500))]);
    let buckets = [509, 1_000, 2_000, 4_000, 8_000, 160_000].map(euro);
    assert_eq!(company.total("2017-12-31").sums.buckets, buckets);
}
