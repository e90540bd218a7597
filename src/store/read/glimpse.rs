//! What the Desk shows before all accounts are read: the customers with most overdue and what all of them owe. One look
//! at the open items says who they are, the kept daily sums say the rest, and only those customers are read.

use std::cmp::Reverse;
use std::rc::Rc;

use chrono::NaiveDate;

use super::accounts::{Accounts, One, Sums, only};
use super::aging::is_now;
use super::customers::{self, Customers};
use super::kpi::kpis;
use super::window::Window;
use crate::domain::money::Currency;
use crate::store::Reader;
use crate::store::date::iso;
use crate::store::error::Result;
use crate::store::scan::Scan;

/// Customers shown before all are read: more than a screen has lines.
const FIRST: usize = 60;
/// Customers read for them at most, where many owe the same.
const MOST: usize = 200;

struct Glimpse(Option<Customers>);

/// The first customers by what is overdue, most first, with the number and the sums of all. `None` where all accounts
/// were read already, or where it cannot be told this way: few customers, items without a rate, something posted for a
/// later day.
pub fn most_overdue(reader: &Reader, today: NaiveDate, months: u32, base: Currency) -> Result<Option<Customers>> {
    Ok(glimpse(reader, today, months, base)?.and_then(|seen| seen.0.clone()))
}

/// What all customers have open, in the book's currency; `None` as above.
pub fn sums(reader: &Reader, today: NaiveDate, months: u32, base: Currency) -> Result<Option<Sums>> {
    Ok(glimpse(reader, today, months, base)?.and_then(|seen| seen.0.as_ref().map(|found| found.sums)))
}

fn glimpse(reader: &Reader, today: NaiveDate, months: u32, base: Currency) -> Result<Option<Rc<Glimpse>>> {
    if reader.holds::<Accounts>() {
        reader.forget::<Glimpse>();
        return Ok(None);
    }
    let make = || Ok(Glimpse(look(reader, today, months, base)?));
    reader.snapshot(|| reader.shared(&format!("{today} {months} {base}"), make)).map(Some)
}

fn look(reader: &Reader, today: NaiveDate, months: u32, base: Currency) -> Result<Option<Customers>> {
    if !is_now(reader, today)? {
        return Ok(None);
    }
    let Some(mut late) = overdue(reader, today)? else { return Ok(None) };
    if late.len() <= FIRST {
        return Ok(None);
    }
    late.select_nth_unstable_by_key(FIRST - 1, |(_, overdue)| Reverse(*overdue));
    let least = late[FIRST - 1].1;
    late.retain(|(_, overdue)| *overdue >= least);
    if late.len() > MOST {
        return Ok(None);
    }
    let mut ids: Vec<i64> = late.iter().map(|(id, _)| *id).collect();
    ids.sort_unstable();
    let some = only(reader, today, &ids)?;
    let mut rows: Vec<One<'_>> = some.iter().collect();
    rows.sort_by_key(customers::most);
    let rows = rows.into_iter().take(FIRST).map(|one| one.account(reader)).collect::<Result<_>>()?;
    let window = Window { first: 0, rows, total: customers::count(reader)? };
    Ok(Some(Customers { window, sums: kpis(reader, today, months, base)?.aging, no_rate: false }))
}

/// What each customer has overdue in the book's currency; `None` when some item has no rate.
fn overdue(reader: &Reader, today: NaiveDate) -> Result<Option<Vec<(i64, i64)>>> {
    let today = iso(today);
    let text = "SELECT customer_id, due_date, kind, open_base FROM item WHERE open <> 0 ORDER BY customer_id";
    let mut row = Scan::new(&reader.conn, text, &[])?;
    let mut late: Vec<(i64, i64)> = Vec::new();
    while row.next()? {
        let Some(base) = row.maybe_int(3)? else { return Ok(None) };
        let debit = matches!(row.int(2)?, 1 | 3 | 6);
        if !debit || row.bytes(1)? >= today.as_str().as_bytes() {
            continue;
        }
        let customer = row.int(0)?;
        match late.last_mut().filter(|last| last.0 == customer) {
            Some(last) => last.1 += base,
            None => late.push((customer, base)),
        }
    }
    Ok(Some(late))
}
