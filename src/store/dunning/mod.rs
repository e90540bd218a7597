//! Dunning as the book has it: policies and who is under which, holds, runs with their lines, and letters. [`load`] reads
//! what is decided from, [`runs`] what was decided, [`letters`] what went out; here are the writers of their rows.

pub mod charges;
pub mod gate;
pub mod history;
pub mod letters;
pub mod load;
pub mod outlook;
mod price;
pub mod proposed;
pub mod replay;
pub mod runs;
pub mod standing;

use chrono::NaiveDate;

use super::date::{iso, read};
use super::error::Result;
use super::tx::Tx;
use super::value::{T, V};
use crate::domain::dunning::Scope;
use crate::domain::money::Currency;

/// A hold to be placed.
#[derive(Debug, Clone)]
pub struct NewHold<'a> {
    /// Whose.
    pub customer: i64,
    /// The item held; `None` holds the customer.
    pub item: Option<i64>,
    /// Its kind.
    pub kind: &'a str,
    /// First day.
    pub from: NaiveDate,
    /// Last day.
    pub until: Option<NaiveDate>,
    /// Why.
    pub reason: &'a str,
}

/// A line of a new run.
#[derive(Debug, Clone)]
pub struct NewLine {
    /// Whose item it is.
    pub customer: i64,
    /// The item.
    pub item: i64,
    /// Row of the policy's version.
    pub policy: i64,
    /// The level.
    pub level: u32,
    /// The item's currency.
    pub currency: Currency,
    /// What is asked for.
    pub asked: i64,
    /// Why.
    pub why: String,
}

/// A letter to be written.
#[derive(Debug, Clone)]
pub struct NewLetter<'a> {
    /// Its number.
    pub number: &'a str,
    /// The run.
    pub run: i64,
    /// To whom.
    pub customer: i64,
    /// Row of the policy's version.
    pub policy: i64,
    /// The level.
    pub level: u32,
    /// Currency of all amounts.
    pub currency: Currency,
    /// Its date.
    pub on: NaiveDate,
    /// The day payment is asked for by.
    pub pay_by: NaiveDate,
    /// Language code.
    pub language: &'a str,
    /// Version of the customer's master data it is written with.
    pub customer_version: i64,
    /// Open credits, above 0; 0 where the policy leaves them out.
    pub credits: i64,
    /// The document of its fees.
    pub fee_document: Option<i64>,
    /// The document of its interest.
    pub interest_document: Option<i64>,
}

/// A line of a letter to be written.
#[derive(Debug, Clone, Copy)]
pub struct NewLetterLine {
    /// The item.
    pub item: i64,
    /// What is open of it.
    pub open: i64,
    /// The disputed part.
    pub disputed: i64,
    /// The fee charged for it.
    pub fee: i64,
    /// Interest charged or told.
    pub interest: i64,
}

