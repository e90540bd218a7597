//! Days of a collector at a terminal of 80x24, whole: fifty accounts gone through one after another with at most four keys
//! each besides what is typed, promises kept and broken by the money that came, and a payment that fell short, decided
//! partly valid, credited after review and collected to the last cent. Keys go in, the screen and the book come out.

#[path = "cash/book.rs"]
#[allow(dead_code, reason = "the cash suites use the rest of it")]
mod book;

use std::collections::BTreeMap;

use book::{entry, paid, statement};
use chrono::Days;
use o2c::acts::import::{Beside, Import, Rows, Work as Read};
use o2c::acts::{self, Act, Actor, Mode, Request, Stamp};
use o2c::domain::bank::EntryKind;
use o2c::domain::document::DocumentKind;
use o2c::domain::money::Currency;
use o2c::store::people::CustomerData;
use o2c::store::read::history;
use o2c::store::{BookPath, Reader, Writer, check};
use o2c::tui::app::harness::Harness;
use o2c::tui::app::key::script;
use o2c::tui::app::{Ctx, Work};
use o2c::tui::screens::PLACES;
use o2c::tui::ui::glyphs::ASCII;

const ACCOUNTS: i64 = 50;
/// A Monday.
const MONDAY: &str = "2026-03-16";
/// The day promised.
const FRIDAY: &str = "2026-03-20";
/// The first day on which a promise for Friday can be kept no more: the second day of grace is a Sunday, so the Monday
/// still counts.
const TUESDAY_AFTER: &str = "2026-03-24";

fn stamp(on: &str) -> Stamp {
    Stamp { now: format!("{on}T12:00:00Z").parse().unwrap(), today: book::day(on) }
}

/// What the account of that number owes: every one another amount.
fn owes(n: i64) -> i64 {
    100_000 + n * 1_000 + n
}

struct Firm {
    path: BookPath,
    _folder: tempfile::TempDir,
}

impl Firm {
    /// Fifty customers with one invoice each that is past due; five of them have paid it, and nobody said what for.
    fn new() -> Firm {
        let folder = tempfile::tempdir().unwrap();
        let path = BookPath::new(folder.path().join("book.o2c"));
        let writer = Writer::make(&path).unwrap();
        let open = Act::OpenBook {
            company: "Brightwater Ltd".into(),
            currency: Currency::EUR,
            login: "me".into(),
            name: "Mara Ebert".into(),
        };
        acts::init(&writer, &Actor::new("me", "test"), stamp("2026-01-05"), &Request::new(open)).unwrap();
        let firm = Firm { path, _folder: folder };
        for n in 1..=ACCOUNTS {
            firm.customer(&format!("{}", 20_000 + n), &format!("Firma {n:02} GmbH"));
            let due = book::day("2026-02-02") + Days::new(n as u64 % 20);
            firm.invoice(n, &format!("INV-{}", 300 + n), &due.to_string(), owes(n));
            if n % 10 == 7 {
                firm.act("2026-03-12", receipt(n, "2026-03-12", owes(n)));
            }
        }
        firm
    }

    fn act(&self, on: &str, act: Act) {
        let writer = Writer::open(&self.path).unwrap();
        acts::perform(&writer, &Actor::new("me", "test"), stamp(on), &Request::new(act), Mode::Post).unwrap();
    }

    fn customer(&self, number: &str, name: &str) {
        let data = CustomerData {
            number: number.into(),
            name: name.into(),
            currency: "EUR".into(),
            terms: "30".into(),
            email: format!("ap@{number}.example"),
            owner: "me".into(),
            ..CustomerData::default()
        };
        self.act("2026-01-05", Act::SetCustomer { customer: None, version: 0, data });
    }

    fn invoice(&self, customer: i64, number: &str, due: &str, amount: i64) {
        let due = book::day(due);
        let date = due - Days::new(30);
        let act = Act::PostDocument {
            kind: DocumentKind::Invoice,
            number: number.into(),
            customer,
            date,
            terms: String::new(),
            due: Some(due),
            currency: Currency::EUR,
            amount,
            tax: Vec::new(),
            reference: String::new(),
            order: String::new(),
        };
        self.act(&date.to_string(), act);
    }

