//! Targets of what a company gives the program: policies, strategies and mappings as TOML, exports of other systems, texts
//! of settings and forms, addresses, and the font of its letters.

use std::sync::OnceLock;
use std::time::SystemTime;

use o2c::documents::letter::Kind;
use o2c::documents::paper::{self, Face, Mark, Sheet};
use o2c::documents::template::Template;
use o2c::documents::{library, sample};
use o2c::domain::bank_rule::{self, Pattern};
use o2c::domain::case::{clock, mention};
use o2c::domain::dunning::Segment;
use o2c::domain::money::{Currency, NumberStyle};
use o2c::domain::reference;
use o2c::formats::canonical::Table;
use o2c::formats::dialect::recognise_file;
use o2c::formats::mapping::{Mapping, builtin};
use o2c::formats::policy::Fault;
use o2c::language::amounts::{AmountContext, read_amount, read_plan};
use o2c::language::calendar::no_holidays;
use o2c::language::dates::{DateContext, DateOrder, Lean};
use o2c::language::schedule::{ScheduleContext, read_schedule};
use o2c::mail::address::Mailbox;
use o2c::mail::message::{self, Draft};

use super::{day, rows, words};

fn in_text(text: &str, faults: &[Fault]) {
    let lines = text.split('\n').count() as u64;
    assert!(!faults.is_empty() && faults.iter().all(|fault| fault.line as u64 <= lines + 1), "{text:?}: {faults:?}");
}

/// Dunning policies: what is read is written as a text that reads as the same policy; what is not is marked in the text.
pub fn policy(bytes: &[u8]) {
    let text = words(bytes);
    match o2c::formats::policy::parse(&text) {
        Ok(read) => {
            let written = o2c::formats::policy::write(&read);
            assert_eq!(o2c::formats::policy::parse(&written).as_ref(), Ok(&read), "{text:?} is written as {written:?}");
        }
        Err(faults) => in_text(&text, &faults),
    }
}

/// Strategies of the worklist, the same way.
pub fn strategy(bytes: &[u8]) {
    let text = words(bytes);
    match o2c::formats::strategy::parse(&text) {
        Ok(read) => {
            let written = o2c::formats::strategy::write(&read);
            let again = o2c::formats::strategy::parse(&written);
            assert_eq!(again.as_ref(), Ok(&read), "{text:?} is written as {written:?}");
        }
        Err(faults) => in_text(&text, &faults),
    }
}

/// Mappings: refused, or they read a table, whatever they ask for.
pub fn mapping(bytes: &[u8]) {
    if let Ok(mapping) = Mapping::parse("m", &words(bytes)) {
        rows(b"BELNR;GJAHR;BUZEI;KUNNR;BLDAT;WRBTR;WAERS;SHKZG;ZFBDT;ZTERM\n1;2026;1;7;20260105;1,00;EUR;S;20260105;30\n", &mapping);
        rows(b"Date,Value date,Amount,Text,More\n05.01.2026,06.01.2026,-1.00,INV-1,\xfc\n", &mapping);
    }
}

/// Exports of other systems: the mapping that fits is found, and reads it.
pub fn export(bytes: &[u8]) {
    for table in [Table::Invoices, Table::Customers, Table::Receipts, Table::Statement] {
        if let Some(mapping) = recognise_file(bytes, table).and_then(builtin) {
            rows(bytes, &mapping);
        }
    }
}

