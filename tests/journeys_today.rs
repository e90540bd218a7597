//! The daily loop by keyboard: what Today and the deck show, what the work keys write into the book, and how many keys
//! each task takes.

mod rigs;

use o2c::acts::Act;
use o2c::tui::app::harness::Harness;
use o2c::tui::app::tables::{GLOBAL, LIST, conflicts};
use o2c::tui::screens::{PLACES, actions, deck, today as today_screen};
use rigs::journey::{TestBook, day, draw_at_every_size, presses};

/// Five customers to contact and one who is on time.
struct World {
    book: TestBook,
    nordwind: i64,
    acme: i64,
}

fn world() -> World {
    let book = TestBook::new();
    let nordwind = book.customer("10041", "Nordwind Logistik GmbH", 30_000, 50);
    book.invoice(nordwind, "INV-20411", "2026-03-28", 820_000);
    let late = book.invoice(nordwind, "INV-20448", "2026-01-28", 1_250_000);
    let call = |on: &str, customer: i64, text: &str| {
        let act = Act::LogCall { customer, outcome: "reached".into(), text: text.into(), next_on: None };
        book.act(day(on), act);
    };
    call("2026-03-06", nordwind, "payment run on the 11th");
    let promise = Act::Promise { items: vec![(late, 1_250_000)], on: day("2026-03-11"), text: "I. Brandt".into() };
    book.act(day("2026-03-06"), promise);
    let acme = book.customer("10042", "Acme Industrial Ltd", 25_000, 70);
    for (number, due, cents) in [
        ("INV-20097", "2025-11-18", 330_000),
        ("INV-20214", "2025-12-30", 1_140_000),
        ("INV-20561", "2026-02-26", 410_000),
    ] {
        book.invoice(acme, number, due, cents);
    }
    let juniper = book.customer("10043", "Juniper Media Inc", 30_000, 20);
    book.invoice(juniper, "INV-20600", "2026-02-26", 185_000);
    book.invoice(juniper, "INV-20601", "2026-04-10", 970_000);
    book.receipt(juniper, "R-77", "2026-03-12", 185_000);
    let nippon = book.customer("10044", "日本通運株式会社", 90_000, 30);
    book.invoice(nippon, "INV-20700", "2026-02-20", 990_000);
    let kestrel = book.customer("10045", "Kestrel Aero plc", 150_000, 10);
    book.invoice(kestrel, "INV-20590", "2026-05-20", 5_230_000);
    World { book, nordwind, acme }
}

/// Puts the cursor on the customer of that name.
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

/// How many customers the list shows: lines that begin with a priority.
fn listed(h: &Harness) -> usize {
    let screen = h.screen();
    let priority = |line: &&String| line.get(3..7).is_some_and(|text| text.trim().parse::<i64>().is_ok());
    screen.iter().take(18).filter(priority).count()
}

#[test]
fn today_lists_whom_to_contact_and_why() {
    let world = world();
    let mut h = world.book.open("today");
    let screen = h.screen();
    assert!(screen[0].contains("[Today]"), "{screen:#?}");
    assert!(screen[1].contains("PRI") && screen[1].contains("OVERDUE") && screen[1].contains("NEXT"), "{screen:#?}");
    assert!(h.line(-2).contains("4 customers"), "{}", h.line(-2));
    assert!(!h.shows("Kestrel"));
    find(&mut h, "Nordwind");
    assert!(
        h.screen().iter().any(|line| {
            line.starts_with('>')
                && line.contains("12,500.00")
                && line.contains("47d")
                && line.contains("Promise broken 11 Mar")
        }),
        "{:#?}",
        h.screen()
    );
    assert!(h.shows("open 20,700.00") && h.shows("why ") && h.shows("last 06 Mar call, reached"), "{:#?}", h.screen());
    h.keys("w");
    assert!(h.shows("WHY ") && h.shows("Promise broken 11 Mar"), "{:#?}", h.screen());
    h.keys("<Esc>=");
    assert!(h.shows("overdue     12,500.00 EUR") && h.shows("INV-20448"), "{:#?}", h.screen());
}

#[test]
fn columns_stay_in_line_beside_wide_letters() {
    let world = world();
    let mut h = world.book.open("today");
    find(&mut h, "日本通運");
    let screen = h.screen();
    let place = |name: &str, amount: &str| {
        let line = screen.iter().find(|line| line.contains(name)).expect("the row").clone();
        let at = line.find(amount).expect("the amount") + amount.len();
        o2c::tui::ui::width::cells(&line[..at])
    };
    assert_eq!(place("日本通運", "9,900.00"), place("Nordwind", "12,500.00"));
}

