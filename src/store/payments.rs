//! Rows of payments: what the bank said of each, what became of it step by step, and what a payer is known by. What of a
//! payment is not settled is kept on it, with its share of the amount in the book's currency.

use chrono::NaiveDate;
use rusqlite::{OptionalExtension, params};
use rust_decimal::Decimal;

use super::date::{iso, read};
use super::error::{Result, StoreError};
use super::lookup::{Document, currency};
use super::tx::Tx;
use super::value::{T, V};
use crate::domain::account::Account;
use crate::domain::bank::{EntryKind, EntryRow, PaymentRow};
use crate::domain::document::DocumentKind;
use crate::domain::money::{self, Currency};

/// A payment as the book has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payment {
    /// Its id.
    pub id: i64,
    /// The entry it is part of; `None` while it is only announced.
    pub entry: Option<i64>,
    /// Value date.
    pub value: NaiveDate,
    /// Currency.
    pub currency: Currency,
    /// Signed minor units.
    pub amount: i64,
    /// What of it is not settled, same sign.
    pub left: i64,
    /// `amount` in the book's currency.
    pub base: Option<i64>,
    /// What it is.
    pub kind: EntryKind,
    /// Who paid, as the bank says.
    pub payer: String,
    /// The payer's account.
    pub payer_account: String,
    /// A creditor reference.
    pub structured: String,
    /// Free text.
    pub text: String,
}

impl Payment {
    /// The share of the next `amount` settled in the book's currency. Shares of a payment add up to its whole.
    pub fn share(&self, amount: i64) -> Option<i64> {
        money::share(self.base, self.amount, self.left, amount)
    }
}

/// What became of a part of a payment.
#[derive(Debug, Clone)]
pub struct NewPaymentStep<'a> {
    /// `receipt`, `on account`, `return`, `known`, `charge`, `transfer`, `elsewhere`, `split`, `joined`, `undone`.
    pub what: &'a str,
    /// Minor units with the payment's sign; the opposite where it takes back.
    pub amount: i64,
    /// The document it became or is.
    pub document: Option<i64>,
    /// The entry an announced payment belongs to.
    pub entry: Option<i64>,
    /// When.
    pub on: NaiveDate,
    /// By which rule: `by hand`, `bank code`, or one of the ladder.
    pub rule: &'a str,
    /// How sure it is, per mille.
    pub confidence: i64,
    /// On what it rests.
    pub evidence: &'a str,
    /// The step it takes back.
    pub takes_back: Option<i64>,
}

/// A step as posted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaymentStep {
    /// Its id.
    pub id: i64,
    /// Of which payment.
    pub payment: i64,
    /// What became of it.
    pub what: String,
    /// How much of it.
    pub amount: i64,
    /// The document.
    pub document: Option<i64>,
    /// The act that wrote it.
    pub act: i64,
}

/// What a payment difference that is a trade promotion has as its reference.
pub const PROMOTION: &str = "promotion";

