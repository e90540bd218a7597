//! Strategies of the worklist: which reasons earn how many points, from when on a customer is listed at all, and which
//! customers it is for. A strategy is data that people see and change; the built-in one is what holds where none is.

use serde::{Deserialize, Serialize};

use super::dunning::Segment;

/// Points that grow with a value up to a cap: all of them at `full` and beyond, a proportion below.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Rate {
    /// Whole points at most.
    pub points: i64,
    /// The value that earns them all.
    pub full: i64,
}

/// A step of stepped points: from this value on, so many points, in place of those of the steps below it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Step {
    /// The least value.
    pub from: i64,
    /// Whole points.
    pub points: i64,
}

impl Step {
    /// The step a value has reached; `None` below the first.
    pub fn reached(steps: &[Step], value: i64) -> Option<Step> {
        steps.iter().rev().find(|step| value >= step.from).copied()
    }
}

/// Whole points of events; 0 leaves an event out of the score, and alone it lists nobody then.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Events {
    /// A promise is due today.
    pub promise_due: i64,
    /// An instalment of a plan is due and not paid.
    pub instalment_due: i64,
    /// A payment plan is in default.
    pub plan_default: i64,
    /// A dispute was rejected, and its amount is to be collected.
    pub dispute_rejected: i64,
    /// A dispute was answered, and the customer does not know yet.
    pub dispute_answered: i64,
    /// A follow-up date has come.
    pub follow_up: i64,
    /// Money of the customer is here and applied to nothing.
    pub unapplied: i64,
    /// A large item falls due within days.
    pub large_due_soon: i64,
    /// The credit limit is exceeded.
    pub over_limit: i64,
    /// An item past due falls into a worse bucket within [`Strategy::worse_days`].
    #[serde(default)]
    pub worse_bucket: i64,
    /// A cash discount ends within [`Strategy::lapse_days`].
    #[serde(default)]
    pub discount_lapsing: i64,
}

/// A strategy.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Strategy {
    /// Its name.
    pub name: String,
    /// For whom, as conditions that must all hold: `country:DE risk:C`; empty for everybody.
    pub segment: String,
    /// False takes it out of use.
    pub in_force: bool,
    /// Precondition: more than this is to collect, in whole units of the book's currency.
    pub minimum: i64,
    /// Precondition: so many days past due at least.
    pub min_days: i64,
    /// Precondition: so many days since the last contact at least.
    pub contact_gap_days: i64,
    /// What is to collect, in whole units of the book's currency.
    pub amount: Rate,
    /// Days past due of the oldest item.
    pub age: Rate,
    /// Points at risk 100.
    pub risk: i64,
    /// Points for a promise broken in the last 90 days.
    pub broken: i64,
    /// Points for what is to collect by steps, in whole units of the book's currency; where there are any, they count in
    /// place of `amount`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub amount_steps: Vec<Step>,
    /// The same for days past due of the oldest item, in place of `age`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub age_steps: Vec<Step>,
    /// Days without contact.
    pub silence: Rate,
    /// The highest level of a reminder of what is past due. Nothing unless a company asks for it: its letters are read
    /// for it.
    #[serde(default = "no_level")]
    pub level: Rate,
    /// Points of events.
    pub events: Events,
    /// Contacted fewer days ago than this, the next step is to wait.
    pub quiet_days: i64,
    /// From this many days past due a call is worth more than a letter.
    pub call_days: i64,
    /// How many days ahead a large item is mentioned.
    pub soon_days: i64,
    /// How many days ahead a worse bucket counts.
    #[serde(default = "week")]
    pub worse_days: i64,
    /// How many days ahead the end of a cash discount counts.
    #[serde(default = "week")]
    pub lapse_days: i64,
    /// The least scores of priorities A, B and C; below them it is D.
    pub priorities: [i64; 3],
}

/// As strategies were before they knew of levels.
fn no_level() -> Rate {
    Rate { points: 0, full: 3 }
}

/// What is looked ahead where a strategy does not say.
fn week() -> i64 {
    7
}

impl Default for Strategy {
    fn default() -> Self {
        Strategy {
            name: Strategy::BUILT_IN.to_owned(),
            segment: String::new(),
            in_force: true,
            minimum: 0,
            min_days: 0,
            contact_gap_days: 0,
            amount: Rate { points: 40, full: 25_000 },
            age: Rate { points: 25, full: 90 },
            risk: 15,
            broken: 10,
            amount_steps: Vec::new(),
            age_steps: Vec::new(),
            silence: Rate { points: 10, full: 14 },
            level: no_level(),
            events: Events {
                promise_due: 10,
                instalment_due: 10,
                plan_default: 15,
                dispute_rejected: 15,
                dispute_answered: 10,
                follow_up: 10,
                unapplied: 5,
                large_due_soon: 2,
                over_limit: 5,
                worse_bucket: 0,
                discount_lapsing: 0,
            },
            quiet_days: 3,
            call_days: 15,
            soon_days: 3,
            worse_days: week(),
            lapse_days: week(),
            priorities: [60, 40, 20],
        }
    }
}

