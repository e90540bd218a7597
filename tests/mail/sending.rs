//! Letters through a mail server that misbehaves: what is sent, refused, put off and not known, and that nothing goes
//! twice, whatever breaks.

use super::server::{Mood, Server};
use o2c::mail::address::Mailbox;
use o2c::mail::message::{self, Draft};
use o2c::mail::outbox::{Carrier, Outbox, Outcome, Parcel, Report, work};
use o2c::mail::smtp::{Line, Privacy, Server as Settings};
use std::time::{Duration, SystemTime};

fn settings(server: &Server) -> Settings {
    Settings {
        host: "127.0.0.1".to_owned(),
        port: server.address.port(),
        privacy: Privacy::Plain,
        login: None,
        authority: None,
        patience: Duration::from_secs(2),
        hello: "books.nordwind.example".to_owned(),
    }
}

fn letter(id: i64, to: &str) -> Parcel {
    let from = Mailbox::new("Nordwind GmbH", "accounts@nordwind.example").expect("an address");
    let draft = Draft {
        to: Mailbox::new("Müller & Söhne", to).expect("an address"),
        subject: format!("Zahlungserinnerung {id}"),
        text: format!("Sehr geehrte Damen und Herren,\n\n.Punkt am Anfang, {} €\n{}\n", id, "lang ".repeat(60)),
        html: "<p>1.234,50 €</p>".to_owned(),
        id: message::id("book-1", &format!("L-{id}"), &from),
        from,
    };
    let message = message::build(&draft, SystemTime::UNIX_EPOCH).expect("a message");
    Parcel { id, from: "accounts@nordwind.example".to_owned(), to: to.to_owned(), message }
}

/// An outbox in memory that keeps what a book would: the state of each letter, and every step in order.
#[derive(Default)]
struct Letters {
    waiting: std::collections::VecDeque<Parcel>,
    steps: Vec<(i64, String)>,
}

impl Letters {
    fn of(receivers: &[&str]) -> Letters {
        let waiting = receivers.iter().enumerate().map(|(place, to)| letter(place as i64 + 1, to)).collect();
        Letters { waiting, steps: Vec::new() }
    }

    fn ends(&self) -> Vec<(i64, &str)> {
        let ends = self.steps.iter().filter(|(_, step)| step != "leased");
        ends.map(|(id, step)| (*id, step.split(':').next().unwrap_or_default())).collect()
    }

    fn note(&mut self, id: i64, outcome: &Outcome) {
        let word = match outcome {
            Outcome::Sent(_) => "sent",
            Outcome::Refused(_) => "refused",
            Outcome::Later(_) => "later",
            Outcome::Unreachable(_) => "waiting",
            Outcome::Unknown(_) => "unknown",
        };
        self.steps.push((id, word.to_owned()));
    }
}

impl Outbox for Letters {
    type Error = std::convert::Infallible;

    fn next(&mut self, done: Option<(i64, Outcome)>) -> Result<Option<Parcel>, Self::Error> {
        if let Some((id, outcome)) = &done {
            self.note(*id, outcome);
        }
        let next = self.waiting.pop_front();
        if let Some(parcel) = &next {
            self.steps.push((parcel.id, "leased".to_owned()));
        }
        Ok(next)
    }

    fn end(&mut self, done: (i64, Outcome)) -> Result<(), Self::Error> {
        self.note(done.0, &done.1);
        Ok(())
    }
}

fn run(server: &Server, receivers: &[&str]) -> (Report, Letters) {
    let mut outbox = Letters::of(receivers);
    let report = work(&mut outbox, &mut Line::new(settings(server)), || true).expect("no book to fail");
    (report, outbox)
}

