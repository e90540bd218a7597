//! The records every bank format is read into: a statement, its balances and entries, and what an entry says about who
//! paid and what for. A format fills what it has; nothing is made up for what it lacks.

use chrono::NaiveDate;

use super::amount::{Amount, Unit};
use super::facts::{Facts, TransactionCode};

/// What kind of message a statement came in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// The account's statement of a closed period: camt.053, MT940, BAI2 prior day, OFX, CSV.
    Statement,
    /// A report during the day: camt.052, MT942, BAI2 current day. Its entries come again in the statement.
    Report,
    /// A notification of single movements or of what a batch consists of: camt.054, lockbox.
    Notification,
    /// A remittance advice or payment file: EDI 820, NACHA. It explains money; it is not a bank's booking.
    Advice,
}

/// Where something stands in the text of the file (see [`text`](super::text)).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Place {
    /// First byte.
    pub start: usize,
    /// Just after the last byte.
    pub end: usize,
    /// Line of the first byte, from 1.
    pub line: u64,
}

/// An oddity that was tolerated, as one sentence.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Notice {
    /// Line in the file, from 1.
    pub line: u64,
    /// What was odd and how it was read.
    pub what: String,
}

/// The account a statement is of.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Account {
    /// The IBAN without spaces, wherever the bank put it.
    pub iban: Option<String>,
    /// The number as the bank writes it, where it is no IBAN.
    pub other: Option<String>,
    /// The BIC or routing number of the bank that keeps the account.
    pub bank: Option<String>,
    /// Whose account it is.
    pub owner: Option<String>,
    /// The account's currency.
    pub unit: Option<Unit>,
}

impl Account {
    /// The number that identifies the account: the IBAN, else the bank's own; empty when there is neither.
    pub fn number(&self) -> &str {
        self.iban.as_deref().or(self.other.as_deref()).unwrap_or("")
    }

    /// Takes an account number, as IBAN where it looks like one.
    pub fn set_number(&mut self, text: &str) {
        let compact: String = text.split_whitespace().collect::<String>().to_ascii_uppercase();
        if crate::domain::reference::is_iban(&compact) || looks_like_iban(&compact) {
            self.iban = Some(compact);
        } else if !text.trim().is_empty() {
            self.other = Some(text.trim().to_owned());
        }
    }
}

/// Two letters, two digits and at least eleven more signs: an IBAN by shape. Anonymised files carry such ones whose
/// check digits do not hold.
fn looks_like_iban(text: &str) -> bool {
    let bytes = text.as_bytes();
    (15..=34).contains(&bytes.len())
        && bytes[..2].iter().all(u8::is_ascii_uppercase)
        && bytes[2..4].iter().all(u8::is_ascii_digit)
        && bytes[4..].iter().all(u8::is_ascii_alphanumeric)
        && bytes[4..].iter().filter(|byte| byte.is_ascii_digit()).count() >= 7
}

/// What a balance is a balance of.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum BalanceKind {
    /// Booked, at the beginning (OPBD, `:60F:`, 010).
    OpeningBooked,
    /// Closing booked of the statement before (PRCD).
    PreviousClosing,
    /// Booked, at the beginning of a page that is not the first (`:60M:`, OPBD with INTM).
    InterimOpening,
    /// Booked, at the end (CLBD, `:62F:`, 015, LEDGERBAL).
    ClosingBooked,
    /// Booked, at the end of a page that is not the last (`:62M:`, CLBD with INTM).
    InterimClosing,
    /// Booked so far, during the day (ITBD, 030).
    InterimBooked,
    /// Available, at the beginning (OPAV, 040).
    OpeningAvailable,
    /// Available, at the end (CLAV, `:64:`, 045, AVAILBAL).
    ClosingAvailable,
    /// Available so far, during the day (ITAV, 060).
    InterimAvailable,
    /// Available on a later day (FWAV, `:65:`).
    ForwardAvailable,
    /// Expected (XPCD).
    Expected,
    /// Any other; see [`Balance::code`].
    Other,
}

/// One balance of a statement.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Balance {
    /// What it is a balance of.
    pub kind: BalanceKind,
    /// The code as the bank wrote it: `CLBD`, `62F`, `015`.
    pub code: String,
    /// The amount; below zero is a debit balance.
    pub amount: Amount,
    /// Its day.
    pub date: Option<NaiveDate>,
}

/// Whether an entry counts.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Status {
    /// Booked: it changed the booked balance.
    #[default]
    Booked,
    /// Pending or expected: it may still not come.
    Pending,
    /// For information only.
    Info,
    /// To come on a later day (FUTR).
    Future,
}

/// One payment inside an entry that stands for several.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Detail {
    /// Its amount, signed like an entry's; `None` where the bank gives none.
    pub amount: Option<Amount>,
    /// What the bank says it is.
    pub code: TransactionCode,
    /// Everything else.
    pub facts: Facts,
}

/// What a bank says of an entry that stands for several payments.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Batch {
    /// How many payments it stands for.
    pub count: Option<u64>,
    /// What they come to.
    pub total: Option<Amount>,
    /// Message they were ordered in.
    pub message: Option<String>,
    /// Payment information id.
    pub payment: Option<String>,
}

