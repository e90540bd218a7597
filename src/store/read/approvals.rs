//! Requests for approval as one person sees them: which are to be decided by whoever asks, which are the own ones, who
//! else could decide them and why somebody may not. The list holds what nobody has decided, unless the filter asks for
//! what was.

use std::borrow::Cow;
use std::collections::HashSet;

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::book;
use super::requests::{self, Row};
use super::window::{Sort, Want, Window, slice};
use crate::domain::authority::{Right, Role};
use crate::domain::limits::{self, Limit, LimitKind, Size};
use crate::domain::money::{self, Currency, Money};
use crate::language::filter::{Field, Fields, Filter, Value};
use crate::language::fold::fold;
use crate::store::error::Result;
use crate::store::people::Person;
use crate::store::{Reader, authority};

/// A request, and what the person who looks at it may do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// The request.
    pub row: Row,
    /// The person who looks asked for it.
    pub own: bool,
    /// Why the person may not approve it, as a sentence; `None` when it may be approved.
    pub no_approval: Option<String>,
    /// Why the person may not reject it.
    pub no_rejection: Option<String>,
    /// Names of those who may approve it; empty once it was decided.
    pub approvers: Vec<String>,
    /// The book's currency, which the amount is in.
    pub base: Currency,
    /// Days since it was asked.
    pub age: i64,
    words: Box<str>,
}

impl Asked {
    /// What it is to the person who looks: `decide`, `own`, `waits`, `expired`, `void`, `approved`, `rejected`, `withdrawn`.
    pub fn standing(&self) -> &str {
        match (self.row.waits(), self.own, self.no_approval.is_none()) {
            (true, true, _) => "own",
            (true, false, true) => "decide",
            (true, false, false) => "waits",
            _ => &self.row.state,
        }
    }

    /// The amount that counts against limits, in the book's currency.
    pub fn amount(&self) -> Option<Money> {
        self.row.amount.map(|minor| Money::new(minor, self.base))
    }

    /// Place in the natural order: to be decided, waiting for others, own, expired, decided.
    fn turn(&self) -> u8 {
        match self.standing() {
            "decide" => 0,
            "waits" => 1,
            "own" => 2,
            "expired" | "void" => 3,
            _ => 4,
        }
    }
}

/// Tells the ids of requests about what has changed since they were asked for.
pub type Void = fn(&Reader) -> Result<HashSet<i64>>;

/// Which list is wanted.
#[derive(Debug, Clone)]
pub struct Question {
    /// The day.
    pub today: NaiveDate,
    /// Login of the person who looks.
    pub login: String,
    /// Who passes.
    pub filter: Filter,
    /// The order; `standing` is the natural one.
    pub sort: Sort,
    /// Tells the requests that nobody can approve any more.
    pub void: Void,
}

/// The list with what it adds up to.
#[derive(Debug, Clone, Default)]
pub struct Approvals {
    /// The wanted rows.
    pub window: Window<Asked>,
    /// Of all that pass the filter: how many the person may approve.
    pub to_decide: usize,
    /// And how many of the person's own wait.
    pub own: usize,
}

/// The asked list.
pub fn approvals(reader: &Reader, question: &Question, want: Want<i64>) -> Result<Approvals> {
    let mut rows = passing(reader, question)?;
    let count = |standing: &str| rows.iter().filter(|row| row.standing() == standing).count();
    let (to_decide, own) = (count("decide"), count("own"));
    order(&mut rows, question.sort);
    Ok(Approvals { window: slice(&rows, want, |row| row.row.id), to_decide, own })
}

/// Every request that passes with its amount, for marking all.
pub fn ids(reader: &Reader, question: &Question) -> Result<Vec<(i64, Money)>> {
    let rows = passing(reader, question)?;
    Ok(rows.iter().map(|row| (row.row.id, row.amount().unwrap_or(Money::new(0, row.base)))).collect())
}

