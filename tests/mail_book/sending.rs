//! Which way letters leave by, what becomes of each mail, and when none leaves.

use o2c::acts::dunning::{Dunning, waive};
use o2c::acts::mail::{Mail, Settled};
use o2c::acts::{Act, Failure};
use o2c::domain::dunning::Channel;
use o2c::store::dunning::{charges, load};

use super::house::{DAY, House, day, in_memory, morning, policy, send};
use super::server::{Mood, Server};

const WAYS: &str = "SELECT w.way FROM letter t JOIN letter_way w ON w.id = (SELECT max(id) FROM letter_way v WHERE \
                    v.letter_id = t.id) ORDER BY t.id";

fn settle(mail: i64, how: Settled) -> Mail {
    Mail::Settle { mail, how, reason: "asked them".into() }
}

#[test]
fn a_letter_leaves_by_the_first_way_that_works() {
    let server = Server::start(Mood::Kind);
    let house = in_memory(&["good@acme.com", "", "not-an-address", "gone@acme.com"]);
    house.queue();
    assert_eq!(house.texts(WAYS), ["mail", "letter", "letter", "mail"]);
    assert_eq!(house.states(), ["waiting", "waiting"]);
    house.assert_sound();
    let (report, held) = house.pass(&server);
    assert_eq!((report.sent, report.refused.len(), held.len()), (1, 1, 0));
    // The refused letter goes on by itself, in the same act; the address is marked.
    assert_eq!(house.states(), ["sent", "failed"]);
    assert_eq!(house.texts(WAYS), ["mail", "letter", "letter", "letter"]);
    assert_eq!(house.texts("SELECT address FROM address_step WHERE bounced"), ["gone@acme.com"]);
    let taken = server.taken();
    assert!(taken[0].text.contains("INV-20001") && taken[0].text.contains("Message-ID: <o2c."), "{}", taken[0].text);
    assert_eq!((taken[0].from.as_str(), taken.len()), ("accounts@nordwind.example", 1));
    house.assert_sound();
    // Nothing waits: another pass sends nothing.
    assert_eq!(house.pass(&server).0.sent, 0);
    assert_eq!(server.taken().len(), 1);
}

#[test]
fn without_paper_a_letter_that_cannot_be_mailed_is_a_call() {
    let house = in_memory(&["", "gone@acme.com"]);
    let calls = policy(&[Channel::Mail, Channel::Phone]);
    house.done(Act::Dunning(o2c::acts::dunning::Dunning::SetPolicy { policy: Box::new(calls), version: 1 }));
    house.queue();
    let plan = "SELECT next_on || ' ' || next_what FROM customer ORDER BY id";
    assert_eq!(
        house.texts(plan.replace("SELECT", "SELECT coalesce(").replace(" FROM", ", '') FROM").as_str()),
        ["2026-03-31 call about L-1", ""]
    );
    let server = Server::start(Mood::Kind);
    house.pass(&server);
    assert_eq!(house.texts(plan)[1], "2026-03-31 call about L-2, its mail failed");
    assert_eq!(house.texts(WAYS), ["phone", "phone"]);
    house.assert_sound();
}

#[test]
fn what_is_unknown_waits_for_a_person_and_is_sent_again_only_by_one() {
    let server = Server::start(Mood::Kind);
    let house = in_memory(&["first@acme.com", "drop@acme.com", "last@acme.com"]);
    house.queue();
    house.pass(&server);
    assert_eq!(house.states(), ["sent", "unknown", "sent"]);
    for _ in 0..3 {
        house.later(24 * 60);
        house.pass(&server);
    }
    assert_eq!(server.taken().iter().filter(|taken| taken.to == "drop@acme.com").count(), 1);
    let refused = house.tried(Act::Mail(settle(1, Settled::Again))).expect_err("it was sent");
    assert!(refused.to_string().starts_with("[MAIL-08] Mail 1 is sent"), "{refused}");
    house.mail(settle(2, Settled::Again));
    assert_eq!(house.states()[1], "waiting");
    house.pass(&server);
    assert_eq!(server.taken().iter().filter(|taken| taken.to == "drop@acme.com").count(), 2);
    house.mail(settle(2, Settled::Sent));
    assert_eq!(house.states(), ["sent", "sent", "sent"]);
    house.assert_sound();
}