#[test]
fn a_call_without_answer_takes_six_presses() {
    let world = world();
    let mut h = world.book.open("today");
    find(&mut h, "Nordwind");
    let keys = "c<Enter>+1b<Enter>";
    assert_eq!(presses(keys), 6);
    h.keys("c");
    assert!(h.shows("Call Nordwind") && h.shows("no answer") && h.shows("Tue 17 Mar 2026"), "{:#?}", h.screen());
    h.keys("<Enter>+1b<Enter>");
    assert!(h.said().starts_with("Call (no answer): Nordwind") && h.said().ends_with("u undoes"), "{}", h.said());
    let row = world.book.text("SELECT outcome || ' ' || next_on FROM activity ORDER BY id DESC LIMIT 1");
    assert_eq!(row, "no answer 2026-03-17");
    assert_eq!(listed(&h), 3, "{:#?}", h.screen());
    h.keys("u");
    assert_eq!(listed(&h), 4, "{:#?}", h.screen());
}

#[test]
fn a_promise_for_all_that_is_overdue_takes_six_presses() {
    let world = world();
    let mut h = world.book.open("today");
    find(&mut h, "Nordwind");
    let keys = "pfri<Enter><Enter>";
    assert_eq!(presses(keys), 6);
    h.keys(keys);
    assert!(h.said().contains("Promise 12,500.00 EUR Nordwind Logistik GmbH for Fri 20 Mar 2026"), "{}", h.said());
    let row = world.book.text("SELECT amount || ' ' || promised_on FROM promise ORDER BY id DESC LIMIT 1");
    assert_eq!(row, "1250000 2026-03-20");
}

#[test]
fn what_a_call_led_to_is_written_down_of_the_same_customer() {
    // From the list, and from the customer itself: the next one comes up only when the promise is there.
    for open in ["", "<Enter>"] {
        let world = world();
        let mut h = world.book.open("today");
        find(&mut h, "Acme");
        h.keys(open);
        h.keys("c<Right><Right><Right>");
        assert!(h.shows("then the promise"), "{:#?}", h.screen());
        h.keys("<Enter><Enter>");
        assert!(h.shows("Promise of Acme Industrial Ltd"), "{:#?}", h.screen());
        h.keys("fri<Enter><Enter>");
        assert!(h.said().contains("Acme Industrial Ltd for Fri 20 Mar 2026"), "{}", h.said());
        let row = "SELECT max(promised_on) || ' ' || max(customer_id) FROM promise WHERE made_on = '2026-03-16'";
        assert_eq!(world.book.text(row), format!("2026-03-20 {}", world.acme));
        let calls = "SELECT count(*) FROM activity WHERE outcome = 'promised'";
        assert_eq!(world.book.number(calls), 1);
        h.keys("uu");
        assert_eq!(world.book.number("SELECT count(*) FROM promise WHERE ended_on IS NULL"), 1, "{}", h.said());
    }
}

#[test]
fn reminders_to_three_customers_take_five_presses() {
    let world = world();
    let mut h = world.book.open("today");
    let keys = "<Space><Space><Space>e<Enter>";
    assert_eq!(presses(keys), 5);
    h.keys("<Space><Space><Space>");
    assert!(h.line(-2).contains("marked 3 = "), "{}", h.line(-2));
    h.keys("e");
    assert!(h.shows("Draft the standard reminder to 3 customers"), "{:#?}", h.screen());
    h.keys("<Enter>");
    assert_eq!(world.book.number("SELECT count(*) FROM activity WHERE kind = 'e-mail'"), 3);
    assert!(h.said().contains("3 customers"), "{}", h.said());
    assert!(!h.line(-2).contains("marked"));
    h.keys("u");
    assert_eq!(listed(&h), 4, "{:#?}", h.screen());
}

#[test]
fn why_takes_one_press() {
    let world = world();
    let mut h = world.book.open("today");
    assert_eq!(presses("w"), 1);
    assert!(h.keys("w").shows("in all; next step"), "{:#?}", h.screen());
}

#[test]
fn an_exact_payment_takes_two_presses_and_never_enter() {
    let world = world();
    let mut h = world.book.open("today");
    find(&mut h, "Juniper");
    assert_eq!(presses("Py"), 2);
    h.keys("P");
    for part in
        ["BEFORE", "R-77 unapplied 1,850.00 EUR", "apply 1,850.00 EUR to INV-20600", "INV-20600 open 0.00 EUR, paid"]
    {
        assert!(h.shows(part), "{part}: {:#?}", h.screen());
    }
    h.keys("<Enter>");
    let open = "SELECT i.open FROM item i JOIN document d ON d.id = i.document_id WHERE d.number = 'INV-20600'";
    assert_eq!(world.book.number(open), 185_000);
    h.keys("Py");
    assert_eq!(world.book.number(open), 0);
    assert!(h.said().starts_with("Applied 1,850.00 EUR"), "{}", h.said());
}

