//! Who works on which account now, so that two people never call the same customer. A lease is taken when an account is
//! opened for work, lasts a quarter of an hour from the last sign of it, and is given back on leaving. It is no business
//! and in no chain; those that have run out go whenever another is taken.

use chrono::{DateTime, Duration, SecondsFormat, Utc};
use rusqlite::params;

use super::error::Result;
use super::{Reader, Tx, Writer};

/// How long a lease lasts after the last sign of work.
pub const MINUTES: i64 = 15;

/// Somebody at work on an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    /// The account.
    pub customer: i64,
    /// Login of who works on it.
    pub login: String,
    /// Their name.
    pub name: String,
    /// Until when, as it is stored: UTC.
    pub until: String,
}

fn instant(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// Takes an account, or says who has it. Taking it again renews it.
pub fn take(writer: &Writer, customer: i64, person: i64, now: DateTime<Utc>) -> Result<Option<Lease>> {
    let (now, until) = (instant(now), instant(now + Duration::minutes(MINUTES)));
    writer.prepare_cached("DELETE FROM lease WHERE until_at <= $1")?.execute([&now])?;
    let taken = writer
        .prepare_cached(
            "INSERT INTO lease (customer_id, person_id, until_at) VALUES ($1, $2, $3) \
             ON CONFLICT (customer_id) DO UPDATE SET until_at = excluded.until_at \
             WHERE lease.person_id = excluded.person_id",
        )?
        .execute(params![customer, person, until])?;
    if taken > 0 {
        // A person works on one account at a time.
        writer
            .prepare_cached("DELETE FROM lease WHERE person_id = $1 AND customer_id <> $2")?
            .execute(params![person, customer])?;
        return Ok(None);
    }
    let held = writer
        .prepare_cached(
            "SELECT l.customer_id, p.login, p.name, l.until_at FROM lease l JOIN person p ON p.id = l.person_id \
             WHERE l.customer_id = $1",
        )?
        .query_map([customer], lease)?
        .next()
        .transpose()?;
    Ok(held)
}

impl Tx<'_> {
    /// The lease another person holds on an account at an instant. Leases go by the clock alone: an act may be recorded
    /// later than it is, where the last act is of a clock that was ahead.
    pub fn held_by_another(&self, customer: i64, person: i64, now: DateTime<Utc>) -> Result<Option<Lease>> {
        let mut statement = self.conn.prepare_cached(
            "SELECT l.customer_id, p.login, p.name, l.until_at FROM lease l JOIN person p ON p.id = l.person_id \
             WHERE l.customer_id = $1 AND l.person_id <> $2 AND l.until_at > $3",
        )?;
        let mut rows = statement.query_map(params![customer, person, instant(now)], lease)?;
        Ok(rows.next().transpose()?)
    }

    /// Gives an account that another works on to a person, until when it was the other's.
    pub fn take_over(&mut self, customer: i64, person: i64) -> Result<()> {
        self.conn
            .prepare_cached("UPDATE lease SET person_id = $1 WHERE customer_id = $2")?
            .execute([person, customer])?;
        Ok(())
    }
}

/// Gives back what a person works on.
pub fn give_back(writer: &Writer, person: i64) -> Result<()> {
    writer.prepare_cached("DELETE FROM lease WHERE person_id = $1")?.execute([person])?;
    Ok(())
}

/// Every lease that has not run out, by the time the reader was told; every one there is where it was told none.
pub fn leases(reader: &Reader) -> Result<Vec<Lease>> {
    let mut statement = reader.conn.prepare_cached(
        "SELECT l.customer_id, p.login, p.name, l.until_at FROM lease l JOIN person p ON p.id = l.person_id \
         WHERE l.until_at > $1 ORDER BY l.customer_id",
    )?;
    let rows = statement.query_map([reader.now().map(instant).unwrap_or_default()], lease)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

fn lease(row: &rusqlite::Row<'_>) -> rusqlite::Result<Lease> {
    Ok(Lease { customer: row.get(0)?, login: row.get(1)?, name: row.get(2)?, until: row.get(3)? })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::BookPath;

    #[test]
    fn an_account_is_one_persons_until_it_is_given_back_or_its_time_is_over() {
        let folder = tempfile::tempdir().unwrap();
        let place = BookPath::new(folder.path().join("book.o2c"));
        let writer = Writer::make(&place).unwrap();
        writer
            .execute_batch("INSERT INTO person VALUES (1, 1, 'mara', 'Mara Lind'), (2, 1, 'jonas', 'Jonas Weiss')")
            .unwrap();
        let at = |minute: i64| "2026-03-16T09:00:00Z".parse::<DateTime<Utc>>().unwrap() + Duration::minutes(minute);
        assert_eq!(take(&writer, 7, 1, at(0)).unwrap(), None);
        let held = take(&writer, 7, 2, at(14)).unwrap().unwrap();
        assert_eq!((held.login.as_str(), held.until.as_str()), ("mara", "2026-03-16T09:15:00Z"));
        assert_eq!(take(&writer, 7, 1, at(14)).unwrap(), None, "work renews it");
        assert!(take(&writer, 7, 2, at(28)).unwrap().is_some());
        assert_eq!(take(&writer, 7, 2, at(29)).unwrap(), None, "it ran out");
        give_back(&writer, 1).unwrap();
        assert!(take(&writer, 7, 1, at(30)).unwrap().is_some(), "nobody gives back what is another's");
        assert_eq!(take(&writer, 8, 2, at(31)).unwrap(), None);
        assert_eq!(take(&writer, 7, 1, at(31)).unwrap(), None, "one account at a time");
        give_back(&writer, 1).unwrap();
        give_back(&writer, 2).unwrap();
        assert_eq!(leases(&Reader::open(&place).unwrap()).unwrap(), []);
    }

    #[test]
    fn a_lease_that_has_run_out_is_no_more_shown_as_held() {
        fn at(text: &str) -> DateTime<Utc> {
            text.parse().unwrap()
        }
        let folder = tempfile::tempdir().unwrap();
        let place = BookPath::new(folder.path().join("book.o2c"));
        let writer = Writer::make(&place).unwrap();
        writer.execute_batch("INSERT INTO person VALUES (1, 1, 'mara', 'Mara Lind')").unwrap();
        assert_eq!(take(&writer, 7, 1, at("2026-03-16T09:00:00Z")).unwrap(), None);
        let shown =
            |clock: fn() -> DateTime<Utc>| leases(&Reader::open(&place).unwrap().with_clock(clock)).unwrap().len();
        assert_eq!(shown(|| at("2026-03-16T09:14:59Z")), 1);
        assert_eq!(shown(|| at("2026-03-16T09:15:00Z")), 0, "nobody took another since, and it is over all the same");
        assert_eq!(leases(&Reader::open(&place).unwrap()).unwrap().len(), 1, "a reader without a clock cannot tell");
    }
}
