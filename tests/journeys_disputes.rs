//! The dispute queue on a real book: owner, note and decision by keys, what the book holds after them, and two people
//! on one case, of whom the second is told who changed what and loses nothing.

use std::cell::RefCell;
use std::rc::Rc;

use chrono::NaiveDate;
use o2c::acts::{self, Act, Actor, Mode, Request, Stamp};
use o2c::domain::document::DocumentKind;
use o2c::domain::money::Currency;
use o2c::store::people::CustomerData;
use o2c::store::read::disputes::dispute;
use o2c::store::threads::News;
use o2c::store::{BookPath, Reader, Writer};
use o2c::tui::app::harness::Harness;
use o2c::tui::app::tables::{GLOBAL, LIST, conflicts};
use o2c::tui::app::{Ctx, Msg, Work};
use o2c::tui::screens::{PLACES, disputes};
use o2c::tui::ui::glyphs::ASCII;

const TODAY: &str = "2026-03-16";

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn stamp(on: &str) -> Stamp {
    Stamp { now: format!("{on}T12:00:00Z").parse().unwrap(), today: day(on) }
}

fn actor(login: &str) -> Actor {
    Actor::new(login, "test")
}

fn act(writer: &Writer, on: &str, act: Act) {
    acts::perform(writer, &actor("me"), stamp(on), &Request::new(act), Mode::Post).unwrap();
}

fn invoice(writer: &Writer, number: &str, customer: i64, due: &str, amount: i64) {
    let (reference, order, terms) = (String::new(), String::new(), String::new());
    let (kind, currency, date) = (DocumentKind::Invoice, Currency::EUR, day("2025-10-01"));
    let (number, due) = (number.to_owned(), Some(day(due)));
    let post = Act::PostDocument {
        kind,
        number,
        customer,
        date,
        terms,
        due,
        currency,
        amount,
        reference,
        order,
        tax: Vec::new(),
    };
    act(writer, "2025-10-01", post);
}

fn contested(writer: &Writer, on: &str, item: i64, amount: i64, reason: &str, text: &str) {
    let (reason, text) = (reason.to_owned(), text.to_owned());
    act(writer, on, Act::OpenDispute { item, amount, reason, text });
}

/// A book of two people, two customers and three disputes, one of them late.
fn book(folder: &tempfile::TempDir) -> BookPath {
    let path = BookPath::new(folder.path().join("book.o2c"));
    let writer = Writer::make(&path).unwrap();
    let open = Act::OpenBook {
        company: "Brightwater Ltd".to_owned(),
        currency: Currency::EUR,
        login: "me".to_owned(),
        name: "Mara Ebert".to_owned(),
    };
    acts::init(&writer, &actor("me"), stamp("2025-06-01"), &Request::new(open)).unwrap();
    let roles = vec!["collector".to_owned(), "disputes".to_owned()];
    act(
        &writer,
        "2025-06-01",
        Act::AddPerson { login: "jk".to_owned(), name: "Jan Kern".to_owned(), roles, department: String::new() },
    );
    for (number, name) in [("10001", "Delphi Pharma AG"), ("10002", "株式会社東京貿易")] {
        let (number, name, currency) = (number.to_owned(), name.to_owned(), "EUR".to_owned());
        let data = CustomerData { number, name, currency, terms: "net 30".to_owned(), ..CustomerData::default() };
        act(&writer, "2025-06-01", Act::SetCustomer { customer: None, version: 0, data });
    }
    invoice(&writer, "INV-1", 1, "2025-11-01", 1_305_000);
    invoice(&writer, "INV-2", 2, "2025-11-01", 510_000);
    invoice(&writer, "INV-3", 1, "2025-12-01", 625_000);
    contested(&writer, "2026-03-10", 1, 100_000, "price", "unit price 4.35, agreed 4.10");
    contested(&writer, "2026-02-10", 2, 510_000, "not received", "goods never arrived");
    contested(&writer, "2026-03-01", 3, 60_000, "damage or quality", "two pallets wet");
    path
}

fn harness(path: &BookPath, login: &'static str) -> Harness {
    let writer = Writer::open(path).unwrap();
    let perform = move |work: Work| match work {
        Work::Act(request) => acts::perform(&writer, &actor(login), stamp(TODAY), &request, Mode::Post),
        Work::Try(request) => acts::perform(&writer, &actor(login), stamp(TODAY), &request, Mode::DryRun),
        Work::Undo | Work::Redo => Err(acts::Failure::refused("T", "not here")),
    };
    let seed = login.as_bytes().iter().fold([7; 16], |mut seed, byte| {
        seed[0] ^= byte;
        seed
    });
    let ctx = Ctx { glyphs: &ASCII, seed, ..Ctx::new(day(TODAY), login, "Brightwater Ltd", Currency::EUR) };
    let screen = (disputes::PLACE.open)("", &ctx).unwrap();
    Harness::new(ctx, PLACES, screen, Reader::open(path).unwrap(), Box::new(perform))
}

