//! The screens of authority and evidence by keyboard: a request is asked for, approved, rejected, taken back, expires or
//! becomes void; people and months are changed; the log is verified. Keys go in, the screen and the book come out.

mod rigs;

use std::collections::BTreeSet;

use o2c::acts::Act;
use o2c::domain::authority::Role;
use o2c::domain::limits::LimitKind;
use o2c::tui::app::Ctx;
use o2c::tui::app::harness::Harness;
use o2c::tui::app::tables::{GLOBAL, LIST, conflicts};
use o2c::tui::screens::{approvals, audit, months, people};
use rigs::journey::{TestBook, day, draw_at_every_size, today};

/// A customer with one large invoice. `me` may do nearly everything up to 25,000, `jk` is controller and approver, `cl`
/// a clerk who only collects.
struct World {
    book: TestBook,
    customer: i64,
    item: i64,
}

fn world() -> World {
    let book = TestBook::new();
    let customer = book.customer("10041", "Nordwind Logistik GmbH", 30_000, 50);
    let item = book.invoice(customer, "INV-1", "2026-01-28", 4_000_000);
    let roles = vec!["collector".to_owned()];
    book.act(
        day("2025-01-02"),
        Act::AddPerson { login: "cl".into(), name: "Cleo Lang".into(), roles, department: String::new() },
    );
    World { book, customer, item }
}

impl World {
    /// What this person's terminal shows of a place.
    fn session(&self, login: &str, place: &str) -> Harness {
        let roles = self.book.reader();
        let person = o2c::store::read::book::person(&roles, login).expect("the book").expect("a person");
        let rights: BTreeSet<_> = person.held().iter().flat_map(|role: &Role| role.rights()).copied().collect();
        let ctx = Ctx { user: login.to_owned(), rights: Some(rights), ..self.book.ctx() };
        self.book.open_with(place, ctx)
    }

    /// `me` asks to write off 30,000.00 on a day, which is beyond 25,000.
    fn ask(&self, on: &str) {
        let act = Act::WriteOff { item: self.item, amount: 3_000_000, date: day(on), reason: "insolvent".into() };
        let asked = self.book.ask("me", day(on), act);
        assert!(asked.asked, "{}", asked.summary);
    }

    fn open(&self) -> i64 {
        self.book.number(&format!("SELECT open FROM item WHERE id = {}", self.item))
    }

    fn state(&self, request: &str) -> String {
        self.book.text(&format!("SELECT state FROM request WHERE number = '{request}'"))
    }
}

/// The number of the request asked for last.
fn last(world: &World) -> String {
    world.book.text("SELECT number FROM request ORDER BY id DESC LIMIT 1")
}

