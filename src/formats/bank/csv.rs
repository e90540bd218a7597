//! Bank statements as delimited tables: the loop, mappings, dates and amounts are those of every other table; here are
//! its rows, one entry each, and the balances that a running balance gives. One account is one statement.

use std::collections::HashMap;

use super::super::canonical::Table;
use super::super::cells::{Cells, SignPlan};
use super::super::context::{Context, Outcome, Trouble, missing, row};
use super::super::dialect::recognise_file;
use super::super::encoding::Encoding;
use super::super::mapping::{self, Mapping};
use super::super::report::ReadOptions;
use super::super::table::walk;
use super::amount::{Amount, Unit};
use super::facts::{RefKind, is_placeholder};
use super::statement::{Balance, BalanceKind, Entry, Kind, Place, Statement};
use super::{NOTHING, Options, Refusal, Sink};

/// Places of the columns in [`Table::fields`].
pub(in crate::formats) mod field {
    pub const ACCOUNT: usize = 0;
    pub const DATE: usize = 1;
    pub const VALUE_DATE: usize = 2;
    pub const AMOUNT: usize = 3;
    pub const CURRENCY: usize = 4;
    pub const BALANCE: usize = 5;
    pub const TEXT: usize = 6;
    pub const NAME: usize = 7;
    pub const COUNTER_ACCOUNT: usize = 8;
    pub const REFERENCE: usize = 9;
    pub const TYPE: usize = 10;
}

/// One row: the entry, whose account it is on, and the balance beside it.
struct Row {
    account: String,
    entry: Entry,
    balance: Option<i64>,
}

/// One account of the file.
struct Gathered {
    out: Statement,
    rows: Vec<Row>,
}

/// Reads the text of one file with the caller's mapping, or the built-in one that fits.
pub(super) fn read(text: &str, options: &Options<'_>, sink: &mut dyn Sink) -> Result<(), Refusal> {
    let found;
    let mapping = match options.mapping {
        Some(mapping) => mapping,
        None => {
            let name = recognise_file(text.as_bytes(), Table::Statement);
            found = name.and_then(mapping::builtin).unwrap_or_else(|| mapping::canonical(Table::Statement));
            &found
        }
    };
    // The text is decoded by now.
    let mapping = Mapping { encoding: Encoding::Utf8, ..mapping.clone() };
    let mut progress = |_| {};
    let mut told = ReadOptions {
        currency: options.currency,
        today: options.today,
        date_order: options.date_order,
        progress: &mut progress,
    };
    let limit = options.limits.entries as usize;
    let (mut accounts, mut order): (HashMap<(String, Unit), usize>, Vec<Gathered>) = Default::default();
    let mut rows = 0;
    let summary = walk(text.as_bytes(), &mapping, Table::Statement, &mut told, read_row, &mut |row: Row| {
        rows += 1;
        if rows <= limit {
            let key = (row.account.clone(), row.entry.amount.unit);
            let at = *accounts.entry(key).or_insert_with(|| {
                order.push(Gathered { out: start(&row), rows: Vec::new() });
                order.len() - 1
            });
            order[at].rows.push(row);
        }
    })?;
    if rows > limit {
        let what = format!("Too large: {rows} rows (limit {limit}); the last is in line {}. {NOTHING}", rows + 1);
        return Err(Refusal::new("XML-02", what));
    }
    if let Some(refused) = summary.refused.first() {
        let more = match summary.refused.len() {
            1 => String::new(),
            count => format!(" (and {} more lines)", count - 1),
        };
        let column = if refused.column.is_empty() { String::new() } else { format!(", column {}", refused.column) };
        let what = format!("Line {}{column}: {}{more} {NOTHING}", refused.line, refused.reason);
        return Err(Refusal::at(refused.code, refused.line, what));
    }
    for gathered in order {
        finish(gathered, &summary.notices, sink);
    }
    Ok(())
}

fn start(row: &Row) -> Statement {
    let mut out = Statement::new(Kind::Statement, "table", row.entry.place);
    out.account.set_number(&row.account);
    out.account.unit = Some(row.entry.amount.unit);
    out
}

fn read_row(cells: &Cells<'_>, context: &mut Context) -> Outcome<Row> {
    let money = context.currency(cells, field::CURRENCY)?;
    let minor = signed(cells, context, money)?;
    let place = Place { start: cells.bytes.0, end: cells.bytes.1, line: cells.line };
    let mut entry = Entry::new(0, place, Amount::new(minor, Unit::from(money.0)));
    entry.booked = Some(context.needed_date(cells, field::DATE)?);
    entry.value = context.date(cells, field::VALUE_DATE)?;
    entry.listed = 1;
    entry.code.proprietary = cells.text(field::TYPE);
    let facts = &mut entry.facts;
    facts.lines.extend(cells.text(field::TEXT).filter(|text| !is_placeholder(text)));
    facts.party.name = cells.text(field::NAME);
    facts.party.account = cells.text(field::COUNTER_ACCOUNT);
    if let Some(reference) = cells.id(field::REFERENCE) {
        facts.add_reference(RefKind::Servicer, &reference);
    }
    let balance = context.amount(cells, field::BALANCE, money)?;
    Ok(Some(Row { account: cells.id(field::ACCOUNT).unwrap_or_default(), entry, balance }))
}

