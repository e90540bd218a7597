//! Dates on which items close and open again: what follows from the allocations on an item, and the kept figures of
//! closed invoices.

use chrono::NaiveDate;

use super::date::{NEVER, never};
use super::error::Result;
use super::kept::Measure;
use super::ledger::{Item, family};
use super::tx::Tx;

impl Tx<'_> {
    /// Kept figures of an item whose closing date moved from `before` to its present one.
    pub(super) fn note_closing(&mut self, item: &Item, before: NaiveDate) {
        if family(item.kind) != Measure::Debits || item.closed_on == before {
            return;
        }
        let place = self.kept.place(item.currency);
        for (day, sign) in [(before, -1), (item.closed_on, 1)] {
            if day == never() {
                continue;
            }
            let days = (day - item.date).num_days();
            let late = (day - item.due).num_days();
            self.kept.day(Measure::Closed, place, day, sign * item.amount, 0, sign);
            self.kept.day(Measure::ClosedDays, place, day, sign * item.amount * days, 0, sign);
            self.kept.day(Measure::ClosedLate, place, day, sign * item.amount * late, 0, sign);
            let standing = self.kept.customer(item.customer, place);
            standing.paid += sign;
            standing.paid_amount += sign * item.amount;
            standing.paid_days += sign * item.amount * days;
            standing.late_days += sign * item.amount * late;
        }
    }

    /// From when on nothing of an item is open, after an allocation of `effective`.
    pub(super) fn closed_on(&mut self, item: &Item, effective: NaiveDate) -> Result<NaiveDate> {
        if !self.bulk {
            return if item.open == 0 { self.last_change(item) } else { Ok(never()) };
        }
        // While indexes are put off asking would read every allocation; all of them are of this act, so it remembers
        // the last one of each item it left partly open.
        let last = self.partly.remove(&item.id).map_or(effective, |last| last.max(effective));
        if item.open == 0 {
            return Ok(last);
        }
        self.partly.insert(item.id, last);
        Ok(never())
    }

    /// The last date on which something was allocated to an item.
    fn last_change(&self, item: &Item) -> Result<NaiveDate> {
        let text: String = self
            .conn
            .prepare_cached(
                "SELECT coalesce(max(effective), $1) FROM (SELECT effective FROM allocation WHERE debit_item = $2 \
                 UNION ALL SELECT effective FROM allocation WHERE credit_item = $2)",
            )?
            .query_row(rusqlite::params![NEVER, item.id], |row| row.get(0))?;
        Ok(super::date::read(&text))
    }

    /// The last dates on which something was allocated to a debit, and on which something of that was taken back.
    pub(super) fn touched_on(&self, debit: &Item) -> Result<(NaiveDate, NaiveDate)> {
        if self.bulk {
            return Ok((NaiveDate::MIN, NaiveDate::MIN));
        }
        let mut statement = self.conn.prepare_cached(
            "SELECT max(effective), max(CASE WHEN amount < 0 THEN effective END) FROM allocation WHERE debit_item = $1",
        )?;
        let (changed, reopened): (Option<String>, Option<String>) =
            statement.query_row([debit.id], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let day = |text: Option<String>| text.map_or(NaiveDate::MIN, |text| super::date::read(&text));
        Ok((day(changed), day(reopened)))
    }

    /// The last date something was taken back of either item. Nothing is applied again before it: in between the item
    /// was paid, and two payments at once would leave less than nothing open on those days.
    pub(super) fn reopened(&self, debit: &Item, credit: &Item) -> Result<NaiveDate> {
        // A book that is being filled for the first time has no reversals, and no indexes to look for them.
        if self.bulk {
            return Ok(NaiveDate::MIN);
        }
        let text: Option<String> = self
            .conn
            .prepare_cached(
                "SELECT max(effective) FROM (SELECT effective FROM allocation WHERE debit_item = $1 AND amount < 0 \
                 UNION ALL SELECT effective FROM allocation WHERE credit_item = $2 AND amount < 0)",
            )?
            .query_row([debit.id, credit.id], |row| row.get(0))?;
        Ok(text.map_or(NaiveDate::MIN, |text| super::date::read(&text)))
    }
}
