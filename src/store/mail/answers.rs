//! Mails that came in, whose they are, and what they propose, with what a person made of each proposal.

use chrono::NaiveDate;
use rusqlite::{Connection, OptionalExtension, Row, params};

use crate::domain::money::Currency;
use crate::store::date::{iso, read};
use crate::store::error::{Result, StoreError};
use crate::store::ledger::Item;
use crate::store::lookup::currency;
use crate::store::value::{T, V};
use crate::store::{Reader, Tx};

/// A mail that came in.
#[derive(Debug, Clone)]
pub struct NewAnswer<'a> {
    /// SHA-256 of the whole of it, hexadecimal.
    pub fingerprint: &'a str,
    /// Its own Message-ID; may be empty.
    pub message_id: &'a str,
    /// Whose it is, where that is known.
    pub customer: Option<i64>,
    /// The mail of ours it answers or returns.
    pub mail: Option<i64>,
    /// What told whose it is; may be empty.
    pub found_by: &'a str,
    /// `written`, `automatic`, `returned`, `delayed`.
    pub sort: &'a str,
    /// Address of the writer.
    pub sender: &'a str,
    /// Name of the writer.
    pub name: &'a str,
    /// One line.
    pub subject: &'a str,
    /// The day it was written, as it says.
    pub written_on: Option<NaiveDate>,
    /// The day it was taken in.
    pub taken_on: NaiveDate,
    /// Its own words, a line each.
    pub text: &'a str,
    /// Names of attached files, a line each.
    pub attached: &'a str,
}

/// What an answer proposes, to be written.
#[derive(Debug, Clone)]
pub struct NewProposal<'a> {
    /// The answer.
    pub answer: i64,
    /// Whose it is, where that is known.
    pub customer: Option<i64>,
    /// `paid`, `promise`, `dispute`, `query`.
    pub meaning: &'a str,
    /// The day it names.
    pub on: Option<NaiveDate>,
    /// The amount it names, minor units and currency.
    pub amount: Option<(i64, Currency)>,
    /// Numbers of documents it names, separated by spaces.
    pub documents: &'a str,
    /// The words that decided it.
    pub phrase: &'a str,
    /// The sentence they stand in.
    pub sentence: &'a str,
}

/// A proposal with its answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// Its id, which people name it by.
    pub id: i64,
    /// The answer it is of.
    pub answer: i64,
    /// Whose it is, where that is known.
    pub customer: Option<i64>,
    /// The customer's number; empty where it is not known.
    pub account: String,
    /// The customer's name, else the writer's or the address.
    pub name: String,
    /// `paid`, `promise`, `dispute`, `query`.
    pub meaning: String,
    /// The day it names.
    pub on: Option<NaiveDate>,
    /// The amount it names.
    pub amount: Option<(i64, Currency)>,
    /// Numbers of documents it names, separated by spaces.
    pub documents: String,
    /// The sentence that decided it.
    pub sentence: String,
    /// `open`, `accepted`, `dismissed`.
    pub state: String,
    /// Address of the writer.
    pub sender: String,
    /// Subject of the answer.
    pub subject: String,
    /// The day the answer was taken in.
    pub taken_on: NaiveDate,
    /// The words of the answer, a line each.
    pub text: String,
    /// What told whose it is.
    pub found_by: String,
}

const PROPOSAL: &str = "SELECT p.id, p.answer_id, p.customer_id, coalesce(c.number, ''), coalesce(c.name, nullif(a.name, ''), \
     a.sender), p.meaning, p.on_date, p.amount, p.currency, p.documents, p.sentence, p.state, a.sender, a.subject, \
     a.taken_on, a.text, a.found_by FROM proposal p JOIN answer a ON a.id = p.answer_id \
     LEFT JOIN customer c ON c.id = p.customer_id";

fn proposal(row: &Row<'_>) -> rusqlite::Result<Proposal> {
    let amount: Option<i64> = row.get(7)?;
    let code = currency(row.get_ref(8)?.as_str()?);
    Ok(Proposal {
        id: row.get(0)?,
        answer: row.get(1)?,
        customer: row.get(2)?,
        account: row.get(3)?,
        name: row.get(4)?,
        meaning: row.get(5)?,
        on: row.get_ref(6)?.as_str_or_null()?.map(read),
        amount: amount.map(|minor| (minor, code)),
        documents: row.get(9)?,
        sentence: row.get(10)?,
        state: row.get(11)?,
        sender: row.get(12)?,
        subject: row.get(13)?,
        taken_on: read(row.get_ref(14)?.as_str()?),
        text: row.get(15)?,
        found_by: row.get(16)?,
    })
}

/// Proposals, newest first: the open ones, or all.
pub fn proposals(reader: &Reader, all: bool) -> Result<Vec<Proposal>> {
    listed(&reader.conn, if all { "1" } else { "p.state = 'open'" })
}

/// Open proposals, oldest first.
pub fn open_proposals(reader: &Reader) -> Result<Vec<Proposal>> {
    let mut found = listed(&reader.conn, "p.state = 'open'")?;
    found.reverse();
    Ok(found)
}

fn listed(conn: &Connection, wanted: &str) -> Result<Vec<Proposal>> {
    let mut statement = conn.prepare_cached(&format!("{PROPOSAL} WHERE {wanted} ORDER BY p.id DESC"))?;
    Ok(statement.query_map([], proposal)?.collect::<rusqlite::Result<_>>()?)
}

