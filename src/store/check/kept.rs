//! Rules of kept figures: every row of `daily` and of `standing` against what the rows of money say (M7, M8), and the
//! aging of several dates adding up to what is open (M13).

use chrono::NaiveDate;
use rusqlite::Connection;

use super::load::{Books, date, each, family};
use super::{Finding, Findings, REBUILD, ask_three};
use crate::domain::text::clean;
use crate::store::date::{Iso, exact, iso};
use crate::store::error::Result;
use crate::store::kept::{Change, Map, Measure, OVERDUE, Standing};

/// Names of the measures, in the order of their numbers.
const NAMES: [&str; 16] = [
    "sales",
    "control account",
    "receipts",
    "write-offs",
    "open credits",
    "unapplied",
    "open debits",
    "past due",
    "past due over 30",
    "past due over 60",
    "past due over 90",
    "past due over 120",
    "closed",
    "days to closing",
    "days late",
    "disputes opened",
];

/// Measures of what was closed.
const CLOSINGS: [u8; 3] = [Measure::Closed as u8, Measure::ClosedDays as u8, Measure::ClosedLate as u8];

fn name(measure: u8) -> &'static str {
    NAMES.get(usize::from(measure).wrapping_sub(1)).copied().unwrap_or("unknown measure")
}

pub(super) fn check(conn: &Connection, books: &Books, found: &mut Findings) -> Result<()> {
    let kept = daily(conn, books, found)?;
    standing(conn, books, found, "")?;
    aging(conn, books, &kept, found)
}

type Daily = Map<(u8, u32, NaiveDate), Change>;

fn daily(conn: &Connection, books: &Books, found: &mut Findings) -> Result<Daily> {
    let mut kept = Daily::default();
    let mut statement = conn.prepare("SELECT measure, currency, day, amount, base, items FROM daily")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let code: String = row.get(1)?;
        let place = books.currencies.iter().position(|known| *known == code);
        let change = Change { amount: row.get(3)?, base: row.get(4)?, items: row.get(5)? };
        let measure: i64 = row.get(0)?;
        let day: String = row.get(2)?;
        let (Some(place), Ok(measure), Some(date)) = (place, u8::try_from(measure), exact(&day)) else {
            let object = format!("daily {measure} {} {}", clean(&code).text, clean(&day).text);
            found.add(Finding::new("M8", object, "a figure of nothing", "none", REBUILD));
            continue;
        };
        kept.insert((measure, place as u32, date), change);
    }
    for ((measure, place, day), change) in &kept {
        // What came to nothing, as when a closing was taken back, keeps its row; a row of no day anything happened on
        // was another row once.
        let reason = books.daily.contains_key(&(*measure, *place, *day))
            || (CLOSINGS.contains(measure) && books.touched.contains_key(&(*place, *day)));
        if *change == Change::default() && !reason {
            let object = format!("daily {} {} {day}", name(*measure), books.code(*place));
            found.add(Finding::new("M8", object, "a row of a day on which nothing happened", "none", REBUILD));
        }
    }
    let mut keys: Vec<_> = kept.keys().chain(books.daily.keys()).copied().collect();
    keys.sort_unstable();
    keys.dedup();
    for key in keys {
        let is = kept.get(&key).copied().unwrap_or_default();
        let must = books.daily.get(&key).copied().unwrap_or_default();
        if is != must {
            let object = format!("daily {} {} {}", name(key.0), books.code(key.1), key.2);
            let shown = |c: Change| format!("{} ({} in base currency, {} counted)", c.amount, c.base, c.items);
            found.add(Finding::new("M8", object, shown(is), shown(must), REBUILD));
        }
    }
    Ok(kept)
}

/// Where customers stand, of the rows of `standing` that `which` leaves, against their items.
pub(super) fn standing(conn: &Connection, books: &Books, found: &mut Findings, which: &str) -> Result<()> {
    let mut seen: Map<(i64, u32), ()> = Map::default();
    let mut statement = conn.prepare(&format!(
        "SELECT customer_id, currency, debits, credits, unapplied, disputed, items, paid, paid_amount, paid_days, \
         late_days, oldest_due FROM standing {which}",
    ))?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let (customer, code): (i64, String) = (row.get(0)?, row.get(1)?);
        let is = Standing {
            debits: row.get(2)?,
            credits: row.get(3)?,
            unapplied: row.get(4)?,
            disputed: row.get(5)?,
            items: row.get(6)?,
            paid: row.get(7)?,
            paid_amount: row.get(8)?,
            paid_days: row.get(9)?,
            late_days: row.get(10)?,
        };
        let oldest: Option<String> = row.get(11)?;
        let key = books.currencies.iter().position(|known| *known == code).map(|place| (customer, place as u32));
        let must = key.and_then(|key| books.standing.get(&key)).copied().unwrap_or_default();
        let first = key.and_then(|key| books.oldest.get(&key)).copied();
        let object = format!("standing of customer {customer} {}", clean(&code).text);
        match key.filter(|key| books.standing.contains_key(key)) {
            Some(key) => drop(seen.insert(key, ())),
            None => found.add(Finding::new("M7", object.as_str(), "of no item", "none", REBUILD)),
        }
        let first = first.map(iso);
        if oldest.as_deref() != first.as_ref().map(Iso::as_str) {
            let shown =
                |date: Option<&str>| date.map_or("nothing due".to_owned(), |date| clean(date).text.into_string());
            let (is, must) = (shown(oldest.as_deref()), shown(first.as_ref().map(Iso::as_str)));
            found.add(Finding::new("M7", format!("{object}, oldest due"), is, must, REBUILD));
        }
        compare(&object, is, must, found);
    }
    for (key, must) in &books.standing {
        if !seen.contains_key(key) {
            let object = format!("standing of customer {} {}", key.0, books.code(key.1));
            found.add(Finding::new("M7", object.as_str(), "missing", "there", REBUILD));
            compare(&object, Standing::default(), *must, found);
        }
    }
    Ok(())
}