#[test]
fn letters_are_sent_over_one_connection_and_arrive_as_they_were() {
    let server = Server::start(Mood::Kind);
    let receivers: Vec<String> = (0..30).map(|n| format!("billing{n}@acme.com")).collect();
    let (report, outbox) = run(&server, &receivers.iter().map(String::as_str).collect::<Vec<_>>());
    assert_eq!((report.sent, report.to_string().as_str()), (30, "30 sent."));
    assert!(outbox.ends().iter().all(|(_, end)| *end == "sent"));
    assert_eq!(server.seen.lock().expect("whole").connections, 1);
    let taken = server.taken();
    assert_eq!(taken.len(), 30);
    assert!(
        taken.iter().zip(&receivers).all(|(taken, to)| taken.to == *to && taken.from == "accounts@nordwind.example")
    );
    // Read by another program's reader: nothing was lost or changed on the way.
    let read = mail_parser::MessageParser::default().parse(taken[6].text.as_bytes()).expect("a mail");
    assert_eq!(read.subject(), Some("Zahlungserinnerung 7"));
    assert_eq!(read.to().and_then(|to| to.first()).and_then(|to| to.name.as_deref()), Some("Müller & Söhne"));
    let text = read.body_text(0).expect("a text").replace("\r\n", "\n");
    assert!(
        text.contains("\n.Punkt am Anfang, 7 €\n") && text.contains(&"lang ".repeat(60).trim_end().to_owned()),
        "{text}"
    );
    assert_eq!(read.body_html(0).expect("a part").trim(), "<p>1.234,50 €</p>");
    assert_eq!(read.header_raw("Auto-Submitted").map(str::trim), Some("auto-generated"));
    assert!(taken[6].text.is_ascii() && taken[6].text.lines().all(|line| line.len() <= 998));
}

#[test]
fn each_refusal_is_told_apart_and_stops_nobody_else() {
    let server = Server::start(Mood::Kind);
    let receivers = [
        "first@acme.com",
        "gone@acme.com",
        "busy@acme.com",
        "full@acme.com",
        "fullforgood@acme.com",
        "nodata@acme.com",
        "large@acme.com",
        "slow@acme.com",
        "last@acme.com",
    ];
    let (report, outbox) = run(&server, &receivers);
    let ends: Vec<&str> = outbox.ends().iter().map(|(_, end)| *end).collect();
    assert_eq!(ends, ["sent", "refused", "later", "later", "refused", "refused", "refused", "sent", "sent"]);
    assert_eq!(report.to_string(), "[MAIL-05] 3 sent, 4 refused, 2 not taken now.");
    assert_eq!(
        report.refused[0],
        ("gone@acme.com".to_owned(), "permanent error (550): 5.1.1 No such mailbox".to_owned())
    );
    for to in receivers {
        assert_eq!(
            server.times(to),
            usize::from(["first", "slow", "last"].iter().any(|name| to.starts_with(name))),
            "{to}"
        );
    }
}

#[test]
fn a_connection_lost_after_the_text_leaves_it_unknown_and_nothing_is_repeated() {
    let server = Server::start(Mood::Kind);
    let (report, outbox) = run(&server, &["first@acme.com", "drop@acme.com", "last@acme.com"]);
    let ends: Vec<&str> = outbox.ends().iter().map(|(_, end)| *end).collect();
    assert_eq!(ends, ["sent", "unknown", "sent"]);
    assert!(report.to_string().starts_with("[MAIL-05] 2 sent, 1 unknown ("), "{report}");
    assert!(
        report.to_string().ends_with("after sending to drop@acme.com). What is unknown is never sent again by itself."),
        "{report}"
    );
    assert_eq!(server.taken().iter().filter(|taken| taken.to == "drop@acme.com").count(), 1);
    // A garbled answer after the text is no answer.
    let (_, outbox) = run(&server, &["garbage@acme.com", "last@acme.com"]);
    assert_eq!(outbox.ends().iter().map(|(_, end)| *end).collect::<Vec<_>>(), ["unknown", "sent"]);
}