#[test]
fn an_invoice_is_found_in_eight_presses() {
    let world = world();
    let mut h = world.book.open("today");
    let keys = "go20448<Enter>";
    assert_eq!(presses(keys), 8);
    h.keys(keys);
    assert!(h.shows("Nordwind Logistik GmbH") && h.shows("INV-20448") && !h.shows("PRI"), "{:#?}", h.screen());
}

#[test]
fn a_filter_takes_one_press_and_its_text() {
    let world = world();
    let mut h = world.book.open("today");
    h.keys("/owner:me<Space>over>60<Space>open>=10k<Enter>");
    assert!(h.line(-2).contains("filter: owner:me over>60 open>=10k  1 customer  "), "{}", h.line(-2));
    assert!(h.shows("Acme") && !h.shows("Nordwind"));
    h.keys("/<C-u>zzz");
    assert!(h.shows("Nobody on today's list matches"), "{:#?}", h.screen());
    h.keys("<Esc>/open>=10q");
    assert!(h.shows("^ "), "{:#?}", h.screen());
}

#[test]
fn done_sets_aside_and_the_end_is_a_moment() {
    let world = world();
    let mut h = world.book.open("today");
    h.keys("x");
    assert!(h.said().starts_with("Done for today"), "{}", h.said());
    assert!(h.line(-2).contains("3 customers") && h.line(-2).contains("1 done") || h.said().contains("u undoes"));
    h.keys("*x<Enter>");
    assert!(h.shows("4 of 4 done") && h.shows("Next: "), "{:#?}", h.screen());
    h.keys("a");
    assert!(h.shows("Nordwind") && h.shows("Acme"));
}

#[test]
fn owners_and_follow_up_days_work_on_marks() {
    let world = world();
    let mut h = world.book.open("today");
    h.keys("<Space><Space>o");
    assert!(h.shows("jk") && h.shows("Jan Kos"), "{:#?}", h.screen());
    h.keys("k<Enter>");
    assert!(h.shows("Set owner jk on 2 customers"), "{:#?}", h.screen());
    h.keys("<Enter>");
    assert_eq!(world.book.number("SELECT count(*) FROM customer WHERE owner = 'jk'"), 2);
    h.keys("tfri<Enter>");
    assert_eq!(world.book.text("SELECT next_on FROM activity WHERE kind = 'follow-up'"), "2026-03-20");
}

#[test]
fn the_deck_goes_on_to_the_next_customer_at_once() {
    let world = world();
    let mut h = world.book.open("today");
    h.keys("<Enter>");
    let first = h.line(1);
    assert!(first.contains("1 of 4"), "{:#?}", h.screen());
    assert!(h.shows("INVOICE") && h.shows("why ") && h.shows("last: "), "{:#?}", h.screen());
    let asked = h.asked;
    h.keys("c<Enter><Enter>");
    assert!(h.line(1).contains("2 of 4") && h.line(1) != first, "{:#?}", h.screen());
    assert!(h.asked - asked <= 4, "{} questions", h.asked - asked);
    h.keys("J");
    assert!(h.line(1).contains("3 of 4"), "{:#?}", h.screen());
    h.keys("K");
    assert!(h.line(1).contains("2 of 4"));
    h.keys("xxx");
    assert!(h.shows("4 of 4 done."), "{:#?}", h.screen());
    h.keys("u");
    assert!(!h.shows("4 of 4 done.") && h.shows("INVOICE"), "{:#?}", h.screen());
    h.keys("x");
    assert!(h.shows("4 of 4 done."), "{:#?}", h.screen());
    h.keys("c");
    assert!(h.said().contains("no customer is selected"), "{}", h.said());
    h.keys("<Esc><Esc>");
    assert!(h.shows("4 of 4 done. Nobody is left"), "{:#?}", h.screen());
}

