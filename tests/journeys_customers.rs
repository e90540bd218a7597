//! Customers, account, items, find: keys go in, the screen and the book come out. The book is made with acts in a
//! folder of its own.

use chrono::{DateTime, NaiveDate, Utc};
use o2c::acts::{self, Act, Actor, Failure, Mode, Request, Stamp};
use o2c::domain::document::DocumentKind;
use o2c::domain::money::Currency;
use o2c::store::people::CustomerData;
use o2c::store::{BookPath, Reader, Writer};
use o2c::tui::app::harness::{Harness, styled};
use o2c::tui::app::tables::{GLOBAL, LIST, conflicts};
use o2c::tui::app::{Command, Ctx, Screen, Work};
use o2c::tui::screens::{PLACES, account, account_item, customers, find, items};
use o2c::tui::ui::glyphs::ASCII;
use o2c::tui::ui::theme::Theme;
use o2c::tui::ui::width::cells;
use rusqlite::Connection;

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a date")
}

fn today() -> NaiveDate {
    day("2026-03-16")
}

fn actor() -> Actor {
    Actor::new("me", "tui")
}

fn stamp() -> Stamp {
    let now: DateTime<Utc> = "2026-03-16T09:00:00Z".parse().expect("an instant");
    Stamp { now, today: today() }
}

/// A book under construction.
struct Book {
    writer: Writer,
    path: std::path::PathBuf,
    _folder: tempfile::TempDir,
}

impl Book {
    fn new() -> Book {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("book.o2c");
        let writer = Writer::make(&BookPath::new(&path)).expect("a book");
        let open = Act::OpenBook {
            company: "Brightwater Ltd".to_owned(),
            currency: Currency::EUR,
            login: "me".to_owned(),
            name: "M. Example".to_owned(),
        };
        acts::init(&writer, &actor(), stamp(), &Request::new(open)).expect("an open book");
        Book { writer, path, _folder: folder }
    }

    fn act(&self, act: Act) {
        acts::perform(&self.writer, &actor(), stamp(), &Request::new(act), Mode::Post).expect("an act");
    }

    fn customer(&self, number: &str, name: &str, limit: Option<i64>) -> i64 {
        let data = CustomerData {
            number: number.to_owned(),
            name: name.to_owned(),
            currency: "EUR".to_owned(),
            terms: "net 30".to_owned(),
            credit_limit: limit,
            contact: "T. Boyle".to_owned(),
            phone: "+44 161 5550 114".to_owned(),
            email: "t.boyle@acme.example".to_owned(),
            owner: "me".to_owned(),
            risk: 65,
            ..CustomerData::default()
        };
        self.act(Act::SetCustomer { customer: None, version: 0, data });
        self.number(&format!("SELECT id FROM customer WHERE number = '{number}'"))
    }

    fn invoice(&self, customer: i64, number: &str, date: &str, amount: i64) -> i64 {
        self.act(Act::PostDocument {
            kind: DocumentKind::Invoice,
            number: number.to_owned(),
            customer,
            date: day(date),
            terms: String::new(),
            due: None,
            currency: Currency::EUR,
            amount,
            reference: String::new(),
            order: String::new(),
            tax: Vec::new(),
        });
        self.number(&format!(
            "SELECT i.id FROM item i JOIN document d ON d.id = i.document_id WHERE d.number = '{number}'"
        ))
    }

    fn receipt(&self, customer: i64, reference: &str, date: &str, amount: i64, applied: Vec<(i64, i64)>) {
        self.act(Act::PostReceipt {
            customer,
            reference: reference.to_owned(),
            date: day(date),
            currency: Currency::EUR,
            amount,
            method: "transfer".to_owned(),
            text: String::new(),
            applied,
        });
    }

    fn number(&self, sql: &str) -> i64 {
        self.writer.query_row(sql, [], |row| row.get(0)).expect("one number")
    }

