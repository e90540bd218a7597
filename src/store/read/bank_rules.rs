//! Rules for entries the bank's codes do not settle, as people see them, and what a pattern would have met so far. The
//! latter goes through all payments, so it is asked only when somebody tries a pattern.

use chrono::NaiveDate;

use super::matching::for_each;
use crate::domain::bank::EntryKind;
use crate::domain::bank_rule::{BankRule, Pattern, is_open, said};
use crate::domain::money::Currency;
use crate::store::Reader;
use crate::store::bank_rules::rules;
use crate::store::date::read;
use crate::store::error::Result;
use crate::store::lookup::currency;

/// A rule in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleLine {
    /// The text it looks for.
    pub text: String,
    /// Name of the account; empty for all.
    pub account: String,
    /// What such an entry is.
    pub kind: EntryKind,
}

/// The rule in force for just this pattern and account.
pub fn find(reader: &Reader, pattern: &Pattern, account: Option<i64>) -> Result<Option<BankRule>> {
    let same = |rule: &BankRule| rule.account == account && rule.pattern.key() == pattern.key();
    Ok(rules(&reader.conn)?.into_iter().find(same))
}

/// The rules in force, the one made first before the others.
pub fn list(reader: &Reader) -> Result<Vec<RuleLine>> {
    reader.snapshot(|| {
        let accounts = super::bank::accounts(reader)?;
        let name = |id: i64| accounts.iter().find(|account| account.id == id).map_or("", |account| &account.name);
        let line = |rule: BankRule| RuleLine {
            text: rule.pattern.written().to_owned(),
            account: rule.account.map_or("", name).to_owned(),
            kind: rule.kind,
        };
        Ok(rules(&reader.conn)?.into_iter().map(line).collect())
    })
}

/// A payment a pattern would have met.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Met {
    /// The payment.
    pub id: i64,
    /// Booking date.
    pub booked: NaiveDate,
    /// Signed minor units.
    pub amount: i64,
    /// Its currency.
    pub currency: Currency,
    /// What it is by the bank's codes, or by a rule of then.
    pub kind: EntryKind,
    /// The other side.
    pub payer: String,
    /// What the bank says.
    pub text: String,
    /// What of it is not settled.
    pub left: i64,
}

/// What a pattern would have met.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tried {
    /// How many.
    pub count: u64,
    /// How many of them wait.
    pub waiting: u64,
    /// The newest of them.
    pub newest: Vec<Met>,
}

/// Goes through the payments the bank's codes left open, the newest first, and lists at most `most` of those a pattern
/// meets on an account, or on any.
pub fn tried(reader: &Reader, pattern: &Pattern, account: Option<i64>, most: usize) -> Result<Tried> {
    let mut statement = reader.conn.prepare_cached(
        "SELECT p.id, e.booked_on, p.amount, p.currency, e.kind, p.payer, p.text, p.left, p.structured, p.end_to_end, \
           p.payer_account, e.code, e.reference FROM bank_payment p JOIN bank_entry e ON e.id = p.of_entry \
         WHERE ($1 = 0 OR e.bank_account_id = $1) \
         AND NOT EXISTS (SELECT 1 FROM payment_step s WHERE s.payment_id = p.id AND s.what = 'split') ORDER BY p.id DESC",
    )?;
    let mut found = Tried::default();
    for_each(&mut statement, [account.unwrap_or(0)], |row| {
        let kind = EntryKind::parse(row.get_ref(4)?.as_str()?).unwrap_or(EntryKind::Other);
        let text = |place: usize| row.get_ref(place).and_then(|value| Ok(value.as_str()?)).unwrap_or_default();
        if !is_open(kind) || !pattern.meets(&said([5, 6, 8, 9, 10, 11, 12].map(text))) {
            return Ok(());
        }
        let left: i64 = row.get(7)?;
        found.count += 1;
        found.waiting += u64::from(left != 0);
        if found.newest.len() < most {
            found.newest.push(Met {
                id: row.get(0)?,
                booked: read(row.get_ref(1)?.as_str()?),
                amount: row.get(2)?,
                currency: currency(row.get_ref(3)?.as_str()?),
                kind,
                payer: row.get(5)?,
                text: row.get(6)?,
                left,
            });
        }
        Ok(())
    })?;
    Ok(found)
}
