//! Vectors of segregation of duties and approvals.

use o2c::domain::{authority, controls};
use serde_json::{Value, json};

use super::values::{In, cents, date, money_out};

pub fn run(rule: &str, i: &In) -> Option<Value> {
    Some(match rule {
        "sod" => {
            let duties: Vec<&str> = i.list("duties").iter().filter_map(Value::as_str).collect();
            let pair = |row: &'_ Value| -> Option<(String, String)> {
                Some((row[0].as_str()?.to_owned(), row[1].as_str()?.to_owned()))
            };
            let pairs: Vec<(String, String)> = i.list("pairs").iter().filter_map(pair).collect();
            let pairs: Vec<(&str, &str)> = pairs.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
            json!({"conflicts": controls::conflicts(&duties, &pairs)})
        }
        "route" => {
            let tier = |row: &'_ Value| {
                let limit = if row[0].is_null() { None } else { Some(cents(&row[0])) };
                (limit, row[1].as_str().expect("a tier").to_owned())
            };
            let tiers: Vec<(Option<i64>, String)> = i.list("tiers").iter().map(tier).collect();
            let tiers: Vec<(Option<i64>, &str)> = tiers.iter().map(|(limit, who)| (*limit, who.as_str())).collect();
            let approvers = i.list("amounts").iter().map(|amount| controls::approver(cents(amount), &tiers));
            json!({"approver": approvers.collect::<Vec<_>>()})
        }
        "split" => {
            let items: Vec<_> = i.list("items").iter().map(|row| (date(&row[0]), cents(&row[1]))).collect();
            let largest = controls::largest_window(&items, i.int("window_days"));
            json!({"max_window_total": money_out(largest), "escalate": largest > i.cents("limit")})
        }
        "maker_checker" => {
            let checkers = i.list("checker").iter().filter_map(Value::as_str);
            let allowed = checkers.map(|checker| authority::may_approve(i.text("maker"), checker));
            json!({"allowed": allowed.collect::<Vec<_>>()})
        }
        _ => return None,
    })
}
