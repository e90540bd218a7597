//! Cases at a terminal of 80x24, every key counted: a short payment decided partly valid, credited with review and the rest
//! collected; opened again; split, handed over and asked about; and what users of other systems complain of.

use chrono::NaiveDate;
use o2c::acts::{self, Act, Actor, Mode, Request, Stamp};
use o2c::domain::case::Effect;
use o2c::domain::document::DocumentKind;
use o2c::domain::limits::LimitKind;
use o2c::domain::money::Currency;
use o2c::store::people::CustomerData;
use o2c::store::read::disputes::{Case, dispute};
use o2c::store::{BookPath, Reader, Writer, check};
use o2c::tui::app::harness::Harness;
use o2c::tui::app::{Ctx, Work};
use o2c::tui::screens::{PLACES, disputes};
use o2c::tui::ui::glyphs::ASCII;

const TODAY: &str = "2026-03-16";

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn stamp(on: &str) -> Stamp {
    Stamp { now: format!("{on}T12:00:00Z").parse().unwrap(), today: day(on) }
}

fn act(writer: &Writer, login: &str, on: &str, act: Act) {
    acts::perform(writer, &Actor::new(login, "test"), stamp(on), &Request::new(act), Mode::Post).unwrap();
}

/// A book of three people: an invoice paid short by 250.00, with a case on what is missing.
fn book(folder: &tempfile::TempDir) -> BookPath {
    let path = BookPath::new(folder.path().join("book.o2c"));
    let writer = Writer::make(&path).unwrap();
    let open = Act::OpenBook {
        company: "Brightwater Ltd".to_owned(),
        currency: Currency::EUR,
        login: "me".to_owned(),
        name: "Mara Ebert".to_owned(),
    };
    acts::init(&writer, &Actor::new("me", "test"), stamp("2026-01-05"), &Request::new(open)).unwrap();
    for (login, name, role) in [("jk", "Jan Kern", "disputes"), ("so", "Sophie Ott", "supervisor")] {
        let (login, name, roles) = (login.to_owned(), name.to_owned(), vec![role.to_owned()]);
        act(&writer, "me", "2026-01-05", Act::AddPerson { login, name, roles, department: String::new() });
    }
    let data = CustomerData {
        number: "10001".to_owned(),
        name: "Delphi Pharma AG".to_owned(),
        currency: "EUR".to_owned(),
        terms: "net 30".to_owned(),
        ..CustomerData::default()
    };
    act(&writer, "me", "2026-01-05", Act::SetCustomer { customer: None, version: 0, data });
    let invoice = Act::PostDocument {
        kind: DocumentKind::Invoice,
        number: "INV-1".to_owned(),
        customer: 1,
        date: day("2026-01-10"),
        terms: String::new(),
        due: None,
        currency: Currency::EUR,
        amount: 100_000,
        reference: String::new(),
        order: String::new(),
        tax: Vec::new(),
    };
    act(&writer, "me", "2026-01-10", invoice);
    let receipt = Act::PostReceipt {
        customer: 1,
        reference: "TRX-1".to_owned(),
        date: day("2026-03-09"),
        currency: Currency::EUR,
        amount: 75_000,
        method: "transfer".to_owned(),
        text: "less two short".to_owned(),
        applied: vec![(1, 75_000)],
    };
    act(&writer, "me", "2026-03-09", receipt);
    let (reason, text) = ("quantity".to_owned(), "two of ten short".to_owned());
    act(&writer, "me", "2026-03-09", Act::OpenDispute { item: 1, amount: 25_000, reason, text });
    path
}

struct Desk {
    h: Harness,
    path: BookPath,
    keys: usize,
    _folder: tempfile::TempDir,
}

