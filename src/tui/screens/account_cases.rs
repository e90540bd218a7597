//! Promises and disputes of one customer, as panes of its account: what was said or contested, about which invoice, and
//! what became of it.

use super::account_rows::{read_more, wide};
use super::account_table::{Entry, Part, TablePane};
use super::deck_view;
use crate::domain::money::Money;
use crate::domain::promise::State;
use crate::language::filter::{Field, Filter, Op, Value};
use crate::store::read::account::Full;
use crate::store::read::disputes::{self, DisputeRow};
use crate::store::read::promises::{self, PromiseRow};
use crate::store::read::window::Want;
use crate::tui::app::{Ctx, Effect, Sort};
use crate::tui::ui::table::Column;
use crate::tui::ui::text;
use crate::tui::ui::theme::Role;

const PROMISES: &[Column] = &[
    Column::words("made", "MADE", 'm', 2, 9, 9),
    Column::words("document", "INVOICE", 'i', 0, 10, 16),
    Column::words("on", "FOR", 'f', 0, 9, 9),
    wide(Column::number("amount", "AMOUNT", 'a', 0, 14), 17),
    wide(Column::number("kept", "PAID", 'p', 1, 14), 17),
    Column::words("state", "STATE", 's', 0, 11, 14),
    Column::words("text", "SAID", 't', 3, 10, 60),
];

const DISPUTES: &[Column] = &[
    Column::words("number", "DISPUTE", 'n', 0, 7, 10),
    Column::words("document", "INVOICE", 'i', 1, 10, 16),
    Column::words("opened", "OPENED", 'd', 3, 9, 9),
    wide(Column::number("amount", "AMOUNT", 'a', 0, 14), 17),
    Column::number("age", "AGE", 'g', 2, 5),
    Column::words("state", "STATE", 's', 0, 10, 16),
    Column::words("reason", "REASON", 'r', 1, 10, 24),
    Column::words("owner", "OWNER", 'w', 4, 5, 10),
];

/// Promises to pay, the latest day first.
pub fn promises_pane() -> TablePane {
    let sort = Sort { column: "on", descending: true };
    let mut pane = TablePane::new("account-promises", "Promises", PROMISES, sort, read_more).counted_in("promise");
    pane.empty = vec!["No promise was made in a year; p records one.".to_owned()];
    pane.formula = vec![
        "PAID: what receipts paid on the invoice from the promise on until two days after its day.".to_owned(),
        "kept = all of it, partly kept = a part, broken = nothing by then.".to_owned(),
    ];
    pane
}

/// Disputes, the newest first.
pub fn disputes_pane() -> TablePane {
    let sort = Sort { column: "opened", descending: true };
    let mut pane = TablePane::new("account-disputes", "Disputes", DISPUTES, sort, read_more).counted_in("dispute");
    pane.empty = vec!["Nothing was ever disputed; d opens a dispute.".to_owned()];
    pane.formula = vec!["AGE = today, or the day it was decided, - the day it was opened.".to_owned()];
    pane
}

/// Puts how far the customer's word could be relied on under the promises, with its arithmetic.
pub fn fill_word(pane: &mut TablePane, full: &Full, ctx: &Ctx) {
    pane.formula.truncate(2);
    pane.formula.extend(deck_view::word(full, ctx));
    pane.foot = deck_view::word(full, ctx).into_iter().take(1).collect();
}

/// Asks for both, each in a slot of its own, after the account itself: they are on no first view.
pub fn ask(number: &str, ctx: &Ctx) -> Vec<Effect> {
    let today = ctx.today;
    let only = Filter::Term { field: Field::Number, op: Op::Equal, value: Value::Text(number.to_owned()) };
    let sort = Sort { column: "made", descending: true };
    let promised = promises::Question { today, filter: only.clone(), sort };
    let disputed = disputes::Question { today, filter: only, sort: Sort { column: "number", descending: true } };
    vec![
        Effect::ask("promises", move |reader| Ok(promises::promises(reader, &promised, Want::Start)?.window.rows)),
        Effect::ask("disputes", move |reader| Ok(disputes::disputes(reader, &disputed, Want::Start)?.window.rows)),
    ]
}

/// Fills the promises.
pub fn fill_promises(pane: &mut TablePane, rows: &[PromiseRow], ctx: &Ctx) {
    let entry = |row: &PromiseRow| {
        let money = |minor: i64| Money::new(minor, row.currency);
        let role = match row.state {
            State::Broken | State::PartlyKept => Role::Late,
            State::Kept => Role::Good,
            State::Open => Role::Text,
            State::Withdrawn => Role::Dim,
        };
        Entry {
            id: row.id,
            about: row.document.to_string(),
            parts: vec![
                Part::day(Some(row.made_on)),
                Part::words(&row.document),
                Part::day(Some(row.promised_on)),
                Part::amount(money(row.amount), ctx),
                Part::amount(money(row.kept), ctx),
                Part::words(row.word()).role(role),
                Part::words(&row.text),
            ],
            sum: Some(money(row.amount)),
            late: None,
            on: Some(row.promised_on),
            state: row.word().to_owned(),
            why: vec![
                format!(
                    "Promised on {}: {} for {}",
                    text::weekday(row.made_on),
                    row.document,
                    text::weekday(row.promised_on)
                ),
                format!(
                    "{}, of it paid in time {}: {}",
                    text::amount_with_currency(money(row.amount), ctx.numbers),
                    money(row.kept).grouped(ctx.numbers),
                    row.word()
                ),
                row.text.to_string(),
            ],
        }
    };
    pane.fill(rows.iter().map(entry).collect());
}

/// Fills the disputes.
pub fn fill_disputes(pane: &mut TablePane, rows: &[DisputeRow], ctx: &Ctx) {
    let entry = |row: &DisputeRow| {
        let money = |minor: i64| Money::new(minor, row.currency);
        let role = match (row.open, row.is_late()) {
            (false, _) => Role::Dim,
            (true, true) => Role::Late,
            (true, false) => Role::Text,
        };
        let decided = match row.decided_on {
            Some(on) => format!(
                "Decided on {}: {} accepted.",
                text::weekday(on),
                text::amount_with_currency(money(row.accepted), ctx.numbers)
            ),
            None => format!("Not decided; with {} {}.", row.department, row.owner),
        };
        Entry {
            id: row.id,
            about: row.document.to_string(),
            parts: vec![
                Part::words(&row.number),
                Part::words(&row.document),
                Part::day(Some(row.opened_on)),
                Part::amount(money(row.amount), ctx),
                Part::days(row.age),
                Part::words(&row.state).role(role),
                Part::words(&row.reason),
                Part::words(&row.owner),
            ],
            sum: Some(money(row.amount)),
            late: None,
            on: Some(row.opened_on),
            state: row.state.to_string(),
            why: vec![
                format!("{} on {}, {}", row.number, row.document, row.reason),
                format!("opened {}, {} days", text::weekday(row.opened_on), row.age),
                decided,
            ],
        }
    };
    pane.fill(rows.iter().map(entry).collect());
}
