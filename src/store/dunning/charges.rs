//! What letters charged beside what they asked for: a debit note of fees or interest, and which items each part of it is
//! for, so that the part whose invoice is paid can be told from the rest.

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;
use rusqlite::Connection;

use super::load::{Places, Wanted, customers, item_of, only, policy_row, rules};
use crate::domain::dunning::{Customer, FeePer, Origin, Reason};
use crate::domain::money::Currency;
use crate::store::error::Result;
use crate::store::mail::NEVER_LEFT;
use crate::store::{Reader, Tx};

/// What a debit note of a letter is for.
#[derive(Debug, Clone, Default)]
pub(super) struct Charge {
    /// Charged for the letter as a whole, not item by item.
    pub whole: bool,
    /// The letter's items with what was charged for each, minor units.
    pub parts: Vec<(i64, i64)>,
}

impl Charge {
    /// What of it was charged for items that are still open; all of it while any is, where it is for the letter as a whole.
    pub fn owed(&self, is_open: impl Fn(i64) -> bool) -> i64 {
        let counts = |part: &&(i64, i64)| is_open(part.0);
        if self.whole && self.parts.iter().any(|part| is_open(part.0)) {
            return self.parts.iter().map(|part| part.1).sum();
        }
        self.parts.iter().filter(counts).map(|part| part.1).sum()
    }
}

/// Whether levels of policies charge a fee for a letter as a whole; each version is read once.
#[derive(Debug, Default)]
pub(super) struct Levels(HashMap<i64, Vec<u32>>);

impl Levels {
    /// Whether the level of this version does.
    pub fn charges_whole(&mut self, conn: &Connection, policy: i64, level: u32) -> Result<bool> {
        if let Some(known) = self.0.get(&policy) {
            return Ok(known.contains(&level));
        }
        let levels = policy_row(conn, policy)?.map(|row| row.policy.levels).unwrap_or_default();
        let whole = levels.iter().filter(|level| level.fee_per == FeePer::Letter).map(|level| level.number).collect();
        let known: &Vec<u32> = self.0.entry(policy).or_insert(whole);
        Ok(known.contains(&level))
    }
}

/// Open items that letters charged, with what of them is still owed.
pub(super) fn charges(conn: &Connection, wanted: Wanted, list: &mut [Customer], places: &Places) -> Result<()> {
    let text = format!(
        "SELECT i.customer_id, i.id, i.document_id = coalesce(t.fee_document, 0), t.policy_id, t.level, l.item_id, l.fee, \
           l.interest, p.open > 0, {NEVER_LEFT} FROM letter t JOIN item i ON i.document_id IN (t.fee_document, t.interest_document) \
         JOIN letter_line l ON l.letter_id = t.id JOIN item p ON p.id = l.item_id WHERE i.open <> 0 AND {}",
        only(wanted, "t.customer_id", 1)
    );
    let mut statement = conn.prepare_cached(&text)?;
    let mut rows = statement.query([wanted.customer])?;
    let (mut levels, mut found) = (Levels::default(), BTreeMap::<(i64, i64), (Charge, Vec<i64>, bool)>::new());
    while let Some(row) = rows.next()? {
        let (fees, amount, item): (bool, i64, i64) =
            (row.get(2)?, row.get(if row.get(2)? { 6 } else { 7 })?, row.get(5)?);
        let (charge, open, untold) = found.entry((row.get(0)?, row.get(1)?)).or_default();
        charge.whole = fees && levels.charges_whole(conn, row.get(3)?, row.get(4)?)?;
        charge.parts.push((item, amount));
        *untold = row.get(9)?;
        if row.get(8)? {
            open.push(item);
        }
    }
    for ((customer, item), (charge, open, untold)) in found {
        if let Some(item) = item_of(list, places, customer, item) {
            item.untold = untold;
            item.origin = Origin::Charge { owed: charge.owed(|part| open.contains(&part)) };
        }
    }
    Ok(())
}

/// A fee or interest that is to be credited: its policy waives it, because what it was charged for is paid, or the letter
/// that charged it never left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiver {
    /// The item of its debit note.
    pub item: i64,
    /// Number of the debit note.
    pub document: String,
    /// Number of the customer.
    pub customer: String,
    /// What is waived of it, minor units.
    pub part: i64,
    /// What is open of it, minor units.
    pub open: i64,
    /// Its currency.
    pub currency: Currency,
    /// Name of the policy.
    pub policy: String,
    /// The letter that charged it left; where it did not, it is credited whatever the policy says.
    pub told: bool,
}

/// Every fee that is to be credited as of a day.
pub fn waivers(reader: &Reader, today: NaiveDate) -> Result<Vec<Waiver>> {
    reader.snapshot(|| found(&reader.conn, today))
}

fn found(conn: &Connection, today: NaiveDate) -> Result<Vec<Waiver>> {
    let (rules, mut out) = (rules(conn)?, Vec::new());
    for customer in customers(conn, Wanted { customer: None, today, run: 0 })? {
        if customer.items.iter().all(|item| item.origin == Origin::Trade) {
            continue;
        }
        let decision = rules.decide(&customer, today);
        for (item, verdict) in customer.items.iter().zip(&decision.verdicts) {
            let (part, open, told) = match &verdict.why {
                Reason::Waived { part, of, .. } => (*part, *of, true),
                Reason::Untold { of, .. } => (*of, *of, false),
                _ => continue,
            };
            out.push(Waiver {
                item: item.id,
                document: number(conn, item.document)?,
                customer: customer.number.clone(),
                part,
                open,
                currency: item.currency,
                policy: verdict.policy.map(|place| rules.policies[place].name.clone()).unwrap_or_default(),
                told,
            });
        }
    }
    Ok(out)
}

fn number(conn: &Connection, document: i64) -> Result<String> {
    let mut statement = conn.prepare_cached("SELECT number FROM document WHERE id = $1")?;
    Ok(statement.query_row([document], |row| row.get(0))?)
}

impl Tx<'_> {
    /// As [`waivers`], inside an act.
    pub fn dunning_waivers(&self, today: NaiveDate) -> Result<Vec<Waiver>> {
        found(self.conn, today)
    }
}