    /// The customers of the mock-ups, in short: one late and over its limit, one fine, three with wide or joined or
    /// right-to-left letters.
    fn filled() -> Book {
        let book = Book::new();
        let acme = book.customer("10042", "Acme Industrial Ltd", Some(2_500_000));
        let paid = book.invoice(acme, "INV-19001", "2025-08-01", 100_000);
        book.receipt(acme, "R-1", "2025-10-10", 100_000, vec![(paid, 100_000)]);
        let part = book.invoice(acme, "INV-20097", "2025-10-19", 530_000);
        book.receipt(acme, "R-2", "2026-02-16", 200_000, vec![(part, 200_000)]);
        book.invoice(acme, "INV-20214", "2025-11-30", 1_140_000);
        book.invoice(acme, "INV-20231", "2025-11-30", 750_000);
        book.invoice(acme, "INV-20377", "2025-12-29", 625_000);
        book.invoice(acme, "INV-20561", "2026-01-27", 410_000);
        let kestrel = book.customer("10043", "Kestrel Aero plc", Some(15_000_000));
        book.invoice(kestrel, "INV-20590", "2026-02-18", 5_230_000);
        for (number, name) in
            [("10044", "北風物流株式会社"), ("10045", "شركة النور للتجارة"), ("10046", "Ka\u{301}va\u{301} s.r.o.")]
        {
            let id = book.customer(number, name, None);
            book.invoice(id, &format!("INV-3{number}"), "2026-02-01", 77_700);
        }
        book
    }

    fn open(&self, first: Box<dyn Screen>, size: (u16, u16)) -> Harness {
        let writer = Writer::open(&BookPath::new(&self.path)).expect("the book again");
        let reader = Reader::open(&BookPath::new(&self.path)).expect("the book to read");
        let perform = move |work: Work| match work {
            Work::Act(request) => acts::perform(&writer, &actor(), stamp(), &request, Mode::Post),
            Work::Try(request) => acts::perform(&writer, &actor(), stamp(), &request, Mode::DryRun),
            _ => Err(Failure::refused("ACT-99", "Not in this test.")),
        };
        let ctx = Ctx { glyphs: &ASCII, size, ..Ctx::new(today(), "me", "Brightwater Ltd", Currency::EUR) };
        Harness::new(ctx, PLACES, first, reader, Box::new(perform))
    }

    fn list(&self) -> Harness {
        self.open(Box::new(customers::Customers::new()), (80, 24))
    }
}

fn shown(h: &Harness) -> String {
    h.screen().join("\n")
}

#[track_caller]
fn has(h: &Harness, parts: &[&str]) {
    for part in parts {
        assert!(h.shows(part), "\"{part}\" is not on the screen:\n{}", shown(h));
    }
}

#[test]
fn the_list_shows_the_largest_first_with_totals() {
    let book = Book::filled();
    let h = book.list();
    let screen = h.screen();
    assert!(screen[1].contains("CUSTOMER") && screen[1].contains("LIMIT%"), "{}", shown(&h));
    assert!(screen[2].starts_with(">  Kestrel Aero plc") && screen[2].contains("52,300.00"), "{}", shown(&h));
    assert!(screen[3].contains("Acme Industrial Ltd") && screen[3].contains("130%!"), "{}", shown(&h));
    has(
        &h,
        &["total", "87,181.00", "phone +44 161 5550 114", "5 customers  open 87,181.00  overdue 34,881.00 EUR (40%)"],
    );
}

#[test]
fn columns_stay_in_line_whatever_the_letters() {
    let book = Book::filled();
    let h = book.list();
    let ends: Vec<usize> = h
        .screen()
        .iter()
        .filter(|line| line.contains("777.00"))
        .map(|line| cells(&line[..line.find("777.00").unwrap_or(0)]))
        .collect();
    assert_eq!(ends.len(), 3, "{}", shown(&h));
    assert!(ends.windows(2).all(|pair| pair[0] == pair[1]), "{ends:?}\n{}", shown(&h));
}