#[test]
fn an_approver_reads_what_changes_and_approves_exactly_that() {
    let world = world();
    world.ask("2026-03-16");
    let number = last(&world);
    let mut today_of_jan = world.session("jk", "today");
    assert!(today_of_jan.shows("1 to approve (g v)"), "{:#?}", today_of_jan.screen());
    let desk = world.session("jk", "desk");
    assert!(desk.shows("1 to approve (g v)"), "{:#?}", desk.screen());
    today_of_jan.keys("g v");
    let mut h = today_of_jan;
    let screen = h.screen().join("\n");
    for part in [&number, "decide", "Mia Ellis", "Post write-off", "30,000.00", "why write-offs above 25,000.00 EUR"] {
        assert!(screen.contains(part), "{part}\n{screen}");
    }
    assert!(screen.contains("open amount: 40,000.00 EUR -> 10,000.00 EUR"), "{screen}");
    assert!(screen.contains("1 for you to decide") && screen.contains("it is for you"), "{screen}");
    h.keys("<Enter>");
    assert!(h.shows("nothing is posted until"), "{:#?}", h.screen());
    h.keys("<PgDn>");
    assert!(h.shows("HASH OF WHAT IS ASKED FOR"), "{:#?}", h.screen());
    h.keys("<Esc>w");
    assert!(h.shows("needs a second person because"), "{:#?}", h.screen());
    h.keys("<Esc>=");
    assert!(h.shows("counts against limits: 30,000.00 EUR"), "{:#?}", h.screen());
    h.keys("<Esc>A");
    let review = h.screen().join("\n");
    for part in
        ["open amount: 40,000.00 EUR", "open amount: 10,000.00 EUR", "asked by Mia Ellis", "[Cancel]  y goes ahead"]
    {
        assert!(review.contains(part), "{part}\n{review}");
    }
    h.keys("<Enter>");
    assert_eq!((world.open(), world.state(&number).as_str()), (4_000_000, "waiting"), "Enter cancels");
    h.keys("Ay");
    assert!(h.said().starts_with(&format!("Approved {number} of Mia Ellis")), "{}", h.said());
    assert_eq!((world.open(), world.state(&number).as_str()), (1_000_000, "approved"));
    assert!(h.shows("Nothing waits for a second person."), "{:#?}", h.screen());
    h.keys("/state:approved<Enter>");
    assert!(h.shows(&number) && h.shows("approved by Jan Kos on 16 Mar 26"), "{:#?}", h.screen());
    h.keys("A");
    assert!(h.said().contains("it was approved by Jan Kos"), "{}", h.said());
    h.keys("<Esc>g t");
    assert!(!h.shows("to approve"), "{:#?}", h.screen());
}

#[test]
fn a_rejection_takes_a_reason_which_the_maker_reads() {
    let world = world();
    world.ask("2026-03-16");
    let number = last(&world);
    let mut h = world.session("jk", "approvals");
    h.keys("X<Enter>");
    assert!(h.shows("say why; whoever asked reads it"), "{:#?}", h.screen());
    h.keys("ask<Space>the<Space>insurer<Enter>");
    assert_eq!((world.state(&number).as_str(), world.open()), ("rejected", 4_000_000), "{}", h.said());
    let mut maker = world.session("me", "approvals");
    maker.keys("/state:rejected<Enter>");
    assert!(maker.shows("rejected by Jan Kos on 16 Mar 26: ask the insurer"), "{:#?}", maker.screen());
}

#[test]
fn the_own_request_is_refused_to_its_maker_who_takes_it_back() {
    let world = world();
    world.ask("2026-03-16");
    let number = last(&world);
    let mut h = world.session("me", "approvals");
    assert!(h.shows("own") && h.shows("may approve: Jan Kos"), "{:#?}", h.screen());
    let hints = h.line(-1);
    assert!(!hints.contains("A approve") && hints.contains("W take back"), "{hints}");
    h.keys("A");
    assert!(h.said().contains("you asked for") && h.said().contains("somebody else must decide it"), "{}", h.said());
    h.keys("<Esc>X");
    assert!(h.said().contains("W takes it back"), "{}", h.said());
    h.keys("<Esc>W");
    assert!(h.shows(&format!("Take {number} back")), "{:#?}", h.screen());
    h.keys("<Enter>");
    assert_eq!(world.state(&number), "withdrawn", "{}", h.said());
    assert!(h.shows("Nothing waits for a second person."), "{:#?}", h.screen());
}

#[test]
fn who_has_not_the_right_is_told_so_before_anything() {
    let world = world();
    world.ask("2026-03-16");
    let mut h = world.session("cl", "approvals");
    assert!(h.shows("0 for you to decide") && h.shows("waits"), "{:#?}", h.screen());
    h.keys("A");
    assert!(h.said().contains("needs the right to approve what others ask for"), "{}", h.said());
    h.keys("<Esc>X");
    assert!(h.said().contains("needs the right to approve what others ask for"), "{}", h.said());
    let h = world.session("cl", "today");
    assert!(!h.shows("to approve"), "{:#?}", h.screen());
}

