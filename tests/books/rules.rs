//! The rules of single acts: made once, stale screens, rights, people, clocks, and undo of every kind.

use super::book::{Book, code, customer, day, document, invoice, keyed, receipt};
use o2c::acts::{self, Act, Expect, Mode, Request};
use o2c::domain::document::DocumentKind as Kind;
use o2c::domain::money::Currency;
use o2c::store::ledger::{NewDocument, NewItem};
use o2c::store::people::CustomerData;
use o2c::store::{Fault, StoreError, Tx};
use std::sync::atomic::{AtomicBool, Ordering};

const EUR: Currency = Currency::EUR;

fn open(book: &Book, item: i64) -> i64 {
    book.number(&format!("SELECT open FROM item WHERE id = {item}"))
}

#[test]
fn the_same_key_is_done_once_and_other_content_is_refused() {
    let book = Book::new();
    let first = book.send("anna", &keyed("one", invoice("INV-1", 1, 500))).expect("posted");
    let again = book.send("anna", &keyed("one", invoice("INV-1", 1, 500))).expect("answered from the log");
    assert_eq!((again.act, again.again), (first.act, true));
    assert_eq!(book.number("SELECT count(*) FROM document"), 1);
    assert_eq!(code(book.send("anna", &keyed("one", invoice("INV-1", 1, 501)))), "ACT-02");
    book.assert_sound();
}

#[test]
fn a_trial_changes_nothing() {
    let book = Book::new();
    let before = book.number("SELECT max(id) FROM act");
    let request = Request::new(invoice("INV-1", 1, 500));
    let tried = acts::perform(&book.conn, &book.actor("anna"), book.stamp(), &request, Mode::DryRun).expect("tried");
    assert!(tried.summary.contains("INV-1"));
    assert_eq!((book.number("SELECT max(id) FROM act"), book.number("SELECT count(*) FROM document")), (before, 0));
    book.assert_sound();
}

#[test]
fn a_stale_screen_is_told_who_changed_what() {
    let mut book = Book::new();
    book.done(invoice("INV-1", 1, 1_000));
    book.done(receipt(1, "TRX", day("2026-03-05"), EUR, 300, vec![(1, 300)]));
    let act = Act::WriteOff { item: 1, amount: 700, date: book.today, reason: "small".into() };
    let mut request = Request::new(act);
    request.expect = vec![Expect::Open { item: 1, open: 1_000 }];
    let failure = book.send("anna", &request).expect_err("stale").to_string();
    assert!(failure.contains("ACT-03") && failure.contains("Anna Berg") && failure.contains("3.00 EUR"), "{failure}");
    request.expect = vec![Expect::Open { item: 1, open: 700 }];
    book.send("anna", &request).expect("as it is now");

    book.done(invoice("INV-2", 1, 900));
    book.done(Act::OpenDispute { item: 4, amount: 900, reason: "price".into(), text: String::new() });
    book.done(Act::NoteDispute { dispute: 1, version: 1, text: "Asked sales".into() });
    let stale = Act::AssignDispute { dispute: 1, version: 1, owner: "carl".into(), department: "invoicing".into() };
    let failure = book.perform(stale).expect_err("stale").to_string();
    assert!(failure.contains("ACT-03") && failure.contains("Anna Berg"), "{failure}");

    let change = |version| Act::SetCustomer {
        customer: Some(1),
        version,
        data: CustomerData { phone: "+49 40 1".into(), ..customer("K1", "Nordwind AG") },
    };
    book.done(change(1));
    assert_eq!(book.refused(change(1)), "ACT-03");
    book.assert_sound();
}

