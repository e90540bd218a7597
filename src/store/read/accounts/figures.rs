//! The figures of one customer on one day, and the sums they are made of.

use chrono::NaiveDate;

use super::BUCKETS;
use crate::domain::money::Currency;

/// What a customer has open in one currency, or in the book's currency over all.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sums {
    /// Open debits by bucket.
    pub buckets: [i64; BUCKETS],
    /// Open credit notes, negative.
    pub credits: i64,
    /// Receipts not applied, negative.
    pub unapplied: i64,
    /// Of the debits: in dispute.
    pub disputed: i64,
    /// Number of open debit items.
    pub items: i64,
}

impl Sums {
    /// Open debits.
    pub fn debits(&self) -> i64 {
        self.buckets.iter().sum()
    }
    /// Debits past due.
    pub fn overdue(&self) -> i64 {
        self.buckets[1..].iter().sum()
    }
    /// Everything together: the customer's balance.
    pub fn net(&self) -> i64 {
        self.debits() + self.credits + self.unapplied
    }
    /// Adds another customer's or currency's sums.
    pub fn add(&mut self, other: &Sums) {
        for (bucket, amount) in self.buckets.iter_mut().zip(other.buckets) {
            *bucket += amount;
        }
        self.credits += other.credits;
        self.unapplied += other.unapplied;
        self.disputed += other.disputed;
        self.items += other.items;
    }
}

/// The figures of a customer: what lists are sorted and filtered by, beside its texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Figures {
    /// Its id.
    pub id: i64,
    /// The currency the customer is billed in.
    pub currency: Currency,
    /// Credit limit in minor units of `currency`.
    pub limit: Option<i64>,
    /// Open in `currency`, credits taken off: what counts against the limit.
    pub in_own: i64,
    /// Risk, 0 good to 100 bad.
    pub risk: u8,
    /// Blocked for deliveries.
    pub blocked: bool,
    /// Day of the last call or e-mail.
    pub last_contact: Option<NaiveDate>,
    /// Follow-up date.
    pub next_on: Option<NaiveDate>,
    /// Day it was set aside.
    pub done_on: Option<NaiveDate>,
    /// Sums in the book's currency; items without a rate are left out.
    pub base: Sums,
    /// True when some item has no rate, so that `base` is not all.
    pub no_rate: bool,
    /// Overdue debits without a rate of which something is to be collected now: they are in no sum of `base`.
    pub unrated: u16,
    /// Due date of the oldest open debit.
    pub oldest_due: Option<NaiveDate>,
    /// Next due date from today on with the amount falling due, book's currency.
    pub next_due: Option<(NaiveDate, i64)>,
    /// Amount under promises that can still be kept and plans in good standing, book's currency.
    pub promised: i64,
    /// Of it: overdue amount.
    pub promised_overdue: i64,
    /// Of the disputed amount: past due, book's currency.
    pub disputed_overdue: i64,
    /// Of what is neither disputed nor promised: overdue and on hold, book's currency.
    pub held_overdue: i64,
    /// Of the rest: overdue and asked for by a letter whose day of payment has not passed, book's currency.
    pub asked_overdue: i64,
    /// A promise is due today.
    pub promise_due: Option<NaiveDate>,
    /// The date of an instalment of a plan that is due and not paid.
    pub instalment_due: Option<NaiveDate>,
    /// Since when a payment plan is in default.
    pub plan_default: Option<NaiveDate>,
    /// The latest promise broken in the last 90 days.
    pub promise_broken: Option<NaiveDate>,
    /// A dispute was rejected in the last 14 days and nobody spoke to the customer since.
    pub dispute_rejected: bool,
    /// A dispute was granted in the last 14 days and nobody spoke to the customer since.
    pub dispute_answered: bool,
    /// The last day something happened that brings the account back whatever was set before: a promise broken, a plan in
    /// default, an instalment due, a dispute rejected.
    pub event_on: Option<NaiveDate>,
    /// Such a thing happened after its follow-up date was set or it was set aside.
    pub called_back: bool,
    /// Number of open disputes.
    pub disputes: u16,
}

impl Figures {
    /// Those of nobody.
    pub(super) const NONE: Figures = Figures {
        id: 0,
        currency: Currency::EUR,
        limit: None,
        in_own: 0,
        risk: 0,
        blocked: false,
        last_contact: None,
        next_on: None,
        done_on: None,
        base: Sums { buckets: [0; BUCKETS], credits: 0, unapplied: 0, disputed: 0, items: 0 },
        no_rate: false,
        unrated: 0,
        oldest_due: None,
        next_due: None,
        promised: 0,
        promised_overdue: 0,
        disputed_overdue: 0,
        held_overdue: 0,
        asked_overdue: 0,
        promise_due: None,
        instalment_due: None,
        plan_default: None,
        promise_broken: None,
        dispute_rejected: false,
        dispute_answered: false,
        event_on: None,
        called_back: false,
        disputes: 0,
    };

    /// Days past due of the oldest open debit on a day; 0 when nothing is late.
    pub fn oldest_days(&self, today: NaiveDate) -> i64 {
        self.oldest_due.map_or(0, |due| (today - due).num_days().max(0))
    }

    /// Overdue, less what is disputed, under a promise that can still be kept, not yet due by a plan, on hold, or asked for
    /// by a letter that still gives time: what is to be collected now.
    pub fn to_collect(&self) -> i64 {
        let later = self.promised_overdue + self.disputed_overdue + self.held_overdue + self.asked_overdue;
        (self.base.overdue() - later).max(0)
    }

    /// Exposure in thousandths of the credit limit. `None` without a limit; compares in the customer's currency.
    pub fn limit_use(&self) -> Option<i64> {
        let limit = self.limit?;
        let exposure = self.in_own.max(0);
        match (limit, exposure) {
            (0, 0) => Some(0),
            (0, _) => Some(9_999),
            // Cut, so that whoever shows whole percent rounds once.
            _ => Some((i128::from(exposure) * 1_000 / i128::from(limit)).min(9_999) as i64),
        }
    }
}