#[test]
fn an_amount_beyond_ones_own_limit_is_told_before_anything() {
    let world = world();
    let limit = Act::SetLimit { login: "jk".into(), kind: LimitKind::Approval, amount: Some(1_000_000) };
    let set = world.book.ask("me", today(), limit);
    assert!(!set.asked, "nobody else may manage users, so the limit is set at once and noted");
    world.ask("2026-03-16");
    let mut h = world.session("jk", "approvals");
    h.keys("A");
    assert!(h.said().contains("it is beyond the 10,000.00 EUR you may approve"), "{}", h.said());
    h.keys("<Esc>X");
    assert!(h.shows("Reject "), "saying no takes the right, not the amount\n{:#?}", h.screen());
}

#[test]
fn a_request_whose_ground_has_moved_is_void_and_the_review_says_so() {
    let world = world();
    world.ask("2026-03-16");
    let mut h = world.session("jk", "approvals");
    let little = Act::WriteOff { item: world.item, amount: 100, date: today(), reason: "rounding".into() };
    world.book.ask("jk", today(), little);
    h.keys("A");
    assert!(h.shows("WOULD BE REFUSED") && h.shows("void. Jan Kos"), "{:#?}", h.screen());
    h.keys("y");
    assert!(h.said().starts_with("[AUT-04]"), "{}", h.said());
    assert_eq!(world.open(), 3_999_900);
}

#[test]
fn a_request_that_is_void_already_is_for_nobody_to_decide() {
    let world = world();
    world.ask("2026-03-16");
    let little = Act::WriteOff { item: world.item, amount: 100, date: today(), reason: "rounding".into() };
    world.book.ask("jk", today(), little);
    let mut h = world.session("jk", "approvals");
    assert!(h.shows("void") && h.shows("0 for you to decide"), "{:#?}", h.screen());
    h.keys("A");
    assert!(h.said().contains("changed since"), "{}", h.said());
    h.keys("<Esc>g t");
    assert!(!h.shows("to approve"), "{:#?}", h.screen());
}

#[test]
fn an_expired_request_says_so_and_is_nobodys_to_decide() {
    let world = world();
    world.ask("2026-02-20");
    let mut h = world.session("jk", "approvals");
    assert!(h.shows("expired") && h.shows("0 for you to decide"), "{:#?}", h.screen());
    h.keys("A");
    assert!(h.said().contains("it expired on 2026-03-06"), "{}", h.said());
    h.keys("<Esc>g t");
    assert!(!h.shows("to approve"), "{:#?}", h.screen());
}

#[test]
fn a_write_off_beyond_the_limit_says_before_and_after_that_it_waits() {
    let world = world();
    let mut h = world.session("jk", "today");
    h.keys("W30000<Enter>insolvent<Enter>");
    let review = h.screen().join("\n");
    for part in ["NEEDS A SECOND PERSON", "write-offs above 25,000.00 EUR", "[Cancel]  y sends it for approval"] {
        assert!(review.contains(part), "{part}\n{review}");
    }
    h.keys("y");
    let number = last(&world);
    assert!(h.said().starts_with(&format!("Sent for approval as {number}, not posted:")), "{}", h.said());
    assert_eq!(world.open(), 4_000_000, "nothing is posted");
    h.resize(140, 45);
    assert!(h.shows(&format!("{number} for approval, not posted")), "the customer says it waits\n{:#?}", h.screen());
    h.keys("<Enter>");
    assert!(h.shows(&format!("{number} for approval, not posted")), "so does the deck\n{:#?}", h.screen());
    h.resize(80, 24);
    h.keys("u");
    assert_eq!(world.state(&number), "withdrawn", "{}", h.said());
}

#[test]
fn a_write_off_within_the_limit_surprises_nobody() {
    let world = world();
    let mut h = world.session("jk", "today");
    h.keys("W100<Enter>rounding<Enter>");
    assert!(!h.shows("NEEDS A SECOND PERSON") && h.shows("y goes ahead"), "{:#?}", h.screen());
    h.keys("y");
    assert_eq!(world.open(), 3_990_000, "{}", h.said());
}