fn opened() -> (tempfile::TempDir, BookPath, Harness) {
    let folder = tempfile::tempdir().unwrap();
    let path = book(&folder);
    let harness = harness(&path, "me");
    (folder, path, harness)
}

fn texts(path: &BookPath, id: i64) -> Vec<String> {
    let case = dispute(&Reader::open(path).unwrap(), day(TODAY), id).unwrap().unwrap();
    case.steps.into_iter().map(|step| step.text).collect()
}

#[test]
fn the_queue_shows_reason_amount_age_owner_and_state() {
    let (_folder, _, mut h) = opened();
    let text = h.screen().join("\n");
    let place = |what: &str| text.find(what).unwrap_or_else(|| panic!("{what}\n{text}"));
    let at = |number: &str| place(number);
    assert!(at("D-2 ") < at("D-1 ") && at("D-1 ") < at("D-3 "), "most at risk for each day left first\n{text}");
    assert!(text.contains("3 open  6,700.00 EUR blocked  1 late!  oldest 34d"), "{text}");
    assert!(
        text.contains("goods never arrived") && text.contains("item open 5,100.00 EUR       undisputed 0.00 EUR"),
        "{text}"
    );
    h.keys("j");
    assert!(h.shows("unit price 4.35, agreed 4.10") && h.shows("undisputed 12,050.00"), "{:#?}", h.screen());
    h.keys("<Enter>");
    assert!(h.shows("WHAT WAS SAID") && h.shows("Mara Ebert"), "{:#?}", h.screen());
    h.keys("<Esc>w");
    assert!(h.shows("6 days, decide by"), "{:#?}", h.screen());
    h.keys("<Esc>=");
    assert!(h.shows("3 open cases hold back 6,700.00 EUR"), "{:#?}", h.screen());
    h.keys("<Esc>d");
    assert!(h.said().contains("needs an item"), "{}", h.said());
}

#[test]
fn an_owner_and_a_note_are_written_by_keys() {
    let (_folder, path, mut h) = opened();
    h.keys("o<Left><Enter>s<Enter>");
    let case = dispute(&h.reader, day(TODAY), 2).unwrap().unwrap();
    assert_eq!((&*case.row.owner, &*case.row.state), ("jk", "assigned"), "{}", h.said());
    assert!(h.shows("to jk, "), "{:#?}", h.screen());
    h.keys("nsigned<Space>note<Space>found<Enter>");
    assert_eq!(texts(&path, 2).last().map(String::as_str), Some("signed note found"), "{}", h.said());
    assert!(h.shows("signed note found"), "{:#?}", h.screen());
    assert_eq!(h.remembered.get("draft.dispute note.2").map(String::as_str), Some(""), "no draft is left");
}

#[test]
fn a_decision_is_reviewed_and_credits_what_is_accepted() {
    let (_folder, _, mut h) = opened();
    h.keys("jxj<Enter>half<Space>agreed<Enter><Enter>400<Enter>");
    let text = h.screen().join("\n");
    for part in ["BEFORE", "open on INV-1: 13,050.00 EUR", "credit note of 400.00 EUR on INV-1", "AFTER"] {
        assert!(text.contains(part), "{part}\n{text}");
    }
    assert!(text.contains("open on INV-1: 12,650.00 EUR"), "{text}");
    assert!(text.contains("600.00 EUR is collected again from today"), "{text}");
    h.keys("<Enter>");
    assert!(h.said().contains("cancelled; nothing was changed"), "{}", h.said());
    assert!(dispute(&h.reader, day(TODAY), 1).unwrap().unwrap().row.open);
    // What was typed is still there: Enter, Enter, Enter, y.
    h.keys("xj<Enter><Enter><Enter><Enter>y");
    let case = dispute(&h.reader, day(TODAY), 1).unwrap().unwrap();
    assert_eq!((&*case.row.state, case.row.accepted, case.item_open), ("closed", 40_000, 1_265_000), "{}", h.said());
    assert!(h.shows("5,700.00 EUR") && !h.shows("INV-1 "), "{:#?}", h.screen());
    h.keys("xjj<Enter>proof<Space>signed<Enter><Enter>");
    assert!(h.shows("no credit note") && h.shows("is collected again from today"), "{:#?}", h.screen());
    h.keys("y");
    assert!(h.shows("in dispute") && !h.shows("INV-3 "), "{:#?}", h.screen());
    h.keys("x<Enter>wet<Space>indeed<Enter><Enter>y");
    assert!(h.shows("Nothing is in dispute."), "{:#?}", h.screen());
    h.keys("/<C-u>is:closed<Enter>");
    assert!(h.shows("closed"), "{:#?}", h.screen());
    h.keys("n");
    assert!(h.said().contains("is closed"), "{}", h.said());
}

