//! The kinds of document a book holds and what each means for the ledger: its sign and its name.

use serde::{Deserialize, Serialize};

/// What a document is. Invoices, debit notes and refunds are debits (positive); the others are credits (negative).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DocumentKind {
    /// Goods or services billed.
    Invoice,
    /// A reduction of what was billed.
    CreditNote,
    /// An addition to what was billed.
    DebitNote,
    /// Money that arrived.
    Receipt,
    /// An amount given up as not collectable.
    WriteOff,
    /// Money sent back.
    Refund,
    /// A cash discount granted when a payment was applied.
    Discount,
    /// A small difference accepted when a payment was applied, or a charge of the payer's bank borne by us.
    Difference,
}

impl DocumentKind {
    /// Every kind, in the order of their codes.
    pub const ALL: [DocumentKind; 8] = [
        DocumentKind::Invoice,
        DocumentKind::CreditNote,
        DocumentKind::DebitNote,
        DocumentKind::Receipt,
        DocumentKind::WriteOff,
        DocumentKind::Refund,
        DocumentKind::Discount,
        DocumentKind::Difference,
    ];

    /// The number the book stores.
    pub fn code(self) -> i64 {
        self as i64 + 1
    }

    /// The kind of a stored number.
    pub fn from_code(code: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }

    /// True when documents of this kind add to what a customer owes.
    pub fn is_debit(self) -> bool {
        matches!(self, DocumentKind::Invoice | DocumentKind::DebitNote | DocumentKind::Refund)
    }

    /// The word people use: `credit note`.
    pub fn name(self) -> &'static str {
        match self {
            DocumentKind::Invoice => "invoice",
            DocumentKind::CreditNote => "credit note",
            DocumentKind::DebitNote => "debit note",
            DocumentKind::Receipt => "receipt",
            DocumentKind::WriteOff => "write-off",
            DocumentKind::Refund => "refund",
            DocumentKind::Discount => "discount",
            DocumentKind::Difference => "payment difference",
        }
    }
}