#[test]
fn sorting_copying_and_views_work_on_the_list() {
    let world = world();
    let mut h = world.book.open("today");
    h.keys("sd");
    let first = |h: &Harness| h.line(2);
    assert!(h.line(1).contains("DAYSv") && first(&h).contains("Acme"), "{:#?}", h.screen());
    h.keys("sd");
    assert!(first(&h).contains("Juniper"), "{:#?}", h.screen());
    h.keys("zsyoung<Enter>sp/acme<Enter>");
    assert_eq!(listed(&h), 1);
    h.keys(":view<Space>young<Enter>");
    assert!(listed(&h) == 4 && first(&h).contains("Juniper"), "{:#?}", h.screen());
    h.keys("ytgg");
    let copied = h.copied.last().expect("a table").clone();
    assert!(copied.starts_with("priority\tcustomer\toverdue EUR") && copied.contains("\t12500.00\t47\t"), "{copied}");
    h.keys("ye");
    assert_eq!(h.copied.last().map(String::as_str), Some("ap@10043.example"));
    h.keys("fd");
    assert!(h.line(-2).contains("filter: over>=18"), "{}", h.line(-2));
}

#[test]
fn the_deck_opens_by_name_with_a_filter() {
    let world = world();
    let mut h = world.book.open("today");
    h.keys(":deck<Space>over>60<Enter>");
    assert!(h.line(1).contains("Acme Industrial Ltd") && h.line(1).contains("1 of 1"), "{:#?}", h.screen());
    h.keys("J");
    assert!(h.said().contains("last customer of the list"), "{}", h.said());
    h.keys("=");
    assert!(h.shows("INV-20097") && h.shows("overdue     18,800.00 EUR"), "{:#?}", h.screen());
}

#[test]
fn marked_items_are_what_a_promise_and_a_dispute_are_about() {
    let world = world();
    let mut h = world.book.open("today");
    find(&mut h, "Acme");
    h.keys("<Enter><Space>");
    assert!(h.line(-2).contains("marked 1 = 3,300.00 EUR"), "{}", h.line(-2));
    h.keys("p");
    assert!(h.shows("covers INV-20097 of Acme Industrial Ltd, 3,300.00 EUR"), "{:#?}", h.screen());
    h.keys("<Esc><Esc>d");
    assert!(h.shows("Dispute on INV-20214"), "{:#?}", h.screen());
    h.keys("4k<Enter>d<Enter>");
    let row = world.book.text("SELECT amount || ' ' || customer_id FROM dispute");
    assert_eq!(row, format!("400000 {}", world.acme));
    assert!(h.shows("dispute D-"), "{:#?}", h.screen());
}

#[test]
fn notes_credits_and_blocks_are_written() {
    let world = world();
    let mut h = world.book.open("today");
    find(&mut h, "Nordwind");
    h.keys("nasks<Space>for<Space>a<Space>copy<Enter>");
    assert_eq!(world.book.text("SELECT text FROM activity WHERE kind = 'note'"), "asks for a copy");
    find(&mut h, "Nordwind");
    h.keys("B<Enter>");
    assert!(h.shows("deliveries allowed") && h.shows("deliveries blocked"), "{:#?}", h.screen());
    h.keys("y");
    let blocked =
        format!("SELECT data FROM customer_version WHERE customer_id = {} ORDER BY version DESC", world.nordwind);
    assert!(world.book.text(&blocked).contains("\"blocked\":true"));
    find(&mut h, "Acme");
    h.keys("W<Enter>");
    assert!(h.shows("Write off on INV-20097"), "{:#?}", h.screen());
    h.keys("<C-u>100<Enter>small<Enter>y");
    let open = "SELECT i.open FROM item i JOIN document d ON d.id = i.document_id WHERE d.number = 'INV-20097'";
    assert_eq!(world.book.number(open), 320_000, "{}", h.said());
}

#[test]
fn a_receipt_is_reviewed_and_applied_to_the_oldest_first() {
    let world = world();
    let mut h = world.book.open("today");
    find(&mut h, "Acme");
    h.keys("P4k<Enter>fri<Enter>");
    assert!(
        h.shows("receive 4,000.00 EUR on Fri 13 Mar 2026") && h.shows("INV-20097 open 0.00 EUR, paid"),
        "{:#?}",
        h.screen()
    );
    h.keys("y");
    assert!(h.said().starts_with("Received 4,000.00 EUR from Acme"), "{}", h.said());
}

#[test]
fn an_empty_book_says_what_comes_next() {
    let book = TestBook::new();
    let mut h = book.open("today");
    assert!(h.shows("Nothing to collect today.") && h.shows("Overdue items"), "{:#?}", h.screen());
    h.keys("<Enter>c");
    assert!(h.said().contains("no customer is selected"), "{}", h.said());
    draw_at_every_size(&mut h);
}

