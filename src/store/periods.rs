//! Closed months: up to when nothing may be posted any more, and what the books said of a month when it was closed.

use std::fmt::Write;

use chrono::NaiveDate;
use rusqlite::{Connection, OptionalExtension};
use sha2::{Digest, Sha256};

use super::date::{iso, read};
use super::error::Result;
use super::schema::hex;
use super::tx::Tx;
use super::value::{T, V};
use crate::domain::account::Account;
use crate::domain::money::{Currency, NumberStyle, grouped};
use crate::domain::period::Period;

/// A month closed or opened again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The act.
    pub act: i64,
    /// The month.
    pub period: Period,
    /// `closed` or `reopened`.
    pub what: String,
    /// When.
    pub on: NaiveDate,
    /// Name of who did it.
    pub by: String,
    /// What the month's postings came to, one line a currency.
    pub snapshot: String,
    /// SHA-256 over every customer's movement of the month.
    pub digest: String,
}

/// What the month's postings came to, and the digest over each customer's part, as of an act.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// A part for each currency, amounts in minor units: `EUR 120 postings, receivables +430000 -120000 minor units`.
    /// People read it as [`said`].
    pub text: String,
    /// SHA-256 over `customer currency debits credits` lines, hexadecimal.
    pub digest: String,
}

/// Every closing and reopening, oldest first.
pub fn steps(conn: &Connection) -> Result<Vec<Step>> {
    let mut statement = conn.prepare_cached(
        "SELECT s.act_id, s.period, s.what, s.on_date, p.name, s.snapshot, s.digest FROM period_step s \
         JOIN person p ON p.id = s.person_id ORDER BY s.id",
    )?;
    let rows = statement.query_map([], |row| {
        Ok(Step {
            act: row.get(0)?,
            period: Period::parse(row.get_ref(1)?.as_str()?).unwrap_or(Period::of(NaiveDate::MIN)),
            what: row.get(2)?,
            on: read(row.get_ref(3)?.as_str()?),
            by: row.get(4)?,
            snapshot: row.get(5)?,
            digest: row.get(6)?,
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Up to and including which day the months are closed. Months are closed in order and opened from the last, so the last
/// step says it.
pub fn closed_until(conn: &Connection) -> Result<Option<NaiveDate>> {
    let last: Option<(String, String)> = conn
        .prepare_cached("SELECT period, what FROM period_step ORDER BY id DESC LIMIT 1")?
        .query_row([], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    Ok(last.and_then(|(period, what)| {
        let period = Period::parse(&period)?;
        if what == "closed" { Some(period.last()) } else { period.first().pred_opt() }
    }))
}

/// The postings of a month to the receivables accounts, as the book had them after an act.
pub fn snapshot(conn: &Connection, period: Period, act: i64) -> Result<Snapshot> {
    let control = Account::ALL.iter().filter(|account| account.is_control()).map(|account| account.code().to_string());
    let control = control.collect::<Vec<_>>().join(", ");
    let text = format!(
        "SELECT customer_id, currency, count(*), sum(CASE WHEN debit IN ({control}) THEN amount ELSE 0 END), \
         sum(CASE WHEN credit IN ({control}) THEN amount ELSE 0 END) FROM posting \
         WHERE date BETWEEN $1 AND $2 AND act_id <= $3 GROUP BY currency, customer_id ORDER BY currency, customer_id"
    );
    let (first, last) = (iso(period.first()), iso(period.last()));
    let mut statement = conn.prepare_cached(&text)?;
    let mut rows = statement.query(rusqlite::params![first.as_str(), last.as_str(), act])?;
    let mut hasher = Sha256::new();
    let mut totals: Vec<(String, i64, i128, i128)> = Vec::new();
    let mut line = String::new();
    while let Some(row) = rows.next()? {
        let (customer, currency, count): (i64, String, i64) = (row.get(0)?, row.get(1)?, row.get(2)?);
        let (debits, credits): (i64, i64) = (row.get(3)?, row.get(4)?);
        line.clear();
        let _ = writeln!(line, "{customer} {currency} {count} {debits} {credits}");
        hasher.update(line.as_bytes());
        match totals.last_mut().filter(|total| total.0 == currency) {
            Some(total) => {
                total.1 += count;
                total.2 += i128::from(debits);
                total.3 += i128::from(credits);
            }
            None => totals.push((currency, count, i128::from(debits), i128::from(credits))),
        }
    }
    let lines = totals.iter().map(|(currency, count, debits, credits)| {
        format!("{currency} {count} postings, receivables +{debits} -{credits} minor units")
    });
    Ok(Snapshot { text: lines.collect::<Vec<_>>().join("; "), digest: hex(&hasher.finalize()) })
}

/// What a month's postings came to as people read it, from [`Snapshot::text`]: `EUR 120 postings, receivables +4,300.00
/// -1,200.00`. The kept text stays as it was written, since `check` compares it.
pub fn said(kept: &str) -> String {
    kept.split("; ").map(|part| said_of(part).unwrap_or_else(|| part.to_owned())).collect::<Vec<_>>().join("; ")
}

fn said_of(part: &str) -> Option<String> {
    let (front, amounts) = part.strip_suffix(" minor units")?.split_once(" receivables +")?;
    let (debits, credits) = amounts.split_once(" -")?;
    let digits = Currency::parse(front.split_once(' ')?.0).ok()?.digits();
    let of = |minor: &str| minor.parse().ok().map(|minor| grouped(minor, digits, NumberStyle::Point));
    Some(format!("{front} receivables +{} -{}", of(debits)?, of(credits)?))
}

impl Tx<'_> {
    /// Up to and including which day the months are closed.
    pub fn closed_until(&self) -> Result<Option<NaiveDate>> {
        closed_until(self.conn)
    }

    /// The sentence part that says a day is in a closed month; `None` where it may be posted to.
    pub fn closed(&self, day: NaiveDate) -> Result<Option<String>> {
        if self.closed_until.is_none_or(|until| day > until) {
            return Ok(None);
        }
        let last = steps(self.conn)?.into_iter().rev().find(|step| step.what == "closed" && step.period.last() >= day);
        let by = last.map_or(String::new(), |step| format!(" by {} on {}", step.by, step.on));
        let open = self.closed_until.and_then(|until| until.succ_opt()).unwrap_or(day);
        Ok(Some(format!("{} is closed{by}; the first open day is {open}", day.format("%B %Y"))))
    }

    /// What the month's postings come to now.
    pub fn period_snapshot(&self, period: Period) -> Result<Snapshot> {
        snapshot(self.conn, period, self.act)
    }

    /// Closes a month or opens it again.
    pub fn add_period_step(
        &mut self,
        period: Period,
        what: &str,
        on: NaiveDate,
        person: i64,
        snapshot: &Snapshot,
    ) -> Result<()> {
        let (period, on) = (period.to_string(), iso(on));
        let posted =
            [V::T(&period), V::T(what), V::T(on.as_str()), V::I(person), V::T(&snapshot.text), V::T(&snapshot.digest)];
        self.insert(T::PeriodStep, &posted, &[])?;
        self.closed_until = closed_until(self.conn)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::said;

    #[test]
    fn what_a_month_came_to_is_read_in_amounts() {
        let kept = "EUR 120 postings, receivables +430000 -120005 minor units; JPY 1 postings, receivables +7000 -0 minor units";
        let read = "EUR 120 postings, receivables +4,300.00 -1,200.05; JPY 1 postings, receivables +7,000 -0";
        assert_eq!(said(kept), read);
        assert_eq!(said(""), "");
        assert_eq!(said("as an older program wrote it"), "as an older program wrote it");
    }
}
