//! The book's own past, for trying a policy on it: what was open, disputed, promised and held at a moment. On the day of
//! a recorded run the moment is the run's draft, and only what was known to it counts; on any other day, what the dates
//! of postings, cases and promises say. Letters of the time replayed are not taken from the book; whoever replays hands
//! its own in.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use chrono::NaiveDate;

use super::charges::Charge;
use crate::domain::dunning::{Customer, Hold, Item, Origin, Sent};
use crate::domain::money::Currency;
use crate::domain::plan::Plan;
use crate::domain::promise::{Leeway, Promise, State};
use crate::store::Reader;
use crate::store::error::Result;
use crate::store::plans::Stored;

mod load;

/// When a replay decides: a day, and what was known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// The day.
    pub day: NaiveDate,
    /// The last act that was known, for the moment of a recorded run; `None` goes by dates.
    pub act: Option<i64>,
}

impl Moment {
    /// Whether what an act wrote, effective on a day, counts at this moment.
    fn knows(self, act: i64, effective: NaiveDate) -> bool {
        self.act.map_or(effective <= self.day, |last| act <= last)
    }
}

/// What a letter charged: it is there only if the letter went out.
#[derive(Debug, Clone)]
struct Charged {
    /// The letter: customer, day, level, currency.
    letter: LetterOf,
    /// What it was charged for.
    of: Charge,
}

/// What tells a letter of the past from others: customer, day, level, currency.
pub type LetterOf = (i64, NaiveDate, u32, Currency);

/// A fall of what is open.
#[derive(Debug, Clone, Copy)]
struct Fall {
    act: i64,
    day: NaiveDate,
    /// The day a promise counts it for: that of what it takes back, where it does.
    counts: NaiveDate,
    amount: i64,
    /// By money, not by a credit note or a write-off.
    cash: bool,
}

/// An item with everything that ever changed what may be asked for.
#[derive(Debug, Clone)]
struct Past {
    id: i64,
    act: i64,
    document: i64,
    currency: Currency,
    dated: NaiveDate,
    due: NaiveDate,
    amount: i64,
    settled: Vec<Fall>,
    /// Acts, days and amounts by which a disputed amount came or went.
    disputed: Vec<(i64, NaiveDate, i64)>,
    /// Promises with their act and the day they were ended by hand.
    promises: Vec<(i64, Promise, Option<NaiveDate>)>,
    /// How exact they must be met.
    leeway: Arc<Leeway>,
    charged: Option<Charged>,
    /// Its document was given a policy of its own.
    by_hand: bool,
    /// Letters it was in before the time that is replayed.
    sent: Vec<Sent>,
}

/// A hold with the acts that placed and lifted it.
#[derive(Debug, Clone)]
struct Held {
    hold: Hold,
    placed: i64,
    lifted: Option<(i64, NaiveDate)>,
}

/// A customer of the past.
#[derive(Debug, Clone, Default)]
struct Whose {
    customer: Customer,
    items: Vec<Past>,
    holds: Vec<Held>,
    /// Calls and e-mails: act and day.
    contacts: Vec<(i64, NaiveDate)>,
    /// The last letter before the time that is replayed.
    letter: Option<NaiveDate>,
}

/// The customers of the book with their past since a day.
#[derive(Debug, Default)]
pub struct History {
    known: Vec<Whose>,
    from: Option<NaiveDate>,
    /// Every plan that was not taken back by undo.
    plans: Vec<Stored>,
}

/// What a replay remembers of the letters it sent: by item, and the last by customer.
#[derive(Debug, Default)]
pub struct Replayed {
    /// Letters of an item.
    pub sent: HashMap<i64, Vec<Sent>>,
    /// The day of a customer's last letter.
    pub last: HashMap<i64, NaiveDate>,
    /// The letters themselves.
    pub letters: BTreeSet<LetterOf>,
    /// Letters before the time replayed that were of the first policy count as of the second.
    pub renamed: Option<(String, String)>,
}

/// Reads the past of every item that was open on `from` or later. What letters charged is there for a replay that sent
/// the same letter; what another policy would have charged is not made up.
pub fn history(reader: &Reader, from: NaiveDate) -> Result<History> {
    reader.snapshot(|| load::all(&reader.conn, from))
}

impl Past {
    fn open(&self, at: Moment) -> i64 {
        let settled: i64 =
            self.settled.iter().filter(|fall| at.knows(fall.act, fall.day)).map(|fall| fall.amount).sum();
        if self.amount < 0 { self.amount + settled } else { self.amount - settled }
    }

