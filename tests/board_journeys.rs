//! Journeys through key figures, promises and the log on the demo book: keys in, screen and book out, and every one of
//! these screens at every size.

use chrono::{NaiveDate, TimeZone, Utc};
use o2c::acts::{self, Actor, Mode, Stamp};
use o2c::demo::{self, Plan, Size};
use o2c::domain::money::Currency;
use o2c::store::{BookPath, Reader, Writer};
use o2c::tui::app::harness::Harness;
use o2c::tui::app::{Ctx, Work};
use o2c::tui::screens::PLACES;
use o2c::tui::ui::glyphs::ASCII;
use o2c::tui::ui::theme::Theme;

const SMALL: Size = Size { customers: 20, invoices: 400 };

struct Session {
    harness: Harness,
    _dir: tempfile::TempDir,
}

fn today() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 3, 16).unwrap()
}

/// A session on the demo book that starts at the place.
fn session(place: &str) -> Session {
    let dir = tempfile::tempdir().unwrap();
    let book = BookPath::new(dir.path().join("demo.o2c"));
    demo::make(&book, &Plan { size: SMALL, seed: 1, today: today() }, &mut |_, _| {}).unwrap();
    let reader = Reader::open(&book).unwrap();
    let writer = Writer::open(&book).unwrap();
    let perform = move |work: Work| {
        let mode = if matches!(work, Work::Try(_)) { Mode::DryRun } else { Mode::Post };
        let (Work::Act(request) | Work::Try(request)) = work else { unreachable!("these journeys undo from the log") };
        let now = Utc.with_ymd_and_hms(2026, 3, 16, 9, 30, 0).unwrap();
        let actor = Actor::new(demo::user(), "tui");
        acts::perform(&writer, &actor, Stamp { now, today: today() }, &request, mode)
    };
    let ctx = Ctx::new(today(), demo::user(), "Demo", Currency::EUR);
    let place = PLACES.iter().find(|known| known.command.id == place).unwrap();
    let first = (place.open)("", &ctx).unwrap();
    Session { harness: Harness::new(ctx, PLACES, first, reader, Box::new(perform)), _dir: dir }
}

fn picture(harness: &Harness) -> String {
    harness.screen().join("\n")
}

#[test]
fn key_figures_show_value_trend_and_arithmetic() {
    let mut session = session("kpis");
    let harness = &mut session.harness;
    let screen = picture(harness);
    for text in ["DSO, days", "MEASURE", "AGING, EUR", "TOP OVERDUE, EUR", "not due", "as of Mon 16 Mar 2026"] {
        assert!(screen.contains(text), "{text}\n{screen}");
    }
    harness.keys("=");
    assert!(harness.shows("DSO = receivables / sales of the last 90 days x 90"), "{}", picture(harness));
    harness.keys("<Esc> w");
    assert!(harness.shows("How many days of sales are still to be paid."), "{}", picture(harness));
    harness.keys("<Esc> G k k");
    assert!(harness.shows("Unapplied cash"), "{}", picture(harness));
    harness.resize(140, 45);
    let screen = picture(harness);
    for text in ["Measures", "12 months", "Aging, EUR", "Top overdue, EUR", "Promises, last 30 days", "READS AS"] {
        assert!(screen.contains(text), "{text}\n{screen}");
    }
    harness.keys("g g 1 2 j");
    assert!(harness.shows("Age of open items"), "{}", picture(harness));
    harness.keys("y y");
    assert!(harness.copied.iter().any(|text| text.starts_with("open-age\t")), "{:?}", harness.copied);
    // What was open at each month end is counted and aged as everything else is.
    harness.keys("y t");
    let table = harness.copied.last().cloned().unwrap_or_default();
    for key in ["open\t", "open-age\t"] {
        let row = table.lines().find(|line| line.starts_with(key)).unwrap_or_else(|| panic!("{key}: {table}"));
        let known = row.split('\t').skip(3).filter(|value| !value.is_empty()).count();
        assert_eq!(known, 12, "{row}");
    }
}

#[test]
fn a_promise_is_withdrawn_after_a_question() {
    let mut session = session("promises");
    let harness = &mut session.harness;
    assert!(harness.shows("CUSTOMER") && harness.shows("open"), "{}", picture(harness));
    harness.keys("x");
    assert!(harness.shows("Withdraw the promise of"), "{}", picture(harness));
    harness.keys("<Enter>");
    assert!(harness.said().contains("Withdrew"), "{}", harness.said());
    harness.keys("/ s t a t e : w i t h d r a w n <Enter>");
    assert!(harness.shows("withdrawn"), "{}", picture(harness));
    harness.keys("x");
    assert!(harness.said().contains("this promise was withdrawn already"), "{}", harness.said());
    harness.keys("<Esc> / <C-u> <Enter>").resize(140, 45);
    assert!(harness.shows("Last 30 days") && harness.shows("This promise"), "{}", picture(harness));
}

#[test]
fn the_log_shows_an_act_in_full_and_takes_it_back() {
    let mut session = session("log");
    let harness = &mut session.harness;
    harness.keys("/ r e a s o n = n o t e <Enter>");
    let wanted = harness.line(2);
    let number = wanted.trim_start_matches(['>', ' ']).split(' ').next().unwrap().to_owned();
    harness.keys("<Enter>");
    assert!(harness.shows("hash  ") && harness.shows("\"note\": {"), "{}", picture(harness));
    harness.keys("<Esc> u");
    assert!(harness.shows(&format!("Take back: act {number}")), "{}", picture(harness));
    harness.keys("<Enter>");
    assert!(harness.said().starts_with("Undid: "), "{}", harness.said());
    assert!(harness.shows("taken back by act"), "{}", picture(harness));
    harness.keys("u");
    assert!(harness.said().contains("it was taken back by act"), "{}", harness.said());
}

#[test]
fn every_size_can_be_drawn() {
    for place in ["kpis", "promises", "log"] {
        let mut session = session(place);
        let harness = &mut session.harness;
        harness.app.ctx.glyphs = &ASCII;
        harness.app.ctx.theme = Theme::Mono;
        for columns in 1..=64 {
            for rows in 1..=24 {
                harness.resize(columns, rows).buffer();
            }
        }
        for (columns, rows) in [(80, 24), (110, 30), (139, 60), (140, 45), (160, 48), (200, 60), (200, 16)] {
            harness.resize(columns, rows);
            let screen = picture(harness);
            assert!(!screen.contains(['─', '│', '█', '░', '▁', '…']), "{place} {columns}x{rows}\n{screen}");
        }
    }
}
