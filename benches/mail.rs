//! Letters a second: made from a template, built as messages, and handed to a mail server in this process over its socket,
//! one by one. Run `cargo bench --bench mail`; `O2C_BENCH_LETTERS` changes how many. The outbox is in memory: what writing
//! each step to the book costs beside it, the book's own benches say.

#[allow(dead_code)]
#[path = "../tests/mail/server.rs"]
mod server;

use o2c::documents::letter::Kind;
use o2c::documents::{html, library, sample};
use o2c::mail::address::Mailbox;
use o2c::mail::message::{self, Draft};
use o2c::mail::outbox::{Outbox, Outcome, Parcel, work};
use o2c::mail::smtp::{Line, Privacy, Server};
use std::time::{Duration, Instant, SystemTime};

struct Letters(Vec<Parcel>);

impl Outbox for Letters {
    type Error = std::convert::Infallible;

    fn next(&mut self, _: Option<(i64, Outcome)>) -> Result<Option<Parcel>, Self::Error> {
        Ok(self.0.pop())
    }

    fn end(&mut self, _: (i64, Outcome)) -> Result<(), Self::Error> {
        Ok(())
    }
}

fn main() {
    let wanted = std::env::var("O2C_BENCH_LETTERS").ok().and_then(|text| text.parse().ok()).unwrap_or(2_000_i64);
    let source = library::shipped("reminder-2", "de").expect("shipped");
    let template = library::check("reminder-2", "de", source).expect("reads");
    let from = Mailbox::new("Nordwind GmbH", "accounts@nordwind.example").expect("an address");
    let begin = Instant::now();
    let letters = (0..wanted).map(|id| {
        let mut letter = sample::letter(Kind::Reminder, "de");
        letter.number = format!("L-{id}");
        let page = template.render(&letter).expect("a page");
        let to = Mailbox::new(&letter.customer.name, &format!("billing{id}@acme.com")).expect("an address");
        let draft = Draft {
            from: from.clone(),
            to,
            subject: page.subject.clone(),
            text: page.text(),
            html: html::html(&page),
            id: message::id("book", &letter.number, &from),
        };
        let message = message::build(&draft, SystemTime::UNIX_EPOCH).expect("a message");
        Parcel { id, from: from.address().to_owned(), to: draft.to.address().to_owned(), message }
    });
    let mut letters = Letters(letters.collect());
    let made = begin.elapsed();
    let bytes = letters.0.first().map_or(0, |parcel| parcel.message.len());
    let sink = server::Server::start(server::Mood::Kind);
    let settings = Server {
        host: "127.0.0.1".to_owned(),
        port: sink.address.port(),
        privacy: Privacy::Plain,
        login: None,
        authority: None,
        patience: Duration::from_secs(10),
        hello: "localhost.localdomain".to_owned(),
    };
    let begin = Instant::now();
    let report = work(&mut letters, &mut Line::new(settings), || true).expect("nothing to fail");
    let sent = begin.elapsed();
    let rate = |took: Duration| wanted as f64 / took.as_secs_f64();
    println!(
        "{wanted} letters of {bytes} bytes: made {:.0} a second, sent {:.0} a second; {report}",
        rate(made),
        rate(sent)
    );
    assert_eq!((report.sent as i64, sink.taken().len() as i64), (wanted, wanted));
}
