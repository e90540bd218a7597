//! Open items and allocations as values with two clocks: the *effective date* drives reports, the sequence of the
//! act that recorded them answers "as we knew it then". Open amounts and states are derived here, never stored.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::calendar;

/// A part of an item settled by another item. A reversal is a further allocation with the opposite sign and its own
/// dates, so that reports for earlier dates never change.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Allocation {
    /// Minor units that move the item towards zero; negative for a reversal.
    pub amount: i64,
    /// The accounting date from which the allocation counts.
    pub effective: NaiveDate,
    /// The sequence number of the act that recorded it.
    pub recorded_seq: i64,
}

/// What an item's open amount says about it. Derived, never stored.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Status {
    /// Nothing allocated.
    Open,
    /// Something allocated, something left.
    PartPaid,
    /// Nothing left.
    Paid,
    /// More allocated than the item was worth: a finding, it should not happen.
    Over,
}

impl Status {
    /// The word on the screen.
    pub fn word(self) -> &'static str {
        match self {
            Status::Open => "open",
            Status::PartPaid => "part paid",
            Status::Paid => "paid",
            Status::Over => "over-allocated",
        }
    }
}

/// The earliest date an allocation may count from: the latest of both documents' dates and the date the user chose.
/// An advance cannot settle an invoice before the invoice exists (domain reference 1.2).
pub fn effective_date(debit: NaiveDate, credit: NaiveDate, chosen: Option<NaiveDate>) -> NaiveDate {
    let both = debit.max(credit);
    chosen.map_or(both, |date| date.max(both))
}

/// `open(D, K) = amount - sum of allocations effective by D and recorded by K`, keeping the sign of the item: debits
/// are positive, credits negative. `known_at` is an act sequence; `None` means everything known today.
pub fn open_at(amount: i64, allocations: &[Allocation], date: NaiveDate, known_at: Option<i64>) -> i64 {
    let settled: i64 = allocations
        .iter()
        .filter(|a| a.effective <= date && known_at.is_none_or(|seq| a.recorded_seq <= seq))
        .map(|a| a.amount)
        .sum();
    amount - direction(amount) * settled
}

/// The state that an amount and what is left of it imply.
pub fn status(amount: i64, open: i64) -> Status {
    match open {
        0 => Status::Paid,
        _ if open == amount => Status::Open,
        _ if direction(open) != direction(amount) => Status::Over,
        _ => Status::PartPaid,
    }
}

/// Days past due: `as_of - due`, 0 on the due date, negative before it.
pub fn days_past_due(due: NaiveDate, as_of: NaiveDate) -> i64 {
    calendar::days_between(due, as_of)
}

/// The effective date from which nothing is open any more, given all allocations and reversals; `None` while
/// something is open today, and for an item that was never worth anything.
pub fn closed_on(amount: i64, allocations: &[Allocation]) -> Option<NaiveDate> {
    let mut ordered: Vec<&Allocation> = allocations.iter().collect();
    ordered.sort_by_key(|a| a.effective);
    let mut open = amount;
    let mut since = None;
    for same_day in ordered.chunk_by(|a, b| a.effective == b.effective) {
        open -= direction(amount) * same_day.iter().map(|a| a.amount).sum::<i64>();
        since = match (open, since) {
            (0, None) => Some(same_day[0].effective),
            (0, earlier) => earlier,
            _ => None,
        };
    }
    since
}

/// 1 for debit amounts, -1 for credit amounts.
fn direction(amount: i64) -> i64 {
    if amount < 0 { -1 } else { 1 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn allocation(amount: i64, effective: &str, recorded_seq: i64) -> Allocation {
        Allocation { amount, effective: date(effective), recorded_seq }
    }

    #[test]
    fn a_reversal_reopens_from_its_own_date_only() {
        let all =
            [allocation(400, "2026-02-10", 1), allocation(600, "2026-03-05", 2), allocation(-600, "2026-03-20", 3)];
        let open = |day: &str| open_at(1000, &all, date(day), None);
        assert_eq!((open("2026-03-04"), open("2026-03-05"), open("2026-03-19"), open("2026-03-20")), (600, 0, 0, 600));
        assert_eq!(open_at(1000, &all, date("2026-03-20"), Some(2)), 0);
        assert_eq!(closed_on(1000, &all), None);
        assert_eq!(closed_on(1000, &all[..2]), Some(date("2026-03-05")));
    }

    #[test]
    fn credits_keep_their_sign() {
        let all = [allocation(300, "2026-02-10", 1)];
        assert_eq!(open_at(-1000, &all, date("2026-02-10"), None), -700);
        assert_eq!(status(-1000, -700), Status::PartPaid);
        assert_eq!(status(1000, -1), Status::Over);
    }
}
