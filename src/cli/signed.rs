//! Who was signed in: `o2c sessions`, and the refusal of a command that came with a connection.

use super::lists::filter;
use super::out::{Cell, Listing};
use super::read_args::ListArgs;
use super::session::Session;
use super::stop::Stop;
use super::views;
use crate::store::process;
use crate::store::read::sessions as past;

/// `o2c sessions`.
pub(super) fn sessions(session: &Session, list: &ListArgs) -> Result<(), Stop> {
    if list.sort.is_some() {
        return Err(Stop::usage("Sessions have one order, newest first; leave --sort out."));
    }
    if let Some(name) = &list.view {
        return Err(views::none_here(name));
    }
    let reader = session.reader()?;
    let filter = filter(session, &reader, list.filter.as_deref())?;
    let mut found = past::sessions(&reader, session.today, &filter, process::is_gone)?;
    let total = found.len() as u64;
    found.truncate(list.limit.map_or(usize::MAX, |limit| usize::try_from(limit).unwrap_or(usize::MAX)));
    let rows = found.into_iter().map(|row| {
        let state = row.state().into();
        let process = row.process.as_deref().filter(|_| !row.gone).and_then(process::number);
        let process = process.map_or(Cell::Nothing, |number| Cell::Text(number.to_owned()));
        vec![
            Cell::Number(row.id),
            Cell::Text(row.login),
            Cell::Text(row.name),
            Cell::Text(row.source),
            Cell::Text(row.identity),
            Cell::Text(row.origin),
            Cell::Text(row.started_at),
            row.ended_at.map_or(Cell::Nothing, Cell::Text),
            state,
            Cell::Number(row.acts),
            process,
        ]
    });
    let columns = &[
        "session",
        "login",
        "name",
        "source",
        "identity",
        "origin",
        "started_at",
        "ended_at",
        "ended",
        "acts",
        "process",
    ];
    Listing { columns, rows: rows.collect(), total, foot: Vec::new() }.print(list.form.form())
}

/// Notes that a connection came with a command of its own.
pub(super) fn refuse_command(session: &Session, command: &str) {
    let login = session.login(None).unwrap_or_else(|_| "?".to_owned());
    let sentence = format!("A command was asked for and not run: {command}");
    session.note_denied(&login, "requested command", "SES-05", &sentence);
}
