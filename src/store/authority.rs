//! Who may how much, as the book has it: own limits, lent approval authority, and what somebody did for a customer in
//! the last days, which counts against a limit together.

use chrono::NaiveDate;
use rusqlite::{Connection, OptionalExtension};

use super::date::{iso, read};
use super::error::Result;
use super::tx::Tx;
use super::value::{T, V};
use crate::domain::limits::LimitKind;

/// Approval authority lent to somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delegation {
    /// Its id.
    pub id: i64,
    /// Whose authority it is.
    pub person: i64,
    /// Who may use it.
    pub to: i64,
    /// First day.
    pub from: NaiveDate,
    /// Last day, also when it was ended early.
    pub until: NaiveDate,
    /// True when it was ended before its last day.
    pub ended: bool,
}

/// The limit set for a person, in minor units of the book's currency; `None` where the roles decide.
pub fn own_limit(conn: &Connection, person: i64, kind: LimitKind) -> Result<Option<i64>> {
    let found: Option<Option<i64>> = conn
        .prepare_cached("SELECT amount FROM limit_change WHERE person_id = $1 AND kind = $2 ORDER BY id DESC LIMIT 1")?
        .query_row(rusqlite::params![person, kind.name()], |row| row.get(0))
        .optional()?;
    Ok(found.flatten())
}

