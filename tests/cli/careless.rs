//! What careless people and broken machines do: clocks set back, files that change, disks that fill.

use chrono::{Duration, Utc};
use o2c::acts::{self, Act, Actor, Request, Stamp};
use o2c::domain::money::Currency;
use o2c::store::{BookPath, open};

use super::rig::Rig;

/// A book whose last act was recorded this many seconds from now by the clock of this computer.
fn recorded_ahead(seconds: i64, source: &'static str) -> Rig {
    let rig = Rig::bare();
    let conn = open::make(&BookPath::new(rig.path("book.db"))).expect("a book");
    let now = Utc::now() + Duration::seconds(seconds);
    let open = Act::OpenBook {
        company: "Nordwind GmbH".into(),
        currency: Currency::EUR,
        login: "tess".into(),
        name: "Tess Lund".into(),
    };
    let actor = Actor { login: "tess".into(), source };
    acts::init(&conn, &actor, Stamp { now, today: now.date_naive() }, &Request::new(open)).expect("it opens");
    rig
}

#[test]
fn a_clock_that_went_back_posts_nothing_until_the_day_is_given() {
    let rate = ["rate", "USD", "0.9", "--from", "2026-01-01"];
    let rig = recorded_ahead(58 * 60 + 30, "cli");
    let said = rig.run_by_the_clock(&rate);
    said.refused(1, &["[CLK-01]", "58 min behind the last act", "Nothing was changed; set the clock right"]);
    rig.run_by_the_clock(&["aging"]).done();
    rig.run(&rate).done();
    rig.run(&["check"]).done();
    // A second more or less is how clocks differ; a demo's past is made up.
    recorded_ahead(1, "cli").run_by_the_clock(&rate).done();
    recorded_ahead(86_400, "demo").run_by_the_clock(&[&["--as", "tess"], &rate[..]].concat()).done();
}
