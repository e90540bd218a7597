//! The cash clerk's keys: receipts applied exactly, to several invoices, short, late, over, for somebody else, returned,
//! in foreign money and known by hand. Keys go in, the screen and the book come out; the presses are counted.

#[path = "cash/book.rs"]
#[allow(dead_code)]
mod book;
#[path = "cash/desk.rs"]
#[allow(dead_code)]
mod desk;
#[path = "rigs/journey.rs"]
#[allow(dead_code)]
mod journey;

use book::{Company, day, entry, paid, statement};
use desk::{desk, desk_at, press, receiving, shot};
use journey::draw_at_every_size;
use o2c::acts::Act;
use o2c::domain::bank::EntryKind;
use o2c::domain::document::DocumentKind;
use o2c::domain::money::Currency;
use o2c::tui::app::Command;
use o2c::tui::app::harness::Harness;
use o2c::tui::app::tables::{GLOBAL, conflicts};
use o2c::tui::screens::cash_deck;

/// frappe/books#1402: payments are entered without a mouse, two keys each.
#[test]
fn what_the_rules_propose_takes_two_keys_and_the_next_stands_there() {
    let company = receiving(&[
        ("2026-03-13", 100_000, "Hafen Handel AG", "INV-1"),
        ("2026-03-13", 30_000, "Bergmann Werke", "INV-3"),
    ]);
    let mut desk = desk(&company);
    assert!(desk.shows("2 payments, 1,300.00 EUR waiting"), "{}", shot(&desk));
    press(&mut desk, "<Enter>", 1);
    assert!(desk.shows("INV-1 named; sum equals the receipt"), "{}", shot(&desk));
    assert!(desk.shows("left 1,000.00 - marked 1,000.00 = nothing left"), "{}", shot(&desk));
    press(&mut desk, "P", 1);
    assert!(desk.shows("[Cancel]  y goes ahead"), "{}", shot(&desk));
    press(&mut desk, "y", 1);
    assert_eq!((company.open("INV-1"), company.left(1)), (0, 0));
    assert!(desk.shows("Bergmann Werke") && desk.shows("INV-3 named"), "{}", shot(&desk));
    press(&mut desk, "Py", 2);
    assert_eq!((company.open("INV-3"), company.left(2)), (0, 0));
    assert!(desk.shows("2 payments handled in this round"), "{}", shot(&desk));
    company.sound();
    press(&mut desk, "u", 1);
    assert_eq!(company.left(2), 30_000);
    assert!(desk.shows("Bergmann Werke"), "undo shows the payment again: {}", shot(&desk));
    // Enter alone applies nothing.
    press(&mut desk, "P<Enter>", 2);
    assert_eq!(company.left(2), 30_000);
}

#[test]
fn several_invoices_are_paid_at_once() {
    let company = receiving(&[("2026-03-13", 150_000, "Hafen Handel AG", "INV-1 and INV-2")]);
    let mut desk = desk(&company);
    press(&mut desk, "<Enter>", 1);
    assert!(desk.shows("INV-1 named, INV-2 named"), "{}", shot(&desk));
    press(&mut desk, "Py", 2);
    assert_eq!((company.left(1), company.open("INV-1") + company.open("INV-2")), (0, 0), "{}", shot(&desk));
    let evidence =
        "SELECT count(*) FROM payment_step WHERE rule = 'by hand' AND evidence LIKE 'proposed: INV-1 named%'";
    assert_eq!(company.number(evidence), 1);
    company.sound();
}

/// frappe/erpnext PR#34287: a key of the match screen, no way round by other documents.
#[test]
fn a_short_payment_opens_a_dispute_with_its_reason() {
    let company = receiving(&[("2026-03-20", 29_000, "Bergmann Werke", "INV-3 less damaged goods")]);
    let mut desk = desk(&company);
    press(&mut desk, "<Enter>", 1);
    assert!(desk.shows("items stay open by 10.00: s disputes it"), "{}", shot(&desk));
    press(&mut desk, "sd<Enter>Py", 5);
    assert_eq!((company.left(1), company.open("INV-3")), (0, 1_000), "{}", shot(&desk));
    assert_eq!(company.number("SELECT amount FROM dispute"), 1_000);
    assert_eq!(company.number("SELECT disputed FROM item WHERE id = 3"), 1_000);
    company.sound();
}

