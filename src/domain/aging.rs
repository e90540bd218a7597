//! Aging: every open item in exactly one bucket by its age in days, credits presented in one of three ways. The
//! presentation moves amounts between columns and never changes the net, which equals the control account.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::calendar;
use super::money::Currency;

/// The date that ages an item. Printed on every report, because the same item falls into different buckets.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub enum Basis {
    /// The due date: what is not due yet has a column of its own.
    #[default]
    Due,
    /// The document date: there is no "not due"; the first band starts at day 0.
    Document,
}

/// Where credit items appear.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub enum Credits {
    /// In columns of their own; the default.
    #[default]
    Separate,
    /// Each in the bucket of its own age.
    OwnDate,
    /// Against the oldest debits of the same customer and currency. Flatters old buckets: not for provisioning.
    Oldest,
}

impl Basis {
    /// The word of the command line and of report headers.
    pub fn word(self) -> &'static str {
        match self {
            Basis::Due => "due",
            Basis::Document => "document",
        }
    }

    /// Reads [`Basis::word`].
    pub fn parse(text: &str) -> Option<Self> {
        [Basis::Due, Basis::Document].into_iter().find(|basis| basis.word() == text)
    }
}

impl Credits {
    /// The word of the command line and of report headers.
    pub fn word(self) -> &'static str {
        match self {
            Credits::Separate => "separate",
            Credits::OwnDate => "own-date",
            Credits::Oldest => "oldest",
        }
    }

    /// Reads [`Credits::word`].
    pub fn parse(text: &str) -> Option<Self> {
        [Credits::Separate, Credits::OwnDate, Credits::Oldest].into_iter().find(|credits| credits.word() == text)
    }
}

/// What kind of item is aged.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Kind {
    /// Invoice, debit note, interest note: a positive amount.
    Debit,
    /// Credit note: a negative amount.
    CreditNote,
    /// Money not matched yet: a negative amount.
    Unapplied,
}

/// An open item as the report needs it, already taken at the as-of date.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct AgedItem {
    /// Whose item it is; credits net only within one customer.
    pub customer: i64,
    /// What kind of item.
    pub kind: Kind,
    /// The currency of `open`.
    pub currency: Currency,
    /// Open amount in minor units of `currency`, signed: debit positive.
    pub open: i64,
    /// The same in minor units of the book's base currency, at the booking rate.
    pub base: i64,
    /// The disputed part of `open`; it never changes the balance.
    pub disputed: i64,
    /// The document date.
    pub document_date: NaiveDate,
    /// The due date; without one the document date counts.
    pub due_date: Option<NaiveDate>,
}

impl AgedItem {
    /// The date that ages this item.
    pub fn basis_date(&self, basis: Basis) -> NaiveDate {
        match basis {
            Basis::Due => self.due_date.unwrap_or(self.document_date),
            Basis::Document => self.document_date,
        }
    }

    /// Age in days at `as_of`; 0 on the basis date.
    pub fn age(&self, basis: Basis, as_of: NaiveDate) -> i64 {
        calendar::days_between(self.basis_date(basis), as_of)
    }
}

/// Why bounds do not make buckets.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BandError {
    /// No bound at all.
    #[error("aging needs at least one bound, for example 30,60,90,120")]
    Empty,
    /// A bound not above the one before, or below 1.
    #[error("aging bound {0} must be larger than {1}; write increasing days such as 30,60,90,120")]
    NotIncreasing(i64, i64),
    /// A band that does not start on the day after the one before.
    #[error("aging band {0}-{1} must start at day {2}, so that every day falls into exactly one band")]
    Gap(i64, i64, i64),
}

/// Contiguous ranges of days covering everything: bucket 0 is "not due" (age 0 or less), then one band up to each
/// bound, then one for all that is older.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Bands {
    uppers: Vec<i64>,
}

impl Default for Bands {
    fn default() -> Self {
        Bands { uppers: vec![30, 60, 90, 120] }
    }
}

impl Bands {
    /// Bands ending at each of `uppers` (the last day included): increasing, the first at least 1.
    pub fn new(uppers: &[i64]) -> Result<Self, BandError> {
        if uppers.is_empty() {
            return Err(BandError::Empty);
        }
        let mut before = 0;
        for &upper in uppers {
            if upper <= before {
                return Err(BandError::NotIncreasing(upper, before));
            }
            before = upper;
        }
        Ok(Bands { uppers: uppers.to_vec() })
    }

