//! What mail needs somebody's eyes, in one list: mails that wait, failed or are unknown, and what answers of customers
//! propose. What needs a decision stands first; what only waits stands last.

use std::borrow::Cow;

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::window::{Sort, Want, Window, slice};
use crate::domain::money::{self, Currency, Money};
use crate::language::filter::{Field, Fields, Filter};
use crate::language::fold::fold;
use crate::store::Reader;
use crate::store::error::Result;
use crate::store::mail::answers::{self, Proposal};
use crate::store::mail::{self, MailRow};

/// What a row is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// A mail of ours.
    Mail(Box<MailRow>),
    /// What an answer proposes.
    Proposal(Box<Proposal>),
}

/// A row of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutRow {
    /// Its id: even for mails, below zero for those sent, odd for proposals.
    pub id: i64,
    /// What it is.
    pub what: What,
    words: Box<str>,
}

impl OutRow {
    fn mail(row: MailRow) -> OutRow {
        let words = fold(&format!("{} {} {}", row.name, row.letter, row.receiver)).into();
        // What was sent is another row than what waited, so that who settles or sends one is not led away from the rest.
        let id = if row.state == "sent" { -row.id * 2 } else { row.id * 2 };
        OutRow { id, what: What::Mail(Box::new(row)), words }
    }

    fn proposal(row: Proposal) -> OutRow {
        let words = fold(&format!("{} {} {}", row.name, row.documents, row.sender)).into();
        OutRow { id: row.id * 2 + 1, what: What::Proposal(Box::new(row)), words }
    }

    /// Its state in a word: `unknown`, `answer`, `failed`, `on its way`, `waiting`, `sent`.
    pub fn state(&self) -> &str {
        match &self.what {
            What::Proposal(_) => "answer",
            What::Mail(mail) if mail.state == "leased" => "on its way",
            What::Mail(mail) => &mail.state,
        }
    }

    /// What needs somebody first: 0 unknown, 1 answers, 2 failed, 3 on their way, 4 waiting, 5 sent.
    pub fn rank(&self) -> u8 {
        match self.state() {
            "unknown" => 0,
            "answer" => 1,
            "failed" => 2,
            "on its way" => 3,
            "sent" => 5,
            _ => 4,
        }
    }

    /// The customer's number; empty where it is not known.
    pub fn account(&self) -> &str {
        match &self.what {
            What::Mail(mail) => &mail.account,
            What::Proposal(one) => &one.account,
        }
    }

    /// The customer's name, or the writer's.
    pub fn name(&self) -> &str {
        match &self.what {
            What::Mail(mail) => &mail.name,
            What::Proposal(one) => &one.name,
        }
    }

    /// The address at the other end.
    pub fn address(&self) -> &str {
        match &self.what {
            What::Mail(mail) => &mail.receiver,
            What::Proposal(one) => &one.sender,
        }
    }

    /// The day it came into the list.
    pub fn since(&self) -> NaiveDate {
        match &self.what {
            What::Mail(mail) => mail.queued_on,
            What::Proposal(one) => one.taken_on,
        }
    }

    /// The amount an answer names.
    pub fn amount(&self) -> Option<(i64, Currency)> {
        match &self.what {
            What::Mail(_) => None,
            What::Proposal(one) => one.amount,
        }
    }
}

/// Which list is wanted.
#[derive(Debug, Clone)]
pub struct Question {
    /// Who passes.
    pub filter: Filter,
    /// The order; `state` is the natural one.
    pub sort: Sort,
    /// The day whose sent mails are in the list too, the last ones of them.
    pub today: NaiveDate,
}

/// How many rows of each state pass: unknown, answers, failed, on their way, waiting, sent today.
pub type Counts = [u64; 6];

/// The most mails of a day that are listed after they were sent.
const SENT: u64 = 500;

/// How many proposals of answers wait for somebody.
pub fn answers_waiting(reader: &Reader) -> Result<usize> {
    let sql = "SELECT count(*) FROM proposal WHERE state = 'open'";
    let count: i64 = reader.conn.prepare_cached(sql)?.query_row([], |row| row.get(0))?;
    Ok(usize::try_from(count).unwrap_or(0))
}

/// The asked list, with how many there are of each state.
pub fn outbox(reader: &Reader, question: &Question, want: Want<i64>) -> Result<(Window<OutRow>, Counts)> {
    let mut all: Vec<OutRow> = mail::open_mails(reader, question.today)?.into_iter().map(OutRow::mail).collect();
    all.extend(mail::sent_on(reader, question.today, SENT)?.into_iter().map(OutRow::mail));
    all.extend(answers::open_proposals(reader)?.into_iter().map(OutRow::proposal));
    all.retain(|row| question.filter.is_all() || question.filter.matches(row));
    let mut counts = [0; 6];
    for row in &all {
        counts[usize::from(row.rank())] += 1;
    }
    let Sort { column, descending } = question.sort;
    all.sort_by(|a, b| {
        let natural = match column {
            "name" => a.name().cmp(b.name()),
            "address" => a.address().cmp(b.address()),
            "since" => a.since().cmp(&b.since()),
            _ => a.rank().cmp(&b.rank()),
        };
        let directed = if descending { natural.reverse() } else { natural };
        directed.then(a.id.cmp(&b.id))
    });
    Ok((slice(&all, want, |row| row.id), counts))
}

/// Every row that passes with the amount it names, for marking all.
pub fn ids(reader: &Reader, question: &Question, base: Currency) -> Result<Vec<(i64, Money)>> {
    let (window, _) = outbox(reader, question, Want::Start)?;
    let sum = |row: &OutRow| row.amount().map_or(Money::new(0, base), |(minor, currency)| Money::new(minor, currency));
    Ok(window.rows.iter().map(|row| (row.id, sum(row))).collect())
}

impl Fields for OutRow {
    fn text(&self, field: Field) -> Option<Cow<'_, str>> {
        Some(Cow::Borrowed(match (field, &self.what) {
            (Field::Name, _) => self.name(),
            (Field::Number, _) => self.account(),
            (Field::State, _) => self.state(),
            (Field::Invoice, What::Proposal(one)) => &one.documents,
            _ => return None,
        }))
    }

    fn amount(&self, field: Field) -> Option<Decimal> {
        let (minor, currency) = self.amount()?;
        (field == Field::Open).then(|| money::to_decimal(minor, currency.digits()))
    }

    fn days(&self, _field: Field) -> Option<i64> {
        None
    }

    fn date(&self, field: Field) -> Option<NaiveDate> {
        (field == Field::Due).then(|| self.since())
    }

    fn flag(&self, _name: &str) -> Option<bool> {
        None
    }

    fn words(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.words)
    }
}
