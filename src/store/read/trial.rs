//! A policy on trial for a share of a segment, with the others of the segment as control: what was collected in time, how
//! long money takes, promises and letters, of both groups over the same days. All amounts in the book's currency.

use std::collections::HashMap;

use chrono::{Duration, NaiveDate};
use rusqlite::{Connection, params};
use rust_decimal::Decimal;

use super::promises::{Question, promises};
use super::window::{Sort, Want};
use crate::domain::dunning::{Scope, Segment, choose};
use crate::domain::kpi::{self, Kpi, Unit};
use crate::domain::money::{self, Currency};
use crate::domain::promise::State;
use crate::language::filter::Filter;
use crate::store::Reader;
use crate::store::date::{iso, read};
use crate::store::dunning::load::{everyone, rules};
use crate::store::error::Result;

/// Days after the due date within which an invoice counts as collected.
pub const IN_TIME: i64 = 30;
/// Days of billing that the DSO-like figure looks back on.
pub const BILLED_DAYS: i64 = 90;
/// Days a comparison looks back where nobody says otherwise.
pub const LOOKS_BACK: i64 = 182;

/// One group.
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    /// Its policy; several names where there are several.
    pub policy: String,
    /// Customers in it.
    pub customers: usize,
    /// The figures, in the same order for both groups.
    pub figures: Vec<Kpi>,
}

/// A comparison.
#[derive(Debug, Clone, PartialEq)]
pub struct Trial {
    /// The segment with its share, as it was assigned.
    pub segment: String,
    /// First day looked at.
    pub since: NaiveDate,
    /// Last day looked at.
    pub until: NaiveDate,
    /// Those under the policy on trial.
    pub trial: Group,
    /// The others of the segment.
    pub control: Group,
}

/// Sums of one customer, minor units of the book's currency.
#[derive(Debug, Clone, Copy, Default)]
struct Sums {
    due: i64,
    collected: i64,
    open: i64,
    billed: i64,
    kept: u32,
    partly: u32,
    broken: u32,
    letters: u32,
}

impl Sums {
    fn add(&mut self, other: &Sums) {
        self.due += other.due;
        self.collected += other.collected;
        self.open += other.open;
        self.billed += other.billed;
        self.kept += other.kept;
        self.partly += other.partly;
        self.broken += other.broken;
        self.letters += other.letters;
    }

    fn figures(&self, base: Currency, customers: usize) -> Vec<Kpi> {
        let amount = |minor| money::to_decimal(minor, base.digits());
        let (letters, customers) = (Decimal::from(self.letters), Decimal::from(customers));
        let each = letters.checked_div(customers);
        let each_shown = each.map_or_else(|| "n/a".to_owned(), kpi::show);
        vec![
            kpi::percentage(
                "Collected within 30 days of due",
                ("collected in time", amount(self.collected)),
                ("fell due", amount(self.due)),
            ),
            kpi::dso(amount(self.open), amount(self.billed), Decimal::from(BILLED_DAYS)),
            kpi::promises_kept(self.kept, self.partly, self.broken),
            Kpi {
                name: "Letters sent",
                value: Some(letters),
                unit: Unit::Count,
                inputs: vec![("letters", letters), ("customers", customers)],
                arithmetic: format!("{letters} letters to {customers} customers"),
            },
            Kpi {
                name: "Letters for each customer",
                value: each,
                unit: Unit::Times,
                inputs: vec![("letters", letters), ("customers", customers)],
                arithmetic: format!("Letters for each customer = {letters} / {customers} = {each_shown}"),
            },
        ]
    }
}

/// Every policy that is assigned to a share, beside the rest of its segment. `since` is the day the share was drawn,
/// half a year ago at the earliest, where it is not given.
pub fn trials(reader: &Reader, today: NaiveDate, since: Option<NaiveDate>, base: Currency) -> Result<Vec<Trial>> {
    reader.snapshot(|| {
        let rules = rules(&reader.conn)?;
        let all = everyone(&reader.conn)?;
        let mut out = Vec::new();
        for one in rules.assignments.iter().filter(|one| !one.policy.is_empty()) {
            let Scope::Segment(text) = &one.scope else { continue };
            let Ok(segment) = Segment::parse(text) else { continue };
            let Some(whole) = segment.whole() else { continue };
            let drawn = drawn_on(&reader.conn, text)?;
            let from = since.unwrap_or((today - Duration::days(LOOKS_BACK)).max(drawn));
            let sums = sums(reader, from, today)?;
            let mut groups = [(Sums::default(), 0, Vec::new()), (Sums::default(), 0, Vec::new())];
            for customer in all.iter().filter(|customer| whole.has(customer)) {
                let policy = choose(&rules.assignments, customer, 0).unwrap_or("none").to_owned();
                let on_trial = segment.has(customer);
                // Somebody with a policy of its own is in neither group.
                if on_trial && policy != one.policy {
                    continue;
                }
                let group = &mut groups[usize::from(!on_trial)];
                group.0.add(sums.get(&customer.id).unwrap_or(&Sums::default()));
                group.1 += 1;
                if !group.2.contains(&policy) {
                    group.2.push(policy);
                }
            }
            let [trial, control] = groups.map(|(sums, customers, policies)| Group {
                policy: policies.join(", "),
                customers,
                figures: sums.figures(base, customers),
            });
            out.push(Trial { segment: text.clone(), since: from, until: today, trial, control });
        }
        Ok(out)
    })
}

