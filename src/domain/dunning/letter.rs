//! What a letter says, as plain values: who writes to whom about which items, and what is asked for by when. Templates
//! and pages are made from it elsewhere; nothing in it is text for the reader but names, numbers and references.

use chrono::NaiveDate;

use super::policy::{Channel, Credits};
use crate::domain::document::DocumentKind;
use crate::domain::money::Currency;

/// One item of a letter. Amounts in minor units of the letter's currency.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LetterLine {
    /// The item.
    pub item: i64,
    /// Number of its document.
    pub document: String,
    /// Kind of its document.
    pub kind: DocumentKind,
    /// The customer's reference.
    pub reference: String,
    /// Document date.
    pub date: NaiveDate,
    /// When it was due.
    pub due: NaiveDate,
    /// Days past due on the day of the letter.
    pub days: i64,
    /// What it was billed with.
    pub amount: i64,
    /// What was open on the day of the letter.
    pub open: i64,
    /// The disputed part, which is not asked for.
    pub disputed: i64,
    /// What is asked for: open less disputed.
    pub asked: i64,
    /// The fee charged for it by this letter.
    pub fee: i64,
    /// Interest that this letter charges or tells.
    pub interest: i64,
}

/// A letter.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Letter {
    /// Its id in the book.
    pub id: i64,
    /// Its own number, without gaps: `L-17`.
    pub number: String,
    /// The run it belongs to, `M-3`.
    pub run: String,
    /// Its date.
    pub date: NaiveDate,
    /// The level.
    pub level: u32,
    /// Name of the template, where the policy gives one.
    pub template: String,
    /// Language code; the customer's, else the policy's.
    pub language: String,
    /// Channels, first choice first.
    pub channels: Vec<Channel>,
    /// Name of the company that writes.
    pub company: String,
    /// The language the company writes where it has no template in the letter's.
    pub house_language: String,
    /// Its address, the lines parted by `;`.
    pub company_address: String,
    /// The company's bank account, e-mail sender, telephone and letter footer, as its settings say.
    pub bank_account: String,
    /// Address letters are sent from.
    pub sender: String,
    /// The number customers call.
    pub phone: String,
    /// Lines at the foot of letters.
    pub footer: String,
    /// The customer's number.
    pub customer_number: String,
    /// Its name.
    pub customer_name: String,
    /// Its contact.
    pub contact: String,
    /// Where paper goes, the lines parted by `;`.
    pub address: String,
    /// Where mail goes.
    pub email: String,
    /// Country code.
    pub country: String,
    /// Currency of every amount.
    pub currency: Currency,
    /// The items, the oldest due date first.
    pub lines: Vec<LetterLine>,
    /// Open credits of the customer in this currency, above 0, and what the policy does with them.
    pub credits: i64,
    /// Whether credits are taken off, listed or left out.
    pub credits_as: Credits,
    /// The day payment is asked for by.
    pub pay_by: NaiveDate,
    /// Fees are posted as this document.
    pub fee_document: Option<String>,
    /// Interest is posted as this document; where it is not, interest is only told.
    pub interest_document: Option<String>,
    /// Where the interest rests, in words; empty without interest.
    pub interest_basis: String,
}

impl Letter {
    /// What is asked for in all: items, fees and posted interest, less credits where they are taken off.
    pub fn total(&self) -> i64 {
        let lines: i64 = self.lines.iter().map(|line| line.asked + line.fee).sum();
        let interest: i64 = self.lines.iter().map(|line| line.interest).sum();
        let posted = if self.interest_document.is_some() { interest } else { 0 };
        let credits = if self.credits_as == Credits::Net { self.credits } else { 0 };
        (lines + posted - credits).max(0)
    }
}
