//! Bank accounts with their balances, the statements taken in, and the entries with what became of each.

use chrono::NaiveDate;
use rusqlite::{OptionalExtension, Row, params};

use crate::domain::bank::EntryKind;
use crate::domain::money::Currency;
use crate::store::Reader;
use crate::store::date::read;
use crate::store::error::Result;
use crate::store::lookup::currency;

/// Payments of one entry whose end is told by name; the rest is counted.
const NAMED: usize = 3;
/// Entries that look like earlier ones and are told of one by one.
const ALIKE: i64 = 20;

/// A bank account of the company.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountRow {
    /// Its id.
    pub id: i64,
    /// What people call it.
    pub name: String,
    /// IBAN or the bank's own number.
    pub number: String,
    /// Its currency.
    pub currency: Currency,
    /// The last statement taken in: what people find it by, and its last day.
    pub last: Option<(String, NaiveDate)>,
    /// The balance by the book, minor units.
    pub balance: i64,
    /// Entries with something not settled.
    pub waiting: i64,
    /// What of them is not settled, minor units.
    pub left: i64,
}

/// The bank accounts, in the order they were added.
pub fn accounts(reader: &Reader) -> Result<Vec<AccountRow>> {
    reader.snapshot(|| {
        let mut statement =
            reader.conn.prepare_cached("SELECT id, name, number, currency FROM bank_account ORDER BY id")?;
        let mut out = statement.query_map([], account_row)?.collect::<rusqlite::Result<Vec<_>>>()?;
        for account in &mut out {
            stand(reader, account)?;
        }
        waiting(reader, &mut out)?;
        Ok(out)
    })
}

fn account_row(row: &Row<'_>) -> rusqlite::Result<AccountRow> {
    Ok(AccountRow {
        id: row.get(0)?,
        name: row.get(1)?,
        number: row.get(2)?,
        currency: currency(row.get_ref(3)?.as_str()?),
        last: None,
        balance: 0,
        waiting: 0,
        left: 0,
    })
}

/// The last statement of an account and what it left.
fn stand(reader: &Reader, account: &mut AccountRow) -> Result<()> {
    let mut statement = reader.conn.prepare_cached(
        "SELECT number, to_date, balance FROM bank_statement WHERE bank_account_id = $1 AND source = 'statement' \
         ORDER BY id DESC LIMIT 1",
    )?;
    let found = statement
        .query_row([account.id], |row| Ok(((row.get(0)?, read(row.get_ref(1)?.as_str()?)), row.get(2)?)))
        .optional()?;
    if let Some((last, balance)) = found {
        (account.last, account.balance) = (Some(last), balance);
    }
    Ok(())
}

fn waiting(reader: &Reader, accounts: &mut [AccountRow]) -> Result<()> {
    let mut statement = reader.conn.prepare_cached(
        "SELECT e.bank_account_id, count(DISTINCT e.id), sum(p.left) FROM bank_payment p \
         JOIN bank_entry e ON e.id = p.of_entry WHERE p.left <> 0 AND p.of_entry IS NOT NULL GROUP BY e.bank_account_id",
    )?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let id: i64 = row.get(0)?;
        if let Some(account) = accounts.iter_mut().find(|account| account.id == id) {
            (account.waiting, account.left) = (row.get(1)?, row.get(2)?);
        }
    }
    Ok(())
}

/// Receipts of the bank that nobody has applied yet.
pub fn receipts_waiting(reader: &Reader) -> Result<u64> {
    let count: i64 = reader
        .conn
        .prepare_cached(
            "SELECT count(*) FROM bank_payment WHERE kind = 'receipt' AND left <> 0 AND of_entry IS NOT NULL",
        )?
        .query_row([], |row| row.get(0))?;
    Ok(count.unsigned_abs())
}

/// A statement or advice as it was taken in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatementLine {
    /// Its id.
    pub id: i64,
    /// The act that took it in.
    pub act: i64,
    /// Name of the account.
    pub account: String,
    /// The account's currency.
    pub currency: Currency,
    /// `statement` or `advice`.
    pub source: String,
    /// Its format.
    pub format: String,
    /// What people find it by.
    pub number: String,
    /// First day.
    pub from: NaiveDate,
    /// Last day.
    pub to: NaiveDate,
    /// Opening balance as the bank says, minor units.
    pub opening: Option<i64>,
    /// Closing balance as the bank says.
    pub closing: Option<i64>,
    /// What the bank has beyond the book: the opening balance of the first statement, 0 where it joins on.
    pub gap: i64,
    /// The balance after it, by the book.
    pub balance: i64,
    /// Entries taken in.
    pub entries: i64,
    /// Entries the book had already.
    pub known: i64,
    /// Whether it is the first of its account.
    pub first: bool,
}