#[test]
fn only_those_with_the_right_may_and_only_people_of_the_book() {
    let mut book = Book::new();
    book.done(invoice("INV-1", 1, 1_000));
    let write_off = Request::new(Act::WriteOff { item: 1, amount: 1, date: book.today, reason: "small".into() });
    let note = Request::new(Act::Note { customer: 1, text: "Called".into() });
    for login in ["carl", "vera"] {
        assert_eq!(code(book.send(login, &write_off)), "AUT-02", "{login}");
    }
    book.send("carl", &note).expect("a collector may write notes");
    assert_eq!(code(book.send("vera", &Request::new(Act::Note { customer: 1, text: "x".into() }))), "AUT-02");
    assert_eq!(code(book.send("mallory", &note)), "SES-04");
    book.done(Act::ChangeRole { login: "carl".into(), role: "collector".into(), held: false, accept: String::new() });
    assert_eq!(code(book.send("carl", &Request::new(Act::Note { customer: 1, text: "y".into() }))), "AUT-02");
    book.assert_sound();
}

#[test]
fn time_in_the_log_never_goes_back() {
    let mut book = Book::new();
    book.today = day("2026-03-10");
    book.done(Act::Note { customer: 1, text: "Ten".into() });
    book.today = day("2026-03-08");
    book.done(Act::Note { customer: 1, text: "Eight, by a clock that went back".into() });
    assert_eq!(book.number("SELECT count(DISTINCT recorded_at) FROM act WHERE kind = 'note'"), 1);
    book.assert_sound();
}

#[test]
fn what_does_not_fit_is_refused_and_changes_nothing() {
    let mut book = Book::new();
    book.done(invoice("INV-1", 1, 1_000));
    book.done(invoice("INV-2", 2, 1_000));
    book.done(document(Kind::Invoice, "INV-3", 1, day("2026-03-02"), None, Currency::USD, 1_000));
    book.done(receipt(1, "", day("2026-03-03"), EUR, 400, vec![]));
    let before = book.number("SELECT max(id) FROM act");
    let apply = |credit, applied| Act::Apply { credit, applied, effective: day("2026-03-04") };
    let dispute =
        |amount, reason: &str| Act::OpenDispute { item: 1, amount, reason: reason.into(), text: String::new() };
    let cases = [
        (apply(4, vec![(1, 401)]), "AMT-06"),
        (apply(4, vec![(1, 0)]), "AMT-05"),
        (apply(4, vec![(2, 10)]), "AMT-10"),
        (apply(4, vec![(3, 10)]), "AMT-09"),
        (apply(4, vec![(99, 10)]), "ACT-04"),
        (apply(4, vec![]), "AMT-11"),
        (apply(1, vec![(1, 10)]), "AMT-11"),
        (apply(4, vec![(1, i64::MAX), (1, i64::MAX)]), "AMT-02"),
        (dispute(1_001, "price"), "AMT-06"),
        (dispute(10, "because"), "DIS-01"),
        (invoice("INV-1", 1, 5), "ACT-07"),
        (invoice("INV-9", 1, 10_000_000_000_000), "AMT-02"),
        (invoice(" \u{1b}[2J\u{200b}", 1, 5), "TXT-05"),
        (Act::Promise { items: vec![(1, 10)], on: day("2026-03-01"), text: String::new() }, "DAT-04"),
        (Act::Promise { items: vec![(1, 1_001)], on: day("2026-03-09"), text: String::new() }, "AMT-06"),
        (Act::Promise { items: vec![(1, 1), (3, 1)], on: day("2026-03-09"), text: String::new() }, "AMT-09"),
        (Act::SetRate { currency: Currency::USD, from: day("2026-01-01"), rate: "1e9x".into() }, "AMT-01"),
        (Act::Undo { act: 1 }, "ACT-10"),
        (Act::Undo { act: 999 }, "ACT-04"),
    ];
    for (act, must) in cases {
        let shown = format!("{act:?}");
        assert_eq!(book.refused(act), must, "{shown}");
    }
    assert_eq!(book.number("SELECT max(id) FROM act"), before);
    book.assert_sound();
}

