//! The rows of the aging screen: compact data for every customer, arranged on the reader's side by currency, filter and
//! order, with the totals of exactly these rows and what they leave out.

use std::cmp::Ordering;
use std::collections::HashSet;
use std::sync::Arc;

use chrono::NaiveDate;

use crate::domain::money::{Currency, Money};
use crate::language::filter::Filter;
use crate::store::read::accounts::{BUCKETS, Sums, accounts};
use crate::store::read::aging::{self, Aging, Question};
use crate::store::read::aging_items::Cell;
use crate::store::read::customers;
use crate::store::read::window::Sort;
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
    pub number: Arc<str>,
    pub name: Arc<str>,
    pub owner: Arc<str>,
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

/// The rows with what they add up to.
#[derive(Debug, Clone, Default)]
pub(super) struct Arranged {
    pub rows: Vec<AgingRow>,
    pub total: Sums,
    /// Customers before the filter.
    pub all: usize,
    /// Customers whose items in a currency have no rate at all, by currency; left out of amounts in base.
    pub left_out: Vec<(Currency, usize)>,
    /// Largest and smallest amount of each of [`CELLS`] over rows and total, for the widths of columns.
    pub span: [(i64, i64); BUCKETS + 2],
}

/// What one asking answers: the aging, and its rows.
pub(super) struct Answered {
    pub aging: Arc<Aging>,
    pub arranged: Arranged,
}

/// Asks for the aging unless it is at hand, and arranges its rows.
pub(super) fn answer(
    reader: &Reader,
    question: &Question,
    at_hand: Option<Arc<Aging>>,
    how: &Arrange,
) -> Result<Answered, StoreError> {
    let aging = match at_hand {
        Some(aging) => aging,
        None => Arc::new(aging::aging(reader, question)?),
    };
    let arranged = arrange(reader, &aging, how)?;
    Ok(Answered { aging, arranged })
}

fn arrange(reader: &Reader, aging: &Aging, how: &Arrange) -> Result<Arranged, StoreError> {
    let all = accounts(reader, how.today)?;
    let passing = passing(reader, how)?;
    let mut out = Arranged::default();
    for lines in aging.lines.chunk_by(|a, b| a.customer == b.customer) {
        let Some(sums) = sums_of(lines, how, &mut out.left_out) else { continue };
        out.all += 1;
        let Some(account) = all.get(lines[0].customer) else { continue };
        if passing.as_ref().is_some_and(|passing| !passing.contains(&account.id)) {
            continue;
        }
        out.total.add(&sums);
        out.rows.push(AgingRow {
            customer: account.id,
            number: account.number.clone(),
            name: account.name.clone(),
            owner: account.owner.clone(),
            risk: account.risk,
            currency: how.shown.currency(how.base),
            sums,
        });
    }
    out.rows.sort_by(|a, b| compare(a, b, how.sort));
    for sums in out.rows.iter().map(|row| &row.sums).chain([&out.total]) {
        for (span, (_, cell)) in out.span.iter_mut().zip(CELLS) {
            let amount = amount(sums, cell);
            *span = (span.0.max(amount), span.1.min(amount));
        }
    }
    Ok(out)
}

/// The customers that pass the filter; `None` when all do.
fn passing(reader: &Reader, how: &Arrange) -> Result<Option<HashSet<i64>>, StoreError> {
    if how.filter.is_all() {
        return Ok(None);
    }
    let sort = Sort { column: "open", descending: true };
    let question = customers::Question { today: how.today, filter: how.filter.clone(), sort };
    Ok(Some(customers::ids(reader, &question, how.base)?.into_iter().map(|(id, _)| id).collect()))
}

/// The sums of one customer's lines as wanted, `None` when nothing of them is shown.
fn sums_of(lines: &[aging::Line], how: &Arrange, left_out: &mut Vec<(Currency, usize)>) -> Option<Sums> {
    let mut sums = Sums::default();
    let empty = |sums: &Sums| sums.buckets == [0; BUCKETS] && sums.credits == 0 && sums.unapplied == 0;
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
pub(super) fn compare(a: &AgingRow, b: &AgingRow, sort: Sort) -> Ordering {
    let by_cell = |cell: Cell| amount(&a.sums, cell).cmp(&amount(&b.sums, cell));
    let natural = match sort.column {
        "name" => a.name.cmp(&b.name),
        "risk" => a.risk.cmp(&b.risk),
        "owner" => a.owner.cmp(&b.owner),
        column => match CELLS.iter().find(|(id, _)| *id == column).map(|(_, cell)| *cell) {
            Some(Cell::Bucket(bucket)) => {
                (0..=bucket).rev().map(|b| by_cell(Cell::Bucket(b))).fold(Ordering::Equal, Ordering::then)
            }
            Some(cell) => by_cell(cell),
            None => by_cell(Cell::All),
        },
    };
    let directed = if sort.descending { natural.reverse() } else { natural };
    directed.then_with(|| b.sums.net().cmp(&a.sums.net())).then_with(|| a.number.cmp(&b.number))
}
