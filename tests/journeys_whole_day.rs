//! What somebody met who worked with the program for a whole day: the customer under the cursor is the one a key is
//! about, amounts say their currency, and what a form or a hint promises is what happens.

mod rigs;

use o2c::acts::Act;
use o2c::domain::money::Currency;
use o2c::store::people::CustomerData;
use o2c::tui::app::harness::Harness;
use rigs::journey::{TestBook, day};

/// Three customers in euro, the most pressing first: Alder, Birch, Cedar.
fn three() -> TestBook {
    let book = TestBook::new();
    for (at, name) in ["Alder", "Birch", "Cedar"].into_iter().enumerate() {
        let customer = book.customer(&format!("1000{at}"), name, 90_000, 50);
        let cents = 3_000_000 - 1_000_000 * i64::try_from(at).unwrap();
        book.invoice(customer, &format!("INV-{at}1"), "2026-01-10", cents);
        book.invoice(customer, &format!("INV-{at}2"), "2026-02-10", 100_000);
    }
    book
}

fn under_cursor(h: &Harness) -> String {
    h.screen().iter().find(|line| line.starts_with('>')).cloned().unwrap_or_else(|| panic!("{:#?}", h.screen()))
}

#[track_caller]
fn at(h: &Harness, name: &str) {
    assert!(under_cursor(h).contains(name), "{name}: {:#?}", h.screen());
}

/// An invoice in dollars.
fn dollars(book: &TestBook, customer: i64, number: &str, due: &str, cents: i64) {
    book.invoice_in(Currency::USD, customer, number, due, cents);
}

/// A customer billed in dollars with a limit in dollars.
fn american(book: &TestBook) -> i64 {
    let data = CustomerData {
        number: "20000".into(),
        name: "Lakeside Inc".into(),
        currency: "USD".into(),
        terms: "30".into(),
        credit_limit: Some(2_000_000),
        owner: "me".into(),
        risk: 50,
        ..CustomerData::default()
    };
    book.act(day("2025-01-02"), Act::SetCustomer { customer: None, version: 0, data });
    book.number("SELECT id FROM customer WHERE number = '20000'")
}

#[test]
fn a_call_with_a_promise_goes_on_to_the_next_customer_and_no_further() {
    let book = three();
    let mut h = book.open("today");
    at(&h, "Alder");
    h.keys("c<Right><Right><Right><Enter><Enter>");
    assert!(h.shows("Promise of Alder"), "{:#?}", h.screen());
    h.keys("<Enter><Enter>");
    assert!(h.said().starts_with("Promise "), "{}", h.said());
    at(&h, "Birch");
}

#[test]
fn the_list_of_items_to_dispute_names_its_customer() {
    let book = three();
    let mut h = book.open("today");
    h.keys("d");
    assert!(h.shows("Dispute of Alder: which item"), "{:#?}", h.screen());
    h.keys("<Enter>");
    assert!(h.shows("Dispute on INV-01 of Alder"), "{:#?}", h.screen());
}

#[test]
fn going_back_from_an_account_stands_on_the_customer_seen_last() {
    let book = three();
    let mut h = book.open("today");
    h.keys("<Enter>J");
    assert!(h.shows("Birch  10001"), "{:#?}", h.screen());
    h.keys("q");
    at(&h, "Birch");
    h.keys("<Enter>JKq");
    at(&h, "Birch");
    h.keys("<Enter>K<Esc>");
    at(&h, "Alder");
}

#[test]
fn escape_clears_a_filter_before_it_goes_back() {
    let book = three();
    let mut h = book.open("today");
    h.keys("gc/Birch<Enter>");
    assert!(h.shows("filter: Birch") && !h.shows("Alder"), "{:#?}", h.screen());
    h.keys("<Esc>");
    assert!(h.shows("Alder") && h.shows("[Customers]") && !h.shows("filter:"), "{:#?}", h.screen());
    h.keys("<Esc>");
    assert!(h.shows("[Today]"), "{:#?}", h.screen());
    // Marks go first, and what a list was opened with is no filter of the person's own.
    h.keys(":today<Space>Birch<Enter>");
    assert!(h.shows("filter: Birch"), "{:#?}", h.screen());
    h.keys("<Esc>");
    assert!(!h.shows("filter: Birch"), "{:#?}", h.screen());
}

#[test]
fn a_part_promise_says_what_it_covers_and_what_it_replaces() {
    let book = three();
    let item = book.number("SELECT i.id FROM item i JOIN document d ON d.id = i.document_id WHERE d.number = 'INV-01'");
    let act = Act::Promise { items: vec![(item, 310_870)], on: day("2026-03-24"), text: String::new() };
    book.act(day("2026-03-12"), act);
    let mut h = book.open("customers");
    h.keys("gg/Alder<Enter>p");
    assert!(h.shows("covers INV-01, INV-02 of Alder, 31,000.00 EUR"), "{:#?}", h.screen());
    h.keys("<Enter>1250");
    assert!(h.shows("covers INV-01; 28,750.00 EUR of the last not promised"), "{:#?}", h.screen());
    assert!(h.shows("replaces 3,108.70 EUR promised: INV-01 for 24 Mar 26"), "{:#?}", h.screen());
}

