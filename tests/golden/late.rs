//! Vectors of interest, compensation and reminders.

use o2c::domain::calendar;
use o2c::domain::dunning::{self, Candidate, Minimum};
use o2c::domain::item;
use o2c::domain::late::{self, Limitation, RateMode};
use o2c::domain::money;
use o2c::domain::terms::{self, Step};
use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::values::{In, cents, date, dec, money_out};

pub fn run(rule: &str, i: &In) -> Option<Value> {
    interest(rule, i).or_else(|| reminders(rule, i))
}

fn interest(rule: &str, i: &In) -> Option<Value> {
    let rate = |key: &str| i.dec(key);
    Some(match rule {
        "interest" => {
            let of = |days| late::interest(i.cents("principal"), rate("rate_pct"), days, i.int("basis"));
            let (year, day, all) = (of(i.int("basis")), of(1), of(i.int("days")));
            json!({"per_year": money_out(year), "per_day": money_out(day), "interest": money_out(all)})
        }
        "interest_piecewise" => {
            let payments: Vec<_> = i.list("payments").iter().map(|row| (date(&row[0]), cents(&row[1]))).collect();
            let (principal, due) = (i.cents("principal"), i.date("due"));
            let total = late::interest_with_payments(principal, rate("rate_pct"), due, &payments, i.int("basis"));
            json!({"interest": money_out(total)})
        }
        "us_monthly" => {
            let total = late::interest_by_month(i.cents("principal"), rate("rate_month_pct"), i.int("months"));
            json!({"interest": money_out(total)})
        }
        "eu_interest" => {
            let mode = if i.text("mode") == "floating" { RateMode::Floating } else { RateMode::FixedAtStart };
            let (due, paid) = (i.date("due"), i.date("paid"));
            let reference = |half: late::HalfYear| i.raw("ref").get(format!("{}H{}", half.0, half.1)).map(dec);
            let total = late::statutory_interest(i.cents("principal"), due, paid, rate("margin"), mode, reference)?;
            json!({"days": item::days_past_due(due, paid), "interest": money_out(total)})
        }
        "eu_rate" => json!({"rate_pct": (rate("ref") + rate("margin")).to_string()}),
        "eu_comp" => json!({"comp": money_out(i.int("late_invoices") * i.cents("each"))}),
        "uk_comp" => {
            let amounts = i.list("amounts").iter().map(|amount| late::uk_compensation(cents(amount)).to_string());
            json!({"comp": amounts.collect::<Vec<_>>()})
        }
        "uk_rate" => {
            let base = |day: chrono::NaiveDate| dec(&i.raw("base")[day.to_string()]);
            let rates = i.dates("due").into_iter().map(|due| {
                let day = late::uk_reference_day(due).expect("a day");
                (base(day) + Decimal::from(8)).to_string()
            });
            json!({"rate_pct": rates.collect::<Vec<_>>()})
        }
        "limitation" => {
            let until = i.list("regime").iter().map(|regime| match regime.as_str() {
                Some("uk6") => Limitation::UkSixYears.until(i.date("due")),
                Some("de3") => Limitation::GermanThreeYears.until(i.date("due")),
                Some("us_ucc4") => Limitation::UsFourYears.until(i.date("due")),
                other => panic!("unknown regime {other:?}"),
            });
            json!({"until": until.collect::<Vec<_>>()})
        }
        _ => return None,
    })
}

fn reminders(rule: &str, i: &In) -> Option<Value> {
    Some(match rule {
        "grace" => {
            let arrears = dunning::arrears(i.date("due"), i.date("run"), i.int("grace"));
            json!({"arrears": arrears, "overdue": arrears > 0})
        }
        "dun_interval" => {
            let passed = |run| dunning::interval_passed(i.date("last"), run, i.int("interval"));
            json!({"selected": i.dates("runs").into_iter().map(passed).collect::<Vec<_>>()})
        }
        "dun_min" => {
            let of = |key: &str, level: u32| i.raw(key).get(level.to_string()).map_or(Decimal::ZERO, dec);
            let minimum = |level| Minimum {
                amount: money::to_minor(of("min_amt", level), 2).expect("fits"),
                percent: of("min_pct", level),
            };
            let (dunnable, open) = (i.cents("dunnable"), i.cents("open_total"));
            json!({"level": dunning::level_after_minimum(i.int("level") as u32, dunnable, open, minimum)})
        }
        "oca_levels" => {
            let due = i.date("due");
            let second = [Step::AddDays(i.int("level2_days")), Step::EndOfMonth];
            json!({
                "l1_from": calendar::add_days(due, i.int("level1_days")),
                "l2_from": terms::walk(&second, due),
                "l3_from": calendar::add_days(i.date("level2_sent"), i.int("level3_days")),
            })
        }
        "dunnable" => {
            let items: Vec<Candidate> = i.rows("items").iter().map(|row| candidate(i, row)).collect();
            let grace = if i.has("grace") { i.int("grace") } else { 0 };
            let found = dunning::dunnable(&items, i.date("as_of"), grace, i.cents("unapplied"), i.cents("min"));
            json!({
                "overdue_collectible": money_out(found.collectible),
                "dunnable": money_out(found.amount),
                "send": found.send,
            })
        }
        _ => return None,
    })
}

/// An item of a reminder run. A dispute may be an amount or a flag for all of it.
fn candidate(i: &In, row: &In) -> Candidate {
    let open = row.cents("open");
    let disputed = match row.0.get("disputed") {
        Some(Value::Bool(all)) => open * i64::from(*all),
        Some(amount) if !amount.is_null() => cents(amount),
        _ => 0,
    };
    let flags = ["promise", "promise_open", "open_promise", "blocked", "hold", "held", "in_transit", "plan"];
    let dated = ["promise_until", "hold_until", "promise_date"];
    let held = flags.iter().any(|key| row.flag(key))
        || dated.iter().any(|key| row.has(key) && row.date(key) >= i.date("as_of"));
    Candidate { open, disputed, due: row.date("due"), held }
}
