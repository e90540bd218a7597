//! The screens, one file each, and the registry of places. A new screen costs its file and one row here.
//!
//! # A new list screen
//!
//! 1. A read model in `store/read` that answers a [`Question`](crate::store::read::promises::Question) (day, filter,
//!    sort) with a window of rows ([`Window`](crate::store::read::window::Window)); its row type gets an
//!    `impl Row`: an id, what a mark adds up, what `J` and `K` step over.
//! 2. A file here with, from top to bottom: `PLACE` (its row of the registry), `COMMANDS` (its keys; give the one used
//!    most a `hint`), `COLUMNS` (a letter each for `s` and `f`; priority 0 never gives way), a struct with a
//!    [`Listing`](listing::Listing) and what is shown beside the rows, `cells` (a row as table cells).
//! 3. `impl ListScreen`: `ask` (the question), `take_rows` (the answer), `open` (Enter), `term` (what `f` filters by),
//!    `act` (its commands), `view` (usually [`with_peek`](listing::with_peek) and `Listing::draw`), `counts` (the status
//!    line), `raw` (a row for a spreadsheet). Moving, marks, filter, sort, columns, saved views, bookmarks and copying
//!    come with it; [`promises`] is the one to copy, [`log`] the smallest.
//! 4. `mod` and one line each in [`PLACES`] and [`TABLES`] below, then `O2C_WRITE=1 cargo test --test tidy` for the
//!    README's key table, and a line in `tests/pty/budget.rs`, which holds a move to 300 bytes: say below the list only
//!    what the row does not say, each figure in a place of its own.
//!
//! Where the row under the cursor is shown in more detail than the list knows, `look` asks for it whenever the cursor
//! may have moved ([`customers`]). Work keys about customers and items come from [`actions`].

use super::app::{Command, Ctx, Place, Screen};
use super::ui::table::Column;

pub mod account;
mod account_cases;
mod account_invoice;
pub mod account_item;
mod account_master;
mod account_rows;
pub mod account_table;
mod account_view;
pub mod actions;
pub mod aging;
pub mod aging_cell;
mod aging_forms;
mod aging_rows;
mod aging_view;
mod aging_words;
pub mod approvals;
mod approvals_view;
pub mod audit;
pub mod cash;
mod cash_acts;
pub mod cash_deck;
mod cash_draft;
mod cash_refund;
mod cash_rules;
mod cash_view;
pub mod customers;
pub mod customers_view;
pub mod deck;
mod deck_view;
pub mod desk;
mod desk_pane;
mod desk_rows;
pub mod disputes;
mod disputes_acts;
pub mod disputes_case;
mod disputes_decide;
mod disputes_desk;
mod disputes_view;
mod disputes_whole;
pub mod find;
pub mod inquiries;
mod inquiries_acts;
pub mod items;
pub mod items_view;
pub mod kpis;
mod kpis_view;
pub mod listing;
pub mod log;
pub mod months;
pub mod outbox;
mod outbox_acts;
mod outbox_view;
pub mod people;
mod people_forms;
pub mod plan;
pub mod plans;
pub mod policies;
pub mod policy;
mod policy_form;
pub mod promises;
pub mod reasons;
pub mod run;
mod run_acts;
pub mod runs;
pub mod settings;
pub mod statement;
mod statement_rule;
pub mod statements;
mod statements_take;
pub mod tasks;
pub mod team;
pub mod templates;
pub mod today;
mod today_view;
pub mod trial;
mod walk;
pub mod welcome;

#[cfg(test)]
pub(crate) mod sample;

/// Every place that can be reached by `g` and a letter or by name.
#[rustfmt::skip] // one place a line, so that two new screens do not collide
pub static PLACES: &[Place] = &[
    desk::PLACE,
    today::PLACE,
    customers::PLACE,
    aging::PLACE,
    disputes::PLACE,
    promises::PLACE,
    plans::PLACE,
    plan::PLACE,
    team::PLACE,
    cash::PLACE,
    statements::PLACE,
    runs::PLACE,
    policies::PLACE,
    templates::PLACE,
    kpis::PLACE,
    items::PLACE,
    log::PLACE,
    approvals::PLACE,
    audit::PLACE,
    people::PLACE,
    outbox::PLACE,
    months::PLACE,
    settings::PLACE,
    deck::PLACE,
    account::PLACE,
    disputes_case::PLACE,
    inquiries::PLACE,
    reasons::PLACE,
    tasks::PLACE,
    run::PLACE,
    trial::PLACE,
    find::PLACE,
];

