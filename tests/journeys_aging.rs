//! The aging screen on a real book: keys in, screen out, and what the book says beside it. Every table agrees with the
//! ledger on the screen, at every size, for today and for days gone by.

use chrono::NaiveDate;
use o2c::acts::{self, Act, Actor, Mode, Request, Stamp};
use o2c::domain::document::DocumentKind;
use o2c::domain::money::Currency;
use o2c::store::people::CustomerData;
use o2c::store::{BookPath, Reader, Writer};
use o2c::tui::app::harness::Harness;
use o2c::tui::app::tables::{GLOBAL, LIST, conflicts};
use o2c::tui::app::{Ctx, Work};
use o2c::tui::screens::{PLACES, aging};
use o2c::tui::ui::glyphs::ASCII;

const TODAY: &str = "2026-03-16";

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn stamp(on: &str) -> Stamp {
    Stamp { now: format!("{on}T12:00:00Z").parse().unwrap(), today: day(on) }
}

fn actor() -> Actor {
    Actor::new("me", "test")
}

fn act(writer: &Writer, on: &str, act: Act) {
    acts::perform(writer, &actor(), stamp(on), &Request::new(act), Mode::Post).unwrap();
}

fn customer(writer: &Writer, number: &str, name: &str, currency: &str) {
    let data = CustomerData {
        number: number.to_owned(),
        name: name.to_owned(),
        currency: currency.to_owned(),
        terms: "net 30".to_owned(),
        owner: "me".to_owned(),
        ..CustomerData::default()
    };
    act(writer, "2025-06-01", Act::SetCustomer { customer: None, version: 0, data });
}

fn document(writer: &Writer, kind: DocumentKind, number: &str, customer: i64, dates: [&str; 2], minor: i64) {
    let currency = match customer {
        4 => Currency::USD,
        5 => Currency::parse("GBP").unwrap(),
        _ => Currency::EUR,
    };
    let (reference, order, terms) = (String::new(), String::new(), String::new());
    let (number, due) = (number.to_owned(), Some(day(dates[1])));
    let date = day(dates[0]);
    let post = Act::PostDocument {
        kind,
        number,
        customer,
        date,
        terms,
        due,
        currency,
        amount: minor,
        reference,
        order,
        tax: Vec::new(),
    };
    act(writer, dates[0], post);
}

/// A book with five customers: one old, one young, one written in wide letters, one in dollars, one without a rate.
fn book(folder: &tempfile::TempDir) -> BookPath {
    let path = BookPath::new(folder.path().join("book.o2c"));
    let writer = Writer::make(&path).unwrap();
    let open = Act::OpenBook {
        company: "Brightwater Ltd".to_owned(),
        currency: Currency::EUR,
        login: "me".to_owned(),
        name: "Mara Ebert".to_owned(),
    };
    acts::init(&writer, &actor(), stamp("2025-06-01"), &Request::new(open)).unwrap();
    let rate = Act::SetRate { currency: Currency::USD, from: day("2025-01-01"), rate: "0.5".to_owned() };
    act(&writer, "2025-06-01", rate);
    customer(&writer, "10001", "Cobalt Mining SA", "EUR");
    customer(&writer, "10002", "Nordwind Logistik GmbH", "EUR");
    customer(&writer, "10003", "株式会社東京貿易", "EUR");
    customer(&writer, "10004", "Lakeside Inc", "USD");
    customer(&writer, "10005", "Thames Trading Ltd", "GBP");
    let invoice = DocumentKind::Invoice;
    document(&writer, invoice, "INV-1", 1, ["2025-09-18", "2025-10-18"], 1_260_000);
    document(&writer, invoice, "INV-2", 1, ["2025-12-01", "2025-12-31"], 900_000);
    document(&writer, invoice, "INV-3", 2, ["2026-01-20", "2026-02-19"], 1_250_000);
    document(&writer, invoice, "INV-4", 2, ["2026-03-01", "2026-03-31"], 820_000);
    document(&writer, invoice, "INV-5", 3, ["2025-12-28", "2026-01-27"], 390_000);
    document(&writer, invoice, "INV-6", 4, ["2026-02-01", "2026-03-03"], 1_000_000);
    document(&writer, invoice, "INV-7", 5, ["2026-02-01", "2026-03-03"], 500_000);
    document(&writer, DocumentKind::CreditNote, "CN-1", 2, ["2026-03-02", "2026-03-02"], 20_000);
    let receipt = Act::PostReceipt {
        customer: 1,
        reference: "R-1".to_owned(),
        date: day("2026-03-10"),
        currency: Currency::EUR,
        amount: 260_000,
        method: "transfer".to_owned(),
        text: String::new(),
        applied: vec![(1, 260_000)],
    };
    act(&writer, "2026-03-10", receipt);
    path
}