/// Performs an act, takes it back and compares what is open of every item, its dispute, and the customers.
pub fn there_and_back(book: &mut Book, act: Act) {
    let state = |book: &Book| -> Vec<String> {
        let sql = "SELECT 'item ' || id || ' ' || open || ' ' || coalesce(open_base, '-') || ' ' || disputed || ' ' || closed_on
              FROM item WHERE document_id NOT IN (SELECT id FROM document WHERE reverses IS NOT NULL
                UNION ALL SELECT reverses FROM document WHERE reverses IS NOT NULL)
            UNION ALL SELECT concat_ws(' ', 'customer', id, name, phone, owner, blocked, last_contact, next_on, next_what, done_on) FROM customer
            UNION ALL SELECT concat_ws(' ', 'standing', customer_id, currency, debits, credits, unapplied, disputed, oldest_due)
              FROM standing WHERE debits <> 0 OR credits <> 0 OR unapplied <> 0
            UNION ALL SELECT concat_ws(' ', 'promise', id, ended_why) FROM promise WHERE ended_why NOT IN ('undone')
            UNION ALL SELECT concat_ws(' ', 'fact', f.dispute_id, field, value) FROM dispute_fact f
              WHERE NOT EXISTS (SELECT 1 FROM act u WHERE u.undoes = f.act_id)
            UNION ALL SELECT concat_ws(' ', 'file', name) FROM dispute_file f
              WHERE NOT EXISTS (SELECT 1 FROM act u WHERE u.undoes = f.act_id)
            UNION ALL SELECT concat_ws(' ', 'inquiry', inquiry_id, state, owner, department) FROM inquiry_step s
              WHERE version = (SELECT max(version) FROM inquiry_step l WHERE l.inquiry_id = s.inquiry_id) AND state <> 'void'
            UNION ALL SELECT concat_ws(' ', 'dispute', id, state, owner, department, accepted) FROM dispute WHERE state <> 'void'";
        let mut statement = book.conn.prepare(sql).expect("a question");
        let rows = statement.query_map([], |row| row.get(0)).expect("rows");
        rows.collect::<Result<_, _>>().expect("rows")
    };
    let before = state(book);
    let shown = format!("{act:?}");
    let done = book.done(act);
    assert!(done.undoable, "{shown}");
    assert_ne!(state(book), before, "{shown} did nothing");
    let undo = book.done(Act::Undo { act: done.act });
    assert_eq!(state(book), before, "after taking back {shown}");
    assert_eq!(book.refused(Act::Undo { act: done.act }), "ACT-08");
    assert!(undo.summary.starts_with("Undid: "), "{}", undo.summary);
    book.assert_sound();
}

#[test]
fn undo_of_every_kind_returns_to_the_state_before() {
    let mut book = Book::new();
    book.done(invoice("INV-1", 1, 10_000));
    book.done(document(Kind::Invoice, "INV-2", 1, day("2026-03-02"), None, Currency::USD, 10_007));
    book.done(receipt(1, "", day("2026-03-03"), EUR, 4_000, vec![(1, 1_000)]));
    book.done(Act::OpenDispute { item: 1, amount: 2_000, reason: "price".into(), text: "Too dear".into() });
    let today = book.today;
    let reason = || "agreed".to_owned();
    let acts = [
        invoice("INV-3", 2, 700),
        document(Kind::CreditNote, "CN-1", 2, today, None, EUR, 300),
        receipt(1, "", today, Currency::USD, 5_003, vec![(2, 3_331)]),
        receipt(1, "TRX-9", today, EUR, 500, vec![]),
        Act::Apply { credit: 3, applied: vec![(1, 2_999)], effective: today },
        Act::Credit { item: 1, amount: 9_000, date: today, reason: reason() },
        Act::WriteOff { item: 2, amount: 7, date: today, reason: reason() },
        Act::LogCall { customer: 1, outcome: "reached".into(), text: String::new(), next_on: Some(day("2026-03-09")) },
        Act::DraftEmail { customers: vec![1, 2], text: String::new(), next_on: None },
        Act::FollowUp { customers: vec![1, 2, 3], on: day("2026-03-11"), what: "ask".into() },
        Act::Done { customers: vec![2, 3] },
        Act::Promise { items: vec![(1, 500)], on: day("2026-03-12"), text: String::new() },
        Act::SetCustomer {
            customer: Some(1),
            version: 1,
            data: CustomerData { phone: "+49 40 1".into(), ..customer("K1", "Nordwind AG") },
        },
        Act::SetOwner { customers: vec![1, 3], owner: "carl".into() },
        Act::SetBlocked { customer: 2, blocked: true, reason: String::new() },
        Act::OpenDispute { item: 1, amount: 50, reason: "tax".into(), text: String::new() },
        // Crediting the whole item closed the case, and taking that back opened it: two versions more.
        Act::AssignDispute { dispute: 1, version: 3, owner: "carl".into(), department: "invoicing".into() },
        Act::ResolveDispute { dispute: 1, version: 5, accepted: 1_500, text: reason() },
        Act::ResolveDispute { dispute: 1, version: 7, accepted: 0, text: reason() },
    ];
    for act in acts {
        there_and_back(&mut book, act);
    }
}

