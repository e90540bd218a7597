//! What the matching rules are asked with: the open items and customers of the whole book for a run, or of the few
//! customers one payment may be of for the screen, and a payment as the bank told it.

use chrono::NaiveDate;

use crate::domain::document::DocumentKind;
use crate::domain::matching::Answer;
use crate::domain::money::Currency;
use crate::store::Reader;
use crate::store::error::Result;

/// An open item beside a payment.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Beside {
    /// The item.
    pub id: i64,
    /// Whose it is.
    pub customer: i64,
    /// The document's number.
    pub number: String,
    /// What the document is; credits have negative amounts.
    pub kind: DocumentKind,
    /// The document's date.
    pub date: NaiveDate,
    /// When it is due.
    pub due: NaiveDate,
    /// Currency.
    pub currency: Currency,
    /// Minor units.
    pub amount: i64,
    /// What is open of it.
    pub open: i64,
    /// The disputed part.
    pub disputed: i64,
    /// The discount it can still take if paid on the payment's value date; 0 for none.
    pub discount: i64,
    /// The last day of its discount, grace included; also of one that is over.
    pub discount_until: Option<NaiveDate>,
}

/// Who and what a payment may be, best first, with the items of the likeliest payer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Candidates {
    /// The engine's answer.
    pub answer: Answer,
    /// Number and name of every customer the answer names.
    pub customers: Vec<(i64, String, String)>,
    /// Open items of the customers the answer names, in the payment's currency, by due date.
    pub items: Vec<Beside>,
}

/// Explains one payment by what is open now.
pub fn candidates(_: &Reader, _payment: i64, _today: NaiveDate) -> Result<Option<Candidates>> {
    Ok(None)
}

/// The open items of one customer in one currency, by due date, as they stand beside a payment of `value`.
pub fn beside(_: &Reader, _customer: i64, _currency: Currency, _value: NaiveDate) -> Result<Vec<Beside>> {
    Ok(Vec::new())
}