/// How many requests wait for a decision that this person may make. Asks for nothing more where none waits.
pub fn to_decide(reader: &Reader, login: &str, today: NaiveDate, void: Void) -> Result<usize> {
    reader.snapshot(|| {
        let rows = requests::undecided(reader, today)?;
        if rows.iter().all(|row| !row.waits() || row.login == login) {
            return Ok(0);
        }
        let court = Court::sit(reader, today)?;
        let void = void(reader)?;
        let mine = |row: &&Row| {
            row.waits() && !void.contains(&row.id) && row.login != login && court.may(login, row, row.size())
        };
        Ok(rows.iter().filter(mine).count())
    })
}

fn passing(reader: &Reader, question: &Question) -> Result<Vec<Asked>> {
    reader.snapshot(|| {
        let today = question.today;
        let rows = if asks_for_decided(&question.filter) {
            requests::all(reader, today)?
        } else {
            requests::undecided(reader, today)?
        };
        let court = Court::sit(reader, today)?;
        let void = (question.void)(reader)?;
        let marked = rows.into_iter().map(|row| match row.waits() && void.contains(&row.id) {
            true => Row { state: "void".to_owned(), ..row },
            false => row,
        });
        let mut asked: Vec<Asked> = marked.map(|row| court.judged(row, &question.login, today)).collect();
        asked.retain(|row| question.filter.is_all() || question.filter.matches(row));
        Ok(asked)
    })
}

/// True when the filter itself says something about what became of requests.
fn asks_for_decided(filter: &Filter) -> bool {
    match filter {
        Filter::Or(parts) | Filter::And(parts) => parts.iter().any(asks_for_decided),
        Filter::Not(part) => asks_for_decided(part),
        Filter::Term { field: Field::State, value: Value::Text(text), .. } => fold(text) != "waiting",
        Filter::Term { field: Field::Invoice, .. } => true,
        Filter::Term { value: Value::Flag(name), .. } => *name == "closed",
        _ => false,
    }
}

fn order(rows: &mut [Asked], sort: Sort) {
    rows.sort_by(|a, b| {
        let (one, other) = (&a.row, &b.row);
        // What was decided last comes first, what waits longest comes first.
        let at = |row: &Asked| if row.turn() == 4 { -row.row.id } else { row.row.id };
        let natural = match sort.column {
            "number" => one.id.cmp(&other.id),
            "by" => one.name.cmp(&other.name),
            "what" => one.summary.cmp(&other.summary),
            "kind" => one.kind.cmp(&other.kind),
            "amount" => one.amount.cmp(&other.amount),
            "age" => a.age.cmp(&b.age),
            "left" => one.expires_on.cmp(&other.expires_on),
            "customer" => one.customer.cmp(&other.customer),
            "decided" => one.decided_on.cmp(&other.decided_on),
            _ => (a.turn(), at(a)).cmp(&(b.turn(), at(b))),
        };
        let directed = if sort.descending { natural.reverse() } else { natural };
        directed.then(one.id.cmp(&other.id))
    });
}

/// Everybody with their own limits of approvals, and who lends authority to whom today.
struct Court {
    people: Vec<(Person, Vec<Role>, Option<i64>)>,
    lent: Vec<(i64, i64)>,
    base: Currency,
}

impl Court {
    fn sit(reader: &Reader, today: NaiveDate) -> Result<Court> {
        let mut people = Vec::new();
        for person in book::people(reader)? {
            let own = authority::own_limit(&reader.conn, person.id, LimitKind::Approval)?;
            people.push((person.clone(), person.held(), own));
        }
        let lent = authority::delegations(&reader.conn)?.into_iter();
        let lent = lent.filter(|one| !one.ended && (one.from..=one.until).contains(&today));
        let lent = lent.map(|one| (one.person, one.to)).collect();
        Ok(Court { people, lent, base: book::header(reader)?.currency })
    }

    /// Those whose authority somebody may use: the own, and what was lent by others than the maker of the request.
    fn authorities(&self, login: &str, maker: &str) -> impl Iterator<Item = &(Person, Vec<Role>, Option<i64>)> {
        let me = self.people.iter().find(|(person, ..)| person.login == login).map(|(person, ..)| person.id);
        let maker = maker.to_owned();
        self.people.iter().filter(move |(person, ..)| {
            let lent = me.is_some_and(|me| self.lent.contains(&(person.id, me))) && person.login != maker;
            person.active && (Some(person.id) == me || lent)
        })
    }

