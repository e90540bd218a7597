//! What a run of a day would be, before anybody drafts it: letters by level and currency, and every item that is left
//! alone with its reason and the day on which that changes. Decided by the same rules that draft a run.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use super::load::{Wanted, customers, of_segment, rules};
use crate::domain::dunning::{Customer, Outcome, Reason, Verdict};
use crate::domain::money::Currency;
use crate::store::Reader;
use crate::store::error::{Result, StoreError};

/// What a run would be.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outlook {
    /// Letters, items and what they ask for, by level and currency.
    pub levels: BTreeMap<(u32, Currency), (u64, u64, i64)>,
    /// Items left alone, by reason.
    pub left: BTreeMap<&'static str, u64>,
    /// Items somebody must decide about by hand; they are among those left alone.
    pub by_hand: u64,
    /// Customers that get a letter.
    pub customers: u64,
    /// Anybody is under a policy.
    pub any_policy: bool,
}

impl Outlook {
    /// All letters.
    pub fn letters(&self) -> u64 {
        self.levels.values().map(|level| level.0).sum()
    }
}

/// An item that is left alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut {
    /// Whose it is.
    pub customer: i64,
    /// The customer's number.
    pub account: String,
    /// The customer's name.
    pub name: String,
    /// The item.
    pub item: i64,
    /// Number of its document.
    pub document: String,
    /// When it is due.
    pub due: NaiveDate,
    /// Its currency.
    pub currency: Currency,
    /// What is open, minor units.
    pub open: i64,
    /// Name of its policy; empty under none.
    pub policy: String,
    /// The reason in a word, as tallies have it.
    pub word: &'static str,
    /// The reason in a sentence.
    pub why: String,
    /// A person decides.
    pub by_hand: bool,
    /// The day on which that changes, where the calendar alone changes it.
    pub changes_on: Option<NaiveDate>,
    /// The hold that keeps it out.
    pub hold: Option<i64>,
}

/// Items left alone, those first that somebody can do something about; beyond `most` they are only counted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Left {
    /// The items.
    pub rows: Vec<LeftOut>,
    /// How many there are in all.
    pub total: usize,
}

/// What a run of this day would be, of a segment or of everybody where it is empty.
pub fn outlook(reader: &Reader, today: NaiveDate, segment: &str) -> Result<Outlook> {
    let mut found = Outlook::default();
    found.any_policy = decided(reader, today, segment, &mut |customer, verdicts, groups| {
        found.customers += u64::from(!groups.is_empty());
        for (level, currency, items, asked) in groups {
            let sums = found.levels.entry((level, currency)).or_default();
            *sums = (sums.0 + 1, sums.1 + items, sums.2 + asked);
        }
        for (_, verdict) in customer.items.iter().zip(verdicts) {
            if verdict.outcome == Outcome::Leave && verdict.why != Reason::Credit {
                *found.left.entry(verdict.why.word()).or_default() += 1;
                found.by_hand += u64::from(verdict.why.by_hand());
            }
        }
    })?;
    Ok(found)
}

/// Letters of a customer: level, currency, items, asked.
type Groups = Vec<(u32, Currency, u64, i64)>;

fn decided(
    reader: &Reader,
    today: NaiveDate,
    segment: &str,
    take: &mut dyn FnMut(&Customer, &[Verdict], Groups),
) -> Result<bool> {
    reader.snapshot(|| {
        let rules = rules(&reader.conn)?;
        let all = customers(&reader.conn, Wanted { customer: None, today, run: 0 })?;
        let all = of_segment(all, segment).map_err(|why| StoreError::refused("POL-03", format!("{why}.")))?;
        for customer in &all {
            let decision = rules.decide(customer, today);
            let groups = decision.groups().into_iter();
            let groups = groups.map(|one| (one.level, one.currency, one.items.len() as u64, one.asked)).collect();
            take(customer, &decision.verdicts, groups);
        }
        Ok(rules.assignments.iter().any(|one| !one.policy.is_empty()))
    })
}

/// Every item that a run of this day leaves alone. What is only not due yet comes last.
pub fn left_out(reader: &Reader, today: NaiveDate, segment: &str, most: usize) -> Result<Left> {
    let policies: Vec<String> = rules(&reader.conn)?.policies.into_iter().map(|policy| policy.name).collect();
    let mut rows = Vec::new();
    decided(reader, today, segment, &mut |customer, verdicts, _| {
        for (item, verdict) in customer.items.iter().zip(verdicts) {
            if verdict.outcome != Outcome::Leave || verdict.why == Reason::Credit {
                continue;
            }
            let hold = customer.holds.iter().find(|hold| hold.holds(item.id, today)).map(|hold| hold.id);
            rows.push(LeftOut {
                customer: customer.id,
                account: customer.number.clone(),
                name: String::new(),
                item: item.id,
                document: String::new(),
                due: item.due,
                currency: item.currency,
                open: item.open,
                policy: verdict.policy.and_then(|place| policies.get(place)).cloned().unwrap_or_default(),
                word: verdict.why.word(),
                why: verdict.why.sentence(),
                by_hand: verdict.why.by_hand(),
                changes_on: verdict.changes_on,
                hold: hold.filter(|_| matches!(verdict.why, Reason::Held { .. })),
            });
        }
    })?;
    let total = rows.len();
    let weight = |row: &LeftOut| (!row.by_hand, row.word == "not late", row.word);
    rows.sort_by(|a, b| weight(a).cmp(&weight(b)).then(a.customer.cmp(&b.customer)).then(a.due.cmp(&b.due)));
    rows.truncate(most);
    let mut statement = reader.conn.prepare_cached(
        "SELECT c.name, d.number FROM item i JOIN customer c ON c.id = i.customer_id JOIN document d ON d.id = i.document_id \
         WHERE i.id = $1",
    )?;
    for row in &mut rows {
        (row.name, row.document) = statement.query_row([row.item], |found| Ok((found.get(0)?, found.get(1)?)))?;
    }
    Ok(Left { rows, total })
}

/// Currencies of letters with what they ask for, added up over levels.
pub fn asked(levels: &BTreeMap<(u32, Currency), (u64, u64, i64)>) -> Vec<(Currency, i64)> {
    let currencies: BTreeSet<Currency> = levels.keys().map(|key| key.1).collect();
    let sum = |currency| levels.iter().filter(|(key, _)| key.1 == currency).map(|(_, sums)| sums.2).sum();
    currencies.into_iter().map(|currency| (currency, sum(currency))).collect()
}