/// Every delegation, newest first.
pub fn delegations(conn: &Connection) -> Result<Vec<Delegation>> {
    let mut statement = conn.prepare_cached(
        "SELECT d.id, d.person_id, d.to_person, d.from_date, d.until_date, e.on_date FROM delegation d \
         LEFT JOIN delegation_end e ON e.delegation_id = d.id ORDER BY d.id DESC",
    )?;
    let rows = statement.query_map([], |row| {
        let ended: Option<String> = row.get(5)?;
        Ok(Delegation {
            id: row.get(0)?,
            person: row.get(1)?,
            to: row.get(2)?,
            from: read(row.get_ref(3)?.as_str()?),
            until: read(row.get_ref(4)?.as_str()?),
            ended: ended.is_some(),
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

impl Tx<'_> {
    /// The limit set for a person, in minor units of the book's currency.
    pub fn own_limit(&self, person: i64, kind: LimitKind) -> Result<Option<i64>> {
        own_limit(self.conn, person, kind)
    }

    /// Sets a person's own limit, or gives the roles' back.
    pub fn set_limit(&mut self, person: i64, kind: LimitKind, amount: Option<i64>) -> Result<i64> {
        self.insert(T::LimitChange, &[V::I(person), V::T(kind.name()), V::maybe(amount)], &[])
    }

    /// Every delegation, newest first.
    pub fn delegations(&self) -> Result<Vec<Delegation>> {
        delegations(self.conn)
    }

    /// Lends approval authority.
    pub fn add_delegation(&mut self, person: i64, to: i64, from: NaiveDate, until: NaiveDate) -> Result<i64> {
        let (from, until) = (iso(from), iso(until));
        let posted = [V::I(person), V::I(to), V::T(from.as_str()), V::T(until.as_str())];
        self.insert(T::Delegation, &posted, &[])
    }

    /// Ends a delegation early.
    pub fn end_delegation(&mut self, delegation: i64, on: NaiveDate) -> Result<i64> {
        self.insert(T::DelegationEnd, &[V::I(delegation), V::T(iso(on).as_str())], &[])
    }

    /// Notes that the act was done without the second person it asks for.
    pub fn add_lone_act(&mut self, why: &str) -> Result<i64> {
        self.insert(T::LoneAct, &[V::T(why)], &[])
    }

    /// What a person reduced by own authority for a customer in acts recorded on a day or later, in minor units of the
    /// book's currency: what counts together against a limit. The day of the act counts, not the date it gave its
    /// document; doing again what was taken back counts like doing it, and what was taken back does not count.
    pub fn reduced_since(&self, person: i64, customer: i64, kind: LimitKind, from: NaiveDate) -> Result<Vec<i64>> {
        let Some(counts) = counting(kind) else { return Ok(Vec::new()) };
        // A file has documents of everybody, so its own are found by their customer. What one person alone took in is
        // no way round anybody.
        let text = format!(
            "SELECT abs(coalesce(d.base, d.amount)) FROM act a \
             JOIN act_digest g ON g.act_id = a.id AND g.name = 'document' \
             JOIN document d ON d.id BETWEEN g.first_id AND g.last_id \
             WHERE a.person_id = $1 AND a.id >= $2 AND a.kind NOT IN ('approve', 'import', 'apply run') AND d.customer_id = $3 \
             AND {counts} \
             UNION ALL SELECT abs(coalesce(d.base, d.amount)) FROM act a \
             JOIN document d ON d.customer_id = $3 AND d.act_id = a.id \
             WHERE a.person_id = $1 AND a.id >= $2 AND a.kind = 'import' AND {counts} \
             AND NOT EXISTS (SELECT 1 FROM lone_act l WHERE l.act_id = a.id)"
        );
        self.amounts_since(&text, person, customer, from)
    }

    /// The same of what others approved for the person: it counts for whoever approves more of it.
    pub fn approved_since(&self, person: i64, customer: i64, kind: LimitKind, from: NaiveDate) -> Result<Vec<i64>> {
        let Some(counts) = counting(kind) else { return Ok(Vec::new()) };
        let text = format!(
            "SELECT abs(coalesce(d.base, d.amount)) FROM request r \
             JOIN request_step t ON t.request_id = r.id AND t.what = 'approved' JOIN act a ON a.id = t.act_id \
             JOIN act_digest g ON g.act_id = a.id AND g.name = 'document' \
             JOIN document d ON d.id BETWEEN g.first_id AND g.last_id \
             WHERE r.person_id = $1 AND a.id >= $2 AND r.customer_id = $3 AND d.customer_id = $3 AND {counts}"
        );
        self.amounts_since(&text, person, customer, from)
    }

    fn amounts_since(&self, text: &str, person: i64, customer: i64, from: NaiveDate) -> Result<Vec<i64>> {
        let first = self.first_act_since(iso(from).as_str())?;
        let mut statement = self.conn.prepare_cached(text)?;
        let rows = statement.query_map(rusqlite::params![person, first, customer], |row| row.get(0))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// What a person let go today as small differences of payments, in minor units of the book's currency. Goes back from
    /// the last of them, so that it costs what was let go today.
    pub fn differences_today(&self, person: i64) -> Result<i64> {
        let next: i64 = self
            .conn
            .prepare_cached("SELECT coalesce(max(next), 1) FROM series WHERE name = 'difference'")?
            .query_row([], |row| row.get(0))?;
        let first = self.first_act_since(self.recorded_at.get(..10).unwrap_or_default())?;
        let mut one = self.conn.prepare_cached(
            "SELECT d.act_id, coalesce(a.person_id, $1), abs(coalesce(d.base, d.amount)), \
               d.reference = 'promotion' OR EXISTS (SELECT 1 FROM document r \
                 WHERE r.customer_id = d.customer_id AND r.reverses = d.id) \
             FROM document d LEFT JOIN act a ON a.id = d.act_id WHERE d.kind = 8 AND d.number = $2",
        )?;
        let mut sum = 0;
        for number in (1..next).rev() {
            let found: Option<(i64, i64, i64, bool)> = one
                .query_row(rusqlite::params![person, format!("F-{number}")], |row| {
                    Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
                })
                .optional()?;
            match found {
                Some((act, ..)) if act < first => break,
                Some((_, whose, amount, false)) if whose == person => sum += amount,
                _ => {}
            }
        }
        Ok(sum)
    }

    /// What a customer was let off as small differences in the month of a day, in minor units of the book's currency.
    pub fn differences_in_month(&self, customer: i64, day: NaiveDate) -> Result<i64> {
        let from = iso(crate::domain::calendar::month_start(day));
        let until = iso(crate::domain::calendar::month_end(day));
        let text = "SELECT coalesce(sum(abs(coalesce(d.base, d.amount))), 0) FROM document d WHERE d.customer_id = $1 \
             AND d.document_date BETWEEN $2 AND $3 AND d.kind = 8 AND d.reverses IS NULL AND d.reference <> $4 \
             AND NOT EXISTS (SELECT 1 FROM document r WHERE r.customer_id = $1 AND r.reverses = d.id)";
        let mut statement = self.conn.prepare_cached(text)?;
        let promotion = super::payments::PROMOTION;
        Ok(statement
            .query_row(rusqlite::params![customer, from.as_str(), until.as_str(), promotion], |row| row.get(0))?)
    }

    /// What a customer owes in a currency, less what it has to its credit, as it was before this act.
    pub fn owed(&self, customer: i64, currency: crate::domain::money::Currency) -> Result<i64> {
        let owed = self
            .conn
            .prepare_cached(
                "SELECT coalesce(sum(debits + credits + unapplied), 0) FROM standing \
                 WHERE customer_id = $1 AND currency = $2",
            )?
            .query_row(rusqlite::params![customer, currency.code()], |row| row.get(0))?;
        Ok(owed)
    }

    /// The first act recorded on a day or later. Acts are recorded in order, so halving finds it.
    fn first_act_since(&self, day: &str) -> Result<i64> {
        let (mut low, mut high) = (1, self.act);
        while low < high {
            let middle = low + (high - low) / 2;
            let before: Option<bool> = self
                .conn
                .prepare_cached("SELECT recorded_at < $1 FROM act WHERE id = $2")?
                .query_row(rusqlite::params![day, middle], |row| row.get(0))
                .optional()?;
            if before == Some(true) { low = middle + 1 } else { high = middle }
        }
        Ok(low)
    }

    /// What a customer is over its credit limit, in minor units of the customer's currency; 0 when within it or when no
    /// limit is set.
    pub fn over_limit(&self, customer: i64) -> Result<i64> {
        let found: Option<(Option<i64>, i64)> = self
            .conn
            .prepare_cached(
                "SELECT c.credit_limit, coalesce((SELECT sum(s.debits + s.credits + s.unapplied) FROM standing s \
                 WHERE s.customer_id = c.id AND s.currency = c.currency), 0) FROM customer c WHERE c.id = $1",
            )?
            .query_row([customer], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        Ok(found.map_or(0, |(limit, owed)| limit.map_or(0, |limit| (owed - limit).max(0))))
    }

    /// Sets a setting of the company by an act.
    pub fn change_setting(&mut self, key: &str, value: &str) -> Result<()> {
        self.insert(T::SettingChange, &[V::T(key), V::T(value)], &[])?;
        self.set_setting(key, value)
    }
}

/// Which documents `d` of an act `a` count against a limit, as a condition; `None` where none do.
fn counting(kind: LimitKind) -> Option<String> {
    let decided =
        "EXISTS (SELECT 1 FROM dispute_step s WHERE s.act_id = a.id AND s.what IN ('resolved', 'charged back'))";
    // What was charged back is owed as before; everything else a decision posts was given up.
    let given = "EXISTS (SELECT 1 FROM dispute_step s WHERE s.act_id = a.id AND s.what = 'resolved')";
    // Discounts within the days they were billed with are earned; the others were granted like differences.
    let earned = "EXISTS (SELECT 1 FROM item i JOIN allocation l ON l.credit_item = i.id \
                  JOIN item_discount t ON t.item_id = l.debit_item \
                  WHERE i.document_id = d.id AND t.until_date >= d.document_date)";
    let (document, which) = match kind {
        LimitKind::CreditNote => ("d.kind = 2", format!("NOT {decided}")),
        LimitKind::WriteOff => ("d.kind IN (5, 7, 8)", format!("(d.kind <> 7 OR NOT {earned}) AND NOT {decided}")),
        LimitKind::Dispute => ("d.kind IN (2, 5, 8)", given.to_owned()),
        LimitKind::Release | LimitKind::Approval => return None,
    };
    Some(format!(
        "{document} AND d.reverses IS NULL AND {which} AND NOT EXISTS (SELECT 1 FROM act u WHERE u.undoes = a.id)"
    ))
}