#[test]
fn a_discount_taken_late_is_asked_for() {
    let company = receiving(&[("2026-03-13", 29_400, "Bergmann Werke", "INV-3 less 2%")]);
    let mut desk = desk(&company);
    press(&mut desk, "<Enter>d", 2);
    assert!(desk.shows("its discount ended on 02 Mar 26"), "{}", shot(&desk));
    press(&mut desk, "<Enter>Py", 3);
    assert_eq!((company.left(1), company.open("INV-3")), (0, 0), "{}", shot(&desk));
    assert_eq!(company.account(4300), 600);
    company.sound();
}

/// OCA/account-reconcile PR#500: what the payer's bank kept is one key, and the item is closed.
#[test]
fn what_a_bank_kept_is_one_key() {
    let company = receiving(&[("2026-03-13", 99_000, "Hafen Handel AG", "INV-1")]);
    let mut desk = desk(&company);
    press(&mut desk, "<Enter>", 1);
    press(&mut desk, "W", 1);
    press(&mut desk, "Py", 2);
    assert_eq!((company.left(1), company.open("INV-1"), company.account(6100)), (0, 0, 1_000), "{}", shot(&desk));
    company.sound();
}

#[test]
fn an_over_payment_is_kept_on_account() {
    let company = receiving(&[("2026-03-13", 35_000, "Bergmann Werke", "INV-3")]);
    let mut desk = desk(&company);
    press(&mut desk, "<Enter>o", 2);
    assert!(desk.shows("50.00 kept on account"), "{}", shot(&desk));
    press(&mut desk, "Py", 2);
    assert_eq!((company.left(1), company.open("INV-3")), (0, 0), "{}", shot(&desk));
    assert_eq!(company.number("SELECT sum(open) FROM item WHERE kind = 4"), -5_000);
    assert_eq!(company.number("SELECT count(*) FROM payment_step WHERE what = 'on account'"), 1);
    company.sound();
}

#[test]
fn a_wrong_payer_is_corrected_and_known_the_next_time() {
    let company = receiving(&[
        ("2026-03-13", 120_000, "Muster Holding", "Rechnung Februar"),
        ("2026-03-13", 30_000, "Muster Holding", "Rechnung Maerz"),
    ]);
    let mut desk = desk(&company);
    press(&mut desk, "<Enter>", 1);
    assert!(desk.shows("nobody is known by this payer"), "{}", shot(&desk));
    press(&mut desk, "P", 1);
    assert!(desk.shows("whose payment is it?"), "{}", shot(&desk));
    press(&mut desk, "<Esc>fhafen<Enter>", 8);
    assert!(desk.shows("K1 Hafen Handel AG  chosen by hand") && desk.shows("learn payer: yes"), "{}", shot(&desk));
    // The older invoice in full, the rest of the money for the next.
    press(&mut desk, "<Space>r", 2);
    assert!(desk.shows("left 1,200.00 - marked 1,200.00 = nothing left"), "{}", shot(&desk));
    press(&mut desk, "Py", 2);
    assert_eq!((company.open("INV-1"), company.open("INV-2"), company.left(1)), (0, 30_000, 0), "{}", shot(&desk));
    assert_eq!(company.number("SELECT count(*) FROM alias_change WHERE customer_id = 1 AND held = 1"), 2);
    // The same payer again: Bergmann has an item of just this amount, and still it is Hafen's.
    assert!(desk.shows("K1 Hafen Handel AG") && desk.shows("account known"), "{}", shot(&desk));
    company.sound();
}

