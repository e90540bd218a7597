//! Today's list in a book: what is to collect, what brings an account back to the list, and why one is not on it.

use super::book::{Book, day, invoice};
use chrono::NaiveDate;
use o2c::acts::Act;
use o2c::acts::arrange::Arrange;
use o2c::acts::dunning::Dunning;
use o2c::domain::case::Outcome;
use o2c::domain::money::Currency;
use o2c::domain::plan::monthly;
use o2c::domain::strategy::Strategy;
use o2c::language::filter::Filter;
use o2c::store::Reader;
use o2c::store::read::window::{Sort, Want};
use o2c::store::read::worklist::{Question, WorkRow, why_not, worklist};

fn question(today: NaiveDate) -> Question {
    let sort = Sort { column: "priority", descending: true };
    Question { today, base: Currency::EUR, filter: Filter::all(), sort, all: false }
}

/// Today's list.
fn list(book: &Book) -> Vec<WorkRow> {
    let reader = Reader::open(&book.place()).expect("a reader");
    worklist(&reader, &question(book.today), Want::Start).expect("the list").window.rows
}

/// The row of customer 1, where it is listed.
fn row(book: &Book) -> Option<WorkRow> {
    list(book).into_iter().find(|row| row.customer == 1)
}

fn why(book: &Book) -> String {
    let reader = Reader::open(&book.place()).expect("a reader");
    why_not(&reader, &question(book.today), 1).expect("an answer").unwrap_or_default()
}

/// Invoices of customer 1, due on the 16th: 900.00 and 600.00; on the 20th.
fn owing() -> Book {
    let mut book = Book::new();
    book.done(invoice("INV-1", 1, 90_000));
    book.done(invoice("INV-2", 1, 60_000));
    book.today = day("2026-03-20");
    book
}

fn follow_up(on: &str) -> Act {
    Act::FollowUp { customers: vec![1], on: day(on), what: "look again".into() }
}

fn call(next: &str) -> Act {
    let (outcome, text) = ("reached".into(), String::new());
    Act::LogCall { customer: 1, outcome, text, next_on: Some(day(next)) }
}

fn promise(amount: i64, on: &str) -> Act {
    Act::Promise { items: vec![(1, amount)], on: day(on), text: String::new() }
}

fn decide(dispute: i64, outcome: Outcome, amount: i64) -> Act {
    Act::Case(Box::new(o2c::acts::case::Case::Decide {
        dispute,
        version: 1,
        outcome,
        amount,
        rest: false,
        cause: o2c::domain::case::CAUSES[0].into(),
        on: None,
        text: "looked into".into(),
    }))
}

#[test]
fn a_broken_promise_brings_the_account_back_before_its_follow_up_unless_that_was_set_since() {
    let mut book = owing();
    book.done(promise(90_000, "2026-03-24"));
    book.done(follow_up("2026-05-04"));
    book.today = day("2026-03-26");
    assert!(row(&book).is_none() && why(&book).contains("follow-up on Mon 4 May 2026"), "{}", why(&book));
    book.today = day("2026-03-27");
    assert_eq!(row(&book).map(|row| row.why.to_string()).as_deref(), Some("Promise broken 24 Mar"));
    assert_eq!(why(&book), "");
    book.done(call("2026-04-10"));
    book.today = day("2026-03-30");
    assert!(row(&book).is_none() && why(&book).contains("follow-up on Fri 10 Apr 2026"), "{}", why(&book));
}

#[test]
fn a_plan_in_default_and_an_instalment_that_is_due_bring_the_account_back() {
    let mut book = owing();
    let all = [(1, 90_000), (2, 60_000)];
    let (items, instalments) = (all.to_vec(), monthly(150_000, 3, day("2026-04-01")));
    let plan = Arrange::ProposePlan { items, instalments, grace_days: 5, text: String::new(), replaces: None };
    book.done(Act::Arrange(plan));
    book.done(follow_up("2026-06-01"));
    book.today = day("2026-03-31");
    assert!(row(&book).is_none());
    book.today = day("2026-04-01");
    assert_eq!(row(&book).map(|row| row.why.to_string()).as_deref(), Some("Instalment of 1 Apr is due"));
    book.done(follow_up("2026-06-01"));
    assert!(row(&book).is_none(), "looked at since");
    book.today = day("2026-04-07");
    assert_eq!(row(&book).map(|row| row.why.to_string()).as_deref(), Some("Plan in default since 7 Apr"));
}

#[test]
fn a_rejected_dispute_brings_the_account_back_the_same_day_and_does_not_wait_for_the_contact_gap() {
    let mut book = owing();
    let strategy = Strategy { name: "calm".into(), contact_gap_days: 30, ..Strategy::default() };
    book.done(Act::Arrange(Arrange::SetStrategy { strategy: Box::new(strategy), version: 0 }));
    book.done(Act::OpenDispute { item: 1, amount: 90_000, reason: "price".into(), text: "x".into() });
    book.done(call("2026-06-01"));
    assert!(row(&book).is_none());
    book.done(decide(1, Outcome::Collect, 90_000));
    assert_eq!(row(&book).map(|row| row.why.to_string()).as_deref(), Some("Dispute rejected"));
    book.done(call("2026-06-01"));
    assert!(row(&book).is_none(), "they were told");
    book.done(Act::Done { customers: vec![1] });
    assert!(why(&book).contains("set aside for today"), "{}", why(&book));
}

