//! What a session keeps between questions, on a demo book: accounts, the aging made from them and the months before it
//! say what an aging read from the items says, and an act, but no remembered place, makes them be read again.

use std::rc::Rc;

use chrono::{Days, NaiveDate};
use o2c::acts::{self, Act, Actor, Mode, Request, Stamp};
use o2c::demo::{self, Plan, Size};
use o2c::language::filter::Filter;
use o2c::store::read::accounts::{Sums, accounts};
use o2c::store::read::aging::{self, Question, Total};
use o2c::store::read::window::{Sort, Want};
use o2c::store::read::{book, customers, glimpse};
use o2c::store::{BookPath, Reader, Writer};
use rusqlite::Connection;

struct Made {
    path: BookPath,
    raw: Connection,
    _folder: tempfile::TempDir,
}

fn today() -> NaiveDate {
    "2026-03-16".parse().unwrap()
}

fn made() -> Made {
    made_of(40, 800)
}

fn made_of(customers: usize, invoices: usize) -> Made {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("demo.o2c");
    let path = BookPath::new(&file);
    let plan = Plan { seed: 7, size: Size { customers, invoices }, ..Plan::on(today()) };
    demo::make(&path, &plan, &mut |_, _| ()).unwrap();
    Made { path, raw: Connection::open(file).unwrap(), _folder: folder }
}

#[test]
fn accounts_are_the_items_added_up() {
    let made = made();
    let reader = Reader::open(&made.path).unwrap();
    let all = accounts(&reader, today()).unwrap();
    let read = aging::aging(&reader, &Question::on(today())).unwrap();
    assert!(read.totals.len() > 1 && read.lines.len() > 20, "a book of several currencies");
    let mut ascii = 0;
    for one in all.iter() {
        let lines: Vec<_> = read.lines.iter().filter(|line| line.customer == one.id).collect();
        let own: Vec<_> = lines.iter().map(|line| (line.currency, line.sums)).collect();
        assert_eq!(one.in_currencies().collect::<Vec<_>>(), own, "{}", one.number());
        let mut base = Sums::default();
        lines.iter().for_each(|line| base.add(&line.base));
        assert_eq!(one.base, base, "{}", one.number());
        let text =
            "SELECT number || '|' || name || '|' || folded || '|' || owner || '|' || terms FROM customer WHERE id = ?1";
        let stored: String = made.raw.query_row(text, [one.id], |row| row.get(0)).unwrap();
        let row = one.account(&reader).unwrap();
        ascii += usize::from(stored.is_ascii());
        let is = format!("{}|{}|{}|{}|{}", one.number(), row.name, one.folded(), one.owner(), row.terms);
        assert_eq!(is, stored);
    }
    assert!(0 < ascii && ascii < all.len(), "names with and without letters beyond ASCII");
}

#[test]
fn the_aging_of_today_is_the_same_from_accounts_and_from_items() {
    let made = made();
    let reader = Reader::open(&made.path).unwrap();
    let all = accounts(&reader, today()).unwrap();
    let question = Question::on(today());
    let read = aging::aging(&reader, &question).unwrap();
    let quick = aging::of_accounts(&reader, &question, &all).unwrap().unwrap();
    let plain = |total: &Total| (total.currency, total.sums, total.control);
    assert_eq!(quick.totals.iter().map(plain).collect::<Vec<_>>(), read.totals.iter().map(plain).collect::<Vec<_>>());
    assert!(quick.totals.iter().all(|total| total.difference() == 0));
    // Another day or knowledge cannot be told from what is open now.
    let past = Question::on(today() - Days::new(40));
    assert_eq!(aging::of_accounts(&reader, &past, &all).unwrap(), None);
    let known = Question { known_at: Some("2026-01-31".into()), ..question };
    assert_eq!(aging::of_accounts(&reader, &known, &all).unwrap(), None);
}

#[test]
fn the_first_customers_are_the_same_before_and_after_all_are_read() {
    let made = made_of(180, 2_500);
    let reader = Reader::open(&made.path).unwrap();
    let currency = book::header(&reader).unwrap().currency;
    let early = glimpse::most_overdue(&reader, today(), 12, currency).unwrap().unwrap();
    let sums = glimpse::sums(&reader, today(), 12, currency).unwrap().unwrap();
    let sort = Sort { column: "overdue", descending: true };
    let question = customers::Question { today: today(), filter: Filter::all(), sort };
    let all = customers::customers(&reader, &question, Want::Start).unwrap();
    let shown = |found: &customers::Customers, many: usize| {
        found.window.rows.iter().take(many).map(|row| format!("{row:?}")).collect::<Vec<_>>()
    };
    let many = early.window.rows.len();
    assert!(many >= 50 && all.window.total == 180, "{many}");
    assert_eq!(shown(&early, many), shown(&all, many));
    assert_eq!((early.window.first, early.window.total, early.no_rate), (0, all.window.total, all.no_rate));
    let of_all = Sums { disputed: 0, items: 0, ..all.sums };
    assert_eq!((sums, early.sums), (of_all, of_all));
    assert!(glimpse::most_overdue(&reader, today(), 12, currency).unwrap().is_none(), "all are there now");
    // Where an item has no rate, the accounts have to say who is left out.
    let last = "(SELECT max(id) FROM item WHERE open <> 0)";
    made.raw.execute(&format!("UPDATE item SET open_base = NULL WHERE id = {last}"), []).unwrap();
    let reader = Reader::open(&made.path).unwrap();
    assert_eq!(glimpse::sums(&reader, today(), 12, currency).unwrap(), None);
}

