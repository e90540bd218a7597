//! What is fuzzed: readers of everything that comes from outside, each with what must hold whatever the bytes are. Used
//! by the cargo-fuzz programs beside this file and, over the corpus and seeded changes of it, by `tests/fuzz.rs`.

use std::sync::OnceLock;

use chrono::NaiveDate;
use o2c::documents::template::{MOST, Template};
use o2c::documents::{iban, sample};
use o2c::domain::money::{AMOUNT_MAX, Currency, NumberStyle, parse_plain, plain};
use o2c::domain::terms::Terms;
use o2c::domain::{lookalike, text};
use o2c::formats::bank;
use o2c::formats::bank::booking::{self, Accounts};
use o2c::formats::canonical::Table;
use o2c::formats::mapping::{Mapping, canonical};
use o2c::formats::note;
use o2c::formats::report::ReadOptions;
use o2c::formats::table::{read_customers, read_invoices, read_receipts};
use o2c::formats::write::{CsvWriter, unguard};
use o2c::language::calendar::no_holidays;
use o2c::language::dates::{DateContext, DateOrder, Lean, read_date};
use o2c::language::filter::{Context, parse};
use o2c::language::numbers::read_number;
use o2c::mail::read::read as read_mail;
use o2c::mail::reply::{Known, proposals};

#[path = "configured.rs"]
mod configured;
#[path = "workstation.rs"]
mod workstation;

pub use configured::{address, export, font, mapping, policy, strategy, typed};
pub use workstation::{damaged_book, input, keys};

/// A target: its name, what it does with bytes, and how many inputs of the others one of its own takes. It panics where
/// something does not hold.
pub type Target = (&'static str, fn(&[u8]), usize);

/// Every target.
pub const TARGETS: [Target; 29] = [
    ("table", table, 1),
    ("money", money, 1),
    ("date", date, 1),
    ("terms", terms, 1),
    ("safe_text", safe_text, 1),
    ("csv_export", csv_export, 1),
    ("bank", bank_file, 2),
    ("camt", camt, 1),
    ("mt940", mt940, 1),
    ("bai2", bai2, 1),
    ("ofx", ofx, 1),
    ("nacha", nacha, 1),
    ("x12", x12, 1),
    ("lockbox", lockbox, 1),
    ("bank_table", bank_table, 4),
    ("note", sealed_head, 1),
    ("template", template, 4),
    ("mail", mail, 1),
    ("filter", filter, 1),
    ("policy", policy, 1),
    ("strategy", strategy, 1),
    ("mapping", mapping, 1),
    ("export", export, 4),
    ("typed", typed, 1),
    ("address", address, 1),
    ("font", font, 4),
    ("input", input, 1),
    ("keys", keys, 40),
    ("book", damaged_book, 40),
];

fn day() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 3, 31).unwrap_or_default()
}

