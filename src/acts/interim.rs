//! What the bank reported during the day and no statement has shown yet. It books nothing and pays nothing; the statement
//! of its day takes its place entry by entry, and what of it the statement does not show is named.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::Failure;
use super::money::shown;
use crate::domain::bank::{EntryRow, StatementRow};
use crate::domain::money::Currency;
use crate::store::Tx;
use crate::store::payments::NewPaymentStep;

/// The mark an entry of a report is found again by: its lasting reference, else account, amount and day.
fn mark(entry: &EntryRow) -> [u8; 16] {
    entry.content.unwrap_or(entry.likeness)
}

/// An entry of a report under the mark it is found again by.
pub(super) fn named(entry: &EntryRow) -> EntryRow {
    EntryRow { content: Some(mark(entry)), ..entry.clone() }
}

/// Whether an entry of a report is booked, or was told before.
pub(super) fn is_known(tx: &Tx<'_>, account: i64, entry: &EntryRow) -> Result<bool, Failure> {
    let booked = match &entry.content {
        Some(content) => tx.entry_of_content(account, content)?.is_some(),
        None => false,
    };
    Ok(booked || !tx.announced(&mark(entry), false)?.is_empty() || !tx.announced(&mark(entry), true)?.is_empty())
}

/// What was reported of one account and is on no statement, payments by their mark.
pub(super) struct Told {
    waiting: BTreeMap<[u8; 16], Vec<(i64, NaiveDate)>>,
}

impl Told {
    pub(super) fn of(tx: &Tx<'_>, account: i64) -> Result<Told, Failure> {
        let mut waiting: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for (payment, mark, day) in tx.reported(account)? {
            waiting.entry(mark).or_default().push((payment, day));
        }
        Ok(Told { waiting })
    }

    /// An entry of the statement takes the place of what was reported of it.
    pub(super) fn booked(&mut self, tx: &mut Tx<'_>, row: &EntryRow, entry: i64) -> Result<(), Failure> {
        if self.waiting.is_empty() {
            return Ok(());
        }
        let by_content = row.content.and_then(|content| self.waiting.remove(&content));
        let Some(found) = by_content.or_else(|| self.waiting.remove(&row.likeness)) else { return Ok(()) };
        for (payment, _) in found {
            replace(tx, payment, (Some(entry), row.booked), "the entry is on the statement")?;
        }
        Ok(())
    }

    /// An advice says more of an entry than was reported.
    pub(super) fn explained(&mut self, tx: &mut Tx<'_>, row: &EntryRow) -> Result<(), Failure> {
        for (payment, _) in self.waiting.remove(&mark(row)).unwrap_or_default() {
            replace(tx, payment, (None, row.booked), "an advice says more of it")?;
        }
        Ok(())
    }

    /// The statement covers its days: what was reported of them and is not on it will not come. Says so.
    pub(super) fn end(self, tx: &mut Tx<'_>, statement: &StatementRow) -> Result<Vec<String>, Failure> {
        let (mut count, mut sums) = (0, BTreeMap::<Currency, i64>::new());
        for (payment, day) in self.waiting.into_values().flatten() {
            if day > statement.to {
                continue;
            }
            let gone = replace(tx, payment, (None, statement.to), "the statement of its day does not show it")?;
            count += 1;
            *sums.entry(gone.0).or_default() += gone.1;
        }
        if count == 0 {
            return Ok(Vec::new());
        }
        let sums: Vec<String> = sums.into_iter().map(|(currency, sum)| shown(sum, currency)).collect();
        let plural = if count == 1 { "payment" } else { "payments" };
        Ok(vec![format!(
            "{count} {plural} of {} the bank reported during the day are not on statement {}; they are announced no more",
            sums.join(" and "),
            statement.number
        )])
    }
}

/// What was announced is no more. Gives its currency and amount.
fn replace(
    tx: &mut Tx<'_>,
    payment: i64,
    (entry, on): (Option<i64>, NaiveDate),
    why: &str,
) -> Result<(Currency, i64), Failure> {
    let mut payment = tx.payment(payment)?;
    let amount = payment.left;
    let step = NewPaymentStep {
        what: "replaced",
        amount,
        document: None,
        entry,
        on,
        rule: "statement",
        confidence: 1_000,
        evidence: why,
        takes_back: None,
    };
    tx.add_payment_step(&mut payment, &step)?;
    Ok((payment.currency, amount))
}
