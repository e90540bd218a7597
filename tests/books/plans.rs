//! Payment plans in a book: random receipts, reversals and credits against a model that walks day by day and keeps its
//! own account of what came; and the rules of agreeing, replacing, withdrawing and taking back.

use super::book::{Book, day, document, invoice, receipt};
use super::dice::Dice;
use chrono::{Duration, NaiveDate};
use o2c::acts::arrange::Arrange;
use o2c::acts::{Act, Failure, Request};
use o2c::domain::document::DocumentKind as Kind;
use o2c::domain::money::Currency;
use o2c::domain::plan::{Instalment, State, monthly};
use o2c::domain::strategy::Strategy;
use o2c::store::Reader;
use o2c::store::dunning::load::{Wanted, facts_of};
use o2c::store::plans::{Stored, Which, plans_of};
use o2c::store::read::accounts::accounts;

fn propose(items: &[(i64, i64)], instalments: Vec<Instalment>) -> Act {
    let (items, text) = (items.to_vec(), "Mrs Voss".into());
    Act::Arrange(Arrange::ProposePlan { items, instalments, grace_days: 5, text, replaces: None })
}

fn replace(before: i64, items: &[(i64, i64)], instalments: Vec<Instalment>) -> Act {
    let (items, text) = (items.to_vec(), String::new());
    Act::Arrange(Arrange::ProposePlan { items, instalments, grace_days: 5, text, replaces: Some(before) })
}

fn withdraw(plan: i64) -> Act {
    Act::Arrange(Arrange::WithdrawPlan { plan, reason: "agreed otherwise".into() })
}

fn plan(book: &Book, id: i64) -> Stored {
    let reader = Reader::open(&book.place()).expect("a reader");
    plans_of(&reader, Which::Id(id)).expect("plans").pop().expect("the plan")
}

fn state(book: &Book, id: i64) -> State {
    plan(book, id).plan.standing(book.today).state
}

/// What is to be collected of a customer now.
fn to_collect(book: &Book, customer: i64) -> i64 {
    let reader = Reader::open(&book.place()).expect("a reader");
    let all = accounts(&reader, book.today).expect("accounts");
    all.get(customer).expect("the customer").to_collect()
}

/// Two invoices of customer 1, due on the 16th: 900.00 and 600.00.
fn owing() -> Book {
    let mut book = Book::new();
    book.done(invoice("INV-1", 1, 90_000));
    book.done(invoice("INV-2", 1, 60_000));
    book.today = day("2026-03-20");
    book
}

/// The model: what was agreed, and everything set against the items since, as the test did it.
struct Model {
    agreed: Vec<Instalment>,
    grace: i64,
    planned: Vec<i64>,
    /// Item, day, amount, cash.
    came: Vec<(usize, NaiveDate, i64, bool)>,
}

impl Model {
    fn sum(&self, item: usize, until: NaiveDate, cash: bool) -> i64 {
        self.came.iter().filter(|one| one.0 == item && one.1 <= until && one.3 == cash).map(|one| one.2).sum()
    }

    fn paid(&self, until: NaiveDate) -> i64 {
        (0..self.planned.len()).map(|item| self.sum(item, until, true).clamp(0, self.planned[item])).sum()
    }

    /// What there is to pay in all, credits taken off.
    fn owed(&self, until: NaiveDate) -> i64 {
        (0..self.planned.len()).map(|item| self.planned[item] - self.sum(item, until, false)).sum()
    }

    fn wanted(&self, until: NaiveDate, due: NaiveDate) -> i64 {
        let agreed: i64 = self.agreed.iter().filter(|one| one.on <= due).map(|one| one.amount).sum();
        agreed.min(self.owed(until))
    }

    /// Walks to the day before `today` and looks each evening whether an instalment whose grace ends is there, and this
    /// evening whether one of those whose grace has ended went back.
    fn defaulted(&self, today: NaiveDate) -> bool {
        let mut evening = self.agreed[0].on;
        while evening < today {
            for one in &self.agreed {
                let last = one.on + Duration::days(self.grace);
                if last == evening && self.paid(evening) < self.wanted(evening, one.on) {
                    return true;
                }
            }
            evening += Duration::days(1);
        }
        let ended = |one: &&Instalment| one.on + Duration::days(self.grace) < today;
        self.agreed.iter().filter(ended).any(|one| self.paid(today) < self.wanted(today, one.on))
    }

