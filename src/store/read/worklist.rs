//! Today's triage list: customers with something to do, scored by visible parts, most pressing first.

use std::borrow::Cow;
use std::rc::Rc;
use std::sync::Arc;

use chrono::NaiveDate;
use rust_decimal::Decimal;

mod off;

pub use off::why_not;

use super::accounts::{Accounts, Figures, LABELS, One, Who, accounts};
use super::came::{Came, waiting};
use super::reach::Reach;
use super::unrated;
use super::window::{Sort, Want, Window, slice};
use crate::domain::calendar::add_days;
use crate::domain::money::{self, Currency, Money, NumberStyle};
use crate::domain::strategy::Strategy;
use crate::domain::worklist::{Facts, NO_RATE, NextStep, Part, score, total};
use crate::language::filter::{Field, Fields, Filter};
use crate::store::Reader;
use crate::store::error::Result;
use crate::store::leases::leases;
use crate::store::strategies::{self, Asked, Strategies};

/// A customer on the list.
#[derive(Debug, Clone)]
pub struct WorkRow {
    /// The customer.
    pub customer: i64,
    /// Its name.
    pub name: Arc<str>,
    /// Points in all.
    pub score: i64,
    /// Its priority by the strategy, `A` to `D`.
    pub priority: char,
    /// The strategy that scored it.
    pub strategy: Arc<str>,
    /// The parts, most points first.
    pub parts: Vec<Part>,
    /// One short phrase.
    pub why: Box<str>,
    /// What to do first.
    pub next: NextStep,
    /// Overdue in the book's currency.
    pub overdue: i64,
    /// To be collected now: overdue less disputed and promised.
    pub to_collect: i64,
    /// Open in the book's currency, credits taken off.
    pub open: i64,
    /// Overdue without a rate to it, in its own currencies; in none of these amounts.
    pub unrated: Vec<Money>,
    /// Days past due of the oldest item.
    pub days: i64,
    /// Login of the owner.
    pub owner: Arc<str>,
    /// Login of who works on it now.
    pub worked_by: Option<Arc<str>>,
    /// What came from it and waits for somebody.
    pub came: Came,
}

impl WorkRow {
    /// What to do first, in one word: to see to what came from the customer, else the step its facts ask for.
    pub fn next_word(&self) -> &'static str {
        self.came.first().unwrap_or(self.next.word())
    }

    /// Takes what is overdue without a rate and names it where the row says why it is here.
    fn say_unrated(&mut self, unrated: Vec<Money>) {
        let said: Vec<String> =
            unrated.iter().map(|sum| format!("{} {}", sum.grouped(NumberStyle::Point), sum.currency)).collect();
        let said = format!("{NO_RATE}: {} overdue", said.join(", "));
        for part in self.parts.iter_mut().filter(|part| part.reason == NO_RATE) {
            part.reason.clone_from(&said);
        }
        if *self.why == *NO_RATE {
            self.why = said.into();
        }
        self.unrated = unrated;
    }
}

/// The list with what it adds up to.
#[derive(Debug, Clone, Default)]
pub struct Worklist {
    /// The wanted rows.
    pub window: Window<WorkRow>,
    /// Overdue of all rows of the list, book's currency.
    pub overdue: i64,
    /// Open of all rows of the list, book's currency.
    pub open: i64,
    /// Customers of the list who have overdue items without a rate, which no sum holds.
    pub no_rate: u64,
    /// Customers set aside or not due yet for follow-up, which would be listed otherwise.
    pub hidden: u64,
    /// Customers set aside today.
    pub done: u64,
    /// The next customer that will come up: name and day.
    pub upcoming: Option<(String, NaiveDate, i64)>,
}

/// Which list is wanted.
#[derive(Debug, Clone)]
pub struct Question {
    /// The day.
    pub today: NaiveDate,
    /// The book's currency.
    pub base: Currency,
    /// Who passes the filter.
    pub filter: Filter,
    /// The order; column `priority` is the natural one.
    pub sort: Sort,
    /// Also those set aside or not due for follow-up.
    pub all: bool,
}

/// A customer on the list with what it is sorted by.
#[derive(Clone, Copy)]
struct Ranked {
    customer: i64,
    score: i64,
    to_collect: i64,
}

struct Scored(Vec<Ranked>);

/// Who is on a list, in its order, and what it adds up to (a list without rows): kept, because a list is asked for
/// window by window.
struct Listed {
    ids: Vec<i64>,
    sums: Worklist,
}

