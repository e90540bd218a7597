//! How long a million canonical invoices take to read. Ignored in everyday runs; `cargo test --release -- --ignored`.

use std::fmt::Write as _;
use std::time::Instant;

use o2c::formats::canonical::Table;
use o2c::formats::mapping::canonical;
use o2c::formats::report::ReadOptions;
use o2c::formats::table::for_each_invoice;

#[test]
#[ignore = "a measurement: meaningful only with --release"]
fn a_million_invoices() {
    let mut text = String::from("number,customer,document_date,due_date,amount,currency,reference,settled_date\n");
    for n in 0..1_000_000u32 {
        let (month, day) = (n % 12 + 1, n % 28 + 1);
        let (whole, cents) = (n % 90_000, n % 100);
        let _ = writeln!(
            text,
            "INV-{n:08},C{:05},2025-{month:02}-{day:02},2026-{month:02}-{day:02},{whole}.{cents:02},EUR,PO {n},2026-01-{day:02}",
            n % 20_000
        );
    }
    let mut progress = |_| {};
    let today = "2026-03-31".parse().unwrap();
    let mut options = ReadOptions { currency: None, today, date_order: None, progress: &mut progress };
    let begin = Instant::now();
    let mut total = 0i64;
    let mapping = canonical(Table::Invoices);
    let summary = for_each_invoice(text.as_bytes(), &mapping, &mut options, &mut |row| total += row.amount).unwrap();
    let took = begin.elapsed();
    println!("{} rows, {} MB, total {total}, {took:?}", summary.taken, text.len() / 1_000_000);
    assert_eq!(summary.taken, 1_000_000);
    assert!(took.as_millis() < 1500 || cfg!(debug_assertions), "{took:?}");
}
