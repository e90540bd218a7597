//! What is left of a run's letter on a day: the items it may still ask for, and the credits it takes off. A letter that is
//! looked at and one that goes out are made from the same.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::NaiveDate;
use rusqlite::Connection;

use super::load::{Wanted, customers, rules};
use super::runs::{Key, Line, Run, letters_of, lines};
use crate::domain::dunning::{Credits, Customer, Item, Verdict};
use crate::domain::money::Currency;
use crate::store::error::Result;
use crate::store::{Reader, Tx};

/// What a letter may ask for now.
#[derive(Debug, Clone, Default)]
pub struct Standing {
    /// To whom, with everything that is open.
    pub customer: Customer,
    /// Its items; none where nothing is left to ask for.
    pub items: Vec<Item>,
    /// Credits it takes off, minor units.
    pub netted: i64,
}

impl Standing {
    /// The credits of the letter, as its policy has them: taken off, listed, or none. Minor units.
    pub fn credits(&self, as_of: Credits, key: Key) -> i64 {
        match as_of {
            Credits::None => 0,
            Credits::Net => self.netted,
            Credits::List => {
                let held = self.customer.items.iter().filter(|item| item.currency == key.currency && item.open < 0);
                held.map(|item| -item.open).sum()
            }
        }
    }
}

/// The items of a letter as they stand: those of the run that are still dunned, and that no other run reminded at the level
/// it proposed or a higher one meanwhile. A person may have lowered that level, even to one that was sent before.
pub(super) fn standing(conn: &Connection, run: i64, key: Key, today: NaiveDate) -> Result<Standing> {
    let wanted = Wanted { customer: Some(key.customer), today, run };
    let Some(customer) = customers(conn, wanted)?.pop() else { return Ok(Standing::default()) };
    let lines = lines(conn, run, Some(key.customer))?;
    let decision = rules(conn)?.decide(&customer, today);
    let of = |item: &Item| {
        let mut own = lines.iter().filter(|line| line.item == item.id && line.letter_key() == Some(key));
        own.any(|line| item.level() < line.proposed)
    };
    let due: Vec<(&Item, &Verdict)> = (customer.items.iter().zip(&decision.verdicts))
        .filter(|(item, verdict)| of(item) && verdict.level().is_some_and(|level| level >= key.level))
        .collect();
    let asked: i64 = due.iter().map(|(item, _)| item.asked()).sum();
    let netted: i64 = due.iter().map(|(item, _)| decision.credit_off(item.id)).sum();
    // Lines that were lowered may be a letter of their own, and all of that covered.
    let items = due.into_iter().filter(|_| netted < asked).map(|(item, _)| item.clone()).collect();
    Ok(Standing { customer, items, netted })
}

/// What of a run is no longer needed, because it was paid, promised, disputed, held or reminded since it was drafted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Gone {
    /// Lines that would go out and do not any more, with why.
    pub lines: BTreeMap<i64, String>,
    /// Letters of which nothing is left.
    pub letters: u64,
    /// What the lines asked for, by currency.
    pub asked: BTreeMap<Currency, i64>,
}

/// Of how many letters of a run in a state nothing is left to ask for, as the tail of a sentence.
pub fn no_longer(letters: u64, state: &str) -> String {
    match (letters, state) {
        (0, _) => String::new(),
        (_, "sent") => format!(", {letters} of them no longer needed when it was sent"),
        _ => format!(", {letters} of them no longer needed by now"),
    }
}

/// Customers of a run that are looked at one by one; for more, everything open is read at once.
const FEW: usize = 200;

/// Decides of every line of a run once more, as of a day. Lines that are out, or were left out by hand, are not asked about.
pub(in crate::store) fn gone(conn: &Connection, run: &Run, lines: &[Line], today: NaiveDate) -> Result<Gone> {
    let mut gone = Gone::default();
    let all = letters_of(lines).len() as u64;
    let open: Vec<&Line> = lines.iter().filter(|line| line.letter.is_none() && line.level().is_some()).collect();
    if !run.is_open() {
        let never = "it was no longer needed when the run was sent".to_owned();
        if run.state == "sent" {
            gone.lines = open.iter().map(|line| (line.id, never.clone())).collect();
            gone.letters = all.saturating_sub(run.letters.unsigned_abs());
        }
        return Ok(gone);
    }
    let (rules, mut verdicts) = (rules(conn)?, HashMap::<i64, (u32, Verdict)>::new());
    let whose: BTreeSet<i64> = open.iter().map(|line| line.customer).collect();
    let asked = if whose.len() > FEW { vec![None] } else { whose.into_iter().map(Some).collect() };
    for customer in asked {
        for known in customers(conn, Wanted { customer, today, run: run.id })? {
            let decision = rules.decide(&known, today);
            let sent = known.items.iter().map(Item::level);
            verdicts.extend(sent.zip(decision.verdicts).map(|(sent, verdict)| (verdict.item, (sent, verdict))));
        }
    }
    let mut standing = BTreeSet::new();
    for line in lines {
        let (Some(level), Some(key)) = (line.level(), line.letter_key()) else { continue };
        let why = match verdicts.get(&line.item) {
            _ if line.letter.is_some() => None,
            None => Some("nothing of it is open".to_owned()),
            Some((sent, _)) if *sent >= line.proposed => Some("another run reminded of it".to_owned()),
            Some((_, verdict)) if verdict.level().is_none_or(|now| now < level) => Some(verdict.why.sentence()),
            Some(_) => None,
        };
        if let Some(why) = why {
            gone.lines.insert(line.id, why);
            *gone.asked.entry(line.currency).or_default() += line.asked;
        } else {
            standing.insert(key);
        }
    }
    gone.letters = all - standing.len() as u64;
    Ok(gone)
}

impl Tx<'_> {
    /// What of a run is no longer needed, inside an act.
    pub fn dunning_gone(&self, run: &Run, lines: &[Line], today: NaiveDate) -> Result<Gone> {
        gone(self.conn, run, lines, today)
    }

    /// What is left of a run's letter.
    pub fn letter_standing(&self, run: i64, key: Key, today: NaiveDate) -> Result<Standing> {
        standing(self.conn, run, key, today)
    }
}

/// What of a run is no longer needed, for verbs.
pub fn gone_of(reader: &Reader, run: &Run, lines: &[Line], today: NaiveDate) -> Result<Gone> {
    gone(&reader.conn, run, lines, today)
}
