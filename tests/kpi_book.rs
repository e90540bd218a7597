//! Key figures, disputes, promises and the log of a small book made by acts, against numbers worked out by hand.

use chrono::{DateTime, NaiveDate, Utc};
use o2c::acts::{self, Act, Actor, Mode, Request, Stamp};
use o2c::domain::document::DocumentKind;
use o2c::domain::money::Currency;
use o2c::domain::promise::State;
use o2c::language::filter::{self, Filter};
use o2c::store::people::CustomerData;
use o2c::store::read::kpi::{Standing, kpis, open_age, open_history};
use o2c::store::read::window::{Sort, Want};
use o2c::store::read::{disputes, log, promises};
use o2c::store::{BookPath, Reader, Writer};
use rust_decimal::Decimal;

fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

struct Book {
    writer: Writer,
    path: BookPath,
    _dir: tempfile::TempDir,
}

impl Book {
    fn new() -> Book {
        let dir = tempfile::tempdir().unwrap();
        let path = BookPath::new(dir.path().join("book.o2c"));
        let writer = Writer::make(&path).unwrap();
        let book = Book { writer, path, _dir: dir };
        let open = Act::OpenBook {
            company: "Test GmbH".into(),
            currency: Currency::EUR,
            login: "jk".into(),
            name: "Jo King".into(),
        };
        acts::init(&book.writer, &actor(), stamp("2026-03-31"), &Request::new(open)).unwrap();
        book
    }

    fn act(&self, act: Act) -> acts::Done {
        self.act_on("2026-03-31", act)
    }

    fn act_on(&self, day: &str, act: Act) -> acts::Done {
        acts::perform(&self.writer, &actor(), stamp(day), &Request::new(act), Mode::Post).unwrap()
    }

    fn customer(&self, number: &str, name: &str, currency: &str) {
        let data = CustomerData {
            number: number.into(),
            name: name.into(),
            currency: currency.into(),
            terms: "net 30".into(),
            ..CustomerData::default()
        };
        self.act(Act::SetCustomer { customer: None, version: 0, data });
    }

    /// Posts an invoice at net 30 and gives its item.
    fn invoice(&self, customer: i64, number: &str, day: &str, amount: i64, currency: Currency) -> i64 {
        self.act(Act::PostDocument {
            kind: DocumentKind::Invoice,
            number: number.into(),
            customer,
            date: date(day),
            terms: String::new(),
            due: None,
            currency,
            amount,
            reference: String::new(),
            order: String::new(),
            tax: Vec::new(),
        });
        self.writer.query_row("SELECT max(id) FROM item", [], |row| row.get(0)).unwrap()
    }

    fn receipt(&self, customer: i64, day: &str, amount: i64, currency: Currency, applied: &[(i64, i64)]) {
        self.act(Act::PostReceipt {
            customer,
            reference: String::new(),
            date: date(day),
            currency,
            amount,
            method: "transfer".into(),
            text: String::new(),
            applied: applied.to_vec(),
        });
    }

    fn reader(&self) -> Reader {
        Reader::open(&self.path).unwrap()
    }
}

fn actor() -> Actor {
    Actor::new("jk", "cli")
}

fn stamp(day: &str) -> Stamp {
    let now: DateTime<Utc> = format!("{day}T12:00:00Z").parse().unwrap();
    Stamp { now, today: date(day) }
}

/// Six invoices, two of them paid, one paid in part of nothing, cash on account, a write-off and a dispute.
fn worked() -> (Book, i64) {
    let book = Book::new();
    book.customer("100", "Acme Industrial Ltd", "EUR");
    book.customer("200", "Hudson Supply Inc", "USD");
    book.act(Act::SetRate { currency: Currency::USD, from: date("2025-01-01"), rate: "0.5".into() });
    let old = book.invoice(1, "INV-0", "2025-11-20", 60_000, Currency::EUR);
    let december = book.invoice(1, "INV-D", "2025-12-05", 80_000, Currency::EUR);
    let first = book.invoice(1, "INV-1", "2026-01-10", 100_000, Currency::EUR);
    let second = book.invoice(1, "INV-2", "2026-02-15", 200_000, Currency::EUR);
    let dollars = book.invoice(2, "INV-4", "2026-03-10", 40_000, Currency::USD);
    book.invoice(1, "INV-3", "2026-03-20", 300_000, Currency::EUR);
    book.receipt(1, "2025-12-30", 80_000, Currency::EUR, &[(december, 80_000)]);
    book.receipt(1, "2026-02-19", 100_000, Currency::EUR, &[(first, 100_000)]);
    book.receipt(2, "2026-03-20", 40_000, Currency::USD, &[(dollars, 40_000)]);
    book.receipt(1, "2026-03-25", 50_000, Currency::EUR, &[]);
    book.act(Act::WriteOff { item: old, amount: 10_000, date: date("2026-03-30"), reason: "bankrupt".into() });
    let reason = "price".into();
    book.act(Act::OpenDispute { item: second, amount: 50_000, reason, text: "agreed 4.10".into() });
    book.act(Act::SetTarget { kpi: "dso".into(), value: "44".into() });
    (book, second)
}

