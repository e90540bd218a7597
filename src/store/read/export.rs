//! Whole tables row by row, for files other programs read. Nothing is gathered in memory: each row goes to the caller
//! as it is read, and all of them belong to one state of the book.

use rusqlite::Row;

use crate::domain::account::Account;
use crate::domain::document::DocumentKind;
use crate::domain::money::Currency;
use crate::store::Reader;
use crate::store::error::Result;
use crate::store::lookup::{currency, kind};
use crate::store::people::CustomerData;

/// One leg of an entry: `amount` from `credit` to `debit`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leg {
    /// Its id.
    pub id: i64,
    /// The act that wrote it.
    pub act: i64,
    /// When it counts, ISO text.
    pub date: String,
    /// Id of the customer.
    pub customer: i64,
    /// Number of the customer.
    pub number: String,
    /// Name of the customer.
    pub name: String,
    /// Kind of the document it posts; `None` for an allocation.
    pub kind: Option<DocumentKind>,
    /// Number of that document; empty for an allocation.
    pub document: String,
    /// The account debited.
    pub debit: i64,
    /// The account credited.
    pub credit: i64,
    /// Currency of the amount.
    pub currency: Currency,
    /// Minor units.
    pub amount: i64,
    /// The same leg in the book's currency, minor units.
    pub base: Option<i64>,
}

/// One instalment of a document, open or closed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemLine {
    /// Number of its document.
    pub number: String,
    /// Which instalment, from 1.
    pub part: i64,
    /// Kind of its document.
    pub kind: DocumentKind,
    /// Number of the customer.
    pub customer: String,
    /// Name of the customer.
    pub name: String,
    /// Document date, ISO text.
    pub date: String,
    /// Due date, ISO text.
    pub due: String,
    /// Currency.
    pub currency: Currency,
    /// Signed minor units as posted.
    pub amount: i64,
    /// Still open, same sign.
    pub open: i64,
    /// The part in dispute.
    pub disputed: i64,
    /// From when on nothing is open, ISO text; empty while something is.
    pub closed_on: String,
    /// The customer's or the bank's reference.
    pub reference: String,
    /// Order number.
    pub order: String,
}

/// The account of a stored number; `None` where the book holds one that does not exist.
pub fn account(number: i64) -> Option<Account> {
    Account::ALL.into_iter().find(|account| account.number() == number)
}

/// Hands every row of a question to `each`, which answers whether it wants more.
fn every<R>(
    reader: &Reader,
    text: &str,
    read: impl Fn(&Row<'_>) -> rusqlite::Result<R>,
    each: &mut dyn FnMut(R) -> bool,
) -> Result<()> {
    let mut statement = reader.conn.prepare(text)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        if !each(read(row)?) {
            break;
        }
    }
    Ok(())
}

/// Every leg by date and number. `each` answers whether it wants more.
pub fn legs(reader: &Reader, each: &mut dyn FnMut(Leg) -> bool) -> Result<()> {
    let text = "SELECT p.id, p.act_id, p.date, p.customer_id, c.number, c.name, d.kind, coalesce(d.number, ''), \
         p.debit, p.credit, p.currency, p.amount, p.base FROM posting p JOIN customer c ON c.id = p.customer_id \
         LEFT JOIN document d ON d.id = p.document_id ORDER BY p.date, p.id";
    let read = |row: &Row<'_>| {
        Ok(Leg {
            id: row.get(0)?,
            act: row.get(1)?,
            date: row.get(2)?,
            customer: row.get(3)?,
            number: row.get(4)?,
            name: row.get(5)?,
            kind: row.get::<_, Option<i64>>(6)?.map(kind),
            document: row.get(7)?,
            debit: row.get(8)?,
            credit: row.get(9)?,
            currency: currency(row.get_ref(10)?.as_str()?),
            amount: row.get(11)?,
            base: row.get(12)?,
        })
    };
    every(reader, text, read, each)
}

/// Which accounts of which customers, and which currencies, the postings use: customer id and number, account.
pub fn accounts(reader: &Reader, each: &mut dyn FnMut((i64, String, i64, Currency)) -> bool) -> Result<()> {
    let text = "SELECT s.customer_id, c.number, s.account, s.currency FROM ( \
         SELECT customer_id, debit AS account, currency FROM posting WHERE amount <> 0 \
         UNION SELECT customer_id, credit, currency FROM posting WHERE amount <> 0) s \
         JOIN customer c ON c.id = s.customer_id ORDER BY c.number, s.account, s.currency";
    let read = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?, currency(row.get_ref(3)?.as_str()?)));
    every(reader, text, read, each)
}

/// Every item, open and closed, in the order they were posted.
pub fn items(reader: &Reader, each: &mut dyn FnMut(ItemLine) -> bool) -> Result<()> {
    let text = "SELECT d.number, i.part, i.kind, c.number, c.name, i.document_date, i.due_date, i.currency, i.amount, \
         i.open, i.disputed, i.closed_on, d.reference, d.order_number FROM item i \
         JOIN document d ON d.id = i.document_id JOIN customer c ON c.id = i.customer_id ORDER BY i.id";
    let read = |row: &Row<'_>| {
        let closed: String = row.get(11)?;
        Ok(ItemLine {
            number: row.get(0)?,
            part: row.get(1)?,
            kind: kind(row.get(2)?),
            customer: row.get(3)?,
            name: row.get(4)?,
            date: row.get(5)?,
            due: row.get(6)?,
            currency: currency(row.get_ref(7)?.as_str()?),
            amount: row.get(8)?,
            open: row.get(9)?,
            disputed: row.get(10)?,
            closed_on: if closed == crate::store::date::NEVER { String::new() } else { closed },
            reference: row.get(12)?,
            order: row.get(13)?,
        })
    };
    every(reader, text, read, each)
}

/// The master data of every customer, by number.
pub fn customers(reader: &Reader, each: &mut dyn FnMut(CustomerData) -> bool) -> Result<()> {
    let text = "SELECT number, name, group_name, country, currency, terms, credit_limit, email, phone, contact, \
         language, owner, risk, blocked, bank_account, address FROM customer ORDER BY number";
    let read = |row: &Row<'_>| {
        Ok(CustomerData {
            number: row.get(0)?,
            name: row.get(1)?,
            group: row.get(2)?,
            country: row.get(3)?,
            currency: row.get(4)?,
            terms: row.get(5)?,
            credit_limit: row.get(6)?,
            email: row.get(7)?,
            phone: row.get(8)?,
            contact: row.get(9)?,
            language: row.get(10)?,
            owner: row.get(11)?,
            risk: row.get(12)?,
            blocked: row.get::<_, i64>(13)? == 1,
            bank_account: row.get(14)?,
            address: row.get(15)?,
        })
    };
    every(reader, text, read, each)
}
