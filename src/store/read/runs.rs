//! Dunning runs as people look through them: the list with what each asks for, and one run with its lines, its letters
//! by level, and for each line the level that would follow.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::window::{Want, Window, slice};
use crate::domain::dunning::Policy;
use crate::domain::money::Currency;
use crate::language::filter::{Field, Fields, Filter};
use crate::language::fold::fold;
use crate::store::Reader;
use crate::store::dunning::load::policy_row;
use crate::store::dunning::runs::{self, Key, Line, Run};
use crate::store::dunning::standing::gone;
use crate::store::error::Result;
use crate::store::lookup::currency;

/// A run in the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunRow {
    /// The run.
    pub run: Run,
    /// Letters that went out, or that would.
    pub letters: u64,
    /// What they ask for, by currency, minor units.
    pub asked: Vec<(Currency, i64)>,
}

struct Listed(Vec<Run>);

/// The asked piece of the list of runs, newest first.
pub fn list(reader: &Reader, filter: &Filter, want: Want<i64>) -> Result<Window<RunRow>> {
    reader.snapshot(|| {
        let listed = reader.shared(&format!("{filter:?}"), || {
            let passes = |run: &Run| filter.is_all() || filter.matches(run);
            Ok(Listed(runs::all(&reader.conn)?.into_iter().filter(passes).collect()))
        })?;
        let window = slice(&listed.0, want, |run| run.id);
        let rows = window.rows.into_iter().map(|run| with_sums(reader, run)).collect::<Result<_>>()?;
        Ok(Window { first: window.first, rows, total: window.total })
    })
}

/// Every run, newest first, for verbs.
pub fn every(reader: &Reader) -> Result<Vec<RunRow>> {
    reader.snapshot(|| runs::all(&reader.conn)?.into_iter().map(|run| with_sums(reader, run)).collect())
}

/// What went out is added up from letters, which are few; what waits, from lines.
fn with_sums(reader: &Reader, run: Run) -> Result<RunRow> {
    let text = if run.state == "sent" {
        "SELECT currency, sum(asked), count(*) FROM letter WHERE run_id = $1 GROUP BY currency ORDER BY currency"
    } else {
        "SELECT currency, sum(asked), count(DISTINCT customer_id || ' ' || policy_id || ' ' || level) FROM \
         (SELECT l.customer_id, l.policy_id, l.currency, l.asked, \
            CASE v.what WHEN 'lower' THEN v.level ELSE l.level END AS level \
          FROM dunning_line l LEFT JOIN dunning_review v ON v.id = \
            (SELECT max(id) FROM dunning_review WHERE line_id = l.id) \
          WHERE l.run_id = $1 AND coalesce(v.what, '') NOT IN ('drop', 'hold')) GROUP BY currency ORDER BY currency"
    };
    let mut statement = reader.conn.prepare_cached(text)?;
    let mut rows = statement.query([run.id])?;
    let (mut asked, mut letters) = (Vec::new(), 0);
    while let Some(row) = rows.next()? {
        let code: String = row.get(0)?;
        asked.push((currency(&code), row.get(1)?));
        letters += row.get::<_, i64>(2)?.unsigned_abs();
    }
    Ok(RunRow { run, letters, asked })
}

impl Fields for Run {
    fn text(&self, field: Field) -> Option<Cow<'_, str>> {
        let text: &str = match field {
            Field::Number => &self.number,
            Field::State => &self.state,
            Field::Owner => &self.by,
            Field::Name => &self.segment,
            _ => return None,
        };
        Some(Cow::Borrowed(text))
    }
    fn amount(&self, _field: Field) -> Option<Decimal> {
        None
    }
    fn days(&self, _field: Field) -> Option<i64> {
        None
    }
    fn date(&self, field: Field) -> Option<NaiveDate> {
        (field == Field::Due).then_some(self.on)
    }
    fn flag(&self, name: &str) -> Option<bool> {
        match name {
            "open" => Some(self.is_open()),
            "closed" => Some(!self.is_open()),
            _ => None,
        }
    }
    fn words(&self) -> Cow<'_, str> {
        Cow::Owned(fold(&[&*self.number, &self.segment, &self.state, &self.by, &self.said].join(" ")))
    }
}

/// A line with what its policy says of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineRow {
    /// The line.
    pub line: Line,
    /// Name and version of its policy.
    pub policy: String,
    /// The fee its letter charges for it, where the policy names one for each item.
    pub fee: i64,
    /// Why it does not go out any more, although nobody left it out.
    pub gone: Option<String>,
    /// The level after this one, and the day it is reached if the letter goes out today and nothing is paid.
    pub next: Option<(u32, NaiveDate)>,
}

