//! Mail by key: what is unknown is settled, what failed is sent again, what customers answer is accepted or left alone,
//! and Enter shows the message.

#[path = "rigs/journey.rs"]
#[allow(dead_code)]
mod journey;
#[path = "mail/server.rs"]
#[allow(dead_code)]
mod server;

use std::time::Duration;

use journey::{TestBook, draw_at_every_size, today};
use o2c::acts::dunning::Dunning;
use o2c::acts::mail::{Ended, Mail, Proposed, Received, pass};
use o2c::acts::{Act, Actor, Failure};
use o2c::domain::dunning::{Channel, Level, Policy, Scope};
use o2c::mail::smtp::{Privacy, Server as Settings};
use o2c::store::dunning::runs::{self, letters_of, seal};
use o2c::store::{BookPath, Writer};
use o2c::tui::app::harness::Harness;
use server::{Mood, Server};

fn proposed(meaning: &str, sentence: &str, documents: &[&str]) -> Proposed {
    Proposed {
        meaning: meaning.into(),
        on: None,
        amount: None,
        documents: documents.iter().map(|number| (*number).to_owned()).collect(),
        phrase: String::new(),
        sentence: sentence.into(),
    }
}

fn answer(n: u8, customer: Option<i64>, proposals: Vec<Proposed>) -> Act {
    let words = proposals.iter().map(|one| one.sentence.clone()).collect();
    Act::Mail(Mail::Receive(Box::new(Received {
        fingerprint: format!("{n:064}"),
        message_id: format!("{n}@acme.com"),
        customer,
        mail: None,
        found_by: if customer.is_some() { "the address".into() } else { String::new() },
        sort: "written".into(),
        status: String::new(),
        sender: "anna@acme.com".into(),
        name: "Anna Weber".into(),
        subject: "Re: Reminder".into(),
        on: None,
        words,
        attached: Vec::new(),
        proposals,
    })))
}

/// Three letters by mail: one sent, one not known, one refused by a full mailbox for good; and answers.
fn mailed() -> TestBook {
    let book = TestBook::new();
    let done = |act| book.act(today(), act);
    done(Act::SetSetting { key: "mail-sender".into(), value: "accounts@nordwind.example".into() });
    for n in 1..=3 {
        let id = book.customer(&format!("1000{n}"), ["Acme", "Bergmann", "Castor"][n - 1], 0, 1);
        let conn = book.reader();
        let full = o2c::store::read::account::full(&conn, today(), id).expect("an account").expect("there");
        let data = o2c::store::people::CustomerData { email: format!("c{n}@acme.com"), ..full.data };
        done(Act::SetCustomer { customer: Some(id), version: 1, data });
        book.invoice(id, &format!("INV-{n}"), "2026-02-01", 10_000);
    }
    let channels = vec![Channel::Mail, Channel::Letter];
    let level = Level { number: 1, wait_days: 3, payment_days: 10, channels, ..Level::default() };
    let policy = Policy { name: "standard".into(), language: "en".into(), levels: vec![level], ..Policy::default() };
    done(Act::Dunning(Dunning::SetPolicy { policy: Box::new(policy), version: 0 }));
    done(Act::Dunning(Dunning::AssignPolicy { scope: Scope::Company, policy: "standard".into() }));
    done(Act::Dunning(Dunning::DraftRun { segment: String::new() }));
    let lines = runs::lines_of(&book.reader(), 1).expect("lines");
    done(Act::Dunning(Dunning::ApproveRun { run: 1, seen: seal(&lines) }));
    done(Act::Dunning(Dunning::StartRun { run: 1, letters: 3, despite: "no bank".into() }));
    for key in letters_of(&lines) {
        let (run, customer, policy, level, currency) = (1, key.customer, key.policy, key.level, key.currency);
        done(Act::Dunning(Dunning::SendLetter { run, customer, policy, level, currency }));
    }
    let until = "2099-01-01T00:00:00Z".parse().expect("an instant");
    let carry = |done, lease| Act::Mail(Mail::Carry { sender: "rig".into(), done, lease, until });
    done(carry(None, Some(1)));
    done(carry(Some((1, Ended::Unknown("the connection was closed".into()))), Some(2)));
    done(carry(Some((2, Ended::Failed("552 5.3.4 Too large".into()))), None));
    done(answer(1, Some(3), vec![proposed("promise", "We will pay soon.", &["INV-3"])]));
    done(answer(2, Some(2), vec![proposed("dispute", "The price is wrong.", &["INV-2"])]));
    done(answer(3, None, vec![proposed("paid", "Paid last week.", &[])]));
    book
}

