//! What the cash clerk leaves to rules and to others, by key: the matching rules over the whole queue, money sent back,
//! rules for what the bank's codes do not settle, and what looks paid twice.

#[path = "cash/book.rs"]
#[allow(dead_code)]
mod book;
#[path = "cash/desk.rs"]
#[allow(dead_code)]
mod desk;
#[path = "rigs/journey.rs"]
#[allow(dead_code)]
mod journey;

use book::{Company, entry, paid, statement};
use desk::{desk, press, receiving, shot};
use journey::draw_at_every_size;
use o2c::acts::{self, Act, Actor, Done, Failure, Mode, Request};
use o2c::domain::bank::EntryKind;
use o2c::domain::document::DocumentKind;
use o2c::store::people::CustomerData;
use o2c::store::requests;
use o2c::store::schema::hex;

#[test]
fn the_rules_are_looked_at_first_and_then_applied_to_all() {
    let company = receiving(&[
        ("2026-03-13", 100_000, "Hafen Handel AG", "INV-1"),
        ("2026-03-13", 30_000, "Bergmann Werke", "INV-3"),
        ("2026-03-13", 700, "Finanzamt", "refund"),
    ]);
    let mut desk = desk(&company);
    press(&mut desk, "A", 1);
    assert!(desk.shows("3 payments not settled, 1,307.00 EUR"), "{}", shot(&desk));
    assert!(desk.shows("apply 2 of 3, 1,300.00 EUR, by anna"), "{}", shot(&desk));
    assert!(desk.shows("1 waits for a person:") && desk.shows("1: payer not known"), "{}", shot(&desk));
    assert_eq!((company.left(1), company.number("SELECT count(*) FROM bank_payment WHERE why <> ''")), (100_000, 0));
    press(&mut desk, "<Enter>", 1);
    assert_eq!(company.left(1), 100_000, "Enter alone applies nothing");
    press(&mut desk, "Ay", 2);
    assert_eq!((company.left(1), company.left(2), company.left(3)), (0, 0, 700), "{}", shot(&desk));
    assert_eq!(desk.said(), "Applied 2 of 3 payments, 1,300.00 EUR; u undoes");
    assert!(desk.shows("1 payment, 7.00 EUR waiting") && desk.shows("payer not known"), "{}", shot(&desk));
    company.sound();
    press(&mut desk, "u", 1);
    assert_eq!((company.left(1), company.left(2), company.open("INV-1")), (100_000, 30_000, 100_000));
    company.sound();
}

#[test]
fn a_run_goes_on_behind_the_screen_and_is_stopped_by_the_same_key() {
    let company = receiving(&[
        ("2026-03-13", 100_000, "Hafen Handel AG", "INV-1"),
        ("2026-03-13", 30_000, "Bergmann Werke", "INV-3"),
    ]);
    let mut desk = desk(&company);
    // Stopped while it looks: no review comes up.
    desk.meanwhile.push_back("A".to_owned());
    press(&mut desk, "A", 1);
    assert_eq!(desk.said(), "stopped; nothing was applied");
    // Stopped before the first batch is posted; meanwhile the list is worked in and left.
    desk.meanwhile.extend([String::new(), "jA".to_owned()]);
    press(&mut desk, "Ay", 2);
    assert!(desk.frames[2].contains("applying by the rules: 2 of"), "{}", desk.frames[2]);
    assert_eq!(desk.said(), "Stopped: applied 0 of 2 payments");
    assert_eq!((company.left(1), company.left(2)), (100_000, 30_000));
    // Whoever went elsewhere meanwhile is told there.
    desk.meanwhile.push_back("gs".to_owned());
    press(&mut desk, "A", 1);
    assert!(desk.frames[3].contains("asking the rules: 2 of 2") && desk.frames[3].contains("STATEMENT"));
    assert_eq!(desk.said(), "the rules would apply 2 of 2; A on Cash shows them");
    press(&mut desk, ":halt<Enter>", 6);
    assert!(desk.said().contains("nothing is running behind the screens"), "{}", desk.said());
    company.sound();
}

/// A second person who approves.
fn with_an_approver(company: &mut Company) {
    let roles = vec!["approver".to_owned()];
    let act = Act::AddPerson { login: "eve".into(), name: "Eve Novak".into(), roles, department: String::new() };
    company.act(act);
}

/// Eve approves what was asked for last.
fn approve(company: &Company) -> Result<Done, Failure> {
    let last = requests::newest(&company.conn).unwrap().unwrap();
    let act = Act::Approve { request: last.id, hash: hex(&last.hash), text: String::new() };
    acts::perform(&company.conn, &Actor::new("eve", "tui"), company.stamp(), &Request::new(act), Mode::Post)
}

