//! What an entry, or one payment inside it, says about who paid and what for: references with their kinds, the other
//! side, free and structured remittance, charges, exchange, why it came back.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::amount::{Amount, Unit};

/// What the bank says the entry is, in its several systems of codes.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct TransactionCode {
    /// ISO 20022 domain, such as `PMNT`.
    pub domain: Option<String>,
    /// ISO 20022 family, such as `RCDT`.
    pub family: Option<String>,
    /// ISO 20022 sub-family, such as `ESCT`.
    pub sub_family: Option<String>,
    /// The bank's own code: a GVC, an OFX type, a SEC code.
    pub proprietary: Option<String>,
    /// Who issued the bank's own code.
    pub issuer: Option<String>,
    /// SWIFT transaction type, such as `NTRF`.
    pub swift: Option<String>,
    /// BAI type code, such as `175`.
    pub bai: Option<String>,
}

/// Which reference a text is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash, PartialOrd, Ord)]
pub enum RefKind {
    /// The account-servicing bank's reference: the best key there is.
    Servicer,
    /// The entry's reference in its statement (NtryRef).
    Entry,
    /// The payer's end-to-end id.
    EndToEnd,
    /// The instruction id.
    Instruction,
    /// The transaction id of the scheme.
    Transaction,
    /// The unique end-to-end reference (UETR).
    Unique,
    /// The direct-debit mandate.
    Mandate,
    /// A cheque's number.
    Cheque,
    /// The payment information id of a batch.
    Payment,
    /// The id of the message the payment was ordered in.
    Message,
    /// A clearing system's reference.
    Clearing,
    /// The account owner's own reference (`:61:` customer reference).
    Owner,
    /// The creditor's scheme identification of a direct debit.
    CreditorId,
    /// Any other, such as a proprietary one.
    Other,
}

/// The other side of an entry.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Party {
    /// Name.
    pub name: Option<String>,
    /// IBAN or account number.
    pub account: Option<String>,
    /// BIC or routing number of its bank.
    pub bank: Option<String>,
    /// Address lines, country last.
    pub address: Vec<String>,
    /// On whose behalf it paid or received (the ultimate party).
    pub ultimate: Option<String>,
}

/// A document a remittance refers to.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Document {
    /// `CINV`, `CREN`, `IV` …
    pub kind: Option<String>,
    /// Its number.
    pub number: String,
    /// Its date.
    pub date: Option<NaiveDate>,
}

/// An amount that was deducted or added, with its reason.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Adjustment {
    /// What it changes; below zero for less.
    pub amount: Amount,
    /// Reason code or text.
    pub reason: Option<String>,
}

/// One structured remittance: which document, what was due, what was taken off, what is paid.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Structured {
    /// Documents it pays.
    pub documents: Vec<Document>,
    /// What was due.
    pub due: Option<Amount>,
    /// Discount applied.
    pub discount: Option<Amount>,
    /// Amount of a credit note taken off.
    pub credit_note: Option<Amount>,
    /// Tax.
    pub tax: Option<Amount>,
    /// What is paid for it.
    pub remitted: Option<Amount>,
    /// Adjustments with reasons.
    pub adjustments: Vec<Adjustment>,
    /// Creditor reference (RF, KID, OCR, QRR, OGM …) as written.
    pub creditor_reference: Option<String>,
    /// Its type: `SCOR`, `QRR`, `ISR Reference` …
    pub reference_kind: Option<String>,
    /// More lines about it.
    pub text: Vec<String>,
}

/// A charge taken for an entry.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Charge {
    /// What it does to the account; below zero where it costs.
    pub amount: Amount,
    /// Whether the entry's amount has it taken off already.
    pub included: Option<bool>,
    /// Its type.
    pub kind: Option<String>,
}

/// The amount as it was ordered, and the rate it was exchanged at.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Exchange {
    /// The amount in the currency of the order; its sign is the entry's.
    pub original: Option<Amount>,
    /// The rate as the bank gives it.
    pub rate: Option<Decimal>,
    /// From which currency.
    pub source: Option<Unit>,
    /// To which currency.
    pub target: Option<Unit>,
}

/// Why money came back.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Returned {
    /// ISO or NACHA code, such as `AC04` or `R02`.
    pub code: Option<String>,
    /// What the bank adds.
    pub text: Option<String>,
}

/// Who, what for and under which references: of an entry, or of one payment inside it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Facts {
    /// References with their kinds; placeholders such as `NOTPROVIDED` are left out.
    pub references: Vec<(RefKind, String)>,
    /// The other side.
    pub party: Party,
    /// Free remittance text, line by line.
    pub lines: Vec<String>,
    /// Structured remittance.
    pub structured: Vec<Structured>,
    /// Charges.
    pub charges: Vec<Charge>,
    /// Original amount and rate, where it was exchanged.
    pub exchange: Option<Exchange>,
    /// Why it came back, for returns.
    pub returned: Option<Returned>,
    /// ISO 20022 purpose code.
    pub purpose: Option<String>,
    /// What the bank adds about it.
    pub text: Option<String>,
}

impl Facts {
    /// The first reference of a kind.
    pub fn reference(&self, kind: RefKind) -> Option<&str> {
        self.references.iter().find(|(known, _)| *known == kind).map(|(_, text)| text.as_str())
    }

    /// Adds a reference unless it says nothing.
    pub fn add_reference(&mut self, kind: RefKind, text: &str) {
        let text = text.trim();
        let known = |(other, value): &(RefKind, String)| *other == kind && value == text;
        if !is_placeholder(text) && !self.references.iter().any(known) {
            self.references.push((kind, text.to_owned()));
        }
    }
}

/// Whether a reference is one of the words that stand for none.
pub fn is_placeholder(text: &str) -> bool {
    let plain: String = text.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_uppercase();
    matches!(plain.as_str(), "" | "NONREF" | "NOTPROVIDED" | "CREDITORREFERENCE" | "NONE" | "KREF" | "NOREF")
        || plain.bytes().all(|byte| byte == b'0')
}