fn states(book: &TestBook) -> String {
    book.text("SELECT group_concat(state, ' ') FROM (SELECT state FROM mail ORDER BY id)")
}

#[test]
fn the_outbox_says_at_first_sight_what_needs_somebody() {
    let book = mailed();
    let mut desk = book.open("outbox");
    assert!(desk.shows("1 unknown  3 answers  1 failed  1 waiting"), "{:#?}", desk.screen());
    assert!(desk.shows("unknown") && desk.shows("the connection was closed"), "{:#?}", desk.screen());
    assert!(desk.shows("L-2 leaves on paper: 552 5.3."), "{:#?}", desk.screen());
    assert!(desk.shows("will pay INV-3: \"We will pay"), "{:#?}", desk.screen());
    assert!(desk.shows("never sent again by itself"), "{:#?}", desk.screen());
    desk.keys("<Enter>");
    assert!(desk.shows("to c1@acme.com, unknown") && desk.shows("INV-1"), "{:#?}", desk.screen());
    desk.keys("<Esc>");
    draw_at_every_size(&mut desk);
}

#[test]
fn mails_are_settled_and_answers_decided_by_key() {
    let book = mailed();
    let mut desk = book.open("outbox");
    desk.keys("x<Enter>the server has it<Enter>");
    assert_eq!(states(&book), "sent failed waiting", "{:#?}", desk.screen());
    // Now the answers are first: the promise needs its day.
    desk.keys("a");
    assert!(desk.shows("\"We will pay soon.\""), "{:#?}", desk.screen());
    desk.keys("fri<Enter><Enter><Enter>");
    assert_eq!(book.number("SELECT count(*) FROM promise"), 1, "{:#?}", desk.screen());
    desk.keys("u");
    assert_eq!(book.text("SELECT state FROM proposal WHERE id = 1"), "open", "{:#?}", desk.screen());
    desk.keys("ggdtoo vague<Enter>");
    assert_eq!(book.text("SELECT state FROM proposal WHERE id = 1"), "dismissed", "{:#?}", desk.screen());
    desk.keys("gga<Enter><Enter><Enter>");
    assert_eq!(book.number("SELECT count(*) FROM dispute"), 1, "{:#?}", desk.screen());
    // Whose the last answer is, nobody knows.
    desk.keys("gga");
    assert!(desk.said().contains("--customer NUMBER"), "{}", desk.said());
    desk.keys("jrthey enlarged it<Enter>");
    assert_eq!(states(&book), "sent waiting waiting", "{:#?}", desk.screen());
    // The last row is what was sent today: nothing is left to settle there.
    desk.keys("Gx");
    assert!(desk.said().contains("nothing is left to settle"), "{}", desk.said());
    desk.keys("kx");
    assert!(desk.shows("give it up"), "{:#?}", desk.screen());
    desk.keys("<Esc>");
}

/// Lets mails go out as the session's own thread would, to a server at this port.
fn with_mails(mut desk: Harness, book: &TestBook, port: u16) -> Harness {
    let path = BookPath::new(book.path());
    desk.mails = Some(Box::new(move |post, watch| {
        let writer = Writer::open(&path)?;
        let server = Settings {
            host: "127.0.0.1".to_owned(),
            port,
            privacy: Privacy::Plain,
            login: None,
            authority: None,
            patience: Duration::from_secs(5),
            hello: "books.nordwind.example".to_owned(),
        };
        let noon = today().and_hms_opt(12, 0, 0).ok_or_else(|| Failure::refused("TEST", "no noon"))?;
        let clock = || (noon.and_utc(), noon);
        if !post {
            return Ok(pass::outlook(&writer, (&clock, today()), usize::MAX)?);
        }
        pass::send(&writer, &Actor::new("me", "tui"), (&clock, today()), server, usize::MAX, watch)
    }));
    desk
}