#[test]
fn the_second_of_two_people_is_told_who_changed_what_and_loses_nothing() {
    let (_folder, path, mut mara) = opened();
    let mut jan = harness(&path, "jk");
    mara.keys("ncourier<Space>asked");
    jan.keys("ndelivery<Space>note<Space>found<Enter>");
    assert_eq!(texts(&path, 2), ["goods never arrived", "delivery note found"], "{}", jan.said());
    mara.keys("<Enter>");
    let said = mara.said().to_owned();
    assert!(said.starts_with("[ACT-03]") && said.contains("Jan Kern") && said.contains("kept as a draft"), "{said}");
    assert_eq!(texts(&path, 2).len(), 2, "nothing of hers was written");
    mara.keys("<Esc>");
    assert!(mara.shows("delivery note found"), "theirs is on the screen\n{:#?}", mara.screen());
    mara.keys("n");
    assert!(mara.shows("courier asked") && mara.said() == "continuing the draft", "{:#?}", mara.screen());
    mara.keys("<Enter>");
    assert_eq!(texts(&path, 2), ["goods never arrived", "delivery note found", "courier asked"], "{}", mara.said());
    assert_eq!(mara.remembered.get("draft.dispute note.2").map(String::as_str), Some(""), "written, so no draft");
}

#[test]
fn a_decision_that_came_second_changes_nothing_until_it_is_looked_at_again() {
    let (_folder, path, mut mara) = opened();
    let mut jan = harness(&path, "jk");
    mara.keys("x<Enter>they<Space>are<Space>right<Enter><Enter>");
    jan.keys("o<Enter><Enter>");
    mara.keys("y");
    assert!(mara.said().contains("[ACT-03]") && mara.said().contains("Jan Kern"), "{}", mara.said());
    let case = dispute(&mara.reader, day(TODAY), 2).unwrap().unwrap();
    assert!(case.row.open && case.item_open == 510_000, "nothing was credited");
    mara.keys("<Esc>x<Enter>");
    assert!(mara.shows("they are right"), "{:#?}", mara.screen());
    mara.keys("<Enter><Enter>y");
    let case = dispute(&mara.reader, day(TODAY), 2).unwrap().unwrap();
    assert_eq!((case.row.open, case.item_open), (false, 0), "{}", mara.said());
    // The other screen shows it as soon as it hears of a change.
    jan.send(Msg::News(News::Changed));
    assert!(!jan.shows("INV-2") && jan.shows("INV-3"), "{:#?}", jan.screen());
}

#[test]
fn one_screen_asks_only_for_what_it_shows() {
    let (_folder, _, mut h) = opened();
    let asked = Rc::new(RefCell::new(h.asked));
    h.keys("j");
    assert_eq!(h.asked - *asked.borrow(), 1, "a move asks for the case and nothing else");
}

#[test]
fn it_is_drawn_at_every_size() {
    let (_folder, _, mut h) = opened();
    for keys in ["", "<Enter>", "<Esc>/zzz<Enter>"] {
        h.keys(keys);
        for columns in 1..=60 {
            for rows in 1..=20 {
                h.app.ctx.size = (columns, rows);
                h.buffer();
            }
        }
        for (columns, rows) in [(60, 16), (80, 24), (110, 30), (140, 45), (180, 50), (300, 90)] {
            h.resize(columns, rows);
            assert!(h.screen().len() == usize::from(rows));
        }
        if keys.is_empty() {
            h.resize(140, 45);
            assert!(h.shows("By reason") && h.shows("closed in the last 90 days: 0"), "{:#?}", h.screen());
        }
        h.resize(80, 24);
    }
}

#[test]
fn no_key_means_two_things() {
    let places: Vec<_> = PLACES.iter().map(|place| place.command).collect();
    let rows = [GLOBAL, LIST, disputes::COMMANDS, &places].concat();
    assert_eq!(conflicts(&rows), Vec::<String>::new());
    for row in disputes::COMMANDS {
        assert!(row.help.ends_with('.') && row.help.len() <= 70 && row.title.len() <= 18, "{}", row.id);
    }
}
