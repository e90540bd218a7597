//! A policy tried on the book's own past: the runs as they were recorded, and the runs that rules would have made on the
//! same days. Replaying the rules in force on the days of recorded runs gives the recorded letters again.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use rusqlite::Connection;

use super::history::{History, Moment, Replayed};
use super::load::{Rules, of_segment};
use crate::domain::dunning::{Customer, FeePer, Group, Origin, Outcome, Policy, Sent};
use crate::domain::money::Currency;
use crate::store::Reader;
use crate::store::date::{iso, read};
use crate::store::error::Result;
use crate::store::lookup::currency;

/// Days after a letter within which money counts as its effect.
pub const EFFECT_DAYS: i64 = 14;

/// A run of the past, or one that a replay makes: its day, what was known, and only whose items are looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// When it decides.
    pub at: Moment,
    /// The segment it is of; empty for everybody.
    pub segment: String,
}

/// A letter of the past: day, customer, level and currency, with its items.
pub type Letters = BTreeMap<(NaiveDate, i64, u32, Currency), BTreeSet<i64>>;

/// What runs came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Came {
    /// Runs with at least one letter.
    pub runs: u64,
    /// The letters.
    pub letters: Letters,
    /// What they asked for, by level and currency.
    pub asked: BTreeMap<(u32, Currency), i64>,
    /// Fees charged.
    pub fees: BTreeMap<Currency, i64>,
    /// Items left alone because of it, each once.
    pub avoided: BTreeMap<&'static str, BTreeSet<i64>>,
}

impl Came {
    /// Letters of a level.
    pub fn of_level(&self, level: u32) -> u64 {
        self.letters.keys().filter(|key| key.2 == level).count() as u64
    }

    /// The levels there are letters of.
    pub fn levels(&self) -> BTreeSet<u32> {
        self.letters.keys().map(|key| key.2).collect()
    }
}

