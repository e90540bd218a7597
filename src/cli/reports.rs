//! Lists and reports on work and figures: disputes, promises, the log, key figures; and the checks of the book.

use super::lists::gather;
use super::out::{self, Cell, Form, Listing};
use super::read_args::{Kpi, ListArgs};
use super::session::Session;
use super::stop::Stop;
use super::views;
use crate::domain::kpi;
use crate::store::read::window::Sort;
use crate::store::read::{book, disputes, kpi as board, log, promises};

/// Columns of `o2c disputes`.
const DISPUTES: &[&str] = &[
    "number",
    "customer",
    "name",
    "document",
    "currency",
    "amount",
    "reason",
    "state",
    "age",
    "opened_on",
    "decided_on",
    "accepted",
    "owner",
    "department",
    "open",
    "decide_by",
    "late",
    "cause",
    "last_day",
    "case",
    "priority",
    "processor",
    "coordinator",
    "at_risk_a_day",
];

/// `o2c disputes`.
pub(super) fn disputes(session: &Session, list: &ListArgs) -> Result<(), Stop> {
    let reader = session.reader()?;
    let columns = [
        "age",
        "number",
        "name",
        "document",
        "amount",
        "reason",
        "owner",
        "state",
        "department",
        "due",
        "last",
        "cause",
        "risk",
        "priority",
        "processor",
        "coordinator",
        "case",
    ];
    let natural = Sort { column: "risk", descending: false };
    let (only, filter, sort) = views::asked(session, &reader, list, &views::DISPUTES, &columns, natural)?;
    let question = disputes::Question { today: session.today, filter, sort };
    let (rows, total) = gather(
        list.limit,
        |row: &disputes::DisputeRow| row.id,
        |want| Ok(disputes::disputes(&reader, &question, want)?.window),
    )?;
    let rows = rows.into_iter().map(|row| {
        let (open, late) = (if row.open { row.stake() } else { 0 }, if row.is_late() { "late" } else { "" });
        vec![
            Cell::Text(row.number.into()),
            Cell::Text(row.account.into()),
            Cell::Text(row.name.into()),
            Cell::Text(row.document.into()),
            row.currency.code().into(),
            Cell::Amount(row.amount, row.currency),
            Cell::Text(row.reason.into()),
            Cell::Text(row.state.into()),
            Cell::Number(row.age),
            Cell::Date(row.opened_on),
            Cell::date(row.decided_on),
            Cell::Amount(row.accepted, row.currency),
            Cell::Text(row.owner.into()),
            Cell::Text(row.department.into()),
            Cell::Amount(open, row.currency),
            Cell::Date(row.clock.decide_by),
            late.into(),
            Cell::Text(row.cause.into()),
            Cell::date(row.last_day),
            Cell::Text(row.case.into()),
            row.priority.word().into(),
            Cell::Text(row.processor.into()),
            Cell::Text(row.coordinator.into()),
            Cell::Text(row.risk.to_string()),
        ]
    });
    only.print(Listing { columns: DISPUTES, rows: rows.collect(), total, foot: Vec::new() }, list.form.form())
}

/// `o2c promises`.
pub(super) fn promises(session: &Session, list: &ListArgs) -> Result<(), Stop> {
    let reader = session.reader()?;
    let columns = ["date", "name", "document", "amount", "made", "state", "owner"];
    let natural = Sort { column: "date", descending: true };
    let (only, filter, sort) = views::asked(session, &reader, list, &views::PROMISES, &columns, natural)?;
    let question = promises::Question { today: session.today, filter, sort };
    let (rows, total) = gather(
        list.limit,
        |row: &promises::PromiseRow| row.id,
        |want| Ok(promises::promises(&reader, &question, want)?.window),
    )?;
    let rows = rows.into_iter().map(|row| {
        let state = row.word().into();
        vec![
            Cell::Text(row.account.into()),
            Cell::Text(row.name.into()),
            Cell::Text(row.document.into()),
            row.currency.code().into(),
            Cell::Amount(row.amount, row.currency),
            Cell::Date(row.made_on),
            Cell::Date(row.promised_on),
            state,
            Cell::Amount(row.kept, row.currency),
            Cell::Number(row.level),
            Cell::Text(row.owner.into()),
            Cell::Text(row.text.into()),
            Cell::Text(row.method.into()),
            Cell::Text(row.contact.into()),
            Cell::Text(row.source.into()),
        ]
    });
    let columns = &[
        "customer",
        "name",
        "document",
        "currency",
        "amount",
        "made_on",
        "promised_on",
        "state",
        "kept",
        "level",
        "owner",
        "text",
        "method",
        "contact",
        "source",
    ];
    only.print(Listing { columns, rows: rows.collect(), total, foot: Vec::new() }, list.form.form())
}

