//! Vectors of promises and the worklist.

use o2c::domain::promise::{self, Leeway, Promise, State};
use o2c::domain::worklist;
use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::values::{In, cents, date, money_out};

pub fn run(rule: &str, i: &In) -> Option<Value> {
    Some(match rule {
        "promise" => {
            let made = ["created", "made"].into_iter().find(|key| i.has(key)).map(|key| i.date(key));
            let promise =
                Promise { made, amount: i.cents("promised"), date: i.date("date"), withdrawn: i.flag("withdrawn") };
            let leeway = Leeway { days: i.int("tol_days"), amount: i.cents("tol_amt"), days_off: None };
            let payments: Vec<_> = i.list("payments").iter().map(|row| (date(&row[0]), cents(&row[1]))).collect();
            let as_of = i.date("as_of");
            let paid = promise.paid(&payments, &leeway, as_of);
            let state = promise.state(&payments, &leeway, as_of).word().replace("partly kept", "partially_kept");
            json!({"state": state, "paid": money_out(paid)})
        }
        "promise_level" => {
            let history: Vec<State> = i.list("history").iter().map(state).collect();
            json!({"levels": promise::levels(&history)})
        }
        "rule_points" => {
            let points = i.ints("points").into_iter().zip(i.list("hits"));
            json!({"score": points.filter(|(_, hit)| hit.as_bool() == Some(true)).map(|(points, _)| points).sum::<i64>()})
        }
        "worklist" => {
            let (past_due, reference, risk) = (i.dec("past_due"), i.dec("ref"), i.dec("risk"));
            let contact = i.has("days_since_contact").then(|| i.int("days_since_contact"));
            let parts = worklist::formula(past_due, reference, i.int("max_dpd"), risk, i.flag("broken_90d"), contact);
            json!({"score": parts.iter().sum::<Decimal>().to_string()})
        }
        _ => return None,
    })
}

fn state(word: &Value) -> State {
    match word.as_str().expect("a state") {
        "kept" => State::Kept,
        "open" => State::Open,
        "broken" => State::Broken,
        "withdrawn" => State::Withdrawn,
        "partial" | "partially_kept" | "partly_kept" => State::PartlyKept,
        other => panic!("unknown promise state {other}"),
    }
}