    fn promised(&self, at: Moment) -> Option<NaiveDate> {
        let cash = || {
            let falls = self.settled.iter().filter(|fall| fall.cash && at.knows(fall.act, fall.day));
            falls.map(|fall| (fall.counts, fall.amount)).collect::<Vec<_>>()
        };
        let open = self.promises.iter().filter(|(act, promise, ended)| {
            at.knows(*act, promise.made.unwrap_or(at.day))
                && ended.is_none_or(|ended| ended > at.day)
                && at.day <= promise.until(&self.leeway)
                && promise.state(&cash(), &self.leeway, at.day) == State::Open
        });
        open.map(|(_, promise, _)| promise.until(&self.leeway)).max()
    }
}

impl Held {
    fn at(&self, at: Moment) -> Option<Hold> {
        let lifted = self.lifted.is_some_and(|(act, day)| at.knows(act, day));
        let there = at.knows(self.placed, self.hold.from) && !lifted;
        there.then(|| self.hold.clone())
    }
}

/// The first day that is replayed, and until when plans keep items out.
type Around<'a> = (Option<NaiveDate>, &'a HashMap<i64, NaiveDate>);

impl Whose {
    /// The customer at a moment; `None` with nothing open.
    fn at(&self, at: Moment, around: Around<'_>, replayed: &Replayed) -> Option<Customer> {
        let open: HashMap<i64, i64> = self.items.iter().map(|past| (past.id, past.open(at))).collect();
        let items: Vec<Item> = self.items.iter().filter_map(|past| past.at(at, &open, around, replayed)).collect();
        let called = self.contacts.iter().filter(|(act, day)| at.knows(*act, *day)).map(|(_, day)| *day).max();
        let written = replayed.last.get(&self.customer.id).copied().or(self.letter);
        let holds = self.holds.iter().filter_map(|held| held.at(at)).collect();
        let last_contact = called.max(written);
        (!items.is_empty()).then(|| Customer { last_contact, items, holds, ..self.customer.clone() })
    }
}

impl Past {
    fn at(
        &self,
        at: Moment,
        all: &HashMap<i64, i64>,
        (from, planned): Around<'_>,
        replayed: &Replayed,
    ) -> Option<Item> {
        let open = all.get(&self.id).copied().filter(|open| *open != 0)?;
        if !at.knows(self.act, self.dated) {
            return None;
        }
        let origin = match &self.charged {
            None => Origin::Trade,
            Some(of) if replayed.letters.contains(&of.letter) || from.is_some_and(|from| of.letter.1 < from) => {
                Origin::Charge { owed: of.of.owed(|item| all.get(&item).is_some_and(|open| *open > 0)) }
            }
            Some(_) => return None,
        };
        let disputed = self.disputed.iter().filter(|(act, day, _)| at.knows(*act, *day));
        let disputed: i64 = disputed.map(|(_, _, amount)| amount).sum();
        let mut sent = self.sent.clone();
        if let Some((before, after)) = &replayed.renamed {
            let own = sent.iter_mut().filter(|sent| sent.policy == *before);
            own.for_each(|sent| sent.policy.clone_from(after));
        }
        sent.extend(replayed.sent.get(&self.id).into_iter().flatten().cloned());
        Some(Item {
            id: self.id,
            document: self.document,
            currency: self.currency,
            due: self.due,
            open,
            disputed: disputed.clamp(0, open.max(0)),
            promised_until: self.promised(at),
            planned_until: planned.get(&self.id).copied(),
            origin,
            sent,
            in_outbox: false,
            untold: false,
            by_hand: self.by_hand,
        })
    }
}

impl History {
    /// Items in a plan that was in good standing at a moment, and when the calendar alone would have ended that.
    fn planned(&self, at: Moment) -> HashMap<i64, NaiveDate> {
        let mut out: HashMap<i64, NaiveDate> = HashMap::new();
        let stood = |one: &&Stored| at.knows(one.act, one.made_on) && one.ended_on.is_none_or(|ended| ended > at.day);
        for stored in self.plans.iter().filter(stood) {
            let now = Plan { ended: None, ..stored.plan.clone() }.standing(at.day);
            let Some(breaks) = now.breaks_on else { continue };
            for ((item, _), _) in stored.items.iter().zip(&now.left_of).filter(|(_, left)| **left > 0) {
                let until = out.entry(*item).or_insert(breaks);
                *until = breaks.max(*until);
            }
        }
        out
    }

    /// The customers with something open at a moment, as they stood then, with the letters a replay has sent.
    pub fn at(&self, at: Moment, replayed: &Replayed) -> Vec<Customer> {
        let planned = self.planned(at);
        self.known.iter().filter_map(|whose| whose.at(at, (self.from, &planned), replayed)).collect()
    }
}
