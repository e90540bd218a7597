//! Two steps of `o2c daily`: the cash rules over what waits, and cases that are past their day.

use super::daily::Told;
use super::daily_args::Daily;
use super::session::Session;
use super::stop::Stop;
use crate::acts::case::Case;
use crate::acts::{self, Act, Mode, Request, run};
use crate::domain::authority::Role;
use crate::domain::case::mention::mentions;
use crate::store::people::Person;
use crate::store::read::disputes::{self, DisputeRow};
use crate::store::read::{book, cases as read};

/// Applies what the rules are sure of. What they left is there for a person, and again for the rules of tomorrow.
pub(super) fn cash(session: &Session, given: &Daily) -> Result<(Told, u8), Stop> {
    let watch = &mut |_, _| true;
    let tally = session.with_writer(|conn, actor, stamp| match given.dry_run {
        true => run::survey(conn, watch),
        false => run::run(conn, actor, stamp, Mode::Post, watch),
    })?;
    let left: u64 = tally.left.values().sum();
    let state = if tally.applied > 0 { "done" } else { "nothing" };
    let verb = if given.dry_run { "would be applied" } else { "applied" };
    let said = match tally.seen {
        0 => "no payment waits".to_owned(),
        seen => format!("{} of {seen} payments {verb}, {left} left for a person (o2c cash list)", tally.applied),
    };
    Ok((Told::new("cash", state, said), 0))
}

/// Escalates what is past its day, each case once for its answer and once for its decision in a department.
pub(super) fn cases(session: &Session, given: &Daily) -> Result<(Told, u8), Stop> {
    let reader = session.reader()?;
    let all = disputes::all(&reader, session.today)?;
    let (people, told) = (book::people(&reader)?, read::escalated(&reader)?);
    let mut late = Vec::new();
    for row in all.iter().filter(|row| row.open && &*row.state != "escalated") {
        let Some(why) = lateness(row, session) else { continue };
        let before = |(case, department, text): &(i64, String, String)| {
            *case == row.id && **department == *row.department && text.starts_with(&why)
        };
        if !told.iter().any(before) {
            late.push((row, why));
        }
    }
    drop(reader);
    let mut numbers = Vec::new();
    for (row, why) in late {
        let login = whom(row, &people);
        let asked = login.map_or_else(String::new, |login| format!("; @{login}"));
        let (dispute, version, on) = (row.id, row.version, "supervisor".to_owned());
        let act = Act::Case(Box::new(Case::Wait { dispute, version, on, text: format!("{why}{asked}") }));
        let mode = if given.dry_run { Mode::DryRun } else { Mode::Post };
        session.with_writer(|conn, actor, stamp| acts::perform(conn, actor, stamp, &Request::new(act), mode))?;
        numbers.push(login.map_or_else(|| row.number.to_string(), |login| format!("{} to {login}", row.number)));
    }
    if numbers.is_empty() {
        return Ok((Told::new("cases", "nothing", "no case is newly past its day"), 0));
    }
    let verb = if given.dry_run { "would be escalated" } else { "escalated" };
    Ok((Told::new("cases", "done", format!("{verb}: {}", numbers.join(", "))), 0))
}

/// What the case is past; `None` where it is in time, or waits for the customer.
fn lateness(row: &DisputeRow, session: &Session) -> Option<String> {
    if row.is_late() {
        return Some(format!("past its day for the decision, {}", row.clock.decide_by));
    }
    row.clock.is_unanswered(session.today).then(|| format!("past its day for the answer, {}", row.clock.answer_by))
}

/// Who is asked to look at a late case: a supervisor of its department, else any, else its owner.
fn whom<'a>(row: &DisputeRow, people: &'a [Person]) -> Option<&'a str> {
    let can_be_asked =
        |person: &&Person| person.active && mentions(&format!("@{}", person.login)) == [person.login.as_str()];
    let supervisor = |person: &&&Person| person.held().contains(&Role::Supervisor);
    let here: Vec<&Person> = people.iter().filter(can_be_asked).collect();
    let of_department = here.iter().filter(supervisor).find(|person| *person.department == *row.department);
    let found = of_department
        .or_else(|| here.iter().find(supervisor))
        .or_else(|| here.iter().find(|person| *person.login == *row.owner));
    found.map(|person| person.login.as_str())
}