const STATEMENT: &str = "SELECT s.id, s.act_id, a.name, a.currency, s.source, s.format, s.number, s.from_date, s.to_date, \
     s.opening, s.closing, s.gap, s.balance, s.entries, s.known, NOT EXISTS (SELECT 1 FROM bank_statement b \
     WHERE b.bank_account_id = s.bank_account_id AND b.source = 'statement' AND b.id < s.id) \
     FROM bank_statement s JOIN bank_account a ON a.id = s.bank_account_id";

fn statement_line(row: &Row<'_>) -> rusqlite::Result<StatementLine> {
    Ok(StatementLine {
        id: row.get(0)?,
        act: row.get(1)?,
        account: row.get(2)?,
        currency: currency(row.get_ref(3)?.as_str()?),
        source: row.get(4)?,
        format: row.get(5)?,
        number: row.get(6)?,
        from: read(row.get_ref(7)?.as_str()?),
        to: read(row.get_ref(8)?.as_str()?),
        opening: row.get(9)?,
        closing: row.get(10)?,
        gap: row.get(11)?,
        balance: row.get(12)?,
        entries: row.get(13)?,
        known: row.get(14)?,
        first: row.get(15)?,
    })
}

/// The statements and advices taken in, the last one first, of one account or of all.
pub fn statements(reader: &Reader, account: Option<i64>, limit: Option<u64>) -> Result<Vec<StatementLine>> {
    let limit = limit.and_then(|limit| i64::try_from(limit).ok()).unwrap_or(i64::MAX);
    let sql = format!("{STATEMENT} WHERE $1 = 0 OR s.bank_account_id = $1 ORDER BY s.id DESC LIMIT $2");
    let mut statement = reader.conn.prepare_cached(&sql)?;
    let rows = statement.query_map(params![account.unwrap_or(0), limit], statement_line)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// The statements and advices one act took in, in their order.
pub fn taken_by(reader: &Reader, act: i64) -> Result<Vec<StatementLine>> {
    let sql = format!("{STATEMENT} WHERE s.act_id = $1 ORDER BY s.id");
    let mut statement = reader.conn.prepare_cached(&sql)?;
    let rows = statement.query_map([act], statement_line)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// The entries of one statement that look like earlier ones, each as `line, day, amount; day and statement of the other`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alike {
    /// Line of the file.
    pub line: i64,
    /// Booking date.
    pub booked: NaiveDate,
    /// Minor units.
    pub amount: i64,
    /// Booking date of the earlier one.
    pub other: NaiveDate,
    /// Number of the statement it came in.
    pub statement: String,
}

/// The first entries of a statement that look like earlier ones, and how many there are.
pub fn alike(reader: &Reader, statement: i64) -> Result<(Vec<Alike>, u64)> {
    let count: i64 = reader
        .conn
        .prepare_cached("SELECT count(*) FROM bank_entry WHERE statement_id = $1 AND resembles IS NOT NULL")?
        .query_row([statement], |row| row.get(0))?;
    let mut rows = reader.conn.prepare_cached(
        "SELECT e.line, e.booked_on, e.amount, o.booked_on, s.number FROM bank_entry e \
         JOIN bank_entry o ON o.id = e.resembles JOIN bank_statement s ON s.id = o.statement_id \
         WHERE e.statement_id = $1 ORDER BY e.id LIMIT $2",
    )?;
    let rows = rows.query_map(params![statement, ALIKE], |row| {
        Ok(Alike {
            line: row.get(0)?,
            booked: read(row.get_ref(1)?.as_str()?),
            amount: row.get(2)?,
            other: read(row.get_ref(3)?.as_str()?),
            statement: row.get(4)?,
        })
    })?;
    Ok((rows.collect::<rusqlite::Result<_>>()?, count.unsigned_abs()))
}

/// Which entries are wanted.
#[derive(Debug, Clone, Copy, Default)]
pub struct Wanted {
    /// Of which account.
    pub account: Option<i64>,
    /// Of which kind.
    pub kind: Option<EntryKind>,
    /// Only those with something not settled.
    pub waiting: bool,
}

/// One entry with what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryLine {
    /// Its id.
    pub id: i64,
    /// Name of the account.
    pub account: String,
    /// Number of the statement it came in.
    pub statement: String,
    /// Booking date.
    pub booked: NaiveDate,
    /// Value date.
    pub value: NaiveDate,
    /// Currency.
    pub currency: Currency,
    /// Signed minor units.
    pub amount: i64,
    /// What it is.
    pub kind: String,
    /// The bank's codes.
    pub code: String,
    /// The bank's reference.
    pub reference: String,
    /// The other side of its first payment.
    pub payer: String,
    /// What its first payment says.
    pub text: String,
    /// How many payments it stands for.
    pub payments: i64,
    /// What is not settled, minor units.
    pub left: i64,
    /// What became of it, in words: `receipt R-12`, `charge`, `waits`.
    pub became: String,
    /// Whether it looks like an earlier one.
    pub alike: bool,
}

