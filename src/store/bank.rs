//! Rows of bank accounts, their statements and entries. An entry is booked the moment it is written: between the bank
//! accounts and the money not applied yet. The balance of an account is what its last statement left.

use chrono::NaiveDate;
use rusqlite::{OptionalExtension, params};

use super::date::{iso, read};
use super::error::Result;
use super::ledger::Source;
use super::lookup::currency;
use super::tx::Tx;
use super::value::{T, V};
use crate::domain::account::Account;
use crate::domain::bank::{EntryRow, StatementRow};
use crate::domain::money::Currency;
use crate::domain::posting::{Entry, Sum};

/// A bank account of the company.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BankAccount {
    /// Its id.
    pub id: i64,
    /// What people call it.
    pub name: String,
    /// IBAN or the bank's own number, without spaces.
    pub number: String,
    /// Its currency.
    pub currency: Currency,
}

/// The last statement taken in of an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LastStatement {
    /// What people find it by.
    pub number: String,
    /// Its last day.
    pub to: NaiveDate,
    /// The balance after it, minor units.
    pub balance: i64,
}

/// How a statement joins on to what the book has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Joined {
    /// What the bank's closing balance has beyond the book's; the opening balance for the first statement.
    pub gap: i64,
    /// The balance after it.
    pub balance: i64,
    /// Entries the book had already.
    pub known: i64,
}

