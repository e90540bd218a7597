//! Rules for entries the bank's codes do not settle: rows that say a rule is in force or no more. The last row of a
//! pattern and account counts.

use rusqlite::Connection;

use super::error::Result;
use super::tx::Tx;
use super::value::{T, V};
use crate::domain::bank::EntryKind;
use crate::domain::bank_rule::{BankRule, Pattern};

impl Tx<'_> {
    /// The rules in force, the one made first before the others.
    pub fn bank_rules(&self) -> Result<Vec<BankRule>> {
        rules(self.conn)
    }

    /// Puts a rule in force, or takes it out.
    pub fn change_bank_rule(&mut self, rule: &BankRule, held: bool) -> Result<i64> {
        let (key, kind) = (rule.pattern.key(), rule.kind.word());
        self.insert(
            T::BankRuleChange,
            &[V::T(&key), V::T(rule.pattern.written()), V::maybe(rule.account), V::T(kind), V::I(i64::from(held))],
            &[],
        )
    }
}

/// The rules in force.
pub(super) fn rules(conn: &Connection) -> Result<Vec<BankRule>> {
    let mut statement = conn.prepare_cached(
        "SELECT r.text, r.bank_account_id, r.kind FROM bank_rule_change r WHERE r.held = 1 AND NOT EXISTS \
         (SELECT 1 FROM bank_rule_change n WHERE n.pattern = r.pattern \
          AND coalesce(n.bank_account_id, 0) = coalesce(r.bank_account_id, 0) AND n.id > r.id) ORDER BY r.id",
    )?;
    let mut rows = statement.query([])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let (text, kind): (String, String) = (row.get(0)?, row.get(2)?);
        let kind = EntryKind::parse(&kind);
        // A rule that could not be read was never written: it decides nothing.
        if let (Ok(pattern), Some(kind)) = (Pattern::read(&text), kind) {
            found.push(BankRule { pattern, account: row.get(1)?, kind });
        }
    }
    Ok(found)
}
