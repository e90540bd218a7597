//! Vectors of exposure, limits and risk.

use o2c::domain::credit::{self, Exposure, RiskFacts};
use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::values::{In, cents, date, dec, money_out, option_out};

pub fn run(rule: &str, i: &In) -> Option<Value> {
    Some(match rule {
        "exposure" => {
            let exposure = Exposure {
                open_items: i.cents("open_ar"),
                unbilled: i.cents("unbilled_shipped"),
                orders: i.cents("open_orders"),
                unapplied: i.cents("unapplied"),
            };
            let (order, limit) = (i.cents("order"), i.cents("limit"));
            json!({
                "exposure": money_out(exposure.total()),
                "after": money_out(exposure.total() + order),
                "headroom": money_out(exposure.headroom(limit)),
                "utilisation_pct": option_out(exposure.utilisation(limit)),
                "hold": exposure.holds(order, limit),
            })
        }
        "erp_exposure" => {
            let orders: Decimal = i.pairs("orders").iter().map(|order| credit::unbilled_part(order.0, order.1)).sum();
            json!({"outstanding": (i.dec("gl_balance") + orders + i.dec("unbilled_dn")).to_string()})
        }
        "horizon" => {
            let orders: Vec<_> = i.list("orders").iter().map(|row| (cents(&row[0]), date(&row[1]))).collect();
            let dynamic = credit::orders_within(&orders, i.date("as_of"), i.int("horizon_days"));
            let exposure = Exposure { open_items: i.cents("static"), orders: dynamic, ..Exposure::default() };
            let pass = !exposure.holds(0, i.cents("limit"));
            json!({"dynamic": money_out(dynamic), "exposure": money_out(exposure.total()), "pass": pass})
        }
        "remaining" => {
            let (limit, risk) = (i.dec("limit"), i.dec("risk"));
            let percent = ((limit - risk) * Decimal::ONE_HUNDRED / limit).round();
            json!({"remaining": (limit - risk).to_string(), "pct": percent.to_string()})
        }
        "oldest_item" => {
            let items = i.rows("items").into_iter().map(|row| (row.date("due"), row.flag("disputed")));
            let oldest = credit::oldest_days(items, i.date("as_of"));
            json!({"oldest_dpd": oldest, "block": oldest.is_some_and(|days| days > i.int("max_days"))})
        }
        "risk_score" => {
            let score = credit::risk_score(&RiskFacts {
                late_6m: i.dec("wadl_6m"),
                past_due_share: i.dec("past_due_share"),
                over_60_share: i.dec("over60_share"),
                utilisation: i.dec("utilisation"),
                broken_rate: i.dec("broken_rate"),
                late_3m: i.dec("wadl_3m"),
                late_12m: i.dec("wadl_12m"),
            });
            json!({"score": score.to_string(), "band": credit::risk_band(score)})
        }
        "altman_z2" => {
            let z = credit::altman_z(["x1", "x2", "x3", "x4"].map(|key| dec(i.raw(key))));
            json!({"z": z.to_string(), "zone": credit::altman_zone(z)})
        }
        _ => return None,
    })
}