    /// The workstation on a day.
    fn sit(&self, on: &'static str) -> Desk {
        let writer = Writer::open(&self.path).unwrap();
        let perform = move |work: Work| {
            let mode = if matches!(work, Work::Try(_)) { Mode::DryRun } else { Mode::Post };
            let request = match work {
                Work::Act(request) | Work::Try(request) => *request,
                Work::Undo => Request::new(Act::Undo { act: history::to_undo(&writer, 1)?.unwrap() }),
                Work::Redo => Request::new(Act::Undo { act: history::to_redo(&writer, 1)?.unwrap() }),
            };
            acts::perform(&writer, &Actor::new("me", "tui"), stamp(on), &request, mode)
        };
        let seed = [on.as_bytes()[9]; 16];
        let ctx = Ctx { glyphs: &ASCII, seed, ..Ctx::new(book::day(on), "me", "Brightwater Ltd", Currency::EUR) };
        let place = PLACES.iter().find(|place| place.command.id == "today").unwrap();
        let first = (place.open)("", &ctx).unwrap();
        let mut h = Harness::new(ctx, PLACES, first, Reader::open(&self.path).unwrap(), Box::new(perform));
        h.resize(80, 24);
        Desk { h, keys: 0 }
    }

    fn number(&self, sql: &str) -> i64 {
        let conn = Writer::open(&self.path).unwrap();
        conn.query_row(sql, [], |row| row.get(0)).unwrap_or_else(|error| panic!("{sql}: {error}"))
    }

    fn open(&self, number: &str) -> i64 {
        let item = "SELECT i.open FROM item i JOIN document d ON d.id = i.document_id WHERE d.number";
        self.number(&format!("{item} = '{number}'"))
    }

    fn is_sound(&self) {
        assert_eq!(check::full(&Writer::open(&self.path).unwrap()).unwrap(), []);
    }
}

fn receipt(customer: i64, on: &str, amount: i64) -> Act {
    let (reference, method, text) = (String::new(), "transfer".into(), String::new());
    let (date, currency, applied) = (book::day(on), Currency::EUR, Vec::new());
    Act::PostReceipt { customer, reference, date, currency, amount, method, text, applied }
}

struct Desk {
    h: Harness,
    /// Keys pressed since they were counted last.
    keys: usize,
}

impl Desk {
    /// Keys that are no text, counted.
    fn press(&mut self, keys: &str) -> &mut Desk {
        self.keys += script(keys).len();
        self.h.keys(keys);
        self
    }

    /// Text somebody types, which is as long as it is.
    fn write(&mut self, text: &str) -> &mut Desk {
        self.h.keys(&text.replace(' ', "<Space>"));
        self
    }

    fn counted(&mut self) -> usize {
        std::mem::take(&mut self.keys)
    }

    #[track_caller]
    fn shows(&self, text: &str) {
        assert!(self.h.shows(text), "{text} is not in\n{}", self.h.screen().join("\n"));
    }
}

/// The account on the deck, by its name.
fn account(desk: &Desk) -> i64 {
    let head = desk.h.line(1);
    let (_, rest) = head.split_once("Firma ").unwrap_or_else(|| panic!("{:#?}", desk.h.screen()));
    rest[..2].parse().unwrap()
}

/// What becomes of an account: its name, and the keys and words it takes.
fn dispose(desk: &mut Desk, n: i64) -> &'static str {
    match n % 10 {
        0 => {
            desk.press("c<Enter><Enter>");
            "no answer"
        }
        1 => {
            desk.press("c").write("l").press("<Enter><Enter>");
            "left message"
        }
        2..=4 => {
            desk.press("p").write("fri").press("<Enter><Enter>");
            "promise"
        }
        5 => {
            desk.press("e<Enter>");
            "reminder"
        }
        6 => {
            desk.press("t").write("+1w").press("<Enter>");
            "follow-up"
        }
        7 => {
            desk.press("Pyx");
            "payment"
        }
        8 => {
            desk.press("d").write("400").press("<Enter>").write("q").press("<Enter>x");
            "dispute"
        }
        _ => {
            desk.press("p").write("x3 1m from 1/4").press("<Enter><Enter>");
            "plan"
        }
    }
}