#[test]
fn a_payment_of_two_customers_is_applied_in_two_parts() {
    let company = receiving(&[("2026-03-13", 130_000, "Hafen Handel AG", "INV-1 and the one of Bergmann")]);
    let mut desk = desk(&company);
    press(&mut desk, "<Enter>p", 2);
    assert!(desk.shows("300.00 stays in the queue"), "{}", shot(&desk));
    press(&mut desk, "Py", 2);
    assert_eq!((company.open("INV-1"), company.left(1)), (0, 30_000), "{}", shot(&desk));
    assert!(desk.shows("left of 1,300.00"), "the same payment stays: {}", shot(&desk));
    desk.keys("fbergmann<Enter>");
    press(&mut desk, "<Space>lPy", 4);
    assert_eq!((company.open("INV-3"), company.left(1)), (0, 0), "{}", shot(&desk));
    company.sound();
}

/// OCA/account-reconcile#991: every amount has its currency.
#[test]
fn foreign_money_stands_apart_and_pays_items_in_its_currency() {
    let mut company = Company::new();
    let usd = Currency::parse("USD").unwrap();
    company.act(Act::SetRate { currency: usd, from: day("2026-01-01"), rate: "0.90".into() });
    company.act(Act::PostDocument {
        kind: DocumentKind::Invoice,
        number: "INV-9".into(),
        customer: 2,
        date: day("2026-02-10"),
        terms: String::new(),
        due: None,
        currency: usd,
        amount: 40_000,
        reference: String::new(),
        order: String::new(),
        tax: Vec::new(),
    });
    company.act(Act::AddBankAccount { name: "Dollar".into(), number: "US77".into(), currency: usd });
    let mut arrived = entry("2026-03-13", 40_000, EntryKind::Receipt, 4, vec![paid(40_000, "Bergmann", "INV-9")]);
    arrived.currency = usd;
    let mut row = statement("2026/7", 0, vec![arrived]);
    (row.account, row.currency) = ("US77".into(), usd);
    company.take_in("u.xml", vec![row], false);
    let mut desk = desk(&company);
    assert!(desk.shows("1 payment, 400.00 USD waiting"), "{}", shot(&desk));
    press(&mut desk, "<Enter>Py", 3);
    assert_eq!((company.open("INV-9"), company.left(1)), (0, 0), "{}", shot(&desk));
    company.sound();
}

#[test]
fn a_statement_shows_what_became_of_its_payments_and_why() {
    let company =
        receiving(&[("2026-03-13", 100_000, "Hafen Handel AG", "INV-1"), ("2026-03-13", 700, "Finanzamt", "refund")]);
    let mut desk = desk(&company);
    desk.keys("<Enter>Pygs");
    assert!(desk.shows("1,007.00") && desk.shows("payer found 50%"), "{}", shot(&desk));
    draw_at_every_size(&mut desk);
    press(&mut desk, "<Enter>", 1);
    assert!(desk.shows("receipt R-") && desk.shows("waits"), "{}", shot(&desk));
    draw_at_every_size(&mut desk);
    press(&mut desk, "w", 1);
    assert!(desk.shows("by hand, Anna Berg on") && desk.shows("proposed: INV-1 named"), "{}", shot(&desk));
}

#[test]
fn a_return_opens_what_the_receipt_paid() {
    let mut company = receiving(&[("2026-03-10", 30_000, "Bergmann Werke", "INV-3")]);
    company.act(Act::ApplyPayment(Box::new(book::application(1, 30_000, 2, &[(3, 30_000, 0, 0, 0, "")]))));
    let back = entry("2026-03-15", -30_500, EntryKind::Return, 6, vec![paid(-30_500, "Bergmann Werke", "AM04")]);
    company.take_in("r.xml", vec![statement("2026/2", 30_000, vec![back])], false);
    let mut desk = desk(&company);
    press(&mut desk, "<Enter>", 1);
    assert!(desk.shows("B the bank took a receipt back"), "{}", shot(&desk));
    press(&mut desk, "P", 1);
    assert!(desk.said().contains("this money went out"), "{}", desk.said());
    press(&mut desk, "<Esc>B", 2);
    assert!(desk.shows("Which receipt does the bank take back?"), "{}", shot(&desk));
    press(&mut desk, "<Enter>y", 2);
    assert_eq!((company.open("INV-3"), company.left(2)), (30_000, 0), "{}", shot(&desk));
    assert_eq!(company.account(6200), 500);
    company.sound();
}