fn sit(path: &BookPath, login: &'static str, folder: tempfile::TempDir) -> Desk {
    let writer = Writer::open(path).unwrap();
    let perform = move |work: Work| match work {
        Work::Act(request) => acts::perform(&writer, &Actor::new(login, "test"), stamp(TODAY), &request, Mode::Post),
        Work::Try(request) => acts::perform(&writer, &Actor::new(login, "test"), stamp(TODAY), &request, Mode::DryRun),
        Work::Undo | Work::Redo => Err(acts::Failure::refused("T", "not here")),
    };
    let seed = login.as_bytes().iter().fold([7; 16], |mut seed, byte| {
        seed[0] ^= byte;
        seed
    });
    let ctx = Ctx { glyphs: &ASCII, seed, ..Ctx::new(day(TODAY), login, "Brightwater Ltd", Currency::EUR) };
    let screen = (disputes::PLACE.open)("", &ctx).unwrap();
    let mut h = Harness::new(ctx, PLACES, screen, Reader::open(path).unwrap(), Box::new(perform));
    h.resize(80, 24);
    Desk { h, path: path.clone(), keys: 0, _folder: folder }
}

impl Desk {
    /// Types keys that are no text, and counts them.
    fn press(&mut self, keys: &str) {
        let (mut rest, mut count) = (keys, 0);
        while let Some(first) = rest.chars().next() {
            let named = first == '<' && rest.contains('>');
            let end = if named { rest.find('>').unwrap() + 1 } else { first.len_utf8() };
            (rest, count) = (&rest[end..], count + 1);
        }
        self.keys += count;
        self.h.keys(keys);
    }

    /// Types text, which is not counted: everybody's words have their length.
    fn write(&mut self, text: &str) {
        self.h.keys(&text.replace(' ', "<Space>"));
    }

    fn case(&self, id: i64) -> Case {
        dispute(&self.h.reader, day(TODAY), id).unwrap().unwrap()
    }

    #[track_caller]
    fn shows(&self, text: &str) {
        assert!(self.h.shows(text), "{text} is not in\n{}", self.h.screen().join("\n"));
    }

    #[track_caller]
    fn is_sound(&self) {
        let found = check::full(&Writer::open(&self.path).unwrap()).unwrap();
        assert_eq!(found, [], "{}", self.h.said());
    }
}

fn desk(login: &'static str) -> Desk {
    let folder = tempfile::tempdir().unwrap();
    let path = book(&folder);
    sit(&path, login, folder)
}

#[test]
fn a_short_payment_is_decided_partly_valid_credited_with_review_and_the_rest_collected() {
    let mut desk = desk("me");
    desk.shows("1 open  250.00 EUR blocked");
    desk.press("xj<Enter>");
    desk.write("one of two");
    desk.press("<Enter><Enter>");
    desk.write("125");
    desk.press("<Enter>");
    for line in ["credit note of 125.00 EUR on INV-1", "caused by: picking and packing", "open on INV-1: 125.00 EUR"] {
        desk.shows(line);
    }
    desk.press("y");
    assert!(desk.keys <= 8, "{} keys besides the words", desk.keys);
    let case = desk.case(1);
    let of = |effect| case.row.amounts.of(effect);
    assert_eq!((of(Effect::Credited), of(Effect::Collected), case.row.amounts.open()), (12_500, 12_500, 0));
    assert_eq!((case.item_open, &*case.row.cause, case.row.open), (12_500, "picking and packing", false));
    let credited = case.more.parts.iter().find(|part| part.effect == Effect::Credited).unwrap();
    assert_eq!(credited.document, "C-1", "the document that proves it");
    // Nothing of it is held back any more.
    assert_eq!(Reader::open(&desk.path).map(|reader| case_count(&reader)).unwrap(), 0);
    desk.is_sound();
}

fn case_count(reader: &Reader) -> u64 {
    use o2c::language::filter::Filter;
    use o2c::store::read::disputes::{Question, disputes};
    use o2c::store::read::window::{Sort, Want};
    let sort = Sort { column: "due", descending: false };
    let question = Question { today: day(TODAY), filter: Filter::all(), sort };
    disputes(reader, &question, Want::Start).unwrap().open
}

