//! Who has how much to do: accounts and money to collect by owner, what is listed today, and who works on what now; and
//! the log of contacts.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::accounts::accounts;
use super::worklist::{self, Question};
use crate::domain::money::Currency;
use crate::language::filter::Filter;
use crate::store::Reader;
use crate::store::date::read;
use crate::store::error::Result;
use crate::store::leases::leases;
use crate::store::read::window::Sort;

/// The work of one owner.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Load {
    /// Login of the owner; empty for accounts of nobody.
    pub owner: String,
    /// Accounts with something open.
    pub accounts: usize,
    /// Of them on today's list.
    pub listed: usize,
    /// Set aside today.
    pub done: usize,
    /// Overdue, book's currency.
    pub overdue: i64,
    /// To collect, book's currency.
    pub to_collect: i64,
    /// Contacts of the last seven days, by the person.
    pub contacts: i64,
    /// Names of the accounts the person works on now.
    pub at_work: Vec<String>,
}

/// The work of every owner, and of everybody who collects, most to collect first.
pub fn load(reader: &Reader, today: NaiveDate, base: Currency) -> Result<Vec<Load>> {
    let all = accounts(reader, today)?;
    let mut by: BTreeMap<String, Load> = BTreeMap::new();
    let entry = |by: &mut BTreeMap<String, Load>, owner: &str, change: &dyn Fn(&mut Load)| {
        let new = || Load { owner: owner.to_owned(), ..Load::default() };
        change(by.entry(owner.to_owned()).or_insert_with(new));
    };
    for one in all.iter() {
        let open = one.base.debits() > 0;
        let done = one.done_on == Some(today);
        if open || done {
            entry(&mut by, one.owner(), &|load| {
                load.accounts += usize::from(open);
                load.done += usize::from(done);
                load.overdue += one.base.overdue();
                load.to_collect += one.to_collect();
            });
        }
    }
    let sort = Sort { column: "priority", descending: true };
    let question = Question { today, base, filter: Filter::all(), sort, all: false };
    for (customer, _) in worklist::ids(reader, &question)? {
        if let Some(one) = all.get(customer) {
            entry(&mut by, one.owner(), &|load| load.listed += 1);
        }
    }
    let week = today - chrono::Duration::days(6);
    let mut statement = reader.conn.prepare_cached(
        "SELECT p.login, count(*) FROM activity a JOIN person p ON p.id = a.person_id \
         WHERE a.on_date >= $1 AND a.kind NOT IN ('note', 'done', 'follow-up', 'undo') \
         AND NOT EXISTS (SELECT 1 FROM activity t WHERE t.takes_back = a.id) GROUP BY p.login",
    )?;
    let mut rows = statement.query([crate::store::date::iso(week).as_str()])?;
    while let Some(row) = rows.next()? {
        let (login, count): (String, i64) = (row.get(0)?, row.get(1)?);
        entry(&mut by, &login, &|load| load.contacts = count);
    }
    for lease in leases(reader)? {
        let name = all.get(lease.customer).map_or(String::new(), |one| one.name().to_owned());
        entry(&mut by, &lease.login, &|load| load.at_work.push(name.clone()));
    }
    let mut out: Vec<Load> = by.into_values().collect();
    out.sort_by(|a, b| b.to_collect.cmp(&a.to_collect).then(a.owner.cmp(&b.owner)));
    Ok(out)
}

/// One line of the contact log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contact {
    /// Its id.
    pub id: i64,
    /// When.
    pub on: NaiveDate,
    /// Number of the customer.
    pub account: String,
    /// Name of the customer.
    pub name: String,
    /// Login of who did it.
    pub by: String,
    /// `call`, `visit`, `note`, …
    pub kind: String,
    /// What came of it.
    pub outcome: String,
    /// What was said.
    pub text: String,
    /// When to go on.
    pub next_on: Option<NaiveDate>,
    /// What to do then.
    pub next_what: String,
}

/// Contacts and notes that were not taken back, newest first: of one customer or of all, of one person or of all.
pub fn contacts(reader: &Reader, customer: Option<i64>, by: Option<&str>, limit: u64) -> Result<Vec<Contact>> {
    let mut statement = reader.conn.prepare_cached(
        "SELECT a.id, a.on_date, c.number, c.name, coalesce(p.login, ''), a.kind, a.outcome, a.text, a.next_on, a.next_what \
         FROM activity a JOIN customer c ON c.id = a.customer_id LEFT JOIN person p ON p.id = a.person_id \
         WHERE ($1 IS NULL OR a.customer_id = $1) AND ($2 IS NULL OR p.login = $2) AND a.takes_back IS NULL \
         AND NOT EXISTS (SELECT 1 FROM activity t WHERE t.takes_back = a.id) ORDER BY a.id DESC LIMIT $3",
    )?;
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let rows = statement.query_map(rusqlite::params![customer, by, limit], |row| {
        Ok(Contact {
            id: row.get(0)?,
            on: read(row.get_ref(1)?.as_str()?),
            account: row.get(2)?,
            name: row.get(3)?,
            by: row.get(4)?,
            kind: row.get(5)?,
            outcome: row.get(6)?,
            text: row.get(7)?,
            next_on: row.get_ref(8)?.as_str_or_null()?.map(read),
            next_what: row.get(9)?,
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}
