//! The rows of collections work: activities, promises and disputes, with the columns kept from them.

use chrono::NaiveDate;
use rusqlite::OptionalExtension;

use super::date::{iso, read};
use super::error::{Result, StoreError};
use super::kept::Measure;
use super::ledger::Item;
use super::lookup::currency;
use super::read::accounts::{cash_on, leeway};
use super::tx::Tx;
use super::value::{T, V};
use crate::domain::money::Currency;
use crate::domain::promise::{self, State};

/// Something done for a customer, or planned.
#[derive(Debug, Clone)]
pub struct NewActivity<'a> {
    /// Whose timeline it goes to.
    pub customer: i64,
    /// Who did it.
    pub person: i64,
    /// `call`, `e-mail`, `note`, `follow-up`, `done`.
    pub kind: &'a str,
    /// What came of it, for a call.
    pub outcome: &'a str,
    /// What was said or written.
    pub text: &'a str,
    /// When it happened.
    pub on: NaiveDate,
    /// When to look at the customer again.
    pub next_on: Option<NaiveDate>,
    /// What to do then.
    pub next_what: &'a str,
    /// The activity it takes back.
    pub takes_back: Option<i64>,
}

/// A promise to pay as posted.
#[derive(Debug, Clone)]
pub struct Promise {
    /// Its id.
    pub id: i64,
    /// The item it is about.
    pub item: i64,
    /// Minor units of the item's currency.
    pub amount: i64,
    /// The day it was made.
    pub made_on: NaiveDate,
    /// The day payment was promised for.
    pub promised_on: NaiveDate,
    /// One more than the promises on this item that were not kept before it.
    pub level: i64,
    /// When it was withdrawn or renewed.
    pub ended_on: Option<NaiveDate>,
    /// Why: `withdrawn`, `renewed`, `planned`, `undone`; empty while it was not.
    pub ended_why: String,
}

/// A dispute as it stands.
#[derive(Debug, Clone)]
pub struct Dispute {
    /// Its id.
    pub id: i64,
    /// Public number, `D-118`.
    pub number: String,
    /// Whose it is.
    pub customer: i64,
    /// The item it is about.
    pub item: i64,
    /// Currency of the item.
    pub currency: Currency,
    /// Disputed amount, minor units.
    pub amount: i64,
    /// Reason code.
    pub reason: String,
    /// State word.
    pub state: String,
    /// Login of the owner.
    pub owner: String,
    /// Department that has to act.
    pub department: String,
    /// Part accepted as valid, minor units.
    pub accepted: i64,
    /// Counts its changes; an edit names the one it saw.
    pub version: i64,
    /// The act of the last change.
    pub last_act: i64,
    /// When it was closed, where it is.
    pub decided_on: Option<NaiveDate>,
}

impl Dispute {
    /// Whether it holds an amount back.
    pub fn is_open(&self) -> bool {
        !matches!(self.state.as_str(), "closed" | "confirmed" | "void")
    }
}

/// A change of a dispute.
#[derive(Debug, Clone)]
pub struct NewStep<'a> {
    /// `opened`, `assigned`, `note`, `resolved`, `reopened`.
    pub what: &'a str,
    /// State after it.
    pub state: &'a str,
    /// Owner after it.
    pub owner: &'a str,
    /// Department after it.
    pub department: &'a str,
    /// Accepted amount after it.
    pub accepted: i64,
    /// What was said.
    pub text: &'a str,
    /// When.
    pub on: NaiveDate,
    /// Who.
    pub person: i64,
    /// The decision was made on this day.
    pub decided_on: Option<NaiveDate>,
}

/// SQL of what counts as a contact with a customer, on a row of `activity` named `a` that was not taken back. What was only
/// drafted reached nobody.
pub(in crate::store) const CONTACTED: &str = "a.kind IN ('call', 'e-mail', 'visit', 'meeting', 'portal', 'agency') \
     AND a.outcome <> 'draft' AND a.takes_back IS NULL AND NOT EXISTS (SELECT 1 FROM activity t WHERE t.takes_back = a.id)";

