//! What the simulation found, one named test each.

use o2c::acts::Act;
use o2c::acts::import::{Beside, Import, Rows, Work};
use o2c::domain::document::DocumentKind as Kind;
use o2c::domain::limits::LimitKind;
use o2c::domain::money::Currency;
use o2c::formats::canonical::{DocumentKind as RowKind, InvoiceRow, ReceiptRow};
use o2c::store::people::CustomerData;

use crate::company::{Company, customer, day, document, euro, write_off};

fn small_limit() -> (Company, i64, i64) {
    let company = Company::of(&["controller", "approver"]);
    let kind = LimitKind::WriteOff;
    company.done("anna", Act::SetLimit { login: "controller".into(), kind, amount: Some(euro(500)) });
    for number in ["A", "B"] {
        company.done("anna", document(Kind::Invoice, number, euro(450), day("2026-01-02")));
    }
    (company, 1, 2)
}

#[test]
fn the_date_of_a_write_off_does_not_take_it_out_of_the_week() {
    for date in ["2026-01-05", "2026-06-30"] {
        let (company, one, two) = small_limit();
        assert_eq!(company.outcome("controller", write_off(one, euro(450), day(date))), "done", "{date}");
        assert_eq!(company.outcome("controller", write_off(two, euro(450), company.today)), "asked", "{date}");
        company.assert_sound();
    }
}

#[test]
fn a_write_off_done_again_counts_like_one_done() {
    let (company, one, two) = small_limit();
    let undo = |act: i64| company.done("controller", Act::Undo { act }).act;
    let first = company.done("controller", write_off(one, euro(450), company.today)).act;
    let taken_back = undo(first);
    undo(taken_back);
    assert_eq!(company.open(one), 0);
    assert_eq!(company.outcome("controller", write_off(two, euro(450), company.today)), "asked");
    company.assert_sound();
}