/// The commands of every screen that has some of its own, with the screen's title: what the README's key table shows
/// after the commands of all screens.
pub static TABLES: &[(&str, &[Command])] = &[
    ("Today", today::COMMANDS),
    ("Customers and an account", customers::COMMANDS),
    ("An account", &[account_master::COMMAND, account_invoice::COMMAND]),
    ("An invoice", account_item::COMMANDS),
    ("Aging", aging::COMMANDS),
    ("Disputes and a dispute", disputes::COMMANDS),
    ("Inquiries", inquiries::COMMANDS),
    ("Tasks", tasks::COMMANDS),
    ("Promises", promises::COMMANDS),
    ("Plans and a plan", plans::COMMANDS),
    ("Team", team::COMMANDS),
    ("Cash", cash::COMMANDS),
    ("A bank payment", cash_deck::COMMANDS),
    ("Statements", statements::COMMANDS),
    ("A bank statement", statement::COMMANDS),
    ("Dunning runs", runs::COMMANDS),
    ("A dunning run", run::COMMANDS),
    ("Policies and a policy", policies::COMMANDS),
    ("Templates", templates::COMMANDS),
    ("Open items", items::COMMANDS),
    ("Key figures", kpis::COMMANDS),
    ("Log", log::COMMANDS),
    ("Approvals", approvals::COMMANDS),
    ("Audit", audit::COMMANDS),
    ("People", people::COMMANDS),
    ("Months", months::COMMANDS),
    ("Outbox", outbox::COMMANDS),
    ("Settings", settings::COMMANDS),
    ("Deck", deck::COMMANDS),
    ("Without a book", welcome::COMMANDS),
];

/// The columns of a list that can also be printed by a verb; `None` for any other screen.
pub fn columns(screen: &str) -> Option<&'static [Column]> {
    Some(match screen {
        "today" => today_view::COLUMNS,
        "customers" => customers_view::COLUMNS,
        "items" => items_view::COLUMNS,
        "disputes" => disputes_view::COLUMNS,
        "promises" => promises::COLUMNS,
        "plans" => plans::COLUMNS,
        "cash" => cash::COLUMNS,
        "log" => log::COLUMNS,
        _ => return None,
    })
}

/// The first screen of a session: the Desk where four panes fit, else Today; `None` only where nothing is registered.
pub fn first(ctx: &Ctx) -> Option<Box<dyn Screen>> {
    let wide = ctx.size.0 >= 140 && ctx.size.1 >= 40;
    let wanted = if wide { ["desk", "today"] } else { ["today", "desk"] };
    let place = wanted.iter().find_map(|name| PLACES.iter().find(|place| place.command.id == *name));
    place.or(PLACES.first()).and_then(|place| (place.open)("", ctx))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::authority::{Right, Role};
    use crate::domain::money::Currency;
    use crate::tui::app::Command;
    use crate::tui::app::tables::{GLOBAL, LIST};

    fn every_command(ctx: &Ctx) -> Vec<Command> {
        let mut rows: Vec<Command> = [GLOBAL, LIST, account::COMMANDS, account_item::COMMANDS, deck::COMMANDS].concat();
        rows.extend(PLACES.iter().map(|place| place.command));
        let opened = PLACES.iter().filter_map(|place| (place.open)("", ctx));
        rows.extend(opened.flat_map(|screen| screen.commands().to_vec()));
        rows
    }

    #[test]
    fn every_command_that_writes_names_its_right() {
        let today = chrono::NaiveDate::from_ymd_opt(2026, 3, 16).unwrap();
        let ctx = Ctx::new(today, "me", "Brightwater", Currency::EUR);
        let rows = every_command(&ctx);
        let writes: Vec<&Command> = rows.iter().filter(|row| row.writes).collect();
        assert!(writes.len() > 20);
        for row in &writes {
            assert!(row.right.is_some(), "{} changes the book and names no right", row.id);
        }
        let viewer = Ctx { rights: Some(Role::Viewer.rights().iter().copied().collect()), ..ctx };
        for row in writes.iter().filter(|row| row.right != Some(Right::Read)) {
            let reason = row.forbidden(&viewer).unwrap_or_default();
            assert!(reason.starts_with("needs the right to "), "{}: {reason}", row.id);
        }
    }
}
