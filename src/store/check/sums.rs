//! What follows from the rows of money once all are read: the control account from the postings, closing dates and
//! where each customer stands from the items, disputes by day.

use rusqlite::Connection;

use super::load::{Books, date, each, family};
use super::{Finding, Findings, RESTORE};
use crate::domain::account::Account;
use crate::store::date::never;
use crate::store::error::Result;
use crate::store::kept::{Change, Map, Measure};

pub(super) fn add(conn: &Connection, books: &mut Books, found: &mut Findings) -> Result<()> {
    postings(conn, books, found)?;
    stand(books);
    disputes(conn, books)
}

fn postings(conn: &Connection, books: &mut Books, found: &mut Findings) -> Result<()> {
    let accounts: Map<i64, bool> =
        Account::ALL.into_iter().map(|account| (account.number(), account.is_control())).collect();
    let tax = Account::VatOutput.number();
    let text = "SELECT id, customer_id, document_id, date, debit, credit, currency, amount, base, allocation_id \
                FROM posting ORDER BY id";
    each(conn, text, |row| {
        let (debit, credit): (i64, i64) = (row.get(4)?, row.get(5)?);
        let (Some(to), Some(from)) = (accounts.get(&debit), accounts.get(&credit)) else {
            let object = format!("posting {}", row.get::<_, i64>(0)?);
            let is = format!("from account {credit} to {debit}");
            found.add(Finding::new("M1", object, is, "two accounts of the plan", RESTORE));
            return Ok(());
        };
        if debit == tax || credit == tax {
            let amount: i64 = row.get(7)?;
            let owed = if credit == tax { amount } else { -amount };
            *books.tax.entry(row.get::<_, Option<i64>>(2)?.unwrap_or(0)).or_default() += owed;
        }
        let sign = i64::from(*to) - i64::from(*from);
        if sign == 0 {
            return Ok(());
        }
        let currency = books.place(row.get_ref(6)?.as_str()?);
        let base = sign * row.get::<_, Option<i64>>(8)?.unwrap_or(0);
        let change = Change { amount: sign * row.get::<_, i64>(7)?, base, items: 0 };
        books.day(Measure::Control, currency, date(row, 3)?, change);
        let own = books.control.entry((row.get(1)?, currency)).or_default();
        own.amount += change.amount;
        own.base += change.base;
        if let Some(document) = row.get::<_, Option<i64>>(2)?.and_then(|id| books.documents.get_mut(id)) {
            document.posted += change.amount;
        }
        Ok(())
    })
}

/// Closing dates, and where each customer stands, once every allocation is known.
pub(super) fn stand(books: &mut Books) {
    let mut items = std::mem::take(&mut books.items);
    for item in items.values_mut() {
        if item.must.open == 0 {
            item.must.closed_on = item.changed.unwrap_or_else(never);
        }
        let must = item.must;
        let measure = family(item.kind);
        if measure == Measure::Debits && must.open != 0 {
            let oldest = books.oldest.entry((item.customer, item.currency)).or_insert(item.due);
            *oldest = (*oldest).min(item.due);
        }
        let standing = books.standing.entry((item.customer, item.currency)).or_default();
        standing.disputed += item.disputed;
        match measure {
            Measure::Debits => {
                standing.debits += must.open;
                standing.items += i64::from(must.open != 0);
            }
            Measure::Credits => standing.credits += must.open,
            _ => standing.unapplied += must.open,
        }
        let reversed = books.documents.get(item.document).is_some_and(|document| document.reversed);
        if measure != Measure::Debits || must.closed_on == never() || reversed {
            continue;
        }
        let days = item.amount * (must.closed_on - item.date).num_days();
        let late = item.amount * (must.closed_on - item.due).num_days();
        standing.paid += 1;
        standing.paid_amount += item.amount;
        standing.paid_days += days;
        standing.late_days += late;
        for (measure, amount) in
            [(Measure::Closed, item.amount), (Measure::ClosedDays, days), (Measure::ClosedLate, late)]
        {
            let row = books.daily.entry((measure as u8, item.currency, must.closed_on)).or_default();
            row.amount += amount;
            row.items += 1;
        }
    }
    books.items = items;
}

fn disputes(conn: &Connection, books: &mut Books) -> Result<()> {
    each(conn, "SELECT currency, opened_on, amount FROM dispute", |row| {
        let currency = books.place(row.get_ref(0)?.as_str()?);
        let day = date(row, 1)?;
        books.day(Measure::DisputesOpened, currency, day, Change { amount: row.get(2)?, base: 0, items: 1 });
        Ok(())
    })
}
