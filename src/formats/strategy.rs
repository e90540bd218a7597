//! A strategy of the worklist as TOML, read strictly: every fault is named with its line and column. Written back it
//! reads as the same strategy; what a file leaves out is as in the built-in one.

use super::policy::{Fault, Reading, Value};
use crate::domain::strategy::{Events, Rate, Step, Strategy};
use toml::de::DeTable;

const KEYS: [&str; 20] = [
    "name",
    "segment",
    "in_force",
    "minimum",
    "min_days",
    "contact_gap_days",
    "quiet_days",
    "call_days",
    "soon_days",
    "worse_days",
    "lapse_days",
    "priorities",
    "risk",
    "broken",
    "amount",
    "age",
    "silence",
    "level",
    "events",
    "note",
];

const EVENTS: [&str; 11] = [
    "promise_due",
    "instalment_due",
    "plan_default",
    "dispute_rejected",
    "dispute_answered",
    "follow_up",
    "unapplied",
    "large_due_soon",
    "over_limit",
    "worse_bucket",
    "discount_lapsing",
];

/// Reads a strategy, or says everything that is wrong with it.
pub fn parse(text: &str) -> Result<Strategy, Vec<Fault>> {
    let mut reading = Reading::of(text);
    let root = match DeTable::parse(text) {
        Ok(root) => root,
        Err(error) => {
            let place = error.span().map_or(0, |span| span.start);
            reading.fault(place, format!("it is not TOML: {}", error.message().replace('\n', " ")));
            return Err(reading.done());
        }
    };
    let mut strategy = Strategy { name: String::new(), ..Strategy::default() };
    let mut places = Vec::new();
    for (key, value) in root.get_ref() {
        let name = key.get_ref().as_ref();
        places.push((name, key.span().start));
        match name {
            "name" => strategy.name = reading.string(value).trim().to_owned(),
            "segment" => {
                strategy.segment = reading.string(value).split_whitespace().collect::<Vec<_>>().join(" ");
            }
            "in_force" => strategy.in_force = reading.flag(value),
            "minimum" => strategy.minimum = reading.number(value, i64::MAX / 1_000),
            "min_days" => strategy.min_days = reading.days(value, 0),
            "contact_gap_days" => strategy.contact_gap_days = reading.days(value, 0),
            "quiet_days" => strategy.quiet_days = reading.days(value, 0),
            "call_days" => strategy.call_days = reading.days(value, 0),
            "soon_days" => strategy.soon_days = reading.days(value, 0),
            "worse_days" => strategy.worse_days = reading.days(value, 0),
            "lapse_days" => strategy.lapse_days = reading.days(value, 0),
            "priorities" => priorities(&mut reading, &mut strategy, value),
            "risk" => strategy.risk = reading.number(value, 1_000),
            "broken" => strategy.broken = reading.number(value, 1_000),
            "amount" => rate(&mut reading, (&mut strategy.amount, Some(&mut strategy.amount_steps)), value),
            "age" => rate(&mut reading, (&mut strategy.age, Some(&mut strategy.age_steps)), value),
            "silence" => rate(&mut reading, (&mut strategy.silence, None), value),
            "level" => rate(&mut reading, (&mut strategy.level, None), value),
            "events" => events(&mut reading, &mut strategy.events, value),
            "note" => {}
            _ => reading.unknown(key.span().start, name, &KEYS),
        }
    }
    for (key, why) in strategy.faults() {
        let key = key.trim_end_matches("_steps");
        let place = places.iter().find(|(name, _)| *name == key).map_or(0, |place| place.1);
        reading.fault(place, why);
    }
    let mut faults = reading.done();
    faults.sort_by_key(|fault| (fault.line, fault.column));
    if faults.is_empty() { Ok(strategy) } else { Err(faults) }
}

/// `{ points = 40, full = 25000 }`, or `{ steps = [[1000, 10], [10000, 30]] }` where a reason may have steps.
fn rate(reading: &mut Reading<'_>, (rate, mut steps): (&mut Rate, Option<&mut Vec<Step>>), value: &Value<'_>) {
    let Some(table) = value.get_ref().as_table() else {
        return reading.fault(value.span().start, "write { points = 40, full = 25000 }");
    };
    for (key, value) in table {
        match key.get_ref().as_ref() {
            "points" => rate.points = reading.number(value, 1_000),
            "full" => rate.full = reading.number(value, i64::MAX / 1_000),
            "steps" if steps.is_some() => {
                let found = read_steps(reading, value);
                if let Some(steps) = steps.as_deref_mut() {
                    *steps = found;
                }
            }
            name => {
                let known: &[&str] = if steps.is_some() { &["points", "full", "steps"] } else { &["points", "full"] };
                reading.unknown(key.span().start, name, known);
            }
        }
    }
}

fn read_steps(reading: &mut Reading<'_>, value: &Value<'_>) -> Vec<Step> {
    let wrong = "write each step as its least value and its points: [[1000, 10], [10000, 30]]";
    let Some(list) = value.get_ref().as_array() else {
        reading.fault(value.span().start, wrong);
        return Vec::new();
    };
    let mut steps = Vec::new();
    for one in list.iter() {
        match one.get_ref().as_array() {
            Some(pair) if pair.len() == 2 => steps.push(Step {
                from: reading.number(&pair[0], i64::MAX / 1_000),
                points: reading.number(&pair[1], 1_000),
            }),
            _ => reading.fault(one.span().start, wrong),
        }
    }
    steps
}

