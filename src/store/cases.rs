//! The rows of cases beside a dispute's steps: facts, what became of the amount, files, inquiries and tasks. What an act
//! wrote that was taken back counts no more.

use chrono::NaiveDate;
use rusqlite::{OptionalExtension, Row};

use super::date::iso;
use super::error::{Result, StoreError};
use super::tx::Tx;
use super::value::{T, V};
use super::work::Dispute;
use crate::domain::case::{Amounts, Effect};

/// An allocation that may change a case: on an item in dispute, or one that takes another back.
#[derive(Debug, Clone, Copy)]
pub struct Touched {
    /// The allocation.
    pub allocation: i64,
    /// The debit item.
    pub debit: i64,
    /// The credit item.
    pub credit: i64,
    /// Minor units; negative in a reversal.
    pub amount: i64,
    /// What it takes back.
    pub reverses: Option<i64>,
}

/// What became of a part of a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    /// Its id; not read when written.
    pub id: i64,
    /// The case.
    pub dispute: i64,
    /// What became of it.
    pub effect: Effect,
    /// Minor units; below zero where it takes another back or reopens.
    pub amount: i64,
    /// The document that took it off the item.
    pub document: Option<i64>,
    /// The allocation that did.
    pub allocation: Option<i64>,
    /// The debit note, the promise or the other case.
    pub other: Option<i64>,
    /// The part it takes back.
    pub takes_back: Option<i64>,
}

impl Part {
    /// A part that no document proves.
    pub fn of(dispute: i64, effect: Effect, amount: i64) -> Part {
        Part { id: 0, dispute, effect, amount, document: None, allocation: None, other: None, takes_back: None }
    }
}

/// A file that belongs to a case.
#[derive(Debug, Clone)]
pub struct NewFile<'a> {
    /// The case.
    pub dispute: i64,
    /// Its name.
    pub name: &'a str,
    /// Where it is.
    pub path: &'a str,
    /// Bytes.
    pub size: i64,
    /// SHA-256, hexadecimal.
    pub sha256: &'a str,
    /// What it shows.
    pub note: &'a str,
}

/// An inquiry as it stands.
#[derive(Debug, Clone)]
pub struct Inquiry {
    /// Its id.
    pub id: i64,
    /// Public number, `Q-3`.
    pub number: String,
    /// Whose it is.
    pub customer: i64,
    /// The item it is about, where it is about one.
    pub item: Option<i64>,
    /// The order, payment or matter it is about.
    pub about: String,
    /// Reason, a word of the reasons list.
    pub reason: String,
    /// `open`, `answered`, `promoted`, `void`.
    pub state: String,
    /// Login of the owner.
    pub owner: String,
    /// Department that has to act.
    pub department: String,
    /// Counts its steps.
    pub version: i64,
    /// The act of the last step.
    pub last_act: i64,
}

/// State, owner and department.
pub type Stood = (String, String, String);

/// An inquiry about to be kept.
#[derive(Debug, Clone)]
pub struct NewInquiry<'a> {
    /// Whose it is.
    pub customer: i64,
    /// The item it is about.
    pub item: Option<i64>,
    /// The order, payment or matter it is about.
    pub about: &'a str,
    /// Reason.
    pub reason: &'a str,
    /// How it came.
    pub channel: &'a str,
    /// Who asked.
    pub contact: &'a str,
}

/// A step of an inquiry.
#[derive(Debug, Clone)]
pub struct NewInquiryStep<'a> {
    /// `opened`, `assigned`, `note`, `answered`, `promoted`, `undone`.
    pub what: &'a str,
    /// State after it.
    pub state: &'a str,
    /// Owner after it.
    pub owner: &'a str,
    /// Department after it.
    pub department: &'a str,
    /// What was said.
    pub text: &'a str,
    /// When.
    pub on: NaiveDate,
    /// Who.
    pub person: i64,
    /// The dispute it became.
    pub dispute: Option<i64>,
}

/// What somebody was asked to do.
#[derive(Debug, Clone)]
pub struct Task {
    /// Its id.
    pub id: i64,
    /// Who was asked.
    pub person: i64,
    /// Who asked.
    pub by: i64,
    /// The dispute it is about.
    pub dispute: Option<i64>,
    /// The inquiry it is about.
    pub inquiry: Option<i64>,
    /// The note that asked.
    pub text: String,
    /// Whether it is done.
    pub done: bool,
}

/// What is not counted: rows of an act that was taken back.
pub(super) const STANDS: &str = "NOT EXISTS (SELECT 1 FROM act u WHERE u.undoes = x.act_id)";

const PART: &str =
    "SELECT id, dispute_id, what, amount, document_id, allocation_id, other_id, takes_back FROM dispute_effect";

fn part(row: &Row<'_>) -> rusqlite::Result<Part> {
    let what = row.get_ref(2)?;
    Ok(Part {
        id: row.get(0)?,
        dispute: row.get(1)?,
        effect: Effect::parse(what.as_str()?).unwrap_or(Effect::Earlier),
        amount: row.get(3)?,
        document: row.get(4)?,
        allocation: row.get(5)?,
        other: row.get(6)?,
        takes_back: row.get(7)?,
    })
}