/// The asked list. Every customer is ranked, only those shown are explained.
pub fn worklist(reader: &Reader, question: &Question, want: Want<i64>) -> Result<Worklist> {
    reader.snapshot(|| {
        let all = accounts(reader, question.today)?;
        let listed = reader.shared(&format!("{question:?}"), || {
            let scored = scored(reader, question, &all)?;
            let strategies = in_force(reader, question.today)?;
            let reach = Reach::asked(reader, &question.filter)?;
            let (mut sums, mut rows) = pass(question, &all, &scored, (&reach, &strategies));
            order(&mut rows, question.sort);
            if rows.is_empty() {
                sums.upcoming = upcoming(&all);
            }
            Ok(Listed { ids: rows.iter().map(|row| row.ranked.customer).collect(), sums })
        })?;
        let window = slice(&listed.ids, want, |id| *id);
        let strategies = in_force(reader, question.today)?;
        let mut rows: Vec<WorkRow> =
            window.rows.iter().filter_map(|id| row(&all.get(*id)?, question, &strategies)).collect();
        for row in rows.iter_mut().filter(|row| all.get(row.customer).is_some_and(|account| account.unrated > 0)) {
            row.say_unrated(unrated::overdue(reader, question.today, row.customer)?);
        }
        let came = waiting(reader)?;
        for row in &mut rows {
            row.came = came.of(row.customer, &row.name);
        }
        for lease in leases(reader)? {
            if let Some(row) = rows.iter_mut().find(|row| row.customer == lease.customer) {
                row.worked_by = Some(lease.login.as_str().into());
            }
        }
        Ok(Worklist { window: Window { first: window.first, rows, total: window.total }, ..listed.sums.clone() })
    })
}

/// Every customer of the list with its overdue amount, for marking all of it.
pub fn ids(reader: &Reader, question: &Question) -> Result<Vec<(i64, Money)>> {
    let all = accounts(reader, question.today)?;
    let scored = scored(reader, question, &all)?;
    let reach = Reach::asked(reader, &question.filter)?;
    let strategies = in_force(reader, question.today)?;
    let (_, rows) = pass(question, &all, &scored, (&reach, &strategies));
    let listed = rows.iter().filter_map(|row| all.get(row.ranked.customer));
    Ok(listed.map(|account| (account.id, Money::new(account.base.overdue(), question.base))).collect())
}

/// The strategies in force, shared by the questions of this session until the book changes.
fn in_force(reader: &Reader, today: NaiveDate) -> Result<Rc<Strategies>> {
    reader.shared(&today.to_string(), || strategies::in_force(reader, today))
}

/// Who would be listed under other strategies, most pressing first; the filter and the order of a question count.
pub fn tried(reader: &Reader, question: &Question, strategies: &Strategies) -> Result<Vec<WorkRow>> {
    let all = accounts(reader, question.today)?;
    let reach = Reach::asked(reader, &question.filter)?;
    let scored = Scored(all.iter().filter_map(|account| ranked(&account, question, strategies)).collect());
    let (_, mut rows) = pass(question, &all, &scored, (&reach, strategies));
    order(&mut rows, question.sort);
    Ok(rows.iter().filter_map(|listed| row(&all.get(listed.ranked.customer)?, question, strategies)).collect())
}

fn ranked(account: &One<'_>, question: &Question, strategies: &Strategies) -> Option<Ranked> {
    let strategy = strategies.of(account.id);
    let facts = facts(account, question, (reference(question.base, strategy), strategies.asked(account.id)));
    let score = total(&facts, strategy)?;
    Some(Ranked { customer: account.id, score, to_collect: facts.to_collect })
}

fn scored(reader: &Reader, question: &Question, all: &Accounts) -> Result<Rc<Scored>> {
    reader.shared(&format!("{} {}", question.today, question.base), || {
        let strategies = in_force(reader, question.today)?;
        let mut scored: Vec<Ranked> =
            all.iter().filter_map(|account| ranked(&account, question, &strategies)).collect();
        scored.shrink_to_fit();
        Ok(Scored(scored))
    })
}

/// A customer on its way to its place in a list.
struct Placed<'a> {
    who: Who<'a>,
    ranked: Ranked,
    /// What the list is ordered by, where that is a number that its rank does not say.
    number: i64,
}