impl Tx<'_> {
    /// The id of the newest dispute; 0 where there is none.
    pub fn last_dispute(&self) -> Result<i64> {
        Ok(self.conn.query_row("SELECT coalesce(max(id), 0) FROM dispute", [], |row| row.get(0))?)
    }

    /// Writes an activity and keeps the customer's last contact, follow-up date and set-aside day from it.
    pub fn add_activity(&mut self, new: &NewActivity<'_>) -> Result<i64> {
        let on = iso(new.on);
        let next_on = new.next_on.map(iso);
        let id = self.insert(
            T::Activity,
            &[
                V::I(new.customer),
                V::I(new.person),
                V::T(new.kind),
                V::T(new.outcome),
                V::T(new.text),
                V::T(on.as_str()),
                V::text(next_on.as_ref().map(|date| date.as_str())),
                V::T(new.next_what),
                V::maybe(new.takes_back),
            ],
            &[],
        )?;
        self.keep_contact(new.customer)?;
        Ok(id)
    }

    /// Recomputes what `customer` keeps from its activities that were not taken back.
    pub fn keep_contact(&mut self, customer: i64) -> Result<()> {
        self.conn
            .prepare_cached(
                "WITH live AS (SELECT a.* FROM activity a WHERE a.customer_id = $1 AND a.takes_back IS NULL \
                   AND NOT EXISTS (SELECT 1 FROM activity t WHERE t.takes_back = a.id)), \
                 planned AS (SELECT next_on, next_what FROM live WHERE next_on IS NOT NULL ORDER BY id DESC LIMIT 1) \
                 UPDATE customer SET \
                   last_contact = (SELECT max(on_date) FROM live WHERE kind IN ('call', 'e-mail', 'visit', 'meeting', 'portal', 'agency')), \
                   done_on = (SELECT max(on_date) FROM live WHERE kind = 'done'), \
                   next_on = (SELECT next_on FROM planned), \
                   next_what = coalesce((SELECT next_what FROM planned), '') WHERE id = $1",
            )?
            .execute([customer])?;
        Ok(())
    }

    /// Writes a promise.
    pub fn add_promise(
        &mut self,
        item: &Item,
        amount: i64,
        made: NaiveDate,
        on: NaiveDate,
        level: i64,
        text: &str,
    ) -> Result<i64> {
        let (made, on) = (iso(made), iso(on));
        self.insert(
            T::Promise,
            &[
                V::I(item.customer),
                V::I(item.id),
                V::T(item.currency.code()),
                V::I(amount),
                V::T(made.as_str()),
                V::T(on.as_str()),
                V::I(level),
                V::T(text),
            ],
            &[],
        )
    }

    /// Writes what was said of a promise.
    pub fn add_promise_fact(&mut self, promise: i64, field: &str, value: &str) -> Result<i64> {
        self.insert(T::PromiseFact, &[V::I(promise), V::T(field), V::T(value)], &[])
    }

    /// Ends a promise by hand: withdrawn, or renewed by a later one.
    pub fn end_promise(&mut self, promise: i64, on: NaiveDate, why: &str) -> Result<()> {
        let on = iso(on);
        self.insert(T::PromiseEnd, &[V::I(promise), V::T(on.as_str()), V::T(why)], &[])?;
        self.conn
            .prepare_cached("UPDATE promise SET ended_on = $1, ended_why = $2 WHERE id = $3")?
            .execute(rusqlite::params![on.as_str(), why, promise])?;
        Ok(())
    }

    /// Promises on an item, oldest first.
    pub fn promises_of(&self, item: i64) -> Result<Vec<Promise>> {
        self.promises_where("item_id = $1", item)
    }

    /// The level of the next promise on an item: one more than those before it that were not kept. What was taken back
    /// by undo was never made, and one that a plan took the place of did not fail.
    pub fn next_promise_level(&self, item: i64, today: NaiveDate) -> Result<i64> {
        let counts = |known: &Promise| !["undone", "planned"].contains(&known.ended_why.as_str());
        let before = self.judged_promises(item, today)?;
        Ok(1 + before.iter().filter(|(known, state)| counts(known) && *state != State::Kept).count() as i64)
    }

    /// Promises on an item, oldest first, with what became of each by a day.
    pub fn judged_promises(&self, item: i64, today: NaiveDate) -> Result<Vec<(Promise, State)>> {
        let (cash, leeway) = (cash_on(self.conn, item, today)?, leeway(self.conn)?);
        let state = |known: Promise| {
            let (made, withdrawn) = (Some(known.made_on), known.ended_on.is_some());
            let made = promise::Promise { made, amount: known.amount, date: known.promised_on, withdrawn };
            let state = made.state(&cash, &leeway, today);
            (known, state)
        };
        Ok(self.promises_of(item)?.into_iter().map(state).collect())
    }

    /// Every customer of an owner.
    pub fn customers_of_owner(&self, owner: &str) -> Result<Vec<i64>> {
        let mut statement = self.conn.prepare_cached("SELECT id FROM customer WHERE owner = $1 ORDER BY id")?;
        let rows = statement.query_map([owner], |row| row.get(0))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// One promise.
    pub fn promise(&self, id: i64) -> Result<Promise> {
        let found = self.promises_where("id = $1", id)?.pop();
        found.ok_or_else(|| StoreError::refused("ACT-04", format!("There is no promise {id}. Nothing was changed.")))
    }

    fn promises_where(&self, condition: &str, value: i64) -> Result<Vec<Promise>> {
        let text = format!(
            "SELECT id, item_id, amount, made_on, promised_on, level, ended_on, ended_why FROM promise WHERE {condition} ORDER BY id"
        );
        let mut statement = self.conn.prepare_cached(&text)?;
        let rows = statement
            .query_map([value], |row| {
                Ok(Promise {
                    id: row.get(0)?,
                    item: row.get(1)?,
                    amount: row.get(2)?,
                    made_on: read(row.get_ref(3)?.as_str()?),
                    promised_on: read(row.get_ref(4)?.as_str()?),
                    level: row.get(5)?,
                    ended_on: row.get::<_, Option<String>>(6)?.map(|text| read(&text)),
                    ended_why: row.get(7)?,
                })
            })?
            .collect::<rusqlite::Result<_>>()?;
        Ok(rows)
    }

    /// Opens a dispute on an item: its row and its first step.
    pub fn add_dispute(
        &mut self,
        item: &mut Item,
        amount: i64,
        reason: &str,
        step: &NewStep<'_>,
    ) -> Result<(i64, String)> {
        let number = format!("D-{}", self.take_number("dispute")?);
        let on = iso(step.on);
        let id = self.insert(
            T::Dispute,
            &[
                V::T(&number),
                V::I(item.customer),
                V::I(item.id),
                V::T(item.currency.code()),
                V::I(amount),
                V::T(reason),
                V::T(on.as_str()),
            ],
            &[V::T(step.state), V::T(step.owner), V::T(step.department)],
        )?;
        self.add_step(id, 1, step)?;
        let place = self.kept.place(item.currency);
        self.kept.day(Measure::DisputesOpened, place, step.on, amount, 0, 1);
        self.set_disputed(item, item.disputed + amount)?;
        Ok((id, number))
    }

    fn add_step(&mut self, dispute: i64, version: i64, step: &NewStep<'_>) -> Result<()> {
        let on = iso(step.on);
        self.insert(
            T::DisputeStep,
            &[
                V::I(dispute),
                V::I(version),
                V::T(on.as_str()),
                V::I(step.person),
                V::T(step.what),
                V::T(step.state),
                V::T(step.owner),
                V::T(step.department),
                V::I(step.accepted),
                V::T(step.text),
            ],
            &[],
        )?;
        Ok(())
    }

    /// Changes a dispute: a further step, and the kept columns after it.
    pub fn change_dispute(&mut self, dispute: &Dispute, step: &NewStep<'_>) -> Result<()> {
        let version = dispute.version + 1;
        self.add_step(dispute.id, version, step)?;
        let decided = step.decided_on.map(iso);
        self.conn
            .prepare_cached(
                "UPDATE dispute SET state = $1, owner = $2, department = $3, accepted = $4, decided_on = $5, \
                 version = $6 WHERE id = $7",
            )?
            .execute(rusqlite::params![
                step.state,
                step.owner,
                step.department,
                step.accepted,
                decided.as_ref().map(|date| date.as_str()),
                version,
                dispute.id
            ])?;
        Ok(())
    }

    /// One dispute as it stands.
    pub fn dispute(&self, id: i64) -> Result<Dispute> {
        let found = self
            .conn
            .prepare_cached(
                "SELECT d.id, d.number, d.customer_id, d.item_id, d.currency, d.amount, d.reason, d.state, d.owner, \
                 d.department, d.accepted, d.version, s.act_id, d.decided_on FROM dispute d \
                 JOIN dispute_step s ON s.dispute_id = d.id AND s.version = d.version WHERE d.id = $1",
            )?
            .query_row([id], |row| {
                Ok(Dispute {
                    id: row.get(0)?,
                    number: row.get(1)?,
                    customer: row.get(2)?,
                    item: row.get(3)?,
                    currency: currency(row.get_ref(4)?.as_str()?),
                    amount: row.get(5)?,
                    reason: row.get(6)?,
                    state: row.get(7)?,
                    owner: row.get(8)?,
                    department: row.get(9)?,
                    accepted: row.get(10)?,
                    version: row.get(11)?,
                    last_act: row.get(12)?,
                    decided_on: row.get::<_, Option<String>>(13)?.map(|day| read(&day)),
                })
            })
            .optional()?;
        found.ok_or_else(|| StoreError::refused("ACT-04", format!("There is no dispute {id}. Nothing was changed.")))
    }

    /// The step before a dispute's present one.
    pub fn dispute_before(&self, dispute: &Dispute) -> Result<Option<(String, String, String, i64)>> {
        let found = self
            .conn
            .prepare_cached(
                "SELECT state, owner, department, accepted FROM dispute_step WHERE dispute_id = $1 AND version = $2",
            )?
            .query_row([dispute.id, dispute.version - 1], |row| {
                Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
            })
            .optional()?;
        Ok(found)
    }
}