/// A run in full.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Detail {
    /// The run.
    pub run: Run,
    /// Its lines, by customer.
    pub lines: Vec<LineRow>,
    /// Letters by level and currency: how many, items, asked.
    pub levels: BTreeMap<(u32, Currency), (u64, u64, i64)>,
    /// Letters of which nothing is left to ask for.
    pub gone: u64,
    /// What was left out when it was drafted, by reason.
    pub left: BTreeMap<String, u64>,
    /// What an approval is bound to.
    pub seal: String,
    /// Letters that are out.
    pub sent: BTreeMap<Key, i64>,
    /// A policy or level of it asks for two people.
    pub by_two: bool,
    /// By what interest is reckoned, for each policy of it that asks for some: where it rests and its newest rate. Rates
    /// that were shipped say that they are to be verified.
    pub interest: Vec<String>,
}

impl Detail {
    /// Its letters, sent or not.
    pub fn letters(&self) -> u64 {
        self.levels.values().map(|level| level.0).sum()
    }
}

/// The run with this id; `today` is the day its letters would go out.
pub fn detail(reader: &Reader, run: i64, today: NaiveDate) -> Result<Detail> {
    reader.snapshot(|| {
        let known = runs::by_id(&reader.conn, run)?;
        let lines = runs::lines(&reader.conn, run, None)?;
        let mut policies: HashMap<i64, (String, Policy)> = HashMap::new();
        for line in &lines {
            if !policies.contains_key(&line.policy)
                && let Some(row) = policy_row(&reader.conn, line.policy)?
            {
                policies.insert(line.policy, (format!("{} version {}", row.policy.name, row.version), row.policy));
            }
        }
        let mut levels: BTreeMap<(u32, Currency), (u64, u64, i64)> = BTreeMap::new();
        let mut by_two = false;
        for key in runs::letters_of(&lines) {
            levels.entry((key.level, key.currency)).or_default().0 += 1;
            let policy = policies.get(&key.policy).map(|(_, policy)| policy);
            by_two |=
                policy.is_some_and(|one| one.approval || one.level(key.level).is_some_and(|level| level.approval));
        }
        for line in &lines {
            if let Some(level) = line.level() {
                let sums = levels.entry((level, line.currency)).or_default();
                *sums = (sums.0, sums.1 + 1, sums.2 + line.asked);
            }
        }
        let day = if known.is_open() { today.max(known.on) } else { known.on };
        let seal = runs::seal(&lines);
        let chased = runs::chased(&reader.conn, run)?;
        let mut gone = gone(&reader.conn, &known, &lines, today)?;
        let row = |line: Line| {
            let gone = gone.lines.remove(&line.id);
            let of = policies.get(&line.policy);
            let level = line.level().unwrap_or(line.proposed);
            let next = of.and_then(|(_, policy)| {
                let next = policy.level(level + 1)?;
                Some((next.number, next.from(line.due, Some(day))?.max(day)))
            });
            let fee =
                of.and_then(|(_, policy)| policy.level(level)).map_or(0, |one| one.fee_on(line.asked, line.currency));
            let law = of.and_then(|(_, policy)| policy.interest.as_ref()).map(|interest| interest.profile.compensation);
            let first = day > line.due && !chased.contains(&line.item);
            let fee = fee + law.filter(|_| first).map_or(0, |law| law.on(line.asked, line.currency));
            LineRow { policy: of.map(|(name, _)| name.clone()).unwrap_or_default(), fee, gone, next, line }
        };
        let sent = runs::sent(&reader.conn, run)?.into_iter().map(|(key, id, _)| (key, id)).collect();
        let left = serde_json::from_str(&known.left_out).unwrap_or_default();
        let mut interest: Vec<String> = policies.values().filter_map(|(name, policy)| reckoned(name, policy)).collect();
        interest.sort();
        let letters = gone.letters;
        let lines = lines.into_iter().map(row).collect();
        Ok(Detail { lines, run: known, levels, gone: letters, left, seal, sent, by_two, interest })
    })
}

/// By what a policy reckons interest, in words; `None` where it asks for none.
fn reckoned(name: &str, policy: &Policy) -> Option<String> {
    let interest = policy.interest.as_ref()?;
    let newest = interest.profile.rates.iter().map(|(from, _)| *from).max();
    let newest = newest.map_or_else(String::new, |from| format!(", newest rate of {from}"));
    let told = if interest.post { "charged" } else { "told" };
    Some(format!("interest {told} by {name}: {}{newest}", interest.profile.basis))
}

/// The newest run.
pub fn newest(reader: &Reader) -> Result<Option<Run>> {
    Ok(runs::all(&reader.conn)?.into_iter().next())
}