#[test]
fn filter_sort_marks_and_copy() {
    let book = Book::filled();
    let mut h = book.list();
    h.keys("/ over>30 <Enter>");
    has(&h, &["1 customer  open 32,550.00", "filter: over>30"]);
    h.keys("/ <C-u> nobodyhere <Enter>");
    has(&h, &["No customer passes the filter \"nobodyhere\"."]);
    h.keys("/ <C-u> <Enter> s c g g");
    assert!(h.line(2).contains("Acme"), "{}", shown(&h));
    h.keys("<Space> <Space>");
    assert!(h.line(-2).contains("marked 2 ="), "{}", shown(&h));
    h.keys("y t");
    let copied = h.copied.last().cloned().unwrap_or_default();
    assert!(copied.starts_with("CUSTOMER\t") && copied.contains("32550.00"), "{copied}");
    h.keys("<Esc> g g w");
    has(&h, &["Overdue since", "Risk D"]);
    h.keys("<Esc> =");
    has(&h, &["91-120", "= open"]);
}

#[test]
fn the_account_shows_age_limit_history_and_what_to_expect() {
    let book = Book::filled();
    let mut h = book.list();
    h.keys("j <Enter>");
    has(&h, &["Acme Industrial Ltd  10042  risk D  open 32,550.00", "used 130%!", "overdue 32,550.00  oldest 118d"]);
    has(&h, &["61-90: 18,900", "T. Boyle", "[Open items]", "EXPECTED", "part paid 2,000", "total"]);
    assert!(h.shows("23 Mar 26"), "a late item is expected in a week:\n{}", shown(&h));
    h.keys("y c y e");
    assert_eq!(h.copied, ["Acme Industrial Ltd 10042", "t.boyle@acme.example"]);
    h.keys("<Tab>");
    has(&h, &["[Timeline]", "payment", "R-2"]);
    h.keys("<Tab>");
    has(&h, &["[Payments]", "INV-19001", "PAID ON", "40d", "usual delay past due: 40d"]);
    h.keys("=");
    has(&h, &["LATE = day closed - due date."]);
    h.keys("<Esc> <Tab>");
    has(&h, &["[Invoices]", "INV-20561", "INV-19001", "paid 10 Oct 25"]);
    h.keys("<Tab>");
    has(&h, &["[Promises]", "No promise was made in a year"]);
    h.keys("<Tab> <Tab>");
    has(&h, &["[Credit]", "over the limit", "unapplied cash", "age 91-120"]);
    h.keys("<Tab>");
    has(&h, &["[Open items]"]);
}

#[test]
fn a_large_screen_shows_everything_at_once() {
    let book = Book::filled();
    let mut h = book.open(Box::new(customers::Customers::new()), (140, 45));
    h.keys("j");
    has(&h, &["terms       net 30", "contact     T. Boyle", "Timeline", "days to pay, last 1 invoice"]);
    h.keys("<Enter>");
    has(&h, &["Open items", "Timeline", "Payments", "[Invoices]", "EXPECTED", "limit 25,000.00  used 130%!", "61-90"]);
    h.keys("<Tab> <Tab> <Tab> <Tab>");
    has(&h, &["[Promises]"]);
    h.keys("+");
    assert!(!h.shows("Open items ---") && h.shows("[Promises]"), "{}", shown(&h));
    h.keys("+").resize(110, 30);
    h.keys("<S-Tab> <S-Tab> <S-Tab> <S-Tab>");
    has(&h, &["part paid 2,000", "Timeline"]);
}

#[test]
fn marked_items_are_promised_together() {
    let book = Book::filled();
    let mut h = book.open(Box::new(account::Account::named("acme")), (80, 24));
    h.keys("j <Space> <Space>");
    assert!(h.line(-2).contains("marked 2 = 18,900.00 EUR"), "{}", shown(&h));
    h.keys("p fri <Enter> <Enter>");
    let promised = book.number("SELECT count(*) FROM promise");
    assert_eq!(promised, 2, "{}", shown(&h));
    assert_eq!(book.number("SELECT sum(amount) FROM promise"), 1_890_000);
    has(&h, &["promise 20 Mar"]);
    h.keys("<Esc> <Tab> <Tab> <Tab> <Tab>");
    has(&h, &["[Promises]", "INV-20214", "20 Mar 26", "11,400.00"]);
    h.keys("<S-Tab> <S-Tab> <S-Tab> <S-Tab> g g d <Enter> <Enter>");
    assert_eq!(book.number("SELECT count(*) FROM dispute"), 1, "{}", shown(&h));
    h.keys("<Tab> <Tab> <Tab> <Tab> <Tab>");
    has(&h, &["[Disputes]", "INV-20097", "3,300.00"]);
}