#[test]
fn a_person_is_added_given_a_role_a_limit_and_shut_out() {
    let world = world();
    let mut h = world.session("me", "people");
    assert!(h.shows("Cleo Lang") && h.shows("with duties that clash!"), "{:#?}", h.screen());
    h.keys("anora<Enter>Nora<Space>Voss<Enter><Enter><Enter>");
    assert!(h.said().starts_with("Added Nora Voss (nora) as collector"), "{}", h.said());
    assert!(h.shows("nora"), "{:#?}", h.screen());
    h.keys("/nora<Enter>r");
    assert!(h.shows("nora has it: Enter takes it"), "{:#?}", h.screen());
    h.keys("su<Enter><Enter>");
    assert!(h.said().starts_with("Gave the role supervisor to Nora Voss"), "{}", h.said());
    h.keys("b<Enter>2500<Enter>");
    assert!(h.said().contains("Limit of Nora Voss"), "{}", h.said());
    h.keys("d<Right><Enter>");
    assert!(h.said().starts_with("Moved Nora Voss to"), "{}", h.said());
    h.keys("<Enter>");
    assert!(h.shows("LIMITS IN EUR") && h.shows("2,500.00 *"), "{:#?}", h.screen());
    h.keys("<Esc>x<Enter>");
    assert!(h.said().starts_with("Shut Nora Voss out"), "{}", h.said());
    assert!(h.shows("shut out"), "{:#?}", h.screen());
    let mut clerk = world.session("cl", "people");
    clerk.keys("a");
    assert!(clerk.said().contains("needs the right to manage users"), "{}", clerk.said());
}

#[test]
fn roles_that_clash_are_refused_until_somebody_says_why() {
    let world = world();
    let mut h = world.session("me", "people");
    h.keys("/jk<Enter>rcc");
    assert!(h.shows("clash: \"post receipts\" and \"write off\""), "{:#?}", h.screen());
    h.keys("<Enter><Enter>");
    assert!(h.said().starts_with("[AUT-08]"), "{}", h.said());
}

#[test]
fn authority_is_lent_to_somebody_and_ended() {
    let world = world();
    world.ask("2026-03-16");
    let mut h = world.session("jk", "people");
    h.keys("/cl<Enter>p<Enter>");
    assert!(h.said().starts_with("Cleo Lang may approve for Jan Kos"), "{}", h.said());
    let mut clerk = world.session("cl", "approvals");
    assert!(clerk.shows("1 for you to decide"), "{:#?}", clerk.screen());
    h.keys("p<Enter>");
    assert!(h.said().contains("no longer approves for Jan Kos"), "{}", h.said());
    clerk.keys("R");
    assert!(clerk.shows("0 for you to decide"), "{:#?}", clerk.screen());
}

#[test]
fn a_month_is_closed_after_a_review_and_opened_again_by_two() {
    let world = world();
    let mut h = world.session("jk", "months");
    assert!(h.shows("2026-03") && h.shows("not over"), "{:#?}", h.screen());
    h.keys("C");
    assert!(h.said().contains("2026-03 is not over yet"), "{}", h.said());
    h.keys("<Esc>jC");
    assert!(h.shows("Close 2026-02") && h.shows("nothing can be posted with a date up to"), "{:#?}", h.screen());
    h.keys("y");
    assert!(h.said().starts_with("Closed 2026-02"), "{}", h.said());
    assert!(h.shows("closed") && h.shows("Jan Kos"), "{:#?}", h.screen());
    h.keys("C");
    assert!(h.said().contains("2026-02 is closed already"), "{}", h.said());
    h.keys("<Esc>Olate<Space>invoice<Enter>");
    assert!(h.shows("NEEDS A SECOND PERSON"), "{:#?}", h.screen());
    h.keys("y");
    assert!(h.said().starts_with("Sent for approval as"), "{}", h.said());
    let mut other = world.session("me", "approvals");
    other.keys("Ay");
    assert!(other.said().starts_with("Approved"), "{}", other.said());
    h.keys("R");
    assert!(h.shows("opened again"), "{:#?}", h.screen());
}