/// The rows that pass, and what they add up to.
fn pass<'a>(
    question: &Question,
    all: &'a Accounts,
    scored: &Scored,
    (reach, strategies): (&Reach, &Strategies),
) -> (Worklist, Vec<Placed<'a>>) {
    let mut out = Worklist::default();
    let mut rows = Vec::with_capacity(scored.0.len());
    for ranked in &scored.0 {
        let Some(account) = all.get(ranked.customer) else { continue };
        let view = View { account: &account, today: question.today, reach };
        if !question.filter.is_all() && !question.filter.matches(&view) {
            continue;
        }
        if account.done_on == Some(question.today) {
            out.done += 1;
        }
        if !question.all && hidden(&account, question.today, strategies.of(account.id)).is_some() {
            out.hidden += 1;
            continue;
        }
        out.no_rate += u64::from(account.unrated > 0);
        out.overdue += account.base.overdue();
        out.open += account.base.net();
        let number = match question.sort.column {
            "overdue" => account.base.overdue(),
            "days" => account.oldest_days(question.today),
            "open" => account.base.net(),
            _ => 0,
        };
        rows.push(Placed { who: account.who, ranked: *ranked, number });
    }
    (out, rows)
}

/// Why a customer is not on the list today though it would be.
#[derive(Clone, Copy)]
enum Hidden {
    /// It was set aside today.
    Done,
    /// It waits for a follow-up date.
    FollowUp(NaiveDate),
    /// It was contacted today, or too recently for the strategy; until this day.
    Contacted(NaiveDate),
}

/// Whether and why a customer is hidden who was set aside today, waits for a follow-up date that has not come, or was
/// contacted today or too recently for the strategy. What happened after that does not wait for it, and a follow-up set
/// for today is one.
fn hidden(account: &Figures, today: NaiveDate, strategy: &Strategy) -> Option<Hidden> {
    if account.done_on == Some(today) && !account.called_back {
        return Some(Hidden::Done);
    }
    if let Some(next) = account.next_on.filter(|next| *next > today && !account.called_back) {
        return Some(Hidden::FollowUp(next));
    }
    let last = account.last_contact?;
    let came = [account.event_on, account.promise_due];
    let event =
        account.dispute_rejected || account.next_on == Some(today) || came.into_iter().flatten().any(|day| day > last);
    let ends = add_days(last, strategy.contact_gap_days.max(1));
    (ends > today && !event).then_some(Hidden::Contacted(ends))
}

fn upcoming(all: &Accounts) -> Option<(String, NaiveDate, i64)> {
    let with = all.iter().filter_map(|account| account.next_due.map(|due| (account, due)));
    with.min_by_key(|(account, (due, amount))| (*due, -*amount, account.id))
        .map(|(account, (due, amount))| (account.name().to_owned(), due, amount))
}

/// The overdue amount that earns all points for size, in minor units of the book's currency.
fn reference(base: Currency, strategy: &Strategy) -> i64 {
    strategy.amount.full.saturating_mul(10i64.pow(base.digits()))
}

fn row(account: &One<'_>, question: &Question, strategies: &Strategies) -> Option<WorkRow> {
    let (today, strategy) = (question.today, strategies.of(account.id));
    let facts = facts(account, question, (reference(question.base, strategy), strategies.asked(account.id)));
    let scored = score(&facts, strategy)?;
    Some(WorkRow {
        customer: account.id,
        name: account.name().into(),
        score: scored.total,
        priority: strategy.priority(scored.total),
        strategy: strategy.name.as_str().into(),
        parts: scored.parts,
        why: scored.why.into(),
        next: scored.next,
        overdue: account.base.overdue(),
        to_collect: facts.to_collect,
        open: account.base.net(),
        unrated: Vec::new(),
        days: account.oldest_days(today),
        owner: account.owner().into(),
        worked_by: None,
        came: Came::default(),
    })
}

/// What the score is made from.
fn facts(account: &Figures, question: &Question, (reference, asked): (i64, Asked)) -> Facts {
    let today = question.today;
    Facts {
        to_collect: account.to_collect(),
        no_rate: account.unrated > 0,
        reference,
        currency: question.base,
        oldest_days: account.oldest_days(today),
        broken_promise: account.promise_broken,
        promise_due: account.promise_due,
        plan_default: account.plan_default,
        instalment_due: account.instalment_due,
        days_since_contact: account.last_contact.map(|last| (today - last).num_days()),
        level: asked.level,
        worse: asked.worse,
        lapsing: asked.lapsing,
        risk: account.risk.into(),
        limit_use_permille: account.limit_use(),
        snooze_due: account
            .next_on
            .is_some_and(|next| next <= today && account.last_contact.is_none_or(|last| last < next)),
        dispute_answered: account.dispute_answered,
        dispute_rejected: account.dispute_rejected,
        unapplied: if account.base.debits() > 0 { -account.base.unapplied } else { 0 },
        next_due: account.next_due.map(|(due, amount)| ((due - today).num_days(), amount)),
    }
}

