//! More of what users of other systems complain of in dunning, each against a book: what is drafted, what goes out, and
//! what the letters say.

use o2c::acts::dunning::Dunning;
use o2c::acts::dunning::dispatch;
use o2c::acts::{Act, Actor};
use o2c::domain::document::DocumentKind as Kind;
use o2c::domain::dunning::Letter;
use o2c::store::dunning::letters;
use o2c::store::dunning::runs::letters_of;

use crate::book::{Company, customer, day, document, euro};
use crate::runs::{desk, standard, with_fee};
use crate::world::{level, policy};

/// The desk with a second customer, of another country, who owes as much.
fn two_customers() -> Company {
    let company = desk();
    let mut second = customer("K2");
    second.country = "FR".into();
    company.done("anna", Act::SetCustomer { customer: None, version: 0, data: second });
    let Act::PostDocument { kind, terms, due, currency, amount, reference, order, tax, date, .. } =
        document(Kind::Invoice, "INV-2", euro(100), day("2026-03-01"))
    else {
        unreachable!("an invoice")
    };
    let (number, customer) = ("INV-2".to_owned(), 2);
    let act = Act::PostDocument { kind, number, customer, date, terms, due, currency, amount, reference, order, tax };
    company.done("anna", act);
    company
}

fn drafted(company: &Company, segment: &str) -> i64 {
    company.dunning("anna", Dunning::DraftRun { segment: segment.into() }).expect("a run");
    company.number("SELECT max(id) FROM dunning_run")
}

/// Every letter of the book, in order.
fn out(company: &Company) -> Vec<Letter> {
    let count = company.number("SELECT count(*) FROM letter");
    (1..=count).map(|id| letters::letter(&company.conn, id).expect("a letter")).collect()
}

/// What a letter is about and asks for, in minor units with its fee.
fn asks(letter: &Letter) -> Vec<(&str, i64, i64)> {
    letter.lines.iter().map(|line| (line.document.as_str(), line.open - line.disputed, line.fee)).collect()
}

/// invoiceninja/invoiceninja#10263, #11380: the fee is not applied to a reminder made by hand.
#[test]
fn a_reminder_made_for_one_customer_charges_the_fee_once_as_a_run_does() {
    let mut company = two_customers();
    company.under(&with_fee(standard(), 0, 500));
    let by_hand = drafted(&company, "country:FR");
    company.send(by_hand);
    assert_eq!(out(&company).iter().map(asks).collect::<Vec<_>>(), [[("INV-2", euro(100), 500)]]);
    // The fee is owed: a debit of its own, as one of a run is.
    let fees = "SELECT count(*) FROM letter l JOIN document d ON d.id = l.fee_document WHERE d.amount = 500";
    assert_eq!(company.number(fees), 1);
    let everybody = drafted(&company, "");
    company.send(everybody);
    let all = out(&company);
    assert_eq!(all.len(), 2, "whoever had this level by hand has it no second time");
    assert_eq!(asks(&all[1]), [("INV-1", euro(100), 500)]);
    assert_eq!((all[0].total(), company.number(fees)), (all[1].total(), 2));
    // The next level charges nothing again for the first.
    company.later(7);
    let next = drafted(&company, "");
    company.send(next);
    assert!(out(&company)[2..].iter().all(|letter| letter.level == 2));
    assert_eq!(company.number(fees), 2);
    company.assert_sound();
}

/// adempiere/adempiere#2369: one field left blank sends every past letter again.
#[test]
fn no_blank_or_wrong_run_sends_what_is_out_again() {
    let mut company = two_customers();
    company.under(&standard());
    let first = drafted(&company, "");
    company.send(first);
    company.later(7);
    let second = drafted(&company, "");
    company.send(second);
    let before = out(&company);
    assert_eq!(before.len(), 4);
    let start = |company: &Company, run, letters| {
        company.dunning("anna", Dunning::StartRun { run, letters, despite: "all".into() })
    };
    for run in [0, -1, 99, first, second] {
        for letters in [0, 2, 4] {
            assert!(start(&company, run, letters).is_err(), "run {run}, {letters} letters");
        }
    }
    let again = dispatch::send_rest(
        &company.conn,
        &Actor::new("anna", "test"),
        company.stamp(),
        (first, "all"),
        &mut |_, _| true,
    );
    assert!(again.is_err() || again.is_ok_and(|sent| sent.sent == 0));
    for run in [first, second] {
        for key in letters_of(&company.lines(run)) {
            let refused = company.letter(run, key).expect_err("it is out").to_string();
            assert!(refused.contains("DUN-04") || refused.contains("DUN-07"), "{refused}");
        }
    }
    // A run that is drafted sends nothing before it is released and its count is typed back.
    company.later(7);
    let third = drafted(&company, "");
    let key = letters_of(&company.lines(third))[0];
    assert!(company.letter(third, key).is_err() && start(&company, third, 2).is_err());
    company.release(third);
    for wrong in [0, 1, 4] {
        assert!(start(&company, third, wrong).expect_err("the count").to_string().contains("DUN-05"));
    }
    assert_eq!(out(&company), before, "nothing went out");
    company.start(third);
    company.letter(third, key).expect("the run's own");
    assert_eq!(out(&company).len(), 5);
    company.assert_sound();
}

