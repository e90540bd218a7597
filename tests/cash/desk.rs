//! The workstation on the queue of a small company, keys counted.

use super::book::{Company, day, entry, paid, statement};
use super::journey::presses;
use o2c::acts::{self, Act, Actor, Mode, Request, Stamp, run};
use o2c::domain::bank::{EntryKind, EntryRow};
use o2c::domain::money::Currency;
use o2c::store::open::{self, Access};
use o2c::store::read::history;
use o2c::store::{BookPath, Reader};
use o2c::tui::app::harness::Harness;
use o2c::tui::app::{Ctx, Work};
use o2c::tui::screens::PLACES;
use o2c::tui::ui::glyphs::ASCII;

fn stamp() -> Stamp {
    Stamp { now: "2026-03-16T10:00:00Z".parse().unwrap(), today: day("2026-03-16") }
}

/// The workstation on the queue of a company.
pub fn desk(company: &Company) -> Harness {
    desk_at(company, (80, 24))
}

pub fn desk_at(company: &Company, size: (u16, u16)) -> Harness {
    let path = BookPath::new(company.path());
    let writer = open::open(&path, Access::Write).unwrap();
    let ctx = Ctx {
        glyphs: &ASCII,
        size,
        seed: [size.0 as u8; 16],
        ..Ctx::new(day("2026-03-16"), "anna", "Kontor Nord GmbH", Currency::EUR)
    };
    let place = PLACES.iter().find(|place| place.command.id == "cash").unwrap();
    let first = (place.open)("", &ctx).unwrap();
    let perform = Box::new(move |work: Work| {
        let mode = if matches!(work, Work::Try(_)) { Mode::DryRun } else { Mode::Post };
        let request = match work {
            Work::Act(request) | Work::Try(request) => *request,
            Work::Undo => Request::new(Act::Undo { act: history::to_undo(&writer, 1)?.unwrap() }),
            Work::Redo => Request::new(Act::Undo { act: history::to_redo(&writer, 1)?.unwrap() }),
        };
        acts::perform(&writer, &Actor::new("anna", "tui"), stamp(), &request, mode)
    });
    let mut harness = Harness::new(ctx, PLACES, first, Reader::open(&path).unwrap(), perform);
    let writer = open::open(&path, Access::Write).unwrap();
    harness.rules = Some(Box::new(move |post, watch| match post {
        true => run::run(&writer, &Actor::new("anna", "tui"), stamp(), Mode::Post, watch),
        false => run::survey(&writer, watch),
    }));
    harness
}

/// A company whose statement shows these receipts: day, amount, payer, text.
pub fn receiving(receipts: &[(&str, i64, &str, &str)]) -> Company {
    let mut company = Company::new();
    let entries: Vec<EntryRow> = receipts
        .iter()
        .enumerate()
        .map(|(place, (on, amount, payer, text))| {
            entry(on, *amount, EntryKind::Receipt, place as u8 + 1, vec![paid(*amount, payer, text)])
        })
        .collect();
    company.take_in("a.xml", vec![statement("2026/1", 0, entries)], false);
    company
}

pub fn press(harness: &mut Harness, keys: &str, count: usize) {
    assert_eq!(presses(keys), count, "{keys}");
    harness.keys(keys);
}

pub fn shot(harness: &Harness) -> String {
    harness.screen().join("\n")
}
