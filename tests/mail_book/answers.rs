//! Mails that come in: whose they are, what they propose, what people make of it, and letters that come back.

use o2c::acts::mail::incoming::{read_as, received};
use o2c::acts::mail::write::prepare;
use o2c::acts::mail::{Choice, Mail, Received};
use o2c::acts::{Act, Failure};
use o2c::store::{BookPath, Reader};

use super::house::{DAY, House, day, make};
use super::server::{Mood, Server};

struct Desk {
    house: House,
    place: BookPath,
    _folder: tempfile::TempDir,
}

fn desk(addresses: &[&str]) -> Desk {
    let folder = tempfile::tempdir().expect("a folder");
    let place = BookPath::new(folder.path().join("book.db"));
    let house = make(&place, addresses);
    Desk { house, place, _folder: folder }
}

impl Desk {
    fn read(&self, mail: &str) -> Option<Received> {
        let reader = Reader::open(&self.place).expect("it opens");
        received(&reader, day(DAY), mail.as_bytes()).expect("a mail")
    }

    fn take(&self, mail: &str) -> Received {
        let found = self.read(mail).expect("a new mail");
        self.house.mail(Mail::Receive(Box::new(found.clone())));
        found
    }
}

fn mail(from: &str, headers: &str, body: &str) -> String {
    format!(
        "From: Anna <{from}>\r\nTo: accounts@nordwind.example\r\nDate: Tue, 31 Mar 2026 10:00:00 +0200\r\n\
         Message-ID: <{}@acme.com>\r\nSubject: Re: Reminder\r\n{headers}\r\n{body}\r\n",
        body.len()
    )
}

/// A server's notice that the mail with this id did not reach the address.
fn returned(id: &str, address: &str) -> String {
    format!(
        "From: MAILER-DAEMON@mx.acme.com\r\nSubject: Undelivered\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/report; report-type=delivery-status; boundary=\"b\"\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\n\
         Failed.\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.acme.com\r\n\r\n\
         Final-Recipient: rfc822; {address}\r\nAction: failed\r\nStatus: 5.1.1\r\n\
         --b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: <{id}>\r\n--b--\r\n"
    )
}

fn accept(proposal: i64, choice: Choice) -> Act {
    Act::Mail(Mail::Accept { proposal, choice })
}

#[test]
fn an_answer_is_its_customers_and_stands_as_proposals_once() {
    let desk = desk(&["a@acme.com", "same@acme.com", "same@acme.com"]);
    let house = &desk.house;
    house.queue();
    let id = &house.texts("SELECT message_id FROM mail ORDER BY id")[1];
    // Written from anywhere, an answer to our letter is the letter's.
    let answer = mail("boss@home.example", &format!("In-Reply-To: <{id}>\r\n"), "We will pay INV-20002 on 5 April.");
    let found = desk.take(&answer);
    assert_eq!((found.customer, found.mail, found.found_by.as_str()), (Some(2), Some(2), "the letter it answers"));
    assert!(desk.read(&answer).is_none(), "the same mail again");
    let again = house.tried(Act::Mail(Mail::Receive(Box::new(found)))).expect_err("known");
    assert!(again.to_string().starts_with("[MAIL-09]"), "{again}");
    // By address; two customers with one address are nobody's, unless an invoice tells.
    assert_eq!(desk.take(&mail("a@acme.com", "", "The price is wrong.")).customer, Some(1));
    let told = desk.take(&mail("same@acme.com", "", "INV-20003 has been paid on 28 March."));
    assert_eq!((told.customer, told.found_by.as_str()), (Some(3), "the invoices it names"));
    assert_eq!(desk.take(&mail("same@acme.com", "", "Who are you?")).customer, None);
    let proposals = "SELECT meaning || ' ' || coalesce(customer_id, 0) || ' ' || state FROM proposal ORDER BY id";
    assert_eq!(house.texts(proposals), ["promise 2 open", "dispute 1 open", "paid 3 open", "query 0 open"]);
    // Nothing was done by itself, and somebody is to look.
    assert!(house.texts("SELECT text FROM promise").is_empty() && house.texts("SELECT number FROM dispute").is_empty());
    assert_eq!(house.texts("SELECT next_what FROM customer WHERE id = 2"), ["look at the answer"]);
    house.assert_sound();
}