impl Strategy {
    /// The name of the strategy that is in force where no other is.
    pub const BUILT_IN: &'static str = "standard";

    /// The priority a score has, `A` to `D`.
    pub fn priority(&self, score: i64) -> char {
        let place = self.priorities.iter().position(|least| score >= *least);
        ['A', 'B', 'C'].get(place.unwrap_or(3)).copied().unwrap_or('D')
    }

    /// What is wrong with it: key and sentence part.
    pub fn faults(&self) -> Vec<(&'static str, String)> {
        let mut faults = Vec::new();
        if self.name.trim().is_empty() {
            faults.push(("name", "a strategy needs a name".to_owned()));
        }
        if !self.segment.is_empty()
            && let Err(why) = Segment::parse(&self.segment)
        {
            faults.push(("segment", why));
        }
        let rates = [("amount", self.amount), ("age", self.age), ("silence", self.silence), ("level", self.level)];
        for (key, rate) in rates.into_iter().filter(|(_, rate)| rate.full <= 0) {
            faults.push((key, format!("{key}.full must be more than 0, not {}", rate.full)));
        }
        for (key, steps) in [("amount_steps", &self.amount_steps), ("age_steps", &self.age_steps)] {
            if !steps.is_sorted_by(|a, b| a.from < b.from) {
                faults.push((key, "steps begin at rising values, such as [[1000, 10], [10000, 30]]".to_owned()));
            }
            if steps.iter().any(|step| !(0..=1_000).contains(&step.points)) {
                faults.push((key, "points are whole numbers from 0 to 1000".to_owned()));
            }
        }
        let all = [self.amount.points, self.age.points, self.risk, self.broken, self.silence.points, self.level.points];
        if all.iter().chain(&self.events.all()).any(|points| !(0..=1_000).contains(points)) {
            faults.push(("amount", "points are whole numbers from 0 to 1000".to_owned()));
        }
        let stepped = self.amount_steps.iter().chain(&self.age_steps).any(|step| step.points > 0);
        if !stepped && all.iter().all(|points| *points == 0) && self.events.all().iter().all(|points| *points == 0) {
            faults.push(("amount", "no reason earns a point, so nobody would ever be listed".to_owned()));
        }
        if !self.priorities.is_sorted_by(|a, b| a > b) {
            faults.push(("priorities", "priorities are falling scores, such as [60, 40, 20]".to_owned()));
        }
        faults
    }

    /// The strategy of a customer among those in force: the one whose segment asks most, the first named among equals.
    /// `has` says whether the customer is in a segment.
    pub fn choose(all: &[Strategy], has: impl Fn(&Segment) -> bool) -> Option<usize> {
        let fits = |one: &Strategy| -> Option<usize> {
            if !one.in_force {
                return None;
            }
            if one.segment.is_empty() {
                return Some(0);
            }
            let segment = Segment::parse(&one.segment).ok().filter(|segment| has(segment))?;
            Some(segment.len())
        };
        let found = all.iter().enumerate().filter_map(|(place, one)| Some((fits(one)?, std::cmp::Reverse(place))));
        found.max().map(|(_, place)| place.0)
    }
}

impl Events {
    /// Their points, in the order of the fields.
    pub fn all(&self) -> [i64; 11] {
        [
            self.promise_due,
            self.instalment_due,
            self.plan_default,
            self.dispute_rejected,
            self.dispute_answered,
            self.follow_up,
            self.unapplied,
            self.large_due_soon,
            self.over_limit,
            self.worse_bucket,
            self.discount_lapsing,
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_narrowest_segment_in_force_is_chosen() {
        let of = |name: &str, segment: &str, in_force| Strategy {
            name: name.to_owned(),
            segment: segment.to_owned(),
            in_force,
            ..Strategy::default()
        };
        let all = [
            of("all", "", true),
            of("germany", "country:DE", true),
            of("risky", "country:DE risk:E", true),
            of("off", "country:DE risk:E owner:eve", false),
        ];
        let german = |segment: &Segment| *segment != Segment::parse("country:DE risk:E").unwrap();
        assert_eq!(Strategy::choose(&all, |_| false), Some(0));
        assert_eq!(Strategy::choose(&all, german), Some(1));
        assert_eq!(Strategy::choose(&all, |_| true), Some(2));
        assert_eq!(Strategy::choose(&[], |_| true), None);
    }

    #[test]
    fn faults_are_named_by_their_key() {
        assert_eq!(Strategy::default().faults(), []);
        let bad = Strategy {
            name: " ".to_owned(),
            segment: "planet:Mars".to_owned(),
            age: Rate { points: 5, full: 0 },
            priorities: [10, 20, 30],
            ..Strategy::default()
        };
        let keys: Vec<&str> = bad.faults().iter().map(|fault| fault.0).collect();
        assert_eq!(keys, ["name", "segment", "age", "priorities"]);
    }

    #[test]
    fn a_score_has_a_priority() {
        let letters: String =
            [100, 60, 59, 40, 20, 19, 0].iter().map(|score| Strategy::default().priority(*score)).collect();
        assert_eq!(letters, "AABBCDD");
    }
}