#[test]
fn the_figures_are_those_worked_out_by_hand() {
    let (book, _) = worked();
    let reader = book.reader();
    let board = kpis(&reader, date("2026-03-31"), 12, Currency::EUR).unwrap();
    let expected = [
        // Receivables 2,000 + 3,000 + 500 - 500 unapplied = 5,000; sales of 90 days 1,000 + 2,000 + 3,000 + 200.
        ("dso", "72.58"),
        ("best-dso", "43.55"),
        ("add", "29.03"),
        ("dso-rolling", "72.58"),
        // March 3,200 in 31 days, then 1,800 of February's 2,000 x 28 days.
        ("dso-countback", "56.20"),
        // (3,000 / 3,200 + 2,000 / 2,000 + 0 + 0 + 500 / 600) x 30
        ("dso-weighted", "83.13"),
        ("overdue", "45.45"),
        ("current", "54.55"),
        ("over90", "9.09"),
        // (2,600 + 3,200 - 5,000) / (2,600 + 3,200 - 3,000)
        ("cei", "28.57"),
        ("turnover", "3.04"),
        ("collection-period", "120.07"),
        ("bad-debt", "1.32"),
        // 1,000 after 40 days, 200 after 10; 1,000 ten days late, 200 twenty days early.
        ("days-to-pay", "35"),
        ("days-late", "5"),
        ("dispute-rate", "25"),
        ("cash", "700"),
        ("issued", "2"),
        ("paid", "1"),
        ("open", "3"),
        ("unapplied", "500"),
        ("ar", "5000"),
        ("ar-gross", "5500"),
    ];
    for (key, value) in expected {
        let figure = board.figure(key).unwrap_or_else(|| panic!("{key}"));
        let wanted: Decimal = value.parse().unwrap();
        assert_eq!(figure.kpi.rounded(2), Some(wanted), "{key}: {}", figure.kpi.arithmetic);
        assert_eq!(figure.trend.len(), 12);
        assert_eq!(figure.trend.last().copied().flatten(), figure.kpi.value, "{key}");
    }
    assert_eq!(board.figures.len(), expected.len());
    assert_eq!(board.aging.debits(), 550_000);
    assert_eq!(board.aging.buckets, [300_000, 200_000, 0, 0, 50_000, 0]);
    assert!(board.no_rate.is_empty());
    let dso = board.figure("dso").unwrap();
    assert_eq!(dso.kpi.arithmetic, "DSO = 5,000 / 6,200 x 90 = 72.58");
    // End of February: 2,600 open, sales since 30 November 3,800.
    assert_eq!(dso.trend[10].unwrap().round_dp(2), "61.58".parse().unwrap());
    assert_eq!((dso.target, dso.standing()), (Some(Decimal::from(44)), Standing::Missed));
    assert_eq!(dso.words(), "28.6 days above target, getting worse");
    let age = open_age(&reader, date("2026-03-31"), Currency::EUR).unwrap();
    // (2,000 x 44 + 3,000 x 11 + 500 x 131) / 5,500
    assert_eq!(age.kpi.rounded(2), Some("33.91".parse().unwrap()));
}

