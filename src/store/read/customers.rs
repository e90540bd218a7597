//! The customers list, and one customer by what somebody typed.

use std::rc::Rc;

use chrono::NaiveDate;

use super::accounts::{Account, Sums, accounts};
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
    let mut rows: Vec<&Account> = Vec::with_capacity(all.list.len());
    for account in &all.list {
        if question.filter.is_all() || question.filter.matches(&View { account, today: question.today }) {
            out.sums.add(&account.base);
            out.no_rate |= account.no_rate;
            rows.push(account);
        }
    }
    order(&mut rows, question);
    let window = slice(&rows, want, |account| account.id);
    out.window = Window { first: window.first, rows: window.rows.into_iter().cloned().collect(), total: window.total };
    Ok(out)
}

/// Every customer of the list with its balance, for marking all of it.
pub fn ids(reader: &Reader, question: &Question, base: Currency) -> Result<Vec<(i64, Money)>> {
    let all = accounts(reader, question.today)?;
    let passes = |account: &&Account| {
        question.filter.is_all() || question.filter.matches(&View { account, today: question.today })
    };
    let rows = all.list.iter().filter(passes);
    Ok(rows.map(|account| (account.id, Money::new(account.base.net(), base))).collect())
}

fn order(rows: &mut [&Account], question: &Question) {
    let today = question.today;
    let descending = question.sort.descending;
    rows.sort_by(|a, b| {
        let natural = match question.sort.column {
            "name" => a.name.cmp(&b.name),
            "number" => a.number.cmp(&b.number),
            "overdue" => a.base.overdue().cmp(&b.base.overdue()),
            "days" => a.oldest_days(today).cmp(&b.oldest_days(today)),
            "dtp" => a.days_to_pay.cmp(&b.days_to_pay),
            "limit" => a.limit_use().cmp(&b.limit_use()),
            "risk" => a.risk.cmp(&b.risk),
            "owner" => a.owner.cmp(&b.owner),
            "last" => a.last_contact.cmp(&b.last_contact),
            _ => a.base.net().cmp(&b.base.net()),
        };
        let directed = if descending { natural.reverse() } else { natural };
        directed.then(b.base.net().cmp(&a.base.net())).then(a.id.cmp(&b.id))
    });
}

/// One customer on a day.
pub fn customer(reader: &Reader, today: NaiveDate, id: i64) -> Result<Option<Account>> {
    Ok(accounts(reader, today)?.get(id).cloned())
}

/// The customer somebody means: by number first, then by the only or first name that starts with the text, then by
/// any name that contains it.
pub fn find(reader: &Reader, today: NaiveDate, text: &str) -> Result<Option<i64>> {
    let all: Rc<_> = accounts(reader, today)?;
    let exact = all.list.iter().find(|account| &*account.number == text.trim());
    let wanted = fold(text.trim());
    let starts = || all.list.iter().find(|account| account.folded.starts_with(&wanted));
    let holds = || all.list.iter().find(|account| account.folded.contains(&wanted));
    Ok(exact.or_else(starts).or_else(holds).map(|account| account.id))
}
