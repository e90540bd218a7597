//! What is known of a customer when it is decided whom to remind: open items with what speaks against asking for them,
//! what was sent before, and the last contact. Plain values, as of one day.

use chrono::NaiveDate;

use crate::domain::money::Currency;

/// A letter an item was in.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Sent {
    /// Its level.
    pub level: u32,
    /// Its date.
    pub on: NaiveDate,
    /// Name of the policy it was decided by.
    pub policy: String,
    /// A fee was charged for the item.
    pub fee: bool,
}

/// Where an item comes from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Origin {
    /// Goods or services.
    Trade,
    /// A fee or interest of an earlier letter.
    Charge {
        /// What of it was charged for items that are still open, minor units; 0 where all of them are paid.
        owed: i64,
    },
}

/// An open item. Amounts are minor units; debits above 0.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Item {
    /// Its id.
    pub id: i64,
    /// The document it is part of.
    pub document: i64,
    /// Its currency.
    pub currency: Currency,
    /// When it is due.
    pub due: NaiveDate,
    /// What is open, signed.
    pub open: i64,
    /// The disputed part.
    pub disputed: i64,
    /// The last day an open promise on it can still be kept.
    pub promised_until: Option<NaiveDate>,
    /// In a payment plan in good standing: the day the calendar alone puts it in default.
    pub planned_until: Option<NaiveDate>,
    /// Where it comes from.
    pub origin: Origin,
    /// Letters it was in, oldest first.
    pub sent: Vec<Sent>,
    /// The mail of its last letter has not left, or it is not known whether it did.
    pub in_outbox: bool,
    /// It was charged by a letter that never left, so nobody was told of it.
    pub untold: bool,
    /// Somebody gave its document a policy of its own: under which policy it goes on is decided.
    pub by_hand: bool,
}

impl Item {
    /// What may be asked for: open and not disputed.
    pub fn asked(&self) -> i64 {
        (self.open - self.disputed).max(0)
    }

    /// The highest level it was dunned at, 0 for none.
    pub fn level(&self) -> u32 {
        self.sent.iter().map(|sent| sent.level).max().unwrap_or(0)
    }

    /// The last letter it was in.
    pub fn last(&self) -> Option<&Sent> {
        self.sent.last()
    }
}

/// A hold on a whole customer or one item.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Hold {
    /// Its id.
    pub id: i64,
    /// The item held; `None` holds the customer.
    pub item: Option<i64>,
    /// `manual`, `insolvency`, `legal`, `internal`.
    pub kind: String,
    /// First day.
    pub from: NaiveDate,
    /// Last day; `None` until it is lifted.
    pub until: Option<NaiveDate>,
    /// Why.
    pub reason: String,
}

impl Hold {
    /// Whether it holds an item on a day.
    pub fn holds(&self, item: i64, day: NaiveDate) -> bool {
        self.from <= day && self.until.is_none_or(|until| day <= until) && self.item.is_none_or(|held| held == item)
    }
}

/// A customer with what is open.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Customer {
    /// Its id.
    pub id: i64,
    /// Its number.
    pub number: String,
    /// What segments ask for: field and value, such as `country` and `DE`.
    pub traits: Vec<(&'static str, String)>,
    /// The last call, e-mail or letter.
    pub last_contact: Option<NaiveDate>,
    /// Open items, credits included.
    pub items: Vec<Item>,
    /// Holds that are not lifted.
    pub holds: Vec<Hold>,
}