#[test]
fn what_waits_is_looked_at_and_sent_by_key() {
    let book = mailed();
    let server = Server::start(Mood::Kind);
    let mut desk = with_mails(book.open("outbox"), &book, server.address.port());
    desk.keys("S");
    assert!(desk.shows("hand 1 mail to the mail server") && desk.shows("to c3@acme.com"), "{:#?}", desk.screen());
    desk.keys("<Enter>");
    assert_eq!((server.taken().len(), states(&book)), (0, "unknown failed waiting".to_owned()), "Enter cancels");
    desk.keys("Sy");
    assert_eq!((server.times("c3@acme.com"), states(&book)), (1, "unknown failed sent".to_owned()), "{}", desk.said());
    assert!(desk.said().contains("1 sent"), "{}", desk.said());
    assert!(desk.shows("1 sent today"), "what left stays in sight for the day: {:#?}", desk.screen());
    desk.keys("S");
    assert!(desk.said().contains("no mail waits"), "{}", desk.said());
}

#[test]
fn a_server_that_is_not_there_is_said_and_what_waits_goes_on_waiting() {
    let book = mailed();
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("its number").port();
    let mut desk = with_mails(book.open("outbox"), &book, nobody);
    desk.keys("Sy");
    assert_eq!(states(&book), "unknown failed waiting");
    assert!(desk.said().contains("0 sent"), "{}", desk.said());
}

#[test]
fn what_a_stopped_sender_left_is_settled_without_a_server() {
    let book = mailed();
    let until = "2026-03-16T11:00:00Z".parse().expect("an instant");
    let carry = Mail::Carry { sender: "gone".into(), done: None, lease: Some(3), until };
    book.act(today(), Act::Mail(carry));
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("its number").port();
    let mut desk = with_mails(book.open("outbox"), &book, nobody);
    assert_eq!(states(&book), "unknown failed leased");
    desk.keys("S");
    assert!(desk.shows("1 mail of a sender that stopped: unknown from now on"), "{:#?}", desk.screen());
    desk.keys("y");
    assert_eq!(states(&book), "unknown failed unknown", "{}", desk.said());
}

/// What is no reminder is mailed by key as well, after a look at what would go.
#[test]
fn a_statement_is_looked_at_and_goes_to_the_outbox_by_key() {
    let book = mailed();
    let mut desk = book.open("customers");
    desk.keys("M");
    assert!(desk.shows("statement of account") && desk.shows("confirmation of a promise"), "{:#?}", desk.screen());
    desk.keys("<Enter>");
    assert!(desk.shows("Mail: statement"), "{:#?}", desk.screen());
    desk.keys("<Enter>");
    assert_eq!(book.number("SELECT count(*) FROM mail_about"), 0, "Enter cancels");
    desk.keys("M<Enter>y");
    assert_eq!(book.number("SELECT count(*) FROM mail_about WHERE what = 'statement'"), 1, "{}", desk.said());
    let desk = book.open("outbox");
    assert!(desk.shows("2 waiting for S"), "{:#?}", desk.screen());
}

/// The same key on every screen that stands on a customer.
#[test]
fn a_letter_is_mailed_from_each_screen_that_stands_on_a_customer() {
    for screen in ["today", "deck", "aging", "items"] {
        let book = mailed();
        let mut desk = book.open(screen);
        desk.keys("M<Enter>y");
        let sent = book.number("SELECT count(*) FROM mail_about WHERE what = 'statement'");
        assert_eq!(sent, 1, "{screen}: {:#?}", desk.screen());
    }
    let book = mailed();
    let mut desk = book.open("today");
    desk.keys("<Enter>M<Enter>y");
    assert_eq!(book.number("SELECT count(*) FROM mail_about"), 1, "account: {:#?}", desk.screen());
}