/// `o2c log`.
pub(super) fn log(session: &Session, list: &ListArgs) -> Result<(), Stop> {
    if list.sort.is_some() {
        return Err(Stop::usage("The log has one order, newest first; leave --sort out."));
    }
    let reader = session.reader()?;
    let natural = Sort { column: "id", descending: true };
    let (only, filter, _) = views::asked(session, &reader, list, &views::LOG, &[], natural)?;
    let (rows, total) =
        gather(list.limit, |row: &log::ActLine| row.id, |want| Ok(log::log(&reader, session.today, &filter, want)?))?;
    let rows = rows.into_iter().map(|row| {
        let customer = row.customer.map(|(_, number, _)| Cell::Text(number)).unwrap_or(Cell::Nothing);
        vec![
            Cell::Number(row.id),
            Cell::Text(row.at),
            Cell::Text(row.login),
            Cell::Text(row.kind),
            customer,
            Cell::Text(row.summary),
            Cell::number(row.undoes),
            Cell::number(row.undone_by),
            Cell::Text(row.source),
        ]
    });
    let columns = &["act", "at", "login", "kind", "customer", "summary", "undoes", "undone_by", "source"];
    only.print(Listing { columns, rows: rows.collect(), total, foot: Vec::new() }, list.form.form())
}

/// `o2c kpi`.
pub(super) fn kpi(session: &Session, wanted: &Kpi) -> Result<(), Stop> {
    let reader = session.reader()?;
    let base = book::header(&reader)?.currency;
    let as_of = wanted.as_of.unwrap_or(session.today);
    let board = board::kpis(&reader, as_of, wanted.months, base)?;
    // Asked for apart, since it reads every item that was open.
    let [open, age] = board::open_history(&reader, as_of, wanted.months, base)?;
    let all = board.figures.iter().map(|figure| if figure.key == open.key { &open } else { figure });
    let figures: Vec<&board::Figure> = all.chain([&age]).collect();
    if wanted.form.form() == Form::Json {
        return out::say(&kpi_json(&board, &figures).to_string());
    }
    let rows = figures.iter().map(|figure| {
        let number =
            |value: Option<rust_decimal::Decimal>| value.map_or(Cell::Nothing, |value| Cell::Text(kpi::show(value)));
        let trend: Vec<String> = figure.trend.iter().map(|value| value.map_or("n/a".to_owned(), kpi::show)).collect();
        vec![
            figure.key.into(),
            Cell::Text(figure.kpi.shown()),
            figure.kpi.unit.word().into(),
            number(figure.target),
            Cell::Text(figure.words()),
            Cell::Text(trend.join(" ")),
            Cell::Text(figure.kpi.arithmetic.clone()),
        ]
    });
    let rows: Vec<_> = rows.collect();
    let total = rows.len() as u64;
    let mut foot =
        vec![format!("As of {as_of}, amounts in {base}; trend at {} dates, oldest first.", board.dates.len())];
    foot.push(board::BASIS.to_owned());
    let left: Vec<&str> = board.no_rate.iter().map(|currency| currency.code()).collect();
    if !left.is_empty() {
        foot.push(format!("Without a rate and left out: {}.", left.join(", ")));
    }
    let columns = &["kpi", "value", "unit", "target", "reading", "trend", "arithmetic"];
    Listing { columns, rows, total, foot }.print(wanted.form.form())
}

fn kpi_json(board: &board::Board, figures: &[&board::Figure]) -> serde_json::Value {
    use serde_json::json;
    let text = |value: Option<rust_decimal::Decimal>| value.map(|value| value.normalize().to_string());
    let figures: Vec<serde_json::Value> = figures
        .iter()
        .map(|figure| {
            let inputs: Vec<_> = figure
                .kpi
                .inputs
                .iter()
                .map(|(label, value)| json!({ "label": label, "value": value.normalize().to_string() }))
                .collect();
            json!({
                "kpi": figure.key,
                "value": text(figure.kpi.rounded(2)),
                "unit": figure.kpi.unit.word(),
                "target": text(figure.target),
                "trend": figure.trend.iter().map(|value| text(value.map(|value| value.round_dp(2)))).collect::<Vec<_>>(),
                "inputs": inputs,
                "arithmetic": figure.kpi.arithmetic,
            })
        })
        .collect();
    json!({
        "as_of": board.as_of.to_string(),
        "currency": board.base.code(),
        "dates": board.dates.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "no_rate": board.no_rate.iter().map(|currency| currency.code()).collect::<Vec<_>>(),
        "kpis": figures,
    })
}