fn events(reading: &mut Reading<'_>, events: &mut Events, value: &Value<'_>) {
    let Some(table) = value.get_ref().as_table() else {
        return reading.fault(value.span().start, "events are a table: [events]");
    };
    for (key, value) in table {
        let place = match key.get_ref().as_ref() {
            "promise_due" => &mut events.promise_due,
            "instalment_due" => &mut events.instalment_due,
            "plan_default" => &mut events.plan_default,
            "dispute_rejected" => &mut events.dispute_rejected,
            "dispute_answered" => &mut events.dispute_answered,
            "follow_up" => &mut events.follow_up,
            "unapplied" => &mut events.unapplied,
            "large_due_soon" => &mut events.large_due_soon,
            "over_limit" => &mut events.over_limit,
            "worse_bucket" => &mut events.worse_bucket,
            "discount_lapsing" => &mut events.discount_lapsing,
            name => {
                reading.unknown(key.span().start, name, &EVENTS);
                continue;
            }
        };
        *place = reading.number(value, 1_000);
    }
}

fn priorities(reading: &mut Reading<'_>, strategy: &mut Strategy, value: &Value<'_>) {
    match value.get_ref().as_array() {
        Some(list) if list.len() == 3 => {
            for (place, one) in strategy.priorities.iter_mut().zip(list.iter()) {
                *place = reading.number(one, 10_000);
            }
        }
        _ => reading.fault(value.span().start, "write the least scores of A, B and C: [60, 40, 20]"),
    }
}

/// The strategy as TOML that reads as the same strategy.
pub fn write(strategy: &Strategy) -> String {
    let quoted = |text: &str| toml::Value::String(text.to_owned()).to_string();
    let [a, b, c] = strategy.priorities;
    let mut out = format!("name = {}\nsegment = {}\n", quoted(&strategy.name), quoted(&strategy.segment));
    out += &format!("in_force = {}\n", strategy.in_force);
    out += "\n# Preconditions: more to collect than this, in whole units; so many days past due; so many since a contact.\n";
    out += &format!("minimum = {}\nmin_days = {}\n", strategy.minimum, strategy.min_days);
    out += &format!("contact_gap_days = {}\n", strategy.contact_gap_days);
    out += "\n# The next step: below quiet_days since a contact it is to wait, from call_days past due to call.\n";
    out += &format!("quiet_days = {}\ncall_days = {}\n", strategy.quiet_days, strategy.call_days);
    out += &format!("soon_days = {}\npriorities = [{a}, {b}, {c}]\n", strategy.soon_days);
    out += "\n# How many days ahead a worse bucket and the end of a cash discount count (points under [events]).\n";
    out += &format!("worse_days = {}\nlapse_days = {}\n", strategy.worse_days, strategy.lapse_days);
    out += "\n# Points: for risk 100 and a broken promise; those of a table grow with its value and are all earned at full.\n\
            # Amount and age may have steps instead: steps = [[1000, 10], [10000, 30]] is 10 points from 1,000 on and 30 from 10,000.\n";
    out += &format!("risk = {}\nbroken = {}\n", strategy.risk, strategy.broken);
    let [amount, age, silence, level] = [strategy.amount, strategy.age, strategy.silence, strategy.level];
    for (name, rate) in [("amount", amount), ("age", age), ("silence", silence), ("level", level)] {
        let steps = match name {
            "amount" => &strategy.amount_steps[..],
            "age" => &strategy.age_steps[..],
            _ => &[],
        };
        let steps: Vec<String> = steps.iter().map(|step| format!("[{}, {}]", step.from, step.points)).collect();
        let steps = if steps.is_empty() { String::new() } else { format!(", steps = [{}]", steps.join(", ")) };
        out += &format!("{name} = {{ points = {}, full = {}{steps} }}\n", rate.points, rate.full);
    }
    out += "\n[events]\n";
    for (name, points) in EVENTS.into_iter().zip(strategy.events.all()) {
        out += &format!("{name} = {points}\n");
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_reads_as_the_same_strategy() {
        let other = Strategy {
            name: "careful".to_owned(),
            segment: "country:DE risk:D".to_owned(),
            in_force: false,
            minimum: 50,
            min_days: 5,
            contact_gap_days: 4,
            amount: Rate { points: 30, full: 9_000 },
            level: Rate { points: 12, full: 4 },
            amount_steps: vec![Step { from: 1_000, points: 10 }, Step { from: 10_000, points: 30 }],
            age_steps: vec![Step { from: 0, points: 1 }],
            worse_days: 5,
            lapse_days: 2,
            events: Events {
                unapplied: 0,
                follow_up: 21,
                worse_bucket: 8,
                discount_lapsing: 3,
                ..Strategy::default().events
            },
            priorities: [90, 50, 10],
            ..Strategy::default()
        };
        for strategy in [Strategy::default(), other] {
            assert_eq!(parse(&write(&strategy)), Ok(strategy));
        }
    }

    #[test]
    fn every_fault_is_named_with_its_place() {
        let text = "name = \"x\"\nsegment = \"planet:Mars\"\nagge = 3\nrisk = -1\n[events]\nparty = 5\n";
        let faults = parse(text).unwrap_err();
        let lines: Vec<usize> = faults.iter().map(|fault| fault.line).collect();
        assert_eq!(lines, [2, 3, 4, 6], "{faults:?}");
        let falling = parse("name = \"x\"\nage = { steps = [[60, 5], [30, 9]] }\n").unwrap_err();
        assert!(falling[0].line == 2 && falling[0].why.contains("rising values"), "{falling:?}");
        assert!(parse("name = \"x\"\nage = { steps = [5] }\n").unwrap_err()[0].why.contains("[[1000, 10]"));
        assert!(parse("risk = 15").unwrap_err()[0].why.contains("needs a name"));
        assert!(parse("= 5").unwrap_err()[0].why.contains("not TOML"));
    }
}
