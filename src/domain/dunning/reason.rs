//! Why an item is dunned or not, as data, and in the words a person reads.

use chrono::NaiveDate;

use crate::domain::money::{Currency, Money, NumberStyle};

/// Why an item is dunned at its level, or left alone.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Reason {
    /// The wait of the level is over since a day.
    Reached {
        /// The level.
        level: u32,
        /// Since when.
        since: NaiveDate,
    },
    /// Below the minimum of a higher level, so dunned at this one.
    SteppedDown {
        /// The level reached by its wait.
        from: u32,
    },
    /// It is in the letter of its customer.
    WithCustomer {
        /// The level of the letter.
        level: u32,
    },
    /// A credit item.
    Credit,
    /// No more open than is tolerated.
    Small,
    /// No policy is assigned, or the one that says no letters.
    NoPolicy,
    /// Held.
    Held {
        /// The kind of hold.
        kind: String,
        /// Why it was placed.
        reason: String,
    },
    /// All that is open is disputed.
    Disputed,
    /// Promised, and the promise can still be kept.
    Promised,
    /// In a payment plan in good standing.
    Planned,
    /// Not late yet, or inside the grace.
    NotLate,
    /// The next level waits.
    Waits {
        /// The next level.
        level: u32,
    },
    /// The last level was sent: a person decides.
    LastLevel,
    /// The last letter was of another policy: a person decides.
    OtherPolicy {
        /// The policy of the last letter.
        before: String,
    },
    /// The customer was contacted too recently.
    Contacted {
        /// When.
        on: NaiveDate,
    },
    /// No item of the customer is late enough for a letter.
    AccountNotLate {
        /// Days the latest item must be in arrears.
        days: i64,
    },
    /// Credits are as much as what could be asked for.
    Covered,
    /// What could be asked for is below the minimum.
    BelowMinimum {
        /// The level whose minimum is not met.
        level: u32,
        /// What could be asked for, minor units.
        asked: i64,
        /// Its currency.
        currency: Currency,
    },
    /// A fee of which a part was charged for what is paid, and the policy waives that part.
    Waived {
        /// The part, minor units.
        part: i64,
        /// What is open of the fee.
        of: i64,
        /// Its currency.
        currency: Currency,
    },
    /// The mail of its last letter has not left yet: a next one would speak of a letter nobody has.
    InOutbox,
    /// A fee of a letter that never left.
    Untold {
        /// What is open of it, minor units.
        of: i64,
        /// Its currency.
        currency: Currency,
    },
    /// A fee whose principal is paid: a person decides.
    FeeToDecide,
}

impl Reason {
    /// A short word for tallies: `promised`, `below minimum`.
    pub fn word(&self) -> &'static str {
        match self {
            Reason::Reached { .. } | Reason::SteppedDown { .. } | Reason::WithCustomer { .. } => "dunned",
            Reason::Credit => "credit",
            Reason::Small => "tolerated",
            Reason::NoPolicy => "no policy",
            Reason::Held { .. } => "held",
            Reason::Disputed => "disputed",
            Reason::Promised => "promised",
            Reason::Planned => "planned",
            Reason::NotLate => "not late",
            Reason::Waits { .. } => "waits",
            Reason::LastLevel => "last level sent",
            Reason::OtherPolicy { .. } => "other policy",
            Reason::Contacted { .. } => "contacted",
            Reason::AccountNotLate { .. } => "account not late",
            Reason::Covered => "covered by credits",
            Reason::BelowMinimum { .. } => "below minimum",
            Reason::Waived { .. } => "fee waived",
            Reason::InOutbox => "letter in the outbox",
            Reason::Untold { .. } => "fee not notified",
            Reason::FeeToDecide => "fee to decide",
        }
    }

    /// Whether a person has to decide.
    pub fn by_hand(&self) -> bool {
        matches!(self, Reason::LastLevel | Reason::OtherPolicy { .. } | Reason::FeeToDecide)
    }

    /// The reason as a sentence part.
    pub fn sentence(&self) -> String {
        match self {
            Reason::Reached { level, since } => format!("level {level} since {since}"),
            Reason::SteppedDown { from } => format!("level {from} is reached, but its minimum is not"),
            Reason::WithCustomer { level } => format!("in the letter of level {level} to its customer"),
            Reason::Credit => "a credit".to_owned(),
            Reason::Small => "no more is open than the policy tolerates".to_owned(),
            Reason::NoPolicy => "no policy says that it is dunned".to_owned(),
            Reason::Held { kind, reason } => format!("on hold ({kind}): {reason}"),
            Reason::Disputed => "all of it is disputed".to_owned(),
            Reason::Promised => "promised, and the promise can still be kept".to_owned(),
            Reason::Planned => "in a payment plan in good standing".to_owned(),
            Reason::NotLate => "not late yet".to_owned(),
            Reason::Waits { level } => format!("level {level} is not reached yet"),
            Reason::LastLevel => "the last level was sent; decide by hand".to_owned(),
            Reason::OtherPolicy { before } => {
                format!(
                    "its last letter was of the policy {before}; decide by hand: o2c policy assign NAME --invoice goes on \
                     at the level it has"
                )
            }
            Reason::Contacted { on } => format!("the customer was contacted on {on}"),
            Reason::AccountNotLate { days } => format!("no item of the customer is {days} days in arrears"),
            Reason::Covered => "the customer's credits cover it".to_owned(),
            Reason::BelowMinimum { level, asked, currency } => {
                let asked = Money::new(*asked, *currency).grouped(NumberStyle::Point);
                format!("{asked} {currency} is below the minimum of level {level}")
            }
            Reason::Waived { part, of, currency } => {
                let whole = if part == of { "its invoices are paid" } else { "an invoice of it is paid" };
                let part = Money::new(*part, *currency).grouped(NumberStyle::Point);
                format!("{whole}, and the policy waives {part} {currency}; o2c dunning waive credits it")
            }
            Reason::InOutbox => "its last letter is still in the outbox; send it, or settle its mail (g x)".to_owned(),
            Reason::Untold { of, currency } => {
                let of = Money::new(*of, *currency).grouped(NumberStyle::Point);
                format!("the letter that charged it never left; o2c dunning waive credits its {of} {currency}")
            }
            Reason::FeeToDecide => "its invoice is paid; decide about the fee by hand".to_owned(),
        }
    }
}