impl Tx<'_> {
    /// Writes a payment with its remittance lines and the texts that were cleaned.
    pub fn add_payment(
        &mut self,
        (statement, entry): (i64, Option<i64>),
        part: i64,
        of: &EntryRow,
        row: &PaymentRow,
        base: Option<i64>,
    ) -> Result<i64> {
        let value = iso(of.value);
        let id = self.insert(
            T::BankPayment,
            &[
                V::I(statement),
                V::maybe(entry),
                V::I(part),
                V::T(value.as_str()),
                V::T(of.currency.code()),
                V::I(row.amount),
                V::maybe(base),
                V::T(of.kind.word()),
                V::T(&row.payer),
                V::T(&row.payer_account),
                V::T(&row.structured),
                V::T(&row.end_to_end),
                V::T(&row.text),
                of.content.as_ref().map_or(V::N, |content| V::B(content)),
            ],
            &[V::I(row.amount), V::maybe(entry)],
        )?;
        for line in &row.remittance {
            self.insert(
                T::Remittance,
                &[
                    V::I(id),
                    V::T(&line.kind),
                    V::T(&line.number),
                    V::maybe(line.amount),
                    V::maybe(line.discount),
                    V::maybe(line.deduction),
                    V::T(&line.reason),
                ],
                &[],
            )?;
        }
        for (field, bytes) in &row.raw {
            self.insert(T::RawText, &[V::T("bank_payment"), V::I(id), V::T(field), V::B(bytes)], &[])?;
        }
        Ok(id)
    }

    /// One payment.
    pub fn payment(&self, id: i64) -> Result<Payment> {
        let found = self
            .conn
            .prepare_cached(
                "SELECT id, of_entry, value_on, currency, amount, left, base, kind, payer, payer_account, structured, text \
                 FROM bank_payment WHERE id = $1",
            )?
            .query_row([id], |row| {
                Ok(Payment {
                    id: row.get(0)?,
                    entry: row.get(1)?,
                    value: read(row.get_ref(2)?.as_str()?),
                    currency: currency(row.get_ref(3)?.as_str()?),
                    amount: row.get(4)?,
                    left: row.get(5)?,
                    base: row.get(6)?,
                    kind: EntryKind::parse(row.get_ref(7)?.as_str()?).unwrap_or(EntryKind::Other),
                    payer: row.get(8)?,
                    payer_account: row.get(9)?,
                    structured: row.get(10)?,
                    text: row.get(11)?,
                })
            })
            .optional()?;
        found.ok_or_else(|| StoreError::refused("ACT-04", format!("There is no payment {id}. Nothing was changed.")))
    }

    /// Writes what became of a part of a payment and takes it off what is left.
    pub fn add_payment_step(&mut self, payment: &mut Payment, step: &NewPaymentStep<'_>) -> Result<i64> {
        let on = iso(step.on);
        let id = self.insert(
            T::PaymentStep,
            &[
                V::I(payment.id),
                V::T(step.what),
                V::I(step.amount),
                V::maybe(step.document),
                V::maybe(step.entry),
                V::T(on.as_str()),
                V::T(step.rule),
                V::I(step.confidence.clamp(0, 1_000)),
                V::T(step.evidence),
                V::maybe(step.takes_back),
            ],
            &[],
        )?;
        payment.left -= step.amount;
        self.conn
            .prepare_cached("UPDATE bank_payment SET left = $1, why = '' WHERE id = $2")?
            .execute(params![payment.left, payment.id])?;
        Ok(id)
    }

    /// Books a part of a payment that is no customer's against `side`, before its step is written.
    pub fn book_settled(&mut self, payment: &Payment, amount: i64, side: Account, on: NaiveDate) -> Result<()> {
        let base = payment.share(amount);
        self.book(Account::Unidentified, side, amount, payment.currency, base, on)
    }

    /// Books a part of a payment as a document that was entered by hand before: what the document stands at on the account
    /// `Bank` leaves it, and what the bank's day makes of it in the book's currency is a difference of exchange.
    pub fn book_known(&mut self, payment: &Payment, amount: i64, document: i64, on: NaiveDate) -> Result<()> {
        let base = self.book_returned(payment, amount, document, on)?;
        match (base, payment.share(amount)) {
            (Some(then), Some(now)) if then != now => self.book_exchange(payment.currency, then - now, on),
            _ => Ok(()),
        }
    }

    /// The same for what comes back, whose difference of exchange was booked already. Gives what it was booked at.
    pub fn book_returned(
        &mut self,
        payment: &Payment,
        amount: i64,
        document: i64,
        on: NaiveDate,
    ) -> Result<Option<i64>> {
        let known = self.document_by_id(document)?;
        let base = known.base.map(|base| if base.signum() == amount.signum() { base } else { -base });
        let base = if payment.share(amount).is_some() { base.or(payment.share(amount)) } else { None };
        self.book(Account::Unidentified, Account::Bank, amount, payment.currency, base, on)?;
        Ok(base)
    }

    /// Payments with this content that an advice (otherwise a report during the day) announced and that found no entry
    /// yet.
    pub fn announced(&self, content: &[u8; 16], by_advice: bool) -> Result<Vec<i64>> {
        let mut statement = self.conn.prepare_cached(
            "SELECT p.id FROM bank_payment p JOIN bank_statement s ON s.id = p.statement_id \
             WHERE p.content = $1 AND p.of_entry IS NULL AND p.left <> 0 AND (s.source = 'advice') = $2 ORDER BY p.id",
        )?;
        let rows = statement
            .query_map(params![content.as_slice(), by_advice], |row| row.get(0))?
            .collect::<rusqlite::Result<_>>()?;
        Ok(rows)
    }

    /// Whether anything at all is announced and on no statement.
    pub fn is_announced(&self) -> Result<bool> {
        let text = "SELECT 1 FROM bank_payment WHERE of_entry IS NULL AND left <> 0 LIMIT 1";
        Ok(self.conn.prepare_cached(text)?.exists([])?)
    }

    /// Payments of an account that reports during the day announced and that found no entry yet, with their content and
    /// the last day of the report.
    pub fn reported(&self, account: i64) -> Result<Vec<(i64, [u8; 16], NaiveDate)>> {
        let mut statement = self.conn.prepare_cached(
            "SELECT p.id, p.content, s.to_date FROM bank_payment p JOIN bank_statement s ON s.id = p.statement_id \
             WHERE p.of_entry IS NULL AND p.left <> 0 AND s.source = 'report' AND s.bank_account_id = $1 ORDER BY p.id",
        )?;
        let rows = statement.query_map([account], |row| {
            Ok((row.get(0)?, row.get::<_, Option<[u8; 16]>>(1)?.unwrap_or_default(), read(row.get_ref(2)?.as_str()?)))
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// The payments that are part of an entry by now.
    pub fn payments_of(&self, entry: i64) -> Result<Vec<i64>> {
        let mut statement = self.conn.prepare_cached("SELECT id FROM bank_payment WHERE of_entry = $1 ORDER BY id")?;
        let rows = statement.query_map([entry], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
        Ok(rows)
    }

    /// Says that an announced payment is part of an entry.
    pub fn join_payment(&mut self, payment: &mut Payment, entry: i64, on: NaiveDate) -> Result<()> {
        let step = NewPaymentStep {
            what: "joined",
            amount: 0,
            document: None,
            entry: Some(entry),
            on,
            rule: "bank reference",
            confidence: 1_000,
            evidence: "",
            takes_back: None,
        };
        self.add_payment_step(payment, &step)?;
        payment.entry = Some(entry);
        self.conn
            .prepare_cached("UPDATE bank_payment SET of_entry = $1 WHERE id = $2")?
            .execute(params![entry, payment.id])?;
        Ok(())
    }

    /// Keeps why the rules left a payment.
    pub fn keep_why(&self, payment: i64, why: &str) -> Result<()> {
        self.conn
            .prepare_cached("UPDATE bank_payment SET why = $1 WHERE id = $2 AND left <> 0")?
            .execute(params![why, payment])?;
        Ok(())
    }

    /// Steps an act wrote that were not taken back, newest first.
    pub fn payment_steps_of_act(&self, act: i64) -> Result<Vec<PaymentStep>> {
        let mut out = Vec::new();
        for (first, last) in self.ids_of_act("payment_step", act)? {
            out.extend(self.payment_steps("id BETWEEN $1 AND $2", params![first, last])?);
        }
        out.reverse();
        Ok(out)
    }

    /// The step by which a payment became this document, if it stands.
    pub fn step_of_document(&self, document: i64) -> Result<Option<PaymentStep>> {
        Ok(self.payment_steps("document_id = $1 AND what IN ('receipt', 'on account', 'known')", [document])?.pop())
    }

    /// Receipts a payment became that no step has taken back.
    pub fn receipts_of_payment(&self, payment: i64) -> Result<Vec<i64>> {
        let mut statement = self.conn.prepare_cached(
            "SELECT s.document_id FROM payment_step s WHERE s.payment_id = $1 AND s.document_id IS NOT NULL \
             AND s.what IN ('receipt', 'on account', 'known') AND s.takes_back IS NULL \
             AND NOT EXISTS (SELECT 1 FROM payment_step t WHERE t.takes_back = s.id) ORDER BY s.id",
        )?;
        let rows = statement.query_map([payment], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
        Ok(rows)
    }

    /// Whether a document was taken back by a counter-document.
    pub fn is_countered(&self, document: &Document) -> Result<bool> {
        let found = self
            .conn
            .prepare_cached("SELECT 1 FROM document WHERE customer_id = $1 AND reverses = $2 LIMIT 1")?
            .exists([document.customer, document.id])?;
        Ok(found)
    }

    /// The account on the other side of a document, where it is not the usual one of its kind.
    pub fn side_of(&self, document: &Document) -> Result<Option<Account>> {
        Ok(match document.kind {
            DocumentKind::Receipt => {
                let step = self.step_of_document(document.id)?;
                step.filter(|step| step.what != "known").map(|_| Account::Unidentified)
            }
            DocumentKind::Difference if document.reference == "bank charges" => Some(Account::BankCharges),
            DocumentKind::Difference if document.reference == PROMOTION => Some(Account::Promotions),
            _ => None,
        })
    }

    /// The items a document's credits were set against, taken back or not.
    pub fn items_paid_by(&self, document: i64) -> Result<Vec<i64>> {
        let mut statement = self.conn.prepare_cached(
            "SELECT DISTINCT a.debit_item FROM item i JOIN allocation a ON a.credit_item = i.id \
             WHERE i.document_id = $1 ORDER BY 1",
        )?;
        let rows = statement.query_map([document], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
        Ok(rows)
    }

    /// Keeps the discount an item was billed with.
    pub fn add_discount(&mut self, item: i64, percent: Decimal, until: NaiveDate) -> Result<()> {
        let (percent, until) = (percent.normalize().to_string(), iso(until));
        self.insert(T::ItemDiscount, &[V::I(item), V::T(&percent), V::T(until.as_str())], &[])?;
        Ok(())
    }

    /// The discount an item was billed with: percent and its last day.
    pub fn discount_of(&self, item: i64) -> Result<Option<(Decimal, NaiveDate)>> {
        let found: Option<(String, String)> = self
            .conn
            .prepare_cached("SELECT percent, until_date FROM item_discount WHERE item_id = $1")?
            .query_row([item], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        Ok(found.and_then(|(percent, until)| Some((percent.parse().ok()?, read(&until)))))
    }

    /// Open debit items of a customer in a currency with the number of their document, by due date.
    pub fn open_debits(&self, customer: i64, unit: Currency) -> Result<Vec<(String, i64)>> {
        let mut statement = self.conn.prepare_cached(
            "SELECT d.number, i.open FROM item i JOIN document d ON d.id = i.document_id \
             WHERE i.customer_id = $1 AND i.currency = $2 AND i.open > 0 ORDER BY i.due_date, i.id",
        )?;
        let rows = statement
            .query_map(params![customer, unit.code()], |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect::<rusqlite::Result<_>>()?;
        Ok(rows)
    }

    /// The last act that settled something of a payment.
    pub fn last_act_on_payment(&self, payment: i64) -> Result<Option<i64>> {
        Ok(self
            .conn
            .prepare_cached("SELECT max(act_id) FROM payment_step WHERE payment_id = $1")?
            .query_row([payment], |row| row.get(0))?)
    }

    /// Whether a refund of this amount was posted and its statement is still to come.
    pub fn refund_waits(&self, amount: i64, unit: Currency) -> Result<bool> {
        let found: Option<i64> = self
            .conn
            .prepare_cached(
                "SELECT d.id FROM series s, document d WHERE s.name = 'refund' AND d.kind = 6 AND d.number >= 'B-' AND d.number < 'B.' AND d.amount = $1 \
                 AND d.currency = $2 AND NOT EXISTS (SELECT 1 FROM payment_step p WHERE p.document_id = d.id) LIMIT 1",
            )?
            .query_row(params![amount, unit.code()], |row| row.get(0))
            .optional()?;
        Ok(found.is_some())
    }

    fn payment_steps(&self, condition: &str, values: impl rusqlite::Params) -> Result<Vec<PaymentStep>> {
        let text = format!(
            "SELECT id, payment_id, what, amount, document_id, act_id FROM payment_step s WHERE {condition} \
             AND takes_back IS NULL AND NOT EXISTS (SELECT 1 FROM payment_step t WHERE t.takes_back = s.id) ORDER BY id"
        );
        let mut statement = self.conn.prepare_cached(&text)?;
        let rows = statement
            .query_map(values, |row| {
                Ok(PaymentStep {
                    id: row.get(0)?,
                    payment: row.get(1)?,
                    what: row.get(2)?,
                    amount: row.get(3)?,
                    document: row.get(4)?,
                    act: row.get(5)?,
                })
            })?
            .collect::<rusqlite::Result<_>>()?;
        Ok(rows)
    }

    /// Whether a customer is known by this account or name.
    pub fn has_alias(&self, customer: i64, kind: &str, value: &str) -> Result<bool> {
        let held: Option<bool> = self
            .conn
            .prepare_cached(
                "SELECT held FROM alias_change WHERE kind = $1 AND value = $2 AND customer_id = $3 ORDER BY id DESC LIMIT 1",
            )?
            .query_row(params![kind, value, customer], |row| row.get(0))
            .optional()?;
        Ok(held.unwrap_or(false))
    }

    /// Keeps in mind, or no longer, what a customer is known by.
    pub fn change_alias(&mut self, customer: i64, kind: &str, value: &str, held: bool) -> Result<i64> {
        self.insert(T::AliasChange, &[V::I(customer), V::T(kind), V::T(value), V::I(i64::from(held))], &[])
    }
}