/// Goes through today's list on the deck; gives how many keys each kind of disposal took at most.
fn triage(desk: &mut Desk) -> BTreeMap<&'static str, usize> {
    let mut most = BTreeMap::new();
    desk.press("<Enter>").counted();
    for place in 1..=ACCOUNTS {
        let head = desk.h.line(1);
        assert!(head.contains(&format!("{place} of {ACCOUNTS}")), "{head}\n{:#?}", desk.h.screen());
        let n = account(desk);
        let kind = dispose(desk, n);
        let keys = desk.counted();
        assert!(keys <= 4, "{kind} of Firma {n:02} took {keys} keys\n{:#?}", desk.h.screen());
        let known = most.entry(kind).or_insert(0);
        *known = keys.max(*known);
    }
    most
}

#[test]
fn fifty_accounts_take_at_most_four_keys_each() {
    let firm = Firm::new();
    let mut desk = firm.sit(MONDAY);
    assert!(desk.h.line(-2).contains("50 customers"), "{:#?}", desk.h.screen());
    let most = triage(&mut desk);
    assert_eq!(most.len(), 8, "{most:?}");
    assert!(most["payment"] <= 3 && most["no answer"] <= 3 && most["reminder"] <= 2, "{most:?}");
    desk.shows("50 of 50 done");
    let of = |sql: &str| firm.number(&format!("SELECT count(*) FROM {sql}"));
    assert_eq!(of("activity WHERE kind = 'call' AND outcome = 'no answer'"), 5);
    assert_eq!(of("activity WHERE kind = 'call' AND outcome = 'left message'"), 5);
    assert_eq!(of("activity WHERE kind = 'e-mail'"), 5);
    assert_eq!(of("activity WHERE kind = 'follow-up' AND next_on = '2026-03-23'"), 5);
    assert_eq!(of(&format!("promise WHERE promised_on = '{FRIDAY}'")), 15);
    assert_eq!(of("dispute WHERE amount = 40000 AND reason = 'quantity'"), 5);
    assert_eq!(of("plan"), 5);
    assert_eq!(of("item WHERE kind = 4 AND open <> 0"), 0, "all money that waited is applied");
    let promised: i64 = (1..=ACCOUNTS).filter(|n| (2..=4).contains(&(n % 10))).map(owes).sum();
    assert_eq!(firm.number("SELECT sum(amount) FROM promise"), promised);
    firm.is_sound();

    promises_are_kept_and_broken(&firm);
}

/// On Friday two of three promises are paid, one of them by half; on the Tuesday after those that were not are on the list again.
fn promises_are_kept_and_broken(firm: &Firm) {
    let mut desk = firm.sit(FRIDAY);
    for n in (1..=ACCOUNTS).filter(|n| [2, 3].contains(&(n % 10))) {
        let amount = if n % 10 == 2 { owes(n) } else { owes(n) / 2 };
        desk.press("go").write(&format!("{}", 20_000 + n)).press("<Enter>");
        desk.shows(&format!("Firma {n:02}"));
        desk.press("P").write(&format!("{}.{:02}", amount / 100, amount % 100)).press("<Enter><Enter>");
        desk.shows("receive ");
        desk.press("y");
        assert!(desk.counted() <= 8, "finding the account and taking its money in");
        assert_eq!(firm.open(&format!("INV-{}", 300 + n)), owes(n) - amount, "{}", desk.h.said());
    }
    firm.is_sound();
    // Before the days of grace are over nothing is broken yet.
    let mut desk = firm.sit("2026-03-23");
    desk.press("gp");
    desk.shows("kept 100%");

    let mut desk = firm.sit(TUESDAY_AFTER);
    desk.press("gp");
    desk.shows("15 promises");
    let state = |desk: &mut Desk, word: &str| {
        desk.press("/<C-u>").write(&format!("state:\"{word}\"")).press("<Enter>");
        desk.h.line(-2)
    };
    for (word, count) in [("kept", 5), ("partly kept", 5), ("broken", 5)] {
        let line = state(&mut desk, word);
        assert!(line.contains(&format!(" {count} promises")), "{word}: {line}");
    }
    // Nobody of them pays what was promised, so they are called again, and the reason stands beside the name.
    desk.press("gt");
    desk.press("/<C-u>").write("name:\"Firma 04\"").press("<Enter>");
    desk.shows("Promise broken 20 Mar");
    desk.press("/<C-u>").write("name:\"Firma 02\"").press("<Enter>");
    desk.shows("Nobody on today's list matches");
}