fn order(rows: &mut [Placed<'_>], sort: Sort) {
    rows.sort_unstable_by(|a, b| {
        let (one, other) = (&a.ranked, &b.ranked);
        let natural = match sort.column {
            "name" => a.who.name().cmp(b.who.name()),
            "owner" => a.who.owner().cmp(b.who.owner()),
            "overdue" | "days" | "open" => a.number.cmp(&b.number),
            _ => one.score.cmp(&other.score).then(one.to_collect.cmp(&other.to_collect)),
        };
        let directed = if sort.descending { natural.reverse() } else { natural };
        directed.then(other.to_collect.cmp(&one.to_collect)).then(one.customer.cmp(&other.customer))
    });
}

/// A customer as the filter language sees it.
pub(super) struct View<'a> {
    pub account: &'a One<'a>,
    pub today: NaiveDate,
    pub reach: &'a Reach,
}

impl Fields for View<'_> {
    fn text(&self, field: Field) -> Option<Cow<'_, str>> {
        let account = self.account;
        Some(match field {
            Field::Name => Cow::Borrowed(account.name()),
            Field::Number => Cow::Borrowed(account.number()),
            Field::Owner => Cow::Borrowed(account.owner()),
            Field::Risk => Cow::Borrowed(grade(account.risk)),
            Field::Bucket => Cow::Borrowed(LABELS[account.base.buckets.iter().rposition(|open| *open > 0)?]),
            Field::Currency => Cow::Owned(
                account.in_currencies().next().map_or(account.currency, |(currency, _)| currency).code().to_owned(),
            ),
            Field::Promise if account.promise_broken.is_some() => Cow::Borrowed("broken"),
            Field::Promise if account.promised > 0 => Cow::Borrowed("open"),
            Field::Dispute if account.disputes > 0 => Cow::Borrowed("open"),
            Field::State if account.blocked => Cow::Borrowed("blocked"),
            Field::State if account.oldest_days(self.today) > 0 => Cow::Borrowed("overdue"),
            Field::State if account.owes() => Cow::Borrowed("open"),
            Field::State => Cow::Borrowed("paid"),
            _ => return None,
        })
    }

    fn amount(&self, field: Field) -> Option<Decimal> {
        let account = self.account;
        let units = |minor: i64, currency: Currency| money::to_decimal(minor, currency.digits());
        // The book's currency always has the digits of its sums; amounts in filters are whole units.
        let base = |minor: i64| units(minor, Currency::EUR);
        match field {
            Field::Open | Field::Balance => Some(base(account.base.net())),
            Field::Limit => account.limit.map(|limit| units(limit, account.currency)),
            _ => None,
        }
    }

    fn days(&self, field: Field) -> Option<i64> {
        match field {
            Field::Over | Field::Days => Some(self.account.oldest_days(self.today)).filter(|days| *days > 0),
            Field::Last => self.account.last_contact.map(|last| (self.today - last).num_days()),
            _ => None,
        }
    }

    fn date(&self, field: Field) -> Option<NaiveDate> {
        match field {
            Field::Due => self.account.oldest_due.or(self.account.next_due.map(|(due, _)| due)),
            Field::Last => self.account.last_contact,
            _ => None,
        }
    }

    fn flag(&self, name: &str) -> Option<bool> {
        let account = self.account;
        Some(match name {
            "overdue" => account.oldest_days(self.today) > 0,
            "open" => account.owes(),
            "promise" => account.promised > 0,
            "dispute" => account.disputes > 0,
            "blocked" => account.blocked,
            "cash" => account.base.unapplied < 0,
            "credit" => account.base.credits < 0,
            "current" => account.owes() && account.oldest_days(self.today) == 0,
            "closed" => !account.owes(),
            "overlimit" => account.limit_use().is_some_and(|used| used > 1_000),
            "done" => account.done_on == Some(self.today),
            "owner" => !account.owner().is_empty(),
            "limit" => account.limit.is_some(),
            "email" | "phone" | "note" => self.reach.has(name, account.id),
            _ => return None,
        })
    }

    fn words(&self) -> Cow<'_, str> {
        self.account.folded()
    }
}

/// Risk class of a score: A below 20, B below 40, C below 60, D below 80, E (spec domain section 7).
pub fn grade(risk: impl Into<i64>) -> &'static str {
    match risk.into() {
        ..20 => "A",
        20..40 => "B",
        40..60 => "C",
        60..80 => "D",
        _ => "E",
    }
}