#[test]
fn what_was_entered_by_hand_is_only_confirmed() {
    let mut company = receiving(&[("2026-03-13", 30_000, "Bergmann Werke", "INV-3")]);
    company.act(Act::PostReceipt {
        customer: 2,
        reference: "HAND-1".into(),
        date: day("2026-03-12"),
        currency: Currency::EUR,
        amount: 30_000,
        method: "transfer".into(),
        text: String::new(),
        applied: vec![(3, 30_000)],
    });
    let mut desk = desk(&company);
    press(&mut desk, "<Enter>x", 2);
    assert!(desk.shows("It is HAND-1"), "{}", shot(&desk));
    press(&mut desk, "<Enter>y", 2);
    assert_eq!((company.left(1), company.account(1000)), (0, 0), "{}", shot(&desk));
    assert_eq!(company.number("SELECT count(*) FROM payment_step WHERE what = 'known'"), 1);
    company.sound();
}

#[test]
fn charges_and_transfers_pay_no_item() {
    let company = receiving(&[("2026-03-13", 700, "Finanzamt", "refund")]);
    let mut desk = desk(&company);
    press(&mut desk, "<Enter>xjj<Enter>y", 6);
    assert_eq!((company.left(1), company.account(1095)), (0, -700), "{}", shot(&desk));
    company.sound();
}

#[test]
fn two_payments_of_one_payer_pay_one_invoice_together() {
    let company = receiving(&[
        ("2026-03-13", 60_000, "Hafen Handel AG", "INV-1 first half"),
        ("2026-03-12", 40_000, "Hafen Handel AG", "INV-1 second half"),
    ]);
    let mut desk = desk(&company);
    press(&mut desk, "<Enter>a", 2);
    assert!(
        desk.shows("Which payment pays together with it?") && desk.shows("400.00 EUR of 12 Mar 26"),
        "{}",
        shot(&desk)
    );
    press(&mut desk, "<Enter>", 1);
    assert!(desk.shows("left 1,000.00  with 1 more"), "{}", shot(&desk));
    // Out again, and in.
    press(&mut desk, "a<Enter>a<Enter>", 4);
    // What came in goes on the item under the cursor.
    press(&mut desk, "r", 1);
    assert!(desk.shows("marked 1,000.00"), "{}", shot(&desk));
    desk.keys("P");
    assert!(desk.shows("1 more payment of this payer, 400.00 EUR, in the same act"), "{}", shot(&desk));
    press(&mut desk, "y", 1);
    assert_eq!((company.left(1), company.left(2), company.open("INV-1")), (0, 0, 0), "{}", shot(&desk));
    assert!(desk.said().starts_with("Applied 1,000.00 EUR of 2 payments to 1 item"), "{}", desk.said());
    press(&mut desk, "u", 1);
    assert_eq!((company.left(1), company.left(2), company.open("INV-1")), (60_000, 40_000, 100_000));
    company.sound();
}