#[test]
fn amounts_of_a_customer_in_another_currency_name_theirs() {
    let book = three();
    let rate = Act::SetRate { currency: Currency::USD, from: day("2025-01-01"), rate: "0.5".to_owned() };
    book.act(day("2025-06-01"), rate);
    let customer = american(&book);
    dollars(&book, customer, "USD-1", "2026-01-10", 1_372_863);
    dollars(&book, customer, "USD-2", "2026-02-10", 15_000_000);
    let mut h = book.open("today");
    assert!(h.line(1).contains("OVERDUE EUR"), "{}", h.line(1));
    h.keys("/Lakeside<Enter>");
    assert!(h.shows("open 81,864.32 EUR"), "{:#?}", h.screen());
    h.keys("<Enter>");
    assert!(h.shows("overdue 81,864.32 EUR"), "{:#?}", h.screen());
    h.keys("gc");
    assert!(h.line(1).contains("OPEN EUR") && h.line(1).contains("OVERDUE EUR"), "{}", h.line(1));
    for (wide, high) in [(80, 24), (140, 45)] {
        let mut h = book.open("customers");
        h.resize(wide, high);
        h.keys("/Lakeside<Enter><Enter>");
        let screen = h.screen();
        assert!(screen.iter().any(|line| line.contains("150,000.00") && line.contains("USD")), "{screen:#?}");
        assert!(screen.iter().any(|line| line.contains("163,728.63")), "{screen:#?}");
        assert!(h.shows("81,864.32 EUR") && h.shows("in it 163,728.63 USD"), "{screen:#?}");
        assert!(!screen.iter().take(12).any(|line| line.contains("U~") || line.contains("0 ~")), "{screen:#?}");
    }
}

#[test]
fn what_has_no_rate_is_on_the_screens_in_its_own_currency() {
    let book = three();
    let customer = american(&book);
    dollars(&book, customer, "USD-1", "2026-01-10", 500_000);
    let mut h = book.open("today");
    h.keys("/Lakeside<Enter>");
    assert!(under_cursor(&h).contains("5,000.00 USD"), "{:#?}", h.screen());
    assert!(h.shows("1 without a rate"), "{:#?}", h.screen());
    h.keys("w");
    assert!(h.shows("No rate: 5,000.00 USD overdue"), "{:#?}", h.screen());
    h.keys("<Esc><Enter>");
    assert!(h.shows("open 0.00 EUR + 5,000.00 USD without a rate"), "{:#?}", h.screen());
    h.keys("gc/Lakeside<Enter>");
    assert!(under_cursor(&h).contains("5,000.00 USD"), "{:#?}", h.screen());
}

#[test]
fn a_plan_takes_the_place_of_a_promise_that_broke() {
    let book = three();
    let item = book.number("SELECT i.id FROM item i JOIN document d ON d.id = i.document_id WHERE d.number = 'INV-01'");
    let act = Act::Promise { items: vec![(item, 3_000_000)], on: day("2026-03-02"), text: String::new() };
    book.act(day("2026-02-20"), act);
    let mut h = book.open("items");
    h.keys("/INV-01<Enter>");
    assert!(h.shows("promise broken"), "{:#?}", h.screen());
    let mut h = book.open("today");
    assert!(under_cursor(&h).contains("Promise broken"), "{:#?}", h.screen());
    h.keys("px3<Space>1m<Enter><Enter>");
    assert!(h.said().starts_with("Plan PP-1 of Alder"), "{}", h.said());
    h.keys("gi/INV-01<Enter>");
    assert!(h.shows("plan PP-1") && !h.shows("promise broken"), "{:#?}", h.screen());
    h.keys("gta");
    assert!(!h.shows("Promise broken"), "{:#?}", h.screen());
}

#[test]
fn a_customers_number_finds_its_promises_and_disputes() {
    let book = three();
    let item = book.number("SELECT i.id FROM item i JOIN document d ON d.id = i.document_id WHERE d.number = 'INV-11'");
    let act = Act::Promise { items: vec![(item, 1_000)], on: day("2026-03-24"), text: String::new() };
    book.act(day("2026-03-12"), act);
    let act = Act::OpenDispute { item, amount: 5_000, reason: "price".into(), text: String::new() };
    book.act(day("2026-03-12"), act);
    for place in ["promises", "disputes"] {
        let mut h = book.open(place);
        h.keys("/<C-u>10001<Enter>");
        assert!(h.shows("Birch"), "{place}: {:#?}", h.screen());
        h.keys("/<C-u>10000<Enter>");
        assert!(!h.shows("Birch"), "{place}: {:#?}", h.screen());
    }
}

