//! The customers list, and one customer by what somebody typed.

use std::cmp::Reverse;

use chrono::{Datelike, NaiveDate};
use rusqlite::OptionalExtension;

use super::accounts::{Account, Accounts, One, Sums, Who, accounts, days_to_pay};
use super::reach::Reach;
use super::window::{Sort, Want, Window, slice};
use super::worklist::View;
use crate::domain::money::{Currency, Money};
use crate::domain::text::fold;
use crate::language::filter::Filter;
use crate::store::Reader;
use crate::store::error::Result;
use crate::store::kept::Map;

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

/// Who is on a list, in its order, and what all of them add up to: kept, because a list is asked for window by window.
struct Listed {
    ids: Vec<i64>,
    sums: Sums,
    no_rate: bool,
}

/// The asked list.
pub fn customers(reader: &Reader, question: &Question, want: Want<i64>) -> Result<Customers> {
    reader.snapshot(|| {
        let all = accounts(reader, question.today)?;
        let listed = reader.shared(&format!("{question:?}"), || list(reader, question, &all))?;
        let window = slice(&listed.ids, want, |id| *id);
        let rows = window.rows.into_iter().filter_map(|id| all.get(id));
        let rows = rows.map(|account| account.account(reader)).collect::<Result<_>>()?;
        let window = Window { first: window.first, rows, total: window.total };
        Ok(Customers { window, sums: listed.sums, no_rate: listed.no_rate })
    })
}

/// The customers with most overdue, most first: names and amounts in the book's currency.
pub fn most_overdue(reader: &Reader, today: NaiveDate, many: usize) -> Result<Vec<(String, i64)>> {
    let all = accounts(reader, today)?;
    let mut late: Vec<_> = all.iter().filter(|account| account.base.overdue() > 0).map(|one| most(&one)).collect();
    if late.len() > many {
        late.select_nth_unstable(many);
        late.truncate(many);
    }
    late.sort_unstable();
    let named = late.into_iter().filter_map(|(_, _, id)| all.get(id));
    Ok(named.map(|account| (account.name().to_owned(), account.base.overdue())).collect())
}

/// The place of a customer where those with most overdue come first.
pub(super) fn most(account: &One<'_>) -> (Reverse<i64>, Reverse<i64>, i64) {
    (Reverse(account.base.overdue()), Reverse(account.base.net()), account.id)
}

fn list(reader: &Reader, question: &Question, all: &Accounts) -> Result<Listed> {
    let reach = Reach::asked(reader, &question.filter)?;
    let (mut sums, mut no_rate) = (Sums::default(), false);
    let pays = if question.sort.column == "dtp" { days_to_pay(reader)? } else { Default::default() };
    let mut rows = Vec::with_capacity(all.len());
    for account in all.iter().filter(|account| passes(account, &question.filter, question.today, &reach)) {
        sums.add(&account.base);
        no_rate |= account.no_rate;
        rows.push(Placed { who: account.who, number: ordered_by(&account, question, &pays), net: account.base.net() });
    }
    order(&mut rows, question.sort);
    Ok(Listed { ids: rows.iter().map(|row| row.who.id()).collect(), sums, no_rate })
}

/// Whether a customer passes a filter, for which `reach` was asked.
pub fn passes(account: &One<'_>, filter: &Filter, today: NaiveDate, reach: &Reach) -> bool {
    filter.is_all() || filter.matches(&View { account, today, reach })
}

/// Every customer of the list with its balance, for marking all of it.
pub fn ids(reader: &Reader, question: &Question, base: Currency) -> Result<Vec<(i64, Money)>> {
    let all = accounts(reader, question.today)?;
    let reach = Reach::asked(reader, &question.filter)?;
    let rows = all.iter().filter(|account| passes(account, &question.filter, question.today, &reach));
    Ok(rows.map(|account| (account.id, Money::new(account.base.net(), base))).collect())
}

/// A customer on its way to its place in a list.
struct Placed<'a> {
    who: Who<'a>,
    /// What the list is ordered by, where that is a number; nothing comes before every number.
    number: Option<i64>,
    /// Its balance, which decides between equals.
    net: i64,
}

/// The number of a customer that a list is ordered by.
fn ordered_by(one: &One<'_>, question: &Question, pays: &Map<i64, i64>) -> Option<i64> {
    match question.sort.column {
        "overdue" => Some(one.base.overdue()),
        "days" => Some(one.oldest_days(question.today)),
        "dtp" => pays.get(&one.id).copied(),
        "limit" => one.limit_use(),
        "risk" => Some(one.risk.into()),
        "last" => one.last_contact.map(|last| i64::from(last.num_days_from_ce())),
        _ => Some(one.base.net()),
    }
}

fn order<'a>(rows: &mut [Placed<'a>], sort: Sort) {
    let text: Option<fn(Who<'a>) -> &'a str> = match sort.column {
        "name" => Some(Who::name),
        "number" => Some(Who::number),
        "owner" => Some(Who::owner),
        _ => None,
    };
    rows.sort_unstable_by(|a, b| {
        let natural = match text {
            Some(text) => text(a.who).cmp(text(b.who)),
            None => a.number.cmp(&b.number),
        };
        let directed = if sort.descending { natural.reverse() } else { natural };
        directed.then_with(|| b.net.cmp(&a.net)).then_with(|| a.who.id().cmp(&b.who.id()))
    });
}

/// How many customers the book has.
pub fn count(reader: &Reader) -> Result<u64> {
    let count: i64 = reader.conn.prepare_cached("SELECT count(*) FROM customer")?.query_row([], |row| row.get(0))?;
    Ok(count.unsigned_abs())
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