#[test]
fn marked_items_are_disputed_as_one_case() {
    let book = Book::filled();
    let mut h = book.open(Box::new(account::Account::named("acme")), (80, 24));
    h.keys("j <Space> <Space> d");
    has(&h, &["Dispute on 2 items", "INV-20214", "one case over"]);
    h.keys("<C-u> 1000 <Enter> <Enter> <Enter>");
    assert_eq!(book.number("SELECT count(*) FROM dispute"), 2, "{}", shown(&h));
    assert_eq!(book.number("SELECT min(amount) FROM dispute"), 100_000, "an amount of each");
    assert_eq!(book.number("SELECT count(*) FROM dispute_fact WHERE field = 'case' AND value = 'D-1'"), 2);
    assert!(h.said().contains("Opened D-1 over 2 items"), "{}", h.said());
}

#[test]
fn an_item_shows_what_was_set_against_it_and_gives_it_back() {
    let book = Book::filled();
    let mut h = book.open(Box::new(account::Account::named("10042")), (80, 24));
    h.keys("<Enter>");
    has(
        &h,
        &[
            "invoice INV-20097   Acme Industrial Ltd   part paid",
            "amount 5,300.00 EUR   open 3,300.00 EUR",
            "R-2",
            "stands",
        ],
    );
    has(&h, &["= open"]);
    h.keys("U typo <Enter>");
    has(&h, &["BEFORE", "2,000.00 EUR of receipt", "INV-20097 open 5,300.00 EUR"]);
    let open = "SELECT i.open FROM item i JOIN document d ON d.id = i.document_id WHERE d.number = 'INV-20097'";
    h.keys("<Enter>");
    assert_eq!(book.number(open), 330_000, "Enter alone cancels");
    h.keys("U typo <Enter> y");
    assert_eq!(book.number(open), 530_000, "{}", shown(&h));
    has(&h, &["taken back", "takes back", "open 5,300.00 EUR"]);
    h.keys("g g U");
    has(&h, &["was taken back already"]);
}

#[test]
fn items_of_all_customers_are_filtered_and_opened() {
    let book = Book::filled();
    let mut h = book.open(Box::new(items::Items::new()), (80, 24));
    assert!(h.line(2).contains("INV-20097"), "oldest due first:\n{}", shown(&h));
    has(&h, &["total open of 9 items, credits taken off: 87,181.00 EUR"]);
    h.keys("/ over>30<Space>open>=7k<Enter>");
    has(&h, &["2 items  open 18,900.00 EUR"]);
    h.keys("s o");
    assert!(h.line(2).contains("INV-20214"), "{}", shown(&h));
    h.keys("y t");
    let copied = h.copied.last().cloned().unwrap_or_default();
    assert!(copied.contains("INV-20214\t") && copied.contains("11400.00\t"), "{copied}");
    h.keys("<Enter>");
    has(&h, &["Acme Industrial Ltd  10042", ">  INV-20214"]);
    h.keys("<Esc> a");
    has(&h, &["Nothing has been set against this item"]);
}