#[test]
fn money_is_sent_back_once_a_second_person_approves() {
    let mut company = receiving(&[("2026-03-13", 35_000, "Bergmann Werke", "paid by mistake")]);
    with_an_approver(&mut company);
    let mut desk = desk(&company);
    press(&mut desk, "<Enter>F", 2);
    assert!(
        desk.shows("Refund to Bergmann Werke") && desk.shows("350.00 EUR of 350.00 EUR not settled"),
        "{}",
        shot(&desk)
    );
    assert!(desk.shows("a second person approves it before any money goes out"), "{}", shot(&desk));
    draw_at_every_size(&mut desk);
    // Without a reason it goes nowhere; with more than there is neither.
    press(&mut desk, "<Enter>", 1);
    assert!(desk.shows("say why"), "{}", shot(&desk));
    press(&mut desk, "mistake<Enter>", 8);
    assert!(desk.shows("NEEDS A SECOND PERSON") && desk.shows("send 350.00 EUR back"), "{}", shot(&desk));
    press(&mut desk, "y", 1);
    assert_eq!(company.left(1), 35_000, "nothing is posted before it is approved");
    assert!(desk.shows("refund asked for (A-"), "the payment says so: {}", shot(&desk));
    press(&mut desk, "F", 1);
    assert!(desk.said().contains("was asked for as A-"), "{}", desk.said());
    press(&mut desk, "<Esc><Esc>", 2);
    assert!(desk.shows("refund asked for (A-"), "and so does the queue: {}", shot(&desk));
    // The rules leave it alone meanwhile.
    press(&mut desk, "A", 1);
    assert!(desk.shows("apply nothing"), "{}", shot(&desk));
    press(&mut desk, "<Esc>", 1);
    approve(&company).unwrap();
    assert_eq!((company.left(1), company.number("SELECT amount FROM document WHERE kind = 6")), (0, 35_000));
    assert_eq!(company.number("SELECT count(*) FROM item WHERE open <> 0 AND kind IN (4, 6)"), 0);
    company.sound();
    let act = company.number("SELECT max(id) FROM act");
    company.act(Act::Undo { act });
    assert_eq!(company.left(1), 35_000);
}

#[test]
fn a_part_is_sent_back_and_not_what_was_settled_meanwhile() {
    let mut company = receiving(&[
        ("2026-03-13", 35_000, "Bergmann Werke", "INV-3 and too much"),
        ("2026-03-13", 5_000, "Bergmann Werke", "thanks"),
    ]);
    with_an_approver(&mut company);
    let mut desk = desk(&company);
    press(&mut desk, "<Enter>F<Up>50<Down>twice<Enter>y", 13);
    assert!(desk.said().contains("Sent for approval"), "{}", desk.said());
    approve(&company).unwrap();
    assert_eq!(company.left(1), 30_000);
    company.sound();
    // Asked for, and then settled by somebody: the request is void.
    press(&mut desk, "RJFtwice<Enter>y", 10);
    assert!(desk.said().contains("Sent for approval"), "{}", desk.said());
    press(&mut desk, "xj<Enter>y", 4);
    assert_eq!(company.left(2), 0, "{}", shot(&desk));
    assert!(matches!(approve(&company), Err(Failure::Refused { code: "AUT-04", .. })));
    company.sound();
}

#[test]
fn a_payment_that_waits_is_opened_from_its_statement_and_left_to_its_line() {
    let company = receiving(&[
        ("2026-03-13", 100_000, "Hafen Handel AG", "INV-1"),
        ("2026-03-13", 700, "Finanzamt", "tax"),
        ("2026-03-13", 30_000, "Bergmann Werke", "INV-3"),
    ]);
    let mut desk = desk(&company);
    press(&mut desk, "gs<Enter>jj<Enter>", 6);
    assert!(desk.shows("K2 Bergmann Werke") && desk.shows("1 of 1"), "just that payment: {}", shot(&desk));
    press(&mut desk, "<Esc>", 1);
    press(&mut desk, "w", 1);
    assert!(desk.shows("300.00 EUR waits"), "the cursor is on its line: {}", shot(&desk));
    press(&mut desk, "<Esc><Enter>Py", 4);
    assert_eq!((company.left(3), company.left(1)), (0, 100_000), "{}", shot(&desk));
    assert!(desk.shows("Esc goes back and shows what still waits"), "{}", shot(&desk));
    press(&mut desk, "<Esc>", 1);
    assert!(desk.shows("receipt R-1"), "{}", shot(&desk));
    press(&mut desk, "<Enter>", 1);
    assert!(desk.shows("R-1"), "what is settled opens its document: {}", shot(&desk));
    company.sound();
}

#[test]
fn a_receipt_in_the_timeline_says_by_which_rule_it_was_applied() {
    let company = receiving(&[("2026-03-13", 30_000, "Bergmann Werke", "INV-3")]);
    let mut desk = desk(&company);
    press(&mut desk, "AygoK2<Enter>", 7);
    for _ in 0..6 {
        if !desk.shows("[Timeline]") {
            desk.keys("<Tab>");
        }
    }
    desk.keys("/payment<Enter>w");
    assert!(desk.shows("rule \"") && desk.shows("% sure"), "{}", shot(&desk));
    assert!(desk.shows("on the evidence: INV-3 named; sum equals the receipt"), "{}", shot(&desk));
}