fn ctx() -> Ctx {
    Ctx { glyphs: &ASCII, ..Ctx::new(day(TODAY), "me", "Brightwater Ltd", Currency::EUR) }
}

fn harness(path: &BookPath) -> Harness {
    let writer = Writer::open(path).unwrap();
    let perform = move |work: Work| match work {
        Work::Act(request) => acts::perform(&writer, &actor(), stamp(TODAY), &request, Mode::Post),
        Work::Try(request) => acts::perform(&writer, &actor(), stamp(TODAY), &request, Mode::DryRun),
        Work::Undo | Work::Redo => Err(acts::Failure::refused("T", "not here")),
    };
    let ctx = ctx();
    let screen = (aging::PLACE.open)("", &ctx).unwrap();
    Harness::new(ctx, PLACES, screen, Reader::open(path).unwrap(), Box::new(perform))
}

fn opened() -> (tempfile::TempDir, BookPath, Harness) {
    let folder = tempfile::tempdir().unwrap();
    let path = book(&folder);
    let harness = harness(&path);
    (folder, path, harness)
}

#[test]
fn customers_stand_by_their_worst_bucket_beside_the_ledger() {
    let (_folder, _, h) = opened();
    let screen = h.screen();
    let text = screen.join("\n");
    assert!(text.contains("EUR  as of 16 Mar 26  by due date  known now"), "{text}");
    let place = |name: &str| screen.iter().position(|line| line.contains(name)).expect(name);
    assert!(place("Cobalt") < place("株式会社") && place("株式会社") < place("Nordwind"), "{text}");
    assert!(place("Nordwind") < place("Lakeside"), "{text}");
    // The open amount of INV-1 after the receipt, under the cursor in brackets.
    assert!(screen[place("Cobalt")].contains("[") && screen[place("Cobalt")].contains("10,000"), "{text}");
    assert!(text.contains("total = open items in ledger (0.00 difference in EUR, GBP, USD)"), "{text}");
    assert!(text.contains("GBP of 1 customer left out, no rate to EUR"), "{text}");
    assert!(screen[place("Lakeside")].contains("5,000"), "dollars at their booking rate\n{text}");
    assert!(text.contains("120+ 10,000.00 EUR") && text.contains("items 1     oldest INV-1 due 18 Oct 25"), "{text}");
}

#[test]
fn columns_stay_aligned_beside_wide_letters() {
    let (_folder, _, mut h) = opened();
    h.resize(140, 45);
    let screen = h.screen();
    let row = screen.iter().find(|line| line.contains("株式会社")).unwrap();
    let other = screen.iter().find(|line| line.contains("Nordwind")).unwrap();
    let right = |line: &str| o2c::tui::ui::width::cells(&line[..line.rfind('|').unwrap()]);
    assert_eq!(right(row), right(other), "{screen:#?}");
    assert!(screen.iter().any(|line| line.contains("Cell: Cobalt Mining SA, 120+")), "{screen:#?}");
    assert!(screen.iter().any(|line| line.contains("120+ over 12 months, EUR")), "{screen:#?}");
    assert!(screen.iter().any(|line| line.starts_with("| Mar 26 ") || line.contains("| Mar 26 #")), "{screen:#?}");
}