#[test]
fn every_size_shows_something_and_no_key_means_two_things() {
    let company =
        receiving(&[("2026-03-13", 29_000, "Bergmann Werke", "INV-3 less damage"), ("2026-03-13", 700, "", "")]);
    let mut desk = desk(&company);
    draw_at_every_size(&mut desk);
    desk.keys("<Enter>");
    draw_at_every_size(&mut desk);
    if std::env::var_os("O2C_TELL").is_some() {
        println!("{}", shot(&desk));
        println!("{}", shot(desk_at(&company, (140, 45)).keys("<Enter>")));
    }
    desk.keys("E");
    draw_at_every_size(&mut desk);
    desk.keys("<Esc>J=");
    draw_at_every_size(&mut desk);
    // Two keys are the deck's own: what they are elsewhere is behind `E` here.
    let own = |row: &&Command| !["why", "arithmetic"].contains(&row.id);
    let rows: Vec<Command> = GLOBAL.iter().filter(own).chain(cash_deck::COMMANDS).copied().collect();
    assert_eq!(conflicts(&rows), Vec::<String>::new());
    for row in cash_deck::COMMANDS {
        assert!(row.help.ends_with('.') && row.help.len() <= 70 && row.title.len() <= 18, "{}", row.id);
    }
}

#[test]
fn the_rules_are_refused_while_payments_are_marked() {
    let company = receiving(&[
        ("2026-03-13", 100_000, "Hafen Handel AG", "INV-1"),
        ("2026-03-13", 30_000, "Bergmann Werke", "INV-3"),
        ("2026-03-13", 12_300, "Somebody", "nothing"),
    ]);
    let mut desk = desk(&company);
    assert!(desk.line(-1).contains("A apply by rules"), "{}", shot(&desk));
    press(&mut desk, "<Space><Space>", 2);
    assert!(!desk.line(-1).contains("apply by rules"), "{}", shot(&desk));
    press(&mut desk, "A", 1);
    assert!(desk.said().contains("it takes all of them, not only those marked"), "{}", desk.said());
    press(&mut desk, "<Esc><Esc>A", 3);
    assert!(!desk.said().contains("those marked"), "{}", desk.said());
    // Today says that money came which nobody has looked at.
    press(&mut desk, "<Esc>gt", 3);
    assert!(desk.shows("3 cash (g b)"), "{}", shot(&desk));
}

#[test]
fn today_does_not_send_to_the_telephone_who_has_paid() {
    let company = receiving(&[("2026-03-13", 100_000, "HAFEN HANDEL AG", "our account"), ("2026-03-13", 500, "X", "")]);
    let mut desk = desk(&company);
    press(&mut desk, "gt", 2);
    let row = |desk: &Harness, name: &str| desk.screen().into_iter().find(|line| line.contains(name)).unwrap();
    assert!(row(&desk, "Hafen Handel").trim_end().ends_with("cash"), "{}", shot(&desk));
    assert!(desk.screen().iter().filter(|line| line.trim_end().ends_with(" cash")).count() == 1, "{}", shot(&desk));
    assert!(desk.shows("waits 1,000.00 EUR"), "{}", shot(&desk));
    press(&mut desk, "w", 1);
    assert!(desk.shows("in all; next step: cash"), "{}", shot(&desk));
    // Once it is applied nothing of it waits any more.
    press(&mut desk, "<Esc>gb<Enter><Space>Py", 7);
    assert_eq!(company.left(1), 0, "{}", shot(&desk));
    press(&mut desk, "gta", 3);
    assert!(!desk.shows("waits 1,000.00"), "{}", shot(&desk));
}

#[test]
fn the_review_says_what_becomes_of_a_dispute() {
    let mut company = receiving(&[("2026-03-13", 100_000, "Hafen Handel AG", "INV-1")]);
    let item =
        company.number("SELECT i.id FROM item i JOIN document d ON d.id = i.document_id WHERE d.number = 'INV-1'");
    company.act(Act::OpenDispute { item, amount: 40_000, reason: "price".into(), text: String::new() });
    let mut desk = desk(&company);
    desk.keys("<Enter>");
    if !desk.shows("nothing left") {
        desk.keys("<Space>");
    }
    desk.keys("P");
    assert!(desk.shows("the dispute of 400.00 EUR on INV-1 ends: paid"), "{}", shot(&desk));
}