#[test]
fn a_server_that_never_answers_is_left_after_the_patience() {
    let server = Server::start(Mood::Kind);
    let mut line = Line::new(Settings { patience: Duration::from_millis(200), ..settings(&server) });
    assert!(matches!(line.carry(&letter(1, "silent@acme.com")), Outcome::Unknown(_)));
    assert!(matches!(line.carry(&letter(2, "first@acme.com")), Outcome::Sent(_)));
}

#[test]
fn a_connection_lost_before_the_text_is_no_sending() {
    let server = Server::start(Mood::Kind);
    let (report, outbox) = run(&server, &["early@acme.com", "last@acme.com"]);
    assert_eq!(outbox.ends(), [(1, "waiting")]);
    assert_eq!((report.sent, outbox.waiting.len()), (0, 1));
    assert!(report.to_string().contains("[MAIL-04] The mail server cannot be used (127.0.0.1: "), "{report}");
    assert!(report.to_string().ends_with("The other letters wait."));
    // Hung up between two letters: the next goes over a new connection, once.
    let server = Server::start(Mood::Impatient);
    let (report, _) = run(&server, &["a@acme.com", "b@acme.com", "c@acme.com"]);
    assert_eq!((report.sent, server.taken().len()), (3, 3));
}

#[test]
fn three_letters_without_an_answer_in_a_row_end_the_pass() {
    let server = Server::start(Mood::Kind);
    let (report, outbox) = run(&server, &["drop@a.com", "drop@b.com", "drop@c.com", "last@acme.com"]);
    assert_eq!(outbox.ends().iter().map(|(_, end)| *end).collect::<Vec<_>>(), ["unknown", "unknown", "unknown"]);
    assert_eq!(outbox.waiting.len(), 1);
    assert!(report.unreachable.is_some());
}

#[test]
fn a_server_that_is_not_there_or_lets_nobody_in_leaves_every_letter_waiting() {
    let gone = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        listener.local_addr().expect("its number")
    };
    let server = Server::start(Mood::Closed);
    let locked = Server::start(Mood::Locked);
    let nobody = Settings { port: gone.port(), ..settings(&server) };
    let login = Some(("tess".to_owned(), "wrong".to_owned()));
    let wrong = Settings { login: login.clone(), ..settings(&locked) };
    // Asks for TLS where there is none: nothing is said in the open, no password least of all.
    let secret = Settings { privacy: Privacy::StartTls, login, ..settings(&server) };
    let kind = Server::start(Mood::Guarded);
    let bare =
        Settings { privacy: Privacy::StartTls, login: Some(("tess".into(), "secret".into())), ..settings(&kind) };
    let far = Settings { host: "mail.nordwind.example".to_owned(), ..settings(&server) };
    for (settings, said) in [
        (nobody, "refused"),
        (settings(&server), "554"),
        (wrong, "535"),
        (secret, ""),
        (bare, "STARTTLS"),
        (far, "in the open"),
    ] {
        let mut outbox = Letters::of(&["a@acme.com", "b@acme.com"]);
        let report = work(&mut outbox, &mut Line::new(settings), || true).expect("no book to fail");
        let why = report.unreachable.clone().unwrap_or_default();
        assert!(report.sent == 0 && why.contains(said), "{why}");
        assert_eq!((outbox.ends(), outbox.waiting.len()), (vec![(1, "waiting")], 1));
        assert!(!why.contains("wrong") || why.contains("Wrong name"), "no password in {why}");
    }
    assert!(kind.seen.lock().expect("whole").logins.is_empty());
}

#[test]
fn a_login_is_used_where_there_is_one() {
    let server = Server::start(Mood::Guarded);
    let login = Some(("tess".to_owned(), "secret".to_owned()));
    let mut line = Line::new(Settings { login, ..settings(&server) });
    assert!(matches!(line.carry(&letter(1, "a@acme.com")), Outcome::Sent(_)));
    assert_eq!(server.seen.lock().expect("whole").logins.len(), 1);
}