#[test]
fn months_from_daily_sums_are_the_agings_of_their_days() {
    let made = made();
    let reader = Reader::open(&made.path).unwrap();
    let days = [400, 200, 31, 30, 1, 0].map(|back| today() - Days::new(back));
    let months = aging::portfolios(&reader, &days).unwrap();
    assert_eq!(months.iter().map(|(day, _)| *day).collect::<Vec<_>>(), days);
    for (day, sums) in months {
        let mut must = Sums::default();
        aging::aging(&reader, &Question::on(day)).unwrap().lines.iter().for_each(|line| must.add(&line.base));
        assert_eq!((sums.buckets, sums.credits, sums.unapplied), (must.buckets, must.credits, must.unapplied), "{day}");
    }
}

#[test]
fn an_act_makes_accounts_be_read_again_and_a_remembered_place_or_a_coming_does_not() {
    let made = made();
    let reader = Reader::open(&made.path).unwrap();
    let writer = Writer::open(&made.path).unwrap();
    let before = accounts(&reader, today()).unwrap();
    let login: String = made.raw.query_row("SELECT login FROM person ORDER BY id", [], |row| row.get(0)).unwrap();
    book::remember(&writer, 1, "place", "aging").unwrap();
    assert!(Rc::ptr_eq(&before, &accounts(&reader, today()).unwrap()));
    let newest: String = made.raw.query_row("SELECT max(recorded_at) FROM act", [], |row| row.get(0)).unwrap();
    let stamp = Stamp { now: newest.parse().unwrap(), today: today() };
    acts::sessions::sign_in(&writer, &Actor::new(&login, "cli"), stamp).unwrap();
    assert!(Rc::ptr_eq(&before, &accounts(&reader, today()).unwrap()));
    let customer = before.iter().find(|one| one.done_on.is_none()).unwrap().id;
    let done = Request::new(Act::Done { customers: vec![customer] });
    acts::perform(&writer, &Actor::new(&login, "cli"), stamp, &done, Mode::Post).unwrap();
    let after = accounts(&reader, today()).unwrap();
    assert_eq!(after.get(customer).unwrap().done_on, Some(today()));
    assert_eq!(customers::number(&reader, customer).unwrap().as_deref(), Some(after.get(customer).unwrap().number()));
}

#[test]
fn accounts_that_follow_acts_are_those_a_new_session_reads() {
    let made = made();
    let reader = Reader::open(&made.path).unwrap();
    let writer = Writer::open(&made.path).unwrap();
    let text = |sql: &str| -> String { made.raw.query_row(sql, [], |row| row.get(0)).unwrap() };
    let number = |sql: &str| -> i64 { made.raw.query_row(sql, [], |row| row.get(0)).unwrap() };
    let login = text("SELECT login FROM person ORDER BY id");
    let newest = text("SELECT max(recorded_at) FROM act");
    let stamp = Stamp { now: newest.parse().unwrap(), today: today() };
    let perform = |act: Act| acts::perform(&writer, &Actor::new(&login, "cli"), stamp, &Request::new(act), Mode::Post);
    // Everything known of every customer, as long as the accounts are read; the accounts themselves are let go.
    let told = |reader: &Reader| -> Vec<String> {
        let all = accounts(reader, today()).unwrap();
        all.iter().map(|one| format!("{:?} {}", one.account(reader).unwrap(), one.folded())).collect()
    };
    let open = "FROM item WHERE kind = 1 AND open > 10000 AND disputed = 0 AND due_date < '2026-03-01'";
    let item = |nth: i64| number(&format!("SELECT id {open} ORDER BY id LIMIT 1 OFFSET {nth}"));
    let of = |what: &str, item: i64| number(&format!("SELECT {what} FROM item WHERE id = {item}"));
    let foreign = number(&format!("SELECT id {open} AND currency <> (SELECT currency FROM item LIMIT 1) LIMIT 1"));
    let code: String = text(&format!("SELECT currency FROM item WHERE id = {foreign}"));
    let receipt = Act::PostReceipt {
        customer: of("customer_id", foreign),
        reference: "follow".to_owned(),
        date: today(),
        currency: o2c::domain::money::Currency::parse(&code).unwrap(),
        amount: of("open", foreign) + 500,
        method: "bank".to_owned(),
        text: String::new(),
        applied: vec![(foreign, of("open", foreign))],
    };
    let before = told(&reader);
    let (mut last, mut changed) = (before.clone(), 0);
    let steps = [
        receipt,
        Act::Promise { items: vec![(item(2), 5_000)], on: today(), text: String::new() },
        Act::OpenDispute { item: item(4), amount: 4_000, reason: "price".to_owned(), text: String::new() },
        Act::LogCall {
            customer: of("customer_id", item(6)),
            outcome: "reached".into(),
            text: "x".into(),
            next_on: None,
        },
        Act::SetOwner { customers: vec![of("customer_id", item(7))], owner: login.clone() },
        Act::Done { customers: vec![of("customer_id", item(8)), of("customer_id", item(9))] },
    ];
    for act in steps {
        let name = format!("{act:?}");
        let done = perform(act).unwrap_or_else(|error| panic!("{name}: {error}"));
        for undone in [false, true] {
            if undone {
                perform(Act::Undo { act: done.act }).unwrap_or_else(|error| panic!("undo {name}: {error}"));
            }
            let now = told(&reader);
            assert_eq!(now, told(&Reader::open(&made.path).unwrap()), "{name}, undone: {undone}");
            changed += usize::from(now != last);
            last = now;
        }
    }
    assert!(changed >= 10, "{changed} of 12 acts were seen");
}
