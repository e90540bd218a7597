//! Dunning in the workload: a policy with fee and interest, a hold, and a run from its draft to its last letter. What only
//! the book knows (the newest run, its lines, whose letter is next) is put in when the act is performed.

use std::collections::BTreeMap;

use super::day;
use super::script::invoice;
use o2c::acts::Act;
use o2c::acts::dunning::{Dunning, Review};
use o2c::domain::dunning::{Channel, Interest, Level, Policy, Scope};
use o2c::domain::late::{Compensation, DayCount, Profile, RateMode};
use o2c::domain::money::Currency;
use o2c::store::dunning::runs::{self, letters_of, seal};
use rusqlite::Connection;
use rust_decimal::Decimal;

/// The acts in their order.
pub fn acts() -> Vec<Act> {
    let hold = |customer, item, until| Dunning::PlaceHold {
        customer,
        item,
        kind: "manual".into(),
        from: day(16),
        until,
        reason: "waits for our answer".into(),
    };
    let all = vec![
        Dunning::SetPolicy { policy: Box::new(policy()), version: 0 },
        Dunning::AssignPolicy { scope: Scope::Company, policy: "standard".into() },
        Dunning::AssignPolicy { scope: Scope::Customer(2), policy: "standard".into() },
        Dunning::AssignPolicy { scope: Scope::Invoice(1), policy: "standard".into() },
        hold(2, None, None),
        hold(1, Some(1), Some(day(20))),
        Dunning::LiftHold { hold: 1, reason: "answered".into() },
        Dunning::DraftRun { segment: "currency:EUR".into() },
        Dunning::DraftRun { segment: String::new() },
        Dunning::DraftRun { segment: String::new() },
        Dunning::ReviewLines { lines: Vec::new(), what: Review::Drop, reason: "called".into() },
        Dunning::ApproveRun { run: 0, seen: String::new() },
        Dunning::StartRun { run: 0, letters: 0, despite: "statements come tomorrow".into() },
        letter(),
        Dunning::FinishRun { run: 0 },
        Dunning::CancelRun { run: 1, reason: "of no use".into() },
    ];
    let late = [invoice("INV-7", 2, 5_000), invoice("INV-8", 3, 7_500)];
    late.into_iter().chain(all.into_iter().map(Act::Dunning)).collect()
}

fn letter() -> Dunning {
    Dunning::SendLetter { run: 0, customer: 0, policy: 0, level: 0, currency: Currency::EUR }
}

fn policy() -> Policy {
    let profile = Profile {
        name: "contract".into(),
        basis: "as agreed".into(),
        rates: vec![(day(1), Decimal::from(9))],
        margin: Decimal::ZERO,
        mode: RateMode::Floating,
        day_count: DayCount::Act365,
        after_days: 0,
        least: 0,
        compensation: Compensation::None,
    };
    let channels = vec![Channel::Mail, Channel::Phone];
    let fee = BTreeMap::from([(Currency::EUR, 500)]);
    let level = Level { number: 1, wait_days: 1, payment_days: 10, fee, channels, ..Level::default() };
    Policy {
        name: "standard".into(),
        language: "en".into(),
        interest: Some(Interest { profile, post: true }),
        levels: vec![level],
        ..Policy::default()
    }
}

/// Puts into an act what only the book knows.
pub fn resolve(conn: &Connection, act: &mut Dunning) -> Result<(), String> {
    let said = |error: o2c::store::StoreError| error.to_string();
    let newest = || runs::all(conn).map_err(said).map(|all| all.first().map_or(0, |run| run.id));
    match act {
        Dunning::ReviewLines { lines, .. } => {
            // Only the first line becomes a letter.
            let all = runs::lines(conn, newest()?, None).map_err(said)?;
            lines.extend(all.iter().skip(1).map(|line| line.id));
        }
        Dunning::ApproveRun { run, seen } => {
            *run = newest()?;
            *seen = seal(&runs::lines(conn, *run, None).map_err(said)?);
        }
        Dunning::StartRun { run, letters, .. } => {
            *run = newest()?;
            *letters = letters_of(&runs::lines(conn, *run, None).map_err(said)?).len() as i64;
        }
        Dunning::SendLetter { run, customer, policy, level, .. } => {
            *run = newest()?;
            let all = letters_of(&runs::lines(conn, *run, None).map_err(said)?);
            let next = all.first().ok_or("no letter")?;
            (*customer, *policy, *level) = (next.customer, next.policy, next.level);
        }
        Dunning::FinishRun { run } => *run = newest()?,
        _ => {}
    }
    Ok(())
}