fn words(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Delimited tables: refused or read, and every row read can be counted.
pub fn table(bytes: &[u8]) {
    static CANONICAL: OnceLock<[Mapping; 3]> = OnceLock::new();
    let all = CANONICAL.get_or_init(|| [Table::Invoices, Table::Receipts, Table::Customers].map(canonical));
    all.iter().for_each(|mapping| rows(bytes, mapping));
}

/// The rows of a file as a mapping reads them.
fn rows(bytes: &[u8], mapping: &Mapping) {
    let progress = &mut |_| {};
    let mut options = ReadOptions { currency: Some(Currency::EUR), today: day(), date_order: None, progress };
    match mapping.table {
        Table::Invoices => drop(read_invoices(bytes, mapping, &mut options)),
        Table::Receipts => drop(read_receipts(bytes, mapping, &mut options)),
        Table::Customers => drop(read_customers(bytes, mapping, &mut options)),
        Table::Statement => {
            let options = bank::Options { mapping: Some(mapping), ..bank::Options::new(day()) };
            drop(bank::read(bytes, &options));
        }
    }
}

/// Amounts: what is read prints as itself.
pub fn money(bytes: &[u8]) {
    let text = words(bytes);
    for currency in ["EUR", "JPY", "TND"].into_iter().filter_map(|code| Currency::parse(code).ok()) {
        if let Ok(minor) = parse_plain(&text, currency) {
            let again = parse_plain(&plain(minor, currency.digits()), currency);
            assert!(again.is_ok_and(|again| again == minor), "{text}");
        }
    }
    for style in [None, Some(NumberStyle::Point), Some(NumberStyle::Comma)] {
        drop(read_number(&text, style));
    }
}

/// Dates as people type them.
pub fn date(bytes: &[u8]) {
    let text = words(bytes);
    for order in [DateOrder::Dmy, DateOrder::Mdy, DateOrder::Ymd] {
        for lean in [Lean::Forward, Lean::Back, Lean::Near] {
            let context = DateContext { today: day(), order, lean, due: Some(day()), holidays: &no_holidays };
            drop(read_date(&text, &context));
        }
    }
}

/// Payment terms: what is read has due dates, and its parts add up to the whole.
pub fn terms(bytes: &[u8]) {
    if let Ok(terms) = Terms::parse(&words(bytes)) {
        let parts: i64 = terms.amounts(100_003).iter().sum();
        assert_eq!(parts, 100_003);
        drop(terms.due_dates(day()));
    }
}

/// Safe text: every letter shows itself, and cleaning twice is cleaning once.
pub fn safe_text(bytes: &[u8]) {
    let raw = words(bytes);
    let once = text::clean(&raw).text.into_string();
    assert!(once.chars().all(text::is_shown), "{once:?}");
    assert!(once.chars().count() <= text::MAX_CHARS);
    assert_eq!(text::clean(&once).text.as_str(), once, "{raw:?}");
    drop(lookalike::skeleton(&raw));
}

/// CSV: what is written reads back the same, and no cell is run by a spreadsheet.
pub fn csv_export(bytes: &[u8]) {
    let raw = words(bytes);
    let mut writer = CsvWriter::new(b',');
    writer.text(&raw).text("end");
    writer.end_row();
    let out = writer.take();
    let mut reader = csv_reader(&out);
    let row = reader.remove(0);
    assert_eq!((unguard(&row[0]), row[1].as_str()), (raw.as_str(), "end"));
    let live = row[0].trim_start().starts_with(['=', '+', '-', '@', '\u{FF1D}', '\u{FF0B}', '\u{FF0D}', '\u{FF20}']);
    assert!(!live, "a spreadsheet runs {row:?}");
}

/// A reader of our own for what the writer wrote: quotes doubled, a comma between, a line feed at the end.
fn csv_reader(bytes: &[u8]) -> Vec<Vec<String>> {
    let (mut rows, mut row, mut cell, mut quoted) = (Vec::new(), Vec::new(), Vec::new(), false);
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            b'"' if quoted && bytes.get(at + 1) == Some(&b'"') => {
                cell.push(b'"');
                at += 1;
            }
            b'"' => quoted = !quoted,
            b',' if !quoted => row.push(words(&std::mem::take(&mut cell))),
            b'\n' if !quoted => {
                row.push(words(&std::mem::take(&mut cell)));
                rows.push(std::mem::take(&mut row));
            }
            other => cell.push(other),
        }
        at += 1;
    }
    rows
}

/// Filters of lists: what is read prints as a text that reads as the same filter; what is not is marked where it is.
pub fn filter(bytes: &[u8]) {
    let text = words(bytes);
    for (style, date_order) in [(NumberStyle::Point, DateOrder::Dmy), (NumberStyle::Comma, DateOrder::Mdy)] {
        let context = Context { today: day(), style, date_order };
        match parse(&text, &context) {
            Ok(read) => {
                let printed = read.to_string();
                assert_eq!(parse(&printed, &context).as_ref(), Ok(&read), "{text:?} prints as {printed:?}");
            }
            Err(error) => {
                assert!(error.at <= text.chars().count(), "{error}");
                drop(error.caret());
            }
        }
    }
}