#[test]
fn undo_and_redo_go_on_for_ever() {
    let mut book = Book::new();
    let first = book.done(Act::FollowUp { customers: vec![1], on: day("2026-03-11"), what: "ask".into() });
    let planned = |book: &Book| book.number("SELECT count(*) FROM customer WHERE next_on = '2026-03-11'");
    let mut last = first.act;
    for round in 0..3 {
        last = book.done(Act::Undo { act: last }).act;
        assert_eq!(planned(&book), 0, "undo {round}");
        last = book.done(Act::Undo { act: last }).act;
        assert_eq!(planned(&book), 1, "redo {round}");
    }
    book.assert_sound();
}

#[test]
fn a_void_dispute_stays_void() {
    let mut book = Book::new();
    book.done(invoice("INV-1", 1, 1_000));
    let opened = book.done(Act::OpenDispute { item: 1, amount: 600, reason: "price".into(), text: String::new() });
    book.done(Act::Undo { act: opened.act });
    let assign = Act::AssignDispute { dispute: 1, version: 2, owner: "carl".into(), department: String::new() };
    assert_eq!(book.refused(assign), "DIS-02");
    book.assert_sound();
}

#[test]
fn numbers_typed_by_people_do_not_stop_a_series() {
    let mut book = Book::new();
    book.done(invoice("INV-1", 1, 1_000));
    book.done(receipt(1, "R-1", book.today, EUR, 10, vec![]));
    book.done(document(Kind::CreditNote, "C-1", 1, book.today, None, EUR, 10));
    let done = book.done(receipt(1, "", book.today, EUR, 20, vec![]));
    assert_eq!(book.number("SELECT count(*) FROM document WHERE number = 'R-2'"), 1, "{}", done.summary);
    book.done(Act::Credit { item: 1, amount: 5, date: book.today, reason: "small".into() });
    assert_eq!(book.number("SELECT count(*) FROM document WHERE number = 'C-2'"), 1);
    book.assert_sound();
}

#[test]
fn many_small_payments_never_relieve_more_than_was_booked() {
    let mut book = Book::new();
    book.done(Act::SetRate {
        currency: Currency::parse("JPY").expect("yen"),
        from: day("2026-01-01"),
        rate: "0.006".into(),
    });
    let yen = Currency::parse("JPY").expect("yen");
    book.done(document(Kind::Invoice, "INV-1", 1, book.today, None, yen, 5));
    for n in 0..5 {
        book.done(receipt(1, &format!("TRX {n}"), book.today, yen, 1, vec![(1, 1)]));
        assert!(book.number("SELECT open_base FROM item WHERE id = 1") >= 0);
    }
    assert_eq!((open(&book, 1), book.number("SELECT open_base FROM item WHERE id = 1")), (0, 0));
    book.assert_sound();
}