#[test]
fn what_is_not_taken_now_is_tried_again_and_counts_as_failed_in_the_end() {
    let server = Server::start(Mood::Kind);
    let house = in_memory(&["full@acme.com", "good@acme.com"]);
    house.queue();
    let (report, _) = house.pass(&server);
    assert_eq!((report.sent, report.later.len()), (1, 1));
    let (report, held) = house.pass(&server);
    assert_eq!(report.later.len(), 0);
    assert!(held[0].starts_with("full@acme.com: tried again from 2026-03-31 10:45 on"), "{held:?}");
    let mut tries = 1;
    while house.states()[0] == "waiting" {
        house.later(24 * 60);
        house.pass(&server);
        tries += 1;
    }
    assert_eq!((tries, house.states()[0].as_str()), (6, "failed"));
    assert_eq!(house.texts(WAYS), ["letter", "mail"]);
    // A full mailbox says nothing of the address.
    assert!(house.texts("SELECT address FROM address_step").is_empty());
    house.mail(settle(1, Settled::Again));
    assert_eq!(house.texts(WAYS), ["mail", "mail"]);
    house.mail(settle(1, Settled::GivenUp));
    assert_eq!(house.states()[0], "given up");
    house.assert_sound();
}

/// behaviour.md 5B: only what was sent counts for the level and the letter before.
#[test]
fn a_letter_whose_mail_was_given_up_counts_for_no_level() {
    let house = in_memory(&["a@acme.com"]);
    house.queue();
    house.done(Act::Dunning(o2c::acts::dunning::Dunning::FinishRun { run: 1 }));
    let draft = || house.tried(Act::Dunning(o2c::acts::dunning::Dunning::DraftRun { segment: String::new() }));
    assert!(draft().expect_err("it was reminded").to_string().starts_with("[DUN-02]"));
    // Nor is it followed by a higher one while it has not left.
    let why = || {
        let facts = load::customers(&house.book, load::Wanted { customer: Some(1), today: day(DAY), run: 0 });
        let decision = load::rules(&house.book).expect("rules").decide(&facts.expect("facts")[0], day(DAY));
        decision.verdicts[0].why.word()
    };
    assert_eq!(why(), "letter in the outbox");
    house.mail(settle(1, Settled::GivenUp));
    let said = draft().expect("nobody got the letter").summary;
    assert!(said.contains("1 letter about 1 item"), "{said}");
    // Sent after all, it counts again.
    house.mail(settle(1, Settled::Again));
    assert!(draft().expect_err("it waits to leave").to_string().starts_with("[DUN-02]"));
    house.assert_sound();
}

/// What a letter charged that never left is credited, and its interest runs on in the next one.
#[test]
fn what_a_letter_charged_that_never_left_is_credited() {
    let house = in_memory(&["a@acme.com"]);
    let toml = "name = \"standard\"\n[interest]\nprofile = \"contract\"\npost = true\nrates = { 2020-01-01 = \"30\" }\n\
                [[level]]\nnumber = 1\nwait_days = 3\npayment_days = 10\nchannels = [\"mail\", \"letter\"]\n";
    let with_interest = o2c::formats::policy::parse(toml).expect("a policy");
    house.done(Act::Dunning(Dunning::SetPolicy { policy: Box::new(with_interest), version: 1 }));
    house.queue();
    house.done(Act::Dunning(Dunning::FinishRun { run: 1 }));
    let charged =
        "SELECT coalesce(sum(l.interest), 0) || '' FROM letter_line l GROUP BY l.letter_id ORDER BY l.letter_id";
    let first = house.texts(charged);
    assert!(first[0].parse::<i64>().is_ok_and(|minor| minor > 0), "{first:?}");
    house.mail(settle(1, Settled::GivenUp));
    let place = o2c::store::BookPath::new(house.book.path().expect("a file"));
    let due = || charges::waivers(&o2c::store::Reader::open(&place).expect("a reader"), day(DAY)).expect("waivers");
    assert_eq!(due().iter().map(|one| (one.document.as_str(), one.told)).collect::<Vec<_>>(), [("E-1", false)]);
    house.done(waive::request(&due()[0], day(DAY)).act);
    assert_eq!(due(), []);
    house.queue();
    assert_eq!(house.texts(charged), [first[0].as_str(), first[0].as_str()], "all of it is told now");
    house.assert_sound();
}