    /// Bands given as ranges with both ends included; the first overdue band must start at 1 and each next one on the
    /// day after, as ledgers that accept custom bands demand.
    pub fn from_ranges(ranges: &[(i64, i64)]) -> Result<Self, BandError> {
        let mut start = 1;
        for &(from, to) in ranges {
            if from != start {
                return Err(BandError::Gap(from, to, start));
            }
            start = to + 1;
        }
        Bands::new(&ranges.iter().map(|range| range.1).collect::<Vec<_>>())
    }

    /// How many buckets there are, "not due" and the open-ended one included.
    pub fn count(&self) -> usize {
        self.uppers.len() + 2
    }

    /// The bucket of an age. By document date everything of age 0 or less falls into the first band.
    pub fn index(&self, age: i64, basis: Basis) -> usize {
        if age <= 0 {
            return usize::from(basis == Basis::Document);
        }
        1 + self.uppers.partition_point(|&upper| upper < age)
    }

    /// The label of a bucket: `not due`, `1-30`, …, `120+`; by document date the first band is `0-30`.
    pub fn label(&self, bucket: usize, basis: Basis) -> String {
        let last = self.uppers.last().copied().unwrap_or(0);
        match bucket {
            0 => "not due".to_owned(),
            _ if bucket > self.uppers.len() => format!("{last}+"),
            1 => format!("{}-{}", i32::from(basis == Basis::Due), self.uppers[0]),
            _ => format!("{}-{}", self.uppers[bucket - 2] + 1, self.uppers[bucket - 1]),
        }
    }

    /// All labels in order.
    pub fn labels(&self, basis: Basis) -> Vec<String> {
        (0..self.count()).map(|bucket| self.label(bucket, basis)).collect()
    }
}

/// One column of the report.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Bucket {
    /// The label, see [`Bands::label`].
    pub label: String,
    /// Minor units in this bucket, disputed parts included.
    pub amount: i64,
    /// How much of `amount` is disputed.
    pub disputed: i64,
    /// How many items with something left fall here.
    pub items: usize,
}

impl Bucket {
    /// What can be asked for now: the amount without its disputed part.
    pub fn collectible(&self) -> i64 {
        self.amount - self.disputed
    }
}

/// The report for one currency: `buckets + credits + unapplied = net`.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Aging {
    /// The columns, oldest last.
    pub buckets: Vec<Bucket>,
    /// Credit notes shown apart; with [`Credits::Oldest`] what no debit was left for.
    pub credits: i64,
    /// Unmatched money shown apart.
    pub unapplied: i64,
    /// The balance. Equals the control account at the same date.
    pub net: i64,
}

impl Aging {
    /// What is due and overdue: every bucket but the first.
    pub fn past_due(&self) -> i64 {
        self.buckets.iter().skip(1).map(|bucket| bucket.amount).sum()
    }
}

/// How a report is wanted.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct View {
    /// The day of the report.
    pub as_of: NaiveDate,
    /// What ages an item.
    pub basis: Basis,
    /// Where credits appear.
    pub credits: Credits,
    /// The buckets.
    pub bands: Bands,
}

/// The aging of every currency, each in its own minor units; different currencies are never added.
pub fn by_currency(items: &[AgedItem], view: &View) -> BTreeMap<Currency, Aging> {
    let mut parted: BTreeMap<Currency, Vec<Cell>> = BTreeMap::new();
    for item in items {
        parted.entry(item.currency).or_default().push(Cell::new(item, view, item.open, item.disputed));
    }
    parted.into_iter().map(|(currency, cells)| (currency, report(cells, view))).collect()
}

/// One aging over all currencies in minor units of the base currency, at the booking rates.
pub fn in_base(items: &[AgedItem], view: &View) -> Aging {
    let cells = items.iter().map(|item| {
        let disputed = i128::from(item.disputed) * i128::from(item.base);
        let disputed = if item.open == 0 { 0 } else { (disputed / i128::from(item.open)) as i64 };
        Cell::new(item, view, item.base, disputed)
    });
    report(cells.collect(), view)
}

/// An amount with what places it.
#[derive(Clone, Copy)]
struct Cell {
    owner: (i64, Currency),
    kind: Kind,
    age: i64,
    amount: i64,
    disputed: i64,
}