/// microsoft/AL#7573: what is on hold is left out, but not where it is the only customer.
#[test]
fn a_hold_counts_in_a_book_of_one_customer_and_one_invoice() {
    for item in [None, Some(1)] {
        let company = desk();
        company.under(&standard());
        let hold = |reason: &str| {
            let (kind, from, reason) = ("manual".to_owned(), company.today, reason.to_owned());
            Dunning::PlaceHold { customer: 1, item, kind, from, until: None, reason }
        };
        company.dunning("anna", hold("waits for our answer")).expect("held");
        assert_eq!(company.why(), ["held"]);
        assert_eq!(company.draft(), Err("DUN-02".into()), "nothing is due");
        assert_eq!(company.number("SELECT count(*) FROM dunning_line"), 0);
        company.dunning("anna", Dunning::LiftHold { hold: 1, reason: "answered".into() }).expect("lifted");
        let run = company.draft().expect("a run");
        assert_eq!(company.lines(run).len(), 1);
        // Held between the draft and the letter, it is left out at the last moment.
        company.release(run);
        company.start(run);
        company.dunning("anna", hold("asked again")).expect("held");
        assert!(company.letter(run, letters_of(&company.lines(run))[0]).is_err());
        assert_eq!(company.number("SELECT count(*) FROM letter"), 0);
        company.assert_sound();
    }
}

/// killbill/killbill#2297: thresholds 7 and 11 days, looked at every 5; a level is skipped when the oldest invoice changes.
#[test]
fn no_level_is_skipped_when_the_oldest_invoice_is_paid_between_runs() {
    let mut company = Company::of_one();
    // Due on 1 and 5 March.
    company.done("anna", document(Kind::Invoice, "INV-1", euro(100), day("2026-02-15")));
    company.done("anna", document(Kind::Invoice, "INV-2", euro(70), day("2026-02-19")));
    company.under(&policy(vec![level(1, 7), level(2, 11)]));
    let mut seen = Vec::new();
    for on in ["2026-03-06", "2026-03-11", "2026-03-16", "2026-03-21", "2026-03-26"] {
        company.today = day(on);
        if on == "2026-03-16" {
            // The oldest was paid since; the second is past both thresholds by now.
            company.pay(1, euro(100));
        }
        let before = out(&company).len();
        if let Ok(run) = company.draft() {
            company.send(run);
        }
        for letter in &out(&company)[before..] {
            seen.extend(letter.lines.iter().map(|line| (on, line.document.clone(), letter.level)));
        }
    }
    let seen: Vec<(&str, &str, u32)> = seen.iter().map(|(on, document, level)| (*on, &**document, *level)).collect();
    assert_eq!(seen, [("2026-03-11", "INV-1", 1), ("2026-03-16", "INV-2", 1), ("2026-03-21", "INV-2", 2)]);
    company.assert_sound();
}

/// invoiceplane forum topic 2309, OCA/credit-control PR#170: a dispute mark with reason, owner, log and partial credit, and
/// the disputed invoice is left out of the letter.
#[test]
fn a_disputed_invoice_is_left_out_of_the_letter_until_it_is_decided() {
    let company = desk();
    company.done("anna", document(Kind::Invoice, "INV-2", euro(50), day("2026-03-01")));
    company.under(&standard());
    let (reason, text) = ("quantity".to_owned(), "two pallets short".to_owned());
    company.done("anna", Act::OpenDispute { item: 1, amount: euro(100), reason, text });
    let (owner, department) = ("anna".to_owned(), String::new());
    company.done("anna", Act::AssignDispute { dispute: 1, version: 1, owner, department });
    let mark = "SELECT count(*) FROM dispute WHERE item_id = 1 AND reason = 'quantity' AND owner = 'anna'";
    assert_eq!(company.number(mark), 1);
    assert_eq!(
        company.number("SELECT count(*) FROM act WHERE kind IN ('open dispute', 'assign dispute')"),
        2,
        "the log"
    );
    let run = company.draft().expect("a run");
    company.send(run);
    assert_eq!(out(&company).iter().map(asks).collect::<Vec<_>>(), [[("INV-2", euro(50), 0)]]);
    // A part is credited, the rest is asked for again.
    company
        .done("anna", Act::ResolveDispute { dispute: 1, version: 2, accepted: euro(30), text: "short by 30".into() });
    let run = company.draft().expect("a run");
    company.send(run);
    assert_eq!(asks(&out(&company)[1]), [("INV-1", euro(70), 0)]);
    company.assert_sound();
}
