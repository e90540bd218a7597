//! Plans, promises, contacts and the team by keyboard: what is written into the book and how many keys each takes.

mod rigs;

use o2c::acts::Act;
use o2c::acts::arrange::Arrange;
use o2c::domain::money::Currency;
use o2c::domain::plan::monthly;
use o2c::tui::app::Msg;
use o2c::tui::app::harness::Harness;
use rigs::journey::{TestBook, day, draw_at_every_size, presses};

/// A customer who owes three invoices, two of them past due, and another who owes one.
struct World {
    book: TestBook,
    items: Vec<(i64, i64)>,
}

fn world() -> World {
    let book = TestBook::new();
    let nordwind = book.customer("10041", "Nordwind Logistik GmbH", 30_000, 50);
    let first = book.invoice(nordwind, "INV-20448", "2026-01-28", 900_000);
    let second = book.invoice(nordwind, "INV-20449", "2026-02-15", 600_000);
    let acme = book.customer("10042", "Acme Industrial Ltd", 25_000, 70);
    book.invoice(acme, "INV-20097", "2025-11-18", 330_000);
    World { book, items: vec![(first, 900_000), (second, 600_000)] }
}

impl World {
    /// A plan of three instalments, the first of which was missed.
    fn in_default(&self) {
        let propose = Arrange::ProposePlan {
            items: self.items.clone(),
            instalments: monthly(1_500_000, 3, day("2026-03-02")),
            grace_days: 5,
            text: "I. Brandt".into(),
            replaces: None,
        };
        self.book.act(day("2026-03-01"), Act::Arrange(propose));
    }
}

fn find(h: &mut Harness, name: &str) {
    h.keys("gg");
    for _ in 0..10 {
        if h.screen().iter().any(|line| line.starts_with('>') && line.contains(name)) {
            return;
        }
        h.keys("j");
    }
    panic!("{name} is not listed: {:#?}", h.screen());
}

#[test]
fn a_plan_is_agreed_with_the_promise_key_in_eight_presses() {
    let world = world();
    let mut h = world.book.open("today");
    find(&mut h, "Nordwind");
    let keys = "px3<Space>1m<Enter><Enter>";
    assert_eq!(presses(keys), 8);
    h.keys("px3<Space>1m");
    assert!(h.shows("plan: 3 x 5,000.00 EUR, 16 Apr 26 to"), "{:#?}", h.screen());
    h.keys("<Enter><Enter>");
    assert!(h.said().starts_with("Plan PP-1 of Nordwind") && h.said().ends_with("u undoes"), "{}", h.said());
    // What a plan in good standing keeps is not to collect, so the customer is off the list.
    h.keys("R");
    assert!(!h.screen().iter().take(18).any(|line| line.contains("Nordwind")), "{:#?}", h.screen());
    h.keys("gn");
    assert!(h.shows("good standing") && h.shows("15,000.00"), "{:#?}", h.screen());
    h.keys("u");
    assert!(h.shows("no plans yet"), "{:#?}", h.screen());
    world.book.assert_sound();
}

#[test]
fn several_dates_pasted_into_a_promise_are_a_plan() {
    let world = world();
    let mut h = world.book.open("today");
    find(&mut h, "Nordwind");
    h.keys("p");
    h.send(Msg::Paste("2026-04-01 5000.00\n2026-05-04 10000.00\n".into(), 1_000));
    assert!(h.shows("plan: 2 x 5,000.00"), "{:#?}", h.screen());
    h.keys("<Enter><Enter>");
    assert!(h.said().starts_with("Plan PP-1 of Nordwind"), "{}", h.said());
    let dates = "SELECT group_concat(due_date || ' ' || amount, ', ') FROM instalment";
    assert_eq!(world.book.text(dates), "2026-04-01 500000, 2026-05-04 1000000");
    world.book.assert_sound();
}

#[test]
fn a_plan_in_default_comes_back_with_its_reason_and_is_replaced_or_withdrawn() {
    let world = world();
    world.in_default();
    let mut h = world.book.open("today");
    find(&mut h, "Nordwind");
    assert!(h.shows("Plan in default"), "{:#?}", h.screen());
    h.keys("gn");
    assert!(h.shows("default") && h.shows("5,000.00"), "{:#?}", h.screen());
    h.keys("<Enter>");
    assert!(h.shows("missed") && h.shows("to come") && h.shows("INV-20448: 9,000.00 planned"), "{:#?}", h.screen());
    h.keys("=");
    assert!(h.shows("due   = instalments up to today 5,000.00"), "{:#?}", h.screen());
    h.keys("<Esc>p<Enter>");
    assert!(h.said().contains("PP-2") && h.said().contains("in place of PP-1"), "{}", h.said());
    h.keys("<Esc>");
    assert!(h.shows("good standing") && h.shows("replaced"), "{:#?}", h.screen());
    h.keys("ggxmoney<Space>is<Space>here<Enter>");
    assert!(h.said().starts_with("Withdrew the plan PP-2"), "{}", h.said());
    h.keys("u");
    assert!(h.said().starts_with("Undid: Withdrew the plan PP-2"), "{}", h.said());
    world.book.assert_sound();
}

