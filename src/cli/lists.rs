//! The lists: worklist, customers, items, receipts. Each reads its windows one after the other up to the limit, so
//! that what is printed is what the screens show.

use super::out::{Cell, Listing};
use super::read_args::{ItemsArgs, ListArgs};
use super::session::Session;
use super::stop::Stop;
use super::views;
use crate::domain::document::DocumentKind;
use crate::domain::money::Money;
use crate::language::dates::DateOrder;
use crate::language::filter::{self, Filter};
use crate::store::Reader;
use crate::store::read::window::{Sort, Want, Window};
use crate::store::read::{book, customers, items, unrated, worklist};
use crate::tui::app::DATE_ORDER;

/// Every row up to the limit, window by window, and how many there are in all.
pub(super) fn gather<R, Id: Copy>(
    limit: Option<u64>,
    id: impl Fn(&R) -> Id,
    mut page: impl FnMut(Want<Id>) -> Result<Window<R>, Stop>,
) -> Result<(Vec<R>, u64), Stop> {
    let limit = limit.map_or(usize::MAX, |limit| usize::try_from(limit).unwrap_or(usize::MAX));
    let mut rows: Vec<R> = Vec::new();
    let mut want = Want::Start;
    loop {
        let window = page(want)?;
        let came = window.rows.len();
        let place = window.first + came as u64;
        rows.extend(window.rows);
        if rows.len() >= limit || came == 0 || place >= window.total {
            rows.truncate(limit);
            return Ok((rows, window.total));
        }
        if let Some(last) = rows.last() {
            want = Want::After(id(last), place);
        }
    }
}

/// The filter of a list, with `me` as the person who asks.
pub(super) fn filter(session: &Session, reader: &Reader, text: Option<&str>) -> Result<Filter, Stop> {
    text.map_or(Ok(Filter::all()), |text| read(session, reader, text, "--where"))
}

/// The filter this text is, as this person types it; `from` says where it stands.
pub(super) fn read(session: &Session, reader: &Reader, text: &str, from: &str) -> Result<Filter, Stop> {
    let login = session.login(Some(reader))?;
    // The same text reads the same on this person's screens.
    let person = book::person(reader, &login)?;
    let kept = person.map(|person| book::remembered(reader, person.id, DATE_ORDER)).transpose()?.unwrap_or_default();
    let date_order = kept.first().and_then(|(_, word)| DateOrder::named(word)).unwrap_or_default();
    let context = filter::Context { today: session.today, style: crate::domain::money::NumberStyle::Point, date_order };
    let read = filter::parse(text, &context).map_err(|error| Stop::usage(format!("{from}: {error}.")))?;
    Ok(read.for_user(&login))
}

