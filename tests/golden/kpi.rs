//! Vectors of key figures.

use o2c::domain::kpi::{self, Kpi, OrderProgress, ShippedLine, stats};
use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::values::{In, dec, option_out};

pub fn run(rule: &str, i: &In) -> Option<Value> {
    days(rule, i).or_else(|| shares(rule, i)).or_else(|| billing(rule, i)).or_else(|| statistics(rule, i))
}

fn out(kpi: Kpi) -> Value {
    option_out(kpi.value)
}

fn days(rule: &str, i: &In) -> Option<Value> {
    Some(match rule {
        "dso" => json!({"dso": out(kpi::dso(i.dec("ar"), i.dec("sales"), i.dec("days")))}),
        "dso_set" => {
            let dso = kpi::dso(i.dec("ar"), i.dec("sales"), i.dec("days"));
            let best = kpi::best_possible_dso(i.dec("current"), i.dec("sales"), i.dec("days"));
            let late = kpi::average_days_delinquent(&dso, &best);
            json!({"dso": out(dso), "bpdso": out(best), "add": out(late)})
        }
        "countback" => {
            let back = kpi::count_back_dso(i.dec("ar"), &i.pairs("months"));
            json!({"dso": out(back.kpi), "exhausted": !back.lower_bound})
        }
        "rolling_dso" => json!({"dso": out(kpi::rolling_dso(i.dec("ar_end"), &i.decs("sales"), &i.decs("days")))}),
        "cei" => {
            let (beginning, end, current) = (i.dec("beg"), i.dec("end_total"), i.dec("end_current"));
            let months = if i.has("n") { i.int("n") as u32 } else { 1 };
            json!({"cei": out(kpi::collection_effectiveness(beginning, i.dec("sales"), months, end, current))})
        }
        "turnover" => {
            let turnover = kpi::turnover(i.dec("credit_sales"), i.dec("ar_open"), i.dec("ar_close"));
            let period = kpi::collection_period(&turnover, i.dec("days"));
            json!({"turnover": out(turnover), "acp": out(period)})
        }
        "wadl" => {
            let rows = i.pairs("rows");
            json!({"signed": out(kpi::days_late(&rows)), "late_only": out(kpi::days_late_only(&rows))})
        }
        "sw_dso" => {
            json!({"dso": out(kpi::sales_weighted_dso(&i.decs("buckets"), &i.decs("sales"), i.dec("days")))})
        }
        "ddo" => {
            let (open, raised) = (i.dec("open_deductions"), i.dec("deductions_in_period"));
            json!({"ddo": out(kpi::days_deductions_outstanding(open, raised, i.dec("days")))})
        }
        _ => return None,
    })
}

fn shares(rule: &str, i: &In) -> Option<Value> {
    Some(match rule {
        "shares" => {
            let (current, late) = (i.dec("current"), i.dec("past_due"));
            let current_share = out(kpi::current_share(current, late));
            json!({"pct_current": current_share, "pct_past_due": out(kpi::past_due_share(current, late))})
        }
        "ratio_pct" => json!({"pct": out(kpi::percentage("share", ("part", i.dec("num")), ("whole", i.dec("den"))))}),
        "baddebt" => {
            let (lost, back, sales) = (i.dec("writeoffs"), i.dec("recoveries"), i.dec("credit_sales"));
            json!({"gross_pct": out(kpi::bad_debt_gross(lost, sales)), "net_pct": out(kpi::bad_debt_net(lost, back, sales))})
        }
        "promise_rates" => {
            let count = |key: &str| i.int(key) as u32;
            let kept = kpi::promises_kept(count("kept"), count("partial"), count("broken"));
            let amount = kpi::promised_amount_kept(i.dec("paid_in_window"), i.dec("promised_due_amt"));
            json!({"count_pct": out(kept), "amount_pct": out(amount)})
        }
        "costs" => {
            let per_thousand = kpi::cost_per_thousand(i.dec("cost"), i.dec("collected"));
            let per_invoice = kpi::cost_per_invoice(i.dec("cost"), i.dec("invoices"));
            json!({"per_1000": out(per_thousand), "per_invoice": out(per_invoice)})
        }
        "forecast" => {
            let quality = kpi::forecast_quality(&i.decs("forecast"), &i.decs("actual"));
            let (error, accuracy) = (out(quality.error), out(quality.accuracy));
            json!({"wape_pct": error, "accuracy_pct": accuracy, "bias_pct": out(quality.bias)})
        }
        "stp" => {
            let automatic = i.dec("auto");
            json!({
                "rate_pct": out(kpi::straight_through(automatic, i.dec("receipts"))),
                "amount_pct": out(kpi::straight_through(i.dec("auto_amount"), i.dec("amount"))),
                "precision_pct": out(kpi::matching_precision(automatic, i.dec("auto_reversed"))),
            })
        }
        _ => return None,
    })
}