/// The runs since a day that were sent, in order.
pub fn recorded_runs(reader: &Reader, from: NaiveDate) -> Result<Vec<Run>> {
    let mut statement = reader.conn.prepare_cached(
        "SELECT r.run_date, r.act_id, r.segment FROM dunning_run r WHERE r.run_date >= $1 \
         AND EXISTS (SELECT 1 FROM dunning_step s WHERE s.run_id = r.id AND s.what = 'sending') ORDER BY r.id",
    )?;
    let from = iso(from);
    let rows = statement.query_map([from.as_str()], |row| {
        let at = Moment { day: read(row.get_ref(0)?.as_str()?), act: Some(row.get(1)?) };
        Ok(Run { at, segment: row.get(2)? })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// What the book's own runs since a day came to.
pub fn recorded(reader: &Reader, from: NaiveDate) -> Result<Came> {
    let mut came = Came::default();
    let from = iso(from);
    let mut statement = reader.conn.prepare_cached(
        "SELECT r.run_date, t.customer_id, t.level, t.currency, l.item_id, l.open - l.disputed, l.fee FROM letter t \
         JOIN dunning_run r ON r.id = t.run_id JOIN letter_line l ON l.letter_id = t.id WHERE r.run_date >= $1",
    )?;
    let mut rows = statement.query([from.as_str()])?;
    let mut days = BTreeSet::new();
    while let Some(row) = rows.next()? {
        let (day, code): (String, String) = (row.get(0)?, row.get(3)?);
        let (day, currency, level): (NaiveDate, Currency, u32) = (read(&day), currency(&code), row.get(2)?);
        days.insert(day);
        came.letters.entry((day, row.get(1)?, level, currency)).or_default().insert(row.get(4)?);
        *came.asked.entry((level, currency)).or_default() += row.get::<_, i64>(5)?;
        *came.fees.entry(currency).or_default() += row.get::<_, i64>(6)?;
    }
    came.runs = days.len() as u64;
    came.fees.retain(|_, sum| *sum != 0);
    Ok(came)
}

/// Drafts and sends each of the runs, in thought. Earlier letters of the policy `renamed.0` count as of `renamed.1`, which
/// is tried in its place.
pub fn replay(past: &History, rules: &Rules, runs: &[Run], renamed: Option<(String, String)>) -> Came {
    let mut came = Came::default();
    let mut replayed = Replayed { renamed, ..Replayed::default() };
    for run in runs {
        let mut any = false;
        let customers = of_segment(past.at(run.at, &replayed), &run.segment).unwrap_or_default();
        for customer in customers {
            let decision = rules.decide(&customer, run.at.day);
            for verdict in decision.verdicts.iter().filter(|one| one.outcome == Outcome::Leave) {
                came.avoided.entry(verdict.why.word()).or_default().insert(verdict.item);
            }
            for group in decision.groups() {
                any = true;
                sent(&customer, &group, &rules.policies[group.policy], run.at.day, (&mut came, &mut replayed));
            }
        }
        came.runs += u64::from(any);
    }
    came.fees.retain(|_, sum| *sum != 0);
    came
}

/// Sends one letter, in thought, with the fees the act would charge.
fn sent(
    customer: &Customer,
    group: &Group,
    policy: &Policy,
    day: NaiveDate,
    (came, replayed): (&mut Came, &mut Replayed),
) {
    let Some(level) = policy.level(group.level) else { return };
    let key = (day, customer.id, group.level, group.currency);
    came.letters.entry(key).or_default().extend(&group.items);
    *came.asked.entry((group.level, group.currency)).or_default() += group.asked;
    replayed.last.insert(customer.id, day);
    replayed.letters.insert((customer.id, day, group.level, group.currency));
    let of_currency = customer.items.iter().filter(|item| item.currency == group.currency);
    let net: i64 = of_currency.map(|item| item.open).sum();
    let mut of_letter = level.fee_per == FeePer::Letter;
    for item in customer.items.iter().filter(|item| group.items.contains(&item.id)) {
        let new = item.origin == Origin::Trade && item.level() < group.level && net > 0;
        let fee = match level.fee_per {
            _ if !new => 0,
            FeePer::Item => level.fee_on(item.asked(), group.currency),
            FeePer::Letter if std::mem::take(&mut of_letter) => level.fee_on(group.asked, group.currency),
            FeePer::Letter => 0,
        };
        let fee = fee + if new { policy.compensation(item, day) } else { 0 };
        *came.fees.entry(group.currency).or_default() += fee;
        let sent = Sent { level: group.level, on: day, policy: policy.name.clone(), fee: fee > 0 };
        replayed.sent.entry(item.id).or_default().push(sent);
    }
}

/// How letters of each level worked so far: what they asked for, and what of it came within [`EFFECT_DAYS`], by level and
/// currency, over letters old enough to tell.
pub fn effect(reader: &Reader, today: NaiveDate) -> Result<BTreeMap<(u32, Currency), (i64, i64)>> {
    reader.snapshot(|| effect_of(&reader.conn, today))
}

fn effect_of(conn: &Connection, today: NaiveDate) -> Result<BTreeMap<(u32, Currency), (i64, i64)>> {
    let last = iso(today - chrono::Duration::days(EFFECT_DAYS));
    let mut statement = conn.prepare_cached(
        "SELECT t.level, t.currency, l.open - l.disputed, coalesce((SELECT sum(a.amount) FROM allocation a \
           JOIN item c ON c.id = a.credit_item WHERE a.debit_item = l.item_id AND c.kind = 4 \
           AND a.effective > t.letter_date AND a.effective <= date(t.letter_date, $1)), 0) \
         FROM letter t JOIN letter_line l ON l.letter_id = t.id WHERE t.letter_date <= $2",
    )?;
    let window = format!("+{EFFECT_DAYS} days");
    let mut rows = statement.query([&window, last.as_str()])?;
    let mut found: BTreeMap<(u32, Currency), (i64, i64)> = BTreeMap::new();
    while let Some(row) = rows.next()? {
        let code: String = row.get(1)?;
        let (asked, came): (i64, i64) = (row.get(2)?, row.get(3)?);
        let sums = found.entry((row.get(0)?, currency(&code))).or_default();
        *sums = (sums.0 + asked, sums.1 + came.clamp(0, asked));
    }
    Ok(found)
}