#[test]
fn what_a_server_says_cannot_write_to_the_screen() {
    let server = Server::start(Mood::Kind);
    let (report, _) = run(&server, &["bell@acme.com"]);
    assert!(report.to_string().chars().all(o2c::domain::text::is_shown), "{report}");
    assert!(report.refused[0].1.contains("No such"), "{report}");
}

#[test]
fn a_pass_that_is_told_to_stop_writes_down_what_it_did() {
    let server = Server::start(Mood::Kind);
    let mut outbox = Letters::of(&["a@acme.com", "b@acme.com", "c@acme.com"]);
    let mut left = 3;
    let go_on = || {
        left -= 1;
        left > 0
    };
    let report = work(&mut outbox, &mut Line::new(settings(&server)), go_on).expect("no book to fail");
    assert_eq!((report.sent, outbox.ends(), outbox.waiting.len()), (2, vec![(1, "sent"), (2, "sent")], 1));
}

#[test]
fn the_same_letter_is_the_same_bytes_and_another_has_another_id() {
    let from = Mailbox::new("", "a@Nordwind.example").expect("an address");
    let id = message::id("book-1", "L-7", &from);
    assert_eq!(id, message::id("book-1", "L-7", &from));
    assert!(id.ends_with("@nordwind.example") && id.len() == "o2c.".len() + 32 + "@nordwind.example".len());
    for (book, letter) in [("book-1", "L-8"), ("book-2", "L-7"), ("book-1L", "-7"), ("", "book-1L-7")] {
        assert_ne!(id, message::id(book, letter, &from));
    }
    assert_eq!(letter(3, "a@acme.com"), letter(3, "a@acme.com"));
    let text = String::from_utf8(letter(3, "a@acme.com").message).expect("ASCII");
    assert_eq!(text.matches("Message-ID: <o2c.").count(), 1, "{text}");
}

#[test]
fn what_is_not_exactly_one_address_of_a_company_is_not_written_to() {
    for bad in ["", "a@b", "a@b.com,c@d.com", "a@[127.0.0.1]", "-oX@b.com", "Acme <a@b.com>"] {
        let said = Mailbox::new("Acme", bad).expect_err(bad).to_string();
        assert!(
            said.starts_with("[MAIL-02] ") && said.contains("name@company.tld. The letter was not queued;"),
            "{said}"
        );
    }
}

#[test]
fn no_field_can_add_a_header() {
    let from = Mailbox::new("Nordwind", "a@nordwind.example").expect("an address");
    let draft = |subject: &str, name: &str| Draft {
        to: Mailbox::new(name, "b@acme.com").expect("an address"),
        subject: subject.to_owned(),
        text: "Bcc: c@d.com\r\n\r\n.\r\nMAIL FROM:<x@y.z>".to_owned(),
        html: String::new(),
        id: message::id("b", "1", &from),
        from: from.clone(),
    };
    let refused = message::build(&draft("a\r\nBcc: c@d.com", ""), SystemTime::UNIX_EPOCH).expect_err("a break");
    assert_eq!(refused.to_string(), "[MAIL-01] The subject contains a line break. The letter was not queued.");
    for odd in [
        "=?utf-8?q?x?=",
        "\u{202e}a",
        "a\u{0}b".trim_matches('\0').trim_end_matches('b'),
        &"ü".repeat(400),
        "a, b; c <d@e.com>",
    ] {
        let odd: String = odd.chars().filter(|c| *c != '\0').collect();
        let bytes = message::build(&draft(&format!("x{odd}"), &odd), SystemTime::UNIX_EPOCH).expect("a message");
        let read = mail_parser::MessageParser::default().parse(&bytes).expect("a mail");
        let to: Vec<_> = read.to().map(|to| to.iter().collect()).unwrap_or_default();
        assert_eq!((to.len(), to[0].address.as_deref()), (1, Some("b@acme.com")), "{odd}");
        assert!(read.bcc().is_none() && read.cc().is_none());
        assert_eq!(read.headers().iter().filter(|header| header.name.as_str() == "Subject").count(), 1);
    }
}
