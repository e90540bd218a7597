//! The rows of the aging screen: compact data for every customer, arranged on the reader's side by currency, filter and
//! order, with the totals of exactly these rows and what they leave out.

use std::cmp::Ordering;
use std::sync::Arc;

use chrono::NaiveDate;

use crate::domain::money::{Currency, Money};
use crate::language::filter::Filter;
use crate::store::read::accounts::{Accounts, BUCKETS, One, Sums, accounts};
use crate::store::read::aging::{self, Aging, Question};
use crate::store::read::aging_items::Cell;
use crate::store::read::customers;
use crate::store::read::reach::Reach;
use crate::store::read::window::{Sort, Want, Window, slice};
use crate::store::{Reader, StoreError};
use crate::tui::app::Row;

/// What the amounts are in: everything in the book's currency, or the items of one currency alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shown {
    Base,
    Only(Currency),
}

impl Shown {
    /// The currency of the amounts.
    pub(super) fn currency(self, base: Currency) -> Currency {
        match self {
            Shown::Base => base,
            Shown::Only(currency) => currency,
        }
    }

    /// The currency items are limited to.
    pub(super) fn only(self) -> Option<Currency> {
        match self {
            Shown::Base => None,
            Shown::Only(currency) => Some(currency),
        }
    }
}

/// A customer's line.
#[derive(Debug, Clone)]
pub(super) struct AgingRow {
    pub customer: i64,
    pub number: Box<str>,
    pub name: Box<str>,
    pub owner: Box<str>,
    pub risk: i64,
    pub currency: Currency,
    pub sums: Sums,
}

impl Row for AgingRow {
    type Id = i64;
    fn id(&self) -> i64 {
        self.customer
    }
    fn sum(&self) -> Option<Money> {
        Some(Money::new(self.sums.net(), self.currency))
    }
}

/// The amount of a cell.
pub(super) fn amount(sums: &Sums, cell: Cell) -> i64 {
    match cell {
        Cell::Bucket(bucket) => sums.buckets.get(bucket).copied().unwrap_or(0),
        Cell::Credits => sums.credits + sums.unapplied,
        Cell::All => sums.net(),
    }
}

/// Identities of the amount columns, with their cells, in the order of display.
pub(super) const CELLS: [(&str, Cell); BUCKETS + 2] = [
    ("b0", Cell::Bucket(0)),
    ("b1", Cell::Bucket(1)),
    ("b2", Cell::Bucket(2)),
    ("b3", Cell::Bucket(3)),
    ("b4", Cell::Bucket(4)),
    ("b5", Cell::Bucket(5)),
    ("credits", Cell::Credits),
    ("total", Cell::All),
];

/// How the rows are wanted.
#[derive(Debug, Clone)]
pub(super) struct Arrange {
    pub today: NaiveDate,
    pub base: Currency,
    pub shown: Shown,
    pub filter: Filter,
    pub sort: Sort,
}

/// The wanted rows with what all of them add up to.
#[derive(Debug, Clone, Default)]
pub(super) struct Arranged {
    pub window: Window<AgingRow>,
    pub total: Sums,
    /// Customers before the filter.
    pub all: usize,
    /// Customers whose items in a currency have no rate at all, by currency; left out of amounts in base.
    pub left_out: Vec<(Currency, usize)>,
    /// Largest and smallest amount of each of [`CELLS`] over rows and total, for the widths of columns.
    pub span: [(i64, i64); BUCKETS + 2],
}

/// What one asking answers: the aging without its lines, and its rows.
pub(super) struct Answered {
    pub aging: Arc<Aging>,
    pub arranged: Arranged,
}

/// A customer with the sums it is shown with.
#[derive(Clone, Copy)]
struct Shows<'a> {
    one: One<'a>,
    sums: Sums,
}

/// Asks for the aging and arranges the wanted rows of it.
pub(super) fn answer(
    reader: &Reader,
    question: &Question,
    how: &Arrange,
    want: Want<i64>,
) -> Result<Answered, StoreError> {
    let all = accounts(reader, how.today)?;
    let mut arranged = Arranged::default();
    let (aging, rows) = rows(reader, question, how, &all, &mut arranged)?;
    let window = slice(&rows, want, |row| row.one.id);
    let row = |row: Shows<'_>| AgingRow {
        customer: row.one.id,
        number: row.one.number().into(),
        name: row.one.name().into(),
        owner: row.one.owner().into(),
        risk: row.one.risk,
        currency: how.shown.currency(how.base),
        sums: row.sums,
    };
    let shown = window.rows.into_iter().map(row).collect();
    arranged.window = Window { first: window.first, rows: shown, total: window.total };
    Ok(Answered { aging: Arc::new(aging), arranged })
}

