//! What people would see of collections: plans, promises and strategies as the book's own lists show them, compared with
//! how they stand by the model.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use o2c::language::filter::Filter;
use o2c::store::plans::{Which, plans_of};
use o2c::store::read::promises::{Question, promises};
use o2c::store::read::window::{Sort, Want};

use crate::model::{Model, State};
use crate::world::{World, maybe};

const PLANS: &str = "SELECT customer_id, made_on, grace_days, ended_on, ended_why FROM plan ORDER BY id";
const STRATEGIES: &str = "SELECT name, max(version) FROM strategy_version GROUP BY name ORDER BY name";

const EFFECTS: &str = "SELECT dispute_id, what, sum(amount) FROM dispute_effect GROUP BY dispute_id, what \
    HAVING sum(amount) <> 0 ORDER BY dispute_id, what";
const FACTS: &str = "SELECT dispute_id, field, \
    CASE field WHEN 'case' THEN (SELECT d.id - 1 FROM dispute d WHERE d.number = value) ELSE value END FROM dispute_fact \
    WHERE field IN ('cause', 'last day', 'confirmed', 'case') ORDER BY id";
const TASKS: &str = "SELECT person_id, by_person, (SELECT count(*) FROM case_task_end e WHERE e.task_id = t.id) \
    FROM case_task t ORDER BY id";
const INQUIRIES: &str = "SELECT inquiry_id, state, owner, department FROM inquiry_step ORDER BY inquiry_id, version";

impl World {
    /// The rows of collections, after every act.
    pub fn compare_collections(&self, state: &State) -> Result<(), String> {
        self.same("plan", PLANS, plans(state))?;
        self.same("effect of a case", EFFECTS, effects(state))?;
        self.same("fact", FACTS, facts(state))?;
        self.same("task", TASKS, tasks(state))?;
        self.same("step of an inquiry", INQUIRIES, inquiries(state))?;
        self.compare_letters(state)
    }

    /// Compares what follows from the money and the day: how every plan and promise stands.
    pub fn compare_standing(&mut self, model: &Model, today: NaiveDate) -> Result<(), String> {
        let state = &model.state;
        let strategies = state.strategies.iter().map(|(name, version)| format!("{name}|{version}|")).collect();
        self.same("strategy", STRATEGIES, strategies)?;
        self.read(|reader| {
            for stored in plans_of(reader, Which::All).map_err(|error| error.to_string())? {
                let is = stored.plan.standing(today).state.word();
                let must = state.plan_stands(&state.plans[stored.id as usize - 1], today);
                if is != must {
                    return Err(format!("{} is {is}, in the model {must}", stored.number));
                }
            }
            let sort = Sort { column: "date", descending: false };
            let question = Question { today, filter: Filter::all(), sort };
            let list = promises(reader, &question, Want::Start).map_err(|error| error.to_string())?;
            for row in list.window.rows {
                let must = state.promise_stands(&state.promises[row.id as usize - 1], today);
                if row.state.word() != must {
                    return Err(format!("promise {} is {}, in the model {must}", row.id, row.state.word()));
                }
            }
            Ok(())
        })
    }
}

fn plans(state: &State) -> Vec<String> {
    let line = |plan: &crate::plans::Plan| {
        let (ended, why) = (maybe(plan.ended.map(|end| end.0)), plan.ended.map_or("", |end| end.1));
        format!("{}|{}|{}|{ended}|{why}|", plan.customer, plan.made, plan.grace)
    };
    state.plans.iter().map(line).collect()
}

/// What became of every case, each effect for itself.
fn effects(state: &State) -> Vec<String> {
    let mut sums: BTreeMap<(usize, &str), i64> = BTreeMap::new();
    for (at, case) in state.money.cases.iter().enumerate() {
        for part in case.parts.iter().filter(|part| part.live) {
            *sums.entry((at + 1, part.effect)).or_default() += part.amount;
        }
    }
    let live = sums.into_iter().filter(|(_, sum)| *sum != 0);
    live.map(|((case, effect), sum)| format!("{case}|{effect}|{sum}|")).collect()
}

fn facts(state: &State) -> Vec<String> {
    state.facts.iter().map(|fact| format!("{}|{}|{}|", fact.case + 1, fact.field, fact.value)).collect()
}

fn tasks(state: &State) -> Vec<String> {
    state.tasks.iter().map(|task| format!("{}|{}|{}|", task.person + 1, task.by + 1, task.ends.len())).collect()
}

fn inquiries(state: &State) -> Vec<String> {
    let mut lines = Vec::new();
    for (at, asked) in state.inquiries.iter().enumerate() {
        let line = |step: &crate::model::Step| format!("{}|{}|{}|{}|", at + 1, step.state, step.owner, step.department);
        lines.extend(asked.steps.iter().map(line));
    }
    lines
}