#[test]
fn accepting_does_what_the_answer_proposes_and_can_be_taken_back() {
    let desk = desk(&["a@acme.com", "b@acme.com"]);
    let house = &desk.house;
    desk.take(&mail(
        "a@acme.com",
        "",
        "We will pay 60.00 EUR for INV-20001 on 5 April. The price is wrong, 15.00 EUR.",
    ));
    desk.take(&mail("b@acme.com", "", "We have paid on 28 March."));
    desk.take(&mail("b@acme.com", "", "We will pay soon."));
    let words = house.texts("SELECT meaning FROM proposal ORDER BY id");
    let of = |word: &str| words.iter().position(|one| one == word).expect(word) as i64 + 1;
    let done = house.done(accept(of("promise"), Choice::default()));
    assert!(done.summary.contains("Promise 60.00 EUR") && done.summary.contains("5 Apr 2026"), "{}", done.summary);
    assert!(done.undoable);
    let twice = house.tried(accept(of("promise"), Choice::default())).expect_err("decided");
    assert!(twice.to_string().starts_with("[MAIL-10] Proposal"), "{twice}");
    house.done(Act::Undo { act: done.act });
    assert_eq!(house.texts("SELECT ended_why FROM promise"), ["undone"]);
    house.done(accept(of("promise"), Choice { on: Some(day("2026-04-07")), ..Choice::default() }));
    assert_eq!(house.texts("SELECT promised_on FROM promise ORDER BY id"), ["2026-04-05", "2026-04-07"]);
    let dispute = Choice { reason: "price".into(), ..Choice::default() };
    let done = house.done(accept(of("dispute"), dispute));
    assert!(done.summary.contains("15.00 EUR disputed"), "{}", done.summary);
    house.done(accept(of("paid"), Choice::default()));
    assert_eq!(house.texts("SELECT next_what FROM customer WHERE id = 2"), ["look for the payment of 2026-03-28"]);
    // A promise without a day is none until somebody says one.
    let last = words.len() as i64;
    let refused = house.tried(accept(last, Choice::default())).expect_err("no day");
    assert!(refused.to_string().contains("--on DATE"), "{refused}");
    let done = house.done(Act::Mail(Mail::Dismiss { proposal: last, reason: "too vague".into() }));
    house.done(Act::Undo { act: done.act });
    let wrong = Choice { documents: vec!["INV-20001".into()], on: Some(day("2026-04-07")), ..Choice::default() };
    let refused = house.tried(accept(last, wrong)).expect_err("another's invoice");
    assert!(matches!(&refused, Failure::Refused { code: "MAIL-10", .. }), "{refused}");
    house.done(accept(last, Choice { on: Some(day("2026-04-09")), ..Choice::default() }));
    assert_eq!(house.texts("SELECT DISTINCT state FROM proposal"), ["accepted"]);
    house.assert_sound();
}