#[test]
fn a_customer_is_edited_and_what_is_sensitive_waits() {
    let world = world();
    let ctx = world.book.ctx();
    let account = o2c::tui::screens::account::Account::of(world.customer);
    let mut h = world.book.start(Box::new(account), ctx);
    h.keys("E");
    assert!(h.shows("credit limit") && h.shows("bank account"), "{:#?}", h.screen());
    h.keys("<C-u>Ina<Space>Brandt<Up><Up><Enter>");
    assert!(h.shows("contact: I. Brandt") && h.shows("contact: Ina Brandt"), "{:#?}", h.screen());
    assert!(!h.shows("NEEDS A SECOND PERSON"), "{:#?}", h.screen());
    h.keys("y");
    let contact = || world.book.text("SELECT contact FROM customer WHERE number = '10041'");
    assert_eq!(contact(), "Ina Brandt", "{}", h.said());
    h.keys("E<Down><Down><C-u>pay@fraud.example<Up><Up><Up><Up><Enter>");
    assert!(h.shows("NEEDS A SECOND PERSON") && h.shows("e-mail: pay@fraud.example"), "{:#?}", h.screen());
    h.keys("y");
    assert!(h.said().starts_with("Sent for approval as"), "{}", h.said());
    assert_eq!(world.book.text("SELECT email FROM customer WHERE number = '10041'"), "ap@10041.example");
    let mut clerk = world.session("cl", "customers");
    clerk.keys("<Enter>E");
    assert!(clerk.said().contains("needs the right to change customers"), "{}", clerk.said());
}

#[test]
fn a_biller_posts_an_invoice_without_leaving_the_screen() {
    let world = world();
    let account = o2c::tui::screens::account::Account::of(world.customer);
    let mut h = world.book.start(Box::new(account), world.book.ctx());
    h.keys("NR-7<Enter>2.3.<Enter>");
    h.keys("<C-u>2/10<Space>net<Space>30<Enter>500<Enter>");
    assert!(h.shows("500.00 EUR"), "{:#?}", h.screen());
    h.keys("PO-9<Enter><Enter><Enter>");
    for part in ["Invoice R-7 to Nordwind", "owes 40,000.00 EUR", "due ", "owes 40,500.00 EUR"] {
        assert!(h.shows(part), "{part}: {:#?}", h.screen());
    }
    assert_eq!(world.book.number("SELECT count(*) FROM document WHERE number = 'R-7'"), 0, "nothing before the y");
    h.keys("y");
    assert!(h.said().starts_with("Posted invoice R-7") && h.said().ends_with("u undoes"), "{}", h.said());
    let row = "SELECT d.document_date || ' ' || i.due_date || ' ' || d.amount || ' ' || d.reference FROM document d \
               JOIN item i ON i.document_id = d.id WHERE d.number = 'R-7'";
    assert_eq!(world.book.text(row), "2026-03-02 2026-04-01 50000 PO-9");
    // The same number again is refused before it is sent.
    h.keys("NR-7<Enter><Enter><Enter>1<Enter><Enter><Enter><Enter>");
    assert!(h.shows("ACT-07"), "{:#?}", h.screen());
    h.keys("<Esc><Esc>");
    let mut clerk = world.session("cl", "customers");
    clerk.keys("<Enter>N");
    assert!(clerk.said().contains("needs the right to post invoices"), "{}", clerk.said());
}

