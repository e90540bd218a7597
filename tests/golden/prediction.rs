//! Vectors of payment prediction.

use o2c::domain::kpi::stats;
use o2c::domain::prediction::{self, Fold};
use serde_json::{Value, json};

use super::values::{In, option_out};

pub fn run(rule: &str, i: &In) -> Option<Value> {
    Some(match rule {
        "wmedian" => {
            let rows: Vec<(i64, i64)> = i
                .list("rows")
                .iter()
                .map(|row| (row[0].as_i64().expect("late"), row[1].as_i64().expect("age")))
                .collect();
            let late = stats::decimals(&rows.iter().map(|row| row.0).collect::<Vec<_>>());
            let weighted = prediction::weighted_median(&rows, i.int("half_life"));
            json!({"weighted_median": weighted, "plain_median": option_out(stats::median(&late))})
        }
        "shrink" => {
            let (items, strength) = (i.int("n") as u32, i.int("k") as u32);
            json!({"pred": prediction::shrink(items, i.dec("cust"), i.dec("segment"), strength).to_string()})
        }
        "errors" => {
            let errors = prediction::errors(&i.ints("pred"), &i.ints("actual"))?;
            json!({
                "mae": errors.mean.to_string(),
                "medae": errors.median.to_string(),
                "bias": errors.bias.to_string(),
                "within5_pct": errors.within_5.to_string(),
            })
        }
        "time_split" => {
            let cut_off = i.date("cutoff");
            let fold = |row: &In| {
                let paid = row.has("paid").then(|| row.date("paid"));
                prediction::fold(row.date("issued"), paid, cut_off)
            };
            let rows = i.rows("rows");
            let of = |wanted: Fold| (0..rows.len()).filter(|at| fold(&rows[*at]) == wanted).collect::<Vec<_>>();
            json!({"train": of(Fold::Train), "test": of(Fold::Test), "dropped": of(Fold::Dropped)})
        }
        _ => return None,
    })
}
