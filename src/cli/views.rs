//! Views saved in the workstation, for the verbs that print the same lists: their filter, their order, their columns;
//! and `o2c views`, which lists them.

use super::lists;
use super::out::{Cell, Form, Listing};
use super::read_args::ListArgs;
use super::session::Session;
use super::stop::Stop;
use crate::language::filter::Filter;
use crate::store::Reader;
use crate::store::read::book;
use crate::store::read::window::Sort;
use crate::tui::app::{SavedView, VIEWS};
use crate::tui::screens;

/// A printed list and the screen that shows the same.
pub(super) struct Likeness {
    /// Name of the screen.
    screen: &'static str,
    /// Columns that are printed whatever the view shows: what tells a row apart, and in which currency it is.
    always: &'static [&'static str],
    /// Columns of the screen that have another name in print; none in print where that is empty.
    renamed: &'static [(&'static str, &'static str)],
}

pub(super) const WORKLIST: Likeness =
    Likeness { screen: "today", always: &["customer"], renamed: &[("priority", "score")] };
pub(super) const CUSTOMERS: Likeness = Likeness {
    screen: "customers",
    always: &["number"],
    renamed: &[("dtp", "days_to_pay"), ("credit", "limit"), ("limit", ""), ("last", "last_contact")],
};
pub(super) const ITEMS: Likeness = Likeness { screen: "items", always: &["number", "part", "currency"], renamed: &[] };
pub(super) const DISPUTES: Likeness = Likeness {
    screen: "disputes",
    always: &["number", "customer"],
    renamed: &[("due", "decide_by"), ("last", "last_day")],
};
pub(super) const PROMISES: Likeness = Likeness {
    screen: "promises",
    always: &["customer", "document"],
    renamed: &[("date", "promised_on"), ("in", ""), ("made", "made_on")],
};
pub(super) const PLANS: Likeness =
    Likeness { screen: "plans", always: &["plan", "customer"], renamed: &[("number", "plan"), ("made", "made_on")] };
pub(super) const CASH: Likeness = Likeness {
    screen: "cash",
    always: &["payment"],
    renamed: &[("value", "value_date"), ("age", ""), ("account", "")],
};
pub(super) const LOG: Likeness = Likeness {
    screen: "log",
    always: &["act"],
    renamed: &[("id", "act"), ("when", "at"), ("who", "login"), ("what", "summary"), ("undone", "undone_by")],
};

/// Which columns of a list are printed, in their order; `None` for all.
pub(super) struct Shown(Option<Vec<&'static str>>);

impl Shown {
    /// Prints a list with the columns asked for.
    pub fn print(&self, listing: Listing<'_>, form: Form) -> Result<(), Stop> {
        match &self.0 {
            Some(columns) => listing.print_only(columns, form),
            None => listing.print(form),
        }
    }
}

/// What the arguments of a list ask for: columns, filter and order; `columns` are those it may be sorted by.
pub(super) fn asked(
    session: &Session,
    reader: &Reader,
    list: &ListArgs,
    like: &Likeness,
    columns: &[&'static str],
    natural: Sort,
) -> Result<(Shown, Filter, Sort), Stop> {
    let filter = lists::filter(session, reader, list.filter.as_deref())?;
    let sort = lists::sort(list.sort.as_deref(), columns, natural)?;
    let Some(name) = list.view.as_deref() else { return Ok((Shown(None), filter, sort)) };
    let view = named(session, reader, name, like.screen)?;
    let Some(known) = screens::columns(like.screen) else { return Err(none_here(name)) };
    let grid = view.grid(known, natural);
    let narrowed = lists::read(session, reader, view.filter(), &format!("View {name}"))?.and(filter);
    let mut shown: Vec<&'static str> = like.always.to_vec();
    for column in grid.columns() {
        let renamed = like.renamed.iter().find(|(screen, _)| *screen == column.id);
        let name = renamed.map_or(column.id, |(_, name)| *name);
        if !name.is_empty() && !shown.contains(&name) {
            shown.push(name);
        }
    }
    let sort = if list.sort.is_some() { sort } else { grid.sort };
    Ok((Shown(Some(shown)), narrowed, sort))
}

/// The refusal of a view by a list that no screen shows alike.
pub(super) fn none_here(name: &str) -> Stop {
    Stop::usage(format!("--view {name}: no screen shows this list, so no view is of it; use --where and --sort."))
}

fn all(session: &Session, reader: &Reader) -> Result<Vec<SavedView>, Stop> {
    let person = book::person(reader, &session.login(Some(reader))?)?;
    let kept = person.map(|person| book::remembered(reader, person.id, VIEWS)).transpose()?.unwrap_or_default();
    Ok(kept.iter().filter_map(|(key, text)| SavedView::read(key, text)).collect())
}

fn named(session: &Session, reader: &Reader, name: &str, screen: &str) -> Result<SavedView, Stop> {
    let mut saved = all(session, reader)?;
    saved.retain(|view| view.screen == screen);
    let names: Vec<String> = saved.iter().map(|view| view.name.clone()).collect();
    let found = saved.into_iter().find(|view| view.name == name);
    found.ok_or_else(|| {
        let those = match &names[..] {
            [] => format!("none is saved on the screen {screen} yet, z s there saves one"),
            names => format!("those of the screen {screen} are {}", names.join(", ")),
        };
        Stop::usage(format!("--view: no view is called {name}; {those}; o2c views lists all."))
    })
}

/// `o2c views`.
pub(super) fn list(session: &Session, form: Form) -> Result<(), Stop> {
    let reader = session.reader()?;
    let saved = all(session, &reader)?;
    let total = saved.len() as u64;
    let rows = saved.iter().map(|view| {
        let (sort, columns) = view.written().split_once(' ').unwrap_or((view.written(), ""));
        let shown: Vec<&str> = columns.split(',').filter(|column| !column.starts_with('!')).collect();
        vec![
            view.name.as_str().into(),
            view.screen.as_str().into(),
            view.filter().into(),
            sort.into(),
            Cell::Text(shown.join(",")),
        ]
    });
    let foot = if total == 0 {
        vec!["No view is saved yet; z s in the workstation saves one.".to_owned()]
    } else {
        Vec::new()
    };
    Listing { columns: &["name", "screen", "filter", "sort", "columns"], rows: rows.collect(), total, foot }.print(form)
}