/// What the customer paid is neither rejected nor in dispute any more.
#[test]
fn a_case_that_was_paid_calls_nobody() {
    let mut desk = desk("me");
    let writer = Writer::open(&desk.path).unwrap();
    let receipt = Act::PostReceipt {
        customer: 1,
        reference: "TRX-2".to_owned(),
        date: day(TODAY),
        currency: Currency::EUR,
        amount: 25_000,
        method: "transfer".to_owned(),
        text: String::new(),
        applied: vec![(1, 25_000)],
    };
    act(&writer, "me", TODAY, receipt);
    assert_eq!(&*desk.case(1).row.state, "closed");
    desk.press("gt");
    desk.shows("Nothing to collect today.");
    let accounts = o2c::store::read::accounts::accounts(&Reader::open(&desk.path).unwrap(), day(TODAY)).unwrap();
    assert_eq!(accounts.iter().next().map(|one| (one.disputes, one.dispute_rejected)), Some((0, false)));
}

#[test]
fn beyond_the_limit_a_decision_waits_and_its_approval_settles_the_case() {
    let folder = tempfile::tempdir().unwrap();
    let path = book(&folder);
    let writer = Writer::open(&path).unwrap();
    let limit = Act::SetLimit { login: "jk".to_owned(), kind: LimitKind::Dispute, amount: Some(10_000) };
    // The second administrator a limit asks for is not in this book, so it counts at once.
    act(&writer, "me", "2026-03-10", limit);
    let mut jan = sit(&path, "jk", folder);
    jan.press("x<Enter>");
    jan.write("both short");
    jan.press("<Enter><Enter>y");
    assert!(jan.h.said().contains("Sent for approval as A-"), "{}", jan.h.said());
    let case = jan.case(1);
    assert!(case.row.open && case.item_open == 25_000, "nothing is settled yet");
    assert_eq!(case.more.waits.len(), 1, "the case says what waits");
    jan.press("<Enter>");
    jan.shows("waits     A-");
    let conn = Writer::open(&path).unwrap();
    let request = o2c::store::requests::newest(&conn).unwrap().unwrap();
    let (id, hash) = (request.id, o2c::store::schema::hex(&request.hash));
    act(&conn, "so", TODAY, Act::Approve { request: id, hash, text: String::new() });
    let case = jan.case(1);
    assert_eq!((case.row.open, case.row.amounts.of(Effect::Credited), case.item_open), (false, 25_000, 0));
    jan.is_sound();
}

#[test]
fn a_closed_case_is_opened_again_by_key_and_by_what_is_taken_back() {
    let mut desk = desk("me");
    desk.press("xjj<Enter>");
    desk.write("delivery note signed");
    desk.press("<Enter><Enter>y");
    assert!(!desk.case(1).row.open, "{}", desk.h.said());
    desk.press("/<C-u>");
    desk.write("is:closed");
    desk.press("<Enter>r");
    desk.write("the driver admits it");
    desk.press("<Enter>");
    let case = desk.case(1);
    assert_eq!((case.row.open, case.row.stake(), &*case.row.state), (true, 25_000, "assigned"), "{}", desk.h.said());
    assert!(desk.keys <= 18, "{} keys besides the words", desk.keys);
    // Paid after all: the case is closed by the money, and open again when the bank takes it back.
    let writer = Writer::open(&desk.path).unwrap();
    let receipt = Act::PostReceipt {
        customer: 1,
        reference: "TRX-2".to_owned(),
        date: day(TODAY),
        currency: Currency::EUR,
        amount: 25_000,
        method: "transfer".to_owned(),
        text: String::new(),
        applied: vec![(1, 25_000)],
    };
    act(&writer, "me", TODAY, receipt);
    let case = desk.case(1);
    assert_eq!((case.row.open, case.row.amounts.of(Effect::Paid)), (false, 25_000));
    act(&writer, "me", TODAY, Act::Unapply { allocation: 2, effective: day(TODAY), reason: "returned".to_owned() });
    let case = desk.case(1);
    assert_eq!((case.row.open, case.row.stake(), case.item_open), (true, 25_000, 25_000));
    let last = case.steps.last().unwrap();
    assert_eq!((last.what.as_str(), last.text.as_str()), ("reopened", "TRX-2 was taken off the item"));
    desk.is_sound();
}