    fn judged(&self, today: NaiveDate) -> (State, i64, i64) {
        let left = self.owed(today) - self.paid(today);
        let due = (self.wanted(today, today) - self.paid(today)).max(0);
        let state = match (left, self.defaulted(today)) {
            (0, _) => State::Completed,
            (_, true) => State::Default,
            _ => State::Good,
        };
        (state, left, due)
    }
}

#[test]
fn a_plan_stands_as_the_day_by_day_model_says_whatever_comes_and_goes() {
    let seeds = if std::env::var_os("O2C_LONG").is_some() { 200 } else { 12 };
    let mut seen = std::collections::BTreeMap::new();
    for seed in 0..seeds {
        let mut dice = Dice(seed);
        let mut book = owing();
        book.done(invoice("INV-3", 1, 5_000));
        let (items, open) = ([1, 2], [90_000i64, 60_000]);
        let rates = usize::try_from(dice.from(1, 5)).expect("small");
        let agreed = monthly(150_000, rates, day("2026-03-25") + Duration::days(dice.from(0, 10)));
        book.done(propose(&[(1, open[0]), (2, open[1])], agreed.clone()));
        let mut model = Model { agreed, grace: 5, planned: open.to_vec(), came: Vec::new() };
        // Allocations that stand: id, item, amount.
        let mut live: Vec<(i64, usize, i64)> = Vec::new();
        for _ in 0..14 {
            book.today += Duration::days(dice.from(0, 12));
            let item = usize::try_from(dice.from(0, 1)).expect("small");
            let now = |model: &Model| {
                open[item] - model.sum(item, day("2999-01-01"), true) - model.sum(item, day("2999-01-01"), false)
            };
            let still = now(&model);
            match dice.from(0, 9) {
                0..=5 if still > 0 => {
                    let amount = if dice.one_in(3) { still } else { dice.from(1, still) };
                    // Money may be found late: its day is before today, and counts.
                    let on = (book.today - Duration::days(dice.from(0, 4))).max(day("2026-03-20"));
                    book.done(receipt(1, "", on, Currency::EUR, amount, vec![(items[item], amount)]));
                    live.push((book.number("SELECT max(id) FROM allocation"), item, amount));
                    model.came.push((item, on, amount, true));
                }
                6 if still > 1 => {
                    let amount = dice.from(1, still / 2);
                    book.done(Act::Credit { item: items[item], amount, date: book.today, reason: "goods".into() });
                    model.came.push((item, book.today, amount, false));
                }
                7 | 8 if !live.is_empty() => {
                    let at = usize::try_from(dice.from(0, live.len() as i64 - 1)).expect("small");
                    let (allocation, item, amount) = live.swap_remove(at);
                    book.done(Act::Unapply { allocation, effective: book.today, reason: "returned".into() });
                    model.came.push((item, book.today, -amount, true));
                }
                _ => {}
            }
            let must = model.judged(book.today);
            let now = plan(&book, 1).plan.standing(book.today);
            assert_eq!((now.state, now.left, now.due), must, "seed {seed} on {}: {:?}", book.today, now.rows);
            let rows: i64 = now.rows.iter().map(|row| row.paid).sum();
            assert_eq!((rows, now.left_of.iter().sum::<i64>()), (now.paid, now.left), "seed {seed}");
            *seen.entry(must.0).or_insert(0) += 1;
            // Everything here is past due; a plan in good standing asks for what is due by it, and for the rest.
            let held = if must.0 == State::Good { must.1 - must.2 } else { 0 };
            let all = book.number("SELECT sum(open) FROM item WHERE kind = 1 AND due_date < '2026-03-20'");
            assert_eq!(to_collect(&book, 1), all - held, "seed {seed} on {}", book.today);
            let reader = Reader::open(&book.place()).expect("a reader");
            let wanted = Wanted { customer: Some(1), today: book.today, run: 0 };
            let customer = facts_of(&reader, wanted).expect("facts").pop().expect("something is open");
            let planned = customer.items.iter().filter(|item| item.planned_until.is_some()).count();
            let open_parts = now.left_of.iter().filter(|left| **left > 0).count();
            assert_eq!(planned, if must.0 == State::Good { open_parts } else { 0 }, "seed {seed}");
        }
        book.assert_sound();
    }
    assert!([State::Good, State::Default, State::Completed].iter().all(|one| seen.contains_key(one)), "{seen:?}");
    println!("plans: {seeds} histories, {seen:?}");
}

