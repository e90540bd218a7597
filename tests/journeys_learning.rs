//! What is there to make the workstation easy to learn and its own: the tutor, the order of short dates, tables
//! written to files, and the questions `has:` asks.

mod rigs;

use o2c::acts::Act;
use o2c::tui::app::{Ctx, harness::Harness};
use rigs::journey::{TestBook, day};

fn book() -> TestBook {
    let book = TestBook::new();
    for (number, name, cents) in [
        ("10041", "Nordwind Logistik GmbH", 1_250_000),
        ("10042", "Acme Industrial Ltd", 940_000),
        ("10043", "Juniper Media Inc", 185_000),
    ] {
        let customer = book.customer(number, name, 30_000, 50);
        book.invoice(customer, &format!("INV-{number}"), "2026-01-28", cents);
    }
    book
}

fn demo(book: &TestBook) -> Harness {
    book.open_with("today", Ctx { demo: true, ..book.ctx() })
}

#[test]
fn the_tutor_is_walked_by_doing_what_it_says() {
    let book = book();
    let mut h = demo(&book);
    h.keys(":tutor<Enter>");
    // Each line: what a lesson must show, and the keys that do it.
    let lessons = [
        ("j goes down a row", "j"),
        ("w says it", "w"),
        ("Esc leaves", "<Esc>"),
        ("Enter opens the row", "<Enter>"),
        ("c, then Enter", "c<Enter>+1b<Enter>"),
        ("taken back: u", "u"),
        ("p, then fri", "pfri<Enter><Enter>"),
        ("q goes back", "q"),
        ("Space marks", "<Space>"),
        ("drops the marks", "<Esc>"),
        ("/ filters", "/over>30<Enter>"),
        ("show all rows again", "/<C-u><Enter>"),
        ("g a is the aging", "ga"),
        ("= says how", "="),
        (": runs by name", "<Esc>:disputes<Enter>"),
        ("? lists every key", "?"),
    ];
    for (place, (said, keys)) in lessons.iter().enumerate() {
        let title = format!("Tutor {} of {}", place + 1, lessons.len());
        let screen = h.screen().join("\n");
        assert!(screen.contains(&title) && screen.contains(said), "before {keys}: {title}, {said}\n{screen}");
        h.keys(keys);
    }
    assert!(!h.shows("Tutor"), "{:#?}", h.screen());
    assert_eq!(book.number("SELECT count(*) FROM promise"), 1);
    assert_eq!(book.number("SELECT count(*) FROM activity WHERE takes_back IS NOT NULL"), 1);
}

#[test]
fn the_tutor_skips_ends_and_keeps_away_from_real_books() {
    let book = book();
    let mut h = demo(&book);
    h.keys(":tutor<Enter>:tutor<Space>skip<Enter>");
    assert!(h.shows("Tutor 2 of"), "{:#?}", h.screen());
    h.keys(":tutor<Space>end<Enter>");
    assert!(!h.shows("Tutor"), "{:#?}", h.screen());
    for size in [(60, 16), (80, 24), (140, 45)] {
        h.keys(":tutor<Enter>").resize(size.0, size.1);
        assert!(h.shows("Tutor 1 of"), "{size:?}: {:#?}", h.screen());
    }
    let mut h = book.open("today");
    h.keys(":tutor<Enter>");
    assert!(!h.shows("Tutor 1 of") && h.shows("demo"), "{:#?}", h.screen());
}

#[test]
fn a_person_chooses_how_short_dates_are_read_and_keeps_it() {
    let book = book();
    let mut h = book.open("aging");
    h.keys("a<C-u>2/3<Enter>");
    assert!(h.shows("as of 02 Mar 26"), "{:#?}", h.screen());
    h.keys(":dates<Space>mdy<Enter>");
    assert!(h.shows("mdy"), "{:#?}", h.screen());
    h.keys("a<C-u>2/3<Enter>");
    assert!(h.shows("as of 03 Feb 26"), "{:#?}", h.screen());
    h.keys("a<C-u>2026-03-02<Enter>");
    assert!(h.shows("as of 02 Mar 26"), "{:#?}", h.screen());
    h.keys("gi/due:..2/1<Enter>");
    assert!(h.shows("INV-10041"), "due by 1 February: {:#?}", h.screen());
    assert_eq!(h.remembered.get("setting.dates").map(String::as_str), Some("mdy"));
    h.keys(":dates<Space>xyz<Enter>");
    assert!(h.shows("no order of dates"), "{:#?}", h.screen());
}