#[test]
fn a_dispute_that_was_granted_is_answered_until_somebody_tells_the_customer() {
    let mut book = owing();
    book.done(Act::OpenDispute { item: 1, amount: 90_000, reason: "price".into(), text: "x".into() });
    let answered = |book: &Book| {
        let row = row(book).expect("it is listed");
        row.parts.iter().any(|part| part.reason == "Dispute answered")
    };
    assert!(!answered(&book));
    book.done(decide(1, Outcome::Credit, 90_000));
    assert!(answered(&book));
    assert_eq!(row(&book).map(|row| row.next.word()), Some("reply"));
    let told = book.done(call("2026-03-20"));
    book.today = day("2026-03-23");
    assert!(!answered(&book));
    book.done(Act::Undo { act: told.act });
    assert!(answered(&book), "a call that was taken back told nobody");
    book.today = day("2026-04-06");
    assert!(!answered(&book), "after two weeks it is no news");
}

#[test]
fn why_an_account_is_not_listed_names_what_keeps_it_back_and_the_day_that_changes() {
    let mut book = owing();
    book.done(Act::OpenDispute { item: 1, amount: 90_000, reason: "price".into(), text: "x".into() });
    book.done(Act::OpenDispute { item: 2, amount: 60_000, reason: "price".into(), text: "x".into() });
    assert!(row(&book).is_none());
    let text = why(&book);
    assert!(text.contains("1,500.00 EUR past due is disputed; D-1 is to be decided by "), "{text}");
    book.done(decide(1, Outcome::Collect, 90_000));
    book.done(promise(90_000, "2026-03-27"));
    book.done(call("2026-03-20"));
    book.today = day("2026-03-23");
    let text = why(&book);
    assert!(
        text.contains("900.00 EUR past due is promised") && text.contains("promise is for Fri 27 Mar 2026"),
        "{text}"
    );
    assert!(text.contains("600.00 EUR past due is disputed"), "{text}");

    let strategy = Strategy { name: "large".into(), minimum: 5_000, ..Strategy::default() };
    book.done(Act::Arrange(Arrange::SetStrategy { strategy: Box::new(strategy), version: 0 }));
    book.done(Act::Withdraw { promise: 1 });
    let text = why(&book);
    assert!(text.contains("900.00 EUR to collect is not above the 5,000.00 EUR of the strategy large; D-2"), "{text}");
}

#[test]
fn a_plan_names_its_next_instalment_as_the_day_that_changes() {
    let mut book = owing();
    let (items, instalments) = (vec![(1, 90_000), (2, 60_000)], monthly(150_000, 3, day("2026-04-01")));
    let plan = Arrange::ProposePlan { items, instalments, grace_days: 5, text: String::new(), replaces: None };
    book.done(Act::Arrange(plan));
    let text = why(&book);
    assert!(text.contains("payment plan in good standing; the next instalment is due Wed 1 Apr 2026"), "{text}");
}

#[test]
fn what_is_on_hold_is_not_to_collect_until_the_hold_ends() {
    let mut book = owing();
    let hold = |item, until: Option<&str>| {
        let (kind, reason, until) = ("manual".into(), "waits for our answer".into(), until.map(day));
        Act::Dunning(Dunning::PlaceHold { customer: 1, item, kind, from: day("2026-03-20"), until, reason })
    };
    book.done(hold(Some(1), Some("2026-03-25")));
    assert_eq!(row(&book).map(|row| row.to_collect), Some(60_000));
    book.done(hold(None, Some("2026-03-23")));
    assert!(row(&book).is_none());
    let text = why(&book);
    assert!(text.contains("1,500.00 EUR past due is on hold; the hold ends on Mon 23 Mar 2026"), "{text}");
    book.today = day("2026-03-24");
    assert_eq!(row(&book).map(|row| row.to_collect), Some(60_000), "the customer's hold is over, the invoice's is not");
    book.today = day("2026-03-26");
    assert_eq!(row(&book).map(|row| row.to_collect), Some(150_000));
    book.done(hold(None, None));
    assert!(why(&book).contains("on hold until it is lifted"), "{}", why(&book));
}

#[test]
fn who_was_contacted_today_leaves_the_list_until_tomorrow_unless_more_is_planned_today() {
    let mut book = owing();
    let mail =
        |next: Option<&str>| Act::DraftEmail { customers: vec![1], text: "please pay".into(), next_on: next.map(day) };
    let sent = book.done(mail(None));
    assert!(row(&book).is_none());
    assert_eq!(why(&book), "contacted today; it comes back tomorrow");
    book.today = day("2026-03-21");
    assert!(row(&book).is_some());
    book.today = day("2026-03-20");
    book.done(Act::Undo { act: sent.act });
    book.done(call("2026-03-20"));
    assert!(row(&book).is_some(), "they are to be called again today");
}