/// Every customer of the rows with its sum, for marking all of them.
pub(super) fn ids(reader: &Reader, question: &Question, how: &Arrange) -> Result<Vec<(i64, Money)>, StoreError> {
    let all = accounts(reader, how.today)?;
    let (_, rows) = rows(reader, question, how, &all, &mut Arranged::default())?;
    let currency = how.shown.currency(how.base);
    Ok(rows.iter().map(|row| (row.one.id, Money::new(row.sums.net(), currency))).collect())
}

/// All rows in their order, and the aging they are of, without its lines: today's are the accounts, which are at hand.
fn rows<'a>(
    reader: &Reader,
    question: &Question,
    how: &Arrange,
    all: &'a Accounts,
    out: &mut Arranged,
) -> Result<(Aging, Vec<Shows<'a>>), StoreError> {
    let reach = Reach::asked(reader, &how.filter)?;
    let mut rows = Vec::new();
    let mut show = |one: One<'a>, sums: Sums, out: &mut Arranged| {
        out.all += 1;
        if customers::passes(one, &how.filter, how.today, &reach) {
            out.total.add(&sums);
            rows.push(Shows { one, sums });
        }
    };
    let aging = match aging::of_accounts(reader, question, all)? {
        Some(aging) => {
            for one in all.iter() {
                let sums = match how.shown {
                    Shown::Base => Some(one.base),
                    Shown::Only(only) => {
                        one.in_currencies().find(|(currency, _)| *currency == only).map(|(_, sums)| sums)
                    }
                };
                if let Some(sums) = sums.filter(|sums| !empty(sums)) {
                    show(one, sums, out);
                }
            }
            aging
        }
        None => {
            let aging = aging::kept(reader, question)?;
            for lines in aging.lines.chunk_by(|a, b| a.customer == b.customer) {
                let Some(sums) = sums_of(lines, how, &mut out.left_out) else { continue };
                if let Some(one) = all.get(lines[0].customer) {
                    show(one, sums, out);
                }
            }
            Aging {
                question: aging.question.clone(),
                lines: Vec::new(),
                totals: aging.totals.clone(),
                labels: aging.labels,
                no_rate: aging.no_rate,
            }
        }
    };
    rows.sort_by(|a, b| compare(a, b, how.sort));
    for sums in rows.iter().map(|row| &row.sums).chain([&out.total]) {
        for (span, (_, cell)) in out.span.iter_mut().zip(CELLS) {
            let amount = amount(sums, cell);
            *span = (span.0.max(amount), span.1.min(amount));
        }
    }
    Ok((aging, rows))
}

/// Nothing of it would be shown.
fn empty(sums: &Sums) -> bool {
    sums.buckets == [0; BUCKETS] && sums.credits == 0 && sums.unapplied == 0
}

/// The sums of one customer's lines as wanted, `None` when nothing of them is shown.
fn sums_of(lines: &[aging::Line], how: &Arrange, left_out: &mut Vec<(Currency, usize)>) -> Option<Sums> {
    let mut sums = Sums::default();
    match how.shown {
        Shown::Only(currency) => sums.add(&lines.iter().find(|line| line.currency == currency)?.sums),
        Shown::Base => {
            for line in lines {
                if empty(&line.base) && !empty(&line.sums) {
                    match left_out.iter_mut().find(|(currency, _)| *currency == line.currency) {
                        Some((_, count)) => *count += 1,
                        None => left_out.push((line.currency, 1)),
                    }
                    continue;
                }
                sums.add(&line.base);
            }
        }
    }
    (!empty(&sums)).then_some(sums)
}

/// Orders by a column; the older buckets decide between equals, so that the worst come first, then the number.
fn compare(a: &Shows<'_>, b: &Shows<'_>, sort: Sort) -> Ordering {
    let by_cell = |cell: Cell| amount(&a.sums, cell).cmp(&amount(&b.sums, cell));
    let natural = match sort.column {
        "name" => a.one.name().cmp(b.one.name()),
        "risk" => a.one.risk.cmp(&b.one.risk),
        "owner" => a.one.owner().cmp(b.one.owner()),
        column => match CELLS.iter().find(|(id, _)| *id == column).map(|(_, cell)| *cell) {
            Some(Cell::Bucket(bucket)) => {
                (0..=bucket).rev().map(|b| by_cell(Cell::Bucket(b))).fold(Ordering::Equal, Ordering::then)
            }
            Some(cell) => by_cell(cell),
            None => by_cell(Cell::All),
        },
    };
    let directed = if sort.descending { natural.reverse() } else { natural };
    directed.then_with(|| b.sums.net().cmp(&a.sums.net())).then_with(|| a.one.number().cmp(b.one.number()))
}