impl Tx<'_> {
    /// Writes the next version of a policy. Returns its row.
    pub fn add_policy_version(&mut self, name: &str, version: i64, data: &str) -> Result<i64> {
        self.insert(T::PolicyVersion, &[V::T(name), V::I(version), V::T(data)], &[])
    }

    /// Gives a policy to a scope; an empty one takes back what the scope had.
    pub fn add_assignment(&mut self, scope: &Scope, policy: &str) -> Result<i64> {
        let (segment, customer, document) = match scope {
            Scope::Company => ("", None, None),
            Scope::Segment(text) => (text.as_str(), None, None),
            Scope::Customer(id) => ("", Some(*id), None),
            Scope::Invoice(id) => ("", None, Some(*id)),
        };
        let values = [V::T(scope.word()), V::T(segment), V::maybe(customer), V::maybe(document), V::T(policy)];
        self.insert(T::PolicyAssignment, &values, &[])
    }

    /// Places a hold.
    pub fn add_hold(&mut self, new: &NewHold<'_>) -> Result<i64> {
        let (from, until) = (iso(new.from), new.until.map(iso));
        let values = [
            V::I(new.customer),
            V::maybe(new.item),
            V::T(new.kind),
            V::T(from.as_str()),
            V::text(until.as_ref().map(|date| date.as_str())),
            V::T(new.reason),
        ];
        self.insert(T::DunningHold, &values, &[])
    }

    /// Lifts a hold.
    pub fn end_hold(&mut self, hold: i64, on: NaiveDate, why: &str) -> Result<i64> {
        let on = iso(on);
        self.insert(T::DunningHoldEnd, &[V::I(hold), V::T(on.as_str()), V::T(why)], &[])
    }

    /// Places a lifted hold again, as it was, from a day on; nothing where it would have ended before.
    pub fn place_again(&mut self, hold: i64, from: NaiveDate) -> Result<()> {
        type Placed = (i64, Option<i64>, String, String, Option<String>, String);
        let text = "SELECT customer_id, item_id, kind, from_date, until_date, reason FROM dunning_hold WHERE id = $1";
        let placed: Placed = self.conn.prepare_cached(text)?.query_row([hold], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?, row.get(5)?))
        })?;
        let (customer, item, kind, first, until, reason) = placed;
        let (from, until) = (from.max(read(&first)), until.as_deref().map(read));
        if until.is_none_or(|until| until >= from) {
            self.add_hold(&NewHold { customer, item, kind: &kind, from, until, reason: &reason })?;
        }
        Ok(())
    }

    /// The newest standing hold that is the same as one that was lifted: what [`Tx::place_again`] placed.
    pub fn placed_again(&self, hold: i64) -> Result<Option<i64>> {
        let text = "SELECT max(n.id) FROM dunning_hold o JOIN dunning_hold n ON n.customer_id = o.customer_id \
                    AND coalesce(n.item_id, 0) = coalesce(o.item_id, 0) AND n.kind = o.kind AND n.reason = o.reason \
                    WHERE o.id = $1 AND NOT EXISTS (SELECT 1 FROM dunning_hold_end e WHERE e.hold_id = n.id)";
        Ok(self.conn.prepare_cached(text)?.query_row([hold], |row| row.get(0))?)
    }

    /// Writes a run with its lines. Returns its id and number.
    pub fn add_run(
        &mut self,
        on: NaiveDate,
        segment: &str,
        lines: &[NewLine],
        left_out: &str,
    ) -> Result<(i64, String)> {
        let number = format!("M-{}", self.take_number("run")?);
        let on = iso(on);
        let values = [V::T(&number), V::T(on.as_str()), V::T(segment), V::I(lines.len() as i64), V::T(left_out)];
        let run = self.insert(T::DunningRun, &values, &[])?;
        for line in lines {
            let values = [
                V::I(run),
                V::I(line.customer),
                V::I(line.item),
                V::I(line.policy),
                V::I(i64::from(line.level)),
                V::T(line.currency.code()),
                V::I(line.asked),
                V::T(&line.why),
            ];
            self.insert(T::DunningLine, &values, &[])?;
        }
        Ok((run, number))
    }

    /// Writes what a person did to a line of a run.
    pub fn add_review(&mut self, line: i64, what: &str, level: u32, reason: &str) -> Result<i64> {
        self.insert(T::DunningReview, &[V::I(line), V::T(what), V::I(i64::from(level)), V::T(reason)], &[])
    }

    /// Writes what became of a run.
    pub fn add_run_step(&mut self, run: i64, what: &str, on: NaiveDate, person: i64, text: &str) -> Result<i64> {
        let on = iso(on);
        self.insert(T::DunningStep, &[V::I(run), V::T(what), V::T(on.as_str()), V::I(person), V::T(text)], &[])
    }

    /// Writes a letter with its lines. Returns its id.
    pub fn add_letter(&mut self, new: &NewLetter<'_>, lines: &[NewLetterLine]) -> Result<i64> {
        let sum = |of: fn(&NewLetterLine) -> i64| lines.iter().map(of).sum::<i64>();
        let (on, pay_by) = (iso(new.on), iso(new.pay_by));
        let values = [
            V::T(new.number),
            V::I(new.run),
            V::I(new.customer),
            V::I(new.policy),
            V::I(i64::from(new.level)),
            V::T(new.currency.code()),
            V::T(on.as_str()),
            V::T(pay_by.as_str()),
            V::T(new.language),
            V::I(new.customer_version),
            V::I(sum(|line| line.open - line.disputed)),
            V::I(sum(|line| line.fee)),
            V::I(sum(|line| line.interest)),
            V::I(new.credits),
            V::maybe(new.fee_document),
            V::maybe(new.interest_document),
        ];
        let letter = self.insert(T::Letter, &values, &[])?;
        for line in lines {
            let values = [
                V::I(letter),
                V::I(line.item),
                V::I(i64::from(new.level)),
                V::I(line.open),
                V::I(line.disputed),
                V::I(line.fee),
                V::I(line.interest),
            ];
            self.insert(T::LetterLine, &values, &[])?;
        }
        Ok(letter)
    }
}