/// One movement on the account.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Entry {
    /// Its number in the statement, from 1.
    pub number: u64,
    /// Where it stands in the file's text.
    pub place: Place,
    /// The amount: in is positive, out is negative.
    pub amount: Amount,
    /// Whether it takes back an earlier entry.
    pub reversal: bool,
    /// Whether it counts.
    pub status: Status,
    /// Booking date.
    pub booked: Option<NaiveDate>,
    /// Value date.
    pub value: Option<NaiveDate>,
    /// What the bank says it is.
    pub code: TransactionCode,
    /// Who and what for; where it stands for one payment, that payment's facts.
    pub facts: Facts,
    /// What the bank says of the batch.
    pub batch: Option<Batch>,
    /// How many payments the file lists for it.
    pub listed: u64,
    /// The payments, where the file lists two or more.
    pub details: Vec<Detail>,
}

impl Entry {
    /// An entry that has only its amount and place.
    pub fn new(number: u64, place: Place, amount: Amount) -> Self {
        Entry {
            number,
            place,
            amount,
            reversal: false,
            status: Status::Booked,
            booked: None,
            value: None,
            code: TransactionCode::default(),
            facts: Facts::default(),
            batch: None,
            listed: 0,
            details: Vec::new(),
        }
    }

    /// The day the entry is told apart by: the value date, else the booking date.
    pub fn day(&self) -> Option<NaiveDate> {
        self.value.or(self.booked)
    }
}

/// How many notices of one statement are kept; the rest is only counted.
pub const NOTICES_KEPT: usize = 200;

/// What the entries of one statement and currency come to, kept while they are read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Sum {
    /// The currency.
    pub unit: Unit,
    /// How many booked entries.
    pub booked: u64,
    /// How many others: pending, for information, to come.
    pub others: u64,
    /// Net of the booked entries, in minor units.
    pub net: i128,
    /// Net of the others, in minor units.
    pub net_others: i128,
}

/// One statement, report, notification or advice.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Statement {
    /// What kind of message it is.
    pub kind: Kind,
    /// The format as it calls itself: `camt.053.001.08`, `MT940`, `BAI2`, `OFX 102`.
    pub format: String,
    /// Where it stands in the file's text.
    pub place: Place,
    /// Id of the message around it.
    pub message: Option<String>,
    /// The statement's own id; empty when it has none.
    pub id: String,
    /// Its running number, as written.
    pub number: Option<String>,
    /// The legal running number, where there is another.
    pub legal_number: Option<String>,
    /// Page, from 1.
    pub page: Option<u64>,
    /// Whether this is the last page; `None` where the format does not say.
    pub last_page: Option<bool>,
    /// `COPY`, `DUPL` or `CODU` where the bank marks it as sent again.
    pub copy: Option<String>,
    /// When it was made, as written.
    pub created: Option<String>,
    /// First day.
    pub from: Option<NaiveDate>,
    /// Last day.
    pub to: Option<NaiveDate>,
    /// The account.
    pub account: Account,
    /// Its balances, in the order of the file.
    pub balances: Vec<Balance>,
    /// Its entries; empty when they went to a [`Sink`](super::Sink) one by one.
    pub entries: Vec<Entry>,
    /// What the entries come to, by currency.
    pub sums: Vec<Sum>,
    /// Lines about the statement as a whole.
    pub text: Vec<String>,
    /// Oddities tolerated, at most [`NOTICES_KEPT`].
    pub notices: Vec<Notice>,
    /// How many oddities altogether.
    pub notices_total: u64,
}

impl Statement {
    /// A statement of which only format and place are known.
    pub fn new(kind: Kind, format: impl Into<String>, place: Place) -> Self {
        Statement {
            kind,
            format: format.into(),
            place,
            message: None,
            id: String::new(),
            number: None,
            legal_number: None,
            page: None,
            last_page: None,
            copy: None,
            created: None,
            from: None,
            to: None,
            account: Account::default(),
            balances: Vec::new(),
            entries: Vec::new(),
            sums: Vec::new(),
            text: Vec::new(),
            notices: Vec::new(),
            notices_total: 0,
        }
    }

    /// Notes an oddity.
    pub fn notice(&mut self, line: u64, what: impl Into<String>) {
        self.notices_total += 1;
        if self.notices.len() < NOTICES_KEPT {
            self.notices.push(Notice { line, what: what.into() });
        }
    }

    /// The first balance of a kind.
    pub fn balance(&self, kind: BalanceKind) -> Option<&Balance> {
        self.balances.iter().find(|balance| balance.kind == kind)
    }

    /// How many entries it has.
    pub fn count(&self) -> u64 {
        self.sums.iter().map(|sum| sum.booked + sum.others).sum()
    }

    /// Counts an entry into the sums.
    pub(super) fn add(&mut self, entry: &Entry) {
        let unit = entry.amount.unit;
        let at = self.sums.iter().position(|sum| sum.unit == unit).unwrap_or_else(|| {
            self.sums.push(Sum { unit, booked: 0, others: 0, net: 0, net_others: 0 });
            self.sums.len() - 1
        });
        let sum = &mut self.sums[at];
        if entry.status == Status::Booked {
            sum.booked += 1;
            sum.net += i128::from(entry.amount.minor);
        } else {
            sum.others += 1;
            sum.net_others += i128::from(entry.amount.minor);
        }
    }
}