#[test]
fn nothing_fails_at_any_size() {
    let world = world();
    for keys in ["", "<Enter>", "<Enter><Space>p", "c", "P", "w", ":desk<Enter>"] {
        let mut h = world.book.open("today");
        find(&mut h, "Juniper");
        h.keys(keys);
        draw_at_every_size(&mut h);
    }
}

#[test]
fn wide_terminals_show_the_customer_beside_the_list() {
    let world = world();
    let mut h = world.book.open("today");
    h.resize(140, 45);
    find_framed(&mut h, "Nordwind");
    for part in
        ["Worklist", "Open items of Nordwind Logistik GmbH", "Timeline", "WHY ", "INV-20448", "contact I. Brandt"]
    {
        assert!(h.shows(part), "{part}: {:#?}", h.screen());
    }
    h.keys("<Enter>");
    assert!(h.shows("Open items") && h.shows("payment run on the 11th"), "{:#?}", h.screen());
}

fn find_framed(h: &mut Harness, name: &str) {
    for _ in 0..10 {
        if h.screen().iter().any(|line| line.starts_with("|>") && line.contains(name)) {
            return;
        }
        h.keys("j");
    }
    panic!("{name} is not listed: {:#?}", h.screen());
}

#[test]
fn the_desk_shows_four_panes_with_one_focus() {
    let world = world();
    let mut h = world.book.open_with("desk", o2c::tui::app::Ctx { size: (160, 48), ..world.book.ctx() });
    for part in ["Customers", "Aging", "Disputes", "KPIs", "Acme Industrial Ltd", "90+", "no dispute is open", "DSO"] {
        let part = if part == "90+" { "91-120" } else { part };
        assert!(h.shows(part), "{part}: {:#?}", h.screen());
    }
    let asked = h.asked;
    assert_eq!(asked, 5, "one question a pane, and one for what waits for approval");
    assert!(h.line(-2).contains("5 customers"), "{}", h.line(-2));
    h.keys("<Tab>");
    assert!(h.line(-2).contains("by due date"), "{}", h.line(-2));
    h.keys("=");
    assert!(h.shows("add up to 100%"), "{:#?}", h.screen());
    h.keys("<Esc><Enter>");
    assert!(h.line(0).contains("[Aging]"), "{:#?}", h.screen());
    h.keys("<Esc><S-Tab>d");
    assert!(h.shows("Dispute of ") && h.shows(": which item"), "{:#?}", h.screen());
    h.keys("<Enter>1k<Enter><Enter>");
    assert!(h.shows("1,000.00 EUR") && h.shows("D-"), "{:#?}", h.screen());
}

#[test]
fn enter_on_the_desk_opens_what_is_under_the_cursor() {
    let world = world();
    let mut h = world.book.open("desk");
    h.keys("<Enter>");
    assert!(h.line(-2).contains("Acme Industrial Ltd"), "{:#?}", h.screen());
    h.keys("<Esc><Tab><Tab><Tab><Enter>");
    assert!(h.line(0).contains("[KPIs]"), "{:#?}", h.screen());
    h.keys("<Esc><S-Tab><S-Tab><S-Tab>d<Enter>1k<Enter><Enter><Tab><Tab><Enter>");
    assert!(h.shows("INV-20097") && h.shows("D-1"), "{:#?}", h.screen());
}

#[test]
fn a_narrow_desk_is_one_pane_at_a_time() {
    let world = world();
    let mut h = world.book.open("desk");
    assert!(h.line(1).starts_with("[Customers] Aging  Disputes  KPIs"), "{:#?}", h.screen());
    assert!(h.shows("Acme Industrial Ltd"));
    h.keys("<Tab>");
    assert!(h.line(1).starts_with(" Customers [Aging]") && h.shows("not due"), "{:#?}", h.screen());
    h.keys("<Tab><Tab>w");
    assert!(!h.said().contains("nothing to explain"), "{:#?}", h.screen());
    draw_at_every_size(&mut h);
}

#[test]
fn the_first_screen_follows_the_size() {
    let world = world();
    let first =
        |size| o2c::tui::screens::first(&o2c::tui::app::Ctx { size, ..world.book.ctx() }).expect("a screen").id();
    assert_eq!((first((80, 24)), first((140, 45)), first((139, 45))), ("today", "desk", "today"));
}

#[test]
fn no_key_means_two_things() {
    for table in [today_screen::COMMANDS, deck::COMMANDS, &actions::ALL[..]] {
        let places = PLACES.iter().map(|place| place.command);
        let rows: Vec<_> = GLOBAL.iter().chain(LIST).copied().chain(table.iter().copied()).chain(places).collect();
        assert_eq!(conflicts(&rows), Vec::<String>::new());
    }
}