#[test]
fn what_was_open_at_each_date_is_counted_and_aged_as_it_was_then() {
    let (book, second) = worked();
    // Paid in part after the last month end: at that date it was open in full.
    book.receipt(1, "2026-03-31", 150_000, Currency::EUR, &[(second, 150_000)]);
    let reader = book.reader();
    let [open, age] = open_history(&reader, date("2026-03-31"), 12, Currency::EUR).unwrap();
    let shown = |trend: &[Option<Decimal>]| -> Vec<String> {
        trend
            .iter()
            .map(|value| value.map_or("n/a".into(), |value| value.round_dp(2).normalize().to_string()))
            .collect()
    };
    assert_eq!(open.trend.len(), 12);
    assert_eq!(shown(&open.trend)[6..], ["0", "1", "1", "2", "2", "3"]);
    // End of January: (600 x 72 + 1,000 x 21) / 1,600; of February: (600 x 100 + 2,000 x 13) / 2,600; now
    // (500 x 44 + 3,000 x 11 + 500 x 131) / 4,000.
    assert_eq!(shown(&age.trend)[6..], ["n/a", "10", "41", "40.12", "33.08", "30.12"]);
    let now = open_age(&reader, date("2026-03-31"), Currency::EUR).unwrap();
    assert_eq!((age.kpi.rounded(6), open.kpi.value), (now.kpi.rounded(6), Some(Decimal::from(3))));
    // A past day needs no other way: dollars count at the mean rate of their sales.
    let [open, age] = open_history(&reader, date("2026-03-15"), 2, Currency::EUR).unwrap();
    assert_eq!(shown(&open.trend), ["2", "3"]);
    // (600 x 115 + 2,000 x 28 + 200 x 5) / 2,800
    assert_eq!(shown(&age.trend), ["33.08", "45"]);
    let empty = Reader::in_memory().unwrap();
    let [open, age] = open_history(&empty, date("2026-02-28"), 12, Currency::EUR).unwrap();
    assert_eq!((open.kpi.shown().as_str(), age.kpi.value), ("0", None));
}

#[test]
fn a_board_of_a_past_day_and_of_an_empty_book_stand() {
    let (book, _) = worked();
    let reader = book.reader();
    let past = kpis(&reader, date("2026-02-28"), 12, Currency::EUR).unwrap();
    assert_eq!(past.figure("ar").unwrap().kpi.shown(), "2,600");
    assert_eq!(past.figure("open").unwrap().kpi.value, None, "only known for now");
    let empty = Reader::in_memory().unwrap();
    let board = kpis(&empty, date("2026-02-28"), 12, Currency::EUR).unwrap();
    assert_eq!(board.figure("dso").unwrap().kpi.value, None);
    assert_eq!(board.figure("cash").unwrap().kpi.shown(), "0");
    assert_eq!(open_age(&empty, date("2026-02-28"), Currency::EUR).unwrap().kpi.value, None);
}

fn read_filter(text: &str) -> Filter {
    let context = filter::Context {
        today: date("2026-03-31"),
        style: o2c::domain::money::NumberStyle::Point,
        date_order: o2c::language::dates::DateOrder::Dmy,
    };
    filter::parse(text, &context).unwrap()
}

#[test]
fn the_dispute_queue_tells_state_age_and_steps() {
    let (book, item) = worked();
    let ask = |today: &str, text: &str| {
        let sort = Sort { column: "age", descending: true };
        let question = disputes::Question { today: date(today), filter: read_filter(text), sort };
        disputes::disputes(&book.reader(), &question, Want::Start).unwrap()
    };
    let found = ask("2026-04-21", "state:open");
    assert_eq!((found.open, found.late, found.oldest), (1, 1, 21));
    assert_eq!((found.amounts[0].minor, &*found.window.rows[0].document), (50_000, "INV-2"));
    assert_eq!(ask("2026-04-20", "").late, 0, "20 days are still in time");
    assert_eq!(ask("2026-04-20", "state:resolved").window.total, 0);
    assert_eq!(ask("2026-04-20", "reason:price owner:jk acme").window.total, 1);
    let id = found.window.rows[0].id;
    book.act(Act::NoteDispute { dispute: id, version: 1, text: "asked sales".into() });
    book.act(Act::ResolveDispute { dispute: id, version: 2, accepted: 20_000, text: "half right".into() });
    let case = disputes::dispute(&book.reader(), date("2026-04-20"), id).unwrap().unwrap();
    let said: Vec<(&str, &str)> = case.steps.iter().map(|step| (step.what.as_str(), step.text.as_str())).collect();
    assert_eq!(said, [("opened", "agreed 4.10"), ("note", "asked sales"), ("resolved", "half right")]);
    assert_eq!((case.row.item, case.item_open, &*case.row.state), (item, 180_000, "closed"));
    let closed = ask("2026-04-20", "");
    assert_eq!((closed.open, closed.closed), (0, [0, 1, 0]));
    assert_eq!(disputes::find(&book.reader(), "d-1").unwrap(), disputes::find(&book.reader(), "D-1").unwrap());
}

