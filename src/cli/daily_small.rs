//! A step of `o2c daily`: cases with so little left in dispute that going on costs more, up to `dispute-close-below`. Each is
//! written off by an act of its own, judged like one by hand: beyond the limit of who runs the day it waits for a second
//! person. Every one is told; what a person opened again or rejected is left alone for good.

use rust_decimal::Decimal;

use super::daily::Told;
use super::daily_args::Daily;
use super::session::Session;
use super::stop::Stop;
use crate::acts::case::{CLOSE_BELOW, Case, may_decide};
use crate::acts::{self, Act, ActKey, Expect, Mode, Request};
use crate::domain::authority::Right;
use crate::domain::case::Outcome;
use crate::domain::money::{Money, NumberStyle};
use crate::store::read::disputes::{self, DisputeRow};
use crate::store::read::{book, cases as read, requests};

/// Writes small cases off.
pub(super) fn small(session: &Session, given: &Daily) -> Result<(Told, u8), Stop> {
    let reader = session.reader()?;
    let most: Decimal = requests::setting(&reader, CLOSE_BELOW)?.and_then(|text| text.parse().ok()).unwrap_or_default();
    if most <= Decimal::ZERO {
        return Ok((
            Told::new("small", "nothing", format!("no case is written off by itself ({CLOSE_BELOW} is not set)")),
            0,
        ));
    }
    let all = disputes::all(&reader, session.today)?;
    let found = read::small(&reader, &all, session.today, most)?;
    let base = book::header(&reader)?.currency;
    let login = session.login(Some(&reader))?;
    let person = book::person(&reader, &login)?;
    let decides = person.as_ref().is_some_and(|one| one.held().iter().any(|role| role.has(Right::ResolveDispute)));
    let own = person.map(|person| person.department).unwrap_or_default();
    let mut open = Vec::new();
    for row in found {
        let seen = disputes::dispute(&reader, session.today, row.id)?;
        // Once is enough: who takes it back, or rejects it, wants it open.
        if let (Some(case), None) = (seen, session.performed(&key(&row))?) {
            open.push((row, case.item_open));
        }
    }
    drop(reader);
    if open.is_empty() {
        return Ok((Told::new("small", "nothing", format!("no case has {most} {base} or less in dispute")), 0));
    }
    let (mut done, mut left) = (Vec::new(), Vec::new());
    for (row, item_open) in open {
        if !decides || !may_decide(&own, &row.department) {
            left.push(format!("{} {}", row.number, shown(&row)));
            continue;
        }
        let text = format!("{} in dispute is no more than {CLOSE_BELOW}, {most} {base}", shown(&row));
        let act = Case::Decide {
            dispute: row.id,
            version: row.version,
            outcome: Outcome::WriteOff,
            amount: row.stake(),
            rest: false,
            cause: row.likely_cause().to_owned(),
            on: None,
            text,
        };
        let expect = vec![Expect::Open { item: row.item, open: item_open }];
        let request = Request { key: key(&row), act: Act::Case(Box::new(act)), expect };
        let mode = if given.dry_run { Mode::DryRun } else { Mode::Post };
        let did = session.with_writer(|conn, actor, stamp| acts::perform(conn, actor, stamp, &request, mode))?;
        let how = if did.asked { "waits for a second person" } else { "written off" };
        done.push(format!("{} {} {how}", row.number, shown(&row)));
    }
    let mut said = Vec::new();
    if !done.is_empty() {
        let would = if given.dry_run { "would be: " } else { "" };
        said.push(format!("{would}{}", done.join(", ")));
    }
    if !left.is_empty() {
        said.push(format!("left to who may decide them: {}", left.join(", ")));
    }
    Ok((Told::new("small", if done.is_empty() { "not done" } else { "done" }, said.join("; ")), 0))
}

fn key(row: &DisputeRow) -> ActKey {
    ActKey::named(&format!("daily closes {}", row.number))
}

fn shown(row: &DisputeRow) -> String {
    format!("{} {}", Money::new(row.stake(), row.currency).grouped(NumberStyle::Point), row.currency)
}