#[test]
fn a_rule_is_made_of_an_entry_and_settles_the_next_file() {
    let mut company = receiving(&[("2026-03-13", 30_000, "Bergmann Werke", "INV-3")]);
    let odd = |on, mark, amount, text| entry(on, amount, EntryKind::Other, mark, vec![paid(amount, "", text)]);
    let fee = |on, mark| odd(on, mark, -1_250, "KONTOFUEHRUNG 03/2026");
    company.take_in("b.xml", vec![statement("2026/2", 30_000, vec![fee("2026-03-14", 40)])], false);
    let mut desk = desk(&company);
    press(&mut desk, "gs<Enter>r", 4);
    assert!(desk.shows("KONTOFUEHRUNG 03/2026") && desk.shows("only Main"), "{}", shot(&desk));
    draw_at_every_size(&mut desk);
    press(&mut desk, "<BS><BS><BS><BS><BS><BS><BS><BS><Enter><Enter><Enter>", 11);
    assert!(desk.shows("it would have met 1 entry so far:") && desk.shows("a charge of the bank"), "{}", shot(&desk));
    press(&mut desk, "y", 1);
    assert!(desk.said().contains("From the next file on"), "{}", desk.said());
    assert_eq!(company.left(2), -1_250, "what was booked stays");
    let entries = vec![fee("2026-03-15", 41), odd("2026-03-15", 42, -900, "Miete")];
    company.take_in("c.xml", vec![statement("2026/3", 28_750, entries)], false);
    assert_eq!((company.left(3), company.left(4), company.account(6200)), (0, -900, 1_250));
    let by = "SELECT count(*) FROM payment_step WHERE rule = 'bank rule' AND evidence LIKE '%KONTOFUEHRUNG%'";
    assert_eq!(company.number(by), 1);
    company.sound();
    // The rule goes with the act that made it.
    press(&mut desk, "u", 1);
    company.take_in("d.xml", vec![statement("2026/4", 26_600, vec![fee("2026-03-16", 43)])], false);
    assert_eq!(company.left(5), -1_250);
    company.sound();
}

/// frappe/erpnext#36393, metasfresh/metasfresh PR#25498: what looks paid twice is booked, and says what it looks like.
#[test]
fn what_looks_paid_twice_waits_and_says_so() {
    let mut company = receiving(&[("2026-03-03", 30_000, "Bergmann Werke", "rent INV-3")]);
    company.document(DocumentKind::Invoice, "INV-4", 2, "2026-02-21", 30_000);
    let mut desk = desk(&company);
    press(&mut desk, "Ay", 2);
    assert_eq!(company.left(1), 0, "{}", shot(&desk));
    let again = |on, mark, payer, text| entry(on, 30_000, EntryKind::Receipt, mark, vec![paid(30_000, payer, text)]);
    let entries = vec![
        again("2026-03-10", 50, "Bergmann Werke", "rent INV-3"),
        again("2026-03-10", 51, "Bergmann Werke", "rent INV-4"),
        again("2026-03-10", 52, "Hafen Handel AG", "rent INV-3"),
    ];
    company.take_in("b.xml", vec![statement("2026/2", 30_000, entries)], false);
    press(&mut desk, "RAy", 3);
    assert_eq!((company.left(2), company.left(3)), (30_000, 0), "{}", shot(&desk));
    assert!(desk.shows("looks like payment 1 of 3 Mar 2026"), "{}", shot(&desk));
    let twins = "SELECT count(*) FROM bank_payment WHERE why LIKE 'looks like payment%'";
    assert_eq!(company.number(twins), 1, "neither another payer's nor another reference");
    company.sound();
    // After so many days it is another one.
    let later = again("2026-03-25", 53, "Bergmann Werke", "rent INV-3");
    company.take_in("c.xml", vec![statement("2026/3", 120_000, vec![later])], false);
    press(&mut desk, "RAy", 3);
    assert_eq!(company.number(twins), 1, "{}", shot(&desk));
}

#[test]
fn a_payment_for_a_member_of_the_group_says_for_whom() {
    let mut company = receiving(&[("2026-03-13", 30_000, "Hafen Handel AG", "INV-3")]);
    for (id, version) in [(1, 1), (2, 1)] {
        let (number, name) = if id == 1 { ("K1", "Hafen Handel AG") } else { ("K2", "Bergmann Werke") };
        let data = CustomerData {
            number: number.into(),
            name: name.into(),
            group: "Nord".into(),
            currency: "EUR".into(),
            terms: "2/10 net 30".into(),
            ..CustomerData::default()
        };
        company.act(Act::SetCustomer { customer: Some(id), version, data });
    }
    let mut desk = desk(&company);
    press(&mut desk, "<Enter>", 1);
    assert!(desk.shows("K2 Bergmann Werke") && desk.shows("for group Nord"), "{}", shot(&desk));
    assert!(desk.shows("learn payer: no"), "the account stays Hafen's: {}", shot(&desk));
    press(&mut desk, "<Esc>Ay", 3);
    assert_eq!((company.left(1), company.open("INV-3")), (0, 0), "{}", shot(&desk));
    let said = "SELECT count(*) FROM payment_step WHERE evidence LIKE '%for group Nord'";
    assert_eq!(company.number(said), 1);
    company.sound();
}