#[test]
fn the_cursor_walks_over_buckets_and_enter_shows_the_items_behind() {
    let (_folder, _, mut h) = opened();
    h.keys("hhh");
    assert!(h.shows("31-60 0.00 EUR") && h.shows("items no"), "{:#?}", h.screen());
    h.keys("<Enter>");
    assert!(h.said().contains("nothing of Cobalt Mining SA is in 31-60"), "{}", h.said());
    h.keys("<Esc>l<Enter>");
    assert!(h.shows("INV-2") && h.shows("9,000.00") && !h.shows("INV-1"), "{:#?}", h.screen());
    assert!(h.shows("1 item  open 9,000.00 EUR"), "{:#?}", h.screen());
    h.keys("<Esc>");
    assert!(h.shows("61-90 9,000.00 EUR") && h.shows("oldest INV-2"), "{:#?}", h.screen());
}

/// frappe/erpnext PR#47580: the head says which day and which date.
#[test]
fn another_day_shows_what_was_open_then() {
    let (_folder, path, mut h) = opened();
    h.keys("a1mar<Enter>");
    assert!(h.shows("as of 01 Mar 26"), "{:#?}", h.screen());
    // Before the receipt of 10 March the invoice was open in full.
    assert!(h.shows("120+ 12,600.00 EUR") && h.shows("oldest INV-1"), "{:#?}", h.screen());
    assert!(h.shows("(0.00 difference"), "{:#?}", h.screen());
    h.keys("<Enter>");
    assert!(h.shows("12,600.00") && h.shows("as of Sun 1 Mar 2026"), "{:#?}", h.screen());
    h.keys("<Esc>");
    // What was entered on 10 March was not known on 5 March, whatever its date.
    let mut h = harness(&path);
    h.keys("zk5mar<Enter>");
    assert!(h.shows("known 2026-03-05"), "{:#?}", h.screen());
    assert!(h.shows("120+ 12,600.00 EUR") && h.shows("oldest INV-1"), "{:#?}", h.screen());
    assert!(h.shows("(0.00 difference"), "{:#?}", h.screen());
}

#[test]
fn basis_credits_currency_and_shares_are_switched_and_said() {
    let (_folder, _, mut h) = opened();
    assert!(h.shows("CREDITS"), "{:#?}", h.screen());
    h.keys("b");
    assert!(h.shows("by document") && h.shows("0-30") && !h.shows("NOT DUE"), "{:#?}", h.screen());
    h.keys("bzpj<Enter>");
    assert!(h.shows("credits by date") && !h.shows("CREDITS"), "{:#?}", h.screen());
    h.keys("zpj<Enter>");
    assert!(h.shows("credits off oldest") && h.shows("(0.00 difference"), "{:#?}", h.screen());
    h.keys("zmjj<Enter>");
    assert!(h.shows("GBP only") && h.shows("Thames Tr") && !h.shows("Cobalt"), "{:#?}", h.screen());
    h.keys("zmj<Enter>");
    assert!(h.shows("USD only") && h.shows("10,000"), "{:#?}", h.screen());
    h.keys("zmkkk<Enter>gg%");
    assert!(h.shows("EUR % of debits") && h.shows("[20.6%]"), "{:#?}", h.screen());
    let shares: i64 = h.screen()[2].split(['%', ' ']).filter_map(|part| part.parse::<i64>().ok()).sum();
    assert_eq!(shares, 100, "{}", h.screen()[2]);
}

#[test]
fn the_cell_under_the_cursor_stays_when_the_basis_changes_and_comes_back() {
    let (_folder, _, mut h) = opened();
    h.keys("ll");
    let cell = |h: &Harness| h.line(-3).split_whitespace().next().unwrap_or_default().to_owned();
    assert_eq!(cell(&h), "total", "{:#?}", h.screen());
    h.keys("bb");
    assert_eq!(cell(&h), "total", "{:#?}", h.screen());
}

#[test]
fn at_eighty_columns_the_amounts_of_a_row_add_up() {
    let folder = tempfile::tempdir().unwrap();
    let path = book(&folder);
    let writer = Writer::open(&path).unwrap();
    let days = ["2026-04-10", "2026-03-10", "2026-02-10", "2026-01-10", "2025-12-10", "2025-11-01"];
    let cents = [72_303_500, 37_993_600, 10_268_800, 11_827_900, 1_607_800, 3_506_400];
    for (at, (due, cents)) in days.into_iter().zip(cents).enumerate() {
        document(&writer, DocumentKind::Invoice, &format!("BIG-{at}"), 3, ["2025-10-01", due], cents);
    }
    document(&writer, DocumentKind::CreditNote, "CN-9", 3, ["2026-03-02", "2026-03-02"], 6_834_700);
    let mut h = harness(&path);
    h.keys("gg");
    assert!(h.shows("CREDITS") && h.shows("-68,3"), "{:#?}", h.screen());
    assert!(h.shows("Cobalt M") && h.shows("Nordwind "), "{:#?}", h.screen());
}