#[test]
fn what_cannot_be_agreed_is_refused_and_changes_nothing() {
    let mut book = owing();
    book.done(document(Kind::Invoice, "INV-U", 1, day("2026-03-02"), None, Currency::USD, 5_000));
    book.done(invoice("INV-K2", 2, 5_000));
    let from = |total, first| monthly(total, 3, day(first));
    let refused = |items: &[(i64, i64)], list| book.refused(propose(items, list));
    assert_eq!(refused(&[], Vec::new()), "ACT-09");
    assert_eq!(refused(&[(1, 90_001)], from(90_001, "2026-04-01")), "AMT-06");
    assert_eq!(refused(&[(1, 90_000), (3, 5_000)], from(95_000, "2026-04-01")), "AMT-09");
    assert_eq!(refused(&[(1, 90_000), (4, 5_000)], from(95_000, "2026-04-01")), "AMT-09");
    assert_eq!(refused(&[(1, 100), (1, 100)], from(200, "2026-04-01")), "ACT-09");
    assert_eq!(refused(&[(1, 90_000)], from(89_999, "2026-04-01")), "PLN-01");
    assert_eq!(refused(&[(1, 90_000)], from(90_000, "2026-03-19")), "PLN-01");
    let long = Act::Arrange(Arrange::ProposePlan {
        items: vec![(1, 900)],
        instalments: from(900, "2026-04-01"),
        grace_days: 61,
        text: String::new(),
        replaces: None,
    });
    assert_eq!(book.refused(long), "PLN-01");
    book.done(Act::OpenDispute { item: 1, amount: 10_000, reason: "price".into(), text: "x".into() });
    assert_eq!(book.refused(propose(&[(1, 80_001)], from(80_001, "2026-04-01"))), "AMT-06");
    book.done(propose(&[(1, 80_000)], from(80_000, "2026-04-01")));
    assert_eq!(book.refused(propose(&[(1, 100)], from(100, "2026-04-01"))), "PLN-02");
    assert_eq!(
        book.refused(Act::Promise { items: vec![(1, 100)], on: day("2026-03-30"), text: String::new() }),
        "PLN-02"
    );
    assert_eq!(book.number("SELECT count(*) FROM plan"), 1);
    book.assert_sound();
}

#[test]
fn a_plan_is_replaced_without_penalty_and_undo_brings_the_one_before_back() {
    let mut book = owing();
    book.done(Act::Promise { items: vec![(1, 90_000)], on: day("2026-03-27"), text: String::new() });
    let all = [(1, 90_000), (2, 60_000)];
    let first = book.done(propose(&all, monthly(150_000, 3, day("2026-04-01"))));
    assert!(first.summary.contains("PP-1") && first.summary.contains("1,500.00 EUR"), "{}", first.summary);
    let why = "SELECT count(*) FROM promise WHERE ended_why = 'planned'";
    assert_eq!(book.number(why), 1, "the plan takes the promise's place");
    book.today = day("2026-04-10");
    assert_eq!(state(&book, 1), State::Default);
    assert_eq!(to_collect(&book, 1), 150_000, "default gives everything back");
    let second = book.done(replace(1, &all, monthly(150_000, 6, day("2026-04-15"))));
    assert_eq!((state(&book, 1), state(&book, 2)), (State::Replaced, State::Good));
    assert_eq!(to_collect(&book, 1), 0);
    assert_eq!(book.refused(withdraw(1)), "ACT-08");
    book.assert_sound();
    book.done(Act::Undo { act: second.act });
    assert_eq!((state(&book, 1), state(&book, 2)), (State::Default, State::Withdrawn));
    book.assert_sound();
    let third = book.done(withdraw(1));
    assert_eq!(state(&book, 1), State::Withdrawn);
    let again = book.done(Act::Undo { act: third.act });
    assert_eq!(state(&book, 1), State::Default);
    book.done(Act::Undo { act: again.act });
    assert_eq!(state(&book, 1), State::Withdrawn, "undone twice it is withdrawn again");
    assert_eq!(book.refused(Act::Undo { act: first.act }), "ACT-10");
    book.assert_sound();
}