/// The day a share was given its policy.
fn drawn_on(conn: &Connection, segment: &str) -> Result<NaiveDate> {
    let text = "SELECT substr(a.recorded_at, 1, 10) FROM policy_assignment p JOIN act a ON a.id = p.act_id \
                WHERE p.scope = 'segment' AND p.segment = $1 ORDER BY p.id DESC LIMIT 1";
    let day: String = conn.prepare_cached(text)?.query_row([segment], |row| row.get(0))?;
    Ok(read(&day))
}

/// A sum by customer: its text, the day it takes, and where the sum goes.
type Asked<'a> = (&'a str, &'a str, fn(&mut Sums, i64));

fn sums(reader: &Reader, since: NaiveDate, today: NaiveDate) -> Result<HashMap<i64, Sums>> {
    let conn = &reader.conn;
    let mut found: HashMap<i64, Sums> = HashMap::new();
    let (first, last) = (iso(since), iso(today - Duration::days(IN_TIME)));
    let mut statement = conn.prepare_cached(
        "SELECT i.customer_id, coalesce(i.base, i.amount), coalesce((SELECT sum(coalesce(a.debit_base, a.amount)) \
           FROM allocation a JOIN item c ON c.id = a.credit_item WHERE a.debit_item = i.id AND c.kind = 4 \
           AND a.effective <= date(i.due_date, $1)), 0) \
         FROM item i WHERE i.kind = 1 AND i.due_date >= $2 AND i.due_date <= $3",
    )?;
    let window = format!("+{IN_TIME} days");
    let mut rows = statement.query(params![window, first.as_str(), last.as_str()])?;
    while let Some(row) = rows.next()? {
        let (customer, due, paid): (i64, i64, i64) = (row.get(0)?, row.get(1)?, row.get(2)?);
        let sums = found.entry(customer).or_default();
        (sums.due, sums.collected) = (sums.due + due, sums.collected + paid.clamp(0, due.max(0)));
    }
    let billed_from = iso(today - Duration::days(BILLED_DAYS));
    let now = iso(today);
    let questions: [Asked<'_>; 3] = [
        (
            "SELECT customer_id, sum(coalesce(open_base, open)) FROM item WHERE open > 0 AND kind IN (1, 3) \
             AND document_date <= $1 GROUP BY customer_id",
            now.as_str(),
            |sums, open| sums.open += open,
        ),
        (
            "SELECT customer_id, sum(coalesce(base, amount)) FROM item WHERE kind = 1 AND document_date > $1 \
             GROUP BY customer_id",
            billed_from.as_str(),
            |sums, billed| sums.billed += billed,
        ),
        (
            "SELECT customer_id, count(*) FROM letter WHERE letter_date >= $1 GROUP BY customer_id",
            first.as_str(),
            |sums, letters| sums.letters += u32::try_from(letters).unwrap_or(u32::MAX),
        ),
    ];
    for (text, day, add) in questions {
        let mut statement = conn.prepare_cached(text)?;
        let mut rows = statement.query([day])?;
        while let Some(row) = rows.next()? {
            add(found.entry(row.get(0)?).or_default(), row.get(1)?);
        }
    }
    let question = Question { today, filter: Filter::all(), sort: Sort { column: "date", descending: false } };
    for promise in all_promises(reader, &question)? {
        let sums = found.entry(promise.0).or_default();
        match promise.1 {
            _ if promise.2 < since => {}
            State::Kept => sums.kept += 1,
            State::PartlyKept => sums.partly += 1,
            State::Broken => sums.broken += 1,
            _ => {}
        }
    }
    Ok(found)
}

/// Customer, state and day of every promise, window by window.
fn all_promises(reader: &Reader, question: &Question) -> Result<Vec<(i64, State, NaiveDate)>> {
    let mut all = Vec::new();
    let mut want = Want::Start;
    loop {
        let window = promises(reader, question, want)?.window;
        all.extend(window.rows.iter().map(|row| (row.customer, row.state, row.made_on)));
        match window.rows.last() {
            Some(last) if (all.len() as u64) < window.total => want = Want::After(last.id, all.len() as u64),
            _ => return Ok(all),
        }
    }
}
