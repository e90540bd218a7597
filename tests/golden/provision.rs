//! Vectors of the provision for expected losses.

use o2c::domain::discount::percent_of;
use o2c::domain::provision;
use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::values::{In, cents, dec, money_out};

pub fn run(rule: &str, i: &In) -> Option<Value> {
    let list = |key: &str| -> Vec<i64> { i.list(key).iter().map(cents).collect() };
    Some(match rule {
        "matrix" => losses(&provision::matrix(&list("buckets"), &i.decs("rates_pct"))),
        "matrix_from_runoff" => {
            let rates = provision::run_off_rates(i.dec("sales"), &i.decs("outstanding_after"), i.dec("loss"));
            let rates: Vec<Decimal> = rates.into_iter().flatten().collect();
            let mut out = losses(&provision::matrix(&list("buckets"), &rates));
            out["rates_pct"] = json!(texts(&rates));
            out
        }
        "scale_rates" => json!({"rates_pct": texts(&provision::scaled_rates(&i.decs("rates_pct"), i.dec("scalar")))}),
        "allowance_adj" => {
            let (opening, lost, back) = (i.cents("opening"), i.cents("writeoffs"), i.cents("recoveries"));
            let before = provision::roll_forward(opening, 0, lost, back);
            let expense = provision::period_expense(i.cents("target"), opening, lost, back);
            json!({"pre_adjust": money_out(before), "expense": money_out(expense)})
        }
        "specific_plus_pool" => {
            let specific: i64 = i.list("specific").iter().map(|row| percent_of(cents(&row[0]), dec(&row[1]))).sum();
            let pool: i64 = provision::matrix(&list("pool"), &i.decs("rates_pct")).iter().sum();
            json!({"specific": money_out(specific), "pool": money_out(pool), "total": money_out(specific + pool)})
        }
        "rollforward" => {
            let (charge, lost) = (i.cents("charge"), i.cents("writeoffs"));
            let closing = provision::roll_forward(i.cents("opening"), charge, lost, i.cents("recoveries"));
            json!({"closing": money_out(closing)})
        }
        "writeoff_effect" => {
            let (gross, allowance, lost) = (i.cents("gross"), i.cents("allowance"), i.cents("writeoff"));
            let after = provision::roll_forward(allowance, 0, lost, 0);
            json!({
                "gross": money_out(gross - lost),
                "allowance": money_out(after),
                "net_before": money_out(gross - allowance),
                "net_after": money_out(gross - lost - after),
                "p_and_l": money_out((gross - allowance) - (gross - lost - after)),
            })
        }
        _ => return None,
    })
}

fn losses(parts: &[i64]) -> Value {
    let ecl: Vec<Value> = parts.iter().map(|part| money_out(*part)).collect();
    json!({"ecl": ecl, "total": money_out(parts.iter().sum())})
}

fn texts(rates: &[Decimal]) -> Vec<String> {
    rates.iter().map(Decimal::to_string).collect()
}