#[test]
fn money_returned_after_the_plan_counts_against_it_and_money_from_before_does_not() {
    let mut book = owing();
    book.done(receipt(1, "", day("2026-03-20"), Currency::EUR, 30_000, vec![(1, 30_000)]));
    let early = book.number("SELECT max(id) FROM allocation");
    book.done(propose(&[(1, 60_000)], monthly(60_000, 2, day("2026-04-01"))));
    book.done(receipt(1, "", day("2026-03-20"), Currency::EUR, 30_000, vec![(1, 30_000)]));
    let paid = book.number("SELECT max(id) FROM allocation");
    book.today = day("2026-04-20");
    assert_eq!(state(&book, 1), State::Good, "paid on the day it was made, but after it");
    book.done(Act::Unapply { allocation: early, effective: book.today, reason: "wrong invoice".into() });
    let now = plan(&book, 1).plan.standing(book.today);
    assert_eq!((now.state, now.paid, now.left), (State::Good, 30_000, 30_000));
    book.done(Act::Unapply { allocation: paid, effective: day("2026-04-02"), reason: "returned".into() });
    assert_eq!(state(&book, 1), State::Default);
    book.assert_sound();
}

#[test]
fn a_promise_holds_no_part_back_that_is_disputed_anyway() {
    let mut book = Book::new();
    book.done(invoice("INV-1", 1, 90_000));
    book.done(invoice("INV-2", 1, 50_000));
    book.today = day("2026-03-20");
    book.done(Act::OpenDispute { item: 1, amount: 40_000, reason: "price".into(), text: "x".into() });
    book.done(Act::Promise { items: vec![(1, 90_000)], on: day("2026-03-27"), text: String::new() });
    assert_eq!(to_collect(&book, 1), 50_000, "400 disputed, 500 promised, and 500 of the other invoice to collect");
    book.done(Act::Promise { items: vec![(1, 20_000)], on: day("2026-03-27"), text: String::new() });
    assert_eq!(to_collect(&book, 1), 80_000, "a promise of less than what is not in dispute holds that back alone");
}

#[test]
fn the_level_of_a_promise_counts_those_that_were_not_kept() {
    let mut book = owing();
    let promise = |amount, on: &str| Act::Promise { items: vec![(1, amount)], on: day(on), text: String::new() };
    let level = |book: &Book| book.number("SELECT level FROM promise ORDER BY id DESC LIMIT 1");
    book.done(promise(30_000, "2026-03-24"));
    book.today = day("2026-03-23");
    book.done(receipt(1, "", book.today, Currency::EUR, 30_000, vec![(1, 30_000)]));
    book.done(promise(60_000, "2026-03-31"));
    assert_eq!(level(&book), 1, "the one for the rest of a kept one stays at its level");
    book.done(promise(60_000, "2026-04-02"));
    assert_eq!(level(&book), 2, "renewing an open one counts");
    let undone = book.done(promise(50_000, "2026-04-03"));
    assert_eq!(level(&book), 3);
    book.done(Act::Undo { act: undone.act });
    book.today = day("2026-04-20");
    book.done(promise(60_000, "2026-04-24"));
    assert_eq!(level(&book), 3, "what was taken back by undo was never made");
    book.assert_sound();
}

#[test]
fn a_promise_far_ahead_or_renewed_too_often_waits_for_a_second_person() {
    let mut book = owing();
    let promise = |on: &str| Act::Promise { items: vec![(1, 90_000)], on: day(on), text: String::new() };
    let count = |book: &Book| book.number("SELECT count(*) FROM promise");
    let asked = book.done(promise("2099-01-01"));
    assert!(asked.asked && count(&book) == 0, "{}", asked.summary);
    let why =
        "SELECT count(*) FROM request WHERE needs = 'approve what others ask for' AND why LIKE '%2099-01-01%90 days%'";
    assert_eq!(book.number(why), 1);
    assert!(!book.done(promise("2026-06-18")).asked, "ninety days ahead");
    for _ in 0..3 {
        assert!(!book.done(promise("2026-03-27")).asked, "renewed three times");
    }
    assert_eq!((count(&book), book.done(promise("2026-03-28")).asked, count(&book)), (4, true, 4));
    assert_eq!(book.number("SELECT count(*) FROM request WHERE why LIKE '4 promises on the item%'"), 1);
    book.assert_sound();
}

