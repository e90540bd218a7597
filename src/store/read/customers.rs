//! The customers list, and one customer by what somebody typed.

use std::cmp::Ordering;

use chrono::NaiveDate;
use rusqlite::OptionalExtension;

use super::accounts::{Account, One, Sums, accounts, days_to_pay};
use super::reach::Reach;
use super::window::{Sort, Want, Window, slice};
use super::worklist::View;
use crate::domain::money::{Currency, Money};
use crate::domain::text::fold;
use crate::language::filter::Filter;
use crate::store::Reader;
use crate::store::error::Result;

/// The list with what it adds up to.
#[derive(Debug, Clone, Default)]
pub struct Customers {
    /// The wanted rows.
    pub window: Window<Account>,
    /// Sums of all rows of the list, book's currency.
    pub sums: Sums,
    /// True when some open item has no rate, so that the sums are not all.
    pub no_rate: bool,
}

/// Which list is wanted.
#[derive(Debug, Clone)]
pub struct Question {
    /// The day.
    pub today: NaiveDate,
    /// Who passes.
    pub filter: Filter,
    /// The order; `open` is the natural one.
    pub sort: Sort,
}

/// The asked list.
pub fn customers(reader: &Reader, question: &Question, want: Want<i64>) -> Result<Customers> {
    let all = accounts(reader, question.today)?;
    let mut out = Customers::default();
    let mut rows: Vec<One<'_>> = Vec::with_capacity(all.len());
    let reach = Reach::asked(reader, &question.filter)?;
    for account in all.iter() {
        if passes(account, &question.filter, question.today, &reach) {
            out.sums.add(&account.base);
            out.no_rate |= account.no_rate;
            rows.push(account);
        }
    }
    order(reader, &mut rows, question)?;
    let window = slice(&rows, want, |account| account.id);
    let shown = window.rows.into_iter().map(|account| account.account(reader)).collect::<Result<_>>()?;
    out.window = Window { first: window.first, rows: shown, total: window.total };
    Ok(out)
}

/// Whether a customer passes a filter, for which `reach` was asked.
pub fn passes(account: One<'_>, filter: &Filter, today: NaiveDate, reach: &Reach) -> bool {
    filter.is_all() || filter.matches(&View { account, today, reach })
}

/// Every customer of the list with its balance, for marking all of it.
pub fn ids(reader: &Reader, question: &Question, base: Currency) -> Result<Vec<(i64, Money)>> {
    let all = accounts(reader, question.today)?;
    let reach = Reach::asked(reader, &question.filter)?;
    let rows = all.iter().filter(|account| passes(*account, &question.filter, question.today, &reach));
    Ok(rows.map(|account| (account.id, Money::new(account.base.net(), base))).collect())
}

fn order(reader: &Reader, rows: &mut [One<'_>], question: &Question) -> Result<()> {
    let today = question.today;
    let pays = if question.sort.column == "dtp" { days_to_pay(reader)? } else { Default::default() };
    let natural = |a: One<'_>, b: One<'_>| -> Ordering {
        match question.sort.column {
            "name" => a.name().cmp(b.name()),
            "number" => a.number().cmp(b.number()),
            "overdue" => a.base.overdue().cmp(&b.base.overdue()),
            "days" => a.oldest_days(today).cmp(&b.oldest_days(today)),
            "dtp" => pays.get(&a.id).cmp(&pays.get(&b.id)),
            "limit" => a.limit_use().cmp(&b.limit_use()),
            "risk" => a.risk.cmp(&b.risk),
            "owner" => a.owner().cmp(b.owner()),
            "last" => a.last_contact.cmp(&b.last_contact),
            _ => a.base.net().cmp(&b.base.net()),
        }
    };
    rows.sort_by(|a, b| {
        let natural = natural(*a, *b);
        let directed = if question.sort.descending { natural.reverse() } else { natural };
        directed.then(b.base.net().cmp(&a.base.net())).then(a.id.cmp(&b.id))
    });
    Ok(())
}

/// One customer on a day.
pub fn customer(reader: &Reader, today: NaiveDate, id: i64) -> Result<Option<Account>> {
    accounts(reader, today)?.get(id).map(|account| account.account(reader)).transpose()
}

/// The number of a customer, without asking what is open.
pub fn number(reader: &Reader, id: i64) -> Result<Option<String>> {
    let mut statement = reader.conn.prepare_cached("SELECT number FROM customer WHERE id = $1")?;
    Ok(statement.query_row([id], |row| row.get(0)).optional()?)
}

/// The customer somebody means: by number first, then by the only or first name that starts with the text, then by
/// any name that contains it.
pub fn find(reader: &Reader, today: NaiveDate, text: &str) -> Result<Option<i64>> {
    let all = accounts(reader, today)?;
    let exact = all.iter().find(|account| account.number() == text.trim());
    let wanted = fold(text.trim());
    let starts = || all.iter().find(|account| account.folded().starts_with(&wanted));
    let holds = || all.iter().find(|account| account.folded().contains(&wanted));
    Ok(exact.or_else(starts).or_else(holds).map(|account| account.id))
}