    /// Whether somebody, alone or by authority lent, may decide a request up to an amount.
    fn may(&self, login: &str, row: &Row, size: Size) -> bool {
        let Some(needs) = Right::by_words(&row.needs) else { return false };
        self.authorities(login, &row.login)
            .any(|(_, roles, own)| limits::may_decide(roles, *own, needs, size, self.base))
    }

    fn judged(&self, row: Row, login: &str, today: NaiveDate) -> Asked {
        let own = row.login == login;
        let settled = match row.state.as_str() {
            "waiting" => None,
            "expired" => Some(format!("it expired on {}; whoever asked may ask again", row.expires_on)),
            "void" => Some("what it is about changed since, so it is void; whoever asked may ask again".to_owned()),
            state => Some(format!("it was {state} by {}", row.decided_by)),
        };
        let barred = |size: Size| -> Option<String> {
            if let Some(settled) = &settled {
                return Some(settled.clone());
            }
            if self.may(login, &row, size) {
                return None;
            }
            if !self.may(login, &row, Size::Right) {
                return Some(format!("needs the right to {}", row.needs));
            }
            Some(format!("it is beyond the {} you may approve", self.most(login, &row)))
        };
        let (no_approval, no_rejection) = match own && matches!(row.state.as_str(), "waiting" | "void") {
            true => {
                let yours = format!("you asked for {}; somebody else must decide it", row.number);
                (Some(yours.clone()), Some(format!("{yours}, or W takes it back")))
            }
            // Who may decide a request clears one that is void away by rejecting it.
            false if row.state == "void" && self.may(login, &row, Size::Right) => (settled.clone(), None),
            false => (barred(row.size()), barred(Size::Right)),
        };
        let approvers = self.people.iter().filter(|(person, ..)| {
            row.waits() && person.active && person.login != row.login && self.may(&person.login, &row, row.size())
        });
        let approvers = approvers.map(|(person, ..)| person.name.clone()).collect();
        let words = fold(&format!("{} {} {} {} {}", row.number, row.name, row.summary, row.kind, row.customer)).into();
        let age = (today - row.asked_on).num_days();
        Asked { own, no_approval, no_rejection, approvers, base: self.base, age, words, row }
    }

    /// The most somebody may approve of a kind of request, as words.
    fn most(&self, login: &str, row: &Row) -> String {
        let limit = |(_, roles, own): &(Person, Vec<Role>, Option<i64>)| match limits::limit(
            roles,
            *own,
            LimitKind::Approval,
            self.base,
        ) {
            Limit::UpTo(amount) => amount,
            Limit::Any => i64::MAX,
        };
        let most = self.authorities(login, &row.login).map(limit).max().unwrap_or(0);
        let money = Money::new(most, self.base);
        format!("{} {}", money.grouped(money::NumberStyle::Point), self.base)
    }
}

impl Fields for Asked {
    fn text(&self, field: Field) -> Option<Cow<'_, str>> {
        let row = &self.row;
        let text: &str = match field {
            Field::Name => &row.customer,
            Field::Invoice => &row.number,
            Field::Number => &row.account,
            Field::Owner => &row.login,
            Field::State => &row.state,
            Field::Reason => &row.kind,
            Field::Tag => self.standing(),
            Field::Currency => self.base.code(),
            _ => return None,
        };
        Some(Cow::Borrowed(text))
    }

    fn amount(&self, field: Field) -> Option<Decimal> {
        let minor = self.row.amount.filter(|_| field == Field::Open)?;
        Some(money::to_decimal(minor, self.base.digits()))
    }

    fn days(&self, field: Field) -> Option<i64> {
        (field == Field::Days || field == Field::Last).then_some(self.age)
    }

    fn date(&self, field: Field) -> Option<NaiveDate> {
        (field == Field::Due).then_some(self.row.expires_on)
    }

    fn flag(&self, name: &str) -> Option<bool> {
        Some(match name {
            "open" => self.row.waits(),
            "closed" => self.row.decided_on.is_some(),
            "overdue" => self.row.state == "expired",
            _ => return None,
        })
    }

    fn words(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.words)
    }
}