/// Behaviour 5E, standard rules: an item moving into a worse bucket, a discount about to lapse, stepped points.
#[test]
fn a_worse_bucket_and_a_discount_about_to_end_list_a_customer_ahead_of_time() {
    let mut book = owing();
    let events = o2c::domain::strategy::Events { worse_bucket: 6, discount_lapsing: 4, ..Strategy::default().events };
    let age_steps = vec![o2c::domain::strategy::Step { from: 25, points: 9 }];
    let strategy =
        Strategy { name: "ahead".into(), events, worse_days: 3, lapse_days: 2, age_steps, ..Strategy::default() };
    book.done(Act::Arrange(Arrange::SetStrategy { strategy: Box::new(strategy), version: 0 }));
    let parts = |book: &Book| -> Vec<(i64, String)> {
        let parts = row(book).map(|row| row.parts).unwrap_or_default();
        parts.into_iter().map(|part| (part.points, part.reason)).collect()
    };
    // Due on 16 March: 31 days over on 16 April.
    book.today = day("2026-04-12");
    let ahead = parts(&book);
    assert!(!ahead.iter().any(|(_, reason)| reason.contains("31-60")), "four days off: {ahead:?}");
    assert!(ahead.contains(&(9, "Oldest 27 days past due, the step from 25".into())), "{ahead:?}");
    book.today = day("2026-04-13");
    assert!(parts(&book).contains(&(6, "Falls into 31-60 days in 3 d".into())), "{:?}", parts(&book));
    book.today = day("2026-04-16");
    assert!(parts(&book).contains(&(6, "Fell into 31-60 days today".into())), "{:?}", parts(&book));
    book.today = day("2026-04-17");
    assert!(!parts(&book).iter().any(|(_, reason)| reason.contains("bucket") || reason.contains("31-60")));
    // What is wholly disputed does not count.
    book.today = day("2026-04-13");
    for (item, amount) in [(1, 90_000), (2, 60_000)] {
        book.done(Act::OpenDispute { item, amount, reason: "price".into(), text: String::new() });
    }
    assert!(!parts(&book).iter().any(|(_, reason)| reason.contains("31-60")), "{:?}", parts(&book));
    // A customer who owes nothing yet is worth a word before the discount ends, unless it is taken already.
    let discounted = Act::PostDocument {
        kind: o2c::domain::document::DocumentKind::Invoice,
        number: "INV-9".into(),
        customer: 2,
        date: day("2026-04-05"),
        terms: "2/10 net 30".into(),
        due: None,
        currency: Currency::EUR,
        amount: 10_000,
        reference: String::new(),
        order: String::new(),
        tax: Vec::new(),
    };
    book.done(discounted);
    let lapsing = |book: &Book| {
        let found = list(book).into_iter().find(|row| row.customer == 2);
        found.map(|row| (row.score, row.parts[0].reason.clone()))
    };
    assert_eq!(lapsing(&book), Some((4, "Discount ends in 2 d".into())));
    book.today = day("2026-04-12");
    assert_eq!(lapsing(&book), None);
    book.today = day("2026-04-16");
    assert_eq!(lapsing(&book), None, "it is over");
}

/// Behaviour 5E: method, contact and source are fields of a promise; it is judged and taken back like any other.
#[test]
fn a_promise_says_by_which_method_and_who_said_so() {
    use o2c::domain::promise::Said;
    use o2c::store::read::promises::{Question, promises};
    let mut book = owing();
    let by = |method: &str, source: &str| {
        let said = Said { method: method.into(), contact: "Mrs Voss".into(), source: source.into() };
        let (items, on) = (vec![(1, 90_000), (2, 60_000)], day("2026-03-27"));
        Act::Arrange(Arrange::PromiseBy { items, on, text: "both".into(), said })
    };
    assert_eq!(book.refused(by("shells", "call")), "PRM-01");
    assert_eq!(book.refused(by("transfer", "dream")), "PRM-01");
    super::rules::there_and_back(&mut book, by("Transfer", "call"));
    let done = book.done(by("Transfer", "call"));
    assert!(done.summary.ends_with(", by transfer, said by Mrs Voss, over call"), "{}", done.summary);
    let reader = Reader::open(&book.place()).expect("a reader");
    let sort = Sort { column: "date", descending: false };
    let question = Question { today: book.today, filter: Filter::all(), sort };
    let rows = promises(&reader, &question, Want::Start).expect("asked").window.rows;
    assert_eq!(rows.len(), 2);
    for row in rows {
        assert_eq!((&*row.method, &*row.contact, &*row.source), ("transfer", "Mrs Voss", "call"));
    }
    // Beyond what may be promised alone it waits for a second person like any other.
    let far = |on: &str| {
        let said = Said { method: "card".into(), ..Said::default() };
        Act::Arrange(Arrange::PromiseBy { items: vec![(1, 100)], on: day(on), text: String::new(), said })
    };
    assert!(book.done(far("2026-12-31")).asked);
    book.assert_sound();
}
