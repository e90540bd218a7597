//! Everybody who may work in the book: roles, department, limits, duties that meet though they must not, and whose
//! authority to approve is lent to whom today.

use std::borrow::Cow;

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::book;
use super::requests::{self, Lent};
use super::window::{Sort, Want, Window, slice};
use crate::domain::authority::{Right, Role};
use crate::domain::duties::{self, Conflict};
use crate::domain::limits::{self, Limit, LimitKind};
use crate::domain::money::{Currency, Money};
use crate::language::filter::{Field, Fields, Filter};
use crate::language::fold::fold;
use crate::store::error::Result;
use crate::store::people::Person;
use crate::store::{Reader, authority};

/// Somebody of the book.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Who.
    pub person: Person,
    /// Up to how much of each kind of act, in the order of [`LimitKind::ALL`], and whether that was set for the person.
    pub limits: Vec<(Limit, bool)>,
    /// Duties held that must not be one person's.
    pub conflicts: Vec<Conflict>,
    /// Delegations of and to the person that have not ended, today's and those to come.
    pub lent: Vec<Lent>,
    /// The book's currency, which limits are in.
    pub base: Currency,
    words: Box<str>,
}

impl Member {
    /// The limit of a kind of act: an amount, `any`, or empty where the person may not do it at all.
    pub fn limit(&self, kind: LimitKind, style: crate::domain::money::NumberStyle) -> String {
        let place = LimitKind::ALL.iter().position(|known| *known == kind).unwrap_or(0);
        match self.limits.get(place) {
            Some((Limit::Any, _)) => "any".to_owned(),
            Some((Limit::UpTo(amount), _)) if *amount > 0 => Money::new(*amount, self.base).grouped(style),
            _ => String::new(),
        }
    }

    /// Whether the person holds the right of a kind of limit.
    pub fn has(&self, right: Right) -> bool {
        self.person.held().iter().any(|role| role.has(right))
    }
}

/// Which list is wanted.
#[derive(Debug, Clone)]
pub struct Question {
    /// The day.
    pub today: NaiveDate,
    /// Who passes.
    pub filter: Filter,
    /// The order; `login` is the natural one.
    pub sort: Sort,
}

/// The asked list.
pub fn roster(reader: &Reader, question: &Question, want: Want<i64>) -> Result<Window<Member>> {
    let rows = passing(reader, question)?;
    Ok(slice(&rows, want, |row| row.person.id))
}

/// Everybody who passes, for marking all; people have no amount.
pub fn ids(reader: &Reader, question: &Question) -> Result<Vec<(i64, Money)>> {
    Ok(passing(reader, question)?.iter().map(|row| (row.person.id, Money::new(0, row.base))).collect())
}

fn passing(reader: &Reader, question: &Question) -> Result<Vec<Member>> {
    reader.snapshot(|| {
        let base = book::header(reader)?.currency;
        let lent: Vec<Lent> = requests::delegations(reader)?
            .into_iter()
            .filter(|lent| !lent.delegation.ended && lent.delegation.until >= question.today)
            .collect();
        let mut rows = Vec::new();
        for person in book::people(reader)? {
            let roles: Vec<Role> = person.held();
            let mut all = Vec::new();
            for kind in LimitKind::ALL {
                let own = authority::own_limit(&reader.conn, person.id, kind)?;
                all.push((limits::limit(&roles, own, kind, base), own.is_some()));
            }
            let of = |lent: &&Lent| lent.from == person.login || lent.to == person.login;
            let words = fold(&format!("{} {} {}", person.login, person.name, person.roles.join(" "))).into();
            rows.push(Member {
                limits: all,
                conflicts: if person.active { duties::conflicts(&roles) } else { Vec::new() },
                lent: lent.iter().filter(of).cloned().collect(),
                base,
                words,
                person,
            });
        }
        rows.retain(|row| question.filter.is_all() || question.filter.matches(row));
        order(&mut rows, question.sort);
        Ok(rows)
    })
}

fn order(rows: &mut [Member], sort: Sort) {
    rows.sort_by(|a, b| {
        let natural = match sort.column {
            "name" => a.person.name.cmp(&b.person.name),
            "department" => a.person.department.cmp(&b.person.department),
            "roles" => a.person.roles.cmp(&b.person.roles),
            "conflicts" => a.conflicts.len().cmp(&b.conflicts.len()),
            "state" => b.person.active.cmp(&a.person.active),
            _ => a.person.login.cmp(&b.person.login),
        };
        let directed = if sort.descending { natural.reverse() } else { natural };
        directed.then(a.person.id.cmp(&b.person.id))
    });
}

impl Fields for Member {
    fn text(&self, field: Field) -> Option<Cow<'_, str>> {
        Some(match field {
            Field::Name => Cow::Borrowed(&*self.person.name),
            Field::Owner | Field::Number => Cow::Borrowed(&*self.person.login),
            Field::Tag => Cow::Owned(self.person.roles.join(" ")),
            Field::Bucket | Field::Reason => Cow::Borrowed(&*self.person.department),
            Field::State => Cow::Borrowed(if self.person.active { "active" } else { "shut out" }),
            _ => return None,
        })
    }

    fn amount(&self, _field: Field) -> Option<Decimal> {
        None
    }

    fn days(&self, _field: Field) -> Option<i64> {
        None
    }

    fn date(&self, _field: Field) -> Option<NaiveDate> {
        None
    }

    fn flag(&self, name: &str) -> Option<bool> {
        Some(match name {
            "blocked" => !self.person.active,
            "dispute" => !self.conflicts.is_empty(),
            _ => return None,
        })
    }

    fn words(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.words)
    }
}
