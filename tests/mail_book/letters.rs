//! Mails that go with no reminder: statements, confirmations, answers, copies. They wait in the outbox like the others, are
//! sent, fail and stay unknown like them, and are taken back as long as they wait.

use o2c::acts::case::Case;
use o2c::acts::dunning::Dunning;
use o2c::acts::mail::write::{Outgoing, prepare};
use o2c::acts::mail::{Mail, Settled};
use o2c::acts::{Act, Failure};
use o2c::domain::case::Outcome;
use o2c::store::{BookPath, Reader};

use super::house::{DAY, House, day, in_memory};
use super::server::{Mood, Server};

fn made(house: &House, what: &str, number: &str) -> Result<Outgoing, Failure> {
    let place = house.book.path().expect("a file").to_owned();
    prepare(&Reader::open(&BookPath::new(place)).expect("a reader"), house.stamp().today, (what, number), None)
}

fn written(house: &House, what: &str, number: &str) -> o2c::acts::Done {
    house.mail(Mail::Write(Box::new(made(house, what, number).expect("a letter"))))
}

#[test]
fn a_statement_waits_in_the_outbox_and_leaves_like_a_reminder() {
    let server = Server::start(Mood::Kind);
    let house = in_memory(&["good@acme.com", "gone@acme.com", "drop@acme.com"]);
    let done = written(&house, "statement", "K1");
    assert_eq!(done.summary, "Mail 1 to good@acme.com waits: statement K1 (Kunde K1)");
    written(&house, "copy", "INV-20002");
    written(&house, "copy", "INV-20003");
    assert_eq!(house.states(), ["waiting", "waiting", "waiting"]);
    assert_eq!(
        house.texts("SELECT what || ' ' || about FROM mail_about ORDER BY id"),
        ["statement K1", "copy INV-20002", "copy INV-20003"]
    );
    house.assert_sound();
    house.pass(&server);
    assert_eq!(house.states(), ["sent", "failed", "unknown"]);
    let taken = server.taken();
    assert!(taken[0].text.contains("INV-20001") && taken[0].text.contains("Message-ID: <o2c."), "{}", taken[0].text);
    assert_eq!(
        house.texts("SELECT next_on || ' ' || next_what FROM customer WHERE number = 'K2'"),
        ["2026-03-31 its mail failed"]
    );
    house.assert_sound();
    let place = house.book.path().expect("a file").to_owned();
    let rows =
        o2c::store::mail::mails(&Reader::open(&BookPath::new(place)).expect("a reader"), day(DAY), ("", None), 9);
    assert_eq!(rows.expect("a list").0[2].letter, "statement K1", "the list says what it is");
}

#[test]
fn who_cannot_be_mailed_is_named_and_nothing_is_half_done() {
    let house = in_memory(&["", "not-an-address", "gone@acme.com"]);
    for (number, why) in [("K1", "has no e-mail address"), ("K2", "not exactly one address")] {
        let out = made(&house, "statement", number).expect("a letter");
        let refused = house.tried(Act::Mail(Mail::Write(Box::new(out)))).expect_err("no address");
        assert!(refused.to_string().contains("MAIL-11") && refused.to_string().contains(why), "{refused}");
    }
    // Mail to an address that came back is not tried again by another letter.
    let server = Server::start(Mood::Kind);
    written(&house, "statement", "K3");
    house.pass(&server);
    let out = made(&house, "statement", "K3").expect("a letter");
    let refused = house.tried(Act::Mail(Mail::Write(Box::new(out)))).expect_err("it came back");
    assert!(refused.to_string().contains("came back"), "{refused}");
    assert_eq!(house.states(), ["failed"]);
    for (what, number, code) in [
        ("promise", "K1", "TPL-06"),
        ("plan", "PP-9", "ACT-04"),
        ("dispute", "D-9", "ACT-04"),
        ("poem", "K1", "MAIL-11"),
    ] {
        let refused = made(&house, what, number).expect_err("nothing to write");
        assert!(refused.to_string().contains(code), "{what}: {refused}");
    }
    house.assert_sound();
}