impl Cell {
    fn new(item: &AgedItem, view: &View, amount: i64, disputed: i64) -> Self {
        let owner = (item.customer, item.currency);
        Cell { owner, kind: item.kind, age: item.age(view.basis, view.as_of), amount, disputed }
    }
}

/// Puts cells into columns.
fn report(mut cells: Vec<Cell>, view: &View) -> Aging {
    let labels = view.bands.labels(view.basis).into_iter();
    let mut aging =
        Aging { buckets: labels.map(|label| Bucket { label, ..Bucket::default() }).collect(), ..Aging::default() };
    aging.net = cells.iter().map(|cell| cell.amount).sum();
    if view.credits == Credits::Oldest {
        net_oldest(&mut cells);
    }
    for cell in cells.iter().filter(|cell| cell.amount != 0) {
        match (cell.kind, view.credits) {
            (Kind::CreditNote, Credits::Separate) | (Kind::CreditNote | Kind::Unapplied, Credits::Oldest) => {
                aging.credits += cell.amount;
            }
            (Kind::Unapplied, Credits::Separate) => aging.unapplied += cell.amount,
            _ => {
                let bucket = &mut aging.buckets[view.bands.index(cell.age, view.basis)];
                bucket.amount += cell.amount;
                bucket.disputed += cell.disputed;
                bucket.items += 1;
            }
        }
    }
    aging
}

/// Sets every credit against the oldest debits of its customer and currency.
fn net_oldest(cells: &mut [Cell]) {
    // Oldest first within an owner; the sort is stable, so items of one age keep the order given.
    cells.sort_by_key(|cell| (cell.owner, -cell.age));
    for owned in cells.chunk_by_mut(|a, b| a.owner == b.owner) {
        let mut credit: i64 = owned.iter().filter(|cell| cell.kind != Kind::Debit).map(|cell| -cell.amount).sum();
        for cell in owned.iter_mut().filter(|cell| cell.kind == Kind::Debit && cell.amount > 0) {
            let used = credit.clamp(0, cell.amount);
            cell.amount -= used;
            cell.disputed = cell.disputed.min(cell.amount);
            credit -= used;
        }
        // What no debit was left for stays with the first credit cells.
        for cell in owned.iter_mut().filter(|cell| cell.kind != Kind::Debit) {
            cell.amount = -credit;
            credit = 0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn every_age_has_one_bucket_and_the_labels_are_fixed() {
        let bands = Bands::default();
        assert_eq!(bands.labels(Basis::Due), ["not due", "1-30", "31-60", "61-90", "91-120", "120+"]);
        assert_eq!(bands.label(1, Basis::Document), "0-30");
        let ages = [-400, 0, 1, 30, 31, 120, 121].map(|age| bands.index(age, Basis::Due));
        assert_eq!(ages, [0, 0, 1, 1, 2, 4, 5]);
        assert_eq!(bands.index(0, Basis::Document), 1);
    }

    #[test]
    fn custom_bands_must_touch_and_start_at_one() {
        assert!(Bands::from_ranges(&[(1, 15), (16, 45)]).is_ok());
        assert_eq!(Bands::from_ranges(&[(0, 15)]), Err(BandError::Gap(0, 15, 1)));
        assert_eq!(Bands::from_ranges(&[(1, 15), (15, 45)]), Err(BandError::Gap(15, 45, 16)));
        assert_eq!(Bands::new(&[30, 30]), Err(BandError::NotIncreasing(30, 30)));
        assert_eq!(Bands::new(&[]), Err(BandError::Empty));
    }

    #[test]
    fn credits_net_only_within_their_customer() {
        let item = |customer, kind, open| AgedItem {
            customer,
            kind,
            currency: Currency::EUR,
            open,
            base: open,
            disputed: 0,
            document_date: date("2026-01-01"),
            due_date: Some(date("2026-01-31")),
        };
        let items = [item(1, Kind::Debit, 1000), item(2, Kind::Unapplied, -300), item(2, Kind::Debit, 100)];
        let as_of = date("2026-02-10");
        let view = View { as_of, basis: Basis::Due, credits: Credits::Oldest, bands: Bands::default() };
        let aging = in_base(&items, &view);
        assert_eq!((aging.buckets[1].amount, aging.credits, aging.net), (1000, -200, 800));
    }
}
