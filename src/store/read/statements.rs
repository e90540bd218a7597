//! The statements of the bank as people look through them: opening, in, out and closing, what of their receipts the rules
//! settled untouched, and the payments of one with what became of each.

use std::borrow::Cow;

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::bank::{AccountRow, StatementLine, accounts, statements as lines};
use super::payment::{Step, steps};
use super::window::{Want, Window, slice};
use crate::domain::money::{self, Currency};
use crate::language::filter::{Field, Fields, Filter};
use crate::language::fold::fold;
use crate::store::Reader;
use crate::store::date::read;
use crate::store::error::Result;
use crate::store::lookup::currency;

/// How far the rules came with receipts, by count.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Hits {
    /// Receipts.
    pub receipts: i64,
    /// Of them: not settled yet.
    pub waiting: i64,
    /// Of them: the rules named the payer who was taken, whether or not a person confirmed it.
    pub payer: i64,
    /// Of them: the rules settled them and nobody touched it.
    pub untouched: i64,
}

impl Hits {
    /// Adds another statement's.
    pub fn add(&mut self, other: Hits) {
        self.receipts += other.receipts;
        self.waiting += other.waiting;
        self.payer += other.payer;
        self.untouched += other.untouched;
    }
}

/// One statement with its sums.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatementRow {
    /// The statement.
    pub line: StatementLine,
    /// What came in, minor units.
    pub received: i64,
    /// What went out, minor units, below zero.
    pub sent: i64,
    /// How far the rules came.
    pub hits: Hits,
}

/// The list with the accounts.
#[derive(Debug, Clone, Default)]
pub struct Statements {
    /// The wanted rows, the last one taken in first.
    pub window: Window<StatementRow>,
    /// Every account with its balance by the book.
    pub accounts: Vec<AccountRow>,
}

struct Listed(Vec<StatementLine>);

/// The asked piece of the list of statements.
pub fn statements(reader: &Reader, filter: &Filter, want: Want<i64>) -> Result<Statements> {
    reader.snapshot(|| {
        let listed = reader.shared(&format!("{filter:?}"), || {
            let passes = |line: &StatementLine| filter.is_all() || filter.matches(line);
            Ok(Listed(lines(reader, None, None)?.into_iter().filter(passes).collect()))
        })?;
        let window = slice(&listed.0, want, |line| line.id);
        let rows = window.rows.into_iter().map(|line| with_sums(reader, line)).collect::<Result<_>>()?;
        let window = Window { first: window.first, rows, total: window.total };
        Ok(Statements { window, accounts: accounts(reader)? })
    })
}