/// The order of a list: a column, with `-` in front for largest first; without one, the list's own.
pub(super) fn sort(text: Option<&str>, columns: &[&'static str], natural: Sort) -> Result<Sort, Stop> {
    let Some(text) = text else { return Ok(natural) };
    let (name, descending) = text.strip_prefix('-').map_or((text, false), |name| (name, true));
    match columns.iter().find(|column| **column == name) {
        Some(column) => Ok(Sort { column, descending }),
        None => {
            let sentence = format!(
                "--sort: there is no column {name}; columns are {} (with - for largest first).",
                columns.join(", ")
            );
            Err(Stop::usage(sentence))
        }
    }
}

/// `o2c worklist`.
pub(super) fn worklist(session: &Session, list: &ListArgs, all: bool) -> Result<(), Stop> {
    let reader = session.reader()?;
    let base = book::header(&reader)?.currency;
    let columns = ["priority", "name", "overdue", "days", "owner", "open"];
    let natural = Sort { column: "priority", descending: true };
    let (only, filter, sort) = views::asked(session, &reader, list, &views::WORKLIST, &columns, natural)?;
    let question = worklist::Question { today: session.today, base, filter, sort, all };
    let (mut hidden, mut without) = (0, 0);
    let (rows, total) = gather(
        list.limit,
        |row: &worklist::WorkRow| row.customer,
        |want| {
            let answer = worklist::worklist(&reader, &question, want)?;
            (hidden, without) = (answer.hidden, answer.no_rate);
            Ok(answer.window)
        },
    )?;
    let mut shown = Vec::with_capacity(rows.len());
    for row in rows {
        let number = customers::number(&reader, row.customer)?;
        shown.push(vec![
            Cell::Number(row.score),
            Cell::Text(number.unwrap_or_default()),
            Cell::Text(row.name.to_string()),
            Cell::Amount(row.overdue, base),
            Cell::Amount(row.to_collect, base),
            base.code().into(),
            no_rate(&row.unrated),
            Cell::Number(row.days),
            Cell::Text(row.owner.to_string()),
            Cell::Text(row.why.to_string()),
            row.next_word().into(),
            Cell::Text(row.priority.to_string()),
            Cell::Text(row.strategy.to_string()),
            row.worked_by.as_deref().map_or(Cell::Nothing, Cell::from),
        ]);
    }
    let columns = &[
        "score",
        "customer",
        "name",
        "overdue",
        "to_collect",
        "base",
        "no_rate",
        "days",
        "owner",
        "why",
        "next",
        "priority",
        "strategy",
        "worked_by",
    ];
    let mut foot = vec![format!("Amounts in {base}.")];
    if without > 0 {
        foot.push(format!(
            "{without} of them have overdue items without a rate to {base}: column no_rate, in no other amount."
        ));
    }
    if hidden > 0 {
        foot.push(format!("{hidden} customers are set aside or wait for a follow-up date; --all shows them."));
    }
    only.print(Listing { columns, rows: shown, total, foot }, list.form.form())
}

/// Sums without a rate, as one cell: `5000.00 USD; 100000 JPY`.
fn no_rate(sums: &[Money]) -> Cell {
    let sums: Vec<String> = sums.iter().map(|sum| format!("{} {}", sum.plain(), sum.currency)).collect();
    if sums.is_empty() { Cell::Nothing } else { Cell::Text(sums.join("; ")) }
}

/// `o2c customers`.
pub(super) fn customers(session: &Session, list: &ListArgs) -> Result<(), Stop> {
    let reader = session.reader()?;
    let base = book::header(&reader)?.currency;
    let columns = ["open", "name", "number", "overdue", "days", "dtp", "limit", "risk", "owner", "last"];
    let natural = Sort { column: "open", descending: true };
    let (only, filter, sort) = views::asked(session, &reader, list, &views::CUSTOMERS, &columns, natural)?;
    let question = customers::Question { today: session.today, filter, sort };
    let mut without = false;
    let (rows, total) = gather(
        list.limit,
        |row: &crate::store::read::accounts::Account| row.id,
        |want| {
            let answer = customers::customers(&reader, &question, want)?;
            without = answer.no_rate;
            Ok(answer.window)
        },
    )?;
    let mut shown = Vec::with_capacity(rows.len());
    for account in rows {
        let unrated = if account.no_rate { unrated::open(&reader, account.id)? } else { Vec::new() };
        shown.push(vec![
            Cell::Text(account.number.to_string()),
            Cell::Text(account.name.to_string()),
            Cell::Amount(account.base.net(), base),
            Cell::Amount(account.base.overdue(), base),
            base.code().into(),
            no_rate(&unrated),
            Cell::Number(account.oldest_days(session.today)),
            account.limit.map_or(Cell::Nothing, |limit| Cell::Amount(limit, account.currency)),
            account.currency.code().into(),
            Cell::Text(account.terms.to_string()),
            Cell::number(account.days_to_pay),
            Cell::Number(account.risk.into()),
            Cell::Flag(account.blocked),
            Cell::Text(account.owner.to_string()),
            Cell::date(account.last_contact),
            Cell::date(account.next_on),
        ]);
    }
    let columns = &[
        "number",
        "name",
        "open",
        "overdue",
        "base",
        "no_rate",
        "days",
        "limit",
        "limit_currency",
        "terms",
        "days_to_pay",
        "risk",
        "blocked",
        "owner",
        "last_contact",
        "next_on",
    ];
    let mut foot = vec![format!("Open and overdue in {base}.")];
    if without {
        foot.push(format!("What was posted without a rate to {base} is in column no_rate and in no other amount."));
    }
    only.print(Listing { columns, rows: shown, total, foot }, list.form.form())
}

/// Columns of the items and receipts lists.
const ITEM_COLUMNS: &[&str] = &[
    "number", "part", "kind", "customer", "name", "date", "due", "currency", "amount", "open", "disputed", "days",
    "state",
];

/// `o2c items`, and `o2c receipts` with `receipts`.
pub(super) fn items(session: &Session, wanted: &ItemsArgs, receipts: bool) -> Result<(), Stop> {
    let list = &wanted.list;
    let reader = session.reader()?;
    let natural = Sort { column: if receipts { "date" } else { "due" }, descending: receipts };
    let columns = ["due", "number", "amount", "open", "name", "date"];
    let (only, filter, sort) = views::asked(session, &reader, list, &views::ITEMS, &columns, natural)?;
    let question = items::Question {
        today: session.today,
        filter,
        sort,
        customer: wanted.customer.as_deref().map(|number| super::aging::customer(&reader, number)).transpose()?,
    };
    let limit = if receipts { None } else { list.limit };
    let (mut rows, mut total) =
        gather(limit, |row: &items::ItemRow| row.id, |want| Ok(items::items(&reader, &question, want)?))?;
    if receipts {
        rows.retain(|row| row.kind == DocumentKind::Receipt);
        total = rows.len() as u64;
        rows.truncate(list.limit.map_or(usize::MAX, |limit| usize::try_from(limit).unwrap_or(usize::MAX)));
    }
    let mut shown = Vec::with_capacity(rows.len());
    for row in &rows {
        shown.push(item(session, &reader, row)?);
    }
    only.print(Listing { columns: ITEM_COLUMNS, rows: shown, total, foot: Vec::new() }, list.form.form())
}

fn item(session: &Session, reader: &Reader, row: &items::ItemRow) -> Result<Vec<Cell>, Stop> {
    let number = customers::number(reader, row.customer)?;
    Ok(vec![
        Cell::Text(row.number.clone()),
        Cell::Number(row.part),
        row.kind.name().into(),
        Cell::Text(number.unwrap_or_default()),
        Cell::Text(row.name.clone()),
        Cell::Date(row.date),
        Cell::Date(row.due),
        row.currency.code().into(),
        Cell::Amount(row.amount, row.currency),
        Cell::Amount(row.open, row.currency),
        Cell::Amount(row.disputed, row.currency),
        Cell::Number(row.days(session.today)),
        Cell::Text(row.state(session.today)),
    ])
}