/// Bank files: refused or read, and refused or booked; what is booked is within what an amount may be.
pub fn bank_file(bytes: &[u8]) {
    let options = bank::Options { currency: Some(Currency::EUR), ..bank::Options::new(day()) };
    drop(bank::read(bytes, &options));
    let own = "DE02120300000000202051".to_owned();
    let accounts = Accounts { known: vec![own.clone()], unnamed: Some(own) };
    let Ok(booked) = booking::read(bytes, &options, &accounts) else { return };
    for entry in booked.iter().flat_map(|one| &one.row.entries) {
        assert!(entry.amount != 0 && entry.amount.abs() <= AMOUNT_MAX, "{}", entry.amount);
    }
}

/// One reader of bank files, whatever the bytes look like.
fn as_format(format: bank::Format, bytes: &[u8]) {
    struct Counts(u64);
    impl bank::Sink for Counts {
        fn entry(&mut self, _statement: &bank::statement::Statement, entry: bank::statement::Entry) {
            self.0 += u64::from(entry.place.end >= entry.place.start);
        }
        fn statement(&mut self, _statement: bank::statement::Statement) {}
    }
    let options = bank::Options { currency: Some(Currency::EUR), ..bank::Options::new(day()) };
    if let Err(refused) = bank::read_as(format, bytes, &options, &mut Counts(0)) {
        assert!(refused.sentence.ends_with('.'), "{}", refused.sentence);
    }
}

/// The reader of Camt.
pub fn camt(bytes: &[u8]) {
    as_format(bank::Format::Camt, bytes);
}

/// The reader of Mt940.
pub fn mt940(bytes: &[u8]) {
    as_format(bank::Format::Mt940, bytes);
}

/// The reader of Bai2.
pub fn bai2(bytes: &[u8]) {
    as_format(bank::Format::Bai2, bytes);
}

/// The reader of Ofx.
pub fn ofx(bytes: &[u8]) {
    as_format(bank::Format::Ofx, bytes);
}

/// The reader of Nacha.
pub fn nacha(bytes: &[u8]) {
    as_format(bank::Format::Nacha, bytes);
}

/// The reader of X12.
pub fn x12(bytes: &[u8]) {
    as_format(bank::Format::X12, bytes);
}

/// The reader of Lockbox.
pub fn lockbox(bytes: &[u8]) {
    as_format(bank::Format::Lockbox, bytes);
}

/// The reader of Table.
pub fn bank_table(bytes: &[u8]) {
    as_format(bank::Format::Table, bytes);
}

/// Sealed heads.
pub fn sealed_head(bytes: &[u8]) {
    drop(note::read(&words(bytes)));
}

/// Templates: refused, or they make letters of bounded length that name no account but the settings'.
pub fn template(bytes: &[u8]) {
    if let Ok(template) = Template::read(&words(bytes), "de") {
        for letter in sample::all("de") {
            let page = template.render(&letter).expect("it was tried on the same letters");
            let text = page.text();
            assert!(text.len() <= 2 * MOST && !page.subject.contains(['\r', '\n']));
            assert!(!iban::stands_in(&text.replace("DE89 3704 0044 0532 0130 00", "")), "{text}");
        }
    }
}

/// Mails: refused or read, and what is kept only shows itself.
pub fn mail(bytes: &[u8]) {
    if let Ok(mail) = read_mail(bytes) {
        let kept =
            [&mail.subject, &mail.from, &mail.name, &mail.id].into_iter().chain(&mail.words).chain(&mail.attached);
        for kept in kept {
            assert!(kept.chars().all(text::is_shown) && kept.chars().count() <= text::MAX_CHARS, "{kept:?}");
        }
        let numbers = ["INV-1".to_owned(), "4711".to_owned()];
        let known = Known { numbers: &numbers, currency: Currency::EUR, today: day() };
        assert!(proposals(&mail, &known).len() <= 4);
    }
}