#[test]
fn a_table_is_written_to_a_file() {
    let book = book();
    let mut h = book.open("items");
    h.keys(":copy-to<Space>open.tsv<Enter>");
    let (file, text) = h.saved.last().expect("a file");
    assert_eq!(file, "open.tsv");
    assert!(text.starts_with("INVOICE\tCUSTOMER") && text.contains("12500.00") && text.lines().count() == 4, "{text}");
    assert!(h.shows("wrote 3 rows to open.tsv"), "{:#?}", h.screen());
    h.keys(":copy-to<Enter><Enter>");
    assert_eq!(h.saved.last().map(|(file, _)| file.as_str()), Some("items.tsv"));
}

#[test]
fn has_asks_for_a_note_an_address_and_a_number() {
    let book = book();
    let nordwind = book.number("SELECT id FROM customer WHERE number = '10041'");
    let mut h = book.open("customers");
    h.keys("/has:note<Enter>");
    assert!(h.shows("No customer passes"), "{:#?}", h.screen());
    book.act(day("2026-03-16"), Act::Note { customer: nordwind, text: "asks for copies".into() });
    h.keys("R");
    assert!(h.shows("Nordwind") && !h.shows("Acme"), "{:#?}", h.screen());
    let lists: [(&str, &str, bool); 6] = [
        ("gi", "has:note", false),
        ("gt", "has:note", false),
        ("gc", "has:email", true),
        ("gi", "has:phone", true),
        ("gt", "has:email", true),
        ("ga", "has:note", false),
    ];
    for (place, filter, acme) in lists {
        h.keys(&format!("{place}/<C-u>{filter}<Enter>"));
        assert!(h.shows("Nordwind") && h.shows("Acme") == acme, "{place} {filter}: {:#?}", h.screen());
    }
    h.keys("gc/<C-u>-has:email<Enter>");
    assert!(h.shows("No customer passes"), "{:#?}", h.screen());
}

#[test]
fn a_changed_view_and_marks_out_of_sight_are_said() {
    let book = book();
    let mut h = book.open("items");
    // Messages fade before the next key, so that the status line is seen whole.
    h.pace = 5_000;
    h.resize(108, 24);
    h.keys("/over>30<Enter>zslate<Enter>k");
    assert!(h.line(-2).contains("view: late") && !h.line(-2).contains("late*"), "{}", h.line(-2));
    h.keys("so<Space>");
    assert!(h.line(-2).contains("view: late*") && h.line(-2).contains("marked 1 ="), "{}", h.line(-2));
    h.keys("/<C-u>acme<Enter>");
    assert!(h.line(-2).contains("1 hidden by filter"), "{}", h.line(-2));
}

#[test]
fn a_view_is_shown_from_any_screen_on_its_own() {
    let book = book();
    let mut h = book.open("customers");
    h.keys("/juniper<Enter>zssmall<Enter>/<C-u><Enter>");
    assert!(h.shows("Acme"), "{:#?}", h.screen());
    h.keys("gi/acme<Enter>zsours<Enter>gk:view<Space>small<Enter>");
    assert!(h.line(-2).contains("filter: juniper") && h.shows("Juniper") && !h.shows("Acme"), "{:#?}", h.screen());
    assert!(h.said().contains("view: small"), "{}", h.said());
    // The list of views is the same everywhere; those of other screens say which.
    h.keys("gkzv");
    assert!(h.shows("small") && h.shows("customers") && h.shows("ours") && h.shows("items"), "{:#?}", h.screen());
    h.keys("j<Enter>");
    assert!(h.shows("INV-10042") && !h.shows("INV-10041"), "{:#?}", h.screen());
    // Two of one name: on its own screen it is that one, elsewhere it is asked which.
    h.keys("zssmall<Enter>gk:view<Space>small<Enter>");
    assert!(h.shows("customers") && h.shows("items") && h.shows("Views"), "{:#?}", h.screen());
    h.keys("<Esc>:view<Space>items.small<Enter>");
    assert!(h.shows("INV-10042") && h.said() == "view: small", "{:#?}", h.screen());
    h.keys(":view<Space>none<Enter>");
    assert!(h.said().contains("no view is called \"none\"; z v lists them"), "{}", h.said());
    h.keys("<Esc>:view.save<Space>a.b<Enter>");
    assert!(h.said().contains("letters, digits"), "{}", h.said());
}