/// Takes a statement in on which this customer pays that much, with these words.
fn pays(firm: &Firm, on: &str, amount: i64, payer: &str, words: &str) {
    let rows =
        vec![statement("2026/1", 0, vec![entry(on, amount, EntryKind::Receipt, 1, vec![paid(amount, payer, words)])])];
    let work = Read { rows: Rows::Statements(rows), ..Read::default() };
    let import = Import {
        kind: "statement".into(),
        name: "march.xml".into(),
        sha256: "sha of march".into(),
        mapping: String::new(),
        skip_refused: false,
        unreadable: 0,
        accept_gap: false,
        beside: Beside(std::sync::Arc::new(std::sync::Mutex::new(work))),
    };
    firm.act(on, Act::Import(import));
}

#[test]
fn what_fell_short_is_decided_partly_valid_credited_after_review_and_the_rest_collected() {
    let firm = Firm::new();
    let (name, number) = ("Main".into(), book::ACCOUNT.into());
    firm.act("2026-01-05", Act::AddBankAccount { name, number, currency: Currency::EUR });
    firm.customer("30001", "Delphi Pharma AG");
    firm.invoice(ACCOUNTS + 1, "INV-901", "2026-03-02", 100_000);
    pays(&firm, "2026-03-13", 75_000, "Delphi Pharma AG", "INV-901 less two short");

    // The clerk: what is short is disputed in the same step in which the money is applied.
    let mut desk = firm.sit(MONDAY);
    desk.press("gb<Enter>");
    desk.shows("items stay open by 250.00: s disputes it");
    desk.counted();
    desk.press("s").write("q").press("<Enter>P");
    desk.shows("[Cancel]");
    desk.press("y");
    assert_eq!(desk.counted(), 4, "the payment with its deduction");
    assert_eq!((firm.open("INV-901"), firm.number("SELECT disputed FROM item WHERE open = 25000")), (25_000, 25_000));
    // What is disputed is not collected: the customer is not on the list.
    desk.press("gt/<C-u>").write("delphi").press("<Enter>");
    desk.shows("Nobody on today's list matches");

    // The decision: half of it is right, after a review that says what becomes of both halves.
    desk.press("gd");
    desk.shows("1 open  250.00 EUR blocked");
    desk.counted();
    desk.press("xj<Enter>").write("one of two was missing").press("<Enter><Enter>").write("125").press("<Enter>");
    for part in ["credit note of 125.00 EUR on INV-901", "open on INV-901: 125.00 EUR", "125.00 EUR is collected again"]
    {
        desk.shows(part);
    }
    assert_eq!(firm.open("INV-901"), 25_000, "nothing before it is agreed to");
    desk.press("<Enter>");
    assert!(desk.h.said().contains("nothing was changed"), "{}", desk.h.said());
    desk.press("xj<Enter><Enter><Enter><Enter>");
    desk.counted();
    desk.press("y");
    desk.shows("Nothing is in dispute.");
    assert_eq!(firm.open("INV-901"), 12_500, "{}", desk.h.said());
    assert_eq!(firm.number("SELECT amount FROM document WHERE kind = 2"), -12_500, "the credit note");
    firm.is_sound();

    // The collector: the rest is on the list at once with its reason, is asked for and paid.
    desk.press("gt/<C-u>").write("delphi").press("<Enter>");
    desk.shows("Dispute rejected");
    desk.shows("125.00");
    desk.counted();
    desk.press("p").write("fri").press("<Enter><Enter>");
    assert_eq!(desk.counted(), 3);
    let mut desk = firm.sit(FRIDAY);
    desk.press("goINV-901<Enter>").counted();
    desk.press("P").write("125").press("<Enter><Enter>y");
    assert_eq!((desk.counted(), firm.open("INV-901")), (4, 0), "{}", desk.h.said());
    desk.press("gp/<C-u>").write("delphi").press("<Enter>");
    desk.shows("kept 100%");
    desk.press("gd/<C-u>is:closed<Enter>");
    desk.shows("Delphi Pharma AG");
    firm.is_sound();
    let ledger =
        "SELECT sum(CASE WHEN debit = 1200 THEN amount ELSE -amount END) FROM posting WHERE 1200 IN (debit, credit)";
    let items = "SELECT sum(open) FROM item WHERE kind <> 4";
    assert_eq!(firm.number(ledger), firm.number(items), "the control account");
}