fn with_sums(reader: &Reader, line: StatementLine) -> Result<StatementRow> {
    let mut statement = reader.conn.prepare_cached(
        "SELECT coalesce(sum(max(amount, 0)), 0), coalesce(sum(min(amount, 0)), 0) FROM bank_entry WHERE statement_id = $1",
    )?;
    let (received, sent) = statement.query_row([line.id], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let mut statement = reader.conn.prepare_cached(
        "SELECT p.left, s.rule, s.evidence FROM bank_entry e JOIN bank_payment p ON p.of_entry = e.id \
         LEFT JOIN payment_step s ON s.payment_id = p.id AND s.what IN ('receipt', 'on account') AND s.takes_back IS NULL \
           AND NOT EXISTS (SELECT 1 FROM payment_step t WHERE t.takes_back = s.id) \
         WHERE e.statement_id = $1 AND p.amount > 0 AND p.kind IN ('receipt', 'other') \
         AND NOT EXISTS (SELECT 1 FROM payment_step x WHERE x.payment_id = p.id AND x.what = 'split') \
         GROUP BY p.id",
    )?;
    let mut hits = Hits::default();
    let mut rows = statement.query([line.id])?;
    while let Some(row) = rows.next()? {
        let left: i64 = row.get(0)?;
        let rule: Option<String> = row.get(1)?;
        let evidence: Option<String> = row.get(2)?;
        let untouched = rule.as_deref().is_some_and(|rule| rule != "by hand");
        let proposed = evidence.is_some_and(|evidence| evidence.starts_with(PROPOSED) || evidence.starts_with(CHANGED));
        hits.receipts += 1;
        hits.waiting += i64::from(left != 0);
        hits.untouched += i64::from(untouched);
        hits.payer += i64::from(untouched || proposed);
    }
    Ok(StatementRow { line, received, sent, hits })
}

/// How the evidence begins of what was applied as the rules proposed it.
pub const PROPOSED: &str = "proposed: ";
/// How the evidence begins of what was applied to other items of the payer the rules proposed.
pub const CHANGED: &str = "changed from: ";

impl Fields for StatementLine {
    fn text(&self, field: Field) -> Option<Cow<'_, str>> {
        let text: &str = match field {
            Field::Name => &self.account,
            Field::Number | Field::Invoice => &self.number,
            Field::State => &self.source,
            Field::Currency => self.currency.code(),
            _ => return None,
        };
        Some(Cow::Borrowed(text))
    }

    fn amount(&self, field: Field) -> Option<Decimal> {
        (field == Field::Balance).then(|| money::to_decimal(self.balance, self.currency.digits()))
    }

    fn days(&self, _field: Field) -> Option<i64> {
        None
    }

    fn date(&self, field: Field) -> Option<NaiveDate> {
        (field == Field::Due).then_some(self.to)
    }

    fn flag(&self, _name: &str) -> Option<bool> {
        None
    }

    fn words(&self) -> Cow<'_, str> {
        Cow::Owned(fold(&[&*self.account, &self.number, &self.format].join(" ")))
    }
}

/// A payment of a statement with what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// The payment.
    pub id: i64,
    /// Line of the file.
    pub line: i64,
    /// Booking date.
    pub booked: NaiveDate,
    /// Currency.
    pub currency: Currency,
    /// Signed minor units.
    pub amount: i64,
    /// What of it is not settled.
    pub left: i64,
    /// What it is.
    pub kind: String,
    /// The other side.
    pub payer: String,
    /// What the bank says.
    pub text: String,
    /// Why the rules left it.
    pub why: String,
    /// What became of it, oldest first.
    pub steps: Vec<Step>,
}

impl Part {
    /// What became of it in a few words: `receipt R-12`, `waits`.
    pub fn became(&self) -> String {
        let stands = self.steps.iter().filter(|step| !step.undone && step.what != "joined");
        let mut words: Vec<String> =
            stands.map(|step| format!("{} {}", step.what, step.document).trim().to_owned()).collect();
        if self.left != 0 {
            words.push("waits".to_owned());
        }
        words.join(", ")
    }
}

/// The payments of a statement in the order of its entries.
pub fn parts(reader: &Reader, statement: i64) -> Result<Vec<Part>> {
    reader.snapshot(|| {
        let mut rows = reader.conn.prepare_cached(
            "SELECT p.id, e.line, e.booked_on, p.currency, p.amount, p.left, p.kind, p.payer, \
             CASE WHEN p.text = '' THEN p.structured ELSE p.text END, p.why \
             FROM bank_entry e JOIN bank_payment p ON p.of_entry = e.id WHERE e.statement_id = $1 ORDER BY e.id, p.id",
        )?;
        let found = rows.query_map([statement], |row| {
            Ok(Part {
                id: row.get(0)?,
                line: row.get(1)?,
                booked: read(row.get_ref(2)?.as_str()?),
                currency: currency(row.get_ref(3)?.as_str()?),
                amount: row.get(4)?,
                left: row.get(5)?,
                kind: row.get(6)?,
                payer: row.get(7)?,
                text: row.get(8)?,
                why: row.get(9)?,
                steps: Vec::new(),
            })
        })?;
        let mut found: Vec<Part> = found.collect::<rusqlite::Result<_>>()?;
        for part in &mut found {
            part.steps = steps(reader, part.id)?;
        }
        Ok(found)
    })
}