/// The amount with the account's sign: money in is positive.
fn signed(cells: &Cells<'_>, context: &Context, money: (crate::domain::money::Currency, u32)) -> Result<i64, Trouble> {
    let own = || context.amount(cells, field::AMOUNT, money)?.ok_or_else(|| missing(cells, field::AMOUNT));
    let minor = match &cells.plan().sign {
        SignPlan::Own => own()?,
        SignPlan::Flag { column, debit, credit } => {
            let minor = own()?;
            let code = cells.column(*column);
            let is = |codes: &[String]| codes.iter().any(|known| known.eq_ignore_ascii_case(&code));
            match (is(debit), is(credit)) {
                (true, _) => -minor.abs(),
                (_, true) => minor.abs(),
                _ => {
                    let reason = format!(
                        "\"{code}\" in column {} says neither debit nor credit; check the mapping.",
                        cells.plan().column_name(*column)
                    );
                    return Err(row(cells.refuse(field::AMOUNT, &code, "SGN-01", reason)));
                }
            }
        }
        SignPlan::TwoColumns { debit, credit } => {
            let out = context.column_amount(cells, *debit, money)?;
            let into = context.column_amount(cells, *credit, money)?;
            match (out, into) {
                (None, None) => return Err(missing(cells, field::AMOUNT)),
                // Some banks write the minus into the debit column as well.
                (out, into) => into.unwrap_or(0) - out.unwrap_or(0).abs(),
            }
        }
    };
    Ok(if cells.plan().mapping().invert { -minor } else { minor })
}

/// Which way the rows of a file go.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Direction {
    OldestFirst,
    NewestFirst,
    /// The running balance does not run: rows were left out or it is something else.
    Neither,
}

/// Whether every balance is the one of the row before (or after) it and the row's own amount.
fn direction(rows: &[Row]) -> Direction {
    let after = |next: &Row, last: &Row| {
        let sum = last.balance.and_then(|balance| balance.checked_add(next.entry.amount.minor));
        next.balance.is_some() && next.balance == sum
    };
    if rows.windows(2).all(|pair| after(&pair[1], &pair[0])) {
        // A single row, or equal ones: what comes first in most files.
        Direction::OldestFirst
    } else if rows.windows(2).all(|pair| after(&pair[0], &pair[1])) {
        Direction::NewestFirst
    } else {
        Direction::Neither
    }
}

fn finish(gathered: Gathered, notices: &[String], sink: &mut dyn Sink) {
    let Gathered { mut out, rows } = gathered;
    for notice in notices {
        out.notice(out.place.line, notice.clone());
    }
    if out.account.number().is_empty() {
        out.notice(out.place.line, "The table names no account.");
    }
    out.from = rows.iter().filter_map(|row| row.entry.booked).min();
    out.to = rows.iter().filter_map(|row| row.entry.booked).max();
    if rows.iter().any(|row| row.balance.is_some()) {
        let ends = match (direction(&rows), rows.as_slice()) {
            (Direction::OldestFirst, [first, .., last]) | (Direction::NewestFirst, [last, .., first]) => {
                Some((first, last))
            }
            (Direction::OldestFirst, [only]) => Some((only, only)),
            _ => None,
        };
        match ends {
            Some((first, last)) => balances(first, last, &mut out),
            None => out.notice(out.place.line, "The balances beside the rows do not follow from their amounts."),
        }
    }
    for (at, row) in rows.into_iter().enumerate() {
        let mut entry = row.entry;
        entry.number = at as u64 + 1;
        out.place.end = entry.place.end.max(out.place.end);
        out.add(&entry);
        sink.entry(&out, entry);
    }
    sink.statement(out);
}

/// The balance before the oldest row and after the newest.
fn balances(first: &Row, last: &Row, out: &mut Statement) {
    let unit = first.entry.amount.unit;
    let before = first.balance.and_then(|balance| balance.checked_sub(first.entry.amount.minor));
    for (kind, minor, row) in
        [(BalanceKind::OpeningBooked, before, first), (BalanceKind::ClosingBooked, last.balance, last)]
    {
        if let Some(minor) = minor {
            let amount = Amount::new(minor, unit);
            out.balances.push(Balance { kind, code: "balance".to_owned(), amount, date: row.entry.booked });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Table, field};

    #[test]
    fn places_are_those_of_the_canonical_columns() {
        let fields = Table::Statement.fields();
        assert_eq!(
            (fields[field::ACCOUNT], fields[field::AMOUNT], fields[field::BALANCE]),
            ("account", "amount", "balance")
        );
        assert_eq!(
            (fields[field::COUNTER_ACCOUNT], fields[field::TYPE], fields.len()),
            ("counter_account", "type", 11)
        );
    }
}