/// OCA/credit-control PR#447: a letter to an address that refuses it does not wait for ever.
#[test]
fn a_letter_that_comes_back_marks_the_address_and_goes_on_paper() {
    let server = Server::start(Mood::Kind);
    let desk = desk(&["a@acme.com", "b@acme.com"]);
    let house = &desk.house;
    house.queue();
    house.pass(&server);
    let id = &house.texts("SELECT message_id FROM mail ORDER BY id")[0];
    let report = returned(id, "a@acme.com");
    let found = desk.take(&report);
    assert_eq!((found.sort.as_str(), found.mail), ("returned", Some(1)));
    assert_eq!(house.states(), ["failed", "sent"]);
    assert_eq!(house.texts("SELECT way FROM letter_way ORDER BY id"), ["mail", "mail", "letter"]);
    // One that quotes nothing of ours is known by its address; a delay is no failure.
    let delayed = report.replace(id.as_str(), "x@y").replace("a@acme.com", "b@acme.com").replace("5.1.1", "4.4.1");
    assert_eq!(desk.take(&delayed).sort, "delayed");
    assert_eq!(house.states(), ["failed", "sent"]);
    let gone = delayed.replace("4.4.1", "5.2.1");
    assert_eq!(desk.take(&gone).mail, Some(2));
    assert_eq!(house.states(), ["failed", "failed"]);
    assert_eq!(house.texts("SELECT address FROM address_step ORDER BY id"), ["a@acme.com", "b@acme.com"]);
    house.assert_sound();
    // The next letter to a marked address does not try it.
    house.done(Act::Mail(Mail::Settle {
        mail: 1,
        how: o2c::acts::mail::Settled::Again,
        reason: "they repaired it".into(),
    }));
    assert_eq!(house.texts("SELECT bounced || '' FROM address_step ORDER BY id"), ["1", "1", "0"]);
    house.assert_sound();
}

/// A number as short as `A-1` is known where it stands as it is written; what it says nothing of is not promised.
#[test]
fn a_short_number_is_known_as_it_stands() {
    let mail = mail("a@acme.com", "", "We will pay A-1 on 8 April. Part a 1 of the goods came late.");
    let numbers = ["A-1".to_owned(), "A-2".to_owned(), "B-1".to_owned()];
    let euro = o2c::domain::money::Currency::EUR;
    let found = read_as(mail.as_bytes(), (Some(1), None, "x"), &numbers, euro, day(DAY)).expect("a mail");
    assert_eq!(found.proposals.iter().map(|one| one.documents.join(" ")).next().as_deref(), Some("A-1"));
}

#[test]
fn what_waits_for_an_address_that_came_back_does_not_leave() {
    let server = Server::start(Mood::Kind);
    let desk = desk(&["a@acme.com", "b@acme.com"]);
    let house = &desk.house;
    house.queue();
    house.pass(&server);
    for number in ["K1", "K2"] {
        let reader = Reader::open(&desk.place).expect("it opens");
        let out = prepare(&reader, day(DAY), ("statement", number), None).expect("a statement");
        house.mail(Mail::Write(Box::new(out)));
    }
    assert_eq!(house.states(), ["sent", "sent", "waiting", "waiting"]);
    let id = &house.texts("SELECT message_id FROM mail ORDER BY id")[0];
    desk.take(&returned(id, "a@acme.com"));
    assert_eq!(house.states(), ["failed", "sent", "failed", "waiting"], "its letter, and what waited for it");
    let next = house.texts("SELECT next_on || ' ' || next_what FROM customer WHERE next_on IS NOT NULL ORDER BY id");
    assert_eq!(next[0], "2026-03-31 its mail failed", "somebody is to tell them by another way");
    house.assert_sound();
    house.pass(&server);
    assert_eq!(server.taken().iter().filter(|taken| taken.to == "a@acme.com").count(), 1);
    house.assert_sound();
}

/// Found by the simulated company: what an act would need now was asked before whether it stands at all.
#[test]
fn what_was_taken_back_already_is_refused_as_that() {
    let desk = desk(&["a@acme.com"]);
    let house = &desk.house;
    desk.take(&mail("a@acme.com", "", "We will pay 60.00 EUR for INV-20001 on 5 April."));
    let first = house.done(accept(1, Choice::default()));
    let back = house.done(Act::Undo { act: first.act });
    house.done(Act::Undo { act: back.act });
    let refused = house.tried(Act::Undo { act: back.act }).expect_err("it is undone");
    assert!(refused.to_string().starts_with("[ACT-08]"), "{refused}");
    house.assert_sound();
}
