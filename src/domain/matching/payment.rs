//! What the bank said of one receipt, as the engine reads it: money, who may have paid, and every place in which a
//! document may be named. Nothing here is looked up yet.

use chrono::NaiveDate;

use super::super::dispute::Reason;
use super::super::money::Currency;

/// One receipt as the bank told it. Empty texts mean that nothing was said.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Payment {
    /// Minor units, above zero.
    pub amount: i64,
    /// The currency of the amount.
    pub currency: Currency,
    /// The value date.
    pub date: NaiveDate,
    /// The payer's IBAN or account number; spaces and case do not matter.
    pub account: String,
    /// The payer's name.
    pub name: String,
    /// Our number for the customer, where a field of the bank's record carries it.
    pub customer_number: String,
    /// References from structured fields: creditor reference, document numbers, end-to-end reference.
    pub references: Vec<String>,
    /// What the remittance advice says line by line.
    pub lines: Vec<RemittanceLine>,
    /// Free text; line breaks are kept, because banks break numbers at them.
    pub text: String,
    /// The country of the payer's bank (`NO`), which says what kind of check digits to expect.
    pub country: String,
}

impl Payment {
    /// A payment of which only the money is known; fill in the rest.
    pub fn new(amount: i64, currency: Currency, date: NaiveDate) -> Self {
        Payment {
            amount,
            currency,
            date,
            account: String::new(),
            name: String::new(),
            customer_number: String::new(),
            references: Vec::new(),
            lines: Vec::new(),
            text: String::new(),
            country: String::new(),
        }
    }
}

/// One line of a remittance advice. Amounts in minor units of the payment's currency.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct RemittanceLine {
    /// The document it pays, as written.
    pub reference: String,
    /// What is paid for it, where said; below zero for a credit note taken off.
    pub paid: Option<i64>,
    /// The discount taken.
    pub discount: i64,
    /// What was deducted for another reason.
    pub deduction: i64,
    /// The reason of the deduction, as written.
    pub reason: String,
    /// The reason of a dispute it stands for.
    pub why: Reason,
}