fn billing(rule: &str, i: &In) -> Option<Value> {
    Some(match rule {
        "rft" => json!({"pct": out(kpi::right_first_time(i.int("issued") as u32, i.int("corrected") as u32))}),
        "product_pct" => json!({"pct": out(kpi::product_of_rates(&i.decs("parts")))}),
        "perfect_and" => {
            let orders = i.int("orders");
            let fails: Vec<Vec<i64>> = i.raw("fails").as_object()?.values().map(whole_numbers).collect();
            let passing = |failed: &Vec<i64>| Decimal::from(orders - failed.len() as i64) / Decimal::from(orders);
            let rates: Vec<Decimal> = fails.iter().map(passing).collect();
            let both = out(kpi::perfect_orders(orders as usize, &fails));
            json!({"and_pct": both, "product_pct": out(kpi::product_of_rates(&rates))})
        }
        "ship_bill" => {
            let line = |row: In| ShippedLine {
                shipped: row.dec("shipped"),
                billed: row.dec("billed"),
                order_price: row.dec("order_price"),
                billed_price: row.has("billed_price").then(|| row.dec("billed_price")),
                lag: row.has("lag").then(|| row.int("lag")),
            };
            let lines: Vec<ShippedLine> = i.rows("lines").into_iter().map(line).collect();
            let accuracy = out(kpi::billing_accuracy(&lines, i.int("max_lag")));
            json!({"pct": accuracy, "unbilled_value": kpi::unbilled_value(&lines).to_string()})
        }
        "completion" => {
            let order = |row: In| OrderProgress {
                promised: row.date("promised"),
                delivered: row.dec("delivered"),
                billed: row.dec("billed"),
            };
            let orders: Vec<OrderProgress> = i.rows("orders").into_iter().map(order).collect();
            let period = i.dates("period");
            let kpi = kpi::order_completion(&orders, period[0], period[1]);
            let input = |at: usize| kpi.inputs[at].1.to_string();
            json!({"due": input(1), "complete": input(0), "pct": option_out(kpi.value)})
        }
        _ => return None,
    })
}

fn statistics(rule: &str, i: &In) -> Option<Value> {
    Some(match rule {
        "wavg" => {
            let rows = i.pairs("rows");
            let plain: Vec<Decimal> = rows.iter().map(|row| row.1).collect();
            json!({"wavg": out(kpi::weighted_days("mean", &rows)), "simple": option_out(stats::mean(&plain))})
        }
        "meanmed" => {
            let values = i.decs("values");
            json!({"mean": option_out(stats::mean(&values)), "median": option_out(stats::median(&values))})
        }
        "cycle" => {
            let cycle = kpi::cycle_time(&i.ints("days"))?;
            json!({"mean": cycle.mean.to_string(), "median": cycle.median.to_string(), "p90": cycle.p90.to_string()})
        }
        _ => return None,
    })
}

fn whole_numbers(list: &Value) -> Vec<i64> {
    list.as_array().into_iter().flatten().map(|one| dec(one).try_into().expect("whole number")).collect()
}