#[test]
fn a_case_is_split_handed_over_asked_about_and_its_clock_stands_for_the_customer() {
    let mut desk = desk("me");
    desk.press("<Enter>");
    desk.shows("decide by");
    desk.press("p");
    desk.write("50");
    desk.press("<Enter><Enter><Enter>");
    let (old, new) = (desk.case(1), desk.case(2));
    assert_eq!((old.row.stake(), new.row.stake()), (20_000, 5_000), "{}", desk.h.said());
    desk.shows("moved 50.00");
    desk.press("n");
    desk.write("@jk ask the warehouse");
    desk.press("<Enter>");
    assert!(desk.h.said().contains("a task for jk"), "{}", desk.h.said());
    desk.press("t");
    desk.press("<Enter>");
    desk.write("photos");
    desk.press("<Enter>");
    desk.shows("the clock stands for the customer");
    let case = desk.case(1);
    assert!(case.row.clock.stands && &*case.row.state == "on customer");
    desk.press("=");
    desk.shows("in dispute");
    desk.press("<Esc>b");
    desk.shows("quantity");
    desk.press("=");
    desk.shows("win rate = won / (won + given)");
    // Jan finds it under g j, and says when it is done.
    let folder = tempfile::tempdir().unwrap();
    let mut jan = sit(&desk.path, "jk", folder);
    jan.press("gj");
    jan.shows("@jk ask the warehouse");
    jan.press("x");
    jan.shows("0 to do");
    assert_eq!(jan.keys, 3);
    desk.is_sound();
}

#[test]
fn inquiries_are_listed_with_who_has_to_answer_and_by_when() {
    let desk = desk("me");
    let writer = Writer::open(&desk.path).unwrap();
    let invoice = Act::PostDocument {
        kind: DocumentKind::Invoice,
        number: "INV-2".to_owned(),
        customer: 1,
        date: day("2026-03-01"),
        terms: String::new(),
        due: None,
        currency: Currency::EUR,
        amount: 40_000,
        reference: String::new(),
        order: String::new(),
        tax: Vec::new(),
    };
    act(&writer, "me", "2026-03-01", invoice);
    for (item, text) in [(Some(3), "which price list?"), (None, "what was the payment for?")] {
        let inquiry = o2c::acts::case::Case::Inquire {
            customer: 1,
            item,
            about: String::new(),
            reason: "price".to_owned(),
            channel: "call".to_owned(),
            contact: "Mrs Voss".to_owned(),
            text: text.to_owned(),
        };
        act(&writer, "me", TODAY, Act::Case(Box::new(inquiry)));
    }
    let mut desk = desk;
    let state = |desk: &Desk, id: i64| {
        let reader = Reader::open(&desk.path).unwrap();
        let all = o2c::store::read::cases::inquiries(&reader, day(TODAY), true).unwrap();
        let row = all.into_iter().find(|row| row.id == id).unwrap();
        (row.state.to_string(), row.owner.to_string(), row.department.to_string())
    };
    desk.press("gq");
    desk.shows("2 to answer, 0 late");
    desk.shows("which price");
    // One of an item becomes a dispute of the part that is contested, and is answered by it.
    desk.press("ggp");
    desk.shows("becomes a dispute on INV-2");
    desk.press("<C-u>");
    desk.write("50");
    desk.press("<Enter><Enter>");
    desk.write("agreed on the old list");
    desk.press("<Enter>");
    assert_eq!(state(&desk, 1).0, "promoted", "{}", desk.h.said());
    // The other goes to whoever knows, who says it and is done.
    desk.press("jo");
    desk.shows("Hand ");
    desk.press("j<Enter>");
    desk.press("<Enter>");
    desk.write("you booked it");
    desk.press("<Enter>");
    assert_eq!(state(&desk, 2).0, "open", "{}", desk.h.said());
    desk.press("n");
    desk.write("asked the bank");
    desk.press("<Enter>");
    assert_eq!(state(&desk, 2).0, "open", "{}", desk.h.said());
    desk.press("a");
    desk.shows("said last: asked the bank");
    desk.write("it was for order 4711");
    desk.press("<Enter>");
    assert_eq!(state(&desk, 2).0, "answered", "{}", desk.h.said());
    desk.is_sound();
}