impl Tx<'_> {
    /// The allocations of this act that may change a case; each is handed out once.
    pub fn take_touched(&mut self) -> Vec<Touched> {
        std::mem::take(&mut self.touched)
    }

    /// The allocation written last in this act.
    pub fn last_allocation(&self) -> Option<i64> {
        (self.last_allocation > 0).then_some(self.last_allocation)
    }

    /// Writes what became of a part of a claim.
    pub fn add_part(&mut self, part: &Part, on: NaiveDate) -> Result<i64> {
        let on = iso(on);
        let posted = [
            V::I(part.dispute),
            V::T(part.effect.word()),
            V::I(part.amount),
            V::maybe(part.document),
            V::maybe(part.allocation),
            V::maybe(part.other),
            V::T(on.as_str()),
            V::maybe(part.takes_back),
        ];
        self.insert(T::DisputeEffect, &posted, &[])
    }

    /// What became of a claim, oldest first.
    pub fn parts(&self, dispute: i64) -> Result<Vec<Part>> {
        self.parts_where("dispute_id = $1 ORDER BY id", dispute)
    }

    /// Parts that an allocation settled and nothing took back.
    pub fn parts_of_allocation(&self, allocation: i64) -> Result<Vec<Part>> {
        self.parts_where(
            "allocation_id = $1 AND takes_back IS NULL \
             AND NOT EXISTS (SELECT 1 FROM dispute_effect t WHERE t.takes_back = dispute_effect.id) ORDER BY id",
            allocation,
        )
    }

    fn parts_where(&self, condition: &str, value: i64) -> Result<Vec<Part>> {
        let mut statement = self.conn.prepare_cached(&format!("{PART} WHERE {condition}"))?;
        let rows = statement.query_map([value], part)?.collect::<rusqlite::Result<_>>()?;
        Ok(rows)
    }

    /// The amounts of a case, kept apart.
    pub fn amounts(&self, dispute: &Dispute) -> Result<Amounts> {
        let parts = self.parts(dispute.id)?;
        if parts.is_empty() && !dispute.is_open() {
            let voided = dispute.state == "void";
            return Ok(if voided {
                Amounts::new(dispute.amount)
            } else {
                Amounts::before(dispute.amount, dispute.accepted)
            });
        }
        let mut amounts = Amounts::new(dispute.amount);
        parts.iter().for_each(|part| amounts.add(part.effect, part.amount));
        Ok(amounts)
    }

    /// Minor units of the item a case holds back.
    pub fn held_by(&self, dispute: &Dispute) -> Result<i64> {
        Ok(if dispute.is_open() { self.amounts(dispute)?.open() } else { 0 })
    }

    /// The open cases on an item, newest first.
    pub fn open_cases(&self, item: i64) -> Result<Vec<Dispute>> {
        let mut statement = self.conn.prepare_cached(
            "SELECT id FROM dispute WHERE item_id = $1 AND state NOT IN ('closed', 'void') ORDER BY id DESC",
        )?;
        let ids: Vec<i64> = statement.query_map([item], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
        ids.into_iter().map(|id| self.dispute(id)).collect()
    }

    /// Writes something known of a case.
    pub fn add_fact(&mut self, dispute: i64, field: &str, value: &str) -> Result<i64> {
        self.insert(T::DisputeFact, &[V::I(dispute), V::T(field), V::T(value)], &[])
    }

    /// What is known of a case under a field; empty where nothing is.
    pub fn fact(&self, dispute: i64, field: &str) -> Result<String> {
        let text = format!(
            "SELECT x.value FROM dispute_fact x WHERE x.dispute_id = $1 AND x.field = $2 AND {STANDS} ORDER BY x.id DESC LIMIT 1"
        );
        let found: Option<String> = self
            .conn
            .prepare_cached(&text)?
            .query_row(rusqlite::params![dispute, field], |row| row.get(0))
            .optional()?;
        Ok(found.unwrap_or_default())
    }

    /// Notes a file with a case.
    pub fn add_file(&mut self, file: &NewFile<'_>) -> Result<i64> {
        let posted =
            [V::I(file.dispute), V::T(file.name), V::T(file.path), V::I(file.size), V::T(file.sha256), V::T(file.note)];
        self.insert(T::DisputeFile, &posted, &[])
    }

    /// Where a case stood before it was closed.
    pub fn state_when_open(&self, dispute: i64) -> Result<String> {
        let found: Option<String> = self
            .conn
            .prepare_cached(
                "SELECT state FROM dispute_step WHERE dispute_id = $1 AND state NOT IN ('closed', 'void') \
                 ORDER BY version DESC LIMIT 1",
            )?
            .query_row([dispute], |row| row.get(0))
            .optional()?;
        Ok(found.unwrap_or_else(|| "assigned".to_owned()))
    }

    /// What the step in a row of steps did.
    pub fn step_word(&self, row: i64) -> Result<String> {
        Ok(self
            .conn
            .prepare_cached("SELECT what FROM dispute_step WHERE id = $1")?
            .query_row([row], |row| row.get(0))?)
    }

    /// Opens an inquiry. Returns its id and number.
    pub fn add_inquiry(&mut self, new: &NewInquiry<'_>, step: &NewInquiryStep<'_>) -> Result<(i64, String)> {
        let number = format!("Q-{}", self.take_number("inquiry")?);
        let on = iso(step.on);
        let posted = [
            V::T(&number),
            V::I(new.customer),
            V::maybe(new.item),
            V::T(new.about),
            V::T(new.reason),
            V::T(new.channel),
            V::T(new.contact),
            V::T(on.as_str()),
        ];
        let id = self.insert(T::Inquiry, &posted, &[])?;
        self.add_inquiry_step(id, 1, step)?;
        Ok((id, number))
    }

    /// Writes a step of an inquiry.
    pub fn add_inquiry_step(&mut self, inquiry: i64, version: i64, step: &NewInquiryStep<'_>) -> Result<i64> {
        let on = iso(step.on);
        let posted = [
            V::I(inquiry),
            V::I(version),
            V::T(on.as_str()),
            V::I(step.person),
            V::T(step.what),
            V::T(step.state),
            V::T(step.owner),
            V::T(step.department),
            V::T(step.text),
            V::maybe(step.dispute),
        ];
        self.insert(T::InquiryStep, &posted, &[])
    }

    /// An inquiry as it stands.
    pub fn inquiry(&self, id: i64) -> Result<Inquiry> {
        let found = self
            .conn
            .prepare_cached(
                "SELECT q.id, q.number, q.customer_id, q.item_id, q.about, q.reason, s.state, s.owner, s.department, s.version, \
                 s.act_id FROM inquiry q JOIN inquiry_step s ON s.inquiry_id = q.id WHERE q.id = $1 \
                 ORDER BY s.version DESC LIMIT 1",
            )?
            .query_row([id], |row| {
                Ok(Inquiry {
                    id: row.get(0)?,
                    number: row.get(1)?,
                    customer: row.get(2)?,
                    item: row.get(3)?,
                    about: row.get(4)?,
                    reason: row.get(5)?,
                    state: row.get(6)?,
                    owner: row.get(7)?,
                    department: row.get(8)?,
                    version: row.get(9)?,
                    last_act: row.get(10)?,
                })
            })
            .optional()?;
        found.ok_or_else(|| StoreError::refused("ACT-04", format!("There is no inquiry {id}. Nothing was changed.")))
    }

    /// The inquiry of a step, and state, owner and department before that step.
    pub fn inquiry_before(&self, step: i64) -> Result<(Inquiry, Option<Stood>)> {
        let (inquiry, version): (i64, i64) = self
            .conn
            .prepare_cached("SELECT inquiry_id, version FROM inquiry_step WHERE id = $1")?
            .query_row([step], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let before = self
            .conn
            .prepare_cached("SELECT state, owner, department FROM inquiry_step WHERE inquiry_id = $1 AND version = $2")?
            .query_row([inquiry, version - 1], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
            .optional()?;
        Ok((self.inquiry(inquiry)?, before))
    }

    /// Asks somebody to do something about a case.
    pub fn add_task(&mut self, task: &Task, on: NaiveDate) -> Result<i64> {
        let on = iso(on);
        let posted = [
            V::I(task.person),
            V::I(task.by),
            V::maybe(task.dispute),
            V::maybe(task.inquiry),
            V::T(&task.text),
            V::T(on.as_str()),
        ];
        self.insert(T::CaseTask, &posted, &[])
    }

    /// Notes that a task is done.
    pub fn end_task(&mut self, task: i64, on: NaiveDate, person: i64) -> Result<i64> {
        let on = iso(on);
        self.insert(T::CaseTaskEnd, &[V::I(task), V::T(on.as_str()), V::I(person)], &[])
    }

    /// A task.
    pub fn task(&self, id: i64) -> Result<Task> {
        let text = format!(
            "SELECT x.id, x.person_id, x.by_person, x.dispute_id, x.inquiry_id, x.text, \
             EXISTS (SELECT 1 FROM case_task_end e WHERE e.task_id = x.id \
                     AND NOT EXISTS (SELECT 1 FROM act u WHERE u.undoes = e.act_id)) \
             FROM case_task x WHERE x.id = $1 AND {STANDS}"
        );
        let found = self
            .conn
            .prepare_cached(&text)?
            .query_row([id], |row| {
                Ok(Task {
                    id: row.get(0)?,
                    person: row.get(1)?,
                    by: row.get(2)?,
                    dispute: row.get(3)?,
                    inquiry: row.get(4)?,
                    text: row.get(5)?,
                    done: row.get(6)?,
                })
            })
            .optional()?;
        found.ok_or_else(|| StoreError::refused("ACT-04", format!("There is no task {id}. Nothing was changed.")))
    }
}
