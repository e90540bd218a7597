//! What a bank file comes to once it is read and cleaned: statements, their entries, and the payments inside an entry
//! that are applied to items one by one. Amounts are signed minor units: in is positive, out is negative.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::money::Currency;

/// What a message from the bank is good for.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Source {
    /// A statement: its entries are booked.
    Statement,
    /// A report during the day: tells what the statement of its day will hold, and books nothing.
    Report,
    /// A notification, lockbox or remittance advice: says what an entry consists of, and books nothing.
    Advice,
}

impl Source {
    /// The word the book keeps.
    pub fn word(self) -> &'static str {
        match self {
            Source::Statement => "statement",
            Source::Report => "report",
            Source::Advice => "advice",
        }
    }
}

/// What an entry is, by the bank's transaction codes.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, Hash)]
#[serde(rename_all = "lowercase")]
pub enum EntryKind {
    /// Money from somebody else.
    Receipt,
    /// Money to somebody else.
    Payment,
    /// What the bank takes for its services.
    Charge,
    /// Interest, either way.
    Interest,
    /// Between own accounts, sweeps included.
    Transfer,
    /// Money that arrived earlier and goes back: a returned direct debit, an unpaid cheque, a chargeback.
    Return,
    /// Nothing the codes say.
    Other,
}

impl EntryKind {
    /// Every kind.
    pub const ALL: [EntryKind; 7] = [
        EntryKind::Receipt,
        EntryKind::Payment,
        EntryKind::Charge,
        EntryKind::Interest,
        EntryKind::Transfer,
        EntryKind::Return,
        EntryKind::Other,
    ];

    /// The word the book keeps and the screen shows.
    pub fn word(self) -> &'static str {
        match self {
            EntryKind::Receipt => "receipt",
            EntryKind::Payment => "payment",
            EntryKind::Charge => "charge",
            EntryKind::Interest => "interest",
            EntryKind::Transfer => "transfer",
            EntryKind::Return => "return",
            EntryKind::Other => "other",
        }
    }

    /// The kind of a kept word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }
}

/// One line of a structured remittance: a document and what is paid for it.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct RemittanceRow {
    /// `invoice`, `credit note`, `order` … as the file says; may be empty.
    pub kind: String,
    /// The document's number.
    pub number: String,
    /// What is paid for it.
    pub amount: Option<i64>,
    /// Discount the payer took.
    pub discount: Option<i64>,
    /// What the payer took off otherwise, above zero.
    pub deduction: Option<i64>,
    /// Why.
    pub reason: String,
}

/// Texts whose bytes were cleaned: the field and what stood in the file.
pub type RawText = (&'static str, Vec<u8>);

/// The fields of a payment whose text may have been cleaned.
const RAW_FIELDS: [&str; 5] = ["payer", "payer_account", "structured", "end_to_end", "text"];

/// Reads raw texts of one of the known fields.
fn raw_texts<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Vec<RawText>, D::Error> {
    let read = Vec::<(String, Vec<u8>)>::deserialize(from)?;
    let known = |name: &str| RAW_FIELDS.into_iter().find(|field| *field == name);
    let named = read.into_iter().map(|(name, bytes)| match known(&name) {
        Some(field) => Ok((field, bytes)),
        None => Err(serde::de::Error::custom("a payment has no such text")),
    });
    named.collect()
}

/// One payment inside an entry: what is applied to items.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct PaymentRow {
    /// Signed minor units of the entry's currency.
    pub amount: i64,
    /// Name of the other side.
    pub payer: String,
    /// Account of the other side: IBAN or number, without spaces, upper case.
    pub payer_account: String,
    /// A creditor reference (RF, KID, OCR, QRR, OGM …) as the payer gave it.
    pub structured: String,
    /// The payer's end-to-end id.
    pub end_to_end: String,
    /// Free remittance text, lines joined by spaces.
    pub text: String,
    /// Structured remittance lines.
    pub remittance: Vec<RemittanceRow>,
    /// Texts that were cleaned.
    #[serde(skip_serializing_if = "Vec::is_empty", deserialize_with = "raw_texts")]
    pub raw: Vec<RawText>,
}

/// One booked entry of a statement, or one listed in an advice.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct EntryRow {
    /// Line of the file, from 1.
    pub line: u64,
    /// Booking date.
    pub booked: NaiveDate,
    /// Value date.
    pub value: NaiveDate,
    /// Currency.
    pub currency: Currency,
    /// Signed minor units.
    pub amount: i64,
    /// What it is.
    pub kind: EntryKind,
    /// The bank's codes as text: `PMNT RCDT ESCT`, `NTRF`, `175`.
    pub code: String,
    /// The bank's own reference.
    pub reference: String,
    /// Unique in the account; see `formats::bank::identity`.
    pub key: [u8; 16],
    /// Shared with the same entry in another message, where it has a reference that lasts.
    pub content: Option<[u8; 16]>,
    /// Shared with whatever has account, amount and day in common.
    pub likeness: [u8; 16],
    /// The payments; they add up to `amount`. At least one.
    pub payments: Vec<PaymentRow>,
}

/// A booked balance with its day.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct BookedBalance {
    /// Signed minor units.
    pub amount: i64,
    /// Its day.
    pub on: NaiveDate,
}

/// One statement or advice, ready to be taken into the book.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct StatementRow {
    /// Line of the file, from 1.
    pub line: u64,
    /// What it is good for.
    pub source: Source,
    /// The format as it calls itself: `camt.053.001.08`.
    pub format: String,
    /// Id, number and page as people find it again: `2026/41 page 2`.
    pub number: String,
    /// Number of the account: IBAN or the bank's own, without spaces, upper case.
    pub account: String,
    /// The account's currency; that of its balances or entries where the bank names none.
    pub currency: Currency,
    /// First day.
    pub from: NaiveDate,
    /// Last day.
    pub to: NaiveDate,
    /// Booked balance before the first entry.
    pub opening: Option<BookedBalance>,
    /// Booked balance after the last entry.
    pub closing: Option<BookedBalance>,
    /// Booked entries.
    pub entries: Vec<EntryRow>,
    /// Entries that are pending, to come or for information, which are left out.
    pub left_out: u64,
    /// Oddities tolerated: line and sentence.
    pub notices: Vec<(u64, String)>,
}

impl StatementRow {
    /// What the booked entries come to.
    pub fn net(&self) -> i64 {
        self.entries.iter().map(|entry| entry.amount).sum()
    }
}
