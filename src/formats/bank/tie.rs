//! Whether a statement adds up, and whether statements of one account follow each other: pure arithmetic over what the
//! readers found, to be shown before anything is posted.

use chrono::NaiveDate;

use super::amount::Unit;
use super::statement::{BalanceKind, Statement};

/// The arithmetic of one statement, in minor units of one currency.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Addition {
    /// The currency.
    pub unit: Unit,
    /// Opening booked balance.
    pub opening: i64,
    /// Sum of the booked entries.
    pub entries: i128,
    /// Closing booked balance.
    pub closing: i64,
}

impl Addition {
    /// By how much the closing balance differs from opening plus entries.
    pub fn difference(&self) -> i128 {
        i128::from(self.closing) - i128::from(self.opening) - self.entries
    }
}

/// The answer to "does it add up?".
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Tie {
    /// Opening plus booked entries is closing.
    Ties(Addition),
    /// It is not: `IMP-05`.
    Differs(Addition),
    /// The two balances are of different currencies, or the entries are.
    Currencies,
    /// There is no opening or no closing booked balance, as in reports and notifications.
    NoBalances,
}

/// The booked balance a statement or page begins with, and its currency.
pub fn opening(statement: &Statement) -> Option<(i64, Unit, Option<NaiveDate>)> {
    use BalanceKind::{InterimOpening, OpeningBooked, PreviousClosing};
    let kinds = [OpeningBooked, InterimOpening, PreviousClosing];
    let found = kinds.iter().find_map(|kind| statement.balance(*kind))?;
    Some((found.amount.minor, found.amount.unit, found.date))
}

/// The booked balance a statement or page ends with, and its currency.
pub fn closing(statement: &Statement) -> Option<(i64, Unit, Option<NaiveDate>)> {
    use BalanceKind::{ClosingBooked, InterimClosing};
    let found = [ClosingBooked, InterimClosing].iter().find_map(|kind| statement.balance(*kind))?;
    Some((found.amount.minor, found.amount.unit, found.date))
}

/// Adds up a statement.
pub fn tie(statement: &Statement) -> Tie {
    let (Some((opening, unit, _)), Some((closing, other, _))) = (opening(statement), closing(statement)) else {
        return Tie::NoBalances;
    };
    let booked = || statement.sums.iter().filter(|sum| sum.booked > 0);
    if unit != other || booked().any(|sum| sum.unit != unit) {
        return Tie::Currencies;
    }
    let addition = Addition { unit, opening, entries: booked().map(|sum| sum.net).sum(), closing };
    if addition.difference() == 0 { Tie::Ties(addition) } else { Tie::Differs(addition) }
}

/// What must be known of a statement to tell whether another one follows it. The book keeps this of the last one.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Span {
    /// The account's number.
    pub account: String,
    /// The statement's id.
    pub id: String,
    /// Its number, as written.
    pub number: Option<String>,
    /// Its page.
    pub page: Option<u64>,
    /// Its first and last day.
    pub days: Option<(NaiveDate, NaiveDate)>,
    /// Opening booked balance.
    pub opening: Option<i64>,
    /// Closing booked balance.
    pub closing: Option<i64>,
    /// The currency of both.
    pub unit: Option<Unit>,
    /// How many entries.
    pub entries: u64,
}

impl Span {
    /// What is to be kept of a statement.
    pub fn of(statement: &Statement) -> Span {
        let (opening, closing) = (opening(statement), closing(statement));
        let first = statement.from.or(opening.and_then(|(_, _, date)| date));
        let last = statement.to.or(closing.and_then(|(_, _, date)| date));
        Span {
            account: statement.account.number().to_owned(),
            id: statement.id.clone(),
            number: statement.number.clone().or_else(|| statement.legal_number.clone()),
            page: statement.page,
            days: first.zip(last),
            opening: opening.map(|(minor, _, _)| minor),
            closing: closing.map(|(minor, _, _)| minor),
            unit: closing.or(opening).map(|(_, unit, _)| unit).or(statement.account.unit),
            entries: statement.count(),
        }
    }
}

/// How one statement stands to the one before it of the same account and currency.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Follow {
    /// It begins where the other ended.
    Follows,
    /// It begins with another balance than the other ended with: `IMP-04`, one may be missing.
    Gap {
        /// What the other closed with.
        closed: i64,
        /// What this opens with.
        opens: i64,
    },
    /// Its number is not the next one: one is missing though the balances meet.
    Missing {
        /// The other's number.
        last: u64,
        /// This one's number.
        next: u64,
    },
    /// It begins before the other ended, so that entries may be in both: `IMP-02`.
    Overlap,
    /// It is the other one again: `IMP-01`.
    Repeat,
    /// There is too little to tell.
    Unknown,
}

/// How `next` stands to `last`. Both are of the same account and currency, or the answer is [`Follow::Unknown`].
pub fn follow(last: &Span, next: &Span) -> Follow {
    if last.account != next.account || last.unit != next.unit {
        return Follow::Unknown;
    }
    let same_id = !last.id.is_empty() && last.id == next.id && last.page == next.page;
    let same_money = (last.opening, last.closing, last.entries) == (next.opening, next.closing, next.entries);
    let same_number = last.number == next.number && last.page == next.page;
    if same_money && last.days == next.days && (same_id || same_number) && last.opening.is_some() {
        return Follow::Repeat;
    }
    let (Some(closed), Some(opens)) = (last.closing, next.opening) else { return Follow::Unknown };
    let overlaps = match (last.days, next.days) {
        // Balances of one day meet on it; whole days in common do not.
        (Some((_, end)), Some((begin, _))) => begin < end,
        _ => false,
    };
    if overlaps {
        return Follow::Overlap;
    }
    if closed != opens {
        return Follow::Gap { closed, opens };
    }
    let numbers = last.number.as_deref().and_then(plain).zip(next.number.as_deref().and_then(plain));
    match numbers {
        // A number that starts again, or the next page of the same statement, is no gap.
        Some((last, next)) if next > last + 1 && last > 0 => Follow::Missing { last, next },
        _ => Follow::Follows,
    }
}

/// A running number without its zeros; `None` where it is more than a number.
fn plain(number: &str) -> Option<u64> {
    number.parse().ok()
}