/// At most `limit` entries, the last one first, before the entry `before`.
pub fn entries(reader: &Reader, wanted: Wanted, before: Option<i64>, limit: u64) -> Result<Vec<EntryLine>> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let mut statement = reader.conn.prepare_cached(
        "SELECT e.id, a.name, s.number, e.booked_on, e.value_on, e.currency, e.amount, e.kind, e.code, e.reference, \
         e.resembles IS NOT NULL FROM bank_entry e JOIN bank_account a ON a.id = e.bank_account_id \
         JOIN bank_statement s ON s.id = e.statement_id WHERE e.id < $1 AND ($2 = 0 OR e.bank_account_id = $2) \
         AND ($3 = '' OR e.kind = $3) AND ($4 = 0 OR EXISTS (SELECT 1 FROM bank_payment p WHERE p.of_entry = e.id \
         AND p.left <> 0)) ORDER BY e.id DESC LIMIT $5",
    )?;
    let kind = wanted.kind.map_or("", EntryKind::word);
    let bound = params![before.unwrap_or(i64::MAX), wanted.account.unwrap_or(0), kind, wanted.waiting, limit];
    let mut out = statement.query_map(bound, entry_line)?.collect::<rusqlite::Result<Vec<_>>>()?;
    for entry in &mut out {
        outcome(reader, entry)?;
    }
    Ok(out)
}

fn entry_line(row: &Row<'_>) -> rusqlite::Result<EntryLine> {
    Ok(EntryLine {
        id: row.get(0)?,
        account: row.get(1)?,
        statement: row.get(2)?,
        booked: read(row.get_ref(3)?.as_str()?),
        value: read(row.get_ref(4)?.as_str()?),
        currency: currency(row.get_ref(5)?.as_str()?),
        amount: row.get(6)?,
        kind: row.get(7)?,
        code: row.get(8)?,
        reference: row.get(9)?,
        alike: row.get(10)?,
        payer: String::new(),
        text: String::new(),
        payments: 0,
        left: 0,
        became: String::new(),
    })
}

/// What the payments of an entry say and what became of them.
fn outcome(reader: &Reader, entry: &mut EntryLine) -> Result<()> {
    let mut statement = reader
        .conn
        .prepare_cached("SELECT id, payer, text, structured, left FROM bank_payment WHERE of_entry = $1 ORDER BY id")?;
    let mut rows = statement.query([entry.id])?;
    let mut words: Vec<String> = Vec::new();
    while let Some(row) = rows.next()? {
        let (id, left): (i64, i64) = (row.get(0)?, row.get(4)?);
        if !steps(reader, id, &mut words)? {
            // The payments an advice listed stand in its place.
            continue;
        }
        entry.payments += 1;
        entry.left += left;
        if entry.payments == 1 {
            (entry.payer, entry.text) = (row.get(1)?, row.get(2)?);
            let structured: String = row.get(3)?;
            if entry.text.is_empty() {
                entry.text = structured;
            }
        }
    }
    if entry.left != 0 {
        words.push("waits".to_owned());
    }
    let more = words.len().saturating_sub(NAMED);
    words.truncate(NAMED);
    if more > 0 {
        words.push(format!("{more} more"));
    }
    entry.became = words.join(", ");
    Ok(())
}

/// Adds in words what became of a payment and was not taken back; false where it was split into others.
fn steps(reader: &Reader, payment: i64, words: &mut Vec<String>) -> Result<bool> {
    let mut statement = reader.conn.prepare_cached(
        "SELECT s.what, d.number FROM payment_step s LEFT JOIN document d ON d.id = s.document_id \
         WHERE s.payment_id = $1 AND s.takes_back IS NULL \
         AND NOT EXISTS (SELECT 1 FROM payment_step t WHERE t.takes_back = s.id) ORDER BY s.id",
    )?;
    let found = statement.query_map([payment], |row| Ok((row.get(0)?, row.get(1)?)))?;
    for step in found {
        let (what, document): (String, Option<String>) = step?;
        match what.as_str() {
            "split" => return Ok(false),
            "joined" => continue,
            _ => {}
        }
        let word = document.map_or_else(|| what.clone(), |number| format!("{what} {number}"));
        if !words.contains(&word) {
            words.push(word);
        }
    }
    Ok(true)
}
