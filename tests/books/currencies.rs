//! Money in several currencies: items booked before a rate was known, and lists that mix currencies.

use super::book::{Book, day, document, receipt};
use o2c::acts::Act;
use o2c::domain::document::DocumentKind as Kind;
use o2c::domain::money::Currency;
use o2c::language::filter::Filter;
use o2c::store::Reader;
use o2c::store::kept::Measure;
use o2c::store::read::items::{Question, items};
use o2c::store::read::window::{Sort, Want};

const EUR: Currency = Currency::EUR;

/// What the kept daily figures say is owed and what the control account says, both in the book's currency.
fn owed_and_control(book: &Book) -> (i64, i64) {
    let sum = |measures: &str| {
        book.number(&format!("SELECT coalesce(sum(base), 0) FROM daily WHERE measure IN ({measures})"))
    };
    let measure = |measure: Measure| (measure as i64).to_string();
    let owed = [Measure::Debits, Measure::Credits, Measure::Unapplied].map(measure).join(", ");
    (sum(&owed), sum(&measure(Measure::Control)))
}

#[test]
fn an_item_booked_without_a_rate_and_paid_with_one_leaves_nothing_behind() {
    let mut book = Book::new();
    let pounds = Currency::parse("GBP").expect("pounds");
    book.done(document(Kind::Invoice, "INV-1", 1, day("2026-03-02"), None, pounds, 10_000));
    book.done(document(Kind::Invoice, "INV-2", 1, day("2026-03-02"), None, pounds, 5_000));
    book.done(Act::SetRate { currency: pounds, from: day("2026-03-03"), rate: "1.17".into() });
    book.done(document(Kind::Invoice, "INV-3", 1, day("2026-03-04"), None, pounds, 5_000));
    book.done(receipt(1, "TRX", day("2026-03-05"), pounds, 12_000, vec![(1, 10_000), (2, 1_500)]));
    assert_eq!(owed_and_control(&book), (5_850 - 585, 5_850 - 585), "INV-3 less the 5.00 unapplied");
    book.assert_sound();
    book.done(Act::Unapply { allocation: 1, effective: day("2026-03-06"), reason: "wrong".into() });
    assert_eq!(owed_and_control(&book), (5_850 - 585 - 11_700, 5_850 - 585 - 11_700));
    book.done(Act::Apply { credit: 4, applied: vec![(3, 5_000), (2, 3_500)], effective: day("2026-03-07") });
    let (owed, control) = owed_and_control(&book);
    assert_eq!(owed, control);
    book.assert_sound();
}

#[test]
fn amounts_are_sorted_within_their_currency() {
    let mut book = Book::new();
    let yen = Currency::parse("JPY").expect("yen");
    for (number, currency, amount) in [("A", EUR, 900), ("B", yen, 50_000), ("C", EUR, 70_000), ("D", yen, 800)] {
        book.done(document(Kind::Invoice, number, 1, book.today, None, currency, amount));
    }
    let reader = Reader::open(&book.place()).expect("it opens");
    for (column, descending, must) in [
        ("amount", false, "A C D B"),
        ("open", false, "A C D B"),
        ("open", true, "B D C A"),
        ("number", true, "D C B A"),
    ] {
        let sort = Sort { column, descending };
        let question = Question { today: book.today, filter: Filter::And(Vec::new()), sort, customer: None };
        let all = items(&reader, &question, Want::Start).expect("a list").rows;
        let numbers: Vec<&str> = all.iter().map(|row| row.number.as_str()).collect();
        assert_eq!(numbers.join(" "), must, "{column} {descending}");
        for (place, row) in all.iter().enumerate() {
            let around = items(&reader, &question, Want::Around(row.id, 0)).expect("a list");
            assert_eq!((around.first, around.rows.len()), (0, 4), "{column}");
            let after = items(&reader, &question, Want::After(row.id, place as u64 + 1)).expect("a list");
            assert_eq!(after.rows, all[place + 1..], "{column} after {}", row.number);
        }
    }
}