#[test]
fn what_waits_is_taken_back_and_what_left_is_not() {
    let server = Server::start(Mood::Kind);
    let house = in_memory(&["good@acme.com"]);
    let done = written(&house, "statement", "K1");
    house.done(Act::Undo { act: done.act });
    assert_eq!(house.states(), ["given up"]);
    house.assert_sound();
    let again = written(&house, "statement", "K1");
    house.pass(&server);
    assert_eq!((house.states(), server.taken().len()), (vec!["given up".to_owned(), "sent".to_owned()], 1));
    let refused = house.tried(Act::Undo { act: again.act }).expect_err("it left");
    assert!(refused.to_string().contains("ACT-10"), "{refused}");
    let ids = house.texts("SELECT message_id FROM mail ORDER BY id");
    assert_ne!(ids[0], ids[1], "each has its own Message-ID");
    house.assert_sound();
}

#[test]
fn promises_plans_and_answers_are_confirmed_by_mail() {
    let house = in_memory(&["good@acme.com"]);
    let on = "2026-04-10".parse().expect("a day");
    house.done(Act::Promise { items: vec![(1, 4_000)], on, text: String::new() });
    written(&house, "promise", "K1");
    house.done(Act::OpenDispute { item: 1, amount: 1_000, reason: "price".into(), text: String::new() });
    assert!(made(&house, "dispute", "D-1").is_err(), "it is not decided yet");
    house.done(Act::Case(Box::new(Case::Decide {
        dispute: 1,
        version: 1,
        outcome: Outcome::Credit,
        amount: 1_000,
        rest: false,
        cause: "carrier".into(),
        on: None,
        text: String::new(),
    })));
    written(&house, "dispute", "d-1");
    let said = house.texts("SELECT CAST(message AS TEXT) FROM mail ORDER BY id");
    assert!(said[0].contains("40.00") && said[1].contains("D-1"), "{said:?}");
    house.assert_sound();
}

/// What another case took over, what is written off and what is charged back are three things to the customer.
#[test]
fn the_answer_to_a_dispute_says_of_each_part_what_becomes_of_it() {
    let house = in_memory(&["good@acme.com"]);
    let (reason, text) = ("price".to_owned(), String::new());
    house.done(Act::OpenDispute { item: 1, amount: 3_000, reason: reason.clone(), text: text.clone() });
    house.done(Act::Case(Box::new(Case::Split { dispute: 1, version: 1, amount: 1_000, reason, text: text.clone() })));
    let decide = |outcome, amount, rest, version| {
        let (cause, text) = ("carrier".to_owned(), String::new());
        house.done(Act::Case(Box::new(Case::Decide {
            dispute: 1,
            version,
            outcome,
            amount,
            rest,
            cause,
            on: None,
            text,
        })));
    };
    decide(Outcome::WriteOff, 500, false, 2);
    decide(Outcome::ChargeBack, 300, true, 3);
    let letter = made(&house, "dispute", "D-1").expect("a letter").text.replace('\u{a0}', " ");
    for said in ["our dispute of EUR 20.00", "We do not ask for EUR 5.00 any more.", "the remaining EUR 15.00", "G-1"] {
        assert!(letter.contains(said), "{said}: {letter}");
    }
    assert!(!letter.contains("credit note."), "{letter}");
    house.assert_sound();
}