fn compare(object: &str, is: Standing, must: Standing, found: &mut Findings) {
    let columns = |s: Standing| {
        [s.debits, s.credits, s.unapplied, s.disputed, s.items, s.paid, s.paid_amount, s.paid_days, s.late_days]
    };
    let names =
        ["debits", "credits", "unapplied", "disputed", "items", "paid", "paid amount", "days to closing", "days late"];
    for ((name, is), must) in names.into_iter().zip(columns(is)).zip(columns(must)) {
        found.differs("M7", || format!("{object}, {name}"), is, must, REBUILD);
    }
}

/// At several dates: not due and the bands by the kept sums add up to what the rows leave open, band by band.
fn aging(conn: &Connection, books: &Books, kept: &Daily, found: &mut Findings) -> Result<()> {
    let Some(last) = books.last else { return Ok(()) };
    let mut dates =
        [0, 30, 90, 365].map(|days| (last - chrono::Duration::days(days), Map::<(u8, u32), i64>::default()));
    let mut add = |item: &super::load::Item, day: NaiveDate, amount: i64| {
        let measure = family(item.kind);
        for (at, must) in dates.iter_mut().filter(|(at, _)| day <= *at) {
            *must.entry((measure as u8, item.currency)).or_default() += amount;
            if measure == Measure::Debits {
                let age = (*at - item.due).num_days();
                for (over, _) in OVERDUE.iter().filter(|(_, days)| age > *days) {
                    *must.entry((*over as u8, item.currency)).or_default() += amount;
                }
            }
        }
    };
    for item in books.items.values() {
        add(item, item.date, item.amount);
    }
    each(conn, "SELECT debit_item, credit_item, amount, effective FROM allocation", |row| {
        let (amount, effective): (i64, _) = (row.get(2)?, date(row, 3)?);
        for (column, sign) in [(0, -1), (1, 1)] {
            if let Some(item) = books.items.get(row.get(column)?) {
                add(item, effective, sign * amount);
            }
        }
        Ok(())
    })?;
    for (at, must) in &dates {
        let mut is: Map<(u8, u32), i64> = Map::default();
        for ((measure, place, day), change) in kept {
            if day <= at {
                *is.entry((*measure, *place)).or_default() += change.amount;
            }
        }
        for measure in Measure::Credits as u8..=Measure::Over120 as u8 {
            for place in 0..books.currencies.len() as u32 {
                let sum = |map: &Map<(u8, u32), i64>| map.get(&(measure, place)).copied().unwrap_or(0);
                let name = NAMES[usize::from(measure) - 1];
                let object = || format!("aging at {at}, {name} {}", books.code(place));
                found.differs("M13", object, sum(&is), sum(must), REBUILD);
            }
        }
    }
    Ok(())
}

/// Whether the kept sums agree among themselves: control account, open amounts by day, standings and open items.
pub(super) fn agree(conn: &Connection, found: &mut Findings) -> Result<()> {
    ask_three(
        conn,
        found,
        "M8",
        REBUILD,
        "WITH d AS (SELECT currency, sum(amount * (measure = 2)) AS control, sum(amount * (measure IN (5, 6, 7))) AS open \
           FROM daily WHERE measure IN (2, 5, 6, 7) GROUP BY currency), \
         s AS (SELECT currency, sum(debits + credits + unapplied) AS open FROM standing GROUP BY currency), \
         i AS (SELECT currency, sum(open) AS open FROM item WHERE open <> 0 GROUP BY currency) \
         SELECT 'control account ' || d.currency, d.control, concat_ws(' = ', d.open, coalesce(s.open, 0), coalesce(i.open, 0)) \
         FROM d LEFT JOIN s ON s.currency = d.currency LEFT JOIN i ON i.currency = d.currency \
         WHERE d.control <> d.open OR d.control <> coalesce(s.open, 0) OR d.control <> coalesce(i.open, 0)",
    )
}
