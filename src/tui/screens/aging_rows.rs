//! The rows of the aging screen: compact data for every customer, arranged on the reader's side by currency, filter and
//! order, with the totals of exactly these rows and what they leave out.

use std::rc::Rc;
use std::sync::Arc;

use chrono::NaiveDate;

use crate::domain::money::{Currency, Money};
use crate::language::filter::Filter;
use crate::store::read::accounts::{Accounts, BUCKETS, One, Sums, Who, accounts};
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

/// A customer on its way to its place in the list. Of tens of thousands the sums would be megabytes: they are made again for
/// each column that decides.
struct Placed<'a> {
    who: Who<'a>,
    /// Of the column that decides.
    key: i64,
}

/// The rows of one aging in their order, and what is said of them: kept, because a screen asks for them window by window.
struct Listed {
    aging: Arc<Aging>,
    /// The lines the rows are made of; none where the accounts are.
    lines: Option<Rc<Aging>>,
    ids: Vec<i64>,
    /// All but the window.
    arranged: Arranged,
}

impl Listed {
    fn sums(&self, one: &One<'_>, how: &Arrange) -> Option<Sums> {
        sums_in(self.lines.as_deref(), one, how)
    }
}

/// What a customer is shown with: of its lines, or of what it has open now.
fn sums_in(lines: Option<&Aging>, one: &One<'_>, how: &Arrange) -> Option<Sums> {
    let Some(aging) = lines else { return sums_now(one, how.shown) };
    let from = aging.lines.partition_point(|line| line.customer < one.id);
    let lines = aging.lines[from..].chunk_by(|a, b| a.customer == b.customer).next()?;
    sums_of(lines, how, &mut Vec::new())
}

/// Asks for the aging and arranges the wanted rows of it.
pub(super) fn answer(
    reader: &Reader,
    question: &Question,
    how: &Arrange,
    want: Want<i64>,
) -> Result<Answered, StoreError> {
    reader.snapshot(|| {
        let all = accounts(reader, how.today)?;
        let listed = listed(reader, question, how, &all)?;
        let window = slice(&listed.ids, want, |id| *id);
        let row = |id: i64| {
            let one = all.get(id)?;
            Some(AgingRow {
                customer: id,
                number: one.number().into(),
                name: one.name().into(),
                owner: one.owner().into(),
                risk: one.risk.into(),
                currency: how.shown.currency(how.base),
                sums: listed.sums(&one, how)?,
            })
        };
        let rows = window.rows.into_iter().filter_map(row).collect();
        let window = Window { first: window.first, rows, total: window.total };
        Ok(Answered { aging: listed.aging.clone(), arranged: Arranged { window, ..listed.arranged.clone() } })
    })
}

/// Every customer of the rows with its sum, for marking all of them.
pub(super) fn ids(reader: &Reader, question: &Question, how: &Arrange) -> Result<Vec<(i64, Money)>, StoreError> {
    reader.snapshot(|| {
        let all = accounts(reader, how.today)?;
        let listed = listed(reader, question, how, &all)?;
        let currency = how.shown.currency(how.base);
        let sum = |id: &i64| Some((*id, Money::new(listed.sums(&all.get(*id)?, how)?.net(), currency)));
        Ok(listed.ids.iter().filter_map(sum).collect())
    })
}

fn listed(reader: &Reader, question: &Question, how: &Arrange, all: &Accounts) -> Result<Rc<Listed>, StoreError> {
    reader.shared(&format!("{question:?} {how:?}"), || list(reader, question, how, all))
}