#[test]
fn a_view_is_deleted_from_the_list_of_views_after_a_question() {
    let book = book();
    let mut h = book.open("customers");
    h.keys("/juniper<Enter>zssmall<Enter>/<C-u><Enter>zsall<Enter>");
    h.keys("gizv");
    assert!(h.line(-1).contains("x delete"), "{:#?}", h.screen());
    h.keys("jx");
    assert!(h.shows("Delete the view small of customers (juniper)?"), "{:#?}", h.screen());
    h.keys("<Esc>zvjx<Enter>");
    assert_eq!(h.said(), "deleted view customers.small");
    assert_eq!(h.remembered.get("view.customers.small").map(String::as_str), Some(""), "it is forgotten in the book");
    h.keys("zv");
    assert!(h.shows("all  customers") && !h.shows("small  customers"), "{:#?}", h.screen());
    h.keys("<Esc>:view.drop<Space>small<Enter>");
    assert!(h.said().contains("no view is called \"small\""), "{}", h.said());
    h.keys("<Esc>:view.drop<Space>all<Enter><Enter>zv");
    assert!(h.said().contains("no view is saved yet"), "{}", h.said());
}

#[test]
fn tab_completes_fields_and_their_values_in_the_filter_line() {
    let book = book();
    let mut h = book.open("customers");
    h.keys("/ow<Tab>");
    assert!(h.shows("/owner:"), "{:#?}", h.screen());
    // One way to go on is taken at once; several are shown, and Tab walks through them.
    h.keys("j<Tab>");
    assert!(h.shows("/owner:jk") && h.shows("No customer passes"), "{:#?}", h.screen());
    h.keys("<C-u>owner:<Tab>");
    assert!(h.shows("1 of 2") && h.shows("Jan Kos") && h.shows("Juniper"), "{:#?}", h.screen());
    h.keys("<S-Tab><Tab><Tab>");
    assert!(h.shows("2 of 2") && h.shows("/owner:jk"), "{:#?}", h.screen());
    h.keys("<Esc>");
    assert!(!h.shows("2 of 2") && h.shows("/owner:jk"), "the text stays: {:#?}", h.screen());
    // A customer by the number, or by a word of the name.
    h.keys("<C-u>customer:10042<Tab>");
    assert!(h.shows("/customer:\"Acme Industrial Ltd\"") && !h.shows("Juniper"), "{:#?}", h.screen());
    h.keys("<C-u>-no:logi<Tab><Enter>");
    assert!(h.line(-2).contains("filter: -no:10041") && h.shows("Acme") && !h.shows("Nordwind"), "{:#?}", h.screen());
    h.keys("/<C-u>cur:e<Tab><Enter>");
    assert!(h.line(-2).contains("filter: cur:EUR") && h.shows("Nordwind"), "{:#?}", h.screen());
    h.keys("gd/<C-u>reason:bill<Tab><Space>state:esc<Tab><Enter>");
    assert!(h.line(-2).contains("filter: reason:\"billed twice\" state:escalated"), "{:#?}", h.screen());
    h.keys("/<C-u>state:zzz<Tab>");
    assert!(h.shows("/state:zzz"), "{:#?}", h.screen());
}

#[test]
fn tab_completes_what_a_command_takes() {
    let book = book();
    let mut h = book.open("today");
    h.keys(":customer<Space>junip<Tab><Enter>");
    assert!(h.shows("Juniper Media Inc") && h.shows("INV-10043"), "{:#?}", h.screen());
    h.keys(":open<Space>inv-10042<Tab>");
    assert!(h.shows("open INV-10042"), "{:#?}", h.screen());
    h.keys("<Esc>:dates<Space>m<Tab><Enter>");
    assert!(h.said().contains("mdy"), "{}", h.said());
    h.keys(":items<Space>over>5<Space>owner:j<Tab>");
    assert!(h.shows("items over>5 owner:jk"), "{:#?}", h.screen());
    h.keys("<Esc>gc/acme<Enter>zsours<Enter>gi:view<Space>ou<Tab><Enter>");
    assert!(h.line(-2).contains("filter: acme") && h.said() == "view: ours", "{:#?}", h.screen());
    // Tab before the name is whole still completes the name.
    h.keys(":tut<Tab>");
    assert!(h.shows(":tutor"), "{:#?}", h.screen());
}