#[test]
fn two_passes_at_once_send_each_letter_once() {
    let server = Server::start(Mood::Kind);
    let addresses: Vec<String> = (0..24).map(|n| format!("billing{n}@acme.com")).collect();
    let folder = tempfile::tempdir().expect("a folder");
    let place = o2c::store::BookPath::new(folder.path().join("book.db"));
    let house = super::house::make(&place, &addresses.iter().map(String::as_str).collect::<Vec<_>>());
    house.queue();
    let sent: usize = std::thread::scope(|scope| {
        let passes: Vec<_> = (0..3)
            .map(|n| {
                let (server, place) = (&server, &place);
                scope.spawn(move || {
                    let book = o2c::store::Writer::open(place).expect("it opens");
                    send(&book, morning(), server, &format!("pass {n}")).expect("a pass").0.sent
                })
            })
            .collect();
        passes.into_iter().map(|pass| pass.join().expect("it ends")).sum()
    });
    assert_eq!((sent, server.taken().len()), (24, 24));
    assert!(addresses.iter().all(|to| server.times(to) >= 1));
    house.assert_sound();
}

#[test]
fn a_server_that_is_not_there_leaves_everything_waiting() {
    let server = Server::start(Mood::Closed);
    let house = in_memory(&["a@acme.com", "b@acme.com"]);
    house.queue();
    let (report, _) = house.pass(&server);
    assert!(report.unreachable.is_some());
    assert_eq!(house.states(), ["waiting", "waiting"]);
    house.assert_sound();
    let kind = Server::start(Mood::Kind);
    assert_eq!(house.pass(&kind).0.sent, 2);
    house.assert_sound();
}

#[test]
fn quiet_hours_holidays_and_the_contact_cap_hold_mail_and_say_why() {
    let server = Server::start(Mood::Kind);
    let house = in_memory(&["a@acme.com", "b@acme.com"]);
    house.queue();
    let held = |house: &House| house.pass(&server).1;
    house.set("mail-quiet-from", "18:00");
    house.set("mail-quiet-until", "08:00");
    house.later(9 * 60);
    assert_eq!(held(&house), ["a@acme.com: quiet until 2026-04-01 08:00", "b@acme.com: quiet until 2026-04-01 08:00"]);
    house.set("holidays", "2026-04-01 2026-04-02");
    house.later(14 * 60);
    assert_eq!(held(&house)[0], "a@acme.com: quiet until 2026-04-03 08:00");
    // Somebody called the first customer on the 31st: three days between contacts.
    house.set("mail-gap-days", "5");
    house.done(Act::LogCall { customer: 1, outcome: "reached".into(), text: String::new(), next_on: None });
    house.later(48 * 60);
    assert_eq!(held(&house), ["a@acme.com: the customer was contacted lately; from 2026-04-05 on"]);
    assert_eq!(house.states(), ["waiting", "sent"]);
    house.later(48 * 60);
    assert!(held(&house).is_empty());
    assert_eq!(house.states(), ["sent", "sent"]);
    for (key, value) in [("mail-quiet-from", "25:00"), ("holidays", "soon"), ("mail-per-week", "-1")] {
        let refused = house.tried(Act::SetSetting { key: key.into(), value: value.into() });
        assert!(matches!(refused, Err(Failure::Refused { .. })), "{key} {value}");
    }
    house.assert_sound();
}