/// Whether a mail with this fingerprint was taken in.
pub fn is_known(reader: &Reader, fingerprint: &str) -> Result<bool> {
    known(&reader.conn, fingerprint)
}

fn known(conn: &Connection, fingerprint: &str) -> Result<bool> {
    let mut statement = conn.prepare_cached("SELECT EXISTS (SELECT 1 FROM answer WHERE fingerprint = $1)")?;
    Ok(statement.query_row([fingerprint], |row| row.get(0))?)
}

/// The mail of ours with this Message-ID: its id and its customer.
pub fn mail_by_id(reader: &Reader, message_id: &str) -> Result<Option<(i64, i64)>> {
    let mut statement = reader.conn.prepare_cached("SELECT id, customer_id FROM mail WHERE message_id = $1")?;
    Ok(statement.query_row([message_id], |row| Ok((row.get(0)?, row.get(1)?))).optional()?)
}

/// The last mail that went to an address: its id and its customer.
pub fn mail_to(reader: &Reader, address: &str) -> Result<Option<(i64, i64)>> {
    let mut statement = reader.conn.prepare_cached(
        "SELECT id, customer_id FROM mail WHERE lower(receiver) = $1 AND state IN ('sent', 'unknown') ORDER BY id DESC LIMIT 1",
    )?;
    Ok(statement.query_row([address], |row| Ok((row.get(0)?, row.get(1)?))).optional()?)
}

/// The customers of the documents with one of these numbers, each once, at most ten.
pub fn customers_of_documents(reader: &Reader, numbers: &[String]) -> Result<Vec<i64>> {
    let mut found: Vec<i64> = Vec::new();
    let mut statement =
        reader.conn.prepare_cached("SELECT DISTINCT customer_id FROM document WHERE number = $1 LIMIT 10")?;
    for number in numbers {
        for customer in statement.query_map([number], |row| row.get(0))? {
            let customer: i64 = customer?;
            if !found.contains(&customer) {
                found.push(customer);
            }
        }
    }
    Ok(found)
}

impl Tx<'_> {
    /// Writes a mail that came in.
    pub fn add_answer(&mut self, new: &NewAnswer<'_>) -> Result<i64> {
        let (written, taken) = (new.written_on.map(iso), iso(new.taken_on));
        let values = [
            V::T(new.fingerprint),
            V::T(new.message_id),
            V::maybe(new.customer),
            V::maybe(new.mail),
            V::T(new.found_by),
            V::T(new.sort),
            V::T(new.sender),
            V::T(new.name),
            V::T(new.subject),
            V::text(written.as_ref().map(|date| date.as_str())),
            V::T(taken.as_str()),
            V::T(new.text),
            V::T(new.attached),
        ];
        self.insert(T::Answer, &values, &[])
    }

    /// Whether a mail with this fingerprint was taken in.
    pub fn answer_known(&self, fingerprint: &str) -> Result<bool> {
        known(self.conn, fingerprint)
    }

    /// Writes what an answer proposes.
    pub fn add_proposal(&mut self, new: &NewProposal<'_>) -> Result<i64> {
        let on = new.on.map(iso);
        let values = [
            V::I(new.answer),
            V::maybe(new.customer),
            V::T(new.meaning),
            V::text(on.as_ref().map(|date| date.as_str())),
            V::maybe(new.amount.map(|(minor, _)| minor)),
            V::T(new.amount.as_ref().map_or("", |(_, currency)| currency.code())),
            V::T(new.documents),
            V::T(new.phrase),
            V::T(new.sentence),
        ];
        self.insert(T::Proposal, &values, &[V::T("open")])
    }

    /// A proposal.
    pub fn proposal(&self, id: i64) -> Result<Proposal> {
        let text = format!("{PROPOSAL} WHERE p.id = $1");
        let found = self.conn.prepare_cached(&text)?.query_row([id], proposal).optional()?;
        found.ok_or_else(|| StoreError::refused("ACT-04", format!("There is no proposal {id}. Nothing was changed.")))
    }

    /// Writes what a person made of a proposal, and keeps its state: `accepted`, `dismissed`, `open` again.
    pub fn add_proposal_step(&mut self, proposal: i64, what: &str, text: &str) -> Result<()> {
        self.insert(T::ProposalStep, &[V::I(proposal), V::T(what), V::T(text)], &[])?;
        self.conn.prepare_cached("UPDATE proposal SET state = $1 WHERE id = $2")?.execute(params![what, proposal])?;
        Ok(())
    }

    /// The proposals an act decided.
    pub fn proposals_of_act(&self, act: i64) -> Result<Vec<i64>> {
        let mut statement = self.conn.prepare_cached("SELECT proposal_id FROM proposal_step WHERE act_id = $1")?;
        Ok(statement.query_map([act], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?)
    }

    /// Open debits of a customer, longest due first, with the numbers of their documents.
    pub fn debits_of(&self, customer: i64) -> Result<Vec<(Item, String)>> {
        let mut statement = self.conn.prepare_cached(
            "SELECT i.id, d.number FROM item i JOIN document d ON d.id = i.document_id WHERE i.customer_id = $1 AND i.open > 0 \
             ORDER BY i.due_date, i.id LIMIT 2000",
        )?;
        let rows: Vec<(i64, String)> =
            statement.query_map([customer], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<rusqlite::Result<_>>()?;
        rows.into_iter().map(|(id, number)| Ok((self.item(id)?, number))).collect()
    }
}