#[test]
fn finding_takes_eight_presses_and_says_what_it_looked_for() {
    let book = Book::filled();
    let mut h = book.list();
    let keys = "g o 20231 <Enter>";
    assert_eq!(o2c::tui::app::key::script(keys).len(), 8);
    h.keys(keys);
    has(&h, &["Acme Industrial Ltd  10042", ">  INV-20231"]);
    h.keys("<Esc>");
    has(&h, &["5 customers"]);
    h.keys("g o INV-19001 <Enter>");
    has(&h, &["[Invoices]", ">  INV-19001"]);
    h.keys("<Esc> g o R-2 <Enter>");
    has(&h, &["receipt R-2", "INV-20097", "stands"]);
    h.keys("<Esc> g o 10043 <Enter>");
    has(&h, &["Kestrel Aero plc  10043"]);
    h.keys("<Esc> g o ltd <Enter>");
    has(&h, &["Acme Industrial Ltd  10042"]);
    h.keys("<Esc> g o 100 <Enter>");
    has(&h, &["found, Enter opens", "Kestrel Aero plc"]);
    h.keys("j <Enter>");
    has(&h, &["[Open items]"]);
    h.keys("<Esc> <Esc> g o zzz <Enter>");
    has(&h, &["Nothing was found for \"zzz\"."]);
}

#[test]
fn a_customer_opens_by_name_from_the_command_line() {
    let book = Book::filled();
    let mut h = book.list();
    h.keys(":customer").send(o2c::tui::app::Msg::Paste(" kestrel".to_owned(), 0)).keys("<Enter>");
    has(&h, &["Kestrel Aero plc  10043", "52,300.00"]);
    h.keys("<Esc> :customer").send(o2c::tui::app::Msg::Paste(" nemo".to_owned(), 0)).keys("<Enter>");
    has(&h, &["No customer has the number or name \"nemo\"."]);
}

#[test]
fn an_empty_book_says_what_would_fill_it() {
    let book = Book::new();
    has(&book.list(), &["There is no customer in this book yet.", "o2c import customers FILE"]);
    has(&book.open(Box::new(items::Items::new()), (80, 24)), &["Nothing is open in this book."]);
}

#[test]
fn every_size_draws_and_nothing_depends_on_colour() {
    let book = Book::filled();
    let firsts: [fn() -> Box<dyn Screen>; 5] = [
        || Box::new(customers::Customers::new()),
        || Box::new(account::Account::named("10042")),
        || Box::new(items::Items::new()),
        || Box::new(account_item::ItemScreen::new(3)),
        || Box::new(find::Find::new("inv")),
    ];
    let mut sizes: Vec<(u16, u16)> = (1..=60).flat_map(|width| (1..=20).map(move |height| (width, height))).collect();
    sizes.extend([(60, 16), (80, 24), (110, 30), (140, 45), (180, 50)]);
    for first in firsts {
        let mut h = book.open(first(), (80, 24));
        for (columns, rows) in &sizes {
            h.resize(*columns, *rows);
            assert_eq!(h.screen().len(), usize::from(*rows));
        }
        h.resize(80, 24);
        h.app.ctx.theme = Theme::Mono;
        assert!(!styled(&h.buffer()).contains("Red"));
    }
}

#[test]
fn no_key_means_two_things_on_these_screens() {
    let places: Vec<Command> = PLACES.iter().map(|place| place.command).collect();
    let tables = [customers::COMMANDS, account::COMMANDS, items::COMMANDS, account_item::COMMANDS];
    for table in tables {
        let rows = [GLOBAL, LIST, &places, table].concat();
        assert_eq!(conflicts(&rows), Vec::<String>::new());
    }
}

#[test]
fn the_book_is_sound_after_the_journeys() {
    let book = Book::filled();
    let mut h = book.open(Box::new(account::Account::named("10042")), (80, 24));
    h.keys("<Enter> U typo <Enter> y");
    let conn = Connection::open(&book.path).expect("the book");
    let wrong: i64 = conn
        .query_row(
            "SELECT count(*) FROM item WHERE abs(open) <> abs(amount) - (SELECT coalesce(sum(a.amount), 0) \
             FROM allocation a WHERE a.debit_item = item.id OR a.credit_item = item.id)",
            [],
            |row| row.get(0),
        )
        .expect("a count");
    assert_eq!(wrong, 0);
}