#[test]
fn what_was_reopened_cannot_be_paid_before_it_was_reopened() {
    let mut book = Book::new();
    book.done(invoice("INV-1", 1, 1_000));
    book.done(receipt(1, "TRX", day("2026-03-05"), EUR, 1_000, vec![(1, 1_000)]));
    book.done(Act::Unapply { allocation: 1, effective: day("2026-03-20"), reason: "wrong".into() });
    book.done(receipt(1, "TRX 2", day("2026-03-10"), EUR, 1_000, vec![(1, 1_000)]));
    assert_eq!(book.number("SELECT count(*) FROM item WHERE id = 1 AND closed_on = '2026-03-20'"), 1);
    let least = "SELECT min(sum) FROM (SELECT 1000 - sum(amount) OVER (ORDER BY effective) AS sum FROM allocation WHERE debit_item = 1)";
    assert_eq!(book.number(least), 0, "open on some day");
    book.assert_sound();
}

#[test]
fn a_reversed_invoice_does_not_count_as_paid() {
    let mut book = Book::new();
    let posted = book.done(invoice("INV-1", 1, 1_000));
    book.today = day("2026-03-30");
    book.done(Act::Undo { act: posted.act });
    assert_eq!(
        book.number(
            "SELECT coalesce(sum(amount), 0) + coalesce(sum(items), 0) FROM daily WHERE measure IN (13, 14, 15)"
        ),
        0
    );
    assert_eq!(book.number("SELECT sum(paid) + sum(paid_days) + sum(late_days) FROM standing"), 0);
    let counter = book.number("SELECT max(id) FROM allocation");
    let reopen = Act::Unapply { allocation: counter, effective: book.today, reason: "no".into() };
    assert_eq!(book.refused(reopen), "ACT-08", "a reversal stands");
    book.assert_sound();
}

/// The store's own guards: no act known comes to them, so they are asked directly.
#[test]
fn the_store_refuses_what_no_act_may_ask_of_it() {
    let book = Book::new();
    let now = chrono::Utc::now();
    let mut tx = Tx::begin(&book.conn, now).expect("begun");
    let new = NewDocument {
        kind: Kind::Invoice,
        number: "INV-1",
        customer: 1,
        date: day("2026-03-02"),
        currency: Currency::EUR,
        amount: 100,
        base: Some(100),
        reference: "",
        order: "",
        text: "",
        reverses: None,
        tax: &[],
        side: None,
    };
    let parts = [40, 59].map(|amount| NewItem { due: day("2026-04-01"), amount, base: Some(amount) });
    assert_eq!(tx.post_document(&new, &parts).err().map(|error| error.code), Some("CHK-M4"));
    drop(tx);
    // Somebody wrote between the copy of an upgrade and the upgrade.
    let (format, head) = (o2c::store::schema::FORMAT, o2c::store::audit::head(&book.conn).expect("a head").0);
    let begun = Tx::begin_upgrade(&book.conn, now, format, head - 1);
    assert_eq!(begun.err().map(|error| error.code), Some("DB-19"));
    book.assert_sound();
}

#[test]
fn a_question_that_was_interrupted_says_so_and_nothing_else() {
    let book = Book::new();
    let (handle, answered) = (book.conn.get_interrupt_handle(), AtomicBool::new(false));
    let endless = "WITH RECURSIVE n (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n";
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !answered.load(Ordering::Relaxed) {
                handle.interrupt();
                std::thread::yield_now();
            }
        });
        let asked = book.conn.query_row(endless, [], |row| row.get::<_, i64>(0));
        answered.store(true, Ordering::Relaxed);
        let error = StoreError::from(asked.expect_err("interrupted"));
        assert_eq!((error.code, error.fault), ("DB-14", Fault::Interrupted));
    });
    book.assert_sound();
}