/// What people type into fields that are no date and no plain amount.
pub fn typed(bytes: &[u8]) {
    let text = words(bytes);
    for style in [None, Some(NumberStyle::Point), Some(NumberStyle::Comma)] {
        let amounts = AmountContext { currency: Currency::EUR, style, open: Some(123_457) };
        if let Ok(read) = read_amount(&text, &amounts) {
            assert!(read.minor.checked_abs().is_some(), "{text:?}");
        }
        if let Ok(plan) = read_plan(&text, &amounts) {
            assert!(plan.amounts.iter().try_fold(0i64, |sum, one| sum.checked_add(*one)).is_some(), "{text:?}");
            let _ = (0..plan.amounts.len() as u32).filter_map(|place| plan.every.date(day(), place)).count();
        }
        let dates =
            DateContext { today: day(), order: DateOrder::Dmy, lean: Lean::Forward, due: None, holidays: &no_holidays };
        if let Ok(list) = read_schedule(&text, &ScheduleContext { dates, amounts, first: day() }) {
            assert!(list.is_sorted_by_key(|one| one.0), "{text:?}: {list:?}");
        }
    }
    let _ = clock::standard(&text, "sales");
    if let Ok(pattern) = Pattern::read(&text) {
        assert_eq!(Pattern::read(pattern.written()).map(|again| again.key()), Ok(pattern.key()), "{text:?}");
        let said = bank_rule::said([pattern.written().replace('*', " ").as_str(), "INV-1"]);
        assert!(pattern.meets(&said), "{text:?} is not in {said:?}");
    }
    if let Ok(segment) = Segment::parse(&text) {
        assert!(segment.len() > 0);
    }
    assert!(mention::mentions(&text).iter().all(|login| text.contains(login)));
    let once = reference::normalise(&text);
    assert_eq!(reference::normalise(&once), once, "{text:?}");
    let known = [reference::is_rf, reference::is_belgian, reference::is_finnish, reference::is_luhn, reference::is_kid];
    let _ = known.iter().filter(|is| is(&text)).count();
    drop((reference::is_iban(&text), reference::is_qrr(&text), reference::rf(&text)));
}

/// A name, an address and a subject: refused, or they make a mail whose headers are those it was made with.
pub fn address(bytes: &[u8]) {
    let text = words(bytes);
    let mut parts = text.splitn(3, '\n');
    let mut next = || parts.next().unwrap_or_default().to_owned();
    let (name, address, subject) = (next(), next(), next());
    let Ok(to) = Mailbox::new(&name, &address) else { return };
    let Ok(from) = Mailbox::new("Nordwind GmbH", "ar@nordwind.example") else { panic!("a plain address") };
    let (id, body) = (message::id("book", &subject, &from), subject.clone());
    let html = format!("<p>{body}</p>");
    let draft = Draft { from, to, subject, text: body, html, id };
    match message::build(&draft, SystemTime::UNIX_EPOCH) {
        Ok(made) => {
            let made = words(&made);
            let head = made.split("\r\n\r\n").next().unwrap_or_default();
            let mut names: Vec<String> = head
                .split("\r\n")
                .filter(|line| !line.starts_with([' ', '\t']))
                .map(|line| line.split(':').next().unwrap_or_default().to_ascii_lowercase())
                .collect();
            names.sort_unstable();
            let wanted = "auto-submitted content-type date from message-id mime-version subject to";
            assert_eq!(names.join(" "), wanted, "{text:?}");
        }
        Err(no) => assert_eq!(no.code, "MAIL-01", "{text:?}: {}", no.sentence),
    }
}

/// The font of letters: refused, or a letter is set with it and written, on few pages and at places of the page.
pub fn font(bytes: &[u8]) {
    static SHEET: OnceLock<Sheet> = OnceLock::new();
    let sheet = SHEET.get_or_init(|| {
        let letter = sample::letter(Kind::Statement, "en");
        let text = library::shipped("statement", "en").unwrap_or_default();
        let page = Template::read(text, "en").and_then(|template| template.render(&letter));
        Sheet::new(&letter, page.unwrap_or_else(|error| panic!("{error}")))
    });
    let Ok(face) = Face::read(bytes) else { return };
    let Ok(laid) = paper::set(sheet, &face) else { return };
    assert!(laid.pages.len() < 200, "{} pages", laid.pages.len());
    for mark in laid.pages.iter().flatten() {
        if let Mark::Text { x, y, size, .. } = mark {
            assert!(x.is_finite() && y.is_finite() && size.is_finite());
        }
    }
    drop(paper::pdf("Letters", sheet.date, &[laid], &face));
}