impl Tx<'_> {
    /// Adds a bank account.
    pub fn add_bank_account(&mut self, name: &str, number: &str, currency: Currency) -> Result<i64> {
        self.insert(T::BankAccount, &[V::T(name), V::T(number), V::T(currency.code())], &[])
    }

    /// The bank accounts of the company, oldest first.
    pub fn bank_accounts(&self) -> Result<Vec<BankAccount>> {
        let mut statement =
            self.conn.prepare_cached("SELECT id, name, number, currency FROM bank_account ORDER BY id")?;
        let rows = statement
            .query_map([], |row| {
                Ok(BankAccount {
                    id: row.get(0)?,
                    name: row.get(1)?,
                    number: row.get(2)?,
                    currency: currency(row.get_ref(3)?.as_str()?),
                })
            })?
            .collect::<rusqlite::Result<_>>()?;
        Ok(rows)
    }

    /// The last statement taken in of an account; advices book nothing and are passed over.
    pub fn last_statement(&self, account: i64) -> Result<Option<LastStatement>> {
        let found = self
            .conn
            .prepare_cached(
                "SELECT number, to_date, balance FROM bank_statement WHERE bank_account_id = $1 AND source = 'statement' \
                 ORDER BY id DESC LIMIT 1",
            )?
            .query_row([account], |row| {
                Ok(LastStatement {
                    number: row.get(0)?,
                    to: read(row.get_ref(1)?.as_str()?),
                    balance: row.get(2)?,
                })
            })
            .optional()?;
        Ok(found)
    }

    /// The entry of an account with this key, or else with this content.
    pub fn known_entry(&self, account: i64, row: &EntryRow) -> Result<Option<i64>> {
        // One question for both: a file of a hundred thousand entries asks it as often.
        let text = "SELECT id FROM bank_entry WHERE bank_account_id = $1 AND entry_key = $2 \
                    UNION ALL SELECT id FROM bank_entry WHERE content = $3 AND bank_account_id = $1 LIMIT 1";
        let content = row.content.as_ref().map(|content| content.as_slice());
        let bound = params![account, row.key.as_slice(), content];
        Ok(self.conn.prepare_cached(text)?.query_row(bound, |found| found.get(0)).optional()?)
    }

    /// The entry of an account with this content.
    pub fn entry_of_content(&self, account: i64, content: &[u8; 16]) -> Result<Option<i64>> {
        Ok(self
            .conn
            .prepare_cached("SELECT id FROM bank_entry WHERE content = $1 AND bank_account_id = $2")?
            .query_row(params![content.as_slice(), account], |found| found.get(0))
            .optional()?)
    }

    /// An earlier entry with the same account, amount and day.
    pub fn entry_like(&self, row: &EntryRow) -> Result<Option<i64>> {
        Ok(self
            .conn
            .prepare_cached("SELECT min(id) FROM bank_entry WHERE likeness = $1")?
            .query_row([row.likeness.as_slice()], |found| found.get(0))?)
    }

    /// Writes a statement or advice, and books what the bank's balance has beyond the book's.
    pub fn add_statement(
        &mut self,
        account: &BankAccount,
        row: &StatementRow,
        joined: Joined,
        (first, base): (bool, Option<i64>),
    ) -> Result<i64> {
        let (from, to) = (iso(row.from), iso(row.to));
        let id = self.insert(
            T::BankStatement,
            &[
                V::I(account.id),
                V::T(row.source.word()),
                V::T(&row.format),
                V::T(&row.number),
                V::T(from.as_str()),
                V::T(to.as_str()),
                V::maybe(row.opening.map(|balance| balance.amount)),
                V::maybe(row.closing.map(|balance| balance.amount)),
                V::I(joined.gap),
                V::I(joined.balance),
                V::I(row.entries.len() as i64),
                V::I(joined.known),
            ],
            &[],
        )?;
        if joined.gap != 0 {
            let side = if first { Account::OpeningBalance } else { Account::Elsewhere };
            let on = row.opening.map_or(row.from, |balance| balance.on.min(row.from));
            self.book(Account::BankAccounts, side, joined.gap, account.currency, base, on)?;
        }
        Ok(id)
    }

    /// Writes an entry and books it.
    pub fn add_entry(
        &mut self,
        account: i64,
        statement: i64,
        row: &EntryRow,
        base: Option<i64>,
        resembles: Option<i64>,
    ) -> Result<i64> {
        let (booked, value) = (iso(row.booked), iso(row.value));
        let id = self.insert(
            T::BankEntry,
            &[
                V::I(account),
                V::I(statement),
                V::I(i64::try_from(row.line).unwrap_or(i64::MAX)),
                V::T(booked.as_str()),
                V::T(value.as_str()),
                V::T(row.currency.code()),
                V::I(row.amount),
                V::maybe(base),
                V::T(row.kind.word()),
                V::T(&row.code),
                V::T(&row.reference),
                V::B(&row.key),
                row.content.as_ref().map_or(V::N, |content| V::B(content)),
                V::B(&row.likeness),
                V::maybe(resembles),
            ],
            &[],
        )?;
        self.book(Account::BankAccounts, Account::Unidentified, row.amount, row.currency, base, row.booked)?;
        Ok(id)
    }

    /// Books a signed amount: from `side` to `account` where it is above zero, back where it is below. Of no customer; on
    /// the first open day where `on` is of a closed month.
    pub(super) fn book(
        &mut self,
        account: Account,
        side: Account,
        amount: i64,
        unit: Currency,
        base: Option<i64>,
        on: NaiveDate,
    ) -> Result<()> {
        let sum = Sum { amount, currency: unit, base: base.unwrap_or(0) };
        let entry = Entry::default().debit(account, sum).credit(side, sum);
        let source = Source { customer: 0, document: None, allocation: None, date: self.open_day(on) };
        self.post(&source, &entry, base.is_some())
    }

    /// Books what money that came back is worth more (above zero) or less in the book's currency than when it came.
    pub fn book_exchange(&mut self, unit: Currency, base: i64, on: NaiveDate) -> Result<()> {
        self.book(Account::FxRealised, Account::Unidentified, 0, unit, Some(base), on)
    }

    /// `on`, or the first day that is not of a closed month.
    pub fn open_day(&self, on: NaiveDate) -> NaiveDate {
        match self.closed_until {
            Some(closed) if on <= closed => closed.succ_opt().unwrap_or(on),
            _ => on,
        }
    }
}
