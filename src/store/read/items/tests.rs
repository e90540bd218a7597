//! Which index a list is counted by: one that leads to the row of each item costs ten times as much on a large book.

use rusqlite::{Connection, params_from_iter};

use super::whole;
use crate::domain::money::{Currency, NumberStyle};
use crate::language::dates::DateOrder;
use crate::language::filter::{Context, parse};
use crate::store::filter_sql::compile;
use crate::store::schema;

/// How SQLite would count the open items that pass a filter.
fn plan(filter: &str) -> String {
    let conn = Connection::open_in_memory().unwrap();
    schema::create(&conn).unwrap();
    let today = "2026-03-16".parse().unwrap();
    let context = Context { today, style: NumberStyle::Point, date_order: DateOrder::Dmy };
    let filter = parse(filter, &context).unwrap();
    let mut condition = compile(&filter, today, &[Currency::EUR], 1);
    condition.text = format!("{} AND {}", super::OPEN, condition.text);
    let text = format!("EXPLAIN QUERY PLAN {}", whole("i.currency, i.open", &condition));
    let mut statement = conn.prepare(&text).unwrap();
    let steps = statement.query_map(params_from_iter(&condition.values), |row| row.get::<_, String>(3)).unwrap();
    steps.map(|step| step.unwrap()).collect::<Vec<_>>().join("; ")
}

#[test]
fn open_items_are_counted_from_one_index_alone() {
    for filter in [
        "",
        "over>30",
        "over>30 open>=10k",
        "due<2026-01-01",
        "state:overdue",
        "bucket:31-60",
        "cur:EUR",
        "nordwind",
        "invoice:702",
        "over>30 -nord",
    ] {
        let plan = plan(filter);
        assert!(plan.contains("COVERING INDEX item_open"), "{filter}: {plan}");
        assert!(!plan.contains("item_open_"), "{filter}: {plan}");
    }
}

#[test]
fn a_document_asked_for_by_its_number_is_found_by_it() {
    let plan = plan("invoice=INV-702512");
    assert!(plan.contains("document_number") && !plan.contains("SCAN"), "{plan}");
}