#[test]
fn a_promise_is_renewed_in_five_presses() {
    let world = world();
    let promise = Act::Promise { items: vec![world.items[0]], on: day("2026-03-10"), text: "I. Brandt".into() };
    world.book.act(day("2026-03-02"), promise);
    let mut h = world.book.open("promises");
    assert!(h.shows("broken"), "{:#?}", h.screen());
    let keys = "p+2d<Enter>";
    assert_eq!(presses(keys), 5);
    h.keys(keys);
    assert!(h.said().starts_with("Promise 9,000.00 EUR Nordwind") && h.said().contains("Wed 18 Mar"), "{}", h.said());
    assert_eq!(world.book.text("SELECT group_concat(level, ' ') FROM promise"), "1 2");
    world.book.assert_sound();
}

#[test]
fn a_call_leads_to_a_next_step_with_its_day() {
    let world = world();
    let mut h = world.book.open("today");
    find(&mut h, "Nordwind");
    // `s` chooses "says paid": the day of the next step follows from it.
    h.keys("css");
    assert!(h.shows("next: search for the payment"), "{:#?}", h.screen());
    h.keys("<Enter><Enter>");
    assert!(h.said().contains("says paid"), "{}", h.said());
    let next = "SELECT next_on || ' ' || substr(next_what, 1, 10) FROM customer WHERE number = '10041'";
    assert_eq!(world.book.text(next), "2026-03-18 search for");
    world.book.assert_sound();
}

#[test]
fn get_next_passes_over_whom_somebody_works_on() {
    let world = world();
    world.book.tamper("INSERT INTO lease SELECT id, 2, '2099-01-01T00:00:00Z' FROM customer WHERE number = '10041'");
    let mut h = world.book.open("today");
    assert!(h.shows("jk is at it"), "{:#?}", h.screen());
    h.keys("N");
    assert!(h.line(0).contains("Acme") || h.shows("Acme Industrial Ltd  10042"), "{:#?}", h.screen());
    h.keys("K");
    assert!(h.shows("Nordwind Logistik GmbH  10041"), "{:#?}", h.screen());
}

#[test]
fn the_team_shows_the_load_and_hands_accounts_over() {
    let world = world();
    let (login, name, roles) = ("jonas".into(), "Jonas Weiss".into(), vec!["collector".into()]);
    world.book.act(day("2026-03-01"), Act::AddPerson { login, name, roles, department: String::new() });
    let mut h = world.book.open("team");
    assert!(h.shows("OWNER") && h.shows("Strategy standard for everybody"), "{:#?}", h.screen());
    h.keys("hj<Enter>on<Space>leave<Enter>");
    assert!(h.said().starts_with("Handed 2 accounts of"), "{}", h.said());
    assert_eq!(world.book.number("SELECT count(*) FROM customer WHERE owner = 'jonas'"), 2);
    h.keys("u");
    assert_eq!(world.book.number("SELECT count(*) FROM customer WHERE owner = 'jonas'"), 0);
    world.book.assert_sound();
}

#[test]
fn how_far_a_word_holds_is_shown_in_money_with_its_arithmetic() {
    let world = world();
    let promise = Act::Promise { items: vec![world.items[0]], on: day("2026-03-10"), text: String::new() };
    world.book.act(day("2026-03-02"), promise);
    let (item, on) = (world.items[0].0, day("2026-03-05"));
    let receipt = Act::PostReceipt {
        customer: 1,
        reference: String::new(),
        date: on,
        currency: Currency::EUR,
        amount: 300_000,
        method: "transfer".into(),
        text: String::new(),
        applied: vec![(item, 300_000)],
    };
    world.book.act(on, receipt);
    let mut h = world.book.open("today");
    find(&mut h, "Nordwind");
    h.keys("=");
    assert!(h.shows("word kept   33%: 3,000.00 EUR came in time of 9,000.00 EUR promised"), "{:#?}", h.screen());
}

#[test]
fn the_screens_draw_at_every_size() {
    let world = world();
    world.in_default();
    for place in ["plans", "team", "promises"] {
        draw_at_every_size(&mut world.book.open(place));
    }
    let mut h = world.book.open("plans");
    h.keys("<Enter>");
    draw_at_every_size(&mut h);
}