#[test]
fn the_accounts_of_a_person_are_handed_over_with_a_note_and_taken_back() {
    let mut book = owing();
    book.done(Act::SetOwner { customers: vec![1, 2], owner: "vera".into() });
    let hand = |from: &str, to: &str| {
        Act::Arrange(Arrange::HandOver { from: from.into(), to: to.into(), note: "on leave until May".into() })
    };
    assert_eq!(book.refused(hand("vera", "vera")), "ACT-09");
    assert_eq!(book.refused(hand("vera", "nobody")), "ACT-04");
    assert_eq!(book.refused(hand("anna", "carl")), "ACT-09");
    let done = book.done(hand("vera", "carl"));
    assert!(done.summary.contains("2 accounts of vera over to carl"), "{}", done.summary);
    assert_eq!(book.number("SELECT count(*) FROM customer WHERE owner = 'carl'"), 2);
    assert_eq!(book.number("SELECT count(*) FROM activity WHERE kind = 'note' AND text LIKE '%on leave%'"), 2);
    book.assert_sound();
    book.done(Act::Undo { act: done.act });
    assert_eq!(book.number("SELECT count(*) FROM customer WHERE owner = 'vera'"), 2);
    book.assert_sound();
}

#[test]
fn only_who_may_take_back_what_others_did_decides_who_else_owns_a_customer() {
    let mut book = owing();
    let own = |customers: &[i64], owner: &str| Act::SetOwner { customers: customers.to_vec(), owner: owner.into() };
    let hand = |from: &str, to: &str| {
        Act::Arrange(Arrange::HandOver { from: from.into(), to: to.into(), note: "on leave".into() })
    };
    book.done(own(&[1], "anna"));
    let carl = |book: &Book, act: Act| book.send("carl", &Request::new(act));
    let refused = |book: &Book, act: Act| match carl(book, act) {
        Err(Failure::Refused { code: "AUT-02", sentence }) => {
            assert!(sentence.contains("collector may not decide who else owns a customer"), "{sentence}");
            assert!(sentence.contains("controller or supervisor"), "{sentence}");
        }
        other => panic!("not refused: {other:?}"),
    };
    refused(&book, own(&[1], "carl"));
    refused(&book, own(&[2], "anna"));
    refused(&book, own(&[2, 1], "carl"));
    refused(&book, hand("anna", "carl"));
    refused(&book, hand("", "anna"));
    assert_eq!(book.number("SELECT count(*) FROM customer WHERE owner = 'carl'"), 0);
    carl(&book, own(&[2], "carl")).expect("nobody has it");
    carl(&book, own(&[2], "carl")).expect("it is his");
    carl(&book, hand("", "carl")).expect("nobody has it");
    carl(&book, hand("carl", "anna")).expect("what is his he may hand over");
    assert_eq!(book.number("SELECT count(*) FROM customer WHERE owner = 'anna'"), 3);
}

#[test]
fn a_contact_leads_to_a_next_step_with_its_day() {
    let mut book = owing();
    let contact = |kind: &str, outcome: &str, on: &str| {
        let (kind, outcome, text, next_what) = (kind.into(), outcome.into(), "x".into(), String::new());
        Act::Arrange(Arrange::Contact { customer: 1, kind, outcome, text, next_on: day(on), next_what })
    };
    assert_eq!(book.refused(contact("pigeon", "reached", "2026-03-23")), "ACT-09");
    assert_eq!(book.refused(contact("visit", "delighted", "2026-03-23")), "ACT-09");
    assert_eq!(book.refused(contact("visit", "says paid", "2026-03-19")), "DAT-04");
    let done = book.done(contact("visit", "says paid", "2026-03-23"));
    let next = "SELECT count(*) FROM customer WHERE id = 1 AND next_on = '2026-03-23' AND last_contact = '2026-03-20' \
                AND next_what LIKE 'search for the payment%'";
    assert_eq!(book.number(next), 1);
    book.assert_sound();
    book.done(Act::Undo { act: done.act });
    assert_eq!(book.number("SELECT count(*) FROM customer WHERE next_on IS NOT NULL OR last_contact IS NOT NULL"), 0);
}

#[test]
fn a_strategy_is_kept_in_versions_and_an_old_view_of_it_is_refused() {
    let mut book = owing();
    let set = |name: &str, version| {
        let strategy = Strategy { name: name.into(), minimum: 100, ..Strategy::default() };
        Act::Arrange(Arrange::SetStrategy { strategy: Box::new(strategy), version })
    };
    book.done(set("careful", 0));
    assert_eq!(book.refused(set("careful", 0)), "ACT-03");
    book.done(set("careful", 1));
    assert_eq!(book.refused(set("", 0)), "TXT-05");
    assert_eq!(book.number("SELECT max(version) FROM strategy_version"), 2);
    book.assert_sound();
}
