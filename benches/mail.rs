//! Letters a second, from a run in a book to a mail server in this process over its socket: each letter is an act that
//! writes the letter with its mail, each mail is leased and written down before the next. Run `cargo bench --bench mail`;
//! `O2C_BENCH_LETTERS` changes how many.

#[allow(dead_code)]
#[path = "../tests/mail_book/house.rs"]
mod house;
#[allow(dead_code)]
#[path = "../tests/mail/server.rs"]
mod server;

use std::time::{Duration, Instant};

use o2c::store::BookPath;

fn main() {
    let wanted = std::env::var("O2C_BENCH_LETTERS").ok().and_then(|text| text.parse().ok()).unwrap_or(500_usize);
    let folder = tempfile::tempdir().expect("a folder");
    let addresses: Vec<String> = (0..wanted).map(|n| format!("billing{n}@acme.com")).collect();
    let addresses: Vec<&str> = addresses.iter().map(String::as_str).collect();
    let house = house::make(&BookPath::new(folder.path().join("book.db")), &addresses);
    house.start_run();
    let begin = Instant::now();
    house::House::write_letters(&house.book, house.stamp()).expect("letters");
    let written = begin.elapsed();
    let sink = server::Server::start(server::Mood::Kind);
    let begin = Instant::now();
    let (report, held) = house.pass(&sink);
    let sent = begin.elapsed();
    let bytes = house.texts("SELECT CAST(avg(length(message)) AS INTEGER) || '' FROM mail").remove(0);
    let rate = |took: Duration| wanted as f64 / took.as_secs_f64();
    println!(
        "{wanted} letters of {bytes} bytes: written {:.0} a second, sent {:.0} a second, both {:.0} a second; {report}",
        rate(written),
        rate(sent),
        rate(written + sent)
    );
    assert_eq!((report.sent, sink.taken().len(), held.len()), (wanted, wanted, 0));
    house.assert_sound();
}
