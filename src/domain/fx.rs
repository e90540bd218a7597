//! Exchange differences: open items are carried at the rate they were booked at (or last revalued to); settling or
//! revaluing them at another rate gives a gain or a loss (domain reference 6.5). Gains are positive.

use rust_decimal::Decimal;

use super::money::{self, Currency};

/// An amount of a foreign item with what it is carried at.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Carried {
    /// Minor units of the item's currency.
    pub amount: i64,
    /// The item's currency.
    pub currency: Currency,
    /// Minor units of the base currency.
    pub base: i64,
    /// The base currency.
    pub base_currency: Currency,
}

/// What settling a part of a foreign item does, in base minor units.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Settlement {
    /// Cash at the rate of the day.
    pub cash: i64,
    /// What the item is relieved of, at the rate it is carried at.
    pub relieved: i64,
    /// `cash - relieved`.
    pub realised: i64,
    /// What stays open.
    pub rest: Carried,
}

impl Carried {
    /// An item booked at `rate` base units per unit; `None` when the result does not fit.
    pub fn booked(amount: i64, currency: Currency, base_currency: Currency, rate: Decimal) -> Option<Self> {
        let base = money::convert(amount, currency, base_currency, rate)?;
        Some(Carried { amount, currency, base, base_currency })
    }

    /// The same item carried at another rate, and the unrealised difference.
    pub fn revalued(self, rate: Decimal) -> Option<(Self, i64)> {
        let after = Carried::booked(self.amount, self.currency, self.base_currency, rate)?;
        Some((after, after.base - self.base))
    }

    /// Settles `amount` minor units at `rate`. The last part relieves all that is left, so that no cent stays.
    pub fn settle(self, amount: i64, rate: Decimal) -> Option<Settlement> {
        let cash = money::convert(amount, self.currency, self.base_currency, rate)?;
        let relieved = if amount == self.amount {
            self.base
        } else {
            let share = Decimal::from(self.base).checked_mul(Decimal::from(amount))?;
            money::to_minor(share.checked_div(Decimal::from(self.amount))?, 0)?
        };
        let rest = Carried { amount: self.amount - amount, base: self.base - relieved, ..self };
        Some(Settlement { cash, relieved, realised: cash - relieved, rest })
    }
}