#[test]
fn settings_are_read_and_changed_by_a_form() {
    let world = world();
    let mut h = world.session("me", "settings");
    draw_at_every_size(&mut h);
    assert!(h.shows("bank-account") && h.shows("two people") && h.shows("not set"), "{:#?}", h.screen());
    h.keys("/phone<Enter>E<C-u>+49<Space>40<Space>1<Enter>");
    assert!(h.shows("phone: not set") && h.shows("phone: +49 40 1"), "{:#?}", h.screen());
    h.keys("y");
    assert!(h.said().starts_with("Set phone to +49 40 1"), "{}", h.said());
    assert!(h.shows("me") && h.shows("16 Mar"), "who set it last, and when: {:#?}", h.screen());
    h.keys("/<C-u>bank-account<Enter>E<C-u>DE89<Space>3704<Enter>");
    assert!(h.shows("REF-01"), "a wrong value is said before it is sent: {:#?}", h.screen());
    h.keys("<Esc><Esc>E<C-u>DE89370400440532013000<Enter>");
    assert!(h.shows("NEEDS A SECOND PERSON"), "{:#?}", h.screen());
    h.keys("y");
    assert!(h.said().starts_with("Sent for approval as"), "{}", h.said());
    let mut clerk = world.session("cl", "settings");
    clerk.keys("E");
    assert!(clerk.said().contains("needs the right to change settings"), "{}", clerk.said());
}

#[test]
fn the_audit_shows_before_and_after_and_verifies_the_chain() {
    let world = world();
    world.ask("2026-03-16");
    let mut h = world.session("jk", "approvals");
    h.keys("Ay g e");
    assert!(h.shows("LOGIN") && h.shows("head ") && h.shows("you have not verified it yet"), "{:#?}", h.screen());
    h.keys("<Enter>");
    assert!(h.shows("WHAT CHANGED") && h.shows("40,000.00 EUR -> 10,000.00 EUR"), "{:#?}", h.screen());
    h.keys("<Esc>V");
    assert!(h.said().starts_with("verified:") && h.shows("verified now up to act"), "{}: {:#?}", h.said(), h.screen());
    assert!(h.remembered.get("audit.verified").is_some_and(|value| value.starts_with("2026-03-16 ")));
    h.keys("/tag:trust<Space>reason:approve<Enter>");
    assert!(h.shows("2 acts"), "{:#?}", h.screen());
    h.keys("/<C-u>tag:forced<Enter>");
    assert!(h.shows("no act passes tag:forced"), "{:#?}", h.screen());
}

#[test]
fn the_first_altered_row_is_named() {
    let world = world();
    world.book.tamper("DROP TRIGGER document_fixed; UPDATE document SET amount = amount - 1 WHERE number = 'INV-1'");
    let mut h = world.session("jk", "audit");
    h.keys("V");
    let screen = h.screen().join("\n");
    assert!(screen.contains("The log was altered") && screen.contains("document rows"), "{screen}");
    h.keys("<Esc>");
    assert!(h.shows("ALTERED"), "{:#?}", h.screen());
    assert_eq!(h.remembered.get("audit.verified"), None, "what was altered is not remembered as verified");
}

#[test]
fn the_screens_of_authority_draw_at_every_size() {
    let world = world();
    world.ask("2026-03-16");
    for place in ["approvals", "audit", "people", "months"] {
        let mut h = world.session("jk", place);
        draw_at_every_size(&mut h);
        h.keys("<Enter>");
        draw_at_every_size(&mut h);
    }
    for (place, keys) in [("approvals", "A"), ("approvals", "X"), ("people", "p"), ("months", "jC")] {
        let mut h = world.session("jk", place);
        h.keys(if place == "people" { "/cl<Enter>" } else { "" }).keys(keys);
        draw_at_every_size(&mut h);
    }
}

#[test]
fn no_key_of_these_screens_means_two_things() {
    for rows in [approvals::COMMANDS, audit::COMMANDS, people::COMMANDS, months::COMMANDS] {
        let rows = [GLOBAL, LIST, rows].concat();
        assert_eq!(conflicts(&rows), Vec::<String>::new());
    }
}