#[test]
fn a_file_is_noted_with_a_case_unless_the_machine_is_not_the_persons() {
    let mut desk = desk("me");
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), "proof").unwrap();
    desk.press("a");
    desk.write("/nowhere/proof.pdf");
    desk.press("<Enter><Enter>");
    assert!(desk.h.said().contains("cannot be read"), "{}", desk.h.said());
    desk.press("a");
    desk.press("<C-u>");
    desk.write(&file.path().display().to_string());
    desk.press("<Enter><Enter>");
    assert!(desk.h.said().contains("Attached "), "{}", desk.h.said());
    desk.press("<Enter>");
    desk.h.app.ctx.identity = o2c::domain::authority::Identity::Forced;
    desk.press("a");
    assert!(desk.h.said().contains("not yours to read"), "{}", desk.h.said());
    desk.is_sound();
}

/// uservoice.doit.com 50972542: those who collect cannot see that an invoice is disputed.
#[test]
fn whoever_collects_sees_what_is_disputed_wherever_the_invoice_is() {
    let mut desk = desk("me");
    for (place, what) in [("gi", "D-1"), ("gd", "Delphi Pharma AG")] {
        desk.press(place);
        desk.shows(what);
    }
    desk.press("gi/<C-u>");
    desk.write("dispute:open");
    desk.press("<Enter>");
    desk.shows("INV-1");
}

/// invoiceplane forum topic 2309, OCA/credit-control PR#170: a dispute mark with reason, owner, audit and partial credit.
#[test]
fn a_mark_has_its_reason_owner_log_and_a_part_that_is_credited() {
    let mut desk = desk("me");
    desk.press("o<Enter><Enter>xj<Enter>");
    desk.write("half");
    desk.press("<Enter><Enter>");
    desk.write("100");
    desk.press("<Enter>y");
    let case = desk.case(1);
    let steps: Vec<&str> = case.steps.iter().map(|step| step.what.as_str()).collect();
    assert_eq!(steps, ["opened", "assigned", "resolved"], "{}", desk.h.said());
    assert_eq!((&*case.row.reason, &*case.row.owner), ("quantity", "me"));
    assert_eq!((case.row.accepted, case.item_open), (10_000, 15_000));
}

/// A case over several items is decided as a whole after one review of all of them.
#[test]
fn a_case_over_several_items_is_decided_as_a_whole() {
    let folder = tempfile::tempdir().unwrap();
    let path = book(&folder);
    let writer = Writer::open(&path).unwrap();
    for number in ["INV-2", "INV-3"] {
        let invoice = Act::PostDocument {
            kind: DocumentKind::Invoice,
            number: number.to_owned(),
            customer: 1,
            date: day("2026-01-10"),
            terms: String::new(),
            due: None,
            currency: Currency::EUR,
            amount: 50_000,
            reference: String::new(),
            order: String::new(),
            tax: Vec::new(),
        };
        act(&writer, "me", "2026-01-10", invoice);
    }
    let items = vec![(3, 10_000), (4, 20_000)];
    let several = o2c::acts::case::Case::OpenSeveral { items, reason: "price".to_owned(), text: String::new() };
    act(&writer, "me", "2026-03-10", Act::Case(Box::new(several)));
    drop(writer);
    let mut desk = sit(&path, "me", folder);
    desk.press("/<C-u>");
    desk.write("case:d-2");
    desk.press("<Enter><Enter>");
    desk.shows("D-2 over 2 items, 300.00 EUR in dispute");
    desk.shows("D-2 INV-2 100.00;  D-3 INV-3 200.00");
    desk.press("xjjjjjjjjj<Enter>");
    desk.shows("D-2: all written off");
    desk.press("<Esc>xjjjjjjj<Enter>");
    desk.write("agreed with Mr Voss");
    desk.press("<Enter><Enter>");
    desk.shows("100.00 EUR of INV-2 is credited");
    desk.shows("open on INV-3: 300.00 EUR");
    desk.press("y");
    assert_eq!((&*desk.case(2).row.state, &*desk.case(3).row.state), ("closed", "closed"), "{}", desk.h.said());
    assert_eq!((desk.case(2).item_open, desk.case(3).item_open), (40_000, 30_000));
    desk.is_sound();
}
