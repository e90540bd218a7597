//! What is fuzzed: readers of everything that comes from outside, each with what must hold whatever the bytes are. Used
//! by the cargo-fuzz programs beside this file and, over the corpus and seeded changes of it, by `tests/fuzz.rs`.

use chrono::NaiveDate;
use o2c::documents::template::{MOST, Template};
use o2c::documents::{iban, sample};
use o2c::domain::money::{Currency, NumberStyle, parse_plain, plain};
use o2c::domain::terms::Terms;
use o2c::domain::{lookalike, text};
use o2c::formats::bank;
use o2c::formats::canonical::Table;
use o2c::formats::mapping::canonical;
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

#[path = "workstation.rs"]
mod workstation;

pub use workstation::{damaged_book, keys};

/// A target: its name, what it does with bytes, and how many inputs of the others one of its own takes. It panics where
/// something does not hold.
pub type Target = (&'static str, fn(&[u8]), usize);

/// Every target.
pub const TARGETS: [Target; 13] = [
    ("table", table, 1),
    ("money", money, 1),
    ("date", date, 1),
    ("terms", terms, 1),
    ("safe_text", safe_text, 1),
    ("csv_export", csv_export, 1),
    ("bank", bank_file, 1),
    ("note", sealed_head, 1),
    ("template", template, 4),
    ("mail", mail, 1),
    ("filter", filter, 1),
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
    let progress = &mut |_| {};
    let mut options = ReadOptions { currency: Some(Currency::EUR), today: day(), date_order: None, progress };
    drop(read_invoices(bytes, &canonical(Table::Invoices), &mut options));
    drop(read_receipts(bytes, &canonical(Table::Receipts), &mut options));
    drop(read_customers(bytes, &canonical(Table::Customers), &mut options));
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

/// Bank files: refused or read.
pub fn bank_file(bytes: &[u8]) {
    drop(bank::read(bytes, &bank::Options::new(day())));
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