/// Between a letter and the moment its mail leaves the customer may have paid, disputed or promised: it stays, and a person
/// decides. What somebody sent all the same is not asked about again.
#[test]
fn a_reminder_that_was_overtaken_stays_in_the_outbox() {
    let server = Server::start(Mood::Kind);
    let house = in_memory(&["one@acme.com", "two@acme.com", "three@acme.com", "four@acme.com", "five@acme.com"]);
    house.queue();
    assert_eq!(house.states(), ["waiting"; 5]);
    let on = "2026-04-10".parse().expect("a day");
    house.done(Act::OpenDispute { item: 1, amount: 1_000, reason: "price".into(), text: String::new() });
    house.done(Act::Promise { items: vec![(2, 4_000)], on, text: String::new() });
    let date = "2026-03-31".parse().expect("a day");
    house.done(Act::Credit { item: 3, amount: 500, date, reason: "goodwill".into() });
    let undone = house.done(Act::Promise { items: vec![(4, 4_000)], on, text: String::new() });
    house.done(Act::Undo { act: undone.act });
    let place = house.book.path().expect("a file").to_owned();
    let listed = o2c::store::mail::mails(
        &Reader::open(&BookPath::new(place)).expect("a reader"),
        day(DAY),
        ("waiting", None),
        9,
    );
    let listed = listed.expect("a list").0;
    assert_eq!(listed.iter().filter(|mail| mail.overtaken.is_some()).count(), 3, "the list says which stay");
    let (_, held) = house.pass(&server);
    assert_eq!(house.states(), ["waiting", "waiting", "waiting", "sent", "sent"], "{held:?}");
    let why = ["is disputed", "was promised", "was paid or credited"];
    for (said, why) in held.iter().zip(why) {
        assert!(said.contains(&format!("{why} since it was written")), "{said}");
    }
    // Another day changes nothing; whoever knows better sends it as it is.
    house.mail(Mail::Settle { mail: 2, how: Settled::Again, reason: "they want it in writing".into() });
    house.pass(&server);
    assert_eq!(house.states(), ["waiting", "sent", "waiting", "sent", "sent"]);
    house.mail(Mail::Settle { mail: 1, how: Settled::GivenUp, reason: "disputed".into() });
    house.pass(&server);
    assert_eq!(house.states(), ["given up", "sent", "waiting", "sent", "sent"]);
    assert_eq!(server.taken().len(), 3);
    house.assert_sound();
}

/// A hold keeps a mail as long as it holds, and no day longer.
#[test]
fn a_mail_kept_by_a_hold_leaves_when_the_hold_has_run_out() {
    let server = Server::start(Mood::Kind);
    let house = in_memory(&["one@acme.com"]);
    house.queue();
    let (from, until) = ("2026-03-31".parse().expect("a day"), "2026-03-31".parse().ok());
    let (kind, reason) = ("manual".into(), "waits for our answer".into());
    house.done(Act::Dunning(Dunning::PlaceHold { customer: 1, item: None, kind, from, until, reason }));
    house.pass(&server);
    assert_eq!(house.states(), ["waiting"]);
    house.later(24 * 60);
    house.pass(&server);
    assert_eq!(house.states(), ["sent"]);
}

/// A mail that waited past the day it asks payment by, or beside which money came that nobody applied, is not sent by itself.
#[test]
fn a_mail_whose_day_has_passed_or_beside_which_money_came_stays() {
    let server = Server::start(Mood::Kind);
    let house = in_memory(&["one@acme.com", "two@acme.com"]);
    house.queue();
    let date = "2026-03-31".parse().expect("a day");
    let (reference, method, text, currency) =
        (String::new(), String::new(), String::new(), o2c::domain::money::Currency::EUR);
    let money =
        Act::PostReceipt { customer: 1, reference, date, currency, amount: 10_000, method, text, applied: Vec::new() };
    house.done(money);
    let (_, held) = house.pass(&server);
    assert_eq!(house.states(), ["waiting", "sent"], "{held:?}");
    assert!(held[0].contains("has unapplied money beside it since"), "{held:?}");
    let house = in_memory(&["one@acme.com"]);
    house.queue();
    house.later(11 * 24 * 60);
    let (_, held) = house.pass(&server);
    assert!(held[0].contains("the day by which it asks for payment, 2026-04-10, has passed"), "{held:?}");
    house.mail(Mail::Settle { mail: 1, how: Settled::Again, reason: "they know".into() });
    house.pass(&server);
    assert_eq!(house.states(), ["sent"]);
}