#[test]
fn a_reminder_is_drafted_in_the_language_of_the_customer() {
    let book = TestBook::new();
    let data = CustomerData {
        number: "30000".into(),
        name: "Nordkessel GmbH".into(),
        currency: "EUR".into(),
        terms: "30".into(),
        language: "de".into(),
        ..CustomerData::default()
    };
    book.act(day("2025-01-02"), Act::SetCustomer { customer: None, version: 0, data });
    let customer = book.number("SELECT id FROM customer WHERE number = '30000'");
    book.invoice(customer, "INV-9", "2026-01-10", 150_000);
    let mut h = book.open("today");
    h.keys("e");
    assert!(h.shows("Zahlungserinnerung. Überfällig: INV-9 1.500,00 EUR, fällig am"), "{:#?}", h.screen());
    assert!(h.shows("den Tag der Zahlung."), "{:#?}", h.screen());
}

#[test]
fn a_reminder_asks_for_nothing_disputed_or_promised() {
    let book = three();
    let item = |number: &str| {
        book.number(&format!(
            "SELECT i.id FROM item i JOIN document d ON d.id = i.document_id WHERE d.number = '{number}'"
        ))
    };
    let open = |item, amount| Act::OpenDispute { item, amount, reason: "price".into(), text: String::new() };
    book.act(day("2026-03-16"), open(item("INV-01"), 1_000_000));
    book.act(
        day("2026-03-16"),
        Act::Promise { items: vec![(item("INV-02"), 100_000)], on: day("2026-04-01"), text: String::new() },
    );
    let mut h = book.open("customers");
    h.keys("/10000<Enter>e");
    assert!(h.shows("INV-01 EUR 20,000.00") && !h.shows("INV-02"), "{:#?}", h.screen());
}

#[test]
fn a_call_that_led_to_a_plan_goes_on_with_its_form() {
    let book = three();
    let mut h = book.open("today");
    h.keys("c");
    let plan = o2c::domain::outcome::Outcome::ALL.iter().position(|one| one.words() == "plan").unwrap();
    h.keys(&"<Right>".repeat(plan));
    assert!(h.shows("then the plan, of the same customer"), "{:#?}", h.screen());
    h.keys("<Enter><Enter>");
    assert!(h.shows("Promise of Alder"), "{:#?}", h.screen());
    h.keys("<C-u>x3<Space>1m<Space>from<Space>1/4");
    assert!(h.shows("3 x 10,333.33 from 01 Apr 26, last 10,333.34 EUR on 01 Jun 26"), "{:#?}", h.screen());
    h.keys("<Enter><Enter>");
    assert_eq!(book.number("SELECT count(*) FROM instalment"), 3, "{}", h.said());
}

#[test]
fn a_promise_that_takes_a_second_person_says_so_while_it_is_typed() {
    let book = three();
    let mut h = book.open("today");
    h.keys("p<C-u>+400d");
    assert!(h.shows("more than 90 days ahead: a second person decides"), "{:#?}", h.screen());
    h.keys("<C-u>+30d");
    assert!(!h.shows("second person"), "{:#?}", h.screen());
}

#[test]
fn a_key_left_over_does_not_eat_the_way_to_another_screen() {
    let book = three();
    let mut h = book.open("today");
    h.keys("ygc");
    assert!(h.line(0).contains("[Customers]"), "{:#?}", h.screen());
    h.keys("gtyx");
    assert!(h.said().contains("does nothing here") && h.shows("Alder"), "{:#?}", h.screen());
}

#[test]
fn only_a_screen_that_has_a_tab_stands_in_brackets() {
    let book = three();
    let mut h = book.open("customers");
    h.keys("<Enter>");
    assert!(h.line(0).contains("[Customers]"), "an account lies in its list: {}", h.line(0));
    for keys in ["ge", "gm", "gu", "gv", "gr", "gb", "gl"] {
        h.keys(keys);
        assert!(h.line(0).contains("EUR"), "{keys}: {}", h.line(0));
        assert!(!h.line(0).contains('['), "{keys}: {}", h.line(0));
    }
    h.keys("gt");
    assert!(h.line(0).contains("[Today]"), "{}", h.line(0));
}

#[test]
fn a_note_and_the_whole_of_a_reminder_can_be_read() {
    let book = three();
    let mut h = book.open("today");
    h.keys("e");
    let screen = h.screen();
    assert!(
        screen.iter().any(|line| line.contains("Payment reminder. Past due: INV-01 EUR 30,000.00, due")),
        "{screen:#?}"
    );
    assert!(screen.iter().any(|line| line.contains("or tell us when you will.")), "{screen:#?}");
    assert!(!screen.iter().any(|line| line.ends_with("~|")), "nothing of it is cut: {screen:#?}");
    let note = "Mr Park is on leave until 3 Dec; ask Ms Lee";
    h.keys(&format!("<Esc>n{}<Enter>", note.replace(' ', "<Space>")));
    assert!(h.shows(&format!("last 16 Mar note, {note}")), "{:#?}", h.screen());
}