#[test]
fn the_filter_narrows_the_rows_and_the_total_says_so() {
    let (_folder, _, mut h) = opened();
    h.keys("/nordwind<Enter>");
    assert!(h.line(-2).contains("filter: nordwind  1 of 4 customers  total 20,500.00 EUR"), "{}", h.line(-2));
    h.keys("/<C-u>x>>3");
    assert!(h.shows("for example"), "{:#?}", h.screen());
    h.keys("<Esc>/<C-u>zzz<Enter>");
    assert!(h.shows("None of the 4 customers"), "{:#?}", h.screen());
    h.keys("/<C-u><Enter>sc");
    assert!(h.line(-2).contains("4 customers") && h.line(-2).contains("sort: name ^"), "{}", h.line(-2));
    h.keys("yc");
    assert_eq!(h.copied.last().map(String::as_str), Some("10001 Cobalt Mining SA"));
    h.keys("=");
    assert!(h.shows("ledger, receivables control account"), "{:#?}", h.screen());
    h.keys("<Esc>w");
    assert!(h.shows("place 1 of 4"), "{:#?}", h.screen());
}

#[test]
fn it_is_drawn_at_every_size() {
    let (_folder, _, mut h) = opened();
    for keys in ["", "<Enter>", "<Esc>%", "%/zzz<Enter>"] {
        h.keys(keys);
        for columns in 1..=60 {
            for rows in 1..=20 {
                h.app.ctx.size = (columns, rows);
                h.buffer();
            }
        }
        if keys.is_empty() {
            h.resize(60, 16);
            assert!(h.shows("TOTAL") && h.shows("total = open items in ledger"), "{:#?}", h.screen());
        }
        for (columns, rows) in [(60, 16), (80, 24), (110, 30), (140, 45), (180, 50), (300, 90)] {
            h.resize(columns, rows);
            assert!(h.screen().len() == usize::from(rows));
        }
        h.resize(80, 24);
    }
}

#[test]
fn an_empty_book_says_what_would_put_something_here() {
    let folder = tempfile::tempdir().unwrap();
    let path = BookPath::new(folder.path().join("book.o2c"));
    let writer = Writer::make(&path).unwrap();
    let open = Act::OpenBook {
        company: "Brightwater Ltd".to_owned(),
        currency: Currency::EUR,
        login: "me".to_owned(),
        name: "Mara Ebert".to_owned(),
    };
    acts::init(&writer, &actor(), stamp("2025-06-01"), &Request::new(open)).unwrap();
    let mut h = harness(&path);
    assert!(h.shows("Nothing is open in EUR") && h.shows("o2c import invoices"), "{:#?}", h.screen());
    h.keys("jkhl<Enter>=wyyb%zmG");
    assert!(h.line(-1).contains("? keys") || h.shows("Esc"), "{:#?}", h.screen());
}

#[test]
fn no_key_means_two_things() {
    let places: Vec<_> = PLACES.iter().map(|place| place.command).collect();
    let rows = [GLOBAL, LIST, aging::COMMANDS, &places].concat();
    assert_eq!(conflicts(&rows), Vec::<String>::new());
    for row in aging::COMMANDS {
        assert!(row.help.ends_with('.') && row.help.len() <= 70 && row.title.len() <= 18, "{}", row.id);
    }
}

#[test]
fn the_work_keys_are_here_too() {
    let (_folder, path, mut h) = opened();
    h.keys("n asked<Space>about<Space>October<Enter>");
    let full = o2c::store::read::account::full(&Reader::open(&path).unwrap(), day(TODAY), 1).unwrap().unwrap();
    assert_eq!(full.account.id, 1);
    assert!(h.said().contains("u undoes"), "{}", h.said());
}
