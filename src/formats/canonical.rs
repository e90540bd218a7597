//! The tables every import becomes, whatever the file looked like: customers, invoices, receipts, bank statements. Text is kept
//! as the file had it (only outer blanks are gone); amounts are exact minor units; every row knows its source line.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::domain::money::Currency;

/// Which of the canonical tables a file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Table {
    /// Who owes: [`CustomerRow`].
    Customers,
    /// What is owed: [`InvoiceRow`].
    Invoices,
    /// What was paid: [`ReceiptRow`].
    Receipts,
    /// What moved on a bank account; see [`bank::csv`](super::bank::csv).
    Statement,
}

impl Table {
    /// The word used on the command line and in mappings: `customers`, `invoices`, `receipts`, `statement`.
    pub fn name(self) -> &'static str {
        match self {
            Table::Customers => "customers",
            Table::Invoices => "invoices",
            Table::Receipts => "receipts",
            Table::Statement => "statement",
        }
    }

    /// The canonical column names of the table, in the order they are written.
    pub fn fields(self) -> &'static [&'static str] {
        match self {
            Table::Customers => &[
                "id",
                "name",
                "group",
                "country",
                "currency",
                "terms",
                "credit_limit",
                "email",
                "phone",
                "language",
                "owner",
                "address",
            ],
            Table::Invoices => &[
                "number",
                "customer",
                "customer_name",
                "document_date",
                "due_date",
                "terms",
                "terms_base",
                "amount",
                "currency",
                "kind",
                "reference",
                "order",
                "settled_date",
                "settled_amount",
                "disputed",
                "net",
                "tax",
                "tax_rate",
                "status",
            ],
            Table::Receipts => {
                &["reference", "customer", "date", "amount", "currency", "method", "text", "allocations"]
            }
            Table::Statement => &[
                "account",
                "date",
                "value_date",
                "amount",
                "currency",
                "balance",
                "text",
                "name",
                "counter_account",
                "reference",
                "type",
            ],
        }
    }
}

/// What a document is: an invoice and a debit note raise what is owed, a credit note lowers it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum DocumentKind {
    /// A bill for goods or services.
    Invoice,
    /// A document in the customer's favour.
    CreditNote,
    /// A later charge, for example a price correction upwards.
    DebitNote,
}

impl DocumentKind {
    /// The words of the canonical column `kind`: `invoice`, `credit note`, `debit note`.
    pub fn name(self) -> &'static str {
        match self {
            DocumentKind::Invoice => "invoice",
            DocumentKind::CreditNote => "credit note",
            DocumentKind::DebitNote => "debit note",
        }
    }

    /// Reads the canonical words in any case; `_` and `-` count as blanks.
    pub fn parse(text: &str) -> Option<Self> {
        let words = text.trim().to_ascii_lowercase().replace(['_', '-'], " ");
        match words.as_str() {
            "invoice" => Some(DocumentKind::Invoice),
            "credit note" | "creditnote" | "credit" => Some(DocumentKind::CreditNote),
            "debit note" | "debitnote" => Some(DocumentKind::DebitNote),
            _ => None,
        }
    }
}

/// One customer as read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CustomerRow {
    /// Line of the file, counted from 1.
    pub line: u64,
    /// The customer's number in the other system; leading zeros are kept.
    pub id: String,
    /// The name; the id where the file has none.
    pub name: String,
    /// The group that shares a credit limit.
    pub group: Option<String>,
    /// Country as written, usually two letters.
    pub country: Option<String>,
    /// The currency the customer is billed in.
    pub currency: Option<Currency>,
    /// Payment terms as written.
    pub terms: Option<String>,
    /// Credit limit in minor units of the customer's currency (of the import's currency where the row names none).
    pub credit_limit: Option<i64>,
    /// Where letters go.
    pub email: Option<String>,
    /// Whom to call.
    pub phone: Option<String>,
    /// Language of letters.
    pub language: Option<String>,
    /// The colleague who looks after the customer.
    pub owner: Option<String>,
    /// Postal address, its lines parted by `;`.
    pub address: Option<String>,
}

/// One invoice, credit note or debit note as read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvoiceRow {
    /// Line of the file, counted from 1.
    pub line: u64,
    /// The document's number; leading zeros are kept.
    pub number: String,
    /// The customer's number in the other system.
    pub customer: String,
    /// The customer's name where the ledger repeats it; several names may come with one number.
    pub customer_name: Option<String>,
    /// Date of the document.
    pub document_date: NaiveDate,
    /// Due date where the file has one; otherwise `terms` count from `terms_base`.
    pub due_date: Option<NaiveDate>,
    /// Payment terms as written: `N030`, `2/10N30`, `30`.
    pub terms: Option<String>,
    /// The date the terms count from where it is not the document date.
    pub terms_base: Option<NaiveDate>,
    /// Minor units, never negative: `kind` says in whose favour.
    pub amount: i64,
    /// Currency of the amount.
    pub currency: Currency,
    /// What the document is.
    pub kind: DocumentKind,
    /// A reference of the other system or of the customer.
    pub reference: Option<String>,
    /// Order number.
    pub order: Option<String>,
    /// When it was paid or cleared: stands for a receipt and its allocation on that day.
    pub settled_date: Option<NaiveDate>,
    /// Minor units paid then; the whole amount where the file does not say. Only with `settled_date`.
    pub settled_amount: Option<i64>,
    /// Whether the other system calls it disputed.
    pub disputed: bool,
    /// What it says of net amount and tax; boxed, as most files say nothing.
    pub tax: Option<Box<StatedTax>>,
}

/// What a row says of the tax in its amount, without signs. Any of the three is enough.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct StatedTax {
    /// The amount without tax, minor units.
    pub net: Option<i64>,
    /// The tax, minor units.
    pub tax: Option<i64>,
    /// The rate in percent.
    pub rate: Option<Decimal>,
}

/// One receipt as read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceiptRow {
    /// Line of the file, counted from 1.
    pub line: u64,
    /// The bank's or the other system's reference.
    pub reference: String,
    /// Who paid, where known.
    pub customer: Option<String>,
    /// The day the money arrived.
    pub date: NaiveDate,
    /// Minor units, above zero.
    pub amount: i64,
    /// Currency of the amount.
    pub currency: Currency,
    /// How it was paid.
    pub method: Option<String>,
    /// Remittance text.
    pub text: Option<String>,
    /// Document number and minor units for each part already decided; their sum never exceeds the amount.
    pub allocations: Vec<(String, i64)>,
}
