//! What a document contains, as plain values: whose it is, for whom, which items with which amounts. Amounts are minor
//! units of the currency beside them; totals are computed from the items and are stored nowhere.

use chrono::NaiveDate;

use crate::domain::document::DocumentKind;
use crate::domain::money::Currency;

/// What a document is for; each has its own template.
#[derive(Clone, Copy, PartialEq, Eq, Debug, PartialOrd, Ord)]
pub enum Kind {
    /// Asks for what is late; the level says how firmly.
    Reminder,
    /// Lists what is open.
    Statement,
    /// Confirms a promise to pay.
    Promise,
    /// Confirms a plan of instalments.
    Plan,
    /// Tells how a dispute was decided.
    Dispute,
    /// Goes with the copy of an invoice.
    Invoice,
}

/// The company that writes.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Company {
    /// Its name.
    pub name: String,
    /// Street, town, one line each.
    pub address: Vec<String>,
    /// Where customers pay to: from the settings and nowhere else.
    pub iban: String,
    /// The number customers call.
    pub phone: String,
    /// The address letters are sent from.
    pub email: String,
    /// The lines at the foot.
    pub footer: String,
}

/// The lines of an address as the book keeps it, parted by `;`.
pub fn lines(address: &str) -> Vec<String> {
    address.split(';').map(|line| line.trim().to_owned()).filter(|line| !line.is_empty()).collect()
}

/// The customer that is written to.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Party {
    /// Number.
    pub number: String,
    /// Name.
    pub name: String,
    /// Name of the contact; may be empty.
    pub contact: String,
    /// Street, town, one line each; may be empty.
    pub address: Vec<String>,
}

/// One item of a document. Amounts are minor units of `currency`; credits are negative.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Line {
    /// Number of the document.
    pub number: String,
    /// Kind of the document.
    pub kind: DocumentKind,
    /// Document date.
    pub date: NaiveDate,
    /// Due date.
    pub due: NaiveDate,
    /// Currency of all amounts of this line.
    pub currency: Currency,
    /// As posted.
    pub amount: i64,
    /// Still open.
    pub open: i64,
    /// The part in dispute.
    pub disputed: i64,
    /// What the letter asks for: usually what is open less what is in dispute.
    pub asked: i64,
    /// Days past due, 0 when not late.
    pub days_late: i64,
    /// The fee of this letter on this item.
    pub fee: i64,
    /// Late interest on this item.
    pub interest: i64,
}

/// What the items of one currency add up to, in minor units.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Total {
    /// The currency.
    pub currency: Currency,
    /// Open, credits taken off.
    pub open: i64,
    /// The part in dispute.
    pub disputed: i64,
    /// Asked for and past due.
    pub overdue: i64,
    /// Fees.
    pub fees: i64,
    /// Late interest.
    pub interest: i64,
    /// What the letter asks for, fees and interest with it.
    pub total: i64,
}

impl Total {
    fn none(currency: Currency) -> Total {
        Total { currency, open: 0, disputed: 0, overdue: 0, fees: 0, interest: 0, total: 0 }
    }
}

/// An amount that is to be paid on a day.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Due {
    /// The day.
    pub on: NaiveDate,
    /// Minor units.
    pub amount: i64,
    /// The currency.
    pub currency: Currency,
}

/// How a dispute was decided. Amounts are minor units of `currency`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Answer {
    /// Number of the dispute.
    pub number: String,
    /// What it was about, in words.
    pub reason: String,
    /// What was decided, in words.
    pub outcome: String,
    /// Anything to add; may be empty.
    pub text: String,
    /// Disputed, without what another case took over.
    pub amount: i64,
    /// Granted by a credit note.
    pub credited: i64,
    /// Not asked for any more, without a credit note.
    pub waived: i64,
    /// What stays to be paid: collected again, charged back, or promised.
    pub rejected: i64,
    /// The currency.
    pub currency: Currency,
}

impl Answer {
    /// Granted in all, in minor units.
    pub fn granted(&self) -> i64 {
        self.credited.saturating_add(self.waived)
    }
}

/// A document before it has words: everything a template may speak of.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Letter {
    /// What it is for.
    pub kind: Kind,
    /// Its own number; empty in a preview.
    pub number: String,
    /// The customer's language: `de`, `de-CH`.
    pub language: String,
    /// The day it is written.
    pub date: NaiveDate,
    /// The level of a reminder, from 1; 0 otherwise.
    pub level: u32,
    /// The last day to pay that the letter names.
    pub pay_by: Option<NaiveDate>,
    /// Who writes.
    pub company: Company,
    /// To whom.
    pub customer: Party,
    /// Name of the person who signs; may be empty.
    pub signed: String,
    /// The items.
    pub items: Vec<Line>,
    /// The promise confirmed.
    pub promise: Option<Due>,
    /// The instalments agreed.
    pub plan: Vec<Due>,
    /// The dispute answered.
    pub dispute: Option<Answer>,
}

impl Letter {
    /// What the items add up to, one row a currency, in the order in which currencies first appear. Sums beyond what
    /// fits stay at the limit; acts refuse such books long before.
    pub fn totals(&self) -> Vec<Total> {
        let mut totals: Vec<Total> = Vec::new();
        for line in &self.items {
            let place = totals.iter().position(|total| total.currency == line.currency).unwrap_or_else(|| {
                totals.push(Total::none(line.currency));
                totals.len() - 1
            });
            let total = &mut totals[place];
            total.open = total.open.saturating_add(line.open);
            total.disputed = total.disputed.saturating_add(line.disputed);
            if line.days_late > 0 {
                total.overdue = total.overdue.saturating_add(line.asked);
            }
            total.fees = total.fees.saturating_add(line.fee);
            total.interest = total.interest.saturating_add(line.interest);
            total.total = [line.asked, line.fee, line.interest].into_iter().fold(total.total, i64::saturating_add);
        }
        totals
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::documents::sample;

    #[test]
    fn totals_are_kept_apart_by_currency_and_credits_are_taken_off() {
        let letter = sample::letter(Kind::Reminder, "en");
        let totals = letter.totals();
        let of = |code: &str| totals.iter().find(|total| total.currency.code() == code).copied();
        let euro = of("EUR").unwrap();
        assert_eq!((euro.open, euro.disputed, euro.overdue), (206_450, 10_000, 211_450));
        assert_eq!((euro.fees, euro.interest, euro.total), (500, 1_234, 198_184));
        assert_eq!(of("USD").map(|total| total.total), Some(2_000_000));
        assert_eq!(totals.len(), 2);
    }
}