/// All rows in their order, and the aging they are of, without its lines: today's are the accounts, which are at hand.
fn list<'a>(reader: &Reader, question: &Question, how: &Arrange, all: &'a Accounts) -> Result<Listed, StoreError> {
    let mut out = Arranged::default();
    let reach = Reach::asked(reader, &how.filter)?;
    let mut rows = Vec::with_capacity(all.len());
    let mut shown = |one: &One<'a>, sums: Sums, out: &mut Arranged| {
        out.all += 1;
        if customers::passes(one, &how.filter, how.today, &reach) {
            out.total.add(&sums);
            widen(&mut out.span, &sums);
            rows.push(Placed { who: one.who, key: 0 });
        }
    };
    let mut lines = None;
    let aging = match aging::of_accounts(reader, question, all)? {
        Some(aging) => {
            for one in all.iter() {
                if let Some(sums) = sums_now(&one, how.shown) {
                    shown(&one, sums, &mut out);
                }
            }
            aging
        }
        None => {
            let aging = lines.insert(aging::kept(reader, question)?);
            for lines in aging.lines.chunk_by(|a, b| a.customer == b.customer) {
                if let (Some(sums), Some(one)) = (sums_of(lines, how, &mut out.left_out), all.get(lines[0].customer)) {
                    shown(&one, sums, &mut out);
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
    widen(&mut out.span, &out.total);
    let of = |who: Who<'_>, by: Cell| sums_in(lines.as_deref(), &who.one(), how).map_or(0, |sums| amount(&sums, by));
    arrange(&mut rows, &steps(how.sort), &of);
    let ids = rows.iter().map(|row| row.who.id()).collect();
    Ok(Listed { aging: Arc::new(aging), lines, ids, arranged: out })
}

/// What a customer has open now, as wanted; `None` when nothing of it is shown.
fn sums_now(one: &One<'_>, shown: Shown) -> Option<Sums> {
    let sums = match shown {
        Shown::Base => Some(one.base),
        Shown::Only(only) => one.in_currency(only),
    };
    sums.filter(|sums| !empty(sums))
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

/// Takes the amounts of a row into the largest and smallest of each cell.
fn widen(spans: &mut [(i64, i64)], sums: &Sums) {
    for (span, (_, cell)) in spans.iter_mut().zip(CELLS) {
        let amount = amount(sums, cell);
        *span = (span.0.max(amount), span.1.min(amount));
    }
}

/// What rows are put in order by.
#[derive(Clone, Copy)]
enum By {
    Text(for<'a> fn(Who<'a>) -> &'a str),
    Risk,
    Amount(Cell),
}

/// Orders by a column; the older buckets decide between equals, so that the worst come first, then the balance and the
/// number. True is downwards.
fn steps(sort: Sort) -> Vec<(By, bool)> {
    let cell = CELLS.iter().find(|(id, _)| *id == sort.column).map_or(Cell::All, |(_, cell)| *cell);
    let first = match (sort.column, cell) {
        ("name", _) => vec![By::Text(|who| who.name())],
        ("owner", _) => vec![By::Text(|who| who.owner())],
        ("risk", _) => vec![By::Risk],
        (_, Cell::Bucket(bucket)) => (0..=bucket).rev().map(|older| By::Amount(Cell::Bucket(older))).collect(),
        (_, cell) => vec![By::Amount(cell)],
    };
    let then = [(By::Amount(Cell::All), true), (By::Text(|who| who.number()), false)];
    first.into_iter().map(|by| (by, sort.descending)).chain(then).collect()
}

/// Puts rows in order by one step after the other, each among those that are equal so far.
fn arrange(rows: &mut [Placed<'_>], steps: &[(By, bool)], of: &dyn Fn(Who<'_>, Cell) -> i64) {
    let Some(((by, down), rest)) = steps.split_first() else {
        return rows.sort_unstable_by_key(|row| row.who.id());
    };
    if let By::Text(text) = by {
        rows.sort_unstable_by(|a, b| {
            let natural = text(a.who).cmp(text(b.who));
            if *down { natural.reverse() } else { natural }
        });
    } else {
        for row in &mut *rows {
            let number = match by {
                By::Amount(cell) => of(row.who, *cell),
                _ => row.who.one().risk.into(),
            };
            // The bits of a number turned round stand in the opposite order.
            row.key = if *down { !number } else { number };
        }
        rows.sort_unstable_by_key(|row| row.key);
    }
    let equal = |a: &Placed<'_>, b: &Placed<'_>| match by {
        By::Text(text) => text(a.who) == text(b.who),
        _ => a.key == b.key,
    };
    for among in rows.chunk_by_mut(equal).filter(|among| among.len() > 1) {
        arrange(among, rest, of);
    }
}