#[test]
fn promises_follow_the_money() {
    let (book, item) = worked();
    let third = item + 2;
    book.act_on("2026-03-31", Act::Promise { items: vec![(item, 50_000)], on: date("2026-04-03"), text: "Ann".into() });
    book.act_on("2026-03-31", Act::Promise { items: vec![(third, 90_000)], on: date("2026-04-10"), text: "".into() });
    let ask = |today: &str, text: &str| {
        let sort = Sort { column: "date", descending: false };
        let question = promises::Question { today: date(today), filter: read_filter(text), sort };
        promises::promises(&book.reader(), &question, Want::Start).unwrap()
    };
    let open = ask("2026-04-01", "");
    assert_eq!(open.window.rows.iter().map(|row| row.state).collect::<Vec<_>>(), [State::Open, State::Open]);
    assert_eq!((open.outcomes[0].made.count, open.outcomes[0].open.amount), (2, 140_000));
    assert_eq!(open.outcomes[0].this_week.count, 1);
    book.act_on(
        "2026-04-02",
        Act::PostReceipt {
            customer: 1,
            reference: String::new(),
            date: date("2026-04-02"),
            currency: Currency::EUR,
            amount: 60_000,
            method: "transfer".into(),
            text: String::new(),
            applied: vec![(item, 60_000)],
        },
    );
    // Friday and two days is a Sunday: the Monday still counts.
    assert_eq!(ask("2026-04-13", "").window.rows[1].state, State::Open);
    let later = ask("2026-04-14", "");
    assert_eq!(later.window.rows.iter().map(|row| row.state).collect::<Vec<_>>(), [State::Kept, State::Broken]);
    assert_eq!(later.window.rows[0].kept, 50_000);
    assert_eq!(later.kept_share().shown(), "50");
    assert_eq!(ask("2026-04-14", "promise:broken").window.total, 1);
    let withdrawn = later.window.rows[1].id;
    book.act_on("2026-04-13", Act::Withdraw { promise: withdrawn });
    assert_eq!(ask("2026-04-13", "").window.rows[1].word(), "withdrawn");
}

#[test]
fn the_log_comes_in_windows_newest_first() {
    let book = Book::new();
    book.customer("100", "Acme Industrial Ltd", "EUR");
    for number in 0..450 {
        book.act(Act::Note { customer: 1, text: format!("note {number}") });
    }
    let last = book.act(Act::Undo { act: 452 });
    let reader = book.reader();
    let ask = |filter: &str, want| log::log(&reader, date("2026-03-31"), &read_filter(filter), want).unwrap();
    let first = ask("", Want::Start);
    assert_eq!((first.first, first.rows.len(), first.total), (0, 200, 453));
    assert_eq!((first.rows[0].id, first.rows[0].undoes, first.rows[1].undone_by), (last.act, Some(452), Some(453)));
    assert!(first.rows[1].final_because().is_some_and(|reason| reason.contains("453")));
    let next = ask("", Want::After(first.rows[199].id, 200));
    assert_eq!((next.first, next.rows[0].id), (200, first.rows[199].id - 1));
    let back = ask("", Want::Before(next.rows[0].id, 200));
    assert_eq!((back.first, back.rows.first(), back.rows.len()), (0, first.rows.first(), 200));
    let end = ask("", Want::End);
    assert_eq!((end.first, end.rows.last().map(|row| row.id)), (253, Some(1)));
    for (want, id) in [(Want::At(300), 153), (Want::Around(50, 0), 50)] {
        let found = ask("", want);
        let place = found.rows.iter().position(|row| row.id == id).unwrap() as u64;
        assert_eq!(found.first + place, 453 - id as u64);
    }
    assert_eq!(ask("owner:jk reason:note", Want::Start).total, 450);
    assert_eq!(ask("reason:\"set customer\"", Want::Start).total, 1);
    assert_eq!(ask("nobody", Want::End).total, 0);
    let detail = log::act(&reader, 3).unwrap().unwrap();
    assert!(detail.payload.contains("note 0") && detail.hash.len() == 64);
    assert_eq!(detail.rows, [("activity".to_owned(), 1)]);
    assert_eq!((detail.line.time(), detail.line.day()), ("12:00", date("2026-03-31")));
}
